//! What is wrong with a payload, in one form for all formats.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The code, which has a page in `docs/codes` and never changes its meaning.
    pub code: String,
    /// The element (an XPath with positions), or the block and field; empty for the whole.
    pub place: String,
    /// The line, from 1; 0 where there is none.
    pub line: u32,
    /// The column, from 1: characters in XML, bytes in FIN; 0 where there is none.
    pub column: u32,
    /// What was expected and what was found.
    pub text: String,
}

/// All that is wrong, in the order of the payload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The first of them; never empty where findings are an error.
    pub list: Vec<Finding>,
    /// How many more there are.
    pub more: u64,
}

impl Findings {
    /// Just this one, about the whole.
    pub(crate) fn one(code: &str, text: &str) -> Self {
        let (code, text) = (code.to_owned(), text.to_owned());
        let finding = Finding { code, place: String::new(), line: 0, column: 0, text };
        Self { list: vec![finding], more: 0 }
    }
}

impl From<&mx::Findings> for Findings {
    fn from(findings: &mx::Findings) -> Self {
        let list = findings.iter().map(|finding| Finding {
            code: finding.code.to_owned(),
            place: finding.path.clone(),
            line: finding.line,
            column: finding.column,
            text: format!("expected {}, but found {}", finding.expected, finding.found),
        });
        Self { list: list.collect(), more: findings.more() }
    }
}

impl From<&mt::Findings> for Findings {
    fn from(findings: &mt::Findings) -> Self {
        let list = findings.iter().map(|finding| {
            let field = if finding.tag.is_empty() {
                String::new()
            } else {
                format!(" field {}", finding.tag)
            };
            Finding {
                code: finding.code.to_string(),
                place: format!("block {}{field}", finding.block),
                line: finding.line,
                column: finding.column,
                text: finding.text.clone(),
            }
        });
        Self { list: list.collect(), more: findings.more().into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if self.line > 0 {
            write!(f, " line {}, column {}", self.line, self.column)?;
        }
        if !self.place.is_empty() {
            write!(f, ", {}", self.place)?;
        }
        write!(f, ": {}", self.text)
    }
}
