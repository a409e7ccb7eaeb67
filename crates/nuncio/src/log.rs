//! Somebody's log, read over HTTP or from a folder with a copy (C2SP tlog-tiles).
//!
//! Nothing that is read is trusted: whoever makes a proof from tiles checks it against a checkpoint
//! that the log's key has signed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use trust::merkle::{MerkleError, root_of_path};
use trust::tiles::{FetchedTiles, Tile, TileKind, read_entry_bundle};
use trust::{Checkpoint, Cosigned, Digest, NetworkKeys, RecordHead};

use crate::exit::{self, Failure};

/// How long a file of a log may take.
const TIME_MAX: Duration = Duration::from_secs(30);
/// The largest file of a log is a full bundle of entries.
const BYTES_MAX: u64 = 1 << 20;

/// Where a log is.
#[derive(Debug)]
pub(crate) enum Source {
    /// Under a URL.
    Url { base: String, agent: ureq::Agent },
    /// In a folder.
    Folder(PathBuf),
}

/// A log as one checkpoint has it.
#[derive(Debug)]
pub(crate) struct Log<'a> {
    source: &'a Source,
    tiles: FetchedTiles,
    root: Digest,
}

impl Source {
    /// The log under a URL or in a folder.
    pub(crate) fn of(place: &str) -> Self {
        if !place.starts_with("http://") && !place.starts_with("https://") {
            return Self::Folder(place.into());
        }
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIME_MAX))
            .build()
            .new_agent();
        Self::Url { base: place.trim_end_matches('/').to_owned(), agent }
    }

    /// A file of the log; nothing where it is not there.
    pub(crate) fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(path);
                match fs::read(&path) {
                    Ok(bytes) => Ok(Some(bytes)),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                    Err(error) => {
                        let words = format!("cannot read {}", path.display());
                        Err(anyhow::Error::new(error).context(words).into())
                    }
                }
            }
            Self::Url { base, agent } => {
                let url = format!("{base}/{path}");
                let mut answer =
                    agent.get(&url).call().with_context(|| format!("cannot get {url}"))?;
                match answer.status().as_u16() {
                    200 => {}
                    404 => return Ok(None),
                    status => return Err(anyhow!("{url} answers {status}").into()),
                }
                let body = answer.body_mut().with_config().limit(BYTES_MAX).read_to_vec();
                Ok(Some(body.with_context(|| format!("cannot get {url}"))?))
            }
        }
    }

    /// The log's checkpoint: the note, in the one form.
    pub(crate) fn checkpoint(&self, keys: &NetworkKeys) -> Result<(String, Cosigned), Failure> {
        let bytes = self.file("checkpoint")?;
        let bytes =
            bytes.ok_or_else(|| Failure::said(exit::NOT_FOUND, "there is no checkpoint"))?;
        let refused = |error| {
            let error = anyhow::Error::new(error).context("the log's checkpoint is refused");
            Failure::new(exit::INVALID, error)
        };
        let note = String::from_utf8_lossy(&bytes);
        let note = Cosigned::gather(&note, "", keys).map_err(refused)?;
        let cosigned = Cosigned::open(&note, keys).map_err(refused)?;
        Ok((note, cosigned))
    }

    /// The bytes of a tile; of a full one their start, where the partial one is gone.
    pub(crate) fn tile(&self, tile: &Tile) -> Result<Vec<u8>, Failure> {
        if let Some(bytes) = self.file(&tile.to_string())? {
            return Ok(bytes);
        }
        let full = self.file(&tile.full().to_string())?.filter(|_| !tile.is_full());
        let mut bytes =
            full.ok_or_else(|| Failure::said(exit::NOT_FOUND, format!("the log has no {tile}")))?;
        let one = match tile.kind() {
            TileKind::Hashes { .. } => 32,
            TileKind::Entries => RecordHead::LENGTH + 2,
        };
        bytes.truncate(one * usize::from(tile.width()));
        Ok(bytes)
    }
}

impl<'a> Log<'a> {
    /// The log as a checkpoint has it, which the caller has opened.
    pub(crate) fn at(source: &'a Source, checkpoint: &Checkpoint) -> Self {
        Self { source, tiles: FetchedTiles::new(checkpoint.size), root: checkpoint.root }
    }

    /// Makes something of the tree's nodes, and fetches the tiles that it needs.
    pub(crate) fn make<T>(
        &mut self,
        make: impl Fn(&FetchedTiles) -> Result<T, MerkleError>,
    ) -> Result<T, Failure> {
        loop {
            match make(&self.tiles) {
                Ok(made) => return Ok(made),
                Err(MerkleError::Missing { level, index }) => {
                    let tile = self.tiles.tile_of(level, index);
                    let tile = tile.context("the log is too small for what is asked")?;
                    let bytes = self.source.tile(&tile)?;
                    self.tiles
                        .insert(&tile, &bytes)
                        .with_context(|| format!("{tile} is no tile"))?;
                }
                Err(error) => return Err(Failure::new(exit::INVALID, error)),
            }
        }
    }

    /// The path of a record to the root, checked.
    pub(crate) fn path(&mut self, head: &RecordHead) -> Result<Vec<Digest>, Failure> {
        let size = self.tiles.size();
        if head.sequence >= size {
            let words = format!(
                "record {} is not under this checkpoint of {size} records yet; try again later",
                head.sequence
            );
            return Err(Failure::said(exit::NOT_FOUND, words));
        }
        let path = self.make(|tiles| trust::merkle::inclusion_path(tiles, size, head.sequence))?;
        if root_of_path(&head.hash(), head.sequence, size, &path) == Ok(self.root) {
            Ok(path)
        } else {
            let words =
                format!("record {} is not in the log as this checkpoint has it", head.sequence);
            Err(Failure::said(exit::INVALID, words))
        }
    }

    /// The heads of the records in a bundle of entries.
    pub(crate) fn heads(&self, tile: &Tile, bytes: &[u8]) -> Result<Vec<RecordHead>, Failure> {
        let heads = read_entry_bundle(tile, bytes);
        Ok(heads.with_context(|| format!("{tile} is no bundle of our entries"))?)
    }
}

/// Writes a file so that whoever reads it finds it whole.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let words = || format!("cannot write {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(words)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path)).with_context(words)?;
    Ok(())
}
