//! What institutions ask by their links: which command a question leads to, and how it is answered.
//!
//! Who asks is the institution of the link's certificate, so a question can only be about its own
//! affairs. Nothing is decided here; answers are made by the commit loop, after the sync.

use iso::Institution;
use network::{Command, Network, Rejection, Relation};
use session::ask::{Question, Relationship, Reply, Service, Standing};
use wire::limits::ROWS_MAX;

use crate::work::Asked;

/// What came of the command of a question: the sequence of its record, if it led to a command.
pub(crate) type Outcome = Result<Option<u64>, Rejection>;

/// The command that a question of an institution leads to; nothing if it only wants to know.
pub(crate) fn command(us: Institution, question: &Question) -> Option<Command> {
    let relation = |sender, receiver, service| Relation { sender, receiver, service };
    Some(match question {
        Question::Permit { sender, service, permission } => Command::Permit {
            relation: relation(*sender, us, *service),
            permission: Box::new(permission.clone()),
        },
        Question::Revoke { sender, service, reason } => {
            Command::Revoke { relation: relation(*sender, us, *service), reason: reason.clone() }
        }
        Question::RequestPermission { receiver, service, permission, text } => {
            Command::RequestPermission {
                relation: relation(us, *receiver, *service),
                permission: Box::new(permission.clone()),
                text: text.clone(),
            }
        }
        Question::DenyPermission { sender, service, reason } => Command::DenyPermission {
            relation: relation(*sender, us, *service),
            reason: reason.clone(),
        },
        Question::Relationships { .. } | Question::Services => return None,
    })
}

/// The answer to a question. The machine must not be ahead of the disk.
pub(crate) fn reply(network: &Network, asked: &Asked, outcome: Outcome) -> Reply {
    let us = asked.institution;
    match (outcome, &asked.question) {
        (Err(rejection), _) => {
            Reply::Rejected { code: rejection.code().to_owned(), text: rejection.to_string() }
        }
        (Ok(_), Question::Relationships { skip }) => relationships(network, us, *skip),
        (Ok(_), Question::Services) => services(network, us),
        (
            Ok(sequence),
            Question::Permit { .. }
            | Question::Revoke { .. }
            | Question::RequestPermission { .. }
            | Question::DenyPermission { .. },
        ) => {
            let sequence = sequence.expect("a command that is not rejected has a record");
            Reply::Recorded { sequence }
        }
    }
}

fn relationships(network: &Network, us: Institution, skip: u64) -> Reply {
    let permitted = network.permissions_of(us).map(|(relation, permission)| Relationship {
        relation,
        state: Standing::Permitted(permission.clone()),
    });
    let requested = network
        .permission_requests_of(us)
        .map(|(relation, record)| Relationship { relation, state: Standing::Requested { record } });
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let mut rows: Vec<Relationship> =
        permitted.chain(requested).skip(skip).take(ROWS_MAX + 1).collect();
    let more = rows.len() > ROWS_MAX;
    rows.truncate(ROWS_MAX);
    Reply::Relationships { rows, more }
}

fn services(network: &Network, us: Institution) -> Reply {
    let services = network.services().map(|service| {
        let rules = service.rules;
        Service {
            name: rules.name,
            types: rules.types.clone(),
            profile: rules.profile.map(|profile| profile.to_string()),
            payload_bytes_max: Some(rules.payload_bytes_max).filter(|most| *most != u32::MAX),
            needs_relationship: rules.needs_relationship,
            is_closed: rules.is_closed,
            is_member: !rules.is_closed || network.group_of(rules.name).any(|it| it == us),
            is_retired: service.is_retired,
            retention_days: rules.retention_days,
        }
    });
    Reply::Services(services.collect())
}
