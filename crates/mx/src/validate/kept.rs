//! What a stream keeps of the fields, so that the rules can judge them when the text is gone.
//!
//! Values are copied as they end, with the place of each field; there is a limit for the fields
//! (that of [`crate::fields::ENTRIES_MAX`]) and one for the copies. What is beyond either is not
//! kept, and the rules see a message that is not complete.

use crate::fields::{Fields, NO_ENTRY};
use crate::locate::Tracker;
use crate::token::Span;

/// How many bytes of values and names are kept.
const TEXT_BYTES_MAX: usize = 4 << 20;

/// Where a field stands in the message.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Row {
    /// The byte where it begins, and where its value begins.
    pub(crate) at: u64,
    pub(crate) value_at: u64,
    line: u32,
    column: u32,
    /// Of a field inside no other its path; of others the last step of it; of attributes nothing.
    step: Span,
}

/// The fields that are kept beside [`Fields`].
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Values and names.
    pub(super) text: Vec<u8>,
    /// Invariant: as many as there are entries.
    pub(super) rows: Vec<Row>,
    /// How many of them know their line and column.
    placed: usize,
    /// How many bytes of the message are gone from the window, and how many bytes of the window
    /// were read before.
    pub(super) gone: u64,
    pub(super) names: usize,
}

impl Kept {
    /// The byte of the message for one of the window.
    fn offset(&self, at: u32) -> u64 {
        self.gone + (at as usize).saturating_sub(self.names) as u64
    }

    /// The entry of an element was added.
    pub(super) fn element(
        &mut self,
        fields: &mut Fields,
        (entry, at): (u32, u32),
        tracker: &Tracker,
    ) {
        if entry == NO_ENTRY {
            return;
        }
        let inner = fields.is_inside(entry);
        let step = if inner { tracker.step() } else { tracker.path() };
        let at = self.offset(at);
        match self.copy(step.as_bytes()) {
            Some(step) => self.rows.push(Row { at, step, ..Row::default() }),
            None => self.stop(fields, entry),
        }
    }

    /// The entry of an attribute was added, whose name begins at `at`.
    pub(super) fn attribute(&mut self, fields: &Fields, (entry, at): (u32, u32)) {
        if fields.parent(entry).is_some() {
            self.rows.push(Row { at: self.offset(at), ..Row::default() });
        }
    }

    /// A field has its value, which begins at `at`.
    pub(super) fn value(&mut self, fields: &mut Fields, entry: u32, (at, text): (u32, &[u8])) {
        if entry == NO_ENTRY {
            return;
        }
        let value_at = self.offset(at);
        match self.copy(text) {
            Some(span) => {
                fields.set_value(entry, span);
                if let Some(row) = self.rows.get_mut(entry as usize) {
                    row.value_at = value_at;
                }
            }
            None => self.stop(fields, entry),
        }
    }

    fn copy(&mut self, text: &[u8]) -> Option<Span> {
        let begin = self.text.len();
        if text.len() > TEXT_BYTES_MAX - begin {
            return None;
        }
        self.text.extend_from_slice(text);
        Some(Span::new(begin, self.text.len()))
    }

    /// There is no room: this entry and all that come are not kept.
    #[cold]
    fn stop(&mut self, fields: &mut Fields, entry: u32) {
        fields.stop(entry);
        self.rows.truncate(entry as usize);
        self.placed = self.placed.min(self.rows.len());
    }

    /// Gives the new fields their line and column; `line` and `column` are those of the first byte
    /// of the window that was not read before.
    pub(super) fn place(&mut self, window: &[u8], (mut line, mut column): (u32, u32)) {
        let mut at = self.names;
        for row in self.rows.iter_mut().skip(self.placed) {
            let ahead = usize::try_from(row.at.saturating_sub(self.gone)).unwrap_or(usize::MAX);
            let to = self.names.saturating_add(ahead).min(window.len()).max(at);
            let passed = window.get(at..to).unwrap_or_default();
            let feeds = memchr::memchr_iter(b'\n', passed).count();
            let last = memchr::memrchr(b'\n', passed);
            let rest = passed.get(last.map_or(0, |feed| feed + 1)..).unwrap_or_default();
            let characters = rest.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
            line = line.saturating_add(u32::try_from(feeds).unwrap_or(u32::MAX));
            column = if feeds == 0 { column } else { 0 }
                .saturating_add(u32::try_from(characters).unwrap_or(u32::MAX));
            (row.line, row.column) = (line, column.saturating_add(1));
            at = to;
        }
        self.placed = self.rows.len();
    }

    /// Line, column and path of what is wrong at the byte where a field begins; `None` for others.
    pub(super) fn locate(&self, fields: &Fields, at: u64) -> Option<(u32, u32, String)> {
        let index = self.rows.binary_search_by_key(&at, |row| row.at).ok()?;
        let row = self.rows.get(index).copied().unwrap_or_default();
        let mut steps = Vec::new();
        let mut next = u32::try_from(index).unwrap_or(NO_ENTRY);
        while let (Some(row), Some(parent)) = (self.rows.get(next as usize), fields.parent(next)) {
            steps.push(row.step.of(&self.text));
            next = parent;
        }
        steps.reverse();
        let path = String::from_utf8_lossy(&steps.concat()).into_owned();
        Some((row.line, row.column, path))
    }

    pub(super) fn memory(&self) -> usize {
        self.text.capacity() + self.rows.capacity() * size_of::<Row>()
    }
}
