//! What is wrong with a directory file: all of it at once, each with its line, code and rule.

use std::fmt;

use network::Rejection;

/// Something that is wrong with a directory file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The line, from 1.
    pub line: usize,
    /// Which entry; empty where it is about the file.
    pub entry: String,
    /// The code, explained in docs/codes.
    pub code: &'static str,
    /// The rule that is broken.
    pub rule: &'static str,
    /// What was found.
    pub text: String,
}

/// The rules of a directory file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The file is TOML or CSV.
    Syntax,
    /// Every key and column is one of those that there are.
    Unknown,
    /// What must be there is there.
    Missing,
    /// Each value is in its form.
    Form,
    /// Each entry stands once.
    Twice,
    /// A grant can be read and is signed by the root key of the network.
    Grant,
    /// A terminal that is listed has a key.
    Terminal,
    /// Lists have an end.
    TooMany,
    /// A member is expelled by an order of its own.
    Standing,
    /// The rules of a service or calendar agree.
    Service,
}

impl Rule {
    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 10] = [
        Self::Syntax,
        Self::Unknown,
        Self::Missing,
        Self::Form,
        Self::Twice,
        Self::Grant,
        Self::Terminal,
        Self::TooMany,
        Self::Standing,
        Self::Service,
    ];

    /// Its code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Syntax => "DIR001",
            Self::Unknown => "DIR002",
            Self::Missing => "DIR003",
            Self::Form => "DIR004",
            Self::Twice => "DIR005",
            Self::Grant => "DIR006",
            Self::Terminal => "DIR007",
            Self::TooMany => "DIR008",
            Self::Standing => "DIR009",
            Self::Service => "DIR010",
        }
    }

    /// What it says.
    fn text(self) -> &'static str {
        match self {
            Self::Syntax => "the file is TOML, or CSV in UTF-8 with as many cells a row as columns",
            Self::Unknown => "every key and column is one of those that there are",
            Self::Missing => "an institution has a BIC and a name",
            Self::Form => "each value is in its form",
            Self::Twice => "each institution, calendar and service stands once",
            Self::Grant => "a grant can be read and is signed by the network's root key",
            Self::Terminal => "a terminal that is listed was granted a key, or is by this entry",
            Self::TooMany => "an institution lists at most 1,000 branches and 16 contacts",
            Self::Standing => {
                "an institution is active, or suspended with a reason; to expel is another order"
            }
            Self::Service => {
                "the rules of a service or calendar are in form and agree with each other"
            }
        }
    }

    /// That it is broken.
    pub(crate) fn broken(self, line: usize, entry: &str, text: impl Into<String>) -> Finding {
        let (code, rule) = (self.code(), self.text());
        Finding { line, entry: entry.to_owned(), code, rule, text: text.into() }
    }
}

impl Finding {
    /// That the network would not carry out what a line orders.
    pub(crate) fn rejected(line: usize, entry: &str, rejection: &Rejection) -> Self {
        Self {
            line,
            entry: entry.to_owned(),
            code: rejection.code(),
            rule: "the network can carry out what the entry says",
            text: rejection.to_string(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, entry, code, rule, text } = self;
        let gap = if entry.is_empty() { "" } else { ": " };
        write!(f, "line {line}: {code} {entry}{gap}{text} (rule: {rule})")
    }
}

/// Findings, a line each.
#[derive(Debug)]
pub struct Findings(pub Vec<Finding>);

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, finding) in self.0.iter().enumerate() {
            write!(f, "{}{finding}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_page() {
        for rule in Rule::ALL {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/codes");
            let page = std::fs::read_to_string(format!("{folder}/{}.md", rule.code())).unwrap();
            assert!(page.starts_with(&format!("# {}", rule.code())));
        }
    }
}
