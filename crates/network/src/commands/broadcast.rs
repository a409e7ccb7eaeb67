//! The operator tells all members something, or those of a service: a text, and perhaps the time of
//! planned work.
//!
//! Each member finds it in its system lane, in the order of everything else that it is told; the
//! record is the proof, and is shown to all of them.

use trust::codec::{CodecError, Reader, Writer};
use trust::{LogTime, ServiceName};

use crate::effect::Effect;
use crate::event::{Decision, Event, parse};
use crate::lane::{Tiding, Told};
use crate::line::Line;
use crate::members::MemberId;
use crate::network::Network;
use crate::rejection::Rejection;

/// What the operator tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// The text, line by line.
    ///
    /// Invariant: 1 to 32 lines.
    text: Box<[Line]>,
    /// Only to the group of this service; to all members without it.
    service: Option<ServiceName>,
    /// When the network, or the service, does planned work.
    ///
    /// Invariant: it begins before it ends.
    work: Option<(LogTime, LogTime)>,
}

impl Broadcast {
    /// How many lines a text has at most.
    pub const LINES_MAX: usize = 32;

    /// A text for all members; nothing where it has no line, or too many.
    #[must_use]
    pub fn new(text: Vec<Line>) -> Option<Self> {
        let fits = (1..=Self::LINES_MAX).contains(&text.len());
        fits.then(|| Self { text: text.into(), service: None, work: None })
    }

    /// The same for the group of a service.
    #[must_use]
    pub fn to_group_of(mut self, service: ServiceName) -> Self {
        self.service = Some(service);
        self
    }

    /// The same as the announcement of planned work; nothing where that ends before it begins.
    #[must_use]
    pub fn of_work(mut self, from: LogTime, until: LogTime) -> Option<Self> {
        self.work = Some((from, until));
        (from < until).then_some(self)
    }

    /// Its lines.
    #[must_use]
    pub fn text(&self) -> &[Line] {
        &self.text
    }

    /// The service whose group it is for.
    #[must_use]
    pub fn service(&self) -> Option<ServiceName> {
        self.service
    }

    /// From when until when there is planned work.
    #[must_use]
    pub fn work(&self) -> Option<(LogTime, LogTime)> {
        self.work
    }

    /// `lines: count u8, texts | service text, may be empty | work from u64 | until u64 (0 = none)`
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.u8(u8::try_from(self.text.len()).expect("a text has 32 lines at most"));
        for line in &self.text {
            writer.text(line.as_str());
        }
        writer.text(self.service.as_ref().map_or("", ServiceName::as_str));
        let (from, until) = self.work.unwrap_or_default();
        writer.u64(from.0).u64(until.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "broadcast" };
        let lines = (0..reader.u8()?).map(|_| parse(reader.text()?, "line"));
        let broadcast = Self::new(lines.collect::<Result<_, CodecError>>()?).ok_or(BAD)?;
        let broadcast = match reader.text()? {
            "" => broadcast,
            service => broadcast.to_group_of(parse(service, "service")?),
        };
        match (LogTime(reader.u64()?), LogTime(reader.u64()?)) {
            (LogTime(0), LogTime(0)) => Ok(broadcast),
            (from, until) => broadcast.of_work(from, until).ok_or(BAD),
        }
    }
}

impl Network {
    pub(crate) fn decide_broadcast(
        &self,
        at: LogTime,
        broadcast: Box<Broadcast>,
    ) -> Result<Decision, Rejection> {
        if let Some(service) = broadcast.service {
            self.service(service)?;
        }
        if let Some((_, until)) = broadcast.work
            && until <= at
        {
            return Err(Rejection::WorkOver { until });
        }
        Ok(Decision::of(Event::Broadcast(broadcast)))
    }

    pub(crate) fn broadcast(
        &mut self,
        sequence: u64,
        broadcast: &Broadcast,
        effects: &mut Vec<Effect>,
    ) {
        let audience: Vec<MemberId> = match broadcast.service {
            Some(service) => self.service_mut(service).group.iter().collect(),
            None => self.members.ids().collect(),
        };
        for id in audience {
            let institution = self.members.at(id).institution;
            let told = Told { tiding: Tiding::Broadcast, record: sequence, about: None };
            self.tell(institution, told, effects);
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn all_members_are_told() {
        check_over_days(
            "
            suspend BANKFRPP unpaid fees
            broadcast the network wishes a happy new year
            pending ALPHDEFF system
            pending BANKFRPP system
            ack ALPHDEFFA system 1 1
            ",
            &expect![[r#"
                BANKFRPP is Suspended { reason: unpaid fees }
                offer ALPHDEFF system 1: notice
                offer BANKFRPP system 1: notice
                  1: Broadcast, says record 10
                  1: Broadcast, says record 10
                ALPHDEFFA took system over through 1
            "#]],
        );
    }

    #[test]
    fn the_group_of_a_service_is_told() {
        check_over_days(
            "
            service payments closed
            join payments BANKFRPP
            broadcast service=payments the service closes early today
            pending ALPHDEFF system
            pending BANKFRPP system
            broadcast service=other nobody hears this
            ",
            &expect![[r#"
                service payments: *, closed, group []
                service payments: *, closed, group [BANKFRPP]
                offer BANKFRPP system 1: notice
                  1: Broadcast, says record 11
                NET071 there is no service other
            "#]],
        );
    }

    #[test]
    fn planned_work_lies_ahead() {
        check_over_days(
            "
            @1d broadcast from=2d until=3d we replace a disk
            @3d broadcast from=2d until=3d we replace a disk
            ",
            &expect![[r#"
                offer ALPHDEFF system 1: notice
                offer BANKFRPP system 1: notice
                NET092 the planned work ended at 1970-01-04T00:00:00.000000Z
            "#]],
        );
    }
}
