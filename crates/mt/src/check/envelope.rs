//! Checks what stands around the text: headers, user header, trailers, acknowledgements.

use crate::charset::Class;
use crate::check::content::{self, pair_tag};
use crate::findings::{Code, Report, shown};
use crate::notation::format::Kind;
use crate::notation::matching::Captures;
use crate::notation::meaning::meaning;
use crate::notation::standard::Standard;
use crate::syntax::header::{Application, Basic, service_name};
use crate::syntax::scan::{Blocks, Field, Pair, Text};

/// A service identifier that is none.
const SERVICE: Code = Code::of("H03");
/// The sender's terminal is `X`.
const SENDER: Code = Code::of("H10");
/// The receiver's terminal is not `X`.
const RECEIVER: Code = Code::of("H50");
/// The priority does not go with the type.
const PRIORITY: Code = Code::of("H20");
/// The delivery monitoring does not go with the priority.
const MONITORING: Code = Code::of("H25");
/// A block is missing that such a message has, or there is one that it has not.
const BLOCKS: Code = Code::of("H30");
/// A field of the user header that is none.
const USER_UNKNOWN: Code = Code::of("U01");
/// A field of the user header out of order.
const USER_ORDER: Code = Code::of("U02");
/// A field of the user header twice.
const USER_TWICE: Code = Code::of("U03");
/// The transaction reference is missing or out of form.
const UETR: Code = Code::of("U10");
/// The validation flag is not one of those that the type has.
const FLAG: Code = Code::of("U11");
/// A trailer that is none.
const TRAILER_UNKNOWN: Code = Code::of("Z01");
/// A trailer out of form.
const TRAILER_FORM: Code = Code::of("Z02");
/// A trailer twice that may stand once.
const TRAILER_TWICE: Code = Code::of("Z03");
/// Test messages and their trailer do not go together.
const TRAINING: Code = Code::of("Z04");
/// A field of an acknowledgement is missing, unknown or out of order.
const ACKNOWLEDGEMENT: Code = Code::of("V28");

/// The fields of block 3, in their order.
const USER_ORDERED: [&str; 13] =
    ["103", "113", "108", "119", "423", "106", "424", "111", "121", "115", "165", "433", "434"];

/// The same as integers.
const USER_NUMBERS: [u16; 13] = [103, 113, 108, 119, 423, 106, 424, 111, 121, 115, 165, 433, 434];

/// The place of a name in [`USER_ORDERED`].
fn user_place(name: &str) -> Option<usize> {
    let number = pair_tag(name).filter(|tag| tag.option().is_none())?.number();
    USER_NUMBERS.iter().position(|known| *known == number)
}

/// The types that must carry a transaction reference.
const UETR_TYPES: [&str; 3] = ["103", "202", "205"];

/// A message without its text.
pub(crate) struct Envelope<'e, 'a> {
    pub(crate) standard: &'e Standard,
    pub(crate) blocks: &'e Blocks<'a>,
    /// The headers, where they could be read.
    pub(crate) basic: Option<Basic<'a>>,
    pub(crate) application: Option<Application<'a>>,
}

impl Envelope<'_, '_> {
    /// Checks all but the text.
    pub(crate) fn check(&self, captures: &mut Captures, report: &mut Report<'_>) {
        if let Some(basic) = self.basic {
            check_basic(basic, self.application, report);
            self.check_blocks(basic, report);
            if basic.service() != 1 {
                self.acknowledgement(basic, captures, report);
            }
        }
        if let Some(application) = self.application {
            check_application(application, report);
        }
        self.check_user(captures, report);
        check_trailer(self.blocks, self.basic, report);
    }

    fn check_blocks(&self, basic: Basic<'_>, report: &mut Report<'_>) {
        if basic.service() != 1 {
            return;
        }
        let at = report.offset(basic.as_str());
        if self.blocks.application.is_none() {
            report.at(BLOCKS, '2', "", at, "expected block 2 in a message".to_owned());
        }
        if self.blocks.text.is_none() && !self.needs_no_text() {
            report.at(BLOCKS, '4', "", at, "expected block 4 in a message".to_owned());
        }
    }

    /// Whether the type is one of those system messages that say all by their type.
    fn needs_no_text(&self) -> bool {
        let number = self.application.and_then(|it| it.message_type().parse::<u16>().ok());
        let structure =
            number.filter(|it| *it < 100).and_then(|it| self.standard.structure(it, ""));
        structure.is_some_and(|it| it.nodes.iter().all(|node| node.min == 0))
    }

    fn check_user(&self, captures: &mut Captures, report: &mut Report<'_>) {
        let (standard, blocks) = (self.standard, self.blocks);
        let pairs = blocks.user.as_deref().unwrap_or_default();
        let mut last = None;
        for (number, pair) in pairs.iter().enumerate() {
            let at = report.offset(pair.name);
            let Some(place) = user_place(pair.name) else {
                let text = "expected a field of the user header".to_owned();
                report.at(USER_UNKNOWN, '3', pair.name, at, text);
                continue;
            };
            if pairs.iter().take(number).any(|before| before.name == pair.name) {
                report.at(USER_TWICE, '3', pair.name, at, "expected the field once".to_owned());
            } else if last.is_some_and(|last| place < last) {
                let text = format!("expected the order {}", USER_ORDERED.join(", "));
                report.at(USER_ORDER, '3', pair.name, at, text);
            }
            last = last.max(Some(place));
            check_user_field(standard, *pair, captures, report);
        }
        let Some(application) = self.application else { return };
        let flag = pairs.iter().find(|pair| pair.name == "119");
        check_flag(standard, application, flag, report);
        let needed = UETR_TYPES.contains(&application.message_type());
        if needed && !pairs.iter().any(|pair| pair.name == "121") {
            let at = report.offset(blocks.basic);
            let text = "expected a transaction reference (121) in the user header".to_owned();
            report.at(UETR, '3', "121", at, text);
        }
    }

    /// `{177:}{451:0}[{108:}]`, or `{177:}{451:1}{405:}[{108:}]`.
    fn acknowledgement(&self, basic: Basic<'_>, captures: &mut Captures, report: &mut Report<'_>) {
        let pairs = match &self.blocks.text {
            Some(Text::Pairs(pairs)) => pairs.as_slice(),
            Some(Text::Fields(_)) => {
                let at = report.offset(basic.as_str());
                report.at(BLOCKS, '4', "", at, "expected no text of a user message".to_owned());
                return;
            }
            None => &[],
        };
        for pair in pairs {
            check_pair(self.standard, *pair, '4', captures, report);
        }
        if basic.service() != 21 {
            return;
        }
        let names: Vec<&str> = pairs.iter().map(|pair| pair.name).collect();
        let verdict = pairs.iter().find(|pair| pair.name == "451").map(|pair| pair.value);
        let good = match names.as_slice() {
            ["177", "451"] | ["177", "451", "108"] => verdict == Some("0"),
            ["177", "451", "405"] | ["177", "451", "405", "108"] => verdict == Some("1"),
            _ => false,
        };
        if !good {
            let at = report.offset(basic.as_str());
            let text =
                "expected fields 177, 451, then 405 in a refusal, then 108 or none".to_owned();
            report.at(ACKNOWLEDGEMENT, '4', "", at, text);
        }
    }
}

fn check_basic(basic: Basic<'_>, application: Option<Application<'_>>, report: &mut Report<'_>) {
    let at = report.offset(basic.as_str());
    if service_name(basic.service()).is_none() {
        let text = format!("expected a service identifier, but found {:02}", basic.service());
        report.at(SERVICE, '1', "", at + 1, text);
    }
    let input = matches!(application, Some(Application::Input(_)));
    if input && basic.service() == 1 && basic.terminal().code() == 'X' {
        let text = "expected the sender's terminal, but found X".to_owned();
        report.at(SENDER, '1', "", at + 11, text);
    }
}

fn check_application(application: Application<'_>, report: &mut Report<'_>) {
    let at = report.offset(application.as_str());
    let system = application.message_type().starts_with('0');
    let priority = application.priority();
    if matches!(priority, Some('S')) != system && priority.is_some() {
        let text = format!("expected priority {}", if system { "S" } else { "U or N" });
        report.at(PRIORITY, '2', "", at + application.as_str().len() - 1, text);
    }
    let Application::Input(input) = application else { return };
    if input.receiver().code() != 'X' {
        let text =
            format!("expected terminal X of the receiver, but found {}", input.receiver().code());
        report.at(RECEIVER, '2', "", at + 12, text);
    }
    let good = match (priority, input.monitoring()) {
        (Some('U'), monitoring) => matches!(monitoring, Some(1 | 3)),
        (Some('N'), monitoring) => matches!(monitoring, None | Some(2)),
        _ => true,
    };
    if !good {
        let text = "expected monitoring 1 or 3 with priority U, 2 or none with N".to_owned();
        report.at(MONITORING, '2', "", at + 17, text);
    }
}

fn check_user_field(
    standard: &Standard,
    pair: Pair<'_>,
    captures: &mut Captures,
    report: &mut Report<'_>,
) {
    let at = report.offset(pair.value);
    if pair.name == "121" {
        if !is_uetr(pair.value)
            && let Err(error) = pair.value.parse::<iso::Uetr>()
        {
            report.at(UETR, '3', "121", at, error.to_string());
        }
        return;
    }
    check_pair(standard, pair, '3', captures, report);
}

/// Whether a text is a transaction reference; [`iso::Uetr`] says why not.
fn is_uetr(text: &str) -> bool {
    let Ok(bytes) = <&[u8; 36]>::try_from(text.as_bytes()) else { return false };
    let (mut wrong, mut dashes) = (false, 0_u8);
    for byte in bytes {
        let is_dash = *byte == b'-';
        let is_hex = (byte.wrapping_sub(b'0') < 10) | (byte.wrapping_sub(b'a') < 6);
        wrong |= !(is_dash | is_hex);
        dashes += u8::from(is_dash);
    }
    let places = [bytes[8], bytes[13], bytes[18], bytes[23]];
    !wrong
        && dashes == 4
        && places == [b'-'; 4]
        && bytes[14] == b'4'
        && matches!(bytes[19], b'8' | b'9' | b'a' | b'b')
}

/// Checks the value of a pair against the format of its field.
fn check_pair(
    standard: &Standard,
    pair: Pair<'_>,
    block: char,
    captures: &mut Captures,
    report: &mut Report<'_>,
) {
    let Some(tag) = pair_tag(pair.name) else { return };
    let Some(definition) = standard.field(tag) else { return };
    let field = Field::of(tag, pair.value);
    let before = report.findings.len();
    content::check(&definition.format, field, captures, report);
    if report.findings.len() > before {
        report.findings.rename_last_block(block);
    }
}

fn check_flag(
    standard: &Standard,
    application: Application<'_>,
    flag: Option<&Pair<'_>>,
    report: &mut Report<'_>,
) {
    let Some(flag) = flag else { return };
    let number = application.message_type().parse().unwrap_or_default();
    let known = standard.structure(number, flag.value).is_some_and(|it| it.variant() == flag.value);
    // RFDD tells a request for direct debit from a direct debit; both have the structure of 104.
    let known = known || flag.value == "RFDD" && number == 104;
    if !known && standard.structure(number, "").is_some() {
        let at = report.offset(flag.value);
        let text = format!(
            "expected a validation flag of type {number:03}, but found \"{}\"",
            shown(flag.value)
        );
        report.at(FLAG, '3', "119", at, text);
    }
}

fn check_trailer(blocks: &Blocks<'_>, basic: Option<Basic<'_>>, report: &mut Report<'_>) {
    let pairs = blocks.trailer.as_deref().unwrap_or_default();
    for (number, pair) in pairs.iter().enumerate() {
        let at = report.offset(pair.name);
        let Some(good) = trailer_is_good(*pair) else {
            report.at(TRAILER_UNKNOWN, '5', pair.name, at, "expected a known trailer".to_owned());
            continue;
        };
        if !good {
            let text = format!("expected another form, but found \"{}\"", shown(pair.value));
            report.at(TRAILER_FORM, '5', pair.name, at, text);
        }
        let many = matches!(pair.name, "PDE" | "PDM");
        if !many && pairs.iter().take(number).any(|before| before.name == pair.name) {
            report.at(TRAILER_TWICE, '5', pair.name, at, "expected the trailer once".to_owned());
        }
    }
    let Some(basic) = basic.filter(|basic| basic.service() == 1) else { return };
    let test = basic.terminal().as_str().as_bytes().get(7) == Some(&b'0');
    let marked = pairs.iter().find(|pair| pair.name == "TNG");
    if let Some(marked) = marked.filter(|_| !test) {
        let at = report.offset(marked.name);
        report.at(TRAINING, '5', "TNG", at, "expected no TNG from a live terminal".to_owned());
    }
}

/// Whether a trailer has its form; `None` if it is none.
fn trailer_is_good(pair: Pair<'_>) -> Option<bool> {
    let hex = |length| pair.value.len() == length && Class::H.has_all(pair.value.as_bytes());
    // HHMM and a message reference, both or neither.
    let reference = || {
        pair.value.is_empty()
            || pair.value.split_at_checked(4).is_some_and(|(time, reference)| {
                iso::Time::from_fin4(time).is_ok()
                    && meaning(Kind::MessageReference, reference, None).is_none()
            })
    };
    Some(match pair.name {
        "MAC" | "PAC" => hex(8),
        "CHK" => hex(12),
        "TNG" | "DLM" => pair.value.is_empty(),
        "PDE" | "PDM" | "SYS" => reference(),
        // Date, time with seconds, and a message reference.
        "MRF" => pair.value.split_at_checked(12).is_some_and(|(stamp, reference)| {
            let (date, time) = stamp.split_at(6);
            iso::Date::from_fin6(date).is_ok()
                && iso::Time::from_fin6(time).is_ok()
                && meaning(Kind::MessageReference, reference, None).is_none()
        }),
        _ => return None,
    })
}
