//! A disk in memory that keeps its promises to the letter and no further.
//!
//! What is not synced may be lost at a [`Disk::cut`]: each sector of 512 bytes keeps any of the
//! contents that it had since its last sync, or the bytes of one up to some place and those of the
//! one before behind it. Names become durable in order. A failed sync leaves the new bytes readable
//! in memory, but not durable, and the next sync succeeds, as Linux does it.

#![allow(
    clippy::indexing_slicing,
    reason = "a place outside of a file is a mistake of the test, which shall end there"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::faults::Random;
use crate::medium::{Access, File, LockMode, Locked, Medium};

const SECTOR: usize = 512;

#[derive(Clone, Debug, Default)]
struct Inode {
    live: Vec<u8>,
    durable: Vec<u8>,
    /// For each sector that is not synced: what it held since, the latest last.
    unsynced: BTreeMap<usize, Vec<Vec<u8>>>,
}

#[derive(Clone, Debug)]
enum Naming {
    Create(String, usize),
    Rename(String, String),
    Remove(String),
}

#[derive(Clone, Copy, Debug, Default)]
struct Holders {
    writes: bool,
    reads: usize,
}

#[derive(Clone, Debug)]
struct State {
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    unsynced_names: Vec<Naming>,
    inodes: Vec<Inode>,
    /// Who has it: one that writes, or some that read.
    holders: Holders,
    salts: Random,
    capacity: usize,
    /// How many writes and syncs still succeed; all after that fail, as if the power were gone.
    power: Option<usize>,
    /// How many syncs of files still succeed before one fails.
    sync_fault: Option<usize>,
    /// Whether syncs say that they succeeded, and do nothing.
    lying: bool,
    /// Whether syncs that failed say that they succeeded.
    hiding: bool,
    syncs: usize,
    /// How long a sync takes, and how much time all of them took, in simulated microseconds.
    sync_us: u64,
    elapsed_us: u64,
    /// Sectors that cannot be read.
    unreadable: BTreeSet<(usize, usize)>,
    /// Of which file the next write goes elsewhere, and how many bytes from its place.
    misdirect: Option<(usize, i64)>,
}

/// The disk; clones are the same disk.
#[derive(Clone)]
pub struct Disk(Arc<Mutex<State>>);

/// An open file of a [`Disk`].
#[derive(Debug)]
pub struct DiskFile {
    disk: Disk,
    inode: usize,
}

/// Holds a [`Disk`] until it is dropped.
#[derive(Debug)]
pub struct DiskLock {
    disk: Disk,
    mode: LockMode,
}

impl Drop for DiskLock {
    fn drop(&mut self) {
        let holders = &mut self.disk.state().holders;
        match self.mode {
            LockMode::Exclusive => holders.writes = false,
            LockMode::Shared => holders.reads -= 1,
        }
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disk")
    }
}

impl Disk {
    /// An empty disk without faults.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            unsynced_names: Vec::new(),
            inodes: Vec::new(),
            holders: Holders::default(),
            salts: Random(7),
            capacity: usize::MAX,
            power: None,
            sync_fault: None,
            lying: false,
            hiding: false,
            syncs: 0,
            sync_us: 0,
            elapsed_us: 0,
            unreadable: BTreeSet::new(),
            misdirect: None,
        })))
    }

    /// One whose journal has other salts.
    #[must_use]
    pub fn with_salts(seed: u64) -> Self {
        let disk = Self::new();
        disk.state().salts = Random(seed);
        disk
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no holder of this lock panics")
    }

    /// Another disk with the same contents, which nobody holds.
    #[must_use]
    pub fn copy(&self) -> Self {
        let mut state = self.state().clone();
        state.holders = Holders::default();
        Self(Arc::new(Mutex::new(state)))
    }

    /// The disk after the power went and came back: a new one without faults. Clones of the old one
    /// are the process that died with it.
    #[must_use]
    pub fn cut(&self, random: &mut Random) -> Self {
        let copy = self.copy();
        let mut state = copy.state();
        let kept = random.below(state.unsynced_names.len() + 1);
        let namings: Vec<_> = state.unsynced_names.drain(..).take(kept).collect();
        let mut names = state.durable_names.clone();
        namings.iter().for_each(|naming| apply(&mut names, naming));
        state.durable_names.clone_from(&names);
        state.names = names;
        let luck = random.below(4);
        for inode in &mut state.inodes {
            if inode.durable.len() < inode.live.len() && random.below(2) == 0 {
                inode.live.truncate(inode.durable.len());
            }
            inode.durable.resize(inode.live.len(), 0);
            let unsynced = std::mem::take(&mut inode.unsynced);
            for (sector, mut contents) in unsynced {
                let start = sector * SECTOR;
                if start >= inode.durable.len() {
                    continue;
                }
                let end = inode.durable.len().min(start + SECTOR);
                contents.insert(0, inode.durable[start..end].to_vec());
                let chosen = match luck {
                    0 => 0,
                    1 => contents.len() - 1,
                    _ => random.below(contents.len()),
                };
                let mut content = contents[chosen].clone();
                if chosen > 0 && luck == 3 && random.below(4) == 0 {
                    let torn = random.below(content.len());
                    content[torn..].copy_from_slice(&contents[chosen - 1][torn..]);
                }
                inode.durable[start..end].copy_from_slice(&content[..end - start]);
            }
            inode.live.clone_from(&inode.durable);
        }
        state.power = None;
        state.sync_fault = None;
        state.lying = false;
        state.misdirect = None;
        drop(state);
        copy
    }

    /// The names of all files.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.state().names.keys().cloned().collect()
    }

    /// The bytes of a file, as a process sees them.
    ///
    /// # Panics
    ///
    /// Where there is no such file; so for the methods that follow.
    #[must_use]
    pub fn bytes_of(&self, name: &str) -> Vec<u8> {
        let state = self.state();
        state.inodes[state.names[name]].live.clone()
    }

    /// Puts bytes into a file, durably, behind everybody's back.
    ///
    /// # Panics
    ///
    /// Where there is no such file or place.
    pub fn harm(&self, name: &str, at: usize, bytes: &[u8]) {
        let mut state = self.state();
        let inode = state.names[name];
        let inode = &mut state.inodes[inode];
        for content in [&mut inode.live, &mut inode.durable] {
            content[at..at + bytes.len()].copy_from_slice(bytes);
        }
    }

    /// Puts a file there, durably, in place of one of that name.
    pub fn plant(&self, name: &str, bytes: &[u8]) {
        let mut state = self.state();
        let inode = state.inodes.len();
        let (live, durable) = (bytes.to_vec(), bytes.to_vec());
        state.inodes.push(Inode { live, durable, ..Inode::default() });
        state.names.insert(name.to_owned(), inode);
        state.durable_names.insert(name.to_owned(), inode);
    }

    /// Makes a file shorter, durably.
    ///
    /// # Panics
    ///
    /// Where there is no such file or place.
    pub fn shorten(&self, name: &str, bytes: usize) {
        let mut state = self.state();
        let inode = state.names[name];
        let inode = &mut state.inodes[inode];
        inode.live.truncate(bytes);
        inode.durable.truncate(bytes);
    }

    /// Removes a file, durably.
    pub fn lose(&self, name: &str) {
        let mut state = self.state();
        state.names.remove(name);
        state.durable_names.remove(name);
    }

    /// Gives a file another name, durably.
    ///
    /// # Panics
    ///
    /// Where there is no such file or place.
    pub fn move_to(&self, from: &str, to: &str) {
        let mut state = self.state();
        let inode = state.names.remove(from).expect("the file is there");
        state.durable_names.remove(from);
        state.names.insert(to.to_owned(), inode);
        state.durable_names.insert(to.to_owned(), inode);
    }

    /// Lets files have so many bytes together, and no more.
    pub fn set_capacity(&self, bytes: usize) {
        self.state().capacity = bytes;
    }

    /// Lets so many writes and syncs succeed, and no more.
    pub fn fail_after(&self, operations: usize) {
        self.state().power = Some(operations);
    }

    /// Lets so many syncs of files succeed, then one fail, then all succeed.
    pub fn fail_sync_after(&self, syncs: usize) {
        self.state().sync_fault = Some(syncs);
    }

    /// From now on syncs do nothing and say that all is well.
    pub fn lie(&self) {
        self.state().lying = true;
    }

    /// From now on syncs that fail say that all is well, as to a program that tries them again.
    pub fn hide(&self) {
        self.state().hiding = true;
    }

    /// How many syncs of files there were.
    #[must_use]
    pub fn syncs(&self) -> usize {
        self.state().syncs
    }

    /// Lets every sync of a file take so long, in simulated microseconds.
    pub fn slow_down(&self, sync_us: u64) {
        self.state().sync_us = sync_us;
    }

    /// How much time all syncs took, in simulated microseconds.
    #[must_use]
    pub fn elapsed_us(&self) -> u64 {
        self.state().elapsed_us
    }

    /// Makes the sector with this byte of a file unreadable.
    ///
    /// # Panics
    ///
    /// Where there is no such file.
    pub fn spoil(&self, name: &str, at: usize) {
        let mut state = self.state();
        let inode = state.names[name];
        state.unreadable.insert((inode, at / SECTOR));
    }

    /// Lets every sector be read again: what stood there is still there.
    pub fn mend(&self) {
        self.state().unreadable.clear();
    }

    /// Whether there are sectors that cannot be read.
    #[must_use]
    pub fn is_spoilt(&self) -> bool {
        !self.state().unreadable.is_empty()
    }

    /// Sends the next write of a file so many bytes away from its place, if the file has such a
    /// place, and else nowhere; the disk says that all is well.
    ///
    /// # Panics
    ///
    /// Where there is no such file.
    pub fn misdirect(&self, name: &str, by: i64) {
        let mut state = self.state();
        state.misdirect = Some((state.names[name], by));
    }
}

impl State {
    fn powered(&mut self) -> io::Result<()> {
        match &mut self.power {
            Some(0) => Err(io::Error::other("the power is gone")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn naming(&mut self, naming: Naming) {
        apply(&mut self.names, &naming);
        self.unsynced_names.push(naming);
    }
}

fn apply(names: &mut BTreeMap<String, usize>, naming: &Naming) {
    match naming {
        Naming::Create(name, inode) => {
            names.insert(name.clone(), *inode);
        }
        Naming::Rename(from, to) => {
            let inode = names.remove(from).expect("names become durable in order");
            names.insert(to.clone(), inode);
        }
        Naming::Remove(name) => {
            names.remove(name);
        }
    }
}

fn missing() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

impl Medium for Disk {
    type File = DiskFile;
    type Lock = DiskLock;

    fn place(&self) -> String {
        "the disk".to_owned()
    }

    fn create_place(&self) -> io::Result<()> {
        Ok(())
    }

    fn lock(&self, mode: LockMode) -> io::Result<Locked<DiskLock>> {
        let mut state = self.state();
        let holders = &mut state.holders;
        match mode {
            _ if holders.writes => return Ok(Locked::Held { writer: Some(41) }),
            LockMode::Exclusive if holders.reads > 0 => return Ok(Locked::Held { writer: None }),
            LockMode::Exclusive => holders.writes = true,
            LockMode::Shared => holders.reads += 1,
        }
        Ok(Locked::Taken(DiskLock { disk: self.clone(), mode }))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.names())
    }

    fn create(&self, name: &str, bytes: u64) -> io::Result<DiskFile> {
        let mut state = self.state();
        state.powered()?;
        let used: usize = state.names.values().map(|inode| state.inodes[*inode].live.len()).sum();
        let bytes = usize::try_from(bytes).expect("files are small");
        if used + bytes > state.capacity {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        let inode = state.inodes.len();
        state.inodes.push(Inode { live: vec![0; bytes], ..Inode::default() });
        state.naming(Naming::Create(name.to_owned(), inode));
        Ok(DiskFile { disk: self.clone(), inode })
    }

    fn open(&self, name: &str, _access: Access) -> io::Result<DiskFile> {
        let inode = *self.state().names.get(name).ok_or_else(missing)?;
        Ok(DiskFile { disk: self.clone(), inode })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        state.powered()?;
        if !state.names.contains_key(from) {
            return Err(missing());
        }
        state.naming(Naming::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        if !state.names.contains_key(name) {
            return Err(missing());
        }
        state.powered()?;
        state.naming(Naming::Remove(name.to_owned()));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.state();
        state.powered()?;
        if !state.lying {
            state.durable_names = state.names.clone();
            state.unsynced_names.clear();
        }
        Ok(())
    }

    fn salt(&self) -> io::Result<u64> {
        Ok(self.state().salts.number())
    }
}

impl File for DiskFile {
    fn bytes(&self) -> io::Result<u64> {
        Ok(self.disk.state().inodes[self.inode].live.len() as u64)
    }

    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        let state = self.disk.state();
        let at = usize::try_from(at).expect("files are small");
        let mut sectors = at / SECTOR..(at + into.len()).div_ceil(SECTOR);
        if sectors.any(|sector| state.unreadable.contains(&(self.inode, sector))) {
            return Err(io::Error::other("a sector cannot be read"));
        }
        let bytes = state.inodes[self.inode].live.get(at..at + into.len());
        into.copy_from_slice(bytes.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?);
        Ok(())
    }

    fn write(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        let powered = state.powered();
        let misdirect = state.misdirect.filter(|(inode, _)| *inode == self.inode);
        if misdirect.is_some() {
            state.misdirect = None;
        }
        let inode = &mut state.inodes[self.inode];
        let place = misdirect.map_or(Some(at), |(_, by)| at.checked_add_signed(by));
        let Some(at) = place.and_then(|at| usize::try_from(at).ok()) else { return powered };
        if misdirect.is_some() && at + bytes.len() > inode.live.len() {
            return powered;
        }
        // A write that fails may have done some of its work.
        let bytes = if powered.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
        inode.live[at..at + bytes.len()].copy_from_slice(bytes);
        for sector in at / SECTOR..(at + bytes.len()).div_ceil(SECTOR) {
            let end = inode.live.len().min((sector + 1) * SECTOR);
            let content = inode.live[sector * SECTOR..end].to_vec();
            inode.unsynced.entry(sector).or_default().push(content);
        }
        powered
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        state.powered()?;
        state.syncs += 1;
        state.elapsed_us += state.sync_us;
        if state.lying {
            return Ok(());
        }
        let fails = state.sync_fault == Some(0);
        state.sync_fault = state.sync_fault.filter(|_| !fails).map(|left| left - 1);
        let inode = &mut state.inodes[self.inode];
        inode.durable.resize(inode.live.len(), 0);
        let unsynced = std::mem::take(&mut inode.unsynced);
        if fails {
            let error = Err(io::Error::other("a sector cannot be written"));
            return if state.hiding { Ok(()) } else { error };
        }
        // Only what was written since: what an earlier sync has failed to write is not tried again.
        for sector in unsynced.into_keys() {
            let range = sector * SECTOR..inode.live.len().min((sector + 1) * SECTOR);
            inode.durable[range.clone()].copy_from_slice(&inode.live[range]);
        }
        Ok(())
    }

    fn forget(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        let inode = &mut state.inodes[self.inode];
        let mut content = inode.durable.clone();
        content.resize(inode.live.len(), 0);
        for (sector, contents) in &inode.unsynced {
            let last = contents.last().expect("a sector is entered with a content");
            content[sector * SECTOR..sector * SECTOR + last.len()].copy_from_slice(last);
        }
        inode.live = content;
        Ok(())
    }
}
