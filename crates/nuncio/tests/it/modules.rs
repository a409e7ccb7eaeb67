//! Hub and gateways whose keys are in a hardware module, in real processes, while all is well and while
//! it is not. The module is `SoftHSM2`; a library between it and us plays the slow one.

use std::fs;
use std::path::Path;
use std::process::Output;

use gateway::api::State;
use serde_json::Value;
use trust::VerifierKey;

use crate::net::{INSTITUTIONS, Net, Process, nuncio, until};
use crate::token::{FOLDER, PIN, Token};
use crate::traffic::Traffic;

#[track_caller]
fn good(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What processes that use the token have in their environment.
fn variables(token: &Token) -> Vec<String> {
    let settings = format!("SOFTHSM2_CONF={}", token.settings().display());
    vec![settings, format!("{FOLDER}={}", token.folder.display())]
}

/// A command that uses the token.
fn with(token: &Token) -> std::process::Command {
    let mut command = nuncio();
    for variable in variables(token) {
        let (name, value) = variable.split_once('=').unwrap();
        command.env(name, value);
    }
    command
}

/// Makes a key in the token; its file stands at a path. Gives the public half.
fn make_key(token: &Token, label: &str, file: &Path) -> String {
    let _ = fs::remove_file(file);
    let mut command = with(token);
    command.args(["--output", "json", "key", "new"]).arg(file);
    command.args(["--token", "nuncio test", "--label", label, "--module"]).arg(&token.library);
    command.arg("--pin-file").arg(token.folder.join("pin"));
    let made = good(&command.output().unwrap());
    assert_eq!(made["kind"], "module");
    made["public"].as_str().unwrap().to_owned()
}

/// Puts the log's key into the token; nothing runs yet.
fn move_log_key(net: &Net, token: &Token) {
    let public = make_key(token, "test-log", &net.path("hub/log.key"));
    let known = VerifierKey::new("nuncio/test/0", public.parse().unwrap()).unwrap();
    let folders = INSTITUTIONS.map(|name| format!("{name}A"));
    let folders = folders.iter().map(String::as_str).chain(["", "hub"]);
    for folder in folders {
        let file = net.path(folder).join("network.keys");
        let text = fs::read_to_string(&file).unwrap();
        let others = text.lines().filter(|line| !line.starts_with("log "));
        let others: Vec<&str> = others.collect();
        fs::write(file, format!("log {known}\n{}\n", others.join("\n"))).unwrap();
    }
}

/// The codes of what a running hub says is wrong with it.
fn reasons(net: &Net) -> Vec<String> {
    let mut command = nuncio();
    command.args(["--output", "json", "hub", "health", "--dir"]).arg(net.path("hub"));
    let output = command.output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let reasons = report["reasons"].as_array().cloned().unwrap_or_default();
    reasons.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect()
}

/// Test 38, for a hub under load: whatever its module does, what was acknowledged is there, and the
/// hub says what is wrong, goes on by itself, or stops with a code.
#[test]
fn hsm_failures_of_a_hub_under_load_lose_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let Some(token) = Token::make(folder.path()) else { return };
    let Some(token) = token.troubled() else { return };
    let mut net = Net::files(&INSTITUTIONS);
    move_log_key(&net, &token);
    let variables = variables(&token);
    net.hub = Some(Process::start_with(&variables, "hub", &net.path("hub")));
    for name in INSTITUTIONS {
        net.gateways.push(Process::start("gateway", &net.gateway(name)));
    }
    let traffic = Traffic::start(&net);
    let flows = |what: &str| {
        let before = traffic.count();
        let last = traffic.last_of("ALPHDEFF");
        until(&format!("messages flow {what}"), || traffic.count() > before + 20 && last() > 0);
        let last = format!("ALPHDEFFA-{}", last());
        net.client("ALPHDEFF").wait_for(&last, &[State::Delivered]);
    };
    flows("with the module");

    // Slow: two seconds for a signature. It goes on, and says so.
    token.trouble("slow", true);
    until("the hub says that the key is slow", || reasons(&net).contains(&"HUB005".to_owned()));
    flows("with a slow module");
    token.trouble("slow", false);

    // Away for a while: nothing leaves, and it goes on by itself.
    let id = net.hub.as_ref().unwrap().id();
    token.remove();
    until("the hub says that the key is away", || reasons(&net).contains(&"HUB005".to_owned()));
    token.bring_back();
    flows("with the module that is back");
    assert_eq!(net.hub.as_ref().unwrap().id(), id);

    // Another token in its place: the hub tries the PIN once and stops.
    token.remove();
    token.initialise("14142135");
    let log = net.hub.as_mut().unwrap().ends();
    for word in ["HUB005", "the PIN was refused"] {
        assert!(log.contains(word), "{word}: {log}");
    }
    let refused = |line: &&str| {
        line.contains("a module did not sign") && line.contains("the PIN was refused")
    };
    assert_eq!(log.lines().filter(refused).count(), 1, "{log}");
    // It does not start so either, and writes nothing into its journal.
    let log = Process::try_start_with(&variables, "hub", &net.path("hub")).unwrap_err();
    assert!(log.contains("the PIN was refused"), "{log}");
    fs::remove_dir_all(token.folder.join("tokens")).unwrap();
    fs::create_dir(token.folder.join("tokens")).unwrap();
    token.bring_back();
    token.write_pin("wrong wrong");
    let log = Process::try_start_with(&variables, "hub", &net.path("hub")).unwrap_err();
    assert!(log.contains("the PIN was refused"), "{log}");
    token.write_pin(PIN);
    net.hub = Some(Process::start_with(&variables, "hub", &net.path("hub")));
    let flows = |what: &str| {
        let before = traffic.count();
        until(&format!("messages flow {what}"), || traffic.count() > before + 20);
    };
    flows("with the token of before");

    // Away for good: after its patience the hub stops, and goes on from there when it is started.
    token.remove();
    let log = net.hub.as_mut().unwrap().ends();
    assert!(log.contains("the token is not there"), "{log}");
    token.bring_back();
    net.hub = Some(Process::start_with(&variables, "hub", &net.path("hub")));
    flows("in the end");
    traffic.check(&mut net);
}

/// What `nuncio key rotate` says of a folder.
fn rotate(token: &Token, folder: &Path, more: &[&str]) -> Value {
    let mut command = with(token);
    command.args(["--output", "json", "key", "rotate"]).arg(folder).args(more);
    good(&command.output().unwrap())
}

/// How a key is made in the token.
fn making(token: &Token, label: &str) -> Vec<String> {
    let (module, pin) = (token.library.display(), token.folder.join("pin"));
    let words = ["--token", "nuncio test", "--label", label, "--module", &module.to_string()];
    let mut words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
    words.extend(["--pin-file".to_owned(), pin.display().to_string()]);
    words
}

/// Moves the key of TLS of a folder into the token while what runs there goes on.
fn move_tls_key(net: &Net, token: &Token, folder: &Path, (label, more): (&str, &[&str])) {
    let making = making(token, label);
    let mut words = vec!["--tls"];
    words.extend(making.iter().map(String::as_str));
    rotate(token, folder, &words);
    let to = net.path(&format!("{label}.pem")).display().to_string();
    let mut certify = nuncio();
    certify.args(["--output", "json", "key", "certify", "--to", &to, "--request"]);
    certify.arg(folder.join("tls.request")).arg("--authority").arg(net.path("authority"));
    good(&certify.args(more).output().unwrap());
    rotate(token, folder, &["--tls", "--certificate", &to]);
    until("the key of TLS is in the token", || {
        rotate(token, folder, &["--tls"])["rotation"] == "changed"
    });
}

/// Moves the signing key of a gateway into the token while it goes on.
fn move_signing_key(net: &Net, token: &Token, name: &str) {
    let folder = net.gateway(name);
    let making = making(token, "signing");
    rotate(token, &folder, &making.iter().map(String::as_str).collect::<Vec<_>>());
    let to = net.path("hub/grants/signing.note");
    let mut grant = nuncio();
    grant.args(["--output", "json", "key", "grant", "--request"]);
    grant.arg(folder.join("signing.request")).arg("--to").arg(&to);
    grant.arg("--root").arg(net.path("authority/root.key"));
    grant.arg("--key").arg(net.path("network.keys"));
    good(&grant.output().unwrap());
    rotate(token, &folder, &["--grant", to.to_str().unwrap()]);
    let directory = net.path("hub/directory.toml");
    let text = fs::read_to_string(&directory).unwrap();
    let old = format!("\"grants/{name}A.note\"");
    let text = text.replacen(&old, &format!("{old}, \"grants/signing.note\""), 1);
    fs::write(directory, text).unwrap();
    net.hub.as_ref().unwrap().signal(rustix::process::Signal::HUP);
    until("the signing key is in the token", || {
        rotate(token, &folder, &[])["rotation"] == "changed"
    });
}

/// The code of what is wrong with the link of a gateway.
fn problem(net: &Net, name: &str) -> Option<String> {
    let status: gateway::api::Status = net.client(name).json("/v1/status");
    status.link.problem.map(|problem| problem.code)
}

#[test]
fn keys_of_tls_and_of_messages_move_into_a_module_while_messages_flow() {
    let folder = tempfile::tempdir().unwrap();
    let Some(token) = Token::make(folder.path()) else { return };
    let mut net = Net::files(&INSTITUTIONS);
    let variables = variables(&token);
    let (hub, alpha) = (net.path("hub"), net.gateway("ALPHDEFF"));
    net.hub = Some(Process::start_with(&variables, "hub", &hub));
    for name in INSTITUTIONS {
        net.gateways.push(Process::start_with(&variables, "gateway", &net.gateway(name)));
    }
    let traffic = Traffic::start(&net);
    let flows = |what: &str| {
        let before = traffic.count();
        until(&format!("messages flow {what}"), || traffic.count() > before + 30);
    };
    let hosts = ["--host", "localhost", "--host", "127.0.0.1"];
    move_tls_key(&net, &token, &hub, ("hub", &hosts));
    move_tls_key(&net, &token, &alpha, ("alpha", &[]));
    move_signing_key(&net, &token, "ALPHDEFF");
    for file in [hub.join("tls.key"), alpha.join("tls.key"), alpha.join("signing.key")] {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("pkcs11:"), "{}", file.display());
    }
    net.hub().kill_and_start();
    net.gateways[0].kill_and_start();
    flows("with keys in the token");

    // Without the token: what stands goes on, what needs a key waits and says so.
    token.remove();
    until("the gateway says that it cannot sign", || {
        matches!(problem(&net, "ALPHDEFF").as_deref(), Some("GTW055" | "GTW051" | "GTW050"))
    });
    flows("into outboxes");
    net.gateways[1].kill_and_start();
    until("nobody new gets in", || problem(&net, "BRAVFRPP").is_some());
    token.bring_back();
    let last = format!("ALPHDEFFA-{}", traffic.last_of("ALPHDEFF")());
    net.client("ALPHDEFF").wait_for(&last, &[State::Delivered]);
    flows("with the token that is back");
    traffic.check(&mut net);
}
