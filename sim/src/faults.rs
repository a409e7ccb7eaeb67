//! What the steps of a plan do, and how faults end.

use network::{CloseReason, CloseSession, Command, Waiting};

use crate::mutation::Mutation;
use crate::plan::{Kind, Step};
use crate::way::Way;
use crate::world::{Event, Result, World};

impl World {
    /// A step of the plan happens.
    pub(crate) fn step(&mut self, step: Step) {
        let Step { kind, who, amount, .. } = step;
        self.say(format_args!("{} {who} {amount}", kind.name()));
        if kind.is_fault() {
            *self.counts.faults.entry(kind).or_default() += 1;
        }
        let until = self.now + amount;
        match kind {
            Kind::Post => self.post(who, amount, Way::Plain),
            Kind::PostUrgent => self.post(who, amount, Way::Urgent),
            Kind::PostHeld => self.post(who, amount, Way::Held),
            Kind::PostCopied => self.post(who, amount, Way::Copied),
            Kind::PostShown => self.post(who, amount, Way::Shown),
            Kind::PostShort => self.post(who, amount, Way::Short),
            Kind::Abort => self.abort(who, amount),
            Kind::Close => self.close(who),
            Kind::Request => self.post(who, amount, Way::Request),
            Kind::HubKill => self.hub_falls(false),
            Kind::HubPower => self.hub_falls(true),
            Kind::HubPowerAfter => {
                self.host.power_fails = true;
                self.host.disk.fail_after(usize::try_from(amount).unwrap_or(usize::MAX));
            }
            Kind::HubSyncFails => {
                self.host.disk.fail_sync_after(usize::try_from(amount).unwrap_or(usize::MAX));
            }
            Kind::HubFull => self.host.disk.set_capacity(0),
            Kind::HubRot => self.hub_rots(amount),
            Kind::HubSlow => self.host.sync_us = amount,
            Kind::HubClock => self.host.clock.spoil(amount, self.now),
            Kind::HubPause => self.host.paused_until = until,
            Kind::Suspend => self.suspend(who),
            Kind::Kill => self.bank_falls(who, false),
            Kind::Power => self.bank_falls(who, true),
            Kind::PowerAfter => self.banks[who].disk.fail_after(amount),
            Kind::SyncFails => self.banks[who].disk.fail_sync_after(amount),
            Kind::Full => self.banks[who].disk.set_full(true),
            Kind::Slow => self.banks[who].sync_us = amount,
            Kind::Clock => {
                let now = self.now;
                self.banks[who].clock.spoil(amount, now);
            }
            Kind::Pause => self.banks[who].paused_until = until,
            Kind::SlowReader => self.banks[who].frame_us = amount,
            Kind::Cut => self.cut(who, 0),
            Kind::HalfOpen => self.cut(who, amount),
            Kind::Abuse => self.abuse(who, amount),
        }
        if matches!(kind, Kind::HubFull | Kind::Full | Kind::Suspend) {
            self.wake(Event::Ends(kind, who), amount);
        }
    }

    fn hub_falls(&mut self, power: bool) {
        if self.host.core.is_some() {
            self.hub_dies(power);
        }
    }

    fn bank_falls(&mut self, who: usize, power: bool) {
        if self.banks[who].gateway.is_some() {
            self.bank_dies(who, power);
        }
    }

    /// The hub is killed, and a bit of its journal changes before it starts again.
    fn hub_rots(&mut self, amount: u64) {
        if self.host.core.is_none() || self.host.rotten.is_some() || self.host.power_fails {
            return;
        }
        // On a disk that has never synced anything there is no bit to change.
        if self.mutation == Some(Mutation::HubAnswersBeforeSync) {
            return;
        }
        self.hub_dies(false);
        let disk = &self.host.disk;
        let names: Vec<String> =
            disk.names().into_iter().filter(|name| name.ends_with(".segment")).collect();
        let pick = usize::try_from(amount >> 8).unwrap_or(0);
        let Some(name) = names.get(pick % names.len().max(1)) else { return };
        let bytes = disk.bytes_of(name);
        let Some(last) = bytes.iter().rposition(|byte| *byte != 0) else { return };
        let at = pick % (last + 1);
        let byte = bytes[at];
        disk.harm(name, at, &[byte ^ (1 << (amount % 8))]);
        self.host.rotten = Some((name.clone(), at, byte));
    }

    /// The operator aborts one of the messages of an institution that were not delivered.
    fn abort(&mut self, who: usize, amount: u64) {
        let sender = self.banks[who].terminal.institution();
        let Some(core) = &self.host.core else { return };
        let waiting: Vec<_> = core.shared().with_network(|network| {
            network.undelivered(sender, None, 16).map(|it| it.waits).collect()
        });
        let pick = usize::try_from(amount).unwrap_or(0) % waiting.len().max(1);
        let Some(Waiting { receiver, sequence, .. }) = waiting.get(pick).copied() else { return };
        let reason = "on the order of a court".parse().expect("it is a line");
        self.host.order(Command::Abort { receiver, sequence, reason });
        self.soon(Event::HubCommit);
    }

    /// The operator closes a gateway's session, if it has one.
    fn close(&mut self, who: usize) {
        let terminal = self.banks[who].terminal;
        let Some(core) = &self.host.core else { return };
        let session =
            core.shared().with_network(|network| Some(network.session(terminal)?.session));
        let Some(session) = session else { return };
        let reason = CloseReason::Operator;
        self.host.order(Command::CloseSession(CloseSession { terminal, session, reason }));
        self.soon(Event::HubCommit);
    }

    fn suspend(&mut self, who: usize) {
        let institution = self.banks[who].terminal.institution();
        for (index, bank) in self.banks.iter().enumerate() {
            if bank.terminal.institution() == institution {
                self.host.suspended.insert(index);
                self.checker.suspended.insert(index);
            }
        }
        self.order();
    }

    /// The connection breaks. Of two ends that notice, one does so later.
    fn cut(&mut self, who: usize, later: u64) {
        let Some(id) = self.banks[who].link else { return };
        let (soon, other) = (self.moment(), self.moment());
        let hub_first = self.random.one_in(2);
        let (to_hub, to_bank) =
            if hub_first { (soon, other + later) } else { (soon + later, other) };
        let Some(link) = self.links.get_mut(&id) else { return };
        link.to_hub.cut(self.now, to_hub, &mut self.random);
        link.to_bank.cut(self.now, to_bank, &mut self.random);
        self.soon(Event::HubLink(id));
        self.soon(Event::BankLink(who));
    }

    /// A fault that has its time ends.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all others end with their step")]
    pub(crate) fn ends(&mut self, kind: Kind, who: usize) {
        self.say(format_args!("{} {who} ends", kind.name()));
        match kind {
            Kind::HubFull => self.host.disk.set_capacity(usize::MAX),
            Kind::Full => self.banks[who].disk.set_full(false),
            Kind::Suspend => {
                let institution = self.banks[who].terminal.institution();
                let banks = &self.banks;
                self.host
                    .suspended
                    .retain(|bank| banks[*bank].terminal.institution() != institution);
                self.order();
            }
            _ => {}
        }
    }

    /// All faults end. Clocks stay as they are: nothing may hang on them. But where there are services,
    /// somebody sets the hub's clock to when all are open, for that is by the time of the log.
    pub(crate) fn heal(&mut self) -> Result {
        self.say(format_args!("all faults end"));
        self.healed = true;
        let host = &mut self.host;
        host.power_fails = false;
        host.disk.fail_after(usize::MAX);
        host.disk.fail_sync_after(usize::MAX);
        host.disk.set_capacity(usize::MAX);
        (host.sync_us, host.paused_until) = (500, 0);
        host.suspended.clear();
        if self.plan.services {
            host.clock.mend(self.now, Way::Held.opens(self.checker.latest));
        }
        for bank in &mut self.banks {
            bank.disk.heal();
            (bank.sync_us, bank.frame_us, bank.paused_until) = (500, 0, 0);
        }
        self.order();
        self.soon(Event::HubStart);
        for index in 0..self.banks.len() {
            self.soon(Event::BankStart(index));
            self.soon(Event::Connect(index));
        }
        Ok(())
    }
}
