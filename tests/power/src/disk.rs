//! A disk with its power switch: folders, files, links and sockets, and what is left of them after
//! a cut.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fuser::Errno;

use crate::content::Content;
use crate::folder::Folder;
use crate::random::Random;

/// The number of the uppermost folder.
const ROOT: u64 = 1;

/// A disk; copies of this are the same disk.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    state: Arc<Mutex<State>>,
}

/// What a cut has taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Pages of files that are not as programs had seen them.
    pub pages: u64,
    /// Changes of names that have not happened.
    pub names: u64,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Kind {
    File(Content),
    Folder(Folder),
    Link(PathBuf),
    Socket,
}

/// A file or folder, whatever its names.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// Permissions; durable at once, as nothing here hangs on them.
    pub(crate) mode: u16,
}

#[derive(Debug)]
struct State {
    nodes: BTreeMap<u64, Node>,
    next: u64,
    /// Whether the power is off: then everything fails.
    off: bool,
    /// How long each sync takes.
    slow: Duration,
    /// How many of the next syncs fail.
    failing: u32,
    /// Whether syncs say that they succeeded, and do nothing.
    lying: bool,
}

impl Default for State {
    fn default() -> Self {
        let root = Node { kind: Kind::Folder(Folder::default()), mode: 0o755 };
        Self {
            nodes: BTreeMap::from([(ROOT, root)]),
            next: ROOT + 1,
            off: false,
            slow: Duration::ZERO,
            failing: 0,
            lying: false,
        }
    }
}

impl Disk {
    /// Makes everything durable as it is.
    pub fn sync_all(&self) {
        for node in self.lock().nodes.values_mut() {
            node.sync();
        }
    }

    /// Cuts the power: from now on everything fails, and what was not synced is decided by chance.
    pub fn cut(&self, random: &mut Random) -> Lost {
        self.lose(|node| match &mut node.kind {
            Kind::File(content) => (content.cut(random), 0),
            Kind::Folder(folder) => (0, folder.cut(random)),
            Kind::Link(_) | Kind::Socket => (0, 0),
        })
    }

    /// The same, and nothing is left of what was not synced.
    pub fn cut_all(&self) -> Lost {
        self.lose(|node| match &mut node.kind {
            Kind::File(content) => (content.revert(), 0),
            Kind::Folder(folder) => (0, folder.revert()),
            Kind::Link(_) | Kind::Socket => (0, 0),
        })
    }

    fn lose(&self, mut of: impl FnMut(&mut Node) -> (u64, u64)) -> Lost {
        let mut state = self.lock();
        state.off = true;
        let mut lost = Lost::default();
        for node in state.nodes.values_mut() {
            let (pages, names) = of(node);
            lost.pages += pages;
            lost.names += names;
        }
        state.forget_what_has_no_name();
        lost
    }

    /// Gives the power back.
    pub fn power_on(&self) {
        self.lock().off = false;
    }

    /// Lets each sync take so long from now on.
    pub fn slow_down(&self, each_sync: Duration) {
        self.lock().slow = each_sync;
    }

    /// Lets so many of the next syncs of files fail.
    pub fn fail_syncs(&self, count: u32) {
        self.lock().failing = count;
    }

    /// Lets syncs do nothing and say that they succeeded, or not any more.
    pub fn lie(&self, lying: bool) {
        self.lock().lying = lying;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at or changes a node while the power is on.
    pub(crate) fn with<T>(
        &self,
        number: u64,
        then: impl FnOnce(&mut Node) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        then(self.on()?.nodes.get_mut(&number).ok_or(Errno::ENOENT)?)
    }

    fn on(&self) -> Result<MutexGuard<'_, State>, Errno> {
        let state = self.lock();
        if state.off { Err(Errno::EIO) } else { Ok(state) }
    }

    /// The node of a name.
    pub(crate) fn find(&self, parent: u64, name: &OsStr) -> Result<u64, Errno> {
        self.with(parent, |node| node.folder()?.get(name).ok_or(Errno::ENOENT))
    }

    /// Makes a node under a new name.
    pub(crate) fn make(&self, parent: u64, name: &OsStr, node: Node) -> Result<u64, Errno> {
        let mut state = self.on()?;
        let number = state.next;
        let folder = state.nodes.get_mut(&parent).ok_or(Errno::ENOENT)?.folder()?;
        if folder.get(name).is_some() {
            return Err(Errno::EEXIST);
        }
        folder.set(name, number);
        state.nodes.insert(number, node);
        state.next += 1;
        Ok(number)
    }

    /// Takes a name away: of a folder, which must be empty, or of anything else.
    pub(crate) fn remove(&self, parent: u64, name: &OsStr, folder: bool) -> Result<(), Errno> {
        let mut state = self.on()?;
        let number = state.folder(parent)?.get(name).ok_or(Errno::ENOENT)?;
        match &state.nodes.get(&number).ok_or(Errno::ENOENT)?.kind {
            Kind::Folder(it) if folder && !it.is_empty() => return Err(Errno::ENOTEMPTY),
            Kind::Folder(_) if !folder => return Err(Errno::EISDIR),
            Kind::Folder(_) => {}
            Kind::File(_) | Kind::Link(_) | Kind::Socket if folder => return Err(Errno::ENOTDIR),
            Kind::File(_) | Kind::Link(_) | Kind::Socket => {}
        }
        state.folder(parent)?.remove(name);
        Ok(())
    }

    /// Gives another name within a folder; what had that name has it no more.
    pub(crate) fn rename(&self, parent: u64, from: &OsStr, to: &OsStr) -> Result<(), Errno> {
        self.with(parent, |node| {
            let folder = node.folder()?;
            folder.get(from).ok_or(Errno::ENOENT)?;
            folder.rename(from, to);
            Ok(())
        })
    }

    /// All names of a folder.
    pub(crate) fn list(&self, number: u64) -> Result<Vec<(OsString, u64)>, Errno> {
        self.with(number, |node| {
            Ok(node.folder()?.iter().map(|(name, node)| (name.clone(), node)).collect())
        })
    }

    /// Makes a file or folder durable, unless it was told not to.
    pub(crate) fn sync(&self, number: u64) -> Result<(), Errno> {
        let slow = self.on()?.slow;
        if !slow.is_zero() {
            pause(slow);
        }
        let mut state = self.on()?;
        if state.lying {
            return Ok(());
        }
        let fails = state.failing > 0;
        let node = state.nodes.get_mut(&number).ok_or(Errno::ENOENT)?;
        if let (true, Kind::File(content)) = (fails, &mut node.kind) {
            content.fail_to_sync();
            state.failing -= 1;
            return Err(Errno::EIO);
        }
        node.sync();
        Ok(())
    }
}

impl State {
    fn folder(&mut self, number: u64) -> Result<&mut Folder, Errno> {
        self.nodes.get_mut(&number).ok_or(Errno::ENOENT)?.folder()
    }

    /// Drops the nodes to which no name leads.
    fn forget_what_has_no_name(&mut self) {
        let mut named = BTreeSet::new();
        let mut open = vec![ROOT];
        while let Some(number) = open.pop() {
            if let Some(Node { kind: Kind::Folder(folder), .. }) = self.nodes.get(&number)
                && named.insert(number)
            {
                open.extend(folder.iter().map(|(_, node)| node));
            } else {
                named.insert(number);
            }
        }
        self.nodes.retain(|number, _| named.contains(number));
    }
}

impl Node {
    fn sync(&mut self) {
        match &mut self.kind {
            Kind::File(content) => content.sync(),
            Kind::Folder(folder) => folder.sync(),
            Kind::Link(_) | Kind::Socket => {}
        }
    }

    pub(crate) fn folder(&mut self) -> Result<&mut Folder, Errno> {
        match &mut self.kind {
            Kind::Folder(folder) => Ok(folder),
            Kind::File(_) | Kind::Link(_) | Kind::Socket => Err(Errno::ENOTDIR),
        }
    }

    pub(crate) fn content(&mut self) -> Result<&mut Content, Errno> {
        match &mut self.kind {
            Kind::File(content) => Ok(content),
            Kind::Folder(_) => Err(Errno::EISDIR),
            Kind::Link(_) | Kind::Socket => Err(Errno::EINVAL),
        }
    }

    pub(crate) fn target(&self) -> Result<&Path, Errno> {
        match &self.kind {
            Kind::Link(target) => Ok(target),
            Kind::File(_) | Kind::Folder(_) | Kind::Socket => Err(Errno::EINVAL),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a slow disk takes real time")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}
