//! Rules of treasury, collections, securities, metals and trade that the notation cannot say.

use crate::check::calls::Function;

/// The functions, by the name that `call` uses.
pub(crate) const FUNCTIONS: &[(&str, Function)] = &[];
