//! The documents about lanes.

use serde::{Deserialize, Serialize};

/// `POST /v1/lanes`: by which lanes of its own messages to the institution go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaneRulesBody {
    /// One text for each rule, in their order, such as `4 funds: types=pacs.* urgent`
    /// (`docs/network/lanes.md`). None: no lanes of its own any more.
    pub rules: Vec<String>,
}

/// `GET /v1/lanes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneView {
    /// The rules, in their order.
    pub rules: Vec<String>,
    /// The lanes that are in use, by number.
    pub lanes: Vec<Lane>,
}

/// A lane that is in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Its number: 0 system, 1 urgent, 2 normal, 3 real time; from 4 on the institution's own.
    pub lane: u8,
    /// Its name.
    pub name: String,
    /// The last output number that was acknowledged.
    pub acknowledged_through: u64,
    /// How many entries wait.
    pub waiting: u64,
    /// The terminal that empties it; absent: none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<String>,
    /// The number of its session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<u64>,
    /// It empties the lane up to this output number, and then a terminal that is for the lane does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leased_through: Option<u64>,
}

/// How far a lane has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneStatus {
    /// 0 system, 1 urgent, 2 normal.
    pub lane: u8,
    /// The last output number in the inbox.
    pub received_through: u64,
}
