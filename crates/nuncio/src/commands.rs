//! One module for each command.

pub(crate) mod backup;
pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod checkpoint;
pub(crate) mod decline;
pub(crate) mod demo;
pub(crate) mod gateway;
pub(crate) mod govern;
pub(crate) mod hub;
pub(crate) mod inbox;
pub(crate) mod journal;
pub(crate) mod key;
pub(crate) mod log;
pub(crate) mod network;
pub(crate) mod processes;
pub(crate) mod receipt;
pub(crate) mod relationship;
pub(crate) mod running;
pub(crate) mod sandbox;
pub(crate) mod schema;
pub(crate) mod send;
pub(crate) mod service;
pub(crate) mod show;
pub(crate) mod track;
pub(crate) mod verify;
pub(crate) mod witness;
