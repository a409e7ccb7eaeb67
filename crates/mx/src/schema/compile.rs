//! Makes the tables of a schema out of its definitions.

use std::collections::{BTreeMap, BTreeSet};

use super::definition::{
    Attributed, Builtin, Complex as ComplexDefinition, Definition, Definitions, Element, Facets,
    Item, Model, Occurs, SimpleDefinition, TypeName, WhiteSpace,
};
use super::error::SchemaError;
use super::table::{
    AttributeRow, Bound, BoundKind, Complex, Content, Elements, Enumeration, Name, Particle,
    Schema, Simple, TypeId, key, short,
};
use crate::fields::{Kind, Slot};
use crate::pattern::Pattern;
use crate::rules::Look;
use crate::value::{Decimal, year_of};

/// Compiles definitions. The types that nothing uses are compiled too: they may be asked for by
/// `xsi:type`.
pub(crate) fn compile(definitions: &Definitions) -> Result<Schema, SchemaError> {
    let mut compiler = Compiler::new(definitions);
    compiler.number_types();
    compiler.simples()?;
    compiler.complexes()?;
    compiler.roots()?;
    Ok(compiler.schema)
}

struct Compiler<'a> {
    definitions: &'a Definitions,
    schema: Schema,
    ids: BTreeMap<&'a str, TypeId>,
    texts: BTreeMap<String, Name>,
}

impl<'a> Compiler<'a> {
    fn new(definitions: &'a Definitions) -> Self {
        let schema = Schema {
            namespace: definitions.namespace.clone(),
            texts: String::new(),
            roots: Vec::new(),
            simples: Vec::new(),
            own_simples: 0,
            complexes: Vec::new(),
            particles: Vec::new(),
            keys: Vec::new(),
            index: Vec::new(),
            next_required: Vec::new(),
            attributes: Vec::new(),
        };
        Self { definitions, schema, ids: BTreeMap::new(), texts: BTreeMap::new() }
    }

    fn number_types(&mut self) {
        let (mut simples, mut complexes) = (0, 0);
        for (name, definition) in &self.definitions.types {
            let id = match definition {
                Definition::Simple(_) => {
                    simples += 1;
                    TypeId::Simple(simples - 1)
                }
                Definition::Attributed(_) | Definition::Complex(_) => {
                    complexes += 1;
                    TypeId::Complex(complexes - 1)
                }
            };
            self.ids.insert(name, id);
        }
    }

    fn text(&mut self, text: &str) -> Name {
        if let Some(name) = self.texts.get(text) {
            return *name;
        }
        let narrow = |length: usize| u32::try_from(length).expect("a schema is below 4 GiB");
        let name = Name { start: narrow(self.schema.texts.len()), length: narrow(text.len()) };
        self.schema.texts.push_str(text);
        self.texts.insert(text.to_owned(), name);
        name
    }

    fn simples(&mut self) -> Result<(), SchemaError> {
        let definitions = self.definitions;
        for (name, definition) in &definitions.types {
            if let Definition::Simple(simple) = definition {
                let made = self.simple(name, simple)?;
                self.schema.simples.push(made);
            }
        }
        self.schema.own_simples = count(self.schema.simples.len());
        for (name, builtin) in Builtin::NAMES {
            let plain = self.plain(name, builtin);
            self.schema.simples.push(plain);
        }
        Ok(())
    }

    /// The steps of restriction down to a type of XML Schema, the narrowest first.
    fn chain(
        &self,
        name: &str,
        simple: &'a SimpleDefinition,
    ) -> Result<(Vec<&'a Facets>, Builtin), SchemaError> {
        let mut steps = vec![&simple.facets];
        let mut base = &simple.base;
        loop {
            match base {
                TypeName::Builtin(builtin) => return Ok((steps, *builtin)),
                TypeName::Own(own) => match self.definitions.types.get(own) {
                    Some(Definition::Simple(next)) if steps.len() <= self.ids.len() => {
                        steps.push(&next.facets);
                        base = &next.base;
                    }
                    Some(Definition::Simple(_)) => {
                        return Err(bad(name, format!("it restricts itself through {own}")));
                    }
                    Some(_) => return Err(bad(name, format!("its base {own} is no simple type"))),
                    None => {
                        return Err(SchemaError::UnknownType {
                            name: own.clone(),
                            by: name.into(),
                        });
                    }
                },
            }
        }
    }

    fn simple(&mut self, name: &str, simple: &'a SimpleDefinition) -> Result<Simple, SchemaError> {
        let (steps, builtin) = self.chain(name, simple)?;
        let mut made = self.plain(name, builtin);
        made.base = match &simple.base {
            TypeName::Own(own) => match self.ids.get(own.as_str()) {
                Some(TypeId::Simple(id)) => Some(*id),
                Some(TypeId::Complex(_)) | None => None,
            },
            TypeName::Builtin(_) => None,
        };
        let mut pattern_texts = Vec::new();
        // From the widest to the narrowest, so that the narrowest has the last word.
        for facets in steps.iter().rev() {
            fit(name, facets, builtin)?;
            narrow_lengths(&mut made, facets);
            made.white_space = facets.white_space.unwrap_or(made.white_space);
            self.bounds(name, facets, &mut made)?;
            if !facets.patterns.is_empty() {
                let compiled: Result<Vec<_>, _> =
                    facets.patterns.iter().map(|text| Pattern::new(text)).collect();
                let what =
                    |error| bad(name, format!("pattern {}: {error}", facets.patterns.join(" | ")));
                made.patterns.push(compiled.map_err(what)?);
                pattern_texts.push(facets.patterns.join("|"));
            }
            if !facets.enumeration.is_empty() {
                made.enumeration = Some(enumeration(&facets.enumeration));
            }
        }
        made.only_length = builtin == Builtin::String
            && made.white_space == WhiteSpace::Preserve
            && made.patterns.is_empty()
            && made.enumeration.is_none();
        made.pattern_text = self.text(&pattern_texts.join(" and "));
        Ok(made)
    }

    /// A type of XML Schema without limits of its own.
    fn plain(&mut self, name: &str, builtin: Builtin) -> Simple {
        Simple {
            name: self.text(name),
            builtin,
            base: None,
            white_space: builtin.white_space(),
            only_length: builtin == Builtin::String,
            length_min: 0,
            length_max: u32::MAX,
            total_digits: u32::MAX,
            fraction_digits: u32::MAX,
            bounds: Vec::new(),
            patterns: Vec::new(),
            pattern_text: Name::default(),
            enumeration: None,
        }
    }

    fn bounds(
        &mut self,
        name: &str,
        facets: &Facets,
        made: &mut Simple,
    ) -> Result<(), SchemaError> {
        let all = [
            (&facets.min_inclusive, BoundKind::AtLeast),
            (&facets.max_inclusive, BoundKind::AtMost),
            (&facets.min_exclusive, BoundKind::Above),
            (&facets.max_exclusive, BoundKind::Below),
        ];
        for (limit, kind) in all {
            let Some(limit) = limit else { continue };
            let legal = if made.builtin == Builtin::Year {
                year_of(limit.as_bytes()).is_some()
            } else {
                Decimal::read(limit.as_bytes()).is_some()
            };
            if !legal {
                return Err(bad(name, format!("the limit {limit} is no value of the type")));
            }
            let limit = self.text(limit);
            made.bounds.push(Bound { limit, kind });
        }
        Ok(())
    }

    fn complexes(&mut self) -> Result<(), SchemaError> {
        let definitions = self.definitions;
        for (name, definition) in &definitions.types {
            let (content, base) = match definition {
                Definition::Simple(_) => continue,
                Definition::Attributed(attributed) => self.attributed(name, attributed)?,
                Definition::Complex(complex) => self.complex(name, complex)?,
            };
            let name = self.text(name);
            self.schema.complexes.push(Complex { name, content, base });
        }
        Ok(())
    }

    fn attributed(
        &mut self,
        name: &str,
        attributed: &Attributed,
    ) -> Result<(Content, Option<TypeId>), SchemaError> {
        let base = self.type_id(&attributed.base, name)?;
        let TypeId::Simple(simple) = base else {
            return Err(bad(name, "its text is of a type with elements".into()));
        };
        let first = count(self.schema.attributes.len());
        for attribute in &attributed.attributes {
            let TypeId::Simple(simple) = self.type_id(&attribute.type_name, name)? else {
                return Err(bad(name, format!("attribute {} has elements", attribute.name)));
            };
            let row = AttributeRow {
                name: self.text(&attribute.name),
                simple,
                required: attribute.required,
                slot: Slot::named(&attribute.name),
                kind: kind_of(&attribute.type_name),
            };
            self.schema.attributes.push(row);
        }
        let attributes = first..count(self.schema.attributes.len());
        Ok((Content::Text { simple, attributes }, Some(base)))
    }

    fn complex(
        &mut self,
        name: &str,
        complex: &ComplexDefinition,
    ) -> Result<(Content, Option<TypeId>), SchemaError> {
        let base = match &complex.restricts {
            None => None,
            Some(base) => Some(self.type_id(&TypeName::Own(base.clone()), name)?),
        };
        let places: Vec<&[Element]> = match &complex.model {
            Model::Any(any) => {
                let namespace = any.namespace.as_deref().map(|namespace| self.text(namespace));
                let Occurs { min, max } = any.occurs;
                return Ok((Content::Any { process: any.process, namespace, min, max }, base));
            }
            Model::Sequence(items) => items.iter().map(place_of).collect(),
            Model::Choice(elements) => vec![elements.as_slice()],
        };
        let elements = self.places(name, &places)?;
        Ok((Content::Elements(elements), base))
    }

    fn places(&mut self, name: &str, places: &[&[Element]]) -> Result<Elements, SchemaError> {
        let first = count(self.schema.particles.len());
        let mut names = BTreeSet::new();
        let mut must = Vec::with_capacity(places.len());
        for (place, elements) in places.iter().enumerate() {
            let place = u16::try_from(place)
                .map_err(|_| bad(name, "more than 65,535 elements in a row".into()))?;
            must.push(elements.iter().all(|element| element.occurs.min > 0));
            for element in *elements {
                if !names.insert(&element.name) {
                    let (name, element) = (name.to_owned(), element.name.clone());
                    return Err(SchemaError::Ambiguous { name, element });
                }
                let particle = self.particle(element, place, name)?;
                self.schema.keys.push(key(element.name.as_bytes()));
                self.schema.particles.push(particle);
            }
        }
        let required = count(self.schema.next_required.len());
        let end = u16::try_from(places.len()).unwrap_or(u16::MAX);
        let mut next = end;
        let mut row = vec![end];
        for (place, must) in must.iter().enumerate().rev() {
            if *must {
                next = u16::try_from(place).unwrap_or(end);
            }
            row.push(next);
        }
        self.schema.next_required.extend(row.iter().rev());
        let count = count(self.schema.particles.len()) - first;
        let (index, index_bits) = self.schema.add_index(first);
        Ok(Elements { first, count, required, places: end, index, index_bits })
    }

    fn particle(
        &mut self,
        element: &Element,
        place: u16,
        by: &str,
    ) -> Result<Particle, SchemaError> {
        let type_id = self.type_id(&element.type_name, by)?;
        let Occurs { min, max } = element.occurs;
        let slot = Slot::named(&element.name);
        let kind = kind_of(&element.type_name);
        let simple = match type_id {
            TypeId::Simple(id) => self.schema.simples.get(id as usize),
            TypeId::Complex(_) => None,
        };
        let look = Look::of(slot, kind, simple);
        Ok(Particle { name: self.text(&element.name), type_id, min, max, place, slot, kind, look })
    }

    fn roots(&mut self) -> Result<(), SchemaError> {
        let definitions = self.definitions;
        for (name, type_name) in &definitions.roots {
            let element =
                Element { name: name.clone(), type_name: type_name.clone(), occurs: Occurs::ONCE };
            let particle = self.particle(&element, 0, name)?;
            self.schema.roots.push(particle);
        }
        Ok(())
    }

    fn type_id(&mut self, name: &TypeName, by: &str) -> Result<TypeId, SchemaError> {
        match name {
            TypeName::Own(own) => self
                .ids
                .get(own.as_str())
                .copied()
                .ok_or_else(|| SchemaError::UnknownType { name: own.clone(), by: by.into() }),
            TypeName::Builtin(builtin) => Ok(self.schema.builtin_type(*builtin)),
        }
    }
}

fn bad(name: &str, what: String) -> SchemaError {
    SchemaError::BadFacet { name: name.into(), what }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).expect("a schema is below 4 GiB")
}

fn narrow_lengths(made: &mut Simple, facets: &Facets) {
    if let Some(length) = facets.length {
        (made.length_min, made.length_max) = (length, length);
    }
    made.length_min = facets.min_length.unwrap_or(made.length_min);
    made.length_max = facets.max_length.unwrap_or(made.length_max);
    made.total_digits = facets.total_digits.unwrap_or(made.total_digits);
    made.fraction_digits = facets.fraction_digits.unwrap_or(made.fraction_digits);
}

/// Whether the facets of one step fit the type: what is not checked is not accepted.
fn fit(name: &str, facets: &Facets, builtin: Builtin) -> Result<(), SchemaError> {
    let wrong = |what: &str| Err(bad(name, format!("{what} for xs:{}", builtin.name())));
    let (number, text, bytes) = (builtin.is_number(), builtin.is_text(), builtin.is_bytes());
    let lengths =
        facets.length.is_some() || facets.min_length.is_some() || facets.max_length.is_some();
    let bounds = [
        &facets.min_inclusive,
        &facets.max_inclusive,
        &facets.min_exclusive,
        &facets.max_exclusive,
    ];
    if lengths && !text && !bytes {
        return wrong("a length");
    }
    if (facets.total_digits.is_some() || facets.fraction_digits.is_some()) && !number {
        return wrong("digits");
    }
    if bounds.iter().any(|bound| bound.is_some()) && !number && builtin != Builtin::Year {
        return wrong("a least or greatest value");
    }
    if !facets.enumeration.is_empty() && !text {
        return wrong("an enumeration");
    }
    if facets.white_space == Some(WhiteSpace::Preserve) && builtin != Builtin::String {
        return wrong("preserved white space");
    }
    Ok(())
}

fn enumeration(values: &[String]) -> Enumeration {
    let short_ones = |value: &String| value.len() <= 8 && !value.contains('\0');
    if values.iter().all(short_ones) {
        let mut all: Vec<u64> = values.iter().map(|value| short(value.as_bytes())).collect();
        all.sort_unstable();
        Enumeration::Short(all)
    } else {
        let mut all: Vec<Box<[u8]>> = values.iter().map(|value| value.as_bytes().into()).collect();
        all.sort_unstable();
        Enumeration::Long(all)
    }
}

fn place_of(item: &Item) -> &[Element] {
    match item {
        Item::Element(element) => std::slice::from_ref(element),
        Item::Choice(elements) => elements,
    }
}

fn kind_of(type_name: &TypeName) -> Kind {
    match type_name {
        TypeName::Own(name) => Kind::of_type(name),
        TypeName::Builtin(_) => Kind::Other,
    }
}
