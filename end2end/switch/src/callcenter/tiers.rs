//! Tiers: which agent serves which queue, at which level and position.

/// State words of a tier (mod_callcenter, `TIER_STATE_CHART`).
pub const STATES: [&str; 5] = ["No Answer", "Ready", "Offering", "Active Inbound", "Standby"];

/// A row of the `tiers` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// Queue name.
    pub queue: String,
    /// Agent name.
    pub agent: String,
    /// One of [`STATES`].
    pub state: String,
    /// Lower levels first.
    pub level: i64,
    /// Place within the level.
    pub position: i64,
}

impl Tier {
    /// A tier as `tier add` makes it.
    pub fn new(queue: impl Into<String>, agent: impl Into<String>, level: i64, position: i64) -> Self {
        Self { queue: queue.into(), agent: agent.into(), state: "Ready".to_owned(), level, position }
    }
}
