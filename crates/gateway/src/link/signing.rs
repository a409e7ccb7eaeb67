//! The key that signs, and the one that will: how a gateway changes its signing key while it runs.
//!
//! `nuncio key rotate` puts the new key and its grant beside the old ones. The gateway signs with the
//! old key until the network's log has come to the time of the new grant and the hub has said that it
//! holds exactly this grant; then it signs with the new one and moves the files. A move that is
//! cut short is finished at the next start ([`Pair`]).

use std::fs;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ::keys::Pair;
use trust::{KeyGrant, LogTime, SigningKey};

use crate::config::Config;

/// What signs messages and acknowledgements.
#[derive(Debug)]
pub(crate) struct Signing {
    /// The key, and the note of its grant.
    current: RwLock<(Arc<SigningKey>, Arc<str>)>,
    /// The key that will sign, once it has been found.
    next: Mutex<Option<Next>>,
}

#[derive(Debug)]
struct Next {
    key: Arc<SigningKey>,
    from: LogTime,
    note: String,
}

impl Signing {
    /// A key that signs from the start, with the note of its grant.
    pub(crate) fn new(key: SigningKey, grant: String) -> Self {
        Self { current: RwLock::new((Arc::new(key), grant.into())), next: Mutex::new(None) }
    }

    /// The key that signs now.
    pub(crate) fn key(&self) -> Arc<SigningKey> {
        self.granted_key().0
    }

    /// The key that signs now, and the note of its grant.
    pub(crate) fn granted_key(&self) -> (Arc<SigningKey>, Arc<str>) {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks whether there is a next key; says whether the hub is to be asked for its grant, when the
    /// log has come to `now`.
    pub(crate) fn is_due(&self, config: &Config, now: LogTime) -> bool {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if next.is_none() {
            *next = found(config);
        }
        next.as_ref().is_some_and(|next| next.from <= now)
    }

    /// The hub holds these grants for this terminal: changes the key, if the next one is among them.
    pub(crate) fn granted(&self, config: &Config, grants: &[String]) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(ready) = next.take_if(|next| grants.contains(&next.note)) else { return };
        if let Err(error) = config.signing_pair().advance() {
            // The old key goes on, and this is tried again.
            tracing::error!(%error, "cannot change the files of the signing key");
            *next = Some(ready);
            return;
        }
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        tracing::info!(old = %current.0.id(), new = %ready.key.id(), "signs with the new key");
        *current = (ready.key, ready.note.into());
    }
}

/// The next key and its grant, where both are there and belong together.
fn found(config: &Config) -> Option<Next> {
    let Pair { secret: key, proof: grant } = config.signing_pair().next();
    if !key.exists() {
        return None;
    }
    let note = fs::read_to_string(&grant).ok()?;
    let (text, _signatures) = note.split_once("\n\n")?;
    let granted = KeyGrant::parse(&format!("{text}\n")).ok()?;
    match ::keys::signing_key(&key, ::keys::Patience::default()) {
        Ok(signing) if *signing.public() == granted.key => {
            let (key, from) = (Arc::new(signing), granted.from);
            tracing::info!(key = %key.id(), %from, "there is a new signing key");
            Some(Next { key, from, note })
        }
        Ok(_) => {
            tracing::warn!(grant = %grant.display(), "the grant is not for the next signing key");
            None
        }
        Err(error) => {
            tracing::warn!(%error, key = %key.display(), "the next signing key cannot be used");
            None
        }
    }
}
