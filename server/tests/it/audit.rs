//! The audit: reading, downloading, taking edits back.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use app::api::ApiError;
use app::model::account::Role;
use app::model::audit::{AuditDetail, AuditPage, FieldValue, Outcome, Undo};
use app::model::thresholds::QueueTargets;
use app::model::wall::NewWallLink;
use demo_switch::{DemoSwitch, Options};
use serde_json::json;
use sqlx::MySqlPool;

use crate::harness::{Browser, MIGRATIONS, NODE, TestApp, eventually};

const QUEUE: &str = "support@default";

async fn with_switch(pool: MySqlPool) -> (TestApp, DemoSwitch) {
    let switch = DemoSwitch::start(Options { agents: 3, queues: 3, ..Options::default() }).await.unwrap();
    let app = TestApp::with_switch(pool, &switch).await;
    (app, switch)
}

fn targets(waiting_critical: u32) -> String {
    let targets = QueueTargets { waiting_critical, ..QueueTargets::default() };
    json!({ "queue": { "node": NODE, "name": QUEUE }, "targets": targets }).to_string()
}

async fn page(browser: &Browser, filter: serde_json::Value, before: Option<u64>) -> AuditPage {
    let body = json!({ "filter": filter, "before": before }).to_string();
    browser.call("/api/audit/list", &body).await.json()
}

async fn detail(browser: &Browser, id: u64) -> AuditDetail {
    browser.call("/api/audit/read", &format!("id={id}")).await.json()
}

async fn waiting_critical(pool: &MySqlPool) -> u32 {
    sqlx::query_scalar("SELECT waiting_critical FROM switch_queues WHERE name = ?")
        .bind(QUEUE)
        .fetch_one(pool)
        .await
        .unwrap()
}

/// Rows without an edit, such as those of many days.
async fn fill(pool: &MySqlPool, count: usize, action: &str, subject: &str) {
    for number in 0..count {
        sqlx::query(
            "INSERT INTO audit (user_name, address, action, subject, outcome, asked_at_ms, completed_at_ms)
             VALUES ('filler', '127.0.0.1', ?, ?, 'done', ?, ?)",
        )
        .bind(action)
        .bind(subject)
        .bind(i64::try_from(number).unwrap() * 1000)
        .bind(1)
        .execute(pool)
        .await
        .unwrap();
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn an_edit_stands_with_who_when_before_and_after(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool).await;
    let admin = app.signed_in(Role::Admin).await;
    assert_eq!(admin.call("/api/queues/targets", &targets(9)).await.status, 200);
    let found = page(&admin, json!({}), None).await;
    let [entry] = &*found.entries else { panic!("{:?}", found.entries) };
    assert_eq!((entry.user.as_str(), entry.address.as_str()), ("admin", "127.0.0.1"));
    assert_eq!((entry.action.as_str(), entry.outcome), ("queue.set-targets", Outcome::Done));
    assert_eq!(entry.subject, format!("{NODE}/{QUEUE}"));
    let changed: Vec<_> = entry.changes.iter().filter(|change| change.is_changed()).collect();
    let [change] = &*changed else { panic!("{changed:?}") };
    assert_eq!(change.field, "waiting_critical");
    assert_eq!(change.before, FieldValue::Text("7".into()));
    assert_eq!(change.after, FieldValue::Text("9".into()));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn pages_go_on_where_they_ended_whatever_is_written_meanwhile(pool: MySqlPool) {
    fill(&pool, 120, "wall.create", "7").await;
    let app = TestApp::new(pool.clone());
    let admin = app.signed_in(Role::Admin).await;
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let found = page(&admin, json!({}), before).await;
        seen.extend(found.entries.iter().map(|entry| entry.id));
        before = found.older;
        if before.is_none() {
            break;
        }
        fill(&pool, 3, "wall.create", "8").await;
    }
    let sorted: Vec<u64> = (1..=120).rev().collect();
    assert_eq!(seen, sorted);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn filters_leave_what_fits_and_wrong_ones_are_named(pool: MySqlPool) {
    fill(&pool, 2, "wall.create", "50%_a").await;
    fill(&pool, 1, "wall.revoke", "50xya").await;
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    for (filter, count) in [
        (json!({}), 3),
        (json!({ "action": "wall.create" }), 2),
        (json!({ "user": "nobody" }), 0),
        (json!({ "user": "filler", "outcome": "done" }), 3),
        (json!({ "outcome": "unknown" }), 0),
        // What LIKE takes for its own is a text here.
        (json!({ "subject": "50%_" }), 2),
        (json!({ "text": "50%" }), 2),
        (json!({ "from": "1970-01-01", "to": "1970-01-01" }), 3),
        (json!({ "from": "1970-01-02" }), 0),
        (json!({ "to": "1969-12-31" }), 0),
    ] {
        assert_eq!(page(&admin, filter.clone(), None).await.entries.len(), count, "{filter}");
    }
    let body = json!({ "filter": { "from": "yesterday", "outcome": "fine" }, "before": null }).to_string();
    let answer = admin.call("/api/audit/list", &body).await;
    assert_eq!(answer.status, 422);
    let ApiError::Invalid(problems) = answer.json() else { panic!("{}", answer.body) };
    let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["from", "outcome"]);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn an_edit_is_undone_and_the_undoing_too(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool.clone()).await;
    let admin = app.signed_in(Role::Admin).await;
    admin.call("/api/queues/targets", &targets(9)).await;
    let edit = page(&admin, json!({}), None).await.entries[0].id;
    assert_eq!(detail(&admin, edit).await.undo, Undo::Possible);

    assert_eq!(admin.call("/api/audit/undo", &format!("id={edit}")).await.status, 200);
    assert_eq!(waiting_critical(&pool).await, 7);
    let undoing = page(&admin, json!({}), None).await.entries.remove(0);
    assert_eq!((undoing.action.as_str(), undoing.undoes), ("queue.set-targets", Some(edit)));
    let first = detail(&admin, edit).await;
    assert_eq!((first.undo, first.undone_by), (Undo::Moved, vec![undoing.id]));
    let again = admin.call("/api/audit/undo", &format!("id={edit}")).await;
    assert_eq!((again.status.as_u16(), again.json::<ApiError>()), (409, ApiError::Conflict));

    assert_eq!(admin.call("/api/audit/undo", &format!("id={}", undoing.id)).await.status, 200);
    assert_eq!(waiting_critical(&pool).await, 9);
    // The board shows what is stored.
    eventually("the targets are on the board", async || {
        let board = app.state.hub.snapshot(&app::model::wall::Scope::All).board;
        board.queues.iter().any(|row| row.targets.waiting_critical == 9).then_some(())
    })
    .await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn what_was_changed_since_is_not_undone(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool.clone()).await;
    let admin = app.signed_in(Role::Admin).await;
    for critical in [9, 11] {
        admin.call("/api/queues/targets", &targets(critical)).await;
    }
    let entries = page(&admin, json!({}), None).await.entries;
    assert_eq!(detail(&admin, entries[1].id).await.undo, Undo::Moved);
    assert_eq!(admin.call("/api/audit/undo", &format!("id={}", entries[1].id)).await.status, 409);
    assert_eq!(waiting_critical(&pool).await, 11);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn two_who_undo_at_once_undo_once(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool.clone()).await;
    let admin = app.signed_in(Role::Admin).await;
    admin.call("/api/queues/targets", &targets(9)).await;
    let body = format!("id={}", page(&admin, json!({}), None).await.entries[0].id);
    let twin = admin.twin();
    let (one, other) =
        tokio::join!(admin.call("/api/audit/undo", &body), twin.call("/api/audit/undo", &body));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(page(&admin, json!({}), None).await.entries.len(), 2);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn making_a_wall_link_is_undone_by_revoking_it_for_good(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let wall = json!({ "title": "Hall", "queues": [], "language": "en" }).to_string();
    let made: NewWallLink = admin.call("/api/walls/create", &wall).await.json();
    // Seen by a screen meanwhile: it is the same link.
    assert_eq!(app.browser().get(&made.path).await.status, 200);
    let edit = page(&admin, json!({}), None).await.entries[0].id;
    assert_eq!(admin.call("/api/audit/undo", &format!("id={edit}")).await.status, 200);
    let token = made.path.trim_start_matches("/wall/");
    assert_eq!(app.browser().call("/api/board/wall", &format!("token={token}")).await.status, 404);
    let revoking = page(&admin, json!({}), None).await.entries.remove(0);
    assert_eq!((revoking.action.as_str(), revoking.undoes), ("wall.revoke", Some(edit)));
    assert_eq!(detail(&admin, revoking.id).await.undo, Undo::Never);
    assert_eq!(admin.call("/api/audit/undo", &format!("id={}", revoking.id)).await.status, 404);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn who_may_not_edit_may_not_undo(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool.clone()).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    supervisor.call("/api/queues/targets", &targets(9)).await;
    let edit: u64 = sqlx::query_scalar("SELECT MAX(id) FROM audit").fetch_one(&pool).await.unwrap();
    let agent = app.signed_in(Role::Agent).await;
    assert_eq!(agent.call("/api/audit/undo", &format!("id={edit}")).await.status, 403);
    assert_eq!(waiting_critical(&pool).await, 9);
    // A supervisor may make such an edit, and so take it back, without reading the audit.
    assert_eq!(supervisor.call("/api/audit/read", &format!("id={edit}")).await.status, 403);
    assert_eq!(supervisor.call("/api/audit/undo", &format!("id={edit}")).await.status, 200);
    assert_eq!(waiting_critical(&pool).await, 7);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn the_download_has_every_row_of_the_filter_and_no_formula(pool: MySqlPool) {
    fill(&pool, 1_100, "wall.create", "=HYPERLINK(\"http://evil.example\")").await;
    fill(&pool, 1, "wall.revoke", "7").await;
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let answer = admin.get("/export/audit.csv?action=wall.create").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        answer.header("content-disposition").contains("attachment"),
        "{}",
        answer.header("content-disposition")
    );
    let text = answer.body.strip_prefix('\u{feff}').expect("a byte order mark");
    let lines: Vec<&str> = text.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 1_101);
    assert!(lines[0].starts_with("id,asked_at,"), "{}", lines[0]);
    assert!(lines[1..].iter().all(|line| line.contains("\"'=HYPERLINK")), "{}", lines[1]);
    let ids: BTreeSet<&str> = lines[1..].iter().filter_map(|line| line.split(',').next()).collect();
    assert_eq!(ids.len(), 1_100);
    // The download itself is on record.
    assert_eq!(page(&admin, json!({ "action": "audit.export" }), None).await.entries.len(), 1);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn pages_are_rendered_with_their_rows_and_a_form_undoes_without_a_program(pool: MySqlPool) {
    let (app, _switch) = with_switch(pool.clone()).await;
    let mut admin = app.signed_in(Role::Admin).await;
    admin.call("/api/queues/targets", &targets(9)).await;
    let list = admin.get("/audit?action=queue.set-targets").await;
    assert!(list.body.contains("Set the targets of a queue"), "{}", list.body);
    assert!(list.body.contains("href=\"/audit/1\""), "{}", list.body);
    let row = admin.get("/audit/1").await;
    assert!(row.body.contains("/api/audit/undo"), "{}", row.body);
    admin.headers.push(("referer", "http://desk.example:8080/audit/1".into()));
    assert_eq!(admin.post("/api/audit/undo", &[("id", "1")]).await.status, 302);
    assert_eq!(waiting_critical(&pool).await, 7);
}

/// The page has a sentence for each action, in both languages: what is not in its table shows as a code.
#[test]
fn every_action_of_the_server_has_its_sentence() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let words = fs::read_to_string(root.join("app/src/pages/audit/words.rs")).unwrap();
    let mut folders = vec![root.join("server/src")];
    let mut codes = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for marker in ["NewAudit::by(", "NewAudit::by_command_line("] {
                for rest in text.split(marker).skip(1) {
                    let end = rest.find(';').unwrap_or(rest.len());
                    codes.extend(rest[..end].split('"').skip(1).step_by(2).take(1).map(str::to_owned));
                }
            }
        }
    }
    let codes: Vec<String> = codes.into_iter().filter(|code| code.contains('.')).collect();
    assert!(codes.len() >= 8, "{codes:?}");
    let missing: Vec<_> = codes.iter().filter(|code| !words.contains(&format!("\"{code}\" =>"))).collect();
    assert!(missing.is_empty(), "no sentence for {missing:?} in app/src/pages/audit/words.rs");
}
