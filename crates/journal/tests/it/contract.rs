//! The contract, for each engine: a real directory, the simulated disk, the simulated broker.

use journal::faults::contract::{self, Subject};
use journal::faults::{Broker, Candidate, Disk, Random, Weather, journal_of};
use journal::shared_log::Mode;
use journal::{Directory, Draft, Local, Medium, Record, Stamped};
use trust::LogTime;

use crate::support::{all, options};

/// A journal in files; the medium is on a disk of its own, and hubs die without closing.
struct Files<M: Medium> {
    medium: M,
    random: Random,
    /// Keeps a real directory until the test has ended.
    _directory: Option<tempfile::TempDir>,
}

impl<M: Medium> Files<M> {
    fn open_it(&mut self, at: LogTime) -> Option<Local<M>> {
        let mut hub = Local::open_on(self.medium.clone(), &options()).ok()?.0;
        hub.open_epoch(at, self.random.number()).expect("there is room");
        Some(hub)
    }

    fn read_it(&self) -> Vec<Record> {
        let journal = Local::open_on(self.medium.clone(), &options()).expect("nobody has it").0;
        all(&journal.reader())
    }
}

macro_rules! files {
    ($medium:ty, $fresh:expr) => {
        impl Subject for Files<$medium> {
            type Hub = Local<$medium>;

            fn fresh(seed: u64) -> Self {
                $fresh(seed)
            }

            fn open(&mut self, at: LogTime) -> Option<Self::Hub> {
                self.open_it(at)
            }

            fn append(&mut self, hub: &mut Self::Hub, drafts: &[Draft]) -> Option<Vec<Stamped>> {
                hub.append(drafts).ok()
            }

            fn kill(&mut self, hub: Self::Hub) {
                drop(hub);
                self.after_kill();
            }

            fn records(&mut self) -> Vec<Record> {
                self.read_it()
            }
        }
    };
}

impl Files<Directory> {
    fn after_kill(&mut self) {}
}

impl Files<Disk> {
    /// Each death is a power cut.
    fn after_kill(&mut self) {
        self.medium = self.medium.cut(&mut self.random);
    }
}

files!(Directory, |seed| {
    let directory = tempfile::tempdir().expect("a directory");
    let medium = Directory::new(directory.path());
    Files { medium, random: Random(seed), _directory: Some(directory) }
});
files!(Disk, |seed| Files { medium: Disk::new(), random: Random(seed), _directory: None });

/// Hubs at one broker whose weather is bad.
struct Shared {
    broker: Broker,
    random: Random,
}

impl Subject for Shared {
    type Hub = Candidate;

    fn fresh(seed: u64) -> Self {
        let weather = Weather {
            lost_answer: Some(9),
            lost_request: Some(11),
            duplicate: Some(5),
            no_offset: Some(7),
        };
        Self { broker: Broker::new(seed, weather), random: Random(seed) }
    }

    fn open(&mut self, at: LogTime) -> Option<Candidate> {
        let (network, shard) = contract::log();
        let mut hub = Candidate::new(&mut self.broker, self.random.number(), network, shard);
        for _ in 0..100 {
            hub.claim(&mut self.broker, at).expect("nothing was rolled back");
            self.broker.flush(hub.producer());
            hub.poll(&mut self.broker).expect("nothing was rolled back");
            if hub.writer().mode() == Mode::Leading {
                return Some(hub);
            }
        }
        panic!("a hundred claims were lost");
    }

    fn append(&mut self, hub: &mut Candidate, drafts: &[Draft]) -> Option<Vec<Stamped>> {
        let before = hub.durable().len();
        let sent: Option<Vec<Stamped>> =
            drafts.iter().map(|draft| hub.send(&mut self.broker, draft)).collect();
        let sent = sent?;
        self.broker.flush(hub.producer());
        hub.poll(&mut self.broker).expect("nothing was rolled back");
        let durable = hub.durable()[before..].to_vec();
        // A part of a group may be durable: whoever asked for all of it knows only that.
        (durable == sent).then_some(durable)
    }

    fn kill(&mut self, hub: Candidate) {
        self.broker.drop_producer(hub.producer());
    }

    fn records(&mut self) -> Vec<Record> {
        let (network, shard) = contract::log();
        journal_of(&self.broker, network, shard)
    }
}

macro_rules! engine {
    ($name:ident, $subject:ty, $seeds:expr) => {
        mod $name {
            use super::*;

            #[test]
            fn what_is_acknowledged_stays() {
                (0..$seeds).for_each(contract::what_is_acknowledged_stays::<$subject>);
            }

            #[test]
            fn each_opening_begins_an_epoch() {
                (0..$seeds.min(10)).for_each(contract::each_opening_begins_an_epoch::<$subject>);
            }

            #[test]
            fn two_hubs_never_both_lead() {
                (0..$seeds).for_each(contract::two_hubs_never_both_lead::<$subject>);
            }

            #[test]
            fn time_never_goes_back() {
                (0..$seeds).for_each(contract::time_never_goes_back::<$subject>);
            }
        }
    };
}

// Real files sync for real: a few seeds show that they do as the simulated disk.
engine!(local_files, Files<Directory>, 5_u64);
engine!(simulated_disk, Files<Disk>, 1000_u64);
engine!(simulated_broker, Shared, 2000_u64);
