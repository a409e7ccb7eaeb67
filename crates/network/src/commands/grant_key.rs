//! A terminal may sign with a key, for a time.
//!
//! The shell has verified the note with the network's root key; the machine keeps note and key.

use trust::{KeyGrant, LogTime};

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
    /// What the note says, as [`KeyGrant::open`] gave it.
    pub grant: KeyGrant,
    /// The note, whose signature by the network's root key was verified.
    pub note: String,
}

impl Network {
    pub(crate) fn decide_grant_key(
        &self,
        at: LogTime,
        command: &GrantKey,
    ) -> Result<Decision, Rejection> {
        let GrantKey { grant: KeyGrant { network, holder, from, until, .. }, note } = command;
        let (network, holder, from, until) = (*network, *holder, *from, *until);
        assert!(note.starts_with(&command.grant.text()), "KeyGrant::open has read the note");
        let grant = Grant::of_note(note).expect("KeyGrant::open has read the note");
        let key = grant.key;
        if network != self.name {
            return Err(Rejection::ForeignGrant { expected: self.name, found: network });
        }
        let institution = holder.institution();
        let member = self.members.get(&institution).ok_or(Rejection::Unknown { institution })?;
        if until <= at.max(from) {
            return Err(Rejection::GrantOver { holder, key });
        }
        if let Some(state) = member.terminals.get(&holder) {
            if state.grants.iter().any(|old| (old.key, old.from, old.until) == (key, from, until)) {
                return Err(Rejection::AlreadyGranted { holder, key });
            }
            if state.grants.len() >= GRANTS_MAX {
                return Err(Rejection::TooManyGrants { holder });
            }
        }
        Ok(Decision::of(Event::KeyGranted { grant: Box::new(grant) }))
    }

    pub(crate) fn key_granted(&mut self, grant: &Grant, effects: &mut Vec<Effect>) {
        let Grant { holder, key, .. } = *grant;
        let state = self.member_mut(holder.institution()).terminals.or_default(holder);
        assert!(state.grants.len() < GRANTS_MAX, "a record grants {holder} too many keys");
        state.grants.push(grant.clone());
        effects.push(Effect::KeyGranted { holder, key });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::GRANTS_MAX;
    use crate::script::{Stage, check, check_with_members};

    #[test]
    fn a_key_is_good_from_its_first_moment_and_not_at_its_last() {
        check_with_members(
            "
            grant ALPHDEFFA 2 from=100 until=200
            @99 submit ALPHDEFFA 1 BANKFRPP key=2
            @100 submit ALPHDEFFA 2 BANKFRPP key=2
            @199 submit ALPHDEFFA 3 BANKFRPP key=2
            @200 submit ALPHDEFFA 4 BANKFRPP key=2
            ",
            &expect![[r#"
                ALPHDEFFA may sign with b7aad8bfb5dfa912
                refused 1 of ALPHDEFFA in record 8
                  NET008 at signature/key, fault of the sender: key b7aad8bfb5dfa912 of ALPHDEFFA is not valid at this time
                accepted 2 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                accepted 3 of ALPHDEFFA in record 10
                offer BANKFRPP normal 2: record 10
                refused 4 of ALPHDEFFA in record 11
                  NET008 at signature/key, fault of the sender: key b7aad8bfb5dfa912 of ALPHDEFFA is not valid at this time
            "#]],
        );
    }

    #[test]
    fn encryption_keys_overlap_end_and_are_revoked_and_sign_nothing() {
        check_with_members(
            "
            grant BANKFRPPA 7 encryption from=0 until=100
            grant BANKFRPPA 8 encryption from=50 until=200
            encryption-keys BANKFRPP
            encryption-keys ALPHDEFF
            @60 tick
            encryption-keys BANKFRPP
            @100 tick
            encryption-keys BANKFRPP
            revoke-key BANKFRPPA x8 stolen
            encryption-keys BANKFRPP
            ",
            &expect![[r#"
                BANKFRPPA may sign with 463ffa2c784dba6e
                BANKFRPPA may sign with 49687fabfbd3f492
                  463ffa2c784dba6e of BANKFRPPA
                  463ffa2c784dba6e of BANKFRPPA
                  49687fabfbd3f492 of BANKFRPPA
                  49687fabfbd3f492 of BANKFRPPA
            "#]],
        );
    }

    #[test]
    fn a_key_may_be_granted_again_for_another_time() {
        check_with_members(
            "
            grant ALPHDEFFA 2 from=100 until=200
            grant ALPHDEFFA 2 from=200 until=300
            @150 submit ALPHDEFFA 1 BANKFRPP key=2
            @250 submit ALPHDEFFA 2 BANKFRPP key=2
            ",
            &expect![[r#"
                ALPHDEFFA may sign with b7aad8bfb5dfa912
                ALPHDEFFA may sign with b7aad8bfb5dfa912
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                accepted 2 of ALPHDEFFA in record 10
                offer BANKFRPP normal 2: record 10
            "#]],
        );
    }

    #[test]
    fn a_key_of_another_terminal_is_not_good() {
        check_with_members(
            "
            grant ALPHDEFFB 2
            submit ALPHDEFFA 1 BANKFRPP key=2
            ",
            &expect![[r#"
                ALPHDEFFB may sign with b7aad8bfb5dfa912
                refused 1 of ALPHDEFFA in record 8
                  NET008 at signature/key, fault of the sender: key b7aad8bfb5dfa912 of ALPHDEFFA is not valid at this time
            "#]],
        );
    }

    #[test]
    fn a_grant_of_another_network_is_rejected() {
        check_with_members(
            "
            grant ALPHDEFFA 2 network=other
            ",
            &expect![[r#"
                NET044 the grant is for network other, but this is demo
            "#]],
        );
    }

    #[test]
    fn a_grant_to_no_member_is_rejected() {
        check(
            "
            grant CHASUS33A 2
            ",
            &expect![[r#"
                NET041 CHASUS33 is not a member
            "#]],
        );
    }

    #[test]
    fn the_same_grant_twice_is_rejected() {
        check_with_members(
            "
            grant ALPHDEFFA 2
            grant ALPHDEFFA 2
            ",
            &expect![[r#"
                ALPHDEFFA may sign with b7aad8bfb5dfa912
                NET045 key b7aad8bfb5dfa912 was granted to ALPHDEFFA before
            "#]],
        );
    }

    #[test]
    fn a_grant_that_is_over_is_rejected() {
        check_with_members(
            "
            @100 grant ALPHDEFFA 2 until=100
            grant ALPHDEFFA 2 until=102
            tick
            ",
            &expect![[r#"
                NET047 the grant of key b7aad8bfb5dfa912 to ALPHDEFFA is over
                ALPHDEFFA may sign with b7aad8bfb5dfa912
            "#]],
        );
    }

    #[test]
    fn a_terminal_has_a_bounded_number_of_grants() {
        let mut stage = Stage::with_members();
        for until in 1..GRANTS_MAX {
            stage.play(&format!("@9 grant ALPHDEFFA 2 until={}", 100 + until));
        }
        stage.said.clear();
        stage.play("grant ALPHDEFFA 2 until=500");
        expect![[r#"
            NET046 ALPHDEFFA has 64 grants, which is the most
        "#]]
        .assert_eq(&stage.said);
    }
}
