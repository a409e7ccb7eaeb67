//! Why a message is delivered that was held for a decision, or would have been.
//!
//! The record must authorise or release this message, or have begun the bypass of its service before
//! the message was accepted; that the bypass had not ended by then is the hub's word. A decision is
//! signed by the institution that got the copy.

use std::sync::Arc;

use network::Event;
use trust::{Body, CopyDecision, Digest, Header, RecordKind};

use super::evidence::Evidence;
use super::received::{Check, Shown};
use crate::Ending;

/// Why a message was released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Who authorised it, and with which information; nothing where it was bypassed.
    pub decision: Option<CopyDecision>,
    /// The record that says so.
    pub evidence: Evidence,
    /// The grant of the key that signed the decision, a signed note.
    pub grant: Option<Arc<str>>,
}

impl Check<'_> {
    /// Checks why a message was released, if the offer says so.
    pub(super) fn release(
        &self,
        shown: &Shown,
        header: &Header,
    ) -> Result<Option<Release>, Ending> {
        let (Some(head), Some(frame)) = (&shown.release, &shown.frame.release) else {
            return Ok(None);
        };
        let wrong = |part| Ending::Record { sequence: head.sequence, part };
        let nothing = Digest::of(b"");
        if Body::digest(&frame.meta, &nothing) != head.body {
            return Err(wrong("body"));
        }
        let evidence = self.evidence_of((head, &frame.meta), nothing);
        if head.kind == RecordKind::COPY_DECIDED {
            let decision = CopyDecision::decode(&frame.meta).map_err(|_| wrong("meta"))?;
            let is_here = decision.is_authorised()
                && decision.message == shown.head.sequence
                && decision.signed.root == self.proven.hash(shown.head.sequence);
            if !is_here {
                return Err(wrong("message that is authorised"));
            }
            let grant = Some(self.signers.check_decision(head, &decision)?);
            return Ok(Some(Release { decision: Some(decision), evidence, grant }));
        }
        let event = Event::decode(head.kind, &frame.meta).map_err(|_| wrong("meta"))?;
        let is_here = if let Event::Bypassed { sender, receiver, messages } = &event {
            let parties = (header.sender.institution(), header.receiver.institution());
            (*sender, *receiver) == parties && messages.contains(&shown.head.sequence)
        } else if let Event::BypassSet { service, on, .. } = &event {
            *on && *service == header.service && head.sequence < shown.head.sequence
        } else {
            false
        };
        if !is_here {
            return Err(wrong("message that is bypassed"));
        }
        Ok(Some(Release { decision: None, evidence, grant: None }))
    }
}
