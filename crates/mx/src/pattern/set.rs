//! Sets of characters.

/// A set of characters as ranges.
///
/// Invariant: the ranges are sorted, do not touch and are within Unicode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    ranges: Vec<(u32, u32)>,
}

const LAST: u32 = 0x0010_ffff;

impl Set {
    pub(super) fn of(ranges: &[(u32, u32)]) -> Self {
        let mut set = Self { ranges: ranges.to_vec() };
        set.tidy();
        set
    }

    pub(super) fn character(character: char) -> Self {
        Self { ranges: vec![(u32::from(character), u32::from(character))] }
    }

    pub(super) fn ranges(&self) -> &[(u32, u32)] {
        &self.ranges
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.ranges.extend_from_slice(&other.ranges);
        self.tidy();
    }

    pub(super) fn complement(&self) -> Self {
        let mut ranges = Vec::new();
        let mut next = 0;
        for &(first, last) in &self.ranges {
            if first > next {
                ranges.push((next, first - 1));
            }
            next = last + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Self { ranges }
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        let mut all = self.complement();
        all.add(other);
        all.complement()
    }

    pub(super) fn contains(&self, character: u32) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&character))
    }

    pub(super) fn is_disjoint(&self, other: &Self) -> bool {
        let meets = |a: &(u32, u32)| other.ranges.iter().any(|b| a.0 <= b.1 && b.0 <= a.1);
        !self.ranges.iter().any(meets)
    }

    fn tidy(&mut self) {
        self.ranges.sort_unstable();
        let mut tidy: Vec<(u32, u32)> = Vec::with_capacity(self.ranges.len());
        for &(first, last) in &self.ranges {
            match tidy.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last)
                }
                _ => tidy.push((first, last)),
            }
        }
        self.ranges = tidy;
    }
}
