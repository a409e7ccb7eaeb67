//! The schemas that are known, by namespace.
//!
//! The built-in ones lie in the program in our own notation (about 350 KB for all of them) and are
//! compiled when they are asked for the first time, which takes about a millisecond each.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::schema::{Schema, SchemaError, notation};

const TYPES: &str = include_str!("../../../standards/mx/types.txt");
const MESSAGES: &str = include_str!("../../../standards/mx/messages.txt");

/// A set of schemas. It is shared by all threads that check messages.
#[derive(Clone, Debug, Default)]
pub struct Library {
    schemas: BTreeMap<String, Known>,
    /// The types of the built-in messages.
    types: Arc<[&'static str]>,
}

#[derive(Clone, Debug)]
enum Known {
    Compiled(Arc<Schema>),
    BuiltIn { message: &'static str, compiled: OnceLock<Arc<Schema>> },
}

impl Library {
    /// A library without any schema.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The messages that a payments network needs: the business header, and of each message of
    /// `standards/mx` the last three versions and the one that cross-border payments use.
    #[must_use]
    pub fn built_in() -> Self {
        let known = notation::messages(MESSAGES).map(|(namespace, message)| {
            (namespace.to_owned(), Known::BuiltIn { message, compiled: OnceLock::new() })
        });
        Self { schemas: known.collect(), types: TYPES.lines().collect() }
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
        self.schemas.insert(schema.namespace().to_owned(), Known::Compiled(schema));
    }

    /// The schema for a namespace.
    #[must_use]
    pub fn schema(&self, namespace: &str) -> Option<Arc<Schema>> {
        match self.schemas.get_key_value(namespace)? {
            (_, Known::Compiled(schema)) => Some(Arc::clone(schema)),
            (namespace, Known::BuiltIn { message, compiled }) => {
                let schema = compiled.get_or_init(|| {
                    let schema = Schema::from_notation(namespace, message, &self.types);
                    Arc::new(schema.expect("a test compiles every built-in message"))
                });
                Some(Arc::clone(schema))
            }
        }
    }

    /// The schema for a message type, such as `pacs.008.001.08`.
    #[must_use]
    pub fn message(&self, message_type: &str) -> Option<Arc<Schema>> {
        self.schema(&format!("{}{message_type}", crate::NAMESPACE_PREFIX))
    }

    /// The namespaces that are known, in order.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.schemas.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_message_compiles() {
        let library = Library::built_in();
        let mut count = 0;
        for namespace in library.namespaces() {
            let schema = library.schema(namespace).expect("it is known");
            assert_eq!(schema.namespace(), namespace);
            count += 1;
        }
        assert!(count >= 170, "only {count}");
    }

    #[test]
    fn the_messages_of_a_payments_network_are_built_in() {
        let library = Library::built_in();
        for message in [
            "head.001.001.01",
            "head.001.001.02",
            "head.001.001.04",
            "pacs.008.001.08",
            "pacs.008.001.14",
            "pacs.009.001.12",
            "pacs.002.001.15",
            "pacs.004.001.14",
            "pacs.028.001.06",
            "camt.056.001.11",
            "camt.029.001.13",
            "camt.053.001.13",
            "admi.002.001.01",
            "pain.001.001.13",
            "camt.110.001.01",
        ] {
            assert!(library.message(message).is_some(), "{message}");
        }
    }

    #[test]
    fn an_added_schema_replaces_the_built_in_one() {
        let mut library = Library::built_in();
        let before = library.message("admi.002.001.01").expect("it is built in");
        library.add(Arc::clone(&before));
        assert!(Arc::ptr_eq(&library.message("admi.002.001.01").expect("it was added"), &before));
    }
}
