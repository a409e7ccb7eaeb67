//! Why a link ends: what one end tells the other in its Bye, and what its operator reads.
//!
//! An ending is not a refusal of a message: messages that were not answered yet stay in the outbox,
//! and offers that were not acknowledged stay in their lane. Codes never change their meaning;
//! `docs/codes` has a page for each.

use iso::Terminal;
use trust::{KeyId, Lane};
use trust::{LogTime, NetworkName};
use wire::latest::Bye;
use wire::limits::BYE_TEXT_BYTES_MAX;

/// Why a link ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ending {
    /// This end stops or restarts; nothing is wrong.
    #[error("this end stops; connect again later")]
    Stopping,
    /// The same terminal has opened another session.
    #[error("another session of this terminal was opened")]
    TakenOver,
    /// The opening came after that of a later connection of the same terminal.
    #[error("a later connection of this terminal has opened a session already")]
    Overtaken,
    /// The operator of the network closed the session.
    #[error("the operator closed this session")]
    ClosedByOperator,
    /// The peer speaks no revision of the protocol that this end knows.
    #[error("expected revision 1 of the protocol, but found {found}")]
    Version {
        /// The revision that was named.
        found: u32,
    },
    /// The gateway wants another network.
    #[error("this is network {expected}, not {found}")]
    ForeignNetwork {
        /// The network of this hub.
        expected: NetworkName,
        /// The network of the Hello.
        found: NetworkName,
    },
    /// The gateway names another terminal than its certificate does.
    #[error("the certificate is of terminal {certificate}, not of {found}")]
    ForeignTerminal {
        /// The terminal of the certificate.
        certificate: Terminal,
        /// The terminal of the Hello.
        found: Terminal,
    },
    /// A frame that may not come now.
    #[error("{frame} came {when}")]
    OutOfTurn {
        /// The kind of frame.
        frame: &'static str,
        /// Where the session stood.
        when: &'static str,
    },
    /// A frame with a field that no such frame can have.
    #[error("the {field} is malformed")]
    Malformed {
        /// Which field.
        field: &'static str,
    },
    /// A frame, or a part of it, above its limit.
    #[error("{what}: {found}, but the limit is {limit}")]
    TooLarge {
        /// What was counted, with its unit.
        what: &'static str,
        /// How many may be.
        limit: u64,
        /// How many were found.
        found: u64,
    },
    /// A submission that does not go on where the last one ended.
    #[error("expected input number {expected}, but found {found}")]
    InputNumber {
        /// The next number.
        expected: u64,
        /// The number of the frame.
        found: u64,
    },
    /// More messages unanswered, or offers unacknowledged, than were agreed.
    #[error("{what}: {found} are open, but the window is {window}")]
    Window {
        /// What is open.
        what: &'static str,
        /// How many may be.
        window: u32,
        /// How many would be.
        found: u64,
    },
    /// An acknowledgement of what was not offered.
    #[error("{lane} lane: acknowledged through {through}, but offered through {offered}")]
    NeverOffered {
        /// Which lane.
        lane: Lane,
        /// The last output number that was offered.
        offered: u64,
        /// The last number of the acknowledgement.
        through: u64,
    },
    /// An acknowledgement that does not go on where the last one ended.
    #[error("{lane} lane: expected an acknowledgement from {expected} on, but found {found}")]
    AcknowledgedOutOfOrder {
        /// Which lane.
        lane: Lane,
        /// The first number that is not acknowledged.
        expected: u64,
        /// The first number of the acknowledgement.
        found: u64,
    },
    /// A lane that does not exist, or is not the one of the message.
    #[error("lane {found} is not a lane of {what}")]
    WrongLane {
        /// Whose lane it should be.
        what: &'static str,
        /// The lane that was named.
        found: u32,
    },
    /// An answer that does not go on where the last one ended, or to what was not submitted.
    #[error("expected the answer to input number {expected}, but found {found}")]
    AnswerNumber {
        /// The next number.
        expected: u64,
        /// The number of the answer.
        found: u64,
    },
    /// An offer that does not go on where the last one ended.
    #[error("{lane} lane: expected output number {expected}, but found {found}")]
    OutputNumber {
        /// Which lane.
        lane: Lane,
        /// The next number.
        expected: u64,
        /// The number of the offer.
        found: u64,
    },
    /// Offers or acknowledgements in a session that has no lanes.
    #[error("{what} in a session that does not hold the lanes")]
    LanesNotHeld {
        /// What came.
        what: &'static str,
    },
    /// A frame that must be signed, but is not with a key that the network granted to the terminal.
    #[error("{what} is not signed with a key that the network has granted to this terminal")]
    Unsigned {
        /// What came.
        what: &'static str,
    },
    /// A checkpoint that is not this log's, or not signed by it.
    #[error("the hub's checkpoint is refused: {reason}")]
    Checkpoint {
        /// Why.
        reason: &'static str,
    },
    /// The hub's log is shorter than it was.
    #[error("the hub's log had {seen} records, and now has {found}: the hub runs on an old copy")]
    LogShrank {
        /// The size of the checkpoint that the gateway holds.
        seen: u64,
        /// The size that the hub has now.
        found: u64,
    },
    /// The hub's log has another past than it had.
    #[error("the log of {found} records does not continue the one of {seen} records seen before")]
    LogForked {
        /// The size of the checkpoint that the gateway holds.
        seen: u64,
        /// The size that the hub shows now.
        found: u64,
    },
    /// What the witnesses of the network have cosigned is another history than the one that the hub
    /// shows to this gateway.
    #[error(
        "the log of {cosigned} records that witnesses have cosigned and the one of {shown} records \
         that the hub shows here are of two histories"
    )]
    TwoHistories {
        /// The size of the checkpoint that the witnesses have cosigned.
        cosigned: u64,
        /// The size of the checkpoint that the hub has shown on the link.
        shown: u64,
    },
    /// The proof does not lead from the records to the checkpoint.
    #[error("the records of the frame are not proven to stand in the log of {size} records")]
    NotInLog {
        /// The size of the checkpoint.
        size: u64,
    },
    /// A record whose parts disagree, or that is about something else.
    #[error("record {sequence}: the {part} does not fit")]
    Record {
        /// Its place in the log.
        sequence: u64,
        /// What does not fit.
        part: &'static str,
    },
    /// A signature in a record that is not of the key that it names.
    #[error("record {sequence}: the signature of {signer} with key {key} does not fit")]
    RecordUnsigned {
        /// The record.
        sequence: u64,
        /// Who shall have signed.
        signer: Terminal,
        /// With which key.
        key: KeyId,
    },
    /// A key that was not granted to the signer at that time.
    #[error("record {sequence}: key {key} is not granted to {signer} at {} us", .at.0)]
    KeyNotGranted {
        /// The record.
        sequence: u64,
        /// Who signed.
        signer: Terminal,
        /// With which key.
        key: KeyId,
        /// When.
        at: LogTime,
    },
    /// A grant that the network's root key has not signed, or that is for another network.
    #[error("a grant is refused: {reason}")]
    Grant {
        /// Why.
        reason: &'static str,
    },
    /// The hub holds messages that the gateway has not made: the gateway's store is an old copy.
    #[error(
        "the hub holds input numbers through {held}, but the outbox has made {made}: the gateway \
         runs on an old copy of its store"
    )]
    OutboxOld {
        /// The last number of the outbox.
        made: u64,
        /// The last number that the hub holds.
        held: u64,
    },
    /// The hub has lost messages that it answered: the hub's journal is an old copy.
    #[error(
        "the hub holds input numbers through {held}, but has answered {answered}: the hub runs on \
         an old copy of its journal"
    )]
    InputsForgotten {
        /// The last number whose answer the gateway holds.
        answered: u64,
        /// The last number that the hub holds.
        held: u64,
    },
    /// The hub has lost offers that it made: the hub's journal is an old copy.
    #[error(
        "{lane} lane: the hub has given out numbers through {assigned}, but the inbox holds \
         {received}: the hub runs on an old copy of its journal"
    )]
    OffersForgotten {
        /// Which lane.
        lane: Lane,
        /// The last number that the hub gave out.
        assigned: u64,
        /// The last number that the inbox holds.
        received: u64,
    },
    /// The inbox lacks messages that were acknowledged: the gateway's store is an old copy.
    #[error(
        "{lane} lane: acknowledged through {acknowledged}, but the inbox holds {received}: the \
         gateway runs on an old copy of its store, or another one of the institution took the rest"
    )]
    InboxOld {
        /// Which lane.
        lane: Lane,
        /// The last number that the inbox holds.
        received: u64,
        /// The last number that was acknowledged.
        acknowledged: u64,
    },
    /// The hub holds another message under an input number than the gateway does.
    #[error("input number {number} is another message at the hub than in the outbox")]
    OtherInput {
        /// The number.
        number: u64,
    },
    /// The hub offers another message under an output number than it did before.
    #[error("{lane} lane: output number {number} is another message than before")]
    OtherOutput {
        /// Which lane.
        lane: Lane,
        /// The number.
        number: u64,
    },
    /// The gateway asks for answers that it said it had: the gateway's store is an old copy.
    #[error(
        "the gateway holds answers through {answered}, but the hub keeps only those after {kept}: \
         the gateway runs on an old copy of its store"
    )]
    AnswersOld {
        /// The last number whose answer the gateway holds.
        answered: u64,
        /// Answers above this number are kept.
        kept: u64,
    },
}

/// What a gateway does after a link has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Connects again by itself, later each time.
    Reconnect,
    /// Waits for a person: another try would end the same way, or would hide a loss.
    Stop,
}

impl Ending {
    /// Every code, in order.
    pub const CODES: [&'static str; 35] = [
        "LNK001", "LNK002", "LNK003", "LNK004", "LNK005", "LNK006", "LNK007", "LNK008", "LNK009",
        "LNK010", "LNK011", "LNK012", "LNK013", "LNK014", "LNK015", "LNK016", "LNK017", "LNK018",
        "LNK019", "LNK020", "LNK021", "LNK022", "LNK023", "LNK024", "LNK025", "LNK026", "LNK027",
        "LNK030", "LNK031", "LNK032", "LNK033", "LNK034", "LNK035", "LNK036", "LNK037",
    ];

    /// The code that never changes its meaning; `docs/codes` has a page for each.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Stopping => "LNK001",
            Self::TakenOver => "LNK002",
            Self::ClosedByOperator => "LNK018",
            Self::Overtaken => "LNK019",
            Self::Version { .. } => "LNK003",
            Self::ForeignNetwork { .. } => "LNK004",
            Self::ForeignTerminal { .. } => "LNK005",
            Self::OutOfTurn { .. } => "LNK006",
            Self::Malformed { .. } => "LNK007",
            Self::TooLarge { .. } => "LNK008",
            Self::InputNumber { .. } => "LNK009",
            Self::Window { .. } => "LNK010",
            Self::NeverOffered { .. } => "LNK011",
            Self::AcknowledgedOutOfOrder { .. } => "LNK012",
            Self::WrongLane { .. } => "LNK013",
            Self::AnswerNumber { .. } => "LNK014",
            Self::OutputNumber { .. } => "LNK015",
            Self::LanesNotHeld { .. } => "LNK016",
            Self::Unsigned { .. } => "LNK017",
            Self::Checkpoint { .. } => "LNK020",
            Self::LogShrank { .. } => "LNK021",
            Self::LogForked { .. } => "LNK022",
            Self::NotInLog { .. } => "LNK023",
            Self::Record { .. } => "LNK024",
            Self::RecordUnsigned { .. } => "LNK025",
            Self::KeyNotGranted { .. } => "LNK026",
            Self::Grant { .. } => "LNK027",
            Self::OutboxOld { .. } => "LNK030",
            Self::InputsForgotten { .. } => "LNK031",
            Self::OffersForgotten { .. } => "LNK032",
            Self::InboxOld { .. } => "LNK033",
            Self::OtherInput { .. } => "LNK034",
            Self::OtherOutput { .. } => "LNK035",
            Self::AnswersOld { .. } => "LNK036",
            Self::TwoHistories { .. } => "LNK037",
        }
    }

    /// What a gateway does after it.
    #[must_use]
    pub fn after(&self) -> After {
        After::of(self.code())
    }

    /// The Bye that tells the other end.
    #[must_use]
    pub fn bye(&self) -> Bye {
        bye(self.code(), &self.to_string())
    }
}

impl After {
    /// What a gateway does after a Bye with a code. Codes of other families are the network
    /// machine's: a rejected opening. Unknown ones are tried again.
    #[must_use]
    pub fn of(code: &str) -> Self {
        match code {
            // Who is here first or at all is settled by people, and so is every loss.
            "LNK002" | "LNK003" | "LNK004" | "LNK005" | "NET024" | "NET025" => Self::Stop,
            _ if code.starts_with("LNK02") || code.starts_with("LNK03") => Self::Stop,
            _ => Self::Reconnect,
        }
    }
}

/// A Bye with any code, its text cut at the limit.
#[must_use]
pub fn bye(code: &str, text: &str) -> Bye {
    let mut end = text.len().min(BYE_TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).expect("the end is a boundary of characters");
    Bye { code: code.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use expect_test::expect;

    use super::*;

    /// One of each, with the numbers of a small story.
    fn all() -> Vec<Ending> {
        let lane = Lane::NORMAL;
        let signer: Terminal = "ALPHDEFFA".parse().unwrap();
        let (key, at) = (KeyId([7; 8]), LogTime(1_795_467_600_000_000));
        vec![
            Ending::Stopping,
            Ending::TakenOver,
            Ending::Version { found: 0 },
            Ending::ForeignNetwork {
                expected: "demo".parse().unwrap(),
                found: "live".parse().unwrap(),
            },
            Ending::ForeignTerminal { certificate: signer, found: "ALPHDEFFB".parse().unwrap() },
            Ending::OutOfTurn { frame: "a Submit", when: "before the Welcome" },
            Ending::Malformed { field: "key" },
            Ending::TooLarge { what: "bytes of a message", limit: 10, found: 11 },
            Ending::InputNumber { expected: 4, found: 6 },
            Ending::Window { what: "messages", window: 16, found: 17 },
            Ending::NeverOffered { lane, offered: 3, through: 4 },
            Ending::AcknowledgedOutOfOrder { lane, expected: 3, found: 1 },
            Ending::WrongLane { what: "this message", found: 1 },
            Ending::AnswerNumber { expected: 4, found: 6 },
            Ending::OutputNumber { lane, expected: 4, found: 6 },
            Ending::LanesNotHeld { what: "Offers" },
            Ending::Unsigned { what: "an Acknowledge" },
            Ending::ClosedByOperator,
            Ending::Overtaken,
            Ending::Checkpoint { reason: "it is of another log" },
            Ending::LogShrank { seen: 9, found: 6 },
            Ending::LogForked { seen: 6, found: 9 },
            Ending::NotInLog { size: 9 },
            Ending::Record { sequence: 5, part: "body" },
            Ending::RecordUnsigned { sequence: 5, signer, key },
            Ending::KeyNotGranted { sequence: 5, signer, key, at },
            Ending::Grant { reason: "it is of another network" },
            Ending::OutboxOld { made: 3, held: 5 },
            Ending::InputsForgotten { answered: 5, held: 3 },
            Ending::OffersForgotten { lane, assigned: 3, received: 5 },
            Ending::InboxOld { lane, received: 3, acknowledged: 5 },
            Ending::OtherInput { number: 4 },
            Ending::OtherOutput { lane, number: 4 },
            Ending::AnswersOld { answered: 2, kept: 5 },
            Ending::TwoHistories { cosigned: 7, shown: 9 },
        ]
    }

    #[test]
    fn every_ending_has_its_code_and_says_what_is_wrong() {
        let mut got = String::new();
        for ending in all() {
            writeln!(got, "{} {:?}: {ending}", ending.code(), ending.after()).unwrap();
        }
        expect![[r#"
            LNK001 Reconnect: this end stops; connect again later
            LNK002 Stop: another session of this terminal was opened
            LNK003 Stop: expected revision 1 of the protocol, but found 0
            LNK004 Stop: this is network demo, not live
            LNK005 Stop: the certificate is of terminal ALPHDEFFA, not of ALPHDEFFB
            LNK006 Reconnect: a Submit came before the Welcome
            LNK007 Reconnect: the key is malformed
            LNK008 Reconnect: bytes of a message: 11, but the limit is 10
            LNK009 Reconnect: expected input number 4, but found 6
            LNK010 Reconnect: messages: 17 are open, but the window is 16
            LNK011 Reconnect: normal lane: acknowledged through 4, but offered through 3
            LNK012 Reconnect: normal lane: expected an acknowledgement from 3 on, but found 1
            LNK013 Reconnect: lane 1 is not a lane of this message
            LNK014 Reconnect: expected the answer to input number 4, but found 6
            LNK015 Reconnect: normal lane: expected output number 4, but found 6
            LNK016 Reconnect: Offers in a session that does not hold the lanes
            LNK017 Reconnect: an Acknowledge is not signed with a key that the network has granted to this terminal
            LNK018 Reconnect: the operator closed this session
            LNK019 Reconnect: a later connection of this terminal has opened a session already
            LNK020 Stop: the hub's checkpoint is refused: it is of another log
            LNK021 Stop: the hub's log had 9 records, and now has 6: the hub runs on an old copy
            LNK022 Stop: the log of 9 records does not continue the one of 6 records seen before
            LNK023 Stop: the records of the frame are not proven to stand in the log of 9 records
            LNK024 Stop: record 5: the body does not fit
            LNK025 Stop: record 5: the signature of ALPHDEFFA with key 0707070707070707 does not fit
            LNK026 Stop: record 5: key 0707070707070707 is not granted to ALPHDEFFA at 1795467600000000 us
            LNK027 Stop: a grant is refused: it is of another network
            LNK030 Stop: the hub holds input numbers through 5, but the outbox has made 3: the gateway runs on an old copy of its store
            LNK031 Stop: the hub holds input numbers through 3, but has answered 5: the hub runs on an old copy of its journal
            LNK032 Stop: normal lane: the hub has given out numbers through 3, but the inbox holds 5: the hub runs on an old copy of its journal
            LNK033 Stop: normal lane: acknowledged through 5, but the inbox holds 3: the gateway runs on an old copy of its store, or another one of the institution took the rest
            LNK034 Stop: input number 4 is another message at the hub than in the outbox
            LNK035 Stop: normal lane: output number 4 is another message than before
            LNK036 Stop: the gateway holds answers through 2, but the hub keeps only those after 5: the gateway runs on an old copy of its store
            LNK037 Stop: the log of 7 records that witnesses have cosigned and the one of 9 records that the hub shows here are of two histories
        "#]].assert_eq(&got);
        let codes: Vec<&str> = all().iter().map(Ending::code).collect();
        assert_eq!(codes, Ending::CODES);
    }

    #[test]
    fn the_text_of_a_bye_is_cut_between_characters() {
        let text = "é".repeat(BYE_TEXT_BYTES_MAX);
        let bye = bye("LNK001", &format!("x{text}"));
        assert_eq!(bye.text.len(), BYE_TEXT_BYTES_MAX - 1);
    }
}
