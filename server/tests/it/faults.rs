//! The node and the hub against a switch at fault: what is shown afterwards is what the switch has.
//!
//! Recovery is measured in reconciles, not in time: two after the fault has ended, the board shows what the switch lists.

mod rig;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use app::model::board::{LinkProblem, LinkState};
use demo_switch::{DemoSwitch, Options};
use server::esl::CommandError;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use rig::{Rig, Seen, problem};

#[tokio::test]
async fn board_recovers_from_a_reset_in_the_middle_of_a_frame() {
    let mut rig = Rig::living("reset").await;
    rig.fault("reset");
    assert_eq!(rig.lost().await, LinkProblem::ConnectionLost);
    rig.recovers().await;
    rig.stop().await;
}

#[tokio::test]
async fn board_recovers_from_a_silent_switch() {
    let mut rig = Rig::living("silence").await;
    rig.fault("silence");
    rig.lives(100).await;
    assert_eq!(rig.lost().await, LinkProblem::Silent);
    rig.recovers().await;
    rig.stop().await;
}

#[tokio::test]
async fn board_recovers_from_a_switch_that_accepts_and_never_greets() {
    let mut rig = Rig::living("half-open").await;
    rig.fault("half-open");
    rig.fault("reset");
    rig.lost().await;
    rig.until("that nothing greets is the reported problem", |seen| seen.has_told(LinkProblem::Unreachable))
        .await;
    rig.recovers().await;
    rig.stop().await;
}

#[tokio::test]
async fn slow_answers_hold_up_no_events() {
    let mut rig = Rig::living("slow").await;
    rig.fault("slow-api 2000 json");
    let lists = rig.seen().lists();
    rig.until("a list from before has come", |seen| seen.lists() > lists).await;
    // From here on a list takes two seconds; what happens meanwhile is shown at once.
    let (lists, events) = (rig.seen().lists(), rig.seen().events);
    rig.until("events flow", |seen| seen.events >= events + 50).await;
    assert!(rig.seen().lists() <= lists + 1, "events waited for lists");
    assert!(rig.seen().is_live());
    rig.recovers().await;
    rig.stop().await;
}

#[tokio::test]
async fn lists_that_take_too_long_count_as_silence() {
    let mut rig = Rig::living("slower").await;
    rig.fault("slow-api 60000 json");
    assert_eq!(rig.lost().await, LinkProblem::Silent);
    rig.recovers().await;
    rig.stop().await;
}

#[tokio::test]
async fn board_recovers_from_a_trickle() {
    let mut rig = Rig::living("trickle").await;
    rig.fault("slow-write 3000");
    rig.lives(150).await;
    rig.recovers().await;
    rig.stop().await;
}

/// Frames that can be told apart from the next are passed over.
#[tokio::test]
async fn malformed_frames_cost_no_connection() {
    let mut rig = Rig::living("malformed").await;
    for what in ["bytes", "no-colon", "stray-body", "unknown-type", "stray-reply", "stray-response"] {
        rig.fault(&format!("send {what} events"));
        rig.lives(10).await;
    }
    rig.recovers().await;
    assert_eq!(rig.seen().links.iter().filter(|link| **link == LinkState::Live).count(), 1);
    assert!(!rig.board().agents.iter().any(|agent| agent.key.name == "nobody"), "a body was read as headers");
    rig.stop().await;
}

#[tokio::test]
async fn lost_framing_costs_the_connection_and_nothing_else() {
    let mut rig = Rig::living("framing").await;
    for what in ["huge-length", "negative-length", "short-length", "long-length", "garbage"] {
        rig.fault(&format!("send {what}"));
        rig.lives(30).await;
        rig.until("live, whatever it took", Seen::is_live).await;
    }
    rig.recovers().await;
    rig.stop().await;
}

#[tokio::test]
async fn answer_that_nobody_asked_for_is_taken_for_no_other() {
    let options = Options { agents: 4, queues: 2, heartbeat_seconds: 1.0, ..Options::default() };
    let switch = DemoSwitch::start(options).await.unwrap();
    // Nobody else asks meanwhile.
    let rig = Rig::follow("stray", switch, Duration::from_secs(600)).await;
    let commands = rig.node.commands();
    for number in 0..20 {
        rig.fault("send stray-response commands");
        rig.look("it lies in the connection", || has_unread(rig.switch.address().port())).await;
        let text = format!("mine {number}");
        assert_eq!(commands.api("echo", &text).await.as_deref(), Ok(text.as_str()));
    }
    rig.stop().await;
}

/// Whether a connection to that port has bytes that nobody has read (`/proc/net/tcp`: addresses, state, queues).
fn has_unread(port: u16) -> bool {
    let connections = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
    let peer = format!(":{port:04X}");
    connections.lines().any(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        columns[2].ends_with(&peer) && columns[3] == "01" && !columns[4].ends_with(":00000000")
    })
}

#[tokio::test]
async fn lists_of_ten_megabytes_that_make_no_sense_are_not_believed() {
    let mut rig = Rig::living("big").await;
    rig.fault("big-answers 10485760 json");
    assert_eq!(rig.lost().await, LinkProblem::Garbled);
    rig.lives(50).await;
    rig.recovers().await;
    let commands = rig.node.commands();
    rig.fault("big-answers 10485760 echo");
    assert_eq!(commands.api("echo", "much").await.map(|answer| answer.len()), Ok(10 * 1024 * 1024));
    rig.stop().await;
}

#[tokio::test]
async fn burst_of_a_hundred_thousand_events_is_read_as_fast_as_it_comes() {
    let mut rig = Rig::living("burst").await;
    let events = rig.seen().events;
    rig.fault("burst");
    rig.until("as much as the queue holds is shown", |seen| seen.events >= events + 10_000).await;
    rig.recovers().await;
    // The switch ends the connection of a listener that reads too slowly; where we are too slow we rebuild.
    assert_eq!(rig.seen().links.iter().find_map(problem), None);
    assert_eq!(rig.node.dropped_events() > 0, rig.seen().rebuilds > 1);
    rig.stop().await;
}

#[tokio::test]
async fn lost_events_are_made_good_by_two_reconciles() {
    let mut rig = Rig::living("drop").await;
    rig.fault("drop 0.3");
    rig.lives(300).await;
    rig.recovers().await;
    assert!(rig.hub.corrections() > 0);
    // Without a new beginning.
    assert_eq!((rig.seen().rebuilds, rig.seen().links.len()), (1, 2));
    rig.stop().await;
}

#[tokio::test]
async fn doubled_events_do_no_harm() {
    let mut rig = Rig::living("double").await;
    rig.fault("duplicate 0.5");
    rig.lives(300).await;
    rig.recovers().await;
    assert_eq!(rig.seen().rebuilds, 1);
    rig.stop().await;
}

#[tokio::test]
async fn events_out_of_order_are_made_good_by_two_reconciles() {
    let mut rig = Rig::living("reorder").await;
    rig.fault("reorder 0.4 8");
    rig.lives(300).await;
    rig.recovers().await;
    assert_eq!(rig.seen().rebuilds, 1);
    rig.stop().await;
}

#[tokio::test]
async fn late_events_are_made_good_by_two_reconciles() {
    let mut rig = Rig::living("late").await;
    rig.fault("delay 700");
    rig.lives(300).await;
    rig.recovers().await;
    assert_eq!(rig.seen().rebuilds, 1);
    rig.stop().await;
}

#[tokio::test]
async fn everything_at_once_is_made_good_by_two_reconciles() {
    let mut rig = Rig::living("all").await;
    for words in ["drop 0.1", "duplicate 0.2", "reorder 0.2", "delay 150", "slow-api 100"] {
        rig.fault(words);
    }
    rig.lives(300).await;
    rig.fault("reset");
    rig.lives(300).await;
    rig.recovers().await;
    rig.stop().await;
}

#[tokio::test]
async fn refusal_by_the_access_list_is_told_and_ends() {
    let mut rig = Rig::living("deny").await;
    rig.fault("deny 127.0.0.1");
    rig.fault("reset");
    rig.until("the refusal is told", |seen| seen.has_told(LinkProblem::AddressRefused)).await;
    rig.recovers().await;
    rig.stop().await;
}

#[tokio::test]
async fn closed_port_is_told_and_ends() {
    let mut rig = Rig::living("port").await;
    rig.fault("close-port");
    rig.fault("reset");
    rig.until("the port is closed", |seen| seen.has_told(LinkProblem::Unreachable)).await;
    rig.recovers().await;
    rig.stop().await;
}

#[tokio::test]
async fn restarted_switch_has_forgotten_its_calls() {
    let mut rig = Rig::living("restart").await;
    rig.look("somebody talks", || !rig.board().members.is_empty()).await;
    rig.switch.api("demo rate calls-per-minute 0");
    rig.fault("restart");
    rig.lost().await;
    rig.recovers().await;
    assert!(rig.board().members.is_empty());
    rig.stop().await;
}

#[tokio::test]
async fn reload_of_the_module_without_a_word_is_found_by_two_reconciles() {
    let mut rig = Rig::living("reload").await;
    rig.look("somebody talks", || !rig.board().members.is_empty()).await;
    rig.switch.api("demo rate calls-per-minute 0");
    rig.fault("reload-callcenter");
    rig.recovers().await;
    assert_eq!((rig.board().members.len(), rig.seen().links.len()), (0, 2));
    rig.stop().await;
}

#[tokio::test]
async fn switch_without_call_center_is_lost_until_it_has_one() {
    let mut rig = Rig::living("unload").await;
    rig.fault("unload-callcenter");
    assert_eq!(rig.lost().await, LinkProblem::NoCallCenter);
    rig.fault("load-callcenter");
    rig.recovers().await;
    rig.stop().await;
}

#[tokio::test]
async fn clock_that_is_set_changes_nothing_but_times() {
    let mut rig = Rig::living("clock").await;
    for seconds in ["3600", "-7200", "3597", "3", "-2"] {
        rig.fault(&format!("step-clock {seconds}"));
        rig.lives(100).await;
    }
    rig.recovers().await;
    assert_eq!((rig.seen().rebuilds, rig.seen().links.len()), (1, 2));
    rig.stop().await;
}

/// The time between two heartbeats is measured by our own clock: an hour of the switch's would be waited for thrice.
#[tokio::test]
async fn silence_after_the_clock_was_set_is_noticed() {
    let options = Options { agents: 4, queues: 2, heartbeat_seconds: 0.3, ..Options::default() };
    let switch = DemoSwitch::start(options).await.unwrap();
    // No list is asked for meanwhile, so that heartbeats alone tell.
    let rig = Rig::follow("clock-hush", switch, Duration::from_secs(600)).await;
    let mut witness = TcpStream::connect(rig.switch.address()).await.unwrap();
    witness.write_all(b"auth ClueCon\n\nevent plain HEARTBEAT\n\n").await.unwrap();
    hear_heartbeats(&mut witness, 1).await;
    rig.fault("step-clock 3600");
    hear_heartbeats(&mut witness, 2).await;
    rig.fault("silence");
    assert_eq!(rig.lost().await, LinkProblem::Silent);
    rig.stop().await;
}

async fn hear_heartbeats(witness: &mut TcpStream, count: usize) {
    let mut heard = Vec::new();
    while String::from_utf8_lossy(&heard).matches("Event-Name: HEARTBEAT").count() < count {
        assert_ne!(witness.read_buf(&mut heard).await.unwrap(), 0, "closed");
    }
}

#[tokio::test]
async fn missing_answer_shifts_no_other() {
    let mut rig = Rig::living("skip").await;
    rig.fault("skip-answer json");
    assert_eq!(rig.lost().await, LinkProblem::Silent);
    rig.recovers().await;
    let commands = rig.node.commands();
    rig.fault("skip-answer echo");
    let (one, two) = tokio::join!(commands.api("echo", "one"), commands.api("echo", "two"));
    let outcomes = [one, two];
    let expected = [Err(CommandError::Unknown), Ok("two".to_owned())];
    let swapped = [Ok("one".to_owned()), Err(CommandError::Unknown)];
    assert!(outcomes == expected || outcomes == swapped, "{outcomes:?}");
    rig.stop().await;
}

/// The switch has carried it out, which nobody can know: neither done nor failed.
#[tokio::test]
async fn command_in_flight_at_a_loss_is_unknown() {
    for (name, fault) in [("fly-rst", "reset"), ("fly-new", "restart"), ("fly-hush", "silence")] {
        let rig = Rig::still(name).await;
        rig.fault("slow-api 60000 callcenter_config");
        let commands = rig.node.commands();
        let set = "agent set status 1001@default 'On Break'";
        let setting = tokio::spawn(async move { commands.api("callcenter_config", set).await });
        let status = || rig.switch.api("callcenter_config agent get status 1001@default");
        rig.look("the switch carries it out", || status() == "On Break").await;
        assert!(!setting.is_finished());
        rig.fault(fault);
        assert_eq!(setting.await.unwrap(), Err(CommandError::Unknown), "{fault}");
        rig.fault("off");
        rig.stop().await;
    }
}

const CHILD: &str = "SWITCHDESK_TEST_RECONNECTS";

/// In a process of its own: threads and sockets of other tests would be counted too.
#[test]
fn a_thousand_reconnects_leave_no_thread_and_no_socket_behind() {
    if std::env::var_os(CHILD).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        return runtime.unwrap().block_on(reconnect_a_thousand_times());
    }
    let name = "faults::a_thousand_reconnects_leave_no_thread_and_no_socket_behind";
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout) + String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success() && output.contains("1 passed"), "{output}");
}

async fn reconnect_a_thousand_times() {
    let options = Options { agents: 4, queues: 2, heartbeat_seconds: 1.0, ..Options::default() };
    let switch = DemoSwitch::start(options).await.unwrap();
    let rig = Rig::follow("leak", switch, Duration::from_secs(10)).await;
    reconnect(&rig, 10).await;
    let before = (count("/proc/self/task"), count("/proc/self/fd"));
    reconnect(&rig, 1_000).await;
    // The switch's ends of the last connections are in this process too and close a moment later.
    rig.look("as few as before", || {
        count("/proc/self/task") <= before.0 && count("/proc/self/fd") <= before.1
    })
    .await;
    rig.stop().await;
}

async fn reconnect(rig: &Rig, times: usize) {
    for _ in 0..times {
        let links = rig.seen().links.len();
        rig.fault("reset");
        rig.until("lost and live again", |seen| {
            let news = &seen.links[links..];
            news.iter().any(|link| problem(link).is_some()) && seen.is_live()
        })
        .await;
    }
}

fn count(folder: &str) -> usize {
    std::fs::read_dir(Path::new(folder)).unwrap().count()
}
