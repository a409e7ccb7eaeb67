//! The ISO 20022 engine beside libxml2: parse and full schema validation, the same messages, in
//! one run, in turns, on one thread. Beside them the engine with the rules of `cross-border`, which
//! libxml2 does not know; many of the corpus break some, and that is in the time.
//!
//! `cargo run --release --manifest-path bench/mx-side-by-side/Cargo.toml [ROUNDS]`
//!
//! It counts the processor time of the thread and takes the best of several rounds, so that a busy
//! machine disturbs little. Both engines keep compiled schemas and their memory from message to
//! message. It needs libxml2 (Debian: `libxml2-dev`) and the official schemas in `../shared`.

mod libxml2;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use libxml2::Validator;
use mx::{Checker, Library, Profile, Settings};

struct Message {
    bytes: Vec<u8>,
    types: Vec<String>,
}

fn main() {
    let rounds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(7);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let schemas = root.join("../shared/schemas/xsd");
    let (library, mut validators) = (Library::built_in(), BTreeMap::new());
    let sample = std::fs::read(root.join("samples/pacs.008.001.08.xml")).expect("a sample");
    let sample = messages(vec![sample], &library);
    let corpus = corpus(&root.join("../shared/corpus/mx"));
    let corpus = messages(corpus, &library);
    for message in sample.iter().chain(&corpus) {
        for name in &message.types {
            validators.entry(name.clone()).or_insert_with(|| {
                let path = schemas.join(format!("{name}.xsd"));
                Validator::new(&std::fs::read(path).expect("an official schema"))
            });
        }
    }
    // What only one of the two calls good is for the tests, not for a race.
    let corpus: Vec<Message> = corpus
        .into_iter()
        .filter(|message| libxml2::check(&message.bytes, &theirs(message, &validators)))
        .collect();
    println!(
        "libxml2 {}, best of {rounds} rounds, processor time of one thread",
        libxml2::version()
    );
    compare("pacs.008, 3.4 KB", &sample, 20_000, rounds, &library, &validators);
    compare("valid corpus", &corpus, 20, rounds, &library, &validators);
}

fn corpus(folder: &Path) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the corpus is beside the repository")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    files.sort();
    files.iter().map(|path| std::fs::read(path).expect("a readable file")).collect()
}

/// The messages that are good by the built-in schemas.
fn messages(all: Vec<Vec<u8>>, library: &Library) -> Vec<Message> {
    let mut checker = Checker::new();
    let mut good = Vec::new();
    for bytes in all {
        let checked = checker.check(&bytes, library);
        let types: Vec<String> = checked.message_types().map(str::to_owned).collect();
        if checked.is_good() && types.iter().all(|name| !name.contains("nvlp")) {
            good.push(Message { bytes, types });
        }
    }
    good
}

fn theirs<'a>(
    message: &Message,
    validators: &'a BTreeMap<String, Validator>,
) -> Vec<&'a Validator> {
    message.types.iter().map(|name| &validators[name]).collect()
}

fn compare(
    what: &str,
    messages: &[Message],
    repeats: u32,
    rounds: u32,
    library: &Library,
    validators: &BTreeMap<String, Validator>,
) {
    let bytes: usize = messages.iter().map(|message| message.bytes.len()).sum();
    let theirs: Vec<_> = messages.iter().map(|message| theirs(message, validators)).collect();
    let mut checker = Checker::new();
    let mut with_rules = Checker::with_profile(Profile::CrossBorder, Settings::default());
    let (mut best_own, mut best_other) = (f64::INFINITY, f64::INFINITY);
    let mut best_rules = f64::INFINITY;
    for _ in 0..rounds {
        let begin = thread_time();
        for _ in 0..repeats {
            for message in messages {
                black_box(with_rules.check(&message.bytes, library).is_good());
            }
        }
        let took = thread_time() - begin;
        best_rules = best_rules.min(took.as_secs_f64() / f64::from(repeats));
        let begin = thread_time();
        for _ in 0..repeats {
            for message in messages {
                assert!(black_box(checker.check(&message.bytes, library).is_good()));
            }
        }
        let middle = thread_time();
        // libxml2 is slower; fewer repeats give it the same time.
        let fewer = repeats.div_ceil(10);
        for _ in 0..fewer {
            for (message, validators) in messages.iter().zip(&theirs) {
                assert!(black_box(libxml2::check(&message.bytes, validators)));
            }
        }
        let end = thread_time();
        best_own = best_own.min((middle - begin).as_secs_f64() / f64::from(repeats));
        best_other = best_other.min((end - middle).as_secs_f64() / f64::from(fewer));
    }
    println!("{what}: {} messages, {bytes} bytes", messages.len());
    for (name, seconds) in [("mx", best_own), ("+ rules", best_rules), ("libxml2", best_other)] {
        let count = messages.len() as f64;
        println!(
            "  {name:<8} {:>9.2} us a message {:>9.0} messages/s {:>7.0} MB/s",
            seconds / count * 1e6,
            count / seconds,
            bytes as f64 / seconds / 1e6
        );
    }
    println!(
        "  mx is {:.1} times as fast, with the rules of cross-border {:.1} times",
        best_other / best_own,
        best_other / best_rules
    );
}

/// The processor time of this thread.
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("processor time is not negative")
}
