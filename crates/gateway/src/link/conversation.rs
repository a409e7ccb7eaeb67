//! One link to the hub without its connection, from Hello to Bye.
//!
//! The machine of crate `session` decides what is due; this carries it out: it signs messages and
//! acknowledgements, makes frames of them, and says what must be stored of what the hub sent. It
//! reads from no socket and waits for nothing; `attend.rs` does that.

use std::collections::BTreeMap;
use std::sync::Arc;

use session::ask::Question;
use session::gateway::{
    Claims, Contradiction, Due, DueAcknowledgement, DueDeclination, Event, InboxLane, Item, Link,
    Outbox, Outgoing,
};
use session::gateway::{Receiving, Start, Unanswered};
use session::{Ending, Limits};
use trust::{Digest, FrameContext, FrameError, FrameSignature, Lane, LogTime, NetworkKeys, Shard};
use wire::latest::{GatewayFrame, HubFrame};
use wire::limits::WINDOW_MAX;

use super::asking::{Asking, Questions};
use super::board::Board;
use super::problem::Trouble;
use super::signing::Signing;
use super::storing::{News, Outcomes, Storing, Waiting as Brought};
use crate::clock::Clock;
use crate::config::{Acknowledge, Config, HandOver};
use crate::sealing::Sealing;
use crate::store::{Awaited, Decisions, Reply, StoreError, Submission, View, Waiting};

/// What every conversation of a gateway works with.
pub(crate) struct Desk {
    pub(crate) config: Arc<Config>,
    /// What signs messages and acknowledgements.
    pub(crate) signing: Arc<Signing>,
    /// What opens messages that are sealed to the institution.
    pub(crate) sealing: Arc<Sealing>,
    /// The public keys of the network.
    pub(crate) network: NetworkKeys,
    pub(crate) board: Arc<Board>,
    pub(crate) clock: Clock,
}

/// What is to be sent next.
#[derive(Debug)]
pub(crate) enum Next {
    /// The word that a message is not taken.
    Declination(DueDeclination),
    /// An acknowledgement.
    Acknowledgement(DueAcknowledgement),
    /// A question: the oldest that waits.
    Question,
    /// The question for a checkpoint that witnesses have cosigned.
    Witnesses,
    /// Messages: [`Conversation::submit`] them once they are read from the store.
    Messages(Due),
}

/// One link, from its first frame to its last.
pub(crate) struct Conversation {
    desk: Arc<Desk>,
    link: Link,
    storing: Storing,
    limits: Limits,
    session: u64,
    questions: Questions,
    /// Receipts may wait to be renewed under a checkpoint that is here.
    renews: bool,
    patience: Patience,
}

impl Conversation {
    /// Goes on where the store stands; gives the Hello.
    pub(crate) fn begin(desk: Arc<Desk>, start: Start) -> Result<(Self, GatewayFrame), Trouble> {
        let storing = Storing::new(Arc::clone(&desk), &start);
        let (link, hello) = Link::connect(start)?;
        let (limits, questions) = (Limits::DEFAULT, Questions::default());
        let (session, renews) = (0, true);
        let patience = Patience::default();
        Ok((Self { desk, link, storing, limits, session, questions, renews, patience }, hello))
    }

    /// The number of the session; 0 before it is open.
    pub(crate) fn session(&self) -> u64 {
        self.session
    }

    /// Takes a frame of the hub; gives what must be stored of it.
    pub(crate) fn take(&mut self, frame: HubFrame) -> Result<Option<News>, Trouble> {
        match self.link.receive(frame)? {
            Event::Opened(opened) => {
                (self.session, self.limits) = (opened.session, opened.limits);
                self.desk.board.limit(opened.limits.message_bytes);
                self.questions.wonder();
                Ok(Some(self.storing.opened(&self.link, opened.session)))
            }
            Event::Lanes(lanes) => {
                self.desk.board.lanes(lanes.held);
                for missed in &lanes.missed {
                    let (lane, first, through) = (missed.lane, missed.first, missed.through);
                    tracing::info!(%lane, first, through, "taken by another gateway");
                }
                Ok(None)
            }
            Event::Answered(answers) => Ok(self.storing.answers(&self.link, answers)),
            Event::Received(arrivals) => {
                for entry in &arrivals.entries {
                    if matches!(&entry.item, Item::Message(it) if it.header.file.is_some()) {
                        self.link.await_file(arrivals.lane, entry.output_number);
                    }
                }
                Ok(self.storing.arrivals(&self.link, arrivals))
            }
            Event::Witnessed(witnessed) => match witnessed.by {
                Ok(_) => {
                    self.patience.heard();
                    Ok(Some(Storing::witnessed(witnessed)))
                }
                Err(missing) => {
                    let size = witnessed.checkpoint.checkpoint.size;
                    tracing::warn!(code = "GTW066", size, %missing, "it counts for nothing");
                    Ok(None)
                }
            },
            Event::Replied { number, reply } => {
                let grants = self.questions.answered(number, reply, &self.desk.board);
                if let Some(grants) = grants {
                    self.desk.signing.granted(&self.desk.config, &grants);
                }
                Ok(None)
            }
            Event::End(farewell) => Err(Trouble::Farewell(farewell)),
        }
    }

    /// Whether another frame of the hub may be taken.
    pub(crate) fn has_room(&self) -> bool {
        self.storing.has_room()
    }

    /// News were brought to the store.
    pub(crate) fn brought(&mut self, brought: Brought) {
        self.storing.brought(brought);
    }

    /// Whether anything is on its way into the store.
    pub(crate) fn is_storing(&self) -> bool {
        self.storing.is_waiting()
    }

    /// The reply of the store that is due next, if anything is on its way.
    pub(crate) fn oldest(&mut self) -> Option<&mut Reply<Outcomes>> {
        self.storing.oldest()
    }

    /// That reply has come.
    pub(crate) fn stored(&mut self, outcome: Result<Outcomes, StoreError>) -> Result<(), Trouble> {
        self.storing.stored(&mut self.link, outcome)?;
        self.renews = true;
        Ok(())
    }

    /// Whether the log has grown beyond what witnesses have cosigned.
    pub(crate) fn awaits_witnesses(&self) -> bool {
        self.link.awaits_witnesses()
    }

    /// Looks whether there is a new signing key, and asks the network for it when its time has come.
    pub(crate) fn look_at_keys(&mut self) {
        let Some(log) = self.link.checkpoint().map(|last| last.checkpoint.at) else { return };
        if self.desk.signing.is_due(&self.desk.config, log) {
            self.questions.wonder_about_keys(self.desk.config.terminal);
        }
    }

    /// Says so, once, when witnesses are away for long.
    pub(crate) fn look_at_witnesses(&mut self) {
        let (now, waits) = (self.desk.clock.now(), self.link.awaits_witnesses());
        let since = self.patience.look(now, waits);
        self.desk.board.unwitnessed(since);
    }

    /// Two checkpoints that do not belong together, where the link has ended because of them.
    pub(crate) fn contradiction(&self) -> Option<&Contradiction> {
        self.link.contradiction()
    }

    /// The outbox has messages up to this number, durably.
    pub(crate) fn made(&mut self, through: u64) {
        self.link.made(through);
    }

    /// The back office has decided about messages, durably.
    pub(crate) fn decided(&mut self, decisions: BTreeMap<u8, Decisions>) {
        for (lane, Decisions { through, declined }) in decisions {
            for (output_number, reason) in declined {
                self.link.decline(Lane(lane), output_number, reason);
            }
            self.link.inbox_decided(Lane(lane), through);
        }
    }

    /// Files have come, or will not: that of a message of which that is said here is not taken.
    pub(crate) fn files(&mut self, Awaited { awaited, given_up }: Awaited) {
        for (lane, output_number, reason) in given_up {
            self.link.decline(lane, output_number, reason);
        }
        self.link.files_awaited(&awaited);
    }

    /// Whether another question may come.
    pub(crate) fn may_be_asked(&self) -> bool {
        self.link.can_ask() && self.questions.has_room()
    }

    /// Somebody has a question for the network.
    pub(crate) fn wonder(&mut self, asking: Asking) {
        self.questions.add(asking);
    }

    /// What is to be sent next.
    pub(crate) fn next(&self) -> Option<Next> {
        let declination = self.link.declination().map(Next::Declination);
        let acknowledgement = || self.link.acknowledgement().map(Next::Acknowledgement);
        let asks = self.questions.is_waiting() && self.link.can_ask();
        let is_behind = self.renews || self.link.awaits_witnesses();
        let witnesses = is_behind && self.link.can_ask_witnesses();
        declination
            .or_else(acknowledgement)
            .or_else(|| asks.then_some(Next::Question))
            .or_else(|| witnesses.then_some(Next::Witnesses))
            .or_else(|| self.link.submission().map(Next::Messages))
    }

    /// Makes the frame of the oldest question, unless whoever had it has gone; a decision on a held
    /// message is signed here.
    pub(crate) fn ask(&mut self) -> Result<Option<GatewayFrame>, Trouble> {
        let Desk { config, signing, .. } = &*self.desk;
        self.questions.ask(&mut self.link, |question| {
            let Question::DecideCopy(decision) = question else { return Ok(question) };
            let signed =
                decision.sign(config.network, &signing.key()).map_err(Trouble::Unsigned)?;
            Ok(Question::DecideCopy(Box::new(signed)))
        })
    }

    /// Makes the frame that asks for a checkpoint that witnesses have cosigned, and for the paths of
    /// these records; nothing where there is nothing to ask for.
    pub(crate) fn ask_witnesses(&mut self, wanted: Vec<(u64, Digest)>) -> Option<GatewayFrame> {
        self.renews = false;
        let covered = self.link.witnessed_below();
        let renews = wanted.first().is_some_and(|(sequence, _)| *sequence < covered);
        let asks = self.link.can_ask_witnesses() && (renews || self.link.awaits_witnesses());
        asks.then(|| self.link.ask_witnesses(wanted))
    }

    /// Signs that a message is not taken; nothing if it is not due any more.
    pub(crate) fn decline(
        &mut self,
        due: &DueDeclination,
    ) -> Result<Option<GatewayFrame>, Trouble> {
        let Desk { config, signing, .. } = &*self.desk;
        let signed = due.to_sign.clone().sign(config.network, &signing.key());
        Ok(self.link.declined(due, &signed.map_err(Trouble::Unsigned)?))
    }

    /// Signs messages that are due in one frame; nothing if the link has ended.
    pub(crate) fn submit(
        &mut self,
        messages: Vec<Waiting>,
    ) -> Result<Option<GatewayFrame>, Trouble> {
        let limit = self.limits.message_bytes;
        if let Some(large) = messages.iter().find(|message| message.payload.len() > limit) {
            let (input_number, bytes) = (large.input_number, large.payload.len());
            return Err(Trouble::TooLarge { input_number, bytes, limit });
        }
        submit(&self.desk, &mut self.link, self.session, messages)
    }

    /// Signs what is due, where it is to be signed; nothing if it is not due any more.
    pub(crate) fn acknowledge(
        &mut self,
        due: &DueAcknowledgement,
    ) -> Result<Option<GatewayFrame>, Trouble> {
        let signed = due.to_sign.as_ref().map(|due| due.sign(&self.desk.signing.key()));
        let signed = signed.transpose().map_err(Trouble::Unsigned)?;
        Ok(self.link.acknowledge(due, signed.as_ref()))
    }

    /// Ends the link; gives the Bye, if the hub does not know already.
    pub(crate) fn end(&mut self, ending: &Ending) -> Option<GatewayFrame> {
        self.link.end(ending)
    }
}

/// Where this gateway stands, from its store.
pub(crate) fn standing(desk: &Desk, view: &View) -> Result<Start, redb::Error> {
    let config = &desk.config;
    let counts = view.counts()?;
    let unanswered = view.unanswered(counts.answered_through, WINDOW_MAX as usize)?;
    let on_decision = config.acknowledge == Acknowledge::Taken;
    // What did not open was declined by the gateway itself, whoever decides about the others.
    let mut decisions = if on_decision { view.decisions()? } else { view.declinations()? };
    let Awaited { mut awaited, given_up } = view.awaited()?;
    let mut inbox = BTreeMap::new();
    for (lane, received_through) in counts.lanes {
        let recent = view.recent(lane)?;
        let Decisions { through: decided_through, mut declined } =
            decisions.remove(&lane).unwrap_or_default();
        let gone = given_up.iter().filter(|(of, _, _)| of.0 == lane);
        declined.extend(gone.map(|(_, number, reason)| (*number, reason.clone())));
        let awaited = awaited.remove(&Lane(lane)).unwrap_or_default();
        let start = InboxLane { received_through, recent, decided_through, declined, awaited };
        inbox.insert(Lane(lane), start);
    }
    let unanswered = unanswered
        .into_iter()
        .map(|entry| Unanswered { header: entry.header.into(), payload_digest: entry.payload });
    let outbox = Outbox {
        made_through: counts.input_number,
        answered_through: counts.answered_through,
        unanswered: unanswered.collect(),
    };
    let shares_lanes = config.shares_lanes;
    let on_witnesses = config.hand_over == HandOver::Witnessed;
    let claims = Claims::new(config.lanes.iter().copied().collect(), !config.only_lanes);
    let claims = claims.expect("the settings name a lane, or all");
    let receiving =
        Receiving { window: WINDOW_MAX, claims, shares_lanes, on_decision, on_witnesses };
    Ok(Start {
        context: FrameContext { network: config.network, terminal: config.terminal },
        shard: Shard(0),
        keys: desk.network.clone(),
        outbox,
        inbox,
        checkpoint: view.checkpoint()?,
        witnessed: view.witnessed()?,
        receiving: config.receives.then_some(receiving),
    })
}

/// Signs messages in one frame.
fn submit(
    desk: &Desk,
    link: &mut Link,
    session: u64,
    messages: Vec<Waiting>,
) -> Result<Option<GatewayFrame>, Trouble> {
    let numbers: Vec<u64> = messages.iter().map(|message| message.input_number).collect();
    let outgoing: Vec<Outgoing> = messages
        .into_iter()
        .map(|message| Outgoing::new(message.header, message.payload, message.digest))
        .collect();
    let statements: Vec<_> = outgoing.iter().map(Outgoing::statement).collect();
    let config = &desk.config;
    let context = FrameContext { network: config.network, terminal: config.terminal };
    let signed = trust::sign_frame(&desk.signing.key(), &context, &statements);
    let signature: FrameSignature = match signed {
        Ok(signature) => signature,
        Err(FrameError::Unsigned(source)) => return Err(Trouble::Unsigned(source)),
        Err(error) => panic!("a frame of the link fits one signature: {error}"),
    };
    let signed_at = desk.clock.now();
    let frame = link.submit(outgoing, &signature).expect("the signature is over these messages");
    let Some(frame) = frame else { return Ok(None) };
    let submission = Submission {
        signed_at,
        submitted_at: desk.clock.now(),
        attempts: 0,
        frame_messages: signature.size,
        key: signature.key.0,
        session,
    };
    for number in numbers {
        desk.board.submitted(number, submission);
    }
    Ok(Some(frame))
}

/// For how long a gateway waits for witnesses before it says so.
const PATIENCE_US: u64 = 10_000_000;

/// How long witnesses have not been heard of.
#[derive(Debug, Default)]
struct Patience {
    /// Since when the gateway waits for them.
    since: Option<LogTime>,
    has_said: bool,
}

impl Patience {
    /// There is a new cosigned checkpoint.
    fn heard(&mut self) {
        if std::mem::take(&mut self.has_said) {
            tracing::info!(code = "GTW066", "the witnesses are back");
        }
        self.since = None;
    }

    /// Since when witnesses are away, if they have been for long.
    fn look(&mut self, now: LogTime, waits: bool) -> Option<LogTime> {
        if !waits {
            self.since = None;
            return None;
        }
        let since = *self.since.get_or_insert(now);
        if now.0.saturating_sub(since.0) < PATIENCE_US {
            return None;
        }
        if !std::mem::replace(&mut self.has_said, true) {
            tracing::warn!(
                code = "GTW066", %since,
                "too few witnesses cosign: what comes in waits, and receipts are not renewed"
            );
        }
        Some(since)
    }
}
