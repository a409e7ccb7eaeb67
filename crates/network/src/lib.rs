//! The deterministic machine: directory, sessions, submissions, lanes, deliveries.
//!
//! Everything that decides anything about a message stands here. The machine reads no clock and
//! touches no disk: time and order come with each record of the journal, so the same records give
//! the same state on every machine, for ever.
//!
//! The way of a record has two steps. [`Network::decide`] looks at the state, changes nothing and
//! says what the record of a [`Command`] is to be, or rejects the command. [`Network::apply`] takes
//! a record and changes the state. The hub decides, applies and withholds the [`Effect`]s, makes
//! the records durable, and only then carries the effects out; after a restart it applies the
//! records of its journal and stands where it stood (`docs/decisions/0001`).
//!
//! Not here: signatures and documents (checked before a command is made), links and windows (crate
//! `session`), bytes on a disk (crate `journal`).

mod answers;
mod calendar;
mod command;
mod commands;
mod copy;
mod deadlines;
mod directory;
mod effect;
mod envelope;
mod event;
mod files;
mod governance;
mod held;
mod lane;
mod lane_rules;
mod lane_texts;
mod leases;
mod line;
mod members;
mod network;
mod pairs;
mod pattern;
mod placement;
mod queries;
mod real_time;
mod refusal;
mod rejection;
mod relationship;
mod reports;
#[cfg(test)]
mod script;
mod service;
mod small_map;
mod snapshot;
#[cfg(test)]
mod tests;

pub use answers::{ANSWERS_MAX, AnswerRun};
pub use calendar::{CALENDARS_MAX, Calendar, CalendarName, Hours, LocalDay, WhileClosed};
pub use command::Command;
pub use commands::abort::Aborted;
pub use commands::acknowledge::Acknowledge;
pub use commands::admit::Admit;
pub use commands::broadcast::Broadcast;
pub use commands::close_session::{CloseReason, CloseSession};
pub use commands::decide_copy::DecideCopy;
pub use commands::decline::Decline;
pub use commands::define_service::{DUPLICATE_WINDOW_S_MAX, RETENTION_DAYS_MAX};
pub use commands::end_requests::EndedRequest;
pub use commands::grant_key::{GRANTS_MAX, GrantKey};
pub use commands::open_session::OpenSession;
pub use commands::refuse::Refuse;
pub use commands::release::Released;
pub use commands::submit::Submit;
pub use commands::tick::{ELAPSED_MAX, Elapsed, Outcome};
pub use copy::state::{Bypassing, DECISIONS_REMEMBERED_MAX, HELD_MAX};
pub use copy::{BYPASS_AFTER_S_MAX, Bypass, CopyExtent, CopyMode, CopyRule, CopyWay};
pub use directory::{
    Branch, BranchError, Grant, PastSession, Profile, SESSIONS_REMEMBERED_MAX, SessionNumber,
    Status,
};
pub use effect::{Effect, SessionEnd};
pub use envelope::{Checked, Envelope};
pub use event::{ActError, Decision, Event, EventError, Relation};
pub use files::{ANNOUNCEMENTS_MAX, FileView};
pub use held::Held;
pub use lane::{
    ATTEMPTS_MAX, About, Attempt, Item, LANE_LENGTH_MAX, LANES, LanePosition, Mark, Notice,
    OFFERS_MAX, Offer, Tiding, Told,
};
pub use lane_rules::{LANE_RULES_MAX, LaneName, LaneRule, LaneRules, LaneRulesError};
pub use leases::{Claims, LaneSet, Lease};
pub use line::{Line, LineError};
pub use network::Network;
pub use pattern::{Pattern, PatternError, Patterns};
pub use placement::{Placement, Placements};
pub use queries::{MemberView, ServiceView, SessionView};
pub use real_time::{ANSWER_WITHIN_MS_MAX, OPEN_REQUESTS_MAX, OVER_REMEMBERED_MAX, RequestOutcome};
pub use refusal::Refusal;
pub use rejection::{Flaw, Rejection};
pub use relationship::{Missing, PERMISSIONS_MAX, Permission, REQUESTS_MAX};
pub use reports::{Day, Figures, Report, ReportRules, ReportTimes, Undelivered, Waiting};
pub use service::{
    ByPriority, DUPLICATES_REMEMBERED_MAX, DuplicateCheck, FileRules, MonitoringOptions,
    SERVICES_MAX, Service, Timing, is_test_institution, is_test_service,
};
pub use snapshot::SnapshotError;
