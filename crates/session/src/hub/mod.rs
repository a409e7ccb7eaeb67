//! The hub's end of one link.
//!
//! The way of a session: [`Link::receive`] takes the Hello and gives [`Request::Open`]; the hub
//! commits the opening and calls [`Link::welcome`]; then, if the session gets the lanes,
//! [`Link::hold`]. From then on submissions and acknowledgements come out as requests with their
//! numbers checked, and [`Link::answers`] and [`Link::offers`] make the frames for what has become
//! durable. Nothing here verifies a signature: numbers and limits come first, because they are cheap.

mod asks;
mod grants;
mod input;
mod output;
mod proof;

use bytes::Bytes;
use network::{Claims, LaneSet};
use trust::merkle::{MerkleError, Nodes};
use trust::{Digest, FrameContext, FrameSignature, Lane, LogTime, RecordHead};
use wire::latest::{Answer, Answers, GatewayFrame, Hello, HubFrame, Welcome, gateway_frame};
use wire::limits::{FRAME_BYTES_MAX, VERSION, WINDOW_MAX};

pub use self::asks::{Asked, Awaiting};
pub use self::grants::{Grant, Grants};
pub use self::output::{
    About, Acknowledgement, Content, Copied, Declination, Delivered, LaneState, Offer, Told,
};
pub use self::proof::Log;

use self::asks::{Asks, Taken};
use self::grants::SentGrants;
use self::input::Input;
use self::output::Output;
use self::proof::SentLog;
use crate::ask::Reply;
use crate::fields::Pieces;
use crate::{Ending, Farewell, Limits, fields};

/// The hub's end of one link.
#[derive(Debug)]
pub struct Link {
    limits: Limits,
    /// The network of the hub, and the terminal of the peer's certificate.
    context: FrameContext,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    /// Nothing has come yet.
    Greeting,
    /// The Hello has come; the opening is on its way through the journal.
    Opening(Opening),
    /// The Welcome has gone.
    Open(Box<Open>),
    /// The gateway or the hub has broken a rule; the Bye has not been made yet.
    Failed,
    /// A Bye has gone or come.
    Ended,
}

#[derive(Debug)]
struct Open {
    input: Input,
    /// Invariant: nothing unless the Hello says that the session receives.
    output: Option<Output>,
    log: SentLog,
    grants: SentGrants,
    asks: Asks,
}

/// What a gateway asks for, its numbers and limits checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Open a session; answer with [`Link::welcome`].
    Open(Opening),
    /// Take messages.
    Submit(Submission),
    /// Record that messages or notices were taken over.
    Acknowledge(Acknowledgement),
    /// Record that a message was not taken.
    Decline(Declination),
    /// Answer a question with [`Link::reply`].
    Ask(Asked),
    /// Answer with [`Link::witnessed`], as soon as there is a cosigned checkpoint for it.
    Await(Awaiting),
    /// Nothing: the frame crossed another one on the way and has lost its meaning.
    Nothing,
    /// End the link; the peer has said Bye.
    End(Farewell),
}

/// A session that a gateway wants to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The gateway holds the answers up to this input number.
    pub answered_through: u64,
    /// The size of the last checkpoint that it has seen; 0: none.
    pub tree_size: u64,
    /// The last output number that it holds of each lane, by rising lane.
    pub received: Vec<(Lane, u64)>,
    /// Whether it wants to empty the lanes of its institution.
    pub receives: bool,
    /// Which of them; [`Claims::ALL`] where it wants none.
    pub claims: Claims,
    /// How many offers of a lane it takes before it has acknowledged some.
    pub window: u32,
}

/// Messages that a gateway submits in one frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The input number of the first; the others follow without a gap.
    pub first_input_number: u64,
    /// Header and payload of each, not looked into.
    pub messages: Vec<Submitted>,
    /// The signature over all of them, not verified.
    pub signature: FrameSignature,
    /// By submitting these the gateway says that it holds the answers up to this number.
    pub answered_through: u64,
}

/// One message of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// The header as the sender encoded it.
    pub header: Bytes,
    /// The exact bytes of the message.
    pub payload: Bytes,
}

/// A session that the network has opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its number.
    pub session: u64,
    /// The last input number that the network holds.
    pub input_number: u64,
    /// Answers above this input number are kept.
    pub answers_after: u64,
    /// What the hub's clock shows.
    pub at: LogTime,
}

/// A durable record as the hub sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its head.
    pub head: RecordHead,
    /// The hash of its head, as the journal has it.
    pub hash: Digest,
    /// Its meta.
    pub meta: Bytes,
}

/// Why no Welcome can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WelcomeError {
    /// One of the two runs on an old copy of its store.
    #[error(transparent)]
    Ending(#[from] Ending),
    /// The consistency proof cannot be made.
    #[error("the tree of the log cannot be read")]
    Tree(#[from] MerkleError),
}

impl Link {
    /// The end of a link whose peer has shown the certificate of a terminal.
    ///
    /// # Panics
    ///
    /// On limits outside of those of the protocol: the hub checks its configuration.
    #[must_use]
    pub fn new(limits: Limits, context: FrameContext) -> Self {
        assert!(limits.are_valid(), "the limits of a hub are within those of the protocol");
        Self { limits, context, phase: Phase::Greeting }
    }

    /// Takes the next frame.
    ///
    /// # Errors
    ///
    /// On an [`Ending`] the link is over: send the Bye that [`Self::end`] makes of it, and close the
    /// session if one is open.
    pub fn receive(&mut self, frame: GatewayFrame) -> Result<Request, Ending> {
        let request = self.take(frame);
        match (&request, &self.phase) {
            (Err(_), Phase::Ended) => {}
            (Err(_), _) => self.phase = Phase::Failed,
            (Ok(Request::End(_)), _) => self.phase = Phase::Ended,
            (Ok(_), _) => {}
        }
        request
    }

    fn take(&mut self, frame: GatewayFrame) -> Result<Request, Ending> {
        use gateway_frame::Body;
        let body = frame.body.ok_or(Ending::Malformed { field: "kind of frame" })?;
        let name = match &body {
            Body::Hello(_) => "a Hello",
            Body::Submit(_) => "a Submit",
            Body::Acknowledge(_) => "an Acknowledge",
            Body::Decline(_) => "a Decline",
            Body::Ask(_) => "an Ask",
            Body::Bye(_) => "a Bye",
        };
        match (&mut self.phase, body) {
            (Phase::Failed | Phase::Ended, _) => {
                Err(Ending::OutOfTurn { frame: name, when: "after the end" })
            }
            (_, Body::Bye(bye)) => Ok(Request::End(Farewell::of(&bye))),
            (Phase::Greeting, Body::Hello(hello)) => {
                let opening = self.opening(&hello)?;
                self.phase = Phase::Opening(opening.clone());
                Ok(Request::Open(opening))
            }
            (Phase::Opening(_) | Phase::Open(_), Body::Hello(_)) => {
                Err(Ending::OutOfTurn { frame: name, when: "after the first Hello" })
            }
            (Phase::Greeting, _) => {
                Err(Ending::OutOfTurn { frame: name, when: "before the Hello" })
            }
            (Phase::Opening(_), _) => {
                Err(Ending::OutOfTurn { frame: name, when: "before the Welcome" })
            }
            (Phase::Open(open), Body::Submit(submit)) => {
                open.input.submit(&self.limits, submit).map(Request::Submit)
            }
            (Phase::Open(open), Body::Acknowledge(acknowledge)) => match &mut open.output {
                None => Err(Ending::LanesNotHeld { what: "an Acknowledge" }),
                Some(output) => Ok(output
                    .acknowledge(&acknowledge)?
                    .map_or(Request::Nothing, Request::Acknowledge)),
            },
            (Phase::Open(open), Body::Decline(decline)) => match &mut open.output {
                None => Err(Ending::LanesNotHeld { what: "a Decline" }),
                Some(output) => {
                    let declination = output.decline(self.context.terminal, &decline)?;
                    Ok(declination.map_or(Request::Nothing, Request::Decline))
                }
            },
            (Phase::Open(open), Body::Ask(ask)) => open.asks.take(ask).map(|taken| match taken {
                Taken::Asked(asked) => Request::Ask(asked),
                Taken::Awaiting(awaiting) => Request::Await(awaiting),
            }),
        }
    }

    fn opening(&self, hello: &Hello) -> Result<Opening, Ending> {
        if hello.version < VERSION {
            return Err(Ending::Version { found: hello.version });
        }
        let network = fields::network(&hello.network)?;
        if network != self.context.network {
            return Err(Ending::ForeignNetwork { expected: self.context.network, found: network });
        }
        let terminal = fields::terminal(&hello.terminal)?;
        if terminal != self.context.terminal {
            let certificate = self.context.terminal;
            return Err(Ending::ForeignTerminal { certificate, found: terminal });
        }
        if !(1..=WINDOW_MAX).contains(&hello.window) {
            return Err(Ending::Malformed { field: "window" });
        }
        let received = hello
            .lanes
            .iter()
            .map(|position| Ok((fields::lane(position.lane)?, position.received_through)))
            .collect::<Result<Vec<_>, Ending>>()?;
        let rising = received.is_sorted_by(|(lane, _), (next, _)| lane < next);
        if !rising || received.iter().any(|(_, through)| *through == 0) {
            return Err(Ending::Malformed { field: "list of lanes" });
        }
        Ok(Opening {
            answered_through: hello.answered_through,
            tree_size: hello.tree_size,
            received,
            receives: hello.receives,
            claims: claims(hello)?,
            window: hello.window,
        })
    }

    /// Welcomes the gateway, once the opening is durable.
    ///
    /// # Errors
    ///
    /// [`WelcomeError::Ending`] for a gateway that has seen more than this hub holds, or the other
    /// way round: the link is over. [`WelcomeError::Tree`] where the store of the tree lacks a node.
    ///
    /// # Panics
    ///
    /// Without an opening before.
    pub fn welcome(
        &mut self,
        opened: &Opened,
        log: &Log<'_, impl Nodes>,
    ) -> Result<HubFrame, WelcomeError> {
        let phase = std::mem::replace(&mut self.phase, Phase::Failed);
        let Phase::Opening(opening) = phase else {
            panic!("a session is welcomed once, after its opening");
        };
        let input = Input::resume(&opening, opened)?;
        let (sent, proof) = SentLog::start(opening.tree_size, log)?;
        let limits = &self.limits;
        let number = |n: usize| u32::try_from(n).expect("limits are within those of the protocol");
        let welcome = Welcome {
            version: VERSION,
            session: opened.session,
            input_number: opened.input_number,
            window: limits.window,
            frame_messages_max: number(limits.frame_messages),
            frame_bytes_max: number(FRAME_BYTES_MAX),
            message_bytes_max: number(limits.message_bytes),
            proof: Some(proof),
            time: opened.at.0,
        };
        let output = opening.receives.then(|| Output::new(opening.window));
        let (grants, asks) = (SentGrants::default(), Asks::default());
        let open = Open { input, output, log: sent, grants, asks };
        self.phase = Phase::Open(Box::new(open));
        Ok(welcome.into())
    }

    /// Gives lanes of the institution to this session, each from its first entry that is not
    /// acknowledged. It names all that are in use, those too that others have.
    ///
    /// # Panics
    ///
    /// When the session is not open or does not receive.
    #[must_use]
    pub fn hold(&mut self, lanes: &[LaneState]) -> HubFrame {
        self.output().hold(lanes).into()
    }

    /// Gives lanes to a session that has others, which stay as they are.
    ///
    /// # Panics
    ///
    /// When the session is not open or holds no lanes.
    #[must_use]
    pub fn hold_more(&mut self, lanes: &[LaneState]) -> HubFrame {
        self.output().hold_more(lanes).into()
    }

    /// Takes all lanes away again: other sessions have them now.
    ///
    /// # Panics
    ///
    /// When the session is not open or does not receive.
    #[must_use]
    pub fn release(&mut self) -> HubFrame {
        self.output().release().into()
    }

    /// The last input number whose answer has gone out on this link, or was there before.
    ///
    /// # Panics
    ///
    /// When the session is not open.
    #[must_use]
    pub fn answered_through(&self) -> u64 {
        self.open().input.answered_through()
    }

    /// Makes the frame with the next answers: the durable records of the input numbers that follow
    /// [`Self::answered_through`].
    ///
    /// # Errors
    ///
    /// [`MerkleError`] where the store of the tree lacks a node.
    ///
    /// # Panics
    ///
    /// When the session is not open, without answers, on more than a frame holds, on an answer to
    /// what was never submitted, or on a record that is not in the log yet.
    pub fn answers(
        &mut self,
        records: Vec<Recorded>,
        log: &Log<'_, impl Nodes>,
        grants: &impl Grants,
    ) -> Result<HubFrame, MerkleError> {
        let terminal = self.context.terminal;
        let open = self.open_mut();
        let notes = records.iter().filter_map(|record| {
            let signer = (terminal, grants::key_of_accepted(record)?);
            open.grants.needed(signer, record.head.at, grants)
        });
        let notes = notes.collect();
        let sequences = records.iter().map(|record| record.head.sequence).collect();
        let proof = open.log.prove(sequences, log)?;
        let first_input_number = open.input.answer(records.len());
        let mut pieces = Pieces::with_capacity(records.len() * RecordHead::LENGTH);
        let answers = (first_input_number..).zip(records).map(|(number, record)| Answer {
            head: pieces.field(&record.head.encode()),
            meta: if open.input.gateway_can_make_meta(number, record.head.kind) {
                Bytes::new()
            } else {
                record.meta
            },
        });
        let answers = answers.collect();
        Ok(Answers { first_input_number, answers, grants: notes, proof: Some(proof) }.into())
    }

    /// How many more entries of a lane can be offered now; 0 while the session does not hold it.
    #[must_use]
    pub fn room(&self, lane: Lane) -> u64 {
        match &self.phase {
            Phase::Open(open) => open.output.as_ref().map_or(0, |output| output.room(lane)),
            Phase::Greeting | Phase::Opening(_) | Phase::Failed | Phase::Ended => 0,
        }
    }

    /// How many entries of a lane, of those up to an output number, shall be offered in one frame
    /// now. None, while the session does not hold the lane, its window is full, or a few wait for
    /// more because small frames are unacknowledged.
    #[must_use]
    pub fn due(&self, lane: Lane, through: u64) -> u64 {
        match &self.phase {
            Phase::Open(open) => open.output.as_ref().map_or(0, |output| output.due(lane, through)),
            Phase::Greeting | Phase::Opening(_) | Phase::Failed | Phase::Ended => 0,
        }
    }

    /// Whether the entries of a lane up to an output number wait for more to come, and for nothing
    /// else. What has waited so for [`gather_time`](crate::gather_time) goes out after
    /// [`Self::hurry`].
    #[must_use]
    pub fn gathers(&self, lane: Lane, through: u64) -> bool {
        match &self.phase {
            Phase::Open(open) => {
                open.output.as_ref().is_some_and(|output| output.gathers(lane, through))
            }
            Phase::Greeting | Phase::Opening(_) | Phase::Failed | Phase::Ended => false,
        }
    }

    /// The next frame of each lane goes out, however small it is.
    pub fn hurry(&mut self) {
        if let Phase::Open(open) = &mut self.phase
            && let Some(output) = &mut open.output
        {
            output.hurry();
        }
    }

    /// The last output number of a lane that was offered in this hold, or acknowledged before it.
    ///
    /// # Panics
    ///
    /// When the session is not open or does not hold the lanes.
    #[must_use]
    pub fn offered_through(&self, lane: Lane) -> u64 {
        let output = self.open().output.as_ref().expect("the session receives");
        output.offered_through(lane)
    }

    /// Makes the frame with the next offers of a lane: the entries that follow
    /// [`Self::offered_through`].
    ///
    /// # Errors
    ///
    /// [`MerkleError`] where the store of the tree lacks a node.
    ///
    /// # Panics
    ///
    /// When the session does not hold the lanes, without offers, on more than there is room for or
    /// than a frame holds, or on a record that is not in the log yet.
    pub fn offers(
        &mut self,
        lane: Lane,
        offers: Vec<Offer>,
        log: &Log<'_, impl Nodes>,
        grants: &impl Grants,
    ) -> Result<HubFrame, MerkleError> {
        let open = self.open_mut();
        let notes = offers
            .iter()
            .flat_map(grants::signers)
            .filter_map(|(signer, at)| open.grants.needed(signer, at, grants));
        let notes = notes.collect();
        let proof = open.log.prove(offers.iter().flat_map(Offer::sequences).collect(), log)?;
        let output = open.output.as_mut().expect("only a session that receives is offered to");
        let mut frame = output.offer(lane, offers);
        frame.grants = notes;
        frame.proof = Some(proof);
        Ok(frame.into())
    }

    /// Makes the frame that answers a question, with a proof of the records in it.
    ///
    /// # Errors
    ///
    /// [`MerkleError`] where the store of the tree lacks a node.
    ///
    /// # Panics
    ///
    /// When the session is not open, or on a question that was answered or never asked.
    pub fn reply(
        &mut self,
        number: u64,
        reply: Reply,
        log: &Log<'_, impl Nodes>,
    ) -> Result<HubFrame, MerkleError> {
        let open = self.open_mut();
        let sequences: Vec<u64> = reply.heads().iter().map(|head| head.sequence).collect();
        let proof = if sequences.is_empty() { None } else { Some(open.log.prove(sequences, log)?) };
        let mut frame = open.asks.reply(number, reply);
        frame.proof = proof;
        Ok(frame.into())
    }

    /// Makes the frame that shows a cosigned checkpoint, by its size and note, to a gateway that
    /// waits for one.
    ///
    /// # Errors
    ///
    /// When the tree lacks a node.
    ///
    /// # Panics
    ///
    /// When the gateway does not wait, or the checkpoint covers more than is durable.
    pub fn witnessed(
        &mut self,
        awaiting: &Awaiting,
        cosigned: (u64, &Bytes),
        log: &Log<'_, impl Nodes>,
    ) -> Result<HubFrame, MerkleError> {
        let open = self.open_mut();
        let frame = open.log.witnessed(cosigned, &awaiting.records, log)?;
        Ok(open.asks.witnessed(awaiting.number, frame).into())
    }

    /// Ends the link from this side; gives the Bye, unless one has gone or come before.
    #[must_use]
    pub fn end(&mut self, ending: &Ending) -> Option<HubFrame> {
        self.end_with(ending.code(), &ending.to_string())
    }

    /// Ends the link with a code of another family: the network machine has rejected a command.
    #[must_use]
    pub fn end_with(&mut self, code: &str, text: &str) -> Option<HubFrame> {
        match std::mem::replace(&mut self.phase, Phase::Ended) {
            Phase::Ended => None,
            Phase::Greeting | Phase::Opening(_) | Phase::Open(_) | Phase::Failed => {
                Some(crate::bye(code, text).into())
            }
        }
    }

    /// Whether a session is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open(_))
    }

    fn open(&self) -> &Open {
        match &self.phase {
            Phase::Open(open) => open,
            Phase::Greeting | Phase::Opening(_) | Phase::Failed | Phase::Ended => {
                panic!("no session is open")
            }
        }
    }

    fn open_mut(&mut self) -> &mut Open {
        match &mut self.phase {
            Phase::Open(open) => open,
            Phase::Greeting | Phase::Opening(_) | Phase::Failed | Phase::Ended => {
                panic!("no session is open")
            }
        }
    }

    fn output(&mut self) -> &mut Output {
        self.open_mut().output.as_mut().expect("only a session that receives gets the lanes")
    }
}

/// The lanes that a session is for.
fn claims(hello: &Hello) -> Result<Claims, Ending> {
    const BAD: Ending = Ending::Malformed { field: "list of lanes" };
    let lanes = hello.lanes_wanted.iter().map(|lane| fields::lane(*lane));
    let lanes = lanes.collect::<Result<Vec<_>, _>>()?;
    if !lanes.is_sorted_by(|lane, next| lane < next) {
        return Err(BAD);
    }
    let claims = Claims::new(lanes.into_iter().collect::<LaneSet>(), !hello.only_wanted);
    claims.filter(|claims| hello.receives || *claims == Claims::ALL).ok_or(BAD)
}
