//! `nuncio gateway run`.

use std::process::ExitCode;

use crate::cli::Gateway;
use crate::commands::running;
use crate::exit::Failure;

pub(crate) fn run(command: &Gateway) -> Result<ExitCode, Failure> {
    let Gateway::Run(options) = command;
    let config = ::gateway::Config::load(&options.dir).map_err(anyhow::Error::new)?;
    running::run(|stop| ::gateway::run(config, stop))
}
