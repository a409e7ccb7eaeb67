//! What stands between two institutions in a service, found by the sender and by the receiver.
//!
//! The order of everything is that of the senders; the receivers have an index of their own, which
//! follows from the rest and stands in no snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use trust::ServiceName;

use crate::members::MemberId;
use crate::relationship::Pair;

/// A map by pair that knows the pairs of a receiver too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pairs<T> {
    by_sender: BTreeMap<Pair, T>,
    /// Invariant: receiver, sender and service of each key of `by_sender`, and no other.
    by_receiver: BTreeSet<(MemberId, MemberId, ServiceName)>,
}

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self { by_sender: BTreeMap::new(), by_receiver: BTreeSet::new() }
    }
}

impl<T> Pairs<T> {
    pub(crate) fn len(&self) -> usize {
        self.by_sender.len()
    }

    pub(crate) fn get(&self, pair: &Pair) -> Option<&T> {
        self.by_sender.get(pair)
    }

    pub(crate) fn contains_key(&self, pair: &Pair) -> bool {
        self.by_sender.contains_key(pair)
    }

    pub(crate) fn last_key(&self) -> Option<&Pair> {
        self.by_sender.last_key_value().map(|(pair, _)| pair)
    }

    pub(crate) fn insert(&mut self, pair: Pair, value: T) -> Option<T> {
        self.by_receiver.insert((pair.receiver, pair.sender, pair.service));
        self.by_sender.insert(pair, value)
    }

    pub(crate) fn remove(&mut self, pair: &Pair) -> Option<T> {
        self.by_receiver.remove(&(pair.receiver, pair.sender, pair.service));
        self.by_sender.remove(pair)
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&Pair, &T)> {
        self.by_sender.iter()
    }

    pub(crate) fn range(
        &self,
        range: impl std::ops::RangeBounds<Pair>,
    ) -> impl Iterator<Item = (&Pair, &T)> {
        self.by_sender.range(range)
    }

    /// All pairs of which a member is one end: first those in which it is the sender.
    pub(crate) fn of(&self, member: MemberId) -> impl Iterator<Item = (Pair, &T)> {
        let sent = self.by_sender.range(Pair::first_of(member)..);
        let sent = sent.take_while(move |(pair, _)| pair.sender == member);
        let least = (member, MemberId(0), Pair::first_of(member).service);
        let received = self.by_receiver.range((Bound::Included(least), Bound::Unbounded));
        let received = received.take_while(move |(receiver, _, _)| *receiver == member).filter_map(
            |&(receiver, sender, service)| {
                let pair = Pair { sender, receiver, service };
                Some((pair, self.by_sender.get(&pair)?))
            },
        );
        sent.map(|(pair, value)| (*pair, value)).chain(received)
    }
}
