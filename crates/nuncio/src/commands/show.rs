//! `nuncio show FILE`: a message in plain words.

use std::process::ExitCode;

use document::Format;

use crate::cli::{Output, Show};
use crate::commands::check::Messages;
use crate::commands::schema;
use crate::exit::{self, Failure};
use crate::output;

pub(crate) fn run(options: &Show, output: Output) -> Result<ExitCode, Failure> {
    let mut messages = Messages::open(&options.file)?;
    let library = schema::library(&options.schemas)?;
    let mut all = Vec::new();
    while let Some(message) = messages.next_message()? {
        all.push(describe(&message, &library)?);
    }
    if all.is_empty() {
        let words = format!("{} holds no message", options.file.display());
        return Err(Failure::said(exit::NOT_FOUND, words));
    }
    match output {
        Output::Json => output::json(&all),
        Output::Table => {
            for (at, lines) in all.iter().enumerate() {
                if at > 0 {
                    output::line("");
                }
                lines.iter().for_each(|line| output::line(line));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(message: &[u8], library: &mx::Library) -> Result<Vec<String>, Failure> {
    match Format::of(message) {
        Format::Mx => Ok(mx::describe(message, library)),
        // It is made to be read.
        Format::File => Ok(String::from_utf8_lossy(message).lines().map(str::to_owned).collect()),
        Format::Fin => match mt::read(message) {
            Ok(message) => Ok(mt::describe(&message)),
            Err(findings) => {
                let first = findings.first().map(ToString::to_string).unwrap_or_default();
                let words = format!("the message cannot be shown: {first}");
                Err(Failure::said(exit::INVALID, words))
            }
        },
    }
}
