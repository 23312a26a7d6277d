//! Callbacks: how they come about, who works on them, the call, and how they end.

use app::api::ApiError;
use app::model::account::Role;
use app::model::audit::AuditPage;
use app::model::callback::{
    CallbackDetail, CallbackList, CallbackOrigin, CallbackOutcome, CallbackRow, CallbackRule, CallbackState,
    OwnCallbacks, QueueRule,
};
use app::model::ids::{AgentKey, NodeName};
use app::model::thresholds::QueueTargets;
use app::model::wall::Scope;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use demo_switch::{DemoSwitch, Options};
use serde_json::json;
use sqlx::MySqlPool;

use crate::harness::{Answer, Browser, MIGRATIONS, NODE, TestApp, eventually};

const QUEUE: &str = "support@default";
const AGENT: &str = "1007@default";
const PHONE: &str = "13800138000";
const CREDENTIALS: [&str; 4] = ["--switch-web-user", "fs", "--switch-web-password", "hush"];

/// Agent 1007 serves `support`, has a telephone, and customers answer at once.
async fn switch() -> DemoSwitch {
    let switch = DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap();
    for command in [
        &format!("callcenter_config tier add {QUEUE} {AGENT} 1 1"),
        "demo register 1007 3600",
        "demo phone 1007 answer 20",
        &format!("demo phone {PHONE} answer 20"),
    ] {
        switch.api(command);
    }
    switch
}

async fn with_switch(pool: MySqlPool) -> (TestApp, DemoSwitch) {
    let switch = switch().await;
    let app = TestApp::with_switch_and(pool, &switch, &CREDENTIALS).await;
    eventually("the agent serves the queue", async || {
        let agent = app.state.hub.agent(&AgentKey::new(&NodeName::new(NODE), AGENT))?;
        agent.tiers.iter().any(|tier| tier.queue.name == QUEUE).then_some(())
    })
    .await;
    eventually("the queue has a row", async || {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM switch_queues WHERE name = ?")
            .bind(QUEUE)
            .fetch_one(&app.pool)
            .await
            .unwrap();
        (count == 1).then_some(())
    })
    .await;
    (app, switch)
}

/// As mod_curl posts: no browser, no origin.
async fn post(app: &TestApp, password: &str, body: &str) -> Answer {
    let mut curl = app.browser();
    curl.headers =
        vec![("authorization", format!("Basic {}", BASE64_STANDARD.encode(format!("fs:{password}"))))];
    curl.call("/switch/callback", body).await
}

async fn ask(app: &TestApp, phone: &str) {
    let answer = post(app, "hush", &format!("phone={phone}&queue=support")).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "taken\n"));
}

async fn list(browser: &Browser, filter: serde_json::Value) -> Vec<CallbackRow> {
    let answer = browser.call("/api/callbacks/list", &json!({ "filter": filter }).to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json::<CallbackList>().rows
}

async fn own(browser: &Browser) -> OwnCallbacks {
    browser.call("/api/callbacks/own", "").await.json()
}

async fn one(browser: &Browser, id: u64) -> CallbackRow {
    browser.call("/api/callbacks/read", &format!("id={id}")).await.json::<CallbackDetail>().row
}

async fn set_rule(browser: &Browser, rule: CallbackRule) {
    let body = json!({ "queue": { "node": NODE, "name": QUEUE }, "rule": rule }).to_string();
    let answer = browser.call("/api/callbacks/rule", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// No abandon is a short one.
async fn count_every_abandon(browser: &Browser) {
    let targets = QueueTargets { short_abandon_s: 0, ..QueueTargets::default() };
    let body = json!({ "queue": { "node": NODE, "name": QUEUE }, "targets": targets }).to_string();
    assert_eq!(browser.call("/api/queues/targets", &body).await.status, 200);
}

fn eager() -> CallbackRule {
    CallbackRule { is_from_abandoned: true, abandoned_after_s: 0, ..CallbackRule::default() }
}

/// A caller who hangs up while waiting.
async fn abandon(app: &TestApp, switch: &DemoSwitch, number: &str) {
    let answer = switch.api(&format!("demo call {QUEUE} {number} Sample"));
    let uuid = answer.strip_prefix("+OK ").unwrap().trim();
    eventually("the caller is on the board", async || {
        let board = app.state.hub.snapshot(&Scope::All).board;
        board.members.iter().any(|row| row.caller_number == number).then_some(())
    })
    .await;
    switch.api(&format!("demo hangup {uuid}"));
}

/// How many callers of that number are on record with that outcome.
async fn recorded(pool: &MySqlPool, number: &str, outcome: &str) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM queue_calls WHERE caller_number = ? AND outcome = ?")
        .bind(number)
        .bind(outcome)
        .fetch_one(pool)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn the_insert_of_the_guide_keeps_working_and_asks_once(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool.clone()).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    // As a Lua script writes it, whatever it takes for a timestamp.
    for statement in [
        "INSERT INTO callbacks (phone, queue, timestamp) VALUES ('138-0013-8000', 'support', NOW())",
        "INSERT INTO callbacks (phone, queue, timestamp) VALUES ('13800138000', 'support@default', 1732550000)",
        "INSERT INTO callbacks (phone, queue, timestamp) VALUES ('no number', 'support', 'soon')",
        "INSERT INTO callbacks (phone, queue) VALUES ('13900139000', 'sales')",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    let rows = eventually("the rows are taken in", async || {
        let rows = list(&supervisor, json!({})).await;
        (rows.len() == 2).then_some(rows)
    })
    .await;
    let asked = rows.iter().find(|row| row.phone == PHONE).unwrap();
    assert_eq!((asked.queue.name.as_str(), asked.state), (QUEUE, CallbackState::Open));
    assert_eq!(asked.origin, CallbackOrigin::Asked);
    assert!(rows.iter().any(|row| row.phone == "13900139000" && row.queue.name == "sales@default"));
    let states: Vec<(String,)> = sqlx::query_as("SELECT CAST(state AS CHAR) FROM callbacks ORDER BY id")
        .fetch_all(&pool)
        .await
        .unwrap();
    let states: Vec<&str> = states.iter().map(|(state,)| state.as_str()).collect();
    assert_eq!(states, ["open", "joined", "refused", "open"]);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_post_asks_and_a_second_one_refreshes(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    ask(&app, PHONE).await;
    let first = list(&supervisor, json!({})).await.remove(0);
    eventually("a later millisecond", async || (server::clock::now() > first.asked_at).then_some(())).await;
    let json = format!(r#"{{"phone":"{PHONE}","queue":"{QUEUE}"}}"#);
    assert_eq!(post(&app, "hush", &json).await.body, "taken\n");
    let rows = list(&supervisor, json!({})).await;
    let [row] = &*rows else { panic!("{rows:?}") };
    assert_eq!((row.id, row.requests), (first.id, 2));
    assert!(row.asked_at > first.asked_at);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_post_is_refused_in_short_words_and_never_lost(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool).await;
    for (password, body, status, words) in [
        ("wrong", "phone=1&queue=x", 401, "refused"),
        ("hush", "phone=anonymous&queue=support", 422, "refused"),
        ("hush", "phone=13800138000&queue=", 422, "refused"),
        ("hush", "<xml/>", 400, "refused"),
    ] {
        let answer = post(&app, password, body).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.body);
        assert!(answer.body.starts_with(words), "{}", answer.body);
        assert!(!answer.body.contains('<'), "{}", answer.body);
    }
    // A queue that nobody knows yet is no reason to lose it.
    assert_eq!(post(&app, "hush", "phone=13800138000&queue=of-tomorrow").await.status, 200);

    let lonely = TestApp::with(app.pool.clone(), &CREDENTIALS, server::switch::Switches::default());
    lonely.state.database.note_away();
    let answer = post(&lonely, "hush", "phone=13800138000&queue=support").await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.body.starts_with("later"), "{}", answer.body);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn who_gives_up_is_called_back_only_where_the_rule_says_so(pool: MySqlPool) {
    let (app, switch) = with_switch(pool.clone()).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    abandon(&app, &switch, PHONE).await;
    eventually("the call is on record", async || {
        (recorded(&pool, PHONE, "abandoned").await == 1).then_some(())
    })
    .await;
    assert!(list(&supervisor, json!({})).await.is_empty());

    // The default counts who hangs up within five seconds as a short abandon.
    count_every_abandon(&supervisor).await;
    set_rule(&supervisor, eager()).await;
    abandon(&app, &switch, "anonymous").await;
    abandon(&app, &switch, "13900139000").await;
    eventually("the first call made a callback", async || {
        (list(&supervisor, json!({})).await.len() == 1).then_some(())
    })
    .await;
    abandon(&app, &switch, "13900139000").await;
    let rows = eventually("both calls made one callback", async || {
        let rows = list(&supervisor, json!({})).await;
        rows.iter().any(|row| row.requests == 2).then_some(rows)
    })
    .await;
    let [row] = &*rows else { panic!("{rows:?}") };
    assert_eq!((row.phone.as_str(), row.origin), ("13900139000", CallbackOrigin::Abandoned));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_customer_who_calls_and_is_answered_is_not_called_any_more(pool: MySqlPool) {
    let (app, switch) = with_switch(pool).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    ask(&app, PHONE).await;
    ask(&app, "13900139000").await;
    switch.api(&format!("callcenter_config agent set status {AGENT} Available"));
    switch.api(&format!("demo call {QUEUE} {PHONE} Sample"));
    eventually("the telephone rings", async || {
        switch.api(&format!("demo answer {AGENT}")).starts_with("+OK").then_some(())
    })
    .await;
    let rows = eventually("it is closed by itself", async || {
        let rows = list(&supervisor, json!({ "state": "called-back" })).await;
        (!rows.is_empty()).then_some(rows)
    })
    .await;
    assert_eq!(rows[0].phone, PHONE);
    assert!(rows[0].closed_at.is_some());
    let open = list(&supervisor, json!({})).await;
    assert_eq!(open.iter().map(|row| row.phone.as_str()).collect::<Vec<_>>(), ["13900139000"]);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_click_rings_the_agent_and_then_the_customer(pool: MySqlPool) {
    let (app, switch) = with_switch(pool).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    let agent = app.signed_in(Role::Agent).await;
    set_rule(&supervisor, CallbackRule { caller_id: "4001234567".into(), ..CallbackRule::default() }).await;
    ask(&app, PHONE).await;
    let free = own(&agent).await.free.remove(0);
    let body = format!("id={}&press=p1", free.id);
    let answer = agent.call("/api/callbacks/call", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);

    let row = own(&agent).await.own.remove(0);
    assert_eq!((row.tried, row.awaits_outcome()), (1, true));
    let legs = eventually("both legs are there", async || {
        let channels: serde_json::Value = serde_json::from_str(&switch.api("show channels as json")).ok()?;
        let rows = channels["rows"].as_array().cloned()?;
        (rows.len() == 2).then_some(rows)
    })
    .await;
    for leg in &legs {
        let uuid = leg["uuid"].as_str().unwrap();
        let callback = switch.api(&format!("uuid_getvar {uuid} switchdesk_callback"));
        assert_eq!(callback, row.id.to_string(), "{leg}");
    }
    let customer = legs.iter().find(|leg| leg["dest"] == PHONE).unwrap();
    assert_eq!(customer["cid_num"], "4001234567", "{customer}");

    // The same press calls once, and another one finds the telephone in use.
    assert_eq!(agent.call("/api/callbacks/call", &body).await.status, 200);
    let again = agent.call("/api/callbacks/call", &format!("id={}&press=p2", row.id)).await;
    assert_eq!(again.status, 409, "{}", again.body);
    assert!(again.body.contains("telephone"), "{}", again.body);
    assert_eq!(own(&agent).await.own[0].tried, 1);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn an_agent_who_does_not_answer_has_not_tried(pool: MySqlPool) {
    let (app, switch) = with_switch(pool).await;
    switch.api("demo phone 1007 busy 20");
    let agent = app.signed_in(Role::Agent).await;
    ask(&app, PHONE).await;
    let id = own(&agent).await.free[0].id;
    let answer = agent.call("/api/callbacks/call", &format!("id={id}&press=p1")).await;
    assert_eq!(answer.status, 409, "{}", answer.body);
    let ApiError::Refused { reason, .. } = answer.json() else { panic!("{}", answer.body) };
    assert!(reason.contains("USER_BUSY"), "{reason}");
    let row = own(&agent).await.own.remove(0);
    assert_eq!((row.tried, row.attempts.len()), (0, 0));
    let outcome: String =
        sqlx::query_scalar("SELECT CAST(outcome AS CHAR) FROM audit WHERE action = 'callback.call'")
            .fetch_one(&app.pool)
            .await
            .unwrap();
    assert_eq!(outcome, "refused");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn two_clicks_at_once_call_once(pool: MySqlPool) {
    let (app, switch) = with_switch(pool).await;
    let agent = app.signed_in(Role::Agent).await;
    ask(&app, PHONE).await;
    let id = own(&agent).await.free[0].id;
    let twin = agent.twin();
    let body = format!("id={id}&press=p1");
    let (one, other) =
        tokio::join!(agent.call("/api/callbacks/call", &body), twin.call("/api/callbacks/call", &body));
    assert_eq!((one.status.as_u16(), other.status.as_u16()), (200, 200), "{} {}", one.body, other.body);
    assert_eq!(own(&agent).await.own[0].tried, 1);
    let calls = switch.api("show channels as json").matches("sofia/internal/1007@").count();
    assert!(calls >= 1, "no telephone was rung");
    let rung: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM callback_attempts").fetch_one(&app.pool).await.unwrap();
    assert_eq!(rung, 1);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn outcomes_lead_to_a_next_attempt_or_to_the_end(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    let agent = app.signed_in(Role::Agent).await;
    set_rule(&supervisor, CallbackRule { most_attempts: 2, pause_s: 600, ..CallbackRule::default() }).await;
    ask(&app, PHONE).await;
    let id = own(&agent).await.free[0].id;
    assert_eq!(agent.call("/api/callbacks/take", &format!("id={id}")).await.status, 200);
    let before = server::clock::now();
    let body = format!("id={id}&outcome=no-answer&note=rang%20long");
    assert_eq!(agent.call("/api/callbacks/own-outcome", &body).await.status, 200);
    let row = one(&supervisor, id).await;
    assert_eq!((row.state, row.tried, row.note.as_str()), (CallbackState::Open, 1, "rang long"));
    assert!(row.due_at.0 >= before.0 + 600_000, "{row:?}");

    assert_eq!(agent.call("/api/callbacks/own-outcome", &format!("id={id}&outcome=busy")).await.status, 200);
    let row = one(&supervisor, id).await;
    assert_eq!((row.state, row.tried), (CallbackState::GivenUp, 2));
    assert!(row.closed_at.is_some());
    let late = agent.call("/api/callbacks/own-outcome", &format!("id={id}&outcome=reached")).await;
    assert_eq!(late.status, 409, "{}", late.body);
    let wrong = supervisor.call("/api/callbacks/outcome", &format!("id={id}&outcome=fine")).await;
    assert_eq!(wrong.status, 422);

    let admin = app.signed_in(Role::Admin).await;
    assert_eq!(admin.call("/api/callbacks/reopen", &format!("id={id}")).await.status, 200);
    let row = one(&supervisor, id).await;
    assert_eq!((row.state, row.tried, row.closed_at), (CallbackState::Open, 0, None));

    let audit: AuditPage = admin.call("/api/audit/list", r#"{"filter":{},"before":null}"#).await.json();
    let actions: Vec<&str> = audit.entries.iter().rev().map(|entry| entry.action.as_str()).collect();
    assert_eq!(
        actions,
        ["callback.set-rule", "callback.take", "callback.outcome", "callback.outcome", "callback.reopen"]
    );
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn who_wants_no_call_gets_none_for_giving_up(pool: MySqlPool) {
    let (app, switch) = with_switch(pool.clone()).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    count_every_abandon(&supervisor).await;
    set_rule(&supervisor, eager()).await;
    ask(&app, PHONE).await;
    let id = list(&supervisor, json!({})).await[0].id;
    let body = format!("id={id}&outcome={}", CallbackOutcome::DoNotCall.code());
    assert_eq!(supervisor.call("/api/callbacks/outcome", &body).await.status, 200);
    abandon(&app, &switch, PHONE).await;
    abandon(&app, &switch, "13900139000").await;
    let rows = eventually("the other one is called back", async || {
        let rows = list(&supervisor, json!({})).await;
        (!rows.is_empty()).then_some(rows)
    })
    .await;
    assert_eq!(recorded(&pool, PHONE, "abandoned").await, 1);
    assert_eq!(rows.iter().map(|row| row.phone.as_str()).collect::<Vec<_>>(), ["13900139000"]);
    // Who asks is called all the same.
    ask(&app, PHONE).await;
    assert_eq!(list(&supervisor, json!({})).await.len(), 2);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn agents_see_and_touch_their_own_alone(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    let agent = app.signed_in(Role::Agent).await;
    ask(&app, PHONE).await;
    let id = list(&supervisor, json!({})).await[0].id;
    // A queue that the agent does not serve.
    assert_eq!(post(&app, "hush", "phone=13900139000&queue=of-tomorrow").await.status, 200);
    let foreign = list(&supervisor, json!({})).await.into_iter().find(|row| row.id != id).unwrap().id;
    let view = own(&agent).await;
    assert_eq!(view.free.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    for path in ["take", "call", "own-outcome"] {
        let body = format!("id={foreign}&outcome=reached");
        let answer = agent.call(&format!("/api/callbacks/{path}"), &body).await;
        assert_eq!((answer.status.as_u16(), answer.json::<ApiError>()), (404, ApiError::NotFound), "{path}");
    }
    // Given to somebody else it is gone from the list, and who was slower is told.
    let body = format!("id={id}&agent={NODE}/1001@default");
    assert_eq!(supervisor.call("/api/callbacks/assign", &body).await.status, 200);
    assert!(own(&agent).await.free.is_empty());
    assert_eq!(agent.call("/api/callbacks/take", &format!("id={id}")).await.status, 409);
    assert_eq!(agent.call("/api/callbacks/call", &format!("id={id}")).await.status, 404);
    let unknown =
        supervisor.call("/api/callbacks/assign", &format!("id={id}&agent={NODE}/9999@default")).await;
    assert_eq!(unknown.status, 422);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn rules_are_checked_listed_and_undone(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool).await;
    let admin = app.signed_in(Role::Admin).await;
    let rule = async || {
        let rules: Vec<QueueRule> = admin.call("/api/callbacks/rules", "").await.json();
        rules.into_iter().find(|rule| rule.queue.key.name == QUEUE).unwrap().rule
    };
    assert_eq!(rule().await, CallbackRule::default());
    let wrong = CallbackRule { pause_s: 1, dial_prefix: "9;".into(), ..CallbackRule::default() };
    let body = json!({ "queue": { "node": NODE, "name": QUEUE }, "rule": wrong }).to_string();
    assert_eq!(admin.call("/api/callbacks/rule", &body).await.status, 422);
    set_rule(&admin, eager()).await;
    assert_eq!(rule().await, eager());
    let audit: AuditPage = admin.call("/api/audit/list", r#"{"filter":{},"before":null}"#).await.json();
    let undone = admin.call("/api/audit/undo", &format!("id={}", audit.entries[0].id)).await;
    assert_eq!(undone.status, 200, "{}", undone.body);
    assert_eq!(rule().await, CallbackRule::default());
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn pages_are_rendered_with_their_callbacks(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool).await;
    ask(&app, PHONE).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    let id = list(&supervisor, json!({})).await[0].id;
    for path in ["/callbacks", "/callbacks?queue=fs-1/support@default", &format!("/callbacks/{id}")] {
        let page = supervisor.get(path).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains(PHONE), "{path}: {}", page.body);
    }
    assert!(supervisor.get("/callbacks/rules").await.body.contains("support"));
    let agent = app.signed_in(Role::Agent).await;
    let desk = agent.get("/desk").await;
    assert!(desk.body.contains(PHONE), "{}", desk.body);
    assert!(desk.body.contains("/api/callbacks/take"), "{}", desk.body);
}
