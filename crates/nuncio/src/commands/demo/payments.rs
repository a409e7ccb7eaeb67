//! The messages of the demo, and how far each has come.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use document::{Checker, Document, Profile, Rules};
use gateway::api::{Message, State, Step, Stored};
use iso::{Institution, Uetr};
use trust::Digest;

use crate::exit::{self, Failure};

/// The samples of the repository; the program carries them so that it needs no other file.
const SAMPLES: [&str; 5] = [
    include_str!("../../../../../samples/pacs.008.001.08.xml"),
    include_str!("../../../../../samples/pacs.009.001.08.xml"),
    include_str!("../../../../../samples/pacs.002.001.10.xml"),
    include_str!("../../../../../samples/camt.056.001.08.xml"),
    include_str!("../../../../../samples/mt103.fin"),
];

/// A BIC that no institution of the demo has: the network refuses what is for it.
const STRANGER: &str = "ZULUJPJT";

/// A message and how far it has come.
#[derive(Debug)]
pub(super) struct Payment {
    bytes: Vec<u8>,
    sender: Institution,
    id: String,
    title: String,
    steps: Vec<(Step, String)>,
    received: Option<bool>,
    settled: bool,
}

/// The samples, as often as there are rounds, and one message for a stranger.
pub(super) fn all(folder: Option<&Path>, rounds: usize) -> Result<Vec<Payment>, Failure> {
    let samples = match folder {
        None => SAMPLES.map(str::to_owned).to_vec(),
        Some(folder) => read(folder)?,
    };
    let mut payments = Vec::new();
    for round in 0..rounds {
        for sample in &samples {
            payments.push(Payment::new(&renamed(sample, round)?)?);
        }
    }
    if let (None, Some(sample)) = (folder, samples.first()) {
        let strange = renamed(sample, rounds)?;
        let receiver = read_document(&strange)?.to.institution().to_string();
        payments.insert(1, Payment::new(&strange.replace(&receiver, STRANGER))?);
    }
    Ok(payments)
}

fn read(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut paths = Vec::new();
    let list = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in list {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "xml" || it == "fin") {
            paths.push(path);
        }
    }
    paths.sort();
    let texts: Result<Vec<String>, _> = paths.iter().map(fs::read_to_string).collect();
    let texts = texts.context("cannot read a message")?;
    if texts.is_empty() {
        let words = format!("{} holds no file that ends with .xml or .fin", folder.display());
        return Err(Failure::said(exit::NOT_FOUND, words));
    }
    Ok(texts)
}

/// What a message says of itself.
fn read_document(text: &str) -> Result<Document, Failure> {
    let mut checker = Checker::new(Rules::built_in(Profile::Base));
    checker.check(text.as_bytes()).map_err(|findings| {
        let first = findings.list.first().map(ToString::to_string).unwrap_or_default();
        Failure::said(exit::INVALID, format!("a message of the demo is not valid: {first}"))
    })
}

/// A message under another name: each round sends new messages, not the same ones again.
fn renamed(text: &str, round: usize) -> Result<String, Failure> {
    if round == 0 {
        return Ok(text.to_owned());
    }
    let document = read_document(text)?;
    let mut text = text.replace(&document.reference, &format!("{}-{round}", document.reference));
    if let Some(uetr) = document.uetr {
        let mut seed = uetr.to_string();
        seed.push_str(&round.to_string());
        let Digest(digest) = Digest::of(seed.as_bytes());
        let bytes = digest.first_chunk::<16>().expect("a digest has 32 bytes");
        text = text.replace(&uetr.to_string(), &Uetr::from_random(*bytes).to_string());
    }
    Ok(text)
}

impl Payment {
    fn new(text: &str) -> Result<Self, Failure> {
        let Document { from, to, message_type, .. } = read_document(text)?;
        let title = format!("{message_type:<15}  {} -> {}", from.institution(), to.institution());
        Ok(Self {
            bytes: text.as_bytes().to_vec(),
            sender: from.institution(),
            id: String::new(),
            title,
            steps: Vec::new(),
            received: None,
            settled: false,
        })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn sender(&self) -> Institution {
        self.sender
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Whether it was sent and is neither delivered nor refused yet.
    pub(super) fn is_on_its_way(&self) -> bool {
        !self.id.is_empty() && !self.settled
    }

    /// Whether its timeline has the step that leads to a state.
    pub(super) fn was(&self, state: State) -> bool {
        let step = match state {
            State::Accepted => Step::Accepted,
            State::Refused => Step::Refused,
            State::Delivered => Step::Delivered,
            State::Withdrawn | State::Declined | State::Stopped => return false,
            State::Answered | State::Ended => return false,
            State::Stored | State::Submitted | State::Received | State::Taken => return false,
        };
        self.steps.iter().any(|(seen, _)| *seen == step)
    }

    /// Notes that the gateway has it.
    pub(super) fn stored(&mut self, stored: &Stored) {
        self.id = stored.id.clone().unwrap_or_default();
        self.steps.push((Step::Stored, String::new()));
    }

    /// Notes how far it has come; false if no further than before.
    pub(super) fn became(&mut self, message: &Message) -> bool {
        let steps: Vec<(Step, String)> = message
            .timeline
            .iter()
            .map(|event| {
                let place = event.facts.position.as_ref().map(|place| format!(" at {place}"));
                (event.step, place.unwrap_or_default())
            })
            .collect();
        let before = self.steps();
        self.settled = matches!(message.state, State::Delivered | State::Refused);
        if let Some(reason) = message.reasons.first() {
            self.title = format!("{}  {} {}", self.title, reason.code, reason.text);
        }
        self.steps = steps;
        self.steps() != before
    }

    /// Compares what was received with what was sent.
    pub(super) fn received(&mut self, bytes: &[u8]) -> bool {
        let same = bytes == self.bytes;
        self.received = Some(same && self.received.is_none());
        same
    }

    /// Its name, type and parties.
    pub(super) fn line_head(&self) -> String {
        format!("{:<12} {}", self.id, self.title)
    }

    /// The steps that it has made.
    pub(super) fn steps(&self) -> String {
        let seen = self.steps.iter().filter(|(step, _)| {
            matches!(step, Step::Stored | Step::Accepted | Step::Refused | Step::Delivered)
        });
        let mut words: Vec<String> = seen.map(|(step, place)| format!("{step}{place}")).collect();
        match self.received {
            Some(true) => words.push("same bytes".to_owned()),
            Some(false) => words.push("OTHER BYTES, OR TWICE".to_owned()),
            None => {}
        }
        words.join(", ")
    }

    /// Both in one line.
    pub(super) fn line(&self) -> String {
        format!("{}  {}", self.line_head(), self.steps())
    }
}
