//! `cargo bench -p mx`: what one message costs on one core.
//!
//! The time is the processor time of the thread, so that a busy machine does not change it much. The best of several rounds counts.

#![allow(clippy::print_stdout, reason = "a benchmark tells people what it measured")]

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use mx::{Checker, Library, Reader, Stream};

const ROUNDS: usize = 9;
const MESSAGES: u32 = 20_000;

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let message = std::fs::read(here.join("../../samples/pacs.008.001.08.xml"))
        .expect("the samples are in the repository");
    let shared = here.join("../../../shared/schemas/xsd");
    let mut library = Library::empty();
    for name in ["head.001.001.02.xsd", "pacs.008.001.08.xsd"] {
        let bytes = std::fs::read(shared.join(name)).expect("schemas are beside the repository");
        let schema = library.add_xsd(&bytes).expect("official schemas compile");
        let took = best(20, || drop(black_box(mx::Schema::from_xsd(&bytes))));
        println!(
            "compile {name:<22} {:>9.3} ms, {} bytes of tables",
            took * 1e3,
            schema.table_bytes()
        );
    }
    let mut reader = Reader::default();
    let took = best(MESSAGES, || drop(black_box(reader.read(&message))));
    show("read for routing", took, message.len());
    let mut checker = Checker::new();
    assert!(checker.check(&message, &library).is_good(), "the sample is good");
    let took = best(MESSAGES, || assert!(black_box(checker.check(&message, &library).is_good())));
    show("check with schema", took, message.len());
    let took = best(MESSAGES, || assert!(black_box(mx::well_formed(&message).is_ok())));
    show("tokenise only", took, message.len());
    println!("memory of the checker: {} bytes", checker.memory());
    large_statement();
}

/// A camt.053 of 100 MB, made and checked piece by piece.
fn large_statement() {
    const ENTRY: &[u8] = b"\n    <Ntry><Amt Ccy=\"EUR\">1250.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
        <Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-23</Dt></BookgDt><BkTxCd/><NtryDtls><TxDtls>\
        <Refs><EndToEndId>NORD-INV-2026-11870</EndToEndId></Refs><RmtInf><Ustrd>Invoice TB-88412\
        </Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>";
    let library = Library::built_in();
    let mut stream = Stream::new(&library);
    let begin = thread_time();
    stream.feed(
        b"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr>\
        <MsgId>1</MsgId><CreDtTm>2026-11-23T00:00:00Z</CreDtTm></GrpHdr><Stmt><Id>1</Id><Acct><Id>\
        <Othr><Id>1</Id></Othr></Id></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>\
        <Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-23</Dt></Dt></Bal>",
    );
    let (mut bytes, mut memory) = (0, 0);
    while bytes < 100_000_000 {
        stream.feed(ENTRY);
        bytes += ENTRY.len();
        memory = stream.memory().max(memory);
    }
    stream.feed(b"</Stmt></BkToCstmrStmt></Document>");
    let findings = stream.finish().findings;
    assert!(findings.is_empty(), "{findings}");
    let seconds = (thread_time() - begin).as_secs_f64();
    let rate = bytes as f64 / seconds / 1e6;
    println!(
        "a camt.053 of {bytes} bytes in pieces: {seconds:.2} s, {rate:.0} MB/s, {memory} bytes"
    );
}

fn show(what: &str, seconds: f64, bytes: usize) {
    let rate = 1.0 / seconds;
    let mb = bytes as f64 / seconds / 1e6;
    println!("{what:<30} {:>9.3} us {rate:>10.0} messages/s {mb:>7.0} MB/s", seconds * 1e6);
}

/// Seconds of one call in the best round.
fn best(calls: u32, mut call: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let begin = thread_time();
        for _ in 0..calls {
            call();
        }
        let took = thread_time().saturating_sub(begin);
        best = best.min(took.as_secs_f64() / f64::from(calls));
    }
    best
}

/// The processor time of this thread.
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("processor time is not negative")
}
