//! A `[[service]]` of `directory.toml`; `docs/network/services.md` says what the rules mean.

use std::collections::BTreeSet;

use document::Profile;
use iso::Institution;
use network::{
    ByPriority, Command, DuplicateCheck, FileRules, MonitoringOptions, Network, Patterns, Service,
    ServiceView, Timing,
};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};
use trust::{Label, Monitoring, ServiceName};

use super::Wrong;
use super::calendar::WrittenHours;
use super::copy::WrittenCopy;

/// A service as it is written. What is left out is as `Service::new` has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    /// What headers call it.
    name: String,
    /// Which types of messages it carries, such as `pacs.008.*`.
    types: Vec<String>,
    /// The rules of content beyond the schema: `none`, `base` or `cross-border`. Absent: the hub's.
    profile: Option<String>,
    /// Whether a receiver must permit a sender.
    #[serde(default)]
    relationship: bool,
    /// How many bytes a payload may have.
    payload_bytes_max: Option<u32>,
    /// Which of `warning`, `notice` and `both` a sender may ask for.
    monitoring: Option<Vec<String>>,
    /// How many days a message can be retrieved.
    retention_days: Option<u16>,
    /// Whether only its group takes part.
    #[serde(default)]
    closed: bool,
    /// The whole group, by BIC. Absent: as it is.
    group: Option<Vec<String>>,
    /// `off`, `flag` or `refuse`.
    duplicates: Option<String>,
    /// For how many seconds a message is remembered.
    duplicate_window_s: Option<u32>,
    /// After how many seconds a sender is warned.
    #[serde(default)]
    warn_after_s: Seconds,
    /// After how many seconds a message is late.
    #[serde(default)]
    late_after_s: Seconds,
    /// After how many seconds a message is withdrawn; 0 is never.
    #[serde(default)]
    withdraw_after_s: u32,
    /// Whether the end that a header sets withdraws the message.
    #[serde(default)]
    withdraws_expired: bool,
    /// Within how many milliseconds a request is to be answered. Absent: the service stores and
    /// forwards.
    answer_within_ms: Option<u32>,
    /// When it takes messages. Absent: always.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<WrittenHours>,
    /// How many bytes a file may have that a message announces. Absent: it carries no files.
    file_bytes_max: Option<u64>,
    /// How many bytes the files of one sender may have at once; 0: any number.
    #[serde(default)]
    file_quota_bytes: u64,
    /// Whether messages are sealed to the receiver.
    #[serde(default)]
    sealed: bool,
    /// Who gets copies of its messages. Absent: nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    copy: Option<WrittenCopy>,
    /// Why it carries no new messages any more; that cannot be taken back.
    retired: Option<String>,
}

/// Seconds by priority; 0 is never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Seconds {
    #[serde(default)]
    urgent: u32,
    #[serde(default)]
    normal: u32,
}

impl From<Seconds> for ByPriority {
    fn from(Seconds { urgent, normal }: Seconds) -> Self {
        Self { urgent_s: urgent, normal_s: normal }
    }
}

impl From<ByPriority> for Seconds {
    fn from(ByPriority { urgent_s, normal_s }: ByPriority) -> Self {
        Self { urgent: urgent_s, normal: normal_s }
    }
}

impl Written {
    /// All services of a network as they would be written, in the order of their names.
    pub(super) fn all(network: &Network) -> impl Iterator<Item = Self> {
        network.services().map(|service| Self::of(&service, network))
    }

    /// What a service would be written as. Why it was retired is told by its record alone.
    fn of(service: &ServiceView<'_>, network: &Network) -> Self {
        let rules = service.rules;
        let (duplicates, duplicate_window_s) = match rules.duplicates {
            DuplicateCheck::Off => (None, None),
            DuplicateCheck::Flag { window_s } => (Some("flag".to_owned()), Some(window_s)),
            DuplicateCheck::Refuse { window_s } => (Some("refuse".to_owned()), Some(window_s)),
        };
        let allowed = [Monitoring::Warning, Monitoring::Notice, Monitoring::Both];
        let allowed = allowed.into_iter().filter(|it| rules.monitoring.allows(*it));
        let monitoring = (rules.monitoring != MonitoringOptions::ALL)
            .then(|| allowed.map(|it| option_name(it).to_owned()).collect());
        let group: Vec<String> = network.group_of(rules.name).map(|it| it.to_string()).collect();
        Self {
            name: rules.name.to_string(),
            types: rules.types.iter().map(ToString::to_string).collect(),
            profile: rules.profile.map(|it| it.to_string()),
            relationship: rules.needs_relationship,
            payload_bytes_max: Some(rules.payload_bytes_max).filter(|most| *most != u32::MAX),
            monitoring,
            retention_days: Some(rules.retention_days),
            closed: rules.is_closed,
            group: (rules.is_closed || !group.is_empty()).then_some(group),
            duplicates,
            duplicate_window_s,
            warn_after_s: rules.timing.warn_after_s.into(),
            late_after_s: rules.timing.late_after_s.into(),
            withdraw_after_s: rules.timing.withdraw_after_s,
            withdraws_expired: rules.timing.withdraws_expired,
            answer_within_ms: rules.answer_within_ms,
            hours: rules.hours.as_ref().map(WrittenHours::of),
            file_bytes_max: rules.files.map(|it| it.bytes_max),
            file_quota_bytes: rules.files.map_or(0, |it| it.quota_bytes),
            sealed: rules.is_sealed,
            copy: rules.copy.as_deref().map(WrittenCopy::of),
            retired: service.is_retired.then(|| "retired".to_owned()),
        }
    }

    /// What is written, by key.
    pub(super) fn fields(&self) -> Table {
        let Ok(Value::Table(fields)) = Value::try_from(self) else {
            unreachable!("a service is a table of texts and numbers");
        };
        fields
    }

    /// A `[[service]]` of `directory.toml`; what is as for a plain service is left out.
    pub(super) fn to_toml(&self) -> String {
        let mut fields = self.fields();
        let mut text = "[[service]]\n".to_owned();
        let name = fields.remove("name").map(|value| ("name".to_owned(), value));
        let is_plain = |value: &Value| match value {
            Value::Boolean(value) => !value,
            Value::Integer(value) => *value == 0,
            Value::Table(seconds) => seconds.values().all(|it| it.as_integer() == Some(0)),
            Value::String(_) | Value::Float(_) | Value::Datetime(_) | Value::Array(_) => false,
        };
        for (key, value) in name.into_iter().chain(fields) {
            if !is_plain(&value) {
                text.push_str(&format!("{key} = {value}\n"));
            }
        }
        text
    }

    /// What must be asked of the network so that the service becomes what is written.
    pub(super) fn orders(&self, network: &Network) -> Result<Vec<Command>, Wrong> {
        let rules = self.rules()?;
        let service = rules.name;
        let known = network.service_rules(service);
        let mut orders = Vec::new();
        match known {
            None => orders.push(Command::DefineService(Box::new(rules))),
            Some(known) if known.is_retired => return Ok(orders),
            Some(known) if *known.rules != rules => {
                orders.push(Command::ChangeService(Box::new(rules)));
            }
            Some(_) => {}
        }
        if let Some(group) = &self.group {
            orders.extend(regroup(service, group, network)?);
        }
        if let Some(reason) = &self.retired {
            orders.push(Command::RetireService { service, reason: reason.parse()? });
        }
        Ok(orders)
    }

    fn rules(&self) -> Result<Service, Wrong> {
        let types = self.types.iter().map(|it| it.parse()).collect::<Result<_, _>>()?;
        let plain = Service::new(self.name.parse()?, Patterns::new(types)?);
        let profile = self.profile.as_deref().map(profile).transpose()?;
        let monitoring = self.monitoring.as_ref().map(|all| options(all)).transpose()?;
        Ok(Service {
            profile,
            needs_relationship: self.relationship,
            payload_bytes_max: self.payload_bytes_max.unwrap_or(plain.payload_bytes_max),
            monitoring: monitoring.unwrap_or(plain.monitoring),
            retention_days: self.retention_days.unwrap_or(plain.retention_days),
            is_closed: self.closed,
            is_sealed: self.sealed,
            duplicates: self.duplicates()?,
            timing: Timing {
                warn_after_s: self.warn_after_s.into(),
                late_after_s: self.late_after_s.into(),
                withdraw_after_s: self.withdraw_after_s,
                withdraws_expired: self.withdraws_expired,
            },
            answer_within_ms: self.answer_within_ms,
            hours: self.hours.as_ref().map(WrittenHours::hours).transpose()?,
            files: self
                .file_bytes_max
                .map(|bytes_max| FileRules { bytes_max, quota_bytes: self.file_quota_bytes }),
            copy: self.copy.as_ref().map(|copy| copy.rule().map(Box::new)).transpose()?,
            ..plain
        })
    }

    fn duplicates(&self) -> Result<DuplicateCheck, Wrong> {
        match (self.duplicates.as_deref().unwrap_or("off"), self.duplicate_window_s) {
            ("off", None) => Ok(DuplicateCheck::Off),
            ("flag", Some(window_s)) => Ok(DuplicateCheck::Flag { window_s }),
            ("refuse", Some(window_s)) => Ok(DuplicateCheck::Refuse { window_s }),
            _ => Err("duplicates is off, or flag or refuse with a duplicate_window_s".into()),
        }
    }
}

/// The label of a profile that this hub knows.
fn profile(name: &str) -> Result<Label, Wrong> {
    let known = Profile::named(name);
    let known =
        known.ok_or_else(|| format!("profile is none, base or cross-border, not {name}"))?;
    Ok(known.name().parse()?)
}

fn option_name(option: Monitoring) -> &'static str {
    match option {
        Monitoring::None => "none",
        Monitoring::Warning => "warning",
        Monitoring::Notice => "notice",
        Monitoring::Both => "both",
    }
}

fn options(names: &[String]) -> Result<MonitoringOptions, Wrong> {
    let option = |name: &String| match name.as_str() {
        "warning" => Ok(Monitoring::Warning),
        "notice" => Ok(Monitoring::Notice),
        "both" => Ok(Monitoring::Both),
        other => Err(format!("monitoring is warning, notice or both, not {other}")),
    };
    let options = names.iter().map(option).collect::<Result<Vec<_>, _>>()?;
    Ok(MonitoringOptions::of(&options))
}

/// Who enters the group and who leaves it.
fn regroup(
    service: ServiceName,
    written: &[String],
    network: &Network,
) -> Result<Vec<Command>, Wrong> {
    let wanted: BTreeSet<Institution> =
        written.iter().map(|bic| bic.parse()).collect::<Result<_, _>>()?;
    let known: BTreeSet<Institution> = network.group_of(service).collect();
    let join = |it: &Institution| Command::JoinGroup { service, institution: *it };
    let leave = |it: &Institution| Command::LeaveGroup { service, institution: *it };
    let joining = wanted.difference(&known).map(join);
    Ok(joining.chain(known.difference(&wanted).map(leave)).collect())
}

#[cfg(test)]
mod tests {
    use network::Network;
    use trust::Shard;

    use super::*;

    fn orders(text: &str) -> Result<Vec<Command>, String> {
        let written: Written = toml::from_str(text).map_err(|error| error.to_string())?;
        let network = Network::new("test".parse().unwrap(), Shard(0));
        written.orders(&network).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_left_out_is_as_for_a_plain_service() {
        let plain = Service::new("payments".parse().unwrap(), "pacs.*".parse().unwrap());
        let found = orders("name = 'payments'\ntypes = ['pacs.*']").unwrap();
        assert_eq!(found, [Command::DefineService(Box::new(plain))]);
    }

    #[test]
    fn a_new_service_is_defined_before_its_group_enters_and_before_it_is_retired() {
        let text = "name = 'payments'\ntypes = ['*']\ngroup = ['BANKFRPP', 'ALPHDEFF']\n\
                    retired = 'merged'";
        let found = orders(text).unwrap();
        assert!(matches!(found.first(), Some(Command::DefineService(_))));
        assert!(matches!(found.get(1), Some(Command::JoinGroup { .. })));
        assert!(matches!(found.get(2), Some(Command::JoinGroup { .. })));
        assert!(matches!(found.get(3), Some(Command::RetireService { .. })));
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let wrong = [
            ("types = []", "patterns"),
            ("types = ['*']\nduplicates = 'flag'", "duplicate_window_s"),
            ("types = ['*']\nmonitoring = ['all']", "warning, notice or both"),
            ("types = ['*']\nneeds_relationship = true", "unknown field"),
            ("types = ['*']\nprofile = 'bse'", "not bse"),
            ("types = ['*']\nsealed = 'yes'", "invalid type"),
            ("types = ['*']\ncopy = { institution = 'CHASUS33' }", "mode"),
            ("types = ['*']\ncopy = { institution = 'CHASUS33', mode = 'y' }", "hold or inform"),
            (
                "types = ['*']\ncopy = { institution = 'CHASUS33', mode = 'hold', \
                 bypass = 'never', bypass_after_s = 60 }",
                "bypass_after_s",
            ),
        ];
        for (text, word) in wrong {
            let said = orders(&format!("name = 'payments'\n{text}")).unwrap_err();
            assert!(said.contains(word), "{text}: {said}");
        }
    }
}
