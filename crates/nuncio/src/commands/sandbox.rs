//! `nuncio sandbox`: a network to try things in, whose other institutions are simulated.
//!
//! Hub and gateways are the real processes with real links and journals; only the back offices of
//! the peers are made up. How a peer behaves is steered by a word in the reference of a message, see
//! `docs/sandbox.md`.

mod answers;
mod peer;
mod trigger;

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use anyhow::Context as _;
use gateway::{Acknowledge, Config};
use iso::Institution;

use self::peer::{Event, Peer};
use super::processes::Processes;
use super::{network, running};
use crate::cli::{Output, Sandbox};
use crate::client::Client;
use crate::exit::{self, Failure};
use crate::output;

pub(crate) fn run(options: &Sandbox, output: Output) -> Result<ExitCode, Failure> {
    let temporary = tempfile::Builder::new().prefix("nuncio-sandbox-").tempdir()?;
    let folder = match &options.dir {
        Some(dir) => dir.clone(),
        None => temporary.path().join("net"),
    };
    let all: Vec<Institution> =
        options.institutions.iter().chain(&options.peers).copied().collect();
    if !folder.join("hub").exists() {
        network::create(&folder, &network::Plan::on_loopback(&all)?.named("sandbox"))?;
        for peer in &options.peers {
            decide_for_themselves(&folder.join(format!("{peer}A")))?;
        }
    }
    let mut processes = Processes::default();
    processes.start_hub(&folder.join("hub"))?;
    for institution in &all {
        let gateway = folder.join(format!("{institution}A"));
        if !gateway.exists() {
            let words = format!("{} is a network without {institution}", folder.display());
            return Err(Failure::said(exit::CONFLICT, words));
        }
        processes.start_gateway(&gateway)?;
    }
    tell_how_to_use(&folder, options, output)?;
    let stopping = Arc::new(AtomicBool::new(false));
    let (tell, told) = mpsc::channel::<Event>();
    let mut threads = Vec::new();
    for institution in &options.peers {
        let client = Client::of_folder(&folder.join(format!("{institution}A")))?;
        let (peer, tell) = (Peer::new(*institution, client), tell.clone());
        let stopping = Arc::clone(&stopping);
        threads.push(thread::spawn(move || {
            peer.run(&stopping, &|event| drop(tell.send(event)));
        }));
    }
    drop(tell);
    threads.push(thread::spawn(move || {
        for event in told {
            match output {
                Output::Json => output::json_line(&event),
                Output::Table => output::line(&event.line()),
            }
        }
    }));
    let ended = running::run(|stop| async move {
        stop.await;
        Ok::<(), std::convert::Infallible>(())
    });
    stopping.store(true, Ordering::Relaxed);
    for thread in threads {
        let ended = thread.join();
        ended.map_err(|_| Failure::said(exit::FAILURE, "a simulated peer ended unexpectedly"))?;
    }
    processes.stop()?;
    ended
}

/// Has a gateway leave to its back office what is taken: only so can it decline a message.
fn decide_for_themselves(gateway: &Path) -> Result<(), Failure> {
    let mut config = Config::load(gateway).context("the settings were just written")?;
    config.acknowledge = Acknowledge::Taken;
    let path = gateway.join("gateway.toml");
    let written = std::fs::write(&path, config.to_toml());
    Ok(written.with_context(|| format!("cannot write {}", path.display()))?)
}

/// What an integrator has to know to begin.
fn tell_how_to_use(folder: &Path, options: &Sandbox, output: Output) -> Result<(), Failure> {
    let mut gateways = Vec::new();
    for institution in &options.institutions {
        let gateway = folder.join(format!("{institution}A"));
        let address = gateway.join("gateway.address");
        let address = std::fs::read_to_string(&address)
            .with_context(|| format!("cannot read {}", address.display()))?;
        gateways.push((institution, gateway, format!("http://{}", address.trim())));
    }
    if output == Output::Json {
        let gateways: Vec<_> = gateways
            .iter()
            .map(|(institution, gateway, url)| {
                serde_json::json!({
                    "institution": institution.to_string(), "folder": gateway, "url": url,
                    "token_file": gateway.join("api.token"),
                })
            })
            .collect();
        let peers: Vec<String> = options.peers.iter().map(ToString::to_string).collect();
        output::json_line(&serde_json::json!({
            "network": folder, "gateways": gateways, "peers": peers,
        }));
        return Ok(());
    }
    output::line(&format!("the sandbox is in {}", folder.display()));
    for (institution, gateway, url) in gateways {
        let folder = gateway.display();
        output::line(&format!("{institution}  is yours: {url}, token in {folder}/api.token"));
        output::line(&format!("          nuncio send FILE --gateway {folder} --wait"));
        output::line(&format!("          nuncio inbox --gateway {folder}"));
    }
    for peer in &options.peers {
        output::line(&format!("{peer}  is simulated"));
    }
    output::line(
        "words at the end of a message's reference: +RJCT-AC04 +RTRN +DCLN +SILENT +LATE-30 +TWICE +AFTER",
    );
    Ok(())
}
