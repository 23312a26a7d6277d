//! Rows of the lists of a switch: those of mod_callcenter, and its channels.

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
    /// Who abandoned and comes back gets the old place (`abandoned-resume-allowed`).
    pub resumes_abandoned: bool,
}

/// A row of `agent list`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRecord {
    /// Name, for example `1007@default`.
    pub name: String,
    /// The channel of the agent's phone: set when a call is answered, empty after it (for `uuid-standby` it stays).
    pub channel_uuid: String,
    /// How the agent is dialled, for example `[leg_timeout=10]user/1007`.
    pub contact: String,
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
    /// Whether it lets offers through: Ready or No Answer. While the agent is rung or talks the module closes all tiers of the
    /// agent, and opens them again at the end.
    pub is_open: bool,
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

/// One leg of a call, as `show channels` lists it or an event of it tells. What one of the two does not tell is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelRecord {
    /// Its uuid.
    pub uuid: String,
    /// Name, for example `sofia/internal/1007@192.0.2.10:5070`.
    pub name: String,
    /// The switch called it; else it called the switch.
    pub is_outbound: bool,
    /// What was dialled, for example `1007`.
    pub dest: String,
    /// Name of the caller.
    pub caller_name: String,
    /// Number of the caller.
    pub caller_number: String,
    /// Name of who was called; `Outbound Call` where the switch knows none.
    pub callee_name: String,
    /// Who it is, where the directory says so, for example `1007@example.com`.
    pub presence_id: String,
    /// `RINGING`, `EARLY`, `ACTIVE`, `HELD` and so on.
    pub call_state: String,
    /// Made then.
    pub created_at: Option<UnixMs>,
    /// Answered then; only events tell.
    pub answered_at: Option<UnixMs>,
    /// Codec of what it hears.
    pub read_codec: String,
    /// Codec of what it says.
    pub write_codec: String,
    /// The uuid that bridged legs share: that of the one that came first.
    pub call_uuid: String,
    /// The application that runs, for example `callcenter` while its caller waits and `uuid_bridge` while the two talk. Only the
    /// list tells.
    pub application: String,
    /// What the application runs with: the other leg of a bridge, the leg that is listened to.
    pub application_data: String,
    /// The agent of mod_callcenter whose telephone it is (`cc_agent`). Only events tell.
    pub queue_agent: Option<String>,
    /// The caller's channel that mod_callcenter rings it for (`cc_member_session_uuid`). Only events tell.
    pub rings_for: Option<String>,
    /// The leg that a supervisor's leg listens to, and how: what SwitchDesk wrote on the leg when it had it called. Only events
    /// tell.
    pub listens: Option<(String, String)>,
}
