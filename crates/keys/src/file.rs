//! Files of keys, by what they begin with.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use trust::{Cosigner, NoteSigner, OpeningKey, SigningKey, VerifierKey};

use crate::KeyFileError;
use crate::pkcs11::{Module, Patience, Uri};
use crate::seal::{unseal, unseal_opening};

/// Where the key of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In the file, sealed with a passphrase.
    Sealed,
    /// In the file, plain.
    Plain,
    /// In the file, plain, in the form of signed notes.
    Note,
    /// In a module that the file names.
    Module,
}

/// What opens a sealed key.
#[derive(Clone)]
pub struct Passphrase(String);

impl Kind {
    /// Where the key is, by the text of its file.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim_start();
        [
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----", Self::Sealed),
            ("-----BEGIN PRIVATE KEY-----", Self::Plain),
            ("PRIVATE+KEY+", Self::Note),
            ("pkcs11:", Self::Module),
        ]
        .into_iter()
        .find_map(|(start, kind)| text.starts_with(start).then_some(kind))
    }
}

impl Passphrase {
    /// The environment variable that names the file with the passphrase.
    pub const VARIABLE: &'static str = "NUNCIO_PASSPHRASE_FILE";
    /// How many characters a passphrase has at least.
    pub const LENGTH_MIN: usize = 12;

    /// A passphrase, without the white space at its ends.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::WeakPassphrase`] where it is too short.
    pub fn new(text: &str) -> Result<Self, KeyFileError> {
        let text = text.trim();
        if text.chars().count() < Self::LENGTH_MIN {
            return Err(KeyFileError::WeakPassphrase);
        }
        Ok(Self(text.to_owned()))
    }

    /// The passphrase in a file.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Read`] and [`KeyFileError::WeakPassphrase`].
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        Self::new(&read(path)?)
    }

    /// The passphrase in the file that the environment names; nothing where it names none.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn of_environment() -> Result<Option<Self>, KeyFileError> {
        let path = std::env::var_os(Self::VARIABLE).map(PathBuf::from);
        path.map(|path| Self::read(&path)).transpose()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

/// The key of a file, wherever it is. A sealed one is opened with the passphrase of the
/// environment; a module is asked for a signature with the given patience.
///
/// # Errors
///
/// [`KeyFileError`] says what is wrong; a key in the form of notes is [`KeyFileError::Kind`] here.
pub fn signing_key(path: &Path, patience: Patience) -> Result<SigningKey, KeyFileError> {
    signing_key_with(path, patience, None)
}

/// As [`signing_key`]; a sealed key is opened with this passphrase, where there is one.
///
/// # Errors
///
/// As [`signing_key`].
pub fn signing_key_with(
    path: &Path,
    patience: Patience,
    passphrase: Option<&Passphrase>,
) -> Result<SigningKey, KeyFileError> {
    let text = read(path)?;
    match Kind::of(&text) {
        Some(Kind::Plain) => SigningKey::from_pem(&text)
            .map_err(|source| KeyFileError::Key { path: path.to_owned(), source }),
        Some(Kind::Sealed) => {
            let none = || KeyFileError::NoPassphrase { path: path.to_owned() };
            let passphrase = match passphrase {
                Some(given) => given.clone(),
                None => Passphrase::of_environment()?.ok_or_else(none)?,
            };
            unseal(&text, &passphrase)
                .ok_or_else(|| KeyFileError::Passphrase { path: path.to_owned() })
        }
        Some(Kind::Module) => {
            let uri: Uri = text
                .trim()
                .parse()
                .map_err(|source| KeyFileError::Uri { path: path.to_owned(), source })?;
            Module::open(&uri)?.signing_key(&uri, patience)
        }
        Some(Kind::Note) | None => Err(KeyFileError::Kind { path: path.to_owned() }),
    }
}

/// The encryption key of a file, plain or sealed. A sealed one is opened with the passphrase of the
/// environment.
///
/// # Errors
///
/// [`KeyFileError`] says what is wrong; a module's key is [`KeyFileError::Kind`] here.
pub fn opening_key(path: &Path) -> Result<OpeningKey, KeyFileError> {
    let text = read(path)?;
    match Kind::of(&text) {
        Some(Kind::Plain) => OpeningKey::from_pem(&text)
            .map_err(|source| KeyFileError::Key { path: path.to_owned(), source }),
        Some(Kind::Sealed) => {
            let none = || KeyFileError::NoPassphrase { path: path.to_owned() };
            let passphrase = Passphrase::of_environment()?.ok_or_else(none)?;
            unseal_opening(&text, &passphrase)
                .ok_or_else(|| KeyFileError::Passphrase { path: path.to_owned() })
        }
        Some(Kind::Module | Kind::Note) | None => Err(KeyFileError::Kind { path: path.to_owned() }),
    }
}

/// The key of a file that signs notes as one of `known`, of which the first with the same public key
/// gives the name.
///
/// # Errors
///
/// [`KeyFileError`]; [`KeyFileError::Foreign`] where the key is none of those that are known.
pub fn note_signer(
    path: &Path,
    known: &[VerifierKey],
    patience: Patience,
) -> Result<NoteSigner, KeyFileError> {
    let refused = |source| KeyFileError::NoteKey { path: path.to_owned(), source };
    let foreign = || KeyFileError::Foreign { path: path.to_owned() };
    let text = read(path)?;
    let signer = if Kind::of(&text) == Some(Kind::Note) {
        NoteSigner::from_text(text.trim()).map_err(refused)?
    } else {
        let key = signing_key(path, patience)?;
        let name = known.iter().find(|known| known.key() == key.public()).ok_or_else(foreign)?;
        NoteSigner::new(name.name(), key).map_err(refused)?
    };
    if known.contains(signer.verifier()) { Ok(signer) } else { Err(foreign()) }
}

/// The key of a file that cosigns under a name.
///
/// # Errors
///
/// [`KeyFileError`]; [`KeyFileError::Foreign`] where the file says another name.
pub fn cosigner(path: &Path, name: &str, patience: Patience) -> Result<Cosigner, KeyFileError> {
    let refused = |source| KeyFileError::NoteKey { path: path.to_owned(), source };
    let text = read(path)?;
    let cosigner = if Kind::of(&text) == Some(Kind::Note) {
        Cosigner::from_text(text.trim()).map_err(refused)?
    } else {
        Cosigner::new(name, signing_key(path, patience)?).map_err(refused)?
    };
    if cosigner.verifier().name() == name {
        Ok(cosigner)
    } else {
        Err(KeyFileError::Foreign { path: path.to_owned() })
    }
}

pub(crate) fn read(path: &Path) -> Result<String, KeyFileError> {
    fs::read_to_string(path).map_err(|source| KeyFileError::Read { path: path.to_owned(), source })
}
