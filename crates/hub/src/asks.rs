//! What institutions ask by their links: which command a question leads to, and how it is answered.
//!
//! Who asks is the institution of the link's certificate, so a question can only be about its own
//! affairs. Nothing is decided here; answers are made by the commit loop, after the sync.

use archive::{Finder, Found, Query};
use iso::{Institution, Terminal};
use journal::Record;
use network::{Command, CopyExtent, CopyMode, Held, Network, Rejection, Relation, Report};
use session::Fill;
use session::ask::{
    By, Copied, Filed, InstitutionLanes, LaneInUse, Question, Relationship, Reply, Retrieval,
    Retrieved, Service, Standing, Undecided,
};
use trust::{Accepted, Digest, Header, LogTime, ServiceName};
use wire::limits::ROWS_MAX;

use crate::reporting;
use crate::shared::Shared;

use crate::work::Asked;

/// For how many days messages can be retrieved where no service is defined.
const DEFAULT_RETENTION_DAYS: u16 = 124;

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
        Question::StateOutstanding { receiver, record } => {
            Command::StateOutstanding { by: Some(us), receiver: *receiver, sequence: *record }
        }
        Question::SetReports(rules) => {
            Command::SetReports { institution: us, rules: rules.clone() }
        }
        Question::SetLaneRules(rules) => {
            Command::SetLaneRules { institution: us, rules: rules.clone() }
        }
        // The link makes the command of a decision, whose signature it verifies.
        Question::DecideCopy(_)
        | Question::Undecided { .. }
        | Question::Relationships { .. }
        | Question::Services
        | Question::Lanes
        | Question::EncryptionKeys { .. }
        | Question::Retrieve(_)
        | Question::Keys { .. }
        | Question::Calendars
        | Question::Reports
        | Question::Report(_) => return None,
    })
}

/// The answer to a question. The machine must not be ahead of the disk.
pub(crate) fn reply(network: &Network, asked: &Asked, outcome: Outcome) -> Reply {
    let us = asked.institution;
    match (outcome, &asked.question) {
        (Err(rejection), _) => rejected(&rejection),
        (Ok(_), Question::Relationships { skip }) => relationships(network, us, *skip),
        (Ok(_), Question::Services) => services(network, us),
        (Ok(_), Question::EncryptionKeys { institution }) => {
            let grants = network.encryption_grants(*institution);
            Reply::EncryptionKeys(grants.map(|grant| String::from(&*grant.note)).collect())
        }
        (Ok(_), Question::Keys { terminal }) => keys(network, us, *terminal),
        (Ok(_), Question::Undecided { after }) => undecided(network, us, *after),
        // The archive answers; where there is none, this does.
        (Ok(_), Question::Retrieve(_)) => no_archive(),
        (Ok(_), Question::Calendars) => Reply::Calendars(network.calendars().cloned().collect()),
        (Ok(_), Question::Lanes) => Reply::Lanes(lanes(network, us)),
        (Ok(_), Question::Reports) => reporting::view(network, us),
        (Ok(_), Question::Report(wanted)) => match wanted.report {
            Report::Undelivered => reporting::undelivered(network, us, &wanted.after),
            Report::DailyCheck => no_archive(),
        },
        (
            Ok(sequence),
            Question::Permit { .. }
            | Question::Revoke { .. }
            | Question::RequestPermission { .. }
            | Question::DenyPermission { .. }
            | Question::StateOutstanding { .. }
            | Question::SetReports(_)
            | Question::DecideCopy(_)
            | Question::SetLaneRules(_),
        ) => {
            let sequence = sequence.expect("a command that is not rejected has a record");
            Reply::Recorded { sequence }
        }
    }
}

/// The lanes of an institution.
pub(crate) fn lanes(network: &Network, us: Institution) -> InstitutionLanes {
    let lanes = network.lanes(us).map(|at| LaneInUse {
        lane: at.lane,
        acknowledged_through: at.acknowledged_through,
        assigned_through: at.last_output_number,
        lease: network.lease(us, at.lane).copied(),
    });
    let rules = network.lane_rules(us).unwrap_or_default();
    InstitutionLanes { rules, lanes: lanes.collect() }
}

/// The grants of the keys of a terminal; an institution sees those of its own.
fn keys(network: &Network, us: Institution, terminal: Terminal) -> Reply {
    let is_ours = terminal.institution() == us;
    let grants = network.grants(terminal).iter().filter(|_| is_ours);
    Reply::Keys(grants.map(|grant| grant.note.to_string()).collect())
}

/// What is told of a rejection.
pub(crate) fn rejected(rejection: &Rejection) -> Reply {
    Reply::Rejected { code: rejection.code().to_owned(), text: rejection.to_string() }
}

/// This hub keeps no archive.
pub(crate) fn no_archive() -> Reply {
    let text = "this hub keeps no archive, or it cannot be read now".to_owned();
    Reply::Rejected { code: "ARC001".to_owned(), text }
}

/// How long messages of a service can be retrieved, from what the machine knows.
fn retention(network: &Network, service: ServiceName) -> LogTime {
    const DAY_US: u64 = 86_400 * 1_000_000;
    let rules = network.service_rules(service);
    let days = rules.map_or(DEFAULT_RETENTION_DAYS, |service| service.rules.retention_days);
    LogTime(u64::from(days) * DAY_US)
}

/// The longest that messages of any service can be retrieved.
pub(crate) fn greatest_retention(shared: &Shared) -> LogTime {
    const DAY_US: u64 = 86_400 * 1_000_000;
    let days = shared.with_network(|network| {
        network.services().map(|service| service.rules.retention_days).max()
    });
    LogTime(u64::from(days.unwrap_or(DEFAULT_RETENTION_DAYS)) * DAY_US)
}

/// Asks the archive for messages of an institution.
///
/// # Errors
///
/// When the archive or the journal cannot be read.
pub(crate) fn retrieve(
    shared: &Shared,
    finder: &Finder,
    us: Institution,
    wanted: &Retrieval,
) -> Result<Reply, archive::Error> {
    let mut query = query(us, wanted);
    loop {
        // Nothing is shown that the checkpoint does not cover yet: the archive is behind it.
        let size = shared.committed().size;
        let mut found = finder.find(&query, shared.records.reader())?;
        let mut more = found.len() >= query.limit;
        query.after = found.last().map(|it| it.record.head.sequence);
        found.retain(|it| is_kept(shared, &it.record));
        let mut fill = Fill::new(query.limit);
        let mut messages = Vec::with_capacity(found.len());
        for it in found {
            let message = retrieved(it, size);
            if !fill.takes(message.bytes()) {
                more = true;
                break;
            }
            messages.push(message);
        }
        // What nobody may have any more makes no page of its own.
        if !messages.is_empty() || !more {
            return Ok(Reply::Retrieved { messages, more });
        }
    }
}

/// Whether the retention of its service still covers a message.
fn is_kept(shared: &Shared, record: &Record) -> bool {
    let Some(service) = service_of(record) else { return true };
    let kept = shared.with_network(|network| retention(network, service));
    record.head.at.0.saturating_add(kept.0) > shared.now().0
}

fn query(us: Institution, wanted: &Retrieval) -> Query {
    let by = match &wanted.by {
        By::Sent { terminal, first, last } if first == last => {
            archive::By::Id { terminal: *terminal, input_number: *first }
        }
        By::Sent { terminal, first, last } => {
            archive::By::Sent { terminal: *terminal, first: *first, last: *last }
        }
        By::Reference(reference) => archive::By::Reference(reference.clone()),
        By::Uetr(uetr) => archive::By::Uetr(*uetr),
        By::Received { lane, first, last } => {
            archive::By::Received { institution: us, lane: *lane, first: *first, last: *last }
        }
    };
    Query {
        by,
        party: Some(us),
        from: wanted.from,
        until: wanted.until.unwrap_or(LogTime(u64::MAX)),
        after: Some(wanted.after).filter(|after| *after > 0),
        limit: wanted.limit,
    }
}

/// The service of a message.
fn service_of(record: &Record) -> Option<ServiceName> {
    let accepted = Accepted::decode(&record.meta).ok()?;
    Some(Header::decode(&accepted.header).ok()?.service)
}

fn retrieved(found: Found, size: u64) -> Retrieved {
    let Found { record, place, history } = found;
    let filed = |record: &Record| Filed {
        head: record.head.clone(),
        meta: record.meta.clone(),
        payload: Digest::of(&record.payload),
    };
    let known = history.iter().filter(|it| it.head.sequence < size);
    Retrieved {
        record: filed(&record),
        place,
        history: known.map(filed).collect(),
        payload: record.payload,
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

fn undecided(network: &Network, us: Institution, after: u64) -> Reply {
    let after = Some(after).filter(|after| *after > 0);
    let mut rows = network.held_for(us, after, ROWS_MAX + 1);
    let more = rows.len() > ROWS_MAX;
    rows.truncate(ROWS_MAX);
    let message = |row: Held| Undecided {
        terminal: row.about.sender,
        input_number: row.about.input_number,
        record: row.about.sequence,
        receiver: row.receiver,
        service: row.service,
        lane: row.lane,
        late: row.late,
    };
    Reply::Undecided { messages: rows.into_iter().map(message).collect(), more }
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
            hours: rules.hours,
            file_bytes_max: rules.files.map(|files| files.bytes_max),
            is_sealed: rules.is_sealed,
            copy: rules.copy.as_deref().map(|rule| Copied {
                institution: rule.institution,
                holds: rule.mode == CopyMode::Hold,
                header_only: rule.extent == CopyExtent::Header,
                types: rule.types.clone(),
            }),
        }
    });
    Reply::Services(services.collect())
}
