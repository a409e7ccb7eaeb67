//! The settings of a gateway: `gateway.toml` in its folder, and where the files beside it lie.
//!
//! It reads the settings and checks their form; it opens no other file and no socket.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use ::keys::Pair;
use document::Profile;
use iso::Terminal;
use serde::{Deserialize, Serialize};
use trust::{Lane, MessageType, NetworkName, ServiceName};

use crate::error::Error;

/// The settings of a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The folder that everything else is in.
    pub folder: PathBuf,
    /// The network to which the hub must belong.
    pub network: NetworkName,
    /// The connection point that this gateway is.
    pub terminal: Terminal,
    /// Where the hub listens: `host:port`.
    pub hub: String,
    /// The name in the hub's certificate; the host of `hub` unless it is set.
    pub hub_name: Option<String>,
    /// Where back offices connect; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The service of messages that name none.
    pub service: ServiceName,
    /// The services that messages may name, each with its types of messages; no types: all of them.
    /// No services at all: the hub alone decides.
    pub services: BTreeMap<ServiceName, BTreeSet<MessageType>>,
    /// The services whose messages are sealed, whatever the hub says of them.
    pub sealed_services: BTreeSet<ServiceName>,
    /// Whether this terminal takes what the institution receives.
    pub receives: bool,
    /// Whether other terminals of the institution take it too, each a part. If not, a message that
    /// the network says was taken but that is not here is a loss, and stops the link.
    pub shares_lanes: bool,
    /// The lanes that this terminal is for; none: whatever no other terminal is for.
    pub lanes: BTreeSet<Lane>,
    /// Whether it takes no other lanes, also where no terminal is for them.
    pub only_lanes: bool,
    /// When a received message is acknowledged to the network.
    pub acknowledge: Acknowledge,
    /// From when on the back office is shown a received message.
    pub hand_over: HandOver,
    /// The rules above the schema that ISO 20022 messages keep; those of the hub, or stricter.
    pub profile: Profile,
    /// How large a message may be, in bytes.
    pub message_bytes_max: usize,
    /// For how many days a settled message stays in the store; nothing: for ever.
    pub keep_days: Option<u32>,
    /// What the jitter of the waiting times is made of; random unless it is set.
    pub seed: Option<u64>,
    /// The names of the files in the folder.
    pub files: Files,
}

/// When a received message is acknowledged to the network, and so delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Acknowledge {
    /// When it is durable in the inbox.
    #[default]
    Stored,
    /// When the back office has taken it; until then the back office can decline it.
    Taken,
}

/// From when on the back office is shown a received message, where the network has a quorum of
/// witnesses. In a network without one there is no difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HandOver {
    /// When a quorum of witnesses has cosigned a checkpoint that covers it; it is acknowledged to
    /// the network no sooner.
    #[default]
    Witnessed,
    /// When the hub has proven that it stands in its log: at once.
    Proven,
}

/// The names of the files beside the settings, relative to the folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Files {
    /// The terminal's certificate for TLS, PEM.
    pub tls_certificate: PathBuf,
    /// Its private key, PKCS#8 PEM.
    pub tls_key: PathBuf,
    /// The certificate of the network's authority, PEM.
    pub authority: PathBuf,
    /// The private key that signs messages, PKCS#8 PEM.
    pub signing_key: PathBuf,
    /// The network's word that this key signs for this terminal, a signed note.
    pub grant: PathBuf,
    /// The private keys that open messages that are sealed to the institution, PKCS#8 PEM: the newest,
    /// and those before it as long as something may come for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub encryption_keys: Vec<PathBuf>,
    /// The keys of the network: of its log, and of whoever grants keys.
    pub network_keys: PathBuf,
    /// The token that back offices show.
    pub token: PathBuf,
    /// The outbox and the inbox.
    pub store: PathBuf,
    /// The folder of the files that messages announce.
    pub files: PathBuf,
    /// Where a running gateway says on which address it listens.
    pub address: PathBuf,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            tls_certificate: "tls.pem".into(),
            tls_key: "tls.key".into(),
            authority: "ca.pem".into(),
            signing_key: "signing.key".into(),
            grant: "grant.note".into(),
            encryption_keys: Vec::new(),
            network_keys: "network.keys".into(),
            token: "api.token".into(),
            store: "store.redb".into(),
            files: "files".into(),
            address: "gateway.address".into(),
        }
    }
}

/// `gateway.toml` as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    network: String,
    terminal: String,
    #[serde(default = "default_hub")]
    hub: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hub_name: Option<String>,
    #[serde(default = "default_listen")]
    listen: SocketAddr,
    #[serde(default = "default_service")]
    service: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sealed_services: Vec<String>,
    #[serde(default = "default_receives")]
    receives: bool,
    #[serde(default)]
    shares_lanes: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lanes: Vec<String>,
    #[serde(default)]
    only_lanes: bool,
    #[serde(default)]
    acknowledge: Acknowledge,
    #[serde(default)]
    hand_over: HandOver,
    #[serde(default = "default_profile")]
    profile: String,
    #[serde(default = "default_message_bytes_max")]
    message_bytes_max: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keep_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(default, skip_serializing_if = "is_default")]
    files: Files,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    services: BTreeMap<String, WrittenService>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenService {
    #[serde(default)]
    types: Vec<String>,
}

fn default_hub() -> String {
    "127.0.0.1:7400".to_owned()
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn default_service() -> String {
    "payments".to_owned()
}

fn default_receives() -> bool {
    true
}

fn default_profile() -> String {
    Profile::Base.name().to_owned()
}

fn default_message_bytes_max() -> usize {
    Config::MESSAGE_BYTES_MAX
}

fn is_default(files: &Files) -> bool {
    *files == Files::default()
}

impl Written {
    fn sealed_services(&self) -> Result<BTreeSet<ServiceName>, trust::LabelError> {
        self.sealed_services.iter().map(|name| name.parse()).collect()
    }

    /// The lanes that the terminal is for; otherwise the setting that is no good, and why.
    fn lanes(&self) -> Result<BTreeSet<Lane>, (&'static str, String)> {
        let lanes = self.lanes.iter().map(|name| name.parse());
        let lanes: Result<BTreeSet<Lane>, trust::LaneError> = lanes.collect();
        let lanes = lanes.map_err(|error| ("lanes", error.to_string()))?;
        if !lanes.is_empty() && !self.receives {
            return Err(("lanes", "this terminal receives nothing".to_owned()));
        }
        if self.only_lanes && lanes.is_empty() {
            return Err(("only_lanes", "there are no lanes".to_owned()));
        }
        Ok(lanes)
    }
}

impl Config {
    /// The name of the settings file.
    pub const FILE: &'static str = "gateway.toml";
    /// For how many days a store keeps settled messages, at the least and at the most: longer than
    /// it knows the idempotency keys of back offices, which lead to messages.
    pub const KEEP_DAYS: RangeInclusive<u32> = 31..=36_500;
    /// The largest message that any gateway takes, in bytes.
    pub const MESSAGE_BYTES_MAX: usize = 10 << 20;

    /// The settings of a gateway that has the default of everything.
    #[must_use]
    pub fn new(folder: &Path, network: NetworkName, terminal: Terminal) -> Self {
        Self {
            folder: folder.to_owned(),
            network,
            terminal,
            hub: default_hub(),
            hub_name: None,
            listen: default_listen(),
            service: default_service().parse().expect("the default is a name"),
            services: BTreeMap::new(),
            sealed_services: BTreeSet::new(),
            receives: default_receives(),
            shares_lanes: false,
            lanes: BTreeSet::new(),
            only_lanes: false,
            acknowledge: Acknowledge::Stored,
            hand_over: HandOver::Witnessed,
            profile: Profile::Base,
            message_bytes_max: default_message_bytes_max(),
            keep_days: None,
            seed: None,
            files: Files::default(),
        }
    }

    /// Reads `gateway.toml` in a gateway's folder.
    ///
    /// # Errors
    ///
    /// A missing or malformed file, with its name and what to do.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(Self::FILE);
        let text = fs::read_to_string(&path)
            .map_err(|source| Error::ReadSettings { path: path.clone(), source })?;
        Self::parse(folder, &text)
    }

    /// Reads the text of a `gateway.toml`.
    ///
    /// # Errors
    ///
    /// What is malformed, and where.
    pub fn parse(folder: &Path, text: &str) -> Result<Self, Error> {
        let path = folder.join(Self::FILE);
        let written: Written = toml::from_str(text).map_err(|source| Error::ParseSettings {
            path: path.clone(),
            source: Box::new(source),
        })?;
        let bad = |field: &'static str, reason: String| Error::Setting {
            path: path.clone(),
            field,
            reason,
        };
        if !is_address(&written.hub) {
            let reason = format!("expected host:port, but found {:?}", written.hub);
            return Err(bad("hub", reason));
        }
        if !(1..=Self::MESSAGE_BYTES_MAX).contains(&written.message_bytes_max) {
            let reason = format!("expected 1 to {} bytes", Self::MESSAGE_BYTES_MAX);
            return Err(bad("message_bytes_max", reason));
        }
        if written.keep_days.is_some_and(|days| !Self::KEEP_DAYS.contains(&days)) {
            let (first, last) = (Self::KEEP_DAYS.start(), Self::KEEP_DAYS.end());
            return Err(bad("keep_days", format!("expected {first} to {last} days")));
        }
        let lanes = written.lanes().map_err(|(field, reason)| bad(field, reason))?;
        let sealed_services =
            written.sealed_services().map_err(|e| bad("sealed_services", e.to_string()))?;
        let mut services = BTreeMap::new();
        for (name, service) in written.services {
            let name = name.parse::<ServiceName>().map_err(|e| bad("services", e.to_string()))?;
            let types: Result<BTreeSet<MessageType>, _> =
                service.types.iter().map(|name| name.parse()).collect();
            services.insert(name, types.map_err(|e| bad("services", e.to_string()))?);
        }
        let service = written
            .service
            .parse()
            .map_err(|e: trust::LabelError| bad("service", e.to_string()))?;
        if !services.is_empty() && !services.contains_key(&service) {
            return Err(bad("service", format!("{service} is not among the services")));
        }
        Ok(Self {
            folder: folder.to_owned(),
            network: written
                .network
                .parse()
                .map_err(|e: trust::LabelError| bad("network", e.to_string()))?,
            terminal: written
                .terminal
                .parse()
                .map_err(|e: iso::TerminalError| bad("terminal", e.to_string()))?,
            hub: written.hub,
            hub_name: written.hub_name,
            listen: written.listen,
            service,
            services,
            sealed_services,
            receives: written.receives,
            shares_lanes: written.shares_lanes,
            lanes,
            only_lanes: written.only_lanes,
            acknowledge: written.acknowledge,
            hand_over: written.hand_over,
            profile: Profile::named(&written.profile).ok_or_else(|| {
                let known = "it is none, base or cross-border";
                bad("profile", format!("{:?} is no profile: {known}", written.profile))
            })?,
            message_bytes_max: written.message_bytes_max,
            keep_days: written.keep_days,
            seed: written.seed,
            files: written.files,
        })
    }

    /// The text of a `gateway.toml` that says the same.
    ///
    /// # Panics
    ///
    /// Never: every setting has a form in TOML.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let written = Written {
            network: self.network.to_string(),
            terminal: self.terminal.to_string(),
            hub: self.hub.clone(),
            hub_name: self.hub_name.clone(),
            listen: self.listen,
            service: self.service.to_string(),
            sealed_services: self.sealed_services.iter().map(ToString::to_string).collect(),
            receives: self.receives,
            shares_lanes: self.shares_lanes,
            lanes: self.lanes.iter().map(ToString::to_string).collect(),
            only_lanes: self.only_lanes,
            acknowledge: self.acknowledge,
            hand_over: self.hand_over,
            profile: self.profile.name().to_owned(),
            message_bytes_max: self.message_bytes_max,
            keep_days: self.keep_days,
            seed: self.seed,
            files: self.files.clone(),
            services: self
                .services
                .iter()
                .map(|(name, types)| {
                    let types = types.iter().map(ToString::to_string).collect();
                    (name.to_string(), WrittenService { types })
                })
                .collect(),
        };
        toml::to_string(&written).expect("settings are texts, numbers and lists of them")
    }

    /// The key that signs, and its grant.
    #[must_use]
    pub fn signing_pair(&self) -> Pair {
        Pair { secret: self.file(&self.files.signing_key), proof: self.file(&self.files.grant) }
    }

    /// The key of TLS, and its certificate.
    #[must_use]
    pub fn tls_pair(&self) -> Pair {
        let files = &self.files;
        Pair { secret: self.file(&files.tls_key), proof: self.file(&files.tls_certificate) }
    }

    /// A file of the folder.
    #[must_use]
    pub fn file(&self, name: &Path) -> PathBuf {
        self.folder.join(name)
    }

    /// The name that the hub's certificate must hold.
    #[must_use]
    pub fn hub_host(&self) -> &str {
        let host = self.hub.rsplit_once(':').map_or(self.hub.as_str(), |(host, _port)| host);
        self.hub_name.as_deref().unwrap_or_else(|| host.trim_matches(['[', ']']))
    }
}

/// Whether a text is `host:port`, or `[IPv6]:port`.
fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let good_host = match bare {
        Some(host) => host.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && !host.contains([':', '/', ' ', '@']),
    };
    good_host && port.parse::<u16>().is_ok_and(|port| port != 0)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(text: &str, want: &Expect) {
        want.assert_eq(&match Config::parse(Path::new("/gw"), text) {
            Ok(config) => config.to_toml(),
            Err(error) => format!("{} {error}: {}", error.code(), chain(&error)),
        });
    }

    fn chain(error: &Error) -> String {
        std::error::Error::source(error).map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn network_and_terminal_are_enough() {
        check(
            "network = 'demo'\nterminal = 'ALPHDEFFA'",
            &expect![[r#"
                network = "demo"
                terminal = "ALPHDEFFA"
                hub = "127.0.0.1:7400"
                listen = "127.0.0.1:0"
                service = "payments"
                receives = true
                shares_lanes = false
                only_lanes = false
                acknowledge = "stored"
                hand_over = "witnessed"
                profile = "base"
                message_bytes_max = 10485760
            "#]],
        );
    }

    #[test]
    fn everything_can_be_set() {
        let text = r#"
            network = "demo"
            terminal = "ALPHDEFFA"
            hub = "hub.example:7400"
            hub_name = "hub.demo"
            listen = "[::1]:8080"
            service = "payments"
            receives = false
            acknowledge = "taken"
            message_bytes_max = 4096
            keep_days = 124
            seed = 7
            [files]
            store = "other.redb"
            [services.payments]
            types = ["pacs.008.001.08", "camt.056.001.08"]
            [services.reports]
        "#;
        let config = Config::parse(Path::new("/gw"), text).unwrap();
        assert_eq!(config.hub_host(), "hub.demo");
        assert_eq!(config.file(&config.files.store), Path::new("/gw/other.redb"));
        assert_eq!(Config::parse(Path::new("/gw"), &config.to_toml()).unwrap(), config);
    }

    #[test]
    fn what_is_malformed_is_named() {
        check(
            "network = 'demo'",
            &expect![[r#"
                GTW031 cannot understand /gw/gateway.toml: TOML parse error at line 1, column 1
                  |
                1 | network = 'demo'
                  | ^
                missing field `terminal`
            "#]],
        );
        check(
            "network = 'demo'\nterminal = 'ALPHDEFFX'",
            &expect![
                "GTW031 /gw/gateway.toml: terminal: the last character of a terminal is an upper-case letter or a digit, and not X: "
            ],
        );
        check(
            "network = 'demo'\nterminal = 'ALPHDEFFA'\nhub = 'hub.example'",
            &expect![[
                r#"GTW031 /gw/gateway.toml: hub: expected host:port, but found "hub.example": "#
            ]],
        );
        check(
            "network = 'demo'\nterminal = 'ALPHDEFFA'\nkeep_days = 30",
            &expect!["GTW031 /gw/gateway.toml: keep_days: expected 31 to 36500 days: "],
        );
        check(
            "network = 'demo'\nterminal = 'ALPHDEFFA'\n[services.reports]",
            &expect!["GTW031 /gw/gateway.toml: service: payments is not among the services: "],
        );
    }

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for good in ["hub.example:7400", "127.0.0.1:1", "[::1]:65535"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["hub", "hub:", ":7400", "hub:0", "hub:65536", "::1:7400", "http://hub:7400"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
