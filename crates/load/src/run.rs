//! A run: links are opened, messages go through, and in the end it is asked where each one is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use gateway::dial::Credentials;
use session::Ending;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use trust::{LogTime, NetworkKeys, ServiceName};

use crate::client::{Client, Phase, Seen, Source};
use crate::pace::Pace;
use crate::tally::{Latency, Tally};
use crate::template::{Naming, Template};

/// How long messages may take to come through once none are made any more.
const DRAIN_TIME_MAX: Duration = Duration::from_secs(60);
/// How many clients connect at once: in the field each does so on a machine of its own.
const CONNECTING_MAX: usize = 256;
/// How often a client tries to connect, as a gateway does when it finds no way in.
const TRIES: usize = 5;
/// How often it is looked whether all have come through.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Why a run fails.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A client could not connect.
    #[error("{0}")]
    Connect(String),
    /// A connection broke.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The hub closed a link without a word.
    #[error("the hub closed the link")]
    Ended,
    /// The hub said Bye.
    #[error("the hub ended the session: {0}")]
    Bye(String),
    /// The hub broke a rule of the link.
    #[error("{0}")]
    Link(#[from] Ending),
    /// A client's task ended in disorder.
    #[error("a client ended in disorder: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// The pacer could not be started.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many of the clients send: the first ones, each to the client after it.
    pub senders: usize,
    /// What messages are made of, in turn.
    pub templates: Vec<Template>,
    /// Under which service.
    pub service: ServiceName,
    /// How many messages of a sender may be on their way: unanswered, or not known to be delivered.
    /// Unanswered ones may be fewer, as the hub says.
    pub window: u32,
    /// How many messages go under one signature at most.
    pub frame: usize,
    /// How many messages a second are made by all senders; as many as answers allow, if nothing.
    pub rate: Option<f64>,
    /// Whether the client after the senders floods: it sends as many as answers allow, to the one
    /// after it, and its latencies do not count.
    pub flood: bool,
    /// How long messages are sent before they count.
    pub warm_up: Duration,
    /// How long they count.
    pub measure: Duration,
    /// The time that headers show.
    pub at: LogTime,
}

/// What a run has seen.
#[derive(Debug)]
pub struct Report {
    /// How long messages counted.
    pub measured: Duration,
    /// How many answers, and how many deliveries, came while they counted.
    pub answered: u64,
    /// See there.
    pub delivered: u64,
    /// From the sending to the verified answer.
    pub acknowledgement: Latency,
    /// From the sending to the verified message at the receiver.
    pub delivery: Latency,
    /// All messages of the run, warm-up included: made, accepted, refused.
    pub made: u64,
    /// See there.
    pub accepted: u64,
    /// See there.
    pub refused: u64,
    /// Of them: delivered once.
    pub delivered_once: u64,
    /// Deliveries of what nobody sent, or a second time.
    pub wrong: u64,
    /// Notices of delivery that came back to the senders.
    pub noticed: u64,
    /// How many frames were signed.
    pub frames: u64,
    /// How many receipts were checked offline, and how many of them were good.
    pub receipts: u64,
    /// See there.
    pub receipts_good: u64,
}

impl Report {
    /// Whether every message that was acknowledged was delivered once, with good receipts.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.made == self.accepted + self.refused
            && self.accepted == self.delivered_once
            && self.noticed == self.delivered_once
            && self.wrong == 0
            && self.receipts == self.receipts_good
    }
}

/// Clients whose sessions are open.
#[derive(Debug)]
pub struct Load {
    clients: Vec<Client>,
    credentials: Vec<Credentials>,
    apart: Option<Apart>,
    /// How long it took until all were open.
    pub opened_in: Duration,
}

/// Clients that have threads of their own, as institutions have: what they do makes the others wait at
/// the hub, if anywhere, and not in this program.
#[derive(Clone, Debug)]
pub struct Apart {
    /// The place of the first of them.
    pub from: usize,
    /// Where they run.
    pub runtime: Handle,
}

/// Opens all sessions, as fast as the two ends can.
///
/// # Errors
///
/// The first that could not be opened.
pub async fn connect(credentials: Vec<Credentials>, apart: Option<&Apart>) -> Result<Load, Error> {
    let start = now();
    let mut tasks = JoinSet::new();
    let places = Arc::new(Semaphore::new(CONNECTING_MAX));
    for (at, one) in credentials.iter().enumerate() {
        let (one, places) = (one.clone(), Arc::clone(&places));
        let opening = async move {
            let _place = places.acquire_owned().await.expect("nobody closes it");
            open(one).await.map(|client| (at, client))
        };
        match apart.filter(|apart| at >= apart.from) {
            Some(apart) => tasks.spawn_on(opening, &apart.runtime),
            None => tasks.spawn(opening),
        };
    }
    let mut clients = Vec::with_capacity(credentials.len());
    while let Some(opened) = tasks.join_next().await {
        clients.push(opened??);
    }
    clients.sort_by_key(|(at, _)| *at);
    let clients = clients.into_iter().map(|(_, client)| client).collect();
    Ok(Load { clients, credentials, apart: apart.cloned(), opened_in: start.elapsed() })
}

/// Opens one session; a hub that is crowded may take more than one try.
async fn open(one: Credentials) -> Result<Client, Error> {
    for _ in 1..TRIES {
        match Client::open(one.clone()).await {
            Err(Error::Connect(reason)) => tracing::debug!(%reason, "once more"),
            outcome => return outcome,
        }
    }
    Client::open(one).await
}

impl Load {
    /// Sends messages as planned, waits until all have come through, and closes the links.
    ///
    /// `mark` is called when messages begin to count, and when they end to.
    ///
    /// # Errors
    ///
    /// The first client that fails.
    pub async fn run(self, plan: Plan, mut mark: impl FnMut(bool)) -> Result<Report, Error> {
        let mut running = self.begin(&plan)?;
        guard(&mut running.tasks, plan.warm_up).await?;
        running.tally.count_from_now();
        mark(true);
        let counted = now();
        guard(&mut running.tasks, plan.measure).await?;
        running.tally.count_until_now();
        let measured = counted.elapsed();
        mark(false);
        running.end(measured).await
    }

    /// Sends as planned until so many messages are delivered, whatever the plan says of time.
    ///
    /// `look` is called a few times a second with how many are delivered by then.
    ///
    /// # Errors
    ///
    /// The first client that fails.
    pub async fn grow(
        self,
        plan: Plan,
        messages: u64,
        mut look: impl FnMut(u64),
    ) -> Result<Report, Error> {
        let mut running = self.begin(&plan)?;
        running.tally.count_from_now();
        let begun = now();
        loop {
            let delivered = running.tally.delivered.load(Ordering::Relaxed);
            look(delivered);
            if delivered >= messages {
                break;
            }
            guard(&mut running.tasks, LOOK_EVERY).await?;
        }
        running.tally.count_until_now();
        running.end(begun.elapsed()).await
    }

    /// Lets all clients begin.
    fn begin(self, plan: &Plan) -> Result<Running, Error> {
        let busy = plan.senders + usize::from(plan.flood);
        let terminals: Vec<_> = self.credentials.iter().take(busy).map(|it| it.terminal).collect();
        let keys = self.credentials.first().map(|it| it.keys.clone());
        let start = now();
        let tally = Arc::new(Tally::new(start, &terminals, plan.flood.then_some(plan.senders)));
        let pace = plan.rate.map(|rate| Pace::new(rate, plan.senders));
        if let Some(pace) = &pace {
            pace.start(start)?;
        }
        let (phase, phases) = watch::channel(Phase::Send);
        let mut tasks = JoinSet::new();
        let sources = sources(plan, &self.credentials, pace.as_ref());
        for (place, (client, source)) in self.clients.into_iter().zip(sources).enumerate() {
            let source = source.map(|source| (place, source));
            let running = client.run(source, Arc::clone(&tally), phases.clone());
            match self.apart.as_ref().filter(|apart| place >= apart.from) {
                Some(apart) => tasks.spawn_on(running, &apart.runtime),
                None => tasks.spawn(running),
            };
        }
        Ok(Running { tasks, tally, pace, phase, keys })
    }

    /// Does nothing for a while, with all sessions open.
    ///
    /// # Errors
    ///
    /// The first client that fails.
    pub async fn idle(self, time: Duration) -> Result<(), Error> {
        let tally = Arc::new(Tally::new(now(), &[], None));
        let (phase, phases) = watch::channel(Phase::Drain);
        let mut tasks = JoinSet::new();
        for client in self.clients {
            tasks.spawn(client.run(None, Arc::clone(&tally), phases.clone()));
        }
        guard(&mut tasks, time).await?;
        phase.send_replace(Phase::Stop);
        while let Some(seen) = tasks.join_next().await {
            seen??;
        }
        Ok(())
    }
}

/// Clients that send.
struct Running {
    tasks: JoinSet<Result<Seen, Error>>,
    tally: Arc<Tally>,
    pace: Option<Arc<Pace>>,
    phase: watch::Sender<Phase>,
    keys: Option<NetworkKeys>,
}

impl Running {
    /// Makes no more messages, waits until all have come through, and closes the links.
    async fn end(mut self, measured: Duration) -> Result<Report, Error> {
        if let Some(pace) = &self.pace {
            pace.stop();
        }
        self.phase.send_replace(Phase::Drain);
        let deadline = now() + DRAIN_TIME_MAX;
        while !is_drained(&self.tally) && now() < deadline {
            guard(&mut self.tasks, LOOK_EVERY).await?;
        }
        self.phase.send_replace(Phase::Stop);
        let mut all = Seen::default();
        while let Some(seen) = self.tasks.join_next().await {
            let seen = seen??;
            all.answered.add(&seen.answered);
            all.delivered.add(&seen.delivered);
            all.frames += seen.frames;
            all.receipts.extend(seen.receipts);
        }
        Ok(report(&self.tally, all, measured, self.keys.as_ref()))
    }
}

/// What each client sends, if it does.
fn sources(
    plan: &Plan,
    credentials: &[Credentials],
    pace: Option<&Arc<Pace>>,
) -> Vec<Option<Source>> {
    let templates = Arc::new(plan.templates.clone());
    let receivers = credentials.iter().cycle().skip(1);
    let pairs = credentials.iter().zip(receivers).enumerate();
    pairs
        .map(|(place, (sender, receiver))| {
            let floods = plan.flood && place == plan.senders;
            (place < plan.senders || floods).then(|| Source {
                naming: Naming {
                    network: sender.network,
                    service: plan.service,
                    sender: sender.terminal,
                    place: u32::try_from(place).expect("a run has fewer clients than that"),
                    receiver: receiver.terminal.institution(),
                    at: plan.at,
                },
                templates: Arc::clone(&templates),
                window: plan.window.into(),
                frame: plan.frame,
                pace: pace.filter(|_| !floods).cloned(),
            })
        })
        .collect()
}

/// Waits, unless a client fails before.
async fn guard(tasks: &mut JoinSet<Result<Seen, Error>>, time: Duration) -> Result<(), Error> {
    match tokio::time::timeout(time, tasks.join_next()).await {
        Ok(Some(Ok(Err(error)))) => Err(error),
        Ok(Some(Err(panic))) => Err(panic.into()),
        Ok(Some(Ok(Ok(_)))) | Ok(None) => Err(Error::Ended),
        Err(_elapsed) => Ok(()),
    }
}

fn is_drained(tally: &Tally) -> bool {
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let accepted = read(&tally.accepted);
    read(&tally.made) == accepted + read(&tally.refused)
        && read(&tally.delivered) == accepted
        && read(&tally.noticed) == accepted
}

fn report(tally: &Tally, seen: Seen, measured: Duration, keys: Option<&NetworkKeys>) -> Report {
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let good = seen.receipts.iter().filter(|it| keys.is_some_and(|keys| it.verify(keys).is_ok()));
    Report {
        measured,
        answered: read(&tally.answered_counted),
        delivered: read(&tally.delivered_counted),
        made: read(&tally.made),
        accepted: read(&tally.accepted),
        refused: read(&tally.refused),
        delivered_once: read(&tally.delivered),
        wrong: read(&tally.wrong),
        noticed: read(&tally.noticed),
        frames: seen.frames,
        receipts: seen.receipts.len() as u64,
        receipts_good: good.count() as u64,
        acknowledgement: seen.answered,
        delivery: seen.delivered,
    }
}

#[expect(clippy::disallowed_methods, reason = "a load measures time")]
fn now() -> Instant {
    Instant::now()
}
