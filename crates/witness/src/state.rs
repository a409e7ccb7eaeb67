//! What a witness remembers: for each log one file with the last checkpoint that it cosigned.
//!
//! A file is there from the day on which the log was entrusted to the witness, empty at first. So a
//! file that is missing is known to be lost, and the witness does not start: it could be led to
//! cosign a second history. A new state is written beside the old one, synced, and put in its place.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use trust::witness::{Seen, Submission, Witness};

use crate::config::{Config, LogEntry};
use crate::error::Error;

/// Makes the empty state of a log that a witness is to follow. One that exists stays as it is.
///
/// # Errors
///
/// [`Error::Store`].
pub fn create_state(config: &Config, origin: &str) -> Result<(), Error> {
    let path = config.state(origin);
    let make = || {
        fs::create_dir_all(config.folder.join("state"))?;
        if path.exists() { Ok(()) } else { replace(&path, "") }
    };
    make().map_err(|source| Error::Store { path: path.clone(), source })
}

/// The witness as its folder has it.
pub(crate) fn load(config: &Config) -> Result<Witness, Error> {
    let mut witness = Witness::default();
    for LogEntry { origin, keys } in &config.logs {
        let path = config.state(origin);
        let note = match fs::read_to_string(&path) {
            Ok(note) => note,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::Forgotten { path, origin: origin.clone() });
            }
            Err(source) => return Err(Error::Read { path, source }),
        };
        witness.follow(origin, keys.clone(), None);
        if note.is_empty() {
            continue;
        }
        let wrong = |reason| Error::State { path: path.clone(), origin: origin.clone(), reason };
        let seen = seen(origin, &note).ok_or_else(|| wrong("it is no checkpoint of this log"))?;
        if trust::note::open(&note, keys).is_err() {
            return Err(wrong("no key of the log in witness.toml has signed it"));
        }
        witness.follow(origin, keys.clone(), Some(seen));
    }
    Ok(witness)
}

fn seen(origin: &str, note: &str) -> Option<Seen> {
    let (text, _) = note.rsplit_once("\n\n")?;
    let head = trust::witness::TreeHead::parse(&format!("{text}\n"))?;
    (head.origin == origin).then(|| Seen { head, note: note.to_owned() })
}

/// Makes the new state durable; only then may a cosignature be given away.
pub(crate) fn store(config: &Config, seen: &Seen) -> Result<(), Error> {
    let path = config.state(&seen.head.origin);
    replace(&path, &seen.note).map_err(|source| Error::Store { path, source })
}

/// Keeps two checkpoints that contradict each other: the log signed both.
pub(crate) fn keep_evidence(config: &Config, seen: &Seen, submission: &Submission) {
    let size = seen.head.size;
    let path = config.folder.join(format!("evidence-{size}.txt"));
    let text = format!("{}\n{}", seen.note, submission.note);
    match replace(&path, &text) {
        Ok(()) => tracing::error!(path = %path.display(), "the log has shown two histories"),
        Err(error) => tracing::error!(%error, "the evidence of two histories cannot be kept"),
    }
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let partial = path.with_extension("partial");
    let mut file = File::create(&partial)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&partial, path)?;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    File::open(folder)?.sync_all()
}
