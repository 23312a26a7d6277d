//! Every server function with every role and with none.

use std::collections::BTreeMap;

use app::model::account::Role;
use sqlx::MySqlPool;

use crate::harness::{MIGRATIONS, TestApp};

const EVERYBODY: &[Role] = &[Role::Agent, Role::Supervisor, Role::Admin];
const ADMINS: &[Role] = &[Role::Admin];
const SUPERVISORS: &[Role] = &[Role::Supervisor, Role::Admin];

const AGENTS: &[Role] = &[Role::Agent];

/// Who may call it.
enum For {
    /// Anybody, signed in or not: it answers about the caller alone, or brings its own permit.
    Public,
    /// These roles.
    Roles(&'static [Role]),
    /// These roles, who are told what is wrong with what the table sends: no row can know a right code.
    Checked(&'static [Role]),
}

/// A call, and a press of a button.
const CALL: &str = r#"{"call":{"node":"fs-1","uuid":"x"},"press":"1"}"#;

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
    ("/api/caller/read", "", For::Roles(AGENTS)),
    (
        "/api/caller/call-note",
        r#"{"member":{"node":"fs-1","uuid":"x"},"note":{"outcome":null,"text":"x"}}"#,
        For::Roles(AGENTS),
    ),
    (
        "/api/caller/number-note",
        r#"{"member":{"node":"fs-1","uuid":"x"},"text":"x","version":0}"#,
        For::Roles(AGENTS),
    ),
    ("/api/center/read", "", For::Roles(ADMINS)),
    (
        "/api/center/break-reason",
        r#"{"reason":{"name":{"code":"walk","en":"Walk","zh":"散步"},"is_paid":true,"budget_min":0,"position":9,"is_retired":false},"is_new":true}"#,
        For::Roles(ADMINS),
    ),
    (
        "/api/center/outcome-code",
        r#"{"outcome":{"name":{"code":"sold","en":"Sold","zh":"成交"},"queue":null,"position":9,"is_retired":false},"is_new":true}"#,
        For::Roles(ADMINS),
    ),
    ("/api/center/on-demand", "is_offered=true", For::Roles(ADMINS)),
    ("/api/calls/list", "", For::Roles(SUPERVISORS)),
    ("/api/calls/read", r#"{"id":{"node":"fs-1","uuid":"x"}}"#, For::Roles(SUPERVISORS)),
    ("/api/calls/find", r#"{"agent":{"node":"fs-1","name":"x"}}"#, For::Roles(SUPERVISORS)),
    ("/api/calls/listen", CALL, For::Roles(SUPERVISORS)),
    ("/api/calls/whisper", CALL, For::Roles(SUPERVISORS)),
    ("/api/calls/barge", CALL, For::Roles(SUPERVISORS)),
    (
        "/api/calls/stop-listening",
        r#"{"listener":{"node":"fs-1","uuid":"x"},"press":"1"}"#,
        For::Roles(SUPERVISORS),
    ),
    (
        "/api/calls/steer",
        r#"{"call":{"node":"fs-1","uuid":"x"},"steer":"HangUp","press":"1"}"#,
        For::Roles(SUPERVISORS),
    ),
    (
        "/api/calls/record",
        r#"{"call":{"node":"fs-1","uuid":"x"},"is_on":true,"press":"1"}"#,
        For::Roles(SUPERVISORS),
    ),
    (
        "/api/callers/serve",
        r#"{"caller":{"node":"fs-1","uuid":"x"},"serve":"MakeFirst","press":"1"}"#,
        For::Roles(SUPERVISORS),
    ),
    (
        "/api/agents/status",
        r#"{"agent":{"node":"fs-1","name":"x"},"status":"available","reason":null,"seen":"OnBreak","press":"1"}"#,
        For::Roles(SUPERVISORS),
    ),
    (
        "/api/agents/log-out-later",
        r#"{"agent":{"node":"fs-1","name":"x"},"is_wanted":true,"press":"1"}"#,
        For::Roles(SUPERVISORS),
    ),
    ("/api/extensions/list", "", For::Roles(SUPERVISORS)),
    ("/api/extensions/save", "node=fs-1&extension=8001", For::Roles(SUPERVISORS)),
    ("/api/desk/read", "", For::Roles(&[Role::Agent])),
    ("/api/desk/status", "status=available", For::Roles(&[Role::Agent])),
    ("/api/desk/day", "", For::Roles(AGENTS)),
    ("/api/desk/signals", r#"{"signals":{"has_title":true,"has_sound":false}}"#, For::Roles(AGENTS)),
    (
        "/api/ghosts/repair",
        r#"{"ghost":{"Agent":{"node":"fs-1","name":"1001@default"}},"repair":"FreeAgent"}"#,
        For::Roles(SUPERVISORS),
    ),
    (
        "/api/messages/send",
        r#"{"to":{"Agent":{"node":"fs-1","name":"1001@default"}},"text":"x"}"#,
        For::Roles(SUPERVISORS),
    ),
    ("/api/messages/sent", "", For::Roles(SUPERVISORS)),
    ("/api/messages/received", "", For::Roles(AGENTS)),
    ("/api/messages/read", "id=0", For::Roles(AGENTS)),
    ("/api/own-call/hold", "is_held=true", For::Roles(AGENTS)),
    ("/api/own-call/hang-up", "press=1", For::Roles(AGENTS)),
    ("/api/own-call/transfer", r#"{"to":{"Number":"1008"},"press":"2"}"#, For::Roles(AGENTS)),
    ("/api/own-call/add", r#"{"to":{"Number":"1008"},"press":"3"}"#, For::Roles(AGENTS)),
    ("/api/own-call/leave", "press=4", For::Roles(AGENTS)),
    ("/api/own-call/targets", "", For::Roles(AGENTS)),
    ("/api/own-call/wrap-up", "step=more", For::Roles(AGENTS)),
    (
        "/api/queues/targets",
        r#"{"queue":{"node":"fs-1","name":"x"},"targets":{"waiting_warning":4,"waiting_critical":7,"longest_wait_warning_s":60,"longest_wait_critical_s":180,"service_level_warning_percent":80,"service_level_critical_percent":60,"service_level_s":20,"short_abandon_s":5,"formula":"standard"}}"#,
        For::Roles(SUPERVISORS),
    ),
    ("/api/people/list", "", For::Roles(ADMINS)),
    ("/api/people/find", "id=0", For::Roles(ADMINS)),
    (
        "/api/people/create",
        r#"{"new":{"name":"new-one","display_name":"","role":"supervisor","agent":null,"password":""}}"#,
        For::Roles(ADMINS),
    ),
    (
        "/api/people/update",
        r#"{"id":0,"form":{"display_name":"x","role":"supervisor","agent":null,"permissions":[],"teams":[],"extensions":[]}}"#,
        For::Roles(ADMINS),
    ),
    ("/api/people/deactivate", "id=0", For::Roles(ADMINS)),
    ("/api/people/reactivate", "id=0", For::Roles(ADMINS)),
    ("/api/people/reset-password", "id=0", For::Roles(ADMINS)),
    ("/api/people/take-second-factor", "id=0", For::Roles(ADMINS)),
    ("/api/people/revoke-session", "id=0&session=0", For::Roles(ADMINS)),
    ("/api/security/read", "", For::Roles(EVERYBODY)),
    (
        "/api/security/password",
        "password=correct%20horse%20battery&new=another%20horse%20stable&again=another%20horse%20stable",
        For::Roles(EVERYBODY),
    ),
    ("/api/security/begin", "password=another%20horse%20stable", For::Roles(EVERYBODY)),
    ("/api/security/confirm", "code=000000", For::Checked(EVERYBODY)),
    ("/api/security/recovery-codes", "password=another%20horse%20stable", For::Roles(EVERYBODY)),
    ("/api/security/remove", "password=another%20horse%20stable", For::Roles(EVERYBODY)),
    ("/api/teams/list", "", For::Roles(ADMINS)),
    (
        "/api/teams/save",
        r#"{"id":null,"form":{"name":"Team (sample)","queues":[],"agents":[],"supervisors":[]}}"#,
        For::Roles(ADMINS),
    ),
    ("/api/teams/delete", "id=0", For::Roles(ADMINS)),
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
            For::Roles(_) | For::Checked(_) => assert_eq!(status, 401, "{path} for nobody"),
        }
        for (role, browser) in &browsers {
            let answer = browser.call(path, body).await;
            let status = answer.status.as_u16();
            let may = match permit {
                For::Public => true,
                For::Roles(roles) | For::Checked(roles) => roles.contains(role),
            };
            if may && matches!(permit, For::Checked(_)) {
                assert_eq!(status, 422, "{path} for {role:?}: {}", answer.body);
                continue;
            }
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
    let agent = app.signed_in(Role::Agent).await;
    for stream in ["/live/calls", "/live/calls/fs-1/x"] {
        assert_eq!(app.browser().get(stream).await.status, 401);
        assert_eq!(agent.get(stream).await.status, 403);
    }
    assert_eq!(app.browser().get("/live").await.status, 401);
    assert_eq!(app.browser().get("/live/wall/unknown").await.status, 404);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn unknown_functions_are_answered_as_such(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let answer = app.browser().call("/api/board/delete-everything", "").await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, "\"NotFound\""));
}
