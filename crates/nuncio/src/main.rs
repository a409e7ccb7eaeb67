//! The one binary of the network.

fn main() {}
