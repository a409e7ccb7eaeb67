//! The reference to a file: the payload of a message that announces one.
//!
//! It is a text in one form only, each line with a line feed behind it:
//!
//! ```text
//! nuncio file 1
//! from ALPHDEFFXXX
//! to BRAVFRPPXXX
//! reference STMT-2026-11-28
//! name statements.zip
//! type application/zip
//! bytes 2147483648
//! sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//! description Statements of the day
//! ```
//!
//! The last line may be left out. A name has 1 to 255 bytes and neither `/` nor `\`, a media type is
//! that of RFC 6838 in lower case and without parameters, a reference has 1 to 35 characters, a
//! description 1 to 1,024 bytes; none has control characters or begins or ends with a space.

use std::fmt;
use std::str::FromStr;

use iso::Bic;

use crate::{Document, Findings, Format};

/// How the payload of a message that announces a file begins.
pub(crate) const MAGIC: &[u8] = b"nuncio file ";

/// The type of messages that announce a file.
pub const FILE_TYPE: &str = "file.announcement.1";

/// The payload is not in the form of a reference.
const MALFORMED: &str = "FIL020";

const FIRST_LINE: &str = "nuncio file 1";
const NAME_BYTES_MAX: usize = 255;
const TYPE_BYTES_MAX: usize = 127;
const REFERENCE_CHARS_MAX: usize = 35;
const DESCRIPTION_BYTES_MAX: usize = 1_024;

/// A reference to a file. Its [`Display`](fmt::Display) is the payload.
///
/// Invariant: every field is in its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReference {
    from: Bic,
    to: Bic,
    parts: FileParts,
}

/// What a reference says of a file, its parties apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileParts {
    /// The sender's own name for the message.
    pub reference: String,
    /// What the file is called; a name without folders.
    pub name: String,
    /// What it holds, such as `application/zip`.
    pub media_type: String,
    /// How many bytes it has; at least 1.
    pub bytes: u64,
    /// SHA-256 of them.
    pub sha256: [u8; 32],
    /// What it is about, for people; in one line.
    pub description: Option<String>,
}

/// A part of a reference that is not in its form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, but found {found:?}")]
pub struct FileReferenceError {
    /// In which line, from 1.
    pub line: u32,
    /// What is expected.
    pub expected: &'static str,
    /// What is there.
    pub found: String,
}

impl FileReference {
    /// Puts a reference together.
    ///
    /// # Errors
    ///
    /// The first part that is not in its form.
    pub fn new(from: Bic, to: Bic, parts: FileParts) -> Result<Self, FileReferenceError> {
        let FileParts { reference, name, media_type, bytes, description, .. } = &parts;
        let wrong = |line, expected, found: &str| {
            Err(FileReferenceError { line, expected, found: found.to_owned() })
        };
        if !is_line(reference) || reference.chars().count() > REFERENCE_CHARS_MAX {
            return wrong(4, "a reference of 1 to 35 characters", reference);
        }
        let is_folder = name.contains(['/', '\\']) || name == "." || name == "..";
        if !is_line(name) || name.len() > NAME_BYTES_MAX || is_folder {
            return wrong(5, "the name of a file, of 1 to 255 bytes and without folders", name);
        }
        if !is_media_type(media_type) {
            return wrong(6, "a media type such as application/zip", media_type);
        }
        if *bytes == 0 {
            return wrong(7, "a number of bytes, from 1", "0");
        }
        if let Some(text) = description
            && (!is_line(text) || text.len() > DESCRIPTION_BYTES_MAX)
        {
            return wrong(9, "a description of 1 to 1,024 bytes in one line", text);
        }
        Ok(Self { from, to, parts })
    }

    /// Who sends the file.
    #[must_use]
    pub fn from(&self) -> Bic {
        self.from
    }

    /// For whom it is.
    #[must_use]
    pub fn to(&self) -> Bic {
        self.to
    }

    /// What is said of it.
    #[must_use]
    pub fn parts(&self) -> &FileParts {
        &self.parts
    }
}

impl fmt::Display for FileReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, parts } = self;
        let FileParts { reference, name, media_type, bytes, sha256, description } = parts;
        writeln!(f, "{FIRST_LINE}\nfrom {from}\nto {to}\nreference {reference}")?;
        writeln!(f, "name {name}\ntype {media_type}\nbytes {bytes}")?;
        f.write_str("sha256 ")?;
        sha256.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("\n")?;
        description.iter().try_for_each(|text| writeln!(f, "description {text}"))
    }
}

impl FromStr for FileReference {
    type Err = FileReferenceError;

    fn from_str(text: &str) -> Result<Self, FileReferenceError> {
        let mut lines = Lines { rest: text, line: 0 };
        if lines.next()? != FIRST_LINE {
            return Err(lines.wrong("nuncio file 1", text.lines().next().unwrap_or_default()));
        }
        let from = lines.value("from ", "from and a BIC of 11 characters")?;
        let to = lines.value("to ", "to and a BIC of 11 characters")?;
        let reference = lines.text("reference ", "reference and a reference")?.to_owned();
        let name = lines.text("name ", "name and the name of a file")?.to_owned();
        let media_type = lines.text("type ", "type and a media type")?.to_owned();
        let bytes = lines.value("bytes ", "bytes and a number")?;
        let sha256 = lines.text("sha256 ", "sha256 and 64 hexadecimal digits")?;
        let sha256 = hexadecimal(sha256)
            .ok_or_else(|| lines.wrong("64 hexadecimal digits in lower case", sha256))?;
        let description = if lines.rest.is_empty() {
            None
        } else {
            Some(lines.text("description ", "description and a text, or the end")?.to_owned())
        };
        if !lines.rest.is_empty() {
            lines.line += 1;
            return Err(lines.wrong("the end", lines.rest.lines().next().unwrap_or_default()));
        }
        let parts = FileParts { reference, name, media_type, bytes, sha256, description };
        Self::new(from, to, parts)
    }
}

/// Reads lines, and knows which one it reads.
struct Lines<'a> {
    rest: &'a str,
    line: u32,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a str, FileReferenceError> {
        self.line += 1;
        let Some((line, rest)) = self.rest.split_once('\n') else {
            return Err(self.wrong("a line with a line feed behind it", self.rest));
        };
        self.rest = rest;
        Ok(line)
    }

    fn text(&mut self, label: &str, expected: &'static str) -> Result<&'a str, FileReferenceError> {
        let line = self.next()?;
        line.strip_prefix(label).ok_or_else(|| self.wrong(expected, line))
    }

    /// A value that is written as it is printed, and in no other way.
    fn value<T: FromStr + fmt::Display>(
        &mut self,
        label: &str,
        expected: &'static str,
    ) -> Result<T, FileReferenceError> {
        let text = self.text(label, expected)?;
        let value = text.parse::<T>().ok().filter(|value| value.to_string() == text);
        value.ok_or_else(|| self.wrong(expected, text))
    }

    fn wrong(&self, expected: &'static str, found: &str) -> FileReferenceError {
        // What is no reference at all may be long.
        let found = found.chars().take(80).collect();
        FileReferenceError { line: self.line, expected, found }
    }
}

/// Checks a payload that begins as a reference to a file does.
pub(crate) fn check(payload: &[u8]) -> Result<Document, Findings> {
    let text = std::str::from_utf8(payload)
        .map_err(|_| Findings::one(MALFORMED, "expected UTF-8, but found other bytes"))?;
    let reference: FileReference = text.parse().map_err(|error: FileReferenceError| {
        let mut findings = Findings::one(MALFORMED, &error.to_string());
        findings.list.iter_mut().for_each(|it| (it.line, it.column) = (error.line, 1));
        findings
    })?;
    Ok(Document {
        format: Format::File,
        message_type: FILE_TYPE.to_owned(),
        from: reference.from,
        to: reference.to,
        reference: reference.parts.reference.clone(),
        uetr: None,
        possible_duplicate: false,
        urgent: false,
        file: Some(Box::new(reference)),
    })
}

fn is_line(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.chars().any(char::is_control)
}

/// RFC 6838, 4.2: two names, each of letters, digits and some signs, the first no sign.
fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        let first = name.bytes().next().is_some_and(|it| it.is_ascii_alphanumeric());
        let good =
            |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"!#$&-^_.+".contains(&it);
        first && name.bytes().all(good)
    };
    text.len() <= TYPE_BYTES_MAX
        && text.split_once('/').is_some_and(|(kind, sub)| is_name(kind) && is_name(sub))
}

fn hexadecimal(text: &str) -> Option<[u8; 32]> {
    let digit = |it: u8| match it {
        b'0'..=b'9' => Some(it - b'0'),
        b'a'..=b'f' => Some(it - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 32];
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    if pairs.len() != bytes.len() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}
