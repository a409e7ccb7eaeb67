//! The parameters of requests, each read whole and named when it is malformed.

use std::time::Duration;

use axum::extract::Query;
use axum::http::Uri;
use iso::Institution;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use trust::{Monitoring, Priority};

use super::problem::Refusal;
use crate::api::Announce;
use crate::check::Wish;
use crate::config::Config;

/// The longest wait for a message.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// The parameters of `POST /v1/messages`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PostParams {
    mode: Option<String>,
    service: Option<String>,
    priority: Option<String>,
    monitoring: Option<String>,
    pub(super) answers: Option<String>,
    pub(super) wait: Option<String>,
}

/// The parameters of `GET /v1/messages/{id}`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShowParams {
    pub(super) wait: Option<String>,
}

/// The parameters of `GET /v1/messages`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListParams {
    pub(super) uetr: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) state: Option<String>,
    pub(super) direction: Option<String>,
    pub(super) limit: Option<String>,
    pub(super) cursor: Option<String>,
}

/// The parameters of `GET /v1/inbox`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InboxParams {
    pub(super) wait: Option<String>,
    pub(super) limit: Option<String>,
    pub(super) cursor: Option<String>,
}

/// The parameters of `GET /v1/notices`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticeParams {
    pub(super) limit: Option<String>,
    pub(super) cursor: Option<String>,
}

/// The parameters of `GET /v1/relationships`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationshipParams {
    pub(super) cursor: Option<String>,
}

/// The parameters of `GET /v1/copies`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CopiesParams {
    pub(super) cursor: Option<String>,
}

/// The parameters of `GET /v1/archive`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ArchiveParams {
    pub(super) id: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) uetr: Option<String>,
    pub(super) sent_by: Option<String>,
    pub(super) lane: Option<String>,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    pub(super) from: Option<String>,
    pub(super) until: Option<String>,
    pub(super) limit: Option<String>,
    pub(super) cursor: Option<String>,
}

/// The parameters of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileParams {
    sender: Option<String>,
}

/// The parameters of receipts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptParams {
    pub(super) kind: Option<String>,
}

/// The parameters of a request; one that nobody knows is refused, for it may be misspelt.
pub(super) fn of<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    let query = Query::<T>::try_from_uri(uri);
    query
        .map(|Query(params)| params)
        .map_err(|error| Refusal::BadQuery { field: "query", reason: error.body_text() })
}

/// The JSON document in the body of a request.
pub(super) fn body<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::BadQuery { field: "body", reason: error.to_string() })
}

impl FileParams {
    /// Whose file it is; one that this institution sends, unless that is said.
    pub(super) fn sender(&self, config: &Config) -> Result<Institution, Refusal> {
        let Some(sender) = &self.sender else { return Ok(config.terminal.institution()) };
        sender.parse().map_err(|_| bad("sender", "a BIC of 8 characters", sender))
    }
}

impl Announce {
    /// What the back office says of the announcement.
    pub(super) fn wish(&self) -> Result<Wish, Refusal> {
        let Self { service, priority, monitoring, .. } = self.clone();
        PostParams { service, priority, monitoring, ..PostParams::default() }.wish()
    }
}

impl PostParams {
    /// Whether the message is only to be checked.
    pub(super) fn is_dry_run(&self) -> Result<bool, Refusal> {
        match self.mode.as_deref() {
            None | Some("send") => Ok(false),
            Some("validate") => Ok(true),
            Some(other) => Err(bad("mode", "send or validate", other)),
        }
    }

    /// What the back office says of the message.
    pub(super) fn wish(&self) -> Result<Wish, Refusal> {
        let priority = match self.priority.as_deref() {
            None | Some("normal") => Priority::Normal,
            Some("urgent") => Priority::Urgent,
            Some("real-time") => Priority::RealTime,
            Some(other) => return Err(bad("priority", "normal, urgent or real-time", other)),
        };
        let monitoring = match self.monitoring.as_deref() {
            None | Some("notice") => Monitoring::Notice,
            Some("none") => Monitoring::None,
            Some("warning") => Monitoring::Warning,
            Some("both") => Monitoring::Both,
            Some(other) => {
                return Err(bad("monitoring", "none, warning, notice or both", other));
            }
        };
        let service = self
            .service
            .as_deref()
            .map(|name| name.parse().map_err(|_| bad("service", "the name of a service", name)));
        Ok(Wish { service: service.transpose()?, priority, monitoring, answers: None })
    }
}

/// A number within limits, or what it is unless it is given.
pub(super) fn limit(text: Option<&str>, default: usize, max: usize) -> Result<usize, Refusal> {
    let Some(text) = text else { return Ok(default) };
    let number = text.parse().ok().filter(|limit| (1..=max).contains(limit));
    number.ok_or_else(|| bad("limit", &format!("a number from 1 to {max}"), text))
}

/// A place to go on from.
pub(super) fn cursor(text: Option<&str>) -> Result<Option<u64>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let cursor = text.parse().map_err(|_| bad("cursor", "what an answer gave as cursor", text));
    cursor.map(Some)
}

/// How long to wait: `30s`, `500ms`, or a number of seconds.
pub(super) fn wait(text: Option<&str>) -> Result<Duration, Refusal> {
    let Some(text) = text else { return Ok(Duration::ZERO) };
    let (digits, unit): (&str, fn(u64) -> Duration) = if let Some(digits) = text.strip_suffix("ms")
    {
        (digits, Duration::from_millis)
    } else {
        (text.strip_suffix('s').unwrap_or(text), Duration::from_secs)
    };
    let wait = digits.parse().ok().map(unit).filter(|wait| *wait <= WAIT_MAX);
    wait.ok_or_else(|| bad("wait", "a time up to 60s, such as 30s or 500ms", text))
}

pub(super) fn bad(field: &'static str, expected: &str, found: &str) -> Refusal {
    let found: String = found.chars().take(60).collect();
    Refusal::BadQuery { field, reason: format!("expected {expected}, but found {found:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_has_a_unit_and_a_limit() {
        assert_eq!(wait(Some("30s")), Ok(Duration::from_secs(30)));
        assert_eq!(wait(Some("250ms")), Ok(Duration::from_millis(250)));
        assert_eq!(wait(Some("2")), Ok(Duration::from_secs(2)));
        assert_eq!(wait(None), Ok(Duration::ZERO));
        for bad in ["", "s", "61s", "-1s", "1m", "18446744073709551616s", "60001ms"] {
            assert!(wait(Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_misspelt_parameter_is_refused() {
        let uri = Uri::from_static("/v1/messages?prioritty=urgent");
        assert!(matches!(of::<PostParams>(&uri), Err(Refusal::BadQuery { .. })));
        let uri = Uri::from_static("/v1/messages?priority=urgent&mode=validate");
        let params: PostParams = of(&uri).unwrap();
        assert_eq!(params.wish().unwrap().priority, Priority::Urgent);
        assert_eq!(params.is_dry_run(), Ok(true));
    }
}
