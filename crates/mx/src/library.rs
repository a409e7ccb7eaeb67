//! The schemas that are known, by namespace.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::schema::{Schema, SchemaError};

/// A set of schemas. It is shared by all threads that check messages.
#[derive(Clone, Debug, Default)]
pub struct Library {
    schemas: BTreeMap<String, Arc<Schema>>,
}

impl Library {
    /// A library without any schema.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Compiles a schema document and adds it; one for the same namespace is replaced.
    ///
    /// # Errors
    ///
    /// As [`Schema::from_xsd`]; the library is then as it was.
    pub fn add_xsd(&mut self, bytes: &[u8]) -> Result<Arc<Schema>, SchemaError> {
        let schema = Arc::new(Schema::from_xsd(bytes)?);
        self.add(Arc::clone(&schema));
        Ok(schema)
    }

    /// Adds a compiled schema; one for the same namespace is replaced.
    pub fn add(&mut self, schema: Arc<Schema>) {
        self.schemas.insert(schema.namespace().to_owned(), schema);
    }

    /// The schema for a namespace.
    #[must_use]
    pub fn schema(&self, namespace: &str) -> Option<Arc<Schema>> {
        self.schemas.get(namespace).cloned()
    }

    /// The namespaces that are known, in order.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.schemas.keys().map(String::as_str)
    }
}
