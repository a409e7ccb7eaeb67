//! Moves old segments to an archive: a folder `archive` in the journal's directory, or whatever is
//! mounted or linked there. They are read there as before.
//!
//! Only segments that are written no more are moved, so a hub may run meanwhile. A segment is checked,
//! copied or packed, synced and read back before it leaves its place. Nothing here knows of object
//! stores.

use std::io;
use std::path::Path;
use std::sync::Arc;

use trust::{Digest, Hasher, LogTime};

use crate::backup::durable;
use crate::directory::Directory;
use crate::error::{Error, Fault};
use crate::layout::{Segment, damaged, segment_name};
use crate::medium::{Access, File, Medium};
use crate::packed;
use crate::spare::is_full;
use crate::verify::body;
use crate::walk::Walk;

/// The name of a segment under way.
const UNDER_WAY: &str = "archive.new";
/// How much is read or written at once, in bytes.
const STEP: u64 = 1024 * 1024;

/// How segments lie in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As they are in the journal.
    Plain,
    /// Compressed, chunk by chunk.
    Packed,
}

/// What was moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archived {
    /// The files, in order, as the journal calls them.
    pub files: Vec<String>,
    /// How many bytes they had.
    pub bytes: u64,
    /// How many bytes they have in the archive.
    pub archived_bytes: u64,
}

/// Moves all segments whose last record is older than a time.
///
/// # Errors
///
/// [`Error::Missing`], [`Error::Empty`], [`Error::Unmarked`]; [`Error::Damaged`] where a segment is
/// not what was written: it stays where it is, and so do all behind it. [`Error::Full`],
/// [`Error::Io`]. Whatever happens, each segment is at one of its two places, whole.
pub fn archive(directory: &Path, before: LogTime, form: Form) -> Result<Archived, Error> {
    let source = Directory::new(directory);
    let target = source.archive();
    let (_, firsts) = durable(&source)?;
    let mut done = Archived::default();
    for pair in firsts.windows(2) {
        let [first, next] = pair else { continue };
        let next = Segment::open(&source, *next, Access::Read)?.header.start;
        if next.at >= before {
            break;
        }
        let name = segment_name(*first);
        if !source.holds(&name) {
            continue;
        }
        let segment = Arc::new(Segment::open(&source, *first, Access::Read)?);
        let mut walk = Walk::new(Arc::clone(&segment));
        while let Some(found) = walk.step().map_err(|halt| walk.error(halt))? {
            let sequence = found.record.head.sequence;
            body(&found).map_err(|fault| damaged(&name, found.offset, sequence, fault))?;
        }
        if *walk.chain() != next {
            let (end, chain) = walk.complete();
            return Err(damaged(&name, end, chain.next, Fault::Absent));
        }
        let bytes = segment.header.bytes;
        let took = move_there(&source, &target, (&segment, form)).map_err(|source| {
            let _ = target.remove(UNDER_WAY);
            if is_full(&source) {
                Error::Full { file: name.clone(), bytes, source }
            } else {
                Error::io("archive", &name, source)
            }
        })?;
        done.files.push(name);
        done.bytes += bytes;
        done.archived_bytes += took;
    }
    Ok(done)
}

/// Gives how many bytes the segment takes in the archive.
fn move_there<F: File>(
    source: &Directory,
    target: &Directory,
    (segment, form): (&Segment<F>, Form),
) -> io::Result<u64> {
    target.create_place()?;
    match target.remove(UNDER_WAY) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let bytes = segment.header.bytes;
    let (file, written, took, name) = match form {
        Form::Plain => {
            let file = target.create(UNDER_WAY, bytes)?;
            let written = each_chunk(&segment.file, bytes, |at, chunk| file.write(at, chunk))?;
            file.sync()?;
            (file, written, bytes, segment.name.clone())
        }
        Form::Packed => {
            let took = target.pack(&segment.file, bytes, UNDER_WAY)?;
            let written = each_chunk(&segment.file, bytes, |_, _| Ok(()))?;
            let name = format!("{}{}", segment.name, packed::SUFFIX);
            (target.open_packed(UNDER_WAY)?, written, took, name)
        }
    };
    // Read back, from the medium as far as it can be had.
    file.forget()?;
    if each_chunk(&file, bytes, |_, _| Ok(()))? != written {
        return Err(io::Error::other("what was written is not what is read back"));
    }
    target.rename(UNDER_WAY, &name)?;
    target.sync()?;
    source.remove(&segment.name)?;
    source.sync()?;
    Ok(took)
}

/// Reads a file in chunks, and gives the digest of all of them.
fn each_chunk<F: File>(
    file: &F,
    bytes: u64,
    mut then: impl FnMut(u64, &[u8]) -> io::Result<()>,
) -> io::Result<Digest> {
    let mut hasher = Hasher::new();
    let mut buffer = Vec::new();
    let mut at = 0;
    while at < bytes {
        let length = usize::try_from(STEP.min(bytes - at)).expect("it is small");
        buffer.resize(length, 0);
        file.read(at, &mut buffer)?;
        hasher.update(&buffer);
        then(at, &buffer)?;
        at += length as u64;
    }
    Ok(hasher.finish())
}
