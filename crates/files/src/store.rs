//! The files of a place: what is whole, what is coming, and what is in them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use iso::Institution;
use trust::{Digest, FileName, Hasher, LogTime};

use crate::CHUNK_BYTES;
use crate::error::Error;
use crate::incoming::{Incoming, Place};
use crate::objects::{Object, Objects};

/// How many bytes a chunk carries behind its own.
const DIGEST_BYTES: usize = 32;
const WHOLE: &str = "whole";
const WHOLE_MAGIC: &[u8] = b"nuncio whole file 1\n";

/// How much of a file is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// So many bytes from its beginning, durably; none of a file that is not known.
    Part {
        /// How many.
        bytes: u64,
    },
    /// All of it, and its digest was compared.
    Whole,
}

/// A file that is there, whole or in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Whose it is.
    pub owner: Institution,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// How many bytes are there.
    pub bytes: u64,
    /// Whether it is whole.
    pub is_whole: bool,
    /// When something of it was written last.
    pub written_at: LogTime,
}

/// Files in a place; copies share it.
#[derive(Clone, Debug)]
pub struct Store {
    objects: Arc<dyn Objects>,
    /// The files that come, and who brings each: the last one that began.
    coming: Arc<Mutex<Coming>>,
}

/// The place of each file that comes.
type Coming = BTreeMap<(Institution, Digest), Arc<Place>>;

impl Store {
    /// The files of a place.
    #[must_use]
    pub fn new(objects: Arc<dyn Objects>) -> Self {
        Self { objects, coming: Arc::default() }
    }

    /// How much of a file is there.
    ///
    /// # Errors
    ///
    /// When the place cannot be read.
    pub fn standing(&self, owner: Institution, file: &FileName) -> Result<Standing, Error> {
        if self.is_whole(owner, file)? {
            return Ok(Standing::Whole);
        }
        let name = folder(owner, &file.digest);
        let listed = self.objects.list(&[&owner.to_string(), &file.digest.to_string()]);
        let listed = listed.map_err(Error::place("list", &name))?;
        let chunks = (0..)
            .zip(&listed)
            .take_while(|(index, object)| object.name == chunk_name(owner, &file.digest, *index));
        // A shorter last chunk comes together with the word that the file is whole.
        let chunks = (chunks.count() as u64).min(file.bytes / CHUNK_BYTES as u64);
        Ok(Standing::Part { bytes: chunks * CHUNK_BYTES as u64 })
    }

    /// Whether a file is there whole.
    ///
    /// # Errors
    ///
    /// When the place cannot be read.
    pub fn is_whole(&self, owner: Institution, file: &FileName) -> Result<bool, Error> {
        let name = format!("{}/{WHOLE}", folder(owner, &file.digest));
        let found = self.objects.get(&name).map_err(Error::place("read", &name))?;
        Ok(found.is_some_and(|found| found == whole(file.bytes)))
    }

    /// Begins to take a file, after what is there of it. Whoever brought it before is overtaken.
    ///
    /// What is there is read once, for the digest of the whole goes over it too. It ends before the
    /// first chunk that is damaged.
    ///
    /// # Errors
    ///
    /// When the place cannot be read.
    pub fn receive(&self, owner: Institution, file: FileName) -> Result<Incoming, Error> {
        let place = Arc::new(Place::new(Arc::clone(&self.objects), owner, file));
        let before = {
            let mut coming = self.coming.lock().unwrap_or_else(PoisonError::into_inner);
            coming.retain(|_, place| Arc::strong_count(place) > 1);
            coming.insert((owner, file.digest), Arc::clone(&place))
        };
        if let Some(before) = before {
            // From here on nothing of it is written any more.
            before.overtake();
        }
        let mut hasher = Hasher::new();
        let mut chunks = 0;
        let whole_chunks = file.bytes / CHUNK_BYTES as u64;
        while chunks < whole_chunks {
            match self.chunk(owner, &file, chunks) {
                Ok(bytes) => hasher.update(&bytes),
                Err(Error::Damaged { .. }) => break,
                Err(error) => return Err(error),
            }
            chunks += 1;
        }
        Ok(Incoming::new(place, hasher, chunks))
    }

    /// One chunk of a file, compared with its digest.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] where it is missing or other than it says; when the place cannot be read.
    pub fn chunk(&self, owner: Institution, file: &FileName, index: u64) -> Result<Vec<u8>, Error> {
        let name = chunk_name(owner, &file.digest, index);
        let found = self.objects.get(&name).map_err(Error::place("read", &name))?;
        let damaged = || Error::Damaged { digest: file.digest, index };
        let mut bytes = found.ok_or_else(damaged)?;
        let length = bytes.len().checked_sub(DIGEST_BYTES).ok_or_else(damaged)?;
        let seal = bytes.split_off(length);
        let left = file.bytes.saturating_sub(index.saturating_mul(CHUNK_BYTES as u64));
        let is_right = bytes.len() as u64 == left.min(CHUNK_BYTES as u64)
            && seal == chunk_digest(&file.digest, index, &bytes).as_bytes();
        if is_right { Ok(bytes) } else { Err(damaged()) }
    }

    /// What is there of one file, whatever its length.
    ///
    /// # Errors
    ///
    /// When the place cannot be read.
    pub fn kept(&self, owner: Institution, digest: &Digest) -> Result<Option<Kept>, Error> {
        let listed = self.objects.list(&[&owner.to_string(), &digest.to_string()]);
        let listed = listed.map_err(Error::place("list", &folder(owner, digest)))?;
        Ok(gather(listed).pop())
    }

    /// Everything that is there, by owner and digest.
    ///
    /// # Errors
    ///
    /// When the place cannot be read.
    pub fn all(&self) -> Result<Vec<Kept>, Error> {
        let listed = self.objects.list(&[]).map_err(Error::place("list", "all files"))?;
        Ok(gather(listed))
    }

    /// Takes a file away, whole or in part.
    ///
    /// # Errors
    ///
    /// When the place cannot be read or written.
    pub fn remove(&self, owner: Institution, digest: &Digest) -> Result<(), Error> {
        let coming = {
            let mut coming = self.coming.lock().unwrap_or_else(PoisonError::into_inner);
            coming.remove(&(owner, *digest))
        };
        if let Some(place) = coming {
            place.overtake();
        }
        remove(&*self.objects, owner, digest)
    }
}

/// The files whose objects these are, in the order of their names.
fn gather(objects: Vec<Object>) -> Vec<Kept> {
    let mut all: Vec<Kept> = Vec::new();
    for object in objects {
        let mut parts = object.name.split('/');
        let (Some(owner), Some(digest), Some(part), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let (Ok(owner), Ok(digest)) = (owner.parse(), digest.parse()) else { continue };
        let is_whole = part == WHOLE;
        let bytes = object.bytes.saturating_sub(DIGEST_BYTES as u64);
        let bytes = if is_whole { 0 } else { bytes };
        match all.last_mut() {
            Some(last) if last.owner == owner && last.digest == digest => {
                last.bytes += bytes;
                last.is_whole |= is_whole;
                last.written_at = last.written_at.max(object.written_at);
            }
            _ => {
                let written_at = object.written_at;
                all.push(Kept { owner, digest, bytes, is_whole, written_at });
            }
        }
    }
    all
}

/// Takes all of a file away; that it is whole goes first.
pub(crate) fn remove(
    objects: &dyn Objects,
    owner: Institution,
    digest: &Digest,
) -> Result<(), Error> {
    let name = folder(owner, digest);
    let listed = objects.list(&[&owner.to_string(), &digest.to_string()]);
    let mut names: Vec<String> = listed
        .map_err(Error::place("list", &name))?
        .into_iter()
        .map(|object| object.name)
        .collect();
    // From the end, so that what a crash leaves is a beginning.
    names.reverse();
    objects.remove(&names).map_err(Error::place("remove", &name))
}

pub(crate) fn folder(owner: Institution, digest: &Digest) -> String {
    format!("{owner}/{digest}")
}

pub(crate) fn chunk_name(owner: Institution, digest: &Digest, index: u64) -> String {
    format!("{owner}/{digest}/{index:08}")
}

/// What a chunk carries behind its bytes.
pub(crate) fn chunk_digest(file: &Digest, index: u64, bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(b"nuncio chunk 1\n");
    hasher.update(file.as_bytes());
    hasher.update(&index.to_be_bytes());
    hasher.update(bytes);
    hasher.finish()
}

/// What says that a file is whole.
pub(crate) fn whole(bytes: u64) -> Vec<u8> {
    [WHOLE_MAGIC, &bytes.to_be_bytes()].concat()
}

pub(crate) fn whole_name(owner: Institution, digest: &Digest) -> String {
    format!("{owner}/{digest}/{WHOLE}")
}
