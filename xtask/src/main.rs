//! The project's own commands, called as `cargo xtask <command>`; one module for each command.

mod tables;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes the tables of crate `iso` anew from reference data, or compares them with it
    Tables(tables::Options),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Tables(options) => tables::run(&options),
    }
}
