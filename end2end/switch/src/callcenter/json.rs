//! `callcenter_config` as JSON: the `response` of `api json {"command":"callcenter_config",...}`.

use serde_json::{Map, Value, json};

use super::table::{self, Column};
use super::{Center, Queue, api};

/// The `response` for a `data` object, and whether the command succeeded.
///
/// Cells of rows are strings; of a queue's settings the numbers are numbers. The queue list lacks the counters.
pub fn run(center: &Center, data: &Value, now: i64) -> (bool, Value) {
    let arguments = data.get("arguments").and_then(Value::as_str).unwrap_or_default();
    let name = data.get("queue_name").and_then(Value::as_str);
    let words: Vec<&str> = arguments.split(' ').filter(|word| !word.is_empty()).collect();
    let rows = match words.as_slice() {
        ["agent", "list"] => center.agents.iter().map(table::agent).collect(),
        ["tier", "list"] => {
            let mut tiers: Vec<_> = center.tiers.iter().collect();
            tiers.sort_by_key(|tier| (tier.level, tier.position));
            tiers.into_iter().map(table::tier).collect()
        }
        ["member", "list"] => {
            let mut members: Vec<_> = center.members.iter().collect();
            members.sort_by_key(|member| -member.score(now));
            members.into_iter().map(|member| table::member(member, now)).collect()
        }
        ["queue", "list"] => return (true, center.queues.iter().map(queue).collect()),
        ["queue", "list", what @ ("agents" | "members" | "tiers")] => match name {
            Some(name) => api::rows(center, what, &[name], now).unwrap_or_default(),
            None => return (false, json!({"error": "Missing data attribute: queue_name"})),
        },
        _ => return (false, Value::Null),
    };
    (true, rows.into_iter().map(row).collect())
}

fn row(columns: Vec<Column>) -> Value {
    Value::Object(columns.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect())
}

fn queue(queue: &Queue) -> Value {
    const LEFT_OUT: [&str; 4] =
        ["record_template", "calls_answered", "calls_abandoned", "ring_progressively_delay"];
    const NUMBERS: [&str; 5] = [
        "tier_rule_wait_second",
        "discard_abandoned_after",
        "max_wait_time",
        "max_wait_time_with_no_agent",
        "max_wait_time_with_no_agent_time_reached",
    ];
    let mut object = Map::new();
    for (name, value) in table::queue(queue) {
        if LEFT_OUT.contains(&name) {
            continue;
        }
        let value = match value.parse::<i64>() {
            Ok(number) if NUMBERS.contains(&name) => Value::from(number),
            _ => Value::String(value),
        };
        object.insert(name.to_owned(), value);
    }
    Value::Object(object)
}
