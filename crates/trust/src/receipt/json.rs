//! The JSON form of receipts: the same content, and beside it a reading for people.
//!
//! What counts are the exact bytes: heads, metas and notes stand in the text as base64 or as they
//! are. `reading` says what is in them; a text whose reading differs from its bytes is refused, so
//! that nobody is shown one thing and proven another. Unknown and repeated fields are refused too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::{Acceptance, Delivery, LoggedRecord, NonDelivery, Receipt, ReceiptError, Undelivered};
use crate::{
    Accepted, Acknowledged, Digest, Header, Monitoring, Priority, Reason, RecordHead, Refused,
};

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiptJson {
    receipt: String,
    version: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reading: Option<Reading>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acceptance: Option<AcceptanceJson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<RecordJson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<DeliveryJson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    non_delivery: Option<AcceptanceJson>,
}

/// A record with the grant of the key that signed it: of an acceptance, or of a non-delivery.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptanceJson {
    record: RecordJson,
    grant: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeliveryJson {
    record: RecordJson,
    index: u32,
    path: Vec<String>,
    grant: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordJson {
    head: String,
    meta: String,
    payload_digest: String,
    path: Vec<String>,
    checkpoint: String,
}

/// What the bytes say; not there when they cannot be read, and then nothing is proven either.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<MessageReading>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accepted: Option<PlaceReading>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<RefusedReading>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivered: Option<DeliveredReading>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undelivered: Option<UndeliveredReading>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageReading {
    network: String,
    service: String,
    message_type: String,
    sender: String,
    receiver: String,
    input_number: u64,
    created_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    payload_length: u32,
    reference: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uetr: Option<String>,
    priority: String,
    monitoring: String,
    possible_duplicate: bool,
    /// The file that it announces: SHA-256 and length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<FileReading>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    sealed: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileReading {
    sha256: String,
    bytes: u64,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceReading {
    position: String,
    at: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedReading {
    position: String,
    at: String,
    terminal: String,
    input_number: u64,
    reasons: Vec<ReasonReading>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonReading {
    code: String,
    fault: String,
    place: String,
    text: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeliveredReading {
    position: String,
    at: String,
    by: String,
    lane: String,
    output_number: u64,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UndeliveredReading {
    position: String,
    at: String,
    state: String,
    lane: String,
    output_number: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offered: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<ReasonReading>,
}

impl Receipt {
    /// The JSON form, indented, with a newline at the end.
    ///
    /// # Panics
    ///
    /// Never: texts and numbers can always be written.
    #[must_use]
    pub fn to_json(&self) -> String {
        let json = ReceiptJson::of(self);
        serde_json::to_string_pretty(&json).expect("texts and numbers can be written") + "\n"
    }

    /// Reads the JSON form, in any layout. Nothing is proven by that.
    ///
    /// # Errors
    ///
    /// [`ReceiptError::Json`], [`ReceiptError::Version`], [`ReceiptError::JsonField`] and
    /// [`ReceiptError::Head`].
    pub fn from_json(text: &str) -> Result<Self, ReceiptError> {
        let json: ReceiptJson = serde_json::from_str(text).map_err(ReceiptError::Json)?;
        if json.version != Self::VERSION {
            return Err(ReceiptError::Version { version: json.version });
        }
        let parts = (&json.acceptance, &json.refusal, &json.delivery, &json.non_delivery);
        let receipt = match parts {
            (Some(acceptance), None, None, None) => Self::Acceptance(acceptance.read()?),
            (None, Some(record), None, None) => Self::Refusal(record.read()?),
            (Some(acceptance), None, Some(delivery), None) => {
                Self::Delivery(Box::new((acceptance.read()?, delivery.read()?)))
            }
            (Some(acceptance), None, None, Some(said)) => {
                let Acceptance { record, grant } = said.read()?;
                let non_delivery = NonDelivery { record, grant };
                Self::NonDelivery(Box::new((acceptance.read()?, non_delivery)))
            }
            _ => return Err(ReceiptError::JsonField { field: "receipt" }),
        };
        let again = ReceiptJson::of(&receipt);
        if again.reading != json.reading {
            return Err(ReceiptError::JsonField { field: "reading" });
        }
        // Hexadecimal digits in upper case, or another kind than the parts make.
        if again == json { Ok(receipt) } else { Err(ReceiptError::JsonField { field: "receipt" }) }
    }
}

impl ReceiptJson {
    fn of(receipt: &Receipt) -> Self {
        let (acceptance, refusal, delivery, non_delivery) = match receipt {
            Receipt::Acceptance(acceptance) => (Some(acceptance), None, None, None),
            Receipt::Refusal(record) => (None, Some(record), None, None),
            Receipt::Delivery(parts) => (Some(&parts.0), None, Some(&parts.1), None),
            Receipt::NonDelivery(parts) => (Some(&parts.0), None, None, Some(&parts.1)),
        };
        let mut reading = Reading::of(acceptance, refusal, delivery);
        if let (Some(acceptance), Some(non_delivery)) = (acceptance, non_delivery) {
            let message = acceptance.record.head.sequence;
            let undelivered = UndeliveredReading::of(non_delivery, message);
            reading =
                reading.and_then(|it| Some(Reading { undelivered: Some(undelivered?), ..it }));
        }
        Self {
            receipt: receipt.kind().to_string(),
            version: Receipt::VERSION,
            reading,
            acceptance: acceptance.map(|it| AcceptanceJson::of(&it.record, &it.grant)),
            refusal: refusal.map(RecordJson::of),
            delivery: delivery.map(DeliveryJson::of),
            non_delivery: non_delivery.map(|it| AcceptanceJson::of(&it.record, &it.grant)),
        }
    }
}

impl AcceptanceJson {
    fn of(record: &LoggedRecord, grant: &str) -> Self {
        Self { record: RecordJson::of(record), grant: grant.to_owned() }
    }

    fn read(&self) -> Result<Acceptance, ReceiptError> {
        Ok(Acceptance { record: self.record.read()?, grant: note(&self.grant, "grant")? })
    }
}

impl DeliveryJson {
    fn of(delivery: &Delivery) -> Self {
        let Delivery { record, index, path, grant } = delivery;
        Self {
            record: RecordJson::of(record),
            index: *index,
            path: path.iter().map(Digest::to_string).collect(),
            grant: grant.clone(),
        }
    }

    fn read(&self) -> Result<Delivery, ReceiptError> {
        Ok(Delivery {
            record: self.record.read()?,
            index: self.index,
            path: path(&self.path)?,
            grant: note(&self.grant, "grant")?,
        })
    }
}

impl RecordJson {
    fn of(record: &LoggedRecord) -> Self {
        Self {
            head: STANDARD.encode(record.head.encode()),
            meta: STANDARD.encode(&record.meta),
            payload_digest: record.payload.to_string(),
            path: record.path.iter().map(Digest::to_string).collect(),
            checkpoint: record.checkpoint.clone(),
        }
    }

    fn read(&self) -> Result<LoggedRecord, ReceiptError> {
        Ok(LoggedRecord {
            head: RecordHead::decode(&bytes(&self.head, "head")?)?,
            meta: bytes(&self.meta, "meta")?,
            payload: digest(&self.payload_digest, "payload_digest")?,
            path: path(&self.path)?,
            checkpoint: note(&self.checkpoint, "checkpoint")?,
        })
    }
}

impl Reading {
    fn of(
        acceptance: Option<&Acceptance>,
        refusal: Option<&LoggedRecord>,
        delivery: Option<&Delivery>,
    ) -> Option<Self> {
        let mut reading = Self {
            message: None,
            accepted: None,
            refused: None,
            delivered: None,
            undelivered: None,
        };
        if let Some(Acceptance { record, .. }) = acceptance {
            let accepted = Accepted::decode(&record.meta).ok()?;
            reading.message = Some(MessageReading::of(&Header::decode(&accepted.header).ok()?));
            reading.accepted = Some(PlaceReading::of(&record.head));
        }
        if let Some(record) = refusal {
            let refused = Refused::decode(&record.meta).ok()?;
            let header = refused.header.as_ref().and_then(|bytes| Header::decode(bytes).ok());
            reading.message = header.as_ref().map(MessageReading::of);
            reading.refused = Some(RefusedReading::of(&record.head, &refused));
        }
        if let Some(Delivery { record, index, .. }) = delivery {
            let acknowledged = Acknowledged::decode(&record.meta).ok()?;
            let PlaceReading { position, at } = PlaceReading::of(&record.head);
            reading.delivered = Some(DeliveredReading {
                position,
                at,
                by: acknowledged.by.to_string(),
                lane: acknowledged.lane.to_string(),
                output_number: acknowledged.first.checked_add((*index).into())?,
            });
        }
        Some(reading)
    }
}

impl PlaceReading {
    fn of(head: &RecordHead) -> Self {
        Self { position: head.position().to_string(), at: head.at.to_string() }
    }
}

impl UndeliveredReading {
    fn of(non_delivery: &NonDelivery, message: u64) -> Option<Self> {
        let (lane, output_number, why) = non_delivery.reading(message).ok()?;
        let PlaceReading { position, at } = PlaceReading::of(&non_delivery.record.head);
        let (state, lane) = (why.to_string(), lane.to_string());
        let (mut offered, mut declined) = (None, None);
        match why {
            Undelivered::Waiting { is_offered } => offered = is_offered,
            Undelivered::Declined { by, reason } => declined = Some((by, reason)),
            Undelivered::Withdrawn | Undelivered::Aborted => {}
        }
        let by = declined.as_ref().map(|(by, _)| by.to_string());
        let reason = declined.map(|(_, reason)| ReasonReading::of(&reason));
        Some(Self { position, at, state, lane, output_number, offered, by, reason })
    }
}

impl ReasonReading {
    fn of(reason: &Reason) -> Self {
        Self {
            code: reason.code().to_string(),
            fault: reason.fault().to_string(),
            place: reason.place().into(),
            text: reason.text().into(),
        }
    }
}

impl RefusedReading {
    fn of(head: &RecordHead, refused: &Refused) -> Self {
        let PlaceReading { position, at } = PlaceReading::of(head);
        Self {
            position,
            at,
            terminal: refused.terminal.to_string(),
            input_number: refused.input_number,
            reasons: refused.reasons.iter().map(ReasonReading::of).collect(),
        }
    }
}

impl MessageReading {
    fn of(header: &Header) -> Self {
        let priority = match header.priority {
            Priority::System => "system",
            Priority::Urgent => "urgent",
            Priority::Normal => "normal",
            Priority::RealTime => "real-time",
        };
        let monitoring = match header.monitoring {
            Monitoring::None => "none",
            Monitoring::Warning => "warning",
            Monitoring::Notice => "notice",
            Monitoring::Both => "both",
        };
        Self {
            network: header.network.to_string(),
            service: header.service.to_string(),
            message_type: header.message_type.to_string(),
            sender: header.sender.to_string(),
            receiver: header.receiver.to_string(),
            input_number: header.input_number,
            created_at: header.created_at.to_string(),
            expires_at: header.expires_at.map(|at| at.to_string()),
            payload_length: header.payload_length,
            reference: header.reference.to_string(),
            uetr: header.uetr.map(|uetr| uetr.to_string()),
            priority: priority.into(),
            monitoring: monitoring.into(),
            possible_duplicate: header.possible_duplicate,
            file: header
                .file
                .map(|file| FileReading { sha256: file.digest.to_string(), bytes: file.bytes }),
            sealed: header.is_sealed,
        }
    }
}

fn bytes(base64: &str, field: &'static str) -> Result<Vec<u8>, ReceiptError> {
    STANDARD.decode(base64).map_err(|_| ReceiptError::JsonField { field })
}

fn digest(text: &str, field: &'static str) -> Result<Digest, ReceiptError> {
    text.parse().map_err(|_| ReceiptError::JsonField { field })
}

fn path(texts: &[String]) -> Result<Vec<Digest>, ReceiptError> {
    // The binary form has one byte for their number.
    if texts.len() > usize::from(u8::MAX) {
        return Err(ReceiptError::JsonField { field: "path" });
    }
    texts.iter().map(|text| digest(text, "path")).collect()
}

fn note(text: &str, field: &'static str) -> Result<String, ReceiptError> {
    // The binary form has two bytes for its length.
    if text.len() > usize::from(u16::MAX) {
        return Err(ReceiptError::JsonField { field });
    }
    Ok(text.into())
}
