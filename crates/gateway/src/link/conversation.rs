//! One connection to the hub, from Hello to Bye.
//!
//! The machine of crate `session` decides what is due; this carries it out: it reads messages from
//! the store, signs them, sends frames, and brings what the hub said to the store.

use std::collections::BTreeMap;

use session::gateway::{Due, DueAcknowledgement, Event, InboxLane, Link, Outbox, Outgoing};
use session::gateway::{Receiving, Start, Unanswered};
use session::{Ending, Limits};
use tokio::sync::mpsc::error::SendError;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::Channel;
use trust::{FrameContext, FrameSignature, Lane, Shard, sign_frame};
use wire::latest::link_client::LinkClient;
use wire::latest::{GatewayFrame, HubFrame};
use wire::limits::WINDOW_MAX;

use super::problem::Trouble;
use super::socket::chain;
use super::storing::Storing;
use super::{GOODBYE_TIME_MAX, Shared, WELCOME_TIME_MAX};
use crate::store::{StoreError, Submission, View, Waiting};

/// How many frames may wait for the connection.
const OUTGOING_MAX: usize = 4;

/// What is to be sent next.
enum Next {
    Acknowledgement(DueAcknowledgement),
    Messages(Due),
}

/// What has happened.
enum Step {
    /// A frame came, or the stream ended.
    Came(Result<Option<HubFrame>, tonic::Status>),
    /// Something has become durable.
    Stored(Result<(), Trouble>),
    /// There is room for a frame to the hub.
    Room(Result<mpsc::OwnedPermit<GatewayFrame>, SendError<()>>),
}

/// An open stream, and what goes on it.
pub(super) struct Conversation<'a> {
    shared: &'a Shared,
    link: Link,
    storing: Storing,
    outgoing: mpsc::Sender<GatewayFrame>,
    incoming: Streaming<HubFrame>,
    limits: Limits,
    session: u64,
}

impl<'a> Conversation<'a> {
    /// Opens the stream and says Hello.
    pub(super) async fn begin(
        shared: &'a Shared,
        mut client: LinkClient<Channel>,
    ) -> Result<Self, Trouble> {
        let start = start(shared).await?;
        let storing = Storing::new(shared, &start);
        let (link, hello) = Link::connect(start)?;
        let (outgoing, frames) = mpsc::channel(OUTGOING_MAX);
        let silent = |_elapsed| Trouble::Silent;
        outgoing.try_send(hello).expect("the channel is empty and open");
        let opening = client.connect(ReceiverStream::new(frames));
        let response = tokio::time::timeout(WELCOME_TIME_MAX, opening).await.map_err(silent)?;
        let incoming = response.map_err(|status| broken(&status))?.into_inner();
        let limits = Limits::DEFAULT;
        Ok(Self { shared, link, storing, outgoing, incoming, limits, session: 0 })
    }

    /// Waits for the Welcome; gives the number of the session.
    pub(super) async fn open(&mut self) -> Result<u64, Trouble> {
        let welcome = tokio::time::timeout(WELCOME_TIME_MAX, self.incoming.message());
        let frame = welcome.await.map_err(|_elapsed| Trouble::Silent)?;
        self.take(frame).await?;
        Ok(self.session)
    }

    /// Talks until the gateway shall stop, or something goes wrong.
    pub(super) async fn talk(
        &mut self,
        stopping: &mut watch::Receiver<bool>,
    ) -> Result<(), Trouble> {
        let mut progress = self.shared.store.progress();
        loop {
            // Changes from here on wake the wait below.
            self.link.made(progress.borrow_and_update().input_number);
            let next = self.next();
            let step = tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return Ok(()),
                frame = self.incoming.message(), if self.storing.has_room() => Step::Came(frame),
                stored = self.storing.stored(&mut self.link), if self.storing.is_waiting() => {
                    Step::Stored(stored)
                }
                changed = progress.changed() => Step::Stored(
                    changed.map_err(|_| Trouble::Store(StoreError::Failed)),
                ),
                permit = self.outgoing.clone().reserve_owned(), if next.is_some() => {
                    Step::Room(permit)
                }
            };
            match (step, next) {
                (Step::Came(frame), _) => self.take(frame).await?,
                (Step::Stored(stored), _) => stored?,
                (Step::Room(permit), Some(next)) => {
                    let lost = |_| Trouble::Broken { reason: "the stream has ended".to_owned() };
                    let permit = permit.map_err(lost)?;
                    if let Some(frame) = self.make(next).await? {
                        permit.send(frame);
                    }
                }
                (Step::Room(_), None) => {}
            }
        }
    }

    /// Makes the next frame; nothing where it is not due any more.
    async fn make(&mut self, next: Next) -> Result<Option<GatewayFrame>, Trouble> {
        match next {
            Next::Acknowledgement(due) => Ok(acknowledge(self.shared, &mut self.link, &due)),
            Next::Messages(due) => {
                let messages = to_submit(self.shared, due, self.limits).await?;
                Ok(submit(self.shared, &mut self.link, self.session, messages))
            }
        }
    }

    /// Waits until what came is stored, as far as it can be.
    pub(super) async fn finish(&mut self) {
        self.storing.finish().await;
    }

    /// Says why the link ends, if the hub does not know, and gives it a moment to hear it.
    pub(super) async fn end(mut self, ending: &Ending) {
        let Some(bye) = self.link.end(ending) else { return };
        let goodbye = async {
            if self.outgoing.send(bye).await.is_ok() {
                drop(self.outgoing);
                // The hub closes its side when it has read ours.
                while let Ok(Some(_frame)) = self.incoming.message().await {}
            }
        };
        // Whether it was heard makes no difference to what either end holds.
        let _ = tokio::time::timeout(GOODBYE_TIME_MAX, goodbye).await;
    }

    fn next(&self) -> Option<Next> {
        let acknowledgement = self.link.acknowledgement().map(Next::Acknowledgement);
        acknowledgement.or_else(|| self.link.submission().map(Next::Messages))
    }

    async fn take(
        &mut self,
        frame: Result<Option<HubFrame>, tonic::Status>,
    ) -> Result<(), Trouble> {
        let ended = || Trouble::Broken { reason: "the hub has closed the stream".to_owned() };
        let frame = frame.map_err(|status| broken(&status))?.ok_or_else(ended)?;
        match self.link.receive(frame)? {
            Event::Opened(opened) => {
                (self.session, self.limits) = (opened.session, opened.limits);
                self.shared.board.limit(opened.limits.message_bytes);
                self.storing.opened(&self.link, opened.session).await?;
            }
            Event::Lanes(lanes) => {
                self.shared.board.lanes(lanes.held);
                for missed in &lanes.missed {
                    let (lane, first, through) = (missed.lane, missed.first, missed.through);
                    tracing::info!(%lane, first, through, "taken by another gateway");
                }
            }
            Event::Answered(answers) => self.storing.answers(&self.link, answers).await?,
            Event::Received(arrivals) => self.storing.arrivals(&self.link, arrivals).await?,
            Event::End(farewell) => return Err(Trouble::Farewell(farewell)),
        }
        Ok(())
    }
}

/// Where this gateway stands, from its store.
async fn start(shared: &Shared) -> Result<Start, Trouble> {
    let config = &shared.config;
    let read = |view: &View| {
        let counts = view.counts()?;
        let unanswered = view.unanswered(counts.answered_through, WINDOW_MAX as usize)?;
        let mut inbox = BTreeMap::new();
        for (lane, received_through) in counts.lanes {
            let recent = view.recent(lane)?;
            inbox.insert(Lane(lane), InboxLane { received_through, recent });
        }
        let unanswered = unanswered
            .into_iter()
            .map(|entry| Unanswered { header: entry.header.into(), payload_digest: entry.payload });
        let outbox = Outbox {
            made_through: counts.input_number,
            answered_through: counts.answered_through,
            unanswered: unanswered.collect(),
        };
        Ok((outbox, inbox, view.checkpoint()?))
    };
    let (outbox, inbox, checkpoint) = shared.store.ask(read).await?;
    let receiving = Receiving { window: WINDOW_MAX, shares_lanes: config.shares_lanes };
    Ok(Start {
        context: FrameContext { network: config.network, terminal: config.terminal },
        shard: Shard(0),
        keys: shared.keys.network.clone(),
        outbox,
        inbox,
        checkpoint,
        receiving: config.receives.then_some(receiving),
    })
}

async fn to_submit(shared: &Shared, due: Due, limits: Limits) -> Result<Vec<Waiting>, Trouble> {
    let Due { first_input_number, count } = due;
    let messages = shared.store.ask(move |view| view.to_submit(first_input_number, count)).await?;
    let limit = limits.message_bytes;
    match messages.iter().find(|message| message.payload.len() > limit) {
        Some(large) => {
            let (input_number, bytes) = (large.input_number, large.payload.len());
            Err(Trouble::TooLarge { input_number, bytes, limit })
        }
        None => Ok(messages),
    }
}

/// Signs messages in one frame.
fn submit(
    shared: &Shared,
    link: &mut Link,
    session: u64,
    messages: Vec<Waiting>,
) -> Option<GatewayFrame> {
    let numbers: Vec<u64> = messages.iter().map(|message| message.input_number).collect();
    let outgoing: Vec<Outgoing> = messages
        .into_iter()
        .map(|message| Outgoing::new(message.header, message.payload, message.digest))
        .collect();
    let statements: Vec<_> = outgoing.iter().map(Outgoing::statement).collect();
    let config = &shared.config;
    let context = FrameContext { network: config.network, terminal: config.terminal };
    let signature: FrameSignature = sign_frame(&shared.keys.signing, &context, &statements)
        .expect("a frame of the link has fewer messages than a signature can cover");
    let signed_at = shared.clock.now();
    let frame = link.submit(outgoing, &signature).expect("the signature is over these messages")?;
    let submission = Submission {
        signed_at,
        submitted_at: shared.clock.now(),
        attempts: 0,
        frame_messages: signature.size,
        key: signature.key.0,
        session,
    };
    for number in numbers {
        shared.board.submitted(number, submission);
    }
    Some(frame)
}

/// Signs what is due, where it is to be signed.
fn acknowledge(shared: &Shared, link: &mut Link, due: &DueAcknowledgement) -> Option<GatewayFrame> {
    let signed = due.to_sign.as_ref().map(|due| due.sign(&shared.keys.signing));
    link.acknowledge(due, signed.as_ref())
}

fn broken(status: &tonic::Status) -> Trouble {
    Trouble::Broken { reason: chain(status) }
}
