//! What a hub allows on a link, and how a frame is filled within it.

use wire::limits::{
    FRAME_BYTES_FILL, FRAME_BYTES_MAX, FRAME_MESSAGES_MAX, MESSAGE_BYTES_DEFAULT,
    MESSAGE_BYTES_MAX, WINDOW_MAX,
};

/// What a hub allows on a link; it says so in its Welcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many messages may be unanswered at most; 1 to [`WINDOW_MAX`].
    pub window: u32,
    /// How many messages a frame may hold; 1 to [`FRAME_MESSAGES_MAX`].
    pub frame_messages: usize,
    /// How many bytes a payload may have; 1 to [`MESSAGE_BYTES_MAX`].
    pub message_bytes: usize,
}

impl Limits {
    /// The widest, with payloads of [`MESSAGE_BYTES_DEFAULT`].
    pub const DEFAULT: Self = Self {
        window: WINDOW_MAX,
        frame_messages: FRAME_MESSAGES_MAX,
        message_bytes: MESSAGE_BYTES_DEFAULT,
    };

    /// Whether each is at least 1 and at most what the protocol allows.
    #[must_use]
    pub fn are_valid(&self) -> bool {
        (1..=WINDOW_MAX).contains(&self.window)
            && (1..=FRAME_MESSAGES_MAX).contains(&self.frame_messages)
            && (1..=MESSAGE_BYTES_MAX).contains(&self.message_bytes)
    }
}

/// Counts what goes into one frame, so that it ends at a good size.
///
/// A single message always fits, however large its limit allows it to be.
#[derive(Clone, Copy, Debug)]
pub struct Fill {
    messages: usize,
    messages_max: usize,
    bytes: usize,
}

impl Fill {
    /// What stands around a message in a frame at most: its head, lengths, tags, its part of a
    /// proof.
    const MESSAGE_BYTES_AROUND: usize = 140 + 64 * 32;

    /// An empty frame for at most so many messages.
    #[must_use]
    pub fn new(messages_max: usize) -> Self {
        Self { messages: 0, messages_max: messages_max.min(FRAME_MESSAGES_MAX), bytes: 0 }
    }

    /// Takes a message of so many bytes (header or meta, and payload), if there is room.
    #[must_use]
    pub fn takes(&mut self, bytes: usize) -> bool {
        let bytes = self.bytes.saturating_add(bytes).saturating_add(Self::MESSAGE_BYTES_AROUND);
        if self.messages >= self.messages_max || (self.messages > 0 && bytes > FRAME_BYTES_FILL) {
            return false;
        }
        self.messages += 1;
        self.bytes = bytes;
        true
    }

    /// How many messages it has taken.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.messages
    }
}

const _: () = assert!(FRAME_BYTES_FILL + Fill::MESSAGE_BYTES_AROUND < FRAME_BYTES_MAX);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_ends_at_its_number_of_messages() {
        let mut fill = Fill::new(3);
        assert_eq!((0..9).filter(|_| fill.takes(100)).count(), 3);
        assert_eq!(fill.messages(), 3);
    }

    #[test]
    fn a_frame_ends_at_its_fill_size() {
        let mut fill = Fill::new(FRAME_MESSAGES_MAX);
        assert!(fill.takes(FRAME_BYTES_FILL / 2));
        assert!(!fill.takes(FRAME_BYTES_FILL / 2));
        assert!(fill.takes(FRAME_BYTES_FILL / 4));
    }

    #[test]
    fn the_greatest_message_always_fits_alone() {
        assert!(Fill::new(1).takes(MESSAGE_BYTES_MAX));
    }
}
