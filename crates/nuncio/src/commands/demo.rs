//! `nuncio demo`: a network of one hub and three institutions on this machine, with real processes,
//! real mutual TLS and a real journal; payments, a crash, and a check of every proof.
//!
//! Nothing here is special to the demo: it starts the same commands and asks the same interfaces as
//! everybody. It ends well only if everything that it says is so.

mod payments;
mod proofs;
mod view;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use gateway::api::{Inbox, Message, State, Stored, Taken};
use iso::Institution;

use self::payments::Payment;
use self::proofs::Proofs;
use self::view::View;
use crate::cli::{Demo, Output};
use crate::client::{Client, Post, escaped};
use crate::commands::network;
use crate::commands::processes::Processes;
use crate::commands::send::{content_type, pause};
use crate::exit::{self, Failure};
use crate::output;

/// The institutions of the demo, as the samples name them.
const INSTITUTIONS: [&str; 3] = ["ALPHDEFF", "BRAVFRPP", "CHARGB2L"];
/// How often the samples are sent, each time under new names.
const ROUNDS: usize = 3;
/// How many messages are sent while the hub is down.
const DOWN: usize = 3;
/// How long anything may take before the demo gives up.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long to wait between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(15);

pub(crate) fn run(options: &Demo, output: Output) -> Result<ExitCode, Failure> {
    let temporary = tempfile::Builder::new().prefix("nuncio-demo-").tempdir()?;
    let folder = options.dir.as_deref().unwrap_or_else(|| temporary.path()).join("net");
    let mut view = View::new(output);
    let result = play(&folder, options, &mut view);
    view.close();
    let summary = result?;
    let whole = summary.print(output);
    if options.keep || options.dir.is_some() {
        let _kept = temporary.keep();
        output::line(&format!("the network is in {}", folder.display()));
    }
    if whole {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::said(exit::FAILURE, "not everything held; see above"))
    }
}

/// What was found in the end.
#[derive(Debug, Default)]
struct Summary {
    sent: usize,
    accepted: usize,
    refused: usize,
    delivered: usize,
    identical: usize,
    in_sequence: bool,
    proofs: Proofs,
    records: u64,
    seconds: f64,
}

fn play(folder: &Path, options: &Demo, view: &mut View) -> Result<Summary, Failure> {
    view.say(
        "making a network: an authority, a hub and three institutions, each with its own keys",
    );
    let institutions: Vec<Institution> = INSTITUTIONS
        .iter()
        .map(|name| name.parse().expect("the demo's institutions are BICs"))
        .collect();
    network::create(folder, &network::Plan::on_loopback(&institutions)?)?;
    let mut processes = Processes::default();
    view.say("starting the hub and three gateways, linked by mutual TLS 1.3");
    processes.start_hub(&folder.join("hub"))?;
    for name in INSTITUTIONS {
        processes.start_gateway(&folder.join(format!("{name}A")))?;
    }
    let clients = Clients::new(folder)?;
    let mut payments = payments::all(options.samples.as_deref(), ROUNDS)?;
    let (killed, back) = (payments.len() / 2, payments.len() / 2 + DOWN);
    for at in 0..payments.len() {
        if at == killed {
            processes.kill_hub()?;
            view.say("the hub was killed (SIGKILL); the gateways go on taking messages");
        }
        if at == back {
            processes.start_hub(&folder.join("hub"))?;
            view.say("the hub is back: it has read its journal, and all go on where they stopped");
        }
        clients.send(payments.get_mut(at).context("the index is within")?, view)?;
        clients.look(&mut payments, view)?;
    }
    clients.settle(&mut payments, view)?;
    let mut summary = Summary { in_sequence: true, ..Summary::default() };
    clients.receive(&mut payments, &mut summary, view)?;
    view.say("checking every receipt offline, with the network's public keys and nothing else");
    let keys = folder.join("network.keys");
    for payment in &payments {
        summary.proofs.check(&clients.of(payment.sender())?.client, payment, &keys)?;
    }
    view.say("stopping everything, then reading the journal from its first record to its last");
    processes.stop()?;
    let report = crate::commands::journal::check(&folder.join("hub/journal"), true)?;
    summary.records = report.records;
    summary.sent = payments.len();
    summary.accepted = payments.iter().filter(|payment| payment.was(State::Accepted)).count();
    summary.refused = payments.iter().filter(|payment| payment.was(State::Refused)).count();
    summary.delivered = payments.iter().filter(|payment| payment.was(State::Delivered)).count();
    summary.seconds = view.elapsed().as_secs_f64();
    Ok(summary)
}

/// The gateways of the demo.
struct Clients {
    all: Vec<OneGateway>,
}

struct OneGateway {
    institution: Institution,
    client: Client,
}

impl Clients {
    fn new(folder: &Path) -> Result<Self, Failure> {
        let mut all = Vec::new();
        for name in INSTITUTIONS {
            let client = Client::of_folder(&folder.join(format!("{name}A")))?;
            let institution = name.parse().expect("the demo's institutions are BICs");
            all.push(OneGateway { institution, client });
        }
        Ok(Self { all })
    }

    fn of(&self, institution: Institution) -> Result<&OneGateway, Failure> {
        let found = self.all.iter().find(|gateway| gateway.institution == institution);
        found.ok_or_else(|| {
            Failure::said(exit::USAGE, format!("no gateway of the demo belongs to {institution}"))
        })
    }

    fn send(&self, payment: &mut Payment, view: &mut View) -> Result<(), Failure> {
        let client = &self.of(payment.sender())?.client;
        let stored: Stored = client.post(&Post {
            path: "/v1/messages",
            headers: &[
                ("content-type", content_type(payment.bytes())),
                ("idempotency-key", &trust::Digest::of(payment.bytes()).to_string()),
            ],
            body: payment.bytes(),
        })?;
        payment.stored(&stored);
        view.show(payment);
        Ok(())
    }

    /// Looks once at every message that is still on its way.
    fn look(&self, payments: &mut [Payment], view: &mut View) -> Result<(), Failure> {
        for payment in payments.iter_mut().filter(|payment| payment.is_on_its_way()) {
            let client = &self.of(payment.sender())?.client;
            let path = format!("/v1/messages/{}", escaped(payment.id()));
            let message: Message = client.get(&path, Duration::ZERO)?;
            if payment.became(&message) {
                view.show(payment);
            }
        }
        Ok(())
    }

    /// Looks until every message is delivered or refused.
    fn settle(&self, payments: &mut [Payment], view: &mut View) -> Result<(), Failure> {
        let deadline = view.elapsed() + PATIENCE;
        while payments.iter().any(Payment::is_on_its_way) {
            if view.elapsed() > deadline {
                let open: Vec<&str> = payments
                    .iter()
                    .filter(|payment| payment.is_on_its_way())
                    .map(Payment::id)
                    .collect();
                return Err(Failure::said(
                    exit::TIMEOUT,
                    format!("not delivered within {} s: {}", PATIENCE.as_secs(), open.join(", ")),
                ));
            }
            self.look(payments, view)?;
            pause(LOOK_EVERY);
        }
        Ok(())
    }

    /// Empties every inbox and compares what came with what was sent.
    fn receive(
        &self,
        payments: &mut [Payment],
        summary: &mut Summary,
        view: &mut View,
    ) -> Result<(), Failure> {
        for gateway in &self.all {
            let page: Inbox = gateway.client.get("/v1/inbox?limit=500", Duration::ZERO)?;
            let mut last = std::collections::BTreeMap::new();
            for message in &page.messages {
                let id = escaped(&message.id);
                let raw =
                    gateway.client.bytes(&format!("/v1/inbox/{id}/raw"), "*/*", Duration::ZERO)?;
                let sent = payments.iter_mut().find(|payment| payment.id() == message.id);
                let Some(payment) = sent else {
                    return Err(Failure::said(
                        exit::FAILURE,
                        format!(
                            "{} received {}, which nobody sent",
                            gateway.institution, message.id
                        ),
                    ));
                };
                if payment.received(&raw) {
                    summary.identical += 1;
                }
                let number = message.output_number.unwrap_or_default();
                let before = last.insert(message.lane, number).unwrap_or(0);
                summary.in_sequence &= number == before + 1;
                let path = format!("/v1/inbox/{id}/ack");
                let _: Taken =
                    gateway.client.post(&Post { path: &path, headers: &[], body: b"" })?;
                view.show(payment);
            }
        }
        Ok(())
    }
}

impl Summary {
    /// Prints it and says whether everything held.
    fn print(&self, output: Output) -> bool {
        let expected_proofs = self.accepted + self.delivered + self.refused;
        let whole = self.sent == self.accepted + self.refused
            && self.accepted == self.delivered
            && self.accepted == self.identical
            && self.in_sequence
            && self.proofs.valid == expected_proofs
            && self.proofs.altered_refused == expected_proofs;
        if output == Output::Json {
            output::json(&serde_json::json!({
                "sent": self.sent, "accepted": self.accepted, "refused": self.refused,
                "delivered": self.delivered, "identical": self.identical,
                "in_sequence": self.in_sequence, "receipts_valid": self.proofs.valid,
                "altered_receipts_refused": self.proofs.altered_refused,
                "journal_records": self.records, "seconds": self.seconds, "ok": whole,
            }));
            return whole;
        }
        let say = |words: String| output::line(&words);
        say(String::new());
        say(format!(
            "sent        {:>4}  by three institutions, through a crash of the hub",
            self.sent
        ));
        say(format!("accepted    {:>4}  durably, before any answer", self.accepted));
        say(format!("refused     {:>4}  with code, reason and proof", self.refused));
        say(format!(
            "delivered   {:>4}  once each{}, {} with the very bytes that were sent",
            self.delivered,
            if self.in_sequence { " and in sequence" } else { " but NOT in sequence" },
            self.identical
        ));
        say(format!(
            "receipts    {:>4}  valid; {} altered ones, all refused",
            self.proofs.valid, self.proofs.altered_refused
        ));
        say(format!(
            "journal     {:>4}  records, checked from the first to the last",
            self.records
        ));
        say(format!(
            "{} in {:.1} s",
            if whole { "all of it holds" } else { "NOT all of it holds" },
            self.seconds
        ));
        whole
    }
}
