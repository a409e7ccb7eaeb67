//! The hard limits of the engine. They hold before any schema is asked, and they are constants:
//! what one institution may send, another must be able to read.

/// How deep elements may nest; the root is at depth 1.
pub const DEPTH_MAX: usize = 64;

/// How many attributes, namespace declarations included, one element may have.
pub const ATTRIBUTES_MAX: usize = 64;

/// How many namespace declarations may be in force at one place.
pub const NAMESPACES_MAX: usize = 128;

/// How many bytes a message may have at most when it is checked as one slice. Services set lower
/// limits; this one lets offsets be 32 bits wide.
pub const MESSAGE_BYTES_MAX: usize = u32::MAX as usize;

/// How many bytes of a stream are kept while one token is incomplete, such as a long text.
pub const STREAM_WINDOW_BYTES_MAX: usize = 16 << 20;

/// How many findings are kept for one message; the rest is only counted.
pub const FINDINGS_MAX: usize = 100;

/// How many characters of a wrong value or name are shown in a finding.
pub const SHOWN_CHARACTERS_MAX: usize = 60;

const _: () = assert!(DEPTH_MAX < u8::MAX as usize, "depths are counted in bytes");
const _: () = assert!(NAMESPACES_MAX < u16::MAX as usize, "namespaces are numbered in 16 bits");
