//! What the outside asks of the machine.

use iso::Institution;

use crate::commands::acknowledge::Acknowledge;
use crate::commands::admit::Admit;
use crate::commands::close_session::CloseSession;
use crate::commands::grant_key::GrantKey;
use crate::commands::open_session::OpenSession;
use crate::commands::refuse::Refuse;
use crate::commands::submit::Submit;
use crate::line::Line;

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
    /// Time passes.
    Tick,
}
