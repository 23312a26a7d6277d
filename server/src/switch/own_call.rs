//! What agents ask of the switch for themselves: their channel, their wrap-up, where their caller goes.

use app::model::destination::Destination;
use app::model::ids::{AgentKey, NodeName};
use app::model::time::{DurationMs, UnixMs};

use super::reply::Reply;
use super::{SwitchError, Switches, done, quote, reply};

impl Switches {
    /// The channel of the agent's telephone while it is in a queue's call; none without one (FACTS 2.4: the bare uuid).
    ///
    /// # Errors
    /// `Unavailable` where the switch cannot be asked.
    pub async fn agent_channel(&self, agent: &AgentKey) -> Result<Option<String>, SwitchError> {
        let argument = format!("agent get uuid {}", quote::word(&agent.name)?);
        let answer = self.commands(&agent.node)?.api("callcenter_config", &argument).await?;
        let Reply::Value(uuid) = reply::classify(&answer) else { return Ok(None) };
        let uuid = uuid.trim().to_owned();
        // The uuid of a call that is over may be left there.
        Ok(if !uuid.is_empty() && self.has_channel(&agent.node, &uuid).await? { Some(uuid) } else { None })
    }

    /// Sets how long the agent wraps up after each call.
    ///
    /// # Errors
    /// `Refused` where the switch does not know the agent.
    pub async fn set_wrap_up(&self, agent: &AgentKey, wrap_up: DurationMs) -> Result<(), SwitchError> {
        let name = quote::word(&agent.name)?;
        self.call_center(&agent.node, &format!("agent set wrap_up_time {name} {}", wrap_up.whole_s())).await
    }

    /// Offers the agent nothing before a moment (whole seconds of the switch's clock).
    ///
    /// # Errors
    /// `Refused` where the switch does not know the agent.
    pub async fn set_ready_at(&self, agent: &AgentKey, at: UnixMs) -> Result<(), SwitchError> {
        let name = quote::word(&agent.name)?;
        self.call_center(&agent.node, &format!("agent set ready_time {name} {}", at.0.div_euclid(1000))).await
    }

    /// Sends a channel to the telephone of an extension, without the dialplan.
    ///
    /// # Errors
    /// `Refused` where the channel is gone.
    pub async fn send_to_extension(
        &self,
        node: &NodeName,
        channel_uuid: &str,
        extension: &Destination,
    ) -> Result<(), SwitchError> {
        let argument = format!("{} bridge:user/{} inline", quote::bare(channel_uuid)?, extension.as_str());
        done(&self.commands(node)?.api("uuid_transfer", &argument).await?)
    }

    /// Sends a channel into a queue, at its end.
    ///
    /// # Errors
    /// `Refused` where the channel is gone, `Unspeakable` for a queue whose name a list of applications would take for its
    /// own.
    pub async fn send_to_queue(
        &self,
        node: &NodeName,
        channel_uuid: &str,
        queue: &str,
    ) -> Result<(), SwitchError> {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.@".contains(letter);
        if queue.is_empty() || !queue.chars().all(is_plain) {
            return Err(SwitchError::Unspeakable);
        }
        let argument = format!("{} callcenter:{queue} inline", quote::bare(channel_uuid)?);
        done(&self.commands(node)?.api("uuid_transfer", &argument).await?)
    }
}
