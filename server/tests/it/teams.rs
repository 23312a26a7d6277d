//! Teams: what a supervisor sees and touches, and the masking of numbers beside it.

use app::api::ApiError;
use app::api::board::WallView;
use app::model::account::{Permission, Role};
use app::model::board::{BoardView, Change};
use app::model::frame::{ByeReason, Frame, Snapshot};
use app::model::ids::{AgentKey, NodeName, QueueKey};
use app::model::people::{PersonDetail, TeamsView};
use app::model::problem::ProblemKind;
use app::model::wall::{NewWallLink, Scope, WallLink};
use demo_switch::{DemoSwitch, Options};
use serde_json::json;
use sqlx::MySqlPool;

use crate::harness::{Browser, MIGRATIONS, NODE, TestApp, eventually};
use crate::live::Stream;

const OWN: &str = "sales@default";
const FOREIGN: &str = "support@default";
const NUMBER: &str = "13800138000";

async fn switch() -> DemoSwitch {
    DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap()
}

fn key(name: &str) -> serde_json::Value {
    json!({ "node": NODE, "name": name })
}

/// Stores a team as the page does, and returns its key.
async fn save_team(
    admin: &Browser,
    id: Option<u64>,
    queues: &[&str],
    agents: &[&str],
    supervisors: &[u64],
) -> u64 {
    let keys = |names: &[&str]| names.iter().map(|name| key(name)).collect::<Vec<_>>();
    let form = json!({
        "name": "Team (sample)", "queues": keys(queues), "agents": keys(agents), "supervisors": supervisors,
    });
    let answer = admin.call("/api/teams/save", &json!({ "id": id, "form": form }).to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let view: TeamsView = admin.call("/api/teams/list", "").await.json();
    view.teams[0].id
}

async fn board(browser: &Browser) -> BoardView {
    browser.call("/api/board/read", "").await.json::<Snapshot>().board
}

fn names(board: &BoardView) -> Vec<&str> {
    board.queues.iter().map(|row| row.key.name.as_str()).collect()
}

/// A caller waits in a queue, and the board knows.
async fn calls(app: &TestApp, switch: &DemoSwitch, queue: &str, name: &str) -> String {
    let answer = switch.api(&format!("demo call {queue} {NUMBER} '{name}'"));
    assert!(answer.starts_with("+OK"), "{answer}");
    eventually("the caller is on the board", async || {
        let members = app.state.hub.snapshot(Scope::All).board.members;
        members.into_iter().find(|row| row.caller_name == name).map(|row| row.key.uuid)
    })
    .await
}

/// An app with a supervisor of a team of one queue, signed in, and an admin.
async fn limited(pool: MySqlPool, switch: &DemoSwitch) -> (TestApp, Browser, Browser, u64) {
    let app = TestApp::with_switch(pool, switch).await;
    let admin = app.signed_in(Role::Admin).await;
    let id = app.add_user(Role::Supervisor).await;
    save_team(&admin, None, &[OWN], &[], &[id]).await;
    let supervisor = app.sign_in("supervisor").await;
    (app, admin, supervisor, id)
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn supervisor_in_no_team_sees_everything_and_in_one_its_part(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let admin = app.signed_in(Role::Admin).await;
    let id = app.add_user(Role::Supervisor).await;
    let supervisor = app.sign_in("supervisor").await;
    assert_eq!(board(&supervisor).await.queues.len(), 3);

    let team = save_team(&admin, None, &[OWN], &[], &[id]).await;
    assert_eq!(names(&board(&supervisor).await), [OWN]);
    assert_eq!(board(&admin).await.queues.len(), 3);
    let found: PersonDetail = admin.call("/api/people/find", &format!("id={id}")).await.json();
    assert_eq!(found.form.teams, [team]);

    // A team without queues shows the agents that belong to it, with nothing of their queues.
    save_team(&admin, Some(team), &[], &["1003@default"], &[id]).await;
    let seen = board(&supervisor).await;
    assert_eq!((seen.queues.len(), seen.members.len(), seen.agents.len()), (0, 0, 1));
    assert!(seen.agents[0].tiers.is_empty(), "{:?}", seen.agents[0].tiers);

    assert_eq!(admin.call("/api/teams/delete", &format!("id={team}")).await.status, 200);
    assert_eq!(board(&supervisor).await.queues.len(), 3);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn stream_tells_nothing_of_a_foreign_queue(pool: MySqlPool) {
    let switch = switch().await;
    let (app, _, supervisor, _) = limited(pool, &switch).await;
    let mut stream = Stream::open(app.serve().await, "/live", Some(&supervisor)).await;
    let snapshot = stream.snapshot().await;
    assert!(!serde_json::to_string(&snapshot).unwrap().contains(FOREIGN));
    switch.api("callcenter_config agent set status 1001@default Available");
    calls(&app, &switch, FOREIGN, "foreign caller").await;
    calls(&app, &switch, OWN, "own caller").await;
    loop {
        let Some(Frame::Changes { changes, .. }) = stream.next().await else { continue };
        let text = serde_json::to_string(&changes).unwrap();
        assert!(!text.contains(FOREIGN) && !text.contains("foreign caller"), "{text}");
        if changes
            .iter()
            .any(|change| matches!(change, Change::Member(row) if row.caller_name == "own caller"))
        {
            return;
        }
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn another_team_shows_at_once_on_an_open_board(pool: MySqlPool) {
    let switch = switch().await;
    let (app, admin, supervisor, id) = limited(pool, &switch).await;
    let view: TeamsView = admin.call("/api/teams/list", "").await.json();
    let address = app.serve().await;
    let mut stream = Stream::open(address, "/live", Some(&supervisor)).await;
    let before = stream.snapshot().await;
    assert_eq!(names(&before.board), [OWN]);

    save_team(&admin, Some(view.teams[0].id), &[FOREIGN], &[], &[id]).await;
    assert_eq!(stream.bye().await, ByeReason::Changed);
    // As a browser comes back: with the position that it has reached.
    let path = format!("/live?after={}", before.position);
    let mut back = Stream::open(address, &path, Some(&supervisor)).await;
    assert_eq!(names(&back.snapshot().await.board), [FOREIGN]);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn nothing_of_a_foreign_team_can_be_touched(pool: MySqlPool) {
    let switch = switch().await;
    let (app, admin, supervisor, _) = limited(pool, &switch).await;
    let uuid = calls(&app, &switch, FOREIGN, "foreign caller").await;
    let targets = |queue: &str| {
        let node = NodeName::new(NODE);
        let targets = app.state.hub.measures(&QueueKey::new(&node, queue), None).0;
        json!({ "queue": key(queue), "targets": targets }).to_string()
    };
    let wall = |queues: &[&str]| {
        let queues: Vec<_> = queues.iter().map(|name| key(name)).collect();
        json!({ "title": "Hall (sample)", "queues": queues, "language": "en" }).to_string()
    };
    let all: NewWallLink = admin.call("/api/walls/create", &wall(&[])).await.json();
    let foreign: NewWallLink = admin.call("/api/walls/create", &wall(&[FOREIGN])).await.json();
    let agent = app.state.hub.snapshot(Scope::All).board.agents;
    let stranger = agent.iter().find(|row| row.tiers.iter().all(|tier| tier.queue.name != OWN));
    let stranger =
        stranger.map_or_else(|| AgentKey::new(&NodeName::new(NODE), "none"), |row| row.key.clone());
    for (path, body) in [
        ("/api/queues/targets", targets(FOREIGN)),
        ("/api/walls/create", wall(&[OWN, FOREIGN])),
        ("/api/walls/revoke", format!("id={}", all.link.id)),
        ("/api/walls/revoke", format!("id={}", foreign.link.id)),
        (
            "/api/ghosts/repair",
            json!({ "ghost": { "Caller": { "node": NODE, "uuid": uuid } }, "repair": "HangUpCaller" })
                .to_string(),
        ),
        ("/api/ghosts/repair", json!({ "ghost": { "Agent": stranger }, "repair": "FreeAgent" }).to_string()),
    ] {
        let answer = supervisor.call(path, &body).await;
        assert_eq!(answer.status, 404, "{path} {body}: {}", answer.body);
    }
    assert_eq!(supervisor.call("/api/queues/targets", &targets(OWN)).await.status, 200);
    let own: NewWallLink = supervisor.call("/api/walls/create", &wall(&[OWN])).await.json();
    let mine: Vec<WallLink> = supervisor.call("/api/walls/list", "").await.json();
    assert_eq!(mine.iter().map(|link| link.id).collect::<Vec<_>>(), [own.link.id]);
    // "All queues" of a supervisor in a team are the queues of the team.
    let every: NewWallLink = supervisor.call("/api/walls/create", &wall(&[])).await.json();
    assert_eq!(every.link.queues.len(), 1);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn numbers_are_masked_on_the_server_for_those_who_may_not_see_them(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let admin = app.signed_in(Role::Admin).await;
    let id = app.add_user(Role::Supervisor).await;
    let supervisor = app.sign_in("supervisor").await;
    let address = app.serve().await;
    let mut stream = Stream::open(address, "/live", Some(&supervisor)).await;
    stream.snapshot().await;
    calls(&app, &switch, OWN, "first").await;
    stream.until(|change| matches!(change, Change::Member(row) if row.caller_number == NUMBER)).await;

    let mut form = admin.call("/api/people/find", &format!("id={id}")).await.json::<PersonDetail>().form;
    form.permissions.retain(|permission| *permission != Permission::SeeNumbers);
    let body = json!({ "id": id, "form": form }).to_string();
    assert_eq!(admin.call("/api/people/update", &body).await.status, 200);
    assert_eq!(stream.bye().await, ByeReason::Changed);

    let masked = "138****8000";
    let seen = supervisor.call("/api/board/read", "").await;
    assert!(seen.body.contains(masked) && !seen.body.contains(NUMBER), "{}", seen.body);
    assert!(!supervisor.get("/").await.body.contains(NUMBER), "nor in the page");
    let mut back = Stream::open(address, "/live", Some(&supervisor)).await;
    assert_eq!(back.snapshot().await.board.members[0].caller_number, masked);
    calls(&app, &switch, OWN, NUMBER).await;
    loop {
        let Some(Frame::Changes { changes, .. }) = back.next().await else { continue };
        let text = serde_json::to_string(&changes).unwrap();
        assert!(!text.contains(NUMBER), "{text}");
        if changes.iter().any(|change| matches!(change, Change::Member(row) if row.caller_name == masked)) {
            break;
        }
    }
    assert!(admin.call("/api/board/read", "").await.body.contains(NUMBER));
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn wall_never_shows_a_number_and_an_agent_sees_that_of_the_own_caller(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let admin = app.signed_in(Role::Admin).await;
    let agent = app.signed_in(Role::Agent).await;
    let address = app.serve().await;
    let made = json!({ "title": "Hall (sample)", "queues": [], "language": "en" }).to_string();
    let link: NewWallLink = admin.call("/api/walls/create", &made).await.json();
    let mut wall = Stream::open(address, &format!("/live{}", link.path), None).await;
    wall.snapshot().await;
    let mut desk = Stream::open(address, "/live", Some(&agent)).await;
    desk.snapshot().await;
    switch.api("callcenter_config agent set status 1007@default Available");
    calls(&app, &switch, FOREIGN, "Ada").await;
    let is_rung = |change: &Change| matches!(change, Change::Agent(row) if row.call.as_ref().is_some_and(|call| call.caller_number == NUMBER));
    desk.until(is_rung).await;
    wall.until(|change| matches!(change, Change::Member(row) if row.caller_number == "138****8000")).await;
    let view =
        app.browser().call("/api/board/wall", &format!("token={}", &link.path["/wall/".len()..])).await;
    assert!(!view.json::<WallView>().snapshot.board.members.is_empty());
    assert!(!view.body.contains(NUMBER), "{}", view.body);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn names_of_teams_are_their_own(pool: MySqlPool) {
    let app = TestApp::new(pool);
    let admin = app.signed_in(Role::Admin).await;
    let team = save_team(&admin, None, &[], &[], &[]).await;
    let save = |id: Option<u64>, name: &str| {
        let form = json!({ "name": name, "queues": [], "agents": [], "supervisors": [] });
        json!({ "id": id, "form": form }).to_string()
    };
    for (id, name, kind) in
        [(None, "Team (sample)", ProblemKind::Taken), (Some(team), " ", ProblemKind::Required)]
    {
        let answer = admin.call("/api/teams/save", &save(id, name)).await;
        let ApiError::Invalid(problems) = answer.json() else { panic!("{}", answer.body) };
        assert_eq!((problems[0].field.as_str(), problems[0].kind), ("name", kind));
    }
    let gone = admin.call("/api/teams/save", &save(Some(team + 1), "Other (sample)")).await;
    assert_eq!(gone.status, 404);
    let actions: Vec<String> = sqlx::query_scalar("SELECT CAST(action AS CHAR) FROM audit ORDER BY id")
        .fetch_all(&app.pool)
        .await
        .unwrap();
    assert_eq!(actions, ["team.create"]);
}
