//! Base messages and changes to them, as `testdata/*.txt` holds them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

/// A message type, perhaps with a variant, as the files name it: `103`, `202.COV`.
pub(crate) type Name = String;

/// The fields of block 4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Body {
    pub name: Name,
    pub fields: Vec<(String, String)>,
}

/// A base message with changes, and what is expected of it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub name: Name,
    /// A code, or `good`.
    pub expected: String,
    pub body: Body,
    pub line: usize,
}

/// One file.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub bases: BTreeMap<Name, Body>,
    pub cases: Vec<Case>,
}

impl Body {
    /// The message with headers, as it goes over the network.
    pub(crate) fn message(&self) -> String {
        let (number, variant) = self.name.split_once('.').unwrap_or((&self.name, ""));
        let system = number.starts_with('0');
        let priority = if system { 'S' } else { 'N' };
        let mut out =
            format!("{{1:F01NUNCBEBBAXXX0001000001}}{{2:I{number}NUNCDEFFXXXX{priority}}}");
        let mut user = String::new();
        if !variant.is_empty() {
            let _ = write!(user, "{{119:{variant}}}");
        }
        if matches!(number, "103" | "202" | "205") {
            user.push_str("{121:5fb4fe6b-eaa3-4e16-a4db-1d50bd512220}");
        }
        if !user.is_empty() {
            let _ = write!(out, "{{3:{user}}}");
        }
        if system && number != "096" {
            out.push_str("{4:");
            for (tag, value) in &self.fields {
                let _ = write!(out, "{{{tag}:{value}}}");
            }
            out.push('}');
        } else {
            out.push_str("{4:\r\n");
            for (tag, value) in &self.fields {
                let _ = write!(out, ":{tag}:{value}\r\n");
            }
            out.push_str("-}");
        }
        out
    }

    fn change(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').expect("a change has a verb and a field");
        let (tag, value) = rest.split_once(' ').unwrap_or((rest, ""));
        let place = |fields: &[(String, String)], tag: &str| {
            fields
                .iter()
                .position(|(found, _)| found == tag)
                .unwrap_or_else(|| panic!("no {tag} in {line}"))
        };
        match verb {
            "set" => {
                let at = place(&self.fields, tag);
                self.fields[at].1 = value.replace("\\n", "\r\n");
            }
            "drop" if value.is_empty() => {
                place(&self.fields, tag);
                self.fields.retain(|(found, _)| found != tag);
            }
            "drop" => {
                let which: usize = value.parse().expect("drop TAG NUMBER");
                let at = self.fields.iter().enumerate().filter(|(_, (found, _))| found == tag);
                let at = at.map(|(at, _)| at).nth(which - 1).expect("there are that many");
                self.fields.remove(at);
            }
            "add" => {
                let (value, at) = if let Some(value) = value.strip_suffix(" first") {
                    (value, 0)
                } else {
                    let (value, after) =
                        value.rsplit_once(" after ").expect("add TAG VALUE after TAG");
                    (value, place(&self.fields, after) + 1)
                };
                self.fields.insert(at, (tag.to_owned(), value.replace("\\n", "\r\n")));
            }
            _ => panic!("no such change: {line}"),
        }
    }
}

/// Reads a file.
pub(crate) fn parse(text: &str) -> File {
    let mut file = File::default();
    let mut base: Option<Body> = None;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        if let Some(name) = line.strip_prefix("base ") {
            finish(&mut file, base.take());
            base = Some(Body { name: name.trim().to_owned(), fields: Vec::new() });
        } else if let Some(rest) = line.strip_prefix("case ") {
            finish(&mut file, base.take());
            let (name, expected) = rest.split_once(' ').expect("case TYPE CODE");
            let body = file.bases.get(name).unwrap_or_else(|| panic!("no base {name}")).clone();
            let expected = expected.trim().to_owned();
            file.cases.push(Case { name: name.to_owned(), expected, body, line: number + 1 });
        } else if let Some(body) = &mut base {
            field(body, line);
        } else {
            file.cases.last_mut().expect("a change follows a case").body.change(line);
        }
    }
    finish(&mut file, base);
    file
}

fn finish(file: &mut File, base: Option<Body>) {
    if let Some(body) = base {
        assert!(file.bases.insert(body.name.clone(), body).is_none(), "a base stands once");
    }
}

fn field(body: &mut Body, line: &str) {
    if let Some(pair) = line.strip_prefix('{').and_then(|line| line.strip_suffix('}')) {
        let (tag, value) = pair.split_once(':').expect("{tag:value}");
        body.fields.push((tag.to_owned(), value.to_owned()));
        return;
    }
    if let Some((tag, value)) = line.strip_prefix(':').and_then(|rest| rest.split_once(':')) {
        body.fields.push((tag.to_owned(), value.to_owned()));
    } else {
        let (_, value) = body.fields.last_mut().expect("a line goes on with a field");
        value.push_str("\r\n");
        value.push_str(line);
    }
}

/// All files, by their names without the ending.
pub(crate) fn files() -> BTreeMap<String, File> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("testdata is there") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            files.insert(name, parse(&std::fs::read_to_string(&path).expect("a text")));
        }
    }
    files
}
