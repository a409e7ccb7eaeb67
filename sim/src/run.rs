//! Plays a plan, and says what came of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::check::Find;
use crate::mutation::Mutation;
use crate::plan::Plan;
use crate::world::{Counts, World};

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The promise that was broken first, if one was.
    pub find: Option<Find>,
    /// A hash over everything that happened: equal runs have equal ones.
    pub trace: u64,
    /// What happened, in numbers.
    pub counts: Counts,
}

/// Plays a plan.
#[must_use]
pub fn run(plan: &Plan) -> Outcome {
    play(plan, None, false).0
}

/// Plays a plan in a network in which a mistake is made.
#[must_use]
pub fn run_mutated(plan: &Plan, mutation: Mutation) -> Outcome {
    play(plan, Some(mutation), false).0
}

/// Plays a plan, and tells everything that happens.
#[must_use]
pub fn run_told(plan: &Plan) -> (Outcome, String) {
    play(plan, None, true)
}

fn play(plan: &Plan, mutation: Option<Mutation>, tell: bool) -> (Outcome, String) {
    let mut world = World::new(plan, mutation, tell);
    let played = catch_unwind(AssertUnwindSafe(|| world.play()));
    let find = match played {
        Ok(played) => played.err(),
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let text = text.unwrap_or_else(|| "a panic without words".to_owned());
            Some(Find { invariant: "panic", at: world.now, text })
        }
    };
    let told = world.trace.told.take().unwrap_or_default();
    let (trace, counts) = (world.trace.hash, world.counts.clone());
    if find.as_ref().is_some_and(|find| find.invariant == "panic") {
        // After a panic nothing of the network is trusted to end in order.
        std::mem::forget(world);
    }
    (Outcome { find, trace, counts }, told)
}
