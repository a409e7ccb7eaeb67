//! Keys of TLS that are sealed or in a module, as rustls uses them, and how they are changed while
//! connections stand.
//!
//! A handshake waits for the signature of a module; while that is away handshakes fail, and
//! connections that stand go on. The next key and its certificate lie beside those in use
//! ([`Pair`]); whoever runs for long looks now and then ([`TlsIdentity::look`]), and from then on
//! handshakes are made with the new ones. Connections that stand keep what they began with.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, ResolvesClientCert, Tls12ClientSessionValue,
    Tls13ClientSessionValue,
};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, SubjectPublicKeyInfoDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{NamedGroup, SignatureAlgorithm, SignatureScheme};
use trust::pki::{Certified, Holder, certified};
use trust::{Algorithm, LogTime, NetworkName, SigningKey};

use crate::file::{Kind, read, signing_key};
use crate::pair::Pair;
use crate::{KeyFileError, Patience};

/// Whose certificate is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Of which network.
    pub network: NetworkName,
    /// Whose.
    pub holder: Holder,
    /// The certificates of the network's authority, as a PEM text.
    pub authority: String,
}

/// An end of TLS: a certificate and its key, wherever that is.
pub struct TlsIdentity {
    pair: Pair,
    wanted: Wanted,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
    /// What a client resumes sessions with, all of them begun with the current key.
    sessions: RwLock<ClientSessionMemoryCache>,
}

/// How many servers a client remembers: a gateway has one hub.
const SESSIONS: usize = 8;

impl TlsIdentity {
    /// The key and the certificate of a pair of files. Those of the next pair are to be what is wanted.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] says what is wrong; [`KeyFileError::Tls`] also where the key is not the one of
    /// the certificate.
    pub fn load(
        pair: Pair,
        wanted: Wanted,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, KeyFileError> {
        let current = RwLock::new(Arc::new(load(&pair, provider)?));
        let sessions = RwLock::new(ClientSessionMemoryCache::new(SESSIONS));
        Ok(Self { pair, wanted, provider: Arc::clone(provider), current, sessions })
    }

    /// Puts the next key and its certificate in place, if both are there, belong together, are what is
    /// wanted, and are good by now; says so in the program's log. Says too what is wrong with them.
    pub fn look(&self, now: LogTime) {
        let next = self.pair.next();
        if !next.secret.exists() || !next.proof.exists() {
            return;
        }
        let (key, said) = match load(&next, &self.provider).and_then(|key| {
            let said = self.wanted.holds(&next.proof)?;
            Ok((key, said))
        }) {
            Ok(found) => found,
            Err(error) => {
                let source = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(%error, ?source, "the next TLS key cannot be used");
                return;
            }
        };
        if now < said.validity.from {
            return;
        }
        // Whoever sees the files in place gets the new key: no handshake begins meanwhile.
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = self.pair.advance() {
            tracing::error!(%error, "cannot change the files of the TLS key");
            return;
        }
        let until = said.validity.until;
        tracing::info!(holder = %said.holder, %until, "handshakes are made with the new TLS key");
        *current = Arc::new(key);
        drop(current);
        // A session that is resumed shows no certificate: it would go on under the old one.
        *self.sessions.write().unwrap_or_else(PoisonError::into_inner) =
            ClientSessionMemoryCache::new(SESSIONS);
    }

    fn sessions(&self) -> RwLockReadGuard<'_, ClientSessionMemoryCache> {
        self.sessions.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Wanted {
    /// What a file with a certificate says, if that is what is wanted.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Certificate`], [`KeyFileError::Holder`] and [`KeyFileError::Read`].
    pub fn holds(&self, file: &Path) -> Result<Certified, KeyFileError> {
        let text = read(file)?;
        let said = certified(&text, &self.authority)
            .map_err(|source| KeyFileError::Certificate { path: file.to_owned(), source })?;
        if (said.network, said.holder) == (self.network, self.holder) {
            Ok(said)
        } else {
            let found = format!("{} of network {}", said.holder, said.network);
            Err(KeyFileError::Holder { path: file.to_owned(), found })
        }
    }
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TlsIdentity({})", self.pair.secret.display())
    }
}

impl ResolvesServerCert for TlsIdentity {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

impl ResolvesClientCert for TlsIdentity {
    fn resolve(
        &self,
        _issuers: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl ClientSessionStore for TlsIdentity {
    fn set_kx_hint(&self, server: ServerName<'static>, group: NamedGroup) {
        self.sessions().set_kx_hint(server, group);
    }

    fn kx_hint(&self, server: &ServerName<'_>) -> Option<NamedGroup> {
        self.sessions().kx_hint(server)
    }

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {
        // TLS 1.3 only.
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, server: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.sessions().insert_tls13_ticket(server, value);
    }

    fn take_tls13_ticket(&self, server: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.sessions().take_tls13_ticket(server)
    }
}

fn load(pair: &Pair, provider: &CryptoProvider) -> Result<CertifiedKey, KeyFileError> {
    let path = &pair.secret;
    let refused = |source| KeyFileError::Tls { path: path.to_owned(), source };
    let text = read(path)?;
    let key: Arc<dyn rustls::sign::SigningKey> = match Kind::of(&text) {
        Some(Kind::Sealed | Kind::Module) => {
            Arc::new(TlsKey(Arc::new(signing_key(path, Patience::default())?)))
        }
        // Whatever else TLS libraries write: PKCS#8, PKCS#1, SEC1.
        Some(Kind::Plain | Kind::Note) | None => {
            let der = PrivateKeyDer::from_pem_slice(text.as_bytes());
            let der = der.map_err(|_| KeyFileError::Kind { path: path.to_owned() })?;
            provider.key_provider.load_private_key(der).map_err(refused)?
        }
    };
    let certified = CertifiedKey::new(chain(&pair.proof)?, key);
    match certified.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {}
        Err(source) => return Err(refused(source)),
    }
    Ok(certified)
}

/// The certificates of a file.
fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, KeyFileError> {
    let text =
        fs::read(path).map_err(|source| KeyFileError::Read { path: path.to_owned(), source })?;
    let list = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let list = list.unwrap_or_default();
    if list.is_empty() {
        let source = trust::pki::PkiError::Certificate;
        return Err(KeyFileError::Certificate { path: path.to_owned(), source });
    }
    Ok(list)
}

/// Why a key here is none to seal to.
const SIGNS: &str = "a key that signs has an algorithm that signs";

/// One of our keys in the place of a key of rustls.
#[derive(Debug)]
struct TlsKey(Arc<SigningKey>);

impl TlsKey {
    fn scheme(&self) -> SignatureScheme {
        match self.0.public().algorithm() {
            Algorithm::Ed25519 => SignatureScheme::ED25519,
            Algorithm::P256 => SignatureScheme::ECDSA_NISTP256_SHA256,
            Algorithm::XWing => unreachable!("{SIGNS}"),
        }
    }
}

impl rustls::sign::SigningKey for TlsKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn rustls::sign::Signer>> {
        let scheme = self.scheme();
        offered.contains(&scheme).then(|| {
            let signer: Box<dyn rustls::sign::Signer> = Box::new(Self(Arc::clone(&self.0)));
            signer
        })
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        self.0.public().to_spki().map(Into::into)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match self.0.public().algorithm() {
            Algorithm::Ed25519 => SignatureAlgorithm::ED25519,
            Algorithm::P256 => SignatureAlgorithm::ECDSA,
            Algorithm::XWing => unreachable!("{SIGNS}"),
        }
    }
}

impl rustls::sign::Signer for TlsKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let signed = self.0.sign(message);
        let signature = signed.map_err(|error| rustls::Error::General(error.to_string()))?;
        Ok(match self.0.public().algorithm() {
            Algorithm::Ed25519 => signature.0.to_vec(),
            Algorithm::P256 => ecdsa_der(&signature.0),
            Algorithm::XWing => unreachable!("{SIGNS}"),
        })
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme()
    }
}

/// `r || s` as `SEQUENCE { INTEGER r, INTEGER s }` in DER (RFC 3279, 2.2.3).
fn ecdsa_der(signature: &[u8; 64]) -> Vec<u8> {
    let (r, s) = signature.split_at(32);
    let mut body = Vec::with_capacity(70);
    for number in [r, s] {
        // The shortest form that is not negative: no zero before a byte below 128, one before others.
        let zeros = number.iter().take_while(|byte| **byte == 0).count().min(31);
        let digits = number.get(zeros..).unwrap_or(number);
        let is_high = digits.first().is_some_and(|first| *first >= 128);
        let length = u8::try_from(digits.len() + usize::from(is_high)).expect("33 bytes at most");
        body.extend([2, length]);
        body.extend(is_high.then_some(0));
        body.extend(digits);
    }
    let length = u8::try_from(body.len()).expect("70 bytes at most");
    let mut der = vec![0x30, length];
    der.append(&mut body);
    der
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_shortest_form() {
        let mut signature = [0; 64];
        (signature[31], signature[63]) = (1, 0x80);
        assert_eq!(ecdsa_der(&signature), [0x30, 7, 2, 1, 1, 2, 2, 0, 0x80]);
        assert_eq!(ecdsa_der(&[0; 64]), [0x30, 6, 2, 1, 0, 2, 1, 0]);
        let der = ecdsa_der(&[0xff; 64]);
        assert_eq!((der.len(), &der[..5]), (72, &[0x30, 70, 2, 33, 0][..]));
    }
}
