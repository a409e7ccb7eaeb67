//! Schemas: read from XSD or from our notation, compiled into tables.

mod compile;
mod definition;
mod error;
pub mod notation;
mod outline;
mod table;
mod xsd;

pub(crate) use error::CODES;
pub use error::SchemaError;
pub use table::Schema;

pub(crate) use definition::{Builtin, Process, WhiteSpace};
pub(crate) use table::{
    AttributeRow, Bound, BoundKind, Content, Elements, Enumeration, Name, Particle, Simple, TypeId,
    key_at,
};

impl Schema {
    /// Compiles a schema document (XSD).
    ///
    /// # Errors
    ///
    /// A [`SchemaError`] names what is outside the part of XML Schema that ISO 20022 uses, or
    /// contradicts itself.
    pub fn from_xsd(bytes: &[u8]) -> Result<Self, SchemaError> {
        compile::compile(&xsd::read(bytes)?)
    }

    /// Compiles one message of our notation.
    pub(crate) fn from_notation(
        namespace: &str,
        message: &str,
        types: &[&str],
    ) -> Result<Self, SchemaError> {
        compile::compile(&notation::unpack(namespace, message, types)?)
    }
}
