//! The hub without its sockets, threads and clocks: what decides, records and answers.
//!
//! A running hub is these parts in threads and tasks ([`crate::run`]). Whoever wants to see what a
//! hub does at moments of his own choice, on a disk of his own, drives them himself, in one thread:
//!
//! 1. [`Core::start`] reads the journal back and opens an epoch.
//! 2. [`Conversation::new`] for each link that connects; [`Conversation::take`] each frame of its
//!    gateway, and [`Check`] the messages in it.
//! 3. [`Core::decide`] what came into a [`Group`], then [`Core::commit`] it. Between the two the
//!    hub syncs: links may be served meanwhile.
//! 4. Each link hears its events ([`Heard`], [`Conversation::hear`]) and makes its frames
//!    ([`Conversation::next_frame`]), one at a time, when its peer has room.
//!
//! This is the code of the running hub, not a model of it. It is no stable interface.

pub use crate::pipeline::checking::Check;
pub use crate::pipeline::commit::{Core, Group};
pub use crate::pipeline::ingress::{Conversation, Heard, Next, Taken};
pub use crate::shared::{Settings, Shared};
pub use crate::snapshot::Saving;
pub use crate::start::{Start, Witnessed};
pub use crate::tree::Tree;
pub use crate::work::{
    Answered, Asked, Caller, ConnectionNumber, Hearer, Item, LinkEvent, Origin, Outcome, Work,
};
