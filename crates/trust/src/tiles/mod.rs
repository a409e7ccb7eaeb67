//! The log as static files: C2SP tlog-tiles, in both directions.
//!
//! A hub makes tiles of the nodes that it keeps, and others fetch them, so that anybody can compute
//! any proof without asking for one. A hash tile holds up to 256 hashes of one level; levels of
//! tiles are eight levels of the tree apart. An entry bundle holds the leaves themselves: for us the
//! 140 bytes of [`RecordHead`]s, which name what a record is about by digests, so bodies and
//! payloads stay with their parties. The hash of a leaf is `SHA-256(0 || head)` (RFC 6962, 2.1), so
//! whoever knows nothing of our records can check the tree all the same.
//!
//! Paths: `tile/<level>/<index>[.p/<width>]` and `tile/entries/<index>[.p/<width>]`. Bytes: hashes
//! one after another; entries with their length before them, two bytes big-endian. Nothing here
//! reads or sends anything.

mod fetched;

pub use fetched::FetchedTiles;

use std::fmt;
use std::str::FromStr;

use crate::merkle::Nodes;
use crate::{Digest, RecordError, RecordHead};

/// How many hashes or entries a full tile has.
pub const TILE_WIDTH: u16 = 256;
/// How many levels of the tree a level of tiles spans.
const HEIGHT: u8 = 8;
/// The highest level of tiles that a tree of 2^64 leaves can have.
const LEVEL_MAX: u8 = 7;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of subtrees with 256^level leaves each.
    Hashes {
        /// Which level, from 0.
        level: u8,
    },
    /// The leaves.
    Entries,
}

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    kind: TileKind,
    index: u64,
    /// Invariant: from 1 to 256.
    width: u16,
}

impl Tile {
    /// The tile at a place, as a tree of `size` leaves has it; nothing where it would be empty.
    #[must_use]
    pub fn at(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        let row = size.checked_shr(u32::from(kind.level() * HEIGHT))?;
        let start = index.checked_mul(u64::from(TILE_WIDTH))?;
        let width = row.checked_sub(start)?.min(u64::from(TILE_WIDTH));
        let width = u16::try_from(width).expect("a tile has 256 hashes at most");
        (width > 0).then_some(Self { kind, index, width })
    }

    /// What it holds.
    #[must_use]
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// Its place among those of its kind, from 0.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it has.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether it will never have more.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The same place with all that it can have.
    #[must_use]
    pub fn full(&self) -> Self {
        Self { width: TILE_WIDTH, ..*self }
    }

    /// The first leaf or node of it, in its own row.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.index * u64::from(TILE_WIDTH)
    }

    /// Whether a tree of `size` leaves has all of it.
    #[must_use]
    pub fn is_in(&self, size: u64) -> bool {
        Self::at(self.kind, self.index, size).is_some_and(|there| there.width >= self.width)
    }

    /// The tiles that a tree of `size` leaves has and one of `old` leaves had not, entry bundles
    /// first, the lowest level next.
    pub fn new_in(old: u64, size: u64) -> impl Iterator<Item = Self> {
        let hashes = (0..=LEVEL_MAX).map(|level| TileKind::Hashes { level });
        std::iter::once(TileKind::Entries).chain(hashes).flat_map(move |kind| {
            let row = |size: u64| size >> (kind.level() * HEIGHT);
            let width = u64::from(TILE_WIDTH);
            let changed = row(old) / width..row(size).div_ceil(width);
            changed
                .filter_map(move |index| Self::at(kind, index, size))
                .filter(move |tile| !tile.is_in(old))
        })
    }

    /// The bytes of a hash tile; nothing for an entry bundle, or where a node is not there.
    #[must_use]
    pub fn hashes(&self, nodes: &impl Nodes) -> Option<Vec<u8>> {
        let TileKind::Hashes { level } = self.kind else { return None };
        let mut bytes = Vec::with_capacity(usize::from(self.width) * 32);
        for at in 0..u64::from(self.width) {
            bytes.extend(nodes.node(level * HEIGHT, self.start() + at)?.0);
        }
        Some(bytes)
    }
}

impl TileKind {
    /// The level of tiles that lies at the same height.
    fn level(self) -> u8 {
        match self {
            Self::Hashes { level } => level,
            Self::Entries => 0,
        }
    }
}

impl fmt::Display for Tile {
    /// The path, relative to the log's prefix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let mut groups = [0; 7];
        let (mut rest, mut count) = (self.index, 0);
        for group in &mut groups {
            (*group, rest, count) = (rest % 1000, rest / 1000, count + 1);
            if rest == 0 {
                break;
            }
        }
        for (at, group) in groups.iter().enumerate().take(count).rev() {
            write!(
                f,
                "{}{group:03}{}",
                if at > 0 { "x" } else { "" },
                if at > 0 { "/" } else { "" }
            )?;
        }
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

impl FromStr for Tile {
    type Err = TileError;

    fn from_str(text: &str) -> Result<Self, TileError> {
        let path = text.strip_prefix("tile/").ok_or(TileError::Path)?;
        let (kind, rest) = path.split_once('/').ok_or(TileError::Path)?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => {
                let level = level.parse().ok().filter(|level| *level <= LEVEL_MAX);
                TileKind::Hashes { level: level.ok_or(TileError::Path)? }
            }
        };
        let (place, width) = match rest.split_once(".p/") {
            Some((place, width)) => (place, width.parse().map_err(|_| TileError::Path)?),
            None => (rest, TILE_WIDTH),
        };
        let mut index = 0_u64;
        for group in place.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let value: u64 = digits.parse().map_err(|_| TileError::Path)?;
            index = index
                .checked_mul(1000)
                .and_then(|index| index.checked_add(value))
                .ok_or(TileError::Path)?;
        }
        if !(1..=TILE_WIDTH).contains(&width) || index > u64::MAX / u64::from(TILE_WIDTH) {
            return Err(TileError::Path);
        }
        let tile = Self { kind, index, width };
        // Missing or superfluous zeros, and other ways to write the same.
        if tile.to_string() == text { Ok(tile) } else { Err(TileError::Path) }
    }
}

/// The bytes of an entry bundle.
///
/// # Panics
///
/// Never: the length of a head fits into two bytes.
pub fn entry_bundle<'a>(heads: impl Iterator<Item = &'a RecordHead>) -> Vec<u8> {
    let length = u16::try_from(RecordHead::LENGTH).expect("a head has 140 bytes");
    let mut bytes = Vec::with_capacity(usize::from(TILE_WIDTH) * (RecordHead::LENGTH + 2));
    for head in heads {
        bytes.extend(length.to_be_bytes());
        bytes.extend(head.encode());
    }
    bytes
}

/// The heads in the bytes of an entry bundle, in order.
///
/// # Errors
///
/// [`TileError::Entries`] where the bytes are no bundle, [`TileError::Head`] where an entry is no
/// head of a record, [`TileError::Width`] unless they are as many as `tile` says.
pub fn read_entry_bundle(tile: &Tile, bytes: &[u8]) -> Result<Vec<RecordHead>, TileError> {
    let mut heads = Vec::with_capacity(usize::from(tile.width));
    let mut rest = bytes;
    while let Some((length, behind)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, behind) = behind.split_at_checked(length).ok_or(TileError::Entries)?;
        heads.push(RecordHead::decode(entry)?);
        rest = behind;
    }
    if !rest.is_empty() {
        return Err(TileError::Entries);
    }
    if heads.len() == usize::from(tile.width) { Ok(heads) } else { Err(TileError::Width) }
}

/// The hashes in the bytes of a hash tile.
///
/// # Errors
///
/// [`TileError::Width`] unless they are as many as `tile` says.
pub fn read_hashes(tile: &Tile, bytes: &[u8]) -> Result<Vec<Digest>, TileError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() && hashes.len() == usize::from(tile.width) {
        Ok(hashes.iter().copied().map(Digest).collect())
    } else {
        Err(TileError::Width)
    }
}

/// Why a path or bytes are no tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// A path that names none.
    #[error("this is no path of a tile")]
    Path,
    /// More or fewer hashes or entries than the path says.
    #[error("the tile does not have as many hashes or entries as its path says")]
    Width,
    /// Bytes that are no bundle of entries.
    #[error("the bundle of entries is malformed")]
    Entries,
    /// An entry that is no head of a record.
    #[error("an entry is no head of a record")]
    Head(#[from] RecordError),
}

#[cfg(test)]
mod tests;
