//! One file per command: what it asks, what is decided, and what its record changes.

pub(crate) mod acknowledge;
pub(crate) mod admit;
pub(crate) mod close_session;
pub(crate) mod grant_key;
pub(crate) mod open_session;
pub(crate) mod refuse;
pub(crate) mod reinstate;
pub(crate) mod submit;
pub(crate) mod suspend;
