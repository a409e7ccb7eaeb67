//! The schema compiler: any bytes, no panic; what it takes, it also takes from its own notation.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(schema) = mx::Schema::from_xsd(bytes) {
        assert!(mx::notation::pack([bytes]).is_ok(), "{}", schema.namespace());
    }
});
