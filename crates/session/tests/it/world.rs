//! A network for tests: one hub, some gateways, and a wire to each that can break anywhere.
//!
//! Frames go as bytes, as on a real wire. What a hub has received and not committed, and what a
//! gateway has received and not stored, is lost when it crashes.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use bytes::Bytes;
use iso::{Institution, Terminal};
use session::gateway::{Event, Item, Outcome};
use session::hub::{Awaiting, Link, Opening, Request, WelcomeError};
use session::{Ending, Limits};
use trust::{FrameContext, Lane};
use wire::Encoding as _;
use wire::latest::{GatewayFrame, HubFrame, gateway_frame, hub_frame};

use crate::bank::Bank;
use crate::hub::{Hub, network};

/// The wire to one gateway, and the hub's end of it.
pub(crate) struct Wire {
    pub(crate) to_hub: VecDeque<Bytes>,
    pub(crate) to_bank: VecDeque<Bytes>,
    /// Nothing while the wire is cut.
    pub(crate) end: Option<Link>,
    /// Received by the hub, and not committed.
    pub(crate) work: VecDeque<Request>,
    holds: bool,
    /// Waits for witnesses.
    pub(crate) awaiting: Option<Awaiting>,
}

pub(crate) struct World {
    pub(crate) hub: Hub,
    pub(crate) limits: Limits,
    pub(crate) banks: BTreeMap<Terminal, Bank>,
    pub(crate) wires: BTreeMap<Terminal, Wire>,
    /// Who has the lanes of an institution.
    holders: BTreeMap<Institution, Terminal>,
    /// What happened, for people.
    pub(crate) log: String,
}

impl World {
    pub(crate) fn new(terminals: &[&str]) -> Self {
        let terminals: Vec<Terminal> = terminals.iter().map(|it| it.parse().unwrap()).collect();
        Self {
            hub: Hub::new(&terminals),
            limits: Limits { window: 16, frame_messages: 8, message_bytes: 4096 },
            banks: terminals.iter().map(|it| (*it, Bank::new(*it))).collect(),
            wires: BTreeMap::new(),
            holders: BTreeMap::new(),
            log: String::new(),
        }
    }

    pub(crate) fn bank(&mut self, terminal: Terminal) -> &mut Bank {
        self.banks.get_mut(&terminal).expect("the terminal is of this world")
    }

    fn say(&mut self, text: &str) {
        writeln!(self.log, "{text}").expect("a String takes all");
    }

    pub(crate) fn connect(&mut self, terminal: Terminal) {
        self.cut(terminal);
        let hello = self.bank(terminal).connect();
        let context = FrameContext { network: network(), terminal };
        let mut wire = Wire {
            to_hub: VecDeque::new(),
            to_bank: VecDeque::new(),
            end: Some(Link::new(self.limits, context)),
            work: VecDeque::new(),
            holds: false,
            awaiting: None,
        };
        wire.to_hub.push_back(hello.encode_to_vec().into());
        self.wires.insert(terminal, wire);
    }

    /// The wire breaks: frames on their way are lost, and the hub closes the session.
    pub(crate) fn cut(&mut self, terminal: Terminal) {
        if let Some(wire) = self.wires.remove(&terminal)
            && wire.holds
        {
            self.release(terminal);
        }
        self.bank(terminal).link = None;
    }

    /// The lanes go to nobody, or to another session that receives.
    fn release(&mut self, terminal: Terminal) {
        let institution = terminal.institution();
        self.hub.release(institution);
        self.holders.remove(&institution);
        let other = self.wires.iter_mut().find(|(other, wire)| {
            other.institution() == institution && wire.end.as_ref().is_some_and(Link::is_open)
        });
        if let Some((other, _)) = other {
            let other = *other;
            self.hold(other);
        }
    }

    fn hold(&mut self, terminal: Terminal) {
        let institution = terminal.institution();
        if let Some(before) = self.holders.insert(institution, terminal) {
            self.hub.release(institution);
            if let Some(wire) = self.wires.get_mut(&before).filter(|_| before != terminal) {
                wire.holds = false;
                let frame = wire.end.as_mut().expect("the holder has a link").release();
                wire.to_bank.push_back(frame.encode_to_vec().into());
            }
        }
        let states = self.hub.hold(institution);
        let wire = self.wires.get_mut(&terminal).expect("the terminal is connected");
        wire.holds = true;
        let frame = wire.end.as_mut().expect("the terminal is connected").hold(&states);
        wire.to_bank.push_back(frame.encode_to_vec().into());
    }

    pub(crate) fn crash_bank(&mut self, terminal: Terminal) {
        self.cut(terminal);
        self.bank(terminal).crash();
    }

    pub(crate) fn crash_hub(&mut self) {
        let terminals: Vec<Terminal> = self.wires.keys().copied().collect();
        // None of them gets the lanes of another that goes first.
        self.wires.values_mut().for_each(|wire| wire.end = None);
        terminals.into_iter().for_each(|terminal| self.cut(terminal));
    }

    /// The gateway sends its next frame, if one is due.
    pub(crate) fn bank_sends(&mut self, terminal: Terminal, count: usize) -> bool {
        let Some(frame) = self.bank(terminal).next_frame(count) else { return false };
        let wire = self.wires.get_mut(&terminal).expect("a bank with a link has a wire");
        wire.to_hub.push_back(frame.encode_to_vec().into());
        true
    }

    /// The hub takes one frame off the wire.
    pub(crate) fn hub_takes(&mut self, terminal: Terminal) -> bool {
        let Some(wire) = self.wires.get_mut(&terminal) else { return false };
        let (Some(bytes), Some(end)) = (wire.to_hub.pop_front(), &mut wire.end) else {
            return false;
        };
        let frame = GatewayFrame::decode(bytes).expect("gateways send frames");
        let shown = show_gateway(&frame);
        match end.receive(frame) {
            Ok(Request::Nothing) => self.say(&format!("{terminal} > {shown}, passed over")),
            Ok(request) => {
                wire.work.push_back(request);
                self.say(&format!("{terminal} > {shown}"));
            }
            Err(ending) => {
                self.say(&format!("{terminal} > {shown}"));
                self.hub_ends(terminal, &ending);
            }
        }
        true
    }

    fn hub_ends(&mut self, terminal: Terminal, ending: &Ending) {
        let wire = self.wires.get_mut(&terminal).expect("the terminal is connected");
        let bye = wire.end.as_mut().and_then(|end| end.end(ending));
        wire.to_bank.extend(bye.map(|frame| Bytes::from(frame.encode_to_vec())));
        wire.to_hub.clear();
        wire.work.clear();
        if std::mem::take(&mut wire.holds) {
            self.release(terminal);
        }
    }

    /// The hub makes the oldest work of a link durable.
    pub(crate) fn commit(&mut self, terminal: Terminal) -> bool {
        let Some(request) = self.wires.get_mut(&terminal).and_then(|it| it.work.pop_front()) else {
            return false;
        };
        match request {
            Request::Open(opening) => self.open(terminal, &opening),
            Request::Submit(submission) => self.hub.submit(terminal, &submission),
            Request::Acknowledge(taken) => {
                if self.holders.get(&terminal.institution()) == Some(&terminal) {
                    self.hub.acknowledge(terminal, &taken);
                }
            }
            Request::Await(awaiting) => {
                let wire = self.wires.get_mut(&terminal).expect("the terminal is connected");
                wire.awaiting = Some(awaiting);
            }
            Request::Decline(_) | Request::Ask(_) | Request::Nothing | Request::End(_) => {}
        }
        self.hub.sync();
        true
    }

    fn open(&mut self, terminal: Terminal, opening: &Opening) {
        let opened = self.hub.open(terminal, opening);
        self.hub.sync();
        let wire = self.wires.get_mut(&terminal).expect("the terminal is connected");
        let end = wire.end.as_mut().expect("a wire with work has its end");
        match end.welcome(&opened, &self.hub.log()) {
            Ok(frame) => {
                wire.to_bank.push_back(frame.encode_to_vec().into());
                if opening.receives {
                    self.hold(terminal);
                }
            }
            Err(WelcomeError::Ending(ending)) => self.hub_ends(terminal, &ending),
            Err(WelcomeError::Tree(error)) => panic!("the tree is in memory: {error}"),
        }
    }

    /// The hub sends a frame of answers or offers, if there is one.
    pub(crate) fn hub_sends(&mut self, terminal: Terminal, count: usize) -> bool {
        let Some(wire) = self.wires.get_mut(&terminal) else { return false };
        let Some(end) = wire.end.as_mut().filter(|end| end.is_open()) else { return false };
        let mut frame = self.hub.answers(terminal, end, count);
        if frame.is_none() && wire.holds {
            frame = self.hub.offers(terminal.institution(), end, count);
        }
        let Some(frame) = frame else { return false };
        wire.to_bank.push_back(frame.encode_to_vec().into());
        true
    }

    /// The gateway takes one frame off the wire.
    pub(crate) fn bank_takes(&mut self, terminal: Terminal) -> bool {
        let Some(bytes) = self.wires.get_mut(&terminal).and_then(|it| it.to_bank.pop_front())
        else {
            return false;
        };
        let frame = HubFrame::decode(bytes).expect("the hub sends frames");
        let shown = show_hub(&frame);
        self.say(&format!("{terminal} < {shown}"));
        match self.bank(terminal).receive(frame) {
            Ok(Some(event)) => {
                let meaning = show_event(&event);
                self.say(&format!("    {meaning}"));
            }
            Ok(None) => {}
            Err(ending) => {
                let after = ending.after();
                self.say(&format!("    {} {ending}; {after:?}", ending.code()));
                let link = self.bank(terminal).link.as_mut().expect("the frame had a link");
                let bye = link.end(&ending).expect("the Bye comes once");
                let wire = self.wires.get_mut(&terminal).expect("the frame had a wire");
                wire.to_hub.push_back(bye.encode_to_vec().into());
                // It reads no further.
                wire.to_bank.clear();
            }
        }
        true
    }

    /// Lets everything happen that can happen, in a fixed order.
    pub(crate) fn settle(&mut self) {
        let terminals: Vec<Terminal> = self.banks.keys().copied().collect();
        loop {
            let mut quiet = true;
            for &terminal in &terminals {
                quiet &= !self.bank_sends(terminal, usize::MAX);
                quiet &= !self.hub_takes(terminal);
                quiet &= !self.commit(terminal);
                quiet &= !self.hub_sends(terminal, 8);
                quiet &= !self.bank_takes(terminal);
                quiet &= !self.bank(terminal).store_one();
            }
            if quiet {
                return;
            }
        }
    }
}

fn lane(number: u32) -> Lane {
    Lane(u8::try_from(number).unwrap())
}

fn range(first: u64, count: usize) -> String {
    let last = first + count as u64 - 1;
    if last == first { first.to_string() } else { format!("{first} to {last}") }
}

pub(crate) fn show_gateway(frame: &GatewayFrame) -> String {
    use gateway_frame::Body;
    match frame.body.as_ref().unwrap() {
        Body::Hello(hello) => {
            let lanes = hello.lanes.iter().fold(String::new(), |lanes, it| {
                format!("{lanes}, {} lane {}", lane(it.lane), it.received_through)
            });
            format!("Hello: answers {}, tree {}{lanes}", hello.answered_through, hello.tree_size)
        }
        Body::Submit(it) => {
            format!("Submit {}", range(it.first_input_number, it.messages.len()))
        }
        Body::Acknowledge(it) => {
            let count = (it.through + 1 - it.first) as usize;
            format!("Acknowledge {} lane {}", lane(it.lane), range(it.first, count))
        }
        Body::Decline(_) => "Decline".to_owned(),
        Body::Ask(ask) => format!("Ask {}", ask.number),
        Body::Bye(bye) => format!("Bye {} {}", bye.code, bye.text),
    }
}

pub(crate) fn show_hub(frame: &HubFrame) -> String {
    use hub_frame::Body;
    match frame.body.as_ref().unwrap() {
        Body::Welcome(it) => format!("Welcome: holds {}", it.input_number),
        Body::Lanes(it) if it.held => it.lanes.iter().fold("Lanes".to_owned(), |text, it| {
            let (done, given) = (it.acknowledged_through, it.assigned_through);
            format!("{text}, {} {done} of {given}", lane(it.lane))
        }),
        Body::Lanes(_) => "Lanes are elsewhere".to_owned(),
        Body::Answers(it) => {
            let metas = it.answers.iter().filter(|it| !it.meta.is_empty()).count();
            let numbers = range(it.first_input_number, it.answers.len());
            format!("Answers {numbers}, {metas} with meta, {} grants", it.grants.len())
        }
        Body::Offers(it) => {
            let again = it.offers.iter().filter(|it| it.possible_duplicate).count();
            let numbers = range(it.first_output_number, it.offers.len());
            let grants = it.grants.len();
            format!("Offers {} lane {numbers}, {again} marked, {grants} grants", lane(it.lane))
        }
        Body::Reply(reply) => format!("Reply {}", reply.number),
        Body::Bye(bye) => format!("Bye {} {}", bye.code, bye.text),
    }
}

fn show_event(event: &Event) -> String {
    match event {
        Event::Opened(opened) => format!("session {}", opened.session),
        Event::Lanes(lanes) => {
            let missed = lanes.missed.iter().fold(String::new(), |text, it| {
                format!("{text}, missed {} lane {} to {}", it.lane, it.first, it.through)
            });
            format!("{}{missed}", if lanes.held { "receives" } else { "waits" })
        }
        Event::Answered(answers) => {
            let words = answers.iter().map(|answer| match &answer.outcome {
                Outcome::Accepted { .. } => format!("{} accepted", answer.input_number),
                Outcome::Refused(reasons) => {
                    format!("{} refused {}", answer.input_number, reasons[0].code())
                }
            });
            words.collect::<Vec<_>>().join(", ")
        }
        Event::Witnessed(witnessed) => {
            let (size, paths) = (witnessed.checkpoint.checkpoint.size, witnessed.paths.len());
            let enough = if witnessed.by.is_ok() { "" } else { ", too few" };
            format!("witnessed below {size}, {paths} paths{enough}")
        }
        Event::Replied { number, .. } => format!("{number} answered"),
        Event::Received(arrivals) => {
            let words = arrivals.entries.iter().map(|received| {
                let number = received.output_number;
                let mark = if received.possible_duplicate { " again?" } else { "" };
                match &received.item {
                    Item::Message(it) => format!("{number} from {}{mark}", it.header.sender),
                    Item::Notice(it) => {
                        format!("{number} {} {} delivered{mark}", it.terminal, it.input_number)
                    }
                    Item::Told(it) => format!("{number} told {:?}{mark}", it.tiding),
                    Item::Withdrawn(it) => format!("{number} withdrawn {}{mark}", it.message),
                    Item::Copy(it) => format!("{number} copy from {}{mark}", it.header.sender),
                }
            });
            let mut words: Vec<String> = words.collect();
            if arrivals.duplicates > 0 {
                words.push(format!("{} had before", arrivals.duplicates));
            }
            words.join(", ")
        }
        Event::End(farewell) => format!("ends, then {:?}", session::After::of(&farewell.code)),
    }
}
