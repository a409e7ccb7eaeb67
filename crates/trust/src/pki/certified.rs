//! What a certificate of the network says, read where no handshake is made: before it is put in place.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use iso::Terminal;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::X509Certificate;
use x509_parser::time::ASN1Time;

use super::{HUB, PkiError, Validity, certificates_in, names_in, parse};
use crate::{LogTime, NetworkName};

/// Whose end of connections a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The hub's.
    Hub,
    /// A terminal's.
    Terminal(Terminal),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hub => f.write_str(HUB),
            Self::Terminal(terminal) => terminal.fmt(f),
        }
    }
}

impl FromStr for Holder {
    type Err = PkiError;

    fn from_str(text: &str) -> Result<Self, PkiError> {
        if text == HUB {
            return Ok(Self::Hub);
        }
        text.parse().map(Self::Terminal).map_err(|_| PkiError::Name)
    }
}

/// What a certificate says, which an authority has signed itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    /// Of which network.
    pub network: NetworkName,
    /// Whose it is.
    pub holder: Holder,
    /// The key that it certifies, as a `SubjectPublicKeyInfo` in DER.
    pub spki: Vec<u8>,
    /// Host names and addresses of the hub.
    pub hosts: Vec<String>,
    /// When it is good.
    pub validity: Validity,
}

/// Reads the first certificate of a PEM text, and checks that one of the authorities of another PEM text
/// has signed it. Whether it is good at a time is the caller's question.
///
/// # Errors
///
/// [`PkiError::Certificate`] where one of the texts is none, [`PkiError::Name`] where it names neither
/// one hub nor one terminal, [`PkiError::Authority`] where the authority has not signed it.
pub fn certified(certificate: &str, authority: &str) -> Result<Certified, PkiError> {
    let chain = certificates_in(certificate)?;
    let found = parse(chain.first().ok_or(PkiError::Certificate)?)?;
    let (network, holder) = names_in(&found)?.split_once(':').ok_or(PkiError::Name)?;
    let network = network.parse().map_err(|_| PkiError::Name)?;
    let holder = holder.parse()?;
    let authorities = certificates_in(authority)?;
    if !authorities.iter().any(|by| parse(by).is_ok_and(|by| signed_by(&found, &by))) {
        return Err(PkiError::Authority);
    }
    let names = found.subject_alternative_name().map_err(|_| PkiError::Certificate)?;
    let names = names.into_iter().flat_map(|names| &names.value.general_names);
    let host = |name: &GeneralName<'_>| {
        if let GeneralName::DNSName(name) = name {
            Some((*name).to_owned())
        } else if let GeneralName::IPAddress(bytes) = name {
            address(bytes).map(|address| address.to_string())
        } else {
            None
        }
    };
    let time = |time: ASN1Time| {
        let seconds = u64::try_from(time.timestamp()).map_err(|_| PkiError::Certificate)?;
        Ok::<_, PkiError>(LogTime(seconds * 1_000_000))
    };
    let validity = Validity {
        from: time(found.validity().not_before)?,
        until: time(found.validity().not_after)?,
    };
    let spki = found.public_key().raw.to_vec();
    Ok(Certified { network, holder, spki, hosts: names.filter_map(host).collect(), validity })
}

/// Whether an authority with a key on P-256, as [`super::Authority`] has one, has signed a certificate.
fn signed_by(found: &X509Certificate<'_>, by: &X509Certificate<'_>) -> bool {
    let key = &*by.public_key().subject_public_key.data;
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key);
    let signed = key.verify(found.tbs_certificate.as_ref(), &found.signature_value.data);
    // What stands outside of the signed part says it once more.
    let is_same = found.signature_algorithm == found.tbs_certificate.signature
        && found.signature_value.unused_bits == 0;
    signed.is_ok() && is_same && found.issuer() == by.subject()
}

/// An address as a certificate has it.
fn address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(four.into());
    }
    <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)
}
