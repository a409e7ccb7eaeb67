//! The proof that a log contradicts itself about a message: a receipt that it was not delivered, and
//! one that it was.
//!
//! A log that states at some place that nobody has taken a message over, and has the receiver's
//! acknowledgement of it at an earlier place, states what is not true; so does one that has withdrawn
//! a message, or had it declined, and has it taken over as well. Both receipts verify alone, so
//! whoever holds the network's public keys can judge, and nobody can make such evidence without the
//! log's key. Its one form is JSON, as that of [`crate::Equivocation`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::{
    NetworkKeys, Receipt, ReceiptError, Verified, VerifiedAcceptance, VerifiedDelivery,
    VerifiedNonDelivery,
};

/// Two receipts of one message that cannot both be true. Nothing in it is checked before
/// [`Contradiction::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// That it was not delivered.
    pub non_delivery: Receipt,
    /// That it was.
    pub delivery: Receipt,
}

/// What a contradiction has proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradicted {
    /// The message.
    pub message: VerifiedAcceptance,
    /// What the log says of it.
    pub non_delivery: VerifiedNonDelivery,
    /// What it says as well.
    pub delivery: VerifiedDelivery,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContradictionJson {
    evidence: Title,
    version: u8,
    non_delivery: String,
    delivery: String,
}

#[derive(Serialize, Deserialize)]
enum Title {
    #[serde(rename = "contradiction")]
    Contradiction,
}

impl Contradiction {
    const VERSION: u8 = 1;

    /// The contradiction between two receipts in either order, if they are of the kinds that can
    /// contradict each other.
    #[must_use]
    pub fn between(one: &Receipt, other: &Receipt) -> Option<Self> {
        let (non_delivery, delivery) = match (one, other) {
            (Receipt::NonDelivery(_), Receipt::Delivery(_)) => (one, other),
            (Receipt::Delivery(_), Receipt::NonDelivery(_)) => (other, one),
            _ => return None,
        };
        Some(Self { non_delivery: non_delivery.clone(), delivery: delivery.clone() })
    }

    /// Checks both receipts, and that they contradict each other.
    ///
    /// # Errors
    ///
    /// [`ContradictionError`] where nothing is proven.
    pub fn verify(&self, keys: &NetworkKeys) -> Result<Contradicted, ContradictionError> {
        let verified = (self.non_delivery.verify(keys)?, self.delivery.verify(keys)?);
        let (Verified::NonDelivery(not), Verified::Delivery(is)) = verified else {
            return Err(ContradictionError::Kinds);
        };
        let ((message, non_delivery), (same, delivery)) = (*not, *is);
        if message.record != same.record {
            return Err(ContradictionError::Messages);
        }
        // What waits at one place may well be taken over at a later one.
        let is_before = delivery.position.shard == non_delivery.position.shard
            && delivery.position < non_delivery.position;
        if !is_before && !non_delivery.why.is_final() {
            return Err(ContradictionError::Consistent);
        }
        Ok(Contradicted { message, non_delivery, delivery })
    }

    /// The JSON form, indented, with a newline at the end.
    ///
    /// # Panics
    ///
    /// Never: texts and numbers can always be written.
    #[must_use]
    pub fn to_json(&self) -> String {
        let json = ContradictionJson {
            evidence: Title::Contradiction,
            version: Self::VERSION,
            non_delivery: STANDARD.encode(self.non_delivery.encode()),
            delivery: STANDARD.encode(self.delivery.encode()),
        };
        serde_json::to_string_pretty(&json).expect("texts and numbers can be written") + "\n"
    }

    /// Reads the JSON form. Nothing is proven by that.
    ///
    /// # Errors
    ///
    /// [`ContradictionError::Json`], [`ContradictionError::Version`] and
    /// [`ContradictionError::Receipt`].
    pub fn from_json(text: &str) -> Result<Self, ContradictionError> {
        let json: ContradictionJson =
            serde_json::from_str(text).map_err(ContradictionError::Json)?;
        if json.version != Self::VERSION {
            return Err(ContradictionError::Version { version: json.version });
        }
        let read = |base64: &str| {
            let bytes = STANDARD.decode(base64).map_err(|_| ReceiptError::Magic)?;
            Receipt::decode(&bytes)
        };
        Ok(Self { non_delivery: read(&json.non_delivery)?, delivery: read(&json.delivery)? })
    }
}

/// Why evidence of a contradiction proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ContradictionError {
    /// The text is no evidence.
    #[error("this is no evidence of a contradiction")]
    Json(#[source] serde_json::Error),
    /// A version that this program does not know.
    #[error("evidence version {version} is unknown; this program knows 1")]
    Version {
        /// The version that was found.
        version: u8,
    },
    /// A receipt does not hold.
    #[error("a receipt in the evidence is refused")]
    Receipt(#[from] ReceiptError),
    /// They are not one of non-delivery and one of delivery.
    #[error("the evidence is not a receipt of non-delivery and one of delivery")]
    Kinds,
    /// They are about different messages.
    #[error("the receipts are about different messages")]
    Messages,
    /// The message was taken over after it was stated to wait.
    #[error("the message waited, and was taken over later: that is no contradiction")]
    Consistent,
}
