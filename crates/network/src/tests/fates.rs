//! Every accepted message has one fate, and its sender hears of each that it did not wish for.
//!
//! Random scripts of two institutions in a service with all its clocks on; numbers are taken from the
//! machine, so most commands are good. What became of messages is read from the records alone, and
//! compared with what the lanes hold and with what senders were told.

use std::collections::BTreeMap;

use iso::Institution;
use proptest::prelude::*;
use trust::{Lane, LogTime, RecordKind};

use crate::commands::tick::Outcome;
use crate::event::Event;
use crate::lane::{About, Item, LANES, Tiding, Told};
use crate::network::Network;
use crate::script::{Line, Stage};

#[derive(Clone, Debug)]
enum Step {
    Submit { from: usize, to: usize, option: usize, urgent: bool, expires_in: u64 },
    Acknowledge { by: usize, lane: usize, count: u64 },
    Decline { by: usize, lane: usize },
    Abort { receiver: usize, which: prop::sample::Index },
    Open { terminal: usize, receives: bool },
    Close { terminal: usize },
    Tick { seconds: u64 },
}

const BANKS: [&str; 2] = ["ALPHDEFF", "BANKFRPP"];

fn step() -> impl Strategy<Value = Step> {
    let bank = || 0..BANKS.len();
    let lane = || 0..LANES.len();
    prop_oneof![
        8 => (bank(), bank(), 0..4_usize, any::<bool>(), 0..90_u64).prop_map(
            |(from, to, option, urgent, expires_in)| {
                Step::Submit { from, to, option, urgent, expires_in }
            }
        ),
        4 => (bank(), lane(), 1..4_u64)
            .prop_map(|(by, lane, count)| Step::Acknowledge { by, lane, count }),
        2 => (bank(), lane()).prop_map(|(by, lane)| Step::Decline { by, lane }),
        2 => (bank(), any::<prop::sample::Index>())
            .prop_map(|(receiver, which)| Step::Abort { receiver, which }),
        3 => (bank(), any::<bool>())
            .prop_map(|(terminal, receives)| Step::Open { terminal, receives }),
        2 => bank().prop_map(|terminal| Step::Close { terminal }),
        5 => (0..40_u64).prop_map(|seconds| Step::Tick { seconds }),
    ]
}

/// A step as a line of a script, with numbers as the machine has them.
fn line(step: &Step, network: &Network, clock: u64) -> String {
    let at = format!("@{clock}");
    match step {
        Step::Submit { from, to, option, urgent, expires_in } => {
            let sender = format!("{}A", BANKS[*from]);
            let number = network.input_number(sender.parse().unwrap()) + 1;
            let option = ["", "warning", "notice", "both"][*option];
            let urgent = if *urgent { "urgent" } else { "" };
            let expires = clock + 1 + expires_in * 1_000_000;
            let flags = format!("{option} {urgent} expires={expires} ref=R{number}");
            format!("{at} submit {sender} {number} {} {flags}", BANKS[*to])
        }
        Step::Acknowledge { by, lane, count } => {
            let first = next(network, BANKS[*by], LANES[*lane]);
            let through = first + count - 1;
            format!("{at} ack {}A {} {first} {through}", BANKS[*by], LANES[*lane])
        }
        Step::Decline { by, lane } => {
            let number = next(network, BANKS[*by], LANES[*lane]);
            format!("{at} decline {}A {} {number} RCV01 unreadable", BANKS[*by], LANES[*lane])
        }
        Step::Abort { receiver, which } => {
            let waiting = network.pending(BANKS[*receiver].parse().unwrap(), Lane::NORMAL, 0);
            let records: Vec<u64> = waiting.map(|offer| offer.item.record()).collect();
            let record = if records.is_empty() { 0 } else { *which.get(&records) };
            format!("{at} abort {} {record} a reason", BANKS[*receiver])
        }
        Step::Open { terminal, receives } => {
            let receives = if *receives { "receives" } else { "" };
            format!("{at} open {}A {receives}", BANKS[*terminal])
        }
        Step::Close { terminal } => format!("{at} close {}A lost", BANKS[*terminal]),
        Step::Tick { .. } => format!("{at} tick"),
    }
}

fn next(network: &Network, bank: &str, lane: Lane) -> u64 {
    let mut lanes = network.lanes(bank.parse().unwrap());
    lanes.find(|at| at.lane == lane).unwrap().acknowledged_through + 1
}

/// What the records say of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Waits,
    Delivered,
    Declined,
    Withdrawn,
    Aborted,
}

/// The fates of all messages, from the records alone.
#[derive(Default)]
struct Fates {
    /// The record that stands at each number of each lane, if it is a message's.
    places: BTreeMap<(Institution, Lane, u64), u64>,
    fates: BTreeMap<u64, Fate>,
}

impl Fates {
    fn set(&mut self, sequence: u64, fate: Fate) {
        let before = self.fates.insert(sequence, fate);
        assert_eq!(before, Some(Fate::Waits), "message {sequence} has one fate, not {fate:?} too");
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "other records end no message")]
    fn take(&mut self, event: &Event, taken: &BTreeMap<u64, (Institution, Lane, u64)>) {
        match event {
            Event::Acknowledged { by, lane, first, through } => {
                for number in *first..=*through {
                    let Some(sequence) = self.places.get(&(by.institution(), *lane, number)) else {
                        continue;
                    };
                    let is_gone =
                        matches!(self.fates.get(sequence), Some(Fate::Withdrawn | Fate::Aborted));
                    if !is_gone {
                        self.set(*sequence, Fate::Delivered);
                    }
                }
            }
            Event::Declined { by, lane, output_number } => {
                let sequence = self.places[&(by.institution(), *lane, *output_number)];
                self.set(sequence, Fate::Declined);
            }
            Event::Elapsed { elapsed, .. } => {
                for it in elapsed.iter().filter(|it| it.outcome == Outcome::Withdrawn) {
                    self.set(it.sequence, Fate::Withdrawn);
                }
            }
            Event::Aborted(aborted) => self.set(aborted.sequence, Fate::Aborted),
            _ => {}
        }
        for (sequence, place) in taken {
            if self.places.insert(*place, *sequence).is_none() {
                self.fates.insert(*sequence, Fate::Waits);
            }
        }
    }
}

/// Everything that a sender was told of its messages.
fn told(network: &Network, bank: &str, seen: &mut BTreeMap<(Institution, u64), Told>) {
    let institution = bank.parse().unwrap();
    for offer in network.pending(institution, Lane::SYSTEM, 0) {
        if let Item::Told(told) = offer.item {
            seen.insert((institution, offer.output_number), told);
        }
    }
}

fn play(steps: &[Step]) {
    let mut stage = Stage::over_days();
    stage.play("service payments warn=10/20 late=15/30 withdraw=60 withdraws-expired");
    let mut clock = 1_000;
    let mut fates = Fates::default();
    let mut said = BTreeMap::new();
    for step in steps {
        clock += if let Step::Tick { seconds } = step { seconds * 1_000_000 } else { 1 };
        let line = line(step, &stage.network, clock);
        let Ok(effects) = stage.step(&Line::new(&line)) else { continue };
        let written = stage.journal.last().unwrap();
        let event = Event::decode(written.kind, &written.meta).unwrap();
        let mut taken = BTreeMap::new();
        for effect in effects {
            if let crate::Effect::Offered { institution, lane, output_number, sequence } = effect {
                taken.insert(sequence, (institution, lane, output_number));
            }
        }
        fates.take(&event, &taken);
        BANKS.iter().for_each(|bank| told(&stage.network, bank, &mut said));
        if event.kind() == RecordKind(48) {
            let next = stage.network.next_deadline();
            assert!(next.is_none_or(|at| at > LogTime(clock)), "nothing due is left: {line}");
        }
    }
    compare(&stage.network, &fates, &said);
}

/// Compares the fates with the lanes and with what senders were told.
fn compare(network: &Network, fates: &Fates, said: &BTreeMap<(Institution, u64), Told>) {
    for ((institution, lane, number), sequence) in &fates.places {
        let mut waiting = network.pending(*institution, *lane, number - 1);
        let found = waiting.next().filter(|offer| offer.output_number == *number);
        let item = found.map(|offer| offer.item);
        match fates.fates[sequence] {
            Fate::Waits => assert_eq!(item, Some(Item::Message { sequence: *sequence })),
            Fate::Delivered | Fate::Declined => assert_eq!(item, None),
            Fate::Withdrawn | Fate::Aborted => {
                assert!(item.is_none_or(|it| is_withdrawal(it, *sequence)), "{item:?}");
            }
        }
    }
    for (sequence, fate) in &fates.fates {
        let is_it = |told: &&Told| told.about.is_some_and(|it: About| it.sequence == *sequence);
        let tidings: Vec<Tiding> = said.values().filter(is_it).map(|told| told.tiding).collect();
        let count = |tiding| tidings.iter().filter(|it| **it == tiding).count();
        assert_eq!(count(Tiding::Declined), usize::from(*fate == Fate::Declined));
        assert_eq!(count(Tiding::Withdrawn), usize::from(*fate == Fate::Withdrawn));
        assert_eq!(count(Tiding::Aborted), usize::from(*fate == Fate::Aborted));
        assert!(count(Tiding::Undelivered) <= 1 && count(Tiding::Overdue) <= 1);
    }
}

fn is_withdrawal(item: Item, of: u64) -> bool {
    matches!(item, Item::Withdrawn { sequence, .. } if sequence == of)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_accepted_message_has_one_fate_and_its_sender_knows(
        steps in prop::collection::vec(step(), 1..100),
    ) {
        play(&steps);
    }
}
