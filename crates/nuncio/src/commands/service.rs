//! `nuncio service`: the rule books of the network, as an institution sees them.

use std::process::ExitCode;
use std::time::Duration;

use gateway::api::{Service as Row, Services};

use crate::cli::{At, Output, Service};
use crate::client::Client;
use crate::exit::{self, Failure};
use crate::output;

pub(crate) fn run(command: &Service, format: Output) -> Result<ExitCode, Failure> {
    match command {
        Service::List(options) => list(&options.at, format),
        Service::Show(options) => show(&options.at, &options.name, format),
    }
}

fn services(at: &At) -> Result<Vec<Row>, Failure> {
    let services: Services = Client::new(at)?.get("/v1/services", Duration::ZERO)?;
    Ok(services.services)
}

fn list(at: &At, format: Output) -> Result<ExitCode, Failure> {
    let rows = services(at)?;
    match format {
        Output::Json => output::json(&rows),
        Output::Table if rows.is_empty() => {
            output::line("no service is defined; a message may name any");
        }
        Output::Table => {
            let cells: Vec<Vec<String>> = rows
                .iter()
                .map(|row| {
                    let state = if row.retired {
                        "retired"
                    } else if row.member {
                        "open to you"
                    } else {
                        "closed to you"
                    };
                    vec![
                        row.name.clone(),
                        row.types.join(" "),
                        row.profile.clone().unwrap_or_default(),
                        if row.relationship { "needed".to_owned() } else { String::new() },
                        state.to_owned(),
                    ]
                })
                .collect();
            output::table(&["NAME", "TYPES", "PROFILE", "RELATIONSHIP", "STATE"], &cells);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(at: &At, name: &str, format: Output) -> Result<ExitCode, Failure> {
    let row = services(at)?.into_iter().find(|row| row.name == name);
    let none = || Failure::said(exit::NOT_FOUND, format!("there is no service {name}"));
    let row = row.ok_or_else(none)?;
    if format == Output::Json {
        output::json(&row);
        return Ok(ExitCode::SUCCESS);
    }
    let yes = |it: bool| if it { "yes" } else { "no" };
    let profile = row.profile.as_deref().unwrap_or("the hub's");
    let bytes =
        row.payload_bytes_max.map_or_else(|| "what the hub takes".to_owned(), |it| it.to_string());
    output::line(&format!("name           {}", row.name));
    output::line(&format!("types          {}", row.types.join(" ")));
    output::line(&format!("profile        {profile}"));
    output::line(&format!("payload bytes  {bytes}"));
    output::line(&format!("relationship   {}", yes(row.relationship)));
    output::line(&format!("closed         {}", yes(row.closed)));
    output::line(&format!("open to you    {}", yes(row.member && !row.retired)));
    output::line(&format!("retired        {}", yes(row.retired)));
    output::line(&format!("retention      {} days", row.retention_days));
    let files =
        row.file_bytes_max.map_or_else(|| "none".to_owned(), |it| format!("up to {it} bytes"));
    output::line(&format!("files          {files}"));
    if let Some(copy) = &row.copy {
        let what = if copy.extent == "header" { "the header" } else { "all" };
        let types = copy.types.join(" ");
        output::line(&format!(
            "copies         {what} of {types} to {}, {}",
            copy.institution, copy.mode
        ));
    }
    Ok(ExitCode::SUCCESS)
}
