//! The operator's directory: `directory.toml`, and what must be asked of the network so that its
//! state becomes what the file says; the same as a spreadsheet; and both out of what is on record.
//!
//! The journal holds the truth; the file is the operator's order. A hub compares the two when it
//! starts and on SIGHUP. Who stands in the journal but not in the file stays as it is: expelling a
//! member is an order of its own, never the absence of a line. A list inside an entry is whole: the
//! group of a service, the branches and contacts of an institution.

mod calendar;
mod copy;
mod entry;
mod export;
mod finding;
mod merge;
mod service;
mod table;
mod written;

use std::collections::BTreeMap;
use std::path::Path;

use journal::Reader;
use network::{Admit, Command, Network};
use trust::{LogTime, NetworkKeys, Shard};

use self::entry::{Entry, Raw};
pub use self::export::{Listed, listed, services_to_csv, to_csv, to_toml, write_grants};
use self::finding::Rule;
pub use self::finding::{Finding, Findings};
use crate::config::Config;
use crate::error::Error;
use crate::start;

/// What is wrong with an entry.
type Wrong = Box<dyn std::error::Error + Send + Sync>;

/// Something that a line of a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Placed<T> {
    /// The line, from 1.
    line: usize,
    /// What findings call the entry.
    title: String,
    it: T,
}

/// In what form a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// TOML, as `directory.toml`.
    Toml,
    /// CSV with a row for each institution.
    Csv,
}

/// What a directory file says.
#[derive(Debug, Default)]
pub struct Ordered {
    institutions: Vec<Entry>,
    calendars: Vec<Placed<calendar::Written>>,
    services: Vec<Placed<service::Written>>,
    findings: Vec<Finding>,
}

/// What must be asked of a network, each with where it stands in the file.
#[derive(Debug, Default)]
pub struct Orders {
    placed: Vec<Placed<Command>>,
    findings: Vec<Finding>,
}

impl Ordered {
    /// Reads a file whole, whatever is wrong with it.
    #[must_use]
    pub fn read(bytes: &[u8], form: Form) -> Self {
        let written = match (form, std::str::from_utf8(bytes)) {
            (Form::Csv, _) => {
                let (institutions, findings) = table::read(bytes);
                written::Written { institutions, findings, ..written::Written::default() }
            }
            (Form::Toml, Ok(text)) => written::read(text.strip_prefix('\u{feff}').unwrap_or(text)),
            (Form::Toml, Err(_)) => {
                let wrong = Rule::Syntax.broken(1, "", "the file is not UTF-8");
                written::Written { findings: vec![wrong], ..written::Written::default() }
            }
        };
        let written::Written { institutions, calendars, services, mut findings, places: _ } =
            written;
        let entries = institutions.iter().filter_map(|raw: &Raw| raw.entry(&mut findings));
        let institutions: Vec<Entry> = entries.collect();
        let titles: Vec<_> = institutions.iter().map(|it| (it.line, it.title())).collect();
        twice(titles.iter().map(|(line, title)| (*line, title.as_str())), &mut findings);
        twice(calendars.iter().map(|it| (it.line, it.title.as_str())), &mut findings);
        twice(services.iter().map(|it| (it.line, it.title.as_str())), &mut findings);
        Self { institutions, calendars, services, findings }
    }

    /// How many institutions, and how many services and calendars the file has that are in form.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        (self.institutions.len(), self.services.len() + self.calendars.len())
    }

    /// What must be asked of a network so that it becomes what the file says; `folder` is where the
    /// paths of grants begin.
    #[must_use]
    pub fn orders(&self, folder: &Path, keys: &NetworkKeys, network: &Network) -> Orders {
        let mut orders = Vec::new();
        let mut findings = self.findings.clone();
        for entry in &self.institutions {
            entry.orders(folder, (keys, network), &mut orders, &mut findings);
        }
        // Hours are by a calendar that there is.
        let calendars = self.calendars.iter().map(|it| (it.line, &it.title, it.it.orders(network)));
        let services = self.services.iter().map(|it| (it.line, &it.title, it.it.orders(network)));
        for (line, title, found) in calendars.chain(services) {
            match found {
                Ok(found) => orders.extend(found.into_iter().map(|it| Placed {
                    line,
                    title: title.clone(),
                    it,
                })),
                Err(error) => findings.push(Rule::Service.broken(line, title, error.to_string())),
            }
        }
        Orders { placed: orders, findings }
    }

    /// The entries as TOML, to stand in a file of another folder.
    fn to_toml(&self, folder: &Path, hub: &Path) -> String {
        let mut text = String::new();
        for entry in &self.institutions {
            let grants = entry.grants.iter().map(|it| {
                let path = folder.join(&it.text);
                path.strip_prefix(hub).unwrap_or(&path).to_string_lossy().into_owned()
            });
            Listed::of_entry(entry, grants.collect()).write_toml(&mut text);
            // An empty list is meant: no branches, no contacts, no lanes of its own.
            if entry.branches.as_ref().is_some_and(Vec::is_empty) {
                text.push_str("branches = []\n");
            }
            if entry.contacts.as_ref().is_some_and(Vec::is_empty) {
                text.push_str("contacts = []\n");
            }
            if entry.lanes.as_ref().is_some_and(network::LaneRules::is_empty) {
                text.push_str("lanes = []\n");
            }
            text.push('\n');
        }
        for calendar in &self.calendars {
            text.push_str(&calendar.it.to_toml());
            text.push('\n');
        }
        for service in &self.services {
            text.push_str(&service.it.to_toml());
            text.push('\n');
        }
        text
    }
}

impl Orders {
    /// What is wrong, also with what the network would say to it now; in the order of lines. Governors
    /// may have to sign first.
    #[must_use]
    pub fn findings(&self, network: &Network, at: LogTime) -> Vec<Finding> {
        let mut findings = self.findings.clone();
        let commands = self.placed.iter().map(|placed| placed.it.clone()).collect();
        for (place, rejection) in network.objections(at, commands) {
            if let Some(placed) = self.placed.get(place) {
                findings.push(Finding::rejected(placed.line, &placed.title, &rejection));
            }
        }
        findings.sort_by_key(|finding| finding.line);
        findings
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.placed.len()
    }

    /// Whether the network is as the file says.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.placed.is_empty()
    }

    /// How often each kind of order occurs, such as `admit`.
    #[must_use]
    pub fn kinds(&self) -> BTreeMap<&'static str, usize> {
        let mut kinds = BTreeMap::new();
        for placed in &self.placed {
            *kinds.entry(kind(&placed.it)).or_insert(0) += 1;
        }
        kinds
    }
}

/// Finds entries with a title that an earlier one has.
fn twice<'a>(titles: impl Iterator<Item = (usize, &'a str)>, findings: &mut Vec<Finding>) {
    let mut first = BTreeMap::new();
    for (line, title) in titles {
        let before = *first.entry(title).or_insert(line);
        if before != line {
            findings.push(Rule::Twice.broken(line, title, format!("line {before} has it too")));
        }
    }
}

/// The name of an order that a directory can lead to.
#[expect(clippy::wildcard_enum_match_arm, reason = "a directory leads to no other order")]
fn kind(command: &Command) -> &'static str {
    match command {
        Command::Admit(_) => "admit",
        Command::Suspend { .. } => "suspend",
        Command::Reinstate { .. } => "reinstate",
        Command::Describe { .. } => "describe",
        Command::GrantKey(_) => "grant",
        Command::DefineCalendar(_) => "calendar",
        Command::DefineService(_) => "define",
        Command::ChangeService(_) => "change",
        Command::RetireService { .. } => "retire",
        Command::JoinGroup { .. } => "join",
        Command::LeaveGroup { .. } => "leave",
        _ => "other",
    }
}

/// What must be asked of the network so that it becomes what the file says.
///
/// # Errors
///
/// All that is wrong with the file; then nothing is asked.
pub(crate) fn orders(
    path: &Path,
    keys: &NetworkKeys,
    network: &Network,
) -> Result<Vec<Command>, Error> {
    let bytes =
        std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let mut orders = Ordered::read(&bytes, Form::Toml).orders(folder, keys, network);
    if orders.findings.is_empty() {
        return Ok(orders.placed.into_iter().map(|placed| placed.it).collect());
    }
    orders.findings.sort_by_key(|finding| finding.line);
    Err(Error::Directory { path: path.to_owned(), source: Findings(orders.findings) })
}

/// What the journal in a hub's folder says, also while a hub writes it: all that is durable now. A
/// hub that never ran has an empty network.
///
/// # Errors
///
/// When the journal cannot be read.
pub fn state(config: &Config) -> Result<Network, Error> {
    match Reader::open(&config.journal()) {
        Ok(reader) => start::state(&reader),
        Err(journal::Error::Missing { .. } | journal::Error::Empty { .. }) => {
            Ok(Network::new(config.network, Shard(0)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The public keys of the network of a hub.
///
/// # Errors
///
/// When its file cannot be read or is that of another network.
pub fn keys(config: &Config) -> Result<NetworkKeys, Error> {
    crate::server::network_keys(config)
}

/// Takes what a file says into `directory.toml`: its entries replace those of the same name. Gives
/// the text; nothing is written.
///
/// # Errors
///
/// When `directory.toml` cannot be read, or its entries have no headers to be told apart by.
pub fn import(config: &Config, ordered: &Ordered, folder: &Path) -> Result<String, Error> {
    let path = config.directory();
    let old = crate::config::read_text(&path)?;
    let hub = path.parent().unwrap_or_else(|| Path::new(""));
    let hub = hub.canonicalize().unwrap_or_else(|_| hub.to_owned());
    let new = ordered.to_toml(folder, &hub);
    merge::merge(&old, &new).ok_or_else(|| {
        let text =
            "write [[institution]] and [[service]] above each entry, so that it can be replaced";
        let finding = Rule::Syntax.broken(1, "", text);
        Error::Directory { path, source: Findings(vec![finding]) }
    })
}

#[cfg(test)]
mod tests;
