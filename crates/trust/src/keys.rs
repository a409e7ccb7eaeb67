//! Keys that sign, keys that check, and the short names of both.
//!
//! Two algorithms: Ed25519 (RFC 8032), and ECDSA on P-256 with SHA-256 (FIPS 186-5), which every
//! hardware module knows. The private half is kept as an unencrypted PKCS#8 text, or by a
//! [`KeyModule`] that signs and never gives it away; who may read the file or use the module is the
//! caller's care. TLS keys are not here but in [`crate::pki`]: one key has one use.
//!
//! Making a key, and signing with P-256, draw from the operating system's random numbers.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use aws_lc_rs::encoding::AsBigEndian as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair as _, ParsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::codec::{CodecError, Reader, Writer};
use crate::{Digest, Hasher, pem, sealed};

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032); a public key has 32 bytes.
    Ed25519,
    /// ECDSA on P-256 with SHA-256; a public key has 65 bytes, an uncompressed point.
    P256,
    /// X-Wing (X25519 with ML-KEM-768): it signs nothing, messages are sealed to it; a public key has
    /// 1,216 bytes.
    XWing,
}

/// The short name of a key: the first eight bytes of `SHA-256(algorithm byte || public key)`.
///
/// A name finds a key among those that are known; it proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

/// A key that checks signatures, or to which messages are sealed.
#[derive(Clone)]
pub struct PublicKey {
    algorithm: Algorithm,
    /// Invariant: was made from bytes of exactly the length that the algorithm has.
    half: Half,
    /// Of no part in whether two keys are equal.
    memory: Option<Arc<dyn SignatureMemory>>,
}

#[derive(Clone)]
enum Half {
    /// It checks signatures.
    Checks(ParsedPublicKey),
    /// Messages are sealed to it. Shared: it is large.
    Seals(Arc<[u8]>),
}

/// Remembers which signatures were found to be good, for those who meet the same ones again and
/// again, as an auditor does in receipts of one network.
///
/// What it is asked for and told is the SHA-256 of `algorithm u8 || public key || signature ||
/// message`, of which all but the last have fixed lengths. Whether a signature is good follows from
/// those alone; so only a memory that says what it was never told can let a bad one pass.
pub trait SignatureMemory: Send + Sync {
    /// Whether it was told this.
    fn knows(&self, good: &Digest) -> bool;

    /// Keeps it, or not.
    fn learn(&self, good: Digest);
}

/// A key that signs.
pub struct SigningKey {
    pair: Pair,
    public: PublicKey,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
    Module(Arc<dyn KeyModule>),
}

/// Holds a private key and signs with it, as a hardware module does.
pub trait KeyModule: Send + Sync {
    /// Signs exactly these bytes: `R || S` (Ed25519), or `r || s` over their SHA-256 (P-256).
    ///
    /// # Errors
    ///
    /// [`KeyError::Module`] when the module does not sign now; it may do so later.
    fn sign(&self, message: &[u8]) -> Result<Signature, KeyError>;
}

/// What a key made of some bytes: `R || S` (Ed25519) or `r || s` (P-256).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl Algorithm {
    /// Its number in encodings: 1 Ed25519, 2 P-256, 3 X-Wing.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::P256 => 2,
            Self::XWing => 3,
        }
    }

    /// The algorithm of a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Ed25519, Self::P256, Self::XWing].into_iter().find(|it| it.code() == code)
    }

    /// Whether a key of it signs; messages are sealed to one that does not.
    #[must_use]
    pub fn signs(self) -> bool {
        match self {
            Self::Ed25519 | Self::P256 => true,
            Self::XWing => false,
        }
    }

    /// How many bytes a public key has.
    #[must_use]
    pub fn public_key_length(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::P256 => 65,
            Self::XWing => 1216,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ed25519 => "ed25519",
            Self::P256 => "p256",
            Self::XWing => "xwing",
        })
    }
}

impl FromStr for Algorithm {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        match text {
            "ed25519" => Ok(Self::Ed25519),
            "p256" => Ok(Self::P256),
            "xwing" => Ok(Self::XWing),
            _ => Err(KeyError::Algorithm),
        }
    }
}

impl PublicKey {
    /// A key of the algorithm's own bytes.
    ///
    /// # Errors
    ///
    /// [`KeyError::Public`] on another length, a point that is not on the curve (P-256), or a key of
    /// ML-KEM that is none (X-Wing).
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() != algorithm.public_key_length() {
            return Err(KeyError::Public);
        }
        let key = match algorithm {
            Algorithm::Ed25519 => ParsedPublicKey::new(&ED25519, bytes),
            Algorithm::P256 => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes),
            Algorithm::XWing if sealed::is_public(bytes) => {
                let half = Half::Seals(bytes.into());
                return Ok(Self { algorithm, half, memory: None });
            }
            Algorithm::XWing => return Err(KeyError::Public),
        };
        let half = Half::Checks(key.map_err(|_| KeyError::Public)?);
        Ok(Self { algorithm, half, memory: None })
    }

    /// The same key, which checks no signature again that the memory knows.
    #[must_use]
    pub fn remembering(self, memory: &Arc<dyn SignatureMemory>) -> Self {
        Self { memory: Some(Arc::clone(memory)), ..self }
    }

    /// The same with the memory of another key, if that has one.
    pub(crate) fn remembering_as(self, other: &Self) -> Self {
        Self { memory: other.memory.clone(), ..self }
    }

    /// How it checks.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its bytes, as many as [`Algorithm::public_key_length`] says.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.half {
            Half::Checks(key) => key.as_ref(),
            Half::Seals(key) => key,
        }
    }

    /// The key as a `SubjectPublicKeyInfo` in DER (RFC 5280, 4.1.2.7; RFC 8410, 4; RFC 5480, 2);
    /// nothing of a key to which messages are sealed.
    #[must_use]
    pub fn to_spki(&self) -> Option<Vec<u8>> {
        let head: &[u8] = match self.algorithm {
            Algorithm::Ed25519 => b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00",
            Algorithm::P256 => {
                b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\
                  \x01\x07\x03\x42\x00"
            }
            Algorithm::XWing => return None,
        };
        Some([head, self.as_bytes()].concat())
    }

    /// Its short name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let mut hasher = Hasher::new();
        hasher.update(&[self.algorithm.code()]);
        hasher.update(self.as_bytes());
        let [a, b, c, d, e, f, g, h, ..] = hasher.finish().0;
        KeyId([a, b, c, d, e, f, g, h])
    }

    /// Checks that this key's other half signed exactly these bytes.
    ///
    /// # Errors
    ///
    /// [`KeyError::Signature`] if it did not, or does not sign at all.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), KeyError> {
        let Half::Checks(key) = &self.half else { return Err(KeyError::Signature) };
        let check = || key.verify_sig(message, &signature.0).map_err(|_| KeyError::Signature);
        let Some(memory) = &self.memory else { return check() };
        let mut hasher = Hasher::new();
        hasher.update(&[self.algorithm.code()]);
        hasher.update(self.as_bytes());
        hasher.update(&signature.0);
        hasher.update(message);
        let good = hasher.finish();
        if !memory.knows(&good) {
            check()?;
            memory.learn(good);
        }
        Ok(())
    }

    /// Appends `algorithm u8 || key`.
    pub fn write(&self, writer: &mut Writer) {
        writer.u8(self.algorithm.code()).raw(self.as_bytes());
    }

    /// Takes what [`Self::write`] appended.
    ///
    /// # Errors
    ///
    /// [`CodecError`] where it could not have written this.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let out_of_range = CodecError::OutOfRange { field: "public key" };
        let algorithm = Algorithm::from_code(reader.u8()?).ok_or(out_of_range)?;
        let bytes = reader.raw(algorithm.public_key_length())?;
        Self::from_bytes(algorithm, bytes).map_err(|_| out_of_range)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.as_bytes() == other.as_bytes()
    }
}

impl Eq for PublicKey {}

impl fmt::Display for PublicKey {
    /// `ed25519:`, `p256:` or `xwing:`, and the key in base64.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm, STANDARD.encode(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (algorithm, key) = text.split_once(':').ok_or(KeyError::Public)?;
        let bytes = STANDARD.decode(key).map_err(|_| KeyError::Public)?;
        Self::from_bytes(algorithm.parse()?, &bytes)
    }
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    ///
    /// [`KeyError::Generate`] when the operating system gives no random numbers, or the algorithm does
    /// not sign.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        let pair = match algorithm {
            Algorithm::Ed25519 => Ed25519KeyPair::generate().map(Pair::Ed25519),
            Algorithm::P256 => {
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Pair::P256)
            }
            // It is made as an `OpeningKey`, for it signs nothing.
            Algorithm::XWing => return Err(KeyError::Generate),
        };
        Self::of(pair.map_err(|_| KeyError::Generate)?)
    }

    /// The Ed25519 key of a seed (RFC 8032, 5.1.5).
    ///
    /// # Panics
    ///
    /// Never: every 32 bytes are a seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).expect("32 bytes are a seed");
        Self::of(Pair::Ed25519(pair)).expect("a pair gives its own public key")
    }

    /// A key that a module holds. Each signature is checked against the public half before it is
    /// given on, so a module with another key, or one that errs, signs nothing that others refuse.
    #[must_use]
    pub fn in_module(public: PublicKey, module: Arc<dyn KeyModule>) -> Self {
        Self { pair: Pair::Module(module), public }
    }

    /// Reads an unencrypted PKCS#8 text (`-----BEGIN PRIVATE KEY-----`), as OpenSSL writes it.
    ///
    /// # Errors
    ///
    /// [`KeyError::Private`] if it holds no key of [`Algorithm`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let der = pem::decode(Self::PEM_LABEL, text).ok_or(KeyError::Private)?;
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8(&der) {
            return Self::of(Pair::Ed25519(pair));
        }
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
        Self::of(Pair::P256(pair.map_err(|_| KeyError::Private)?))
    }

    /// The private key as an unencrypted PKCS#8 text. Whoever reads it can sign.
    ///
    /// # Errors
    ///
    /// [`KeyError::Private`] if the library cannot encode it, or a module holds it.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let document = match &self.pair {
            Pair::Ed25519(pair) => pair.to_pkcs8v1(),
            Pair::P256(pair) => pair.to_pkcs8v1(),
            Pair::Module(_) => return Err(KeyError::Private),
        };
        let document = document.map_err(|_| KeyError::Private)?;
        Ok(pem::encode(Self::PEM_LABEL, document.as_ref()))
    }

    /// The half that checks.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Its short name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.public.id()
    }

    /// Signs exactly these bytes.
    ///
    /// # Errors
    ///
    /// [`KeyError::Module`] or [`KeyError::Signature`] when the module that holds the key does not
    /// sign, or not with this key. A key in memory always signs.
    ///
    /// # Panics
    ///
    /// When the operating system gives no random numbers (P-256), which aws-lc treats as fatal too.
    pub fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
        let signature = match &self.pair {
            Pair::Ed25519(pair) => pair.sign(message),
            Pair::P256(pair) => pair
                .sign(&SystemRandom::new(), message)
                .expect("signing fails only without random numbers"),
            Pair::Module(module) => {
                let signature = module.sign(message)?;
                self.public.verify(message, &signature)?;
                return Ok(signature);
            }
        };
        Ok(Signature(signature.as_ref().try_into().expect("both algorithms give 64 bytes")))
    }

    /// The seed of an Ed25519 key.
    pub(crate) fn seed(&self) -> Option<[u8; 32]> {
        match &self.pair {
            Pair::Ed25519(pair) => pair.seed().ok()?.as_be_bytes().ok()?.as_ref().try_into().ok(),
            Pair::P256(_) | Pair::Module(_) => None,
        }
    }

    const PEM_LABEL: &str = "PRIVATE KEY";

    fn of(pair: Pair) -> Result<Self, KeyError> {
        let public = match &pair {
            Pair::Ed25519(pair) => {
                PublicKey::from_bytes(Algorithm::Ed25519, pair.public_key().as_ref())
            }
            Pair::P256(pair) => PublicKey::from_bytes(Algorithm::P256, pair.public_key().as_ref()),
            Pair::Module(_) => Err(KeyError::Private),
        };
        Ok(Self { pair, public: public? })
    }
}

impl fmt::Debug for SigningKey {
    /// The public half only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.id())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

/// Why a key or a signature is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A name that is no algorithm.
    #[error("a key's algorithm is ed25519 or p256")]
    Algorithm,
    /// Bytes or a text that are no public key.
    #[error("this is no public key")]
    Public,
    /// A text that is no private key of ours.
    #[error("this is no unencrypted PKCS#8 private key for Ed25519 or P-256")]
    Private,
    /// No key could be made.
    #[error("the operating system gives no random numbers")]
    Generate,
    /// The signature is not of this key over these bytes.
    #[error("the signature does not fit")]
    Signature,
    /// The module that holds the key does not sign now.
    #[error("the module that holds the key does not sign: {reason}")]
    Module {
        /// Why, in the words of the module's kind of failure.
        reason: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, 7.1, test 1.
    #[test]
    fn the_first_vector_of_rfc_8032_is_signed_and_verified() {
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let key = SigningKey::from_seed(&seed.parse::<Digest>().unwrap().0);
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(key.public().as_bytes(), public.parse::<Digest>().unwrap().0);
        let signature = key.sign(b"").unwrap();
        let hex: String = signature.0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
             5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        );
        assert_eq!(key.public().verify(b"", &signature), Ok(()));
        assert_eq!(key.public().verify(b"x", &signature), Err(KeyError::Signature));
    }

    #[test]
    fn each_algorithm_signs_and_only_its_own_key_verifies() {
        for algorithm in [Algorithm::Ed25519, Algorithm::P256] {
            let key = SigningKey::generate(algorithm).unwrap();
            let other = SigningKey::generate(algorithm).unwrap();
            let signature = key.sign(b"message").unwrap();
            assert_eq!(key.public().verify(b"message", &signature), Ok(()));
            assert_eq!(key.public().verify(b"messagf", &signature), Err(KeyError::Signature));
            assert_eq!(other.public().verify(b"message", &signature), Err(KeyError::Signature));
            let mut changed = signature;
            changed.0[63] ^= 1;
            assert_eq!(key.public().verify(b"message", &changed), Err(KeyError::Signature));
        }
    }

    /// What was learnt, and how often something known was asked for.
    #[derive(Default)]
    struct Memory(std::sync::Mutex<(std::collections::BTreeSet<Digest>, usize)>);

    impl SignatureMemory for Memory {
        fn knows(&self, good: &Digest) -> bool {
            let (known, asked) = &mut *self.0.lock().unwrap();
            *asked += usize::from(known.contains(good));
            known.contains(good)
        }

        fn learn(&self, good: Digest) {
            self.0.lock().unwrap().0.insert(good);
        }
    }

    #[test]
    fn a_key_that_remembers_refuses_what_one_that_does_not_refuses() {
        let kept = Arc::new(Memory::default());
        let memory: Arc<dyn SignatureMemory> = kept.clone();
        let (key, other) = (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]));
        let public = key.public().clone().remembering(&memory);
        let stranger = other.public().clone().remembering(&memory);
        assert_eq!(public, *key.public());
        let signature = key.sign(b"message").unwrap();
        for _ in 0..3 {
            assert_eq!(public.verify(b"message", &signature), Ok(()));
            let mut changed = signature;
            changed.0[0] ^= 1;
            assert_eq!(public.verify(b"message", &changed), Err(KeyError::Signature));
            assert_eq!(public.verify(b"massage", &signature), Err(KeyError::Signature));
            assert_eq!(stranger.verify(b"message", &signature), Err(KeyError::Signature));
        }
        let (known, asked) = &*kept.0.lock().unwrap();
        assert_eq!((known.len(), *asked), (1, 2), "one good signature, known the second time");
    }

    /// A module that holds another key than it says, or none.
    struct Faulty(Option<SigningKey>);

    impl KeyModule for Faulty {
        fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
            let key = self.0.as_ref().ok_or(KeyError::Module { reason: "the token is gone" })?;
            key.sign(message)
        }
    }

    #[test]
    fn a_module_signs_and_what_it_signs_is_checked() {
        let pair = || SigningKey::from_seed(&[1; 32]);
        let public = pair().public().clone();
        let in_module = |held| SigningKey::in_module(public.clone(), Arc::new(Faulty(held)));
        let good = in_module(Some(pair()));
        assert_eq!(good.sign(b"a"), pair().sign(b"a"));
        assert_eq!((good.id(), good.to_pem()), (pair().id(), Err(KeyError::Private)));
        let other = in_module(Some(SigningKey::from_seed(&[2; 32])));
        assert_eq!(other.sign(b"a"), Err(KeyError::Signature));
        let gone = KeyError::Module { reason: "the token is gone" };
        assert_eq!(in_module(None).sign(b"a"), Err(gone));
    }

    #[test]
    fn a_private_key_comes_back_from_its_pem() {
        for algorithm in [Algorithm::Ed25519, Algorithm::P256] {
            let key = SigningKey::generate(algorithm).unwrap();
            let text = key.to_pem().unwrap();
            assert!(text.starts_with("-----BEGIN PRIVATE KEY-----\n"), "{text}");
            let again = SigningKey::from_pem(&text).unwrap();
            assert_eq!(again.public(), key.public());
            assert_eq!(again.id(), key.id());
            assert!(!format!("{key:?}").contains(text.lines().nth(1).unwrap()));
        }
    }

    #[test]
    fn a_public_key_comes_back_from_its_text_and_its_bytes() {
        for algorithm in [Algorithm::Ed25519, Algorithm::P256] {
            let key = SigningKey::generate(algorithm).unwrap().public().clone();
            assert_eq!(key.to_string().parse(), Ok(key.clone()));
            let mut writer = Writer::default();
            key.write(&mut writer);
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            assert_eq!(PublicKey::read(&mut reader), Ok(key));
            assert_eq!(reader.finish(), Ok(()));
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in
            ["", "PRIVATE", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
        {
            assert_eq!(SigningKey::from_pem(text).err(), Some(KeyError::Private), "{text}");
        }
        for text in ["", "ed25519", "ed25519:", "ed25519:AAAA", "rsa:AAAA", "p256:BAAA"] {
            assert!(text.parse::<PublicKey>().is_err(), "{text}");
        }
        // Right in length, but no point of the curve.
        assert_eq!(PublicKey::from_bytes(Algorithm::P256, &[4; 65]).err(), Some(KeyError::Public));
    }
}
