//! What is wrong with a request, and how it is said (RFC 9457).
//!
//! A handler gives a [`Refusal`]; the outermost layer makes the document of it, for only there the
//! id of the request is known.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use iso::Institution;

use crate::api::{Finding, Problem};
use crate::check::Findings;
use crate::link::Unanswered;
use crate::store::StoreError;

/// Why a request is not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(
        "expected the header `Authorization: Bearer <token>` with the token of this gateway's \
         api.token, but found {found}"
    )]
    NotAuthorised { found: &'static str },
    #[error("there is nothing at this path; docs/rest.md lists what there is")]
    NoSuchPath,
    #[error("this path does not take this method; docs/rest.md lists what it takes")]
    NoSuchMethod,
    #[error(
        "{reason}; give each new message a key of its own, such as a random UUID, and repeat \
             the same key when you repeat the request"
    )]
    BadKey { reason: &'static str },
    #[error(
        "the key stands for message {id}, which came from another request; use a new key for a \
             new message"
    )]
    KeyReused { id: String },
    #[error("a request with this key is being served; repeat it when that one is answered")]
    KeyInFlight,
    #[error("a message has at most {limit} bytes here")]
    TooLarge { limit: usize },
    #[error(
        "expected the content type application/xml, text/xml or (for FIN) text/plain, but found {found}"
    )]
    NotXml { found: String },
    #[error("{}", summary(.0))]
    Invalid(Findings),
    #[error("{field}: {reason}")]
    BadQuery { field: &'static str, reason: String },
    #[error("there is no message {id:?} here")]
    NoSuchMessage { id: String },
    #[error("message {id} has no such receipt{}", if *.later { " yet" } else { "" })]
    NoReceipt { id: String, later: bool },
    #[error(
        "this gateway acknowledges a message when it is stored, so nobody can decline it; set \
         acknowledge = \"taken\" in gateway.toml to decide about each message"
    )]
    NotDecidedHere,
    #[error("there is no report {name:?} here")]
    NoSuchReport { name: String },
    #[error("message {id} was {how}: {at}")]
    Decided { id: String, how: &'static str, at: String },
    #[error("file {sha256} {why}")]
    NoSuchFile { sha256: String, why: &'static str },
    #[error(
        "the next byte to come is number {expected}, but this request begins at {found}; HEAD says so too"
    )]
    OtherOffset { expected: u64, found: u64 },
    #[error("{text}; bring the file again under the SHA-256 of its bytes")]
    OtherDigest { text: String },
    #[error("a later request brings the same file")]
    Overtaken,
    #[error("of ranges only bytes=N- is served, with N below {bytes}")]
    BadRange { bytes: u64 },
    #[error(
        "messages of this service are sealed, and no key of {receiver} is known to which that can \
         be done now; nothing was stored"
    )]
    NoSealingKey { receiver: Institution },
    #[error("the message cannot be sealed, and nothing was stored: {reason}")]
    NotSealed { reason: String },
    #[error(
        "message {id} waits until enough witnesses of the network have cosigned the log; nothing is \
         lost, ask again"
    )]
    Unwitnessed { id: String },
    #[error("message {id} is here as a copy of its header only; its bytes stay out")]
    HeaderOnly { id: String },
    #[error("this gateway holds no copy of a message {id:?}")]
    NoSuchCopy { id: String },
    #[error("message {id} is here as a copy, and nobody declines a copy; take it")]
    CopyNotDeclined { id: String },
    #[error("there is no session with the hub; nothing was asked. /v1/status says why")]
    NoSession,
    #[error(
        "the network did not answer in time, or the link broke; what was asked may have been done: \
         list what there is before you repeat it"
    )]
    Unanswered,
    #[error("the network does not do it: {code} {text}")]
    NotDone { code: String, text: String },
    #[error("the body ended early or came too slowly")]
    BodyBroken,
    #[error(
        "the disk of the gateway is full; whether the message was stored is not known: repeat \
             the request with the same key when there is room"
    )]
    Full,
    #[error(
        "the store of the gateway has failed and the gateway is stopping; repeat the request \
             with the same key when it runs again"
    )]
    StoreFailed,
}

impl Refusal {
    /// The code, which has a page in docs/codes and never changes its meaning.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotAuthorised { .. } => "GTW001",
            Self::NoSuchPath => "GTW002",
            Self::NoSuchMethod => "GTW003",
            Self::BadKey { .. } => "GTW004",
            Self::KeyReused { .. } => "GTW005",
            Self::KeyInFlight => "GTW006",
            Self::TooLarge { .. } => "GTW007",
            Self::NotXml { .. } => "GTW008",
            Self::Invalid(_) => "GTW009",
            Self::BadQuery { .. } => "GTW010",
            Self::NoSuchMessage { .. } => "GTW011",
            Self::NoReceipt { .. } => "GTW012",
            Self::BodyBroken => "GTW013",
            Self::Full => "GTW014",
            Self::StoreFailed => "GTW015",
            Self::NotDecidedHere => "GTW016",
            Self::Decided { .. } => "GTW017",
            Self::NoSuchReport { .. } => "GTW080",
            Self::NoSealingKey { .. } => "GTW060",
            Self::NotSealed { .. } => "GTW061",
            Self::NoSession => "GTW018",
            Self::Unanswered => "GTW019",
            Self::NotDone { .. } => "GTW020",
            Self::NoSuchFile { .. } => "GTW086",
            Self::OtherOffset { .. } | Self::Overtaken => "GTW087",
            Self::OtherDigest { .. } => "GTW088",
            Self::BadRange { .. } => "GTW089",
            Self::Unwitnessed { .. } => "GTW065",
            Self::HeaderOnly { .. } => "GTW070",
            Self::NoSuchCopy { .. } => "GTW071",
            Self::CopyNotDeclined { .. } => "GTW072",
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NotAuthorised { .. } => "Not authorised",
            Self::NoSuchPath => "No such path",
            Self::NoSuchMethod => "No such method",
            Self::BadKey { .. } => "Idempotency key missing or malformed",
            Self::KeyReused { .. } => "Idempotency key used for another request",
            Self::KeyInFlight => "Idempotency key in use",
            Self::TooLarge { .. } => "Message too large",
            Self::NotXml { .. } => "Content type not taken",
            Self::Invalid(_) => "Message not valid",
            Self::BadQuery { .. } => "Parameter malformed",
            Self::NoSuchMessage { .. } => "No such message",
            Self::NoReceipt { .. } => "No such receipt",
            Self::BodyBroken => "Body incomplete",
            Self::Full => "Disk full",
            Self::StoreFailed => "Store failed",
            Self::NotDecidedHere => "Messages are acknowledged when they are stored",
            Self::Decided { .. } => "Message decided about already",
            Self::NoSuchReport { .. } => "No such report",
            Self::NoSealingKey { .. } => "No key to seal to",
            Self::NotSealed { .. } => "Message cannot be sealed",
            Self::NoSession => "No session with the hub",
            Self::Unanswered => "No answer of the network",
            Self::NotDone { .. } => "The network does not do it",
            Self::NoSuchFile { .. } => "No such file",
            Self::OtherOffset { .. } | Self::Overtaken => "Upload is elsewhere",
            Self::OtherDigest { .. } => "File is not what its name says",
            Self::BadRange { .. } => "Range not served",
            Self::Unwitnessed { .. } => "Message waits for witnesses",
            Self::HeaderOnly { .. } => "A copy of the header has no bytes",
            Self::NoSuchCopy { .. } => "No such copy",
            Self::CopyNotDeclined { .. } => "A copy is not declined",
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotAuthorised { .. } => StatusCode::UNAUTHORIZED,
            Self::NoSuchPath
            | Self::NoSuchMessage { .. }
            | Self::NoReceipt { .. }
            | Self::NoSuchReport { .. }
            | Self::NoSuchFile { .. }
            | Self::HeaderOnly { .. }
            | Self::NoSuchCopy { .. } => StatusCode::NOT_FOUND,
            Self::BadRange { .. } => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::NoSuchMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadKey { .. } | Self::BadQuery { .. } => StatusCode::BAD_REQUEST,
            Self::KeyReused { .. } | Self::Invalid(_) | Self::OtherDigest { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::KeyInFlight
            | Self::NotDecidedHere
            | Self::Decided { .. }
            | Self::OtherOffset { .. }
            | Self::Overtaken
            | Self::Unwitnessed { .. }
            | Self::CopyNotDeclined { .. }
            | Self::NotDone { .. } => StatusCode::CONFLICT,
            Self::Unanswered => StatusCode::GATEWAY_TIMEOUT,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotXml { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyBroken => StatusCode::REQUEST_TIMEOUT,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::StoreFailed
            | Self::NoSession
            | Self::NoSealingKey { .. }
            | Self::NotSealed { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The document.
    pub(crate) fn problem(&self, path: &str, request_id: &str) -> Problem {
        let mut errors: Vec<Finding> = Vec::new();
        if let Self::Invalid(findings) = self {
            errors.clone_from(&findings.list);
        }
        Problem {
            kind: format!("/codes/{}", self.code()),
            title: self.title().to_owned(),
            status: self.status().as_u16(),
            detail: self.to_string(),
            instance: path.to_owned(),
            code: self.code().to_owned(),
            request_id: request_id.to_owned(),
            errors,
        }
    }

    /// The response that carries the document.
    pub(crate) fn respond(&self, path: &str, request_id: &str) -> Response {
        let body = serde_json::to_vec(&self.problem(path, request_id))
            .expect("a problem is texts and numbers");
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status(), [(header::CONTENT_TYPE, kind)], body).into_response();
        let headers = response.headers_mut();
        if matches!(self, Self::NotAuthorised { .. }) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(
            self,
            Self::TooLarge { .. } | Self::BodyBroken | Self::OtherOffset { .. } | Self::Overtaken
        ) {
            // What is left of the body is not read, so nothing can follow it.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

fn summary(findings: &Findings) -> String {
    let count = findings.list.len() as u64 + findings.more;
    let shown = if findings.more > 0 { ", of which the first are listed" } else { "" };
    let plural = if count == 1 { "" } else { "s" };
    format!("nothing was stored: {count} error{plural} in the message{shown}")
}

/// The outermost layer makes the document of what it finds among the extensions.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Unanswered> for Refusal {
    fn from(why: Unanswered) -> Self {
        match why {
            Unanswered::NoSession => Self::NoSession,
            Unanswered::Lost => Self::Unanswered,
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::Full,
            StoreError::Failed => Self::StoreFailed,
        }
    }
}
