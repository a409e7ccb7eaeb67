//! The bytes of a segment: its header, the headers of groups, and records.
//!
//! Integers are big-endian; all checksums are CRC32C. A *block* is the unit in which groups are
//! aligned. `docs/journal.md` has the same tables with their reasons.
//!
//! ```text
//! segment header, 512 bytes, then zeros up to the first block
//!    0 magic "NUNS"           4 version u16 = 1       6 shard u16
//!    8 checksum u32 of bytes 0..8 and 12..512        12 block u32, bytes
//!   16 network, 32 bytes padded with zeros           48 size of the segment u64, bytes
//!   56 first sequence u64    64 previous hash, 32 bytes
//!   96 salt u64             104 first sequence of the segment before u64, or its own if none
//!  112 epoch u64            120 writer u64          128 time u64, all of the record before
//!  136 zeros
//!
//! group header, 64 bytes, at the start of a block
//!    0 magic "NUNG"           4 checksum u32 of bytes 0..4 and 8..64
//!    8 bytes u32 of the group with this header, without its padding
//!   12 records u32           16 first sequence u64   24 salt u64   32 previous hash, 32 bytes
//!
//! record, right after the group header or the record before
//!    0 length u32 of head, meta and payload          4 length u32 of meta
//!    8 first sequence u64 of its group
//!   16 checksum u32 of the salt and of bytes 24 to the end, with padding
//!   20 tag u32: checksum of the salt and of bytes 0..20
//!   24 head, 140 bytes      164 meta      then payload, then zeros up to a multiple of 8
//! ```

use trust::codec::{Reader, Writer};
use trust::{Digest, Hasher, Label, LogTime, RecordHead, Shard};

use crate::chain::Chain;

/// The version of all formats here.
pub(crate) const VERSION: u16 = 1;
/// How many bytes of a segment's header mean something.
pub(crate) const SEGMENT_HEADER: usize = 512;
/// How many bytes the header of a group has.
pub(crate) const GROUP_HEADER: usize = 64;
/// How many bytes of a record stand before its head.
pub(crate) const PREFIX: usize = 24;
/// How many bytes a record has without meta, payload and padding.
pub(crate) const RECORD_FIXED: usize = PREFIX + RecordHead::LENGTH;
const RECORD_ALIGN: usize = 8;
/// Where the tag stands in a prefix: it covers all before.
const TAG: usize = 20;

const SEGMENT_MAGIC: [u8; 4] = *b"NUNS";
const GROUP_MAGIC: [u8; 4] = *b"NUNG";
/// With what the head of a record starts.
pub(crate) const HEAD_MAGIC: [u8; 4] = *b"NUNR";

const _: () = assert!(RECORD_FIXED.is_multiple_of(4) && GROUP_HEADER.is_multiple_of(RECORD_ALIGN));
const _: () = assert!(SEGMENT_HEADER <= crate::local::BLOCK_MIN as usize);

/// What the first block of a segment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    /// Groups start at multiples of it.
    pub(crate) block: u32,
    /// The size of the file.
    pub(crate) bytes: u64,
    /// A number that outsiders cannot guess; what does not carry it was not written for here.
    pub(crate) salt: u64,
    /// The first sequence of the segment before, or its own where there is none.
    pub(crate) before: u64,
    /// Where the log stands before the first record of this segment.
    pub(crate) start: Chain,
}

/// Why bytes are no header of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    /// Not what was written.
    Damaged,
    /// Written by a program of another version.
    Version(u16),
}

impl SegmentHeader {
    /// The bytes of it.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let start = &self.start;
        let mut writer = Writer::with_capacity(SEGMENT_HEADER);
        writer.raw(&SEGMENT_MAGIC).u16(VERSION).u16(start.shard.0).u32(0).u32(self.block);
        writer.raw(start.network.padded()).u64(self.bytes).u64(start.next);
        writer.digest(&start.previous).u64(self.salt).u64(self.before);
        writer.u64(start.epoch).u64(start.writer).u64(start.at.0);
        let mut bytes = writer.finish();
        bytes.resize(SEGMENT_HEADER, 0);
        seal(&mut bytes, 8);
        bytes
    }

    /// Reads them; `bytes` has [`SEGMENT_HEADER`] of them.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, HeaderFault> {
        if !sealed(bytes, 8) || !bytes.starts_with(&SEGMENT_MAGIC) {
            return Err(HeaderFault::Damaged);
        }
        let mut reader = Reader::new(bytes);
        // The checksum stands at the same place in every version, so that a newer one is told from
        // a damaged one.
        let version = reader.u32().and_then(|_| reader.u16()).map_err(|_| HeaderFault::Damaged)?;
        if version != VERSION {
            return Err(HeaderFault::Version(version));
        }
        Self::fields(&mut reader).ok_or(HeaderFault::Damaged)
    }

    fn fields(reader: &mut Reader<'_>) -> Option<Self> {
        let shard = Shard(reader.u16().ok()?);
        let _checksum = reader.u32().ok()?;
        let block = reader.u32().ok()?;
        let network = Label::from_padded(&reader.array().ok()?).ok()?;
        let bytes = reader.u64().ok()?;
        let next = reader.u64().ok()?;
        let previous = reader.digest().ok()?;
        let salt = reader.u64().ok()?;
        let before = reader.u64().ok()?;
        let epoch = reader.u64().ok()?;
        let writer = reader.u64().ok()?;
        let at = LogTime(reader.u64().ok()?);
        let start = Chain { network, shard, epoch, writer, next, at, previous };
        let sound = crate::local::block_is_legal(block)
            && crate::local::segment_is_legal(bytes, block)
            && is_zero(reader.rest());
        sound.then_some(Self { block, bytes, salt, before, start })
    }

    /// With what the checksums of this segment's records begin.
    pub(crate) fn seed(&self) -> u32 {
        seed(self.salt)
    }
}

/// With what the checksums of records begin in a segment of this salt.
pub(crate) fn seed(salt: u64) -> u32 {
    crc32c::crc32c(&salt.to_be_bytes())
}

/// What stands before the records of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupHeader {
    /// The bytes of the group with this header, without its padding.
    pub(crate) bytes: u32,
    /// How many records it has.
    pub(crate) records: u32,
    /// The first of them.
    pub(crate) first: u64,
    /// The salt of the segment.
    pub(crate) salt: u64,
    /// The hash of the record before the group.
    pub(crate) previous: Digest,
}

impl GroupHeader {
    /// The bytes of it.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(GROUP_HEADER);
        writer.raw(&GROUP_MAGIC).u32(0).u32(self.bytes).u32(self.records).u64(self.first);
        writer.u64(self.salt).digest(&self.previous);
        let mut bytes = writer.finish();
        seal(&mut bytes, 4);
        bytes
    }

    /// Reads them; nothing where they are no header of a group.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..GROUP_HEADER)?;
        if !bytes.starts_with(&GROUP_MAGIC) || !sealed(bytes, 4) {
            return None;
        }
        let mut reader = Reader::new(bytes);
        let _magic_and_checksum = reader.u64().ok()?;
        Some(Self {
            bytes: reader.u32().ok()?,
            records: reader.u32().ok()?,
            first: reader.u64().ok()?,
            salt: reader.u64().ok()?,
            previous: reader.digest().ok()?,
        })
    }

    /// How much of the segment the group takes.
    pub(crate) fn extent(&self, block: u32) -> u64 {
        u64::from(self.bytes).next_multiple_of(u64::from(block))
    }
}

/// What stands before the head of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    length: u32,
    meta: u32,
    /// The first record of its group.
    pub(crate) first: u64,
    checksum: u32,
}

impl Prefix {
    /// Reads it; nothing where it was not written into a segment of this seed.
    pub(crate) fn decode(bytes: &[u8], seed: u32) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let length = reader.u32().ok()?;
        let meta = reader.u32().ok()?;
        let first = reader.u64().ok()?;
        let checksum = reader.u32().ok()?;
        let tag = reader.u32().ok()?;
        let fixed = u64::try_from(RecordHead::LENGTH).ok()?;
        let sound = tag == crc32c::crc32c_append(seed, bytes.get(..TAG)?)
            && u64::from(length) >= fixed + u64::from(meta);
        sound.then_some(Self { length, meta, first, checksum })
    }

    /// The bytes of the whole record with its padding.
    pub(crate) fn size(&self) -> u64 {
        (u64::from(self.length) + PREFIX as u64).next_multiple_of(RECORD_ALIGN as u64)
    }

    /// Whether `record`, which has [`Self::size`] bytes, is what was written.
    pub(crate) fn holds(&self, record: &[u8], seed: u32) -> bool {
        record.get(PREFIX..).map(|rest| crc32c::crc32c_append(seed, rest)) == Some(self.checksum)
    }

    /// Where meta and payload end in the record.
    pub(crate) fn body(&self) -> Option<(usize, usize)> {
        let meta_end = usize::try_from(self.meta).ok()?.checked_add(RECORD_FIXED)?;
        let end = usize::try_from(self.length).ok()?.checked_add(PREFIX)?;
        Some((meta_end, end))
    }
}

/// How many bytes a record of so much meta and payload takes.
pub(crate) fn record_size(meta: usize, payload: usize) -> u64 {
    ((RECORD_FIXED + meta + payload) as u64).next_multiple_of(RECORD_ALIGN as u64)
}

/// Appends a record to a group; `first` is the first sequence of the group.
///
/// # Panics
///
/// On a record that no segment could hold; the caller has checked its size.
pub(crate) fn push_record(
    group: &mut Vec<u8>,
    (seed, first): (u32, u64),
    head: &[u8; RecordHead::LENGTH],
    meta: &[u8],
    payload: &[u8],
) {
    let start = group.len();
    let length = u32::try_from(RecordHead::LENGTH + meta.len() + payload.len())
        .expect("a segment is below 4 GiB");
    let meta_length = u32::try_from(meta.len()).expect("a segment is below 4 GiB");
    group.extend_from_slice(&[0; PREFIX]);
    group.extend_from_slice(head);
    group.extend_from_slice(meta);
    group.extend_from_slice(payload);
    // A group starts at a multiple of a block, so positions in it are aligned as in the file.
    group.resize(group.len().next_multiple_of(RECORD_ALIGN), 0);
    let record = group.get_mut(start..).expect("the record was just appended");
    let (place, rest) = record.split_first_chunk_mut::<PREFIX>().expect("it has a prefix");
    let checksum = crc32c::crc32c_append(seed, rest);
    let mut prefix = Writer::with_capacity(PREFIX);
    prefix.u32(length).u32(meta_length).u64(first).u32(checksum);
    let mut prefix = prefix.finish();
    let tag = crc32c::crc32c_append(seed, &prefix);
    prefix.extend_from_slice(&tag.to_be_bytes());
    place.copy_from_slice(&prefix);
}

/// The hash of a head from its bytes; the same as [`RecordHead::hash`], without encoding it again.
pub(crate) fn head_hash(head: &[u8]) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(&[0]);
    hasher.update(head);
    hasher.finish()
}

/// Puts the checksum of all other bytes into four bytes at `at`.
pub(crate) fn seal(bytes: &mut [u8], at: usize) {
    let sum = sum_without(bytes, at).expect("the caller left room for the checksum");
    let place = bytes.get_mut(at..at + 4).expect("the caller left room for the checksum");
    place.copy_from_slice(&sum.to_be_bytes());
}

/// Whether [`seal`] left the bytes so.
pub(crate) fn sealed(bytes: &[u8], at: usize) -> bool {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk()).copied();
    found.map(u32::from_be_bytes) == sum_without(bytes, at) && found.is_some()
}

fn sum_without(bytes: &[u8], at: usize) -> Option<u32> {
    let (before, rest) = bytes.split_at_checked(at)?;
    let (_sum, after) = rest.split_at_checked(4)?;
    Some(crc32c::crc32c_append(crc32c::crc32c(before), after))
}

/// Whether all bytes are zero.
pub(crate) fn is_zero(bytes: &[u8]) -> bool {
    // Word by word: recovery looks at whole segments with this.
    let (chunks, rest) = bytes.as_chunks::<64>();
    chunks.iter().all(|chunk| chunk.iter().fold(0, |all, byte| all | byte) == 0)
        && rest.iter().all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use expect_test::{Expect, expect};
    use trust::{Body, RecordKind, Shard};

    use super::*;

    fn header() -> SegmentHeader {
        let mut start = Chain::new("demo".parse().unwrap(), Shard(3));
        start.next = 9;
        start.epoch = 2;
        start.writer = 0x0102_0304_0506_0708;
        start.at = LogTime(1_700_000_000_000_000);
        start.previous = Digest([0xaa; 32]);
        SegmentHeader { block: 4096, bytes: 1 << 26, salt: 0x1122_3344_5566_7788, before: 4, start }
    }

    fn record() -> Vec<u8> {
        let head = RecordHead {
            kind: RecordKind::ACCEPTED,
            network: "demo".parse().unwrap(),
            shard: Shard(3),
            epoch: 2,
            writer: 7,
            sequence: 10,
            at: LogTime(5),
            previous: Digest([0xbb; 32]),
            body: Body::digest(b"meta", &Digest::of(b"payload")),
        };
        let mut bytes = Vec::new();
        push_record(&mut bytes, (header().seed(), 9), &head.encode(), b"meta", b"payload");
        bytes
    }

    /// Lines of 32 bytes; a shipped format may never change.
    #[track_caller]
    fn check(bytes: &[u8], want: &Expect) {
        let mut got = String::new();
        for line in bytes.chunks(32) {
            line.iter().for_each(|byte| write!(got, "{byte:02x}").unwrap());
            got.push('\n');
        }
        want.assert_eq(&got);
    }

    #[test]
    fn the_header_of_a_segment_has_these_bytes() {
        let bytes = header().encode();
        check(
            &bytes[..160],
            &expect![[r#"
            4e554e53000100032e088a970000100064656d6f000000000000000000000000
            0000000000000000000000000000000000000000040000000000000000000009
            aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            1122334455667788000000000000000400000000000000020102030405060708
            00060a24181e4000000000000000000000000000000000000000000000000000
        "#]],
        );
        assert!(is_zero(&bytes[136..]));
        assert_eq!(SegmentHeader::decode(&bytes), Ok(header()));
    }

    #[test]
    fn the_header_of_a_group_has_these_bytes() {
        let group = GroupHeader {
            bytes: 1000,
            records: 2,
            first: 9,
            salt: header().salt,
            previous: Digest([0xaa; 32]),
        };
        check(
            &group.encode(),
            &expect![[r#"
            4e554e4710083277000003e80000000200000000000000091122334455667788
            aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        "#]],
        );
        assert_eq!(GroupHeader::decode(&group.encode()), Some(group.clone()));
        assert_eq!(group.extent(4096), 4096);
    }

    #[test]
    fn a_record_has_these_bytes() {
        let bytes = record();
        check(
            &bytes,
            &expect![[r#"
            000000970000000400000000000000098a27a59e7391b5b64e554e5200010001
            0003000064656d6f000000000000000000000000000000000000000000000000
            0000000000000000000000020000000000000007000000000000000a00000000
            00000005bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
            bbbbbbbbb1d7bf84898a3d37ae89c22d531ce9998a0236ba8b8d70330d31b119
            5f2135196d6574617061796c6f616400
        "#]],
        );
        let prefix = Prefix::decode(&bytes, header().seed()).unwrap();
        assert_eq!(prefix.size(), record_size(4, 7));
        assert_eq!(prefix.body(), Some((168, 175)));
        assert!(prefix.holds(&bytes, header().seed()));
    }

    #[test]
    fn any_changed_bit_of_a_record_is_seen() {
        let bytes = record();
        let seed = header().seed();
        for at in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[at / 8] ^= 1 << (at % 8);
            let whole = Prefix::decode(&bytes, seed).is_some_and(|prefix| {
                prefix.size() == bytes.len() as u64 && prefix.holds(&bytes, seed)
            });
            assert!(!whole, "bit {at}");
        }
    }

    #[test]
    fn a_record_of_another_segment_is_none_of_this() {
        assert_eq!(Prefix::decode(&record(), seed(1)), None);
    }

    #[test]
    fn the_hash_of_a_head_is_the_one_of_the_log() {
        let bytes = record();
        let head = RecordHead::decode(&bytes[PREFIX..RECORD_FIXED]).unwrap();
        assert_eq!(head_hash(&bytes[PREFIX..RECORD_FIXED]), head.hash());
    }
}
