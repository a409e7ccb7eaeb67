//! Frames that chance makes: any bit flipped, any numbers in any order.

use bytes::Bytes;
use iso::Terminal;
use proptest::prelude::*;
use session::gateway::Event;
use trust::{Lane, Monitoring, Priority};
use wire::Encoding as _;
use wire::latest::{
    Acknowledge, Bye, GatewayFrame, Hello, HubFrame, LanePosition, Message, Submit,
};

use crate::world::World;

fn alpha() -> Terminal {
    "ALPHDEFFA".parse().unwrap()
}

fn bank() -> Terminal {
    "BANKFRPPA".parse().unwrap()
}

/// Answers for the first gateway and offers for the second, on their way.
fn world() -> (World, Bytes, Bytes) {
    let mut world = World::new(&["ALPHDEFFA", "BANKFRPPA"]);
    world.connect(alpha());
    world.connect(bank());
    world.settle();
    for receiver in ["BANKFRPP", "CHASUS33", "BANKFRPP"] {
        let receiver = receiver.parse().unwrap();
        world.bank(alpha()).send(receiver, Priority::Normal, Monitoring::None);
    }
    world.bank_sends(alpha(), 8);
    world.hub_takes(alpha());
    world.commit(alpha());
    world.hub_sends(alpha(), 8);
    world.hub_sends(bank(), 8);
    let mut next = |terminal| world.wires.get_mut(&terminal).unwrap().to_bank.pop_front().unwrap();
    let (answers, offers) = (next(alpha()), next(bank()));
    (world, answers, offers)
}

/// What the gateway makes of bytes, if they are a frame and it believes it. The marks of possible
/// duplicates are left out: they are the hub's word and nothing more. So is by which lane a message
/// comes that could come by one of the institution's own, until the receiver signs for lane and number.
fn believed(world: &mut World, terminal: Terminal, bytes: Bytes) -> Option<Event> {
    let frame = HubFrame::decode(bytes).ok()?;
    let mut event = world.bank(terminal).link.as_mut().unwrap().receive(frame).ok()?;
    if let Event::Received(arrivals) = &mut event {
        arrivals.entries.iter_mut().for_each(|entry| entry.possible_duplicate = false);
        if arrivals.lane.is_own() {
            arrivals.lane = Lane::NORMAL;
        }
    }
    Some(event)
}

/// A frame of a gateway with numbers that are often nearly right.
fn gateway_frame() -> impl Strategy<Value = GatewayFrame> {
    let number = prop_oneof![0..6_u64, Just(u64::MAX)];
    let bytes = |length: usize| prop_oneof![9 => Just(length), 1 => 0..70_usize];
    let some = |length: usize| Bytes::from(vec![1; length]);
    prop_oneof![
        1 => (0..3_u32, number.clone(), 0..4_u32).prop_map(|(version, through, lane)| Hello {
            version,
            network: "demo".to_owned(),
            terminal: "ALPHDEFFA".to_owned(),
            answered_through: through,
            lanes: vec![LanePosition { lane, received_through: through }],
            receives: true,
            window: 8,
            ..Hello::default()
        }
        .into()),
        4 => (number.clone(), 0..4_usize, bytes(8), bytes(64)).prop_map(
            move |(first_input_number, count, key, signature)| Submit {
                first_input_number,
                messages: vec![Message { header: some(9), payload: some(9) }; count],
                key: some(key),
                signature: some(signature),
            }
            .into()
        ),
        4 => ((0..4_u32, number.clone(), number), bytes(8), bytes(64), 0..3_u32).prop_map(
            move |((lane, first, through), key, signature, hold)| Acknowledge {
                lane,
                first,
                through,
                key: some(key),
                signature: some(signature),
                hold,
            }
            .into()
        ),
        1 => Just(Bye::default().into()),
        1 => Just(GatewayFrame::default()),
    ]
}

proptest! {
    #[test]
    fn answers_with_a_bit_flipped_are_refused_or_mean_the_same(
        at: prop::sample::Index,
        bit in 0..8_u32,
    ) {
        let (mut world, honest, _) = world();
        let mut bytes = honest.to_vec();
        bytes[at.index(honest.len())] ^= 1 << bit;
        let changed = believed(&mut world, alpha(), bytes.into());
        if changed.is_some() {
            let (mut world, honest, _) = self::world();
            prop_assert_eq!(changed, believed(&mut world, alpha(), honest));
        }
    }

    #[test]
    fn offers_with_a_bit_flipped_are_refused_or_mean_the_same(
        at: prop::sample::Index,
        bit in 0..8_u32,
    ) {
        let (mut world, _, honest) = world();
        let mut bytes = honest.to_vec();
        bytes[at.index(honest.len())] ^= 1 << bit;
        let changed = believed(&mut world, bank(), bytes.into());
        if changed.is_some() {
            let (mut world, _, honest) = self::world();
            prop_assert_eq!(changed, believed(&mut world, bank(), honest));
        }
    }

    #[test]
    fn a_hub_survives_any_frames_and_says_bye_once(
        frames in proptest::collection::vec(gateway_frame(), 1..12),
    ) {
        let (mut world, _, _) = world();
        let end = world.wires.get_mut(&bank()).unwrap().end.as_mut().unwrap();
        let mut failed = false;
        for frame in frames {
            match end.receive(frame) {
                Ok(_) => prop_assert!(!failed, "a failed link took a frame"),
                Err(ending) => {
                    failed = true;
                    let _ = end.end(&ending);
                    prop_assert!(end.end(&ending).is_none());
                }
            }
        }
    }
}
