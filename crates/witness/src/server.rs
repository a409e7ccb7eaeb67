//! The HTTP side of a witness: `POST /add-checkpoint` of C2SP tlog-witness.
//!
//! Submissions are decided one after another, in the order state, disk, cosignature. What is said to
//! one that is refused stands in the specification; the log of the process says it too.

use std::fs::{self, TryLockError};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use tokio::net::TcpListener;
use trust::witness::{Submission, Witness, WitnessRefusal};
use trust::{Cosigner, LogTime};

use crate::config::Config;
use crate::error::Error;
use crate::state;

/// How large a submission can be, in bytes: 63 hashes and a checkpoint with many signatures.
const BODY_BYTES_MAX: usize = 64 << 10;

/// A running witness.
struct Running {
    config: Config,
    cosigner: Cosigner,
    witness: Mutex<Witness>,
}

/// What comes of a submission.
enum Answer {
    Cosigned(String),
    Refused(WitnessRefusal),
}

/// Runs a witness until `stop` resolves.
///
/// # Errors
///
/// [`Error`] says why it could not start.
pub async fn run(
    config: Config,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let _lock = lock(&config)?;
    let cosigner = keys::cosigner(&config.key(), &config.name, keys::Patience::default())?;
    let witness = state::load(&config)?;
    let address = config.listen;
    let unheard = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(unheard)?;
    let address = listener.local_addr().map_err(unheard)?;
    let file = config.address();
    // Whoever waits for this file must find it whole.
    let draft = file.with_extension("address.draft");
    fs::write(&draft, format!("{address}\n"))
        .and_then(|()| fs::rename(&draft, &file))
        .map_err(|source| Error::Store { path: file.clone(), source })?;
    tracing::info!(name = %config.name, key = %cosigner.verifier(), %address, "witness runs");
    let running = Arc::new(Running { config, cosigner, witness: Mutex::new(witness) });
    let router = Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(running);
    let served = axum::serve(listener, router).with_graceful_shutdown(stop).await;
    let _ = fs::remove_file(&file);
    served.map_err(unheard)
}

/// One witness in a folder: two would each remember half of what they cosigned.
fn lock(config: &Config) -> Result<fs::File, Error> {
    let path = config.folder.join("lock");
    let opened = fs::File::options().create(true).append(true).open(&path);
    let file = opened.map_err(|source| Error::Store { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Busy { folder: config.folder.clone() }),
        Err(TryLockError::Error(source)) => Err(Error::Store { path, source }),
    }
}

async fn add_checkpoint(State(running): State<Arc<Running>>, body: Bytes) -> Response {
    let decided = tokio::task::spawn_blocking(move || running.decide(&body)).await;
    match decided {
        Ok(Ok(Answer::Cosigned(line))) => text(StatusCode::OK, line),
        Ok(Ok(Answer::Refused(refusal))) => refused(refusal),
        Ok(Err(error)) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, ?source, "nothing was cosigned");
            text(StatusCode::SERVICE_UNAVAILABLE, "the witness cannot cosign now\n".to_owned())
        }
        Err(_panic) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refused(refusal: WitnessRefusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let WitnessRefusal::Elsewhere { size } = refusal else {
        return text(status, format!("{refusal}\n"));
    };
    let mut response = text(status, format!("{size}\n"));
    let kind = HeaderValue::from_static("text/x.tlog.size");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn text(status: StatusCode, body: String) -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

impl Running {
    /// Decides on a submission: checks it, stores the new state, and only then cosigns.
    fn decide(&self, body: &[u8]) -> Result<Answer, Error> {
        let submission = std::str::from_utf8(body)
            .map_err(|_| WitnessRefusal::Malformed)
            .and_then(Submission::parse);
        let submission = match submission {
            Ok(submission) => submission,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let mut witness = self.witness.lock().unwrap_or_else(PoisonError::into_inner);
        match witness.decide(&submission) {
            Ok(seen) => {
                // One that is stored already needs no disk: whoever asks again because the disk was
                // too slow the first time gets the answer at once.
                if witness.seen(&seen.head.origin) != Some(&seen) {
                    state::store(&self.config, &seen)?;
                }
                let (text, size) = (seen.note.rsplit_once("\n\n"), seen.head.size);
                let text = text.map(|(text, _)| format!("{text}\n")).unwrap_or_default();
                tracing::info!(origin = %seen.head.origin, size, "cosigned");
                witness.store(seen);
                let line = self.cosigner.cosign(&text, now()).map_err(Error::Cosign)?;
                Ok(Answer::Cosigned(line))
            }
            Err(refusal) => {
                tracing::warn!(%refusal, old = submission.old, "refused");
                let origin = submission.note.split('\n').next().unwrap_or_default();
                if let (WitnessRefusal::Forked { .. }, Some(seen)) = (refusal, witness.seen(origin))
                {
                    state::keep_evidence(&self.config, seen, &submission);
                }
                Ok(Answer::Refused(refusal))
            }
        }
    }
}

/// The time on the witness's own clock; no decision hangs on it.
#[expect(clippy::disallowed_methods, reason = "a cosignature says when it was made")]
fn now() -> LogTime {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    LogTime(since.map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(u64::MAX)))
}
