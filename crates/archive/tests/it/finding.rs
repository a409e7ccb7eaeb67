//! What is found, and what an archive does with a journal that is not its own.

use std::fmt::Write as _;
use std::fs;

use archive::{Archive, By, Error, Finder, Options, Query};
use expect_test::{Expect, expect};
use journal::Reader;
use network::{Bypass, Calendar, CopyExtent, CopyMode, CopyRule, Hours, WhileClosed};
use tempfile::TempDir;
use trust::codec::Writer;
use trust::{Digest, Lane, LogTime, Priority, Verdict};

use crate::world::{Sent, World};

const SMALL: Options = Options { volume_records: 4, cache_bytes: 1 << 20 };

struct Bench {
    folder: TempDir,
    world: World,
}

/// Alpha sends to Bank: one is taken, one declined, one is urgent and waits, one is refused.
fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(&folder.path().join("journal"));
    let sent = |number, reference| Sent {
        from: "ALPHDEFFA",
        number,
        to: "BANKFRPP",
        reference,
        priority: Priority::Normal,
    };
    world.accepted(&sent(1, "ONE"));
    world.accepted(&sent(2, "TWO"));
    world.accepted(&Sent { priority: Priority::Urgent, ..sent(3, "THREE") });
    world.refused(&sent(4, "FOUR"));
    world.taken("BANKFRPPA", Lane::SYSTEM, 1, 1);
    world.taken("BANKFRPPA", Lane::NORMAL, 1, 1);
    world.declined("BANKFRPPA", 2);
    world.accepted(&Sent { from: "BANKFRPPA", number: 1, to: "ALPHDEFF", ..sent(1, "ONE") });
    world.accepted(&sent(5, "FIVE"));
    world.taken("BANKFRPPA", Lane::NORMAL, 3, 3);
    world.sync();
    Bench { folder, world }
}

impl Bench {
    fn open(&self) -> Archive {
        let folder = self.folder.path().join("archive");
        Archive::open(&folder, SMALL, &self.world.reader()).unwrap()
    }

    fn folded(&self) -> Archive {
        let mut archive = self.open();
        archive.fold(self.world.reader().records(archive.next())).unwrap();
        archive
    }
}

fn story(finder: &Finder, query: &Query, journal: &Reader) -> String {
    let mut got = String::new();
    for found in finder.find(query, journal).unwrap() {
        let record = &found.record;
        let place = found
            .place
            .map_or_else(|| "refused".to_owned(), |(lane, number)| format!("{lane} {number}"));
        write!(got, "{} {place} {:?}", record.head.sequence, record.payload).unwrap();
        for event in &found.history {
            write!(got, ", {} of kind {}", event.head.sequence, event.head.kind.0).unwrap();
        }
        got.push('\n');
    }
    got
}

#[track_caller]
fn check(query: &Query, want: &Expect) {
    let bench = bench();
    let archive = bench.folded();
    want.assert_eq(&story(&archive.finder(), query, &bench.world.reader()));
}

fn id(terminal: &str, input_number: u64) -> By {
    By::Id { terminal: terminal.parse().unwrap(), input_number }
}

fn sent(first: u64, last: u64) -> By {
    By::Sent { terminal: "ALPHDEFFA".parse().unwrap(), first, last }
}

#[test]
fn a_message_is_found_by_its_name_with_its_bytes_and_what_became_of_it() {
    check(
        &Query::of(id("ALPHDEFFA", 1), 9),
        &expect![[r#"
            1 normal 1 b"<Document>ONE</Document>", 6 of kind 3
        "#]],
    );
    check(
        &Query::of(id("ALPHDEFFA", 2), 9),
        &expect![[r#"
            2 normal 2 b"<Document>TWO</Document>", 7 of kind 4
        "#]],
    );
    check(
        &Query::of(id("ALPHDEFFA", 3), 9),
        &expect![[r#"
            3 urgent 1 b"<Document>THREE</Document>"
        "#]],
    );
    check(
        &Query::of(id("ALPHDEFFA", 4), 9),
        &expect![[r#"
            4 refused b""
        "#]],
    );
    check(&Query::of(id("ALPHDEFFA", 6), 9), &expect![""]);
}

#[test]
fn a_reference_and_a_transaction_find_all_messages_that_name_them() {
    let both = expect![[r#"
        1 normal 1 b"<Document>ONE</Document>", 6 of kind 3
        8 normal 1 b"<Document>ONE</Document>"
    "#]];
    check(&Query::of(By::Reference("ONE".parse().unwrap()), 9), &both);
    let Digest(digest) = Digest::of(b"ONE");
    let uetr = iso::Uetr::from_random(*digest.first_chunk::<16>().unwrap());
    check(&Query::of(By::Uetr(uetr), 9), &both);
    check(
        &Query::of(By::Reference("FOUR".parse().unwrap()), 9),
        &expect![[r#"
        4 refused b""
    "#]],
    );
    check(&Query::of(By::Reference("NONE".parse().unwrap()), 9), &expect![""]);
}

#[test]
fn ranges_of_numbers_cross_volumes_and_go_on_where_a_page_ended() {
    check(
        &Query::of(sent(2, 5), 9),
        &expect![[r#"
            2 normal 2 b"<Document>TWO</Document>", 7 of kind 4
            3 urgent 1 b"<Document>THREE</Document>"
            4 refused b""
            9 normal 3 b"<Document>FIVE</Document>", 10 of kind 3
        "#]],
    );
    check(
        &Query { after: Some(2), ..Query::of(sent(1, u64::MAX), 2) },
        &expect![[r#"
            3 urgent 1 b"<Document>THREE</Document>"
            4 refused b""
        "#]],
    );
    let receiver = "BANKFRPP".parse().unwrap();
    let received = By::Received { institution: receiver, lane: Lane::NORMAL, first: 2, last: 3 };
    check(
        &Query::of(received, 9),
        &expect![[r#"
            2 normal 2 b"<Document>TWO</Document>", 7 of kind 4
            9 normal 3 b"<Document>FIVE</Document>", 10 of kind 3
        "#]],
    );
}

#[test]
fn times_and_parties_narrow_what_is_found() {
    let between = Query { from: LogTime(3_000), until: LogTime(9_000), ..Query::of(sent(1, 9), 9) };
    check(
        &between,
        &expect![[r#"
            3 urgent 1 b"<Document>THREE</Document>"
            4 refused b""
        "#]],
    );
    let one = Query::of(By::Reference("ONE".parse().unwrap()), 9);
    let party = |bic: &str| Query { party: Some(bic.parse().unwrap()), ..one.clone() };
    check(&party("CHASUS33"), &expect![""]);
    check(
        &party("ALPHDEFF"),
        &expect![[r#"
            1 normal 1 b"<Document>ONE</Document>", 6 of kind 3
            8 normal 1 b"<Document>ONE</Document>"
        "#]],
    );
    // A refused message concerns its sender alone.
    let four = Query::of(By::Reference("FOUR".parse().unwrap()), 9);
    check(&Query { party: Some("BANKFRPP".parse().unwrap()), ..four }, &expect![""]);
}

#[test]
fn an_archive_that_stops_anywhere_goes_on_and_finds_the_same() {
    let bench = bench();
    let reader = bench.world.reader();
    let query = Query::of(sent(1, 9), 9);
    let whole = story(&bench.folded().finder(), &query, &reader);
    for stop in 0..reader.next_sequence() {
        fs::remove_dir_all(bench.folder.path().join("archive")).unwrap();
        let mut archive = bench.open();
        let records = reader.records(0).take(usize::try_from(stop).unwrap());
        archive.fold(records).unwrap();
        assert_eq!(archive.next(), stop);
        drop(archive);
        assert_eq!(story(&bench.folded().finder(), &query, &reader), whole, "stopped at {stop}");
    }
}

#[test]
fn an_archive_of_another_journal_is_begun_anew() {
    let (one, other) = (bench(), bench());
    drop(one.folded());
    let mut longer = other;
    longer.world.taken("BANKFRPPA", Lane::URGENT, 1, 1);
    longer.world.sync();
    let folder = one.folder.path().join("archive");
    // The same beginning is the same journal.
    let archive = Archive::open(&folder, SMALL, &longer.world.reader()).unwrap();
    assert_eq!(archive.next(), 11);
    drop(archive);
    let empty = tempfile::tempdir().unwrap();
    let world = World::new(empty.path());
    let archive = Archive::open(&folder, SMALL, &world.reader()).unwrap();
    assert_eq!(archive.next(), 0);
    drop(archive);
    fs::write(folder.join("00000000000000000000.volume"), b"rubbish").unwrap();
    let archive = Archive::open(&folder, SMALL, &world.reader()).unwrap();
    assert_eq!(archive.next(), 0);
}

#[test]
fn volumes_leave_by_their_age_and_numbers_go_on() {
    let bench = bench();
    let reader = bench.world.reader();
    let mut archive = bench.folded();
    assert_eq!(archive.expire(LogTime(3_000)).unwrap(), 0);
    assert_eq!(archive.expire(LogTime(3_001)).unwrap(), 1);
    let found = story(&archive.finder(), &Query::of(sent(1, 9), 9), &reader);
    expect![[r#"
        4 refused b""
        9 normal 3 b"<Document>FIVE</Document>", 10 of kind 3
    "#]]
    .assert_eq(&found);
    // The last volume stays, however old it is, for the numbers of the lanes stand in it.
    archive.expire(LogTime(u64::MAX)).unwrap();
    drop(archive);
    assert_eq!(bench.open().next(), reader.next_sequence());
}

#[test]
fn two_processes_do_not_share_an_archive() {
    let bench = bench();
    let _archive = bench.folded();
    let folder = bench.folder.path().join("archive");
    let second = Archive::open(&folder, SMALL, &bench.world.reader());
    assert!(matches!(second, Err(Error::Volume(_))), "{second:?}");
}

#[test]
fn a_large_batch_is_found_as_small_ones_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(&folder.path().join("journal"));
    for number in 1..=3_000 {
        // Every hundredth reference is used again, and now and then somebody else sends something.
        let reference = format!("REF-{}", if number % 100 == 0 { 0 } else { number });
        let sent = |from, number, to| Sent {
            from,
            number,
            to,
            reference: &reference,
            priority: Priority::Normal,
        };
        world.accepted(&sent("ALPHDEFFA", number, "BANKFRPP"));
        if number % 250 == 0 {
            world.accepted(&sent("BANKFRPPA", number / 250, "ALPHDEFF"));
            world.taken("BANKFRPPA", Lane::NORMAL, number - 249, number);
        }
    }
    world.sync();
    let reader = world.reader();
    let archive = |name: &str, batch: usize| {
        let place = folder.path().join(name);
        let mut archive = Archive::open(&place, Options::default(), &reader).unwrap();
        while archive.next() < reader.next_sequence() {
            archive.fold(reader.records(archive.next()).take(batch)).unwrap();
        }
        archive.finder()
    };
    let (large, small) = (archive("large", 10_000), archive("small", 70));
    let reference = |text: &str| By::Reference(text.parse().unwrap());
    let received = By::Received {
        institution: "BANKFRPP".parse().unwrap(),
        lane: Lane::NORMAL,
        first: 240,
        last: 1_260,
    };
    for (by, count) in [
        (id("ALPHDEFFA", 1), 1),
        (id("ALPHDEFFA", 2_999), 1),
        (id("ALPHDEFFA", 3_001), 0),
        (id("BANKFRPPA", 12), 1),
        (reference("REF-1234"), 1),
        (reference("REF-0"), 36),
        (reference("REF-100"), 0),
        (sent(245, 1_255), 1_011),
        (sent(2_990, 9_000), 11),
        (received, 1_021),
    ] {
        for after in [None, Some(0), Some(1_000), Some(3_020)] {
            let query = Query { after, ..Query::of(by.clone(), 5_000) };
            let stories = [&large, &small].map(|finder| story(finder, &query, &reader));
            assert_eq!(stories[0], stories[1], "{by:?} after {after:?}");
            if after.is_none() {
                assert_eq!(stories[0].lines().count(), count, "{by:?}");
            }
        }
    }
}

#[test]
fn held_and_copied_messages_have_the_numbers_that_the_network_gave_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(&folder.path().join("journal"));
    let chase = "CHASUS33".parse().unwrap();
    let rule = CopyRule::new(chase, CopyMode::Hold, CopyExtent::Full);
    world.copies(CopyRule { bypass: Bypass::ByOrder, ..rule }, None);
    let sent = |number, reference| Sent {
        from: "ALPHDEFFA",
        number,
        to: "BANKFRPP",
        reference,
        priority: Priority::Normal,
    };
    let ids = [(1, "ONE"), (2, "TWO"), (3, "THREE"), (4, "FOUR")]
        .map(|(number, reference)| world.accepted(&sent(number, reference)));
    // One for the institution itself is neither held nor copied, and comes behind four copies.
    world.accepted(&Sent { to: "CHASUS33", ..sent(5, "FIVE") });
    world.decided("CHASUS33A", ids[2], Verdict::Authorised);
    world.decided("CHASUS33A", ids[0], Verdict::Refused { code: "AM04".parse().unwrap() });
    world.other(118, b"\0\x08payments\x01\0\x04down".to_vec());
    let mut bypassed = Writer::with_capacity(32);
    bypassed.raw(b"ALPHDEFFBANKFRPP").u16(1).u64(ids[1]);
    world.other(117, bypassed.finish());
    world.accepted(&sent(6, "SIX"));
    world.taken("BANKFRPPA", Lane::NORMAL, 1, 2);
    world.sync();
    let options = Options { volume_records: 4, cache_bytes: 1 << 20 };
    let journal = world.reader();
    let mut archive = Archive::open(&folder.path().join("archive"), options, &journal).unwrap();
    archive.fold(journal.records(archive.next())).unwrap();
    let finder = archive.finder();
    let of = |by| story(&finder, &Query::of(by, 100), &journal);
    let all = By::Sent { terminal: "ALPHDEFFA".parse().unwrap(), first: 1, last: 9 };
    expect![[r#"
        2 refused b"<Document>ONE</Document>", 8 of kind 116
        3 normal 2 b"<Document>TWO</Document>", 10 of kind 117, 12 of kind 3
        4 normal 1 b"<Document>THREE</Document>", 7 of kind 116, 12 of kind 3
        5 refused b"<Document>FOUR</Document>"
        6 normal 5 b"<Document>FIVE</Document>"
        11 normal 3 b"<Document>SIX</Document>"
    "#]]
    .assert_eq(&of(all));
    let received = |institution: &str| By::Received {
        institution: institution.parse().unwrap(),
        lane: Lane::NORMAL,
        first: 1,
        last: 99,
    };
    expect![[r#"
        4 normal 1 b"<Document>THREE</Document>", 7 of kind 116, 12 of kind 3
        3 normal 2 b"<Document>TWO</Document>", 10 of kind 117, 12 of kind 3
        11 normal 3 b"<Document>SIX</Document>"
    "#]]
    .assert_eq(&of(received("BANKFRPP")));
    expect![[r#"
        6 normal 5 b"<Document>FIVE</Document>"
    "#]]
    .assert_eq(&of(received("CHASUS33")));
}

#[test]
fn what_waits_for_a_decision_and_an_opening_has_its_number_when_the_last_of_both_has_come() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(&folder.path().join("journal"));
    let daily = "daily".parse().unwrap();
    world.calendar(Calendar::new(daily, 0, vec![(LogTime(0), 0)], Vec::new()).unwrap());
    let rule = CopyRule::new("CHASUS33".parse().unwrap(), CopyMode::Hold, CopyExtent::Header);
    world.copies(rule, Hours::new(daily, 480, (1080, 1020), WhileClosed::Hold));
    let sent = |number, reference| Sent {
        from: "ALPHDEFFA",
        number,
        to: "BANKFRPP",
        reference,
        priority: Priority::Normal,
    };
    let ids = [(1, "ONE"), (2, "TWO"), (3, "THREE")]
        .map(|(number, reference)| world.accepted(&sent(number, reference)));
    // The second is authorised before the opening, the first behind it, the third never.
    world.decided("CHASUS33A", ids[1], Verdict::Authorised);
    world.later = 9 * 3_600 * 1_000_000;
    let mut released = Writer::with_capacity(32);
    released.raw(b"ALPHDEFFBANKFRPP").u8(Lane::NORMAL.0).u64(1).u16(1).u64(ids[1]);
    world.other(57, released.finish());
    world.decided("CHASUS33A", ids[0], Verdict::Authorised);
    world.taken("BANKFRPPA", Lane::NORMAL, 1, 2);
    world.sync();
    let options = Options { volume_records: 3, cache_bytes: 1 << 20 };
    let journal = world.reader();
    let mut archive = Archive::open(&folder.path().join("archive"), options, &journal).unwrap();
    archive.fold(journal.records(archive.next())).unwrap();
    let by = By::Sent { terminal: "ALPHDEFFA".parse().unwrap(), first: 1, last: 9 };
    expect![[r#"
        3 normal 2 b"<Document>ONE</Document>", 8 of kind 116, 9 of kind 3
        4 normal 1 b"<Document>TWO</Document>", 6 of kind 116, 7 of kind 57, 9 of kind 3
        5 refused b"<Document>THREE</Document>"
    "#]]
    .assert_eq(&story(&archive.finder(), &Query::of(by, 100), &journal));
}
