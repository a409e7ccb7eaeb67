//! What others need of a message: routing, parties, amounts, dates, references, a text for people.

pub(crate) mod describe;
pub(crate) mod parts;
pub(crate) mod summary;
