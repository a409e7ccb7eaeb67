//! Lanes that an institution has for itself, and the rules by which messages enter them.
//!
//! Rules are looked at in their order, and the first one that a message meets names its lane; a
//! message that meets none goes by the lane of its priority. They are looked at once, when the
//! message is accepted: its lane never changes afterwards, whatever becomes of the rules. Only urgent
//! and normal messages are looked at: the network's own notices and real-time services have lanes
//! of their own, for everybody.

use iso::{Bic, Institution};
use trust::codec::{CodecError, Reader, Writer};
use trust::{Header, Label, Lane, MessageType, Priority, ServiceName};

use crate::directory::Branch;
use crate::envelope::Envelope;
use crate::event::{parse, read_institution, write_institution};
use crate::pattern::Patterns;

/// How many rules an institution has at most.
pub const LANE_RULES_MAX: usize = 32;

/// The name of a lane that an institution has for itself.
pub type LaneName = Label;

/// The own lanes of an institution, by name, and its rules in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaneRules {
    /// Invariant: own lanes only, by rising number; no name twice, and none of them that of a lane
    /// that everybody has, or a number.
    names: Box<[(Lane, LaneName)]>,
    /// Invariant: at most [`LANE_RULES_MAX`]; each one's lane has a name.
    rules: Box<[LaneRule]>,
}

/// Which messages go by one lane: those that meet all that it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneRule {
    /// The lane.
    pub lane: Lane,
    /// Messages of these types.
    pub types: Patterns,
    /// Messages to this branch of the institution; nothing: to any.
    pub branch: Option<Branch>,
    /// Messages of this institution; nothing: of any.
    pub sender: Option<Institution>,
    /// Messages of this priority; nothing: of both.
    ///
    /// Invariant: urgent or normal.
    pub priority: Option<Priority>,
    /// Messages in this service; nothing: in any.
    pub service: Option<ServiceName>,
}

/// What rules look at of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Looks {
    /// The lane of its priority.
    lane: Lane,
    receiver: Bic,
    sender: Institution,
    message_type: MessageType,
    service: ServiceName,
}

impl From<&Envelope> for Looks {
    fn from(envelope: &Envelope) -> Self {
        let Envelope { lane, receiver, sender, message_type, service, .. } = *envelope;
        Self { lane, receiver, sender: sender.institution(), message_type, service }
    }
}

impl From<&Header> for Looks {
    fn from(header: &Header) -> Self {
        Self {
            lane: header.priority.into(),
            receiver: header.receiver,
            sender: header.sender.institution(),
            message_type: header.message_type,
            service: header.service,
        }
    }
}

/// What is wrong with rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaneRulesError {
    /// A text that is no rule.
    #[error("{0:?} is no rule of a lane; expected such as \"4 funds: types=pacs.* urgent\"")]
    Text(Box<str>),
    /// Too many of them.
    #[error("there are more than {LANE_RULES_MAX} rules")]
    Count,
    /// A lane that is not for this.
    #[error("own lanes have the numbers 4 to 19, but one has {}", .0.0)]
    Number(Lane),
    /// A lane or a name that stands twice.
    #[error("a lane has one name and a name one lane, but {0} stands twice")]
    Twice(LaneName),
    /// A name that would be taken for another lane.
    #[error("{0} cannot be the name of an own lane: it is a number, or that of another lane")]
    Name(LaneName),
    /// A rule whose lane has no name.
    #[error("a rule is for lane {}, which has no name", .0.0)]
    Unnamed(Lane),
    /// A rule about messages that have a lane for everybody.
    #[error("a rule is about urgent or normal messages, or about both")]
    Priority,
}

impl LaneRules {
    /// Rules in their order, for lanes with these names.
    ///
    /// # Errors
    ///
    /// [`LaneRulesError`].
    pub fn new(
        mut names: Vec<(Lane, LaneName)>,
        rules: Vec<LaneRule>,
    ) -> Result<Self, LaneRulesError> {
        names.sort_unstable();
        for (at, &(lane, name)) in names.iter().enumerate() {
            if !lane.is_own() {
                return Err(LaneRulesError::Number(lane));
            }
            if name.as_str().parse::<Lane>().is_ok() || name.as_str().parse::<u32>().is_ok() {
                return Err(LaneRulesError::Name(name));
            }
            let mut others = names.iter().skip(at + 1);
            if others.any(|(other, known)| *other == lane || *known == name) {
                return Err(LaneRulesError::Twice(name));
            }
        }
        if rules.len() > LANE_RULES_MAX {
            return Err(LaneRulesError::Count);
        }
        for rule in &rules {
            if !names.iter().any(|(lane, _)| *lane == rule.lane) {
                return Err(LaneRulesError::Unnamed(rule.lane));
            }
            if matches!(rule.priority, Some(Priority::System | Priority::RealTime)) {
                return Err(LaneRulesError::Priority);
            }
        }
        Ok(Self { names: names.into(), rules: rules.into() })
    }

    /// The lanes that have a name, by number.
    #[must_use]
    pub fn names(&self) -> &[(Lane, LaneName)] {
        &self.names
    }

    /// The rules, in their order.
    #[must_use]
    pub fn rules(&self) -> &[LaneRule] {
        &self.rules
    }

    /// Whether there are neither lanes nor rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The lane by which a message goes.
    #[must_use]
    pub(crate) fn lane_of(&self, message: &Looks) -> Lane {
        if !matches!(message.lane, Lane::URGENT | Lane::NORMAL) {
            return message.lane;
        }
        let met = self.rules.iter().find(|rule| rule.meets(message));
        met.map_or(message.lane, |rule| rule.lane)
    }

    /// ```text
    /// names: count u8 | (lane u8 | name text)*
    ///   | rules: count u8 | (lane u8 | flags u8: 1 branch, 2 sender, 4 priority, 8 service
    ///     | patterns (pattern.rs) | branch 3, if 1 | sender 8, if 2 | priority u8, if 4
    ///     | service text, if 8)*
    /// ```
    pub(crate) fn write(&self, writer: &mut Writer) {
        let count = |count: usize| u8::try_from(count).expect("few lanes and rules");
        writer.u8(count(self.names.len()));
        for (lane, name) in &self.names {
            writer.u8(lane.0).text(name.as_str());
        }
        writer.u8(count(self.rules.len()));
        self.rules.iter().for_each(|rule| rule.write(writer));
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "rules of lanes" };
        let names = (0..reader.u8()?)
            .map(|_| Ok((Lane(reader.u8()?), parse(reader.text()?, "name of a lane")?)));
        let names = names.collect::<Result<Vec<_>, CodecError>>()?;
        if !names.is_sorted() {
            return Err(BAD);
        }
        let rules = (0..reader.u8()?).map(|_| LaneRule::read(reader));
        Self::new(names, rules.collect::<Result<_, _>>()?).map_err(|_| BAD)
    }
}

impl LaneRule {
    const BRANCH: u8 = 1;
    const SENDER: u8 = 2;
    const PRIORITY: u8 = 4;
    const SERVICE: u8 = 8;

    /// A rule for every message.
    #[must_use]
    pub fn new(lane: Lane) -> Self {
        let types = Patterns::any();
        Self { lane, types, branch: None, sender: None, priority: None, service: None }
    }

    fn meets(&self, message: &Looks) -> bool {
        self.service.is_none_or(|service| service == message.service)
            && self.priority.is_none_or(|priority| Lane::from(priority) == message.lane)
            && self.sender.is_none_or(|sender| sender == message.sender)
            && self.branch.is_none_or(|branch| branch == Branch::of(&message.receiver))
            && self.types.matches(&message.message_type)
    }

    fn write(&self, writer: &mut Writer) {
        let Self { lane, types, branch, sender, priority, service } = self;
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        writer.u8(lane.0).u8(flag(branch.is_some(), Self::BRANCH)
            | flag(sender.is_some(), Self::SENDER)
            | flag(priority.is_some(), Self::PRIORITY)
            | flag(service.is_some(), Self::SERVICE));
        types.write(writer);
        if let Some(branch) = branch {
            branch.write(writer);
        }
        if let Some(sender) = sender {
            write_institution(writer, *sender);
        }
        if let Some(priority) = priority {
            writer.u8(priority.code());
        }
        if let Some(service) = service {
            writer.text(service.as_str());
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let bad = |field| CodecError::OutOfRange { field };
        let (lane, flags) = (Lane(reader.u8()?), reader.u8()?);
        if flags > 15 {
            return Err(bad("flags of a rule"));
        }
        let mut rule = Self { types: Patterns::read(reader)?, ..Self::new(lane) };
        if flags & Self::BRANCH != 0 {
            rule.branch = Some(Branch::read(reader)?);
        }
        if flags & Self::SENDER != 0 {
            rule.sender = Some(read_institution(reader)?);
        }
        if flags & Self::PRIORITY != 0 {
            let priority = Priority::from_code(reader.u8()?);
            rule.priority = Some(priority.ok_or_else(|| bad("priority of a rule"))?);
        }
        if flags & Self::SERVICE != 0 {
            rule.service = Some(parse(reader.text()?, "service")?);
        }
        Ok(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[(u8, &str)]) -> Vec<(Lane, LaneName)> {
        names.iter().map(|(lane, name)| (Lane(*lane), name.parse().unwrap())).collect()
    }

    #[test]
    fn lanes_and_rules_that_contradict_themselves_are_refused() {
        let refused = |names: &[(u8, &str)], rules: Vec<LaneRule>| {
            LaneRules::new(named(names), rules).unwrap_err().to_string()
        };
        let rule = || LaneRule::new(Lane(4));
        let said = [
            refused(&[(3, "funds")], vec![]),
            refused(&[(20, "funds")], vec![]),
            refused(&[(4, "funds"), (5, "funds")], vec![]),
            refused(&[(4, "funds"), (4, "other")], vec![]),
            refused(&[(4, "urgent")], vec![]),
            refused(&[(4, "5")], vec![]),
            refused(&[(5, "funds")], vec![rule()]),
            refused(&[(4, "funds")], vec![rule(); LANE_RULES_MAX + 1]),
            refused(
                &[(4, "funds")],
                vec![LaneRule { priority: Some(Priority::RealTime), ..rule() }],
            ),
        ];
        expect_test::expect![[r#"
            own lanes have the numbers 4 to 19, but one has 3
            own lanes have the numbers 4 to 19, but one has 20
            a lane has one name and a name one lane, but funds stands twice
            a lane has one name and a name one lane, but funds stands twice
            urgent cannot be the name of an own lane: it is a number, or that of another lane
            5 cannot be the name of an own lane: it is a number, or that of another lane
            a rule is for lane 4, which has no name
            there are more than 32 rules
            a rule is about urgent or normal messages, or about both"#]]
        .assert_eq(&said.join("\n"));
    }

    #[test]
    fn rules_come_back() {
        let all = LaneRule {
            lane: Lane(19),
            types: "pacs.*,fin.103".parse().unwrap(),
            branch: Some("PAR".parse().unwrap()),
            sender: Some("ALPHDEFF".parse().unwrap()),
            priority: Some(Priority::Urgent),
            service: Some("payments".parse().unwrap()),
        };
        let rules = vec![all, LaneRule::new(Lane(4))];
        let rules = LaneRules::new(named(&[(19, "last"), (4, "first")]), rules).unwrap();
        let mut writer = Writer::with_capacity(64);
        rules.write(&mut writer);
        let bytes = writer.finish();
        assert_eq!(LaneRules::read(&mut Reader::new(&bytes)), Ok(rules));
        for (at, good) in bytes.iter().enumerate() {
            let mut bad = bytes.clone();
            bad[at] = good ^ 0x80;
            let mut reader = Reader::new(&bad);
            if let Ok(other) = LaneRules::read(&mut reader) {
                let mut writer = Writer::with_capacity(64);
                other.write(&mut writer);
                assert_eq!(writer.finish(), bad[..bad.len() - reader.rest().len()]);
            }
        }
    }
}
