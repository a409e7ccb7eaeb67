//! What of a shared log is in the journal: a fold over its entries, the same for every reader.

use bytes::{BufMut as _, Bytes, BytesMut};
use trust::{Body, Digest, NetworkName, RecordError, RecordHead, RecordKind, Shard};

use crate::chain::{Break, Chain};
use crate::error::{Error, Rollback};
use crate::reader::Record;

/// The bytes of an entry before its meta: head and length of meta.
const FIXED: usize = RecordHead::LENGTH + 4;

/// Where a fold stands: what is kept with a snapshot, to go on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where the journal stands.
    pub chain: Chain,
    /// The offset of the next entry to be read.
    pub next_offset: u64,
    /// The last entry that was read: its offset, and the SHA-256 of its bytes. It is read again
    /// first; if it is another one, the log was rolled back.
    pub last: Option<(u64, Digest)>,
}

/// The fold over the entries of one log.
#[derive(Clone, Debug)]
pub struct Fold {
    place: Place,
    /// Whether the last entry of an earlier life has not been seen again yet.
    unproven: bool,
    /// How many entries were void.
    void: u64,
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is a record of the journal.
    Valid(Record),
    /// It is in the log, and not in the journal.
    Void(Void),
    /// It was folded before, and is the same.
    Known,
}

/// Why an entry is not in the journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Void {
    /// It cannot follow: a repeat, or of a writer that was replaced.
    #[error("{0}")]
    Break(Break),
    /// It is no entry that a hub writes.
    #[error("the entry has no record that can be read: {0}")]
    Unreadable(RecordError),
    /// It is too short for what it says to hold.
    #[error("the lengths of the entry do not fit")]
    Length,
    /// Its body is not the one that its head names.
    #[error("the body of the entry is not the one that its head names")]
    Body,
}

impl Void {
    /// Whether somebody must look at it: no hub of this log writes such an entry, and no lost or
    /// late answer explains it.
    #[must_use]
    pub fn is_alarm(&self) -> bool {
        match self {
            Self::Break(Break::Foreign { .. })
            | Self::Unreadable(_)
            | Self::Length
            | Self::Body => true,
            Self::Break(
                Break::Sequence { .. }
                | Break::Previous
                | Break::Epoch { .. }
                | Break::Writer { .. }
                | Break::Time { .. },
            ) => false,
        }
    }
}

impl Fold {
    /// A fold from the first entry, which has offset 0.
    #[must_use]
    pub fn new(network: NetworkName, shard: Shard) -> Self {
        let place = Place { chain: Chain::new(network, shard), next_offset: 0, last: None };
        Self { place, unproven: false, void: 0 }
    }

    /// A fold that goes on from a place. The entry before it is to be read again first:
    /// [`Self::next_offset`] says so.
    #[must_use]
    pub fn resume(place: Place) -> Self {
        Self { unproven: place.last.is_some(), place, void: 0 }
    }

    /// The offset of the entry that [`Self::take`] expects.
    #[must_use]
    pub fn next_offset(&self) -> u64 {
        match self.place.last {
            Some((offset, _)) if self.unproven => offset,
            _ => self.place.next_offset,
        }
    }

    /// Where the journal stands.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.place.chain
    }

    /// What to keep with a snapshot.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// How many entries were void in this life.
    #[must_use]
    pub fn void(&self) -> u64 {
        self.void
    }

    /// Compares the ends of the log with what was read of it: `first` is the offset of the first
    /// entry that the log has, `end` the one behind its last.
    ///
    /// # Errors
    ///
    /// [`Error::RolledBack`] where entries are gone that were read, or that are still to be read.
    pub fn check_ends(&self, first: u64, end: u64) -> Result<(), Error> {
        if first <= self.next_offset() && self.place.next_offset <= end {
            return Ok(());
        }
        Err(self.rolled_back(Rollback::Lost { journal: end }))
    }

    /// Takes the next entry of the log.
    ///
    /// # Errors
    ///
    /// [`Error::RolledBack`] where it is not the entry that stood there.
    ///
    /// # Panics
    ///
    /// On another offset than [`Self::next_offset`]: such a log has offsets without gaps, and the
    /// caller reads in order.
    pub fn take(&mut self, offset: u64, entry: &Bytes) -> Result<Verdict, Error> {
        assert_eq!(offset, self.next_offset(), "entries are folded in order");
        let digest = Digest::of(entry);
        if self.unproven {
            if self.place.last != Some((offset, digest)) {
                return Err(self.rolled_back(Rollback::OtherHistory));
            }
            self.unproven = false;
            return Ok(Verdict::Known);
        }
        let verdict = match read(entry, &self.place.chain) {
            Ok(record) => match self.place.chain.admit(&record.head, record.hash) {
                Ok(()) => Verdict::Valid(record),
                Err(cause) => Verdict::Void(Void::Break(cause)),
            },
            Err(void) => Verdict::Void(void),
        };
        if matches!(verdict, Verdict::Void(_)) {
            self.void += 1;
        }
        self.place.next_offset = offset + 1;
        self.place.last = Some((offset, digest));
        Ok(verdict)
    }

    fn rolled_back(&self, fault: Rollback) -> Error {
        Error::RolledBack {
            witness: "the place to go on from".to_owned(),
            next: self.place.next_offset,
            fault,
        }
    }
}

/// The entry of a record.
pub(super) fn entry(head: &RecordHead, meta: &[u8], payload: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(FIXED + meta.len() + payload.len());
    bytes.put_slice(&head.encode());
    bytes.put_u32(u32::try_from(meta.len()).expect("a record is below 4 GiB"));
    bytes.put_slice(meta);
    bytes.put_slice(payload);
    bytes.freeze()
}

/// The record of an entry; a claim gets the place where it stands.
fn read(entry: &Bytes, chain: &Chain) -> Result<Record, Void> {
    let short = || Void::Length;
    let (head, rest) = entry.split_at_checked(RecordHead::LENGTH).ok_or_else(short)?;
    let mut head = RecordHead::decode(head).map_err(Void::Unreadable)?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| short())?;
    let (meta, payload) = rest.split_at_checked(length).ok_or_else(short)?;
    if Body::digest(meta, &Digest::of(payload)) != head.body {
        return Err(Void::Body);
    }
    if head.kind == RecordKind::OPEN {
        head.sequence = chain.next;
        head.previous = chain.previous;
        head.at = head.at.max(chain.at);
    }
    let hash = head.hash();
    Ok(Record { head, hash, meta: entry.slice_ref(meta), payload: entry.slice_ref(payload) })
}
