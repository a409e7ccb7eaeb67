//! Hostile messages.
