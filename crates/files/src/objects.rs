//! Where objects are: small pieces of bytes under names. There is one place, a disk; an object store would
//! be another behind the same calls.

use std::fmt;
use std::io;

use trust::LogTime;

/// An object that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its name, with `/` between the parts.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// When it was written last.
    pub written_at: LogTime,
}

/// A place for objects. Each call waits until it is done.
pub trait Objects: fmt::Debug + Send + Sync {
    /// Puts an object there, in place of the one that was there; it is durable when this returns,
    /// and nobody ever sees a part of it.
    ///
    /// # Errors
    ///
    /// When it cannot be written; whether it is there is then unknown.
    fn put(&self, name: &str, parts: &[&[u8]]) -> io::Result<()>;

    /// The bytes of an object, if it is there.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>>;

    /// Takes objects away; it does not matter whether they are there.
    ///
    /// # Errors
    ///
    /// When one cannot be taken away.
    fn remove(&self, names: &[String]) -> io::Result<()>;

    /// All objects whose name begins with these parts, in the order of their names.
    ///
    /// # Errors
    ///
    /// When they cannot be listed.
    fn list(&self, parts: &[&str]) -> io::Result<Vec<Object>>;
}
