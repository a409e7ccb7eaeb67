//! Files through the REST interface, up to the order that announces them.

use trust::Digest;

use super::Bench;
use crate::api::{File, Files};

/// More than a chunk, so that a part of it can be durable.
fn bytes() -> Vec<u8> {
    (0..5_u32 << 20).map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect()
}

fn path(bytes: &[u8]) -> String {
    format!("/v1/files/{}", Digest::of(bytes))
}

#[tokio::test]
async fn a_file_comes_in_parts_and_goes_on_where_it_was() {
    let bench = Bench::new().await;
    let bytes = bytes();
    let path = path(&bytes);
    let unknown = bench.ask(&format!("HEAD {path}"), "", b"").await;
    assert_eq!(unknown.status, 404);
    let length = format!("Upload-Length: {}", bytes.len());
    let part = 4 << 20;
    let headers = format!("{length}\nUpload-Offset: 0");
    let first = bench.ask(&format!("PATCH {path}"), &headers, &bytes[..part + 100]).await;
    assert_eq!(first.status, 202, "{}", first.text());
    assert!(first.head.contains(&format!("upload-offset: {part}")), "{}", first.head);
    let head = bench.ask(&format!("HEAD {path}"), "", b"").await;
    assert!(head.head.contains(&format!("upload-offset: {part}")), "{}", head.head);
    assert!(head.head.contains("upload-complete: ?0"), "{}", head.head);
    let early = bench.ask(&format!("GET {path}"), "", b"").await;
    assert_eq!((early.status, early.text().contains("GTW086")), (404, true));
    let wrong = bench.ask(&format!("PATCH {path}"), &headers, b"x").await;
    assert_eq!((wrong.status, wrong.text().contains("GTW087")), (409, true));
    let headers = format!("{length}\nUpload-Offset: {part}");
    let last = bench.ask(&format!("PATCH {path}"), &headers, &bytes[part..]).await;
    assert_eq!(last.status, 201, "{}", last.text());
    // The same again, whole and from the beginning, is a repeat.
    let again = bench.ask(&format!("PUT {path}"), "", &bytes).await;
    assert_eq!(again.status, 200);
    assert!(again.head.contains("upload-complete: ?1"), "{}", again.head);
    let whole = bench.ask(&format!("GET {path}"), "", b"").await;
    assert!((whole.status, &whole.body) == (200, &bytes));
    let rest = bench.ask(&format!("GET {path}"), "Range: bytes=4194000-", b"").await;
    assert!((rest.status, &rest.body[..]) == (206, &bytes[4_194_000..]));
    let beyond = bench.ask(&format!("GET {path}"), "Range: bytes=5242880-", b"").await;
    assert_eq!((beyond.status, beyond.text().contains("GTW089")), (416, true));
    // Others have no such file.
    let other = bench.ask(&format!("GET {path}?sender=BRAVFRPP"), "", b"").await;
    assert_eq!((other.status, other.text().contains("GTW086")), (404, true));
}

#[tokio::test]
async fn whoever_begins_anew_loses_nothing_and_a_false_name_keeps_nothing() {
    let bench = Bench::new().await;
    let bytes = bytes();
    let length = format!("Upload-Length: {}\nUpload-Offset: 0", bytes.len());
    let first = bench.ask(&format!("PATCH {}", path(&bytes)), &length, &bytes[..4 << 20]).await;
    assert_eq!(first.status, 202, "{}", first.text());
    let whole = bench.ask(&format!("PUT {}", path(&bytes)), "", &bytes).await;
    assert_eq!(whole.status, 201, "{}", whole.text());
    let named = path(b"something else");
    let false_name = bench.ask(&format!("PUT {named}"), "", &bytes).await;
    assert_eq!((false_name.status, false_name.text().contains("GTW088")), (422, true));
    assert_eq!(bench.ask(&format!("HEAD {named}"), "", b"").await.status, 404);
    let empty = bench.ask(&format!("PUT {}", path(b"")), "", b"").await;
    assert_eq!((empty.status, empty.text().contains("GTW010")), (400, true));
    let unnamed = bench.ask("PUT /v1/files/123", "", b"abc").await;
    assert_eq!((unnamed.status, unnamed.text().contains("GTW010")), (400, true));
}

#[tokio::test]
async fn an_announcement_is_ordered_once_for_each_key() {
    let bench = Bench::new().await;
    let path = path(b"abc");
    let announce = format!("POST {path}/announce");
    let key = "Content-Type: application/json\nIdempotency-Key: key-1";
    let body = br#"{"to":"BRAVFRPP","name":"abc.txt","media_type":"text/plain"}"#;
    let missing = bench.ask(&announce, key, body).await;
    assert_eq!((missing.status, missing.text().contains("GTW086")), (404, true));
    assert_eq!(bench.ask(&format!("PUT {path}"), "", b"abc").await.status, 201);
    let reply = bench.ask(&announce, key, body).await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    let sent: File = reply.json();
    assert_eq!((sent.state.as_str(), sent.to.as_str()), ("sending", "BRAVFRPPXXX"));
    let again = bench.ask(&announce, key, body).await;
    assert!(again.head.contains("idempotent-replayed: true"), "{}", again.head);
    assert_eq!(again.json::<File>(), sent);
    let other = br#"{"to":"CHARGB2L","name":"abc.txt"}"#;
    let reused = bench.ask(&announce, key, other).await;
    assert_eq!((reused.status, reused.text().contains("GTW005")), (422, true));
    for wrong in [
        r#"{"to":"BRAV","name":"abc.txt"}"#,
        r#"{"to":"BRAVFRPP","name":"../abc.txt"}"#,
        r#"{"to":"BRAVFRPP","name":"abc.txt","media_type":"text"}"#,
        r#"{"to":"BRAVFRPP","name":"abc.txt","priority":"soon"}"#,
        r#"{"to":"BRAVFRPP"}"#,
    ] {
        let headers = "Content-Type: application/json\nIdempotency-Key: key-2";
        let reply = bench.ask(&announce, headers, wrong.as_bytes()).await;
        assert_eq!(reply.status, 400, "{wrong}: {}", reply.text());
    }
    let files: Files = bench.get("/v1/files").await;
    assert_eq!((files.sent.len(), files.received.len()), (1, 0));
    assert_eq!(files.sent[0], sent);
}
