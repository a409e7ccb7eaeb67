//! The validator with the built-in schemas: any bytes, no panic; a stream of small pieces finds
//! what the whole finds.

#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mx::{Checker, Findings, Library, Stream};

static LIBRARY: LazyLock<Library> = LazyLock::new(Library::built_in);

thread_local! {
    static CHECKER: RefCell<Checker> = RefCell::new(Checker::new());
}

fuzz_target!(|bytes: &[u8]| {
    let whole = CHECKER.with_borrow_mut(|checker| checker.check(bytes, &LIBRARY).into_findings());
    let mut stream = Stream::with_step(&LIBRARY, 64);
    bytes.chunks(37).for_each(|piece| stream.feed(piece));
    let parts = stream.finish().findings;
    // Of two faults in one tag either may be found first, as a piece may end between them.
    let ill = |all: &Findings| all.iter().any(|finding| finding.code.starts_with("XML"));
    assert_eq!(ill(&whole), ill(&parts), "{whole}\n{parts}");
    if !ill(&whole) {
        assert_eq!(codes(&whole), codes(&parts), "{whole}\n{parts}");
    }
});

fn codes(findings: &Findings) -> Vec<&'static str> {
    let mut codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes
}
