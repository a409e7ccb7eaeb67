//! Places the fields of a message in the structure of its type, and reports what does not fit.
//!
//! The structure is walked forward once. A field goes to the place that leaves out the fewest
//! mandatory ones; among equals, to the first. So one slip is reported as one slip, not as an
//! error in every field after it.

use crate::findings::{Code, Report};
use crate::notation::structure::{Kind, Node, Structure};
use crate::syntax::scan::Field;
use crate::tag::Tag;

/// A mandatory field or sequence is missing.
pub(crate) const MISSING: Code = Code::of("M02");
/// A field that this type does not have.
pub(crate) const FOREIGN: Code = Code::of("M03");
/// A field that stands there more often than it may.
pub(crate) const TOO_OFTEN: Code = Code::of("M04");
/// A field with a letter that this type does not allow there.
pub(crate) const OPTION: Code = Code::of("M05");
/// A field that stands too early or too late.
pub(crate) const ORDER: Code = Code::of("M06");

/// The field has no place.
pub(crate) const NOWHERE: u16 = u16::MAX;

/// One occurrence of a sequence: the fields from `from` up to `to`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    pub(crate) sequence: u16,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// Where the fields of a message stand in its structure.
#[derive(Clone, Debug, Default)]
pub(crate) struct Placement {
    /// The node of each field, or [`NOWHERE`].
    pub(crate) nodes: Vec<u16>,
    /// The occurrences of sequences, in the order of their starts; the first is the message.
    pub(crate) scopes: Vec<Scope>,
}

/// A place that a field could go to.
#[derive(Clone, Copy)]
struct Candidate {
    node: usize,
    /// How many mandatory fields and sequences it leaves out.
    cost: u32,
    /// The sequence that starts again for it, or [`NOWHERE`].
    again: u16,
}

#[derive(Clone, Debug)]
struct Open {
    sequence: u16,
    scope: usize,
    occurrences: u16,
}

/// Memory for placing, used again for the next message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    open: Vec<Open>,
    /// Mandatory nodes left out, with the place in the input; reported at the end, without those
    /// that turn up out of order.
    missing: Vec<(usize, usize)>,
    late: Vec<usize>,
}

struct Placer<'p, 'a> {
    structure: &'p Structure,
    report: &'p mut Report<'a>,
    placement: &'p mut Placement,
    memory: &'p mut Memory,
    /// The node of the last placed field, and how many stand there.
    current: usize,
    count: u16,
    /// The first node after it.
    next: usize,
}

/// Places all fields. `end` is the place in the input where block 4 ends.
pub(crate) fn place(
    structure: &Structure,
    fields: &[Field<'_>],
    end: usize,
    (placement, memory): (&mut Placement, &mut Memory),
    report: &mut Report<'_>,
) {
    placement.nodes.clear();
    placement.nodes.reserve(fields.len());
    placement.scopes.clear();
    placement.scopes.push(Scope { sequence: 0, from: 0, to: fields.len() });
    memory.open.clear();
    memory.missing.clear();
    memory.late.clear();
    let mut placer =
        Placer { structure, report, placement, memory, current: usize::MAX, count: 0, next: 0 };
    for (at, field) in fields.iter().enumerate() {
        placer.field(at, *field);
    }
    placer.finish(fields.len(), end);
}

impl Placer<'_, '_> {
    fn node(&self, at: usize) -> Option<&Node> {
        self.structure.nodes.get(at)
    }

    fn field(&mut self, at: usize, field: Field<'_>) {
        if let Some(node) = self.slot(field.tag) {
            self.put(node);
            return;
        }
        let takes = |node: &Node| node.takes(field.tag, field.value);
        if self.count_up(&takes) {
            self.put(self.current);
            return;
        }
        if let Some(candidate) = self.find_free(&takes).or_else(|| self.find(&takes)) {
            self.advance(candidate, at, field);
            self.put(candidate.node);
            return;
        }
        self.misplaced(at, field);
    }

    /// The place of a field that stands where its type expects it: at the current node, or at one
    /// after it before which nothing mandatory is left out and no sequence begins or ends. Nearly
    /// all fields have one; for the others the nodes are looked at.
    fn slot(&mut self, tag: Tag) -> Option<usize> {
        let slots = self.structure.slots.as_slice();
        if let Some(here) = slots.get(self.current) {
            if here.is_special() {
                return None;
            }
            if here.takes(tag) && self.count < here.max {
                self.count += 1;
                return Some(self.current);
            }
            if self.count < here.min {
                return None;
            }
        }
        for (ahead, slot) in slots.get(self.next..)?.iter().enumerate() {
            if slot.takes(tag) {
                let node = self.next + ahead;
                (self.current, self.count, self.next) = (node, 1, node + 1);
                return Some(node);
            }
            if slot.is_special() || slot.min > 0 {
                return None;
            }
        }
        None
    }

    /// Another field at the current node, if it takes one more.
    fn count_up(&mut self, takes: &impl Fn(&Node) -> bool) -> bool {
        let again = self
            .node(self.current)
            .is_some_and(|node| node.kind == Kind::Any || self.count < node.max && takes(node));
        self.count += u16::from(again);
        again
    }

    fn put(&mut self, node: usize) {
        self.placement.nodes.push(u16::try_from(node).unwrap_or(NOWHERE));
    }

    fn misplaced(&mut self, at: usize, field: Field<'_>) {
        let tag = field.tag;
        let place = self.report.offset(field.value);
        if let Some(node) = self.taker(tag, field.value) {
            let seen = self.placement.nodes.contains(&u16::try_from(node).unwrap_or(NOWHERE));
            let (code, text) = if seen {
                (TOO_OFTEN, format!("expected field {tag} fewer times here"))
            } else {
                self.memory.late.push(node);
                (ORDER, format!("expected field {tag} before the fields that precede it"))
            };
            self.report.field(code, tag, place, text);
        } else if let Some(candidate) = self.find(&|node| node.number == tag.number()) {
            let label = self.node(candidate.node).map_or_else(String::new, Node::label);
            self.report.field(OPTION, tag, place, format!("expected field {label} here"));
            self.advance(candidate, at, field);
        } else {
            let text = format!("expected no field {tag} in this type of message");
            self.report.field(FOREIGN, tag, place, text);
        }
        self.placement.nodes.push(NOWHERE);
    }

    /// The first node, wherever it stands, that takes a field.
    fn taker(&self, tag: Tag, value: &str) -> Option<usize> {
        self.structure
            .nodes
            .iter()
            .position(|node| node.kind == Kind::Field && node.takes(tag, value))
    }

    /// The first place for a field after the current one that leaves out nothing mandatory: no
    /// other is better.
    fn find_free(&self, takes: &impl Fn(&Node) -> bool) -> Option<Candidate> {
        if self.node(self.current).is_some_and(|node| self.count < node.min) {
            return None;
        }
        let mut at = self.next;
        while let Some(node) = self.node(at) {
            let found = match node.kind {
                Kind::Any => Some((at, NOWHERE)),
                Kind::Field => takes(node).then_some((at, NOWHERE)),
                Kind::Open(number) => {
                    let close = self.close_of(number);
                    let found = self.find_free_within(at + 1, close, takes);
                    at = close;
                    found.map(|node| (node, NOWHERE))
                }
                Kind::Close(number) if self.may_repeat(number) => self
                    .find_free_within(self.start_of(number), at, takes)
                    .map(|node| (node, number)),
                Kind::Close(_) => None,
            };
            if let Some((node, again)) = found {
                return Some(Candidate { node, cost: 0, again });
            }
            if node.min > 0 {
                return None;
            }
            at += 1;
        }
        None
    }

    fn find_free_within(
        &self,
        mut at: usize,
        end: usize,
        takes: &impl Fn(&Node) -> bool,
    ) -> Option<usize> {
        while at < end
            && let Some(node) = self.node(at)
        {
            let found = match node.kind {
                Kind::Any => Some(at),
                Kind::Field => takes(node).then_some(at),
                Kind::Open(number) => {
                    let close = self.close_of(number);
                    let found = self.find_free_within(at + 1, close, takes);
                    at = close;
                    found
                }
                Kind::Close(_) => None,
            };
            if found.is_some() || node.min > 0 {
                return found;
            }
            at += 1;
        }
        None
    }

    /// The best place for a field after the current one.
    fn find(&self, takes: &impl Fn(&Node) -> bool) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        let mut cost = u32::from(self.node(self.current).is_some_and(|node| self.count < node.min));
        let mut at = self.next;
        let mut better = |candidate: Candidate| {
            if best.is_none_or(|best| candidate.cost < best.cost) {
                best = Some(candidate);
            }
            candidate.cost == 0
        };
        while let Some(node) = self.node(at) {
            match node.kind {
                Kind::Any => {
                    // It takes all, so it must not swallow a slip in the fields before it.
                    if cost == 0 {
                        better(Candidate { node: at, cost, again: NOWHERE });
                    }
                    break;
                }
                Kind::Field => {
                    if takes(node) && better(Candidate { node: at, cost, again: NOWHERE }) {
                        break;
                    }
                    cost += u32::from(node.min > 0);
                    at += 1;
                }
                Kind::Open(number) => {
                    let close = self.close_of(number);
                    if let Some((node, inner)) = self.find_within(at + 1, close, takes)
                        && better(Candidate { node, cost: cost + inner, again: NOWHERE })
                    {
                        break;
                    }
                    cost += u32::from(node.min > 0);
                    at = close + 1;
                }
                Kind::Close(number) => {
                    if self.may_repeat(number)
                        && let Some((node, inner)) =
                            self.find_within(self.start_of(number), at, takes)
                        && better(Candidate { node, cost: cost + inner, again: number })
                    {
                        break;
                    }
                    at += 1;
                }
            }
        }
        best
    }

    /// The best place between two nodes of the same sequence.
    fn find_within(
        &self,
        mut at: usize,
        end: usize,
        takes: &impl Fn(&Node) -> bool,
    ) -> Option<(usize, u32)> {
        let mut cost = 0;
        let mut best: Option<(usize, u32)> = None;
        while at < end
            && let Some(node) = self.node(at)
        {
            let found = match node.kind {
                Kind::Open(number) => {
                    let close = self.close_of(number);
                    let found = self.find_within(at + 1, close, takes);
                    at = close;
                    found
                }
                Kind::Field => takes(node).then_some((at, 0)),
                Kind::Any => Some((at, 0)),
                Kind::Close(_) => None,
            };
            if let Some((found, inner)) = found
                && best.is_none_or(|(_, least)| cost + inner < least)
            {
                best = Some((found, cost + inner));
                if cost + inner == 0 {
                    break;
                }
            }
            cost += u32::from(node.min > 0);
            at += 1;
        }
        best
    }

    fn close_of(&self, sequence: u16) -> usize {
        self.structure.sequence(sequence).map_or(usize::MAX, |sequence| usize::from(sequence.close))
    }

    fn start_of(&self, sequence: u16) -> usize {
        self.structure.sequence(sequence).map_or(0, |sequence| usize::from(sequence.open) + 1)
    }

    fn may_repeat(&self, sequence: u16) -> bool {
        let max = self.structure.sequence(sequence).map_or(1, |sequence| sequence.max);
        self.memory.open.last().is_some_and(|_| {
            self.memory.open.iter().any(|open| open.sequence == sequence && open.occurrences < max)
        })
    }

    /// Goes to a place: opens and closes the sequences on the way and notes what is left out.
    fn advance(&mut self, to: Candidate, field: usize, arrived: Field<'_>) {
        let place = self.report.offset(arrived.value);
        self.leave_current(place);
        let mut at = self.next;
        let mut again = to.again;
        while at != to.node || again != NOWHERE {
            let Some(node) = self.structure.nodes.get(at) else { break };
            match node.kind {
                Kind::Field | Kind::Any => {
                    self.leave_out(at, node.min, place);
                    at += 1;
                }
                Kind::Open(number) => {
                    let close = self.close_of(number);
                    if (at..close).contains(&to.node) && again == NOWHERE {
                        self.enter(number, field, 1);
                        at += 1;
                    } else {
                        self.leave_out(at, node.min, place);
                        at = close + 1;
                    }
                }
                Kind::Close(number) => {
                    let occurrences = self.leave(field);
                    if again == number {
                        again = NOWHERE;
                        self.enter(number, field, occurrences.saturating_add(1));
                        at = self.start_of(number);
                    } else {
                        at += 1;
                    }
                }
            }
        }
        self.current = to.node;
        self.count = 1;
        self.next = to.node + 1;
    }

    fn leave_current(&mut self, place: usize) {
        if let Some(min) = self.node(self.current).map(|node| node.min)
            && self.count < min
        {
            self.memory.missing.push((self.current, place));
        }
    }

    fn leave_out(&mut self, node: usize, min: u16, place: usize) {
        if min > 0 {
            self.memory.missing.push((node, place));
        }
    }

    fn enter(&mut self, sequence: u16, field: usize, occurrences: u16) {
        let scope = self.placement.scopes.len();
        self.placement.scopes.push(Scope { sequence, from: field, to: field });
        self.memory.open.push(Open { sequence, scope, occurrences });
    }

    /// Leaves the innermost sequence; returns how often it has occurred.
    fn leave(&mut self, field: usize) -> u16 {
        let Some(open) = self.memory.open.pop() else { return 0 };
        if let Some(scope) = self.placement.scopes.get_mut(open.scope) {
            scope.to = field;
        }
        open.occurrences
    }

    fn finish(&mut self, fields: usize, end: usize) {
        self.leave_current(end);
        let mut at = self.next;
        while let Some(node) = self.structure.nodes.get(at) {
            match node.kind {
                Kind::Field | Kind::Any => {
                    self.leave_out(at, node.min, end);
                    at += 1;
                }
                Kind::Open(number) => {
                    self.leave_out(at, node.min, end);
                    at = self.close_of(number) + 1;
                }
                Kind::Close(_) => {
                    self.leave(fields);
                    at += 1;
                }
            }
        }
        let mut missing = std::mem::take(&mut self.memory.missing);
        for (node, place) in missing.drain(..) {
            if !self.memory.late.contains(&node) {
                self.report_missing(node, place);
            }
        }
        self.memory.missing = missing;
    }

    fn report_missing(&mut self, at: usize, place: usize) {
        let Some(node) = self.structure.nodes.get(at) else { return };
        let (tag, text) = match node.kind {
            Kind::Open(number) => {
                let name = self.structure.sequence(number).map_or("", |sequence| &sequence.name);
                let first =
                    self.structure.nodes.iter().skip(at).find(|node| node.kind == Kind::Field);
                let label = first.map_or_else(String::new, Node::label);
                (
                    label.clone(),
                    format!("expected sequence {name}, which starts with field {label}"),
                )
            }
            Kind::Field | Kind::Close(_) | Kind::Any => {
                let label = node.label();
                let fixed =
                    node.fixed.as_ref().map_or_else(String::new, |fixed| format!(":{fixed}"));
                (label.clone(), format!("expected field {label}{fixed} here"))
            }
        };
        self.report.at(MISSING, '4', &tag, place, text);
    }
}
