//! Sealed keys: PKCS#8 under a passphrase (PBES2 of RFC 8018, with scrypt and AES-256 in CBC mode).
//!
//! OpenSSL 3 reads and writes the same (`openssl pkcs8 -topk8 -scrypt`). scrypt runs with N = 2^14,
//! r = 8, p = 1, the most that OpenSSL takes without a setting: a guess costs an attacker 16 MiB and
//! some 50 ms, so the passphrase must be long.

use std::ops::Deref;

use pkcs8::der::pem::PemLabel as _;
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef, SecretDocument};
use trust::{OpeningKey, SigningKey};

use crate::KeyFileError;
use crate::file::Passphrase;

/// A key as a sealed PKCS#8 text.
///
/// # Errors
///
/// [`KeyFileError::Seal`] where a module holds the key.
pub fn seal(key: &SigningKey, passphrase: &Passphrase) -> Result<String, KeyFileError> {
    seal_text(&key.to_pem().map_err(|_| KeyFileError::Seal)?, passphrase)
}

/// An encryption key as a sealed PKCS#8 text.
///
/// # Errors
///
/// [`KeyFileError::Seal`] where the library does not seal it.
pub fn seal_opening(key: &OpeningKey, passphrase: &Passphrase) -> Result<String, KeyFileError> {
    seal_text(&key.to_pem(), passphrase)
}

/// A plain PKCS#8 text, sealed.
fn seal_text(plain: &str, passphrase: &Passphrase) -> Result<String, KeyFileError> {
    let (_, plain) = SecretDocument::from_pem(plain).map_err(|_| KeyFileError::Seal)?;
    let info: PrivateKeyInfoRef<'_> = plain.decode_msg().map_err(|_| KeyFileError::Seal)?;
    let sealed = info.encrypt(passphrase.as_bytes()).map_err(|_| KeyFileError::Seal)?;
    let text = sealed.to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF);
    Ok(text.map_err(|_| KeyFileError::Seal)?.to_string())
}

/// The key of a sealed PKCS#8 text; nothing when the passphrase is wrong or the text is damaged.
#[must_use]
pub fn unseal(text: &str, passphrase: &Passphrase) -> Option<SigningKey> {
    SigningKey::from_pem(&unseal_text(text, passphrase)?).ok()
}

/// The encryption key of a sealed PKCS#8 text; nothing as for [`unseal`].
#[must_use]
pub fn unseal_opening(text: &str, passphrase: &Passphrase) -> Option<OpeningKey> {
    OpeningKey::from_pem(&unseal_text(text, passphrase)?).ok()
}

/// The plain PKCS#8 text of a sealed one.
fn unseal_text(text: &str, passphrase: &Passphrase) -> Option<impl Deref<Target = String>> {
    let (label, document) = SecretDocument::from_pem(text.trim()).ok()?;
    if label != EncryptedPrivateKeyInfoRef::PEM_LABEL {
        return None;
    }
    let info: EncryptedPrivateKeyInfoRef<'_> = document.decode_msg().ok()?;
    let plain = info.decrypt(passphrase.as_bytes()).ok()?;
    plain.to_pem("PRIVATE KEY", LineEnding::LF).ok()
}

#[cfg(test)]
mod tests {
    use trust::Algorithm;

    use super::*;

    #[test]
    fn a_sealed_encryption_key_opens_with_its_passphrase_and_is_no_signing_key() {
        let key = OpeningKey::generate().expect("there are random numbers");
        let passphrase = Passphrase::new("correct horse battery").expect("long enough");
        let text = seal_opening(&key, &passphrase).expect("it is sealed");
        let opened = unseal_opening(&text, &passphrase).expect("the passphrase is right");
        assert_eq!(opened.public(), key.public());
        assert!(unseal(&text, &passphrase).is_none());
        let wrong = Passphrase::new("correct horse batterz").expect("long enough");
        assert!(unseal_opening(&text, &wrong).is_none());
    }

    #[test]
    fn a_sealed_key_opens_with_its_passphrase_and_no_other() {
        for algorithm in [Algorithm::Ed25519, Algorithm::P256] {
            let key = SigningKey::generate(algorithm).expect("there are random numbers");
            let passphrase = Passphrase::new("correct horse battery").expect("long enough");
            let text = seal(&key, &passphrase).expect("the key is in memory");
            assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), "{text}");
            let opened = unseal(&text, &passphrase).expect("the passphrase is right");
            assert_eq!(opened.public(), key.public());
            let wrong = Passphrase::new("correct horse batterz").expect("long enough");
            assert!(unseal(&text, &wrong).is_none());
            let plain = key.to_pem().expect("the key is in memory");
            assert!(unseal(&plain, &passphrase).is_none());
        }
    }
}
