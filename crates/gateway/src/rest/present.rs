//! Messages as the interface shows them.

use session::gateway::{RequestOutcome, Tiding, tiding_of, words};
use trust::{
    CopyDecision, Header, KeyId, LogTime, Monitoring, Position, Priority, RecordHead, RecordKind,
    Refused,
};

use crate::api::{Direction, Event, Facts, Message, Notice, Reason, State, Step, Stored};
use crate::store::{
    Covered, Inboxed, Item, MessageId, NoticeEntry, OutboxEntry, Outcome, Sent, Submission,
};

/// The answer to a message that was stored.
pub(super) fn stored(header: &Header, entry: &OutboxEntry) -> Stored {
    Stored {
        id: Some(MessageId::of(header).to_string()),
        state: Some(State::Stored),
        input_number: Some(header.input_number),
        stored_at: Some(entry.stored_at.to_string()),
        ..checked(header, &entry.payload)
    }
}

/// The answer to a dry run.
pub(super) fn checked(header: &Header, payload: &trust::Digest) -> Stored {
    Stored {
        id: None,
        state: None,
        input_number: None,
        service: header.service.to_string(),
        message_type: header.message_type.to_string(),
        sender: header.sender.to_string(),
        receiver: header.receiver.to_string(),
        reference: header.reference.to_string(),
        uetr: header.uetr.map(|uetr| uetr.to_string()),
        priority: priority(header.priority).to_owned(),
        monitoring: monitoring(header.monitoring).to_owned(),
        bytes: header.payload_length.into(),
        sha256: payload.to_string(),
        stored_at: None,
    }
}

/// A message in either direction; `on_its_way` is what is known of a submission that the hub has
/// not answered, and a quorum of witnesses has cosigned all records below `below`, where the network
/// has one.
pub(super) fn message(
    item: &Item,
    on_its_way: Option<Submission>,
    covered: Option<&Covered>,
) -> Option<Message> {
    match item {
        Item::Sent(message) => sent(message, on_its_way, covered),
        Item::Received(message) => received(message, covered),
    }
}

/// That witnesses have cosigned.
pub(super) fn witnessed(at: LogTime) -> Event {
    event(Step::Witnessed, at, Facts::default())
}

/// A sent message.
pub(super) fn sent(
    sent: &Sent,
    on_its_way: Option<Submission>,
    covered: Option<&Covered>,
) -> Option<Message> {
    let header = Header::decode(&sent.entry.header).ok()?;
    let submission = sent.answer.as_ref().map(|answer| answer.submission).or(on_its_way);
    let mut timeline = vec![
        event(Step::Checked, sent.entry.checked_at, Facts::default()),
        event(Step::Stored, sent.entry.stored_at, Facts::default()),
    ];
    if let Some(submission) = submission.filter(|submission| submission.attempts > 0) {
        timeline.extend(handed_over(&submission));
    }
    let mut state = if on_its_way.is_some() { State::Submitted } else { State::Stored };
    let mut reasons = Vec::new();
    // Only a decision, or the release of what was held, says that a message was held.
    let was_held = sent.notices.iter().any(says_held);
    if let Some(answer) = &sent.answer {
        let step = if answer.head.kind == RecordKind::REFUSED {
            state = State::Refused;
            reasons = refusal(&answer.meta);
            Step::Refused
        } else {
            state = State::Accepted;
            Step::Accepted
        };
        timeline.push(event(step, answer.head.at, position(&answer.head)));
        if was_held {
            timeline.push(event(Step::Held, answer.head.at, position(&answer.head)));
        }
    }
    let mut later = Vec::new();
    if let Some(delivery) = &sent.delivery {
        state = State::Delivered;
        let facts =
            Facts { by: Some(delivery.by.to_string()), ..position(&delivery.proof.record.head) };
        later.push(event(Step::Delivered, delivery.proof.record.head.at, facts));
    }
    for notice in &sent.notices {
        let Some((step, end)) = step_of(notice) else { continue };
        state = end.unwrap_or(state);
        let words = words(&notice.record.head, &notice.record.meta);
        let text = (!words.text.is_empty()).then(|| words.text.join("\n"));
        let facts =
            Facts { by: words.by.map(|by| by.to_string()), text, ..position(&notice.record.head) };
        reasons.extend(words.reason.iter().map(reason));
        later.push(event(step, notice.record.head.at, facts));
    }
    // A request that timed out or was withdrawn is told of by a notice.
    if let Some(answered) = sent.outcome.as_ref().filter(|it| it.response.is_some()) {
        state = State::Answered;
        later.push(event(Step::Answered, answered.head.at, position(&answered.head)));
    }
    // What is told of a message may come before its delivery or after it.
    later.sort_by_key(|step| step.at.clone());
    timeline.append(&mut later);
    let response = response(sent.outcome.as_ref());
    let delivered = sent.delivery.as_ref().map(|it| it.proof.record.head.sequence);
    let last = delivered.or_else(|| Some(sent.answer.as_ref()?.head.sequence));
    let witnessed = last.and_then(|last| Some(covered?.has(last)));
    let known = Known { direction: Direction::Sent, state, timeline, reasons, witnessed };
    Some(Message { response, ..assemble(&header, &sent.entry.payload, known) })
}

/// The step of a message that a notice tells of, and the state in which it then is.
fn step_of(notice: &NoticeEntry) -> Option<(Step, Option<State>)> {
    Some(match Tiding::from_code(notice.tiding)? {
        Tiding::Undelivered => (Step::Undelivered, None),
        Tiding::Overdue => (Step::Overdue, None),
        Tiding::Withdrawn => (Step::Withdrawn, Some(State::Withdrawn)),
        Tiding::Aborted => (Step::Aborted, Some(State::Withdrawn)),
        Tiding::Released => (Step::Released, None),
        Tiding::Declined => (Step::Declined, Some(State::Declined)),
        Tiding::TimedOut => (Step::TimedOut, Some(State::Ended)),
        Tiding::ReceiverGone => (Step::ReceiverGone, Some(State::Ended)),
        Tiding::Authorised => (Step::Authorised, None),
        Tiding::Bypassed => (Step::Bypassed, None),
        Tiding::Stopped => (Step::Stopped, Some(State::Stopped)),
        Tiding::PermissionRequested
        | Tiding::Permitted
        | Tiding::Revoked
        | Tiding::PermissionDenied
        | Tiding::RequestsEnded
        | Tiding::Undecided
        | Tiding::Broadcast => return None,
    })
}

/// The step with which a request ends, and its state from then on.
fn step_of_outcome(outcome: RequestOutcome) -> (Step, State) {
    match outcome {
        RequestOutcome::Answered => (Step::Answered, State::Answered),
        RequestOutcome::TimedOut => (Step::TimedOut, State::Ended),
        RequestOutcome::ReceiverGone => (Step::ReceiverGone, State::Ended),
        RequestOutcome::Withdrawn => (Step::Withdrawn, State::Withdrawn),
        RequestOutcome::Declined => (Step::Declined, State::Declined),
        RequestOutcome::Aborted => (Step::Aborted, State::Withdrawn),
    }
}

fn response(outcome: Option<&Outcome>) -> Option<String> {
    outcome?.response.map(|id| id.to_string())
}

/// Whether nobody has to wait any more for what becomes of a sent message: the network has answered,
/// and if it is a request, it is over.
pub(super) fn is_settled(sent: &Sent) -> bool {
    let Some(answer) = &sent.answer else { return false };
    let header = Header::decode(&sent.entry.header).ok();
    let asks = header.is_some_and(|it| it.priority == Priority::RealTime && it.answers.is_none());
    let is_told = |notice: &NoticeEntry| step_of(notice).is_some_and(|(_, end)| end.is_some());
    answer.head.kind == RecordKind::REFUSED
        || !asks
        || sent.outcome.is_some()
        || sent.notices.iter().any(is_told)
}

/// Whether a record says that the message was held until then.
fn says_held(notice: &NoticeEntry) -> bool {
    let head = &notice.record.head;
    let released = || tiding_of(head.kind, &notice.record.meta, notice.message);
    head.kind == RecordKind::COPY_DECIDED || released() == Some(Tiding::Bypassed)
}

/// A notice.
pub(super) fn notice(number: u64, entry: &NoticeEntry) -> Notice {
    let kind = match Tiding::from_code(entry.tiding) {
        None => "number-withdrawn",
        Some(Tiding::PermissionRequested) => "permission-requested",
        Some(Tiding::Permitted) => "permitted",
        Some(Tiding::Revoked) => "revoked",
        Some(Tiding::PermissionDenied) => "permission-denied",
        Some(Tiding::Undelivered) => "undelivered",
        Some(Tiding::Withdrawn) => "withdrawn",
        Some(Tiding::Overdue) => "overdue",
        Some(Tiding::Aborted) => "aborted",
        Some(Tiding::Released) => "released",
        Some(Tiding::Declined) => "declined",
        Some(Tiding::TimedOut) => "timed-out",
        Some(Tiding::ReceiverGone) => "receiver-gone",
        Some(Tiding::RequestsEnded) => "requests-ended",
        Some(Tiding::Broadcast) => "broadcast",
        Some(Tiding::Authorised) => "authorised",
        Some(Tiding::Stopped) => "stopped",
        Some(Tiding::Bypassed) => "bypassed",
        Some(Tiding::Undecided) => "undecided",
    };
    let head = &entry.record.head;
    let words = words(head, &entry.record.meta);
    let (lane, output_number) = entry.place;
    let (shard, message) = (head.position().shard, entry.message);
    Notice {
        number,
        kind: kind.to_owned(),
        lane,
        output_number,
        message: entry.about.map(|about| about.to_string()),
        message_position: (message > 0).then(|| Position { shard, sequence: message }.to_string()),
        position: head.position().to_string(),
        at: head.at.to_string(),
        received_at: entry.received_at.to_string(),
        institution: words.institution.map(|it| it.to_string()),
        service: words.service.map(|service| service.to_string()),
        text: words.text,
        work_from: words.work.map(|(from, _)| from.to_string()),
        work_until: words.work.map(|(_, until)| until.to_string()),
    }
}

/// A received message.
pub(super) fn received(received: &Inboxed, covered: Option<&Covered>) -> Option<Message> {
    let entry = &received.entry;
    let header = Header::decode(&entry.header).ok()?;
    let session = Facts { session: Some(entry.session), ..Facts::default() };
    let mut timeline = vec![event(Step::Accepted, entry.head.at, position(&entry.head))];
    if let Some(release) = &entry.release {
        timeline.extend(released(&entry.head, release));
    }
    timeline.push(event(Step::Received, entry.received_at, session));
    let mut state = State::Received;
    if let Some(at) = received.taken_at {
        state = State::Taken;
        timeline.push(event(Step::Taken, at, Facts::default()));
    }
    let mut reasons = Vec::new();
    if let Some(declined) = &received.declined {
        state = State::Declined;
        let text = Some(declined.reason.text().to_owned());
        timeline.push(event(Step::Declined, declined.at, Facts { text, ..Facts::default() }));
        reasons.push(reason(&declined.reason));
    }
    if let Some(outcome) = &received.outcome {
        let (step, end) = step_of_outcome(outcome.outcome);
        state = end;
        timeline.push(event(step, outcome.head.at, position(&outcome.head)));
    }
    let witnessed = covered.map(|it| it.has(entry.head.sequence));
    let known = Known { direction: Direction::Received, state, timeline, reasons, witnessed };
    let message = assemble(&header, &entry.payload, known);
    Some(Message {
        response: response(received.outcome.as_ref()),
        lane: Some(received.lane),
        output_number: Some(received.output_number),
        possible_duplicate: message.possible_duplicate || entry.possible_duplicate,
        copy: entry.copy.map(|copy| if copy.header_only { "header" } else { "full" }.to_owned()),
        decides: entry.copy.is_some_and(|copy| copy.decides),
        ..message
    })
}

/// Why a received message was released, and that it was held before.
fn released(message: &RecordHead, release: &NoticeEntry) -> Vec<Event> {
    let head = &release.record.head;
    let decision = CopyDecision::decode(&release.record.meta).ok();
    let decision = decision.filter(|_| head.kind == RecordKind::COPY_DECIDED);
    let text = match &decision {
        Some(decision) => decision.to_receiver().to_owned(),
        None => words(head, &release.record.meta).text.join("\n"),
    };
    let by = decision.as_ref().map(|decision| decision.by.to_string());
    let text = Some(text).filter(|text| !text.is_empty());
    let step = if decision.is_some() { Step::Authorised } else { Step::Bypassed };
    let held = says_held(release).then(|| event(Step::Held, message.at, position(message)));
    let last = event(step, head.at, Facts { by, text, ..position(head) });
    held.into_iter().chain([last]).collect()
}

/// What is known of a message beside its header.
struct Known {
    direction: Direction,
    state: State,
    timeline: Vec<Event>,
    reasons: Vec<Reason>,
    witnessed: Option<bool>,
}

fn assemble(header: &Header, payload: &trust::Digest, known: Known) -> Message {
    Message {
        id: MessageId::of(header).to_string(),
        direction: known.direction,
        state: known.state,
        service: header.service.to_string(),
        message_type: header.message_type.to_string(),
        sender: header.sender.to_string(),
        receiver: header.receiver.to_string(),
        reference: header.reference.to_string(),
        uetr: header.uetr.map(|uetr| uetr.to_string()),
        priority: priority(header.priority).to_owned(),
        monitoring: monitoring(header.monitoring).to_owned(),
        input_number: header.input_number,
        lane: None,
        output_number: None,
        answers: header.answers.map(|sequence| {
            let shard = trust::Shard(0);
            Position { shard, sequence }.to_string()
        }),
        response: None,
        copy: None,
        decides: false,
        possible_duplicate: header.possible_duplicate,
        sealed: header.is_sealed,
        bytes: header.payload_length.into(),
        sha256: payload.to_string(),
        created_at: header.created_at.to_string(),
        witnessed: known.witnessed,
        timeline: known.timeline,
        reasons: known.reasons,
    }
}

fn handed_over(submission: &Submission) -> [Event; 2] {
    let signed = Facts {
        key: Some(hex(KeyId(submission.key))),
        frame_messages: Some(submission.frame_messages),
        ..Facts::default()
    };
    let submitted = Facts {
        session: Some(submission.session),
        attempts: Some(submission.attempts),
        ..Facts::default()
    };
    [
        event(Step::Signed, submission.signed_at, signed),
        event(Step::Submitted, submission.submitted_at, submitted),
    ]
}

fn refusal(meta: &[u8]) -> Vec<Reason> {
    let Ok(refused) = Refused::decode(meta) else { return Vec::new() };
    refused.reasons.iter().map(reason).collect()
}

pub(super) fn reason(reason: &trust::Reason) -> Reason {
    Reason {
        code: reason.code().to_string(),
        fault: reason.fault().to_string(),
        place: reason.place().to_owned(),
        text: reason.text().to_owned(),
    }
}

fn event(step: Step, at: LogTime, facts: Facts) -> Event {
    Event { step, at: at.to_string(), facts }
}

fn position(head: &RecordHead) -> Facts {
    Facts { position: Some(head.position().to_string()), ..Facts::default() }
}

fn hex(key: KeyId) -> String {
    key.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::System => "system",
        Priority::Urgent => "urgent",
        Priority::Normal => "normal",
        Priority::RealTime => "real-time",
    }
}

fn monitoring(monitoring: Monitoring) -> &'static str {
    match monitoring {
        Monitoring::None => "none",
        Monitoring::Warning => "warning",
        Monitoring::Notice => "notice",
        Monitoring::Both => "both",
    }
}
