//! A simulated institution: a thread that empties the inbox of its gateway and answers.
//!
//! It is a back office like any other and speaks REST only. What it is still to answer it keeps in
//! memory: a sandbox that is stopped forgets answers that are late.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use document::{Checker, Document, Profile, Rules};
use gateway::api::{Decline, Declined, Inbox, Message, Stored, Taken};
use iso::Institution;

use super::answers::{ACCOUNT_CLOSED, Answers, Question, Written};
use super::trigger::Trigger;
use crate::client::{Client, Post, escaped};
use crate::clock;
use crate::commands::send::{content_type, pause};
use crate::exit::Failure;

/// How long an answer that is to come out of order waits for another message, at most.
const AFTER_TIME_MAX: Duration = Duration::from_secs(30);
/// How long to wait when the gateway does not answer.
const AGAIN_AFTER: Duration = Duration::from_millis(500);

/// One simulated institution.
pub(super) struct Peer {
    institution: Institution,
    client: Client,
    checker: Checker,
    answers: Answers,
    waiting: Vec<Waiting>,
}

/// An answer that is still to be sent.
struct Waiting {
    /// The idempotency key: the message that it answers, and which of the answers it is.
    key: String,
    written: Written,
    due: Instant,
    /// It waits for the answer to another message, and for its time only if none comes.
    after_another: bool,
    /// It is the response to a request of a real-time service.
    responds: bool,
}

/// What a peer did, for people and programs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Event {
    /// Which institution.
    peer: String,
    /// The message that it took, or that it answered.
    message: String,
    /// What it did.
    did: String,
}

impl Event {
    /// It in one line.
    pub(super) fn line(&self) -> String {
        format!("{}  {:<14}  {}", self.peer, self.message, self.did)
    }
}

impl Peer {
    pub(super) fn new(institution: Institution, client: Client) -> Self {
        let checker = Checker::new(Rules::built_in(Profile::Base));
        Self { institution, client, checker, answers: Answers::new(), waiting: Vec::new() }
    }

    /// Takes and answers messages until it is told to stop.
    pub(super) fn run(mut self, stopping: &AtomicBool, tell: &dyn Fn(Event)) {
        while !stopping.load(Ordering::Relaxed) {
            if let Err(failure) = self.round(tell) {
                // The gateway stops, or starts anew: what was not done is done next time.
                tracing::warn!(peer = %self.institution, ?failure, "the gateway does not answer");
                pause(AGAIN_AFTER);
            }
        }
    }

    fn round(&mut self, tell: &dyn Fn(Event)) -> Result<(), Failure> {
        let page: Inbox = self.client.get("/v1/inbox?limit=100&wait=200ms", Duration::ZERO)?;
        for message in &page.messages {
            self.take(message, tell)?;
        }
        self.send_due(tell)
    }

    /// Takes one message over or declines it, and plans what is answered.
    fn take(&mut self, message: &Message, tell: &dyn Fn(Event)) -> Result<(), Failure> {
        let id = escaped(&message.id);
        let payload = self.client.bytes(&format!("/v1/inbox/{id}/raw"), "*/*", Duration::ZERO)?;
        let (planned, did) = match self.checker.check(&payload) {
            Ok(document) => {
                let trigger = Trigger::of(&document.reference);
                if let Trigger::Decline(code) = trigger {
                    let did = self.decline(&id, code)?;
                    tell(self.event(&message.id, did));
                    return Ok(());
                }
                let responds = message.priority == "real-time" && message.answers.is_none();
                self.plan((&message.id, &trigger, responds), &payload, &document)
            }
            Err(findings) => {
                let first = findings.list.first().map(ToString::to_string).unwrap_or_default();
                (Vec::new(), format!("took it; it is not valid: {first}"))
            }
        };
        let path = format!("/v1/inbox/{id}/ack");
        let _: Taken = self.client.post(&Post { path: &path, headers: &[], body: b"" })?;
        self.waiting.extend(planned);
        tell(self.event(&message.id, did));
        Ok(())
    }

    fn decline(&self, id: &str, code: Option<String>) -> Result<String, Failure> {
        let code = code.unwrap_or_else(|| ACCOUNT_CLOSED.to_owned());
        let why = Decline { code, text: "the sandbox was told to decline it".to_owned() };
        let body = serde_json::to_vec(&why).context("texts have a form in JSON")?;
        let path = format!("/v1/inbox/{id}/decline");
        let headers = [("content-type", "application/json")];
        let _: Declined =
            self.client.post(&Post { path: &path, headers: &headers, body: &body })?;
        Ok(format!("declined it, {}", why.code))
    }

    fn plan(
        &mut self,
        (id, trigger, responds): (&str, &Trigger, bool),
        payload: &[u8],
        document: &Document,
    ) -> (Vec<Waiting>, String) {
        let now = iso::DateTime::from_unix_micros(clock::now().0 / 1_000_000 * 1_000_000);
        let written = match self.answers.to(&Question { id, payload, document, now }, trigger) {
            Ok(written) => written,
            Err(why) => return (Vec::new(), format!("took it; it cannot be answered: {why}")),
        };
        let after_another = *trigger == Trigger::After;
        let delay = match trigger {
            Trigger::Late(delay) => *delay,
            Trigger::After => AFTER_TIME_MAX,
            Trigger::Accept
            | Trigger::Reject(_)
            | Trigger::Return(_)
            | Trigger::Decline(_)
            | Trigger::Silent
            | Trigger::Twice => Duration::ZERO,
        };
        let did = match (written.len(), after_another) {
            (0, _) => "took it; there is no answer".to_owned(),
            (_, true) => "took it; answers after the next message".to_owned(),
            _ => format!("took it; answers in {} s", delay.as_secs()),
        };
        let due = monotonic() + delay;
        let waiting = written.into_iter().enumerate().map(|(at, written)| {
            let key = format!("{id}/{at}");
            Waiting { key, written, due, after_another, responds }
        });
        (waiting.collect(), did)
    }

    /// Sends what is due; behind an answer, those that waited for another one to go first.
    fn send_due(&mut self, tell: &dyn Fn(Event)) -> Result<(), Failure> {
        let now = monotonic();
        let mut another_went = false;
        for held in [false, true] {
            let mut at = 0;
            while let Some(waiting) = self.waiting.get(at) {
                let due = waiting.due <= now || (held && another_went);
                if waiting.after_another != held || !due {
                    at += 1;
                    continue;
                }
                let did = self.send(waiting)?;
                let sent = self.waiting.remove(at);
                another_went |= !held;
                let (id, _) = sent.key.rsplit_once('/').unwrap_or_default();
                tell(self.event(id, did));
            }
        }
        Ok(())
    }

    fn send(&self, waiting: &Waiting) -> Result<String, Failure> {
        let body = &waiting.written.bytes;
        let headers =
            [("content-type", content_type(body)), ("idempotency-key", waiting.key.as_str())];
        let (id, _) = waiting.key.rsplit_once('/').unwrap_or_default();
        let mut path = "/v1/messages".to_owned();
        if waiting.responds {
            path.push_str(&format!("?answers={}", escaped(id)));
        }
        let stored: Stored = self.client.post(&Post { path: &path, headers: &headers, body })?;
        let id = stored.id.unwrap_or_default();
        Ok(format!("answered {} as {id}", waiting.written.says))
    }

    fn event(&self, message: &str, did: String) -> Event {
        Event { peer: self.institution.to_string(), message: message.to_owned(), did }
    }
}

#[expect(clippy::disallowed_methods, reason = "answers are due after real time")]
fn monotonic() -> Instant {
    Instant::now()
}
