//! Finds the end of a journal, and judges what stands behind it.
//!
//! Reads only: what is to be cut is said in the [`Tail`], and [`crate::Local`] cuts it.

use std::sync::Arc;

use crate::chain::Chain;
use crate::error::{Error, Fault};
use crate::evidence::{Doubt, of_later_group};
use crate::index::Index;
use crate::layout::{Segment, damaged};
use crate::mark::{Mark, NAME};
use crate::medium::File;
use crate::walk::{Found, Halt, Walk};

/// What opening a journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Where the log stands.
    pub chain: Chain,
    /// What was cut, if anything.
    pub cut: Option<Cut>,
    /// Whether the journal was made now.
    pub created: bool,
}

/// The remains of a group that was written, but never synced, and so never acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The segment in which they stand.
    pub file: String,
    /// Where they begin.
    pub offset: u64,
    /// How many bytes there are up to the last that is not zero, to within 64.
    pub bytes: u64,
    /// The sequence that the first record of the group had, and that the next record will have.
    pub sequence: u64,
}

/// The end of a journal.
#[derive(Debug)]
pub(crate) struct Tail<F> {
    pub(crate) segment: Arc<Segment<F>>,
    /// Where the next group goes.
    pub(crate) offset: u64,
    /// Where the log stands.
    pub(crate) chain: Chain,
    /// The places of the segment's records.
    pub(crate) index: Index,
    /// What is to be cut.
    pub(crate) cut: Option<Cut>,
}

/// Walks through the last segment and judges what stands behind the last whole group.
pub(crate) fn inspect<F: File>(
    segment: Arc<Segment<F>>,
    mark: Option<&Mark>,
) -> Result<Tail<F>, Error> {
    let mut walk = Walk::new(segment);
    let mut index = Index::default();
    let stopped = follow(&mut walk, mark, |found, starts| {
        index.note(found.record.head.sequence, found.offset, starts);
        Ok(())
    })?;
    let cut = judge(&walk, stopped, mark)?;
    let (offset, chain) = walk.complete();
    index.truncate(chain.next, offset);
    Ok(Tail { segment: Arc::clone(walk.segment()), offset, chain: chain.clone(), index, cut })
}

/// Walks as far as it goes and says what stopped it, if not the end. `each` sees every record, with
/// whether it begins a group.
pub(crate) fn follow<F: File>(
    walk: &mut Walk<F>,
    mark: Option<&Mark>,
    mut each: impl FnMut(&Found, bool) -> Result<(), Fault>,
) -> Result<Option<(u64, Fault)>, Error> {
    agree(walk, mark)?;
    loop {
        match walk.step() {
            Ok(Some(found)) => {
                if let Err(fault) = each(&found, walk.at_group_start()) {
                    let sequence = found.record.head.sequence;
                    return Err(damaged(&walk.segment().name, found.offset, sequence, fault));
                }
                agree(walk, mark)?;
            }
            Ok(None) => return Ok(None),
            Err(Halt::Fault { offset, fault }) => return Ok(Some((offset, fault))),
            Err(Halt::Read(error)) => return Err(error),
        }
    }
}

/// Compares the chain with the mark where both speak of the same record.
fn agree<F: File>(walk: &Walk<F>, mark: Option<&Mark>) -> Result<(), Error> {
    let chain = walk.chain();
    match mark {
        Some(mark) if mark.next == chain.next && mark.previous != chain.previous => {
            let (offset, _) = walk.complete();
            let fault = Fault::Mark { mark: NAME };
            Err(damaged(&walk.segment().name, offset, chain.next.saturating_sub(1), fault))
        }
        _ => Ok(()),
    }
}

/// Decides whether what stands behind the last whole group is nothing, torn or damaged.
pub(crate) fn judge<F: File>(
    walk: &Walk<F>,
    stopped: Option<(u64, Fault)>,
    mark: Option<&Mark>,
) -> Result<Option<Cut>, Error> {
    let segment = walk.segment();
    let (start, chain) = walk.complete();
    let remains = segment.not_zero(start)?;
    let durable = mark.is_some_and(|mark| mark.next > chain.next);
    let Some((_, last)) = remains else {
        // Nothing is there, which is the end, unless the mark knows better.
        return if durable {
            Err(damaged(&segment.name, start, chain.next, Fault::Absent))
        } else {
            Ok(None)
        };
    };
    let (offset, fault) = stopped.unwrap_or((start, Fault::GroupHeader));
    let doubt = Doubt { start, first: chain.next, end: walk.group_end() };
    // Padding is zero before and after it is written: a tear cannot change it.
    let certain = durable || fault == Fault::Slack;
    if certain || of_later_group(segment, doubt)?.is_some() {
        return Err(damaged(&segment.name, offset, walk.chain().next, fault));
    }
    Ok(Some(Cut {
        file: segment.name.clone(),
        offset: start,
        bytes: last - start,
        sequence: chain.next,
    }))
}
