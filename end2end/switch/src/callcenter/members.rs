//! Members: callers in a queue.

/// A row of the `members` table. Times are epoch seconds, 0 for not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Queue name.
    pub queue: String,
    /// Id of the membership, not of a channel.
    pub uuid: String,
    /// Channel of the caller; empty once abandoned.
    pub session_uuid: String,
    /// Caller's number.
    pub cid_number: String,
    /// Caller's name.
    pub cid_name: String,
    /// When the row was made.
    pub system_epoch: i64,
    /// When the caller joined.
    pub joined_epoch: i64,
    /// When the caller came back after abandoning.
    pub rejoined_epoch: i64,
    /// When an agent answered.
    pub bridge_epoch: i64,
    /// When the caller gave up.
    pub abandoned_epoch: i64,
    /// `cc_base_score`, with the seconds before joining if the queue's time base is the system.
    pub base_score: i64,
    /// Always 0.
    pub skill_score: i64,
    /// Agent being rung or talking; `ring-all` while several ring.
    pub serving_agent: String,
    /// Instance of that agent.
    pub serving_system: String,
    /// `Waiting`, `Trying`, `Answered` or `Abandoned`.
    pub state: &'static str,
    /// When a phone was rung last for this member by the strategy ring-progressively, 0 for not yet.
    pub last_rung: i64,
    /// Position of the last agent of the strategy top-down, as `cc_last_agent_tier_position` keeps it.
    pub last_tier_position: i64,
    /// Level of that agent.
    pub last_tier_level: i64,
}

impl Member {
    /// One point per second, on top of the base score.
    pub fn score(&self, now: i64) -> i64 {
        now - self.joined_epoch + self.base_score + self.skill_score
    }

    /// Whether the caller is still in line: what `members-count` counts.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, "Waiting" | "Trying")
    }

    /// Whether more than one phone may ring for the member at a time.
    pub fn is_served_by_many(&self) -> bool {
        matches!(self.serving_agent.as_str(), "ring-all" | "ring-progressively")
    }

    /// Back in line, with nobody serving.
    pub fn wait_again(&mut self) {
        self.state = "Waiting";
        self.serving_agent.clear();
        self.serving_system.clear();
    }
}
