//! Elements: which may stand where, and what they are checked by.

use super::frame::{Frame, Mode};
use super::value::{self, trimmed};
use super::{Walk, words};
use crate::fields::{Entry, Kind, NO_ENTRY, Slot, ValueForm};
use crate::schema::{Builtin, Content, Elements, Name, Particle, Process, Schema, TypeId, key_at};
use crate::token::{
    Attribute, Form, NamespaceId, Span, Start, Text, Tokeniser, decode_attribute, is_space,
};

/// What has begun with an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Child {
    /// An element that is open now.
    Open,
    /// A value, which is not open yet: mostly it can be read in one step.
    Value(Leaf),
    /// An element that is open, under a lax wildcard and of another namespace: perhaps another
    /// schema knows it.
    Foreign,
}

/// An element without elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// Its simple type.
    pub(super) simple: u32,
    pub(super) entry: u32,
    /// Of an amount: what it is.
    pub(super) amount: Slot,
}

impl Walk {
    /// An element begins inside a part.
    #[inline]
    pub(super) fn begin(
        &mut self,
        bytes: &[u8],
        schema: &Schema,
        tokeniser: &Tokeniser,
        namespace: NamespaceId,
    ) -> Child {
        let start = tokeniser.start();
        let Some(frame) = self.frames.last() else { return Child::Open };
        match frame.mode {
            Mode::Elements => {
                let Content::Elements(elements) = &schema.complex(frame.id).content else {
                    return Child::Open;
                };
                let entry = frame.entry;
                match self.child(bytes, schema, elements, (start, namespace)) {
                    Some(particle) => {
                        self.begin_declared(bytes, schema, tokeniser, (start, particle, entry))
                    }
                    None => self.open(Mode::Skip, 0, NO_ENTRY, tokeniser),
                }
            }
            Mode::Value => {
                let name = crate::finding::shown(start.local.of(bytes));
                self.report(start.at, words::ELEMENT_IN_VALUE, String::new(), format!("<{name}>"));
                self.open(Mode::Skip, 0, NO_ENTRY, tokeniser)
            }
            Mode::Any => self.begin_any(bytes, schema, tokeniser, (start, namespace)),
            Mode::Lax => self.begin_lax(bytes, schema, tokeniser, (start, namespace)),
            Mode::Skip => self.open(Mode::Skip, 0, NO_ENTRY, tokeniser),
        }
    }

    /// A value that is not plain text begins.
    pub(super) fn open_value(&mut self, leaf: Leaf, tokeniser: &Tokeniser) {
        self.value.clear();
        self.open(Mode::Value, leaf.simple, leaf.entry, tokeniser);
        if let Some(frame) = self.frames.last_mut() {
            frame.amount = leaf.amount;
        }
    }

    /// A value that was read in one step.
    #[inline]
    pub(super) fn plain(&mut self, bytes: &[u8], schema: &Schema, leaf: Leaf, span: Span) {
        self.check_value(schema, leaf, span.of(bytes), span);
        self.fields.close(leaf.entry, span, ValueForm::Plain);
        if let Some(kept) = &mut self.kept {
            kept.value(&mut self.fields, leaf.entry, (span.start, span.of(bytes)));
        }
    }

    #[inline]
    fn open(&mut self, mode: Mode, id: u32, entry: u32, tokeniser: &Tokeniser) -> Child {
        let begin = Span::new(tokeniser.position(), 0).start;
        let (current, count, astray) = (Frame::NONE, 0, false);
        let amount = Slot::Other;
        self.frames.push(Frame { mode, astray, id, current, count, entry, begin, amount });
        Child::Open
    }

    /// The particle of a child by the order of its type, which moves on. `None`: it is not known.
    #[inline]
    fn child<'s>(
        &mut self,
        bytes: &[u8],
        schema: &'s Schema,
        elements: &Elements,
        (start, namespace): (&Start, NamespaceId),
    ) -> Option<&'s Particle> {
        let frame = self.frames.last_mut()?;
        let place =
            if frame.current == Frame::NONE { 0 } else { schema.particle(frame.current).place };
        let key = key_at(bytes, start.local.start as usize, start.local.end as usize);
        let found = schema.find(elements, start.local.of(bytes), key);
        let Some(found) = found.filter(|_| start.namespace == namespace) else {
            self.unknown_child(bytes, schema, elements, (start, namespace));
            return None;
        };
        let particle = schema.particle(found);
        if found == frame.current {
            if frame.count < particle.max {
                frame.count += 1;
            } else {
                self.too_often(bytes, start, particle.max);
            }
            return Some(particle);
        }
        let first = frame.current == Frame::NONE;
        let next = if first { 0 } else { place + 1 };
        let complete = first || frame.count >= schema.particle(frame.current).min;
        if particle.place >= next && complete && schema.required(elements, next) >= particle.place {
            frame.current = found;
            frame.count = 1;
            frame.astray = false;
            return Some(particle);
        }
        self.out_of_order(bytes, schema, elements, (start, found));
        Some(particle)
    }

    #[cold]
    fn too_often(&mut self, bytes: &[u8], start: &Start, max: u32) {
        let name = crate::finding::shown(start.local.of(bytes));
        let times = if max == 1 { "once".to_owned() } else { format!("{max} times") };
        let expected = format!("<{name}> {times} at most");
        self.report(start.at, words::TOO_OFTEN, expected, "one more".into());
    }

    #[cold]
    fn unknown_child(
        &mut self,
        bytes: &[u8],
        schema: &Schema,
        elements: &Elements,
        (start, namespace): (&Start, NamespaceId),
    ) {
        let expected = self.expected(schema, elements);
        let name = crate::finding::shown(start.local.of(bytes));
        let other = start.namespace != namespace;
        let found =
            if other { format!("<{name}> of another namespace") } else { format!("<{name}>") };
        self.report(start.at, words::UNKNOWN_ELEMENT, expected, found);
        if let Some(frame) = self.frames.last_mut() {
            frame.astray = true;
        }
    }

    /// A known child that is not in order: too early, too late, or beside another alternative.
    #[cold]
    fn out_of_order(
        &mut self,
        bytes: &[u8],
        schema: &Schema,
        elements: &Elements,
        (start, found): (&Start, u32),
    ) {
        let Some(frame) = self.frames.last().copied() else { return };
        let particle = schema.particle(found);
        let name = format!("<{}>", crate::finding::shown(start.local.of(bytes)));
        let place = if frame.current == Frame::NONE {
            None
        } else {
            Some(schema.particle(frame.current).place)
        };
        if place.is_some_and(|place| particle.place <= place) {
            let current = schema.text(schema.particle(frame.current).name);
            if place == Some(particle.place) {
                let expected = format!("only one of <{current}> and {name}");
                self.report(start.at, words::SECOND_CHOICE, expected, "both".into());
                // Which one was meant is open, so none of them is missing.
                if let Some(frame) = self.frames.last_mut() {
                    frame.astray = true;
                }
            } else {
                let expected = format!("{name} before <{current}>");
                self.report(start.at, words::OUT_OF_ORDER, expected, format!("{name} behind it"));
            }
            return;
        }
        if !frame.astray {
            let expected = self.missing(schema, elements, Some(particle.place));
            self.report(start.at, words::MISSING, expected, name);
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.current = found;
            frame.count = 1;
            frame.astray = false;
        }
    }

    /// What must stand before a place (or the end), in words.
    fn missing(&self, schema: &Schema, elements: &Elements, before: Option<u16>) -> String {
        let Some(frame) = self.frames.last() else { return String::new() };
        let mut all = Vec::new();
        let mut place = 0;
        if frame.current != Frame::NONE {
            let current = schema.particle(frame.current);
            if frame.count < current.min {
                let name = schema.text(current.name);
                all.push(format!("<{name}> {} times", current.min));
            }
            place = current.place + 1;
        }
        let end = before.unwrap_or(elements.places);
        loop {
            place = schema.required(elements, place);
            if place >= end || all.len() >= 5 {
                break;
            }
            all.push(self.place_names(schema, elements, place));
            place += 1;
        }
        all.join(" and ")
    }

    /// What may stand at this point, in words.
    fn expected(&self, schema: &Schema, elements: &Elements) -> String {
        let Some(frame) = self.frames.last() else { return String::new() };
        let mut all = Vec::new();
        let mut place = 0;
        if frame.current != Frame::NONE {
            let current = schema.particle(frame.current);
            if frame.count < current.max {
                all.push(format!("<{}>", schema.text(current.name)));
            }
            place = if frame.count < current.min { elements.places } else { current.place + 1 };
        }
        let required = schema.required(elements, place);
        while place < elements.places && place <= required && all.len() < 5 {
            all.push(self.place_names(schema, elements, place));
            place += 1;
        }
        if place < elements.places && place <= required {
            all.push("another element".into());
        }
        if place >= elements.places && required >= elements.places {
            all.push("the end".into());
        }
        all.join(" or ")
    }

    fn place_names(&self, schema: &Schema, elements: &Elements, place: u16) -> String {
        let particles = schema.particles_of(elements).iter();
        let here = particles.filter(|particle| particle.place == place);
        let mut names: Vec<_> =
            here.take(6).map(|particle| format!("<{}>", schema.text(particle.name))).collect();
        if names.len() > 5 {
            names.truncate(5);
            names.push("...".into());
        }
        names.join(" or ")
    }

    /// An element that is declared begins.
    #[inline]
    pub(super) fn begin_declared(
        &mut self,
        bytes: &[u8],
        schema: &Schema,
        tokeniser: &Tokeniser,
        (start, particle, parent): (&Start, &Particle, u32),
    ) -> Child {
        let mut type_id = particle.type_id;
        let attributes = tokeniser.attributes();
        if attributes.iter().any(|attribute| attribute.namespace == NamespaceId::INSTANCE) {
            type_id = self.instance_attributes(bytes, schema, tokeniser, Some(type_id));
        }
        self.fields.count(particle.slot);
        let entry = self.fields.push(Entry {
            at: start.at,
            value: Span::default(),
            parent,
            next: NO_ENTRY,
            type_id,
            slot: particle.slot,
            kind: particle.kind,
            part: self.part_number,
            form: ValueForm::Group,
        });
        if let (Some(kept), Some(tracker)) = (&mut self.kept, &self.tracker) {
            kept.element(&mut self.fields, (entry, start.at), tracker);
        }
        if let (TypeId::Simple(simple), true) = (type_id, attributes.is_empty()) {
            return Child::Value(Leaf { simple, entry, amount: Slot::Other });
        }
        let child = self.begin_typed(bytes, schema, tokeniser, (start, type_id, entry));
        match child {
            Child::Value(leaf) if particle.kind == Kind::Amount => {
                Child::Value(Leaf { amount: particle.slot, ..leaf })
            }
            Child::Value(_) | Child::Open | Child::Foreign => child,
        }
    }

    /// An element of a known type begins.
    #[inline]
    fn begin_typed(
        &mut self,
        bytes: &[u8],
        schema: &Schema,
        tokeniser: &Tokeniser,
        (start, type_id, entry): (&Start, TypeId, u32),
    ) -> Child {
        let bare = tokeniser.attributes().is_empty();
        let (mode, id) = match type_id {
            TypeId::Simple(simple) => {
                if !bare {
                    self.attributes(bytes, schema, tokeniser, (start, 0..0, entry));
                }
                return Child::Value(Leaf { simple, entry, amount: Slot::Other });
            }
            TypeId::Complex(id) => match &schema.complex(id).content {
                Content::Elements(_) => (Mode::Elements, id),
                Content::Any { .. } => (Mode::Any, id),
                Content::Text { simple, attributes } => {
                    let rows = attributes.clone();
                    self.attributes(bytes, schema, tokeniser, (start, rows, entry));
                    return Child::Value(Leaf { simple: *simple, entry, amount: Slot::Other });
                }
            },
        };
        if !bare {
            self.attributes(bytes, schema, tokeniser, (start, 0..0, entry));
        }
        self.open(mode, id, entry, tokeniser)
    }

    /// Checks attributes against those that the type has.
    fn attributes(
        &mut self,
        bytes: &[u8],
        schema: &Schema,
        tokeniser: &Tokeniser,
        (start, rows, entry): (&Start, std::ops::Range<u32>, u32),
    ) {
        let rows =
            schema.attributes.get(rows.start as usize..rows.end as usize).unwrap_or_default();
        let mut seen = 0_u64;
        for attribute in tokeniser.attributes() {
            if attribute.namespace == NamespaceId::INSTANCE {
                continue;
            }
            let name = attribute.local.of(bytes);
            let row = rows.iter().enumerate().find(|(_, row)| {
                attribute.namespace == NamespaceId::NONE && schema.text(row.name).as_bytes() == name
            });
            let Some((index, row)) = row else {
                let found =
                    format!("attribute {}", crate::finding::shown(attribute.name.of(bytes)));
                self.report(attribute.name.start, words::UNKNOWN_ATTRIBUTE, String::new(), found);
                self.findings.name_attribute(attribute.name.start, name);
                continue;
            };
            seen |= 1 << index.min(63);
            let part = self.part_number;
            let form = if attribute.plain { ValueForm::Plain } else { ValueForm::Attribute };
            let added = self.fields.push(Entry {
                at: attribute.name.start,
                value: attribute.value,
                parent: entry,
                next: 0,
                type_id: TypeId::Simple(row.simple),
                slot: row.slot,
                kind: row.kind,
                part,
                form,
            });
            self.fields.close(added, attribute.value, form);
            if let Some(kept) = &mut self.kept {
                let value = attribute.value;
                kept.attribute(&self.fields, (added, attribute.name.start));
                kept.value(&mut self.fields, added, (value.start, value.of(bytes)));
            }
            self.attribute_value(bytes, schema, attribute, (row.simple, row.name));
        }
        for (index, row) in rows.iter().enumerate() {
            if row.required && seen >> index.min(63) & 1 == 0 {
                let expected = format!("attribute {}", schema.text(row.name));
                self.report(start.at, words::ATTRIBUTE_MISSING, expected, String::new());
            }
        }
    }

    fn attribute_value(
        &mut self,
        bytes: &[u8],
        schema: &Schema,
        attribute: &Attribute,
        (simple, name): (u32, Name),
    ) {
        if attribute.plain {
            self.plain_attribute(bytes, schema, attribute.value, (simple, name));
            return;
        }
        let mut decoded = Vec::new();
        decode_attribute(attribute.value.of(bytes), &mut decoded);
        self.check_attribute(schema, (&decoded, attribute.value.start), (simple, name));
    }

    /// An attribute whose value is what is written; whether its type allows it.
    #[inline]
    pub(super) fn plain_attribute(
        &mut self,
        bytes: &[u8],
        schema: &Schema,
        value: Span,
        (simple, name): (u32, Name),
    ) -> bool {
        self.check_attribute(schema, (value.of(bytes), value.start), (simple, name))
    }

    #[inline]
    fn check_attribute(
        &mut self,
        schema: &Schema,
        (text, at): (&[u8], u32),
        (simple, name): (u32, Name),
    ) -> bool {
        let simple = schema.simple(simple);
        let mut broken = Vec::new();
        value::check(schema, simple, text, &mut |facet| broken.push(facet));
        let good = broken.is_empty();
        for facet in broken {
            self.broken(schema, simple, (text, at, Some(name)), facet);
        }
        good
    }

    /// Attributes of XML Schema's instance namespace: `type` may change the type, `nil` may not
    /// stand, hints are passed over, and others are not known.
    #[cold]
    fn instance_attributes(
        &mut self,
        bytes: &[u8],
        schema: &Schema,
        tokeniser: &Tokeniser,
        declared: Option<TypeId>,
    ) -> TypeId {
        let mut type_id = declared.unwrap_or(TypeId::Simple(u32::MAX));
        for attribute in tokeniser.attributes() {
            if attribute.namespace != NamespaceId::INSTANCE {
                continue;
            }
            let mut value = Vec::new();
            decode_attribute(attribute.value.of(bytes), &mut value);
            let at = attribute.name.start;
            match attribute.local.of(bytes) {
                b"schemaLocation" | b"noNamespaceSchemaLocation" => {}
                b"nil" => {
                    if declared.is_some() {
                        self.report(at, words::NIL, String::new(), "xsi:nil".into());
                    }
                }
                b"type" => {
                    let named = instance_type(schema, tokeniser, trimmed(&value));
                    let fits = |named: &TypeId| {
                        declared.is_none_or(|declared| derives(schema, *named, declared))
                    };
                    match named.filter(fits) {
                        Some(named) => type_id = named,
                        None => {
                            let found = format!("\"{}\"", crate::finding::shown(&value));
                            self.report(at, words::INSTANCE_TYPE, String::new(), found);
                        }
                    }
                }
                // Under a wildcard attributes are as free as elements.
                _ if declared.is_none() => {}
                _ => {
                    let name = crate::finding::shown(attribute.name.of(bytes));
                    let found = format!("attribute {name}");
                    self.report(at, words::UNKNOWN_ATTRIBUTE, String::new(), found);
                    self.findings.name_attribute(at, attribute.local.of(bytes));
                }
            }
        }
        type_id
    }

    fn begin_any(
        &mut self,
        bytes: &[u8],
        schema: &Schema,
        tokeniser: &Tokeniser,
        (start, namespace): (&Start, NamespaceId),
    ) -> Child {
        let Some(frame) = self.frames.last_mut() else { return Child::Open };
        let Content::Any { process, namespace: only, max, .. } = &schema.complex(frame.id).content
        else {
            return Child::Open;
        };
        frame.count = frame.count.saturating_add(1);
        let (count, process) = (frame.count, *process);
        if count > *max {
            self.too_often(bytes, start, *max);
        }
        if let Some(only) = only {
            let only = schema.text(*only);
            if tokeniser.namespaces().name(start.namespace) != only.as_bytes() {
                let name = crate::finding::shown(start.local.of(bytes));
                let expected = format!("an element of namespace {only}");
                self.report(start.at, words::WILDCARD_NAMESPACE, expected, format!("<{name}>"));
                return self.open(Mode::Skip, 0, NO_ENTRY, tokeniser);
            }
        }
        match process {
            Process::Skip => self.open(Mode::Skip, 0, NO_ENTRY, tokeniser),
            Process::Lax => self.begin_lax(bytes, schema, tokeniser, (start, namespace)),
            Process::Strict => {
                let root = schema.root(start.local.of(bytes));
                if root.is_none() || start.namespace != namespace {
                    let name = crate::finding::shown(start.local.of(bytes));
                    self.report(start.at, words::STRICT, String::new(), format!("<{name}>"));
                }
                self.begin_lax(bytes, schema, tokeniser, (start, namespace))
            }
        }
    }

    fn begin_lax(
        &mut self,
        bytes: &[u8],
        schema: &Schema,
        tokeniser: &Tokeniser,
        (start, namespace): (&Start, NamespaceId),
    ) -> Child {
        if start.namespace == namespace
            && let Some(root) = schema.root(start.local.of(bytes))
        {
            return self.begin_declared(bytes, schema, tokeniser, (start, root, NO_ENTRY));
        }
        let mut typed = None;
        let attributes = tokeniser.attributes();
        if attributes.iter().any(|attribute| attribute.namespace == NamespaceId::INSTANCE) {
            let named = self.instance_attributes(bytes, schema, tokeniser, None);
            typed = Some(named).filter(|named| *named != TypeId::Simple(u32::MAX));
        }
        if let Some(type_id) = typed {
            return self.begin_typed(bytes, schema, tokeniser, (start, type_id, NO_ENTRY));
        }
        self.open(Mode::Lax, 0, NO_ENTRY, tokeniser);
        let foreign = start.namespace != namespace && start.namespace != NamespaceId::NONE;
        if foreign { Child::Foreign } else { Child::Open }
    }

    /// Text inside a part.
    #[inline]
    pub(super) fn text(&mut self, bytes: &[u8], text: Text) {
        let Some(frame) = self.frames.last_mut() else { return };
        match frame.mode {
            Mode::Value => self.value.add(bytes, text),
            Mode::Elements | Mode::Any => {
                if text.span.of(bytes).iter().all(|byte| is_space(*byte)) {
                    return;
                }
                let mut decoded = Vec::new();
                crate::token::decode_text(text.span.of(bytes), text.form, &mut decoded);
                if text.form == Form::Plain || !decoded.iter().all(|byte| is_space(*byte)) {
                    let found = format!("\"{}\"", crate::finding::shown(trimmed(&decoded)));
                    self.report(text.span.start, words::TEXT, String::new(), found);
                }
            }
            Mode::Lax | Mode::Skip => {}
        }
    }

    /// The innermost element ends; its end tag begins at `at`.
    #[inline]
    pub(super) fn end(&mut self, bytes: &[u8], schema: &Schema, at: usize) {
        let Some(frame) = self.frames.last().copied() else { return };
        match frame.mode {
            Mode::Value => self.end_value(bytes, schema, (frame, at)),
            Mode::Elements => {
                let Content::Elements(elements) = &schema.complex(frame.id).content else { return };
                let (complete, next) = if frame.current == Frame::NONE {
                    (true, 0)
                } else {
                    let current = schema.particle(frame.current);
                    (frame.count >= current.min, current.place + 1)
                };
                let missing = !complete || schema.required(elements, next) < elements.places;
                if missing && !frame.astray {
                    let expected = self.missing(schema, elements, None);
                    self.report(
                        Span::new(at, at).start,
                        words::MISSING,
                        expected,
                        "the end".into(),
                    );
                }
                self.fields.close(frame.entry, Span::default(), ValueForm::Group);
            }
            Mode::Any => {
                if let Content::Any { min, .. } = &schema.complex(frame.id).content
                    && frame.count < *min
                {
                    let at = Span::new(at, at).start;
                    self.report(at, words::MISSING, "an element".into(), "the end".into());
                }
                self.fields.close(frame.entry, Span::default(), ValueForm::Group);
            }
            Mode::Lax | Mode::Skip => {}
        }
        self.frames.pop();
    }

    fn end_value(&mut self, bytes: &[u8], schema: &Schema, (frame, at): (Frame, usize)) {
        // The value is borrowed for the check, and reports are made behind it.
        let value = std::mem::take(&mut self.value);
        let span = Span::new((frame.begin as usize).min(at), at);
        let leaf = Leaf { simple: frame.id, entry: frame.entry, amount: frame.amount };
        self.check_value(schema, leaf, value.text(bytes), span);
        let form = if value.is_plain() { ValueForm::Plain } else { ValueForm::Markup };
        if let Some(kept) = &mut self.kept {
            // What is kept is what the value means.
            self.fields.close(frame.entry, span, ValueForm::Plain);
            kept.value(&mut self.fields, frame.entry, (span.start, value.text(bytes)));
        } else {
            self.fields.close(frame.entry, span, form);
        }
        self.value = value;
    }

    /// Checks a value; whether its type allows it.
    #[inline]
    pub(super) fn check_value(
        &mut self,
        schema: &Schema,
        leaf: Leaf,
        text: &[u8],
        span: Span,
    ) -> bool {
        let simple = schema.simple(leaf.simple);
        if value::is_surely_good(simple, text) {
            return true;
        }
        let mut broken = false;
        value::check(schema, simple, text, &mut |_| broken = true);
        if broken {
            let mut all = Vec::new();
            value::check(schema, simple, text, &mut |facet| all.push(facet));
            for facet in all {
                self.broken(schema, simple, (text, span.start, None), facet);
            }
        }
        if leaf.amount != Slot::Other {
            self.fields.tally.add(leaf.amount, text);
        }
        !broken
    }
}

/// The type that an `xsi:type` names.
fn instance_type(schema: &Schema, tokeniser: &Tokeniser, name: &[u8]) -> Option<TypeId> {
    let name = std::str::from_utf8(name).ok()?;
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let namespaces = tokeniser.namespaces();
    let namespace = if prefix.is_empty() {
        namespaces.default_namespace()
    } else {
        namespaces.resolve(prefix.as_bytes())?
    };
    let namespace = namespaces.name(namespace);
    if namespace == schema.namespace().as_bytes() {
        return schema.named_type(local);
    }
    if namespace == b"http://www.w3.org/2001/XMLSchema" {
        return Some(schema.builtin_type(Builtin::named(local)?));
    }
    None
}

/// Whether a type is another one, or comes from it by restriction and extension.
fn derives(schema: &Schema, mut named: TypeId, declared: TypeId) -> bool {
    // A chain cannot be longer than there are types.
    for _ in 0..=schema.simples.len() + schema.complexes.len() {
        if named == declared {
            return true;
        }
        let base = match named {
            TypeId::Simple(id) => schema.simple(id).base.map(TypeId::Simple),
            TypeId::Complex(id) => schema.complex(id).base,
        };
        match base {
            Some(base) => named = base,
            None => break,
        }
    }
    match (named, declared) {
        (TypeId::Simple(named), TypeId::Simple(declared)) => {
            let declared = schema.simple(declared);
            let builtin = schema.text(declared.name) == declared.builtin.name();
            let mut from = Some(schema.simple(named).builtin);
            while let Some(one) = from {
                if builtin && one == declared.builtin {
                    return true;
                }
                from = one.base();
            }
            false
        }
        _ => false,
    }
}
