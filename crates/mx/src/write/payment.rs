//! Payments: of customers (`pacs.008.001.08`), and between banks (`pacs.009.001.08`).

use iso::{Date, Money, Uetr};

use super::party::{Account, Agent, Party};
use super::text::{Note, Reference, ShortReference};
use super::xml::Xml;
use super::{Header, Written};
use crate::rules::Profile;

/// How the two agents settle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Through the account that the instructed agent keeps.
    ByInstructed,
    /// Through the account that the instructing agent keeps.
    ByInstructing,
    /// By a cover payment through this agent.
    ByCover(Agent),
}

impl Settlement {
    pub(super) fn write(self, xml: &mut Xml) {
        xml.group("SttlmInf", |xml| {
            let (method, through) = match self {
                Self::ByInstructed => ("INDA", None),
                Self::ByInstructing => ("INGA", None),
                Self::ByCover(agent) => ("COVE", Some(agent)),
            };
            xml.leaf("SttlmMtd", method);
            Agent::optional(through, xml, "InstgRmbrsmntAgt");
        });
    }
}

/// Who bears the charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// The debtor (`DEBT`).
    Debtor,
    /// The creditor (`CRED`); the payment then tells charges, if only of zero.
    Creditor,
    /// Both (`SHAR`).
    Shared,
}

impl Bearer {
    pub(super) fn write(self, xml: &mut Xml) {
        let code = match self {
            Self::Debtor => "DEBT",
            Self::Creditor => "CRED",
            Self::Shared => "SHAR",
        };
        xml.leaf("ChrgBr", code);
    }
}

/// What an agent took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// How much; zero is allowed.
    pub amount: Money,
    /// Who took it.
    pub agent: Agent,
}

impl Charge {
    pub(super) fn write_all(charges: &[Self], xml: &mut Xml) {
        for charge in charges {
            xml.group("ChrgsInf", |xml| {
                xml.money("Amt", charge.amount);
                charge.agent.write(xml, "Agt");
            });
        }
    }
}

/// A transfer between customers, `pacs.008.001.08`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerTransfer {
    /// The reference of the instruction, for the next agent.
    pub instruction: ShortReference,
    /// The debtor's reference; `NOTPROVIDED` is written where there is none.
    pub end_to_end: Option<Reference>,
    /// Names the payment on all its way.
    pub uetr: Uetr,
    /// How the agents settle.
    pub settlement: Settlement,
    /// What is settled between them.
    pub amount: Money,
    /// On what day.
    pub settles_on: Date,
    /// What the debtor ordered.
    pub instructed: Money,
    /// Who bears the charges.
    pub bearer: Bearer,
    /// What was taken on the way.
    pub charges: Vec<Charge>,
    /// Who pays.
    pub debtor: Party,
    /// From which account.
    pub debtor_account: Option<Account>,
    /// The debtor's agent.
    pub debtor_agent: Agent,
    /// The creditor's agent.
    pub creditor_agent: Agent,
    /// Who is paid.
    pub creditor: Party,
    /// On which account.
    pub creditor_account: Option<Account>,
    /// What for.
    pub remittance: Option<Note>,
}

fn group_header(header: &Header, settlement: Settlement, xml: &mut Xml) {
    xml.group("GrpHdr", |xml| {
        xml.leaf("MsgId", header.id.as_str());
        xml.leaf("CreDtTm", &header.created_at());
        xml.leaf("NbOfTxs", "1");
        settlement.write(xml);
    });
}

fn payment_id(
    xml: &mut Xml,
    (instruction, end_to_end): (&ShortReference, Option<&Reference>),
    uetr: Uetr,
) {
    xml.group("PmtId", |xml| {
        xml.leaf("InstrId", instruction.as_str());
        xml.leaf("EndToEndId", end_to_end.map_or("NOTPROVIDED", Reference::as_str));
        xml.leaf("UETR", &uetr.to_string());
    });
}

impl CustomerTransfer {
    /// Writes the message from the header's sender to its receiver.
    #[must_use]
    pub fn write(&self, header: &Header) -> Written {
        header.write(("pacs.008.001.08", Profile::CrossBorder), |xml| {
            xml.group("FIToFICstmrCdtTrf", |xml| {
                group_header(header, self.settlement, xml);
                xml.group("CdtTrfTxInf", |xml| self.transaction(header, xml));
            });
        })
    }

    fn transaction(&self, header: &Header, xml: &mut Xml) {
        payment_id(xml, (&self.instruction, self.end_to_end.as_ref()), self.uetr);
        xml.money("IntrBkSttlmAmt", self.amount);
        xml.leaf("IntrBkSttlmDt", &self.settles_on.to_string());
        xml.money("InstdAmt", self.instructed);
        self.bearer.write(xml);
        Charge::write_all(&self.charges, xml);
        Agent(header.from).write(xml, "InstgAgt");
        Agent(header.to).write(xml, "InstdAgt");
        self.debtor.write(xml, "Dbtr");
        Account::optional(self.debtor_account.as_ref(), xml, "DbtrAcct");
        self.debtor_agent.write(xml, "DbtrAgt");
        self.creditor_agent.write(xml, "CdtrAgt");
        self.creditor.write(xml, "Cdtr");
        Account::optional(self.creditor_account.as_ref(), xml, "CdtrAcct");
        remittance(self.remittance.as_ref(), xml);
    }
}

fn remittance(note: Option<&Note>, xml: &mut Xml) {
    if let Some(note) = note {
        xml.group("RmtInf", |xml| xml.leaf("Ustrd", note.as_str()));
    }
}

/// A transfer between banks, `pacs.009.001.08`; with an underlying transfer it is a cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankTransfer {
    /// The reference of the instruction, for the next agent.
    pub instruction: ShortReference,
    /// The debtor's reference; of a cover, the instruction of the payment that it covers.
    pub end_to_end: ShortReference,
    /// Names the payment on all its way; of a cover, that of the payment that it covers.
    pub uetr: Uetr,
    /// How the agents settle; not by a cover.
    pub settlement: Settlement,
    /// What is settled.
    pub amount: Money,
    /// On what day.
    pub settles_on: Date,
    /// Which bank pays.
    pub debtor: Agent,
    /// From which account.
    pub debtor_account: Option<Account>,
    /// Which bank is paid.
    pub creditor: Agent,
    /// On which account.
    pub creditor_account: Option<Account>,
    /// What for.
    pub remittance: Option<Note>,
    /// The customers' transfer that it covers.
    pub underlying: Option<Underlying>,
}

/// The customers' transfer that a bank's transfer covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Underlying {
    /// Who pays.
    pub debtor: Party,
    /// From which account.
    pub debtor_account: Option<Account>,
    /// The debtor's agent.
    pub debtor_agent: Agent,
    /// The creditor's agent.
    pub creditor_agent: Agent,
    /// Who is paid.
    pub creditor: Party,
    /// On which account.
    pub creditor_account: Option<Account>,
}

impl BankTransfer {
    /// Writes the message from the header's sender to its receiver.
    #[must_use]
    pub fn write(&self, header: &Header) -> Written {
        header.write(("pacs.009.001.08", Profile::CrossBorder), |xml| {
            xml.group("FICdtTrf", |xml| {
                group_header(header, self.settlement, xml);
                xml.group("CdtTrfTxInf", |xml| self.transaction(header, xml));
            });
        })
    }

    fn transaction(&self, header: &Header, xml: &mut Xml) {
        xml.group("PmtId", |xml| {
            xml.leaf("InstrId", self.instruction.as_str());
            xml.leaf("EndToEndId", self.end_to_end.as_str());
            xml.leaf("UETR", &self.uetr.to_string());
        });
        xml.money("IntrBkSttlmAmt", self.amount);
        xml.leaf("IntrBkSttlmDt", &self.settles_on.to_string());
        Agent(header.from).write(xml, "InstgAgt");
        Agent(header.to).write(xml, "InstdAgt");
        self.debtor.write(xml, "Dbtr");
        Account::optional(self.debtor_account.as_ref(), xml, "DbtrAcct");
        self.creditor.write(xml, "Cdtr");
        Account::optional(self.creditor_account.as_ref(), xml, "CdtrAcct");
        remittance(self.remittance.as_ref(), xml);
        if let Some(under) = &self.underlying {
            xml.group("UndrlygCstmrCdtTrf", |xml| {
                under.debtor.write(xml, "Dbtr");
                Account::optional(under.debtor_account.as_ref(), xml, "DbtrAcct");
                under.debtor_agent.write(xml, "DbtrAgt");
                under.creditor_agent.write(xml, "CdtrAgt");
                under.creditor.write(xml, "Cdtr");
                Account::optional(under.creditor_account.as_ref(), xml, "CdtrAcct");
            });
        }
    }
}
