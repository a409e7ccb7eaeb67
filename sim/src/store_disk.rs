//! The disk under a gateway's store: one file, which keeps its promises to the letter and no further.
//!
//! As the journal's disk ([`journal::faults::Disk`]), for the interface that redb asks for: what was
//! not synced may be lost at a power cut, sector by sector, torn inside of one; a sync that fails
//! leaves the new bytes readable but not durable, and the next one succeeds.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::{io, iter};

use crate::content::Content;
use crate::mutation::Mutation;
use gateway::parts::{Build, Medium};
use journal::faults::Random;
use redb::{DatabaseError, StorageBackend};

pub(crate) const SECTOR: usize = 512;

#[derive(Clone, Debug, Default)]
struct State {
    live: Content,
    durable: Content,
    /// What was written and not synced: the first sector, and what it and those behind it held then.
    unsynced: Vec<(usize, Vec<u8>)>,
    /// Which process has it; those before are dead.
    process: u64,
    /// How many writes and syncs still succeed; all after that fail, as if the power were gone.
    power: Option<u64>,
    /// How many syncs still succeed before one fails.
    sync_fault: Option<u64>,
    /// How far the file was ever written: it is sparse, and has no room behind this when full.
    written: usize,
    full: bool,
    /// Whether a sync has failed under the process that has it now.
    sync_failed: bool,
    mutation: Option<Mutation>,
    /// Whether a store is there, and whole.
    is_made: bool,
}

/// The disk; clones are the same disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct StoreDisk(Arc<Mutex<State>>);

/// The file, as one process has it open.
#[derive(Debug)]
struct StoreFile {
    disk: StoreDisk,
    process: u64,
}

impl StoreDisk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no holder of this lock panics")
    }

    /// The process that has the file open dies: nothing that it still tries does anything.
    pub(crate) fn kill(&self) {
        let mut state = self.state();
        state.process += 1;
        state.sync_failed = false;
        (state.power, state.sync_fault) = (None, None);
    }

    /// One on which a mistake is made.
    pub(crate) fn with(mutation: Option<Mutation>) -> Self {
        Self(Arc::new(Mutex::new(State { mutation, ..State::default() })))
    }

    /// One whose file is this, durably.
    pub(crate) fn of(content: Content) -> Self {
        let written = content.len();
        let (live, durable) = (content.clone(), content);
        let state = State { live, durable, written, is_made: true, ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// The file, as a process sees it.
    pub(crate) fn content(&self) -> Content {
        self.state().live.clone()
    }

    /// Another disk with the same contents.
    pub(crate) fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.state().clone())))
    }

    /// The power goes and comes back.
    pub(crate) fn cut(&self, random: &mut Random) {
        self.kill();
        let mut state = self.state();
        let state = &mut *state;
        if state.live.len() != state.durable.len() && random.one_in(2) {
            let length = state.durable.len();
            state.live.resize(length);
        }
        state.durable.resize(state.live.len());
        let luck = random.below(4);
        for (sector, contents) in state.take_unsynced() {
            let start = sector * SECTOR;
            let end = state.durable.len().min(start + SECTOR);
            if start >= end {
                continue;
            }
            let mut place = state.durable.bytes(start..end);
            let contents: Vec<&[u8]> =
                iter::once(&place).chain(&contents).map(Vec::as_slice).collect();
            let chosen = match luck {
                0 => 0,
                1 => contents.len() - 1,
                _ => random.below(contents.len()),
            };
            let torn = if luck == 3 && random.one_in(4) { random.below(SECTOR) } else { SECTOR };
            let mixed = (0..end - start).map(|index| {
                let from = if index < torn { chosen } else { chosen.saturating_sub(1) };
                contents.get(from).and_then(|it| it.get(index)).copied().unwrap_or(0)
            });
            place = mixed.collect();
            state.durable.write(start, &place);
        }
        state.live.clone_from(&state.durable);
    }

    /// Lets so many writes and syncs succeed, and no more.
    pub(crate) fn fail_after(&self, operations: u64) {
        self.state().power = Some(operations);
    }

    /// Whether the power that was to go has gone.
    #[must_use]
    pub(crate) fn is_out(&self) -> bool {
        self.state().power == Some(0)
    }

    /// Lets so many syncs succeed, then one fail, then all succeed.
    pub(crate) fn fail_sync_after(&self, syncs: u64) {
        self.state().sync_fault = Some(syncs);
    }

    /// How far the file was ever written.
    pub(crate) fn written(&self) -> usize {
        self.state().written
    }

    /// Changes bits of a byte, durably, behind everybody's back.
    pub(crate) fn harm(&self, at: usize, bits: u8) {
        let mut state = self.state();
        let State { live, durable, .. } = &mut *state;
        for content in [live, durable] {
            if at < content.len() {
                let byte = content.bytes(at..at + 1)[0];
                content.write(at, &[byte ^ bits]);
            }
        }
    }

    /// From now on there is no room for more; or, again, there is.
    pub(crate) fn set_full(&self, full: bool) {
        self.state().full = full;
    }

    /// Whether anything is wrong with it now, or is about to be.
    #[must_use]
    pub(crate) fn is_faulty(&self) -> bool {
        let state = self.state();
        state.full || state.power.is_some() || state.sync_fault.is_some() || state.sync_failed
    }

    /// Takes back every fault that is still to come.
    pub(crate) fn heal(&self) {
        let mut state = self.state();
        (state.power, state.sync_fault, state.full) = (None, None, false);
    }
}

impl State {
    fn powered(&mut self, process: u64) -> io::Result<()> {
        if self.process != process {
            return Err(io::Error::other("this process is dead"));
        }
        match &mut self.power {
            Some(0) => Err(io::Error::other("the power is gone")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl State {
    /// Shows what the disk has, where a sync failed.
    fn forget(&mut self) {
        let mut content = self.durable.clone();
        content.resize(self.live.len());
        for (sector, bytes) in &self.unsynced {
            content.write(sector * SECTOR, bytes);
        }
        self.live = content;
    }

    /// For each sector that is not synced: what it held since, the latest last.
    fn take_unsynced(&mut self) -> BTreeMap<usize, Vec<Vec<u8>>> {
        let mut sectors: BTreeMap<usize, Vec<Vec<u8>>> = BTreeMap::new();
        for (first, bytes) in std::mem::take(&mut self.unsynced) {
            for (sector, content) in (first..).zip(bytes.chunks(SECTOR)) {
                sectors.entry(sector).or_default().push(content.to_vec());
            }
        }
        sectors
    }
}

impl Medium for StoreDisk {
    fn path(&self) -> &Path {
        Path::new("store")
    }

    fn make(&self, build: &mut Build<'_>) -> Result<(), DatabaseError> {
        let mut state = self.state();
        if state.is_made {
            return Ok(());
        }
        // As the gateway's own folder does it: what was not finished has another name, and is emptied.
        (state.live, state.durable, state.unsynced) = Default::default();
        let process = state.process;
        drop(state);
        build(Box::new(StoreFile { disk: self.clone(), process }))?;
        self.state().is_made = true;
        Ok(())
    }

    fn open(&self) -> Result<Box<dyn StorageBackend>, DatabaseError> {
        let process = self.state().process;
        let file = StoreFile { disk: self.clone(), process };
        // As the gateway's own file does it: sync, forget, and read what the disk really has.
        file.sync_data()?;
        let mut state = self.state();
        if state.mutation != Some(Mutation::GatewayTrustsMemory) {
            state.forget();
        }
        drop(state);
        Ok(Box::new(file))
    }
}

fn place(offset: u64) -> usize {
    usize::try_from(offset).expect("a simulated file is small")
}

impl StorageBackend for StoreFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.state().live.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.disk.state();
        let at = place(offset);
        if at + out.len() > state.live.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        state.live.read(at, out);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        state.powered(self.process)?;
        let length = place(len);
        if state.full && length > state.live.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.live.resize(length);
        state.unsynced.retain_mut(|(sector, bytes)| {
            bytes.truncate(length.saturating_sub(*sector * SECTOR));
            !bytes.is_empty()
        });
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        state.powered(self.process)?;
        let mutation = state.mutation;
        if mutation == Some(Mutation::GatewayAnswersBeforeSync) {
            return Ok(());
        }
        let State { live, durable, unsynced, sync_fault, sync_failed, .. } = &mut *state;
        let fails = *sync_fault == Some(0);
        *sync_failed |= fails;
        *sync_fault = sync_fault.filter(|_| !fails).map(|left| left - 1);
        let unsynced = std::mem::take(unsynced);
        if fails && mutation == Some(Mutation::GatewayRetriesSync) {
            return Ok(());
        }
        if fails {
            return Err(io::Error::other("a sector cannot be written"));
        }
        durable.resize(live.len());
        // Only what was written since: what an earlier sync has failed to write is not tried again.
        for (sector, bytes) in unsynced {
            let start = sector * SECTOR;
            durable.take_from(live, start..start + bytes.len());
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        let powered = state.powered(self.process);
        if state.process != self.process {
            return powered;
        }
        if state.full && place(offset) + data.len() > state.written {
            return Err(io::ErrorKind::StorageFull.into());
        }
        // A write that fails may have done some of its work.
        let (data, _) = data.split_at(if powered.is_ok() { data.len() } else { data.len() / 2 });
        let at = place(offset);
        let end = at + data.len();
        let State { live, unsynced, written, .. } = &mut *state;
        *written = end.max(*written);
        if end > live.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        live.write(at, data);
        let first = at / SECTOR;
        let sectors = first * SECTOR..live.len().min(end.next_multiple_of(SECTOR));
        unsynced.push((first, live.bytes(sectors)));
        powered
    }

    fn close(&self) -> io::Result<()> {
        Ok(())
    }
}
