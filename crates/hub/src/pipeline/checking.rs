//! One frame's check with all that it needs, so that any thread can go on with it.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use document::Profile;
use iso::Terminal;
use journal::{Directory, Medium};
use network::{Grant, Network};
use trust::ServiceName;

use super::check::{Against, Checking, Frame};
use crate::shared::Shared;
use crate::steps::Step;
use crate::work::Item;

/// Up to how many messages and bytes a frame is small: its check takes no longer than a slice of a
/// large one.
const SMALL_MESSAGES: usize = 16;
const SMALL_BYTES: usize = 64 << 10;

/// The check of a frame, from its first slice to its last.
#[derive(Debug)]
pub struct Check<M: Medium = Directory> {
    shared: Arc<Shared<M>>,
    terminal: Terminal,
    /// What the network had on record when it began.
    grants: Vec<Grant>,
    profiles: BTreeMap<ServiceName, Profile>,
    checking: Checking,
}

impl<M: Medium> Check<M> {
    pub(super) fn new(shared: &Arc<Shared<M>>, terminal: Terminal, frame: Frame) -> Self {
        let network = shared.network.read().unwrap_or_else(PoisonError::into_inner);
        let (grants, profiles) = (network.grants(terminal).to_vec(), profiles(&network));
        drop(network);
        let checking = Checking::new(frame);
        Self { shared: Arc::clone(shared), terminal, grants, profiles, checking }
    }

    /// Whether it is done at once, without others coming between.
    pub(crate) fn is_small(&self) -> bool {
        self.checking.count() <= SMALL_MESSAGES && self.checking.bytes() <= SMALL_BYTES
    }

    /// Checks the next slice; in the end it says what the network machine shall be asked.
    #[must_use]
    pub fn go_on(&mut self) -> Option<Vec<Item>> {
        let Self { shared, terminal, grants, profiles, checking } = self;
        let Shared { checkers, steps, .. } = &**shared;
        let against = Against {
            network: shared.name(),
            terminal: *terminal,
            grants,
            message_bytes_max: shared.settings.message_bytes_max,
            profiles,
            checkers,
            holds: &|file| shared.holds(terminal.institution(), file),
        };
        let count = checking.count();
        let check = || checkers.with(|documents| checking.go_on(&against, documents));
        steps.of_part(Step::Check, check, |items| items.as_ref().map_or(0, |_| count))
    }

    /// Checks all that is left.
    #[must_use]
    pub fn finish(mut self) -> Vec<Item> {
        loop {
            if let Some(items) = self.go_on() {
                return items;
            }
        }
    }
}

/// The services whose content has rules of its own.
fn profiles(network: &Network) -> BTreeMap<ServiceName, Profile> {
    let own = network.services().filter_map(|service| {
        let profile = service.rules.profile.as_ref()?;
        Some((service.rules.name, Profile::named(profile.as_str())?))
    });
    own.collect()
}
