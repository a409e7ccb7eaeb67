//! `nuncio key rotate --tls`: the key of TLS of a gateway or of the hub is changed while it runs.
//!
//! The next key and its certificate are put beside those in use; the running gateway or hub makes its
//! handshakes with them as soon as the certificate is good (`keys::TlsIdentity`). Both certificates are
//! good while they overlap, and connections that stand go on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use keys::{Pair, Wanted};
use trust::pki::{Certified, Holder};
use trust::{LogTime, NetworkName};

use super::{forget, look, make_next, open, read};
use crate::cli::{KeyRotate, Output};
use crate::commands::key::request::{Purpose, Request};
use crate::exit::{self, Failure};
use crate::log::write_whole;
use crate::output;

/// Whose key of TLS it is, and where that lies.
struct End {
    folder: PathBuf,
    network: NetworkName,
    holder: Holder,
    pair: Pair,
    authority: PathBuf,
}

/// Where a rotation stands.
struct Standing {
    /// When the certificate in use ends.
    until: LogTime,
    /// Whether the next key is there.
    is_made: bool,
    /// What the certificate of the next key says.
    next: Option<Certified>,
    /// Whether the old key is still there.
    has_old: bool,
}

pub(super) fn run(options: &KeyRotate, output: Output) -> Result<ExitCode, Failure> {
    let end = End::of(&options.dir)?;
    if options.grant.is_some() {
        let words = "a key of TLS has a certificate and no grant: name it with --certificate";
        return Err(Failure::said(exit::USAGE, words));
    }
    make_next(&end.pair, &options.making)?;
    let next = end.pair.next();
    if let Some(certificate) = &options.certificate {
        end.install(certificate, options)?;
    }
    if options.finish {
        forget(&end.pair)?;
    }
    let standing = look(&end.pair, || end.stand())?;
    if standing.is_made && standing.next.is_none() {
        let key = open(&next.secret, &options.making)?;
        let asked = Request {
            purpose: Purpose::Tls,
            network: end.network,
            holder: end.holder,
            key: key.public().clone(),
        };
        write_whole(&end.folder.join("tls.request"), asked.sign(&key)?.as_bytes())?;
    }
    end.say(&standing, output);
    Ok(ExitCode::SUCCESS)
}

impl End {
    /// The end of a gateway or of the hub, whosever folder it is.
    fn of(dir: &Path) -> Result<Self, Failure> {
        if dir.join(hub::Config::FILE).exists() {
            let config = hub::Config::load(dir).map_err(anyhow::Error::new)?;
            return Ok(Self {
                pair: config.tls_pair(),
                authority: config.file("ca.pem"),
                folder: config.folder,
                network: config.network,
                holder: Holder::Hub,
            });
        }
        let config = gateway::Config::load(dir).map_err(anyhow::Error::new)?;
        Ok(Self {
            pair: config.tls_pair(),
            authority: config.file(&config.files.authority),
            network: config.network,
            holder: Holder::Terminal(config.terminal),
            folder: config.folder,
        })
    }

    /// What a certificate says, if it is one of this end by the network's authority.
    fn certified(&self, file: &Path) -> Result<Certified, Failure> {
        let (network, holder) = (self.network, self.holder);
        let wanted = Wanted { network, holder, authority: read(&self.authority)? };
        wanted.holds(file).map_err(|error| Failure::new(exit::INVALID, anyhow::Error::new(error)))
    }

    /// Puts a certificate beside the next key, if it is for it.
    fn install(&self, file: &Path, options: &KeyRotate) -> Result<(), Failure> {
        let said = self.certified(file)?;
        let next = self.pair.next();
        let refuse = |words: &str| Err(Failure::said(exit::INVALID, words));
        let is_of = |secret: &Path| -> Result<bool, Failure> {
            let key = open(secret, &options.making)?;
            Ok(key.public().to_spki().is_some_and(|spki| spki == said.spki))
        };
        if !next.secret.exists() {
            // The gateway or the hub may have moved it already.
            if is_of(&self.pair.secret)? {
                return Ok(());
            }
            return refuse("there is no next key; make it first");
        }
        if !is_of(&next.secret)? {
            return refuse("the certificate is for another key than the next one");
        }
        if let Ok(now) = self.certified(&self.pair.proof)
            && now.hosts.iter().any(|host| !said.hosts.contains(host))
        {
            return refuse("the certificate lacks a host name that the one in use has");
        }
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        write_whole(&next.proof, &bytes)
    }

    fn stand(&self) -> Result<Standing, Failure> {
        let next = self.pair.next();
        let ends = trust::pki::ends_of_certificates(&read(&self.pair.proof)?);
        let ends = ends.with_context(|| format!("{} is damaged", self.pair.proof.display()))?;
        let until = ends.first().context("there is no certificate")?.1;
        let said = next.proof.exists().then(|| self.certified(&next.proof)).transpose()?;
        Ok(Standing {
            until,
            is_made: next.secret.exists(),
            next: said,
            has_old: self.pair.old().secret.exists(),
        })
    }

    fn say(&self, standing: &Standing, output: Output) {
        let Standing { until, is_made, next, has_old } = standing;
        // The key is moved first: until its certificate has followed, nothing is changed.
        let step = match (is_made, next, has_old) {
            (true, None, _) => "requested",
            (_, Some(_), _) => "certified",
            (false, None, true) => "changed",
            (false, None, false) => "none",
        };
        if output == Output::Json {
            output::json(&serde_json::json!({
                "rotation": step, "holder": self.holder.to_string(), "until": until.to_string(),
                "from": next.as_ref().map(|it| it.validity.from.to_string()),
                "request": is_made.then(|| self.folder.join("tls.request")),
            }));
            return;
        }
        output::line(&format!("the certificate of {} ends {until}", self.holder));
        match (is_made, next, has_old) {
            (true, None, _) => {
                output::line("  there is a next key: it waits for its certificate");
                output::line(
                    "  give tls.request to the authority ('nuncio key certify --request')",
                );
            }
            (_, Some(said), _) => {
                let (from, until) = (said.validity.from, said.validity.until);
                output::line(&format!("  the next one is good from {from} until {until}"));
                output::line("  what runs in this folder changes to it by itself");
            }
            (false, None, true) => {
                output::line("  the old key is still there; --finish forgets it")
            }
            (false, None, false) => output::line("  no change of keys is under way"),
        }
    }
}
