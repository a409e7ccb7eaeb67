//! A gateway that sends what it must not. The hub has to end its link, and nobody else may notice.

use bytes::Bytes;
use wire::Encoding as _;
use wire::latest::{GatewayFrame, gateway_frame::Body};

use crate::world::World;

impl World {
    /// The gateway sends a frame of its past again, or a changed one.
    pub(crate) fn abuse(&mut self, who: usize, how: u64) {
        let bank = &mut self.banks[who];
        let count = bank.sent.len();
        let pick = usize::try_from(how >> 8).unwrap_or(0);
        if bank.link.is_none() || count == 0 {
            return;
        }
        let frame = bank.sent[pick % count].clone();
        bank.abusive = true;
        let frame = changed(&frame, how % 5).unwrap_or(frame);
        self.send(who, frame);
    }
}

/// A frame with other numbers; nothing where it is to be sent as it was.
fn changed(bytes: &Bytes, how: u64) -> Option<Bytes> {
    let mut frame = GatewayFrame::decode(bytes.clone()).ok()?;
    match (frame.body.as_mut()?, how) {
        // A gap, no number at all, a huge jump. Never the next number: what a terminal signs under it
        // is refused, but the number is used up, and its gateway has not made it.
        (Body::Submit(submit), 1) => submit.first_input_number += 1_000,
        (Body::Submit(submit), 2) => submit.first_input_number = 0,
        (Body::Submit(submit), 3) => submit.first_input_number = u64::MAX - 1,
        // What was never offered, what was taken over before, another lane.
        (Body::Acknowledge(acknowledge), 1) => acknowledge.through += 1_000,
        (Body::Acknowledge(acknowledge), 2) => {
            (acknowledge.first, acknowledge.through) = (1, 1);
        }
        (Body::Acknowledge(acknowledge), 3) => acknowledge.lane = 2 - acknowledge.lane.min(2),
        (Body::Acknowledge(acknowledge), 4) => acknowledge.hold += 7,
        _ => return None,
    }
    Some(frame.encode_to_vec().into())
}
