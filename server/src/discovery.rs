//! Joins what a switch has with what SwitchDesk knows of it: queues and agents found on a switch get a row at once,
//! and names, targets and the reasons of statuses go from the database to the board.

use std::collections::BTreeSet;
use std::time::Duration;

use app::model::ids::{NodeName, QueueKey};
use app::model::wall::Scope;
use tokio_util::sync::CancellationToken;

use crate::center;
use crate::clock;
use crate::storage::{Database, StorageError, agent_status_notes, agents, queues};
use crate::switch::event::SwitchEvent;
use crate::wallboard::hub::Hub;

/// How soon a queue or agent that appeared on a switch gets its row.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Runs until the shutdown, for one node. Waits while the database is away, and starts over when it is back.
pub async fn run(node: NodeName, hub: Hub, database: Database, shutdown: CancellationToken) {
    let work = async {
        let mut is_told = false;
        let mut stored = BTreeSet::new();
        loop {
            database.wait_until_there().await;
            if let Err(error) = look(&node, &hub, &database, &mut is_told, &mut stored).await {
                if error.is_unavailable() {
                    database.note_away();
                } else {
                    tracing::error!(%error, %node, "cannot join the switch with the database");
                }
                is_told = false;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    shutdown.run_until_cancelled(work).await;
}

async fn look(
    node: &NodeName,
    hub: &Hub,
    database: &Database,
    is_told: &mut bool,
    stored: &mut BTreeSet<String>,
) -> Result<(), StorageError> {
    let pool = database.pool()?;
    if !*is_told {
        center::tell(hub, center::load(pool).await?).await;
        for note in agent_status_notes::list_latest_status_notes(pool, node).await? {
            let event = SwitchEvent::StatusNoted {
                agent: note.agent.name,
                status: note.status,
                reason: note.reason,
                set_by: note.set_by,
                noted_at: note.noted_at,
            };
            hub.send(node, event).await;
        }
    }
    let board = hub.snapshot(&Scope::All).board;
    let found = |name: &String| !stored.contains(name);
    let new_queues: Vec<String> = board
        .queues
        .into_iter()
        .filter(|row| row.key.node == *node)
        .map(|row| row.key.name)
        .filter(found)
        .collect();
    let new_agents: Vec<String> = board
        .agents
        .into_iter()
        .filter(|row| row.key.node == *node)
        .map(|row| row.key.name)
        .filter(found)
        .collect();
    if *is_told && new_queues.is_empty() && new_agents.is_empty() {
        return Ok(());
    }
    let now = clock::now();
    queues::discover_queues(pool, node, &new_queues, now).await?;
    agents::discover_agents(pool, node, &new_agents, now).await?;
    tell(node, hub, database).await?;
    stored.extend(new_queues);
    stored.extend(new_agents);
    *is_told = true;
    Ok(())
}

/// Names and targets, from the database to the board.
async fn tell(node: &NodeName, hub: &Hub, database: &Database) -> Result<(), StorageError> {
    let pool = database.pool()?;
    let stored_queues = queues::list_queues(pool, node).await?;
    let stored_agents = agents::list_agents(pool, node).await?;
    let mut names = Vec::new();
    for queue in stored_queues {
        let key = QueueKey::new(node, queue.name.clone());
        hub.send(node, SwitchEvent::TargetsSet { queue: key, targets: queue.targets }).await;
        names.extend(queue.display_name.map(|display_name| (queue.name, display_name)));
    }
    let agents = stored_agents
        .into_iter()
        .filter_map(|agent| agent.display_name.map(|display_name| (agent.name, display_name)))
        .collect();
    hub.send(node, SwitchEvent::DisplayNames { queues: names, agents }).await;
    Ok(())
}
