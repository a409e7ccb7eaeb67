//! What the hub shall do once a record is durable. Effects are withheld until then.

use iso::{Institution, Terminal};
use trust::{KeyId, Lane, ServiceName};

use crate::calendar::CalendarName;
use crate::commands::close_session::CloseReason;
use crate::directory::SessionNumber;
use crate::lane::LanePosition;
use crate::leases::LaneSet;
use crate::reports::Report;

/// One thing that the hub shall do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Welcome the terminal.
    SessionOpened {
        /// Who opened it.
        terminal: Terminal,
        /// Its number.
        session: SessionNumber,
        /// The last input number that the network holds; the terminal goes on with the next.
        input_number: u64,
        /// Answers above this input number are kept and can be had again.
        answers_after: u64,
        /// How far the lanes of its institution have got.
        lanes: Box<[LanePosition]>,
    },
    /// End the link of a session, if it still stands.
    SessionClosed {
        /// Whose session it was.
        terminal: Terminal,
        /// Its number.
        session: SessionNumber,
        /// Why it ended.
        end: SessionEnd,
    },
    /// From now on another session, or none, empties lanes of an institution; or the same one goes
    /// on beyond where its lease was to end.
    LanesHeld {
        /// Whose lanes.
        institution: Institution,
        /// Which of those that are in use.
        lanes: LaneSet,
        /// Who empties them, each from the first entry that is not acknowledged.
        by: Option<(Terminal, SessionNumber)>,
    },
    /// Answer a submission.
    Answered {
        /// Who submitted.
        terminal: Terminal,
        /// Under which number.
        input_number: u64,
        /// The record that holds the answer.
        sequence: u64,
        /// Whether the message was accepted; refused otherwise.
        accepted: bool,
    },
    /// Offer a message.
    Offered {
        /// Who shall get it.
        institution: Institution,
        /// In which lane.
        lane: Lane,
        /// Under which number.
        output_number: u64,
        /// The record of the message.
        sequence: u64,
    },
    /// Offer a notice, in the system lane.
    Noticed {
        /// Who shall get it.
        institution: Institution,
        /// Under which number.
        output_number: u64,
    },
    /// A receiver took entries of a lane over; it may be offered as many more.
    Acknowledged {
        /// Who took them over.
        by: Terminal,
        /// Of which lane.
        lane: Lane,
        /// Up to which output number.
        through: u64,
    },
    /// An institution was admitted, suspended or reinstated.
    StatusChanged {
        /// Which one; [`crate::Network::member`] tells its status.
        institution: Institution,
    },
    /// What the directory says of a member was replaced.
    Described {
        /// Which one; [`crate::Network::member`] tells its profile.
        institution: Institution,
    },
    /// A service was defined, changed or retired, or its group was; from now on the check of
    /// documents goes by the new rules.
    ServiceChanged {
        /// Which one; [`crate::Network::service_rules`] tells its rules.
        service: ServiceName,
    },
    /// An institution is to get a report now: the undelivered one is made from
    /// [`crate::Network::undelivered`] and [`crate::Network::held`].
    ReportDue {
        /// Which institution.
        institution: Institution,
        /// Which report.
        report: Report,
    },
    /// A calendar was defined, or defined anew.
    CalendarChanged {
        /// Which one.
        calendar: CalendarName,
    },
    /// A key was granted; from now on the check of signatures knows it.
    KeyGranted {
        /// Who may sign with it.
        holder: Terminal,
        /// Its name; [`crate::Network::grants`] has the key.
        key: KeyId,
    },
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// It was closed.
    Closed(CloseReason),
    /// The same terminal opened another one.
    TakenOver,
    /// A hub opened the journal: links to the one before are gone.
    EpochOpened,
}

impl SessionEnd {
    /// Its number: that of the reason of a close, 16 taken over, 17 epoch opened.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Closed(reason) => reason.code(),
            Self::TakenOver => 16,
            Self::EpochOpened => 17,
        }
    }

    /// The end of a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        match code {
            16 => Some(Self::TakenOver),
            17 => Some(Self::EpochOpened),
            _ => CloseReason::from_code(code).map(Self::Closed),
        }
    }
}
