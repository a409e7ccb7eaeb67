//! The bytes of a file, in blocks that copies share until one of them changes.
//!
//! A store is a sparse file of more than a megabyte of which a run touches some dozen blocks, and
//! its disk keeps it twice: as a process sees it, and as it would be after a power cut.

use std::ops::Range;
use std::sync::Arc;

/// Bytes of a block.
const BLOCK: usize = 4_096;

static ZEROS: [u8; BLOCK] = [0; BLOCK];

/// The bytes of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    length: usize,
    /// Invariant: as many as the length needs; a block that is not there is all zeros, and behind
    /// the length every block is.
    blocks: Vec<Option<Arc<[u8; BLOCK]>>>,
}

impl Content {
    /// How many bytes it has.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Makes it longer with zeros, or cuts it.
    pub(crate) fn resize(&mut self, length: usize) {
        if length < self.length {
            let zeros = [0; BLOCK];
            let end = self.length.min(length.next_multiple_of(BLOCK));
            self.write(length, &zeros[..end - length]);
        }
        self.length = length;
        self.blocks.resize(length.div_ceil(BLOCK), None);
    }

    /// Some of its bytes.
    ///
    /// # Panics
    ///
    /// Behind its end.
    pub(crate) fn read(&self, at: usize, out: &mut [u8]) {
        assert!(at + out.len() <= self.length, "a file is read within its length");
        for (block, within, part) in parts(at, out.len()) {
            let bytes = self.blocks[block].as_deref().unwrap_or(&ZEROS);
            out[part].copy_from_slice(&bytes[within]);
        }
    }

    /// The same in a vector of their own.
    pub(crate) fn bytes(&self, range: Range<usize>) -> Vec<u8> {
        let mut bytes = vec![0; range.len()];
        self.read(range.start, &mut bytes);
        bytes
    }

    /// Changes some of its bytes.
    ///
    /// # Panics
    ///
    /// Behind its end.
    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) {
        assert!(at + bytes.len() <= self.length, "a file is written within its length");
        for (block, within, part) in parts(at, bytes.len()) {
            let block = self.blocks[block].get_or_insert_with(|| Arc::new(ZEROS));
            Arc::make_mut(block)[within].copy_from_slice(&bytes[part]);
        }
    }

    /// Takes some bytes over from another file of that length.
    pub(crate) fn take_from(&mut self, other: &Self, range: Range<usize>) {
        for (block, within, _) in parts(range.start, range.len()) {
            let theirs = &other.blocks[block];
            match (&mut self.blocks[block], theirs) {
                (None, None) => {}
                (own, Some(_)) if within.len() == BLOCK => own.clone_from(theirs),
                (own, theirs) => {
                    let bytes = theirs.as_deref().unwrap_or(&ZEROS);
                    let own = Arc::make_mut(own.get_or_insert_with(|| Arc::new(ZEROS)));
                    own[within.clone()].copy_from_slice(&bytes[within]);
                }
            }
        }
    }
}

/// The blocks that a range touches: which, where in it, and which part of the range that is.
fn parts(
    at: usize,
    length: usize,
) -> impl Iterator<Item = (usize, Range<usize>, Range<usize>)> + Clone {
    let mut done = 0;
    std::iter::from_fn(move || {
        let within = (at + done) % BLOCK;
        let step = (BLOCK - within).min(length - done);
        (step > 0).then(|| {
            let part = done..done + step;
            done += step;
            ((at + part.start) / BLOCK, within..within + step, part)
        })
    })
}

#[cfg(test)]
mod tests {
    use journal::faults::Random;

    use super::*;

    #[test]
    fn it_is_what_a_vector_would_be() {
        for seed in 0..50 {
            let mut random = Random(seed);
            let (mut plain, mut content) = (Vec::new(), Content::default());
            let (mut other_plain, mut other) = (Vec::new(), Content::default());
            for _ in 0..60 {
                match random.below(4) {
                    0 => {
                        let length = random.below(5 * BLOCK);
                        plain.resize(length, 0);
                        content.resize(length);
                    }
                    1 => {
                        other_plain.clone_from(&plain);
                        other = content.clone();
                    }
                    2 if plain.len() == other_plain.len() => {
                        let at = random.below(plain.len() + 1);
                        let end = at + random.below(plain.len() + 1 - at);
                        plain[at..end].copy_from_slice(&other_plain[at..end]);
                        content.take_from(&other, at..end);
                    }
                    _ => {
                        let at = random.below(plain.len() + 1);
                        let length = random.below(plain.len() + 1 - at);
                        let bytes = vec![random.number().to_be_bytes()[0]; length];
                        plain[at..at + length].copy_from_slice(&bytes);
                        content.write(at, &bytes);
                    }
                }
                assert_eq!(content.len(), plain.len());
                assert_eq!(content.bytes(0..plain.len()), plain, "seed {seed}");
            }
        }
    }
}
