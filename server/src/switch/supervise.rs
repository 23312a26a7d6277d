//! Operations of supervisors: to listen to a call, to ring a telephone and connect it, to send a waiting caller back into a queue
//! (FACTS 5.3 and 5.4, FINDINGS 60).

use app::model::call::ListenMode;
use app::model::destination::Destination;
use app::model::ids::{AgentKey, NodeName, QueueKey};

use super::calls::NewCall;
use super::event::SwitchEvent;
use super::lists::List;
use super::reply::{self, Reply};
use super::{SwitchError, Switches, quote};

/// Where recordings go when the switch does not say.
const RECORDINGS: &str = "/var/lib/freeswitch/recordings";

/// A supervisor's telephone that is to listen.
#[derive(Clone, Debug)]
pub struct NewListener<'a> {
    /// Uuid of its leg.
    pub uuid: &'a str,
    /// Which telephone.
    pub extension: &'a Destination,
    /// The leg that it listens to: whoever is at it hears a whisper.
    pub target: &'a str,
    /// How it begins.
    pub mode: ListenMode,
    /// What the telephone shows.
    pub caller_name: &'a str,
    /// The number that it shows.
    pub caller_number: &'a str,
}

impl Switches {
    /// Rings a supervisor's telephone and lets it listen once it is answered.
    ///
    /// # Errors
    /// `Refused` with the cause where it was not answered; `Unknown` where the switch did not tell.
    pub async fn listen(&self, node: &NodeName, listener: &NewListener<'_>) -> Result<(), SwitchError> {
        // Key 2 of the application speaks to the leg that is listened to, key 1 to the other one.
        let speaks: &[(&str, &str)] = match listener.mode {
            ListenMode::Listen => &[],
            ListenMode::Whisper => &[("eavesdrop_whisper_bleg", "true")],
            ListenMode::Barge => &[("eavesdrop_whisper_bleg", "true"), ("eavesdrop_whisper_aleg", "true")],
        };
        let mut variables = vec![
            ("hangup_after_bridge", "true"),
            ("switchdesk_listens", listener.target),
            ("switchdesk_mode", listener.mode.code()),
        ];
        variables.extend(speaks);
        self.originate(
            node,
            &NewCall {
                uuid: listener.uuid,
                extension: listener.extension,
                caller_name: listener.caller_name,
                caller_number: listener.caller_number,
                variables: &variables,
                then: &format!("&eavesdrop({})", quote::bare(listener.target)?),
            },
        )
        .await
    }

    /// Lets a telephone that listens go over to another way.
    ///
    /// # Errors
    /// `Refused` where it is gone.
    pub async fn set_listen_mode(
        &self,
        node: &NodeName,
        listener: &str,
        mode: ListenMode,
    ) -> Result<(), SwitchError> {
        let key = match mode {
            ListenMode::Listen => "0",
            ListenMode::Whisper => "2",
            ListenMode::Barge => "3",
        };
        self.press_keys(node, listener, key).await
    }

    /// Rings a telephone, which then waits to be connected.
    ///
    /// # Errors
    /// As [`Switches::originate`].
    pub async fn ring(
        &self,
        node: &NodeName,
        uuid: &str,
        extension: &Destination,
        (caller_name, caller_number): (&str, &str),
    ) -> Result<(), SwitchError> {
        self.originate(
            node,
            &NewCall {
                uuid,
                extension,
                caller_name,
                caller_number,
                // Whoever is connected to it and goes takes it along.
                variables: &[("hangup_after_bridge", "true")],
                then: "&park()",
            },
        )
        .await
    }

    /// Lets a caller's channel join a queue anew, with so many points to begin with. The steps of the dialplan that would have
    /// followed its queue are lost.
    ///
    /// # Errors
    /// `Refused` where the channel is gone; `Unspeakable` for a queue whose name the dialplan would take apart.
    pub async fn enter_queue(
        &self,
        channel_uuid: &str,
        queue: &QueueKey,
        points: i64,
    ) -> Result<(), SwitchError> {
        if queue.name.contains([',', '$', '{', '}', '^', '~']) {
            return Err(SwitchError::Unspeakable);
        }
        let steps = quote::word(&format!("set:cc_base_score={points},callcenter:{}", queue.name))?;
        let argument = format!("{} {steps} inline", quote::bare(channel_uuid)?);
        super::done(&self.commands(&queue.node)?.api("uuid_transfer", &argument).await?)
    }

    /// Whether a caller who abandoned that queue gets the old place when coming back. `None` where there is no such queue.
    ///
    /// # Errors
    /// `Unavailable` where the switch cannot be asked.
    pub async fn resumes_abandoned(&self, queue: &QueueKey) -> Result<Option<bool>, SwitchError> {
        Ok(match self.read_list(&queue.node, List::Queues).await? {
            SwitchEvent::QueuesRead(_, rows) => {
                rows.iter().find(|row| row.name == queue.name).map(|row| row.resumes_abandoned)
            }
            _ => None,
        })
    }

    /// The extension that an agent's contact rings: `1007` of `[leg_timeout=10]user/1007`; `None` for a contact of another kind.
    ///
    /// # Errors
    /// `Unavailable` where the switch cannot be asked.
    pub async fn agent_extension(&self, agent: &AgentKey) -> Result<Option<Destination>, SwitchError> {
        Ok(match self.read_list(&agent.node, List::Agents).await? {
            SwitchEvent::AgentsRead(_, rows) => {
                let contact = rows.iter().find(|row| row.name == agent.name).map(|row| row.contact.as_str());
                contact.and_then(extension_of)
            }
            _ => None,
        })
    }

    /// The folder of the node that recordings go to.
    ///
    /// # Errors
    /// `Unavailable` where the switch cannot be asked.
    pub async fn recordings_folder(&self, node: &NodeName) -> Result<String, SwitchError> {
        let answer = self.commands(node)?.api("global_getvar", "recordings_dir").await?;
        Ok(match reply::classify(&answer) {
            Reply::Value(folder) if folder.starts_with('/') => folder.to_owned(),
            _ => RECORDINGS.to_owned(),
        })
    }
}

/// The extension of a contact that rings a user of the directory.
fn extension_of(contact: &str) -> Option<Destination> {
    let dial = contact.rsplit([']', '}', '>']).next()?;
    let user = dial.strip_prefix("user/")?;
    Destination::parse(user.split('@').next()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_of_the_directory_have_an_extension() {
        for (contact, extension) in [
            ("user/1007", Some("1007")),
            ("[leg_timeout=10]user/1007@example.com", Some("1007")),
            ("{a=b}[leg_timeout=10,c=d]user/1007", Some("1007")),
            ("sofia/gateway/carrier/13800138000", None),
            ("user/1007|user/1008", None),
            ("user/", None),
        ] {
            assert_eq!(extension_of(contact).as_ref().map(Destination::as_str), extension, "{contact}");
        }
    }
}
