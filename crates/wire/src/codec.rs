//! How frames go through gRPC: as prost does it, with buffers that fit the frames.
//!
//! A link is silent most of the time and then carries frames of up to a megabyte. So an idle link
//! keeps no buffer to speak of, and a frame gets its buffer in one piece instead of growing into it.

use std::fmt;
use std::marker::PhantomData;

use prost::Message;
use tonic::Status;
use tonic::codec::{BufferSettings, Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// What a link keeps while it is silent, in bytes.
const IDLE_BYTES: usize = 256;
/// From how many bytes on what was encoded goes out, in bytes.
const YIELD_BYTES: usize = 32 << 10;

/// The codec of the link: sends `T`, receives `U`.
pub struct FrameCodec<T, U>(PhantomData<(T, U)>);

/// One direction of [`FrameCodec`].
pub struct Frames<T>(PhantomData<T>);

impl<T, U> fmt::Debug for FrameCodec<T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameCodec")
    }
}

impl<T> fmt::Debug for Frames<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Frames")
    }
}

impl<T, U> Default for FrameCodec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Codec for FrameCodec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = Frames<T>;
    type Decoder = Frames<U>;

    fn encoder(&mut self) -> Frames<T> {
        Frames(PhantomData)
    }

    fn decoder(&mut self) -> Frames<U> {
        Frames(PhantomData)
    }
}

impl<T: Message> Encoder for Frames<T> {
    type Item = T;
    type Error = Status;

    fn encode(&mut self, frame: T, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.reserve(frame.encoded_len());
        // A gRPC buffer grows without end, so there is room.
        frame.encode(buffer).map_err(|error| Status::internal(error.to_string()))
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(IDLE_BYTES, YIELD_BYTES)
    }
}

impl<T: Message + Default> Decoder for Frames<T> {
    type Item = T;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<T>, Status> {
        // Its payloads share the buffer.
        let frame = T::decode(buffer);
        frame.map(Some).map_err(|error| Status::internal(error.to_string()))
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(IDLE_BYTES, YIELD_BYTES)
    }
}
