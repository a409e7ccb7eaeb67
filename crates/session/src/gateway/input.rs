//! The gateway's side of what it submits: input numbers, the window, answers.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use trust::{
    Acceptance, Accepted, Body, Digest, FrameContext, FrameError, FrameProof, FrameSignature,
    Reasons, Receipt, RecordHead, RecordKind, Refused, Statement, frame_proofs,
};
use wire::latest::{self, Answers, Message, Submit};
use wire::limits::{FRAME_MESSAGES_MAX, META_BYTES_MAX, WINDOW_MAX};

use super::evidence::Evidence;
use super::log::Proven;
use super::signers::Signers;
use crate::gather::Gather;
use crate::{Ending, Limits, fields};

/// Where the outbox of a gateway stands.
#[derive(Clone, Debug)]
pub struct Outbox {
    /// The last input number that it has given to a message.
    pub made_through: u64,
    /// The last input number whose answer it holds durably.
    pub answered_through: u64,
    /// The messages after `answered_through`, in order: all there are, or the first 4,096.
    pub unanswered: Vec<Unanswered>,
}

/// A message of the outbox that may have been submitted before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// Its header as it was or will be submitted.
    pub header: Bytes,
    /// The digest of its exact bytes.
    pub payload_digest: Digest,
}

/// A message on its way to the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    header: Bytes,
    payload: Bytes,
    payload_digest: Digest,
    statement: Statement,
}

/// Which messages may be submitted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The input number of the first.
    pub first_input_number: u64,
    /// How many at most; at least 1.
    pub count: usize,
}

/// The hub's answer to a message, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The number of the message.
    pub input_number: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// The record that says so.
    pub evidence: Evidence,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The network took it over.
    Accepted {
        /// The grant of the key that signed the message, a signed note.
        grant: Arc<str>,
    },
    /// The network did not, for these reasons.
    Refused(Reasons),
}

impl Answer {
    /// What proves the answer to others.
    #[must_use]
    pub fn receipt(&self) -> Receipt {
        let record = self.evidence.logged();
        match &self.outcome {
            Outcome::Accepted { grant } => {
                Receipt::Acceptance(Acceptance { record, grant: grant.to_string() })
            }
            Outcome::Refused(_) => Receipt::Refusal(record),
        }
    }
}

impl Outgoing {
    /// A message; `payload_digest` must be that of the payload.
    #[must_use]
    pub fn new(header: Bytes, payload: Bytes, payload_digest: Digest) -> Self {
        let statement = Statement::of(&header, &payload_digest);
        Self { header, payload, payload_digest, statement }
    }

    /// What is signed for it.
    #[must_use]
    pub fn statement(&self) -> Statement {
        self.statement
    }
}

/// Where the submissions of a session stand.
#[derive(Debug)]
pub(super) struct Input {
    limits: Limits,
    /// The last number that the hub held when the session opened.
    held_before: u64,
    /// The last number of the outbox.
    made: u64,
    /// The last number that was submitted.
    submitted: u64,
    /// The last number whose answer came.
    answered: u64,
    /// The last number whose answer is durable.
    ///
    /// Invariant: stored <= answered <= submitted <= made.
    stored: u64,
    /// What was submitted and not answered, by number from `answered + 1` on.
    open: VecDeque<Open>,
    gather: Gather,
}

#[derive(Debug)]
struct Open {
    header: Bytes,
    payload_digest: Digest,
    /// Nothing for what was submitted on an earlier link: the hub sends it with the answer.
    proof: Option<FrameProof>,
}

impl Input {
    /// Goes on where the hub stands, if the two can belong together.
    pub(super) fn resume(outbox: Outbox, held: u64, limits: Limits) -> Result<Self, Ending> {
        let Outbox { made_through: made, answered_through: answered, unanswered } = outbox;
        if held > made {
            return Err(Ending::OutboxOld { made, held });
        }
        if held < answered {
            return Err(Ending::InputsForgotten { answered, held });
        }
        // An honest hub never holds more without an answer: the store has lost answers.
        let count = held - answered;
        if count > u64::from(WINDOW_MAX) {
            return Err(Ending::AnswersOld { answered, kept: held - u64::from(WINDOW_MAX) });
        }
        let count = usize::try_from(count).expect("4,096 is a usize");
        // Messages that were made after the Hello cannot have been submitted: they have only now got
        // numbers that the hub holds already.
        if unanswered.len() < count {
            return Err(Ending::OutboxOld { made: answered + unanswered.len() as u64, held });
        }
        let open = unanswered.into_iter().take(count).map(|message| Open {
            header: message.header,
            payload_digest: message.payload_digest,
            proof: None,
        });
        let open = open.collect();
        let (held_before, submitted, stored) = (held, held, answered);
        let gather = Gather::default();
        Ok(Self { limits, held_before, made, submitted, answered, stored, open, gather })
    }

    /// The outbox has messages up to this number.
    pub(super) fn made(&mut self, through: u64) {
        self.made = self.made.max(through);
    }

    /// The answers up to this number are durable.
    pub(super) fn stored(&mut self, through: u64) {
        assert!(through <= self.answered, "only answers that came can be durable");
        self.stored = self.stored.max(through);
    }

    /// What may be submitted now; nothing while a few messages wait for more ([`Gather`]).
    pub(super) fn due(&self) -> Option<Due> {
        // The answers to what the hub held before show whether these are the outbox's messages. If
        // not, the outbox is an old copy with new messages under used numbers: send none of them.
        if self.answered < self.held_before {
            return None;
        }
        let window_end = self.stored + u64::from(self.limits.window);
        let end = self.made.min(window_end);
        let count = usize::try_from(end.saturating_sub(self.submitted)).unwrap_or(usize::MAX);
        let count = count.min(self.limits.frame_messages);
        let waits = count < self.limits.frame_messages && !self.gather.is_over();
        (count > 0 && !waits).then_some(Due { first_input_number: self.submitted + 1, count })
    }

    /// From now on a frame has so many messages at most, or fewer as the hub says.
    pub(super) fn frame_messages(&mut self, most: usize) {
        self.limits.frame_messages = self.limits.frame_messages.min(most.max(1));
    }

    /// Makes the frame of the next messages.
    pub(super) fn submit(
        &mut self,
        messages: Vec<Outgoing>,
        signature: &FrameSignature,
    ) -> Result<Submit, FrameError> {
        let count = self.due().map_or(0, |due| due.count);
        assert!((1..=count).contains(&messages.len()), "only what is due is submitted");
        let statements: Vec<_> = messages.iter().map(Outgoing::statement).collect();
        let proofs = frame_proofs(&statements, signature)?;
        let first_input_number = self.submitted + 1;
        self.submitted += messages.len() as u64;
        let bytes = messages.iter().map(|message| message.payload.len()).sum();
        let full = messages.len() >= self.limits.frame_messages;
        self.gather.sent(self.submitted, full, bytes);
        self.open.extend(messages.iter().zip(proofs).map(|(message, proof)| Open {
            header: message.header.clone(),
            payload_digest: message.payload_digest,
            proof: Some(proof),
        }));
        let messages = messages
            .into_iter()
            .map(|message| Message { header: message.header, payload: message.payload });
        Ok(Submit {
            first_input_number,
            messages: messages.collect(),
            key: Bytes::copy_from_slice(&signature.key.0),
            signature: Bytes::copy_from_slice(&signature.signature.0),
        })
    }

    /// Checks the numbers of a frame of answers, before its proofs are looked at.
    pub(super) fn expect(&self, frame: &Answers) -> Result<(), Ending> {
        fields::counted("answers of a frame", frame.answers.len(), FRAME_MESSAGES_MAX)?;
        let (expected, found) = (self.answered + 1, frame.first_input_number);
        if found != expected {
            return Err(Ending::AnswerNumber { expected, found });
        }
        let last = fields::last_of(found, frame.answers.len(), "first input number")?;
        if last > self.submitted {
            return Err(Ending::AnswerNumber { expected: self.submitted + 1, found: last });
        }
        Ok(())
    }

    /// Takes the next answer, whose head is proven to stand in the log.
    pub(super) fn answer(
        &mut self,
        context: &FrameContext,
        (frame, head): (latest::Answer, RecordHead),
        proven: &Proven,
        signers: &mut Signers,
    ) -> Result<Answer, Ending> {
        let open = self.open.pop_front().expect("the numbers of the answers were checked");
        let number = self.answered + 1;
        self.answered = number;
        self.gather.answered(number);
        fields::within("bytes of a meta", frame.meta.len(), META_BYTES_MAX)?;
        let (outcome, meta, payload_digest) = match head.kind {
            RecordKind::ACCEPTED => {
                let (meta, grant) =
                    open.accepted(context, number, (&frame.meta, &head), signers)?;
                (Outcome::Accepted { grant }, meta, open.payload_digest)
            }
            RecordKind::REFUSED => {
                let reasons = open.refused(context, number, (&frame.meta, &head))?;
                (Outcome::Refused(reasons), frame.meta, Digest::of(&[]))
            }
            _ => return Err(Ending::Record { sequence: head.sequence, part: "kind" }),
        };
        let path = proven.path(head.sequence);
        let checkpoint = proven.checkpoint.clone();
        let evidence = Evidence { head, meta, payload_digest, path, checkpoint };
        Ok(Answer { input_number: number, outcome, evidence })
    }
}

impl Open {
    /// Checks that the record is about this message as it was submitted; gives its meta and the
    /// grant of the key that signed it.
    fn accepted(
        &self,
        context: &FrameContext,
        number: u64,
        (sent, head): (&Bytes, &RecordHead),
        signers: &mut Signers,
    ) -> Result<(Bytes, Arc<str>), Ending> {
        let part = |part| Ending::Record { sequence: head.sequence, part };
        let body = |meta: &[u8]| Body::digest(meta, &self.payload_digest);
        if let Some(proof) = &self.proof {
            let accepted = Accepted { header: self.header.to_vec(), proof: proof.clone() };
            let meta = Bytes::from(accepted.encode());
            if body(&meta) != head.body || !(sent.is_empty() || *sent == meta) {
                return Err(part("body"));
            }
            return Ok((meta, signers.note(head, context.terminal, proof.key)?));
        }
        let accepted = Accepted::decode(sent).map_err(|_| part("meta"))?;
        if accepted.header != *self.header || body(sent) != head.body {
            return Err(Ending::OtherInput { number });
        }
        let statement = Statement::of(&self.header, &self.payload_digest);
        let grant = signers.check_frame(head, context.terminal, (&statement, &accepted.proof))?;
        Ok((sent.clone(), grant))
    }

    /// Checks that the record refuses this message as it was submitted.
    fn refused(
        &self,
        context: &FrameContext,
        number: u64,
        (meta, head): (&Bytes, &RecordHead),
    ) -> Result<Reasons, Ending> {
        let part = |part| Ending::Record { sequence: head.sequence, part };
        let refused = Refused::decode(meta).map_err(|_| part("meta"))?;
        if Body::digest(meta, &Digest::of(&[])) != head.body {
            return Err(part("body"));
        }
        if refused.terminal != context.terminal || refused.input_number != number {
            return Err(part("terminal or input number"));
        }
        let same = refused.statement == Statement::of(&self.header, &self.payload_digest)
            && refused.header.as_ref().is_none_or(|header| *header == *self.header);
        if same { Ok(refused.reasons) } else { Err(Ending::OtherInput { number }) }
    }
}
