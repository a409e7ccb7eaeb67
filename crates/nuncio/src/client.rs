//! The client of a gateway's REST interface, as the commands use it.
//!
//! It turns HTTP statuses into exit codes and keeps the gateway's words; it knows nothing of
//! messages.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use serde::de::DeserializeOwned;
use ureq::http::Response;
use ureq::{Agent, Body};

use crate::cli::At;
use crate::exit::{self, Failure};

/// How long an answer may take, where the caller does not wait for something to happen.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);
/// More than the greatest message and its wrapping.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// The gateway's code for an idempotency key that was used for another message.
const KEY_REUSED: &str = "GTW005";

/// A client of one gateway.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    authorization: String,
}

/// A request that has a body.
#[derive(Debug)]
pub(crate) struct Post<'a> {
    /// The path and the query.
    pub(crate) path: &'a str,
    /// Further headers.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub(crate) body: &'a [u8],
}

/// The rest of a file, on its way to the gateway.
pub(crate) struct Upload<'a> {
    /// The path.
    pub(crate) path: &'a str,
    /// How many bytes the gateway has.
    pub(crate) offset: u64,
    /// How many the file has.
    pub(crate) length: u64,
    /// The bytes from there on.
    pub(crate) body: &'a mut dyn std::io::Read,
}

/// A file on its way from the gateway.
#[derive(Debug)]
pub(crate) struct Download<'a> {
    /// The path.
    pub(crate) path: &'a str,
    /// From which byte on.
    pub(crate) offset: u64,
}

impl Client {
    /// The gateway that the arguments name.
    pub(crate) fn new(at: &At) -> Result<Self, Failure> {
        match (&at.gateway, &at.url, &at.token_file) {
            (Some(folder), _, _) => Self::of_folder(folder),
            (None, Some(url), Some(token)) => Self::of_address(url, token),
            _ => Err(Failure::said(
                exit::USAGE,
                "which gateway? give --gateway DIR, or --url URL with --token-file FILE",
            )),
        }
    }

    /// The gateway that runs in a folder.
    pub(crate) fn of_folder(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("gateway.address");
        let address = fs::read_to_string(&path).map_err(|source| {
            let words = format!(
                "no gateway runs in {}: {} is not there; start it with 'nuncio gateway run --dir {}'",
                folder.display(),
                path.display(),
                folder.display()
            );
            Failure::new(exit::FAILURE, anyhow::Error::new(source).context(words))
        })?;
        Self::of_address(&format!("http://{}", address.trim()), &folder.join("api.token"))
    }

    fn of_address(base: &str, token: &Path) -> Result<Self, Failure> {
        let token = fs::read_to_string(token)
            .with_context(|| format!("cannot read the token in {}", token.display()))
            .map_err(|error| Failure::new(exit::DENIED, error))?;
        let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { agent, base, authorization: format!("Bearer {}", token.trim()) })
    }

    /// Asks for a JSON document, and waits for at most as long beyond the usual time.
    pub(crate) fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        wait: Duration,
    ) -> Result<T, Failure> {
        let bytes = self.bytes(path, "application/json", wait)?;
        let document = serde_json::from_slice(&bytes).with_context(|| {
            format!("{path} answered in a form that this program does not know")
        })?;
        Ok(document)
    }

    /// Asks for bytes of a type.
    pub(crate) fn bytes(
        &self,
        path: &str,
        accept: &str,
        wait: Duration,
    ) -> Result<Vec<u8>, Failure> {
        let request = self
            .agent
            .get(format!("{}{path}", self.base))
            .header("authorization", &self.authorization)
            .header("accept", accept)
            .config()
            .timeout_global(Some(ANSWER_TIME_MAX + wait))
            .build();
        self.read(request.call())
    }

    /// Sends a body and reads the JSON document that comes back.
    pub(crate) fn post<T: DeserializeOwned>(&self, post: &Post<'_>) -> Result<T, Failure> {
        let mut request = self
            .agent
            .post(format!("{}{}", self.base, post.path))
            .header("authorization", &self.authorization)
            .header("accept", "application/json");
        for (name, value) in post.headers {
            request = request.header(*name, *value);
        }
        let request = request.config().timeout_global(Some(ANSWER_TIME_MAX)).build();
        let bytes = self.read(request.send(post.body))?;
        let document = serde_json::from_slice(&bytes).with_context(|| {
            format!("{} answered in a form that this program does not know", post.path)
        })?;
        Ok(document)
    }

    /// How much of a file the gateway has.
    pub(crate) fn upload_offset(&self, path: &str) -> Result<u64, Failure> {
        let request = self
            .agent
            .head(format!("{}{path}", self.base))
            .header("authorization", &self.authorization)
            .config()
            .timeout_global(Some(ANSWER_TIME_MAX))
            .build();
        let answer = request.call();
        if answer.as_ref().is_ok_and(|answer| answer.status().as_u16() == 404) {
            return Ok(0);
        }
        let offset = answer.as_ref().ok().and_then(|answer| {
            let whole = answer.headers().get("upload-length");
            let offset = whole.or_else(|| answer.headers().get("upload-offset"))?;
            offset.to_str().ok()?.parse().ok()
        });
        self.read(answer)?;
        Ok(offset.unwrap_or(0))
    }

    /// Brings the rest of a file.
    pub(crate) fn upload(&self, upload: &mut Upload<'_>) -> Result<(), Failure> {
        let Upload { path, offset, length, body } = upload;
        let rest = length.saturating_sub(*offset);
        let request = self
            .agent
            .patch(format!("{}{path}", self.base))
            .header("authorization", &self.authorization)
            .header("content-type", "application/partial-upload")
            .header("content-length", rest.to_string())
            .header("upload-offset", offset.to_string())
            .header("upload-length", length.to_string())
            .header("upload-complete", "?1");
        self.read(request.send(ureq::SendBody::from_reader(body))).map(drop)
    }

    /// Fetches the rest of a file, piece by piece.
    pub(crate) fn download(
        &self,
        download: &Download<'_>,
        mut take: impl FnMut(&[u8]) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        let Download { path, offset } = download;
        let request = self
            .agent
            .get(format!("{}{path}", self.base))
            .header("authorization", &self.authorization)
            .header("range", format!("bytes={offset}-"));
        let answer = request.call();
        if !answer.as_ref().is_ok_and(|answer| answer.status().as_u16() == 206) {
            return self.read(answer).map(drop);
        }
        let Ok(answer) = answer else { return Ok(()) };
        let mut reader = answer.into_body().into_with_config().limit(u64::MAX).reader();
        let mut piece = vec![0; 1 << 20];
        loop {
            let length = reader.read(&mut piece).context("the gateway's answer broke off")?;
            if length == 0 {
                return Ok(());
            }
            take(piece.get(..length).unwrap_or_default()).context("cannot write the file")?;
        }
    }

    fn read(&self, answer: Result<Response<Body>, ureq::Error>) -> Result<Vec<u8>, Failure> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(ureq::Error::Timeout(_)) => {
                return Err(Failure::said(
                    exit::TIMEOUT,
                    format!("the gateway at {} took too long to answer", self.base),
                ));
            }
            Err(error) => {
                let words = format!("cannot reach the gateway at {}: does it run?", self.base);
                return Err(Failure::new(exit::FAILURE, anyhow::Error::new(error).context(words)));
            }
        };
        let status = answer.status().as_u16();
        let mut bytes = Vec::new();
        answer
            .into_body()
            .into_reader()
            .take(ANSWER_BYTES_MAX)
            .read_to_end(&mut bytes)
            .context("the gateway's answer broke off")?;
        if (200..300).contains(&status) {
            return Ok(bytes);
        }
        let code = match status {
            400 | 405 | 406 | 415 => exit::USAGE,
            401 | 403 => exit::DENIED,
            404 => exit::NOT_FOUND,
            409 => exit::CONFLICT,
            413 | 422 => exit::INVALID,
            408 | 504 => exit::TIMEOUT,
            _ => exit::FAILURE,
        };
        match serde_json::from_slice::<serde_json::Value>(&bytes) {
            Ok(problem) => {
                // The same key for another message is a conflict, whatever is wrong with either.
                let code = if problem.get("code").is_some_and(|it| it == KEY_REUSED) {
                    exit::CONFLICT
                } else {
                    code
                };
                Err(Failure::problem(code, problem))
            }
            Err(_) => {
                Err(Failure::said(code, format!("the gateway answered with status {status}")))
            }
        }
    }
}

/// A text in the form that a query takes (RFC 3986, 2.1).
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
