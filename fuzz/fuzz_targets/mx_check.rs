//! The validator with the built-in schemas: any bytes, no panic; a stream of small pieces finds
//! what the whole finds.

#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mx::{Checker, Library, Stream};

static LIBRARY: LazyLock<Library> = LazyLock::new(Library::built_in);

thread_local! {
    static CHECKER: RefCell<Checker> = RefCell::new(Checker::new());
}

fuzz_target!(|bytes: &[u8]| {
    let whole = CHECKER.with_borrow_mut(|checker| checker.check(bytes, &LIBRARY).into_findings());
    let mut stream = Stream::with_step(&LIBRARY, 64);
    bytes.chunks(37).for_each(|piece| stream.feed(piece));
    let parts = stream.finish().findings;
    let codes = |findings: &mx::Findings| findings.iter().map(|f| f.code).collect::<Vec<_>>();
    assert_eq!(codes(&whole), codes(&parts), "{whole}\n{parts}");
});
