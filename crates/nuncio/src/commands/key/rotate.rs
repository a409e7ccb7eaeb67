//! `nuncio key rotate`: a gateway's signing key is changed while the gateway runs.
//!
//! Each step leaves a folder with which the gateway works, and can be repeated: a key that is made is
//! not made again, a grant that is installed is installed again without harm. The move itself is the
//! gateway's (`gateway/src/link/signing.rs`), for only it knows when the network holds the grant.

mod tls;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use gateway::Config;
use keys::Pair;
use trust::pki::Holder;
use trust::{KeyGrant, PublicKey};

use super::request::{Purpose, Request};
use super::{make, open, read, write_secret};
use crate::cli::{KeyMaking, KeyRotate, Output};
use crate::commands::verify::read_keys;
use crate::exit::{self, Failure};
use crate::log::write_whole;
use crate::output;

/// Where a rotation stands.
struct Standing {
    key: PublicKey,
    next: Option<PublicKey>,
    grant: Option<KeyGrant>,
    old: Option<PublicKey>,
}

pub(super) fn run(options: &KeyRotate, output: Output) -> Result<ExitCode, Failure> {
    if options.tls {
        return tls::run(options, output);
    }
    let config = Config::load(&options.dir).map_err(anyhow::Error::new)?;
    let (pair, making) = (config.signing_pair(), &options.making);
    make_next(&pair, making)?;
    if let Some(grant) = &options.grant {
        install(&config, grant, making)?;
    }
    if options.finish {
        forget(&pair)?;
    }
    let standing = look(&pair, || stand(&config, making))?;
    if let Some(next) = &standing.next
        && standing.grant.is_none()
    {
        let key = open(&pair.next().secret, making)?;
        let asked = Request {
            purpose: Purpose::Signing,
            network: config.network,
            holder: Holder::Terminal(config.terminal),
            key: next.clone(),
        };
        write_whole(&config.folder.join("signing.request"), asked.sign(&key)?.as_bytes())?;
    }
    say(&config, &standing, output);
    Ok(ExitCode::SUCCESS)
}

/// Makes the next key, if that is asked for and it is not there yet.
fn make_next(pair: &Pair, making: &KeyMaking) -> Result<(), Failure> {
    let next = pair.next().secret;
    if making.is_asked() && !next.exists() {
        let made = make(making)?;
        write_secret(&next, &made.text)?;
    }
    Ok(())
}

/// Puts a grant beside the next key, if it is for it.
fn install(config: &Config, file: &Path, making: &KeyMaking) -> Result<(), Failure> {
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
    let pair = config.signing_pair();
    let next = pair.next();
    if !next.secret.exists() {
        // The gateway may have moved it already.
        if *open(&pair.secret, making)?.public() == grant.key {
            return Ok(());
        }
        return refuse("there is no next key; make it first".to_owned());
    }
    if *open(&next.secret, making)?.public() != grant.key {
        return refuse(format!("the grant is for key {}, not for the next one", grant.key.id()));
    }
    write_whole(&next.proof, note.as_bytes())
}

/// Forgets the old key.
fn forget(pair: &Pair) -> Result<(), Failure> {
    let old = pair.old().secret;
    let words = || format!("cannot remove {} and what belongs to it", old.display());
    Ok(pair.forget_old().with_context(words)?)
}

/// Looks where a rotation stands. What runs in the folder may move the next pair meanwhile: what was
/// there and is gone is no failure, but looked for again in its new place.
fn look<T>(pair: &Pair, stand: impl Fn() -> Result<T, Failure>) -> Result<T, Failure> {
    let next = pair.next();
    let mut standing = stand();
    for _ in 0..3 {
        if standing.is_ok() || (next.secret.exists() && next.proof.exists()) {
            break;
        }
        standing = stand();
    }
    standing
}

fn stand(config: &Config, making: &KeyMaking) -> Result<Standing, Failure> {
    let pair = config.signing_pair();
    let half = |path: PathBuf| -> Result<Option<PublicKey>, Failure> {
        if !path.exists() {
            return Ok(None);
        }
        Ok(Some(open(&path, making)?.public().clone()))
    };
    let next = pair.next();
    let grant = if next.proof.exists() {
        let network = read_keys(&config.file(&config.files.network_keys))?;
        let grant = KeyGrant::open(&read(&next.proof)?, network.roots());
        Some(grant.with_context(|| format!("{} is damaged", next.proof.display()))?)
    } else {
        None
    };
    Ok(Standing {
        key: open(&pair.secret, making)?.public().clone(),
        next: half(next.secret)?,
        grant,
        old: half(pair.old().secret)?,
    })
}

fn say(config: &Config, standing: &Standing, output: Output) {
    let Standing { key, next, grant, old } = standing;
    let step = match (next, grant, old) {
        (Some(_), None, _) => "requested",
        // The key is moved first: until its grant has followed, nothing is changed.
        (_, Some(_), _) => "granted",
        (None, None, Some(_)) => "changed",
        (None, None, None) => "none",
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
        (None, Some(_), _) => {
            output::line("  the running gateway is changing to it this moment");
        }
        (None, None, Some(old)) => {
            output::line(&format!("  the old key was {}; --finish forgets it", old.id()));
        }
        (None, None, None) => output::line("  no change of keys is under way"),
    }
}
