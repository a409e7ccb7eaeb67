//! Matching a value against the program of a format.
//!
//! The program tries the first of two choices first and comes back to the second. It runs without
//! notes on why a way failed; only when no way fits does it run again with them, for the finding.

use memchr::memchr;

use crate::charset::Class;
use crate::notation::format::{Format, Kind, Part};

/// One step of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Literal(u8),
    LineEnd,
    Part(Piece),
    /// Further lines of a part, each after a line end, up to this many.
    Lines(Piece, u16),
    /// Go on at the first; if that fails, at the second.
    Choice(u16, u16),
    /// A choice whose first way, the next step, takes this byte: another byte decides it at once.
    Branch(u8, u16),
    Jump(u16),
}

/// What matching needs of a [`Part`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) number: u16,
    pub(crate) min: u16,
    pub(crate) max: u16,
    pub(crate) class: Class,
    pub(crate) shape: Shape,
}

/// How the length of a piece is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The longest run of its class.
    Run,
    /// As many bytes of its class as it must have.
    Exact,
    /// The longest run of its class and line ends.
    Multi,
    /// Like [`Shape::Run`], or up to the slash that the format has next.
    UpToSlash,
    /// Like [`Shape::Run`], or up to the two slashes that the format has next.
    UpToSlashes,
    /// 8 or 11 characters.
    Bic,
    /// One character of a few.
    OneOf(&'static str),
}

/// Where a part of a format matched in a value.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Capture {
    pub(crate) part: u16,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// Where to go on when the present way fails: operation, place, captures.
#[derive(Clone, Copy, Debug)]
struct Choice {
    op: u16,
    at: usize,
    captures: usize,
}

/// The captures of the last value; memory that is used again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Captures {
    list: Vec<Capture>,
    choices: Vec<Choice>,
}

/// More parts than any format has; what is beyond (the 25th line of a narrative) is matched but
/// not captured.
const CAPTURES_MAX: usize = 24;

/// More choices than any format has open at a time.
const CHOICES_MAX: usize = 48;

impl Captures {
    fn begin(&mut self) {
        self.list.clear();
        self.choices.clear();
    }

    fn push(&mut self, capture: Capture) {
        if self.list.len() < CAPTURES_MAX {
            self.list.push(capture);
        }
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Capture> {
        self.list.iter()
    }
}

/// Why a value does not fit its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// The furthest place reached in the value.
    pub(crate) at: usize,
    /// What was expected there.
    pub(crate) expected: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Literal(u8),
    LineEnd,
    /// The part of this number.
    Part(u16),
    /// The end of the value.
    End,
}

impl Format {
    /// Matches a whole value.
    pub(crate) fn matches(&self, value: &str, captures: &mut Captures) -> Result<(), Misfit> {
        if Run::<false>::new(self, value).go(captures) {
            return Ok(());
        }
        Err(self.explain(value, captures))
    }

    #[cold]
    fn explain(&self, value: &str, captures: &mut Captures) -> Misfit {
        let mut run = Run::<true>::new(self, value);
        run.go(captures);
        captures.list.clear();
        run.misfit
    }
}

/// A run of a program over a value; with notes on what failed, or without.
struct Run<'f, const NOTES: bool> {
    ops: &'f [Op],
    bytes: &'f [u8],
    misfit: Misfit,
}

impl<'f, const NOTES: bool> Run<'f, NOTES> {
    fn new(format: &'f Format, value: &'f str) -> Self {
        let misfit = Misfit { at: 0, expected: Expected::End };
        Self { ops: &format.ops, bytes: value.as_bytes(), misfit }
    }

    fn go(&mut self, captures: &mut Captures) -> bool {
        let mut op = 0;
        let mut at = 0;
        captures.begin();
        loop {
            let after = match self.ops.get(op) {
                None if at == self.bytes.len() => return true,
                None => self.fails(at, Expected::End),
                Some(Op::Part(piece)) => self.part(piece, at, captures),
                Some(Op::Literal(byte)) => self.literal(*byte, at),
                Some(Op::LineEnd) => match self.line_end(at) {
                    Some(after) => Some(after),
                    None => self.fails(at, Expected::LineEnd),
                },
                Some(Op::Lines(piece, max)) => Some(self.lines(piece, *max, at, captures)),
                Some(Op::Branch(byte, second)) => match self.literal(*byte, at) {
                    Some(after) => {
                        choose(*second, at, captures);
                        // Beyond the step that takes the byte.
                        op += 1;
                        Some(after)
                    }
                    None => {
                        op = usize::from(*second);
                        continue;
                    }
                },
                Some(Op::Choice(first, second)) => {
                    choose(*second, at, captures);
                    op = usize::from(*first);
                    continue;
                }
                Some(Op::Jump(to)) => {
                    op = usize::from(*to);
                    continue;
                }
            };
            if let Some(after) = after {
                (op, at) = (op + 1, after);
            } else if let Some(choice) = captures.choices.pop() {
                captures.list.truncate(choice.captures);
                (op, at) = (usize::from(choice.op), choice.at);
            } else {
                return false;
            }
        }
    }

    fn literal(&mut self, byte: u8, at: usize) -> Option<usize> {
        if self.bytes.get(at) == Some(&byte) {
            return Some(at + 1);
        }
        self.fails(at, Expected::Literal(byte))
    }

    fn fails<T>(&mut self, at: usize, expected: Expected) -> Option<T> {
        if NOTES {
            // Where a part ended too early, the part says more than the end that did not come.
            let part = at == self.misfit.at && matches!(self.misfit.expected, Expected::Part(_));
            if at >= self.misfit.at && !(part && expected == Expected::End) {
                self.misfit = Misfit { at, expected };
            }
        }
        None
    }

    fn line_end(&self, at: usize) -> Option<usize> {
        match self.bytes.get(at..)? {
            [b'\n', ..] => Some(at + 1),
            [b'\r', b'\n', ..] => Some(at + 2),
            _ => None,
        }
    }

    fn part(&mut self, piece: &Piece, at: usize, captures: &mut Captures) -> Option<usize> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let most = rest.get(..usize::from(piece.max)).unwrap_or(rest);
        let expected = Expected::Part(piece.number);
        let (run, length) = match piece.shape {
            Shape::Exact if !NOTES => {
                let whole = most.len() == usize::from(piece.max) && piece.class.has_all(most);
                if !whole {
                    return None;
                }
                (most.len(), most.len())
            }
            Shape::Run | Shape::Exact => {
                let run = piece.class.run(most);
                (run, run)
            }
            Shape::Multi => {
                let has = |byte: &u8| piece.class.has(*byte) || matches!(byte, b'\r' | b'\n');
                let run = most.iter().position(|byte| !has(byte)).unwrap_or(most.len());
                (run, run)
            }
            Shape::UpToSlash => {
                let run = piece.class.run(most);
                let stop = memchr(b'/', most.get(..run).unwrap_or_default());
                (run, stopped(piece, run, stop))
            }
            Shape::UpToSlashes => {
                let run = piece.class.run(most);
                let reach = rest.get(..run + 1).unwrap_or(rest);
                (run, stopped(piece, run, two_slashes(reach)))
            }
            Shape::Bic => match piece.class.run(most) {
                run @ 11.. => (run, 11),
                run @ 8..=10 => (run, 8),
                short => return self.fails(at + short, expected),
            },
            Shape::OneOf(set) => {
                let run = piece.class.run(most);
                if most.first().is_some_and(|first| !set.as_bytes().contains(first)) {
                    return self.fails(at, expected);
                }
                (run, run)
            }
        };
        if length < usize::from(piece.min) {
            return self.fails(at + length, expected);
        }
        // A part that ends at a byte that is not of its class, or at its greatest length, may be
        // what is wrong if the rest does not fit: remember it as the furthest place.
        let ends = NOTES && (run == usize::from(piece.max) || rest.get(run).is_some());
        if ends && at + length > self.misfit.at {
            self.misfit = Misfit { at: at + length, expected };
        }
        captures.push(Capture { part: piece.number, from: at, to: at + length });
        Some(at + length)
    }

    /// Takes further lines as long as they fit.
    fn lines(&mut self, piece: &Piece, max: u16, mut at: usize, captures: &mut Captures) -> usize {
        for _ in 0..max {
            let Some(start) = self.line_end(at) else { break };
            let rest = self.bytes.get(start..).unwrap_or_default();
            let most = rest.get(..usize::from(piece.max)).unwrap_or(rest);
            let run = piece.class.run(most);
            if run == 0 || !matches!(rest.get(run), None | Some(b'\r' | b'\n')) {
                self.fails::<()>(start + run, Expected::Part(piece.number));
                break;
            }
            captures.push(Capture { part: piece.number, from: start, to: start + run });
            at = start + run;
        }
        at
    }
}

fn choose(op: u16, at: usize, captures: &mut Captures) {
    if captures.choices.len() < CHOICES_MAX {
        captures.choices.push(Choice { op, at, captures: captures.list.len() });
    }
}

/// The length of a piece that ends at a stop, unless it would be too short then.
fn stopped(piece: &Piece, run: usize, stop: Option<usize>) -> usize {
    stop.filter(|stop| *stop >= usize::from(piece.min.max(1))).map_or(run, |stop| stop.min(run))
}

/// Where two slashes stand in a row.
pub(crate) fn two_slashes(bytes: &[u8]) -> Option<usize> {
    let first = memchr(b'/', bytes)?;
    let rest = bytes.get(first..)?;
    rest.windows(2).position(|pair| pair == b"//").map(|at| first + at)
}

impl Part {
    /// What matching needs of it, and the number that it has in its format.
    pub(crate) fn piece(&self, number: u16) -> Piece {
        let shape = match self.kind {
            Kind::Bic => Shape::Bic,
            Kind::OneOf(set) => Shape::OneOf(set),
            Kind::Plain
            | Kind::Date
            | Kind::LongDate
            | Kind::DayOfYear
            | Kind::Year
            | Kind::Time
            | Kind::LongTime
            | Kind::Hour
            | Kind::DayTime
            | Kind::Currency
            | Kind::Country
            | Kind::Amount
            | Kind::Isin
            | Kind::MessageReference
            | Kind::Terminal
            | Kind::MessageType => match (self.multi, self.min == self.max) {
                (true, _) => Shape::Multi,
                (false, true) => Shape::Exact,
                (false, false) => Shape::Run,
            },
        };
        Piece { number, min: self.min, max: self.max, class: self.class, shape }
    }
}
