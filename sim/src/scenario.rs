//! A network in somebody's hands: what happens is said step by step, and can be looked at in between.
//!
//! It is the same network as in a run from a seed, with the same checkers. Beside gateways there may
//! be a [`Peer`]: a connection with a terminal's certificate and nobody's rules behind it.

use bytes::Bytes;
use network::{LanePosition, Network};
use wire::Encoding as _;
use wire::latest::{GatewayFrame, Hello, HubFrame, gateway_frame, hub_frame};

use crate::check::{Came, Find};
use crate::link::Wire;
use crate::plan::{Kind, Plan, SECOND, Step};
use crate::world::{Counts, Event, World};
use crate::{identity, kept};

/// A network in somebody's hands.
pub struct Scenario {
    world: World,
}

/// A connection whose other end does as it likes. The hub knows it by a terminal's certificate.
#[derive(Debug)]
pub struct Peer {
    link: u64,
    terminal: iso::Terminal,
}

/// What each checker of a run finds ends a scenario too.
pub type Result<T = ()> = std::result::Result<T, Find>;

impl std::fmt::Debug for Scenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let World { now, counts, .. } = &self.world;
        f.debug_struct("Scenario").field("now", now).field("counts", counts).finish_non_exhaustive()
    }
}

impl Scenario {
    /// A network of so many gateways, two to five, all connected.
    ///
    /// # Errors
    ///
    /// A broken promise.
    pub fn new(seed: u64, banks: usize) -> Result<Self> {
        let plan = Plan::bare(seed, banks);
        let mut world = World::new(&plan, None, false);
        world.begin();
        let mut scenario = Self { world };
        scenario.play_for(SECOND)?;
        Ok(scenario)
    }

    /// Lets back offices look only so often where nobody calls them: for long times.
    pub fn look_every(&mut self, time_us: u64) {
        self.world.office_us = time_us;
    }

    /// Lets a back office look now.
    ///
    /// # Errors
    ///
    /// A broken promise.
    pub fn look(&mut self, bank: usize) -> Result {
        self.world.office(bank)
    }

    /// Lets time pass, in microseconds.
    ///
    /// # Errors
    ///
    /// A broken promise.
    pub fn play_for(&mut self, time_us: u64) -> Result {
        let until = self.world.now + time_us;
        while self.world.next_at().is_some_and(|at| at <= until) {
            self.world.turn()?;
        }
        self.world.now = until;
        Ok(())
    }

    /// Lets things happen one by one until something is true; says whether it came true within a
    /// minute.
    ///
    /// # Errors
    ///
    /// A broken promise.
    pub fn play_until(&mut self, is_true: impl Fn(&Self) -> bool) -> Result<bool> {
        let until = self.world.now + 60 * SECOND;
        while !is_true(self) {
            if self.world.now > until || self.world.turn()?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Lets something happen now; `amount` as [`Kind`] says.
    pub fn strike(&mut self, kind: Kind, who: usize, amount: u64) {
        self.world.step(Step { at: self.world.now, kind, who, amount });
    }

    /// Ends all faults, plays on until everything that was promised has come true, and compares the
    /// log with what clients were shown.
    ///
    /// # Errors
    ///
    /// A broken promise.
    pub fn settle(&mut self) -> Result<Counts> {
        self.world.heal()?;
        self.world.end()?;
        Ok(self.world.counts.clone())
    }

    /// A gateway's process ends, and is not started again.
    pub fn turn_off(&mut self, bank: usize) {
        self.world.banks[bank].is_off = true;
        if self.world.banks[bank].gateway.is_some() {
            self.world.bank_dies(bank, false);
        }
    }

    /// It is started again.
    pub fn turn_on(&mut self, bank: usize) {
        self.world.banks[bank].is_off = false;
        self.world.soon(Event::BankStart(bank));
    }

    /// What gateways have received, in the order in which their back offices saw it.
    #[must_use]
    pub fn came(&self) -> &[Came] {
        &self.world.checker.came
    }

    /// How many messages were handed in at a gateway and have an answer: accepted or refused.
    #[must_use]
    pub fn answered(&self, bank: usize) -> usize {
        let own = self.world.checker.posted.iter().filter(|((from, _), _)| *from == bank);
        own.filter(|(_, posted)| posted.acceptance.is_some() || posted.refusal.is_some()).count()
    }

    /// How many messages wait in a gateway's inbox; nothing where it has no process.
    #[must_use]
    pub fn waiting(&self, bank: usize) -> Option<usize> {
        let gateway = self.world.banks[bank].gateway.as_ref()?;
        gateway.inbox(1_000).ok().map(|inbox| inbox.len())
    }

    /// The frames with messages and acknowledgements that a gateway has sent.
    ///
    /// # Panics
    ///
    /// On a frame that does not read: gateways make none.
    #[must_use]
    pub fn sent(&self, bank: usize) -> Vec<GatewayFrame> {
        let sent = self.world.banks[bank].sent.iter().cloned();
        sent.map(|bytes| GatewayFrame::decode(bytes).expect("a gateway makes frames")).collect()
    }

    /// Keeps the frames of the hub that a gateway takes from now on, for [`Self::taken`].
    pub fn listen(&mut self, bank: usize) {
        self.world.banks[bank].taken = Some(Vec::new());
    }

    /// The frames of the hub that a gateway has taken since [`Self::listen`].
    ///
    /// # Panics
    ///
    /// On a frame that does not read: the hub makes none.
    #[must_use]
    pub fn taken(&self, bank: usize) -> Vec<HubFrame> {
        let taken = self.world.banks[bank].taken.iter().flatten().cloned();
        taken.map(|bytes| HubFrame::decode(bytes).expect("the hub makes frames")).collect()
    }

    /// Looks at the network; nothing where the hub has no process.
    #[must_use]
    pub fn network<T>(&self, look: impl FnOnce(&Network) -> T) -> Option<T> {
        let core = self.world.host.core.as_ref()?;
        Some(core.shared().with_network(look))
    }

    /// Where the lanes of a gateway's institution stand.
    #[must_use]
    pub fn lanes(&self, bank: usize) -> Vec<LanePosition> {
        let institution = self.world.banks[bank].terminal.institution();
        self.network(|network| network.lanes(institution).collect()).unwrap_or_default()
    }

    /// How many pieces of work and words wait in the hub's memory.
    #[must_use]
    pub fn hub_holds(&self) -> usize {
        let words = self.world.links.values().filter_map(|link| link.hub.as_ref());
        self.world.host.waiting() + words.map(|(_, heard)| heard.len()).sum::<usize>()
    }

    /// The notes of all checkpoints that receipts of a gateway's messages hold, by rising size.
    #[must_use]
    pub fn checkpoints(&self, bank: usize) -> Vec<String> {
        let own = self.world.checker.posted.iter().filter(|((from, _), _)| *from == bank);
        let receipts = own.filter_map(|(_, posted)| posted.acceptance.as_deref());
        let receipts = receipts.filter_map(|bytes| trust::Receipt::decode(bytes).ok());
        let notes = receipts.flat_map(|receipt| {
            let records = receipt.records().into_iter();
            records.map(|record| record.checkpoint.clone()).collect::<Vec<String>>()
        });
        let size =
            |note: &String| trust::witness::TreeHead::parse(note).map_or(0, |head| head.size);
        let mut notes: Vec<String> = notes.collect();
        notes.sort_by_key(size);
        notes.dedup();
        notes
    }

    /// The hashes of all records that the hub's journal holds.
    ///
    /// # Panics
    ///
    /// Where the hub has no process, or its journal does not read.
    #[must_use]
    pub fn log(&self) -> Vec<trust::Digest> {
        self.world.host.records().into_iter().map(|head| head.hash()).collect()
    }

    /// The public keys of the network.
    #[must_use]
    pub fn keys() -> trust::NetworkKeys {
        identity::network_keys()
    }

    /// The key that signs for a gateway, and the context in which it does.
    #[must_use]
    pub fn signer(&self, bank: usize) -> (trust::SigningKey, trust::FrameContext) {
        let terminal = self.world.banks[bank].terminal;
        let context = trust::FrameContext { network: identity::network(), terminal };
        (identity::signing_key(terminal), context)
    }

    /// The hub's process ends, and is not started again before [`Self::start_hub`].
    pub fn stop_hub(&mut self) {
        self.world.host.is_off = true;
        if self.world.host.core.is_some() {
            self.world.hub_dies(false);
        }
    }

    /// It is started again.
    pub fn start_hub(&mut self) {
        self.world.host.is_off = false;
        self.world.soon(Event::HubStart);
    }

    /// The disk of the hub.
    #[must_use]
    pub fn hub_disk(&self) -> &journal::faults::Disk {
        &self.world.host.disk
    }

    /// How many bytes of a gateway's store were ever written.
    #[must_use]
    pub fn store_bytes(&self, bank: usize) -> usize {
        self.world.banks[bank].disk.written()
    }

    /// The file of a gateway's store, for the collection that later programs must read: see
    /// [`crate::tell`].
    #[must_use]
    pub fn keep_store(&self, bank: usize) -> Vec<u8> {
        kept::pack(&self.world.banks[bank].disk.content())
    }

    /// Changes bits of a byte of a gateway's store, durably, behind everybody's back.
    ///
    /// # Panics
    ///
    /// Where the store has no such byte.
    pub fn harm_store(&mut self, bank: usize, at: usize, bits: u8) {
        self.world.banks[bank].disk.harm(at, bits);
    }

    /// Whether a gateway has a process.
    #[must_use]
    pub fn runs(&self, bank: usize) -> bool {
        self.world.banks[bank].gateway.is_some()
    }

    /// Connects with the certificate of a gateway's terminal.
    ///
    /// # Panics
    ///
    /// When the hub is away.
    pub fn dial(&mut self, bank: usize) -> Peer {
        let link = self.world.accept(bank).expect("the hub is there");
        Peer { link, terminal: self.world.banks[bank].terminal }
    }

    /// Connects, and opens a session that receives.
    ///
    /// # Errors
    ///
    /// A broken promise.
    pub fn open(&mut self, bank: usize) -> Result<(Peer, Vec<HubFrame>)> {
        let peer = self.dial(bank);
        let terminal = peer.terminal;
        let answered = self.network(|network| network.input_number(terminal)).unwrap_or(0);
        let hello = Hello {
            version: wire::limits::VERSION,
            network: identity::network().to_string(),
            terminal: terminal.to_string(),
            answered_through: answered,
            receives: true,
            window: 8,
            ..Hello::default()
        };
        let hello = GatewayFrame { body: Some(gateway_frame::Body::Hello(hello)) };
        let frames = self.ask(&peer, &hello)?;
        Ok((peer, frames))
    }

    /// Says something, and gives what the hub says within a second.
    ///
    /// # Errors
    ///
    /// A broken promise.
    ///
    /// # Panics
    ///
    /// On a frame of the hub that does not read.
    pub fn ask(&mut self, peer: &Peer, frame: &GatewayFrame) -> Result<Vec<HubFrame>> {
        let bytes = Bytes::from(frame.encode_to_vec());
        let now = self.world.now;
        if let Some(link) = self.world.links.get_mut(&peer.link) {
            link.to_hub.send(now, 100, Wire::Frame(bytes));
        }
        self.world.wake(Event::HubLink(peer.link), 100);
        let mut frames = Vec::new();
        for _ in 0..20 {
            self.play_for(SECOND / 20)?;
            let now = self.world.now;
            let Some(link) = self.world.links.get_mut(&peer.link) else { break };
            while let Some(Wire::Frame(bytes)) = link.to_bank.take(now) {
                frames.push(HubFrame::decode(bytes).expect("the hub makes frames"));
            }
            self.world.soon(Event::HubLink(peer.link));
        }
        Ok(frames)
    }
}

/// The code of the Bye among frames of the hub, if there is one.
#[must_use]
pub fn bye(frames: &[HubFrame]) -> Option<&str> {
    frames.iter().find_map(|frame| match &frame.body {
        Some(hub_frame::Body::Bye(bye)) => Some(bye.code.as_str()),
        _ => None,
    })
}
