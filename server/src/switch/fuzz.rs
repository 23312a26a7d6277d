//! Whatever a switch answers and whatever people type.

use proptest::collection::{hash_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use app::model::ids::NodeName;
use app::model::time::UnixMs;

use super::event::Stamped;
use super::lists::{List, parse};
use super::quote::tests::words;
use super::quote::{Unspeakable, word};
use super::reply::{Reply, classify};
use crate::fuzz::{check, mutated, number, text};
use crate::wallboard::board::{Board, Touched};

const ASKED_AT: UnixMs = UnixMs(1_795_378_600_000);

const COLUMNS: [&str; 20] = [
    "name",
    "status",
    "state",
    "wrap_up_time",
    "last_bridge_start",
    "last_bridge_end",
    "last_offered_call",
    "last_status_change",
    "queue",
    "agent",
    "level",
    "position",
    "uuid",
    "session_uuid",
    "joined_epoch",
    "system_epoch",
    "base_score",
    "skill_score",
    "serving_agent",
    "bridge_epoch",
];

fn value() -> impl Strategy<Value = Value> {
    let words =
        ["1001@default", "support@default", "m1", "Available", "Waiting", "Trying", "Answered", "ring-all"];
    let leaf = prop_oneof![
        4 => select(words.to_vec()).prop_map(Value::from),
        2 => number().prop_map(Value::from),
        2 => text().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            hash_map(text(), inner, 0..3).prop_map(|fields| Value::from(Map::from_iter(fields))),
        ]
    })
}

/// Answers to a list's request: the recorded ones with changes, and rows that say anything in the right columns.
fn answer() -> impl Strategy<Value = String> {
    let recorded = [
        include_str!("../../tests/transcripts/queues.json"),
        include_str!("../../tests/transcripts/agents.json"),
        include_str!("../../tests/transcripts/tiers.json"),
    ];
    let words: &[&[u8]] =
        &[b"\"", b"{", b"}", b"[", b"]", b":", b",", b"null", b"-1", b"\\u0000", b"\\ud800", b"\xff"];
    let row = hash_map(select(&COLUMNS[..]).prop_map(str::to_owned), value(), 8..COLUMNS.len());
    prop_oneof![
        mutated(recorded.map(|text| text.as_bytes().to_vec()).into(), 1..2, words)
            .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        vec(row.prop_map(|row| Value::from(Map::from_iter(row))), 0..6)
            .prop_map(|rows| json!({ "response": rows }).to_string()),
        value().prop_map(|value| json!({ "response": value }).to_string()),
        (0..100_000_usize).prop_map(|depth| "[".repeat(depth)),
    ]
}

#[test]
fn whatever_a_list_says_it_is_read_or_refused_and_the_board_survives_it() {
    check(file!(), &vec((select(List::ALL.to_vec()), answer()), 1..6), |answers| {
        let mut board = Board::new(ASKED_AT);
        let mut touched = Touched::default();
        for (seconds, (list, answer)) in answers.into_iter().enumerate() {
            let at = UnixMs(ASKED_AT.0 + 10_000 * i64::try_from(seconds).unwrap_or_default());
            if let Some(event) = parse(list, at, &answer) {
                let node = NodeName::new("fs-1");
                board.apply(Stamped { node, at, made_at_us: None, event }, &mut touched);
            }
        }
        board.changes(&touched);
        board.next_deadline();
        for row in board.view().members {
            row.serve_order();
        }
        Ok(())
    });
}

#[test]
fn what_is_quoted_is_one_word_of_one_line() {
    let dangerous =
        vec(select(&['\'', '\\', '"', ' ', 'n', 's', 't', 'r', '|', ',', '^', '$', '{', '张'][..]), 0..12);
    let any_text = prop_oneof![2 => dangerous.prop_map(String::from_iter), 1 => text(), 1 => any::<String>()];
    check(file!(), &vec(any_text, 1..4), |texts| {
        let quoted: Result<Vec<String>, Unspeakable> = texts.iter().map(|text| word(text)).collect();
        let Ok(quoted) = quoted else {
            prop_assert!(texts.iter().any(|text| text.contains(char::is_control)));
            return Ok(());
        };
        let line = format!("agent set status {} 'On Break'", quoted.join(" "));
        prop_assert!(!line.contains(char::is_control));
        let expected: Vec<&str> = ["agent", "set", "status"]
            .into_iter()
            .chain(texts.iter().map(String::as_str))
            .chain(["On Break"])
            .collect();
        prop_assert_eq!(words(&line), expected, "{}", line);
        Ok(())
    });
}

#[test]
fn last_line_decides_what_an_answer_means() {
    let lines =
        ["+OK", "+OK 12", "-ERR", "-ERR no reply", "-ERR x Command not found!", "-USAGE: y", "a|b", "", "  "];
    let line = prop_oneof![3 => select(lines.to_vec()).prop_map(str::to_owned), 1 => text()];
    check(file!(), &vec(line, 0..5), |lines| {
        let answer = lines.join("\n");
        let trimmed = answer.trim();
        match classify(&answer) {
            Reply::Nothing => prop_assert!(trimmed.is_empty() || trimmed == "-ERR no reply"),
            Reply::Done(rest) => {
                let last = trimmed.lines().last().unwrap_or_default().trim();
                prop_assert!(last.starts_with("+OK") && last.ends_with(rest), "{:?}", rest);
            }
            Reply::Refused(reason) => {
                prop_assert!(!reason.is_empty() && trimmed.ends_with(reason), "{:?}", reason);
                prop_assert!(!reason.contains('\n'));
            }
            Reply::NoSuchCommand => prop_assert!(trimmed.ends_with("Command not found!")),
            Reply::Value(value) => {
                prop_assert_eq!(value, trimmed);
                let last = trimmed.lines().last().unwrap_or_default().trim();
                prop_assert!(!last.starts_with("+OK") && !last.starts_with("-ERR"), "{:?}", last);
            }
        }
        Ok(())
    });
}
