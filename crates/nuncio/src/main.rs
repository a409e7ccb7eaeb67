//! The one binary of the network: hub, gateway, and the commands of people who use them.
//!
//! It reads arguments, calls the crates and prints; it decides nothing about messages.

mod cli;
mod client;
mod clock;
mod commands;
mod exit;
mod log;
mod output;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};
use crate::exit::Failure;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not failures; clap knows where each is printed.
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(exit::USAGE)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match run(&cli) {
        Ok(code) => code,
        Err(failure) => {
            failure.print(cli.output);
            ExitCode::from(failure.code())
        }
    }
}

fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    let output = cli.output;
    match &cli.command {
        Command::Demo(options) => commands::demo::run(options, output),
        Command::Sandbox(options) => commands::sandbox::run(options, output),
        Command::Bench(options) => commands::bench::run(options, output),
        Command::Network(command) => commands::network::run(command, output),
        Command::Hub(command) => commands::hub::run(command, output),
        Command::Gateway(command) => commands::gateway::run(command),
        Command::Check(options) => commands::check::run(options, output),
        Command::Show(options) => commands::show::run(options, output),
        Command::Schema(command) => commands::schema::run(command, output),
        Command::Send(options) => commands::send::run(options, output),
        Command::Inbox(options) => commands::inbox::run(options, output),
        Command::File(cli::File::Put(options)) => commands::file::put(options, output),
        Command::File(cli::File::Get(options)) => commands::file::get(options, output),
        Command::File(cli::File::List(options)) => commands::file::list(options, output),
        Command::Answer(options) => commands::answer::run(options, output),
        Command::Decline(options) => commands::decline::run(options, output),
        Command::Copy(command) => commands::copy::run(command, output),
        Command::Relationship(command) => commands::relationship::run(command, output),
        Command::Service(command) => commands::service::run(command, output),
        Command::Directory(command) => commands::directory::run(command, output),
        Command::Calendar(command) => commands::calendar::run(command, output),
        Command::Notices(options) => commands::notices::run(options, output),
        Command::Lanes(command) => commands::lanes::run(command, output),
        Command::Report(command) => commands::report::run(command, output),
        Command::Archive(command) => commands::archive::run(command, output),
        Command::Track(options) => commands::track::run(options, output),
        Command::Receipt(options) => commands::receipt::run(options, output),
        Command::Verify(options) => commands::verify::run(options, output),
        Command::Log(command) => commands::log::run(command, output),
        Command::Checkpoint(command) => commands::checkpoint::run(command, output),
        Command::Witness(command) => commands::witness::run(command, output),
        Command::Key(command) => commands::key::run(command, output),
        Command::Govern(command) => commands::govern::run(command, output),
        Command::Journal(command) => commands::journal::run(command, output),
        Command::Backup(command) => commands::backup::run(command, output),
    }
}
