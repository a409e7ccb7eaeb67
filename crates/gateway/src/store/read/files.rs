//! The files that received messages have announced.

use std::collections::{BTreeMap, BTreeSet};

use redb::ReadableTable as _;
use trust::{Header, Lane, Reason};
use wire::limits::WINDOW_MAX;

use super::{Result, View, known};
use crate::store::changes::damaged;
use crate::store::records::{FileState, InboxEntry};
use crate::store::tables::{FETCHING, INBOX, INBOX_FILES};

/// A received message that announces a file.
#[derive(Clone, Debug)]
pub(crate) struct Announced {
    /// Its lane and output number.
    pub(crate) place: (u8, u64),
    /// Its header.
    pub(crate) header: Header,
    /// When it was stored.
    pub(crate) received_at: trust::LogTime,
    /// How the file is.
    pub(crate) state: FileState,
}

/// What the link must know of files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Awaited {
    /// The messages whose files are not here.
    pub(crate) awaited: BTreeMap<Lane, BTreeSet<u64>>,
    /// The messages whose files will never be here, and why.
    pub(crate) given_up: Vec<(Lane, u64, Reason)>,
}

impl View {
    /// The messages that wait for their files, in the order of their lanes.
    pub(crate) fn fetching(&self) -> Result<Vec<Announced>> {
        let Some(table) = known(self.transaction.open_table(FETCHING))? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for entry in table.iter()? {
            let place = entry?.0.value();
            found.push(self.announced_at(place, FileState::Fetching)?);
        }
        Ok(found)
    }

    /// What the link must know of files.
    pub(crate) fn awaited(&self) -> Result<Awaited> {
        let mut found = Awaited::default();
        if let Some(table) = known(self.transaction.open_table(FETCHING))? {
            for entry in table.iter()? {
                let (lane, number) = entry?.0.value();
                found.awaited.entry(Lane(lane)).or_default().insert(number);
            }
        }
        let Some(table) = known(self.transaction.open_table(INBOX_FILES))? else {
            return Ok(found);
        };
        for (lane, through) in self.counts()?.lanes {
            // No more can be open.
            let first = (through + 1).saturating_sub(WINDOW_MAX.into());
            for entry in table.range((lane, first)..=(lane, through))? {
                let (place, bytes) = entry?;
                let state = FileState::decode(bytes.value()).map_err(damaged)?;
                if let FileState::GivenUp(declination) = state {
                    found.given_up.push((Lane(lane), place.value().1, declination.reason));
                }
            }
        }
        Ok(found)
    }

    /// The messages that announced a file, the last ones of each lane.
    pub(crate) fn announced(&self, limit: usize) -> Result<Vec<Announced>> {
        let Some(table) = known(self.transaction.open_table(INBOX_FILES))? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for entry in table.iter()?.rev().take(limit) {
            let (place, bytes) = entry?;
            let state = FileState::decode(bytes.value()).map_err(damaged)?;
            found.push(self.announced_at(place.value(), state)?);
        }
        Ok(found)
    }

    fn announced_at(&self, place: (u8, u64), state: FileState) -> Result<Announced> {
        let inbox = self.transaction.open_table(INBOX)?;
        let missing = || damaged(format!("message {place:?} announced a file and is not here"));
        let entry = inbox.get(place)?.map(|bytes| InboxEntry::decode(bytes.value()));
        let entry = entry.ok_or_else(missing)?.map_err(damaged)?;
        let header = Header::decode(&entry.header).map_err(damaged)?;
        Ok(Announced { place, header, received_at: entry.received_at, state })
    }
}
