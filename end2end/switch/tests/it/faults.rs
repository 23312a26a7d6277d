//! Each fault as a listener sees it.

use std::time::Instant;

use demo_switch::faults::Fault;
use demo_switch::faults::frames::Malformed;
use demo_switch::journal::What;
use demo_switch::world::rates::Rate;

use super::*;

/// So long nothing must come.
const QUIET: Duration = Duration::from_millis(150);

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

impl Client {
    /// Bytes as they come, up to and with `mark`.
    async fn raw_until(&mut self, mark: &[u8]) -> Vec<u8> {
        while !contains(&self.buffer, mark) {
            assert_ne!(self.fill().await, 0, "closed");
        }
        std::mem::take(&mut self.buffer)
    }

    async fn is_quiet(&mut self) -> bool {
        timeout(QUIET, self.stream.read_buf(&mut self.buffer)).await.is_err()
    }

    fn sequence(frame: &Frame) -> u64 {
        frame.inner("Event-Sequence").unwrap().parse().unwrap()
    }
}

/// A switch with a listener to the call center's events, and what fires one of them.
async fn listening() -> (DemoSwitch, Client) {
    let switch = switch().await;
    let mut events = Client::login(&switch).await;
    events.reply("event plain CUSTOM callcenter::info").await;
    (switch, events)
}

fn fire(switch: &DemoSwitch) {
    assert_eq!(switch.api("callcenter_config agent set state 1001@default Waiting"), "+OK\n");
}

fn fault(switch: &DemoSwitch, words: &str) {
    assert_eq!(switch.api(&format!("demo fault {words}")), "+OK\n", "{words}");
}

#[tokio::test]
async fn words_that_make_no_sense_are_answered_with_all_that_do() {
    let switch = switch().await;
    for words in ["", "nonsense", "slow-api soon", "drop 2", "silence for ever", "send nonsense"] {
        let answer = switch.api(&format!("demo fault {words}"));
        assert!(answer.starts_with("-USAGE: fault (reset | "), "{words}: {answer}");
    }
}

#[tokio::test]
async fn peer_of_a_half_open_port_is_greeted_late_or_never() {
    let switch = switch().await;
    fault(&switch, "half-open");
    let mut client = Client::connect(&switch).await;
    client.send("auth ClueCon\n\n").await;
    assert!(client.is_quiet().await);
    fault(&switch, "off");
    assert_eq!(client.frame().await.head, "Content-Type: auth/request");
    assert_eq!(client.frame().await.head, "Content-Type: command/reply\nReply-Text: +OK accepted");
}

#[tokio::test]
async fn fault_with_a_time_ends_by_itself() {
    let switch = switch().await;
    let mut client = Client::login(&switch).await;
    fault(&switch, "silence for 0.3");
    let since = Instant::now();
    assert_eq!(client.api("echo late").await, "late");
    assert!(since.elapsed() >= Duration::from_millis(250), "{:?}", since.elapsed());
}

#[tokio::test]
async fn slow_answers_are_those_that_were_asked_for() {
    let switch = switch().await;
    let mut client = Client::login(&switch).await;
    fault(&switch, "slow-api 300 callcenter_config agent");
    let since = Instant::now();
    assert_eq!(client.api("echo quick").await, "quick");
    assert!(client.api("callcenter_config queue list").await.starts_with("name|"));
    assert!(since.elapsed() < Duration::from_millis(290), "{:?}", since.elapsed());
    client.send("api callcenter_config agent set status 1001@default Available\n\n").await;
    // It is carried out at once; only the answer is late.
    assert!(client.is_quiet().await);
    assert_eq!(switch.api("callcenter_config agent get status 1001@default"), "Available");
    assert_eq!(client.frame().await.body, "+OK\n");
    assert!(since.elapsed() >= Duration::from_millis(300), "{:?}", since.elapsed());
    let since = Instant::now();
    assert_eq!(client.api("demo fault off").await, "+OK\n");
    client.api("callcenter_config agent list").await;
    assert!(since.elapsed() < Duration::from_millis(290), "{:?}", since.elapsed());
}

#[tokio::test]
async fn slow_writing_lets_so_many_bytes_through() {
    let switch = switch().await;
    let mut client = Client::login(&switch).await;
    fault(&switch, "slow-write 1000");
    let since = Instant::now();
    let body = "x".repeat(400);
    assert_eq!(client.api(&format!("echo {body}")).await, body);
    assert!(since.elapsed() >= Duration::from_millis(380), "{:?}", since.elapsed());
    fault(&switch, "off");
    let since = Instant::now();
    client.api(&format!("echo {body}")).await;
    assert!(since.elapsed() < Duration::from_millis(300), "{:?}", since.elapsed());
}

#[tokio::test]
async fn malformed_frames_go_out_as_they_are() {
    let (switch, mut events) = listening().await;
    let rows: [(&str, &[u8]); 10] = [
        ("bytes", b"X-\xff\xfe: \xc3\x28 \xf0\x9f\n"),
        ("no-colon", b"what is this\nContent-Length: "),
        ("short-length", b"Content-Length: 103\nContent-Type: text/event-plain\n\nEvent-Name: CUSTOM\n"),
        ("long-length", b"Content-Length: 143\nContent-Type: text/event-plain\n\nEvent-Name: CUSTOM\n"),
        ("huge-length", b"Content-Length: 99999999999999\n"),
        ("negative-length", b"Content-Length: -1\n"),
        ("stray-body", b"CC-Action: members-count\nContent-Length: 66\n\nEvent-Name: CUSTOM\n"),
        ("unknown-type", b"Content-Length: 7\nContent-Type: text/event-cbor\n\n\x00\x01\n\n\xff\n\n"),
        ("stray-reply", b"Content-Type: command/reply\nReply-Text: -ERR nobody asked\n\n"),
        ("stray-response", b"Content-Type: api/response\nContent-Length: 4\n\n+OK\n"),
    ];
    assert_eq!(rows.len() + 1, Malformed::WORDS.len());
    for (what, part) in rows {
        fault(&switch, &format!("send {what} events"));
        events.send("api echo mark\n\n").await;
        let bytes = events.raw_until(b"Content-Length: 4\n\nmark").await;
        assert!(contains(&bytes, part), "{what}: {}", String::from_utf8_lossy(&bytes));
    }
    fault(&switch, "send garbage events");
    events.send("api echo mark\n\n").await;
    let bytes = events.raw_until(b"Content-Length: 4\n\nmark").await;
    assert!(bytes.len() >= 256 && std::str::from_utf8(&bytes[..256]).is_err());
}

#[tokio::test]
async fn malformed_frames_reach_those_whom_they_concern() {
    let (switch, mut events) = listening().await;
    let mut commands = Client::login(&switch).await;
    let mut stranger = Client::connect(&switch).await;
    assert_eq!(stranger.frame().await.head, "Content-Type: auth/request");
    fault(&switch, "send stray-response commands");
    // The next who asks takes it for the answer, and all others after it.
    assert_eq!(commands.api("echo mine").await, "+OK\n");
    assert_eq!(commands.api("echo next").await, "mine");
    assert!(events.is_quiet().await);
    fault(&switch, "send stray-reply");
    for client in [&mut events, &mut commands] {
        client.raw_until(b"Reply-Text: -ERR nobody asked\n\n").await;
    }
    assert!(stranger.is_quiet().await);
}

#[tokio::test]
async fn big_answer_is_filled_up_to_ten_megabytes() {
    let switch = switch().await;
    let mut client = Client::login(&switch).await;
    fault(&switch, "big-answers 10485760 echo");
    let body = client.api("echo small").await;
    assert_eq!((body.len(), &body[..7]), (10 * 1024 * 1024, "smallxx"));
    assert_eq!(client.api("hostname").await, "fs1.example");
}

#[tokio::test]
async fn skipped_answer_puts_all_later_ones_in_its_place() {
    let switch = switch().await;
    let mut client = Client::login(&switch).await;
    fault(&switch, "skip-answer callcenter_config");
    client.send("api callcenter_config agent set status 1001@default Available\n\napi echo second\n\n").await;
    assert_eq!(client.frame().await.body, "second");
    // It was carried out all the same, and the one after it is answered.
    assert_eq!(client.api("callcenter_config agent get status 1001@default").await, "Available");
}

#[tokio::test]
async fn burst_of_a_hundred_thousand_true_events_arrives_whole() {
    let (switch, mut events) = listening().await;
    fault(&switch, "burst");
    let mut count = 0;
    let mark = b"CC-Action: agent-state-change";
    while count < 100_000 {
        assert_ne!(events.fill().await, 0, "closed after {count}");
        count += events.buffer.windows(mark.len()).filter(|window| window == mark).count();
        // What may be the beginning of one more.
        let kept = events.buffer.len().saturating_sub(mark.len() - 1);
        events.buffer.drain(..kept);
    }
    assert_eq!(count, 100_000);
}

#[tokio::test]
async fn dropped_event_leaves_a_gap_in_the_sequence() {
    let (switch, mut events) = listening().await;
    fire(&switch);
    let before = Client::sequence(&events.frame().await);
    fault(&switch, "drop 1");
    fire(&switch);
    fire(&switch);
    assert!(events.is_quiet().await);
    fault(&switch, "off");
    fire(&switch);
    assert_eq!(Client::sequence(&events.frame().await), before + 3);
}

#[tokio::test]
async fn doubled_event_comes_with_the_same_number() {
    let (switch, mut events) = listening().await;
    fault(&switch, "duplicate 1");
    fire(&switch);
    let first = events.frame().await;
    assert_eq!(events.frame().await.body, first.body);
    fire(&switch);
    assert_eq!(Client::sequence(&events.frame().await), Client::sequence(&first) + 1);
}

#[tokio::test]
async fn reordered_events_all_come_at_last() {
    let (switch, mut events) = listening().await;
    fault(&switch, "reorder 0.4 3");
    for _ in 0..50 {
        fire(&switch);
    }
    let mut numbers = Vec::new();
    for _ in 0..50 {
        numbers.push(Client::sequence(&events.frame().await));
    }
    assert!(!numbers.is_sorted(), "{numbers:?}");
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 50);
}

#[tokio::test]
async fn late_events_hold_up_no_answers() {
    let (switch, mut events) = listening().await;
    fault(&switch, "delay 400");
    let since = Instant::now();
    fire(&switch);
    assert_eq!(events.api("echo quick").await, "quick");
    assert!(since.elapsed() < Duration::from_millis(390), "{:?}", since.elapsed());
    assert_eq!(events.frame().await.label(), "agent-state-change Waiting");
    assert!(since.elapsed() >= Duration::from_millis(400), "{:?}", since.elapsed());
}

#[tokio::test]
async fn denied_peer_is_refused_until_it_is_allowed() {
    let switch = switch().await;
    let mut old = Client::login(&switch).await;
    fault(&switch, "deny 127.0.0.1");
    let refusal = Client::connect(&switch).await.rest().await;
    assert!(refusal.starts_with("Content-Type: text/rude-rejection\n"), "{refusal}");
    assert_eq!(old.api("echo still").await, "still");
    fault(&switch, "allow 127.0.0.1");
    Client::login(&switch).await;
}

#[tokio::test]
async fn closed_port_refuses_and_keeps_who_is_there() {
    let switch = switch().await;
    let mut old = Client::login(&switch).await;
    fault(&switch, "close-port");
    timeout(PATIENCE, async { while TcpStream::connect(switch.address()).await.is_ok() {} })
        .await
        .expect("the port closes");
    assert_eq!(old.api("echo still").await, "still");
    fault(&switch, "open-port");
    timeout(PATIENCE, async { while TcpStream::connect(switch.address()).await.is_err() {} })
        .await
        .expect("the port opens");
    Client::login(&switch).await;
}

#[tokio::test]
async fn unloaded_call_center_is_no_command_until_it_is_back() {
    let switch = switch().await;
    let mut client = Client::login(&switch).await;
    client.reply("event plain MODULE_LOAD MODULE_UNLOAD").await;
    switch.api("demo call support@default 1 x");
    fault(&switch, "unload-callcenter");
    while !client.frame().await.body.contains("MODULE_UNLOAD") {}
    assert_eq!(switch.api("callcenter_config queue list"), "-ERR callcenter_config Command not found!\n");
    let json = switch.api(r#"json {"command":"callcenter_config","data":{"arguments":"queue list"}}"#);
    assert!(json.contains("Invalid request or non-existant command"), "{json}");
    assert_eq!(switch.api("module_exists mod_callcenter"), "false");
    assert_eq!(switch.api("show channels"), "\n0 total.\n");
    fault(&switch, "load-callcenter");
    while !client.frame().await.body.contains("Event-Name: MODULE_LOAD") {}
    assert_eq!(switch.api("callcenter_config queue count"), "2\n");
    assert!(!switch.api("callcenter_config queue list members").contains("|Waiting|"));
}

#[tokio::test]
async fn set_clock_moves_stamps_and_epochs_but_nothing_that_is_due() {
    let options = Options { agents: 1, queues: 1, journal: true, ..Options::default() };
    let switch = DemoSwitch::start(options).await.unwrap();
    let mut events = Client::login(&switch).await;
    events.reply("event plain CUSTOM callcenter::info").await;
    let stamp = |frame: &Frame| -> i64 { frame.inner("Event-Date-Timestamp").unwrap().parse().unwrap() };
    fire(&switch);
    let before = stamp(&events.frame().await);
    let hour = 3_600_000_000;
    fault(&switch, "step-clock 3600");
    fire(&switch);
    let after = stamp(&events.frame().await);
    assert!((hour..hour + 60_000_000).contains(&(after - before)), "{}", after - before);
    assert!(switch.api("uptime").trim().parse::<i64>().unwrap() < 60);
    switch.api("callcenter_config agent set status 1001@default Available");
    switch.api("demo call support@default 1 x");
    // The phone is told to answer in 150 ms, and it does, an hour earlier.
    switch.api("demo answer 1001@default");
    events.labels_until("agent-offering").await;
    fault(&switch, "step-clock -3600");
    events.labels_until("bridge-agent-start").await;
    let entries = switch.journal();
    let at = |wanted: fn(&What) -> bool| entries.iter().find(|entry| wanted(&entry.what)).unwrap().at_us;
    let joined = at(|what| matches!(what, What::MemberJoined { .. }));
    let answered = at(|what| matches!(what, What::Answered { .. }));
    assert!((hour - 60_000_000..hour).contains(&(joined - answered)), "{}", joined - answered);
    fault(&switch, "step-clock 100");
    fault(&switch, "off");
    fire(&switch);
    let last = loop {
        let frame = events.frame().await;
        if frame.label() == "agent-state-change Waiting" {
            break stamp(&frame);
        }
    };
    assert!((last - before) < 60_000_000, "{}", last - before);
}

#[tokio::test]
async fn rates_change_while_life_goes_on() {
    let options = Options {
        life: true,
        journal: true,
        agents: 0,
        calls_per_minute: 0.0,
        patience_seconds: 1e6,
        ..Options::default()
    };
    let switch = DemoSwitch::start(options).await.unwrap();
    let start = switch.journal().len();
    assert!(
        switch
            .api("demo rate")
            .starts_with("calls-per-minute=0\ntalk-seconds=170\npatience-seconds=1000000\n")
    );
    switch.set_rate(Rate::PatienceSeconds, 0.05);
    assert_eq!(switch.api("demo rate calls-per-minute 6000"), "+OK\n");
    let gave_up = |switch: &DemoSwitch| {
        let entries = switch.journal_since(start);
        entries.iter().filter(|entry| matches!(entry.what, What::MemberEnded { .. })).count()
    };
    let mut poll = tokio::time::interval(Duration::from_millis(5));
    timeout(PATIENCE, async {
        while gave_up(&switch) < 10 {
            poll.tick().await;
        }
    })
    .await
    .expect("callers come and go");
    assert!(switch.api("demo rate calls-per-minute many").starts_with("-USAGE: "));
}

#[tokio::test]
async fn two_switches_of_one_process_know_nothing_of_each_other() {
    let start = |seed| DemoSwitch::start(Options { agents: 1, queues: 1, seed, ..Options::default() });
    let (one, other, twin) = (start(1).await.unwrap(), start(2).await.unwrap(), start(1).await.unwrap());
    let call = |switch: &DemoSwitch| switch.api("demo call support@default 1 x");
    let uuid = call(&one);
    assert_ne!(uuid, call(&other));
    assert_eq!(uuid, call(&twin));
    one.fault(Fault::Silence(true));
    one.fault(Fault::StepClock(1_000_000_000));
    one.fault(Fault::UnloadCallCenter);
    let mut client = Client::login(&other).await;
    assert_eq!(client.api("callcenter_config queue count members support@default").await, "1\n");
    assert_eq!(client.api("show channels count").await, "\n1 total.\n");
}
