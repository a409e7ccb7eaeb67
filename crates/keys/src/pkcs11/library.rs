//! The library of a module, started once in a process, and started again when a token came back.
//!
//! Many modules look for tokens only when they start. To start one again it must first be stopped,
//! which ends all sessions with it and must not happen during any other call (PKCS#11, 5.4); so
//! calls hold a lock that they share, and a restart holds it alone. Sessions know which start they
//! are of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as Pkcs11Error, RvError};

/// A library that has been started.
pub(super) struct Library {
    functions: Pkcs11,
    /// How often it has been started again.
    restarts: RwLock<u64>,
}

/// The right to call a library that is not restarted meanwhile.
pub(super) struct Call<'a> {
    pub(super) functions: &'a Pkcs11,
    restarts: RwLockReadGuard<'a, u64>,
}

static LIBRARIES: Mutex<BTreeMap<PathBuf, Arc<Library>>> = Mutex::new(BTreeMap::new());

impl Library {
    /// Loads a library, or finds the one that this process has loaded already.
    pub(super) fn load(path: &Path) -> Result<Arc<Self>, (&'static str, Pkcs11Error)> {
        let mut libraries = LIBRARIES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(library) = libraries.get(path) {
            return Ok(Arc::clone(library));
        }
        let functions =
            Pkcs11::new(path).map_err(|source| ("it is no library of PKCS#11", source))?;
        start(&functions).map_err(|source| ("it does not start", source))?;
        let library = Arc::new(Self { functions, restarts: RwLock::new(0) });
        libraries.insert(path.to_owned(), Arc::clone(&library));
        Ok(library)
    }

    /// The right to call it.
    pub(super) fn call(&self) -> Call<'_> {
        let restarts = self.restarts.read().unwrap_or_else(PoisonError::into_inner);
        Call { functions: &self.functions, restarts }
    }

    /// Stops it and starts it again, unless somebody else has done so since `seen` restarts.
    pub(super) fn restart(&self, seen: u64) -> Result<(), Pkcs11Error> {
        let mut restarts = self.restarts.write().unwrap_or_else(PoisonError::into_inner);
        if *restarts == seen {
            *restarts += 1;
            match self.functions.clone().finalize() {
                Ok(()) | Err(Pkcs11Error::Pkcs11(RvError::CryptokiNotInitialized, _)) => {}
                Err(error) => return Err(error),
            }
            start(&self.functions)?;
        }
        Ok(())
    }
}

impl Call<'_> {
    /// How often the library has been started again.
    pub(super) fn restarts(&self) -> u64 {
        *self.restarts
    }
}

fn start(functions: &Pkcs11) -> Result<(), Pkcs11Error> {
    match functions.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Pkcs11Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
        Err(error) => Err(error),
    }
}
