//! Signing in and out, sessions and their end.

use std::time::Duration;

use app::api::ApiError;
use app::model::account::{CurrentUser, Role, SessionRow};
use server::auth::Admission;
use server::auth::walls::WallToken;
use server::http::caller::SESSION_COOKIE;
use server::storage::users;
use server::switch::Switches;
use sqlx::MySqlPool;

use crate::harness::{Browser, MIGRATIONS, PASSWORD, TestApp};

async fn user_of(browser: &Browser) -> Option<CurrentUser> {
    browser.call("/api/account/user", "").await.json()
}

async fn session_of(browser: &Browser) -> SessionRow {
    let rows: Vec<SessionRow> = browser.call("/api/account/sessions", "").await.json();
    rows.into_iter().find(|row| row.is_current).unwrap()
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn right_password_signs_in_and_leads_on(pool: MySqlPool) {
    let app = TestApp::new(pool);
    app.add_user(Role::Supervisor).await;
    let browser = app.browser();
    assert_eq!(user_of(&browser).await, None);

    let form = [("name", " Supervisor "), ("password", PASSWORD), ("next", "/walls?x=1")];
    let answer = browser.post("/sign-in", &form).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/walls?x=1"));
    let session = answer.set_cookies().into_iter().find(|cookie| cookie.starts_with(SESSION_COOKIE)).unwrap();
    assert!(session.contains("HttpOnly") && session.contains("SameSite=Lax"), "{session}");
    assert!(!session.contains("Secure"), "over plain HTTP a Secure cookie would be lost: {session}");

    let user = user_of(&browser).await.unwrap();
    assert_eq!((user.name.as_str(), user.role), ("supervisor", Role::Supervisor));
    assert_eq!(session_of(&browser).await.address, "127.0.0.1");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn each_role_begins_at_its_own_page(pool: MySqlPool) {
    let app = TestApp::new(pool);
    for (role, home) in [(Role::Agent, "/desk"), (Role::Supervisor, "/"), (Role::Admin, "/")] {
        app.add_user(role).await;
        assert_eq!(app.browser().sign_in(role.code(), PASSWORD).await.location(), home);
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn refusals_do_not_tell_names_from_passwords(pool: MySqlPool) {
    let app = TestApp::new(pool);
    app.add_user(Role::Admin).await;
    app.add_user(Role::Agent).await;
    users::deactivate_user(&app.pool, "agent", app::model::time::UnixMs(2)).await.unwrap();
    let long = "x".repeat(5000);
    for (name, password) in [
        ("admin", "wrong"),
        ("nobody", PASSWORD),
        ("agent", PASSWORD),
        ("", ""),
        ("admin", &long),
        (&long, "x"),
    ] {
        let browser = app.browser();
        let answer = browser.sign_in(name, password).await;
        assert_eq!(answer.status, 303);
        assert!(answer.location().starts_with("/login?problem=wrong&name="), "{}", answer.location());
        assert_eq!(browser.cookie(SESSION_COOKIE), None);
    }
    assert_eq!(app.browser().post("/sign-in", &[]).await.location(), "/login?problem=wrong");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn next_never_leaves_the_site(pool: MySqlPool) {
    let app = TestApp::new(pool);
    app.add_user(Role::Admin).await;
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let form = [("name", "admin"), ("password", PASSWORD), ("next", next)];
        assert_eq!(app.browser().post("/sign-in", &form).await.location(), "/");
    }
    let answer =
        app.browser().post("/sign-in", &[("name", "张 三"), ("password", "x"), ("next", "/desk")]).await;
    assert_eq!(answer.location(), "/login?problem=wrong&name=%E5%BC%A0%20%E4%B8%89&next=%2Fdesk");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn session_id_is_renewed_and_the_earlier_session_ends(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let browser = app.signed_in(Role::Admin).await;
    let first = browser.cookie(SESSION_COOKIE).unwrap();
    browser.sign_in("admin", PASSWORD).await;
    let second = browser.cookie(SESSION_COOKIE).unwrap();
    assert_ne!(first, second);
    assert!(user_of(&browser).await.is_some());
    let thief = app.browser();
    thief.set_cookie(SESSION_COOKIE, &first);
    assert_eq!(user_of(&thief).await, None);

    let planted = app.browser();
    planted.set_cookie(SESSION_COOKIE, "AAAAAAAAAAAAAAAAAAAAAQ");
    planted.sign_in("admin", PASSWORD).await;
    assert_ne!(planted.cookie(SESSION_COOKIE).unwrap(), "AAAAAAAAAAAAAAAAAAAAAQ");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn revoked_session_ends_with_its_streams(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let phone = app.signed_in(Role::Supervisor).await;
    let laptop = app.sign_in("supervisor").await;
    let rows: Vec<SessionRow> = laptop.call("/api/account/sessions", "").await.json();
    assert_eq!(rows.iter().map(|row| row.is_current).collect::<Vec<_>>(), [true, false]);

    let id = session_of(&phone).await.id;
    let ended = app.state.auth.watch.ended(Admission::Session(id));
    assert_eq!(app.state.auth.watch.is_valid(Admission::Session(id)).await, Some(true));
    let answer = laptop.call("/api/account/revoke-session", &format!("id={id}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    tokio::time::timeout(Duration::from_secs(5), ended).await.expect("the stream ends at once");
    assert_eq!(app.state.auth.watch.is_valid(Admission::Session(id)).await, Some(false));
    assert_eq!(user_of(&phone).await, None);
    assert!(user_of(&laptop).await.is_some());

    let again = laptop.call("/api/account/revoke-session", &format!("id={id}")).await;
    assert_eq!((again.status.as_u16(), again.json::<ApiError>()), (404, ApiError::NotFound));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn nobody_revokes_the_session_of_somebody_else(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let agent = app.signed_in(Role::Agent).await;
    let admin = app.signed_in(Role::Admin).await;
    let id = session_of(&agent).await.id;
    let answer = admin.call("/api/account/revoke-session", &format!("id={id}")).await;
    assert_eq!(answer.status, 404);
    assert!(user_of(&agent).await.is_some());
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn signing_out_ends_the_session(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let browser = app.signed_in(Role::Agent).await;
    let cookie = browser.cookie(SESSION_COOKIE).unwrap();
    let id = session_of(&browser).await.id;
    let ended = app.state.auth.watch.ended(Admission::Session(id));
    assert_eq!(browser.post("/sign-out", &[]).await.location(), "/login");
    tokio::time::timeout(Duration::from_secs(5), ended).await.expect("the stream ends at once");
    assert_eq!(browser.cookie(SESSION_COOKIE), None);
    browser.set_cookie(SESSION_COOKIE, &cookie);
    assert_eq!(user_of(&browser).await, None);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn deactivated_user_is_out_at_the_next_request(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let browser = app.signed_in(Role::Agent).await;
    users::deactivate_user(&app.pool, "agent", app::model::time::UnixMs(2)).await.unwrap();
    assert_eq!(user_of(&browser).await, None);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn requests_of_other_sites_are_refused(pool: MySqlPool) {
    let app = TestApp::new(pool);
    app.add_user(Role::Admin).await;
    let form = [("name", "admin"), ("password", PASSWORD)];
    for headers in [
        vec![],
        vec![("origin", "https://evil.example".to_owned())],
        vec![("sec-fetch-site", "cross-site".to_owned()), ("origin", "http://desk.example:8080".to_owned())],
    ] {
        let mut browser = app.browser();
        browser.headers = headers;
        let answer = browser.post("/sign-in", &form).await;
        assert_eq!(answer.status, 403, "{:?}", browser.headers);
        assert_eq!(browser.cookie(SESSION_COOKIE), None);
        assert_eq!(browser.call("/api/account/user", "").await.status, 403);
        assert_eq!(browser.get("/healthz").await.status, 200, "reading is for everybody");
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn throttling_delays_and_never_locks(pool: MySqlPool) {
    let app = TestApp::new(pool);
    app.add_user(Role::Admin).await;
    for _ in 0..12 {
        assert!(app.browser().sign_in("admin", "guess").await.location().contains("problem=wrong"));
    }
    assert_eq!(app.browser().sign_in("admin", PASSWORD).await.location(), "/");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn cookies_are_secure_behind_a_proxy_with_tls(pool: MySqlPool) {
    let app = TestApp::with(pool, &["--trusted-proxies", "10.0.0.0/8"], Switches::default());
    app.add_user(Role::Admin).await;
    let mut browser = app.browser();
    browser.peer.set_ip([10, 0, 0, 1].into());
    browser.headers.extend([
        ("x-forwarded-for", "203.0.113.9, 198.51.100.7".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
    ]);
    let answer = browser.sign_in("admin", PASSWORD).await;
    assert!(
        answer.set_cookies().iter().all(|cookie| cookie.ends_with("Secure")),
        "{:?}",
        answer.set_cookies()
    );
    assert_eq!(session_of(&browser).await.address, "198.51.100.7");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn pages_work_and_writes_say_so_while_the_database_is_away(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let browser = app.signed_in(Role::Supervisor).await;
    assert!(user_of(&browser).await.is_some());
    let id = session_of(&browser).await.id;
    let body = r#"{"title":"Hall","queues":[],"language":"en"}"#;
    let made: app::model::wall::NewWallLink = browser.call("/api/walls/create", body).await.json();
    let token = made.path.strip_prefix("/wall/").unwrap();
    assert!(app.state.auth.walls.resolve(token).await.unwrap().is_some());

    app.state.database.note_away();
    assert!(user_of(&browser).await.is_some(), "the last five minutes count");
    assert_eq!(app.state.auth.watch.is_valid(Admission::Session(id)).await, None);
    assert!(app.state.auth.walls.resolve(token).await.unwrap().is_some());
    assert!(app.state.auth.walls.resolve(WallToken::random().reveal()).await.is_err());
    let answer = browser.call("/api/walls/create", body).await;
    assert_eq!((answer.status.as_u16(), answer.json::<ApiError>()), (503, ApiError::DatabaseUnavailable));
    assert_eq!(browser.post("/sign-out", &[]).await.status, 503);
    let stranger = app.browser().sign_in("supervisor", PASSWORD).await;
    assert!(stranger.location().starts_with("/login?problem=unavailable"), "{}", stranger.location());
    assert!(app.browser().get("/healthz").await.body.contains(r#""database":"down""#));

    let watch = tokio::spawn(app.state.database.clone().watch(app.state.shutdown.clone()));
    app.state.database.wait_until_there().await;
    assert_eq!(app.state.auth.watch.is_valid(Admission::Session(id)).await, Some(true));
    assert!(user_of(&browser).await.is_some());
    watch.abort();
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn language_and_theme_are_kept_by_plain_forms(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let browser = app.browser();
    let mut answer = browser.post("/language", &[("language", "zh-CN"), ("next", "/login")]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/login"));
    assert_eq!(browser.cookie("switchdesk_language").as_deref(), Some("zh-CN"));
    assert!(answer.set_cookies().iter().all(|cookie| !cookie.contains("HttpOnly")), "pages read it");

    let browser = app.signed_in(Role::Agent).await;
    assert_eq!(browser.cookie("switchdesk_language").as_deref(), Some("en"), "the user's own choice wins");
    browser.post("/language", &[("language", "zh-CN")]).await;
    answer = browser.post("/theme", &[("theme", "dark")]).await;
    assert_eq!(answer.location(), "/");
    browser.post("/theme", &[("theme", "pink")]).await;
    let user = user_of(&browser).await.unwrap();
    assert_eq!((user.language.tag(), user.theme.code()), ("zh-CN", "dark"));
}
