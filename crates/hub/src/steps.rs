//! Where the processor time of a hub goes, step by step, when its settings ask for it (`steps`).
//!
//! The steps are those of a message's way (ARCHITECTURE.md). A step that is measured reads the
//! thread's clock twice for each frame or group; a hub whose settings do not ask reads none.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// A step of a message's way through the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Signature, form, schema, rules, agreement of header and payload.
    Check,
    /// The machine decides and applies.
    Apply,
    /// Records are stamped, written and synced.
    Append,
    /// Hashes go into the Merkle log; a checkpoint is signed.
    Log,
    /// Answers are proven and put into frames.
    Answer,
    /// Offers are proven and put into frames.
    Offer,
    /// Acknowledgements are verified.
    Acknowledge,
}

const STEPS: [(Step, &str); 7] = [
    (Step::Check, "check"),
    (Step::Apply, "apply"),
    (Step::Append, "append and sync"),
    (Step::Log, "Merkle log and checkpoint"),
    (Step::Answer, "egress: answers"),
    (Step::Offer, "egress: offers"),
    (Step::Acknowledge, "acknowledgements"),
];

/// Processor time and messages of every step.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    counts: AtomicBool,
    all: [Total; STEPS.len()],
}

#[derive(Debug, Default)]
struct Total {
    nanoseconds: AtomicU64,
    messages: AtomicU64,
}

impl Steps {
    /// From now on steps are measured.
    pub(crate) fn count(&self) {
        self.counts.store(true, Ordering::Relaxed);
    }

    /// Whether steps are measured.
    pub(crate) fn are_counted(&self) -> bool {
        self.counts.load(Ordering::Relaxed)
    }

    /// Does a step for some messages.
    #[inline]
    pub(crate) fn of<T>(&self, step: Step, messages: usize, work: impl FnOnce() -> T) -> T {
        self.of_part(step, work, |_| messages)
    }

    /// Does a part of a step, whose end says for how many messages it was.
    #[inline]
    pub(crate) fn of_part<T>(
        &self,
        step: Step,
        work: impl FnOnce() -> T,
        messages: impl FnOnce(&T) -> usize,
    ) -> T {
        if !self.are_counted() {
            return work();
        }
        let before = thread_time();
        let result = work();
        let spent = thread_time().saturating_sub(before);
        if let Some(total) = self.all.get(step as usize) {
            let nanoseconds = u64::try_from(spent.as_nanos()).unwrap_or(0);
            total.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
            total.messages.fetch_add(messages(&result) as u64, Ordering::Relaxed);
        }
        result
    }

    /// All totals as JSON: an array of `step`, `cpu` (nanoseconds), `messages`.
    pub(crate) fn to_json(&self) -> String {
        let line = |(total, (_, name)): (&Total, &(Step, &str))| {
            let cpu = total.nanoseconds.load(Ordering::Relaxed);
            let messages = total.messages.load(Ordering::Relaxed);
            format!("  {{\"step\": \"{name}\", \"cpu\": {cpu}, \"messages\": {messages}}}")
        };
        let lines: Vec<String> = self.all.iter().zip(&STEPS).map(line).collect();
        format!("[\n{}\n]\n", lines.join(",\n"))
    }
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_stand_in_the_order_of_the_steps() {
        for (place, (step, _)) in STEPS.iter().enumerate() {
            assert_eq!(*step as usize, place);
        }
    }

    #[test]
    fn only_a_hub_that_is_asked_counts() {
        let steps = Steps::default();
        steps.of(Step::Log, 3, || ());
        assert!(
            steps.to_json().contains("\"Merkle log and checkpoint\", \"cpu\": 0, \"messages\": 0")
        );
        steps.count();
        steps.of(Step::Log, 3, || ());
        assert!(steps.to_json().contains("\"messages\": 3"));
    }
}
