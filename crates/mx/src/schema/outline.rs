//! A compiled schema in lines that people read and compare: one for each element and each limit.
//!
//! Two schemas allow the same in the same places exactly where they have the same lines. A line
//! stands alone, so that two lists of them can be compared without their order.

use std::fmt::Write as _;

use super::definition::{Process, UNBOUNDED};
use super::table::{BoundKind, Complex, Content, Particle, Schema, Simple};

/// How many values of an enumeration are shown.
const VALUES_SHOWN: usize = 1_000;

impl Schema {
    /// What the schema allows, a line for each element, attribute and limited type.
    #[must_use]
    pub fn outline(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.roots.iter().map(|root| self.element("", root, "")).collect();
        for complex in &self.complexes {
            self.outline_complex(complex, &mut lines);
        }
        let own = usize::try_from(self.own_simples).unwrap_or(usize::MAX);
        lines.extend(self.simples.iter().take(own).map(|simple| self.outline_simple(simple)));
        lines
    }

    fn outline_complex(&self, complex: &Complex, lines: &mut Vec<String>) {
        let name = self.text(complex.name);
        match &complex.content {
            Content::Elements(elements) => {
                let particles = self.particles_of(elements);
                for particle in particles {
                    let shared = particles.iter().filter(|it| it.place == particle.place).count();
                    let choice = if shared > 1 { " or another of the choice" } else { "" };
                    lines.push(self.element(name, particle, choice));
                }
            }
            Content::Text { simple, attributes } => {
                let base = self.text(self.simple(*simple).name);
                lines.push(format!("{name} text {base}"));
                let range = attributes.start as usize..attributes.end as usize;
                for row in self.attributes.get(range).unwrap_or_default() {
                    let need = if row.required { "required" } else { "optional" };
                    let base = self.text(self.simple(row.simple).name);
                    lines.push(format!("{name}/@{} {need} {base}", self.text(row.name)));
                }
            }
            Content::Any { process, namespace, min, max } => {
                let process = match process {
                    Process::Strict => "strict",
                    Process::Lax => "lax",
                    Process::Skip => "skip",
                };
                let namespace = namespace.map_or("any namespace", |name| self.text(name));
                lines.push(format!("{name}/* {} {process} {namespace}", occurs(*min, *max)));
            }
        }
    }

    fn element(&self, of: &str, particle: &Particle, choice: &str) -> String {
        let type_name = self.type_name(particle.type_id);
        let name = self.text(particle.name);
        format!("{of}/{name} {} {type_name}{choice}", occurs(particle.min, particle.max))
    }

    fn outline_simple(&self, simple: &Simple) -> String {
        let mut line = format!("{} is xs:{}", self.text(simple.name), simple.builtin.name());
        if (simple.length_min, simple.length_max) != (0, u32::MAX) {
            let _ = write!(line, ", length {}", occurs(simple.length_min, simple.length_max));
        }
        if simple.total_digits != u32::MAX {
            let _ = write!(line, ", {} digits", simple.total_digits);
        }
        if simple.fraction_digits != u32::MAX {
            let _ = write!(line, ", {} decimals", simple.fraction_digits);
        }
        for bound in &simple.bounds {
            let words = match bound.kind {
                BoundKind::AtLeast => "at least",
                BoundKind::AtMost => "at most",
                BoundKind::Above => "above",
                BoundKind::Below => "below",
            };
            let _ = write!(line, ", {words} {}", self.text(bound.limit));
        }
        let pattern = self.text(simple.pattern_text);
        if !pattern.is_empty() {
            let _ = write!(line, ", pattern {pattern}");
        }
        if let Some(enumeration) = &simple.enumeration {
            let _ = write!(line, ", one of {}", enumeration.shown(VALUES_SHOWN));
        }
        line
    }
}

fn occurs(min: u32, max: u32) -> String {
    if max == UNBOUNDED { format!("[{min}..*]") } else { format!("[{min}..{max}]") }
}

#[cfg(test)]
mod tests {
    use crate::Library;

    #[test]
    fn an_outline_has_elements_attributes_and_limits() {
        let lines = Library::built_in().message("pacs.008.001.08").unwrap().outline();
        for line in [
            "/Document [1..1] Document",
            "Document/FIToFICstmrCdtTrf [1..1] FIToFICustomerCreditTransferV08",
            "Max35Text is xs:string, length [1..35]",
            "ActiveCurrencyAndAmount/@Ccy required ActiveCurrencyCode",
        ] {
            assert!(lines.iter().any(|known| known == line), "{line} is missing in {lines:#?}");
        }
    }
}
