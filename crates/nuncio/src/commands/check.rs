//! `nuncio check FILE...`: what is wrong with messages, all of it at once, without sending them.

mod input;
mod pieces;

use std::path::Path;
use std::process::ExitCode;

use document::{FILE_TYPE, FileReference, Finding, Findings, Format};
use mt::{Options, Standard};

pub(crate) use self::input::Messages;
use self::input::files;
use self::pieces::Pieces;
use crate::cli::{Check, Output, Profile};
use crate::commands::schema;
use crate::exit::{self, Failure};
use crate::output;

/// XML beyond this size is checked piece by piece.
const WHOLE_BYTES_MAX: u64 = 8 << 20;

/// The engines, and how strict they are.
struct Engines {
    checker: mx::Checker,
    profile: mx::Profile,
    library: mx::Library,
    fin: mt::Checker<'static>,
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
        profile,
        library: schema::library(&options.schemas)?,
        fin: mt::Checker::with_options(
            Standard::built_in(),
            Options { edited: options.edited, ..Options::default() },
        ),
    };
    let mut totals = Totals::default();
    let mut documents = Vec::new();
    for file in files(&options.files)? {
        let mut messages = Messages::open_within(&file, WHOLE_BYTES_MAX)?;
        let mut number = 0_u64;
        while let Some(verdict) = engines.next(&mut messages)? {
            number += 1;
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
    /// The verdict on the next message.
    fn next(&mut self, messages: &mut Messages) -> Result<Option<Verdict>, Failure> {
        if let Messages::Large(pieces) = messages {
            return self.check_pieces(pieces);
        }
        Ok(messages.next_message()?.map(|message| self.check(&message)))
    }

    fn check_pieces(&self, pieces: &mut Pieces) -> Result<Option<Verdict>, Failure> {
        let settings = mx::Settings::default();
        let mut stream = mx::Stream::with_profile(&self.library, self.profile, settings);
        if !pieces.next_document(&mut |piece| stream.feed(piece))? {
            return Ok(None);
        }
        let checked = stream.finish();
        let message_type = checked.message_types.last().map_or("XML", String::as_str).to_owned();
        Ok(Some(Verdict { message_type, findings: Findings::from(&checked.findings) }))
    }

    fn check(&mut self, message: &[u8]) -> Verdict {
        match Format::of(message) {
            Format::Mx => {
                let checked = self.checker.check(message, &self.library);
                let message_type = checked.message_types().last().unwrap_or("XML").to_owned();
                Verdict { message_type, findings: Findings::from(checked.findings()) }
            }
            Format::File => {
                let text = String::from_utf8_lossy(message);
                let findings = text.parse::<FileReference>().err().map(|error| Finding {
                    code: "FIL020".to_owned(),
                    place: String::new(),
                    line: error.line,
                    column: 1,
                    text: error.to_string(),
                });
                let findings = Findings { list: findings.into_iter().collect(), more: 0 };
                Verdict { message_type: FILE_TYPE.to_owned(), findings }
            }
            Format::Fin => {
                let checked = self.fin.check(message);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(path: &Path, whole_max: u64) -> Vec<(String, Findings)> {
        let mut engines = Engines {
            checker: mx::Checker::with_profile(mx::Profile::CrossBorder, mx::Settings::default()),
            profile: mx::Profile::CrossBorder,
            library: mx::Library::built_in(),
            fin: mt::Checker::new(Standard::built_in()),
        };
        let mut messages = Messages::open_within(path, whole_max).expect("the file is there");
        assert_eq!(matches!(messages, Messages::Large(_)), whole_max == 1_000);
        let next = || engines.next(&mut messages).expect("the file can be read");
        let all = std::iter::from_fn(next);
        all.map(|verdict| (verdict.message_type, verdict.findings)).collect()
    }

    #[test]
    fn a_file_is_judged_in_pieces_as_it_is_whole() {
        let sample = include_str!("../../../../samples/pacs.008.001.08.xml");
        let bad = sample.replace("DE67370401880512345604", "DE67370401880512345605");
        let broken = sample.replace("<ChrgBr>SHAR</ChrgBr>", "<ChrgBr>SHOR</ChrgBr><Foo/>");
        let unfinished = sample.replace("</Document>", "");
        let text = [sample, &bad, &broken, &unfinished, sample].concat();
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), text).expect("a temporary file can be written");
        let whole = verdicts(file.path(), u64::MAX);
        let counts: Vec<usize> = whole.iter().map(|(_, findings)| findings.list.len()).collect();
        assert_eq!(counts, [0, 1, 2, 1, 0]);
        assert_eq!(verdicts(file.path(), 1_000), whole);
    }
}
