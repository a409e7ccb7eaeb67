//! Gateways' stores in a collection: written by the program of one day, opened by those of later
//! ones.
//!
//! ```text
//! length of the file u64, then for each sector of 512 bytes that is not all zeros:
//! its number u32, and its bytes
//! ```

use std::fmt::Write as _;
use std::sync::Arc;

use gateway::Config;
use gateway::parts::{Answer, Clock, Gateway, Opening, Turn};
use trust::{Digest, LogTime, Receipt};

use crate::content::Content;
use crate::identity;
use crate::store_disk::{SECTOR, StoreDisk};
use crate::way::Way;

/// A store's file without its zeros.
pub(crate) fn pack(content: &Content) -> Vec<u8> {
    let mut packed = (content.len() as u64).to_be_bytes().to_vec();
    for (number, at) in (0_u32..).zip((0..content.len()).step_by(SECTOR)) {
        let sector = content.bytes(at..content.len().min(at + SECTOR));
        if sector.iter().any(|byte| *byte != 0) {
            packed.extend(number.to_be_bytes());
            packed.extend(sector);
        }
    }
    packed
}

/// The file again.
fn unpack(packed: &[u8]) -> Content {
    let (length, sectors) = packed.split_first_chunk::<8>().expect("a length comes first");
    let mut content = Content::default();
    content.resize(usize::try_from(u64::from_be_bytes(*length)).expect("a store is small"));
    for sector in sectors.chunks(4 + SECTOR) {
        let (number, bytes) = sector.split_first_chunk::<4>().expect("a number comes first");
        content.write(u32::from_be_bytes(*number) as usize * SECTOR, bytes);
    }
    content
}

/// Opens the store of the first gateway of a run, as [`crate::Scenario::keep_store`] has kept it, and
/// gives what its back office is told: each message that was sent, with a digest of its bytes and
/// what is proven of it; each that waits in the inbox; and the number of the next.
///
/// # Panics
///
/// Where it does not open, or a receipt in it does not hold.
#[must_use]
pub fn tell(packed: &[u8]) -> String {
    let terminal = identity::terminal(0, false);
    let opening = Opening {
        config: Config::new("".as_ref(), identity::network(), terminal),
        signing: identity::signing_key(terminal),
        network: identity::network_keys(),
        rules: identity::rules(),
        medium: Arc::new(StoreDisk::of(unpack(packed))),
        clock: Clock::Set(Arc::new(LogTime(86_400_000_000).0.into())),
    };
    let mut gateway = Gateway::open(opening).expect("the store opens");
    let mut told = String::new();
    for number in 1.. {
        let Some(sent) = gateway.sent(number).expect("the store reads") else { break };
        let proofs = [("accepted", sent.acceptance), ("refused", sent.refusal)];
        let proofs = proofs.into_iter().chain([("delivered", sent.delivery)]);
        let proven: Vec<&str> =
            proofs.filter_map(|(what, it)| proven(&it?).then_some(what)).collect();
        let digest = Digest::of(&sent.payload);
        writeln!(told, "sent {number} {digest} {}", proven.join(" ")).expect("a text takes all");
    }
    for message in gateway.inbox(1_000).expect("the store reads") {
        let place = format!("lane {} number {}", message.lane, message.output_number);
        let digest = Digest::of(&message.payload);
        assert!(proven(&message.receipt), "what is in an inbox was accepted");
        writeln!(told, "inbox {} {place} {digest}", message.id).expect("a text takes all");
    }
    let payload = identity::payment(terminal, "BRAVFRPP", "NEXT");
    let posting = gateway.post("next", payload, &Way::Plain.wish());
    let mut posting = posting.unwrap_or_else(|_| panic!("a good message is taken"));
    while gateway.write() == Turn::Done {}
    if let Some(Ok(Answer::Stored { input_number })) = posting.answer() {
        writeln!(told, "next {input_number}").expect("a text takes all");
    }
    told
}

fn proven(receipt: &[u8]) -> bool {
    let receipt = Receipt::decode(receipt).expect("a receipt reads");
    receipt.verify(&identity::network_keys()).expect("a receipt holds");
    true
}
