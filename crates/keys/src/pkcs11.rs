//! Keys in hardware modules, by PKCS#11 v2.40 with the Edwards curves of v3.0.
//!
//! A token is found by its label, a key by its label in it; both by one [`Uri`]. The session is
//! opened when a key is first used, and again whenever it is lost: a token that was removed and comes
//! back signs again by itself. A PIN that was refused is never tried twice, and not at all when the
//! token says that one try is left: no retry of ours may lock a token.

mod library;
mod session;
mod token;
mod uri;

pub use token::{Listed, Module, Patience};
pub use uri::{Label, Uri, UriError};
