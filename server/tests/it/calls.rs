//! Live calls, and what supervisors do to them, to waiting callers and to agents.

use std::sync::atomic::{AtomicU32, Ordering};

use app::api::ApiError;
use app::api::calls::{CallView, CallsView};
use app::model::account::Role;
use app::model::agent::{AgentStatus, Presence, SetBy};
use app::model::board::MemberRow;
use app::model::call::{CallRow, CallState, LegRole, ListenMode};
use app::model::ids::{AgentKey, NodeName, QueueKey};
use app::model::metrics::QueueToday;
use app::model::supervise::{Serve, Steer, Unable};
use app::model::wall::Scope;
use demo_switch::{DemoSwitch, Options};
use serde_json::{Value, json};
use sqlx::MySqlPool;

use crate::harness::{Answer, Browser, MIGRATIONS, NODE, TestApp, eventually};

const QUEUE: &str = "support@default";

struct Floor {
    switch: DemoSwitch,
    app: TestApp,
    supervisor: Browser,
    /// Agents of the queue, all logged out; the telephone of the first is not the supervisor's.
    agents: Vec<String>,
    presses: AtomicU32,
}

impl Floor {
    /// A quiet switch, and a supervisor whose telephone is that of the last agent of the queue.
    async fn new(pool: MySqlPool) -> Self {
        let options = Options { agents: 12, queues: 2, ..Options::default() };
        let switch = DemoSwitch::start(options).await.unwrap();
        let app = TestApp::with_switch(pool, &switch).await;
        let supervisor = app.signed_in(Role::Supervisor).await;
        let tiers = switch.api("callcenter_config tier list");
        let of_queue = tiers.lines().filter_map(|line| line.strip_prefix(&format!("{QUEUE}|")));
        let agents: Vec<String> =
            of_queue.filter_map(|row| Some(row.split('|').next()?.to_owned())).collect();
        let floor = Self { switch, app, supervisor, agents, presses: AtomicU32::new(0) };
        let answer = floor
            .supervisor
            .call("/api/extensions/save", &format!("node={NODE}&extension={}", floor.extension()))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        floor.order(&format!("demo register {} 3600", floor.extension()));
        floor.order(&format!("demo phone {} answer 50", floor.extension()));
        floor
    }

    fn extension(&self) -> String {
        self.agents.last().unwrap().split('@').next().unwrap().to_owned()
    }

    fn order(&self, command: &str) -> String {
        let answer = self.switch.api(command);
        assert!(answer.starts_with("+OK"), "{command}: {answer}");
        answer.trim_start_matches("+OK").trim().to_owned()
    }

    /// Presses a button of the supervisor's: a new press each time.
    async fn press(&self, path: &str, body: Value) -> Answer {
        self.press_of(&self.supervisor, path, body).await
    }

    async fn press_of(&self, browser: &Browser, path: &str, mut body: Value) -> Answer {
        let press = self.presses.fetch_add(1, Ordering::Relaxed);
        body["press"] = json!(format!("press-{press}"));
        browser.call(path, &body.to_string()).await
    }

    async fn done(&self, path: &str, body: Value) {
        let answer = self.press(path, body).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }

    async fn refused(&self, path: &str, body: Value, why: Unable) {
        let answer = self.press(path, body).await;
        assert_eq!(answer.status, 409, "{path}: {}", answer.body);
        let ApiError::Refused { reason, .. } = answer.json() else { panic!("{}", answer.body) };
        assert_eq!(Unable::from_code(&reason), Some(why));
    }

    fn calls(&self) -> Vec<CallRow> {
        self.app.state.calls.rows(&Scope::All.into()).1
    }

    async fn call(&self, what: &str, is: impl Fn(&CallRow) -> bool) -> CallRow {
        eventually(what, async || self.calls().into_iter().find(|call| is(call))).await
    }

    /// A caller who talks to an agent.
    async fn talk(&self, agent: &str) -> CallRow {
        self.order(&format!("callcenter_config agent set status {agent} Available"));
        self.order(&format!("demo phone {agent} answer 50"));
        let session = self.order(&format!("demo call {QUEUE} 13800138000 张三"));
        let key = AgentKey::new(&NodeName::new(NODE), agent);
        eventually("the board shows the talk", async || {
            let row = self.app.state.hub.agent(&key)?;
            (row.presence == Presence::OnCall).then_some(())
        })
        .await;
        self.call("the two talk", |call| call.id.uuid == session && call.state == CallState::Talking).await
    }

    /// A caller who waits.
    async fn wait(&self, number: &str) -> MemberRow {
        let session = self.order(&format!("demo call {QUEUE} {number} Waiting"));
        eventually("the caller waits", async || self.member(&session)).await
    }

    fn member(&self, session: &str) -> Option<MemberRow> {
        let board = self.app.state.hub.snapshot(&Scope::All).board;
        board.members.into_iter().find(|member| member.session_uuid == session)
    }

    fn today(&self) -> QueueToday {
        let board = self.app.state.hub.snapshot(&Scope::All).board;
        let queues = board.queues.iter().map(|row| row.today);
        queues.fold(QueueToday::default(), |sum, today| sum.plus(&today))
    }

    fn status(&self, agent: &str) -> String {
        self.switch.api(&format!("callcenter_config agent get status {agent}"))
    }

    async fn audit(&self) -> Vec<(String, String)> {
        sqlx::query_as("SELECT CAST(action AS CHAR), CAST(outcome AS CHAR) FROM audit ORDER BY id")
            .fetch_all(&self.app.pool)
            .await
            .unwrap()
    }
}

fn agent_key(name: &str) -> AgentKey {
    AgentKey::new(&NodeName::new(NODE), name)
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn calls_are_those_of_the_switch(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let talking = floor.talk(&floor.agents[0]).await;
    let waiting = floor.wait("13800138001").await;
    let view: CallsView = floor.supervisor.call("/api/calls/list", "").await.json();
    assert_eq!(view.count, 2);
    let mut shown: Vec<String> =
        view.calls.iter().flat_map(|call| call.legs.iter().map(|leg| leg.uuid.clone())).collect();
    let list: Value = serde_json::from_str(&floor.switch.api("show channels as json")).unwrap();
    let mut listed: Vec<String> =
        list["rows"].as_array().unwrap().iter().map(|row| row["uuid"].as_str().unwrap().to_owned()).collect();
    shown.sort();
    listed.sort();
    assert_eq!(shown, listed);
    let call = view.calls.iter().find(|call| call.id == talking.id).unwrap();
    assert_eq!(call.agent, Some(agent_key(&floor.agents[0])));
    assert_eq!(call.queue, Some(QueueKey::new(&NodeName::new(NODE), QUEUE)));
    assert_eq!(call.legs[0].name, "张三");

    let by_leg = json!({ "id": { "node": NODE, "uuid": call.legs[1].uuid } }).to_string();
    let view: CallView = floor.supervisor.call("/api/calls/read", &by_leg).await.json();
    assert_eq!(view.detail.unwrap().row.id, talking.id);
    floor.order(&format!("uuid_kill {}", waiting.session_uuid));
    eventually("the call is gone", async || (floor.calls().len() == 1).then_some(())).await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn calls_are_there_after_a_start_in_the_middle_of_them(pool: MySqlPool) {
    let floor = Floor::new(pool.clone()).await;
    let talking = floor.talk(&floor.agents[0]).await;
    let other = TestApp::with_switch(pool, &floor.switch).await;
    let call = eventually("the call is known from the list", async || {
        other.state.calls.rows(&Scope::All.into()).1.into_iter().find(|call| call.state == CallState::Talking)
    })
    .await;
    assert_eq!((call.id, call.queue, call.agent), (talking.id, talking.queue, talking.agent));
    assert_eq!(call.legs.len(), 2);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_supervisor_listens_whispers_barges_and_stops(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let call = floor.talk(&floor.agents[0]).await;
    let body = || json!({ "call": call.id });
    floor.done("/api/calls/listen", body()).await;
    let listening = |mode: ListenMode| {
        move |call: &CallRow| {
            call.legs.iter().any(|leg| leg.role == LegRole::Listener && leg.mode == Some(mode))
        }
    };
    let listened = floor.call("somebody listens", listening(ListenMode::Listen)).await;
    let own = listened.legs.iter().find(|leg| leg.role == LegRole::Listener).unwrap();
    assert_eq!((listened.id.clone(), own.number.clone()), (call.id.clone(), floor.extension()));
    // The switch itself: the agent's leg has a bug of that leg.
    let agent_leg = listened.agent_leg().unwrap();
    assert!(floor.switch.api(&format!("uuid_buglist {}", agent_leg.uuid)).contains("eavesdrop"));

    floor.done("/api/calls/whisper", body()).await;
    floor.call("the supervisor whispers", listening(ListenMode::Whisper)).await;
    floor.done("/api/calls/barge", body()).await;
    let call_now = floor.call("the supervisor barges in", listening(ListenMode::Barge)).await;
    assert_eq!(call_now.legs.len(), 3, "by the same leg: {:?}", call_now.legs);

    floor.done("/api/calls/stop-listening", json!({ "listener": { "node": NODE, "uuid": own.uuid } })).await;
    floor.call("the two go on alone", |call| call.legs.len() == 2 && call.state == CallState::Talking).await;
    assert_eq!(floor.switch.api(&format!("uuid_exists {}", own.uuid)), "false");
    let actions: Vec<_> = floor.audit().await.into_iter().skip(1).collect();
    let done = |action: &str| (action.to_owned(), "done".to_owned());
    assert_eq!(actions, ["call.listen", "call.whisper", "call.barge", "call.stop-listening"].map(done));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn without_a_telephone_or_a_talk_nobody_listens(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let waiting = floor.wait("13800138001").await;
    let body = json!({ "call": { "node": NODE, "uuid": waiting.session_uuid } });
    floor.refused("/api/calls/listen", body.clone(), Unable::NotConnected).await;
    floor.supervisor.call("/api/extensions/save", &format!("node={NODE}")).await;
    floor.refused("/api/calls/listen", body, Unable::NoExtension).await;
    let answer = floor.supervisor.call("/api/extensions/save", &format!("node={NODE}&extension=1|2")).await;
    assert_eq!(answer.status, 422);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_call_is_held_recorded_taken_over_and_hung_up(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let call = floor.talk(&floor.agents[0]).await;
    let steer = |steer: Steer| json!({ "call": call.id, "steer": steer });
    floor.done("/api/calls/steer", steer(Steer::Hold(true))).await;
    floor.call("it is held", |call| call.state == CallState::Held).await;
    floor.refused("/api/calls/steer", steer(Steer::Hold(true)), Unable::Changed).await;
    floor.done("/api/calls/steer", steer(Steer::Hold(false))).await;
    floor.call("it is not held any more", |call| call.state == CallState::Talking).await;

    floor.done("/api/calls/record", json!({ "call": call.id, "is_on": true })).await;
    floor.call("it is recorded", |call| call.recording().is_some()).await;
    floor.refused("/api/calls/record", json!({ "call": call.id, "is_on": true }), Unable::Changed).await;
    floor.done("/api/calls/record", json!({ "call": call.id, "is_on": false })).await;
    floor.call("it is not recorded any more", |call| call.recording().is_none()).await;

    floor.done("/api/calls/steer", steer(Steer::TakeOver)).await;
    let taken = floor
        .call("the supervisor talks to the customer", |call| {
            call.state == CallState::Talking
                && call.second().is_some_and(|leg| leg.number == floor.extension())
        })
        .await;
    assert_eq!(taken.id, call.id);
    floor.done("/api/calls/steer", steer(Steer::HangUp)).await;
    eventually("nobody is on the phone", async || floor.calls().is_empty().then_some(())).await;
    let answer = floor.press("/api/calls/steer", steer(Steer::HangUp)).await;
    assert_eq!(answer.json::<ApiError>(), ApiError::NotFound);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn what_a_dial_string_would_take_apart_never_reaches_the_switch(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let call = floor.talk(&floor.agents[0]).await;
    for to in ["1007 XML default", "1|2", "{a=b}1", "1\n2", "'"] {
        let body = json!({ "call": call.id, "steer": { "Transfer": to } });
        let answer = floor.press("/api/calls/steer", body).await;
        assert_eq!(answer.status, 422, "{to:?}: {}", answer.body);
    }
    assert_eq!(floor.calls(), std::slice::from_ref(&call));
    floor.done("/api/calls/steer", json!({ "call": call.id, "steer": { "Transfer": "queue-sales" } })).await;
    floor
        .call("it is in the other queue", |call| {
            call.queue.as_ref().is_some_and(|queue| queue.name == "sales@default")
        })
        .await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_caller_who_is_made_first_stays_one_contact(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let (first, second) = (floor.wait("13800138001").await, floor.wait("13800138002").await);
    let serve = |row: &MemberRow, serve: Serve| json!({ "caller": row.key, "serve": serve });
    floor.refused("/api/callers/serve", serve(&first, Serve::MakeFirst), Unable::AlreadyFirst).await;
    floor.done("/api/callers/serve", serve(&second, Serve::MakeFirst)).await;
    let moved = eventually("the caller is in the queue anew", async || {
        floor.member(&second.session_uuid).filter(|row| row.key != second.key)
    })
    .await;
    assert_eq!(moved.joined_at, second.joined_at, "the time waited stays");
    let list = floor.switch.api("callcenter_config queue list members support@default");
    let score = |number: &str| {
        let line = list.lines().find(|line| line.contains(number) && !line.contains("Abandoned")).unwrap();
        line.split('|').next_back().unwrap().trim().parse::<i64>().unwrap()
    };
    assert!(score("13800138002") > score("13800138001"), "{list}");
    let today = eventually("the move is counted", async || {
        let today = floor.today();
        (today.moved == 1).then_some(today)
    })
    .await;
    assert_eq!((today.abandoned, today.offered()), (0, 0));

    // Whom a colleague has answered meanwhile does not wait any more.
    floor.order(&format!("uuid_kill {}", moved.session_uuid));
    eventually("one caller is left", async || floor.member(&moved.session_uuid).is_none().then_some(()))
        .await;
    let today = floor.today();
    assert_eq!((today.abandoned, today.moved), (1, 1), "who gives up after being moved is one who abandoned");
    let answer = floor.press("/api/callers/serve", serve(&moved, Serve::MakeFirst)).await;
    assert_eq!(answer.json::<ApiError>(), ApiError::NotFound);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_caller_is_moved_answered_and_given_away(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let rows =
        [floor.wait("13800138001").await, floor.wait("13800138002").await, floor.wait("13800138003").await];
    let serve = |row: &MemberRow, serve: Serve| json!({ "caller": row.key, "serve": serve });
    let sales = QueueKey::new(&NodeName::new(NODE), "sales@default");
    floor
        .refused(
            "/api/callers/serve",
            serve(&rows[0], Serve::MoveTo(rows[0].queue.clone())),
            Unable::SameQueue,
        )
        .await;
    floor.done("/api/callers/serve", serve(&rows[0], Serve::MoveTo(sales.clone()))).await;
    let moved = eventually("the caller is in the other queue", async || {
        floor.member(&rows[0].session_uuid).filter(|row| row.queue == sales)
    })
    .await;
    assert_eq!(moved.joined_at, rows[0].joined_at);

    floor.done("/api/callers/serve", serve(&rows[1], Serve::AnswerMyself)).await;
    floor
        .call("the supervisor talks to the caller", |call| {
            call.id.uuid == rows[1].session_uuid
                && call.state == CallState::Talking
                && call.second().is_some_and(|leg| leg.number == floor.extension())
        })
        .await;

    let agent = &floor.agents[0];
    let number = agent.trim_end_matches("@default");
    floor.order(&format!("demo register {number} 3600"));
    floor.order(&format!("demo phone {number} answer 50"));
    floor.done("/api/callers/serve", serve(&rows[2], Serve::GiveTo(agent_key(agent)))).await;
    floor
        .call("the agent talks to the caller", |call| {
            call.id.uuid == rows[2].session_uuid
                && call.state == CallState::Talking
                && call.second().is_some_and(|leg| leg.agent == Some(agent_key(agent)))
        })
        .await;
    let today = eventually("all of them count as moved", async || {
        let today = floor.today();
        (today.moved == 3).then_some(today)
    })
    .await;
    assert_eq!(today.abandoned, 0);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_telephone_that_is_not_answered_costs_the_caller_nothing(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    floor.order(&format!("demo phone {} busy 50", floor.extension()));
    let row = floor.wait("13800138001").await;
    let answer =
        floor.press("/api/callers/serve", json!({ "caller": row.key, "serve": Serve::AnswerMyself })).await;
    let ApiError::Refused { reason, .. } = answer.json() else { panic!("{}", answer.body) };
    assert_eq!(reason, "USER_BUSY");
    assert_eq!(floor.member(&row.session_uuid).map(|row| row.key), Some(row.key));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_status_is_forced_with_a_reason_and_says_by_whom(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    let agent = &floor.agents[0];
    let key = agent_key(agent);
    let body = |status: &str, seen: AgentStatus| json!({ "agent": key, "status": status, "reason": "training", "seen": seen });
    floor.done("/api/agents/status", body("on-break", AgentStatus::LoggedOut)).await;
    let row = eventually("the agent is on break", async || {
        floor.app.state.hub.agent(&key).filter(|row| row.status == AgentStatus::OnBreak)
    })
    .await;
    assert_eq!(row.set_by, Some(SetBy::User { display_name: "supervisor 示例".into() }));
    assert_eq!(floor.status(agent), "On Break");
    // A colleague who still sees the agent logged out overwrites nothing.
    floor.refused("/api/agents/status", body("available", AgentStatus::LoggedOut), Unable::Changed).await;
    assert_eq!(floor.status(agent), "On Break");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn two_supervisors_at_once_end_in_one_action(pool: MySqlPool) {
    let floor = Floor::new(pool).await;
    floor.app.add_user_named("second", Role::Supervisor).await;
    let second = floor.app.sign_in("second").await;
    let key = agent_key(&floor.agents[0]);
    let body = |status: &str| json!({ "agent": key, "status": status, "reason": "meal", "seen": AgentStatus::LoggedOut });
    let (one, other) = tokio::join!(
        floor.press("/api/agents/status", body("on-break")),
        floor.press_of(&second, "/api/agents/status", body("available")),
    );
    // The board of the second may not show yet what the first has done; then the switch has both, in order.
    let statuses = [one.status.as_u16(), other.status.as_u16()];
    assert!(statuses.contains(&200), "{statuses:?}");

    let press =
        json!({ "agent": key, "status": "logged-out", "reason": null, "seen": "OnBreak", "press": "same" });
    floor.order(&format!("callcenter_config agent set status {} 'On Break'", floor.agents[0]));
    eventually("the board shows it", async || {
        floor.app.state.hub.agent(&key).filter(|row| row.status == AgentStatus::OnBreak)
    })
    .await;
    let twice = [press.to_string(), press.to_string()];
    for body in &twice {
        let answer = floor.supervisor.call("/api/agents/status", body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let sent = floor.audit().await.into_iter().filter(|(action, _)| action == "agent.force-status").count();
    assert_eq!(sent, 3, "the same press acts once");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn an_agent_is_logged_out_when_the_call_ends(pool: MySqlPool) {
    let floor = Floor::new(pool.clone()).await;
    let agent = floor.agents[0].clone();
    let key = agent_key(&agent);
    let later = |is_wanted: bool| json!({ "agent": key, "is_wanted": is_wanted });
    floor.refused("/api/agents/log-out-later", later(true), Unable::NotInCall).await;
    let call = floor.talk(&agent).await;
    floor.done("/api/agents/log-out-later", later(true)).await;
    let shown = async |is_shown: bool| {
        eventually("the board shows the wish", async || {
            let row = floor.app.state.hub.agent(&key)?;
            (row.log_out_wanted_by.is_some() == is_shown).then_some(())
        })
        .await;
    };
    shown(true).await;
    floor.refused("/api/agents/log-out-later", later(true), Unable::Changed).await;
    floor.done("/api/agents/log-out-later", later(false)).await;
    shown(false).await;
    floor.done("/api/agents/log-out-later", later(true)).await;
    shown(true).await;
    assert_eq!(floor.status(&agent), "Available", "until then the agent stays as they are");
    floor.order(&format!("uuid_kill {}", call.id.uuid));
    eventually("the agent is logged out", async || (floor.status(&agent) == "Logged Out").then_some(()))
        .await;
    shown(false).await;
    eventually("it is on record as done", async || {
        let last = floor.audit().await.pop();
        (last == Some(("agent.log-out-at-end".into(), "done".into()))).then_some(())
    })
    .await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_wish_outlives_a_start_of_the_server(pool: MySqlPool) {
    let floor = Floor::new(pool.clone()).await;
    let agent = floor.agents[0].clone();
    let call = floor.talk(&agent).await;
    floor.done("/api/agents/log-out-later", json!({ "agent": agent_key(&agent), "is_wanted": true })).await;
    let Floor { switch, app, .. } = floor;
    app.stop().await;
    let app = TestApp::with_switch(pool, &switch).await;
    eventually("the wish is on the new board", async || {
        app.state.hub.agent(&agent_key(&agent))?.log_out_wanted_by
    })
    .await;
    switch.api(&format!("uuid_kill {}", call.id.uuid));
    eventually("the agent is logged out", async || {
        (switch.api(&format!("callcenter_config agent get status {agent}")) == "Logged Out").then_some(())
    })
    .await;
}
