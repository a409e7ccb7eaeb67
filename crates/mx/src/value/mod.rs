//! The values of XML Schema's own types: which texts they are, and how they compare.

mod binary;
mod decimal;
mod moment;

pub(crate) use binary::{base64_length, hex_length};
pub(crate) use decimal::Decimal;
pub(crate) use moment::{Moment, is_moment, year_of};
