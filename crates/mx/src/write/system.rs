//! What the network says for itself: rejection (`admi.002.001.01`), event (`admi.004.001.02`) and
//! receipt (`camt.025.001.05`). They are not payments: the profile `base` holds for them.

use iso::DateTime;

use super::text::{Code, LongText, Reference, Text};
use super::{Header, Written, with_offset};
use crate::rules::Profile;

/// A message was refused before anybody read what it is about, `admi.002.001.01`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The identifier of the message that was refused.
    pub refused: Reference,
    /// The code of the finding, such as `SCH002`.
    pub reason: Reference,
    /// When it was refused.
    pub at: DateTime,
    /// Where in the message; 350 characters at most.
    pub place: Option<Text<350, 2>>,
    /// Words to it; 350 characters at most.
    pub text: Option<Text<350, 2>>,
}

impl Rejection {
    /// Writes the message from the header's sender to its receiver.
    #[must_use]
    pub fn write(&self, header: &Header) -> Written {
        header.write(("admi.002.001.01", Profile::Base), |xml| {
            xml.group("admi.002.001.01", |xml| {
                xml.group("RltdRef", |xml| xml.leaf("Ref", self.refused.as_str()));
                xml.group("Rsn", |xml| {
                    xml.leaf("RjctgPtyRsn", self.reason.as_str());
                    xml.leaf("RjctnDtTm", &with_offset(self.at));
                    xml.optional("ErrLctn", self.place.as_ref());
                    xml.optional("RsnDesc", self.text.as_ref());
                });
            });
        })
    }
}

/// Something happened in the network, `admi.004.001.02`. The time is that of the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemEvent {
    /// What happened.
    pub code: Code,
    /// To what, in an order that goes with the code.
    pub parameters: Vec<Reference>,
    /// Words to it.
    pub text: Option<LongText>,
}

impl SystemEvent {
    /// Writes the message from the header's sender to its receiver.
    #[must_use]
    pub fn write(&self, header: &Header) -> Written {
        header.write(("admi.004.001.02", Profile::Base), |xml| {
            xml.group("SysEvtNtfctn", |xml| {
                xml.group("EvtInf", |xml| {
                    xml.leaf("EvtCd", self.code.as_str());
                    for parameter in &self.parameters {
                        xml.leaf("EvtParam", parameter.as_str());
                    }
                    xml.optional("EvtDesc", self.text.as_ref());
                    xml.leaf("EvtTm", &header.created_at());
                });
            });
        })
    }
}

/// A request was received and handled, `camt.025.001.05`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The identifier of the request.
    pub request: Reference,
    /// What became of it.
    pub status: Code,
    /// Words to it.
    pub text: Option<LongText>,
}

impl Receipt {
    /// Writes the message from the header's sender to its receiver.
    #[must_use]
    pub fn write(&self, header: &Header) -> Written {
        header.write(("camt.025.001.05", Profile::Base), |xml| {
            xml.group("Rct", |xml| {
                xml.group("MsgHdr", |xml| {
                    xml.leaf("MsgId", header.id.as_str());
                    xml.leaf("CreDtTm", &header.created_at());
                });
                xml.group("RctDtls", |xml| {
                    xml.group("OrgnlMsgId", |xml| xml.leaf("MsgId", self.request.as_str()));
                    xml.group("ReqHdlg", |xml| {
                        xml.leaf("StsCd", self.status.as_str());
                        xml.optional("Desc", self.text.as_ref());
                    });
                });
            });
        })
    }
}
