//! What the hub said, on its way into the store.
//!
//! Changes are brought to the store in the order in which they came and are answered in that order,
//! while the link goes on reading.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use session::gateway::{Answer as Said, Arrivals, Item, Link, Outcome, SignedCheckpoint, Start};
use trust::{FrameContext, Lane};

use super::Shared;
use super::board::Board;
use super::problem::Trouble;
use crate::clock::Clock;
use crate::store::{
    Answer, Content, Delivery, Entry, InboxEntry, Receive, Received, Reply, Settle, Settled, Store,
    StoreError, Unfit,
};

/// How many changes, and how many bytes of messages, may wait for the store before the link reads
/// on.
const WAITING_MAX: usize = 64;
const WAITING_BYTES_MAX: usize = 32 << 20;

/// What happened on the link and is on its way into the store.
pub(super) struct Storing {
    store: Store,
    board: Arc<Board>,
    context: FrameContext,
    session: u64,
    /// How far each lane is stored once everything is that was brought.
    lanes: BTreeMap<Lane, u64>,
    /// The checkpoint that was brought last.
    checkpoint: Option<Arc<SignedCheckpoint>>,
    waiting: VecDeque<Waiting>,
    /// How many bytes of messages are waiting.
    bytes: usize,
}

/// A change that was brought.
struct Waiting {
    what: What,
    bytes: usize,
    reply: Reply<Result<(), Unfit>>,
}

/// What is durable once the store says so.
#[derive(Clone, Copy, Debug)]
enum What {
    Answers { through: u64 },
    Inbox { lane: Lane, through: u64 },
    Checkpoint,
}

impl Storing {
    /// Goes on from what the store holds.
    pub(super) fn new(shared: &Shared, start: &Start) -> Self {
        let lanes = start.inbox.iter().map(|(lane, start)| (*lane, start.received_through));
        Self {
            store: shared.store.clone(),
            board: Arc::clone(&shared.board),
            context: start.context,
            session: 0,
            lanes: lanes.collect(),
            checkpoint: None,
            waiting: VecDeque::new(),
            bytes: 0,
        }
    }

    /// The session is open, under a checkpoint.
    pub(super) async fn opened(&mut self, link: &Link, session: u64) -> Result<(), StoreError> {
        self.session = session;
        let settle = Settle { answers: Vec::new(), checkpoint: self.news(link) };
        self.bring(What::Checkpoint, settle).await
    }

    /// Brings answers.
    pub(super) async fn answers(
        &mut self,
        link: &Link,
        answers: Vec<Said>,
    ) -> Result<(), StoreError> {
        let Some(last) = answers.last() else { return Ok(()) };
        let through = last.input_number;
        let answers = answers.into_iter().map(|said| self.settled(&said)).collect();
        let settle = Settle { answers, checkpoint: self.news(link) };
        self.bring(What::Answers { through }, settle).await
    }

    /// Brings messages and notices.
    pub(super) async fn arrivals(
        &mut self,
        link: &Link,
        arrivals: Arrivals,
    ) -> Result<(), StoreError> {
        let Arrivals { lane, entries, .. } = arrivals;
        let Some(last) = entries.last() else { return Ok(()) };
        let through = last.output_number;
        let entries = entries.into_iter().map(|entry| self.entry(entry)).collect();
        let after = self.lanes.insert(lane, through).unwrap_or(0);
        let receive = Receive { lane: lane.0, after, entries, checkpoint: self.news(link) };
        self.bring(What::Inbox { lane, through }, receive).await
    }

    /// Whether the link may read on.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() < WAITING_MAX && self.bytes < WAITING_BYTES_MAX
    }

    /// Whether anything is on its way.
    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Waits until the oldest change is durable, and tells the link. Call it only when something is
    /// on its way; a call that is given up loses nothing.
    pub(super) async fn stored(&mut self, link: &mut Link) -> Result<(), Trouble> {
        let Some(oldest) = self.waiting.front_mut() else { return Ok(()) };
        let (what, bytes, outcome) = (oldest.what, oldest.bytes, oldest.reply.wait().await);
        self.waiting.pop_front();
        self.bytes -= bytes;
        outcome??;
        match what {
            What::Answers { through } => {
                link.answers_stored(through);
                self.board.answered_through(through);
            }
            What::Inbox { lane, through } => link.inbox_stored(lane, through),
            What::Checkpoint => {}
        }
        if let Some(last) = link.checkpoint() {
            self.board.log_size(last.checkpoint.size);
        }
        Ok(())
    }

    /// Waits until everything that was brought is durable or has failed: only then the store shows
    /// where the next link must go on.
    pub(super) async fn finish(&mut self) {
        while let Some(mut oldest) = self.waiting.pop_front() {
            // A failure was reported by the store.
            let _ = oldest.reply.wait().await;
        }
    }

    async fn bring<C>(&mut self, what: What, change: C) -> Result<(), StoreError>
    where
        C: crate::store::Change<Answer = Result<(), Unfit>>,
    {
        let bytes = change.bytes();
        let reply = self.store.bring(change).await?;
        self.waiting.push_back(Waiting { what, bytes, reply });
        self.bytes += bytes;
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
        let submission = self.board.submission(said.input_number).unwrap_or_default();
        let meta = match said.outcome {
            Outcome::Accepted { .. } => Vec::new(),
            Outcome::Refused(_) => said.evidence.meta.to_vec(),
        };
        let answer = Answer { submission, head: said.evidence.head.clone(), meta };
        let receipt = said.receipt().encode();
        Settled { input_number: said.input_number, answer, receipt }
    }

    fn entry(&self, received: session::gateway::Received) -> Entry {
        let session::gateway::Received { output_number, possible_duplicate, item } = received;
        match item {
            Item::Message(message) => {
                let receipt = message.receipt().encode();
                let session::gateway::Message { header, payload, evidence, .. } = *message;
                let entry = InboxEntry {
                    received_at: Clock.now(),
                    session: self.session,
                    possible_duplicate,
                    payload: evidence.payload_digest,
                    header: header.encode(),
                    head: evidence.head,
                };
                let record = entry.head.hash();
                let received = Received { entry, header, payload, receipt };
                Entry { output_number, record, content: Content::Message(Box::new(received)) }
            }
            Item::Notice(notice) => {
                let record = notice.evidence.head.hash();
                if notice.terminal != self.context.terminal {
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
        }
    }
}
