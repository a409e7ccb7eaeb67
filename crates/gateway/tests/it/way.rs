//! The way of a message through two gateways, and what survives breaks and restarts.

use std::net::SocketAddr;

use gateway::api::{LinkState, State, Step};
use tempfile::TempDir;
use trust::Verified;
use trust::pki::Authority;

use crate::bank::Bank;
use crate::fake_hub::FakeHub;
use crate::folder::{authority, make, terminal};
use crate::hub::{Hub, network_keys};

pub(crate) const SAMPLE: &str = include_str!("../../../../samples/pacs.008.001.08.xml");
const ANY: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// A hub and the folders of two gateways: ALPHDEFFA sends the sample, BRAVFRPPA receives it.
pub(crate) struct Network {
    pub(crate) authority: Authority,
    pub(crate) hub: FakeHub,
    pub(crate) alpha: TempDir,
    pub(crate) bravo: TempDir,
}

impl Network {
    pub(crate) async fn new() -> Self {
        let authority = authority();
        let members = [terminal("ALPHDEFFA"), terminal("BRAVFRPPA")];
        let hub = FakeHub::listen(&authority, Hub::new(&members), SocketAddr::from(ANY)).await;
        let folder = || tempfile::tempdir().unwrap();
        Self { authority, hub, alpha: folder(), bravo: folder() }
    }

    pub(crate) fn config(&self, name: &str) -> gateway::Config {
        let folder = if name == "ALPHDEFFA" { &self.alpha } else { &self.bravo };
        make(folder.path(), &self.authority, name, &self.hub.address.to_string())
    }

    pub(crate) async fn start(&self, name: &str) -> Bank {
        Bank::start(self.config(name)).await
    }
}

/// The sample with another reference, so that each message is one of its own.
pub(crate) fn numbered(number: usize) -> String {
    SAMPLE.replace("ALPH20261123-000417", &format!("ALPH20261123-{number:06}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_goes_from_one_back_office_to_the_other_with_proofs() {
    let network = Network::new().await;
    let (alpha, bravo) = tokio::join!(network.start("ALPHDEFFA"), network.start("BRAVFRPPA"));
    let stored = alpha.post("key", SAMPLE).await;
    let id = stored.id.unwrap();
    let received = bravo.receive(1).await;
    let (message, bytes) = received.first().unwrap();
    assert_eq!((message.id.as_str(), bytes.as_slice()), (id.as_str(), SAMPLE.as_bytes()));
    let sent = alpha.until_state(&id, State::Delivered).await;
    let steps: Vec<Step> = sent.timeline.iter().map(|event| event.step).collect();
    let way = [Step::Checked, Step::Stored, Step::Signed, Step::Submitted, Step::Accepted];
    assert_eq!(steps, [way.as_slice(), &[Step::Delivered]].concat());
    let facts = |step| sent.timeline.iter().find(|event| event.step == step).unwrap().facts.clone();
    assert_eq!(facts(Step::Signed).frame_messages, Some(1));
    assert!(facts(Step::Submitted).session.is_some());
    assert_eq!(facts(Step::Delivered).by.as_deref(), Some("BRAVFRPPA"));
    // Third parties need nothing but the receipts and the keys of the network.
    let keys = network_keys();
    let path = format!("/v1/messages/{id}/receipt");
    for (kind, delivered) in [("acceptance", false), ("delivery", true)] {
        let receipt = alpha.receipt(&format!("{path}?kind={kind}")).await;
        assert_eq!(receipt.matches_payload(SAMPLE.as_bytes()), Some(true));
        let verified = receipt.verify(&keys).unwrap();
        assert_eq!(matches!(verified, Verified::Delivery(..)), delivered, "{verified:?}");
    }
    let receipt = bravo.receipt(&format!("/v1/inbox/{id}/receipt")).await;
    assert_eq!(receipt.matches_payload(SAMPLE.as_bytes()), Some(true));
    receipt.verify(&keys).unwrap();
    alpha.stop().await;
    bravo.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_message_says_why_and_proves_it() {
    let network = Network::new().await;
    let alpha = network.start("ALPHDEFFA").await;
    let to_nobody = SAMPLE.replacen("BRAVFRPPXXX", "NOBODEFFXXX", 1);
    let id = alpha.post("key", &to_nobody).await.id.unwrap();
    let refused = alpha.until_state(&id, State::Refused).await;
    let reason = refused.reasons.first().unwrap();
    assert_eq!((reason.code.as_str(), reason.fault.as_str()), ("NET001", "sender"));
    let receipt = alpha.receipt(&format!("/v1/messages/{id}/receipt")).await;
    assert!(matches!(receipt.verify(&network_keys()), Ok(Verified::Refusal(..))));
    // The number is used up, and the next message goes its way.
    let id = alpha.post("other", SAMPLE).await.id.unwrap();
    alpha.until_state(&id, State::Accepted).await;
    alpha.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_goes_under_one_signature() {
    let network = Network::new().await;
    let (address, hub) = (network.hub.address, network.hub.crash().await);
    let network = {
        let folders = (network.alpha, network.bravo);
        // Nobody listens yet: the outbox takes what comes.
        let config = make(folders.0.path(), &network.authority, "ALPHDEFFA", &address.to_string());
        let alpha = Bank::start(config).await;
        let status = alpha.until_status(|status| status.link.problem.is_some()).await;
        assert_eq!(status.link.problem.unwrap().code, "GTW050");
        assert_eq!(status.link.state, LinkState::Connecting);
        for number in 0..300 {
            alpha.post(&number.to_string(), &numbered(number)).await;
        }
        let hub = FakeHub::listen(&network.authority, hub, address).await;
        let last = alpha.until_state("ALPHDEFFA-300", State::Accepted).await;
        let signed = last.timeline.iter().find(|event| event.step == Step::Signed).unwrap();
        // A frame ends at a good size, or at 256 messages.
        let submissions = hub.world().submissions.clone();
        assert_eq!((submissions.len(), submissions.iter().sum()), (2, 300_usize));
        let last = submissions.last().copied();
        assert_eq!(signed.facts.frame_messages.map(|count| count as usize), last);
        alpha.stop().await;
        hub
    };
    assert_eq!(network.world().hub.answers[&terminal("ALPHDEFFA")].len(), 300);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn breaks_lose_nothing_and_double_nothing() {
    const COUNT: usize = 120;
    let network = Network::new().await;
    let (alpha, bravo) = tokio::join!(network.start("ALPHDEFFA"), network.start("BRAVFRPPA"));
    alpha.until_status(|status| status.link.sessions_opened > 0).await;
    let (sender, receiver) = (
        async {
            for number in 0..COUNT {
                alpha.post(&number.to_string(), &numbered(number)).await;
                if number % 10 == 7 {
                    network.hub.cut();
                }
            }
        },
        bravo.receive(COUNT),
    );
    let ((), received) = tokio::join!(sender, receiver);
    for (number, (message, bytes)) in received.iter().enumerate() {
        assert_eq!(message.id, format!("ALPHDEFFA-{}", number + 1));
        assert_eq!(*bytes, numbered(number).into_bytes());
    }
    let delivered = alpha.until_status(|status| status.outbox.delivered == COUNT as u64).await;
    assert_eq!((delivered.outbox.accepted, delivered.outbox.waiting), (COUNT as u64, 0));
    assert!(delivered.link.sessions_opened > 1);
    alpha.stop().await;
    bravo.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gateways_that_start_again_go_on_where_they_were() {
    let network = Network::new().await;
    let mut received = Vec::new();
    for round in 0..4_usize {
        let (alpha, bravo) = tokio::join!(network.start("ALPHDEFFA"), network.start("BRAVFRPPA"));
        for number in round * 5..round * 5 + 5 {
            alpha.post(&number.to_string(), &numbered(number)).await;
        }
        if round % 2 == 0 {
            // It stops with answers and notices on their way, but with one message across at least.
            let before = u64::try_from(received.len()).unwrap();
            alpha.until_status(|status| status.outbox.accepted > before).await;
            alpha.stop().await;
            received.extend(bravo.receive(1).await);
            bravo.stop().await;
        } else {
            bravo.stop().await;
            alpha.stop().await;
        }
    }
    let (alpha, bravo) = tokio::join!(network.start("ALPHDEFFA"), network.start("BRAVFRPPA"));
    received.extend(bravo.receive(20 - received.len()).await);
    let ids: Vec<String> = received.iter().map(|(message, _)| message.id.clone()).collect();
    assert_eq!(ids, (1..=20).map(|number| format!("ALPHDEFFA-{number}")).collect::<Vec<_>>());
    let keys = network_keys();
    alpha.until_status(|status| status.outbox.delivered == 20).await;
    for id in ids {
        let path = format!("/v1/messages/{id}/receipt?kind=delivery");
        alpha.receipt(&path).await.verify(&keys).unwrap();
    }
    alpha.stop().await;
    bravo.stop().await;
}
