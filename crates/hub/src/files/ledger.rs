//! Which files are there, of whom, and since when nobody has asked for them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::files::{Error, Store};
use iso::Institution;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use trust::{Digest, FileName};

use super::Settings;
use crate::shared::Holdings;

/// How many transfers of one institution go on at once.
const PLACES_OF_ONE: usize = 4;
/// How many transfers go on at once at all.
const PLACES: usize = 64;

/// The files that are there.
#[derive(Debug)]
pub(crate) struct Ledger {
    store: Store,
    settings: Settings,
    known: Mutex<BTreeMap<(Institution, Digest), Known>>,
    places: Arc<Semaphore>,
    places_of: Mutex<BTreeMap<Institution, Arc<Semaphore>>>,
}

/// A file, whole or in part.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// How many bytes it has, or will have.
    bytes: u64,
    is_whole: bool,
    /// When somebody last brought something of it, or announced it. The clock is one that never
    /// jumps: what was checked a moment ago must not be swept away. A hub that starts takes all as
    /// new.
    touched: Instant,
}

/// A place for a transfer; it is free again when this goes.
#[derive(Debug)]
pub(crate) struct Placed {
    _of_all: OwnedSemaphorePermit,
    _of_one: OwnedSemaphorePermit,
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwelcome {
    /// It is larger than this hub takes.
    #[error("FIL011: this hub takes files of at most {most} bytes, but this one has {found}")]
    TooLarge {
        /// The limit.
        most: u64,
        /// What was named.
        found: u64,
    },
    /// Too much of the institution's is there that nobody has announced.
    #[error(
        "FIL012: files of {owner} that are not announced may have {most} bytes, and have {found}"
    )]
    TooMuch {
        /// Whose.
        owner: Institution,
        /// The limit.
        most: u64,
        /// How many there are without this one.
        found: u64,
    },
}

impl Ledger {
    /// Reads what is there.
    pub(crate) fn read(store: Store, settings: Settings) -> Result<Self, Error> {
        let touched = Instant::now();
        let known = store.all()?.into_iter().map(|kept| {
            let known = Known { bytes: kept.bytes, is_whole: kept.is_whole, touched };
            ((kept.owner, kept.digest), known)
        });
        let known = Mutex::new(known.collect());
        let places = Arc::new(Semaphore::new(PLACES));
        Ok(Self { store, settings, known, places, places_of: Mutex::default() })
    }

    /// The files.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// A place for a transfer of an institution, if one is free.
    pub(crate) fn place(&self, of: Institution) -> Option<Placed> {
        let of_one = {
            let mut places = self.places_of.lock().unwrap_or_else(PoisonError::into_inner);
            let one = places.entry(of).or_insert_with(|| Arc::new(Semaphore::new(PLACES_OF_ONE)));
            Arc::clone(one).try_acquire_owned().ok()?
        };
        let of_all = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(Placed { _of_all: of_all, _of_one: of_one })
    }

    /// Takes note of a file that is to come; says whether it is whole already.
    ///
    /// `is_kept` says which files are announced.
    pub(crate) fn expect(
        &self,
        owner: Institution,
        file: &FileName,
        is_kept: impl Fn(&Digest) -> bool,
    ) -> Result<bool, Unwelcome> {
        let mut known = self.known();
        if let Some(it) = known.get_mut(&(owner, file.digest))
            && it.is_whole
            && it.bytes == file.bytes
        {
            it.touched = Instant::now();
            return Ok(true);
        }
        let most = self.settings.bytes_max;
        if file.bytes > most {
            return Err(Unwelcome::TooLarge { most, found: file.bytes });
        }
        let first = Digest([0; 32]);
        let of_owner = known.range((owner, first)..).take_while(|((it, _), _)| *it == owner);
        let others = of_owner.filter(|((_, digest), _)| *digest != file.digest && !is_kept(digest));
        let found: u64 = others.map(|(_, it)| it.bytes).sum();
        let most = self.settings.unannounced_bytes_max;
        if found.saturating_add(file.bytes) > most {
            return Err(Unwelcome::TooMuch { owner, most, found });
        }
        let touched = Instant::now();
        let coming = Known { bytes: file.bytes, is_whole: false, touched };
        known.insert((owner, file.digest), coming);
        Ok(false)
    }

    /// Something of a file came; it may be whole now.
    pub(crate) fn came(&self, owner: Institution, file: &FileName, is_whole: bool) {
        let known = Known { bytes: file.bytes, is_whole, touched: Instant::now() };
        self.known().insert((owner, file.digest), known);
    }

    /// What came of a file was thrown away.
    pub(crate) fn gone(&self, owner: Institution, digest: &Digest) {
        self.known().remove(&(owner, *digest));
    }

    /// Takes away what is not kept and was not touched for as long as the settings say; says how
    /// many files.
    pub(crate) fn sweep(
        &self,
        is_kept: impl Fn(Institution, &Digest) -> bool,
    ) -> Result<usize, Error> {
        let patience = Duration::from_secs(u64::from(self.settings.unannounced_hours) * 3_600);
        let mut swept = 0;
        let all: Vec<(Institution, Digest)> = self.known().keys().copied().collect();
        for (owner, digest) in all {
            if is_kept(owner, &digest) {
                continue;
            }
            {
                let mut known = self.known();
                let is_old = |it: &Known| it.touched.elapsed() >= patience;
                if !known.get(&(owner, digest)).is_some_and(is_old) {
                    continue;
                }
                // From here on nobody announces it.
                known.remove(&(owner, digest));
            }
            self.store.remove(owner, &digest)?;
            swept += 1;
        }
        Ok(swept)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<(Institution, Digest), Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holdings for Ledger {
    fn holds(&self, of: Institution, file: &FileName) -> bool {
        let mut known = self.known();
        let Some(it) = known.get_mut(&(of, file.digest)) else { return false };
        it.touched = Instant::now();
        it.is_whole && it.bytes == file.bytes
    }
}

#[cfg(test)]
mod tests {
    use ::files::Disk;

    use super::*;

    fn ledger(folder: &std::path::Path, hours: u32) -> Ledger {
        let store = Store::new(Arc::new(Disk::open(folder).unwrap()));
        let settings =
            Settings { bytes_max: 100, unannounced_bytes_max: 150, unannounced_hours: hours };
        Ledger::read(store, settings).unwrap()
    }

    fn file(number: u8, bytes: u64) -> FileName {
        FileName { digest: Digest([number; 32]), bytes }
    }

    #[tokio::test]
    async fn what_is_not_announced_has_a_limit_for_each_institution() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(folder.path(), 24);
        let (us, them) = ("ALPHDEFF".parse().unwrap(), "BRAVFRPP".parse().unwrap());
        let said = |it: Result<bool, Unwelcome>| it.map_err(|error| error.to_string());
        let none = |_: &Digest| false;
        assert_eq!(said(ledger.expect(us, &file(1, 100), none)), Ok(false));
        assert!(said(ledger.expect(us, &file(2, 101), none)).unwrap_err().starts_with("FIL011"));
        assert!(said(ledger.expect(us, &file(2, 51), none)).unwrap_err().starts_with("FIL012"));
        assert_eq!(said(ledger.expect(us, &file(2, 50), none)), Ok(false));
        // Others have their own, the same file counts once, and what is announced does not count.
        assert_eq!(said(ledger.expect(them, &file(1, 100), none)), Ok(false));
        assert_eq!(said(ledger.expect(us, &file(1, 100), none)), Ok(false));
        let first = |it: &Digest| *it == Digest([1; 32]);
        assert_eq!(said(ledger.expect(us, &file(3, 100), first)), Ok(false));
    }

    #[tokio::test]
    async fn what_nobody_needs_is_swept_and_what_is_kept_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let us = "ALPHDEFF".parse().unwrap();
        let store = Store::new(Arc::new(Disk::open(folder.path()).unwrap()));
        for bytes in [b"one".as_slice(), b"three"] {
            let name = FileName { digest: Digest::of(bytes), bytes: bytes.len() as u64 };
            let mut incoming = store.receive(us, name).unwrap();
            incoming.take(bytes).unwrap();
            incoming.finish().unwrap();
        }
        drop(store);
        let kept = FileName { digest: Digest::of(b"one"), bytes: 3 };
        let other = FileName { digest: Digest::of(b"three"), bytes: 5 };
        let patient = ledger(folder.path(), 24);
        assert!(patient.holds(us, &kept) && patient.holds(us, &other));
        assert!(!patient.holds("BRAVFRPP".parse().unwrap(), &kept));
        assert_eq!(patient.sweep(|_, _| false).unwrap(), 0, "it was touched");
        drop(patient);
        let hasty = ledger(folder.path(), 0);
        assert_eq!(hasty.sweep(|_, digest| *digest == kept.digest).unwrap(), 1);
        assert!(hasty.holds(us, &kept) && !hasty.holds(us, &other));
        assert_eq!(hasty.store().all().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn transfers_of_one_institution_leave_room_for_others() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(folder.path(), 24);
        let us = "ALPHDEFF".parse().unwrap();
        let mut placed: Vec<_> = (0..PLACES_OF_ONE).map(|_| ledger.place(us).unwrap()).collect();
        assert!(ledger.place(us).is_none());
        assert!(ledger.place("BRAVFRPP".parse().unwrap()).is_some());
        placed.pop();
        assert!(ledger.place(us).is_some());
    }
}
