//! Adding records: stage many, commit them as one group.
//!
//! [`Local::stage`] fixes a record's head and finds room for it, so that nothing but a failing
//! medium can keep a commit from succeeding. [`Local::commit`] writes what is staged, syncs, and
//! only then lets readers see it. A group that does not fit into its segment goes on in the next
//! one, as a group of its own, after the first part is durable.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use trust::{Body, Digest, LogTime, RecordHead, RecordKind};

use crate::chain::Chain;
use crate::error::Error;
use crate::format::{GROUP_HEADER, GroupHeader, SegmentHeader, push_record, record_size, seed};
use crate::index::STEP;
use crate::layout::segment_name;
use crate::local::{Local, name_segment};
use crate::mark;
use crate::medium::{File as _, Medium};
use crate::spare::Spare;

/// A buffer above this is given back after its group.
const BUFFER_KEPT: usize = 8 * 1024 * 1024;

/// A record before it has its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// When the hub wrote it. If that is before the last record, the last record's time is taken.
    pub at: LogTime,
    /// What it is about; not [`RecordKind::OPEN`].
    pub kind: RecordKind,
    /// What the network machine reads.
    pub meta: Bytes,
    /// The exact bytes of a message, or nothing.
    pub payload: Bytes,
    /// The SHA-256 of the payload, which the check has computed anyway. It is believed here.
    pub payload_digest: Digest,
}

/// A record with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// Its head.
    pub head: RecordHead,
    /// The hash of the head: what the next head names, and the leaf of the Merkle log.
    pub hash: Digest,
}

/// How much can surely be committed, whatever happens to the rest of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes left in this segment, staged records taken off.
    pub segment_bytes: u64,
    /// Whether the next segment is there.
    pub spare: bool,
}

/// Staged records that will be written at once.
#[derive(Debug)]
pub(crate) struct Group {
    /// The group with its header, which is filled in at the end.
    bytes: Vec<u8>,
    /// How many bytes there may be.
    room: u64,
    /// Whether it begins the next segment.
    fresh: bool,
    salt: u64,
    seed: u32,
    first: u64,
    records: u32,
    previous: Digest,
    /// Where the log stands after it.
    end: Chain,
    /// Sequences and offsets from the start of the group, of some records.
    places: Vec<(u64, u64)>,
}

/// The parts of a record that is to be staged.
struct Parts<'a> {
    at: LogTime,
    kind: RecordKind,
    meta: &'a [u8],
    payload: &'a [u8],
    payload_digest: Digest,
    epoch: u64,
    writer: u64,
}

impl<M: Medium> Local<M> {
    /// Takes the log over: appends the record that begins the next epoch, durably.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] where there is no room, [`Error::Stopped`] where it could not be written.
    ///
    /// # Panics
    ///
    /// When something is staged.
    pub fn open_epoch(&mut self, at: LogTime, writer: u64) -> Result<Stamped, Error> {
        self.live()?;
        assert!(self.groups.is_empty(), "an epoch is opened before anything is staged");
        let stamped = self.push(&Parts {
            at,
            kind: RecordKind::OPEN,
            meta: &[],
            payload: &[],
            payload_digest: Digest::of(&[]),
            epoch: self.staged.epoch + 1,
            writer,
        })?;
        self.commit()?;
        self.opened = true;
        Ok(stamped)
    }

    /// Fixes the place of a record and finds room for it. It is not durable before [`Self::commit`]
    /// has succeeded: nobody may learn of it until then.
    ///
    /// # Errors
    ///
    /// [`Error::Full`], [`Error::TooLong`] or [`Error::GroupFull`]: the record is not staged, all
    /// else is as before. [`Error::Stopped`] where an earlier write has failed.
    ///
    /// # Panics
    ///
    /// Before [`Self::open_epoch`], and on a draft that opens an epoch.
    pub fn stage(&mut self, draft: &Draft) -> Result<Stamped, Error> {
        self.live()?;
        assert!(self.opened, "records belong to an epoch: open one first");
        assert!(draft.kind != RecordKind::OPEN, "open_epoch writes the records that open epochs");
        debug_assert_eq!(draft.payload_digest, Digest::of(&draft.payload), "of another payload");
        self.push(&Parts {
            at: draft.at,
            kind: draft.kind,
            meta: &draft.meta,
            payload: &draft.payload,
            payload_digest: draft.payload_digest,
            epoch: self.staged.epoch,
            writer: self.staged.writer,
        })
    }

    /// Makes all that is staged durable, and gives its sequences.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`]: what became of the group is unknown until the journal is opened again.
    /// It is not failed, and nothing may be said about it.
    pub fn commit(&mut self) -> Result<Range<u64>, Error> {
        self.live()?;
        let first = self.durable.next;
        for group in std::mem::take(&mut self.groups) {
            if group.fresh {
                self.roll(group.salt)?;
            }
            self.write(group)?;
        }
        assert_eq!(self.durable, self.staged, "all that was staged is durable now");
        self.prepare()?;
        Ok(first..self.durable.next)
    }

    /// Stages and commits some records. All of them are in the journal then, or, after an error
    /// other than [`Error::Stopped`], none. After [`Error::Full`] the same may be tried again: it
    /// succeeds when there is room.
    ///
    /// # Errors
    ///
    /// As [`Self::stage`] and [`Self::commit`].
    ///
    /// # Panics
    ///
    /// When something is staged, and as [`Self::stage`].
    pub fn append(&mut self, drafts: &[Draft]) -> Result<Vec<Stamped>, Error> {
        assert!(self.groups.is_empty(), "append is for those who stage nothing themselves");
        let mut stamped = Vec::with_capacity(drafts.len());
        for draft in drafts {
            match self.stage(draft) {
                Ok(done) => stamped.push(done),
                Err(error) => {
                    self.discard();
                    return Err(error);
                }
            }
        }
        if let Err(error) = self.keep_reserve() {
            self.discard();
            return Err(error);
        }
        self.commit()?;
        Ok(stamped)
    }

    /// Sees to it that what is staged leaves the reserve, or that there is a next segment.
    fn keep_reserve(&mut self) -> Result<(), Error> {
        let Room { segment_bytes, spare } = self.room();
        // The next group begins at a block, and with a header.
        let before = u64::from(self.options.block_bytes) + GROUP_HEADER as u64;
        if spare || segment_bytes >= self.options.reserve_bytes + before {
            return Ok(());
        }
        let made = self.spare.ensure(&self.medium, self.options.segment_bytes);
        made.map_err(|error| self.stop_for(error))
    }

    /// Forgets what is staged. Only for those who have drawn no conclusion from it.
    pub fn discard(&mut self) {
        self.groups.clear();
        self.staged = self.durable.clone();
    }

    /// How much can surely be committed: with no spare and little left, refuse what is not urgent.
    #[must_use]
    pub fn room(&self) -> Room {
        let left = match self.groups.first() {
            Some(group) if !group.fresh => group.room - group.bytes.len() as u64,
            Some(_) => 0,
            None => (self.segment.header.bytes - self.offset).saturating_sub(GROUP_HEADER as u64),
        };
        Room { segment_bytes: left, spare: matches!(self.spare, Spare::Ready(_)) }
    }

    fn push(&mut self, parts: &Parts<'_>) -> Result<Stamped, Error> {
        self.make_room(record_size(parts.meta.len(), parts.payload.len()))?;
        let chain = &mut self.staged;
        let head = RecordHead {
            kind: parts.kind,
            network: chain.network,
            shard: chain.shard,
            epoch: parts.epoch,
            writer: parts.writer,
            sequence: chain.next,
            // Clocks go back; the log's time does not.
            at: parts.at.max(chain.at),
            previous: chain.previous,
            body: Body::digest(parts.meta, &parts.payload_digest),
        };
        let bytes = head.encode();
        let hash = crate::format::head_hash(&bytes);
        chain.admit(&head, hash).expect("a head made from the chain follows in it");
        let group = self.groups.last_mut().expect("room was made in a group");
        let offset = group.bytes.len() as u64;
        if group.places.last().is_none_or(|(_, last)| offset >= last + STEP) {
            group.places.push((head.sequence, offset));
        }
        let origin = (group.seed, group.first);
        push_record(&mut group.bytes, origin, &bytes, parts.meta, parts.payload);
        group.records += 1;
        group.end.clone_from(chain);
        Ok(Stamped { head, hash })
    }

    /// Sees to it that the last staged group has room for a record.
    fn make_room(&mut self, size: u64) -> Result<(), Error> {
        let bytes_max =
            self.options.segment_bytes - u64::from(self.options.block_bytes) - GROUP_HEADER as u64;
        if size > bytes_max {
            return Err(Error::TooLong { bytes: size, bytes_max });
        }
        match self.groups.last() {
            Some(group) if group.bytes.len() as u64 + size <= group.room => return Ok(()),
            Some(group) if group.fresh => {
                let records = self.staged.next - self.durable.next;
                return Err(Error::GroupFull { records });
            }
            Some(_) => {}
            None => {
                let header = &self.segment.header;
                let room = header.bytes - self.offset;
                if GROUP_HEADER as u64 + size <= room {
                    let salt = header.salt;
                    self.begin_group(room, salt, false);
                    return Ok(());
                }
            }
        }
        if let Err(error) = self.spare.ensure(&self.medium, self.options.segment_bytes) {
            return Err(self.stop_for(error));
        }
        let salt = match self.medium.salt() {
            Ok(salt) => salt,
            Err(error) => return Err(self.stop("draw a number for", "the next segment", error)),
        };
        self.begin_group(bytes_max + GROUP_HEADER as u64, salt, true);
        Ok(())
    }

    fn begin_group(&mut self, room: u64, salt: u64, fresh: bool) {
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.clear();
        bytes.resize(GROUP_HEADER, 0);
        self.groups.push(Group {
            bytes,
            room,
            fresh,
            salt,
            seed: seed(salt),
            first: self.staged.next,
            records: 0,
            previous: self.staged.previous,
            end: self.staged.clone(),
            places: Vec::new(),
        });
    }

    /// Goes on in the next segment. All before it is durable: its name is proof of that.
    fn roll(&mut self, salt: u64) -> Result<(), Error> {
        let file = self.spare.take().expect("stage has seen to a spare");
        let header = SegmentHeader {
            block: self.options.block_bytes,
            bytes: self.options.segment_bytes,
            salt,
            before: self.segment.header.start.next,
            start: self.durable.clone(),
        };
        let segment = match name_segment(&self.medium, file, header) {
            Ok(segment) => segment,
            Err((operation, error)) => {
                return Err(self.stop(operation, &segment_name(self.durable.next), error));
            }
        };
        self.offset = segment.groups_start();
        self.segment = Arc::clone(&segment);
        self.shared.roll(segment);
        Ok(())
    }

    /// Writes a group and syncs it.
    fn write(&mut self, group: Group) -> Result<(), Error> {
        let Group { mut bytes, salt, first, records, previous, end, places, .. } = group;
        assert_eq!(first, self.durable.next, "groups are written in order");
        let header = GroupHeader {
            bytes: u32::try_from(bytes.len()).expect("a segment is below 4 GiB"),
            records,
            first,
            salt,
            previous,
        };
        let extent = header.extent(self.segment.header.block);
        bytes.resize(usize::try_from(extent).expect("a segment is below 4 GiB"), 0);
        bytes
            .get_mut(..GROUP_HEADER)
            .expect("a group begins with its header")
            .copy_from_slice(&header.encode());
        let segment = Arc::clone(&self.segment);
        assert!(self.offset + extent <= segment.header.bytes, "a group stays in its segment");
        if let Err(error) = segment.file.write(self.offset, &bytes) {
            return Err(self.stop("write", &segment.name, error));
        }
        if let Err(error) = segment.file.sync() {
            return Err(self.stop("sync", &segment.name, error));
        }
        self.durable = end;
        if let Err(error) = self.mark.write(&self.durable) {
            return Err(self.stop("write", mark::NAME, error));
        }
        let places: Vec<_> =
            places.iter().map(|(sequence, at)| (*sequence, self.offset + at)).collect();
        self.offset += extent;
        self.shared.publish(&places, self.offset, self.durable.next);
        if bytes.capacity() <= BUFFER_KEPT {
            self.buffer = bytes;
        }
        Ok(())
    }
}
