//! Evaluates the rules of a type over the placed fields of a message.

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

/// No field.
const NONE: u16 = u16::MAX;

/// For each node the first field at it within a scope.
struct First {
    fields: Vec<u16>,
}

impl First {
    /// Looks at a scope from its end, so that the first field of each node stays.
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

/// For each field the next one at the same node.
fn next_at_node(nodes: &[u16], count: usize) -> Vec<u16> {
    let mut last = vec![NONE; count];
    let mut next = vec![NONE; nodes.len()];
    for (at, node) in nodes.iter().enumerate().rev() {
        if let (Some(last), Some(next)) = (last.get_mut(usize::from(*node)), next.get_mut(at)) {
            *next = *last;
            *last = u16::try_from(at).unwrap_or(NONE);
        }
    }
    next
}

/// Reports every rule that is broken. `end` is the place in the input where block 4 ends.
pub(crate) fn rules(facts: &Facts<'_, '_>, end: usize, report: &mut Report<'_>) {
    if facts.structure.rules.is_empty() {
        return;
    }
    let (nodes, count) = (&facts.placement.nodes, facts.structure.nodes.len());
    let next = next_at_node(nodes, count);
    let mut whole = None;
    for scope in &facts.placement.scopes {
        let whole = &*whole.get_or_insert_with(|| First::of(nodes, *scope, count));
        let with_rules = facts.structure.sequence(scope.sequence).is_some_and(|it| it.has_rules);
        if !with_rules {
            continue;
        }
        let within = (scope.sequence != 0).then(|| First::of(nodes, *scope, count));
        let here = within.as_ref().unwrap_or(whole);
        let evaluation = Evaluation { facts, whole, here, next: &next, scope: *scope };
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

    fn has(&self, of: &Ref) -> bool {
        if of.options == u32::MAX && of.qualifier.is_empty() {
            let first = if of.sequence.is_empty() { self.here } else { self.whole };
            return of.nodes.iter().any(|node| first.at(*node).is_some());
        }
        self.fields(of).next().is_some()
    }

    /// The fields that a reference means, node by node.
    fn fields<'r>(&'r self, of: &'r Ref) -> impl Iterator<Item = Field<'a>> + 'r {
        let (first, to) = if of.sequence.is_empty() {
            (self.here, self.scope.to)
        } else {
            (self.whole, self.facts.fields.len())
        };
        let next = |at: &u16| self.next.get(usize::from(*at)).copied().filter(|at| *at != NONE);
        of.nodes
            .iter()
            .flat_map(move |node| {
                std::iter::successors(first.at(*node), next)
                    .map(usize::from)
                    .take_while(move |at| *at < to)
            })
            .filter_map(|at| self.facts.fields.get(at).copied())
            .filter(|field| of.options & field.tag.option_bit() != 0)
            .filter(|field| has_qualifier(field.value, &of.qualifier))
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
