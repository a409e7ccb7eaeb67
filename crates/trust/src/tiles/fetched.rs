//! A tree of which only some tiles are at hand: what a reader of somebody else's log works with.
//!
//! Proofs are made as from any store of nodes. Where a tile is missing, the error names a node, and
//! [`FetchedTiles::tile_of`] names the tile that holds it; the caller fetches that and tries again.
//! Nothing here is trusted: whoever makes a proof from tiles checks it against a signed root.

use std::collections::BTreeMap;

use super::{HEIGHT, TILE_WIDTH, Tile, TileError, TileKind, read_hashes};
use crate::Digest;
use crate::merkle::{Nodes, root};

/// The hash tiles of a log of known size that have been fetched so far.
#[derive(Clone, Debug)]
pub struct FetchedTiles {
    size: u64,
    tiles: BTreeMap<(u8, u64), Vec<Digest>>,
}

impl FetchedTiles {
    /// No tile yet, of a log with `size` leaves.
    #[must_use]
    pub fn new(size: u64) -> Self {
        Self { size, tiles: BTreeMap::new() }
    }

    /// The size of the log.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hash tile that holds a node, as a log of this size has it.
    #[must_use]
    pub fn tile_of(&self, level: u8, index: u64) -> Option<Tile> {
        let index = index.checked_shl(u32::from(level % HEIGHT))? / u64::from(TILE_WIDTH);
        Tile::at(TileKind::Hashes { level: level / HEIGHT }, index, self.size)
    }

    /// Takes the bytes of a tile.
    ///
    /// # Errors
    ///
    /// [`TileError::Path`] for an entry bundle, [`TileError::Width`] for another number of hashes.
    pub fn insert(&mut self, tile: &Tile, bytes: &[u8]) -> Result<(), TileError> {
        let TileKind::Hashes { level } = tile.kind() else { return Err(TileError::Path) };
        self.tiles.insert((level, tile.index()), read_hashes(tile, bytes)?);
        Ok(())
    }
}

impl Nodes for FetchedTiles {
    fn node(&self, level: u8, index: u64) -> Option<Digest> {
        let tile = self.tile_of(level, index)?;
        let hashes = self.tiles.get(&(level / HEIGHT, tile.index()))?;
        let height = level % HEIGHT;
        let start = usize::try_from((index << height) - tile.start()).ok()?;
        Some(root(hashes.get(start..start + (1 << height))?))
    }
}
