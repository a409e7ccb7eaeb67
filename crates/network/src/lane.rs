//! A lane: one ordered queue of an institution, with gap-free output numbers from 1.
//!
//! What stands in a lane was accepted and not yet acknowledged. An entry gets its output number
//! when it enters and keeps it for ever; acknowledged entries leave memory.

use std::collections::VecDeque;

use iso::Terminal;
use trust::{Lane, LogTime};

use crate::answers::Run;
use crate::deadlines::Deadline;
use crate::directory::SessionNumber;
use crate::leases::Lease;

/// The lanes that every institution has. Others come with the first message in them.
pub const LANES: [Lane; 3] = [Lane::SYSTEM, Lane::URGENT, Lane::NORMAL];

/// How many entries may wait in one lane; further messages for it are refused.
pub const LANE_LENGTH_MAX: usize = 1_000_000;

/// How many entries of a lane a session may have been offered and not have acknowledged: no hub
/// grants a greater window.
pub const OFFERS_MAX: u64 = 4096;

/// How many sessions that may have offered what waits in a lane are told at most, the last ones.
pub const ATTEMPTS_MAX: usize = 16;

/// What the hub is to hand to a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its number in the lane.
    pub output_number: u64,
    /// What it is.
    pub item: Item,
    /// Whether a session that has ended may have offered it before (PDM).
    pub possible_duplicate: bool,
    /// Whether the message is late (DLM): the time that its service sets, or the end that its header
    /// sets, has passed.
    pub late: bool,
    /// Whether its service has seen such a message before and flags that.
    pub resembles_earlier: bool,
    /// Why a message was released that was, or would have been, held for a decision.
    pub mark: Option<Mark>,
}

/// Why a message of a service with held copies is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The record that authorised or bypassed it, or that began the bypass of its service.
    pub record: u64,
    /// Whether it is delivered without a decision.
    pub is_bypass: bool,
}

/// A session that may have offered what waits in a lane, and has ended (the history of a PDM).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Whose session it was.
    pub terminal: Terminal,
    /// Which one.
    pub session: SessionNumber,
    /// The first output number that it may have offered.
    pub first: u64,
    /// The last one.
    pub through: u64,
}

/// What waits in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A message, which stands in the journal.
    Message {
        /// Its record.
        sequence: u64,
    },
    /// The network tells a sender that a message of its was acknowledged.
    Delivered(Notice),
    /// The network tells an institution something else that stands on record.
    Told(Told),
    /// A message was withdrawn before anybody offered it; its number stays.
    Withdrawn {
        /// The record of the message.
        sequence: u64,
        /// The record that withdrew it.
        record: u64,
    },
    /// The copy of a message between others.
    Copy {
        /// The record of the message.
        sequence: u64,
        /// Whether the payload stays out.
        header_only: bool,
        /// Whether the message was held for a decision when it was accepted.
        decides: bool,
    },
}

/// Something that stands on record, told to an institution that it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it is about.
    pub tiding: Tiding,
    /// The record that says it.
    pub record: u64,
    /// The message that it is about, if it is about one.
    pub about: Option<About>,
}

/// A message, as its sender knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The terminal that sent it.
    pub sender: Terminal,
    /// The number under which it sent it.
    pub input_number: u64,
    /// The record of the message.
    pub sequence: u64,
}

/// What an institution is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tiding {
    /// To a receiver: a sender asks for a permission.
    PermissionRequested,
    /// To a sender: a receiver has permitted it something, or something else than before.
    Permitted,
    /// To a sender: a receiver took its permission back.
    Revoked,
    /// To a sender: a receiver does not permit what it asked for.
    PermissionDenied,
    /// To a sender that wanted to be warned, or that asked: the receiver has not taken the message
    /// over yet.
    Undelivered,
    /// To a sender: its message was withdrawn, for its end has come.
    Withdrawn,
    /// To a sender: the end of its message has come, but the receiver may have it; it stays.
    Overdue,
    /// To a sender: the operator withdrew its message.
    Aborted,
    /// To a sender: the receiver does not take the message.
    Declined,
    /// To the sender of a request: its deadline has come without a response.
    TimedOut,
    /// To the sender of a request: its deadline has come, and the receiver had no session then.
    ReceiverGone,
    /// To the receiver of requests: deadlines have come, and no response is accepted any more.
    RequestsEnded,
    /// To a sender: the service of its message was closed and has opened; it is on its way.
    Released,
    /// To many: the operator has something to say.
    Broadcast,
    /// To a sender that wanted a notice: its message, which was held, was authorised.
    Authorised,
    /// To a sender: its message, which was held, was refused.
    Stopped,
    /// To a sender that wanted a notice: its message is delivered without a decision.
    Bypassed,
    /// To the institution that got the copy of a held message: there is nothing to decide any more.
    Undecided,
}

/// That a message was acknowledged, told to its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The terminal that sent the message.
    pub sender: Terminal,
    /// The number under which it sent it.
    pub input_number: u64,
    /// The record of the message.
    pub sequence: u64,
    /// The record of the acknowledgement.
    pub acknowledged_in: u64,
    /// Which of the messages of that acknowledgement it is, from 0.
    pub index: u32,
}

/// How far a lane has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LanePosition {
    /// Which lane.
    pub lane: Lane,
    /// Everything up to this output number was acknowledged.
    pub acknowledged_through: u64,
    /// The greatest output number that was given.
    pub last_output_number: u64,
}

/// What the machine keeps of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Message(InFlight),
    Delivered(Notice),
    Told { tiding: Tiding, record: u64 },
    // Not an optional `About`: that would make every entry eight bytes longer.
    ToldOf { tiding: Tiding, record: u64, sender: Terminal, input_number: u64, sequence: u64 },
    Withdrawn { sequence: u64, record: u64 },
    Copy { sequence: u64, header_only: bool, decides: bool },
}

/// A message that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InFlight {
    pub(crate) sequence: u64,
    pub(crate) input_number: u64,
    pub(crate) sender: Terminal,
    /// Whether the sender wants to hear of the delivery.
    pub(crate) notice: bool,
    /// Whether its service has seen such a message before and flags that.
    pub(crate) resembles_earlier: bool,
    /// Whether it is a request of a real-time service.
    pub(crate) asks: bool,
    pub(crate) times: Times,
}

/// When something is done about a message; the greatest time stands for never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    /// Its sender is warned; never any more after that.
    pub(crate) warn_at: LogTime,
    /// It is withdrawn; never any more when that has turned out to be impossible.
    pub(crate) withdraw_at: LogTime,
    /// From then on it is late.
    pub(crate) late_at: LogTime,
}

/// A time that does not come.
pub(crate) const NEVER: LogTime = LogTime(u64::MAX);

// A message in flight is an entry in a lane and at worst a run of its own among the answers (a
// deque may have reserved as much again), and at worst a deadline (a tree is half full at least).
const _: () =
    assert!(2 * (size_of::<Entry>() + size_of::<Run>()) + 2 * size_of::<Deadline>() <= 200);

/// One lane of an institution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LaneQueue {
    /// The output number of the last entry that was acknowledged.
    acknowledged: u64,
    /// Entries up to this number may have been offered by a session that has ended.
    ///
    /// Invariant: at most the last output number.
    offered_before: u64,
    /// Invariant: the entry at `i` has the output number `acknowledged + 1 + i`.
    entries: VecDeque<Entry>,
    /// Who may have offered what waits, in the order in which they ended.
    ///
    /// Invariant: at most [`ATTEMPTS_MAX`]; each reaches beyond `acknowledged`.
    attempts: VecDeque<Attempt>,
    /// The messages that were released for a reason, by output number.
    ///
    /// Invariant: rising, each above `acknowledged` and at most the last output number.
    marks: VecDeque<(u64, Mark)>,
    /// Who empties it.
    ///
    /// Invariant: an open session that receives and has a claim to the lane.
    lease: Option<Lease>,
}

impl LaneQueue {
    /// What a snapshot holds of a lane; nothing where the numbers disagree.
    pub(crate) fn new(
        acknowledged: u64,
        offered_before: u64,
        entries: VecDeque<Entry>,
        attempts: VecDeque<Attempt>,
        marks: VecDeque<(u64, Mark)>,
    ) -> Option<Self> {
        let last = acknowledged.checked_add(u64::try_from(entries.len()).ok()?)?;
        // Numbers go on behind the last one, and are looked ahead of.
        last.checked_add(OFFERS_MAX)?;
        let open = |it: &Attempt| it.through > acknowledged && it.first <= it.through;
        let sound = offered_before <= last
            && attempts.len() <= ATTEMPTS_MAX
            && attempts.iter().all(|it| open(it) && it.through <= last)
            && marks.iter().all(|(number, _)| *number > acknowledged && *number <= last)
            && marks.iter().is_sorted_by(|(before, _), (after, _)| before < after);
        let lease = None;
        sound.then_some(Self { acknowledged, offered_before, entries, attempts, marks, lease })
    }

    /// Notes why the message that entered last was released.
    pub(crate) fn mark(&mut self, output_number: u64, mark: Mark) {
        assert_eq!(output_number, self.last(), "a message is marked when it enters");
        self.marks.push_back((output_number, mark));
    }

    /// Why a message was released, if it was for a reason.
    fn mark_of(&self, output_number: u64) -> Option<Mark> {
        let place = self.marks.binary_search_by_key(&output_number, |(number, _)| *number).ok()?;
        self.marks.get(place).map(|(_, mark)| *mark)
    }

    pub(crate) fn marks(&self) -> impl ExactSizeIterator<Item = &(u64, Mark)> {
        self.marks.iter()
    }

    /// The entry of an output number that is not acknowledged.
    pub(crate) fn get(&self, output_number: u64) -> Option<&Entry> {
        self.entries.get(self.place(output_number)?)
    }

    /// The message of an output number, which a decision has found waiting there.
    pub(crate) fn message_mut(&mut self, output_number: u64) -> &mut InFlight {
        let place = self.place(output_number);
        match place.and_then(|place| self.entries.get_mut(place)) {
            Some(Entry::Message(message)) => message,
            Some(_) | None => panic!("a record names number {output_number}, which is no message"),
        }
    }

    /// Puts the word of its withdrawal in the place of a message.
    pub(crate) fn withdraw(&mut self, output_number: u64, record: u64) -> InFlight {
        let message = *self.message_mut(output_number);
        let sequence = message.sequence;
        let place = self.place(output_number);
        if let Some(entry) = place.and_then(|place| self.entries.get_mut(place)) {
            *entry = Entry::Withdrawn { sequence, record };
        }
        message
    }

    /// Whether a session has offered a number, or may have.
    pub(crate) fn may_be_offered(&self, output_number: u64) -> bool {
        output_number <= self.offered_before.max(self.offered_now())
    }

    /// Up to which number the session that empties the lane may have offered what waits in it: as
    /// many entries as any window lets through.
    fn offered_now(&self) -> u64 {
        let Some(lease) = self.lease else { return 0 };
        (self.acknowledged + OFFERS_MAX).min(lease.through.unwrap_or(u64::MAX))
    }

    pub(crate) fn lease(&self) -> Option<&Lease> {
        self.lease.as_ref()
    }

    pub(crate) fn set_lease(&mut self, lease: Option<Lease>) {
        self.lease = lease;
    }

    /// Whether the lease is limited, and what it was limited to has been taken over.
    pub(crate) fn is_through(&self) -> bool {
        let through = self.lease.and_then(|lease| lease.through);
        through.is_some_and(|through| self.acknowledged >= through)
    }

    /// The output number of a message that waits, by its record.
    pub(crate) fn number_of(&self, sequence: u64) -> Option<u64> {
        let is_it = |entry: &Entry| entry.message().is_some_and(|it| it.sequence == sequence);
        let place = self.entries.iter().position(is_it)?;
        Some(self.acknowledged + 1 + place as u64)
    }

    fn place(&self, output_number: u64) -> Option<usize> {
        let place = output_number.checked_sub(self.acknowledged)?.checked_sub(1)?;
        usize::try_from(place).ok()
    }

    pub(crate) fn attempts(&self) -> impl ExactSizeIterator<Item = &Attempt> {
        self.attempts.iter()
    }

    pub(crate) fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    pub(crate) fn offered_before(&self) -> u64 {
        self.offered_before
    }

    pub(crate) fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.entries.len() >= LANE_LENGTH_MAX
    }

    /// The output number of the last entry that ever entered.
    pub(crate) fn last(&self) -> u64 {
        self.acknowledged + self.entries.len() as u64
    }

    /// The last output number that its session is offered.
    pub(crate) fn last_offered(&self) -> u64 {
        let through = self.lease.and_then(|lease| lease.through);
        through.unwrap_or_else(|| self.last())
    }

    /// Adds an entry and gives its output number.
    pub(crate) fn push(&mut self, entry: Entry) -> u64 {
        self.entries.push_back(entry);
        self.last()
    }

    /// Drops the next `count` entries, which were acknowledged, and gives them in order.
    ///
    /// # Panics
    ///
    /// Where fewer are waiting: [`crate::Network::decide`] rejects such an acknowledgement.
    pub(crate) fn acknowledge(&mut self, count: usize) -> impl Iterator<Item = Entry> {
        assert!(count <= self.entries.len(), "only what waits in a lane can be acknowledged");
        self.acknowledged += count as u64;
        let acknowledged = self.acknowledged;
        self.attempts.retain(|attempt| attempt.through > acknowledged);
        while self.marks.front().is_some_and(|(number, _)| *number <= acknowledged) {
            self.marks.pop_front();
        }
        self.entries.drain(..count)
    }

    /// Gives memory back after a queue has become much shorter than it was.
    pub(crate) fn shrink(&mut self) {
        const KEPT: usize = 64;
        if self.entries.capacity() > KEPT && self.entries.capacity() / 4 >= self.entries.len() {
            self.entries.shrink_to(KEPT.max(self.entries.len() * 2));
        }
    }

    /// Notes that the session that emptied the lane has ended, and what it may have offered.
    pub(crate) fn end_lease(&mut self) {
        let through = self.last().min(self.offered_now());
        let Some(Lease { terminal, session, .. }) = self.lease.take() else { return };
        let first = self.acknowledged + 1;
        self.offered_before = self.offered_before.max(through);
        if through >= first {
            if self.attempts.len() >= ATTEMPTS_MAX {
                self.attempts.pop_front();
            }
            self.attempts.push_back(Attempt { terminal, session, first, through });
        }
    }

    /// The entries with output numbers above `after`, as they are at a time.
    pub(crate) fn after(&self, after: u64, now: LogTime) -> impl Iterator<Item = Offer> {
        let skipped = after.saturating_sub(self.acknowledged);
        let start = usize::try_from(skipped).unwrap_or(usize::MAX).min(self.entries.len());
        let first = self.acknowledged + 1 + start as u64;
        (first..).zip(self.entries.range(start..)).map(move |(output_number, entry)| Offer {
            output_number,
            item: entry.item(),
            possible_duplicate: output_number <= self.offered_before,
            late: entry.message().is_some_and(|message| message.times.late_at <= now),
            resembles_earlier: entry.message().is_some_and(|message| message.resembles_earlier),
            mark: self.mark_of(output_number).filter(|_| entry.message().is_some()),
        })
    }

    pub(crate) fn position(&self, lane: Lane) -> LanePosition {
        LanePosition {
            lane,
            acknowledged_through: self.acknowledged,
            last_output_number: self.last(),
        }
    }

    #[cfg(test)]
    pub(crate) fn capacity(&self) -> usize {
        self.entries.capacity()
    }
}

impl Attempt {
    /// Whether it may have offered a number.
    #[must_use]
    pub fn covers(&self, output_number: u64) -> bool {
        (self.first..=self.through).contains(&output_number)
    }
}

impl Item {
    /// The record whose hash a receiver signs when it takes the item over.
    #[must_use]
    pub fn record(&self) -> u64 {
        match *self {
            Self::Message { sequence } | Self::Copy { sequence, .. } => sequence,
            Self::Delivered(notice) => notice.acknowledged_in,
            Self::Told(Told { record, .. }) | Self::Withdrawn { record, .. } => record,
        }
    }
}

impl InFlight {
    /// The message, as its sender knows it.
    pub(crate) fn about(&self) -> About {
        let Self { sender, input_number, sequence, .. } = *self;
        About { sender, input_number, sequence }
    }
}

impl Times {
    /// The next deadline.
    pub(crate) fn next(&self) -> Option<LogTime> {
        Some(self.warn_at.min(self.withdraw_at)).filter(|at| *at != NEVER)
    }
}

impl Tiding {
    const ALL: [Self; 18] = [
        Self::PermissionRequested,
        Self::Permitted,
        Self::Revoked,
        Self::PermissionDenied,
        Self::Undelivered,
        Self::Withdrawn,
        Self::Overdue,
        Self::Aborted,
        Self::Declined,
        Self::TimedOut,
        Self::ReceiverGone,
        Self::RequestsEnded,
        Self::Released,
        Self::Broadcast,
        Self::Authorised,
        Self::Stopped,
        Self::Bypassed,
        Self::Undecided,
    ];

    /// Its number, which never changes.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::PermissionRequested => 1,
            Self::Permitted => 2,
            Self::Revoked => 3,
            Self::PermissionDenied => 4,
            Self::Undelivered => 16,
            Self::Withdrawn => 17,
            Self::Overdue => 18,
            Self::Aborted => 19,
            Self::Declined => 20,
            Self::TimedOut => 21,
            Self::ReceiverGone => 22,
            Self::RequestsEnded => 23,
            Self::Broadcast => 32,
            Self::Released => 71,
            Self::Authorised => 48,
            Self::Stopped => 49,
            Self::Bypassed => 50,
            Self::Undecided => 51,
        }
    }

    /// The tiding of a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|tiding| tiding.code() == code)
    }
}

impl From<Told> for Entry {
    fn from(Told { tiding, record, about }: Told) -> Self {
        match about {
            None => Self::Told { tiding, record },
            Some(About { sender, input_number, sequence }) => {
                Self::ToldOf { tiding, record, sender, input_number, sequence }
            }
        }
    }
}

impl Entry {
    pub(crate) fn item(&self) -> Item {
        match *self {
            Self::Message(message) => Item::Message { sequence: message.sequence },
            Self::Delivered(notice) => Item::Delivered(notice),
            Self::Told { tiding, record } => Item::Told(Told { tiding, record, about: None }),
            Self::ToldOf { tiding, record, sender, input_number, sequence } => {
                let about = Some(About { sender, input_number, sequence });
                Item::Told(Told { tiding, record, about })
            }
            Self::Withdrawn { sequence, record } => Item::Withdrawn { sequence, record },
            Self::Copy { sequence, header_only, decides } => {
                Item::Copy { sequence, header_only, decides }
            }
        }
    }

    /// The message that waits there, if it is one.
    pub(crate) fn message(&self) -> Option<&InFlight> {
        match self {
            Self::Message(message) => Some(message),
            Self::Delivered(_)
            | Self::Told { .. }
            | Self::ToldOf { .. }
            | Self::Withdrawn { .. }
            | Self::Copy { .. } => None,
        }
    }
}
