//! `nuncio check FILE...`: what is wrong with messages, all of it at once, without sending them.

mod input;

use std::path::Path;
use std::process::ExitCode;

use document::{Finding, Findings, Format};
use mt::{Options, Standard};

pub(crate) use self::input::Messages;
use self::input::files;
use crate::cli::{Check, Output, Profile};
use crate::commands::schema;
use crate::exit::{self, Failure};
use crate::output;

/// The engines, and how strict they are.
struct Engines {
    checker: mx::Checker,
    library: mx::Library,
    fin: Options,
}

/// What came of one message.
struct Verdict {
    message_type: String,
    findings: Findings,
}

/// What came of all.
#[derive(Default)]
struct Totals {
    good: u64,
    bad: u64,
}

pub(crate) fn run(options: &Check, output: Output) -> Result<ExitCode, Failure> {
    let profile = match options.profile {
        Profile::None => mx::Profile::None,
        Profile::Base => mx::Profile::Base,
        Profile::CrossBorder => mx::Profile::CrossBorder,
    };
    let mut engines = Engines {
        checker: mx::Checker::with_profile(profile, mx::Settings::default()),
        library: schema::library(&options.schemas)?,
        fin: Options { edited: options.edited, ..Options::default() },
    };
    let mut totals = Totals::default();
    let mut documents = Vec::new();
    for file in files(&options.files)? {
        let mut messages = Messages::open(&file)?;
        let mut number = 0_u64;
        while let Some(message) = messages.next_message()? {
            number += 1;
            let verdict = engines.check(&message);
            let good = verdict.findings.list.is_empty();
            totals.good += u64::from(good);
            totals.bad += u64::from(!good);
            match output {
                Output::Json => documents.push(document(&file, number, &verdict)),
                Output::Table => print(&file, number, &verdict, options.quiet),
            }
        }
        if number == 0 && !options.quiet {
            output::line(&format!("{}  holds no message", file.display()));
        }
    }
    match output {
        Output::Json => output::json(&documents),
        Output::Table => output::line(&format!("{} good, {} not", totals.good, totals.bad)),
    }
    Ok(if totals.bad == 0 { ExitCode::SUCCESS } else { ExitCode::from(exit::INVALID) })
}

impl Engines {
    fn check(&mut self, message: &[u8]) -> Verdict {
        match Format::of(message) {
            Format::Mx => {
                let checked = self.checker.check(message, &self.library);
                let message_type = checked.message_types().last().unwrap_or("XML").to_owned();
                Verdict { message_type, findings: Findings::from(checked.findings()) }
            }
            Format::Fin => {
                let checked = mt::check_with(message, Standard::built_in(), self.fin);
                let kind = checked.message.as_ref().and_then(|message| message.message_type());
                let message_type = kind.map_or_else(|| "FIN".to_owned(), |kind| kind.to_string());
                Verdict { message_type, findings: Findings::from(&checked.findings) }
            }
        }
    }
}

fn print(file: &Path, number: u64, verdict: &Verdict, quiet: bool) {
    let Verdict { message_type, findings } = verdict;
    let name = format!("{}#{number}", file.display());
    if findings.list.is_empty() {
        if !quiet {
            output::line(&format!("{name}  {message_type}  good"));
        }
        return;
    }
    let count = u64::try_from(findings.list.len()).unwrap_or(u64::MAX) + findings.more;
    let errors = if count == 1 { "error" } else { "errors" };
    output::line(&format!("{name}  {message_type}  {count} {errors}"));
    for finding in &findings.list {
        let Finding { code, place, line, column, text } = finding;
        let at = if *line == 0 { String::new() } else { format!("  line {line}, column {column}") };
        output::line(&format!("  {code}  {place}{at}"));
        output::line(&format!("     {text}"));
    }
    if findings.more > 0 {
        output::line(&format!("  and {} more", findings.more));
    }
}

fn document(file: &Path, number: u64, verdict: &Verdict) -> serde_json::Value {
    let findings: Vec<serde_json::Value> = verdict
        .findings
        .list
        .iter()
        .map(|it| {
            serde_json::json!({
                "code": it.code, "path": it.place, "line": it.line, "column": it.column,
                "message": it.text,
            })
        })
        .collect();
    serde_json::json!({
        "file": file, "number": number, "type": verdict.message_type,
        "good": verdict.findings.list.is_empty(), "errors": findings,
        "more": verdict.findings.more,
    })
}
