//! Asks witnesses to cosign checkpoints, and keeps the one that enough of them have cosigned.
//!
//! One thread takes the newest checkpoint, gives it to all witnesses at once, and publishes it as
//! soon as the network's quorum has cosigned; then it takes the next, as soon as there is one. Each
//! witness has a thread and a connection of its own, so one that is slow or away delays nobody.
//! Answers to senders do not wait for any of this (docs/decisions/0004): gateways hear of cosigned
//! checkpoints on their links, and renew their receipts.
//!
//! The published checkpoint is kept in a file. A hub whose journal does not continue it has lost
//! records that others have seen, and does not start.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use trust::merkle::{MerkleError, prove_consistency};
use trust::witness::Submission;
use trust::{Cosigned, Digest, NetworkKeys};

use crate::config::Config;
use crate::error::Error;
use crate::shared::{Committed, Shared};
use crate::start::Witnessed;

/// The file of the checkpoint that was published last.
const NAME: &str = "cosigned.checkpoint";
/// How long a witness may take to answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// The pause after a round: what is committed meanwhile goes into the next one.
const PAUSE: Duration = Duration::from_millis(20);
/// The pause after a round in which too few witnesses cosigned.
const PAUSE_FAILED: Duration = Duration::from_millis(500);
/// How long nothing may be heard of new checkpoints before the thread looks itself.
const LOOK: Duration = Duration::from_millis(500);
/// How long a round waits for more cosignatures once the quorum is there, so many times, unless
/// there is something new to cosign.
const GRACE: Duration = Duration::from_millis(20);
const GRACES_MAX: u32 = 10;
/// How large an answer of a witness can be, in bytes.
const ANSWER_BYTES_MAX: u64 = 64 << 10;

/// A cosigned checkpoint that was published.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(crate) size: u64,
    pub(crate) root: Digest,
    pub(crate) note: Bytes,
}

impl Published {
    /// What a journal is held against.
    pub(crate) fn witnessed(&self) -> Witnessed {
        Witnessed { name: NAME.to_owned(), size: self.size, root: self.root }
    }
}

/// What a witness's thread is asked: to have this checkpoint cosigned.
struct Task {
    checkpoint: Arc<Committed>,
    lines: Sender<String>,
}

/// A witness as the hub sees it.
struct Peer {
    url: String,
    /// The size of the last checkpoint that it cosigned, as far as the hub knows.
    size: u64,
    agent: ureq::Agent,
    shared: Arc<Shared>,
}

/// Reads the checkpoint that was published last.
///
/// # Errors
///
/// [`Error::Keys`] where the file is damaged, [`Error::Read`] where it cannot be read.
pub(crate) fn last_published(
    config: &Config,
    keys: &NetworkKeys,
) -> Result<Option<Published>, Error> {
    let path = file(config);
    let note = match fs::read_to_string(&path) {
        Ok(note) => note,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::Read { path, source }),
    };
    let damaged = |source| Error::Keys { path: path.clone(), source: Box::new(source) };
    // Lines of witnesses that have left the network since are left out.
    let note = Cosigned::gather(&note, "", keys).map_err(damaged)?;
    let cosigned = Cosigned::open(&note, keys).map_err(damaged)?;
    let (size, root) = (cosigned.checkpoint.size, cosigned.checkpoint.root);
    Ok(Some(Published { size, root, note: Bytes::from(note) }))
}

/// Where the published checkpoint is kept.
fn file(config: &Config) -> PathBuf {
    config.file(NAME)
}

/// Asks the witnesses in the settings, until the hub stops.
///
/// # Errors
///
/// [`Error::Thread`] when a thread cannot be started.
pub(crate) fn start(
    config: &Config,
    shared: &Arc<Shared>,
    (keys, last): (&NetworkKeys, Option<Published>),
    stopping: watch::Receiver<bool>,
) -> Result<(), Error> {
    if let Some(last) = last {
        shared.publish(last);
    }
    let mut tasks = Vec::new();
    for url in &config.witnesses {
        let (task, taken) = sync_channel(1);
        let peer = Peer::new(url, Arc::clone(shared));
        let named = thread::Builder::new().name("witness".to_owned());
        named.spawn(move || peer.run(&taken)).map_err(Error::Thread)?;
        tasks.push(task);
    }
    if !tasks.is_empty() {
        let (shared, keys) = (Arc::clone(shared), keys.clone());
        let rounds = Rounds { file: file(config), shared, keys, tasks };
        let named = thread::Builder::new().name("witnesses".to_owned());
        named.spawn(move || rounds.run(&stopping)).map_err(Error::Thread)?;
    }
    Ok(())
}

struct Rounds {
    /// Where the published checkpoint is kept.
    file: PathBuf,
    shared: Arc<Shared>,
    keys: NetworkKeys,
    tasks: Vec<SyncSender<Task>>,
}

impl Rounds {
    fn run(self, stopping: &watch::Receiver<bool>) {
        self.shared.cosigned_by(thread::current());
        let mut is_short = false;
        while !*stopping.borrow() {
            let checkpoint = self.shared.committed();
            // A commit after this look leaves a mark that ends the next wait at once.
            if self.shared.cosigned_above(checkpoint.size.saturating_sub(1)).is_some() {
                thread::park_timeout(LOOK);
                continue;
            }
            match self.round(&checkpoint, stopping) {
                Ok(()) => {
                    is_short = false;
                    pause(PAUSE);
                }
                Err(found) => {
                    if !std::mem::replace(&mut is_short, true) && !*stopping.borrow() {
                        let (wanted, size) = (self.wanted(), checkpoint.size);
                        tracing::warn!(found, wanted, size, "too few witnesses cosigned");
                    }
                    pause(PAUSE_FAILED);
                }
            }
        }
    }

    /// How many witnesses must have cosigned what is published.
    fn wanted(&self) -> usize {
        self.keys.quorum().max(1)
    }

    /// Has one checkpoint cosigned, and publishes it as soon as enough witnesses have; as an error
    /// how many have, where they are too few.
    fn round(
        &self,
        checkpoint: &Arc<Committed>,
        stopping: &watch::Receiver<bool>,
    ) -> Result<(), usize> {
        let Ok(bare) = std::str::from_utf8(&checkpoint.checkpoint) else { return Err(0) };
        let (lines, answers) = channel();
        let mut asked = 0;
        for task in &self.tasks {
            let word = Task { checkpoint: Arc::clone(checkpoint), lines: lines.clone() };
            // One that still works on an older checkpoint is left out of this round.
            asked += usize::from(task.try_send(word).is_ok());
        }
        drop(lines);
        let wanted = self.wanted();
        let (mut gathered, mut found, mut answered, mut graces) = (bare.to_owned(), 0, 0, 0);
        while answered < asked && !*stopping.borrow() {
            let patience = if found >= wanted { GRACE } else { ANSWER_TIME_MAX };
            match answers.recv_timeout(patience) {
                Ok(line) => {
                    answered += 1;
                    let Ok(note) = Cosigned::gather(&gathered, &line, &self.keys) else { continue };
                    let by = Cosigned::open(&note, &self.keys).map_or(0, |it| it.by.len());
                    let is_more = std::mem::replace(&mut found, by) < by;
                    gathered = note;
                    if is_more && found >= wanted {
                        self.keep(&gathered);
                    }
                }
                Err(RecvTimeoutError::Timeout) if found >= wanted => {
                    graces += 1;
                    let is_new = self.shared.committed().size != checkpoint.size;
                    if is_new || graces == GRACES_MAX {
                        break;
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        if found >= wanted { Ok(()) } else { Err(found) }
    }

    /// Publishes a cosigned checkpoint, once it is in its file.
    fn keep(&self, note: &str) {
        let Ok(cosigned) = Cosigned::open(note, &self.keys) else { return };
        let (size, root) = (cosigned.checkpoint.size, cosigned.checkpoint.root);
        let (path, partial) = (&self.file, self.file.with_extension("partial"));
        let written = fs::write(&partial, note)
            .and_then(|()| fs::File::open(&partial)?.sync_all())
            .and_then(|()| fs::rename(&partial, path));
        match written {
            Ok(()) => {
                tracing::debug!(size, "a cosigned checkpoint is published");
                let note = Bytes::from(note.to_owned());
                self.shared.publish(Published { size, root, note });
            }
            Err(error) => {
                tracing::error!(%error, path = %path.display(), "a checkpoint cannot be kept");
            }
        }
    }
}

impl Peer {
    fn new(url: &str, shared: Arc<Shared>) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(ANSWER_TIME_MAX))
            .build()
            .new_agent();
        let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
        Self { url, size: 0, agent, shared }
    }

    fn run(mut self, tasks: &Receiver<Task>) {
        while let Ok(Task { checkpoint, lines }) = tasks.recv() {
            match self.ask(&checkpoint) {
                // A round that is over takes no more lines.
                Ok(line) => drop(lines.send(line)),
                Err(reason) => {
                    tracing::warn!(witness = %self.url, reason, "no cosignature");
                    drop(lines.send(String::new()));
                }
            }
        }
    }

    /// Submits a checkpoint; a second time, when the witness says that it is elsewhere.
    fn ask(&mut self, checkpoint: &Committed) -> Result<String, String> {
        for _ in 0..2 {
            let body = self.submission(checkpoint).map_err(|error| error.to_string())?;
            let sent = self.agent.post(&self.url).send(body.as_bytes());
            let mut answer = sent.map_err(|error| error.to_string())?;
            let status = answer.status().as_u16();
            let read = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
            let text = read.map_err(|error| error.to_string())?;
            match (status, text.trim().parse::<u64>()) {
                (200, _) => {
                    self.size = checkpoint.size;
                    return Ok(text);
                }
                (409, Ok(size)) if size > checkpoint.size => {
                    return Err(format!("it has cosigned {size} records, more than there are"));
                }
                (409, Ok(size)) => self.size = size,
                (status, _) => return Err(format!("it answered {status}: {}", text.trim())),
            }
        }
        Err("it is elsewhere again and again".to_owned())
    }

    fn submission(&self, checkpoint: &Committed) -> Result<String, MerkleError> {
        let old = self.size.min(checkpoint.size);
        let proof =
            self.shared.with_log(|log| prove_consistency(log.nodes, old, checkpoint.size))?;
        let note = String::from_utf8_lossy(&checkpoint.checkpoint).into_owned();
        Ok(Submission { old, proof, note }.to_string())
    }
}

#[expect(clippy::disallowed_methods, reason = "a thread of its own paces the rounds")]
fn pause(time: Duration) {
    thread::sleep(time);
}
