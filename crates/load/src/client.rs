//! One client: a gateway's end of a link, without a store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use gateway::dial::Credentials;
use session::gateway::{
    Claims, Due, Event, Item, Link, Outbox, Outcome, Outgoing, Receiving, Start,
};
use session::{Ending, Limits};
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use trust::{FrameContext, Receipt, Shard, sign_frame};
use wire::latest::{GatewayFrame, HubFrame};
use wire::limits::WINDOW_MAX;

use crate::pace::Pace;
use crate::run::Error;
use crate::tally::{Latency, Tally};
use crate::template::{Naming, Template};

/// How many frames may wait for the connection.
const OUTGOING_MAX: usize = 4;
/// One receipt of so many is kept and checked again in the end.
const RECEIPT_OF: u64 = 997;

/// What a client that sends makes its messages of.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) naming: Naming,
    pub(crate) templates: Arc<Vec<Template>>,
    /// How many may be on their way.
    pub(crate) window: u64,
    /// How many go into a frame, under one signature.
    pub(crate) frame: usize,
    /// At what rate, in an open loop.
    pub(crate) pace: Option<Arc<Pace>>,
}

/// What a client has seen in the end.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) answered: Latency,
    pub(crate) delivered: Latency,
    pub(crate) frames: u64,
    pub(crate) receipts: Vec<Receipt>,
}

/// What the run wants of its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Make messages.
    Send,
    /// Make none; go on until all that were made have come through.
    Drain,
    /// End the link.
    Stop,
}

/// An open link.
#[derive(Debug)]
pub(crate) struct Client {
    credentials: Credentials,
    link: Link,
    limits: Limits,
    outgoing: mpsc::Sender<GatewayFrame>,
    incoming: Streaming<HubFrame>,
    answered: u64,
    /// How many of its messages are known to be delivered.
    delivered: u64,
    made: u64,
    seen: Seen,
}

impl Client {
    /// Connects and opens a session.
    pub(crate) async fn open(credentials: Credentials) -> Result<Self, Error> {
        let mut client = credentials.connect().await.map_err(Error::Connect)?;
        let start = Start {
            context: FrameContext { network: credentials.network, terminal: credentials.terminal },
            shard: Shard(0),
            keys: credentials.keys.clone(),
            outbox: Outbox { made_through: 0, answered_through: 0, unanswered: Vec::new() },
            inbox: BTreeMap::new(),
            checkpoint: None,
            witnessed: None,
            receiving: Some(Receiving {
                claims: Claims::ALL,
                window: WINDOW_MAX,
                shares_lanes: false,
                on_decision: false,
                on_witnesses: false,
            }),
        };
        let (link, hello) = Link::connect(start)?;
        let (outgoing, frames) = mpsc::channel(OUTGOING_MAX);
        outgoing.try_send(hello).expect("the channel is empty and open");
        let incoming =
            client.connect(ReceiverStream::new(frames)).await.map_err(broken)?.into_inner();
        let mut client = Self {
            credentials,
            link,
            limits: Limits::DEFAULT,
            outgoing,
            incoming,
            answered: 0,
            delivered: 0,
            made: 0,
            seen: Seen::default(),
        };
        let frame = client.incoming.message().await.map_err(broken)?.ok_or(Error::Ended)?;
        match client.link.receive(frame)? {
            Event::Opened(opened) => client.limits = opened.limits,
            Event::End(farewell) => return Err(Error::Bye(farewell.text)),
            Event::Lanes(_)
            | Event::Answered(_)
            | Event::Received(_)
            | Event::Witnessed(_)
            | Event::Replied { .. } => return Err(Error::Ended),
        }
        Ok(client)
    }

    /// Sends and receives until the run says that it is over.
    pub(crate) async fn run(
        mut self,
        source: Option<(usize, Source)>,
        tally: Arc<Tally>,
        mut phase: watch::Receiver<Phase>,
    ) -> Result<Seen, Error> {
        let pace = source.as_ref().and_then(|(place, it)| Some((it.pace.clone()?, *place)));
        if let Some((_, source)) = &source {
            self.link.frame_messages(source.frame);
        }
        loop {
            let now = *phase.borrow_and_update();
            if now == Phase::Stop {
                break;
            }
            if let Some((place, source)) = &source {
                self.raise(*place, source, now, &tally);
            }
            let acknowledgement = self.link.acknowledgement();
            let due = self.link.submission();
            let wants = acknowledgement.is_some() || due.is_some();
            tokio::select! {
                biased;
                changed = phase.changed() => if changed.is_err() { break },
                permit = self.outgoing.clone().reserve_owned(), if wants => {
                    let permit = permit.map_err(|_closed| Error::Ended)?;
                    let frame = if let Some(due) = acknowledgement {
                        let signing = &self.credentials.signing;
                        let signed = due.to_sign.as_ref().map(|due| due.sign(signing));
                        let signed = signed.transpose().expect("a key in memory signs");
                        self.link.acknowledge(&due, signed.as_ref())
                    } else if let (Some(due), Some((place, source))) = (due, &source) {
                        self.submit(due, *place, source)
                    } else {
                        None
                    };
                    if let Some(frame) = frame {
                        permit.send(frame);
                    }
                }
                frame = self.incoming.message() => {
                    let frame = frame.map_err(broken)?.ok_or(Error::Ended)?;
                    self.take(frame, source.as_ref().map(|(place, _)| *place), &tally)?;
                }
                () = more(pace.as_ref()), if pace.is_some() && now == Phase::Send => {}
            }
        }
        if let Some(bye) = self.link.end(&Ending::Stopping) {
            // The hub closes the session by itself if this does not reach it.
            let _ = self.outgoing.send(bye).await;
        }
        Ok(self.seen)
    }

    /// Says how many messages are made by now.
    fn raise(&mut self, place: usize, source: &Source, phase: Phase, tally: &Tally) {
        if phase != Phase::Send {
            return;
        }
        let before = self.made;
        match &source.pace {
            Some(pace) => {
                self.made = pace.due(place);
                tally.sent(place, (before + 1..=self.made).map(|number| pace.meant(place, number)));
            }
            None => {
                // A hub that accepts faster than it delivers is not fast.
                self.made = self.answered.min(self.delivered) + source.window;
                let now = tally.now();
                tally.sent(place, (before..self.made).map(|_| now));
            }
        }
        self.link.made(self.made);
    }

    fn submit(&mut self, due: Due, place: usize, source: &Source) -> Option<GatewayFrame> {
        let count = due.count as u64;
        let numbers = due.first_input_number..due.first_input_number + count;
        let outgoing: Vec<Outgoing> = numbers
            .map(|number| {
                let which = (number + place as u64) % source.templates.len() as u64;
                let template = usize::try_from(which).ok().and_then(|it| source.templates.get(it));
                let made = template.expect("it is among them").make(&source.naming, number);
                Outgoing::new(Bytes::from(made.header), Bytes::from(made.payload), made.digest)
            })
            .collect();
        let statements: Vec<_> = outgoing.iter().map(Outgoing::statement).collect();
        let context =
            FrameContext { network: self.credentials.network, terminal: self.credentials.terminal };
        let signature = sign_frame(&self.credentials.signing, &context, &statements)
            .expect("a frame of the link has fewer messages than a signature can cover");
        self.seen.frames += 1;
        self.link.submit(outgoing, &signature).expect("the signature is over these messages")
    }

    fn take(&mut self, frame: HubFrame, place: Option<usize>, tally: &Tally) -> Result<(), Error> {
        match self.link.receive(frame)? {
            Event::Answered(answers) => {
                let Some(last) = answers.last() else { return Ok(()) };
                self.answered = last.input_number;
                self.link.answers_stored(last.input_number);
                let numbers: Vec<u64> = answers.iter().map(|it| it.input_number).collect();
                if let Some(place) = place {
                    tally.answered(place, &numbers, &mut self.seen.answered);
                }
                let accepted = |outcome: &Outcome| matches!(outcome, Outcome::Accepted { .. });
                let taken = answers.iter().filter(|it| accepted(&it.outcome)).count() as u64;
                tally.accepted.fetch_add(taken, Ordering::Relaxed);
                let refused = answers.len() as u64 - taken;
                if refused > 0 {
                    tally.refused.fetch_add(refused, Ordering::Relaxed);
                    // They will not be delivered, and nothing waits for that.
                    self.delivered += refused;
                    let first = answers.iter().find(|it| !accepted(&it.outcome));
                    if let Some(Outcome::Refused(reasons)) = first.map(|it| &it.outcome) {
                        tracing::debug!(?reasons, "refused");
                    }
                }
                let kept = answers.iter().filter(|it| it.input_number % RECEIPT_OF == 0);
                self.seen.receipts.extend(kept.map(session::gateway::Answer::receipt));
            }
            Event::Received(arrivals) => {
                tally.received(&arrivals, &mut self.seen.delivered);
                for entry in &arrivals.entries {
                    match &entry.item {
                        Item::Message(message) if entry.output_number % RECEIPT_OF == 0 => {
                            self.seen.receipts.push(message.receipt());
                        }
                        Item::Message(_) | Item::Told(_) | Item::Withdrawn(_) | Item::Copy(_) => {}
                        Item::Notice(_) => self.delivered += 1,
                    }
                }
                if let Some(last) = arrivals.entries.last() {
                    self.link.inbox_stored(arrivals.lane, last.output_number);
                }
            }
            Event::End(farewell) => return Err(Error::Bye(farewell.text)),
            Event::Opened(_) | Event::Lanes(_) | Event::Witnessed(_) | Event::Replied { .. } => {}
        }
        Ok(())
    }
}

async fn more(pace: Option<&(Arc<Pace>, usize)>) {
    match pace {
        Some((pace, place)) => pace.more(*place).await,
        None => std::future::pending().await,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn broken(status: tonic::Status) -> Error {
    Error::Broken(status.to_string())
}
