//! The gateway's end of one link.
//!
//! A link is made anew for each connection, from what the gateway's store holds durably
//! ([`Start`]); so a crash and a break are the same thing. [`Link::connect`] gives the Hello.
//! [`Link::receive`] verifies what the hub sends and says what to store. When something has become
//! durable, the shell says so ([`Link::made`], [`Link::answers_stored`], [`Link::inbox_stored`]),
//! and asks what goes out next: [`Link::submission`] and [`Link::acknowledgement`] name what is
//! due, the shell signs it, [`Link::submit`] and [`Link::acknowledge`] make the frames.

mod asks;
mod evidence;
mod input;
mod log;
mod output;
mod received;
mod release;
mod signers;
mod told;
mod witnessed;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trust::{
    Declined, Digest, FrameContext, FrameError, FrameSignature, Lane, LogTime, NetworkKeys, Origin,
    Reason, Shard, SignedRoot,
};
use wire::latest::{
    Answers, Ask, GatewayFrame, Hello, HubFrame, Offers, Reply, Welcome, ask, hub_frame, reply,
};
use wire::limits::{FRAME_BYTES_AROUND, FRAME_BYTES_FILL, FRAME_BYTES_MAX, VERSION, WINDOW_MAX};

pub use self::evidence::{Contradiction, Evidence, SignedCheckpoint};
pub use self::input::{Answer, Due, Outbox, Outcome, Outgoing, Unanswered};
pub use self::output::{DueAcknowledgement, DueDeclination, InboxLane, Missed};
pub use self::received::{Copy, Item, Message, Notice, Received};
pub use self::release::Release;
pub use self::told::{About, Told, Withdrawn, Words, requests_ended, tiding_of, words};
pub use self::witnessed::Witnessed;
pub use network::{Claims, LaneSet, RequestOutcome, Tiding};

use self::asks::Asks;
use self::input::Input;
use self::log::SeenLog;
use self::output::Output;
use self::received::{Check, Shown};
use self::signers::Signers;
use self::witnessed::Witnesses;
use crate::ask::{Question, Reply as Said};
use crate::{Ending, Farewell, Limits, fields};

/// Where a gateway stands when it connects: who it is, and what its store holds durably.
#[derive(Clone, Debug)]
pub struct Start {
    /// The network, and the terminal of the gateway's certificate.
    pub context: FrameContext,
    /// The log that the terminal's institution belongs to.
    pub shard: Shard,
    /// The public keys of the network.
    pub keys: NetworkKeys,
    /// The outbox.
    pub outbox: Outbox,
    /// The lanes of the inbox; those that it has received anything from.
    pub inbox: BTreeMap<Lane, InboxLane>,
    /// The note of the last checkpoint that was stored.
    pub checkpoint: Option<String>,
    /// The note of the last checkpoint with a quorum of cosignatures that was stored.
    pub witnessed: Option<String>,
    /// Whether to receive offers, and how.
    pub receiving: Option<Receiving>,
}

/// How a gateway receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receiving {
    /// How many offers of each lane may wait to be acknowledged; 1 to [`WINDOW_MAX`].
    pub window: u32,
    /// Which lanes it is for.
    pub claims: Claims,
    /// Whether the institution has other gateways that receive. If not, a message that was
    /// acknowledged but is not in the inbox is a loss, and ends the link.
    pub shares_lanes: bool,
    /// Whether a message is acknowledged only when the back office has decided about it
    /// ([`Link::inbox_decided`], [`Link::decline`]); otherwise when it is durable in the inbox.
    pub on_decision: bool,
    /// Whether a message is acknowledged only when its record is witnessed, where the network has a
    /// quorum ([`Link::witnessed_below`]).
    pub on_witnesses: bool,
}

/// The gateway's end of one link.
#[derive(Debug)]
pub struct Link {
    context: FrameContext,
    keys: NetworkKeys,
    log: SeenLog,
    signers: Signers,
    /// Nothing unless the gateway receives.
    output: Option<Output>,
    asks: Asks,
    witnesses: Witnesses,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    /// The Hello has gone.
    Connecting(Outbox),
    /// The Welcome has come.
    Open(Box<Input>),
    /// The hub has broken a rule, or one of the two runs on an old copy; the Bye has not been made
    /// yet.
    Failed,
    /// A Bye has gone or come.
    Ended,
}

/// What a frame of the hub means for the gateway, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The session is open; messages can be submitted.
    Opened(Opened),
    /// The lanes were given to this session or taken from it.
    Lanes(Lanes),
    /// Store these answers, then call [`Link::answers_stored`].
    Answered(Vec<Answer>),
    /// Store these messages and notices, then call [`Link::inbox_stored`].
    Received(Arrivals),
    /// Witnesses have cosigned a checkpoint: store it, and renew the receipts of these records.
    Witnessed(Witnessed),
    /// A question was answered.
    Replied {
        /// The number that [`Link::ask`] gave it.
        number: u64,
        /// What the network says.
        reply: Said,
    },
    /// The hub has ended the link; [`crate::After::of`] its code says what to do.
    End(Farewell),
}

/// A session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its number.
    pub session: u64,
    /// The last input number that the hub holds.
    pub input_number: u64,
    /// What the hub allows on the link.
    pub limits: Limits,
    /// What the hub's clock shows; informative.
    pub at: LogTime,
}

/// Who has the lanes of the institution now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lanes {
    /// This session; another one otherwise.
    pub held: bool,
    /// What other gateways of the institution have taken over instead of this one.
    pub missed: Vec<Missed>,
}

/// What has come of one lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrivals {
    /// Which lane.
    pub lane: Lane,
    /// What is new, by consecutive output numbers; nothing if all were duplicates.
    pub entries: Vec<Received>,
    /// How many the inbox held already. They are acknowledged with the others.
    pub duplicates: usize,
}

impl Link {
    /// Starts a link; send the Hello.
    ///
    /// # Errors
    ///
    /// [`Ending::Checkpoint`] if the stored checkpoint is not of this log or not signed by its key.
    ///
    /// # Panics
    ///
    /// On a window outside of 1 to [`WINDOW_MAX`]: the gateway checks its configuration.
    pub fn connect(start: Start) -> Result<(Self, GatewayFrame), Ending> {
        let Start { context, shard, keys, outbox, inbox, checkpoint, witnessed, receiving } = start;
        let origin = Origin { network: context.network, shard };
        let log = SeenLog::resume(origin, &keys, checkpoint.as_deref())?;
        // One that does not count by the keys of today is as good as none: the next one will.
        let covered = witnessed.and_then(|note| {
            let (cosigned, _) = log::open_cosigned(origin, &keys, &note).ok()?;
            cosigned.check_quorum(&keys).ok().map(|()| cosigned.checkpoint.size)
        });
        let witnesses = Witnesses::new(&keys, covered.unwrap_or(0));
        let window = receiving.map_or(1, |receiving| receiving.window);
        assert!((1..=WINDOW_MAX).contains(&window), "a window is within the protocol's limits");
        let holds_back = keys.quorum() > 0 && receiving.is_some_and(|how| how.on_witnesses);
        let below = if holds_back { witnesses.covered() } else { u64::MAX };
        let output = Output::new(window, receiving, &inbox, below);
        let claims = receiving.map_or(Claims::ALL, |receiving| receiving.claims);
        let hello = Hello {
            version: VERSION,
            network: context.network.to_string(),
            terminal: context.terminal.to_string(),
            answered_through: outbox.answered_through,
            tree_size: log.size(),
            lanes: output.positions(),
            receives: receiving.is_some(),
            window,
            lanes_wanted: claims.listed().iter().map(|lane| lane.0.into()).collect(),
            only_wanted: !claims.others(),
        };
        let signers = Signers::new(context.network);
        let output = receiving.map(|_| output);
        let (asks, phase) = (Asks::default(), Phase::Connecting(outbox));
        let link = Self { context, keys, log, signers, output, asks, witnesses, phase };
        Ok((link, hello.into()))
    }

    /// Takes the next frame.
    ///
    /// # Errors
    ///
    /// On an [`Ending`] the link is over and nothing of the frame may be used: send the Bye that
    /// [`Self::end`] makes of it.
    pub fn receive(&mut self, frame: HubFrame) -> Result<Event, Ending> {
        let event = self.take(frame);
        match (&event, &self.phase) {
            (Err(_), Phase::Ended) => {}
            (Err(_), _) => self.phase = Phase::Failed,
            (Ok(Event::End(_)), _) => self.phase = Phase::Ended,
            (Ok(_), _) => {}
        }
        event
    }

    fn take(&mut self, frame: HubFrame) -> Result<Event, Ending> {
        use hub_frame::Body;
        let body = frame.body.ok_or(Ending::Malformed { field: "kind of frame" })?;
        let name = match &body {
            Body::Welcome(_) => "a Welcome",
            Body::Lanes(_) => "Lanes",
            Body::Answers(_) => "Answers",
            Body::Offers(_) => "Offers",
            Body::Reply(_) => "a Reply",
            Body::Bye(_) => "a Bye",
        };
        match (&self.phase, body) {
            (Phase::Failed | Phase::Ended, _) => {
                Err(Ending::OutOfTurn { frame: name, when: "after the end" })
            }
            (_, Body::Bye(bye)) => Ok(Event::End(Farewell::of(&bye))),
            (Phase::Connecting(_), Body::Welcome(welcome)) => {
                self.welcome(&welcome).map(Event::Opened)
            }
            (Phase::Connecting(_), _) => {
                Err(Ending::OutOfTurn { frame: name, when: "before the Welcome" })
            }
            (Phase::Open(_), Body::Welcome(_)) => {
                Err(Ending::OutOfTurn { frame: name, when: "after the first Welcome" })
            }
            (Phase::Open(_), Body::Lanes(lanes)) => match &mut self.output {
                None => Err(Ending::LanesNotHeld { what: "Lanes" }),
                Some(output) => {
                    let missed = output.lanes(&lanes)?;
                    Ok(Event::Lanes(Lanes { held: lanes.held, missed }))
                }
            },
            (Phase::Open(_), Body::Answers(answers)) => self.answers(answers).map(Event::Answered),
            (Phase::Open(_), Body::Offers(offers)) => self.offers(offers).map(Event::Received),
            (Phase::Open(_), Body::Reply(reply)) => self.reply(reply),
        }
    }

    fn welcome(&mut self, frame: &Welcome) -> Result<Opened, Ending> {
        if frame.version != VERSION {
            return Err(Ending::Version { found: frame.version });
        }
        let number = |n| usize::try_from(n).expect("a u32 is a usize");
        let limits = Limits {
            window: frame.window,
            frame_messages: number(frame.frame_messages_max),
            message_bytes: number(frame.message_bytes_max),
        };
        let room = FRAME_BYTES_FILL.max(limits.message_bytes) + FRAME_BYTES_AROUND;
        if !limits.are_valid() || !(room..=FRAME_BYTES_MAX).contains(&number(frame.frame_bytes_max))
        {
            return Err(Ending::Malformed { field: "set of limits" });
        }
        let proof = frame.proof.as_ref().filter(|proof| !proof.checkpoint.is_empty());
        let proof = proof.ok_or(Ending::Checkpoint { reason: "the Welcome has none" })?;
        self.log.advance(&self.keys, proof)?;
        let phase = std::mem::replace(&mut self.phase, Phase::Failed);
        let Phase::Connecting(outbox) = phase else {
            return Err(Ending::OutOfTurn { frame: "a Welcome", when: "after the first Welcome" });
        };
        let input = Input::resume(outbox, frame.input_number, limits)?;
        self.phase = Phase::Open(Box::new(input));
        let (session, input_number) = (frame.session, frame.input_number);
        Ok(Opened { session, input_number, limits, at: LogTime(frame.time) })
    }

    fn answers(&mut self, frame: Answers) -> Result<Vec<Answer>, Ending> {
        let Phase::Open(input) = &mut self.phase else { return Ok(Vec::new()) };
        input.expect(&frame)?;
        let Answers { answers, grants, proof, .. } = frame;
        let heads = answers.iter().map(|answer| fields::head(&answer.head));
        let heads = heads.collect::<Result<Vec<_>, _>>()?;
        self.signers.learn(&self.keys, &grants)?;
        let proof = proof.ok_or(Ending::Malformed { field: "proof" })?;
        self.log.advance(&self.keys, &proof)?;
        let proven = self.log.prove(&proof, heads.iter())?;
        let mut verified = Vec::with_capacity(answers.len());
        for shown in answers.into_iter().zip(heads) {
            verified.push(input.answer(&self.context, shown, &proven, &mut self.signers)?);
        }
        Ok(verified)
    }

    fn offers(&mut self, frame: Offers) -> Result<Arrivals, Ending> {
        let Some(output) = &mut self.output else {
            return Err(Ending::LanesNotHeld { what: "Offers" });
        };
        let lane = output.expect(&frame)?;
        let Offers { first_output_number, offers, grants, proof, .. } = frame;
        let shown = offers.into_iter().map(Shown::read).collect::<Result<Vec<_>, _>>()?;
        self.signers.learn(&self.keys, &grants)?;
        let proof = proof.ok_or(Ending::Malformed { field: "proof" })?;
        self.log.advance(&self.keys, &proof)?;
        let proven = self.log.prove(&proof, shown.iter().flat_map(Shown::heads))?;
        let mut check = Check {
            network: self.context.network,
            institution: self.context.terminal.institution(),
            lane,
            proven: &proven,
            signers: &mut self.signers,
            last: None,
        };
        let (mut entries, mut duplicates) = (Vec::with_capacity(shown.len()), 0);
        for (number, shown) in (first_output_number..).zip(&shown) {
            let received = check.offer(number, shown)?;
            if output.take(lane, (shown.head.sequence, proven.hash(shown.head.sequence)))? {
                entries.push(received);
            } else {
                duplicates += 1;
            }
        }
        Ok(Arrivals { lane, entries, duplicates })
    }

    fn reply(&mut self, frame: Reply) -> Result<Event, Ending> {
        let Reply { number, answer, proof } = frame;
        if let Some(reply::Answer::Witnessed(frame)) = answer {
            self.asks.close(number)?;
            let witnessed = self.witnesses.take(&self.keys, &mut self.log, (number, &frame))?;
            return Ok(Event::Witnessed(witnessed));
        }
        if self.witnesses.has_asked(number) {
            self.witnesses.refuse();
        }
        let reply = self.asks.take(number, answer)?;
        let heads = reply.heads();
        if !heads.is_empty() {
            let proof = proof.ok_or(Ending::Malformed { field: "proof" })?;
            self.log.advance(&self.keys, &proof)?;
            self.log.prove(&proof, heads.into_iter())?;
        }
        Ok(Event::Replied { number, reply })
    }

    /// The outbox has messages up to this number, durably.
    pub fn made(&mut self, through: u64) {
        match &mut self.phase {
            Phase::Connecting(outbox) => outbox.made_through = outbox.made_through.max(through),
            Phase::Open(input) => input.made(through),
            Phase::Failed | Phase::Ended => {}
        }
    }

    /// The answers up to this number are durable, and the checkpoint that came with them.
    ///
    /// # Panics
    ///
    /// On answers that have not come on this link.
    pub fn answers_stored(&mut self, through: u64) {
        if let Phase::Open(input) = &mut self.phase {
            input.stored(through);
        }
    }

    /// The inbox holds a lane durably up to this number, and the checkpoint that came with it.
    ///
    /// # Panics
    ///
    /// On messages that have not come.
    pub fn inbox_stored(&mut self, lane: Lane, through: u64) {
        if let Some(output) = &mut self.output {
            output.stored(lane, through);
        }
    }

    /// A checkpoint of [`Event::Witnessed`] with a quorum is durable: the records below its size may
    /// be acknowledged.
    pub fn witnessed_stored(&mut self, below: u64) {
        if let Some(output) = &mut self.output {
            output.witnessed(below);
        }
    }

    /// Records below this are witnessed; 0 without a quorum.
    #[must_use]
    pub fn witnessed_below(&self) -> u64 {
        self.witnesses.covered()
    }

    /// Whether the log has grown beyond the last cosigned checkpoint that came.
    #[must_use]
    pub fn awaits_witnesses(&self) -> bool {
        self.witnesses.is_behind(self.log.size())
    }

    /// Whether the hub can be asked for a cosigned checkpoint now.
    #[must_use]
    pub fn can_ask_witnesses(&self) -> bool {
        self.can_ask() && self.witnesses.can_ask()
    }

    /// Makes the frame that asks for the next cosigned checkpoint, and for the paths of these
    /// records, by sequence and hash, in its tree; the first 1,024 of them.
    ///
    /// # Panics
    ///
    /// Unless [`Self::can_ask_witnesses`].
    #[must_use]
    pub fn ask_witnesses(&mut self, wanted: Vec<(u64, Digest)>) -> GatewayFrame {
        assert!(self.is_open(), "a question is asked in a session");
        let number = self.asks.open();
        let question = ask::Question::AwaitWitnesses(self.witnesses.ask(number, wanted));
        Ask { number, question: Some(question) }.into()
    }

    /// Two checkpoints that do not belong together, where the link has ended because of them.
    #[must_use]
    pub fn contradiction(&self) -> Option<&Contradiction> {
        self.log.contradiction()
    }

    /// The back office has decided about everything in a lane up to this number: what is not
    /// declined by then is taken. Has no meaning unless [`Receiving::on_decision`].
    pub fn inbox_decided(&mut self, lane: Lane, through: u64) {
        if let Some(output) = &mut self.output {
            output.decided(lane, through);
        }
    }

    /// The back office does not take a message. It is declined when its turn comes: tell it before
    /// [`Self::inbox_decided`] says so much of its number.
    pub fn decline(&mut self, lane: Lane, output_number: u64, reason: Reason) {
        if let Some(output) = &mut self.output {
            output.decline(lane, output_number, reason);
        }
    }

    /// A message that came announces a file, which is not here yet: neither it nor what came behind
    /// it in its lane is acknowledged before [`Self::files_awaited`] says that the file is safe. Say
    /// so before [`Self::inbox_stored`] reaches its number.
    pub fn await_file(&mut self, lane: Lane, output_number: u64) {
        if let Some(output) = &mut self.output {
            output.await_file(lane, output_number);
        }
    }

    /// Of the messages that are stored, only these still wait for their files; no lane, no number:
    /// none does.
    pub fn files_awaited(&mut self, still: &BTreeMap<Lane, BTreeSet<u64>>) {
        if let Some(output) = &mut self.output {
            output.awaited(still);
        }
    }

    /// The last checkpoint that the hub has shown, to be stored with whatever came under it.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&Arc<SignedCheckpoint>> {
        self.log.last()
    }

    /// Puts at most so many messages under one signature, or fewer as the hub says; at least one.
    /// Without effect before the session is open.
    pub fn frame_messages(&mut self, most: usize) {
        if let Phase::Open(input) = &mut self.phase {
            input.frame_messages(most);
        }
    }

    /// Which messages shall be submitted next: sign them in one frame, and call [`Self::submit`].
    #[must_use]
    pub fn submission(&self) -> Option<Due> {
        match &self.phase {
            Phase::Open(input) => input.due(),
            Phase::Connecting(_) | Phase::Failed | Phase::Ended => None,
        }
    }

    /// Makes the frame of the first messages that are due; nothing if the link has ended.
    ///
    /// # Errors
    ///
    /// [`FrameError::Size`] if the signature is over another number of messages.
    ///
    /// # Panics
    ///
    /// On no message, or on more than are due.
    pub fn submit(
        &mut self,
        messages: Vec<Outgoing>,
        signature: &FrameSignature,
    ) -> Result<Option<GatewayFrame>, FrameError> {
        match &mut self.phase {
            Phase::Open(input) => input.submit(messages, signature).map(|frame| Some(frame.into())),
            Phase::Connecting(_) | Phase::Failed | Phase::Ended => Ok(None),
        }
    }

    /// What shall be acknowledged next: sign it, and call [`Self::acknowledge`].
    #[must_use]
    pub fn acknowledgement(&self) -> Option<DueAcknowledgement> {
        match &self.phase {
            Phase::Open(_) => self.output.as_ref()?.due(&self.context),
            Phase::Connecting(_) | Phase::Failed | Phase::Ended => None,
        }
    }

    /// Makes the frame that acknowledges what was due; nothing if it is not due any more, because
    /// the lanes have changed hands or the link has ended.
    ///
    /// # Panics
    ///
    /// When something is signed that is not due, or the other way round.
    #[must_use]
    pub fn acknowledge(
        &mut self,
        due: &DueAcknowledgement,
        signed: Option<&SignedRoot>,
    ) -> Option<GatewayFrame> {
        match &self.phase {
            Phase::Open(_) => Some(self.output.as_mut()?.acknowledge(due, signed)?.into()),
            Phase::Connecting(_) | Phase::Failed | Phase::Ended => None,
        }
    }

    /// What shall be declined next: sign it, and call [`Self::declined`].
    #[must_use]
    pub fn declination(&self) -> Option<DueDeclination> {
        match &self.phase {
            Phase::Open(_) => self.output.as_ref()?.due_declination(&self.context),
            Phase::Connecting(_) | Phase::Failed | Phase::Ended => None,
        }
    }

    /// Makes the frame that declines what was due, signed; nothing if it is not due any more.
    #[must_use]
    pub fn declined(&mut self, due: &DueDeclination, signed: &Declined) -> Option<GatewayFrame> {
        match &self.phase {
            Phase::Open(_) => Some(self.output.as_mut()?.declined(due, signed)?.into()),
            Phase::Connecting(_) | Phase::Failed | Phase::Ended => None,
        }
    }

    /// Whether the network can be asked something now.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        self.is_open() && self.asks.has_room()
    }

    /// Makes the frame of a question, and gives the number under which it will be answered.
    ///
    /// # Panics
    ///
    /// Unless [`Self::can_ask`].
    #[must_use]
    pub fn ask(&mut self, question: &Question) -> (u64, GatewayFrame) {
        assert!(self.is_open(), "a question is asked in a session");
        let (number, frame) = self.asks.ask(question);
        (number, frame.into())
    }

    /// Ends the link from this side; gives the Bye, unless one has gone or come before.
    #[must_use]
    pub fn end(&mut self, ending: &Ending) -> Option<GatewayFrame> {
        match std::mem::replace(&mut self.phase, Phase::Ended) {
            Phase::Ended => None,
            Phase::Connecting(_) | Phase::Open(_) | Phase::Failed => Some(ending.bye().into()),
        }
    }

    /// Whether a session is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open(_))
    }
}
