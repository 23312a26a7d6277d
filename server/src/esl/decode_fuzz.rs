//! Whatever headers an event has, and whatever they say: it is decoded or passed over, and the board survives it.

use proptest::collection::hash_map;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use app::model::ids::NodeName;
use app::model::time::UnixMs;

use super::decode::{Headers, NoticeKind, notice};
use crate::fuzz::{check, number, text};
use crate::switch::event::Stamped;
use crate::wallboard::board::{Board, Touched};

const WORDS: &[(&str, &[&str])] = &[
    ("Event-Name", &["CUSTOM", "HEARTBEAT", "SHUTDOWN", "MODULE_LOAD", "BACKGROUND_JOB"]),
    ("Event-Subclass", &["callcenter::info", "callcenter::info", "callcenter::info", "sofia::register"]),
    (
        "CC-Action",
        &[
            "agent-add",
            "agent-status-change",
            "agent-state-change",
            "agent-offering",
            "member-queue-start",
            "member-queue-resume",
            "bridge-agent-start",
            "bridge-agent-end",
            "bridge-agent-fail",
            "member-queue-end",
            "members-count",
        ],
    ),
    ("CC-Agent", &["1001@default", "1002@default"]),
    ("CC-Queue", &["support@default", "sales@default"]),
    ("CC-Member-UUID", &["m1", "m2"]),
    ("CC-Agent-Status", &["Available", "On Break", "Logged Out", "Available (On Demand)"]),
    ("CC-Agent-State", &["Waiting", "Receiving", "In a queue call", "Idle", "Reserved", "Unknown"]),
    ("CC-Cause", &["Terminated", "Cancel"]),
    ("CC-Cancel-Reason", &["TIMEOUT", "NO_AGENT_TIMEOUT", "EXIT_WITH_KEY", "BREAK_OUT"]),
    ("CC-Hangup-Cause", &["USER_BUSY", "ORIGINATOR_CANCEL"]),
    ("CC-Agent-Bridged", &["true", "false"]),
    ("key", &["mod_callcenter", "mod_sofia"]),
];

const NUMBERS: [&str; 7] = [
    "Event-Date-Timestamp",
    "Event-Sequence",
    "CC-Member-Joined-Time",
    "CC-Agent-Answered-Time",
    "CC-Bridge-Terminated-Time",
    "Content-Length",
    "CC-Count",
];

/// Headers of which most say what they should, some say anything, and some are missing.
fn headers() -> impl Strategy<Value = Headers> {
    let words: Vec<_> = WORDS
        .iter()
        .map(|(name, words)| {
            let value = prop_oneof![20 => select(*words).prop_map(str::to_owned), 1 => text()];
            option::weighted(0.97, value).prop_map(|value| value.map(|value| ((*name).to_owned(), value)))
        })
        .collect();
    let numbers: Vec<_> = NUMBERS
        .iter()
        .map(|name| {
            option::weighted(0.8, number()).prop_map(|value| value.map(|value| ((*name).to_owned(), value)))
        })
        .collect();
    let others = hash_map(text(), text(), 0..3);
    (words, numbers, others).prop_map(|(words, numbers, others)| {
        Headers::new(words.into_iter().chain(numbers).flatten().chain(others).collect())
    })
}

#[test]
fn board_survives_whatever_events_say() {
    let cases = proptest::collection::vec((headers(), any::<u32>()), 1..12);
    check(file!(), &cases, |events| {
        let node = NodeName::new("fs-1");
        let mut board = Board::new(UnixMs(1_795_378_600_000));
        let mut touched = Touched::default();
        for (headers, after_ms) in events {
            let notice = notice(&headers);
            if let NoticeKind::Switch(event) = notice.kind {
                let at = UnixMs(1_795_378_600_000 + i64::from(after_ms));
                let stamped = Stamped { node: node.clone(), at, made_at_us: notice.made_at_us, event };
                board.apply(stamped, &mut touched);
            }
        }
        board.changes(&touched);
        let view = board.view();
        prop_assert!(view.agents.iter().all(|row| !row.key.name.is_empty()));
        prop_assert!(view.queues.iter().all(|row| !row.key.name.is_empty()));
        for row in &view.queues {
            row.today.offered();
        }
        for row in &view.members {
            prop_assert!(!row.key.uuid.is_empty());
            row.serve_order();
        }
        Ok(())
    });
}
