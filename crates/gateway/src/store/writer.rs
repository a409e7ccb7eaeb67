//! The one thread that writes: it takes whatever waits into one durable transaction.
//!
//! There is no timer: while a transaction is being synced, the next changes gather, and all of them
//! go into the next one. A change is answered only when its transaction is durable; where that
//! fails, every change in it fails, for none of them is known to be stored.

use std::sync::{Arc, PoisonError, RwLock};

use redb::{Database, DatabaseError, RepairSession, StorageBackend as _, StorageError};
use tokio::sync::{mpsc, oneshot, watch};

use super::medium::{Faults, Medium, Place};
use super::tables::{Tables, counter};

/// How many changes one transaction takes.
const GROUP_MAX: usize = 1_024;
/// How many bytes of messages one transaction takes, more or less.
const GROUP_BYTES_MAX: usize = 32 << 20;
/// How many changes may wait before those who bring more have to wait too.
pub(super) const WAITING_MAX: usize = 2_048;
/// Up to which size a store is read as a whole when a gateway starts: a second or two of reading.
const CHECKED_BYTES_MAX: u64 = 1 << 30;
const DAMAGED: &str = "a page is not what was written";
/// How much of the store is kept in memory, in bytes.
const CACHE_BYTES: usize = 64 << 20;

/// A change of the store.
pub(crate) trait Change: Send + 'static {
    /// What whoever brought it hears once it is durable.
    type Answer: Send + 'static;

    /// Makes the change.
    ///
    /// # Errors
    ///
    /// When the store cannot be read or written; the transaction is then given up.
    fn apply(self, tables: &mut Tables<'_>) -> Result<Self::Answer, StorageError>;

    /// How many bytes it carries, more or less.
    fn bytes(&self) -> usize {
        0
    }
}

/// Why a change was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no room; there may be later.
    #[error("the disk of the store is full")]
    Full,
    /// The store has failed and takes nothing more.
    #[error("the store has failed")]
    Failed,
}

/// How far the store has come; whoever waits for more watches it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The last input number that was given out.
    pub(crate) input_number: u64,
    /// The last message that arrived, in either direction.
    pub(crate) arrival: u64,
    /// How often the back office has decided about a received message.
    pub(crate) decided: u64,
    /// The last notice, or word of a withdrawal.
    pub(crate) notice: u64,
    /// How often a file was fetched, or given up.
    pub(crate) fetched: u64,
    /// A quorum of witnesses has cosigned all records below this.
    pub(crate) witnessed_below: u64,
}

/// The database, for those who read; nothing while it is being opened again.
pub(super) type Shared = Arc<RwLock<Option<Database>>>;

/// A change with somebody waiting for its answer.
trait Waiting: Send {
    fn apply(&mut self, tables: &mut Tables<'_>) -> Result<(), StorageError>;
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
    fn bytes(&self) -> usize;
}

struct Request<C: Change> {
    change: Option<C>,
    answer: Option<C::Answer>,
    reply: oneshot::Sender<Result<C::Answer, StoreError>>,
}

impl<C: Change> Waiting for Request<C> {
    fn apply(&mut self, tables: &mut Tables<'_>) -> Result<(), StorageError> {
        if let Some(change) = self.change.take() {
            self.answer = Some(change.apply(tables)?);
        }
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { answer, reply, .. } = *self;
        // Whoever asked may have gone; the change stands all the same.
        let _ = reply.send(outcome.and_then(|()| answer.ok_or(StoreError::Failed)));
    }

    fn bytes(&self) -> usize {
        self.change.as_ref().map_or(0, Change::bytes)
    }
}

/// What the writer takes from its queue.
enum Order {
    Change(Box<dyn Waiting>),
    /// Finish what came before, close the database, and end.
    Stop,
}

/// Hands changes to the writer.
#[derive(Clone)]
pub(super) struct Changes {
    queue: mpsc::Sender<Order>,
}

impl Changes {
    /// Brings a change. Changes that one task brings are made in that order.
    pub(super) async fn bring<C: Change>(&self, change: C) -> Result<Reply<C::Answer>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let request = Request { change: Some(change), answer: None, reply };
        let order = Order::Change(Box::new(request));
        self.queue.send(order).await.map_err(|_| StoreError::Failed)?;
        Ok(Reply(answer))
    }

    /// Brings a change where the queue has room for it now.
    pub(super) fn bring_now<C: Change>(&self, change: C) -> Result<Reply<C::Answer>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let request = Request { change: Some(change), answer: None, reply };
        let order = Order::Change(Box::new(request));
        self.queue.try_send(order).map_err(|_| StoreError::Failed)?;
        Ok(Reply(answer))
    }

    /// Tells the writer to end; changes that come later fail.
    pub(super) async fn stop(&self) {
        // Gone: it has ended before.
        let _ = self.queue.send(Order::Stop).await;
    }
}

/// The answer to a change that was brought.
#[derive(Debug)]
pub(crate) struct Reply<T>(oneshot::Receiver<Result<T, StoreError>>);

impl<T> Reply<T> {
    /// Waits until the change is durable. A call that is given up can be made again.
    pub(crate) async fn wait(&mut self) -> Result<T, StoreError> {
        (&mut self.0).await.map_err(|_| StoreError::Failed)?
    }

    /// The answer, if the change is durable or has failed by now; ask no more once it has come.
    pub(crate) fn now(&mut self) -> Option<Result<T, StoreError>> {
        match self.0.try_recv() {
            Ok(answer) => Some(answer),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => Some(Err(StoreError::Failed)),
        }
    }
}

/// The database, and how it is opened again where an error has closed it.
#[derive(Clone)]
pub(super) struct Shelf {
    pub(super) place: Arc<dyn Place>,
    pub(super) database: Shared,
    pub(super) faults: Faults,
}

impl Shelf {
    /// Opens the database again where an error closed it.
    ///
    /// A failed commit is in the file as a whole or not at all; opening finds out which. Those who
    /// waited have heard that it failed, and repeat: the idempotency keys and the numbers of the
    /// link make that harmless.
    ///
    /// # Errors
    ///
    /// When it cannot be opened now.
    pub(super) fn reopen(&self) -> Result<(), redb::Error> {
        if self.database.read().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have done so since.
        if database.is_none() {
            *database = Some(open(&*self.place, &self.faults)?);
            tracing::debug!(store = %self.place.path().display(), "store opened again");
        }
        Ok(())
    }
}

/// What the writer works with.
pub(crate) struct Writer {
    shelf: Shelf,
    queue: mpsc::Receiver<Order>,
    progress: watch::Sender<Progress>,
    failure: watch::Sender<Option<String>>,
}

/// What a turn of the writer came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nobody had brought anything.
    Idle,
    /// A group of changes was written, or was refused because the disk is full.
    Done,
    /// The writer has ended, for the store has failed.
    Ended,
}

/// What the others hold of a running writer.
pub(super) struct Handles {
    pub(super) changes: Changes,
    pub(super) progress: watch::Receiver<Progress>,
    /// Why the store takes nothing more.
    pub(super) failure: watch::Receiver<Option<String>>,
}

impl Writer {
    /// Prepares a writer for an open database.
    pub(super) fn new(shelf: Shelf, progress: Progress) -> (Self, Handles) {
        let (changes, queue) = mpsc::channel(WAITING_MAX);
        let (progress, progressed) = watch::channel(progress);
        let (failure, failed) = watch::channel(None);
        let handles =
            Handles { changes: Changes { queue: changes }, progress: progressed, failure: failed };
        (Self { shelf, queue, progress, failure }, handles)
    }

    /// Takes whatever waits into one transaction, without waiting for more.
    pub(crate) fn turn(&mut self) -> Turn {
        let Ok(Order::Change(first)) = self.queue.try_recv() else { return Turn::Idle };
        let (group, _stop) = self.gather(first);
        if self.write(group) { Turn::Done } else { Turn::Ended }
    }

    /// Works until it is told to stop, or the store has failed; then closes it.
    pub(super) fn run(mut self) {
        let mut going = true;
        while going {
            let Some(Order::Change(first)) = self.queue.blocking_recv() else { break };
            let (group, stop) = self.gather(first);
            going = self.write(group) && !stop;
        }
        self.close();
        self.failure.send_if_modified(|failure| {
            let stopped = failure.is_none();
            failure.get_or_insert_with(|| "the gateway has stopped".to_owned());
            stopped
        });
    }

    /// Takes what waits, up to the limits; says whether to stop after it.
    fn gather(&mut self, first: Box<dyn Waiting>) -> (Vec<Box<dyn Waiting>>, bool) {
        let mut bytes = first.bytes();
        let mut group = vec![first];
        while group.len() < GROUP_MAX && bytes < GROUP_BYTES_MAX {
            match self.queue.try_recv() {
                Ok(Order::Change(next)) => {
                    bytes += next.bytes();
                    group.push(next);
                }
                Ok(Order::Stop) => return (group, true),
                Err(_) => break,
            }
        }
        (group, false)
    }

    /// Writes a group and answers it; says whether the writer can go on.
    fn write(&mut self, mut group: Vec<Box<dyn Waiting>>) -> bool {
        let outcome = self.shelf.reopen().and_then(|()| self.transact(&mut group));
        let outcome = match outcome {
            Ok(progress) => {
                self.progress.send_if_modified(|now| std::mem::replace(now, progress) != progress);
                Ok(())
            }
            Err(error) => Err(self.judge(&error)),
        };
        for waiting in group {
            waiting.answer(outcome);
        }
        outcome != Err(StoreError::Failed)
    }

    fn transact(&self, group: &mut [Box<dyn Waiting>]) -> Result<Progress, redb::Error> {
        let database = self.shelf.database.read().unwrap_or_else(PoisonError::into_inner);
        let database = database.as_ref().ok_or(redb::Error::DatabaseClosed)?;
        let transaction = database.begin_write()?;
        let progress = {
            let mut tables = Tables::open(&transaction)?;
            for waiting in group {
                waiting.apply(&mut tables)?;
            }
            Progress {
                input_number: tables.count(counter::INPUT_NUMBER)?,
                arrival: tables.count(counter::ARRIVAL)?,
                decided: tables.count(counter::DECIDED)?,
                notice: tables.count(counter::NOTICE)?,
                fetched: tables.count(counter::FETCHED)?,
                witnessed_below: tables.count(counter::WITNESSED_BELOW)?,
            }
        };
        transaction.commit()?;
        Ok(progress)
    }

    /// Decides what an error means for the store: wait for room, or stop.
    fn judge(&self, error: &redb::Error) -> StoreError {
        // It refuses everything after an error, so nothing is lost by closing it.
        drop(self.shelf.database.write().unwrap_or_else(PoisonError::into_inner).take());
        let full = matches!(error, redb::Error::Io(error) if is_full(error));
        if full && !self.shelf.faults.sync_failed() {
            tracing::error!(store = %self.shelf.place.path().display(), code = "GTW014", "the disk is full");
            // So that those who only read are served; the next change tries again otherwise.
            let _ = self.shelf.reopen();
            return StoreError::Full;
        }
        tracing::error!(store = %self.shelf.place.path().display(), code = "GTW036", %error, "the store failed");
        self.failure.send_replace(Some(error.to_string()));
        StoreError::Failed
    }

    fn close(&self) {
        let database = self.shelf.database.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(error)) = database.map(Database::close) {
            tracing::warn!(store = %self.shelf.place.path().display(), %error, "the store did not close cleanly");
        }
    }
}

/// Opens a database, and makes it when it is missing.
pub(super) fn open(place: &dyn Place, faults: &Faults) -> Result<Database, DatabaseError> {
    let medium = Medium::new(place.open()?, faults.clone());
    Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(medium)
}

/// Makes the store where there is none.
///
/// # Errors
///
/// When it cannot be made, or another process makes it.
pub(super) fn make(place: &dyn Place) -> Result<(), DatabaseError> {
    // What goes wrong with a store that nobody has does not concern the one that is opened then.
    place.make(&mut |file| {
        let medium = Medium::new(file, Faults::default());
        Database::builder().create_with_backend(medium)?.close()
    })
}

/// Looks at every page of a store that was closed in order, and compares it with its checksum.
///
/// A store that was not closed in order is looked at when it is opened. The file is not written to:
/// what the library does about damage, which is to fall back to an earlier state, would let what was
/// acknowledged vanish, and the next process start without a word.
///
/// # Errors
///
/// When something is damaged, or cannot be read.
pub(super) fn check(place: &dyn Place) -> Result<(), DatabaseError> {
    let medium = Medium::apart(place.open()?)?;
    if medium.len()? > CHECKED_BYTES_MAX {
        tracing::info!(store = %place.path().display(), "too large to be checked as a whole");
        return Ok(());
    }
    let mut builder = Database::builder();
    builder.set_repair_callback(RepairSession::abort);
    match builder.create_with_backend(medium) {
        Ok(mut database) => match database.check_integrity()? {
            true => Ok(()),
            false => Err(StorageError::Corrupted(DAMAGED.to_owned()).into()),
        },
        Err(DatabaseError::RepairAborted) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether an error says that there is no room, for now.
fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge
    )
}
