//! Lanes and their rules as people write them, one text for each rule, in their order:
//!
//! ```text
//! rule       NUMBER NAME: CONDITION CONDITION...    messages that meet all conditions go by the lane
//!            NUMBER NAME                            the lane has a name, and no rule
//! condition  all                                    every message
//!            types=TYPE,TYPE...                     of these types; one may end in a star
//!            urgent | normal                        of this priority
//!            branch=BRANCH                          to this branch, 3 characters
//!            from=BIC                               of this institution, 8 characters
//!            service=NAME                           in this service
//! ```

use std::fmt;
use std::str::FromStr;

use trust::{Lane, Priority};

use crate::lane_rules::{LaneName, LaneRule, LaneRules, LaneRulesError};

impl LaneRules {
    /// What texts say, one rule each.
    ///
    /// # Errors
    ///
    /// [`LaneRulesError::Text`] for the first that is no rule, and what else contradicts itself.
    pub fn of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, LaneRulesError> {
        let (mut names, mut rules) = (Vec::new(), Vec::new());
        for text in texts {
            let wrong = || LaneRulesError::Text(text.chars().take(80).collect());
            let (name, rule) = read(text).ok_or_else(wrong)?;
            if !names.contains(&name) {
                names.push(name);
            }
            rules.extend(rule);
        }
        Self::new(names, rules)
    }

    /// The texts that say the same: the rules in their order, then the lanes that have none.
    #[must_use]
    pub fn to_texts(&self) -> Vec<String> {
        let name_of = |lane: Lane| self.names().iter().find(|(it, _)| *it == lane);
        let ruled = self.rules().iter().filter_map(|rule| {
            let (lane, name) = name_of(rule.lane)?;
            Some(format!("{} {name}: {rule}", lane.0))
        });
        let has_rule = |lane: Lane| self.rules().iter().any(|rule| rule.lane == lane);
        let bare = self.names().iter().filter(|(lane, _)| !has_rule(*lane));
        ruled.chain(bare.map(|(lane, name)| format!("{} {name}", lane.0))).collect()
    }
}

/// A lane with its name, and its rule if there is one.
fn read(text: &str) -> Option<((Lane, LaneName), Option<LaneRule>)> {
    let (lane, conditions) = match text.split_once(':') {
        Some((lane, conditions)) => (lane, Some(conditions)),
        None => (text, None),
    };
    let (number, name) = lane.trim().split_once(' ')?;
    let lane = Lane(number.parse().ok()?);
    let name = name.trim().parse().ok()?;
    let Some(conditions) = conditions else { return Some(((lane, name), None)) };
    let mut rule = LaneRule::new(lane);
    let mut conditions = conditions.split_whitespace().peekable();
    conditions.peek()?;
    for condition in conditions {
        set(&mut rule, condition)?;
    }
    Some(((lane, name), Some(rule)))
}

/// Adds a condition, once.
fn set(rule: &mut LaneRule, condition: &str) -> Option<()> {
    fn once<T: FromStr>(field: &mut Option<T>, text: &str) -> Option<()> {
        field.is_none().then_some(())?;
        *field = Some(text.parse().ok()?);
        Some(())
    }
    match condition.split_once('=') {
        Some(("types", types)) => rule.types = types.parse().ok()?,
        Some(("branch", branch)) => once(&mut rule.branch, branch)?,
        Some(("from", sender)) => once(&mut rule.sender, sender)?,
        Some(("service", service)) => once(&mut rule.service, service)?,
        None if condition == "all" => {}
        None if rule.priority.is_none() => {
            rule.priority = Some(match condition {
                "urgent" => Priority::Urgent,
                "normal" => Priority::Normal,
                _ => return None,
            });
        }
        Some(_) | None => return None,
    }
    Some(())
}

impl fmt::Display for LaneRule {
    /// The conditions of the rule.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        if self.types.to_string() != "*" {
            words.push(format!("types={}", self.types));
        }
        words.extend(self.priority.map(|priority| Lane::from(priority).to_string()));
        words.extend(self.branch.map(|branch| format!("branch={branch}")));
        words.extend(self.sender.map(|sender| format!("from={sender}")));
        words.extend(self.service.map(|service| format!("service={service}")));
        if words.is_empty() {
            words.push("all".to_owned());
        }
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_written_as_they_are_read() {
        let texts = [
            "4 funds: types=pacs.*,fin.103 urgent",
            "5 paris: branch=PAR from=ALPHDEFF service=payments",
            "4 funds: normal",
            "6 rest: all",
            "19 later",
        ];
        let rules = LaneRules::of_texts(texts).unwrap();
        assert_eq!(rules.to_texts(), texts);
        assert_eq!(LaneRules::of_texts([]).unwrap(), LaneRules::default());
        let loose = LaneRules::of_texts([" 4  funds :  urgent  types=pacs.*,fin.103 "]).unwrap();
        assert_eq!(loose.to_texts(), &texts[..1]);
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in [
            "",
            "4",
            "funds",
            "4 funds:",
            "x funds: all",
            "256 funds: all",
            "4 fu nds: all",
            "4 funds: urgent normal",
            "4 funds: system",
            "4 funds: branch=PARIS",
            "4 funds: branch=PAR branch=LYO",
            "4 funds: from=ALPHDEFFXXX",
            "4 funds: types=",
            "4 funds: colour=red",
            "4 funds: urgent=yes",
        ] {
            let error = LaneRules::of_texts([text]).unwrap_err();
            assert!(matches!(error, LaneRulesError::Text(_)), "{text:?}: {error}");
        }
        let error = LaneRules::of_texts(["4 funds: all", "4 other: all"]).unwrap_err();
        assert_eq!(error, LaneRulesError::Twice("funds".parse().unwrap()));
    }
}
