//! The files of a hub: institutions bring what they will announce, and fetch what was announced.
//!
//! Who may bring or fetch a file is the machine's business (`network::Network::refuse_upload`,
//! `file_for`); the bytes are crate `files`'. Here is what lies between: the calls of gateways, the
//! places that they share, and what becomes of files that nobody needs any more. A transfer costs the
//! memory of a chunk, has a place of its institution's, and ends when its gateway stands still.

mod ledger;
mod service;

use std::sync::Arc;
use std::time::Duration;

use ::files::{Disk, Store};
use tokio::sync::watch;
use wire::latest::files_server::FilesServer;

pub(crate) use ledger::Ledger;
pub(crate) use service::Service;

use crate::clock;
use crate::config::Config;
use crate::error::Error;
use crate::serve::Hub;
use crate::shared::Shared;

/// What an operator decides about files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How large a file may be, in bytes.
    pub bytes_max: u64,
    /// How many bytes of one institution may be there that nobody has announced.
    pub unannounced_bytes_max: u64,
    /// For how many hours what is not announced, or not whole, stays.
    pub unannounced_hours: u32,
}

/// How often the hub looks for files that nobody needs any more.
const EVERY: Duration = Duration::from_secs(600);
/// The largest frame of a gateway: a piece, and what is around it.
const FRAME_BYTES_MAX: usize = wire::limits::PIECE_BYTES_MAX + 4_096;

/// Opens the files of a hub; messages may announce them from then on.
pub(crate) fn start(
    config: &Config,
    shared: &Arc<Shared>,
    stopping: watch::Receiver<bool>,
) -> Result<Arc<Ledger>, Error> {
    let path = config.files_folder();
    let unopened = |source| Error::Files { path: path.clone(), source };
    let disk = Disk::open(&path).map_err(|source| unopened(Box::new(source)))?;
    let store = Store::new(Arc::new(disk));
    let ledger = Ledger::read(store, config.files.clone());
    let ledger = Arc::new(ledger.map_err(|source| unopened(Box::new(source)))?);
    shared.hold(Arc::clone(&ledger) as Arc<dyn crate::shared::Holdings>);
    tokio::spawn(sweep(Arc::clone(shared), Arc::clone(&ledger), stopping));
    Ok(ledger)
}

/// What gateways call.
pub(crate) fn service(hub: Hub, ledger: Arc<Ledger>) -> FilesServer<Service> {
    FilesServer::new(Service::new(hub, ledger)).max_decoding_message_size(FRAME_BYTES_MAX)
}

/// Lets go what nobody needs any more, until the hub stops.
async fn sweep(shared: Arc<Shared>, ledger: Arc<Ledger>, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let (shared, ledger) = (Arc::clone(&shared), Arc::clone(&ledger));
        let swept = tokio::task::spawn_blocking(move || {
            let now = clock::now();
            ledger.sweep(|owner, file| shared.with_network(|it| it.is_file_kept(now, owner, file)))
        });
        match swept.await {
            Ok(Ok(0)) => {}
            Ok(Ok(files)) => tracing::info!(files, "files that nobody needs any more are gone"),
            Ok(Err(error)) => tracing::warn!(code = error.code(), %error, "files stay"),
            Err(_panic) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// The codes in a text: `FIL` and three digits.
    fn codes(text: &str) -> BTreeSet<String> {
        let all = text.match_indices("FIL").filter_map(|(at, _)| text.get(at..at + 6));
        let is_code = |it: &&str| it.bytes().skip(3).all(|byte| byte.is_ascii_digit());
        all.filter(is_code).map(ToOwned::to_owned).collect()
    }

    #[test]
    fn each_code_of_files_has_a_page_and_each_page_a_code() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let sources = [
            "hub/src/objection.rs",
            "hub/src/files/ledger.rs",
            "hub/src/files/service.rs",
            "files/src/error.rs",
            "document/src/file.rs",
        ];
        let used: BTreeSet<String> = sources
            .iter()
            .flat_map(|source| codes(&fs::read_to_string(crates.join(source)).unwrap()))
            .collect();
        let pages = fs::read_dir(crates.join("../docs/codes")).unwrap();
        let pages = pages.map(|page| page.unwrap().file_name().into_string().unwrap());
        let pages: BTreeSet<String> = pages
            .filter_map(|page| page.strip_suffix(".md").map(ToOwned::to_owned))
            .filter(|page| page.starts_with("FIL"))
            .collect();
        assert_eq!(used, pages);
    }
}
