//! The gateway's side of what it asks the network: each question is answered once.

use std::collections::BTreeSet;

use wire::latest::Ask;
use wire::latest::reply::Answer;
use wire::limits::ASKS_MAX;

use crate::Ending;
use crate::ask::{Question, Reply};

/// Which questions of a link are open.
#[derive(Debug, Default)]
pub(super) struct Asks {
    last: u64,
    /// Invariant: at most [`ASKS_MAX`].
    open: BTreeSet<u64>,
}

impl Asks {
    pub(super) fn has_room(&self) -> bool {
        self.open.len() < ASKS_MAX
    }

    /// Makes the frame of the next question.
    pub(super) fn ask(&mut self, question: &Question) -> (u64, Ask) {
        let number = self.open();
        (number, Ask { number, question: Some(question.write()) })
    }

    /// The number of the next question.
    pub(super) fn open(&mut self) -> u64 {
        assert!(self.has_room(), "few questions are open");
        self.last += 1;
        self.open.insert(self.last);
        self.last
    }

    /// A question was answered.
    pub(super) fn close(&mut self, number: u64) -> Result<(), Ending> {
        let was_open = self.open.remove(&number);
        was_open.then_some(()).ok_or(Ending::Malformed { field: "number of a reply" })
    }

    /// Takes an answer.
    pub(super) fn take(&mut self, number: u64, answer: Option<Answer>) -> Result<Reply, Ending> {
        self.close(number)?;
        Reply::read(answer.ok_or(Ending::Malformed { field: "kind of reply" })?)
    }
}
