//! XML that is too large to be read whole: its documents, one after the other, piece by piece.
//!
//! Documents are parted as in smaller input: where a declaration stands behind the end of a tag.

use std::io::Read;

use anyhow::Context as _;

use crate::exit::Failure;

/// How many bytes are read at once.
const PIECE: usize = 1 << 18;

const DECLARATION: &[u8] = b"<?xml ";

/// What is left of an input.
pub(crate) struct Pieces {
    input: Box<dyn Read>,
    /// What was read, but not given on.
    buffer: Vec<u8>,
    ended: bool,
}

impl Pieces {
    /// An input of which the first bytes were read.
    pub(crate) fn new(input: Box<dyn Read>, begin: Vec<u8>) -> Self {
        Self { input, buffer: begin, ended: false }
    }

    /// Gives the next document on to `feed`, piece by piece; whether there was one.
    pub(crate) fn next_document(&mut self, feed: &mut dyn FnMut(&[u8])) -> Result<bool, Failure> {
        // The declaration at the very beginning is the document's own.
        let mut from = DECLARATION.len();
        let mut last_solid = None;
        loop {
            let found = self.buffer.get(from..).and_then(|rest| find(rest, DECLARATION));
            let Some(at) = found.map(|found| from + found) else {
                let read = self.buffer.len();
                // The last bytes may be the begin of a declaration; those before `from` are not.
                let length = match read {
                    _ if self.ended => read,
                    _ if read < from => 0,
                    _ => from.max(read.saturating_sub(DECLARATION.len() - 1)),
                };
                self.give(length, &mut last_solid, feed);
                if self.ended {
                    return Ok(last_solid.is_some());
                }
                from = if length > 0 { 0 } else { from };
                self.fill()?;
                continue;
            };
            let before = self.buffer.get(..at).unwrap_or_default();
            let solid = before.trim_ascii_end().last().copied().or(last_solid);
            if solid == Some(b'>') {
                self.give(at, &mut last_solid, feed);
                return Ok(true);
            }
            from = at + 1;
        }
    }

    /// Gives on the first bytes of the buffer.
    fn give(&mut self, length: usize, last_solid: &mut Option<u8>, feed: &mut dyn FnMut(&[u8])) {
        let piece = self.buffer.get(..length).unwrap_or_default();
        *last_solid = piece.trim_ascii_end().last().copied().or(*last_solid);
        feed(piece);
        self.buffer.drain(..length);
    }

    fn fill(&mut self) -> Result<(), Failure> {
        let before = self.buffer.len();
        self.buffer.resize(before + PIECE, 0);
        let free = self.buffer.get_mut(before..).unwrap_or_default();
        let length = self.input.read(free).context("cannot read on")?;
        self.buffer.truncate(before + length);
        self.ended = length == 0;
        Ok(())
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, and then nothing.
    struct Slow(std::vec::IntoIter<u8>);

    impl Read for Slow {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            match (self.0.next(), out.first_mut()) {
                (Some(byte), Some(first)) => *first = byte,
                _ => return Ok(0),
            }
            Ok(1)
        }
    }

    fn documents(text: &str, begin: usize) -> Vec<String> {
        let (begin, rest) = text.as_bytes().split_at(begin);
        let input = Box::new(Slow(Vec::from(rest).into_iter()));
        let mut pieces = Pieces::new(input, begin.to_vec());
        let mut all = Vec::new();
        loop {
            let mut document = Vec::new();
            let there = pieces.next_document(&mut |piece| document.extend_from_slice(piece));
            if !there.expect("a vector can be read") {
                return all;
            }
            all.push(String::from_utf8(document).expect("it was text"));
        }
    }

    #[test]
    fn documents_are_parted_at_their_declarations() {
        let one = "<?xml version='1.0'?><a>text <b/></a>\n";
        let other = "<?xml version='1.0'?><a><![CDATA[ <?xml ]]></a> ";
        let text = [one, other, one].concat();
        for begin in [0, 3, 40, text.len()] {
            assert_eq!(documents(&text, begin), [one, other, one], "{begin}");
        }
        assert!(documents("  \n ", 2).is_empty());
        assert_eq!(documents("<a/>", 1), ["<a/>"]);
    }
}
