//! What the machine takes from a record of the journal, and the bodies of the records that it writes.
//!
//! Bodies that third parties read (a message accepted, refused or acknowledged) have their forms in
//! `trust/src/evidence.rs`. All others stand here, integers big-endian, texts with two bytes of length:
//!
//! ```text
//! 16 Admitted       institution 8 | name text
//! 17 Suspended      institution 8 | reason text
//! 18 Reinstated     institution 8
//! 19 KeyGranted     the note
//! 32 SessionOpened  terminal 9 | answered through u64 | receives u8 | count u8 | (lane u8 | u64)*
//! 33 SessionClosed  terminal 9 | session u64 | reason u8
//! 48 Ticked         nothing
//! ```
//!
//! Kind 0 belongs to the journal: the machine reads nothing of its body.

use std::str::FromStr;

use iso::{Institution, Terminal};
use trust::codec::{CodecError, Reader, Writer};
use trust::{Acknowledged, HeaderError, Lane, RecordKind, Refused};

use crate::commands::close_session::CloseReason;
use crate::directory::{Grant, SessionNumber};
use crate::envelope::Envelope;
use crate::line::Line;

/// An institution was admitted.
const ADMITTED: RecordKind = RecordKind(16);
/// A member was suspended.
const SUSPENDED: RecordKind = RecordKind(17);
/// A member was reinstated.
const REINSTATED: RecordKind = RecordKind(18);
/// A key was granted.
const KEY_GRANTED: RecordKind = RecordKind(19);
/// A session was opened.
const SESSION_OPENED: RecordKind = RecordKind(32);
/// A session was closed.
const SESSION_CLOSED: RecordKind = RecordKind(33);
/// Time passed.
const TICKED: RecordKind = RecordKind(48);

/// What is to be written, as [`crate::Network::decide`] gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What the machine will take from the record; its kind is [`Event::kind`].
    pub event: Event,
    /// The record's meta: `Event::decode(event.kind(), &meta)` gives `event`.
    pub meta: Vec<u8>,
}

/// What the machine takes from a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A hub opened the journal: all links to the one before are gone.
    EpochOpened,
    /// A message was accepted.
    Accepted(Envelope),
    /// A message was refused.
    Refused {
        /// Who submitted it.
        terminal: Terminal,
        /// Under which number, which is used up.
        input_number: u64,
    },
    /// A receiver took entries of a lane over.
    Acknowledged {
        /// Who took them over.
        by: Terminal,
        /// Of which lane.
        lane: Lane,
        /// The first output number.
        first: u64,
        /// The last output number.
        through: u64,
    },
    /// An institution became a member.
    Admitted {
        /// Which one.
        institution: Institution,
        /// Its name, for people.
        name: Line,
    },
    /// A member was suspended.
    Suspended {
        /// Which one.
        institution: Institution,
        /// Why, for people.
        reason: Line,
    },
    /// A suspended member was reinstated.
    Reinstated {
        /// Which one.
        institution: Institution,
    },
    /// A terminal may sign with a key.
    KeyGranted {
        /// Which one, and when.
        grant: Box<Grant>,
    },
    /// A terminal opened a session.
    SessionOpened {
        /// Which terminal.
        terminal: Terminal,
        /// It has the answers to all input numbers up to this one.
        answered_through: u64,
        /// Whether it wants to empty its institution's lanes.
        receives: bool,
        /// What it has received of each lane; on record for later disputes, the state ignores it.
        received: Vec<(Lane, u64)>,
    },
    /// A session was closed.
    SessionClosed {
        /// Whose.
        terminal: Terminal,
        /// Which one.
        session: SessionNumber,
        /// Why.
        reason: CloseReason,
    },
    /// Time passed.
    Ticked,
}

impl Decision {
    /// The record of an event whose body stands in this file.
    pub(crate) fn of(event: Event) -> Self {
        let meta = event.meta();
        Self { event, meta }
    }
}

impl Event {
    /// The kind of its record.
    #[must_use]
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::EpochOpened => RecordKind::OPEN,
            Self::Accepted(_) => RecordKind::ACCEPTED,
            Self::Refused { .. } => RecordKind::REFUSED,
            Self::Acknowledged { .. } => RecordKind::ACKNOWLEDGED,
            Self::Admitted { .. } => ADMITTED,
            Self::Suspended { .. } => SUSPENDED,
            Self::Reinstated { .. } => REINSTATED,
            Self::KeyGranted { .. } => KEY_GRANTED,
            Self::SessionOpened { .. } => SESSION_OPENED,
            Self::SessionClosed { .. } => SESSION_CLOSED,
            Self::Ticked => TICKED,
        }
    }

    /// The meta of a record whose body stands in this file.
    fn meta(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(64);
        match self {
            // The journal and `trust` write these.
            Self::EpochOpened
            | Self::Accepted(_)
            | Self::Refused { .. }
            | Self::Acknowledged { .. }
            | Self::Ticked => {}
            Self::Admitted { institution, name: text }
            | Self::Suspended { institution, reason: text } => {
                write_institution(&mut writer, *institution);
                writer.text(text.as_str());
            }
            Self::Reinstated { institution } => write_institution(&mut writer, *institution),
            Self::KeyGranted { grant } => {
                writer.raw(grant.note.as_bytes());
            }
            Self::SessionOpened { terminal, answered_through, receives, received } => {
                write_terminal(&mut writer, *terminal);
                writer.u64(*answered_through).u8(u8::from(*receives));
                writer.u8(u8::try_from(received.len()).expect("an institution has few lanes"));
                for (lane, through) in received {
                    writer.u8(lane.0).u64(*through);
                }
            }
            Self::SessionClosed { terminal, session, reason } => {
                write_terminal(&mut writer, *terminal);
                writer.u64(session.0).u8(reason.code());
            }
        }
        writer.finish()
    }

    /// Reads what the machine takes from a record.
    ///
    /// Of the body of an accepted message only the header's first fields are read: the rest was
    /// proven before it was written, and a restart reads very many of them.
    ///
    /// # Errors
    ///
    /// An unknown kind, or a body that is not in the form of its kind.
    pub fn decode(kind: RecordKind, meta: &[u8]) -> Result<Self, EventError> {
        match kind {
            RecordKind::OPEN => return Ok(Self::EpochOpened),
            RecordKind::ACCEPTED => {
                return Ok(Self::Accepted(Envelope::of_record(meta)?));
            }
            RecordKind::REFUSED => {
                let Refused { terminal, input_number, .. } = Refused::decode(meta)?;
                return Ok(Self::Refused { terminal, input_number });
            }
            RecordKind::ACKNOWLEDGED => {
                let Acknowledged { by, lane, first, through, .. } = Acknowledged::decode(meta)?;
                return Ok(Self::Acknowledged { by, lane, first, through });
            }
            _ => {}
        }
        let mut reader = Reader::new(meta);
        let event = Self::read(kind, &mut reader)?;
        reader.finish()?;
        Ok(event)
    }

    fn read(kind: RecordKind, reader: &mut Reader<'_>) -> Result<Self, EventError> {
        Ok(match kind {
            ADMITTED => Self::Admitted {
                institution: read_institution(reader)?,
                name: parse(reader.text()?, "name")?,
            },
            SUSPENDED => Self::Suspended {
                institution: read_institution(reader)?,
                reason: parse(reader.text()?, "reason")?,
            },
            REINSTATED => Self::Reinstated { institution: read_institution(reader)? },
            KEY_GRANTED => {
                let note = std::str::from_utf8(reader.raw(reader.rest().len())?);
                let grant = Grant::of_note(note.map_err(|_| CodecError::NotText)?)?;
                Self::KeyGranted { grant: Box::new(grant) }
            }
            SESSION_OPENED => {
                let terminal = read_terminal(reader)?;
                let answered_through = reader.u64()?;
                let receives = read_bool(reader, "receives")?;
                let count = reader.u8()?;
                let received = (0..count).map(|_| Ok((Lane(reader.u8()?), reader.u64()?)));
                let received = received.collect::<Result<_, CodecError>>()?;
                Self::SessionOpened { terminal, answered_through, receives, received }
            }
            SESSION_CLOSED => Self::SessionClosed {
                terminal: read_terminal(reader)?,
                session: SessionNumber(reader.u64()?),
                reason: CloseReason::from_code(reader.u8()?)
                    .ok_or(CodecError::OutOfRange { field: "reason" })?,
            },
            TICKED => Self::Ticked,
            RecordKind(kind) => return Err(EventError::UnknownKind { kind }),
        })
    }
}

/// Why a record is none of the machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// A kind that this program does not know.
    #[error("record kind {kind} is unknown to this program")]
    UnknownKind {
        /// The kind that was found.
        kind: u16,
    },
    /// The header of a message is malformed.
    #[error("the header in the record is malformed")]
    Header(#[from] HeaderError),
    /// The body is not in the form of its kind.
    #[error("the body of the record is malformed")]
    Form(#[from] CodecError),
}

pub(crate) fn write_institution(writer: &mut Writer, institution: Institution) {
    writer.raw(institution.as_str().as_bytes());
}

pub(crate) fn read_institution(reader: &mut Reader<'_>) -> Result<Institution, CodecError> {
    parse_bytes(reader.raw(8)?, "institution")
}

pub(crate) fn write_terminal(writer: &mut Writer, terminal: Terminal) {
    write_institution(writer, terminal.institution());
    writer.u8(u8::try_from(terminal.code()).expect("a terminal's code is ASCII"));
}

pub(crate) fn read_terminal(reader: &mut Reader<'_>) -> Result<Terminal, CodecError> {
    parse_bytes(reader.raw(9)?, "terminal")
}

pub(crate) fn read_bool(reader: &mut Reader<'_>, field: &'static str) -> Result<bool, CodecError> {
    match reader.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(CodecError::OutOfRange { field }),
    }
}

pub(crate) fn parse<T: FromStr>(text: &str, field: &'static str) -> Result<T, CodecError> {
    text.parse().map_err(|_| CodecError::OutOfRange { field })
}

fn parse_bytes<T: FromStr>(bytes: &[u8], field: &'static str) -> Result<T, CodecError> {
    parse(std::str::from_utf8(bytes).map_err(|_| CodecError::NotText)?, field)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;

    use super::*;
    use crate::script::Stage;

    #[test]
    fn the_bodies_of_records_are_frozen() {
        let mut stage = Stage::with_members();
        stage.play(
            "
            suspend ALPHDEFF a reason
            reinstate ALPHDEFF
            open ALPHDEFFA receives answered=0 system=0 normal=0
            close ALPHDEFFA lost
            tick
            ",
        );
        let records = stage.journal.iter().filter(|record| record.kind.0 >= 16);
        let lines = records.map(|record| {
            let bytes = record.meta.iter();
            let text: String =
                bytes.map(|byte| char::from(*byte).escape_default().to_string()).collect();
            format!("{} {text}\n", record.kind.0)
        });
        expect![[r#"
            16 ALPHDEFF\u{0}\nAlpha Bank
            16 BANKFRPP\u{0}\u{8}Banque B
            19 nuncio key grant 1\nnetwork demo\nholder ALPHDEFFA\nkey ed25519:iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=\nfrom 1970-01-01T00:00:00.000000Z\nuntil 1970-01-01T00:00:01.000000Z\n\n\u{e2}\u{80}\u{94} nuncio/demo/root AAAA\n
            19 nuncio key grant 1\nnetwork demo\nholder BANKFRPPA\nkey ed25519:iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=\nfrom 1970-01-01T00:00:00.000000Z\nuntil 1970-01-01T00:00:01.000000Z\n\n\u{e2}\u{80}\u{94} nuncio/demo/root AAAA\n
            32 ALPHDEFFA\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}\u{0}
            32 BANKFRPPA\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}\u{0}
            17 ALPHDEFF\u{0}\u{8}a reason
            18 ALPHDEFF
            32 ALPHDEFFA\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}\u{2}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{2}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}
            33 ALPHDEFFA\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{2}\u{2}
            48 
        "#]].assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn an_unknown_kind_is_refused() {
        let unknown = Event::decode(RecordKind(99), b"");
        assert_eq!(unknown, Err(EventError::UnknownKind { kind: 99 }));
    }

    #[test]
    fn a_body_has_one_form() {
        let stage = Stage::with_members();
        // What ends a note is a matter of its signatures.
        let ours = stage.journal.iter().filter(|it| it.kind.0 >= 16 && it.kind != KEY_GRANTED);
        for record in ours {
            let mut longer = record.meta.clone();
            longer.push(0);
            assert!(Event::decode(record.kind, &longer).is_err(), "record {}", record.sequence);
            for length in 0..record.meta.len() {
                let cut = Event::decode(record.kind, &record.meta[..length]);
                assert!(cut.is_err(), "record {} cut at {length}", record.sequence);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn no_body_makes_the_reader_panic(
            kind in 0..50_u16,
            meta in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            if let Ok(event) = Event::decode(RecordKind(kind), &meta) {
                prop_assert_eq!(event.kind(), RecordKind(kind));
            }
        }
    }
}
