//! Who changes the network: its operator alone, or enough of its governors.
//!
//! From the record that founds governance on, a record of a governed kind is decided only if it is the
//! next act that governors have signed (`trust::governance`). The machine verifies their signatures
//! itself when it decides, so neither the operator nor a fault in a shell gets past them.

use trust::codec::{CodecError, Reader, Writer};
use trust::governance::Governance;
use trust::{Body, Digest, LogTime, NetworkKeys};

use crate::command::Command;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;

/// A network that has governors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Governed {
    pub(crate) governance: Governance,
    /// The records whose bodies are public: the founding one, then one for each change.
    ///
    /// Invariant: ascending; one more than the number of the last change.
    pub(crate) records: Vec<u64>,
}

impl Network {
    pub(crate) fn decide_found(&self, keys: Box<NetworkKeys>) -> Result<Decision, Rejection> {
        if self.governed.is_some() {
            return Err(Rejection::AlreadyGoverned);
        }
        let (expected, found) = (self.name, *keys.network());
        if expected != found {
            let error = trust::governance::GovernanceError::Network { expected, found };
            return Err(Rejection::Change(error));
        }
        Governance::found((*keys).clone()).map_err(Rejection::Change)?;
        Ok(Decision::of(Event::Founded(keys)))
    }

    pub(crate) fn founded(&mut self, sequence: u64, keys: &NetworkKeys) {
        assert!(self.governed.is_none(), "record {sequence} founds what is governed");
        let governance = Governance::found(keys.clone());
        let governance = governance.expect("a decision has established that there are governors");
        self.governed = Some(Box::new(Governed { governance, records: vec![sequence] }));
    }

    pub(crate) fn decide_change(&self, note: Box<str>) -> Result<Decision, Rejection> {
        let governed = self.governed.as_ref().ok_or(Rejection::NotGoverned)?;
        governed.governance.check(&note).map_err(Rejection::Change)?;
        Ok(Decision::of(Event::Changed { note }))
    }

    pub(crate) fn changed(&mut self, sequence: u64, note: &str) {
        let Some(governed) = &mut self.governed else {
            panic!("record {sequence} changes a network without governors");
        };
        governed.governance.take(note).expect("the event was read from a change");
        governed.records.push(sequence);
    }

    pub(crate) fn decide_replace_keys(
        &self,
        keys: Box<NetworkKeys>,
    ) -> Result<Decision, Rejection> {
        let governed = self.governed.as_ref().ok_or(Rejection::NotGoverned)?;
        let mut governance = governed.governance.clone();
        governance.replace_keys((*keys).clone()).map_err(Rejection::Change)?;
        Ok(Decision::of(Event::KeysReplaced(keys)))
    }

    pub(crate) fn keys_replaced(&mut self, keys: &NetworkKeys) {
        let governed = self.governed.as_mut().expect("only governors replace the network's keys");
        let replaced = governed.governance.replace_keys(keys.clone());
        replaced.expect("a decision has established that the keys fit");
    }

    /// Whether governors have signed what is about to be put on record, where they must.
    pub(crate) fn check_consent(&self, decision: &Decision) -> Result<(), Rejection> {
        let kind = decision.event.kind();
        let Some(governed) = self.governed.as_ref().filter(|_| kind.is_governed()) else {
            return Ok(());
        };
        let body = Body::digest(&decision.meta, &Digest::of(b""));
        let allowed = governed.governance.allows(kind, &body);
        if allowed { Ok(()) } else { Err(Rejection::NoConsent) }
    }

    /// Notes that what governors signed is done.
    pub(crate) fn carry_out(&mut self, event: &Event) {
        let kind = event.kind();
        if !kind.is_governed() {
            return;
        }
        if let Some(governed) = &mut self.governed {
            let body = Body::digest(&event.meta(), &Digest::of(b""));
            assert!(governed.governance.done(kind, &body), "governors have not signed a record");
        }
    }

    /// Whether all of the orders could be carried out now, one after another, if governors signed them.
    ///
    /// # Errors
    ///
    /// The first rejection.
    pub fn rehearse(&self, at: LogTime, orders: Vec<Command>) -> Result<(), Rejection> {
        let first = self.objections(at, orders).into_iter().next();
        first.map_or(Ok(()), |(_, rejection)| Err(rejection))
    }

    /// Which of the orders would be rejected now, one after another, if governors signed them all;
    /// each with its place among them. What is rejected leads to nothing for those behind it.
    ///
    /// It works on a copy of the state, which takes memory and a moment: once for a change, not for
    /// a message.
    ///
    /// # Panics
    ///
    /// Never: what is decided on can be applied.
    #[must_use]
    pub fn objections(&self, at: LogTime, orders: Vec<Command>) -> Vec<(usize, Rejection)> {
        let mut copy = self.clone();
        let (at, mut effects) = (at.max(self.now), Vec::new());
        let first = self.sequence.map_or(0, |last| last + 1);
        let mut objections = Vec::new();
        for (place, (sequence, order)) in (first..).zip(orders).enumerate() {
            match copy.decide_alone(at, order) {
                Ok(decision) => copy.take(at, sequence, &decision.event, &mut effects),
                Err(rejection) => objections.push((place, rejection)),
            }
            effects.clear();
        }
        objections
    }

    /// How the network is governed; nothing where its operator alone changes it.
    #[must_use]
    pub fn governance(&self) -> Option<&Governance> {
        self.governed.as_ref().map(|governed| &governed.governance)
    }

    /// The records of governance, whose bodies are public: the founding one, then each change.
    #[must_use]
    pub fn governance_records(&self) -> &[u64] {
        self.governed.as_ref().map_or(&[], |governed| &governed.records)
    }
}

impl Governed {
    pub(crate) fn write(governed: Option<&Self>, writer: &mut Writer) {
        writer.u8(u8::from(governed.is_some()));
        let Some(Self { governance, records }) = governed else { return };
        governance.write(writer);
        writer.u32(u32::try_from(records.len()).expect("there are few changes"));
        for record in records {
            writer.u64(*record);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Option<Self>, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "governance" };
        if !crate::event::read_bool(reader, "governed")? {
            return Ok(None);
        }
        let governance = Governance::read(reader)?;
        let records = (0..reader.u32()?).map(|_| reader.u64()).collect::<Result<Vec<_>, _>>()?;
        let sound = records.len() as u64 == governance.number().saturating_add(1)
            && records.is_sorted_by(|before, after| before < after);
        if sound { Ok(Some(Self { governance, records })) } else { Err(BAD) }
    }
}

#[cfg(test)]
mod tests;
