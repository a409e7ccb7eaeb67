//! How a command ends: the exit codes, and what is said on the way out.

use std::io;

use crate::cli::Output;

/// A failure that has no code of its own.
pub(crate) const FAILURE: u8 = 1;
/// The arguments are wrong.
pub(crate) const USAGE: u8 = 2;
/// What was asked for is not there.
pub(crate) const NOT_FOUND: u8 = 3;
/// The caller may not do this.
pub(crate) const DENIED: u8 = 4;
/// It stands against something that is there already.
pub(crate) const CONFLICT: u8 = 5;
/// The message, or the proof, is not valid.
pub(crate) const INVALID: u8 = 6;
/// It took too long; the outcome is not known.
pub(crate) const TIMEOUT: u8 = 7;

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    error: anyhow::Error,
    /// What a service said, when one did: printed as it is with `--output json`.
    problem: Option<serde_json::Value>,
}

impl Failure {
    /// A failure with its exit code.
    pub(crate) fn new(code: u8, error: impl Into<anyhow::Error>) -> Self {
        Self { code, error: error.into(), problem: None }
    }

    /// A failure that says one sentence.
    pub(crate) fn said(code: u8, sentence: impl Into<String>) -> Self {
        Self::new(code, anyhow::Error::msg(sentence.into()))
    }

    /// What a service answered with a problem document (RFC 9457).
    pub(crate) fn problem(code: u8, problem: serde_json::Value) -> Self {
        let title = problem.get("title").and_then(|it| it.as_str());
        let title = title.unwrap_or("the gateway refused").to_owned();
        Self { code, error: anyhow::Error::msg(title), problem: Some(problem) }
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        self.code
    }

    /// Says it on standard error.
    #[expect(clippy::print_stderr, reason = "the last words of a command")]
    pub(crate) fn print(&self, output: Output) {
        if let (Output::Json, Some(problem)) = (output, &self.problem) {
            eprintln!("{problem}");
            return;
        }
        if output == Output::Json {
            let chain: Vec<String> = self.error.chain().map(ToString::to_string).collect();
            eprintln!("{}", serde_json::json!({ "error": chain.join(": "), "exit": self.code }));
            return;
        }
        eprintln!("error: {}", self.error);
        for cause in self.error.chain().skip(1) {
            eprintln!("  because {cause}");
        }
        if let Some(problem) = &self.problem {
            print_problem(problem);
        }
    }
}

/// The places and rules of a problem document, one error after another.
#[expect(clippy::print_stderr, reason = "the last words of a command")]
fn print_problem(problem: &serde_json::Value) {
    if let Some(detail) = problem.get("detail").and_then(|it| it.as_str()) {
        eprintln!("  {detail}");
    }
    for error in problem.get("errors").and_then(|it| it.as_array()).into_iter().flatten() {
        let text = |name: &str| error.get(name).and_then(|it| it.as_str()).unwrap_or_default();
        let number = |name: &str| error.get(name).and_then(serde_json::Value::as_u64);
        let place = match (number("line"), number("column")) {
            (Some(line @ 1..), Some(column)) => format!("  line {line}, column {column}"),
            _ => String::new(),
        };
        eprintln!("  {}  {}{place}", text("code"), text("path"));
        eprintln!("     {}", text("message"));
    }
    if let Some(code) = problem.get("code").and_then(|it| it.as_str()) {
        eprintln!("  code {code}: see docs/codes/{code}.md");
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::new(FAILURE, error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(FAILURE, error)
    }
}
