//! The `|`-separated tables of `callcenter_config`, and the columns that JSON shares with them.
//!
//! Values are not escaped: a `|` in a name shifts the columns, on the real switch too.

use super::{Agent, INSTANCE, Member, Queue, Tier};

/// A column: its name and its value.
pub type Column = (&'static str, String);

/// Columns of the `agents` table.
pub fn agent(agent: &Agent) -> Vec<Column> {
    vec![
        ("name", agent.name.clone()),
        ("instance_id", INSTANCE.to_owned()),
        ("uuid", agent.uuid.clone()),
        ("type", agent.kind.clone()),
        ("contact", agent.contact.clone()),
        ("status", agent.status.clone()),
        ("state", agent.state.clone()),
        ("max_no_answer", agent.max_no_answer.to_string()),
        ("wrap_up_time", agent.wrap_up_time.to_string()),
        ("reject_delay_time", agent.reject_delay_time.to_string()),
        ("busy_delay_time", agent.busy_delay_time.to_string()),
        ("no_answer_delay_time", agent.no_answer_delay_time.to_string()),
        ("last_bridge_start", agent.last_bridge_start.to_string()),
        ("last_bridge_end", agent.last_bridge_end.to_string()),
        ("last_offered_call", agent.last_offered_call.to_string()),
        ("last_status_change", agent.last_status_change.to_string()),
        ("no_answer_count", agent.no_answer_count.to_string()),
        ("calls_answered", agent.calls_answered.to_string()),
        ("talk_time", agent.talk_time.to_string()),
        ("ready_time", agent.ready_time.to_string()),
        ("external_calls_count", agent.external_calls_count.to_string()),
    ]
}

/// Columns of the `tiers` table.
pub fn tier(tier: &Tier) -> Vec<Column> {
    vec![
        ("queue", tier.queue.clone()),
        ("agent", tier.agent.clone()),
        ("state", tier.state.clone()),
        ("level", tier.level.to_string()),
        ("position", tier.position.to_string()),
    ]
}

/// Columns of the `members` table with the score.
pub fn member(member: &Member, now: i64) -> Vec<Column> {
    vec![
        ("queue", member.queue.clone()),
        ("instance_id", INSTANCE.to_owned()),
        ("uuid", member.uuid.clone()),
        ("session_uuid", member.session_uuid.clone()),
        ("cid_number", member.cid_number.clone()),
        ("cid_name", member.cid_name.clone()),
        ("system_epoch", member.system_epoch.to_string()),
        ("joined_epoch", member.joined_epoch.to_string()),
        ("rejoined_epoch", member.rejoined_epoch.to_string()),
        ("bridge_epoch", member.bridge_epoch.to_string()),
        ("abandoned_epoch", member.abandoned_epoch.to_string()),
        ("base_score", member.base_score.to_string()),
        ("skill_score", member.skill_score.to_string()),
        ("serving_agent", member.serving_agent.clone()),
        ("serving_system", member.serving_system.clone()),
        ("state", member.state.to_owned()),
        ("score", member.score(now).to_string()),
    ]
}

/// Columns of `queue list`.
pub fn queue(queue: &Queue) -> Vec<Column> {
    let s = &queue.settings;
    vec![
        ("name", s.name.clone()),
        ("strategy", s.strategy.clone()),
        ("moh_sound", s.moh_sound.clone()),
        ("time_base_score", s.time_base_score.clone()),
        ("tier_rules_apply", s.tier_rules_apply.to_string()),
        ("tier_rule_wait_second", s.tier_rule_wait_second.to_string()),
        ("tier_rule_wait_multiply_level", s.tier_rule_wait_multiply_level.to_string()),
        ("tier_rule_no_agent_no_wait", s.tier_rule_no_agent_no_wait.to_string()),
        ("discard_abandoned_after", s.discard_abandoned_after.to_string()),
        ("abandoned_resume_allowed", s.abandoned_resume_allowed.to_string()),
        ("max_wait_time", s.max_wait_time.to_string()),
        ("max_wait_time_with_no_agent", s.max_wait_time_with_no_agent.to_string()),
        ("max_wait_time_with_no_agent_time_reached", s.max_wait_time_with_no_agent_time_reached.to_string()),
        ("record_template", s.record_template.clone()),
        ("calls_answered", queue.calls_answered.to_string()),
        ("calls_abandoned", queue.calls_abandoned.to_string()),
        ("ring_progressively_delay", s.ring_progressively_delay.to_string()),
        ("skip_agents_with_external_calls", s.skip_agents_with_external_calls.to_string()),
        ("agent_no_answer_status", s.agent_no_answer_status.clone()),
    ]
}

/// A table as text: the header only before a first row, `+OK` at the end.
pub fn text(rows: &[Vec<Column>]) -> String {
    let mut out = String::new();
    if let Some(first) = rows.first() {
        push_row(&mut out, first.iter().map(|(name, _)| *name));
    }
    for row in rows {
        push_row(&mut out, row.iter().map(|(_, value)| value.as_str()));
    }
    out.push_str("+OK\n");
    out
}

/// `queue list`, whose header is there even without a queue.
pub fn queues_text(queues: &[&Queue]) -> String {
    if queues.is_empty() {
        let mut out = String::new();
        let columns = queue(&Queue::load(super::QueueSettings::new("")));
        push_row(&mut out, columns.iter().map(|(name, _)| *name));
        return out + "+OK\n";
    }
    text(&queues.iter().map(|row| queue(row)).collect::<Vec<_>>())
}

fn push_row<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push('|');
        }
        out.push_str(cell);
    }
    out.push('\n');
}
