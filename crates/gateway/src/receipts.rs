//! Receipts as the store keeps them and the interface shows them.

/// A receipt in JSON.
pub(crate) fn to_json(receipt: &[u8]) -> Option<Vec<u8>> {
    let _ = receipt;
    None
}
