//! The five steps of a message's way through the hub, one file each.
//!
//! ```text
//! ingress   a frame comes off a link: is it in order, within limits and windows
//! check     is each message signed, sound, and what its header says
//! commit    what has come is decided, recorded and made durable, all of it in one group
//! apply     what the network machine makes of each command: a record, and effects
//! egress    effects go out: answers to senders, offers to receivers
//! ```
//!
//! **Invariant:** nothing leaves before its record is durable. `commit` is the one place that
//! releases effects, and it does so after the sync.

pub(crate) mod apply;
pub(crate) mod check;
pub(crate) mod checking;
pub(crate) mod commit;
pub(crate) mod egress;
pub(crate) mod ingress;
pub(crate) mod share;
