//! The tables of the store, and one transaction's view of all of them.
//!
//! ```text
//! outbox           input number                -> OutboxEntry         written once, never changed
//! outbox_payload   input number                -> exact bytes         written once, never changed
//! answers          input number                -> Answer              written once, never changed
//! deliveries       input number                -> Delivery            renewed once
//! notices          notice                      -> NoticeEntry         renewed once
//! told             (input number, notice)      -> nothing             notices about sent messages
//! sent_receipts    (kind, input number)        -> receipt             renewed once
//! keys             idempotency key             -> Key
//! keys_by_age      (time, idempotency key)     -> nothing
//! inbox            (lane, output number)       -> InboxEntry          written once, never changed
//! opened           place of a message          -> OpenedEntry         what a sealed one holds
//! inbox_payload    (lane, output number)       -> exact bytes         written once, never changed
//! inbox_receipts   (lane, output number)       -> receipt             renewed once
//! inbox_names      (terminal, input number)    -> lane, output number, arrival
//! inbox_waiting    arrival                     -> lane, output number (until taken)
//! inbox_taken      (lane, output number)       -> time                written once, never changed
//! inbox_declined   (lane, output number)       -> Declination         written once, never changed
//! inbox_files      (lane, output number)       -> FileState           files that messages announced
//! fetching         (lane, output number)       -> nothing             until the file is here
//! outcomes         record of a request         -> Outcome             written once, never changed
//! responses        input number                -> record of a request (until answered)
//! arrivals         arrival                     -> Place               both directions, in order
//! by_uetr          (UETR, arrival)             -> nothing
//! by_reference     (reference, arrival)        -> nothing
//! unwitnessed      (sequence, receipt)         -> hash of the record  until its receipt is renewed
//! recent           (lane, output number)       -> hash of the record  the last of each lane
//! counters         name                        -> number
//! notes            name                        -> text or bytes
//! ```
//!
//! What a message's state is follows from the tables that it is in; no state is written over.
//! Where the network has a quorum of witnesses, receipts are renewed once (`changes/witness.rs`).
//! What was kept long enough is taken out of all of them at once (`changes/forget.rs`).

use std::time::Duration;

use redb::{ReadableTable, StorageError, Table, TableDefinition, TableError, WriteTransaction};

use trust::LogTime;

type Bytes = &'static [u8];

/// How far the store's own time goes on with one change, at most.
pub(super) const STEP_MAX: Duration = Duration::from_secs(3_600);

pub(super) const OUTBOX: TableDefinition<'_, u64, Bytes> = TableDefinition::new("outbox");
pub(super) const OUTBOX_PAYLOAD: TableDefinition<'_, u64, Bytes> =
    TableDefinition::new("outbox_payload");
pub(super) const ANSWERS: TableDefinition<'_, u64, Bytes> = TableDefinition::new("answers");
pub(super) const DELIVERIES: TableDefinition<'_, u64, Bytes> = TableDefinition::new("deliveries");
pub(super) const NOTICES: TableDefinition<'_, u64, Bytes> = TableDefinition::new("notices");
pub(super) const TOLD: TableDefinition<'_, (u64, u64), ()> = TableDefinition::new("told");
pub(super) const SENT_RECEIPTS: TableDefinition<'_, (u8, u64), Bytes> =
    TableDefinition::new("sent_receipts");
pub(super) const KEYS: TableDefinition<'_, &str, Bytes> = TableDefinition::new("keys");
pub(super) const KEYS_BY_AGE: TableDefinition<'_, (u64, &str), ()> =
    TableDefinition::new("keys_by_age");
pub(super) const INBOX: TableDefinition<'_, (u8, u64), Bytes> = TableDefinition::new("inbox");
pub(super) const INBOX_PAYLOAD: TableDefinition<'_, (u8, u64), Bytes> =
    TableDefinition::new("inbox_payload");
pub(super) const INBOX_RECEIPTS: TableDefinition<'_, (u8, u64), Bytes> =
    TableDefinition::new("inbox_receipts");
pub(super) const INBOX_NAMES: TableDefinition<'_, (&str, u64), (u8, u64, u64)> =
    TableDefinition::new("inbox_names");
pub(super) const INBOX_WAITING: TableDefinition<'_, u64, (u8, u64)> =
    TableDefinition::new("inbox_waiting");
pub(super) const INBOX_TAKEN: TableDefinition<'_, (u8, u64), u64> =
    TableDefinition::new("inbox_taken");
pub(super) const INBOX_DECLINED: TableDefinition<'_, (u8, u64), Bytes> =
    TableDefinition::new("inbox_declined");
pub(super) const INBOX_FILES: TableDefinition<'_, (u8, u64), Bytes> =
    TableDefinition::new("inbox_files");
pub(super) const FETCHING: TableDefinition<'_, (u8, u64), ()> = TableDefinition::new("fetching");
pub(super) const OPENED: TableDefinition<'_, (u8, u8, u64), Bytes> = TableDefinition::new("opened");
pub(super) const OUTCOMES: TableDefinition<'_, u64, Bytes> = TableDefinition::new("outcomes");
pub(super) const RESPONSES: TableDefinition<'_, u64, u64> = TableDefinition::new("responses");
pub(super) const ARRIVALS: TableDefinition<'_, u64, (u8, u8, u64)> =
    TableDefinition::new("arrivals");
pub(super) const BY_UETR: TableDefinition<'_, ([u8; 16], u64), ()> =
    TableDefinition::new("by_uetr");
pub(super) const BY_REFERENCE: TableDefinition<'_, (&str, u64), ()> =
    TableDefinition::new("by_reference");
/// A receipt to be renewed: the sequence of its record; then its kind, lane and number.
pub(super) type ToRenew = (u64, u8, u8, u64);
pub(super) const UNWITNESSED: TableDefinition<'_, ToRenew, [u8; 32]> =
    TableDefinition::new("unwitnessed");
pub(super) const RECENT: TableDefinition<'_, (u8, u64), [u8; 32]> = TableDefinition::new("recent");
pub(super) const COUNTERS: TableDefinition<'_, &str, u64> = TableDefinition::new("counters");
pub(super) const NOTES: TableDefinition<'_, &str, Bytes> = TableDefinition::new("notes");

/// The names of the counters.
pub(super) mod counter {
    /// The last input number that was given out.
    pub(in crate::store) const INPUT_NUMBER: &str = "input_number";
    /// The hub's answers up to this input number are here.
    pub(in crate::store) const ANSWERED_THROUGH: &str = "answered_through";
    /// The last input number of a message that was forgotten.
    pub(in crate::store) const FORGOTTEN_THROUGH: &str = "forgotten_through";
    /// The last arrival.
    pub(in crate::store) const ARRIVAL: &str = "arrival";
    /// How many messages were accepted.
    pub(in crate::store) const ACCEPTED: &str = "accepted";
    /// How many messages were refused.
    pub(in crate::store) const REFUSED: &str = "refused";
    /// How many messages were delivered.
    pub(in crate::store) const DELIVERED: &str = "delivered";
    /// The last notice.
    pub(in crate::store) const NOTICE: &str = "notice";
    /// How many messages were received.
    pub(in crate::store) const RECEIVED: &str = "received";
    /// How many received messages wait for the back office.
    pub(in crate::store) const WAITING: &str = "waiting";
    /// How often the back office has decided about a message.
    pub(in crate::store) const DECIDED: &str = "decided";
    /// How often a file was fetched, or given up.
    pub(in crate::store) const FETCHED: &str = "fetched";
    /// What was received in a lane before the back office decided, with its number after it.
    pub(in crate::store) const UNDECIDABLE_THROUGH: &str = "undecidable_through/";
    /// 1 where the network has a quorum of witnesses.
    pub(in crate::store) const QUORUM: &str = "quorum";
    /// A quorum of witnesses has cosigned all records below this.
    pub(in crate::store) const WITNESSED_BELOW: &str = "witnessed_below";
    /// The store's own time.
    pub(in crate::store) const STEADY: &str = "steady";
    /// What the clock showed when the store's own time last went on.
    pub(in crate::store) const STEADY_SEEN: &str = "steady_seen";
    /// How far each lane has come, with the lane's number after it.
    pub(in crate::store) const RECEIVED_THROUGH: &str = "received_through/";
}

/// All tables, open for writing in one transaction.
pub(crate) struct Tables<'t> {
    pub(super) outbox: Table<'t, u64, Bytes>,
    pub(super) outbox_payload: Table<'t, u64, Bytes>,
    pub(super) answers: Table<'t, u64, Bytes>,
    pub(super) deliveries: Table<'t, u64, Bytes>,
    pub(super) notices: Table<'t, u64, Bytes>,
    pub(super) told: Table<'t, (u64, u64), ()>,
    pub(super) sent_receipts: Table<'t, (u8, u64), Bytes>,
    pub(super) keys: Table<'t, &'static str, Bytes>,
    pub(super) keys_by_age: Table<'t, (u64, &'static str), ()>,
    pub(super) inbox: Table<'t, (u8, u64), Bytes>,
    pub(super) inbox_payload: Table<'t, (u8, u64), Bytes>,
    pub(super) inbox_receipts: Table<'t, (u8, u64), Bytes>,
    pub(super) inbox_names: Table<'t, (&'static str, u64), (u8, u64, u64)>,
    pub(super) inbox_waiting: Table<'t, u64, (u8, u64)>,
    pub(super) inbox_taken: Table<'t, (u8, u64), u64>,
    pub(super) inbox_declined: Table<'t, (u8, u64), Bytes>,
    pub(super) inbox_files: Table<'t, (u8, u64), Bytes>,
    pub(super) fetching: Table<'t, (u8, u64), ()>,
    pub(super) opened: Table<'t, (u8, u8, u64), Bytes>,
    pub(super) outcomes: Table<'t, u64, Bytes>,
    pub(super) responses: Table<'t, u64, u64>,
    pub(super) arrivals: Table<'t, u64, (u8, u8, u64)>,
    pub(super) by_uetr: Table<'t, ([u8; 16], u64), ()>,
    pub(super) by_reference: Table<'t, (&'static str, u64), ()>,
    pub(super) unwitnessed: Table<'t, (u64, u8, u8, u64), [u8; 32]>,
    pub(super) recent: Table<'t, (u8, u64), [u8; 32]>,
    pub(super) counters: Table<'t, &'static str, u64>,
    pub(super) notes: Table<'t, &'static str, Bytes>,
}

impl<'t> Tables<'t> {
    /// Opens all tables, and makes those that are missing.
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, TableError> {
        Ok(Self {
            outbox: transaction.open_table(OUTBOX)?,
            outbox_payload: transaction.open_table(OUTBOX_PAYLOAD)?,
            answers: transaction.open_table(ANSWERS)?,
            deliveries: transaction.open_table(DELIVERIES)?,
            notices: transaction.open_table(NOTICES)?,
            told: transaction.open_table(TOLD)?,
            sent_receipts: transaction.open_table(SENT_RECEIPTS)?,
            keys: transaction.open_table(KEYS)?,
            keys_by_age: transaction.open_table(KEYS_BY_AGE)?,
            inbox: transaction.open_table(INBOX)?,
            inbox_payload: transaction.open_table(INBOX_PAYLOAD)?,
            inbox_receipts: transaction.open_table(INBOX_RECEIPTS)?,
            inbox_names: transaction.open_table(INBOX_NAMES)?,
            inbox_waiting: transaction.open_table(INBOX_WAITING)?,
            inbox_taken: transaction.open_table(INBOX_TAKEN)?,
            inbox_declined: transaction.open_table(INBOX_DECLINED)?,
            inbox_files: transaction.open_table(INBOX_FILES)?,
            fetching: transaction.open_table(FETCHING)?,
            opened: transaction.open_table(OPENED)?,
            outcomes: transaction.open_table(OUTCOMES)?,
            responses: transaction.open_table(RESPONSES)?,
            arrivals: transaction.open_table(ARRIVALS)?,
            by_uetr: transaction.open_table(BY_UETR)?,
            by_reference: transaction.open_table(BY_REFERENCE)?,
            unwitnessed: transaction.open_table(UNWITNESSED)?,
            recent: transaction.open_table(RECENT)?,
            counters: transaction.open_table(COUNTERS)?,
            notes: transaction.open_table(NOTES)?,
        })
    }

    /// A counter; 0 when nothing was counted yet.
    pub(super) fn count(&self, name: &str) -> Result<u64, StorageError> {
        Ok(self.counters.get(name)?.map_or(0, |value| value.value()))
    }

    /// Adds one to a counter, and gives what it is now.
    pub(super) fn next(&mut self, name: &str) -> Result<u64, StorageError> {
        let value = self.count(name)? + 1;
        self.counters.insert(name, value)?;
        Ok(value)
    }

    /// The store's own time, after it has gone on to what the clock shows.
    ///
    /// What grows old in the store grows old by this time. It begins with the clock and goes on as
    /// the clock does, but never back, and by [`STEP_MAX`] at most from one change to the next: a
    /// clock that is set ahead by years makes nothing older than it is by more than an hour.
    pub(super) fn steady(&mut self, clock: LogTime) -> Result<LogTime, StorageError> {
        let steady = match self.counters.get(counter::STEADY)?.map(|steady| steady.value()) {
            None => clock.0,
            Some(steady) => {
                let step_max = u64::try_from(STEP_MAX.as_micros()).unwrap_or(u64::MAX);
                let step = clock.0.saturating_sub(self.count(counter::STEADY_SEEN)?);
                steady.saturating_add(step.min(step_max))
            }
        };
        self.set(counter::STEADY, steady)?;
        self.set(counter::STEADY_SEEN, clock.0)?;
        Ok(LogTime(steady))
    }

    /// Sets a counter.
    pub(super) fn set(&mut self, name: &str, value: u64) -> Result<(), StorageError> {
        self.counters.insert(name, value)?;
        Ok(())
    }
}

/// The counter of what is acknowledged of a lane whatever the back office says.
pub(super) fn undecidable_through(lane: u8) -> String {
    format!("{}{lane}", counter::UNDECIDABLE_THROUGH)
}

/// The lanes from which anything was received, by their numbers, each with its last output number.
pub(super) fn received_lanes(
    counters: &impl ReadableTable<&'static str, u64>,
) -> Result<Vec<(u8, u64)>, StorageError> {
    // All names that begin so: `0` is the character behind `/`.
    let mut lanes = Vec::new();
    for entry in counters.range(counter::RECEIVED_THROUGH.."received_through0")? {
        let (name, through) = entry?;
        let lane = name.value().strip_prefix(counter::RECEIVED_THROUGH).map(str::parse);
        if let Some(Ok(lane)) = lane
            && through.value() > 0
        {
            lanes.push((lane, through.value()));
        }
    }
    lanes.sort_unstable();
    Ok(lanes)
}

/// The counter of how far a lane has come.
pub(super) fn received_through(lane: u8) -> String {
    format!("{}{lane}", counter::RECEIVED_THROUGH)
}
