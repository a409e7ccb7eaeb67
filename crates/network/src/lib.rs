//! The deterministic machine: directory, sessions, submissions, lanes, deliveries.
