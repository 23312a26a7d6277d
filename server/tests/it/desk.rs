//! The agent's desk: a status by the switch, with its reason.

use app::api::ApiError;
use app::api::desk::DeskView;
use app::model::account::Role;
use app::model::agent::{AgentRow, AgentStatus, ReasonCode, SetBy};
use app::model::ids::{AgentKey, NodeName};
use demo_switch::{DemoSwitch, Options};
use sqlx::MySqlPool;

use crate::harness::{MIGRATIONS, NODE, TestApp, eventually};

async fn switch() -> DemoSwitch {
    DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap()
}

fn row(app: &TestApp) -> Option<AgentRow> {
    app.state.hub.agent(&AgentKey::new(&NodeName::new(NODE), "1007@default"))
}

async fn becomes(app: &TestApp, status: AgentStatus) -> AgentRow {
    eventually("the status is on the board", async || row(app).filter(|row| row.status == status)).await
}

async fn audit(app: &TestApp) -> Vec<(String, String, Option<String>)> {
    sqlx::query_as("SELECT CAST(action AS CHAR), CAST(outcome AS CHAR), result FROM audit ORDER BY id")
        .fetch_all(&app.pool)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_break_with_its_reason_comes_back_from_the_switch(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    let view: DeskView = agent.call("/api/desk/read", "").await.json();
    assert_eq!(view.snapshot.board.agents.len(), 1);

    let answer = agent.call("/api/desk/status", "status=on-break&reason=meal").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let shown = becomes(&app, AgentStatus::OnBreak).await;
    assert_eq!((shown.reason, shown.set_by), (Some(ReasonCode::new("meal")), Some(SetBy::Agent)));
    assert!(switch.api("callcenter_config agent get status 1007@default").contains("On Break"));
    assert_eq!(audit(&app).await, [("agent.set-status".into(), "done".into(), None)]);

    switch.api("callcenter_config agent set status 1007@default Available");
    let shown = becomes(&app, AgentStatus::Available).await;
    assert_eq!((shown.reason, shown.set_by), (None, Some(SetBy::Elsewhere)));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_plain_form_sets_a_status_and_leads_back(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let mut agent = app.signed_in(Role::Agent).await;
    agent.headers.push(("referer", "http://desk.example:8080/desk".into()));
    let answer = agent.post("/api/desk/status", &[("status", "available")]).await;
    assert_eq!(answer.status, 302);
    assert!(answer.location().trim_end_matches('?').ends_with("/desk"), "{}", answer.location());
    becomes(&app, AgentStatus::Available).await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_refusal_is_in_the_words_of_the_switch_and_leaves_no_reason(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    switch.api("callcenter_config agent del 1007@default");
    let answer = agent.call("/api/desk/status", "status=on-break&reason=meal").await;
    assert_eq!(answer.status, 409);
    let ApiError::Refused { reason, .. } = answer.json() else { panic!("{}", answer.body) };
    assert!(reason.contains("Agent not found!"), "{reason}");
    assert_eq!(audit(&app).await[0].1, "refused");

    switch.api("callcenter_config agent add 1007@default callback");
    switch.api("callcenter_config agent set status 1007@default 'On Break'");
    assert_eq!(becomes(&app, AgentStatus::OnBreak).await.reason, None);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_break_without_a_reason_is_not_sent(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    let answer = agent.call("/api/desk/status", "status=on-break").await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    assert!(audit(&app).await.is_empty());
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn without_a_switch_nothing_is_done_and_it_is_said(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let agent = app.signed_in(Role::Agent).await;
    let answer = agent.call("/api/desk/status", "status=available").await;
    assert_eq!((answer.status.as_u16(), answer.json::<ApiError>()), (503, ApiError::SwitchUnavailable));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_break_while_the_database_is_away_is_on_record_later(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    // A page was open before: its session is known.
    assert_eq!(agent.call("/api/desk/read", "").await.status, 200);
    // As after a statement that found no database; nothing watches it in this test, so it stays away.
    app.state.database.note_away();
    let answer = agent.call("/api/desk/status", "status=on-break&reason=training").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(becomes(&app, AgentStatus::OnBreak).await.reason, Some(ReasonCode::new("training")));
    assert!(audit(&app).await.is_empty());

    let watch = app.state.database.clone().watch(app.state.shutdown.clone());
    tokio::spawn(watch);
    eventually("the spool is in the database", async || {
        (audit(&app).await == [("agent.set-status".into(), "done".into(), None)]).then_some(())
    })
    .await;
}
