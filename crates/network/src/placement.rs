//! Where an accepted message goes at first, for whoever folds a journal: into its lane, or among what
//! its service holds; and who gets a copy.
//!
//! That follows from what the records before say of calendars, services and bypasses, and from the
//! message. When a held message enters its lane later, a record says so.

use std::collections::BTreeMap;

use iso::Institution;
use trust::{Header, Lane, LogTime, ServiceName};

use crate::calendar::{Calendar, CalendarName, Hours};
use crate::copy::{CopyRule, CopyWay};
use crate::event::Event;
use crate::lane_rules::LaneRules;

/// What a fold knows of calendars, hours, copy rules and bypasses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placements {
    lane_rules: BTreeMap<Institution, LaneRules>,
    calendars: BTreeMap<CalendarName, Calendar>,
    hours: BTreeMap<ServiceName, Hours>,
    /// And whether the service is bypassed.
    copies: BTreeMap<ServiceName, (CopyRule, bool)>,
}

/// Where an accepted message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The lane of its receiver that it enters, now or later. A copy goes by the lane of its priority.
    pub lane: Lane,
    /// Who gets a copy of it, and what that means for it.
    pub copied: Option<(CopyWay, Institution)>,
    /// Until when it waits for the opening of its service.
    pub held_until: Option<LogTime>,
}

impl Placements {
    /// Takes what a record says of calendars, services and bypasses.
    pub fn take(&mut self, event: &Event) {
        if let Event::LaneRulesSet { institution, rules } = event {
            self.lane_rules.insert(*institution, (**rules).clone());
        } else if let Event::CalendarDefined(calendar) = event {
            self.calendars.insert(calendar.name, (**calendar).clone());
        } else if let Event::ServiceDefined(service) | Event::ServiceChanged(service) = event {
            match service.hours {
                Some(hours) => self.hours.insert(service.name, hours),
                None => self.hours.remove(&service.name),
            };
            let was = self.is_bypassed(service.name);
            match service.copy.as_deref() {
                Some(rule) => {
                    let bypassed = was && rule.allows_bypass();
                    self.copies.insert(service.name, (rule.clone(), bypassed))
                }
                None => self.copies.remove(&service.name),
            };
        } else if let Event::BypassSet { service, on, .. } = event
            && let Some((_, bypassed)) = self.copies.get_mut(service)
        {
            *bypassed = *on;
        }
    }

    /// Whether the messages of a service pass without the decision that they would wait for.
    #[must_use]
    pub fn is_bypassed(&self, service: ServiceName) -> bool {
        self.copies.get(&service).is_some_and(|(_, bypassed)| *bypassed)
    }

    /// Where a message goes that is accepted at a time.
    #[must_use]
    pub fn of(&self, at: LogTime, header: &Header) -> Placement {
        let (service, lane) = (header.service, Lane::from(header.priority));
        let copied = self.copies.get(&service).and_then(|(rule, bypassed)| {
            let parties = [header.sender.institution(), header.receiver.institution()];
            let way = rule.way(parties, &header.message_type, *bypassed)?;
            Some((way, rule.institution))
        });
        let hours = self.hours.get(&service).filter(|hours| hours.holds(lane));
        let held_until = hours
            .and_then(|hours| hours.opens_next(self.calendars.get(&hours.calendar)?, at, lane));
        let rules = self.lane_rules.get(&header.receiver.institution());
        let lane = rules.map_or(lane, |rules| rules.lane_of(&header.into()));
        Placement { lane, copied, held_until }
    }
}
