//! The protocol for engines in which several hubs can write to one log, such as a partition of
//! Kafka: the log decides.
//!
//! Such a log appends whatever it gets from whoever may write: repeats, records that were long
//! under way, records of a hub that was replaced and does not know. What of all that is in the
//! journal is said by a [`Fold`] over the entries and by nothing else. A hub takes the log over by
//! a claim; entries of older epochs behind it are void, whoever wrote them and whatever the log
//! has answered. [`Writer`] is the part of a hub that claims, appends and decides what is durable.
//!
//! Everything here is pure: entries, reports and ends of the log come in as arguments, bytes to
//! append go out as results. It knows no broker, no clock and no thread.
//!
//! An entry is the head of a record (140 bytes), the length of its meta (u32, big-endian), meta,
//! and payload. A claim is the head of a record of kind 0 with sequence 0 and no hash before it:
//! the fold gives it its place, so that no writer can keep others from taking over by being busy.

mod fold;
mod writer;

pub use fold::{Fold, Place, Verdict, Void};
pub use writer::{Event, Mode, Writer};
