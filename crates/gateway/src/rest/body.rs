//! Reads the body of a request without keeping more of it than a message may have.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use tokio_stream::StreamExt as _;

use super::problem::Refusal;

/// How long the next piece may take.
const PIECE_TIME_MAX: Duration = Duration::from_secs(30);
/// How much of a body that is too large is read and thrown away, so that its sender, who writes
/// before it reads, comes to read the answer.
const WASTE_BYTES_MAX: usize = 32 << 20;

/// The declared length of a body.
pub(super) fn declared(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// All bytes of a body of at most `limit` bytes.
pub(super) async fn read(
    body: Body,
    length: Option<usize>,
    limit: usize,
) -> Result<Bytes, Refusal> {
    let mut stream = body.into_data_stream();
    let mut whole = BytesMut::new();
    let mut wasted: usize = 0;
    if length.is_some_and(|length| length > limit.saturating_add(WASTE_BYTES_MAX)) {
        return Err(Refusal::TooLarge { limit });
    }
    let mut too_large = length.is_some_and(|length| length > limit);
    loop {
        let piece = tokio::time::timeout(PIECE_TIME_MAX, stream.next()).await;
        let piece = match piece {
            Ok(Some(Ok(piece))) => piece,
            Ok(None) if too_large => return Err(Refusal::TooLarge { limit }),
            Ok(None) => return Ok(whole.freeze()),
            Ok(Some(Err(_))) | Err(_) if too_large => return Err(Refusal::TooLarge { limit }),
            Ok(Some(Err(_))) | Err(_) => return Err(Refusal::BodyBroken),
        };
        too_large |= whole.len() + piece.len() > limit;
        if too_large {
            whole = BytesMut::new();
            wasted = wasted.saturating_add(piece.len());
            if wasted > limit.saturating_add(WASTE_BYTES_MAX) {
                return Err(Refusal::TooLarge { limit });
            }
        } else {
            if whole.is_empty() {
                whole.reserve(length.unwrap_or(piece.len()));
            }
            whole.extend_from_slice(&piece);
        }
    }
}
