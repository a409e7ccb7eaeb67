//! A segment in little space: its bytes in chunks, each compressed for itself, so that any place can
//! be read without unpacking what stands before it.
//!
//! Only archived segments are packed, and a packed one is never written again. The form stands in
//! `docs/journal.md`. A chunk that is not what was packed reads as bytes that are no part of any
//! journal: so damage is found, named and mended where all damage is.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::sync::{Mutex, PoisonError};

use crate::medium::File;

/// What the name of a packed segment ends with, behind the segment's own.
pub(crate) const SUFFIX: &str = ".lz4";
const MAGIC: [u8; 4] = *b"NUNZ";
const VERSION: u16 = 1;
/// How many bytes are compressed together: small enough to read one record, large enough that
/// messages that are alike share it.
const CHUNK: usize = 64 * 1024;
/// How long the header is, in bytes.
const HEADER: usize = 32;
/// How long an entry of the table is: length and checksum.
const ENTRY: usize = 8;
/// The greatest segment that can be packed, in bytes; as for segments themselves.
const BYTES_MAX: u64 = 1 << 30;
/// What a damaged chunk reads as: no header, record or end of a group looks like it.
const DAMAGED: u8 = 0xff;

/// A packed segment, open to be read.
#[derive(Debug)]
pub(crate) struct Packed {
    file: fs::File,
    /// How many bytes it has unpacked.
    bytes: u64,
    chunks: Vec<Chunk>,
    /// The number of the chunk that was read last, and what it holds.
    last: Mutex<Option<(usize, Vec<u8>)>>,
}

/// Where a chunk stands in the file.
#[derive(Clone, Copy, Debug)]
struct Chunk {
    at: u64,
    length: u32,
    checksum: u32,
}

/// Writes a segment packed into an empty file, from its begin to its end; gives how many bytes that
/// took.
pub(crate) fn pack(segment: &impl File, bytes: u64, mut into: &fs::File) -> io::Result<u64> {
    let count = chunks_of(bytes).ok_or_else(|| malformed("a segment is too long to be packed"))?;
    // The checksum is over header and table; between the two stand the chunks.
    let mut head = Vec::with_capacity(HEADER + count * ENTRY + 4);
    head.extend_from_slice(&MAGIC);
    head.extend_from_slice(&VERSION.to_be_bytes());
    head.extend_from_slice(&[0; 2]);
    head.extend_from_slice(&u32::try_from(CHUNK).expect("a chunk is small").to_be_bytes());
    head.extend_from_slice(&[0; 4]);
    head.extend_from_slice(&bytes.to_be_bytes());
    head.resize(HEADER, 0);
    into.write_all(&head)?;
    let mut took = 0;
    let mut plain = Vec::new();
    for number in 0..count {
        plain.resize(length_of(bytes, number), 0);
        segment.read((number * CHUNK) as u64, &mut plain)?;
        let packed = squeeze(&plain);
        into.write_all(&packed)?;
        took += packed.len();
        let length = u32::try_from(packed.len()).expect("a chunk is small");
        head.extend_from_slice(&length.to_be_bytes());
        head.extend_from_slice(&crc32c::crc32c(&packed).to_be_bytes());
    }
    head.extend_from_slice(&crc32c::crc32c(&head).to_be_bytes());
    into.write_all(head.get(HEADER..).expect("it begins with the header"))?;
    Ok((took + head.len()) as u64)
}

/// A chunk compressed; nothing for zeros, and as it is where compressing gains nothing.
fn squeeze(plain: &[u8]) -> Vec<u8> {
    if plain.iter().all(|byte| *byte == 0) {
        return Vec::new();
    }
    let packed = lz4_flex::block::compress(plain);
    if packed.len() < plain.len() { packed } else { plain.to_vec() }
}

/// How many chunks so many bytes have.
fn chunks_of(bytes: u64) -> Option<usize> {
    let count = (bytes <= BYTES_MAX).then(|| bytes.div_ceil(CHUNK as u64))?;
    usize::try_from(count).ok()
}

/// How many bytes a chunk has unpacked: the last one may have fewer.
fn length_of(bytes: u64, number: usize) -> usize {
    let left = bytes.saturating_sub((number * CHUNK) as u64);
    usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK))
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl Packed {
    /// Reads the table of a packed segment.
    pub(crate) fn open(file: fs::File) -> io::Result<Self> {
        let mut header = [0; HEADER];
        file.read_exact_at(&mut header, 0)?;
        let field = |from: usize| header.get(from..).and_then(|it| it.first_chunk::<8>());
        let (Some(first), Some(second), Some(bytes)) = (field(0), field(8), field(16)) else {
            return Err(malformed("the header of a packed segment is short"));
        };
        if !first.starts_with(&MAGIC) {
            return Err(malformed("this is no packed segment"));
        }
        if first.get(4..6) != Some(VERSION.to_be_bytes().as_slice()) {
            return Err(malformed(
                "the segment is packed in a form that this program does not know",
            ));
        }
        let bytes = u64::from_be_bytes(*bytes);
        let chunk = u32::try_from(CHUNK).expect("a chunk is small").to_be_bytes();
        let count = chunks_of(bytes).filter(|_| second.starts_with(&chunk));
        let count = count.ok_or_else(|| malformed("the header of a packed segment is damaged"))?;
        let damaged = || malformed("the table of a packed segment is damaged");
        let mut table = vec![0; count * ENTRY + 4];
        let end = file.metadata()?.len().checked_sub(table.len() as u64).ok_or_else(damaged)?;
        file.read_exact_at(&mut table, end)?;
        let (table, checksum) = table.split_last_chunk::<4>().ok_or_else(damaged)?;
        let found = crc32c::crc32c_append(crc32c::crc32c(&header), table);
        if found.to_be_bytes() != *checksum {
            return Err(damaged());
        }
        let mut at = HEADER as u64;
        let mut chunks = Vec::with_capacity(count);
        for entry in table.as_chunks::<ENTRY>().0 {
            let (length, checksum) = entry.split_first_chunk::<4>().ok_or_else(damaged)?;
            let checksum = checksum.first_chunk::<4>().ok_or_else(damaged)?;
            let length = u32::from_be_bytes(*length);
            chunks.push(Chunk { at, length, checksum: u32::from_be_bytes(*checksum) });
            at += u64::from(length);
        }
        if at != end {
            return Err(malformed("a packed segment has another length than its table says"));
        }
        Ok(Self { file, bytes, chunks, last: Mutex::default() })
    }

    /// How many bytes the segment has.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The file itself.
    pub(crate) fn file(&self) -> &fs::File {
        &self.file
    }

    /// Reads exactly as many bytes as `into` has.
    pub(crate) fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        if at.checked_add(into.len() as u64).is_none_or(|end| end > self.bytes) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut at = usize::try_from(at).expect("a segment is below 4 GiB");
        let mut rest = into;
        while !rest.is_empty() {
            let (number, from) = (at / CHUNK, at % CHUNK);
            let (piece, further) = rest.split_at_mut(rest.len().min(CHUNK - from));
            self.read_chunk(number, from, piece)?;
            at += piece.len();
            rest = further;
        }
        Ok(())
    }

    fn read_chunk(&self, number: usize, from: usize, into: &mut [u8]) -> io::Result<()> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let plain = match last.take() {
            Some((held, plain)) if held == number => plain,
            _ => self.unpack(number)?,
        };
        let piece = plain.get(from..from + into.len());
        into.copy_from_slice(piece.ok_or(io::ErrorKind::UnexpectedEof)?);
        *last = Some((number, plain));
        Ok(())
    }

    /// What a chunk holds; where that cannot be told, bytes that no journal holds.
    fn unpack(&self, number: usize) -> io::Result<Vec<u8>> {
        let chunk = *self.chunks.get(number).ok_or(io::ErrorKind::UnexpectedEof)?;
        let length = length_of(self.bytes, number);
        if chunk.length == 0 {
            return Ok(vec![0; length]);
        }
        let mut packed = vec![0; usize::try_from(chunk.length).unwrap_or(0).min(CHUNK)];
        match self.file.read_exact_at(&mut packed, chunk.at) {
            // The file was cut off.
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            Ok(()) | Err(_) => {}
        }
        if crc32c::crc32c(&packed) != chunk.checksum {
            return Ok(vec![DAMAGED; length]);
        }
        if packed.len() == length {
            return Ok(packed);
        }
        match lz4_flex::block::decompress(&packed, length) {
            Ok(plain) if plain.len() == length => Ok(plain),
            Ok(_) | Err(_) => Ok(vec![DAMAGED; length]),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CHUNK, Packed, pack};
    use crate::directory::Directory;
    use crate::medium::{File as _, Medium as _};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn what_is_packed_is_read_from_any_place(
            length in 1..4 * CHUNK,
            noisy in 0..4_usize,
            places in prop::collection::vec((0..4 * CHUNK, 0..2 * CHUNK), 1..20),
        ) {
            // Zeros, text that repeats, and noise, which compressing makes no smaller.
            let mut bytes: Vec<u8> = (0..length)
                .map(|at| match (at / CHUNK, at / 1000 % 3) {
                    (chunk, _) if chunk == noisy => u8::try_from(at * at / 7 % 251).expect("it is small"),
                    (_, 0) => 0,
                    (_, _) => b"<Amt Ccy=\"EUR\">"[at % 15],
                })
                .collect();
            let folder = tempfile::tempdir().expect("a folder for tests");
            let directory = Directory::new(folder.path());
            let file = directory.create("plain", length as u64).expect("it is made");
            file.write(0, &bytes).expect("it is written");
            let into = std::fs::File::options()
                .read(true).write(true).create_new(true)
                .open(folder.path().join("packed")).expect("it is made");
            let took = pack(&file, length as u64, &into).expect("it is packed");
            prop_assert_eq!(into.metadata().expect("it is there").len(), took);
            let packed = Packed::open(into).expect("it is whole");
            prop_assert_eq!(packed.bytes(), length as u64);
            for (at, count) in places {
                let at = at % length;
                let end = (at + count).min(length);
                let mut read = vec![9; end - at];
                packed.read(at as u64, &mut read).expect("it is within");
                prop_assert_eq!(&read, &bytes[at..end]);
            }
            bytes.push(0);
            prop_assert!(packed.read(0, &mut bytes).is_err(), "beyond its end");
        }
    }
}
