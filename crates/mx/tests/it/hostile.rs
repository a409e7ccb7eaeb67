//! Hostile messages are answered in a time that grows with their size and not faster, with an
//! answer of bounded size.

use std::path::Path;
use std::time::Duration;

use mx::{Checker, Library, NAMESPACE_PREFIX};

/// The processor time of this thread: other work on the machine shall not fail the test.
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("processor time is not negative")
}

fn seconds(message: &[u8], library: &Library) -> f64 {
    let mut checker = Checker::new();
    let begin = thread_time();
    let findings = checker.check(message, library).into_findings();
    let seconds = (thread_time() - begin).as_secs_f64();
    assert!(findings.to_string().len() < 100_000, "the answer is bounded");
    seconds
}

/// Checks that four times the size does not take much more than four times the time.
#[track_caller]
fn grows_with_size(make: impl Fn(usize) -> Vec<u8>, code: &str) {
    let library = Library::built_in();
    let (small, large) = (make(250_000), make(1_000_000));
    assert!(large.len() >= 1_000_000 && large.len() > 3 * small.len(), "{}", large.len());
    let findings = Checker::new().check(&large, &library).into_findings();
    assert!(findings.iter().any(|finding| finding.code == code), "wanted {code}, got {findings}");
    // In turn, so that whatever else the machine does falls on both.
    let (mut one, mut four) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..5 {
        one = one.min(seconds(&small, &library));
        four = four.min(seconds(&large, &library));
    }
    assert!(four < one * 12.0 + 0.001, "{one} s for one, {four} s for four");
    assert!(four < 2.0, "{four} s for a megabyte");
}

fn document(inside: &str) -> String {
    format!("<Document xmlns=\"{NAMESPACE_PREFIX}pacs.008.001.08\">{inside}</Document>")
}

#[test]
fn deep_nesting_is_refused() {
    grows_with_size(|size| b"<a>".repeat(size / 3 + 1), "XML030");
}

#[test]
fn many_attributes_are_refused() {
    let wide = |size| {
        let attributes: String = (0..size / 8).map(|n| format!(" a{n}=\"1\"")).collect();
        format!("<a{attributes}/>").into_bytes()
    };
    grows_with_size(wide, "XML031");
    let findings = mx::well_formed(&wide(40_000 * 8)).unwrap_err();
    assert_eq!(findings.as_slice()[0].code, "XML031");
}

#[test]
fn many_elements_with_many_attributes_are_read_at_speed() {
    let one: String = (0..60).map(|n| format!(" xmlns:a{n}=\"urn:{n}\"")).collect();
    let one = format!("<a{one} a1:b='' a2:c=''/>");
    grows_with_size(|size| document(&one.repeat(size / one.len() + 1)).into_bytes(), "SCH001");
}

#[test]
fn a_huge_text_is_refused() {
    grows_with_size(
        |size| {
            let text = "x".repeat(size);
            document(&format!(
                "<FIToFICstmrCdtTrf><GrpHdr><MsgId>{text}</MsgId></GrpHdr></FIToFICstmrCdtTrf>"
            ))
            .into_bytes()
        },
        "SCH022",
    );
}

#[test]
fn a_text_in_many_pieces_is_refused() {
    for piece in ["x&amp;", "x<!-- -->", "<![CDATA[x]]>", "x\r\n"] {
        grows_with_size(
            |size| {
                let text = piece.repeat(size / piece.len() + 1);
                document(&format!(
                    "<FIToFICstmrCdtTrf><GrpHdr><MsgId>{text}</MsgId></GrpHdr></FIToFICstmrCdtTrf>"
                ))
                .into_bytes()
            },
            "SCH022",
        );
    }
}

#[test]
fn entity_bombs_are_refused() {
    grows_with_size(
        |size| {
            let bomb = "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">".repeat(size / 38 + 1);
            format!("<!DOCTYPE a [<!ENTITY a \"x\">{bomb}]><a>&b;</a>").into_bytes()
        },
        "XML005",
    );
}

#[test]
fn a_nul_is_refused() {
    grows_with_size(|size| [document(&" ".repeat(size)).as_bytes(), b"\0"].concat(), "XML002");
}

#[test]
fn a_second_root_is_refused() {
    grows_with_size(
        |size| document("").repeat(size / document("").len() + 1).into_bytes(),
        "XML007",
    );
}

#[test]
fn torn_utf_8_is_refused() {
    grows_with_size(
        |size| [document(&"ü".repeat(size / 2)).as_bytes(), b"\xc3"].concat(),
        "XML001",
    );
}

#[test]
fn a_message_of_errors_is_refused() {
    grows_with_size(|size| document(&"<Foo/>".repeat(size / 6 + 1)).into_bytes(), "SCH001");
    grows_with_size(
        |size| {
            document(&(0..size / 9).map(|n| format!("<F{n}/>")).collect::<String>()).into_bytes()
        },
        "SCH001",
    );
}

#[test]
fn long_names_are_refused() {
    grows_with_size(|size| format!("<{0}></{0}x>", "a".repeat(size / 2)).into_bytes(), "XML010");
}

#[test]
fn many_parts_are_read_at_speed() {
    let one = document("");
    grows_with_size(
        |size| format!("<a>{}</a>", one.repeat(size / one.len() + 1)).into_bytes(),
        "SCH002",
    );
}

#[test]
fn comments_without_end_are_refused() {
    grows_with_size(
        |size| format!("<a><!-- {}", "x- ".repeat(size / 3 + 1)).into_bytes(),
        "XML008",
    );
    grows_with_size(
        |size| format!("<a>{}<b", "<!--->".repeat(size / 6 + 1)).into_bytes(),
        "XML016",
    );
}

#[test]
fn the_memory_of_a_thread_is_below_a_megabyte() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let library = Library::built_in();
    let mut checker = Checker::new();
    for name in ["pacs.008.001.08.xml", "pacs.009.001.08.xml", "camt.056.001.08.xml"] {
        checker.check(&std::fs::read(samples.join(name)).unwrap(), &library);
    }
    assert!(checker.memory() < 100_000, "{}", checker.memory());
    let flood = document(&"<FIToFICstmrCdtTrf><GrpHdr/></FIToFICstmrCdtTrf>".repeat(200_000));
    checker.check(flood.as_bytes(), &library);
    assert!(checker.memory() < 1_000_000, "{}", checker.memory());
}
