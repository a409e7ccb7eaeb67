//! The interface over real sockets: each test has a gateway of its own, without a link.

mod files;

use std::fmt::Write as _;
use std::net::SocketAddr;

use expect_test::{Expect, expect};
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use trust::{
    Acceptance, Digest, Fault, LogTime, LoggedRecord, Reason, Reasons, Receipt, RecordHead,
    RecordKind, Refused, Shard, Statement,
};

use super::*;
use crate::api::{
    Inbox, LinkState, Message, Messages, Problem, State as MessageState, Stored, Taken,
};
use crate::sealing::Sealing;
use crate::store::{
    Answer, Content, Delivery, Entry, InboxEntry, Receive, Received, Settle, Settled, Submission,
    Text, WriterThread,
};

const SAMPLE: &str = include_str!("../../../../samples/pacs.008.001.08.xml");
const TOKEN: &str = "0123456789abcdef";

struct Bench {
    _folder: TempDir,
    address: SocketAddr,
    store: Store,
    board: Arc<Board>,
    stop: watch::Sender<bool>,
    served: tokio::task::JoinHandle<io::Result<()>>,
    writer: WriterThread,
}

struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Bench {
    async fn new() -> Self {
        Self::with(|_| ()).await
    }

    async fn with(set: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (network, terminal) = ("demo".parse().unwrap(), "ALPHDEFFA".parse().unwrap());
        let mut config = Config::new(folder.path(), network, terminal);
        set(&mut config);
        let path = config.file(&config.files.store);
        let (store, writer) = Store::open(&path, network, terminal).unwrap();
        let board = Arc::new(Board::new(LogTime(0), 0));
        let (stop, stopping) = watch::channel(false);
        let token = Token::of(TOKEN).unwrap();
        let (asker, _questions) = Asker::new(Arc::clone(&board));
        let signer = |name: &str, seed| {
            let key = trust::SigningKey::from_seed(&[seed; 32]);
            trust::NoteSigner::new(name, key).unwrap().verifier().clone()
        };
        let (log, root) = (signer("nuncio/demo/0", 1), signer("nuncio/demo/root", 2));
        let network = NetworkKeys::new(vec![log], vec![root]).unwrap();
        let key = trust::SigningKey::from_seed(&[3; 32]);
        let signing = Arc::new(crate::link::Signing::new(key, String::new()));
        let checkers = Checkers::new(document::Rules::built_in(config.profile));
        let sealing = Sealing::new(signing, network.clone(), Vec::new(), checkers);
        let office = Office {
            store: store.clone(),
            board: Arc::clone(&board),
            reports: Reports::new(folder.path(), asker.clone(), Clock::System),
            shelf: Shelf::open(&config.file(&config.files.files)).unwrap(),
            asker,
            sealing: Arc::new(sealing),
            network,
        };
        let api = Api::new(Arc::new(config), office, token, stopping);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(serve(listener, api));
        Self { _folder: folder, address, store, board, stop, served, writer }
    }

    /// Sends one request as it is written, and reads the answer to its end.
    async fn raw(&self, request: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        read(&mut stream).await
    }

    async fn ask(&self, line: &str, headers: &str, body: &[u8]) -> Reply {
        let mut request = format!(
            "{line} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\
             Authorization: Bearer {TOKEN}\r\nContent-Length: {}\r\n",
            body.len()
        );
        for header in headers.lines().map(str::trim).filter(|header| !header.is_empty()) {
            write!(request, "{header}\r\n").unwrap();
        }
        request.push_str("\r\n");
        self.raw(&[request.as_bytes(), body].concat()).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let reply = self.ask(&format!("GET {path}"), "", b"").await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    async fn post(&self, key: &str, query: &str, body: &str) -> Reply {
        let headers = format!("Content-Type: application/xml\nIdempotency-Key: {key}");
        self.ask(&format!("POST /v1/messages{query}"), &headers, body.as_bytes()).await
    }
}

impl Reply {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error}: {} {}", self.head, self.text());
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    /// The problem in one line, without what differs between runs.
    fn problem(&self) -> String {
        let problem: Problem = self.json();
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(problem.status, self.status);
        assert_eq!(self.header("x-request-id"), Some(problem.request_id.as_str()));
        assert_eq!(problem.kind, format!("/codes/{}", problem.code));
        let mut text =
            format!("{} {} {}: {}", self.status, problem.code, problem.title, problem.detail);
        for finding in problem.errors {
            let crate::api::Finding { code, path, line, column, message } = finding;
            write!(text, "\n  {code} {path} {line}:{column} {message}").unwrap();
        }
        text
    }
}

async fn read(stream: &mut TcpStream) -> Reply {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head[9..12].parse().unwrap();
    Reply { status, head, body: bytes[end + 4..].to_vec() }
}

fn head(kind: RecordKind, sequence: u64) -> RecordHead {
    RecordHead {
        kind,
        network: "demo".parse().unwrap(),
        shard: Shard(0),
        epoch: 1,
        writer: 9,
        sequence,
        at: LogTime(1_795_424_400_000_000 + sequence),
        previous: Digest::default(),
        body: Digest::default(),
    }
}

fn answered(input_number: u64, kind: RecordKind, meta: Vec<u8>) -> Settle {
    let submission = Submission {
        signed_at: LogTime(1_795_424_399_000_000),
        submitted_at: LogTime(1_795_424_399_000_001),
        attempts: 1,
        frame_messages: 3,
        key: [7; 8],
        session: 5,
    };
    let answer = Answer { submission, head: head(kind, 40 + input_number), meta };
    let record = logged(head(kind, 40 + input_number));
    let receipt = match kind {
        RecordKind::ACCEPTED => {
            Receipt::Acceptance(Acceptance { record, grant: "grant".to_owned() })
        }
        _ => Receipt::Refusal(record),
    };
    let answers = vec![Settled { input_number, answer, receipt: receipt.encode() }];
    Settle { answers, checkpoint: None }
}

fn logged(head: RecordHead) -> LoggedRecord {
    let (payload, checkpoint) = (Digest::of(b""), "note".to_owned());
    LoggedRecord { head, meta: b"meta".to_vec(), payload, path: Vec::new(), checkpoint }
}

fn offered(output_number: u64) -> Receive {
    let header = trust::Header {
        network: "demo".parse().unwrap(),
        service: "payments".parse().unwrap(),
        message_type: "pacs.008.001.08".parse().unwrap(),
        sender: "BRAVFRPPB".parse().unwrap(),
        receiver: "ALPHDEFFXXX".parse().unwrap(),
        input_number: 100 + output_number,
        created_at: LogTime(7),
        expires_at: None,
        payload_length: 4,
        reference: "INV-8812".parse().unwrap(),
        uetr: None,
        priority: trust::Priority::Urgent,
        monitoring: trust::Monitoring::None,
        possible_duplicate: false,
        answers: None,
        file: None,
        is_sealed: false,
    };
    let entry = InboxEntry {
        received_at: LogTime(5),
        session: 5,
        possible_duplicate: true,
        payload: Digest::of(b"<a/>"),
        head: head(RecordKind::ACCEPTED, 60 + output_number),
        header: header.encode(),
        copy: None,
        release: None,
    };
    let record = entry.head.hash();
    let payload = Some(bytes::Bytes::from_static(b"<a/>"));
    let receipt = b"inbox receipt".to_vec();
    let received = Box::new(Received { entry, header, payload, receipt, content: Text::Clear });
    let entry = Entry { output_number, record, content: Content::Message(received) };
    Receive { lane: 1, after: output_number - 1, entries: vec![entry], checkpoint: None }
}

#[track_caller]
fn same(got: &str, want: &Expect) {
    want.assert_eq(got);
}

#[tokio::test]
async fn a_message_is_stored_and_named() {
    let bench = Bench::new().await;
    let reply = bench.post("key-1", "?priority=urgent", SAMPLE).await;
    assert_eq!(reply.status, 202);
    assert_eq!(reply.header("location"), Some("/v1/messages/ALPHDEFFA-1"));
    assert_eq!(reply.header("idempotent-replayed"), None);
    let stored: Stored = reply.json();
    let stored = Stored { stored_at: None, ..stored };
    same(
        &serde_json::to_string_pretty(&stored).unwrap(),
        &expect![[r#"
        {
          "id": "ALPHDEFFA-1",
          "state": "stored",
          "input_number": 1,
          "service": "payments",
          "type": "pacs.008.001.08",
          "sender": "ALPHDEFFA",
          "receiver": "BRAVFRPPXXX",
          "reference": "ALPH20261123-000417",
          "uetr": "dea3273f-e864-4b5e-b353-6bcb0556b29b",
          "priority": "urgent",
          "monitoring": "notice",
          "bytes": 3407,
          "sha256": "e7fd9896257ecec2fcbb4ec4e666feccf39096c292b584b5a560adcd2f29a7cf"
        }"#]],
    );
    let raw = bench.ask("GET /v1/messages/ALPHDEFFA-1/raw", "", b"").await;
    assert_eq!(raw.header("content-type"), Some("application/xml"));
    assert_eq!(raw.body, SAMPLE.as_bytes());
    let message: Message = bench.get("/v1/messages/ALPHDEFFA-1").await;
    assert_eq!(message.state, MessageState::Stored);
    let steps: Vec<_> = message.timeline.iter().map(|event| event.step.to_string()).collect();
    assert_eq!(steps, ["checked", "stored"]);
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer() {
    let bench = Bench::new().await;
    let first = bench.post("key-1", "", SAMPLE).await;
    let again = bench.post("key-1", "", SAMPLE).await;
    assert_eq!((first.status, again.status), (202, 202));
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let other = bench.post("key-2", "", SAMPLE).await.json::<Stored>();
    assert_eq!(other.input_number, Some(2));
}

#[tokio::test]
async fn a_key_stands_for_one_request() {
    let bench = Bench::new().await;
    assert_eq!(bench.post("key-1", "", SAMPLE).await.status, 202);
    same(
        &bench.post("key-1", "", &SAMPLE.replace("48250.75", "48250.76")).await.problem(),
        &expect![
            "422 GTW005 Idempotency key used for another request: the key stands for message ALPHDEFFA-1, which came from another request; use a new key for a new message"
        ],
    );
    same(
        &bench.post("key-1", "?priority=urgent", SAMPLE).await.problem(),
        &expect![
            "422 GTW005 Idempotency key used for another request: the key stands for message ALPHDEFFA-1, which came from another request; use a new key for a new message"
        ],
    );
}

#[tokio::test]
async fn a_key_in_use_is_not_used_twice() {
    let bench = Bench::new().await;
    let mut stream = TcpStream::connect(bench.address).await.unwrap();
    let request = format!(
        "POST /v1/messages HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\
         Authorization: Bearer {TOKEN}\r\nContent-Type: text/xml\r\nIdempotency-Key: key-1\r\n\
         Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        SAMPLE.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    // The gateway asks for the body once it serves the request.
    let mut line = [0; 25];
    stream.read_exact(&mut line).await.unwrap();
    assert!(line.starts_with(b"HTTP/1.1 100"));
    same(
        &bench.post("key-1", "", SAMPLE).await.problem(),
        &expect![
            "409 GTW006 Idempotency key in use: a request with this key is being served; repeat it when that one is answered"
        ],
    );
    stream.write_all(SAMPLE.as_bytes()).await.unwrap();
    assert_eq!(read(&mut stream).await.status, 202);
    let again = bench.post("key-1", "", SAMPLE).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (202, Some("true")));
}

#[tokio::test]
async fn a_broken_body_stores_nothing_and_frees_the_key() {
    let bench = Bench::new().await;
    let mut stream = TcpStream::connect(bench.address).await.unwrap();
    let request = format!(
        "POST /v1/messages HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: text/xml\r\nIdempotency-Key: key-1\r\nContent-Length: 3000\r\n\r\n<a>"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    drop(stream);
    let mut reply = bench.post("key-1", "", SAMPLE).await;
    while reply.status == 409 {
        reply = bench.post("key-1", "", SAMPLE).await;
    }
    assert_eq!(reply.json::<Stored>().input_number, Some(1));
}

#[tokio::test]
async fn all_findings_come_at_once_and_nothing_is_stored() {
    let bench = Bench::with(|config| config.terminal = "BRAVFRPPA".parse().unwrap()).await;
    let bad = SAMPLE.replacen("ALPHDEFFXXX", "ALPHDEFF?", 1).replacen("BRAVFRPPXXX", "B", 1);
    same(
        &bench.post("key-1", "", &bad).await.problem(),
        &expect![[r#"
            422 GTW009 Message not valid: nothing was stored: 2 errors in the message
              SCH023 /RequestPayload[1]/AppHdr[1]/Fr[1]/FIId[1]/FinInstnId[1]/BICFI[1] 4:34 expected a value of the pattern [A-Z0-9]{4,4}[A-Z]{2,2}[A-Z0-9]{2,2}([A-Z0-9]{3,3}){0,1} (BICFIDec2014Identifier), but found "ALPHDEFF?"
              SCH023 /RequestPayload[1]/AppHdr[1]/To[1]/FIId[1]/FinInstnId[1]/BICFI[1] 5:34 expected a value of the pattern [A-Z0-9]{4,4}[A-Z]{2,2}[A-Z0-9]{2,2}([A-Z0-9]{3,3}){0,1} (BICFIDec2014Identifier), but found "B""#]],
    );
    same(
        &bench.post("key-1", "", SAMPLE).await.problem(),
        &expect![[r#"
            422 GTW009 Message not valid: nothing was stored: 1 error in the message
              GTW021  0:0 expected a sender of BRAVFRPP, but found ALPHDEFFXXX"#]],
    );
    same(
        &bench.post("key-1", "", "not xml").await.problem(),
        &expect![[r#"
        422 GTW009 Message not valid: nothing was stored: 1 error in the message
          XML021  1:1 expected nothing outside the root element, but found text: not xml"#]],
    );
    let status: Status = bench.get("/v1/status").await;
    assert_eq!(status.outbox.input_number, 0);
}

#[tokio::test]
async fn a_dry_run_stores_nothing_and_needs_no_key() {
    let bench = Bench::new().await;
    let xml = "Content-Type: application/xml; charset=UTF-8";
    let line = "POST /v1/messages?mode=validate";
    let reply = bench.ask(line, xml, SAMPLE.as_bytes()).await;
    let checked: Stored = reply.json();
    assert_eq!((reply.status, checked.id, checked.state), (200, None, None));
    assert_eq!(checked.receiver, "BRAVFRPPXXX");
    assert_eq!(bench.ask(line, xml, b"<a>").await.status, 422);
    let status: Status = bench.get("/v1/status").await;
    assert_eq!(status.outbox.input_number, 0);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of requests, each with what comes of it")]
async fn requests_out_of_form_are_told_what_to_do() {
    let bench = Bench::new().await;
    let xml = "Content-Type: application/xml";
    let post = "POST /v1/messages";
    for (line, headers, want) in [
        (
            post,
            xml,
            expect![
                "400 GTW004 Idempotency key missing or malformed: expected the header Idempotency-Key; give each new message a key of its own, such as a random UUID, and repeat the same key when you repeat the request"
            ],
        ),
        (
            post,
            "Content-Type: text/xml\nIdempotency-Key: a b",
            expect![
                "400 GTW004 Idempotency key missing or malformed: expected an Idempotency-Key of 1 to 255 visible ASCII characters; give each new message a key of its own, such as a random UUID, and repeat the same key when you repeat the request"
            ],
        ),
        (
            post,
            "Content-Type: text/xml\nIdempotency-Key: a\nIdempotency-Key: b",
            expect![
                "400 GTW004 Idempotency key missing or malformed: expected one header Idempotency-Key, but found more; give each new message a key of its own, such as a random UUID, and repeat the same key when you repeat the request"
            ],
        ),
        (
            post,
            "Content-Type: application/json\nIdempotency-Key: a",
            expect![
                "415 GTW008 Content type not taken: expected the content type application/xml, text/xml or (for FIN) text/plain, but found application/json"
            ],
        ),
        (
            post,
            "Content-Type: text/xml; charset=utf-16\nIdempotency-Key: a",
            expect![
                "415 GTW008 Content type not taken: expected the content type application/xml, text/xml or (for FIN) text/plain, but found text/xml; charset=utf-16"
            ],
        ),
        (
            post,
            "Idempotency-Key: a",
            expect![
                "415 GTW008 Content type not taken: expected the content type application/xml, text/xml or (for FIN) text/plain, but found nothing"
            ],
        ),
        (
            "POST /v1/messages?priority=high",
            xml,
            expect![[
                r#"400 GTW010 Parameter malformed: priority: expected normal, urgent or real-time, but found "high""#
            ]],
        ),
        (
            "POST /v1/messages?prio=high",
            xml,
            expect![
                "400 GTW010 Parameter malformed: query: Failed to deserialize query string: prio: unknown field `prio`, expected one of `mode`, `service`, `priority`, `monitoring`, `answers`, `wait`"
            ],
        ),
        (
            "GET /v1/messages/ALPHDEFFA-1",
            "",
            expect![[r#"404 GTW011 No such message: there is no message "ALPHDEFFA-1" here"#]],
        ),
        (
            "GET /v1/messages/nonsense/raw",
            "",
            expect![[r#"404 GTW011 No such message: there is no message "nonsense" here"#]],
        ),
        (
            "GET /v1/messages?uetr=7",
            "",
            expect![
                "400 GTW010 Parameter malformed: uetr: a UETR has 36 characters, but this one has 1"
            ],
        ),
        (
            "GET /v1/messages?state=lost",
            "",
            expect![[
                r#"400 GTW010 Parameter malformed: state: expected stored, submitted, accepted, refused, delivered, withdrawn, declined, answered, ended, received, taken, but found "lost""#
            ]],
        ),
        (
            "GET /v1/messages?limit=0",
            "",
            expect![[
                r#"400 GTW010 Parameter malformed: limit: expected a number from 1 to 500, but found "0""#
            ]],
        ),
        (
            "GET /v1/inbox?wait=1h",
            "",
            expect![[
                r#"400 GTW010 Parameter malformed: wait: expected a time up to 60s, such as 30s or 500ms, but found "1h""#
            ]],
        ),
        (
            "POST /v1/inbox/BRAVFRPPB-1/ack",
            "",
            expect![[r#"404 GTW011 No such message: there is no message "BRAVFRPPB-1" here"#]],
        ),
        (
            "GET /v1/nothing",
            "",
            expect![
                "404 GTW002 No such path: there is nothing at this path; docs/rest.md lists what there is"
            ],
        ),
        (
            "DELETE /v1/messages/ALPHDEFFA-1",
            "",
            expect![
                "405 GTW003 No such method: this path does not take this method; docs/rest.md lists what it takes"
            ],
        ),
    ] {
        same(&bench.ask(line, headers, b"<a/>").await.problem(), &want);
    }
}

#[tokio::test]
async fn only_the_token_opens_the_door() {
    let bench = Bench::new().await;
    for header in
        ["", "Authorization: Bearer 0123456789abcdeF\r\n", "Authorization: Basic Og==\r\n"]
    {
        for path in ["/v1/status", "/v1/nothing"] {
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n{header}\r\n"
            );
            let reply = bench.raw(request.as_bytes()).await;
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
            assert_eq!(reply.json::<Problem>().code, "GTW001");
        }
    }
    let request = "GET /codes/GTW001 HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n";
    let page = bench.raw(request.as_bytes()).await;
    assert_eq!((page.status, page.text().starts_with("# GTW001: ")), (200, true));
}

#[tokio::test]
async fn a_body_above_the_limit_is_not_kept_and_its_sender_reads_why() {
    let bench = Bench::with(|config| config.message_bytes_max = 1 << 20).await;
    let large = vec![b' '; 20 << 20];
    let headers = "Content-Type: application/xml\nIdempotency-Key: a";
    let reply = bench.ask("POST /v1/messages", headers, &large).await;
    same(
        &reply.problem(),
        &expect!["413 GTW007 Message too large: a message has at most 1048576 bytes here"],
    );
    // The same without a declared length.
    let mut request = format!(
        "POST /v1/messages HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: text/xml\r\nIdempotency-Key: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    .into_bytes();
    for _ in 0..20 {
        request.extend_from_slice(b"100000\r\n");
        request.resize(request.len() + (1 << 20), b' ');
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(bench.raw(&request).await.status, 413);
    assert_eq!(bench.post("a", "", SAMPLE).await.status, 202);
}

#[tokio::test]
async fn the_id_of_a_request_comes_back() {
    let bench = Bench::new().await;
    let reply = bench.ask("GET /v1/status", "X-Request-Id: back-office-7", b"").await;
    assert_eq!(reply.header("x-request-id"), Some("back-office-7"));
    let reply = bench.ask("GET /v1/status", "X-Request-Id: with space", b"").await;
    assert_eq!(reply.header("x-request-id").map(str::len), Some(16));
}

impl Bench {
    /// Three messages: the first was delivered, the second refused, the third is on its way.
    async fn with_history() -> Self {
        let bench = Self::new().await;
        for key in ["a", "b", "c"] {
            assert_eq!(bench.post(key, "", SAMPLE).await.status, 202);
        }
        let submission = Submission { session: 5, frame_messages: 3, ..Submission::default() };
        bench.board.submitted(3, submission);
        bench.board.submitted(3, submission);
        bench.store.make(answered(1, RecordKind::ACCEPTED, Vec::new())).await.unwrap().unwrap();
        let refused = Refused {
            terminal: "ALPHDEFFA".parse().unwrap(),
            input_number: 2,
            statement: Statement(Digest::default()),
            reasons: Reasons::one(Reason::new(
                "NET001".parse().unwrap(),
                Fault::Sender,
                "receiver",
                "BRAVFRPP is no member",
            )),
            header: None,
        };
        bench
            .store
            .make(answered(2, RecordKind::REFUSED, refused.encode()))
            .await
            .unwrap()
            .unwrap();
        let proof = trust::Delivery {
            record: logged(head(RecordKind::ACKNOWLEDGED, 50)),
            index: 0,
            path: Vec::new(),
            grant: "grant".to_owned(),
        };
        let by = "BRAVFRPPB".parse().unwrap();
        let delivery = Box::new(Delivery { by, message: head(RecordKind::ACCEPTED, 41), proof });
        let record = Digest::of(b"acknowledgement");
        let content = Content::Notice { input_number: 1, delivery };
        let entries = vec![Entry { output_number: 1, record, content }];
        let notice = Receive { lane: 0, after: 0, entries, checkpoint: None };
        bench.store.make(notice).await.unwrap().unwrap();
        bench
    }
}

#[tokio::test]
async fn the_timeline_tells_what_became_of_a_message() {
    let bench = Bench::with_history().await;
    let mut got = String::new();
    for number in 1..=3 {
        let message: Message = bench.get(&format!("/v1/messages/ALPHDEFFA-{number}")).await;
        writeln!(got, "{} {}", message.id, message.state).unwrap();
        for event in message.timeline.iter().skip(2) {
            let facts = serde_json::to_string(&event.facts).unwrap();
            let at = if event.at.starts_with("1970") { "" } else { &event.at };
            writeln!(got, "  {} {at} {facts}", event.step).unwrap();
        }
        for reason in message.reasons {
            writeln!(got, "  {reason:?}").unwrap();
        }
    }
    same(
        &got,
        &expect![[r#"
        ALPHDEFFA-1 delivered
          signed 2026-11-23T08:59:59.000000Z {"frame_messages":3,"key":"0707070707070707"}
          submitted 2026-11-23T08:59:59.000001Z {"session":5,"attempts":1}
          accepted 2026-11-23T09:00:00.000041Z {"position":"0/41"}
          delivered 2026-11-23T09:00:00.000050Z {"position":"0/50","by":"BRAVFRPPB"}
        ALPHDEFFA-2 refused
          signed 2026-11-23T08:59:59.000000Z {"frame_messages":3,"key":"0707070707070707"}
          submitted 2026-11-23T08:59:59.000001Z {"session":5,"attempts":1}
          refused 2026-11-23T09:00:00.000042Z {"position":"0/42"}
          Reason { code: "NET001", fault: "sender", place: "receiver", text: "BRAVFRPP is no member" }
        ALPHDEFFA-3 submitted
          signed  {"frame_messages":3,"key":"0000000000000000"}
          submitted  {"session":5,"attempts":2}
    "#]],
    );
}

#[tokio::test]
async fn receipts_come_in_binary_or_json() {
    let bench = Bench::with_history().await;
    let receipt =
        |query: &str| bench.ask_owned(format!("GET /v1/messages/ALPHDEFFA-1/receipt{query}"));
    let kind = |reply: Reply| Receipt::decode(&reply.body).unwrap().kind().to_string();
    assert_eq!(kind(receipt("").await), "delivery");
    let binary = receipt("?kind=acceptance").await;
    assert_eq!(binary.header("content-type"), Some("application/vnd.nuncio.receipt"));
    let line = "GET /v1/messages/ALPHDEFFA-1/receipt?kind=acceptance";
    let json = bench.ask(line, "Accept: application/json", b"").await;
    assert_eq!(json.header("content-type"), Some("application/json"));
    assert_eq!(Receipt::from_json(&json.text()).unwrap(), Receipt::decode(&binary.body).unwrap());
    assert_eq!(kind(binary), "acceptance");
    same(
        &receipt("?kind=refusal").await.problem(),
        &expect!["404 GTW012 No such receipt: message ALPHDEFFA-1 has no such receipt"],
    );
    let reply = bench.ask("GET /v1/messages/ALPHDEFFA-3/receipt", "", b"").await;
    same(
        &reply.problem(),
        &expect!["404 GTW012 No such receipt: message ALPHDEFFA-3 has no such receipt yet"],
    );
}

#[tokio::test]
async fn messages_come_in_pages_and_by_state() {
    let bench = Bench::with_history().await;
    let page: Messages = bench.get("/v1/messages?state=refused").await;
    assert_eq!(page.messages.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["ALPHDEFFA-2"]);
    let page: Messages = bench.get("/v1/messages?limit=2").await;
    assert_eq!((page.messages.len(), page.cursor.as_deref()), (2, Some("2")));
    let page: Messages = bench.get("/v1/messages?limit=2&cursor=2").await;
    assert_eq!((page.messages.len(), page.cursor), (1, None));
}

#[tokio::test]
async fn who_waits_for_messages_gets_them_as_they_come() {
    let bench = Bench::new().await;
    let empty: Inbox = bench.get("/v1/inbox").await;
    assert_eq!(empty, Inbox::default());
    let (inbox, ()) = tokio::join!(bench.get::<Inbox>("/v1/inbox?wait=60s"), async {
        tokio::task::yield_now().await;
        bench.store.make(offered(1)).await.unwrap().unwrap();
    });
    let message = inbox.messages.first().unwrap();
    same(
        &serde_json::to_string_pretty(message).unwrap(),
        &expect![[r#"
        {
          "id": "BRAVFRPPB-101",
          "direction": "received",
          "state": "received",
          "service": "payments",
          "type": "pacs.008.001.08",
          "sender": "BRAVFRPPB",
          "receiver": "ALPHDEFFXXX",
          "reference": "INV-8812",
          "priority": "urgent",
          "monitoring": "none",
          "input_number": 101,
          "lane": 1,
          "output_number": 1,
          "possible_duplicate": true,
          "bytes": 4,
          "sha256": "29114363f749a0226b6988dda3ca2492a954117ab6b5f382706c20300dabc079",
          "created_at": "1970-01-01T00:00:00.000007Z",
          "timeline": [
            {
              "step": "accepted",
              "at": "2026-11-23T09:00:00.000061Z",
              "position": "0/61"
            },
            {
              "step": "received",
              "at": "1970-01-01T00:00:00.000005Z",
              "session": 5
            }
          ]
        }"#]],
    );
    let raw = bench.ask("GET /v1/inbox/BRAVFRPPB-101/raw", "", b"").await;
    assert_eq!(raw.text(), "<a/>");
    let receipt = bench.ask("GET /v1/inbox/BRAVFRPPB-101/receipt", "", b"").await;
    assert_eq!(receipt.text(), "inbox receipt");
    assert_eq!(bench.get::<Message>("/v1/messages/BRAVFRPPB-101").await, *message);
}

#[tokio::test]
async fn a_message_is_taken_once_and_every_repeat_gets_the_same_answer() {
    let bench = Bench::new().await;
    for number in 1..=3 {
        bench.store.make(offered(number)).await.unwrap().unwrap();
    }
    let take = || bench.ask("POST /v1/inbox/BRAVFRPPB-102/ack", "", b"");
    let (first, again) = (take().await, take().await);
    assert_eq!(first.json::<Taken>(), again.json::<Taken>());
    let inbox: Inbox = bench.get("/v1/inbox").await;
    let ids: Vec<_> = inbox.messages.iter().map(|message| message.id.as_str()).collect();
    assert_eq!(ids, ["BRAVFRPPB-101", "BRAVFRPPB-103"]);
    let page: Inbox = bench.get("/v1/inbox?limit=1").await;
    let next = page.cursor.unwrap();
    let rest: Inbox = bench.get(&format!("/v1/inbox?cursor={next}")).await;
    assert_eq!(rest.messages.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["BRAVFRPPB-103"]);
    let message: Message = bench.get("/v1/messages/BRAVFRPPB-102").await;
    assert_eq!(message.state, MessageState::Taken);
}

#[tokio::test]
async fn the_status_tells_how_the_link_is() {
    let bench = Bench::new().await;
    bench.post("a", "", SAMPLE).await;
    bench.board.opened(LogTime(0), 12);
    bench.board.log_size(99);
    let status: Status = bench.get("/v1/status").await;
    assert_eq!((status.link.state, status.link.session), (LinkState::Connected, Some(12)));
    assert_eq!((status.outbox.waiting, status.link.log_size), (1, 99));
    assert_eq!((status.network.as_str(), status.terminal.as_str()), ("demo", "ALPHDEFFA"));
}

#[tokio::test]
async fn stopping_sends_home_those_who_wait() {
    let bench = Bench::new().await;
    bench.get::<Inbox>("/v1/inbox").await;
    let watching = bench.stop.receiver_count();
    let (inbox, ()) = tokio::join!(bench.get::<Inbox>("/v1/inbox?wait=60s"), async {
        // Whoever waits watches for the stop.
        while bench.stop.receiver_count() <= watching {
            tokio::task::yield_now().await;
        }
        bench.stop.send_replace(true);
    });
    assert_eq!(inbox, Inbox::default());
    bench.served.await.unwrap().unwrap();
    bench.writer.close().await;
}

impl Bench {
    async fn ask_owned(&self, line: String) -> Reply {
        self.ask(&line, "", b"").await
    }
}
