//! What comes off a link: who it is was settled by TLS, now each frame is in order and within
//! limits, or the link ends.
//!
//! [`Conversation`] is one link without its connection: frames of the gateway and words of the
//! commit loop go in, work for the commit loop and frames for the gateway come out. It waits for
//! nothing; `serve.rs` carries it. What goes out waits in `egress` for its turn.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use iso::Terminal;
use journal::{Directory, Medium};
use network::{
    Acknowledge, CloseReason, CloseSession, Command, DecideCopy, Decline, OpenSession, Rejection,
    SessionEnd, SessionNumber,
};
use session::ask::Question;
use session::hub::{Acknowledgement, Awaiting, Declination, Link, Opening, Request, Submission};
use session::{Ending, Limits};
use tokio::sync::mpsc;
use trust::{
    Acknowledged, Acknowledgement as Signed, CopyDecision, Digest, FrameContext, SignedRoot,
};
use wire::latest::{GatewayFrame, HubFrame};

use super::check::{Frame, Message};
use super::checking::Check;
use super::egress::Egress;
use super::share::Share;
use crate::asks;
use crate::error::Error;
use crate::health::{NO_ROOM, NO_ROOM_TEXT};
use crate::objection::Objection;
use crate::shared::Shared;
use crate::steps::Step;
use crate::work::{Asked, Caller, ConnectionNumber, Item, LinkEvent, Origin, Work};

/// One link, from its first frame to its last.
#[derive(Debug)]
pub struct Conversation<M: Medium = Directory> {
    shared: Arc<Shared<M>>,
    terminal: Terminal,
    link: Link,
    /// The session, once it stands.
    session: Option<SessionNumber>,
    opening: Option<Opening>,
    /// Whether a frame is being checked.
    checking: bool,
    /// The messages that are on their way to the commit loop or before it.
    undecided: Share,
    /// The gateway waits for a checkpoint that witnesses have cosigned.
    awaiting: Option<Awaiting>,
    caller: Caller,
    egress: Egress,
    /// How many times something did not wait for more since the last acknowledgement.
    hurried: u32,
}

/// What the commit loop tells one link.
pub type Heard = mpsc::UnboundedReceiver<Box<LinkEvent>>;

/// What a frame of the gateway leads to.
#[derive(Debug)]
pub enum Taken<M: Medium = Directory> {
    /// Hand this to the commit loop before the next frame is taken.
    Work(Work),
    /// Check these and give what comes of it to [`Conversation::checked`], before the next frame is
    /// taken.
    Messages(Box<Check<M>>),
    /// Nothing to commit.
    Next(Next),
}

/// Whether a link goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It does.
    Serve,
    /// It ends; a session that is open is closed for this reason.
    End(CloseReason),
    /// It ends, and the network knows already.
    Ended,
}

impl<M: Medium> Conversation<M> {
    /// A link whose peer has shown the certificate of a terminal, and what it is to hear.
    #[must_use]
    pub fn new(
        shared: Arc<Shared<M>>,
        terminal: Terminal,
        connection: ConnectionNumber,
    ) -> (Self, Heard) {
        let limits = Limits {
            window: shared.settings.window,
            message_bytes: shared.settings.message_bytes_max,
            ..Limits::DEFAULT
        };
        let link = Link::new(limits, FrameContext { network: shared.name(), terminal });
        let (events, heard) = mpsc::unbounded_channel();
        let undecided = Share::new(Arc::clone(&shared.shares));
        let conversation = Self {
            shared,
            terminal,
            link,
            session: None,
            opening: None,
            checking: false,
            undecided,
            awaiting: None,
            caller: Caller { connection, events },
            egress: Egress::default(),
            hurried: 0,
        };
        (conversation, heard)
    }

    /// Whether the Hello has come.
    #[must_use]
    pub fn has_greeted(&self) -> bool {
        self.opening.is_some() || self.session.is_some()
    }

    /// Whether the next frame may be taken, or has to wait until messages are checked and decided.
    #[must_use]
    pub fn takes_more(&self) -> bool {
        !self.checking && self.undecided.has_room()
    }

    /// Takes a frame of the gateway.
    ///
    /// # Panics
    ///
    /// Never: the link lets nothing through before the session stands.
    pub fn take(&mut self, frame: GatewayFrame) -> Taken<M> {
        let request = match self.link.receive(frame) {
            Ok(request) => request,
            Err(ending) => return Taken::Next(self.end(&ending, CloseReason::Violation)),
        };
        if matches!(request, Request::Acknowledge(_) | Request::Decline(_)) {
            self.hurried = 0;
        }
        let items = match request {
            // Its record would wait with all others, and the gateway for nothing.
            Request::Open(_) if self.shared.health.is_paused() => {
                return Taken::Next(self.no_room());
            }
            Request::Open(opening) => vec![self.open(opening)],
            Request::Submit(submission) => {
                return Taken::Messages(Box::new(self.check(submission)));
            }
            Request::Acknowledge(acknowledgement) => match self.acknowledged(acknowledgement) {
                Ok(item) => vec![item],
                Err(objection) => return Taken::Next(self.object(&objection)),
            },
            Request::Decline(declination) => match self.decline(declination) {
                Ok(item) => vec![item],
                Err(objection) => return Taken::Next(self.object(&objection)),
            },
            Request::Ask(asked) => return self.ask(asked),
            Request::Await(awaiting) => {
                self.awaiting = Some(awaiting);
                return Taken::Next(Next::Serve);
            }
            Request::Nothing => return Taken::Next(Next::Serve),
            Request::End(farewell) => {
                tracing::info!(terminal = %self.terminal, ?farewell, "gateway said goodbye");
                return Taken::Next(Next::End(CloseReason::Goodbye));
            }
        };
        Taken::Work(Work { items, from: Origin::Link(self.caller.clone()) })
    }

    fn open(&mut self, opening: Opening) -> Item {
        let command = Command::OpenSession(OpenSession {
            terminal: self.terminal,
            answered_through: opening.answered_through,
            receives: opening.receives,
            claims: opening.claims,
            received: opening.received.iter().copied().collect(),
        });
        self.opening = Some(opening);
        Item::bare(command)
    }

    fn check(&mut self, submission: Submission) -> Check<M> {
        let session = self.session.expect("a submission comes after the Welcome");
        self.checking = true;
        self.undecided.take(submission.messages.len() as u64);
        let message =
            |sent: session::hub::Submitted| Message { header: sent.header, payload: sent.payload };
        let frame = Frame {
            session,
            first_input_number: submission.first_input_number,
            messages: submission.messages.into_iter().map(message).collect(),
            signature: submission.signature,
        };
        Check::new(&self.shared, self.terminal, frame)
    }

    /// The messages that were taken are checked.
    #[must_use]
    pub fn checked(&mut self, items: Vec<Item>) -> Work {
        self.checking = false;
        Work { items, from: Origin::Link(self.caller.clone()) }
    }

    fn acknowledged(&self, taken: Acknowledgement) -> Result<Item, Objection> {
        let count = taken.records.len();
        self.shared.steps.of(Step::Acknowledge, count, || self.acknowledge(taken))
    }

    /// Verifies that the receiver signed for what it takes over.
    fn acknowledge(&self, taken: Acknowledgement) -> Result<Item, Objection> {
        let session = self.session.expect("an acknowledgement comes after the Welcome");
        let root = taken.root();
        let Acknowledgement { lane, first, through, records, signed } = taken;
        let signed = match (signed, root) {
            (Some((key, signature)), Some(root)) => {
                let signed = SignedRoot { root, key, signature };
                let statement = Signed {
                    network: self.shared.name(),
                    by: self.terminal,
                    lane,
                    first,
                    through,
                    root,
                };
                let network = self.shared.network.read().unwrap_or_else(PoisonError::into_inner);
                let grant = network.grants(self.terminal).iter().find(|it| it.key == key);
                let Some(grant) = grant else {
                    return Err(Objection::UnknownKey { key, terminal: self.terminal });
                };
                if !statement.is_signed_by(&grant.public, &signed) {
                    return Err(Objection::Signature);
                }
                Some(signed)
            }
            _ => None,
        };
        let acknowledged = Acknowledged { by: self.terminal, lane, first, through, signed };
        let mut payload = Vec::with_capacity(32 * records.len());
        records.iter().for_each(|hash| payload.extend_from_slice(&hash.0));
        let payload = Bytes::from(payload);
        let payload_digest = Digest::of(&payload);
        let command = Command::Acknowledge(Acknowledge { session, acknowledged });
        Ok(Item { command, payload, payload_digest })
    }

    /// Verifies that the receiver signed for what it does not take.
    fn decline(&self, declination: Declination) -> Result<Item, Objection> {
        let session = self.session.expect("a declination comes after the Welcome");
        let Declination { declined } = declination;
        let key = declined.signed.key;
        let network = self.shared.network.read().unwrap_or_else(PoisonError::into_inner);
        let grant = network.grants(self.terminal).iter().find(|it| it.key == key);
        let Some(grant) = grant else {
            return Err(Objection::UnknownKey { key, terminal: self.terminal });
        };
        if !declined.is_signed_by(self.shared.name(), &grant.public) {
            return Err(Objection::Signature);
        }
        drop(network);
        Ok(Item::bare(Command::Decline(Box::new(Decline { session, declined }))))
    }

    /// Ends the link: what the receiver signed does not hold.
    fn object(&mut self, objection: &Objection) -> Next {
        let (code, text) = (objection.code(), objection.to_string());
        tracing::warn!(terminal = %self.terminal, code, text, "acknowledgement or declination");
        self.egress.say(self.link.end_with(code, &text));
        Next::End(CloseReason::Violation)
    }

    /// Hands a question on, for the institution of the certificate.
    fn ask(&self, asked: session::hub::Asked) -> Taken<M> {
        let session::hub::Asked { number, question } = asked;
        let (link, institution) = (self.caller.events.clone(), self.terminal.institution());
        let command = if let Question::DecideCopy(decision) = &question {
            match self.decide_copy(decision) {
                Ok(decide) => Some(Command::DecideCopy(Box::new(decide))),
                Err(rejection) => {
                    let reply = asks::rejected(&rejection);
                    // A link that has gone hears nothing any more.
                    let _ = link.send(Box::new(LinkEvent::Replied { number, reply }));
                    return Taken::Next(Next::Serve);
                }
            }
        } else {
            asks::command(institution, &question)
        };
        let items = command.into_iter().map(Item::bare).collect();
        let mut asked = Asked { link, institution, number, question };
        // These are answered from the journal, beside the commit loop.
        let from_journal = if let Question::Report(wanted) = &asked.question {
            wanted.report == network::Report::DailyCheck
        } else {
            matches!(asked.question, Question::Retrieve(_))
        };
        if from_journal {
            match self.shared.retrieve(asked) {
                Ok(()) => return Taken::Next(Next::Serve),
                Err(back) => asked = *back,
            }
        }
        Taken::Work(Work { items, from: Origin::Question(asked) })
    }

    /// Verifies that this terminal signed a decision on the message that it names.
    fn decide_copy(&self, decision: &CopyDecision) -> Result<DecideCopy, Rejection> {
        let session = self.session.expect("a question comes after the Welcome");
        let (terminal, message) = (self.terminal, decision.message);
        let unsigned = Rejection::DecisionUnsigned { terminal };
        // What is not durable yet was offered to nobody.
        if message >= self.shared.committed().size {
            return Err(Rejection::UnknownCopy { message });
        }
        let record = self.shared.records.get(message).map_err(|error| {
            tracing::error!(%error, message, "cannot read what is decided on");
            Rejection::UnknownCopy { message }
        })?;
        if decision.by != terminal || decision.signed.root != record.head.hash() {
            return Err(unsigned);
        }
        let network = self.shared.network.read().unwrap_or_else(PoisonError::into_inner);
        let grants = network.grants(terminal).iter();
        let mut keys = grants.filter(|it| it.key == decision.signed.key).map(|it| &it.public);
        if !keys.next().is_some_and(|key| decision.is_signed_by(self.shared.name(), key)) {
            return Err(unsigned);
        }
        Ok(DecideCopy { session, decision: decision.clone() })
    }

    /// Hears what the commit loop has made durable.
    ///
    /// # Panics
    ///
    /// On a session that was not asked for.
    pub fn hear(&mut self, event: LinkEvent) -> Next {
        match event {
            LinkEvent::Opened { session, input_number, answers_after } => {
                self.session = Some(session);
                let opening = self.opening.take().expect("an opening was asked for");
                tracing::info!(terminal = %self.terminal, %session, input_number, "session open");
                let opened = session::hub::Opened {
                    session: session.0,
                    input_number,
                    answers_after,
                    at: self.shared.now(),
                };
                let gateway = (self.terminal, opening.answered_through);
                let Self { egress, link, shared, .. } = self;
                match egress.welcome(link, shared, &opened, gateway) {
                    Ok(()) => Next::Serve,
                    Err(ending) => self.end(&ending, CloseReason::Violation),
                }
            }
            LinkEvent::Holds(holds) => {
                self.egress.hold(&mut self.link, &holds);
                Next::Serve
            }
            LinkEvent::Answered(answered) => {
                self.undecided.give_back(answered.count);
                self.egress.answered(answered);
                Next::Serve
            }
            LinkEvent::Available { lane, through } => {
                self.egress.available(lane, through);
                Next::Serve
            }
            LinkEvent::Replied { number, reply } => {
                let Self { link, shared, egress, .. } = self;
                match shared.with_log(|log| link.reply(number, reply, log)) {
                    Ok(frame) => {
                        egress.say(Some(frame));
                        Next::Serve
                    }
                    Err(source) => self.broken(&Error::Proof(source)),
                }
            }
            LinkEvent::Rejected(rejection) if rejection.is_harmless() => Next::Serve,
            LinkEvent::Rejected(rejection) => {
                tracing::warn!(terminal = %self.terminal, code = rejection.code(), %rejection, "rejected");
                self.egress.say(self.link.end_with(rejection.code(), &rejection.to_string()));
                Next::End(CloseReason::Violation)
            }
            LinkEvent::Overtaken => self.end(&Ending::Overtaken, CloseReason::Violation),
            LinkEvent::Closed(end) => {
                let by_operator = end == SessionEnd::Closed(CloseReason::Operator);
                let ending = if by_operator { Ending::ClosedByOperator } else { Ending::TakenOver };
                self.egress.say(self.link.end(&ending));
                Next::Ended
            }
        }
    }

    /// Whether a frame could go out now.
    #[must_use]
    pub fn has_something(&self) -> bool {
        self.egress.has_something(&self.link) || self.is_witnessed()
    }

    /// Whether something waits for more to come with it, and for nothing else. What has waited so
    /// for [`Self::gather_time`] goes out after [`Self::hurry`].
    #[must_use]
    pub fn gathers(&self) -> bool {
        self.egress.gathers(&self.link)
    }

    /// For how long it waits now.
    #[must_use]
    pub fn gather_time(&self) -> Duration {
        session::gather_time(self.hurried)
    }

    /// What waits for more goes out without it.
    pub fn hurry(&mut self) -> Next {
        self.hurried += 1;
        self.link.hurry();
        Next::Serve
    }

    /// Whether the gateway waits for a checkpoint that witnesses have cosigned.
    #[must_use]
    pub fn awaits_witnesses(&self) -> bool {
        self.awaiting.is_some()
    }

    /// Whether the checkpoint that the gateway waits for is there.
    fn is_witnessed(&self) -> bool {
        let awaiting = self.awaiting.as_ref().filter(|_| self.link.is_open());
        awaiting.is_some_and(|it| self.shared.cosigned_above(it.above).is_some())
    }

    /// Makes the next frame, when the peer has room for one.
    ///
    /// # Errors
    ///
    /// When the journal or the tree cannot be read; see [`Self::broken`].
    pub fn next_frame(&mut self) -> Result<Option<HubFrame>, Error> {
        if self.is_witnessed()
            && let Some(awaiting) = self.awaiting.take()
            && let Some(cosigned) = self.shared.cosigned_above(awaiting.above)
        {
            let (link, of) = (&mut self.link, (cosigned.size, &cosigned.note));
            let frame = self.shared.with_log(|log| link.witnessed(&awaiting, of, log));
            return frame.map(Some).map_err(Error::Proof);
        }
        self.egress.next_frame(&mut self.link, &self.shared)
    }

    /// The hub stops.
    pub fn stop(&mut self) -> Next {
        self.end(&Ending::Stopping, CloseReason::HubStopping)
    }

    /// The hub cannot open a session: it has no room for the record.
    fn no_room(&mut self) -> Next {
        tracing::info!(terminal = %self.terminal, code = NO_ROOM, "link ends");
        self.egress.say(self.link.end_with(NO_ROOM, NO_ROOM_TEXT));
        Next::End(CloseReason::HubStopping)
    }

    /// The gateway has not said Hello in time.
    pub fn late(&mut self) -> Next {
        let ending = Ending::OutOfTurn { frame: "no Hello", when: "in time" };
        self.end(&ending, CloseReason::Violation)
    }

    fn end(&mut self, ending: &Ending, reason: CloseReason) -> Next {
        tracing::info!(terminal = %self.terminal, code = ending.code(), %ending, "link ends");
        self.egress.say(self.link.end(ending));
        Next::End(reason)
    }

    /// The hub cannot read its own records: whoever looks after it must know.
    pub fn broken(&mut self, error: &Error) -> Next {
        tracing::error!(terminal = %self.terminal, %error, "cannot read what is to be sent");
        self.egress.say(self.link.end(&Ending::Stopping));
        Next::End(CloseReason::HubStopping)
    }

    /// What was made and not sent when the link ended; it goes out if the peer reads it.
    pub fn last_words(&mut self) -> impl Iterator<Item = HubFrame> {
        self.egress.last_words()
    }

    /// What tells the network that the session is over, where there was one.
    #[must_use]
    pub fn close(self, reason: CloseReason) -> Option<Work> {
        let session = self.session?;
        let command =
            Command::CloseSession(CloseSession { terminal: self.terminal, session, reason });
        Some(Work { items: vec![Item::bare(command)], from: Origin::Link(self.caller) })
    }
}
