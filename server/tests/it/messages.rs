//! Messages to desks: who gets them, and that the reading goes back. And desks that are lost.

use app::model::account::Role;
use app::model::ids::{AgentKey, NodeName, QueueKey};
use app::model::message::{DeskMessage, MessageTarget, SentMessage};
use demo_switch::{DemoSwitch, Options};
use serde_json::json;
use sqlx::MySqlPool;

use crate::harness::{Browser, MIGRATIONS, NODE, TestApp, eventually};

fn own(name: &str) -> AgentKey {
    AgentKey::new(&NodeName::new(NODE), name)
}

async fn send(browser: &Browser, to: &MessageTarget, text: &str) -> u16 {
    let body = json!({ "to": to, "text": text }).to_string();
    browser.call("/api/messages/send", &body).await.status.as_u16()
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_message_stays_until_it_is_read_and_the_sender_sees_that(pool: MySqlPool) {
    let switch = DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap();
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    let to = MessageTarget::Agent(own("1007@default"));
    assert_eq!(send(&supervisor, &to, " ").await, 422);
    assert_eq!(send(&supervisor, &to, &"x".repeat(1_001)).await, 422);
    assert_eq!(send(&supervisor, &MessageTarget::Agent(own("nobody@default")), "x").await, 404);
    assert_eq!(send(&supervisor, &to, "<b>Please</b> call 1008").await, 200);

    let received: Vec<DeskMessage> = agent.call("/api/messages/received", "").await.json();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].text, "<b>Please</b> call 1008", "text and nothing else");
    assert_eq!(received[0].read_at, None);
    assert_eq!(agent.call("/api/messages/read", &format!("id={}", received[0].id)).await.status, 200);
    assert_eq!(agent.call("/api/messages/read", "id=999999").await.status, 404);
    let sent: Vec<SentMessage> = supervisor.call("/api/messages/sent", "").await.json();
    assert!(sent[0].recipients[0].1.is_some(), "{sent:?}");
    let page = agent.get("/desk").await;
    assert!(!page.body.contains("<b>Please"), "markup is text");
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn all_agents_of_a_queue_are_written_to_and_no_others(pool: MySqlPool) {
    let switch = DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap();
    let app = TestApp::with_switch(pool, &switch).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    let board = app.state.hub.snapshot(&app::model::wall::Scope::All).board;
    let queue = board.queues[0].key.clone();
    let mut members: Vec<String> = board
        .agents
        .iter()
        .filter(|row| row.tiers.iter().any(|tier| tier.queue == queue))
        .map(|row| row.key.name.clone())
        .collect();
    members.sort();
    assert!(!members.is_empty() && members.len() < board.agents.len());
    assert_eq!(send(&supervisor, &MessageTarget::Queue(queue), "Meeting at 3").await, 200);
    let stored: Vec<(String,)> =
        sqlx::query_as("SELECT CAST(agent AS CHAR) FROM desk_messages ORDER BY agent")
            .fetch_all(&app.pool)
            .await
            .unwrap();
    assert_eq!(stored.into_iter().map(|(agent,)| agent).collect::<Vec<_>>(), members);
    let unknown = QueueKey::new(&NodeName::new(NODE), "unknown@default");
    assert_eq!(send(&supervisor, &MessageTarget::Queue(unknown), "x").await, 404);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_desk_that_is_lost_is_on_the_board_until_one_is_open_again(pool: MySqlPool) {
    let switch = DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap();
    let app = TestApp::with_switch(pool, &switch).await;
    let lost_at = || app.state.hub.agent(&own("1007@default")).map(|row| row.desk_lost_at);
    assert_eq!(lost_at(), Some(None), "who never had a desk has lost none");
    let (first, second) =
        (app.state.desks.open(own("1007@default")), app.state.desks.open(own("1007@default")));
    drop(first);
    drop(second);
    eventually("the last one is lost", async || lost_at().flatten()).await;
    let _again = app.state.desks.open(own("1007@default"));
    eventually("one is open again", async || (lost_at() == Some(None)).then_some(())).await;
}
