//! Calling a customer back: first the agent's own telephone rings; once it is answered, the dialplan calls the customer.
//!
//! The agent's channel carries the key of the callback, and hands it to the customer's (`export_vars`), so that both legs,
//! their events and their call records say which callback they belong to.

use app::model::ids::NodeName;

use super::calls::RING_FOR;
use super::reply::{self, Reply};
use super::{SwitchError, Switches, done, quote};

/// The channel variable that holds the key of the callback, on both legs.
pub const CALLBACK_VARIABLE: &str = "switchdesk_callback";

/// How much longer than the ringing the answer of the switch may take.
const GRACE: std::time::Duration = std::time::Duration::from_secs(5);

/// A customer to be called by an agent.
#[derive(Clone, Debug)]
pub struct CallBack<'a> {
    /// Uuid of the agent's new channel.
    pub uuid: &'a str,
    /// The agent's contact, as mod_callcenter has it.
    pub contact: &'a str,
    /// Key of the callback.
    pub callback_id: u64,
    /// The customer's number; the agent's telephone shows it.
    pub phone: &'a str,
    /// What is dialled before it.
    pub dial_prefix: &'a str,
    /// What the agent's telephone calls the customer.
    pub shown_name: &'a str,
    /// The number that the customer sees; empty for what the dialplan says.
    pub caller_id: &'a str,
}

impl Switches {
    /// Rings the agent, and calls the customer once the agent has answered. Returns when the agent has.
    ///
    /// # Errors
    /// `Refused` with the cause in the words of the switch where the agent was not reached: the customer was not called then.
    pub async fn call_back(&self, node: &NodeName, call: &CallBack<'_>) -> Result<(), SwitchError> {
        let argument = argument(call)?;
        let answer = self.commands(node)?.background("originate", &argument, RING_FOR + GRACE).await?;
        match reply::classify(&answer) {
            Reply::Refused(cause) => Err(SwitchError::Refused { reason: cause.to_owned() }),
            _ => done(&answer),
        }
    }
}

/// `{variables}<contact> <number>`: the number is an extension of the dialplan, so that the call leaves as others do.
fn argument(call: &CallBack<'_>) -> Result<String, SwitchError> {
    let is_dialled = |letter: char| letter.is_ascii_digit() || "+*#".contains(letter);
    let number = format!("{}{}", call.dial_prefix, call.phone);
    if number.is_empty() || !number.chars().all(is_dialled) {
        return Err(SwitchError::Unspeakable);
    }
    let id = call.callback_id.to_string();
    let mut variables = vec![
        ("origination_caller_id_name", call.shown_name),
        ("origination_caller_id_number", call.phone),
        // Early media of the agent's telephone is no answer.
        ("ignore_early_media", "true"),
        ("hangup_after_bridge", "true"),
        (CALLBACK_VARIABLE, &*id),
        ("export_vars", CALLBACK_VARIABLE),
    ];
    if !call.caller_id.is_empty() {
        variables.push(("effective_caller_id_number", call.caller_id));
        variables.push(("effective_caller_id_name", call.caller_id));
    }
    let mut text =
        format!("origination_uuid={},originate_timeout={}", quote::bare(call.uuid)?, RING_FOR.as_secs());
    for (name, value) in variables {
        text.push_str(&format!(",{name}={}", quote::variable(value)?));
    }
    Ok(format!("{} {number}", with_variables(&text, call.contact)?))
}

/// The contact with variables in front of those that it has. It is the switch's own, but a space would end the word, and a
/// quote would swallow what follows.
fn with_variables(variables: &str, contact: &str) -> Result<String, SwitchError> {
    let is_apart = |letter: char| letter.is_control() || letter.is_whitespace() || "'\"\\".contains(letter);
    if contact.is_empty() || contact.contains(is_apart) {
        return Err(SwitchError::Unspeakable);
    }
    Ok(match contact.strip_prefix('{') {
        Some(rest) => format!("{{{variables},{rest}"),
        None => format!("{{{variables}}}{contact}"),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so")]
    use super::*;

    const CALL: CallBack<'static> = CallBack {
        uuid: "6fdbf69f-0a39-4398-b033-8a5e4470cd82",
        contact: "user/1007",
        callback_id: 42,
        phone: "13800138000",
        dial_prefix: "9",
        shown_name: "回呼 support",
        caller_id: "4001234567",
    };

    #[test]
    fn the_agent_is_rung_first_and_the_customer_is_dialled() {
        assert_eq!(
            argument(&CALL).unwrap(),
            "{origination_uuid=6fdbf69f-0a39-4398-b033-8a5e4470cd82,originate_timeout=30,\
             origination_caller_id_name='回呼 support',origination_caller_id_number='13800138000',\
             ignore_early_media='true',hangup_after_bridge='true',switchdesk_callback='42',\
             export_vars='switchdesk_callback',effective_caller_id_number='4001234567',\
             effective_caller_id_name='4001234567'}user/1007 913800138000"
        );
        let contact = "{leg_delay_start=1}[leg_timeout=10]user/1007";
        let joined = argument(&CallBack { contact, caller_id: "", ..CALL }).unwrap();
        assert!(joined.contains("',leg_delay_start=1}[leg_timeout=10]user/1007 9138"), "{joined}");
    }

    #[test]
    fn nothing_that_a_dial_string_would_take_for_its_own_is_sent() {
        for call in [
            CallBack { phone: "138 XML default", ..CALL },
            CallBack { phone: "138&park()", ..CALL },
            CallBack { phone: "", dial_prefix: "", ..CALL },
            CallBack { contact: "user/1 &park()", ..CALL },
            CallBack { contact: "", ..CALL },
            CallBack { shown_name: "a\nb", ..CALL },
        ] {
            assert_eq!(argument(&call), Err(SwitchError::Unspeakable), "{call:?}");
        }
    }
}
