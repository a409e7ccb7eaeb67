//! The tokeniser and the reader for routing: any bytes, no panic; what one calls ill-formed, the
//! others do, too.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let well_formed = mx::well_formed(bytes).is_ok();
    match mx::read(bytes) {
        Ok(_) => assert!(well_formed),
        Err(findings) => {
            let ill = findings.iter().any(|finding| finding.code.starts_with("XML"));
            assert_eq!(ill, !well_formed, "{findings}");
        }
    }
});
