//! A map of a few entries: a sorted vector. A member's terminals and lanes stand so, one piece of
//! memory each, since a message touches them of two members that nothing else has touched lately.

/// A map of a few entries, in the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SmallMap<K, V>(
    /// Invariant: sorted by key, no key twice.
    Vec<(K, V)>,
);

impl<K: Ord + Copy, V> SmallMap<K, V> {
    fn place(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(at, _)| at.cmp(key))
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let place = self.place(key).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.place(key).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Puts a value under a key, in place of the one before.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        match self.place(&key) {
            Ok(place) => {
                if let Some((_, old)) = self.0.get_mut(place) {
                    *old = value;
                }
            }
            Err(place) => self.add(place, (key, value)),
        }
    }

    /// Puts in an entry. It grows by one: most maps stay as they are from then on, and there are
    /// thousands.
    fn add(&mut self, place: usize, entry: (K, V)) {
        self.0.reserve_exact(1);
        self.0.insert(place, entry);
    }

    /// The value of a key, which is made where there is none.
    pub(crate) fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let place = self.place(&key).unwrap_or_else(|place| {
            self.add(place, (key, V::default()));
            place
        });
        let entry = self.0.get_mut(place);
        entry.map(|(_, value)| value).expect("it was found there or put there")
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn last_key(&self) -> Option<K> {
        self.0.last().map(|(key, _)| *key)
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (K, &V)> {
        self.0.iter().map(|(key, value)| (*key, value))
    }

    pub(crate) fn keys(&self) -> impl ExactSizeIterator<Item = K> {
        self.0.iter().map(|(key, _)| *key)
    }

    pub(crate) fn values(&self) -> impl ExactSizeIterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }
}

impl<K, V> Default for SmallMap<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord + Copy, V> FromIterator<(K, V)> for SmallMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_holds_what_a_tree_holds(entries in prop::collection::vec((0..20_u8, any::<u8>()), 0..40)) {
            let tree: BTreeMap<u8, u8> = entries.iter().copied().collect();
            let mut map: SmallMap<u8, u8> = entries.into_iter().collect();
            prop_assert!(map.iter().eq(tree.iter().map(|(key, value)| (*key, value))));
            prop_assert_eq!(map.last_key(), tree.keys().last().copied());
            for key in 0..20 {
                prop_assert_eq!(map.get(&key), tree.get(&key));
                prop_assert_eq!(*map.or_default(key), tree.get(&key).copied().unwrap_or_default());
            }
            prop_assert_eq!(map.len(), 20);
        }
    }
}
