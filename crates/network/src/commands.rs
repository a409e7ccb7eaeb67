//! One file per command: what it asks, what is decided, and what its record changes.

pub(crate) mod abort;
pub(crate) mod acknowledge;
pub(crate) mod admit;
pub(crate) mod broadcast;
pub(crate) mod change_service;
pub(crate) mod close_session;
pub(crate) mod decline;
pub(crate) mod define_service;
pub(crate) mod deny_permission;
pub(crate) mod describe;
pub(crate) mod expel;
pub(crate) mod grant_key;
pub(crate) mod join_group;
pub(crate) mod leave_group;
pub(crate) mod open_session;
pub(crate) mod permit;
pub(crate) mod refuse;
pub(crate) mod reinstate;
pub(crate) mod request_permission;
pub(crate) mod retire_service;
pub(crate) mod revoke;
pub(crate) mod revoke_key;
pub(crate) mod set_report_times;
pub(crate) mod submit;
pub(crate) mod suspend;
pub(crate) mod tick;
