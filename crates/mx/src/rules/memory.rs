//! What a checker remembers from message to message: codes that were found in their sets.
//!
//! The same few codes come again and again, and finding one in its set costs more than all other
//! rules of a field. It remembers good codes only, and as many as fit a fixed table.

use std::sync::Arc;

use crate::schema::{Schema, TypeId};

/// Places of the table.
const PLACES: usize = 128;

/// The longest code that is remembered.
const LENGTH: usize = 8;

/// Codes that are good.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    places: Vec<Option<Good>>,
}

#[derive(Clone, Debug)]
struct Good {
    /// Kept alive by this, so that no other schema can be at its address.
    schema: Arc<Schema>,
    type_id: TypeId,
    code: [u8; LENGTH],
}

impl Memory {
    /// Whether the code was good for this type before.
    #[inline]
    pub(crate) fn has(&self, (schema, type_id): (&Schema, TypeId), code: &[u8]) -> bool {
        let Some(code) = fixed(code) else { return false };
        let Some(Some(good)) = self.places.get(place(type_id, code)) else { return false };
        good.code == code
            && good.type_id == type_id
            && std::ptr::eq(Arc::as_ptr(&good.schema), schema)
    }

    /// The code is good for this type.
    pub(crate) fn keep(&mut self, (schema, type_id): (&Arc<Schema>, TypeId), code: &[u8]) {
        let Some(code) = fixed(code) else { return };
        self.places.resize(PLACES, None);
        if let Some(free) = self.places.get_mut(place(type_id, code)) {
            *free = Some(Good { schema: Arc::clone(schema), type_id, code });
        }
    }
}

#[inline]
fn fixed(code: &[u8]) -> Option<[u8; LENGTH]> {
    let mut out = [0; LENGTH];
    out.get_mut(..code.len())?.copy_from_slice(code);
    Some(out)
}

#[inline]
fn place(type_id: TypeId, code: [u8; LENGTH]) -> usize {
    let (TypeId::Simple(id) | TypeId::Complex(id)) = type_id;
    let mixed = u64::from_le_bytes(code) ^ (u64::from(id) << 40);
    let mixed = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(mixed >> 57).unwrap_or_default()
}
