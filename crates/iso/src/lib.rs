//! Values of the field that are valid when they exist.
//!
//! Each type is made by parsing text and holds what its standard allows, nothing else; whoever
//! has one need not check it again. Parsing allocates nothing. Nothing here reads a clock, a file
//! or a network, and nothing knows whether a code has been given out to somebody.
//!
//! ```
//! use iso::{Amount, DateTime, Iban, Money};
//!
//! let iban: Iban = "DE89370400440532013000".parse().expect("an account in Germany");
//! assert_eq!(iban.grouped().to_string(), "DE89 3704 0044 0532 0130 00");
//!
//! let amount = Amount::from_fin("1250,5").expect("an amount of FIN");
//! let money = Money::new(amount, "EUR".parse().expect("a currency")).expect("two decimals");
//! assert_eq!(money.to_string(), "EUR 1250.50");
//!
//! let at: DateTime = "2026-11-23T21:15:00+01:00".parse().expect("a date and time");
//! assert_eq!(at.unix_micros(), Some(1_795_464_900_000_000));
//! ```

mod amount;
mod bic;
mod check;
mod code_set;
mod country;
mod currency;
mod date;
mod date_time;
mod digits;
mod iban;
mod lei;
mod security;
mod tables;
mod time;
mod uetr;

pub use amount::{Amount, AmountError, AmountInFin, Money, MoneyError};
pub use bic::{Bic, BicError, Institution, Terminal, TerminalError};
pub use code_set::CodeSet;
pub use country::{Country, CountryError};
pub use currency::{Currency, CurrencyError, CurrencyKind};
pub use date::{Date, DateError, DateInFin};
pub use date_time::{DateTime, DateTimeError};
pub use iban::{Iban, IbanError, IbanInGroups};
pub use lei::{Lei, LeiError};
pub use security::{Isin, IsinError, Mic, MicError};
pub use time::{Offset, OffsetError, Time, TimeError};
pub use uetr::{Uetr, UetrError};
