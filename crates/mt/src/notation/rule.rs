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

use crate::check::calls;
use crate::findings::Code;
use crate::notation::words::Words;

/// A rule of a message type.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) code: Code,
    /// The sequence of which each occurrence is looked at; 0 for the message.
    pub(crate) each: u16,
    pub(crate) when: Option<Expr>,
    pub(crate) then: Expr,
    /// What must be so for the rule to be broken.
    pub(crate) needs: Needs,
    pub(crate) text: Box<str>,
}

/// What must be so for a rule to be broken: looked at first, for it costs little.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs {
    /// Nodes below 64 that must all have a field within the scope, one bit each.
    pub(crate) required: u64,
    /// Nodes below 64 that must have none.
    pub(crate) forbidden: u64,
    /// What the bits do not say.
    pub(crate) gates: Vec<Gate>,
    /// The numbers of shared statements, and what must come of them.
    pub(crate) statements: Vec<(u16, bool)>,
}

/// Some field with one of these letters stands at one of these nodes, or none does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gate {
    /// Whether such a field must be there, or must not.
    pub(crate) present: bool,
    /// Whether the whole message counts, and not only the occurrence of the sequence.
    pub(crate) whole: bool,
    pub(crate) options: u32,
    pub(crate) nodes: Vec<u16>,
}

impl Gate {
    /// Adds to the bits what they can say of it; returns whether that is all.
    fn add_to(&self, required: &mut u64, forbidden: &mut u64) -> bool {
        let bits = self
            .nodes
            .iter()
            .try_fold(0, |bits, node| Some(bits | 1_u64.checked_shl(u32::from(*node))?));
        let Some(bits) = bits.filter(|_| !self.whole) else { return false };
        let any_letter = self.options == u32::MAX;
        if self.present && bits.is_power_of_two() {
            *required |= bits;
        } else if !self.present && any_letter {
            *forbidden |= bits;
        } else {
            return false;
        }
        any_letter
    }
}

impl Needs {
    /// What a rule needs that has been resolved and shared.
    pub(crate) fn of(each: u16, when: Option<&Expr>, then: &Expr) -> Self {
        let mut needs = Self::default();
        if let Some(when) = when {
            when.needs(true, &mut needs);
        }
        then.needs(false, &mut needs);
        // In a rule about the message, the scope is the message.
        needs.gates.iter_mut().for_each(|gate| gate.whole &= each != 0);
        needs.gates.retain(|gate| !gate.add_to(&mut needs.required, &mut needs.forbidden));
        needs
    }

    fn gate(&mut self, of: &Ref, present: bool) {
        let (whole, options, nodes) = (!of.sequence.is_empty(), of.options, of.nodes.clone());
        let gate = Gate { present, whole, options, nodes };
        if !self.gates.contains(&gate) {
            self.gates.push(gate);
        }
    }
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
        values: Words,
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
    /// The function of this number, see `calls`.
    Call(usize),
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

impl Ref {
    /// Whether every field at its nodes is meant, whatever its letter and qualifier.
    pub(crate) fn is_simple(&self) -> bool {
        self.options == u32::MAX && self.qualifier.is_empty()
    }
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

    /// Collects what must be so for the statement to be true, or to be false. There may be more
    /// that it depends on.
    fn needs(&self, truth: bool, needs: &mut Needs) {
        match self {
            Self::Has(of) if of.qualifier.is_empty() && of.part.is_empty() => {
                needs.gate(of, truth);
            }
            Self::Has(of) if truth => needs.gate(of, true),
            Self::Is { of, .. } | Self::Starts { of, .. } if truth => needs.gate(of, true),
            Self::In { of, all, .. } if *all != truth => needs.gate(of, true),
            Self::Not(inner) => inner.needs(!truth, needs),
            Self::Shared(number, inner) => {
                inner.needs(truth, needs);
                needs.statements.push((*number, truth));
            }
            Self::And(list) if truth => list.iter().for_each(|one| one.needs(true, needs)),
            Self::Or(list) if !truth => list.iter().for_each(|one| one.needs(false, needs)),
            Self::Equal { of, to, .. } if truth => {
                needs.gate(of, true);
                needs.gate(to, true);
            }
            Self::Count { of, compare: Compare::AtMost, .. } if !truth => needs.gate(of, true),
            Self::Count { compare: Compare::AtMost, .. } => (),
            Self::Count { of, number: 1.., .. } if truth => needs.gate(of, true),
            Self::Sum { total, .. } if truth => needs.gate(total, true),
            Self::Has(_)
            | Self::Is { .. }
            | Self::Starts { .. }
            | Self::In { .. }
            | Self::And(_)
            | Self::Or(_)
            | Self::Equal { .. }
            | Self::Count { .. }
            | Self::Sum { .. }
            | Self::Call(_) => (),
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
            let name = self.word("the name of a function")?;
            let number =
                calls::find(&name).ok_or_else(|| format!("there is no function {name}"))?;
            return Ok(Expr::Call(number));
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

    fn values(&mut self) -> Result<Words, String> {
        let mut values = vec![self.word("a code")?];
        while let Some(Token::Word(word)) = self.tokens.get(self.at) {
            if matches!(word.as_str(), "and" | "or" | "then") {
                break;
            }
            values.push(word.clone());
            self.at += 1;
        }
        Ok(values.iter().map(String::as_str).collect())
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
