//! Those who mean harm, from outside and from inside: with certificates that are no good, with bits
//! that were flipped behind the signature, and with content that is made to hurt.

use std::fs;
use std::path::{Path, PathBuf};

use gateway::api::State;
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, SanType,
    date_time_ymd,
};
use rustix::process::Signal;
use trust::RecordKind;

use crate::link::{Link, header, hello};
use crate::net::{Net, Process, payment, until};
use crate::rogue::{hub_only, runtime};

/// What a certificate says, where it is good but for one thing.
fn terminal() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2090, 1, 1);
    params.subject_alt_names = vec![uri("nuncio:test:ALPHDEFFA")];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

fn uri(text: &str) -> SanType {
    SanType::URI(text.try_into().unwrap())
}

/// A certificate authority: its certificate and key in PEM form.
struct Authority {
    certificate: String,
    key: String,
}

impl Authority {
    fn of(net: &Net) -> Self {
        let read = |name| fs::read_to_string(net.path("authority").join(name)).unwrap();
        Self { certificate: read("ca.pem"), key: read("ca.key") }
    }

    /// An authority of our own, signed by another or by itself.
    fn new(by: Option<&Self>) -> Self {
        let mut params = terminal();
        params.subject_alt_names = vec![uri("nuncio:test")];
        params.extended_key_usages = Vec::new();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = match by {
            Some(by) => params.signed_by(&key, &by.issuer()),
            None => params.self_signed(&key),
        };
        Self { certificate: certificate.unwrap().pem(), key: key.serialize_pem() }
    }

    fn issuer(&self) -> Issuer<'static, KeyPair> {
        let key = KeyPair::from_pem(&self.key).unwrap();
        Issuer::from_ca_cert_pem(&self.certificate, key).unwrap()
    }

    /// Puts a certificate and its key into a folder.
    fn issue(&self, params: &CertificateParams, folder: &Path, more: &str) {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer()).unwrap().pem();
        fs::write(folder.join("tls.pem"), certificate + more).unwrap();
        fs::write(folder.join("tls.key"), key.serialize_pem()).unwrap();
    }
}

/// Whether a terminal with the certificate in a folder gets a session.
async fn gets_in(net: &Net, folder: &Path) -> bool {
    let Ok(mut link) = Link::connect(net, folder).await else { return false };
    let _ = link.out.send(hello("ALPHDEFFA").into()).await;
    link.hear().await.is_some()
}

/// Test 31.
#[test]
fn expired_or_wrong_ca() {
    let net = hub_only();
    let ours = Authority::of(&net);
    let folder: PathBuf = net.path("stranger/ALPHDEFFA");
    fs::create_dir_all(&folder).unwrap();
    for file in ["ca.pem", "signing.key"] {
        fs::copy(net.gateway("ALPHDEFF").join(file), folder.join(file)).unwrap();
    }
    let deputy = Authority::new(Some(&ours));
    type Change = fn(&mut CertificateParams);
    let cases: [(&str, &Authority, Change, &str); 10] = [
        ("expired", &ours, |it| it.not_after = date_time_ymd(2021, 1, 1), "expired"),
        ("not yet valid", &ours, |it| it.not_before = date_time_ymd(2089, 1, 1), "not valid yet"),
        (
            "a hub's purpose",
            &ours,
            |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
            "extended key usage",
        ),
        ("no name", &ours, |it| it.subject_alt_names.clear(), "names no terminal"),
        (
            "a hub's name",
            &ours,
            |it| it.subject_alt_names = vec![uri("nuncio:test:hub")],
            "names no",
        ),
        (
            "two names",
            &ours,
            |it| it.subject_alt_names.push(uri("nuncio:test:BRAVFRPPA")),
            "names no terminal",
        ),
        (
            "another network",
            &ours,
            |it| it.subject_alt_names = vec![uri("nuncio:live:ALPHDEFFA")],
            "another network",
        ),
        ("another authority of that name", &Authority::new(None), |_| {}, "UnknownIssuer"),
        ("a deputy of the authority", &deputy, |_| {}, "authority itself"),
        ("good", &ours, |_| {}, ""),
    ];
    runtime().block_on(async {
        for (what, authority, change, word) in cases {
            let mut params = terminal();
            change(&mut params);
            let chain = if what.starts_with("a deputy") { deputy.certificate.as_str() } else { "" };
            authority.issue(&params, &folder, chain);
            let before = fs::read_to_string(net.path("hub/hub.log")).unwrap().len();
            assert_eq!(gets_in(&net, &folder).await, what == "good", "{what}");
            until(&format!("the hub says {word:?} about what is {what}"), || {
                let log = fs::read_to_string(net.path("hub/hub.log")).unwrap();
                log.get(before..).unwrap().contains(word)
            });
        }
    });
}

/// How many records of a kind the hub's journal has; the hub must be stopped.
fn records(net: &Net, kind: RecordKind) -> usize {
    let reader = journal::Reader::open(&net.path("hub/journal")).unwrap();
    reader.records(0).filter(|record| record.as_ref().unwrap().head.kind == kind).count()
}

/// Test 34: a gateway that is not its owner's any more changes bits of what was signed. TLS does not
/// help there; the signature does.
#[test]
fn tampered_in_flight() {
    let mut net = hub_only();
    runtime().block_on(async {
        let payload = payment("ALPHDEFF", "BRAVFRPP", 1);
        let folder = net.gateway("ALPHDEFF");
        let mut next = 1;
        let mut link = Link::open(&net, &folder).await;
        for flip in 0..48 {
            let header = header(next, &payload);
            let mut frame = link.frame(next, &header, &payload);
            let [message] = frame.messages.as_mut_slice() else { panic!("one message") };
            let field = match flip % 4 {
                0 => &mut message.payload,
                1 => &mut message.header,
                2 => &mut frame.signature,
                _ => &mut frame.key,
            };
            let mut bytes = field.to_vec();
            // Every part of the field, another bit each time.
            let at = flip / 4 * bytes.len() / 12;
            bytes[at] ^= 1 << (flip % 8);
            *field = bytes.into();
            link.say(frame).await;
            let reasons = link.reasons().await;
            assert!(!reasons.iter().any(|it| it == "accepted"), "flip {flip}: {reasons:?}");
            // Some of it is no frame at all: the link ends, and nothing was taken.
            if reasons.iter().any(|it| it.starts_with("LNK")) {
                link = Link::connect(&net, &folder).await.unwrap();
                link.say(hello("ALPHDEFFA")).await;
                assert_eq!(link.welcome().await.input_number, next - 1, "flip {flip}");
            } else {
                next += 1;
            }
        }
        link.submit(next, &header(next, &payload), &payload).await;
        assert_eq!(link.reasons().await, ["accepted"]);
    });
    net.hub.take().unwrap().stop();
    assert_eq!(records(&net, RecordKind::ACCEPTED), 1);
}

/// The greatest memory that a process ever had, in bytes.
fn memory(process: &Process) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Test 35: a member with good keys sends what is made to hurt. Each is refused with its reason, costs
/// the hub no more than it may, and others do not notice.
#[test]
fn malicious_participant() {
    let mut net = Net::start();
    let hurt = net.gateways.remove(0);
    hurt.stop();
    let good = String::from_utf8(payment("ALPHDEFF", "BRAVFRPP", 1)).unwrap();
    let (first, rest) = good.split_once("<AppHdr").unwrap();
    let entities: String = (1..40)
        .map(|level| format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10)))
        .collect();
    let attributes: String = (0..40_000).map(|at| format!(" a{at}=\"\"")).collect();
    let names: String = (0..20_000).map(|at| format!(" xmlns:n{at}=\"u{at}\"")).collect();
    let deep = "<x>".repeat(200_000);
    let bombs = [
        ("entities", format!("<!DOCTYPE b [<!ENTITY l0 \"lol\">{entities}]><b>&l39;</b>")),
        ("a file", "<!DOCTYPE b [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><b>&x;</b>".to_owned()),
        ("depth", format!("{first}<AppHdr>{deep}")),
        ("attributes", format!("{first}<AppHdr{attributes}{rest}")),
        ("namespaces", format!("{first}<AppHdr{names}{rest}")),
        ("a comment without end", format!("{first}<!--{}", "-".repeat(2_000_000))),
        ("text", good.replace("</AppHdr>", &format!("{}</AppHdr>", "x".repeat(4_000_000)))),
        ("control characters", good.replace("<Document", "\u{1}\u{2}<Document")),
        ("FIN in XML", good.replace("</AppHdr>", "-}{5:{CHK:000000000000}}</AppHdr>")),
        ("nothing", String::new()),
    ];
    let before = memory(net.hub());
    let brava = net.client("BRAVFRPP");
    runtime().block_on(async {
        let mut link = Link::open(&net, &net.gateway("ALPHDEFF")).await;
        for (number, (what, bomb)) in (1..).zip(&bombs) {
            let mut header = header(number, good.as_bytes());
            header.payload_length = bomb.len().try_into().unwrap();
            link.submit(number, &header, bomb.as_bytes()).await;
            let reasons = link.reasons().await;
            let refused = |code: &String| {
                ["XML", "SCH", "DOC", "RTE", "HDR"].iter().any(|it| code.starts_with(it))
            };
            assert!(reasons.iter().all(refused) && !reasons.is_empty(), "{what}: {reasons:?}");
        }
        // More than a frame may hold: the link ends at the length, before the bytes are kept.
        let header = header(11, good.as_bytes());
        link.submit(11, &header, &vec![b'x'; 40 << 20]).await;
        assert!(!link.reasons().await.iter().any(|it| it == "accepted"));
    });
    let id = brava.post(&payment("BRAVFRPP", "CHARGB2L", 1), "honest").id.unwrap();
    brava.wait_for(&id, &[State::Delivered]);
    let grown = memory(net.hub()).saturating_sub(before) >> 20;
    println!("the hub grew by {grown} MiB at most");
    assert!(grown < 256, "{grown} MiB");
    net.hub.take().unwrap().stop();
    assert_eq!(records(&net, RecordKind::ACCEPTED), 1);
}

/// Test 30: a member is suspended while it sends. What came before is delivered, what came after is
/// refused, and there is one line between the two, also for a hub that starts again.
#[test]
fn revoked_mid_burst() {
    let mut net = Net::start();
    let (alpha, directory) = (net.client("ALPHDEFF"), net.path("hub/directory.toml"));
    let send = |number: u64| {
        let body = payment("ALPHDEFF", "BRAVFRPP", number);
        alpha.post(&body, &format!("burst-{number}")).id.unwrap()
    };
    let mut ids: Vec<String> = (0..30).map(send).collect();
    alpha.wait_for(&ids[9], &[State::Delivered]);
    let text = fs::read_to_string(&directory).unwrap();
    let line = "name = \"ALPHDEFF\"";
    let suspended = text.replace(line, &format!("{line}\nsuspended = \"a lost key\""));
    assert_ne!(text, suspended);
    fs::write(&directory, suspended).unwrap();
    net.hub().signal(Signal::HUP);
    let mut number = 30;
    until("the suspension is in force", || {
        ids.push(send(number));
        number += 1;
        let answered = [State::Accepted, State::Refused, State::Delivered];
        alpha.wait_for(ids.last().unwrap(), &answered).state == State::Refused
    });
    net.hub().kill_and_start();
    ids.extend((number..number + 5).map(send));
    let states: Vec<State> = ids
        .iter()
        .map(|id| alpha.wait_for(id, &[State::Delivered, State::Refused]).state)
        .collect();
    let line = states.iter().position(|it| *it == State::Refused).unwrap();
    println!("{line} before it, {} after it", ids.len() - line);
    assert!(line >= 10, "{states:?}");
    assert!(states.iter().skip(line).all(|it| *it == State::Refused), "{states:?}");
    let got: Vec<_> = net.client("BRAVFRPP").inbox().into_iter().map(|it| it.id).collect();
    assert_eq!(got, ids[..line], "all of what came before, and nothing else");
}
