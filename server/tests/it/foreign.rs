//! What belongs to another team: every server function, stream and download with a supervisor who supervises one queue.
//!
//! A function that names something of the call center answers as if a foreign one did not exist, and changes nothing.

use std::collections::BTreeSet;

use app::model::account::{Permission, Role};
use app::model::agent::Presence;
use app::model::call::CallState;
use app::model::ids::AgentKey;
use app::model::people::PersonDetail;
use app::model::thresholds::QueueTargets;
use app::model::wall::{NewWallLink, Scope};
use demo_switch::{DemoSwitch, Options};
use serde_json::{Value, json};
use sqlx::MySqlPool;

use crate::harness::{Browser, MIGRATIONS, NODE, TestApp, eventually};
use crate::live::Stream;

const OWN: &str = "sales@default";
const FOREIGN: &str = "support@default";
const NUMBER: &str = "13800138000";
const WAITING: &str = "Foreign waiting (sample)";

/// About the caller alone, or for roles that no team limits: what is asked names nothing of another team.
const WITHOUT_TEAM: &[&str] = &[
    "/api/account/look",
    "/api/account/revoke-session",
    "/api/account/sessions",
    "/api/account/user",
    "/api/board/preferences",
    // By the token of a link, which whoever made it chose the queues of.
    "/api/board/wall",
    // Of agents, for their own calls, callbacks and messages.
    "/api/callbacks/call",
    "/api/callbacks/own",
    "/api/callbacks/own-outcome",
    "/api/callbacks/take",
    "/api/caller/call-note",
    "/api/caller/number-note",
    "/api/caller/read",
    "/api/desk/day",
    "/api/desk/read",
    "/api/desk/signals",
    "/api/desk/status",
    "/api/messages/read",
    "/api/messages/received",
    "/api/own-call/add",
    "/api/own-call/hang-up",
    "/api/own-call/hold",
    "/api/own-call/leave",
    "/api/own-call/targets",
    "/api/own-call/transfer",
    "/api/own-call/wrap-up",
    // Of the whole center: who has the permission has it for all teams.
    "/api/center/break-reason",
    "/api/center/on-demand",
    "/api/center/outcome-code",
    "/api/center/read",
    "/api/people/create",
    "/api/people/deactivate",
    "/api/people/find",
    "/api/people/list",
    "/api/people/reactivate",
    "/api/people/reset-password",
    "/api/people/revoke-session",
    "/api/people/take-second-factor",
    "/api/people/update",
    "/api/teams/delete",
    "/api/teams/list",
    "/api/teams/save",
    // The own telephones.
    "/api/extensions/list",
    "/api/extensions/save",
    "/api/security/begin",
    "/api/security/confirm",
    "/api/security/password",
    "/api/security/read",
    "/api/security/recovery-codes",
    "/api/security/remove",
];

/// A switch on which a foreign agent talks and a foreign caller waits, and all that belongs to them.
struct Center {
    switch: DemoSwitch,
    app: TestApp,
    supervisor: Browser,
    agent: Value,
    call: Value,
    waiting: Value,
    member: Value,
    callback: u64,
    wall: u64,
    edit: u64,
}

fn queue(name: &str) -> Value {
    json!({ "node": NODE, "name": name })
}

fn targets(critical: u32) -> Value {
    json!({ "queue": queue(FOREIGN), "targets": QueueTargets { waiting_critical: critical, ..QueueTargets::default() } })
}

fn rule() -> Value {
    let rule = json!({
        "is_from_abandoned": false, "abandoned_after_s": 20, "pause_s": 900, "most_attempts": 3,
        "caller_id": "", "dial_prefix": "",
    });
    json!({ "queue": queue(FOREIGN), "rule": rule })
}

impl Center {
    async fn new(pool: MySqlPool) -> Self {
        let switch =
            DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap();
        let tiers = switch.api("callcenter_config tier list");
        let of = |name: &str| -> BTreeSet<String> {
            let rows = tiers.lines().filter_map(|line| line.strip_prefix(&format!("{name}|")));
            rows.filter_map(|row| Some(row.split('|').next()?.to_owned())).collect()
        };
        let agent =
            of(FOREIGN).difference(&of(OWN)).next().expect("an agent of the foreign queue alone").clone();
        let app = TestApp::with_switch(pool.clone(), &switch).await;
        let admin = app.signed_in(Role::Admin).await;
        let id = app.add_user(Role::Supervisor).await;
        let form = json!({
            "name": "Team (sample)", "queues": [queue(OWN)], "agents": [], "supervisors": [id],
        });
        must(&admin, "/api/teams/save", &json!({ "id": null, "form": form })).await;
        let mut form = admin.call("/api/people/find", &format!("id={id}")).await.json::<PersonDetail>().form;
        form.permissions.push(Permission::ReadAudit);
        must(&admin, "/api/people/update", &json!({ "id": id, "form": form })).await;
        must(&admin, "/api/queues/targets", &targets(9)).await;
        let edit: u64 = sqlx::query_scalar("SELECT MAX(id) FROM audit").fetch_one(&pool).await.unwrap();
        let wall = json!({ "title": "Hall (sample)", "queues": [queue(FOREIGN)], "language": "en" });
        let wall: NewWallLink = admin.call("/api/walls/create", &wall.to_string()).await.json();

        let order = |command: String| assert!(switch.api(&command).starts_with("+OK"), "{command}");
        order(format!("demo phone {agent} answer 20"));
        order(format!("callcenter_config agent set status {agent} Available"));
        order(format!("demo call {FOREIGN} {NUMBER} 'Foreign talking (sample)'"));
        let key = AgentKey::new(&app::model::ids::NodeName::new(NODE), &agent);
        let call = eventually("the foreign two talk", async || {
            let row = app.state.hub.agent(&key)?;
            let calls = app.state.calls.rows(&Scope::All.into()).1;
            let call = calls.into_iter().find(|call| call.state == CallState::Talking)?;
            (row.presence == Presence::OnCall).then_some(call)
        })
        .await;
        order(format!("demo call {FOREIGN} {NUMBER} '{WAITING}'"));
        let member = eventually("the foreign caller waits", async || {
            let members = app.state.hub.snapshot(&Scope::All).board.members;
            members.into_iter().find(|row| row.caller_name == WAITING)
        })
        .await;
        let waiting = json!({ "node": NODE, "uuid": member.session_uuid });
        sqlx::query("INSERT INTO callbacks (phone, queue) VALUES ('13900139000', 'support')")
            .execute(&pool)
            .await
            .unwrap();
        let callback = eventually("the callback is taken in", async || {
            let body = json!({ "filter": {} }).to_string();
            let list: Value = admin.call("/api/callbacks/list", &body).await.json();
            list["rows"][0]["id"].as_u64()
        })
        .await;
        let supervisor = app.sign_in("supervisor").await;
        let telephone = supervisor.call("/api/extensions/save", &format!("node={NODE}&extension=8001")).await;
        assert_eq!(telephone.status, 200, "{}", telephone.body);
        Self {
            agent: json!(key),
            call: json!(call.id),
            member: json!(member.key),
            wall: wall.link.id,
            switch,
            app,
            supervisor,
            waiting,
            callback,
            edit,
        }
    }

    /// Every function that names something of the call center, with something foreign.
    fn touches(&self) -> Vec<(&'static str, Value)> {
        let Self { agent, call, waiting, member, callback, wall, edit, .. } = self;
        let press = |mut body: Value| {
            body["press"] = json!("press");
            body
        };
        let id = |id: &u64| json!({ "id": id });
        vec![
            ("/api/agents/log-out-later", press(json!({ "agent": agent, "is_wanted": true }))),
            (
                "/api/agents/status",
                press(json!({ "agent": agent, "status": "logged-out", "reason": null, "seen": "Available" })),
            ),
            ("/api/audit/read", id(edit)),
            ("/api/audit/undo", id(edit)),
            ("/api/callbacks/assign", json!({ "id": callback, "agent": "" })),
            ("/api/callbacks/outcome", json!({ "id": callback, "outcome": "reached" })),
            ("/api/callbacks/read", id(callback)),
            ("/api/callbacks/reopen", id(callback)),
            ("/api/callbacks/rule", rule()),
            ("/api/callers/serve", press(json!({ "caller": member, "serve": "MakeFirst" }))),
            ("/api/calls/barge", press(json!({ "call": call }))),
            ("/api/calls/find", json!({ "agent": agent })),
            ("/api/calls/listen", press(json!({ "call": call }))),
            ("/api/calls/read", json!({ "id": call })),
            ("/api/calls/read", json!({ "id": waiting })),
            ("/api/calls/record", press(json!({ "call": call, "is_on": true }))),
            ("/api/calls/steer", press(json!({ "call": call, "steer": "HangUp" }))),
            ("/api/calls/stop-listening", press(json!({ "listener": call }))),
            ("/api/calls/whisper", press(json!({ "call": call }))),
            ("/api/ghosts/repair", json!({ "ghost": { "Caller": member }, "repair": "HangUpCaller" })),
            ("/api/ghosts/repair", json!({ "ghost": { "Agent": agent }, "repair": "FreeAgent" })),
            ("/api/messages/send", json!({ "to": { "Agent": agent }, "text": "x" })),
            ("/api/messages/send", json!({ "to": { "Queue": queue(FOREIGN) }, "text": "x" })),
            ("/api/queues/targets", targets(3)),
            (
                "/api/walls/create",
                json!({ "title": "Hall (sample)", "queues": [queue(FOREIGN)], "language": "en" }),
            ),
            ("/api/walls/revoke", id(wall)),
        ]
    }

    /// Every list: it leaves out what is foreign.
    fn lists(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("/api/audit/list", json!({ "filter": {}, "before": null })),
            ("/api/board/read", json!({})),
            ("/api/callbacks/list", json!({ "filter": {} })),
            ("/api/callbacks/rules", json!({})),
            ("/api/calls/list", json!({})),
            ("/api/messages/sent", json!({})),
            ("/api/walls/list", json!({})),
        ]
    }

    /// What nobody may see of the other team.
    fn secrets(&self) -> Vec<String> {
        let of = |key: &Value, field: &str| key[field].as_str().unwrap().to_owned();
        vec![
            FOREIGN.into(),
            NUMBER.into(),
            WAITING.into(),
            of(&self.agent, "name"),
            of(&self.call, "uuid"),
            of(&self.member, "uuid"),
        ]
    }

    fn must_hide(&self, what: &str, text: &str) {
        for secret in self.secrets() {
            assert!(!text.contains(&secret), "{what} tells of {secret}: {text}");
        }
    }

    /// What of the switch and of the database a touch would have changed.
    async fn state(&self) -> (Vec<String>, Vec<(u64, String)>) {
        let lists = ["callcenter_config agent list", "callcenter_config member list", "show channels"];
        let audit = sqlx::query_as("SELECT id, CAST(action AS CHAR) FROM audit ORDER BY id")
            .fetch_all(&self.app.pool)
            .await
            .unwrap();
        (lists.map(|list| self.switch.api(list)).to_vec(), audit)
    }
}

/// As a page asks: JSON or a form, which are not told apart by their fields.
async fn ask(browser: &Browser, path: &str, body: &Value) -> crate::harness::Answer {
    let text = body.to_string();
    let answer = browser.call(path, &text).await;
    if answer.status != 422 && answer.status != 400 {
        return answer;
    }
    let fields = body.as_object().unwrap().iter().map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}={value}")
    });
    browser.call(path, &fields.collect::<Vec<_>>().join("&")).await
}

async fn must(browser: &Browser, path: &str, body: &Value) {
    let answer = browser.call(path, &body.to_string()).await;
    assert_eq!(answer.status, 200, "{path} {}", answer.body);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn every_server_function_keeps_to_the_team(pool: MySqlPool) {
    let center = Center::new(pool).await;
    let mut tried: BTreeSet<&str> = WITHOUT_TEAM.iter().copied().collect();
    let before = center.state().await;
    for (path, body) in center.touches() {
        tried.insert(path);
        let answer = ask(&center.supervisor, path, &body).await;
        if answer.status == 200 {
            // A question about one thing is answered by nothing.
            assert!(path.ends_with("/read") || path.ends_with("/find"), "{path} {body} was done");
            center.must_hide(path, &answer.body);
        } else {
            // What is foreign does not exist; what is for admins alone is refused before.
            let wanted = if path == "/api/callbacks/reopen" { 403 } else { 404 };
            assert_eq!(answer.status, wanted, "{path} {body}: {}", answer.body);
        }
    }
    assert_eq!(center.state().await, before, "nothing was touched, and nothing sent to the switch");
    for (path, body) in center.lists() {
        tried.insert(path);
        let answer = ask(&center.supervisor, path, &body).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        center.must_hide(path, &answer.body);
    }
    let all: BTreeSet<&str> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    assert_eq!(tried, all, "each function is tried, or stands among those without a team");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn streams_pages_and_downloads_keep_to_the_team(pool: MySqlPool) {
    let center = Center::new(pool).await;
    let address = center.app.serve().await;
    let uuid = center.call["uuid"].as_str().unwrap();
    // The call may come into sight: its stream is there, and says nothing.
    for path in ["/live", "/live/calls", &format!("/live/calls/{NODE}/{uuid}")] {
        let mut stream = Stream::open(address, path, Some(&center.supervisor)).await;
        // The greeting or the snapshot, and what comes next.
        for _ in 0..2 {
            center.must_hide(path, &stream.text().await.expect("the stream goes on"));
        }
    }
    let export = center.supervisor.get("/export/audit.csv").await;
    assert_eq!(export.status, 200);
    center.must_hide("the download of the audit", &export.body);
    for page in ["/", "/agents", "/calls", "/callbacks", "/callbacks/rules", "/audit", "/walls"] {
        let answer = center.supervisor.get(page).await;
        assert_eq!(answer.status, 200, "{page}");
        center.must_hide(page, &answer.body);
    }
}
