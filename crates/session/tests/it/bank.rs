//! A small gateway for tests: a durable store, and what has come and is not stored yet.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use iso::{Bic, Terminal};
use session::Ending;
use session::gateway::{
    Answer, Arrivals, Claims, Event, InboxLane, Item, Link, Outbox, Outcome, Outgoing, Received,
    Receiving, Start, Unanswered, Witnessed,
};
use trust::{
    Digest, FrameContext, Header, Lane, LogTime, Monitoring, NetworkKeys, Priority, Receipt, Shard,
    Verified, sign_frame,
};
use wire::latest::{GatewayFrame, HubFrame};
use wire::limits::WINDOW_MAX;

use crate::hub::{key_of, network, network_keys};

/// What a gateway holds durably.
#[derive(Clone, Default)]
pub(crate) struct Store {
    /// Header and payload, by input number from 1.
    pub(crate) outbox: Vec<(Bytes, Bytes)>,
    /// By input number from 1.
    pub(crate) answers: Vec<Answer>,
    pub(crate) inbox: BTreeMap<Lane, Vec<Received>>,
    /// Where each lane stands; above the last of the inbox where others took over the rest.
    pub(crate) received: BTreeMap<Lane, u64>,
    pub(crate) checkpoint: Option<String>,
    pub(crate) witnessed: Option<String>,
}

pub(crate) struct Bank {
    pub(crate) terminal: Terminal,
    pub(crate) window: u32,
    pub(crate) shares_lanes: bool,
    /// Whether messages wait for a decision.
    pub(crate) on_decision: bool,
    /// What it knows of the network.
    pub(crate) keys: NetworkKeys,
    pub(crate) store: Store,
    pub(crate) link: Option<Link>,
    /// Came and is not stored.
    pub(crate) pending: VecDeque<Pending>,
    pub(crate) duplicates: usize,
}

pub(crate) enum Pending {
    Answers(Vec<Answer>),
    Arrivals(Arrivals),
    Missed(Lane, u64),
    Witnessed(Witnessed),
}

impl Bank {
    pub(crate) fn new(terminal: Terminal) -> Self {
        Self {
            terminal,
            window: 64,
            shares_lanes: false,
            on_decision: false,
            keys: network_keys(),
            store: Store::default(),
            link: None,
            pending: VecDeque::new(),
            duplicates: 0,
        }
    }

    /// A back office hands in a small message.
    pub(crate) fn send(&mut self, receiver: Bic, priority: Priority, monitoring: Monitoring) {
        let input_number = self.store.outbox.len() + 1;
        let payload = format!("<Document>{} {input_number}</Document>", self.terminal);
        self.send_payload((receiver, priority, monitoring), payload.into());
    }

    /// A back office hands in a message.
    pub(crate) fn send_payload(
        &mut self,
        (receiver, priority, monitoring): (Bic, Priority, Monitoring),
        payload: Bytes,
    ) {
        let input_number = self.store.outbox.len() as u64 + 1;
        let header = Header {
            network: network(),
            service: "payments".parse().unwrap(),
            message_type: "pacs.008.001.08".parse().unwrap(),
            sender: self.terminal,
            receiver,
            input_number,
            created_at: LogTime(1),
            expires_at: None,
            payload_length: u32::try_from(payload.len()).unwrap(),
            reference: format!("REF{input_number}").parse().unwrap(),
            uetr: None,
            priority,
            monitoring,
            possible_duplicate: false,
            answers: None,
            file: None,
            is_sealed: false,
        };
        self.store.outbox.push((header.encode().into(), payload));
        if let Some(link) = &mut self.link {
            link.made(input_number);
        }
    }

    pub(crate) fn start(&self) -> Start {
        let store = &self.store;
        let unanswered = store.outbox.iter().skip(store.answers.len()).take(WINDOW_MAX as usize);
        let unanswered = unanswered.map(|(header, payload)| Unanswered {
            header: header.clone(),
            payload_digest: Digest::of(payload),
        });
        let inbox = store.received.iter().map(|(lane, through)| {
            let recent = store.inbox.get(lane).into_iter().flatten();
            let recent = recent.map(|received| (received.output_number, received.record_hash()));
            let recent = recent.collect();
            (*lane, InboxLane { received_through: *through, recent, ..InboxLane::default() })
        });
        Start {
            context: FrameContext { network: network(), terminal: self.terminal },
            shard: Shard(0),
            keys: self.keys.clone(),
            outbox: Outbox {
                made_through: store.outbox.len() as u64,
                answered_through: store.answers.len() as u64,
                unanswered: unanswered.collect(),
            },
            inbox: inbox.collect(),
            checkpoint: store.checkpoint.clone(),
            witnessed: store.witnessed.clone(),
            receiving: Some(Receiving {
                claims: Claims::ALL,
                window: self.window,
                shares_lanes: self.shares_lanes,
                on_decision: self.on_decision,
                on_witnesses: true,
            }),
        }
    }

    /// The process dies: what is not stored is gone.
    pub(crate) fn crash(&mut self) {
        self.link = None;
        self.pending.clear();
    }

    /// Finishes what has come, then connects again.
    pub(crate) fn connect(&mut self) -> GatewayFrame {
        self.store_all();
        let (link, hello) = Link::connect(self.start()).expect("the store has a good checkpoint");
        self.link = Some(link);
        hello
    }

    pub(crate) fn receive(&mut self, frame: HubFrame) -> Result<Option<Event>, Ending> {
        let Some(link) = &mut self.link else { return Ok(None) };
        let event = link.receive(frame)?;
        match event.clone() {
            Event::Opened(_) | Event::Replied { .. } | Event::End(_) => {}
            Event::Witnessed(witnessed) => {
                if witnessed.by.is_ok() {
                    self.pending.push_back(Pending::Witnessed(witnessed));
                }
            }
            Event::Lanes(lanes) => {
                let missed = lanes.missed.iter();
                self.pending.extend(missed.map(|it| Pending::Missed(it.lane, it.through)));
            }
            Event::Answered(answers) => self.pending.push_back(Pending::Answers(answers)),
            Event::Received(arrivals) => {
                self.duplicates += arrivals.duplicates;
                self.pending.push_back(Pending::Arrivals(arrivals));
            }
        }
        Ok(Some(event))
    }

    /// Makes the oldest of what has come durable.
    pub(crate) fn store_one(&mut self) -> bool {
        let Some(pending) = self.pending.pop_front() else { return false };
        let store = &mut self.store;
        match pending {
            Pending::Missed(lane, through) => {
                store.received.insert(lane, through);
            }
            Pending::Witnessed(witnessed) => {
                store.witnessed = Some(witnessed.checkpoint.note.clone());
                if let Some(link) = &mut self.link {
                    link.witnessed_stored(witnessed.checkpoint.checkpoint.size);
                }
            }
            Pending::Answers(answers) => {
                for answer in answers {
                    assert_eq!(answer.input_number, store.answers.len() as u64 + 1);
                    let note = answer.evidence.checkpoint.note.clone();
                    store.checkpoint = Some(note);
                    store.answers.push(answer);
                }
                if let Some(link) = &mut self.link {
                    link.answers_stored(store.answers.len() as u64);
                }
            }
            Pending::Arrivals(Arrivals { lane, entries, .. }) => {
                for received in entries {
                    let through = store.received.entry(lane).or_default();
                    assert_eq!(received.output_number, *through + 1, "{lane} lane has a gap");
                    *through += 1;
                    let note = received.evidence().checkpoint.note.clone();
                    store.checkpoint = Some(note);
                    store.inbox.entry(lane).or_default().push(received);
                }
                if let Some(link) = &mut self.link {
                    link.inbox_stored(lane, store.received.get(&lane).copied().unwrap_or_default());
                }
            }
        }
        true
    }

    pub(crate) fn store_all(&mut self) {
        while self.store_one() {}
    }

    /// Signs and frames the next that is due: messages first, at most `count` of them.
    pub(crate) fn next_frame(&mut self, count: usize) -> Option<GatewayFrame> {
        let key = key_of(self.terminal);
        let link = self.link.as_mut()?;
        if let Some(due) = link.submission() {
            let first = due.first_input_number as usize - 1;
            let messages = self.store.outbox[first..].iter().take(due.count.min(count));
            let outgoing = messages.map(|(header, payload)| {
                Outgoing::new(header.clone(), payload.clone(), Digest::of(payload))
            });
            let outgoing: Vec<_> = outgoing.collect();
            let statements: Vec<_> = outgoing.iter().map(Outgoing::statement).collect();
            let context = FrameContext { network: network(), terminal: self.terminal };
            let signature = sign_frame(&key, &context, &statements).unwrap();
            return link.submit(outgoing, &signature).unwrap();
        }
        let due = link.acknowledgement()?;
        let signed =
            due.to_sign.as_ref().map(|to_sign| to_sign.sign(&key).expect("the key is in memory"));
        link.acknowledge(&due, signed.as_ref())
    }

    /// All that the gateway can prove, verified as a third party does it.
    pub(crate) fn verify_receipts(&self) {
        let keys = network_keys();
        for answer in &self.store.answers {
            let verified = answer.receipt().verify(&keys).expect("the receipt holds");
            let accepted = matches!(answer.outcome, Outcome::Accepted { .. });
            assert_eq!(accepted, matches!(verified, Verified::Acceptance(_)));
        }
        for received in self.store.inbox.values().flatten() {
            match &received.item {
                Item::Message(message) => {
                    message.receipt().verify(&keys).expect("the receipt holds");
                    assert_eq!(message.receipt().matches_payload(&message.payload), Some(true));
                }
                Item::Notice(notice) if notice.terminal == self.terminal => {
                    let answer = &self.store.answers[notice.input_number as usize - 1];
                    let Receipt::Acceptance(acceptance) = answer.receipt() else {
                        panic!("only accepted messages are delivered")
                    };
                    let receipt = notice.receipt(acceptance).expect("the notice is of it");
                    receipt.verify(&keys).expect("the receipt holds");
                }
                Item::Copy(copy) => copy.receipt().verify(&keys).map(drop).expect("it holds"),
                Item::Notice(_) | Item::Told(_) | Item::Withdrawn(_) => {}
            }
        }
    }
}
