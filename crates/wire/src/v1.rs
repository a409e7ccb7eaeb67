//! Version 1 of the link, generated from `link.proto` and `files.proto` in
//! `proto/nuncio/link/v1`.
//!
//! Shipped: the encoding of what stands here does not change.

#![allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::doc_markdown,
    clippy::use_self,
    clippy::large_futures,
    clippy::too_many_lines,
    clippy::wildcard_enum_match_arm,
    clippy::allow_attributes_without_reason,
    reason = "generated code has the style of its generator"
)]

include!(concat!(env!("OUT_DIR"), "/nuncio.link.v1.rs"));
