//! An institution of a directory file: its texts as they are written, whatever the format, and what
//! they say when they are in form.

use std::path::Path;

use iso::{Institution, Terminal};
use network::{
    Branch, Command, GrantKey, LaneRules, LaneRulesError, Line, MemberView, Network, Profile,
    Status,
};
use trust::{KeyGrant, NetworkKeys};

use super::finding::{Finding, Rule};
use super::{Admit, Placed};

/// A text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) line: usize,
    pub(super) text: String,
}

/// An institution as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Raw {
    pub(super) line: usize,
    /// The 8 characters of its BIC.
    pub(super) bic: Option<Text>,
    /// Its name, for people.
    pub(super) name: Option<Text>,
    /// Why it may neither send nor be sent to; absent for a member in good standing.
    pub(super) suspended: Option<Text>,
    /// Why it was expelled, which is no order.
    pub(super) expelled: Option<Text>,
    /// Which branches may be sent to, 3 characters each; none: all. Absent: as it is.
    pub(super) branches: Option<Vec<Text>>,
    /// Whom people call, a line each. Absent: as it is.
    pub(super) contacts: Option<Vec<Text>>,
    /// By which lanes of its own messages to it go, a rule each. Absent: as it is.
    pub(super) lanes: Option<Vec<Text>>,
    /// The terminals that have keys, 9 characters each. Absent: as they are.
    pub(super) terminals: Option<Vec<Text>>,
    /// Files with grants of its terminals' keys, relative to the folder of the file.
    pub(super) grants: Vec<Text>,
}

/// An institution whose texts are in form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) line: usize,
    pub(super) institution: Institution,
    pub(super) name: Line,
    pub(super) standing: Standing,
    pub(super) branches: Option<Vec<Branch>>,
    pub(super) contacts: Option<Vec<Line>>,
    pub(super) lanes: Option<LaneRules>,
    terminals: Vec<(usize, Terminal)>,
    pub(super) grants: Vec<Text>,
}

/// What a file says of an institution's standing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Active,
    Suspended(Line),
    Expelled(Line),
}

/// The form of one value.
fn read<T: std::str::FromStr>(
    written: &Text,
    (entry, field): (&str, &str),
    findings: &mut Vec<Finding>,
) -> Option<T>
where
    T::Err: std::fmt::Display,
{
    match written.text.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            let text = format!("{field} {:?}: {error}", written.text);
            findings.push(Rule::Form.broken(written.line, entry, text));
            None
        }
    }
}

/// The forms of all values of a list.
fn read_all<T: std::str::FromStr>(
    written: &[Text],
    at: (&str, &str),
    findings: &mut Vec<Finding>,
) -> Vec<T>
where
    T::Err: std::fmt::Display,
{
    written.iter().filter_map(|it| read(it, at, findings)).collect()
}

impl Raw {
    /// What findings call it.
    pub(super) fn title(&self) -> String {
        let bic = self.bic.as_ref().map_or("without a BIC", |bic| bic.text.as_str());
        format!("institution {bic}")
    }

    /// What it says; nothing where it has no name that is in form.
    pub(super) fn entry(&self, findings: &mut Vec<Finding>) -> Option<Entry> {
        let title = self.title();
        let title = title.as_str();
        let mut must = |field: &Option<Text>, name: &str| {
            if field.is_none() {
                findings.push(Rule::Missing.broken(self.line, title, format!("{name} is missing")));
            }
        };
        must(&self.bic, "bic");
        must(&self.name, "name");
        let institution = self.bic.as_ref().and_then(|it| read(it, (title, "bic"), findings));
        let name = self.name.as_ref().and_then(|it| read(it, (title, "name"), findings));
        let standing = match (&self.suspended, &self.expelled) {
            (None, None) => Some(Standing::Active),
            (Some(reason), None) => {
                read(reason, (title, "suspended"), findings).map(Standing::Suspended)
            }
            (None, Some(reason)) => {
                read(reason, (title, "expelled"), findings).map(Standing::Expelled)
            }
            (Some(_), Some(reason)) => {
                let text = "it is suspended and expelled";
                findings.push(Rule::Standing.broken(reason.line, title, text));
                None
            }
        };
        let branches = self.branches.as_ref();
        let branches = branches.map(|all| read_all(all, (title, "branches"), findings));
        let contacts = self.contacts.as_ref();
        let contacts = contacts.map(|all| read_all(all, (title, "contacts"), findings));
        let lanes = self.lanes.as_ref().and_then(|all| {
            let rules = LaneRules::of_texts(all.iter().map(|it| it.text.as_str()));
            let line = all.first().map_or(self.line, |it| it.line);
            let broken =
                |error: LaneRulesError| Rule::Form.broken(line, title, format!("lanes: {error}"));
            rules.map_err(|error| findings.push(broken(error))).ok()
        });
        let terminals = self.terminals.iter().flatten().filter_map(|it| {
            Some((it.line, read::<Terminal>(it, (title, "terminals"), findings)?))
        });
        let terminals = terminals.collect::<Vec<_>>();
        let (institution, name): (Institution, Line) = (institution?, name?);
        for (line, terminal) in &terminals {
            if terminal.institution() != institution {
                let text = format!("{terminal} is a terminal of another institution");
                findings.push(Rule::Terminal.broken(*line, title, text));
            }
        }
        let grants = self.grants.clone();
        let (line, standing) = (self.line, standing?);
        Some(Entry {
            line,
            institution,
            name,
            standing,
            branches,
            contacts,
            lanes,
            terminals,
            grants,
        })
    }
}

impl Entry {
    /// What findings call it.
    pub(super) fn title(&self) -> String {
        format!("institution {}", self.institution)
    }

    /// What must be asked of the network so that it becomes what is written.
    pub(super) fn orders(
        &self,
        folder: &Path,
        (keys, network): (&NetworkKeys, &Network),
        orders: &mut Vec<Placed<Command>>,
        findings: &mut Vec<Finding>,
    ) {
        let institution = self.institution;
        let title = self.title();
        let member = network.member(institution);
        let mut order = |command| {
            orders.push(Placed { line: self.line, title: title.clone(), it: command });
        };
        let is_expelled =
            member.is_some_and(|member| matches!(member.status, Status::Expelled { .. }));
        if let (Standing::Expelled(_), false) = (&self.standing, is_expelled) {
            let text = format!("{institution} was not expelled; 'nuncio govern propose --expel'");
            findings.push(Rule::Standing.broken(self.line, &title, text));
            return;
        }
        if is_expelled {
            // It stays as it is, whatever the file says.
            return;
        }
        if member.is_none() {
            order(Command::Admit(Admit { institution, name: self.name.clone() }));
        }
        let was_suspended =
            member.is_some_and(|member| matches!(member.status, Status::Suspended { .. }));
        match &self.standing {
            Standing::Suspended(reason) if !was_suspended => {
                order(Command::Suspend { institution, reason: reason.clone() });
            }
            Standing::Active if was_suspended => order(Command::Reinstate { institution }),
            Standing::Suspended(_) | Standing::Active | Standing::Expelled(_) => {}
        }
        match self.profile(member) {
            Some(Some(profile)) => {
                order(Command::Describe { institution, profile: Box::new(profile) });
            }
            Some(None) => {}
            None => {
                let text = "too many branches or contacts";
                findings.push(Rule::TooMany.broken(self.line, &title, text));
            }
        }
        let known = network.lane_rules(institution).unwrap_or_default();
        if let Some(rules) = self.lanes.as_ref().filter(|rules| **rules != known) {
            let rules = Box::new(rules.clone());
            order(Command::SetLaneRules { institution, rules });
        }
        let mut granted: Vec<Terminal> = Vec::new();
        for file in &self.grants {
            match open(file, folder, keys, network) {
                Ok((holder, new)) => {
                    granted.push(holder);
                    if let Some(new) = new {
                        order(Command::GrantKey(Box::new(new)));
                    }
                }
                Err(text) => findings.push(Rule::Grant.broken(file.line, &title, text)),
            }
        }
        for (line, terminal) in &self.terminals {
            if !granted.contains(terminal) && network.grants(*terminal).is_empty() {
                let text = format!("{terminal} was never granted a key");
                findings.push(Rule::Terminal.broken(*line, &title, text));
            }
        }
    }

    /// What the directory is to say of it where that differs; nothing where it lists too much.
    fn profile(&self, member: Option<MemberView<'_>>) -> Option<Option<Profile>> {
        let fits = self.branches.as_ref().is_none_or(|it| it.len() <= Profile::BRANCHES_MAX)
            && self.contacts.as_ref().is_none_or(|it| it.len() <= Profile::CONTACTS_MAX);
        if self.branches.is_none() && self.contacts.is_none() {
            return Some(None);
        }
        let known = member.map(|member| member.profile.clone()).unwrap_or_default();
        let branches = self.branches.clone().unwrap_or_else(|| known.branches().to_vec());
        let contacts = self.contacts.clone().unwrap_or_else(|| known.contacts().to_vec());
        let profile = Profile::new(branches, contacts).filter(|_| fits)?;
        Some((profile != known).then_some(profile))
    }
}

/// Whose grant a file holds, and the grant where the network does not have it.
fn open(
    file: &Text,
    folder: &Path,
    keys: &NetworkKeys,
    network: &Network,
) -> Result<(Terminal, Option<GrantKey>), String> {
    let path = folder.join(&file.text);
    let said = |error: &dyn std::error::Error| format!("{}: {error}", path.display());
    let note = std::fs::read_to_string(&path).map_err(|error| said(&error))?;
    // A note that the network has was verified when it was put on record.
    let text = note.split_once("\n\n").map(|(text, _)| format!("{text}\n"));
    let parsed = text.and_then(|text| KeyGrant::parse(&text).ok());
    let known = parsed.filter(|it| network.grants(it.holder).iter().any(|is| *is.note == *note));
    if let Some(known) = known {
        return Ok((known.holder, None));
    }
    let grant = KeyGrant::open(&note, keys.roots()).map_err(|error| said(&error))?;
    let (holder, key) = (grant.holder, grant.key.id());
    let is_known = network
        .grants(holder)
        .iter()
        .any(|known| known.key == key && (known.from, known.until) == (grant.from, grant.until));
    Ok((holder, (!is_known).then_some(GrantKey { grant, note })))
}
