//! Fetches the files that received messages announce.

use std::collections::BTreeSet;
use std::sync::Arc;

use iso::Institution;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use trust::{Digest, Fault, FileName, Reason};
use wire::latest::Fetch;

use super::{AT_ONCE, Carrier, STILL_MAX, Stop, WAIT_MIN, longer, sha256, wait_for_disk};
use crate::link;
use crate::store::{Announced, Fetched, View};

/// Fetches what is announced, for ever.
pub(super) async fn run(carrier: &Carrier) {
    let mut progress = carrier.store.progress();
    // A file that is announced twice is fetched once; both messages find it then.
    let mut coming: BTreeSet<(Institution, Digest)> = BTreeSet::new();
    let mut tasks: JoinSet<(Institution, Digest)> = JoinSet::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        progress.borrow_and_update();
        let Ok(wanted) = carrier.store.ask(View::fetching).await else { return };
        for announced in wanted {
            let Some(file) = announced.header.file else { continue };
            let key = (announced.header.sender.institution(), file.digest);
            if coming.insert(key) {
                let (carrier, places) = (carrier.clone(), Arc::clone(&places));
                tasks.spawn(async move {
                    carry(&carrier, &announced, file, &places).await;
                    key
                });
            }
        }
        tokio::select! {
            changed = progress.changed() => if changed.is_err() { return },
            Some(done) = tasks.join_next() => match done {
                Ok(key) => {
                    coming.remove(&key);
                }
                Err(error) => tracing::error!(%error, "a file was not fetched"),
            },
        }
    }
}

/// Fetches one file, however long that takes, and notes that it is here.
async fn carry(carrier: &Carrier, announced: &Announced, file: FileName, places: &Semaphore) {
    let owner = announced.header.sender.institution();
    let mut wait = WAIT_MIN;
    let given_up = loop {
        let before = carrier.shelf.progress(owner, &file.digest);
        // Only while something comes: who waits for the next attempt keeps nobody else waiting.
        let Ok(place) = places.acquire().await else { return };
        let fetched = download(carrier, owner, file).await;
        drop(place);
        match fetched {
            Ok(()) => break None,
            // The hub holds it no more: that it was taken must not be said.
            Err(Stop::Never { code, text }) if code == "FIL008" => {
                tracing::error!(digest = %file.digest, %owner, code, text, "file given up");
                let code = code.parse().expect("it is a label");
                break Some(Reason::new(code, Fault::Network, "header/file", &text));
            }
            Err(Stop::Never { code, text }) => {
                tracing::error!(digest = %file.digest, %owner, code, text, "file not fetched");
                wait = longer(wait);
            }
            Err(Stop::Again(reason)) => {
                tracing::info!(digest = %file.digest, %owner, reason, "file not fetched yet");
                let went_on = carrier.shelf.progress(owner, &file.digest) > before;
                wait = if went_on { WAIT_MIN } else { longer(wait) };
            }
        }
        tokio::time::sleep(wait).await;
    };
    carrier.shelf.forget_progress(owner, &file.digest);
    let at = carrier.desk.clock.now();
    let fetched = Fetched { place: announced.place, given_up, at };
    if carrier.store.make(fetched).await.is_err() {
        // The store says why; the file is here, and is found when the gateway runs again.
        tracing::error!(digest = %file.digest, "cannot note that the file is here");
    }
}

/// Fetches a file from where it is here; it is whole and durable when this ends well.
async fn download(carrier: &Carrier, owner: Institution, file: FileName) -> Result<(), Stop> {
    let files = carrier.shelf.files().clone();
    let is_whole = {
        let files = files.clone();
        wait_for_disk(move || files.is_whole(owner, &file)).await?
    };
    if is_whole {
        return Ok(());
    }
    let config = &carrier.desk.config;
    let mut client = link::connect_for_files(&carrier.tls, &config.hub, config.hub_host())
        .await
        .map_err(Stop::again)?;
    let mut incoming = wait_for_disk(move || files.receive(owner, file)).await?;
    carrier.shelf.report(owner, &file.digest, incoming.durable());
    let fetch = Fetch {
        sender: owner.to_string(),
        sha256: sha256(&file),
        bytes: file.bytes,
        offset: incoming.length(),
    };
    tracing::info!(digest = %file.digest, %owner, from = fetch.offset, "file is fetched");
    let pieces = client.download(fetch).await.map_err(|status| Stop::of(&status))?;
    let mut pieces = pieces.into_inner();
    while incoming.length() < file.bytes {
        let piece = tokio::time::timeout(STILL_MAX, pieces.message()).await;
        let piece = piece.map_err(|_elapsed| Stop::again("the hub sends nothing"))?;
        let piece = piece.map_err(|status| Stop::of(&status))?;
        let piece = piece.ok_or_else(|| Stop::again("the hub ended the call"))?;
        let is_next = piece.offset == incoming.length() && !piece.data.is_empty();
        if !is_next || crc32c::crc32c(&piece.data) != piece.crc32c {
            return Err(Stop::again("FIL003: a piece is not what was sent"));
        }
        let taken;
        (incoming, taken) = wait_for_disk(move || {
            let taken = incoming.take(&piece.data)?;
            Ok((incoming, taken))
        })
        .await?;
        if taken {
            carrier.shelf.report(owner, &file.digest, incoming.durable());
        }
    }
    wait_for_disk(move || incoming.finish()).await
}
