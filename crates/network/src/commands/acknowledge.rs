//! A receiver has stored what it was offered, in order and without a gap.
//!
//! The shell has compared the root with the records and verified the signature; whether the key
//! may sign at this time is decided here.

use std::ops::RangeInclusive;

use iso::Terminal;
use trust::{Acknowledged, Lane, LogTime};

use crate::directory::{SessionNumber, TerminalState};
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::lane::{Entry, Notice};
use crate::network::Network;
use crate::rejection::Rejection;

/// A receiver has stored what it was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledge {
    /// The session of the terminal that acknowledges.
    pub session: SessionNumber,
    /// What it acknowledges, with its signature.
    pub acknowledged: Acknowledged,
}

impl Network {
    pub(crate) fn decide_acknowledge(
        &self,
        at: LogTime,
        acknowledge: &Acknowledge,
    ) -> Result<Decision, Rejection> {
        let Acknowledge { session, ref acknowledged } = *acknowledge;
        let Acknowledged { by, lane, first, through, .. } = *acknowledged;
        let (member, state) = self.open_session(by, session)?;
        if member.holder() != Some((by, session)) {
            return Err(Rejection::LanesElsewhere { terminal: by });
        }
        let queue = member.lanes.get(&lane).ok_or(Rejection::UnknownLane { terminal: by, lane })?;
        if first == 0 || through < first || through - first >= Acknowledged::COUNT_MAX {
            return Err(Rejection::BadRange { first, through });
        }
        let done = queue.acknowledged();
        if through <= done {
            return Err(Rejection::AlreadyAcknowledged { lane, acknowledged: done, through });
        }
        if first != done + 1 {
            return Err(Rejection::WrongFirst { lane, expected: done + 1, found: first });
        }
        let last = queue.last();
        if through > last {
            return Err(Rejection::NeverOffered { lane, last, through });
        }
        if !is_key_good(at, acknowledged, state) {
            return Err(Rejection::WrongKey { terminal: by, lane });
        }
        let event = Event::Acknowledged { by, lane, first, through };
        Ok(Decision { event, meta: acknowledged.encode() })
    }

    pub(crate) fn acknowledged(
        &mut self,
        sequence: u64,
        by: Terminal,
        lane: Lane,
        numbers: RangeInclusive<u64>,
        effects: &mut Vec<Effect>,
    ) {
        let (first, through) = numbers.into_inner();
        let queue = self.member_mut(by.institution()).lane_mut(lane);
        assert_eq!(first, queue.acknowledged() + 1, "the {lane} lane is acknowledged in order");
        assert!(first <= through, "a record acknowledges at least one entry");
        let count = usize::try_from(through - first + 1).expect("a lane fits into memory");
        let taken = (0..).zip(queue.acknowledge(count));
        let notices: Vec<Notice> =
            taken.filter_map(|(index, entry)| entry.notice(sequence, index)).collect();
        queue.shrink();
        effects.push(Effect::Acknowledged { by, lane, through });
        for notice in notices {
            let institution = notice.sender.institution();
            let system = self.member_mut(institution).lane_mut(Lane::SYSTEM);
            let output_number = system.push(Entry::Delivered(notice));
            effects.push(Effect::Noticed { institution, output_number });
        }
    }
}

impl Entry {
    /// The notice that the sender of a message wanted.
    fn notice(self, acknowledged_in: u64, index: u32) -> Option<Notice> {
        match self {
            Self::Message { sequence, sender, input_number, notice: true } => {
                Some(Notice { sender, input_number, sequence, acknowledged_in, index })
            }
            Self::Message { notice: false, .. } | Self::Delivered(_) => None,
        }
    }
}

/// Notices are acknowledged without a key, messages with one of the terminal's.
fn is_key_good(at: LogTime, acknowledged: &Acknowledged, state: &TerminalState) -> bool {
    match acknowledged.signed {
        None => acknowledged.lane == Lane::SYSTEM,
        Some(signed) => acknowledged.lane != Lane::SYSTEM && state.grant(signed.key, at).is_some(),
    }
}
