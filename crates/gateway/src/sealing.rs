//! Sealed messages at a gateway: what leaves here only its receiver can read, and what comes is
//! opened, checked and, where it does not hold, declined.
//!
//! The check of the standard is made before a message is sealed and after it is opened; the network
//! sees neither text. The grants of receivers' keys come from the hub, which is not believed: each
//! must be signed by the network's root, and cover now.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use document::{Checkers, Document, Findings, Profile};
use iso::Institution;
use session::gateway::Message;
use trust::{
    Fault, Header, KeyGrant, LogTime, NetworkKeys, Opened, OpeningKey, Reason, SealError, Sealer,
    open_sealed,
};

use crate::link::Signing;
use crate::random;
use crate::store::OpenedEntry;

/// How long a receiver's key is used before the hub is asked again, in microseconds.
const KNOWN_FOR: u64 = 60 * 1_000_000;

/// What seals and opens the messages of a gateway.
pub(crate) struct Sealing {
    /// What signs within.
    signing: Arc<Signing>,
    network: NetworkKeys,
    /// What opens: the keys of the institution, the newest and those before it.
    opening: Vec<OpeningKey>,
    checkers: Checkers,
    /// The receivers' keys that are known, and when they were asked for.
    known: Mutex<BTreeMap<Institution, (LogTime, KeyGrant)>>,
}

impl Sealing {
    pub(crate) fn new(
        signing: Arc<Signing>,
        network: NetworkKeys,
        opening: Vec<OpeningKey>,
        checkers: Checkers,
    ) -> Self {
        Self { signing, network, opening, checkers, known: Mutex::default() }
    }

    /// The key of a receiver that was learnt a short while ago.
    pub(crate) fn fresh(&self, receiver: Institution, now: LogTime) -> Option<KeyGrant> {
        let (asked_at, _) = *self.known(|known| known.get(&receiver).cloned()).as_ref()?;
        let is_fresh = now.0.saturating_sub(asked_at.0) < KNOWN_FOR;
        self.last(receiver, now).filter(|_| is_fresh)
    }

    /// The key of a receiver that was learnt last, while its grant lasts.
    pub(crate) fn last(&self, receiver: Institution, now: LogTime) -> Option<KeyGrant> {
        let known = self.known(|known| known.get(&receiver).cloned());
        known.map(|(_, grant)| grant).filter(|grant| grant.covers(now))
    }

    /// Chooses among the grants that the hub names: the one that begins last of those that hold now.
    pub(crate) fn learn(
        &self,
        receiver: Institution,
        notes: &[String],
        now: LogTime,
    ) -> Option<KeyGrant> {
        let grants = notes.iter().filter_map(|note| {
            let grant = KeyGrant::open(note, self.network.roots()).ok()?;
            let is_theirs = grant.network == *self.network.network()
                && grant.holder.institution() == receiver
                && !grant.key.algorithm().signs();
            (is_theirs && grant.covers(now)).then_some(grant)
        });
        let newest = grants.max_by_key(|grant| grant.from);
        self.known(|known| match &newest {
            Some(grant) => known.insert(receiver, (now, grant.clone())),
            // It had one, and has none any more.
            None => known.remove(&receiver),
        });
        newest
    }

    fn known<T>(
        &self,
        look: impl FnOnce(&mut BTreeMap<Institution, (LogTime, KeyGrant)>) -> T,
    ) -> T {
        look(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Seals a text that was checked; its header says that it is sealed, and is finished but for the
    /// number.
    pub(crate) fn seal(
        &self,
        mut header: Header,
        text: &[u8],
        to: &KeyGrant,
    ) -> Result<(Header, Vec<u8>, OpenedEntry), SealError> {
        header.is_sealed = true;
        let (key, grant) = self.signing.granted_key();
        let sealer = Sealer { signing: &key, grant: &grant, to: &to.key };
        let (envelope, disclosure) = sealer.seal(&header, text, random::fill)?;
        header.payload_length = u32::try_from(envelope.len()).map_err(|_| SealError::Receiver)?;
        Ok((header, envelope, OpenedEntry::new(&disclosure, text)))
    }

    /// Opens a sealed message and checks all that its receiver can: who signed within, that the text
    /// is what the header says, and that it holds by the standard and the rules.
    ///
    /// # Errors
    ///
    /// Why it is declined.
    pub(crate) fn open(&self, message: &Message, profile: Profile) -> Result<OpenedEntry, Reason> {
        let (header, evidence) = (&message.header, &message.evidence);
        let sealed = |error: trust::SealedError| {
            let is_ours = matches!(error, trust::SealedError::UnknownKey { .. });
            let fault = if is_ours { Fault::Receiver } else { Fault::Sender };
            reason(error.code(), fault, "payload", &error.to_string())
        };
        let Opened { text, disclosure } =
            open_sealed(&self.opening, header, &message.payload).map_err(sealed)?;
        let of = (header, &evidence.payload_digest);
        disclosure.verify(of, evidence.head.at, &text, self.network.roots()).map_err(sealed)?;
        let check = |checker: &mut document::Checker| checker.check(&text);
        let document = self.checkers.with_profile(profile, check).map_err(|it| unsound(&it))?;
        match disagreement(header, &document) {
            Some(what) => {
                let words = format!("the {what} of the sealed text is not that of the header");
                Err(reason("SEA006", Fault::Sender, "payload", &words))
            }
            None => Ok(OpenedEntry::new(&disclosure, &text)),
        }
    }
}

/// The first thing that the standard or the rules have against a text.
fn unsound(findings: &Findings) -> Reason {
    let first = findings.list.first();
    let words = first.map_or_else(String::new, |it| format!("{} {}", it.code, it.text));
    let place = first.map_or("", |it| &it.place);
    reason("SEA007", Fault::Sender, place, &format!("the sealed text is not sound: {words}"))
}

/// What a text says otherwise than its header.
fn disagreement(header: &Header, document: &Document) -> Option<&'static str> {
    let agrees = [
        ("sender", document.from.institution() == header.sender.institution()),
        ("receiver", document.to == header.receiver),
        ("type", document.message_type == header.message_type.as_str()),
        ("reference", document.reference == header.reference.as_str()),
        ("transaction", document.uetr == header.uetr),
    ];
    agrees.into_iter().find(|(_, agrees)| !agrees).map(|(what, _)| what)
}

fn reason(code: &str, fault: Fault, place: &str, text: &str) -> Reason {
    Reason::new(code.parse().expect("a code is a label"), fault, place, text)
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealing").field("opening", &self.opening).finish_non_exhaustive()
    }
}
