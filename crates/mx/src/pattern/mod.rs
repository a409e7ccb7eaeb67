//! Patterns of simple types, compiled once and matched without going back.

mod automaton;
mod blocks;
mod set;
mod syntax;

/// A compiled pattern. It matches whole values only, as XML Schema asks.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    program: Program,
}

#[derive(Clone, Debug)]
enum Program {
    Blocks(blocks::Blocks),
    Automaton(automaton::Automaton),
}

impl Pattern {
    /// Compiles an expression of XML Schema; the error names what is not understood.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let node = syntax::parse(text)?;
        let program = match blocks::Blocks::new(&node) {
            Some(blocks) => Program::Blocks(blocks),
            None => Program::Automaton(automaton::Automaton::new(&node)?),
        };
        Ok(Self { program })
    }

    /// Whether the whole text, which is UTF-8, matches.
    #[inline]
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        match &self.program {
            Program::Blocks(blocks) => blocks.matches(text),
            Program::Automaton(automaton) => automaton.matches(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, good: &[&str], bad: &[&str]) {
        let node = syntax::parse(pattern).unwrap();
        let automaton = automaton::Automaton::new(&node).unwrap();
        let pattern = Pattern::new(pattern).unwrap();
        for (texts, want) in [(good, true), (bad, false)] {
            for text in texts {
                assert_eq!(pattern.matches(text.as_bytes()), want, "{text:?}");
                assert_eq!(automaton.matches(text.as_bytes()), want, "{text:?} by automaton");
            }
        }
    }

    #[test]
    fn blocks_with_counts_match() {
        check(
            "[A-Z0-9]{4,4}[A-Z]{2,2}[A-Z0-9]{2,2}([A-Z0-9]{3,3}){0,1}",
            &["ALPHDEFF", "ALPHDEFFXXX"],
            &["", "ALPHDEF", "ALPHDEFFX", "ALPHDEFFXXXX", "alphdeff", "ALPH1EFF"],
        );
        check("([0-9A-F][0-9A-F]){1,3}", &["00", "0A1B", "0A1B2C"], &["", "0", "0A1", "0A1B2C3D"]);
        check("\\+[0-9]{1,3}-[0-9()+\\-]{1,30}", &["+49-30(1)-2"], &["+49-", "49-1", "+4930-1"]);
    }

    #[test]
    fn what_overlaps_goes_to_the_automaton() {
        check(".*Z", &["Z", "xZ", "ZZ"], &["", "Zx", "x\nZ"]);
        check("XX|TS", &["XX", "TS"], &["XS", "XXTS", ""]);
        check("([^/]+/)+([^/]+)|([^/]*)", &["", "a", "a/b", "a/b/c"], &["/", "a/", "/a", "a//b"]);
        check("0|-1|-2", &["0", "-1", "-2"], &["1", "-", "-12"]);
        check("[a-z]{1,3}[a-c]", &["aa", "zzzc"], &["a", "zzzz", "zzzzc"]);
    }

    #[test]
    fn classes_can_be_negated_and_subtracted() {
        check("[^ab]", &["c", "ü", "\n"], &["a", "b", "cc"]);
        check("[a-z-[aeiou]]+", &["xyz"], &["a", "xay"]);
        check("[\\p{IsBasicLatin}€-[\\p{C}]]+", &["a€"], &["\u{7f}", "ü"]);
        check("[a-]", &["a", "-"], &["b"]);
        check("[\\d]{1,3}\\s\\S", &["1 x", "१२\t."], &["x x", "1  "]);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for bad in ["\\w", "\\i", "(", ")", "[", "a{2,1}", "a{x}", "*", "\\p{L}", "[]", "[b-a]"] {
            assert!(Pattern::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_hostile_pattern_is_refused() {
        assert!(Pattern::new(&"(".repeat(100_000)).is_err());
        assert!(Pattern::new("((a{1,1000}){1,1000}){1,1000}").is_err());
        assert!(Pattern::new("(a|b)*a(a|b){20}").is_err());
        assert!(Pattern::new("(){4000000000}").is_ok());
    }
}
