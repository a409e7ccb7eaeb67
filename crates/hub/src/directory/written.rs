//! A directory as TOML: every fault of the file at once, not only the first.

use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::entry::{Raw, Text};
use super::finding::{Finding, Rule};
use super::{Placed, calendar, service};

/// What a file says, its texts unread.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) institutions: Vec<Raw>,
    pub(super) calendars: Vec<Placed<calendar::Written>>,
    pub(super) services: Vec<Placed<service::Written>>,
    /// Where the text of each entry begins: the byte of its header.
    pub(super) places: Vec<Place>,
    pub(super) findings: Vec<Finding>,
}

/// Where an entry stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The array that it is an element of, such as `institution`.
    pub(super) kind: String,
    /// Its name there.
    pub(super) name: String,
    /// The byte at which its first key or header stands.
    pub(super) start: usize,
}

/// Reads a file.
pub(super) fn read(text: &str) -> Written {
    let lines = Lines::of(text);
    let mut written = Written::default();
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let line = lines.at(error.span().map_or(0, |span| span.start));
        written.findings.push(Rule::Syntax.broken(line, "", error.message()));
    }
    if !written.findings.is_empty() {
        return written;
    }
    for (key, value) in table.get_ref() {
        let kind = key.get_ref().as_ref();
        let line = lines.at(key.span().start);
        if !matches!(kind, "institution" | "service" | "calendar") {
            let text = format!("{kind:?} is none of institution, service and calendar");
            written.findings.push(Rule::Unknown.broken(line, "", text));
            continue;
        }
        let Some(entries) = value.get_ref().as_array() else {
            let text = format!("write [[{kind}]] for each, not {}", value.get_ref().type_str());
            written.findings.push(Rule::Syntax.broken(line, "", text));
            continue;
        };
        for entry in entries.iter() {
            let Some(fields) = entry.get_ref().as_table() else {
                let text = format!("write [[{kind}]] for each");
                written.findings.push(Rule::Syntax.broken(line, "", text));
                continue;
            };
            let first = fields.keys().map(|key| key.span().start).min();
            let header = entry.span().start;
            let start = first.map_or(header, |first| first.min(header));
            let line = lines.at(start);
            let name = if kind == "institution" {
                written.institution(fields, line, &lines)
            } else {
                let name = fields.get("name").and_then(|it| it.get_ref().as_str());
                let name = name.unwrap_or_default().to_owned();
                let placed = |title| Placed { line, title, it: entry };
                let (findings, title) = (&mut written.findings, format!("{kind} {name}"));
                if kind == "service" {
                    written.services.extend(parsed(placed(title), &lines, findings));
                } else {
                    written.calendars.extend(parsed(placed(title), &lines, findings));
                }
                name
            };
            written.places.push(Place { kind: kind.to_owned(), name, start });
        }
    }
    written
}

impl Written {
    fn institution(&mut self, fields: &DeTable<'_>, line: usize, lines: &Lines) -> String {
        let mut raw = Raw { line, ..Raw::default() };
        let bic = fields.get("bic").and_then(|it| it.get_ref().as_str()).unwrap_or_default();
        let title = if bic.is_empty() { "without a BIC" } else { bic };
        let title = format!("institution {title}");
        let mut reader = Reader { lines, title: &title, findings: &mut self.findings };
        for (key, value) in fields {
            match key.get_ref().as_ref() {
                "bic" => raw.bic = reader.text("bic", value),
                "name" => raw.name = reader.text("name", value),
                "suspended" => raw.suspended = reader.text("suspended", value),
                "expelled" => raw.expelled = reader.text("expelled", value),
                "branches" => raw.branches = reader.texts("branches", value),
                "contacts" => raw.contacts = reader.texts("contacts", value),
                "lanes" => raw.lanes = reader.texts("lanes", value),
                "terminals" => raw.terminals = reader.texts("terminals", value),
                "grants" => raw.grants = reader.texts("grants", value).unwrap_or_default(),
                other => {
                    let text = format!("{other:?} is no key of an institution");
                    let line = lines.at(key.span().start);
                    reader.findings.push(Rule::Unknown.broken(line, &title, text));
                }
            }
        }
        self.institutions.push(raw);
        bic.to_owned()
    }
}

/// An entry whose form its type knows.
fn parsed<'i, T: serde::Deserialize<'i>>(
    entry: Placed<&Spanned<DeValue<'i>>>,
    lines: &Lines,
    findings: &mut Vec<Finding>,
) -> Option<Placed<T>> {
    let Placed { line, title, it } = entry;
    match T::deserialize(ValueDeserializer::from(it.clone())) {
        Ok(it) => Some(Placed { line, title, it }),
        Err(error) => {
            let line = error.span().map_or(line, |span| lines.at(span.start));
            findings.push(Rule::Service.broken(line, &title, error.message()));
            None
        }
    }
}

/// Reads the values of one entry.
struct Reader<'a> {
    lines: &'a Lines,
    title: &'a str,
    findings: &'a mut Vec<Finding>,
}

impl Reader<'_> {
    fn text(&mut self, field: &str, value: &Spanned<DeValue<'_>>) -> Option<Text> {
        let line = self.lines.at(value.span().start);
        if let Some(text) = value.get_ref().as_str() {
            return Some(Text { line, text: text.to_owned() });
        }
        let text = format!("{field} is a text, not {}", value.get_ref().type_str());
        self.findings.push(Rule::Form.broken(line, self.title, text));
        None
    }

    fn texts(&mut self, field: &str, value: &Spanned<DeValue<'_>>) -> Option<Vec<Text>> {
        if let Some(all) = value.get_ref().as_array() {
            return Some(all.iter().filter_map(|it| self.text(field, it)).collect());
        }
        let line = self.lines.at(value.span().start);
        let text = format!("{field} is a list of texts, not {}", value.get_ref().type_str());
        self.findings.push(Rule::Form.broken(line, self.title, text));
        None
    }
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self([0].into_iter().chain(ends.map(|(at, _)| at + 1)).collect())
    }

    /// The line of a byte, from 1.
    fn at(&self, byte: usize) -> usize {
        self.0.partition_point(|start| *start <= byte)
    }
}
