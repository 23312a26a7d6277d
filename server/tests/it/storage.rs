//! Statements against a real database.

use app::model::account::{BoardPreferences, QueueSort, Role};
use app::model::agent::{AgentStatus, ReasonCode, SetBy};
use app::model::ids::{AgentKey, NodeName, QueueKey};
use app::model::thresholds::QueueTargets;
use app::model::time::UnixMs;
use app::model::wall::{NewWallLink, WallLink};
use server::auth::Admission;
use server::storage::agent_status_notes::{self, NewStatusNote};
use server::storage::audit::{self, NewAudit, Outcome};
use server::storage::{StorageError, agents, queues, users};
use sqlx::MySqlPool;

use crate::harness::{MIGRATIONS, NODE, TestApp};

const NOW: UnixMs = UnixMs(1_700_000_000_000);

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn names_of_the_switch_are_compared_byte_by_byte(pool: MySqlPool) {
    let node = NodeName::new(NODE);
    let found = names(&[
        "a@default",
        "A@default",
        "a@default ",
        "ä@default",
        "张三@default",
        "'; DROP TABLE users; --",
    ]);
    agents::discover_agents(&pool, &node, &found, NOW).await.unwrap();
    agents::discover_agents(&pool, &node, &found, NOW).await.unwrap();
    let mut stored: Vec<String> =
        agents::list_agents(&pool, &node).await.unwrap().into_iter().map(|agent| agent.name).collect();
    let mut found = found;
    found.sort();
    stored.sort();
    assert_eq!(stored, found);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn discovered_queue_begins_with_the_usual_targets_and_keeps_its_own(pool: MySqlPool) {
    let node = NodeName::new(NODE);
    let queue = QueueKey::new(&node, "support@default");
    queues::discover_queues(&pool, &node, &names(&["support@default"]), NOW).await.unwrap();
    let stored = queues::list_queues(&pool, &node).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].targets, QueueTargets::default(), "the schema's defaults are the program's");
    let targets = QueueTargets { waiting_warning: 1, waiting_critical: 2, ..QueueTargets::default() };
    queues::update_queue_targets(&pool, &queue, &targets).await.unwrap();
    queues::discover_queues(&pool, &node, &names(&["support@default", "sales@default"]), NOW).await.unwrap();
    assert_eq!(queues::lock_queue_targets(&pool, &queue).await.unwrap(), targets);
    let unknown = QueueKey::new(&node, "unknown");
    assert!(matches!(queues::lock_queue_targets(&pool, &unknown).await, Err(StorageError::NotFound)));
    queues::discover_queues(&pool, &node, &[], NOW).await.unwrap();
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn targets_are_stored_with_their_audit_row_or_not_at_all(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let browser = app.signed_in(Role::Supervisor).await;
    let save = |name: &str, critical: u32| {
        let targets = QueueTargets { waiting_critical: critical, ..QueueTargets::default() };
        serde_json::json!({ "queue": { "node": NODE, "name": name }, "targets": targets }).to_string()
    };
    assert_eq!(browser.call("/api/queues/targets", &save("unknown", 9)).await.status, 404);
    let node = NodeName::new(NODE);
    queues::discover_queues(&app.pool, &node, &names(&["support@default"]), NOW).await.unwrap();
    assert_eq!(browser.call("/api/queues/targets", &save("support@default", 1)).await.status, 422);
    assert_eq!(browser.call("/api/queues/targets", &save("support@default", 9)).await.status, 200);
    let rows: Vec<(Vec<u8>, String, String)> = sqlx::query_as(
        "SELECT subject, before_json, after_json FROM audit WHERE action = 'queue.set-targets'",
    )
    .fetch_all(&app.pool)
    .await
    .unwrap();
    let [(subject, before, after)] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(subject, b"fs-1/support@default");
    assert!(before.contains(r#""waiting_critical":7"#) && after.contains(r#""waiting_critical":9"#));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn latest_note_that_was_not_refused_explains_a_status(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let node = NodeName::new(NODE);
    let own = AgentKey::new(&node, "1007@default");
    let other = AgentKey::new(&node, "1008@default");
    let agent = app.add_user(Role::Agent).await;
    let supervisor = app.add_user(Role::Supervisor).await;
    let note = async |agent: &AgentKey, status, reason, user_id, at| {
        let new = NewStatusNote { agent: agent.clone(), status, reason, user_id };
        agent_status_notes::create_status_note(&app.pool, &new, UnixMs(at)).await.unwrap()
    };
    note(&own, AgentStatus::Available, None, agent, 1).await;
    note(&own, AgentStatus::OnBreak, Some(ReasonCode::new("meal")), agent, 2).await;
    let refused = note(&own, AgentStatus::LoggedOut, None, agent, 3).await;
    agent_status_notes::refuse_status_note(&app.pool, refused, NOW).await.unwrap();
    note(&other, AgentStatus::LoggedOut, None, supervisor, 4).await;

    let notes = agent_status_notes::list_latest_status_notes(&app.pool, &node).await.unwrap();
    let [first, second] = &notes[..] else { panic!("{notes:?}") };
    assert_eq!((first.status, &first.reason), (AgentStatus::OnBreak, &Some(ReasonCode::new("meal"))));
    assert_eq!((&first.set_by, first.noted_at), (&SetBy::Agent, UnixMs(2)));
    assert_eq!(second.set_by, SetBy::User { display_name: "supervisor 示例".into() });
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn same_press_of_a_button_is_written_once(pool: MySqlPool) {
    let row = NewAudit::by_command_line("test.act", "x".repeat(1000));
    let id = audit::record_asked(&pool, &row, NOW).await.unwrap();
    audit::complete(&pool, id, Outcome::Refused, Some(&"张".repeat(2000)), NOW).await.unwrap();
    audit::complete(&pool, id, Outcome::Done, None, NOW).await.unwrap();
    let (outcome, length): (Vec<u8>, i64) =
        sqlx::query_as("SELECT outcome, CHAR_LENGTH(result) FROM audit").fetch_one(&pool).await.unwrap();
    assert_eq!((outcome.as_slice(), length), (&b"refused"[..], 1000), "what is complete stays as it is");

    let app = TestApp::new(pool);
    let mut browser = app.signed_in(Role::Supervisor).await;
    browser.headers.push(("idempotency-key", "press-1".into()));
    let body = r#"{"title":"Hall","queues":[],"language":"en"}"#;
    assert_eq!(browser.call("/api/walls/create", body).await.status, 200);
    assert_eq!(browser.call("/api/walls/create", body).await.status, 409);
    let user = users::find_credentials(&app.pool, "supervisor").await.unwrap().unwrap().user.id;
    let earlier = audit::find_earlier(&app.pool, user, "press-1").await.unwrap().unwrap();
    assert_eq!(earlier.outcome, Outcome::Done);
    assert_eq!(audit::find_earlier(&app.pool, user, "press-2").await.unwrap(), None);
    let walls: Vec<WallLink> = browser.call("/api/walls/list", "").await.json();
    assert_eq!(walls.len(), 1);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn wall_link_opens_by_its_token_until_it_is_revoked(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let browser = app.signed_in(Role::Supervisor).await;
    let body = r#"{"title":"  大厅 Hall ","queues":[{"node":"fs-1","name":"b"},{"node":"fs-1","name":"a"},{"node":"fs-1","name":"a"}],"language":"zh-CN"}"#;
    let made: NewWallLink = browser.call("/api/walls/create", body).await.json();
    assert_eq!(made.link.title, "大厅 Hall");
    assert_eq!(made.link.queues.iter().map(|queue| queue.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let token = made.path.strip_prefix("/wall/").unwrap();
    let (stored,): (String,) =
        sqlx::query_as("SELECT CONCAT(HEX(token_hash), title, queues_json) FROM wall_links")
            .fetch_one(&app.pool)
            .await
            .unwrap();
    assert!(!stored.contains(token), "the token is stored nowhere");
    let listed = browser.call("/api/walls/list", "").await;
    assert!(!listed.body.contains(token), "nor shown again");

    let watch = &app.state.auth.watch;
    let ended = watch.ended(Admission::Wall(made.link.id));
    assert_eq!(app.state.auth.walls.resolve(token).await.unwrap().unwrap().id, made.link.id);
    assert!(app.state.auth.walls.resolve(&token.to_lowercase()).await.unwrap().is_none());
    assert!(app.state.auth.walls.resolve("").await.unwrap().is_none());
    assert_eq!(browser.call("/api/walls/revoke", &format!("id={}", made.link.id)).await.status, 200);
    tokio::time::timeout(std::time::Duration::from_secs(5), ended)
        .await
        .expect("the screen goes dark at once");
    assert!(app.state.auth.walls.resolve(token).await.unwrap().is_none());
    app.state.database.note_away();
    assert!(app.state.auth.walls.resolve(token).await.is_err(), "a revoked link is not remembered");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn wall_links_with_problems_are_refused_field_by_field(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let browser = app.signed_in(Role::Admin).await;
    for title in ["", "   ", "a\nb", &"x".repeat(101)] {
        let body = serde_json::json!({ "title": title, "queues": [], "language": "en" }).to_string();
        let answer = browser.call("/api/walls/create", &body).await;
        assert_eq!(answer.status, 422, "{title:?}");
        assert!(answer.body.contains("title"), "{}", answer.body);
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn board_preferences_come_back_with_the_user(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let id = app.add_user(Role::Supervisor).await;
    let preferences = BoardPreferences {
        sort: QueueSort::Waiting,
        reversed: true,
        hidden_queues: vec![QueueKey::new(&NodeName::new(NODE), "夜间@default")],
    };
    users::update_board_preferences(&app.pool, id, &preferences).await.unwrap();
    let user = users::find_credentials(&app.pool, "supervisor").await.unwrap().unwrap().user;
    assert_eq!(user.board, preferences);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn taken_name_is_a_conflict_of_its_key(pool: MySqlPool) {
    let app = TestApp::new(pool);
    app.add_user(Role::Admin).await;
    let user = users::NewUser {
        name: "admin".into(),
        password_hash: "x".into(),
        role: Role::Admin,
        agent: None,
        display_name: "x".into(),
        language: app::model::account::Language::En,
    };
    let taken = users::create_user(&app.pool, &user, NOW).await.unwrap_err();
    assert!(matches!(&taken, StorageError::Conflict { key } if key == "users_name"), "{taken}");
    let missing = users::deactivate_user(&app.pool, "nobody", NOW).await.unwrap_err();
    assert!(matches!(missing, StorageError::NotFound));
}
