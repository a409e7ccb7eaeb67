//! `nuncio calendar`: when services are open.

use std::process::ExitCode;
use std::time::Duration;

use gateway::api::{Calendars, Services};

use crate::cli::{Calendar, Output};
use crate::client::Client;
use crate::exit::{self, Failure};
use crate::output;

pub(crate) fn run(command: &Calendar, format: Output) -> Result<ExitCode, Failure> {
    let at = match command {
        Calendar::List(options) => &options.at,
        Calendar::Show(options) => &options.at,
    };
    let client = Client::new(at)?;
    let Calendars { calendars } = client.get("/v1/calendars", Duration::ZERO)?;
    let Services { services } = client.get("/v1/services", Duration::ZERO)?;
    let Calendar::Show(options) = command else {
        if format == Output::Json {
            output::json(&calendars);
            return Ok(ExitCode::SUCCESS);
        }
        for calendar in &calendars {
            let free = calendar.free.join(" ");
            let count = calendar.holidays.len();
            output::line(&format!("{}: closed on {free} and {count} more days", calendar.name));
        }
        let with_hours = services.iter().filter_map(|it| Some((&it.name, it.hours.as_ref()?)));
        let cells: Vec<Vec<String>> = with_hours
            .map(|(name, hours)| {
                let texts = [
                    name,
                    &hours.calendar,
                    &hours.opens,
                    &hours.urgent_until,
                    &hours.normal_until,
                    &hours.closed,
                ];
                texts.into_iter().cloned().collect()
            })
            .collect();
        let head = ["SERVICE", "CALENDAR", "OPENS", "URGENT UNTIL", "NORMAL UNTIL", "ELSE"];
        output::table(&head, &cells);
        return Ok(ExitCode::SUCCESS);
    };
    let name = &options.name;
    // The name of a service leads to its calendar.
    let of = services.iter().find(|it| it.name == *name).and_then(|it| it.hours.as_ref());
    let wanted = of.map_or(name, |hours| &hours.calendar);
    let found = calendars.iter().find(|it| it.name == *wanted);
    let none = || Failure::said(exit::NOT_FOUND, format!("there is no calendar {wanted}"));
    let calendar = found.ok_or_else(none)?;
    if format == Output::Json {
        output::json(calendar);
        return Ok(ExitCode::SUCCESS);
    }
    output::line(&format!("name      {}", calendar.name));
    output::line(&format!("free      {}", calendar.free.join(" ")));
    for change in &calendar.clock {
        let text = format!("{} minutes ahead of UTC from {}", change.ahead_minutes, change.from);
        output::line(&format!("clock     {text}"));
    }
    for day in &calendar.holidays {
        output::line(&format!("holiday   {day}"));
    }
    Ok(ExitCode::SUCCESS)
}
