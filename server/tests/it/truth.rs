//! The board never lies: a busy hour's calls, and at the end every number equals a recount from the demo switch's own
//! journal, which no fault touches and which knows nothing of SwitchDesk.

mod recount;

use std::collections::BTreeMap;
use std::time::Duration;

use app::model::agent::Presence;
use app::model::board::{BoardView, LinkState, MemberState};
use app::model::wall::Scope;
use demo_switch::cdr::Settings;
use demo_switch::journal::What;
use demo_switch::{DemoSwitch, Options};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value;
use sqlx::MySqlPool;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::harness::{MIGRATIONS, TestApp, eventually_within};
use recount::{Losses, Recount};

const CREDENTIALS: &str = "freeswitch:hush";
const FLAGS: [&str; 2] = ["--switch-web-password", "hush"];
/// A busy hour has 6,000 calls; at this rate they take three minutes.
const CALLS_PER_MINUTE: f64 = 2_000.0;
/// Until a frozen world's events have been taken in.
const DRAINED_WITHIN: Duration = Duration::from_secs(20);

/// A switch in full swing, and SwitchDesk that watches it and takes its call records.
struct World {
    switch: DemoSwitch,
    app: Option<TestApp>,
    pool: MySqlPool,
    /// The port of SwitchDesk, kept over restarts: the switch's configuration names it.
    port: u16,
    seen: usize,
    joined: usize,
    _errors: TempDir,
}

impl World {
    async fn new(pool: MySqlPool, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let errors = tempfile::tempdir().unwrap();
        let url = format!("http://127.0.0.1:{port}/switch/cdr");
        let switch = DemoSwitch::start(Options {
            agents: 200,
            queues: 12,
            seed,
            life: true,
            // Nobody is there at the start: what was before nobody could count.
            calls_per_minute: 0.001,
            talk_seconds: 4.0,
            patience_seconds: 4.0,
            // What has been heard by then is known a second later.
            heartbeat_seconds: 1.0,
            journal: true,
            cdr: Some(Settings {
                credentials: Some(CREDENTIALS.into()),
                retries: 0,
                ..Settings::new(url, errors.path())
            }),
            ..Options::default()
        })
        .await
        .unwrap();
        for agent in 1001..1201 {
            let command = format!("callcenter_config agent set wrap_up_time {agent}@default 1");
            assert_eq!(switch.api(&command), "+OK\n");
        }
        let mut world = Self { switch, app: None, pool, port, seen: 0, joined: 0, _errors: errors };
        world.start_watching(listener).await;
        world
    }

    async fn start_watching(&mut self, listener: TcpListener) {
        let app = TestApp::with_switch_and(self.pool.clone(), &self.switch, &FLAGS).await;
        app.serve_on(listener);
        self.app = Some(app);
    }

    async fn stop_watching(&mut self) {
        self.app.take().unwrap().stop().await;
    }

    fn app(&self) -> &TestApp {
        self.app.as_ref().unwrap()
    }

    fn order(&self, command: &str) {
        let answer = self.switch.api(&format!("demo {command}"));
        assert!(answer.starts_with("+OK"), "demo {command}: {answer}");
    }

    /// Lets the world go on until so many more callers have come.
    async fn callers(&mut self, more: usize) {
        let target = self.joined + more;
        eventually_within(Duration::from_secs(240), "callers come", async || {
            let new = self.switch.journal_since(self.seen);
            self.seen += new.len();
            self.joined += new.iter().filter(|entry| matches!(entry.what, What::MemberJoined { .. })).count();
            (self.joined >= target).then_some(())
        })
        .await;
    }

    fn board(&self) -> BoardView {
        self.app().state.hub.snapshot(&Scope::All).board
    }

    /// What the switch's lists and the board say of callers and agents, side by side.
    fn both(&self) -> (Lists, Lists) {
        (Lists::of_switch(&self.switch), Lists::of_board(&self.board()))
    }

    async fn agrees(&self, when: &str) {
        self.eventually_equal(&format!("the board equals the switch's lists {when}"), || self.both()).await;
    }

    /// Every number of the day against the recount.
    async fn counts(&self, when: &str, losses: Losses) {
        let what = format!("the numbers equal the recount {when}");
        self.eventually_equal(&what, || {
            let (mut theirs, mut ours) =
                (Recount::of(&self.switch.journal()), Recount::of_board(&self.board()));
            theirs.blur(&mut ours, losses);
            (theirs, ours)
        })
        .await;
    }

    async fn eventually_equal<T: PartialEq + std::fmt::Debug>(&self, what: &str, both: impl Fn() -> (T, T)) {
        let found = tokio::time::timeout(DRAINED_WITHIN, async {
            loop {
                let (theirs, ours) = both();
                if theirs == ours {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        if found.is_err() {
            let (theirs, ours) = both();
            let lines = |side: &T| format!("{side:#?}").lines().map(str::to_owned).collect::<Vec<_>>();
            let (theirs, ours) = (lines(&theirs), lines(&ours));
            let differences: Vec<_> =
                theirs.iter().zip(&ours).filter(|(theirs, ours)| theirs != ours).take(20).collect();
            panic!("{what}: {} lines and {}: {differences:#?}", theirs.len(), ours.len());
        }
    }
}

/// What lists and board must agree on.
#[derive(Debug, PartialEq)]
struct Lists {
    /// Membership to queue, state, and, in a talk, agent.
    members: BTreeMap<String, (String, String, Option<String>)>,
    /// Agent to status and what the switch does.
    agents: BTreeMap<String, (String, &'static str)>,
}

impl Lists {
    fn of_switch(switch: &DemoSwitch) -> Self {
        let list = |what: &str| {
            let request =
                format!(r#"json {{"command":"callcenter_config","data":{{"arguments":"{what}"}}}}"#);
            let answer: Value = serde_json::from_str(&switch.api(&request)).unwrap();
            answer["response"].as_array().unwrap().clone()
        };
        let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let members = list("member list")
            .iter()
            .filter(|row| row["state"] != "Abandoned")
            .map(|row| {
                let agent = (row["state"] == "Answered").then(|| text(row, "serving_agent"));
                (text(row, "uuid"), (text(row, "queue"), text(row, "state"), agent))
            })
            .collect();
        let agents = list("agent list")
            .iter()
            .map(|row| {
                let does = match (row["state"].as_str().unwrap(), row["status"].as_str().unwrap()) {
                    ("In a queue call", _) => "talks",
                    ("Receiving", "Available") => "rings",
                    _ => "neither",
                };
                (text(row, "name"), (text(row, "status"), does))
            })
            .collect();
        Self { members, agents }
    }

    fn of_board(board: &BoardView) -> Self {
        let members = board.members.iter().map(|row| {
            let (state, agent) = match row.state {
                MemberState::Waiting => ("Waiting", None),
                MemberState::Trying => ("Trying", None),
                MemberState::Answered => {
                    ("Answered", Some(row.agent.as_ref().map(|agent| agent.name.clone()).unwrap_or_default()))
                }
            };
            (row.key.uuid.clone(), (row.queue.name.clone(), state.to_owned(), agent))
        });
        let agents = board.agents.iter().map(|row| {
            let does = match row.presence {
                Presence::OnCall => "talks",
                Presence::Ringing => "rings",
                _ => "neither",
            };
            (row.key.name.clone(), (row.status.as_switch().to_owned(), does))
        });
        Self { members: members.collect(), agents: agents.collect() }
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_busy_hour_is_counted_to_the_last_call(pool: MySqlPool) {
    let mut world = World::new(pool, 1).await;
    world.order(&format!("rate calls-per-minute {CALLS_PER_MINUTE}"));
    let mut random = StdRng::seed_from_u64(7);
    let mut left: usize = 6_000;
    for instant in 1..=30 {
        let more = random.random_range(1..=2 * left / (31 - instant) - 1);
        world.callers(more).await;
        left = left.saturating_sub(more);
        world.order("freeze");
        world.agrees(&format!("at instant {instant}")).await;
        world.order("thaw");
    }
    world.callers(left).await;
    world.order("freeze");
    world.agrees("at the end").await;
    world.counts("at the end", Losses::default()).await;
    assert_eq!(world.app().state.hub.corrections(), 0, "the reconcile had nothing to mend");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn faults_that_lose_nothing_change_no_number(pool: MySqlPool) {
    let mut world = World::new(pool, 2).await;
    world.order(&format!("rate calls-per-minute {CALLS_PER_MINUTE}"));
    for fault in ["duplicate 0.3", "reorder 0.2", "delay 300", "slow-api 500"] {
        world.callers(150).await;
        world.order(&format!("fault {fault}"));
        world.callers(200).await;
        world.order("freeze");
        world.agrees(&format!("under {fault}")).await;
        world.counts(&format!("under {fault}"), Losses::default()).await;
        world.order("fault off");
        world.order("thaw");
    }
    // A connection that breaks in mid-frame while nothing happens.
    world.order("freeze");
    world.agrees("before the connection breaks").await;
    world.order("fault reset");
    eventually_within(DRAINED_WITHIN, "the connection is back", async || {
        world.board().nodes.iter().any(|node| node.link == LinkState::Live && node.rebuilds > 1).then_some(())
    })
    .await;
    world.order("thaw");
    world.callers(100).await;
    world.order("freeze");
    world.agrees("after the connection broke").await;
    world.counts("after the connection broke", Losses::default()).await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn what_is_lost_is_marked_and_closed_by_call_records(pool: MySqlPool) {
    let mut world = World::new(pool, 3).await;
    world.order(&format!("rate calls-per-minute {CALLS_PER_MINUTE}"));
    world.callers(200).await;
    // Callers come and go while nobody can be told.
    let rebuilds = world.board().nodes[0].rebuilds;
    world.order("fault close-port");
    world.order("fault reset");
    world.callers(300).await;
    world.order("fault open-port");
    eventually_within(Duration::from_secs(60), "the connection is back", async || {
        let board = world.board();
        let node =
            board.nodes.first().filter(|node| node.link == LinkState::Live && node.rebuilds > rebuilds)?;
        (!node.incomplete.is_empty()).then_some(())
    })
    .await;
    let listed = world.board().members.len();
    world.callers(200).await;
    // Those who are there end; then all records have come.
    world.order("rate calls-per-minute 0.001");
    world.nobody_is_left().await;
    let losses = Losses { closed_by_records: world.joined, listed };
    world.counts("once call records have closed the gap", losses).await;
    eventually_within(Duration::from_secs(30), "the gap is closed", async || {
        world.board().nodes.iter().all(|node| node.incomplete.is_empty()).then_some(())
    })
    .await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn ten_minutes_worth_of_calls_without_switchdesk_are_counted_in_the_end(pool: MySqlPool) {
    let mut world = World::new(pool, 4).await;
    world.order(&format!("rate calls-per-minute {CALLS_PER_MINUTE}"));
    world.callers(200).await;
    world.stop_watching().await;
    // Ten minutes of a busy hour.
    world.callers(1_000).await;
    let listener = TcpListener::bind(("127.0.0.1", world.port)).await.unwrap();
    world.start_watching(listener).await;
    let listed = world.board().members.len();
    world.callers(200).await;
    world.order("rate calls-per-minute 0.001");
    world.nobody_is_left().await;
    // What an operator's script does with the records that nobody took.
    let resent = world.switch.resend_cdrs().await.unwrap();
    assert!(resent.posted > 500, "{resent:?}");
    let losses = Losses { closed_by_records: world.joined, listed };
    world.counts("once the records of that time have been posted again", losses).await;
}

impl World {
    /// The last caller has left, and every call record has been taken or kept.
    async fn nobody_is_left(&self) {
        eventually_within(Duration::from_secs(60), "the last caller leaves", async || {
            let (theirs, ours) = self.both();
            let is_over = theirs.members.is_empty() && ours.members.is_empty();
            (is_over && self.switch.cdrs_under_way() == 0).then_some(())
        })
        .await;
    }
}
