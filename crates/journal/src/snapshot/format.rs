//! The bytes of a snapshot.
//!
//! Integers are big-endian. `docs/journal.md` has the same table with its reasons.
//!
//! ```text
//!    0 magic "NUNP"           4 version u16 = 1       6 shard u16
//!    8 network, 32 bytes padded with zeros           40 size of the file u64, bytes
//!   48 next sequence u64     56 hash of the record before it, 32 bytes
//!   88 epoch u64             96 writer u64          104 time u64, all of the record before
//!  112 sections u16         114 zeros
//!  128 table: for each section its name (length u16, then ASCII) and its length u64
//!      then the contents of the sections, in the order of the table, which is that of the names
//!      then SHA-256 of all bytes before, 32 bytes
//! ```

use std::collections::BTreeMap;
use std::io;

use bytes::Bytes;
use trust::codec::{CodecError, Reader, Writer};
use trust::{Digest, Hasher, Label, LogTime, Shard};

use crate::chain::Chain;
use crate::format::is_zero;
use crate::snapshot::Snapshot;

/// How many sections a snapshot has at most.
pub const SECTIONS_MAX: usize = 256;
/// How many bytes the name of a section has at most.
pub const SECTION_NAME_MAX: usize = 64;

const MAGIC: [u8; 4] = *b"NUNP";
const VERSION: u16 = 1;
const HEADER: usize = 128;
const DIGEST: usize = 32;
const SUFFIX: &str = ".snapshot";
const DIGITS: usize = 20;

/// Why a snapshot cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Its bytes are not those that were written.
    #[error("its bytes are not what was written")]
    Damaged,
    /// The medium does not give its bytes.
    #[error("it cannot be read: {kind}")]
    Unreadable {
        /// What the operating system said.
        kind: io::ErrorKind,
    },
    /// It was written by another version of this program.
    #[error("it has format {version}, but this program knows 1")]
    Version {
        /// The format that it names.
        version: u16,
    },
    /// It is whole, but stands under the name of another place.
    #[error("its name is that of another place")]
    Misplaced,
}

/// The name of the snapshot of this place: with that of a segment in digits, so that both sort.
pub(crate) fn file_name(next: u64) -> String {
    format!("{next:0DIGITS$}{SUFFIX}")
}

/// The place of the snapshot with this name; nothing where it is no name of one.
pub(crate) fn place_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    let plain = digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// The bytes of a snapshot in parts, so that great sections are not copied.
pub(super) fn parts(snapshot: &Snapshot) -> Vec<Bytes> {
    let chain = &snapshot.chain;
    let count = snapshot.sections.len();
    assert!(count <= SECTIONS_MAX, "a snapshot has at most {SECTIONS_MAX} sections");
    let mut table = Writer::with_capacity(count * 32);
    for (name, content) in &snapshot.sections {
        let legal = (1..=SECTION_NAME_MAX).contains(&name.len()) && name.is_ascii();
        assert!(legal, "the name of a section is ASCII of 1 to {SECTION_NAME_MAX} bytes");
        table.text(name).u64(content.len() as u64);
    }
    let table = table.finish();
    let contents: usize = snapshot.sections.values().map(Bytes::len).sum();
    let total = HEADER + table.len() + contents + DIGEST;
    let mut header = Writer::with_capacity(HEADER + table.len());
    header.raw(&MAGIC).u16(VERSION).u16(chain.shard.0).raw(chain.network.padded());
    header.u64(total as u64).u64(chain.next).digest(&chain.previous);
    header.u64(chain.epoch).u64(chain.writer).u64(chain.at.0);
    header.u16(u16::try_from(count).expect("it is at most 256"));
    let mut header = header.finish();
    header.resize(HEADER, 0);
    header.extend_from_slice(&table);
    let mut parts: Vec<Bytes> = vec![header.into()];
    parts.extend(snapshot.sections.values().cloned());
    let mut hasher = Hasher::new();
    parts.iter().for_each(|part| hasher.update(part));
    parts.push(Bytes::copy_from_slice(hasher.finish().as_bytes()));
    parts
}

/// Reads a snapshot; its sections share the bytes.
pub(super) fn decode(bytes: &Bytes) -> Result<Snapshot, Unusable> {
    let end = bytes.len().checked_sub(DIGEST).filter(|end| *end >= HEADER);
    let (all, digest) = end.and_then(|end| bytes.split_at_checked(end)).ok_or(Unusable::Damaged)?;
    // The digest stands at the end in every version, so that a newer one is told from a damaged
    // one.
    if Digest::of(all).as_bytes() != digest || !all.starts_with(&MAGIC) {
        return Err(Unusable::Damaged);
    }
    let version = Reader::new(all.get(MAGIC.len()..).unwrap_or_default()).u16();
    match version {
        Ok(VERSION) => fields(bytes, all).ok().flatten().ok_or(Unusable::Damaged),
        Ok(version) => Err(Unusable::Version { version }),
        Err(_) => Err(Unusable::Damaged),
    }
}

/// The fields of a file whose digest is right; nothing where they do not fit each other.
fn fields(bytes: &Bytes, all: &[u8]) -> Result<Option<Snapshot>, CodecError> {
    let mut reader = Reader::new(all);
    let _magic_and_version = (reader.u32()?, reader.u16()?);
    let shard = Shard(reader.u16()?);
    let network = Label::from_padded(&reader.array()?);
    let size = reader.u64()?;
    let next = reader.u64()?;
    let previous = reader.digest()?;
    let (epoch, writer, at) = (reader.u64()?, reader.u64()?, LogTime(reader.u64()?));
    let count = reader.u16()?;
    let slack: [u8; HEADER - 114] = reader.array()?;
    let Ok(network) = network else { return Ok(None) };
    if size != bytes.len() as u64 || !is_zero(&slack) || usize::from(count) > SECTIONS_MAX {
        return Ok(None);
    }
    let mut table = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        table.push((reader.text()?.to_owned(), reader.u64()?));
    }
    let mut sections = BTreeMap::new();
    for (name, length) in table {
        let Ok(length) = usize::try_from(length) else { return Ok(None) };
        sections.insert(name, bytes.slice_ref(reader.raw(length)?));
    }
    reader.finish()?;
    let chain = Chain { network, shard, epoch, writer, next, at, previous };
    Ok((sections.len() == usize::from(count)).then_some(Snapshot { chain, sections }))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use expect_test::expect;
    use proptest::prelude::*;

    use super::*;

    fn snapshot(sections: BTreeMap<String, Bytes>) -> Snapshot {
        let chain = Chain {
            network: "demo".parse().unwrap(),
            shard: Shard(3),
            epoch: 2,
            writer: 7,
            next: 9,
            at: LogTime(5),
            previous: Digest([0xaa; 32]),
        };
        Snapshot { chain, sections }
    }

    fn encode(snapshot: &Snapshot) -> Bytes {
        parts(snapshot).concat().into()
    }

    fn small() -> Snapshot {
        let section = |text: &'static str| Bytes::from_static(text.as_bytes());
        snapshot([("merkle".to_owned(), section("tree")), ("a".to_owned(), section(""))].into())
    }

    #[test]
    fn a_snapshot_has_these_bytes() {
        let mut text = String::new();
        for line in encode(&small()).chunks(32) {
            line.iter().for_each(|byte| write!(text, "{byte:02x}").unwrap());
            text.push('\n');
        }
        expect![[r#"
            4e554e500001000364656d6f0000000000000000000000000000000000000000
            000000000000000000000000000000bf0000000000000009aaaaaaaaaaaaaaaa
            aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0000000000000002
            0000000000000007000000000000000500020000000000000000000000000000
            000161000000000000000000066d65726b6c65000000000000000474726565c3
            6730f9911c63c9e46a7c12ff679ebd14cc444f4ebfd5e54a60055dc8f4146f
        "#]]
        .assert_eq(&text);
    }

    #[test]
    fn any_changed_bit_is_seen() {
        let bytes = encode(&small());
        assert_eq!(decode(&bytes), Ok(small()));
        for at in 0..bytes.len() * 8 {
            let mut harmed = bytes.to_vec();
            harmed[at / 8] ^= 1 << (at % 8);
            assert_eq!(decode(&harmed.into()), Err(Unusable::Damaged), "bit {at}");
        }
        for length in 0..bytes.len() {
            assert_eq!(decode(&bytes.slice(..length)), Err(Unusable::Damaged), "{length} bytes");
        }
    }

    #[test]
    fn a_newer_format_is_told_from_damage() {
        let mut bytes = encode(&small()).to_vec();
        let end = bytes.len() - DIGEST;
        bytes[5] = 2;
        let digest = Digest::of(&bytes[..end]);
        bytes[end..].copy_from_slice(digest.as_bytes());
        assert_eq!(decode(&bytes.into()), Err(Unusable::Version { version: 2 }));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            sections in proptest::collection::btree_map(
                "[a-z/.]{1,64}",
                proptest::collection::vec(any::<u8>(), 0..300).prop_map(Bytes::from),
                0..6,
            )
        ) {
            let snapshot = snapshot(sections);
            prop_assert_eq!(decode(&encode(&snapshot)), Ok(snapshot));
        }

        #[test]
        fn no_bytes_under_a_right_digest_make_it_panic(
            mut bytes in proptest::collection::vec(any::<u8>(), 0..400)
        ) {
            if let Some(start) = bytes.get_mut(..6) {
                start.copy_from_slice(b"NUNP\0\x01");
            }
            bytes.extend_from_slice(Digest::of(&bytes).as_bytes());
            let _ = decode(&bytes.into());
        }
    }
}
