//! What is said of a payment: status (`pacs.002.001.10`), return (`pacs.004.001.09`), request to
//! cancel (`camt.056.001.08`) and the answer to it (`camt.029.001.09`).

use iso::{Date, DateTime, Money, Uetr};

use super::party::Agent;
use super::payment::{Bearer, Charge, Settlement};
use super::text::{Code, LongText, Reference, ShortReference};
use super::xml::Xml;
use super::{Header, Written, with_offset};
use crate::rules::Profile;

/// The payment that a message is about, by its references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// The identifier of its message.
    pub message: Reference,
    /// The type of its message, such as `pacs.008.001.08`.
    pub message_type: Reference,
    /// When that was made.
    pub created: Option<DateTime>,
    /// The reference of the instruction.
    pub instruction: Option<ShortReference>,
    /// The debtor's reference.
    pub end_to_end: Option<Reference>,
    /// Names the payment on all its way.
    pub uetr: Uetr,
}

impl Original {
    fn group(&self, xml: &mut Xml) {
        xml.group("OrgnlGrpInf", |xml| {
            xml.leaf("OrgnlMsgId", self.message.as_str());
            xml.leaf("OrgnlMsgNmId", self.message_type.as_str());
            if let Some(created) = self.created {
                xml.leaf("OrgnlCreDtTm", &with_offset(created));
            }
        });
    }

    fn references(&self, xml: &mut Xml) {
        xml.optional("OrgnlInstrId", self.instruction.as_ref());
        xml.optional("OrgnlEndToEndId", self.end_to_end.as_ref());
        xml.leaf("OrgnlUETR", &self.uetr.to_string());
    }
}

fn reason(xml: &mut Xml, name: &'static str, (code, text): (&Code, Option<&LongText>)) {
    xml.group(name, |xml| {
        xml.group("Rsn", |xml| xml.leaf("Cd", code.as_str()));
        xml.optional("AddtlInf", text);
    });
}

/// What became of a payment, `pacs.002.001.10`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Which payment.
    pub original: Original,
    /// A code of `ExternalPaymentTransactionStatus`, such as `ACSP` or `RJCT`.
    pub status: Code,
    /// A code of `ExternalStatusReason`; a refusal (`RJCT`) needs one.
    pub reason: Option<Code>,
    /// Words to it; they are written beside a reason only.
    pub text: Option<LongText>,
}

impl Status {
    /// Writes the message from the header's sender to its receiver.
    #[must_use]
    pub fn write(&self, header: &Header) -> Written {
        header.write(("pacs.002.001.10", Profile::CrossBorder), |xml| {
            xml.group("FIToFIPmtStsRpt", |xml| {
                xml.group("GrpHdr", |xml| {
                    xml.leaf("MsgId", header.id.as_str());
                    xml.leaf("CreDtTm", &header.created_at());
                });
                xml.group("TxInfAndSts", |xml| {
                    self.original.group(xml);
                    self.original.references(xml);
                    xml.leaf("TxSts", self.status.as_str());
                    if let Some(code) = &self.reason {
                        reason(xml, "StsRsnInf", (code, self.text.as_ref()));
                    }
                    Agent(header.from).write(xml, "InstgAgt");
                    Agent(header.to).write(xml, "InstdAgt");
                });
            });
        })
    }
}

/// A payment that comes back, `pacs.004.001.09`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// Names the return.
    pub id: ShortReference,
    /// Which payment comes back.
    pub original: Original,
    /// What was settled then.
    pub original_amount: Money,
    /// What comes back.
    pub amount: Money,
    /// On what day.
    pub settles_on: Date,
    /// How the agents settle; not by a cover.
    pub settlement: Settlement,
    /// Who bears the charges of the return.
    pub bearer: Bearer,
    /// What was taken.
    pub charges: Vec<Charge>,
    /// A code of `ExternalReturnReason`, such as `AC04`.
    pub reason: Code,
    /// Words to it.
    pub text: Option<LongText>,
}

impl Return {
    /// Writes the message from the header's sender to its receiver.
    #[must_use]
    pub fn write(&self, header: &Header) -> Written {
        header.write(("pacs.004.001.09", Profile::CrossBorder), |xml| {
            xml.group("PmtRtr", |xml| {
                xml.group("GrpHdr", |xml| {
                    xml.leaf("MsgId", header.id.as_str());
                    xml.leaf("CreDtTm", &header.created_at());
                    xml.leaf("NbOfTxs", "1");
                    self.settlement.write(xml);
                });
                xml.group("TxInf", |xml| self.transaction(header, xml));
            });
        })
    }

    fn transaction(&self, header: &Header, xml: &mut Xml) {
        xml.leaf("RtrId", self.id.as_str());
        self.original.group(xml);
        self.original.references(xml);
        xml.money("OrgnlIntrBkSttlmAmt", self.original_amount);
        xml.money("RtrdIntrBkSttlmAmt", self.amount);
        xml.leaf("IntrBkSttlmDt", &self.settles_on.to_string());
        self.bearer.write(xml);
        Charge::write_all(&self.charges, xml);
        Agent(header.from).write(xml, "InstgAgt");
        Agent(header.to).write(xml, "InstdAgt");
        reason(xml, "RtrRsnInf", (&self.reason, self.text.as_ref()));
    }
}

fn assignment(header: &Header, xml: &mut Xml) {
    xml.group("Assgnmt", |xml| {
        xml.leaf("Id", header.id.as_str());
        for (side, bic) in [("Assgnr", header.from), ("Assgne", header.to)] {
            xml.group(side, |xml| Agent(bic).write(xml, "Agt"));
        }
        xml.leaf("CreDtTm", &header.created_at());
    });
}

fn case(xml: &mut Xml, (id, creator): (&ShortReference, Agent)) {
    xml.leaf("Id", id.as_str());
    xml.group("Cretr", |xml| creator.write(xml, "Agt"));
}

/// The wish that a payment be stopped or given back, `camt.056.001.08`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// Names the request.
    pub id: ShortReference,
    /// Names the case, in all messages about it.
    pub case: ShortReference,
    /// Which payment.
    pub original: Original,
    /// What was to be settled, and on what day.
    pub settled: Option<(Money, Date)>,
    /// A code of `ExternalCancellationReason`, such as `DUPL`.
    pub reason: Code,
    /// Words to it.
    pub text: Option<LongText>,
}

impl Cancellation {
    /// Writes the message from the header's sender, who opens the case, to its receiver.
    #[must_use]
    pub fn write(&self, header: &Header) -> Written {
        header.write(("camt.056.001.08", Profile::CrossBorder), |xml| {
            xml.group("FIToFIPmtCxlReq", |xml| {
                assignment(header, xml);
                xml.group("Undrlyg", |xml| {
                    xml.group("TxInf", |xml| {
                        xml.leaf("CxlId", self.id.as_str());
                        xml.group("Case", |xml| case(xml, (&self.case, Agent(header.from))));
                        self.original.group(xml);
                        self.original.references(xml);
                        if let Some((amount, day)) = self.settled {
                            xml.money("OrgnlIntrBkSttlmAmt", amount);
                            xml.leaf("OrgnlIntrBkSttlmDt", &day.to_string());
                        }
                        reason(xml, "CxlRsnInf", (&self.reason, self.text.as_ref()));
                    });
                });
            });
        })
    }
}

/// What became of the wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The payment is stopped or given back (`CNCL`).
    Cancelled,
    /// It is not known yet (`PDCR`).
    Pending(Code),
    /// It is not given back (`RJCR`).
    Refused(Code),
}

/// The answer to a cancellation, `camt.029.001.09`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The case, as the request named it.
    pub case: ShortReference,
    /// Who opened the case.
    pub opened_by: Agent,
    /// What became of the request, with a code of `ExternalPaymentCancellationRejection`.
    pub outcome: Outcome,
    /// Names the answer.
    pub id: ShortReference,
    /// Which payment.
    pub original: Original,
    /// Words to it.
    pub text: Option<LongText>,
}

impl Answer {
    /// Writes the message from the header's sender to its receiver.
    #[must_use]
    pub fn write(&self, header: &Header) -> Written {
        let (code, why) = match &self.outcome {
            Outcome::Cancelled => ("CNCL", None),
            Outcome::Pending(why) => ("PDCR", Some(why)),
            Outcome::Refused(why) => ("RJCR", Some(why)),
        };
        header.write(("camt.029.001.09", Profile::CrossBorder), |xml| {
            xml.group("RsltnOfInvstgtn", |xml| {
                assignment(header, xml);
                xml.group("Sts", |xml| xml.leaf("Conf", code));
                xml.group("CxlDtls", |xml| {
                    xml.group("TxInfAndSts", |xml| {
                        xml.leaf("CxlStsId", self.id.as_str());
                        xml.group("RslvdCase", |xml| case(xml, (&self.case, self.opened_by)));
                        self.original.group(xml);
                        self.original.references(xml);
                        if let Some(why) = why {
                            reason(xml, "CxlStsRsnInf", (why, self.text.as_ref()));
                        }
                    });
                });
            });
        })
    }
}
