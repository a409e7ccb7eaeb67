//! Where messages come from: files, folders, standard input; one message or many in each.
//!
//! FIN is cut as it is read, so a file of any size takes constant memory. Of XML a whole file is
//! read, or, where it is large, piece by piece (`pieces`): messages of one file are parted where a
//! document ends and another begins.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use document::Format;
use mt::Splitter;

use super::pieces::Pieces;
use crate::exit::{self, Failure};

/// How many bytes are read at once.
const PIECE: usize = 1 << 18;

/// The files that the arguments name; a folder stands for all files in it that begin as messages
/// do, however deep.
pub(crate) fn files(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for argument in arguments {
        if argument.is_dir() {
            let mut folders = vec![argument.clone()];
            let mut within = Vec::new();
            while let Some(folder) = folders.pop() {
                let list = fs::read_dir(&folder)
                    .with_context(|| format!("cannot read {}", folder.display()))?;
                for entry in list {
                    let path = entry.context("cannot read a folder")?.path();
                    if path.is_dir() {
                        folders.push(path);
                    } else if begins_as_message(&path)? {
                        within.push(path);
                    }
                }
            }
            within.sort();
            files.extend(within);
        } else {
            files.push(argument.clone());
        }
    }
    Ok(files)
}

/// Whether a file begins with a tag or a block.
fn begins_as_message(path: &Path) -> Result<bool, Failure> {
    let mut start = Vec::new();
    File::open(path)
        .and_then(|file| file.take(256).read_to_end(&mut start))
        .with_context(|| format!("cannot read {}", path.display()))?;
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start();
    Ok(matches!(start, [b'<' | b'{' | 0x01, ..]))
}

/// The messages of a file, one after the other.
pub(crate) enum Messages {
    /// FIN, cut from a stream.
    Fin {
        /// What cuts.
        splitter: Splitter,
        /// What is read.
        input: Box<dyn Read>,
        /// Whether all of it was read.
        ended: bool,
    },
    /// XML documents.
    Xml {
        /// The whole file.
        bytes: Vec<u8>,
        /// Where the next document begins.
        at: usize,
    },
    /// XML documents of a large input.
    Large(Pieces),
}

impl Messages {
    /// Opens a file, or standard input for `-`. All messages can be had whole.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        Self::open_within(path, u64::MAX)
    }

    /// As [`Self::open`]; XML of more than `whole_max` bytes is not read whole.
    pub(crate) fn open_within(path: &Path, whole_max: u64) -> Result<Self, Failure> {
        let mut input: Box<dyn Read> = if path.as_os_str() == "-" {
            Box::new(io::stdin())
        } else {
            let file = File::open(path)
                .with_context(|| format!("cannot read {}", path.display()))
                .map_err(|error| Failure::new(exit::NOT_FOUND, error))?;
            Box::new(file)
        };
        let mut bytes = Vec::new();
        input
            .by_ref()
            .take(PIECE as u64)
            .read_to_end(&mut bytes)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
        let first = bytes.get(start..).unwrap_or_default();
        if Format::of(first) == Format::Fin {
            let mut splitter = Splitter::new();
            splitter.feed(&bytes);
            return Ok(Self::Fin { splitter, input, ended: false });
        }
        let more = whole_max.saturating_sub(bytes.len() as u64).saturating_add(1);
        input
            .by_ref()
            .take(more)
            .read_to_end(&mut bytes)
            .with_context(|| format!("cannot read {}", path.display()))?;
        if bytes.len() as u64 > whole_max {
            return Ok(Self::Large(Pieces::new(input, bytes)));
        }
        Ok(Self::Xml { bytes, at: 0 })
    }

    /// The next message.
    pub(crate) fn next_message(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match self {
            Self::Xml { bytes, at } => {
                let rest = bytes.get(*at..).unwrap_or_default();
                if rest.iter().all(u8::is_ascii_whitespace) {
                    return Ok(None);
                }
                let length = document_length(rest);
                *at += length;
                Ok(rest.get(..length).map(<[u8]>::to_vec))
            }
            Self::Large(pieces) => {
                let mut document = Vec::new();
                let there = pieces.next_document(&mut |piece| document.extend_from_slice(piece))?;
                Ok(there.then_some(document))
            }
            Self::Fin { splitter, input, ended } => loop {
                let next = splitter.next_message().map_err(|e| Failure::new(exit::INVALID, e))?;
                if let Some(message) = next {
                    return Ok(Some(message.to_vec()));
                }
                if *ended {
                    return Ok(None);
                }
                let mut piece = vec![0; PIECE];
                let length = input.read(&mut piece).context("cannot read on")?;
                if length == 0 {
                    *ended = true;
                    let last = splitter.finish().map_err(|e| Failure::new(exit::INVALID, e))?;
                    return Ok(last.map(<[u8]>::to_vec));
                } else {
                    splitter.feed(piece.get(..length).unwrap_or_default());
                }
            },
        }
    }
}

/// How long the first document is: up to the next XML declaration, or to the end.
///
/// A declaration stands only at the beginning of a document, so a second one begins another; text
/// that merely looks like one, in a comment or in CDATA, is not preceded by the end of a tag.
fn document_length(bytes: &[u8]) -> usize {
    const DECLARATION: &[u8] = b"<?xml ";
    let mut from = DECLARATION.len();
    while let Some(found) = bytes.get(from..).and_then(|rest| find(rest, DECLARATION)) {
        let at = from + found;
        let before = bytes.get(..at).unwrap_or_default().trim_ascii_end();
        if before.ends_with(b">") {
            return at;
        }
        from = at + 1;
    }
    bytes.len()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_parted_at_their_declarations() {
        let one = b"<?xml version='1.0'?><a>text <b/></a>\n".as_slice();
        let both = [one, one].concat();
        assert_eq!(document_length(&both), one.len());
        assert_eq!(document_length(one), one.len());
        let text = b"<?xml version='1.0'?><a><![CDATA[ <?xml ]]></a>";
        assert_eq!(document_length(text), text.len());
    }
}
