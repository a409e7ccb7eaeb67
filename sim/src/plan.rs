//! What happens in a run from outside: messages and faults, each at its time.
//!
//! A plan is made from a seed, and is a text that can be kept, cut down and played again. What
//! happens inside of the run (how long a frame takes, which of two tasks is first) comes from the
//! seed that the plan carries.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use journal::faults::Random;

/// A second, in the microseconds in which a run counts its time.
pub(crate) const SECOND: u64 = 1_000_000;

/// A run, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What everything that is left to chance is drawn from.
    pub seed: u64,
    /// How many gateways there are.
    pub banks: usize,
    /// Whether the last of them is a second terminal of the first one's institution.
    pub shared: bool,
    /// Whether the network has services: for requests in real time, and with hours.
    pub services: bool,
    /// Whether it has services that copy their messages to an institution, and hold them for its
    /// decision.
    pub copies: bool,
    /// Whether messages end otherwise than by delivery: withdrawn after a time, aborted by the
    /// operator, declined by who gets them.
    pub fates: bool,
    /// What happens, by rising time.
    pub steps: Vec<Step>,
}

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When, in microseconds from the start.
    pub at: u64,
    /// What.
    pub kind: Kind,
    /// To which gateway; of no meaning where it happens to the hub.
    pub who: usize,
    /// How much, how long or to whom: see [`Kind`].
    pub amount: u64,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal,)*) => {
        /// What can happen. Times are in microseconds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// Its name in a plan.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }
        }
    };
}

kinds! {
    /// A back office hands in a message for gateway `amount`; for nobody, if there is none.
    Post "post",
    /// The same with urgent priority.
    PostUrgent "post-urgent",
    /// The same in a service that opens a minute after the run began, and holds what comes before.
    PostHeld "post-held",
    /// The same in a service that holds it until a third institution has decided.
    PostCopied "post-copied",
    /// The same in a service that shows it to a third institution.
    PostShown "post-shown",
    /// The same in a service that withdraws it after some seconds, if nobody can have it.
    PostShort "post-short",
    /// The operator aborts a message of the gateway's institution that was not delivered; `amount`
    /// says which.
    Abort "abort",
    /// The operator closes the gateway's session.
    Close "close",
    /// A back office asks gateway `amount` something in real time.
    Request "request",
    /// The hub's process is killed; what it had written stays in memory.
    HubKill "hub-kill",
    /// The hub's power goes, and comes back.
    HubPower "hub-power",
    /// The hub's power goes after `amount` more writes and syncs.
    HubPowerAfter "hub-power-after",
    /// A sync of the hub fails after `amount` more, once, with an input/output error.
    HubSyncFails "hub-sync-fails",
    /// The hub's disk is full for so long.
    HubFull "hub-full",
    /// The hub's process is killed, and a bit of its journal has changed when it starts again.
    HubRot "hub-rot",
    /// Each sync of the hub takes so long.
    HubSlow "hub-slow",
    /// The hub's clock goes wrong; `amount` says how: see [`crate::clock::SimClock::spoil`].
    HubClock "hub-clock",
    /// The hub's process stands still for so long.
    HubPause "hub-pause",
    /// The gateway's institution is suspended for so long.
    Suspend "suspend",
    /// The gateway's process is killed; what it had written stays in memory.
    Kill "kill",
    /// The gateway's power goes, and comes back.
    Power "power",
    /// The gateway's power goes after `amount` more writes and syncs.
    PowerAfter "power-after",
    /// A sync of the gateway fails after `amount` more, once, with an input/output error.
    SyncFails "sync-fails",
    /// The gateway's disk is full for so long.
    Full "full",
    /// Each sync of the gateway takes so long.
    Slow "slow",
    /// The gateway's clock goes wrong, as the hub's.
    Clock "clock",
    /// The gateway's process stands still for so long.
    Pause "pause",
    /// The gateway takes one frame in so long.
    SlowReader "slow-reader",
    /// The connection breaks: some of what is on its way still arrives, both ends notice soon.
    Cut "cut",
    /// The connection breaks, one end notices, and the other only after so long.
    HalfOpen "half-open",
    /// The gateway sends something that it must not; `amount` says what: see `abuse.rs`.
    Abuse "abuse",
}

impl Kind {
    /// Whether it is a fault, and not a message.
    #[must_use]
    pub fn is_fault(self) -> bool {
        !matches!(
            self,
            Self::Post
                | Self::PostUrgent
                | Self::PostHeld
                | Self::PostCopied
                | Self::PostShown
                | Self::PostShort
                | Self::Abort
                | Self::Close
                | Self::Request
        )
    }

    /// An amount that makes sense for it.
    fn amount(self, random: &mut Random, banks: usize) -> u64 {
        let below = |random: &mut Random, end: u64| random.number() % end;
        match self {
            // One in twenty is for nobody.
            Self::Post | Self::PostUrgent if random.one_in(20) => 99,
            Self::Post
            | Self::PostUrgent
            | Self::PostHeld
            | Self::PostCopied
            | Self::PostShown
            | Self::PostShort
            | Self::Request => random.below(banks) as u64,
            Self::HubPowerAfter => below(random, 40),
            Self::PowerAfter => below(random, 120),
            Self::HubSyncFails | Self::SyncFails => below(random, 4),
            Self::HubSlow | Self::Slow => 1_000 << below(random, 13),
            Self::HubFull | Self::Full | Self::HubPause | Self::Pause => {
                10_000 + below(random, 5 * SECOND)
            }
            Self::Suspend => below(random, 4 * SECOND),
            Self::HalfOpen => below(random, 20 * SECOND),
            Self::SlowReader => 1_000 << below(random, 12),
            Self::Abort | Self::HubRot | Self::HubClock | Self::Clock | Self::Abuse => {
                random.number() >> 16
            }
            Self::HubKill | Self::HubPower | Self::Kill | Self::Power | Self::Cut | Self::Close => {
                0
            }
        }
    }
}

impl Plan {
    /// A plan of a plain network in which nothing happens.
    #[must_use]
    pub fn bare(seed: u64, banks: usize) -> Self {
        let (services, copies, fates) = (false, false, false);
        Self { seed, banks, shared: false, services, copies, fates, steps: Vec::new() }
    }

    /// The plan of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut random = Random(seed ^ 0x6e75_6e63_696f);
        let banks = 2 + random.below(3);
        let shared = banks > 2 && random.one_in(4);
        let span = (2 + random.below(10)) as u64 * SECOND;
        let messages = 4 + random.below(30);
        // Some runs have no faults at all, and some many.
        let faults = random.below(10) * random.below(3);
        let mut steps = Vec::with_capacity(messages + faults);
        let step = |random: &mut Random, kind: Kind| Step {
            at: random.number() % span,
            kind,
            who: random.below(banks),
            amount: kind.amount(random, banks),
        };
        for _ in 0..messages {
            let kind = if random.one_in(4) { Kind::PostUrgent } else { Kind::Post };
            steps.push(step(&mut random, kind));
        }
        let all: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| kind.is_fault()).collect();
        // Few kinds at a time find more than a bit of everything.
        let mut some = Vec::new();
        for _ in 0..=random.below(5) {
            some.extend(all.get(random.below(all.len())).copied());
        }
        for _ in 0..faults {
            if let Some(kind) = some.get(random.below(some.len())) {
                steps.push(step(&mut random, *kind));
            }
        }
        steps.sort_by_key(|step| step.at);
        let mut plan = Self { shared, steps, ..Self::bare(seed, banks) };
        plan.add_services();
        plan.add_copies();
        plan.add_fates();
        plan
    }

    /// One run in three has services, and some of its messages are of them. This is drawn apart, so
    /// that all other runs stay what they were.
    fn add_services(&mut self) {
        let mut random = Random(self.seed ^ 0x7365_7276_6963_6573);
        self.services = random.one_in(3);
        if !self.services {
            return;
        }
        for step in self.steps.iter_mut().filter(|step| !step.kind.is_fault()) {
            match random.below(5) {
                0 => step.kind = Kind::PostHeld,
                1 | 2 => step.kind = Kind::Request,
                _ => {}
            }
        }
    }

    /// One run in four that has somebody for it has copies. This is drawn apart, too.
    fn add_copies(&mut self) {
        let mut random = Random(self.seed ^ 0x636f_7069_6573);
        self.copies = self.banks > 2 && random.one_in(4);
        if !self.copies {
            return;
        }
        for step in &mut self.steps {
            let is_plain = matches!(step.kind, Kind::Post | Kind::PostUrgent);
            match random.below(5) {
                0 if is_plain => step.kind = Kind::PostShown,
                1..=3 if is_plain => step.kind = Kind::PostCopied,
                _ => {}
            }
        }
    }

    /// In one run of four messages end otherwise than by delivery. This is drawn apart, too.
    fn add_fates(&mut self) {
        let mut random = Random(self.seed ^ 0x66_6174_6573);
        self.fates = random.one_in(4);
        if !self.fates {
            return;
        }
        let plain = |it: &&mut Step| matches!(it.kind, Kind::Post | Kind::PostUrgent);
        for step in self.steps.iter_mut().filter(plain) {
            if random.one_in(2) {
                step.kind = Kind::PostShort;
            }
        }
        let end = self.end();
        for _ in 0..random.below(8) {
            let (at, who) = (random.number() % (end + 1), random.below(self.banks));
            let kind = if random.one_in(3) { Kind::Close } else { Kind::Abort };
            let amount = kind.amount(&mut random, self.banks);
            self.steps.push(Step { at, kind, who, amount });
        }
        self.steps.sort_by_key(|step| step.at);
    }

    /// Whether back offices decide about each message before the network hears that it came.
    #[must_use]
    pub fn decides(&self) -> bool {
        self.fates && self.seed.is_multiple_of(2)
    }

    /// Which gateway gets the copies, if there are any.
    #[must_use]
    pub fn decider(&self) -> Option<usize> {
        self.copies.then_some(1)
    }

    /// Whether copies are of headers only.
    #[must_use]
    pub fn header_only(&self) -> bool {
        self.seed.is_multiple_of(2)
    }

    /// Whether what waits for a decision is delivered without one while whoever decides is away.
    #[must_use]
    pub fn bypasses(&self) -> bool {
        self.seed.is_multiple_of(3)
    }

    /// When the last thing happens.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.steps.last().map_or(0, |step| step.at)
    }

    /// The same without some of its steps.
    #[must_use]
    pub fn without(&self, steps: std::ops::Range<usize>) -> Self {
        let kept = self.steps.iter().enumerate().filter(|(index, _)| !steps.contains(index));
        Self { steps: kept.map(|(_, step)| *step).collect(), ..*self }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, banks, shared, services, copies, fates, steps } = self;
        let mut text = format!("seed {seed}\nbanks {banks}\n");
        let words = [("shared", shared), ("services", services), ("copies", copies)];
        for (word, _) in words.into_iter().chain([("fates", fates)]).filter(|(_, is)| **is) {
            writeln!(text, "{word}")?;
        }
        for Step { at, kind, who, amount } in steps {
            writeln!(text, "{at:>9} {} {who} {amount}", kind.name())?;
        }
        f.write_str(&text)
    }
}

/// Why a text is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the plan is not understood: {text}")]
pub struct PlanError {
    /// Which line, from 1.
    pub line: usize,
    /// What it says.
    pub text: String,
}

impl FromStr for Plan {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, PlanError> {
        let mut plan = Self::bare(0, 2);
        for (index, line) in text.lines().enumerate() {
            let wrong = || PlanError { line: index + 1, text: line.to_owned() };
            let words: Vec<&str> = line.split_whitespace().collect();
            let number = |word: &str| word.parse::<u64>().map_err(|_| wrong());
            let place = |word: &str| word.parse::<usize>().map_err(|_| wrong());
            match words.as_slice() {
                [] => {}
                [comment, ..] if comment.starts_with('#') => {}
                ["seed", seed] => plan.seed = number(seed)?,
                ["banks", banks] => plan.banks = place(banks)?,
                ["shared"] => plan.shared = true,
                ["services"] => plan.services = true,
                ["copies"] => plan.copies = true,
                ["fates"] => plan.fates = true,
                [at, name, who, amount] => {
                    let kind = Kind::ALL.iter().find(|kind| kind.name() == *name);
                    plan.steps.push(Step {
                        at: number(at)?,
                        kind: *kind.ok_or_else(wrong)?,
                        who: place(who)?,
                        amount: number(amount)?,
                    });
                }
                _ => return Err(wrong()),
            }
            let fits = |step: &Step| step.who < plan.banks;
            if !(2..=5).contains(&plan.banks) || !plan.steps.last().is_none_or(fits) {
                return Err(wrong());
            }
        }
        plan.steps.sort_by_key(|step| step.at);
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_reads_as_it_was_written() {
        for seed in 0..200 {
            let plan = Plan::of(seed);
            assert_eq!(plan.to_string().parse::<Plan>().as_ref(), Ok(&plan));
        }
    }

    #[test]
    fn every_kind_comes_up_soon() {
        let mut missing: Vec<Kind> = Kind::ALL.to_vec();
        for seed in 0..500 {
            let plan = Plan::of(seed);
            missing.retain(|kind| plan.steps.iter().all(|step| step.kind != *kind));
        }
        assert_eq!(missing, []);
    }
}
