//! What a message says of itself in numbers, against what is in it.

use std::borrow::Cow;

use crate::fields::{Field, Slot, units};
use crate::rules::codes::{BAS013, BAS014, BAS015, BAS016, BAS022};
use crate::rules::message::{Family, Message, currency_of, is_transaction};
use crate::rules::report::Report;

/// `NbOfTxs` of the group header and of each payment information.
pub(super) fn counts(message: &Message<'_>, report: &mut Report<'_>) {
    // In pacs.010 a transaction may be a credit instruction or a debit in it: sources differ.
    if message.family == Family::BankDebit {
        return;
    }
    let there = message.view.tally().transactions();
    if let Some(count) = message.in_body(&[Slot::GroupHeader, Slot::TransactionCount]) {
        // A return or reversal of a whole group repeats none of its transactions.
        if there > 0 {
            count_is(&count, there, report);
        }
    }
    if !message.view.is_complete() {
        return;
    }
    for group in groups(message) {
        let Some(count) = group.child(Slot::TransactionCount) else { continue };
        let there = group.children().filter(|child| is_transaction(child.slot())).count();
        count_is(&count, there as u64, report);
    }
}

fn groups<'a>(message: &Message<'a>) -> impl Iterator<Item = Field<'a>> {
    let has_groups = matches!(message.family, Family::Initiation | Family::DebitInitiation);
    let body = message.body.filter(|_| has_groups);
    body.into_iter()
        .flat_map(|body| body.children())
        .filter(|child| child.slot() == Slot::PaymentInformation)
}

fn count_is(count: &Field<'_>, there: u64, report: &mut Report<'_>) {
    if number(&count.value()).is_some_and(|said| said != there) {
        report.value_for(count, BAS013, format!("{there}, as there are transactions"));
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Control sums and totals. A control sum adds amounts of any currency, a total those of one.
pub(super) fn sums(message: &Message<'_>, report: &mut Report<'_>) {
    let amount = match message.family {
        Family::CustomerTransfer | Family::BankTransfer | Family::CustomerDebit => Slot::Settled,
        Family::Return => Slot::Returned,
        Family::Initiation | Family::DebitInitiation => Slot::Instructed,
        _ => return,
    };
    let tally = message.view.tally();
    if tally.transactions() == 0 {
        return;
    }
    if let Some(control) = message.in_body(&[Slot::GroupHeader, Slot::ControlSum]) {
        // Between banks the sources differ on which amounts are added: either sum will do.
        let sums = [tally.sum(amount), tally.sum(Slot::Instructed)];
        let equivalents = message.view.of_slot(Slot::Equivalent).next().is_some();
        let is_exact = message.view.is_complete() && !equivalents;
        if is_exact && sums.iter().all(Option::is_some) {
            sum_is(&control, &sums, report);
        }
    }
    for group in groups(message).filter(|_| message.view.is_complete()) {
        let Some(control) = group.child(Slot::ControlSum) else { continue };
        let mut sum = Some(0);
        for amount in group.inside().filter(|field| is_instructed(field)) {
            let units =
                if amount.slot() == Slot::Instructed { units(&amount.value()) } else { None };
            sum = sum.zip(units).and_then(|(sum, units): (i128, i128)| sum.checked_add(units));
        }
        if sum.is_some() {
            sum_is(&control, &[sum], report);
        }
    }
    for (slot, amount) in
        [(Slot::TotalSettled, Slot::Settled), (Slot::TotalReturned, Slot::Returned)]
    {
        if let Some(total) = message.in_body(&[Slot::GroupHeader, slot]) {
            total_is(message, (&total, amount), report);
        }
    }
}

fn is_instructed(field: &Field<'_>) -> bool {
    matches!(field.slot(), Slot::Instructed | Slot::Equivalent)
}

fn sum_is(control: &Field<'_>, sums: &[Option<i128>], report: &mut Report<'_>) {
    let Some(said) = units(control.value().trim_ascii()) else { return };
    if sums.iter().flatten().all(|sum| *sum != said) {
        let sum = sums.iter().flatten().next().copied().unwrap_or_default();
        report.value_for(control, BAS014, format!("{}, the sum of the amounts", written(sum)));
    }
}

fn total_is(message: &Message<'_>, (total, amount): (&Field<'_>, Slot), report: &mut Report<'_>) {
    let currency = currency_of(total);
    let amounts = message.transactions().filter_map(|transaction| transaction.child(amount));
    if let Some(other) = amounts.into_iter().find(|amount| currency_of(amount) != currency) {
        let code = String::from_utf8_lossy(&currency.unwrap_or_default()).into_owned();
        let found = currency_of(&other).unwrap_or_default();
        let found = String::from_utf8_lossy(&found).into_owned();
        report.other(&other, BAS016, (format!("{code}, as the total"), found));
        return;
    }
    let sum = message.view.tally().sum(amount);
    if let (Some(sum), Some(said)) = (sum, units(total.value().trim_ascii()))
        && sum != said
    {
        report.value_for(total, BAS015, format!("{}, the sum of the amounts", written(sum)));
    }
}

/// Units of 10^-5 as a decimal with at least two decimals.
fn written(units: i128) -> String {
    let fraction = format!("{:05}", units % 100_000);
    let decimals = fraction.trim_end_matches('0').len().max(2);
    format!("{}.{}", units / 100_000, fraction.get(..decimals).unwrap_or_default())
}

/// References that name one transaction stand in one transaction. The end-to-end reference is the
/// customer's and need not differ.
pub(super) fn references(message: &Message<'_>, report: &mut Report<'_>) {
    if message.view.tally().transactions() < 2 {
        return;
    }
    for slot in [Slot::Uetr, Slot::TransactionId, Slot::InstructionId] {
        let ids =
            message.transactions().filter_map(|transaction| transaction.child(Slot::PaymentId));
        let mut seen: Vec<(Cow<'_, [u8]>, Field<'_>)> = ids
            .filter_map(|ids| ids.child(slot))
            .map(|reference| (reference.value(), reference))
            .collect();
        seen.sort_by(|one, two| (&one.0, one.1.at()).cmp(&(&two.0, two.1.at())));
        for pair in seen.windows(2) {
            if let [(one, _), (two, again)] = pair
                && one == two
            {
                report.value(again, BAS022);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_written_with_two_decimals_or_more() {
        assert_eq!(written(0), "0.00");
        assert_eq!(written(123_450_000), "1234.50");
        assert_eq!(written(1), "0.00001");
        assert_eq!(written(112_500), "1.125");
    }
}
