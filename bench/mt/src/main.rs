//! Speed of the FIN engine beside the crates swift-mt-message and mx20022-translate, in one run on
//! one core, over the same MT 103.
//!
//! `taskset -c 1 cargo run --release` prints messages per second, best of five rounds each;
//! `cargo run --release -- file 500` checks a stream of that many MB of statements in pieces and
//! prints time and the most memory that the process had. `profile N` checks N messages, for a
//! profiler.

use std::hint::black_box;
use std::time::Instant;

use mt::{Checker, Splitter, Standard};
use swift_mt_message::messages::MT103;
use swift_mt_message::parser::SwiftParser;

/// A message that all three read: a customer payment of usual size.
const PAYMENT: &str = concat!(
    "{1:F01NUNCBEBBAXXX0001000001}{2:I103NUNCDEFFXXXXN}",
    "{3:{108:MUR-103-0001}{121:5fb4fe6b-eaa3-4e16-a4db-1d50bd512220}}{4:\r\n",
    ":20:NUNCIO-103-0001\r\n:23B:CRED\r\n:23E:PHOB/20.527.19.60\r\n",
    ":32A:261123EUR1200,5\r\n:33B:USD1300,\r\n:36:0,9235\r\n",
    ":50K:/DE89370400440532013000\r\nMAXIMILIAN MUSTER\r\nHAUPTSTRASSE 1\r\nFRANKFURT\r\n",
    ":52A:NUNCDEFF\r\n:53B:/BE62510007547061\r\n:56A:NUNCFRPP\r\n:57A:NUNCGB2L\r\n",
    ":59:/GB82WEST12345698765432\r\nACME LIMITED\r\n1 HIGH STREET\r\nLONDON\r\n",
    ":70:/INV/4711\r\n:71A:SHA\r\n:71F:USD5,\r\n:72:/ACC/PLEASE ADVISE\r\n-}",
    "{5:{CHK:123456789ABC}}",
);

/// One statement of five lines.
fn statement(number: usize) -> String {
    let mut text = format!(
        "{{1:F01NUNCBEBBAXXX0001{:06}}}{{2:I940NUNCDEFFXXXXN}}{{4:\r\n:20:S{number}\r\n:25:123-304958\r\n:28C:{}/1\r\n:60F:C261122EUR1000,\r\n",
        number % 1_000_000,
        number % 10_000,
    );
    for line in 0..5 {
        text += &format!(
            ":61:2611231123C{line}0,5NTRFNONREF//{line}\r\nDETAILS\r\n:86:/ORDP/ACME LIMITED\r\n/REMI/INVOICE {line}\r\n"
        );
    }
    text + ":62F:C261123EUR1102,5\r\n-}$"
}

/// Seconds that this thread has had a core, so that other work on the machine counts little; the
/// clock where Linux does not tell.
fn cpu_seconds(start: Instant) -> f64 {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok())
        .map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// The best rate of five rounds, in calls per second of a core.
fn rate(name: &str, calls: u32, mut act: impl FnMut()) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..5 {
        let clock = Instant::now();
        let start = cpu_seconds(clock);
        for _ in 0..calls {
            act();
        }
        best = best.max(f64::from(calls) / (cpu_seconds(clock) - start));
    }
    println!("{name:<44} {best:>12.0} messages/s");
    best
}

fn compare() {
    let standard = Standard::built_in();
    let mut checker = Checker::new(standard);
    let checked = checker.check(PAYMENT.as_bytes());
    assert!(checked.is_good(), "{}", checked.findings);
    println!("one MT 103 of {} bytes", PAYMENT.len());
    let ours = rate("nuncio mt: read, structure and all rules", 400_000, || {
        let checked = checker.check(black_box(PAYMENT.as_bytes()));
        assert!(black_box(checked).findings.is_empty());
    });
    rate("nuncio mt: read alone", 400_000, || {
        let _ = black_box(mt::read(black_box(PAYMENT.as_bytes())));
    });
    SwiftParser::parse::<MT103>(PAYMENT).expect("swift-mt-message reads it");
    let swift = rate("swift-mt-message: parse", 10_000, || {
        let _ = black_box(SwiftParser::parse::<MT103>(black_box(PAYMENT)));
    });
    let validated = rate("swift-mt-message: parse and validate", 10_000, || {
        let message = SwiftParser::parse::<MT103>(black_box(PAYMENT)).expect("it parses");
        let _ = black_box(message.validate());
    });
    mx20022_translate::mt::parse(PAYMENT).expect("mx20022 reads it");
    let mx = rate("mx20022-translate: parse, no rules", 50_000, || {
        let _ = black_box(mx20022_translate::mt::parse(black_box(PAYMENT)));
    });
    println!(
        "against swift-mt-message: {:.1} (parse), {:.1} (validate)",
        ours / swift,
        ours / validated
    );
    println!("against mx20022-translate: {:.1}", ours / mx);
}

/// Checks a stream of this many MB of statements, fed in pieces of 64 KB.
fn stream(megabytes: usize) {
    const PIECE: usize = 64 * 1024;
    let block: String = (0..2000).map(statement).collect();
    let blocks = megabytes * 1_000_000 / block.len();
    let standard = Standard::built_in();
    let clock = Instant::now();
    let start = cpu_seconds(clock);
    let (mut splitter, mut checker) = (Splitter::new(), Checker::new(standard));
    let (mut messages, mut bytes) = (0_u64, 0_usize);
    for _ in 0..blocks {
        for piece in block.as_bytes().chunks(PIECE) {
            splitter.feed(piece);
            bytes += piece.len();
            while let Some(message) = splitter.next_message().expect("a stream in form") {
                let checked = checker.check(message);
                assert!(checked.is_good(), "{}", checked.findings);
                messages += 1;
            }
        }
    }
    let seconds = cpu_seconds(clock) - start;
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = memory.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!(
        "{} MB, {messages} statements, {seconds:.2} s, {:.0} MB/s, {most}",
        bytes / 1_000_000,
        bytes as f64 / 1e6 / seconds,
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.as_slice() {
        [_, word, count] if word == "profile" => {
            let mut checker = Checker::new(Standard::built_in());
            for _ in 0..count.parse::<u32>().expect("a number of messages") {
                let _ = black_box(checker.check(black_box(PAYMENT.as_bytes())));
            }
        }
        [_, word, megabytes] if word == "file" => {
            stream(megabytes.parse().expect("a number of MB"))
        }
        _ => compare(),
    }
}
