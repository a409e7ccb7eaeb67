//! Checks payloads one after another, with the memory of the one before.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{Document, Findings, Format, file, fin, xml};

/// What payloads are checked against; shared by all threads.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The schemas of ISO 20022 messages.
    pub schemas: Arc<mx::Library>,
    /// The rules above the schema that ISO 20022 messages keep.
    pub profile: mx::Profile,
    /// What these rules are told from outside.
    pub settings: mx::Settings,
}

impl Rules {
    /// The schemas that the program carries, and the rules of a profile.
    #[must_use]
    pub fn built_in(profile: mx::Profile) -> Self {
        let schemas = Arc::new(mx::Library::built_in());
        Self { schemas, profile, settings: mx::Settings::default() }
    }
}

/// Checks payloads; one for each thread.
#[derive(Debug)]
pub struct Checker {
    pub(crate) rules: Rules,
    pub(crate) reader: mx::Reader,
    pub(crate) mx: mx::Checker,
    pub(crate) mt: mt::Checker<'static>,
}

impl Checker {
    /// A checker with its own memory.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        let mx = mx::Checker::with_profile(rules.profile, rules.settings);
        let mt = mt::Checker::new(mt::Standard::built_in());
        Self { rules, reader: mx::Reader::default(), mx, mt }
    }

    /// Checks a payload and reads what a network must know of it.
    ///
    /// # Errors
    ///
    /// All that is wrong with it.
    pub fn check(&mut self, payload: &[u8]) -> Result<Document, Findings> {
        match Format::of(payload) {
            Format::Mx => xml::check(self, payload),
            Format::Fin => fin::check(self, payload),
            Format::File => file::check(payload),
        }
    }
}

/// Checkers that are lent: as many as threads that check at once, however many may ask.
#[derive(Debug)]
pub struct Checkers {
    rules: Rules,
    idle: Mutex<Vec<(mx::Profile, Checker)>>,
}

impl Checkers {
    /// None yet; they are made when they are needed.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self { rules, idle: Mutex::default() }
    }

    /// Lends a checker of the profile that the rules name.
    pub fn with<T>(&self, check: impl FnOnce(&mut Checker) -> T) -> T {
        self.with_profile(self.rules.profile, check)
    }

    /// Lends a checker of a profile, such as a service's own.
    pub fn with_profile<T>(
        &self,
        profile: mx::Profile,
        check: impl FnOnce(&mut Checker) -> T,
    ) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let idling = {
            let mut idle = idle();
            let place = idle.iter().rposition(|(of, _)| *of == profile);
            place.map(|place| idle.swap_remove(place).1)
        };
        let new = || Checker::new(Rules { profile, ..self.rules.clone() });
        let mut checker = idling.unwrap_or_else(new);
        let result = check(&mut checker);
        idle().push((profile, checker));
        result
    }
}
