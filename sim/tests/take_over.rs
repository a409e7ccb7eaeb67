//! A model of how hubs take a shared log over from each other, searched whole within bounds.
//!
//! Two hubs write one log; each may be replaced at any moment while what it sent is still on its
//! way, and what is sent may arrive late, or twice. The rules are those of `journal::shared_log`: an
//! opening counts if its epoch is higher than the last, a record if it is of the writer of the last
//! opening and continues its chain, and a hub acknowledges a record only if it was told a place
//! right behind that of the one before. This is a model of the rules, not their code: that is held
//! by the journal's own tests.

#![allow(clippy::indexing_slicing, reason = "a model that loses count shall end there")]

use std::collections::{BTreeSet, VecDeque};

const OPENINGS_MAX: u8 = 3;
const MESSAGES_MAX: u8 = 3;
const DOUBLES_MAX: u8 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Entry {
    Open {
        epoch: u8,
        writer: u8,
    },
    /// `before` is the message that the record follows; 0: none.
    Data {
        epoch: u8,
        writer: u8,
        before: u8,
        message: u8,
    },
}

/// What the log means, for everybody who reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Fold {
    epoch: u8,
    writer: u8,
    last: u8,
    messages: Vec<u8>,
}

impl Fold {
    fn of(log: &[Entry]) -> Self {
        let mut fold = Self::default();
        for entry in log {
            match *entry {
                Entry::Open { epoch, writer } if epoch > fold.epoch => {
                    (fold.epoch, fold.writer) = (epoch, writer);
                }
                Entry::Data { epoch, writer, before, message }
                    if (epoch, writer, before) == (fold.epoch, fold.writer, fold.last) =>
                {
                    fold.last = message;
                    fold.messages.push(message);
                }
                Entry::Open { .. } | Entry::Data { .. } => {}
            }
        }
        fold
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Rests,
    Opens {
        epoch: u8,
    },
    /// `place` is that of its last entry of which it was told.
    Leads {
        epoch: u8,
        last: u8,
        place: u8,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hub {
    writer: u8,
    role: Role,
    /// What it has sent and is on its way.
    sent: VecDeque<Entry>,
    /// Messages and places of which it will be told; message 0 is an opening.
    told: VecDeque<(u8, u8)>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    log: Vec<Entry>,
    hubs: [Hub; 2],
    /// What earlier lives of hubs have sent and may still arrive.
    late: Vec<Entry>,
    openings: u8,
    messages: u8,
    doubles: u8,
    acknowledged: BTreeSet<u8>,
}

impl State {
    fn first() -> Self {
        let hub = |writer| Hub {
            writer,
            role: Role::Rests,
            sent: VecDeque::new(),
            told: VecDeque::new(),
        };
        Self {
            log: Vec::new(),
            hubs: [hub(1), hub(2)],
            late: Vec::new(),
            openings: 0,
            messages: 0,
            doubles: 0,
            acknowledged: BTreeSet::new(),
        }
    }

    /// Every state that may come next.
    fn next(&self, contiguous: bool) -> Vec<Self> {
        let mut next = Vec::new();
        for index in 0..self.hubs.len() {
            next.extend(self.acts(index));
            next.extend(self.arrives(index));
            next.extend(self.hears(index, contiguous));
        }
        for index in 0..self.late.len() {
            let mut state = self.clone();
            let entry = state.late.remove(index);
            state.log.push(entry);
            next.push(state);
        }
        next
    }

    /// A hub opens, sends a message, or is replaced by a new life of it.
    fn acts(&self, index: usize) -> Vec<Self> {
        let mut next = Vec::new();
        let mut state = self.clone();
        let hub = &mut state.hubs[index];
        match hub.role.clone() {
            Role::Rests if self.openings < OPENINGS_MAX => {
                let epoch = Fold::of(&self.log).epoch + 1;
                hub.role = Role::Opens { epoch };
                hub.sent.push_back(Entry::Open { epoch, writer: hub.writer });
                state.openings += 1;
                next.push(state);
            }
            Role::Leads { epoch, last, place } if self.messages < MESSAGES_MAX => {
                state.messages += 1;
                let message = state.messages;
                let (writer, before) = (hub.writer, last);
                hub.sent.push_back(Entry::Data { epoch, writer, before, message });
                hub.role = Role::Leads { epoch, last: message, place };
                next.push(state);
            }
            Role::Rests | Role::Opens { .. } | Role::Leads { .. } => {}
        }
        if self.hubs[index].role != Role::Rests {
            let mut state = self.clone();
            state.rests(index);
            next.push(state);
        }
        next
    }

    /// A hub's life ends; what it sent stays on its way.
    fn rests(&mut self, index: usize) {
        let hub = &mut self.hubs[index];
        hub.role = Role::Rests;
        hub.told.clear();
        hub.writer += 2;
        let sent = std::mem::take(&mut hub.sent);
        self.late.extend(sent);
        self.late.sort();
    }

    /// What a hub sent first arrives: once, or twice and it is told of the second.
    fn arrives(&self, index: usize) -> Vec<Self> {
        let mut next = Vec::new();
        let Some(entry) = self.hubs[index].sent.front().copied() else { return next };
        for times in 1..=2 {
            if times == 2 && self.doubles == DOUBLES_MAX {
                continue;
            }
            let mut state = self.clone();
            state.doubles += times - 1;
            (0..times).for_each(|_| state.log.push(entry));
            let place = u8::try_from(state.log.len()).expect("the log is short");
            let message = match entry {
                Entry::Open { .. } => 0,
                Entry::Data { message, .. } => message,
            };
            let hub = &mut state.hubs[index];
            hub.sent.pop_front();
            hub.told.push_back((message, place));
            next.push(state);
        }
        next
    }

    /// A hub is told where an entry of it is.
    fn hears(&self, index: usize, contiguous: bool) -> Option<Self> {
        let mut state = self.clone();
        let hub = &mut state.hubs[index];
        let (message, place) = hub.told.pop_front()?;
        match hub.role {
            Role::Rests => {}
            Role::Opens { epoch } => {
                // It reads the log through its own opening.
                let fold = Fold::of(&self.log[..usize::from(place)]);
                if (fold.epoch, fold.writer) == (epoch, hub.writer) {
                    hub.role = Role::Leads { epoch, last: fold.last, place };
                } else {
                    state.rests(index);
                }
            }
            Role::Leads { epoch, last, place: before } => {
                if !contiguous || place == before + 1 {
                    hub.role = Role::Leads { epoch, last, place };
                    state.acknowledged.insert(message);
                } else {
                    state.rests(index);
                }
            }
        }
        Some(state)
    }

    /// What is wrong here, if anything is.
    fn wrong(&self) -> Option<String> {
        let fold = Fold::of(&self.log);
        let lost = self.acknowledged.iter().find(|message| !fold.messages.contains(message));
        if let Some(lost) = lost {
            return Some(format!("message {lost} was acknowledged and is not in the log"));
        }
        let once: BTreeSet<&u8> = fold.messages.iter().collect();
        (once.len() != fold.messages.len()).then(|| "a message counts twice".to_owned())
    }
}

/// Searches every state; gives how many there are, or what is wrong in the nearest that is.
fn search(contiguous: bool) -> Result<usize, String> {
    let mut seen = BTreeSet::from([State::first()]);
    let mut open = VecDeque::from([State::first()]);
    while let Some(state) = open.pop_front() {
        if let Some(wrong) = state.wrong() {
            return Err(wrong);
        }
        for next in state.next(contiguous) {
            if seen.insert(next.clone()) {
                open.push_back(next);
            }
        }
    }
    Ok(seen.len())
}

#[test]
fn nothing_that_was_acknowledged_is_lost_in_a_take_over() {
    let states = search(true).expect("the rules hold in every state");
    println!("{states} states");
    assert!(states > 10_000, "the search went somewhere: {states}");
}

#[test]
fn without_contiguity_a_replaced_hub_acknowledges_what_is_lost() {
    let wrong = search(false).expect_err("a replaced hub believes that its record counts");
    assert_eq!(wrong, "message 1 was acknowledged and is not in the log");
}
