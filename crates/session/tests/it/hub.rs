//! A small hub for tests: what a network machine and a journal do, without either.
//!
//! What is in [`Hub`] is durable. It accepts every message whose receiver it knows.

use std::collections::BTreeMap;

use bytes::Bytes;
use iso::{Institution, Terminal};
use session::hub::{
    Acknowledgement, Content, Delivered, Grant, Grants, LaneState, Link, Log, Offer, Opened,
    Opening, Recorded, Submission,
};
use trust::merkle::{self, Tree};
use trust::{
    Accepted, Acknowledged, Body, Checkpoint, Digest, Fault, FrameContext, Header, KeyGrant, KeyId,
    Lane, LogTime, NetworkKeys, NetworkName, NoteSigner, Origin, PublicKey, Reason, Reasons,
    RecordHead, RecordKind, Refused, Shard, SignedRoot, SigningKey, Statement, frame_proofs,
};
use wire::latest::HubFrame;

pub(crate) const LANES: [Lane; 3] = [Lane::SYSTEM, Lane::URGENT, Lane::NORMAL];

pub(crate) fn network() -> NetworkName {
    "demo".parse().expect("demo is a name")
}

pub(crate) fn note_signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name, SigningKey::from_seed(&[seed; 32])).expect("the name is one of a key")
}

/// The signing key of a terminal.
pub(crate) fn key_of(terminal: Terminal) -> SigningKey {
    SigningKey::from_seed(&Digest::of(terminal.to_string().as_bytes()).0)
}

/// The public keys of the network.
pub(crate) fn network_keys() -> NetworkKeys {
    let log = note_signer("nuncio/demo/0", 1).verifier().clone();
    let root = note_signer("nuncio/demo/root", 2).verifier().clone();
    NetworkKeys::new(vec![log], vec![root]).expect("both kinds are there")
}

/// The grant of a terminal's key.
pub(crate) fn grant(holder: Terminal, from: u64, until: u64) -> Grant {
    let (from, until) = (LogTime(from), LogTime(until));
    let key = key_of(holder).public().clone();
    let note = KeyGrant { network: network(), holder, key, from, until }
        .sign(&note_signer("nuncio/demo/root", 2))
        .expect("the grant is in order");
    Grant { from, until, note: note.into() }
}

#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) head: RecordHead,
    pub(crate) meta: Bytes,
    pub(crate) payload: Bytes,
}

#[derive(Clone, Default)]
pub(crate) struct LaneQueue {
    pub(crate) acknowledged: u64,
    /// Up to here entries may have been offered in a session that is over.
    pub(crate) offered_before: u64,
    /// All entries ever, by output number from 1.
    pub(crate) entries: Vec<Entry>,
}

#[derive(Clone)]
pub(crate) enum Entry {
    Message {
        sequence: u64,
    },
    Delivered {
        terminal: Terminal,
        input_number: u64,
        message: u64,
        record: u64,
        index: u32,
    },
    /// What else a hub may offer.
    Other {
        record: u64,
        content: Content,
    },
}

pub(crate) struct Hub {
    pub(crate) records: Vec<Record>,
    pub(crate) tree: Tree,
    pub(crate) checkpoint: Bytes,
    pub(crate) size: u64,
    pub(crate) time: u64,
    pub(crate) members: BTreeMap<Terminal, PublicKey>,
    /// The record of each answer, by input number from 1.
    pub(crate) answers: BTreeMap<Terminal, Vec<u64>>,
    pub(crate) lanes: BTreeMap<(Institution, Lane), LaneQueue>,
    pub(crate) sessions: u64,
    /// The records that released messages, by those of the messages.
    pub(crate) releases: BTreeMap<u64, u64>,
}

impl Hub {
    pub(crate) fn new(members: &[Terminal]) -> Self {
        let mut hub = Self {
            records: Vec::new(),
            tree: Tree::default(),
            checkpoint: Bytes::new(),
            size: 0,
            time: 1_795_467_600_000_000,
            members: members.iter().map(|it| (*it, key_of(*it).public().clone())).collect(),
            answers: BTreeMap::new(),
            lanes: BTreeMap::new(),
            sessions: 0,
            releases: BTreeMap::new(),
        };
        hub.append(RecordKind::OPEN, Vec::new(), Bytes::new());
        hub.sync();
        hub
    }

    /// Another hub with the same past: a copy of its disk.
    pub(crate) fn copy(&self) -> Self {
        let mut tree = Tree::default();
        self.records.iter().for_each(|record| tree.push(record.head.hash()));
        Self {
            records: self.records.clone(),
            tree,
            checkpoint: self.checkpoint.clone(),
            size: self.size,
            time: self.time,
            members: self.members.clone(),
            answers: self.answers.clone(),
            lanes: self.lanes.clone(),
            sessions: self.sessions,
            releases: self.releases.clone(),
        }
    }

    pub(crate) fn append(&mut self, kind: RecordKind, meta: Vec<u8>, payload: Bytes) -> u64 {
        self.time += 1_000;
        let previous = self.records.last().map_or_else(Digest::default, |last| last.head.hash());
        let sequence = self.records.len() as u64;
        let head = RecordHead {
            kind,
            network: network(),
            shard: Shard(0),
            epoch: 1,
            writer: 7,
            sequence,
            at: LogTime(self.time),
            previous,
            body: Body::digest(&meta, &Digest::of(&payload)),
        };
        self.tree.push(head.hash());
        self.records.push(Record { head, meta: meta.into(), payload });
        sequence
    }

    /// Signs a checkpoint over everything.
    pub(crate) fn sync(&mut self) {
        let origin = Origin { network: network(), shard: Shard(0) };
        let (size, root, at) = (self.tree.size(), self.tree.root(), LogTime(self.time));
        let checkpoint = Checkpoint { origin, size, root, at };
        let note = checkpoint.sign(&note_signer("nuncio/demo/0", 1)).expect("the key is the log's");
        (self.size, self.checkpoint) = (size, note.into());
    }

    pub(crate) fn log(&self) -> Log<'_, Tree> {
        Log { nodes: &self.tree, size: self.size, checkpoint: &self.checkpoint }
    }

    pub(crate) fn open(&mut self, terminal: Terminal, opening: &Opening) -> Opened {
        self.sessions += 1;
        let opened = format!("{terminal} {}", opening.answered_through);
        self.append(RecordKind(32), opened.into_bytes(), Bytes::new());
        let answers = self.answers.entry(terminal).or_default();
        Opened {
            session: self.sessions,
            input_number: answers.len() as u64,
            answers_after: 0,
            at: LogTime(self.time),
        }
    }

    /// How far the lanes of an institution are, for a session that gets them.
    pub(crate) fn hold(&mut self, institution: Institution) -> Vec<LaneState> {
        let states = LANES.iter().filter_map(|lane| {
            let queue = self.lanes.get(&(institution, *lane))?;
            Some(LaneState {
                lane: *lane,
                acknowledged_through: queue.acknowledged,
                assigned_through: queue.entries.len() as u64,
                elsewhere: false,
            })
        });
        states.collect()
    }

    /// The session that had the lanes is over, or has lost them.
    pub(crate) fn release(&mut self, institution: Institution) {
        for lane in LANES {
            if let Some(queue) = self.lanes.get_mut(&(institution, lane)) {
                queue.offered_before = queue.entries.len() as u64;
            }
        }
    }

    pub(crate) fn submit(&mut self, terminal: Terminal, submission: &Submission) {
        let context = FrameContext { network: network(), terminal };
        let statement =
            |it: &session::hub::Submitted| Statement::of(&it.header, &Digest::of(&it.payload));
        let statements: Vec<_> = submission.messages.iter().map(statement).collect();
        submission
            .signature
            .verify(&self.members[&terminal], &context, &statements)
            .expect("the gateway has signed its frame");
        let proofs = frame_proofs(&statements, &submission.signature).expect("the sizes agree");
        for (at, (message, proof)) in submission.messages.iter().zip(proofs).enumerate() {
            let input_number = submission.first_input_number + at as u64;
            let header = Header::decode(&message.header).expect("the gateway makes good headers");
            assert_eq!(header.input_number, input_number);
            let receiver = header.receiver.institution();
            let answers = self.answers.entry(terminal).or_default();
            assert_eq!(input_number, answers.len() as u64 + 1, "input numbers have no gap");
            let known = self.members.keys().any(|member| member.institution() == receiver);
            let header_bytes = message.header.to_vec();
            let sequence = if known {
                let meta = Accepted { header: header_bytes, proof }.encode();
                self.append(RecordKind::ACCEPTED, meta, message.payload.clone())
            } else {
                let code = "NET001".parse().expect("NET001 is a code");
                let text = format!("{receiver} is not a member");
                let reason = Reason::new(code, Fault::Sender, "header/receiver", &text);
                let meta = Refused {
                    terminal,
                    input_number,
                    statement: statements[at],
                    reasons: Reasons::one(reason),
                    header: Some(header_bytes),
                };
                self.append(RecordKind::REFUSED, meta.encode(), Bytes::new())
            };
            self.answers.entry(terminal).or_default().push(sequence);
            if known {
                let lane = Lane::from(header.priority);
                let queue = self.lanes.entry((receiver, lane)).or_default();
                queue.entries.push(Entry::Message { sequence });
            }
        }
    }

    pub(crate) fn acknowledge(&mut self, by: Terminal, acknowledgement: &Acknowledgement) {
        let root = acknowledgement.root();
        let Acknowledgement { lane, first, through, ref records, signed } = *acknowledgement;
        let signed =
            signed.zip(root).map(|((key, signature), root)| SignedRoot { root, key, signature });
        let acknowledged = Acknowledged { by, lane, first, through, signed };
        if let (Some(signed), Some(said)) = (&signed, acknowledged.acknowledgement(network())) {
            assert!(said.is_signed_by(&self.members[&by], signed), "the gateway has signed");
        }
        let payload: Bytes = records.iter().flat_map(|hash| hash.0).collect::<Vec<_>>().into();
        let record = self.append(RecordKind::ACKNOWLEDGED, acknowledged.encode(), payload);
        let queue = self.lanes.entry((by.institution(), lane)).or_default();
        assert_eq!(first, queue.acknowledged + 1, "acknowledgements have no gap");
        queue.acknowledged = through;
        let entries = queue.entries[first as usize - 1..through as usize].to_vec();
        for (index, entry) in (0_u32..).zip(entries) {
            let Entry::Message { sequence } = entry else { continue };
            let accepted = Accepted::decode(&self.records[sequence as usize].meta).unwrap();
            let header = Header::decode(&accepted.header).unwrap();
            if header.monitoring.wants_notice() {
                let terminal = header.sender;
                let notice = Entry::Delivered {
                    terminal,
                    input_number: header.input_number,
                    message: sequence,
                    record,
                    index,
                };
                let queue = self.lanes.entry((terminal.institution(), Lane::SYSTEM)).or_default();
                queue.entries.push(notice);
            }
        }
    }

    /// The next frame of answers for a session, of at most `count`.
    pub(crate) fn answers(
        &self,
        terminal: Terminal,
        link: &mut Link,
        count: usize,
    ) -> Option<HubFrame> {
        let answered = link.answered_through() as usize;
        let sequences = self.answers.get(&terminal)?.get(answered..)?;
        let durable = sequences.iter().take_while(|sequence| **sequence < self.size);
        let records: Vec<_> =
            durable.take(count).map(|sequence| self.recorded(*sequence)).collect();
        if records.is_empty() {
            return None;
        }
        Some(link.answers(records, &self.log(), self).expect("the tree is in memory"))
    }

    /// The next frame of offers for a session, of at most `count`.
    pub(crate) fn offers(
        &self,
        institution: Institution,
        link: &mut Link,
        count: usize,
    ) -> Option<HubFrame> {
        let lane = LANES.into_iter().find(|lane| {
            let entries = self.lanes.get(&(institution, *lane)).map_or(0, |it| it.entries.len());
            link.room(*lane) > 0 && link.offered_through(*lane) < entries as u64
        })?;
        let queue = &self.lanes[&(institution, lane)];
        let first = link.offered_through(lane) + 1;
        let room = usize::try_from(link.room(lane)).unwrap();
        let entries = queue.entries[first as usize - 1..].iter().take(count.min(room));
        let offers = (first..).zip(entries);
        let offers: Vec<_> =
            offers.map(|(number, entry)| self.offer(queue, number, entry)).collect();
        Some(link.offers(lane, offers, &self.log(), self).expect("the tree is in memory"))
    }

    fn offer(&self, queue: &LaneQueue, number: u64, entry: &Entry) -> Offer {
        let possible_duplicate = number <= queue.offered_before;
        match *entry {
            Entry::Other { record, ref content } => {
                let content = content.clone();
                self.plain(possible_duplicate, record, content)
            }
            Entry::Message { sequence } => {
                let payload = self.records[sequence as usize].payload.clone();
                let content = Content::Message(payload);
                self.plain(possible_duplicate, sequence, content)
            }
            Entry::Delivered { terminal, input_number, message, record, index } => {
                let payload = &self.records[record as usize].payload;
                let mut tree = Tree::default();
                let hashes = payload.as_chunks::<32>().0;
                hashes.iter().for_each(|hash| tree.push(Digest(*hash)));
                let path = merkle::inclusion_path(&tree, tree.size(), index.into()).unwrap();
                let content = Content::Delivered(Delivered {
                    terminal,
                    input_number,
                    message: self.records[message as usize].head.clone(),
                    index,
                    path,
                    payload_digest: Digest::of(payload),
                });
                self.plain(possible_duplicate, record, content)
            }
        }
    }

    fn plain(&self, possible_duplicate: bool, record: u64, content: Content) -> Offer {
        let release = self.releases.get(&record).map(|release| self.recorded(*release));
        Offer { possible_duplicate, record: self.recorded(record), content, release }
    }

    fn recorded(&self, sequence: u64) -> Recorded {
        let record = &self.records[sequence as usize];
        Recorded { hash: record.head.hash(), head: record.head.clone(), meta: record.meta.clone() }
    }
}

impl Grants for Hub {
    fn grant(&self, holder: Terminal, key: KeyId, at: LogTime) -> Option<Grant> {
        // Keys are granted for a second each: a long run meets many renewals.
        let from = at.0 / 1_000_000 * 1_000_000;
        (self.members.get(&holder)?.id() == key).then(|| grant(holder, from, from + 1_000_000))
    }
}
