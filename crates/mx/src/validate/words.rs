//! The rules of schema validity: their codes and words.

use super::Walk;
use super::value::Broken;
use crate::finding::shown;
use crate::schema::{BoundKind, Builtin, Name, Schema, Simple};

/// A code and what it asks for, unless the case says more.
pub(super) type Rule = (&'static str, &'static str);

pub(super) const UNKNOWN_ELEMENT: Rule = ("SCH001", "an element that the schema knows here");
pub(super) const MISSING: Rule = ("SCH002", "an element that must stand here");
pub(super) const TOO_OFTEN: Rule = ("SCH003", "an element no more often than allowed");
pub(super) const OUT_OF_ORDER: Rule = ("SCH004", "the elements in their order");
pub(super) const SECOND_CHOICE: Rule = ("SCH005", "one of the alternatives");
pub(super) const TEXT: Rule = ("SCH006", "elements only");
pub(super) const ELEMENT_IN_VALUE: Rule = ("SCH007", "text without elements");
pub(super) const UNKNOWN_ATTRIBUTE: Rule = ("SCH008", "no such attribute");
pub(super) const ATTRIBUTE_MISSING: Rule = ("SCH009", "an attribute that must stand here");
pub(super) const UNKNOWN_SCHEMA: Rule = ("SCH010", "a message whose schema is known");
pub(super) const NOTHING: Rule =
    ("SCH011", "a business header or a document of ISO 20022 in the message");
pub(super) const NIL: Rule = ("SCH012", "no xsi:nil: no element may be without content");
pub(super) const INSTANCE_TYPE: Rule =
    ("SCH013", "in xsi:type, a type that may stand for the declared one");
pub(super) const STRICT: Rule = ("SCH014", "an element that the schema declares");
pub(super) const WILDCARD_NAMESPACE: Rule = ("SCH015", "an element of the allowed namespace");

const FORM: Rule = ("SCH020", "a value of the type");
const TOO_SHORT: Rule = ("SCH021", "a longer value");
const TOO_LONG: Rule = ("SCH022", "a shorter value");
const PATTERN: Rule = ("SCH023", "a value of the pattern");
const ENUMERATION: Rule = ("SCH024", "one of the listed values");
const TOTAL_DIGITS: Rule = ("SCH025", "fewer digits");
const FRACTION_DIGITS: Rule = ("SCH026", "fewer digits behind the point");
const BOUND: Rule = ("SCH027", "a value within the limits");

/// How many codes of a list a finding shows.
const CODES_SHOWN: usize = 12;

/// All codes of this module.
pub(crate) const CODES: [&str; 23] = [
    UNKNOWN_ELEMENT.0,
    MISSING.0,
    TOO_OFTEN.0,
    OUT_OF_ORDER.0,
    SECOND_CHOICE.0,
    TEXT.0,
    ELEMENT_IN_VALUE.0,
    UNKNOWN_ATTRIBUTE.0,
    ATTRIBUTE_MISSING.0,
    UNKNOWN_SCHEMA.0,
    NOTHING.0,
    NIL.0,
    INSTANCE_TYPE.0,
    STRICT.0,
    WILDCARD_NAMESPACE.0,
    FORM.0,
    TOO_SHORT.0,
    TOO_LONG.0,
    PATTERN.0,
    ENUMERATION.0,
    TOTAL_DIGITS.0,
    FRACTION_DIGITS.0,
    BOUND.0,
];

impl Walk {
    /// Reports a value that breaks a facet of its type.
    #[cold]
    pub(super) fn broken(
        &mut self,
        schema: &Schema,
        simple: &Simple,
        (text, at, attribute): (&[u8], u32, Option<Name>),
        facet: Broken,
    ) {
        let (rule, what) = describe(schema, simple, facet);
        let type_name = schema.text(simple.name);
        let expected = format!("{what} ({type_name})");
        self.report(at, rule, expected, format!("\"{}\"", shown(text)));
        if let Some(name) = attribute {
            self.findings.name_attribute(at, schema.text(name).as_bytes());
        }
    }
}

fn describe(schema: &Schema, simple: &Simple, facet: Broken) -> (Rule, String) {
    let many = |count: u32| {
        let unit = if simple.builtin.is_bytes() { "byte" } else { "character" };
        if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
    };
    match facet {
        Broken::Form => (FORM, form(simple.builtin).to_owned()),
        Broken::TooShort => (TOO_SHORT, format!("at least {}", many(simple.length_min))),
        Broken::TooLong => (TOO_LONG, format!("at most {}", many(simple.length_max))),
        Broken::Pattern => {
            (PATTERN, format!("a value of the pattern {}", schema.text(simple.pattern_text)))
        }
        Broken::Enumeration => {
            let codes = simple.enumeration.as_ref().map(|list| list.shown(CODES_SHOWN));
            (ENUMERATION, format!("one of {}", codes.unwrap_or_default()))
        }
        Broken::TotalDigits => (TOTAL_DIGITS, format!("at most {} digits", simple.total_digits)),
        Broken::FractionDigits => {
            (FRACTION_DIGITS, format!("at most {} digits behind the point", simple.fraction_digits))
        }
        Broken::Bound(index) => {
            let words = simple.bounds.get(index).map(|bound| {
                let limit = schema.text(bound.limit);
                match bound.kind {
                    BoundKind::AtLeast => format!("at least {limit}"),
                    BoundKind::AtMost => format!("at most {limit}"),
                    BoundKind::Above => format!("more than {limit}"),
                    BoundKind::Below => format!("less than {limit}"),
                }
            });
            (BOUND, words.unwrap_or_default())
        }
    }
}

/// The form of the values of a type.
fn form(builtin: Builtin) -> &'static str {
    match builtin {
        Builtin::Decimal => "a decimal number",
        Builtin::Integer | Builtin::NonNegativeInteger | Builtin::PositiveInteger => {
            "a whole number of the allowed sign"
        }
        Builtin::Boolean => "true, false, 1 or 0",
        Builtin::DateTime => "a date and time such as 2026-11-23T09:30:47+01:00",
        Builtin::Date => "a date such as 2026-11-23",
        Builtin::Time => "a time such as 09:30:47",
        Builtin::YearMonth => "a month such as 2026-11",
        Builtin::Year => "a year such as 2026",
        Builtin::MonthDay => "a day such as --11-23",
        Builtin::Day => "a day such as ---23",
        Builtin::Month => "a month such as --11",
        Builtin::Base64Binary => "bytes in base64",
        Builtin::HexBinary => "bytes in hexadecimal",
        Builtin::NcName | Builtin::Id | Builtin::IdRef => "a name without colon",
        Builtin::String | Builtin::NormalizedString | Builtin::Token | Builtin::AnyUri => "text",
    }
}
