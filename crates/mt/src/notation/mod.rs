//! Our notation for fields, message structures and rules, and what is read from it.

mod compile;
pub(crate) mod format;
pub(crate) mod load;
pub(crate) mod matching;
pub(crate) mod meaning;
pub(crate) mod rule;
pub(crate) mod simple;
pub(crate) mod standard;
pub(crate) mod structure;
pub(crate) mod words;
