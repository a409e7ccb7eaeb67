//! `/v1/notices`: what the network told the institution, beside what became of its messages.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Json;

use super::params::{self, NoticeParams};
use super::problem::Refusal;
use super::{Api, present};
use crate::api::Notices;

/// How many notices an answer has unless the request says, and at most.
const PAGE: usize = 100;
const PAGE_MAX: usize = 500;

/// `GET /v1/notices`: the oldest first; the cursor of a page is the number of its last one.
pub(super) async fn list(State(api): State<Arc<Api>>, uri: Uri) -> Result<Json<Notices>, Refusal> {
    let params: NoticeParams = params::of(&uri)?;
    let limit = params::limit(params.limit.as_deref(), PAGE, PAGE_MAX)?;
    let after = params::cursor(params.cursor.as_deref())?.unwrap_or(0);
    let found = api.store.ask(move |view| view.notices(after, limit)).await?;
    let cursor = found.last().map(|(number, _)| number.to_string());
    let notices = found.iter().map(|(number, entry)| present::notice(*number, entry)).collect();
    Ok(Json(Notices { notices, cursor }))
}
