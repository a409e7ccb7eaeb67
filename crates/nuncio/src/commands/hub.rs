//! `nuncio hub run`.

use std::process::ExitCode;

use crate::cli::Hub;
use crate::commands::running;
use crate::exit::Failure;

pub(crate) fn run(command: &Hub) -> Result<ExitCode, Failure> {
    let Hub::Run(options) = command;
    let config = ::hub::Config::load(&options.dir).map_err(anyhow::Error::new)?;
    running::run(|stop| ::hub::run(config, stop))
}
