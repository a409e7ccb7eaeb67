//! Questions that back offices have for the network: from the REST interface to the link and back.
//!
//! They are stored nowhere. A question that waits for a session longer than its asker does is not
//! asked; one that was on its way when the link broke was done or not, and its asker is told so.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use iso::Terminal;
use session::ask::{Question, Reply};
use session::gateway::Link;
use tokio::sync::{mpsc, oneshot};
use wire::latest::GatewayFrame;
use wire::limits::ASKS_MAX;

use super::board::Board;
use crate::api::LinkState;

/// How many questions wait for the link.
const WAITING_MAX: usize = 64;
/// How long an answer may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(20);

/// A question with somebody waiting for the answer.
#[derive(Debug)]
pub(crate) struct Asking {
    question: Question,
    answer: oneshot::Sender<Reply>,
}

/// Asks the network.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    board: Arc<Board>,
    queue: mpsc::Sender<Asking>,
}

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// There is no session; nothing was asked.
    NoSession,
    /// It may have been asked.
    Lost,
}

impl Asking {
    /// A question, and where its answer goes.
    pub(crate) fn new(question: Question, answer: oneshot::Sender<Reply>) -> Self {
        Self { question, answer }
    }
}

impl Asker {
    /// The asker, and where its questions come out.
    pub(crate) fn new(board: Arc<Board>) -> (Self, mpsc::Receiver<Asking>) {
        let (queue, questions) = mpsc::channel(WAITING_MAX);
        (Self { board, queue }, questions)
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask(&self, question: Question) -> Result<Reply, Unanswered> {
        if self.board.status("").state != LinkState::Connected {
            return Err(Unanswered::NoSession);
        }
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Asking::new(question, answer)).map_err(|_| Unanswered::NoSession)?;
        let waited = tokio::time::timeout(ANSWER_TIME_MAX, answered).await;
        waited.ok().and_then(Result::ok).ok_or(Unanswered::Lost)
    }
}

/// Who hears an answer.
#[derive(Debug)]
enum Hearer {
    /// A back office.
    Office(oneshot::Sender<Reply>),
    /// The gateway itself, which wants to know the rules of services.
    Board,
    /// The gateway itself, which wants to know whether its next key is granted.
    Signing,
}

/// The questions of one link.
#[derive(Debug, Default)]
pub(super) struct Questions {
    waiting: VecDeque<(Question, Hearer)>,
    /// Those that were asked, by their numbers.
    asked: BTreeMap<u64, Hearer>,
}

impl Questions {
    /// The gateway wants to know what the services of the network are.
    pub(super) fn wonder(&mut self) {
        self.waiting.push_back((Question::Services, Hearer::Board));
    }

    /// The gateway wants to know which of its keys the network has granted.
    pub(super) fn wonder_about_keys(&mut self, terminal: Terminal) {
        let question = Question::Keys { terminal };
        let waits = self.waiting.iter().any(|(waiting, _)| *waiting == question)
            || self.asked.values().any(|hearer| matches!(hearer, Hearer::Signing));
        if !waits {
            self.waiting.push_back((question, Hearer::Signing));
        }
    }

    pub(super) fn add(&mut self, asking: Asking) {
        self.waiting.push_back((asking.question, Hearer::Office(asking.answer)));
    }

    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() < ASKS_MAX
    }

    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Makes the frame of the oldest question whose asker still waits; `sign` signs what is signed.
    pub(super) fn ask<E>(
        &mut self,
        link: &mut Link,
        sign: impl Fn(Question) -> Result<Question, E>,
    ) -> Result<Option<GatewayFrame>, E> {
        while link.can_ask() {
            let Some((question, hearer)) = self.waiting.pop_front() else { break };
            if matches!(&hearer, Hearer::Office(answer) if answer.is_closed()) {
                continue;
            }
            let (number, frame) = link.ask(&sign(question)?);
            self.asked.insert(number, hearer);
            return Ok(Some(frame));
        }
        Ok(None)
    }

    /// An answer has come; gives the grants of the terminal's keys, if it is about them.
    pub(super) fn answered(
        &mut self,
        number: u64,
        reply: Reply,
        board: &Board,
    ) -> Option<Vec<String>> {
        match (self.asked.remove(&number), reply) {
            (Some(Hearer::Office(answer)), reply) => {
                // Whoever asked may have gone.
                let _ = answer.send(reply);
            }
            (Some(Hearer::Board), Reply::Services(services)) => board.services(services),
            (Some(Hearer::Board), reply) => tracing::warn!(?reply, "no list of services"),
            (Some(Hearer::Signing), Reply::Keys(grants)) => return Some(grants),
            (Some(Hearer::Signing), reply) => tracing::warn!(?reply, "no list of keys"),
            (None, _) => {}
        }
        None
    }
}
