//! `nuncio lanes`: which terminal empties which lane, and by which rules messages enter own lanes.

use std::process::ExitCode;
use std::time::Duration;

use gateway::api::{LaneRulesBody, LaneView, Recorded};

use crate::cli::{Lanes, Output};
use crate::client::{Client, Post};
use crate::exit::Failure;
use crate::output;

pub(crate) fn run(command: &Lanes, format: Output) -> Result<ExitCode, Failure> {
    match command {
        Lanes::Show(options) => {
            let view: LaneView = Client::new(&options.at)?.get("/v1/lanes", Duration::ZERO)?;
            show(&view, format);
        }
        Lanes::Set(options) => {
            let wanted = LaneRulesBody { rules: options.rules.clone() };
            let body = serde_json::to_vec(&wanted).map_err(anyhow::Error::new)?;
            let headers = [("content-type", "application/json")];
            let post = Post { path: "/v1/lanes", headers: &headers, body: &body };
            let recorded: Recorded = Client::new(&options.at)?.post(&post)?;
            if format == Output::Json {
                output::json(&recorded);
            } else {
                output::line(&format!("done: it stands in record {}", recorded.position));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints lanes and rules.
pub(crate) fn show(view: &LaneView, format: Output) {
    if format == Output::Json {
        return output::json(view);
    }
    let cells: Vec<Vec<String>> = view
        .lanes
        .iter()
        .map(|lane| {
            let through = |last: u64| format!("through {last}");
            vec![
                lane.lane.to_string(),
                lane.name.clone(),
                lane.acknowledged_through.to_string(),
                lane.waiting.to_string(),
                lane.terminal.clone().unwrap_or_default(),
                lane.session.map(|session| session.to_string()).unwrap_or_default(),
                lane.leased_through.map(through).unwrap_or_default(),
            ]
        })
        .collect();
    let head = ["LANE", "NAME", "TAKEN", "WAITING", "TERMINAL", "SESSION", "LEASE"];
    output::table(&head, &cells);
    for rule in &view.rules {
        output::line(rule);
    }
}
