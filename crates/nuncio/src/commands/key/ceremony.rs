//! `nuncio key ceremony`: the root key and the log key of a network are made before witnesses, and a
//! protocol says what was done.
//!
//! It needs no network and is meant for a machine that has none. The private keys go into sealed
//! files or a hardware module and nowhere else; the protocol holds what everybody may know, to be
//! read out, compared and signed by the people present.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use keys::Kind;
use trust::{Digest, KeyGrant, NetworkKeys, Origin, PublicKey, Shard, VerifierKey};

use super::{Made, make, open, write_secret};
use crate::cli::{KeyCeremony, KeyMaking, Output};
use crate::clock;
use crate::commands::network::folder::Folder;
use crate::exit::{self, Failure};
use crate::output;

/// What each key signs to show that it works.
const TRIAL: &[u8] = b"nuncio key ceremony 1\n";

/// A key that was made here.
struct Key {
    file: &'static str,
    what: &'static str,
    line: String,
    public: PublicKey,
    kind: Kind,
}

pub(super) fn run(options: &KeyCeremony, output: Output) -> Result<ExitCode, Failure> {
    let people: BTreeSet<&str> = options.present.iter().map(|name| name.trim()).collect();
    if people.len() < 2 || people.contains("") {
        let words = "a ceremony needs two people at least: name each with --present";
        return Err(Failure::said(exit::USAGE, words));
    }
    if people.iter().any(|name| name.chars().any(char::is_control)) {
        let words = "the name of a person is one line: the protocol is read line by line";
        return Err(Failure::said(exit::USAGE, words));
    }
    let begun = clock::now();
    let folder = Folder::create_empty(&options.dir)?;
    let network = options.network;
    let root = key(options, ("root", "root.key"))?;
    let log = key(options, ("log", "log.key"))?;
    let name = |name: String, key: &Made| {
        VerifierKey::new(&name, key.public.clone()).context("a key cannot be named")
    };
    let origin = Origin { network, shard: Shard(0) };
    let known = (name(KeyGrant::root_name(&network), &root)?, name(origin.to_string(), &log)?);
    let keys = NetworkKeys::new(vec![known.1.clone()], vec![known.0.clone()])
        .context("the keys do not make a network")?;
    folder.public("network.keys", &keys.to_string())?;
    let made = [
        entry(("root.key", "root"), format!("root {}", known.0), root),
        entry(("log.key", "log"), format!("log {}", known.1), log),
    ];
    for key in &made {
        try_out(&folder, key, &options.making)?;
    }
    let text = protocol(options, &folder, &made, (begun, clock::now()))?;
    folder.public("protocol.txt", &text)?;
    say(&folder, &made, &text, output);
    Ok(ExitCode::SUCCESS)
}

/// Makes one of the keys; in a module its label is the name of the network and what it is.
fn key(options: &KeyCeremony, (what, file): (&str, &str)) -> Result<Made, Failure> {
    let label = options.making.token.as_ref().map(|_| format!("{}-{what}", options.network));
    let label = label.map(|it| it.parse()).transpose();
    let label = label.map_err(|_| Failure::said(exit::USAGE, "a label cannot be made"))?;
    let made = make(&KeyMaking { label, ..options.making.clone() })?;
    write_secret(&options.dir.join(file), &made.text)?;
    Ok(made)
}

fn entry((file, what): (&'static str, &'static str), line: String, made: Made) -> Key {
    Key { file, what, line, public: made.public, kind: made.kind }
}

/// Signs with a key as it was kept, so that one that cannot be used is found now.
fn try_out(folder: &Folder, key: &Key, making: &KeyMaking) -> Result<(), Failure> {
    let signing = open(&folder.path().join(key.file), making)?;
    let signature = signing.sign(TRIAL).context("a key that was just made does not sign")?;
    key.public.verify(TRIAL, &signature).context("a key that was just made signs wrongly")?;
    Ok(())
}

fn protocol(
    options: &KeyCeremony,
    folder: &Folder,
    made: &[Key],
    (begun, ended): (trust::LogTime, trust::LogTime),
) -> Result<String, Failure> {
    let mut text = String::new();
    let mut line = |words: &str| writeln!(text, "{words}").expect("a String takes all");
    line("Protocol of a key ceremony");
    line("");
    line(&format!("Network   {}", options.network));
    line(&format!("Begun     {begun} by the clock of the machine"));
    line(&format!("Ended     {ended}"));
    line(&format!("Program   nuncio {}, SHA-256 {}", env!("CARGO_PKG_VERSION"), program()?));
    let words: Vec<String> = std::env::args().skip(1).collect();
    line(&format!("Command   nuncio {}", words.join(" ")));
    line("");
    line("Keys");
    for key in made {
        let place = match key.kind {
            Kind::Module => "in a hardware module, which it never leaves",
            Kind::Sealed | Kind::Plain | Kind::Note => "in a file sealed with a passphrase",
        };
        line("");
        line(&format!("  {} key, {place}", key.what));
        line(&format!("    file         {}", key.file));
        line(&format!("    public key   {}", key.public));
        line(&format!("    short name   {}", key.public.id()));
        line(&format!("    network.keys {}", key.line));
        line("    a trial signature of it was made and verified");
    }
    line("");
    line("Files, with SHA-256");
    for name in ["root.key", "log.key", "network.keys"] {
        let bytes = fs::read(folder.path().join(name));
        let bytes = bytes.with_context(|| format!("cannot read {name}"))?;
        line(&format!("  {}  {name}", Digest::of(&bytes)));
    }
    line("");
    line("Present: each has compared the public keys above with those on the screen.");
    for person in &options.present {
        line("");
        line(&format!("  {person}"));
        line("  Signature ______________________________  Date ______________");
    }
    let digest = Digest::of(text.as_bytes());
    Ok(format!("{text}\nSHA-256 of all lines above, without the empty one before this: {digest}\n"))
}

/// The digest of this very program.
fn program() -> Result<Digest, Failure> {
    let path = std::env::current_exe().context("the program does not know where it is")?;
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Digest::of(&bytes))
}

fn say(folder: &Folder, made: &[Key], text: &str, output: Output) {
    let protocol: &Path = &folder.path().join("protocol.txt");
    match output {
        Output::Json => {
            let keys = made.iter().map(|key| {
                serde_json::json!({
                    "file": key.file, "public": key.public.to_string(),
                    "id": key.public.id().to_string(), "line": key.line,
                })
            });
            output::json(&serde_json::json!({
                "protocol": protocol, "keys": keys.collect::<Vec<_>>(),
                "sha256": Digest::of(text.as_bytes()).to_string(),
            }));
        }
        Output::Table => {
            text.lines().for_each(output::line);
            output::line("");
            output::line(&format!("{}: print it, compare it, sign it", protocol.display()));
        }
    }
}
