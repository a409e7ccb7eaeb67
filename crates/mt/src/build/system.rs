//! The network's own messages: acknowledgements and system messages.

use std::fmt::Write as _;

use super::{BuildError, Fin, MessageReference};
use crate::findings::Code;
use crate::syntax::header::LogicalTerminal;
use crate::syntax::message::PartError;
use crate::syntax::scan::Pair;

/// A date and a time, to the minute, in the time zone that the message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The date, from 1980 to 2079: FIN has two digits for the year.
    pub date: iso::Date,
    /// The time; the seconds are left out.
    pub time: iso::Time,
}

impl Moment {
    fn date(&self) -> String {
        self.date.fin6().map_or_else(String::new, |date| date.to_string())
    }

    fn time(&self) -> String {
        minutes(self.time)
    }
}

fn minutes(time: iso::Time) -> String {
    format!("{:02}{:02}", time.hour(), time.minute())
}

/// What the network says to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The network took it.
    Accepted,
    /// The network refused it, for this reason, at this line where it is about one.
    Refused {
        /// The code of the reason.
        code: Code,
        /// The line of the message, from 1 to 999.
        line: Option<u16>,
    },
}

/// An acknowledgement of a message (F21).
#[derive(Clone, Copy, Debug)]
pub struct Acknowledgement<'a> {
    /// The terminal of block 1 of the message.
    pub terminal: LogicalTerminal<'a>,
    /// Its session.
    pub session: u16,
    /// Its sequence.
    pub sequence: u32,
    /// When the network decided.
    pub at: Moment,
    /// What it decided.
    pub verdict: Verdict,
    /// The sender's reference (108) of the message.
    pub user_reference: Option<&'a str>,
}

/// Builds an acknowledgement: `{1:F21...}{4:{177:...}{451:0}{108:...}}`.
///
/// # Errors
///
/// What would make it wrong: a date out of range, a number with too many digits, a reference out
/// of form.
pub fn acknowledgement(of: &Acknowledgement<'_>) -> Result<Fin, BuildError> {
    let mut pairs = Pairs::default();
    pairs.add("177", &format!("{}{}", of.at.date(), of.at.time()))?;
    match of.verdict {
        Verdict::Accepted => pairs.add("451", "0")?,
        Verdict::Refused { code, line } => {
            pairs.add("451", "1")?;
            let line = line.map_or_else(String::new, |line| format!("{:03}", line.min(999)));
            pairs.add("405", &format!("{code}{line}"))?;
        }
    }
    pairs.add_some("108", of.user_reference)?;
    let basic = format!("F21{}{:04}{:06}", of.terminal, of.session, of.sequence);
    Fin::of(format!("{{1:{basic}}}{{4:{}}}", pairs.text))
}

/// What a central institution says to a message that it was sent a copy of (MT 097).
#[derive(Clone, Copy, Debug)]
pub struct Authorisation<'a> {
    /// The terminal of the central institution, which sends it.
    pub institution: LogicalTerminal<'a>,
    /// Its session.
    pub session: u16,
    /// The sequence of this message.
    pub sequence: u32,
    /// The terminal of the network, which it is for.
    pub network: LogicalTerminal<'a>,
    /// The copy service (103), three characters.
    pub service: &'a str,
    /// When the message was copied: the date and time of the trailer MRF of MT 096.
    pub copied: (iso::Date, iso::Time),
    /// Which message: the reference of the trailer MRF.
    pub input: &'a MessageReference,
    /// Why it is refused (432), two characters; none if it goes on.
    pub refused: Option<&'a str>,
    /// What the sender is told (114), at most 32 characters.
    pub for_sender: Option<&'a str>,
    /// What the receiver is told (115), at most 32 characters.
    pub for_receiver: Option<&'a str>,
}

/// Builds the answer of a central institution: `{2:I097...}{4:{103:}{109:}{451:0}{114:}{115:}}`.
///
/// # Errors
///
/// What would make it wrong: a date out of range, a value out of form.
pub fn authorisation(of: &Authorisation<'_>) -> Result<Fin, BuildError> {
    let (date, time) = of.copied;
    let date = date.fin6().map_or_else(String::new, |date| date.to_string());
    let stamp = format!("{date}{}{:02}", minutes(time), time.second());
    let mut pairs = Pairs::default();
    pairs.add("103", of.service)?;
    pairs.add("109", &format!("{stamp}{}", of.input.as_str()))?;
    pairs.add("451", if of.refused.is_some() { "1" } else { "0" })?;
    pairs.add_some("432", of.refused)?;
    pairs.add_some("114", of.for_sender)?;
    pairs.add_some("115", of.for_receiver)?;
    let basic = format!("F01{}{:04}{:06}", of.institution, of.session, of.sequence);
    Fin::of(format!("{{1:{basic}}}{{2:I097{}S}}{{4:{}}}", of.network, pairs.text))
}

/// The headers of a system message that the network sends to a user.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The terminal that receives it.
    pub receiver: LogicalTerminal<'a>,
    /// The session and sequence of the delivery.
    pub output: (u16, u32),
    /// The terminal of the network that sends it.
    pub network: LogicalTerminal<'a>,
    /// The session and sequence of the network's own input.
    pub input: (u16, u32),
    /// When it is sent.
    pub at: Moment,
}

/// A row of an undelivered report (335): a message that waits.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// When it was entered.
    pub entered: iso::Time,
    /// Which message it is.
    pub input: &'a MessageReference,
    /// Its type.
    pub message_type: u16,
    /// Whom it is for.
    pub receiver: LogicalTerminal<'a>,
    /// When the network tried last.
    pub tried: Option<iso::Time>,
    /// The sender's reference (108).
    pub user_reference: Option<&'a str>,
}

/// A system message of the network.
#[derive(Clone, Debug)]
pub enum System<'a> {
    /// MT 010: a message is not delivered yet.
    NonDelivery {
        /// Which message.
        input: &'a MessageReference,
        /// The sender's reference (108).
        user_reference: Option<&'a str>,
        /// The status (431), 0 to 99.
        status: u8,
        /// Whom it is for.
        receiver: LogicalTerminal<'a>,
        /// Its priority: `U` or `N`.
        priority: char,
    },
    /// MT 011: a message was delivered.
    Delivery {
        /// When it was entered.
        entered: iso::Time,
        /// Which message.
        input: &'a MessageReference,
        /// The sender's reference (108).
        user_reference: Option<&'a str>,
        /// When it was delivered.
        delivered: iso::Time,
        /// Which delivery.
        output: &'a MessageReference,
    },
    /// MT 012: a copy service released a message.
    Released {
        /// When it was entered.
        entered: iso::Time,
        /// Which message.
        input: &'a MessageReference,
        /// The sender's reference (108).
        user_reference: Option<&'a str>,
        /// Whom it is for.
        receiver: LogicalTerminal<'a>,
        /// The copy service, three letters.
        service: &'a str,
        /// What the service says to the sender, up to 32 characters.
        information: &'a str,
    },
    /// MT 019: a message was given up.
    Aborted {
        /// When it was entered.
        entered: iso::Time,
        /// Which message.
        input: &'a MessageReference,
        /// The sender's reference (108).
        user_reference: Option<&'a str>,
        /// Whom it was for.
        receiver: LogicalTerminal<'a>,
        /// The reason (432), two characters: `01` too old.
        reason: &'a str,
        /// The copy service that refused it.
        service: Option<&'a str>,
    },
    /// MT 021: the history of a message, as asked for.
    History {
        /// When it was entered.
        entered: iso::Time,
        /// Which message.
        input: &'a MessageReference,
        /// Why it was refused; none if it was accepted.
        refused: Option<Code>,
        /// The sender's reference (108).
        user_reference: Option<&'a str>,
        /// When and as what it was delivered, if it was.
        delivered: Option<(iso::Time, &'a MessageReference)>,
    },
    /// MT 066 as an answer, MT 082 at a fixed hour: what waits for delivery.
    Undelivered {
        /// Whether it is an answer to a request.
        requested: bool,
        /// The part and how many there are.
        section: (u16, u16),
        /// The reporting option (301), two characters.
        option: &'a str,
        /// The messages that wait.
        rows: Vec<Row<'a>>,
        /// The code of the end (461): `001` empty, `002` end of the report.
        end: &'a str,
    },
    /// MT 096: the copied text of a message, for a central institution.
    Copied {
        /// The fields of block 4, as the message holds them, with CR LF after each.
        fields: &'a str,
        /// Which message, in the trailer MRF.
        input: &'a MessageReference,
    },
}

impl System<'_> {
    fn number(&self) -> u16 {
        match self {
            Self::NonDelivery { .. } => 10,
            Self::Delivery { .. } => 11,
            Self::Released { .. } => 12,
            Self::Aborted { .. } => 19,
            Self::History { .. } => 21,
            Self::Undelivered { requested: true, .. } => 66,
            Self::Undelivered { .. } => 82,
            Self::Copied { .. } => 96,
        }
    }
}

/// Builds a system message.
///
/// # Errors
///
/// What would make it wrong: a value out of form or out of range.
pub fn system(envelope: &Envelope<'_>, content: &System<'_>) -> Result<Fin, BuildError> {
    let at = envelope.at;
    let (session, sequence) = envelope.output;
    let mut out = format!("{{1:F01{}{session:04}{sequence:06}}}", envelope.receiver);
    let (session, sequence) = envelope.input;
    let mir = format!("{}{}{session:04}{sequence:06}", at.date(), envelope.network);
    let (date, time, number) = (at.date(), at.time(), content.number());
    let _ = write!(out, "{{2:O{number:03}{time}{mir}{date}{time}S}}");
    if let System::Copied { fields, input } = content {
        copied_is_whole(fields)?;
        let stamp = format!("{date}{time}00{}", input.as_str());
        let _ = write!(out, "{{4:\r\n{fields}-}}{{5:{{MRF:{stamp}}}}}");
        return Fin::of(out);
    }
    let _ = write!(out, "{{4:{}}}", body(at, content)?);
    Fin::of(out)
}

/// Copied fields end with a line end, and no line starts with the end of the block.
fn copied_is_whole(fields: &str) -> Result<(), BuildError> {
    let ended = fields.ends_with("\r\n") || fields.is_empty();
    let closed = fields.lines().position(|line| line.starts_with('-'));
    match closed {
        Some(line) => Err(BuildError::Part(PartError::LineStart { line })),
        None if !ended => Err(BuildError::Part(PartError::Character { at: fields.len() })),
        None => Ok(()),
    }
}

fn body(at: Moment, content: &System<'_>) -> Result<String, BuildError> {
    let mut pairs = Pairs::default();
    match content {
        System::NonDelivery { input, user_reference, status, receiver, priority } => {
            pairs.add("106", input.as_str())?;
            pairs.add_some("108", *user_reference)?;
            pairs.add("431", &format!("{status:02}"))?;
            pairs.add("102", receiver.as_str())?;
            pairs.add("104", &priority.to_string())?;
        }
        System::Delivery { entered, input, user_reference, delivered, output } => {
            pairs.entered(*entered, input, *user_reference)?;
            pairs.add("175", &minutes(*delivered))?;
            pairs.add("107", output.as_str())?;
        }
        System::Released { entered, input, user_reference, receiver, service, information } => {
            pairs.entered(*entered, input, *user_reference)?;
            pairs.add("102", receiver.as_str())?;
            pairs.add("103", service)?;
            pairs.add("114", information)?;
        }
        System::Aborted { entered, input, user_reference, receiver, reason, service } => {
            pairs.entered(*entered, input, *user_reference)?;
            pairs.add("102", receiver.as_str())?;
            pairs.add("432", reason)?;
            pairs.add_some("619", *service)?;
        }
        System::History { entered, input, refused, user_reference, delivered } => {
            pairs.add("202", "0001")?;
            pairs.add("203", "0001")?;
            let verdict = refused.map_or_else(|| "Y".to_owned(), |code| format!("N{code}"));
            pairs.add("280", &format!("{}{}{verdict}", minutes(*entered), input.as_str()))?;
            pairs.add_some("108", *user_reference)?;
            if let Some((time, output)) = delivered {
                pairs.add("281", &format!("{}{}Y", minutes(*time), output.as_str()))?;
            }
        }
        System::Undelivered { section, option, rows, end, .. } => {
            pairs.report(at, *section, option, rows, end)?;
        }
        System::Copied { .. } => (),
    }
    Ok(pairs.text)
}

#[derive(Default)]
struct Pairs {
    text: String,
}

impl Pairs {
    fn add(&mut self, name: &str, value: &str) -> Result<(), BuildError> {
        Pair::new(name, value).map_err(BuildError::Part)?;
        let _ = write!(self.text, "{{{name}:{value}}}");
        Ok(())
    }

    fn add_some(&mut self, name: &str, value: Option<&str>) -> Result<(), BuildError> {
        value.map_or(Ok(()), |value| self.add(name, value))
    }

    fn entered(
        &mut self,
        entered: iso::Time,
        input: &MessageReference,
        user_reference: Option<&str>,
    ) -> Result<(), BuildError> {
        self.add("175", &minutes(entered))?;
        self.add("106", input.as_str())?;
        self.add_some("108", user_reference)
    }

    fn report(
        &mut self,
        at: Moment,
        (section, sections): (u16, u16),
        option: &str,
        rows: &[Row<'_>],
        end: &str,
    ) -> Result<(), BuildError> {
        self.add("202", &format!("{section:04}"))?;
        self.add("203", &format!("{sections:04}"))?;
        self.add("171", &at.date())?;
        self.add("175", &at.time())?;
        self.add("301", option)?;
        for row in rows {
            let tried = row.tried.map_or_else(String::new, minutes);
            let (entered, mir) = (minutes(row.entered), row.input.as_str());
            let (number, receiver) = (row.message_type, row.receiver);
            self.add("335", &format!("{entered}{mir}{number:03}{receiver}{tried}"))?;
            self.add_some("108", row.user_reference)?;
        }
        self.add("461", end)
    }
}
