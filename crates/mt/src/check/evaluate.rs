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

/// The nodes that are taken in a scope, one bit each.
struct Present {
    bits: [u64; Self::WORDS],
}

impl Present {
    /// Room for more nodes than any structure has; a node beyond counts as present, and is then
    /// looked for field by field.
    const WORDS: usize = 16;

    fn of(nodes: &[u16]) -> Self {
        let mut bits = [0; Self::WORDS];
        for node in nodes {
            if let Some(word) = bits.get_mut(usize::from(node >> 6)) {
                *word |= 1 << (node & 63);
            }
        }
        Self { bits }
    }

    fn has(&self, node: u16) -> bool {
        self.bits.get(usize::from(node >> 6)).is_none_or(|word| word >> (node & 63) & 1 == 1)
    }
}

/// Reports every rule that is broken. `end` is the place in the input where block 4 ends.
pub(crate) fn rules(facts: &Facts<'_, '_>, end: usize, report: &mut Report<'_>) {
    if facts.structure.rules.is_empty() {
        return;
    }
    let whole = Present::of(&facts.placement.nodes);
    for scope in &facts.placement.scopes {
        let with_rules = facts.structure.sequence(scope.sequence).is_some_and(|it| it.has_rules);
        if !with_rules {
            continue;
        }
        let here = Present::of(facts.placement.nodes.get(scope.from..scope.to).unwrap_or_default());
        let evaluation = Evaluation { facts, whole: &whole, here: &here, scope: *scope };
        for rule in &facts.structure.rules {
            if rule.each == scope.sequence && !evaluation.keeps(rule) {
                evaluation.report(rule, end, report);
            }
        }
    }
}

struct Evaluation<'e, 'f, 'a> {
    facts: &'e Facts<'f, 'a>,
    whole: &'e Present,
    here: &'e Present,
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
        let present = if of.sequence.is_empty() { self.here } else { self.whole };
        if !of.nodes.iter().any(|node| present.has(*node)) {
            return false;
        }
        of.options == u32::MAX && of.qualifier.is_empty() || self.fields(of).next().is_some()
    }

    /// The fields that a reference means, in their order.
    fn fields<'r>(&'r self, of: &'r Ref) -> impl Iterator<Item = Field<'a>> + 'r {
        let all = 0..self.facts.fields.len();
        let range = if of.sequence.is_empty() { self.scope.from..self.scope.to } else { all };
        let nodes = &self.facts.placement.nodes;
        range.filter_map(move |at| {
            let node = nodes.get(at).copied().filter(|node| *node != NOWHERE)?;
            let field = *self.facts.fields.get(at)?;
            let here = of.nodes.contains(&node) && of.options & field.tag.option_bit() != 0;
            (here && has_qualifier(field.value, &of.qualifier)).then_some(field)
        })
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
