//! Sealed messages: only the receiver can read them, and it can prove what it read.
//!
//! The payload of a sealed message is an envelope: the text, encrypted to a key of the receiver's with
//! HPKE (RFC 9180) in mode Base, and within it the sender's signature over the clear text. The
//! sender's signature over header and envelope stands outside, as for every message, so that the
//! network checks who sent it without seeing the text.
//!
//! Suite 1 is X-Wing (X25519 with ML-KEM-768, draft-connolly-cfrg-xwing-kem; KEM 0x647a of
//! draft-ietf-hpke-pq), HKDF-SHA256 and AES-256-GCM.
//!
//! ```text
//! envelope   "NUNS" | version u8 = 1 | suite u8 = 1 | id of the receiver's key 8
//!            | encapsulated key 1120 | ciphertext: contents, tag 16
//! contents   version u8 = 1 | id of the sender's key 8 | signature 64 | grant text | text to the end
//! HPKE       info "nuncio sealed message 1\n"
//!            additional data: the envelope before the ciphertext || binding
//! binding    the header in its one encoding, with input number and payload length 0
//! signed     "nuncio sealed message 1\n" || network, 32 bytes padded with zeros
//!            || SHA-256(binding) || SHA-256(encapsulated key) || SHA-256(text)
//! ```
//!
//! The binding holds an envelope to its header: moved to another sender, receiver, service, reference
//! or time it does not open. The encapsulated key is used once, and stands in the payload that the
//! sender signs outside with the input number; so the inner signature belongs to one message.
//!
//! A [`Disclosure`] is what the receiver shows to a third party beside the receipt and the clear text.

use std::convert::Infallible;
use std::fmt;

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};

use crate::codec::{CodecError, Reader, Writer};
use crate::note::VerifierKey;
use crate::{
    Algorithm, Digest, GrantError, Header, KeyError, KeyGrant, KeyId, LogTime, PublicKey,
    Signature, SigningKey, pem,
};

type Private = <XWing as Kem>::PrivateKey;
type Public = <XWing as Kem>::PublicKey;
type Encapsulated = <XWing as Kem>::EncappedKey;

const MAGIC: [u8; 4] = *b"NUNS";
const VERSION: u8 = 1;
/// X-Wing, HKDF-SHA256, AES-256-GCM.
const SUITE: u8 = 1;
const INFO: &[u8] = b"nuncio sealed message 1\n";
const ENCAPSULATED_LENGTH: usize = 1120;
const TAG_LENGTH: usize = 16;
/// Magic, version, suite and key.
const START_LENGTH: usize = 14;
const HEAD_LENGTH: usize = START_LENGTH + ENCAPSULATED_LENGTH;
/// Version, key, signature and the length of the grant.
const CONTENTS_LENGTH_MIN: usize = 1 + 8 + 64 + 2;

/// How many bytes an envelope has at least.
pub const SEALED_LENGTH_MIN: usize = HEAD_LENGTH + CONTENTS_LENGTH_MIN + TAG_LENGTH;

/// A key that opens what is sealed to its public half.
///
/// In a file it is PKCS#8 with the object identifier of X-Wing (1.3.6.1.4.1.62253.25722) and the
/// 32 bytes of the seed.
pub struct OpeningKey {
    private: Private,
    public: PublicKey,
}

/// A sealed message that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The clear text.
    pub text: Vec<u8>,
    /// What the sender signed within.
    pub disclosure: Disclosure,
}

/// What shows to a third party what a sealed message says, beside its receipt and its clear text.
///
/// ```text
/// "NUNCDISC" | version u8 = 1 | id of the sender's key 8 | signature 64 | grant text | envelope bytes
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// The key of the sender that signed the clear text.
    pub key: KeyId,
    /// Its signature.
    pub signature: Signature,
    /// The note of the [`KeyGrant`] for that key.
    pub grant: String,
    /// The envelope: the payload of the message.
    pub envelope: Vec<u8>,
}

/// How a sender seals.
#[derive(Clone, Copy, Debug)]
pub struct Sealer<'a> {
    /// What signs the clear text.
    pub signing: &'a SigningKey,
    /// The note of the grant of that key.
    pub grant: &'a str,
    /// The receiver's key.
    pub to: &'a PublicKey,
}

impl OpeningKey {
    const PEM_LABEL: &'static str = "PRIVATE KEY";
    /// `SEQUENCE { 0, SEQUENCE { OID 1.3.6.1.4.1.62253.25722 }, OCTET STRING (32) }` (RFC 5958).
    const DER_START: [u8; 22] = [
        0x30, 0x34, 0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x0b, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x83,
        0xe6, 0x2d, 0x81, 0xc8, 0x7a, 0x04, 0x20,
    ];

    /// A new key.
    ///
    /// # Errors
    ///
    /// [`KeyError::Generate`] when the operating system gives no random numbers.
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = [0; 32];
        aws_lc_rs::rand::fill(&mut seed).map_err(|_| KeyError::Generate)?;
        Ok(Self::from_seed(&seed))
    }

    /// The key of a seed.
    ///
    /// # Panics
    ///
    /// Never: every 32 bytes are a seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let private = Private::from_bytes(seed).expect("32 bytes are a seed");
        let public = XWing::sk_to_pk(&private).to_bytes();
        let public = PublicKey::from_bytes(Algorithm::XWing, &public);
        Self { private, public: public.expect("a seed gives its own public key") }
    }

    /// The key to which is sealed.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Its short name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.public.id()
    }

    /// An unencrypted PKCS#8 text.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let der = [&Self::DER_START[..], &self.private.to_bytes()].concat();
        pem::encode(Self::PEM_LABEL, &der)
    }

    /// Reads an unencrypted PKCS#8 text.
    ///
    /// # Errors
    ///
    /// [`KeyError::Private`] if it holds no such key.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let der = pem::decode(Self::PEM_LABEL, text).ok_or(KeyError::Private)?;
        let seed = der.strip_prefix(&Self::DER_START).ok_or(KeyError::Private)?;
        Ok(Self::from_seed(seed.try_into().map_err(|_| KeyError::Private)?))
    }
}

impl fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpeningKey").field(&self.id()).finish()
    }
}

/// Whether bytes are the public half of an [`OpeningKey`].
pub(crate) fn is_public(bytes: &[u8]) -> bool {
    Public::from_bytes(bytes).is_ok()
}

/// What a header has in common with the message before its envelope and its number are known.
fn binding(header: &Header) -> Vec<u8> {
    Header { input_number: 0, payload_length: 0, ..header.clone() }.encode()
}

/// What a sender signs within.
fn signed_bytes(header: &Header, binding: &[u8], encapsulated: &[u8], text: &[u8]) -> Vec<u8> {
    let mut writer = Writer::with_capacity(160);
    writer.raw(INFO).raw(header.network.padded());
    for part in [binding, encapsulated, text] {
        writer.digest(&Digest::of(part));
    }
    writer.finish()
}

/// The additional data of the encryption.
fn additional(head: &[u8], binding: &[u8]) -> Vec<u8> {
    [head, binding].concat()
}

impl Sealer<'_> {
    /// Seals a text under a header, whose number and length may still be missing; its other fields
    /// must stay as they are. `random` fills its argument with random bytes.
    ///
    /// # Errors
    ///
    /// [`SealError`].
    pub fn seal(
        &self,
        header: &Header,
        text: &[u8],
        random: impl FnMut(&mut [u8]),
    ) -> Result<(Vec<u8>, Disclosure), SealError> {
        let refused = |_| SealError::Receiver;
        let to = Public::from_bytes(self.to.as_bytes()).map_err(refused)?;
        let mut random = Random(random);
        let (encapsulated, mut context) =
            hpke::setup_sender_with_rng::<AesGcm256, HkdfSha256, XWing>(
                &OpModeS::Base,
                &to,
                INFO,
                &mut random,
            )
            .map_err(refused)?;
        let encapsulated = encapsulated.to_bytes();
        let binding = binding(header);
        let signed = signed_bytes(header, &binding, &encapsulated, text);
        let (key, signature) = (self.signing.id(), self.signing.sign(&signed)?);
        let mut contents =
            Writer::with_capacity(CONTENTS_LENGTH_MIN + self.grant.len() + text.len());
        contents.u8(VERSION).raw(&key.0).raw(&signature.0).text(self.grant).raw(text);
        let mut envelope = Writer::with_capacity(SEALED_LENGTH_MIN + self.grant.len() + text.len());
        envelope.raw(&MAGIC).u8(VERSION).u8(SUITE).raw(&self.to.id().0).raw(&encapsulated);
        let head = envelope.finish();
        let additional = additional(&head, &binding);
        let ciphertext = context.seal(&contents.finish(), &additional).map_err(refused)?;
        let envelope = [head, ciphertext].concat();
        let grant = self.grant.to_owned();
        Ok((envelope.clone(), Disclosure { key, signature, grant, envelope }))
    }
}

/// The receiver's key to which an envelope is sealed, if it has the form of one. What it holds is
/// not known by that.
///
/// # Errors
///
/// [`SealedError::Form`].
pub fn sealed_to(envelope: &[u8]) -> Result<KeyId, SealedError> {
    Parts::of(envelope).map(|parts| parts.key)
}

/// Opens the envelope of a message with one of the receiver's keys.
///
/// # Errors
///
/// [`SealedError::Form`], [`SealedError::UnknownKey`], [`SealedError::Closed`] and
/// [`SealedError::Contents`].
pub fn open_sealed(
    keys: &[OpeningKey],
    header: &Header,
    envelope: &[u8],
) -> Result<Opened, SealedError> {
    let Parts { key, head, encapsulated, ciphertext } = Parts::of(envelope)?;
    let known = keys.iter().find(|known| known.id() == key);
    let known = known.ok_or(SealedError::UnknownKey { key })?;
    let closed = |_| SealedError::Closed;
    let encapsulated = Encapsulated::from_bytes(encapsulated).map_err(closed)?;
    let mut context = hpke::setup_receiver::<AesGcm256, HkdfSha256, XWing>(
        &OpModeR::Base,
        &known.private,
        &encapsulated,
        INFO,
    )
    .map_err(closed)?;
    let additional = additional(head, &binding(header));
    let contents = context.open(ciphertext, &additional).map_err(closed)?;
    let mut reader = Reader::new(&contents);
    let disclosure = Disclosure {
        key: match reader.u8()? {
            VERSION => KeyId(reader.array()?),
            _ => return Err(SealedError::Contents(CodecError::OutOfRange { field: "version" })),
        },
        signature: Signature(reader.array()?),
        grant: reader.text()?.to_owned(),
        envelope: envelope.to_vec(),
    };
    Ok(Opened { text: reader.rest().to_vec(), disclosure })
}

impl Disclosure {
    const MAGIC: [u8; 8] = *b"NUNCDISC";

    /// Checks that the sender signed that this text is what its message says: the message with this
    /// header, with this digest of its payload, recorded at this time.
    ///
    /// # Errors
    ///
    /// [`SealedError`] says what does not hold.
    pub fn verify(
        &self,
        (header, payload): (&Header, &Digest),
        at: LogTime,
        text: &[u8],
        roots: &[VerifierKey],
    ) -> Result<(), SealedError> {
        if Digest::of(&self.envelope) != *payload {
            return Err(SealedError::OtherMessage);
        }
        let parts = Parts::of(&self.envelope)?;
        let grant = KeyGrant::open(&self.grant, roots)?;
        let is_senders = grant.network == header.network && grant.holder == header.sender;
        if !is_senders || grant.key.id() != self.key || !grant.covers(at) {
            return Err(SealedError::Signer);
        }
        let signed = signed_bytes(header, &binding(header), parts.encapsulated, text);
        grant.key.verify(&signed, &self.signature).map_err(|_| SealedError::Signature)
    }

    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let Self { key, signature, grant, envelope } = self;
        let mut writer = Writer::with_capacity(512 + envelope.len());
        writer.raw(&Self::MAGIC).u8(VERSION).raw(&key.0).raw(&signature.0);
        writer.text(grant).bytes(envelope);
        writer.finish()
    }

    /// Reads the one encoding. Nothing is proven by that.
    ///
    /// # Errors
    ///
    /// Whatever [`Self::encode`] could not have written is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        if reader.array() != Ok(Self::MAGIC) || reader.u8()? != VERSION {
            return Err(CodecError::OutOfRange { field: "beginning of a disclosure" });
        }
        let disclosure = Self {
            key: KeyId(reader.array()?),
            signature: Signature(reader.array()?),
            grant: reader.text()?.to_owned(),
            envelope: reader.bytes()?.to_vec(),
        };
        reader.finish()?;
        Ok(disclosure)
    }
}

/// The parts of an envelope.
struct Parts<'a> {
    key: KeyId,
    /// All before the ciphertext.
    head: &'a [u8],
    encapsulated: &'a [u8],
    ciphertext: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(envelope: &'a [u8]) -> Result<Self, SealedError> {
        if envelope.len() < SEALED_LENGTH_MIN {
            return Err(SealedError::Form);
        }
        let (head, ciphertext) = envelope.split_at(HEAD_LENGTH);
        let mut reader = Reader::new(head);
        let start = (reader.array()?, reader.u8()?, reader.u8()?);
        if start != (MAGIC, VERSION, SUITE) {
            return Err(SealedError::Form);
        }
        let key = KeyId(reader.array()?);
        Ok(Self { key, head, encapsulated: reader.rest(), ciphertext })
    }
}

/// A function that gives random bytes, as the library wants it.
struct Random<F>(F);

impl<F: FnMut(&mut [u8])> TryRng for Random<F> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0(bytes);
        Ok(())
    }
}

impl<F: FnMut(&mut [u8])> TryCryptoRng for Random<F> {}

/// Why a message cannot be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The receiver's key is none to which anything can be sealed.
    #[error("nothing can be sealed to the receiver's key")]
    Receiver,
    /// The clear text cannot be signed.
    #[error("the clear text cannot be signed")]
    Unsigned(#[from] KeyError),
}

/// Why a sealed message says nothing, or does not say what is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealedError {
    /// The payload is no envelope.
    #[error("the payload is not in the form of a sealed message")]
    Form,
    /// It is sealed to a key that is not here.
    #[error("the message is sealed to key {key}, which is not here")]
    UnknownKey {
        /// Which key.
        key: KeyId,
    },
    /// It was altered, or belongs to another message, or was sealed to another key.
    #[error("the message does not open: it was altered, moved, or sealed to another key")]
    Closed,
    /// What is within is not in its form.
    #[error("what the sealed message holds is malformed")]
    Contents(#[from] CodecError),
    /// The grant within is refused.
    #[error("the grant of the key that signed within is refused")]
    Grant(#[from] GrantError),
    /// The key that signed within is not the sender's at this time.
    #[error("the key that signed within is not the sender's at the time of the record")]
    Signer,
    /// The signature within is not over this.
    #[error("the signature within is not over this text of this message")]
    Signature,
    /// The disclosure is of another message.
    #[error("the disclosure is of another message")]
    OtherMessage,
}

impl SealedError {
    /// The code, which has a page in docs/codes and never changes its meaning.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form => "SEA001",
            Self::UnknownKey { .. } => "SEA002",
            Self::Closed => "SEA003",
            Self::Contents(_) => "SEA004",
            Self::Grant(_) | Self::Signer | Self::Signature | Self::OtherMessage => "SEA005",
        }
    }
}

#[cfg(test)]
mod tests;
