//! The own call of an agent: hold, hang up, transfer, three-way, wrap-up, and what is written down. The demo switch's
//! channels prove what was done.

use app::api::ApiError;
use app::api::desk::DeskSignals;
use app::model::account::Role;
use app::model::agent::{AgentRow, Presence};
use app::model::day::OwnDay;
use app::model::ids::{AgentKey, NodeName};
use app::model::note::CallerView;
use app::model::own_call::{CallTarget, TargetRow};
use demo_switch::{DemoSwitch, Options};
use serde_json::json;
use sqlx::MySqlPool;

use crate::harness::{Browser, MIGRATIONS, NODE, TestApp, eventually};

const AGENT: &str = "1007@default";
const NUMBER: &str = "13800138000";

async fn switch() -> DemoSwitch {
    DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap()
}

fn row(app: &TestApp) -> Option<AgentRow> {
    app.state.hub.agent(&AgentKey::new(&NodeName::new(NODE), AGENT))
}

async fn becomes(app: &TestApp, presence: Presence) -> AgentRow {
    let what = format!("the agent is {presence:?}");
    eventually(&what, async || row(app).filter(|row| row.presence == presence)).await
}

/// A caller in a queue of the agent, whom the agent has answered: the caller's channel.
async fn talks(app: &TestApp, switch: &DemoSwitch) -> String {
    for other in 1001..=1010 {
        switch.api(&format!("callcenter_config agent set status {other}@default 'Logged Out'"));
    }
    switch.api(&format!("callcenter_config agent set status {AGENT} Available"));
    becomes(app, Presence::Available).await;
    let queue = row(app).unwrap().tiers[0].queue.name.clone();
    let answer = switch.api(&format!("demo call {queue} {NUMBER} 张三"));
    let session = answer.trim().trim_start_matches("+OK ").to_owned();
    becomes(app, Presence::Ringing).await;
    switch.api(&format!("demo answer {AGENT}"));
    becomes(app, Presence::OnCall).await;
    session
}

fn agent_channel(switch: &DemoSwitch) -> String {
    switch.api(&format!("callcenter_config agent get uuid {AGENT}"))
}

fn call_state(switch: &DemoSwitch, uuid: &str) -> String {
    let dump: serde_json::Value =
        serde_json::from_str(&switch.api(&format!("uuid_dump {uuid} json"))).unwrap();
    dump["Channel-Call-State"].as_str().unwrap_or_default().to_owned()
}

fn exists(switch: &DemoSwitch, uuid: &str) -> bool {
    switch.api(&format!("uuid_exists {uuid}")).trim() == "true"
}

async fn audit(app: &TestApp) -> Vec<(String, String)> {
    sqlx::query_as("SELECT CAST(action AS CHAR), CAST(outcome AS CHAR) FROM audit ORDER BY id")
        .fetch_all(&app.pool)
        .await
        .unwrap()
}

async fn caller(agent: &Browser) -> CallerView {
    agent.call("/api/caller/read", "").await.json::<Option<CallerView>>().unwrap()
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_caller_is_held_taken_back_and_hung_up(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    let answer = agent.call("/api/own-call/hold", "is_held=true").await;
    assert_eq!((answer.status.as_u16(), answer.json::<ApiError>()), (404, ApiError::NotFound), "no call");

    talks(&app, &switch).await;
    let channel = agent_channel(&switch);
    assert_eq!(agent.call("/api/own-call/hold", "is_held=true").await.status, 200);
    assert_eq!(call_state(&switch, &channel), "HELD");
    let held = |row: &AgentRow| row.call.as_ref().is_some_and(|call| call.held_since.is_some());
    eventually("the desk shows it", async || row(&app).filter(held)).await;
    assert_eq!(agent.call("/api/own-call/hold", "").await.status, 200);
    assert_ne!(call_state(&switch, &channel), "HELD");
    eventually("and that it is over", async || row(&app).filter(|row| !held(row))).await;

    assert_eq!(agent.call("/api/own-call/hang-up", "press=one").await.status, 200);
    assert!(!exists(&switch, &channel));
    becomes(&app, Presence::WrapUp).await;
    // The same press again is told what became of it, and does nothing to a later call.
    assert_eq!(agent.call("/api/own-call/hang-up", "press=one").await.status, 200);
    let done = |action: &str| (action.to_owned(), "done".to_owned());
    let refused = ("call.hold".to_owned(), "refused".to_owned());
    assert_eq!(audit(&app).await, [refused, done("call.hold"), done("call.take-back"), done("call.hang-up")]);
}

/// SwitchDesk has no part in it: the telephone itself holds.
#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_hold_at_the_telephone_is_on_the_desk(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    talks(&app, &switch).await;
    let channel = agent_channel(&switch);
    let held = |row: &AgentRow| row.call.as_ref().is_some_and(|call| call.held_since.is_some());
    assert!(!held(&row(&app).unwrap()));
    assert!(switch.api(&format!("uuid_hold {channel}")).starts_with("+OK"));
    let since =
        eventually("the desk shows it", async || row(&app).filter(held)).await.call.unwrap().held_since;
    let later = row(&app).unwrap().call.unwrap().held_since;
    assert_eq!(later, since, "said again, it began when it began");
    assert!(switch.api(&format!("uuid_hold off {channel}")).starts_with("+OK"));
    eventually("and that it is over", async || row(&app).filter(|row| !held(row))).await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn hanging_up_works_while_the_database_is_away(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    talks(&app, &switch).await;
    assert_eq!(agent.call("/api/desk/read", "").await.status, 200);
    let channel = agent_channel(&switch);
    app.pool.close().await;
    app.state.database.note_away();
    let answer = agent.call("/api/own-call/hang-up", "press=one").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(!exists(&switch, &channel));
    becomes(&app, Presence::WrapUp).await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_caller_is_transferred_to_a_colleague_or_a_queue(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    let session = talks(&app, &switch).await;
    for hostile in ["{x=1}1008", "1008|1009", "1008&park", "10'08", "10\"08", "1008\n1009"] {
        let body = json!({ "to": CallTarget::Number(hostile.into()), "press": hostile }).to_string();
        let answer = agent.call("/api/own-call/transfer", &body).await;
        let ApiError::Invalid(problems) = answer.json() else { panic!("{hostile:?}: {}", answer.body) };
        assert_eq!(problems[0].field, "to");
    }
    assert!(audit(&app).await.is_empty(), "nothing was asked of the switch");

    switch.api("demo register 1008 600");
    switch.api("callcenter_config agent set status 1008@default 'On Break'");
    let targets: Vec<TargetRow> = eventually("the colleague can be chosen", async || {
        let targets: Vec<TargetRow> = agent.call("/api/own-call/targets", "").await.json();
        let is_colleague =
            |row: &TargetRow| matches!(&row.target, CallTarget::Agent(key) if key.name == "1008@default");
        targets.iter().any(is_colleague).then_some(targets)
    })
    .await;
    assert!(targets.iter().any(|row| matches!(row.target, CallTarget::Queue(_))));

    let own = agent_channel(&switch);
    let to = CallTarget::Agent(AgentKey::new(&NodeName::new(NODE), "1008@default"));
    let body = json!({ "to": to, "press": "p1" }).to_string();
    let answer = agent.call("/api/own-call/transfer", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    eventually("the own telephone is free", async || (!exists(&switch, &own)).then_some(())).await;
    assert!(exists(&switch, &session), "the caller is not let go");
    assert!(
        switch.api("show channels").contains("user/1008") || switch.api("show channels").contains("1008")
    );
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_third_is_let_in_and_left_with_the_caller(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    let session = talks(&app, &switch).await;
    switch.api("demo register 1008 600");
    switch.api("demo phone 1008 answer 50");
    let to = CallTarget::Agent(AgentKey::new(&NodeName::new(NODE), "1008@default"));
    let body = json!({ "to": to, "press": "p1" }).to_string();
    let answer = agent.call("/api/own-call/add", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let third = |row: &AgentRow| row.call.as_ref().and_then(|call| call.third.clone());
    let name = eventually("the desk names the third", async || third(&row(&app)?)).await;
    assert!(name.contains("1008"), "{name}");

    let own = agent_channel(&switch);
    let answer = agent.call("/api/own-call/leave", "press=p2").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    eventually("the agent is out", async || (!exists(&switch, &own)).then_some(())).await;
    assert!(exists(&switch, &session), "the caller talks on");
    let answer = agent.call("/api/own-call/leave", "press=p3").await;
    assert_eq!(answer.status, 404, "there is no call to leave any more");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_wrap_up_is_prolonged_and_cut_short_and_comes_back(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    assert_eq!(agent.call("/api/own-call/wrap-up", "step=ready").await.status, 404, "there is none");
    talks(&app, &switch).await;
    assert_eq!(agent.call("/api/own-call/hang-up", "press=1").await.status, 200);
    let until = becomes(&app, Presence::WrapUp).await.wrap_up_until.unwrap();
    assert_eq!(agent.call("/api/own-call/wrap-up", "step=more").await.status, 200);
    eventually("a minute more", async || {
        (row(&app)?.wrap_up_until?.since(until).whole_s() >= 59).then_some(())
    })
    .await;

    let stored = || async {
        let rows: Vec<(u32,)> =
            sqlx::query_as("SELECT wrap_up_s FROM wrap_up_restores").fetch_all(&app.pool).await.unwrap();
        rows
    };
    assert_eq!(agent.call("/api/own-call/wrap-up", "step=ready").await.status, 200);
    becomes(&app, Presence::Available).await;
    assert_eq!(stored().await, [(10,)], "what it goes back to is on record");
    let wrap_up = |switch: &DemoSwitch| {
        let list = switch.api(&format!("callcenter_config agent list {AGENT}"));
        let mut lines = list.lines().map(|line| line.split('|').map(str::to_owned).collect::<Vec<_>>());
        let (names, values) = (lines.next().unwrap(), lines.next().unwrap());
        let place = names.iter().position(|name| name == "wrap_up_time").unwrap();
        values[place].clone()
    };
    assert_eq!(wrap_up(&switch), "0");
    // The next call is offered at once, and its offer brings the wrap-up back.
    let queue = row(&app).unwrap().tiers[0].queue.name.clone();
    switch.api(&format!("demo call {queue} 13900139000 李四"));
    becomes(&app, Presence::Ringing).await;
    eventually("the wrap-up is back", async || (wrap_up(&switch) == "10").then_some(())).await;
    eventually("and nothing is pending", async || stored().await.is_empty().then_some(())).await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn outcome_and_notes_stay_with_the_call_and_the_number(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    let nobody: Option<CallerView> = agent.call("/api/caller/read", "").await.json();
    assert_eq!(nobody, None);
    talks(&app, &switch).await;
    let view = caller(&agent).await;
    assert_eq!((view.number.as_str(), view.earlier.len()), (NUMBER, 0));
    let code = view.outcomes[0].name.code.clone();
    let note =
        |outcome: &str| json!({ "member": view.member, "note": { "outcome": outcome, "text": "<b>x</b>" } });
    let refused = agent.call("/api/caller/call-note", &note("invented").to_string()).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert_eq!(agent.call("/api/caller/call-note", &note(&code).to_string()).await.status, 200);
    let words = |text: &str, version: u32| {
        json!({ "member": view.member, "text": text, "version": version }).to_string()
    };
    assert_eq!(agent.call("/api/caller/number-note", &words("speaks Cantonese", 0)).await.status, 200);
    let conflict = agent.call("/api/caller/number-note", &words("mine", 0)).await;
    assert_eq!((conflict.status.as_u16(), conflict.json::<ApiError>()), (409, ApiError::Conflict));
    assert_eq!(agent.call("/api/caller/number-note", &words("speaks Hakka", 1)).await.status, 200);

    // Still editable in wrap-up and after it, until the next call.
    assert_eq!(agent.call("/api/own-call/hang-up", "press=1").await.status, 200);
    becomes(&app, Presence::WrapUp).await;
    eventually("the call is on record", async || {
        let view: Option<CallerView> = agent.call("/api/caller/read", "").await.json();
        view.filter(|view| view.call_note.outcome.as_deref() == Some(&*code))
    })
    .await;
    assert_eq!(agent.call("/api/caller/call-note", &note("").to_string()).await.status, 200);
    assert_eq!(agent.call("/api/caller/call-note", &note(&code).to_string()).await.status, 200);

    assert_eq!(agent.call("/api/own-call/wrap-up", "step=ready").await.status, 200);
    becomes(&app, Presence::Available).await;
    let queue = view.queue.name.clone();
    switch.api(&format!("demo call {queue} {NUMBER} 张三"));
    becomes(&app, Presence::Ringing).await;
    let again = caller(&agent).await;
    assert_ne!(again.member, view.member);
    assert_eq!(again.earlier.len(), 1);
    assert_eq!(again.earlier[0].outcome.as_ref().map(|name| name.code.as_str()), Some(&*code));
    assert_eq!(again.earlier[0].note, "<b>x</b>");
    assert_eq!((again.number_note.text.as_str(), again.number_note.version), ("speaks Hakka", 2));
    let late = agent.call("/api/caller/call-note", &note(&code).to_string()).await;
    assert_eq!(late.status, 404, "the call before is closed: {}", late.body);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn the_own_day_is_on_record_and_goes_on(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    talks(&app, &switch).await;
    assert_eq!(agent.call("/api/own-call/hang-up", "press=1").await.status, 200);
    becomes(&app, Presence::WrapUp).await;
    let day: OwnDay = eventually("the day has the call", async || {
        let day: OwnDay = agent.call("/api/desk/day", "").await.json();
        let seen: Vec<Presence> = day.segments.iter().map(|segment| segment.presence).collect();
        (seen.ends_with(&[Presence::OnCall, Presence::WrapUp])).then_some(day)
    })
    .await;
    assert_eq!(day.own.answered, 1);
    assert!(day.segments.iter().rev().skip(1).all(|segment| segment.to.is_some()), "{day:?}");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn how_a_desk_calls_is_kept_per_user(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let agent = app.signed_in(Role::Agent).await;
    let silent = DeskSignals { has_title: true, has_sound: false };
    let body = json!({ "signals": silent }).to_string();
    assert_eq!(agent.call("/api/desk/signals", &body).await.status, 200);
    let desk: app::api::desk::DeskView = agent.call("/api/desk/read", "").await.json();
    assert_eq!(desk.signals, silent);
}
