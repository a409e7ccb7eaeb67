//! A journal with a small story in it, for tests and measurements.

use std::path::Path;

use bytes::Bytes;
use journal::{Draft, Local, Options, Reader};
use network::{Calendar, Command, CopyRule, Hours, Service};
use trust::{
    Accepted, Acknowledged, CopyDecision, Declined, Digest, Fault, FrameProof, Header, KeyId, Lane,
    LogTime, Monitoring, Priority, Reason, Reasons, RecordKind, Refused, Shard, Signature,
    SignedRoot, Statement, Verdict,
};

/// A journal that grows.
pub(crate) struct World {
    pub(crate) journal: Local,
    drafts: Vec<Draft>,
    /// By how much the records are later than their sequences say, in microseconds.
    pub(crate) later: u64,
}

/// A message, as tests name it.
#[derive(Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) from: &'a str,
    pub(crate) number: u64,
    pub(crate) to: &'a str,
    pub(crate) reference: &'a str,
    pub(crate) priority: Priority,
}

impl World {
    /// An empty journal in a folder.
    pub(crate) fn new(folder: &Path) -> Self {
        let options = Options { create: true, ..Options::new("test".parse().unwrap(), Shard(0)) };
        let (mut journal, _) = Local::open(folder, &options).unwrap();
        journal.open_epoch(LogTime(1), 1).unwrap();
        Self { journal, drafts: Vec::new(), later: 0 }
    }

    pub(crate) fn reader(&self) -> Reader {
        self.journal.reader()
    }

    /// The sequence of the next record; its time in microseconds is a thousand times as much.
    pub(crate) fn next(&self) -> u64 {
        self.journal.next_sequence() + self.drafts.len() as u64
    }

    /// Makes everything durable.
    pub(crate) fn sync(&mut self) {
        if !self.drafts.is_empty() {
            self.journal.append(&std::mem::take(&mut self.drafts)).unwrap();
        }
    }

    fn add(&mut self, kind: RecordKind, meta: Vec<u8>, payload: Bytes) -> u64 {
        let sequence = self.next();
        let (at, payload_digest) = (LogTime(sequence * 1_000 + self.later), Digest::of(&payload));
        self.drafts.push(Draft { at, kind, meta: meta.into(), payload, payload_digest });
        sequence
    }

    pub(crate) fn accepted(&mut self, sent: &Sent<'_>) -> u64 {
        let payload = Bytes::from(format!("<Document>{}</Document>", sent.reference));
        let (signature, path) = (Signature([0; 64]), Vec::new());
        let proof = FrameProof { key: KeyId([1; 8]), size: 1, index: 0, signature, path };
        let meta = Accepted { header: header(sent, &payload), proof }.encode();
        self.add(RecordKind::ACCEPTED, meta, payload)
    }

    pub(crate) fn refused(&mut self, sent: &Sent<'_>) -> u64 {
        let header = header(sent, b"");
        let reason = Reason::new("NET001".parse().unwrap(), Fault::Sender, "", "no member");
        let refused = Refused {
            terminal: sent.from.parse().unwrap(),
            input_number: sent.number,
            statement: Statement::of(&header, &Digest::of(b"")),
            reasons: Reasons::one(reason),
            header: Some(header),
        };
        self.add(RecordKind::REFUSED, refused.encode(), Bytes::new())
    }

    pub(crate) fn taken(&mut self, by: &str, lane: Lane, first: u64, through: u64) -> u64 {
        let signed = (lane != Lane::SYSTEM).then_some(SIGNED);
        let by = by.parse().unwrap();
        let meta = Acknowledged { by, lane, first, through, signed }.encode();
        self.add(RecordKind::ACKNOWLEDGED, meta, Bytes::new())
    }

    /// A service copies its messages by a rule from now on, and has these hours.
    pub(crate) fn copies(&mut self, rule: CopyRule, hours: Option<Hours>) -> u64 {
        let plain = Service::new("payments".parse().unwrap(), "*".parse().unwrap());
        let service = Service { copy: Some(Box::new(rule)), hours, ..plain };
        let act = Command::DefineService(Box::new(service)).to_act().unwrap();
        self.add(act.kind, act.meta, Bytes::new())
    }

    pub(crate) fn calendar(&mut self, calendar: Calendar) -> u64 {
        let act = Command::DefineCalendar(Box::new(calendar)).to_act().unwrap();
        self.add(act.kind, act.meta, Bytes::new())
    }

    pub(crate) fn decided(&mut self, by: &str, message: u64, verdict: Verdict) -> u64 {
        let decision = CopyDecision::new(by.parse().unwrap(), (message, SIGNED.root), verdict);
        self.add(RecordKind::COPY_DECIDED, decision.encode(), Bytes::new())
    }

    /// A record in the form that `docs/protocol.md` gives for its kind.
    pub(crate) fn other(&mut self, kind: u16, meta: Vec<u8>) -> u64 {
        self.add(RecordKind(kind), meta, Bytes::new())
    }

    pub(crate) fn declined(&mut self, by: &str, output_number: u64) -> u64 {
        let declined = Declined {
            by: by.parse().unwrap(),
            lane: Lane::NORMAL,
            output_number,
            reason: Reason::new("AM04".parse().unwrap(), Fault::Receiver, "", "no"),
            signed: SIGNED,
        };
        self.add(RecordKind::DECLINED, declined.encode(), Bytes::new())
    }
}

const SIGNED: SignedRoot =
    SignedRoot { root: Digest([0; 32]), key: KeyId([1; 8]), signature: Signature([0; 64]) };

fn header(sent: &Sent<'_>, payload: &[u8]) -> Vec<u8> {
    let Digest(digest) = Digest::of(sent.reference.as_bytes());
    let header = Header {
        network: "test".parse().unwrap(),
        service: "payments".parse().unwrap(),
        message_type: "pacs.008.001.08".parse().unwrap(),
        sender: sent.from.parse().unwrap(),
        receiver: format!("{}XXX", sent.to).parse().unwrap(),
        input_number: sent.number,
        created_at: LogTime(1),
        expires_at: None,
        payload_length: u32::try_from(payload.len()).unwrap(),
        reference: sent.reference.parse().unwrap(),
        uetr: Some(iso::Uetr::from_random(*digest.first_chunk::<16>().unwrap())),
        priority: sent.priority,
        monitoring: Monitoring::Notice,
        possible_duplicate: false,
        answers: None,
        file: None,
        is_sealed: false,
    };
    header.encode()
}
