//! The durable log: its contract and the local engine.
//!
//! A shard of the network is one ordered log of records. [`Local`] keeps it in files of one
//! directory: drafts are staged, a group of them is written and synced at once, and only then may
//! anybody learn of it. [`Reader`] gives records back, [`verify`] checks a journal that no hub has
//! open. `docs/journal.md` says what is assumed of the medium, which bytes stand where, and what
//! recovery keeps, cuts and refuses.
//!
//! This crate gives no meaning to records, keeps no Merkle tree and reads no clock.

mod append;
pub mod archive;
pub mod backup;
mod chain;
mod directory;
mod error;
mod evidence;
#[cfg(feature = "faults")]
pub mod faults;
mod format;
mod index;
mod layout;
mod local;
mod mark;
mod medium;
mod packed;
mod reader;
mod recovery;
pub mod repair;
pub mod shared_log;
pub mod snapshot;
mod spare;
mod verify;
mod walk;

pub use append::{Draft, Room, Stamped};
pub use chain::{Break, Chain};
pub use directory::{Directory, DirectoryFile, DirectoryLock};
pub use error::{CODES, Damage, Error, Fault, Rollback};
pub use local::{Local, Options, Preparation};
pub use medium::{Access, File, LockMode, Locked, Medium};
pub use reader::{Reader, Record, Records};
pub use recovery::{Cut, Recovered};
pub use verify::{Report, verify, verify_on};
