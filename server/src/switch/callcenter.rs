//! mod_callcenter: the rows of its lists, and what can be asked of it.

use app::model::agent::{AgentState, AgentStatus};
use app::model::board::MemberState;
use app::model::time::UnixMs;

/// A row of `queue list`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueRecord {
    /// Name, for example `support@default`.
    pub name: String,
    /// How agents are picked, for example `longest-idle-agent`.
    pub strategy: String,
}

/// A row of `agent list`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRecord {
    /// Name, for example `1007@default`.
    pub name: String,
    /// What a person chose; a word that the module itself does not know reads as logged out.
    pub status: AgentStatus,
    /// What the switch does; `None` for `Unknown`.
    pub state: Option<AgentState>,
    /// Seconds of wrap-up after a bridged call.
    pub wrap_up_s: u32,
    /// Start of the last call.
    pub last_bridge_start: Option<UnixMs>,
    /// End of the last call. Wrap-up is only this plus `wrap_up_s`: the module has no state for it.
    pub last_bridge_end: Option<UnixMs>,
    /// Last offer.
    pub last_offered_call: Option<UnixMs>,
    /// When the status was last written.
    pub last_status_change: Option<UnixMs>,
}

/// A row of `tier list`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierRecord {
    /// Queue.
    pub queue: String,
    /// Agent.
    pub agent: String,
    /// Level, 1 first.
    pub level: u32,
    /// Position in the level.
    pub position: u32,
}

/// A row of `member list` whose caller is still there; abandoned rows are left out when the list is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRecord {
    /// Queue.
    pub queue: String,
    /// Membership (`CC-Member-UUID`).
    pub uuid: String,
    /// The caller's channel.
    pub session_uuid: String,
    /// Caller's number.
    pub caller_number: String,
    /// Caller's name.
    pub caller_name: String,
    /// Joined then.
    pub joined_at: UnixMs,
    /// `base_score` + `skill_score`, in seconds.
    pub extra_score: i64,
    /// The agent who is rung or talks.
    pub serving_agent: Option<String>,
    /// State.
    pub state: MemberState,
    /// When the bridge began, while talking.
    pub bridged_at: Option<UnixMs>,
}
