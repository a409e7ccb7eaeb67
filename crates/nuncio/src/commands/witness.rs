//! `nuncio witness init|run`.

use std::process::ExitCode;

use anyhow::Context as _;
use trust::{Algorithm, Cosigner, SigningKey};
use witness::{Config, LogEntry};

use crate::cli::{Output, Witness, WitnessInit};
use crate::commands::network::folder::Folder;
use crate::commands::running;
use crate::commands::verify::read_keys;
use crate::exit::Failure;
use crate::output;

pub(crate) fn run(command: &Witness, output: Output) -> Result<ExitCode, Failure> {
    match command {
        Witness::Init(options) => init(options, output),
        Witness::Run(options) => {
            let config = Config::load(&options.dir).map_err(anyhow::Error::new)?;
            running::run(|stop| ::witness::run(config, stop))
        }
    }
}

fn init(options: &WitnessInit, output: Output) -> Result<ExitCode, Failure> {
    let keys = read_keys(&options.known.key)?;
    let key = SigningKey::generate(Algorithm::Ed25519).context("cannot make a key")?;
    let cosigner = Cosigner::new(&options.name, key).context("this is no name of a witness")?;
    let secret = cosigner.to_secret_text().context("a key that was just made is in memory")?;
    let mut logs: Vec<LogEntry> = Vec::new();
    for key in keys.logs() {
        match logs.iter_mut().find(|log| log.origin == key.name()) {
            Some(log) => log.keys.push(key.clone()),
            None => logs.push(LogEntry { origin: key.name().to_owned(), keys: vec![key.clone()] }),
        }
    }
    let folder = Folder::create_empty(&options.dir)?;
    let config = Config {
        folder: options.dir.clone(),
        name: options.name.clone(),
        listen: options.listen,
        logs,
    };
    folder.secret("witness.key", &format!("{secret}\n"))?;
    folder.public(Config::FILE, &config.to_toml())?;
    for log in &config.logs {
        ::witness::create_state(&config, &log.origin).map_err(anyhow::Error::new)?;
    }
    let line = format!("witness {}", cosigner.verifier());
    match output {
        Output::Json => output::json(&serde_json::json!({
            "folder": options.dir, "name": options.name, "line": line,
        })),
        Output::Table => {
            output::line(&format!("the witness {} is in {}", options.name, options.dir.display()));
            output::line(&format!("  nuncio witness run --dir {}", options.dir.display()));
            output::line("its line for network.keys:");
            output::line(&line);
        }
    }
    Ok(ExitCode::SUCCESS)
}
