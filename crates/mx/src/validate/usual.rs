//! The usual: elements in order, in plain tags, as nearly all of a good message is.
//!
//! A row of such elements is taken in one tight loop, without a token for each tag. The loop judges
//! by the same tables as the general walk, and changes nothing before it is sure of an element:
//! whatever is not usual or not in order is left, untouched, to the general walk, which knows what
//! to say. It never reports that an element is wrong; only values are reported from here.

use super::frame::{Frame, Mode};
use super::order::Leaf;
use super::{Checker, Walk};
use crate::fields::{Entry, Kind, NO_ENTRY, Slot, ValueForm};
use crate::rules::{Look, Place, Profile, passes, passes_amount};
use crate::schema::{AttributeRow, Content, Elements, Particle, Schema, TypeId, key_at};
use crate::token::{Features, NamespaceId, Span, find_tag, letters_end, same, skip_indentation};

/// How long the value of an attribute may be to be usual.
const ATTRIBUTE_MAX: usize = 64;

/// What the loop works on: the text and the tables of the part.
#[derive(Clone, Copy)]
struct Reading<'a> {
    bytes: &'a [u8],
    features: Features,
    schema: &'a Schema,
}

/// A group that is open, with what its type says.
#[derive(Clone, Copy)]
struct Group<'a> {
    frame: Frame,
    elements: &'a Elements,
}

/// A start tag: where it begins, where its name ends, and the particle that it is.
#[derive(Clone, Copy)]
struct Tag<'a> {
    begin: usize,
    name_end: usize,
    particle: &'a Particle,
}

impl Tag<'_> {
    #[inline]
    fn name_length(&self) -> usize {
        self.name_end - self.begin - 1
    }
}

impl Checker {
    /// Walks on as long as everything is usual. `outside` frames are not of this part.
    #[inline(never)]
    pub(super) fn usual(
        &mut self,
        (bytes, features): (&[u8], Features),
        (schema, namespace): (&Schema, NamespaceId),
        outside: usize,
    ) {
        // A stream has to remember names and positions, which the general walk does.
        if self.walk.tracker.is_some() || !self.tokeniser.is_in_content_of(namespace) {
            return;
        }
        let reading = Reading { bytes, features, schema };
        let Some(mut group) = self.walk.innermost(schema) else { return };
        let mut at = self.tokeniser.position();
        loop {
            let begin = if bytes.get(at) == Some(&b'<') { at } else { skip_indentation(bytes, at) };
            let Some([b'<', second]) = bytes.get(begin..begin + 2) else { break };
            if *second == b'/' {
                let ends = group.is_complete(schema) && self.walk.frames.len() > outside + 1;
                let Some(behind) = self.tokeniser.usual_end(bytes, begin).filter(|_| ends) else {
                    break;
                };
                self.tokeniser.close_at(behind);
                at = behind;
                self.walk.fields.close(group.frame.entry, Span::default(), ValueForm::Group);
                self.walk.fields.pass_by_bic(group.frame.entry);
                self.walk.frames.pop();
                match self.walk.innermost(schema) {
                    Some(around) => group = around,
                    None => return,
                }
                continue;
            }
            let Some((tag, next)) = group.next(reading, begin) else { break };
            let behind = match tag.particle.type_id {
                TypeId::Simple(simple) => self.usual_value(reading, tag, (simple, next)),
                TypeId::Complex(id) => match &schema.complex(id).content {
                    Content::Elements(elements) if bytes.get(tag.name_end) == Some(&b'>') => {
                        if !self.tokeniser.has_room() {
                            break;
                        }
                        self.walk.keep(next);
                        let frame = self.usual_group(tag, (id, next.entry));
                        group = Group { frame, elements };
                        at = tag.name_end + 1;
                        continue;
                    }
                    Content::Text { simple, attributes } => {
                        match schema
                            .attributes
                            .get(attributes.start as usize..attributes.end as usize)
                        {
                            Some([row]) => self.usual_amount(reading, tag, (*simple, row, next)),
                            _ => None,
                        }
                    }
                    Content::Elements(_) | Content::Any { .. } => None,
                },
            };
            let Some(behind) = behind else { break };
            group.frame = next;
            at = behind;
        }
        self.walk.keep(group.frame);
        self.tokeniser.go_on_at(at);
    }

    /// Opens a group, for which there is room.
    #[inline]
    fn usual_group(&mut self, tag: Tag<'_>, (id, parent): (u32, u32)) -> Frame {
        let name = Span::new(tag.begin + 1, tag.name_end);
        self.tokeniser.open_at(name, tag.name_end + 1);
        let entry = self.walk.usual_entry(tag, parent, (Span::default(), ValueForm::Group));
        if tag.particle.look != Look::Never {
            self.walk.fields.judge(entry);
        }
        let begin = Span::new(tag.name_end + 1, 0).start;
        let frame = Frame {
            mode: Mode::Elements,
            astray: false,
            id,
            current: Frame::NONE,
            count: 0,
            entry,
            begin,
            amount: Slot::Other,
        };
        self.walk.frames.push(frame);
        frame
    }

    /// Takes a value in plain tags: what is behind it.
    #[inline]
    fn usual_value(
        &mut self,
        reading: Reading<'_>,
        tag: Tag<'_>,
        (simple, frame): (u32, Frame),
    ) -> Option<usize> {
        if reading.bytes.get(tag.name_end) != Some(&b'>') || !self.tokeniser.has_room() {
            return None;
        }
        let (span, behind) = reading.plain_value(tag, tag.name_end + 1)?;
        let entry = self.walk.usual_entry(tag, frame.entry, (span, ValueForm::Plain));
        let leaf = Leaf { simple, entry, amount: Slot::Other };
        let value = span.of(reading.bytes);
        let good = self.walk.check_value(reading.schema, leaf, value, span);
        let Particle { kind, type_id, look, .. } = *tag.particle;
        let place = Place { kind, type_id, schema: reading.schema };
        let ruled = self.profile != Profile::None;
        if ruled && !(good && passes(look, place, value, (&self.settings, &self.memory))) {
            self.walk.fields.judge(entry);
        }
        Some(behind)
    }

    /// Takes a value with its one attribute, as amounts have: what is behind it.
    #[inline(never)]
    fn usual_amount(
        &mut self,
        reading: Reading<'_>,
        tag: Tag<'_>,
        (simple, row, frame): (u32, &AttributeRow, Frame),
    ) -> Option<usize> {
        let Reading { bytes, schema, .. } = reading;
        if !self.tokeniser.has_room() {
            return None;
        }
        let attribute = reading.attribute(tag.name_end, row)?;
        let (span, behind) = reading.plain_value(tag, attribute.end as usize + 2)?;
        let entry = self.walk.usual_entry(tag, frame.entry, (span, ValueForm::Plain));
        let added = self.walk.fields.push_inner(Entry {
            at: Span::new(tag.name_end + 1, 0).start,
            value: attribute,
            parent: entry,
            next: NO_ENTRY,
            type_id: TypeId::Simple(row.simple),
            slot: row.slot,
            kind: row.kind,
            part: self.walk.part_number,
            form: ValueForm::Plain,
        });
        self.walk.fields.close(added, attribute, ValueForm::Plain);
        let mut good = self.walk.plain_attribute(bytes, schema, attribute, (row.simple, row.name));
        let is_amount = tag.particle.kind == Kind::Amount;
        let amount = if is_amount { tag.particle.slot } else { Slot::Other };
        let leaf = Leaf { simple, entry, amount };
        good &= self.walk.check_value(schema, leaf, span.of(bytes), span);
        self.walk.fields.close(entry, span, ValueForm::Plain);
        good &= is_amount && row.kind == Kind::Currency;
        if !good || !passes_amount(span.of(bytes), attribute.of(bytes)) {
            self.walk.fields.judge(entry);
            self.walk.fields.judge(added);
        }
        Some(behind)
    }
}

impl Walk {
    /// The innermost frame, if its content is elements.
    #[inline]
    fn innermost<'a>(&self, schema: &'a Schema) -> Option<Group<'a>> {
        let frame = *self.frames.last()?;
        if frame.mode != Mode::Elements {
            return None;
        }
        match &schema.complex(frame.id).content {
            Content::Elements(elements) => Some(Group { frame, elements }),
            Content::Text { .. } | Content::Any { .. } => None,
        }
    }

    /// Writes back how far the innermost frame is.
    #[inline]
    fn keep(&mut self, frame: Frame) {
        if let Some(last) = self.frames.last_mut() {
            *last = frame;
        }
    }

    /// Adds the entry of an element. A value has nothing inside, so its entry is complete.
    #[inline]
    fn usual_entry(&mut self, tag: Tag<'_>, parent: u32, (value, form): (Span, ValueForm)) -> u32 {
        let Particle { type_id, slot, kind, look, .. } = *tag.particle;
        if look == Look::Always {
            self.fields.count(slot);
        }
        let behind = self.fields.behind_next();
        self.fields.push_inner(Entry {
            at: Span::new(tag.begin, 0).start,
            value,
            parent,
            next: behind,
            type_id,
            slot,
            kind,
            part: self.part_number,
            form,
        })
    }
}

impl Group<'_> {
    /// The tag at `begin`, if it is a child in order; and the frame as it is behind it.
    #[inline]
    fn next<'a>(&self, reading: Reading<'a>, begin: usize) -> Option<(Tag<'a>, Frame)> {
        let Reading { bytes, schema, .. } = reading;
        let mut name_end = letters_end(bytes, begin + 1);
        // Agents in a row have a number behind their name.
        name_end += usize::from(bytes.get(name_end).is_some_and(u8::is_ascii_digit));
        let key = key_at(bytes, begin + 1, name_end);
        let mut frame = self.frame;
        let name = Span::new(begin + 1, name_end);
        let found = schema.find(self.elements, name.of(bytes), key)?;
        let particle = schema.particle(found);
        let tag = Tag { begin, name_end, particle };
        if found == frame.current {
            if frame.count >= particle.max {
                return None;
            }
            frame.count += 1;
            return Some((tag, frame));
        }
        let next = self.next_place(schema)?;
        if particle.place < next || schema.required(self.elements, next) < particle.place {
            return None;
        }
        frame.current = found;
        frame.count = 1;
        frame.astray = false;
        Some((tag, frame))
    }

    /// The place behind the present one; `None` if more of the same must come.
    #[inline]
    fn next_place(&self, schema: &Schema) -> Option<u16> {
        if self.frame.current == Frame::NONE {
            return Some(0);
        }
        let current = schema.particle(self.frame.current);
        (self.frame.count >= current.min).then_some(current.place + 1)
    }

    /// Whether the group may end here.
    #[inline]
    fn is_complete(&self, schema: &Schema) -> bool {
        self.next_place(schema)
            .is_some_and(|next| schema.required(self.elements, next) >= self.elements.places)
    }
}

impl Reading<'_> {
    /// The plain text from `from` up to the end tag, and what is behind that.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "what it returns takes three registers")]
    fn plain_value(&self, tag: Tag<'_>, from: usize) -> Option<(Span, usize)> {
        let bytes = self.bytes;
        let end = find_tag(bytes, from)?;
        let length = tag.name_length();
        let behind = end + 2 + length;
        if bytes.get(end + 1) != Some(&b'/')
            || bytes.get(behind) != Some(&b'>')
            || !same(bytes, tag.begin + 1, end + 2, length)
        {
            return None;
        }
        let span = Span::new(from, end);
        (!self.features.need_care() || crate::token::is_plain(bytes, span))
            .then_some((span, behind + 1))
    }

    /// The value of the one attribute of a tag that has no other and ends behind it.
    #[inline]
    fn attribute(&self, at: usize, row: &AttributeRow) -> Option<Span> {
        let name = self.schema.text(row.name).as_bytes();
        let rest = self.bytes.get(at..)?.strip_prefix(b" ")?.strip_prefix(name)?;
        let value = rest.strip_prefix(b"=\"")?;
        let is_end = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'&' | b'<');
        let length = value.iter().take(ATTRIBUTE_MAX).position(is_end)?;
        let closed = value.get(length..length + 2) == Some(b"\">");
        let begin = at + 1 + name.len() + 2;
        closed.then(|| Span::new(begin, begin + length))
    }
}
