//! Why there is no session: what went wrong, and what the gateway and its operator do about it.

use std::io;

use session::{After, Ending, Farewell};

use crate::api::LinkProblem;
use crate::store::{Contradiction, StoreError, Unfit};

/// Why there is no session, or not any more.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// Nobody listens there, or the network does not lead there.
    #[error("cannot connect to the hub at {hub}: {source}")]
    Connect { hub: String, source: io::Error },
    /// The two ends do not trust each other.
    #[error("the TLS handshake with the hub failed: {reason}")]
    Handshake { reason: String },
    /// The connection broke.
    #[error("the connection to the hub broke: {reason}")]
    Broken { reason: String },
    /// The hub took too long to open the session.
    #[error("the hub did not open a session in time")]
    Silent,
    /// The hub said Bye.
    #[error("the hub ended the session: {}", .0.text)]
    Farewell(Farewell),
    /// The hub broke a rule, or one of the two runs on an old copy of its store.
    #[error("{0}")]
    Ending(Ending),
    /// The hub contradicts itself.
    #[error("{0}")]
    Contradiction(Contradiction),
    /// A message in the outbox is larger than the hub takes.
    #[error("message {input_number} has {bytes} bytes, but the hub takes at most {limit}")]
    TooLarge { input_number: u64, bytes: usize, limit: usize },
    /// What came could not be stored.
    #[error("what the hub sent could not be stored: {0}")]
    Store(StoreError),
    /// The module that holds the signing key does not sign now.
    #[error("the gateway cannot sign: {0}")]
    Unsigned(trust::KeyError),
    /// Something that came could not be stored, so what came after it was not stored either.
    #[error("what the hub sent was not stored, because something before it was not")]
    OutOfOrder,
}

impl Trouble {
    /// The code, which has a page in docs/codes.
    fn code(&self) -> &str {
        match self {
            Self::Connect { .. } => "GTW050",
            Self::Handshake { .. } => "GTW051",
            Self::Broken { .. } | Self::Silent | Self::OutOfOrder => "GTW052",
            Self::Farewell(farewell) => &farewell.code,
            Self::Ending(ending) => ending.code(),
            Self::Contradiction(_) => "GTW053",
            Self::TooLarge { .. } => "GTW054",
            Self::Unsigned(_) => "GTW055",
            Self::Store(StoreError::Full) => "GTW014",
            Self::Store(StoreError::Failed) => "GTW036",
        }
    }

    /// What the gateway does.
    pub(crate) fn after(&self) -> After {
        match self {
            Self::Farewell(farewell) => After::of(&farewell.code),
            Self::Ending(ending) => ending.after(),
            Self::Contradiction(_) | Self::TooLarge { .. } => After::Stop,
            Self::Connect { .. }
            | Self::Handshake { .. }
            | Self::Broken { .. }
            | Self::Silent
            | Self::OutOfOrder
            | Self::Unsigned(_)
            | Self::Store(_) => After::Reconnect,
        }
    }

    /// As the status shows it.
    pub(crate) fn problem(&self) -> LinkProblem {
        let code = self.code().to_owned();
        let remedy = match (self, self.after()) {
            (Self::Connect { .. }, _) => {
                "check that the hub runs and that `hub` in gateway.toml is its address; the \
                 gateway tries again by itself"
                    .to_owned()
            }
            (Self::Handshake { .. }, _) => format!(
                "check ca.pem, the dates of tls.pem, and that `hub_name` in gateway.toml is a name \
                 in the hub's certificate (docs/codes/{code}.md); the gateway tries again by itself"
            ),
            (Self::Unsigned(_), _) => format!(
                "bring the module back that holds the signing key (docs/codes/{code}.md); the \
                 gateway tries again by itself"
            ),
            (_, After::Reconnect) => "nothing: the gateway connects again by itself".to_owned(),
            (_, After::Stop) => {
                format!("read docs/codes/{code}.md; when it is settled, start the gateway again")
            }
        };
        LinkProblem { code, text: self.to_string(), remedy }
    }
}

impl From<Ending> for Trouble {
    fn from(ending: Ending) -> Self {
        Self::Ending(ending)
    }
}

impl From<Unfit> for Trouble {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Contradiction(contradiction) => Self::Contradiction(contradiction),
            Unfit::OutOfOrder => Self::OutOfOrder,
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
