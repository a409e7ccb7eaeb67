//! `nuncio key rotate`: a gateway's signing key is changed while the gateway runs.
//!
//! Each step leaves a folder with which the gateway works, and can be repeated: a key that is made is
//! not made again, a grant that is installed is installed again without harm. The move itself is the
//! gateway's (`gateway/src/link/signing.rs`), for only it knows when the network holds the grant.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway::Config;
use keys::Patience;
use trust::{KeyGrant, PublicKey, Signature, SigningKey};

use super::{make, read, write_secret};
use crate::cli::{KeyRotate, Output};
use crate::commands::verify::read_keys;
use crate::exit::{self, Failure};
use crate::log::write_whole;
use crate::output;

const TITLE: &str = "nuncio key request 1";

/// What an institution asks the authority for: a grant of this key.
pub(super) struct Request {
    pub(super) network: trust::NetworkName,
    pub(super) holder: iso::Terminal,
    pub(super) key: PublicKey,
}

impl Request {
    fn text(&self) -> String {
        let Self { network, holder, key } = self;
        format!("{TITLE}\nnetwork {network}\nholder {holder}\nkey {key}\n")
    }

    /// The request with the signature of the new key, which shows that its maker has it.
    fn sign(&self, key: &SigningKey) -> Result<String, Failure> {
        let text = self.text();
        let signature = key.sign(text.as_bytes()).context("the new key does not sign")?;
        Ok(format!("{text}signature {}\n", STANDARD.encode(signature.0)))
    }

    /// Reads a request; whoever made it has the key.
    pub(super) fn open(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next() != Some(TITLE) {
            return None;
        }
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let network = field("network")?.parse().ok()?;
        let holder = field("holder")?.parse().ok()?;
        let key: PublicKey = field("key")?.parse().ok()?;
        let signature = STANDARD.decode(field("signature")?).ok()?;
        let signature = Signature(signature.try_into().ok()?);
        let request = Self { network, holder, key };
        let signed = request.text();
        request.key.verify(signed.as_bytes(), &signature).ok()?;
        (text == format!("{signed}signature {}\n", STANDARD.encode(signature.0))).then_some(request)
    }
}

/// Where a rotation stands.
struct Standing {
    key: PublicKey,
    next: Option<PublicKey>,
    grant: Option<KeyGrant>,
    old: Option<PublicKey>,
}

pub(super) fn run(options: &KeyRotate, output: Output) -> Result<ExitCode, Failure> {
    let config = Config::load(&options.dir).map_err(anyhow::Error::new)?;
    let request = config.folder.join("signing.request");
    if options.making.is_asked() && !config.next_signing_key().exists() {
        let made = make(&options.making)?;
        write_secret(&config.next_signing_key(), &made.text)?;
    }
    if let Some(grant) = &options.grant {
        install(&config, grant)?;
    }
    if options.finish {
        finish(&config)?;
    }
    let standing = stand(&config)?;
    if let Some(next) = &standing.next
        && standing.grant.is_none()
    {
        let key = public_half(&config.next_signing_key())?;
        let (network, holder) = (config.network, config.terminal);
        let asked = Request { network, holder, key: next.clone() };
        write_whole(&request, asked.sign(&key)?.as_bytes())?;
    }
    say(&config, &standing, output);
    Ok(ExitCode::SUCCESS)
}

/// Puts a grant beside the next key, if it is for it.
fn install(config: &Config, file: &Path) -> Result<(), Failure> {
    let network = read_keys(&config.file(&config.files.network_keys))?;
    let note = read(file)?;
    let grant = KeyGrant::open(&note, network.roots()).map_err(|error| {
        let words = format!("{} is no grant of this network", file.display());
        Failure::new(exit::INVALID, anyhow::Error::new(error).context(words))
    })?;
    let refuse = |words: String| Err(Failure::said(exit::INVALID, words));
    if grant.network != config.network || grant.holder != config.terminal {
        return refuse(format!("the grant is for {} of network {}", grant.holder, grant.network));
    }
    let next = config.next_signing_key();
    if !next.exists() {
        // The gateway may have moved it already.
        if *public_half(&config.file(&config.files.signing_key))?.public() == grant.key {
            return Ok(());
        }
        return refuse("there is no next key; make it first".to_owned());
    }
    if *public_half(&next)?.public() != grant.key {
        return refuse(format!("the grant is for key {}, not for the next one", grant.key.id()));
    }
    write_whole(&config.next_grant(), note.as_bytes())
}

/// Forgets the old key.
fn finish(config: &Config) -> Result<(), Failure> {
    for place in [&config.files.signing_key, &config.files.grant] {
        let old = Config::beside(&config.file(place), "old");
        match fs::remove_file(&old) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let words = format!("cannot remove {}", old.display());
                return Err(anyhow::Error::new(error).context(words).into());
            }
            _ => {}
        }
    }
    Ok(())
}

fn stand(config: &Config) -> Result<Standing, Failure> {
    let signing = config.file(&config.files.signing_key);
    let half = |path: PathBuf| -> Result<Option<PublicKey>, Failure> {
        if !path.exists() {
            return Ok(None);
        }
        Ok(Some(public_half(&path)?.public().clone()))
    };
    let grant = match config.next_grant() {
        path if path.exists() => {
            let network = read_keys(&config.file(&config.files.network_keys))?;
            let grant = KeyGrant::open(&read(&path)?, network.roots());
            Some(grant.with_context(|| format!("{} is damaged", path.display()))?)
        }
        _ => None,
    };
    Ok(Standing {
        key: public_half(&signing)?.public().clone(),
        next: half(config.next_signing_key())?,
        grant,
        old: half(Config::beside(&signing, "old"))?,
    })
}

fn say(config: &Config, standing: &Standing, output: Output) {
    let Standing { key, next, grant, old } = standing;
    let step = match (next, grant, old) {
        (Some(_), None, _) => "requested",
        (Some(_), Some(_), _) => "granted",
        (None, _, Some(_)) => "changed",
        (None, _, None) => "none",
    };
    if output == Output::Json {
        let id = |key: &Option<PublicKey>| key.as_ref().map(|key| key.id().to_string());
        output::json(&serde_json::json!({
            "rotation": step, "key": key.id().to_string(), "next": id(next), "old": id(old),
            "from": grant.as_ref().map(|grant| grant.from.to_string()),
            "request": next.as_ref().map(|_| config.folder.join("signing.request")),
        }));
        return;
    }
    output::line(&format!("{} signs with {}", config.terminal, key.id()));
    match (next, grant, old) {
        (Some(next), None, _) => {
            output::line(&format!("  next key {}: it waits for its grant", next.id()));
            output::line("  give signing.request to the authority ('nuncio key grant --request')");
        }
        (Some(next), Some(grant), _) => {
            output::line(&format!("  next key {}, granted from {}", next.id(), grant.from));
            output::line("  the running gateway changes to it once the network holds the grant");
        }
        (None, _, Some(old)) => {
            output::line(&format!("  the old key was {}; --finish forgets it", old.id()));
        }
        (None, _, None) => output::line("  no change of keys is under way"),
    }
}

fn public_half(path: &Path) -> Result<SigningKey, Failure> {
    Ok(keys::signing_key(path, Patience::default()).map_err(anyhow::Error::new)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_holds_only_as_it_was_signed() {
        let key = SigningKey::from_seed(&[7; 32]);
        let (network, holder) = ("demo".parse().unwrap(), "ALPHDEFFA".parse().unwrap());
        let request = Request { network, holder, key: key.public().clone() };
        let text = request.sign(&key).unwrap();
        assert!(Request::open(&text).is_some_and(|it| it.key == *key.public()));
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert!(Request::open(&changed).is_none(), "byte {at}: {changed}");
        }
        assert!(Request::open(&format!("{text}\n")).is_none());
        let other = request.sign(&SigningKey::from_seed(&[8; 32])).unwrap();
        assert!(Request::open(&other).is_none(), "signed by somebody who has not the key");
    }
}
