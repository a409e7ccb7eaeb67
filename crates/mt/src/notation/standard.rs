//! All that is known of fields, message types and codes, as tables.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::findings::Code;
use crate::notation::format::Format;
use crate::notation::load::{self, LoadError};
use crate::notation::structure::Structure;
use crate::tag::Tag;

/// The notation files that come with the crate.
const FILES: [(&str, &str); 12] = [
    ("fields.mt", include_str!("../../../../standards/mt/fields.mt")),
    ("codes.mt", include_str!("../../../../standards/mt/codes.mt")),
    ("cat0.mt", include_str!("../../../../standards/mt/cat0.mt")),
    ("cat1.mt", include_str!("../../../../standards/mt/cat1.mt")),
    ("cat2.mt", include_str!("../../../../standards/mt/cat2.mt")),
    ("cat3.mt", include_str!("../../../../standards/mt/cat3.mt")),
    ("cat4.mt", include_str!("../../../../standards/mt/cat4.mt")),
    ("cat5.mt", include_str!("../../../../standards/mt/cat5.mt")),
    ("cat6.mt", include_str!("../../../../standards/mt/cat6.mt")),
    ("cat7.mt", include_str!("../../../../standards/mt/cat7.mt")),
    ("cat9.mt", include_str!("../../../../standards/mt/cat9.mt")),
    ("common.mt", include_str!("../../../../standards/mt/common.mt")),
];

static BUILT_IN: LazyLock<Standard> = LazyLock::new(|| {
    let mut standard = Standard::empty();
    for (name, text) in FILES {
        standard
            .load(name, text)
            .expect("the notation files of this crate load: a test reads them");
    }
    standard
});

/// Fields, message types and codes.
#[derive(Clone, Debug)]
pub struct Standard {
    /// By [`Tag::key`]: the place in `fields` and one more, 0 for none.
    index: Vec<u16>,
    fields: Vec<(Tag, FieldDefinition)>,
    structures: Vec<Structure>,
    /// By message type: the place in `structures` and one more of the type without a variant.
    types: Vec<u16>,
    codes: BTreeMap<Code, CodePage>,
}

/// A field wherever it stands.
#[derive(Clone, Debug)]
pub struct FieldDefinition {
    /// What it holds, in a few words.
    pub title: Box<str>,
    /// Its format.
    pub format: Format,
}

/// What a code means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodePage {
    /// Who has to act.
    pub fault: Fault,
    /// What it means.
    pub means: Box<str>,
    /// What to do.
    pub advice: Box<str>,
}

/// Who is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The sender of the message.
    Sender,
    /// The network.
    Network,
}

impl Standard {
    /// What comes with the crate.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Nothing at all: no field and no type.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            index: vec![0; Tag::KEYS],
            fields: Vec::new(),
            structures: Vec::new(),
            types: vec![0; 1000],
            codes: BTreeMap::new(),
        }
    }

    /// Adds the fields, types and codes of a notation file. What it defines replaces what was
    /// defined before: so a user loads the next year's release.
    ///
    /// # Errors
    ///
    /// The first line that cannot be read. What stood before that line is loaded.
    pub fn load(&mut self, name: &str, text: &str) -> Result<(), LoadError> {
        load::load(self, name, text)
    }

    /// The definition of a field.
    #[must_use]
    pub fn field(&self, tag: Tag) -> Option<&FieldDefinition> {
        let place = self.index.get(tag.key())?.checked_sub(1)?;
        self.fields.get(usize::from(place)).map(|(_, definition)| definition)
    }

    /// All fields, in the order in which they were defined.
    pub fn fields(&self) -> impl Iterator<Item = (Tag, &FieldDefinition)> {
        self.fields.iter().map(|(tag, definition)| (*tag, definition))
    }

    /// The structure of a type and variant. A variant that is not known is taken as the type
    /// itself.
    #[must_use]
    pub fn structure(&self, message_type: u16, variant: &str) -> Option<&Structure> {
        if !variant.is_empty() {
            let exact = self.structures.iter().find(|structure| {
                structure.message_type == message_type && &*structure.variant == variant
            });
            if exact.is_some() {
                return exact;
            }
        }
        let place = self.types.get(usize::from(message_type))?.checked_sub(1)?;
        self.structures.get(usize::from(place))
    }

    /// All structures.
    #[must_use]
    pub fn structures(&self) -> &[Structure] {
        &self.structures
    }

    /// What a code means.
    #[must_use]
    pub fn code(&self, code: Code) -> Option<&CodePage> {
        self.codes.get(&code)
    }

    /// All codes, in their order.
    pub fn codes(&self) -> impl Iterator<Item = (Code, &CodePage)> {
        self.codes.iter().map(|(code, page)| (*code, page))
    }

    pub(crate) fn define(&mut self, tag: Tag, definition: FieldDefinition) {
        self.fields.push((tag, definition));
        if let Some(place) = self.index.get_mut(tag.key()) {
            *place = u16::try_from(self.fields.len()).unwrap_or_default();
        }
    }

    pub(crate) fn describe_code(&mut self, code: Code, page: CodePage) {
        self.codes.insert(code, page);
    }

    pub(crate) fn add(&mut self, structure: Structure) {
        self.structures.retain(|old| {
            (old.message_type, &old.variant) != (structure.message_type, &structure.variant)
        });
        self.structures.push(structure);
        self.types.fill(0);
        for (place, structure) in self.structures.iter().enumerate() {
            if structure.variant.is_empty()
                && let Some(entry) = self.types.get_mut(usize::from(structure.message_type))
            {
                *entry = u16::try_from(place + 1).unwrap_or_default();
            }
        }
    }
}
