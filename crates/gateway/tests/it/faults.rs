//! What stops a gateway or its link: each time a clear word, and nothing half done.

use std::path::Path;

use expect_test::{Expect, expect};
use gateway::api::{LinkState, State, Status};
use gateway::{Config, Error};
use session::Limits;
use tokio::net::TcpListener;

use crate::bank::Bank;
use crate::fake_hub::FakeHub;
use crate::folder::{authority, grant, make, validity};
use crate::hub;
use crate::way::{Network, SAMPLE, numbered};

/// The error with which a gateway does not start.
async fn refusal(config: Config) -> Error {
    let error = gateway::run(config.clone(), std::future::pending()).await.unwrap_err();
    assert!(!config.file(&config.files.address).exists(), "no address of what does not run");
    error
}

fn show(error: &Error, folder: &Path) -> String {
    let mut text = format!("{} {error}", error.code());
    let mut source = std::error::Error::source(error);
    while let Some(under) = source {
        text = format!("{text}: {under}");
        source = under.source();
    }
    format!("{text}\n{}", error.remedy()).replace(folder.to_str().unwrap(), "FOLDER")
}

/// Changes one file of a good folder, and compares what the gateway says of it.
async fn check(name: &str, text: Option<&str>, want: &Expect) {
    let folder = tempfile::tempdir().unwrap();
    let config = make(folder.path(), &authority(), "ALPHDEFFA", "127.0.0.1:1");
    match text {
        Some(text) => std::fs::write(folder.path().join(name), text).unwrap(),
        None => std::fs::remove_file(folder.path().join(name)).unwrap(),
    }
    want.assert_eq(&show(&refusal(config).await, folder.path()));
    assert!(!folder.path().join("store.redb").exists(), "nothing is made before all is checked");
}

#[tokio::test]
async fn a_missing_file_is_named() {
    check("signing.key", None, &expect![[r#"
        GTW037 cannot read signing key FOLDER/signing.key: No such file or directory (os error 2)
        put the file there; the network's operator issues it, `nuncio network init` for a network of your own"#]]).await;
    check("ca.pem", None, &expect![[r#"
        GTW037 cannot read certificate of the network's authority FOLDER/ca.pem: No such file or directory (os error 2)
        put the file there; the network's operator issues it, `nuncio network init` for a network of your own"#]]).await;
}

#[tokio::test]
async fn a_file_that_holds_something_else_is_named() {
    check(
        "tls.key",
        Some("what?"),
        &expect![[r#"
            GTW038 FOLDER/tls.key holds no TLS key: FOLDER/tls.key holds no private key: expected PKCS#8, sealed PKCS#8, a key of notes or a pkcs11 URI
            replace the file by the one that the operator issued"#]],
    )
    .await;
    check(
        "tls.pem",
        Some(""),
        &expect![[r#"
        GTW038 FOLDER/tls.pem holds no certificate of the terminal: there is none in the file
        replace the file by the one that the operator issued"#]],
    )
    .await;
    check("signing.key", Some("what?"), &expect![[r#"
        GTW038 FOLDER/signing.key holds no signing key: FOLDER/signing.key holds no private key: expected PKCS#8, sealed PKCS#8, a key of notes or a pkcs11 URI
        replace the file by the one that the operator issued"#]]).await;
    check("grant.note", Some("what?"), &expect![[r#"
        GTW038 FOLDER/grant.note holds no grant of the signing key: the note of the grant is refused: this is no signed note: expected a text, an empty line and lines of signatures
        replace the file by the one that the operator issued"#]]).await;
    check("network.keys", Some("log what?"), &expect![[r#"
        GTW038 FOLDER/network.keys holds no public keys of the network: line 1: the key is refused: this is no key of signed notes: expected name+hash+base64
        replace the file by the one that the operator issued"#]]).await;
    check(
        "api.token",
        Some("short"),
        &expect![[r#"
            GTW038 FOLDER/api.token holds no token: a token has 16 visible ASCII characters at least
            write a random text of 16 visible ASCII characters or more into the file, and give it to the back office"#]],
    )
    .await;
}

#[tokio::test]
async fn a_file_of_another_gateway_is_named() {
    let now = validity();
    let bravo = "BRAVFRPPA".parse().unwrap();
    let grant = grant(bravo, now.from, now.until);
    check("grant.note", Some(&grant), &expect![[r#"
        GTW039 the grant FOLDER/grant.note is for BRAVFRPPA in network demo, but the settings say ALPHDEFFA in network demo
        the file belongs to another gateway: copy the one of this terminal"#]]).await;
    let key = hub::key_of(bravo).to_pem().unwrap();
    check("signing.key", Some(&key), &expect![[r#"
        GTW039 the grant FOLDER/grant.note is for key a7adfb979f14dc86, but the settings say key fd91bbf8b00b424b (signing.key)
        the file belongs to another gateway: copy the one of this terminal"#]]).await;
    let issued = authority().issue_terminal(bravo, now).unwrap();
    check("tls.pem", Some(&issued.certificate), &expect![[r#"
        GTW039 the certificate FOLDER/tls.pem is of BRAVFRPPA in network demo, but the settings say ALPHDEFFA in network demo
        the file belongs to another gateway: copy the one of this terminal"#]]).await;
    check("tls.key", Some(&issued.key), &expect![[r#"
        GTW038 FOLDER/tls.key holds no TLS key: FOLDER/tls.key holds no key for this end of TLS: keys may not be consistent: KeyMismatch
        replace the file by the one that the operator issued"#]]).await;
    let keys = hub::network_keys().to_string().replace("nuncio/demo/", "nuncio/live/");
    check("network.keys", Some(&keys), &expect![[r#"
        GTW038 FOLDER/network.keys holds no public keys of the network: line 2: the key is refused: the hash of the key of notes does not fit its name and key
        replace the file by the one that the operator issued"#]]).await;
}

#[tokio::test]
async fn an_address_in_use_is_named_and_the_folder_is_free_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = make(folder.path(), &authority(), "ALPHDEFFA", "127.0.0.1:1");
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    config.listen = taken.local_addr().unwrap();
    let error = refusal(config.clone()).await;
    assert_eq!(error.code(), "GTW040");
    drop(taken);
    // Another test may have that address by now.
    config.listen = "127.0.0.1:0".parse().unwrap();
    Bank::start(config).await.stop().await;
}

#[tokio::test]
async fn a_folder_has_one_gateway_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let config = make(folder.path(), &authority(), "ALPHDEFFA", "127.0.0.1:1");
    let first = Bank::start(config.clone()).await;
    let error = gateway::run(config, std::future::pending()).await.unwrap_err();
    assert_eq!(error.code(), "GTW032");
    // The first one runs on, and can still be found.
    let _: Status = first.get("/v1/status").await;
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_of_another_authority_is_not_trusted() {
    let network = Network::new().await;
    let hub = network.hub.address.to_string();
    let config = make(network.alpha.path(), &authority(), "ALPHDEFFA", &hub);
    let alpha = Bank::start(config).await;
    let status = alpha.until_status(|status| status.link.problem.is_some()).await;
    assert_eq!(status.link.problem.unwrap().code, "GTW051");
    alpha.post("key", SAMPLE).await;
    alpha.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_the_hub_refuses_is_named() {
    let network = Network::new().await;
    let config = network.config("ALPHDEFFA");
    let issued = authority().issue_terminal(config.terminal, validity()).unwrap();
    std::fs::write(config.file(&config.files.tls_certificate), issued.certificate).unwrap();
    std::fs::write(config.file(&config.files.tls_key), issued.key).unwrap();
    let alpha = Bank::start(config).await;
    let status = alpha.until_status(|status| status.link.problem.is_some()).await;
    let problem = status.link.problem.unwrap();
    assert_eq!(problem.code, "GTW051", "{}", problem.text);
    alpha.stop().await;
}

/// Waits until the link has stopped, and checks that back offices are served as before.
async fn stopped(bank: &Bank, code: &str) {
    let status = bank.until_status(|status| status.link.state == LinkState::Stopped).await;
    let problem = status.link.problem.unwrap();
    assert_eq!(problem.code, code, "{}", problem.text);
    assert!(problem.remedy.contains(&format!("docs/codes/{code}.md")));
    bank.post("after-the-stop", SAMPLE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_runs_on_an_old_copy_stops_the_link() {
    let network = Network::new().await;
    let alpha = network.start("ALPHDEFFA").await;
    let old = network.hub.world().hub.copy();
    let id = alpha.post("key", SAMPLE).await.id.unwrap();
    alpha.until_state(&id, State::Accepted).await;
    let address = network.hub.address;
    network.hub.crash().await;
    let _restored = FakeHub::listen(&network.authority, old, address).await;
    stopped(&alpha, "LNK031").await;
    alpha.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_an_old_copy_stops_the_link() {
    let network = Network::new().await;
    let alpha = network.start("ALPHDEFFA").await;
    let id = alpha.post("key", SAMPLE).await.id.unwrap();
    alpha.until_state(&id, State::Accepted).await;
    alpha.stop().await;
    let (store, copy) = ("store.redb", "copy.redb");
    let path = |name: &str| network.alpha.path().join(name);
    std::fs::copy(path(store), path(copy)).unwrap();
    let alpha = network.start("ALPHDEFFA").await;
    let id = alpha.post("other", &numbered(2)).await.id.unwrap();
    alpha.until_state(&id, State::Accepted).await;
    alpha.stop().await;
    std::fs::rename(path(copy), path(store)).unwrap();
    let alpha = network.start("ALPHDEFFA").await;
    stopped(&alpha, "LNK030").await;
    alpha.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_above_the_hubs_limit_stops_the_link_or_is_refused_at_once() {
    let network = Network::new().await;
    network.hub.world().limits.message_bytes = 3_000;
    let alpha = network.start("ALPHDEFFA").await;
    alpha.until_status(|status| status.link.state == LinkState::Connected).await;
    let headers = "Content-Type: application/xml\r\nIdempotency-Key: key\r\n";
    let reply = alpha.ask("POST /v1/messages", headers, SAMPLE.as_bytes()).await;
    assert_eq!((reply.status, reply.problem().code.as_str()), (413, "GTW007"));
    alpha.stop().await;
    // Before the hub has said what it takes, the gateway cannot know.
    let address = network.hub.address;
    let hub = network.hub.crash().await;
    let config = make(network.alpha.path(), &network.authority, "ALPHDEFFA", &address.to_string());
    let alpha = Bank::start(config).await;
    alpha.post("key", SAMPLE).await;
    let limits = Limits { message_bytes: 3_000, ..Limits::DEFAULT };
    let _restarted = FakeHub::listen_with(&network.authority, hub, address, limits).await;
    let status = alpha.until_status(|status| status.link.state == LinkState::Stopped).await;
    assert_eq!(status.link.problem.unwrap().code, "GTW054");
    alpha.stop().await;
}
