//! Evaluates the rules of a type over the placed fields of a message.

use std::cell::Cell;

use crate::check::calls;
use crate::check::place::{NOWHERE, Placement, Scope};
use crate::findings::Report;
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
    pub(crate) placement: &'f Placement,
    /// The headers, where they could be read.
    pub(crate) basic: Option<Basic<'a>>,
    pub(crate) application: Option<Application<'a>>,
}

/// How many shared statements are remembered; one beyond is looked at each time.
const SHARED_MAX: usize = 48;

/// No field.
const NONE: u16 = u16::MAX;

/// For each node the first field at it within a scope.
struct First {
    fields: Vec<u16>,
}

impl First {
    /// Looks at all fields from the end, so that the first field of each node stays; and gives for
    /// each field the next one at the same node.
    fn of_all(nodes: &[u16], count: usize) -> (Self, Vec<u16>) {
        let mut fields = vec![NONE; count];
        let mut next = vec![NONE; nodes.len()];
        for (at, node) in nodes.iter().enumerate().rev() {
            let (Some(first), Some(next)) = (fields.get_mut(usize::from(*node)), next.get_mut(at))
            else {
                continue;
            };
            *next = *first;
            *first = u16::try_from(at).unwrap_or(NONE);
        }
        (Self { fields }, next)
    }

    /// The same for the fields of a scope.
    fn of(nodes: &[u16], scope: Scope, count: usize) -> Self {
        let mut fields = vec![NONE; count];
        for at in (scope.from..scope.to).rev() {
            let node = nodes.get(at).copied().unwrap_or(NOWHERE);
            if let Some(place) = fields.get_mut(usize::from(node)) {
                *place = u16::try_from(at).unwrap_or(NONE);
            }
        }
        Self { fields }
    }

    fn at(&self, node: u16) -> Option<u16> {
        self.fields.get(usize::from(node)).copied().filter(|at| *at != NONE)
    }
}

/// Reports every rule that is broken. `end` is the place in the input where block 4 ends.
pub(crate) fn rules(facts: &Facts<'_, '_>, end: usize, report: &mut Report<'_>) {
    if facts.structure.rules.is_empty() {
        return;
    }
    let (nodes, count) = (&facts.placement.nodes, facts.structure.nodes.len());
    let (whole, next) = First::of_all(nodes, count);
    let whole = &whole;
    for scope in &facts.placement.scopes {
        let with_rules = facts.structure.sequence(scope.sequence).is_some_and(|it| it.has_rules);
        if !with_rules {
            continue;
        }
        let within = (scope.sequence != 0).then(|| First::of(nodes, *scope, count));
        let here = within.as_ref().unwrap_or(whole);
        let shared = [const { Cell::new(None) }; SHARED_MAX];
        let evaluation = Evaluation { facts, whole, here, next: &next, scope: *scope, shared };
        for rule in &facts.structure.rules {
            if rule.each == scope.sequence && !evaluation.keeps(rule) {
                evaluation.report(rule, end, report);
            }
        }
    }
}

struct Evaluation<'e, 'f, 'a> {
    facts: &'e Facts<'f, 'a>,
    whole: &'e First,
    here: &'e First,
    next: &'e [u16],
    scope: Scope,
    /// What came of the shared statements so far.
    shared: [Cell<Option<bool>>; SHARED_MAX],
}

impl<'a> Evaluation<'_, '_, 'a> {
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
                let mut found =
                    self.values(of).map(|text| values.iter().any(|value| **value == *text));
                if *all { found.all(|is| is) } else { found.any(|is| is) }
            }
            Expr::Is { of, value, equal } => {
                self.values(of).next().is_some_and(|text| (*text == **value) == *equal)
            }
            Expr::Equal { of, to, equal } => match (self.values(of).next(), self.values(to).next())
            {
                (Some(_), Some(to)) => self.values(of).all(|of| (of == to) == *equal),
                _ => false,
            },
            Expr::Starts { of, prefix } => {
                self.fields(of).any(|field| field.lines().any(|line| line.starts_with(&**prefix)))
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
            Expr::Call(name) => {
                calls::find(name).is_none_or(|function| function(self.facts, self.scope))
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
        if of.options == u32::MAX && of.qualifier.is_empty() {
            let first = if of.sequence.is_empty() { self.here } else { self.whole };
            return of.nodes.iter().any(|node| first.at(*node).is_some());
        }
        self.fields(of).next().is_some()
    }

    /// The fields that a reference means, node by node.
    fn fields<'r>(&'r self, of: &'r Ref) -> Fields<'r, 'a> {
        let (first, to) = if of.sequence.is_empty() {
            (self.here, self.scope.to)
        } else {
            (self.whole, self.facts.fields.len())
        };
        let fields = self.facts.fields.get(..to).unwrap_or_default();
        Fields { of, nodes: of.nodes.iter(), first, next: self.next, fields, at: NONE }
    }

    /// The values that a reference means: those of a part, or of whole fields.
    fn values<'r>(&'r self, of: &'r Ref) -> impl Iterator<Item = &'a str> + 'r {
        self.fields(of).filter_map(move |field| {
            if of.part.is_empty() { Some(field.value) } else { self.part(field, &of.part) }
        })
    }

    fn part(&self, field: Field<'a>, name: &str) -> Option<&'a str> {
        self.facts.standard.field(field.tag)?.format.part(field.value, name)
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
    first: &'r First,
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
            let Some(field) = self.fields.get(usize::from(self.at)) else {
                // Beyond the scope, or before the first node: go to the next node.
                self.at = self.first.at(*self.nodes.next()?).unwrap_or(NONE);
                continue;
            };
            self.at = self.next.get(usize::from(self.at)).copied().unwrap_or(NONE);
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
    let places = u32::try_from(decimals.len()).ok()?;
    let number = format!("{whole}{decimals}").parse::<i128>().ok()?;
    number.checked_mul(10_i128.checked_pow(DECIMALS.checked_sub(places)?)?)
}
