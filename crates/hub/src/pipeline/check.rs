//! The check of a frame: is each message signed by its terminal, sound, and what its header says.
//!
//! It is pure: it sees the frame, the keys that the terminal was granted, the operator's limits and
//! which files the hub holds, and nothing else, so frames of many links are checked side by side. What it finds wrong with a
//! message becomes a refusal with every reason at once; what the network as a whole has to say (is
//! the receiver a member, may the sender send) is the machine's business.

use std::collections::BTreeMap;

use bytes::Bytes;
use document::{Checker, Checkers, Profile};
use iso::Terminal;
use network::{Checked, Command, Grant, Refuse, SessionNumber, Submit};
use trust::{
    Accepted, Digest, Fault, FileName, FrameContext, FrameProof, FrameSignature, Header,
    NetworkName, Reason, Reasons, Refused, ServiceName, Statement, frame_proofs,
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

/// Checks every message of a frame and says what the network machine shall be asked for each.
pub(crate) fn check(frame: Frame, against: &Against<'_>, documents: &mut Checker) -> Vec<Item> {
    let digests: Vec<Digest> =
        frame.messages.iter().map(|message| Digest::of(&message.payload)).collect();
    let statements: Vec<Statement> = frame
        .messages
        .iter()
        .zip(&digests)
        .map(|(message, digest)| Statement::of(&message.header, digest))
        .collect();
    let signed = verify(&frame.signature, against, &statements);
    let mut proofs = match &signed {
        Ok(()) => frame_proofs(&statements, &frame.signature).unwrap_or_default(),
        Err(_) => Vec::new(),
    }
    .into_iter();
    let session = frame.session;
    let parts = frame.messages.into_iter().zip(digests.into_iter().zip(statements));
    (frame.first_input_number..)
        .zip(parts)
        .map(|(input_number, (message, (payload_digest, statement)))| {
            let result = match (&signed, proofs.next()) {
                (Ok(()), Some(proof)) => accept(&message, proof, statement, against, documents),
                (Ok(()), None) => Err(refuse_one(&Objection::Signature)),
                (Err(objection), _) => Err(refuse_one(objection)),
            };
            let terminal = against.terminal;
            let command = match result {
                Ok(message) => Command::Submit(Submit { session, terminal, input_number, message }),
                Err(reasons) => {
                    let header = Header::decode(&message.header).is_ok();
                    let header = header.then(|| message.header.to_vec());
                    let refused = Refused { terminal, input_number, statement, reasons, header };
                    Command::Refuse(Refuse { session, refused })
                }
            };
            Item { command, payload: message.payload, payload_digest }
        })
        .collect()
}

/// Whether the frame was signed with a key of the terminal.
///
/// Any key that was ever granted will do here: whether it is good at this time is decided by the
/// machine, in the order of the journal.
fn verify(
    signature: &FrameSignature,
    against: &Against<'_>,
    statements: &[Statement],
) -> Result<(), Objection> {
    let grant = against.grants.iter().rev().find(|grant| grant.key == signature.key);
    let Some(grant) = grant else {
        return Err(Objection::UnknownKey { key: signature.key, terminal: against.terminal });
    };
    let context = FrameContext { network: against.network, terminal: against.terminal };
    signature.verify(&grant.public, &context, statements).map_err(|_| Objection::Signature)
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
