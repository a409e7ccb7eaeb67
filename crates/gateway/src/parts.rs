//! The gateway without its sockets, threads and clocks: what stores, checks, signs and answers.
//!
//! A running gateway is these parts in threads and tasks ([`crate::run`]). Whoever wants to see what
//! a gateway does at moments of his own choice, on a disk of his own, drives a [`Gateway`] himself,
//! in one thread: back offices [`post`](Gateway::post) and look into the inbox, frames of the hub
//! are [`take`](Gateway::take)n and its own [made](Gateway::next_frame), and nothing of it is
//! durable before the writer has had its [turn](Gateway::write).
//!
//! What decides is the code of the running gateway, not a model of it. It is no stable interface.

use std::sync::Arc;

use bytes::Bytes;
use document::{Checkers, Rules};
use session::ask::{Question, Reply as Said};
use session::gateway::{RequestOutcome, Tiding};
use session::{After, Ending};
use tokio::sync::oneshot;
use trust::{
    CopyDecision, Digest, Lane, LogTime, NetworkKeys, Reason, ReceiptKind, SigningKey, Verdict,
};
use wire::latest::{GatewayFrame, HubFrame};
use wire::limits::WITNESSED_RECORDS_MAX;

pub use crate::check::Wish;
pub use crate::clock::Clock;
pub use crate::store::{Build, CopyNote, Medium, StoreError, Turn};

use crate::api::Finding;
use crate::check;
use crate::config::{Acknowledge, Config};
use crate::error::Error;
use crate::link::{Asking, Board, Conversation, Desk, Next, Signing, Trouble, standing};
use crate::rest::request_digest;
use crate::sealing::Sealing;
use crate::store::{
    Decline, Faults, MessageId, Place, Post, Posted, Progress, Rebuffed, Reply, Store, Take, Took,
    View, Writer,
};

/// What a gateway is made of when it starts.
#[derive(Debug)]
pub struct Opening {
    /// Its settings; nothing is read from the folder that they name.
    pub config: Config,
    /// What signs messages and acknowledgements.
    pub signing: SigningKey,
    /// The public keys of the network.
    pub network: NetworkKeys,
    /// What messages are checked against.
    pub rules: Rules,
    /// Where its store lies.
    pub medium: Arc<dyn Medium>,
    /// What time it is.
    pub clock: Clock,
}

/// A gateway in one thread.
pub struct Gateway {
    desk: Arc<Desk>,
    store: Store,
    writer: Writer,
    checkers: Checkers,
    /// Nothing while there is no connection.
    link: Option<Conversation>,
    /// Where the store was when the link was told what back offices have decided.
    decided: Option<Progress>,
}

/// Why there is no session any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// The code, which has a page in docs/codes.
    pub code: String,
    /// The same for people.
    pub text: String,
    /// What the gateway does.
    pub after: After,
}

/// A message that a back office has handed in and that is not known to be stored yet.
#[derive(Debug)]
pub struct Posting(Reply<Posted>);

/// What a back office hears of a message that it has handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is stored.
    Stored {
        /// Under this number.
        input_number: u64,
    },
    /// The same request was stored before.
    Exists {
        /// Under this number.
        input_number: u64,
    },
    /// Another request used the key.
    OtherRequest {
        /// Under this number.
        input_number: u64,
    },
}

/// A message that a back office takes out of the inbox.
#[derive(Debug)]
pub struct Taking(Reply<Took>);

/// A message of the inbox that a back office does not take.
#[derive(Debug)]
pub struct Declining(Reply<Rebuffed>);

/// A message in the inbox, as a back office finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inboxed {
    /// Who sent it, and its number there: `ALPHDEFFA-42`.
    pub id: String,
    /// The lane.
    pub lane: u8,
    /// Its number in the lane.
    pub output_number: u64,
    /// The record that accepted it: what the response to a request names.
    pub record: u64,
    /// Whether it is a request, to be answered in real time.
    pub is_request: bool,
    /// What is known of it as a copy of a message between others, if it is one.
    pub copy: Option<CopyNote>,
    /// The hub said that it may have offered it before.
    pub possible_duplicate: bool,
    /// SHA-256 of its exact bytes.
    pub digest: Digest,
    /// These; nothing of a copy of its header.
    pub payload: Vec<u8>,
    /// What proves that the network accepted it.
    pub receipt: Vec<u8>,
}

/// What is known of a message that was sent, as a back office finds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Its exact bytes.
    pub payload: Vec<u8>,
    /// What proves that the network accepted it.
    pub acceptance: Option<Vec<u8>>,
    /// What proves that the network refused it.
    pub refusal: Option<Vec<u8>>,
    /// What proves that it was delivered.
    pub delivery: Option<Vec<u8>>,
    /// How it ended, if it is a request.
    pub outcome: Option<RequestOutcome>,
    /// What else was told of it, in order.
    pub told: Vec<Tiding>,
}

/// A decision about a copy that is on its way to the network.
#[derive(Debug)]
pub struct Deciding(oneshot::Receiver<Said>);

/// What became of a decision about a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// It is in the log.
    Recorded,
    /// The network does not take it, for a reason with this code.
    Rejected(String),
    /// Nobody knows: ask again.
    Lost,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Gateway").field(&self.desk.config.terminal).finish()
    }
}

impl Gateway {
    /// Opens the store, and makes it when it is missing.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or is another gateway's.
    pub fn open(opening: Opening) -> Result<Self, Error> {
        let Opening { config, signing, network, rules, medium, clock } = opening;
        let faults = Faults::default();
        let (store, writer) = Store::open_on(&medium, config.network, config.terminal, &faults)?;
        let board = Arc::new(Board::new(clock.now(), 0));
        let signing = Arc::new(Signing::new(signing, String::new()));
        // It has no keys that open, so what is sealed is declined, and it seals nothing itself.
        let checkers = Checkers::new(rules.clone());
        let sealing = Sealing::new(Arc::clone(&signing), network.clone(), Vec::new(), checkers);
        let sealing = Arc::new(sealing);
        let desk = Desk { config: Arc::new(config), signing, sealing, network, board, clock };
        let checkers = Checkers::new(rules);
        Ok(Self { desk: Arc::new(desk), store, writer, checkers, link: None, decided: None })
    }

    /// A back office hands a message in. It is stored once the writer has had its turn.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the message.
    pub fn post(&self, key: &str, payload: Bytes, wish: &Wish) -> Result<Posting, Refused> {
        let Desk { config, clock, .. } = &*self.desk;
        let now = clock.now();
        let header = self
            .checkers
            .with(|checker| check::check(config, checker, &payload, wish, now))
            .map_err(|findings| Refused::Invalid(findings.list))?;
        let digest = Digest::of(&payload);
        let post = Post {
            key: key.to_owned(),
            request: request_digest(wish, &digest),
            header,
            payload,
            digest,
            clear: None,
            checked_at: now,
            at: clock.now(),
        };
        self.store.bring_now(post).map(Posting).map_err(Refused::Unstored)
    }

    /// A back office says that it has a message of the inbox.
    ///
    /// # Errors
    ///
    /// When the store has failed.
    pub fn take_out(&self, id: &str) -> Result<Taking, StoreError> {
        let id: MessageId = id.parse().map_err(|()| StoreError::Failed)?;
        self.store.bring_now(Take { id, at: self.desk.clock.now() }).map(Taking)
    }

    /// A back office says that it does not take a message of the inbox, and why.
    ///
    /// # Errors
    ///
    /// When the store has failed.
    pub fn decline(&self, id: &str, reason: Reason) -> Result<Declining, StoreError> {
        let id: MessageId = id.parse().map_err(|()| StoreError::Failed)?;
        self.store.bring_now(Decline { id, reason, at: self.desk.clock.now() }).map(Declining)
    }

    /// Messages that no back office has taken out, the oldest first.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn inbox(&self, limit: usize) -> Result<Vec<Inboxed>, StoreError> {
        self.store.look(|view| {
            let (messages, _last) = view.inbox(0, limit, u64::MAX)?;
            let mut inbox = Vec::with_capacity(messages.len());
            for message in messages {
                let (lane, output_number) = (message.lane, message.output_number);
                let header = trust::Header::decode(&message.entry.header).ok();
                let header = header.as_ref();
                inbox.push(Inboxed {
                    id: header.map(|it| MessageId::of(it).to_string()).unwrap_or_default(),
                    lane,
                    output_number,
                    record: message.entry.head.sequence,
                    is_request: lane == Lane::REAL_TIME.0
                        && header.is_some_and(|it| it.answers.is_none()),
                    copy: message.entry.copy,
                    possible_duplicate: message.entry.possible_duplicate,
                    digest: message.entry.payload,
                    payload: view
                        .text(Place::Received { lane, output_number })?
                        .unwrap_or_default(),
                    receipt: view.inbox_receipt(lane, output_number)?.unwrap_or_default(),
                });
            }
            Ok(inbox)
        })
    }

    /// What is known of a message that was handed in; nothing where there is no such message.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn sent(&self, input_number: u64) -> Result<Option<Sent>, StoreError> {
        self.store.look(|view| {
            let Some(payload) = view.text(Place::Sent { input_number })? else {
                return Ok(None);
            };
            let sent = view.sent(input_number)?;
            let told = sent.iter().flat_map(|it| &it.notices);
            let told = told.filter_map(|it| Tiding::from_code(it.tiding)).collect();
            Ok(Some(Sent {
                payload,
                acceptance: view.sent_receipt(ReceiptKind::Acceptance, input_number)?,
                refusal: view.sent_receipt(ReceiptKind::Refusal, input_number)?,
                delivery: view.sent_receipt(ReceiptKind::Delivery, input_number)?,
                outcome: sent.and_then(|it| Some(it.outcome?.outcome)),
                told,
            }))
        })
    }

    /// How a request that was received has ended, as far as this gateway knows.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn outcome(
        &self,
        lane: u8,
        output_number: u64,
    ) -> Result<Option<RequestOutcome>, StoreError> {
        self.store.look(|view| {
            let received = view.received(lane, output_number)?;
            Ok(received.and_then(|it| Some(it.outcome?.outcome)))
        })
    }

    /// A back office decides about a message between others of which it holds the copy: it is
    /// delivered, or refused with a reason's code. Nothing where there is no such copy, no link, or
    /// no room for another question.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn decide(
        &mut self,
        lane: u8,
        output_number: u64,
        verdict: Verdict,
    ) -> Result<Option<Deciding>, StoreError> {
        let Some(link) = self.link.as_mut().filter(|link| link.may_be_asked()) else {
            return Ok(None);
        };
        let copy = self.store.look(|view| view.received(lane, output_number))?;
        let Some(copy) = copy.filter(|it| it.entry.copy.is_some()) else { return Ok(None) };
        let message = (copy.entry.head.sequence, copy.entry.head.hash());
        let decision = CopyDecision::new(self.desk.config.terminal, message, verdict);
        let (answer, answered) = oneshot::channel();
        link.wonder(Asking::new(Question::DecideCopy(Box::new(decision)), answer));
        Ok(Some(Deciding(answered)))
    }

    /// How many messages wait for an answer of the hub, and how many for a back office.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn waiting(&self) -> Result<(u64, u64), StoreError> {
        let counts = self.store.look(View::counts)?;
        Ok((counts.input_number - counts.answered_through, counts.waiting))
    }

    /// Lets the writer take whatever waits into one durable transaction.
    pub fn write(&mut self) -> Turn {
        // It may have failed in a turn that [`Self::hang_up`] gave it.
        if self.store.failure().borrow().is_some() {
            return Turn::Ended;
        }
        self.writer.turn()
    }

    /// Begins a link; gives the Hello.
    ///
    /// # Errors
    ///
    /// When the store cannot be read, or holds what is not of this network.
    pub fn connect(&mut self) -> Result<GatewayFrame, Parting> {
        let start = self.store.look(|view| standing(&self.desk, view)).map_err(Trouble::from)?;
        let (conversation, hello) = Conversation::begin(Arc::clone(&self.desk), start)?;
        (self.link, self.decided) = (Some(conversation), None);
        Ok(hello)
    }

    /// Whether a session is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.link.as_ref().is_some_and(|link| link.session() != 0)
    }

    /// Whether a frame for the hub is due.
    pub fn has_something(&mut self) -> bool {
        // What cannot be read now is reported by the next frame.
        let _ = self.look_up();
        self.link.as_ref().is_some_and(|link| link.next().is_some())
    }

    /// Tells the link what back offices have handed in, and what they have decided where messages
    /// wait for that.
    fn look_up(&mut self) -> Result<(), StoreError> {
        let Some(link) = &mut self.link else { return Ok(()) };
        let now = *self.store.progress().borrow();
        link.made(now.input_number);
        let waits = self.desk.config.acknowledge == Acknowledge::Taken;
        if waits && self.decided != Some(now) {
            link.decided(self.store.look(View::decisions)?);
            self.decided = Some(now);
        }
        Ok(())
    }

    /// Whether another frame of the hub may be taken.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.link.as_ref().is_some_and(Conversation::has_room)
    }

    /// Takes a frame of the hub; what it says is stored once the writer has had its turn.
    ///
    /// # Errors
    ///
    /// Why the link is over: call [`Self::hang_up`].
    pub fn take(&mut self, frame: HubFrame) -> Result<(), Parting> {
        let Some(link) = &mut self.link else { return Ok(()) };
        if let Some(news) = link.take(frame)? {
            link.brought(news.bring_now(&self.store).map_err(Trouble::from)?);
        }
        Ok(())
    }

    /// Hears what has become durable since.
    ///
    /// # Errors
    ///
    /// Why the link is over: call [`Self::hang_up`].
    pub fn hear(&mut self) -> Result<(), Parting> {
        let Some(link) = &mut self.link else { return Ok(()) };
        while let Some(outcome) = link.oldest().and_then(Reply::now) {
            link.stored(outcome)?;
        }
        Ok(())
    }

    /// Makes the next frame for the hub, if one is due.
    ///
    /// # Errors
    ///
    /// Why the link is over: call [`Self::hang_up`].
    pub fn next_frame(&mut self) -> Result<Option<GatewayFrame>, Parting> {
        self.look_up().map_err(Trouble::from)?;
        let Some(link) = &mut self.link else { return Ok(None) };
        match link.next() {
            None => Ok(None),
            Some(Next::Declination(due)) => Ok(link.decline(&due)?),
            Some(Next::Acknowledgement(due)) => Ok(link.acknowledge(&due)?),
            Some(Next::Question) => Ok(link.ask()?),
            Some(Next::Witnesses) => {
                let wanted = self.store.look(|view| view.unwitnessed(WITNESSED_RECORDS_MAX));
                Ok(link.ask_witnesses(wanted.map_err(Trouble::from)?))
            }
            Some(Next::Messages(due)) => {
                let (first, count) = (due.first_input_number, due.count);
                let messages = self.store.look(|view| view.to_submit(first, count));
                Ok(link.submit(messages.map_err(Trouble::from)?)?)
            }
        }
    }

    /// Ends the link: finishes what it has brought to the store, for only then the store shows where
    /// the next one must go on. Gives the Bye, if there is still somebody who should hear it.
    pub fn hang_up(&mut self) -> Option<GatewayFrame> {
        let mut link = self.link.take()?;
        while self.writer.turn() == Turn::Done {}
        while let Some(outcome) = link.oldest().and_then(Reply::now) {
            // A failure was reported by the store.
            let _ = link.stored(outcome);
        }
        link.end(&Ending::Stopping)
    }
}

/// Why a message was not taken from a back office.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// All that is wrong with it.
    Invalid(Vec<Finding>),
    /// It could not be stored.
    Unstored(StoreError),
}

impl Posting {
    /// What came of it, once it is durable or has failed; ask no more once it has come.
    pub fn answer(&mut self) -> Option<Result<Answer, StoreError>> {
        let posted = self.0.now()?;
        Some(posted.map(|posted| match posted {
            Posted::Stored { input_number, .. } => Answer::Stored { input_number },
            Posted::Exists { input_number, .. } => Answer::Exists { input_number },
            Posted::ExistsWithDifferentRequest { input_number } => {
                Answer::OtherRequest { input_number }
            }
        }))
    }
}

impl Deciding {
    /// What came of it, once that is known.
    pub fn answer(&mut self) -> Option<Decided> {
        match self.0.try_recv() {
            Ok(Said::Rejected { code, .. }) => Some(Decided::Rejected(code)),
            Ok(_) => Some(Decided::Recorded),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => Some(Decided::Lost),
        }
    }
}

impl Declining {
    /// Whether it is declined, once that is durable or has failed: not if it was taken before, or
    /// acknowledged, is a copy or not there. Ask no more once it has come.
    pub fn answer(&mut self) -> Option<Result<bool, StoreError>> {
        let rebuffed = self.0.now()?;
        Some(rebuffed.map(|it| matches!(it, Rebuffed::Declined(_))))
    }
}

impl Taking {
    /// When it was taken out first, once that is durable or has failed; nothing within where there
    /// is no such message. Ask no more once it has come.
    pub fn answer(&mut self) -> Option<Result<Option<LogTime>, StoreError>> {
        let took = self.0.now()?;
        Some(took.map(|took| match took {
            Took::At(at) => Some(at),
            Took::Declined(_) | Took::Unknown => None,
        }))
    }
}

impl From<Trouble> for Parting {
    fn from(trouble: Trouble) -> Self {
        let after = trouble.after();
        let problem = trouble.problem();
        Self { code: problem.code, text: problem.text, after }
    }
}
