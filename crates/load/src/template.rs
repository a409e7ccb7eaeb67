//! Messages that are made from a sample: the same text with other names in it.
//!
//! A template finds where a sample names its sender, its receiver, its reference and its
//! transaction, and writes others of the same length over them. What it makes is valid if the sample
//! is, which [`Template::new`] asks and the hub asks again of each message.

use document::{Checker, Document, Findings};
use iso::{Institution, Terminal};
use trust::{Digest, Header, LogTime, Monitoring, NetworkName, Priority, ServiceName};

/// Why a sample cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It is not valid.
    #[error("the sample is not valid: {}", first(.0))]
    Invalid(Findings),
    /// Its reference leaves too little room for numbers.
    #[error("the sample's reference {reference:?} is shorter than {} characters", REFERENCE_MIN)]
    Reference {
        /// The reference.
        reference: String,
    },
    /// What it says of itself does not fit into a header.
    #[error("the sample's {what} does not fit into a header")]
    Header {
        /// Which part.
        what: &'static str,
    },
}

fn first(findings: &Findings) -> String {
    findings.list.first().map_or_else(String::new, ToString::to_string)
}

/// So many digits to base 36 name a terminal and a message: 4 and 5.
const REFERENCE_MIN: usize = 8;

/// A sample, and the places in it that name it.
#[derive(Clone, Debug)]
pub struct Template {
    bytes: Vec<u8>,
    document: Document,
    senders: Vec<usize>,
    receivers: Vec<usize>,
    references: Vec<usize>,
    uetrs: Vec<usize>,
}

/// Who sends a message that is made, to whom, and as the how manieth of a run.
#[derive(Clone, Copy, Debug)]
pub struct Naming {
    /// The network.
    pub network: NetworkName,
    /// The service.
    pub service: ServiceName,
    /// Who sends it.
    pub sender: Terminal,
    /// The place of the sender among those of a run.
    pub place: u32,
    /// Who gets it.
    pub receiver: Institution,
    /// When.
    pub at: LogTime,
}

/// A message, ready to be signed.
#[derive(Debug)]
pub struct Made {
    /// Its header, encoded.
    pub header: Vec<u8>,
    /// Its bytes.
    pub payload: Vec<u8>,
    /// Their digest.
    pub digest: Digest,
}

impl Template {
    /// Checks a sample and finds its places.
    ///
    /// # Errors
    ///
    /// [`TemplateError`].
    pub fn new(sample: &[u8], checker: &mut Checker) -> Result<Self, TemplateError> {
        let document = checker.check(sample).map_err(TemplateError::Invalid)?;
        if document.reference.len() < REFERENCE_MIN {
            return Err(TemplateError::Reference { reference: document.reference });
        }
        if document.message_type.parse::<trust::MessageType>().is_err() {
            return Err(TemplateError::Header { what: "type" });
        }
        let uetr = document.uetr.map(|uetr| uetr.to_string()).unwrap_or_default();
        Ok(Self {
            senders: places(sample, document.from.institution().as_str()),
            receivers: places(sample, document.to.institution().as_str()),
            references: places(sample, &document.reference),
            uetrs: places(sample, &uetr),
            bytes: sample.to_vec(),
            document,
        })
    }

    /// What the sample says of itself.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Makes the message of an input number.
    #[must_use]
    pub fn make(&self, naming: &Naming, input_number: u64) -> Made {
        let mut payload = self.bytes.clone();
        let reference = self.reference(naming.place, input_number);
        write(&mut payload, &self.senders, naming.sender.institution().as_str().as_bytes());
        write(&mut payload, &self.receivers, naming.receiver.as_str().as_bytes());
        write(&mut payload, &self.references, &reference);
        let uetr = self.document.uetr.map(|_| uetr(naming.place, input_number));
        if let Some(uetr) = &uetr {
            write(&mut payload, &self.uetrs, uetr.as_bytes());
        }
        let text = String::from_utf8(reference).expect("digits to base 36 are ASCII");
        let header = Header {
            network: naming.network,
            service: naming.service,
            message_type: self.document.message_type.parse().expect("`new` has parsed it"),
            sender: naming.sender,
            receiver: naming.receiver.head_office(),
            input_number,
            created_at: naming.at,
            expires_at: None,
            payload_length: u32::try_from(payload.len()).expect("a sample is a few kilobytes"),
            reference: text.parse().expect("digits to base 36 are a reference"),
            uetr: uetr.map(|uetr| uetr.parse().expect("it is made to be one")),
            priority: if self.document.urgent { Priority::Urgent } else { Priority::Normal },
            monitoring: Monitoring::Notice,
            possible_duplicate: self.document.possible_duplicate,
            answers: None,
            file: None,
            is_sealed: false,
        };
        let digest = Digest::of(&payload);
        Made { header: header.encode(), payload, digest }
    }

    /// A reference of the sample's length: letters of the sample, then the terminal's place and the
    /// number.
    fn reference(&self, place: u32, number: u64) -> Vec<u8> {
        let mut reference: Vec<u8> = self.document.reference.bytes().collect();
        let (mut number, mut place) = (number, u64::from(place));
        let digits = reference.len().min(12);
        for (at, byte) in reference.iter_mut().rev().take(digits).enumerate() {
            let value = if at < digits - 3 { &mut number } else { &mut place };
            let digit = u8::try_from(*value % 36).expect("it is below 36");
            *byte = if digit < 10 { b'0' + digit } else { b'A' + digit - 10 };
            *value /= 36;
        }
        reference
    }
}

/// A version 4 UUID (RFC 9562) that names a message of a run.
fn uetr(place: u32, number: u64) -> String {
    format!(
        "{place:08x}-{:04x}-4000-8000-{:012x}",
        (number >> 48) & 0xffff,
        number & 0xffff_ffff_ffff
    )
}

fn places(text: &[u8], name: &str) -> Vec<usize> {
    if name.is_empty() {
        return Vec::new();
    }
    text.windows(name.len())
        .enumerate()
        .filter(|(_, window)| *window == name.as_bytes())
        .map(|(at, _)| at)
        .collect()
}

fn write(payload: &mut [u8], places: &[usize], name: &[u8]) {
    for place in places {
        if let Some(room) = payload.get_mut(*place..*place + name.len()) {
            room.copy_from_slice(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use document::{Profile, Rules};
    use expect_test::expect;

    use super::*;

    fn naming() -> Naming {
        Naming {
            network: "test".parse().unwrap(),
            service: "payments".parse().unwrap(),
            sender: "AAAADEFFA".parse().unwrap(),
            place: 77,
            receiver: "AAABDEFF".parse().unwrap(),
            at: LogTime(1),
        }
    }

    #[track_caller]
    fn expect_names(sample: &[u8], want: &expect_test::Expect) {
        let mut checker = Checker::new(Rules::built_in(Profile::CrossBorder));
        let template = Template::new(sample, &mut checker).unwrap();
        let mut got = String::new();
        for number in [1, 36 * 36 + 5] {
            let made = template.make(&naming(), number);
            assert_eq!(made.payload.len(), sample.len());
            let read = checker.check(&made.payload).unwrap();
            let header = Header::decode(&made.header).unwrap();
            assert_eq!(header.reference.as_str(), read.reference);
            assert_eq!(header.uetr, read.uetr);
            let uetr = read.uetr.map(|it| it.to_string()).unwrap_or_default();
            got += &format!("{} -> {} {} {uetr}\n", read.from, read.to, read.reference);
        }
        want.assert_eq(&got);
    }

    #[test]
    fn what_is_made_of_an_iso_20022_sample_is_valid_under_other_names() {
        expect_names(
            include_bytes!("../../../samples/pacs.008.001.08.xml"),
            &expect![[r#"
                AAAADEFFXXX -> AAABDEFFXXX ALPH202025000000001 0000004d-0000-4000-8000-000000000001
                AAAADEFFXXX -> AAABDEFFXXX ALPH202025000000105 0000004d-0000-4000-8000-000000000515
            "#]],
        );
    }

    #[test]
    fn what_is_made_of_a_fin_sample_is_valid_under_other_names() {
        expect_names(
            include_bytes!("../../../samples/mt103.fin"),
            &expect![[r#"
            AAAADEFFXXX -> AAABDEFFXXX 025000001 0000004d-0000-4000-8000-000000000001
            AAAADEFFXXX -> AAABDEFFXXX 025000105 0000004d-0000-4000-8000-000000000515
        "#]],
        );
    }
}
