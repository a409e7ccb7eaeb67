//! What some of the tests need beside the network: frames that are made of others, and witnesses.

use bytes::Bytes;
use sim::Scenario;
use trust::merkle::{Tree, prove_consistency};
use trust::note::Cosigner;
use trust::witness::{Submission, TreeHead, Witness, WitnessRefusal};
use trust::{
    Cosigned, Digest, Equivocation, Header, LogTime, NetworkKeys, Refused, SigningKey, Statement,
};
use wire::latest::{HubFrame, Message, Submit, hub_frame};

/// How a message that was accepted comes again under the next number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As it was: only the frame names another number.
    AsItWas,
    /// Its header names the next number; the signature is the old one.
    Renumbered,
    /// Its header names another receiver; the signature is the old one.
    OtherReceiver,
    /// As it was, and its sender signs the frame again.
    SignedAgain,
    /// For another network, and its sender signs it for that one.
    OtherNetwork,
    /// Its header says so, but the frame is signed for this one.
    OtherNetworkSignedHere,
}

impl Way {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::AsItWas,
        Self::Renumbered,
        Self::OtherReceiver,
        Self::SignedAgain,
        Self::OtherNetwork,
        Self::OtherNetworkSignedHere,
    ];

    /// With which codes the hub refuses it.
    pub(crate) fn codes(self) -> Vec<String> {
        let code = match self {
            Self::Renumbered | Self::OtherReceiver | Self::OtherNetwork => "SIG001",
            // The signature is good, and over a header with the number that it had.
            Self::AsItWas | Self::SignedAgain => "NET006",
            Self::OtherNetworkSignedHere => "NET004",
        };
        vec![code.to_owned()]
    }
}

/// A frame with the first message of another, under number 5.
pub(crate) fn replay(frame: &Submit, way: Way, net: &Scenario) -> Submit {
    let message = frame.messages.first().expect("a frame has a message");
    let mut header = Header::decode(&message.header).expect("it was accepted");
    let (key, mut context) = net.signer(0);
    match way {
        Way::AsItWas | Way::SignedAgain => {}
        Way::Renumbered => header.input_number = 5,
        Way::OtherReceiver => header.receiver = "CHARGB2LXXX".parse().expect("it is a BIC"),
        Way::OtherNetwork | Way::OtherNetworkSignedHere => {
            header.network = "live".parse().expect("it is a name");
            header.input_number = 5;
        }
    }
    if way == Way::OtherNetwork {
        context.network = header.network;
    }
    let header = Bytes::from(header.encode());
    let mut changed = Submit { first_input_number: 5, ..frame.clone() };
    changed.messages = vec![Message { header: header.clone(), ..message.clone() }];
    if matches!(way, Way::SignedAgain | Way::OtherNetwork | Way::OtherNetworkSignedHere) {
        let statement = Statement::of(&header, &Digest::of(&message.payload));
        let signed = trust::sign_frame(&key, &context, &[statement]).expect("the key is here");
        changed.key = Bytes::copy_from_slice(&signed.key.0);
        changed.signature = Bytes::copy_from_slice(&signed.signature.0);
    }
    changed
}

/// The codes of all refusals among frames of the hub.
pub(crate) fn refusals(frames: &[HubFrame]) -> Vec<String> {
    let mut codes = Vec::new();
    for frame in frames {
        let Some(hub_frame::Body::Answers(answers)) = &frame.body else { continue };
        for answer in &answers.answers {
            let Ok(refused) = Refused::decode(&answer.meta) else { continue };
            codes.extend(refused.reasons.iter().map(|reason| reason.code().to_string()));
        }
    }
    codes
}

/// The tree over the first records of a log.
fn tree(log: &[Digest], size: u64) -> Tree {
    let mut tree = Tree::default();
    let size = usize::try_from(size).expect("the log is in memory");
    log.iter().take(size).for_each(|hash| tree.push(*hash));
    tree
}

/// Three witnesses of whom two are a quorum, and a client that knows them.
pub(crate) struct Witnesses {
    all: Vec<(Cosigner, Witness)>,
    client: NetworkKeys,
}

impl Witnesses {
    pub(crate) fn new() -> Self {
        let keys = Scenario::keys();
        let log = keys.logs().first().expect("the network has a log").clone();
        let all: Vec<(Cosigner, Witness)> = (1..=3_u8)
            .map(|number| {
                let key = SigningKey::from_seed(&[40 + number; 32]);
                let cosigner = Cosigner::new(&format!("witness.example/{number}"), key);
                let mut witness = Witness::default();
                witness.follow(log.name(), vec![log.clone()], None);
                (cosigner.expect("it is a name"), witness)
            })
            .collect();
        let known = all.iter().map(|(cosigner, _)| cosigner.verifier().clone()).collect();
        let client = keys.with_witnesses(known, 2).expect("two of three");
        Self { all, client }
    }

    /// The hub asks all of them to cosign a checkpoint, with proofs from the log that it shows. Says
    /// how many did; as an error where a client that wants a quorum refuses the checkpoint.
    pub(crate) fn cosign(&mut self, note: &str, log: &[Digest]) -> Result<usize, usize> {
        self.cosign_some(note, log, 3)
    }

    /// The same of the first so many.
    pub(crate) fn cosign_some(
        &mut self,
        note: &str,
        log: &[Digest],
        count: usize,
    ) -> Result<usize, usize> {
        let head = TreeHead::parse(note).expect("it is a checkpoint");
        let mut lines = String::new();
        for (cosigner, witness) in self.all.iter_mut().take(count) {
            let mut decided = decide(witness, note, (&head, log), 0);
            if let Err(WitnessRefusal::Elsewhere { size }) = decided {
                // A hub asks again from where the witness says that it is.
                decided = decide(witness, note, (&head, log), size);
            }
            let Ok(seen) = decided else { continue };
            let (text, _) = note.split_once("\n\n").expect("a note has two parts");
            let line = cosigner.cosign(&format!("{text}\n"), LogTime(1_795_467_600_000_000));
            lines.push_str(&line.expect("the key is here"));
            witness.store(seen);
        }
        let gathered = Cosigned::gather(note, &lines, &self.client).expect("the log signed it");
        let cosigned = Cosigned::open(&gathered, &self.client).expect("it is in its one form");
        let found = cosigned.by.len();
        cosigned.check_quorum(&self.client).map(|()| found).map_err(|_| found)
    }
}

fn decide(
    witness: &Witness,
    note: &str,
    (head, log): (&TreeHead, &[Digest]),
    old: u64,
) -> Result<trust::witness::Seen, WitnessRefusal> {
    let proof = prove_consistency(&tree(log, head.size), old, head.size).unwrap_or_default();
    witness.decide(&Submission { old, proof, note: note.to_owned() })
}

/// What proves that a log has shown two histories: two notes of it, each with its records.
pub(crate) fn evidence(one: (&str, &[Digest]), two: (&str, &[Digest])) -> Equivocation {
    let size = |note: &str| TreeHead::parse(note).expect("it is a checkpoint").size;
    let (smaller, larger) = if size(one.0) <= size(two.0) { (one, two) } else { (two, one) };
    let (old, new) = (size(smaller.0), size(larger.0));
    let root_within = tree(larger.1, old).root();
    let proof = prove_consistency(&tree(larger.1, new), old, new).expect("the tree is whole");
    Equivocation::new(smaller.0.to_owned(), larger.0.to_owned(), root_within, proof)
}
