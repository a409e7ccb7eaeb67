//! Why a file of the corpus is not good: what lies behind each code, for the page of verdicts.

use mt::Finding;

/// What is wrong with the file, in a few words.
///
/// # Panics
///
/// For a code that nobody has looked into: the page would not explain it.
pub(crate) fn cause(finding: &Finding) -> String {
    let code = finding.code.as_str();
    let known = match code {
        "H01" => "block 1 is out of form",
        "H02" => "block 2 is out of form",
        "H10" => "the sender's terminal is X",
        "H20" => "the priority does not go with a user's or a system message",
        "H25" => "delivery monitoring does not go with the priority",
        "H30" => "a block is missing",
        "H50" => "the receiver's terminal is not X",
        "U02" => "fields of the user header are out of order",
        "U10" if finding.text.starts_with("expected a transaction reference") => {
            "no transaction reference (121)"
        }
        "U10" => "a transaction reference out of form",
        "U11" => "a validation flag that the type does not have",
        "Z02" => "a trailer out of form",
        "Z04" => "a training mark from a live terminal",
        "V21" => "blocks do not follow the grammar",
        "V22" => "a tab or a character of another alphabet",
        "V23" => "a line that is neither a field nor goes on with one",
        "V24" => "line ends of two kinds",
        "V26" => "bytes after the end of the message",
        "V28" => "an acknowledgement without its fields",
        "M02" => "mandatory fields are left out",
        "M03" => "fields of another type or release",
        "M04" => "a field more often than it may stand",
        "M05" => "a letter that the field does not have in this type",
        "M06" => "fields out of order",
        "M07" => "a field that no definition knows",
        "T12" => "an ISIN with a made-up check digit",
        "T14" => "a zero marked as negative",
        "T27" => "a BIC out of form",
        "T28" => "a BIC of a country that is none",
        "T30" => "a field out of form",
        "T32" => "a character that the field may not hold",
        "T33" => "a line or part that is too long",
        "T34" => "an empty field",
        "T36" => "a code that the field does not have",
        "T43" => "an amount without its comma, or with two",
        "C03" => "more decimals than the currency has",
        _ if matches!(code.as_bytes(), [b'C' | b'D' | b'E', ..]) => return rule(finding),
        _ => panic!("{code} in the corpus is not explained: {finding}"),
    };
    known.to_owned()
}

/// A rule between fields says itself what it misses.
fn rule(finding: &Finding) -> String {
    let text = finding.text.strip_prefix("expected ").unwrap_or(&finding.text);
    format!("misses {text}")
}
