//! libxml2, asked through a Python process.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::support::absent_is_said;

pub(crate) struct Oracle {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not well-formed.
    Ill(String),
    /// Nothing that a schema is known for.
    Nothing,
    Good,
    Bad(String),
}

impl Oracle {
    /// Starts the process; `None` if there is no Python with lxml.
    pub(crate) fn start() -> Option<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let prepared = here.join("../../target/oracle/bin/python");
        let python = std::env::var_os("NUNCIO_ORACLE").map_or(prepared, PathBuf::from);
        let what = "libxml2 is not here; prepare it with `cargo xtask oracle`";
        if !absent_is_said(python.exists(), what) {
            return None;
        }
        let mut child = Command::new(python)
            .arg(here.join("tests/oracle.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the oracle starts");
        let requests = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Some(Self { child, requests, answers })
    }

    pub(crate) fn ask(&mut self, message: &[u8], schemas: &[PathBuf]) -> Verdict {
        let mut line = message.len().to_string();
        for schema in schemas {
            line.push(' ');
            line.push_str(schema.to_str().expect("paths of schemas are UTF-8"));
        }
        line.push('\n');
        self.requests.write_all(line.as_bytes()).unwrap();
        self.requests.write_all(message).unwrap();
        self.requests.flush().unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        let answer = answer.trim_end();
        let (word, why) = answer.split_once(' ').unwrap_or((answer, ""));
        match word {
            "ill" => Verdict::Ill(why.to_owned()),
            "none" => Verdict::Nothing,
            "good" => Verdict::Good,
            "bad" => Verdict::Bad(why.to_owned()),
            _ => panic!("the oracle died: {answer:?}"),
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The engine's own verdict in the same words.
pub(crate) fn ours(checked: &mx::Checked<'_>) -> Verdict {
    let mut verdict =
        if checked.message_types().next().is_none() { Verdict::Nothing } else { Verdict::Good };
    for finding in checked.findings() {
        if finding.code.starts_with("XML") {
            return Verdict::Ill(finding.to_string());
        }
        // That no schema is known is not for libxml2 to say.
        if !matches!(finding.code, "SCH010" | "SCH011") && !matches!(verdict, Verdict::Bad(_)) {
            verdict = Verdict::Bad(finding.to_string());
        }
    }
    verdict
}

/// Whether two verdicts say the same, whatever their words.
pub(crate) fn agree(one: &Verdict, two: &Verdict) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(two)
}
