//! Typed conversation with a switch: the events it sends, the lists it keeps, the operations it offers.

pub mod callcenter;
pub mod event;
pub mod lists;
pub mod lookout;
pub mod quote;
pub mod reply;

use std::collections::HashMap;
use std::sync::Arc;

use app::model::agent::AgentStatus;
use app::model::ids::{AgentKey, NodeName};

use crate::esl::{CommandError, Commands};
use reply::Reply;

/// Why the switch did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    /// No node of that name is configured.
    #[error("there is no such node")]
    UnknownNode,
    /// The node cannot be reached; nothing was sent.
    #[error("the switch cannot be reached")]
    Unavailable,
    /// It was sent, but the answer did not come: it may or may not have been carried out.
    #[error("the switch did not answer; it may have been carried out")]
    Unknown,
    /// The switch refused.
    #[error("the switch refused: {reason}")]
    Refused {
        /// In the words of the switch.
        reason: String,
    },
    /// A name holds a character that no command can carry; nothing was sent.
    #[error("the name holds a character that cannot be sent to a switch")]
    Unspeakable,
}

impl From<CommandError> for SwitchError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Unavailable => Self::Unavailable,
            CommandError::Unknown => Self::Unknown,
            CommandError::Unspeakable => Self::Unspeakable,
        }
    }
}

impl From<quote::Unspeakable> for SwitchError {
    fn from(_: quote::Unspeakable) -> Self {
        Self::Unspeakable
    }
}

/// The operations of all nodes; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Switches(Arc<HashMap<NodeName, Commands>>);

impl Switches {
    /// The operations of these nodes.
    pub fn new(nodes: impl IntoIterator<Item = (NodeName, Commands)>) -> Self {
        Self(Arc::new(nodes.into_iter().collect()))
    }

    /// The configured nodes, in no order.
    pub fn nodes(&self) -> impl Iterator<Item = &NodeName> {
        self.0.keys()
    }

    /// Chooses a status for an agent. The board changes when the switch's event of it arrives, not before.
    pub async fn set_agent_status(&self, agent: &AgentKey, status: AgentStatus) -> Result<(), SwitchError> {
        let name = quote::word(&agent.name)?;
        let status = quote::word(status.as_switch())?;
        self.call_center(&agent.node, &format!("agent set status {name} {status}")).await
    }

    /// Commands sent to each node since the start.
    pub fn api_calls(&self) -> impl Iterator<Item = (&NodeName, u64)> {
        self.0.iter().map(|(node, commands)| (node, commands.api_calls()))
    }

    /// Runs a `callcenter_config` that answers `+OK` where it succeeds.
    async fn call_center(&self, node: &NodeName, argument: &str) -> Result<(), SwitchError> {
        let commands = self.0.get(node).ok_or(SwitchError::UnknownNode)?;
        let answer = commands.api("callcenter_config", argument).await?;
        let reason = match reply::classify(&answer) {
            Reply::Done(_) => return Ok(()),
            Reply::NoSuchCommand => "mod_callcenter is not loaded",
            // An unknown action prints nothing (FINDINGS 34).
            Reply::Nothing => "no reply",
            Reply::Refused(reason) | Reply::Value(reason) => reason,
        };
        Err(SwitchError::Refused { reason: reason.to_owned() })
    }
}
