//! What stands in the values of the store's tables, and its bytes.
//!
//! All are in the canonical encoding of [`trust::codec`], with a version in the first byte. The
//! store is private to the gateway, so these formats are not part of any protocol.

use iso::{Terminal, Uetr};
use session::gateway::RequestOutcome;
use trust::codec::{CodecError, Reader, Writer};
use trust::{
    Digest, Disclosure, Fault, Header, KeyId, LogTime, LoggedRecord, Reason, RecordHead, Signature,
};

const VERSION: u8 = 1;
/// What may stand behind the header of an entry of the inbox.
const COPY: u8 = 1;
const HEADER_ONLY: u8 = 2;
const DECIDES: u8 = 4;
const RELEASED: u8 = 8;

/// A message that this terminal sends, as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutboxEntry {
    /// When it was checked.
    pub(crate) checked_at: LogTime,
    /// When it was stored.
    pub(crate) stored_at: LogTime,
    /// SHA-256 of its exact bytes.
    pub(crate) payload: Digest,
    /// Its header, encoded: these bytes are what is signed.
    pub(crate) header: Vec<u8>,
}

/// What the hub answered to a message, and how it was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// How it was handed over.
    pub(crate) submission: Submission,
    /// The head of the record: its kind says what the answer is.
    pub(crate) head: RecordHead,
    /// For a refusal the meta of the record, which holds the reasons; else nothing.
    pub(crate) meta: Vec<u8>,
}

/// How a message was handed over to the hub.
///
/// All is zero when the gateway does not know: it stopped after it submitted the message and before
/// it stored the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Submission {
    /// When the frame was signed.
    pub(crate) signed_at: LogTime,
    /// When the frame was handed to the link.
    pub(crate) submitted_at: LogTime,
    /// How often it was submitted since the gateway started.
    pub(crate) attempts: u32,
    /// How many messages the frame had.
    pub(crate) frame_messages: u32,
    /// The key that signed.
    pub(crate) key: [u8; 8],
    /// The session.
    pub(crate) session: u64,
}

/// That a message was delivered, and what proves it together with the receipt of its acceptance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// The terminal that acknowledged it.
    pub(crate) by: Terminal,
    /// The head of the record of the message's acceptance.
    pub(crate) message: RecordHead,
    /// The record of the acknowledgement, and the message's place in it.
    pub(crate) proof: trust::Delivery,
}

/// Something that the network told the institution, with what proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoticeEntry {
    /// When it was stored.
    pub(crate) received_at: LogTime,
    /// In which lane it came, and under which number.
    pub(crate) place: (u8, u64),
    /// The number of its tiding; 0: the message of this number was withdrawn.
    pub(crate) tiding: u8,
    /// The message that it is about: who sent it, under which number, and its record. Where a
    /// message for this institution was withdrawn there is only the last one.
    pub(crate) about: Option<MessageId>,
    /// The sequence of the record of that message; 0 without one.
    pub(crate) message: u64,
    /// The record that says it.
    pub(crate) record: LoggedRecord,
    /// The grant of the key that signed it; empty where nobody but the log has.
    pub(crate) grant: String,
    /// The hashes from the record of the message that it is about to the root of the same checkpoint,
    /// the lowest first; nothing where it is about none, or where an older gateway stored it.
    pub(crate) message_path: Option<Vec<Digest>>,
}

/// A message that the institution received, as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InboxEntry {
    /// When it was stored.
    pub(crate) received_at: LogTime,
    /// The session in which it was offered.
    pub(crate) session: u64,
    /// The hub said that it may have offered it before.
    pub(crate) possible_duplicate: bool,
    /// SHA-256 of its exact bytes.
    pub(crate) payload: Digest,
    /// The head of its record.
    pub(crate) head: RecordHead,
    /// Its header, encoded, as the sender signed it.
    pub(crate) header: Vec<u8>,
    /// Whether it is the copy of a message between others, and what of it.
    pub(crate) copy: Option<CopyNote>,
    /// Why it was released, where it was held for a decision, or would have been: as what a sender is
    /// told.
    pub(crate) release: Option<Box<NoticeEntry>>,
}

/// What is known of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyNote {
    /// The payload is not here.
    pub header_only: bool,
    /// The message was held for a decision of this institution.
    pub decides: bool,
}

/// What a sealed message holds: the clear text, and its sender's signature over that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenedEntry {
    /// The sender's key that signed within.
    key: KeyId,
    signature: Signature,
    /// The note of the grant of that key.
    grant: String,
    /// SHA-256 of the clear text.
    digest: Digest,
    /// The clear text.
    pub(crate) text: Vec<u8>,
}

/// That the back office does not take a message, or that it is sealed and does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declination {
    /// When it said so.
    pub(crate) at: LogTime,
    /// Why.
    pub(crate) reason: Reason,
}

/// How the file is that a received message announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileState {
    /// It is on its way.
    Fetching,
    /// It is here, durably.
    Here {
        /// Since when.
        at: LogTime,
    },
    /// It will never be here, and the message was declined for that.
    GivenUp(Declination),
}

/// How a request ended that this terminal sent, or its institution received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// How.
    pub(crate) outcome: RequestOutcome,
    /// The head of the record that says so.
    pub(crate) head: RecordHead,
    /// The response.
    pub(crate) response: Option<MessageId>,
}

/// What an idempotency key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// The digest of the request that used it first.
    pub(crate) request: Digest,
    /// The message that came of it.
    pub(crate) input_number: u64,
    /// When it was used first.
    pub(crate) at: LogTime,
}

/// Where a message stands in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the outbox, under an input number.
    Sent {
        /// The number.
        input_number: u64,
    },
    /// In the inbox, under a lane and an output number.
    Received {
        /// The lane.
        lane: u8,
        /// The number.
        output_number: u64,
    },
}

/// The name of a message in the network: the terminal that sends it and its input number, written
/// as `ALPHDEFFA-42`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MessageId {
    /// Who sends it.
    pub(crate) terminal: Terminal,
    /// Its number, from 1.
    pub(crate) input_number: u64,
}

impl OutboxEntry {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(64 + self.header.len());
        writer.u8(VERSION).u64(self.checked_at.0).u64(self.stored_at.0);
        writer.digest(&self.payload).bytes(&self.header);
        writer.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = versioned(bytes)?;
        let entry = Self {
            checked_at: LogTime(reader.u64()?),
            stored_at: LogTime(reader.u64()?),
            payload: reader.digest()?,
            header: reader.bytes()?.to_vec(),
        };
        reader.finish()?;
        Ok(entry)
    }
}

impl Answer {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(64 + RecordHead::LENGTH + self.meta.len());
        let Submission { signed_at, submitted_at, attempts, frame_messages, key, session } =
            self.submission;
        writer.u8(VERSION).u64(signed_at.0).u64(submitted_at.0).u32(attempts);
        writer.u32(frame_messages).raw(&key).u64(session).raw(&self.head.encode());
        writer.bytes(&self.meta);
        writer.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = versioned(bytes)?;
        let submission = Submission {
            signed_at: LogTime(reader.u64()?),
            submitted_at: LogTime(reader.u64()?),
            attempts: reader.u32()?,
            frame_messages: reader.u32()?,
            key: reader.array()?,
            session: reader.u64()?,
        };
        let head = head(&mut reader)?;
        let answer = Self { submission, head, meta: reader.bytes()?.to_vec() };
        reader.finish()?;
        Ok(answer)
    }
}

impl Delivery {
    pub(super) fn encode(&self) -> Vec<u8> {
        let trust::Delivery { record, index, path, grant } = &self.proof;
        let mut writer = Writer::with_capacity(1_024);
        writer.u8(VERSION).text(&self.by.to_string()).raw(&self.message.encode());
        writer.raw(&record.head.encode()).bytes(&record.meta).digest(&record.payload);
        hashes(&mut writer, &record.path);
        writer.text(&record.checkpoint).u32(*index);
        hashes(&mut writer, path);
        writer.text(grant);
        writer.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = versioned(bytes)?;
        let by = reader.text()?.parse();
        let by = by.map_err(|_| CodecError::OutOfRange { field: "terminal" })?;
        let message = head(&mut reader)?;
        let record = LoggedRecord {
            head: head(&mut reader)?,
            meta: reader.bytes()?.to_vec(),
            payload: reader.digest()?,
            path: read_hashes(&mut reader)?,
            checkpoint: reader.text()?.to_owned(),
        };
        let index = reader.u32()?;
        let path = read_hashes(&mut reader)?;
        let grant = reader.text()?.to_owned();
        reader.finish()?;
        Ok(Self { by, message, proof: trust::Delivery { record, index, path, grant } })
    }
}

impl NoticeEntry {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(1_024);
        let (lane, output_number) = self.place;
        writer.u8(VERSION).u64(self.received_at.0).u8(lane).u64(output_number).u8(self.tiding);
        writer.text(&self.about.map(|about| about.to_string()).unwrap_or_default());
        writer.u64(self.message);
        let record = &self.record;
        writer.raw(&record.head.encode()).bytes(&record.meta).digest(&record.payload);
        hashes(&mut writer, &record.path);
        writer.text(&record.checkpoint).text(&self.grant);
        if let Some(path) = &self.message_path {
            hashes(&mut writer, path);
        }
        writer.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = versioned(bytes)?;
        let received_at = LogTime(reader.u64()?);
        let place = (reader.u8()?, reader.u64()?);
        let tiding = reader.u8()?;
        let about = match reader.text()? {
            "" => None,
            id => Some(id.parse().map_err(|()| CodecError::OutOfRange { field: "message" })?),
        };
        let message = reader.u64()?;
        let record = LoggedRecord {
            head: head(&mut reader)?,
            meta: reader.bytes()?.to_vec(),
            payload: reader.digest()?,
            path: read_hashes(&mut reader)?,
            checkpoint: reader.text()?.to_owned(),
        };
        let grant = reader.text()?.to_owned();
        let has_path = !reader.rest().is_empty();
        let message_path = has_path.then(|| read_hashes(&mut reader)).transpose()?;
        reader.finish()?;
        Ok(Self { received_at, place, tiding, about, message, record, grant, message_path })
    }
}

impl InboxEntry {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(64 + RecordHead::LENGTH + self.header.len());
        writer.u8(VERSION).u64(self.received_at.0).u64(self.session);
        writer.u8(self.possible_duplicate.into()).digest(&self.payload);
        writer.raw(&self.head.encode()).bytes(&self.header);
        let flags = [
            (COPY, self.copy.is_some()),
            (HEADER_ONLY, self.copy.is_some_and(|copy| copy.header_only)),
            (DECIDES, self.copy.is_some_and(|copy| copy.decides)),
            (RELEASED, self.release.is_some()),
        ];
        let flags = flags.into_iter().fold(0, |all, (bit, set)| if set { all | bit } else { all });
        // Most entries have none, and then end here.
        if flags != 0 {
            writer.u8(flags);
        }
        if let Some(release) = &self.release {
            writer.bytes(&release.encode());
        }
        writer.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = versioned(bytes)?;
        let mut entry = Self {
            received_at: LogTime(reader.u64()?),
            session: reader.u64()?,
            possible_duplicate: reader.u8()? != 0,
            payload: reader.digest()?,
            head: head(&mut reader)?,
            header: reader.bytes()?.to_vec(),
            copy: None,
            release: None,
        };
        let flags = if reader.rest().is_empty() { 0 } else { reader.u8()? };
        if flags & COPY != 0 {
            let (header_only, decides) = (flags & HEADER_ONLY != 0, flags & DECIDES != 0);
            entry.copy = Some(CopyNote { header_only, decides });
        }
        if flags & RELEASED != 0 {
            entry.release = Some(Box::new(NoticeEntry::decode(reader.bytes()?)?));
        }
        reader.finish()?;
        Ok(entry)
    }
}

impl OpenedEntry {
    /// What a disclosure shows, without the envelope, which stands among the payloads.
    pub(crate) fn new(disclosure: &Disclosure, text: &[u8]) -> Self {
        let Disclosure { key, signature, grant, .. } = disclosure;
        let (grant, digest, text) = (grant.clone(), Digest::of(text), text.to_vec());
        Self { key: *key, signature: *signature, grant, digest, text }
    }

    /// What shows to others what the message with this envelope says.
    pub(crate) fn disclosure(self, envelope: Vec<u8>) -> Disclosure {
        let Self { key, signature, grant, .. } = self;
        Disclosure { key, signature, grant, envelope }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(640 + self.text.len());
        writer.u8(VERSION).raw(&self.key.0).raw(&self.signature.0).text(&self.grant);
        writer.digest(&self.digest).bytes(&self.text);
        writer.finish()
    }

    /// Reads it, and checks that the text is the one that was stored.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = versioned(bytes)?;
        let entry = Self {
            key: KeyId(reader.array()?),
            signature: Signature(reader.array()?),
            grant: reader.text()?.to_owned(),
            digest: reader.digest()?,
            text: reader.bytes()?.to_vec(),
        };
        reader.finish()?;
        if Digest::of(&entry.text) == entry.digest {
            Ok(entry)
        } else {
            Err(CodecError::OutOfRange { field: "clear text" })
        }
    }
}

impl Declination {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(64);
        let reason = &self.reason;
        writer.u8(VERSION).u64(self.at.0).text(reason.code().as_str()).u8(reason.fault().code());
        writer.text(reason.place()).text(reason.text());
        writer.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = versioned(bytes)?;
        let at = LogTime(reader.u64()?);
        let bad = |field| CodecError::OutOfRange { field };
        let code = reader.text()?.parse().map_err(|_| bad("code"))?;
        let fault = Fault::from_code(reader.u8()?).ok_or_else(|| bad("fault"))?;
        let reason = Reason::new(code, fault, reader.text()?, reader.text()?);
        reader.finish()?;
        Ok(Self { at, reason })
    }
}

impl FileState {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(16);
        match self {
            Self::Fetching => writer.u8(VERSION).u8(0),
            Self::Here { at } => writer.u8(VERSION).u8(1).u64(at.0),
            Self::GivenUp(declination) => writer.u8(VERSION).u8(2).bytes(&declination.encode()),
        };
        writer.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = versioned(bytes)?;
        let state = match reader.u8()? {
            0 => Self::Fetching,
            1 => Self::Here { at: LogTime(reader.u64()?) },
            2 => Self::GivenUp(Declination::decode(reader.bytes()?)?),
            _ => return Err(CodecError::OutOfRange { field: "state of a file" }),
        };
        reader.finish()?;
        Ok(state)
    }
}

impl Outcome {
    /// The outcome of a request whose response has this header and this record.
    pub(super) fn answered(head: &RecordHead, header: &Header) -> Self {
        let (outcome, response) = (RequestOutcome::Answered, Some(MessageId::of(header)));
        Self { outcome, head: head.clone(), response }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(32 + RecordHead::LENGTH);
        writer.u8(VERSION).u8(self.outcome.code()).raw(&self.head.encode());
        writer.text(&self.response.map(|id| id.to_string()).unwrap_or_default());
        writer.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let bad = |field| CodecError::OutOfRange { field };
        let mut reader = versioned(bytes)?;
        let outcome = RequestOutcome::from_code(reader.u8()?).ok_or_else(|| bad("outcome"))?;
        let head = head(&mut reader)?;
        let response = Some(reader.text()?).filter(|id| !id.is_empty()).map(str::parse);
        let response = response.transpose().map_err(|()| bad("response"))?;
        reader.finish()?;
        Ok(Self { outcome, head, response })
    }
}

impl Key {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(49);
        writer.u8(VERSION).digest(&self.request).u64(self.input_number).u64(self.at.0);
        writer.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = versioned(bytes)?;
        let key = Self {
            request: reader.digest()?,
            input_number: reader.u64()?,
            at: LogTime(reader.u64()?),
        };
        reader.finish()?;
        Ok(key)
    }
}

impl Place {
    /// As it stands in the table of arrivals.
    pub(super) fn columns(self) -> (u8, u8, u64) {
        match self {
            Self::Sent { input_number } => (0, 0, input_number),
            Self::Received { lane, output_number } => (1, lane, output_number),
        }
    }

    /// From the columns of the table of arrivals.
    pub(super) fn of(columns: (u8, u8, u64)) -> Self {
        match columns {
            (0, _, input_number) => Self::Sent { input_number },
            (_, lane, output_number) => Self::Received { lane, output_number },
        }
    }
}

impl MessageId {
    /// The name of the message with this header.
    pub(crate) fn of(header: &Header) -> Self {
        Self { terminal: header.sender, input_number: header.input_number }
    }
}

impl std::fmt::Display for MessageId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.terminal, self.input_number)
    }
}

impl std::str::FromStr for MessageId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (terminal, number) = text.split_once('-').ok_or(())?;
        let canonical =
            number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
        let input_number = number.parse().map_err(|_| ())?;
        let terminal = terminal.parse().map_err(|_| ())?;
        if canonical { Ok(Self { terminal, input_number }) } else { Err(()) }
    }
}

/// The UETR and the reference under which a header is found.
pub(super) fn names(header: &Header) -> (Option<Uetr>, &str) {
    (header.uetr, header.reference.as_str())
}

fn hashes(writer: &mut Writer, hashes: &[Digest]) {
    writer.u16(u16::try_from(hashes.len()).expect("a path has at most 64 hashes"));
    for hash in hashes {
        writer.digest(hash);
    }
}

fn read_hashes(reader: &mut Reader<'_>) -> Result<Vec<Digest>, CodecError> {
    let count = reader.u16()?;
    (0..count).map(|_| reader.digest()).collect()
}

fn versioned(bytes: &[u8]) -> Result<Reader<'_>, CodecError> {
    let mut reader = Reader::new(bytes);
    match reader.u8()? {
        VERSION => Ok(reader),
        _ => Err(CodecError::OutOfRange { field: "version" }),
    }
}

fn head(reader: &mut Reader<'_>) -> Result<RecordHead, CodecError> {
    let bytes = reader.raw(RecordHead::LENGTH)?;
    RecordHead::decode(bytes).map_err(|_| CodecError::OutOfRange { field: "head" })
}
