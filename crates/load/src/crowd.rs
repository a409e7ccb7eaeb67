//! A crowd on a hub that dies and comes back: many gateways in one process, each with a memory in
//! place of a store, and a checker that knows what the network promises.
//!
//! What each message is, and what must become of it, follows from its sender's place and its number
//! ([`Rules::message`]): some are accepted and delivered, some go to members that are not connected, some
//! are refused with a code. A client whose link breaks connects again and goes on from its numbers, as a
//! gateway does. In the end the checker compares what all clients have seen with what must be: nothing
//! acknowledged lost, doubled, altered or reordered, and every refusal with its codes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use gateway::dial::Credentials;
use iso::{Institution, Terminal};
use session::ask::{Patterns, Permission, Question, Reply};
use session::gateway::{
    Answer, Arrivals, Claims, Event, InboxLane, Item, Link, Outbox, Outcome, Outgoing, Receiving,
    Start, Unanswered,
};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use trust::{
    Digest, FrameContext, Header, Lane, LogTime, NetworkName, Receipt, ServiceName, Shard,
    sign_frame,
};
use wire::latest::GatewayFrame;
use wire::limits::{FRAME_MESSAGES_MAX, WINDOW_MAX};

use crate::run::Error;
use crate::template::{Made, Naming, Template};

/// How many connect at the same time.
const CONNECTING_MAX: usize = 64;
/// How many frames may wait for the connection.
const OUTGOING_MAX: usize = 4;
/// How long a client waits before it connects again.
const PAUSE: Duration = Duration::from_millis(200);
/// How many record hashes of a lane a client remembers for the hub's next offer of the same.
const RECENT_MAX: usize = 4_096;
/// One receipt of so many is kept and checked in the end.
const RECEIPT_OF: u64 = 7;
/// How many kinds of messages there are.
const KINDS: u64 = 8;

/// What a crowd does, and by which rules of the network.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The network.
    pub network: NetworkName,
    /// The institutions that are connected, by their places.
    pub members: Vec<Institution>,
    /// Members that are not connected.
    pub absent: Vec<Institution>,
    /// Somebody who is no member.
    pub stranger: Institution,
    /// How many of the first places are in the group of the closed service.
    pub group: usize,
    /// How many messages each sends.
    pub messages: u64,
    /// The time that headers show.
    pub at: LogTime,
    /// What messages are made of.
    pub template: Template,
}

/// The service that is open to all.
pub const OPEN: &str = "open";
/// The service of a closed group.
pub const CLOSED: &str = "closed";
/// The service in which a receiver must permit a sender.
pub const RELATED: &str = "related";
/// The service that refuses duplicates.
pub const UNIQUE: &str = "unique";

/// The service of which the institution of the first place gets copies of the headers.
pub const COPIED: &str = "copied";

/// A message of the crowd, and what must become of it.
#[derive(Debug)]
struct Planned {
    service: ServiceName,
    receiver: Institution,
    /// The place of the receiver, if it is connected.
    to: Option<usize>,
    /// The number of the message whose content it repeats: its own, or an earlier one.
    content: u64,
    /// The codes of its refusal; none: it is accepted.
    codes: &'static [&'static str],
}

impl Rules {
    /// What a message is. One in eight each: copied, closed group, relationship, duplicate check, a
    /// member that is away; the others are plain.
    fn message(&self, place: usize, number: u64) -> Planned {
        let count = self.members.len();
        let step = usize::try_from(number).unwrap_or(0);
        let (next, far) = ((place + 1) % count, (place + 1 + step * 7) % count);
        let planned = |service: &str, to: usize, codes| Planned {
            service: service.parse().expect("it is a name"),
            receiver: *self.members.get(to).expect("places go round"),
            to: Some(to),
            content: number,
            codes,
        };
        match number % KINDS {
            3 => planned(COPIED, far, &[]),
            4 => {
                let codes: &[&str] = match (place < self.group, next < self.group) {
                    (true, true) => &[],
                    (false, true) => &["NET060"],
                    (true, false) => &["NET061"],
                    (false, false) => &["NET060", "NET061"],
                };
                planned(CLOSED, next, codes)
            }
            5 if permits(next) => planned(RELATED, next, &[]),
            5 => planned(RELATED, next, &["NET062"]),
            6 if number >= KINDS && (number / KINDS) % 2 == 1 => {
                Planned { content: number - KINDS, ..planned(UNIQUE, next, &["NET063"]) }
            }
            6 => planned(UNIQUE, next, &[]),
            7 if number % 64 == 7 => {
                let to = planned(OPEN, next, &["NET001"]);
                Planned { receiver: self.stranger, to: None, ..to }
            }
            7 if !self.absent.is_empty() => {
                let which = (place * 31 + step) % self.absent.len();
                let receiver = *self.absent.get(which).expect("it is among them");
                Planned { receiver, to: None, ..planned(OPEN, next, &[]) }
            }
            _ => planned(OPEN, far, &[]),
        }
    }

    /// Whether a copy of a message is due, if it is accepted: what the institution that gets the copies
    /// sends or receives is not copied.
    fn is_copied(&self, place: usize, number: u64) -> bool {
        number % KINDS == 3 && place != 0 && self.message(place, number).to != Some(0)
    }

    /// The message of a number, ready to be signed.
    fn make(&self, terminal: Terminal, place: usize, number: u64) -> Made {
        let planned = self.message(place, number);
        let naming = Naming {
            network: self.network,
            service: planned.service,
            sender: terminal,
            place: u32::try_from(place).expect("a crowd has fewer members"),
            receiver: planned.receiver,
            at: self.at,
        };
        let mut made = self.template.make(&naming, planned.content);
        if planned.content != number {
            let mut header = Header::decode(&made.header).expect("the template made it");
            header.input_number = number;
            made.header = header.encode();
        }
        made
    }
}

/// Whether the institution of a place permits the one before it to send in the related service.
fn permits(place: usize) -> bool {
    place.is_multiple_of(2)
}

/// What a client has seen.
#[derive(Debug, Default)]
struct Memory {
    /// The codes of the refusal of each message that was answered, by rising number; none: accepted.
    answers: Vec<Vec<String>>,
    inbox: BTreeMap<Lane, InboxLane>,
    /// Messages in the order in which they came: sender, number, content.
    received: Vec<(Terminal, u64, Digest)>,
    /// Copies in the order in which they came: sender, number, digest of the payload.
    copied: Vec<(Terminal, u64, Digest)>,
    /// How many notices of delivery came.
    notices: u64,
    checkpoint: Option<String>,
    receipts: Vec<Receipt>,
    has_permitted: bool,
    links: u64,
}

/// How far a crowd is, for whoever watches it.
#[derive(Debug, Default)]
pub struct Progress {
    /// How many are connected and have said what they permit.
    pub ready: AtomicU64,
    /// How many messages were answered.
    pub answered: AtomicU64,
    /// How many messages were received.
    pub received: AtomicU64,
    /// How many copies were received.
    pub copied: AtomicU64,
    /// How many notices of delivery came.
    pub notices: AtomicU64,
}

/// What the checker says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How many messages were made.
    pub made: u64,
    /// How many were accepted, as the network says.
    pub accepted: u64,
    /// How many were refused with the codes that they must have.
    pub refused: u64,
    /// How many were delivered.
    pub delivered: u64,
    /// How many were accepted for members that are away.
    pub waiting: u64,
    /// How many copies came.
    pub copied: u64,
    /// How many links were opened.
    pub links: u64,
    /// How many receipts were verified offline.
    pub receipts: u64,
    /// What is not as promised, one line each; at most 100.
    pub broken: Vec<String>,
}

/// What must come of a crowd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// How many messages it sends in all.
    pub sent: u64,
    /// How many of them are delivered.
    pub delivered: u64,
    /// Of how many a copy is delivered.
    pub copied: u64,
}

impl Expected {
    /// What must come of a crowd with these rules.
    #[must_use]
    pub fn of(rules: &Rules) -> Self {
        let sent = rules.members.len() as u64 * rules.messages;
        let mut expected = Self { sent, delivered: 0, copied: 0 };
        for place in 0..rules.members.len() {
            for number in 1..=rules.messages {
                let planned = rules.message(place, number);
                expected.delivered += u64::from(planned.codes.is_empty() && planned.to.is_some());
                expected.copied += u64::from(rules.is_copied(place, number));
            }
        }
        expected
    }
}

/// Lets a crowd send until all that must come has come, or `over` says that it takes too long.
///
/// # Errors
///
/// When a client meets what no restart of a hub explains, such as a proof that does not hold.
pub async fn run(
    rules: Arc<Rules>,
    credentials: Vec<Credentials>,
    progress: Arc<Progress>,
    over: watch::Receiver<bool>,
) -> Result<Verdict, Error> {
    let places = Arc::new(Semaphore::new(CONNECTING_MAX));
    let keys = credentials.first().map(|it| it.keys.clone());
    let mut tasks = JoinSet::new();
    for (place, credentials) in credentials.into_iter().enumerate() {
        let client = Client {
            rules: Arc::clone(&rules),
            progress: Arc::clone(&progress),
            credentials,
            place,
            memory: Memory::default(),
        };
        tasks.spawn(client.run(Arc::clone(&places), over.clone()));
    }
    let mut seen = BTreeMap::new();
    while let Some(done) = tasks.join_next().await {
        let (place, terminal, memory) = done??;
        seen.insert(place, (terminal, memory));
    }
    Ok(check(&rules, &seen, |receipt| {
        keys.as_ref().is_some_and(|keys| receipt.verify(keys).is_ok())
    }))
}

/// One member of the crowd.
#[derive(Debug)]
struct Client {
    rules: Arc<Rules>,
    progress: Arc<Progress>,
    credentials: Credentials,
    place: usize,
    memory: Memory,
}

impl Client {
    /// Connects, and connects again whenever the link breaks.
    async fn run(
        mut self,
        places: Arc<Semaphore>,
        mut over: watch::Receiver<bool>,
    ) -> Result<(usize, Terminal, Memory), Error> {
        loop {
            let outcome = tokio::select! {
                outcome = self.link(&places) => outcome,
                // Gone: whoever watched has gone too.
                _ = over.wait_for(|over| *over) => break,
            };
            match outcome {
                Ok(())
                | Err(Error::Connect(_) | Error::Broken(_) | Error::Ended | Error::Bye(_)) => {}
                Err(error) => return Err(error),
            }
            let wait = tokio::time::sleep(PAUSE);
            tokio::select! {
                () = wait => {}
                _ = over.wait_for(|over| *over) => break,
            }
        }
        Ok((self.place, self.credentials.terminal, self.memory))
    }

    fn context(&self) -> FrameContext {
        FrameContext { network: self.credentials.network, terminal: self.credentials.terminal }
    }

    /// Where this client stands, as a gateway would say it after a crash.
    fn start(&self) -> Start {
        let made = if self.may_send() { self.rules.messages } else { 0 };
        let answered = self.memory.answers.len() as u64;
        let first = (answered + 1..=made).take(usize::try_from(WINDOW_MAX).unwrap_or(0));
        let unanswered = first.map(|number| {
            let made = self.rules.make(self.credentials.terminal, self.place, number);
            Unanswered { header: Bytes::from(made.header), payload_digest: made.digest }
        });
        Start {
            context: self.context(),
            shard: Shard(0),
            keys: self.credentials.keys.clone(),
            outbox: Outbox {
                made_through: made,
                answered_through: answered,
                unanswered: unanswered.collect(),
            },
            inbox: self.memory.inbox.clone(),
            checkpoint: self.memory.checkpoint.clone(),
            witnessed: None,
            receiving: Some(Receiving {
                claims: Claims::ALL,
                window: WINDOW_MAX,
                shares_lanes: false,
                on_decision: false,
                on_witnesses: false,
            }),
        }
    }

    /// Nobody sends before all have said what they permit.
    fn may_send(&self) -> bool {
        self.progress.ready.load(Ordering::SeqCst) >= self.rules.members.len() as u64
    }

    /// One link, until it breaks.
    async fn link(&mut self, places: &Semaphore) -> Result<(), Error> {
        let place = places.acquire().await.map_err(|_closed| Error::Ended)?;
        let mut client = self.credentials.connect().await.map_err(Error::Connect)?;
        let start = self.start();
        let mut made = start.outbox.made_through;
        let (mut link, hello) = Link::connect(start)?;
        let (outgoing, frames) = mpsc::channel(OUTGOING_MAX);
        outgoing.try_send(hello).expect("the channel is empty and open");
        let answer = client.connect(ReceiverStream::new(frames)).await.map_err(broken)?;
        let mut incoming = answer.into_inner();
        let frame = incoming.message().await.map_err(broken)?.ok_or(Error::Ended)?;
        let Event::Opened(_) = link.receive(frame)? else { return Err(Error::Ended) };
        drop(place);
        self.memory.links += 1;
        link.frame_messages(FRAME_MESSAGES_MAX.min(64));
        self.permit(&mut link, &outgoing).await?;
        let mut look = tokio::time::interval(PAUSE);
        loop {
            if made == 0 && self.may_send() {
                made = self.rules.messages;
                link.made(made);
            }
            let acknowledgement = link.acknowledgement();
            let due = link.submission();
            let wants = acknowledgement.is_some() || due.is_some();
            tokio::select! {
                biased;
                permit = outgoing.clone().reserve_owned(), if wants => {
                    let permit = permit.map_err(|_closed| Error::Ended)?;
                    let frame = if let Some(due) = acknowledgement {
                        let signing = &self.credentials.signing;
                        let signed = due.to_sign.as_ref().map(|due| due.sign(signing));
                        let signed = signed.transpose().expect("a key in memory signs");
                        link.acknowledge(&due, signed.as_ref())
                    } else {
                        due.and_then(|due| self.submit(&mut link, due.first_input_number, due.count))
                    };
                    if let Some(frame) = frame {
                        permit.send(frame);
                    }
                }
                frame = incoming.message() => {
                    let frame = frame.map_err(broken)?.ok_or(Error::Ended)?;
                    self.take(&mut link, frame)?;
                }
                _ = look.tick(), if made == 0 => {}
            }
        }
    }

    /// Says once whom this institution permits to send to it.
    async fn permit(
        &mut self,
        link: &mut Link,
        outgoing: &mpsc::Sender<GatewayFrame>,
    ) -> Result<(), Error> {
        if self.memory.has_permitted {
            return Ok(());
        }
        if !permits(self.place) {
            self.permitted();
            return Ok(());
        }
        let count = self.rules.members.len();
        let before = self.rules.members.get((self.place + count - 1) % count);
        let question = Question::Permit {
            sender: *before.expect("places go round"),
            service: RELATED.parse().expect("it is a name"),
            permission: Permission { types: Patterns::any(), from: LogTime(0), until: None },
        };
        let (_, frame) = link.ask(&question);
        outgoing.send(frame).await.map_err(|_closed| Error::Ended)
    }

    fn permitted(&mut self) {
        if !self.memory.has_permitted {
            self.memory.has_permitted = true;
            self.progress.ready.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn submit(&self, link: &mut Link, first: u64, count: usize) -> Option<GatewayFrame> {
        let numbers = first..first + count as u64;
        let outgoing: Vec<Outgoing> = numbers
            .map(|number| {
                let made = self.rules.make(self.credentials.terminal, self.place, number);
                Outgoing::new(Bytes::from(made.header), Bytes::from(made.payload), made.digest)
            })
            .collect();
        let statements: Vec<_> = outgoing.iter().map(Outgoing::statement).collect();
        let signature = sign_frame(&self.credentials.signing, &self.context(), &statements)
            .expect("a frame of the link has fewer messages than a signature can cover");
        link.submit(outgoing, &signature).expect("the signature is over these messages")
    }

    fn take(&mut self, link: &mut Link, frame: wire::latest::HubFrame) -> Result<(), Error> {
        match link.receive(frame)? {
            Event::Answered(answers) => self.answered(link, &answers),
            Event::Received(arrivals) => self.received(link, &arrivals),
            Event::Replied { reply: Reply::Recorded { .. }, .. } => self.permitted(),
            Event::End(farewell) => return Err(Error::Bye(farewell.text)),
            Event::Opened(_) | Event::Lanes(_) | Event::Witnessed(_) | Event::Replied { .. } => {}
        }
        self.memory.checkpoint = link.checkpoint().map(|it| it.note.clone());
        Ok(())
    }

    fn answered(&mut self, link: &mut Link, answers: &[Answer]) {
        for answer in answers {
            let codes = match &answer.outcome {
                Outcome::Accepted { .. } => Vec::new(),
                Outcome::Refused(reasons) => {
                    reasons.iter().map(|reason| reason.code().to_string()).collect()
                }
            };
            // The link gives answers by consecutive numbers; another order is a fault that shows.
            if answer.input_number == self.memory.answers.len() as u64 + 1 {
                self.memory.answers.push(codes);
                self.progress.answered.fetch_add(1, Ordering::Relaxed);
            }
            if answer.input_number.is_multiple_of(RECEIPT_OF) {
                self.memory.receipts.push(answer.receipt());
            }
        }
        if let Some(last) = answers.last() {
            link.answers_stored(last.input_number);
        }
    }

    fn received(&mut self, link: &mut Link, arrivals: &Arrivals) {
        for entry in &arrivals.entries {
            let lane = self.memory.inbox.entry(arrivals.lane).or_insert_with(|| InboxLane {
                received_through: 0,
                recent: Vec::new(),
                decided_through: 0,
                declined: Vec::new(),
                awaited: BTreeSet::new(),
            });
            lane.received_through = entry.output_number;
            let evidence = match &entry.item {
                Item::Message(message) => {
                    let content = Digest::of(&message.payload);
                    let (sender, number) = (message.header.sender, message.header.input_number);
                    self.memory.received.push((sender, number, content));
                    self.progress.received.fetch_add(1, Ordering::Relaxed);
                    if entry.output_number.is_multiple_of(RECEIPT_OF) {
                        self.memory.receipts.push(message.receipt());
                    }
                    Some(message.evidence.head.hash())
                }
                Item::Notice(_) => {
                    self.memory.notices += 1;
                    self.progress.notices.fetch_add(1, Ordering::Relaxed);
                    None
                }
                Item::Copy(copy) => {
                    let (sender, number) = (copy.header.sender, copy.header.input_number);
                    self.memory.copied.push((sender, number, copy.evidence.payload_digest));
                    self.progress.copied.fetch_add(1, Ordering::Relaxed);
                    if entry.output_number.is_multiple_of(RECEIPT_OF) {
                        self.memory.receipts.push(copy.receipt());
                    }
                    Some(copy.evidence.head.hash())
                }
                Item::Told(_) | Item::Withdrawn(_) => None,
            };
            if let Some(hash) = evidence {
                lane.recent.push((entry.output_number, hash));
                if lane.recent.len() > RECENT_MAX {
                    lane.recent.remove(0);
                }
            }
        }
        if let Some(last) = arrivals.entries.last() {
            link.inbox_stored(arrivals.lane, last.output_number);
        }
    }
}

/// Compares what all have seen with what must be.
fn check(
    rules: &Rules,
    seen: &BTreeMap<usize, (Terminal, Memory)>,
    verifies: impl Fn(&Receipt) -> bool,
) -> Verdict {
    let mut verdict = Verdict::default();
    let mut broken = Vec::new();
    let mut due: BTreeMap<(usize, Terminal), Vec<u64>> = BTreeMap::new();
    let places: BTreeMap<Terminal, usize> =
        seen.iter().map(|(place, (terminal, _))| (*terminal, *place)).collect();
    for (place, (terminal, memory)) in seen {
        verdict.links += memory.links;
        let receipts = memory.receipts.iter();
        let bad = receipts.filter(|receipt| !verifies(receipt)).count();
        verdict.receipts += memory.receipts.len() as u64;
        if bad > 0 {
            broken.push(format!("{bad} receipts of {terminal} do not hold"));
        }
        for number in 1..=rules.messages {
            verdict.made += 1;
            let planned = rules.message(*place, number);
            let Some(codes) = memory.answers.get(usize::try_from(number - 1).unwrap_or(usize::MAX))
            else {
                broken.push(format!("{terminal}-{number} was never answered"));
                continue;
            };
            if codes != planned.codes {
                let text = format!("{terminal}-{number}: {codes:?} instead of {:?}", planned.codes);
                broken.push(text);
            } else if !codes.is_empty() {
                verdict.refused += 1;
            } else {
                verdict.accepted += 1;
                match planned.to {
                    Some(to) => due.entry((to, *terminal)).or_default().push(number),
                    None => verdict.waiting += 1,
                }
            }
        }
    }
    for (place, (terminal, memory)) in seen {
        let mut came: BTreeMap<Terminal, Vec<u64>> = BTreeMap::new();
        for (sender, number, content) in &memory.received {
            verdict.delivered += 1;
            came.entry(*sender).or_default().push(*number);
            let sent = places.get(sender).map(|from| rules.make(*sender, *from, *number).digest);
            if sent != Some(*content) {
                broken.push(format!("{sender}-{number} came altered to {terminal}"));
            }
        }
        let wanted = due.range((*place, first())..).take_while(|((to, _), _)| to == place);
        let senders = wanted.map(|((_, sender), _)| *sender).chain(came.keys().copied());
        let senders: BTreeSet<Terminal> = senders.collect();
        for sender in senders {
            let wanted = due.get(&(*place, sender)).map(Vec::as_slice).unwrap_or_default();
            let found = came.get(&sender).map(Vec::as_slice).unwrap_or_default();
            // In the order of the sender's numbers, each once, none besides.
            if wanted != found {
                broken.push(format!("{terminal} got {found:?} of {sender} instead of {wanted:?}"));
            }
        }
    }
    check_copies(rules, seen, &mut verdict, &mut broken);
    broken.truncate(100);
    verdict.broken = broken;
    verdict
}

/// Compares the copies that came with those that are due: each once, and of what was sent.
fn check_copies(
    rules: &Rules,
    seen: &BTreeMap<usize, (Terminal, Memory)>,
    verdict: &mut Verdict,
    broken: &mut Vec<String>,
) {
    let mut due = BTreeMap::new();
    for (place, (terminal, memory)) in seen {
        let accepted = (1..).zip(&memory.answers).filter(|(_, codes)| codes.is_empty());
        for (number, _) in accepted.filter(|(number, _)| rules.is_copied(*place, *number)) {
            due.insert((*terminal, number), rules.make(*terminal, *place, number).digest);
        }
    }
    for (place, (terminal, memory)) in seen {
        for (sender, number, content) in &memory.copied {
            verdict.copied += 1;
            if *place != 0 || due.remove(&(*sender, *number)) != Some(*content) {
                broken.push(format!("{terminal} got a copy of {sender}-{number} that is not due"));
            }
        }
    }
    for (sender, number) in due.keys() {
        broken.push(format!("no copy of {sender}-{number} came"));
    }
}

/// The terminal that comes before all others.
fn first() -> Terminal {
    "AAAAADAAA".parse().expect("it is a terminal")
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn broken(status: tonic::Status) -> Error {
    Error::Broken(status.to_string())
}
