//! Checks the qualifiers of generic fields against those that a place lists.

use std::collections::BTreeMap;

use crate::check::place::{NOWHERE, Placement};
use crate::findings::{Code, Report};
use crate::notation::structure::{Node, Qualifier, Structure};
use crate::syntax::scan::Field;

/// A qualifier that the field does not have here.
const UNKNOWN: Code = Code::of("T80");
/// A mandatory qualifier is missing.
const MISSING: Code = Code::of("T81");
/// A qualifier more often than it may stand.
const TOO_OFTEN: Code = Code::of("T82");
/// A qualifier with a letter that it does not go with.
const OPTION: Code = Code::of("T83");
/// A code that the qualifier does not have.
const CODE: Code = Code::of("T84");

/// Checks each occurrence of each sequence.
pub(crate) fn check(
    structure: &Structure,
    fields: &[Field<'_>],
    placement: &Placement,
    report: &mut Report<'_>,
) {
    if !structure.has_qualifiers {
        return;
    }
    for scope in &placement.scopes {
        let mut here: BTreeMap<u16, Vec<Field<'_>>> = BTreeMap::new();
        for at in scope.from..scope.to {
            let (Some(node), Some(field)) = (placement.nodes.get(at), fields.get(at)) else {
                continue;
            };
            let own = structure.nodes.get(usize::from(*node));
            if *node != NOWHERE
                && own
                    .is_some_and(|own| own.sequence == scope.sequence && !own.qualifiers.is_empty())
            {
                here.entry(*node).or_default().push(*field);
            }
        }
        for (node, found) in here {
            if let Some(node) = structure.nodes.get(usize::from(node)) {
                place(node, &found, report);
            }
        }
    }
}

/// All fields at one place.
fn place(node: &Node, fields: &[Field<'_>], report: &mut Report<'_>) {
    for field in fields {
        one(node, *field, report);
    }
    let Some(last) = fields.last() else { return };
    for qualifier in &node.qualifiers {
        let mut count = 0;
        for field in fields.iter().filter(|field| name_of(field.value) == &*qualifier.name) {
            count += 1;
            if count == usize::from(qualifier.max) + 1 {
                let text = format!("expected :{} at most {} times", qualifier.name, qualifier.max);
                report.field(TOO_OFTEN, field.tag, report.offset(field.value), text);
            }
        }
        if count < usize::from(qualifier.min) {
            let text = format!("expected field {} with :{} here", node.label(), qualifier.name);
            report.field(MISSING, last.tag, report.offset(last.value), text);
        }
    }
}

/// One field: its qualifier, its letter with it, its code.
fn one(node: &Node, field: Field<'_>, report: &mut Report<'_>) {
    let name = name_of(field.value);
    let at = report.offset(field.value);
    let listed: Vec<&Qualifier> =
        node.qualifiers.iter().filter(|qualifier| *qualifier.name == *name).collect();
    if listed.is_empty() {
        let names: Vec<&str> = node.qualifiers.iter().map(|qualifier| &*qualifier.name).collect();
        report.field(
            UNKNOWN,
            field.tag,
            at,
            format!("expected a qualifier of {}", names.join(", ")),
        );
        return;
    }
    let Some(right) = listed.iter().find(|one| one.options & field.tag.option_bit() != 0) else {
        let text = format!("expected :{name} with another letter than {}", field.tag);
        report.field(OPTION, field.tag, at, text);
        return;
    };
    // A code of a data source scheme of its own is not one of the listed.
    let own_scheme =
        field.value.get(5..).is_some_and(|rest| rest.starts_with('/') && !rest.starts_with("//"));
    let code = field.value.rsplit('/').next().unwrap_or_default();
    if !right.codes.is_empty() && !own_scheme && !right.codes.has(code) {
        let text = format!("expected one of {} after :{name}", right.codes.shown());
        report.field(CODE, field.tag, at, text);
    }
}

/// `SEME` of `:SEME//REF`.
fn name_of(value: &str) -> &str {
    value.strip_prefix(':').and_then(|rest| rest.split_once('/')).map_or("", |(name, _)| name)
}
