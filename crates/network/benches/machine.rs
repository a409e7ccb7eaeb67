//! What the machine costs for each message: `cargo bench -p network`.
//!
//! Every message has another sender and another receiver than the one before: in a network of 11,000
//! institutions nothing of them stays in the processor's nearest cache, in one of 10 all of it does.
//! What is made where messages are checked (`Checked`) is made before the clock starts. Times are the
//! thread's own on the processor, as Linux counts them.

use std::fs;
use std::hint::black_box;

use iso::{Bic, Terminal};
use network::{
    Acknowledge, Admit, ByPriority, Checked, Command, DuplicateCheck, Effect, Event, GrantKey,
    Network, OpenSession, Patterns, Permission, Relation, Service, Submit,
};
use trust::{
    Accepted, Acknowledged, Digest, FrameProof, Header, KeyGrant, Lane, LogTime, Monitoring,
    Priority, PublicKey, Shard, Signature, SignedRoot, SigningKey, Statement,
};

const MESSAGES: usize = 220_000;
/// How many entries a receiver takes over at once.
const BATCH: usize = 10;

/// A machine with its journal.
struct Run {
    network: Network,
    effects: Vec<Effect>,
    sequence: u64,
    journal: Vec<(u64, Event, Vec<u8>)>,
}

impl Run {
    fn step(&mut self, command: Command) {
        let decision = self.network.decide(LogTime(1), command).expect("the bench keeps the rules");
        self.network.apply(LogTime(1), self.sequence, &decision.event, &mut self.effects);
        self.effects.clear();
        self.journal.push((self.sequence, decision.event, decision.meta));
        self.sequence += 1;
    }
}

fn terminal(index: usize) -> Terminal {
    let letter = |n: usize| char::from(b'A' + u8::try_from(n % 26).expect("below 26"));
    let name = [letter(index), letter(index / 26), letter(index / 676), letter(index / 17_576)];
    let name: String = name.into_iter().collect();
    format!("{name}DEFFA").parse().expect("four letters, a country and a place are a BIC")
}

fn members(key: &PublicKey, institutions: usize) -> Run {
    let name = "demo".parse().expect("a name");
    let network = Network::new(name, Shard(0));
    let journal = Vec::with_capacity(MESSAGES + MESSAGES / BATCH + 3 * institutions);
    let mut run = Run { network, effects: Vec::new(), sequence: 0, journal };
    for terminal in (0..institutions).map(terminal) {
        let institution = terminal.institution();
        run.step(Command::Admit(Admit { institution, name: "A Bank".parse().expect("a line") }));
        let grant = KeyGrant {
            network: name,
            holder: terminal,
            key: key.clone(),
            from: LogTime(0),
            until: LogTime(9),
        };
        let note = format!("{}\n— root AAAA\n", grant.text());
        run.step(Command::GrantKey(Box::new(GrantKey { grant, note })));
        run.step(Command::OpenSession(OpenSession {
            terminal,
            answered_through: 0,
            receives: true,
            claims: network::Claims::ALL,
            received: [].into(),
        }));
    }
    run
}

/// Defines the service of all messages with everything that looks at one: types, a closed group,
/// relationships, a check for duplicates and a warning.
fn define_rules(run: &mut Run, institutions: usize) {
    let name = "payments".parse().expect("a name");
    let types: Patterns = "pacs.*,camt.*".parse().expect("a list of patterns");
    let mut service = Service::new(name, types.clone());
    service.is_closed = true;
    service.needs_relationship = true;
    service.duplicates = DuplicateCheck::Flag { window_s: 3600 };
    service.timing.warn_after_s = ByPriority { urgent_s: 60, normal_s: 300 };
    run.step(Command::DefineService(Box::new(service)));
    for at in 0..institutions {
        let sender = terminal(at).institution();
        let receiver = terminal((at + institutions / 2) % institutions).institution();
        run.step(Command::JoinGroup { service: name, institution: sender });
        let relation = Relation { sender, receiver, service: name };
        let permission = Permission { types: types.clone(), from: LogTime(0), until: None };
        run.step(Command::Permit { relation, permission: Box::new(permission) });
    }
}

fn submissions(key: &PublicKey, institutions: usize) -> Vec<Command> {
    let submission = |n: usize| {
        // 7919 is prime to 11,000: senders and receivers are spread over the whole directory.
        let sender = terminal(n * 7919 % institutions);
        let receiver: Bic =
            terminal((n * 7919 + institutions / 2) % institutions).institution().head_office();
        let input_number = (n / institutions + 1) as u64;
        let header = Header {
            network: "demo".parse().expect("a name"),
            service: "payments".parse().expect("a name"),
            message_type: "pacs.008.001.08".parse().expect("a name"),
            sender,
            receiver,
            input_number,
            created_at: LogTime(1),
            expires_at: None,
            payload_length: 3412,
            reference: format!("BANK-2026-11-23-{n:06}").parse().expect("a reference"),
            uetr: None,
            priority: Priority::Normal,
            monitoring: Monitoring::Both,
            possible_duplicate: false,
            answers: None,
            file: None,
            is_sealed: false,
        }
        .encode();
        let statement = Statement::of(&header, &Digest::of(b"payload"));
        let path = vec![Digest::default(); 8];
        let proof =
            FrameProof { key: key.id(), size: 256, index: 7, signature: Signature([1; 64]), path };
        let message = Checked::new(&Accepted { header, proof }, statement).expect("a header");
        let session = network::SessionNumber(1);
        Command::Submit(Submit { session, terminal: sender, input_number, message })
    };
    (0..MESSAGES).map(submission).collect()
}

fn acknowledgements(key: &PublicKey, institutions: usize) -> Vec<Command> {
    let rounds = MESSAGES / institutions / BATCH;
    let acknowledgement = |n: usize| {
        let by = terminal(n % institutions * 7919 % institutions);
        let first = (n / institutions * BATCH + 1) as u64;
        let through = first + BATCH as u64 - 1;
        let signed =
            SignedRoot { root: Digest::default(), key: key.id(), signature: Signature([1; 64]) };
        let acknowledged =
            Acknowledged { by, lane: Lane::NORMAL, first, through, signed: Some(signed) };
        Command::Acknowledge(Acknowledge { session: network::SessionNumber(1), acknowledged })
    };
    (0..rounds * institutions).map(acknowledgement).collect()
}

/// The time that this thread has spent on a processor, in nanoseconds.
fn processor_time() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("the bench runs on Linux");
    let first = text.split_whitespace().next().expect("the first number is the time on processors");
    first.parse().expect("it is a number")
}

#[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
fn timed<T>(what: &str, count: usize, work: impl FnOnce() -> T) -> T {
    let start = processor_time();
    let result = black_box(work());
    let ns = (processor_time() - start) / count as u64;
    println!("{what:<40} {ns:>6} ns");
    result
}

#[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
fn measure(institutions: usize, rules: bool) {
    let kind = if rules { "a service with every rule" } else { "no services" };
    println!("{institutions} institutions, {kind}");
    let key = SigningKey::from_seed(&[1; 32]).public().clone();
    let mut run =
        timed("  admit, grant a key, open a session", institutions, || members(&key, institutions));
    if rules {
        define_rules(&mut run, institutions);
    }
    let commands = submissions(&key, institutions);
    timed("  decide and apply a submission", MESSAGES, || {
        commands.into_iter().for_each(|command| run.step(command));
    });
    let commands = acknowledgements(&key, institutions);
    timed("  acknowledge and notice, per message", MESSAGES, || {
        commands.into_iter().for_each(|command| run.step(command));
    });
    let Run { network, journal, .. } = run;
    let mut again = Network::new(network.name(), network.shard());
    timed("  replay a record", journal.len(), || {
        let mut effects = Vec::new();
        for (sequence, event, meta) in &journal {
            let event = Event::decode(event.kind(), meta).expect("it was decided");
            again.apply(LogTime(1), *sequence, &event, &mut effects);
            effects.clear();
        }
    });
    assert_eq!(again.hash(), network.hash(), "a replay gives the same state");
    timed("  hash the state, per institution", institutions, || network.hash());
}

fn main() {
    for institutions in [10, 11_000] {
        measure(institutions, false);
        measure(institutions, true);
    }
}
