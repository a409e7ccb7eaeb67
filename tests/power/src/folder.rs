//! The names in one folder: as programs see them, and as they are after a loss of power.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use crate::random::Random;

/// A change of names that happens as a whole or not at all.
#[derive(Clone, Debug)]
enum Change {
    Set(OsString, u64),
    Remove(OsString),
    Rename(OsString, OsString),
}

/// The names of a folder, with the nodes that they stand for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folder {
    live: BTreeMap<OsString, u64>,
    durable: BTreeMap<OsString, u64>,
    /// What was changed since the last sync, in order.
    changes: Vec<Change>,
}

impl Folder {
    pub(crate) fn get(&self, name: &OsStr) -> Option<u64> {
        self.live.get(name).copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&OsString, u64)> {
        self.live.iter().map(|(name, node)| (name, *node))
    }

    pub(crate) fn set(&mut self, name: &OsStr, node: u64) {
        self.change(Change::Set(name.to_owned(), node));
    }

    pub(crate) fn remove(&mut self, name: &OsStr) {
        self.change(Change::Remove(name.to_owned()));
    }

    pub(crate) fn rename(&mut self, from: &OsStr, to: &OsStr) {
        self.change(Change::Rename(from.to_owned(), to.to_owned()));
    }

    fn change(&mut self, change: Change) {
        apply(&mut self.live, &change);
        self.changes.push(change);
    }

    /// Makes the names durable.
    pub(crate) fn sync(&mut self) {
        self.durable.clone_from(&self.live);
        self.changes.clear();
    }

    /// Leaves the names as they were at some moment since the last sync (M6); tells how many changes
    /// are gone.
    pub(crate) fn cut(&mut self, random: &mut Random) -> u64 {
        let kept = random.below(self.changes.len() as u64 + 1);
        self.keep(kept)
    }

    /// Leaves the names as they were at the last sync; tells how many changes are gone.
    pub(crate) fn revert(&mut self) -> u64 {
        self.keep(0)
    }

    fn keep(&mut self, kept: u64) -> u64 {
        let changes = std::mem::take(&mut self.changes);
        let lost = changes.len() as u64 - kept;
        for (change, _) in changes.iter().zip(0..kept) {
            apply(&mut self.durable, change);
        }
        self.live.clone_from(&self.durable);
        lost
    }
}

fn apply(names: &mut BTreeMap<OsString, u64>, change: &Change) {
    match change {
        Change::Set(name, node) => {
            names.insert(name.clone(), *node);
        }
        Change::Remove(name) => {
            names.remove(name);
        }
        Change::Rename(from, to) => {
            if let Some(node) = names.remove(from) {
                names.insert(to.clone(), node);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::ffi::OsStr;

    use super::Folder;
    use crate::random::Random;

    #[test]
    fn names_are_as_they_were_at_some_moment_since_the_last_sync() {
        let mut seen = BTreeSet::new();
        for seed in 0..100 {
            let mut folder = Folder::default();
            folder.set(OsStr::new("a"), 2);
            folder.sync();
            folder.set(OsStr::new("new"), 3);
            folder.rename(OsStr::new("new"), OsStr::new("a"));
            folder.remove(OsStr::new("a"));
            folder.cut(&mut Random::new(seed));
            let names: Vec<_> =
                folder.iter().map(|(name, node)| format!("{}={node}", name.display())).collect();
            seen.insert(names.join(" "));
        }
        let seen: Vec<_> = seen.iter().map(String::as_str).collect();
        assert_eq!(seen, ["", "a=2", "a=2 new=3", "a=3"]);
    }
}
