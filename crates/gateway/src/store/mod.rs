//! The store of the gateway: outbox, inbox, idempotency keys and the state of the link, in one file.
//!
//! Every change is durable before anybody hears of it. One thread writes, and takes whatever waits
//! into one transaction; readers see the state after some transaction, never a part of one. The
//! file is locked: a second gateway in the same folder is refused. What the tables hold is listed in
//! `tables.rs`.

mod changes;
mod medium;
mod read;
mod records;
mod tables;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use iso::Terminal;
use redb::{Database, DatabaseError, ReadableDatabase as _};
use tokio::sync::{oneshot, watch};
use trust::NetworkName;

pub(crate) use changes::{
    Acknowledging, Content, Contradiction, Decline, Entry, Fetched, Forget, Looked, Post, Posted,
    Rebuffed, Receive, Received, Settle, Settled, Take, Text, Took, Unfit, Witness, Witnessing,
};
pub use medium::{Build, Place as Medium};
pub(crate) use read::{
    Announced, Awaited, Counts, Covered, Decisions, Inboxed, Item, Query, Sent, View, Waiting,
};
pub use records::CopyNote;
pub(crate) use records::{
    Answer, Declination, Delivery, FileState, InboxEntry, MessageId, NoticeEntry, OpenedEntry,
    OutboxEntry, Outcome, Place, Submission,
};
pub(crate) use writer::{Change, Progress, Reply, Writer};
pub use writer::{StoreError, Turn};

use crate::error::{Error, owner};
pub(crate) use medium::Faults;
use medium::FilePlace;
use tables::Tables;
use writer::{Changes, Shelf};

/// The form of the tables. A store of another form is refused.
const FORMAT: &str = "nuncio gateway store 1";

/// The open store; copies share it.
#[derive(Clone)]
pub(crate) struct Store {
    shelf: Shelf,
    changes: Changes,
    progress: watch::Receiver<Progress>,
    failure: watch::Receiver<Option<String>>,
}

/// The thread that writes.
pub(crate) struct WriterThread {
    changes: Changes,
    ended: oneshot::Receiver<()>,
}

impl WriterThread {
    /// Waits until everything that was brought is written, and closes the file.
    pub(crate) async fn close(self) {
        self.changes.stop().await;
        // Gone: the thread had a panic, which was reported when it happened.
        let _ = self.ended.await;
    }
}

impl Store {
    /// Opens the store of a terminal, and makes it when it is missing.
    ///
    /// # Errors
    ///
    /// When another process has it, or it is another gateway's, or unreadable.
    pub(crate) fn open(
        path: &Path,
        network: NetworkName,
        terminal: Terminal,
    ) -> Result<(Self, WriterThread), Error> {
        Self::open_with(path, network, terminal, &Faults::default())
    }

    fn open_with(
        path: &Path,
        network: NetworkName,
        terminal: Terminal,
        faults: &Faults,
    ) -> Result<(Self, WriterThread), Error> {
        let place: Arc<dyn Medium> = Arc::new(FilePlace(path.to_owned()));
        let (store, writer) = Self::open_on(&place, network, terminal, faults)?;
        let (end, ended) = oneshot::channel();
        std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                writer.run();
                // Nobody may wait for it.
                let _ = end.send(());
            })
            .map_err(|error| Error::OpenStore { path: path.to_owned(), source: error.into() })?;
        let thread = WriterThread { changes: store.changes.clone(), ended };
        Ok((store, thread))
    }

    /// The same without a thread: whoever has the writer lets it write.
    pub(crate) fn open_on(
        place: &Arc<dyn Medium>,
        network: NetworkName,
        terminal: Terminal,
        faults: &Faults,
    ) -> Result<(Self, Writer), Error> {
        let path = place.path();
        let looked_at = writer::make(&**place).and_then(|()| writer::check(&**place));
        let opened = looked_at.and_then(|()| writer::open(&**place, faults));
        let database = opened.map_err(|error| {
            if matches!(error, DatabaseError::DatabaseAlreadyOpen) {
                Error::InUse { path: path.to_owned() }
            } else {
                Error::OpenStore { path: path.to_owned(), source: error.into() }
            }
        })?;
        let failed =
            |error: redb::Error| Error::OpenStore { path: path.to_owned(), source: error.into() };
        let wanted = owner(network, terminal);
        claim(path, &database, wanted)?;
        let counts = View::new(database.begin_read().map_err(|e| failed(e.into()))?)
            .counts()
            .map_err(failed)?;
        let Counts { input_number, arrival, decided, notice, fetched, witnessed_below, .. } =
            counts;
        let progress =
            Progress { input_number, arrival, decided, notice, fetched, witnessed_below };
        let database = Arc::new(RwLock::new(Some(database)));
        let shelf = Shelf { place: Arc::clone(place), database, faults: faults.clone() };
        let (writer, handles) = Writer::new(shelf.clone(), progress);
        let (changes, progress, failure) = (handles.changes, handles.progress, handles.failure);
        Ok((Self { shelf, changes, progress, failure }, writer))
    }

    /// Makes a change, and waits until it is durable.
    ///
    /// # Errors
    ///
    /// When there is no room, or the store has failed.
    pub(crate) async fn make<C: Change>(&self, change: C) -> Result<C::Answer, StoreError> {
        self.changes.bring(change).await?.wait().await
    }

    /// Brings a change without waiting for its answer. Changes that one task brings are made in that
    /// order.
    ///
    /// # Errors
    ///
    /// When the store has failed.
    pub(crate) async fn bring<C: Change>(&self, change: C) -> Result<Reply<C::Answer>, StoreError> {
        self.changes.bring(change).await
    }

    /// Brings a change where there is room for it now.
    ///
    /// # Errors
    ///
    /// When there is none, or the store has failed.
    pub(crate) fn bring_now<C: Change>(&self, change: C) -> Result<Reply<C::Answer>, StoreError> {
        self.changes.bring_now(change)
    }

    /// Asks the store something, here and now.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub(crate) fn look<T>(
        &self,
        question: impl FnOnce(&View) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        if self.failure.borrow().is_some() {
            return Err(StoreError::Failed);
        }
        look(&self.shelf, question)
    }

    /// Asks the store something, away from the threads that serve connections.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&View) -> Result<T, redb::Error> + Send + 'static,
    ) -> Result<T, StoreError> {
        if self.failure.borrow().is_some() {
            return Err(StoreError::Failed);
        }
        let shelf = self.shelf.clone();
        let answer = tokio::task::spawn_blocking(move || look(&shelf, question));
        answer.await.unwrap_or(Err(StoreError::Failed))
    }

    /// Watches how far the store has come.
    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Watches for the reason why the store takes nothing more.
    pub(crate) fn failure(&self) -> watch::Receiver<Option<String>> {
        self.failure.clone()
    }
}

fn look<T>(
    shelf: &Shelf,
    question: impl FnOnce(&View) -> Result<T, redb::Error>,
) -> Result<T, StoreError> {
    let view = {
        if let Err(error) = shelf.reopen() {
            // The disk was full, and whoever asks may be the only one who comes: a link that is to
            // be opened asks first, and brings changes later.
            tracing::warn!(store = %shelf.place.path().display(), %error, "not opened again");
            return Err(StoreError::Full);
        }
        let database = shelf.database.read().unwrap_or_else(PoisonError::into_inner);
        // Nothing: a change has failed this very moment.
        let Some(database) = database.as_ref() else { return Err(StoreError::Full) };
        View::new(database.begin_read().map_err(|error| unreadable(&error.into()))?)
    };
    question(&view).map_err(|error| unreadable(&error))
}

fn unreadable(error: &redb::Error) -> StoreError {
    tracing::error!(code = "GTW036", %error, "cannot read the store");
    StoreError::Failed
}

/// Writes into a new store whose it is, or compares that with what stands there.
fn claim(path: &Path, database: &Database, wanted: String) -> Result<(), Error> {
    let failed =
        |error: redb::Error| Error::OpenStore { path: path.to_owned(), source: error.into() };
    let view = View::new(database.begin_read().map_err(|error| failed(error.into()))?);
    let path = || -> PathBuf { path.to_owned() };
    if let Some(found) = view.note("format").map_err(failed)? {
        if found != FORMAT {
            return Err(Error::StoreFormat { path: path(), found, known: FORMAT });
        }
        let found = view.note("owner").map_err(failed)?.unwrap_or_default();
        if found != wanted {
            return Err(Error::ForeignStore { path: path(), found, wanted });
        }
        return Ok(());
    }
    let write = || -> Result<(), redb::Error> {
        let transaction = database.begin_write()?;
        {
            let mut tables = Tables::open(&transaction)?;
            tables.notes.insert("format", FORMAT.as_bytes())?;
            tables.notes.insert("owner", wanted.as_bytes())?;
        }
        transaction.commit()?;
        Ok(())
    };
    write().map_err(failed)
}

#[cfg(test)]
mod tests;
