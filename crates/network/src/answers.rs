//! The answers that a terminal may not have heard yet, as runs.
//!
//! Every submission is answered by one record, accepted or refused. The gateway needs the answer
//! until it has stored it; after a break it asks for those that it missed. Most answers follow one
//! another in the journal, so a run of them costs as much as one.
//!
//! An answer is confirmed, and leaves memory, when the gateway says so at the opening of a session,
//! or when it submits a number that lies [`ANSWERS_MAX`] further on: no gateway may have more than
//! that many submissions unanswered, so it must hold the older answers.

use std::collections::VecDeque;

/// How many submissions a gateway may have unanswered at most, and so how many answers are kept.
///
/// The window that a hub grants a link may be smaller, never greater.
pub const ANSWERS_MAX: u64 = 4096;

/// Answers to consecutive input numbers that stand in consecutive records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerRun {
    /// The input number of the first.
    pub first_input_number: u64,
    /// The record of the first; the others follow it one by one.
    pub first_sequence: u64,
    /// How many there are, at least 1.
    pub count: u64,
    /// Whether all of them say accepted, or all say refused.
    pub accepted: bool,
}

/// The answers of one terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    /// The gateway has all answers up to this input number.
    confirmed: u64,
    /// Invariant: the answers to `confirmed + 1` and on, without a gap.
    runs: VecDeque<Run>,
}

/// Invariant: `length` is at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) first_sequence: u64,
    pub(crate) length: u32,
    pub(crate) accepted: bool,
}

const _: () = assert!(size_of::<Run>() <= 16);

impl Answers {
    /// All answers, given the number after which they begin.
    pub(crate) fn new(confirmed: u64, runs: VecDeque<Run>) -> Self {
        Self { confirmed, runs }
    }

    /// The last input number whose answer the gateway is known to have.
    pub(crate) fn confirmed(&self) -> u64 {
        self.confirmed
    }

    pub(crate) fn runs(&self) -> impl ExactSizeIterator<Item = &Run> {
        self.runs.iter()
    }

    /// Adds the answer to the next input number.
    pub(crate) fn push(&mut self, sequence: u64, accepted: bool) {
        match self.runs.back_mut() {
            Some(run)
                if run.accepted == accepted
                    && run.first_sequence + u64::from(run.length) == sequence
                    && run.length < u32::MAX =>
            {
                run.length += 1;
            }
            _ => self.runs.push_back(Run { first_sequence: sequence, length: 1, accepted }),
        }
    }

    /// Drops all answers up to an input number; those that were dropped before stay so.
    pub(crate) fn confirm(&mut self, through: u64) {
        while through > self.confirmed {
            let Some(run) = self.runs.front_mut() else { break };
            let count = u32::try_from(through - self.confirmed).unwrap_or(u32::MAX);
            if count < run.length {
                run.first_sequence += u64::from(count);
                run.length -= count;
                self.confirmed = through;
            } else {
                self.confirmed += u64::from(run.length);
                self.runs.pop_front();
            }
        }
        if self.runs.is_empty() && self.runs.capacity() > 16 {
            self.runs = VecDeque::new();
        }
    }

    /// At most `limit` answers to the input numbers above `after`.
    pub(crate) fn after(&self, after: u64, limit: u64) -> impl Iterator<Item = AnswerRun> {
        let mut next = self.confirmed + 1;
        let mut left = limit;
        self.runs.iter().filter_map(move |run| {
            let end = next + u64::from(run.length);
            let first = next.max(after.saturating_add(1)).min(end);
            let count = (end - first).min(left);
            let first_sequence = run.first_sequence + (first - next);
            next = end;
            left -= count;
            (count > 0).then_some(AnswerRun {
                first_input_number: first,
                first_sequence,
                count,
                accepted: run.accepted,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use expect_test::{Expect, expect};

    use super::*;

    /// Plays `accept N`, `refuse N`, `confirm N`, `after N LIMIT`; prints what `after` gives.
    #[track_caller]
    fn check(script: &str, want: &Expect) {
        let mut answers = Answers::default();
        let mut got = String::new();
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let number = words[1].parse().unwrap();
            match words[0] {
                "accept" => answers.push(number, true),
                "refuse" => answers.push(number, false),
                "confirm" => answers.confirm(number),
                "after" => {
                    writeln!(got, "{line}:").unwrap();
                    for run in answers.after(number, words[2].parse().unwrap()) {
                        let verb = if run.accepted { "accepted" } else { "refused" };
                        let AnswerRun { first_input_number, first_sequence, count, .. } = run;
                        writeln!(
                            got,
                            "  {count} {verb} from {first_input_number} in {first_sequence}"
                        )
                        .unwrap();
                    }
                }
                verb => panic!("no such verb: {verb}"),
            }
        }
        want.assert_eq(&got);
    }

    #[test]
    fn answers_in_consecutive_records_are_one_run() {
        check(
            "
            accept 10
            accept 11
            refuse 12
            accept 13
            accept 20
            after 0 100
            ",
            &expect![[r#"
                after 0 100:
                  2 accepted from 1 in 10
                  1 refused from 3 in 12
                  1 accepted from 4 in 13
                  1 accepted from 5 in 20
            "#]],
        );
    }

    #[test]
    fn a_page_begins_and_ends_within_a_run() {
        check(
            "
            accept 10
            accept 11
            accept 12
            accept 13
            refuse 14
            after 1 2
            after 3 2
            after 5 2
            after 18446744073709551615 2
            ",
            &expect![[r#"
                after 1 2:
                  2 accepted from 2 in 11
                after 3 2:
                  1 accepted from 4 in 13
                  1 refused from 5 in 14
                after 5 2:
                after 18446744073709551615 2:
            "#]],
        );
    }

    #[test]
    fn a_confirmation_cuts_a_run() {
        check(
            "
            accept 10
            accept 11
            accept 12
            refuse 13
            confirm 2
            confirm 1
            after 0 9
            confirm 3
            after 0 9
            confirm 4
            after 0 9
            ",
            &expect![[r#"
                after 0 9:
                  1 accepted from 3 in 12
                  1 refused from 4 in 13
                after 0 9:
                  1 refused from 4 in 13
                after 0 9:
            "#]],
        );
    }
}
