//! Governance: changes of a network that count only with the signatures of enough governors.
//!
//! A change is a text that governors sign as a note (C2SP signed-note), each with its own key:
//!
//! ```text
//! nuncio change 1
//! network <name>
//! number <from 1, without a gap>
//! previous <SHA-256 of the text of the change before; for the first, of the founding keys>
//! because <why, in one line>
//! act <kind of record> <base64 of the record's meta>
//! ...
//! ```
//!
//! An act is exactly the record that it leads to: kind and meta. So whoever reads the public log, in
//! which each head has a kind and a digest of the body, sees for every record that changes the network
//! whether it is the next act that governors have signed ([`Governance::allows`]), without seeing any
//! other body. Network, number and previous text bind a change to one place: it counts once, and only
//! after the change that it was signed to follow.
//!
//! What the bytes of an act mean, the machine knows (crate `network`), not this file.

mod audit;

pub use audit::{Audit, AuditError, Audited, Signed};

use std::collections::VecDeque;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::codec::{CodecError, Reader, Writer};
use crate::note::{self, NOTE_LENGTH_MAX, NoteError, NoteSigner, VerifierKey};
use crate::{Body, Digest, NetworkKeys, NetworkName, RecordKind};

/// How many acts a change has at most.
pub const ACTS_MAX: usize = 1_000;
/// How long the reason of a change is at most, in bytes.
pub const BECAUSE_LENGTH_MAX: usize = 140;

const TITLE: &str = "nuncio change 1";

/// One record that a change leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The kind of the record; one that is governed.
    pub kind: RecordKind,
    /// The meta of the record; its payload is empty.
    pub meta: Vec<u8>,
}

impl Act {
    /// The digest of the record's body, as its head has it.
    #[must_use]
    pub fn body(&self) -> Digest {
        Body::digest(&self.meta, &Digest::of(b""))
    }
}

/// A change of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Of which network.
    pub network: NetworkName,
    /// Its number, from 1.
    pub number: u64,
    /// What it follows: [`Governance::last`] before it.
    pub previous: Digest,
    /// Why, for people: 1 to [`BECAUSE_LENGTH_MAX`] bytes without control characters.
    pub because: String,
    /// What is done, in this order; 1 to [`ACTS_MAX`].
    pub acts: Vec<Act>,
}

impl Change {
    /// The text that governors sign.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { network, number, previous, because, acts } = self;
        let mut text = format!(
            "{TITLE}\nnetwork {network}\nnumber {number}\nprevious {previous}\nbecause {because}\n"
        );
        for Act { kind, meta } in acts {
            text.push_str(&format!("act {} {}\n", kind.0, STANDARD.encode(meta)));
        }
        text
    }

    /// Reads a text, and only the one text of its values.
    ///
    /// # Errors
    ///
    /// [`GovernanceError::Form`].
    pub fn parse(text: &str) -> Result<Self, GovernanceError> {
        let change = Self::read(text).ok_or(GovernanceError::Form)?;
        let sound = (1..=BECAUSE_LENGTH_MAX).contains(&change.because.len())
            && !change.because.chars().any(char::is_control)
            && (1..=ACTS_MAX).contains(&change.acts.len())
            && change.acts.iter().all(|act| act.kind.is_governed())
            && text.len() <= NOTE_LENGTH_MAX / 2
            && change.text() == text;
        if sound { Ok(change) } else { Err(GovernanceError::Form) }
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.split_terminator('\n');
        if lines.next()? != TITLE {
            return None;
        }
        let network = lines.next()?.strip_prefix("network ")?.parse().ok()?;
        let number = lines.next()?.strip_prefix("number ")?.parse().ok()?;
        let previous = lines.next()?.strip_prefix("previous ")?.parse().ok()?;
        let because = lines.next()?.strip_prefix("because ")?.to_owned();
        let acts = lines.map(|line| {
            let (kind, meta) = line.strip_prefix("act ")?.split_once(' ')?;
            Some(Act { kind: RecordKind(kind.parse().ok()?), meta: STANDARD.decode(meta).ok()? })
        });
        Some(Self { network, number, previous, because, acts: acts.collect::<Option<_>>()? })
    }

    /// Reads a file with a change: the text alone, or the text with signatures, which are not checked.
    ///
    /// # Errors
    ///
    /// [`GovernanceError::Form`].
    pub fn of_file(file: &str) -> Result<Self, GovernanceError> {
        Self::parse(text_of(file))
    }

    /// Adds the signature of a governor to a file with a change.
    ///
    /// # Errors
    ///
    /// [`GovernanceError::Form`] for what is no change, [`GovernanceError::Note`] where this governor
    /// has signed it already or the module that holds the key does not sign.
    pub fn countersign(file: &str, governor: &NoteSigner) -> Result<String, GovernanceError> {
        Self::of_file(file)?;
        Ok(note::countersign(file, governor)?)
    }

    /// Those of the keys that have signed a file with a change.
    ///
    /// # Errors
    ///
    /// [`GovernanceError::Form`] for what is no change, [`GovernanceError::Note`] where the line of
    /// a known key does not fit.
    pub fn signers<'a>(
        file: &'a str,
        keys: &'a [VerifierKey],
    ) -> Result<Vec<&'a VerifierKey>, GovernanceError> {
        Self::of_file(file)?;
        if text_of(file).len() == file.len() {
            return Ok(Vec::new());
        }
        match note::open(file, keys) {
            Ok(opened) => Ok(opened.signers),
            Err(NoteError::Unsigned) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The text of a note, or all of a text without signatures.
fn text_of(file: &str) -> &str {
    file.rfind("\n\n").and_then(|cut| file.get(..=cut)).unwrap_or(file)
}

/// How a network is governed: by whom, and what they have signed that is not done yet.
///
/// It is the same in the machine and for whoever reads the log; both feed it with the same records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Governance {
    keys: NetworkKeys,
    /// The number of the last change.
    number: u64,
    /// The digest of the text of the last change; of the founding keys before the first.
    last: Digest,
    /// Kind and body of what was signed and is not done, the next first.
    ///
    /// Invariant: at most [`ACTS_MAX`].
    signed: VecDeque<(RecordKind, Digest)>,
}

impl Governance {
    /// A network whose governors stand in its public keys, before the first change.
    ///
    /// # Errors
    ///
    /// [`GovernanceError::NoGovernors`].
    pub fn found(keys: NetworkKeys) -> Result<Self, GovernanceError> {
        if keys.consent() == 0 {
            return Err(GovernanceError::NoGovernors);
        }
        let last = Digest::of(keys.to_string().as_bytes());
        Ok(Self { keys, number: 0, last, signed: VecDeque::new() })
    }

    /// The network's public keys, as they were founded or changed to last.
    #[must_use]
    pub fn keys(&self) -> &NetworkKeys {
        &self.keys
    }

    /// The number of the last change; 0 before the first.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What the next change must name as `previous`.
    #[must_use]
    pub fn last(&self) -> Digest {
        self.last
    }

    /// How many acts of the last change are not done.
    #[must_use]
    pub fn open_acts(&self) -> usize {
        self.signed.len()
    }

    /// Checks a signed change: that it is of this network, is the next one, and that enough governors
    /// have signed exactly this text.
    ///
    /// # Errors
    ///
    /// [`GovernanceError`] says what does not fit.
    pub fn check(&self, note: &str) -> Result<Change, GovernanceError> {
        let change = Change::of_file(note)?;
        let (expected, found) = (*self.keys.network(), change.network);
        if expected != found {
            return Err(GovernanceError::Network { expected, found });
        }
        let (expected, found) = (self.number + 1, change.number);
        if expected != found {
            return Err(GovernanceError::Number { expected, found });
        }
        if change.previous != self.last {
            return Err(GovernanceError::Previous { number: found });
        }
        let found = Change::signers(note, self.keys.governors())?.len();
        let wanted = self.keys.consent();
        if found < wanted {
            return Err(GovernanceError::Signatures { found, wanted });
        }
        Ok(change)
    }

    /// Takes a change that [`Self::check`] has let pass. What was open of the one before is void.
    ///
    /// # Errors
    ///
    /// [`GovernanceError::Form`] for what is no change.
    pub fn take(&mut self, note: &str) -> Result<(), GovernanceError> {
        let change = Change::of_file(note)?;
        self.number = change.number;
        self.last = Digest::of(text_of(note).as_bytes());
        self.signed = change.acts.iter().map(|act| (act.kind, act.body())).collect();
        Ok(())
    }

    /// Whether a record is the next act that governors have signed.
    #[must_use]
    pub fn allows(&self, kind: RecordKind, body: &Digest) -> bool {
        self.signed.front() == Some(&(kind, *body))
    }

    /// Notes that the next act is done; gives whether it was this one.
    pub fn done(&mut self, kind: RecordKind, body: &Digest) -> bool {
        let allowed = self.allows(kind, body);
        if allowed {
            self.signed.pop_front();
        }
        allowed
    }

    /// Replaces the network's public keys, as an act says.
    ///
    /// # Errors
    ///
    /// [`GovernanceError::NoGovernors`] where there would be none, and
    /// [`GovernanceError::Network`] where they are another network's.
    pub fn replace_keys(&mut self, keys: NetworkKeys) -> Result<(), GovernanceError> {
        let (expected, found) = (*self.keys.network(), *keys.network());
        if expected != found {
            return Err(GovernanceError::Network { expected, found });
        }
        if keys.consent() == 0 {
            return Err(GovernanceError::NoGovernors);
        }
        self.keys = keys;
        Ok(())
    }

    /// `keys bytes | number u64 | last 32 | open acts: count u16, (kind u16 | body 32)*`
    ///
    /// # Panics
    ///
    /// Never: a change has at most 1,000 acts.
    pub fn write(&self, writer: &mut Writer) {
        writer.bytes(self.keys.to_string().as_bytes()).u64(self.number).digest(&self.last);
        writer.u16(u16::try_from(self.signed.len()).expect("at most 1,000 acts"));
        for (kind, body) in &self.signed {
            writer.u16(kind.0).digest(body);
        }
    }

    /// Reads what [`Self::write`] wrote.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "governance" };
        let text = std::str::from_utf8(reader.bytes()?).map_err(|_| CodecError::NotText)?;
        let keys: NetworkKeys = text.parse().map_err(|_| BAD)?;
        if keys.to_string() != text || keys.consent() == 0 {
            return Err(BAD);
        }
        let (number, last, count) = (reader.u64()?, reader.digest()?, reader.u16()?);
        if usize::from(count) > ACTS_MAX {
            return Err(BAD);
        }
        let signed = (0..count).map(|_| Ok((RecordKind(reader.u16()?), reader.digest()?)));
        let signed = signed.collect::<Result<_, CodecError>>()?;
        Ok(Self { keys, number, last, signed })
    }
}

/// Why a change is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GovernanceError {
    /// The text is no change.
    #[error("the text is no change of a network")]
    Form,
    /// It is of another network.
    #[error("this is of network {found}, but the network is {expected}")]
    Network {
        /// The network.
        expected: NetworkName,
        /// The one that is named.
        found: NetworkName,
    },
    /// It is not the next change.
    #[error("this is change {found}, but the next is {expected}")]
    Number {
        /// The next.
        expected: u64,
        /// The one that was found.
        found: u64,
    },
    /// It was signed to follow another change.
    #[error("change {number} was signed to follow another change than the last one")]
    Previous {
        /// Its number.
        number: u64,
    },
    /// Too few governors signed it.
    #[error("{found} governors have signed this very change, but {wanted} must")]
    Signatures {
        /// How many have.
        found: usize,
        /// How many must.
        wanted: usize,
    },
    /// A governed network has governors.
    #[error("the keys of the network name no governors")]
    NoGovernors,
    /// The note is refused.
    #[error("the signatures under the change are refused")]
    Note(#[from] NoteError),
}

#[cfg(test)]
mod tests;
