//! Questions about an institution's lanes, and their answers.

use iso::Terminal;
use network::{LaneName, LaneRule, LaneRules, Lease, SessionNumber};
use trust::{Lane, Priority};
use wire::latest;

use crate::{Ending, fields};

/// The lanes of an institution: its rules, and those that are in use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstitutionLanes {
    /// Its rules.
    pub rules: LaneRules,
    /// The lanes that are in use, by rising number.
    pub lanes: Vec<LaneInUse>,
}

/// A lane in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneInUse {
    /// Which lane.
    pub lane: Lane,
    /// The last output number that was acknowledged.
    pub acknowledged_through: u64,
    /// The last output number that was given.
    pub assigned_through: u64,
    /// Who empties it.
    pub lease: Option<Lease>,
}

const BAD: Ending = Ending::Malformed { field: "rules of lanes" };

/// The rules of a frame.
pub(super) fn read_rules(frame: &latest::LaneRules) -> Result<LaneRules, Ending> {
    let name = |it: &latest::LaneName| {
        let name: LaneName = it.name.parse().map_err(|_| BAD)?;
        Ok((fields::lane(it.lane)?, name))
    };
    let names = frame.names.iter().map(name).collect::<Result<_, Ending>>()?;
    let rules = frame.rules.iter().map(read_rule).collect::<Result<_, Ending>>()?;
    LaneRules::new(names, rules).map_err(|_| BAD)
}

fn read_rule(frame: &latest::LaneRule) -> Result<LaneRule, Ending> {
    let priority = match frame.priority {
        0 => None,
        1 => Some(Priority::Urgent),
        2 => Some(Priority::Normal),
        _ => return Err(BAD),
    };
    Ok(LaneRule {
        lane: fields::lane(frame.lane)?,
        types: super::patterns(&frame.types)?,
        branch: read_some(&frame.branch)?,
        sender: read_some(&frame.sender)?,
        priority,
        service: read_some(&frame.service)?,
    })
}

/// What a text says; nothing if it is empty.
fn read_some<T: std::str::FromStr>(text: &str) -> Result<Option<T>, Ending> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| BAD) }
}

pub(super) fn write_rules(rules: &LaneRules) -> latest::LaneRules {
    let names = rules
        .names()
        .iter()
        .map(|(lane, name)| latest::LaneName { lane: lane.0.into(), name: name.to_string() });
    let rules = rules.rules().iter().map(|rule| latest::LaneRule {
        lane: rule.lane.0.into(),
        types: rule.types.iter().map(ToString::to_string).collect(),
        branch: rule.branch.map(|branch| branch.to_string()).unwrap_or_default(),
        sender: rule.sender.map(|sender| sender.to_string()).unwrap_or_default(),
        priority: rule.priority.map_or(0, |priority| priority.code().into()),
        service: rule.service.map(|service| service.to_string()).unwrap_or_default(),
    });
    latest::LaneRules { names: names.collect(), rules: rules.collect() }
}

impl InstitutionLanes {
    pub(super) fn read(frame: &latest::InstitutionLanes) -> Result<Self, Ending> {
        let rules = frame.rules.as_ref().map(read_rules).transpose()?.unwrap_or_default();
        let lanes = frame.lanes.iter().map(|it| {
            let terminal: Option<Terminal> = read_some(&it.terminal)?;
            let through = Some(it.leased_through).filter(|through| *through != 0);
            let session = SessionNumber(it.session);
            let lease = terminal.map(|terminal| Lease { terminal, session, through });
            let (acknowledged_through, assigned_through) =
                (it.acknowledged_through, it.assigned_through);
            let lane = fields::lane(it.lane)?;
            Ok(LaneInUse { lane, acknowledged_through, assigned_through, lease })
        });
        Ok(Self { rules, lanes: lanes.collect::<Result<_, Ending>>()? })
    }

    pub(super) fn write(&self) -> latest::InstitutionLanes {
        let lanes = self.lanes.iter().map(|it| latest::LaneInUse {
            lane: it.lane.0.into(),
            acknowledged_through: it.acknowledged_through,
            assigned_through: it.assigned_through,
            terminal: it.lease.map(|lease| lease.terminal.to_string()).unwrap_or_default(),
            session: it.lease.map_or(0, |lease| lease.session.0),
            leased_through: it.lease.and_then(|lease| lease.through).unwrap_or(0),
        });
        latest::InstitutionLanes { rules: Some(write_rules(&self.rules)), lanes: lanes.collect() }
    }
}
