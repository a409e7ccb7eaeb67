//! The files of a gateway: keys, certificates, the grant and the token.
//!
//! All are read and compared with each other and with the settings before anything starts, so that
//! a wrong file is found by its name and not by a handshake that fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::keys::{TlsIdentity, Wanted};
use document::{Checkers, Rules};
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::watch;
use trust::pki::Holder;
use trust::{KeyGrant, LogTime, NetworkKeys, OpeningKey, SigningKey};

use crate::clock::Clock;
use crate::config::Config;
use crate::error::{Error, owner};
use crate::link::Signing;
use crate::rest::Token;
use crate::sealing::Sealing;

const AUTHORITY: &str = "certificate of the network's authority";
/// How often a gateway looks whether a key of its is to be changed.
pub(crate) const LOOK_AT_KEYS: Duration = Duration::from_secs(5);

/// What the files hold, checked.
pub(crate) struct Keys {
    /// The terminal's end of TLS.
    pub(crate) tls: Arc<ClientConfig>,
    /// Its key and certificate, which can change.
    pub(crate) identity: Arc<TlsIdentity>,
    /// What signs messages and acknowledgements.
    pub(crate) signing: Arc<Signing>,
    /// What seals messages, and opens those that are sealed to the institution.
    pub(crate) sealing: Arc<Sealing>,
    /// The public keys of the network.
    pub(crate) network: NetworkKeys,
    /// What back offices show.
    pub(crate) token: Token,
}

impl Keys {
    /// Reads all files, and checks that they are this terminal's.
    ///
    /// # Errors
    ///
    /// The first file that is missing, malformed or another gateway's.
    pub(crate) fn load(config: &Config, now: LogTime) -> Result<Self, Error> {
        let network = network_keys(config)?;
        let path = config.file(&config.files.grant);
        let settled = config.signing_pair().settle();
        settled.map_err(|e| malformed("grant of the signing key", &path, e))?;
        let key = signing_key(config)?;
        let grant = check_grant(config, &network, &key, now)?;
        let signing = Arc::new(Signing::new(key, grant));
        let opening = opening_keys(config)?;
        let identity = identity(config)?;
        let tls = Arc::new(client_config(config, &identity)?);
        let checkers = Checkers::new(Rules::built_in(config.profile));
        let sealing =
            Arc::new(Sealing::new(Arc::clone(&signing), network.clone(), opening, checkers));
        Ok(Self { tls, identity, signing, sealing, network, token: token(config)? })
    }
}

fn network_keys(config: &Config) -> Result<NetworkKeys, Error> {
    const WHAT: &str = "public keys of the network";
    let path = config.file(&config.files.network_keys);
    let keys: NetworkKeys = read(WHAT, &path)?.parse().map_err(|e| malformed(WHAT, &path, e))?;
    if *keys.network() != config.network {
        return Err(Error::ForeignKey {
            what: "the file of network keys",
            path,
            found: format!("of network {}", keys.network()),
            wanted: format!("network {}", config.network),
        });
    }
    Ok(keys)
}

fn signing_key(config: &Config) -> Result<SigningKey, Error> {
    const WHAT: &str = "signing key";
    let path = config.file(&config.files.signing_key);
    // The link tries again by itself, so it needs no patience here.
    let key = ::keys::signing_key(&path, ::keys::Patience::default());
    key.map_err(|error| unusable(WHAT, &path, error))
}

fn opening_keys(config: &Config) -> Result<Vec<OpeningKey>, Error> {
    let paths = config.files.encryption_keys.iter().map(|name| config.file(name));
    let open = |path: PathBuf| {
        ::keys::opening_key(&path).map_err(|error| unusable("encryption key", &path, error))
    };
    paths.map(open).collect()
}

/// A key that cannot be had.
fn unusable(what: &'static str, path: &Path, error: ::keys::KeyFileError) -> Error {
    if let ::keys::KeyFileError::Read { path, source } = error {
        Error::ReadKey { what, path, source }
    } else {
        malformed(what, path, error)
    }
}

fn check_grant(
    config: &Config,
    network: &NetworkKeys,
    signing: &SigningKey,
    now: LogTime,
) -> Result<String, Error> {
    const WHAT: &str = "grant of the signing key";
    let path = config.file(&config.files.grant);
    let note = read(WHAT, &path)?;
    let grant = KeyGrant::open(&note, network.roots());
    let grant = grant.map_err(|e| malformed(WHAT, &path, e))?;
    let foreign = |found: String, wanted: String| Error::ForeignKey {
        what: "the grant",
        path: path.clone(),
        found,
        wanted,
    };
    let (found, wanted) =
        (owner(grant.network, grant.holder), owner(config.network, config.terminal));
    if found != wanted {
        return Err(foreign(format!("for {found}"), wanted));
    }
    if grant.key.id() != signing.id() {
        let found = format!("for key {}", grant.key.id());
        return Err(Error::ForeignKey {
            what: "the grant",
            path,
            found,
            wanted: format!("key {} ({})", signing.id(), config.files.signing_key.display()),
        });
    }
    if !grant.covers(now) {
        // The network's clock decides, not this one: so it is a warning.
        tracing::warn!(from = %grant.from, until = %grant.until, "the grant does not cover now");
    }
    Ok(note)
}

/// The terminal's key of TLS and its certificate.
fn identity(config: &Config) -> Result<Arc<TlsIdentity>, Error> {
    const CERTIFICATE: &str = "certificate of the terminal";
    const KEY: &str = "TLS key";
    let pair = config.tls_pair();
    pair.settle().map_err(|e| malformed(KEY, &pair.secret, e))?;
    let path = pair.proof.clone();
    for certificate in certificates(CERTIFICATE, &path)?.iter().take(1) {
        let named = trust::pki::terminal_of_certificate(certificate);
        let (network, terminal) = named.map_err(|e| malformed(CERTIFICATE, &path, e))?;
        let (found, wanted) = (owner(network, terminal), owner(config.network, config.terminal));
        if found != wanted {
            let found = format!("of {found}");
            return Err(Error::ForeignKey { what: "the certificate", path, found, wanted });
        }
    }
    let wanted = Wanted {
        network: config.network,
        holder: Holder::Terminal(config.terminal),
        authority: read(AUTHORITY, &config.file(&config.files.authority))?,
    };
    let secret = pair.secret.clone();
    let identity = TlsIdentity::load(pair, wanted, &provider());
    identity.map(Arc::new).map_err(|error| unusable(KEY, &secret, error))
}

/// TLS 1.3 only, with the post-quantum key exchange X25519MLKEM768 preferred.
fn client_config(config: &Config, identity: &Arc<TlsIdentity>) -> Result<ClientConfig, Error> {
    let authority = config.file(&config.files.authority);
    let mut roots = RootCertStore::empty();
    for certificate in certificates(AUTHORITY, &authority)? {
        roots.add(certificate).map_err(|e| malformed(AUTHORITY, &authority, e))?;
    }
    let mut client = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("the provider speaks TLS 1.3")
        .with_root_certificates(roots)
        .with_client_cert_resolver(Arc::clone(identity) as _);
    client.resumption = Resumption::store(Arc::clone(identity) as _);
    client.alpn_protocols = vec![b"h2".to_vec()];
    Ok(client)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// Changes the terminal's key of TLS when the next one is there, until the gateway stops.
pub(crate) async fn follow(identity: Arc<TlsIdentity>, mut stopping: watch::Receiver<bool>) {
    loop {
        let identity = Arc::clone(&identity);
        // A key in a module is waited for.
        let now = Clock::System.now();
        let _ = tokio::task::spawn_blocking(move || identity.look(now)).await;
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(LOOK_AT_KEYS) => {}
        }
    }
}

fn certificates(what: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = read(what, path)?;
    let list: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    let list = list.map_err(|e| malformed(what, path, e))?;
    if list.is_empty() {
        return Err(malformed(what, path, "there is none in the file".to_owned()));
    }
    Ok(list)
}

fn token(config: &Config) -> Result<Token, Error> {
    const WHAT: &str = "token";
    let path = config.file(&config.files.token);
    let text = read(WHAT, &path)?;
    Token::of(&text).ok_or_else(|| {
        let reason = format!("a token has {} visible ASCII characters at least", Token::LENGTH_MIN);
        malformed(WHAT, &path, reason)
    })
}

fn read(what: &'static str, path: &Path) -> Result<String, Error> {
    let text = fs::read_to_string(path);
    text.map_err(|source| Error::ReadKey { what, path: path.to_owned(), source })
}

fn malformed(
    what: &'static str,
    path: &Path,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    let path: PathBuf = path.to_owned();
    Error::MalformedKey { what, path, source: source.into() }
}
