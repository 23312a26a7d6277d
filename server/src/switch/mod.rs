//! Typed conversation with a switch: the events it sends, the lists it keeps, the operations it offers.

pub mod callback;
pub mod callcenter;
pub mod calls;
pub mod event;
pub mod lists;
pub mod lookout;
pub mod own_call;
pub mod quote;
pub mod reply;
pub mod supervise;

#[cfg(test)]
mod fuzz;

use std::collections::HashMap;
use std::sync::Arc;

use std::time::Duration;

use app::model::agent::AgentStatus;
use app::model::ids::{AgentKey, NodeName};
use app::model::time::UnixMs;

use crate::esl::{CommandError, Commands};
use callcenter::{AgentRecord, ChannelRecord, MemberRecord, TierRecord};
use event::SwitchEvent;
use lists::{List, ListProblem};
use reply::Reply;

/// How long a list may take that a person waits for.
const LIST_WITHIN: Duration = Duration::from_secs(5);

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

/// What a node says of its calls, all of it asked for just now.
#[derive(Clone, Debug)]
pub struct Calls {
    /// When, by the server's clock.
    pub read_at: UnixMs,
    /// Agents.
    pub agents: Vec<AgentRecord>,
    /// Callers in queues.
    pub members: Vec<MemberRecord>,
    /// Every leg of every call.
    pub channels: Vec<ChannelRecord>,
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

    /// Puts an agent whom the switch has left behind back among the free ones: first the tiers, since an agent is offered
    /// nothing by a tier that is still Offering, Active Inbound or Standby, then the state. Tiers that are Ready or No Answer stay.
    pub async fn free_agent(&self, agent: &AgentKey) -> Result<(), SwitchError> {
        let name = quote::word(&agent.name)?;
        for tier in self.read_tiers(&agent.node).await? {
            if tier.agent == agent.name && !tier.is_open {
                let queue = quote::word(&tier.queue)?;
                self.call_center(&agent.node, &format!("tier set state {queue} {name} Ready")).await?;
            }
        }
        self.call_center(&agent.node, &format!("agent set state {name} Waiting")).await
    }

    /// Hangs up a channel.
    pub async fn hang_up(&self, node: &NodeName, channel_uuid: &str) -> Result<(), SwitchError> {
        done(&self.commands(node)?.api("uuid_kill", quote::bare(channel_uuid)?).await?)
    }

    /// A variable of a channel; `None` where it is not set, or the channel is gone.
    pub async fn channel_variable(
        &self,
        node: &NodeName,
        channel_uuid: &str,
        variable: &str,
    ) -> Result<Option<String>, SwitchError> {
        let argument = format!("{} {}", quote::bare(channel_uuid)?, quote::bare(variable)?);
        let answer = self.commands(node)?.api("uuid_getvar", &argument).await?;
        Ok(match reply::classify(&answer) {
            Reply::Value(value) if value != "_undef_" => Some(value.to_owned()),
            _ => None,
        })
    }

    /// Reads what decides whether a call is alive.
    pub async fn read_calls(&self, node: &NodeName) -> Result<Calls, SwitchError> {
        let mut calls =
            Calls { read_at: crate::clock::now(), agents: vec![], members: vec![], channels: vec![] };
        for list in [List::Agents, List::Members, List::Channels] {
            match self.read_list(node, list).await? {
                SwitchEvent::AgentsRead(_, rows) => calls.agents = rows,
                SwitchEvent::MembersRead(_, rows) => calls.members = rows,
                SwitchEvent::ChannelsRead(_, rows) => calls.channels = rows,
                _ => {}
            }
        }
        Ok(calls)
    }

    async fn read_tiers(&self, node: &NodeName) -> Result<Vec<TierRecord>, SwitchError> {
        Ok(match self.read_list(node, List::Tiers).await? {
            SwitchEvent::TiersRead(_, rows) => rows,
            _ => vec![],
        })
    }

    async fn read_list(&self, node: &NodeName, list: List) -> Result<SwitchEvent, SwitchError> {
        let read = lists::read(self.commands(node)?, list, crate::clock::now(), LIST_WITHIN).await;
        // To read changes nothing, so that an answer which did not come leaves nothing unknown.
        read.map_err(|problem| match problem {
            ListProblem::Unreadable => SwitchError::Refused { reason: "no list that can be read".to_owned() },
            ListProblem::Link(_) | ListProblem::Busy => SwitchError::Unavailable,
        })
    }

    fn commands(&self, node: &NodeName) -> Result<&Commands, SwitchError> {
        self.0.get(node).ok_or(SwitchError::UnknownNode)
    }

    /// Commands sent to each node since the start.
    pub fn api_calls(&self) -> impl Iterator<Item = (&NodeName, u64)> {
        self.0.iter().map(|(node, commands)| (node, commands.api_calls()))
    }

    /// Runs a `callcenter_config` that answers `+OK` where it succeeds.
    async fn call_center(&self, node: &NodeName, argument: &str) -> Result<(), SwitchError> {
        let answer = self.commands(node)?.api("callcenter_config", argument).await?;
        match reply::classify(&answer) {
            Reply::NoSuchCommand => {
                Err(SwitchError::Refused { reason: "mod_callcenter is not loaded".to_owned() })
            }
            _ => done(&answer),
        }
    }
}

/// Success, for a command that answers `+OK` where it succeeds.
fn done(answer: &str) -> Result<(), SwitchError> {
    let reason = match reply::classify(answer) {
        Reply::Done(_) => return Ok(()),
        Reply::NoSuchCommand => "there is no such command",
        // An unknown action prints nothing (FINDINGS 34).
        Reply::Nothing => "no reply",
        Reply::Refused(reason) | Reply::Value(reason) => reason,
    };
    Err(SwitchError::Refused { reason: reason.to_owned() })
}
