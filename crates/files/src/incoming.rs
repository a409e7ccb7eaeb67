//! A file that comes.

use std::sync::{Arc, Mutex, PoisonError};

use iso::Institution;
use trust::{FileName, Hasher};

use crate::CHUNK_BYTES;
use crate::error::Error;
use crate::objects::Objects;
use crate::store::{chunk_digest, chunk_name, remove, whole, whole_name};

/// Where a file comes in, as long as nobody else brings it.
#[derive(Debug)]
pub(crate) struct Place {
    objects: Arc<dyn Objects>,
    owner: Institution,
    file: FileName,
    /// Whether somebody else brings it now. It is held while something is written, so that nothing
    /// is once it is set.
    overtaken: Mutex<bool>,
}

/// A file that comes: takes its bytes in order, and makes them durable chunk by chunk.
#[derive(Debug)]
pub struct Incoming {
    place: Arc<Place>,
    /// Over all bytes that came, and those that were there.
    hasher: Hasher,
    /// How many chunks are durable.
    chunks: u64,
    /// What came of the next one.
    buffer: Vec<u8>,
}

impl Place {
    pub(crate) fn new(objects: Arc<dyn Objects>, owner: Institution, file: FileName) -> Self {
        Self { objects, owner, file, overtaken: Mutex::new(false) }
    }

    /// From here on nothing is written any more.
    pub(crate) fn overtake(&self) {
        *self.overtaken.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// Writes, unless somebody else does.
    fn write<T>(&self, write: impl FnOnce(&dyn Objects) -> Result<T, Error>) -> Result<T, Error> {
        let overtaken = self.overtaken.lock().unwrap_or_else(PoisonError::into_inner);
        if *overtaken {
            return Err(Error::Overtaken { digest: self.file.digest });
        }
        write(&*self.objects)
    }
}

impl Incoming {
    pub(crate) fn new(place: Arc<Place>, hasher: Hasher, chunks: u64) -> Self {
        Self { place, hasher, chunks, buffer: Vec::new() }
    }

    /// The file that comes.
    #[must_use]
    pub fn file(&self) -> FileName {
        self.place.file
    }

    /// How many bytes are durable.
    #[must_use]
    pub fn durable(&self) -> u64 {
        (self.chunks * CHUNK_BYTES as u64).min(self.place.file.bytes)
    }

    /// How many bytes are here: the next that comes is behind them.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.durable() + self.buffer.len() as u64
    }

    /// Takes the next bytes; says whether a chunk became durable.
    ///
    /// # Errors
    ///
    /// More bytes than the file has; somebody else brings it; the place cannot be written.
    pub fn take(&mut self, mut bytes: &[u8]) -> Result<bool, Error> {
        let file = self.place.file;
        let found = self.length() + bytes.len() as u64;
        if found > file.bytes {
            return Err(Error::OtherLength { file, found });
        }
        let mut stored = false;
        while !bytes.is_empty() {
            let room = CHUNK_BYTES - self.buffer.len();
            let (next, rest) = bytes.split_at(room.min(bytes.len()));
            if self.buffer.capacity() == 0 {
                self.buffer.reserve_exact(CHUNK_BYTES);
            }
            self.buffer.extend_from_slice(next);
            bytes = rest;
            if self.buffer.len() == CHUNK_BYTES {
                self.store()?;
                stored = true;
            }
        }
        Ok(stored)
    }

    /// The last byte has come: the file is whole from here on.
    ///
    /// # Errors
    ///
    /// Bytes are missing, or the digest is another one; what came is thrown away then. Somebody else
    /// brings it; the place cannot be written.
    pub fn finish(mut self) -> Result<(), Error> {
        let file = self.place.file;
        let found = self.length();
        if found != file.bytes {
            return Err(Error::OtherLength { file, found });
        }
        if !self.buffer.is_empty() {
            self.store()?;
        }
        let found = self.hasher.clone().finish();
        let owner = self.place.owner;
        if found != file.digest {
            self.place.write(|objects| remove(objects, owner, &file.digest))?;
            return Err(Error::OtherDigest { expected: file.digest, found });
        }
        let name = whole_name(owner, &file.digest);
        self.place.write(|objects| {
            objects.put(&name, &[&whole(file.bytes)]).map_err(Error::place("write", &name))
        })
    }

    /// Makes the chunk durable that has come.
    fn store(&mut self) -> Result<(), Error> {
        let Place { owner, file, .. } = *self.place;
        let digest = chunk_digest(&file.digest, self.chunks, &self.buffer);
        let name = chunk_name(owner, &file.digest, self.chunks);
        let buffer = &self.buffer;
        self.place.write(|objects| {
            objects.put(&name, &[buffer, digest.as_bytes()]).map_err(Error::place("write", &name))
        })?;
        self.hasher.update(&self.buffer);
        self.buffer.clear();
        self.chunks += 1;
        Ok(())
    }
}
