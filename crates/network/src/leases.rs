//! Who empties which lane of an institution.
//!
//! A lane is leased to one session at a time. Each session that receives says which lanes it is for
//! ([`Claims`]); a lane goes to the session with the best claim, and among equals to the one that
//! opened first. A lease ends with its session, and what that may have been offered is a possible
//! duplicate for the next one. When a session with a better claim comes while another one empties
//! the lane, the lease is limited instead: what stands in the lane at that record stays with the
//! session that has it, what comes later waits, and when the first part was taken over the lane
//! goes to the other. So nothing is ever offered to a session while another one may be about to
//! acknowledge it.

use iso::Terminal;
use trust::Lane;
use trust::codec::{CodecError, Reader, Writer};

use crate::directory::{Member, SessionNumber};
use crate::effect::Effect;
use crate::lane::LaneQueue;

/// A set of lanes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaneSet(
    /// Invariant: bit `n` is lane `n`, at most [`Lane::OWN_LAST`].
    u32,
);

/// Which lanes a session wants to empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The lanes that it is for.
    listed: LaneSet,
    /// Whether it takes every other lane that no other session is for.
    others: bool,
}

/// How good the claim of a session to a lane is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// It takes the lane if nobody is for it.
    Other,
    /// It is for the lane.
    Listed,
}

/// The session that empties a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Whose session it is.
    pub terminal: Terminal,
    /// Which one.
    pub session: SessionNumber,
    /// It gets no more than what stands in the lane up to this number: then the lane goes to a
    /// session with a better claim.
    pub through: Option<u64>,
}

impl LaneSet {
    const BITS: u32 = (1 << (Lane::OWN_LAST.0 + 1)) - 1;

    /// Whether a lane is in it.
    #[must_use]
    pub fn contains(self, lane: Lane) -> bool {
        lane <= Lane::OWN_LAST && self.0 & (1 << lane.0) != 0
    }

    /// The lanes, by number.
    pub fn iter(self) -> impl Iterator<Item = Lane> {
        (0..=Lane::OWN_LAST.0).map(Lane).filter(move |lane| self.contains(*lane))
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn insert(&mut self, lane: Lane) {
        assert!(lane <= Lane::OWN_LAST, "there is no lane {}", lane.0);
        self.0 |= 1 << lane.0;
    }
}

impl FromIterator<Lane> for LaneSet {
    /// # Panics
    ///
    /// On a lane that there cannot be.
    fn from_iter<I: IntoIterator<Item = Lane>>(lanes: I) -> Self {
        let mut set = Self::default();
        lanes.into_iter().for_each(|lane| set.insert(lane));
        set
    }
}

impl Claims {
    /// Every lane that no other session is for.
    pub const ALL: Self = Self { listed: LaneSet(0), others: true };

    /// The lanes that a session is for, and whether it takes others that nobody is for; nothing
    /// where that would be none at all.
    #[must_use]
    pub fn new(listed: LaneSet, others: bool) -> Option<Self> {
        (others || !listed.is_empty()).then_some(Self { listed, others })
    }

    /// The lanes that it is for.
    #[must_use]
    pub fn listed(&self) -> LaneSet {
        self.listed
    }

    /// Whether it takes every other lane that no other session is for.
    #[must_use]
    pub fn others(&self) -> bool {
        self.others
    }

    fn rank(&self, lane: Lane) -> Option<Rank> {
        match (self.listed.contains(lane), self.others) {
            (true, _) => Some(Rank::Listed),
            (false, true) => Some(Rank::Other),
            (false, false) => None,
        }
    }

    /// `lanes u32, bit n for lane n | others u8`
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.u32(self.listed.0).u8(u8::from(self.others));
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "claims" };
        let listed = LaneSet(reader.u32()?);
        if listed.0 & !LaneSet::BITS != 0 {
            return Err(BAD);
        }
        let others = crate::event::read_bool(reader, "claims")?;
        Self::new(listed, others).ok_or(BAD)
    }
}

impl Lease {
    fn of((terminal, session): (Terminal, SessionNumber)) -> Self {
        Self { terminal, session, through: None }
    }

    pub(crate) fn holder(&self) -> (Terminal, SessionNumber) {
        (self.terminal, self.session)
    }
}

impl Member {
    /// Who empties a lane, or would if there were something in it.
    pub(crate) fn holder(&self, lane: Lane) -> Option<(Terminal, SessionNumber)> {
        match self.lanes.get(&lane) {
            Some(queue) => queue.lease().map(Lease::holder),
            None => self.best(lane).map(|(_, holder)| holder),
        }
    }

    /// The session with the best claim to a lane: of equals the one that opened first.
    fn best(&self, lane: Lane) -> Option<(Rank, (Terminal, SessionNumber))> {
        let claims = self.terminals.iter().filter_map(|(terminal, state)| {
            let open = state.open.filter(|open| open.receives)?;
            let rank = open.claims.rank(lane)?;
            Some(((rank, std::cmp::Reverse(open.sequence)), (terminal, state.last_session)))
        });
        let best = claims.max_by_key(|(order, _)| *order);
        best.map(|((rank, _), holder)| (rank, holder))
    }

    /// How good the claim of a session is, while it is open.
    fn rank(&self, lane: Lane, (terminal, session): (Terminal, SessionNumber)) -> Option<Rank> {
        let state = self.terminals.get(&terminal).filter(|state| state.last_session == session)?;
        state.open.filter(|open| open.receives)?.claims.rank(lane)
    }

    /// A lane, which comes into use with the first message in it.
    pub(crate) fn lane_or_new(&mut self, lane: Lane, effects: &mut Vec<Effect>) -> &mut LaneQueue {
        if self.lanes.get(&lane).is_none() {
            let holder = self.best(lane).map(|(_, holder)| holder);
            self.lanes.or_default(lane).set_lease(holder.map(Lease::of));
            self.say_moved(&[(lane, holder)], effects);
        }
        self.lanes.or_default(lane)
    }

    /// After sessions have changed: says who empties which lanes now, and marks what sessions that
    /// have ended may have been offered. A terminal that opened another session, in place of one
    /// that it had, keeps the lanes of that one where nobody has a better claim.
    pub(crate) fn move_lanes(&mut self, opened: Option<Terminal>, effects: &mut Vec<Effect>) {
        let mut moved = Vec::new();
        let lanes: Vec<Lane> = self.lanes.keys().collect();
        for lane in lanes {
            let best = self.best(lane);
            let lease = self.lanes.get(&lane).and_then(|queue| queue.lease().copied());
            let rank = lease.and_then(|lease| self.rank(lane, lease.holder()));
            let kept = lease.filter(|lease| Some(lease.terminal) == opened).and_then(|lease| {
                let again = (lease.terminal, self.session(lease.terminal)?);
                let rank = self.rank(lane, again)?;
                (Some(rank) >= best.map(|(rank, _)| rank)).then_some(again)
            });
            let mut after = best.map(|(_, holder)| holder);
            let queue = self.lanes.or_default(lane);
            if let (Some(mut lease), Some(rank)) = (lease, rank) {
                let (is_worse, before) = (best.is_some_and(|(it, _)| it > rank), lease.through);
                lease.through = is_worse.then(|| before.unwrap_or_else(|| queue.last()));
                queue.set_lease(Some(lease));
                if !queue.is_through() {
                    if before.is_some() && !is_worse {
                        // It goes on, and is to hear of what has come in the meantime.
                        moved.push((lane, Some(lease.holder())));
                    }
                    continue;
                }
            } else if lease.is_some() {
                queue.end_lease();
                after = kept.or(after);
            } else if after.is_none() {
                continue;
            }
            queue.set_lease(after.map(Lease::of));
            moved.push((lane, after));
        }
        self.say_moved(&moved, effects);
    }

    /// After something of a lane was taken over: gives it to the session that waits for it, if the
    /// lease is through.
    pub(crate) fn pass_on(&mut self, lane: Lane, effects: &mut Vec<Effect>) {
        let best = self.best(lane);
        let Some(queue) = self.lanes.get_mut(&lane) else { return };
        if !queue.is_through() {
            return;
        }
        let after = best.map(|(_, holder)| holder);
        queue.set_lease(after.map(Lease::of));
        self.say_moved(&[(lane, after)], effects);
    }

    fn say_moved(
        &self,
        moved: &[(Lane, Option<(Terminal, SessionNumber)>)],
        effects: &mut Vec<Effect>,
    ) {
        let institution = self.institution;
        let mut said: Vec<Option<(Terminal, SessionNumber)>> = Vec::new();
        for (_, by) in moved {
            if said.contains(by) {
                continue;
            }
            said.push(*by);
            let lanes = moved.iter().filter(|(_, other)| other == by).map(|(lane, _)| *lane);
            effects.push(Effect::LanesHeld { institution, lanes: lanes.collect(), by: *by });
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn terminals_take_the_lanes_that_they_are_for() {
        check_over_days(
            "
            grant BANKFRPPB 1 until=400d
            close BANKFRPPA
            lane-rules BANKFRPP 4/funds/urgent 5/paris/branch=PAR
            open BANKFRPPA receives for=system,urgent,normal only
            open BANKFRPPB receives for=lane4 only
            submit ALPHDEFFA 1 BANKFRPP urgent
            submit ALPHDEFFA 2 BANKFRPPPAR
            submit ALPHDEFFA 3 BANKFRPP type=camt.053.001.08
            lanes BANKFRPP
            ack BANKFRPPA lane4 1 1
            ack BANKFRPPB lane4 1 1
            ack BANKFRPPB normal 1 1
            open BANKFRPPC receives
            lanes BANKFRPP
            ",
            &expect![[r#"
                BANKFRPPB may sign with d2dd6e81a001b70a
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                lanes of BANKFRPP to session 2 of BANKFRPPA
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                accepted 1 of ALPHDEFFA in record 14
                lanes of BANKFRPP (4) to session 1 of BANKFRPPB
                offer BANKFRPP 4 1: record 14
                accepted 2 of ALPHDEFFA in record 15
                lanes of BANKFRPP (5) to nobody
                offer BANKFRPP 5 1: record 15
                accepted 3 of ALPHDEFFA in record 16
                offer BANKFRPP normal 1: record 16
                  system: 0/0, session 2 of BANKFRPPA
                  urgent: 0/0, session 2 of BANKFRPPA
                  normal: 0/1, session 2 of BANKFRPPA
                  4 funds: 0/1, session 1 of BANKFRPPB
                  5 paris: 0/1, nobody
                NET027 BANKFRPPA does not empty the 4 lane of BANKFRPP
                BANKFRPPB took 4 over through 1
                NET027 BANKFRPPB does not empty the normal lane of BANKFRPP
                welcome BANKFRPPC to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1, 4 1/1, 5 0/1
                lanes of BANKFRPP (5) to session 1 of BANKFRPPC
                  system: 0/0, session 2 of BANKFRPPA
                  urgent: 0/0, session 2 of BANKFRPPA
                  normal: 0/1, session 2 of BANKFRPPA
                  4 funds: 1/1, session 1 of BANKFRPPB
                  5 paris: 0/1, session 1 of BANKFRPPC
            "#]],
        );
    }

    #[test]
    fn a_lane_has_one_session_and_the_next_one_takes_over_when_that_ends() {
        check_over_days(
            "
            grant BANKFRPPB 1 until=400d
            open BANKFRPPB receives
            open BANKFRPPC receives
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP
            ack BANKFRPPB normal 1 1
            ack BANKFRPPA normal 1 1
            close BANKFRPPA lost
            pending BANKFRPP normal
            attempts BANKFRPP normal 2
            ack BANKFRPPB normal 2 2
            submit ALPHDEFFA 3 BANKFRPP
            close BANKFRPPB operator
            pending BANKFRPP normal
            close BANKFRPPC
            pending BANKFRPP normal
            ",
            &expect![[r#"
                BANKFRPPB may sign with d2dd6e81a001b70a
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                welcome BANKFRPPC to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                accepted 1 of ALPHDEFFA in record 12
                offer BANKFRPP normal 1: record 12
                accepted 2 of ALPHDEFFA in record 13
                offer BANKFRPP normal 2: record 13
                NET027 BANKFRPPB does not empty the normal lane of BANKFRPP
                BANKFRPPA took normal over through 1
                end session 1 of BANKFRPPA: Closed(LinkLost)
                lanes of BANKFRPP to session 1 of BANKFRPPB
                  2: message in record 13, possible duplicate
                  session 1 of BANKFRPPA: 2 to 2
                BANKFRPPB took normal over through 2
                accepted 3 of ALPHDEFFA in record 17
                offer BANKFRPP normal 3: record 17
                end session 1 of BANKFRPPB: Closed(Operator)
                lanes of BANKFRPP to session 1 of BANKFRPPC
                  3: message in record 17, possible duplicate
                end session 1 of BANKFRPPC: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                  3: message in record 17, possible duplicate
            "#]],
        );
    }

    #[test]
    fn a_terminal_that_takes_its_own_session_over_keeps_its_lanes() {
        check_over_days(
            "
            open BANKFRPPB receives
            submit ALPHDEFFA 1 BANKFRPP
            open BANKFRPPA receives
            lanes BANKFRPP
            open BANKFRPPA
            lanes BANKFRPP
            ",
            &expect![[r#"
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                end session 1 of BANKFRPPA: TakenOver
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                lanes of BANKFRPP to session 2 of BANKFRPPA
                  system: 0/0, session 2 of BANKFRPPA
                  urgent: 0/0, session 2 of BANKFRPPA
                  normal: 0/1, session 2 of BANKFRPPA
                end session 2 of BANKFRPPA: TakenOver
                welcome BANKFRPPA to session 3: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                lanes of BANKFRPP to session 1 of BANKFRPPB
                  system: 0/0, session 1 of BANKFRPPB
                  urgent: 0/0, session 1 of BANKFRPPB
                  normal: 0/1, session 1 of BANKFRPPB
            "#]],
        );
    }

    #[test]
    fn a_better_claim_waits_for_what_stands_in_the_lane() {
        check_over_days(
            "
            grant BANKFRPPB 1 until=400d
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP
            open BANKFRPPB receives for=normal
            lanes BANKFRPP
            submit ALPHDEFFA 3 BANKFRPP
            ack BANKFRPPB normal 1 2
            ack BANKFRPPA normal 1 3
            decline BANKFRPPA normal 3 RCV01 unreadable
            ack BANKFRPPA normal 1 1
            ack BANKFRPPA normal 2 2
            pending BANKFRPP normal
            ack BANKFRPPA normal 3 3
            ack BANKFRPPB normal 3 3
            lanes BANKFRPP
            ",
            &expect![[r#"
                BANKFRPPB may sign with d2dd6e81a001b70a
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/2
                  system: 0/0, session 1 of BANKFRPPA
                  urgent: 0/0, session 1 of BANKFRPPA
                  normal: 0/2, session 1 of BANKFRPPA through 2
                accepted 3 of ALPHDEFFA in record 13
                offer BANKFRPP normal 3: record 13
                NET027 BANKFRPPB does not empty the normal lane of BANKFRPP
                NET030 the normal lane was offered through 2, but is acknowledged through 3
                NET033 BANKFRPPA declines number 3 of the normal lane, where the next message is 1
                BANKFRPPA took normal over through 1
                BANKFRPPA took normal over through 2
                lanes of BANKFRPP (normal) to session 1 of BANKFRPPB
                  3: message in record 13
                NET027 BANKFRPPA does not empty the normal lane of BANKFRPP
                BANKFRPPB took normal over through 3
                  system: 0/0, session 1 of BANKFRPPA
                  urgent: 0/0, session 1 of BANKFRPPA
                  normal: 3/3, session 1 of BANKFRPPB
            "#]],
        );
    }

    #[test]
    fn a_declination_ends_a_limited_lease_too() {
        check_over_days(
            "
            submit ALPHDEFFA 1 BANKFRPP
            open BANKFRPPB receives for=normal only
            submit ALPHDEFFA 2 BANKFRPP
            decline BANKFRPPA normal 1 RCV01 unreadable
            lanes BANKFRPP
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                BANKFRPPA took normal over through 1
                lanes of BANKFRPP (normal) to session 1 of BANKFRPPB
                offer ALPHDEFF system 1: notice
                  system: 0/0, session 1 of BANKFRPPA
                  urgent: 0/0, session 1 of BANKFRPPA
                  normal: 1/2, session 1 of BANKFRPPB
            "#]],
        );
    }

    #[test]
    fn a_session_whose_successor_has_gone_goes_on() {
        check_over_days(
            "
            submit ALPHDEFFA 1 BANKFRPP
            open BANKFRPPB receives for=normal
            submit ALPHDEFFA 2 BANKFRPP
            close BANKFRPPB
            ack BANKFRPPA normal 1 2
            lanes BANKFRPP
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                end session 1 of BANKFRPPB: Closed(Goodbye)
                lanes of BANKFRPP (normal) to session 1 of BANKFRPPA
                BANKFRPPA took normal over through 2
                  system: 0/0, session 1 of BANKFRPPA
                  urgent: 0/0, session 1 of BANKFRPPA
                  normal: 2/2, session 1 of BANKFRPPA
            "#]],
        );
    }

    #[test]
    fn a_session_that_ends_before_it_is_through_leaves_possible_duplicates_up_to_there() {
        check_over_days(
            "
            submit ALPHDEFFA 1 BANKFRPP
            open BANKFRPPB receives for=normal
            submit ALPHDEFFA 2 BANKFRPP
            close BANKFRPPA lost
            pending BANKFRPP normal
            lanes BANKFRPP
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                end session 1 of BANKFRPPA: Closed(LinkLost)
                lanes of BANKFRPP to session 1 of BANKFRPPB
                  1: message in record 9, possible duplicate
                  2: message in record 11
                  system: 0/0, session 1 of BANKFRPPB
                  urgent: 0/0, session 1 of BANKFRPPB
                  normal: 0/2, session 1 of BANKFRPPB
            "#]],
        );
    }

    #[test]
    fn the_operator_can_withdraw_what_waits_behind_a_limited_lease() {
        check_over_days(
            "
            submit ALPHDEFFA 1 BANKFRPP
            open BANKFRPPB receives for=normal
            submit ALPHDEFFA 2 BANKFRPP
            abort BANKFRPP 9 a reason
            abort BANKFRPP 11 a reason
            ack BANKFRPPA normal 1 1
            pending BANKFRPP normal
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                NET091 BANKFRPP may have the message of record 9: it was offered
                offer ALPHDEFF system 1: notice
                BANKFRPPA took normal over through 1
                lanes of BANKFRPP (normal) to session 1 of BANKFRPPB
                  2: message in record 11 withdrawn, says record 12
            "#]],
        );
    }

    #[test]
    fn requests_wait_for_a_session_that_is_for_their_lane() {
        check_over_days(
            "
            service instant real-time=10000
            close BANKFRPPA
            open BANKFRPPA receives for=normal only
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            open BANKFRPPB receives for=real-time only
            submit ALPHDEFFA 2 BANKFRPP service=instant real-time
            lanes BANKFRPP
            ",
            &expect![[r#"
                service instant: *, group []
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                lanes of BANKFRPP (normal) to session 2 of BANKFRPPA
                refused 1 of ALPHDEFFA in record 12
                  NET130 at header/receiver, fault of the receiver: BANKFRPPXXX has no session that receives, and service instant keeps no request for later
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                accepted 2 of ALPHDEFFA in record 14
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPB
                offer BANKFRPP real-time 1: record 14
                  system: 0/0, nobody
                  urgent: 0/0, nobody
                  normal: 0/0, session 2 of BANKFRPPA
                  real-time: 0/1, session 1 of BANKFRPPB
            "#]],
        );
    }

    #[test]
    fn an_epoch_ends_all_leases() {
        check_over_days(
            "
            open BANKFRPPB receives for=normal
            epoch
            lanes BANKFRPP
            open BANKFRPPB receives for=urgent only
            lanes BANKFRPP
            ",
            &expect![[r#"
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                lanes of BANKFRPP (normal) to session 1 of BANKFRPPB
                end session 1 of ALPHDEFFA: EpochOpened
                lanes of ALPHDEFF to nobody
                end session 1 of BANKFRPPA: EpochOpened
                end session 1 of BANKFRPPB: EpochOpened
                lanes of BANKFRPP to nobody
                  system: 0/0, nobody
                  urgent: 0/0, nobody
                  normal: 0/0, nobody
                welcome BANKFRPPB to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                lanes of BANKFRPP (urgent) to session 2 of BANKFRPPB
                  system: 0/0, nobody
                  urgent: 0/0, session 2 of BANKFRPPB
                  normal: 0/0, nobody
            "#]],
        );
    }
}
