//! What a governed record does, in plain words: governors read this before they sign.

use std::fmt::Write as _;

use trust::{Lane, NetworkKeys};

use super::Event;
use crate::calendar::{Calendar, Hours, WhileClosed};
use crate::copy::{Bypass, CopyExtent, CopyMode, CopyRule};
use crate::service::{ByPriority, DuplicateCheck, FileRules, Service};

impl Event {
    /// What the record does to the network, in lines of plain words; the first is a whole sentence
    /// and the others give its details. Empty for records that no governor signs.
    #[must_use]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what governors have no part in is left out, whatever comes to it"
    )]
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Admitted { institution, name } => {
                vec![format!("Admit {institution}, {name}, as a member.")]
            }
            Self::Suspended { institution, reason } => {
                vec![format!("Suspend {institution}: {reason}. It neither sends nor is sent to.")]
            }
            Self::Reinstated { institution } => {
                vec![format!("Reinstate {institution}: it sends and is sent to again.")]
            }
            Self::Expelled { institution, reason } => {
                vec![format!("Expel {institution} for good: {reason}.")]
            }
            Self::KeyGranted { grant } => vec![
                if grant.public.algorithm().signs() {
                    format!("Let {} sign with the key {}.", grant.holder, grant.key)
                } else {
                    let institution = grant.holder.institution();
                    format!("Let messages to {institution} be sealed to the key {}.", grant.key)
                },
                format!("public key {}", grant.public),
                format!("from {} until {}", grant.from, grant.until),
            ],
            Self::KeyRevoked { holder, key, reason } => {
                vec![format!("Revoke the key {key} of {holder} from now on: {reason}.")]
            }
            Self::Described { institution, profile } => {
                let mut words = vec![format!("Say of {institution} in the directory:")];
                let branches: Vec<_> = profile.branches().iter().map(ToString::to_string).collect();
                let all = || "branches: all may be sent to".to_owned();
                let named = |names: String| format!("branches: {names}");
                let names = Some(branches.join(", ")).filter(|names| !names.is_empty());
                words.push(names.map_or_else(all, named));
                words.extend(profile.contacts().iter().map(|contact| format!("contact {contact}")));
                words
            }
            Self::ServiceDefined(service) => {
                [vec![format!("Define the service {}.", service.name)], rules(service)].concat()
            }
            Self::ServiceChanged(service) => {
                let first = format!("Change the rules of the service {} to these.", service.name);
                [vec![first], rules(service)].concat()
            }
            Self::ServiceRetired { service, reason } => {
                vec![format!("Retire the service {service}: {reason}.")]
            }
            Self::GroupJoined { service, institution } => {
                vec![format!("Take {institution} into the group of the service {service}.")]
            }
            Self::GroupLeft { service, institution } => {
                vec![format!("Take {institution} out of the group of the service {service}.")]
            }
            Self::CalendarDefined(calendar) => calendar_words(calendar),
            Self::KeysReplaced(keys) => keys_words(keys),
            _ => Vec::new(),
        }
    }
}

fn keys_words(keys: &NetworkKeys) -> Vec<String> {
    let mut words = vec!["Replace the public keys of the network by these.".to_owned()];
    words.extend(keys.logs().iter().map(|key| format!("log {key}")));
    words.extend(keys.roots().iter().map(|key| format!("root {key}")));
    words.extend(keys.witnesses().iter().map(|key| format!("witness {key}")));
    words.push(match keys.quorum() {
        0 => "no witness has to cosign a checkpoint".to_owned(),
        quorum => format!("{quorum} of the witnesses must cosign a checkpoint"),
    });
    words.extend(keys.governors().iter().map(|key| format!("governor {key}")));
    words.push(format!("{} of the governors must sign a change", keys.consent()));
    words
}

fn calendar_words(calendar: &Calendar) -> Vec<String> {
    const WEEK: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
    let days = WEEK.iter().enumerate();
    let free = days.filter(|(bit, _)| calendar.free_weekdays() & (1 << bit) != 0);
    let free: Vec<_> = free.map(|(_, name)| *name).collect();
    let mut words = vec![
        format!("Let the calendar {} be this, whatever it was.", calendar.name),
        format!("weekdays without business: {}", free.join(" ")),
    ];
    let clock = calendar.clock().iter();
    words.extend(clock.map(|(from, offset)| format!("from {from} on {offset} minutes before UTC")));
    let holidays = calendar.holidays().iter().filter_map(|day| day.date());
    words.extend(holidays.map(|date| format!("no business on {date}")));
    words
}

fn hours_words(hours: &Hours) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let closed = match hours.closed {
        WhileClosed::Refuse => "refused",
        WhileClosed::Hold => "held until it opens",
    };
    format!(
        "open by calendar {} from {}, urgent until {}, normal until {}; else messages are {closed}",
        hours.calendar,
        clock(hours.opens()),
        clock(hours.until(Lane::URGENT)),
        clock(hours.until(Lane::NORMAL))
    )
}

fn rules(service: &Service) -> Vec<String> {
    let seconds = |times: ByPriority| format!("{} s, normal {} s", times.urgent_s, times.normal_s);
    let timing = service.timing;
    let mut last = format!("withdrawn after {} s (0: never)", timing.withdraw_after_s);
    if timing.withdraws_expired {
        let _ = write!(last, ", and when the sender's own time is over");
    }
    let hours = service.hours.as_ref().map(hours_words);
    let mut words = vec![
        format!("carries {}, up to {} bytes", service.types, service.payload_bytes_max),
        if service.is_closed { "only its group takes part" } else { "every member takes part" }
            .to_owned(),
        if service.needs_relationship {
            "a sender needs the receiver's permission"
        } else {
            "a sender needs no permission"
        }
        .to_owned(),
        match service.duplicates {
            DuplicateCheck::Off => "duplicates are not looked for".to_owned(),
            DuplicateCheck::Flag { window_s } => {
                format!("duplicates within {window_s} s are marked")
            }
            DuplicateCheck::Refuse { window_s } => {
                format!("duplicates within {window_s} s are refused")
            }
        },
        format!("kept for {} days; monitoring {:?}", service.retention_days, service.monitoring),
        service.files.map_or_else(
            || "carries no files".to_owned(),
            |FileRules { bytes_max, quota_bytes }| {
                format!("files up to {bytes_max} bytes, {quota_bytes} of a sender at once (0: any)")
            },
        ),
        format!("the sender is warned after: urgent {} (0: never)", seconds(timing.warn_after_s)),
        format!("late after: urgent {} (0: never)", seconds(timing.late_after_s)),
        last,
        match service.answer_within_ms {
            None => "stored and forwarded".to_owned(),
            Some(within_ms) => format!("real time: a request is answered within {within_ms} ms"),
        },
        service.copy.as_deref().map_or_else(|| "nobody gets copies".to_owned(), copy),
    ];
    words.extend(hours);
    words
}

fn copy(rule: &CopyRule) -> String {
    let CopyRule { institution, mode, extent, types, bypass } = rule;
    let what = match extent {
        CopyExtent::Full => "a full copy",
        CopyExtent::Header => "a copy of the header",
    };
    let then = match (mode, bypass) {
        (CopyMode::Inform, _) => "; nothing waits for it".to_owned(),
        (CopyMode::Hold, Bypass::Never) => {
            " and decides whether the message is delivered".to_owned()
        }
        (CopyMode::Hold, Bypass::ByOrder) => " and decides whether the message is delivered, \
             unless the operator orders a bypass"
            .to_owned(),
        (CopyMode::Hold, Bypass::After { seconds }) => format!(
            " and decides whether the message is delivered, unless the operator orders a bypass or \
             it is away for {seconds} s"
        ),
    };
    format!("{institution} gets {what} of {types}{then}")
}
