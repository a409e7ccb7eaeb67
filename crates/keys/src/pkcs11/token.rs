//! A module, its tokens, and keys of theirs that sign.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cryptoki::session::Session;
use cryptoki::types::AuthPin;
use trust::{Algorithm, KeyError, KeyModule, PublicKey, Signature, SigningKey};

use super::library::{Call, Library};
use super::session::{self, Key, Trouble};
use super::{Label, Uri};
use crate::KeyFileError;
use crate::file::read;

/// How long a signature may be waited for while the module is away. Callers that try again by
/// themselves have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Patience(pub Duration);

/// The pause after the first failure; each further one is twice as long.
const PAUSE_MIN: Duration = Duration::from_millis(50);
/// The longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// A library that speaks PKCS#11.
#[derive(Clone)]
pub struct Module {
    path: PathBuf,
    library: Arc<Library>,
}

/// A key in a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its label.
    pub label: Label,
    /// Its public half; nothing where it is of a kind that we do not use.
    pub public: Option<PublicKey>,
}

/// A key of a token that signs.
struct ModuleKey {
    library: Arc<Library>,
    uri: Uri,
    pin: AuthPin,
    patience: Patience,
    state: Mutex<State>,
}

enum State {
    /// No session; the next signature opens one.
    Closed,
    /// A session, the key in it, and how often the library had been restarted.
    Open(Session, Key, u64),
    /// The PIN was refused: nothing is tried any more.
    Refused(&'static str),
}

impl Module {
    /// Loads the library that a URI names, and starts it.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Module`].
    pub fn open(uri: &Uri) -> Result<Self, KeyFileError> {
        let path = uri.module().to_owned();
        match Library::load(&path) {
            Ok(library) => Ok(Self { path, library }),
            Err((reason, source)) => {
                Err(KeyFileError::Module { module: path, reason, source: Some(Box::new(source)) })
            }
        }
    }

    /// A key that signs in the token. It is looked for at once, so that a wrong URI or PIN is found
    /// when a program starts.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Module`] and [`KeyFileError::Read`].
    pub fn signing_key(&self, uri: &Uri, patience: Patience) -> Result<SigningKey, KeyFileError> {
        let pin = pin(uri)?;
        let call = self.library.call();
        let (session, key, public) = self.found(&call, uri, &pin)?;
        let state = Mutex::new(State::Open(session, key, call.restarts()));
        let library = Arc::clone(&self.library);
        let key = ModuleKey { library, uri: uri.clone(), pin, patience, state };
        Ok(SigningKey::in_module(public, Arc::new(key)))
    }

    /// Makes a key in the token that never leaves it.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Module`], also where a key has this label already.
    pub fn generate(&self, uri: &Uri, algorithm: Algorithm) -> Result<PublicKey, KeyFileError> {
        let pin = pin(uri)?;
        let call = self.library.call();
        let session = session::open(call.functions, uri.token(), &pin, true);
        let session = session.map_err(|trouble| self.failed(trouble))?;
        session::generate(&session, uri.object(), algorithm)
            .map_err(|trouble| self.failed(trouble))?;
        drop(session);
        Ok(self.found(&call, uri, &pin)?.2)
    }

    /// The private keys of the token, by their labels.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Module`] and [`KeyFileError::Read`].
    pub fn list(&self, uri: &Uri) -> Result<Vec<Listed>, KeyFileError> {
        let failed = |trouble| self.failed(trouble);
        let call = self.library.call();
        let session =
            session::open(call.functions, uri.token(), &pin(uri)?, false).map_err(failed)?;
        let labels = session::labels(&session).map_err(failed)?;
        let listed = labels.into_iter().map(|label| {
            let public = session::find(&session, &label).ok().map(|(_, public)| public);
            Listed { label, public }
        });
        Ok(listed.collect())
    }

    fn found(
        &self,
        call: &Call<'_>,
        uri: &Uri,
        pin: &AuthPin,
    ) -> Result<(Session, Key, PublicKey), KeyFileError> {
        let failed = |trouble| self.failed(trouble);
        let session = session::open(call.functions, uri.token(), pin, false).map_err(failed)?;
        let (key, public) = session::find(&session, uri.object()).map_err(failed)?;
        Ok((session, key, public))
    }

    fn failed(&self, trouble: Trouble) -> KeyFileError {
        let reason = trouble.reason();
        let source = trouble.source().map(|error| Box::new(error) as _);
        KeyFileError::Module { module: self.path.clone(), reason, source }
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Module({})", self.path.display())
    }
}

impl ModuleKey {
    /// Signs once, with the session that there is or a new one.
    fn try_sign(&self, state: &mut State, message: &[u8]) -> Result<Signature, Trouble> {
        let mut call = self.library.call();
        if let State::Open(_, _, restarts) = state
            && *restarts != call.restarts()
        {
            *state = State::Closed;
        }
        if let State::Closed = state {
            if matches!(session::slot(call.functions, self.uri.token()), Err(Trouble::NoToken)) {
                // It may be back, and the library not know it.
                let seen = call.restarts();
                drop(call);
                self.library.restart(seen)?;
                call = self.library.call();
            }
            let session = session::open(call.functions, self.uri.token(), &self.pin, false)?;
            let (key, _) = session::find(&session, self.uri.object())?;
            *state = State::Open(session, key, call.restarts());
        }
        let State::Open(session, key, _) = state else { return Err(Trouble::Pin) };
        session::sign(session, *key, message)
    }
}

impl KeyModule for ModuleKey {
    fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut waited, mut pause, mut fresh) = (Duration::ZERO, PAUSE_MIN, false);
        loop {
            if let State::Refused(reason) = *state {
                return Err(KeyError::Module { reason });
            }
            fresh |= matches!(*state, State::Closed);
            let trouble = match self.try_sign(&mut state, message) {
                Ok(signature) => return Ok(signature),
                Err(trouble) => trouble,
            };
            let reason = trouble.reason();
            tracing::warn!(
                key = self.uri.object().as_str(),
                reason,
                ?trouble,
                "a module did not sign"
            );
            if matches!(trouble, Trouble::Pin | Trouble::PinFinal) {
                *state = State::Refused(reason);
                continue;
            }
            *state = State::Closed;
            if fresh && trouble.may_be_stale() {
                let seen = self.library.call().restarts();
                if let Err(error) = self.library.restart(seen) {
                    tracing::warn!(%error, "a module does not start again");
                }
            }
            // A session that was lost is opened again at once; a module that is away gets time.
            if !fresh {
                continue;
            }
            if !trouble.may_pass() || waited >= self.patience.0 {
                return Err(KeyError::Module { reason });
            }
            sleep(pause);
            waited += pause;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "signing is blocking work, done by threads for it")]
fn sleep(time: Duration) {
    std::thread::sleep(time);
}

fn pin(uri: &Uri) -> Result<AuthPin, KeyFileError> {
    Ok(AuthPin::new(read(uri.pin())?.trim().into()))
}
