//! A terminal may sign with a key, for a time.
//!
//! The shell has verified the note with the network's root key; the machine keeps note and key.

use iso::Terminal;
use trust::{LogTime, NetworkName, PublicKey};

use crate::directory::Grant;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;

/// How many keys a terminal may be granted over all its time.
///
/// None is ever dropped, for the receipts of old messages need the grants of old keys.
pub const GRANTS_MAX: usize = 64;

/// A terminal may sign with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantKey {
    /// The network of the note.
    pub network: NetworkName,
    /// Which terminal.
    pub holder: Terminal,
    /// Which key.
    pub public: PublicKey,
    /// It is good for records from this time on.
    pub from: LogTime,
    /// It is good for records before this time.
    pub until: LogTime,
    /// The note, whose signature by the network's root key was verified.
    pub note: String,
}

impl Network {
    pub(crate) fn decide_grant_key(
        &self,
        at: LogTime,
        command: GrantKey,
    ) -> Result<Decision, Rejection> {
        let GrantKey { network, holder, public, from, until, note } = command;
        let key = public.id();
        if network != self.name {
            return Err(Rejection::ForeignGrant { expected: self.name, found: network });
        }
        let institution = holder.institution();
        let member = self.members.get(&institution).ok_or(Rejection::Unknown { institution })?;
        if until <= at.max(from) {
            return Err(Rejection::GrantOver { holder, key });
        }
        if let Some(state) = member.terminals.get(&holder) {
            let same = |old: &Grant| old.key == key && old.from == from && old.until == until;
            if state.grants.iter().any(same) {
                return Err(Rejection::AlreadyGranted { holder, key });
            }
            if state.grants.len() >= GRANTS_MAX {
                return Err(Rejection::TooManyGrants { holder });
            }
        }
        let grant = Box::new(Grant { key, public, from, until, note: note.into() });
        Ok(Decision::of(Event::KeyGranted { holder, grant }))
    }

    pub(crate) fn key_granted(
        &mut self,
        holder: Terminal,
        grant: &Grant,
        effects: &mut Vec<Effect>,
    ) {
        let state = self.member_mut(holder.institution()).terminals.entry(holder).or_default();
        assert!(state.grants.len() < GRANTS_MAX, "a record grants {holder} too many keys");
        state.grants.push(grant.clone());
        effects.push(Effect::KeyGranted { holder, key: grant.key });
    }
}
