//! The events of a recorded answered call, over and over: with other callers, agents, queues, numbers and moments, and
//! as many calls at a time as there are agents.

use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

/// A call as a real switch told it, from the agent's log-in to the last question about the agent.
const RECORDED: &str = include_str!("../../../../server/tests/transcripts/answered.esl");

/// Calls at a time, each with an agent of its own.
pub(crate) const AGENTS: usize = 1_000;
/// Queues that they come from.
pub(crate) const QUEUES: usize = 50;
/// Calls after which an agent's callers have the uuids of earlier ones. What is kept by uuid for an hour, in case that a
/// caller resumes, then stays bounded, and what grows all the same is a leak.
const DISTINCT: usize = 8;

/// What differs from call to call. All values are as long as the recorded ones, so that lengths of frames hold.
#[derive(Clone, Copy, Debug)]
enum Field {
    Member,
    Session,
    Agent,
    Queue,
    Sequence,
    MadeAtUs,
    EpochS,
}

#[derive(Debug)]
enum Part {
    Text(&'static str),
    Field(Field),
}

/// The conversation, from where it was left.
#[derive(Debug)]
pub(crate) struct Conversation {
    frames: Vec<(usize, Vec<Part>)>,
    /// The frame that every call is at.
    frame: usize,
    /// The call that comes next in it.
    lane: usize,
    /// Calls that each agent has had.
    round: usize,
    sequence: u64,
}

impl Conversation {
    /// From its beginning.
    ///
    /// # Errors
    /// The recording is not what it was.
    pub(crate) fn new() -> Result<Self> {
        let mut frames = Vec::new();
        let mut rest = RECORDED;
        while let Some((head, after)) = rest.split_once("\n\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
            let length = length.and_then(|length| length.parse().ok()).context("a frame has no length")?;
            let (content, after) = after.split_at_checked(length).context("a frame is cut off")?;
            let parts = parts(content)?;
            let length = parts.iter().map(Part::length).sum();
            frames.push((length, parts));
            rest = after;
        }
        // Ten digits for as long as anybody measures.
        Ok(Self { frames, frame: 0, lane: 0, round: 0, sequence: 1_000_000_000 })
    }

    /// Events of one call.
    pub(crate) fn events_per_call(&self) -> usize {
        self.frames.len()
    }

    /// Appends the next event.
    pub(crate) fn write_next(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        let (length, parts) = &self.frames[self.frame];
        self.sequence += 1;
        let call = self.lane + AGENTS * (self.round % DISTINCT);
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        write!(bytes, "Content-Length: {length}\nContent-Type: text/event-plain\n\n")?;
        for part in parts {
            match part {
                Part::Text(text) => bytes.extend_from_slice(text.as_bytes()),
                Part::Field(Field::Member) => write!(bytes, "{call:08x}-74d9-4aba-9b76-65bcdba93b2e")?,
                Part::Field(Field::Session) => write!(bytes, "{call:08x}-0a39-4398-b033-8a5e4470cd82")?,
                Part::Field(Field::Agent) => write!(bytes, "{:04}", agent(self.lane))?,
                Part::Field(Field::Queue) => write!(bytes, "{}", queue(self.lane))?,
                Part::Field(Field::Sequence) => write!(bytes, "{}", self.sequence)?,
                Part::Field(Field::MadeAtUs) => write!(bytes, "{}", now.as_micros())?,
                Part::Field(Field::EpochS) => write!(bytes, "{}", now.as_secs())?,
            }
        }
        self.lane += 1;
        if self.lane == AGENTS {
            self.lane = 0;
            self.frame += 1;
        }
        if self.frame == self.frames.len() {
            self.frame = 0;
            self.round += 1;
        }
        Ok(())
    }
}

/// The number of the agent who takes the calls of a lane.
pub(crate) const fn agent(lane: usize) -> usize {
    1_000 + lane
}

/// The name of the queue of a lane, without its domain: as long as `support`.
pub(crate) fn queue(lane: usize) -> String {
    format!("queue{:02}", lane % QUEUES)
}

impl Part {
    fn length(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Field(Field::Member | Field::Session) => 36,
            Self::Field(Field::Agent) => 4,
            Self::Field(Field::Queue) => 7,
            Self::Field(Field::Sequence | Field::EpochS) => 10,
            Self::Field(Field::MadeAtUs) => 16,
        }
    }
}

/// Cuts a recorded event at everything that differs from call to call.
fn parts(event: &'static str) -> Result<Vec<Part>> {
    let value = |name: &str| -> Option<&'static str> {
        event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    let mut fields = vec![
        ("b7bdf8b2-74d9-4aba-9b76-65bcdba93b2e", Field::Member),
        ("6fdbf69f-0a39-4398-b033-8a5e4470cd82", Field::Session),
        ("1001%40default", Field::Agent),
        ("support%40default", Field::Queue),
        (value("Event-Sequence").context("an event has no number")?, Field::Sequence),
        (value("Event-Date-Timestamp").context("an event has no time")?, Field::MadeAtUs),
    ];
    for name in ["CC-Member-Joined-Time", "CC-Agent-Answered-Time", "CC-Bridge-Terminated-Time"] {
        fields.extend(value(name).map(|value| (value, Field::EpochS)));
    }
    let mut parts = Vec::new();
    for line in event.split_inclusive('\n') {
        let (name, _) = line.split_once(": ").unwrap_or((line, ""));
        let mut rest = line;
        let found = |rest: &str| {
            let places = fields.iter().filter(|(_, field)| match field {
                // Short numbers are found anywhere; they mean something in their own header alone.
                Field::Sequence => name == "Event-Sequence",
                Field::MadeAtUs => name == "Event-Date-Timestamp",
                Field::EpochS => name.starts_with("CC-"),
                _ => true,
            });
            places
                .filter_map(|(text, field)| Some((rest.find(text)?, *text, *field)))
                .min_by_key(|place| place.0)
        };
        while let Some((at, text, field)) = found(rest) {
            let replaced = match field {
                Field::Agent => "1001",
                Field::Queue => "support",
                _ => text,
            };
            parts.push(Part::Text(&rest[..at]));
            parts.push(Part::Field(field));
            rest = &rest[at + replaced.len()..];
        }
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn calls_differ_where_they_must_and_their_frames_are_whole() {
        let mut conversation = Conversation::new().unwrap();
        assert_eq!(conversation.events_per_call(), 15);
        let mut events = Vec::new();
        for _ in 0..2 * AGENTS {
            let mut bytes = Vec::new();
            conversation.write_next(&mut bytes).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            let (head, content) = text.split_once("\n\n").unwrap();
            assert!(head.starts_with(&format!("Content-Length: {}\n", content.len())));
            events.push(text);
        }
        assert!(events[7].contains("CC-Agent: 1007%40default\nCC-Action: agent-status-change"));
        let joined = &events[AGENTS + 7];
        assert!(joined.contains("CC-Action: member-queue-start\nCC-Member-UUID: 00000007-74d9-"), "{joined}");
        assert!(joined.contains("\nCC-Queue: queue07%40default\n"));
        assert!(joined.contains("\nEvent-Sequence: 1000001008\n"));
        assert!(!joined.contains("support%40default"), "{joined}");
    }
}
