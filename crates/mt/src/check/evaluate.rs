//! Evaluates the rules of a type over the placed fields of a message.

use std::cell::{Cell, RefCell};

use crate::check::calls;
use crate::check::place::{Placement, Scope};
use crate::findings::Report;
use crate::notation::matching::Captures;
use crate::notation::rule::{Compare, Expr, Ref, Rule};
use crate::notation::standard::Standard;
use crate::notation::structure::Structure;
use crate::syntax::header::{Application, Basic};
use crate::syntax::scan::Field;

/// What a rule may look at.
pub(crate) struct Facts<'f, 'a> {
    pub(crate) standard: &'f Standard,
    pub(crate) structure: &'f Structure,
    pub(crate) fields: &'f [Field<'a>],
    /// Whether they hold characters of set x and line ends only.
    pub(crate) plain: bool,
    pub(crate) placement: &'f Placement,
    /// The headers, where they could be read.
    pub(crate) basic: Option<Basic<'a>>,
    pub(crate) application: Option<Application<'a>>,
}

/// How many shared statements are remembered; one beyond is looked at each time.
const SHARED_MAX: usize = 48;

/// No field.
const NONE: u16 = u16::MAX;

/// What stands at a node within a scope.
#[derive(Clone, Copy, Debug)]
struct Spot {
    /// The first field, or [`NONE`].
    first: u16,
    /// The letters of all fields, one bit each.
    letters: u32,
}

const EMPTY: Spot = Spot { first: NONE, letters: 0 };

/// Memory for one evaluation, used again by the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    /// By node, for the whole message.
    whole: Vec<Spot>,
    /// By node, for the occurrence of a sequence.
    here: Vec<Spot>,
    /// For each field the next one at the same node.
    next: Vec<u16>,
    /// The nodes below 64 that have a field within the scope, one bit each.
    bits: u64,
    /// For the parts of fields that rules look at.
    captures: RefCell<Captures>,
}

impl Memory {
    /// Looks at all fields from the end, so that the first field of each node stays.
    fn look_at_all(&mut self, fields: &[Field<'_>], nodes: &[u16], count: usize) {
        empty(&mut self.whole, count);
        self.next.clear();
        self.next.resize(nodes.len(), NONE);
        self.bits = 0;
        let fields = fields.iter().zip(nodes).zip(&mut self.next).enumerate().rev();
        for (at, ((field, node), next)) in fields {
            let Some(spot) = self.whole.get_mut(usize::from(*node)) else { continue };
            *next = spot.first;
            spot.first = u16::try_from(at).unwrap_or(NONE);
            spot.letters |= field.tag.option_bit();
            self.bits |= 1_u64.checked_shl(u32::from(*node)).unwrap_or_default();
        }
    }

    /// The same for the fields of a scope.
    fn look_at(&mut self, fields: &[Field<'_>], nodes: &[u16], scope: Scope, count: usize) {
        empty(&mut self.here, count);
        self.bits = 0;
        for (at, (field, node)) in
            fields.iter().zip(nodes).enumerate().take(scope.to).skip(scope.from).rev()
        {
            let Some(spot) = self.here.get_mut(usize::from(*node)) else { continue };
            spot.first = u16::try_from(at).unwrap_or(NONE);
            spot.letters |= field.tag.option_bit();
            self.bits |= 1_u64.checked_shl(u32::from(*node)).unwrap_or_default();
        }
    }
}

/// As many empty spots; most often the memory is as long already.
fn empty(spots: &mut Vec<Spot>, count: usize) {
    spots.fill(EMPTY);
    if spots.len() != count {
        spots.resize(count, EMPTY);
    }
}

/// Reports every rule that is broken. `end` is the place in the input where block 4 ends.
pub(crate) fn rules(
    facts: &Facts<'_, '_>,
    end: usize,
    memory: &mut Memory,
    report: &mut Report<'_>,
) {
    if facts.structure.rules.is_empty() {
        return;
    }
    let (nodes, count) = (&facts.placement.nodes, facts.structure.nodes.len());
    memory.look_at_all(facts.fields, nodes, count);
    for scope in &facts.placement.scopes {
        let sequence = facts.structure.sequence(scope.sequence).filter(|it| it.has_rules);
        let Some(sequence) = sequence else { continue };
        let statements = sequence.shared.as_slice();
        if scope.sequence != 0 {
            memory.look_at(facts.fields, nodes, *scope, count);
        }
        let here = if scope.sequence == 0 { &memory.whole } else { &memory.here };
        let (whole, next) = (memory.whole.as_slice(), memory.next.as_slice());
        let shared = [const { Cell::new(None) }; SHARED_MAX];
        let captures = &memory.captures;
        let scope = *scope;
        let evaluation =
            Evaluation { facts, whole, here, next, captures, scope, statements, shared };
        let bits = memory.bits;
        for rule in facts.structure.rules.iter().filter(|rule| rule.each == scope.sequence) {
            let needs = &rule.needs;
            if bits & needs.required != needs.required || bits & needs.forbidden != 0 {
                continue;
            }
            if evaluation.may_break(rule) && !evaluation.keeps(rule) {
                evaluation.report(rule, end, report);
            }
        }
    }
}

struct Evaluation<'e, 'f, 'a> {
    facts: &'e Facts<'f, 'a>,
    whole: &'e [Spot],
    here: &'e [Spot],
    next: &'e [u16],
    captures: &'e RefCell<Captures>,
    scope: Scope,
    statements: &'e [Expr],
    /// What came of the shared statements so far.
    shared: [Cell<Option<bool>>; SHARED_MAX],
}

/// Whether some field with one of these letters stands at one of these nodes.
fn is_there(spots: &[Spot], nodes: &[u16], options: u32) -> bool {
    nodes
        .iter()
        .any(|node| spots.get(usize::from(*node)).is_some_and(|spot| spot.letters & options != 0))
}

impl<'a> Evaluation<'_, '_, 'a> {
    /// Whether all is so that must be for the rule to be broken.
    fn may_break(&self, rule: &Rule) -> bool {
        rule.needs.gates.iter().all(|gate| {
            let spots = if gate.whole { self.whole } else { self.here };
            is_there(spots, &gate.nodes, gate.options) == gate.present
        }) && rule.needs.statements.iter().all(|(number, truth)| {
            let statement = self.statements.get(usize::from(*number));
            statement.is_none_or(|statement| self.holds_shared(*number, statement) == *truth)
        })
    }

    fn keeps(&self, rule: &Rule) -> bool {
        rule.when.as_ref().is_some_and(|when| !self.holds(when)) || self.holds(&rule.then)
    }

    #[cold]
    fn report(&self, rule: &Rule, end: usize, report: &mut Report<'_>) {
        let mut first = None;
        let mut look = |of: &Ref| first = first.or_else(|| self.fields(of).next());
        rule.then.each_ref(&mut look);
        if let Some(when) = &rule.when {
            when.each_ref(&mut look);
        }
        let field = first.or_else(|| self.facts.fields.get(self.scope.from).copied());
        match field {
            Some(field) => {
                let at = report.offset(field.value);
                report.field(rule.code, field.tag, at, format!("expected {}", rule.text));
            }
            None => report.at(rule.code, '4', "", end, format!("expected {}", rule.text)),
        }
    }

    fn holds(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Has(of) if of.part.is_empty() => self.has(of),
            Expr::Has(of) => self.has(of) && self.values(of).next().is_some(),
            Expr::Shared(number, inner) => self.holds_shared(*number, inner),
            Expr::Not(inner) => !self.holds(inner),
            Expr::And(list) => list.iter().all(|expr| self.holds(expr)),
            Expr::Or(list) => list.iter().any(|expr| self.holds(expr)),
            Expr::In { of, all, values } => {
                let mut found = self.values(of);
                if *all {
                    found.all(|text| values.has(text))
                } else {
                    found.any(|text| values.has(text))
                }
            }
            Expr::Is { of, value, equal } => {
                self.first_value(of).is_some_and(|text| (*text == **value) == *equal)
            }
            Expr::Equal { of, to, equal } => {
                let Some(to) = self.first_value(to) else { return false };
                let mut values = self.values(of).peekable();
                values.peek().is_some() && values.all(|of| (of == to) == *equal)
            }
            Expr::Starts { of, prefix } => {
                let mut fields = self.fields(of);
                fields.any(|field| field.lines().any(|line| line.starts_with(&**prefix)))
            }
            Expr::Count { of, compare, number } => {
                let count = self.fields(of).count();
                match compare {
                    Compare::Equal => count == *number,
                    Compare::AtMost => count <= *number,
                    Compare::AtLeast => count >= *number,
                }
            }
            Expr::Sum { of, total } => self.is_sum(of, total),
            Expr::Call(number) => {
                calls::get(*number).is_none_or(|function| function(self.facts, self.scope))
            }
        }
    }

    fn holds_shared(&self, number: u16, expr: &Expr) -> bool {
        let Some(place) = self.shared.get(usize::from(number)) else { return self.holds(expr) };
        if let Some(known) = place.get() {
            return known;
        }
        let holds = self.holds(expr);
        place.set(Some(holds));
        holds
    }

    fn has(&self, of: &Ref) -> bool {
        if of.qualifier.is_empty() {
            let spots = if of.sequence.is_empty() { self.here } else { self.whole };
            return is_there(spots, &of.nodes, of.options);
        }
        self.fields(of).next().is_some()
    }

    /// The fields that a reference means, node by node.
    fn fields<'r>(&'r self, of: &'r Ref) -> Fields<'r, 'a> {
        let (spots, to) = if of.sequence.is_empty() {
            (self.here, self.scope.to)
        } else {
            (self.whole, self.facts.fields.len())
        };
        let fields = self.facts.fields.get(..to).unwrap_or_default();
        Fields { of, nodes: of.nodes.iter(), spots, next: self.next, fields, at: NONE }
    }

    /// The values that a reference means: those of a part, or of whole fields.
    fn values<'r>(&'r self, of: &'r Ref) -> impl Iterator<Item = &'a str> + 'r {
        self.fields(of).filter_map(move |field| {
            if of.part.is_empty() { Some(field.value) } else { self.part(field, &of.part) }
        })
    }

    /// The first of the values that a reference means.
    fn first_value(&self, of: &Ref) -> Option<&'a str> {
        // Most references mean one field.
        if let ([node], true, true) = (of.nodes.as_slice(), of.part.is_empty(), of.is_simple()) {
            let spots = if of.sequence.is_empty() { self.here } else { self.whole };
            let field = spots.get(usize::from(*node))?.first;
            return self.facts.fields.get(usize::from(field)).map(|field| field.value);
        }
        self.values(of).next()
    }

    /// A part of a field by the format that the field has everywhere.
    fn part(&self, field: Field<'a>, name: &str) -> Option<&'a str> {
        let format = &self.facts.standard.field(field.tag)?.format;
        format.part_of_field((field, self.facts.plain), name, &mut self.captures.borrow_mut())
    }

    /// Whether the amounts of a reference add up to another. Amounts that cannot be read, or that
    /// do not fit into 128 bits, are reported elsewhere.
    fn is_sum(&self, of: &Ref, total: &Ref) -> bool {
        let Some(total) = self.fields(total).next() else { return false };
        let Some(total) = self.amount(total) else { return true };
        let mut sum = 0_i128;
        for field in self.fields(of) {
            let Some(next) = self.amount(field).and_then(|amount| sum.checked_add(amount)) else {
                return true;
            };
            sum = next;
        }
        sum == total
    }

    /// The amount of a field, times 10^15.
    fn amount(&self, field: Field<'a>) -> Option<i128> {
        scaled(self.part(field, "amount")?)
    }
}

/// The fields of a reference: for each of its nodes, those at the node.
struct Fields<'r, 'a> {
    of: &'r Ref,
    nodes: std::slice::Iter<'r, u16>,
    spots: &'r [Spot],
    next: &'r [u16],
    /// The fields up to the end of the scope.
    fields: &'r [Field<'a>],
    /// The field to look at next.
    at: u16,
}

impl<'a> Iterator for Fields<'_, 'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        loop {
            let at = usize::from(self.at);
            let Some(field) = self.fields.get(at) else {
                // Beyond the scope, or before the first node: go to the next node.
                let spot = self.spots.get(usize::from(*self.nodes.next()?));
                self.at = spot.map_or(NONE, |spot| spot.first);
                continue;
            };
            self.at = self.next.get(at).copied().unwrap_or(NONE);
            if self.of.options & field.tag.option_bit() != 0
                && has_qualifier(field.value, &self.of.qualifier)
            {
                return Some(*field);
            }
        }
    }
}

fn has_qualifier(value: &str, qualifier: &str) -> bool {
    qualifier.is_empty()
        || value
            .strip_prefix(':')
            .and_then(|rest| rest.strip_prefix(qualifier))
            .is_some_and(|rest| rest.starts_with('/'))
}

/// Reads `123,45` as 123.45 times 10^15.
fn scaled(text: &str) -> Option<i128> {
    const DECIMALS: u32 = 15;
    let (whole, decimals) = text.split_once(',')?;
    if whole.is_empty() && decimals.is_empty() {
        return None;
    }
    let places = u32::try_from(decimals.len()).ok()?;
    let mut number = 0_i128;
    for byte in whole.bytes().chain(decimals.bytes()) {
        let digit = byte.is_ascii_digit().then(|| i128::from(byte - b'0'))?;
        number = number.checked_mul(10)?.checked_add(digit)?;
    }
    number.checked_mul(10_i128.checked_pow(DECIMALS.checked_sub(places)?)?)
}
