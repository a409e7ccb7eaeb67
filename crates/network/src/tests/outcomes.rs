//! Every accepted request has exactly one outcome, and both institutions are told the same one.
//!
//! Random orders of requests, responses, declinations, acknowledgements, session losses, ticks and
//! aborts. What became of a request is read three times: from the records; from what its sender was
//! told; from what its receiver was told and has said itself. The three must agree.

use std::collections::BTreeMap;

use iso::Institution;
use proptest::prelude::*;
use trust::{Lane, RecordKind};

use crate::event::Event;
use crate::lane::{Item, Tiding, Told};
use crate::network::Network;
use crate::real_time::RequestOutcome;
use crate::script::{Line, Stage};

const BANKS: [&str; 3] = ["ALPHDEFF", "BANKFRPP", "CHASUS33"];

#[derive(Clone, Debug)]
enum Step {
    Request { from: usize, to: usize, expires_in_ms: u64 },
    Respond { by: usize, to: usize, which: prop::sample::Index },
    Acknowledge { by: usize, count: u64 },
    Decline { by: usize },
    Abort { receiver: usize, which: prop::sample::Index },
    Open { bank: usize, receives: bool },
    Close { bank: usize },
    Epoch,
    Tick { ms: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let bank = || 0..BANKS.len();
    let which = any::<prop::sample::Index>;
    prop_oneof![
        8 => (bank(), bank(), prop_oneof![Just(0_u64), 1..600_u64])
            .prop_map(|(from, to, expires_in_ms)| Step::Request { from, to, expires_in_ms }),
        8 => (bank(), bank(), which()).prop_map(|(by, to, which)| Step::Respond { by, to, which }),
        4 => (bank(), 1..4_u64).prop_map(|(by, count)| Step::Acknowledge { by, count }),
        3 => bank().prop_map(|by| Step::Decline { by }),
        1 => (bank(), which()).prop_map(|(receiver, which)| Step::Abort { receiver, which }),
        3 => (bank(), prop::bool::weighted(0.8))
            .prop_map(|(bank, receives)| Step::Open { bank, receives }),
        2 => bank().prop_map(|bank| Step::Close { bank }),
        1 => Just(Step::Epoch),
        5 => (0..400_u64).prop_map(|ms| Step::Tick { ms }),
    ]
}

/// A step as a line of a script, with numbers as the machine has them.
fn line(step: &Step, network: &Network, clock: u64, asked: &[u64]) -> String {
    let input = |bank: usize| {
        let terminal = format!("{}A", BANKS[bank]);
        let number = network.input_number(terminal.parse().unwrap()) + 1;
        format!("submit {terminal} {number}")
    };
    let next = |bank: usize| {
        let mut lanes = network.lanes(BANKS[bank].parse().unwrap());
        lanes.find(|at| at.lane == Lane::REAL_TIME).map_or(1, |at| at.acknowledged_through + 1)
    };
    let any_of = |which: &prop::sample::Index| {
        if asked.is_empty() { 0 } else { *which.get(asked) }
    };
    let said = match step {
        Step::Request { from, to, expires_in_ms } => {
            let expires = match expires_in_ms {
                0 => String::new(),
                ms => format!("expires={}", clock + ms * 1_000),
            };
            format!("{} {} service=instant real-time {expires}", input(*from), BANKS[*to])
        }
        Step::Respond { by, to, which } => {
            let request = any_of(which);
            format!("{} {} service=instant answers={request}", input(*by), BANKS[*to])
        }
        Step::Acknowledge { by, count } => {
            let first = next(*by);
            format!("ack {}A real-time {first} {}", BANKS[*by], first + count - 1)
        }
        Step::Decline { by } => {
            format!("decline {}A real-time {} AM04 no", BANKS[*by], next(*by))
        }
        Step::Abort { receiver, which } => {
            format!("abort {} {} a reason", BANKS[*receiver], any_of(which))
        }
        Step::Open { bank, receives } => {
            format!("open {}A {}", BANKS[*bank], if *receives { "receives" } else { "" })
        }
        Step::Close { bank } => format!("close {}A lost", BANKS[*bank]),
        Step::Epoch => "epoch".to_owned(),
        Step::Tick { .. } => "tick".to_owned(),
    };
    format!("@{clock} {said}")
}

/// The record of a sequence.
fn at(journal: &[Event], sequence: u64) -> &Event {
    &journal[usize::try_from(sequence).unwrap()]
}

type Place = (Institution, Lane, u64);

/// Everything that was ever written and ever stood in a lane.
#[derive(Default)]
struct Seen {
    /// Sender and receiver of each request that was accepted.
    asked: BTreeMap<u64, (Institution, Institution)>,
    entries: BTreeMap<Place, Item>,
    outcomes: BTreeMap<u64, RequestOutcome>,
    /// Which request each accepted response answers.
    responses: BTreeMap<u64, u64>,
    /// Which requests a receiver has declined, in time or not.
    declined: Vec<u64>,
}

impl Seen {
    fn end(&mut self, request: u64, outcome: RequestOutcome) {
        let before = self.outcomes.insert(request, outcome);
        assert_eq!(before, None, "request {request} has one outcome, not {outcome:?} too");
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "other records are about no request")]
    fn take(&mut self, sequence: u64, event: &Event, before: &BTreeMap<Place, Item>) {
        match event {
            Event::Accepted(envelope) => match envelope.answers {
                Some(request) => {
                    self.responses.insert(sequence, request);
                    self.end(request, RequestOutcome::Answered);
                }
                None => {
                    let parties = (envelope.sender.institution(), envelope.receiver.institution());
                    self.asked.insert(sequence, parties);
                }
            },
            Event::RequestsEnded { sender, receiver, ended } => {
                for it in ended {
                    assert_eq!(self.asked.get(&it.sequence), Some(&(*sender, *receiver)));
                    self.end(it.sequence, it.outcome);
                }
            }
            Event::Declined { by, lane, output_number } => {
                let place = (by.institution(), *lane, *output_number);
                let Some(Item::Message { sequence }) = before.get(&place) else { panic!() };
                if self.asked.contains_key(sequence) {
                    self.declined.push(*sequence);
                    if !self.outcomes.contains_key(sequence) {
                        self.end(*sequence, RequestOutcome::Declined);
                    }
                }
            }
            Event::Aborted(aborted) if self.asked.contains_key(&aborted.sequence) => {
                self.end(aborted.sequence, RequestOutcome::Aborted);
            }
            _ => {}
        }
    }

    fn look(&mut self, network: &Network) {
        for bank in BANKS {
            let institution: Institution = bank.parse().unwrap();
            for lane in [Lane::SYSTEM, Lane::REAL_TIME] {
                for offer in network.pending(institution, lane, 0) {
                    self.entries.insert((institution, lane, offer.output_number), offer.item);
                }
            }
        }
    }

    /// What a sender was told of each of its requests.
    #[expect(clippy::wildcard_enum_match_arm, reason = "other items tell of no request")]
    fn told_to_sender(&self, us: Institution) -> Vec<(u64, RequestOutcome)> {
        let mine = self.entries.iter().filter(|((who, ..), _)| *who == us);
        mine.filter_map(|(_, item)| match *item {
            Item::Message { sequence } => {
                Some((*self.responses.get(&sequence)?, RequestOutcome::Answered))
            }
            Item::Told(Told { tiding, about: Some(about), .. }) => {
                let outcome = match tiding {
                    Tiding::TimedOut => RequestOutcome::TimedOut,
                    Tiding::ReceiverGone => RequestOutcome::ReceiverGone,
                    Tiding::Withdrawn => RequestOutcome::Withdrawn,
                    Tiding::Declined => RequestOutcome::Declined,
                    Tiding::Aborted => RequestOutcome::Aborted,
                    _ => return None,
                };
                self.asked.contains_key(&about.sequence).then_some((about.sequence, outcome))
            }
            _ => None,
        })
        .collect()
    }

    /// What a receiver was told of each request for it, or holds the record of itself.
    #[expect(clippy::wildcard_enum_match_arm, reason = "other items tell of no request")]
    fn told_to_receiver(&self, us: Institution, journal: &[Event]) -> Vec<(u64, RequestOutcome)> {
        let mut told = Vec::new();
        for ((who, ..), item) in &self.entries {
            match item {
                Item::Told(Told { tiding: Tiding::RequestsEnded, record, .. }) if *who == us => {
                    let Event::RequestsEnded { ended, .. } = at(journal, *record) else { panic!() };
                    let here = ended.iter().filter(|it| it.outcome != RequestOutcome::Withdrawn);
                    told.extend(here.map(|it| (it.sequence, it.outcome)));
                }
                Item::Withdrawn { sequence, record } if *who == us => {
                    let is_tick = matches!(at(journal, *record), Event::RequestsEnded { .. });
                    told.push(match is_tick {
                        true => (*sequence, RequestOutcome::Withdrawn),
                        false => (*sequence, RequestOutcome::Aborted),
                    });
                }
                _ => {}
            }
        }
        let for_us = |request: &u64| self.asked[request].1 == us;
        let responses = self.responses.values().filter(|request| for_us(request));
        told.extend(responses.map(|request| (*request, RequestOutcome::Answered)));
        // What it has declined is declined, unless it is told or knows otherwise.
        let known: Vec<u64> = told.iter().map(|(request, _)| *request).collect();
        let declined = self.declined.iter().filter(|it| for_us(it) && !known.contains(it));
        told.extend(declined.map(|request| (*request, RequestOutcome::Declined)));
        told
    }
}

fn play(steps: &[Step]) {
    let mut stage = Stage::over_days();
    stage.play(
        "
        admit CHASUS33 Chase
        grant CHASUS33A 1 until=400d
        open CHASUS33A receives
        service instant real-time=500
        ",
    );
    let (mut seen, mut clock) = (Seen::default(), 1_000_000);
    let mut journal = Vec::new();
    let ends = (0..8).map(|_| Step::Tick { ms: 1_000 }).collect::<Vec<_>>();
    for step in steps.iter().chain(&ends) {
        clock += if let Step::Tick { ms } = step { ms * 1_000 } else { 1 };
        let asked: Vec<u64> = seen.asked.keys().copied().collect();
        let mut said = line(step, &stage.network, clock, &asked);
        loop {
            let before = seen.entries.clone();
            let _ = stage.step(&Line::new(&said));
            for written in &stage.journal[journal.len()..] {
                let event = Event::decode(written.kind, &written.meta).unwrap();
                assert_ne!(written.kind, RecordKind(49), "nothing else elapses");
                seen.take(written.sequence, &event, &before);
                journal.push(event);
            }
            seen.look(&stage.network);
            // As the hub does: another tick while something is due.
            let due = stage.network.next_deadline().is_some_and(|at| at <= stage.network.now());
            if !matches!(step, Step::Tick { .. }) || !due {
                break;
            }
            said = format!("@{clock} tick");
        }
    }
    assert_eq!(stage.network.open_requests(), 0, "time has ended every request");
    assert!(seen.asked.keys().eq(seen.outcomes.keys()), "every request has an outcome");
    for bank in BANKS {
        let us: Institution = bank.parse().unwrap();
        let outcome = |request: u64| (request, seen.outcomes[&request]);
        let ours = |of: fn(&(Institution, Institution)) -> Institution| -> Vec<_> {
            let ours = seen.asked.iter().filter(|(_, parties)| of(parties) == us);
            ours.map(|(request, _)| outcome(*request)).collect()
        };
        let mut told = seen.told_to_sender(us);
        told.sort_unstable();
        assert_eq!(told, ours(|parties| parties.0), "what {bank} was told of its requests");
        let mut told = seen.told_to_receiver(us, &journal);
        told.sort_unstable();
        assert_eq!(told, ours(|parties| parties.1), "what {bank} was told of requests to it");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 192,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn both_institutions_are_told_the_one_outcome_of_a_request(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        play(&steps);
    }
}
