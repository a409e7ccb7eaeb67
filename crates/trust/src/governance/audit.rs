//! Whether every record that changed a network was signed for, as the public log shows it.
//!
//! It needs the heads of all records in their order, which the log publishes, and the bodies of the
//! founding record and of each change, which whoever serves the log publishes too. Each body is held
//! against the digest in its head, so it does not matter where it comes from.

use super::{Change, Governance, GovernanceError};
use crate::{Body, Digest, LogTime, NetworkKeys, RecordHead, RecordKind};

/// What a reader of the log knows of its governance so far.
#[derive(Clone, Debug)]
pub struct Audit {
    /// What the reader knew before.
    trusted: NetworkKeys,
    /// Whether the governors of `trusted` have governed this log.
    met: bool,
    founded: Option<(u64, LogTime)>,
    state: Option<Governance>,
    changes: Vec<Signed>,
    /// The acts of the last change that are not done, the next first.
    open: std::collections::VecDeque<super::Act>,
}

/// A change on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Its record.
    pub sequence: u64,
    /// When it was recorded.
    pub at: LogTime,
    /// What was signed.
    pub change: Change,
    /// The names of the governors who signed it.
    pub by: Vec<String>,
    /// How many of its acts are done; the others are open, or void if another change follows.
    pub done: usize,
}

impl Audit {
    /// Begins before the first record, with the public keys that the reader trusts.
    #[must_use]
    pub fn new(trusted: NetworkKeys) -> Self {
        let open = std::collections::VecDeque::new();
        Self { trusted, met: false, founded: None, state: None, changes: Vec::new(), open }
    }

    /// Whether the body of a record of this kind is needed.
    #[must_use]
    pub fn needs_body(kind: RecordKind) -> bool {
        kind == RecordKind::FOUNDED || kind == RecordKind::CHANGED
    }

    /// Takes the next record. `body` is its meta, where [`Self::needs_body`] says so.
    ///
    /// # Errors
    ///
    /// [`AuditError`]: the log shows a change that governors have not signed, or a body is wrong.
    pub fn take(&mut self, head: &RecordHead, body: Option<&str>) -> Result<(), AuditError> {
        let sequence = head.sequence;
        if Self::needs_body(head.kind) {
            let body = body.ok_or(AuditError::Missing { sequence })?;
            if Body::digest(body.as_bytes(), &Digest::of(b"")) != head.body {
                return Err(AuditError::Body { sequence });
            }
            let refused = |source| AuditError::Refused { sequence, source };
            return self.take_body(head, body).map_err(refused);
        }
        if !head.kind.is_governed() {
            return Ok(());
        }
        let Some(state) = &mut self.state else { return Ok(()) };
        if !state.done(head.kind, &head.body) {
            return Err(AuditError::NotSigned { sequence });
        }
        let act = self.open.pop_front().ok_or(AuditError::NotSigned { sequence })?;
        if let Some(last) = self.changes.last_mut() {
            last.done += 1;
        }
        if head.kind == RecordKind::KEYS_REPLACED {
            let keys = std::str::from_utf8(&act.meta).ok().and_then(|text| text.parse().ok());
            let source = GovernanceError::Form;
            let keys: NetworkKeys = keys.ok_or(AuditError::Refused { sequence, source })?;
            self.meet(&keys);
            let refused = |source| AuditError::Refused { sequence, source };
            let state = self.state.as_mut().ok_or(AuditError::NotSigned { sequence })?;
            state.replace_keys(keys).map_err(refused)?;
        }
        Ok(())
    }

    fn take_body(&mut self, head: &RecordHead, body: &str) -> Result<(), GovernanceError> {
        if head.kind == RecordKind::FOUNDED {
            let keys: NetworkKeys = body.parse().map_err(|_| GovernanceError::Form)?;
            let again = self.state.is_some() || keys.to_string() != body;
            if again || keys.network() != self.trusted.network() {
                return Err(GovernanceError::Form);
            }
            self.meet(&keys);
            self.founded = Some((head.sequence, head.at));
            self.state = Some(Governance::found(keys)?);
            return Ok(());
        }
        let state = self.state.as_mut().ok_or(GovernanceError::NoGovernors)?;
        let change = state.check(body)?;
        let by = Change::signers(body, state.keys().governors())?;
        let by = by.iter().map(|key| key.name().to_owned()).collect();
        state.take(body)?;
        self.open = change.acts.iter().cloned().collect();
        let (sequence, at) = (head.sequence, head.at);
        self.changes.push(Signed { sequence, at, change, by, done: 0 });
        Ok(())
    }

    fn meet(&mut self, keys: &NetworkKeys) {
        self.met |= keys.governors() == self.trusted.governors()
            && keys.consent() == self.trusted.consent();
    }

    /// Ends the audit: which keys the network has now, and all changes.
    ///
    /// # Errors
    ///
    /// [`AuditError::Ungoverned`] and [`AuditError::Strangers`].
    pub fn finish(self) -> Result<Audited, AuditError> {
        let (Some(state), Some((founded_in, founded_at))) = (self.state, self.founded) else {
            return Err(AuditError::Ungoverned);
        };
        if !self.met {
            return Err(AuditError::Strangers);
        }
        let keys = state.keys().clone();
        Ok(Audited { founded_in, founded_at, keys, changes: self.changes })
    }
}

/// What an audit of governance found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// The record from which on governors change the network.
    pub founded_in: u64,
    /// When that was.
    pub founded_at: LogTime,
    /// The network's public keys now.
    pub keys: NetworkKeys,
    /// All changes, the first first.
    pub changes: Vec<Signed>,
}

/// Why the governance of a log is not as it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// A record that changes the network is not the next act that governors signed.
    #[error("record {sequence} changes the network, and governors have not signed it")]
    NotSigned {
        /// Its number.
        sequence: u64,
    },
    /// A body is not published.
    #[error("the body of record {sequence} is not published")]
    Missing {
        /// Its number.
        sequence: u64,
    },
    /// A body is not the one that the log commits to.
    #[error("what is published as record {sequence} is not what the log has")]
    Body {
        /// Its number.
        sequence: u64,
    },
    /// A change or founding record that no governed network can have.
    #[error("record {sequence} is no sound change")]
    Refused {
        /// Its number.
        sequence: u64,
        /// Why.
        source: GovernanceError,
    },
    /// No governance was founded.
    #[error("the log has no founding record: its operator alone changes the network")]
    Ungoverned,
    /// The log is governed, but at no time by those whom the reader knows.
    #[error("the governors that your keys name have never governed this log")]
    Strangers,
}
