//! Rules between fields: their notation and what is read from it.
//!
//! Grammar of a rule in a structure file:
//!
//! ```text
//! rule    = "rule" code ["each" sequence] ":" ["if" expr "then"] expr "|" text
//! expr    = term ("or" term)*          term = factor ("and" factor)*
//! factor  = "not" factor | "(" expr ")" | "call" name
//!         | "count" ref ("=" | "<=" | ">=") number
//!         | "sum" ref "=" ref
//!         | ["all"] ref "in" word+
//!         | ref ("=" | "!=") (ref | 'text')
//!         | ref "starts" 'text'
//!         | ref
//! ref     = [sequence "/"] tag [":" qualifier] ["." part]
//! ```
//!
//! `56a` is field 56 with any letter or none. A reference alone says that the field is there. A
//! comparison with a field that is not there is false; `all` holds if there is none. The text says
//! what the rule expects, for whoever broke it.

use crate::findings::Code;

/// A rule of a message type.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) code: Code,
    /// The sequence of which each occurrence is looked at; 0 for the message.
    pub(crate) each: u16,
    pub(crate) when: Option<Expr>,
    pub(crate) then: Expr,
    pub(crate) text: Box<str>,
}

/// A statement about the fields of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expr {
    Has(Ref),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
    In {
        of: Ref,
        all: bool,
        values: Vec<Box<str>>,
    },
    Equal {
        of: Ref,
        to: Ref,
        equal: bool,
    },
    Is {
        of: Ref,
        value: Box<str>,
        equal: bool,
    },
    Starts {
        of: Ref,
        prefix: Box<str>,
    },
    Count {
        of: Ref,
        compare: Compare,
        number: usize,
    },
    Sum {
        of: Ref,
        total: Ref,
    },
    Call(Box<str>),
    /// A statement that several rules of the type make: its number, and the statement. It is
    /// looked at once for each occurrence of a sequence.
    Shared(u16, Box<Self>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    Equal,
    AtMost,
    AtLeast,
}

/// Names fields of a message: all those at certain places, with certain letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ref {
    /// The sequence that it was written with; empty for the one that the rule is about.
    pub(crate) sequence: Box<str>,
    pub(crate) number: u16,
    /// The letters: bit 0 for none; all bits for `56a`.
    pub(crate) options: u32,
    pub(crate) qualifier: Box<str>,
    pub(crate) part: Box<str>,
    /// The nodes of the structure that it means, resolved when the message has been read.
    pub(crate) nodes: Vec<u16>,
}

impl Expr {
    /// Calls a function with every reference, in the order of the text.
    pub(crate) fn each_ref<'e>(&'e self, act: &mut impl FnMut(&'e Ref)) {
        match self {
            Self::Has(of)
            | Self::In { of, .. }
            | Self::Is { of, .. }
            | Self::Starts { of, .. }
            | Self::Count { of, .. } => act(of),
            Self::Not(inner) | Self::Shared(_, inner) => inner.each_ref(act),
            Self::And(list) | Self::Or(list) => list.iter().for_each(|expr| expr.each_ref(act)),
            Self::Equal { of, to, .. } | Self::Sum { of, total: to } => {
                act(of);
                act(to);
            }
            Self::Call(_) => (),
        }
    }

    /// Numbers the statements that cost something, equal ones alike, so that they are shared.
    pub(crate) fn share(&mut self, known: &mut Vec<Self>) {
        match self {
            Self::Not(inner) => inner.share(known),
            Self::And(list) | Self::Or(list) => {
                list.iter_mut().for_each(|expr| expr.share(known));
            }
            Self::Has(_) | Self::Shared(..) => (),
            Self::In { .. }
            | Self::Equal { .. }
            | Self::Is { .. }
            | Self::Starts { .. }
            | Self::Count { .. }
            | Self::Sum { .. }
            | Self::Call(_) => {
                let at = known.iter().position(|other| other == self).unwrap_or_else(|| {
                    known.push(self.clone());
                    known.len() - 1
                });
                if let Ok(at) = u16::try_from(at) {
                    *self = Self::Shared(at, Box::new(self.clone()));
                }
            }
        }
    }

    /// The functions that it calls by name.
    pub(crate) fn calls(&self) -> Vec<&str> {
        match self {
            Self::Call(name) => vec![name],
            Self::Not(inner) | Self::Shared(_, inner) => inner.calls(),
            Self::And(list) | Self::Or(list) => list.iter().flat_map(Self::calls).collect(),
            Self::Has(_)
            | Self::In { .. }
            | Self::Equal { .. }
            | Self::Is { .. }
            | Self::Starts { .. }
            | Self::Count { .. }
            | Self::Sum { .. } => Vec::new(),
        }
    }

    pub(crate) fn each_ref_mut(&mut self, act: &mut impl FnMut(&mut Ref)) {
        match self {
            Self::Has(of)
            | Self::In { of, .. }
            | Self::Is { of, .. }
            | Self::Starts { of, .. }
            | Self::Count { of, .. } => act(of),
            Self::Not(inner) | Self::Shared(_, inner) => inner.each_ref_mut(act),
            Self::And(list) | Self::Or(list) => {
                list.iter_mut().for_each(|expr| expr.each_ref_mut(act));
            }
            Self::Equal { of, to, .. } | Self::Sum { of, total: to } => {
                act(of);
                act(to);
            }
            Self::Call(_) => (),
        }
    }
}

/// Reads the condition of a rule: `[if A then] B`.
pub(crate) fn parse(source: &str) -> Result<(Option<Expr>, Expr), String> {
    let mut reader = Reader { tokens: tokens(source)?, at: 0 };
    let when = if reader.take_word("if") {
        let when = reader.expr()?;
        if !reader.take_word("then") {
            return Err(reader.wrong("then"));
        }
        Some(when)
    } else {
        None
    };
    let then = reader.expr()?;
    if reader.at < reader.tokens.len() {
        return Err(reader.wrong("the end of the rule"));
    }
    Ok((when, then))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(String),
}

fn tokens(source: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = if first == '\'' {
            let inner = rest.get(1..).unwrap_or_default();
            let (text, after) = inner.split_once('\'').ok_or("a text does not end")?;
            (Token::Text(text.to_owned()), after)
        } else if is_word(first) {
            let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            (Token::Word(word.to_owned()), after)
        } else {
            let length = if matches!(rest.get(..2), Some("!=" | "<=" | ">=")) { 2 } else { 1 };
            let (sign, after) = rest.split_at(length.min(rest.len()));
            (Token::Sign(sign.to_owned()), after)
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '/' | ':' | '_' | '-' | '+')
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn wrong(&self, expected: &str) -> String {
        match self.tokens.get(self.at) {
            Some(Token::Word(found) | Token::Text(found) | Token::Sign(found)) => {
                format!("expected {expected}, but found {found}")
            }
            None => format!("expected {expected}, but found the end"),
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(found)) if found == word);
        self.at += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(found)) if found == sign);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, expected: &str) -> Result<String, String> {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else {
            return Err(self.wrong(expected));
        };
        let word = word.clone();
        self.at += 1;
        Ok(word)
    }

    fn text(&mut self) -> Result<Box<str>, String> {
        let Some(Token::Text(text)) = self.tokens.get(self.at) else {
            return Err(self.wrong("a text in quotes"));
        };
        let text = text.as_str().into();
        self.at += 1;
        Ok(text)
    }

    fn expr(&mut self) -> Result<Expr, String> {
        let mut list = vec![self.term()?];
        while self.take_word("or") {
            list.push(self.term()?);
        }
        Ok(one_or(list, Expr::Or))
    }

    fn term(&mut self) -> Result<Expr, String> {
        let mut list = vec![self.factor()?];
        while self.take_word("and") {
            list.push(self.factor()?);
        }
        Ok(one_or(list, Expr::And))
    }

    fn factor(&mut self) -> Result<Expr, String> {
        if self.take_word("not") {
            return Ok(Expr::Not(Box::new(self.factor()?)));
        }
        if self.take_sign("(") {
            let inner = self.expr()?;
            return if self.take_sign(")") { Ok(inner) } else { Err(self.wrong(")")) };
        }
        if self.take_word("call") {
            return Ok(Expr::Call(self.word("the name of a function")?.into()));
        }
        if self.take_word("count") {
            return self.count();
        }
        if self.take_word("sum") {
            let of = self.reference()?;
            return if self.take_sign("=") {
                Ok(Expr::Sum { of, total: self.reference()? })
            } else {
                Err(self.wrong("="))
            };
        }
        let all = self.take_word("all");
        let of = self.reference()?;
        if self.take_word("in") {
            return Ok(Expr::In { of, all, values: self.values()? });
        }
        if all {
            return Err(self.wrong("in"));
        }
        self.comparison(of)
    }

    fn comparison(&mut self, of: Ref) -> Result<Expr, String> {
        if self.take_word("starts") {
            return Ok(Expr::Starts { of, prefix: self.text()? });
        }
        let equal = self.take_sign("=");
        if !equal && !self.take_sign("!=") {
            return Ok(Expr::Has(of));
        }
        if matches!(self.tokens.get(self.at), Some(Token::Text(_))) {
            return Ok(Expr::Is { of, value: self.text()?, equal });
        }
        Ok(Expr::Equal { of, to: self.reference()?, equal })
    }

    fn count(&mut self) -> Result<Expr, String> {
        let of = self.reference()?;
        let compare = if self.take_sign("=") {
            Compare::Equal
        } else if self.take_sign("<=") {
            Compare::AtMost
        } else if self.take_sign(">=") {
            Compare::AtLeast
        } else {
            return Err(self.wrong("=, <= or >="));
        };
        let number = self.word("a number")?.parse().map_err(|_| self.wrong("a number"))?;
        Ok(Expr::Count { of, compare, number })
    }

    fn values(&mut self) -> Result<Vec<Box<str>>, String> {
        let mut values = vec![self.word("a code")?.into()];
        while let Some(Token::Word(word)) = self.tokens.get(self.at) {
            if matches!(word.as_str(), "and" | "or" | "then") {
                break;
            }
            values.push(word.as_str().into());
            self.at += 1;
        }
        Ok(values)
    }

    fn reference(&mut self) -> Result<Ref, String> {
        let word = self.word("a field")?;
        reference(&word).ok_or_else(|| format!("{word} is no field"))
    }
}

fn one_or(mut list: Vec<Expr>, many: fn(Vec<Expr>) -> Expr) -> Expr {
    match (list.pop(), list.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            list.extend(last);
            many(list)
        }
    }
}

fn reference(word: &str) -> Option<Ref> {
    let (sequence, word) = word.split_once('/').unwrap_or(("", word));
    let (word, part) = word.split_once('.').unwrap_or((word, ""));
    let (tag, qualifier) = word.split_once(':').unwrap_or((word, ""));
    let digits = tag.bytes().take_while(u8::is_ascii_digit).count();
    let (number, letter) = tag.split_at(digits);
    let options = match letter.as_bytes() {
        [] => 1,
        [b'a'] => u32::MAX,
        [letter] if letter.is_ascii_uppercase() => 1 << (letter - b'A' + 1),
        _ => return None,
    };
    Some(Ref {
        sequence: sequence.into(),
        number: number.parse().ok()?,
        options,
        qualifier: qualifier.into(),
        part: part.into(),
        nodes: Vec::new(),
    })
}
