//! Why a text is no well-formed XML of ours: the kinds of fault, their codes and words.

use crate::finding::Words;

/// A fault of well-formedness. It ends the reading: nothing behind it can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The byte that is at fault, counted in the window that was read.
    pub(crate) at: u32,
    /// What is wrong.
    pub(crate) kind: Kind,
}

/// What is wrong; one kind for one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    NotUtf8,
    BadCharacter,
    BadDeclaration,
    OtherEncoding,
    Doctype,
    NoRoot,
    BehindRoot,
    Ended,
    BadTag,
    EndTagDiffers,
    BadAttribute,
    AttributeTwice,
    UnknownEntity,
    BadReference,
    SectionEndInText,
    BadComment,
    BadInstruction,
    UnknownPrefix,
    BadNamespace,
    NotQualified,
    TextOutsideRoot,
    TooDeep,
    TooManyAttributes,
    TooManyNamespaces,
    TooLarge,
}

impl Kind {
    /// All kinds, in the order of their codes.
    pub(crate) const ALL: [Self; 25] = [
        Self::NotUtf8,
        Self::BadCharacter,
        Self::BadDeclaration,
        Self::OtherEncoding,
        Self::Doctype,
        Self::NoRoot,
        Self::BehindRoot,
        Self::Ended,
        Self::BadTag,
        Self::EndTagDiffers,
        Self::BadAttribute,
        Self::AttributeTwice,
        Self::UnknownEntity,
        Self::BadReference,
        Self::SectionEndInText,
        Self::BadComment,
        Self::BadInstruction,
        Self::UnknownPrefix,
        Self::BadNamespace,
        Self::NotQualified,
        Self::TextOutsideRoot,
        Self::TooDeep,
        Self::TooManyAttributes,
        Self::TooManyNamespaces,
        Self::TooLarge,
    ];

    /// The codes of all kinds.
    pub(crate) const CODES: [&'static str; 25] = Self::codes();

    #[expect(clippy::indexing_slicing, reason = "const evaluation: a wrong index does not compile")]
    const fn codes() -> [&'static str; 25] {
        let mut codes = [""; 25];
        let mut at = 0;
        while at < codes.len() {
            codes[at] = Self::ALL[at].words().code;
            at += 1;
        }
        codes
    }

    /// The code that never changes its meaning, what was expected, and what was found.
    pub(crate) const fn words(self) -> Words {
        let (code, expected, found) = match self {
            Self::NotUtf8 => ("XML001", "UTF-8", "bytes that are not"),
            Self::BadCharacter => ("XML002", "characters of XML", "one that XML does not allow"),
            Self::BadDeclaration => {
                ("XML003", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "another declaration")
            }
            Self::OtherEncoding => ("XML004", "the encoding UTF-8", "another encoding"),
            Self::Doctype => ("XML005", "no document type", "<!DOCTYPE"),
            Self::NoRoot => ("XML006", "a root element", "none"),
            Self::BehindRoot => ("XML007", "one root element", "a second one behind it"),
            Self::Ended => ("XML008", "the rest of the message", "the end"),
            Self::BadTag => ("XML009", "a tag", "something that is none"),
            Self::EndTagDiffers => ("XML010", "the end tag of the open element", "another tag"),
            Self::BadAttribute => ("XML011", "name=\"value\"", "something else in the tag"),
            Self::AttributeTwice => ("XML012", "each attribute once", "one a second time"),
            Self::UnknownEntity => {
                ("XML013", "one of &lt; &gt; &amp; &apos; &quot;", "an entity that is not defined")
            }
            Self::BadReference => {
                ("XML014", "a reference to a character of XML", "a reference that is none")
            }
            Self::SectionEndInText => ("XML015", "text without ]]>", "]]>"),
            Self::BadComment => ("XML016", "a comment without --", "--"),
            Self::BadInstruction => {
                ("XML017", "a processing instruction", "something that is none")
            }
            Self::UnknownPrefix => {
                ("XML018", "a declared namespace prefix", "one that is not declared")
            }
            Self::BadNamespace => ("XML019", "a legal namespace declaration", "one that is not"),
            Self::NotQualified => ("XML020", "a name with one colon at most", "another name"),
            Self::TextOutsideRoot => ("XML021", "nothing outside the root element", "text"),
            Self::TooDeep => ("XML030", "64 nested elements at most", "a deeper one"),
            Self::TooManyAttributes => {
                ("XML031", "64 attributes in an element at most", "more of them")
            }
            Self::TooManyNamespaces => {
                ("XML032", "128 namespace declarations in force at most", "more of them")
            }
            Self::TooLarge => ("XML033", "a message within the limit of size", "a larger one"),
        };
        Words { code, expected, found }
    }
}

impl Fault {
    pub(crate) fn new(kind: Kind, at: usize) -> Self {
        Self { at: super::Span::new(at, at).start, kind }
    }
}
