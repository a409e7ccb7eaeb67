//! What came of a command, as lines of text.

use std::fmt::Write as _;

use iso::Institution;
use trust::LogTime;

use super::Stage;
use super::parse::{Line, file, lane};
use crate::answers::AnswerRun;
use crate::directory::PastSession;
use crate::effect::Effect;
use crate::event::Relation;
use crate::files::FileView;
use crate::held::Held;
use crate::lane::{About, Attempt, Item, Mark, Notice, Told};
use crate::leases::{LaneSet, Lease};
use crate::network::Network;
use crate::real_time::Request;
use crate::reports::{Day, Report, Undelivered, Waiting};

/// Lanes of an institution, without their names where they are all that it has.
fn lanes_named(network: &Network, institution: Institution, lanes: LaneSet) -> String {
    let all = format!("lanes of {institution}");
    if network.lanes(institution).all(|at| lanes.contains(at.lane)) {
        return all;
    }
    let names: Vec<_> = lanes.iter().map(|lane| lane.to_string()).collect();
    format!("{all} ({})", names.join(", "))
}

impl Stage {
    pub(super) fn say(&mut self, effect: &Effect) {
        let said = &mut self.said;
        match effect {
            Effect::SessionOpened { terminal, session, input_number, answers_after, lanes } => {
                write!(said, "welcome {terminal} to session {session}: input {input_number}")
                    .unwrap();
                write!(said, ", answers after {answers_after}").unwrap();
                for position in lanes {
                    let (lane, through) = (position.lane, position.acknowledged_through);
                    write!(said, ", {lane} {through}/{}", position.last_output_number).unwrap();
                }
                writeln!(said)
            }
            Effect::SessionClosed { terminal, session, end } => {
                writeln!(said, "end session {session} of {terminal}: {end:?}")
            }
            Effect::LanesHeld { institution, lanes, by } => {
                let lanes = lanes_named(&self.network, *institution, *lanes);
                match by {
                    Some((terminal, session)) => {
                        writeln!(said, "{lanes} to session {session} of {terminal}")
                    }
                    None => writeln!(said, "{lanes} to nobody"),
                }
            }
            Effect::Answered { terminal, input_number, sequence, accepted } => {
                let verb = if *accepted { "accepted" } else { "refused" };
                writeln!(said, "{verb} {input_number} of {terminal} in record {sequence}")
            }
            Effect::Offered { institution, lane, output_number, sequence } => {
                writeln!(said, "offer {institution} {lane} {output_number}: record {sequence}")
            }
            Effect::Noticed { institution, output_number } => {
                writeln!(said, "offer {institution} system {output_number}: notice")
            }
            Effect::Acknowledged { by, lane, through } => {
                writeln!(said, "{by} took {lane} over through {through}")
            }
            Effect::StatusChanged { institution } => {
                let status = self.network.member(*institution).unwrap().status;
                writeln!(said, "{institution} is {status:?}")
            }
            Effect::Described { institution } => {
                let profile = self.network.member(*institution).unwrap().profile;
                let branches: Vec<_> = profile.branches().iter().map(ToString::to_string).collect();
                writeln!(said, "{institution} has branches {branches:?}")
            }
            Effect::ServiceChanged { service } => {
                let view = self.network.service_rules(*service).unwrap();
                let closed = if view.rules.is_closed { ", closed" } else { "" };
                let retired = if view.is_retired { ", retired" } else { "" };
                let group: Vec<_> = self.network.group_of(*service).collect();
                let copy = view.rules.copy.as_ref();
                let copy = copy.map(|rule| format!(", copied to {}", rule.institution));
                let copy = copy.unwrap_or_default();
                writeln!(
                    said,
                    "service {service}: {}{closed}{retired}{copy}, group {group:?}",
                    view.rules.types
                )
            }
            Effect::ReportDue { institution, report } => {
                let check = if *report == Report::DailyCheck { "daily check " } else { "" };
                writeln!(said, "{check}report to {institution}")
            }
            Effect::CalendarChanged { calendar } => writeln!(said, "calendar {calendar}"),
            Effect::KeyGranted { holder, key } => writeln!(said, "{holder} may sign with {key}"),
        }
        .unwrap();
    }

    pub(super) fn say_pending(&mut self, line: &Line<'_>) {
        let institution: Institution = line.word(1).parse().unwrap();
        for offer in self.network.pending(institution, lane(line.word(2)), 0) {
            let number = offer.output_number;
            let marks = [
                (offer.possible_duplicate, ", possible duplicate"),
                (offer.late, ", late"),
                (offer.resembles_earlier, ", resembles an earlier one"),
            ];
            let mut mark: String =
                marks.iter().filter(|(set, _)| *set).map(|(_, mark)| *mark).collect();
            if let Some(Mark { record, is_bypass }) = offer.mark {
                let verb = if is_bypass { "bypassed" } else { "authorised" };
                write!(mark, ", {verb} by record {record}").unwrap();
            }
            match offer.item {
                Item::Message { sequence } => {
                    writeln!(self.said, "  {number}: message in record {sequence}{mark}")
                }
                Item::Delivered(Notice {
                    sender,
                    input_number,
                    sequence,
                    acknowledged_in,
                    index,
                }) => {
                    let message = format!("{input_number} of {sender} in record {sequence}");
                    let place = format!("place {index} of record {acknowledged_in}");
                    writeln!(self.said, "  {number}: {message} delivered, {place}{mark}")
                }
                Item::Withdrawn { sequence, record } => {
                    let said =
                        format!("message in record {sequence} withdrawn, says record {record}");
                    writeln!(self.said, "  {number}: {said}{mark}")
                }
                Item::Copy { sequence, header_only, decides } => {
                    let part = if header_only { "copy of the header" } else { "copy" };
                    let decides = if decides { ", decides" } else { "" };
                    writeln!(self.said, "  {number}: {part} of record {sequence}{decides}{mark}")
                }
                Item::Told(Told { tiding, record, about }) => {
                    let about = about.map_or_else(
                        String::new,
                        |About { sender, input_number, sequence }| {
                            format!(" of {input_number} of {sender} in record {sequence}")
                        },
                    );
                    writeln!(self.said, "  {number}: {tiding:?}{about}, says record {record}{mark}")
                }
            }
            .unwrap();
        }
    }

    pub(super) fn say_deadline(&mut self) {
        match self.network.next_deadline() {
            Some(at) => writeln!(self.said, "  next at {at}"),
            None => writeln!(self.said, "  nothing is to come"),
        }
        .unwrap();
    }

    pub(super) fn say_attempts(&mut self, line: &Line<'_>) {
        let number = line.word(3).parse().unwrap();
        let institution = line.word(1).parse().unwrap();
        for attempt in self.network.attempts(institution, lane(line.word(2)), number) {
            let Attempt { terminal, session, first, through } = attempt;
            writeln!(self.said, "  session {session} of {terminal}: {first} to {through}").unwrap();
        }
    }

    /// Whether an institution may fetch a file, at the time of the line.
    pub(super) fn say_file(&mut self, line: &Line<'_>) {
        let at = line.time.map_or_else(|| self.network.now(), LogTime);
        let (by, sender) = (line.word(1).parse().unwrap(), line.word(2).parse().unwrap());
        let digest = file(line.word(3).parse().unwrap(), 0).digest;
        let kept = if self.network.is_file_kept(at, sender, &digest) { "kept" } else { "not kept" };
        match self.network.file_for(at, by, sender, &digest) {
            Some(FileView { file, announced_in, until }) => writeln!(
                self.said,
                "  {kept}; {by} may fetch {} bytes until {until}, says record {announced_in}",
                file.bytes
            ),
            None => writeln!(self.said, "  {kept}; not for {by}"),
        }
        .unwrap();
    }

    /// What stands against sending a file.
    pub(super) fn say_upload(&mut self, line: &Line<'_>) {
        let at = line.time.map_or_else(|| self.network.now(), LogTime);
        let name = file(line.word(3).parse().unwrap(), line.word(4).parse().unwrap());
        let (sender, service) = (line.word(1).parse().unwrap(), line.word(2).parse().unwrap());
        let refusals = self.network.refuse_upload(at, sender, service, &name);
        if refusals.is_empty() {
            writeln!(self.said, "  {sender} may send it").unwrap();
        }
        for refusal in refusals {
            writeln!(self.said, "  {} {refusal}", refusal.code()).unwrap();
        }
    }

    pub(super) fn say_figures(&mut self, line: &Line<'_>) {
        let day = Day(line.word(2).parse().unwrap());
        match self.network.figures(line.word(1).parse().unwrap(), day) {
            Some(figures) => writeln!(self.said, "  {figures:?}"),
            None => writeln!(self.said, "  too long ago"),
        }
        .unwrap();
    }

    pub(super) fn say_history(&mut self, line: &Line<'_>) {
        for past in self.network.session_history(line.word(1).parse().unwrap()) {
            let PastSession { session, opened_at, closed_at, end, .. } = past;
            let inputs = format!("input {} to {}", past.input_after + 1, past.input_through);
            let times = format!("{} to {}", opened_at.0, closed_at.0);
            let received = past.received;
            writeln!(self.said, "  {session}: {times}, {end:?}, {inputs}, received {received}")
                .unwrap();
        }
    }

    pub(super) fn say_undelivered(&mut self, line: &Line<'_>) {
        let after = line.has("after").then(|| Waiting {
            receiver: line.word(4).parse().unwrap(),
            lane: lane(line.word(5)),
            output_number: line.word(6).parse().unwrap(),
            sequence: line.number("record").unwrap_or(0),
        });
        let limit = line.word(2).parse().unwrap();
        for row in self.network.undelivered(line.word(1).parse().unwrap(), after.as_ref(), limit) {
            let Undelivered { about, waits, attempts, late, held_for, held_until } = row;
            let Waiting { receiver, lane, output_number, sequence: _ } = waits;
            let mut late = if late { ", late" } else { "" }.to_owned();
            if let Some(decider) = held_for {
                write!(late, ", held for {decider}").unwrap();
            }
            if let Some(until) = held_until {
                write!(late, ", held until {until}").unwrap();
            }
            let message = format!("{} of {}", about.input_number, about.sender);
            writeln!(
                self.said,
                "  {message} for {receiver} {lane} {output_number}, attempts {attempts}{late}"
            )
            .unwrap();
        }
    }

    pub(super) fn say_held(&mut self, line: &Line<'_>) {
        let institution = line.word(1).parse().unwrap();
        for row in self
            .network
            .held_where(None, 99, |held| held.message.sender.institution() == institution)
        {
            let Held { about, receiver, service: _, lane, late, until, decider } = row;
            let message = format!("{} of {}", about.input_number, about.sender);
            write!(self.said, "  {message} for {receiver} {lane}").unwrap();
            if let Some(decider) = decider {
                write!(self.said, ", for {decider} to decide").unwrap();
            }
            if let Some(until) = until {
                write!(self.said, ", until {until}").unwrap();
            }
            writeln!(self.said, "{}", if late { ", late" } else { "" }).unwrap();
        }
    }

    pub(super) fn say_undecided(&mut self, line: &Line<'_>) {
        let institution = line.word(1).parse().unwrap();
        for view in self.network.held_for(institution, line.number("after"), 9) {
            let Held { about, receiver, service, lane, late, .. } = view;
            let About { sender, input_number, sequence } = about;
            let late = if late { ", late" } else { "" };
            writeln!(
                self.said,
                "  {input_number} of {sender} in record {sequence} for {receiver} {lane}, \
                 {service}{late}"
            )
            .unwrap();
        }
    }

    /// The lanes of an institution: how far each is, and who empties it.
    pub(super) fn say_lanes(&mut self, line: &Line<'_>) {
        let institution: Institution = line.word(1).parse().unwrap();
        let rules = self.network.lane_rules(institution).unwrap();
        let names = rules.names();
        for at in self.network.lanes(institution) {
            let name = names.iter().find(|(lane, _)| *lane == at.lane);
            let name = name.map_or(String::new(), |(_, name)| format!(" {name}"));
            let place = format!("{}/{}", at.acknowledged_through, at.last_output_number);
            let by = match self.network.lease(institution, at.lane) {
                None => "nobody".to_owned(),
                Some(Lease { terminal, session, through: None }) => {
                    format!("session {session} of {terminal}")
                }
                Some(Lease { terminal, session, through: Some(through) }) => {
                    format!("session {session} of {terminal} through {through}")
                }
            };
            writeln!(self.said, "  {}{name}: {place}, {by}", at.lane).unwrap();
        }
    }

    pub(super) fn say_encryption_keys(&mut self, line: &Line<'_>) {
        for grant in self.network.encryption_grants(line.word(1).parse().unwrap()) {
            writeln!(self.said, "  {} of {}", grant.key, grant.holder).unwrap();
        }
    }

    pub(super) fn say_requests(&mut self) {
        for (relation, record) in self.network.permission_requests() {
            let Relation { sender, receiver, service } = relation;
            writeln!(self.said, "  {sender} asked {receiver} for {service} in record {record}")
                .unwrap();
        }
    }

    pub(super) fn say_open_requests(&mut self) {
        for (record, request) in self.network.requests.iter() {
            let Request { sender, input_number, service, ends_at, .. } = request;
            writeln!(
                self.said,
                "  request {input_number} of {sender} in record {record}, {service}, until {ends_at}"
            )
            .unwrap();
        }
    }

    pub(super) fn say_answers(&mut self, line: &Line<'_>) {
        for run in self.network.answers(line.word(1).parse().unwrap(), 0, u64::MAX) {
            let AnswerRun { first_input_number, first_sequence, count, accepted } = run;
            let verb = if accepted { "accepted" } else { "refused" };
            let from = format!("{first_input_number} in record {first_sequence}");
            writeln!(self.said, "  {count} {verb} from {from}").unwrap();
        }
    }

    pub(super) fn say_sessions(&mut self) {
        for view in self.network.sessions() {
            let receives = if view.receives { ", receives" } else { "" };
            writeln!(self.said, "  session {} of {}{receives}", view.session, view.terminal)
                .unwrap();
        }
    }
}
