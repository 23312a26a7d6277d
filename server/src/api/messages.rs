//! Messages to desks.

use app::api::ApiError;
use app::api::messages::MessagesApi;
use app::api::permit::{Permit, SendMessages, WorkAtDesk};
use app::model::agent::AgentRow;
use app::model::ids::AgentKey;
use app::model::message::{DeskMessage, LONGEST_MESSAGE, MessageTarget, SentMessage};
use app::model::note::text_problem;
use app::model::problem::{FieldProblem, ProblemKind};
use app::model::time::{DurationMs, UnixMs};
use app::model::wall::Scope;

use super::desk::own_agent;
use crate::clock;
use crate::storage::audit::{self, NewAudit};
use crate::storage::desk_messages::{self, NewMessage};
use crate::storage::{Database, StorageError};
use crate::switch::event::SwitchEvent;
use crate::wallboard::hub::Hub;

/// How far back messages are shown: the day, wherever midnight is.
const SHOWN: DurationMs = DurationMs::from_s(24 * 3_600);

/// Implements [`MessagesApi`].
pub struct Messages {
    pub(super) hub: Hub,
    pub(super) database: Database,
}

#[async_trait::async_trait]
impl MessagesApi for Messages {
    async fn send_message(
        &self,
        permit: Permit<SendMessages>,
        to: MessageTarget,
        text: String,
    ) -> Result<u32, ApiError> {
        let recipients = self.recipients(&permit, &to)?;
        let text = text.trim();
        let problem =
            if text.is_empty() { Some(ProblemKind::Required) } else { text_problem(text, LONGEST_MESSAGE) };
        if let Some(kind) = problem {
            return Err(ApiError::Invalid(vec![FieldProblem { field: "text".to_owned(), kind }]));
        }
        let (queue, subject) = match &to {
            MessageTarget::Agent(key) => (None, key.to_string()),
            MessageTarget::Queue(key) => (Some(key.name.as_str()), key.to_string()),
        };
        let now = clock::now();
        let batch = uuid::Uuid::new_v4().to_string();
        let new = NewMessage { batch: &batch, queue, sender_id: permit.user().id, text };
        let mut transaction = self.database.begin().await?;
        desk_messages::create_messages(&mut transaction, &new, &recipients, now).await?;
        let row = NewAudit::by(&permit, "message.send", subject).after(&text);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("store the message"))?;
        for agent in &recipients {
            self.tell(agent).await;
        }
        Ok(u32::try_from(recipients.len()).unwrap_or(u32::MAX))
    }

    async fn list_sent_messages(&self, permit: Permit<SendMessages>) -> Result<Vec<SentMessage>, ApiError> {
        let since = UnixMs(clock::now().0 - SHOWN.0);
        Ok(desk_messages::list_sent_messages(self.database.pool()?, permit.user().id, since).await?)
    }

    async fn list_received_messages(&self, permit: Permit<WorkAtDesk>) -> Result<Vec<DeskMessage>, ApiError> {
        let agent = own_agent(&permit)?;
        let since = UnixMs(clock::now().0 - SHOWN.0);
        Ok(desk_messages::list_received_messages(self.database.pool()?, &agent, since).await?)
    }

    async fn read_message(&self, permit: Permit<WorkAtDesk>, id: u64) -> Result<(), ApiError> {
        let agent = own_agent(&permit)?;
        desk_messages::read_message(self.database.pool()?, &agent, id, clock::now()).await?;
        self.tell(&agent).await;
        Ok(())
    }
}

impl Messages {
    /// Whom it goes to; `NotFound` for who or what is outside of the sender's scope, or a queue without agents.
    fn recipients(
        &self,
        permit: &Permit<SendMessages>,
        to: &MessageTarget,
    ) -> Result<Vec<AgentKey>, ApiError> {
        match to {
            MessageTarget::Agent(key) => {
                let row = self.hub.agent(key).ok_or(ApiError::NotFound)?;
                permit.touch_agent(&row)?;
                Ok(vec![row.key])
            }
            MessageTarget::Queue(key) => {
                permit.touch_queue(key)?;
                let is_in = |row: &AgentRow| row.tiers.iter().any(|tier| tier.queue.name == key.name);
                let agents = self.hub.snapshot(&Scope::All).board.agents.into_iter().filter(is_in);
                let agents: Vec<AgentKey> = agents.map(|row| row.key).collect();
                if agents.is_empty() { Err(ApiError::NotFound) } else { Ok(agents) }
            }
        }
    }

    /// Tells the agent's desk, and those who see the agent, that there is something to ask for.
    async fn tell(&self, agent: &AgentKey) {
        self.hub.send(&agent.node, SwitchEvent::MessagesChanged { agent: agent.name.clone() }).await;
    }
}
