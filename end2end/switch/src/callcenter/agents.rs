//! Agents: the row of the `agents` table.

/// Status words, the choice of a person (mod_callcenter, `AGENT_STATUS_CHART`).
pub const STATUSES: [&str; 4] = ["Logged Out", "Available", "Available (On Demand)", "On Break"];
/// State words, kept by the machine (mod_callcenter, `AGENT_STATE_CHART`).
pub const STATES: [&str; 5] = ["Waiting", "Receiving", "In a queue call", "Idle", "Reserved"];
/// Type words (mod_callcenter, `AGENT_TYPE_CALLBACK` and `AGENT_TYPE_UUID_STANDBY`).
pub const TYPES: [&str; 2] = ["callback", "uuid-standby"];

/// Whether `word` is one of `words`, in any case: the switch accepts any case and stores what was typed.
pub fn is_one_of(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// A row of the `agents` table. Times are epoch seconds, 0 for never.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// `1001@default`
    pub name: String,
    /// Channel of the agent during a call, else empty.
    pub uuid: String,
    /// `callback` or `uuid-standby`.
    pub kind: String,
    /// Dial string.
    pub contact: String,
    /// One of [`STATUSES`], as typed.
    pub status: String,
    /// One of [`STATES`], as typed.
    pub state: String,
    /// Calls not answered before the status changes, 0 for never.
    pub max_no_answer: i64,
    /// Seconds after a call.
    pub wrap_up_time: i64,
    /// Seconds after a rejected call.
    pub reject_delay_time: i64,
    /// Seconds after a busy signal.
    pub busy_delay_time: i64,
    /// Seconds after a call not answered.
    pub no_answer_delay_time: i64,
    /// When the last call was answered.
    pub last_bridge_start: i64,
    /// When the last call ended.
    pub last_bridge_end: i64,
    /// When the agent was last rung.
    pub last_offered_call: i64,
    /// When the status was last written.
    pub last_status_change: i64,
    /// Calls not answered in a row.
    pub no_answer_count: i64,
    /// Calls answered since the login.
    pub calls_answered: i64,
    /// Seconds talked since the login.
    pub talk_time: i64,
    /// Not rung before this time.
    pub ready_time: i64,
    /// Calls outside of the queues.
    pub external_calls_count: i64,
}

impl Agent {
    /// A new agent as `agent add` makes it: logged out, no contact, no delays.
    pub fn new(name: impl Into<String>, kind: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            uuid: String::new(),
            kind: kind.into(),
            contact: String::new(),
            status: "Logged Out".to_owned(),
            state: "Waiting".to_owned(),
            max_no_answer: 0,
            wrap_up_time: 0,
            reject_delay_time: 0,
            busy_delay_time: 0,
            no_answer_delay_time: 0,
            last_bridge_start: 0,
            last_bridge_end: 0,
            last_offered_call: 0,
            last_status_change: 0,
            no_answer_count: 0,
            calls_answered: 0,
            talk_time: 0,
            ready_time: 0,
            external_calls_count: 0,
        }
    }

    /// Whether the dispatcher's query finds the agent at all; the comparison is exact.
    pub fn is_logged_in(&self) -> bool {
        matches!(self.status.as_str(), "Available" | "Available (On Demand)" | "On Break")
    }

    /// Whether the agent may be rung now, its tier aside (mod_callcenter, `agents_callback()`).
    pub fn is_ready(&self, now: i64) -> bool {
        self.state == "Waiting"
            && self.status != "On Break"
            && self.last_bridge_end < now - self.wrap_up_time
            && self.ready_time <= now
    }
}
