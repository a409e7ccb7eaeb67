//! What a simulated peer answers: messages as the builders of the engines write them.

use document::{Document, Format};
use iso::{Date, DateTime};
use mt::build::UserMessage;
use mx::write::{Answer, Bearer, Header, Outcome, Quote, Return, Settlement, Status};
use mx::{Checker, Library};
use trust::Digest;

use super::trigger::Trigger;

/// The code of a rejection or return that no code is given for: the account is closed.
pub(super) const ACCOUNT_CLOSED: &str = "AC04";
/// The code of a refused cancellation that no code is given for: for legal reasons.
const LEGAL_DECISION: &str = "LEGL";

/// Writes the answers of one peer.
#[derive(Debug)]
pub(super) struct Answers {
    library: Library,
    checker: Checker,
}

/// An answer: its bytes, and what it says, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) bytes: Vec<u8>,
    pub(super) says: String,
}

/// What an answer is to: the message with its name in the network, and the time now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) id: &'a str,
    pub(super) payload: &'a [u8],
    pub(super) document: &'a Document,
    pub(super) now: DateTime,
}

impl Question<'_> {
    /// The reference of the n-th answer: the same whenever it is made again.
    fn reference(&self, number: usize) -> String {
        let digest = Digest::of(format!("{}/{number}", self.id).as_bytes()).to_string();
        format!("SB{}", digest.get(..14).unwrap_or_default().to_uppercase())
    }

    fn header(&self, number: usize) -> Option<Header> {
        Some(Header {
            from: self.document.to,
            to: self.document.from,
            id: self.reference(number).parse().ok()?,
            service: "nuncio.payments.01".parse().ok()?,
            created: self.now,
        })
    }

    fn today(&self) -> Date {
        self.now.date()
    }
}

impl Answers {
    pub(super) fn new() -> Self {
        Self { library: Library::built_in(), checker: Checker::new() }
    }

    /// All answers that the message asks for, in order; none to what no answer belongs to.
    ///
    /// # Errors
    ///
    /// Why an answer cannot be written, in words: the code does not exist, or the message lacks what
    /// an answer repeats.
    pub(super) fn to(
        &mut self,
        question: &Question<'_>,
        trigger: &Trigger,
    ) -> Result<Vec<Written>, String> {
        if matches!(trigger, Trigger::Silent | Trigger::Decline(_)) {
            return Ok(Vec::new());
        }
        let Document { format, message_type, .. } = question.document;
        let kind = message_type.get(..8).unwrap_or_default();
        match (format, kind) {
            (Format::Mx, "pacs.008" | "pacs.009") => self.payment(question, trigger),
            (Format::Mx, "camt.056") => self.cancellation(question, trigger),
            (Format::Fin, _) => fin(question, trigger),
            (Format::Mx | Format::File, _) => Ok(Vec::new()),
        }
    }

    fn quote(&mut self, question: &Question<'_>) -> Result<Quote, String> {
        let checked = self.checker.check(question.payload, &self.library);
        Quote::of(&checked).ok_or_else(|| "it names no transaction to answer to".to_owned())
    }

    fn finish(&self, message: Option<mx::write::Written>, says: &str) -> Result<Written, String> {
        let message = message.ok_or_else(|| format!("{says} is no code"))?;
        let written = message.finish(&self.library).map_err(|findings| findings.to_string())?;
        Ok(Written { bytes: written, says: says.to_owned() })
    }

    fn payment(
        &mut self,
        question: &Question<'_>,
        trigger: &Trigger,
    ) -> Result<Vec<Written>, String> {
        let quote = self.quote(question)?;
        let status = |number: usize, (status, reason): (&str, Option<&str>)| {
            let reason = reason.map(|code| code.parse().ok());
            let status = Status {
                original: quote.original.clone(),
                status: status.parse().ok()?,
                reason: match reason {
                    Some(code) => Some(code?),
                    None => None,
                },
                text: None,
            };
            Some(status.write(&question.header(number)?))
        };
        let accepted = |number| self.finish(status(number, ("ACCC", None)), "pacs.002 ACCC");
        match trigger {
            Trigger::Reject(code) => {
                let code = code.as_deref().unwrap_or(ACCOUNT_CLOSED);
                let says = format!("pacs.002 RJCT {code}");
                Ok(vec![self.finish(status(0, ("RJCT", Some(code))), &says)?])
            }
            Trigger::Return(code) => {
                let code = code.as_deref().unwrap_or(ACCOUNT_CLOSED);
                let back = returned(question, &quote, code);
                Ok(vec![accepted(0)?, self.finish(back, &format!("pacs.004 {code}"))?])
            }
            Trigger::Twice => Ok(vec![accepted(0)?, accepted(1)?]),
            Trigger::Accept
            | Trigger::Decline(_)
            | Trigger::Silent
            | Trigger::Late(_)
            | Trigger::After => Ok(vec![accepted(0)?]),
        }
    }

    fn cancellation(
        &mut self,
        question: &Question<'_>,
        trigger: &Trigger,
    ) -> Result<Vec<Written>, String> {
        let quote = self.quote(question)?;
        let (outcome, says) = if let Trigger::Reject(code) = trigger {
            let code = code.as_deref().unwrap_or(LEGAL_DECISION);
            let parsed = code.parse().map_err(|_| format!("{code} is no code"))?;
            (Outcome::Refused(parsed), format!("camt.029 RJCR {code}"))
        } else {
            (Outcome::Cancelled, "camt.029 CNCL".to_owned())
        };
        let answer = |number| {
            let case = quote.case.clone()?;
            let answer = Answer {
                case,
                opened_by: mx::write::Agent(question.document.from),
                outcome: outcome.clone(),
                id: question.reference(number).parse().ok()?,
                original: quote.original.clone(),
                text: None,
            };
            Some(answer.write(&question.header(number)?))
        };
        let count = if *trigger == Trigger::Twice { 2 } else { 1 };
        (0..count).map(|number| self.finish(answer(number), &says)).collect()
    }
}

/// The money back, all of it, today.
fn returned(question: &Question<'_>, quote: &Quote, code: &str) -> Option<mx::write::Written> {
    let (amount, _) = quote.settled?;
    let back = Return {
        id: question.reference(1).parse().ok()?,
        original: quote.original.clone(),
        original_amount: amount,
        amount,
        settles_on: question.today(),
        settlement: Settlement::ByInstructed,
        bearer: Bearer::Shared,
        charges: Vec::new(),
        reason: code.parse().ok()?,
        text: None,
    };
    Some(back.write(&question.header(1)?))
}

/// FIN has no status of a payment: a transfer (category 1 or 2) is answered by a free text (n99).
fn fin(question: &Question<'_>, trigger: &Trigger) -> Result<Vec<Written>, String> {
    let Document { message_type, from, to, reference, .. } = question.document;
    let number = message_type.strip_prefix("fin.").and_then(|text| text.get(..3));
    let Some(number) = number.and_then(|text| text.parse::<u16>().ok()) else {
        return Ok(Vec::new());
    };
    let is_transfer = (100..300).contains(&number) && number % 100 < 90;
    if !is_transfer {
        return Ok(Vec::new());
    }
    let say = |at: usize, text: &str| -> Result<Written, String> {
        // A sender has a terminal; of a receiver only the institution is known.
        let terminal = |bic: &iso::Bic, code: char| {
            let (head, branch) = bic.as_str().split_at(8);
            format!("{head}{code}{}", if branch.is_empty() { "XXX" } else { branch })
        };
        let (sender, receiver) = (terminal(to, 'A'), terminal(from, 'X'));
        let logical = |text| mt::LogicalTerminal::parse(text).map_err(|error| error.to_string());
        let built = UserMessage::new(
            number / 100 * 100 + 99,
            logical(&sender)?,
            logical(&receiver)?,
            (1, 1),
        );
        let built = built.map_err(|error| error.to_string())?;
        let fin = built.free_text(&question.reference(at), Some(reference), text).finish();
        let bytes = fin
            .map_err(|error| format!("{:#}", anyhow::Error::new(error)))?
            .into_string()
            .into_bytes();
        Ok(Written { bytes, says: format!("MT{}99 {text}", number / 100) })
    };
    match trigger {
        Trigger::Reject(code) => {
            let code = code.as_deref().unwrap_or(ACCOUNT_CLOSED);
            Ok(vec![say(0, &format!("REJECTED {code}"))?])
        }
        Trigger::Return(code) => {
            let code = code.as_deref().unwrap_or(ACCOUNT_CLOSED);
            Ok(vec![say(0, "ACCEPTED")?, say(1, &format!("RETURNED {code}"))?])
        }
        Trigger::Twice => Ok(vec![say(0, "ACCEPTED")?, say(1, "ACCEPTED")?]),
        Trigger::Accept
        | Trigger::Decline(_)
        | Trigger::Silent
        | Trigger::Late(_)
        | Trigger::After => Ok(vec![say(0, "ACCEPTED")?]),
    }
}

#[cfg(test)]
mod tests {
    use document::{Profile, Rules};

    use super::*;

    fn answered(sample: &str, trigger: &Trigger) -> Vec<String> {
        let mut checker = document::Checker::new(Rules::built_in(Profile::CrossBorder));
        let document = checker.check(sample.as_bytes()).unwrap();
        let now = "2026-11-24T10:00:00Z".parse().unwrap();
        let question =
            Question { id: "ALPHDEFFA-1", payload: sample.as_bytes(), document: &document, now };
        let answers = Answers::new().to(&question, trigger).unwrap();
        for answer in &answers {
            let back = checker.check(&answer.bytes).unwrap();
            assert_eq!((back.from, back.to), (document.to, document.from));
            assert_eq!(back.uetr.is_some(), document.format == Format::Mx);
        }
        answers.into_iter().map(|answer| answer.says).collect()
    }

    const PAYMENT: &str = include_str!("../../../../../samples/pacs.008.001.08.xml");
    const BANKS: &str = include_str!("../../../../../samples/pacs.009.001.08.xml");
    const CANCELLATION: &str = include_str!("../../../../../samples/camt.056.001.08.xml");
    const STATUS: &str = include_str!("../../../../../samples/pacs.002.001.10.xml");
    const MT103: &str = include_str!("../../../../../samples/mt103.fin");

    #[test]
    fn each_trigger_has_its_answers() {
        let reject = Trigger::Reject(Some("MS03".to_owned()));
        assert_eq!(answered(PAYMENT, &Trigger::Accept), ["pacs.002 ACCC"]);
        assert_eq!(answered(BANKS, &reject), ["pacs.002 RJCT MS03"]);
        let returned = answered(PAYMENT, &Trigger::Return(None));
        assert_eq!(returned, ["pacs.002 ACCC", "pacs.004 AC04"]);
        assert_eq!(answered(PAYMENT, &Trigger::Twice), ["pacs.002 ACCC", "pacs.002 ACCC"]);
        assert!(answered(PAYMENT, &Trigger::Silent).is_empty());
        assert!(answered(PAYMENT, &Trigger::Decline(None)).is_empty());
        assert_eq!(answered(CANCELLATION, &Trigger::Accept), ["camt.029 CNCL"]);
        let refused = answered(CANCELLATION, &Trigger::Reject(None));
        assert_eq!(refused, ["camt.029 RJCR LEGL"]);
        assert_eq!(answered(MT103, &reject), ["MT199 REJECTED MS03"]);
    }

    #[test]
    fn an_answer_is_not_answered() {
        assert!(answered(STATUS, &Trigger::Accept).is_empty());
    }
}
