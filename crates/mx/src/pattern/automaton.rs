//! All other patterns: a deterministic automaton over classes of characters.
//!
//! The expression becomes a non-deterministic automaton (Thompson), and that a deterministic one
//! by the subset construction, with a limit on the number of states: a hostile schema is refused.

use std::collections::BTreeMap;

use super::set::Set;
use super::syntax::Node;

/// How many states the first, non-deterministic automaton may have.
const STEPS_MAX: usize = 20_000;
/// How many states the automaton may have.
const STATES_MAX: usize = 4_000;

#[derive(Clone, Debug)]
pub(super) struct Automaton {
    /// The class of each ASCII character.
    ascii: Vec<u16>,
    /// Where each class of the alphabet begins: first character and class.
    beyond: Vec<(u32, u16)>,
    classes: usize,
    /// The next state, by state and class; state 0 has no way out.
    next: Vec<u16>,
    accepting: Vec<bool>,
}

/// State 0 is dead, state 1 the first.
const FIRST: u16 = 1;

impl Automaton {
    pub(super) fn new(node: &Node) -> Result<Self, String> {
        let mut steps = Steps { list: vec![Step::Accept] };
        let first = steps.add(node, 0)?;
        let (beyond, classes) = alphabet(&steps.list);
        let mut ascii = Vec::with_capacity(128);
        for character in 0..128 {
            ascii.push(class_of(&beyond, character));
        }
        let mut automaton =
            Self { ascii, beyond, classes, next: vec![0; classes], accepting: vec![false] };
        automaton.determine(&steps, first)?;
        Ok(automaton)
    }

    pub(super) fn matches(&self, text: &[u8]) -> bool {
        let mut state = FIRST;
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            let class = if byte < 0x80 {
                at += 1;
                self.ascii.get(usize::from(byte)).copied().unwrap_or(0)
            } else {
                let Some((character, length)) = crate::token::character_at(text, at) else {
                    return false;
                };
                at += length;
                class_of(&self.beyond, u32::from(character))
            };
            let place = usize::from(state) * self.classes + usize::from(class);
            state = self.next.get(place).copied().unwrap_or(0);
            if state == 0 {
                return false;
            }
        }
        self.accepting.get(usize::from(state)).copied().unwrap_or(false)
    }

    fn determine(&mut self, steps: &Steps, first: usize) -> Result<(), String> {
        let mut known: BTreeMap<Vec<usize>, u16> = BTreeMap::new();
        let start = steps.closure(vec![first]);
        known.insert(start.clone(), FIRST);
        let mut todo = vec![start];
        self.accepting.push(false);
        self.next.resize(self.classes * 2, 0);
        while let Some(set) = todo.pop() {
            let state = usize::from(known.get(&set).copied().unwrap_or(0));
            if let Some(accepting) = self.accepting.get_mut(state) {
                *accepting = set.contains(&0);
            }
            let mut targets: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
            for step in &set {
                if let Some(Step::Read(characters, next)) = steps.list.get(*step) {
                    for class in self.classes_of(characters) {
                        targets.entry(class).or_default().push(*next);
                    }
                }
            }
            for (class, target) in targets {
                let target = steps.closure(target);
                let count = known.len() + 1;
                let number = match known.get(&target) {
                    Some(number) => *number,
                    None if count > STATES_MAX => {
                        return Err(format!("an automaton of more than {STATES_MAX} states"));
                    }
                    None => {
                        let number = u16::try_from(count).expect("STATES_MAX fits 16 bits");
                        known.insert(target.clone(), number);
                        self.accepting.push(false);
                        self.next.resize(self.next.len() + self.classes, 0);
                        todo.push(target);
                        number
                    }
                };
                if let Some(place) = self.next.get_mut(state * self.classes + usize::from(class)) {
                    *place = number;
                }
            }
        }
        Ok(())
    }

    fn classes_of(&self, set: &Set) -> Vec<u16> {
        let within = self.beyond.iter().filter(|(first, _)| set.contains(*first));
        within.map(|(_, class)| *class).collect()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Accept,
    Read(Set, usize),
    Fork(Vec<usize>),
}

struct Steps {
    list: Vec<Step>,
}

impl Steps {
    /// Adds the steps of a node that go on to `next`; gives the first of them. The depth of nodes
    /// is bounded by the parser.
    fn add(&mut self, node: &Node, next: usize) -> Result<usize, String> {
        match node {
            Node::One(set) => self.push(Step::Read(set.clone(), next)),
            Node::Sequence(nodes) => {
                nodes.iter().rev().try_fold(next, |next, node| self.add(node, next))
            }
            Node::Either(nodes) => {
                let ways: Result<_, _> = nodes.iter().map(|node| self.add(node, next)).collect();
                self.push(Step::Fork(ways?))
            }
            Node::Repeat { node, min, max } => {
                let mut first = next;
                match max {
                    None => {
                        let fork = self.push(Step::Fork(vec![next]))?;
                        let again = self.add(node, fork)?;
                        if let Some(Step::Fork(ways)) = self.list.get_mut(fork) {
                            ways.push(again);
                        }
                        first = fork;
                    }
                    Some(max) => {
                        for _ in *min..*max {
                            let once = self.add(node, first)?;
                            first = self.push(Step::Fork(vec![once, next]))?;
                        }
                    }
                }
                for _ in 0..*min {
                    let before = first;
                    first = self.add(node, first)?;
                    // An empty group, however often.
                    if first == before {
                        break;
                    }
                }
                Ok(first)
            }
        }
    }

    fn push(&mut self, step: Step) -> Result<usize, String> {
        if self.list.len() >= STEPS_MAX {
            return Err(format!("an expression of more than {STEPS_MAX} steps"));
        }
        self.list.push(step);
        Ok(self.list.len() - 1)
    }

    /// All steps that are reached without reading, sorted.
    fn closure(&self, from: Vec<usize>) -> Vec<usize> {
        let mut todo = from;
        let mut seen = std::collections::BTreeSet::new();
        let mut reached = Vec::new();
        while let Some(at) = todo.pop() {
            if !seen.insert(at) {
                continue;
            }
            match self.list.get(at) {
                Some(Step::Fork(ways)) => todo.extend_from_slice(ways),
                Some(_) => reached.push(at),
                None => {}
            }
        }
        reached.sort_unstable();
        reached
    }
}

/// Cuts Unicode so that no set of the steps cuts a class: where each class begins, and how many
/// there are.
fn alphabet(steps: &[Step]) -> (Vec<(u32, u16)>, usize) {
    let mut cuts = vec![0];
    for step in steps {
        if let Step::Read(set, _) = step {
            for &(first, last) in set.ranges() {
                cuts.push(first);
                cuts.push(last + 1);
            }
        }
    }
    cuts.sort_unstable();
    cuts.dedup();
    let numbered = cuts.into_iter().zip(0..u16::MAX).collect::<Vec<_>>();
    let count = numbered.len();
    (numbered, count)
}

fn class_of(classes: &[(u32, u16)], character: u32) -> u16 {
    let at = classes.partition_point(|(first, _)| *first <= character);
    classes.get(at.wrapping_sub(1)).map_or(0, |(_, class)| *class)
}
