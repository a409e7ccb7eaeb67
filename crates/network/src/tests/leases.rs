//! Random scripts of terminals that share the lanes of one institution: nothing is offered to two
//! sessions at once, and what was offered twice is marked.
//!
//! The account plays the part of a hub that offers each session all that its leases allow at once.
//! It follows the machine's answers only, and knows nothing of how leases are given.

use std::collections::{BTreeMap, BTreeSet};

use iso::{Institution, Terminal};
use proptest::prelude::*;
use trust::Lane;

use crate::script::Stage;

const TERMINALS: [&str; 3] = ["BANKFRPPA", "BANKFRPPB", "BANKFRPPC"];
const CLAIMS: [&str; 7] = [
    "receives",
    "receives for=lane4",
    "receives for=lane4 only",
    "receives for=normal,system only",
    "receives for=lane4,lane5",
    "receives for=urgent,lane5 only",
    "",
];
const RULES: [&str; 5] = [
    "lane-rules BANKFRPP",
    "lane-rules BANKFRPP 4/one",
    "lane-rules BANKFRPP 4/one/urgent",
    "lane-rules BANKFRPP 4/one/types=pacs.* 5/two",
    "lane-rules BANKFRPP 5/two/branch=PAR 4/one/-",
];

#[derive(Clone, Debug)]
enum Step {
    Submit { to_branch: bool, urgent: bool, camt: bool },
    Open { terminal: usize, claims: usize },
    Close { terminal: usize },
    Acknowledge { lane: prop::sample::Index, count: u64 },
    Decline { lane: prop::sample::Index },
    Rules(usize),
    Epoch,
}

fn step() -> impl Strategy<Value = Step> {
    let lane = any::<prop::sample::Index>;
    prop_oneof![
        10 => (any::<bool>(), any::<bool>(), any::<bool>())
            .prop_map(|(to_branch, urgent, camt)| Step::Submit { to_branch, urgent, camt }),
        5 => (0..TERMINALS.len(), 0..CLAIMS.len())
            .prop_map(|(terminal, claims)| Step::Open { terminal, claims }),
        2 => (0..TERMINALS.len()).prop_map(|terminal| Step::Close { terminal }),
        8 => (lane(), 1..4_u64).prop_map(|(lane, count)| Step::Acknowledge { lane, count }),
        2 => lane().prop_map(|lane| Step::Decline { lane }),
        3 => (0..RULES.len()).prop_map(Step::Rules),
        1 => Just(Step::Epoch),
    ]
}

/// A session of a terminal.
type Session = (Terminal, u64);

#[derive(Default)]
struct Account {
    sent: u64,
    /// Who was offered each entry, of those that nobody has taken over.
    offered: BTreeMap<(Lane, u64), BTreeSet<Session>>,
    /// The record in each place that was ever seen.
    records: BTreeMap<(Lane, u64), u64>,
}

fn us() -> Institution {
    "BANKFRPP".parse().unwrap()
}

impl Account {
    fn line(&mut self, stage: &Stage, step: &Step) -> Option<String> {
        let network = &stage.network;
        let leased = |lane: &prop::sample::Index| {
            let lanes: Vec<_> =
                network.lanes(us()).filter(|at| network.lease(us(), at.lane).is_some()).collect();
            let at = (!lanes.is_empty()).then(|| lanes[lane.index(lanes.len())])?;
            let lease = network.lease(us(), at.lane)?;
            let end = lease.through.unwrap_or(at.last_output_number);
            let name =
                if at.lane.is_own() { format!("lane{}", at.lane.0) } else { at.lane.to_string() };
            Some((lease.terminal, name, at.acknowledged_through + 1, end))
        };
        Some(match step {
            Step::Submit { to_branch, urgent, camt } => {
                self.sent += 1;
                let branch = if *to_branch { "PAR" } else { "" };
                let urgent = if *urgent { " urgent" } else { "" };
                let kind = if *camt { " type=camt.053.001.08" } else { "" };
                format!("submit ALPHDEFFA {} BANKFRPP{branch}{urgent}{kind}", self.sent)
            }
            Step::Open { terminal, claims } => {
                format!("open {} {}", TERMINALS[*terminal], CLAIMS[*claims])
            }
            Step::Close { terminal } => format!("close {}", TERMINALS[*terminal]),
            Step::Acknowledge { lane, count } => {
                let (terminal, name, first, end) = leased(lane)?;
                let through = (first + count - 1).min(end);
                let unsigned = if name == "system" { " unsigned" } else { "" };
                (through >= first)
                    .then(|| format!("ack {terminal} {name} {first} {through}{unsigned}"))?
            }
            Step::Decline { lane } => {
                let (terminal, name, first, end) = leased(lane)?;
                (first <= end && name != "system")
                    .then(|| format!("decline {terminal} {name} {first} RCV01 no"))?
            }
            Step::Rules(rules) => RULES[*rules].to_owned(),
            Step::Epoch => "epoch".to_owned(),
        })
    }

    /// Offers what can be offered, and looks whether all is well.
    fn look(&mut self, stage: &Stage) {
        let network = &stage.network;
        let is_open = |(terminal, session): &Session| {
            network.session(*terminal).is_some_and(|view| view.session.0 == *session)
        };
        for at in network.lanes(us()) {
            self.offered
                .retain(|(lane, number), _| *lane != at.lane || *number > at.acknowledged_through);
            let lease = network.lease(us(), at.lane);
            let wanted = network.sessions().any(|view| {
                let claims = view.claims;
                view.terminal.institution() == us()
                    && view.receives
                    && (claims.others() || claims.listed().contains(at.lane))
            });
            assert_eq!(wanted, lease.is_some(), "a lane is emptied if anybody wants to");
            let waiting = (at.acknowledged_through + 1..).zip(network.pending(us(), at.lane, 0));
            for (expected, offer) in waiting {
                let number = offer.output_number;
                assert_eq!(number, expected, "the numbers of a lane have no gap");
                let record = offer.item.record();
                let before = self.records.insert((at.lane, number), record);
                assert!(before.is_none_or(|before| before == record), "a number has one record");
                let Some(lease) = lease.filter(|it| it.through.is_none_or(|end| number <= end))
                else {
                    continue;
                };
                let session = (lease.terminal, lease.session.0);
                let offered = self.offered.entry((at.lane, number)).or_default();
                let others: Vec<_> = offered.iter().filter(|other| **other != session).collect();
                assert!(!others.iter().any(|other| is_open(other)), "{number} is with another");
                assert!(others.is_empty() || offer.possible_duplicate, "{number} is marked");
                offered.insert(session);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn nothing_is_with_two_sessions_at_once(steps in prop::collection::vec(step(), 1..80)) {
        let mut stage = Stage::over_days();
        for terminal in TERMINALS.iter().skip(1) {
            stage.play(&format!("grant {terminal} 1 until=400d"));
        }
        let mut account = Account::default();
        account.look(&stage);
        for step in &steps {
            stage.said.clear();
            let Some(line) = account.line(&stage, step) else { continue };
            stage.play(&line);
            let is_close = matches!(step, Step::Close { .. });
            assert!(is_close || !stage.said.contains("NET02") , "{line}: {}", stage.said);
            if matches!(step, Step::Epoch) {
                // The sender's session ended with all others.
                stage.play("open ALPHDEFFA");
            }
            account.look(&stage);
        }
        let records: BTreeSet<_> = account.records.values().collect();
        prop_assert_eq!(records.len(), account.records.len());
    }
}
