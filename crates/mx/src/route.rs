//! What routing has to know of a message: its type, from whom, to whom, and what it is about.
//!
//! [`read`] checks that the whole message is well-formed and picks these fields from the business
//! header (head.001.001.01 to .04) and from the document, in whatever envelope the two stand. It
//! does not check them against a schema: that is the business of the validator.

use iso::{Bic, Uetr};

use crate::finding::{Finding, Findings, Words, shown};
use crate::locate::locate;
use crate::token::{Features, Span, Start, Text, Token, Tokeniser, decode_attribute, decode_text};

/// What the namespaces of ISO 20022 messages begin with; the message type follows.
pub const NAMESPACE_PREFIX: &str = "urn:iso:std:iso:20022:tech:xsd:";

/// The versions of the business header that routing knows.
pub(crate) const HEADERS: [&str; 4] =
    ["head.001.001.01", "head.001.001.02", "head.001.001.03", "head.001.001.04"];

/// What routing has to know of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routing {
    /// The message definition, such as `pacs.008.001.08`, from the namespace of the document.
    pub message_type: String,
    /// The business header; `None` if the document came alone.
    pub header: Option<Header>,
    /// The identification that the document gives itself (`GrpHdr/MsgId`, `Assgnmt/Id`, ...).
    pub document_id: Option<String>,
    /// When the document says that it was made, as written.
    pub document_created: Option<String>,
    /// The transaction that the first `UETR` or `OrgnlUETR` names.
    pub uetr: Option<Uetr>,
    /// The first settlement amount, or if there is none the first instructed amount.
    pub amount: Option<RoutingAmount>,
}

/// The business header of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its own version, such as `head.001.001.02`.
    pub version: String,
    /// Who sends the message (`Fr`).
    pub from: Bic,
    /// Who shall receive it (`To`).
    pub to: Bic,
    /// The sender's identification of the message (`BizMsgIdr`).
    pub message_id: String,
    /// The service or rule book that the message is sent under (`BizSvc`).
    pub service: Option<String>,
    /// When the sender made the header (`CreDt`), as written.
    pub created: Option<String>,
    /// Whether the sender says that it may have been sent before (`PssblDplct`).
    pub possible_duplicate: bool,
    /// How urgent it is (`Prty`), as written.
    pub priority: Option<String>,
}

/// An amount as written, not checked against its currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingAmount {
    /// The number.
    pub value: String,
    /// The `Ccy` attribute.
    pub currency: String,
}

/// Reads what routing has to know.
///
/// The bytes are one XML document: a business header and a document as sisters in an envelope, or
/// a document alone.
///
/// # Errors
///
/// Findings of the families `XML` (not well-formed, or beyond a hard limit; the reading stops at
/// the first) and `RTE` (a field that routing needs is missing or wrong; all are found).
pub fn read(bytes: &[u8]) -> Result<Routing, Findings> {
    Reader::default().read(bytes)
}

/// Reads many messages one after the other with the same memory.
#[derive(Debug, Default)]
pub struct Reader {
    tokeniser: Tokeniser,
    picker: Picker,
}

impl Reader {
    /// Reads one message; see [`read`].
    ///
    /// # Errors
    ///
    /// As [`read`].
    pub fn read(&mut self, bytes: &[u8]) -> Result<Routing, Findings> {
        self.picker.clear();
        self.tokeniser.clear();
        let mut list = Vec::new();
        let survey = crate::token::survey(bytes);
        let features = *survey.as_ref().unwrap_or(&Features::NONE);
        if let Err(fault) = survey.and_then(|features| self.run(bytes, features)) {
            list.push(crate::wrong(bytes, fault, &self.tokeniser));
        } else {
            match self.picker.finish() {
                Ok(routing) => return Ok(routing),
                Err(wrong) => list = wrong,
            }
        }
        locate(bytes, features, &mut list);
        Err(list.into_iter().collect())
    }

    fn run(&mut self, bytes: &[u8], features: Features) -> Result<(), crate::token::Fault> {
        loop {
            let token = if self.picker.reading.is_some() {
                self.tokeniser.next(bytes, features)?
            } else {
                self.tokeniser.next_tag(bytes, features)?
            };
            match token {
                Token::Start => self.picker.begin(bytes, self.tokeniser.start(), &self.tokeniser),
                Token::End => self.picker.end(self.tokeniser.depth()),
                Token::Text => self.picker.text(bytes, self.tokeniser.last_text()),
                Token::Finished => return Ok(()),
            }
        }
    }
}

/// The fields, in the order of [`SLOTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Slot {
    From,
    To,
    MessageId,
    MessageType,
    Service,
    Created,
    PossibleDuplicate,
    Priority,
    DocumentId,
    DocumentCreated,
    Uetr,
    Settled,
    Instructed,
}

const SLOTS: usize = Slot::Instructed as usize + 1;

/// A value that was found, and where.
#[derive(Clone, Debug, Default)]
struct Value {
    at: Option<u32>,
    text: Vec<u8>,
    currency: Vec<u8>,
}

impl Value {
    fn string(&self) -> Option<String> {
        self.at.map(|_| String::from_utf8_lossy(&self.text).into_owned())
    }
}

/// The part that is being read: the header or the document.
#[derive(Clone, Copy, Debug)]
struct Part {
    is_header: bool,
    /// How many elements are open outside it.
    outside: usize,
}

#[derive(Debug, Default)]
struct Picker {
    part: Option<Part>,
    /// The names of the open elements inside the part.
    path: Vec<Span>,
    values: [Value; SLOTS],
    /// The field that is being read, and the depth of its element.
    reading: Option<(Slot, usize)>,
    header: Option<(u32, String)>,
    document: Option<(u32, String)>,
    /// Where a second header or document begins.
    second: Option<u32>,
    /// Where the first element with a name but not the namespace of a document begins.
    foreign: Option<u32>,
}

impl Picker {
    fn clear(&mut self) {
        for value in &mut self.values {
            value.at = None;
            value.text.clear();
            value.currency.clear();
        }
        self.part = None;
        self.path.clear();
        self.reading = None;
        self.header = None;
        self.document = None;
        self.second = None;
        self.foreign = None;
    }

    fn begin(&mut self, bytes: &[u8], start: &Start, tokeniser: &Tokeniser) {
        let Some(part) = self.part else {
            return self.begin_outside(bytes, start, tokeniser);
        };
        self.path.push(start.local);
        if self.reading.is_some() {
            return;
        }
        let Some(slot) = self.slot(bytes, part) else { return };
        let Some(value) = self.values.get_mut(slot as usize) else { return };
        if value.at.is_some() {
            return;
        }
        value.at = Some(start.at);
        self.reading = Some((slot, tokeniser.depth()));
        for attribute in tokeniser.attributes() {
            if attribute.name.of(bytes) == b"Ccy" {
                decode_attribute(attribute.value.of(bytes), &mut value.currency);
            }
        }
    }

    fn begin_outside(&mut self, bytes: &[u8], start: &Start, tokeniser: &Tokeniser) {
        let local = start.local.of(bytes);
        let is_header = local == b"AppHdr";
        if !is_header && local != b"Document" {
            return;
        }
        let namespace = String::from_utf8_lossy(tokeniser.namespaces().name(start.namespace));
        let Some(definition) = namespace.strip_prefix(NAMESPACE_PREFIX) else {
            self.foreign.get_or_insert(start.at);
            return;
        };
        let place = if is_header { &mut self.header } else { &mut self.document };
        if place.is_some() {
            self.second.get_or_insert(start.at);
            return;
        }
        *place = Some((start.at, definition.to_owned()));
        self.path.clear();
        self.part = Some(Part { is_header, outside: tokeniser.depth() - 1 });
    }

    fn end(&mut self, depth: usize) {
        let Some(part) = self.part else { return };
        self.path.pop();
        if self.reading.is_some_and(|(_, opened)| depth < opened) {
            self.reading = None;
        }
        if depth <= part.outside {
            self.part = None;
        }
    }

    fn text(&mut self, bytes: &[u8], text: Text) {
        let Some((slot, _)) = self.reading else { return };
        if let Some(value) = self.values.get_mut(slot as usize) {
            decode_text(text.span.of(bytes), text.form, &mut value.text);
        }
    }

    /// The field that the element at the end of the path is, if it is one.
    fn slot(&self, bytes: &[u8], part: Part) -> Option<Slot> {
        let names = |from: usize| self.path.get(from).map(|name| name.of(bytes));
        let last = self.path.last()?.of(bytes);
        if part.is_header {
            return match (self.path.len(), last) {
                (1, b"BizMsgIdr") => Some(Slot::MessageId),
                (1, b"MsgDefIdr") => Some(Slot::MessageType),
                (1, b"BizSvc") => Some(Slot::Service),
                (1, b"CreDt") => Some(Slot::Created),
                (1, b"PssblDplct") => Some(Slot::PossibleDuplicate),
                (1, b"Prty") => Some(Slot::Priority),
                (4, b"BICFI") | (5, b"AnyBIC" | b"BICOrBEI") => match names(0)? {
                    b"Fr" => Some(Slot::From),
                    b"To" => Some(Slot::To),
                    _ => None,
                },
                _ => None,
            };
        }
        match (self.path.len(), last) {
            (3, b"MsgId") | (2, b"MsgId") => Some(Slot::DocumentId),
            (3, b"Id") if names(1)? == b"Assgnmt" || names(1)? == b"MsgId" => {
                Some(Slot::DocumentId)
            }
            (2 | 3, b"CreDtTm") => Some(Slot::DocumentCreated),
            (_, b"UETR" | b"OrgnlUETR") => Some(Slot::Uetr),
            (_, b"IntrBkSttlmAmt" | b"RtrdIntrBkSttlmAmt" | b"OrgnlIntrBkSttlmAmt") => {
                Some(Slot::Settled)
            }
            (_, b"InstdAmt" | b"OrgnlInstdAmt" | b"RtrdInstdAmt") => Some(Slot::Instructed),
            _ => None,
        }
    }

    fn finish(&mut self) -> Result<Routing, Vec<Finding>> {
        let mut wrong = Vec::new();
        if let Some(at) = self.second {
            wrong.push(finding(at, TWO_PARTS, &[]));
        }
        let Some((_, message_type)) = self.document.take() else {
            wrong.push(finding(self.foreign.unwrap_or(0), NO_DOCUMENT, &[]));
            return Err(wrong);
        };
        let header = self
            .header
            .take()
            .and_then(|(at, version)| self.header(at, version, &message_type, &mut wrong));
        let uetr = self.uetr(&mut wrong);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let amount = [Slot::Settled, Slot::Instructed].into_iter().find_map(|slot| {
            let value = self.value(slot);
            let currency = String::from_utf8_lossy(&value.currency).into_owned();
            value.string().map(|value| RoutingAmount { value, currency })
        });
        Ok(Routing {
            message_type,
            header,
            document_id: self.value(Slot::DocumentId).string(),
            document_created: self.value(Slot::DocumentCreated).string(),
            uetr,
            amount,
        })
    }

    fn header(
        &self,
        at: u32,
        version: String,
        message_type: &str,
        wrong: &mut Vec<Finding>,
    ) -> Option<Header> {
        if !HEADERS.contains(&version.as_str()) {
            wrong.push(finding(at, UNKNOWN_HEADER, version.as_bytes()));
        }
        let named = self.value(Slot::MessageType);
        if named.text != message_type.as_bytes() {
            let mut other = finding(named.at.unwrap_or(at), TYPES_DIFFER, &named.text);
            other.expected = format!("{message_type}, as the document's namespace says");
            wrong.push(other);
        }
        let from = self.bic(Slot::From, at, NO_SENDER, wrong);
        let to = self.bic(Slot::To, at, NO_RECEIVER, wrong);
        let id = self.value(Slot::MessageId);
        if id.text.is_empty() {
            wrong.push(finding(id.at.unwrap_or(at), NO_MESSAGE_ID, &[]));
        }
        Some(Header {
            version,
            from: from?,
            to: to?,
            message_id: id.string()?,
            service: self.value(Slot::Service).string(),
            created: self.value(Slot::Created).string(),
            possible_duplicate: matches!(
                self.value(Slot::PossibleDuplicate).text.trim_ascii(),
                b"true" | b"1"
            ),
            priority: self.value(Slot::Priority).string(),
        })
    }

    fn bic(&self, slot: Slot, header: u32, words: Words, wrong: &mut Vec<Finding>) -> Option<Bic> {
        let value = self.value(slot);
        let bic = std::str::from_utf8(&value.text).ok().and_then(|text| text.parse().ok());
        if bic.is_none() {
            wrong.push(finding(value.at.unwrap_or(header), words, &value.text));
        }
        bic
    }

    fn uetr(&self, wrong: &mut Vec<Finding>) -> Option<Uetr> {
        let value = self.value(Slot::Uetr);
        let at = value.at?;
        let uetr = std::str::from_utf8(&value.text).ok().and_then(|text| text.parse().ok());
        if uetr.is_none() {
            wrong.push(finding(at, BAD_UETR, &value.text));
        }
        uetr
    }

    fn value(&self, slot: Slot) -> &Value {
        self.values.get(slot as usize).expect("there is a value for each slot")
    }
}

const NO_DOCUMENT: Words = Words {
    code: "RTE001",
    expected: "an element Document in a namespace urn:iso:std:iso:20022:tech:xsd:...",
    found: "none",
};
const TWO_PARTS: Words = Words {
    code: "RTE002",
    expected: "one business header and one document in a message",
    found: "a second one",
};
const UNKNOWN_HEADER: Words =
    Words { code: "RTE003", expected: "head.001.001.01 to head.001.001.04", found: "" };
const TYPES_DIFFER: Words = Words { code: "RTE004", expected: "", found: "no MsgDefIdr" };
const NO_SENDER: Words =
    Words { code: "RTE005", expected: "the BIC of the sender in Fr", found: "none" };
const NO_RECEIVER: Words =
    Words { code: "RTE006", expected: "the BIC of the receiver in To", found: "none" };
const NO_MESSAGE_ID: Words =
    Words { code: "RTE007", expected: "the message's identification in BizMsgIdr", found: "none" };
const BAD_UETR: Words = Words {
    code: "RTE008",
    expected: "a UETR: a version 4 UUID in lower case",
    found: "an empty element",
};

/// All codes of this module.
pub(crate) const CODES: [&str; 8] =
    ["RTE001", "RTE002", "RTE003", "RTE004", "RTE005", "RTE006", "RTE007", "RTE008"];

fn finding(at: u32, words: Words, value: &[u8]) -> Finding {
    Finding {
        offset: u64::from(at),
        code: words.code,
        path: String::new(),
        line: 0,
        column: 0,
        expected: words.expected.into(),
        found: if value.is_empty() { words.found.into() } else { format!("\"{}\"", shown(value)) },
    }
}

#[cfg(test)]
mod tests;
