//! Cuts a message into its blocks, and block 4 into fields, without knowing its type.
//!
//! Grammar:
//!
//! ```text
//! message = basic [gap application] [gap user] [gap text] [gap trailer] [gap system]
//! gap     = nothing throughout, or the same one line end throughout
//! basic   = "{1:" head "}"          application = "{2:" head "}"
//! user    = "{3:" pair* "}"         trailer     = "{5:" pair* "}"     system = "{S:" pair* "}"
//! pair    = "{" name ":" value "}"  name        = 1 to 3 letters or digits
//! text    = "{4:" pair+ "}"  |  "{4:" eol field* "-}"
//! field   = ":" tag ":" value eol   a value's later lines start with neither ":" nor "-"
//! eol     = CR LF throughout, or LF throughout
//! ```
//!
//! A value holds neither `}` nor, in a pair, `{`, and no control characters: so no text can end
//! the field or the block that it stands in, for this reader or for any other.

use memchr::{memchr, memchr_iter, memchr2, memchr3};

use crate::findings::{Code, Report, shown};
use crate::syntax::lines;
use crate::tag::Tag;

/// The blocks do not follow the grammar.
pub(crate) const SYNTAX: Code = Code::of("V21");
/// A character that no block may hold.
pub(crate) const CHARACTER: Code = Code::of("V22");
/// A line of block 4 that starts neither a field nor goes on with one.
pub(crate) const LINE: Code = Code::of("V23");
/// Line ends of two kinds, or half a line end.
pub(crate) const LINE_END: Code = Code::of("V24");
/// The message is longer than any message may be.
pub(crate) const TOO_LONG: Code = Code::of("V25");
/// Bytes after the end of the message.
pub(crate) const AFTER: Code = Code::of("V26");

/// The longest message that is read, in bytes: ten times the longest that the network takes, so
/// that an archive's own additions do not hinder reading.
pub const MESSAGE_BYTES_MAX: usize = 128 * 1024;

/// One `{name:value}` of a user header, a trailer block, a system block or a system message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
}

impl<'a> Pair<'a> {
    /// Its name: `121`, `CHK`.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Its value, empty for `{TNG:}`.
    #[must_use]
    pub fn value(&self) -> &'a str {
        self.value
    }
}

/// One field of block 4 of a user message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    pub(crate) tag: Tag,
    /// Invariant: that of the value.
    pub(crate) extent: Extent,
    pub(crate) value: &'a str,
}

/// How many lines a value has, and how long the longest of them is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// At least 1; 65535 stands for more as well.
    pub(crate) lines: u16,
    /// In bytes; 65535 stands for more as well, and for a value of which a line is empty.
    pub(crate) width: u16,
}

impl Extent {
    /// Of this many lines, the longest of this width.
    pub(crate) fn of(lines: u16, width: usize) -> Self {
        let width = if width == 0 { usize::MAX } else { width };
        Self { lines, width: u16::try_from(width).unwrap_or(u16::MAX) }
    }
}

/// The lines of a value, while they are counted.
#[derive(Clone, Copy, Debug)]
struct Size {
    lines: usize,
    longest: usize,
    shortest: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self { lines: 0, longest: 0, shortest: usize::MAX }
    }
}

impl Size {
    #[inline]
    fn add(&mut self, line: usize) {
        self.lines += 1;
        self.longest = self.longest.max(line);
        self.shortest = self.shortest.min(line);
    }

    fn extent(self) -> Extent {
        let width = if self.shortest == 0 { 0 } else { self.longest };
        Extent::of(u16::try_from(self.lines).unwrap_or(u16::MAX), width)
    }
}

impl<'a> Field<'a> {
    pub(crate) fn of(tag: Tag, value: &'a str) -> Self {
        let mut size = Size::default();
        for line in value.split('\n') {
            size.add(line.strip_suffix('\r').unwrap_or(line).len());
        }
        Self { tag, extent: size.extent(), value }
    }

    /// Its tag: `32A`.
    #[must_use]
    pub fn tag(&self) -> Tag {
        self.tag
    }

    /// Its value, with the line ends of the message between its lines and none at its end.
    #[must_use]
    pub fn value(&self) -> &'a str {
        self.value
    }

    /// The lines of its value.
    pub fn lines(&self) -> impl Iterator<Item = &'a str> {
        self.value.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line))
    }
}

/// Block 4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text<'a> {
    /// The fields of a user message: `:20:REF`.
    Fields(Vec<Field<'a>>),
    /// The fields of a system message or an acknowledgement: `{177:2401011200}`.
    Pairs(Vec<Pair<'a>>),
}

/// How the lines of block 4 end, in the whole of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// CR LF: the form of the network.
    CrLf,
    /// LF alone: the form of files that passed through a Unix tool.
    Lf,
}

impl LineEnd {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::CrLf => "\r\n",
            Self::Lf => "\n",
        }
    }
}

/// A message cut into its blocks; the heads are not read yet.
#[derive(Debug)]
pub(crate) struct Blocks<'a> {
    pub(crate) basic: &'a str,
    pub(crate) application: Option<&'a str>,
    pub(crate) user: Option<Vec<Pair<'a>>>,
    pub(crate) text: Option<Text<'a>>,
    pub(crate) trailer: Option<Vec<Pair<'a>>>,
    pub(crate) system: Option<Vec<Pair<'a>>>,
    pub(crate) line_end: LineEnd,
    /// What stands between two blocks: nothing, or a line end.
    pub(crate) gap: &'a str,
    /// Whether all fields of block 4 hold characters of set x and line ends only.
    pub(crate) plain: bool,
}

/// A break of the grammar, that ends the reading.
pub(crate) struct Broken {
    code: Code,
    block: char,
    at: usize,
    text: String,
}

impl Broken {
    pub(crate) fn report(self, report: &mut Report<'_>) {
        report.at(self.code, self.block, "", self.at, self.text);
    }
}

fn broken<T>(code: Code, block: char, at: usize, text: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { code, block, at, text: text.into() })
}

/// Cuts one message; the whole input is that message.
pub(crate) fn scan(input: &[u8]) -> Result<Blocks<'_>, Broken> {
    let (blocks, end) = scan_prefix(input)?;
    if end < input.len() {
        return broken(AFTER, 'S', end, "expected the end of the message, but more bytes follow");
    }
    Ok(blocks)
}

/// Cuts the first message of the input and says where it ends.
pub(crate) fn scan_prefix(input: &[u8]) -> Result<(Blocks<'_>, usize), Broken> {
    if input.len() > MESSAGE_BYTES_MAX {
        return broken(TOO_LONG, '1', 0, format!("expected at most {MESSAGE_BYTES_MAX} bytes"));
    }
    if !lines::may_stand(input) {
        let at = input.iter().position(|byte| !lines::byte_may_stand(*byte)).unwrap_or_default();
        return broken(CHARACTER, '?', at, "expected printable ASCII and line ends only");
    }
    let text = std::str::from_utf8(input).expect("every byte was found to be ASCII");
    let mut cursor = Cursor { text, at: 0, line_end: None, gap: "", plain: false };
    let basic = cursor.first_head()?;
    cursor.find_gap();
    let application = cursor.at_block('2').then(|| cursor.head('2')).transpose()?;
    let user = cursor.at_block('3').then(|| cursor.pairs('3')).transpose()?;
    let body = cursor.at_block('4').then(|| cursor.body()).transpose()?;
    let trailer = cursor.at_block('5').then(|| cursor.pairs('5')).transpose()?;
    let system = cursor.at_block('S').then(|| cursor.pairs('S')).transpose()?;
    let line_end = cursor.line_end.unwrap_or(LineEnd::CrLf);
    let Cursor { gap, plain, .. } = cursor;
    let text = body;
    let blocks = Blocks { basic, application, user, text, trailer, system, line_end, gap, plain };
    Ok((blocks, cursor.at))
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
    line_end: Option<LineEnd>,
    gap: &'a str,
    plain: bool,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Whether a block comes next, after the gap; the gap is then taken.
    fn at_block(&mut self, block: char) -> bool {
        let gap = if block == '1' { "" } else { self.gap };
        let Some(rest) = self.rest().strip_prefix(gap) else { return false };
        let here = matches!(*rest.as_bytes(), [b'{', id, b':', ..] if char::from(id) == block);
        self.at += if here { gap.len() } else { 0 };
        here
    }

    /// After block 1: a line end before another block is the gap of this message.
    fn find_gap(&mut self) {
        let rest = self.rest();
        let gap = ["\r\n", "\n"].into_iter().find(|gap| rest.starts_with(gap)).unwrap_or_default();
        let next = rest.as_bytes().get(gap.len()..).unwrap_or_default();
        if matches!(*next, [b'{', id, b':', ..] if id != b'1') {
            self.gap = gap;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// `{1:...}` where it must stand: returns what stands between.
    fn first_head(&mut self) -> Result<&'a str, Broken> {
        if !self.at_block('1') {
            let found = shown(self.rest().get(..3).unwrap_or_default());
            return broken(SYNTAX, '1', self.at, format!("expected {{1:, but found \"{found}\""));
        }
        self.head('1')
    }

    /// `{1:...}`, its start being known: returns what stands between.
    fn head(&mut self, block: char) -> Result<&'a str, Broken> {
        self.at += 3;
        self.until_brace(block)
    }

    /// Takes what stands before the next `}`, which must come before any `{` and any line end.
    fn until_brace(&mut self, block: char) -> Result<&'a str, Broken> {
        let rest = self.rest();
        let end = memchr3(b'}', b'{', b'\n', rest.as_bytes()).unwrap_or(rest.len());
        if rest.as_bytes().get(end) != Some(&b'}') {
            return broken(SYNTAX, block, self.at + end, "expected }, but found none");
        }
        let inner = rest.get(..end).unwrap_or_default();
        if let Some(at) = memchr(b'\r', inner.as_bytes()) {
            return broken(LINE_END, block, self.at + at, "expected no line end here");
        }
        self.at += end + 1;
        Ok(inner)
    }

    /// `{3:{name:value}...}`.
    fn pairs(&mut self, block: char) -> Result<Vec<Pair<'a>>, Broken> {
        self.at += 3;
        let mut pairs = Vec::with_capacity(4);
        while self.peek() == Some(b'{') {
            self.at += 1;
            pairs.push(self.pair(block)?);
        }
        if self.peek() != Some(b'}') {
            return broken(SYNTAX, block, self.at, "expected { or }");
        }
        self.at += 1;
        Ok(pairs)
    }

    /// `name:value}`, the opening brace being taken already.
    fn pair(&mut self, block: char) -> Result<Pair<'a>, Broken> {
        let rest = self.rest();
        let colon = rest.bytes().take(4).position(|byte| byte == b':').unwrap_or_default();
        let name = rest.get(..colon).unwrap_or_default();
        if name.is_empty() || !name.bytes().all(is_name_byte) {
            return broken(
                SYNTAX,
                block,
                self.at,
                "expected a name of 1 to 3 letters or digits and :",
            );
        }
        self.at += colon + 1;
        let value = if block == '4' { self.lines_until_brace()? } else { self.until_brace(block)? };
        Ok(Pair { name, value })
    }

    /// Like [`Cursor::until_brace`], but the value may have several lines.
    fn lines_until_brace(&mut self) -> Result<&'a str, Broken> {
        let rest = self.rest();
        let end = memchr2(b'}', b'{', rest.as_bytes()).unwrap_or(rest.len());
        if rest.as_bytes().get(end) != Some(&b'}') {
            return broken(SYNTAX, '4', self.at + end, "expected }, but found none");
        }
        let inner = rest.get(..end).unwrap_or_default();
        self.check_line_ends(self.at, inner)?;
        self.at += end + 1;
        Ok(inner)
    }

    fn body(&mut self) -> Result<Text<'a>, Broken> {
        if self.rest().as_bytes().get(3) == Some(&b'{') {
            return self.pairs('4').map(Text::Pairs);
        }
        self.at += 3;
        let start = self.at;
        if !self.take_line_end()? {
            return broken(SYNTAX, '4', self.at, "expected a line end or { after {4:");
        }
        let (fields, newlines) = self.fields()?;
        let inner = self.text.get(start..self.at).unwrap_or_default();
        self.plain = lines::is_plain(inner.as_bytes());
        if !self.plain
            && let Some(brace) = memchr(b'}', inner.as_bytes())
        {
            return broken(CHARACTER, '4', start + brace, "expected no } in a field");
        }
        self.check_returns(start, inner, newlines)?;
        self.at += 2;
        Ok(Text::Fields(fields))
    }

    /// The fields up to the `-}` that ends the block, in one walk over the line ends; and how many
    /// line ends there are.
    #[inline(never)] // Its loop needs the registers for itself.
    fn fields(&mut self) -> Result<(Vec<Field<'a>>, usize), Broken> {
        let mut fields = Vec::with_capacity(24);
        let (text, bytes) = (self.text, self.text.as_bytes());
        let cr = usize::from(self.line_end == Some(LineEnd::CrLf));
        // The line end after `{4:` is not among them.
        let places = lines::newlines(bytes, self.at);
        let mut newlines = 1;
        if self.at_end_of_text() {
            return Ok((fields, newlines));
        }
        let Some((mut tag, mut start)) = field_start(bytes, self.at) else {
            return no_field(self.at);
        };
        let mut size = Size::default();
        let mut line = start;
        for newline in &places {
            let before = newline.wrapping_sub(1);
            if (cr == 1) != (bytes.get(before) == Some(&b'\r')) {
                return broken(LINE_END, '4', *newline, "expected one kind of line end");
            }
            newlines += 1;
            let end = newline - cr;
            size.add(end.wrapping_sub(line));
            line = newline + 1;
            let next = bytes.get(line);
            if !matches!(next, Some(b':' | b'-')) {
                continue;
            }
            let value = text.get(start..end).unwrap_or_default();
            fields.push(Field { tag, extent: size.extent(), value });
            self.at = line;
            if next == Some(&b'-') {
                if self.at_end_of_text() {
                    return Ok((fields, newlines));
                }
                let expected = "expected a field, such as :20:, or the end -}";
                return broken(LINE, '4', line, expected);
            }
            let Some(found) = field_start(bytes, line) else { return no_field(line) };
            (tag, start) = found;
            (size, line) = (Size::default(), start);
        }
        broken(SYNTAX, '4', self.at, format!("expected -}} after field {tag}, but found the end"))
    }

    fn at_end_of_text(&self) -> bool {
        self.rest().as_bytes().starts_with(b"-}")
    }

    /// No CR stands alone in a part of block 4 whose line ends are known to be of one kind.
    fn check_returns(&self, start: usize, part: &str, newlines: usize) -> Result<(), Broken> {
        let bytes = part.as_bytes();
        let expected = if self.line_end == Some(LineEnd::CrLf) { newlines } else { 0 };
        if memchr_iter(b'\r', bytes).count() == expected {
            return Ok(());
        }
        let lone = memchr_iter(b'\r', bytes).find(|cr| bytes.get(cr + 1) != Some(&b'\n'));
        broken(LINE_END, '4', start + lone.unwrap_or_default(), "expected LF after CR")
    }

    fn take_line_end(&mut self) -> Result<bool, Broken> {
        let (line_end, length) = match *self.rest().as_bytes() {
            [b'\r', b'\n', ..] => (LineEnd::CrLf, 2),
            [b'\n', ..] => (LineEnd::Lf, 1),
            [b'\r', ..] => return broken(LINE_END, '4', self.at, "expected LF after CR"),
            _ => return Ok(false),
        };
        self.line_end = Some(line_end);
        self.at += length;
        Ok(true)
    }

    /// All line ends in a part of block 4 are of one kind, and no CR stands alone.
    fn check_line_ends(&mut self, start: usize, part: &str) -> Result<(), Broken> {
        let bytes = part.as_bytes();
        let mut newlines = 0;
        for newline in memchr_iter(b'\n', bytes) {
            newlines += 1;
            let cr = newline > 0 && bytes.get(newline - 1) == Some(&b'\r');
            let found = if cr { LineEnd::CrLf } else { LineEnd::Lf };
            if *self.line_end.get_or_insert(found) != found {
                return broken(LINE_END, '4', start + newline, "expected one kind of line end");
            }
        }
        let expected = if self.line_end == Some(LineEnd::CrLf) { newlines } else { 0 };
        if memchr_iter(b'\r', bytes).count() != expected {
            let lone = memchr_iter(b'\r', bytes).find(|cr| bytes.get(cr + 1) != Some(&b'\n'));
            return broken(LINE_END, '4', start + lone.unwrap_or_default(), "expected LF after CR");
        }
        Ok(())
    }
}

pub(crate) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

/// `:tag:`: the tag, and where the value starts.
#[inline]
fn field_start(bytes: &[u8], at: usize) -> Option<(Tag, usize)> {
    match *bytes.get(at..)? {
        [b':', a, b, b':', ..] => Some((Tag::of_two(a, b)?, at + 4)),
        [b':', a, b, c, b':', ..] => Some((Tag::of_three(a, b, c)?, at + 5)),
        _ => None,
    }
}

#[cold]
fn no_field<T>(at: usize) -> Result<T, Broken> {
    broken(LINE, '4', at, "expected a field, such as :20: or :32A:, or the end -}")
}
