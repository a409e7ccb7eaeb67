//! Who takes part: agents, and the parties that they serve.

use crate::fields::{Field, Slot};
use crate::rules::codes::{CBP008, CBP020, CBP021, CBP022, CBP023, CBP024};
use crate::rules::message::{Family, Message, Transaction};
use crate::rules::report::Report;

/// An agent is named by its BIC, by name and address, or within one country by its clearing member.
pub(super) fn institution(message: &Message<'_>, agent: &Field<'_>, report: &mut Report<'_>) {
    if !message.family.is_payment() {
        return;
    }
    let (mut bic, mut name, mut address, mut member) = (false, false, false, false);
    for part in agent.children() {
        match part.slot() {
            Slot::Bic => bic = true,
            Slot::Name => name = true,
            Slot::Address => address = true,
            Slot::Member => member = true,
            _ => {}
        }
    }
    if name != address {
        let found = if name { "a name without address" } else { "an address without name" };
        report.found(agent, CBP021, found);
    } else if !(bic || name || member) {
        report.found(agent, CBP020, "none of them");
    }
}

/// Whoever instructs and whoever is instructed is named by its BIC in the transaction.
pub(super) fn instructing(
    message: &Message<'_>,
    transaction: &Transaction<'_>,
    report: &mut Report<'_>,
) {
    let asked = matches!(
        message.family,
        Family::CustomerTransfer
            | Family::BankTransfer
            | Family::Return
            | Family::Status
            | Family::CustomerDebit
    );
    if !asked {
        return;
    }
    for (slot, name) in [(Slot::InstructingAgent, "InstgAgt"), (Slot::InstructedAgent, "InstdAgt")]
    {
        match transaction.child(slot) {
            None => report.found(transaction, CBP008, format!("no {name}")),
            Some(agent) if agent.at_path(&[Slot::InstitutionId, Slot::Bic]).is_none() => {
                report.found(&agent, CBP008, format!("no BICFI in {name}"));
            }
            Some(_) => {}
        }
    }
}

/// A debtor or creditor has a name, or an `AnyBIC` that stands for name and address.
pub(super) fn party(message: &Message<'_>, party: &Field<'_>, report: &mut Report<'_>) {
    // In returns a party stands inside a choice; between banks it is an agent.
    let party = party.child(Slot::Party).unwrap_or(*party);
    if party.child(Slot::InstitutionId).is_some() || party.child(Slot::Agent).is_some() {
        return;
    }
    if !message.family.is_payment() || !is_of_payment(&party) {
        return;
    }
    let any_bic = party.at_path(&[Slot::Id, Slot::Organisation, Slot::AnyBic]).is_some();
    let name = party.child(Slot::Name).is_some();
    let address = party.child(Slot::Address).is_some();
    if !any_bic && !name && address {
        report.found(&party, CBP022, "an address without name");
    } else if !any_bic && !name && message.family != Family::Initiation {
        report.found(&party, CBP023, "neither");
    } else if any_bic && name && address {
        report.found(&party, CBP024, "both");
    }
}

/// Whether a party is of the payment itself, not of its taxes or of a copy of the original.
fn is_of_payment(party: &Field<'_>) -> bool {
    party.ancestors().all(|around| {
        !matches!(around.slot(), Slot::OriginalTransaction | Slot::Tax | Slot::Remittance)
    })
}

/// Other parties may be without a name, but an address needs one.
pub(super) fn name_beside_address(party: &Field<'_>, report: &mut Report<'_>) {
    let party = party.child(Slot::Party).unwrap_or(*party);
    if party.child(Slot::Address).is_some() && party.child(Slot::Name).is_none() {
        report.found(&party, CBP022, "an address without name");
    }
}
