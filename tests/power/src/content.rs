//! The bytes of one file: as programs see them, and as they are after a loss of power.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::random::Random;

/// How many bytes are kept together: what a torn write can harm (M3).
pub(crate) const PAGE: usize = 4096;
/// What a disk writes at once: a torn page is a mixture of these.
const SECTOR: usize = 512;

/// The bytes of a file at one moment. A page that is not there is zeros.
#[derive(Clone, Debug, Default)]
struct Bytes {
    length: u64,
    pages: BTreeMap<u64, Arc<[u8; PAGE]>>,
}

impl Bytes {
    fn page(&self, number: u64) -> Option<&Arc<[u8; PAGE]>> {
        self.pages.get(&number)
    }

    fn set(&mut self, number: u64, page: Option<Arc<[u8; PAGE]>>) {
        match page {
            Some(page) => self.pages.insert(number, page),
            None => self.pages.remove(&number),
        };
    }

    /// Cuts the file or makes it longer by zeros.
    fn resize(&mut self, length: u64) {
        // Also where it grows: a page may have been kept whose length was not.
        let (whole, rest) = (length / PAGE as u64, in_page(length));
        self.pages.split_off(&length.div_ceil(PAGE as u64));
        if let Some(page) = self.pages.get_mut(&whole).filter(|_| rest > 0) {
            let page = Arc::make_mut(page);
            page.iter_mut().skip(rest).for_each(|byte| *byte = 0);
        }
        self.length = length;
    }
}

/// Where in its page an offset is.
fn in_page(offset: u64) -> usize {
    usize::try_from(offset % PAGE as u64).expect("a page is small")
}

/// A file: what is there now, and what is durable.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    live: Bytes,
    durable: Bytes,
    /// Pages that may differ between the two.
    dirty: BTreeSet<u64>,
}

impl Content {
    pub(crate) fn length(&self) -> u64 {
        self.live.length
    }

    /// What stands at a place, shorter where the file ends.
    pub(crate) fn read(&self, at: u64, count: usize) -> Vec<u8> {
        let end = at.saturating_add(count as u64).min(self.live.length);
        let mut bytes = Vec::with_capacity(usize::try_from(end.saturating_sub(at)).unwrap_or(0));
        let mut at = at;
        while at < end {
            let from = in_page(at);
            let take = usize::try_from(end - at).map_or(PAGE - from, |left| left.min(PAGE - from));
            match self.live.page(at / PAGE as u64).and_then(|page| page.get(from..from + take)) {
                Some(piece) => bytes.extend_from_slice(piece),
                None => bytes.resize(bytes.len() + take, 0),
            }
            at += take as u64;
        }
        bytes
    }

    /// Writes, and makes the file longer where it has to.
    pub(crate) fn write(&mut self, at: u64, mut bytes: &[u8]) {
        let mut at = at;
        self.live.length = self.live.length.max(at + bytes.len() as u64);
        while !bytes.is_empty() {
            let (number, from) = (at / PAGE as u64, in_page(at));
            let (piece, rest) = bytes.split_at(bytes.len().min(PAGE - from));
            let zeros = piece.iter().all(|byte| *byte == 0);
            if zeros && (piece.len() == PAGE || self.live.page(number).is_none()) {
                self.live.set(number, None);
            } else {
                let page = self.live.pages.entry(number).or_insert_with(|| Arc::new([0; PAGE]));
                if let Some(place) = Arc::make_mut(page).get_mut(from..from + piece.len()) {
                    place.copy_from_slice(piece);
                }
            }
            self.dirty.insert(number);
            at += piece.len() as u64;
            bytes = rest;
        }
    }

    pub(crate) fn resize(&mut self, length: u64) {
        let pages =
            length.min(self.live.length) / PAGE as u64..self.live.length.div_ceil(PAGE as u64);
        let held = self.live.pages.range(pages).map(|(number, _)| *number);
        self.dirty.extend(held);
        self.live.resize(length);
    }

    /// Makes durable what is there (M1).
    pub(crate) fn sync(&mut self) {
        for number in std::mem::take(&mut self.dirty) {
            self.durable.set(number, self.live.page(number).cloned());
        }
        self.durable.resize(self.live.length);
    }

    /// What a failed sync may do: nothing is durable, and nothing is tried again (M4).
    pub(crate) fn fail_to_sync(&mut self) {
        self.dirty.clear();
    }

    /// Keeps what was durable and nothing else; tells how many pages are not as they were seen.
    pub(crate) fn revert(&mut self) -> u64 {
        let differs = |number: &u64| self.durable.page(*number) != self.live.page(*number);
        let lost = std::mem::take(&mut self.dirty).iter().filter(|it| differs(it)).count();
        self.live = self.durable.clone();
        lost as u64
    }

    /// Keeps what was durable, and of all else as much as chance has it (M2); tells how many pages
    /// are not as they were seen.
    pub(crate) fn cut(&mut self, random: &mut Random) -> u64 {
        let mut lost = 0;
        // Mostly a mixture; now and then all of it is gone, or all of it has made it.
        let mood = random.below(8);
        for number in std::mem::take(&mut self.dirty) {
            let (old, new) = (self.durable.page(number), self.live.page(number));
            let kept = match mood {
                0 => old.cloned(),
                1 => new.cloned(),
                _ => match random.below(3) {
                    0 => old.cloned(),
                    1 => new.cloned(),
                    _ => Some(mixture(old, new, random)),
                },
            };
            lost += u64::from(kept.as_deref() != new.map(|page| &**page));
            self.durable.set(number, kept);
        }
        let keeps = if mood < 2 { mood == 1 } else { random.below(2) == 1 };
        let length = if keeps { self.live.length } else { self.durable.length };
        self.durable.resize(length);
        // What a failed sync has dropped differs too, and is gone as well.
        self.live = self.durable.clone();
        lost
    }
}

/// Some sectors of one page, the others of the other.
fn mixture(
    old: Option<&Arc<[u8; PAGE]>>,
    new: Option<&Arc<[u8; PAGE]>>,
    random: &mut Random,
) -> Arc<[u8; PAGE]> {
    let mut page = old.map_or([0; PAGE], |page| **page);
    let new = new.map_or([0; PAGE], |page| **page);
    for (into, from) in page.chunks_mut(SECTOR).zip(new.chunks(SECTOR)) {
        if random.below(2) == 1 {
            into.copy_from_slice(from);
        }
    }
    Arc::new(page)
}

#[cfg(test)]
mod tests {
    use super::{Content, PAGE};
    use crate::random::Random;

    #[test]
    fn what_was_synced_survives_and_the_rest_is_old_or_new() {
        let mut outcomes = [0; 3];
        for seed in 0..200 {
            let mut content = Content::default();
            content.write(10, b"durable");
            content.sync();
            content.write(10, b"written");
            content.write(9000, b"far");
            content.cut(&mut Random::new(seed));
            let found = content.read(10, 7);
            assert!(found == b"durable" || found == b"written", "{found:?}");
            let far = content.read(9000, 3);
            assert!(far.is_empty() || far == b"far" || far == [0; 3], "{far:?}");
            let kind = usize::from(far == b"far") + 2 * usize::from(far.is_empty());
            outcomes[kind] += 1;
        }
        assert!(outcomes.iter().all(|count| *count > 10), "{outcomes:?}");
    }

    #[test]
    fn a_failed_sync_keeps_nothing() {
        let mut content = Content::default();
        content.write(0, b"one");
        content.sync();
        content.write(0, b"two");
        content.fail_to_sync();
        content.sync();
        assert_eq!(content.read(0, 9), b"two", "memory pretends");
        content.cut(&mut Random::new(1));
        assert_eq!(content.read(0, 9), b"one");
    }

    #[test]
    fn files_shrink_and_grow_by_zeros() {
        let mut content = Content::default();
        content.write(0, &[7; 3 * PAGE]);
        content.sync();
        content.resize(PAGE as u64 + 5);
        content.resize(2 * PAGE as u64);
        let bytes = content.read(0, 9 * PAGE);
        assert_eq!(bytes.len(), 2 * PAGE);
        assert!(bytes.iter().take(PAGE + 5).all(|byte| *byte == 7));
        assert!(bytes.iter().skip(PAGE + 5).all(|byte| *byte == 0));
        content.sync();
        content.cut(&mut Random::new(3));
        assert_eq!(content.read(0, 9 * PAGE), bytes);
    }
}
