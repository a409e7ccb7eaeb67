//! Whatever is read prints as it was, and reads again as the same message.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = mt::read(bytes) {
        let printed = message.print();
        assert_eq!(printed.as_bytes(), bytes, "prints as it was read");
        assert_eq!(mt::read(printed.as_bytes()).as_ref(), Ok(&message), "reads as it was printed");
        let _ = message.summary();
        let _ = message.parties().count();
        let _ = mt::describe(&message);
    }
});
