//! What else a gateway is told, and the word that a message was withdrawn.
//!
//! The record must say what the offer claims, and must concern this institution: it names it, or it
//! names a message of its. Whether a message really is of its terminal's number is for the store,
//! which has the record of the answer. Who belongs to the group of a service is not shown to a
//! gateway, so any broadcast is believed.

use std::sync::Arc;

use iso::{Institution, Terminal};
use network::{Elapsed, EndedRequest, Event, Line, Outcome, Relation, RequestOutcome, Tiding};
use trust::{
    Body, CopyDecision, Declined, Digest, Fault, Lane, LogTime, Reason, RecordHead, RecordKind,
    ServiceName, Verdict,
};
use wire::latest;

use super::evidence::Evidence;
use super::received::{Check, Shown};
use crate::{Ending, fields};

/// Something that stands on record and concerns this institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it is about.
    pub tiding: Tiding,
    /// The message that it is about, if it is about one.
    pub about: Option<About>,
    /// The record that says it.
    pub evidence: Evidence,
    /// The grant of the key that signed a declination, or a decision on a held message, a signed note;
    /// nothing else is signed.
    pub grant: Option<Arc<str>>,
}

/// What a record says of what is told, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The institution at the other end.
    pub institution: Option<Institution>,
    /// The terminal that declined.
    pub by: Option<Terminal>,
    /// The service that it is about.
    pub service: Option<ServiceName>,
    /// Why, or what is told, line by line.
    pub text: Vec<String>,
    /// Why a receiver declined.
    pub reason: Option<Reason>,
    /// From when until when there is planned work.
    pub work: Option<(LogTime, LogTime)>,
}

/// What a record says, if it is of a kind that is told.
#[must_use]
pub fn words(head: &RecordHead, meta: &[u8]) -> Words {
    if head.kind == RecordKind::DECLINED {
        let declined = Declined::decode(meta).ok();
        let by = declined.as_ref().map(|it| it.by);
        let institution = by.map(|by| by.institution());
        return Words { institution, by, reason: declined.map(|it| it.reason), ..Words::default() };
    }
    let of = |relation: &Relation, institution, text: Option<&Line>| Words {
        institution: Some(institution),
        service: Some(relation.service),
        text: text.map(|text| text.as_str().to_owned()).into_iter().collect(),
        ..Words::default()
    };
    if head.kind == RecordKind::COPY_DECIDED {
        return CopyDecision::decode(meta).map(|it| words_of_decision(&it)).unwrap_or_default();
    }
    let event = Event::decode(head.kind, meta);
    if let Ok(Event::PermissionRequested { relation, text, .. }) = &event {
        of(relation, relation.sender, Some(text))
    } else if let Ok(Event::Permitted { relation, .. }) = &event {
        of(relation, relation.receiver, None)
    } else if let Ok(
        Event::Revoked { relation, reason } | Event::PermissionDenied { relation, reason },
    ) = &event
    {
        of(relation, relation.receiver, Some(reason))
    } else if let Ok(Event::Elapsed { receiver, .. } | Event::RequestsEnded { receiver, .. }) =
        &event
    {
        Words { institution: Some(*receiver), ..Words::default() }
    } else if let Ok(Event::Released(released)) = &event {
        Words { institution: Some(released.receiver), ..Words::default() }
    } else if let Ok(Event::Aborted(aborted)) = &event {
        let text = vec![aborted.reason.as_str().to_owned()];
        Words { institution: Some(aborted.receiver), text, ..Words::default() }
    } else if let Ok(Event::Outstanding(statement)) = &event {
        Words { institution: Some(statement.receiver), ..Words::default() }
    } else if let Ok(Event::Broadcast(broadcast)) = &event {
        Words {
            service: broadcast.service(),
            text: broadcast.text().iter().map(|line| line.as_str().to_owned()).collect(),
            work: broadcast.work(),
            ..Words::default()
        }
    } else if let Ok(Event::Bypassed { receiver, .. }) = &event {
        Words { institution: Some(*receiver), ..Words::default() }
    } else if let Ok(Event::BypassSet { service, reason, .. }) = &event {
        let text = reason.iter().map(|reason| reason.as_str().to_owned()).collect();
        Words { service: Some(*service), text, ..Words::default() }
    } else {
        Words::default()
    }
}

/// What a decision says to the sender of the message.
fn words_of_decision(decision: &CopyDecision) -> Words {
    let by = Some(decision.by);
    let reason = match decision.verdict {
        Verdict::Authorised => None,
        Verdict::Refused { code } => {
            Some(Reason::new(code, Fault::Sender, "", decision.to_sender()))
        }
    };
    let text = Some(decision.to_sender().to_owned()).filter(|text| !text.is_empty());
    let text = text.into_iter().collect();
    let institution = by.map(|by| by.institution());
    Words { institution, by, text, reason, ..Words::default() }
}

/// What a record of the network says of a message; nothing where it says nothing of it.
#[must_use]
pub fn tiding_of(kind: RecordKind, meta: &[u8], message: u64) -> Option<Tiding> {
    let event = Event::decode(kind, meta).ok()?;
    if let Event::Elapsed { elapsed, .. } = &event {
        let found = elapsed.iter().find(|it| it.sequence == message)?;
        Some(tiding_of_outcome(found.outcome))
    } else if let Event::RequestsEnded { ended, .. } = &event {
        ended.iter().find(|it| it.sequence == message)?.outcome.tiding()
    } else if let Event::Released(released) = &event {
        released.messages.contains(&message).then_some(Tiding::Released)
    } else if let Event::Aborted(aborted) = &event {
        (aborted.sequence == message).then_some(Tiding::Aborted)
    } else if let Event::Outstanding(statement) = &event {
        (statement.message == message).then_some(Tiding::Undelivered)
    } else if let Event::CopyDecided { message: about, is_authorised, .. } = event {
        let tiding = if is_authorised { Tiding::Authorised } else { Tiding::Stopped };
        (about == message).then_some(tiding)
    } else if let Event::Bypassed { messages, .. } = &event {
        messages.contains(&message).then_some(Tiding::Bypassed)
    } else {
        None
    }
}

/// How requests ended, as the record of a tick says it; nothing where it is another record.
#[must_use]
pub fn requests_ended(kind: RecordKind, meta: &[u8]) -> Vec<(u64, RequestOutcome)> {
    match Event::decode(kind, meta) {
        Ok(Event::RequestsEnded { ended, .. }) => {
            ended.iter().map(|it| (it.sequence, it.outcome)).collect()
        }
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// A message of this institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The terminal that sent it.
    pub terminal: Terminal,
    /// The number under which it did. The hub says so; it holds if [`Self::message`] is the head of
    /// the record with which the message was accepted.
    pub input_number: u64,
    /// The head of its record.
    pub message: RecordHead,
    /// The hashes from that record to the root of the checkpoint of what is told, the lowest first.
    pub path: Vec<Digest>,
}

/// A message for this institution was withdrawn before anybody offered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The sequence of its record.
    pub message: u64,
    /// The record that withdrew it.
    pub evidence: Evidence,
}

impl Check<'_> {
    /// Checks what is told.
    pub(super) fn told(&self, shown: &Shown, frame: &latest::Told) -> Result<Told, Ending> {
        if self.lane != Lane::SYSTEM {
            return Err(Ending::WrongLane { what: "tidings", found: self.lane.0.into() });
        }
        let tiding = u8::try_from(frame.tiding).ok().and_then(Tiding::from_code);
        let tiding = tiding.ok_or(Ending::Malformed { field: "kind of tiding" })?;
        let about = self.about(shown, frame, tiding)?;
        let event = event(shown)?;
        if !self.concerns(tiding, (shown, &event), about.as_ref()) {
            return Err(shown.wrong("tiding"));
        }
        let grant = match shown.head.kind {
            RecordKind::DECLINED => Some(self.declined(shown, about.as_ref())?),
            RecordKind::COPY_DECIDED => Some(self.decided(shown, about.as_ref())?),
            _ => None,
        };
        let evidence = self.evidence(shown, Digest::of(b""));
        Ok(Told { tiding, about, evidence, grant })
    }

    fn about(
        &self,
        shown: &Shown,
        frame: &latest::Told,
        tiding: Tiding,
    ) -> Result<Option<About>, Ending> {
        let Some(message) = &shown.message else {
            let bare = frame.terminal.is_empty() && frame.input_number == 0;
            return if bare { Ok(None) } else { Err(Ending::Malformed { field: "tiding" }) };
        };
        let terminal = fields::terminal(&frame.terminal)?;
        // Who got a copy is told of what others sent.
        let is_ours = terminal.institution() == self.institution;
        if is_ours == (tiding == Tiding::Undecided) {
            return Err(shown.wrong("sender of the message"));
        }
        if message.kind != RecordKind::ACCEPTED {
            return Err(shown.wrong("kind"));
        }
        let input_number = frame.input_number;
        let path = self.proven.path(message.sequence);
        Ok(Some(About { terminal, input_number, message: message.clone(), path }))
    }

    /// Whether a record says this, of this institution or of that message.
    fn concerns(
        &self,
        tiding: Tiding,
        (shown, event): (&Shown, &Event),
        about: Option<&About>,
    ) -> bool {
        let us = self.institution;
        match (tiding, event, about) {
            (Tiding::PermissionRequested, Event::PermissionRequested { relation, .. }, None) => {
                relation.receiver == us
            }
            (Tiding::Permitted, Event::Permitted { relation, .. }, None)
            | (Tiding::Revoked, Event::Revoked { relation, .. }, None)
            | (Tiding::PermissionDenied, Event::PermissionDenied { relation, .. }, None) => {
                relation.sender == us
            }
            (
                Tiding::Undelivered | Tiding::Withdrawn | Tiding::Overdue,
                Event::Elapsed { sender, elapsed, .. },
                Some(about),
            ) => {
                let says = |it: &Elapsed| {
                    it.sequence == about.message.sequence && tiding_of_outcome(it.outcome) == tiding
                };
                *sender == us && elapsed.iter().any(says)
            }
            (Tiding::Undelivered, Event::Outstanding(statement), Some(about)) => {
                (statement.sender, statement.input_number, statement.message)
                    == (about.terminal, about.input_number, about.message.sequence)
            }
            (
                Tiding::TimedOut | Tiding::ReceiverGone | Tiding::Withdrawn,
                Event::RequestsEnded { sender, ended, .. },
                Some(about),
            ) => {
                let says = |it: &EndedRequest| {
                    it.sequence == about.message.sequence && it.outcome.tiding() == Some(tiding)
                };
                *sender == us && ended.iter().any(says)
            }
            (Tiding::RequestsEnded, Event::RequestsEnded { receiver, .. }, None) => *receiver == us,
            (Tiding::Released, Event::Released(released), Some(about)) => {
                released.sender == us && released.messages.contains(&about.message.sequence)
            }
            (Tiding::Aborted, Event::Aborted(aborted), Some(about)) => {
                aborted.sequence == about.message.sequence
            }
            (
                Tiding::Authorised | Tiding::Stopped | Tiding::Bypassed | Tiding::Undecided,
                _,
                Some(about),
            ) => concerns_held(tiding, (shown, event), about),
            // That it is about this message is for its signed root to say.
            (Tiding::Declined, Event::Declined { .. }, Some(_))
            | (Tiding::Broadcast, Event::Broadcast(_), None) => true,
            _ => false,
        }
    }

    fn declined(&self, shown: &Shown, about: Option<&About>) -> Result<Arc<str>, Ending> {
        let declined = Declined::decode(shown.meta()).map_err(|_| shown.wrong("meta"))?;
        if about.map(|about| about.message.hash()) != Some(declined.signed.root) {
            return Err(shown.wrong("message that is declined"));
        }
        self.signers.check_declined(&shown.head, &declined)
    }

    fn decided(&self, shown: &Shown, about: Option<&About>) -> Result<Arc<str>, Ending> {
        let decision = CopyDecision::decode(shown.meta()).map_err(|_| shown.wrong("meta"))?;
        if about.map(|about| about.message.hash()) != Some(decision.signed.root) {
            return Err(shown.wrong("message that is decided on"));
        }
        self.signers.check_decision(&shown.head, &decision)
    }

    /// Checks the word that the message of an output number, with this record, was withdrawn.
    pub(super) fn withdrawn(
        &self,
        shown: &Shown,
        (output_number, message): (u64, u64),
    ) -> Result<Withdrawn, Ending> {
        if self.lane == Lane::SYSTEM {
            let found = self.lane.0.into();
            return Err(Ending::WrongLane { what: "withdrawn messages", found });
        }
        let place = (self.lane, output_number, message);
        let event = event(shown)?;
        let is_here = if let Event::Elapsed { receiver, elapsed, .. } = &event {
            let says = |it: &Elapsed| {
                it.outcome == Outcome::Withdrawn
                    && (it.lane, it.output_number, it.sequence) == place
            };
            *receiver == self.institution && elapsed.iter().any(says)
        } else if let Event::RequestsEnded { receiver, ended, .. } = &event {
            let says = |it: &EndedRequest| {
                it.outcome == RequestOutcome::Withdrawn
                    && (Lane::REAL_TIME, it.output_number, it.sequence) == place
            };
            *receiver == self.institution && ended.iter().any(says)
        } else if let Event::Aborted(it) = &event {
            it.receiver == self.institution && (it.lane, it.output_number, it.sequence) == place
        } else {
            false
        };
        if !is_here {
            return Err(shown.wrong("withdrawal"));
        }
        Ok(Withdrawn { message, evidence: self.evidence(shown, Digest::of(b"")) })
    }
}

/// Whether a record says this of a message that was held for a decision, or would have been.
fn concerns_held(tiding: Tiding, (shown, event): (&Shown, &Event), about: &About) -> bool {
    match (tiding, event) {
        (Tiding::Authorised, Event::CopyDecided { message, is_authorised, .. }) => {
            *is_authorised && *message == about.message.sequence
        }
        (Tiding::Stopped, Event::CopyDecided { message, is_authorised, .. }) => {
            !*is_authorised && *message == about.message.sequence
        }
        (Tiding::Bypassed | Tiding::Undecided, Event::Bypassed { sender, messages, .. }) => {
            *sender == about.terminal.institution() && messages.contains(&about.message.sequence)
        }
        (Tiding::Bypassed, Event::BypassSet { on, .. }) => {
            *on && shown.head.sequence < about.message.sequence
        }
        (Tiding::Undecided, Event::Aborted(aborted)) => {
            aborted.output_number == 0 && aborted.sequence == about.message.sequence
        }
        (Tiding::Undecided, Event::Elapsed { elapsed, .. }) => {
            let says = |it: &Elapsed| {
                (it.sequence, it.outcome, it.output_number)
                    == (about.message.sequence, Outcome::Withdrawn, 0)
            };
            elapsed.iter().any(says)
        }
        _ => false,
    }
}

/// What a record says that has no payload.
fn event(shown: &Shown) -> Result<Event, Ending> {
    if Body::digest(shown.meta(), &Digest::of(b"")) != shown.head.body {
        return Err(shown.wrong("body"));
    }
    Event::decode(shown.head.kind, shown.meta()).map_err(|_| shown.wrong("meta"))
}

fn tiding_of_outcome(outcome: Outcome) -> Tiding {
    match outcome {
        Outcome::Warned => Tiding::Undelivered,
        Outcome::Withdrawn => Tiding::Withdrawn,
        Outcome::Kept => Tiding::Overdue,
    }
}
