//! Prints a message in plain words, as a clerk reads it.

use std::fmt::Write as _;

use crate::notation::format::{Format, Kind};
use crate::notation::matching::Captures;
use crate::notation::standard::Standard;
use crate::notation::structure::Structure;
use crate::syntax::header::{Application, service_name};
use crate::syntax::message::Message;
use crate::syntax::scan::{Field, Pair, Text};
use crate::tag::Tag;

/// The message in plain words, one thing a line: what it is, from whom to whom, then each field
/// with its name and its parts.
#[must_use]
pub fn describe(message: &Message<'_>) -> Vec<String> {
    let standard = Standard::built_in();
    let mut lines = vec![title(message, standard)];
    addresses(message, &mut lines);
    for pair in message.user() {
        let name = user_header_name(pair.name());
        let gap = if name.is_empty() { "" } else { ": " };
        lines.push(format!("{:>4}  {name}{gap}{}", pair.name(), pair.value()));
    }
    match message.text() {
        Some(Text::Fields(fields)) => {
            for field in fields {
                describe_field(standard, *field, &mut lines);
            }
        }
        Some(Text::Pairs(list)) => pairs(standard, list, &mut lines),
        None => (),
    }
    for pair in message.trailer() {
        lines.push(format!("{:>4}  trailer {}", pair.name(), pair.value()).trim_end().to_owned());
    }
    lines
}

/// What a field of block 3 is; some share their number with a field of texts that means another thing.
fn user_header_name(field: &str) -> &'static str {
    match field {
        "103" => "Copy service",
        "106" => "Input reference of the original",
        "108" => "Sender's reference",
        "111" => "Type of tracking service",
        "113" => "Banking priority",
        "115" => "Information for the addressee",
        "119" => "Validation flag",
        "121" => "Transaction (UETR)",
        "165" => "Release information",
        "423" => "Balance checkpoint",
        "424" => "Related reference",
        "433" => "Sanctions screening",
        "434" => "Payment controls",
        _ => "",
    }
}

fn title(message: &Message<'_>, standard: &Standard) -> String {
    let Some(kind) = message.message_type() else {
        let service = message.basic().service();
        return format!("FIN {}", service_name(service).unwrap_or("of an unknown service"));
    };
    let title = standard.structure(kind.number(), kind.variant()).map_or("", Structure::title);
    let variant = if kind.variant().is_empty() { "" } else { " " };
    format!("MT {:03}{variant}{} {title}", kind.number(), kind.variant())
}

fn addresses(message: &Message<'_>, lines: &mut Vec<String>) {
    let here = message.basic().terminal();
    match message.application() {
        Some(Application::Input(input)) => {
            lines.push(format!("from  {here}"));
            lines.push(format!("to    {}", input.receiver()));
        }
        Some(Application::Output(output)) => {
            lines.push(format!("from  {}", output.sender()));
            lines.push(format!("to    {here}"));
            lines.push(format!("input reference {}", output.input_reference()));
        }
        None => lines.push(format!("terminal {here}")),
    }
    let priority = match message.application().and_then(|application| application.priority()) {
        Some('S') => "system",
        Some('U') => "urgent",
        Some('N') => "normal",
        _ => return,
    };
    lines.push(format!("priority {priority}"));
}

fn pairs(standard: &Standard, pairs: &[Pair<'_>], lines: &mut Vec<String>) {
    for pair in pairs {
        match Tag::parse(pair.name()) {
            Some(tag) => describe_field(standard, Field::of(tag, pair.value()), lines),
            None => lines.push(format!("{:>4}  {}", pair.name(), pair.value())),
        }
    }
}

fn describe_field(standard: &Standard, field: Field<'_>, lines: &mut Vec<String>) {
    let Some(known) = standard.field(field.tag()) else {
        lines.push(format!("{:>4}  {}", field.tag().to_string(), joined(field.value())));
        return;
    };
    let mut captures = Captures::default();
    let mut line = format!("{:>4}  {}", field.tag().to_string(), known.title);
    if known.format.matches(field.value(), &mut captures).is_err() {
        let _ = write!(line, ": {}", joined(field.value()));
        lines.push(line);
        return;
    }
    let parts: Vec<(String, String)> = captures
        .iter()
        .filter_map(|capture| {
            let part = known.format.part_of(*capture)?;
            let text = field.value().get(capture.from..capture.to)?;
            Some((part.name.replace('-', " "), readable(part.kind, text)))
        })
        .collect();
    if let [(_, only)] = parts.as_slice() {
        let _ = write!(line, ": {only}");
    } else if is_money(&known.format) {
        let texts: Vec<&str> = parts.iter().map(|(_, text)| text.as_str()).collect();
        let _ = write!(line, ": {}", texts.join(" "));
    } else {
        lines.push(line);
        parts.iter().for_each(|(name, text)| lines.push(part_line(name, text)));
        return;
    }
    lines.push(line);
}

fn part_line(name: &str, text: &str) -> String {
    if name.is_empty() { format!("      {text}") } else { format!("      {name}: {text}") }
}

/// Whether a format is a date, a currency and an amount, or some of them, and nothing else.
fn is_money(format: &Format) -> bool {
    format.parts.iter().all(|part| {
        matches!(part.kind, Kind::Date | Kind::LongDate | Kind::Currency | Kind::Amount)
    })
}

fn readable(kind: Kind, text: &str) -> String {
    let readable = if kind == Kind::Date {
        iso::Date::from_fin6(text).ok().map(|date| date.to_string())
    } else if kind == Kind::LongDate {
        iso::Date::from_fin8(text).ok().map(|date| date.to_string())
    } else if kind == Kind::Amount {
        iso::Amount::from_fin(text).ok().map(|amount| amount.to_string())
    } else if kind == Kind::Time {
        text.split_at_checked(2).map(|(hour, minute)| format!("{hour}:{minute}"))
    } else {
        None
    };
    readable.unwrap_or_else(|| joined(text))
}

fn joined(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" | ")
}
