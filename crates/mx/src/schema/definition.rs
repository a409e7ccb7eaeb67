//! What a schema says, free of how it is written: the meeting point of XSD and our notation.
//!
//! It covers what ISO 20022 uses of XML Schema 1.0: named types only, elements in sequences and
//! choices one level deep, one wildcard that stands alone, attributes on text, and restriction.

use std::collections::BTreeMap;

/// How often an element may stand; [`UNBOUNDED`] has no upper limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Occurs {
    pub(crate) min: u32,
    pub(crate) max: u32,
}

/// No upper limit.
pub(crate) const UNBOUNDED: u32 = u32::MAX;

impl Occurs {
    pub(crate) const ONCE: Self = Self { min: 1, max: 1 };
}

/// One schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Definitions {
    /// The target namespace.
    pub(crate) namespace: String,
    /// The global elements: name and type.
    pub(crate) roots: Vec<(String, TypeName)>,
    pub(crate) types: BTreeMap<String, Definition>,
}

/// A reference to a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TypeName {
    /// A type of this schema.
    Own(String),
    /// A type of XML Schema itself.
    Builtin(Builtin),
}

/// The types of XML Schema that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Builtin {
    String,
    NormalizedString,
    Token,
    Decimal,
    Integer,
    NonNegativeInteger,
    PositiveInteger,
    Boolean,
    DateTime,
    Date,
    Time,
    YearMonth,
    Year,
    MonthDay,
    Day,
    Month,
    Base64Binary,
    HexBinary,
    AnyUri,
    NcName,
    Id,
    IdRef,
}

impl Builtin {
    /// All of them with their names, in the order of the variants.
    pub(crate) const NAMES: [(&'static str, Self); 22] = [
        ("string", Self::String),
        ("normalizedString", Self::NormalizedString),
        ("token", Self::Token),
        ("decimal", Self::Decimal),
        ("integer", Self::Integer),
        ("nonNegativeInteger", Self::NonNegativeInteger),
        ("positiveInteger", Self::PositiveInteger),
        ("boolean", Self::Boolean),
        ("dateTime", Self::DateTime),
        ("date", Self::Date),
        ("time", Self::Time),
        ("gYearMonth", Self::YearMonth),
        ("gYear", Self::Year),
        ("gMonthDay", Self::MonthDay),
        ("gDay", Self::Day),
        ("gMonth", Self::Month),
        ("base64Binary", Self::Base64Binary),
        ("hexBinary", Self::HexBinary),
        ("anyURI", Self::AnyUri),
        ("NCName", Self::NcName),
        ("ID", Self::Id),
        ("IDREF", Self::IdRef),
    ];

    /// The type of that name in XML Schema.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, builtin)| *builtin)
    }

    /// Its name in XML Schema.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }

    /// Whether it holds characters, which lengths count.
    pub(crate) fn is_text(self) -> bool {
        matches!(
            self,
            Self::String
                | Self::NormalizedString
                | Self::Token
                | Self::AnyUri
                | Self::NcName
                | Self::Id
                | Self::IdRef
        )
    }

    /// Whether it holds bytes, which lengths count.
    pub(crate) fn is_bytes(self) -> bool {
        matches!(self, Self::Base64Binary | Self::HexBinary)
    }

    /// Whether it holds a number.
    pub(crate) fn is_number(self) -> bool {
        matches!(
            self,
            Self::Decimal | Self::Integer | Self::NonNegativeInteger | Self::PositiveInteger
        )
    }

    /// What is done to white space, unless a facet says otherwise.
    pub(crate) fn white_space(self) -> WhiteSpace {
        if self == Self::String {
            WhiteSpace::Preserve
        } else if self == Self::NormalizedString {
            WhiteSpace::Replace
        } else {
            WhiteSpace::Collapse
        }
    }

    /// The type that it is a restriction of, if that is one of ours.
    pub(crate) fn base(self) -> Option<Self> {
        match self {
            Self::NormalizedString => Some(Self::String),
            Self::Token => Some(Self::NormalizedString),
            Self::NcName => Some(Self::Token),
            Self::Id | Self::IdRef => Some(Self::NcName),
            Self::Integer => Some(Self::Decimal),
            Self::NonNegativeInteger => Some(Self::Integer),
            Self::PositiveInteger => Some(Self::NonNegativeInteger),
            Self::String
            | Self::Decimal
            | Self::Boolean
            | Self::DateTime
            | Self::Date
            | Self::Time
            | Self::YearMonth
            | Self::Year
            | Self::MonthDay
            | Self::Day
            | Self::Month
            | Self::Base64Binary
            | Self::HexBinary
            | Self::AnyUri => None,
        }
    }
}

/// A named type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Definition {
    /// Text.
    Simple(SimpleDefinition),
    /// Text with attributes.
    Attributed(Attributed),
    /// Elements.
    Complex(Complex),
}

/// Text of a base type, with narrower limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SimpleDefinition {
    pub(crate) base: TypeName,
    pub(crate) facets: Facets,
}

/// The limits that one restriction sets. Values stay as written until they are compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facets {
    pub(crate) length: Option<u32>,
    pub(crate) min_length: Option<u32>,
    pub(crate) max_length: Option<u32>,
    pub(crate) total_digits: Option<u32>,
    pub(crate) fraction_digits: Option<u32>,
    pub(crate) min_inclusive: Option<String>,
    pub(crate) max_inclusive: Option<String>,
    pub(crate) min_exclusive: Option<String>,
    pub(crate) max_exclusive: Option<String>,
    /// One of these must match.
    pub(crate) patterns: Vec<String>,
    /// One of these it must be, if there are any.
    pub(crate) enumeration: Vec<String>,
    pub(crate) white_space: Option<WhiteSpace>,
}

/// What is done to white space before a value is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WhiteSpace {
    Preserve,
    Replace,
    Collapse,
}

/// `simpleContent`: text of a type, and attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attributed {
    pub(crate) base: TypeName,
    pub(crate) attributes: Vec<AttributeDefinition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AttributeDefinition {
    pub(crate) name: String,
    pub(crate) type_name: TypeName,
    pub(crate) required: bool,
}

/// A type with elements inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complex {
    /// The type of this schema that it restricts.
    pub(crate) restricts: Option<String>,
    pub(crate) model: Model,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Model {
    Sequence(Vec<Item>),
    Choice(Vec<Element>),
    Any(Wildcard),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Element(Element),
    /// A choice within a sequence; it stands once.
    Choice(Vec<Element>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) type_name: TypeName,
    pub(crate) occurs: Occurs,
}

/// `xs:any`, alone in its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wildcard {
    pub(crate) occurs: Occurs,
    /// The only namespace that is allowed; `None` allows any.
    pub(crate) namespace: Option<String>,
    pub(crate) process: Process,
}

/// How elements under a wildcard are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Process {
    /// A declaration must be known, and they must keep it.
    Strict,
    /// If a declaration is known, they must keep it.
    Lax,
    /// Not at all.
    Skip,
}
