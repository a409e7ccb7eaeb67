//! The protocol between hub and gateway: its frames, its limits and, with feature `grpc`, its
//! service.
//!
//! The frames are generated from `proto/`, where each field is explained. There is one module for
//! each version, and [`latest`] names the one that this program speaks. What a frame may say when
//! is not decided here but in the crate `session`; without `grpc` nothing here needs an executor.

#[cfg(feature = "grpc")]
pub mod ahead;
#[cfg(feature = "grpc")]
pub mod alive;
#[cfg(feature = "grpc")]
pub mod codec;
mod frames;
pub mod limits;
pub mod v1;

/// The newest version of every type of the protocol.
pub mod latest {
    pub use crate::v1::Acknowledge;
    pub use crate::v1::Answer;
    pub use crate::v1::Answers;
    pub use crate::v1::Ask;
    pub use crate::v1::AwaitWitnesses;
    pub use crate::v1::Begin;
    pub use crate::v1::Bye;
    pub use crate::v1::Calendar;
    pub use crate::v1::Calendars;
    pub use crate::v1::ClockChange;
    pub use crate::v1::Copied;
    pub use crate::v1::CopyRule;
    pub use crate::v1::DecideCopy;
    pub use crate::v1::Decline;
    pub use crate::v1::Delivered;
    pub use crate::v1::DenyPermission;
    pub use crate::v1::EncryptionKeys;
    pub use crate::v1::Fetch;
    pub use crate::v1::GatewayFrame;
    pub use crate::v1::GetLanes;
    pub use crate::v1::GetReport;
    pub use crate::v1::GetReports;
    pub use crate::v1::Held;
    pub use crate::v1::Hello;
    pub use crate::v1::Hours;
    pub use crate::v1::HubFrame;
    pub use crate::v1::InstitutionLanes;
    pub use crate::v1::Keys;
    pub use crate::v1::LaneInUse;
    pub use crate::v1::LaneName;
    pub use crate::v1::LanePosition;
    pub use crate::v1::LaneRule;
    pub use crate::v1::LaneRules;
    pub use crate::v1::LaneState;
    pub use crate::v1::Lanes;
    pub use crate::v1::ListCalendars;
    pub use crate::v1::ListEncryptionKeys;
    pub use crate::v1::ListKeys;
    pub use crate::v1::ListRelationships;
    pub use crate::v1::ListServices;
    pub use crate::v1::ListUndecided;
    pub use crate::v1::Message;
    pub use crate::v1::Offer;
    pub use crate::v1::Offers;
    pub use crate::v1::Permission;
    pub use crate::v1::Permit;
    pub use crate::v1::Piece;
    pub use crate::v1::Proof;
    pub use crate::v1::Range;
    pub use crate::v1::Rejected;
    pub use crate::v1::Relationship;
    pub use crate::v1::Relationships;
    pub use crate::v1::Release;
    pub use crate::v1::Reply;
    pub use crate::v1::Report;
    pub use crate::v1::Reports;
    pub use crate::v1::RequestPermission;
    pub use crate::v1::Retrieve;
    pub use crate::v1::Retrieved;
    pub use crate::v1::RetrievedMessage;
    pub use crate::v1::RetrievedRecord;
    pub use crate::v1::Revoke;
    pub use crate::v1::Service;
    pub use crate::v1::Services;
    pub use crate::v1::SetReports;
    pub use crate::v1::StateOutstanding;
    pub use crate::v1::Submit;
    pub use crate::v1::Told;
    pub use crate::v1::Undecided;
    pub use crate::v1::UndecidedMessage;
    pub use crate::v1::UploadFrame;
    pub use crate::v1::Welcome;
    pub use crate::v1::Withdrawn;
    pub use crate::v1::Witnessed;
    pub use crate::v1::ask;
    #[cfg(feature = "grpc")]
    pub use crate::v1::files_client;
    #[cfg(feature = "grpc")]
    pub use crate::v1::files_server;
    pub use crate::v1::gateway_frame;
    pub use crate::v1::hub_frame;
    #[cfg(feature = "grpc")]
    pub use crate::v1::link_client;
    #[cfg(feature = "grpc")]
    pub use crate::v1::link_server;
    pub use crate::v1::offer;
    pub use crate::v1::reply;
    pub use crate::v1::retrieve;
    pub use crate::v1::upload_frame;
}

pub use prost::{DecodeError, Message as Encoding};
