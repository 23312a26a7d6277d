//! The part of the contract that any switch can be asked for: a real one if `SWITCHDESK_REAL_SWITCH=host:port:password` is
//! set, else a demo switch with the configuration that a real one would need.
//!
//! Everything it makes is named `switchdesk-contract-...` and is removed at the end.

use std::net::{SocketAddr, ToSocketAddrs};

use demo_switch::callcenter::QueueSettings;
use demo_switch::callcenter::center::Configuration;
use demo_switch::{DemoSwitch, Options};

use crate::client::Client;
use crate::comparison::Matching;
use crate::replay::Count;
use crate::scenarios;
use crate::transcript::{Event, Transcript};
use crate::wire;

const QUEUE: &str = "switchdesk-contract@default";
const NUMBER: &str = "13700137000";

/// What a real switch must have.
const NEEDS: &str = "the switch needs mod_callcenter with <queue name=\"switchdesk-contract@default\"/> in callcenter.conf \
                     and mod_loopback, whose endpoint `null` calls";

/// Conversations that do not depend on what is configured.
const CONVERSATIONS: [&str; 16] = [
    "wire-auth-crlf.txt",
    "wire-auth-ok.txt",
    "wire-auth-wrong-then-right.txt",
    "wire-auth-wrong.txt",
    "wire-bgapi.txt",
    "wire-command-before-auth.txt",
    "wire-content-length-on-api.txt",
    "wire-dotdotdot.txt",
    "wire-exit.txt",
    "wire-filter.txt",
    "wire-pipelined.txt",
    "wire-sendevent.txt",
    "wire-split-writes.txt",
    "wire-subscribe-replies.txt",
    "wire-two-newline-only.txt",
    "wire-unknown-command.txt",
];

/// A switch to talk to.
struct Switch {
    address: SocketAddr,
    password: String,
    /// Kept alive as long as it is asked.
    demo: Option<DemoSwitch>,
}

impl Switch {
    async fn find() -> Self {
        let Ok(text) = std::env::var("SWITCHDESK_REAL_SWITCH") else { return Self::demo().await };
        let mut words = text.splitn(3, ':');
        let (host, port) = (words.next().expect("a host"), words.next().expect("a port"));
        let password = words.next().expect("a password").to_owned();
        let address = format!("{host}:{port}").to_socket_addrs().expect("an address").next();
        Self { address: address.expect("an address"), password, demo: None }
    }

    async fn demo() -> Self {
        let configuration = Configuration { queues: vec![QueueSettings::new(QUEUE)], ..Default::default() };
        let options = Options { configuration: Some(configuration), ..Options::default() };
        let demo = DemoSwitch::start(options).await.expect("a switch");
        Self { address: demo.address(), password: "ClueCon".to_owned(), demo: Some(demo) }
    }

    async fn login(&self) -> Client {
        Client::login(self.address, &self.password).await.expect("a connection")
    }
}

#[allow(clippy::print_stdout, reason = "which switch was asked, and for what it could not be")]
#[tokio::test]
async fn any_switch_keeps_the_contract() {
    let switch = Switch::find().await;
    let kind = if switch.demo.is_some() { "a demo switch" } else { "a real switch" };
    println!("asking {kind}; {NEEDS}");
    let mut problems = Vec::new();
    let mut count = Count::default();
    for file in CONVERSATIONS {
        let client = Client::connect(switch.address).await.expect("a connection");
        let (more, differences) = wire::converse(client, "protocol", file, &switch.password).await;
        count.commands += more.commands;
        problems.extend(differences);
    }
    let mut client = switch.login().await;
    clean_up(&mut client).await;
    let load = client.api(&format!("callcenter_config queue load {QUEUE}")).await;
    assert_eq!(load, "+OK\n", "{NEEDS}");
    count.commands += administer(&mut client, &mut problems).await;
    count.events += wait_and_abandon(&switch, &mut client, &mut problems).await;
    clean_up(&mut client).await;
    println!("{kind}: {} answers and {} events compared", count.commands, count.events);
    let needing: Vec<&str> = scenarios::all().into_iter().map(|scenario| scenario.folder).collect();
    println!("needs phones, and is replayed against the demo switch alone: {}", needing.join(", "));
    assert!(problems.is_empty(), "{} differences\n{}", problems.len(), problems.join("\n"));
}

/// The recorded commands about agents and tiers that the scenario itself made, with names of our own.
async fn administer(client: &mut Client, problems: &mut Vec<String>) -> usize {
    let transcript = Transcript::load("callcenter-admin");
    let rename = |text: &str| {
        let text = text.replace("9001@default", "switchdesk-contract-9001@default");
        let text = text.replace("9002@default", "switchdesk-contract-9002@default");
        text.replace("nosuch@default", "switchdesk-contract-nosuch@default").replace("support@default", QUEUE)
    };
    let mut asked = 0;
    for command in transcript.commands() {
        let line = command.line.as_deref().unwrap_or_default();
        let is_ours =
            ["agent add", "agent set", "agent get", "agent del", "tier add", "tier set", "tier del"]
                .iter()
                .any(|words| line.starts_with(&format!("api callcenter_config {words}")));
        let touches_others = line.contains(" 1001@") || line.contains('\'') && line.contains("quo");
        if !is_ours || touches_others || line.contains("客服") {
            continue;
        }
        asked += 1;
        let line = rename(line);
        let answer = client.ask(&line).await.expect("an answer").body;
        if answer != command.body {
            problems.push(format!("{line}: recorded {:?}, ours {answer:?}", command.body));
        }
    }
    asked
}

/// A caller without an agent waits, is listed, and gives up.
async fn wait_and_abandon(switch: &Switch, client: &mut Client, problems: &mut Vec<String>) -> usize {
    let mut events = switch.login().await;
    events.ask("event plain CUSTOM callcenter::info").await.expect("an answer");
    let caller = client.api("create_uuid").await;
    let variables = format!("origination_uuid={caller},origination_caller_id_number={NUMBER}");
    let originate = format!("originate {{{variables}}}null/caller &callcenter({QUEUE})");
    let answer = client.api(&originate).await;
    if answer != format!("+OK {caller}\n") {
        problems.push(format!("{originate}: {answer:?}"));
        return 0;
    }
    let recorded = Transcript::load("callcenter-abandon");
    let wanted = recorded.events.iter().filter(|event| !event.get("CC-Action").is_empty()).take(4);
    let mut compared = 0;
    for wanted in wanted {
        if wanted.kind() == "member-queue-end" {
            let count = client.api(&format!("callcenter_config queue count members {QUEUE}")).await;
            if count != "1\n" {
                problems.push(format!("{count:?} members wait"));
            }
            client.api(&format!("uuid_kill {caller}")).await;
        }
        let ours = loop {
            let frame = events.next_aside().await.expect("an event");
            let event = Event::plain(&frame.body);
            if event.get("CC-Queue") == QUEUE {
                break event;
            }
        };
        compared += 1;
        problems.extend(compare(wanted, &ours));
    }
    compared
}

/// The headers of the call center: the same names in the same order, and the words that are no names of ours.
fn compare(wanted: &Event, ours: &Event) -> Vec<String> {
    let mut wanted = wanted.clone();
    for (name, value) in &mut wanted.headers {
        match name.as_str() {
            "CC-Queue" => QUEUE.clone_into(value),
            "CC-Member-CID-Name" => ours.get("CC-Member-CID-Name").clone_into(value),
            name if name.ends_with("-Time") => ours.get(name).clone_into(value),
            _ => {}
        }
    }
    let mut matching = Matching::new(0, 0, 0);
    let differences = matching.own_headers(&wanted, ours);
    differences.into_iter().map(|difference| format!("{}: {difference}", wanted.kind())).collect()
}

async fn clean_up(client: &mut Client) {
    for agent in ["9001", "9002"] {
        client.api(&format!("callcenter_config agent del switchdesk-contract-{agent}@default")).await;
    }
    client.api(&format!("callcenter_config queue unload {QUEUE}")).await;
}
