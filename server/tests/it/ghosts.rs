//! What the switch has left behind is marked, and repaired by a supervisor.

use std::time::Duration;

use app::api::ApiError;
use app::model::account::Role;
use app::model::agent::Presence;
use app::model::board::{BoardView, MemberRow};
use app::model::ghost::{GhostKey, GhostReason, Repair};
use app::model::ids::{AgentKey, NodeName};
use app::model::wall::Scope;
use demo_switch::{DemoSwitch, Options};
use serde_json::json;
use sqlx::MySqlPool;

use crate::harness::{Answer, Browser, MIGRATIONS, NODE, TestApp, eventually};

const QUEUE: &str = "support@default";

struct Floor {
    switch: DemoSwitch,
    app: TestApp,
}

impl Floor {
    async fn new(pool: MySqlPool) -> Self {
        let options = Options { agents: 12, queues: 2, ..Options::default() };
        let switch = DemoSwitch::start(options).await.unwrap();
        let app = TestApp::with_switch_every(pool, &switch, Duration::from_millis(100)).await;
        Self { switch, app }
    }

    fn order(&self, command: &str) -> String {
        let answer = self.switch.api(command);
        assert!(answer.starts_with("+OK"), "{command}: {answer}");
        answer
    }

    fn board(&self) -> BoardView {
        self.app.state.hub.snapshot(&Scope::All).board
    }

    fn agent_mark(&self, name: &str) -> Option<GhostReason> {
        let key = agent(name);
        self.board().agents.into_iter().find(|row| row.key == key)?.ghost.map(|ghost| ghost.reason)
    }

    async fn until_marked(&self, name: &str, reason: GhostReason) {
        eventually("the agent is marked", async || (self.agent_mark(name) == Some(reason)).then_some(()))
            .await;
    }

    async fn until_free(&self, name: &str) {
        eventually("the agent is free", async || {
            let row = self.board().agents.into_iter().find(|row| row.key == agent(name))?;
            (row.ghost.is_none() && !matches!(row.presence, Presence::Ringing | Presence::OnCall))
                .then_some(())
        })
        .await;
        assert_eq!(self.switch.api(&format!("callcenter_config agent get state {name}")), "Waiting");
    }

    async fn marked_caller(&self, uuid: &str, reason: GhostReason) -> MemberRow {
        eventually("the caller is marked", async || {
            let row = self.board().members.into_iter().find(|row| row.key.uuid == uuid)?;
            row.ghost.is_some_and(|ghost| ghost.reason == reason).then_some(row)
        })
        .await
    }

    async fn audit(&self) -> Vec<(String, String)> {
        sqlx::query_as("SELECT CAST(subject AS CHAR), CAST(outcome AS CHAR) FROM audit ORDER BY id")
            .fetch_all(&self.app.pool)
            .await
            .unwrap()
    }
}

fn agent(name: &str) -> AgentKey {
    AgentKey::new(&NodeName::new(NODE), name)
}

async fn repair(browser: &Browser, ghost: GhostKey, repair: Repair) -> Answer {
    browser.call("/api/ghosts/repair", &json!({ "ghost": ghost, "repair": repair }).to_string()).await
}

/// Agents with a tier in the queue.
fn agents_of(switch: &DemoSwitch, queue: &str) -> Vec<String> {
    let tiers = switch.api("callcenter_config tier list");
    let rows = tiers.lines().filter_map(|line| line.strip_prefix(&format!("{queue}|")));
    rows.filter_map(|row| row.split('|').next()).map(str::to_owned).collect()
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn stuck_agents_are_marked_freed_and_offered_calls_again(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let supervisor = floor.app.signed_in(Role::Supervisor).await;
    let names = agents_of(&floor.switch, QUEUE);
    let ghosts = [
        ("receiving", GhostReason::RingingForNobody),
        ("reserved", GhostReason::ReservedForNobody),
        ("in-call", GhostReason::TalkingToNobody),
    ];
    for ((state, _), name) in ghosts.iter().zip(&names) {
        floor.order(&format!("demo ghost agent {name} {state}"));
    }
    for ((_, reason), name) in ghosts.iter().zip(&names) {
        floor.until_marked(name, *reason).await;
    }
    assert!(floor.board().agents.iter().filter(|row| row.ghost.is_some()).count() == ghosts.len());

    for name in &names[..ghosts.len()] {
        let answer = repair(&supervisor, GhostKey::Agent(agent(name)), Repair::FreeAgent).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        floor.until_free(name).await;
    }
    let audit: Vec<_> = names[..3].iter().map(|name| (format!("{NODE}/{name}"), "done".to_owned())).collect();
    assert_eq!(floor.audit().await, audit);

    // Free in earnest: a tier that had stayed closed would let no offer through.
    for name in &names[..ghosts.len()] {
        floor.order(&format!("callcenter_config agent set status {name} Available"));
        let queues = floor.switch.api("callcenter_config tier list");
        let own = queues.lines().filter(|line| line.contains(name.as_str()));
        assert!(own.clone().count() > 0 && own.clone().all(|line| line.contains("|Ready|")), "{queues}");
        let caller = floor.order(&format!("demo call {QUEUE} 13800138000 张三"));
        eventually("the agent is rung", async || {
            let row = floor.board().agents.into_iter().find(|row| row.key == agent(name))?;
            (row.presence == Presence::Ringing).then_some(())
        })
        .await;
        floor.order(&format!("demo hangup {}", caller.trim_start_matches("+OK ").trim()));
        floor.order(&format!("callcenter_config agent set status {name} 'Logged Out'"));
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_phone_that_rings_for_nobody_is_hung_up(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let admin = floor.app.signed_in(Role::Admin).await;
    let name = &agents_of(&floor.switch, QUEUE)[0];
    // The dispatcher would offer the next caller by itself.
    floor.order(&format!("callcenter_config agent set status {name} Available"));
    floor.order(&format!("demo ghost phone {QUEUE} {name}"));
    floor.until_marked(name, GhostReason::PhoneLeftRinging).await;

    let other = repair(&admin, GhostKey::Agent(agent(name)), Repair::FreeAgent).await;
    assert_eq!((other.status.as_u16(), other.json::<ApiError>()), (409, ApiError::Healed));
    let answer = repair(&admin, GhostKey::Agent(agent(name)), Repair::HangUpPhone).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    floor.until_free(name).await;
    assert_eq!(floor.switch.api("show channels as json"), "{\"row_count\": 0}\n");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn an_agent_who_has_a_call_after_all_is_not_freed(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let supervisor = floor.app.signed_in(Role::Supervisor).await;
    let name = &agents_of(&floor.switch, QUEUE)[0];
    floor.order(&format!("demo ghost agent {name} in-call"));
    floor.until_marked(name, GhostReason::TalkingToNobody).await;
    let user = name.split('@').next().unwrap();
    // The agent dials from the own phone: no event about the agent tells of it.
    floor.order(&format!("demo call {QUEUE} {user} Private"));
    let answer = repair(&supervisor, GhostKey::Agent(agent(name)), Repair::FreeAgent).await;
    assert_eq!((answer.status.as_u16(), answer.json::<ApiError>()), (409, ApiError::Healed));
    assert_eq!(floor.switch.api(&format!("callcenter_config agent get state {name}")), "In a queue call");
    assert!(floor.audit().await.iter().all(|(_, outcome)| outcome == "refused"));
    eventually("the mark is gone", async || floor.agent_mark(name).is_none().then_some(())).await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn callers_left_behind_are_marked_and_only_a_live_one_can_be_hung_up(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let supervisor = floor.app.signed_in(Role::Supervisor).await;
    let name = &agents_of(&floor.switch, QUEUE)[0];
    let leave = |state: &str| {
        let answer = floor.order(&format!("demo ghost member {QUEUE} {state} {name}"));
        answer.split_whitespace().nth(1).unwrap().to_owned()
    };
    for (state, reason) in [
        ("answered", GhostReason::TalkingWithoutCall),
        ("trying", GhostReason::RingingWithoutCall),
        ("waiting", GhostReason::WaitingWithoutCall),
    ] {
        let row = floor.marked_caller(&leave(state), reason).await;
        let answer = repair(&supervisor, GhostKey::Caller(row.key), reason.repair()).await;
        assert_eq!((answer.status.as_u16(), answer.json::<ApiError>()), (409, ApiError::Healed));
    }
    assert_eq!(floor.audit().await, []);

    let uuid = leave("alone");
    let row = floor.marked_caller(&uuid, GhostReason::LeftAlone).await;
    let healthy = floor.order(&format!("demo call {QUEUE} 13800138000 张三"));
    let answer = repair(&supervisor, GhostKey::Caller(row.key.clone()), Repair::HangUpCaller).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    eventually("the row is gone", async || {
        (!floor.board().members.iter().any(|member| member.key == row.key)).then_some(())
    })
    .await;
    assert_eq!(floor.audit().await, [(row.key.to_string(), "done".into())]);
    let healthy = healthy.trim_start_matches("+OK ").trim();
    assert_eq!(floor.switch.api(&format!("uuid_exists {healthy}")), "true");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_busy_floor_has_no_ghosts(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let names = agents_of(&floor.switch, QUEUE);
    for (place, name) in names.iter().enumerate() {
        let status = if place % 2 == 0 { "Available" } else { "'Available (On Demand)'" };
        floor.order(&format!("callcenter_config agent set status {name} {status}"));
        floor.order(&format!("demo phone {name} answer 100"));
    }
    for _ in 0..names.len() + 2 {
        floor.order(&format!("demo call {QUEUE} 13800138000 张三"));
    }
    eventually("all of them talk", async || {
        let talking = floor.board().agents.iter().filter(|row| row.presence == Presence::OnCall).count();
        (talking == names.len()).then_some(())
    })
    .await;
    // More rounds than a ghost needs, and more than a stay that is looked at by itself.
    let calls = || floor.app.state.switches.api_calls().map(|(_, calls)| calls).sum::<u64>();
    let before = calls();
    eventually("sixty rounds are over", async || (calls() - before >= 240).then_some(())).await;
    let board = floor.board();
    assert!(board.agents.iter().all(|row| row.ghost.is_none()), "{:?}", board.agents);
    assert!(board.members.iter().all(|row| row.ghost.is_none()), "{:?}", board.members);
    assert_eq!(board.members.len(), names.len() + 2);
}
