//! The limits of the link that hold whatever the two ends agree on.
//!
//! A hub may set narrower ones in its Welcome, never wider ones. They bound what one frame and one
//! session can cost before anybody has looked at a signature.

/// The revision of the protocol that this program speaks.
pub const VERSION: u32 = 1;

/// The greatest encoded frame, in bytes; what a decoder of frames accepts.
pub const FRAME_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The greatest frame of HTTP/2 that either end takes, in bytes: with its head it fills four records
/// of TLS, and goes out in one call of the kernel. The 16 KiB that HTTP/2 begins with cut a frame of
/// ours into sixty, each with a record more than it needs; much larger ones would leave the caches.
pub const HTTP_FRAME_BYTES_MAX: u32 = 4 * 16_384 - 9;

/// The greatest number of messages, answers or offers in a frame.
pub const FRAME_MESSAGES_MAX: usize = 256;

/// Where a sender of frames begins the next one, in bytes: larger frames gain nothing and make
/// others wait.
pub const FRAME_BYTES_FILL: usize = 1024 * 1024;

/// What a frame holds beside payloads at most, in bytes: headers, metas, proofs, grants.
///
/// It is room above the fill size, or above the greatest payload.
pub const FRAME_BYTES_AROUND: usize = 1024 * 1024;

/// How many bytes a payload may have, where a service and the hub's operator say nothing else.
pub const MESSAGE_BYTES_DEFAULT: usize = 10 * 1024 * 1024;

/// The greatest payload that a hub's operator can allow, in bytes.
pub const MESSAGE_BYTES_MAX: usize = 14 * 1024 * 1024;

/// The greatest encoded header, in bytes.
pub const HEADER_BYTES_MAX: usize = 1024;

/// The greatest meta of a record that the link carries, in bytes: a refusal with all its reasons.
pub const META_BYTES_MAX: usize = 128 * 1024;

/// The greatest window either way: messages unanswered, offers of a lane unacknowledged.
pub const WINDOW_MAX: u32 = 4096;

/// The greatest number of messages in one acknowledgement.
pub const ACKNOWLEDGE_MAX: u64 = 4096;

/// How many questions of a gateway may be unanswered at most.
pub const ASKS_MAX: usize = 16;

/// How many records a gateway can ask to be proven under a cosigned checkpoint at once.
pub const WITNESSED_RECORDS_MAX: usize = 1_024;

/// How many rows an answer to a question has at most.
pub const ROWS_MAX: usize = 1_000;

/// The greatest piece of a file in one frame, in bytes.
pub const PIECE_BYTES_MAX: usize = 256 * 1024;

/// The greatest text of a Bye, in bytes.
pub const BYE_TEXT_BYTES_MAX: usize = 1024;

/// The greatest code of a Bye, in bytes.
pub const BYE_CODE_BYTES_MAX: usize = 16;

// A frame with one message of the greatest size, its header and a proof always fits.
const _: () = assert!(MESSAGE_BYTES_DEFAULT <= MESSAGE_BYTES_MAX);
const _: () = assert!(MESSAGE_BYTES_MAX + FRAME_BYTES_AROUND <= FRAME_BYTES_MAX);
const _: () = assert!(FRAME_BYTES_FILL + FRAME_BYTES_AROUND <= FRAME_BYTES_MAX);
const _: () = assert!(META_BYTES_MAX < FRAME_BYTES_AROUND);
