//! Which of two connections of a terminal has its session.

use hub::parts::{ConnectionNumber, Conversation, Core, Group, Heard, Next, Taken, Tree};
use journal::faults::Disk;
use trust::LogTime;
use wire::latest::{GatewayFrame, Hello, gateway_frame::Body, hub_frame};

use crate::{admit, network, start};

const TERMINAL: &str = "AAAADEFFA";

/// A hub with one member.
fn hub() -> Core<Disk> {
    let mut core = start(&Disk::with_salts(1), Tree::in_memory(), 1).unwrap();
    admit(&mut core, 0..1);
    core
}

/// The end of a connection, and what it hears.
pub(crate) struct Link {
    conversation: Conversation<Disk>,
    heard: Heard,
}

impl Link {
    /// The hub accepts a connection.
    pub(crate) fn accept(core: &Core<Disk>, number: u64) -> Self {
        let (shared, terminal) = (core.shared().clone(), TERMINAL.parse().unwrap());
        let (conversation, heard) = Conversation::new(shared, terminal, ConnectionNumber(number));
        Self { conversation, heard }
    }

    /// Its Hello is taken.
    pub(crate) fn greet(&mut self) -> Taken<Disk> {
        let hello = Hello {
            version: wire::limits::VERSION,
            network: network().to_string(),
            terminal: TERMINAL.to_owned(),
            window: 8,
            ..Hello::default()
        };
        self.conversation.take(GatewayFrame { body: Some(Body::Hello(hello)) })
    }

    /// Its Hello is heard.
    fn say_hello(&mut self, core: &mut Core<Disk>, group: &mut Group) {
        let Taken::Work(work) = self.greet() else { panic!("a Hello asks for a session") };
        core.decide(work, LogTime(3_000_000), group);
    }

    /// Hears what the commit loop says, and tells how it ends: the code of its Bye, if it does.
    fn ends_with(&mut self) -> Option<String> {
        let mut next = Next::Serve;
        while let Ok(event) = self.heard.try_recv() {
            next = self.conversation.hear(*event);
        }
        let code = self.bye();
        assert_eq!(code.is_some(), next != Next::Serve, "whoever ends says why");
        code
    }

    /// The code of the Bye among what it says, if there is one.
    pub(crate) fn bye(&mut self) -> Option<String> {
        let said = std::iter::from_fn(|| self.conversation.next_frame().unwrap());
        let bye = said.filter_map(|frame| match frame.body {
            Some(hub_frame::Body::Bye(bye)) => Some(bye.code),
            _ => None,
        });
        bye.last()
    }
}

#[test]
fn an_opening_that_comes_after_its_successor_is_refused() {
    let mut core = hub();
    let (mut old, mut new) = (Link::accept(&core, 1), Link::accept(&core, 2));
    for link in [&mut new, &mut old] {
        let mut group = Group::default();
        link.say_hello(&mut core, &mut group);
        core.commit(&mut group).unwrap();
    }
    assert_eq!(old.ends_with().as_deref(), Some("LNK019"));
    assert_eq!(new.ends_with(), None);
}

#[test]
fn it_is_refused_in_the_same_group_too() {
    let mut core = hub();
    let (mut old, mut new) = (Link::accept(&core, 1), Link::accept(&core, 2));
    let mut group = Group::default();
    new.say_hello(&mut core, &mut group);
    old.say_hello(&mut core, &mut group);
    core.commit(&mut group).unwrap();
    assert_eq!(old.ends_with().as_deref(), Some("LNK019"));
    assert_eq!(new.ends_with(), None);
}

#[test]
fn it_is_refused_when_its_successor_has_gone_too() {
    let mut core = hub();
    let (mut old, mut new) = (Link::accept(&core, 1), Link::accept(&core, 2));
    let mut group = Group::default();
    new.say_hello(&mut core, &mut group);
    core.commit(&mut group).unwrap();
    assert_eq!(new.ends_with(), None);
    let mut group = Group::default();
    let closing = new.conversation.close(network::CloseReason::LinkLost).unwrap();
    core.decide(closing, LogTime(4_000_000), &mut group);
    old.say_hello(&mut core, &mut group);
    core.commit(&mut group).unwrap();
    assert_eq!(old.ends_with().as_deref(), Some("LNK019"));
}

#[test]
fn a_second_gateway_of_the_terminal_is_still_noticed() {
    // Two gateways run under one terminal. Whichever order their connections and openings come in,
    // one of them is told so in the end, and no third connection is needed for it.
    for openings in [[1, 2], [2, 1]] {
        let mut core = hub();
        let mut links = [Link::accept(&core, 1), Link::accept(&core, 2)];
        let mut codes = Vec::new();
        let say_hello = |core: &mut Core<Disk>, link: &mut Link| {
            let mut group = Group::default();
            link.say_hello(core, &mut group);
            core.commit(&mut group).unwrap();
        };
        for number in openings {
            say_hello(&mut core, &mut links[number - 1]);
        }
        codes.extend(links.iter_mut().filter_map(Link::ends_with));
        if codes == ["LNK019"] {
            // It connects again, as this code lets it.
            let mut again = Link::accept(&core, 3);
            say_hello(&mut core, &mut again);
            assert_eq!(again.ends_with(), None);
            codes = links.iter_mut().filter_map(Link::ends_with).collect();
        }
        assert_eq!(codes, ["LNK002"], "{openings:?}");
    }
}

#[test]
fn a_gateway_that_connects_again_takes_its_own_session_over() {
    let mut core = hub();
    let (mut old, mut new) = (Link::accept(&core, 1), Link::accept(&core, 2));
    for link in [&mut old, &mut new] {
        let mut group = Group::default();
        link.say_hello(&mut core, &mut group);
        core.commit(&mut group).unwrap();
    }
    assert_eq!(old.ends_with().as_deref(), Some("LNK002"));
    assert_eq!(new.ends_with(), None);
}
