//! Who signed: grants of keys, and signatures checked through them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use iso::Terminal;
use trust::merkle::Walk;
use trust::{
    Acknowledged, CopyDecision, Declined, Digest, FrameContext, FrameProof, KeyGrant, KeyId,
    NetworkKeys, NetworkName, PublicKey, RecordHead, Signature, Statement,
};
use wire::limits::FRAME_MESSAGES_MAX;

use super::log::text;
use crate::{Ending, fields};

/// How many grants are kept for one key: renewals of it.
const GRANTS_PER_KEY_MAX: usize = 16;

/// How many signatures over frames are remembered as good.
///
/// The messages of a sender's frame mostly come in the same few frames of offers, and one check of a
/// signature costs as much as ten messages otherwise.
const FRAMES_MAX: usize = 64;

/// How many signed acknowledgements are remembered as good: each leads to a notice for every message
/// that it acknowledges, and those come one after another.
const ACKNOWLEDGED_MAX: usize = 16;

/// The keys that the hub has shown on this link.
#[derive(Debug)]
pub(super) struct Signers {
    network: NetworkName,
    grants: BTreeMap<(Terminal, KeyId), Vec<Granted>>,
    /// Invariant: each was verified.
    frames: VecDeque<GoodFrame>,
    /// Invariant: each was verified with the key.
    acknowledged: VecDeque<GoodAcknowledgement>,
}

#[derive(Debug)]
struct Granted {
    grant: KeyGrant,
    note: Arc<str>,
}

#[derive(Debug)]
struct GoodFrame {
    signer: Terminal,
    key: PublicKey,
    signature: Signature,
    /// The way from its last statement that was seen to the root that was signed.
    walk: Walk,
}

#[derive(Debug)]
struct GoodAcknowledgement {
    acknowledged: Acknowledged,
    key: PublicKey,
    /// The way from its last record that was seen to the root that was signed.
    walk: Option<Walk>,
}

impl Signers {
    pub(super) fn new(network: NetworkName) -> Self {
        let (frames, acknowledged) = (VecDeque::new(), VecDeque::new());
        Self { network, grants: BTreeMap::new(), frames, acknowledged }
    }

    /// Takes the grants of a frame.
    pub(super) fn learn(&mut self, keys: &NetworkKeys, notes: &[Bytes]) -> Result<(), Ending> {
        fields::within("grants of a frame", notes.len(), FRAME_MESSAGES_MAX)?;
        for note in notes {
            let note = text(note)?;
            let grant = KeyGrant::open(note, keys.roots()).map_err(|_| Ending::Grant {
                reason: "it is not signed by a root key of the network that this gateway knows",
            })?;
            if grant.network != self.network {
                return Err(Ending::Grant { reason: "it is of another network" });
            }
            let known = self.grants.entry((grant.holder, grant.key.id())).or_default();
            known.retain(|granted| granted.grant != grant);
            if known.len() >= GRANTS_PER_KEY_MAX {
                known.remove(0);
            }
            known.push(Granted { grant, note: note.into() });
        }
        Ok(())
    }

    /// The grant under which a key signed what a record holds.
    pub(super) fn note(
        &self,
        record: &RecordHead,
        signer: Terminal,
        key: KeyId,
    ) -> Result<Arc<str>, Ending> {
        granted(&self.grants, record, signer, key).map(|granted| granted.note.clone())
    }

    /// Checks the signature over a sender's frame; gives the grant of its key.
    pub(super) fn check_frame(
        &mut self,
        record: &RecordHead,
        signer: Terminal,
        (statement, proof): (&Statement, &FrameProof),
    ) -> Result<Arc<str>, Ending> {
        let unsigned = Ending::RecordUnsigned { sequence: record.sequence, signer, key: proof.key };
        let (index, size) = (proof.index.into(), u64::from(proof.size));
        let granted = granted(&self.grants, record, signer, proof.key)?;
        let (key, note) = (&granted.grant.key, granted.note.clone());
        // The newest is the likeliest.
        let is_good = self.frames.iter_mut().rev().any(|good| {
            (good.signer, good.walk.size(), good.signature) == (signer, size, proof.signature)
                && good.key == *key
                && good.walk.goes_on(&statement.0, index, &proof.path)
        });
        if is_good {
            return Ok(note);
        }
        let Ok(walk) = Walk::new(&statement.0, index, size, &proof.path) else {
            return Err(unsigned);
        };
        let context = FrameContext { network: self.network, terminal: signer };
        let signed = context.signed_bytes(proof.size, walk.root());
        if key.verify(&signed, &proof.signature).is_err() {
            return Err(unsigned);
        }
        let frame = GoodFrame { signer, key: key.clone(), signature: proof.signature, walk };
        if self.frames.len() >= FRAMES_MAX {
            self.frames.pop_front();
        }
        self.frames.push_back(frame);
        Ok(note)
    }

    /// Checks the signature over an acknowledgement, and that the root that was signed covers a
    /// record; gives the grant of its key.
    pub(super) fn check_acknowledged(
        &mut self,
        head: &RecordHead,
        acknowledged: &Acknowledged,
        (record, index, path): (&Digest, u64, &[Digest]),
    ) -> Result<Arc<str>, Ending> {
        let (sequence, signer) = (head.sequence, acknowledged.by);
        let (Some(signed), Some(acknowledgement)) =
            (acknowledged.signed, acknowledged.acknowledgement(self.network))
        else {
            return Err(Ending::Record { sequence, part: "signature" });
        };
        let granted = granted(&self.grants, head, signer, signed.key)?;
        let (key, note) = (&granted.grant.key, granted.note.clone());
        let same = |good: &&mut GoodAcknowledgement| {
            good.acknowledged == *acknowledged && good.key == *key
        };
        let good = match self.acknowledged.iter_mut().rev().find(same) {
            Some(good) => good,
            None => {
                if !acknowledgement.is_signed_by(key, &signed) {
                    return Err(Ending::RecordUnsigned { sequence, signer, key: signed.key });
                }
                let (acknowledged, key) = (*acknowledged, key.clone());
                if self.acknowledged.len() >= ACKNOWLEDGED_MAX {
                    self.acknowledged.pop_front();
                }
                self.acknowledged.push_back(GoodAcknowledgement { acknowledged, key, walk: None });
                self.acknowledged.back_mut().expect("it was put there")
            }
        };
        if good.walk.as_mut().is_some_and(|walk| walk.goes_on(record, index, path)) {
            return Ok(note);
        }
        match Walk::new(record, index, acknowledged.count(), path) {
            Ok(walk) if *walk.root() == signed.root => {
                good.walk = Some(walk);
                Ok(note)
            }
            _ => Err(Ending::Record { sequence, part: "path to the signed root" }),
        }
    }

    /// Checks the signature over a declination; gives the grant of its key.
    pub(super) fn check_declined(
        &self,
        record: &RecordHead,
        declined: &Declined,
    ) -> Result<Arc<str>, Ending> {
        let (sequence, signer, key) = (record.sequence, declined.by, declined.signed.key);
        let granted = granted(&self.grants, record, signer, key)?;
        if !declined.is_signed_by(self.network, &granted.grant.key) {
            return Err(Ending::RecordUnsigned { sequence, signer, key });
        }
        Ok(granted.note.clone())
    }

    /// Checks the signature over a decision on a held message; gives the grant of its key.
    pub(super) fn check_decision(
        &self,
        record: &RecordHead,
        decision: &CopyDecision,
    ) -> Result<Arc<str>, Ending> {
        let (sequence, signer, key) = (record.sequence, decision.by, decision.signed.key);
        let granted = granted(&self.grants, record, signer, key)?;
        if !decision.is_signed_by(self.network, &granted.grant.key) {
            return Err(Ending::RecordUnsigned { sequence, signer, key });
        }
        Ok(granted.note.clone())
    }
}

fn granted<'a>(
    grants: &'a BTreeMap<(Terminal, KeyId), Vec<Granted>>,
    record: &RecordHead,
    signer: Terminal,
    key: KeyId,
) -> Result<&'a Granted, Ending> {
    let &RecordHead { sequence, at, .. } = record;
    grants
        .get(&(signer, key))
        .and_then(|grants| grants.iter().rev().find(|granted| granted.grant.covers(at)))
        .ok_or(Ending::KeyNotGranted { sequence, signer, key, at })
}
