//! The validator: one pass over the bytes, driven by tokens and the tables of schemas.
//!
//! Outside the parts that a schema is known for (the envelope) anything well-formed may stand. A
//! part begins with a global element of a known schema: the business header, the document. Inside,
//! every element, attribute and value is checked; after something wrong the validator goes on where
//! it makes most sense, so that one mistake is one finding and not a flood:
//!
//! - an element that is not known is passed over with all that is in it;
//! - an element out of order or once too often is checked inside, and does not move the order;
//! - where elements are missing, the first one behind the gap says so, once.

mod frame;
mod kept;
mod order;
mod stream;
mod usual;
mod value;
mod words;

pub(crate) use kept::Row;
pub use stream::{Stream, Streamed};
pub(crate) use words::CODES;

use std::sync::Arc;

use crate::fields::{Fields, View};
use crate::finding::{Finding, Findings};
use crate::library::Library;
use crate::locate::{Tracker, locate};
use crate::rules::{Memory, Profile, Settings};
use crate::schema::Schema;
use crate::token::{Fault, Features, Kind, NamespaceId, Start, Token, Tokeniser, survey};
use frame::{Frame, Mode, Value};
use kept::Kept;
use order::Child;

/// Checks messages one after the other with the same memory: one for each thread.
#[derive(Debug, Default)]
pub struct Checker {
    tokeniser: Tokeniser,
    walk: Walk,
    profile: Profile,
    settings: Settings,
    memory: Memory,
}

/// Everything of a check but the tokeniser, so that both can be borrowed at the same time.
#[derive(Debug, Default)]
struct Walk {
    parts: Vec<Part>,
    /// The schema of each part that was begun.
    begun: Vec<Arc<Schema>>,
    /// Which part of the message is open; the innermost counts.
    part_number: u8,
    frames: Vec<Frame>,
    value: Value,
    fields: Fields,
    findings: Findings,
    /// Whether an element was met that names a message whose schema is not known.
    unknown: bool,
    /// Of a stream: where things are, as the text is gone when the findings are complete.
    tracker: Option<Tracker>,
    /// Of a stream: how many bytes of the message are gone from the window.
    gone: u64,
    /// Of a stream: the path of the root, if it begins with the first byte.
    root_at_begin: String,
    /// Of a stream with rules: the fields.
    kept: Option<Kept>,
    /// Of a stream: whether more is to come.
    partial: bool,
}

/// A part that is open.
#[derive(Clone, Debug)]
struct Part {
    schema: Arc<Schema>,
    namespace: NamespaceId,
    /// How many frames are open outside it.
    frames: usize,
    /// Which part of the message it is.
    number: u8,
}

/// What came of a check. The fields stay with the checker until the next message.
#[derive(Debug)]
pub struct Checked<'a> {
    findings: Findings,
    pub(crate) view: View<'a>,
}

impl<'a> Checked<'a> {
    /// All that is wrong, in the order of the text.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.findings.is_empty()
    }

    /// The findings alone.
    #[must_use]
    pub fn into_findings(self) -> Findings {
        self.findings
    }

    /// The message types of the parts that were checked, such as `head.001.001.02` and
    /// `pacs.008.001.08`, in the order of the text.
    pub fn message_types(&self) -> impl Iterator<Item = &'a str> {
        self.view.parts.iter().map(|schema| schema.message_type())
    }

    /// Whether the rules could look at all fields: a message may have more than are kept. Counts
    /// and sums are checked in any case.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.view.is_complete()
    }
}

/// Why the walk through a part stops.
enum Flow {
    /// The part has ended.
    Ended,
    /// A part of another schema begins inside.
    Nested(Start, Arc<Schema>),
}

impl Checker {
    /// A checker with its own memory.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A checker that applies the rules of a profile, too.
    #[must_use]
    pub fn with_profile(profile: Profile, settings: Settings) -> Self {
        Self { profile, settings, ..Self::default() }
    }

    /// Checks a message: well-formedness, each part that the library has a schema for, and, if the
    /// message is well-formed, the rules of the profile.
    ///
    /// What is not well-formed ends the check at that place; the findings before it are kept.
    pub fn check<'a>(&'a mut self, bytes: &'a [u8], library: &Library) -> Checked<'a> {
        self.tokeniser.clear();
        self.walk.clear();
        let surveyed = survey(bytes);
        let features = *surveyed.as_ref().unwrap_or(&Features::NONE);
        let done = match surveyed {
            Ok(features) => self.run(bytes, features, library),
            Err(fault) => Err(self.run_up_to(bytes, fault, library)),
        };
        let well_formed = done.is_ok();
        if let Err(fault) = done {
            self.walk.findings.push(crate::wrong(bytes, fault, &self.tokeniser));
        }
        let mut findings = std::mem::take(&mut self.walk.findings);
        if well_formed {
            let view =
                View { bytes, fields: &self.walk.fields, parts: &self.walk.begun, rows: &[] };
            let rules = (self.profile, &self.settings);
            crate::rules::run(rules, view, &mut findings, &mut self.memory);
        }
        if !findings.is_empty() {
            locate(bytes, features, findings.list_mut());
        }
        let view = View { bytes, fields: &self.walk.fields, parts: &self.walk.begun, rows: &[] };
        Checked { findings, view }
    }

    /// How many bytes of memory it keeps for the next message.
    #[must_use]
    pub fn memory(&self) -> usize {
        size_of::<Self>()
            + self.tokeniser.memory()
            + self.walk.fields.memory()
            + self.walk.frames.capacity() * size_of::<Frame>()
            + self.walk.parts.capacity() * size_of::<Part>()
            + self.walk.begun.capacity() * size_of::<Arc<Schema>>()
            + self.walk.value.memory()
            + self.walk.kept.as_ref().map_or(0, Kept::memory)
    }

    /// Checks what stands before a character that may not stand at all. The first fault of both.
    fn run_up_to(&mut self, bytes: &[u8], fault: Fault, library: &Library) -> Fault {
        let before = bytes.get(..fault.at as usize).unwrap_or_default();
        self.walk.partial = true;
        match survey(before).and_then(|features| self.run(before, features, library)) {
            Err(earlier) if !matches!(earlier.kind, Kind::Ended | Kind::NoRoot) => earlier,
            Ok(()) | Err(_) => fault,
        }
    }

    fn run(&mut self, bytes: &[u8], features: Features, library: &Library) -> Result<(), Fault> {
        loop {
            let Some(part) = self.walk.parts.last() else {
                if self.envelope(bytes, features, library)? {
                    continue;
                }
                return Ok(());
            };
            // A count up and down for each part of a message, so that the tables can be borrowed.
            let (schema, namespace) = (Arc::clone(&part.schema), part.namespace);
            self.walk.part_number = part.number;
            match self.part(bytes, features, library, (&schema, namespace))? {
                Flow::Ended => {
                    self.walk.parts.pop();
                }
                Flow::Nested(start, inner) => self.begin_part(bytes, &start, &inner),
            }
        }
    }

    /// Walks through the envelope to the next part: whether there is one.
    fn envelope(
        &mut self,
        bytes: &[u8],
        features: Features,
        library: &Library,
    ) -> Result<bool, Fault> {
        loop {
            match self.tokeniser.next_tag(bytes, features)? {
                Token::Start => {
                    let start = *self.tokeniser.start();
                    self.walk.track(bytes, &start);
                    if let Some(schema) = self.known_root(bytes, &start, library) {
                        self.begin_part(bytes, &start, &schema);
                        return Ok(true);
                    }
                }
                Token::End => self.walk.untrack(),
                Token::Text => {}
                Token::Finished => {
                    let nothing = self.walk.begun.is_empty() && !self.walk.unknown;
                    if nothing && !self.walk.partial {
                        self.walk.report(0, words::NOTHING, String::new(), String::new());
                    }
                    return Ok(false);
                }
            }
        }
    }

    /// The schema that has this element as a global one.
    fn known_root(
        &mut self,
        bytes: &[u8],
        start: &Start,
        library: &Library,
    ) -> Option<Arc<Schema>> {
        if start.namespace == NamespaceId::NONE {
            return None;
        }
        let name = self.tokeniser.namespaces().name(start.namespace);
        let name = std::str::from_utf8(name).ok()?;
        let local = start.local.of(bytes);
        let schema = library.schema(name);
        if let Some(schema) = schema.filter(|schema| schema.root(local).is_some()) {
            return Some(schema);
        }
        let is_message = name.starts_with(crate::NAMESPACE_PREFIX);
        if is_message && matches!(local, b"Document" | b"AppHdr") {
            self.walk.unknown = true;
            let found = format!("namespace {}", crate::finding::shown(name.as_bytes()));
            self.walk.report(start.at, words::UNKNOWN_SCHEMA, String::new(), found);
        }
        None
    }

    fn begin_part(&mut self, bytes: &[u8], start: &Start, schema: &Arc<Schema>) {
        let Some(root) = schema.root(start.local.of(bytes)) else { return };
        let number = u8::try_from(self.walk.begun.len()).unwrap_or(u8::MAX);
        let frames = self.walk.frames.len();
        let part = Part { schema: Arc::clone(schema), namespace: start.namespace, frames, number };
        self.walk.parts.push(part);
        self.walk.part_number = number;
        // Parts beyond the limit are checked like the others, but rules do not see them apart.
        if number < u8::MAX {
            self.walk.begun.push(Arc::clone(schema));
        }
        let (tokeniser, entry) = (&self.tokeniser, crate::fields::NO_ENTRY);
        let child = self.walk.begin_declared(bytes, schema, tokeniser, (start, root, entry));
        if let Child::Value(leaf) = child {
            self.walk.open_value(leaf, tokeniser);
        }
    }

    /// Walks through a part until it ends or another begins inside.
    fn part(
        &mut self,
        bytes: &[u8],
        features: Features,
        library: &Library,
        (schema, namespace): (&Schema, NamespaceId),
    ) -> Result<Flow, Fault> {
        let outside = self.walk.parts.last().map_or(0, |part| part.frames);
        loop {
            self.usual((bytes, features), (schema, namespace), outside);
            let in_value = self.walk.in_value();
            let token = if in_value {
                self.tokeniser.next(bytes, features)?
            } else {
                self.tokeniser.next_tag(bytes, features)?
            };
            match token {
                Token::Start => {
                    self.walk.track(bytes, self.tokeniser.start());
                    match self.walk.begin(bytes, schema, &self.tokeniser, namespace) {
                        Child::Open => {}
                        Child::Value(leaf) => {
                            if let Some(span) = self.tokeniser.plain_value(bytes, features) {
                                self.walk.plain(bytes, schema, leaf, span);
                                self.walk.untrack();
                            } else {
                                self.walk.open_value(leaf, &self.tokeniser);
                            }
                        }
                        Child::Foreign => {
                            let start = *self.tokeniser.start();
                            if let Some(inner) = self.known_root(bytes, &start, library) {
                                self.walk.frames.pop();
                                return Ok(Flow::Nested(start, inner));
                            }
                        }
                    }
                }
                Token::Text => self.walk.text(bytes, self.tokeniser.last_text()),
                Token::End => {
                    self.walk.end(bytes, schema, self.tokeniser.end_at());
                    self.walk.untrack();
                    if self.walk.frames.len() <= outside {
                        return Ok(Flow::Ended);
                    }
                }
                Token::Finished => return Ok(Flow::Ended),
            }
        }
    }
}

impl Walk {
    fn clear(&mut self) {
        self.parts.clear();
        self.begun.clear();
        self.frames.clear();
        self.value.clear();
        self.value.shrink();
        self.fields.clear();
        self.findings = Findings::default();
        self.unknown = false;
        self.tracker = None;
        self.kept = None;
        self.gone = 0;
        self.root_at_begin.clear();
        self.partial = false;
    }

    /// The window of a stream is about to slide: nothing may point into it.
    fn before_slide(&mut self, window: &[u8]) {
        if self.in_value() {
            self.value.keep(window);
        }
    }

    /// The window of a stream has slid: it goes on at `at`.
    fn after_slide(&mut self, at: usize) {
        let at = crate::token::Span::new(at, at).start;
        for frame in &mut self.frames {
            frame.begin = at;
        }
    }

    /// An element begins: a stream has to remember its name.
    #[inline]
    fn track(&mut self, bytes: &[u8], start: &Start) {
        if let Some(tracker) = &mut self.tracker {
            tracker.begin(start.local.of(bytes));
            if self.gone == 0 && start.at == 0 {
                self.root_at_begin = tracker.path();
            }
        }
    }

    /// The innermost element has ended.
    #[inline]
    fn untrack(&mut self) {
        if let Some(tracker) = &mut self.tracker {
            tracker.end();
        }
    }

    #[inline]
    fn in_value(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.mode == Mode::Value)
    }

    /// Adds a finding.
    fn report(
        &mut self,
        at: u32,
        words: (&'static str, &'static str),
        expected: String,
        found: String,
    ) {
        let (code, rule) = words;
        let expected = if expected.is_empty() { rule.to_owned() } else { expected };
        let found = if found.is_empty() { "none".to_owned() } else { found };
        self.findings.push(Finding {
            offset: u64::from(at),
            code,
            path: self.tracker.as_ref().map(|tracker| tracker.path()).unwrap_or_default(),
            line: 0,
            column: 0,
            expected,
            found,
        });
    }
}

#[cfg(test)]
mod tests;
