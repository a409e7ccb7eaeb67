//! Our notation for fields, message structures and rules, and what is read from it.

pub(crate) mod format;
