//! `nuncio hub figures --from --to`: the traffic of any days as CSV or Parquet, for bills and
//! statistics. It reads the journal in the hub's folder, beside a hub that runs.

mod parquet;

use std::path::Path;

use anyhow::Context as _;
use archive::figures::{Counts, Kind, Traffic, What, traffic};
use iso::Date;
use journal::Reader;
use network::Day;

use self::parquet::{Column, Values};
use crate::cli::{FiguresForm, HubFigures};
use crate::exit::{self, Failure};
use crate::output;

/// Prints or writes the traffic of some days.
pub(crate) fn run(options: &HubFigures, from: Date) -> Result<(), Failure> {
    let to = options.to.unwrap_or(from);
    if to < from {
        return Err(Failure::said(exit::USAGE, format!("{to} is before {from}")));
    }
    let config = hub::Config::load(&options.of.dir).map_err(anyhow::Error::new)?;
    let reader = Reader::open(&config.journal()).context("cannot read the journal")?;
    let days = (day(from)?, day(to)?);
    let traffic = traffic(&reader, days, options.institution).map_err(anyhow::Error::new)?;
    let bytes = match options.format {
        FiguresForm::Csv => csv(&traffic).into_bytes(),
        FiguresForm::Parquet => parquet::file(&columns(&traffic)),
    };
    match &options.file {
        Some(file) => write(file, &bytes)?,
        None if options.format == FiguresForm::Parquet => {
            let text = "a Parquet file is not for reading: say where to write it with --file";
            return Err(Failure::said(exit::USAGE, text));
        }
        None => output::raw(&bytes),
    }
    Ok(())
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    Ok(std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))?)
}

fn day(date: Date) -> Result<Day, Failure> {
    let days = u64::try_from(date.days_since_1970());
    Ok(Day(days.map_err(|_| Failure::said(exit::USAGE, format!("{date} is before 1970")))?))
}

/// The columns of a row, in their order.
const COLUMNS: [&str; 10] = [
    "day",
    "institution",
    "direction",
    "service",
    "message_type",
    "priority",
    "counterparty",
    "accepted",
    "refused",
    "bytes",
];

/// The texts of a row: institution, direction, service, type, priority, counterparty.
fn texts(kind: &Kind) -> [String; 6] {
    let Kind { institution, direction, what, .. } = kind;
    let of = |text: &dyn Fn(&What) -> String| what.as_ref().map(text);
    [
        institution.to_string(),
        direction.name().to_owned(),
        of(&|it| it.service.to_string()).unwrap_or_default(),
        of(&|it| it.message_type.to_string()).unwrap_or_default(),
        of(&|it| it.lane.to_string()).unwrap_or_default(),
        of(&|it| it.counterparty.to_string()).unwrap_or_default(),
    ]
}

fn csv(traffic: &Traffic) -> String {
    let mut text = COLUMNS.join(",") + "\n";
    for (kind, Counts { accepted, refused, bytes }) in &traffic.counts {
        let date = i32::try_from(kind.day.0).ok().and_then(Date::from_days_since_1970);
        let date = date.map(|date| date.to_string()).unwrap_or_default();
        // None of the texts has a comma or a quote: names, codes and labels.
        let texts = texts(kind).join(",");
        text.push_str(&format!("{date},{texts},{accepted},{refused},{bytes}\n"));
    }
    text
}

fn columns(traffic: &Traffic) -> Vec<Column> {
    let days = traffic.counts.keys().map(|kind| i32::try_from(kind.day.0).unwrap_or(i32::MAX));
    let mut all: [Vec<String>; 6] = Default::default();
    for kind in traffic.counts.keys() {
        for (column, text) in all.iter_mut().zip(texts(kind)) {
            column.push(text);
        }
    }
    let numbers =
        |count: fn(&Counts) -> u64| Values::Numbers(traffic.counts.values().map(count).collect());
    let values = [Values::Days(days.collect())]
        .into_iter()
        .chain(all.into_iter().map(Values::Texts))
        .chain([numbers(|it| it.accepted), numbers(|it| it.refused), numbers(|it| it.bytes)]);
    COLUMNS.into_iter().zip(values).map(|(name, values)| Column { name, values }).collect()
}
