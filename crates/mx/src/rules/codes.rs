//! The codes of the rules above the schema: what each asks for. Their pages are in `docs/codes`.
//!
//! It holds words, no logic. A code never changes its meaning; one that is given up stays unused.

use super::Profile;

/// One rule above the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The code that findings carry, such as `BAS001`.
    pub code: &'static str,
    /// The profile that the rule came with; those above it have it too.
    pub profile: Profile,
    /// What the rule asks for, in the words of a finding.
    pub asks: &'static str,
}

macro_rules! rules {
    ($($profile:ident { $($code:ident $asks:literal;)* })*) => {
        $($(
            pub(crate) const $code: Rule =
                Rule { code: stringify!($code), profile: Profile::$profile, asks: $asks };
        )*)*
        /// All rules above the schema, in order of their codes.
        pub const RULES: &[Rule] = &[$($($code,)*)*];
    };
}

rules! {
    Base {
        BAS001 "a header that names the message type of its document";
        BAS002 "one header and one document at most";
        BAS003 "an IBAN of the structure of its country";
        BAS004 "an IBAN with right check digits";
        BAS005 "an LEI with right check digits";
        BAS006 "a BIC with a country that exists";
        BAS007 "a country of ISO 3166-1";
        BAS008 "a country that has not been withdrawn";
        BAS009 "a currency of ISO 4217";
        BAS010 "a currency that has not been withdrawn";
        BAS011 "no more decimals than the currency has";
        BAS012 "an amount above zero";
        BAS013 "as many transactions as the header counts";
        BAS014 "a control sum equal to the sum of the amounts";
        BAS015 "a total equal to the sum of the amounts";
        BAS016 "one currency in a total and its amounts";
        BAS017 "a document that was not created after its header";
        BAS018 "a settlement date within a year of the creation";
        BAS019 "an original that was not created after this message";
        BAS020 "a code of its external code set";
        BAS021 "a UETR that was drawn by chance";
        BAS022 "a reference used for one transaction only";
    }
    CrossBorder {
        CBP001 "a business header";
        CBP002 "one transaction in the message";
        CBP003 "the UETR of the transaction";
        CBP004 "a business service in the header, of those agreed";
        CBP005 "the same identifier in the header and in the message";
        CBP006 "the sender of the header as the one who instructs";
        CBP007 "the receiver of the header as the one who is instructed";
        CBP008 "the instructing and the instructed agent, each with a BICFI";
        CBP009 "the same priority in the header and in the payment";
        CBP010 "an address with more than address lines";
        CBP011 "an address with town and country";
        CBP012 "two address lines at most beside town and country";
        CBP013 "address lines that repeat no other part of the address";
        CBP014 "something that was provided, not the word NOTPROVIDED";
        CBP015 "letters, digits, spaces and / - ? : ( ) . , ' + only";
        CBP016 "characters of basic Latin only";
        CBP017 "a reference without a slash at its ends and without two in a row";
        CBP018 "a reference of 16 characters at most";
        CBP019 "a date and time with an offset from UTC";
        CBP020 "an agent with a BICFI, with name and address, or with a clearing member";
        CBP021 "name and address of an agent together";
        CBP022 "a name beside the address of a party";
        CBP023 "a name, or an AnyBIC instead of it";
        CBP024 "an AnyBIC without name and address beside it";
        CBP025 "DEBT, CRED or SHAR as charge bearer";
        CBP026 "charges with CRED, of zero if none were taken";
        CBP027 "one entry of charges at most with DEBT";
        CBP028 "charges that explain why settled and instructed amount differ";
        CBP029 "a currency that is money, no metal";
        CBP030 "settlement through an account (INDA, INGA) or by cover (COVE)";
        CBP031 "reimbursement agents with COVE, and none without it";
        CBP032 "remittance information of one form";
        CBP033 "9,000 characters of structured remittance at most";
        CBP034 "instructions to the creditor's agent that go together";
        CBP035 "G001 as service level of the tracker";
        CBP036 "the underlying customer transfer in a cover payment, and there alone";
        CBP037 "an end-to-end reference whose first 16 characters fit a FIN reference";
        CBP038 "a reason for the refusal";
        CBP039 "no settlement date in a refusal";
        CBP040 "the type of a payment as the type of the original message";
        CBP041 "amount and date of the original in one place only";
        CBP042 "a reason for the return";
        CBP043 "a reason for the cancellation";
        CBP044 "the references of the original payment";
        CBP045 "an answer for one cancellation at most";
        CBP046 "a page number above zero";
        CBP047 "a booking or value date in a booked entry";
        CBP048 "the same copy or duplicate mark in the header and in the message";
        CBP049 "the message identification as payment information identification";
        CBP050 "no more fields than the rules can look at";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_given_once() {
        assert!(RULES.is_sorted_by(|a, b| (a.profile, a.code) < (b.profile, b.code)));
    }
}
