//! Orders about the network and the records that they lead to, both ways.
//!
//! What governors sign is a record; what the machine is asked is a command. Each order of a governed
//! kind leads to exactly one record, which depends on nothing but the order.

use trust::governance::Act;
use trust::{GrantError, KeyGrant, RecordKind, VerifierKey};

use super::{Event, EventError};
use crate::command::Command;
use crate::commands::admit::Admit;
use crate::commands::grant_key::GrantKey;
use crate::directory::Grant;

/// Why an act is no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// It is no record that the machine knows.
    #[error("the act is no record of a network")]
    Event(#[from] EventError),
    /// It is a record that nobody orders.
    #[error("records of kind {} are not ordered", .kind.0)]
    Kind {
        /// Its kind.
        kind: RecordKind,
    },
    /// It grants a key without the signature of the network's root key.
    #[error("the grant of a key is refused")]
    Grant(#[from] GrantError),
}

impl Command {
    /// The order that an act stands for. A grant of a key must be signed by one of the root keys.
    ///
    /// # Errors
    ///
    /// [`ActError`].
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what governors have no part in is left out, whatever comes to it"
    )]
    pub fn of_act(act: &Act, roots: &[VerifierKey]) -> Result<Self, ActError> {
        Ok(match Event::decode(act.kind, &act.meta)? {
            Event::Admitted { institution, name } => Self::Admit(Admit { institution, name }),
            Event::Suspended { institution, reason } => Self::Suspend { institution, reason },
            Event::Reinstated { institution } => Self::Reinstate { institution },
            Event::Expelled { institution, reason } => Self::Expel { institution, reason },
            Event::KeyGranted { grant } => {
                let note = String::from(grant.note);
                let grant = KeyGrant::open(&note, roots)?;
                Self::GrantKey(Box::new(GrantKey { grant, note }))
            }
            Event::KeyRevoked { holder, key, reason } => Self::RevokeKey { holder, key, reason },
            Event::Described { institution, profile } => Self::Describe { institution, profile },
            Event::ServiceDefined(service) => Self::DefineService(service),
            Event::ServiceChanged(service) => Self::ChangeService(service),
            Event::ServiceRetired { service, reason } => Self::RetireService { service, reason },
            Event::GroupJoined { service, institution } => Self::JoinGroup { service, institution },
            Event::GroupLeft { service, institution } => Self::LeaveGroup { service, institution },
            Event::CalendarDefined(calendar) => Self::DefineCalendar(calendar),
            Event::KeysReplaced(keys) => Self::ReplaceKeys(keys),
            _ => return Err(ActError::Kind { kind: act.kind }),
        })
    }

    /// The act that an order leads to; nothing where governors have no part in it.
    #[must_use]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what governors have no part in is left out, whatever comes to it"
    )]
    pub fn to_act(&self) -> Option<Act> {
        let event = match self.clone() {
            Self::Admit(Admit { institution, name }) => Event::Admitted { institution, name },
            Self::Suspend { institution, reason } => Event::Suspended { institution, reason },
            Self::Reinstate { institution } => Event::Reinstated { institution },
            Self::Expel { institution, reason } => Event::Expelled { institution, reason },
            Self::GrantKey(order) => {
                Event::KeyGranted { grant: Box::new(Grant::of_note(&order.note).ok()?) }
            }
            Self::RevokeKey { holder, key, reason } => Event::KeyRevoked { holder, key, reason },
            Self::Describe { institution, profile } => Event::Described { institution, profile },
            Self::DefineService(service) => Event::ServiceDefined(service),
            Self::ChangeService(service) => Event::ServiceChanged(service),
            Self::RetireService { service, reason } => Event::ServiceRetired { service, reason },
            Self::JoinGroup { service, institution } => Event::GroupJoined { service, institution },
            Self::LeaveGroup { service, institution } => Event::GroupLeft { service, institution },
            Self::DefineCalendar(calendar) => Event::CalendarDefined(calendar),
            Self::ReplaceKeys(keys) => Event::KeysReplaced(keys),
            _ => return None,
        };
        Some(Act { kind: event.kind(), meta: event.meta() })
    }
}
