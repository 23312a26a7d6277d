//! Call detail records on the wire and in the error directory, against the recorded ones.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use demo_switch::cdr::delivery::Resent;
use demo_switch::cdr::{CdrLeg, Fate, Settings};
use demo_switch::journal::What;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::*;

const RECORDED_AGENT: &str = include_str!("../transcripts/cdr/agent.json");
const RECORDED_CALLER: &str = include_str!("../transcripts/cdr/caller.json");
const RECORDED_ABANDONED: &str = include_str!("../transcripts/cdr/abandoned.json");

#[derive(Debug, Clone)]
struct Post {
    head: String,
    body: String,
    at: Instant,
}

/// Takes posts and answers with a status; 0 is no answer at all.
struct Receiver {
    url: String,
    posts: Arc<Mutex<Vec<Post>>>,
    status: Arc<Mutex<u16>>,
    /// The error directory of the switch that posts here.
    directory: TempDir,
    _accepting: JoinSet<()>,
}

impl Receiver {
    async fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/cdr", listener.local_addr().unwrap());
        let posts = Arc::new(Mutex::new(Vec::new()));
        let status = Arc::new(Mutex::new(status));
        let mut accepting = JoinSet::new();
        let (kept, answer) = (posts.clone(), status.clone());
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.spawn(receive(stream, kept.clone(), answer.clone()));
            }
        });
        Self { url, posts, status, directory: tempfile::tempdir().unwrap(), _accepting: accepting }
    }

    fn posts(&self) -> Vec<Post> {
        self.posts.lock().unwrap().clone()
    }

    async fn until(&self, count: usize) -> Vec<Post> {
        until(|| self.posts().len() >= count).await;
        self.posts()
    }
}

async fn receive(mut stream: TcpStream, posts: Arc<Mutex<Vec<Post>>>, status: Arc<Mutex<u16>>) {
    let mut buffer = Vec::new();
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        assert_ne!(stream.read_buf(&mut buffer).await.unwrap(), 0, "closed");
    };
    let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let length: usize = length.unwrap().parse().unwrap();
    while buffer.len() < end + 4 + length {
        assert_ne!(stream.read_buf(&mut buffer).await.unwrap(), 0, "closed");
    }
    let body = String::from_utf8(buffer[end + 4..].to_vec()).unwrap();
    posts.lock().unwrap().push(Post { head, body, at: Instant::now() });
    let status = *status.lock().unwrap();
    if status == 0 {
        std::future::pending::<()>().await;
    }
    let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.unwrap();
}

/// Waits for a condition.
async fn until(holds: impl Fn() -> bool) {
    let mut poll = tokio::time::interval(Duration::from_millis(5));
    let waiting = async {
        while !holds() {
            poll.tick().await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("it happens in time");
}

async fn posting(receiver: &Receiver) -> DemoSwitch {
    posting_with(receiver, |_| {}).await
}

async fn posting_with(receiver: &Receiver, change: impl FnOnce(&mut Settings)) -> DemoSwitch {
    let mut cdr = Settings {
        credentials: Some("cdruser:cdrpass".to_owned()),
        b_leg: true,
        delay: Duration::from_millis(50),
        ..Settings::new(receiver.url.as_str(), receiver.directory.path())
    };
    change(&mut cdr);
    let options = Options { agents: 1, queues: 1, journal: true, cdr: Some(cdr), ..Options::default() };
    let switch = DemoSwitch::start(options).await.unwrap();
    switch.api("callcenter_config agent set contact 1001@default [leg_timeout=10]user/agent-1001");
    switch.api("callcenter_config agent set status 1001@default Available");
    switch
}

/// A call that is answered and that the agent ends; the uuids of the caller's leg and of the agent's.
async fn answered_call(switch: &DemoSwitch) -> (String, String) {
    let session = switch.api("demo call support@default 13800138000 '张三'");
    let session = session.strip_prefix("+OK ").unwrap().trim().to_owned();
    until(|| {
        switch.api("demo answer 1001@default") == "+OK\n"
            && switch.api("show bridged_calls count").contains("1 ")
    })
    .await;
    let agent = switch.api(&format!("uuid_getvar {session} bridge_uuid"));
    assert_eq!(switch.api("demo end 1001@default"), "+OK\n");
    (session, agent)
}

fn fates(switch: &DemoSwitch) -> Vec<(String, CdrLeg, Fate)> {
    let cdr = |what| match what {
        What::Cdr { uuid, leg, fate } => Some((uuid, leg, fate)),
        _ => None,
    };
    switch.journal().into_iter().filter_map(|entry| cdr(entry.what)).collect()
}

#[tokio::test]
async fn both_legs_are_posted_with_the_recorded_head() {
    let receiver = Receiver::start(200).await;
    let switch = posting(&receiver).await;
    let (session, agent) = answered_call(&switch).await;
    let posts = receiver.until(2).await;
    for (post, uuid) in posts.iter().zip([&agent, &session]) {
        let host = receiver.url.strip_prefix("http://").unwrap().strip_suffix("/cdr").unwrap();
        let length = post.body.len();
        assert_eq!(
            post.head,
            format!(
                "POST /cdr?uuid={uuid} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic Y2RydXNlcjpjZHJwYXNz\r\n\
                 User-Agent: freeswitch-json/1.0\r\nAccept: */*\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}"
            )
        );
    }
    until(|| switch.cdrs_under_way() == 0).await;
    assert_eq!(fates(&switch), [(agent, CdrLeg::B, Fate::Posted), (session, CdrLeg::A, Fate::Posted)]);
}

#[tokio::test]
async fn records_have_the_recorded_keys_in_their_order() {
    let receiver = Receiver::start(200).await;
    let switch = posting(&receiver).await;
    answered_call(&switch).await;
    receiver.until(2).await;
    switch.api("callcenter_config agent set status 1001@default 'On Break'");
    let session = switch.api("demo call support@default 13800138001 '李四'");
    switch.api(&format!("demo hangup {}", session.strip_prefix("+OK ").unwrap().trim()));
    let posts = receiver.until(3).await;
    for (post, recorded) in posts.iter().zip([RECORDED_AGENT, RECORDED_CALLER, RECORDED_ABANDONED]) {
        let (ours, recorded) = (Tree::of(&post.body), Tree::of(recorded));
        assert_eq!(ours.without("variables").to_string(), recorded.without("variables").to_string());
        let (ours, recorded) = (ours.keys("variables"), recorded.keys("variables"));
        // Two threads race: the call center sets it before the record or after it. Of a call that was recorded
        // elsewhere (`callcenter-answered`) it is in CHANNEL_HANGUP_COMPLETE.
        let races = |key: &&String| *key == "cc_queue_terminated_epoch";
        let strange: Vec<_> = ours.difference(&recorded).filter(|key| !races(key)).collect();
        assert_eq!(strange, [] as [&String; 0]);
        let is_ours = |key: &&String| {
            let parts =
                ["cc_", "_stamp", "_epoch", "_uepoch", "duration", "billsec", "hangup_cause", "caller_id"];
            parts.iter().any(|part| key.contains(part)) && !NOT_HERE.contains(&key.as_str())
        };
        let missing: Vec<_> = recorded.difference(&ours).filter(is_ours).collect();
        assert_eq!(missing, [] as [&String; 0]);
    }
}

/// Of the SIP profile, and of what is sent to phones.
const NOT_HERE: [&str; 3] = ["sip_invite_stamp", "last_sent_callee_id_name", "last_sent_callee_id_number"];

#[tokio::test]
async fn values_are_encoded_inside_the_json_as_recorded() {
    let receiver = Receiver::start(200).await;
    let switch = posting(&receiver).await;
    answered_call(&switch).await;
    for (post, recorded) in receiver.until(2).await.iter().zip([RECORDED_AGENT, RECORDED_CALLER]) {
        let [ours, recorded]: [serde_json::Value; 2] =
            [&post.body, recorded].map(|text| serde_json::from_str(text).unwrap());
        for name in [
            "direction",
            "channel_name",
            "cc_queue",
            "cc_side",
            "cc_agent",
            "cc_agent_bridged",
            "caller_id",
            "original_caller_id_name",
            "original_destination_number",
            "bridge_channel",
            "hangup_cause",
            "hangup_cause_q850",
            "DP_MATCH",
        ] {
            assert_eq!(ours["variables"][name], recorded["variables"][name], "{name}");
        }
        let profile = "/callflow/0/caller_profile";
        for name in ["caller_id_name", "ani", "destination_number", "source", "chan_name", "username"] {
            let name = format!("{profile}/{name}");
            assert_eq!(ours.pointer(&name), recorded.pointer(&name), "{name}");
        }
        assert_eq!(ours["channel_data"], recorded["channel_data"]);
    }
}

#[tokio::test]
async fn refused_record_is_posted_three_times_then_kept_until_it_is_sent_again() {
    let receiver = Receiver::start(500).await;
    let switch = posting(&receiver).await;
    switch.api("callcenter_config agent set status 1001@default 'On Break'");
    let session = switch.api("demo call support@default 13800138001 '李四'");
    let session = session.strip_prefix("+OK ").unwrap().trim().to_owned();
    switch.api(&format!("demo hangup {session}"));
    until(|| switch.cdrs_under_way() == 0).await;
    let posts = receiver.posts();
    assert_eq!(posts.len(), 3);
    assert!(posts.windows(2).all(|two| two[1].at - two[0].at >= Duration::from_millis(50)));
    assert!(posts.iter().all(|post| post.body == posts[0].body));
    let file = receiver.directory.path().join(format!("a_{session}.cdr.json"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), posts[0].body);
    assert_eq!(switch.resend_cdrs().await.unwrap(), Resent { posted: 0, left: 1 });
    *receiver.status.lock().unwrap() = 202;
    assert_eq!(switch.api("demo cdr-resend"), "+OK\n");
    until(|| !file.exists()).await;
    let posts = receiver.posts();
    assert_eq!((posts.len(), &posts[4].body), (5, &posts[0].body));
    until(|| fates(&switch).len() == 2).await;
    assert_eq!(
        fates(&switch),
        [(session.clone(), CdrLeg::A, Fate::Kept), (session, CdrLeg::A, Fate::Posted)]
    );
}

#[tokio::test]
async fn receiver_that_never_answers_holds_up_nothing() {
    let receiver = Receiver::start(0).await;
    let switch = posting(&receiver).await;
    switch.api("callcenter_config agent set status 1001@default 'On Break'");
    for number in 0..50 {
        let session = switch.api(&format!("demo call support@default {number} x"));
        switch.api(&format!("demo hangup {}", session.strip_prefix("+OK ").unwrap().trim()));
    }
    // All of them at a time, while none has an answer.
    assert_eq!(receiver.until(50).await.len(), 50);
    assert_eq!(switch.api("demo cdr-pending"), "+OK 50\n");
    assert_eq!(switch.api("show channels"), "\n0 total.\n");
}

#[tokio::test]
async fn record_that_finds_every_poster_busy_is_kept_at_once() {
    let receiver = Receiver::start(0).await;
    let switch = posting_with(&receiver, |cdr| cdr.posters = 2).await;
    switch.api("callcenter_config agent set status 1001@default 'On Break'");
    for number in 0..5 {
        let session = switch.api(&format!("demo call support@default {number} x"));
        switch.api(&format!("demo hangup {}", session.strip_prefix("+OK ").unwrap().trim()));
    }
    until(|| switch.cdrs_under_way() == 2).await;
    assert_eq!(receiver.until(2).await.len(), 2);
    assert_eq!(fates(&switch).iter().filter(|(.., fate)| *fate == Fate::Kept).count(), 3);
    assert_eq!(std::fs::read_dir(receiver.directory.path()).unwrap().count(), 3);
}

#[tokio::test]
async fn caller_legs_alone_unless_agents_are_asked_for() {
    let receiver = Receiver::start(200).await;
    let cdr = Settings::new(receiver.url.as_str(), receiver.directory.path());
    let options = Options { agents: 1, queues: 1, cdr: Some(cdr), ..Options::default() };
    let switch = DemoSwitch::start(options).await.unwrap();
    switch.api("callcenter_config agent set status 1001@default Available");
    let (session, _) = answered_call(&switch).await;
    until(|| switch.cdrs_under_way() == 0).await;
    let posts = receiver.posts();
    assert_eq!(posts.len(), 1);
    assert!(
        posts[0].head.starts_with(&format!("POST /cdr?uuid={session} HTTP/1.1\r\n")),
        "{}",
        posts[0].head
    );
    assert!(!posts[0].head.contains("Authorization"));
}

/// The keys of JSON, with their order, which serde_json's own values do not keep.
#[derive(Debug, Clone)]
enum Tree {
    Leaf,
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    fn of(text: &str) -> Self {
        serde_json::from_str(text).unwrap()
    }

    fn without(&self, key: &str) -> Self {
        let Self::Object(entries) = self else { panic!("no object") };
        Self::Object(entries.iter().filter(|(name, _)| name != key).cloned().collect())
    }

    fn keys(&self, key: &str) -> BTreeSet<String> {
        let Self::Object(entries) = self else { panic!("no object") };
        let Some((_, Self::Object(inner))) = entries.iter().find(|(name, _)| name == key) else {
            panic!("no {key}")
        };
        inner.iter().map(|(name, _)| name.clone()).collect()
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf => Ok(()),
            Self::List(list) => list.iter().try_for_each(|tree| write!(f, "[{tree}]")),
            Self::Object(entries) => {
                entries.iter().try_for_each(|(name, tree)| write!(f, "\n{name} {{{tree}}}"))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, _: &str) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(tree) = seq.next_element()? {
            list.push(tree);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Tree::Object(entries))
    }
}
