//! Objects as files in a folder.
//!
//! An object is written beside its place, synced, and renamed into it; then the folder is synced,
//! and the folders above it that were made for it. What a crash left beside goes when the folder is
//! opened again.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use trust::LogTime;

use crate::objects::{Object, Objects};

/// The folder in which objects are written before they are renamed.
const PARTIAL: &str = ".partial";

/// Objects as files in a folder.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    /// Invariant: no two objects that are being written have the same number.
    next: AtomicU64,
    /// Kept open: the lock goes with it.
    _lock: File,
}

impl Disk {
    /// Opens a folder, and makes it where it is missing.
    ///
    /// # Errors
    ///
    /// When it cannot be made or written, or another process has it.
    pub fn open(folder: &Path) -> io::Result<Self> {
        make_folder(folder)?;
        let lock = File::create(folder.join(".lock"))?;
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive)?;
        let partial = folder.join(PARTIAL);
        make_folder(&partial)?;
        for entry in fs::read_dir(&partial)? {
            fs::remove_file(entry?.path())?;
        }
        Ok(Self { folder: folder.to_owned(), next: AtomicU64::new(0), _lock: lock })
    }

    fn write(&self, partial: &Path, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        let mut file = File::create_new(partial)?;
        for part in parts {
            file.write_all(part)?;
        }
        file.sync_all()?;
        drop(file);
        let path = self.folder.join(name);
        let folder = path.parent().unwrap_or(&self.folder);
        make_folder(folder)?;
        fs::rename(partial, &path)?;
        sync_folder(folder)
    }
}

impl Objects for Disk {
    fn put(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let partial = self.folder.join(PARTIAL).join(number.to_string());
        let written = self.write(&partial, name, parts);
        if written.is_err() {
            // The failure that is told is the first one.
            let _ = fs::remove_file(&partial);
        }
        written
    }

    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        if_there(fs::read(self.folder.join(name)))
    }

    fn remove(&self, names: &[String]) -> io::Result<()> {
        for name in names {
            let path = self.folder.join(name);
            let _ = if_there(fs::remove_file(&path))?;
            let mut folder = path.parent();
            // Folders that have become empty go too; one that is not stays.
            while let Some(empty) = folder.filter(|it| *it != self.folder) {
                if fs::remove_dir(empty).is_err() {
                    break;
                }
                folder = empty.parent();
            }
        }
        Ok(())
    }

    fn list(&self, parts: &[&str]) -> io::Result<Vec<Object>> {
        let mut found = Vec::new();
        let top = parts.iter().fold(self.folder.clone(), |path, part| path.join(part));
        let mut folders = vec![top];
        while let Some(folder) = folders.pop() {
            let Some(entries) = if_there(fs::read_dir(&folder))? else { continue };
            for entry in entries {
                let entry = entry?;
                let path = entry.path();
                let is_ours = entry.file_name().to_string_lossy().starts_with('.');
                if is_ours {
                    continue;
                }
                // It may have gone since the folder was read.
                let Some(meta) = if_there(entry.metadata())? else { continue };
                if meta.is_dir() {
                    folders.push(path);
                    continue;
                }
                let Ok(name) = path.strip_prefix(&self.folder) else { continue };
                let written = meta.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
                let written_at = u64::try_from(written.as_micros()).unwrap_or(u64::MAX);
                found.push(Object {
                    name: name.to_string_lossy().into_owned(),
                    bytes: meta.len(),
                    written_at: LogTime(written_at),
                });
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }
}

/// Makes a folder and those above it, and syncs what names each that was made.
fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
        make_folder(above)?;
    }
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    folder.parent().filter(|above| !above.as_os_str().is_empty()).map_or(Ok(()), sync_folder)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn if_there<T>(outcome: io::Result<T>) -> io::Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
