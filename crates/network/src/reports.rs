//! What reports are made of: an institution's figures by day, and what of its messages waits.
//!
//! Figures are counted where messages are decided on, for the day of the last record and the day
//! before; older days are for whoever folds the journal. Days are those of UTC.

use iso::Institution;
use trust::codec::{CodecError, Reader, Writer};
use trust::{Lane, LogTime};

use crate::event::read_bool;
use crate::held::Held;
use crate::lane::{About, InFlight};
use crate::members::MemberId;
use crate::network::Network;

/// Microseconds of a day.
const DAY: u64 = 86_400_000_000;
/// Microseconds of a minute.
const MINUTE: u64 = 60_000_000;

/// A day of UTC, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub u64);

/// How many messages of an institution had which fate on one day (the daily check report).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// It submitted them, and they were accepted.
    pub accepted: u64,
    /// It submitted them, and they were refused.
    pub refused: u64,
    /// It took them over.
    pub received: u64,
    /// It declined them.
    pub declined: u64,
    /// It sent them and was warned that they are not taken over.
    pub warned: u64,
    /// It sent them and they were withdrawn, by time or by the operator.
    pub withdrawn: u64,
    /// It sent them and the receiver declined them.
    pub returned: u64,
    /// It took copies of them over, which are messages of others.
    pub copied: u64,
    /// It sent them and the institution that got their copies refused them.
    pub stopped: u64,
    /// It sent them and they were delivered without the decision that they were to wait for.
    pub bypassed: u64,
}

/// The figures of the last two days on which something was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Daily {
    /// Invariant: `before` is that of the day before it.
    day: Day,
    today: Figures,
    before: Figures,
}

/// At which minutes of the day an institution gets its undelivered report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportTimes(
    /// Minutes after midnight UTC.
    ///
    /// Invariant: sorted, none twice, each below 1440, at most [`ReportTimes::COUNT_MAX`].
    Box<[u16]>,
);

/// Which reports an institution gets, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportRules {
    /// The hours of its undelivered report.
    pub hours: ReportTimes,
    /// Whether it gets its undelivered report at each cut-off of a service that it may use.
    pub at_cut_off: bool,
    /// The minute after midnight UTC of its daily check report, which is about the day before.
    ///
    /// Invariant: below 1440.
    check_at: Option<u16>,
}

/// A report that an institution gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Report {
    /// Its messages that wait for their receivers.
    Undelivered,
    /// What it sent and received on the day before.
    DailyCheck,
}

impl Report {
    /// All kinds, in the order in which they are made.
    pub const ALL: [Self; 2] = [Self::Undelivered, Self::DailyCheck];
}

/// The reports of an institution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reports {
    pub(crate) rules: ReportRules,
    undelivered: Plan,
    daily_check: Plan,
}

/// When a report of an institution is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The first of its hours that has not come.
    pub(crate) next: Option<LogTime>,
    /// When it was due last.
    pub(crate) due: Option<LogTime>,
}

/// A row of an undelivered report: a message of the institution that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// The message.
    pub about: About,
    /// Where it waits.
    pub waits: Waiting,
    /// How many sessions may have offered it and have ended, as far as the lane remembers.
    pub attempts: usize,
    /// Whether it is late.
    pub late: bool,
    /// Whose decision it waits for, if it is held for one; it stands in no lane then.
    pub held_for: Option<Institution>,
    /// When its service opens, if it is held and the service was closed; it stands in no lane then.
    pub held_until: Option<LogTime>,
}

/// Where a message waits; a page of a report begins after one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// For whom.
    pub receiver: Institution,
    /// In which lane.
    pub lane: Lane,
    /// Under which number; 0 while it is held, for it has none then.
    pub output_number: u64,
    /// The record of the message, by which held ones have their order.
    pub sequence: u64,
}

impl Day {
    /// The day of a time.
    #[must_use]
    pub fn of(at: LogTime) -> Self {
        Self(at.0 / DAY)
    }
}

impl Daily {
    /// The figures of the day of a record, to be counted up.
    pub(crate) fn on(&mut self, at: LogTime) -> &mut Figures {
        let day = Day::of(at);
        if day > self.day {
            let before = if day.0 == self.day.0 + 1 { self.today } else { Figures::default() };
            *self = Self { day, today: Figures::default(), before };
        }
        &mut self.today
    }

    fn of(&self, day: Day) -> Option<Figures> {
        match self.day.0.checked_sub(day.0) {
            None => Some(Figures::default()),
            Some(0) => Some(self.today),
            Some(1) => Some(self.before),
            Some(_) => None,
        }
    }

    /// `day u64 | ten figures u64 of that day, ten of the day before`
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.u64(self.day.0);
        for figures in [self.today, self.before] {
            let Figures { accepted, refused, received, declined, warned, withdrawn, .. } = figures;
            for figure in [accepted, refused, received, declined, warned, withdrawn] {
                writer.u64(figure);
            }
            let Figures { returned, copied, stopped, bypassed, .. } = figures;
            for figure in [returned, copied, stopped, bypassed] {
                writer.u64(figure);
            }
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let day = Day(reader.u64()?);
        let mut figures = || {
            Ok::<_, CodecError>(Figures {
                accepted: reader.u64()?,
                refused: reader.u64()?,
                received: reader.u64()?,
                declined: reader.u64()?,
                warned: reader.u64()?,
                withdrawn: reader.u64()?,
                returned: reader.u64()?,
                copied: reader.u64()?,
                stopped: reader.u64()?,
                bypassed: reader.u64()?,
            })
        };
        Ok(Self { day, today: figures()?, before: figures()? })
    }
}

impl ReportTimes {
    /// How many reports an institution gets in a day at most.
    pub const COUNT_MAX: usize = 24;

    /// Times in whatever order; nothing where they are too many, or one is no minute of a day.
    #[must_use]
    pub fn new(mut minutes: Vec<u16>) -> Option<Self> {
        minutes.sort_unstable();
        minutes.dedup();
        let good = minutes.len() <= Self::COUNT_MAX && minutes.iter().all(|it| *it < 1440);
        good.then(|| Self(minutes.into()))
    }

    /// Minutes after midnight UTC, in their order.
    #[must_use]
    pub fn minutes(&self) -> &[u16] {
        &self.0
    }

    /// The first of them after a time; nothing where there is none.
    #[must_use]
    pub fn next_after(&self, at: LogTime) -> Option<LogTime> {
        let today = Day::of(at).0 * DAY;
        let days = [today, today.saturating_add(DAY)];
        let mut times = days.into_iter().flat_map(|day| {
            self.0.iter().map(move |minute| day.saturating_add(u64::from(*minute) * MINUTE))
        });
        times.find(|time| *time > at.0).map(LogTime)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.u8(u8::try_from(self.0.len()).expect("at most 24 times"));
        for minute in &self.0 {
            writer.u16(*minute);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "times of reports" };
        let minutes = (0..reader.u8()?).map(|_| reader.u16()).collect::<Result<Vec<_>, _>>()?;
        if !minutes.is_sorted_by(|before, after| before < after) {
            return Err(BAD);
        }
        Self::new(minutes).ok_or(BAD)
    }
}

impl ReportRules {
    /// Rules; nothing where the minute of the daily check report is none of a day.
    #[must_use]
    pub fn new(hours: ReportTimes, at_cut_off: bool, check_at: Option<u16>) -> Option<Self> {
        let good = check_at.is_none_or(|minute| minute < 1440);
        good.then_some(Self { hours, at_cut_off, check_at })
    }

    /// The minute after midnight UTC of the daily check report.
    #[must_use]
    pub fn check_at(&self) -> Option<u16> {
        self.check_at
    }

    /// The hours of a report.
    pub(crate) fn hours_of(&self, report: Report) -> ReportTimes {
        match report {
            Report::Undelivered => self.hours.clone(),
            Report::DailyCheck => ReportTimes(self.check_at.into_iter().collect()),
        }
    }

    /// `hours: count u8, minutes u16 | at cut-off u8 | check at u16 (all bits set: never)`
    pub(crate) fn write(&self, writer: &mut Writer) {
        self.hours.write(writer);
        writer.u8(u8::from(self.at_cut_off)).u16(self.check_at.unwrap_or(u16::MAX));
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "rules of reports" };
        let hours = ReportTimes::read(reader)?;
        let at_cut_off = read_bool(reader, "at cut-off")?;
        let check_at = Some(reader.u16()?).filter(|minute| *minute != u16::MAX);
        Self::new(hours, at_cut_off, check_at).ok_or(BAD)
    }
}

impl Reports {
    /// `rules | next u64 | next check u64 | undelivered due u64 | check due u64 (0 = none)`
    pub(crate) fn write(&self, writer: &mut Writer) {
        let Self { rules, undelivered, daily_check } = self;
        rules.write(writer);
        for time in [undelivered.next, daily_check.next, undelivered.due, daily_check.due] {
            writer.u64(time.map_or(0, |at| at.0));
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let rules = ReportRules::read(reader)?;
        let mut time = || Ok(Some(LogTime(reader.u64()?)).filter(|at| at.0 != 0));
        let next = (time()?, time()?);
        let due = (time()?, time()?);
        let undelivered = Plan { next: next.0, due: due.0 };
        let daily_check = Plan { next: next.1, due: due.1 };
        Ok(Self { rules, undelivered, daily_check })
    }

    /// When a report is made.
    pub(crate) fn plan(&self, report: Report) -> &Plan {
        match report {
            Report::Undelivered => &self.undelivered,
            Report::DailyCheck => &self.daily_check,
        }
    }

    pub(crate) fn plan_mut(&mut self, report: Report) -> &mut Plan {
        match report {
            Report::Undelivered => &mut self.undelivered,
            Report::DailyCheck => &mut self.daily_check,
        }
    }
}

impl Network {
    /// When a report of an institution was due last; nothing where it never was.
    #[must_use]
    pub fn report_due(&self, institution: Institution, report: Report) -> Option<LogTime> {
        self.members.get(&institution)?.reports.plan(report).due
    }

    /// The figures of an institution for a day; nothing where it is not a member, or the day is too
    /// long ago for the machine to know.
    #[must_use]
    pub fn figures(&self, institution: Institution, day: Day) -> Option<Figures> {
        self.members.get(&institution)?.daily.of(day)
    }

    /// At most `limit` messages of an institution that wait for their receivers, those after `after`
    /// or from the first on: by receiver in the order of admission, lane and number; then those that
    /// are held, by record.
    ///
    /// It looks at every entry of every lane behind `after`: a report costs as much as what waits in
    /// the whole network, and is made beside the thread that decides.
    pub fn undelivered(
        &self,
        sender: Institution,
        after: Option<&Waiting>,
        limit: usize,
    ) -> impl Iterator<Item = Undelivered> {
        let held_after = after.filter(|it| it.output_number == 0).map(|it| it.sequence);
        let after = after.filter(|_| held_after.is_none());
        let start = after.and_then(|it| self.members.id(&it.receiver));
        let key = after.map(|it| (start, it.lane, it.output_number));
        let members = self.members.by_id().zip((0..).map(MemberId));
        let skipped = if held_after.is_some() { usize::MAX } else { 0 };
        let members = members.skip(start.map_or(skipped, |id| id.0 as usize));
        let rows = members.flat_map(move |(member, id)| {
            member.lanes.iter().flat_map(move |(lane, queue)| {
                let numbered = (queue.acknowledged() + 1..).zip(queue.entries());
                let mine = numbered.filter_map(move |(number, entry)| {
                    let message = entry.message()?;
                    (message.sender.institution() == sender).then_some((number, *message))
                });
                let behind = move |number| key.is_none_or(|key| (Some(id), lane, number) > key);
                mine.filter(move |(number, _)| behind(*number)).map(move |(number, message)| {
                    let (receiver, sequence) = (member.institution, message.sequence);
                    let waits = Waiting { receiver, lane, output_number: number, sequence };
                    let attempts = queue.attempts().filter(|it| it.covers(number)).count();
                    Undelivered::new(&message, waits, attempts, self.now())
                })
            })
        });
        let held = std::iter::once_with(move || self.undelivered_held(sender, held_after, limit));
        rows.chain(held.flatten()).take(limit)
    }

    /// The messages of an institution that are held.
    fn undelivered_held(
        &self,
        sender: Institution,
        after: Option<u64>,
        limit: usize,
    ) -> Vec<Undelivered> {
        let held =
            self.held_where(after, limit, |held| held.message.sender.institution() == sender);
        let row = |it: Held| {
            let Held { about, receiver, lane, late, until: held_until, decider: held_for, .. } = it;
            let waits = Waiting { receiver, lane, output_number: 0, sequence: about.sequence };
            Undelivered { about, waits, attempts: 0, late, held_for, held_until }
        };
        held.into_iter().map(row).collect()
    }

    /// Counts a message of an institution.
    pub(crate) fn count(
        &mut self,
        at: LogTime,
        institution: Institution,
        count: impl FnOnce(&mut Figures),
    ) {
        count(self.member_mut(institution).daily.on(at));
    }
}

impl Undelivered {
    fn new(message: &InFlight, waits: Waiting, attempts: usize, now: LogTime) -> Self {
        let late = message.times.late_at <= now;
        Self { about: message.about(), waits, attempts, late, held_for: None, held_until: None }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::script::check_over_days;

    #[test]
    fn the_figures_of_a_day_tell_what_became_of_messages() {
        check_over_days(
            "
            service payments warn=10/10 withdraw=100
            @1s submit ALPHDEFFA 1 BANKFRPP warning
            submit ALPHDEFFA 2 BANKFRPP
            submit ALPHDEFFA 3 BANKFRPP service=other
            ack BANKFRPPA normal 1 1
            decline BANKFRPPA normal 2 RCV01 unreadable
            close BANKFRPPA
            submit ALPHDEFFA 4 BANKFRPP warning
            @20s tick
            @200s tick
            figures ALPHDEFF 0
            figures BANKFRPP 0
            @1d submit ALPHDEFFA 5 BANKFRPP
            figures ALPHDEFF 0
            figures ALPHDEFF 1
            figures BANKFRPP 1
            @3d submit ALPHDEFFA 6 BANKFRPP
            figures ALPHDEFF 1
            figures ALPHDEFF 2
            figures ALPHDEFF 3
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                refused 3 of ALPHDEFFA in record 12
                  NET014 at header/service, fault of the sender: this network has no service other
                BANKFRPPA took normal over through 1
                BANKFRPPA took normal over through 2
                offer ALPHDEFF system 1: notice
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                accepted 4 of ALPHDEFFA in record 16
                offer BANKFRPP normal 3: record 16
                offer ALPHDEFF system 2: notice
                offer ALPHDEFF system 3: notice
                  Figures { accepted: 3, refused: 1, received: 0, declined: 0, warned: 1, withdrawn: 1, returned: 1, copied: 0, stopped: 0, bypassed: 0 }
                  Figures { accepted: 0, refused: 0, received: 1, declined: 1, warned: 0, withdrawn: 0, returned: 0, copied: 0, stopped: 0, bypassed: 0 }
                accepted 5 of ALPHDEFFA in record 19
                offer BANKFRPP normal 4: record 19
                  Figures { accepted: 3, refused: 1, received: 0, declined: 0, warned: 1, withdrawn: 1, returned: 1, copied: 0, stopped: 0, bypassed: 0 }
                  Figures { accepted: 1, refused: 0, received: 0, declined: 0, warned: 0, withdrawn: 0, returned: 0, copied: 0, stopped: 0, bypassed: 0 }
                  Figures { accepted: 0, refused: 0, received: 0, declined: 0, warned: 0, withdrawn: 0, returned: 0, copied: 0, stopped: 0, bypassed: 0 }
                accepted 6 of ALPHDEFFA in record 20
                offer BANKFRPP normal 5: record 20
                  too long ago
                  Figures { accepted: 0, refused: 0, received: 0, declined: 0, warned: 0, withdrawn: 0, returned: 0, copied: 0, stopped: 0, bypassed: 0 }
                  Figures { accepted: 1, refused: 0, received: 0, declined: 0, warned: 0, withdrawn: 0, returned: 0, copied: 0, stopped: 0, bypassed: 0 }
            "#]],
        );
    }

    #[test]
    fn an_undelivered_report_has_pages() {
        check_over_days(
            "
            service payments late=50/50
            @1s submit ALPHDEFFA 1 BANKFRPP urgent
            submit BANKFRPPA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP
            submit ALPHDEFFA 3 ALPHDEFF
            close BANKFRPPA
            @60s submit ALPHDEFFA 4 BANKFRPP
            undelivered ALPHDEFF 3
            undelivered ALPHDEFF 3 after BANKFRPP urgent 1
            ack ALPHDEFFA normal 1 1
            undelivered ALPHDEFF 9
            undelivered BANKFRPP 9
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP urgent 1: record 10
                accepted 1 of BANKFRPPA in record 11
                offer BANKFRPP normal 1: record 11
                accepted 2 of ALPHDEFFA in record 12
                offer BANKFRPP normal 2: record 12
                accepted 3 of ALPHDEFFA in record 13
                offer ALPHDEFF normal 1: record 13
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                accepted 4 of ALPHDEFFA in record 15
                offer BANKFRPP normal 3: record 15
                  3 of ALPHDEFFA for ALPHDEFF normal 1, attempts 0, late
                  1 of ALPHDEFFA for BANKFRPP urgent 1, attempts 1, late
                  2 of ALPHDEFFA for BANKFRPP normal 2, attempts 1, late
                  2 of ALPHDEFFA for BANKFRPP normal 2, attempts 1, late
                  4 of ALPHDEFFA for BANKFRPP normal 3, attempts 0
                ALPHDEFFA took normal over through 1
                  1 of ALPHDEFFA for BANKFRPP urgent 1, attempts 1, late
                  2 of ALPHDEFFA for BANKFRPP normal 2, attempts 1, late
                  4 of ALPHDEFFA for BANKFRPP normal 3, attempts 0
                  1 of BANKFRPPA for BANKFRPP normal 1, attempts 1, late
            "#]],
        );
    }

    #[test]
    fn the_next_report_comes_at_the_next_of_its_minutes() {
        let times = ReportTimes::new(vec![1020, 480, 480]).unwrap();
        assert_eq!(times.minutes(), [480, 1020]);
        let at = |day: u64, minute: u64| LogTime(day * DAY + minute * MINUTE);
        assert_eq!(times.next_after(at(3, 0)), Some(at(3, 480)));
        assert_eq!(times.next_after(at(3, 480)), Some(at(3, 1020)));
        assert_eq!(times.next_after(at(3, 1020)), Some(at(4, 480)));
        assert_eq!(ReportTimes::default().next_after(at(3, 0)), None);
        assert_eq!(ReportTimes::new(vec![1440]), None);
        assert_eq!(ReportTimes::new((0..25).collect()), None);
    }
}
