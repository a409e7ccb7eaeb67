//! A message in plain words, as a clerk reads it.
//!
//! It says what stands there, good or bad, and judges nothing; the words are for people and may
//! change. Programs read the message.

use crate::fields::{Field, Slot, View};
use crate::library::Library;
use crate::rules::Profile;
use crate::validate::Checker;

/// How many lines there are at most: a statement may have a million entries.
const LINES_MAX: usize = 400;

/// What a message says, a line for each fact: its kind, who sends it to whom, parties, accounts,
/// amounts, dates, references, charges. Empty if nothing is there that a schema is known for.
///
/// Lines of a transaction are indented. At most 400 lines are given; a last one says if there is
/// more.
#[must_use]
pub fn describe(message: &[u8], library: &Library) -> Vec<String> {
    let mut checker = Checker::with_profile(Profile::None, crate::Settings::default());
    let checked = checker.check(message, library);
    let mut lines = Lines::default();
    let view = checked.view;
    header(view, &mut lines);
    document(view, &mut lines);
    lines.finish(view.is_complete())
}

#[derive(Default)]
struct Lines {
    list: Vec<String>,
    more: bool,
}

impl Lines {
    fn say(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        if self.list.len() >= LINES_MAX {
            self.more = true;
            return;
        }
        // What the message holds stays on its line.
        let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.list.push(format!("{name}: {value}"));
    }

    fn finish(mut self, complete: bool) -> Vec<String> {
        if self.more || !complete {
            self.list.push("... and more".to_owned());
        }
        self.list
    }
}

/// What a type of message is called.
fn kind(message_type: &str) -> &'static str {
    match message_type.get(..8).unwrap_or_default() {
        "pacs.002" => "status of a payment",
        "pacs.003" => "direct debit of customers",
        "pacs.004" => "return of a payment",
        "pacs.007" => "reversal of a payment",
        "pacs.008" => "transfer between customers",
        "pacs.009" => "transfer between banks",
        "pacs.010" => "direct debit between banks",
        "pacs.028" => "question for the status of a payment",
        "pain.001" => "order of transfers",
        "pain.002" => "status of an order",
        "pain.008" => "order of direct debits",
        "camt.025" => "receipt",
        "camt.029" => "answer to a cancellation",
        "camt.052" => "report of an account",
        "camt.053" => "statement of an account",
        "camt.054" => "notice of a booking",
        "camt.056" => "request to cancel a payment",
        "admi.002" => "rejection of a message",
        "admi.004" => "event of the system",
        _ => "message",
    }
}

fn header(view: View<'_>, lines: &mut Lines) {
    let Some(header) = view.header() else { return };
    let bic = |side| header.at_path(&[side, Slot::Institution, Slot::InstitutionId, Slot::Bic]);
    for (name, side) in [("From", Slot::From), ("To", Slot::To)] {
        if let Some(bic) = bic(side) {
            lines.say(name, &bic.text());
        }
    }
    let fields = [
        ("Message", Slot::BusinessMessageId),
        ("Service", Slot::BusinessService),
        ("Made", Slot::Created),
        ("Copy or duplicate", Slot::CopyDuplicate),
        ("Possible duplicate", Slot::PossibleDuplicate),
    ];
    for (name, slot) in fields {
        if let Some(field) = header.child(slot) {
            lines.say(name, &field.text());
        }
    }
}

fn document(view: View<'_>, lines: &mut Lines) {
    let Some(document) = view.document() else { return };
    let message_type = document.schema().map(|schema| schema.message_type()).unwrap_or_default();
    lines.say("Kind", &format!("{} ({message_type})", kind(message_type)));
    for field in document.inside() {
        // What an agent took is told with the agent.
        if field.parent().is_some_and(|around| around.slot() == Slot::Charges) {
            continue;
        }
        if let Some(name) = name_of(field.slot()) {
            let depth = usize::from(is_in_transaction(&field));
            let name = format!("{}{name}", "  ".repeat(depth));
            lines.say(&name, &value(&field));
        }
    }
}

fn is_in_transaction(field: &Field<'_>) -> bool {
    field.ancestors().any(|around| {
        matches!(
            around.slot(),
            Slot::CreditTransfer
                | Slot::DirectDebit
                | Slot::Transaction
                | Slot::TransactionStatus
                | Slot::Entry
        )
    })
}

/// What a field is called, if a clerk asks for it.
fn name_of(slot: Slot) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == slot).map(|(_, name)| *name)
}

const NAMES: &[(Slot, &str)] = &[
    (Slot::MessageId, "Message identification"),
    (Slot::TransactionCount, "Transactions"),
    (Slot::ControlSum, "Control sum"),
    (Slot::SettlementMethod, "Settled by"),
    (Slot::InstructionId, "Instruction"),
    (Slot::EndToEndId, "End-to-end reference"),
    (Slot::TransactionId, "Transaction"),
    (Slot::Uetr, "UETR"),
    (Slot::OriginalMessageId, "Original message"),
    (Slot::OriginalMessageName, "Original type"),
    (Slot::OriginalInstructionId, "Original instruction"),
    (Slot::OriginalEndToEndId, "Original end-to-end reference"),
    (Slot::OriginalUetr, "Original UETR"),
    (Slot::CancellationId, "Cancellation"),
    (Slot::ReturnId, "Return"),
    (Slot::TotalSettled, "Total"),
    (Slot::Settled, "Amount"),
    (Slot::SettlementDate, "Settlement date"),
    (Slot::Instructed, "Instructed amount"),
    (Slot::Returned, "Returned amount"),
    (Slot::OriginalSettled, "Original amount"),
    (Slot::OriginalSettlementDate, "Original settlement date"),
    (Slot::Amount, "Amount"),
    (Slot::ExchangeRate, "Exchange rate"),
    (Slot::ChargeBearer, "Charges borne by"),
    (Slot::Charges, "Charges"),
    (Slot::CreditOrDebit, "Credit or debit"),
    (Slot::InstructingAgent, "Instructing agent"),
    (Slot::InstructedAgent, "Instructed agent"),
    (Slot::Intermediary1, "Intermediary"),
    (Slot::Intermediary2, "Intermediary"),
    (Slot::Intermediary3, "Intermediary"),
    (Slot::UltimateDebtor, "Ultimate debtor"),
    (Slot::Debtor, "Debtor"),
    (Slot::DebtorAccount, "Debtor's account"),
    (Slot::DebtorAgent, "Debtor's agent"),
    (Slot::CreditorAgent, "Creditor's agent"),
    (Slot::Creditor, "Creditor"),
    (Slot::CreditorAccount, "Creditor's account"),
    (Slot::UltimateCreditor, "Ultimate creditor"),
    (Slot::Account, "Account"),
    (Slot::RequestedDate, "On"),
    (Slot::Purpose, "Purpose"),
    (Slot::TransactionState, "Status"),
    (Slot::Confirmation, "Answer"),
    (Slot::StatusReason, "Reason"),
    (Slot::ReturnReason, "Reason"),
    (Slot::CancellationReason, "Reason"),
    (Slot::CancellationStatus, "Reason"),
    (Slot::Unstructured, "Remittance"),
    (Slot::Structured, "Remittance"),
    (Slot::InstructionText, "Instruction to an agent"),
];

/// The value of a field, or what matters of the group.
#[expect(clippy::wildcard_enum_match_arm, reason = "all groups that are left are parties")]
fn value(field: &Field<'_>) -> String {
    if !field.is_group() {
        return single(field);
    }
    match field.slot() {
        // An amount with elements inside says itself through them.
        Slot::Amount => String::new(),
        Slot::DebtorAccount | Slot::CreditorAccount | Slot::Account => account(field),
        Slot::Charges => charges(field),
        Slot::Structured => {
            let leaves =
                field.inside().filter(|leaf| !leaf.is_group() && leaf.slot() != Slot::Currency);
            leaves.map(|leaf| single(&leaf)).collect::<Vec<_>>().join(", ")
        }
        Slot::RequestedDate | Slot::Purpose => field
            .inside()
            .find(|leaf| !leaf.is_group())
            .map(|leaf| single(&leaf))
            .unwrap_or_default(),
        Slot::StatusReason
        | Slot::ReturnReason
        | Slot::CancellationReason
        | Slot::CancellationStatus => reason(field),
        _ => party(field),
    }
}

/// A value without elements; an amount with its currency and in groups of three.
fn single(field: &Field<'_>) -> String {
    let text = field.text();
    match field.child(Slot::Currency) {
        Some(currency) => format!("{} {}", currency.text(), grouped(text.trim())),
        None => text.trim().to_owned(),
    }
}

/// `1250000.50` as `1,250,000.50`.
fn grouped(number: &str) -> String {
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    let mut out = String::new();
    let length = whole.chars().count();
    for (at, digit) in whole.chars().enumerate() {
        let after = length - at;
        if at > 0 && after % 3 == 0 && out.ends_with(|c: char| c.is_ascii_digit()) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Name, BIC or LEI, and place.
fn party(field: &Field<'_>) -> String {
    let mut words: Vec<String> = Vec::new();
    for slot in [Slot::Name, Slot::Bic, Slot::AnyBic, Slot::Lei, Slot::MemberId] {
        if let Some(leaf) = field.inside().find(|leaf| leaf.slot() == slot) {
            let label = if slot == Slot::Lei { "LEI " } else { "" };
            words.push(format!("{label}{}", leaf.text().trim()));
        }
    }
    if let Some(address) = field.inside().find(|inner| inner.slot() == Slot::Address) {
        let parts = address.inside().filter(|leaf| !leaf.is_group());
        let parts: Vec<String> = parts.map(|part| part.text().trim().to_owned()).collect();
        words.push(parts.join(" "));
    }
    words.join(", ")
}

fn account(field: &Field<'_>) -> String {
    if let Some(iban) = field.inside().find(|leaf| leaf.slot() == Slot::Iban) {
        let text = iban.text();
        return match text.parse::<iso::Iban>() {
            Ok(iban) => iban.grouped().to_string(),
            Err(_) => text.into_owned(),
        };
    }
    let other = field.at_path(&[Slot::Id, Slot::OtherId, Slot::Id]);
    other.map(|number| number.text().into_owned()).unwrap_or_default()
}

fn charges(field: &Field<'_>) -> String {
    let amount = field.child(Slot::Amount).map(|amount| single(&amount)).unwrap_or_default();
    match field.child(Slot::Agent).map(|agent| party(&agent)) {
        Some(agent) if !agent.is_empty() => format!("{amount} by {agent}"),
        _ => amount,
    }
}

fn reason(field: &Field<'_>) -> String {
    let reason = field.child(Slot::Reason);
    let code = reason.and_then(|reason| reason.inside().find(|leaf| !leaf.is_group()));
    let texts = field.children().filter(|part| part.slot() == Slot::AdditionalInformation);
    let words: Vec<String> =
        code.into_iter().chain(texts).map(|leaf| leaf.text().trim().to_owned()).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn numbers_are_in_groups_of_three() {
        assert_eq!(grouped("1250000.50"), "1,250,000.50");
        assert_eq!(grouped("100"), "100");
        assert_eq!(grouped("1000"), "1,000");
        assert_eq!(grouped(""), "");
    }

    #[test]
    fn a_payment_reads_like_a_letter() {
        let message = include_bytes!("../../../samples/pacs.008.001.08.xml");
        let lines = describe(message, &Library::built_in()).join("\n");
        expect![[r#"
            From: ALPHDEFFXXX
            To: BRAVFRPPXXX
            Message: ALPH20261123-000417
            Service: nuncio.payments.01
            Made: 2026-11-23T09:30:47+01:00
            Kind: transfer between customers (pacs.008.001.08)
            Message identification: ALPH20261123-000417
            Transactions: 1
            Settled by: INDA
              Instruction: ALPH-000417-1
              End-to-end reference: NORD-INV-2026-11870
              UETR: dea3273f-e864-4b5e-b353-6bcb0556b29b
              Amount: EUR 48,250.75
              Settlement date: 2026-11-24
              Instructed amount: EUR 48,262.75
              Charges borne by: SHAR
              Charges: EUR 12.00 by ALPHDEFFXXX
              Instructing agent: ALPHDEFFXXX
              Instructed agent: BRAVFRPPXXX
              Debtor: Nordlicht Maschinenbau GmbH, LEI 391200NORDLICHT00104, Am Sandtorkai 77 20457 Hamburg DE
              Debtor's account: DE67 3704 0188 0512 3456 04
              Debtor's agent: ALPHDEFFXXX
              Creditor's agent: Charlton Bank plc, CHARGB2LXXX, London GB
              Creditor: Thameside Bearings Limited, LEI 213800THAMESIDE00159, SE16 4JT London GB Unit 4, Rope Yard 12 Plough Way
              Creditor's account: GB97 CHAR 4047 8570 8724 90
              Instruction to an agent: /FEE/Charges to be shared as agreed
              Purpose: SUPP
              Remittance: CINV, TB-88412, 2026-10-30, EUR 48,262.75"#]].assert_eq(&lines);
    }

    #[test]
    fn what_is_no_message_has_no_lines() {
        assert!(describe(b"<a/>", &Library::built_in()).is_empty());
        assert!(describe(b"\xff<", &Library::built_in()).is_empty());
    }
}
