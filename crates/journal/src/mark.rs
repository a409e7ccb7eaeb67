//! The mark: how far the journal is known to be durable, kept beside the segments.
//!
//! After each sync the mark is written, but not synced: a process that is killed leaves it in the
//! memory of the operating system, and after a power cut an older one is found. It never runs
//! ahead of what is durable, so it only ever adds knowledge. Two slots are written in turn, so that
//! a torn one leaves the other.
//!
//! ```text
//! file of 8,192 bytes, slots of 128 bytes at 0 and 4096, else zeros
//!    0 magic "NUNM"   4 checksum u32 of bytes 0..4 and 8..128   8 version u16 = 1   10 shard u16
//!   12 zero u32      16 network, 32 bytes padded with zeros
//!   48 next sequence u64, the first that is not known to be durable
//!   56 hash of the head before it, 32 bytes   88 zeros
//! ```

use std::io;

use trust::codec::{Reader, Writer};
use trust::{Digest, Label, NetworkName, Shard};

use crate::chain::Chain;
use crate::error::Error;
use crate::format::{VERSION, seal, sealed};
use crate::medium::{Access, File, Medium};

/// The name of the file.
pub(crate) const NAME: &str = "durable.mark";
const FILE: u64 = 8192;
const SLOTS: [u64; 2] = [0, 4096];
const SLOT: usize = 128;
const MAGIC: [u8; 4] = *b"NUNM";

/// What a mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) network: NetworkName,
    pub(crate) shard: Shard,
    /// The first sequence that is not known to be durable.
    pub(crate) next: u64,
    /// The hash of the head before it.
    pub(crate) previous: Digest,
}

impl Mark {
    fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(SLOT);
        writer.raw(&MAGIC).u32(0).u16(VERSION).u16(self.shard.0).u32(0);
        writer.raw(self.network.padded()).u64(self.next).digest(&self.previous);
        let mut bytes = writer.finish();
        bytes.resize(SLOT, 0);
        seal(&mut bytes, 4);
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        if !bytes.starts_with(&MAGIC) || !sealed(bytes, 4) {
            return None;
        }
        let mut reader = Reader::new(bytes);
        let _magic_and_checksum = reader.u64().ok()?;
        let known = reader.u16().ok()? == VERSION;
        let shard = Shard(reader.u16().ok()?);
        let _zero = reader.u32().ok()?;
        let network = Label::from_padded(&reader.array().ok()?).ok()?;
        let next = reader.u64().ok()?;
        let previous = reader.digest().ok()?;
        known.then_some(Self { network, shard, next, previous })
    }

    /// What is known; nothing where there is no mark, or none that is whole.
    pub(crate) fn read<M: Medium>(medium: &M) -> Result<Option<Self>, Error> {
        let failed = |error| Error::io("read", NAME, error);
        let file = match medium.open(NAME, Access::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mut best: Option<Self> = None;
        for at in SLOTS {
            let mut bytes = [0; SLOT];
            match file.read(at, &mut bytes) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => continue,
                Err(error) => return Err(failed(error)),
            }
            if let Some(mark) = Self::decode(&bytes)
                && best.is_none_or(|best| best.next <= mark.next)
            {
                best = Some(mark);
            }
        }
        Ok(best)
    }
}

/// The file of the mark, open to write.
#[derive(Debug)]
pub(crate) struct MarkFile<F> {
    file: F,
    writes: usize,
}

impl<F: File> MarkFile<F> {
    /// Opens the file, or makes it anew where there is none of the right size.
    pub(crate) fn open<M: Medium<File = F>>(medium: &M) -> io::Result<Self> {
        match medium.open(NAME, Access::Write) {
            Ok(file) if file.bytes()? == FILE => return Ok(Self { file, writes: 0 }),
            Ok(_) => medium.remove(NAME)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let file = medium.create(NAME, FILE)?;
        file.write(0, &vec![0; usize::try_from(FILE).expect("the mark is small")])?;
        file.sync()?;
        medium.sync()?;
        Ok(Self { file, writes: 0 })
    }

    /// Says that the log is durable up to here.
    pub(crate) fn write(&mut self, chain: &Chain) -> io::Result<()> {
        let mark = Mark {
            network: chain.network,
            shard: chain.shard,
            next: chain.next,
            previous: chain.previous,
        };
        let [even, odd] = SLOTS;
        let slot = if self.writes.is_multiple_of(2) { even } else { odd };
        self.writes = self.writes.wrapping_add(1);
        self.file.write(slot, &mark.encode())
    }

    /// Makes the mark durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync()
    }
}
