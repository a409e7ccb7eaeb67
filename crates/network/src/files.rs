//! Files that messages announce: who may fetch which, until when, and how much is announced.
//!
//! The bytes of a file are the shell's; they never come here. A file is named by whoever sent it and
//! by what it holds, so two institutions that send the same bytes have two files, and neither can
//! announce what only the other has. An announcement gives its receiver the file for as long as the
//! service retains messages; one that is withdrawn before anybody could have it gives nothing.
//!
//! **Invariant:** what is over leaves the state with the next announcement that is accepted; until
//! then everybody passes it over.

use std::collections::{BTreeMap, BTreeSet};

use iso::{Institution, Terminal};
use trust::codec::{CodecError, Reader, Writer};
use trust::{Digest, FileName, LogTime, ServiceName};

use crate::envelope::Envelope;
use crate::event::parse;
use crate::members::MemberId;
use crate::network::Network;
use crate::refusal::Refusal;
use crate::service::{FileRules, Service};

/// How many announcements are kept at most; further ones are refused until some are over.
pub const ANNOUNCEMENTS_MAX: usize = 262_144;

/// For how many days a file is kept where no service is defined.
const DEFAULT_RETENTION_DAYS: u16 = 124;

/// The announcements that are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Files {
    /// By the record that accepted each.
    announced: BTreeMap<u64, Announcement>,
    /// Invariant: the end and the record of each of `announced`.
    ends: BTreeSet<(LogTime, u64)>,
    /// Invariant: the records of `announced` by the file that they announce.
    by_file: BTreeMap<(MemberId, Digest), BTreeSet<u64>>,
    /// Invariant: how many bytes the files of a sender in a service have that are in `announced`,
    /// each file once.
    used: BTreeMap<(ServiceName, MemberId), u64>,
}

/// A message that announced a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Announcement {
    pub(crate) sender: MemberId,
    pub(crate) receiver: MemberId,
    pub(crate) service: ServiceName,
    pub(crate) file: FileName,
    /// Before this time the file can be fetched.
    pub(crate) until: LogTime,
}

/// A file that an institution may fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileView {
    /// What it is.
    pub file: FileName,
    /// The record that announced it.
    pub announced_in: u64,
    /// Before this time it can be fetched.
    pub until: LogTime,
}

impl Files {
    /// How many are not over.
    fn len(&self, at: LogTime) -> usize {
        self.ends.len() - self.over(at).count()
    }

    fn over(&self, at: LogTime) -> impl Iterator<Item = u64> {
        self.ends.range(..=(at, u64::MAX)).map(|(_, record)| *record)
    }

    /// How many bytes of a sender are announced in a service, without what is over and without
    /// `file`, which counts once however often it is announced.
    fn used(&self, at: LogTime, service: ServiceName, sender: MemberId, file: &Digest) -> u64 {
        let mut used = self.used.get(&(service, sender)).copied().unwrap_or(0);
        let mut gone = BTreeSet::from([*file]);
        if let Some(bytes) = self.bytes_of(service, sender, file) {
            used -= bytes;
        }
        for record in self.over(at) {
            let Some(it) = self.announced.get(&record) else { continue };
            let is_ours = it.service == service && it.sender == sender;
            if is_ours && !self.lasts(at, it) && gone.insert(it.file.digest) {
                used -= it.file.bytes;
            }
        }
        used
    }

    /// How many bytes a file counts in a service.
    fn bytes_of(&self, service: ServiceName, sender: MemberId, file: &Digest) -> Option<u64> {
        let mut announced = self.of_file(sender, file);
        announced.find(|(_, it)| it.service == service).map(|(_, it)| it.file.bytes)
    }

    /// Whether the file of an announcement is announced in its service by one that is not over.
    fn lasts(&self, at: LogTime, of: &Announcement) -> bool {
        self.of_file(of.sender, &of.file.digest)
            .any(|(_, it)| it.service == of.service && it.until > at)
    }

    /// What announces a file, by rising record.
    fn of_file(
        &self,
        sender: MemberId,
        file: &Digest,
    ) -> impl Iterator<Item = (u64, &Announcement)> {
        let records = self.by_file.get(&(sender, *file)).into_iter().flatten();
        records.filter_map(|record| Some((*record, self.announced.get(record)?)))
    }

    /// Takes an announcement; nothing where the record has made one before.
    fn insert(&mut self, record: u64, it: Announcement) -> Option<()> {
        let Announcement { sender, service, file, until, .. } = it;
        let counted = self.bytes_of(service, sender, &file.digest);
        if self.announced.insert(record, it).is_some() {
            return None;
        }
        self.ends.insert((until, record));
        self.by_file.entry((sender, file.digest)).or_default().insert(record);
        match counted {
            None => *self.used.entry((service, sender)).or_default() += file.bytes,
            // The hub has compared the length with that of the file.
            Some(bytes) if bytes == file.bytes => {}
            Some(_) => return None,
        }
        Some(())
    }

    /// Forgets an announcement; does nothing where there is none.
    pub(crate) fn remove(&mut self, record: u64) {
        let Some(it) = self.announced.remove(&record) else { return };
        let Announcement { sender, service, file, until, .. } = it;
        self.ends.remove(&(until, record));
        let key = (sender, file.digest);
        if let Some(records) = self.by_file.get_mut(&key) {
            records.remove(&record);
            if records.is_empty() {
                self.by_file.remove(&key);
            }
        }
        if self.bytes_of(service, sender, &file.digest).is_some() {
            return;
        }
        if let Some(used) = self.used.get_mut(&(service, sender)) {
            *used -= file.bytes;
            if *used == 0 {
                self.used.remove(&(service, sender));
            }
        }
    }

    /// The form that a snapshot has: `count | (record u64 | sender u32 | receiver u32 | service text
    /// | digest 32 | bytes u64 | until u64)*`, by rising record.
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.u32(u32::try_from(self.announced.len()).expect("it is at most ANNOUNCEMENTS_MAX"));
        for (record, it) in &self.announced {
            writer.u64(*record).u32(it.sender.0).u32(it.receiver.0).text(it.service.as_str());
            writer.digest(&it.file.digest).u64(it.file.bytes).u64(it.until.0);
        }
    }

    /// Reads it back; `known` says whether there is such a member.
    pub(crate) fn read(
        reader: &mut Reader<'_>,
        known: impl Fn(MemberId) -> bool,
    ) -> Result<Self, CodecError> {
        let bad = CodecError::OutOfRange { field: "file" };
        let mut files = Self::default();
        for _ in 0..reader.u32()? {
            let record = reader.u64()?;
            let it = Announcement {
                sender: MemberId(reader.u32()?),
                receiver: MemberId(reader.u32()?),
                service: parse(reader.text()?, "service")?,
                file: FileName { digest: reader.digest()?, bytes: reader.u64()? },
                until: LogTime(reader.u64()?),
            };
            let in_order = files.announced.last_key_value().is_none_or(|(last, _)| *last < record);
            if !in_order || !known(it.sender) || !known(it.receiver) {
                return Err(bad);
            }
            files.insert(record, it).ok_or(bad)?;
        }
        Ok(files)
    }
}

impl Network {
    /// What stands against announcing a file in a service with these rules; no rules where no
    /// service is defined.
    pub(crate) fn refuse_file(
        &self,
        at: LogTime,
        sender: Terminal,
        (service, rules): (ServiceName, Option<&Service>),
        file: &FileName,
        refusals: &mut Vec<Refusal>,
    ) {
        if self.files.len(at) >= ANNOUNCEMENTS_MAX {
            refusals.push(Refusal::TooManyFiles);
        }
        let sender_id = self.members.id(&sender.institution());
        let known = sender_id.and_then(|id| self.files.of_file(id, &file.digest).next());
        if let Some((first, it)) = known.filter(|(_, it)| it.file.bytes != file.bytes) {
            let (expected, found) = (it.file.bytes, file.bytes);
            refusals.push(Refusal::OtherFileLength { first, expected, found });
        }
        let Some(rules) = rules else { return };
        let Some(FileRules { bytes_max, quota_bytes }) = rules.files else {
            refusals.push(Refusal::FilesNotCarried { service });
            return;
        };
        if file.bytes > bytes_max {
            let (limit, found) = (bytes_max, file.bytes);
            refusals.push(Refusal::FileTooLong { service, limit, found });
        }
        let Some(sender_id) = sender_id else { return };
        let used = self.files.used(at, service, sender_id, &file.digest);
        if quota_bytes > 0 && used.saturating_add(file.bytes) > quota_bytes {
            let limit = quota_bytes;
            refusals.push(Refusal::FileQuota { service, sender, limit, used });
        }
    }

    /// What stands against a terminal's sending a file in a service, before it does so.
    ///
    /// The announcement is decided on by itself; this keeps bytes away that would be of no use.
    #[must_use]
    pub fn refuse_upload(
        &self,
        at: LogTime,
        sender: Terminal,
        service: ServiceName,
        file: &FileName,
    ) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let member = self.members.get(&sender.institution());
        if member.is_none_or(|member| member.is_suspended()) {
            refusals.push(Refusal::SenderSuspended { sender });
        }
        let state = self.services.get(&service);
        match state {
            _ if self.services.is_empty() => {}
            None => refusals.push(Refusal::UnknownService { service }),
            Some(state) if state.is_retired => refusals.push(Refusal::RetiredService { service }),
            Some(state) if state.rules.is_closed => {
                let id = self.members.id(&sender.institution());
                if !id.is_some_and(|id| state.group.contains(id)) {
                    refusals.push(Refusal::SenderOutside { service, sender });
                }
            }
            Some(_) => {}
        }
        let rules = state.filter(|state| !state.is_retired).map(|state| &state.rules);
        if self.services.is_empty() || rules.is_some() {
            self.refuse_file(at, sender, (service, rules), file, &mut refusals);
        }
        refusals
    }

    /// Takes note of the file that an accepted message announces.
    pub(crate) fn announced(&mut self, at: LogTime, sequence: u64, envelope: &Envelope) {
        let Some(file) = envelope.file else { return };
        let over: Vec<u64> = self.files.over(at).collect();
        over.into_iter().for_each(|record| self.files.remove(record));
        let service = envelope.service;
        let days = self.services.get(&service).map(|state| state.rules.retention_days);
        let days = days.unwrap_or(DEFAULT_RETENTION_DAYS);
        let kept = u64::from(days) * 86_400_000_000;
        let announcement = Announcement {
            sender: self.member_id(envelope.sender.institution()),
            receiver: self.member_id(envelope.receiver.institution()),
            service,
            file,
            until: LogTime(at.0.saturating_add(kept)),
        };
        let inserted = self.files.insert(sequence, announcement);
        assert!(inserted.is_some(), "record {sequence} announces a file of another length");
    }

    /// The file of a sender that an institution may fetch at a time: one that was announced to it,
    /// or its own.
    #[must_use]
    pub fn file_for(
        &self,
        at: LogTime,
        institution: Institution,
        sender: Institution,
        file: &Digest,
    ) -> Option<FileView> {
        let (us, sender) = (self.members.id(&institution)?, self.members.id(&sender)?);
        let mut announced = self.files.of_file(sender, file);
        // What is held is not announced yet.
        let (announced_in, it) = announced.find(|(record, it)| {
            let is_ours = it.sender == us || it.receiver == us && self.held(*record).is_none();
            it.until > at && is_ours
        })?;
        Some(FileView { file: it.file, announced_in, until: it.until })
    }

    /// Whether a file of a sender is announced to anybody at a time, and must be kept.
    #[must_use]
    pub fn is_file_kept(&self, at: LogTime, sender: Institution, file: &Digest) -> bool {
        let Some(sender) = self.members.id(&sender) else { return false };
        self.files.of_file(sender, file).any(|(_, it)| it.until > at)
    }
}

#[cfg(test)]
mod tests;
