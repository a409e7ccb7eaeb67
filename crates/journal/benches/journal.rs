//! What it costs to append, beside writing the same bytes plainly, and how fast records come back.
//!
//! `cargo bench -p journal` runs in the directory of `TMPDIR`; choose one on the disk that counts.
//! CPU of appending is that of the thread that commits.

#![allow(
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "this program prints a table of rounded numbers"
)]

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::Instant;

use bytes::Bytes;
use journal::snapshot::Snapshot;
use journal::{Draft, Local, Options, Reader, Records};
use trust::{Digest, LogTime, RecordKind, Shard};

const RECORD: usize = 4096;
const GROUPS: [usize; 4] = [1, 64, 256, 1024];

fn main() {
    // `cargo bench -p journal -- restart` for this alone: it writes some gigabytes.
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "restart") {
        restart(10_000_000);
        return;
    }
    // `-- replay DIR BYTES` replays a journal in a folder, and makes it there first if need be: run
    // it a second time under a counter of instructions.
    if let [word, folder, payload, ..] = words.as_slice()
        && word == "replay"
    {
        again(Path::new(folder), payload.parse().expect("a number of bytes"));
        return;
    }
    println!("append and sync, records of {RECORD} bytes on disk, one commit of each in turn");
    println!("{:>6} {:>42} {:>42}", "", "journal", "plain pwrite + fdatasync");
    print!("{:>6}", "group");
    for _ in 0..2 {
        print!(" {:>10} {:>10} {:>10} {:>10}", "us median", "us p99", "records/s", "cpu us/rec");
    }
    println!();
    for group in GROUPS {
        let rounds = (128 * 1024 / group).clamp(64, 1000);
        let (ours, plain) = append(group, rounds);
        println!("{group:>6}{}{}", ours.row(group), plain.row(group));
    }
    replay(0, 2_000_000);
    replay(3400, 100_000);
}

/// What each of many commits took.
#[derive(Default)]
struct Commits {
    wall_us: Vec<f64>,
    cpu_us: Vec<f64>,
}

impl Commits {
    fn add(&mut self, work: impl FnOnce()) {
        let cpu = thread_cpu_us();
        #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
        let start = Instant::now();
        work();
        self.wall_us.push(start.elapsed().as_secs_f64() * 1e6);
        self.cpu_us.push(thread_cpu_us() - cpu);
    }

    /// Medians, for other programs use the disk and the processor too.
    fn row(&self, group: usize) -> String {
        let at = |times: &[f64], part: f64| {
            let mut times = times.to_vec();
            times.sort_by(f64::total_cmp);
            let last = times.len() - 1;
            times.get((last as f64 * part).round() as usize).copied().unwrap_or_default()
        };
        let median = at(&self.wall_us, 0.5);
        format!(
            " {median:>10.0} {:>10.0} {:>10.0} {:>10.2}",
            at(&self.wall_us, 0.99),
            group as f64 * 1e6 / median,
            at(&self.cpu_us, 0.5) / group as f64
        )
    }
}

/// The CPU time of this thread, by the scheduler's count.
fn thread_cpu_us() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux has it");
    let first = text.split_whitespace().next().expect("it has three numbers");
    first.parse::<f64>().expect("nanoseconds") / 1000.0
}

struct Spent {
    wall_s: f64,
    cpu_s: f64,
}

fn measure(work: impl FnOnce()) -> Spent {
    let cpu = cpu_s();
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    let start = Instant::now();
    work();
    Spent { wall_s: start.elapsed().as_secs_f64(), cpu_s: cpu_s() - cpu }
}

/// The CPU time of this process, all threads, from the kernel's ticks of 10 ms.
fn cpu_s() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").expect("Linux has it");
    let fields: Vec<&str> = text.rsplit(')').next().expect("a name").split_whitespace().collect();
    let ticks: f64 =
        fields.iter().skip(11).take(2).map(|field| field.parse::<f64>().expect("a count")).sum();
    ticks / 100.0
}

fn options() -> Options {
    Options { create: true, ..Options::new("bench".parse().expect("a name"), Shard(0)) }
}

fn draft(bytes: usize) -> Draft {
    let payload = Bytes::from(vec![0x55; bytes]);
    Draft {
        at: LogTime(1),
        kind: RecordKind::ACCEPTED,
        meta: Bytes::from_static(&[7; 200]),
        payload_digest: Digest::of(&payload),
        payload,
    }
}

fn append(group: usize, rounds: usize) -> (Commits, Commits) {
    const SEGMENT: usize = 64 * 1024 * 1024;
    let directory = tempfile::tempdir().expect("a directory");
    let (mut journal, _) = Local::open(directory.path(), &options()).expect("opens");
    journal.open_epoch(LogTime(1), 1).expect("opens");
    let draft = draft(RECORD - 200 - 164);
    let file = zeroed(&directory.path().join("plain"), SEGMENT);
    let bytes = vec![0x55; group * RECORD];
    let mut at = 0;
    let (mut ours, mut plain) = (Commits::default(), Commits::default());
    for _ in 0..rounds {
        ours.add(|| {
            for _ in 0..group {
                journal.stage(&draft).expect("there is room");
            }
            journal.commit().expect("the disk works");
        });
        if at + bytes.len() > SEGMENT {
            at = 0;
        }
        plain.add(|| {
            file.write_all_at(&bytes, at as u64).expect("the disk works");
            file.sync_data().expect("the disk works");
        });
        at += bytes.len();
    }
    (ours, plain)
}

fn zeroed(path: &Path, bytes: usize) -> fs::File {
    let file = fs::File::create(path).expect("a file");
    file.write_all_at(&vec![0; bytes], 0).expect("there is space");
    file.sync_all().expect("the disk works");
    file
}

/// A journal of so many records with 60 bytes of meta.
fn filled(directory: &Path, payload: usize, records: usize) -> Local {
    let (mut journal, _) = Local::open(directory, &options()).expect("opens");
    journal.open_epoch(LogTime(1), 1).expect("opens");
    let draft = Draft { meta: Bytes::from_static(&[7; 60]), ..draft(payload) };
    for _ in 0..records / 1000 {
        for _ in 0..1000 {
            journal.stage(&draft).expect("there is room");
        }
        journal.commit().expect("the disk works");
    }
    journal
}

fn count(records: Records) -> usize {
    records.fold(0, |count, record| {
        record.expect("is sound");
        count + 1
    })
}

/// Restart with a snapshot at the end and 100,000 records behind it, beside folding all records.
fn restart(records: usize) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut journal = filled(directory.path(), 0, records);
    let chain = journal.durable().clone();
    let state = Bytes::from(vec![7; 50 * 1024 * 1024]);
    let snapshot = Snapshot { chain, sections: [("state".to_owned(), state)].into() };
    let saved = measure(|| {
        journal.reader().snapshots().save(&snapshot).expect("the disk works");
    });
    let draft = Draft { meta: Bytes::from_static(&[7; 60]), ..draft(0) };
    for _ in 0..100 {
        for _ in 0..1000 {
            journal.stage(&draft).expect("there is room");
        }
        journal.commit().expect("the disk works");
    }
    journal.close().expect("the disk works");
    let mut tail = 0;
    let bounded = measure(|| {
        let (journal, _) = Local::open(directory.path(), &options()).expect("opens");
        let reader = journal.reader();
        let latest = reader.snapshots().latest().expect("agrees");
        let chain = latest.snapshot.expect("there is one").chain;
        tail = count(reader.resume(&chain).expect("agrees"));
    });
    println!(
        "restart of {records} records with a snapshot of 50 MiB and a tail of {tail}: {:.2} s, cpu {:.2} s; writing the snapshot {:.2} s",
        bounded.wall_s, bounded.cpu_s, saved.wall_s
    );
    let full = measure(|| {
        let (journal, _) = Local::open(directory.path(), &options()).expect("opens");
        let count = count(journal.reader().records(0));
        assert_eq!(count, records + tail + 1, "all records come back");
    });
    println!(
        "restart without: {:.2} s, cpu {:.2} s, {:.0} records/s",
        full.wall_s,
        full.cpu_s,
        records as f64 / full.wall_s
    );
}

/// Replays a journal that is there already, without and with the digests of bodies.
fn again(folder: &Path, payload: usize) {
    if !folder.exists() {
        filled(folder, payload, 400_000_000 / (payload + 300) / 1000 * 1000)
            .close()
            .expect("the disk works");
    }
    if std::env::var_os("FULL").is_some() {
        let report = journal::verify(folder, true).expect("is a journal");
        println!("{} records verified", report.records);
        return;
    }
    let reader = Reader::open(folder).expect("is a journal");
    println!("{} records replayed", count(reader.records(0)));
}

fn replay(payload: usize, records: usize) {
    let directory = tempfile::tempdir().expect("a directory");
    filled(directory.path(), payload, records).close().expect("the disk works");
    let mut opened = None;
    let opening =
        measure(|| opened = Some(Local::open(directory.path(), &options()).expect("opens").0));
    let journal = opened.expect("it was opened");
    let mut count = 0_u64;
    let spent = measure(|| {
        for record in journal.reader().records(0) {
            record.expect("is sound");
            count += 1;
        }
    });
    println!(
        "replay of {count} records with 60 + {payload} bytes: {:.0} records/s, cpu {:.2} us/record; opening {:.0} ms",
        count as f64 / spent.wall_s,
        spent.cpu_s * 1e6 / count as f64,
        opening.wall_s * 1e3
    );
    let reader = journal.reader();
    let reads = 200_000_u64;
    let spent = measure(|| {
        for number in 0..reads {
            let sequence = (number * 7919) % count;
            reader.read(sequence).expect("is sound");
        }
    });
    println!(
        "  one at a time: {:.0} records/s, cpu {:.2} us/record",
        reads as f64 / spent.wall_s,
        spent.cpu_s * 1e6 / reads as f64
    );
}
