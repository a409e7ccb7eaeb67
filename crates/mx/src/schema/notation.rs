//! Our own compact notation of schemas: two texts, one of types and one of messages.
//!
//! The schemas of one year share most of their types, so each different type is written once, and a
//! message is a list of line numbers. Both texts are made by `cargo xtask mx-notation` from the
//! official schemas and lie in `standards/mx`.
//!
//! ```text
//! types    ::= (type "\n")*                  sorted, so that equal names stand together
//! type     ::= name "\t" (simple | text | elements | any)
//! simple   ::= "s" base ("\t" facet)*
//! facet    ::= "l" length | "n" minLength | "x" maxLength | "t" totalDigits | "f" fractionDigits
//!            | "g" minInclusive | "h" maxInclusive | "G" minExclusive | "H" maxExclusive
//!            | "w" ("preserve" | "replace" | "collapse") | "p" pattern | "e" value ("|" value)*
//! text     ::= "t" base ("\t" name "!"? "=" base)*              "!": the attribute is required
//! elements ::= ("q" | "c") base? ("\t" (element | "(" element ("|" element)* ")"))*
//!                               "q": in sequence, "c": one of them; base: the type it restricts
//! element  ::= name ":" base occurs
//! any      ::= "a" ("strict" | "lax" | "skip") occurs "\t" namespace?
//! occurs   ::= "" | "?" | "*" | "+" | "{" min "," max? "}"
//! base     ::= name | "xs:" name
//! messages ::= (namespace "\t" (name "=" base) (" " name "=" base)* "\t" lines "\n")*
//! lines    ::= line ("-" line)? ("," line ("-" line)?)*         of the types, counted from 0
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::definition::{
    AttributeDefinition, Attributed, Builtin, Complex, Definition, Definitions, Element, Facets,
    Item, Model, Occurs, Process, SimpleDefinition, TypeName, UNBOUNDED, WhiteSpace, Wildcard,
};
use super::error::SchemaError;
use super::xsd;

/// Schemas in our notation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packed {
    /// All types, one a line.
    pub types: String,
    /// All messages, one a line.
    pub messages: String,
}

/// Packs schema documents (XSD).
///
/// # Errors
///
/// The first schema that is refused.
pub fn pack<'a>(documents: impl IntoIterator<Item = &'a [u8]>) -> Result<Packed, SchemaError> {
    let mut lines = BTreeSet::new();
    let mut messages = BTreeMap::new();
    for document in documents {
        let definitions = xsd::read(document)?;
        super::compile::compile(&definitions)?;
        let own: BTreeSet<String> =
            definitions.types.iter().map(|(name, definition)| print(name, definition)).collect();
        lines.extend(own.iter().cloned());
        messages.insert(definitions.namespace, (definitions.roots, own));
    }
    let numbers: BTreeMap<&String, usize> = lines.iter().zip(0..).collect();
    let mut packed = Packed::default();
    for (namespace, (roots, own)) in &messages {
        let roots: Vec<_> =
            roots.iter().map(|(name, base)| format!("{name}={}", print_base(base))).collect();
        let own: Vec<usize> = own.iter().filter_map(|line| numbers.get(line).copied()).collect();
        let _ =
            writeln!(packed.messages, "{namespace}\t{}\t{}", roots.join(" "), print_lines(&own));
    }
    for line in &lines {
        packed.types.push_str(line);
        packed.types.push('\n');
    }
    Ok(packed)
}

fn print_lines(numbers: &[usize]) -> String {
    let mut out = String::new();
    let mut rest = numbers.iter().copied().peekable();
    while let Some(first) = rest.next() {
        let mut last = first;
        while let Some(next) = rest.next_if_eq(&(last + 1)) {
            last = next;
        }
        let comma = if out.is_empty() { "" } else { "," };
        let _ = if first == last {
            write!(out, "{comma}{first}")
        } else {
            write!(out, "{comma}{first}-{last}")
        };
    }
    out
}

fn print_base(base: &TypeName) -> String {
    match base {
        TypeName::Own(name) => name.clone(),
        TypeName::Builtin(builtin) => format!("xs:{}", builtin.name()),
    }
}

fn print_occurs(occurs: Occurs) -> String {
    match occurs {
        Occurs { min: 1, max: 1 } => String::new(),
        Occurs { min: 0, max: 1 } => "?".into(),
        Occurs { min: 0, max: UNBOUNDED } => "*".into(),
        Occurs { min: 1, max: UNBOUNDED } => "+".into(),
        Occurs { min, max: UNBOUNDED } => format!("{{{min},}}"),
        Occurs { min, max } => format!("{{{min},{max}}}"),
    }
}

fn print_element(element: &Element) -> String {
    format!("{}:{}{}", element.name, print_base(&element.type_name), print_occurs(element.occurs))
}

fn print_elements(elements: &[Element], between: &str) -> String {
    elements.iter().map(print_element).collect::<Vec<_>>().join(between)
}

fn print(name: &str, definition: &Definition) -> String {
    let mut out = format!("{name}\t");
    match definition {
        Definition::Simple(simple) => {
            let _ = write!(out, "s{}", print_base(&simple.base));
            print_facets(&simple.facets, &mut out);
        }
        Definition::Attributed(attributed) => {
            let _ = write!(out, "t{}", print_base(&attributed.base));
            for attribute in &attributed.attributes {
                let mark = if attribute.required { "!" } else { "" };
                let base = print_base(&attribute.type_name);
                let _ = write!(out, "\t{}{mark}={base}", attribute.name);
            }
        }
        Definition::Complex(complex) => {
            let base = complex.restricts.as_deref().unwrap_or_default();
            match &complex.model {
                Model::Sequence(items) => {
                    let _ = write!(out, "q{base}");
                    for item in items {
                        let _ = match item {
                            Item::Element(element) => write!(out, "\t{}", print_element(element)),
                            Item::Choice(all) => write!(out, "\t({})", print_elements(all, "|")),
                        };
                    }
                }
                Model::Choice(elements) => {
                    let _ = write!(out, "c{base}\t{}", print_elements(elements, "\t"));
                }
                Model::Any(any) => {
                    let process = match any.process {
                        Process::Strict => "strict",
                        Process::Lax => "lax",
                        Process::Skip => "skip",
                    };
                    let namespace = any.namespace.as_deref().unwrap_or_default();
                    let _ = write!(out, "a{process}{}\t{namespace}", print_occurs(any.occurs));
                }
            }
        }
    }
    out
}

fn print_facets(facets: &Facets, out: &mut String) {
    let numbers = [
        ('l', facets.length),
        ('n', facets.min_length),
        ('x', facets.max_length),
        ('t', facets.total_digits),
        ('f', facets.fraction_digits),
    ];
    for (mark, number) in numbers {
        if let Some(number) = number {
            let _ = write!(out, "\t{mark}{number}");
        }
    }
    let limits = [
        ('g', &facets.min_inclusive),
        ('h', &facets.max_inclusive),
        ('G', &facets.min_exclusive),
        ('H', &facets.max_exclusive),
    ];
    for (mark, limit) in limits {
        if let Some(limit) = limit {
            let _ = write!(out, "\t{mark}{limit}");
        }
    }
    if let Some(white_space) = facets.white_space {
        let word = match white_space {
            WhiteSpace::Preserve => "preserve",
            WhiteSpace::Replace => "replace",
            WhiteSpace::Collapse => "collapse",
        };
        let _ = write!(out, "\tw{word}");
    }
    for pattern in &facets.patterns {
        let _ = write!(out, "\tp{pattern}");
    }
    if !facets.enumeration.is_empty() {
        let _ = write!(out, "\te{}", facets.enumeration.join("|"));
    }
}

/// The messages of a packed text, in order: namespace, and the rest of the line.
pub(crate) fn messages(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| line.split_once('\t'))
}

/// Reads the definitions of one message: its namespace, the rest of its line, and all types.
pub(crate) fn unpack(
    namespace: &str,
    message: &str,
    types: &[&str],
) -> Result<Definitions, SchemaError> {
    let bad = |expected: &str| SchemaError::BadNotation { line: 0, expected: expected.to_owned() };
    let (roots, lines) = message.split_once('\t').ok_or_else(|| bad("roots and lines"))?;
    let roots = roots.split(' ').map(|root| {
        let (name, base) = root.split_once('=').ok_or_else(|| bad("name=type"))?;
        Ok((name.to_owned(), parse_base(base).ok_or_else(|| bad("a type"))?))
    });
    let mut definitions = Definitions {
        namespace: namespace.to_owned(),
        roots: roots.collect::<Result<_, SchemaError>>()?,
        types: BTreeMap::new(),
    };
    for range in lines.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let number = |text: &str| text.parse::<usize>().map_err(|_| bad("a number of a line"));
        for number in number(first)?..=number(last)? {
            let line = types.get(number).ok_or_else(|| bad("a line that exists"))?;
            let shown = u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
            let parsed = parse(line).ok_or_else(|| SchemaError::BadNotation {
                line: shown,
                expected: "a type".to_owned(),
            })?;
            definitions.types.insert(parsed.0, parsed.1);
        }
    }
    Ok(definitions)
}

fn parse(line: &str) -> Option<(String, Definition)> {
    let (name, rest) = line.split_once('\t')?;
    let mut fields = rest.split('\t');
    let head = fields.next()?;
    let (kind, base) = head.split_at_checked(1)?;
    let definition = match kind {
        "s" => {
            let mut facets = Facets::default();
            fields.try_for_each(|field| parse_facet(field, &mut facets))?;
            Definition::Simple(SimpleDefinition { base: parse_base(base)?, facets })
        }
        "t" => {
            let attributes = fields.map(|field| {
                let (name, base) = field.split_once('=')?;
                let required = name.ends_with('!');
                let name = name.trim_end_matches('!').to_owned();
                Some(AttributeDefinition { name, type_name: parse_base(base)?, required })
            });
            let attributes = attributes.collect::<Option<_>>()?;
            Definition::Attributed(Attributed { base: parse_base(base)?, attributes })
        }
        "q" | "c" => {
            let restricts = if base.is_empty() { None } else { Some(base.to_owned()) };
            let model = if kind == "c" {
                Model::Choice(fields.map(parse_element).collect::<Option<_>>()?)
            } else {
                Model::Sequence(fields.map(parse_item).collect::<Option<_>>()?)
            };
            Definition::Complex(Complex { restricts, model })
        }
        "a" => {
            let (word, occurs) = split_occurs(base)?;
            let process = match word {
                "strict" => Process::Strict,
                "lax" => Process::Lax,
                "skip" => Process::Skip,
                _ => return None,
            };
            let namespace = fields.next().filter(|name| !name.is_empty()).map(str::to_owned);
            let model = Model::Any(Wildcard { occurs, namespace, process });
            Definition::Complex(Complex { restricts: None, model })
        }
        _ => return None,
    };
    Some((name.to_owned(), definition))
}

fn parse_base(text: &str) -> Option<TypeName> {
    match text.strip_prefix("xs:") {
        Some(builtin) => Builtin::named(builtin).map(TypeName::Builtin),
        None => Some(TypeName::Own(text.to_owned())),
    }
}

fn parse_item(text: &str) -> Option<Item> {
    match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        Some(inside) => {
            inside.split('|').map(parse_element).collect::<Option<_>>().map(Item::Choice)
        }
        None => parse_element(text).map(Item::Element),
    }
}

fn parse_element(text: &str) -> Option<Element> {
    let (name, rest) = text.split_once(':')?;
    let (base, occurs) = split_occurs(rest)?;
    Some(Element { name: name.to_owned(), type_name: parse_base(base)?, occurs })
}

fn split_occurs(text: &str) -> Option<(&str, Occurs)> {
    if let Some((base, counts)) = text.strip_suffix('}').and_then(|text| text.split_once('{')) {
        let (min, max) = counts.split_once(',')?;
        let max = if max.is_empty() { UNBOUNDED } else { max.parse().ok()? };
        return Some((base, Occurs { min: min.parse().ok()?, max }));
    }
    let (min, max) = match text.as_bytes().last() {
        Some(b'?') => (0, 1),
        Some(b'*') => (0, UNBOUNDED),
        Some(b'+') => (1, UNBOUNDED),
        _ => return Some((text, Occurs::ONCE)),
    };
    Some((text.get(..text.len() - 1)?, Occurs { min, max }))
}

fn parse_facet(field: &str, facets: &mut Facets) -> Option<()> {
    let (mark, value) = field.split_at_checked(1)?;
    let text = || value.to_owned();
    match mark {
        "l" => facets.length = Some(value.parse().ok()?),
        "n" => facets.min_length = Some(value.parse().ok()?),
        "x" => facets.max_length = Some(value.parse().ok()?),
        "t" => facets.total_digits = Some(value.parse().ok()?),
        "f" => facets.fraction_digits = Some(value.parse().ok()?),
        "g" => facets.min_inclusive = Some(text()),
        "h" => facets.max_inclusive = Some(text()),
        "G" => facets.min_exclusive = Some(text()),
        "H" => facets.max_exclusive = Some(text()),
        "p" => facets.patterns.push(text()),
        "e" => facets.enumeration = value.split('|').map(str::to_owned).collect(),
        "w" => {
            facets.white_space = Some(match value {
                "preserve" => WhiteSpace::Preserve,
                "replace" => WhiteSpace::Replace,
                "collapse" => WhiteSpace::Collapse,
                _ => return None,
            });
        }
        _ => return None,
    }
    Some(())
}

/// Whether a schema document says the same after it was packed and unpacked. The notation has no
/// way to write tabs and line ends in values, nor `|` in enumerations; a schema with such ones
/// cannot be packed without loss.
///
/// # Errors
///
/// The schema is refused, or the notation is.
pub fn survives_packing(document: &[u8]) -> Result<bool, SchemaError> {
    let packed = pack([document])?;
    let types: Vec<&str> = packed.types.lines().collect();
    let Some((namespace, message)) = messages(&packed.messages).next() else { return Ok(false) };
    Ok(unpack(namespace, message, &types)? == xsd::read(document)?)
}
