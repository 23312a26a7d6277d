//! What admins set: break reasons with their budgets, outcome codes, what desks offer.

use app::api::ApiError;
use app::api::desk::DeskView;
use app::model::account::Role;
use app::model::agent::{AgentRow, AgentStatus};
use app::model::center::{BreakReason, CenterView, CodeName, OutcomeCode};
use app::model::ids::{AgentKey, NodeName};
use app::model::wall::Scope;
use demo_switch::{DemoSwitch, Options};
use serde_json::json;
use sqlx::MySqlPool;

use crate::harness::{Browser, MIGRATIONS, NODE, TestApp, eventually};

fn reason(code: &str, budget_min: u32) -> BreakReason {
    let name = CodeName {
        code: code.into(),
        en: format!("{code} in words"),
        zh: "原因".into(),
        ..CodeName::default()
    };
    BreakReason { name, budget_min, position: 50, ..BreakReason::default() }
}

async fn save(admin: &Browser, reason: &BreakReason, is_new: bool) -> u16 {
    let body = json!({ "reason": reason, "is_new": is_new }).to_string();
    admin.call("/api/center/break-reason", &body).await.status.as_u16()
}

async fn audit(app: &TestApp) -> Vec<(String, String)> {
    sqlx::query_as("SELECT CAST(action AS CHAR), CAST(subject AS CHAR) FROM audit ORDER BY id")
        .fetch_all(&app.pool)
        .await
        .unwrap()
}

fn row(app: &TestApp) -> Option<AgentRow> {
    app.state.hub.agent(&AgentKey::new(&NodeName::new(NODE), "1007@default"))
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn recorded_codes_stay_valid_and_new_ones_are_offered(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let center: CenterView = admin.call("/api/center/read", "").await.json();
    let codes: Vec<&str> = center.reasons.iter().map(|reason| reason.name.code.as_str()).collect();
    assert_eq!(codes, ["rest", "meal", "training", "meeting", "back-office", "other"]);

    assert_eq!(save(&admin, &reason("prayer", 20), true).await, 200);
    assert_eq!(save(&admin, &reason("prayer", 20), true).await, 409, "a code is taken once");
    assert_eq!(save(&admin, &reason("fishing", 20), false).await, 404, "only what is there can be edited");
    assert_eq!(save(&admin, &reason("prayer", 5_000), false).await, 422);
    let retired = BreakReason { is_retired: true, ..reason("meal", 0) };
    assert_eq!(save(&admin, &retired, false).await, 200);
    let done = ("center.save-break-reason".to_owned(), "prayer".to_owned());
    assert_eq!(audit(&app).await, [done, ("center.save-break-reason".into(), "meal".into())]);

    eventually("the board knows the name", async || {
        let names = app.state.hub.snapshot(&Scope::All).board.reasons;
        names.iter().any(|name| name.code == "prayer" && name.en == "prayer in words").then_some(())
    })
    .await;
    let agent = app.signed_in(Role::Agent).await;
    let desk: DeskView = agent.call("/api/desk/read", "").await.json();
    assert!(desk.reasons.iter().any(|reason| reason.name.code == "prayer"));
    let answer = agent.call("/api/desk/status", "status=on-break&reason=meal").await;
    assert_eq!(answer.status, 422, "a retired reason is refused: {}", answer.body);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn the_budget_of_a_break_is_on_the_row_while_it_lasts(pool: MySqlPool) {
    let switch = DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap();
    let app = TestApp::with_switch(pool, &switch).await;
    let admin = app.signed_in(Role::Admin).await;
    let agent = app.signed_in(Role::Agent).await;
    assert_eq!(save(&admin, &reason("rest", 10), false).await, 200);
    assert_eq!(agent.call("/api/desk/status", "status=on-break&reason=rest").await.status, 200);
    let on_break = eventually("the break has its budget", async || {
        row(&app).filter(|row| row.break_until.is_some() && row.status == AgentStatus::OnBreak)
    })
    .await;
    let left = on_break.break_until.unwrap().since(on_break.status_since.unwrap());
    assert_eq!(left.whole_s(), 600);

    // An edit moves it at once.
    assert_eq!(save(&admin, &reason("rest", 20), false).await, 200);
    eventually("the new budget", async || {
        let row = row(&app)?;
        (row.break_until?.since(row.status_since?).whole_s() == 1_200).then_some(())
    })
    .await;
    assert_eq!(agent.call("/api/desk/status", "status=available").await.status, 200);
    eventually("no break, no budget", async || row(&app).filter(|row| row.break_until.is_none())).await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn one_call_at_a_time_is_taken_only_where_it_is_offered(pool: MySqlPool) {
    let switch = DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap();
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    assert_eq!(agent.call("/api/desk/status", "status=on-demand").await.status, 422);
    let admin = app.signed_in(Role::Admin).await;
    assert_eq!(admin.call("/api/center/on-demand", "is_offered=true").await.status, 200);
    let desk: DeskView = agent.call("/api/desk/read", "").await.json();
    assert!(desk.is_on_demand_offered);
    assert_eq!(agent.call("/api/desk/status", "status=on-demand").await.status, 200);
    eventually("the switch has it", async || {
        row(&app).filter(|row| row.status == AgentStatus::AvailableOnDemand)
    })
    .await;
    // A plain form without the field turns it off.
    assert_eq!(admin.call("/api/center/on-demand", "").await.status, 200);
    assert_eq!(agent.call("/api/desk/status", "status=on-demand").await.status, 422);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn outcome_codes_are_made_and_edited(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let name =
        CodeName { code: "sold".into(), en: "Sold".into(), zh: "成交".into(), ..CodeName::default() };
    let mut outcome = OutcomeCode { name, queue: Some("sales@default".into()), ..OutcomeCode::default() };
    let body =
        |outcome: &OutcomeCode, is_new: bool| json!({ "outcome": outcome, "is_new": is_new }).to_string();
    assert_eq!(admin.call("/api/center/outcome-code", &body(&outcome, true)).await.status, 200);
    outcome.name.en = "Sale".into();
    assert_eq!(admin.call("/api/center/outcome-code", &body(&outcome, false)).await.status, 200);
    outcome.name.en = "a\nb".into();
    let answer = admin.call("/api/center/outcome-code", &body(&outcome, false)).await;
    let ApiError::Invalid(problems) = answer.json() else { panic!("{}", answer.body) };
    assert_eq!(problems[0].field, "en");
    let center: CenterView = admin.call("/api/center/read", "").await.json();
    let stored = center.outcomes.iter().find(|outcome| outcome.name.code == "sold").unwrap();
    assert_eq!((stored.name.en.as_str(), stored.queue.as_deref()), ("Sale", Some("sales@default")));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn breaks_of_today_still_count_after_a_restart(pool: MySqlPool) {
    let switch = DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap();
    let app = TestApp::with_switch(pool.clone(), &switch).await;
    let admin = app.signed_in(Role::Admin).await;
    let agent = app.signed_in(Role::Agent).await;
    assert_eq!(save(&admin, &reason("rest", 10), false).await, 200);
    let on_break = async |app: &TestApp, agent: &Browser| {
        assert_eq!(agent.call("/api/desk/status", "status=on-break&reason=rest").await.status, 200);
        let row = eventually("the break has its budget", async || {
            row(app).filter(|row| row.break_until.is_some() && row.status == AgentStatus::OnBreak)
        })
        .await;
        row.break_until.unwrap().since(row.presence_since.unwrap())
    };
    let whole = on_break(&app, &agent).await;
    assert_eq!(whole.whole_s(), 600);
    assert_eq!(agent.call("/api/desk/status", "status=available").await.status, 200);
    eventually("the break is over", async || row(&app).filter(|row| row.break_until.is_none())).await;
    app.stop().await;

    let restarted_at = server::clock::now();
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.sign_in("agent").await;
    eventually("the sums of today are back", async || {
        (app.state.hub.snapshot(&Scope::All).board.counted_since < restarted_at).then_some(())
    })
    .await;
    let left = on_break(&app, &agent).await;
    assert!(left.0 < whole.0, "{left:?} of {whole:?}");
}
