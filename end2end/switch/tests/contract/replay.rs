//! Plays a recorded scenario against a demo switch: the same commands on the same connections, the same things done by
//! callers and agents, and then the same answers and events.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

use demo_switch::clock::Clock;
use demo_switch::{DemoSwitch, Options};

use crate::client::{Client, PATIENCE};
use crate::comparison::Matching;
use crate::scenarios::{Act, Scenario};
use crate::sequence;
use crate::start::Start;
use crate::transcript::{Command, Entry, Event, Transcript};

/// What was compared.
#[derive(Debug, Default)]
pub(crate) struct Count {
    pub(crate) commands: usize,
    pub(crate) events: usize,
}

/// How far in time an event may be from its recording: rounds of the dispatcher and threads of the real switch.
const TOLERANCE_US: i64 = 500_000;

struct Replay<'a> {
    scenario: &'a Scenario,
    transcript: &'a Transcript,
    switch: DemoSwitch,
    connections: HashMap<String, Client>,
    matching: Matching,
    /// Channels of callers, by number.
    callers: HashMap<String, String>,
    problems: Vec<String>,
    count: Count,
    now_ms: i64,
}

/// Replays a scenario; all differences are returned.
pub(crate) async fn replay(scenario: &Scenario) -> (Count, Vec<String>) {
    let transcript = Transcript::load(scenario.folder);
    let start = Start::of(&transcript);
    let lead = lead(&transcript, scenario.phase_ms);
    let options = Options {
        configuration: Some(start.configuration.clone()),
        clock: Clock::Stepped(transcript.t0 - lead.as_micros() as i64),
        seed: scenario.seed,
        ..Options::default()
    };
    let switch = DemoSwitch::start(options).await.expect("a switch");
    switch.step(lead);
    switch.edit_center(|center| start.apply(center));
    // Numbers that the recorder called without an agent.
    for number in ["busy-1", "reject-1", "unreach-1", "noanswer-1", "agent-1", "agent-1002", "agent-8001"] {
        let (word, millis) = phone(number);
        switch.api(&format!("demo phone {number} {word} {millis}"));
    }
    for agent in &start.configuration.agents {
        let (word, millis) = phone(&agent.contact);
        switch.api(&format!("demo phone '{}' {word} {millis}", agent.name));
    }
    let mut replay = Replay {
        scenario,
        matching: Matching::new(transcript.t0, transcript.t0, TOLERANCE_US),
        transcript: &transcript,
        switch,
        connections: HashMap::new(),
        callers: HashMap::new(),
        problems: Vec::new(),
        count: Count::default(),
        now_ms: 0,
    };
    for step in replay.steps() {
        replay.take(step).await;
    }
    replay.compare_events().await;
    (replay.count, replay.problems)
}

/// How long the switch has been up, so that its heart beats when the recorded one did, and that rounds of the dispatcher
/// are `phase_ms` after each tenth of a second.
fn lead(transcript: &Transcript, phase_ms: i64) -> Duration {
    const HEARTBEAT_MS: i64 = 20_000;
    const FIRST_ROUND_MS: i64 = 20;
    let beat = transcript.events.iter().find(|event| event.kind() == "HEARTBEAT");
    let beat_ms = beat.map_or(0, |event| (event.at() - transcript.t0) / 1000);
    let up_ms = HEARTBEAT_MS - beat_ms.rem_euclid(HEARTBEAT_MS);
    let until_round_ms = (FIRST_ROUND_MS - phase_ms - up_ms).rem_euclid(100);
    Duration::from_millis((up_ms + until_round_ms) as u64)
}

/// Connects as soon as the port is open.
async fn connect(address: SocketAddr) -> Client {
    loop {
        match Client::connect(address).await {
            Ok(client) => return client,
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

/// The phones of the recordings behaved by the first word of their name.
fn phone(contact: &str) -> (&'static str, i64) {
    let name = contact.rsplit('/').next().unwrap_or_default();
    match name.split('-').next().unwrap_or_default() {
        "busy" => ("busy", 90),
        "reject" => ("reject", 90),
        "unreach" => ("unreachable", 90),
        "noanswer" => ("noanswer", 1_000_000),
        _ => ("answer", 1600),
    }
}

enum Step {
    Command(Command),
    Act(i64, Act),
}

impl Step {
    fn t_ms(&self) -> i64 {
        match self {
            Self::Command(command) => command.t_ms,
            Self::Act(t_ms, _) => *t_ms,
        }
    }
}

impl Replay<'_> {
    /// Commands, what notes tell of callers and agents, and what the scenario adds; in order of time.
    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for entry in &self.transcript.entries {
            match entry {
                Entry::Command(command) => steps.push(Step::Command(command.clone())),
                Entry::Note { t_ms, text } => {
                    if let Some(act) = Act::from_note(text) {
                        steps.push(Step::Act(self.takes_effect(*t_ms, &act), act));
                    }
                }
            }
        }
        let own = self.scenario.acts.iter().map(|(t_ms, act)| Step::Act(*t_ms, act.clone()));
        steps.extend(own);
        steps.extend(self.untold_ends().map(|(t_ms, act)| Step::Act(t_ms, act)));
        // What is at the same time stays in the order of the recording.
        steps.sort_by_key(Step::t_ms);
        steps
    }

    /// Ends of talks for which the recording has no note: it shows them by the agent who waits again, and by the state
    /// of the caller's channel at that time who it was.
    fn untold_ends(&self) -> impl Iterator<Item = (i64, Act)> {
        let mut talking: HashSet<&str> = HashSet::new();
        let mut by_caller: HashMap<&str, &str> = HashMap::new();
        let mut ends = Vec::new();
        for event in &self.transcript.events {
            let agent = event.get("CC-Agent");
            match (event.kind(), event.get("CC-Agent-State")) {
                (_, "In a queue call") => {
                    talking.insert(agent);
                }
                ("member-queue-end", _) if event.get("variable_last_bridge_role") == "originator" => {
                    by_caller.insert(agent, event.get("CC-Member-CID-Number"));
                }
                (_, "Waiting" | "Idle") if self.in_a_call(agent) && talking.remove(agent) => {
                    let act = match by_caller.remove(agent) {
                        Some(number) => Act::CallerHangsUp(number.to_owned()),
                        None => Act::AgentHangsUp(agent.to_owned()),
                    };
                    ends.push(((event.at() - self.transcript.t0) / 1000, act));
                }
                _ => {}
            }
        }
        ends.into_iter().filter(|(t_ms, _)| !self.is_told(*t_ms))
    }

    /// Whether the recording offered a call to this agent, and nobody just wrote the state.
    fn in_a_call(&self, agent: &str) -> bool {
        self.transcript.events.iter().any(|e| e.kind() == "agent-offering" && e.get("CC-Agent") == agent)
    }

    fn is_told(&self, t_ms: i64) -> bool {
        self.transcript.entries.iter().any(|entry| match entry {
            Entry::Note { t_ms: told, text } => {
                text.starts_with("SIP BYE") && (-50..250).contains(&(t_ms - told))
            }
            Entry::Command(command) => {
                let line = command.line.as_deref().unwrap_or_default();
                line.starts_with("api uuid_transfer") && (-50..250).contains(&(t_ms - command.t_ms))
            }
        })
    }

    /// Signalling takes a while: the switch knows of an act when its first event shows it.
    fn takes_effect(&self, t_ms: i64, act: &Act) -> i64 {
        let shows = |event: &&Event| match act {
            Act::Call { .. } => {
                matches!(event.kind(), "member-queue-start" | "member-queue-resume" | "members-count")
            }
            Act::CallerHangsUp(_) | Act::AgentHangsUp(_) => {
                matches!(event.kind(), "member-queue-end" | "CHANNEL_HANGUP" | "CHANNEL_HANGUP_COMPLETE")
            }
            Act::Phone { .. } | Act::Files(_) | Act::Terminate => false,
        };
        // The stamps of events lag behind by up to 20 ms.
        let from = self.transcript.t0 + (t_ms - 25) * 1000;
        let first = self.transcript.events.iter().filter(|event| event.at() >= from).find(shows);
        first.map_or(t_ms, |event| ((event.at() - self.transcript.t0) / 1000).max(t_ms))
    }

    async fn take(&mut self, step: Step) {
        let wait = step.t_ms() - self.now_ms;
        if wait > 0 {
            self.switch.step(Duration::from_millis(wait as u64));
            self.now_ms += wait;
        }
        match step {
            Step::Command(command) => self.command(&command).await,
            Step::Act(t_ms, act) => self.act(t_ms, &act),
        }
    }

    async fn command(&mut self, command: &Command) {
        self.count.commands += 1;
        let address = self.switch.address();
        let Some(line) = &command.line else {
            let client = connect(address).await;
            self.connections.insert(command.connection.clone(), client);
            let client = self.connections.get_mut(&command.connection).expect("just made");
            let greeting = client.answer().await.expect("a greeting");
            assert_eq!(greeting.content_type(), command.content_type);
            return;
        };
        let line_of_ours = self.matching.to_ours(line);
        let client = self.connections.get_mut(&command.connection).expect("an open connection");
        client.send(format!("{line_of_ours}\n\n").as_bytes()).await;
        // Calling takes a while, of the switch's time; the recorder waited as well.
        let waits = if line.starts_with("api originate") { Duration::from_millis(2) } else { PATIENCE };
        let answer = loop {
            match tokio::time::timeout(waits, client.answer()).await {
                Ok(answer) => break answer,
                Err(_) => {
                    self.switch.step(Duration::from_millis(20));
                    self.now_ms += 20;
                }
            }
        };
        let Some(answer) = answer else {
            self.problems.push(format!("{} {line}: closed", command.t_ms));
            return;
        };
        let is_uncompared = self.scenario.uncompared.iter().any(|prefix| line.starts_with(prefix));
        if is_uncompared || self.scenario.raced.contains(&command.t_ms) {
            return;
        }
        let mut complain = |error: String| {
            self.problems.push(format!("{} ms {line}\n    {error}", command.t_ms));
        };
        if answer.content_type() != command.content_type {
            complain(format!("{answer:?} instead of {}", command.content_type));
        }
        for (name, value) in &command.headers {
            let ours = answer.header(name).unwrap_or_default();
            // Of an answer whose text is compared the length follows.
            if name != "Content-Length"
                && let Err(error) = self.matching.text(value, ours)
            {
                complain(format!("{name}: {error}"));
            }
        }
        if command.is_cut {
            return;
        }
        if let Err(error) = self.matching.answer(line, &command.body, &answer.body) {
            complain(error);
        }
    }

    fn act(&mut self, t_ms: i64, act: &Act) {
        let answer = match act {
            Act::Call { queue, number, name } => {
                let answer = self.switch.api(&format!("demo call {queue}@default {number} '{name}'"));
                let session = answer.strip_prefix("+OK ").unwrap_or_default().trim().to_owned();
                self.bind_caller(t_ms, number, &session);
                self.callers.insert(number.clone(), session);
                answer
            }
            Act::CallerHangsUp(number) => {
                let session = self.callers.get(number).cloned().unwrap_or_default();
                self.switch.api(&format!("demo hangup {session}"))
            }
            Act::AgentHangsUp(agent) => self.switch.api(&format!("demo end {agent}")),
            Act::Phone { agent, word, millis } => {
                self.switch.api(&format!("demo phone {agent} {word} {millis}"))
            }
            Act::Terminate => {
                self.switch.terminate();
                "+OK".to_owned()
            }
            Act::Files(edit) => {
                self.switch.edit_files(edit);
                "+OK".to_owned()
            }
        };
        if !answer.starts_with("+OK") {
            self.problems.push(format!("{t_ms} ms {act:?}: {answer}"));
        }
    }

    /// The recorded channel of a caller is the one that its events name.
    fn bind_caller(&mut self, t_ms: i64, number: &str, session: &str) {
        let from = self.transcript.t0 + (t_ms - 200) * 1000;
        let recorded = self
            .transcript
            .events
            .iter()
            .filter(|event| event.at() >= from && event.get("Caller-Caller-ID-Number") == number)
            .find(|event| event.get("Call-Direction") == "inbound");
        if let Some(event) = recorded {
            assert!(self.matching.bind(event.get("Unique-ID"), session), "one channel, two callers");
        }
    }

    async fn compare_events(&mut self) {
        let end = self.transcript.events.last().map_or(0, Event::at) - self.transcript.t0;
        let wait = (end / 1000 - self.now_ms).max(0) + 300;
        self.switch.step(Duration::from_millis(wait as u64));
        if self.scenario.says_goodbye {
            return self.compare_last_events().await;
        }
        // A connection that the switch closed has had its events.
        let Some(client) = self.connections.get_mut("events") else { return };
        let mut ours = Vec::new();
        client.send(b"sendevent CUSTOM\nEvent-Subclass: callcenter::info\nCC-Action: the-end\n\n").await;
        while let Some(frame) = client.next_aside().await {
            if frame.content_type() != "text/event-plain" {
                continue;
            }
            let event = Event::plain(&frame.body);
            if event.kind() == "the-end" {
                break;
            }
            ours.push(event);
        }
        self.compare_sequence(&ours);
    }

    /// Everything up to the goodbye, which every connection hears.
    async fn compare_last_events(&mut self) {
        let mut ours = Vec::new();
        for (name, client) in &mut self.connections {
            let mut last = None;
            while let Some(frame) = client.next_aside().await {
                if name == "events" && frame.content_type() == "text/event-plain" {
                    ours.push(Event::plain(&frame.body));
                }
                last = Some(frame);
            }
            let notice = last.filter(|frame| frame.content_type() == "text/disconnect-notice");
            if notice.is_none_or(|notice| notice.body != "The system is being shut down.\n") {
                self.problems.push(format!("no goodbye on {name}"));
            }
        }
        self.compare_sequence(&ours);
    }

    fn compare_sequence(&mut self, ours: &[Event]) {
        let compared = sequence::compare(self.transcript, ours, self.scenario, &mut self.matching);
        self.count.events = compared.matched;
        self.problems.extend(compared.problems);
    }
}
