//! Why a schema is refused.

/// A schema that the compiler does not take. Nothing of it is used: a schema that is understood
/// only in part would call wrong messages good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// The text is no well-formed XML.
    #[error("the schema is not well-formed XML: {finding}")]
    NotWellFormed {
        /// What is wrong, and where.
        finding: String,
    },
    /// The text is XML, but no schema.
    #[error("expected a schema document of XML Schema, but found {found}")]
    NotASchema {
        /// The root element.
        found: String,
    },
    /// Something of XML Schema that ISO 20022 does not use.
    #[error("line {line}: {construct} is outside the part of XML Schema that ISO 20022 uses")]
    Unsupported {
        /// Its name.
        construct: String,
        /// Where it stands, counted from 1.
        line: u32,
    },
    /// A type is used, but not defined.
    #[error("type {name} is used by {by}, but not defined")]
    UnknownType {
        /// The type.
        name: String,
        /// Who uses it.
        by: String,
    },
    /// Two types of one name.
    #[error("line {line}: type {name} is defined twice")]
    DefinedTwice {
        /// The type.
        name: String,
        /// Where it is defined again.
        line: u32,
    },
    /// Two elements of one name in one type: which one is meant would be open.
    #[error("element {element} stands twice in type {name}")]
    Ambiguous {
        /// The type.
        name: String,
        /// The element.
        element: String,
    },
    /// A facet that does not fit the type or has no legal value.
    #[error("type {name}: {what}")]
    BadFacet {
        /// The type.
        name: String,
        /// What is wrong.
        what: String,
    },
    /// A line of our notation that is not in its grammar.
    #[error("line {line} of the notation: expected {expected}")]
    BadNotation {
        /// The line, counted from 1.
        line: u32,
        /// What the grammar asks for.
        expected: String,
    },
}

impl SchemaError {
    /// The code that never changes its meaning; each has a page in `docs/codes`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotWellFormed { .. } => "SCH101",
            Self::NotASchema { .. } => "SCH102",
            Self::Unsupported { .. } => "SCH103",
            Self::UnknownType { .. } => "SCH104",
            Self::DefinedTwice { .. } => "SCH105",
            Self::Ambiguous { .. } => "SCH106",
            Self::BadFacet { .. } => "SCH107",
            Self::BadNotation { .. } => "SCH108",
        }
    }
}

/// All codes of this module.
pub(crate) const CODES: [&str; 8] =
    ["SCH101", "SCH102", "SCH103", "SCH104", "SCH105", "SCH106", "SCH107", "SCH108"];
