//! What the fuzzing targets share: good examples to begin from.
//!
//! A target that has some writes them when it starts, into the folder that `NUNCIO_FUZZ_SEEDS` names;
//! libFuzzer reads that folder afterwards.

use std::fs;
use std::path::{Path, PathBuf};

use journal::Record;
use journal::faults::Disk;

/// Puts a good example into the folder of seeds, if there is one.
pub fn plant(name: &str, bytes: impl AsRef<[u8]>) {
    if let Some(folder) = std::env::var_os("NUNCIO_FUZZ_SEEDS") {
        fs::write(Path::new(&folder).join(name), bytes)
            .expect("the folder of seeds can be written");
    }
}

/// A place in the repository.
#[must_use]
pub fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// The golden frames, and whether each is a gateway's.
#[must_use]
pub fn golden_frames() -> Vec<(String, Vec<u8>)> {
    let folder = place("crates/wire/tests/golden/v1");
    let list = fs::read_dir(folder).expect("the golden files are there");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a golden file is text");
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes = digits.chunks(2).map(byte).collect::<Option<_>>().expect("it is hexadecimal");
        (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), bytes)
    };
    list.map(|entry| read(entry.expect("a folder can be read").path())).collect()
}

/// The example of a journal that hubs keep for their tests, on a disk in memory.
#[must_use]
pub fn example_journal() -> Disk {
    let disk = Disk::new();
    let list = fs::read_dir(place("crates/hub/testdata/journal-1")).expect("the example is there");
    for entry in list {
        let path = entry.expect("a folder can be read").path();
        let mut bytes = fs::read(&path).expect("the example can be read");
        if path.extension().is_some_and(|it| it == "segment") {
            // It is kept without the zeros behind its last block.
            let size = bytes.get(48..56).and_then(|it| it.try_into().ok()).map(u64::from_be_bytes);
            let size = size.and_then(|size| usize::try_from(size).ok()).expect("it has a header");
            bytes.resize(size, 0);
        }
        disk.plant(&path.file_name().unwrap_or_default().to_string_lossy(), &bytes);
    }
    disk
}

/// The records of that journal.
#[must_use]
pub fn example_records() -> Vec<Record> {
    let reader = journal::Reader::open_on(&example_journal()).expect("the example opens");
    reader.records(0).map(|record| record.expect("the example is sound")).collect()
}
