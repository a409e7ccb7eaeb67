//! Our notation for fields, message structures and rules, and what is read from it.

pub(crate) mod format;
pub(crate) mod load;
pub(crate) mod rule;
pub(crate) mod standard;
pub(crate) mod structure;
