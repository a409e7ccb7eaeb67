//! `nuncio key line`: the line by which a key stands in everybody's `network.keys`.

use std::process::ExitCode;

use anyhow::Context as _;
use keys::Patience;
use trust::{CosignerKey, KeyGrant, Origin, Shard, VerifierKey};

use crate::cli::{KeyLine, Output};
use crate::exit::Failure;
use crate::output;

pub(super) fn run(options: &KeyLine, output: Output) -> Result<ExitCode, Failure> {
    let key = keys::signing_key(&options.file, Patience::default()).map_err(anyhow::Error::new)?;
    let public = key.public().clone();
    let named = |kind: &str, name: String| {
        let line = VerifierKey::new(&name, public.clone()).map(|key| format!("{kind} {key}"));
        line.context("a key of the log, and a root key, is Ed25519")
    };
    let line = match (&options.of.log, &options.of.root, &options.of.witness) {
        (Some(network), ..) => {
            let origin = Origin { network: *network, shard: Shard(0) };
            named("log", origin.to_string())?
        }
        (None, Some(network), _) => named("root", KeyGrant::root_name(network))?,
        (None, None, name) => {
            let line = CosignerKey::new(name.as_deref().unwrap_or_default(), public.clone());
            let line = line.context("a witness has a name without spaces and an Ed25519 key")?;
            format!("witness {line}")
        }
    };
    match output {
        Output::Json => output::json(&serde_json::json!({ "line": line })),
        Output::Table => output::line(&line),
    }
    Ok(ExitCode::SUCCESS)
}
