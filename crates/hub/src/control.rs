//! Where the operator gives orders to a running hub: a local socket in the hub's folder, which only
//! the hub's user may open.
//!
//! One JSON document a line in each direction, an [`Answer`] for each [`Request`]. Nothing is decided
//! here: orders go to the machine like all others, and are answered when they are durable.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use iso::{Institution, Terminal};
use network::{Broadcast, CloseReason, CloseSession, Command, Day, Line, Network, Rejection};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::oneshot;
use trust::{LogTime, NetworkKeys, ServiceName};

use crate::config::Config;
use crate::found::{FindQuery, FoundMessage};
use crate::governance;
use crate::health::{NO_ROOM, NO_ROOM_TEXT, Report, Watch};
use crate::serve::Hub;
use crate::server::{Applied, apply_directory};
use crate::work::{Item, Origin, Work};

/// How many bytes a request may have.
const REQUEST_BYTES_MAX: u64 = 2 << 20;
/// How many rows of a report are read while the machine waits.
const PAGE: usize = 1_000;

/// What the operator asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Withdraw a message that nobody was offered.
    Abort {
        /// The BIC of the institution that was to get it.
        receiver: String,
        /// The sequence of its record.
        record: u64,
        /// Why, for people.
        reason: String,
    },
    /// State that a message was not taken over yet; its sender is told, with proof.
    StateOutstanding {
        /// The BIC of the institution that is to take it over.
        receiver: String,
        /// The sequence of its record.
        record: u64,
    },
    /// Let the messages of a service pass without the decision that they would wait for, or no longer.
    Bypass {
        /// Which service.
        service: String,
        /// Whether they pass.
        on: bool,
        /// Why, for people.
        reason: String,
    },
    /// Close the session of a terminal by force.
    Close {
        /// Which terminal.
        terminal: String,
    },
    /// Tell members something.
    Broadcast {
        /// The text, line by line.
        text: Vec<String>,
        /// Only the group of this service.
        service: Option<String>,
        /// When planned work begins, RFC 3339 in UTC.
        work_from: Option<String>,
        /// When it ends.
        work_until: Option<String>,
    },
    /// Make the text of a change for governors to sign: what the directory file says and the network
    /// does not, or what is asked for here.
    Propose(Proposal),
    /// Carry out a change that governors have signed.
    Apply {
        /// The signed note.
        note: String,
    },
    /// The messages of an institution that wait for their receivers.
    Report {
        /// Its BIC.
        institution: String,
    },
    /// The lanes of an institution.
    Lanes {
        /// Its BIC.
        institution: String,
    },
    /// Messages from the archive.
    Find {
        /// Which.
        query: FindQuery,
    },
    /// Read the directory file again, and carry out what it says and the network does not.
    Reload,
    /// How the hub is.
    Health,
    /// What became of messages on the current day, for every institution.
    Figures {
        /// The day before instead.
        yesterday: bool,
    },
}

/// What governors are to sign. Where it names nothing, it is about the directory file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Why, in one line.
    pub because: String,
    /// The BICs of institutions to expel, each for the reason above.
    #[serde(default)]
    pub expel: Vec<String>,
    /// The terminal and the short name of a key to revoke, for the reason above.
    #[serde(default)]
    pub revoke: Vec<(String, String)>,
    /// The text of the network's public keys that replace those it has.
    pub keys: Option<String>,
}

/// What comes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It is done, and durable.
    Done,
    /// The network does not do it.
    Rejected {
        /// The code, explained in docs/codes.
        code: String,
        /// Why.
        text: String,
    },
    /// The request cannot be understood.
    Malformed {
        /// Why.
        text: String,
    },
    /// The text of a change that nobody has signed yet.
    Proposal {
        /// What governors sign.
        text: String,
    },
    /// The directory was read again.
    Reloaded {
        /// How many orders it led to.
        orders: usize,
        /// Those that the network did not carry out, with their codes.
        rejected: Vec<String>,
        /// Whether governors must sign first, so that nothing was done.
        governed: bool,
    },
    /// The rows of an undelivered report.
    Undelivered {
        /// One for each message that waits.
        rows: Vec<Undelivered>,
    },
    /// The lanes of an institution.
    Lanes {
        /// Its rules, one text each.
        rules: Vec<String>,
        /// The lanes that are in use, by number.
        lanes: Vec<LaneInUse>,
    },
    /// Messages from the archive, by rising record.
    Found {
        /// The messages.
        messages: Vec<FoundMessage>,
        /// The first record that the archive has not taken yet.
        next: u64,
    },
    /// How the hub is.
    Health(Box<Report>),
    /// The figures of a day.
    Figures {
        /// One for each institution, in the order of their BICs.
        rows: Vec<Figures>,
    },
}

/// A message that waits for its receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undelivered {
    /// Its name: terminal and input number.
    pub message: String,
    /// The sequence of its record.
    pub record: u64,
    /// For whom it is.
    pub receiver: String,
    /// The lane that it waits in.
    pub lane: String,
    /// Under which number.
    pub output_number: u64,
    /// How many sessions may have offered it and have ended.
    pub attempts: usize,
    /// Whether it is late.
    pub late: bool,
    /// Whose decision it waits for, if it is held for one; it stands in no lane then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_for: Option<String>,
    /// Until when it waits for the opening of its service, if it does; it stands in no lane then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<String>,
}

/// A lane that is in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneInUse {
    /// Its number.
    pub lane: u8,
    /// Its name.
    pub name: String,
    /// The last output number that was acknowledged.
    pub acknowledged_through: u64,
    /// How many entries wait.
    pub waiting: u64,
    /// The terminal that empties it.
    pub terminal: Option<String>,
    /// The number of its session.
    pub session: Option<u64>,
    /// It empties the lane up to this output number.
    pub leased_through: Option<u64>,
}

/// How many messages of an institution had which fate on a day of UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "they are those of `network::Figures`")]
pub struct Figures {
    pub institution: String,
    pub accepted: u64,
    pub refused: u64,
    pub received: u64,
    pub declined: u64,
    pub warned: u64,
    pub withdrawn: u64,
    pub returned: u64,
    pub copied: u64,
    pub stopped: u64,
    pub bypassed: u64,
}

/// What the orders of an operator may be about beside the network itself.
#[derive(Debug)]
struct Files {
    config: Config,
    keys: NetworkKeys,
}

/// Opens the socket and serves the operator until the hub stops.
///
/// A hub without the socket serves its gateways all the same: the path of a socket has 107 bytes at
/// most, and a folder may be deeper.
pub(crate) fn start(hub: &Hub, config: &Config, keys: &NetworkKeys, watch: &Arc<Watch>) {
    let path = config.control();
    match listen(&path) {
        Ok(listener) => {
            let files = Arc::new(Files { config: config.clone(), keys: keys.clone() });
            let operator = Operator { hub: hub.clone(), files, watch: Arc::clone(watch) };
            tokio::spawn(run(operator, listener));
        }
        Err(error) => {
            tracing::error!(path = %path.display(), %error, "no orders can be given to this hub");
        }
    }
}

/// Opens the socket; one that a dead hub left is replaced.
///
/// It gets its name only when nobody else may open it any more.
fn listen(path: &Path) -> io::Result<UnixListener> {
    let partial = path.with_file_name(".hub.control");
    let _ = fs::remove_file(&partial);
    let listener = UnixListener::bind(&partial)?;
    fs::set_permissions(&partial, fs::Permissions::from_mode(0o600))?;
    fs::rename(&partial, path)?;
    Ok(listener)
}

/// What the operator's questions and orders need.
#[derive(Clone)]
struct Operator {
    hub: Hub,
    files: Arc<Files>,
    watch: Arc<Watch>,
}

async fn run(operator: Operator, listener: UnixListener) {
    let mut stopping = operator.hub.stopping.clone();
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    tokio::spawn(serve(operator.clone(), stream));
                }
                Err(error) => {
                    tracing::error!(%error, "the operator cannot be served");
                    return;
                }
            },
        }
    }
}

async fn serve(operator: Operator, stream: UnixStream) {
    let mut stopping = operator.hub.stopping.clone();
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    loop {
        let mut line = String::new();
        let mut limited = (&mut read).take(REQUEST_BYTES_MAX);
        let got = tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            got = limited.read_line(&mut line) => got,
        };
        if !got.is_ok_and(|bytes| bytes > 0) {
            return;
        }
        let answer = match serde_json::from_str::<Request>(&line) {
            Ok(request) => answer(&operator, &request).await,
            Err(error) => Answer::Malformed { text: error.to_string() },
        };
        tracing::info!(request = line.trim(), "operator");
        let mut text = serde_json::to_vec(&answer).expect("our answers have text keys only");
        text.push(b'\n');
        if write.write_all(&text).await.is_err() {
            return;
        }
    }
}

async fn answer(operator: &Operator, request: &Request) -> Answer {
    let Operator { hub, files, watch } = operator;
    let command = match request {
        Request::Health => return Answer::Health(Box::new(watch.look())),
        Request::Find { query } => return find(hub, query).await,
        Request::Report { institution } => return report(hub, institution),
        Request::Lanes { institution } => return lanes(hub, institution),
        Request::Figures { yesterday } => return figures(hub, *yesterday),
        Request::Propose(proposal) => {
            return governance::propose(hub, proposal, &files.config.directory());
        }
        Request::Reload => return reload(hub, files).await,
        Request::Apply { note } => return governance::apply(hub, note).await,
        Request::Abort { .. }
        | Request::StateOutstanding { .. }
        | Request::Bypass { .. }
        | Request::Close { .. }
        | Request::Broadcast { .. } => hub.shared.with_network(|network| command(request, network)),
    };
    let command = match command {
        Ok(command) => command,
        Err(text) => return Answer::Malformed { text },
    };
    ordered(hub, vec![command]).await
}

/// Gives orders that belong together, and waits until they are durable. A hub without room for their
/// records takes none.
pub(crate) async fn ordered(hub: &Hub, commands: Vec<Command>) -> Answer {
    if hub.shared.health.is_paused() {
        return Answer::Rejected { code: NO_ROOM.to_owned(), text: NO_ROOM_TEXT.to_owned() };
    }
    let (sender, outcome) = oneshot::channel();
    let items = commands.into_iter().map(Item::bare).collect();
    // Gone: the hub stops, and the answer says so.
    let _ = hub.work.send(Work { items, from: Origin::Operator(sender) }).await;
    match outcome.await {
        Ok(Ok(())) => Answer::Done,
        Ok(Err(rejection)) => rejected(&rejection),
        Err(_gone) => Answer::Malformed { text: "the hub stops".to_owned() },
    }
}

/// What is told of a rejection.
pub(crate) fn rejected(rejection: &Rejection) -> Answer {
    Answer::Rejected { code: rejection.code().to_owned(), text: rejection.to_string() }
}

fn command(request: &Request, network: &Network) -> Result<Command, String> {
    match request {
        Request::Abort { receiver, record, reason } => Ok(Command::Abort {
            receiver: read(receiver)?,
            sequence: *record,
            reason: read(reason)?,
        }),
        Request::StateOutstanding { receiver, record } => {
            Ok(Command::StateOutstanding { by: None, receiver: read(receiver)?, sequence: *record })
        }
        Request::Bypass { service, on, reason } => {
            Ok(Command::SetBypass { service: read(service)?, on: *on, reason: read(reason)? })
        }
        Request::Close { terminal } => {
            let terminal: Terminal = read(terminal)?;
            let open = network.session(terminal);
            let open = open.ok_or_else(|| format!("{terminal} has no open session"))?;
            let (session, reason) = (open.session, CloseReason::Operator);
            Ok(Command::CloseSession(CloseSession { terminal, session, reason }))
        }
        Request::Broadcast { text, service, work_from, work_until } => {
            let lines = text.iter().map(|line| read::<Line>(line)).collect::<Result<_, _>>()?;
            let mut broadcast = Broadcast::new(lines).ok_or("a text has 1 to 32 lines")?;
            if let Some(service) = service {
                broadcast = broadcast.to_group_of(read::<ServiceName>(service)?);
            }
            match (work_from, work_until) {
                (None, None) => {}
                (Some(from), Some(until)) => {
                    let work = broadcast.of_work(read::<LogTime>(from)?, read(until)?);
                    broadcast = work.ok_or("planned work begins before it ends")?;
                }
                _ => return Err("planned work has a beginning and an end".to_owned()),
            }
            Ok(Command::Broadcast(Box::new(broadcast)))
        }
        Request::Health
        | Request::Report { .. }
        | Request::Lanes { .. }
        | Request::Figures { .. }
        | Request::Find { .. }
        | Request::Reload
        | Request::Propose(_)
        | Request::Apply { .. } => Err("this is a question".to_owned()),
    }
}

/// Reads the directory again.
async fn reload(hub: &Hub, files: &Files) -> Answer {
    match apply_directory(hub, &files.config, &files.keys).await {
        Ok(Applied { orders, rejections, governed }) => {
            let said = |it: &Rejection| format!("{} {it}", it.code());
            Answer::Reloaded { orders, rejected: rejections.iter().map(said).collect(), governed }
        }
        Err(error) => Answer::Malformed { text: governance::said(&error) },
    }
}

pub(crate) fn read<T: std::str::FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| format!("{text:?}: {error}"))
}

/// There is no archive to answer from.
fn unreadable() -> Answer {
    let text = "this hub keeps no archive, or it cannot be read now".to_owned();
    Answer::Rejected { code: "ARC001".to_owned(), text }
}

async fn find(hub: &Hub, query: &FindQuery) -> Answer {
    let query = match query.query() {
        Ok(query) => query,
        Err(text) => return Answer::Malformed { text },
    };
    let Some(finder) = hub.shared.finder() else { return unreadable() };
    let shared = Arc::clone(&hub.shared);
    let look = move || -> Result<Answer, archive::Error> {
        let found = finder.find(&query, shared.records.reader())?;
        let messages = found.iter().map(FoundMessage::of).collect();
        Ok(Answer::Found { messages, next: finder.next()? })
    };
    match tokio::task::spawn_blocking(look).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            tracing::error!(%error, source = ?error, code = "ARC001", "the archive cannot be read");
            unreadable()
        }
        Err(_panic) => unreadable(),
    }
}

fn report(hub: &Hub, institution: &str) -> Answer {
    let institution: Institution = match read(institution) {
        Ok(institution) => institution,
        Err(text) => return Answer::Malformed { text },
    };
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        // A page at a time, so that the commit loop never waits for the whole.
        let page: Vec<network::Undelivered> = hub.shared.with_network(|network| {
            network.undelivered(institution, after.as_ref(), PAGE).collect()
        });
        after = page.last().map(|row| row.waits);
        rows.extend(page.iter().map(|row| Undelivered {
            message: format!("{}-{}", row.about.sender, row.about.input_number),
            record: row.about.sequence,
            receiver: row.waits.receiver.to_string(),
            lane: row.waits.lane.to_string(),
            output_number: row.waits.output_number,
            attempts: row.attempts,
            late: row.late,
            held_for: row.held_for.map(|decider| decider.to_string()),
            held_until: row.held_until.map(|until| until.to_string()),
        }));
        if page.len() < PAGE {
            return Answer::Undelivered { rows };
        }
    }
}

fn lanes(hub: &Hub, institution: &str) -> Answer {
    let institution: Institution = match read(institution) {
        Ok(institution) => institution,
        Err(text) => return Answer::Malformed { text },
    };
    hub.shared.with_network(|network| {
        let Some(rules) = network.lane_rules(institution) else {
            return Answer::Malformed { text: format!("{institution} is not a member") };
        };
        let lane = |at: network::LanePosition| {
            let lease = network.lease(institution, at.lane);
            let own = rules.names().iter().find(|(lane, _)| *lane == at.lane);
            LaneInUse {
                lane: at.lane.0,
                name: own.map_or_else(|| at.lane.to_string(), |(_, name)| name.to_string()),
                acknowledged_through: at.acknowledged_through,
                waiting: at.last_output_number.saturating_sub(at.acknowledged_through),
                terminal: lease.map(|lease| lease.terminal.to_string()),
                session: lease.map(|lease| lease.session.0),
                leased_through: lease.and_then(|lease| lease.through),
            }
        };
        Answer::Lanes {
            rules: rules.to_texts(),
            lanes: network.lanes(institution).map(lane).collect(),
        }
    })
}

fn figures(hub: &Hub, yesterday: bool) -> Answer {
    let Day(today) = Day::of(crate::clock::now());
    let day = Day(if yesterday { today.saturating_sub(1) } else { today });
    let rows = hub.shared.with_network(|network| {
        let row = |member: network::MemberView<'_>| {
            let it = network.figures(member.institution, day)?;
            Some(Figures {
                institution: member.institution.to_string(),
                accepted: it.accepted,
                refused: it.refused,
                received: it.received,
                declined: it.declined,
                warned: it.warned,
                withdrawn: it.withdrawn,
                returned: it.returned,
                copied: it.copied,
                stopped: it.stopped,
                bypassed: it.bypassed,
            })
        };
        network.members().filter_map(row).collect()
    });
    Answer::Figures { rows }
}
