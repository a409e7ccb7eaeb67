//! The project's own commands, called as `cargo xtask <command>`; one module for each command.

#![allow(clippy::print_stderr, reason = "these commands talk to people")]
#![allow(clippy::indexing_slicing, reason = "a JSON value answers an absent key with null")]

mod ci;
mod clock;
mod deps;
mod fuzz;
mod instructions;
mod model;
mod mx;
mod proofs;
mod sim;
mod tables;
mod tidy;

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs every check of the project: format, tidiness, dependencies, lints, docs, tests
    Ci(ci::Options),
    /// Checks the policy for dependencies: where they come from, and their licences
    Deps,
    /// Fuzzes every parser, guided by coverage
    Fuzz(fuzz::Options),
    /// Plays simulated networks: many seeds, or what is asked for after '--'
    Sim(sim::Options),
    /// Compares what the hot steps cost, in instructions, with what they cost before
    Instructions(instructions::Options),
    /// Checks the model of the take-over of a shared log with TLC, which it prepares in target/tla
    Model,
    /// Checks what no compiler checks: edges, purity, sizes, codes, links
    Tidy,
    /// Writes the notation of the built-in messages anew from the official schemas
    MxNotation(mx::Notation),
    /// Prepares libxml2, the other opinion in the tests of crate `mx`, and `DuckDB`, which reads what
    /// `nuncio` writes as Parquet, in target/oracle
    Oracle,
    /// Installs a module for keys that is software, for the tests of such keys
    Softhsm,
    /// Builds the program in Go that checks our log, in target/independent
    Independent,
    /// Compares the verdicts of crate `mx` on many broken messages with those of libxml2
    MxMutants(mx::Mutants),
    /// Writes the tables of crate `iso` anew from reference data, or compares them with it
    Tables(tables::Options),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Ci(options) => ci::run(&options),
        Command::Deps => deps::run(&root()),
        Command::Fuzz(options) => fuzz::run(&root(), &options),
        Command::Sim(options) => sim::run(&options),
        Command::Instructions(options) => instructions::run(&root(), &options),
        Command::Model => model::run(&root()),
        Command::Tidy => tidy::run(&root()),
        Command::MxNotation(options) => mx::notation(&root(), &options),
        Command::Oracle => mx::oracle(&root()),
        Command::Softhsm => proofs::softhsm(),
        Command::Independent => proofs::independent(&root()),
        Command::MxMutants(options) => mx::mutants(&root(), &options),
        Command::Tables(options) => tables::run(&options),
    }
}

/// The root of the project.
fn root() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.parent().expect("xtask lies in the root of the project").to_owned()
}
