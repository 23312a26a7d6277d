//! Conversations with a demo switch over TCP, against what was recorded on a real one.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails may panic")]

#[path = "it/cdr.rs"]
mod cdr;
#[path = "it/faults.rs"]
mod faults;
#[path = "it/journal.rs"]
mod journal;

use std::time::Duration;

use demo_switch::callcenter::center::Configuration;
use demo_switch::callcenter::{Agent, QueueSettings, Tier};
use demo_switch::{DemoSwitch, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);

struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Frame {
    head: String,
    body: String,
}

impl Frame {
    fn inner(&self, name: &str) -> Option<&str> {
        self.body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// `member-queue-start`, or `CHANNEL_CREATE inbound`, or `agent-state-change Waiting`.
    fn label(&self) -> String {
        let of = |name: &str| self.inner(name).unwrap_or_default();
        let words = match of("Event-Name") {
            "CUSTOM" => vec![of("CC-Action"), of("CC-Agent-State"), of("CC-Count")],
            name => vec![name, of("Call-Direction")],
        };
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

impl Client {
    async fn connect(switch: &DemoSwitch) -> Self {
        let stream = TcpStream::connect(switch.address()).await.unwrap();
        Self { stream, buffer: Vec::new() }
    }

    async fn login(switch: &DemoSwitch) -> Self {
        let mut client = Self::connect(switch).await;
        client.frame().await;
        client.send("auth ClueCon\n\n").await;
        assert_eq!(client.frame().await.head, "Content-Type: command/reply\nReply-Text: +OK accepted");
        client
    }

    async fn send(&mut self, bytes: &str) {
        self.stream.write_all(bytes.as_bytes()).await.unwrap();
    }

    async fn fill(&mut self) -> usize {
        timeout(PATIENCE, self.stream.read_buf(&mut self.buffer)).await.expect("an answer in time").unwrap()
    }

    async fn frame(&mut self) -> Frame {
        let end = loop {
            if let Some(end) = self.buffer.windows(2).position(|two| two == b"\n\n") {
                break end;
            }
            assert_ne!(self.fill().await, 0, "closed");
        };
        let head = String::from_utf8(self.buffer[..end].to_vec()).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        while self.buffer.len() < end + 2 + length {
            assert_ne!(self.fill().await, 0, "closed");
        }
        let body = String::from_utf8(self.buffer[end + 2..end + 2 + length].to_vec()).unwrap();
        self.buffer.drain(..end + 2 + length);
        Frame { head, body }
    }

    async fn api(&mut self, command: &str) -> String {
        self.send(&format!("api {command}\n\n")).await;
        let frame = self.frame().await;
        assert!(frame.head.starts_with("Content-Type: api/response\nContent-Length: "), "{frame:?}");
        frame.body
    }

    async fn reply(&mut self, command: &str) -> String {
        self.send(&format!("{command}\n\n")).await;
        let head = self.frame().await.head;
        head.strip_prefix("Content-Type: command/reply\nReply-Text: ").expect("a reply").to_owned()
    }

    async fn rest(mut self) -> String {
        while self.fill().await != 0 {}
        String::from_utf8(self.buffer).unwrap()
    }

    /// Labels of events up to and with `last`.
    async fn labels_until(&mut self, last: &str) -> Vec<String> {
        let mut labels = Vec::new();
        loop {
            let label = self.frame().await.label();
            labels.push(label.clone());
            if label == last {
                return labels;
            }
        }
    }
}

async fn switch() -> DemoSwitch {
    DemoSwitch::start(Options { agents: 3, queues: 2, ..Options::default() }).await.unwrap()
}

/// One queue, one agent, everything else out of the way.
async fn one_agent() -> DemoSwitch {
    let switch = switch().await;
    for command in ["agent del 1002@default", "agent del 1003@default", "tier del sales@default 1001@default"]
    {
        assert_eq!(switch.api(&format!("callcenter_config {command}")), "+OK\n");
    }
    switch
}

#[tokio::test]
async fn wrong_password_is_answered_as_recorded() {
    let switch = switch().await;
    let mut client = Client::connect(&switch).await;
    client.send("auth wrong\n\nauth ClueCon\n\n").await;
    assert_eq!(
        client.rest().await,
        "Content-Type: auth/request\n\nContent-Type: command/reply\nReply-Text: -ERR invalid\n\n\
         Content-Type: text/disconnect-notice\nContent-Length: 67\n\nDisconnected, goodbye.\n\
         See you at ClueCon! http://www.cluecon.com/\n"
    );
}

#[tokio::test]
async fn refused_peer_hears_it_and_the_goodbye() {
    let denied = vec!["127.0.0.1".parse().unwrap()];
    let switch = DemoSwitch::start(Options { denied, ..Options::default() }).await.unwrap();
    assert_eq!(
        Client::connect(&switch).await.rest().await,
        "Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n\
         Content-Type: text/disconnect-notice\nContent-Length: 67\n\nDisconnected, goodbye.\n\
         See you at ClueCon! http://www.cluecon.com/\n"
    );
}

#[tokio::test]
async fn commands_are_answered_as_recorded() {
    let switch = switch().await;
    let mut client = Client::connect(&switch).await;
    assert_eq!(client.frame().await.head, "Content-Type: auth/request");
    assert_eq!(client.reply("api status").await, "-ERR command not found");
    assert_eq!(client.reply("auth ClueCon").await, "+OK accepted");
    for (command, reply) in [
        ("foobar", "-ERR command not found"),
        ("api", "-ERR command not found"),
        ("bgapi", "-ERR command not found"),
        ("event", "-ERR no keywords supplied"),
        ("event plain NOSUCH", "-ERR no keywords supplied"),
        ("event plain CUSTOM", "+OK event listener enabled plain"),
        ("event nosuchformat HEARTBEAT", "+OK event listener enabled plain"),
        ("event json HEARTBEAT", "+OK event listener enabled json"),
        ("nixevent", "-ERR no keywords supplied"),
        ("nixevent HEARTBEAT", "+OK events nixed"),
        ("noevents", "+OK no longer listening for events"),
        ("noevents", "-ERR not listening for events"),
        ("filter", "-ERR command not found"),
        ("filter a", "-ERR invalid syntax"),
        ("filter Event-Name CHANNEL_CREATE", "+OK filter added. [Event-Name]=[CHANNEL_CREATE]"),
        ("filter add X-Foo bar", "+OK filter added. [X-Foo]=[bar]"),
        ("filter delete nothing", "+OK filter deleted. [nothing][]"),
        ("filter delete all", "+OK filter deleted. [all][]"),
        ("filter delete", "-ERR invalid syntax"),
        ("nolog", "-ERR not loging"),
        ("log bogus", "-ERR invalid log level"),
        ("log 6", "+OK log level 6 [6]"),
        ("nolog", "+OK no longer logging"),
        ("linger", "-ERR not controlling a session"),
        ("myevents", "-ERR command not found"),
        ("sendmsg", "-ERR invalid session id []"),
        ("divert_events on", "-ERR not controlling a session."),
    ] {
        assert_eq!(client.reply(command).await, reply, "{command}");
    }
    for (command, body) in [
        ("", "-ERR  Command not found!\n"),
        (" echo x", "-ERR  Command not found!\n"),
        ("nosuchapi with args", "-ERR nosuchapi Command not found!\n"),
        ("echo", "-ERR no reply\n"),
        ("echo 张三", "张三"),
        ("show channels", "\n0 total.\n"),
        ("show channels as json", "{\"row_count\": 0}\n"),
        ("show channels as xml", "<result row_count=\"0\"/>\n"),
        ("show calls count", "\n0 total.\n"),
        ("module_exists mod_callcenter", "true"),
        ("module_exists mod_nosuch", "false"),
        ("hostname", "fs1.example"),
        ("reloadxml", "+OK [Success]\n"),
        ("global_getvar nosuchvar", "-ERR no reply\n"),
        ("uuid_kill", "-USAGE: <uuid> [cause]\n"),
        ("uuid_kill 00000000-0000-0000-0000-000000000000", "-ERR No such channel!\n"),
        ("uuid_exists 00000000-0000-0000-0000-000000000000", "false"),
        ("json {bad", "-ERR Parse error.\n"),
        (
            r#"json {"command":"nosuch"}"#,
            "{\"command\":\"nosuch\",\"status\":\"error\",\"message\":\"Invalid request or non-existant command\",\
             \"response\":null}\n",
        ),
        (
            r#"json {"command":"callcenter_config","data":{"arguments":"queue list agents"}}"#,
            "{\"command\":\"callcenter_config\",\"data\":{\"arguments\":\"queue list agents\"},\"status\":\"error\",\
             \"message\":\"The command returned an error\",\"response\":{\"error\":\"Missing data attribute: \
             queue_name\"}}\n",
        ),
    ] {
        assert_eq!(client.api(command).await, body, "{command}");
    }
    assert!(client.api("status").await.starts_with("UP 0 years, 0 days, 0 hours, 0 minutes, "));
    client.send("exit\n\n").await;
    assert!(client.rest().await.starts_with("Content-Type: command/reply\nReply-Text: +OK bye\n\n"));
}

#[tokio::test]
async fn pipelined_and_split_commands_are_answered_in_order() {
    let switch = switch().await;
    let mut client = Client::login(&switch).await;
    client.send("api echo one\n\napi echo two\n\napi ec").await;
    assert_eq!((client.frame().await.body, client.frame().await.body), ("one".to_owned(), "two".to_owned()));
    client.send("ho split\n").await;
    client.send("\n").await;
    assert_eq!(client.frame().await.body, "split");
}

#[tokio::test]
async fn background_job_brings_the_result() {
    let switch = switch().await;
    let mut client = Client::login(&switch).await;
    client.reply("event plain BACKGROUND_JOB").await;
    client.send("bgapi echo 张三 100% a+b&c=d\nJob-UUID: my-own\n\n").await;
    assert_eq!(
        client.frame().await.head,
        "Content-Type: command/reply\nReply-Text: +OK Job-UUID: my-own\nJob-UUID: my-own"
    );
    let event = client.frame().await;
    assert!(event.head.ends_with("\nContent-Type: text/event-plain"), "{event:?}");
    let (_, tail) = event.body.split_once("Job-UUID").unwrap();
    assert_eq!(
        tail,
        ": my-own\nJob-Command: echo\nJob-Command-Arg: %E5%BC%A0%E4%B8%89%20100%25%20a%2Bb%26c%3Dd\n\
         Content-Length: 19\n\n张三 100% a+b&c=d"
    );
}

#[tokio::test]
async fn answered_call_goes_in_the_recorded_order() {
    let switch = one_agent().await;
    let mut commands = Client::login(&switch).await;
    let mut events = Client::login(&switch).await;
    events
        .reply(
            "event plain CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_HANGUP \
             CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY CUSTOM callcenter::info",
        )
        .await;
    assert_eq!(commands.api("callcenter_config agent set status 1001@default Available").await, "+OK\n");
    let answer = commands.api("demo call support@default 13800138000 '张三'").await;
    let session = answer.strip_prefix("+OK ").unwrap().trim_end().to_owned();
    let offered = events.labels_until("CHANNEL_PROGRESS outbound").await;
    assert_eq!(
        offered,
        [
            "agent-status-change",
            "CHANNEL_CREATE inbound",
            "CHANNEL_ANSWER inbound",
            "member-queue-start",
            "members-count 1",
            "agent-state-change Receiving",
            "agent-offering",
            "CHANNEL_CREATE outbound",
            "CHANNEL_PROGRESS outbound",
        ]
    );
    let members = commands.api("callcenter_config queue list members support@default").await;
    assert!(members.contains(&format!("|{session}|13800138000|张三|")), "{members}");
    assert!(members.contains("|1001@default|single_box|Trying|"), "{members}");
    assert_eq!(commands.api("demo answer 1001@default").await, "+OK\n");
    assert_eq!(
        events.labels_until("agent-state-change In%20a%20queue%20call").await,
        [
            "CHANNEL_ANSWER outbound",
            "bridge-agent-start",
            "members-count 1",
            "CHANNEL_BRIDGE inbound",
            "agent-state-change In%20a%20queue%20call",
        ]
    );
    assert_eq!(commands.api(&format!("uuid_getvar {session} cc_agent")).await, "1001@default");
    assert_eq!(commands.api("show calls count").await, "\n1 total.\n");
    assert_eq!(commands.api("show channels count as json").await, "{\"row_count\":2,\"rows\":[]}");
    assert_eq!(commands.api("demo end 1001@default").await, "+OK\n");
    assert_eq!(
        events.labels_until("CHANNEL_DESTROY inbound").await,
        [
            "CHANNEL_HANGUP outbound",
            "CHANNEL_HANGUP_COMPLETE outbound",
            "bridge-agent-end",
            "member-queue-end",
            "agent-state-change Waiting",
            "CHANNEL_UNBRIDGE inbound",
            "CHANNEL_HANGUP inbound",
            "CHANNEL_DESTROY outbound",
            "CHANNEL_HANGUP_COMPLETE inbound",
            "CHANNEL_DESTROY inbound",
        ]
    );
    assert_eq!(commands.api("callcenter_config queue list members support@default").await, "+OK\n");
}

/// Names of the headers of a recorded event, up to its variables and from them on, against ours.
#[tokio::test]
async fn member_queue_start_has_the_recorded_headers() {
    let switch = one_agent().await;
    let mut events = Client::login(&switch).await;
    events.reply("event plain CUSTOM callcenter::info").await;
    switch.api("demo call support@default 13800138000 '张三'");
    let ours = events.frame().await;
    let (_, recorded) = include_str!("transcripts/member-queue-start.txt").split_once("\n\n").unwrap();
    let names = |text: &str| -> Vec<String> {
        text.lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, _)| name.to_owned())
            .filter(|name| !name.starts_with("variable_"))
            .collect()
    };
    assert_eq!(names(&ours.body), names(recorded));
    assert_eq!(ours.inner("CC-Member-CID-Name"), Some("%E5%BC%A0%E4%B8%89"));
    assert_eq!(ours.inner("variable_DP_MATCH"), Some("ARRAY%3A%3Aqueue-support%7C%3Asupport"));
}

#[tokio::test]
async fn caller_who_gives_up_while_ringing_leaves_before_the_offer_fails() {
    let switch = one_agent().await;
    let mut events = Client::login(&switch).await;
    switch.api("callcenter_config agent set status 1001@default Available");
    events.reply("event plain CHANNEL_HANGUP_COMPLETE CUSTOM callcenter::info").await;
    let session = switch.api("demo call support@default 13700137001 '赵六'");
    events.labels_until("agent-offering").await;
    switch.api(&format!("uuid_kill {}", session.strip_prefix("+OK ").unwrap().trim()));
    assert_eq!(
        events.labels_until("agent-state-change Waiting").await,
        [
            "member-queue-end",
            "members-count 0",
            "CHANNEL_HANGUP_COMPLETE inbound",
            "CHANNEL_HANGUP_COMPLETE outbound",
            "bridge-agent-fail",
            "agent-state-change Waiting",
        ]
    );
    let members = switch.api("callcenter_config queue list members support@default");
    assert!(members.contains("||13700137001|赵六|") && members.contains("|Abandoned|"), "{members}");
}

#[tokio::test]
async fn agent_that_never_answers_is_put_on_break() {
    let switch = one_agent().await;
    let mut events = Client::login(&switch).await;
    for command in ["agent set max_no_answer 1001@default 1", "agent set status 1001@default Available"] {
        switch.api(&format!("callcenter_config {command}"));
    }
    events.reply("event plain CUSTOM callcenter::info").await;
    switch.api("demo call support@default 13600136000 '孙七'");
    events.labels_until("agent-offering").await;
    switch.api("demo noanswer 1001@default");
    let ends = [events.frame().await, events.frame().await, events.frame().await, events.frame().await];
    assert_eq!(
        ends.each_ref().map(Frame::label),
        ["agent-max-no-answer", "agent-status-change", "bridge-agent-fail", "agent-state-change Waiting"]
    );
    assert_eq!(ends[2].inner("CC-Hangup-Cause"), Some("ALLOTTED_TIMEOUT"));
    assert_eq!(switch.api("callcenter_config agent get status 1001@default"), "On Break");
    let tiers = switch.api("callcenter_config queue list tiers support@default");
    assert!(tiers.contains("|1001@default|No Answer|"), "{tiers}");
}

#[tokio::test]
async fn break_while_ringing_cancels_the_offer_and_keeps_the_caller() {
    let switch = one_agent().await;
    let mut events = Client::login(&switch).await;
    switch.api("callcenter_config agent set status 1001@default Available");
    events.reply("event plain CUSTOM callcenter::info").await;
    switch.api("demo call support@default 13500135001 '吴九'");
    events.labels_until("agent-offering").await;
    switch.api("callcenter_config agent set status 1001@default 'On Break'");
    assert_eq!(events.frame().await.label(), "agent-status-change");
    let fail = events.frame().await;
    assert_eq!(fail.inner("CC-Hangup-Cause"), Some("ORIGINATOR_CANCEL"));
    assert_eq!(events.frame().await.label(), "agent-state-change Waiting");
    let members = switch.api("callcenter_config queue list members support@default");
    assert!(members.contains("|||Waiting|"), "{members}");
}

/// A queue `q` in the configuration with agents `a` and `b`, who are Logged Out there.
async fn configured(change: impl FnOnce(&mut QueueSettings)) -> DemoSwitch {
    let mut queue = QueueSettings::new("q");
    change(&mut queue);
    let configuration = Configuration {
        queues: vec![queue],
        agents: vec![Agent::new("a", "callback"), Agent::new("b", "callback")],
        tiers: vec![Tier::new("q", "a", 1, 1), Tier::new("q", "b", 1, 2)],
    };
    DemoSwitch::start(Options { configuration: Some(configuration), ..Options::default() }).await.unwrap()
}

#[tokio::test]
async fn ring_all_offers_to_everyone_and_the_slower_lose_the_race() {
    let switch = configured(|queue| "ring-all".clone_into(&mut queue.strategy)).await;
    let mut events = Client::login(&switch).await;
    switch.api("callcenter_config agent set status a Available");
    switch.api("callcenter_config agent set status b Available");
    events.reply("event plain CUSTOM callcenter::info").await;
    switch.api("demo call q 13800138000 x");
    assert_eq!(
        events.labels_until("agent-offering").await,
        [
            "member-queue-start",
            "members-count 1",
            "agent-state-change Receiving",
            "agent-state-change Receiving",
            "agent-offering",
        ]
    );
    assert_eq!(events.frame().await.label(), "agent-offering");
    assert!(switch.api("callcenter_config queue list members q").contains("|ring-all||Trying|"));
    switch.api("demo answer b");
    assert_eq!(events.labels_until("bridge-agent-start").await, ["bridge-agent-start"]);
    assert_eq!(events.frame().await.label(), "members-count 1");
    let loser = events.frame().await;
    assert_eq!((loser.inner("CC-Agent"), loser.inner("CC-Hangup-Cause")), (Some("a"), Some("LOSE_RACE")));
    assert_eq!(
        events.labels_until("agent-state-change In%20a%20queue%20call").await,
        ["agent-state-change Waiting", "agent-state-change In%20a%20queue%20call"]
    );
    assert!(switch.api("callcenter_config queue list members q").contains("|b|single_box|Answered|"));
}

#[tokio::test]
async fn abandoned_caller_gets_the_old_place_back() {
    let switch = configured(|queue| queue.abandoned_resume_allowed = true).await;
    let mut events = Client::login(&switch).await;
    events.reply("event plain CUSTOM callcenter::info").await;
    let session = switch.api("demo call q 13100131020 '朱一'");
    switch.api(&format!("demo hangup {}", session.strip_prefix("+OK ").unwrap().trim()));
    let start = events.frame().await;
    events.labels_until("members-count 0").await;
    switch.api("demo call q 13100131020 '朱一'");
    let resumed = events.frame().await;
    assert_eq!(resumed.label(), "member-queue-resume");
    assert_eq!(resumed.inner("CC-Member-UUID"), start.inner("CC-Member-UUID"));
    assert_ne!(resumed.inner("CC-Member-Session-UUID"), start.inner("CC-Member-Session-UUID"));
    assert_eq!(switch.api("callcenter_config queue count members q"), "1\n");
}

#[tokio::test]
async fn queue_reload_logs_configured_agents_out() {
    let switch = configured(|_| {}).await;
    switch.api("callcenter_config agent set status a Available");
    assert_eq!(switch.api("callcenter_config queue reload q"), "+OK\n");
    assert_eq!(switch.api("callcenter_config agent get status a"), "Logged Out");
    assert_eq!(switch.api("callcenter_config tier reload q"), "+OK\n");
}

#[tokio::test]
async fn caller_entered_again_is_a_new_member_with_its_score() {
    let switch = configured(|_| {}).await;
    let answer = switch.api("demo call q 13800138000 x");
    let session = answer.strip_prefix("+OK ").unwrap().trim();
    let transfer = format!("uuid_transfer {session} 'set:cc_base_score=500,callcenter:q' inline");
    assert_eq!(switch.api(&transfer), "+OK\n");
    let members = switch.api("callcenter_config queue list members q");
    let rows: Vec<&str> = members.lines().collect();
    assert!(rows[1].contains(session) && rows[1].contains("|500|0|||Waiting|50"), "{members}");
    assert!(rows[2].contains("||13800138000|x|") && rows[2].contains("|Abandoned|"), "{members}");
}

#[tokio::test]
async fn reload_of_the_module_is_refused_while_a_caller_waits() {
    let switch = configured(|_| {}).await;
    switch.api("demo call q 13811110000 x");
    assert_eq!(
        switch.api("reload mod_callcenter"),
        "+OK Reloading XML\n-ERR unloading module [Module in use.]\n-ERR loading module [Module already loaded]\n"
    );
    assert_eq!(switch.api("demo reload-callcenter"), "+OK\n");
    assert_eq!(switch.api("show channels"), "\n0 total.\n");
}

#[tokio::test]
async fn restart_closes_everything_and_comes_back_as_another_core() {
    let switch = switch().await;
    let mut client = Client::login(&switch).await;
    client.reply("event plain HEARTBEAT SHUTDOWN").await;
    switch.api("demo call support@default 1 x");
    let mut commands = Client::login(&switch).await;
    let core = commands.api("json {\"command\":\"status\"}").await;
    assert!(core.contains("\"total\":1"), "{core}");
    switch.api("demo restart");
    let rest = client.rest().await;
    assert!(rest.contains("Event-Name: SHUTDOWN\n"), "{rest}");
    assert!(rest.ends_with("Content-Length: 31\n\nThe system is being shut down.\n"), "{rest}");
    commands.rest().await;
    let refused = TcpStream::connect(switch.address()).await.is_err();
    let again = timeout(PATIENCE, async {
        loop {
            match TcpStream::connect(switch.address()).await {
                Ok(stream) => break stream,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    })
    .await
    .expect("the port is open again");
    drop(again);
    assert!(refused, "the port was open all the time");
    assert_eq!(switch.api("show channels"), "\n0 total.\n");
}

#[tokio::test]
async fn frozen_world_offers_nothing_until_it_thaws() {
    let switch = one_agent().await;
    let mut events = Client::login(&switch).await;
    switch.api("callcenter_config agent set status 1001@default Available");
    events.reply("event plain CUSTOM callcenter::info").await;
    switch.api("demo freeze");
    switch.api("demo call support@default 1 x");
    assert_eq!(events.labels_until("members-count 1").await, ["member-queue-start", "members-count 1"]);
    let quiet = timeout(Duration::from_millis(400), events.frame()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    switch.api("demo thaw");
    assert_eq!(events.frame().await.label(), "agent-state-change Receiving");
}

#[tokio::test]
async fn silence_holds_every_answer_back() {
    let switch = switch().await;
    let mut client = Client::login(&switch).await;
    switch.api("demo silence on");
    client.send("api echo late\n\n").await;
    let quiet = timeout(Duration::from_millis(300), client.frame()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    switch.api("demo silence off");
    assert_eq!(client.frame().await.body, "late");
}

#[tokio::test]
async fn reset_breaks_connections_in_the_middle_of_a_frame() {
    let switch = switch().await;
    let mut client = Client::login(&switch).await;
    switch.api("demo reset-connections");
    let error = loop {
        match timeout(PATIENCE, client.stream.read_buf(&mut client.buffer)).await.unwrap() {
            Ok(0) => panic!("closed in peace"),
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn living_switch_is_busy_from_the_first_second() {
    let switch = DemoSwitch::start(Options { life: true, seed: 7, ..Options::default() }).await.unwrap();
    let talking = switch.api("show bridged_calls count");
    assert!(talking.trim() != "0 total.", "{talking}");
    let waiting = switch.api("callcenter_config queue count members");
    assert!(waiting.trim().parse::<u32>().unwrap() > 6, "{waiting}");
    let agents = switch.api("callcenter_config agent list");
    for status in ["|Available|", "|On Break|", "|Logged Out|", "|In a queue call|"] {
        assert!(agents.contains(status), "{status}");
    }
}

#[tokio::test]
async fn shutdown_says_goodbye() {
    let switch = switch().await;
    let client = Client::login(&switch).await;
    switch.shutdown().await;
    assert!(client.rest().await.ends_with("The system is being shut down.\n"));
}
