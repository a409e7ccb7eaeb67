//! The journal from outside: what it promises, on a real directory and on a disk that fails.

mod basics;
mod disk;
mod support;
