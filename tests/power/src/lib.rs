//! A file system for tests whose power can be cut: what was not synced is then old, new or a mixture.
//!
//! [`Disk`] keeps everything in memory, twice: as programs see it, and as it would be found after a
//! loss of power. [`Mounted`] shows it to real processes by FUSE, without a library of C. What it
//! promises is what `docs/journal.md` assumes of a medium (M1 to M7), and no more: bytes are durable
//! after a sync of their file, names after a sync of their folder. It keeps no times, no owners that
//! mean anything, and no hard links; a rename from one folder into another is refused.

mod content;
mod disk;
mod folder;
mod mount;
mod random;

pub use disk::{Disk, Lost};
pub use mount::{Mounted, NotMounted};
pub use random::Random;
