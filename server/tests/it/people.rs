//! Users: permissions beside the role, making and editing, the end of an account.

use app::api::ApiError;
use app::model::account::{CurrentUser, Permission, Role, SessionRow};
use app::model::ids::NodeName;
use app::model::people::{FirstPassword, PersonDetail, PersonForm, PersonRow};
use app::model::problem::ProblemKind;
use serde_json::json;
use server::auth::Admission;
use server::storage::users;
use sqlx::MySqlPool;

use crate::harness::{Browser, MIGRATIONS, NODE, PASSWORD, TestApp};

async fn user_of(browser: &Browser) -> Option<CurrentUser> {
    browser.call("/api/account/user", "").await.json()
}

async fn detail(browser: &Browser, id: u64) -> PersonDetail {
    browser.call("/api/people/find", &format!("id={id}")).await.json()
}

/// Changes what can be edited of a user.
async fn edit(browser: &Browser, id: u64, change: impl FnOnce(&mut PersonForm)) -> Result<(), ApiError> {
    let mut form = detail(browser, id).await.form;
    change(&mut form);
    let answer = browser.call("/api/people/update", &json!({ "id": id, "form": form }).to_string()).await;
    if answer.status == 200 { Ok(()) } else { Err(answer.json()) }
}

/// The one problem of a refusal, as field and kind.
fn problem(error: &ApiError) -> (&str, ProblemKind) {
    let ApiError::Invalid(problems) = error else { panic!("{error:?}") };
    (&problems[0].field, problems[0].kind)
}

async fn audit(app: &TestApp) -> Vec<(String, String)> {
    sqlx::query_as("SELECT CAST(action AS CHAR), CAST(subject AS CHAR) FROM audit ORDER BY id")
        .fetch_all(&app.pool)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn permissions_are_given_and_denied_beside_the_role(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let supervisor_id = app.add_user(Role::Supervisor).await;
    let agent_id = app.add_user(Role::Agent).await;
    let (supervisor, agent) = (app.sign_in("supervisor").await, app.sign_in("agent").await);
    assert!(user_of(&supervisor).await.unwrap().may(Permission::Listen));

    edit(&admin, supervisor_id, |form| {
        form.permissions.retain(|permission| *permission != Permission::Listen);
    })
    .await
    .unwrap();
    edit(&admin, agent_id, |form| form.permissions.push(Permission::Export)).await.unwrap();
    let supervisor = user_of(&supervisor).await.unwrap();
    assert!(!supervisor.may(Permission::Listen) && supervisor.may(Permission::Whisper));
    assert!(user_of(&agent).await.unwrap().may(Permission::Export));

    let stored: (String,) = sqlx::query_as("SELECT permissions_json FROM users WHERE name = 'supervisor'")
        .fetch_one(&app.pool)
        .await
        .unwrap();
    assert_eq!(stored.0, r#"{"given":[],"denied":["listen"]}"#, "the usual is not stored: it may change");
    sqlx::query("UPDATE users SET permissions_json = 'x' WHERE name = 'supervisor'")
        .execute(&app.pool)
        .await
        .unwrap();
    assert!(users::find_credentials(&app.pool, "supervisor").await.is_err(), "never back to the usual");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_new_user_signs_in_once_with_the_drawn_password_and_must_change_it(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let body = json!({ "new": {
        "name": " Ada ", "display_name": "Ada 示例", "role": "supervisor", "agent": null, "password": "",
    } });
    let made: FirstPassword = admin.call("/api/people/create", &body.to_string()).await.json();
    assert_eq!(made.name, "ada");
    let first = made.password.unwrap();

    let ada = app.browser();
    let answer = ada.sign_in("ada", &first).await;
    assert_eq!(answer.location(), "/");
    assert_eq!(ada.call("/api/board/read", "").await.status, 403, "nothing but the account is open");
    assert_eq!(ada.get("/live").await.status, 403);
    assert_eq!(ada.get("/").await.location(), "/account");
    assert_eq!(ada.get("/account").await.status, 200);

    let new = "mops zwölf kanal";
    let form = [("password", first.as_str()), ("new", new), ("again", new)];
    assert_eq!(ada.post("/api/security/password", &form).await.status, 302);
    assert_eq!(ada.call("/api/board/read", "").await.status, 200);
    assert_ne!(ada.get("/").await.location(), "/account");
    let again = app.browser();
    assert!(again.sign_in("ada", &first).await.location().starts_with("/login"));
    assert_eq!(again.sign_in("ada", new).await.location(), "/");
    assert_eq!(
        audit(&app).await,
        [("user.create".into(), "ada".into()), ("user.change-password".into(), "ada".into())]
    );
    let secrets: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM audit WHERE CONCAT_WS(' ', before_json, after_json) LIKE '%argon2%'
         OR CONCAT_WS(' ', before_json, after_json) LIKE CONCAT('%', ?, '%')",
    )
    .bind(&first)
    .fetch_one(&app.pool)
    .await
    .unwrap();
    assert_eq!(secrets, 0);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn what_is_wrong_with_a_new_user_is_said_beside_its_field(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    for (name, role, password, field, kind) in [
        ("", "supervisor", "", "name", ProblemKind::Required),
        ("ADMIN", "supervisor", "", "name", ProblemKind::Taken),
        ("a\u{7}b", "supervisor", "", "name", ProblemKind::ControlCharacter),
        ("ada", "agent", "", "agent", ProblemKind::Required),
        ("ada", "supervisor", "short", "password", ProblemKind::TooShort(12)),
        ("ada", "supervisor", "password123456", "password", ProblemKind::TooCommon),
    ] {
        let new = json!({
            "name": name, "display_name": "", "role": role, "agent": null, "password": password,
        });
        let answer = admin.call("/api/people/create", &json!({ "new": new }).to_string()).await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        assert_eq!(problem(&answer.json()), (field, kind), "{name:?}");
    }
    assert!(audit(&app).await.is_empty());
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn telephones_are_kept_per_node_and_read_by_what_rings_them(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let id = app.add_user(Role::Supervisor).await;
    let node = NodeName::new(NODE);
    let set = |extension: &'static str| {
        let own = json!([{ "node": NODE, "extension": extension }]);
        move |form: &mut PersonForm| form.extensions = serde_json::from_value(own).unwrap()
    };
    edit(&admin, id, set(" 1001 ")).await.unwrap();
    let found = users::find_extension(&app.pool, id, &node).await.unwrap().unwrap();
    assert_eq!(found.as_str(), "1001");
    assert_eq!(users::find_extension(&app.pool, id, &NodeName::new("fs-2")).await.unwrap(), None);
    let refused = edit(&admin, id, set("1001&{x}")).await.unwrap_err();
    assert_eq!(problem(&refused), ("extension-fs-1", ProblemKind::NotDialable));
    edit(&admin, id, set("")).await.unwrap();
    assert_eq!(users::find_extension(&app.pool, id, &node).await.unwrap(), None);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn deactivation_ends_sessions_and_streams_and_nothing_revives_them(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let id = app.add_user(Role::Supervisor).await;
    let supervisor = app.sign_in("supervisor").await;
    let sessions: Vec<SessionRow> = supervisor.call("/api/account/sessions", "").await.json();
    let ended = app.state.auth.watch.ended(Admission::Session(sessions[0].id));
    assert_eq!(detail(&admin, id).await.sessions.len(), 1);

    assert_eq!(admin.call("/api/people/deactivate", &format!("id={id}")).await.status, 200);
    let reason = tokio::time::timeout(std::time::Duration::from_secs(5), ended).await.unwrap();
    assert_eq!(reason, app::model::frame::ByeReason::SignedOut);
    assert_eq!(supervisor.call("/api/board/read", "").await.status, 401);
    assert!(app.browser().sign_in("supervisor", PASSWORD).await.location().starts_with("/login"));
    let rows: Vec<PersonRow> = admin.call("/api/people/list", "").await.json();
    assert!(rows.iter().find(|row| row.id == id).unwrap().deactivated_at.is_some());
    assert_eq!(admin.call("/api/people/deactivate", &format!("id={id}")).await.status, 404, "once");

    assert_eq!(admin.call("/api/people/reactivate", &format!("id={id}")).await.status, 200);
    assert_eq!(supervisor.call("/api/board/read", "").await.status, 401, "the old session stays ended");
    assert_eq!(app.browser().sign_in("supervisor", PASSWORD).await.location(), "/");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn nobody_shuts_out_the_last_admin_nor_himself(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let id = app.add_user(Role::Admin).await;
    let admin = app.sign_in("admin").await;
    let body = format!("id={id}");
    let demote = |form: &mut PersonForm| form.role = Role::Supervisor;
    assert_eq!(problem(&edit(&admin, id, demote).await.unwrap_err()), ("role", ProblemKind::LastAdmin));
    let refused: ApiError = admin.call("/api/people/deactivate", &body).await.json();
    assert_eq!(problem(&refused), ("person", ProblemKind::LastAdmin));

    let other_id = app.add_user_named("second", Role::Admin).await;
    assert_eq!(problem(&edit(&admin, id, demote).await.unwrap_err()), ("role", ProblemKind::Oneself));
    for path in ["deactivate", "reset-password", "take-second-factor"] {
        let refused: ApiError = admin.call(&format!("/api/people/{path}"), &body).await.json();
        assert_eq!(problem(&refused), ("person", ProblemKind::Oneself), "{path}");
    }
    edit(&admin, other_id, demote).await.unwrap();
}

/// Who is given the permission to manage people shall not make himself an administrator by it.
#[sqlx::test(migrator = "MIGRATIONS")]
async fn nobody_gives_what_he_has_not(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin_id = app.add_user(Role::Admin).await;
    let admin = app.sign_in("admin").await;
    let id = app.add_user(Role::Supervisor).await;
    let other_id = app.add_user_named("other", Role::Supervisor).await;
    edit(&admin, id, |form| form.permissions.push(Permission::ManagePeople)).await.unwrap();
    let manager = app.sign_in("supervisor").await;
    for (whom, error) in [
        (id, edit(&manager, id, |form| form.role = Role::Admin).await),
        (admin_id, edit(&manager, admin_id, |form| form.display_name = "x".into()).await),
    ] {
        assert_eq!(problem(&error.unwrap_err()), ("role", ProblemKind::NotYours), "{whom}");
    }
    let refused = edit(&manager, other_id, |form| form.permissions.push(Permission::ReadAudit)).await;
    assert_eq!(problem(&refused.unwrap_err()), ("permissions", ProblemKind::NotYours));
    edit(&manager, other_id, |form| form.permissions.retain(|one| *one != Permission::Barge)).await.unwrap();
    for path in ["deactivate", "reset-password", "reactivate", "take-second-factor"] {
        let answer = manager.call(&format!("/api/people/{path}"), &format!("id={admin_id}")).await;
        assert_eq!(answer.status, 422, "{path}: {}", answer.body);
    }
    let new = json!({ "name": "x", "display_name": "", "role": "admin", "agent": null, "password": "" });
    let refused = manager.call("/api/people/create", &json!({ "new": new }).to_string()).await;
    assert_eq!(problem(&refused.json()), ("role", ProblemKind::NotYours));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn another_role_or_password_signs_out_everywhere(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let id = app.add_user(Role::Supervisor).await;
    let supervisor = app.sign_in("supervisor").await;
    edit(&admin, id, |form| form.role = Role::Admin).await.unwrap();
    assert_eq!(user_of(&supervisor).await, None);

    let again = app.sign_in("supervisor").await;
    let reset: FirstPassword = admin.call("/api/people/reset-password", &format!("id={id}")).await.json();
    assert_eq!(user_of(&again).await, None);
    assert!(app.browser().sign_in("supervisor", PASSWORD).await.location().starts_with("/login"));
    let with_new = app.browser();
    with_new.sign_in("supervisor", &reset.password.unwrap()).await;
    assert!(user_of(&with_new).await.unwrap().is_confined);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn one_session_of_a_user_is_ended(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let id = app.add_user(Role::Supervisor).await;
    let (one, other) = (app.sign_in("supervisor").await, app.sign_in("supervisor").await);
    let mine: Vec<SessionRow> = one.call("/api/account/sessions", "").await.json();
    let session = mine.iter().find(|row| row.is_current).unwrap().id;
    let body = format!("id={id}&session={session}");
    assert_eq!(admin.call("/api/people/revoke-session", &body).await.status, 200);
    assert_eq!(user_of(&one).await, None);
    assert!(user_of(&other).await.is_some());
    assert_eq!(admin.call("/api/people/revoke-session", &body).await.status, 404);
}
