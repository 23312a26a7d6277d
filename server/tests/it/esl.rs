//! The event socket against a scripted switch: what a network and a switch may do to us.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod demo_switch;
mod fake_switch;

use std::time::{Duration, Instant};

use app::model::agent::AgentStatus;
use app::model::board::{LinkProblem, LinkState};
use app::model::ids::{AgentKey, NodeName};
use server::esl::{CommandError, Node, NodeSettings, probe};
use server::switch::event::{Stamped, SwitchEvent};
use server::switch::{SwitchError, Switches};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use fake_switch::{FakeSwitch, PASSWORD, RUDE_REJECTION};

const ANSWERED: &[u8] = include_bytes!("../transcripts/answered.esl");
const OTHERS: &str = include_str!("../transcripts/others.esl");
const CORE_UUID: &str = "f0dd6cd0-ad90-4ced-b11c-5dba52afda3b";

struct Rig<S = FakeSwitch> {
    switch: S,
    node: Node,
    events: mpsc::Receiver<Stamped>,
    cancel: CancellationToken,
}

fn settings(name: &str, address: impl ToString) -> NodeSettings {
    NodeSettings::new(NodeName::new(name), address.to_string(), PASSWORD)
}

impl Rig {
    async fn live(name: &str) -> Self {
        let switch = FakeSwitch::start().await;
        let settings = settings(name, switch.address);
        let mut rig = Self::with(switch, settings, 1_000);
        rig.until_live().await;
        rig
    }

    async fn stop(self) {
        self.cancel.cancel();
        self.node.stopped().await;
        self.switch.until_open(0).await;
    }
}

impl<S> Rig<S> {
    fn with(switch: S, settings: NodeSettings, capacity: usize) -> Self {
        let (sink, events) = mpsc::channel(capacity);
        let cancel = CancellationToken::new();
        let node = Node::start(settings, sink, cancel.clone());
        Self { switch, node, events, cancel }
    }

    async fn next(&mut self) -> Stamped {
        let next = tokio::time::timeout(Duration::from_secs(20), self.events.recv());
        next.await.expect("nothing happens").expect("the node has ended")
    }

    /// Passes over events until one fits.
    async fn until(&mut self, fits: impl Fn(&SwitchEvent) -> bool) -> Stamped {
        loop {
            let stamped = self.next().await;
            if fits(&stamped.event) {
                return stamped;
            }
        }
    }

    /// Passes over events until one of that kind.
    async fn next_of(&mut self, kind: &str) -> SwitchEvent {
        self.until(|event| format!("{event:?}").starts_with(kind)).await.event
    }

    async fn until_live(&mut self) {
        self.until(|event| *event == SwitchEvent::Link(LinkState::Live)).await;
    }

    async fn until_lost(&mut self) -> LinkProblem {
        match self.until(|event| matches!(event, SwitchEvent::Link(LinkState::Lost { .. }))).await.event {
            SwitchEvent::Link(LinkState::Lost { problem, .. }) => problem,
            other => panic!("{other:?}"),
        }
    }
}

/// An event as the switch frames it.
fn event(headers: &str) -> String {
    let inner = format!(
        "Event-Name: CUSTOM\nCore-UUID: {CORE_UUID}\nEvent-Date-Timestamp: 1795378605425711\n{headers}\n\n"
    );
    format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{inner}", inner.len())
}

fn agent_added(encoded_name: &str) -> String {
    event(&format!("Event-Subclass: callcenter%3A%3Ainfo\nCC-Action: agent-add\nCC-Agent: {encoded_name}"))
}

fn is_added(event: &SwitchEvent) -> bool {
    matches!(event, SwitchEvent::AgentAdded { .. })
}

fn other(mark: &str) -> String {
    let start = OTHERS[..OTHERS.find(mark).unwrap()].rfind("Content-Length: ").unwrap();
    let length = OTHERS[start + 1..].find("Content-Length: ").map_or(OTHERS.len(), |next| start + 1 + next);
    OTHERS[start..length].to_owned()
}

#[tokio::test]
async fn lists_come_first_and_events_that_arrived_meanwhile_follow_in_order() {
    let switch = FakeSwitch::start().await;
    switch.plan().sent_during_rebuild = ANSWERED.to_vec();
    let settings = settings("ord", switch.address);
    let mut rig = Rig::with(switch, settings, 1_000);
    let mut told = Vec::new();
    while told.len() < 17 {
        let debug = format!("{:?}", rig.next().await.event);
        told.push(debug.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned());
    }
    assert_eq!(
        told.join(" "),
        "Link RebuildStarted QueuesRead AgentsRead TiersRead MembersRead RebuildEnded Link \
         AgentStatusChanged MemberJoined AgentStateChanged AgentOffered BridgeStarted AgentStateChanged \
         BridgeEnded MemberServed AgentStateChanged"
    );
    assert_eq!(rig.node.api_calls(), 5);
    rig.stop().await;
}

#[tokio::test]
async fn names_arrive_as_people_wrote_them() {
    let mut rig = Rig::live("utf8").await;
    rig.switch.send(ANSWERED);
    let joined = rig.until(|event| matches!(event, SwitchEvent::MemberJoined(_))).await;
    assert!(matches!(&joined.event, SwitchEvent::MemberJoined(caller) if caller.name == "张三"));
    assert_eq!(joined.made_at_us, Some(1_795_378_605_725_721));

    rig.switch.send(agent_added("%3Cscript%3Ealert(1)%3C/script%3E%7C'%22%0A"));
    let SwitchEvent::AgentAdded { agent } = rig.until(is_added).await.event else { panic!() };
    assert_eq!(agent, "<script>alert(1)</script>|'\"%0A");
    rig.stop().await;
}

#[tokio::test]
async fn problems_of_connecting_are_told_apart() {
    let switch = FakeSwitch::start().await;
    let wrong = NodeSettings { password: "wrong".into(), ..settings("pw", switch.address) };
    assert_eq!(probe(&wrong).await, Err(LinkProblem::WrongPassword));
    let mut rig = Rig::with(switch, wrong, 10);
    assert_eq!(rig.until_lost().await, LinkProblem::WrongPassword);

    rig.switch.plan().greeting = RUDE_REJECTION.into();
    assert_eq!(rig.until_lost().await, LinkProblem::AddressRefused);

    rig.switch.plan().greeting = "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n".into();
    assert_eq!(rig.until_lost().await, LinkProblem::Garbled);
    rig.stop().await;

    // A port that nobody listens on any more.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(probe(&settings("gone", gone)).await, Err(LinkProblem::Unreachable));
}

#[tokio::test]
async fn node_without_call_center_is_lost_until_it_has_one() {
    let switch = FakeSwitch::start().await;
    switch.plan().has_call_center = false;
    let settings = settings("nocc", switch.address);
    assert_eq!(probe(&settings).await, Err(LinkProblem::NoCallCenter));
    let mut rig = Rig::with(switch, settings.clone(), 100);
    assert_eq!(rig.until_lost().await, LinkProblem::NoCallCenter);
    rig.switch.plan().has_call_center = true;
    rig.until_live().await;
    assert_eq!(probe(&settings).await, Ok(()));
    rig.stop().await;
}

#[tokio::test]
async fn reset_in_the_middle_of_a_frame_is_a_loss_and_a_new_beginning() {
    let mut rig = Rig::live("rst").await;
    let frame = agent_added("half");
    rig.switch.send(&frame.as_bytes()[..frame.len() / 2]);
    rig.switch.reset_connections();
    assert_eq!(rig.until_lost().await, LinkProblem::ConnectionLost);
    rig.until(|event| *event == SwitchEvent::RebuildStarted).await;
    rig.until_live().await;
    rig.stop().await;
}

#[tokio::test]
async fn garbage_between_frames_is_passed_over() {
    let mut rig = Rig::live("grb").await;
    let connections = rig.switch.connections_ever();
    rig.switch.send("Content-Length: 3\nContent-Type: log/data\nLog-Level: 7\n\nx\n\n");
    rig.switch.send("Content-Length: 2\nContent-Type: text/event-json\n\n{}");
    rig.switch.send("Content-Type: something/new\nno colon here\n\n");
    rig.switch.send("Content-Type: command/reply\nReply-Text: -ERR nobody asked 100%\n\n");
    rig.switch.send("Content-Length: 4\nContent-Type: text/event-plain\n\n\n\n\n\n");
    rig.switch.send(event("no colon\nBad: 100% %zz %4\nBytes: \u{fffd}张"));
    rig.switch.send(b"Content-Length: 8\nContent-Type: text/event-plain\n\nA: \xff\xfe\n\n\n".to_vec());
    rig.switch.send(agent_added("after"));
    let SwitchEvent::AgentAdded { agent } = rig.until(is_added).await.event else { panic!() };
    assert_eq!(agent, "after");
    assert_eq!(rig.switch.connections_ever(), connections);
    rig.stop().await;
}

#[tokio::test]
async fn lost_framing_ends_the_connection() {
    let mut rig = Rig::live("frm").await;
    rig.switch.send("Content-Length: many\nContent-Type: text/event-plain\n\n");
    assert_eq!(rig.until_lost().await, LinkProblem::Garbled);
    rig.until_live().await;
    rig.stop().await;
}

#[tokio::test]
async fn body_of_an_event_is_not_read_as_headers() {
    let mut rig = Rig::live("body").await;
    let body = format!("no colon\n\n{}\n100% 张三", agent_added("inside"));
    let inner = format!("Event-Name: BACKGROUND_JOB\nJob-UUID: j\nContent-Length: {}\n\n{body}", body.len());
    rig.switch.send(format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{inner}", inner.len()));
    rig.switch.send(agent_added("outside"));
    let SwitchEvent::AgentAdded { agent } = rig.until(is_added).await.event else { panic!() };
    assert_eq!(agent, "outside");
    rig.stop().await;
}

#[tokio::test]
async fn command_without_an_answer_is_unknown_and_closes_its_connection() {
    let rig = Rig::live("unk").await;
    let commands = rig.node.commands();
    let (outcome, other) = tokio::join!(commands.api("never", "mind"), commands.api("echo", "hello 张三"));
    assert_eq!(outcome, Err(CommandError::Unknown));
    // A slow command does not hold up the other connection.
    assert_eq!(other.as_deref(), Ok("hello 张三"));
    assert_eq!(commands.api("echo", "again").await.as_deref(), Ok("again"));
    rig.stop().await;
    assert_eq!(commands.api("echo", "late").await, Err(CommandError::Unavailable));
}

#[tokio::test]
async fn nothing_is_sent_where_nothing_can_be() {
    let rig = Rig::live("ctl").await;
    let calls = rig.node.api_calls();
    let commands = rig.node.commands();
    assert_eq!(commands.api("echo", "x\n\napi fsctl shutdown").await, Err(CommandError::Unspeakable));
    assert_eq!(commands.api("", "x").await, Err(CommandError::Unspeakable));
    assert_eq!(rig.node.api_calls(), calls);
    // A reply where a response is due does not hang.
    assert_eq!(commands.api("in_background", "x").await.as_deref(), Ok("+OK Job-UUID: 1"));

    rig.switch.plan().greeting = RUDE_REJECTION.into();
    rig.switch.close_command_connections();
    rig.switch.until_open(1).await;
    assert_eq!(commands.api("echo", "x").await, Err(CommandError::Unavailable));
    rig.stop().await;
}

#[tokio::test]
async fn idle_command_connection_that_the_switch_closed_is_replaced_before_sending() {
    let rig = Rig::live("idle").await;
    rig.switch.close_command_connections();
    rig.switch.until_open(1).await;
    assert_eq!(rig.node.commands().api("echo", "x").await.as_deref(), Ok("x"));
    rig.stop().await;
}

#[tokio::test]
async fn new_life_of_the_switch_means_a_rebuild() {
    let mut rig = Rig::live("core").await;
    rig.switch.send(agent_added("before"));
    rig.until(is_added).await;
    rig.switch.send(agent_added("after").replace(CORE_UUID, "21f7635f-45fa-4f1c-85cb-f50e3214c38e"));
    rig.until(is_added).await;
    rig.until(|event| *event == SwitchEvent::RebuildStarted).await;
    rig.until_live().await;

    rig.switch.send(other("Event-Name: MODULE_LOAD"));
    rig.until(|event| *event == SwitchEvent::RebuildStarted).await;
    rig.until_live().await;

    rig.switch.send(other("Event-Name: SHUTDOWN"));
    assert_eq!(rig.until_lost().await, LinkProblem::ConnectionLost);
    rig.until_live().await;
    rig.stop().await;
}

#[tokio::test]
async fn switch_that_sends_nothing_is_silent() {
    let switch = FakeSwitch::start().await;
    let settings =
        NodeSettings { heartbeat_timeout: Duration::from_millis(300), ..settings("hush", switch.address) };
    let mut rig = Rig::with(switch, settings, 100);
    rig.until_live().await;
    assert_eq!(rig.until_lost().await, LinkProblem::Silent);
    rig.until_live().await;
    rig.stop().await;
}

#[tokio::test]
async fn switch_that_answers_no_list_is_silent_within_seconds() {
    let switch = FakeSwitch::start().await;
    let settings =
        NodeSettings { reconcile_every: Duration::from_millis(400), ..settings("mute", switch.address) };
    let mut rig = Rig::with(switch, settings, 100);
    rig.until_live().await;
    rig.until(|event| matches!(event, SwitchEvent::AgentsRead(..))).await;
    rig.switch.plan().answers = false;
    let since = Instant::now();
    assert_eq!(rig.until_lost().await, LinkProblem::Silent);
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    rig.stop().await;
}

#[tokio::test]
async fn events_faster_than_they_are_used_lead_to_a_rebuild() {
    let switch = FakeSwitch::start().await;
    let settings = settings("fast", switch.address);
    let mut rig = Rig::with(switch, settings, 1);
    rig.until_live().await;
    // Nobody takes events out of the sink meanwhile, and the queue before it holds 10 000.
    rig.switch.send(agent_added("x").repeat(10_200));
    let dropping = async {
        while rig.node.dropped_events() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), dropping).await.expect("nothing is dropped");
    let mut added = 0;
    loop {
        match rig.next().await.event {
            SwitchEvent::AgentAdded { .. } => added += 1,
            SwitchEvent::RebuildStarted => break,
            _ => {}
        }
    }
    assert!((10_000..10_200).contains(&added), "{added}");
    rig.until_live().await;
    rig.stop().await;
}

#[tokio::test]
async fn reconnecting_leaves_no_thread_and_no_socket_behind() {
    let mut rig = Rig::live("lk").await;
    for _ in 0..3 {
        rig.switch.reset_connections();
        rig.until_lost().await;
        rig.until_live().await;
        assert_eq!(threads("esl-events-lk"), 1);
    }
    assert!(threads("esl-cmd") >= 2);
    rig.stop().await;
    assert_eq!(threads("esl-events-lk") + threads("esl-cmd0-lk") + threads("esl-cmd1-lk"), 0);
}

fn threads(prefix: &str) -> usize {
    let names = std::fs::read_dir("/proc/self/task").unwrap().filter_map(|task| {
        // A thread may end while the folder is read.
        std::fs::read_to_string(task.ok()?.path().join("comm")).ok()
    });
    names.filter(|name| name.trim_end().starts_with(prefix)).count()
}

#[tokio::test]
async fn agent_status_is_set_with_every_word_in_its_place() {
    let rig = Rig::live("set").await;
    let node = NodeName::new("set");
    let switches = Switches::new([(node.clone(), rig.node.commands())]);
    let agent = AgentKey::new(&node, "O'Brien x|张三");
    assert_eq!(switches.set_agent_status(&agent, AgentStatus::OnBreak).await, Ok(()));
    let sent = rig.switch.plan().commands.last().unwrap().clone();
    assert_eq!(sent, r"api callcenter_config agent set status 'O\'Brien x|张三' 'On Break'");

    for (reply, error) in [
        ("-ERR Agent not found!\n", SwitchError::Refused { reason: "Agent not found!".into() }),
        ("-ERR no reply\n", SwitchError::Refused { reason: "no reply".into() }),
    ] {
        rig.switch.plan().call_center_reply = reply.into();
        assert_eq!(switches.set_agent_status(&agent, AgentStatus::Available).await, Err(error));
    }
    let stranger = AgentKey::new(&NodeName::new("other"), "1001@default");
    assert_eq!(
        switches.set_agent_status(&stranger, AgentStatus::OnBreak).await,
        Err(SwitchError::UnknownNode)
    );
    let hostile = AgentKey::new(&node, "x\n\napi fsctl shutdown");
    assert_eq!(
        switches.set_agent_status(&hostile, AgentStatus::OnBreak).await,
        Err(SwitchError::Unspeakable)
    );
    rig.stop().await;
}
