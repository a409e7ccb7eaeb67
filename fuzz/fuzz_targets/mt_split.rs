//! A stream gives the same messages in pieces of any size.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mt::{FileError, Splitter};

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, stream) = input;
    assert_eq!(cut(stream, usize::from(piece) + 1), cut(stream, stream.len().max(1)));
});

fn cut(stream: &[u8], piece: usize) -> (Vec<Vec<u8>>, Option<FileError>) {
    let mut splitter = Splitter::new();
    let mut messages = Vec::new();
    for piece in stream.chunks(piece) {
        splitter.feed(piece);
        loop {
            match splitter.next_message() {
                Ok(Some(message)) => messages.push(message.to_vec()),
                Ok(None) => break,
                Err(error) => return (messages, Some(error)),
            }
        }
    }
    match splitter.finish() {
        Ok(last) => {
            messages.extend(last.map(<[u8]>::to_vec));
            (messages, None)
        }
        Err(error) => (messages, Some(error)),
    }
}
