//! `nuncio network init`: the files of a new network.
//!
//! ```text
//! DIR/network.keys      the public keys: what auditors and receipts need
//! DIR/authority/        the authority's keys; keep them off line
//! DIR/hub/              the hub's folder: settings, keys, directory of institutions
//! DIR/ALPHDEFFA/        the folder of a gateway, one for each institution
//! ```

pub(crate) mod folder;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;
use gateway::Config;
use iso::{Institution, Terminal};
use trust::pki::{Authority, Validity};
use trust::{
    Algorithm, Digest, KeyGrant, LogTime, NetworkKeys, NetworkName, NoteSigner, Origin, Shard,
    SigningKey,
};

use self::folder::Folder;
use crate::cli::{KeyAlgorithm, Network, NetworkInit, Output};
use crate::clock;
use crate::exit::{self, Failure};
use crate::output;

/// Clocks of institutions may differ by a little.
const GRACE_US: u64 = 3_600 * 1_000_000;
const DAY_US: u64 = 24 * 3_600 * 1_000_000;
/// How long the authority's certificate holds.
const AUTHORITY_DAYS: u64 = 3_650;
/// How long certificates and grants hold.
const TERMINAL_DAYS: u64 = 730;

/// What a new network is to be.
#[derive(Debug)]
pub(crate) struct Plan {
    name: NetworkName,
    hub: SocketAddr,
    members: Vec<Member>,
    algorithm: Algorithm,
    /// Further lines of the hub's settings.
    settings: String,
}

#[derive(Debug)]
struct Member {
    terminal: Terminal,
    rest: SocketAddr,
}

pub(crate) fn run(command: &Network, output: Output) -> Result<ExitCode, Failure> {
    let Network::Init(options) = command;
    let plan = Plan::new(options)?;
    create(&options.dir, &plan)?;
    let dir = options.dir.display();
    let gateways: Vec<String> =
        plan.members.iter().map(|it| format!("{dir}/{}", it.terminal)).collect();
    match output {
        Output::Json => output::json(&serde_json::json!({
            "network": plan.name.as_str(), "hub": format!("{dir}/hub"), "gateways": gateways,
            "keys": format!("{dir}/network.keys"),
        })),
        Output::Table => {
            output::line(&format!("network {} is in {dir}", plan.name));
            output::line(&format!("  nuncio hub run --dir {dir}/hub"));
            for gateway in &gateways {
                output::line(&format!("  nuncio gateway run --dir {gateway}"));
            }
            output::line(&format!("public keys: {dir}/network.keys"));
            output::line(&format!("keep {dir}/authority off line: it admits members"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Plan {
    fn new(options: &NetworkInit) -> Result<Self, Failure> {
        let mut institutions = options.institutions.clone();
        institutions.sort_unstable();
        if institutions.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(Failure::said(exit::USAGE, "an institution is named twice"));
        }
        let algorithm = algorithm(options.algorithm);
        let mut rest = options.rest;
        let mut terminals: Vec<Terminal> = options.institutions.iter().map(Member::first).collect();
        for terminal in &options.terminals {
            if !institutions.contains(&terminal.institution()) || terminals.contains(terminal) {
                let text = format!("{terminal} is there, or of no institution that is named");
                return Err(Failure::said(exit::USAGE, text));
            }
            terminals.push(*terminal);
        }
        let mut members = Vec::new();
        for terminal in terminals {
            members.push(Member { terminal, rest });
            if rest.port() != 0 {
                let next = rest.port().checked_add(1);
                rest.set_port(next.context("there is no port above 65535")?);
            }
        }
        let settings = String::new();
        Ok(Self { name: options.name, hub: options.hub, members, algorithm, settings })
    }

    /// Whether an institution has more than one terminal.
    fn has_several(&self, institution: Institution) -> bool {
        let terminals = self.members.iter().map(|it| it.terminal.institution());
        terminals.filter(|of| *of == institution).count() > 1
    }

    /// A network on this machine alone, at ports that are free now.
    pub(crate) fn on_loopback(institutions: &[Institution]) -> Result<Self, Failure> {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let hub = free_address().context("no port is free")?;
        let member = |it| Member { terminal: Member::first(it), rest: any };
        let members = institutions.iter().map(member).collect();
        let name = "demo".parse().expect("demo is a name");
        Ok(Self { name, hub, members, algorithm: Algorithm::Ed25519, settings: String::new() })
    }

    /// The same under another name.
    pub(crate) fn named(mut self, name: &'static str) -> Self {
        self.name = name.parse().expect("our names are names");
        self
    }

    /// The same with further lines in the hub's settings.
    pub(crate) fn with_settings(mut self, lines: &str) -> Self {
        self.settings.push_str(lines);
        self
    }
}

impl Member {
    /// The first terminal of an institution, which is called A.
    fn first(institution: &Institution) -> Terminal {
        format!("{institution}A").parse().expect("A names a terminal")
    }
}

/// An address on this machine for a hub that starts later, and again: below the ports out of which
/// systems take those of the calls that go out, which would have it by then.
fn free_address() -> std::io::Result<SocketAddr> {
    const FIRST: u16 = 10_000;
    const COUNT: u16 = 20_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..COUNT {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let place = std::process::id().wrapping_mul(131).wrapping_add(number) % u32::from(COUNT);
        let place = u16::try_from(place).expect("it is below a number of 16 bits");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST + place));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    Err(std::io::ErrorKind::AddrInUse.into())
}

/// Makes the files of a network in a folder that is empty or new.
pub(crate) fn create(dir: &Path, plan: &Plan) -> Result<(), Failure> {
    let root = Folder::create_empty(dir)?;
    let now = clock::now();
    let from = LogTime(now.0.saturating_sub(GRACE_US));
    let validity = |days: u64| Validity { from, until: LogTime(now.0 + days * DAY_US) };
    let authority = Authority::create(plan.name, validity(AUTHORITY_DAYS))
        .context("cannot make the network's authority")?;
    let log_name = Origin { network: plan.name, shard: Shard(0) }.to_string();
    let log = signer(&log_name)?;
    let granter = signer(&KeyGrant::root_name(&plan.name))?;
    let keys = NetworkKeys::new(vec![log.verifier().clone()], vec![granter.verifier().clone()])
        .context("cannot name the network's keys")?
        .to_string();
    root.public("network.keys", &keys)?;

    let offline = root.folder("authority")?;
    offline.secret("ca.key", &authority.key())?;
    offline.public("ca.pem", authority.certificate())?;
    offline.secret("root.key", &secret_text(&granter)?)?;

    let hub = root.folder("hub")?;
    let host = plan.hub.ip().to_string();
    let tls = authority
        .issue_hub(&["localhost", &host], validity(TERMINAL_DAYS))
        .context("cannot issue the hub's certificate")?;
    hub.public("ca.pem", authority.certificate())?;
    hub.public("tls.pem", &tls.certificate)?;
    hub.secret("tls.key", &tls.key)?;
    hub.secret("log.key", &secret_text(&log)?)?;
    hub.public("network.keys", &keys)?;
    let (name, listen, more) = (plan.name, plan.hub, &plan.settings);
    hub.public("hub.toml", &format!("network = \"{name}\"\nlisten = \"{listen}\"\n{more}"))?;

    let grants = hub.folder("grants")?;
    let mut directory = String::from(
        "# The members of the network. The hub reads this when it starts and on SIGHUP.\n\
         # 'suspended = \"why\"' stops a member; taking the line away lets it go on.\n",
    );
    let mut granted: BTreeMap<Institution, Vec<String>> = BTreeMap::new();
    for member in &plan.members {
        let terminal = member.terminal;
        let signing = SigningKey::generate(plan.algorithm).context("cannot make a signing key")?;
        let Validity { from, until } = validity(TERMINAL_DAYS);
        let key = signing.public().clone();
        let grant = KeyGrant { network: plan.name, holder: terminal, key, from, until }
            .sign(&granter)
            .context("cannot grant a key")?;
        grants.public(&format!("{terminal}.note"), &grant)?;
        let notes = granted.entry(terminal.institution()).or_default();
        notes.push(format!("\"grants/{terminal}.note\""));
        let tls = authority
            .issue_terminal(terminal, validity(TERMINAL_DAYS))
            .context("cannot issue a terminal's certificate")?;
        let gateway = root.folder(&terminal.to_string())?;
        gateway.public("ca.pem", authority.certificate())?;
        gateway.public("tls.pem", &tls.certificate)?;
        gateway.secret("tls.key", &tls.key)?;
        let pem = signing.to_pem().context("cannot write a signing key")?;
        gateway.secret("signing.key", &pem)?;
        gateway.public("grant.note", &grant)?;
        gateway.public("network.keys", &keys)?;
        gateway.secret("api.token", &format!("{}\n", token()?))?;
        let mut config = Config::new(gateway.path(), plan.name, terminal);
        config.hub = plan.hub.to_string();
        config.listen = member.rest;
        config.shares_lanes = plan.has_several(terminal.institution());
        gateway.public("gateway.toml", &config.to_toml())?;
    }
    directory.extend(granted.iter().map(entry));
    hub.public("directory.toml", &directory)
}

/// An institution in a directory, with the files of the grants of its terminals.
fn entry((institution, notes): (&Institution, &Vec<String>)) -> String {
    let notes = notes.join(", ");
    format!(
        "\n[[institution]]\nbic = \"{institution}\"\nname = \"{institution}\"\ngrants = [{notes}]\n"
    )
}

/// The algorithm of an argument.
pub(crate) fn algorithm(argument: KeyAlgorithm) -> Algorithm {
    match argument {
        KeyAlgorithm::Ed25519 => Algorithm::Ed25519,
        KeyAlgorithm::P256 => Algorithm::P256,
    }
}

/// A new key for signing notes.
fn signer(name: &str) -> Result<NoteSigner, Failure> {
    let key = SigningKey::generate(Algorithm::Ed25519).context("cannot make a key")?;
    Ok(NoteSigner::new(name, key).context("cannot name a key")?)
}

/// The file of a key for signing notes.
fn secret_text(signer: &NoteSigner) -> Result<String, Failure> {
    let text = signer.to_secret_text().context("a key that was just made is in memory")?;
    Ok(format!("{text}\n"))
}

/// A token for back offices: 64 hexadecimal digits that nobody can guess.
fn token() -> Result<Digest, Failure> {
    // The digest of a fresh private key is as unpredictable as the key, and tells nothing of it.
    let key = SigningKey::generate(Algorithm::Ed25519).context("cannot make a token")?;
    Ok(Digest::of(key.to_pem().context("cannot make a token")?.as_bytes()))
}
