//! The promises that a run is held to, fed only by what clients see: answers to what they handed
//! in, receipts, and messages in their inboxes.
//!
//! | invariant | what is compared |
//! |---|---|
//! | I1 | what was stored at a gateway stays there, is answered, and is delivered in the end |
//! | I2 | a place in a lane names one message for ever, and a message has one place and one number |
//! | I3 | places in a lane rise without a gap |
//! | I4 | what arrives is, byte for byte, what was handed in |
//! | I5 | what arrives was handed in, and every receipt holds for a third party |
//! | I6 | epochs rise along the log, and each has one writer |
//! | I7 | a record that changed on the disk is refused by its name, and nothing of it is served |
//! | I8 | all checkpoints are heads of one log, which is the one that the hub holds in the end |
//! | I9 | what waits in memory stays within windows |
//! | I10 | whoever starts again is back within a time |
//! | I12 | the log's time never goes back, and no message is refused for what a clock shows |
//!
//! Of a request in real time, both sides must know one outcome in the end, and it never changes (I1,
//! I2); a message that the network holds until its service opens comes to nobody before (I5).
//! Of a message that is copied, the institution for it gets the copy (I1), whole or its header (I4);
//! one that waits for a decision comes to nobody before that (I5), a refused one to nobody at all, and
//! its sender learns it (I1, I2). A message has one end: delivered, refused, withdrawn or declined (I2),
//! and only what was withdrawn leaves a place in a lane empty (I3).
//! I11 (no clear text at the hub) has no checker: the simulated gateways seal nothing. A test with real
//! processes holds it (`crates/nuncio/tests/it/sealed.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use gateway::parts::{Inboxed, Sent};
use network::{RequestOutcome, Tiding};
use trust::{Checkpoint, Digest, Lane, LogTime, NetworkKeys, Receipt, SignatureMemory, Verified};

use crate::identity;
use crate::plan::Plan;
use crate::way::Way;

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{invariant} at {at} us: {text}")]
pub struct Find {
    /// Which promise: `I1` to `I12`, or `panic`.
    pub invariant: &'static str,
    /// When, in microseconds of the run.
    pub at: u64,
    /// What was seen.
    pub text: String,
}

/// What a sender is told of a message that was withdrawn before anybody could have it.
pub(crate) const WITHDRAWN: [Tiding; 2] = [Tiding::Withdrawn, Tiding::Aborted];
/// What a sender is told last of a message that is not delivered.
pub(crate) const LAST_WORDS: [Tiding; 4] =
    [Tiding::Withdrawn, Tiding::Aborted, Tiding::Stopped, Tiding::Declined];

/// Whether a request was withdrawn before anybody could have it.
fn is_withdrawn(outcome: RequestOutcome) -> bool {
    matches!(outcome, RequestOutcome::Withdrawn | RequestOutcome::Aborted)
}

/// A message as its sender knows it.
#[derive(Clone, Debug)]
pub(crate) struct Posted {
    /// Its exact bytes.
    pub(crate) payload: Bytes,
    /// The gateway whose institution shall get it; nothing where there is none.
    pub(crate) to: Option<usize>,
    /// In which way it goes.
    pub(crate) way: Way,
    /// Under which number its gateway stored it, once it has said so.
    pub(crate) input_number: Option<u64>,
    /// The receipts that came.
    pub(crate) acceptance: Option<Vec<u8>>,
    /// The same of a refusal.
    pub(crate) refusal: Option<Vec<u8>>,
    /// The same of a delivery.
    pub(crate) delivery: Option<Vec<u8>>,
    /// How it ended, if it is a request.
    pub(crate) outcome: Option<RequestOutcome>,
    /// What else its sender was told of it.
    pub(crate) told: Vec<Tiding>,
}

/// A message as one back office has received it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    /// Where the message stands: lane and number.
    place: (u8, u64),
    payload: Digest,
}

/// A message that has come, as a back office first saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// To which gateway.
    pub bank: usize,
    /// The name of the message: terminal and input number of its sender.
    pub id: String,
    /// In which lane.
    pub lane: u8,
    /// Under which number of the lane.
    pub output_number: u64,
    /// Whether the hub said that it may have been offered before.
    pub possible_duplicate: bool,
    /// How long after it was handed in, in microseconds.
    pub after_us: u64,
}

/// Signatures that were found good in this run. A message is proven again and again: to its sender
/// and to its receiver as accepted, and to its sender as delivered, which is both. Each receipt is
/// checked whole; but a signature that is the same, by the same key over the same bytes, as one that
/// held before is not computed again. Only the checkers have this: the network has none.
#[derive(Debug, Default)]
struct Good(Mutex<BTreeSet<Digest>>);

impl SignatureMemory for Good {
    fn knows(&self, good: &Digest) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(good)
    }

    fn learn(&self, good: Digest) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(good);
    }
}

/// A place in the lanes of an institution: its name, lane and number.
type Place = (String, u8, u64);

/// Everything that clients have seen.
#[derive(Debug)]
pub(crate) struct Checker {
    keys: NetworkKeys,
    /// The time of the run, for finds.
    pub(crate) now: u64,
    /// By sender and key.
    pub(crate) posted: BTreeMap<(usize, String), Posted>,
    /// The key of each message, by sender and number.
    numbers: BTreeMap<(usize, u64), String>,
    /// The number of each message, by sender and key.
    names: BTreeMap<(usize, String), u64>,
    /// By receiving gateway and name of the message.
    inboxes: BTreeMap<(usize, String), Seen>,
    /// What stands at each place of an institution's lanes, and whether whoever showed it last was
    /// told that it may be a duplicate.
    places: BTreeMap<Place, (String, bool)>,
    /// The last number of each lane, by gateway.
    through: BTreeMap<(usize, u8), u64>,
    /// When each message was handed in, by sender and key.
    pub(crate) posted_at: BTreeMap<(usize, String), u64>,
    /// What has come, in the order in which back offices saw it.
    pub(crate) came: Vec<Came>,
    /// Records that receipts speak of: epoch, writer, time, hash.
    records: BTreeMap<u64, (u64, u64, u64, Digest)>,
    /// Roots by size.
    roots: BTreeMap<u64, Digest>,
    /// Checkpoints that were opened before.
    known: BTreeSet<Digest>,
    /// Institutions that were ever suspended, by gateway.
    pub(crate) suspended: BTreeSet<usize>,
    /// Gateways that share the lanes of their institution with another.
    pub(crate) sharing: BTreeSet<usize>,
    /// Terminals by gateway.
    pub(crate) terminals: Vec<iso::Terminal>,
    /// The latest time that the hub's clock has shown when it decided something: no record is later.
    pub(crate) latest: LogTime,
    /// Who asked what in real time, by record: gateway and key.
    requests: BTreeMap<u64, (usize, String)>,
    /// How requests ended, as those know it who received them, by sender and key.
    ended: BTreeMap<(usize, String), (usize, RequestOutcome)>,
    /// Which gateway gets copies, and whether messages pass without its decision while it is away.
    copies: Option<(usize, bool)>,
    /// What was decided on messages between others, by their names: whether they are delivered.
    verdicts: BTreeMap<String, bool>,
    /// Whether messages may end otherwise than by delivery.
    fates: bool,
    /// The names of those that back offices decline.
    declined: BTreeSet<String>,
}

type Result<T = ()> = std::result::Result<T, Find>;

impl Checker {
    /// Nothing was seen yet.
    #[must_use]
    pub(crate) fn new(
        terminals: Vec<iso::Terminal>,
        sharing: BTreeSet<usize>,
        plan: &Plan,
    ) -> Self {
        let memory: Arc<dyn SignatureMemory> = Arc::new(Good::default());
        Self {
            keys: identity::network_keys().remembering(&memory),
            now: 0,
            posted: BTreeMap::new(),
            numbers: BTreeMap::new(),
            names: BTreeMap::new(),
            inboxes: BTreeMap::new(),
            places: BTreeMap::new(),
            posted_at: BTreeMap::new(),
            came: Vec::new(),
            through: BTreeMap::new(),
            records: BTreeMap::new(),
            roots: BTreeMap::new(),
            known: BTreeSet::new(),
            suspended: BTreeSet::new(),
            sharing,
            terminals,
            latest: LogTime(0),
            requests: BTreeMap::new(),
            ended: BTreeMap::new(),
            copies: plan.decider().map(|decider| (decider, plan.bypasses())),
            verdicts: BTreeMap::new(),
            fates: plan.fates,
            declined: BTreeSet::new(),
        }
    }

    /// Somebody declines a message.
    pub(crate) fn declines(&mut self, id: &str) {
        self.declined.insert(id.to_owned());
    }

    /// Somebody decides on a message between others.
    pub(crate) fn decides(&mut self, id: &str, is_authorised: bool) {
        self.verdicts.insert(id.to_owned(), is_authorised);
    }

    /// Who gets a copy of a message, if somebody does: neither its sender nor its receiver.
    fn copied_to(&self, from: usize, posted: &Posted) -> Option<usize> {
        let (decider, _) = self.copies.filter(|_| posted.way.is_copied())?;
        (from != decider && posted.to != Some(decider)).then_some(decider)
    }

    /// A promise was broken.
    pub(crate) fn find<T>(&self, invariant: &'static str, text: impl Into<String>) -> Result<T> {
        Err(Find { invariant, at: self.now, text: text.into() })
    }

    /// A gateway has said that it holds a message.
    ///
    /// # Errors
    ///
    /// Where it said another number before, or the same of another message.
    pub(crate) fn stored(&mut self, bank: usize, key: &str, input_number: u64) -> Result {
        let other = self.numbers.insert((bank, input_number), key.to_owned());
        if other.as_ref().is_some_and(|other| other != key) {
            let text = format!("gateway {bank} gave number {input_number} to {other:?} and {key}");
            return self.find("I2", text);
        }
        self.named(bank, key, input_number)?;
        if let Some(posted) = self.posted.get_mut(&(bank, key.to_owned())) {
            posted.input_number = Some(input_number);
        }
        Ok(())
    }

    /// A message has one number, whoever says it: its gateway, or somebody to whom it has come.
    fn named(&mut self, bank: usize, key: &str, input_number: u64) -> Result {
        let before = self.names.insert((bank, key.to_owned()), input_number);
        match before.filter(|before| *before != input_number) {
            Some(before) => {
                let text =
                    format!("message {key} of gateway {bank} is {before} and {input_number}");
                self.find("I2", text)
            }
            None => Ok(()),
        }
    }

    /// What a gateway shows of a message that it has said to hold; nothing: it has lost it.
    ///
    /// # Errors
    ///
    /// Where something is gone or has changed, or a receipt does not hold.
    pub(crate) fn sent(&mut self, bank: usize, input_number: u64, sent: Option<Sent>) -> Result {
        let Some(key) = self.numbers.get(&(bank, input_number)).cloned() else { return Ok(()) };
        let Some(sent) = sent else {
            return self.find("I1", format!("gateway {bank} has lost message {input_number}"));
        };
        let Some(posted) = self.posted.get(&(bank, key.clone())).cloned() else { return Ok(()) };
        if sent.payload != posted.payload {
            return self.find("I4", format!("gateway {bank} shows other bytes as {input_number}"));
        }
        if sent.acceptance.is_some() && sent.refusal.is_some() {
            return self.find("I1", format!("{bank}-{input_number} is accepted and refused"));
        }
        if posted.outcome.is_some() && posted.outcome != sent.outcome {
            let text = format!("{bank}-{input_number} ended otherwise: {:?}", sent.outcome);
            return self.find("I2", text);
        }
        if !sent.told.starts_with(&posted.told) {
            let text = format!("{bank}-{input_number}: it was told {:?} before", posted.told);
            return self.find("I1", text);
        }
        let mut next = posted.clone();
        (next.outcome, next.told) = (sent.outcome, sent.told);
        for (before, now, slot) in [
            (&posted.acceptance, sent.acceptance, &mut next.acceptance),
            (&posted.refusal, sent.refusal, &mut next.refusal),
            (&posted.delivery, sent.delivery, &mut next.delivery),
        ] {
            match (before, now) {
                (Some(_), None) => {
                    return self.find("I1", format!("a receipt of {bank}-{input_number} is gone"));
                }
                (Some(before), Some(now)) if *before != now => {
                    return self.find("I1", format!("a receipt of {bank}-{input_number} changed"));
                }
                (None, Some(now)) => {
                    self.receipt((bank, input_number), &posted, &now)?;
                    *slot = Some(now);
                }
                _ => {}
            }
        }
        self.posted.insert((bank, key), next);
        Ok(())
    }

    /// A receipt has come to the sender of a message.
    fn receipt(&mut self, (bank, number): (usize, u64), posted: &Posted, bytes: &[u8]) -> Result {
        let verified = self.verify(bytes)?;
        let digest = Digest::of(&posted.payload);
        let header = match &verified {
            Verified::Acceptance(accepted) => Some((&accepted.header, accepted.payload)),
            Verified::Delivery(both) => Some((&both.0.header, both.0.payload)),
            Verified::NonDelivery(both) => Some((&both.0.header, both.0.payload)),
            Verified::Refusal(_) => None,
        };
        if let Some((header, payload)) = header
            && (payload != digest || header.input_number != number)
        {
            return self.find("I4", format!("a receipt of {bank}-{number} is of another message"));
        }
        if let Verified::Refusal(refusal) = &verified {
            let codes: Vec<trust::Label> =
                refusal.refused.reasons.iter().map(trust::Reason::code).collect();
            // A request is refused where nobody receives, and a response when it comes too late; or
            // when another terminal, that was offered the request too, has answered it.
            let late = |code: &trust::Label| match posted.way {
                Way::Request => code.as_str() == "NET130",
                Way::Response(_) => {
                    let second = code.as_str() == "NET133" && self.sharing.contains(&bank);
                    second || code.as_str() == "NET134"
                }
                // Whoever is to get the copy is suspended.
                Way::Copied | Way::Shown => {
                    let suspended = self.copies.is_some_and(|it| self.suspended.contains(&it.0));
                    suspended && code.as_str() == "NET127"
                }
                Way::Plain | Way::Urgent | Way::Held | Way::Short => false,
            };
            let may = posted.to.is_none()
                || codes.iter().all(late)
                || self.suspended.contains(&bank)
                || posted.to.is_some_and(|to| self.suspended.contains(&to));
            if !may {
                let text = format!("{bank}-{number} was refused for no reason: {codes:?}");
                return self.find("I12", text);
            }
        } else if posted.to.is_none() {
            return self.find("I5", format!("{bank}-{number} is for nobody, and was accepted"));
        }
        Ok(())
    }

    /// Checks a receipt as a third party does, and what it says of the log.
    fn verify(&mut self, bytes: &[u8]) -> Result<Verified> {
        let receipt = match Receipt::decode(bytes) {
            Ok(receipt) => receipt,
            Err(error) => return self.find("I5", format!("a receipt does not read: {error}")),
        };
        let verified = match receipt.verify(&self.keys) {
            Ok(verified) => verified,
            Err(error) => return self.find("I5", format!("a receipt does not hold: {error}")),
        };
        for record in receipt.records() {
            let head = &record.head;
            let seen = (head.epoch, head.writer, head.at.0, head.hash());
            if let Some(other) = self.records.insert(head.sequence, seen)
                && other != seen
            {
                return self.find("I8", format!("record {} has two forms", head.sequence));
            }
            self.checkpoint(&record.checkpoint)?;
        }
        Ok(verified)
    }

    fn checkpoint(&mut self, note: &str) -> Result {
        if !self.known.insert(Digest::of(note.as_bytes())) {
            return Ok(());
        }
        match Checkpoint::open_bare(note, self.keys.logs()) {
            Ok(Checkpoint { size, root, .. }) => match self.roots.insert(size, root) {
                Some(other) if other != root => {
                    self.find("I8", format!("the log has two roots at {size} records"))
                }
                _ => Ok(()),
            },
            Err(error) => self.find("I8", format!("a checkpoint does not open: {error}")),
        }
    }

    /// A back office sees a message in its inbox.
    ///
    /// # Errors
    ///
    /// Where it should not be there, or not there, or is not what was sent.
    pub(crate) fn inboxed(&mut self, bank: usize, message: &Inboxed) -> Result {
        let Inboxed { id, lane, output_number, .. } = message;
        let (lane, output_number) = (*lane, *output_number);
        let seen = Seen { place: (lane, output_number), payload: message.digest };
        let place = (bank, id.clone());
        if let Some(before) = self.inboxes.get(&place) {
            if *before == seen {
                return Ok(());
            }
            return self.find("I2", format!("{id} is at {:?}, and was at {before:?}", seen.place));
        }
        let verified = self.verify(&message.receipt)?;
        let Some(from) = self.sender(id) else {
            return self.find("I5", format!("gateway {bank} received {id}, which nobody sent"));
        };
        let posted = self.posted.get(&from).cloned();
        let Some(posted) = posted else {
            return self.find("I5", format!("gateway {bank} received {id}, which nobody sent"));
        };
        let digest = Digest::of(&posted.payload);
        let holds = matches!(&verified, Verified::Acceptance(it) if it.payload == digest);
        let holds = holds && message.digest == digest;
        let is_whole = match message.copy {
            Some(copy) if copy.header_only => message.payload.is_empty(),
            _ => message.payload == posted.payload,
        };
        if !is_whole || !holds {
            return self.find("I4", format!("{id} is not, byte for byte, what was sent"));
        }
        let is_for = if message.copy.is_some() {
            self.copied_to(from.0, &posted)
        } else {
            self.opened(id, &posted, &verified)?;
            self.released(id, from.0, &posted)?;
            posted.to
        };
        if message.is_request {
            self.requests.insert(message.record, from.clone());
        }
        let institution = |bank: usize| self.terminals.get(bank).map(iso::Terminal::institution);
        let own = institution(bank);
        if is_for.and_then(institution) != own {
            return self.find("I5", format!("gateway {bank} received {id}, which is not for it"));
        }
        self.placed(bank, message)?;
        let handed_in_at = self.posted_at.get(&from).copied().unwrap_or(self.now);
        self.came.push(Came {
            bank,
            id: id.clone(),
            lane,
            output_number,
            possible_duplicate: message.possible_duplicate,
            after_us: self.now - handed_in_at,
        });
        self.inboxes.insert(place, seen);
        Ok(())
    }

    /// A message has a place in a lane of its own, behind the one before.
    fn placed(&mut self, bank: usize, message: &Inboxed) -> Result {
        let Inboxed { id, lane, output_number, possible_duplicate: is_marked, .. } = message;
        let (lane, output_number, is_marked) = (*lane, *output_number, *is_marked);
        let name = self.terminals.get(bank).map(|it| it.institution().to_string());
        let name = name.unwrap_or_default();
        let other = self.places.insert((name, lane, output_number), (id.clone(), is_marked));
        if let Some((other, was_marked)) = other {
            if other != *id {
                let text = format!("{id} and {other} have number {output_number} of lane {lane}");
                return self.find("I2", text);
            }
            if !is_marked && !was_marked {
                let text =
                    format!("{id} came to two terminals, and neither was told that it might");
                return self.find("I2", text);
            }
        }
        let through = self.through.insert((bank, lane), output_number).unwrap_or(0);
        let gap = output_number != through + 1;
        // What nobody could have before its end leaves its place: see `gaps_are_explained`.
        let withdraws = self.fates || lane == Lane::REAL_TIME.0;
        let may_skip = self.sharing.contains(&bank) || withdraws;
        if output_number <= through || (gap && !may_skip) {
            let text = format!("lane {lane} of gateway {bank}: {output_number} after {through}");
            return self.find("I3", text);
        }
        Ok(())
    }

    /// A message may be held until its service opens: it has not come before.
    fn opened(&self, id: &str, posted: &Posted, verified: &Verified) -> Result {
        if let Verified::Acceptance(accepted) = verified
            && posted.way.opens(accepted.at) > self.latest
        {
            return self.find("I5", format!("{id} has come before its service opened"));
        }
        Ok(())
    }

    /// A message may be held for a decision: it has not come before, and not at all if it is refused.
    fn released(&self, id: &str, from: usize, posted: &Posted) -> Result {
        let holds = posted.way == Way::Copied && self.copied_to(from, posted).is_some();
        let may_pass = self.copies.is_some_and(|(_, bypasses)| bypasses);
        let verdict = self.verdicts.get(id);
        if holds && !may_pass && verdict != Some(&true) {
            let text = format!("{id} has come, and what was decided is {verdict:?}");
            return self.find("I5", text);
        }
        Ok(())
    }

    /// The name of a message, as others know it.
    fn name_of(&self, bank: usize, input_number: u64) -> String {
        let terminal = self.terminals.get(bank);
        terminal.map(|it| format!("{it}-{input_number}")).unwrap_or_default()
    }

    /// Whether a message has come to a gateway.
    fn came_to(&self, bank: usize, name: &str) -> bool {
        self.inboxes.contains_key(&(bank, name.to_owned()))
    }

    /// Whether a message has come to somebody beside whoever got its copy.
    fn has_come(&self, name: &str, copied_to: Option<usize>) -> bool {
        (0..self.terminals.len()).any(|to| Some(to) != copied_to && self.came_to(to, name))
    }

    /// The numbers of a gateway's requests.
    pub(crate) fn requests_of(&self, bank: usize) -> BTreeSet<u64> {
        let own = self.posted.iter().filter(|((from, _), _)| *from == bank);
        let requests = own.filter(|(_, posted)| posted.way == Way::Request);
        requests.filter_map(|(_, posted)| posted.input_number).collect()
    }

    /// Who asked what the request of a record says.
    pub(crate) fn asked_by(&self, record: u64) -> Option<usize> {
        self.requests.get(&record).map(|(bank, _)| *bank)
    }

    /// A gateway that has received a request knows how it ended.
    ///
    /// # Errors
    ///
    /// Where nobody sent it.
    pub(crate) fn request_ended(
        &mut self,
        bank: usize,
        id: &str,
        outcome: RequestOutcome,
    ) -> Result {
        let Some(from) = self.sender(id) else {
            return self.find("I5", format!("gateway {bank} knows the end of {id}"));
        };
        self.ended.insert(from, (bank, outcome));
        Ok(())
    }

    /// Both sides of a request know one outcome.
    fn requests_end_once(&self) -> Result {
        for (from, (bank, outcome)) in &self.ended {
            let Some(posted) = self.posted.get(from) else { continue };
            let knows = posted.outcome.is_some() || !self.sharing.contains(&from.0);
            if knows && posted.outcome != Some(*outcome) {
                let text = format!(
                    "{from:?} ended as {:?}, and gateway {bank} knows {outcome:?}",
                    posted.outcome
                );
                return self.find("I2", text);
            }
        }
        Ok(())
    }

    /// Only what was withdrawn leaves a place in a lane empty. Of a message of which its sender's
    /// gateway hears no more, for another terminal has the lane of notices, that may be so.
    fn gaps_are_explained(&self) -> Result {
        let withdrawn = |(from, posted): &(&(usize, String), &Posted)| {
            let ended = if posted.way == Way::Request {
                posted.outcome.is_none_or(is_withdrawn)
            } else {
                self.fates && self.sharing.contains(&from.0)
            };
            ended || posted.told.iter().any(|it| WITHDRAWN.contains(it))
        };
        let withdrawn = self.posted.iter().filter(withdrawn).count() as u64;
        let mut gaps = 0;
        let mut before = None;
        for (institution, lane, number) in self.places.keys() {
            let of = (institution, lane);
            let last = before.replace((of, *number));
            let last = last.filter(|(it, _)| *it == of).map_or(0, |(_, last)| last);
            gaps += number - last - 1;
        }
        if gaps > withdrawn {
            return self.find("I3", format!("{gaps} places are empty, {withdrawn} withdrawn"));
        }
        Ok(())
    }

    /// The sender and the key of a message, by its name. A gateway whose answer was lost has stored
    /// it all the same, so the name may be unknown while the message is not.
    fn sender(&self, id: &str) -> Option<(usize, String)> {
        let (terminal, number) = id.split_once('-')?;
        let bank = self.terminals.iter().position(|it| it.to_string() == terminal)?;
        let number = number.parse().ok()?;
        let known = self.numbers.get(&(bank, number)).cloned();
        known.map(|key| (bank, key))
    }

    /// Tells of a message whose number nobody has heard, found by its bytes.
    ///
    /// # Errors
    ///
    /// Where the message has another number already.
    pub(crate) fn learn(&mut self, message: &Inboxed) -> Result {
        if self.sender(&message.id).is_some() {
            return Ok(());
        }
        let Some((terminal, number)) = message.id.split_once('-') else { return Ok(()) };
        let bank = self.terminals.iter().position(|it| it.to_string() == terminal);
        let found = self.posted.iter().find(|((from, _), posted)| {
            Some(*from) == bank && Digest::of(&posted.payload) == message.digest
        });
        let key = found.map(|((from, key), _)| (*from, key.clone()));
        if let (Some((from, key)), Ok(number)) = (key, number.parse()) {
            self.named(from, &key, number)?;
            self.numbers.insert((from, number), key);
        }
        Ok(())
    }

    /// What is still missing when everything has had its time: nothing, if the promise is kept.
    #[must_use]
    pub(crate) fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for ((bank, key), posted) in &self.posted {
            let Some(number) = posted.input_number else {
                missing.push(format!("{key} was never stored"));
                continue;
            };
            if posted.refusal.is_some() {
                continue;
            }
            let shares = self.sharing.contains(bank);
            let name = self.name_of(*bank, number);
            let copied_to = self.copied_to(*bank, posted);
            if copied_to.is_some_and(|to| !self.came_to(to, &name)) {
                missing.push(format!("{bank}-{number} was never copied"));
            }
            let is_refused = copied_to.is_some() && self.verdicts.get(&name) == Some(&false);
            let is_over = posted.told.iter().any(|it| LAST_WORDS.contains(it));
            if is_over || (shares && (is_refused || self.fates)) {
                continue;
            }
            if posted.acceptance.is_none() {
                missing.push(format!("{bank}-{number} was never answered"));
            } else if posted.way == Way::Request {
                if posted.outcome.is_none() && !shares {
                    missing.push(format!("{bank}-{number} has no outcome"));
                }
                if posted.outcome.is_none_or(is_withdrawn) {
                    continue;
                }
            } else if posted.delivery.is_none() && !shares {
                // Where two terminals share the lanes, the notice goes to whichever has them, and
                // a gateway keeps no notices of another.
                missing.push(format!("{bank}-{number} has no proof of its delivery"));
            }
            if !self.has_come(&name, copied_to) {
                missing.push(format!("{bank}-{number} was never received"));
            }
        }
        missing
    }

    /// Of how many messages senders were told one of these.
    pub(crate) fn told(&self, one_of: &[Tiding]) -> u64 {
        let told = |posted: &&Posted| posted.told.iter().any(|it| one_of.contains(it));
        self.posted.values().filter(told).count() as u64
    }

    /// A message has one end: what was refused on its way or withdrawn, as its sender was told, has
    /// come to nobody but whoever got a copy, and none of that was delivered; what was declined has
    /// come, to somebody who declined it.
    fn what_is_over_is_over(&self) -> Result {
        for ((bank, key), posted) in &self.posted {
            let Some(number) = posted.input_number else { continue };
            let ends: Vec<Tiding> =
                posted.told.iter().copied().filter(|it| LAST_WORDS.contains(it)).collect();
            let Some(end) = ends.first() else { continue };
            let name = self.name_of(*bank, number);
            let has_come = self.has_come(&name, self.copied_to(*bank, posted));
            let (is_refused, is_declined) = (*end == Tiding::Stopped, *end == Tiding::Declined);
            let by_somebody = (!is_refused || self.verdicts.get(&name) == Some(&false))
                && (!is_declined || self.declined.contains(&name));
            if ends.len() > 1 || posted.delivery.is_some() || has_come != is_declined {
                let text = format!("{key} of {bank} ended as {ends:?}, has come: {has_come}");
                return self.find("I2", text);
            }
            if !by_somebody {
                return self.find("I2", format!("{key} of {bank}: {end:?}, by nobody"));
            }
        }
        Ok(())
    }

    /// Compares everything with the log that the hub holds in the end: the heads of its records.
    ///
    /// # Errors
    ///
    /// Where the log is not the one that clients were shown.
    pub(crate) fn audit(&self, heads: &[trust::RecordHead]) -> Result {
        self.requests_end_once()?;
        self.gaps_are_explained()?;
        self.what_is_over_is_over()?;
        let mut tree = trust::merkle::Tree::default();
        let mut roots = self.roots.iter().peekable();
        let (mut epoch, mut at) = ((0, 0), 0);
        for (size, head) in (1..).zip(heads) {
            let hash = head.hash();
            tree.push(hash);
            if let Some((_, root)) = roots.next_if(|(at, _)| **at == size)
                && *root != tree.root()
            {
                return self
                    .find("I8", format!("the checkpoint of {size} records is of another log"));
            }
            let seen = (head.epoch, head.writer, head.at.0, hash);
            if self.records.get(&head.sequence).is_some_and(|known| *known != seen) {
                return self.find("I8", format!("record {} is another now", head.sequence));
            }
            let writer = (head.epoch, head.writer);
            if writer.0 < epoch.0 || (writer.0 == epoch.0 && writer.1 != epoch.1) {
                return self
                    .find("I6", format!("record {} is of {writer:?} after {epoch:?}", size));
            }
            if head.at.0 < at {
                return self.find("I12", format!("record {} is older than the one before", size));
            }
            (epoch, at) = (writer, head.at.0);
        }
        match roots.next() {
            Some((size, _)) => {
                let has = heads.len();
                self.find("I1", format!("a checkpoint has {size} records, and the log {has}"))
            }
            None => Ok(()),
        }
    }
}
