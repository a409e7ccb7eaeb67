//! One session with one token: the login, and where the keys are in it.

use cryptoki::context::Pkcs11;
use cryptoki::error::{Error as Pkcs11Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use trust::{Algorithm, Digest, PublicKey, Signature};

use super::Label;

/// The OID of Ed25519 and, for modules older than PKCS#11 v3.0 of 2019, the name of its curve.
const ED25519: [&[u8]; 2] = [b"\x06\x03\x2b\x65\x70", b"\x13\x0cedwards25519"];
/// The OID of P-256.
const P256: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";

/// What keeps a module from doing its work.
#[derive(Debug)]
pub(super) enum Trouble {
    /// No token with this label is there.
    NoToken,
    /// No key with this label is in the token.
    NoKey,
    /// Several keys have this label.
    Ambiguous,
    /// The key is of another kind than we know.
    Kind,
    /// The PIN was refused; it is not tried again.
    Pin,
    /// One try is left, or none: a person must look.
    PinFinal,
    /// The module failed.
    Module(Pkcs11Error),
}

impl Trouble {
    /// In words that hold no secret.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::NoToken => "the token is not there",
            Self::NoKey => "the token has no key with this label",
            Self::Ambiguous => "the token has several keys with this label",
            Self::Kind => {
                "the key is neither Ed25519 nor P-256, or has no public half in the token"
            }
            Self::Pin => "the PIN was refused, and is not tried again before a restart",
            Self::PinFinal => "the token has one try of its PIN left, or is locked: log in by hand",
            Self::Module(_) => "the module failed",
        }
    }

    /// What the module said.
    pub(super) fn source(self) -> Option<Pkcs11Error> {
        if let Self::Module(error) = self { Some(error) } else { None }
    }

    /// Whether the module may only not know how things stand now: many look once, when they start.
    pub(super) fn may_be_stale(&self) -> bool {
        match self {
            Self::NoKey => true,
            // Others have the sessions; starting again would only take ours away.
            Self::Module(Pkcs11Error::Pkcs11(RvError::SessionCount, _)) => false,
            Self::Module(_) => true,
            Self::NoToken | Self::Ambiguous | Self::Kind | Self::Pin | Self::PinFinal => false,
        }
    }

    /// Whether it may pass by itself.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::NoToken | Self::NoKey | Self::Module(_))
    }
}

impl From<Pkcs11Error> for Trouble {
    fn from(error: Pkcs11Error) -> Self {
        Self::Module(error)
    }
}

/// A key in a token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) handle: ObjectHandle,
    pub(super) algorithm: Algorithm,
}

/// The slot of the token with this label.
pub(super) fn slot(module: &Pkcs11, label: &Label) -> Result<Slot, Trouble> {
    for slot in module.get_slots_with_token()? {
        if module.get_token_info(slot).is_ok_and(|info| info.label() == label.as_str()) {
            return Ok(slot);
        }
    }
    Err(Trouble::NoToken)
}

/// A session with the user logged in; one that may write, where keys are to be made.
pub(super) fn open(
    module: &Pkcs11,
    label: &Label,
    pin: &AuthPin,
    write: bool,
) -> Result<Session, Trouble> {
    let slot = slot(module, label)?;
    let info = module.get_token_info(slot)?;
    if info.user_pin_locked() || info.user_pin_final_try() {
        return Err(Trouble::PinFinal);
    }
    let session = if write { module.open_rw_session(slot) } else { module.open_ro_session(slot) }?;
    match session.login(UserType::User, Some(pin)) {
        Ok(()) | Err(Pkcs11Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
        Err(Pkcs11Error::Pkcs11(
            RvError::PinIncorrect
            | RvError::PinInvalid
            | RvError::PinLenRange
            | RvError::PinExpired,
            _,
        )) => Err(Trouble::Pin),
        Err(Pkcs11Error::Pkcs11(RvError::PinLocked, _)) => Err(Trouble::PinFinal),
        Err(error) => Err(error.into()),
    }
}

/// The private key with this label, and its public half.
pub(super) fn find(session: &Session, label: &Label) -> Result<(Key, PublicKey), Trouble> {
    let handle = only(session, ObjectClass::PRIVATE_KEY, label)?;
    let public = only(session, ObjectClass::PUBLIC_KEY, label)?;
    let algorithm = algorithm(session, handle)?;
    Ok((Key { handle, algorithm }, public_key(session, public, algorithm)?))
}

/// The one object of a class with this label.
fn only(session: &Session, class: ObjectClass, label: &Label) -> Result<ObjectHandle, Trouble> {
    let label = Attribute::Label(label.as_str().as_bytes().to_vec());
    let found = session.find_objects(&[Attribute::Class(class), label])?;
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Trouble::NoKey),
        _ => Err(Trouble::Ambiguous),
    }
}

/// The labels of all private keys.
pub(super) fn labels(session: &Session) -> Result<Vec<Label>, Trouble> {
    let mut labels = Vec::new();
    for handle in session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)])? {
        for attribute in session.get_attributes(handle, &[AttributeType::Label])? {
            let Attribute::Label(bytes) = attribute else { continue };
            let label = String::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
            labels.extend(label);
        }
    }
    labels.sort();
    labels.dedup();
    Ok(labels)
}

fn algorithm(session: &Session, key: ObjectHandle) -> Result<Algorithm, Trouble> {
    let wanted = [AttributeType::KeyType];
    let found = session.get_attributes(key, &wanted)?;
    let kind = found
        .iter()
        .find_map(|it| if let Attribute::KeyType(kind) = it { Some(*kind) } else { None });
    match kind {
        Some(KeyType::EC_EDWARDS) => Ok(Algorithm::Ed25519),
        Some(KeyType::EC) => Ok(Algorithm::P256),
        _ => Err(Trouble::Kind),
    }
}

/// The public half: a point, bare or in a DER OCTET STRING, as modules differ in that.
fn public_key(
    session: &Session,
    key: ObjectHandle,
    algorithm: Algorithm,
) -> Result<PublicKey, Trouble> {
    let found = session.get_attributes(key, &[AttributeType::EcPoint])?;
    let point = found
        .into_iter()
        .find_map(|it| if let Attribute::EcPoint(bytes) = it { Some(bytes) } else { None });
    let point = point.ok_or(Trouble::Kind)?;
    let length = algorithm.public_key_length();
    let bare = match point.as_slice() {
        [0x04, size, rest @ ..] if usize::from(*size) == length && rest.len() == length => rest,
        bare => bare,
    };
    PublicKey::from_bytes(algorithm, bare).map_err(|_| Trouble::Kind)
}

/// Signs as [`trust::KeyModule`] wants it.
pub(super) fn sign(session: &Session, key: Key, message: &[u8]) -> Result<Signature, Trouble> {
    let bytes = match key.algorithm {
        Algorithm::Ed25519 => {
            let scheme = EddsaParams::new(EddsaSignatureScheme::Pure);
            session.sign(&Mechanism::Eddsa(scheme), key.handle, message)?
        }
        Algorithm::P256 => {
            // Not all modules hash by themselves.
            let digest = Digest::of(message);
            session.sign(&Mechanism::Ecdsa, key.handle, digest.as_bytes())?
        }
        Algorithm::XWing => return Err(Trouble::Kind),
    };
    bytes.try_into().map(Signature).map_err(|_| Trouble::Kind)
}

/// Makes a key that stays in the token.
pub(super) fn generate(
    session: &Session,
    label: &Label,
    algorithm: Algorithm,
) -> Result<(), Trouble> {
    match only(session, ObjectClass::PRIVATE_KEY, label) {
        Err(Trouble::NoKey) => {}
        Ok(_) => return Err(Trouble::Ambiguous),
        Err(trouble) => return Err(trouble),
    }
    let (mechanism, curves): (_, &[&[u8]]) = match algorithm {
        Algorithm::Ed25519 => (Mechanism::EccEdwardsKeyPairGen, &ED25519),
        Algorithm::P256 => (Mechanism::EccKeyPairGen, &[P256]),
        Algorithm::XWing => return Err(Trouble::Kind),
    };
    let name = Attribute::Label(label.as_str().as_bytes().to_vec());
    let private = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        name.clone(),
    ];
    let mut last = Trouble::Kind;
    for curve in curves {
        let public = [
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Verify(true),
            Attribute::EcParams(curve.to_vec()),
            name.clone(),
        ];
        match session.generate_key_pair(&mechanism, &public, &private) {
            Ok(_) => return Ok(()),
            Err(error) => last = error.into(),
        }
    }
    Err(last)
}
