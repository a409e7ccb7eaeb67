//! `/v1/lanes`: the lanes of the institution, who empties which, and by which rules messages enter
//! those of its own.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Json;
use session::ask::{InstitutionLanes, LaneInUse, LaneRules, Question, Reply};

use super::Api;
use super::params;
use super::problem::Refusal;
use super::relationships::{done, recorded};
use crate::api::{Lane, LaneRulesBody, LaneView, Recorded};

/// `GET /v1/lanes`.
pub(super) async fn list(State(api): State<Arc<Api>>) -> Result<Json<LaneView>, Refusal> {
    let reply = done(api.asker.ask(Question::Lanes).await?)?;
    let Reply::Lanes(lanes) = reply else { return Err(Refusal::Unanswered) };
    Ok(Json(shown(&lanes)))
}

/// `POST /v1/lanes`: the rules from now on.
pub(super) async fn set(
    State(api): State<Arc<Api>>,
    body: Bytes,
) -> Result<Json<Recorded>, Refusal> {
    let wanted: LaneRulesBody = params::body(&body)?;
    let rules = LaneRules::of_texts(wanted.rules.iter().map(String::as_str))
        .map_err(|error| Refusal::BadQuery { field: "rules", reason: error.to_string() })?;
    let question = Question::SetLaneRules(Box::new(rules));
    let reply = done(api.asker.ask(question).await?)?;
    recorded(&reply).map(Json)
}

fn shown(InstitutionLanes { rules, lanes }: &InstitutionLanes) -> LaneView {
    let name = |lane: trust::Lane| {
        let own = rules.names().iter().find(|(it, _)| *it == lane);
        own.map_or_else(|| lane.to_string(), |(_, name)| name.to_string())
    };
    let lane = |it: &LaneInUse| Lane {
        lane: it.lane.0,
        name: name(it.lane),
        acknowledged_through: it.acknowledged_through,
        waiting: it.assigned_through.saturating_sub(it.acknowledged_through),
        terminal: it.lease.map(|lease| lease.terminal.to_string()),
        session: it.lease.map(|lease| lease.session.0),
        leased_through: it.lease.and_then(|lease| lease.through),
    };
    LaneView { rules: rules.to_texts(), lanes: lanes.iter().map(lane).collect() }
}
