//! A terminal may no longer sign with a key, from the record on that says so.
//!
//! All grants of this key to this terminal end. What was signed and recorded before stays proven.

use iso::Terminal;
use trust::{KeyId, LogTime};

use crate::event::{Decision, Event};
use crate::line::Line;
use crate::network::Network;
use crate::rejection::Rejection;

impl Network {
    pub(crate) fn decide_revoke_key(
        &self,
        at: LogTime,
        holder: Terminal,
        key: KeyId,
        reason: Line,
    ) -> Result<Decision, Rejection> {
        let good = |grant: &&crate::directory::Grant| grant.key == key && at < grant.ends_at();
        let grants = self.grants(holder);
        grants.iter().find(good).ok_or(Rejection::NoSuchKey { holder, key })?;
        Ok(Decision::of(Event::KeyRevoked { holder, key, reason }))
    }

    pub(crate) fn key_revoked(&mut self, at: LogTime, holder: Terminal, key: KeyId) {
        let state = self.member_mut(holder.institution()).terminals.or_default(holder);
        for grant in state.grants.iter_mut().filter(|grant| grant.key == key) {
            grant.revoked_at = Some(grant.revoked_at.map_or(at, |before| before.min(at)));
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn a_revoked_key_signs_no_more_and_another_key_does() {
        check_with_members(
            "
            grant ALPHDEFFA 2
            submit ALPHDEFFA 1 BANKFRPP
            @100 revoke-key ALPHDEFFA 1 stolen
            @100 submit ALPHDEFFA 2 BANKFRPP
            submit ALPHDEFFA 3 BANKFRPP key=2
            ",
            &expect![[r#"
                ALPHDEFFA may sign with b7aad8bfb5dfa912
                accepted 1 of ALPHDEFFA in record 8
                offer BANKFRPP normal 1: record 8
                refused 2 of ALPHDEFFA in record 10
                  NET008 at signature/key, fault of the sender: key d2dd6e81a001b70a of ALPHDEFFA is not valid at this time
                accepted 3 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
            "#]],
        );
    }

    #[test]
    fn a_key_that_is_not_good_is_not_revoked() {
        check_with_members(
            "
            revoke-key ALPHDEFFA 2 stolen
            revoke-key ALPHDEFFA 1 stolen
            revoke-key ALPHDEFFA 1 stolen
            revoke-key CHASUS33A 1 stolen
            ",
            &expect![[r#"
                NET049 ALPHDEFFA has no key b7aad8bfb5dfa912 that could be revoked
                NET049 ALPHDEFFA has no key d2dd6e81a001b70a that could be revoked
                NET049 CHASUS33A has no key d2dd6e81a001b70a that could be revoked
            "#]],
        );
    }

    #[test]
    fn a_revoked_key_may_be_granted_anew_for_another_time() {
        check_with_members(
            "
            revoke-key ALPHDEFFA 1 lost
            grant ALPHDEFFA 1
            grant ALPHDEFFA 1 from=50
            @60 submit ALPHDEFFA 1 BANKFRPP
            ",
            &expect![[r#"
                NET045 key d2dd6e81a001b70a was granted to ALPHDEFFA before
                ALPHDEFFA may sign with d2dd6e81a001b70a
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
            "#]],
        );
    }
}
