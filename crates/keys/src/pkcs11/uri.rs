//! Where a key is in a module: a URI of RFC 7512, of which we read a part.
//!
//! ```text
//! pkcs11:token=<label>;object=<label>?module-path=<library>&pin-source=file:<path>
//! ```
//!
//! All four are needed. `type=private` may stand there too. A PIN in the URI itself (`pin-value`) is
//! refused: files of keys are copied and shown more freely than files of PINs.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The label of a token or of a key in it: 1 to 32 visible characters of ASCII.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(String);

/// Where a key is in a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri {
    token: Label,
    object: Label,
    module: PathBuf,
    pin: PathBuf,
}

impl Label {
    /// The greatest length, in bytes; PKCS#11 pads the labels of tokens to it.
    pub const LENGTH_MAX: usize = 32;

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Label {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        let visible = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let good = visible && !text.is_empty() && text.trim() == text;
        if good && text.len() <= Self::LENGTH_MAX {
            Ok(Self(text.to_owned()))
        } else {
            Err(UriError::Label)
        }
    }
}

impl Uri {
    /// The place of a key.
    #[must_use]
    pub fn new(token: Label, object: Label, module: &Path, pin: &Path) -> Self {
        Self { token, object, module: module.to_owned(), pin: pin.to_owned() }
    }

    /// The label of the token.
    #[must_use]
    pub fn token(&self) -> &Label {
        &self.token
    }

    /// The label of the key.
    #[must_use]
    pub fn object(&self) -> &Label {
        &self.object
    }

    /// The module's library.
    #[must_use]
    pub fn module(&self) -> &Path {
        &self.module
    }

    /// The file that holds the PIN.
    #[must_use]
    pub fn pin(&self) -> &Path {
        &self.pin
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = |path: &Path| escaped(&path.display().to_string());
        write!(
            f,
            "pkcs11:token={};object={};type=private?module-path={}&pin-source=file:{}",
            escaped(self.token.as_str()),
            escaped(self.object.as_str()),
            path(&self.module),
            path(&self.pin)
        )
    }
}

impl FromStr for Uri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        let rest = text.strip_prefix("pkcs11:").ok_or(UriError::Scheme)?;
        let (path, query) =
            rest.split_once('?').ok_or(UriError::Missing { name: "module-path" })?;
        let (mut token, mut object, mut module, mut pin) = (None, None, None, None);
        for part in path.split(';').chain(query.split('&')) {
            let (name, value) = part.split_once('=').ok_or(UriError::Part)?;
            let value = plain(value).ok_or(UriError::Part)?;
            let place = match name {
                "token" => &mut token,
                "object" => &mut object,
                "module-path" => &mut module,
                "pin-source" => &mut pin,
                "type" if value == "private" => continue,
                "pin-value" => return Err(UriError::Pin),
                _ => return Err(UriError::Unknown { name: name.to_owned() }),
            };
            if place.replace(value).is_some() {
                return Err(UriError::Part);
            }
        }
        let needed = |value: Option<String>, name| value.ok_or(UriError::Missing { name });
        let pin = needed(pin, "pin-source")?;
        let pin =
            pin.strip_prefix("file:").ok_or(UriError::Missing { name: "pin-source=file:" })?;
        Ok(Self {
            token: needed(token, "token")?.parse()?,
            object: needed(object, "object")?.parse()?,
            module: needed(module, "module-path")?.into(),
            pin: pin.into(),
        })
    }
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let one = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

fn plain(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut pieces = text.split('%');
    bytes.extend(pieces.next()?.bytes());
    for piece in pieces {
        let (digits, rest) = (piece.get(..2)?, piece.get(2..)?);
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).ok()
}

/// Why a text is no place of a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// Another scheme.
    #[error("the URI of a key in a module begins with pkcs11:")]
    Scheme,
    /// A part that is malformed or stands there twice.
    #[error("a part of the URI is malformed, or stands there twice")]
    Part,
    /// A part that is needed.
    #[error("the URI lacks {name}")]
    Missing {
        /// Which.
        name: &'static str,
    },
    /// A part that would be passed over.
    #[error("the URI has a part {name}, which is not known here")]
    Unknown {
        /// Which.
        name: String,
    },
    /// A PIN in the open.
    #[error("the URI holds the PIN; put it into a file of its own and name that with pin-source")]
    Pin,
    /// A label that is none.
    #[error("a label of a token or key has 1 to 32 visible characters")]
    Label,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_from_its_uri() {
        let label = |text: &str| text.parse::<Label>().expect("a label");
        let uri = Uri::new(
            label("the bank; 1"),
            label("log 2026%"),
            Path::new("/usr/lib/a b.so"),
            Path::new("/run/pin?&="),
        );
        let text = uri.to_string();
        assert_eq!(
            text,
            "pkcs11:token=the%20bank%3B%201;object=log%202026%25;type=private\
             ?module-path=/usr/lib/a%20b.so&pin-source=file:/run/pin%3F%26%3D"
        );
        assert_eq!(text.parse(), Ok(uri));
    }

    #[test]
    fn what_is_no_place_is_refused() {
        let good = "pkcs11:token=a;object=b?module-path=/m&pin-source=file:/p";
        assert!(good.parse::<Uri>().is_ok());
        for (bad, want) in [
            ("pkcs12:token=a", UriError::Scheme),
            ("pkcs11:token=a;object=b", UriError::Missing { name: "module-path" }),
            (
                "pkcs11:token=a?module-path=/m&pin-source=file:/p",
                UriError::Missing { name: "object" },
            ),
            (
                "pkcs11:token=a;object=b?module-path=/m&pin-source=/p",
                UriError::Missing { name: "pin-source=file:" },
            ),
            ("pkcs11:token=a;object=b?module-path=/m&pin-value=1234", UriError::Pin),
            ("pkcs11:token=a;token=b?x=y", UriError::Part),
            ("pkcs11:token?x=y", UriError::Part),
            ("pkcs11:token=%2?x=y", UriError::Part),
            ("pkcs11:slot-id=1?x=y", UriError::Unknown { name: "slot-id".into() }),
            ("pkcs11:token=;object=b?module-path=/m&pin-source=file:/p", UriError::Label),
        ] {
            assert_eq!(bad.parse::<Uri>(), Err(want), "{bad}");
        }
    }
}
