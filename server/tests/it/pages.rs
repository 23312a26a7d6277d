//! Pages as the server renders them, before any program runs.

use std::fs;

use app::model::account::Role;
use app::model::wall::NewWallLink;
use demo_switch::{DemoSwitch, Options};
use serde_json::json;
use sqlx::MySqlPool;

use crate::harness::{MIGRATIONS, TestApp};

#[sqlx::test(migrator = "MIGRATIONS")]
async fn title_in_the_tab_shows_markup_as_text(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let supervisor = app.signed_in(Role::Supervisor).await;
    let wall = json!({ "title": "</title><script>alert(1)</script>", "queues": [], "language": "en" });
    let made: NewWallLink = supervisor.call("/api/walls/create", &wall.to_string()).await.json();
    let page = app.browser().get(&made.path).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<title>&lt;/title>&lt;script>alert(1)"), "{}", page.body);
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
}

/// The framework tries a page on one thread while it renders it on another.
#[sqlx::test(migrator = "MIGRATIONS")]
async fn page_with_a_title_that_lives_is_rendered_every_time(pool: MySqlPool) {
    const READERS: usize = 8;
    const TIMES: usize = 40;
    let switch = DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap();
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    // Where the router runs decides where the framework spawns: threads as in a real server.
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let readers: Vec<_> = (0..READERS)
        .map(|_| {
            let agent = agent.twin();
            threads.spawn(async move {
                for _ in 0..TIMES {
                    let page = agent.get("/desk").await;
                    assert_eq!(page.status, 200, "{}", page.body);
                    assert!(page.body.contains("<title>1007 · SwitchDesk</title>"), "{}", page.body);
                }
            })
        })
        .collect();
    for reader in readers {
        reader.await.unwrap();
    }
    threads.shutdown_background();
}

/// The framework leaves what it renders in a variable of the thread while it waits, where others find it.
#[sqlx::test(migrator = "MIGRATIONS")]
async fn page_keeps_its_headers_whatever_is_asked_for_meanwhile(pool: MySqlPool) {
    let site = tempfile::tempdir().unwrap();
    fs::write(site.path().join("file.txt"), "as it is").unwrap();
    let switch = DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap();
    let flags = ["--site-root", site.path().to_str().unwrap()];
    let app = TestApp::with_switch_and(pool, &switch, &flags).await;
    let (agent, visitor) = (app.signed_in(Role::Agent).await, app.browser());
    for _ in 0..5 {
        let files = async {
            loop {
                let file = visitor.get("/file.txt").await;
                assert_eq!((file.status.as_u16(), file.body.as_str()), (200, "as it is"));
                assert!(!file.header("content-security-policy").contains("nonce"));
            }
        };
        let page = tokio::select! {
            page = agent.get("/desk") => page,
            never = files => never,
        };
        assert_eq!(page.status, 200);
        let policy = page.header("content-security-policy");
        let nonce =
            policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
        assert!(
            page.body.contains(&format!("nonce=\"{nonce}\"")),
            "the scripts of the page may not run: {policy}"
        );
    }
}
