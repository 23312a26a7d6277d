//! Whatever a call record says: it is read or refused, and completing a stay by it neither fails nor repeats itself.

use app::model::ids::NodeName;
use app::model::thresholds::QueueTargets;
use app::model::time::{DurationMs, UnixMs};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::cdr::{complete, parse};
use crate::fuzz::{check, mutated, number, text};

const RECORDED: [&str; 3] = [
    include_str!("../../tests/transcripts/cdr-abandoned.json"),
    include_str!("../../tests/transcripts/cdr-agent-leg.json"),
    include_str!("../../tests/transcripts/cdr-answered.json"),
];

const VARIABLES: [&str; 14] = [
    "uuid",
    "cc_side",
    "cc_member_uuid",
    "cc_queue",
    "cc_agent",
    "cc_cause",
    "cc_cancel_reason",
    "cc_queue_joined_epoch",
    "cc_queue_answered_epoch",
    "cc_queue_canceled_epoch",
    "cc_queue_terminated_epoch",
    "bridge_uepoch",
    "end_epoch",
    "end_uepoch",
];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => number().prop_map(Value::from),
        2 => text().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => select(vec![json!(null), json!([]), json!({}), json!("%FF%"), json!("member")]),
    ]
}

/// A recorded one in which some variables say something else, or which is not even JSON any more.
fn record() -> impl Strategy<Value = String> {
    let words: &[&[u8]] =
        &[b"\"", b"{", b"}", b"[", b"]", b":", b",", b"%", b"\\u0000", b"\xff", b"null", b"1e999"];
    let changed = (select(&RECORDED[..]), vec((select(&VARIABLES[..]), value()), 1..6), value());
    let changed = changed.prop_map(|(recorded, variables, stamp)| {
        let mut record: Value = serde_json::from_str(recorded).unwrap_or_default();
        for (name, value) in variables {
            record["variables"][name] = value;
        }
        if let Some(last) = record["app_log"]["applications"].as_array_mut().and_then(|all| all.last_mut()) {
            last["app_stamp"] = stamp;
        }
        record.to_string()
    });
    prop_oneof![
        3 => changed,
        1 => mutated(RECORDED.map(|text| text.as_bytes().to_vec()).into(), 1..2, words)
            .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    ]
}

#[test]
fn whatever_a_record_says_it_completes_a_stay_once_or_is_refused() {
    let cases = (record(), any::<u32>(), any::<u16>());
    check(file!(), &cases, |(body, midnight_s, wrap_up_s)| {
        let Ok(cdr) = parse(&body) else { return Ok(()) };
        prop_assert!(!cdr.uuid.is_empty());
        let Some(stay) = cdr.stay else { return Ok(()) };
        let (node, targets) = (NodeName::new("fs-1"), QueueTargets::default());
        let wrap_up = DurationMs::from_s(i64::from(wrap_up_s));
        let midnight = UnixMs(i64::from(midnight_s) * 1000);
        let again = |known| complete(known, &stay, &node, &targets, wrap_up, midnight);
        let Some(completed) = again(None) else {
            return Err(TestCaseError::fail("a stay that nobody knew adds nothing"));
        };
        let missing = completed.missing;
        prop_assert!(missing.offered() <= 1 && missing.handled <= 1);
        prop_assert!(missing.answer_wait_ms >= 0 && missing.handle_ms >= 0);
        prop_assert!(again(Some(&completed.row)).is_none(), "it adds something twice");
        Ok(())
    });
}
