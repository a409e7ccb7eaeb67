//! The check of every receipt that the demo's messages have, as an auditor would make it: with the
//! receipt, the message and the network's public keys.

use std::path::Path;
use std::time::Duration;

use gateway::api::State;
use trust::{Receipt, Verified};

use super::payments::Payment;
use crate::client::{Client, escaped};
use crate::commands::verify;
use crate::exit::{self, Failure};

/// How many altered copies of each receipt are tried.
const ALTERED: usize = 16;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Proofs {
    /// Receipts that hold.
    pub(super) valid: usize,
    /// Receipts of which every altered copy was refused.
    pub(super) altered_refused: usize,
}

impl Proofs {
    /// Checks the receipts of a message.
    pub(super) fn check(
        &mut self,
        client: &Client,
        payment: &Payment,
        keys: &Path,
    ) -> Result<(), Failure> {
        let keys = verify::read_keys(keys)?;
        let kinds = [
            (State::Accepted, "acceptance"),
            (State::Refused, "refusal"),
            (State::Delivered, "delivery"),
        ];
        for (state, kind) in kinds {
            if !payment.was(state) {
                continue;
            }
            let path = format!("/v1/messages/{}/receipt?kind={kind}", escaped(payment.id()));
            let bytes = client.bytes(&path, "application/octet-stream", Duration::ZERO)?;
            let receipt = Receipt::decode(&bytes).map_err(|e| Failure::new(exit::INVALID, e))?;
            let verified = receipt.verify(&keys).map_err(|e| Failure::new(exit::INVALID, e))?;
            let right = matches!(
                (&verified, state),
                (Verified::Acceptance(_), State::Accepted)
                    | (Verified::Refusal(_), State::Refused)
                    | (Verified::Delivery(_), State::Delivered)
            );
            if right && receipt.matches_payload(payment.bytes()) == Some(true) {
                self.valid += 1;
            }
            let step = (bytes.len() / ALTERED).max(1);
            let refused = (0..bytes.len()).step_by(step).all(|at| {
                let mut altered = bytes.clone();
                if let Some(byte) = altered.get_mut(at) {
                    *byte ^= 1;
                }
                Receipt::decode(&altered).and_then(|receipt| receipt.verify(&keys)).is_err()
            });
            self.altered_refused += usize::from(refused);
        }
        Ok(())
    }
}
