//! Recorded conversations: `transcripts/<folder>/commands.jsonl`, `events.esl`, `meta.json`.

use std::path::{Path, PathBuf};

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Folder of all transcripts.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts")
}

/// Names of all folders.
pub(crate) fn folders() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(root())
        .expect("the transcripts are there")
        .map(|entry| entry.expect("a readable folder"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("a plain name"))
        .collect();
    names.sort();
    names
}

/// One recorded scenario.
pub(crate) struct Transcript {
    /// When it began, microseconds.
    pub(crate) t0: i64,
    pub(crate) entries: Vec<Entry>,
    pub(crate) events: Vec<Event>,
}

/// A line of `commands.jsonl`; times are milliseconds from the beginning.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Note { t_ms: i64, text: String },
    Command(Command),
}

#[derive(Debug, Clone)]
pub(crate) struct Command {
    pub(crate) t_ms: i64,
    /// Name of the connection.
    pub(crate) connection: String,
    /// `None` for the greeting.
    pub(crate) line: Option<String>,
    pub(crate) content_type: String,
    /// Headers of the answer.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// The body was cut to save space.
    pub(crate) is_cut: bool,
}

/// An event with its values decoded.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

impl Event {
    pub(crate) fn get(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// When the switch made it, microseconds.
    pub(crate) fn at(&self) -> i64 {
        self.get("Event-Date-Timestamp").parse().unwrap_or(0)
    }

    /// `CHANNEL_CREATE`, or the action of a callcenter event.
    pub(crate) fn kind(&self) -> &str {
        match self.get("CC-Action") {
            "" => self.get("Event-Name"),
            action => action,
        }
    }

    /// Reads an event in any of its formats.
    pub(crate) fn any(text: &str) -> Self {
        match text.as_bytes().first() {
            Some(b'{') => Self::json(text),
            Some(b'<') => Self::xml(text),
            _ => Self::plain(text),
        }
    }

    /// Reads a JSON event; its keys stay in order.
    fn json(text: &str) -> Self {
        let pairs: Pairs = serde_json::from_str(text).expect("an event in JSON");
        Self { headers: pairs.0, body: None }
    }

    fn xml(text: &str) -> Self {
        let header = |line: &str| {
            let (name, rest) = line.trim().strip_prefix('<')?.split_once('>')?;
            let value = rest.strip_suffix(&format!("</{name}>"))?;
            Some((name.to_owned(), decode(value)))
        };
        Self { headers: text.lines().filter_map(header).collect(), body: None }
    }

    /// Reads a plain event.
    pub(crate) fn plain(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let headers: Vec<(String, String)> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), decode(value)))
            .collect();
        let has_body = headers.last().is_some_and(|(name, _)| name == "Content-Length");
        Self { headers, body: has_body.then(|| body.to_owned()) }
    }
}

/// The members of a JSON object in their order; arrays as plain events print them.
struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Pairs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    let text = match &value {
                        Value::String(text) => text.clone(),
                        Value::Array(items) => {
                            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                            format!("ARRAY::{}", items.join("|:"))
                        }
                        other => other.to_string(),
                    };
                    pairs.push((name, text));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// Undoes percent-encoding; text of a client may hold a `%` of its own, which stays.
pub(crate) fn decode(value: &str) -> String {
    let bytes = value.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = value.get(at + 1..at + 3).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (bytes[at], pair) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

impl Transcript {
    pub(crate) fn load(folder: &str) -> Self {
        let folder = root().join(folder);
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        let meta: Value = serde_json::from_str(&read("meta.json")).expect("meta.json");
        let t0 = meta["t0_epoch_ms"].as_i64().expect("t0") * 1000;
        let mut entries: Vec<Entry> = Vec::new();
        for line in read("commands.jsonl").lines() {
            let row: Value = serde_json::from_str(line).expect("a line of JSON");
            let entry = entry(&row, &entries);
            entries.push(entry);
        }
        Self { t0, entries, events: events(&read("events.esl")) }
    }

    pub(crate) fn commands(&self) -> impl Iterator<Item = &Command> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Command(command) => Some(command),
            Entry::Note { .. } => None,
        })
    }

    /// Answers to `line`, with their times.
    pub(crate) fn answers<'a>(&'a self, line: &'a str) -> impl Iterator<Item = &'a Command> {
        self.commands().filter(move |command| command.line.as_deref() == Some(line))
    }
}

fn entry(row: &Value, before: &[Entry]) -> Entry {
    let t_ms = row["t_ms"].as_f64().expect("a time") as i64;
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    if row.get("note").is_some() {
        return Entry::Note { t_ms, text: text("note") };
    }
    let mut headers: Vec<(String, String)> = Vec::new();
    for pair in row["headers"].as_array().into_iter().flatten() {
        headers.push((pair[0].as_str().expect("a name").into(), pair[1].as_str().expect("a value").into()));
    }
    let mut command = Command {
        t_ms,
        connection: text("conn"),
        line: row["command"].as_str().map(str::to_owned),
        content_type: text("content_type"),
        headers,
        body: text("body"),
        is_cut: row.get("body_truncated_for_size").is_some(),
    };
    // A repeated long answer is a reference to the first one.
    if let Some(same) = row["same_as_t_ms"].as_f64() {
        let first = before.iter().rev().find_map(|entry| match entry {
            Entry::Command(known) if known.t_ms == same as i64 && known.line == command.line => Some(known),
            _ => None,
        });
        let first = first.expect("the answer that is repeated");
        command.headers.clone_from(&first.headers);
        command.body.clone_from(&first.body);
        command.content_type.clone_from(&first.content_type);
    }
    Entry::Command(command)
}

fn events(raw: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let mut rest = raw;
    while let Some((head, after)) = rest.split_once("\n\n") {
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
        let length: usize = length.expect("a length").parse().expect("a number");
        if head.contains("text/event-plain") {
            events.push(Event::plain(&after[..length]));
        }
        rest = &after[length..];
    }
    events
}
