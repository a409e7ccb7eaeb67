//! The folders of gateways, with keys and certificates as a network issues them.

use std::path::Path;
use std::time::SystemTime;

use gateway::Config;
use iso::Terminal;
use trust::LogTime;
use trust::pki::{Authority, Issued, Validity};

use crate::hub;

pub(crate) const TOKEN: &str = "token-of-the-tests";

/// A certificate authority of the test network.
pub(crate) fn authority() -> Authority {
    Authority::create(hub::network(), validity()).unwrap()
}

/// From an hour ago to in an hour.
pub(crate) fn validity() -> Validity {
    #[expect(clippy::disallowed_methods, reason = "TLS compares certificates with the real clock")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let now = u64::try_from(now.as_micros()).unwrap();
    let hour = 3_600_000_000;
    Validity { from: LogTime(now - hour), until: LogTime(now + hour) }
}

pub(crate) fn terminal(name: &str) -> Terminal {
    name.parse().unwrap()
}

/// The grant of a terminal's key, as a signed note.
pub(crate) fn grant(holder: Terminal, from: LogTime, until: LogTime) -> String {
    let note = hub::grant(holder, from.0, until.0).note;
    String::from_utf8(note.to_vec()).unwrap()
}

/// Fills a folder with all that a gateway needs, and gives its settings.
pub(crate) fn make(folder: &Path, authority: &Authority, name: &str, hub: &str) -> Config {
    let terminal = terminal(name);
    let mut config = Config::new(folder, hub::network(), terminal);
    config.hub = hub.to_owned();
    config.seed = Some(7);
    let Issued { certificate, key } = authority.issue_terminal(terminal, validity()).unwrap();
    let Validity { from, until } = validity();
    let files = [
        ("gateway.toml", config.to_toml()),
        ("tls.pem", certificate),
        ("tls.key", key),
        ("ca.pem", authority.certificate().to_owned()),
        ("signing.key", hub::key_of(terminal).to_pem().unwrap()),
        ("grant.note", grant(terminal, from, until)),
        ("network.keys", hub::network_keys().to_string()),
        ("api.token", format!("{TOKEN}\n")),
    ];
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    Config::load(folder).unwrap()
}
