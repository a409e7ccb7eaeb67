//! The network's own certificate authority, for mutual TLS between gateways and hub.
//!
//! Who is at the other end of a connection stands in its certificate as a URI: the authority is
//! `nuncio:<network>`, the hub `nuncio:<network>:hub` (besides its host names), a terminal
//! `nuncio:<network>:<terminal>`. These keys do TLS and nothing else: what is signed to be shown to
//! others is signed with a [`crate::SigningKey`]. All keys are P-256, which every TLS library knows.
//! Nothing here checks a chain of certificates; the TLS library does.

mod certified;

use std::net::IpAddr;
use std::time::Duration;

use iso::Terminal;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, SanType, SubjectPublicKeyInfo,
};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::{LogTime, NetworkName, PublicKey, pem};

pub use self::certified::{Certified, Holder, certified};

/// The years that a certificate can name end here: the last second of 9999 (RFC 5280, 4.1.2.5).
const SECONDS_MAX: u64 = 253_402_300_799;
const SCHEME: &str = "nuncio:";
const HUB: &str = "hub";
const CERTIFICATE: &str = "CERTIFICATE";

/// From when until when a certificate is good, both included, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first moment.
    pub from: LogTime,
    /// The last moment.
    pub until: LogTime,
}

/// Signs the certificates of a network.
pub struct Authority {
    network: NetworkName,
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

/// A certificate and its private key, both as PEM texts.
#[derive(Clone, PartialEq, Eq)]
pub struct Issued {
    /// The certificate; the authority's is not in it.
    pub certificate: String,
    /// The private key, as unencrypted PKCS#8. Whoever reads it can be taken for its holder.
    pub key: String,
}

impl Authority {
    /// A new authority for a network, with a new key.
    ///
    /// # Errors
    ///
    /// [`PkiError::Validity`] or [`PkiError::Issue`].
    pub fn create(network: NetworkName, validity: Validity) -> Result<Self, PkiError> {
        let key = KeyPair::generate().map_err(PkiError::Issue)?;
        let mut params = params(&format!("Nuncio network {network}"), validity)?;
        params.subject_alt_names = vec![uri(&format!("{SCHEME}{network}"))?];
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(PkiError::Issue)?.pem();
        Ok(Self { network, issuer: Issuer::new(params, key), certificate })
    }

    /// An authority from its two PEM texts.
    ///
    /// # Errors
    ///
    /// [`PkiError::Certificate`], [`PkiError::Key`] and [`PkiError::Pair`] say which of them is no
    /// good; [`PkiError::Name`] where the certificate is not an authority's.
    pub fn load(certificate: &str, key: &str) -> Result<Self, PkiError> {
        let der = pem::decode(CERTIFICATE, certificate).ok_or(PkiError::Certificate)?;
        let parsed = parse(&der)?;
        let network = names_in(&parsed)?;
        let network = network.parse().map_err(|_| PkiError::Name)?;
        if !parsed.is_ca() {
            return Err(PkiError::Name);
        }
        let key = KeyPair::from_pem(key).map_err(|_| PkiError::Key)?;
        if parsed.public_key().subject_public_key.data != key.public_key_raw() {
            return Err(PkiError::Pair);
        }
        let issuer = Issuer::from_ca_cert_der(&der.into(), key).map_err(PkiError::Issue)?;
        Ok(Self { network, issuer, certificate: certificate.into() })
    }

    /// The network whose certificates it signs.
    #[must_use]
    pub fn network(&self) -> &NetworkName {
        &self.network
    }

    /// Its certificate, which both ends of a connection trust, as a PEM text.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Its private key as a PEM text. Whoever reads it can let anybody into the network.
    #[must_use]
    pub fn key(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// A certificate for the hub, under host names and IP addresses, with a new key.
    ///
    /// # Errors
    ///
    /// [`PkiError::Host`] names the one that is no host name; [`PkiError::Validity`],
    /// [`PkiError::Issue`].
    pub fn issue_hub(&self, hosts: &[&str], validity: Validity) -> Result<Issued, PkiError> {
        issued(|key| self.sign(self.hub(hosts, validity)?, key))
    }

    /// A certificate for a terminal's end of its connections, with a new key.
    ///
    /// # Errors
    ///
    /// [`PkiError::Validity`], [`PkiError::Issue`].
    pub fn issue_terminal(
        &self,
        terminal: Terminal,
        validity: Validity,
    ) -> Result<Issued, PkiError> {
        issued(|key| self.sign(self.terminal(terminal, validity)?, key))
    }

    /// A certificate for the hub and a key that it has made, as a PEM text.
    ///
    /// # Errors
    ///
    /// As [`Self::issue_hub`]; [`PkiError::Key`] where the key does not sign.
    pub fn certify_hub(
        &self,
        hosts: &[&str],
        key: &PublicKey,
        validity: Validity,
    ) -> Result<String, PkiError> {
        self.sign(self.hub(hosts, validity)?, &spki(key)?)
    }

    /// A certificate for a terminal and a key that its institution has made, as a PEM text.
    ///
    /// # Errors
    ///
    /// As [`Self::issue_terminal`]; [`PkiError::Key`] where the key does not sign.
    pub fn certify_terminal(
        &self,
        terminal: Terminal,
        key: &PublicKey,
        validity: Validity,
    ) -> Result<String, PkiError> {
        self.sign(self.terminal(terminal, validity)?, &spki(key)?)
    }

    fn hub(&self, hosts: &[&str], validity: Validity) -> Result<CertificateParams, PkiError> {
        let mut params = params(&format!("Nuncio hub {}", self.network), validity)?;
        params.subject_alt_names =
            hosts.iter().map(|host| host_name(host)).collect::<Result<_, _>>()?;
        params.subject_alt_names.push(uri(&format!("{SCHEME}{}:{HUB}", self.network))?);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        Ok(params)
    }

    fn terminal(
        &self,
        terminal: Terminal,
        validity: Validity,
    ) -> Result<CertificateParams, PkiError> {
        let mut params = params(&format!("Nuncio terminal {terminal}"), validity)?;
        params.subject_alt_names = vec![uri(&format!("{SCHEME}{}:{terminal}", self.network))?];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        Ok(params)
    }

    fn sign(
        &self,
        mut params: CertificateParams,
        key: &impl PublicKeyData,
    ) -> Result<String, PkiError> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        Ok(params.signed_by(key, &self.issuer).map_err(PkiError::Issue)?.pem())
    }
}

/// A certificate of a new key.
fn issued(certify: impl FnOnce(&KeyPair) -> Result<String, PkiError>) -> Result<Issued, PkiError> {
    let key = KeyPair::generate().map_err(PkiError::Issue)?;
    Ok(Issued { certificate: certify(&key)?, key: key.serialize_pem() })
}

fn spki(key: &PublicKey) -> Result<SubjectPublicKeyInfo, PkiError> {
    let der = key.to_spki().ok_or(PkiError::Key)?;
    SubjectPublicKeyInfo::from_der(&der).map_err(PkiError::Issue)
}

impl std::fmt::Debug for Authority {
    /// The network only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Authority({})", self.network)
    }
}

impl std::fmt::Debug for Issued {
    /// Not the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issued").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// The network and the terminal that a certificate names, which the TLS library has verified.
///
/// # Errors
///
/// [`PkiError::Certificate`] where the bytes are no certificate; [`PkiError::Name`] unless it names
/// exactly one terminal.
pub fn terminal_of_certificate(der: &[u8]) -> Result<(NetworkName, Terminal), PkiError> {
    let certificate = parse(der)?;
    let (network, terminal) = names_in(&certificate)?.split_once(':').ok_or(PkiError::Name)?;
    let network = network.parse().map_err(|_| PkiError::Name)?;
    Ok((network, terminal.parse().map_err(|_| PkiError::Name)?))
}

/// The subject and the last moment of each certificate in a PEM text.
///
/// # Errors
///
/// [`PkiError::Certificate`] where there is none, or one is malformed.
pub fn ends_of_certificates(text: &str) -> Result<Vec<(String, LogTime)>, PkiError> {
    let mut ends = Vec::new();
    for der in certificates_in(text)? {
        let certificate = parse(&der)?;
        let seconds = certificate.validity().not_after.timestamp();
        let seconds = u64::try_from(seconds).map_err(|_| PkiError::Certificate)?;
        ends.push((certificate.subject().to_string(), LogTime(seconds * 1_000_000)));
    }
    Ok(ends)
}

/// The certificates of a PEM text; one at least.
fn certificates_in(text: &str) -> Result<Vec<Vec<u8>>, PkiError> {
    const END: &str = "-----END CERTIFICATE-----";
    let pieces = text.split_inclusive(END).filter(|piece| piece.contains(END));
    let der = |piece: &str| {
        let start = piece.find("-----BEGIN").ok_or(PkiError::Certificate)?;
        let pem = piece.get(start..).ok_or(PkiError::Certificate)?;
        pem::decode(CERTIFICATE, pem).ok_or(PkiError::Certificate)
    };
    let all = pieces.map(der).collect::<Result<Vec<_>, _>>()?;
    if all.is_empty() { Err(PkiError::Certificate) } else { Ok(all) }
}

fn parse(der: &[u8]) -> Result<X509Certificate<'_>, PkiError> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        Ok(_) | Err(_) => Err(PkiError::Certificate),
    }
}

/// What follows `nuncio:` in the only such name of a certificate.
fn names_in<'a>(certificate: &X509Certificate<'a>) -> Result<&'a str, PkiError> {
    let names = certificate.subject_alternative_name().map_err(|_| PkiError::Certificate)?;
    let mut found = names
        .into_iter()
        .flat_map(|names| &names.value.general_names)
        .filter_map(|name| if let GeneralName::URI(uri) = name { Some(uri) } else { None })
        .filter_map(|uri| uri.strip_prefix(SCHEME));
    match (found.next(), found.next()) {
        (Some(name), None) => Ok(name),
        _ => Err(PkiError::Name),
    }
}

fn params(common_name: &str, validity: Validity) -> Result<CertificateParams, PkiError> {
    let Validity { from, until } = validity;
    let (from, until) = (from.0 / 1_000_000, until.0 / 1_000_000);
    if from >= until || until > SECONDS_MAX {
        return Err(PkiError::Validity);
    }
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let mut params = CertificateParams::default();
    params.not_before = epoch + Duration::from_secs(from);
    params.not_after = epoch + Duration::from_secs(until);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    Ok(params)
}

fn uri(text: &str) -> Result<SanType, PkiError> {
    text.try_into().map(SanType::URI).map_err(PkiError::Issue)
}

fn host_name(host: &str) -> Result<SanType, PkiError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(SanType::IpAddress(address));
    }
    let part = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(part) {
        return Err(PkiError::Host { host: host.into() });
    }
    host.try_into().map(SanType::DnsName).map_err(PkiError::Issue)
}

/// Why no certificate can be issued, or one is refused.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// Times that a certificate cannot have.
    #[error("a certificate ends at least a second after it begins, and before the year 10000")]
    Validity,
    /// Neither a host name nor an IP address.
    #[error("{host:?} is neither a host name nor an IP address")]
    Host {
        /// What was given.
        host: String,
    },
    /// Bytes or a text that are no certificate.
    #[error("this is no X.509 certificate")]
    Certificate,
    /// A text that is no private key.
    #[error("this is no PKCS#8 private key")]
    Key,
    /// Certificate and key of different pairs.
    #[error("the private key is not that of the certificate")]
    Pair,
    /// The certificate does not say who this is, or says it of somebody of another kind.
    #[error("the certificate does not have the one name of the kind that is wanted here")]
    Name,
    /// The authority has not signed it.
    #[error("the certificate is not signed by the network's authority")]
    Authority,
    /// The library could not make it.
    #[error("cannot issue the certificate")]
    Issue(#[source] rcgen::Error),
}

#[cfg(test)]
mod tests;
