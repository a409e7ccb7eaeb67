//! The meaning of a field, from the name of its element and the name of its type.
//!
//! Both are resolved once, when a schema is compiled; rules compare numbers.

macro_rules! slots {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// An element that rules, routing or search ask for, by its name. To ask for one more, add
        /// a line to the table in `fields/slot.rs`.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub(crate) enum Slot {
            /// Any other element.
            #[default]
            Other,
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Slot {
            /// The slot of an element of that name.
            pub(crate) fn named(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

slots! {
    // The two parts of a message, and the business header.
    Header = "AppHdr", Document = "Document", From = "Fr", To = "To", BusinessMessageId = "BizMsgIdr",
    MessageDefinition = "MsgDefIdr", BusinessService = "BizSvc", MarketPractice = "MktPrctc",
    Created = "CreDt", PossibleDuplicate = "PssblDplct", Priority = "Prty", CopyDuplicate = "CpyDplct",
    Related = "Rltd", BusinessProcessingDate = "BizPrcgDt", CharacterSet = "CharSet",
    // Groups of the document.
    GroupHeader = "GrpHdr", PaymentInformation = "PmtInf", MessageHeader = "MsgHdr",
    Assignment = "Assgnmt", Assigner = "Assgnr", Assignee = "Assgne", Underlying = "Undrlyg",
    Case = "Case", CaseCreator = "Cretr", Statement = "Stmt", Report = "Rpt",
    Notification = "Ntfctn", Entry = "Ntry", SettlementInformation = "SttlmInf",
    PaymentId = "PmtId", PaymentType = "PmtTpInf", OriginalGroup = "OrgnlGrpInf",
    OriginalGroupAndStatus = "OrgnlGrpInfAndSts", UnderlyingCustomerTransfer = "UndrlygCstmrCdtTrf",
    OriginalTransaction = "OrgnlTxRef", Supplementary = "SplmtryData",
    // One transaction.
    CreditTransfer = "CdtTrfTxInf", DirectDebit = "DrctDbtTxInf", Transaction = "TxInf",
    TransactionStatus = "TxInfAndSts", OriginalPayment = "OrgnlPmtInfAndSts",
    OriginalPaymentAndCancellation = "OrgnlPmtInfAndCxl",
    // References.
    MessageId = "MsgId", InstructionId = "InstrId", EndToEndId = "EndToEndId", TransactionId = "TxId",
    ClearingReference = "ClrSysRef", Uetr = "UETR", OriginalUetr = "OrgnlUETR",
    OriginalMessageId = "OrgnlMsgId", OriginalMessageName = "OrgnlMsgNmId",
    OriginalInstructionId = "OrgnlInstrId", OriginalEndToEndId = "OrgnlEndToEndId",
    OriginalTransactionId = "OrgnlTxId", OriginalCreated = "OrgnlCreDtTm", CancellationId = "CxlId",
    ReturnId = "RtrId", StatusId = "StsId", PaymentInformationId = "PmtInfId", CaseId = "CaseId",
    Id = "Id", Reference = "Ref", MandateId = "MndtId",
    // Counts and sums.
    TransactionCount = "NbOfTxs", ControlSum = "CtrlSum", TotalSettled = "TtlIntrBkSttlmAmt",
    TotalReturned = "TtlRtrdIntrBkSttlmAmt", EntryCount = "NbOfNtries", Sum = "Sum",
    // Amounts, charges and rates.
    Settled = "IntrBkSttlmAmt", Instructed = "InstdAmt", Equivalent = "EqvtAmt", Amount = "Amt",
    Returned = "RtrdIntrBkSttlmAmt", ReturnedInstructed = "RtrdInstdAmt",
    OriginalSettled = "OrgnlIntrBkSttlmAmt", Currency = "Ccy", ExchangeRate = "XchgRate",
    ChargeBearer = "ChrgBr", Charges = "ChrgsInf", CreditOrDebit = "CdtDbtInd",
    // Dates.
    CreatedAt = "CreDtTm", SettlementDate = "IntrBkSttlmDt", RequestedDate = "ReqdExctnDt",
    Date = "Dt", DateTime = "DtTm", OriginalSettlementDate = "OrgnlIntrBkSttlmDt",
    // How it is settled.
    SettlementMethod = "SttlmMtd", SettlementPriority = "SttlmPrty", InstructionPriority = "InstrPrty",
    ServiceLevel = "SvcLvl", LocalInstrument = "LclInstrm", CategoryPurpose = "CtgyPurp",
    Purpose = "Purp", SettlementAccount = "SttlmAcct", ClearingSystem = "ClrSys",
    InstructingReimbursementAgent = "InstgRmbrsmntAgt", InstructedReimbursementAgent = "InstdRmbrsmntAgt",
    ThirdReimbursementAgent = "ThrdRmbrsmntAgt",
    // Agents.
    InstructingAgent = "InstgAgt", InstructedAgent = "InstdAgt", DebtorAgent = "DbtrAgt",
    CreditorAgent = "CdtrAgt", Intermediary1 = "IntrmyAgt1", Intermediary2 = "IntrmyAgt2",
    Intermediary3 = "IntrmyAgt3", Previous1 = "PrvsInstgAgt1", Previous2 = "PrvsInstgAgt2",
    Previous3 = "PrvsInstgAgt3", Agent = "Agt", InstitutionId = "FinInstnId", BranchId = "BrnchId",
    Institution = "FIId", Organisation = "OrgId", Bic = "BICFI", AnyBic = "AnyBIC", Lei = "LEI",
    Member = "ClrSysMmbId", MemberId = "MmbId",
    // Parties.
    Debtor = "Dbtr", Creditor = "Cdtr", UltimateDebtor = "UltmtDbtr", UltimateCreditor = "UltmtCdtr",
    Initiator = "InitgPty", Originator = "Orgtr", Party = "Pty", Name = "Nm", DebtorAccount = "DbtrAcct",
    CreditorAccount = "CdtrAcct", Account = "Acct", Iban = "IBAN", OtherId = "Othr",
    PrivateId = "PrvtId", CountryOfResidence = "CtryOfRes",
    // Addresses.
    Address = "PstlAdr", AddressType = "AdrTp", Department = "Dept", SubDepartment = "SubDept",
    Street = "StrtNm", BuildingNumber = "BldgNb", BuildingName = "BldgNm", Floor = "Flr",
    PostBox = "PstBx", Room = "Room", PostCode = "PstCd", Town = "TwnNm", TownLocation = "TwnLctnNm",
    District = "DstrctNm", CountrySubdivision = "CtrySubDvsn", Country = "Ctry", AddressLine = "AdrLine",
    // Reasons, status, remittance, instructions.
    Reason = "Rsn", Code = "Cd", Proprietary = "Prtry", GroupStatus = "GrpSts",
    TransactionState = "TxSts", StatusReason = "StsRsnInf", CancellationReason = "CxlRsnInf",
    ReturnReason = "RtrRsnInf", AdditionalInformation = "AddtlInf", Remittance = "RmtInf",
    Unstructured = "Ustrd", Structured = "Strd", RelatedRemittance = "RltdRmtInf",
    InstructionForNextAgent = "InstrForNxtAgt", InstructionForCreditorAgent = "InstrForCdtrAgt",
    InstructionText = "InstrInf", Regulatory = "RgltryRptg", Confirmation = "Conf",
    CancellationStatus = "CxlStsRsnInf", Tax = "Tax",
    // What rules of reports, returns and cancellations ask for.
    PageNumber = "PgNb", BookingDate = "BookgDt", ValueDate = "ValDt", Status = "Sts",
    CopyDuplicateInReport = "CpyDplctInd", EffectiveSettlementDate = "FctvIntrBkSttlmDt",
    Proxy = "Prxy", BirthTown = "CityOfBirth", BirthProvince = "PrvcOfBirth",
    CancellationDetails = "CxlDtls", CreditInstruction = "CdtInstr",
}

impl Slot {
    /// Whether an element of that name is one transaction of its message.
    #[inline]
    pub(crate) fn is_transaction(self) -> bool {
        matches!(
            self,
            Self::CreditTransfer | Self::DirectDebit | Self::Transaction | Self::TransactionStatus
        )
    }
}

/// What kind of value a type holds, from its name: the standard names types by their meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Elements, or text without a check of its own.
    #[default]
    Other,
    /// An International Bank Account Number.
    Iban,
    /// A business identifier code.
    Bic,
    /// A legal entity identifier.
    Lei,
    /// A unique end-to-end transaction reference.
    Uetr,
    /// A country by its two letters.
    Country,
    /// A currency by its three letters.
    Currency,
    /// A number with a currency in its attribute `Ccy`.
    Amount,
    /// A code of a set that ISO keeps outside the schema; the set is named like the type.
    ExternalCode,
    /// A date without time.
    Date,
    /// A date with time.
    DateTime,
}

impl Kind {
    /// The kind of a type of that name.
    pub(crate) fn of_type(name: &str) -> Self {
        let identifier = name.ends_with("Identifier");
        if identifier && name.starts_with("IBAN") {
            Self::Iban
        } else if identifier && (name.contains("BIC") || name.contains("BEI")) {
            Self::Bic
        } else if identifier && name.starts_with("LEI") {
            Self::Lei
        } else if name == "UUIDv4Identifier" {
            Self::Uetr
        } else if name.starts_with("External") && name.ends_with("Code") {
            Self::ExternalCode
        } else {
            match name {
                "CountryCode" => Self::Country,
                "ActiveCurrencyCode" | "ActiveOrHistoricCurrencyCode" | "CurrencyCode" => {
                    Self::Currency
                }
                "ISODate" => Self::Date,
                "ISODateTime" | "ISONormalisedDateTime" => Self::DateTime,
                _ if name.contains("CurrencyAnd") && name.ends_with("Amount") => Self::Amount,
                _ => Self::Other,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_meaning() {
        assert_eq!(Slot::named("UETR"), Slot::Uetr);
        assert_eq!(Slot::named("Uetr"), Slot::Other);
        assert_eq!(Kind::of_type("IBAN2007Identifier"), Kind::Iban);
        assert_eq!(Kind::of_type("BICFIDec2014Identifier"), Kind::Bic);
        assert_eq!(Kind::of_type("AnyBICIdentifier"), Kind::Bic);
        assert_eq!(Kind::of_type("ActiveOrHistoricCurrencyAndAmount"), Kind::Amount);
        assert_eq!(Kind::of_type("ActiveOrHistoricCurrencyAndAmount_SimpleType"), Kind::Other);
        assert_eq!(Kind::of_type("ExternalPurpose1Code"), Kind::ExternalCode);
    }
}
