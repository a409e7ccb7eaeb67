//! Keeps files by whose they are and what they hold, chunk by chunk, on a disk.
//!
//! A file is named by its owner, the SHA-256 of its bytes and their number. It comes in chunks of
//! [`CHUNK_BYTES`], each durable before anybody hears of it, so whoever sends it goes on after a break
//! where the last one ended. When the last is there, the digest of all is compared, and only then
//! the file is *whole*. Every chunk carries a digest that says what it holds and where it belongs;
//! it is compared whenever a chunk is read.
//!
//! ```text
//! OWNER/DIGEST/00000000   chunk 0: its bytes, and behind them the digest of the chunk
//! OWNER/DIGEST/00000001   chunk 1, and so on; only the last is shorter
//! OWNER/DIGEST/whole      "nuncio whole file 1\n" and the number of bytes, u64 big-endian
//! ```
//!
//! The digest of a chunk is SHA-256 of `"nuncio chunk 1\n" | digest of the file | index u64 | bytes`.
//!
//! Memory is that of one chunk for each file that comes or goes, whatever its size. Everything here
//! waits for the disk: an executor calls it where it may wait. Who may send or fetch a file is decided
//! elsewhere (crate `network`).

mod disk;
mod error;
mod incoming;
mod objects;
mod store;

pub use disk::Disk;
pub use error::Error;
pub use incoming::Incoming;
pub use objects::{Object, Objects};
pub use store::{Kept, Standing, Store};

/// How many bytes a chunk has; the last of a file has what is left.
pub const CHUNK_BYTES: usize = 4 << 20;
