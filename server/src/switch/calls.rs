//! Operations on calls and their legs (FACTS 5.3, 5.4). What a person typed arrives as a [`Destination`], which holds nothing
//! that a command or a dial string could take for its own.

use std::time::Duration;

use app::model::destination::Destination;
use app::model::ids::NodeName;

use super::{SwitchError, Switches, done, quote, reply};
use crate::switch::reply::Reply;

/// How long a telephone rings for a person who asked for it.
pub const RING_FOR: Duration = Duration::from_secs(30);
/// How much longer than the ringing the answer of a call may take.
const GRACE: Duration = Duration::from_secs(5);

/// Which party of a bridged call a transfer moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// The channel that is named; the other is let go.
    Itself,
    /// The other party; the channel that is named is let go.
    Other,
}

/// A step of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// Begins.
    Start,
    /// Ends.
    Stop,
}

/// A call that the switch makes to a telephone.
#[derive(Clone, Debug)]
pub struct NewCall<'a> {
    /// Uuid of the new channel.
    pub uuid: &'a str,
    /// Whom to ring: an extension of the directory, as `user/<extension>`.
    pub extension: &'a Destination,
    /// What the telephone shows.
    pub caller_name: &'a str,
    /// The number that the telephone shows.
    pub caller_number: &'a str,
    /// Further variables of the channel; names are ours, values are quoted.
    pub variables: &'a [(&'a str, &'a str)],
    /// What it does once it is answered, such as `&eavesdrop(<uuid>)` or an extension.
    pub then: &'a str,
}

impl Switches {
    /// Transfers a leg to an extension of its dialplan.
    ///
    /// # Errors
    /// `Refused` where the channel is gone.
    pub async fn transfer(
        &self,
        node: &NodeName,
        channel_uuid: &str,
        moved: Moved,
        to: &Destination,
    ) -> Result<(), SwitchError> {
        let leg = match moved {
            Moved::Itself => "",
            Moved::Other => "-bleg ",
        };
        let argument = format!("{} {leg}{}", quote::bare(channel_uuid)?, to.as_str());
        self.call(node, "uuid_transfer", &argument).await
    }

    /// Puts a leg on hold, or takes it back.
    ///
    /// # Errors
    /// `Refused` where the channel is gone.
    pub async fn hold(&self, node: &NodeName, channel_uuid: &str, is_held: bool) -> Result<(), SwitchError> {
        let off = if is_held { "" } else { "off " };
        self.call(node, "uuid_hold", &format!("{off}{}", quote::bare(channel_uuid)?)).await
    }

    /// Connects two legs; what they were connected to is let go.
    ///
    /// # Errors
    /// `Refused` where one of them is gone.
    pub async fn bridge(&self, node: &NodeName, uuid: &str, other: &str) -> Result<(), SwitchError> {
        self.call(node, "uuid_bridge", &format!("{} {}", quote::bare(uuid)?, quote::bare(other)?)).await
    }

    /// Starts or stops the recording of a leg into a file of the node.
    ///
    /// # Errors
    /// `Refused` where the channel is gone or the file cannot be written; `Unspeakable` for a path with spaces or quotes.
    pub async fn record(
        &self,
        node: &NodeName,
        channel_uuid: &str,
        step: Recording,
        path: &str,
    ) -> Result<(), SwitchError> {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
        if path.is_empty() || !path.chars().all(is_plain) {
            return Err(SwitchError::Unspeakable);
        }
        let word = match step {
            Recording::Start => "start",
            Recording::Stop => "stop",
        };
        self.call(node, "uuid_record", &format!("{} {word} {path}", quote::bare(channel_uuid)?)).await
    }

    /// Presses keys on behalf of a channel, as if its telephone had sent them.
    ///
    /// # Errors
    /// `Refused` where the channel is gone.
    pub async fn press_keys(
        &self,
        node: &NodeName,
        channel_uuid: &str,
        keys: &str,
    ) -> Result<(), SwitchError> {
        if keys.is_empty() || !keys.chars().all(|key| key.is_ascii_digit() || "*#".contains(key)) {
            return Err(SwitchError::Unspeakable);
        }
        self.call(node, "uuid_recv_dtmf", &format!("{} {keys}", quote::bare(channel_uuid)?)).await
    }

    /// Sets a variable of a channel; the empty value takes it away.
    ///
    /// # Errors
    /// `Refused` where the channel is gone.
    pub async fn set_channel_variable(
        &self,
        node: &NodeName,
        channel_uuid: &str,
        variable: &str,
        value: &str,
    ) -> Result<(), SwitchError> {
        if value.contains(char::is_control) {
            return Err(SwitchError::Unspeakable);
        }
        // The value is the rest of the line: no quoting.
        let argument = format!("{} {} {value}", quote::bare(channel_uuid)?, quote::bare(variable)?);
        self.call(node, "uuid_setvar", argument.trim_end()).await
    }

    /// Whether a channel exists.
    ///
    /// # Errors
    /// `Unavailable` where the switch cannot be asked.
    pub async fn has_channel(&self, node: &NodeName, channel_uuid: &str) -> Result<bool, SwitchError> {
        let answer = self.commands(node)?.api("uuid_exists", quote::bare(channel_uuid)?).await?;
        Ok(answer.trim() == "true")
    }

    /// Rings a telephone and waits until it is answered, or is not.
    ///
    /// # Errors
    /// `Refused` with the cause in the words of the switch, such as `NO_ANSWER`; `Unknown` where the switch did not tell.
    pub async fn originate(&self, node: &NodeName, call: &NewCall<'_>) -> Result<(), SwitchError> {
        let argument = originate_argument(call)?;
        let answer = self.commands(node)?.background("originate", &argument, RING_FOR + GRACE).await?;
        match reply::classify(&answer) {
            Reply::Refused(cause) => Err(SwitchError::Refused { reason: cause.to_owned() }),
            _ => done(&answer),
        }
    }

    async fn call(&self, node: &NodeName, command: &str, argument: &str) -> Result<(), SwitchError> {
        done(&self.commands(node)?.api(command, argument).await?)
    }
}

/// `{variables}user/<extension> <then>`.
fn originate_argument(call: &NewCall<'_>) -> Result<String, SwitchError> {
    let uuid = quote::bare(call.uuid)?;
    let ring_s = RING_FOR.as_secs();
    let mut variables = format!("origination_uuid={uuid},originate_timeout={ring_s}");
    let shown = [
        ("origination_caller_id_name", call.caller_name),
        ("origination_caller_id_number", call.caller_number),
    ];
    for (name, value) in shown.iter().chain(call.variables) {
        variables.push_str(&format!(",{}={}", quote::bare(name)?, quote::variable(value)?));
    }
    Ok(format!("{{{variables}}}user/{} {}", call.extension.as_str(), call.then))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so")]
    use super::*;

    fn argument(caller_name: &str) -> Result<String, SwitchError> {
        originate_argument(&NewCall {
            uuid: "6fdbf69f-0a39-4398-b033-8a5e4470cd82",
            extension: &Destination::parse("1050").unwrap(),
            caller_name,
            caller_number: "13800138000",
            variables: &[("hangup_after_bridge", "true")],
            then: "&eavesdrop(0b1e)",
        })
    }

    #[test]
    fn names_in_a_dial_string_stay_values() {
        assert_eq!(
            argument("监听 Zhang").unwrap(),
            "{origination_uuid=6fdbf69f-0a39-4398-b033-8a5e4470cd82,originate_timeout=30,\
             origination_caller_id_name='监听 Zhang',origination_caller_id_number='13800138000',\
             hangup_after_bridge='true'}user/1050 &eavesdrop(0b1e)"
        );
        let hostile = argument("x',api_on_answer='hupall}user/1").unwrap();
        assert_eq!(hostile.matches('}').count(), 1, "{hostile}");
        assert_eq!(argument("a\nb"), Err(SwitchError::Unspeakable));
    }
}
