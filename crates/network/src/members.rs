//! All members of the network, found by name in a few steps and by number in one.
//!
//! Each member has a dense number, given in the order of admission and never used again. States
//! stand in that order, so what refers to a member elsewhere is four bytes. The names stand apart
//! and sorted: a search touches 8 bytes a member, and those of 11,000 members stay in the
//! processor's second cache. (A tree of whole members cost about 1 us a search there.)

use iso::Institution;

use crate::directory::Member;

/// The number of a member, from 0 in the order of admission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MemberId(pub(crate) u32);

/// All members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Members {
    /// Invariant: sorted, and as long as `ids` and `states`.
    names: Vec<u64>,
    /// Invariant: `ids[i]` is the member whose name is `names[i]`.
    ids: Vec<MemberId>,
    /// Invariant: in the order of admission; the place is the number.
    states: Vec<Member>,
}

/// A name as a number that has its order.
fn name(institution: Institution) -> u64 {
    u64::from_be_bytes(*institution.as_bytes())
}

impl Members {
    /// The number of a member.
    pub(crate) fn id(&self, institution: &Institution) -> Option<MemberId> {
        let place = self.names.binary_search(&name(*institution)).ok()?;
        self.ids.get(place).copied()
    }

    pub(crate) fn get(&self, institution: &Institution) -> Option<&Member> {
        self.id(institution).map(|id| self.at(id))
    }

    pub(crate) fn get_mut(&mut self, institution: &Institution) -> Option<&mut Member> {
        self.id(institution).map(|id| self.at_mut(id))
    }

    /// The member of a number that was given.
    pub(crate) fn at(&self, id: MemberId) -> &Member {
        self.states.get(id.0 as usize).expect("a number was given to a member")
    }

    pub(crate) fn at_mut(&mut self, id: MemberId) -> &mut Member {
        self.states.get_mut(id.0 as usize).expect("a number was given to a member")
    }

    pub(crate) fn contains(&self, institution: &Institution) -> bool {
        self.id(institution).is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.states.len()
    }

    /// Admits a member; nothing where it is one.
    pub(crate) fn admit(&mut self, member: Member) -> Option<MemberId> {
        let name = name(member.institution);
        let place = self.names.binary_search(&name).err()?;
        let id = MemberId(u32::try_from(self.states.len()).expect("fewer than 2^32 members"));
        self.names.insert(place, name);
        self.ids.insert(place, id);
        self.states.push(member);
        Some(id)
    }

    /// In the order of their names.
    pub(crate) fn by_name(&self) -> impl ExactSizeIterator<Item = &Member> {
        self.ids.iter().map(|id| self.at(*id))
    }

    /// All of them, for a change of all.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Member> {
        self.states.iter_mut()
    }

    /// The numbers of all, in the order of admission.
    pub(crate) fn ids(&self) -> impl Iterator<Item = MemberId> + use<> {
        let count = u32::try_from(self.states.len()).expect("fewer than 2^32 members");
        (0..count).map(MemberId)
    }

    /// In the order of admission.
    pub(crate) fn by_id(&self) -> impl ExactSizeIterator<Item = &Member> {
        self.states.iter()
    }
}

/// A set of members, one bit for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MemberSet {
    /// Invariant: the last word is not zero.
    words: Vec<u64>,
}

impl MemberSet {
    pub(crate) fn contains(&self, id: MemberId) -> bool {
        let (word, bit) = Self::place(id);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    pub(crate) fn insert(&mut self, id: MemberId) {
        let (word, bit) = Self::place(id);
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            *word |= bit;
        }
    }

    pub(crate) fn remove(&mut self, id: MemberId) {
        let (word, bit) = Self::place(id);
        if let Some(word) = self.words.get_mut(word) {
            *word &= !bit;
        }
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
    }

    /// In the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = MemberId> {
        (0_u32..).zip(&self.words).flat_map(|(at, word)| {
            let set = (0..64).filter(move |bit| word & (1 << bit) != 0);
            set.map(move |bit| MemberId(at * 64 + bit))
        })
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The set of these words, whose members are below `count`.
    pub(crate) fn of_words(words: Vec<u64>, count: usize) -> Option<Self> {
        let set = Self { words };
        let sound = set.words.last() != Some(&0)
            && set.iter().last().is_none_or(|id| (id.0 as usize) < count);
        sound.then_some(set)
    }

    fn place(id: MemberId) -> (usize, u64) {
        ((id.0 / 64) as usize, 1 << (id.0 % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(names: &[&str]) -> Members {
        let mut members = Members::default();
        for name in names {
            let member = Member::new(name.parse().unwrap(), "A Bank".parse().unwrap());
            members.admit(member).unwrap();
        }
        members
    }

    #[test]
    fn members_are_numbered_by_admission_and_told_by_name() {
        let members = admitted(&["DEUTDEFF", "ALPHDEFF", "CHASUS33"]);
        let names: Vec<_> = members.by_name().map(|it| it.institution.to_string()).collect();
        assert_eq!(names, ["ALPHDEFF", "CHASUS33", "DEUTDEFF"]);
        assert_eq!(members.id(&"CHASUS33".parse().unwrap()), Some(MemberId(2)));
        assert_eq!(members.id(&"BANKFRPP".parse().unwrap()), None);
        for (id, member) in (0..).map(MemberId).zip(members.by_id()) {
            assert_eq!(members.id(&member.institution), Some(id));
        }
    }

    #[test]
    fn a_member_is_admitted_once() {
        let mut members = admitted(&["DEUTDEFF"]);
        let again = Member::new("DEUTDEFF".parse().unwrap(), "Another".parse().unwrap());
        assert_eq!(members.admit(again), None);
        assert_eq!(members.len(), 1);
    }

    #[test]
    fn a_set_has_one_form() {
        let mut set = MemberSet::default();
        for id in [3, 64, 700] {
            set.insert(MemberId(id));
        }
        assert!(set.iter().eq([3, 64, 700].map(MemberId)));
        assert!(set.contains(MemberId(64)) && !set.contains(MemberId(65)));
        set.remove(MemberId(700));
        set.remove(MemberId(9000));
        assert_eq!(set.words().len(), 2);
        assert_eq!(MemberSet::of_words(set.words().to_vec(), 65), Some(set.clone()));
        assert_eq!(MemberSet::of_words(set.words().to_vec(), 64), None);
        assert_eq!(MemberSet::of_words(vec![1, 0], 64), None);
    }
}
