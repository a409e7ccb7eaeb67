//! Statements, signatures, the Merkle log, receipts, checkpoints, keys and certificates.
