//! `/v1/relationships`: who may send what to whom; `/v1/services`: which rule books there are. Both
//! are the network's, so they are asked of the hub while the request waits.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Json;
use session::ask::{
    Hours, Line, Patterns, Permission, Question, Relationship, Reply, Service, Standing,
    WhileClosed,
};
use trust::{Lane, LogTime, Position, Shard};

use super::Api;
use super::params::{self, RelationshipParams, bad};
use super::problem::Refusal;
use super::reports::clock;
use crate::api::{self, Recorded, Relate, Relationships, Services};

/// `GET /v1/relationships`: what the institution was permitted, has permitted, and what is asked.
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    uri: Uri,
) -> Result<Json<Relationships>, Refusal> {
    let params: RelationshipParams = params::of(&uri)?;
    let skip = params::cursor(params.cursor.as_deref())?.unwrap_or(0);
    let reply = done(api.asker.ask(Question::Relationships { skip }).await?)?;
    let Reply::Relationships { rows, more } = reply else { return Err(Refusal::Unanswered) };
    let next = skip + rows.len() as u64;
    let cursor = more.then(|| next.to_string());
    Ok(Json(Relationships { relationships: rows.iter().map(shown).collect(), cursor }))
}

/// `POST /v1/relationships`: permits, revokes, requests or denies.
pub(super) async fn post(
    State(api): State<Arc<Api>>,
    body: Bytes,
) -> Result<Json<Recorded>, Refusal> {
    let question = question(params::body(&body)?)?;
    let reply = done(api.asker.ask(question).await?)?;
    recorded(&reply).map(Json)
}

/// Where the record stands to which a question led.
pub(super) fn recorded(reply: &Reply) -> Result<Recorded, Refusal> {
    let Reply::Recorded { sequence } = *reply else { return Err(Refusal::Unanswered) };
    let position = Position { shard: Shard(0), sequence }.to_string();
    Ok(Recorded { position })
}

/// `GET /v1/services`: the rule books of the network.
pub(super) async fn services(State(api): State<Arc<Api>>) -> Result<Json<Services>, Refusal> {
    let reply = done(api.asker.ask(Question::Services).await?)?;
    let Reply::Services(services) = reply else { return Err(Refusal::Unanswered) };
    let rows = services.iter().map(service).collect();
    api.board.services(services);
    Ok(Json(Services { services: rows }))
}

/// An answer that is no rejection.
pub(super) fn done(reply: Reply) -> Result<Reply, Refusal> {
    if let Reply::Rejected { code, text } = reply {
        return Err(Refusal::NotDone { code, text });
    }
    Ok(reply)
}

fn question(relate: Relate) -> Result<Question, Refusal> {
    Ok(match relate {
        Relate::Permit { institution, service, permission } => Question::Permit {
            sender: read("institution", &institution)?,
            service: read("service", &service)?,
            permission: permission_of(&permission)?,
        },
        Relate::Revoke { institution, service, reason } => Question::Revoke {
            sender: read("institution", &institution)?,
            service: read("service", &service)?,
            reason: read::<Line>("reason", &reason)?,
        },
        Relate::Request { institution, service, permission, reason } => {
            Question::RequestPermission {
                receiver: read("institution", &institution)?,
                service: read("service", &service)?,
                permission: permission_of(&permission)?,
                text: read("reason", &reason)?,
            }
        }
        Relate::Deny { institution, service, reason } => Question::DenyPermission {
            sender: read("institution", &institution)?,
            service: read("service", &service)?,
            reason: read("reason", &reason)?,
        },
    })
}

fn permission_of(permission: &api::Permission) -> Result<Permission, Refusal> {
    let types = permission.types.iter().map(|it| read("types", it)).collect::<Result<_, _>>()?;
    let types = if permission.types.is_empty() {
        Patterns::any()
    } else {
        Patterns::new(types).map_err(|_| bad("types", "1 to 64 patterns", "more"))?
    };
    let time = |field, text: &Option<String>| {
        text.as_deref().map(|text| read::<LogTime>(field, text)).transpose()
    };
    let from = time("from", &permission.from)?.unwrap_or(LogTime(0));
    Ok(Permission { types, from, until: time("until", &permission.until)? })
}

pub(super) fn read<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<T, Refusal>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| Refusal::BadQuery {
        field,
        reason: format!("{:?}: {error}", text.chars().take(60).collect::<String>()),
    })
}

fn shown(row: &Relationship) -> api::Relationship {
    let (state, permission, position) = match &row.state {
        Standing::Permitted(permission) => ("permitted", shown_permission(permission), None),
        Standing::Requested { record } => {
            let position = Position { shard: Shard(0), sequence: *record }.to_string();
            ("requested", api::Permission::default(), Some(position))
        }
    };
    api::Relationship {
        sender: row.relation.sender.to_string(),
        receiver: row.relation.receiver.to_string(),
        service: row.relation.service.to_string(),
        state: state.to_owned(),
        permission,
        position,
    }
}

fn shown_permission(permission: &Permission) -> api::Permission {
    api::Permission {
        types: permission.types.iter().map(ToString::to_string).collect(),
        from: Some(permission.from).filter(|from| from.0 != 0).map(|from| from.to_string()),
        until: permission.until.map(|until| until.to_string()),
    }
}

fn service(service: &Service) -> api::Service {
    api::Service {
        name: service.name.to_string(),
        types: service.types.iter().map(ToString::to_string).collect(),
        profile: service.profile.clone(),
        payload_bytes_max: service.payload_bytes_max,
        relationship: service.needs_relationship,
        closed: service.is_closed,
        member: service.is_member,
        retired: service.is_retired,
        retention_days: service.retention_days,
        hours: service.hours.as_ref().map(hours),
        file_bytes_max: service.file_bytes_max,
        sealed: service.is_sealed,
        copy: service.copy.as_ref().map(|copy| api::Copied {
            institution: copy.institution.to_string(),
            mode: if copy.holds { "hold" } else { "inform" }.to_owned(),
            extent: if copy.header_only { "header" } else { "full" }.to_owned(),
            types: copy.types.iter().map(ToString::to_string).collect(),
        }),
    }
}

fn hours(hours: &Hours) -> api::Hours {
    api::Hours {
        calendar: hours.calendar.to_string(),
        opens: clock(hours.opens()),
        urgent_until: clock(hours.until(Lane::URGENT)),
        normal_until: clock(hours.until(Lane::NORMAL)),
        closed: match hours.closed {
            WhileClosed::Refuse => "refused".to_owned(),
            WhileClosed::Hold => "held".to_owned(),
        },
    }
}
