//! The hub's side of what a gateway asks: questions are numbered, and few are open.

use std::collections::BTreeSet;

use wire::latest::{self, Ask};
use wire::limits::ASKS_MAX;

use crate::Ending;
use crate::ask::{Question, Reply};

/// A question of a gateway; answer with [`super::Link::reply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its number on this link.
    pub number: u64,
    /// What it asks.
    pub question: Question,
}

/// Which questions of a link are open.
#[derive(Debug, Default)]
pub(super) struct Asks {
    last: u64,
    /// Invariant: at most [`ASKS_MAX`].
    open: BTreeSet<u64>,
}

impl Asks {
    /// Takes a question, if its number is right.
    pub(super) fn take(&mut self, frame: Ask) -> Result<Asked, Ending> {
        let expected = self.last + 1;
        if frame.number != expected {
            return Err(Ending::Malformed { field: "number of a question" });
        }
        if self.open.len() >= ASKS_MAX {
            let window = u32::try_from(ASKS_MAX).expect("a small number");
            return Err(Ending::Window { what: "questions", window, found: u64::from(window) + 1 });
        }
        let question = frame.question.ok_or(Ending::Malformed { field: "kind of question" })?;
        let question = Question::read(question)?;
        self.last = expected;
        self.open.insert(expected);
        Ok(Asked { number: expected, question })
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
