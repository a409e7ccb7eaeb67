//! A service: the rule book that a message names, as the operator defined it.
//!
//! A network without any definition has one built-in service under every name: all types, any
//! size that the hub takes, all monitoring options that it knows, open to all. From the first
//! definition on, for ever, a message must name a service that is defined (`docs/network/services.md`).
//!
//! Form of the rules in records and snapshots, integers big-endian, texts with two bytes of length:
//!
//! ```text
//! name text | types: count u8, texts | profile text, may be empty | payload bytes u32
//! flags u8: 1 relationship needed, 2 closed group, 4 withdraws what has expired, 8 sealed,
//!   16 copies, 32 real time, 64 carries files, 128 hours
//! monitoring u8: 1 option 1, 2 option 2, 4 option 3 | retention days u16
//! duplicates u8: 0 off, 1 flag, 2 refuse | duplicate window u32 (s)
//! warn after urgent u32, normal u32 | late after urgent u32, normal u32 | withdraw after u32 (s)
//! copy rule (copy.rs), if flag 16 is set | answer within u32 (ms), if flag 32 is set
//! file bytes u64 | quota bytes u64, if flag 64 is set
//! hours (calendar.rs), if flag 128 is set
//! ```

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};

use iso::Institution;
use trust::codec::{CodecError, Reader, Writer};
use trust::{Label, Lane, LogTime, Monitoring, ServiceName};

use crate::calendar::Hours;
use crate::copy::CopyRule;
use crate::copy::state::Copies;
use crate::envelope::Envelope;
use crate::event::parse;
use crate::held::HeldMessages;
use crate::lane::{NEVER, Times};
use crate::members::{MemberId, MemberSet};
use crate::pattern::Patterns;

/// How many services a network has at most, retired ones too.
pub const SERVICES_MAX: usize = 256;

/// How many messages the check for duplicates remembers in one service at most; the oldest are
/// forgotten first.
pub const DUPLICATES_REMEMBERED_MAX: usize = 1_000_000;

// The flags of a service; all eight are taken.
const NEEDS_RELATIONSHIP: u8 = 1;
const CLOSED: u8 = 2;
const WITHDRAWS_EXPIRED: u8 = 4;
const SEALED: u8 = 8;
const COPIES: u8 = 16;
const REAL_TIME: u8 = 32;
const FILES: u8 = 64;
const HOURS: u8 = 128;

/// The rules of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// What a header calls it. A name with a `!` is that of a test service.
    pub name: ServiceName,
    /// Which types of messages it carries.
    pub types: Patterns,
    /// The rules of content beyond the schema, which the hub's check knows by this name.
    pub profile: Option<Label>,
    /// How many bytes a payload may have.
    pub payload_bytes_max: u32,
    /// Whether the receiver must have permitted the sender.
    pub needs_relationship: bool,
    /// Which monitoring options a sender may ask for.
    pub monitoring: MonitoringOptions,
    /// How many days a message can be retrieved.
    pub retention_days: u16,
    /// Whether only members of its group take part.
    pub is_closed: bool,
    /// What becomes of a message that was sent before.
    pub duplicates: DuplicateCheck,
    /// When something is done about a message that waits.
    pub timing: Timing,
    /// Which institution gets copies, if one does.
    pub copy: Option<Box<CopyRule>>,
    /// Within how many milliseconds a request is to be answered, in a real-time service; nothing in
    /// a service that stores and forwards. Messages of a real-time service have no timing beside.
    pub answer_within_ms: Option<u32>,
    /// When it takes messages; nothing: always.
    pub hours: Option<Hours>,
    /// Which files its messages may announce; none without it.
    pub files: Option<FileRules>,
    /// Whether messages are sealed, so that only the receiver can read them. Such a service carries no
    /// others, and no other service carries sealed ones.
    pub is_sealed: bool,
}

/// Which files a service carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRules {
    /// How many bytes a file may have.
    pub bytes_max: u64,
    /// How many bytes the files of one institution may have that are kept at once; 0: any number.
    pub quota_bytes: u64,
}

/// Which of the options 1, 2 and 3 a sender may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonitoringOptions(
    /// Invariant: bit 0 option 1, bit 1 option 2, bit 2 option 3, no other.
    u8,
);

/// What becomes of a message that was sent before: the same sender, type and
/// reference within the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuplicateCheck {
    /// Nobody looks.
    Off,
    /// It is delivered with a mark.
    Flag {
        /// For how many seconds a message is remembered.
        window_s: u32,
    },
    /// It is refused.
    Refuse {
        /// For how many seconds a message is remembered.
        window_s: u32,
    },
}

/// After how many seconds something is done about a message that waits; 0 is never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// The sender that asked is warned.
    pub warn_after_s: ByPriority,
    /// The message is delivered with a mark that it is late.
    pub late_after_s: ByPriority,
    /// The message is withdrawn, and its sender told.
    pub withdraw_after_s: u32,
    /// Whether the end that a header sets withdraws the message too; otherwise it makes it late.
    pub withdraws_expired: bool,
}

/// A number of seconds by priority; 0 is never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByPriority {
    /// For urgent messages.
    pub urgent_s: u32,
    /// For normal messages.
    pub normal_s: u32,
}

/// A service with what the machine keeps of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceState {
    pub(crate) rules: Service,
    pub(crate) is_retired: bool,
    pub(crate) group: MemberSet,
    pub(crate) seen: Seen,
    /// The next cut-off, where it has hours and carries messages.
    pub(crate) next_cut_off: Option<LogTime>,
    /// Messages that were accepted and are not in their lanes yet.
    pub(crate) held: HeldMessages,
    /// Nothing until the service has a copy rule for the first time.
    pub(crate) copies: Option<Box<Copies>>,
}

/// The messages that the check for duplicates remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The time and the first record of each; as many as `order`.
    first: BTreeMap<SeenKey, (LogTime, u64)>,
    /// In the order in which they came.
    order: VecDeque<SeenKey>,
}

/// A message, as the check for duplicates sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SeenKey {
    pub(crate) sender: MemberId,
    pub(crate) fingerprint: u64,
}

impl Service {
    /// A service with these types and no rule beyond: open, all monitoring options, retained for
    /// 124 days.
    #[must_use]
    pub fn new(name: ServiceName, types: Patterns) -> Self {
        Self {
            name,
            types,
            profile: None,
            payload_bytes_max: u32::MAX,
            needs_relationship: false,
            monitoring: MonitoringOptions::ALL,
            retention_days: 124,
            is_closed: false,
            duplicates: DuplicateCheck::Off,
            timing: Timing::default(),
            copy: None,
            answer_within_ms: None,
            hours: None,
            files: None,
            is_sealed: false,
        }
    }

    /// Whether it is a test service, which its name says.
    #[must_use]
    pub fn is_test(&self) -> bool {
        is_test_service(&self.name)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.text(self.name.as_str());
        self.types.write(writer);
        writer.text(self.profile.as_ref().map_or("", Label::as_str)).u32(self.payload_bytes_max);
        let flags = [
            (NEEDS_RELATIONSHIP, self.needs_relationship),
            (CLOSED, self.is_closed),
            (WITHDRAWS_EXPIRED, self.timing.withdraws_expired),
            (SEALED, self.is_sealed),
            (COPIES, self.copy.is_some()),
            (REAL_TIME, self.answer_within_ms.is_some()),
            (FILES, self.files.is_some()),
            (HOURS, self.hours.is_some()),
        ];
        let flags = flags.into_iter().fold(0, |all, (bit, set)| if set { all | bit } else { all });
        writer.u8(flags).u8(self.monitoring.0).u16(self.retention_days);
        let (check, window_s) = match self.duplicates {
            DuplicateCheck::Off => (0, 0),
            DuplicateCheck::Flag { window_s } => (1, window_s),
            DuplicateCheck::Refuse { window_s } => (2, window_s),
        };
        writer.u8(check).u32(window_s);
        let Timing { warn_after_s: warn, late_after_s: late, withdraw_after_s, .. } = self.timing;
        writer.u32(warn.urgent_s).u32(warn.normal_s).u32(late.urgent_s).u32(late.normal_s);
        writer.u32(withdraw_after_s);
        if let Some(copy) = &self.copy {
            copy.write(writer);
        }
        if let Some(within_ms) = self.answer_within_ms {
            writer.u32(within_ms);
        }
        if let Some(FileRules { bytes_max, quota_bytes }) = self.files {
            writer.u64(bytes_max).u64(quota_bytes);
        }
        if let Some(hours) = &self.hours {
            hours.write(writer);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let name = parse(reader.text()?, "name of a service")?;
        let types = Patterns::read(reader)?;
        let profile = Some(reader.text()?).filter(|text| !text.is_empty());
        let profile = profile.map(|text| parse(text, "profile")).transpose()?;
        let payload_bytes_max = reader.u32()?;
        let flags = reader.u8()?;
        let monitoring = MonitoringOptions::from_bits(reader.u8()?);
        let monitoring = monitoring.ok_or_else(|| bad("monitoring options"))?;
        let retention_days = reader.u16()?;
        let duplicates = match (reader.u8()?, reader.u32()?) {
            (0, 0) => DuplicateCheck::Off,
            (1, window_s) => DuplicateCheck::Flag { window_s },
            (2, window_s) => DuplicateCheck::Refuse { window_s },
            _ => return Err(bad("check for duplicates")),
        };
        let mut by_priority =
            || Ok::<_, CodecError>(ByPriority { urgent_s: reader.u32()?, normal_s: reader.u32()? });
        let timing = Timing {
            warn_after_s: by_priority()?,
            late_after_s: by_priority()?,
            withdraw_after_s: reader.u32()?,
            withdraws_expired: flags & WITHDRAWS_EXPIRED != 0,
        };
        let copy = (flags & COPIES != 0).then(|| CopyRule::read(reader)).transpose()?;
        let answer_within_ms = if flags & REAL_TIME == 0 { None } else { Some(reader.u32()?) };
        let files = if flags & FILES == 0 {
            None
        } else {
            Some(FileRules { bytes_max: reader.u64()?, quota_bytes: reader.u64()? })
        };
        let hours = (flags & HOURS != 0).then(|| Hours::read(reader)).transpose()?;
        Ok(Self {
            name,
            types,
            profile,
            payload_bytes_max,
            needs_relationship: flags & NEEDS_RELATIONSHIP != 0,
            monitoring,
            retention_days,
            is_closed: flags & CLOSED != 0,
            duplicates,
            timing,
            copy: copy.map(Box::new),
            answer_within_ms,
            hours,
            files,
            is_sealed: flags & SEALED != 0,
        })
    }
}

impl MonitoringOptions {
    /// The options 1, 2 and 3.
    pub const ALL: Self = Self(7);

    /// The options of a list.
    #[must_use]
    pub fn of(options: &[Monitoring]) -> Self {
        Self(options.iter().fold(0, |bits, option| bits | Self::bit(*option)))
    }

    /// Whether a sender may ask for it; for nothing it always may.
    #[must_use]
    pub fn allows(self, option: Monitoring) -> bool {
        option == Monitoring::None || self.0 & Self::bit(option) != 0
    }

    fn bit(option: Monitoring) -> u8 {
        match option {
            Monitoring::None => 0,
            Monitoring::Warning => 1,
            Monitoring::Notice => 2,
            Monitoring::Both => 4,
        }
    }

    fn from_bits(bits: u8) -> Option<Self> {
        (bits < 8).then_some(Self(bits))
    }
}

impl ByPriority {
    /// The time that lies so long after another; nothing where that is never.
    #[must_use]
    pub fn after(self, at: LogTime, lane: Lane) -> Option<LogTime> {
        after(at, if lane == Lane::URGENT { self.urgent_s } else { self.normal_s })
    }
}

impl Timing {
    /// When something is done about a message that is accepted at a time.
    pub(crate) fn times(&self, at: LogTime, envelope: &Envelope) -> Times {
        let Envelope { lane, monitoring, expires_at, .. } = *envelope;
        let earlier =
            |a: Option<LogTime>, b: Option<LogTime>| a.unwrap_or(NEVER).min(b.unwrap_or(NEVER));
        let warn_at = self.warn_after_s.after(at, lane).filter(|_| monitoring.wants_warning());
        let (withdraws, marks) =
            if self.withdraws_expired { (expires_at, None) } else { (None, expires_at) };
        Times {
            warn_at: warn_at.unwrap_or(NEVER),
            withdraw_at: earlier(after(at, self.withdraw_after_s), withdraws),
            late_at: earlier(self.late_after_s.after(at, lane), marks),
        }
    }
}

impl DuplicateCheck {
    /// The time before which a message is forgotten; nothing where nobody looks.
    pub(crate) fn horizon(self, at: LogTime) -> Option<LogTime> {
        match self {
            Self::Off => None,
            Self::Flag { window_s } | Self::Refuse { window_s } => {
                Some(LogTime(at.0.saturating_sub(u64::from(window_s) * 1_000_000)))
            }
        }
    }
}

impl ServiceState {
    pub(crate) fn new(rules: Service) -> Self {
        Self {
            rules,
            is_retired: false,
            group: MemberSet::default(),
            seen: Seen::default(),
            next_cut_off: None,
            held: HeldMessages::default(),
            copies: None,
        }
    }
}

impl Seen {
    /// The first record of such a message, unless it came before `horizon`.
    pub(crate) fn first(&self, key: &SeenKey, horizon: LogTime) -> Option<u64> {
        self.first.get(key).filter(|(at, _)| *at >= horizon).map(|(_, sequence)| *sequence)
    }

    /// Forgets what came before `horizon`, and remembers a message if there is none such.
    pub(crate) fn remember(&mut self, at: LogTime, key: SeenKey, sequence: u64, horizon: LogTime) {
        while let Some(oldest) = self.order.front() {
            let is_over = self.first.get(oldest).is_none_or(|(at, _)| *at < horizon);
            if !is_over && self.order.len() < DUPLICATES_REMEMBERED_MAX {
                break;
            }
            self.first.remove(oldest);
            self.order.pop_front();
        }
        if let Entry::Vacant(place) = self.first.entry(key) {
            place.insert((at, sequence));
            self.order.push_back(key);
        }
    }

    /// When each was first seen, which it was, and in which record, in their order.
    pub(crate) fn entries(&self) -> impl ExactSizeIterator<Item = (LogTime, SeenKey, u64)> {
        self.order.iter().map(|key| {
            let (at, sequence) = self.first.get(key).expect("what is in the order is in the map");
            (*at, *key, *sequence)
        })
    }

    /// Adds what a snapshot holds; nothing where it is there already or out of order.
    pub(crate) fn restore(&mut self, at: LogTime, key: SeenKey, sequence: u64) -> Option<()> {
        let last = self.order.back().and_then(|last| self.first.get(last));
        let in_order = last.is_none_or(|(before, _)| *before <= at);
        let is_new = self.first.insert(key, (at, sequence)).is_none();
        self.order.push_back(key);
        (in_order && is_new).then_some(())
    }
}

/// Whether an institution is one for tests: the eighth character of its BIC is `0`.
#[must_use]
pub fn is_test_institution(institution: Institution) -> bool {
    institution.as_bytes().last() == Some(&b'0')
}

/// Whether a service is one for tests: its name has a `!`, as in `payments!p`.
#[must_use]
pub fn is_test_service(name: &ServiceName) -> bool {
    name.as_str().contains('!')
}

/// The time so many seconds after another; nothing where that is never.
pub(crate) fn after(at: LogTime, seconds: u32) -> Option<LogTime> {
    (seconds > 0).then(|| LogTime(at.0.saturating_add(u64::from(seconds) * 1_000_000)))
}

fn bad(field: &'static str) -> CodecError {
    CodecError::OutOfRange { field }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn services() -> impl Strategy<Value = Service> {
        let check = prop_oneof![
            Just(DuplicateCheck::Off),
            any::<u32>().prop_map(|window_s| DuplicateCheck::Flag { window_s }),
            any::<u32>().prop_map(|window_s| DuplicateCheck::Refuse { window_s }),
        ];
        let flags = any::<[bool; 5]>();
        let real_time = prop::option::of(any::<u32>());
        (check, flags, any::<[u32; 6]>(), 0..8_u8, any::<u16>(), real_time).prop_map(
            |(duplicates, flags, seconds, bits, retention_days, answer_within_ms)| {
                let [needs_relationship, is_closed, withdraws_expired, profile, is_sealed] = flags;
                let [payload_bytes_max, a, b, c, d, withdraw_after_s] = seconds;
                Service {
                    profile: profile.then(|| "cbpr".parse().unwrap()),
                    payload_bytes_max,
                    needs_relationship,
                    monitoring: MonitoringOptions::from_bits(bits).unwrap(),
                    retention_days,
                    is_closed,
                    duplicates,
                    answer_within_ms,
                    is_sealed,
                    timing: Timing {
                        warn_after_s: ByPriority { urgent_s: a, normal_s: b },
                        late_after_s: ByPriority { urgent_s: c, normal_s: d },
                        withdraw_after_s,
                        withdraws_expired,
                    },
                    files: (payload_bytes_max % 2 == 0).then_some(FileRules {
                        bytes_max: u64::from(a) << 16,
                        quota_bytes: u64::from(b) << 20,
                    }),
                    ..Service::new("payments!p".parse().unwrap(), "pacs.*".parse().unwrap())
                }
            },
        )
    }

    proptest! {
        #[test]
        fn rules_come_back(service in services()) {
            let mut writer = Writer::with_capacity(64);
            service.write(&mut writer);
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(Service::read(&mut reader), Ok(service));
            prop_assert_eq!(reader.finish(), Ok(()));
        }

        #[test]
        fn bytes_have_one_reading(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut reader = Reader::new(&bytes);
            if let Ok(service) = Service::read(&mut reader) {
                let mut writer = Writer::with_capacity(64);
                service.write(&mut writer);
                let read = bytes.len() - reader.rest().len();
                prop_assert_eq!(writer.finish(), &bytes[..read]);
            }
        }
    }

    #[test]
    fn names_say_what_is_for_tests() {
        assert!(is_test_service(&"payments!p".parse().unwrap()));
        assert!(!is_test_service(&"payments".parse().unwrap()));
        assert!(is_test_institution("ALPHDEF0".parse().unwrap()));
        assert!(!is_test_institution("ALPHDEFF".parse().unwrap()));
    }

    #[test]
    fn what_was_seen_is_forgotten_after_its_time() {
        let key = |fingerprint| SeenKey { sender: MemberId(0), fingerprint };
        let mut seen = Seen::default();
        seen.remember(LogTime(10), key(1), 100, LogTime(0));
        seen.remember(LogTime(20), key(1), 101, LogTime(0));
        assert_eq!(seen.first(&key(1), LogTime(10)), Some(100), "the first stays the first");
        assert_eq!(seen.first(&key(1), LogTime(11)), None, "it came before the horizon");
        seen.remember(LogTime(30), key(2), 102, LogTime(10));
        assert_eq!(seen.entries().len(), 2);
        seen.remember(LogTime(31), key(3), 103, LogTime(11));
        assert_eq!(seen.first(&key(1), LogTime(0)), None, "it has left memory");
        seen.remember(LogTime(31), key(1), 104, LogTime(11));
        assert_eq!(seen.first(&key(1), LogTime(11)), Some(104));
    }
}
