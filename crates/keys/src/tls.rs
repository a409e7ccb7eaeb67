//! Keys of TLS that are sealed or in a module, as rustls uses them.
//!
//! A handshake waits for the signature of a module; while that is away handshakes fail, and
//! connections that stand go on.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{SignatureAlgorithm, SignatureScheme};
use trust::{Algorithm, SigningKey};

use crate::file::{Kind, read, signing_key};
use crate::{KeyFileError, Patience};

/// The certificate of an end of TLS and the key of a file, wherever that key is.
///
/// # Errors
///
/// [`KeyFileError`] says what is wrong with the key; [`KeyFileError::Tls`] also where it is not the
/// one of the certificate.
pub fn tls_identity(
    path: &Path,
    chain: Vec<rustls::pki_types::CertificateDer<'static>>,
    provider: &rustls::crypto::CryptoProvider,
) -> Result<Arc<SingleCertAndKey>, KeyFileError> {
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
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {}
        Err(source) => return Err(refused(source)),
    }
    Ok(Arc::new(SingleCertAndKey::from(certified)))
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
