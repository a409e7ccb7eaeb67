//! No text in block 4, under any type, makes the check panic; the report stays small.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mt::{Findings, Options, Standard, check_with};

fuzz_target!(|input: (u16, &str)| {
    let (kind, text) = input;
    let structures = Standard::built_in().structures();
    let Some(structure) = structures.get(usize::from(kind) % structures.len()) else { return };
    let (number, variant) = (structure.message_type(), structure.variant());
    let message = format!(
        "{{1:F01NUNCBEBBAXXX0001000001}}{{2:I{number:03}NUNCDEFFXXXXN}}{{3:{{119:{variant}}}}}{{4:\n{text}\n-}}"
    );
    let options = Options { edited: true, unknown_types: false };
    let checked = check_with(message.as_bytes(), Standard::built_in(), options);
    assert!(checked.findings.iter().count() <= Findings::MAX);
});
