//! The ISO 20022 engine: reads messages in one pass and says all that is wrong with them.
//!
//! - [`read`] gives what routing has to know of a message.
//! - [`Checker`] checks a message against the schemas of a [`Library`] and the rules of a
//!   [`Profile`]; [`Stream`] does so with one that is too large for memory.
//! - [`Schema`] compiles schema documents; the messages that a payments network needs are built in.
//!
//! Nothing here does input or output, reads a clock or keeps a thread. Memory is bounded by
//! constants of [`limits`], whatever the message is, and time grows with its size and no faster.
//!
//! ```
//! use mx::{Checker, Library};
//!
//! let library = Library::built_in();
//! let mut checker = Checker::new();
//! let message = r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10">
//!   <FIToFIPmtStsRpt><GrpHdr><MsgId>1</MsgId></GrpHdr></FIToFIPmtStsRpt>
//! </Document>"#;
//! let checked = checker.check(message.as_bytes(), &library);
//! assert_eq!(
//!     checked.findings().to_string(),
//!     "SCH002 line 2, column 44, /Document[1]/FIToFIPmtStsRpt[1]/GrpHdr[1]: \
//!      expected <CreDtTm>, but found the end"
//! );
//! ```

pub mod limits;

mod describe;
mod fields;
mod finding;
mod identity;
mod library;
mod locate;
mod pattern;
mod route;
mod rules;
mod schema;
mod token;
mod validate;
mod value;
pub mod write;

pub use describe::describe;
pub use finding::{Finding, Findings};
pub use identity::Identity;
pub use library::Library;
pub use route::{Header, NAMESPACE_PREFIX, Reader, Routing, RoutingAmount, read};
pub use rules::{
    ADDRESS_WITH_TOWN, Dated, GUIDELINES_2026, Profile, RULES, Rule, Settings, UnknownCodes,
};

pub use schema::{Schema, SchemaError, notation};
pub use validate::{Checked, Checker, Stream, Streamed};

use token::{Fault, Kind, Token, Tokeniser};

/// Whether the bytes are well-formed XML within the hard limits, whatever they mean.
///
/// # Errors
///
/// One finding of the family `XML`: the first place that is not well-formed.
pub fn well_formed(bytes: &[u8]) -> Result<(), Findings> {
    let mut tokeniser = Tokeniser::default();
    let surveyed = token::survey(bytes);
    let features = *surveyed.as_ref().unwrap_or(&token::Features::NONE);
    let done = surveyed.and_then(|features| {
        while tokeniser.next_tag(bytes, features)? != Token::Finished {}
        Ok(())
    });
    done.map_err(|fault| {
        let mut list = vec![wrong(bytes, fault, &tokeniser)];
        locate::locate(bytes, features, &mut list);
        list.into_iter().collect()
    })
}

/// All codes of findings and refused schemas; each has a page in `docs/codes`.
pub const CODES: [&str; 64] = codes();

#[expect(clippy::indexing_slicing, reason = "const evaluation: a wrong index does not compile")]
const fn codes() -> [&'static str; 64] {
    let mut all = [""; 64];
    let mut count = 0;
    let families: [&[&'static str]; 4] =
        [&Kind::CODES, &validate::CODES, &schema::CODES, &route::CODES];
    let mut family = 0;
    while family < families.len() {
        let mut at = 0;
        while at < families[family].len() {
            all[count] = families[family][at];
            count += 1;
            at += 1;
        }
        family += 1;
    }
    assert!(count == 64, "the list is as long as its parts");
    all
}

/// Makes a finding of a fault: its words, and what stands there.
fn wrong(bytes: &[u8], fault: Fault, tokeniser: &Tokeniser) -> Finding {
    let words = fault.kind.words();
    let mut expected = words.expected.to_owned();
    let mut found = words.found.to_owned();
    if matches!(fault.kind, Kind::EndTagDiffers | Kind::Ended)
        && let Some(name) = tokeniser.open_names().last()
    {
        expected = format!("</{}>", finding::shown(name.of(bytes)));
    }
    let shows = matches!(
        fault.kind,
        Kind::BehindRoot
            | Kind::BadTag
            | Kind::EndTagDiffers
            | Kind::BadAttribute
            | Kind::AttributeTwice
            | Kind::UnknownEntity
            | Kind::BadReference
            | Kind::BadInstruction
            | Kind::UnknownPrefix
            | Kind::BadNamespace
            | Kind::NotQualified
            | Kind::TextOutsideRoot
            | Kind::OtherEncoding
            | Kind::BadDeclaration
    );
    if shows {
        found = format!("{found}: {}", locate::excerpt(bytes, fault.at as usize));
    }
    Finding {
        offset: u64::from(fault.at),
        code: words.code,
        path: String::new(),
        line: 0,
        column: 0,
        expected,
        found,
    }
}
