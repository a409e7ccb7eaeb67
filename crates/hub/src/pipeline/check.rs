//! The check of a frame: is each message signed by its terminal, sound, and what its header says.
//!
//! It is pure: it sees the frame, the keys that the terminal was granted, the operator's limits and
//! which files the hub holds, and nothing else, so frames of many links are checked side by side, and
//! a large one in slices between which others have their turn. What it finds wrong with a message
//! becomes a refusal with every reason at once; what the network as a whole has to say (is the receiver
//! a member, may the sender send) is the machine's business.

use std::collections::BTreeMap;
use std::vec;

use bytes::Bytes;
use document::{Checker, Checkers, Profile};
use iso::Terminal;
use network::{Checked, Command, Grant, Refuse, SessionNumber, Submit};
use trust::{
    Accepted, Digest, Fault, FileName, FrameContext, FrameProof, FrameSignature, Header,
    NetworkName, Reason, Reasons, Refused, ServiceName, Statement,
};

use crate::agreement;
use crate::objection::Objection;
use crate::work::Item;

/// A frame as it came off the link.
#[derive(Debug)]
pub(crate) struct Frame {
    /// The session that it came in.
    pub(crate) session: SessionNumber,
    /// The input number of the first message.
    pub(crate) first_input_number: u64,
    /// The messages.
    pub(crate) messages: Vec<Message>,
    /// The signature over all of them.
    pub(crate) signature: FrameSignature,
}

/// A message as it came off the link.
#[derive(Debug)]
pub(crate) struct Message {
    /// Its encoded header.
    pub(crate) header: Bytes,
    /// Its exact bytes.
    pub(crate) payload: Bytes,
}

/// What a frame is checked against.
pub(crate) struct Against<'a> {
    /// The network.
    pub(crate) network: NetworkName,
    /// The terminal that the certificate names.
    pub(crate) terminal: Terminal,
    /// The keys that it was ever granted.
    pub(crate) grants: &'a [Grant],
    /// The greatest payload, in bytes.
    pub(crate) message_bytes_max: usize,
    /// The rules of content of services that have their own.
    pub(crate) profiles: &'a BTreeMap<ServiceName, Profile>,
    /// What messages are checked with.
    pub(crate) checkers: &'a Checkers,
    /// Whether the hub holds a file of the terminal's institution whole.
    pub(crate) holds: &'a dyn Fn(&FileName) -> bool,
}

/// How many messages are looked at in one go at most: whoever sends frames that are full of them must
/// not make others wait for long.
const SLICE_MESSAGES: usize = 32;
/// After how many bytes of payload others have their turn; a message is never cut.
const SLICE_BYTES: usize = 96 << 10;

/// A frame that is being checked, slice by slice.
#[derive(Debug)]
pub(crate) struct Checking {
    session: SessionNumber,
    first_input_number: u64,
    signature: FrameSignature,
    messages: Vec<Message>,
    /// Of the first messages; of all of them before the signature is looked at.
    digests: Vec<Digest>,
    statements: Vec<Statement>,
    /// What the signature proves of each message, or why it proves nothing; once it was verified.
    proofs: Option<Result<vec::IntoIter<FrameProof>, Objection>>,
    /// What the network machine shall be asked for the first messages.
    items: Vec<Item>,
}

impl Checking {
    /// Nothing of the frame is checked yet.
    pub(crate) fn new(frame: Frame) -> Self {
        let Frame { session, first_input_number, messages, signature } = frame;
        let count = messages.len();
        let (digests, statements) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let (proofs, items) = (None, Vec::with_capacity(count));
        Self {
            session,
            first_input_number,
            signature,
            messages,
            digests,
            statements,
            proofs,
            items,
        }
    }

    /// How many messages the frame has.
    pub(crate) fn count(&self) -> usize {
        self.messages.len()
    }

    /// How many bytes of payload it has.
    pub(crate) fn bytes(&self) -> usize {
        self.messages.iter().map(|message| message.payload.len()).sum()
    }

    /// Checks the next slice; in the end it says what the network machine shall be asked for each
    /// message.
    pub(crate) fn go_on(
        &mut self,
        against: &Against<'_>,
        documents: &mut Checker,
    ) -> Option<Vec<Item>> {
        if self.digests.len() < self.messages.len() {
            self.hash_some();
        } else if self.proofs.is_none() {
            let proofs = open(&self.signature, against, &self.statements);
            self.proofs = Some(proofs.map(Vec::into_iter));
        } else {
            self.check_some(against, documents);
        }
        let is_over = self.items.len() == self.messages.len() && self.proofs.is_some();
        is_over.then(|| std::mem::take(&mut self.items))
    }

    /// Hashing is cheap: four slices at once.
    fn hash_some(&mut self) {
        let mut bytes = 0;
        for message in self.messages.iter().skip(self.digests.len()).take(4 * SLICE_MESSAGES) {
            let digest = Digest::of(&message.payload);
            self.statements.push(Statement::of(&message.header, &digest));
            self.digests.push(digest);
            bytes += message.payload.len();
            if bytes >= 4 * SLICE_BYTES {
                break;
            }
        }
    }

    fn check_some(&mut self, against: &Against<'_>, documents: &mut Checker) {
        let Some(proofs) = &mut self.proofs else { return };
        let done = self.items.len();
        let parts = self.messages.iter_mut().zip(self.digests.iter().zip(&self.statements));
        let mut bytes = 0;
        for (input_number, (message, (payload_digest, statement))) in
            (self.first_input_number..).zip(parts).skip(done).take(SLICE_MESSAGES)
        {
            let result = match proofs {
                Ok(proofs) => match proofs.next() {
                    Some(proof) => accept(message, proof, *statement, against, documents),
                    None => Err(refuse_one(&Objection::Signature)),
                },
                Err(objection) => Err(refuse_one(objection)),
            };
            let (session, terminal) = (self.session, against.terminal);
            let command = match result {
                Ok(message) => Command::Submit(Submit { session, terminal, input_number, message }),
                Err(reasons) => {
                    let header = Header::decode(&message.header).is_ok();
                    let header = header.then(|| message.header.to_vec());
                    let statement = *statement;
                    let refused = Refused { terminal, input_number, statement, reasons, header };
                    Command::Refuse(Refuse { session, refused })
                }
            };
            let (payload, payload_digest) = (std::mem::take(&mut message.payload), *payload_digest);
            bytes += payload.len();
            self.items.push(Item { command, payload, payload_digest });
            if bytes >= SLICE_BYTES {
                break;
            }
        }
    }
}

/// What the signature proves of each message, if it was made with a key of the terminal.
///
/// Any key that was ever granted will do here: whether it is good at this time is decided by the
/// machine, in the order of the journal.
fn open(
    signature: &FrameSignature,
    against: &Against<'_>,
    statements: &[Statement],
) -> Result<Vec<FrameProof>, Objection> {
    let grant = against.grants.iter().rev().find(|grant| grant.key == signature.key);
    let Some(grant) = grant else {
        return Err(Objection::UnknownKey { key: signature.key, terminal: against.terminal });
    };
    let context = FrameContext { network: against.network, terminal: against.terminal };
    signature.open(&grant.public, &context, statements).map_err(|_| Objection::Signature)
}

/// Checks one message of a frame that is signed.
fn accept(
    message: &Message,
    proof: FrameProof,
    statement: Statement,
    against: &Against<'_>,
    documents: &mut Checker,
) -> Result<Checked, Reasons> {
    let header = Header::decode(&message.header)
        .map_err(|error| refuse_one(&Objection::MalformedHeader { error }))?;
    let mut reasons = Vec::new();
    let length = message.payload.len();
    if length != usize::try_from(header.payload_length).unwrap_or(usize::MAX) {
        let objection = Objection::OtherLength { expected: header.payload_length, found: length };
        reasons.push(objection.reason());
    }
    if length > against.message_bytes_max {
        let objection = Objection::TooLarge { most: against.message_bytes_max, found: length };
        reasons.push(objection.reason());
    } else if header.is_sealed {
        // What it holds is checked by its sender before it is sealed, and by its receiver.
        if trust::sealed_to(&message.payload).is_err() {
            reasons.push(Objection::NotAnEnvelope.reason());
        }
    } else {
        let checked = match against.profiles.get(&header.service) {
            None => documents.check(&message.payload),
            Some(profile) => {
                let check = |documents: &mut Checker| documents.check(&message.payload);
                against.checkers.with_profile(*profile, check)
            }
        };
        match checked {
            Ok(document) => {
                let objections = agreement::disagreements(&header, &document);
                reasons.extend(objections.map(|objection| objection.reason()));
                let missing = header.file.filter(|file| !(against.holds)(file));
                let sender = against.terminal.institution();
                let missing = missing.map(|file| Objection::FileMissing { sender, file });
                reasons.extend(missing.map(|objection| objection.reason()));
            }
            Err(findings) => reasons.extend(agreement::reasons(&findings)),
        }
    }
    match Reasons::new(reasons) {
        Some(reasons) => Err(reasons),
        None => {
            let accepted = Accepted { header: message.header.to_vec(), proof };
            Checked::new(&accepted, statement)
                .map_err(|error| refuse_one(&Objection::MalformedHeader { error }))
        }
    }
}

fn refuse_one(objection: &Objection) -> Reasons {
    Reasons::one(objection.reason())
}

impl Objection {
    /// The reason as it is recorded.
    pub(crate) fn reason(&self) -> Reason {
        let code = self.code().parse().expect("a code is a label");
        Reason::new(code, Fault::Sender, self.place(), &self.to_string())
    }
}
