//! What happened is on record, and today's numbers with it: over restarts, losses and outages.

use app::model::ids::{AgentKey, NodeName, QueueKey};
use app::model::metrics::QueueToday;
use app::model::wall::Scope;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use demo_switch::{DemoSwitch, Options};
use serde_json::Value;
use sqlx::MySqlPool;

use crate::harness::{Answer, MIGRATIONS, NODE, TestApp, eventually};

const ANSWERED: &str = include_str!("../transcripts/cdr-answered.json");
const ABANDONED: &str = include_str!("../transcripts/cdr-abandoned.json");
const QUEUE: &str = "support@default";
const CREDENTIALS: [&str; 4] = ["--switch-web-user", "fs", "--switch-web-password", "hush"];

async fn switch() -> DemoSwitch {
    let switch =
        DemoSwitch::start(Options { agents: 3, queues: 3, heartbeat_seconds: 0.2, ..Options::default() })
            .await
            .unwrap();
    // One agent in one queue: calls go where the test says.
    for command in
        ["agent del 1002@default", "agent del 1003@default", "agent set wrap_up_time 1001@default 2"]
    {
        assert_eq!(switch.api(&format!("callcenter_config {command}")), "+OK\n");
    }
    switch
}

fn queue() -> QueueKey {
    QueueKey::new(&NodeName::new(NODE), QUEUE)
}

fn today(app: &TestApp) -> QueueToday {
    let board = app.state.hub.snapshot(&Scope::All).board;
    board.queues.into_iter().find(|row| row.key == queue()).map(|row| row.today).unwrap_or_default()
}

fn agent_today(app: &TestApp) -> (u32, u32, u32) {
    let agent = app.state.hub.agent(&AgentKey::new(&NodeName::new(NODE), "1001@default")).unwrap();
    (agent.answered_today, agent.missed_today, agent.talk_s_today)
}

fn incomplete(app: &TestApp) -> usize {
    app.state.hub.snapshot(&Scope::All).board.nodes.iter().map(|node| node.incomplete.len()).sum()
}

async fn counted(app: &TestApp, what: &str, is: impl Fn(&QueueToday) -> bool) -> QueueToday {
    eventually(what, async || Some(today(app)).filter(&is)).await
}

fn call(switch: &DemoSwitch) -> String {
    let answer = switch.api(&format!("demo call {QUEUE} 13800138000 张三"));
    answer.strip_prefix("+OK ").expect("a call").trim().to_owned()
}

/// A call that agent 1001 answers and ends.
async fn answered_call(app: &TestApp, switch: &DemoSwitch) {
    let before = today(app);
    switch.api("callcenter_config agent set status 1001@default Available");
    call(switch);
    eventually("the telephone rings", async || {
        switch.api("demo answer 1001@default").starts_with("+OK").then_some(())
    })
    .await;
    counted(app, "the answer", |today| today.answered > before.answered).await;
    assert_eq!(switch.api("demo end 1001@default"), "+OK\n");
    counted(app, "the talk", |today| today.handled > before.handled).await;
    switch.api("callcenter_config agent set status 1001@default 'On Break'");
}

async fn abandoned_call(app: &TestApp, switch: &DemoSwitch) {
    let before = today(app);
    let caller = call(switch);
    switch.api(&format!("demo hangup {caller}"));
    counted(app, "the abandoned call", |today| today.abandoned > before.abandoned).await;
}

/// queue, agent, outcome, complete.
async fn calls(pool: &MySqlPool) -> Vec<(String, Option<String>, Option<String>, bool)> {
    sqlx::query_as(
        "SELECT CAST(queue AS CHAR), CAST(agent AS CHAR), CAST(outcome AS CHAR), NOT is_incomplete FROM queue_calls
         ORDER BY joined_at_ms, id",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

/// A recorded call record as if its call had just ended.
fn recent(body: &str, member: &str) -> String {
    let mut json: Value = serde_json::from_str(body).unwrap();
    let end: i64 = json["variables"]["end_uepoch"].as_str().unwrap().parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    // Whole milliseconds, so that differences stay what they were.
    let shift_us = (i64::try_from(now.as_micros()).unwrap() - end) / 1_000 * 1_000;
    for (name, value) in json["variables"].as_object_mut().unwrap() {
        let unit = match name {
            name if name.ends_with("_uepoch") => 1,
            name if name.ends_with("_epoch") => 1_000_000,
            _ => continue,
        };
        let time: i64 = value.as_str().unwrap().parse().unwrap();
        if time > 0 {
            *value = ((time * unit + shift_us) / unit).to_string().into();
        }
    }
    for application in json["app_log"]["applications"].as_array_mut().unwrap() {
        let stamp: i64 = application["app_stamp"].as_str().unwrap().parse().unwrap();
        application["app_stamp"] = (stamp + shift_us).to_string().into();
    }
    json["variables"]["uuid"] = format!("channel of {member}").into();
    json["variables"]["cc_member_uuid"] = member.into();
    json.to_string()
}

/// As mod_json_cdr posts: no browser, no origin.
async fn post_cdr(app: &TestApp, path: &str, credentials: &str, body: &str) -> Answer {
    let mut switch = app.browser();
    switch.headers.retain(|(name, _)| *name != "origin");
    switch.headers.push(("authorization", format!("Basic {}", BASE64_STANDARD.encode(credentials))));
    switch.call(path, body).await
}

async fn stored_cdrs(pool: &MySqlPool) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM cdrs").fetch_one(pool).await.unwrap()
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn calls_offers_and_activity_are_on_record(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool.clone(), &switch).await;
    answered_call(&app, &switch).await;
    abandoned_call(&app, &switch).await;
    app.stop().await;
    assert_eq!(
        calls(&pool).await,
        [
            (QUEUE.into(), Some("1001@default".into()), Some("answered".into()), true),
            (QUEUE.into(), None, Some("abandoned".into()), true),
        ]
    );
    let name: String =
        sqlx::query_scalar("SELECT caller_name FROM queue_calls LIMIT 1").fetch_one(&pool).await.unwrap();
    assert_eq!(name, "张三");
    let offers: (i64, i64) =
        sqlx::query_as("SELECT COUNT(*), CAST(SUM(is_answered) AS SIGNED) FROM queue_offers")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(offers, (1, 1));
    let presences: Vec<(String, bool)> = sqlx::query_as(
        "SELECT CAST(presence AS CHAR), ended_at_ms IS NULL FROM agent_activity WHERE agent = '1001@default'
         ORDER BY started_at_ms, id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let names: Vec<&str> = presences.iter().map(|(name, _)| name.as_str()).collect();
    for presence in ["LoggedOut", "Available", "Ringing", "OnCall", "OnBreak"] {
        assert!(names.contains(&presence), "{names:?} lacks {presence}");
    }
    let open: Vec<_> = presences.iter().filter(|(_, is_open)| *is_open).collect();
    assert_eq!(open, [&("OnBreak".to_owned(), true)], "what goes on now, and nothing else, has no end");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn todays_numbers_survive_a_restart(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool.clone(), &switch).await;
    answered_call(&app, &switch).await;
    abandoned_call(&app, &switch).await;
    // One goes on over the restart.
    let caller = call(&switch);
    eventually("the third caller", async || {
        let members = app.state.hub.snapshot(&Scope::All).board.members;
        members.iter().any(|member| member.session_uuid == caller).then_some(())
    })
    .await;
    let (before, agent) = (today(&app), agent_today(&app));
    assert_eq!((before.answered, before.abandoned, before.handled), (1, 1, 1));
    app.stop().await;

    let app = TestApp::with_switch(pool.clone(), &switch).await;
    let after = counted(&app, "the numbers of before", |today| today.answered == 1).await;
    assert_eq!(after, before);
    assert_eq!(agent_today(&app), agent);
    switch.api(&format!("demo hangup {caller}"));
    counted(&app, "the caller who stayed over the restart", |today| today.abandoned == 2).await;
    let sum = today(&app);
    app.stop().await;
    // And again, with one row for that caller.
    assert_eq!(calls(&pool).await.len(), 3);
    let app = TestApp::with_switch(pool, &switch).await;
    assert_eq!(counted(&app, "the numbers of both", |today| today.abandoned == 2).await, sum);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn call_records_are_stored_once_and_from_the_switch_alone(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch_and(pool.clone(), &switch, &CREDENTIALS).await;
    for (path, credentials, body, status) in [
        ("/switch/cdr", "fs:wrong", ANSWERED, 401),
        ("/switch/cdr", "", ANSWERED, 401),
        ("/switch/cdr/fs-9", "fs:hush", ANSWERED, 404),
        ("/switch/cdr", "fs:hush", "no JSON", 400),
        ("/switch/cdr", "fs:hush", "{}", 400),
        ("/switch/cdr?uuid=x", "fs:hush", ANSWERED, 200),
        ("/switch/cdr/fs-1?uuid=x", "fs:hush", ANSWERED, 200),
        ("/switch/cdr", "fs:hush", ABANDONED, 200),
    ] {
        let answer = post_cdr(&app, path, credentials, body).await;
        assert_eq!(answer.status, status, "{path} {credentials}: {}", answer.body);
        assert!(!answer.body.contains('<'), "never a page");
    }
    assert_eq!(stored_cdrs(&pool).await, 2);
    let other = TestApp::with_switch(pool.clone(), &switch).await;
    assert_eq!(
        post_cdr(&other, "/switch/cdr", "freeswitch:", ANSWERED).await.status,
        401,
        "no password is set"
    );
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn call_records_close_what_events_missed(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch_and(pool.clone(), &switch, &CREDENTIALS).await;
    answered_call(&app, &switch).await;
    assert_eq!(incomplete(&app), 0);
    // The events stop for a while, in which one call is answered and one is abandoned.
    switch.api("demo restart");
    eventually("the gap is marked", async || (incomplete(&app) == 1).then_some(())).await;
    let before = today(&app);
    for (body, member) in [(ANSWERED, "m-1"), (ABANDONED, "m-2"), (ABANDONED, "m-2")] {
        assert_eq!(post_cdr(&app, "/switch/cdr", "fs:hush", &recent(body, member)).await.status, 200);
    }
    let after = counted(&app, "the calls of the gap", |today| {
        today.answered > before.answered && today.abandoned > before.abandoned
    })
    .await;
    assert_eq!((after.answered, after.abandoned, after.handled), (2, 1, 2));
    assert_eq!(after.answer_wait_ms, before.answer_wait_ms + 1_725);
    // Records flow again.
    assert_eq!(post_cdr(&app, "/switch/cdr", "fs:hush", &recent(ABANDONED, "m-3")).await.status, 200);
    let after = counted(&app, "the last call", |today| today.abandoned > after.abandoned).await;
    eventually("the gap is closed", async || (incomplete(&app) == 0).then_some(())).await;
    // What was completed is on record, and is not counted again.
    app.stop().await;
    let app = TestApp::with_switch(pool.clone(), &switch).await;
    assert_eq!(counted(&app, "the same after a restart", |today| today.answered == 2).await, after);
    assert!(calls(&pool).await.iter().all(|(_, _, _, is_complete)| *is_complete));
}
