//! Where a finding is: line, column and path.
//!
//! The good case pays nothing for it. When something is wrong, the message is read once more from
//! its start with the places of all findings at hand, sorted: one pass for all of them.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::token::{Features, Span, Token, Tokeniser};

/// Names beyond this length are cut in a path.
const PATH_NAME_BYTES_MAX: usize = 64;

/// Counts elements of the same name among their sisters.
#[derive(Debug, Default)]
pub(crate) struct Tracker {
    open: Vec<Level>,
    /// The sisters at the top: only the root.
    top: BTreeMap<Vec<u8>, u32>,
}

#[derive(Debug)]
struct Level {
    name: Vec<u8>,
    position: u32,
    children: BTreeMap<Vec<u8>, u32>,
}

impl Level {
    fn step(&self) -> String {
        let name = self.name.get(..self.name.len().min(PATH_NAME_BYTES_MAX)).unwrap_or_default();
        format!("/{}[{}]", String::from_utf8_lossy(name), self.position)
    }
}

impl Tracker {
    /// How many different names of sisters are told apart at one level; beyond it positions are
    /// those of the last element of the name that was counted.
    const NAMES_MAX: usize = 1024;

    /// An element begins.
    pub(crate) fn begin(&mut self, local: &[u8]) {
        let children = self.open.last_mut().map_or(&mut self.top, |level| &mut level.children);
        let position = if let Some(count) = children.get_mut(local) {
            *count += 1;
            *count
        } else {
            if children.len() < Self::NAMES_MAX {
                children.insert(local.to_vec(), 1);
            }
            1
        };
        self.open.push(Level { name: local.to_vec(), position, children: BTreeMap::new() });
    }

    /// The innermost element ends.
    pub(crate) fn end(&mut self) {
        self.open.pop();
    }

    /// The path of the innermost element.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for level in &self.open {
            path.push_str(&level.step());
        }
        path
    }

    /// The last step of the path of the innermost element.
    pub(crate) fn step(&self) -> String {
        self.open.last().map(Level::step).unwrap_or_default()
    }
}

/// Fills in line, column and path of all findings, whose `path` holds what comes behind the
/// element (`/@Ccy`) so far. Sorts them by place.
pub(crate) fn locate(bytes: &[u8], features: Features, findings: &mut [Finding]) {
    findings.sort_by_key(|finding| finding.offset);
    let mut lines = Lines { bytes, at: 0, line: 1, begin: 0 };
    for finding in findings.iter_mut() {
        (finding.line, finding.column) = lines.at(offset(finding));
    }
    let mut tokeniser = Tokeniser::default();
    let mut tracker = Tracker::default();
    let mut rest = findings.iter_mut().peekable();
    loop {
        let begin = tokeniser.position();
        let token = tokeniser.next(bytes, features);
        let reached = match token {
            Ok(Token::Finished) | Err(_) => usize::MAX,
            Ok(_) => tokeniser.position(),
        };
        if let Ok(Token::Start) = token {
            let start = tokeniser.start();
            // What is wrong before the tag belongs to the element around it.
            name(&mut rest, start.at as usize, &tracker);
            tracker.begin(start.local.of(bytes));
        }
        name(&mut rest, reached, &tracker);
        if let Ok(Token::End) = token {
            tracker.end();
        }
        if rest.peek().is_none() || reached == usize::MAX || reached < begin {
            return;
        }
    }
}

fn name<'a>(
    rest: &mut std::iter::Peekable<std::slice::IterMut<'a, Finding>>,
    before: usize,
    tracker: &Tracker,
) {
    while let Some(finding) = rest.next_if(|finding| offset(finding) < before) {
        finding.path.insert_str(0, &tracker.path());
    }
}

fn offset(finding: &Finding) -> usize {
    usize::try_from(finding.offset).unwrap_or(usize::MAX)
}

/// Counts lines up to places that only grow.
pub(crate) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    /// Where the present line begins.
    begin: usize,
}

impl Lines<'_> {
    fn at(&mut self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.bytes.len());
        let passed = self.bytes.get(self.at..offset).unwrap_or_default();
        for feed in memchr::memchr_iter(b'\n', passed) {
            self.line = self.line.saturating_add(1);
            self.begin = self.at + feed + 1;
        }
        self.at = self.at.max(offset);
        let before = self.bytes.get(self.begin..offset).unwrap_or_default();
        let characters = before.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        (self.line, u32::try_from(characters).unwrap_or(u32::MAX).saturating_add(1))
    }
}

/// The text of an element's tag or of another small part, for a finding.
pub(crate) fn excerpt(bytes: &[u8], at: usize) -> String {
    let rest = bytes.get(at..).unwrap_or_default();
    let length = rest
        .iter()
        .skip(1)
        .take(crate::limits::SHOWN_CHARACTERS_MAX)
        .position(|byte| matches!(byte, b'<' | b'>' | b'\n'))
        .map_or(rest.len(), |end| end + if rest.get(end + 1) == Some(&b'>') { 2 } else { 1 });
    crate::finding::shown(Span::new(at, at + length).of(bytes))
}
