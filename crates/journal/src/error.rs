//! What can go wrong with a journal, and the codes under which people find what to do.
//!
//! Each code has a page in `docs/codes`. None of these is a refusal of business: they concern the
//! operator of the hub alone.

use std::io;
use std::sync::Arc;

use trust::{NetworkName, RecordError, Shard};

use crate::chain::Break;

/// All codes of this crate, in order. `JNL015` is a warning: a snapshot that was passed over.
pub const CODES: [&str; 16] = [
    "JNL001", "JNL002", "JNL003", "JNL004", "JNL005", "JNL006", "JNL007", "JNL008", "JNL009",
    "JNL010", "JNL011", "JNL012", "JNL013", "JNL014", "JNL015", "JNL016",
];

/// Why a journal did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has the directory.
    #[error(
        "the journal in {place} is in use by another process{}; stop that process, or choose another directory",
        writer_text(*.writer)
    )]
    InUse {
        /// The directory.
        place: String,
        /// The process that last opened it to write, where that is known.
        writer: Option<u32>,
    },
    /// There is no such directory.
    #[error("there is no directory {place}; create the journal first, or name the right directory")]
    Missing {
        /// The directory.
        place: String,
    },
    /// The directory holds no journal.
    #[error("{place} holds no journal; create one first, or name the right directory")]
    Empty {
        /// The directory.
        place: String,
    },
    /// A journal was to be created where other files are.
    #[error("{place} is not empty: it holds {file}; create a journal in an empty directory only")]
    NotEmpty {
        /// The directory.
        place: String,
        /// One of the other files.
        file: String,
    },
    /// The journal is of another network or shard.
    #[error(
        "{file} belongs to {network}/{}, but this is {expected_network}/{}; name the right directory",
        .shard.0, .expected_shard.0
    )]
    Foreign {
        /// The file that says so.
        file: String,
        /// The network that it names.
        network: NetworkName,
        /// The shard that it names.
        shard: Shard,
        /// The network that was asked for.
        expected_network: NetworkName,
        /// The shard that was asked for.
        expected_shard: Shard,
    },
    /// A file has a format that this program does not know.
    #[error("{file} has format {version}, but this program knows 1; use the program that wrote it")]
    Version {
        /// The file.
        file: String,
        /// The format that it names.
        version: u16,
    },
    /// Bytes that were durable are not what they were.
    #[error("the journal is damaged: {0}")]
    Damaged(Damage),
    /// There is no space for what was asked; nothing of it was done.
    #[error(
        "no space is left for {file} of {bytes} bytes; free some, and what was refused can be asked again"
    )]
    Full {
        /// The file that could not be made.
        file: String,
        /// How much it needs.
        bytes: u64,
        /// What the operating system said.
        source: io::Error,
    },
    /// The operating system refused, outside of writing records.
    #[error("cannot {operation} {file}")]
    Io {
        /// What was to be done.
        operation: &'static str,
        /// With which file.
        file: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A write or sync of records failed; what is durable is unknown until the journal is opened
    /// again.
    #[error("cannot {operation} {file}; the process must stop and open the journal again")]
    Stopped {
        /// What failed.
        operation: &'static str,
        /// With which file.
        file: String,
        /// What the operating system said.
        source: Arc<io::Error>,
    },
    /// A record is longer than a segment.
    #[error("a record of {bytes} bytes is too long; at most {bytes_max} fit into a segment")]
    TooLong {
        /// How long it would be, with everything.
        bytes: u64,
        /// How long it may be.
        bytes_max: u64,
    },
    /// Too much is staged; commit first.
    #[error("the group is full at {records} records; commit it first")]
    GroupFull {
        /// How many records are staged.
        records: u64,
    },
    /// A record that is not durable, or does not exist.
    #[error("record {sequence} is not in the journal; the next one is {next}")]
    Unknown {
        /// What was asked for.
        sequence: u64,
        /// The first that is not durable.
        next: u64,
    },
    /// Nothing says how far the journal is durable: it has no mark, or none that is whole.
    #[error(
        "the journal in {place} has no mark of how far it is durable; let the hub open it once, or verify it"
    )]
    Unmarked {
        /// The directory.
        place: String,
    },
    /// Something that was made of the journal when it was durable proves that it held other or
    /// later records: it was set back, or lost its end. It must not be served.
    #[error(
        "the journal was rolled back: {witness} was made of the {next} records before it, but {fault}"
    )]
    RolledBack {
        /// What proves it.
        witness: String,
        /// How many records there were at least.
        next: u64,
        /// How the journal disagrees.
        fault: Rollback,
    },
}

/// How a journal disagrees with what was made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rollback {
    /// It ends before.
    #[error("the journal has only {journal}")]
    Lost {
        /// How many records it has.
        journal: u64,
    },
    /// It has another record at that place.
    #[error("the journal has another record there")]
    OtherHistory,
}

impl Error {
    /// The code that never changes its meaning.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InUse { .. } => "JNL001",
            Self::Missing { .. } => "JNL002",
            Self::Empty { .. } => "JNL003",
            Self::NotEmpty { .. } => "JNL004",
            Self::Foreign { .. } => "JNL005",
            Self::Version { .. } => "JNL006",
            Self::Damaged(_) => "JNL007",
            Self::Full { .. } => "JNL008",
            Self::Io { .. } => "JNL009",
            Self::Stopped { .. } => "JNL010",
            Self::TooLong { .. } => "JNL011",
            Self::GroupFull { .. } => "JNL012",
            Self::Unknown { .. } => "JNL013",
            Self::RolledBack { .. } => "JNL014",
            Self::Unmarked { .. } => "JNL016",
        }
    }

    pub(crate) fn io(operation: &'static str, file: &str, source: io::Error) -> Self {
        Self::Io { operation, file: file.to_owned(), source }
    }
}

fn writer_text(writer: Option<u32>) -> String {
    writer.map_or_else(String::new, |id| format!(" (last opened to write by process {id})"))
}

/// Where durable bytes are not what they were, and how that was seen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, offset {offset}, record {sequence}: {fault}")]
pub struct Damage {
    /// The file.
    pub file: String,
    /// The offset in it, in bytes.
    pub offset: u64,
    /// The record that should stand there.
    pub sequence: u64,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with some bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The header of a segment is not what was written.
    #[error("the header of the segment is damaged")]
    SegmentHeader,
    /// The header of a segment does not fit its name or the segment before.
    #[error(
        "the segment does not follow the one before it; expected one that begins at {expected}"
    )]
    SegmentOrder {
        /// The first sequence that was expected.
        expected: u64,
    },
    /// A file is shorter or longer than it was made.
    #[error("the file has {found} bytes instead of {expected}")]
    Size {
        /// How many it should have.
        expected: u64,
        /// How many it has.
        found: u64,
    },
    /// The header of a group is not what was written.
    #[error("the header of a group is damaged")]
    GroupHeader,
    /// A record's checksum is not that of its bytes.
    #[error("the checksum of the record is wrong")]
    Checksum,
    /// What stands before the head of a record is not what was written.
    #[error("the prefix of the record is damaged")]
    Prefix,
    /// A record's lengths do not fit the place where it stands.
    #[error("the lengths of the record do not fit its place")]
    Length,
    /// The head of a record cannot be read.
    #[error("{0}")]
    Head(RecordError),
    /// A record cannot follow the one before.
    #[error("{0}")]
    Chain(Break),
    /// The body is not the one that the head names.
    #[error("the body of the record is not the one that its head names")]
    Body,
    /// Bytes that must be zero are not.
    #[error("bytes that must be zero are not")]
    Slack,
    /// A record that was durable is not there.
    #[error("the record was durable, but is not there")]
    Absent,
    /// A snapshot was made of another history.
    #[error("the snapshot is of another log or history than this journal")]
    Snapshot,
    /// The mark names another record than the one that stands there.
    #[error("the file {mark} names another record than the one that stands here")]
    Mark {
        /// The name of the mark's file.
        mark: &'static str,
    },
}
