//! What an institution that gets copies decides on a message that is held for it.
//!
//! It is the `meta` of a record of kind [`COPY_DECIDED`](crate::RecordKind::COPY_DECIDED), which has
//! no payload. Sender and receiver of the message are shown the whole record, so neither text is a
//! secret from the other. Not here: whether the institution is asked, which the network machine says.
//!
//! ```text
//! version u8 = 1 | terminal 9 | message's record u64 | verdict u8: 1 authorised, 2 refused
//!   | code text, empty if authorised | to sender text | to receiver text
//!   | root 32 | key 8 | signature 64
//! ```

use iso::Terminal;

use crate::codec::{CodecError, Reader, Writer};
use crate::evidence::{presentable, read_version};
use crate::frame::{read_terminal, write_terminal};
use crate::{
    Digest, KeyError, KeyId, Label, NetworkName, PublicKey, Signature, SignedRoot, SigningKey,
};

const VERSION: u8 = 1;
const AUTHORISED: u8 = 1;
const REFUSED: u8 = 2;

/// What is decided on a held message (FIN: MT 097, field 451).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is delivered.
    Authorised,
    /// It is not delivered.
    Refused {
        /// Why, in the institution's own code (FIN: field 432).
        code: Label,
    },
}

/// What an institution decided on a message whose copy it got, signed by one of its terminals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyDecision {
    /// The terminal that decides.
    pub by: Terminal,
    /// The sequence of the message's record.
    pub message: u64,
    /// What it decides.
    pub verdict: Verdict,
    /// Invariant: at most [`Self::TEXT_LENGTH_MAX`] bytes without control characters.
    to_sender: Box<str>,
    /// Invariant: as above.
    to_receiver: Box<str>,
    /// The signature; the root is the hash of the message's record.
    pub signed: SignedRoot,
}

impl CopyDecision {
    /// The greatest length of a text, in bytes.
    pub const TEXT_LENGTH_MAX: usize = 512;
    const DOMAIN: &'static [u8] = b"nuncio copy decision 1\n";

    /// A decision on the message whose record has a hash; it is not signed yet: key and signature
    /// are zero.
    #[must_use]
    pub fn new(by: Terminal, (message, record): (u64, Digest), verdict: Verdict) -> Self {
        let (key, signature) = (KeyId([0; 8]), Signature([0; 64]));
        let signed = SignedRoot { root: record, key, signature };
        let (to_sender, to_receiver) = (Box::default(), Box::default());
        Self { by, message, verdict, to_sender, to_receiver, signed }
    }

    /// With information for the sender (field 114) and for the receiver (field 115) of the message.
    /// Too long a text is cut and ends in `…`; control characters become spaces.
    #[must_use]
    pub fn with_information(mut self, to_sender: &str, to_receiver: &str) -> Self {
        self.to_sender = presentable(to_sender, Self::TEXT_LENGTH_MAX);
        self.to_receiver = presentable(to_receiver, Self::TEXT_LENGTH_MAX);
        self
    }

    /// What the sender of the message is to know; may be empty.
    #[must_use]
    pub fn to_sender(&self) -> &str {
        &self.to_sender
    }

    /// What the receiver of the message is to know; may be empty.
    #[must_use]
    pub fn to_receiver(&self) -> &str {
        &self.to_receiver
    }

    /// Whether the message is delivered.
    #[must_use]
    pub fn is_authorised(&self) -> bool {
        self.verdict == Verdict::Authorised
    }

    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(256);
        writer.u8(VERSION);
        self.write(&mut writer);
        let SignedRoot { root, key, signature } = &self.signed;
        writer.digest(root).raw(&key.0).raw(&signature.0);
        writer.finish()
    }

    /// Reads the one encoding.
    ///
    /// # Errors
    ///
    /// Whatever [`Self::encode`] could not have written is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let bad = |field| CodecError::OutOfRange { field };
        let mut reader = Reader::new(bytes);
        read_version(&mut reader)?;
        let by = read_terminal(&mut reader)?;
        let message = reader.u64()?;
        let verdict = match (reader.u8()?, reader.text()?) {
            (AUTHORISED, "") => Verdict::Authorised,
            (REFUSED, code) => {
                Verdict::Refused { code: code.parse().map_err(|_| bad("code of a decision"))? }
            }
            _ => return Err(bad("verdict")),
        };
        let (to_sender, to_receiver) = (reader.text()?, reader.text()?);
        let root = reader.digest()?;
        let decision =
            Self::new(by, (message, root), verdict).with_information(to_sender, to_receiver);
        if *decision.to_sender != *to_sender || *decision.to_receiver != *to_receiver {
            return Err(bad("information of a decision"));
        }
        let signed =
            SignedRoot { root, key: KeyId(reader.array()?), signature: Signature(reader.array()?) };
        reader.finish()?;
        Ok(Self { signed, ..decision })
    }

    /// The bytes that are signed: `"nuncio copy decision 1\n" || network, 32 bytes padded with zeros
    /// ||` the encoding from the terminal to the second text `|| hash of the message's record 32`.
    #[must_use]
    pub fn signed_bytes(&self, network: NetworkName) -> Vec<u8> {
        let mut writer = Writer::with_capacity(256);
        writer.raw(Self::DOMAIN).raw(network.padded());
        self.write(&mut writer);
        writer.digest(&self.signed.root);
        writer.finish()
    }

    /// Signs it anew: the root stays, key and signature are those of `key`.
    ///
    /// # Errors
    ///
    /// [`KeyError::Module`] when a module holds the key and does not sign.
    pub fn sign(mut self, network: NetworkName, key: &SigningKey) -> Result<Self, KeyError> {
        let signature = key.sign(&self.signed_bytes(network))?;
        self.signed = SignedRoot { root: self.signed.root, key: key.id(), signature };
        Ok(self)
    }

    /// Checks that the key, which must be the one that is named, signed this.
    #[must_use]
    pub fn is_signed_by(&self, network: NetworkName, key: &PublicKey) -> bool {
        self.signed.key == key.id()
            && key.verify(&self.signed_bytes(network), &self.signed.signature).is_ok()
    }

    /// What is signed, but for the record's hash.
    fn write(&self, writer: &mut Writer) {
        write_terminal(writer, self.by);
        writer.u64(self.message);
        match &self.verdict {
            Verdict::Authorised => writer.u8(AUTHORISED).text(""),
            Verdict::Refused { code } => writer.u8(REFUSED).text(code.as_str()),
        };
        writer.text(&self.to_sender).text(&self.to_receiver);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decision(code: Option<&str>, to_sender: &str, to_receiver: &str) -> CopyDecision {
        let verdict = code
            .map_or(Verdict::Authorised, |code| Verdict::Refused { code: code.parse().unwrap() });
        let by = "CHASUS33A".parse().unwrap();
        CopyDecision::new(by, (7, Digest([5; 32])), verdict)
            .with_information(to_sender, to_receiver)
    }

    #[test]
    fn a_decision_has_the_documented_bytes() {
        let want = [
            b"\x01CHASUS33A\0\0\0\0\0\0\0\x07\x02\0\x04AM04\0\x02no\0\0".as_slice(),
            &[5; 32],
            &[0; 72],
        ]
        .concat();
        assert_eq!(decision(Some("AM04"), "no", "").encode(), want);
    }

    #[test]
    fn only_what_was_signed_holds() {
        let network = "demo".parse().unwrap();
        let key = SigningKey::from_seed(&[3; 32]);
        let signed = decision(None, "a", "b").sign(network, &key).unwrap();
        assert!(signed.is_signed_by(network, key.public()));
        assert!(!signed.is_signed_by("live".parse().unwrap(), key.public()));
        let others = [
            CopyDecision { message: 8, ..signed.clone() },
            CopyDecision { verdict: decision(Some("AM04"), "", "").verdict, ..signed.clone() },
            signed.clone().with_information("ab", ""),
            CopyDecision { by: "CHASUS33B".parse().unwrap(), ..signed.clone() },
            CopyDecision {
                signed: SignedRoot { root: Digest([6; 32]), ..signed.signed },
                ..signed
            },
        ];
        for other in others {
            assert!(!other.is_signed_by(network, key.public()), "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn a_decision_comes_back(
            code in prop::option::of("[A-Z0-9]{1,8}"),
            texts in ("[a-zé ]{0,300}", "\\PC{0,20}"),
        ) {
            let decision = decision(code.as_deref(), &texts.0, &texts.1);
            prop_assert_eq!(CopyDecision::decode(&decision.encode()), Ok(decision));
        }

        #[test]
        fn bytes_have_one_reading_or_none(at in 0..120_usize, value: u8) {
            let mut bytes = decision(Some("AM04"), "to the sender", "").encode();
            bytes[at] = value;
            if let Ok(decision) = CopyDecision::decode(&bytes) {
                prop_assert_eq!(decision.encode(), bytes);
            }
        }
    }
}
