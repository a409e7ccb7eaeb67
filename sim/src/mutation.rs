//! Classic mistakes, put into a run on purpose: the test of the tests.
//!
//! Each stands at the seam between the product and its surroundings (disk, link, the way of a word
//! from the commit loop to a link), so that the product's code has no trace of them. What they do is
//! what the mistake in the code would do: a program that answers before the sync is, to everybody
//! outside, one whose sync does nothing. Mistakes inside of the journal's code (a checksum that is
//! not looked at, a tail that is not cut) are put in and found in the journal's own tests.

use hub::parts::LinkEvent;

/// One mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutation {
    /// The hub answers before its sync.
    HubAnswersBeforeSync,
    /// The hub tries a failed sync again, and believes it.
    HubRetriesSync,
    /// The hub starts on an old copy of its journal.
    HubForgets,
    /// An answer is lost between the commit and the link.
    AnswerLost,
    /// A link is not told of a new message in a lane.
    OfferLost,
    /// The hub leaves a frame out.
    FrameLost,
    /// The hub changes a byte of what it sends.
    FrameChanged,
    /// Nothing that is due is done.
    HubNeverTicks,
    /// A gateway says that it has a message before its sync.
    GatewayAnswersBeforeSync,
    /// A gateway tries a failed sync again, and believes it.
    GatewayRetriesSync,
    /// A gateway builds on bytes that an earlier process could not sync.
    GatewayTrustsMemory,
    /// A gateway starts on an old copy of its store: it has forgotten numbers that it gave.
    GatewayForgets,
}

impl Mutation {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::HubAnswersBeforeSync,
        Self::HubRetriesSync,
        Self::HubForgets,
        Self::AnswerLost,
        Self::OfferLost,
        Self::FrameLost,
        Self::FrameChanged,
        Self::HubNeverTicks,
        Self::GatewayAnswersBeforeSync,
        Self::GatewayRetriesSync,
        Self::GatewayTrustsMemory,
        Self::GatewayForgets,
    ];

    /// Whether it loses this word.
    pub(crate) fn loses(self, event: &LinkEvent) -> bool {
        (self == Self::AnswerLost && matches!(event, LinkEvent::Answered(_)))
            || (self == Self::OfferLost && matches!(event, LinkEvent::Available { .. }))
    }
}
