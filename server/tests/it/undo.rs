//! Taking edits of the center, of teams and of users back; what holds for every kind is in `audit.rs`.

use app::api::ApiError;
use app::model::account::{Permission, Role};
use app::model::audit::{AuditDetail, AuditEntry, AuditPage, Undo};
use app::model::center::{CenterView, CodeName, OutcomeCode};
use app::model::people::{PersonDetail, TeamsView};
use app::model::problem::ProblemKind;
use serde_json::{Value, json};
use sqlx::MySqlPool;

use crate::harness::{Browser, MIGRATIONS, NODE, TestApp, eventually};

async fn must(browser: &Browser, path: &str, body: &Value) {
    let answer = browser.call(path, &body.to_string()).await;
    assert_eq!(answer.status, 200, "{path} {}", answer.body);
}

/// The newest row of the audit.
async fn newest(browser: &Browser) -> AuditEntry {
    let body = json!({ "filter": {}, "before": null }).to_string();
    browser.call("/api/audit/list", &body).await.json::<AuditPage>().entries.remove(0)
}

/// Takes the newest edit back, and returns the row of the undoing.
async fn undo(browser: &Browser) -> AuditEntry {
    let edit = newest(browser).await.id;
    let detail: AuditDetail = browser.call("/api/audit/read", &format!("id={edit}")).await.json();
    assert_eq!(detail.undo, Undo::Possible);
    let answer = browser.call("/api/audit/undo", &format!("id={edit}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let undoing = newest(browser).await;
    assert_eq!(undoing.undoes, Some(edit));
    undoing
}

async fn center(browser: &Browser) -> CenterView {
    browser.call("/api/center/read", "").await.json()
}

async fn team(browser: &Browser) -> Option<(u64, String, Vec<u64>)> {
    let TeamsView { teams, .. } = browser.call("/api/teams/list", "").await.json();
    teams.into_iter().next().map(|team| (team.id, team.form.name, team.form.supervisors))
}

async fn person(browser: &Browser, id: u64) -> PersonDetail {
    browser.call("/api/people/find", &format!("id={id}")).await.json()
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_break_reason_gets_its_name_back_on_every_board(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let mut reason = center(&admin).await.reasons.remove(0);
    let name = std::mem::replace(&mut reason.name.en, "Siesta".into());
    must(&admin, "/api/center/break-reason", &json!({ "reason": reason, "is_new": false })).await;
    let on_board = |en: String| {
        let hub = app.state.hub.clone();
        async move || {
            let names = hub.snapshot(&app::model::wall::Scope::All).board.reasons;
            names.iter().any(|name| name.en == en).then_some(())
        }
    };
    eventually("the board has the new name", on_board("Siesta".into())).await;
    undo(&admin).await;
    assert_eq!(center(&admin).await.reasons[0].name.en, name);
    eventually("the board has the old name", on_board(name)).await;
    undo(&admin).await;
    assert_eq!(center(&admin).await.reasons[0].name.en, "Siesta");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_code_that_was_made_is_retired_since_its_name_stays_on_record(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let name =
        CodeName { code: "sold".into(), en: "Sold".into(), zh: "成交".into(), ..CodeName::default() };
    let outcome = OutcomeCode { name, position: 100, ..OutcomeCode::default() };
    must(&admin, "/api/center/outcome-code", &json!({ "outcome": outcome, "is_new": true })).await;
    undo(&admin).await;
    let retired = OutcomeCode { is_retired: true, ..outcome.clone() };
    assert!(center(&admin).await.outcomes.contains(&retired));
    undo(&admin).await;
    assert!(center(&admin).await.outcomes.contains(&outcome));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn what_desks_offer_goes_back(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    assert_eq!(admin.call("/api/center/on-demand", "is_offered=true").await.status, 200);
    undo(&admin).await;
    assert!(!center(&admin).await.is_on_demand_offered);
    undo(&admin).await;
    assert!(center(&admin).await.is_on_demand_offered);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_deleted_team_comes_back_with_its_key_and_its_supervisors(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let supervisor = app.add_user(Role::Supervisor).await;
    let form = |name: &str| {
        json!({
            "name": name, "queues": [{ "node": NODE, "name": "sales@default" }], "agents": [],
            "supervisors": [supervisor],
        })
    };
    must(&admin, "/api/teams/save", &json!({ "id": null, "form": form("Day (sample)") })).await;
    let (id, ..) = team(&admin).await.unwrap();
    must(&admin, "/api/teams/save", &json!({ "id": id, "form": form("Night (sample)") })).await;
    undo(&admin).await;
    assert_eq!(team(&admin).await, Some((id, "Day (sample)".into(), vec![supervisor])));

    assert_eq!(admin.call("/api/teams/delete", &format!("id={id}")).await.status, 200);
    assert_eq!(undo(&admin).await.action, "team.create");
    assert_eq!(team(&admin).await, Some((id, "Day (sample)".into(), vec![supervisor])));
    // The supervisor's pages are those of the team again.
    let supervisor = app.sign_in("supervisor").await;
    let board: app::model::frame::Snapshot = supervisor.call("/api/board/read", "").await.json();
    assert!(board.board.queues.is_empty(), "no switch, no queue of the team");

    assert_eq!(undo(&admin).await.action, "team.delete");
    assert_eq!(team(&admin).await, None);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_name_that_was_given_away_meanwhile_is_said_to_be_taken(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let form = |name: &str| json!({ "name": name, "queues": [], "agents": [], "supervisors": [] });
    must(&admin, "/api/teams/save", &json!({ "id": null, "form": form("Day (sample)") })).await;
    let (id, ..) = team(&admin).await.unwrap();
    must(&admin, "/api/teams/save", &json!({ "id": id, "form": form("Night (sample)") })).await;
    let renaming = newest(&admin).await.id;
    must(&admin, "/api/teams/save", &json!({ "id": null, "form": form("Day (sample)") })).await;
    let answer = admin.call("/api/audit/undo", &format!("id={renaming}")).await;
    let ApiError::Invalid(problems) = answer.json() else { panic!("{}", answer.body) };
    assert_eq!((problems[0].field.as_str(), problems[0].kind), ("name", ProblemKind::Taken));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_user_gets_role_and_permissions_back_and_signs_in_again(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let id = app.add_user(Role::Supervisor).await;
    let before = person(&admin, id).await.form;
    let mut form = before.clone();
    form.role = Role::Admin;
    form.permissions = Permission::usual_for(Role::Admin);
    must(&admin, "/api/people/update", &json!({ "id": id, "form": form })).await;
    let promoted = app.sign_in("supervisor").await;
    assert_eq!(promoted.call("/api/people/list", "").await.status, 200);
    undo(&admin).await;
    assert_eq!(person(&admin, id).await.form, before);
    assert_eq!(promoted.call("/api/people/list", "").await.status, 401, "signed in under another role");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn nobody_takes_back_what_they_may_not_edit(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let helper = app.add_user(Role::Supervisor).await;
    let mut form = person(&admin, helper).await.form;
    form.permissions.push(Permission::ManagePeople);
    form.permissions.push(Permission::ReadAudit);
    must(&admin, "/api/people/update", &json!({ "id": helper, "form": form })).await;
    let admin_id = admin.call("/api/account/user", "").await.json::<Value>()["id"].as_u64().unwrap();
    let mut form = person(&admin, admin_id).await.form;
    form.display_name = "Renamed (sample)".into();
    must(&admin, "/api/people/update", &json!({ "id": admin_id, "form": form })).await;
    let renaming = newest(&admin).await.id;

    let helper = app.sign_in("supervisor").await;
    let answer = helper.call("/api/audit/undo", &format!("id={renaming}")).await;
    let ApiError::Invalid(problems) = answer.json() else { panic!("{}", answer.body) };
    assert_eq!((problems[0].field.as_str(), problems[0].kind), ("role", ProblemKind::NotYours));
    assert_eq!(person(&admin, admin_id).await.form.display_name, "Renamed (sample)");
}
