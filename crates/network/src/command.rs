//! What the outside asks of the machine.

use iso::{Institution, Terminal};
use trust::{KeyId, NetworkKeys, ServiceName};

use crate::calendar::Calendar;
use crate::commands::acknowledge::Acknowledge;
use crate::commands::admit::Admit;
use crate::commands::broadcast::Broadcast;
use crate::commands::close_session::CloseSession;
use crate::commands::decide_copy::DecideCopy;
use crate::commands::decline::Decline;
use crate::commands::grant_key::GrantKey;
use crate::commands::open_session::OpenSession;
use crate::commands::refuse::Refuse;
use crate::commands::submit::Submit;
use crate::directory::Profile;
use crate::event::Relation;
use crate::lane_rules::LaneRules;
use crate::line::Line;
use crate::relationship::Permission;
use crate::reports::ReportRules;
use crate::service::Service;

/// What the outside asks of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A terminal submits a message that has passed the check.
    Submit(Submit),
    /// A terminal submitted a message that has not passed the check.
    Refuse(Refuse),
    /// A receiver has stored what it was offered.
    Acknowledge(Acknowledge),
    /// A terminal opens a session, or takes its own over.
    OpenSession(OpenSession),
    /// A session ends.
    CloseSession(CloseSession),
    /// An institution becomes a member.
    Admit(Admit),
    /// A member may neither send nor be sent to any more.
    Suspend {
        /// Which member.
        institution: Institution,
        /// Why, for people.
        reason: Line,
    },
    /// A suspended member may send and be sent to again.
    Reinstate {
        /// Which member.
        institution: Institution,
    },
    /// A terminal may sign with a key.
    GrantKey(Box<GrantKey>),
    /// What the directory says of a member is replaced.
    Describe {
        /// Which member.
        institution: Institution,
        /// What it is to say.
        profile: Box<Profile>,
    },
    /// A service is defined.
    DefineService(Box<Service>),
    /// The rules of a service are replaced; its group stays.
    ChangeService(Box<Service>),
    /// A service carries no new messages any more.
    RetireService {
        /// Which one.
        service: ServiceName,
        /// Why, for people.
        reason: Line,
    },
    /// A member enters the group of a service.
    JoinGroup {
        /// Which service.
        service: ServiceName,
        /// Which member.
        institution: Institution,
    },
    /// A member leaves the group of a service.
    LeaveGroup {
        /// Which service.
        service: ServiceName,
        /// Which member.
        institution: Institution,
    },
    /// A receiver permits a sender something, in place of what it permitted before.
    ///
    /// The shell has established that this is the receiver's will.
    Permit {
        /// Who permits whom.
        relation: Relation,
        /// What.
        permission: Box<Permission>,
    },
    /// A receiver takes its permission back.
    Revoke {
        /// Who has permitted whom.
        relation: Relation,
        /// Why, for people.
        reason: Line,
    },
    /// A sender asks for a permission.
    RequestPermission {
        /// Who is to permit whom.
        relation: Relation,
        /// What it asks for.
        permission: Box<Permission>,
        /// Why, for people.
        text: Line,
    },
    /// A receiver does not permit what it was asked for.
    DenyPermission {
        /// Who does not permit whom.
        relation: Relation,
        /// Why, for people.
        reason: Line,
    },
    /// A receiver does not take a message.
    Decline(Box<Decline>),
    /// The operator withdraws a message that nobody was offered.
    Abort {
        /// Who was to get it.
        receiver: Institution,
        /// Its record.
        sequence: u64,
        /// Why, for people.
        reason: Line,
    },
    /// The network states that a message was not taken over yet.
    StateOutstanding {
        /// The institution that asks, which must have sent it; nothing: the operator.
        by: Option<Institution>,
        /// Who is to take it over.
        receiver: Institution,
        /// The message's record.
        sequence: u64,
    },
    /// An institution says which reports it gets, and when.
    SetReports {
        /// Which institution.
        institution: Institution,
        /// Which reports.
        rules: ReportRules,
    },
    /// An institution says by which lanes of its own messages to it go.
    SetLaneRules {
        /// Which institution.
        institution: Institution,
        /// The rules, in place of those before.
        rules: Box<LaneRules>,
    },
    /// A calendar is defined, in place of one of the same name.
    DefineCalendar(Box<Calendar>),
    /// The operator tells members something.
    Broadcast(Box<Broadcast>),
    /// From here on governors change the network.
    Found(Box<NetworkKeys>),
    /// Governors have signed a change; what it lists may be ordered after it.
    Change {
        /// The signed note.
        note: Box<str>,
    },
    /// The network has other public keys.
    ReplaceKeys(Box<NetworkKeys>),
    /// A member may neither send nor be sent to any more, for good.
    Expel {
        /// Which member.
        institution: Institution,
        /// Why, for people.
        reason: Line,
    },
    /// A terminal may no longer sign with a key, from now on.
    RevokeKey {
        /// Which terminal.
        holder: Terminal,
        /// Which key.
        key: KeyId,
        /// Why, for people.
        reason: Line,
    },
    /// The institution that got the copy of a held message decides on it.
    DecideCopy(Box<DecideCopy>),
    /// The operator lets the messages of a service pass without the decision that they would wait
    /// for, or no longer does.
    SetBypass {
        /// Which service.
        service: ServiceName,
        /// Whether they pass.
        on: bool,
        /// Why, for people.
        reason: Line,
    },
    /// Time passes.
    Tick,
}
