//! What routing, search and tracking need of a message, in one pass over its headers and fields.

use std::fmt;

use crate::notation::standard::Standard;
use crate::syntax::header::{Application, LogicalTerminal};
use crate::syntax::message::Message;

/// A message type with its variant: `fin.103`, `fin.202.COV`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageType<'a> {
    number: u16,
    variant: &'a str,
}

impl<'a> MessageType<'a> {
    /// The three digits as a number.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.number
    }

    /// The validation flag (119), such as `STP` or `COV`; empty for none.
    #[must_use]
    pub fn variant(&self) -> &'a str {
        self.variant
    }

    /// The first digit: 1 for customer payments.
    #[must_use]
    pub fn category(&self) -> u16 {
        self.number / 100
    }
}

impl fmt::Display for MessageType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fin.{:03}", self.number)?;
        if self.variant.is_empty() { Ok(()) } else { write!(f, ".{}", self.variant) }
    }
}

/// What routing, search and tracking need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary<'a> {
    /// The type; none for messages without block 2, such as acknowledgements.
    pub message_type: Option<MessageType<'a>>,
    /// The service of block 1: 1 for a message, 21 for an acknowledgement.
    pub service: u8,
    /// Whether it goes into the network; otherwise it comes out of it.
    pub is_input: bool,
    /// Who sent it; none for an acknowledgement.
    pub sender: Option<LogicalTerminal<'a>>,
    /// Whom it is for.
    pub receiver: Option<LogicalTerminal<'a>>,
    /// The sender's own reference of block 3 (108).
    pub user_reference: Option<&'a str>,
    /// The transaction (121), if it is in form.
    pub uetr: Option<iso::Uetr>,
    /// The reference of the text: field 20, or 20C with SEME.
    pub reference: Option<&'a str>,
    /// The reference of another message: field 21, or 20C with RELA.
    pub related: Option<&'a str>,
    /// `S` system, `U` urgent, `N` normal.
    pub priority: Option<char>,
    /// 1 warn of non-delivery, 2 notify of delivery, 3 both.
    pub monitoring: Option<u8>,
    /// After how many units of five minutes it is obsolete.
    pub obsolescence: Option<u16>,
    /// The copy service (103).
    pub copy_service: Option<&'a str>,
    /// The type of tracking service (111).
    pub service_type: Option<&'a str>,
    /// Whether the sender (PDE) or the network (PDM) marks it as a possible duplicate.
    pub possible_duplicate: bool,
    /// Whether it is a test message (TNG).
    pub training: bool,
    /// The first amount of the text, if its currency and decimals are right.
    pub money: Option<iso::Money>,
    /// The first value or settlement date of the text.
    pub value_date: Option<iso::Date>,
}

impl<'a> Message<'a> {
    /// What routing, search and tracking need of this message. Fields are read with the formats
    /// that come with the crate.
    #[must_use]
    pub fn summary(&self) -> Summary<'a> {
        let standard = Standard::built_in();
        let basic = self.basic();
        let message_type = self.message_type();
        let (sender, receiver) = match self.application() {
            Some(Application::Input(input)) => (Some(basic.terminal()), Some(input.receiver())),
            Some(Application::Output(output)) => (Some(output.sender()), Some(basic.terminal())),
            None => (None, Some(basic.terminal())),
        };
        let input = match self.application() {
            Some(Application::Input(input)) => Some(input),
            Some(Application::Output(_)) | None => None,
        };
        let trailer = |name: &str| self.trailer().iter().any(|pair| pair.name() == name);
        Summary {
            message_type,
            service: basic.service(),
            is_input: input.is_some(),
            sender,
            receiver,
            user_reference: self.user_value("108"),
            uetr: self.user_value("121").and_then(|text| text.parse().ok()),
            reference: self.reference(20, "SEME"),
            related: self.reference(21, "RELA"),
            priority: self.application().and_then(|application| application.priority()),
            monitoring: input.and_then(|input| input.monitoring()),
            obsolescence: input.and_then(|input| input.obsolescence()),
            copy_service: self.user_value("103"),
            service_type: self.user_value("111"),
            possible_duplicate: trailer("PDE") || trailer("PDM"),
            training: trailer("TNG"),
            money: self.amounts(standard).next().map(|amount| amount.money),
            value_date: self.value_date(standard),
        }
    }

    /// The type and its variant; none without block 2.
    #[must_use]
    pub fn message_type(&self) -> Option<MessageType<'a>> {
        let number = self.application()?.message_type().parse().ok()?;
        Some(MessageType { number, variant: self.user_value("119").unwrap_or_default() })
    }

    /// Field 20 or 21 without a letter, or 20C with a qualifier.
    fn reference(&self, number: u16, qualifier: &str) -> Option<&'a str> {
        self.fields().iter().find_map(|field| {
            let tag = field.tag();
            if tag.number() == number && tag.option().is_none() {
                return Some(field.value());
            }
            let generic = tag.number() == 20 && tag.option() == Some('C');
            let rest = field.value().strip_prefix(':').filter(|_| generic)?;
            rest.strip_prefix(qualifier)?.strip_prefix("//")
        })
    }

    fn value_date(&self, standard: &Standard) -> Option<iso::Date> {
        let wanted = |date: &crate::view::parts::DateOf<'a>| match date.field.tag().number() {
            30 | 32 | 60 | 61 | 62 => true,
            98 => matches!(date.field.value().get(1..5), Some("SETT" | "VALU" | "PAYD" | "ESET")),
            _ => false,
        };
        self.dates(standard).find(wanted).map(|date| date.date)
    }
}
