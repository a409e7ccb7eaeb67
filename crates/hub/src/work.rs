//! What passes between the links and the one thread that commits.

use std::collections::BTreeMap;

use bytes::Bytes;
use iso::{Institution, Terminal};
use network::{Command, LanePosition, Rejection, SessionEnd, SessionNumber};
use session::ask::{Question, Reply};
use tokio::sync::{mpsc, oneshot};
use trust::{Digest, Lane};

/// Commands that belong together: a frame of a link, or one order of the operator.
///
/// They are committed one after another without others between them, so the answers to a frame
/// stand in consecutive records.
#[derive(Debug)]
pub struct Work {
    /// The commands, in order.
    pub items: Vec<Item>,
    /// Who asked.
    pub from: Origin,
}

/// A command with what its record holds beside it.
#[derive(Debug)]
pub struct Item {
    /// What is asked.
    pub command: Command,
    /// The exact bytes of a message, or the hashes of what is acknowledged.
    pub payload: Bytes,
    /// The digest of the payload.
    pub payload_digest: Digest,
}

impl Work {
    /// An order of the operator, who waits for its end.
    #[must_use]
    pub fn order(command: Command, by: oneshot::Sender<Outcome>) -> Self {
        Self { items: vec![Item::bare(command)], from: Origin::Operator(by) }
    }
}

impl Item {
    /// A command whose record holds nothing beside it.
    #[must_use]
    pub fn bare(command: Command) -> Self {
        Self { command, payload: Bytes::new(), payload_digest: Digest::of(b"") }
    }
}

/// How an order of the operator ended.
pub type Outcome = Result<(), Rejection>;

/// Who asked for work.
#[derive(Debug)]
pub enum Origin {
    /// A link.
    Link(Caller),
    /// The operator, who waits for the end of it.
    Operator(oneshot::Sender<Outcome>),
    /// An institution asks something by a link.
    Question(Asked),
}

/// Where a link hears what the commit loop tells it.
///
/// What is told is boxed: a channel has room for 32 words from the beginning, and most links are
/// silent.
pub type Hearer = mpsc::UnboundedSender<Box<LinkEvent>>;

/// A question that a link carries for its institution.
#[derive(Debug)]
pub struct Asked {
    /// Who hears the answer.
    pub link: Hearer,
    /// Whose terminal it is.
    pub institution: Institution,
    /// The number of the question on the link.
    pub number: u64,
    /// What is asked.
    pub question: Question,
}

/// A link that asks for work.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Which connection it has.
    pub connection: ConnectionNumber,
    /// Where it hears of what concerns it.
    pub events: Hearer,
}

/// Connections in the order in which this process accepted them, from 1.
///
/// A gateway has one link at a time, and it says Hello only after the hub has answered its
/// handshake. So whatever it says on a connection was said before all that it says on one with a
/// greater number, however late it is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionNumber(pub u64);

/// What the commit loop tells a link, once it is durable.
///
/// There is no bound on how many wait, since each follows from something bounded: submissions from
/// the window, lanes by having one word each that replaces the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// The session stands.
    Opened {
        /// Its number.
        session: SessionNumber,
        /// The last input number that the network holds.
        input_number: u64,
        /// Answers above this input number are kept.
        answers_after: u64,
    },
    /// The lanes of the institution, where each is, and whether this session empties it from now on.
    Holds(Box<[(LanePosition, bool)]>),
    /// Submissions were answered in consecutive records.
    Answered(Answered),
    /// Something waits in a lane, up to this output number.
    Available {
        /// Which lane.
        lane: Lane,
        /// The greatest output number whose record is durable.
        through: u64,
    },
    /// A command broke the rules of the network.
    Rejected(Rejection),
    /// The session was not opened: a later connection of the terminal has opened one before.
    Overtaken,
    /// A question is answered.
    Replied {
        /// Its number.
        number: u64,
        /// What the network says.
        reply: Reply,
    },
    /// The session is over.
    Closed(SessionEnd),
}

/// Consecutive submissions that were answered in consecutive records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The input number of the first.
    pub first_input_number: u64,
    /// The record of the first.
    pub first_sequence: u64,
    /// How many.
    pub count: u64,
}

/// Where the links of open sessions are reached.
#[derive(Debug, Default)]
pub(crate) struct Links {
    open: BTreeMap<Terminal, (SessionNumber, Hearer)>,
    /// The newest connection by which each terminal has opened a session, be that over or not.
    newest: BTreeMap<Terminal, ConnectionNumber>,
}

impl Links {
    /// Whether a terminal has opened a session by a later connection than this. An opening that was
    /// long on its way must not end the session of its successor.
    pub(crate) fn have_overtaken(&self, terminal: Terminal, connection: ConnectionNumber) -> bool {
        self.newest.get(&terminal).is_some_and(|newest| *newest > connection)
    }

    /// Notes by which connection a terminal opens a session.
    pub(crate) fn opens(&mut self, terminal: Terminal, connection: ConnectionNumber) {
        self.newest.insert(terminal, connection);
    }

    /// Notes where a session is reached.
    pub(crate) fn insert(&mut self, terminal: Terminal, session: SessionNumber, link: Hearer) {
        self.open.insert(terminal, (session, link));
    }

    /// Tells a terminal's open session something.
    pub(crate) fn tell(&self, terminal: Terminal, event: LinkEvent) {
        if let Some((_, link)) = self.open.get(&terminal) {
            // A link that has gone is told nothing; its close is on its way.
            let _ = link.send(Box::new(event));
        }
    }

    /// Tells a session that it is over, and forgets it.
    pub(crate) fn close(&mut self, terminal: Terminal, session: SessionNumber, end: SessionEnd) {
        if let Some((open, link)) = self.open.get(&terminal)
            && *open == session
        {
            let _ = link.send(Box::new(LinkEvent::Closed(end)));
            self.open.remove(&terminal);
        }
    }
}
