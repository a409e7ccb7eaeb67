//! Where things are, and a source of chance that always gives the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mx::{Library, Schema};

/// The shared folder beside the repository, if it is there.
pub(crate) fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    absent_is_said(path.is_dir(), "../shared is not here").then_some(path)
}

/// A test without what it needs passes over its work in words; in CI it fails.
pub(crate) fn absent_is_said(present: bool, what: &str) -> bool {
    assert!(present || std::env::var_os("CI").is_none(), "{what}, and CI must not skip this");
    if !present {
        println!("skipped: {what}");
    }
    present
}

/// All official schemas: the file of each namespace.
pub(crate) fn schema_files(shared: &Path) -> BTreeMap<String, PathBuf> {
    let manifest = std::fs::read_to_string(shared.join("schemas/MANIFEST.csv")).unwrap();
    let mut files = BTreeMap::new();
    for line in manifest.lines().skip(1) {
        let (Some((file, _)), Some((_, namespace))) = (line.split_once(','), line.rsplit_once(','))
        else {
            continue;
        };
        files.insert(namespace.trim().to_owned(), shared.join("schemas/xsd").join(file));
    }
    files
}

/// Compiles official schemas when they are asked for.
pub(crate) struct Schemas {
    files: BTreeMap<String, PathBuf>,
    compiled: BTreeMap<String, Arc<Schema>>,
}

impl Schemas {
    pub(crate) fn new(shared: &Path) -> Self {
        Self { files: schema_files(shared), compiled: BTreeMap::new() }
    }

    /// The schemas whose namespaces a message names, as a library and as files.
    pub(crate) fn of(&mut self, message: &[u8]) -> (Library, Vec<PathBuf>) {
        let text = String::from_utf8_lossy(message);
        let mut library = Library::empty();
        let mut paths = Vec::new();
        for part in text.split("xmlns").skip(1) {
            let Some((_, value)) = part.split_once('=') else { continue };
            let value = value.trim_start();
            let Some(quote @ ('"' | '\'')) = value.chars().next() else { continue };
            let Some(namespace) = value.get(1..).and_then(|rest| rest.split(quote).next()) else {
                continue;
            };
            let Some(path) = self.files.get(namespace) else { continue };
            if paths.contains(path) {
                continue;
            }
            let compiled = self.compiled.entry(namespace.to_owned()).or_insert_with(|| {
                let bytes = std::fs::read(path).unwrap();
                Arc::new(Schema::from_xsd(&bytes).unwrap_or_else(|e| panic!("{path:?}: {e}")))
            });
            library.add(Arc::clone(compiled));
            paths.push(path.clone());
        }
        (library, paths)
    }
}

/// The XML files of the corpus, good and bad, and the samples.
pub(crate) fn messages(shared: &Path) -> Vec<(String, Vec<u8>)> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let mut all = Vec::new();
    for folder in [shared.join("corpus/mx"), shared.join("corpus/invalid"), samples] {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if bytes.contains(&b'<') && !name.ends_with(".md") {
                all.push((name, bytes));
            }
        }
    }
    all.sort();
    all
}

/// `SplitMix64`: small, and the same everywhere.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `end`; 0 if there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).expect("it is below a size")
    }

    pub(crate) fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}
