//! What the back office wants to send: a file, and the message that announces it.
//!
//! An order is a small file of its own, durable before anybody hears of it, and written anew when its
//! state changes. It is made once for each idempotency key, whose digest is its name.

use document::{FileParts, FileReference};
use serde::{Deserialize, Serialize};
use trust::{Digest, FileName, LogTime, Monitoring, Priority};

use super::{Shelf, said};
use crate::check::Wish;

/// The folder of orders among the files.
const FOLDER: &str = ".orders";

/// A file that is to be sent and announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Its name at this gateway: 16 hexadecimal digits.
    pub(crate) id: String,
    /// The reference that is the announcement, byte for byte.
    reference: String,
    /// In which service.
    service: String,
    urgent: bool,
    monitoring: u8,
    /// When it was made, in microseconds.
    made_at: u64,
    pub(crate) state: OrderState,
}

/// How far an order has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OrderState {
    /// The file is on its way to the hub, or will be.
    Sending,
    /// The hub holds it whole, and the announcement is in the outbox.
    Announced {
        /// The name of that message.
        message: String,
    },
    /// The hub does not take the file.
    Failed {
        /// The code.
        code: String,
        /// The same for people.
        text: String,
    },
}

/// What an order is made of.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// What is announced.
    pub(crate) reference: FileReference,
    /// How.
    pub(crate) wish: Wish,
    /// The service, which the wish may leave to the settings.
    pub(crate) service: trust::ServiceName,
    /// The idempotency key.
    pub(crate) key: String,
    /// Now.
    pub(crate) at: LogTime,
}

impl Order {
    /// The order for a key.
    pub(crate) fn new(wanted: &Wanted) -> Self {
        let Wanted { reference, wish, service, key, at } = wanted;
        Self {
            id: Self::id_of(key),
            reference: reference.to_string(),
            service: service.to_string(),
            urgent: wish.priority == Priority::Urgent,
            monitoring: wish.monitoring.code(),
            made_at: at.0,
            state: OrderState::Sending,
        }
    }

    /// The name of the order for a key.
    pub(crate) fn id_of(key: &str) -> String {
        let digest = Digest::of(format!("nuncio order 1\n{key}").as_bytes()).to_string();
        digest.get(..16).unwrap_or_default().to_owned()
    }

    /// Whether it asks for the same.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let Self { reference, service, urgent, monitoring, .. } = self;
        *reference == other.reference
            && *service == other.service
            && *urgent == other.urgent
            && *monitoring == other.monitoring
    }

    /// The announcement's bytes.
    pub(crate) fn payload(&self) -> &str {
        &self.reference
    }

    /// What is announced.
    ///
    /// # Panics
    ///
    /// Never: an order was made of a reference, or read with one.
    pub(crate) fn reference(&self) -> FileReference {
        self.reference.parse().expect("an order has a good reference")
    }

    /// The file.
    pub(crate) fn file(&self) -> FileName {
        let reference = self.reference();
        let FileParts { sha256, bytes, .. } = reference.parts();
        FileName { digest: Digest(*sha256), bytes: *bytes }
    }

    /// How it is to be announced.
    pub(crate) fn wish(&self) -> Wish {
        Wish {
            service: self.service.parse().ok(),
            priority: if self.urgent { Priority::Urgent } else { Priority::Normal },
            monitoring: Monitoring::from_code(self.monitoring).unwrap_or(Monitoring::Notice),
            answers: None,
        }
    }

    /// In which service.
    pub(crate) fn service(&self) -> &str {
        &self.service
    }

    /// When it was made.
    pub(crate) fn made_at(&self) -> LogTime {
        LogTime(self.made_at)
    }

    /// Whether nothing more is to be done about it.
    pub(crate) fn is_over(&self) -> bool {
        self.state != OrderState::Sending
    }

    fn name(id: &str) -> String {
        format!("{FOLDER}/{id}")
    }
}

impl Shelf {
    /// Keeps an order durably, in place of the one of this name; whoever sends hears of it.
    pub(crate) fn keep_order(&self, order: &Order) -> Result<(), String> {
        let text = serde_json::to_vec(order).map_err(said)?;
        self.objects.put(&Order::name(&order.id), &[&text]).map_err(said)?;
        self.orders.send_modify(|orders| *orders += 1);
        Ok(())
    }

    /// An order.
    pub(crate) fn order(&self, id: &str) -> Result<Option<Order>, String> {
        let found = self.objects.get(&Order::name(id)).map_err(said)?;
        found.map(|text| read(&text)).transpose()
    }

    /// All orders.
    pub(crate) fn orders(&self) -> Result<Vec<Order>, String> {
        let mut orders = Vec::new();
        for object in self.objects.list(&[FOLDER]).map_err(said)? {
            let Some(text) = self.objects.get(&object.name).map_err(said)? else { continue };
            orders.push(read(&text)?);
        }
        orders.sort_by_key(Order::made_at);
        Ok(orders)
    }

    pub(crate) fn remove_order(&self, id: &str) -> Result<(), String> {
        self.objects.remove(&[Order::name(id)]).map_err(said)
    }
}

fn read(text: &[u8]) -> Result<Order, String> {
    let order: Order = serde_json::from_slice(text).map_err(said)?;
    order.reference.parse::<FileReference>().map_err(said)?;
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(name: &str) -> Wanted {
        let parts = FileParts {
            reference: "REF-1".to_owned(),
            name: name.to_owned(),
            media_type: "application/zip".to_owned(),
            bytes: 7,
            sha256: [7; 32],
            description: None,
        };
        let (from, to) = ("ALPHDEFF".parse().unwrap(), "BRAVFRPP".parse().unwrap());
        let priority = Priority::Urgent;
        let monitoring = Monitoring::Both;
        Wanted {
            reference: FileReference::new(from, to, parts).unwrap(),
            wish: Wish { service: None, priority, monitoring, answers: None },
            service: "files".parse().unwrap(),
            key: "key-1".to_owned(),
            at: LogTime(5),
        }
    }

    #[test]
    fn an_order_is_kept_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(folder.path()).unwrap();
        let mut order = Order::new(&wanted("a.zip"));
        assert_eq!(order.id, Order::id_of("key-1"));
        assert!(order.is_like(&Order::new(&wanted("a.zip"))));
        assert!(!order.is_like(&Order::new(&wanted("b.zip"))));
        shelf.keep_order(&order).unwrap();
        order.state = OrderState::Announced { message: "ALPHDEFFA-1".to_owned() };
        shelf.keep_order(&order).unwrap();
        drop(shelf);
        let shelf = Shelf::open(folder.path()).unwrap();
        assert_eq!(shelf.orders().unwrap(), [order.clone()]);
        assert_eq!(shelf.order(&order.id).unwrap(), Some(order.clone()));
        assert_eq!(order.file(), FileName { digest: Digest([7; 32]), bytes: 7 });
        let wish = Wish { service: Some("files".parse().unwrap()), ..wanted("a.zip").wish };
        assert_eq!(order.wish(), wish);
        assert!(shelf.files().all().unwrap().is_empty(), "orders are no files");
        shelf.remove_order(&order.id).unwrap();
        assert_eq!(shelf.orders().unwrap(), []);
    }
}
