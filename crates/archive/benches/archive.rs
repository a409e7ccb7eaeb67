//! What an archive costs for each message and how long a look-up takes, as it grows.
//!
//! `cargo bench -p archive -- 10000000` folds ten million records; 200,000 unless it is said.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement says what it found")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

#[path = "../tests/it/world.rs"]
#[expect(dead_code, reason = "the tests tell longer stories")]
mod world;

use std::time::Instant;

use archive::{Archive, By, Options, Query};
use trust::{Lane, Priority};
use world::{Sent, World};

/// Four messages and one acknowledgement of all of them.
const MESSAGES: u64 = 4;
const STEP: u64 = 1_000_000;
const TERMINALS: u64 = 1_000;
const LOOK_UPS: u64 = 1_000;

fn main() {
    let wanted = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(200_000);
    let folder = tempfile::tempdir_in(
        std::env::var_os("ARCHIVE_BENCH_DIR")
            .map_or_else(std::env::temp_dir, std::path::PathBuf::from),
    )
    .unwrap();
    let mut world = World::new(&folder.path().join("journal"));
    let place = folder.path().join("archive");
    let mut archive = Archive::open(&place, Options::default(), &world.reader()).unwrap();
    let finder = archive.finder();
    let mut rounds = 0;
    println!("records  fold us/record  index bytes/record  id us  reference us");
    while archive.next() < wanted {
        let until = (archive.next() + STEP).min(wanted);
        while world.next() < until {
            round(&mut world, rounds);
            rounds += 1;
            if rounds.is_multiple_of(500) {
                world.sync();
            }
        }
        world.sync();
        let reader = world.reader();
        let (begun, from) = (Instant::now(), archive.next());
        while archive.next() < reader.next_sequence() {
            let count = 50_000_usize;
            let next = archive.next();
            let batch = reader.records(next).take(count);
            archive.fold(batch).unwrap();
        }
        let folded = archive.next() - from;
        let per_record = begun.elapsed().as_secs_f64() * 1e6 / folded as f64;
        let bytes: u64 = std::fs::read_dir(&place)
            .unwrap()
            .map(|it| it.unwrap().metadata().unwrap().len())
            .sum();
        let ask = |by: &dyn Fn(u64) -> By| {
            let begun = Instant::now();
            for look in 0..LOOK_UPS {
                // Far apart, so that nothing is near by chance.
                let number = look * 2_654_435_761 % (rounds * MESSAGES);
                let found = finder.find(&Query::of(by(number), 2), &reader).unwrap();
                assert_eq!(found.len(), 1, "message {number}");
            }
            begun.elapsed().as_secs_f64() * 1e6 / LOOK_UPS as f64
        };
        let id = ask(&|message| {
            let (round, place) = (message / MESSAGES, message % MESSAGES);
            let input_number = round / TERMINALS * MESSAGES + place + 1;
            By::Id { terminal: terminal(round).parse().unwrap(), input_number }
        });
        let reference = ask(&|message| By::Reference(reference(message).parse().unwrap()));
        println!(
            "{}  {per_record:.2}  {:.1}  {id:.0}  {reference:.0}",
            archive.next(),
            bytes as f64 / archive.next() as f64
        );
    }
}

fn bic(number: u64) -> String {
    let letter = |n: u64| char::from(b'A' + u8::try_from(n % 26).unwrap());
    format!("{}{}{}ADEFF", letter(number / 676), letter(number / 26), letter(number))
}

fn terminal(round: u64) -> String {
    format!("{}A", bic(round % TERMINALS))
}

fn reference(message: u64) -> String {
    format!("REF-{}", message.wrapping_mul(11_400_714_819_323_198_485) >> 24)
}

/// A terminal sends to its neighbour, which takes all of it over.
fn round(world: &mut World, round: u64) {
    let (from, to) = (terminal(round), bic((round + 1) % TERMINALS));
    let before = round / TERMINALS * MESSAGES;
    for place in 0..MESSAGES {
        let reference = reference(round * MESSAGES + place);
        world.accepted(&Sent {
            from: &from,
            number: before + place + 1,
            to: &to,
            reference: &reference,
            priority: Priority::Normal,
        });
    }
    world.taken(&format!("{to}A"), Lane::NORMAL, before + 1, before + MESSAGES);
}
