//! A back office: hands messages in until they are stored, takes out what has come, and tells the
//! checkers everything that it sees.

use std::collections::{BTreeMap, BTreeSet};

use gateway::parts::{
    Answer, Decided, Deciding, Declining, Inboxed, Posting, Refused, StoreError, Taking,
};
use trust::{Fault, Reason, Verdict};

use crate::check::{self, Posted};
use crate::identity;
use crate::plan::SECOND;
use crate::way::Way;
use crate::world::{Event, Result, World};

/// A back office.
#[derive(Debug, Default)]
pub(crate) struct Office {
    /// Messages that are not known to be stored, in order.
    outgoing: Vec<Outgoing>,
    /// Messages that are being taken out, or declined.
    taking: BTreeMap<String, Option<Leaving>>,
    /// Numbers of messages of which the last word has not come.
    open: Vec<u64>,
    /// Numbers of those of which it has.
    closed: Vec<u64>,
    /// Requests that were received and whose end is not known: lane, number and name.
    requests: Vec<(u8, u64, String)>,
    /// Records of requests that it has seen.
    answered: BTreeSet<u64>,
    /// Copies on which it has not decided yet, or does not know whether it has.
    copies: Vec<Copied>,
    /// Records of copies that it has seen.
    seen: BTreeSet<u64>,
}

/// A message that leaves the inbox.
#[derive(Debug)]
enum Leaving {
    Taken(Taking),
    Declined(Declining),
}

impl Leaving {
    /// Whether it has left as it should, once that is known.
    fn answer(&mut self) -> Option<std::result::Result<bool, StoreError>> {
        match self {
            Self::Taken(taking) => Some(taking.answer()?.map(|at| at.is_some())),
            Self::Declined(declining) => declining.answer(),
        }
    }
}

/// A message between others that waits for a decision.
#[derive(Debug)]
struct Copied {
    id: String,
    place: (u8, u64),
    verdict: Verdict,
    /// When it is decided on.
    at: u64,
    deciding: Option<Deciding>,
}

/// A message to be handed in.
#[derive(Debug)]
struct Outgoing {
    key: String,
    way: Way,
    posting: Option<Posting>,
}

impl Office {
    /// The gateway has died: nobody answers any more, and everything is asked again.
    pub(crate) fn crash(&mut self) {
        self.outgoing.iter_mut().for_each(|it| it.posting = None);
        self.copies.iter_mut().for_each(|it| it.deciding = None);
        self.taking.clear();
    }

    /// A gateway that has started is asked after everything that it ever held.
    pub(crate) fn look_again(&mut self) {
        self.open.append(&mut self.closed);
    }

    /// Whether there is nothing left to do.
    pub(crate) fn is_quiet(&self) -> bool {
        self.outgoing.is_empty()
            && self.taking.is_empty()
            && self.open.is_empty()
            && self.requests.is_empty()
            && self.copies.is_empty()
    }
}

impl World {
    /// A message is to be handed in.
    pub(crate) fn post(&mut self, from: usize, to: u64, way: Way) {
        let to = usize::try_from(to).ok().filter(|to| *to < self.banks.len());
        // Institutions do not write to themselves here.
        let of = |bank: usize| self.banks[bank].terminal.institution();
        let to = to.map(|to| if of(to) == of(from) { 1 } else { to });
        let to = to.map(|to| if of(to) == of(from) { 0 } else { to });
        let key = format!("S{from}N{}", self.counts.messages);
        self.counts.messages += 1;
        let name = to.map_or_else(|| identity::NOBODY.to_owned(), |to| of(to).to_string());
        let payload = identity::payment(self.banks[from].terminal, &name, &key);
        let posted = Posted {
            payload,
            to,
            way,
            input_number: None,
            acceptance: None,
            refusal: None,
            delivery: None,
            outcome: None,
            told: Vec::new(),
        };
        self.checker.posted_at.insert((from, key.clone()), self.now);
        self.checker.posted.insert((from, key.clone()), posted);
        self.banks[from].office.outgoing.push(Outgoing { key, way, posting: None });
        self.soon(Event::Office(from));
    }

    /// The back office looks after its messages.
    pub(crate) fn office(&mut self, index: usize) -> Result {
        self.banks[index].tick(self.now);
        if self.banks[index].gateway.is_some() {
            self.hand_in(index)?;
            self.take_out(index)?;
            self.ask_after(index)?;
            self.ask_after_requests(index)?;
            self.decide(index)?;
            self.bank_lives(index);
        }
        self.soon(Event::BankWrite(index));
        self.wake(Event::Office(index), self.office_us);
        Ok(())
    }

    /// Hands in what is not stored yet.
    fn hand_in(&mut self, index: usize) -> Result {
        let mut outgoing = std::mem::take(&mut self.banks[index].office.outgoing);
        let mut kept = Vec::with_capacity(outgoing.len());
        for mut message in outgoing.drain(..) {
            let Some(gateway) = &self.banks[index].gateway else { break };
            let answer = match &mut message.posting {
                Some(posting) => posting.answer(),
                None => {
                    let posted = &self.checker.posted[&(index, message.key.clone())];
                    let wish = message.way.wish();
                    match gateway.post(&message.key, posted.payload.clone(), &wish) {
                        Ok(posting) => message.posting = Some(posting),
                        Err(Refused::Unstored(_)) => {}
                        Err(Refused::Invalid(findings)) => {
                            let text = format!("a good message was refused: {findings:?}");
                            return self.checker.find("I12", text);
                        }
                    }
                    None
                }
            };
            match answer {
                Some(Ok(Answer::Stored { input_number } | Answer::Exists { input_number })) => {
                    self.checker.stored(index, &message.key, input_number)?;
                    self.banks[index].office.open.push(input_number);
                    self.say(format_args!("{} is {index}-{input_number}", message.key));
                }
                Some(Ok(Answer::OtherRequest { input_number })) => {
                    let text = format!("{} is taken for {input_number}", message.key);
                    return self.checker.find("I2", text);
                }
                Some(Err(StoreError::Full | StoreError::Failed)) => {
                    // Unknown, not failed: the same again, with the same key.
                    message.posting = None;
                    kept.push(message);
                }
                None => kept.push(message),
            }
        }
        self.banks[index].office.outgoing = kept;
        Ok(())
    }

    /// Takes out what has come.
    fn take_out(&mut self, index: usize) -> Result {
        let bank = &mut self.banks[index];
        let Some(gateway) = &bank.gateway else { return Ok(()) };
        let Ok(inbox) = gateway.inbox(100) else { return Ok(()) };
        for message in inbox {
            self.checker.learn(&message)?;
            self.checker.inboxed(index, &message)?;
            let office = &mut self.banks[index].office;
            let waits = office.taking.get(&message.id).is_some_and(Option::is_some);
            if !waits && let Some(gateway) = &self.banks[index].gateway {
                // Which ones is the same whenever they are seen.
                let declines =
                    self.plan.decides() && message.record % 5 == 2 && message.copy.is_none();
                let taking = if declines {
                    self.checker.declines(&message.id);
                    let code = "AM04".parse().expect("it is a code");
                    let reason = Reason::new(code, Fault::Receiver, "", "no such account");
                    gateway.decline(&message.id, reason).ok().map(Leaving::Declined)
                } else {
                    gateway.take_out(&message.id).ok().map(Leaving::Taken)
                };
                let place = (message.lane, message.output_number);
                self.say(format_args!("gateway {index} has {} at {place:?}", message.id));
                // Of what it declines it knows the end.
                if message.is_request && !declines {
                    self.asked(index, &message);
                }
                if message.copy.is_some_and(|copy| copy.decides) {
                    self.copied(index, &message);
                }
                self.banks[index].office.taking.insert(message.id, taking);
            }
        }
        let mut lost = None;
        self.banks[index].office.taking.retain(|id, taking| match taking.as_mut() {
            None => true,
            Some(waiting) => match waiting.answer() {
                None => true,
                Some(Ok(true)) => false,
                Some(Ok(false)) => {
                    lost = Some(id.clone());
                    false
                }
                Some(Err(_)) => {
                    *taking = None;
                    true
                }
            },
        });
        match lost {
            Some(id) => self.checker.find("I1", format!("{id} has gone from the inbox")),
            None => Ok(()),
        }
    }

    /// Asks after messages of which the last word has not come.
    fn ask_after(&mut self, index: usize) -> Result {
        let open = std::mem::take(&mut self.banks[index].office.open);
        let requests = self.checker.requests_of(index);
        for number in open {
            let bank = &mut self.banks[index];
            let Some(gateway) = &bank.gateway else { break };
            let Ok(sent) = gateway.sent(number) else {
                bank.office.open.push(number);
                continue;
            };
            let shared = self.checker.sharing.contains(&index);
            let done = sent.as_ref().is_some_and(|it| {
                it.refusal.is_some()
                    || it.outcome.is_some()
                    || it.told.iter().any(|it| check::LAST_WORDS.contains(it))
                    || (it.delivery.is_some() && !requests.contains(&number))
                    || (shared && it.acceptance.is_some())
            });
            let office = &mut bank.office;
            if done {
                office.closed.push(number)
            } else {
                office.open.push(number)
            }
            self.checker.sent(index, number, sent)?;
        }
        Ok(())
    }

    /// A request has come, maybe again: the back office answers it at once, late or never.
    fn asked(&mut self, index: usize, request: &Inboxed) {
        let known = (request.lane, request.output_number, request.id.clone());
        let office = &mut self.banks[index].office;
        if !office.requests.contains(&known) && office.answered.insert(request.record) {
            office.requests.push(known);
            let delay = match request.record % 4 {
                0 => return,
                1 => SECOND / 2 + self.random.number() % (4 * SECOND),
                _ => self.moment(),
            };
            self.wake(Event::Respond(index, request.record), delay);
        }
    }

    /// The back office answers the request of a record.
    pub(crate) fn respond(&mut self, index: usize, record: u64) {
        if let Some(to) = self.checker.asked_by(record) {
            self.post(index, to as u64, Way::Response(record));
        }
    }

    /// A message between others has come, maybe again: the back office decides at once or later.
    fn copied(&mut self, index: usize, message: &Inboxed) {
        let office = &mut self.banks[index].office;
        if !office.seen.insert(message.record) {
            return;
        }
        let refused = Verdict::Refused { code: "AM04".parse().expect("it is a code") };
        let verdict = if message.record % 4 == 1 { refused } else { Verdict::Authorised };
        let delay = if self.random.one_in(2) { self.random.number() % (8 * SECOND) } else { 0 };
        let (id, place) = (message.id.clone(), (message.lane, message.output_number));
        let copied = Copied { id, place, verdict, at: self.now + delay, deciding: None };
        self.banks[index].office.copies.push(copied);
    }

    /// Decides what is to be decided on, and asks again where nobody knows what came of it.
    fn decide(&mut self, index: usize) -> Result {
        let mut copies = std::mem::take(&mut self.banks[index].office.copies);
        let mut kept = Vec::with_capacity(copies.len());
        for mut copy in copies.drain(..) {
            let Some(deciding) = &mut copy.deciding else {
                let gateway = self.banks[index].gateway.as_mut();
                if let Some(gateway) = gateway.filter(|_| copy.at <= self.now) {
                    let (lane, number) = copy.place;
                    copy.deciding = gateway.decide(lane, number, copy.verdict).ok().flatten();
                }
                if copy.deciding.is_some() {
                    self.checker.decides(&copy.id, copy.verdict == Verdict::Authorised);
                    self.soon(Event::BankLink(index));
                }
                kept.push(copy);
                continue;
            };
            match deciding.answer() {
                None => kept.push(copy),
                Some(Decided::Lost) => kept.push(Copied { deciding: None, ..copy }),
                Some(Decided::Recorded) => {
                    self.counts.decisions += 1;
                    self.say(format_args!("{} is decided: {:?}", copy.id, copy.verdict));
                }
                Some(Decided::Rejected(code)) => {
                    self.say(format_args!("{} is not decided: {code}", copy.id));
                    let suspended = self.checker.suspended.contains(&index);
                    match code.as_str() {
                        // It was recorded before the link broke; or it was bypassed or aborted.
                        "NET122" => {}
                        "NET123" if self.plan.bypasses() || self.plan.fates => {}
                        "NET128" if suspended => kept.push(Copied { deciding: None, ..copy }),
                        _ => {
                            let text = format!("no decision on {}: {code}", copy.id);
                            return self.checker.find("I12", text);
                        }
                    }
                }
            }
        }
        self.banks[index].office.copies = kept;
        Ok(())
    }

    /// Asks how requests have ended that were received.
    fn ask_after_requests(&mut self, index: usize) -> Result {
        let requests = std::mem::take(&mut self.banks[index].office.requests);
        for (lane, number, id) in requests {
            let gateway = self.banks[index].gateway.as_ref();
            let outcome = gateway.and_then(|it| it.outcome(lane, number).ok()).flatten();
            match outcome {
                Some(outcome) => self.checker.request_ended(index, &id, outcome)?,
                None if self.checker.sharing.contains(&index) => {}
                None => self.banks[index].office.requests.push((lane, number, id)),
            }
        }
        Ok(())
    }
}
