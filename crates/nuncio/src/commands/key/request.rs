//! What the holder of a new key asks the authority for: a grant of it, or a certificate.
//!
//! ```text
//! nuncio key request 1        or  nuncio certificate request 1
//! network <name>
//! holder <terminal>               <terminal>, or hub
//! key <public key>
//! signature <base64>              of the new key, over the lines above
//! ```

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use trust::pki::Holder;
use trust::{NetworkName, PublicKey, Signature, SigningKey};

use crate::exit::Failure;

/// What the key is to be for. A request for one is none for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It is to sign messages.
    Signing,
    /// It is to make connections.
    Tls,
}

/// What is asked for.
pub(super) struct Request {
    pub(super) purpose: Purpose,
    pub(super) network: NetworkName,
    pub(super) holder: Holder,
    pub(super) key: PublicKey,
}

impl Request {
    fn text(&self) -> String {
        let Self { purpose, network, holder, key } = self;
        let title = purpose.title();
        format!("{title}\nnetwork {network}\nholder {holder}\nkey {key}\n")
    }

    /// The request with the signature of the new key, which shows that its maker has it.
    pub(super) fn sign(&self, key: &SigningKey) -> Result<String, Failure> {
        let text = self.text();
        let signature = key.sign(text.as_bytes()).context("the new key does not sign")?;
        Ok(format!("{text}signature {}\n", STANDARD.encode(signature.0)))
    }

    /// Reads a request; whoever made it has the key.
    pub(super) fn open(text: &str, purpose: Purpose) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next() != Some(purpose.title()) {
            return None;
        }
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let network = field("network")?.parse().ok()?;
        let holder = field("holder")?.parse().ok()?;
        let key: PublicKey = field("key")?.parse().ok()?;
        let signature = STANDARD.decode(field("signature")?).ok()?;
        let signature = Signature(signature.try_into().ok()?);
        let request = Self { purpose, network, holder, key };
        let signed = request.text();
        request.key.verify(signed.as_bytes(), &signature).ok()?;
        (text == format!("{signed}signature {}\n", STANDARD.encode(signature.0))).then_some(request)
    }
}

impl Purpose {
    fn title(self) -> &'static str {
        match self {
            Self::Signing => "nuncio key request 1",
            Self::Tls => "nuncio certificate request 1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_holds_only_as_it_was_signed() {
        let key = SigningKey::from_seed(&[7; 32]);
        for (purpose, other, holder) in
            [(Purpose::Signing, Purpose::Tls, "ALPHDEFFA"), (Purpose::Tls, Purpose::Signing, "hub")]
        {
            let (network, holder) = ("demo".parse().unwrap(), holder.parse().unwrap());
            let request = Request { purpose, network, holder, key: key.public().clone() };
            let text = request.sign(&key).unwrap();
            let opened = Request::open(&text, purpose).unwrap();
            assert_eq!((opened.holder, &opened.key), (holder, key.public()));
            assert!(Request::open(&text, other).is_none());
            for at in 0..text.len() {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1;
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                assert!(Request::open(&changed, purpose).is_none(), "byte {at}: {changed}");
            }
            assert!(Request::open(&format!("{text}\n"), purpose).is_none());
            let forged = request.sign(&SigningKey::from_seed(&[8; 32])).unwrap();
            assert!(Request::open(&forged, purpose).is_none(), "by somebody who has not the key");
        }
    }
}
