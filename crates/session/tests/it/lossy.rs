//! Wires that break at any frame, hubs and gateways that crash at any moment: in the end every
//! message is there once, in order, and proven.

use std::collections::{BTreeMap, BTreeSet};

use iso::{Bic, Terminal};
use proptest::prelude::*;
use session::gateway::{Item, Outcome};
use trust::{Header, Monitoring, Priority};

use crate::hub::LANES;
use crate::world::World;

#[derive(Clone, Debug)]
enum Step {
    Send { from: usize, to: usize, urgent: bool, notice: bool },
    BankSends { bank: usize, count: usize },
    HubTakes { bank: usize },
    Commit { bank: usize },
    HubSends { bank: usize, count: usize },
    BankTakes { bank: usize },
    Store { bank: usize },
    Connect { bank: usize },
    Cut { bank: usize },
    CrashBank { bank: usize },
    CrashHub,
}

fn step(banks: usize) -> impl Strategy<Value = Step> {
    let bank = 0..banks;
    prop_oneof![
        8 => (bank.clone(), bank.clone(), any::<bool>(), any::<bool>())
            .prop_map(|(from, to, urgent, notice)| Step::Send { from, to, urgent, notice }),
        8 => (bank.clone(), 1..4_usize)
            .prop_map(|(bank, count)| Step::BankSends { bank, count }),
        8 => bank.clone().prop_map(|bank| Step::HubTakes { bank }),
        8 => bank.clone().prop_map(|bank| Step::Commit { bank }),
        8 => (bank.clone(), 1..4_usize).prop_map(|(bank, count)| Step::HubSends { bank, count }),
        8 => bank.clone().prop_map(|bank| Step::BankTakes { bank }),
        8 => bank.clone().prop_map(|bank| Step::Store { bank }),
        3 => bank.clone().prop_map(|bank| Step::Connect { bank }),
        1 => bank.clone().prop_map(|bank| Step::Cut { bank }),
        1 => bank.prop_map(|bank| Step::CrashBank { bank }),
        1 => Just(Step::CrashHub),
    ]
}

fn play(world: &mut World, steps: &[Step]) {
    let terminals: Vec<Terminal> = world.banks.keys().copied().collect();
    for step in steps {
        match *step {
            Step::Send { from, to, urgent, notice } => {
                let receiver = terminals[to].institution().head_office();
                let priority = if urgent { Priority::Urgent } else { Priority::Normal };
                let monitoring = if notice { Monitoring::Notice } else { Monitoring::None };
                world.bank(terminals[from]).send(receiver, priority, monitoring);
            }
            Step::BankSends { bank, count } => {
                world.bank_sends(terminals[bank], count);
            }
            Step::HubTakes { bank } => {
                world.hub_takes(terminals[bank]);
            }
            Step::Commit { bank } => {
                world.commit(terminals[bank]);
            }
            Step::HubSends { bank, count } => {
                world.hub_sends(terminals[bank], count);
            }
            Step::BankTakes { bank } => {
                world.bank_takes(terminals[bank]);
            }
            Step::Store { bank } => {
                world.bank(terminals[bank]).store_one();
            }
            // Who is connected stays so: a healthy link lives longer than a few steps.
            Step::Connect { bank } if world.bank(terminals[bank]).link.is_some() => {}
            Step::Connect { bank } => world.connect(terminals[bank]),
            Step::Cut { bank } => world.cut(terminals[bank]),
            Step::CrashBank { bank } => world.crash_bank(terminals[bank]),
            Step::CrashHub => world.crash_hub(),
        }
    }
    // The faults end: everything that is on its way arrives.
    terminals.into_iter().for_each(|terminal| world.connect(terminal));
    world.settle();
}

/// Every message answered once, under its number, with a receipt that holds.
fn check_answers(world: &World) {
    for (terminal, bank) in &world.banks {
        assert!(bank.link.as_ref().is_some_and(session::gateway::Link::is_open), "{terminal}");
        assert_eq!(bank.store.answers.len(), bank.store.outbox.len(), "{terminal}");
        let accepted =
            |answer: &session::gateway::Answer| matches!(answer.outcome, Outcome::Accepted { .. });
        assert!(bank.store.answers.iter().all(accepted));
        bank.verify_receipts();
    }
}

/// Every message of every lane is in an inbox of its institution, in order, with the bytes that were
/// sent; every lane is acknowledged to its end. Gives how often each message was stored.
fn check_inboxes(world: &World) -> BTreeMap<(Terminal, u64), usize> {
    let mut seen: BTreeMap<(Terminal, u64), usize> = BTreeMap::new();
    for bank in world.banks.values() {
        for (lane, entries) in &bank.store.inbox {
            assert!(entries.is_sorted_by(|it, next| it.output_number < next.output_number));
            let mut last: BTreeMap<Terminal, u64> = BTreeMap::new();
            for received in entries {
                let Item::Message(message) = &received.item else { continue };
                let (sender, number) = (message.header.sender, message.header.input_number);
                let before = last.insert(sender, number).unwrap_or_default();
                assert!(before < number, "{lane} lane: {sender} {number} after {before}");
                let (_, payload) = &world.banks[&sender].store.outbox[number as usize - 1];
                assert_eq!(payload, &message.payload);
                *seen.entry((sender, number)).or_default() += 1;
            }
        }
    }
    for (terminal, bank) in &world.banks {
        for number in 1..=bank.store.outbox.len() as u64 {
            assert!(seen.contains_key(&(*terminal, number)), "{terminal} {number} is lost");
        }
    }
    for ((institution, lane), queue) in &world.hub.lanes {
        assert_eq!(queue.acknowledged, queue.entries.len() as u64, "{institution} {lane}");
    }
    seen
}

/// How many notices each sender wanted and has.
fn check_notices(world: &World) {
    for (terminal, bank) in &world.banks {
        let wanted = bank.store.outbox.iter().filter(|(header, _)| {
            Header::decode(header).expect("our own header").monitoring.wants_notice()
        });
        let notices = bank.store.inbox.get(&LANES[0]).into_iter().flatten();
        let numbers: Vec<u64> = notices
            .map(|received| match &received.item {
                Item::Notice(notice) => notice.input_number,
                Item::Message(_) | Item::Told(_) | Item::Withdrawn(_) | Item::Copy(_) => {
                    panic!("no notice in the system lane")
                }
            })
            .collect();
        assert_eq!(numbers.len(), wanted.count(), "{terminal}");
        assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len(), "{terminal}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_message_arrives_once_and_in_order(
        steps in proptest::collection::vec(step(3), 1..400),
    ) {
        let mut world = World::new(&["ALPHDEFFA", "BANKFRPPA", "CHASUS33A"]);
        play(&mut world, &steps);
        check_answers(&world);
        let seen = check_inboxes(&world);
        prop_assert!(seen.values().all(|count| *count == 1), "{seen:?}");
        check_notices(&world);
        for bank in world.banks.values() {
            for (lane, entries) in &bank.store.inbox {
                let numbers: Vec<u64> = entries.iter().map(|it| it.output_number).collect();
                let all: Vec<u64> = (1..=numbers.len() as u64).collect();
                prop_assert_eq!(numbers, all, "{} lane has a gap", lane);
            }
        }
    }

    #[test]
    fn two_gateways_of_an_institution_lose_nothing_and_know_what_may_be_double(
        steps in proptest::collection::vec(step(3), 1..400),
    ) {
        let mut world = World::new(&["ALPHDEFFA", "BANKFRPPA", "BANKFRPPB"]);
        world.banks.values_mut().for_each(|bank| bank.shares_lanes = true);
        play(&mut world, &steps);
        check_answers(&world);
        let seen = check_inboxes(&world);
        let marked: BTreeSet<(Terminal, u64)> = world
            .banks
            .values()
            .flat_map(|bank| bank.store.inbox.values().flatten())
            .filter(|received| received.possible_duplicate)
            .filter_map(|received| match &received.item {
                Item::Message(it) => Some((it.header.sender, it.header.input_number)),
                Item::Notice(_) | Item::Told(_) | Item::Withdrawn(_) | Item::Copy(_) => None,
            })
            .collect();
        for (message, count) in seen {
            prop_assert!(count == 1 || marked.contains(&message), "{message:?} came {count} times");
        }
    }
}

#[test]
fn a_window_never_stops_a_link_for_ever() {
    let mut world = World::new(&["ALPHDEFFA", "BANKFRPPA"]);
    let (alpha, bank): (Terminal, Terminal) =
        ("ALPHDEFFA".parse().unwrap(), "BANKFRPPA".parse().unwrap());
    world.bank(bank).window = 3;
    let receiver: Bic = "BANKFRPP".parse().unwrap();
    for _ in 0..200 {
        world.bank(alpha).send(receiver, Priority::Normal, Monitoring::Notice);
    }
    world.connect(alpha);
    world.connect(bank);
    world.settle();
    check_answers(&world);
    check_inboxes(&world);
    check_notices(&world);
}
