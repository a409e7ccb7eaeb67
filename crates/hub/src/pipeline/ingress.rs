//! What comes off a link: who it is was settled by TLS, now each frame is in order and within
//! limits, or the link ends.
//!
//! One task serves one link. It takes frames, has messages checked, and hands commands to the commit
//! loop; it waits when the loop is busy, and that is how a hub under load slows its senders down. It
//! never waits for a peer that does not read: what goes out waits in `egress` for its turn.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use iso::Terminal;
use network::{Acknowledge, CloseReason, CloseSession, Command, OpenSession, SessionNumber};
use session::hub::{Acknowledgement, Link, Opening, Request, Submission};
use session::{Ending, Limits};
use tokio::sync::{mpsc, watch};
use tokio_stream::StreamExt as _;
use tonic::{Status, Streaming};
use trust::{Acknowledged, Acknowledgement as Signed, Digest, FrameContext, SignedRoot};
use wire::latest::{GatewayFrame, HubFrame};

use super::check::{self, Against, Frame, Message};
use super::egress::Egress;
use crate::error::Error;
use crate::objection::Objection;
use crate::shared::Shared;
use crate::work::{Item, LinkEvent, Origin, Work};

/// How long a gateway may take to say Hello once it has connected.
const HELLO_TIME_MAX: Duration = Duration::from_secs(10);

/// What goes out on a link.
pub(crate) type Outgoing = mpsc::Sender<Result<HubFrame, Status>>;

/// What a link needs of the hub.
#[derive(Clone, Debug)]
pub(crate) struct Hub {
    /// What everybody shares.
    pub(crate) shared: Arc<Shared>,
    /// The way to the commit loop.
    pub(crate) work: mpsc::Sender<Work>,
    /// Whether the hub stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// One link, from its first frame to its last.
#[derive(Debug)]
pub(crate) struct Serving {
    shared: Arc<Shared>,
    work: mpsc::Sender<Work>,
    terminal: Terminal,
    link: Link,
    /// The session, once it stands.
    session: Option<SessionNumber>,
    opening: Option<Opening>,
    events: mpsc::UnboundedSender<LinkEvent>,
    egress: Egress,
}

/// Whether a link goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// It does.
    Serve,
    /// It ends; a session that is open is closed for this reason.
    End(CloseReason),
    /// It ends, and the network knows already.
    Ended,
}

/// Serves a link until it ends.
pub(crate) async fn serve(
    hub: Hub,
    terminal: Terminal,
    mut frames: Streaming<GatewayFrame>,
    out: Outgoing,
) {
    let (events, mut heard) = mpsc::unbounded_channel();
    let Hub { shared, work, mut stopping } = hub;
    let mut serving = Serving::new(shared, work, terminal, events);
    let mut next = Next::Serve;
    let mut deadline = std::pin::pin!(tokio::time::sleep(HELLO_TIME_MAX));
    while next == Next::Serve {
        next = tokio::select! {
            biased;
            () = stopped(&mut stopping) => serving.end(&Ending::Stopping, CloseReason::HubStopping),
            Some(event) = heard.recv() => serving.hear(event),
            () = &mut deadline, if !serving.has_greeted() => {
                let ending = Ending::OutOfTurn { frame: "no Hello", when: "in time" };
                serving.end(&ending, CloseReason::Violation)
            }
            permit = out.reserve(), if serving.egress.has_something(&serving.link) => match permit {
                Ok(permit) => match serving.egress.next_frame(&mut serving.link, &serving.shared) {
                    Ok(Some(frame)) => {
                        permit.send(Ok(frame));
                        Next::Serve
                    }
                    Ok(None) => Next::Serve,
                    Err(error) => serving.broken(&error),
                },
                Err(_closed) => Next::End(CloseReason::LinkLost),
            },
            frame = frames.next() => match frame {
                Some(Ok(frame)) => serving.take(frame).await,
                Some(Err(status)) => {
                    tracing::debug!(%terminal, %status, "link broke");
                    Next::End(CloseReason::LinkLost)
                }
                None => Next::End(CloseReason::LinkLost),
            },
        };
    }
    // The last words go out if the peer reads them; nobody waits for that.
    for frame in serving.egress.last_words() {
        let _ = out.try_send(Ok(frame));
    }
    if let Next::End(reason) = next {
        serving.close(reason).await;
    }
}

/// Waits until the hub stops.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // The hub is gone when there is nobody to say it.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

impl Serving {
    fn new(
        shared: Arc<Shared>,
        work: mpsc::Sender<Work>,
        terminal: Terminal,
        events: mpsc::UnboundedSender<LinkEvent>,
    ) -> Self {
        let limits = Limits {
            window: shared.config.window,
            message_bytes: shared.config.message_bytes_max,
            ..Limits::DEFAULT
        };
        let link = Link::new(limits, FrameContext { network: shared.name(), terminal });
        Self {
            shared,
            work,
            terminal,
            link,
            session: None,
            opening: None,
            events,
            egress: Egress::default(),
        }
    }

    /// Whether the Hello has come.
    fn has_greeted(&self) -> bool {
        self.opening.is_some() || self.session.is_some()
    }

    /// Takes a frame of the gateway.
    async fn take(&mut self, frame: GatewayFrame) -> Next {
        let request = match self.link.receive(frame) {
            Ok(request) => request,
            Err(ending) => return self.end(&ending, CloseReason::Violation),
        };
        let items = match request {
            Request::Open(opening) => vec![self.open(opening)],
            Request::Submit(submission) => self.check(submission),
            Request::Acknowledge(acknowledgement) => match self.acknowledge(acknowledgement) {
                Ok(item) => vec![item],
                Err(objection) => {
                    let (code, text) = (objection.code(), objection.to_string());
                    tracing::warn!(terminal = %self.terminal, code, text, "acknowledgement");
                    self.egress.say(self.link.end_with(code, &text));
                    return Next::End(CloseReason::Violation);
                }
            },
            Request::Nothing => return Next::Serve,
            Request::End(farewell) => {
                tracing::info!(terminal = %self.terminal, ?farewell, "gateway said goodbye");
                return Next::End(CloseReason::Goodbye);
            }
        };
        let from = Origin::Link(self.events.clone());
        match self.work.send(Work { items, from }).await {
            Ok(()) => Next::Serve,
            // The commit loop has stopped, and with it the hub.
            Err(_closed) => self.end(&Ending::Stopping, CloseReason::HubStopping),
        }
    }

    fn open(&mut self, opening: Opening) -> Item {
        let command = Command::OpenSession(OpenSession {
            terminal: self.terminal,
            answered_through: opening.answered_through,
            receives: opening.receives,
            received: opening.received.iter().copied().collect(),
        });
        self.opening = Some(opening);
        bare(command)
    }

    fn check(&mut self, submission: Submission) -> Vec<Item> {
        let session = self.session.expect("a submission comes after the Welcome");
        let message =
            |sent: session::hub::Submitted| Message { header: sent.header, payload: sent.payload };
        let frame = Frame {
            session,
            first_input_number: submission.first_input_number,
            messages: submission.messages.into_iter().map(message).collect(),
            signature: submission.signature,
        };
        let network = self.shared.network.read().unwrap_or_else(PoisonError::into_inner);
        let grants = network.grants(self.terminal).to_vec();
        drop(network);
        let against = Against {
            network: self.shared.name(),
            terminal: self.terminal,
            grants: &grants,
            message_bytes_max: self.shared.config.message_bytes_max,
        };
        self.shared.checkers.with(|documents| check::check(frame, &against, documents))
    }

    /// Verifies that the receiver signed for what it takes over.
    fn acknowledge(&self, taken: Acknowledgement) -> Result<Item, Objection> {
        let session = self.session.expect("an acknowledgement comes after the Welcome");
        let root = taken.root();
        let Acknowledgement { lane, first, through, records, signed } = taken;
        let signed = match (signed, root) {
            (Some((key, signature)), Some(root)) => {
                let signed = SignedRoot { root, key, signature };
                let statement = Signed {
                    network: self.shared.name(),
                    by: self.terminal,
                    lane,
                    first,
                    through,
                    root,
                };
                let network = self.shared.network.read().unwrap_or_else(PoisonError::into_inner);
                let grant = network.grants(self.terminal).iter().find(|it| it.key == key);
                let Some(grant) = grant else {
                    return Err(Objection::UnknownKey { key, terminal: self.terminal });
                };
                if !statement.is_signed_by(&grant.public, &signed) {
                    return Err(Objection::Signature);
                }
                Some(signed)
            }
            _ => None,
        };
        let acknowledged = Acknowledged { by: self.terminal, lane, first, through, signed };
        let payload: Bytes = records.iter().flat_map(|hash| hash.0).collect();
        let payload_digest = Digest::of(&payload);
        let command = Command::Acknowledge(Acknowledge { session, acknowledged });
        Ok(Item { command, payload, payload_digest })
    }

    /// Hears what the commit loop has made durable.
    fn hear(&mut self, event: LinkEvent) -> Next {
        match event {
            LinkEvent::Opened { session, input_number, answers_after } => {
                self.session = Some(session);
                let opening = self.opening.take().expect("an opening was asked for");
                tracing::info!(terminal = %self.terminal, %session, input_number, "session open");
                let opened = session::hub::Opened {
                    session: session.0,
                    input_number,
                    answers_after,
                    at: self.shared.now(),
                };
                let gateway = (self.terminal, opening.answered_through);
                let Self { egress, link, shared, .. } = self;
                match egress.welcome(link, shared, &opened, gateway) {
                    Ok(()) => Next::Serve,
                    Err(ending) => self.end(&ending, CloseReason::Violation),
                }
            }
            LinkEvent::Holds(holds) => {
                self.egress.hold(&mut self.link, holds.as_deref());
                Next::Serve
            }
            LinkEvent::Answered(answered) => {
                self.egress.answered(answered);
                Next::Serve
            }
            LinkEvent::Available { lane, through } => {
                self.egress.available(lane, through);
                Next::Serve
            }
            LinkEvent::Rejected(rejection) if rejection.is_harmless() => Next::Serve,
            LinkEvent::Rejected(rejection) => {
                tracing::warn!(terminal = %self.terminal, code = rejection.code(), %rejection, "rejected");
                self.egress.say(self.link.end_with(rejection.code(), &rejection.to_string()));
                Next::End(CloseReason::Violation)
            }
            LinkEvent::Closed(_) => {
                self.egress.say(self.link.end(&Ending::TakenOver));
                Next::Ended
            }
        }
    }

    fn end(&mut self, ending: &Ending, reason: CloseReason) -> Next {
        tracing::info!(terminal = %self.terminal, code = ending.code(), %ending, "link ends");
        self.egress.say(self.link.end(ending));
        Next::End(reason)
    }

    /// The hub cannot read its own records: whoever looks after it must know.
    fn broken(&mut self, error: &Error) -> Next {
        tracing::error!(terminal = %self.terminal, %error, "cannot read what is to be sent");
        self.egress.say(self.link.end(&Ending::Stopping));
        Next::End(CloseReason::HubStopping)
    }

    /// Tells the network that the session is over.
    async fn close(self, reason: CloseReason) {
        let Some(session) = self.session else { return };
        let command =
            Command::CloseSession(CloseSession { terminal: self.terminal, session, reason });
        let work = Work { items: vec![bare(command)], from: Origin::Link(self.events) };
        // A hub that stops closes all sessions by opening its next epoch.
        let _ = self.work.send(work).await;
    }
}

/// A command whose record holds nothing beside it.
pub(crate) fn bare(command: Command) -> Item {
    Item { command, payload: Bytes::new(), payload_digest: Digest::of(b"") }
}
