//! Queues: parameters (mod_callcenter, `queue_set_config()`) and in-memory counters.

/// What the configuration says about a queue.
#[derive(Debug, Clone)]
pub struct QueueSettings {
    /// `support@default`
    pub name: String,
    /// As written; unknown words sort like `sequentially-by-agent-order`.
    pub strategy: String,
    /// Music on hold, may be empty.
    pub moh_sound: String,
    /// `queue` or `system`: whether the seconds before joining count towards the score.
    pub time_base_score: String,
    /// Whether levels above the first wait.
    pub tier_rules_apply: bool,
    /// Seconds of waiting per level.
    pub tier_rule_wait_second: i64,
    /// Whether the wait is multiplied by the level.
    pub tier_rule_wait_multiply_level: bool,
    /// Whether a level without agents is passed at once.
    pub tier_rule_no_agent_no_wait: bool,
    /// Seconds for which the row of an abandoned member is kept.
    pub discard_abandoned_after: i64,
    /// Whether the same number gets its place back.
    pub abandoned_resume_allowed: bool,
    /// Seconds, 0 for no limit.
    pub max_wait_time: i64,
    /// Seconds without any agent, 0 for no limit.
    pub max_wait_time_with_no_agent: i64,
    /// Seconds of grace on top.
    pub max_wait_time_with_no_agent_time_reached: i64,
    /// Recording path template, may be empty.
    pub record_template: String,
    /// Seconds, of the strategy ring-progressively.
    pub ring_progressively_delay: i64,
    /// Whether agents with calls outside of the queues are left alone.
    pub skip_agents_with_external_calls: bool,
    /// Status after too many calls not answered.
    pub agent_no_answer_status: String,
}

impl QueueSettings {
    /// A queue with the defaults of `queue_set_config()`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            strategy: "longest-idle-agent".to_owned(),
            moh_sound: String::new(),
            time_base_score: "queue".to_owned(),
            tier_rules_apply: false,
            tier_rule_wait_second: 0,
            tier_rule_wait_multiply_level: false,
            tier_rule_no_agent_no_wait: true,
            discard_abandoned_after: 60,
            abandoned_resume_allowed: false,
            max_wait_time: 0,
            max_wait_time_with_no_agent: 0,
            max_wait_time_with_no_agent_time_reached: 5,
            record_template: String::new(),
            ring_progressively_delay: 0,
            skip_agents_with_external_calls: true,
            agent_no_answer_status: "On Break".to_owned(),
        }
    }
}

/// A loaded queue. A reload makes a new one: the counters start again.
#[derive(Debug, Clone)]
pub struct Queue {
    /// From the configuration, as it was when the queue was loaded.
    pub settings: QueueSettings,
    /// Calls answered since the queue was loaded.
    pub calls_answered: i64,
    /// Calls abandoned since the queue was loaded.
    pub calls_abandoned: i64,
    /// Epoch second at which an agent was last seen logged in.
    pub last_agent_exist: i64,
    /// Epoch second at which that was last looked for.
    pub last_agent_exist_check: i64,
}

impl Queue {
    /// A queue fresh from its configuration.
    pub fn load(settings: QueueSettings) -> Self {
        Self {
            settings,
            calls_answered: 0,
            calls_abandoned: 0,
            last_agent_exist: 0,
            last_agent_exist_check: 0,
        }
    }
}

/// The bucket of a name in the hash table that lists queues, with `count` of them loaded: `switch_hash_default()`, the
/// mixing of `switch_hashtable.c`, and its sizes, which grow at a load of 0.65. Recorded lists of up to 19 queues come
/// out in this order.
pub fn bucket(name: &str, count: usize) -> u32 {
    const SIZES: [u32; 9] = [53, 97, 193, 389, 769, 1543, 3079, 6151, 12_289];
    let mut hash: u32 = 0;
    for byte in name.bytes() {
        hash = u32::from(byte).wrapping_add(hash << 6).wrapping_add(hash << 16).wrapping_sub(hash);
    }
    hash = hash.wrapping_add(!(hash << 9));
    hash ^= hash.rotate_right(14);
    hash = hash.wrapping_add(hash << 4);
    hash ^= hash.rotate_right(10);
    let fits = |size: &&u32| count as f64 <= (f64::from(**size) * 0.65).ceil();
    hash % SIZES.iter().find(fits).unwrap_or(&24_593)
}

#[cfg(test)]
mod tests {
    use super::bucket;

    #[test]
    fn queues_are_listed_in_the_recorded_order() {
        let recorded = ["s-top-down", "t-resume", "sales", "s-random", "support", "t-timeout", "t-reject"];
        let buckets = recorded.map(|name| bucket(&format!("{name}@default"), 19));
        assert_eq!(buckets, [1, 5, 8, 9, 10, 11, 15]);
    }
}
