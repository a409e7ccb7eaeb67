//! A network of real processes in a folder of its own, for tests.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

use gateway::api::{Inbox, Message, Notice, Notices, State, Stored};
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use trust::LogTime;

/// The institutions that the samples name.
pub(crate) const INSTITUTIONS: [&str; 3] = ["ALPHDEFF", "BRAVFRPP", "CHARGB2L"];
/// How long anything may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// A second, in the microseconds of the log.
pub(crate) const SECOND_US: u64 = 1_000_000;

/// The program under test.
pub(crate) fn nuncio() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nuncio"));
    command.env_remove("NUNCIO_GATEWAY_DIR").env("NUNCIO_LOG", "info").stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    nuncio().args(arguments).output().unwrap()
}

/// Now, for how long a test waits.
#[expect(clippy::disallowed_methods, reason = "real processes take real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Lets real processes run for a while.
#[expect(clippy::disallowed_methods, reason = "real processes take real time")]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// An address of this machine at which nobody listens, for what is started again and must be found
/// where it was. The system takes ports of the calls that go out from a range of its own, and may take
/// one of there while nobody listens; this one is below it (`ip_local_port_range`).
pub(crate) fn free_address() -> String {
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 20_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let place = (std::process::id().wrapping_mul(97).wrapping_add(number)) % COUNT;
        let address = format!("127.0.0.1:{}", FIRST + place);
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}

/// Waits for the next day (UTC) where this one ends within minutes: figures are by days.
pub(crate) fn within_a_day() {
    const DAY: u64 = 24 * 60 * 60;
    let left = DAY - clock().0 / SECOND_US % DAY;
    if left < 300 {
        pause(Duration::from_secs(left + 1));
    }
}

/// What the machine's clock shows, which is the hub's too.
#[expect(clippy::disallowed_methods, reason = "real processes take real time")]
pub(crate) fn clock() -> LogTime {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    LogTime(now.as_micros().try_into().unwrap())
}

/// Waits until something is so, and panics when it takes too long.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    assert!(comes_true(&mut is_so), "waited too long until {what}");
}

/// Waits until something is so; false when it takes too long.
pub(crate) fn comes_true(mut is_so: impl FnMut() -> bool) -> bool {
    let start = now();
    while !is_so() {
        if start.elapsed() >= PATIENCE {
            return false;
        }
        pause(Duration::from_millis(10));
    }
    true
}

/// A process that is killed when the test ends.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    kind: &'static str,
    folder: PathBuf,
    /// The program that runs it, with its arguments; empty where nothing stands between.
    by: Vec<String>,
}

impl Process {
    /// Starts a hub or a gateway and waits until it listens.
    pub(crate) fn start(kind: &'static str, folder: &Path) -> Self {
        Self::try_start(kind, folder)
            .unwrap_or_else(|log| panic!("the {kind} in {} ended:\n{log}", folder.display()))
    }

    /// The same; its log where it ends instead.
    pub(crate) fn try_start(kind: &'static str, folder: &Path) -> Result<Self, String> {
        Self::spawn(&[], kind, folder).listening()
    }

    /// Starts one by a program that runs programs elsewhere, and waits until it listens.
    pub(crate) fn start_by(by: &[&str], kind: &'static str, folder: &Path) -> Self {
        Self::spawn(by, kind, folder).listening().unwrap()
    }

    /// Starts one with variables in its environment, and waits until it listens; when it is started
    /// again it has them too.
    pub(crate) fn start_with(variables: &[String], kind: &'static str, folder: &Path) -> Self {
        Self::try_start_with(variables, kind, folder)
            .unwrap_or_else(|log| panic!("the {kind} in {} ended:\n{log}", folder.display()))
    }

    /// The same; its log where it ends instead.
    pub(crate) fn try_start_with(
        variables: &[String],
        kind: &'static str,
        folder: &Path,
    ) -> Result<Self, String> {
        let by: Vec<&str> =
            ["env"].into_iter().chain(variables.iter().map(String::as_str)).collect();
        Self::spawn(&by, kind, folder).listening()
    }

    fn listening(mut self) -> Result<Self, String> {
        let (kind, folder) = (self.kind, &self.folder);
        let address = folder.join(format!("{kind}.address"));
        let start = now();
        while !address.exists() {
            if self.child.try_wait().unwrap().is_some() {
                return Err(self.log());
            }
            assert!(start.elapsed() < PATIENCE, "the {kind} does not start");
            pause(Duration::from_millis(2));
        }
        Ok(self)
    }

    /// All that it and those before it in its folder have said.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join(format!("{}.log", self.kind))).unwrap()
    }

    /// Waits until it ends by itself, in disorder, and gives its log.
    pub(crate) fn ends(&mut self) -> String {
        let mut ended = None;
        until("it ends", || {
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        });
        assert!(!ended.unwrap().success(), "it ended as if nothing were wrong");
        self.log()
    }

    /// Starts one without waiting.
    fn spawn(by: &[&str], kind: &'static str, folder: &Path) -> Self {
        let _ = fs::remove_file(folder.join(format!("{kind}.address")));
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(folder.join(format!("{kind}.log")))
            .unwrap();
        let mut command = nuncio();
        if let [program, arguments @ ..] = by {
            let nuncio = std::mem::replace(&mut command, Command::new(program));
            command.args(arguments).arg(nuncio.get_program()).stdin(Stdio::null());
            command.env_remove("NUNCIO_GATEWAY_DIR").env("NUNCIO_LOG", "info");
        }
        let child = command
            .args([kind, "run", "--dir"])
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let by = by.iter().map(|&word| word.to_owned()).collect();
        Self { child, kind, folder: folder.to_owned(), by }
    }

    /// Kills it with SIGKILL and starts it again.
    pub(crate) fn kill_and_start(&mut self) {
        self.kill();
        let (by, kind, folder) = (self.by.clone(), self.kind, self.folder.clone());
        let by: Vec<&str> = by.iter().map(String::as_str).collect();
        *self = Self::spawn(&by, kind, &folder)
            .listening()
            .unwrap_or_else(|log| panic!("the {kind} in {} ended:\n{log}", folder.display()));
    }

    /// Kills it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Asks it to stop, and expects that it does so in good order.
    pub(crate) fn stop(mut self) {
        self.signal(rustix::process::Signal::TERM);
        let start = now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let (kind, log) = (self.kind, self.log());
                assert!(status.success(), "{kind} ended with {status}:\n{log}");
                return;
            }
            assert!(start.elapsed() < PATIENCE, "the {} does not stop", self.kind);
            pause(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A network: its folder, its hub and its gateways.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) hub: Option<Process>,
    pub(crate) gateways: Vec<Process>,
    folder: TempDir,
}

impl Net {
    /// The files of a network with these institutions; nothing runs.
    pub(crate) fn files(institutions: &[&str]) -> Self {
        Self::files_at(institutions, &free_address())
    }

    /// The same with an address of the hub.
    pub(crate) fn files_at(institutions: &[&str], hub: &str) -> Self {
        Self::files_with(institutions, &[], hub)
    }

    /// The same with further terminals.
    pub(crate) fn files_with(institutions: &[&str], terminals: &[&str], hub: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = nuncio();
        command.args(["network", "init"]).arg(folder.path().join("net"));
        command.args(["--name", "test", "--rest", "127.0.0.1:0", "--hub", hub]);
        for institution in institutions {
            command.args(["--institution", institution]);
        }
        for terminal in terminals {
            command.args(["--terminal", terminal]);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self { hub: None, gateways: Vec::new(), folder }
    }

    /// A network of the three institutions, and everything runs.
    pub(crate) fn start() -> Self {
        let mut net = Self::files(&INSTITUTIONS);
        net.hub = Some(Process::start("hub", &net.path("hub")));
        for name in INSTITUTIONS {
            net.gateways.push(Process::start("gateway", &net.gateway(name)));
        }
        net
    }

    /// A place in the network's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("net").join(name)
    }

    /// The folder of an institution's gateway.
    pub(crate) fn gateway(&self, institution: &str) -> PathBuf {
        self.path(&format!("{institution}A"))
    }

    /// A client of an institution's gateway.
    pub(crate) fn client(&self, institution: &str) -> Client {
        Client::new(self.gateway(institution))
    }

    /// A client of the gateway in a folder.
    pub(crate) fn client_in(&self, folder: &Path) -> Client {
        Client::new(folder.to_owned())
    }

    /// The hub.
    pub(crate) fn hub(&mut self) -> &mut Process {
        self.hub.as_mut().unwrap()
    }
}

/// A back office: it follows its gateway through restarts.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    folder: PathBuf,
    token: String,
    agent: ureq::Agent,
}

impl Client {
    pub(crate) fn new(folder: PathBuf) -> Self {
        let token = fs::read_to_string(folder.join("api.token")).unwrap().trim().to_owned();
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .new_agent();
        Self { folder, token, agent }
    }

    /// Asks once; nothing if nobody answers.
    fn try_get(&self, path: &str, accept: &str) -> Option<(u16, Vec<u8>)> {
        let address = fs::read_to_string(self.folder.join("gateway.address")).ok()?;
        let request = self.agent.get(format!("http://{}{path}", address.trim()));
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let mut answer = request.header("accept", accept).call().ok()?;
        let bytes = answer.body_mut().with_config().limit(64 << 20).read_to_vec().ok()?;
        Some((answer.status().as_u16(), bytes))
    }

    /// Asks until somebody answers.
    #[track_caller]
    pub(crate) fn get(&self, path: &str, accept: &str) -> (u16, Vec<u8>) {
        let mut got = None;
        until("the gateway answers", || {
            got = self.try_get(path, accept);
            got.is_some()
        });
        got.unwrap()
    }

    /// Asks for a document that must be there.
    #[track_caller]
    pub(crate) fn json<T: DeserializeOwned>(&self, path: &str) -> T {
        let (status, bytes) = self.get(path, "application/json");
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Posts a message once: its status and the answer, or nothing if the answer did not come.
    pub(crate) fn try_post(&self, body: &[u8], key: &str) -> Option<(u16, Vec<u8>)> {
        self.try_post_with("", body, key)
    }

    /// The same with parameters.
    pub(crate) fn try_post_with(
        &self,
        query: &str,
        body: &[u8],
        key: &str,
    ) -> Option<(u16, Vec<u8>)> {
        let address = fs::read_to_string(self.folder.join("gateway.address")).ok()?;
        let request = self.agent.post(format!("http://{}/v1/messages{query}", address.trim()));
        let request = request
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/xml")
            .header("idempotency-key", key);
        let mut answer = request.send(body).ok()?;
        let bytes = answer.body_mut().read_to_vec().ok()?;
        Some((answer.status().as_u16(), bytes))
    }

    /// Posts a message and repeats it under its key until the gateway has said that it has it.
    #[track_caller]
    pub(crate) fn post(&self, body: &[u8], key: &str) -> Stored {
        let mut stored = None;
        until("the gateway takes the message", || match self.try_post(body, key) {
            Some((200..=202, bytes)) => {
                stored = Some(serde_json::from_slice(&bytes).unwrap());
                true
            }
            // The first try may still be under way.
            None | Some((409 | 500..=599, _)) => false,
            Some((status, bytes)) => panic!("{status}: {}", String::from_utf8_lossy(&bytes)),
        });
        stored.unwrap()
    }

    /// A message as its gateway knows it.
    #[track_caller]
    pub(crate) fn message(&self, id: &str) -> Message {
        self.json(&format!("/v1/messages/{id}"))
    }

    /// Waits until a message is in one of these states.
    #[track_caller]
    pub(crate) fn wait_for(&self, id: &str, states: &[State]) -> Message {
        let mut message = None;
        until(&format!("{id} is {states:?}"), || {
            let (status, bytes) = self.get(&format!("/v1/messages/{id}"), "application/json");
            // What is to be received may not have come.
            if status == 404 {
                return false;
            }
            assert_eq!(status, 200, "{id}: {}", String::from_utf8_lossy(&bytes));
            let now: Message = serde_json::from_slice(&bytes).unwrap();
            let there = states.contains(&now.state);
            message = Some(now);
            there
        });
        message.unwrap()
    }

    /// Everything that waits in the inbox, oldest first.
    #[track_caller]
    pub(crate) fn inbox(&self) -> Vec<Message> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let page: Inbox = self.json(&format!("/v1/inbox?limit=500{cursor}"));
            all.extend(page.messages);
            match page.cursor {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    /// What the gateway was told, once there is as much.
    #[track_caller]
    pub(crate) fn notices(&self, count: usize) -> Vec<Notice> {
        let mut notices = Vec::new();
        until(&format!("there are {count} notices"), || {
            notices = self.json::<Notices>("/v1/notices").notices;
            notices.len() >= count
        });
        notices
    }

    /// A receipt.
    #[track_caller]
    pub(crate) fn receipt(&self, id: &str, kind: &str) -> Vec<u8> {
        let path = format!("/v1/messages/{id}/receipt?kind={kind}");
        let (status, bytes) = self.get(&path, "application/octet-stream");
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
        bytes
    }
}

/// A sample of the repository.
pub(crate) fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").join(name);
    fs::read_to_string(path).unwrap()
}

/// The pacs.008 sample under a name of its own, from one institution to another.
pub(crate) fn payment(from: &str, to: &str, number: u64) -> Vec<u8> {
    let text = sample("pacs.008.001.08.xml");
    let routing = mx::read(text.as_bytes()).unwrap();
    let header = routing.header.unwrap();
    let uetr = routing.uetr.unwrap().to_string();
    let trust::Digest(digest) = trust::Digest::of(format!("{from}{to}{number}").as_bytes());
    let fresh = iso::Uetr::from_random(*digest.first_chunk::<16>().unwrap()).to_string();
    let (app, rest) = text.split_once("</AppHdr>").unwrap();
    let app = app
        .replace(header.from.institution().as_str(), "@FROM@")
        .replace(header.to.institution().as_str(), to)
        .replace("@FROM@", from)
        .replace(&header.message_id, &format!("T-{from}-{number}"));
    format!("{app}</AppHdr>{}", rest.replace(&uetr, &fresh)).into_bytes()
}
