//! What the hub said, on its way into the store.
//!
//! What is to be stored comes out as [`News`]; whoever carries the link brings it to the store, in
//! the order in which it came, and hands the reply back here. Replies come in that order too, while
//! the link goes on reading.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use session::gateway::{
    Answer as Said, Arrivals, Evidence, Item, Link, Outcome, SignedCheckpoint, Start, Tiding,
    Witnessed,
};
use trust::{Header, Lane, Reason};

use super::Desk;
use super::problem::Trouble;
use crate::store::{
    Answer, Change as _, Content, CopyNote, Declination, Delivery, Entry, InboxEntry, MessageId,
    NoticeEntry, Receive, Received, Reply, Settle, Settled, Store, StoreError, Text, Unfit,
    Witness,
};

/// How many changes, and how many bytes of messages, may wait for the store before the link reads
/// on.
const WAITING_MAX: usize = 64;
const WAITING_BYTES_MAX: usize = 32 << 20;

/// What happened on the link and is on its way into the store.
pub(super) struct Storing {
    desk: Arc<Desk>,
    session: u64,
    /// How far each lane is stored once everything is that was brought.
    lanes: BTreeMap<Lane, u64>,
    /// The checkpoint that was brought last.
    checkpoint: Option<Arc<SignedCheckpoint>>,
    waiting: VecDeque<Waiting>,
    /// How many bytes of messages are waiting.
    bytes: usize,
}

/// What came of bringing something to the store.
pub(crate) type Outcomes = Result<(), Unfit>;

/// Something that the hub said and that must be stored.
#[derive(Debug)]
pub(crate) struct News {
    what: What,
    change: Change,
}

#[derive(Debug)]
enum Change {
    Settle(Settle),
    Receive(Receive),
    Witness(Witness),
}

/// A change that was brought.
pub(crate) struct Waiting {
    what: What,
    bytes: usize,
    reply: Reply<Outcomes>,
}

/// What is durable once the store says so.
#[derive(Clone, Debug)]
enum What {
    Answers { through: u64 },
    Inbox { lane: Lane, through: u64, declined: Vec<(u64, Reason)> },
    Checkpoint,
    Witnessed { below: u64 },
}

impl News {
    /// Brings it to the store, and waits where that has no room.
    pub(crate) async fn bring(self, store: &Store) -> Result<Waiting, StoreError> {
        let Self { what, change } = self;
        let (bytes, reply) = match change {
            Change::Settle(settle) => (settle.bytes(), store.bring(settle).await?),
            Change::Receive(receive) => (receive.bytes(), store.bring(receive).await?),
            Change::Witness(witness) => (witness.bytes(), store.bring(witness).await?),
        };
        Ok(Waiting { what, bytes, reply })
    }

    /// Brings it to the store where that has room.
    pub(crate) fn bring_now(self, store: &Store) -> Result<Waiting, StoreError> {
        let Self { what, change } = self;
        let (bytes, reply) = match change {
            Change::Settle(settle) => (settle.bytes(), store.bring_now(settle)?),
            Change::Receive(receive) => (receive.bytes(), store.bring_now(receive)?),
            Change::Witness(witness) => (witness.bytes(), store.bring_now(witness)?),
        };
        Ok(Waiting { what, bytes, reply })
    }
}

impl Storing {
    /// Goes on from what the store holds.
    pub(super) fn new(desk: Arc<Desk>, start: &Start) -> Self {
        let lanes = start.inbox.iter().map(|(lane, start)| (*lane, start.received_through));
        Self {
            desk,
            session: 0,
            lanes: lanes.collect(),
            checkpoint: None,
            waiting: VecDeque::new(),
            bytes: 0,
        }
    }

    /// The session is open, under a checkpoint.
    pub(super) fn opened(&mut self, link: &Link, session: u64) -> News {
        self.session = session;
        let settle = Settle { answers: Vec::new(), checkpoint: self.news(link) };
        News { what: What::Checkpoint, change: Change::Settle(settle) }
    }

    /// Answers came.
    pub(super) fn answers(&mut self, link: &Link, answers: Vec<Said>) -> Option<News> {
        let through = answers.last()?.input_number;
        let answers = answers.into_iter().map(|said| self.settled(&said)).collect();
        let settle = Settle { answers, checkpoint: self.news(link) };
        Some(News { what: What::Answers { through }, change: Change::Settle(settle) })
    }

    /// Messages and notices came.
    pub(super) fn arrivals(&mut self, link: &Link, arrivals: Arrivals) -> Option<News> {
        let Arrivals { lane, entries, .. } = arrivals;
        let through = entries.last()?.output_number;
        let entries: Vec<Entry> =
            entries.into_iter().map(|entry| self.entry(lane, entry)).collect();
        let declined = entries.iter().filter_map(Entry::declined).collect();
        let after = self.lanes.insert(lane, through).unwrap_or(0);
        let receive = Receive { lane: lane.0, after, entries, checkpoint: self.news(link) };
        let what = What::Inbox { lane, through, declined };
        Some(News { what, change: Change::Receive(receive) })
    }

    /// A quorum of witnesses has cosigned a checkpoint.
    pub(super) fn witnessed(witnessed: Witnessed) -> News {
        let Witnessed { checkpoint, paths, .. } = witnessed;
        let size = checkpoint.checkpoint.size;
        let witness = Witness { note: checkpoint.note.clone(), size, paths };
        News { what: What::Witnessed { below: size }, change: Change::Witness(witness) }
    }

    /// Something was brought.
    pub(super) fn brought(&mut self, waiting: Waiting) {
        self.bytes += waiting.bytes;
        self.waiting.push_back(waiting);
    }

    /// Whether the link may read on.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() < WAITING_MAX && self.bytes < WAITING_BYTES_MAX
    }

    /// The reply that is due next, if anything is on its way.
    pub(super) fn oldest(&mut self) -> Option<&mut Reply<Outcomes>> {
        self.waiting.front_mut().map(|waiting| &mut waiting.reply)
    }

    /// Whether anything is on its way.
    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The oldest reply has come; tells the link what is durable.
    pub(super) fn stored(
        &mut self,
        link: &mut Link,
        outcome: Result<Outcomes, StoreError>,
    ) -> Result<(), Trouble> {
        let Some(Waiting { what, bytes, .. }) = self.waiting.pop_front() else { return Ok(()) };
        self.bytes -= bytes;
        outcome??;
        match what {
            What::Answers { through } => {
                link.answers_stored(through);
                self.desk.board.answered_through(through);
            }
            What::Inbox { lane, through, declined } => {
                // Before they are stored: what is stored may be acknowledged.
                for (output_number, reason) in declined {
                    link.decline(lane, output_number, reason);
                }
                link.inbox_stored(lane, through);
            }
            What::Checkpoint => {}
            What::Witnessed { below } => link.witnessed_stored(below),
        }
        if let Some(last) = link.checkpoint() {
            self.desk.board.log_size(last.checkpoint.size);
        }
        Ok(())
    }

    /// The note of the last checkpoint, if it is a new one.
    fn news(&mut self, link: &Link) -> Option<String> {
        let last = link.checkpoint()?;
        if self.checkpoint.as_ref().is_some_and(|known| Arc::ptr_eq(known, last)) {
            return None;
        }
        self.checkpoint = Some(Arc::clone(last));
        Some(last.note.clone())
    }

    fn settled(&self, said: &Said) -> Settled {
        let submission = self.desk.board.submission(said.input_number).unwrap_or_default();
        let meta = match said.outcome {
            Outcome::Accepted { .. } => Vec::new(),
            Outcome::Refused(_) => said.evidence.meta.to_vec(),
        };
        let answer = Answer { submission, head: said.evidence.head.clone(), meta };
        let receipt = said.receipt().encode();
        Settled { input_number: said.input_number, answer, receipt }
    }

    fn entry(&self, lane: Lane, received: session::gateway::Received) -> Entry {
        let session::gateway::Received { output_number, possible_duplicate, item } = received;
        match item {
            Item::Message(message) => {
                let receipt = message.receipt().encode();
                let content = self.text(&message);
                let session::gateway::Message { header, payload, evidence, release, .. } = *message;
                let entry = self.inboxed(&header, evidence, possible_duplicate);
                let place = (lane.0, output_number);
                let release =
                    release.map(|it| Box::new(self.released(place, &header, &entry, &it)));
                let record = entry.head.hash();
                let entry = InboxEntry { release, ..entry };
                let received = Received { entry, header, payload: Some(payload), receipt, content };
                Entry { output_number, record, content: Content::Message(Box::new(received)) }
            }
            Item::Copy(copy) => {
                let receipt = copy.receipt().encode();
                let session::gateway::Copy { header, payload, decides, evidence, .. } = *copy;
                let note = CopyNote { header_only: payload.is_none(), decides };
                let entry = self.inboxed(&header, evidence, possible_duplicate);
                let entry = InboxEntry { copy: Some(note), ..entry };
                // What is sealed is copied as header only: there is nothing to open.
                let content = Text::Clear;
                let record = entry.head.hash();
                let received = Received { entry, header, payload, receipt, content };
                Entry { output_number, record, content: Content::Message(Box::new(received)) }
            }
            Item::Notice(notice) => {
                let record = notice.evidence.head.hash();
                if notice.terminal != self.desk.config.terminal {
                    let (sender, number) = (notice.terminal, notice.input_number);
                    tracing::info!(%sender, number, "notice for another terminal of the institution");
                    return Entry { output_number, record, content: Content::Foreign };
                }
                let input_number = notice.input_number;
                let delivery = Delivery {
                    by: notice.by,
                    message: notice.message.clone(),
                    proof: trust::Delivery {
                        record: notice.evidence.logged(),
                        index: notice.index,
                        path: notice.path,
                        grant: notice.grant.to_string(),
                    },
                };
                let content = Content::Notice { input_number, delivery: Box::new(delivery) };
                Entry { output_number, record, content }
            }
            Item::Told(told) => self.told(output_number, &told),
            Item::Withdrawn(withdrawn) => {
                let record = withdrawn.evidence.head.hash();
                let notice = NoticeEntry {
                    received_at: self.desk.clock.now(),
                    place: (lane.0, output_number),
                    tiding: 0,
                    about: None,
                    message: withdrawn.message,
                    record: withdrawn.evidence.logged(),
                    grant: String::new(),
                    message_path: None,
                };
                let content = Content::Told { about: None, notice: Box::new(notice) };
                Entry { output_number, record, content }
            }
        }
    }

    /// What a message says, where that is sealed.
    fn text(&self, message: &session::gateway::Message) -> Text {
        if !message.header.is_sealed {
            return Text::Clear;
        }
        let Desk { sealing, board, config, .. } = &*self.desk;
        let profile = board.profile(message.header.service).unwrap_or(config.profile);
        match sealing.open(message, profile) {
            Ok(opened) => Text::Opened(Box::new(opened)),
            Err(reason) => {
                let (sender, number) = (message.header.sender, message.header.input_number);
                tracing::warn!(%sender, number, code = %reason.code(), why = reason.text(),
                    "a sealed message is declined");
                Text::Declined(Declination { at: self.desk.clock.now(), reason })
            }
        }
    }

    fn inboxed(&self, header: &Header, evidence: Evidence, possible_duplicate: bool) -> InboxEntry {
        InboxEntry {
            received_at: self.desk.clock.now(),
            session: self.session,
            possible_duplicate,
            payload: evidence.payload_digest,
            header: header.encode(),
            head: evidence.head,
            copy: None,
            release: None,
        }
    }

    /// Why a message was released, as what its sender is told.
    fn released(
        &self,
        place: (u8, u64),
        header: &Header,
        entry: &InboxEntry,
        release: &session::gateway::Release,
    ) -> NoticeEntry {
        let is_authorised = release.decision.is_some();
        let tiding = if is_authorised { Tiding::Authorised } else { Tiding::Bypassed };
        NoticeEntry {
            received_at: self.desk.clock.now(),
            place,
            tiding: tiding.code(),
            about: Some(MessageId::of(header)),
            message: entry.head.sequence,
            message_path: None,
            record: release.evidence.logged(),
            grant: release.grant.as_deref().unwrap_or_default().to_owned(),
        }
    }

    fn told(&self, output_number: u64, told: &session::gateway::Told) -> Entry {
        let record = told.evidence.head.hash();
        let about = told.about.as_ref();
        // What is told of copies is no receipt of a message that was not delivered.
        let proves_nothing_delivered = !matches!(
            told.tiding,
            Tiding::Authorised | Tiding::Stopped | Tiding::Bypassed | Tiding::Undecided
        );
        let notice = NoticeEntry {
            received_at: self.desk.clock.now(),
            place: (Lane::SYSTEM.0, output_number),
            tiding: told.tiding.code(),
            about: about.map(|about| MessageId {
                terminal: about.terminal,
                input_number: about.input_number,
            }),
            message: about.map_or(0, |about| about.message.sequence),
            record: told.evidence.logged(),
            grant: told.grant.as_deref().unwrap_or_default().to_owned(),
            message_path: about.filter(|_| proves_nothing_delivered).map(|it| it.path.clone()),
        };
        let ours = about.filter(|about| about.terminal == self.desk.config.terminal);
        let about = ours.map(|it| (it.input_number, Box::new(it.message.clone())));
        let content = Content::Told { about, notice: Box::new(notice) };
        Entry { output_number, record, content }
    }
}
