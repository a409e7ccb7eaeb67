//! Checking a message that is too large for memory, piece by piece.
//!
//! A window slides along the text. It holds what is not read yet and the names of the open
//! elements, so its size depends on the longest single tag or text, not on the message. Findings
//! are complete, with place and path. With a profile the fields that rules look at are kept, up to
//! the limit that holds for any message, so that the rules say of a stream what they say of the
//! whole; counts and sums are exact for any length.

use super::Checker;
use super::kept::Kept;
use crate::fields::{Slot, View};
use crate::finding::Findings;
use crate::library::Library;
use crate::limits::STREAM_WINDOW_BYTES_MAX;
use crate::locate::Tracker;
use crate::rules::{Profile, Settings};
use crate::token::{Fault, Features, Kind, survey};

/// How many new bytes are waited for before the window is read again.
const STEP_BYTES: usize = 64 << 10;

/// The least that makes sense: the declaration of the text is seen at once.
const STEP_BYTES_MIN: usize = 64;

/// A check of one message, fed piece by piece.
#[derive(Debug)]
pub struct Stream<'a> {
    library: &'a Library,
    checker: Checker,
    window: Vec<u8>,
    /// How many bytes of the window were looked at for UTF-8 and characters.
    surveyed: usize,
    /// How many bytes of the window are names that were read before.
    names: usize,
    /// How many bytes of the message are gone from the window.
    gone: u64,
    /// How many new bytes are waited for before the window is read again.
    step: usize,
    /// How long the window has to be before another attempt makes sense.
    wanted: usize,
    features: Features,
    /// The line in which the unread part begins, and how many characters of it are gone.
    line: u32,
    column: u32,
    findings: Findings,
    /// Whether the text was found not to be well-formed: the rest is not looked at.
    over: bool,
}

/// What came of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Streamed {
    /// All that is wrong, in the order in which it was found.
    pub findings: Findings,
    /// The message types of the parts that were checked.
    pub message_types: Vec<String>,
    /// How many transactions of any kind the message has.
    pub transactions: u64,
    /// The sum of all interbank settlement amounts in units of 10^-5, whatever their currency;
    /// `None` if it is not known exactly.
    pub settled: Option<i128>,
    /// Whether the rules could look at all fields, as [`super::Checked::is_complete`].
    pub complete: bool,
}

impl<'a> Stream<'a> {
    /// Begins a message.
    #[must_use]
    pub fn new(library: &'a Library) -> Self {
        Self::with_step(library, STEP_BYTES)
    }

    /// Begins a message that is read in steps of `step_bytes`: small steps take less memory and
    /// more time.
    #[must_use]
    pub fn with_step(library: &'a Library, step_bytes: usize) -> Self {
        let step = step_bytes.max(STEP_BYTES_MIN);
        let mut checker = Checker::new();
        checker.walk.tracker = Some(Tracker::default());
        checker.walk.fields.tally_only = true;
        Self::of(library, checker, step)
    }

    /// Begins a message that the rules of a profile judge, too. They take about 2 MB more, however
    /// long the message is.
    #[must_use]
    pub fn with_profile(library: &'a Library, profile: Profile, settings: Settings) -> Self {
        let mut checker = Checker::with_profile(profile, settings);
        checker.walk.tracker = Some(Tracker::default());
        checker.walk.fields.tally_only = profile == Profile::None;
        checker.walk.kept = (profile != Profile::None).then(Kept::default);
        Self::of(library, checker, STEP_BYTES)
    }

    fn of(library: &'a Library, checker: Checker, step: usize) -> Self {
        Self {
            library,
            checker,
            window: Vec::with_capacity(2 * step),
            surveyed: 0,
            names: 0,
            gone: 0,
            step,
            wanted: step,
            features: Features::NONE,
            line: 1,
            column: 0,
            findings: Findings::default(),
            over: false,
        }
    }

    /// Takes the next piece of the message, of any size.
    pub fn feed(&mut self, piece: &[u8]) {
        for part in piece.chunks(self.step) {
            if self.over {
                return;
            }
            self.window.extend_from_slice(part);
            if self.window.len() >= self.wanted {
                self.read(false);
            }
        }
    }

    /// The message has ended.
    #[must_use]
    pub fn finish(mut self) -> Streamed {
        if !self.over {
            self.read(true);
        }
        if !self.over {
            self.judge();
        }
        let walk = &self.checker.walk;
        Streamed {
            findings: self.findings,
            message_types: walk.begun.iter().map(|part| part.message_type().to_owned()).collect(),
            transactions: walk.fields.tally.transactions(),
            settled: walk.fields.tally.sum(Slot::Settled),
            complete: !walk.fields.full,
        }
    }

    /// The rules judge what was kept.
    fn judge(&mut self) {
        let Checker { walk, profile, settings, memory, .. } = &mut self.checker;
        let Some(kept) = &walk.kept else { return };
        let (fields, parts) = (&walk.fields, walk.begun.as_slice());
        let view = View { bytes: &kept.text, fields, parts, rows: &kept.rows };
        crate::rules::run((*profile, settings), view, &mut self.findings, memory);
        // Those of the schema have their place.
        for finding in self.findings.list_mut().iter_mut().filter(|finding| finding.line == 0) {
            let place = kept.locate(fields, finding.offset);
            let whole = || (1, 1, walk.root_at_begin.clone());
            (finding.line, finding.column, finding.path) = place.unwrap_or_else(whole);
        }
    }

    /// How many bytes of memory it takes at this time.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.window.capacity() + self.checker.memory()
    }

    fn read(&mut self, last: bool) {
        let ready = if last { self.window.len() } else { complete(&self.window) };
        self.checker.walk.partial = !last;
        self.checker.walk.gone = self.gone;
        if let Some(kept) = &mut self.checker.walk.kept {
            (kept.gone, kept.names) = (self.gone, self.names);
        }
        let surveyed = self.survey(ready);
        let window = self.window.get(..ready).unwrap_or_default();
        let result = match surveyed {
            Ok(()) => self.checker.run(window, self.features, self.library),
            Err(fault) => Err(self.checker.run_up_to(window, fault, self.library)),
        };
        if let Err(fault) = result {
            let waits = matches!(fault.kind, Kind::Ended | Kind::NoRoot) && !last;
            if !waits || self.window.len() > STREAM_WINDOW_BYTES_MAX {
                self.fail(if waits { Fault { kind: Kind::TooLarge, ..fault } } else { fault });
            }
        }
        if let Some(kept) = &mut self.checker.walk.kept {
            kept.place(&self.window, (self.line, self.column));
        }
        self.take_findings();
        if !last {
            self.slide();
        }
    }

    fn survey(&mut self, ready: usize) -> Result<(), Fault> {
        let news = self.window.get(self.surveyed..ready).unwrap_or_default();
        let moved = |fault: Fault| Fault::new(fault.kind, fault.at as usize + self.surveyed);
        self.features = self.features.and(survey(news).map_err(moved)?);
        self.surveyed = ready;
        Ok(())
    }

    fn fail(&mut self, fault: Fault) {
        self.over = true;
        let mut finding = crate::wrong(&self.window, fault, &self.checker.tokeniser);
        let tracker = self.checker.walk.tracker.as_ref();
        finding.path = tracker.map(Tracker::path).unwrap_or_default();
        self.checker.walk.findings.push(finding);
    }

    /// Gives the new findings their place in the message.
    fn take_findings(&mut self) {
        let mut news = std::mem::take(&mut self.checker.walk.findings);
        news.list_mut().sort_by_key(|finding| finding.offset);
        for finding in news.list_mut().drain(..) {
            let mut finding = finding;
            if finding.code == super::words::NOTHING.0 {
                // It is about the whole, whose begin is long gone.
                finding.path.clone_from(&self.checker.walk.root_at_begin);
                (finding.offset, finding.line, finding.column) = (0, 1, 1);
                self.findings.push(finding);
                continue;
            }
            let at = usize::try_from(finding.offset).unwrap_or(usize::MAX).max(self.names);
            (finding.line, finding.column) = self.place(at);
            finding.offset = self.gone + (at - self.names) as u64;
            self.findings.push(finding);
        }
        self.findings.add_more(news.more());
    }

    /// The line and column of a byte of the window.
    fn place(&self, at: usize) -> (u32, u32) {
        let read = self.window.get(self.names..at.min(self.window.len())).unwrap_or_default();
        let feeds = u32::try_from(memchr::memchr_iter(b'\n', read).count()).unwrap_or(u32::MAX);
        let begin = memchr::memrchr(b'\n', read).map_or(0, |feed| feed + 1);
        let rest = read.get(begin..).unwrap_or_default();
        let characters = rest.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        let gone = if feeds == 0 { self.column } else { 0 };
        let column = u32::try_from(characters).unwrap_or(u32::MAX).saturating_add(gone);
        (self.line.saturating_add(feeds), column.saturating_add(1))
    }

    /// Drops what was read, but for the names of open elements.
    fn slide(&mut self) {
        let at = self.checker.tokeniser.position();
        self.checker.walk.before_slide(&self.window);
        let mut window = Vec::with_capacity(2 * self.window.len().max(self.step));
        for name in self.checker.tokeniser.open_names() {
            window.extend_from_slice(name.of(&self.window));
        }
        let names = window.len();
        window.extend_from_slice(self.window.get(at..).unwrap_or_default());
        let (line, column) = self.place(at.max(self.names));
        (self.line, self.column) = (line, column.saturating_sub(1));
        self.gone += at.saturating_sub(self.names) as u64;
        self.surveyed = (self.surveyed + names).saturating_sub(at).max(names);
        self.checker.tokeniser.slide();
        self.checker.walk.after_slide(names);
        self.window = window;
        self.names = names;
        // A long token is looked at again when there is twice as much of it.
        self.wanted = self.window.len() + self.window.len().max(self.step);
    }
}

/// How many bytes of the window are whole characters, as far as its end goes.
fn complete(window: &[u8]) -> usize {
    let tail = window.iter().rev().take(4);
    for (back, byte) in tail.enumerate() {
        let length = match byte {
            0x80..0xc0 => continue,
            0xc0..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0.. => 4,
            _ => 1,
        };
        return if length > back + 1 { window.len() - back - 1 } else { window.len() };
    }
    window.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> Library {
        Library::built_in()
    }

    fn streamed(text: &[u8], piece: usize) -> Streamed {
        let library = library();
        let mut stream = Stream::with_step(&library, piece.min(STEP_BYTES));
        text.chunks(piece.max(1)).for_each(|piece| stream.feed(piece));
        stream.finish()
    }

    fn statement(entries: usize, last: &str) -> Vec<u8> {
        let entry = "\n  <Ntry><Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd>\
             </Sts><BkTxCd/><AddtlNtryInf>Überweisung &amp; mehr</AddtlNtryInf></Ntry>";
        format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr>\
             <MsgId>1</MsgId><CreDtTm>2026-11-23T00:00:00Z</CreDtTm></GrpHdr><Stmt><Id>1</Id>\
             <Acct><Id><Othr><Id>1</Id></Othr></Id></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry>\
             </Tp><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-23</Dt></Dt></Bal>\
             {}{last}</Stmt></BkToCstmrStmt></Document>",
            entry.repeat(entries)
        )
        .into_bytes()
    }

    #[test]
    fn a_stream_says_what_the_whole_says() {
        let library = library();
        let mut checker = Checker::new();
        for last in ["", "<Foo/>", "<Ntry/>", "<Ntry><Amt>x</Amt></Ntry>", "</Foo>", "\u{1}", "&x;"]
        {
            let text = statement(3_000, last);
            let whole = checker.check(&text, &library).into_findings();
            for piece in [100, 1_000, 65_536, 100_001, text.len()] {
                let parts = streamed(&text, piece).findings;
                assert_eq!(parts.to_string(), whole.to_string(), "{last} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn rules_judge_what_crosses_windows() {
        let library = library();
        let settings = Settings::default();
        let mut checker = Checker::with_profile(Profile::CrossBorder, settings);
        let bad = "<Ntry><Amt Ccy=\"EUR\">1.234</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd>\
            </Sts><BkTxCd/><NtryDtls><TxDtls><RltdPties><DbtrAcct><Id><IBAN>DE89370400440532013001\
            </IBAN></Id></DbtrAcct></RltdPties></TxDtls></NtryDtls></Ntry>";
        for text in [statement(20, bad), statement(5_000, bad)] {
            let whole = checker.check(&text, &library).into_findings();
            assert!(!whole.is_empty());
            for step in [64, 1_000, 100_000] {
                let mut stream = Stream::with_profile(&library, Profile::CrossBorder, settings);
                (stream.step, stream.wanted) = (step, step);
                text.chunks(step).for_each(|piece| stream.feed(piece));
                let findings = stream.finish().findings;
                assert_eq!(findings.to_string(), whole.to_string(), "in steps of {step}");
            }
        }
    }

    #[test]
    fn rules_take_bounded_memory() {
        let library = library();
        let text = statement(100_000, "");
        let mut stream = Stream::with_profile(&library, Profile::CrossBorder, Settings::default());
        let mut most = 0;
        for piece in text.chunks(10_000) {
            stream.feed(piece);
            most = most.max(stream.memory());
        }
        assert!(!stream.finish().complete);
        assert!(most < 3_000_000, "{most}");
    }

    #[test]
    fn memory_does_not_grow_with_the_message() {
        let library = library();
        let mut sizes = Vec::new();
        for entries in [10_000, 100_000] {
            let text = statement(entries, "");
            let mut stream = Stream::new(&library);
            let mut most = 0;
            for piece in text.chunks(10_000) {
                stream.feed(piece);
                most = most.max(stream.memory());
            }
            assert!(stream.finish().findings.is_empty());
            sizes.push(most);
        }
        assert!(sizes.iter().all(|size| *size < 600_000), "{sizes:?}");
        assert!(sizes[1] <= sizes[0] + 10_000, "{sizes:?}");
    }

    #[test]
    fn long_texts_cross_windows() {
        let text = statement(10, &format!("<AddtlStmtInf>{}</AddtlStmtInf>", "ü".repeat(200_000)));
        let streamed = streamed(&text, 7_001);
        let codes: Vec<_> = streamed.findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, ["SCH022"]);
    }

    #[test]
    fn a_token_without_end_is_refused() {
        let text = [b"<a b='".as_slice(), &vec![b'x'; STREAM_WINDOW_BYTES_MAX * 2]].concat();
        let streamed = streamed(&text, 1 << 20);
        assert_eq!(streamed.findings.as_slice()[0].code, "XML033");
    }

    #[test]
    fn transactions_are_counted() {
        let sample = include_bytes!("../../../../samples/pacs.008.001.08.xml");
        let streamed = streamed(sample, 100);
        assert!(streamed.findings.is_empty(), "{}", streamed.findings);
        assert_eq!(streamed.message_types, ["head.001.001.02", "pacs.008.001.08"]);
        assert_eq!(streamed.transactions, 1);
        assert_eq!(streamed.settled, Some(4_825_075_000));
    }
}
