//! Sweeps over public data: examples of registries, registers of banks, and real messages.

#[cfg(test)]
mod public_data;
#[cfg(test)]
mod registry_examples;
