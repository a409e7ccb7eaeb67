//! The promises of the store: numbers without gaps, keys that make repeats harmless, and nothing
//! that was answered is lost.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use tempfile::TempDir;
use trust::{
    Acceptance, Digest, Header, LogTime, LoggedRecord, Monitoring, NetworkName, Priority, Receipt,
    ReceiptKind, RecordHead, RecordKind, Shard,
};

use super::changes::KEPT;
use super::tables::{Tables, counter};
use super::writer::Change;
use super::*;

struct Bench {
    folder: TempDir,
    faults: Faults,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), faults: Faults::default() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("store.redb")
    }

    fn open(&self) -> (Store, WriterThread) {
        Store::open_with(&self.path(), network(), terminal(), &self.faults).unwrap()
    }

    /// The store as it would be found after a crash now.
    fn crashed(&self) -> (Store, WriterThread) {
        let copy = self.folder.path().join("copy.redb");
        std::fs::copy(self.path(), &copy).unwrap();
        Store::open(&copy, network(), terminal()).unwrap()
    }
}

fn network() -> NetworkName {
    "demo".parse().unwrap()
}

fn terminal() -> Terminal {
    "ALPHDEFFA".parse().unwrap()
}

fn header(reference: &str) -> Header {
    Header {
        network: network(),
        service: "payments".parse().unwrap(),
        message_type: "pacs.008.001.08".parse().unwrap(),
        sender: terminal(),
        receiver: "BRAVFRPPXXX".parse().unwrap(),
        input_number: 0,
        created_at: LogTime(7),
        expires_at: None,
        payload_length: 4,
        reference: reference.parse().unwrap(),
        uetr: Some(iso::Uetr::from_random([7; 16])),
        priority: Priority::Normal,
        monitoring: Monitoring::Notice,
        possible_duplicate: false,
        answers: None,
        file: None,
        is_sealed: false,
    }
}

fn post(key: &str, body: &str, at: u64) -> Post {
    Post {
        key: key.to_owned(),
        request: Digest::of(body.as_bytes()),
        header: header(body),
        payload: body.to_owned().into(),
        digest: Digest::of(body.as_bytes()),
        clear: None,
        checked_at: LogTime(at),
        at: LogTime(at),
    }
}

fn head(kind: RecordKind, sequence: u64) -> RecordHead {
    RecordHead {
        kind,
        network: network(),
        shard: Shard(0),
        epoch: 1,
        writer: 9,
        sequence,
        at: LogTime(1_000 + sequence),
        previous: Digest::default(),
        body: Digest::default(),
    }
}

fn settled(input_number: u64, kind: RecordKind) -> Settled {
    let head = head(kind, input_number);
    let answer = Answer { submission: Submission::default(), head, meta: Vec::new() };
    let receipt = match kind {
        RecordKind::ACCEPTED => Receipt::Acceptance(acceptance(input_number)).encode(),
        _ => b"refused".to_vec(),
    };
    Settled { input_number, answer, receipt }
}

fn acceptance(sequence: u64) -> Acceptance {
    let record = logged(head(RecordKind::ACCEPTED, sequence));
    Acceptance { record, grant: "grant".to_owned() }
}

fn received(output_number: u64, reference: &str) -> Entry {
    let sender: Terminal = "BRAVFRPPB".parse().unwrap();
    let header = Header { sender, input_number: 100 + output_number, ..header(reference) };
    let entry = InboxEntry {
        received_at: LogTime(5),
        session: 1,
        possible_duplicate: false,
        payload: Digest::of(reference.as_bytes()),
        head: head(RecordKind::ACCEPTED, 50 + output_number),
        header: header.encode(),
        copy: None,
        release: None,
    };
    let record = entry.head.hash();
    let payload = Some(reference.to_owned().into());
    let receipt = b"receipt".to_vec();
    let received = Received { entry, header, payload, receipt, content: Text::Clear };
    Entry { output_number, record, content: Content::Message(Box::new(received)) }
}

fn logged(head: RecordHead) -> LoggedRecord {
    let (payload, path) = (Digest::of(b""), vec![Digest::of(b"a")]);
    LoggedRecord { head, meta: b"meta".to_vec(), payload, path, checkpoint: "note".to_owned() }
}

/// A notice that a message was delivered, whose acceptance is that record.
fn notice(output_number: u64, input_number: u64, sequence: u64) -> Entry {
    let acknowledgement = head(RecordKind::ACKNOWLEDGED, 70 + output_number);
    let record = acknowledgement.hash();
    let proof = trust::Delivery {
        record: logged(acknowledgement),
        index: 0,
        path: vec![Digest::of(b"b")],
        grant: "grant".to_owned(),
    };
    let by = "BRAVFRPPB".parse().unwrap();
    let message = head(RecordKind::ACCEPTED, sequence);
    let delivery = Box::new(Delivery { by, message, proof });
    Entry { output_number, record, content: Content::Notice { input_number, delivery } }
}

fn receive(lane: u8, entries: Vec<Entry>) -> Receive {
    let after = entries.first().map_or(0, |entry| entry.output_number - 1);
    Receive { lane, after, entries, checkpoint: None }
}

/// Posts a script of `key body` lines, one after the other, and tells what came of each.
async fn check(store: &Store, script: &str, want: &Expect) {
    let mut got = String::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (key, body) = line.split_once(' ').unwrap();
        let posted = store.make(post(key, body, 1)).await;
        match posted {
            Ok(Posted::Stored { input_number, .. }) => writeln!(got, "stored {input_number}"),
            Ok(Posted::Exists { input_number, .. }) => writeln!(got, "exists {input_number}"),
            Ok(Posted::ExistsWithDifferentRequest { input_number }) => {
                writeln!(got, "different {input_number}")
            }
            Err(error) => writeln!(got, "{error}"),
        }
        .unwrap();
    }
    want.assert_eq(&got);
}

#[tokio::test]
async fn a_key_stores_one_message_however_often_it_comes() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    check(
        &store,
        "a one
         a one
         b one
         a two
         c two",
        &expect![[r#"
            stored 1
            exists 1
            stored 2
            different 1
            stored 3
        "#]],
    )
    .await;
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_crash() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    for number in 1..=20_u64 {
        store.make(post(&number.to_string(), &format!("body {number}"), 1)).await.unwrap();
        let (copy, thread) = bench.crashed();
        let counts = copy.ask(View::counts).await.unwrap();
        assert_eq!(counts.input_number, number);
        let place = Place::Sent { input_number: number };
        let payload = copy.ask(move |view| view.payload(place)).await.unwrap();
        assert_eq!(payload, Some(format!("body {number}").into_bytes()));
        drop(copy);
        thread.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_that_wait_together_are_made_together_and_in_order() {
    let bench = Bench::new();
    let (store, writer) = bench.open();
    let mut tasks = Vec::new();
    for number in 0..500 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            store.make(post(&format!("key {number}"), "body", 1)).await.unwrap()
        }));
    }
    let mut numbers = Vec::new();
    for task in tasks {
        let Posted::Stored { input_number, .. } = task.await.unwrap() else { panic!("not stored") };
        numbers.push(input_number);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=500).collect::<Vec<_>>());
    drop(store);
    writer.close().await;
    let (store, _writer) = bench.open();
    assert_eq!(store.progress().borrow().input_number, 500);
}

#[test]
fn a_store_that_was_not_finished_is_made_anew() {
    let bench = Bench::new();
    let unfinished = bench.path().with_extension("unfinished");
    std::fs::write(&unfinished, [0; 1_000_000]).unwrap();
    drop(bench.open());
    assert!(!unfinished.exists());
}

#[test]
fn a_store_whose_beginning_is_gone_is_damage_and_not_new() {
    let bench = Bench::new();
    let place: Arc<dyn Medium> = Arc::new(FilePlace(bench.path()));
    let open = || Store::open_on(&place, network(), terminal(), &bench.faults);
    drop(open().unwrap());
    let mut bytes = std::fs::read(bench.path()).unwrap();
    bytes[..512].fill(0);
    std::fs::write(bench.path(), &bytes).unwrap();
    let opened = open();
    assert!(matches!(opened, Err(Error::OpenStore { .. })));
    assert_eq!(std::fs::read(bench.path()).unwrap(), bytes);
}

#[tokio::test]
async fn a_full_disk_refuses_and_goes_on_when_there_is_room() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    check(&store, "a one", &expect!["stored 1\n"]).await;
    bench.faults.full.store(true, Ordering::Release);
    check(
        &store,
        "b two\nc three",
        &expect![[r#"
        the disk of the store is full
        the disk of the store is full
    "#]],
    )
    .await;
    // Those who only read are served.
    assert_eq!(store.ask(View::counts).await.map(|counts| counts.input_number), Ok(1));
    bench.faults.full.store(false, Ordering::Release);
    check(
        &store,
        "b two\na one\nd four",
        &expect![[r#"
        stored 2
        exists 1
        stored 3
    "#]],
    )
    .await;
    assert_eq!(*store.failure().borrow(), None);
}

/// A file that changes behind the look at all of it, and before its pages are read one by one.
#[derive(Debug)]
struct Rotting {
    file: FilePlace,
    good: AtomicBool,
    bytes: Vec<u8>,
}

impl Medium for Rotting {
    fn path(&self) -> &Path {
        self.file.path()
    }

    fn make(&self, build: &mut Build<'_>) -> Result<(), DatabaseError> {
        self.file.make(build)
    }

    fn open(&self) -> Result<Box<dyn redb::StorageBackend>, DatabaseError> {
        if !self.good.swap(false, Ordering::AcqRel) {
            std::fs::write(self.path(), &self.bytes)?;
        }
        self.file.open()
    }
}

#[tokio::test]
async fn a_message_whose_bytes_have_changed_in_the_file_is_not_given_out() {
    let bench = Bench::new();
    let (store, writer) = bench.open();
    check(&store, "a one-that-rots\nb one-that-stays", &expect!["stored 1\nstored 2\n"]).await;
    let entries = vec![received(1, "ref-that-rots"), received(2, "ref-that-stays")];
    store.make(receive(2, entries)).await.unwrap().unwrap();
    drop(store);
    writer.close().await;
    let mut bytes = std::fs::read(bench.path()).unwrap();
    for word in [b"one-that-rots", b"ref-that-rots"] {
        let places: Vec<usize> =
            (0..bytes.len()).filter(|at| bytes[*at..].starts_with(word)).collect();
        assert!(!places.is_empty(), "the message is in the file");
        // The payload and whatever else says the same.
        places.iter().for_each(|at| bytes[*at] ^= 1);
    }
    let file = FilePlace(bench.path());
    let place: Arc<dyn Medium> = Arc::new(Rotting { file, good: true.into(), bytes });
    let (store, _writer) =
        Store::open_on(&place, network(), terminal(), &Faults::default()).unwrap();
    let give = |place| store.ask(move |view| view.payload(place));
    let [rots, stays] = [1, 2].map(|input_number| Place::Sent { input_number });
    assert_eq!(give(rots).await, Err(StoreError::Failed));
    assert_eq!(give(stays).await, Ok(Some(b"one-that-stays".to_vec())));
    let [rots, stays] = [1, 2].map(|output_number| Place::Received { lane: 2, output_number });
    assert_eq!(give(rots).await, Err(StoreError::Failed));
    assert_eq!(give(stays).await, Ok(Some(b"ref-that-stays".to_vec())));
}

#[tokio::test]
async fn a_sync_that_fails_stops_the_store_for_good() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    bench.faults.sync_fails.store(true, Ordering::Release);
    check(&store, "a one", &expect!["the store has failed\n"]).await;
    bench.faults.sync_fails.store(false, Ordering::Release);
    check(&store, "b two", &expect!["the store has failed\n"]).await;
    assert!(store.failure().borrow().is_some());
    assert_eq!(store.ask(View::counts).await, Err(StoreError::Failed));
}

#[tokio::test]
async fn one_gateway_has_the_store_at_a_time() {
    let bench = Bench::new();
    let (store, writer) = bench.open();
    let second = Store::open(&bench.path(), network(), terminal());
    assert_eq!(second.err().map(|error| error.code()), Some("GTW032"));
    drop(store);
    writer.close().await;
    bench.open();
}

#[tokio::test]
async fn a_store_belongs_to_one_terminal_of_one_network() {
    let bench = Bench::new();
    let (store, writer) = bench.open();
    drop(store);
    writer.close().await;
    let other = Store::open(&bench.path(), network(), "ALPHDEFFB".parse().unwrap());
    assert_eq!(other.err().map(|error| error.code()), Some("GTW034"));
    let other = Store::open(&bench.path(), "live".parse().unwrap(), terminal());
    assert_eq!(other.err().map(|error| error.code()), Some("GTW034"));
}

#[tokio::test]
async fn a_file_that_is_no_store_is_left_alone() {
    let bench = Bench::new();
    std::fs::write(bench.path(), b"a letter to my bank, and by no means a database").unwrap();
    let error = Store::open(&bench.path(), network(), terminal()).err().unwrap();
    assert_eq!(error.code(), "GTW033");
    assert!(std::fs::read(bench.path()).unwrap().starts_with(b"a letter"));
}

#[tokio::test]
async fn the_state_of_a_message_follows_from_what_was_stored_about_it() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    check(&store, "a one\nb two\nc three", &expect!["stored 1\nstored 2\nstored 3\n"]).await;
    let answers = vec![settled(1, RecordKind::ACCEPTED), settled(2, RecordKind::REFUSED)];
    let checkpoint = Some("a note".to_owned());
    store.make(Settle { answers, checkpoint }).await.unwrap().unwrap();
    store.make(receive(0, vec![notice(1, 1, 1)])).await.unwrap().unwrap();
    let (first, second, third) = store
        .ask(|view| {
            let receipt = |kind, number| view.sent_receipt(kind, number);
            assert_eq!(receipt(ReceiptKind::Refusal, 2)?, Some(b"refused".to_vec()));
            assert_eq!(receipt(ReceiptKind::Acceptance, 2)?, None);
            let delivery = receipt(ReceiptKind::Delivery, 1)?.unwrap();
            let Ok(Receipt::Delivery(parts)) = Receipt::decode(&delivery) else { panic!() };
            assert_eq!(parts.0, acceptance(1));
            assert_eq!(parts.1.grant, "grant");
            assert_eq!(view.checkpoint()?, Some("a note".to_owned()));
            assert_eq!(view.recent(0)?, [(1, head(RecordKind::ACKNOWLEDGED, 71).hash())]);
            Ok((view.sent(1)?.unwrap(), view.sent(2)?.unwrap(), view.sent(3)?.unwrap()))
        })
        .await
        .unwrap();
    assert_eq!(first.delivery.unwrap().by.to_string(), "BRAVFRPPB");
    assert_eq!(second.answer.unwrap().head.kind, RecordKind::REFUSED);
    assert!(third.answer.is_none() && third.delivery.is_none());
    let counts = store.ask(View::counts).await.unwrap();
    assert_eq!((counts.accepted, counts.refused, counts.delivered), (1, 1, 1));
    assert_eq!((counts.answered_through, counts.lanes), (2, vec![(0, 1)]));
}

#[tokio::test]
async fn a_received_message_waits_until_it_is_taken_and_is_taken_once() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    let messages = vec![received(1, "first"), received(2, "second")];
    store.make(receive(2, messages)).await.unwrap().unwrap();
    let (waiting, last) = store.ask(|view| view.inbox(0, 10, u64::MAX)).await.unwrap();
    assert_eq!(waiting.iter().map(|m| m.output_number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(last, Some(2));
    let id: MessageId = "BRAVFRPPB-101".parse().unwrap();
    for at in [40, 50] {
        let took = store.make(Take { id, at: LogTime(at) }).await.unwrap();
        assert_eq!(took, Took::At(LogTime(40)));
    }
    let unknown = MessageId { input_number: 1, ..id };
    assert_eq!(store.make(Take { id: unknown, at: LogTime(1) }).await, Ok(Took::Unknown));
    let (waiting, _) = store.ask(|view| view.inbox(0, 10, u64::MAX)).await.unwrap();
    assert_eq!(waiting.iter().map(|m| m.output_number).collect::<Vec<_>>(), [2]);
    let counts = store.ask(View::counts).await.unwrap();
    assert_eq!((counts.received, counts.waiting), (2, 1));
}

#[tokio::test]
async fn messages_are_found_by_transaction_and_reference_newest_first() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    check(&store, "a one\nb two", &expect!["stored 1\nstored 2\n"]).await;
    store.make(receive(2, vec![received(1, "one")])).await.unwrap().unwrap();
    let names = |query: Query, limit: usize, look: usize| {
        let store = store.clone();
        async move {
            let page = store.ask(move |view| view.page(&query, limit, look, |_| true));
            let (items, next) = page.await.unwrap();
            let names = items.iter().map(|item| MessageId::of(&item.header().unwrap()).to_string());
            (names.collect::<Vec<_>>().join(" "), next)
        }
    };
    let uetr = Query { uetr: Some(iso::Uetr::from_random([7; 16])), ..Query::default() };
    let all = "BRAVFRPPB-101 ALPHDEFFA-2 ALPHDEFFA-1";
    assert_eq!(names(uetr, 10, 10).await, (all.to_owned(), None));
    let one = Query { reference: Some("one".to_owned()), ..Query::default() };
    assert_eq!(names(one, 10, 10).await, ("BRAVFRPPB-101 ALPHDEFFA-1".to_owned(), None));
    assert_eq!(
        names(Query::default(), 2, 10).await,
        ("BRAVFRPPB-101 ALPHDEFFA-2".to_owned(), Some(2))
    );
    let rest = Query { before: Some(2), ..Query::default() };
    assert_eq!(names(rest, 2, 10).await, ("ALPHDEFFA-1".to_owned(), None));
    assert_eq!(names(Query::default(), 10, 1).await, ("BRAVFRPPB-101".to_owned(), Some(3)));
    let other = Query { uetr: Some(iso::Uetr::from_random([8; 16])), ..Query::default() };
    assert_eq!(names(other, 10, 10).await, (String::new(), None));
}

#[tokio::test]
async fn a_frame_to_submit_keeps_to_its_limits_but_is_never_empty() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    let large = "x".repeat(wire::limits::FRAME_BYTES_FILL);
    for (key, body) in [("a", "one"), ("b", "two"), ("c", large.as_str()), ("d", "four")] {
        let mut post = post(key, "reference", 1);
        post.payload = body.to_owned().into();
        store.make(post).await.unwrap();
    }
    let numbers = |from: u64, count: usize| {
        let store = store.clone();
        async move {
            let waiting = store.ask(move |view| view.to_submit(from, count)).await.unwrap();
            waiting.iter().map(|waiting| waiting.input_number).collect::<Vec<_>>()
        }
    };
    assert_eq!(numbers(1, 10).await, [1, 2]);
    assert_eq!(numbers(1, 1).await, [1]);
    assert_eq!(numbers(3, 10).await, [3]);
    assert_eq!(numbers(4, 10).await, [4]);
    assert_eq!(numbers(5, 10).await, Vec::<u64>::new());
    let unanswered = store.ask(|view| view.unanswered(1, 2)).await.unwrap();
    assert_eq!(unanswered.len(), 2);
}

#[tokio::test]
async fn a_notice_and_an_answer_must_be_about_the_same_record() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    check(&store, "a one\nb two", &expect!["stored 1\nstored 2\n"]).await;
    // The notice comes first, as it may after a break, and the answer fits.
    store.make(receive(0, vec![notice(1, 1, 1)])).await.unwrap().unwrap();
    let early = store.ask(|view| view.sent_receipt(ReceiptKind::Delivery, 1)).await.unwrap();
    assert_eq!(early, None);
    let answers = vec![settled(1, RecordKind::ACCEPTED)];
    store.make(Settle { answers, checkpoint: None }).await.unwrap().unwrap();
    let receipt = store.ask(|view| view.sent_receipt(ReceiptKind::Delivery, 1)).await.unwrap();
    assert!(receipt.is_some());
    // One about another record than the answer, or about no message, changes nothing.
    store.make(receive(0, vec![notice(2, 2, 9)])).await.unwrap().unwrap();
    let answers = vec![settled(2, RecordKind::ACCEPTED)];
    let settle = Settle { answers, checkpoint: Some("lost".to_owned()) };
    assert_eq!(store.make(settle).await.unwrap(), Err(Contradiction { input_number: 2 }.into()));
    let unmade = store.make(receive(0, vec![notice(3, 3, 3)])).await.unwrap();
    assert_eq!(unmade, Err(Contradiction { input_number: 3 }.into()));
    let other = store.make(receive(0, vec![notice(3, 1, 2)])).await.unwrap();
    assert_eq!(other, Err(Contradiction { input_number: 1 }.into()));
    let counts = store.ask(View::counts).await.unwrap();
    assert_eq!((counts.answered_through, counts.lanes), (1, vec![(0, 2)]));
    assert_eq!(store.ask(View::checkpoint).await.unwrap(), None);
}

#[tokio::test]
async fn what_follows_a_gap_is_not_stored() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    check(&store, "a one\nb two", &expect!["stored 1\nstored 2\n"]).await;
    store.make(receive(2, vec![received(1, "first")])).await.unwrap().unwrap();
    // The disk was full when 2 came, say; 3 was already on its way.
    let third = receive(2, vec![received(3, "third")]);
    assert_eq!(store.make(third).await.unwrap(), Err(Unfit::OutOfOrder));
    let again = receive(2, vec![received(1, "first")]);
    assert_eq!(store.make(again).await.unwrap(), Err(Unfit::OutOfOrder));
    let answers = vec![settled(2, RecordKind::ACCEPTED)];
    let settle = Settle { answers, checkpoint: None };
    assert_eq!(store.make(settle).await.unwrap(), Err(Unfit::OutOfOrder));
    // Another terminal of the institution has taken 2 to 4.
    let fifth = Receive { after: 1, ..receive(2, vec![received(5, "fifth")]) };
    assert_eq!(store.make(fifth).await.unwrap(), Ok(()));
    let counts = store.ask(View::counts).await.unwrap();
    assert_eq!((counts.answered_through, counts.lanes), (0, vec![(2, 5)]));
}

#[tokio::test]
async fn a_record_counts_as_witnessed_once_its_receipt_is_renewed() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    store.make(Witnessing { quorum: true }).await.unwrap();
    check(&store, "a one", &expect!["stored 1\n"]).await;
    let witness = |size, paths| Witness { note: format!("of {size}"), size, paths };
    let has = |sequence| store.ask(move |view| Ok(view.covered()?.has(sequence)));
    let answers = vec![settled(1, RecordKind::ACCEPTED)];
    store.make(Settle { answers, checkpoint: None }).await.unwrap().unwrap();
    assert!(!has(1).await.unwrap());
    store.make(witness(100, vec![(1, Vec::new())])).await.unwrap().unwrap();
    assert!(has(1).await.unwrap());
    // The notice comes after the checkpoint that covers the record of which it tells.
    store.make(receive(0, vec![notice(1, 1, 1)])).await.unwrap().unwrap();
    assert!(!has(71).await.unwrap());
    store.make(witness(101, vec![(71, Vec::new())])).await.unwrap().unwrap();
    assert!(has(71).await.unwrap());
    let delivery = store.ask(|view| view.sent_receipt(ReceiptKind::Delivery, 1)).await.unwrap();
    let Ok(Receipt::Delivery(parts)) = Receipt::decode(&delivery.unwrap()) else { panic!() };
    assert_eq!(parts.1.record.checkpoint, "of 101");
    assert!(!has(101).await.unwrap(), "nobody has seen it");
}

#[tokio::test]
async fn the_last_records_of_a_lane_are_remembered() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    let foreign = |output_number: u64| {
        let record = Digest::of(&output_number.to_be_bytes());
        Entry { output_number, record, content: Content::Foreign }
    };
    let last = changes::RECENT_MAX + 3;
    store.make(receive(0, (1..=last).map(foreign).collect())).await.unwrap().unwrap();
    let recent = store.ask(|view| view.recent(0)).await.unwrap();
    let numbers: Vec<u64> = recent.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (4..=last).collect::<Vec<_>>());
    assert_eq!(recent.last(), Some(&(last, Digest::of(&last.to_be_bytes()))));
    assert_eq!(store.ask(|view| view.recent(2)).await.unwrap(), []);
}

#[test]
fn names_of_messages_have_one_form() {
    for good in ["ALPHDEFFA-1", "ALPHDEFFA-18446744073709551615"] {
        assert_eq!(good.parse::<MessageId>().unwrap().to_string(), good);
    }
    for bad in [
        "",
        "ALPHDEFFA",
        "ALPHDEFFA-",
        "ALPHDEFFA-0",
        "ALPHDEFFA-01",
        "ALPHDEFFA-+1",
        "alphdeffa-1",
        "ALPHDEFFA-18446744073709551616",
        "ALPHDEFFA-1 ",
    ] {
        assert!(bad.parse::<MessageId>().is_err(), "{bad:?}");
    }
}

/// Time goes on in the store, as it does for a gateway that runs so long.
struct Age(Duration);

impl Change for Age {
    type Answer = ();

    fn apply(self, tables: &mut Tables<'_>) -> Result<(), redb::StorageError> {
        let steady = tables.count(counter::STEADY)?;
        tables.set(counter::STEADY, steady + micros(self.0))
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap()
}

/// What happens before a request.
#[derive(Clone, Copy, Debug)]
enum Pause {
    /// The gateway runs so long.
    Running(Duration),
    /// The clock goes on, or is set, by so many microseconds.
    Clock(i64),
}

/// A request: which key, which body, and what happens before.
fn requests() -> impl Strategy<Value = Vec<(u8, u8, Pause)>> {
    const YEAR: i64 = 365 * 86_400_000_000;
    let pause = prop_oneof![
        4 => Just(Pause::Clock(1_000_000)),
        1 => Just(Pause::Clock(10 * YEAR)),
        1 => Just(Pause::Clock(-10 * YEAR)),
        1 => Just(Pause::Running(KEPT / 2)),
        1 => Just(Pause::Running(KEPT + Duration::from_secs(1))),
    ];
    proptest::collection::vec((0..3_u8, 0..2_u8, pause), 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// The table of keys behaves as a map from keys to requests that forgets old ones, and no clock
    /// that is set makes them older.
    #[test]
    fn keys_are_known_until_they_are_outdated(requests in requests(), reopen in 0..24_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let bench = Bench::new();
        let (mut store, mut writer) = bench.open();
        let mut model: BTreeMap<u8, (u8, u64, u64)> = BTreeMap::new();
        let (mut clock, mut last) = (micros(Duration::from_secs(2_000_000_000)), 0_u64);
        // The store's time, and what the clock showed then.
        let mut seen: Option<(u64, u64)> = None;
        for (step, (key, body, pause)) in requests.into_iter().enumerate() {
            if step == reopen {
                drop(store);
                runtime.block_on(writer.close());
                (store, writer) = bench.open();
            }
            match (pause, &mut seen) {
                (Pause::Clock(set), _) => clock = clock.saturating_add_signed(set),
                (Pause::Running(time), Some((steady, _))) => {
                    *steady += micros(time);
                    runtime.block_on(store.make(Age(time))).unwrap();
                }
                (Pause::Running(_), None) => {}
            }
            let hour = micros(Duration::from_secs(3_600));
            let now = match seen {
                Some((steady, shown)) => steady + clock.saturating_sub(shown).min(hour),
                None => clock,
            };
            seen = Some((now, clock));
            let known = model.get(&key).copied().filter(|(_, _, at)| now - at <= micros(KEPT));
            let change = post(&format!("key {key}"), &format!("body {body}"), clock);
            let posted = runtime.block_on(store.make(change)).unwrap();
            match (known, posted) {
                (None, Posted::Stored { input_number, .. }) => {
                    last += 1;
                    prop_assert_eq!(input_number, last);
                    model.insert(key, (body, input_number, now));
                }
                (Some((first, number, _)), Posted::Exists { input_number, entry }) => {
                    prop_assert_eq!((first, number), (body, input_number));
                    let digest = Digest::of(format!("body {body}").as_bytes());
                    prop_assert_eq!(entry.payload, digest);
                }
                (Some((first, number, _)), Posted::ExistsWithDifferentRequest { input_number }) => {
                    prop_assert_ne!(first, body);
                    prop_assert_eq!(number, input_number);
                }
                (known, posted) => prop_assert!(false, "known {:?}, posted {:?}", known, posted),
            }
        }
        // Outdated keys leave: no more are kept than were used within the time, and a few.
        let keys = runtime.block_on(store.ask(View::keys)).unwrap();
        prop_assert!(keys <= 3, "{} keys", keys);
    }
}

#[tokio::test]
async fn a_message_stays_as_long_as_its_key_is_known_whatever_the_clock_shows() {
    const YEARS: u64 = 10 * 365 * 86_400_000_000;
    let kept = Duration::from_secs(31 * 86_400);
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    let at = micros(Duration::from_secs(2_000_000_000));
    store.make(post("key", "body", at)).await.unwrap();
    let answers = vec![settled(1, RecordKind::REFUSED)];
    store.make(Settle { answers, checkpoint: None }).await.unwrap().unwrap();
    // The clock is set ahead: neither the message nor its key is older for that.
    assert_eq!(forget_at(&store, kept, at + YEARS).await, (0, 0));
    let again = store.make(post("key", "body", at + YEARS)).await.unwrap();
    assert!(matches!(again, Posted::Exists { input_number: 1, .. }), "{again:?}");
    // It shows years ago when another is stored, which is old by its looks.
    store.make(post("late", "late", at - YEARS)).await.unwrap();
    let answers = vec![settled(2, RecordKind::REFUSED)];
    store.make(Settle { answers, checkpoint: None }).await.unwrap().unwrap();
    store.make(Age(kept - Duration::from_secs(7_200))).await.unwrap();
    assert_eq!(forget(&store, at + 1).await, (2, 0), "no key leads to them");
    let again = store.make(post("key", "body", at + 1)).await.unwrap();
    assert!(matches!(again, Posted::Stored { input_number: 3, .. }), "{again:?}");
}

#[tokio::test]
async fn what_a_clock_that_was_ahead_began_takes_nothing_away_once_it_is_right() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    let now = micros(Duration::from_secs(2_000_000_000));
    let kept = Duration::from_secs(31 * 86_400);
    assert_eq!(forget_at(&store, kept, 2 * now).await, (0, 0));
    let window = u64::from(wire::limits::WINDOW_MAX);
    let entries = (1..=window + 1).map(|number| received_at(number, &format!("m{number}"), now));
    store.make(receive(1, entries.collect())).await.unwrap().unwrap();
    let id = MessageId { terminal: "BRAVFRPPB".parse().unwrap(), input_number: 101 };
    store.make(Take { id, at: LogTime(now) }).await.unwrap();
    assert_eq!(forget_at(&store, kept, now + 1).await, (0, 0));
    let later = now + micros(kept) + 1;
    assert_eq!(forget_at(&store, kept, later).await, (1, 0));
}

#[tokio::test]
async fn a_message_that_is_old_by_its_looks_stays_for_its_key() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    let now = micros(Duration::from_secs(2_000_000_000));
    store.make(post("first", "first", now)).await.unwrap();
    // The clock was wrong for a moment.
    store.make(post("second", "second", 1)).await.unwrap();
    let answers = (1..=2).map(|number| settled(number, RecordKind::REFUSED)).collect();
    store.make(Settle { answers, checkpoint: None }).await.unwrap().unwrap();
    store.make(Age(KEPT - Duration::from_secs(7_200))).await.unwrap();
    assert_eq!(forget(&store, now).await, (0, 0));
    for (number, key) in [(1, "first"), (2, "second")] {
        let again = store.make(post(key, key, now)).await.unwrap();
        assert!(matches!(again, Posted::Exists { input_number, .. } if input_number == number));
    }
}

/// A message that came at a time.
fn received_at(output_number: u64, reference: &str, at: u64) -> Entry {
    let mut entry = received(output_number, reference);
    if let Content::Message(received) = &mut entry.content {
        received.entry.received_at = LogTime(at);
    }
    entry
}

/// Forgets at a moment what was stored before it; says how many messages and notices went.
async fn forget(store: &Store, before: u64) -> (u64, u64) {
    forget_at(store, Duration::ZERO, before).await
}

async fn forget_at(store: &Store, kept: Duration, at: u64) -> (u64, u64) {
    let (mut messages, mut notices) = (0, 0);
    let mut next = Some(Looked::default());
    while let Some(after) = next {
        let forgot = store.make(Forget { kept, at: LogTime(at), after }).await.unwrap();
        messages += forgot.messages;
        notices += forgot.notices;
        next = forgot.next;
    }
    (messages, notices)
}

/// How many rows each table has that holds messages or what belongs to them.
async fn rows(store: &Store) -> u64 {
    store.ask(View::rows).await.unwrap()
}

#[tokio::test]
async fn a_settled_message_goes_with_all_that_belongs_to_it() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    for (at, body) in [(1, "delivered"), (2, "refused"), (3, "accepted"), (4, "unanswered")] {
        store.make(post(body, body, at)).await.unwrap();
    }
    let kinds = [RecordKind::ACCEPTED, RecordKind::REFUSED, RecordKind::ACCEPTED];
    let answers = (1..).zip(kinds).map(|(number, kind)| settled(number, kind)).collect();
    store.make(Settle { answers, checkpoint: None }).await.unwrap().unwrap();
    store.make(receive(0, vec![notice(1, 1, 1)])).await.unwrap().unwrap();
    store.make(Age(KEPT)).await.unwrap();
    assert_eq!(forget_at(&store, 2 * KEPT, 4).await, (0, 0), "nothing is old enough");
    assert_eq!(forget(&store, 100).await, (2, 0));
    assert_eq!(forget(&store, 100).await, (0, 0), "those that are waited for stay");
    let (gone, here) = store
        .ask(|view| {
            let everything = Query::default();
            let (items, _) = view.page(&everything, 10, 10, |_| true)?;
            assert_eq!(items.len(), 2, "and only they are found");
            let by_uetr = Query { uetr: header("one").uetr, ..Query::default() };
            assert_eq!(view.page(&by_uetr, 10, 10, |_| true)?.0.len(), 2);
            let gone = [view.sent(1)?.is_none(), view.sent(2)?.is_none()];
            Ok((gone, [view.sent(3)?.is_some(), view.sent(4)?.is_some()]))
        })
        .await
        .unwrap();
    assert_eq!((gone, here), ([true; 2], [true; 2]));
    let counts = store.ask(View::counts).await.unwrap();
    assert_eq!((counts.input_number, counts.delivered, counts.refused), (4, 1, 1));
    // The network says a late word about one that is not here any more: no contradiction.
    let late = store.make(receive(0, vec![notice(2, 1, 1)])).await.unwrap();
    assert_eq!(late, Ok(()));
    assert!(store.ask(|view| Ok(view.sent(1)?.is_none())).await.unwrap());
    // But one that was never made is.
    let never = store.make(receive(0, vec![notice(3, 9, 9)])).await.unwrap();
    assert!(matches!(never, Err(Unfit::Contradiction(_))), "{never:?}");
}

#[tokio::test]
async fn a_received_message_goes_when_it_was_taken_and_the_network_has_heard_so() {
    let bench = Bench::new();
    let (store, _writer) = bench.open();
    let window = u64::from(wire::limits::WINDOW_MAX);
    let many = window + 3;
    let empty = rows(&store).await;
    let entries = (1..=many).map(|number| received_at(number, &format!("m{number}"), number));
    store.make(receive(1, entries.collect())).await.unwrap().unwrap();
    // Numbers 1 and 3 are far back; the second one is not taken.
    for number in (1..=many).filter(|number| *number != 2) {
        let id = MessageId { terminal: "BRAVFRPPB".parse().unwrap(), input_number: 100 + number };
        store.make(Take { id, at: LogTime(many + number) }).await.unwrap();
    }
    assert_eq!(forget(&store, many + 1).await, (2, 0));
    let (first, second, third, payload) = store
        .ask(|view| {
            let payload = view.payload(Place::Received { lane: 1, output_number: 2 })?;
            Ok((view.received(1, 1)?, view.received(1, 2)?, view.received(1, 3)?, payload))
        })
        .await
        .unwrap();
    assert!(first.is_none() && third.is_none());
    assert_eq!((second.is_some(), payload.as_deref()), (true, Some(b"m2".as_slice())));
    // The lane goes on where it was, and what was far back before goes in its turn.
    let more = (many + 1..=many + window).map(|number| received_at(number, "later", many + 9));
    store.make(receive(1, more.collect())).await.unwrap().unwrap();
    let id = MessageId { terminal: "BRAVFRPPB".parse().unwrap(), input_number: 102 };
    store.make(Take { id, at: LogTime(9) }).await.unwrap();
    assert_eq!(forget(&store, many + 1).await, (many - 2, 0));
    for number in many + 1..=many + window {
        let id = MessageId { terminal: "BRAVFRPPB".parse().unwrap(), input_number: 100 + number };
        store.make(Take { id, at: LogTime(many + number) }).await.unwrap();
    }
    let other = (1..=window).map(|number| received_at(many + window + number, "last", 1 << 30));
    store.make(receive(1, other.collect())).await.unwrap().unwrap();
    let before = rows(&store).await;
    assert_eq!(forget(&store, 1 << 29).await, (window, 0));
    assert!(rows(&store).await < before);
    assert!(rows(&store).await >= empty + window, "those of the last window are here");
}

#[tokio::test]
async fn a_bit_that_changes_after_an_orderly_stop_is_named_or_harms_nothing() {
    let bench = Bench::new();
    let (store, writer) = bench.open();
    let body = |number: u64| format!("body {number} {}", "x".repeat(700)).into_bytes();
    for number in 0..40 {
        let (payload, digest) = (body(number).into(), Digest::of(&body(number)));
        let change = post(&format!("key {number}"), &format!("ref-{number}"), 1 + number);
        store.make(Post { payload, digest, ..change }).await.unwrap();
    }
    drop(store);
    writer.close().await;
    let good = std::fs::read(bench.path()).unwrap();
    let (mut named, mut unharmed) = (0, 0);
    for at in (0..good.len()).step_by(good.len() / 150) {
        let mut bad = good.clone();
        bad[at] ^= 4;
        std::fs::write(bench.path(), &bad).unwrap();
        match Store::open(&bench.path(), network(), terminal()) {
            Ok((store, writer)) => {
                for number in 0..40 {
                    let place = Place::Sent { input_number: number + 1 };
                    let found = store.ask(move |view| view.payload(place)).await.unwrap();
                    assert_eq!(found, Some(body(number)), "byte {at}");
                }
                drop(store);
                writer.close().await;
                unharmed += 1;
            }
            Err(error) => {
                assert_eq!(error.code(), "GTW033", "{error}");
                assert_eq!(std::fs::read(bench.path()).unwrap(), bad, "the file stays as it is");
                named += 1;
            }
        }
    }
    assert!(named > 5 && unharmed > 5, "{named} named, {unharmed} unharmed");
}

#[test]
fn keys_are_forgotten_before_the_messages_that_they_lead_to() {
    let shortest = *crate::config::Config::KEEP_DAYS.start();
    assert!(Duration::from_secs(u64::from(shortest) * 86_400) > KEPT);
}
