//! Conversations recorded byte by byte: `wire-*.txt`, blocks of `<<<CLIENT|SERVER t ms n bytes>>>` and the bytes.

use std::collections::VecDeque;

use demo_switch::clock::now_us;
use demo_switch::{DemoSwitch, Options};

use crate::client::{Client, Frame};
use crate::comparison::Matching;
use crate::replay::Count;
use crate::transcript::{Transcript, folders, root};

#[derive(Debug)]
enum Block {
    Client(String),
    Server(Vec<Frame>),
    Closed,
}

/// All recorded conversations: folder and file.
pub(crate) fn all() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for folder in folders() {
        for entry in std::fs::read_dir(root().join(&folder)).expect("a folder") {
            let name = entry.expect("a file").file_name().into_string().expect("a plain name");
            if name.starts_with("wire-") {
                all.push((folder.clone(), name));
            }
        }
    }
    all.sort();
    all
}

/// Replays a conversation with a demo switch and returns what differed.
pub(crate) async fn replay(folder: &str, file: &str) -> (Count, Vec<String>) {
    // This one was recorded from an address that the access list refuses.
    let is_refused = file == "wire-rude-rejection.txt";
    let denied = if is_refused { vec!["127.0.0.1".parse().expect("an address")] } else { Vec::new() };
    let switch = DemoSwitch::start(Options { denied, agents: 3, queues: 2, ..Options::default() }).await;
    let switch = switch.expect("a switch");
    let client = Client::connect(switch.address()).await.expect("a connection");
    converse(client, folder, file, "ClueCon").await
}

/// Says what the recorded client said, and compares what the switch says, frame by frame and in order.
pub(crate) async fn converse(
    mut client: Client,
    folder: &str,
    file: &str,
    password: &str,
) -> (Count, Vec<String>) {
    let text = std::fs::read_to_string(root().join(folder).join(file)).expect("a conversation");
    let mut count = Count::default();
    let mut problems = Vec::new();
    let mut asked: VecDeque<String> = VecDeque::new();
    // The clock of this switch is today's, so instants are only known to be instants.
    const HOUR_US: i64 = 3_600_000_000;
    let mut matching = Matching::new(Transcript::load(folder).t0, now_us(), HOUR_US);
    for block in blocks(&text) {
        match block {
            Block::Client(bytes) => {
                asked.extend(bytes.split("\n\n").map(|command| command.trim_start().to_owned()));
                asked.retain(|command| !command.is_empty());
                client.send(bytes.replace("ClueCon", password).as_bytes()).await;
            }
            Block::Server(frames) => {
                for recorded in frames {
                    count.commands += 1;
                    let Some(ours) = client.frame().await else {
                        problems.push(format!("{file}: closed instead of {recorded:?}"));
                        break;
                    };
                    let is_greeting = recorded.content_type() == "auth/request";
                    let line = if recorded.is_answer() && !is_greeting {
                        asked.pop_front().unwrap_or_default()
                    } else {
                        String::new()
                    };
                    if let Err(error) = matching.frame(&line, &recorded, &ours) {
                        problems.push(format!("{file}: {line:?}: {error}"));
                    }
                }
            }
            Block::Closed => {
                if let Some(frame) = client.frame().await {
                    problems.push(format!("{file}: not closed but {frame:?}"));
                }
            }
        }
    }
    (count, problems)
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((head, after)) = rest.strip_prefix("<<<").and_then(|rest| rest.split_once(">>>\n")) {
        let words: Vec<&str> = head.split(' ').collect();
        let length: usize = words.get(3).expect("a length").parse().expect("a number");
        let bytes = &after[..length];
        blocks.push(match words[0] {
            "CLIENT" => Block::Client(bytes.to_owned()),
            "SERVER" => Block::Server(frames(bytes)),
            _ => Block::Closed,
        });
        rest = after[length..].trim_start_matches('\n');
    }
    blocks
}

fn frames(mut bytes: &str) -> Vec<Frame> {
    let mut frames = Vec::new();
    while let Some((head, after)) = bytes.split_once("\n\n") {
        let frame = Frame::new(head, "");
        let length = frame.header("Content-Length").map_or(0, |length| length.parse().expect("a number"));
        frames.push(Frame { body: after[..length].to_owned(), ..frame });
        bytes = &after[length..];
    }
    frames
}
