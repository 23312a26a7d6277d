//! What ARCHITECTURE.md promises and reading the sources can prove.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file below a folder with that ending, with its text.
fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![workspace().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("node_modules") && !path.ends_with("target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == ending) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "no .{ending} in {folder}");
    found
}

/// Fails for each line of code (comments apart) that holds one of the words outside of the allowed places.
fn only_in(folder: &str, words: &[&str], allowed: &[&str]) {
    let offenders: Vec<String> = files(folder, "rs")
        .into_iter()
        .filter(|(path, _)| {
            let path = path.to_string_lossy();
            !allowed.iter().any(|place| path.contains(place))
        })
        .flat_map(|(path, text)| {
            text.lines()
                .enumerate()
                .filter(|(_, line)| {
                    let code = line.split("//").next().unwrap_or_default();
                    words.iter().any(|word| code.contains(word))
                })
                .map(|(number, line)| format!("{}:{}: {}", path.display(), number + 1, line.trim()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(offenders.is_empty(), "{words:?} stands outside of {allowed:?}:\n{}", offenders.join("\n"));
}

#[test]
fn wasm_holds_nothing_of_the_server() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "-p",
            "frontend",
            "--target",
            "wasm32-unknown-unknown",
            "-e",
            "normal",
            "--prefix",
            "none",
            "--locked",
        ])
        .current_dir(workspace())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(tree.contains("leptos v"), "not the tree of the front end");
    for forbidden in ["sqlx", "axum", "tokio v", "freeswitch"] {
        let found: Vec<_> = tree.lines().filter(|line| line.starts_with(forbidden)).collect();
        assert!(found.is_empty(), "the WASM holds {found:?}");
    }
}

#[test]
fn sql_is_in_storage_alone() {
    only_in("server/src", &["sqlx::query", "QueryBuilder", "query_as("], &["/storage/"]);
    only_in("app/src", &["sqlx"], &[]);
}

#[test]
fn the_event_socket_crate_is_in_esl_alone() {
    only_in("server/src", &["freeswitch_esl_rs"], &["/esl/"]);
}

#[test]
fn header_names_of_the_switch_are_in_decode_alone() {
    let names = ["\"CC-", "\"Event-Date-", "\"Event-Subclass", "\"Caller-Unique", "\"Core-UUID"];
    only_in("server/src", &names, &["/esl/"]);
}

#[test]
fn the_board_and_the_calls_read_no_clock_and_do_no_io() {
    let words = ["SystemTime", "Instant::now", "clock::now", "tokio::", "std::fs", "std::net", "sqlx"];
    only_in("server/src/wallboard", &words, &["hub.rs", "reader.rs", "hub_tests.rs"]);
    only_in("server/src/calls", &words, &["hub.rs", "reader.rs"]);
}

#[test]
fn the_shared_values_do_no_io() {
    only_in("app/src/model", &["std::fs", "std::net", "leptos", "web_sys", "SystemTime"], &[]);
}

#[test]
fn styles_are_in_style_sheets() {
    // The content security policy forbids inline styles; the browser would drop them in silence.
    only_in("app/src", &["style=", "style:"], &[]);
}

#[test]
fn every_word_is_there_in_every_language() {
    for (path, english) in files("app/locales/en", "json") {
        let name = path.file_name().unwrap();
        let chinese = fs::read_to_string(workspace().join("app/locales/zh-CN").join(name)).unwrap();
        let keys = |text: &str| {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            let mut keys = Vec::new();
            collect_keys("", &value, &mut keys);
            keys.sort();
            keys
        };
        assert_eq!(keys(&english), keys(&chinese), "{}", name.to_string_lossy());
    }
}

/// Dotted paths of all texts, with the placeholders that each must hold.
fn collect_keys(prefix: &str, value: &serde_json::Value, keys: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                collect_keys(&format!("{prefix}.{key}"), value, keys);
            }
        }
        serde_json::Value::String(text) => {
            assert!(!text.trim().is_empty(), "{prefix} is empty");
            let mut placeholders: Vec<&str> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split('}').next())
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .collect();
            placeholders.sort_unstable();
            placeholders.dedup();
            keys.push(format!("{prefix} {placeholders:?}"));
        }
        other => panic!("{prefix} is {other}"),
    }
}
