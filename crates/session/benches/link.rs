//! What a message of 3.4 KB costs at each end of the link, without wire and without disk.
//!
//! The small hub and gateway of the tests are the peers; their own work is not measured. Prints the
//! median of some rounds of 4,096 messages in frames of 256.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark measures time, prints it, and may stop anywhere"
)]
#![allow(dead_code, reason = "the tests use more of their hub and gateway")]

#[path = "../tests/it/bank.rs"]
mod bank;
#[path = "../tests/it/hub.rs"]
mod hub;

use std::time::{Duration, Instant};

use iso::Terminal;
use session::hub::{Link, Request};
use session::{Limits, gateway};
use trust::{Digest, FrameContext, Monitoring, Priority, sign_frame};
use wire::latest::{GatewayFrame, HubFrame};

use crate::bank::Bank;
use crate::hub::{Hub, key_of, network};

const MESSAGES: usize = 4096;
const FRAME: usize = 256;
const ROUNDS: usize = 7;
const STEPS: [&str; 7] = [
    "gateway submits",
    "hub takes",
    "hub answers",
    "gateway believes answers",
    "hub offers",
    "gateway believes offers",
    "gateway acknowledges",
];

fn timed<T>(total: &mut Duration, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    *total += start.elapsed();
    result
}

fn open(hub: &mut Hub, bank: &mut Bank) -> Link {
    let context = FrameContext { network: network(), terminal: bank.terminal };
    let mut end = Link::new(Limits::DEFAULT, context);
    let hello = bank.connect();
    let Ok(Request::Open(opening)) = end.receive(hello) else { panic!("a Hello opens") };
    let opened = hub.open(bank.terminal, &opening);
    hub.sync();
    let welcome = end.welcome(&opened, &hub.log()).unwrap();
    bank.receive(welcome).unwrap();
    let lanes = end.hold(&hub.hold(bank.terminal.institution()));
    bank.receive(lanes).unwrap();
    end
}

fn submit(bank: &mut Bank, took: &mut Duration) -> Option<GatewayFrame> {
    let link = bank.link.as_mut().unwrap();
    let due = link.submission()?;
    let first = due.first_input_number as usize - 1;
    let messages = bank.store.outbox[first..first + due.count.min(FRAME)].to_vec();
    let digests: Vec<Digest> = messages.iter().map(|(_, payload)| Digest::of(payload)).collect();
    let key = key_of(bank.terminal);
    let context = FrameContext { network: network(), terminal: bank.terminal };
    timed(took, || {
        let outgoing: Vec<_> = messages
            .into_iter()
            .zip(digests)
            .map(|((header, payload), digest)| gateway::Outgoing::new(header, payload, digest))
            .collect();
        let statements: Vec<_> = outgoing.iter().map(gateway::Outgoing::statement).collect();
        let signature = sign_frame(&key, &context, &statements).unwrap();
        link.submit(outgoing, &signature).unwrap()
    })
}

fn round() -> [Duration; STEPS.len()] {
    let mut took = [Duration::ZERO; STEPS.len()];
    let (alpha, beta): (Terminal, Terminal) =
        ("ALPHDEFFA".parse().unwrap(), "BANKFRPPA".parse().unwrap());
    let mut hub = Hub::new(&[alpha, beta]);
    let (mut sender, mut receiver) = (Bank::new(alpha), Bank::new(beta));
    receiver.window = 4096;
    for number in 0..MESSAGES {
        let payload = format!("{number}{}", "x".repeat(3_400)).into();
        let to = beta.institution().head_office();
        sender.send_payload((to, Priority::Normal, Monitoring::None), payload);
    }
    let mut sender_end = open(&mut hub, &mut sender);
    let mut receiver_end = open(&mut hub, &mut receiver);
    while let Some(frame) = submit(&mut sender, &mut took[0]) {
        let request = timed(&mut took[1], || sender_end.receive(frame)).unwrap();
        let Request::Submit(submission) = request else { panic!("it was submitted") };
        hub.submit(alpha, &submission);
        hub.sync();
    }
    let believe = |bank: &mut Bank, frame: HubFrame, took: &mut Duration| {
        let link = bank.link.as_mut().unwrap();
        timed(took, || link.receive(frame)).unwrap()
    };
    let answers =
        |end: &mut Link, took: &mut Duration| timed(took, || hub.answers(alpha, end, FRAME));
    while let Some(frame) = answers(&mut sender_end, &mut took[2]) {
        believe(&mut sender, frame, &mut took[3]);
    }
    let institution = beta.institution();
    let mut through = 0;
    while let Some(frame) =
        timed(&mut took[4], || hub.offers(institution, &mut receiver_end, FRAME))
    {
        let gateway::Event::Received(arrivals) = believe(&mut receiver, frame, &mut took[5]) else {
            panic!("it was offered")
        };
        through += arrivals.entries.len() as u64;
        let link = receiver.link.as_mut().unwrap();
        link.inbox_stored(arrivals.lane, through);
        let key = key_of(beta);
        timed(&mut took[6], || {
            let due = link.acknowledgement().unwrap();
            let signed =
                due.to_sign.as_ref().map(|it| it.sign(&key).expect("the key is in memory"));
            link.acknowledge(&due, signed.as_ref())
        });
    }
    assert_eq!(through, MESSAGES as u64);
    took
}

fn main() {
    let rounds: Vec<_> = (0..ROUNDS).map(|_| round()).collect();
    for (step, name) in STEPS.iter().enumerate() {
        let mut times: Vec<Duration> = rounds.iter().map(|round| round[step]).collect();
        times.sort_unstable();
        let per_message = times[ROUNDS / 2].as_nanos() as f64 / MESSAGES as f64 / 1_000.0;
        println!("{name:<26} {per_message:6.2} us a message");
    }
}
