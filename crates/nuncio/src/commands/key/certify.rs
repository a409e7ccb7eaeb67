//! `nuncio key certify`: the authority certifies a key of TLS that its holder has made.

use std::fs;
use std::process::ExitCode;

use anyhow::Context as _;
use trust::LogTime;
use trust::pki::{Authority, Holder, Validity};

use super::request::{Purpose, Request};
use super::{DAY_US, read};
use crate::cli::{KeyCertify, Output};
use crate::clock;
use crate::exit::{self, Failure};
use crate::output;

pub(super) fn run(options: &KeyCertify, output: Output) -> Result<ExitCode, Failure> {
    let folder = &options.authority;
    let authority = Authority::load(&read(&folder.join("ca.pem"))?, &read(&folder.join("ca.key"))?)
        .with_context(|| format!("{} is not the folder of an authority", folder.display()))?;
    let request = Request::open(&read(&options.request)?, Purpose::Tls);
    let request = request.filter(|it| it.network == *authority.network()).ok_or_else(|| {
        let words = format!("{} is no request to this network", options.request.display());
        Failure::said(exit::INVALID, words)
    })?;
    let from = options.from.unwrap_or_else(clock::now);
    let until = options.days.checked_mul(DAY_US).and_then(|span| from.0.checked_add(span));
    let until = LogTime(until.context("the certificate would never end")?);
    let validity = Validity { from, until };
    let hosts: Vec<&str> = options.hosts.iter().map(String::as_str).collect();
    let certificate = match (request.holder, hosts.as_slice()) {
        (Holder::Hub, []) => {
            let words = "name with --host what gateways call the hub by, once for each name";
            return Err(Failure::said(exit::USAGE, words));
        }
        (Holder::Hub, hosts) => authority.certify_hub(hosts, &request.key, validity),
        (Holder::Terminal(terminal), []) => {
            authority.certify_terminal(terminal, &request.key, validity)
        }
        (Holder::Terminal(_), _) => {
            return Err(Failure::said(exit::USAGE, "a terminal has no host names"));
        }
    };
    let certificate = certificate.context("cannot certify the key")?;
    fs::write(&options.to, &certificate)
        .with_context(|| format!("cannot write {}", options.to.display()))?;
    let (holder, key) = (request.holder, request.key.id());
    match output {
        Output::Json => output::json(&serde_json::json!({
            "file": options.to, "holder": holder.to_string(), "key": key.to_string(),
            "hosts": hosts, "from": from.to_string(), "until": until.to_string(),
        })),
        Output::Table => {
            let file = options.to.display();
            output::line(&format!("{file}: the key {key} makes connections as {holder}"));
            output::line(&format!("  from {from} until {until}"));
            hosts.iter().for_each(|host| output::line(&format!("  under the name {host}")));
        }
    }
    Ok(ExitCode::SUCCESS)
}
