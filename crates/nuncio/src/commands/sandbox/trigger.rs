//! The word at the end of a reference that tells a simulated peer how to behave.
//!
//! A reference is a text that every message has and that means nothing to the network: `INV42+RJCT-AC04`
//! is the message `INV42` which the peer is to reject with the code `AC04`. What is no such word is a
//! part of the reference, and the peer accepts.

use std::time::Duration;

/// The longest time that an answer can be late, in seconds.
const LATE_SECONDS_MAX: u64 = 3_600;
/// How late an answer is that no time is given for, in seconds.
const LATE_SECONDS: u64 = 5;

/// How a peer behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trigger {
    /// It accepts (no word).
    Accept,
    /// It rejects, with an ISO 20022 code if one is given (`+RJCT`, `+RJCT-AC04`).
    Reject(Option<String>),
    /// It accepts and then returns the money (`+RTRN`, `+RTRN-AC04`).
    Return(Option<String>),
    /// It does not take the message, and tells the network why (`+DCLN`, `+DCLN-AM04`).
    Decline(Option<String>),
    /// It takes the message and says nothing (`+SILENT`).
    Silent,
    /// It accepts late (`+LATE`, `+LATE-30` for 30 seconds).
    Late(Duration),
    /// It accepts, twice (`+TWICE`).
    Twice,
    /// It accepts, but only when it has answered the next message: out of order (`+AFTER`).
    After,
}

impl Trigger {
    /// The trigger in a message's reference.
    pub(super) fn of(reference: &str) -> Self {
        let Some((_, word)) = reference.rsplit_once('+') else { return Self::Accept };
        let (word, value) = match word.split_once('-') {
            Some((word, value)) => (word, Some(value)),
            None => (word, None),
        };
        let code = || {
            let fits = |code: &&str| (1..=4).contains(&code.len());
            value.filter(fits).map(str::to_owned)
        };
        match word {
            "RJCT" => Self::Reject(code()),
            "RTRN" => Self::Return(code()),
            "DCLN" => Self::Decline(code()),
            "SILENT" => Self::Silent,
            "LATE" => {
                let seconds = value.and_then(|value| value.parse().ok()).unwrap_or(LATE_SECONDS);
                Self::Late(Duration::from_secs(seconds.min(LATE_SECONDS_MAX)))
            }
            "TWICE" => Self::Twice,
            "AFTER" => Self::After,
            _ => Self::Accept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_behind_the_last_plus_is_the_trigger() {
        let reject = |code: &str| Trigger::Reject(Some(code.to_owned()));
        let cases = [
            ("INV42", Trigger::Accept),
            ("INV42+RJCT", Trigger::Reject(None)),
            ("INV42+RJCT-AC04", reject("AC04")),
            ("A+B+RJCT-MS03", reject("MS03")),
            ("INV42+RJCT-TOOLONG", Trigger::Reject(None)),
            ("INV42+RTRN-AC06", Trigger::Return(Some("AC06".to_owned()))),
            ("INV42+DCLN", Trigger::Decline(None)),
            ("INV42+SILENT", Trigger::Silent),
            ("INV42+LATE", Trigger::Late(Duration::from_secs(5))),
            ("INV42+LATE-30", Trigger::Late(Duration::from_secs(30))),
            ("INV42+LATE-99999999", Trigger::Late(Duration::from_secs(3_600))),
            ("INV42+TWICE", Trigger::Twice),
            ("INV42+AFTER", Trigger::After),
            ("INV42+OTHER", Trigger::Accept),
            ("+", Trigger::Accept),
        ];
        for (reference, trigger) in cases {
            assert_eq!(Trigger::of(reference), trigger, "{reference}");
        }
    }
}
