//! Who takes part: the network's keys, institutions, terminals, and what they write to each other.
//!
//! Keys come from fixed seeds: signatures, and so whole runs, are the same each time.

use std::sync::OnceLock;

use bytes::Bytes;
use document::{Profile, Rules};
use iso::Terminal;
use trust::{Digest, KeyGrant, LogTime, NetworkKeys, NetworkName, NoteSigner, SigningKey};

const TERMINALS: [&str; 5] = ["ALPHDEFFA", "BRAVFRPPA", "CHARGB2LA", "DELTNL2AA", "ECHOBEBBA"];
/// A second terminal of the first institution.
const SECOND: &str = "ALPHDEFFB";

/// The network's name.
#[must_use]
pub(crate) fn network() -> NetworkName {
    "sim".parse().expect("it is a name")
}

/// The terminal of a gateway.
#[must_use]
pub(crate) fn terminal(bank: usize, second: bool) -> Terminal {
    let name = TERMINALS.get(bank).filter(|_| !second).unwrap_or(&SECOND);
    name.parse().expect("it is a terminal")
}

/// The key that signs for a terminal.
#[must_use]
pub(crate) fn signing_key(terminal: Terminal) -> SigningKey {
    SigningKey::from_seed(&Digest::of(terminal.to_string().as_bytes()).0)
}

/// The key of the log.
#[must_use]
pub(crate) fn log_signer() -> NoteSigner {
    signer("nuncio/sim/0", 1)
}

/// The network's public keys.
#[must_use]
pub(crate) fn network_keys() -> NetworkKeys {
    static KEYS: OnceLock<NetworkKeys> = OnceLock::new();
    let make = || {
        let (log, root) = (log_signer().verifier().clone(), root().verifier().clone());
        NetworkKeys::new(vec![log], vec![root]).expect("both kinds are there")
    };
    KEYS.get_or_init(make).clone()
}

/// The grant of a terminal's key, for two hundred years: clocks go wrong by ten.
#[must_use]
pub(crate) fn grant(holder: Terminal) -> (KeyGrant, String) {
    let day = |days: u64| LogTime(days * 86_400_000_000);
    let key = signing_key(holder).public().clone();
    let grant = KeyGrant { network: network(), holder, key, from: day(1), until: day(73_000) };
    let note = grant.sign(&root()).expect("the grant is in order");
    (grant, note)
}

fn root() -> NoteSigner {
    signer("nuncio/sim/root", 2)
}

fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name, SigningKey::from_seed(&[seed; 32])).expect("the name is one of a key")
}

/// What messages are checked against; compiled once for all runs.
#[must_use]
pub(crate) fn rules() -> Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| Rules::built_in(Profile::Base)).clone()
}

/// A payment in FIN, from a terminal to an institution, with a reference of its own.
#[must_use]
pub(crate) fn payment(from: Terminal, to: &str, reference: &str) -> Bytes {
    let sender = from.institution();
    let uuid = Digest::of(reference.as_bytes()).0;
    let uetr = iso::Uetr::from_random(*uuid.first_chunk::<16>().expect("a digest has 32 bytes"));
    let text = format!(
        "{{1:F01{sender}AXXX0000000000}}{{2:I103{to}XXXXN}}{{3:{{108:{reference}}}{{121:{uetr}}}}}{{4:\r\n\
         :20:{reference}\r\n:23B:CRED\r\n:32A:261124GBP12750,40\r\n:33B:GBP12750,40\r\n\
         :50K:/DE75512108001245126199\r\nALPHA WERKZEUGE GMBH\r\nHAFENSTRASSE 12\r\n20457 HAMBURG\r\n\
         :59:/GB33BUKB20201555555555\r\nCHARNWOOD TOOLING LTD\r\n4 MILL LANE\r\nLEICESTER\r\n\
         :70:/INV/2026-1187\r\n:71A:SHA\r\n-}}"
    );
    Bytes::from(text)
}

/// An institution that nobody has admitted.
pub(crate) const NOBODY: &str = "NONEITMM";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payments_of_a_run_pass_every_check() {
        let mut checker = document::Checker::new(rules());
        for to in ["BRAVFRPPA", "CHARGB2LA", NOBODY] {
            let payment = payment(terminal(0, false), &to[..8], "S0N17");
            let document = checker.check(&payment);
            assert!(document.is_ok(), "{document:?}");
        }
    }
}
