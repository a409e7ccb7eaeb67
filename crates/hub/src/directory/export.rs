//! What the network knows of its institutions and services, in the forms that it can be ordered in.

use std::fmt::Write as _;
use std::path::Path;

use network::{MemberView, Network, Status};
use serde::Serialize;
use toml::Value;

use super::entry::{Entry, Standing};
use super::{calendar, service, table};
use crate::error::Error;

/// An institution of a network, for people and programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The 8 characters of its BIC.
    pub bic: String,
    /// Its name.
    pub name: String,
    /// `active`, `suspended` or `expelled`.
    pub status: &'static str,
    /// Why it is not active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The branches that may be sent to; none: all.
    pub branches: Vec<String>,
    /// Whom people call.
    pub contacts: Vec<String>,
    /// By which lanes of its own messages to it go, a rule each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<String>,
    /// The terminals that were granted a key.
    pub terminals: Vec<String>,
    /// Files with grants of their keys, where they were written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<String>,
}

impl Listed {
    /// An institution as the network knows it.
    #[must_use]
    pub fn of(network: &Network, member: &MemberView<'_>) -> Self {
        let (status, reason) = match member.status {
            Status::Active => ("active", None),
            Status::Suspended { reason } => ("suspended", Some(reason.to_string())),
            Status::Expelled { reason } => ("expelled", Some(reason.to_string())),
        };
        let terminals = network.terminals(member.institution);
        let terminals = terminals.filter(|it| !network.grants(*it).is_empty());
        Self {
            bic: member.institution.to_string(),
            name: member.name.to_string(),
            status,
            reason,
            branches: member.profile.branches().iter().map(ToString::to_string).collect(),
            contacts: member.profile.contacts().iter().map(ToString::to_string).collect(),
            lanes: network
                .lane_rules(member.institution)
                .map(|rules| rules.to_texts())
                .unwrap_or_default(),
            terminals: terminals.map(|it| it.to_string()).collect(),
            grants: Vec::new(),
        }
    }

    /// As a file says it; what is absent there is empty here.
    pub(super) fn of_entry(entry: &Entry, grants: Vec<String>) -> Self {
        let (status, reason) = match &entry.standing {
            Standing::Active => ("active", None),
            Standing::Suspended(reason) => ("suspended", Some(reason.to_string())),
            Standing::Expelled(reason) => ("expelled", Some(reason.to_string())),
        };
        let texts = |all: &[network::Branch]| all.iter().map(ToString::to_string).collect();
        Self {
            bic: entry.institution.to_string(),
            name: entry.name.to_string(),
            status,
            reason,
            branches: entry.branches.as_deref().map(texts).unwrap_or_default(),
            contacts: entry.contacts.iter().flatten().map(ToString::to_string).collect(),
            lanes: entry.lanes.as_ref().map(network::LaneRules::to_texts).unwrap_or_default(),
            terminals: Vec::new(),
            grants,
        }
    }

    /// An `[[institution]]` of `directory.toml`.
    pub(super) fn write_toml(&self, text: &mut String) {
        text.push_str("[[institution]]\n");
        let mut pair = |key: &str, value: Value| {
            writeln!(text, "{key} = {value}").expect("a text takes all");
        };
        pair("bic", self.bic.clone().into());
        pair("name", self.name.clone().into());
        if let Some(reason) = &self.reason {
            pair(self.status, reason.clone().into());
        }
        let lists = [
            ("branches", &self.branches),
            ("contacts", &self.contacts),
            ("lanes", &self.lanes),
            ("terminals", &self.terminals),
            ("grants", &self.grants),
        ];
        for (key, list) in lists {
            if !list.is_empty() {
                pair(key, list.clone().into());
            }
        }
    }
}

/// Writes the note of every grant that was not revoked into a folder, and says in each institution
/// which files are its. `within` is how the folder is called from the file that names them.
///
/// # Errors
///
/// When a file cannot be written.
pub fn write_grants(
    network: &Network,
    listed: &mut [Listed],
    folder: &Path,
    within: &Path,
) -> Result<(), Error> {
    for row in listed {
        for terminal in row.terminals.iter().filter_map(|it| it.parse().ok()) {
            let grants = network.grants(terminal).iter().filter(|it| it.revoked_at.is_none());
            for grant in grants {
                let name = format!("{terminal}-{}.note", grant.key);
                let path = folder.join(&name);
                std::fs::write(&path, grant.note.as_bytes())
                    .map_err(|source| Error::Write { path: path.clone(), source })?;
                row.grants.push(within.join(name).to_string_lossy().into_owned());
            }
        }
    }
    Ok(())
}

/// All institutions, in the order of their BICs.
#[must_use]
pub fn listed(network: &Network) -> Vec<Listed> {
    network.members().map(|member| Listed::of(network, &member)).collect()
}

/// The directory as TOML: institutions, calendars, services and their groups.
#[must_use]
pub fn to_toml(network: &Network, listed: &[Listed]) -> String {
    let mut text = format!("# The directory of network {}.\n", network.name());
    for row in listed {
        text.push('\n');
        row.write_toml(&mut text);
    }
    for written in calendar::Written::all(network) {
        text.push('\n');
        text.push_str(&written.to_toml());
    }
    for written in service::Written::all(network) {
        text.push('\n');
        text.push_str(&written.to_toml());
    }
    text
}

/// The institutions as CSV (RFC 4180).
#[must_use]
pub fn to_csv(listed: &[Listed]) -> String {
    let rows = listed.iter().map(|row| {
        let reason = row.reason.clone().unwrap_or_default();
        [
            row.bic.clone(),
            row.name.clone(),
            row.status.to_owned(),
            reason,
            row.branches.join(";"),
            row.contacts.join("\n"),
            row.lanes.join("\n"),
            row.terminals.join(";"),
            row.grants.join(";"),
        ]
    });
    csv(&table::COLUMNS, rows)
}

/// The services and their groups as CSV, for people to read: what is a table in TOML is one here.
#[must_use]
pub fn services_to_csv(network: &Network) -> String {
    const COLUMNS: [&str; 13] = [
        "name",
        "types",
        "profile",
        "relationship",
        "closed",
        "retention_days",
        "retired",
        "group",
        "answer_within_ms",
        "hours",
        "copy",
        "file_bytes_max",
        "sealed",
    ];
    let yes = |it: bool| if it { "yes" } else { "no" }.to_owned();
    let services = network.services().zip(service::Written::all(network));
    let rows = services.map(|(service, written)| {
        let rules = service.rules;
        let fields = written.fields();
        let written = |key: &str| fields.get(key).map(Value::to_string).unwrap_or_default();
        let group: Vec<_> = network.group_of(rules.name).map(|it| it.to_string()).collect();
        [
            rules.name.to_string(),
            rules.types.to_string().replace(',', ";"),
            rules.profile.map(|it| it.to_string()).unwrap_or_default(),
            yes(rules.needs_relationship),
            yes(rules.is_closed),
            rules.retention_days.to_string(),
            yes(service.is_retired),
            group.join(";"),
            written("answer_within_ms"),
            written("hours"),
            written("copy"),
            written("file_bytes_max"),
            yes(rules.is_sealed),
        ]
    });
    csv(&COLUMNS, rows)
}

fn csv<const N: usize>(columns: &[&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(columns).expect("memory takes all");
    for row in rows {
        writer.write_record(row).expect("memory takes all");
    }
    let bytes = writer.into_inner().expect("memory takes all");
    String::from_utf8(bytes).expect("cells are texts")
}
