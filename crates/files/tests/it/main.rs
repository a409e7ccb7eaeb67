//! What the store of files promises, on a real disk.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::indexing_slicing, reason = "a test that panics has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use files::{CHUNK_BYTES, Disk, Error, Incoming, Kept, Standing, Store};
use iso::Institution;
use proptest::prelude::*;
use trust::{Digest, FileName};

fn owner() -> Institution {
    "ALPHDEFF".parse().unwrap()
}

fn open(folder: &Path) -> Store {
    Store::new(Arc::new(Disk::open(folder).unwrap()))
}

/// Bytes that differ everywhere.
fn bytes(length: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..length).map(next).collect()
}

fn name(bytes: &[u8]) -> FileName {
    FileName { digest: Digest::of(bytes), bytes: bytes.len() as u64 }
}

fn bring(incoming: &mut Incoming, all: &[u8], until: usize) {
    let from = usize::try_from(incoming.length()).unwrap();
    for piece in all[from..until].chunks(100_003) {
        incoming.take(piece).unwrap();
    }
}

fn read(store: &Store, file: &FileName) -> Vec<u8> {
    let chunks = file.bytes.div_ceil(CHUNK_BYTES as u64);
    (0..chunks).flat_map(|index| store.chunk(owner(), file, index).unwrap()).collect()
}

fn chunk_path(folder: &Path, file: &FileName, index: u64) -> PathBuf {
    folder.join(format!("{}/{}/{index:08}", owner(), file.digest))
}

#[test]
fn a_file_is_whole_once_all_of_it_came() {
    let folder = tempfile::tempdir().unwrap();
    for length in [1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES] {
        let all = bytes(length);
        let file = name(&all);
        let store = open(&folder.path().join(length.to_string()));
        assert_eq!(store.standing(owner(), &file).unwrap(), Standing::Part { bytes: 0 });
        let mut incoming = store.receive(owner(), file).unwrap();
        bring(&mut incoming, &all, length);
        assert!(!store.is_whole(owner(), &file).unwrap());
        incoming.finish().unwrap();
        assert_eq!(store.standing(owner(), &file).unwrap(), Standing::Whole);
        assert_eq!(read(&store, &file), all);
        // It is whole under this name only.
        assert!(!store.is_whole("BANKFRPP".parse().unwrap(), &file).unwrap());
        let longer = FileName { bytes: file.bytes + 1, ..file };
        assert!(!store.is_whole(owner(), &longer).unwrap());
    }
}

#[test]
fn whoever_comes_back_goes_on_after_the_last_chunk() {
    let folder = tempfile::tempdir().unwrap();
    let all = bytes(3 * CHUNK_BYTES + 5);
    let file = name(&all);
    let mut incoming = open(folder.path()).receive(owner(), file).unwrap();
    bring(&mut incoming, &all, 2 * CHUNK_BYTES + 7);
    assert_eq!(incoming.durable(), 2 * CHUNK_BYTES as u64);
    assert_eq!(incoming.length(), 2 * CHUNK_BYTES as u64 + 7);
    drop(incoming);
    let store = open(folder.path());
    let half = Standing::Part { bytes: 2 * CHUNK_BYTES as u64 };
    assert_eq!(store.standing(owner(), &file).unwrap(), half);
    let mut incoming = store.receive(owner(), file).unwrap();
    assert_eq!(incoming.length(), 2 * CHUNK_BYTES as u64);
    bring(&mut incoming, &all, all.len());
    incoming.finish().unwrap();
    assert_eq!(read(&store, &file), all);
}

#[test]
fn a_file_with_another_digest_is_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let all = bytes(CHUNK_BYTES + 5);
    let file = name(&all);
    let mut altered = all.clone();
    altered[17] ^= 1;
    let mut incoming = store.receive(owner(), file).unwrap();
    bring(&mut incoming, &altered, altered.len());
    let error = incoming.finish().unwrap_err();
    assert_eq!((error.code(), store.all().unwrap()), ("FIL004", vec![]));
    // It can be sent anew.
    let mut incoming = store.receive(owner(), file).unwrap();
    bring(&mut incoming, &all, all.len());
    incoming.finish().unwrap();
    assert_eq!(read(&store, &file), all);
}

#[test]
fn a_file_has_the_length_that_it_is_said_to_have() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let all = bytes(1_000);
    let file = name(&all);
    let mut incoming = store.receive(owner(), file).unwrap();
    incoming.take(&all).unwrap();
    assert_eq!(incoming.take(b"x").unwrap_err().code(), "FIL005");
    let mut incoming = store.receive(owner(), file).unwrap();
    incoming.take(&all[1..]).unwrap();
    assert_eq!(incoming.finish().unwrap_err().code(), "FIL005");
}

#[test]
fn chunks_that_are_damaged_moved_or_lost_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let all = bytes(4 * CHUNK_BYTES);
    let file = name(&all);
    let store = open(folder.path());
    let mut incoming = store.receive(owner(), file).unwrap();
    bring(&mut incoming, &all, all.len());
    incoming.finish().unwrap();
    let path = |index| chunk_path(folder.path(), &file, index);
    let damaged = |index| {
        let error = store.chunk(owner(), &file, index).unwrap_err();
        matches!(error, Error::Damaged { index: found, .. } if found == index)
    };
    let mut chunk = fs::read(path(1)).unwrap();
    chunk[CHUNK_BYTES / 2] ^= 4;
    fs::write(path(1), chunk).unwrap();
    fs::copy(path(0), path(2)).unwrap();
    fs::remove_file(path(3)).unwrap();
    assert!(damaged(1) && damaged(2) && damaged(3) && !damaged_first(&store, &file));
    assert!(damaged(4), "there is no such chunk");
    // Whoever sends it again goes on before the damage.
    assert_eq!(store.receive(owner(), file).unwrap().length(), CHUNK_BYTES as u64);
}

fn damaged_first(store: &Store, file: &FileName) -> bool {
    store.chunk(owner(), file, 0).is_err()
}

#[test]
fn a_later_upload_overtakes_an_earlier_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let all = bytes(2 * CHUNK_BYTES);
    let file = name(&all);
    let mut first = store.receive(owner(), file).unwrap();
    bring(&mut first, &all, CHUNK_BYTES + 10);
    let mut second = store.receive(owner(), file).unwrap();
    let error = first.take(&all[CHUNK_BYTES + 10..]).unwrap_err();
    assert_eq!(error.code(), "FIL006");
    assert_eq!(first.finish().unwrap_err().code(), "FIL006");
    bring(&mut second, &all, all.len());
    second.finish().unwrap();
    assert_eq!(read(&store, &file), all);
    let mut third = store.receive(owner(), file).unwrap();
    store.remove(owner(), &file.digest).unwrap();
    assert!(!third.take(b"").unwrap());
    assert_eq!(third.finish().unwrap_err().code(), "FIL006");
    assert!(store.all().unwrap().is_empty());
}

#[test]
fn what_is_there_is_listed_and_can_be_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (whole, part) = (bytes(1_000), bytes(CHUNK_BYTES + 1));
    let mut incoming = store.receive(owner(), name(&whole)).unwrap();
    incoming.take(&whole).unwrap();
    incoming.finish().unwrap();
    let mut incoming = store.receive("BANKFRPP".parse().unwrap(), name(&part)).unwrap();
    incoming.take(&part).unwrap();
    let all = store.all().unwrap();
    let seen: Vec<_> = all.iter().map(|Kept { bytes, is_whole, .. }| (*bytes, *is_whole)).collect();
    assert_eq!(seen, [(1_000, true), (CHUNK_BYTES as u64, false)]);
    assert_eq!(all[0].digest, name(&whole).digest);
    for kept in all {
        store.remove(kept.owner, &kept.digest).unwrap();
    }
    assert!(store.all().unwrap().is_empty());
    assert!(
        fs::read_dir(folder.path())
            .unwrap()
            .all(|it| { it.unwrap().file_name().to_string_lossy().starts_with('.') })
    );
}

#[test]
fn what_a_crash_left_beside_its_place_goes() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    fs::write(folder.path().join(".partial/7"), b"half").unwrap();
    let store = open(folder.path());
    assert!(store.all().unwrap().is_empty());
    assert!(fs::read_dir(folder.path().join(".partial")).unwrap().next().is_none());
}

#[test]
fn a_folder_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let first = Disk::open(folder.path()).unwrap();
    assert!(Disk::open(folder.path()).is_err());
    drop(first);
    assert!(Disk::open(folder.path()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..Default::default() })]

    #[test]
    fn breaks_anywhere_lose_nothing(
        length in 1..2 * CHUNK_BYTES + 100,
        breaks in prop::collection::vec(0..2 * CHUNK_BYTES + 100, 0..4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let all = bytes(length);
        let file = name(&all);
        for until in breaks {
            let mut incoming = open(folder.path()).receive(owner(), file).unwrap();
            let from = usize::try_from(incoming.length()).unwrap();
            bring(&mut incoming, &all, until.clamp(from, length));
        }
        let store = open(folder.path());
        let mut incoming = store.receive(owner(), file).unwrap();
        bring(&mut incoming, &all, length);
        incoming.finish().unwrap();
        prop_assert_eq!(read(&store, &file), all);
    }
}
