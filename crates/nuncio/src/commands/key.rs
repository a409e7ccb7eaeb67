//! `nuncio key ...`: the ceremonies of keys, and when certificates and grants end.

mod ceremony;
mod certify;
mod line;
mod request;
mod rotate;

use std::fs;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use keys::expiry::{Ending, Nearness};
use keys::{Kind, Module, Passphrase, Patience, Uri};
use trust::pki::Holder;
use trust::{KeyGrant, LogTime, NoteSigner, OpeningKey, PublicKey, SigningKey};

use self::request::{Purpose, Request};
use crate::cli::{
    Key, KeyExpiry, KeyGrant as GrantOptions, KeyMaking, KeyNew, KeySeal, KeyShow, Output, Token,
};
use crate::clock;
use crate::commands::network::algorithm;
use crate::commands::verify::read_keys;
use crate::exit::{self, Failure};
use crate::output;

const DAY_US: u64 = 24 * 3_600 * 1_000_000;

pub(crate) fn run(command: &Key, output: Output) -> Result<ExitCode, Failure> {
    match command {
        Key::New(options) => new(options, output),
        Key::Show(options) => show(options, output),
        Key::List(options) => list(options, output),
        Key::Seal(options) => seal(options, output),
        Key::Grant(options) => grant(options, output),
        Key::Line(options) => line::run(options, output),
        Key::Certify(options) => certify::run(options, output),
        Key::Rotate(options) => rotate::run(options, output),
        Key::Ceremony(options) => ceremony::run(options, output),
        Key::Expiry(options) => expiry(options, output),
    }
}

fn new(options: &KeyNew, output: Output) -> Result<ExitCode, Failure> {
    if options.file.exists() {
        let words = format!("{} is there already", options.file.display());
        return Err(Failure::said(exit::CONFLICT, words));
    }
    let made = if options.encryption {
        make_opening(options.making.passphrase_file.as_deref())?
    } else {
        make(&options.making)?
    };
    write_secret(&options.file, &made.text)?;
    say(&options.file, made.kind, &made.public, output);
    Ok(ExitCode::SUCCESS)
}

/// A key that was made.
struct Made {
    /// What its file holds.
    text: String,
    public: PublicKey,
    kind: Kind,
}

/// Makes a key, sealed or in a token.
fn make(options: &KeyMaking) -> Result<Made, Failure> {
    let algorithm = algorithm(options.algorithm);
    match (&options.token, &options.passphrase_file) {
        (Some(token), _) => {
            let (Some(label), Some(module), Some(pin)) =
                (&options.label, &options.module, &options.pin_file)
            else {
                let words = "a token needs a label, a module and a PIN";
                return Err(Failure::said(exit::USAGE, words));
            };
            let pin = absolute(pin)?;
            let uri = Uri::new(token.clone(), label.clone(), &absolute(module)?, &pin);
            let public = Module::open(&uri)
                .and_then(|module| module.generate(&uri, algorithm))
                .map_err(anyhow::Error::new)?;
            Ok(Made { text: format!("{uri}\n"), public, kind: Kind::Module })
        }
        (None, Some(file)) => {
            let passphrase = Passphrase::read(file).map_err(anyhow::Error::new)?;
            let key = SigningKey::generate(algorithm).context("cannot make a key")?;
            let text = keys::seal(&key, &passphrase).map_err(anyhow::Error::new)?;
            Ok(Made { text, public: key.public().clone(), kind: Kind::Sealed })
        }
        (None, None) => {
            let words = "a key is sealed (--passphrase-file), or in a token (--token)";
            Err(Failure::said(exit::USAGE, words))
        }
    }
}

/// The key of a file; a sealed one is opened with the passphrase with which keys are made now, if one is
/// named, and otherwise with that of the environment.
fn open(path: &Path, making: &KeyMaking) -> Result<SigningKey, Failure> {
    let given = making.passphrase_file.as_deref().map(Passphrase::read);
    let given = given.transpose().map_err(anyhow::Error::new)?;
    let key = keys::signing_key_with(path, Patience::default(), given.as_ref());
    Ok(key.map_err(anyhow::Error::new)?)
}

/// Makes a key to which messages are sealed; no token makes such a key.
fn make_opening(passphrase_file: Option<&Path>) -> Result<Made, Failure> {
    let Some(file) = passphrase_file else {
        let words = "a key to which messages are sealed needs --passphrase-file";
        return Err(Failure::said(exit::USAGE, words));
    };
    let passphrase = Passphrase::read(file).map_err(anyhow::Error::new)?;
    let key = OpeningKey::generate().context("cannot make a key")?;
    let text = keys::seal_opening(&key, &passphrase).map_err(anyhow::Error::new)?;
    Ok(Made { text, public: key.public().clone(), kind: Kind::Sealed })
}

fn show(options: &KeyShow, output: Output) -> Result<ExitCode, Failure> {
    let text = read(&options.file)?;
    let kind = Kind::of(&text).with_context(|| {
        format!("{} holds no private key and no place of one", options.file.display())
    })?;
    let public = match kind {
        Kind::Note => NoteSigner::from_text(text.trim())
            .map(|signer| signer.verifier().key().clone())
            .or_else(|_| {
                trust::Cosigner::from_text(text.trim()).map(|it| it.verifier().key().clone())
            })
            .context("the key is refused")?,
        Kind::Module => {
            let key = keys::signing_key(&options.file, Patience::default());
            key.map_err(anyhow::Error::new)?.public().clone()
        }
        Kind::Plain | Kind::Sealed => match keys::opening_key(&options.file) {
            Ok(key) => key.public().clone(),
            // Then it signs.
            Err(_) => {
                let key = keys::signing_key(&options.file, Patience::default());
                key.map_err(anyhow::Error::new)?.public().clone()
            }
        },
    };
    say(&options.file, kind, &public, output);
    Ok(ExitCode::SUCCESS)
}

/// Says what a key's file holds; never the private key.
fn say(file: &Path, kind: Kind, public: &PublicKey, output: Output) {
    let (word, sentence) = match kind {
        Kind::Sealed => ("sealed", "sealed with a passphrase"),
        Kind::Plain => ("plain", "plain: whoever reads the file can sign"),
        Kind::Note => ("note", "plain, for signed notes: whoever reads the file can sign"),
        Kind::Module => ("module", "in a hardware module; the file says where"),
    };
    match output {
        Output::Json => output::json(&serde_json::json!({
            "file": file, "kind": word, "algorithm": public.algorithm().to_string(),
            "public": public.to_string(), "id": public.id().to_string(),
        })),
        Output::Table => {
            output::line(&format!("{}: {sentence}", file.display()));
            output::line(&format!("  public key {public}"));
            output::line(&format!("  short name {}", public.id()));
        }
    }
}

fn list(options: &Token, output: Output) -> Result<ExitCode, Failure> {
    let any = "any".parse().expect("any is a label");
    let (module, pin) = (absolute(&options.module)?, absolute(&options.pin_file)?);
    let uri = Uri::new(options.token.clone(), any, &module, &pin);
    let listed =
        Module::open(&uri).and_then(|module| module.list(&uri)).map_err(anyhow::Error::new)?;
    match output {
        Output::Json => {
            let document = |key: &keys::Listed| {
                let public = key.public.as_ref();
                serde_json::json!({
                    "label": key.label.as_str(), "public": public.map(ToString::to_string),
                    "id": public.map(|public| public.id().to_string()),
                })
            };
            output::json(&listed.iter().map(document).collect::<Vec<_>>());
        }
        Output::Table => {
            let row = |key: &keys::Listed| {
                let none = || "of another kind".to_owned();
                let public = key.public.as_ref();
                let id = public.map_or_else(String::new, |public| public.id().to_string());
                let public = public.map_or_else(none, ToString::to_string);
                vec![key.label.as_str().to_owned(), id, public]
            };
            let rows: Vec<_> = listed.iter().map(row).collect();
            output::table(&["LABEL", "SHORT NAME", "PUBLIC KEY"], &rows);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn seal(options: &KeySeal, output: Output) -> Result<ExitCode, Failure> {
    let text = read(&options.file)?;
    let passphrase = Passphrase::read(&options.passphrase_file).map_err(anyhow::Error::new)?;
    let key = match Kind::of(&text) {
        Some(Kind::Plain) => SigningKey::from_pem(&text).context("the key is refused")?,
        Some(Kind::Note) => NoteSigner::from_text(text.trim())
            .map(NoteSigner::into_key)
            .or_else(|_| trust::Cosigner::from_text(text.trim()).map(trust::Cosigner::into_key))
            .context("the key is refused")?,
        Some(Kind::Sealed | Kind::Module) | None => {
            let words = format!("{} holds no plain key", options.file.display());
            return Err(Failure::said(exit::CONFLICT, words));
        }
    };
    let sealed = keys::seal(&key, &passphrase).map_err(anyhow::Error::new)?;
    // Opened before the plain key goes: a seal that does not open would lose the key.
    let opened = keys::unseal(&sealed, &passphrase).context("the seal does not open again")?;
    if opened.public() != key.public() {
        return Err(Failure::said(exit::FAILURE, "the seal holds another key"));
    }
    let partial = options.file.with_extension("sealed");
    write_secret(&partial, &sealed)?;
    fs::rename(&partial, &options.file)
        .with_context(|| format!("cannot write {}", options.file.display()))?;
    say(&options.file, Kind::Sealed, key.public(), output);
    Ok(ExitCode::SUCCESS)
}

fn grant(options: &GrantOptions, output: Output) -> Result<ExitCode, Failure> {
    let network = read_keys(&options.known.key)?;
    let root = keys::note_signer(&options.root, network.roots(), Patience::default())
        .map_err(anyhow::Error::new)?;
    let from = options.from.unwrap_or_else(clock::now);
    let until = options.days.checked_mul(DAY_US).and_then(|span| from.0.checked_add(span));
    let until = LogTime(until.context("the grant would never end")?);
    let (holder, key) = match (&options.request, options.holder, &options.public) {
        (Some(file), ..) => {
            let request = Request::open(&read(file)?, Purpose::Signing);
            let request = request.filter(|it| it.network == *network.network());
            let words = || format!("{} is no request to this network", file.display());
            match request {
                Some(Request { holder: Holder::Terminal(holder), key, .. }) => (holder, key),
                Some(_) | None => return Err(Failure::said(exit::INVALID, words())),
            }
        }
        (None, Some(holder), Some(public)) => (holder, public.clone()),
        (None, ..) => return Err(Failure::said(exit::USAGE, "name a request, or holder and key")),
    };
    let grant = KeyGrant { network: *network.network(), holder, key, from, until };
    let note = grant.sign(&root).context("cannot grant the key")?;
    fs::write(&options.to, &note)
        .with_context(|| format!("cannot write {}", options.to.display()))?;
    match output {
        Output::Json => output::json(&serde_json::json!({
            "file": options.to, "holder": holder.to_string(), "key": grant.key.id().to_string(),
            "from": from.to_string(), "until": until.to_string(),
        })),
        Output::Table => {
            output::line(&format!("{}: this was granted:", options.to.display()));
            grant.text().lines().for_each(|line| output::line(&format!("  {line}")));
            output::line(
                "name the file in directory.toml under 'grants', then send SIGHUP to the hub",
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn expiry(options: &KeyExpiry, output: Output) -> Result<ExitCode, Failure> {
    let mut endings = Vec::new();
    for path in &options.files {
        collect(path, &mut endings, true)?;
    }
    endings.sort_by_key(|ending| ending.until);
    let now = clock::now();
    let soon = endings.iter().any(|ending| ending.nearness(now) > Nearness::Far);
    match output {
        Output::Json => {
            let document = |it: &Ending| {
                serde_json::json!({
                    "file": it.file, "what": it.what, "until": it.until.to_string(),
                    "days_left": it.days_left(now), "warning": it.nearness(now).words(),
                })
            };
            output::json(&endings.iter().map(document).collect::<Vec<_>>());
        }
        Output::Table => {
            let row = |it: &Ending| {
                vec![
                    it.until.to_string(),
                    it.nearness(now).words().to_owned(),
                    it.what.clone(),
                    it.file.display().to_string(),
                ]
            };
            let rows: Vec<_> = endings.iter().map(row).collect();
            output::table(&["ENDS", "WARNING", "WHAT", "FILE"], &rows);
        }
    }
    Ok(ExitCode::from(if soon { exit::FAILURE } else { 0 }))
}

/// The certificates and grants at a path; of a folder, those whose names end in .pem or .note.
fn collect(path: &Path, endings: &mut Vec<Ending>, named: bool) -> Result<(), Failure> {
    if path.is_dir() {
        let list = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut paths = Vec::new();
        for entry in list {
            paths.push(entry.context("cannot read a folder")?.path());
        }
        paths.sort();
        for path in paths {
            let is = |end: &str| path.extension().is_some_and(|found| found == end);
            if is("pem") || is("note") || path.is_dir() {
                collect(&path, endings, false)?;
            }
        }
        return Ok(());
    }
    let text = read(path)?;
    match Ending::of_text(path, &text) {
        Ok(ends) => endings.extend(ends),
        Err(error) if named => {
            let words = format!("{} is neither a certificate nor a grant", path.display());
            return Err(Failure::new(exit::INVALID, anyhow::Error::new(error).context(words)));
        }
        Err(_) => {}
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, Failure> {
    Ok(fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?)
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    Ok(fs::canonicalize(path).with_context(|| format!("cannot find {}", path.display()))?)
}

/// Writes a file that only its owner may read.
fn write_secret(path: &Path, text: &str) -> Result<(), Failure> {
    let words = || format!("cannot write {}", path.display());
    let mut options = fs::OpenOptions::new();
    let mut file =
        options.write(true).create_new(true).mode(0o600).open(path).with_context(words)?;
    file.set_permissions(fs::Permissions::from_mode(0o600)).with_context(words)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).with_context(words)?;
    file.sync_all().with_context(words)?;
    Ok(())
}
