//! `callcenter_config` as JSON: the `response` of `api json {"command":"callcenter_config",...}`.
//!
//! Written by hand, because the order of keys is part of what was recorded.

use serde_json::Value;

use super::table::{self, Column};
use super::{Center, api};
use crate::esl::encoding::push_json;

/// The `response` for a `data` object as JSON text: `Ok` of a successful command, else `Err`.
///
/// Cells of rows are strings; of a queue's settings the numbers are numbers. The queue list lacks the counters.
pub fn run(center: &Center, data: &Value, now: i64) -> Result<String, String> {
    let arguments = data.get("arguments").and_then(Value::as_str).unwrap_or_default();
    let name = data.get("queue_name").and_then(Value::as_str);
    let words: Vec<&str> = arguments.split(' ').filter(|word| !word.is_empty()).collect();
    let rows: Vec<Vec<Column>> = match words.as_slice() {
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
        ["queue", "list"] => {
            let queues: Vec<_> = center
                .listed_queues()
                .into_iter()
                .map(table::queue)
                .map(|columns| {
                    columns.into_iter().filter(|(name, _)| !NOT_IN_JSON.contains(name)).collect::<Vec<_>>()
                })
                .collect();
            return Ok(array(&queues, &NUMBERS));
        }
        ["queue", "list", what @ ("agents" | "members" | "tiers")] => match name {
            Some(name) => api::rows(center, what, &[name], now).unwrap_or_default(),
            None => return Err(r#"{"error":"Missing data attribute: queue_name"}"#.to_owned()),
        },
        _ => return Err("null".to_owned()),
    };
    Ok(array(&rows, &[]))
}

const NOT_IN_JSON: [&str; 4] =
    ["record_template", "calls_answered", "calls_abandoned", "ring_progressively_delay"];
const NUMBERS: [&str; 5] = [
    "tier_rule_wait_second",
    "discard_abandoned_after",
    "max_wait_time",
    "max_wait_time_with_no_agent",
    "max_wait_time_with_no_agent_time_reached",
];

/// Rows as an array of objects; the columns named in `numbers` without quotes.
pub fn array(rows: &[Vec<Column>], numbers: &[&str]) -> String {
    let mut out = String::from("[");
    for (index, row) in rows.iter().enumerate() {
        out.push_str(if index > 0 { ",{" } else { "{" });
        for (index, (name, value)) in row.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            push_json(&mut out, name);
            out.push(':');
            if numbers.contains(name) {
                out.push_str(value);
            } else {
                push_json(&mut out, value);
            }
        }
        out.push('}');
    }
    out.push(']');
    out
}
