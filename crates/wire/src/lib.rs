//! The protocol between hub and gateway.
