//! Values of the field that are valid when they exist.
//!
//! Each type is made by parsing text and holds what its standard allows, nothing else; whoever
//! has one need not check it again. Nothing here reads a clock, a file or a network.

mod amount;
mod bic;
mod code_set;
mod country;
mod currency;
mod tables;
mod uetr;

pub use amount::{Amount, AmountError, AmountInFin, Money, MoneyError};
pub use bic::{Bic, BicError, Institution, Terminal, TerminalError};
pub use code_set::CodeSet;
pub use country::{Country, CountryError};
pub use currency::{Currency, CurrencyError, CurrencyKind};
pub use uetr::{Uetr, UetrError};
