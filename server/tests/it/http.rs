//! What surrounds every answer: headers, files, health, metrics, limits.

use std::fs;

use app::model::account::Role;
use server::switch::Switches;
use sqlx::MySqlPool;

use crate::harness::{MIGRATIONS, TestApp};

#[sqlx::test(migrator = "MIGRATIONS")]
async fn nonce_of_the_policy_is_that_of_the_scripts(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let browser = app.signed_in(Role::Supervisor).await;
    let mut nonces = Vec::new();
    for path in ["/login", "/login", "/", "/no-such-page"] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
        let nonce = nonce.unwrap_or_else(|| panic!("{path}: {policy}")).to_owned();
        assert!(
            policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert!(answer.body.contains(&format!("nonce=\"{nonce}\"")), "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 4, "each answer has its own");
    assert_eq!(browser.get("/no-such-page").await.status, 404);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn versions_of_the_front_end_are_kept_for_ever_and_nothing_else_is(pool: MySqlPool) {
    let site = tempfile::tempdir().unwrap();
    fs::create_dir_all(site.path().join("pkg/abc123")).unwrap();
    fs::write(site.path().join("pkg/current"), "abc123\n").unwrap();
    fs::write(site.path().join("pkg/abc123/switchdesk.css"), "body {}").unwrap();
    fs::write(site.path().join("favicon.svg"), "<svg/>").unwrap();
    let app = TestApp::with(pool, &["--site-root", site.path().to_str().unwrap()], Switches::default());
    let browser = app.browser();
    for (path, status, keep) in [
        ("/pkg/abc123/switchdesk.css", 200, "public, max-age=31536000, immutable"),
        ("/pkg/abc123/missing.css", 404, "no-cache"),
        ("/pkg/current", 200, "no-cache"),
        ("/favicon.svg", 200, "private, no-cache"),
        ("/login", 200, "private, no-cache"),
    ] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (status, keep), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        // Only what can be a document or a worker is told what it may do.
        let is_document = !path.starts_with("/pkg/");
        assert_eq!(answer.header("content-security-policy").is_empty(), !is_document, "{path}");
    }
    assert!(browser.get("/login").await.body.contains("/pkg/abc123/switchdesk.css"));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn metrics_are_for_their_networks_alone(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let mut browser = app.browser();
    browser.sign_in("nobody", "nothing").await;
    let answer = browser.get("/metrics").await;
    assert!(answer.body.contains("switchdesk_sign_ins_total{outcome=\"wrong\"} 1"), "{}", answer.body);
    assert!(answer.body.contains("switchdesk_database_up 1"));
    browser.headers.push(("x-forwarded-for", "203.0.113.9".into()));
    assert_eq!(browser.get("/metrics").await.status, 404, "behind a proxy nobody is on this machine");
    browser.headers.pop();
    browser.peer.set_ip([203, 0, 113, 9].into());
    assert_eq!(browser.get("/metrics").await.status, 404);
    assert_eq!(browser.get("/healthz").await.status, 200);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn bodies_have_a_limit(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let browser = app.signed_in(Role::Supervisor).await;
    let body =
        serde_json::json!({ "title": "x".repeat(1 << 20), "queues": [], "language": "en" }).to_string();
    assert_eq!(browser.call("/api/walls/create", &body).await.status, 413);
}
