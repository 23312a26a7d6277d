//! Lists and pages of callbacks.

use app::api::ApiError;
use app::api::permit::{ManageCallbacks, Permit, ReopenCallbacks, WorkAtDesk};
use app::model::callback::{
    CallbackAgent, CallbackDetail, CallbackFilter, CallbackList, CallbackQueue, CallbackRow, CallbackState,
    OwnCallbacks,
};
use app::model::ids::{AgentKey, QueueKey, short_name};
use app::model::wall::Scope;

use super::{Callbacks, sees_numbers, shown, split_key};
use crate::clock;
use crate::storage::callbacks::{self, CallbackQuery};
use crate::storage::{StorageError, callback_attempts, callback_rules};

/// Rows of the list; whoever has more open callbacks than these looks by queue.
const MOST: u32 = 300;
/// Rows of a desk.
const MOST_OWN: u32 = 50;
/// The choice of those that nobody has.
const NOBODY: &str = "nobody";
/// The choice of every state.
const EVERY_STATE: &str = "all";

impl Callbacks {
    pub(super) async fn list(
        &self,
        permit: &Permit<ManageCallbacks>,
        filter: &CallbackFilter,
    ) -> Result<CallbackList, ApiError> {
        let (at, pool) = (clock::now(), self.database.pool()?);
        let visible: Vec<QueueKey> = callbacks::list_callback_queues(pool, at)
            .await?
            .into_iter()
            .filter(|queue| permit.scope().has_queue(queue))
            .collect();
        let query = query_of(permit, filter, &visible);
        let mut rows = callbacks::list_callbacks(pool, &query, at, MOST + 1).await?;
        let is_cut = rows.len() > MOST as usize;
        rows.truncate(MOST as usize);
        let rows = self.with_attempts(rows).await?;
        Ok(CallbackList {
            rows: rows.into_iter().map(|row| shown(permit, row)).collect(),
            is_cut,
            queues: visible.into_iter().map(|key| self.queue(key)).collect(),
            agents: self.agents(permit, None),
            sees_numbers: sees_numbers(permit),
            at,
        })
    }

    pub(super) async fn detail(
        &self,
        permit: &Permit<ManageCallbacks>,
        id: u64,
    ) -> Result<CallbackDetail, ApiError> {
        let pool = self.database.pool()?;
        let row = callbacks::find_callback(pool, id).await?;
        permit.touch_queue(&row.queue)?;
        let rule = callback_rules::find_rule(pool, &row.queue).await?;
        let row = self.with_attempts(vec![row]).await?.pop().ok_or(ApiError::NotFound)?;
        Ok(CallbackDetail {
            queue_name: self.queue(row.queue.clone()).name,
            agents: self.agents(permit, Some(&row.queue.name)),
            may_reopen: Permit::<ReopenCallbacks>::ask(permit.caller().clone()).is_ok(),
            row: shown(permit, row),
            rule,
        })
    }

    pub(super) async fn list_own(&self, permit: &Permit<WorkAtDesk>) -> Result<OwnCallbacks, ApiError> {
        let own = self.own_agent(permit)?;
        let (at, pool) = (clock::now(), self.database.pool()?);
        let served: Vec<String> =
            own.row.iter().flat_map(|row| &row.tiers).map(|tier| tier.queue.name.clone()).collect();
        let query = CallbackQuery {
            states: vec![CallbackState::Open],
            reach: Some((own.key.clone(), served)),
            ..CallbackQuery::default()
        };
        let rows = callbacks::list_callbacks(pool, &query, at, MOST_OWN).await?;
        let (mine, free): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| own.has(row));
        let rows = |rows: Vec<CallbackRow>| rows.into_iter().map(|row| shown(permit, row)).collect();
        Ok(OwnCallbacks { own: rows(self.with_attempts(mine).await?), free: rows(free), at })
    }

    pub(super) async fn with_attempts(
        &self,
        mut rows: Vec<CallbackRow>,
    ) -> Result<Vec<CallbackRow>, StorageError> {
        let ids: Vec<u64> = rows.iter().map(|row| row.id).collect();
        if ids.is_empty() {
            return Ok(rows);
        }
        for (id, attempt) in callback_attempts::list_attempts(self.database.pool()?, &ids).await? {
            if let Some(row) = rows.iter_mut().find(|row| row.id == id) {
                row.attempts.push(attempt);
            }
        }
        Ok(rows)
    }

    /// A queue as people call it.
    fn queue(&self, key: QueueKey) -> CallbackQueue {
        let board = self.hub.snapshot(Scope::Queues(vec![key.clone()])).board;
        let known = board.queues.into_iter().find(|row| row.key == key).map(|row| row.display_name);
        CallbackQueue { name: known.unwrap_or_else(|| short_name(&key.name).to_owned()), key }
    }

    /// The agents of a queue, or all whom the user may see, by name.
    pub(super) fn agents(&self, permit: &Permit<ManageCallbacks>, queue: Option<&str>) -> Vec<CallbackAgent> {
        let mut agents: Vec<CallbackAgent> = self
            .hub
            .snapshot(permit.scope())
            .board
            .agents
            .into_iter()
            .filter(|row| queue.is_none_or(|queue| row.tiers.iter().any(|tier| tier.queue.name == queue)))
            .map(|row| CallbackAgent { key: row.key, name: row.display_name })
            .collect();
        agents.sort_by(|one, other| one.name.cmp(&other.name));
        agents
    }
}

fn query_of(
    permit: &Permit<ManageCallbacks>,
    filter: &CallbackFilter,
    visible: &[QueueKey],
) -> CallbackQuery {
    let wanted = |queue: &&QueueKey| {
        filter.queue.is_empty()
            || split_key(&filter.queue).is_some_and(|(node, name)| **queue == QueueKey::new(&node, name))
    };
    let is_narrowed = *permit.scope() != Scope::All || !filter.queue.is_empty();
    let agent = |(node, name): (app::model::ids::NodeName, &str)| Some(AgentKey::new(&node, name));
    CallbackQuery {
        queues: is_narrowed.then(|| visible.iter().filter(wanted).cloned().collect()),
        states: match &*filter.state {
            "" => vec![CallbackState::Open],
            EVERY_STATE => Vec::new(),
            code => CallbackState::from_code(code).into_iter().collect(),
        },
        agent: match &*filter.agent {
            "" => None,
            NOBODY => Some(None),
            key => split_key(key).map(agent),
        },
        // Who sees numbers masked must not find them out by looking for them.
        phone: Some(filter.phone.clone()).filter(|phone| !phone.is_empty() && sees_numbers(permit)),
        reach: None,
    }
}
