//! Formats that most fields have, and how a good value of them is known without a program.
//!
//! A value of such a format is good if a few numbers are right: how many lines it has, how long the
//! longest is, and whether all of the message is of set x, which the reader has found out already.
//! What is not known to be good here is looked at by `matching`, which has the last word: a format
//! of this list may refuse a good value, which costs time, but never takes a wrong one.

use crate::charset::Class;
use crate::notation::format::{Format, Kind, Part};
use crate::notation::matching::Shape;
use crate::notation::meaning;
use crate::syntax::scan::{Extent, Field};

/// A format of a simple form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Simple {
    /// Lines of set x, perhaps after an account: `35x`, `16x~`, `4*35x`, `[/34x$]4*35x`.
    Text {
        account: bool,
        lines: u16,
        width: u16,
        /// No slash at either end, no two in a row.
        slashes: bool,
    },
    /// One part of another class: `3!a`, `5n`.
    Word { class: Class, min: u16, max: u16 },
    /// A code, perhaps with a text after it: `4!c[/30x]`.
    Coded { length: u16, width: u16 },
    /// One part that means something: `<date8>`.
    Single { class: Class, length: u16, kind: Kind },
    /// An amount, perhaps after a date and a currency: `12d`, `<date><cur>15d`.
    Amount { date: bool, currency: bool, max: u16, is_money: bool },
    /// A BIC, perhaps after an account.
    Institution { account: bool },
    /// An account, a place in the next line, or both.
    Place,
    /// One of these after a qualifier: `:4!c//16x~`.
    Qualified(Box<Self>),
}

/// An account of 34 characters in a line of its own, as formats write it without names.
const ACCOUNTS: [&str; 2] = ["[/34x$]", "[(/<dc>[/34x]|/34x)$]"];

/// The longest line of an account: its slash and 34 characters.
const ACCOUNT_LINE_MAX: usize = 35;

/// Field 53B and its like.
const PLACE: &str = "(/<dc>[/34x][$35x]|/34x[$35x]|35x)";

/// What stands before the value of a generic field: `:SEME//`.
const QUALIFIER_LENGTH: usize = 7;

impl Simple {
    /// The simple form of a format, if it has one.
    pub(crate) fn of(format: &Format) -> Option<Self> {
        let form = without_names(format.source());
        if form == PLACE {
            return Some(Self::Place);
        }
        if let Some(rest) = [":4!c//", ":4!c/[8c]/"].iter().find_map(|it| form.strip_prefix(it)) {
            let inner = Self::of_form(rest, format)?;
            return Some(Self::Qualified(Box::new(inner)));
        }
        Self::of_form(&form, format)
    }

    /// The same of a form, or of what is left of it; the parts that it has left are the last ones.
    fn of_form(form: &str, format: &Format) -> Option<Self> {
        let account = ACCOUNTS.iter().find_map(|account| form.strip_prefix(account));
        let (account, form) = (account.is_some(), account.unwrap_or(form));
        let last = format.parts.last()?;
        if let Some((code, text)) = form.strip_suffix("x]").and_then(|it| it.split_once("!c[/")) {
            let (length, width) = (code.parse().ok()?, text.parse().ok()?);
            return (!account).then_some(Self::Coded { length, width });
        }
        match form {
            "<bic>" => return Some(Self::Institution { account }),
            _ if account || form.starts_with(|it: char| it.is_ascii_digit()) => (),
            _ => return Self::of_meaning(form, last),
        }
        let (text, slashes) = form.strip_suffix('~').map_or((form, false), |text| (text, true));
        let (number, class) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let class = Class::of(*class.as_bytes().first()?)?;
        let (lines, number) = number.split_once('*').unwrap_or(("1", number));
        let (exact, number) = number.strip_suffix('!').map_or((false, number), |it| (true, it));
        let (lines, max) = (lines.parse().ok()?, number.parse().ok()?);
        match class {
            Class::X | Class::Z if !exact => {
                Some(Self::Text { account, lines, width: max, slashes })
            }
            _ if account || lines != 1 || slashes => None,
            Class::D => Some(Self::amount(false, false, last)),
            Class::N | Class::A | Class::C | Class::H => {
                Some(Self::Word { class, min: if exact { max } else { 1 }, max })
            }
            Class::X | Class::Y | Class::Z => None,
        }
    }

    /// A form that starts with a part that means something.
    fn of_meaning(form: &str, last: &Part) -> Option<Self> {
        let is_amount = |form: &str| {
            form.strip_suffix('d').is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if form.strip_prefix("<date><cur>").is_some_and(is_amount) {
            return Some(Self::amount(true, true, last));
        }
        if form.strip_prefix("<cur>").is_some_and(is_amount) {
            return Some(Self::amount(false, true, last));
        }
        let single = form.starts_with('<') && form.find('>') == Some(form.len() - 1);
        let exact = matches!(last.piece(0).shape, Shape::Exact);
        (single && exact && last.min == last.max).then_some(Self::Single {
            class: last.class,
            length: last.max,
            kind: last.kind,
        })
    }

    fn amount(date: bool, currency: bool, part: &Part) -> Self {
        Self::Amount { date, currency, max: part.max, is_money: part.is_money }
    }

    /// Whether a field is known to be good. `plain` says that it holds characters of set x and
    /// line ends only.
    pub(crate) fn takes(&self, field: &Field<'_>, plain: bool) -> bool {
        let Self::Qualified(inner) = self else {
            return self.takes_value(field.value, field.extent, plain);
        };
        let Some((qualifier, value)) = field.value.split_at_checked(QUALIFIER_LENGTH) else {
            return false;
        };
        let [b':', name @ .., b'/', b'/'] = qualifier.as_bytes() else { return false };
        let Extent { lines, .. } = field.extent;
        // What is known of the longest line is so of the value only if it is the only one.
        let width = if lines == 1 { value.len() } else { usize::MAX };
        Class::C.has_all(name) && inner.takes_value(value, Extent::of(lines, width), plain)
    }

    /// The first part of a value that the format takes, where it is easily told.
    pub(crate) fn first<'v>(&self, value: &'v str) -> Option<&'v str> {
        if let Self::Coded { length, .. } = self {
            return value.get(..usize::from(*length));
        }
        matches!(self, Self::Word { .. }).then_some(value)
    }

    /// A part of a value that the format takes, by its name, where it is easily told.
    pub(crate) fn part<'v>(&self, value: &'v str, name: &str, parts: &[Part]) -> Option<&'v str> {
        let Self::Amount { date, .. } = self else {
            return self.first(value).filter(|_| parts.first().is_some_and(|it| *it.name == *name));
        };
        let currency = parts.iter().find(|part| part.kind == Kind::Currency)?;
        let start = if *date { 6 } else { 0 };
        if *currency.name == *name { value.get(start..start + 3) } else { None }
    }

    fn takes_value(&self, value: &str, extent: Extent, plain: bool) -> bool {
        let bytes = value.as_bytes();
        match *self {
            Self::Text { account, lines, width, slashes } => {
                let with_account = account && bytes.first() == Some(&b'/');
                plain
                    && extent.width <= width
                    && if with_account {
                        // The account is the first of the lines, and not empty.
                        (2..=lines.saturating_add(1)).contains(&extent.lines)
                            && usize::from(extent.width) <= ACCOUNT_LINE_MAX
                            && starts_account(bytes)
                    } else {
                        extent.lines <= lines && !(slashes && has_slashes(bytes))
                    }
            }
            Self::Word { class, min, max } => {
                (usize::from(min)..=usize::from(max)).contains(&bytes.len()) && class.has_all(bytes)
            }
            Self::Coded { length, width } => {
                let Some((code, text)) = bytes.split_at_checked(usize::from(length)) else {
                    return false;
                };
                let good_text = match text {
                    [] => true,
                    [b'/', text @ ..] => {
                        plain && extent.lines == 1 && (1..=usize::from(width)).contains(&text.len())
                    }
                    _ => false,
                };
                good_text && Class::C.has_all(code)
            }
            Self::Single { class, length, kind } => {
                bytes.len() == usize::from(length)
                    && class.has_all(bytes)
                    && meaning::meaning(kind, value, None).is_none()
            }
            Self::Amount { date, currency, max, is_money } => {
                is_amount(value, (date, currency), usize::from(max), is_money)
            }
            Self::Institution { account: true } if bytes.first() == Some(&b'/') => {
                let Some((line, bic)) = value.split_once('\n') else { return false };
                plain && line.len() <= ACCOUNT_LINE_MAX && starts_account(bytes) && is_bic(bic)
            }
            Self::Institution { .. } => is_bic(value),
            Self::Place => {
                plain
                    && usize::from(extent.width) <= ACCOUNT_LINE_MAX
                    && (extent.lines == 1 || extent.lines == 2 && starts_account(bytes))
            }
            Self::Qualified(_) => false,
        }
    }
}

/// A format without the names of its parts and without blanks.
fn without_names(source: &str) -> String {
    let mut form = String::new();
    for term in source.split_inclusive('=') {
        match term.strip_suffix('=') {
            Some(term) => {
                let is_name =
                    |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
                form.push_str(term.trim_end_matches(is_name));
            }
            None => form.push_str(term),
        }
    }
    form.retain(|it| it != ' ');
    form
}

/// Whether a value starts with a slash and a character of an account.
fn starts_account(bytes: &[u8]) -> bool {
    matches!(bytes, [b'/', first, ..] if !matches!(first, b'\r' | b'\n'))
}

/// Whether a slash stands at an end, or two in a row.
fn has_slashes(bytes: &[u8]) -> bool {
    let mut before = b'/';
    for byte in bytes {
        if *byte == b'/' && before == b'/' {
            return true;
        }
        before = *byte;
    }
    before == b'/'
}

fn is_bic(value: &str) -> bool {
    matches!(value.len(), 8 | 11)
        && Class::C.has_all(value.as_bytes())
        && meaning::bic(value).is_none()
}

fn is_amount(value: &str, (date, currency): (bool, bool), max: usize, is_money: bool) -> bool {
    let mut rest = value;
    if date {
        let Some((day, after)) = rest.split_at_checked(6) else { return false };
        if iso::Date::from_fin6(day).is_err() {
            return false;
        }
        rest = after;
    }
    let mut unit = None;
    if currency {
        let Some((code, after)) = rest.split_at_checked(3) else { return false };
        unit = meaning::iso_currency(code);
        if unit.is_none() {
            return false;
        }
        rest = after;
    }
    rest.len() <= max
        && Class::D.has_all(rest.as_bytes())
        && meaning::amount(rest, unit.filter(|_| is_money)).is_none()
}
