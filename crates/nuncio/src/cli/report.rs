//! The arguments of `nuncio report`, `nuncio calendar` and `nuncio notices`.

use clap::{Args, Subcommand};
use iso::Date;

use super::At;

#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Say which reports your institution gets, and when; without options, show it
    #[command(
        after_help = "Reports come into the folder 'reports' of the gateway, and by REST.\n\n\
                            Examples:\n  nuncio report hours --at 08:00 --at 17:00 --at-cut-off --check \
                            06:00\n  nuncio report hours --none"
    )]
    Hours(ReportHours),
    /// List your messages that wait for their receivers, as things are now
    Undelivered(ReportNow),
    /// Tell what a day was: sessions, first and last numbers, totals by service and type
    DailyCheck(ReportDay),
    /// List the reports that the gateway keeps
    List(ReportNow),
    /// Print one of them
    Show(ReportShow),
}

#[derive(Debug, Args)]
pub(crate) struct ReportHours {
    /// An hour of the undelivered report, a time of day of UTC such as 17:30; repeat for more
    #[arg(long = "at", value_name = "TIME")]
    pub(crate) at_hours: Vec<String>,
    /// The undelivered report at each cut-off of a service, too
    #[arg(long)]
    pub(crate) at_cut_off: bool,
    /// The hour of the daily check report, which is about the day before
    #[arg(long, value_name = "TIME")]
    pub(crate) check: Option<String>,
    /// No reports at all
    #[arg(long, conflicts_with_all = ["at_hours", "at_cut_off", "check"])]
    pub(crate) none: bool,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct ReportNow {
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct ReportDay {
    /// The day of UTC, such as 2026-11-28
    pub(crate) day: Date,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct ReportShow {
    /// Its name
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Calendar {
    /// List the calendars of the network, and the hours of its services
    List(ReportNow),
    /// Show a calendar with its holidays and the changes of its clock
    Show(ReportShow),
}

#[derive(Debug, Args)]
pub(crate) struct Notices {
    /// Only those behind this number
    #[arg(long, default_value_t = 0)]
    pub(crate) after: u64,
    #[command(flatten)]
    pub(crate) at: At,
}
