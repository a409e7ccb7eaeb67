//! What the crate does, seen from outside.

mod cases;
mod codes;
mod text;
