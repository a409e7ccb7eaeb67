//! Both ends of the link against each other, and each against a peer that breaks the rules.

mod bank;
mod codes;
mod hub;
mod lossy;
mod malice;
mod purity;
mod transcripts;
mod world;
