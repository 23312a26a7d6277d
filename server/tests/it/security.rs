//! The own password and the second factor.

use std::process::ExitCode;

use app::api::ApiError;
use app::model::account::{CurrentUser, Role, SessionRow};
use app::model::problem::ProblemKind;
use app::model::security::{AccountSecurity, SecondFactorSetup};
use server::clock;
use server::switch::Switches;
use sqlx::MySqlPool;
use totp_rs::{Builder, Secret, Totp};

use crate::harness::{Browser, MIGRATIONS, PASSWORD, TestApp};

/// An authenticator on somebody's telephone.
struct Authenticator(Totp);

impl Authenticator {
    /// Photographs what the page shows.
    fn of(setup: &SecondFactorSetup) -> Self {
        let secret = Secret::try_from_base32(&setup.secret).unwrap();
        Self(Builder::new().with_secret(secret).build().unwrap())
    }

    /// The code so many half minutes from now.
    fn code(&self, steps: i64) -> String {
        let s = clock::now().0 / 1000 + steps * 30;
        self.0.generate(u64::try_from(s).unwrap()).to_string()
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", server::http::redirect::encoded(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

async fn user_of(browser: &Browser) -> Option<CurrentUser> {
    browser.call("/api/account/user", "").await.json()
}

async fn security(browser: &Browser) -> AccountSecurity {
    browser.call("/api/security/read", "").await.json()
}

/// Turns the second factor on, and returns the authenticator with the recovery codes.
async fn set_up(browser: &Browser) -> (Authenticator, Vec<String>) {
    let begun = browser.call("/api/security/begin", &form(&[("password", PASSWORD)])).await;
    let authenticator = Authenticator::of(&begun.json());
    let confirmed = browser.call("/api/security/confirm", &form(&[("code", &authenticator.code(0))])).await;
    (authenticator, confirmed.json())
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn another_password_asks_for_the_old_one_and_ends_other_sessions(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let here = app.signed_in(Role::Supervisor).await;
    let elsewhere = app.sign_in("supervisor").await;
    let new = "mops zwölf kanal";
    for (password, chosen, again, field, kind) in [
        ("wrong", new, new, "password", ProblemKind::Mismatch),
        (PASSWORD, new, "mops", "again", ProblemKind::Mismatch),
        (PASSWORD, "short", "short", "new", ProblemKind::TooShort(12)),
        (PASSWORD, "supervisor12", "supervisor12", "new", ProblemKind::TooCommon),
    ] {
        let body = form(&[("password", password), ("new", chosen), ("again", again)]);
        let answer = here.call("/api/security/password", &body).await;
        let ApiError::Invalid(problems) = answer.json() else { panic!("{}", answer.body) };
        assert_eq!((problems[0].field.as_str(), problems[0].kind), (field, kind));
    }
    assert!(user_of(&elsewhere).await.is_some());
    let body = form(&[("password", PASSWORD), ("new", new), ("again", new)]);
    assert_eq!(here.call("/api/security/password", &body).await.status, 200);
    assert!(user_of(&here).await.is_some());
    assert_eq!(user_of(&elsewhere).await, None);
    assert!(app.browser().sign_in("supervisor", PASSWORD).await.location().starts_with("/login"));
    assert_eq!(app.browser().sign_in("supervisor", new).await.location(), "/");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_second_factor_is_asked_for_after_the_password(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let owner = app.signed_in(Role::Supervisor).await;
    let wrong = owner.call("/api/security/begin", &form(&[("password", "wrong")])).await;
    assert_eq!(wrong.status, 422);
    let (authenticator, _) = set_up(&owner).await;
    let state = security(&owner).await;
    assert!(state.has_second_factor);
    assert_eq!(state.recovery_codes_left, 10);

    let browser = app.browser();
    let answer =
        browser.post("/sign-in", &[("name", "supervisor"), ("password", PASSWORD), ("next", "/walls")]).await;
    assert_eq!(answer.location(), "/login?step=code&next=%2Fwalls");
    assert_eq!(user_of(&browser).await, None, "the password alone is not enough");
    let page = browser.get(answer.location()).await;
    assert!(page.body.contains(r#"action="/sign-in/code""#), "{}", page.body);

    let answer = browser.post("/sign-in/code", &[("code", "000000")]).await;
    assert_eq!(answer.location(), "/login?step=code&problem=wrong-code");
    let code = authenticator.code(1);
    let answer = browser.post("/sign-in/code", &[("code", &code), ("next", "/walls")]).await;
    assert_eq!(answer.location(), "/walls");
    assert_eq!(user_of(&browser).await.unwrap().name, "supervisor");

    let replay = app.browser();
    replay.sign_in("supervisor", PASSWORD).await;
    let answer = replay.post("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(answer.location(), "/login?step=code&problem=wrong-code", "a code is taken once");
    assert_eq!(user_of(&replay).await, None);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_code_without_a_password_before_it_is_worth_nothing(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let owner = app.signed_in(Role::Supervisor).await;
    let (authenticator, codes) = set_up(&owner).await;
    for code in [&authenticator.code(1), &codes[0]] {
        let stranger = app.browser();
        let answer = stranger.post("/sign-in/code", &[("code", code)]).await;
        assert_eq!(answer.location(), "/login?problem=expired");
        assert_eq!(user_of(&stranger).await, None);
    }
    // Ten wrong codes end the attempt, whatever the eleventh is.
    let browser = app.browser();
    browser.sign_in("supervisor", PASSWORD).await;
    for _ in 0..10 {
        browser.post("/sign-in/code", &[("code", "000000")]).await;
    }
    let answer = browser.post("/sign-in/code", &[("code", &authenticator.code(1))]).await;
    assert_eq!(answer.location(), "/login?problem=expired");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn recovery_codes_replace_the_authenticator_once_each(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let owner = app.signed_in(Role::Supervisor).await;
    let (_, codes) = set_up(&owner).await;
    let try_code = async |code: &str| {
        let browser = app.browser();
        browser.sign_in("supervisor", PASSWORD).await;
        browser.post("/sign-in/code", &[("code", code)]).await.location().to_owned()
    };
    assert_eq!(try_code(&codes[3].to_uppercase()).await, "/");
    assert_eq!(try_code(&codes[3]).await, "/login?step=code&problem=wrong-code");
    assert_eq!(security(&owner).await.recovery_codes_left, 9);

    let renewed: Vec<String> =
        owner.call("/api/security/recovery-codes", &form(&[("password", PASSWORD)])).await.json();
    assert_eq!(try_code(&codes[4]).await, "/login?step=code&problem=wrong-code");
    assert_eq!(try_code(&renewed[4]).await, "/");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn the_secret_is_stored_and_never_read_back(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let owner = app.signed_in(Role::Supervisor).await;
    let begun = owner.call("/api/security/begin", &form(&[("password", PASSWORD)])).await;
    let setup: SecondFactorSetup = begun.json();
    let authenticator = Authenticator::of(&setup);
    assert_eq!(owner.call("/api/security/confirm", "code=000000").await.status, 422);
    assert_eq!(app.browser().sign_in("supervisor", PASSWORD).await.location(), "/", "not confirmed yet");
    owner.call("/api/security/confirm", &form(&[("code", &authenticator.code(0))])).await;
    let answer = owner.call("/api/security/begin", &form(&[("password", PASSWORD)])).await;
    assert_eq!(answer.status, 409, "{}", answer.body);
    for path in ["/api/security/read", "/api/account/user"] {
        assert!(!owner.call(path, "").await.body.contains(&setup.secret), "{path}");
    }
    let kept: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM audit WHERE CONCAT_WS(' ', before_json, after_json, result) LIKE CONCAT('%', ?, '%')",
    )
    .bind(&setup.secret)
    .fetch_one(&app.pool)
    .await
    .unwrap();
    assert_eq!(kept, 0);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn an_admin_takes_a_lost_second_factor_away(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let id = app.add_user(Role::Supervisor).await;
    let owner = app.sign_in("supervisor").await;
    set_up(&owner).await;
    let body = format!("id={id}");
    assert_eq!(admin.call("/api/people/take-second-factor", &body).await.status, 200);
    assert_eq!(app.browser().sign_in("supervisor", PASSWORD).await.location(), "/");
    assert_eq!(admin.call("/api/people/take-second-factor", &body).await.status, 404);
    let actions: Vec<String> = sqlx::query_scalar("SELECT CAST(action AS CHAR) FROM audit ORDER BY id")
        .fetch_all(&app.pool)
        .await
        .unwrap();
    assert_eq!(actions, ["user.set-second-factor", "user.take-second-factor"]);
}

/// The last administrator is helped by whoever has the machine.
#[sqlx::test(migrator = "MIGRATIONS")]
async fn the_command_line_takes_a_lost_second_factor_away(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let owner = app.signed_in(Role::Admin).await;
    set_up(&owner).await;
    let name: String = sqlx::query_scalar("SELECT DATABASE()").fetch_one(&app.pool).await.unwrap();
    let server = std::env::var("DATABASE_URL").unwrap();
    let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
    let run = async || {
        let arguments = ["switchdesk", "user", "take-second-factor", "Admin", "--database-url", &url];
        let cli = server::cli::parse(arguments.into_iter().map(std::ffi::OsString::from)).unwrap();
        server::cli::run(cli, app.state.shutdown.clone()).await
    };
    assert_eq!(run().await, ExitCode::SUCCESS);
    assert_eq!(app.browser().sign_in("admin", PASSWORD).await.location(), "/");
    assert_ne!(run().await, ExitCode::SUCCESS, "there is none any more");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_role_that_must_have_a_second_factor_gets_no_further_without(pool: MySqlPool) {
    let app = TestApp::with(pool, &["--second-factor-for", "supervisor,admin"], Switches::default());
    let supervisor = app.signed_in(Role::Supervisor).await;
    assert_eq!(supervisor.call("/api/board/read", "").await.status, 403);
    assert_eq!(supervisor.call("/api/walls/list", "").await.status, 403);
    assert_eq!(supervisor.get("/agents").await.location(), "/account");
    assert!(security(&supervisor).await.is_second_factor_demanded);
    set_up(&supervisor).await;
    assert_eq!(supervisor.call("/api/board/read", "").await.status, 200);
    let answer = supervisor.call("/api/security/remove", &form(&[("password", PASSWORD)])).await;
    assert_eq!(answer.status, 403, "it cannot be turned off");
    let agent = app.signed_in(Role::Agent).await;
    assert_eq!(agent.get("/desk").await.status, 200);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_second_factor_is_turned_off_with_the_password(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let owner = app.signed_in(Role::Agent).await;
    set_up(&owner).await;
    assert_eq!(owner.call("/api/security/remove", &form(&[("password", "wrong")])).await.status, 422);
    assert_eq!(owner.call("/api/security/remove", &form(&[("password", PASSWORD)])).await.status, 200);
    assert_eq!(app.browser().sign_in("agent", PASSWORD).await.location(), "/desk");
    let sessions: Vec<SessionRow> = owner.call("/api/account/sessions", "").await.json();
    assert!(sessions.iter().any(|row| row.is_current));
}
