//! Every server function with every role and with none.

use std::collections::BTreeMap;

use app::model::account::Role;
use sqlx::MySqlPool;

use crate::harness::{MIGRATIONS, TestApp};

const EVERYBODY: &[Role] = &[Role::Agent, Role::Supervisor, Role::Admin];
const SUPERVISORS: &[Role] = &[Role::Supervisor, Role::Admin];

/// Who may call it.
enum For {
    /// Anybody, signed in or not: it answers about the caller alone, or brings its own permit.
    Public,
    /// These roles.
    Roles(&'static [Role]),
}

/// Path, a body that can be read, who may.
const TABLE: &[(&str, &str, For)] = &[
    ("/api/account/user", "", For::Public),
    ("/api/account/look", "theme=dark", For::Roles(EVERYBODY)),
    ("/api/account/sessions", "", For::Roles(EVERYBODY)),
    ("/api/account/revoke-session", "id=0", For::Roles(EVERYBODY)),
    ("/api/audit/list", r#"{"filter":{},"before":null}"#, For::Roles(&[Role::Admin])),
    ("/api/audit/read", "id=0", For::Roles(&[Role::Admin])),
    // For whoever may make the edit.
    ("/api/audit/undo", "id=0", For::Roles(EVERYBODY)),
    ("/api/board/read", "", For::Roles(SUPERVISORS)),
    ("/api/board/wall", "token=x", For::Public),
    (
        "/api/board/preferences",
        r#"{"preferences":{"sort":"name","reversed":false,"hidden_queues":[]}}"#,
        For::Roles(SUPERVISORS),
    ),
    ("/api/callbacks/list", r#"{"filter":{}}"#, For::Roles(SUPERVISORS)),
    ("/api/callbacks/read", "id=0", For::Roles(SUPERVISORS)),
    ("/api/callbacks/assign", "id=0&agent=", For::Roles(SUPERVISORS)),
    ("/api/callbacks/outcome", "id=0&outcome=reached", For::Roles(SUPERVISORS)),
    ("/api/callbacks/reopen", "id=0", For::Roles(&[Role::Admin])),
    ("/api/callbacks/rules", "", For::Roles(SUPERVISORS)),
    (
        "/api/callbacks/rule",
        r#"{"queue":{"node":"fs-1","name":"x"},"rule":{"is_from_abandoned":false,"abandoned_after_s":20,"pause_s":900,"most_attempts":3,"caller_id":"","dial_prefix":""}}"#,
        For::Roles(SUPERVISORS),
    ),
    ("/api/callbacks/own", "", For::Roles(&[Role::Agent])),
    ("/api/callbacks/take", "id=0", For::Roles(&[Role::Agent])),
    ("/api/callbacks/call", "id=0", For::Roles(&[Role::Agent])),
    ("/api/callbacks/own-outcome", "id=0&outcome=reached", For::Roles(&[Role::Agent])),
    ("/api/desk/read", "", For::Roles(&[Role::Agent])),
    ("/api/desk/status", "status=available", For::Roles(&[Role::Agent])),
    (
        "/api/ghosts/repair",
        r#"{"ghost":{"Agent":{"node":"fs-1","name":"1001@default"}},"repair":"FreeAgent"}"#,
        For::Roles(SUPERVISORS),
    ),
    (
        "/api/queues/targets",
        r#"{"queue":{"node":"fs-1","name":"x"},"targets":{"waiting_warning":4,"waiting_critical":7,"longest_wait_warning_s":60,"longest_wait_critical_s":180,"service_level_warning_percent":80,"service_level_critical_percent":60,"service_level_s":20,"short_abandon_s":5,"formula":"standard"}}"#,
        For::Roles(SUPERVISORS),
    ),
    ("/api/walls/list", "", For::Roles(SUPERVISORS)),
    ("/api/walls/create", r#"{"title":"Hall","queues":[],"language":"en"}"#, For::Roles(SUPERVISORS)),
    ("/api/walls/revoke", "id=0", For::Roles(SUPERVISORS)),
];

/// Path, who may.
const EXPORTS: &[(&str, For)] = &[("/export/audit.csv", For::Roles(&[Role::Admin]))];

#[test]
fn every_server_function_is_in_the_table_and_changes_nothing_by_get() {
    let mut known: BTreeMap<&str, ()> = TABLE.iter().map(|(path, ..)| (*path, ())).collect();
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        assert!(known.remove(path).is_some(), "{path} has no row in the table of permits");
        assert_eq!(method, axum::http::Method::POST, "{path}");
    }
    assert!(known.is_empty(), "no such server functions: {:?}", known.keys());
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn every_server_function_asks_for_a_permit(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let nobody = app.browser();
    let mut browsers = Vec::new();
    for role in Role::ALL {
        browsers.push((role, app.signed_in(role).await));
    }
    for (path, body, permit) in TABLE {
        let status = nobody.call(path, body).await.status.as_u16();
        match permit {
            For::Public => assert!(![401, 403].contains(&status), "{path} for nobody: {status}"),
            For::Roles(_) => assert_eq!(status, 401, "{path} for nobody"),
        }
        for (role, browser) in &browsers {
            let answer = browser.call(path, body).await;
            let status = answer.status.as_u16();
            let may = match permit {
                For::Public => true,
                For::Roles(roles) => roles.contains(role),
            };
            if may {
                // Not found, or a switch that is away, is an answer of the inside.
                assert!(
                    ![400, 401, 403, 422, 500].contains(&status),
                    "{path} for {role:?}: {status} {}",
                    answer.body
                );
            } else {
                assert_eq!(status, 403, "{path} for {role:?}");
            }
        }
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn every_export_asks_for_a_permit(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let nobody = app.browser();
    let mut browsers = Vec::new();
    for role in Role::ALL {
        browsers.push((role, app.signed_in(role).await));
    }
    for (path, permit) in EXPORTS {
        let For::Roles(roles) = permit else { panic!("{path} is for everybody") };
        assert_eq!(nobody.get(path).await.status, 401, "{path} for nobody");
        for (role, browser) in &browsers {
            let wanted = if roles.contains(role) { 200 } else { 403 };
            assert_eq!(browser.get(path).await.status, wanted, "{path} for {role:?}");
        }
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn streams_ask_for_a_permit(pool: MySqlPool) {
    let app = TestApp::new(pool);
    assert_eq!(app.browser().get("/live").await.status, 401);
    assert_eq!(app.browser().get("/live/wall/unknown").await.status, 404);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn unknown_functions_are_answered_as_such(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let answer = app.browser().call("/api/board/delete-everything", "").await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, "\"NotFound\""));
}
