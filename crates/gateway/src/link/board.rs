//! What the link tells the rest of the gateway about itself: its state, and what is on its way.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use document::Profile;
use session::ask::Service;
use tokio::sync::watch;
use trust::{LogTime, ServiceName};

use crate::api::{LinkProblem, LinkState, LinkStatus};
use crate::store::Submission;

/// The state of the link, as others may see it.
#[derive(Debug)]
pub(crate) struct Board {
    notes: Mutex<Notes>,
    /// The last input number whose answer is stored, for those who wait for it.
    answered: watch::Sender<u64>,
}

#[derive(Debug)]
struct Notes {
    state: LinkState,
    since: LogTime,
    session: Option<u64>,
    problem: Option<LinkProblem>,
    sessions_opened: u64,
    log_size: u64,
    /// Since when witnesses are away, if they have been for long.
    unwitnessed_since: Option<LogTime>,
    holds_lanes: bool,
    /// The largest message that the hub takes, once it has said so.
    message_bytes_max: Option<usize>,
    /// Messages that were submitted and not answered, by input number.
    submissions: BTreeMap<u64, Submission>,
    /// What the hub has said of services, by name.
    services: BTreeMap<ServiceName, Service>,
}

impl Board {
    /// A link that has not been tried yet.
    pub(crate) fn new(now: LogTime, log_size: u64) -> Self {
        Self {
            answered: watch::Sender::new(0),
            notes: Mutex::new(Notes {
                state: LinkState::Connecting,
                since: now,
                session: None,
                problem: None,
                sessions_opened: 0,
                log_size,
                unwitnessed_since: None,
                holds_lanes: false,
                message_bytes_max: None,
                submissions: BTreeMap::new(),
                services: BTreeMap::new(),
            }),
        }
    }

    /// How the link is.
    pub(crate) fn status(&self, hub: &str) -> LinkStatus {
        let notes = self.notes();
        LinkStatus {
            state: notes.state,
            hub: hub.to_owned(),
            since: notes.since.to_string(),
            session: notes.session,
            problem: notes.problem.clone(),
            sessions_opened: notes.sessions_opened,
            holds_lanes: notes.holds_lanes,
            log_size: notes.log_size,
            witnessed_size: None,
            unwitnessed_since: notes.unwitnessed_since.map(|since| since.to_string()),
        }
    }

    /// How a message that was not answered yet was submitted, if it was.
    pub(crate) fn submission(&self, input_number: u64) -> Option<Submission> {
        self.notes().submissions.get(&input_number).copied()
    }

    /// A session is open.
    pub(crate) fn opened(&self, now: LogTime, session: u64) {
        let mut notes = self.notes();
        notes.state = LinkState::Connected;
        notes.since = now;
        notes.session = Some(session);
        notes.problem = None;
        notes.sessions_opened += 1;
    }

    /// There is no session, and why.
    pub(crate) fn closed(&self, now: LogTime, state: LinkState, problem: Option<LinkProblem>) {
        let mut notes = self.notes();
        if notes.state != state || notes.session.is_some() {
            notes.since = now;
        }
        notes.state = state;
        notes.session = None;
        notes.holds_lanes = false;
        notes.problem = problem;
    }

    /// Whether a problem is another one than the last.
    pub(crate) fn is_news(&self, problem: &LinkProblem) -> bool {
        self.notes().problem.as_ref() != Some(problem)
    }

    /// The lanes of the institution were given to this session, or taken from it.
    pub(crate) fn lanes(&self, held: bool) {
        self.notes().holds_lanes = held;
    }

    /// The hub has said how large a message may be.
    pub(crate) fn limit(&self, message_bytes_max: usize) {
        self.notes().message_bytes_max = Some(message_bytes_max);
    }

    /// The hub has said which services there are.
    pub(crate) fn services(&self, services: Vec<Service>) {
        self.notes().services = services.into_iter().map(|it| (it.name, it)).collect();
    }

    /// The rules of content of a service, as far as is known and they are not those of the hub.
    pub(crate) fn profile(&self, service: ServiceName) -> Option<Profile> {
        let notes = self.notes();
        Profile::named(notes.services.get(&service)?.profile.as_deref()?)
    }

    /// Whether the messages of a service are sealed, as far as is known.
    pub(crate) fn is_sealed(&self, service: ServiceName) -> bool {
        self.notes().services.get(&service).is_some_and(|it| it.is_sealed)
    }

    /// The largest message that the hub takes, as far as is known.
    pub(crate) fn message_bytes_max(&self) -> usize {
        self.notes().message_bytes_max.unwrap_or(usize::MAX)
    }

    /// The log was seen to have grown.
    pub(crate) fn log_size(&self, size: u64) {
        self.notes().log_size = size;
    }

    /// Witnesses are away since then, or are not.
    pub(crate) fn unwitnessed(&self, since: Option<LogTime>) {
        self.notes().unwitnessed_since = since;
    }

    /// A message was submitted; how often it had been before is added.
    pub(crate) fn submitted(&self, input_number: u64, submission: Submission) {
        let mut notes = self.notes();
        let before = notes.submissions.get(&input_number).map_or(0, |known| known.attempts);
        let attempts = before.saturating_add(1);
        notes.submissions.insert(input_number, Submission { attempts, ..submission });
    }

    /// A message was answered, durably.
    pub(crate) fn answered_through(&self, input_number: u64) {
        let mut notes = self.notes();
        notes.submissions = notes.submissions.split_off(&(input_number + 1));
        drop(notes);
        self.answered.send_replace(input_number);
    }

    /// Tells when answers have become durable.
    pub(crate) fn answers(&self) -> watch::Receiver<u64> {
        self.answered.subscribe()
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
