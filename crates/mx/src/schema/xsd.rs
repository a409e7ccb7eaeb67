//! Reads a schema document (XSD) into [`Definitions`].
//!
//! Every element and attribute of XML Schema that ISO 20022 does not use is refused by its name.
//! Iterative: the open elements are a stack of half-made parts.

use std::collections::BTreeMap;

use super::definition::{
    AttributeDefinition, Attributed, Builtin, Complex, Definition, Definitions, Element, Facets,
    Item, Model, Occurs, Process, SimpleDefinition, TypeName, UNBOUNDED, WhiteSpace, Wildcard,
};
use super::error::SchemaError;
use crate::token::{Features, Start, Token, Tokeniser, decode_attribute, is_space, survey};

const SCHEMA_NAMESPACE: &[u8] = b"http://www.w3.org/2001/XMLSchema";

/// Reads one schema document.
pub(crate) fn read(bytes: &[u8]) -> Result<Definitions, SchemaError> {
    let mut reader =
        Reader { bytes, tokeniser: Tokeniser::default(), open: Vec::new(), done: None };
    let features = survey(bytes).map_err(|fault| reader.not_well_formed(fault))?;
    reader.run(features)
}

/// A part that is being made.
#[derive(Debug)]
enum Part {
    Schema(Definitions),
    SimpleType {
        name: String,
        made: Option<SimpleDefinition>,
    },
    Restriction(SimpleDefinition),
    ComplexType {
        name: String,
        made: Option<Definition>,
    },
    SimpleContent(Option<Attributed>),
    Extension(Attributed),
    ComplexContent(Option<Complex>),
    ComplexRestriction {
        base: String,
        model: Option<Model>,
    },
    Sequence {
        items: Vec<Item>,
        any: Option<Wildcard>,
    },
    Choice(Vec<Element>),
    /// An element whose content is nothing but annotations.
    Leaf,
    /// An annotation, and how many elements are open in it.
    Annotation(usize),
}

struct Reader<'a> {
    bytes: &'a [u8],
    tokeniser: Tokeniser,
    open: Vec<Part>,
    done: Option<Definitions>,
}

type Attributes = BTreeMap<String, String>;

impl Reader<'_> {
    fn run(&mut self, features: Features) -> Result<Definitions, SchemaError> {
        loop {
            match self.tokeniser.next(self.bytes, features) {
                Ok(Token::Start) => {
                    let start = *self.tokeniser.start();
                    self.begin(&start)?;
                }
                Ok(Token::End) => self.end()?,
                Ok(Token::Text) => {
                    let blank = self
                        .tokeniser
                        .last_text()
                        .span
                        .of(self.bytes)
                        .iter()
                        .all(|byte| is_space(*byte));
                    if !blank && !matches!(self.open.last(), Some(Part::Annotation(_))) {
                        return Err(self.unsupported("text"));
                    }
                }
                Ok(Token::Finished) => break,
                Err(fault) => return Err(self.not_well_formed(fault)),
            }
        }
        self.done.take().ok_or_else(|| SchemaError::NotASchema { found: "nothing".into() })
    }

    fn not_well_formed(&self, fault: crate::token::Fault) -> SchemaError {
        let mut list = vec![crate::wrong(self.bytes, fault, &self.tokeniser)];
        crate::locate::locate(self.bytes, Features::default(), &mut list);
        let finding = list.first().map(ToString::to_string).unwrap_or_default();
        SchemaError::NotWellFormed { finding }
    }

    fn line(&self) -> u32 {
        let read = self.bytes.get(..self.tokeniser.position()).unwrap_or_default();
        u32::try_from(memchr::memchr_iter(b'\n', read).count())
            .unwrap_or(u32::MAX)
            .saturating_add(1)
    }

    fn unsupported(&self, construct: impl Into<String>) -> SchemaError {
        SchemaError::Unsupported { construct: construct.into(), line: self.line() }
    }

    fn begin(&mut self, start: &Start) -> Result<(), SchemaError> {
        if let Some(Part::Annotation(depth)) = self.open.last_mut() {
            *depth += 1;
            return Ok(());
        }
        let name = String::from_utf8_lossy(start.local.of(self.bytes)).into_owned();
        let in_schema = self.tokeniser.namespaces().name(start.namespace) == SCHEMA_NAMESPACE;
        if self.open.is_empty() && (name != "schema" || !in_schema) {
            return Err(SchemaError::NotASchema { found: format!("<{name}>") });
        }
        if !in_schema {
            return Err(self.unsupported(format!("element {name} of another namespace")));
        }
        let attributes = self.attributes()?;
        let part = self.part(&name, attributes)?;
        self.open.push(part);
        Ok(())
    }

    fn attributes(&self) -> Result<Attributes, SchemaError> {
        let mut all = Attributes::new();
        for attribute in self.tokeniser.attributes() {
            let name = String::from_utf8_lossy(attribute.name.of(self.bytes)).into_owned();
            let mut value = Vec::new();
            decode_attribute(attribute.value.of(self.bytes), &mut value);
            if attribute.local == attribute.name {
                all.insert(name, String::from_utf8_lossy(&value).into_owned());
            } else if name != "xml:lang" && name != "xsi:schemaLocation" {
                return Err(self.unsupported(format!("attribute {name}")));
            }
        }
        all.remove("id");
        Ok(all)
    }

    /// The part that begins with an element of that name at this place.
    fn part(&mut self, name: &str, mut a: Attributes) -> Result<Part, SchemaError> {
        let part = match (self.open.last(), name) {
            (None, "schema") => self.schema(&mut a)?,
            (Some(Part::Schema(_)), "simpleType") => {
                Part::SimpleType { name: self.take(&mut a, "name", name)?, made: None }
            }
            (Some(Part::Schema(_)), "complexType") => {
                self.only(&mut a, "mixed", &["false"])?;
                self.only(&mut a, "abstract", &["false"])?;
                Part::ComplexType { name: self.take(&mut a, "name", name)?, made: None }
            }
            (Some(Part::Schema(_)), "element") => {
                let root = (self.take(&mut a, "name", name)?, self.type_name(&mut a, "type")?);
                if let Some(Part::Schema(definitions)) = self.open.last_mut() {
                    definitions.roots.push(root);
                }
                Part::Leaf
            }
            (Some(Part::SimpleType { made: None, .. }), "restriction") => {
                let base = self.type_name(&mut a, "base")?;
                Part::Restriction(SimpleDefinition { base, facets: Facets::default() })
            }
            (Some(Part::Restriction(_)), _) => self.facet(name, &mut a)?,
            (Some(Part::ComplexType { made: None, .. }), "simpleContent") => {
                Part::SimpleContent(None)
            }
            (Some(Part::ComplexType { made: None, .. }), "complexContent") => {
                self.only(&mut a, "mixed", &["false"])?;
                Part::ComplexContent(None)
            }
            (Some(Part::SimpleContent(None)), "extension") => {
                let base = self.type_name(&mut a, "base")?;
                Part::Extension(Attributed { base, attributes: Vec::new() })
            }
            (Some(Part::Extension(_)), "attribute") => self.attribute(&mut a)?,
            (Some(Part::ComplexContent(None)), "restriction") => {
                match self.type_name(&mut a, "base")? {
                    TypeName::Own(base) => Part::ComplexRestriction { base, model: None },
                    TypeName::Builtin(_) => return Err(self.unsupported("restriction of anyType")),
                }
            }
            (
                Some(
                    Part::ComplexType { made: None, .. }
                    | Part::ComplexRestriction { model: None, .. },
                ),
                "sequence",
            ) => self.once(&mut a, Part::Sequence { items: Vec::new(), any: None })?,
            (
                Some(
                    Part::ComplexType { made: None, .. }
                    | Part::ComplexRestriction { model: None, .. }
                    | Part::Sequence { any: None, .. },
                ),
                "choice",
            ) => self.once(&mut a, Part::Choice(Vec::new()))?,
            (Some(Part::Sequence { any: None, .. } | Part::Choice(_)), "element") => {
                self.element(&mut a)?
            }
            (Some(Part::Sequence { any: None, .. }), "any") => self.any(&mut a)?,
            (Some(Part::Annotation(_)), _) => Part::Leaf,
            (Some(_), "annotation") => {
                a.clear();
                Part::Annotation(0)
            }
            (_, _) => return Err(self.unsupported(format!("xs:{name} at this place"))),
        };
        match a.keys().next() {
            None => Ok(part),
            Some(attribute) => Err(self.unsupported(format!("attribute {attribute} of xs:{name}"))),
        }
    }

    fn schema(&self, a: &mut Attributes) -> Result<Part, SchemaError> {
        self.only(a, "attributeFormDefault", &["unqualified"])?;
        a.remove("version");
        if a.remove("elementFormDefault").as_deref() != Some("qualified") {
            return Err(self.unsupported("elementFormDefault other than qualified"));
        }
        Ok(Part::Schema(Definitions {
            namespace: self.take(a, "targetNamespace", "schema")?,
            roots: Vec::new(),
            types: BTreeMap::new(),
        }))
    }

    fn once(&self, a: &mut Attributes, part: Part) -> Result<Part, SchemaError> {
        if self.occurs(a)? == Occurs::ONCE {
            Ok(part)
        } else {
            Err(self.unsupported("a repeated group"))
        }
    }

    fn element(&mut self, a: &mut Attributes) -> Result<Part, SchemaError> {
        self.only(a, "nillable", &["false"])?;
        let element = Element {
            name: self.take(a, "name", "element")?,
            type_name: self.type_name(a, "type")?,
            occurs: self.occurs(a)?,
        };
        match self.open.last_mut() {
            Some(Part::Sequence { items, .. }) => items.push(Item::Element(element)),
            Some(Part::Choice(elements)) => elements.push(element),
            _ => {}
        }
        Ok(Part::Leaf)
    }

    fn any(&mut self, a: &mut Attributes) -> Result<Part, SchemaError> {
        let namespace = match a.remove("namespace").as_deref() {
            None | Some("##any") => None,
            Some(special) if special.starts_with("##") || special.contains(' ') => {
                return Err(self.unsupported(format!("xs:any of namespace {special}")));
            }
            Some(name) => Some(name.to_owned()),
        };
        let process = match a.remove("processContents").as_deref() {
            None | Some("strict") => Process::Strict,
            Some("lax") => Process::Lax,
            Some("skip") => Process::Skip,
            Some(other) => return Err(self.unsupported(format!("processContents {other}"))),
        };
        let wildcard = Wildcard { occurs: self.occurs(a)?, namespace, process };
        match self.open.last_mut() {
            Some(Part::Sequence { items, any }) if items.is_empty() => *any = Some(wildcard),
            _ => return Err(self.unsupported("xs:any beside other elements")),
        }
        Ok(Part::Leaf)
    }

    fn attribute(&mut self, a: &mut Attributes) -> Result<Part, SchemaError> {
        let required = match a.remove("use").as_deref() {
            Some("required") => true,
            None | Some("optional") => false,
            Some(other) => return Err(self.unsupported(format!("use {other}"))),
        };
        let attribute = AttributeDefinition {
            name: self.take(a, "name", "attribute")?,
            type_name: self.type_name(a, "type")?,
            required,
        };
        if let Some(Part::Extension(attributed)) = self.open.last_mut() {
            attributed.attributes.push(attribute);
        }
        Ok(Part::Leaf)
    }

    fn facet(&mut self, name: &str, a: &mut Attributes) -> Result<Part, SchemaError> {
        if name == "annotation" {
            a.clear();
            return Ok(Part::Annotation(0));
        }
        self.only(a, "fixed", &["false"])?;
        let value = self.take(a, "value", name)?;
        let number = value.parse().map_err(|_| self.unsupported(format!("{name} {value}")));
        let white_space = match value.as_str() {
            "preserve" => Some(WhiteSpace::Preserve),
            "replace" => Some(WhiteSpace::Replace),
            "collapse" => Some(WhiteSpace::Collapse),
            _ => None,
        };
        let unknown = self.unsupported(format!("xs:{name}"));
        let Some(Part::Restriction(made)) = self.open.last_mut() else { return Err(unknown) };
        let facets = &mut made.facets;
        match name {
            "length" => facets.length = Some(number?),
            "minLength" => facets.min_length = Some(number?),
            "maxLength" => facets.max_length = Some(number?),
            "totalDigits" => facets.total_digits = Some(number?),
            "fractionDigits" => facets.fraction_digits = Some(number?),
            "minInclusive" => facets.min_inclusive = Some(value),
            "maxInclusive" => facets.max_inclusive = Some(value),
            "minExclusive" => facets.min_exclusive = Some(value),
            "maxExclusive" => facets.max_exclusive = Some(value),
            "pattern" => facets.patterns.push(value),
            "enumeration" => facets.enumeration.push(value),
            "whiteSpace" => facets.white_space = Some(white_space.ok_or(unknown)?),
            _ => return Err(unknown),
        }
        Ok(Part::Leaf)
    }

    fn take(&self, a: &mut Attributes, name: &str, of: &str) -> Result<String, SchemaError> {
        a.remove(name).ok_or_else(|| self.unsupported(format!("xs:{of} without {name}")))
    }

    fn only(&self, a: &mut Attributes, name: &str, values: &[&str]) -> Result<(), SchemaError> {
        match a.remove(name) {
            Some(value) if !values.contains(&value.as_str()) => {
                Err(self.unsupported(format!("{name}=\"{value}\"")))
            }
            _ => Ok(()),
        }
    }

    fn occurs(&self, a: &mut Attributes) -> Result<Occurs, SchemaError> {
        let mut number = |name: &str| match a.remove(name) {
            None => Ok(1),
            Some(value) if value == "unbounded" && name == "maxOccurs" => Ok(UNBOUNDED),
            Some(value) => value.parse().map_err(|_| self.unsupported(format!("{name} {value}"))),
        };
        let occurs = Occurs { min: number("minOccurs")?, max: number("maxOccurs")? };
        if occurs.min > occurs.max || occurs.max == 0 {
            return Err(self.unsupported("maxOccurs below minOccurs, or 0"));
        }
        Ok(occurs)
    }

    fn type_name(&self, a: &mut Attributes, attribute: &str) -> Result<TypeName, SchemaError> {
        let name = self.take(a, attribute, "element or restriction")?;
        let (prefix, local) = name.split_once(':').unwrap_or(("", &name));
        let namespaces = self.tokeniser.namespaces();
        let namespace = if prefix.is_empty() {
            Some(namespaces.default_namespace())
        } else {
            namespaces.resolve(prefix.as_bytes())
        };
        let namespace = namespace.map(|id| namespaces.name(id)).unwrap_or_default();
        let target = match self.open.first() {
            Some(Part::Schema(definitions)) => definitions.namespace.as_bytes(),
            _ => b"",
        };
        if namespace == SCHEMA_NAMESPACE {
            let builtin = Builtin::named(local).map(TypeName::Builtin);
            return builtin.ok_or_else(|| self.unsupported(format!("type {name}")));
        }
        if namespace != target {
            return Err(self.unsupported(format!("type {name} of another namespace")));
        }
        Ok(TypeName::Own(local.to_owned()))
    }

    fn end(&mut self) -> Result<(), SchemaError> {
        let Some(part) = self.open.pop() else { return Ok(()) };
        let incomplete = |name: &str| self.unsupported(format!("an empty xs:{name}"));
        match part {
            Part::Annotation(depth) if depth > 0 => self.open.push(Part::Annotation(depth - 1)),
            Part::Leaf | Part::Annotation(_) => {}
            Part::Schema(definitions) => self.done = Some(definitions),
            Part::SimpleType { name, made } => {
                let made = made.ok_or_else(|| incomplete("simpleType"))?;
                self.define(name, Definition::Simple(made))?;
            }
            Part::ComplexType { name, made } => {
                let made = made.ok_or_else(|| incomplete("complexType"))?;
                self.define(name, made)?;
            }
            Part::Sequence { items, any } => {
                let model = any.map_or(Model::Sequence(items), Model::Any);
                self.model(model);
            }
            Part::Choice(elements) => {
                if elements.is_empty() {
                    return Err(incomplete("choice"));
                }
                self.model(Model::Choice(elements));
            }
            Part::ComplexRestriction { base, model } => {
                let model = model.ok_or_else(|| incomplete("restriction"))?;
                if let Some(Part::ComplexContent(made)) = self.open.last_mut() {
                    *made = Some(Complex { restricts: Some(base), model });
                }
            }
            Part::ComplexContent(complex) => {
                let complex = complex.ok_or_else(|| incomplete("complexContent"))?;
                self.made(Definition::Complex(complex));
            }
            Part::Extension(attributed) => {
                if let Some(Part::SimpleContent(made)) = self.open.last_mut() {
                    *made = Some(attributed);
                }
            }
            Part::SimpleContent(attributed) => {
                let attributed = attributed.ok_or_else(|| incomplete("simpleContent"))?;
                self.made(Definition::Attributed(attributed));
            }
            Part::Restriction(simple) => {
                if let Some(Part::SimpleType { made, .. }) = self.open.last_mut() {
                    *made = Some(simple);
                }
            }
        }
        Ok(())
    }

    fn made(&mut self, definition: Definition) {
        if let Some(Part::ComplexType { made, .. }) = self.open.last_mut() {
            *made = Some(definition);
        }
    }

    /// A sequence or choice is complete: the content of the type, or a part of a sequence.
    fn model(&mut self, complete: Model) {
        match (self.open.last_mut(), complete) {
            (Some(Part::Sequence { items, .. }), Model::Choice(elements)) => {
                items.push(Item::Choice(elements));
            }
            (Some(Part::ComplexRestriction { model, .. }), complete) => *model = Some(complete),
            (_, complete) => {
                self.made(Definition::Complex(Complex { restricts: None, model: complete }));
            }
        }
    }

    fn define(&mut self, name: String, definition: Definition) -> Result<(), SchemaError> {
        let line = self.line();
        if let Some(Part::Schema(definitions)) = self.open.last_mut() {
            if definitions.types.contains_key(&name) {
                return Err(SchemaError::DefinedTwice { name, line });
            }
            definitions.types.insert(name, definition);
        }
        Ok(())
    }
}
