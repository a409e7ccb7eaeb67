//! Random scripts of several institutions, against a second, plain account of what must come of them.
//!
//! The account keeps everything for ever in vectors and looks at nothing of the machine's state. It
//! foretells for each command whether it is done, refused or rejected and with which codes; after
//! each command the machine's answers to all questions are compared with the account.

use std::collections::BTreeMap;

use iso::{Institution, Terminal};
use proptest::prelude::*;
use trust::{Digest, Lane, Refused};

use crate::effect::Effect;
use crate::event::Event;
use crate::lane::{Item, LANES, Notice};
use crate::network::Network;
use crate::script::{Line, Stage, Written};

const INSTITUTIONS: [&str; 4] = ["ALPHDEFF", "BANKFRPP", "CHASUS33", "DEUTDEFF"];
const TERMINALS: [&str; 5] = ["ALPHDEFFA", "ALPHDEFFB", "BANKFRPPA", "CHASUS33A", "DEUTDEFFA"];

/// One command; numbers are relative to what is right at that moment, so that most are.
#[derive(Clone, Debug)]
enum Step {
    Submit { from: usize, to: usize, urgent: bool, notice: bool, skew: Skew },
    Refuse { from: usize, skew: Skew },
    Acknowledge { by: usize, lane: usize, count: u64, skew: Skew },
    Open { terminal: usize, receives: bool, quarters: usize, ahead: bool },
    Close { terminal: usize, skew: Skew },
    Admit { institution: usize },
    Suspend { institution: usize },
    Grant { terminal: usize },
    Reinstate { institution: usize },
    Tick,
    Epoch,
}

/// How far a command's numbers are off.
#[derive(Clone, Copy, Debug)]
struct Skew {
    number: i64,
    session: i64,
}

fn skew() -> impl Strategy<Value = Skew> {
    let off = || prop_oneof![30 => Just(0_i64), 1 => Just(-1), 1 => Just(1)];
    (off(), off()).prop_map(|(number, session)| Skew { number, session })
}

fn step() -> impl Strategy<Value = Step> {
    let terminal = || 0..TERMINALS.len();
    let institution = || 0..INSTITUTIONS.len();
    prop_oneof![
        12 => (terminal(), institution(), any::<bool>(), any::<bool>(), skew()).prop_map(
            |(from, to, urgent, notice, skew)| Step::Submit { from, to, urgent, notice, skew }
        ),
        2 => (terminal(), skew()).prop_map(|(from, skew)| Step::Refuse { from, skew }),
        10 => (terminal(), 0..LANES.len(), 0..5_u64, skew())
            .prop_map(|(by, lane, count, skew)| Step::Acknowledge { by, lane, count, skew }),
        6 => (terminal(), any::<bool>(), 0..=4_usize, prop::bool::weighted(0.05)).prop_map(
            |(terminal, receives, quarters, ahead)| Step::Open { terminal, receives, quarters, ahead }
        ),
        2 => (terminal(), skew()).prop_map(|(terminal, skew)| Step::Close { terminal, skew }),
        1 => institution().prop_map(|institution| Step::Admit { institution }),
        1 => institution().prop_map(|institution| Step::Suspend { institution }),
        2 => terminal().prop_map(|terminal| Step::Grant { terminal }),
        2 => institution().prop_map(|institution| Step::Reinstate { institution }),
        1 => Just(Step::Tick),
        1 => Just(Step::Epoch),
    ]
}

/// What must come of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Done,
    Refused(Vec<&'static str>),
    Rejected(&'static str),
}

/// Everything that ever happened.
#[derive(Clone, Default)]
struct Account {
    /// Whether each member is suspended.
    members: BTreeMap<Institution, bool>,
    terminals: BTreeMap<Terminal, TerminalAccount>,
    lanes: BTreeMap<(Institution, Lane), LaneAccount>,
    /// Whose session empties the lanes of each institution.
    holders: BTreeMap<Institution, (Terminal, u64)>,
    records: u64,
}

#[derive(Clone, Default)]
struct TerminalAccount {
    sessions: u64,
    /// The record that opened the open session, and whether it receives.
    open: Option<(u64, bool)>,
    has_key: bool,
    /// The record of the answer to each input number, and whether it says accepted.
    answers: Vec<(u64, bool)>,
    confirmed: usize,
}

#[derive(Clone, Default)]
struct LaneAccount {
    /// Every entry that ever entered, with the sender's wish for a notice.
    entries: Vec<LaneEntry>,
    acknowledged: usize,
}

#[derive(Clone)]
struct LaneEntry {
    item: Item,
    sender: Terminal,
    input_number: u64,
    notice: bool,
    possible_duplicate: bool,
}

impl Account {
    /// The account of [`Stage::with_members`].
    fn with_members() -> Self {
        let mut account = Self::default();
        for institution in ["ALPHDEFF", "BANKFRPP"] {
            account.members.insert(institution.parse().unwrap(), false);
        }
        for (terminal, record) in [("ALPHDEFFA", 5), ("BANKFRPPA", 6)] {
            let state = TerminalAccount {
                sessions: 1,
                open: Some((record, true)),
                has_key: true,
                ..Default::default()
            };
            let terminal: Terminal = terminal.parse().unwrap();
            account.terminals.insert(terminal, state);
            account.holders.insert(terminal.institution(), (terminal, 1));
        }
        account.records = 7;
        account
    }

    fn terminal(&self, terminal: Terminal) -> TerminalAccount {
        self.terminals.get(&terminal).cloned().unwrap_or_default()
    }

    fn lane(&mut self, institution: Institution, lane: Lane) -> &mut LaneAccount {
        self.lanes.entry((institution, lane)).or_default()
    }

    fn is_suspended(&self, institution: Institution) -> bool {
        self.members.get(&institution) == Some(&true)
    }

    fn holder(&self, institution: Institution) -> Option<(Terminal, u64)> {
        self.holders.get(&institution).copied()
    }

    /// Changes sessions of an institution; whoever held its lanes and no longer does may have
    /// offered all that waits. They go to the next session of the same terminal, or to the one that
    /// opened first.
    fn change(&mut self, institution: Institution, change: impl FnOnce(&mut Self)) {
        let before = self.holder(institution);
        change(self);
        let mine =
            self.terminals.iter().filter(|(terminal, _)| terminal.institution() == institution);
        let receiving = mine.filter_map(|(terminal, state)| match state.open {
            Some((record, true)) => Some((record, *terminal, state.sessions)),
            _ => None,
        });
        let again = receiving.clone().find(|(_, it, _)| before.is_some_and(|(was, _)| was == *it));
        let next = again.or_else(|| receiving.min());
        match next {
            Some((_, terminal, session)) => self.holders.insert(institution, (terminal, session)),
            None => self.holders.remove(&institution),
        };
        if before.is_some() && self.holder(institution) != before {
            for lane in LANES {
                let entries = &mut self.lane(institution, lane).entries;
                entries.iter_mut().for_each(|entry| entry.possible_duplicate = true);
            }
        }
    }

    fn reject_session(&self, terminal: Terminal, session: u64) -> Option<Verdict> {
        let state = self.terminal(terminal);
        match state.open {
            None => Some(Verdict::Rejected("NET020")),
            Some(_) if state.sessions != session => Some(Verdict::Rejected("NET021")),
            Some(_) => None,
        }
    }

    fn answer(&mut self, terminal: Terminal, accepted: bool) {
        let record = self.records;
        let state = self.terminals.entry(terminal).or_default();
        state.answers.push((record, accepted));
    }

    /// Writes a step as a line of a script with what must come of it, and keeps account of it.
    fn play(&mut self, step: &Step) -> (String, Verdict) {
        let (line, verdict) = match *step {
            Step::Submit { from, to, urgent, notice, skew } => {
                self.submit(from, to, (urgent, notice), skew)
            }
            Step::Refuse { from, skew } => self.refuse(from, skew),
            Step::Acknowledge { by, lane, count, skew } => self.acknowledge(by, lane, count, skew),
            Step::Open { terminal, receives, quarters, ahead } => {
                self.open(terminal, receives, quarters, ahead)
            }
            Step::Close { terminal, skew } => self.close(terminal, skew),
            Step::Admit { institution } => {
                let name = INSTITUTIONS[institution];
                let known = self.members.contains_key(&name.parse().unwrap());
                self.members.entry(name.parse().unwrap()).or_insert(false);
                let verdict = if known { Verdict::Rejected("NET040") } else { Verdict::Done };
                (format!("admit {name} A Bank"), verdict)
            }
            Step::Suspend { institution } => self.set_suspended(institution, true),
            Step::Reinstate { institution } => self.set_suspended(institution, false),
            Step::Grant { terminal } => self.grant(TERMINALS[terminal].parse().unwrap()),
            Step::Tick => ("tick".to_owned(), Verdict::Done),
            Step::Epoch => {
                for institution in self.members.keys().copied().collect::<Vec<_>>() {
                    self.change(institution, |account| {
                        let all = account.terminals.iter_mut();
                        let mine =
                            all.filter(|(terminal, _)| terminal.institution() == institution);
                        mine.for_each(|(_, state)| state.open = None);
                    });
                }
                ("epoch".to_owned(), Verdict::Done)
            }
        };
        if !matches!(verdict, Verdict::Rejected(_)) {
            self.records += 1;
        }
        (line, verdict)
    }

    fn submit(
        &mut self,
        from: usize,
        to: usize,
        (urgent, notice): (bool, bool),
        skew: Skew,
    ) -> (String, Verdict) {
        let sender: Terminal = TERMINALS[from].parse().unwrap();
        let receiver: Institution = INSTITUTIONS[to].parse().unwrap();
        let state = self.terminal(sender);
        let number = off(state.answers.len() as u64 + 1, skew.number);
        let session = off(state.sessions, skew.session);
        let flags = [(urgent, " urgent"), (notice, " notice")];
        let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| *flag).collect();
        let line = format!("submit {sender} {number} {receiver} session={session}{flags}");
        if let Some(verdict) = self.reject_session(sender, session) {
            return (line, verdict);
        }
        if number != state.answers.len() as u64 + 1 {
            return (line, Verdict::Rejected("NET022"));
        }
        let codes = [
            (!state.has_key, "NET008"),
            (self.is_suspended(sender.institution()), "NET003"),
            (!self.members.contains_key(&receiver), "NET001"),
            (self.is_suspended(receiver), "NET002"),
        ];
        let codes: Vec<_> = codes.iter().filter(|(no, _)| *no).map(|(_, code)| *code).collect();
        self.answer(sender, codes.is_empty());
        if !codes.is_empty() {
            return (line, Verdict::Refused(codes));
        }
        let lane = if urgent { Lane::URGENT } else { Lane::NORMAL };
        let item = Item::Message { sequence: self.records };
        self.lane(receiver, lane).entries.push(LaneEntry {
            item,
            sender,
            input_number: number,
            notice,
            possible_duplicate: false,
        });
        (line, Verdict::Done)
    }

    fn refuse(&mut self, from: usize, skew: Skew) -> (String, Verdict) {
        let terminal: Terminal = TERMINALS[from].parse().unwrap();
        let state = self.terminal(terminal);
        let number = off(state.answers.len() as u64 + 1, skew.number);
        let session = off(state.sessions, skew.session);
        let line = format!("refuse {terminal} {number} session={session}");
        if let Some(verdict) = self.reject_session(terminal, session) {
            return (line, verdict);
        }
        if number != state.answers.len() as u64 + 1 {
            return (line, Verdict::Rejected("NET022"));
        }
        self.answer(terminal, false);
        (line, Verdict::Refused(vec!["MX017"]))
    }

    fn acknowledge(&mut self, by: usize, lane: usize, count: u64, skew: Skew) -> (String, Verdict) {
        let terminal: Terminal = TERMINALS[by].parse().unwrap();
        let institution = terminal.institution();
        let lane = LANES[lane];
        let record = self.records;
        let TerminalAccount { sessions, has_key, .. } = self.terminal(terminal);
        let session = off(sessions, skew.session);
        let holder = self.holder(institution);
        let rejected = self.reject_session(terminal, session);
        let queue = self.lane(institution, lane);
        let (done, last) = (queue.acknowledged as u64, queue.entries.len() as u64);
        let first = off(done + 1, skew.number);
        let through = (first + count).saturating_sub(1);
        let line = format!("ack {terminal} {lane} {first} {through} session={session}");
        if let Some(verdict) = rejected {
            return (line, verdict);
        }
        let codes = [
            (holder != Some((terminal, session)), "NET027"),
            (first == 0 || through < first, "NET031"),
            (through <= done, "NET028"),
            (first != done + 1, "NET029"),
            (through > last, "NET030"),
            (lane != Lane::SYSTEM && !has_key, "NET032"),
        ];
        if let Some((_, code)) = codes.iter().find(|(no, _)| *no) {
            return (line, Verdict::Rejected(code));
        }
        let end = usize::try_from(through).unwrap();
        let taken = queue.entries[queue.acknowledged..end].to_vec();
        queue.acknowledged = end;
        for (index, entry) in (0..).zip(taken) {
            let (Item::Message { sequence }, true) = (entry.item, entry.notice) else { continue };
            let LaneEntry { sender, input_number, .. } = entry;
            let notice = Notice { sender, input_number, sequence, acknowledged_in: record, index };
            self.lane(sender.institution(), Lane::SYSTEM).entries.push(LaneEntry {
                item: Item::Delivered(notice),
                notice: false,
                possible_duplicate: false,
                ..entry
            });
        }
        (line, Verdict::Done)
    }

    fn open(
        &mut self,
        terminal: usize,
        receives: bool,
        quarters: usize,
        ahead: bool,
    ) -> (String, Verdict) {
        let terminal: Terminal = TERMINALS[terminal].parse().unwrap();
        let institution = terminal.institution();
        let last = self.terminal(terminal).answers.len();
        let answered = last * quarters / 4;
        let normal = self.lane(institution, Lane::NORMAL).entries.len() + usize::from(ahead);
        let receiving = if receives { " receives" } else { "" };
        let line = format!("open {terminal} answered={answered} normal={normal}{receiving}");
        if !self.members.contains_key(&institution) {
            return (line, Verdict::Rejected("NET023"));
        }
        if ahead {
            return (line, Verdict::Rejected("NET025"));
        }
        let record = self.records;
        self.change(institution, |account| {
            let state = account.terminals.entry(terminal).or_default();
            state.sessions += 1;
            state.open = Some((record, receives));
            state.confirmed = state.confirmed.max(answered);
        });
        (line, Verdict::Done)
    }

    fn close(&mut self, terminal: usize, skew: Skew) -> (String, Verdict) {
        let terminal: Terminal = TERMINALS[terminal].parse().unwrap();
        let session = off(self.terminal(terminal).sessions, skew.session);
        let line = format!("close {terminal} session={session}");
        if let Some(verdict) = self.reject_session(terminal, session) {
            return (line, verdict);
        }
        self.change(terminal.institution(), |account| {
            account.terminals.entry(terminal).or_default().open = None;
        });
        (line, Verdict::Done)
    }

    fn grant(&mut self, holder: Terminal) -> (String, Verdict) {
        let line = format!("grant {holder} 1");
        if !self.members.contains_key(&holder.institution()) {
            return (line, Verdict::Rejected("NET041"));
        }
        let state = self.terminals.entry(holder).or_default();
        let verdict = if state.has_key { Verdict::Rejected("NET045") } else { Verdict::Done };
        state.has_key = true;
        (line, verdict)
    }

    fn set_suspended(&mut self, institution: usize, wanted: bool) -> (String, Verdict) {
        let name = INSTITUTIONS[institution];
        let line =
            if wanted { format!("suspend {name} a reason") } else { format!("reinstate {name}") };
        let verdict = match self.members.get_mut(&name.parse().unwrap()) {
            None => Verdict::Rejected("NET041"),
            Some(suspended) if *suspended == wanted => {
                Verdict::Rejected(if wanted { "NET042" } else { "NET043" })
            }
            Some(suspended) => {
                *suspended = wanted;
                Verdict::Done
            }
        };
        (line, verdict)
    }

    /// Compares all that the machine tells with the account.
    fn compare(&self, network: &Network) {
        for name in INSTITUTIONS {
            let institution = name.parse().unwrap();
            for lane in LANES {
                let lease = network.lease(institution, lane);
                let holder = lease.map(|lease| (lease.terminal, lease.session.0));
                assert_eq!(holder, self.holder(institution), "who empties the lanes of {name}");
                let empty = LaneAccount::default();
                let queue = self.lanes.get(&(institution, lane)).unwrap_or(&empty);
                let numbered = (1_u64..).zip(&queue.entries).skip(queue.acknowledged);
                let want =
                    numbered.map(|(number, entry)| (number, entry.item, entry.possible_duplicate));
                let got = network.pending(institution, lane, 0);
                let got =
                    got.map(|offer| (offer.output_number, offer.item, offer.possible_duplicate));
                assert!(got.eq(want), "what waits for {name} in the {lane} lane");
            }
        }
        for name in TERMINALS {
            let terminal = name.parse().unwrap();
            let state = self.terminal(terminal);
            assert_eq!(network.input_number(terminal), state.answers.len() as u64);
            let open = network.session(terminal).map(|view| (view.session.0, view.receives));
            assert_eq!(open, state.open.map(|(_, receives)| (state.sessions, receives)));
            let runs = network.answers(terminal, 0, u64::MAX).flat_map(|run| {
                (0..run.count).map(move |n| {
                    (run.first_input_number + n, (run.first_sequence + n, run.accepted))
                })
            });
            let want = (1..).zip(state.answers.iter().copied()).skip(state.confirmed);
            assert!(runs.eq(want), "the answers of {name}");
        }
    }
}

fn off(number: u64, by: i64) -> u64 {
    number.saturating_add_signed(by)
}

/// Applies records as after a restart: from what the journal holds, with effects that nobody takes.
fn replay(network: &mut Network, journal: &[Written]) {
    for Written { at, sequence, kind, meta } in journal {
        let event = Event::decode(*kind, meta).unwrap();
        network.apply(*at, *sequence, &event, &mut Vec::new());
    }
}

/// Checks that a refusal changed the terminal's number and answers, the time and the sequence, and
/// nothing else.
fn only_the_number_is_used_up(before: &Network, after: &Network, terminal: Terminal) {
    let mut undone = after.clone();
    let was = before.members.get(&terminal.institution()).unwrap();
    let was = was.terminals.get(&terminal).unwrap().clone();
    let state = undone.member_mut(terminal.institution()).terminals.get_mut(&terminal).unwrap();
    assert_eq!(state.input_number, was.input_number + 1);
    state.input_number = was.input_number;
    state.answers = was.answers;
    let member = undone.member_mut(terminal.institution());
    member.daily = before.members.get(&terminal.institution()).unwrap().daily;
    undone.now = before.now;
    undone.sequence = before.sequence;
    assert_eq!(&undone, before);
}

/// Each record that is offered is offered once, under the next number of one lane.
#[derive(Default)]
struct Offers {
    last: BTreeMap<(Institution, Lane), u64>,
    by_record: BTreeMap<u64, (Institution, Lane, u64)>,
}

impl Offers {
    fn take(&mut self, effects: &[Effect]) {
        for effect in effects {
            let (institution, lane, number) = match *effect {
                Effect::Offered { institution, lane, output_number, sequence } => {
                    let place = (institution, lane, output_number);
                    assert_eq!(self.by_record.insert(sequence, place), None, "offered twice");
                    place
                }
                Effect::Noticed { institution, output_number } => {
                    (institution, Lane::SYSTEM, output_number)
                }
                Effect::SessionOpened { .. }
                | Effect::SessionClosed { .. }
                | Effect::LanesHeld { .. }
                | Effect::Answered { .. }
                | Effect::Acknowledged { .. }
                | Effect::StatusChanged { .. }
                | Effect::Described { .. }
                | Effect::ReportDue { .. }
                | Effect::CalendarChanged { .. }
                | Effect::ServiceChanged { .. }
                | Effect::KeyGranted { .. } => continue,
            };
            let last = self.last.entry((institution, lane)).or_default();
            assert_eq!(number, *last + 1, "output numbers have no gap");
            *last = number;
        }
    }
}

fn run(steps: &[Step]) -> (Stage, Vec<Digest>) {
    let mut stage = Stage::with_members();
    let mut account = Account::with_members();
    let mut offers = Offers::default();
    let mut hashes = Vec::new();
    for step in steps {
        let (line, want) = account.play(step);
        let before = stage.network.clone();
        let got = stage.step(&Line::new(&line));
        let verdict = match &got {
            Err(rejection) => Verdict::Rejected(rejection.code()),
            Ok(effects) => match effects.first() {
                Some(Effect::Answered { accepted: false, .. }) => {
                    let refused = Refused::decode(&stage.journal.last().unwrap().meta).unwrap();
                    only_the_number_is_used_up(&before, &stage.network, refused.terminal);
                    let codes = refused.reasons.iter().map(|reason| reason.code().to_string());
                    let Verdict::Refused(want) = &want else { panic!("{line} is refused") };
                    assert!(codes.eq(want.iter().copied()), "the reasons for: {line}");
                    Verdict::Refused(want.clone())
                }
                _ => Verdict::Done,
            },
        };
        assert_eq!(verdict, want, "{line}");
        if got.is_err() {
            assert_eq!(stage.network, before, "a rejection leaves the state equal: {line}");
        }
        offers.take(got.as_deref().unwrap_or_default());
        account.compare(&stage.network);
        hashes.push(stage.network.hash());
    }
    let accepted = stage.journal.iter().filter(|record| record.kind == trust::RecordKind::ACCEPTED);
    let accepted: Vec<u64> = accepted.map(|record| record.sequence).collect();
    assert!(offers.by_record.keys().eq(&accepted), "what is accepted is offered");
    (stage, hashes)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_machine_agrees_with_a_plain_account(steps in prop::collection::vec(step(), 1..120)) {
        run(&steps);
    }

    #[test]
    fn the_same_records_give_the_same_state(
        steps in prop::collection::vec(step(), 1..80),
        cut in any::<prop::sample::Index>(),
    ) {
        let (stage, hashes) = run(&steps);
        let (again, same) = run(&steps);
        prop_assert_eq!(&hashes, &same);

        let mut replayed = Network::new(stage.network.name(), stage.network.shard());
        replay(&mut replayed, &stage.journal);
        prop_assert_eq!(replayed.hash(), stage.network.hash());
        prop_assert_eq!(&replayed, &again.network);

        let (head, tail) = stage.journal.split_at(cut.index(stage.journal.len()));
        let mut restored = Network::new(stage.network.name(), stage.network.shard());
        replay(&mut restored, head);
        let mut restored = Network::decode(&restored.encode()).unwrap();
        replay(&mut restored, tail);
        prop_assert_eq!(restored.hash(), stage.network.hash());
    }

    #[test]
    fn a_damaged_snapshot_is_refused_or_has_one_encoding(
        steps in prop::collection::vec(step(), 1..40),
        at in any::<prop::sample::Index>(),
        value in any::<u8>(),
    ) {
        let (stage, _) = run(&steps);
        let mut bytes = stage.network.encode();
        let place = at.index(bytes.len());
        bytes[place] = value;
        if let Ok(network) = Network::decode(&bytes) {
            prop_assert_eq!(&network.encode(), &bytes);
        }
        bytes.truncate(place);
        prop_assert!(Network::decode(&bytes).is_err());
    }
}
