//! The operator's directory: `directory.toml`, and what must be asked of the network so that its
//! state becomes what the file says.
//!
//! The journal holds the truth; the file is the operator's order. A hub compares the two when it
//! starts and on SIGHUP. Who stands in the journal but not in the file stays as it is: expelling a
//! member is an order of its own, never the absence of a line. A list inside an entry is whole: the
//! group of a service, the branches and contacts of an institution.

mod service;

use std::path::Path;

use iso::Institution;
use network::{Admit, Command, GrantKey, Line, Network, Profile, Status};
use serde::Deserialize;
use trust::{KeyGrant, NetworkKeys};

use crate::config::read_text;
use crate::error::Error;

/// What is wrong with an entry.
type Wrong = Box<dyn std::error::Error + Send + Sync>;

/// `directory.toml` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    institution: Vec<WrittenInstitution>,
    #[serde(default)]
    service: Vec<service::Written>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenInstitution {
    /// The 8 characters of its BIC.
    bic: String,
    /// Its name, for people.
    name: String,
    /// Why it may neither send nor be sent to; absent for a member in good standing.
    suspended: Option<String>,
    /// Which branches may be sent to, 3 characters each; none: all. Absent: as it is.
    branches: Option<Vec<String>>,
    /// Whom people call, a line each. Absent: as it is.
    contacts: Option<Vec<String>>,
    /// Files with grants of its terminals' keys, relative to the hub's folder.
    #[serde(default)]
    grants: Vec<String>,
}

/// What must be asked of the network so that it becomes what the file says.
///
/// # Errors
///
/// An entry that is wrong; then nothing is asked.
pub(crate) fn orders(
    path: &Path,
    keys: &NetworkKeys,
    network: &Network,
) -> Result<Vec<Command>, Error> {
    let text = read_text(path)?;
    let written: Written = toml::from_str(&text)
        .map_err(|source| Error::Settings { path: path.to_owned(), source: Box::new(source) })?;
    let mut orders = Vec::new();
    for entry in &written.institution {
        let wrong = |source| Error::Directory {
            path: path.to_owned(),
            entry: format!("institution {}", entry.bic),
            source,
        };
        let institution: Institution = entry.bic.parse().map_err(|e| wrong(Box::new(e)))?;
        let name: Line = entry.name.parse().map_err(|e| wrong(Box::new(e)))?;
        let member = network.member(institution);
        if member.is_none() {
            orders.push(Command::Admit(Admit { institution, name }));
        }
        if member.is_some_and(|member| matches!(member.status, Status::Expelled { .. })) {
            // It stays as it is, whatever the file says.
            continue;
        }
        let was_suspended =
            member.is_some_and(|member| matches!(member.status, Status::Suspended { .. }));
        match &entry.suspended {
            Some(reason) if !was_suspended => {
                let reason = reason.parse().map_err(|e| wrong(Box::new(e)))?;
                orders.push(Command::Suspend { institution, reason });
            }
            None if was_suspended => orders.push(Command::Reinstate { institution }),
            Some(_) | None => {}
        }
        let known = member.map(|member| member.profile.clone()).unwrap_or_default();
        let profile = entry.profile(&known).map_err(wrong)?;
        if profile != known {
            orders.push(Command::Describe { institution, profile: Box::new(profile) });
        }
        for name in &entry.grants {
            let file = path.parent().unwrap_or_else(|| Path::new("")).join(name);
            let note = read_text(&file)?;
            let grant = KeyGrant::open(&note, keys.roots()).map_err(|e| wrong(Box::new(e)))?;
            let key = grant.key.id();
            let known = network.grants(grant.holder).iter().any(|known| {
                known.key == key && (known.from, known.until) == (grant.from, grant.until)
            });
            if !known {
                orders.push(Command::GrantKey(Box::new(GrantKey { grant, note })));
            }
        }
    }
    for entry in &written.service {
        let found = entry.orders(network).map_err(|source| Error::Directory {
            path: path.to_owned(),
            entry: format!("service {}", entry.name()),
            source,
        })?;
        orders.extend(found);
    }
    Ok(orders)
}

impl WrittenInstitution {
    /// What the directory is to say of it, given what it says now.
    fn profile(&self, known: &Profile) -> Result<Profile, Wrong> {
        let branches = match &self.branches {
            None => known.branches().to_vec(),
            Some(branches) => branches.iter().map(|it| it.parse()).collect::<Result<_, _>>()?,
        };
        let contacts = match &self.contacts {
            None => known.contacts().to_vec(),
            Some(contacts) => contacts.iter().map(|it| it.parse()).collect::<Result<_, _>>()?,
        };
        Ok(Profile::new(branches, contacts).ok_or("too many branches or contacts")?)
    }
}
