//! The durable log: contract and local engine.
