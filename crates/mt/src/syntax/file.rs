//! Files of many messages, read in pieces and in constant memory.
//!
//! Between messages may stand: nothing, line ends, spaces, `$` (RJE), or SOH before and ETX after
//! with filling to 512 bytes by spaces or NUL (DOS-PCC). An acknowledgement and the original
//! message that follows it directly are two messages here; [`crate::read_first`] takes a pair apart.
//!
//! The splitter counts braces and knows block 4, so a `$` or a `{1:` inside a text parts nothing.

use memchr::memchr;

use crate::syntax::scan::MESSAGE_BYTES_MAX;

/// Cuts a stream of bytes into messages.
///
/// Memory: at most one message and one piece, whatever the length of the stream.
#[derive(Debug, Default)]
pub struct Splitter {
    /// What is not handed out yet, from `start` on.
    buffer: Vec<u8>,
    start: usize,
    /// How far the message at `start` was looked at.
    seen: usize,
    state: State,
    /// How many bytes of the stream lie before the buffer.
    before: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Between messages.
    #[default]
    Between,
    /// Between the blocks of a message.
    BetweenBlocks,
    /// In a block, at this depth of braces.
    InBlock(u32),
    /// In block 4 of a user message.
    InText,
}

/// Why a stream cannot be cut further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Something other than a message or what may stand between two.
    #[error("expected a message at byte {at}, but found byte {byte:#04x}")]
    NotAMessage {
        /// The place in the stream, from 0.
        at: u64,
        /// The byte there.
        byte: u8,
    },
    /// A message that does not end.
    #[error("the message at byte {at} is longer than {MESSAGE_BYTES_MAX} bytes")]
    TooLong {
        /// Where it starts in the stream, from 0.
        at: u64,
    },
    /// The stream ends within a message.
    #[error("the message at byte {at} does not end")]
    Cut {
        /// Where it starts in the stream, from 0.
        at: u64,
    },
}

impl Splitter {
    /// A splitter at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives it the next piece of the stream. Call [`Splitter::next_message`] until it has none
    /// before the next piece, or the pieces pile up.
    pub fn feed(&mut self, piece: &[u8]) {
        if self.start > 0 {
            self.before += u64::try_from(self.start).unwrap_or_default();
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(piece);
    }

    /// The next whole message, or `None` if more of the stream is needed.
    ///
    /// # Errors
    ///
    /// Bytes that are no message. The stream cannot be cut further then.
    pub fn next_message(&mut self) -> Result<Option<&[u8]>, FileError> {
        match self.advance()? {
            Some(length) => Ok(Some(self.take(length))),
            None => Ok(None),
        }
    }

    /// Ends the stream: returns the last message, if one is left.
    ///
    /// # Errors
    ///
    /// If the stream ends within a message.
    pub fn finish(&mut self) -> Result<Option<&[u8]>, FileError> {
        if let Some(length) = self.advance()? {
            return Ok(Some(self.take(length)));
        }
        match self.state {
            State::Between => Ok(None),
            State::BetweenBlocks => {
                let length = self.seen;
                Ok(Some(self.take(length)))
            }
            State::InBlock(_) | State::InText => Err(FileError::Cut { at: self.place() }),
        }
    }

    fn take(&mut self, length: usize) -> &[u8] {
        let from = self.start;
        self.start += length;
        self.seen = 0;
        self.state = State::Between;
        self.buffer.get(from..self.start).unwrap_or_default()
    }

    /// Where the message at the start of the buffer lies in the stream.
    fn place(&self) -> u64 {
        self.before + u64::try_from(self.start).unwrap_or_default()
    }

    /// Looks on until a message is whole; returns its length.
    fn advance(&mut self) -> Result<Option<usize>, FileError> {
        loop {
            let left = self.buffer.get(self.start + self.seen..).unwrap_or_default();
            let Some(first) = left.first().copied() else { return self.need_more() };
            match self.state {
                State::Between => match first {
                    b'{' => self.state = State::BetweenBlocks,
                    b'\r' | b'\n' | b' ' | b'$' | 0 | 1 | 3 | 0x1a => self.start += 1,
                    byte => return Err(FileError::NotAMessage { at: self.place(), byte }),
                },
                State::BetweenBlocks => {
                    if self.seen > 0 && matches!(first, b'\r' | b'\n') {
                        // A line end between two blocks of a message, or after the message.
                        let gap = if left.starts_with(b"\r\n") { 2 } else { 1 };
                        match left.get(gap..gap + 2) {
                            None => return self.need_more(),
                            Some([b'{', b'2'..=b'5' | b'S']) => self.seen += gap,
                            Some(_) => return Ok(Some(self.seen)),
                        }
                        continue;
                    }
                    if first != b'{' {
                        return Ok(Some(self.seen));
                    }
                    let Some(head) = left.get(..4) else { return self.need_more() };
                    if self.seen > 0 && head.get(1) == Some(&b'1') {
                        return Ok(Some(self.seen));
                    }
                    let text = matches!(head, [_, b'4', b':', after] if *after != b'{');
                    // The line end after `{4:` stays unseen: it may be the one before `-}`.
                    self.seen += if text { 3 } else { 1 };
                    self.state = if text { State::InText } else { State::InBlock(1) };
                }
                State::InBlock(depth) => self.in_block(depth),
                State::InText => {
                    if !self.in_text() {
                        return self.need_more();
                    }
                }
            }
        }
    }

    fn need_more(&self) -> Result<Option<usize>, FileError> {
        if self.seen > MESSAGE_BYTES_MAX {
            return Err(FileError::TooLong { at: self.place() });
        }
        Ok(None)
    }

    fn in_block(&mut self, depth: u32) {
        let left = self.buffer.get(self.start + self.seen..).unwrap_or_default();
        let Some(brace) = memchr::memchr2(b'{', b'}', left) else {
            self.seen += left.len();
            return;
        };
        self.seen += brace + 1;
        self.state = match (left.get(brace), depth) {
            (Some(b'{'), _) => State::InBlock(depth.saturating_add(1)),
            (_, 1) => State::BetweenBlocks,
            _ => State::InBlock(depth - 1),
        };
    }

    /// Looks for a line that starts with `-}`; returns false if more is needed.
    fn in_text(&mut self) -> bool {
        let left = self.buffer.get(self.start + self.seen..).unwrap_or_default();
        let Some(newline) = memchr(b'\n', left) else {
            self.seen += left.len();
            return false;
        };
        let Some(after) = left.get(newline + 1..newline + 3) else {
            self.seen += newline;
            return false;
        };
        if after == b"-}" {
            self.seen += newline + 3;
            self.state = State::BetweenBlocks;
        } else {
            self.seen += newline + 1;
        }
        true
    }
}
