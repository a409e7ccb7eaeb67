//! In which way a message goes: the services of a run, and what each promises.

use gateway::parts::Wish;
use iso::Institution;
use network::{
    ByPriority, Bypass, Calendar, Command, CopyExtent, CopyMode, CopyRule, Hours, Patterns,
    Service, Timing, WhileClosed,
};
use trust::{Label, LogTime, Monitoring, Priority, ServiceName};

use crate::plan::SECOND;

/// Within how many milliseconds a request is to be answered.
const ANSWER_WITHIN_MS: u32 = 3_000;
/// After how many seconds without whoever decides messages are delivered without a decision.
const BYPASS_AFTER_S: u32 = 4;
/// The minute of the day at which the service with hours opens: a minute after a run begins.
const OPENS: u16 = 7 * 60 + 41;
const MINUTE: u64 = 60 * SECOND;
const DAY: u64 = 24 * 60 * MINUTE;

/// In which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Stored and forwarded.
    Plain,
    /// The same with urgent priority.
    Urgent,
    /// In the service with hours.
    Held,
    /// In the service that holds messages until a third institution has decided.
    Copied,
    /// In the service that shows messages to a third institution.
    Shown,
    /// In the service that withdraws messages which nobody can have by then.
    Short,
    /// As a request that is to be answered in real time.
    Request,
    /// As the response to the request of a record.
    Response(u64),
}

impl Way {
    /// What a back office says of such a message.
    pub(crate) fn wish(self) -> Wish {
        let (service, priority) = match self {
            Self::Plain => (None, Priority::Normal),
            Self::Urgent => (None, Priority::Urgent),
            Self::Held => (Some(name("hours")), Priority::Normal),
            Self::Copied => (Some(name("copied")), Priority::Normal),
            Self::Shown => (Some(name("shown")), Priority::Urgent),
            Self::Short => (Some(name("short")), Priority::Normal),
            Self::Request | Self::Response(_) => (Some(name("instant")), Priority::RealTime),
        };
        let answers = match self {
            Self::Response(record) => Some(record),
            Self::Plain
            | Self::Urgent
            | Self::Held
            | Self::Copied
            | Self::Shown
            | Self::Short
            | Self::Request => None,
        };
        // Whoever sends in the service of short times wants to be warned, too.
        let monitoring = if self == Self::Short { Monitoring::Both } else { Monitoring::Notice };
        Wish { service, priority, monitoring, answers }
    }

    /// Whether a third institution gets a copy.
    pub(crate) fn is_copied(self) -> bool {
        matches!(self, Self::Copied | Self::Shown)
    }

    /// The log's time before which nobody may receive such a message that was accepted at a time.
    pub(crate) fn opens(self, accepted_at: LogTime) -> LogTime {
        let opens = u64::from(OPENS) * MINUTE;
        let of_day = accepted_at.0 % DAY;
        if self == Self::Held && of_day < opens {
            LogTime(accepted_at.0 - of_day + opens)
        } else {
            accepted_at
        }
    }
}

fn name(name: &str) -> ServiceName {
    name.parse().expect("it is a name")
}

fn service(it: &str) -> Service {
    Service::new(name(it), Patterns::any())
}

fn define<const N: usize>(services: [Service; N]) -> Vec<Command> {
    services.into_iter().map(|it| Command::DefineService(Box::new(it))).collect()
}

/// What the operator orders so that there are services whose messages are copied.
pub(crate) fn copying(decider: Institution, header_only: bool, bypasses: bool) -> Vec<Command> {
    let extent = if header_only { CopyExtent::Header } else { CopyExtent::Full };
    let copy = |mode, bypass| {
        let rule = CopyRule { bypass, ..CopyRule::new(decider, mode, extent) };
        Some(Box::new(rule))
    };
    let bypass = if bypasses { Bypass::After { seconds: BYPASS_AFTER_S } } else { Bypass::Never };
    define([
        service("payments"),
        Service { copy: copy(CopyMode::Hold, bypass), ..service("copied") },
        Service { copy: copy(CopyMode::Inform, Bypass::Never), ..service("shown") },
    ])
}

/// What the operator orders so that there is a service that withdraws messages after four seconds,
/// and warns of them after one.
pub(crate) fn short() -> Vec<Command> {
    let warn_after_s = ByPriority { urgent_s: 1, normal_s: 1 };
    let timing = Timing { warn_after_s, withdraw_after_s: 4, ..Timing::default() };
    define([service("payments"), Service { timing, ..service("short") }])
}

/// What the operator orders so that there are services.
pub(crate) fn orders() -> Vec<Command> {
    let calendar: Label = "every-day".parse().expect("it is a label");
    let days = Calendar::new(calendar, 0, vec![(LogTime(0), 0)], Vec::new());
    let hours = Hours::new(calendar, OPENS, (1_440, 1_440), WhileClosed::Hold);
    let services = define([
        service("payments"),
        Service { hours, ..service("hours") },
        Service { answer_within_ms: Some(ANSWER_WITHIN_MS), ..service("instant") },
    ]);
    let calendar = Command::DefineCalendar(Box::new(days.expect("the days are sound")));
    [calendar].into_iter().chain(services).collect()
}
