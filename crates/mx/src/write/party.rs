//! Who takes part, and where they are.

use iso::{Bic, Country, Iban, Lei};

use super::text::{AccountNumber, Name, Short, Town};
use super::xml::Xml;

/// An agent, by its BIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent(pub Bic);

impl Agent {
    pub(super) fn write(self, xml: &mut Xml, name: &'static str) {
        xml.group(name, |xml| {
            xml.group("FinInstnId", |xml| xml.leaf("BICFI", self.0.as_str()));
        });
    }

    pub(super) fn optional(agent: Option<Self>, xml: &mut Xml, name: &'static str) {
        if let Some(agent) = agent {
            agent.write(xml, name);
        }
    }
}

/// A structured address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The street, without the number.
    pub street: Option<Town>,
    /// The number of the building; 16 characters at most.
    pub building: Option<Short>,
    /// The post code; 16 characters at most.
    pub post_code: Option<Short>,
    /// The town.
    pub town: Town,
    /// The country.
    pub country: Country,
}

/// A customer: debtor or creditor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its name.
    pub name: Name,
    /// Where it is.
    pub address: Option<Address>,
    /// Its legal entity identifier.
    pub lei: Option<Lei>,
}

impl Party {
    pub(super) fn write(&self, xml: &mut Xml, name: &'static str) {
        xml.group(name, |xml| {
            xml.leaf("Nm", self.name.as_str());
            if let Some(address) = &self.address {
                xml.group("PstlAdr", |xml| {
                    xml.optional("StrtNm", address.street.as_ref());
                    xml.optional("BldgNb", address.building.as_ref());
                    xml.optional("PstCd", address.post_code.as_ref());
                    xml.leaf("TwnNm", address.town.as_str());
                    xml.leaf("Ctry", address.country.as_str());
                });
            }
            if let Some(lei) = self.lei {
                xml.group("Id", |xml| {
                    xml.group("OrgId", |xml| xml.leaf("LEI", lei.as_str()));
                });
            }
        });
    }
}

/// The number of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// An IBAN.
    Iban(Iban),
    /// A number of another form.
    Other(AccountNumber),
}

impl Account {
    pub(super) fn optional(account: Option<&Self>, xml: &mut Xml, name: &'static str) {
        let Some(account) = account else { return };
        xml.group(name, |xml| {
            xml.group("Id", |xml| match account {
                Self::Iban(iban) => xml.leaf("IBAN", iban.as_str()),
                Self::Other(number) => {
                    xml.group("Othr", |xml| xml.leaf("Id", number.as_str()));
                }
            });
        });
    }
}
