//! Which grants of keys a gateway needs, and which it has been sent.

use std::collections::BTreeMap;

use bytes::Bytes;
use iso::Terminal;
use trust::codec::{CodecError, Reader};
use trust::{Acknowledged, CopyDecision, Declined, KeyId, LogTime, RecordKind};

use super::{Content, Offer, Recorded};

/// The grants that the network holds.
pub trait Grants {
    /// The grant of a key to a terminal that covers a time.
    fn grant(&self, holder: Terminal, key: KeyId, at: LogTime) -> Option<Grant>;
}

/// The permission to sign with a key, as the network's root signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// From when on.
    pub from: LogTime,
    /// Until before when.
    pub until: LogTime,
    /// The signed note.
    pub note: Bytes,
}

/// What was sent on a link.
#[derive(Debug, Default)]
pub(super) struct SentGrants {
    /// The time that the last grant covers, by holder and key.
    sent: BTreeMap<(Terminal, KeyId), (LogTime, LogTime)>,
}

impl SentGrants {
    /// The note that must go along where the gateway has none that covers the time.
    pub(super) fn needed(
        &mut self,
        (holder, key): (Terminal, KeyId),
        at: LogTime,
        grants: &impl Grants,
    ) -> Option<Bytes> {
        if self.sent.get(&(holder, key)).is_some_and(|(from, until)| *from <= at && at < *until) {
            return None;
        }
        let grant = grants.grant(holder, key, at)?;
        self.sent.insert((holder, key), (grant.from, grant.until));
        Some(grant.note)
    }
}

/// Who signed what an offer shows, each with the time of the record that is signed.
pub(super) fn signers(offer: &Offer) -> impl Iterator<Item = ((Terminal, KeyId), LogTime)> {
    let at = |record: &Recorded| record.head.at;
    let shown = signer(&offer.record, &offer.content).map(|signer| (signer, at(&offer.record)));
    let release = offer.release.as_ref().and_then(|it| Some((signer_of_decision(it)?, at(it))));
    [shown, release].into_iter().flatten()
}

/// Who signed a decision on a held message.
fn signer_of_decision(record: &Recorded) -> Option<(Terminal, KeyId)> {
    if record.head.kind != RecordKind::COPY_DECIDED {
        return None;
    }
    let decision = CopyDecision::decode(&record.meta).ok()?;
    Some((decision.by, decision.signed.key))
}

/// Who signed what an offer shows, if it is signed.
fn signer(record: &Recorded, content: &Content) -> Option<(Terminal, KeyId)> {
    match content {
        Content::Message(_) | Content::Copied(_) => signer_of_accepted(&record.meta).ok(),
        Content::Delivered(_) => {
            let acknowledged = Acknowledged::decode(&record.meta).ok()?;
            Some((acknowledged.by, acknowledged.signed?.key))
        }
        Content::Told(_) if record.head.kind == RecordKind::DECLINED => {
            let declined = Declined::decode(&record.meta).ok()?;
            Some((declined.by, declined.signed.key))
        }
        Content::Told(_) => signer_of_decision(record),
        Content::Withdrawn { .. } => None,
    }
}

/// The key with which an accepted message was signed; nothing for a refused one.
pub(super) fn key_of_accepted(record: &Recorded) -> Option<KeyId> {
    if record.head.kind != RecordKind::ACCEPTED {
        return None;
    }
    signer_of_accepted(&record.meta).ok().map(|(_, key)| key)
}

/// Terminal and key, picked out of `trust::Accepted` without reading the rest.
fn signer_of_accepted(meta: &[u8]) -> Result<(Terminal, KeyId), CodecError> {
    let mut reader = Reader::new(meta);
    reader.u8()?; // version of the meta
    let mut header = Reader::new(reader.bytes()?);
    let key = KeyId(reader.array()?);
    header.raw(4)?; // version, flags, priority, monitoring
    for _ in ["network", "service", "message type"] {
        header.text()?;
    }
    let terminal = std::str::from_utf8(header.raw(9)?).map_err(|_| CodecError::NotText)?;
    let out_of_range = CodecError::OutOfRange { field: "sender" };
    Ok((terminal.parse().map_err(|_| out_of_range)?, key))
}
