//! The journal against what is heard on the wire and what the lists say.

use std::collections::BTreeMap;

use demo_switch::journal::{Entry, Outcome, What};

use super::*;

async fn journalling() -> DemoSwitch {
    let switch =
        DemoSwitch::start(Options { agents: 1, queues: 1, journal: true, ..Options::default() }).await;
    let switch = switch.unwrap();
    switch.api("callcenter_config agent set status 1001@default Available");
    switch
}

/// `member-ended moved`, `agent-state Waiting`.
fn word(entry: &Entry) -> String {
    let json = serde_json::to_value(entry).unwrap();
    let of = |key: &str| json.get(key).and_then(|value| value.as_str());
    ["what", "status", "state", "cause", "outcome"].into_iter().filter_map(of).collect::<Vec<_>>().join(" ")
}

/// The event that tells of an entry.
fn action(what: &What) -> &'static str {
    match what {
        What::MemberJoined { .. } => "member-queue-start",
        What::MemberResumed { .. } => "member-queue-resume",
        What::Offered { .. } => "agent-offering",
        What::OfferFailed { .. } => "bridge-agent-fail",
        What::Answered { .. } => "bridge-agent-start",
        What::TalkEnded { .. } => "bridge-agent-end",
        What::MemberEnded { .. } => "member-queue-end",
        What::AgentStatus { .. } => "agent-status-change",
        What::AgentState { .. } => "agent-state-change",
        What::Frozen | What::Thawed | What::Restarted | What::ModuleReloaded | What::Cdr { .. } => "",
    }
}

#[tokio::test]
async fn every_event_has_its_entry_with_the_same_instant() {
    let switch = journalling().await;
    let mut events = Client::login(&switch).await;
    events.reply("event plain CUSTOM callcenter::info").await;
    let start = switch.journal().len();
    switch.api("demo call support@default 13800138000 '张三'");
    let mut heard = Vec::new();
    for last in ["agent-offering", "agent-state-change In%20a%20queue%20call", "agent-state-change Waiting"] {
        loop {
            let frame = events.frame().await;
            if frame.inner("CC-Action") != Some("members-count") {
                let at: i64 = frame.inner("Event-Date-Timestamp").unwrap().parse().unwrap();
                heard.push((at, frame.inner("CC-Action").unwrap().to_owned()));
            }
            if frame.label() == last {
                break;
            }
        }
        switch.api("demo answer 1001@default");
        switch.api("demo end 1001@default");
    }
    let noted: Vec<_> = switch
        .journal_since(start)
        .iter()
        .map(|entry| (entry.at_us, action(&entry.what).to_owned()))
        .take(heard.len())
        .collect();
    assert_eq!(noted, heard);
    assert_eq!(heard.len(), 8);
}

#[tokio::test]
async fn outcomes_are_told_apart() {
    let switch = journalling().await;
    switch.api("callcenter_config agent set status 1001@default 'On Break'");
    let start = switch.journal().len();
    let answer = switch.api("demo call support@default 13800138000 x");
    let session = answer.strip_prefix("+OK ").unwrap().trim();
    switch.api(&format!("uuid_transfer {session} 'callcenter:support@default' inline"));
    switch.api(&format!("uuid_kill {session}"));
    switch.api("demo freeze");
    switch.api("demo thaw");
    switch.api("demo call support@default 13800138001 y");
    switch.api("demo reload-callcenter");
    switch.api("demo restart");
    assert_eq!(
        switch.journal_since(start).iter().map(word).collect::<Vec<_>>(),
        [
            "member-joined",
            "member-ended moved",
            "member-joined",
            "member-ended abandoned",
            "frozen",
            "thawed",
            "member-joined",
            "module-reloaded",
            "restarted",
        ]
    );
}

/// Open entries of the journal are the rows of the lists, and closed ones the counters.
#[tokio::test]
async fn journal_recounts_a_living_switch() {
    let options = Options {
        life: true,
        journal: true,
        agents: 20,
        event_rate: Some(400.0),
        seed: 3,
        ..Options::default()
    };
    let switch = DemoSwitch::start(options).await.unwrap();
    let answered = |switch: &DemoSwitch| {
        let served =
            |entry: &Entry| matches!(entry.what, What::MemberEnded { outcome: Outcome::Answered, .. });
        switch.journal().iter().filter(|entry| served(entry)).count()
    };
    let mut poll = tokio::time::interval(Duration::from_millis(20));
    timeout(PATIENCE, async {
        while answered(&switch) < 30 {
            poll.tick().await;
        }
    })
    .await
    .expect("calls are answered");
    switch.api("demo freeze");
    let mut open = BTreeMap::new();
    let mut statuses = BTreeMap::new();
    for entry in switch.journal() {
        match entry.what {
            What::MemberJoined { member, session, .. } | What::MemberResumed { member, session, .. } => {
                open.insert(member, session);
            }
            What::MemberEnded { member, .. } => {
                open.remove(&member).expect("nobody ends who has not joined");
            }
            What::AgentStatus { agent, status } => {
                statuses.insert(agent, status);
            }
            _ => {}
        }
    }
    let rows = |list: &str| -> Vec<Vec<String>> {
        let text = switch.api(&format!("callcenter_config {list}"));
        let lines = text.lines().skip(1).filter(|line| *line != "+OK");
        lines.map(|line| line.split('|').map(str::to_owned).collect()).collect()
    };
    let listed: BTreeMap<String, String> = rows("queue list members")
        .into_iter()
        .filter(|row| row[15] != "Abandoned")
        .map(|row| (row[2].clone(), row[3].clone()))
        .collect();
    assert_eq!(open, listed);
    let listed: BTreeMap<String, String> =
        rows("agent list").into_iter().map(|row| (row[0].clone(), row[5].clone())).collect();
    assert_eq!(statuses, listed);
}

#[tokio::test]
async fn file_holds_a_line_for_each_entry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let journal_file = Some(path.clone());
    let options = Options { agents: 1, queues: 1, journal: true, journal_file, ..Options::default() };
    let switch = DemoSwitch::start(options).await.unwrap();
    switch.api("demo call support@default 13800138000 '张三'");
    let text = std::fs::read_to_string(&path).unwrap();
    let written: Vec<Entry> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(written, switch.journal());
    assert!(matches!(&written[2].what, What::MemberJoined { name, .. } if name == "张三"), "{text}");
}
