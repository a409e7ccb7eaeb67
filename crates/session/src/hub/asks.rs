//! The hub's side of what a gateway asks: questions are numbered, and few are open.

use std::collections::BTreeSet;

use wire::latest::{self, Ask, ask};
use wire::limits::{ASKS_MAX, WITNESSED_RECORDS_MAX};

use crate::ask::{Question, Reply};
use crate::{Ending, fields};

/// A question of a gateway; answer with [`super::Link::reply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its number on this link.
    pub number: u64,
    /// What it asks.
    pub question: Question,
}

/// A gateway waits for a checkpoint that witnesses have cosigned; answer with
/// [`super::Link::witnessed`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaiting {
    /// The number of the question on this link.
    pub number: u64,
    /// It wants one that covers more records than this.
    pub above: u64,
    /// The records whose places it wants to know, by rising sequence.
    pub records: Vec<u64>,
}

/// What was asked.
#[derive(Debug)]
pub(super) enum Taken {
    Asked(Asked),
    Awaiting(Awaiting),
}

/// Which questions of a link are open.
#[derive(Debug, Default)]
pub(super) struct Asks {
    last: u64,
    /// Invariant: at most [`ASKS_MAX`].
    open: BTreeSet<u64>,
    /// The number of the one that waits for witnesses.
    awaiting: Option<u64>,
}

impl Asks {
    /// Takes a question, if its number is right.
    pub(super) fn take(&mut self, frame: Ask) -> Result<Taken, Ending> {
        let expected = self.last + 1;
        if frame.number != expected {
            return Err(Ending::Malformed { field: "number of a question" });
        }
        if self.open.len() >= ASKS_MAX {
            let window = u32::try_from(ASKS_MAX).expect("a small number");
            return Err(Ending::Window { what: "questions", window, found: u64::from(window) + 1 });
        }
        let question = frame.question.ok_or(Ending::Malformed { field: "kind of question" })?;
        let taken = if let ask::Question::AwaitWitnesses(wanted) = question {
            Taken::Awaiting(self.awaiting(expected, wanted)?)
        } else {
            Taken::Asked(Asked { number: expected, question: Question::read(question)? })
        };
        self.last = expected;
        self.open.insert(expected);
        Ok(taken)
    }

    fn awaiting(
        &mut self,
        number: u64,
        wanted: latest::AwaitWitnesses,
    ) -> Result<Awaiting, Ending> {
        let latest::AwaitWitnesses { above, records } = wanted;
        fields::within("records of a question", records.len(), WITNESSED_RECORDS_MAX)?;
        if !records.is_sorted_by(|one, next| one < next) {
            return Err(Ending::Malformed { field: "list of records" });
        }
        if self.awaiting.is_some() {
            return Err(Ending::Window { what: "questions for witnesses", window: 1, found: 2 });
        }
        self.awaiting = Some(number);
        Ok(Awaiting { number, above, records })
    }

    /// Makes the frame that answers whoever waits for witnesses.
    ///
    /// # Panics
    ///
    /// When the question is not open.
    pub(super) fn witnessed(&mut self, number: u64, frame: latest::Witnessed) -> latest::Reply {
        assert_eq!(self.awaiting.take(), Some(number), "a question is answered once");
        assert!(self.open.remove(&number), "a question is answered once");
        let answer = Some(latest::reply::Answer::Witnessed(frame));
        latest::Reply { number, answer, proof: None }
    }

    /// Makes the frame that answers.
    ///
    /// # Panics
    ///
    /// On a question that is not open.
    pub(super) fn reply(&mut self, number: u64, reply: Reply) -> latest::Reply {
        assert!(self.open.remove(&number), "a question is answered once");
        latest::Reply { number, answer: Some(reply.write()), proof: None }
    }
}
