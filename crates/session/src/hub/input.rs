//! The hub's side of what a gateway submits: input numbers, the window, answers.

use trust::{FrameSignature, RecordKind};
use wire::latest::Submit;
use wire::limits::HEADER_BYTES_MAX;

use super::{Opened, Opening, Submission, Submitted};
use crate::{Ending, Limits, fields};

/// Where the submissions of a session stand.
#[derive(Debug)]
pub(super) struct Input {
    /// The last input number that was held when the session opened.
    held_before: u64,
    /// The last input number that was submitted.
    submitted: u64,
    /// The last input number whose answer has gone out.
    ///
    /// Invariant: at most `submitted`.
    answered: u64,
    /// The gateway holds the answers up to this number.
    ///
    /// Invariant: at most `answered`.
    confirmed: u64,
}

impl Input {
    /// Goes on where the gateway and the network stand, if the two can belong together.
    pub(super) fn resume(opening: &Opening, opened: &Opened) -> Result<Self, Ending> {
        let (answered, held) = (opening.answered_through, opened.input_number);
        if answered > held {
            return Err(Ending::InputsForgotten { answered, held });
        }
        if answered < opened.answers_after {
            return Err(Ending::AnswersOld { answered, kept: opened.answers_after });
        }
        Ok(Self { held_before: held, submitted: held, answered, confirmed: answered })
    }

    /// Takes a frame of messages, if its numbers and sizes are right.
    pub(super) fn submit(&mut self, limits: &Limits, frame: Submit) -> Result<Submission, Ending> {
        let Submit { first_input_number, messages, key, signature } = frame;
        fields::counted("messages of a frame", messages.len(), limits.frame_messages)?;
        let expected = self.submitted + 1;
        if first_input_number != expected {
            return Err(Ending::InputNumber { expected, found: first_input_number });
        }
        let last = fields::last_of(first_input_number, messages.len(), "first input number")?;
        if last - self.answered > u64::from(limits.window) {
            let found = last - self.answered;
            return Err(Ending::Window { what: "messages", window: limits.window, found });
        }
        for message in &messages {
            if message.header.is_empty() {
                return Err(Ending::Malformed { field: "header" });
            }
            fields::within("bytes of a header", message.header.len(), HEADER_BYTES_MAX)?;
            fields::within("bytes of a message", message.payload.len(), limits.message_bytes)?;
        }
        let size = u32::try_from(messages.len()).expect("a frame has at most 256 messages");
        let (key, signature) = (fields::key(&key)?, fields::signature(&signature)?);
        self.submitted = last;
        self.confirmed = self.confirmed.max(last.saturating_sub(u64::from(limits.window)));
        let messages = messages
            .into_iter()
            .map(|message| Submitted { header: message.header, payload: message.payload });
        Ok(Submission {
            first_input_number,
            messages: messages.collect(),
            signature: FrameSignature { key, size, signature },
            answered_through: self.confirmed,
        })
    }

    /// Counts the next answers; gives the number of the first.
    pub(super) fn answer(&mut self, count: usize) -> u64 {
        assert!(count > 0, "a frame of answers has at least one");
        let first = self.answered + 1;
        self.answered += u64::try_from(count).expect("a frame has few answers");
        assert!(self.answered <= self.submitted, "only what was submitted is answered");
        first
    }

    pub(super) fn answered_through(&self) -> u64 {
        self.answered
    }

    /// Whether the gateway knows all of a record's meta already: it has submitted the message on
    /// this link, so it knows header and frame, and there is nothing else in it.
    pub(super) fn gateway_can_make_meta(&self, number: u64, kind: RecordKind) -> bool {
        kind == RecordKind::ACCEPTED && number > self.held_before
    }
}
