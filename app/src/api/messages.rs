//! Messages to desks.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{Permit, SendMessages, WorkAtDesk},
    respond,
};
use crate::model::message::{DeskMessage, MessageTarget, SentMessage};

/// What the server does for messages.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait MessagesApi: Send + Sync {
    /// Writes to one agent, or to all agents of a queue; desks show it at once. Says to how many.
    async fn send_message(
        &self,
        permit: Permit<SendMessages>,
        to: MessageTarget,
        text: String,
    ) -> Result<u32, ApiError>;
    /// What the user wrote today, newest first, with who has read it.
    async fn list_sent_messages(&self, permit: Permit<SendMessages>) -> Result<Vec<SentMessage>, ApiError>;
    /// What was written to the own desk today, newest first, and before as far as it is not read.
    async fn list_received_messages(&self, permit: Permit<WorkAtDesk>) -> Result<Vec<DeskMessage>, ApiError>;
    /// Notes that the agent has read a message.
    async fn read_message(&self, permit: Permit<WorkAtDesk>, id: u64) -> Result<(), ApiError>;
}

/// Writes to one agent, or to all agents of a queue.
#[server(endpoint = "messages/send", input = leptos::server_fn::codec::Json)]
pub async fn send_message(to: MessageTarget, text: String) -> Result<u32, ApiError> {
    respond(async { apis()?.messages.send_message(permit()?, to, text).await }).await
}

/// What the user wrote today.
#[server(endpoint = "messages/sent")]
pub async fn list_sent_messages() -> Result<Vec<SentMessage>, ApiError> {
    respond(async { apis()?.messages.list_sent_messages(permit()?).await }).await
}

/// What was written to the own desk.
#[server(endpoint = "messages/received")]
pub async fn list_received_messages() -> Result<Vec<DeskMessage>, ApiError> {
    respond(async { apis()?.messages.list_received_messages(permit()?).await }).await
}

/// Notes that the agent has read a message. A plain form works as well.
#[server(endpoint = "messages/read")]
pub async fn read_message(id: u64) -> Result<(), ApiError> {
    respond(async { apis()?.messages.read_message(permit()?, id).await }).await
}
