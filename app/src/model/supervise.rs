//! What a supervisor does to agents, calls and waiting callers, and why it may not be possible.

use serde::{Deserialize, Serialize};

use super::destination::Destination;
use super::ids::{AgentKey, NodeName, QueueKey};
use super::named::read_by_name;

/// What is done to a call that is going on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Steer {
    /// The supervisor's own telephone takes the place of the agent.
    TakeOver,
    /// The customer is sent to an extension or number; the agent is let go.
    Transfer(Destination),
    /// The agent's telephone puts the customer on hold, or takes the customer back.
    Hold(bool),
    /// Both are hung up.
    HangUp,
}

impl Steer {
    /// Noun and verb for the audit.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TakeOver => "call.take-over",
            Self::Transfer(_) => "call.transfer",
            Self::Hold(true) => "call.hold",
            Self::Hold(false) => "call.resume",
            Self::HangUp => "call.hang-up",
        }
    }
}

/// What is done for a caller who waits in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Serve {
    /// The supervisor's own telephone is rung, and connected once it answers.
    AnswerMyself,
    /// That agent's telephone is rung, and connected once it answers.
    GiveTo(AgentKey),
    /// The caller joins another queue of the node, with the time waited so far.
    MoveTo(QueueKey),
    /// The caller is served before all others of the queue.
    MakeFirst,
    /// The caller is hung up.
    HangUp,
}

impl Serve {
    /// Noun and verb for the audit.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AnswerMyself => "caller.answer",
            Self::GiveTo(_) => "caller.give",
            Self::MoveTo(_) => "caller.move",
            Self::MakeFirst => "caller.make-first",
            Self::HangUp => "caller.hang-up",
        }
    }
}

/// Why SwitchDesk itself does not do it. Travels as the reason of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Unable {
    /// The supervisor has not said which telephone to ring on that node.
    NoExtension,
    /// The call is not between two parties any more.
    NotConnected,
    /// No agent's telephone is in the call.
    NoAgentInCall,
    /// The caller does not wait any more.
    NotWaiting,
    /// The agent rings or talks.
    AgentBusy,
    /// The agent has no telephone that can be rung by its contact.
    NoContact,
    /// Who comes back to that queue gets the old place (`abandoned-resume-allowed`): no new score would count.
    AbandonedResume,
    /// The caller is the first already.
    AlreadyFirst,
    /// It is in that queue already.
    SameQueue,
    /// The agent is in no call whose end could be waited for.
    NotInCall,
    /// Somebody else changed it after it was shown.
    Changed,
}

read_by_name! { Unable:
    NoExtension = "NoExtension",
    NotConnected = "NotConnected",
    NoAgentInCall = "NoAgentInCall",
    NotWaiting = "NotWaiting",
    AgentBusy = "AgentBusy",
    NoContact = "NoContact",
    AbandonedResume = "AbandonedResume",
    AlreadyFirst = "AlreadyFirst",
    SameQueue = "SameQueue",
    NotInCall = "NotInCall",
    Changed = "Changed",
}

impl Unable {
    /// Every reason.
    pub const ALL: [Self; 11] = [
        Self::NoExtension,
        Self::NotConnected,
        Self::NoAgentInCall,
        Self::NotWaiting,
        Self::AgentBusy,
        Self::NoContact,
        Self::AbandonedResume,
        Self::AlreadyFirst,
        Self::SameQueue,
        Self::NotInCall,
        Self::Changed,
    ];

    /// The code that travels and stands in the audit.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoExtension => "no-extension",
            Self::NotConnected => "not-connected",
            Self::NoAgentInCall => "no-agent-in-call",
            Self::NotWaiting => "not-waiting",
            Self::AgentBusy => "agent-busy",
            Self::NoContact => "no-contact",
            Self::AbandonedResume => "abandoned-resume",
            Self::AlreadyFirst => "already-first",
            Self::SameQueue => "same-queue",
            Self::NotInCall => "not-in-call",
            Self::Changed => "changed",
        }
    }

    /// The reason of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unable| unable.code() == code)
    }
}

/// The telephone of a user on a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnExtension {
    /// The node.
    pub node: NodeName,
    /// Which; none where it has not been said.
    pub extension: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_have_distinct_codes() {
        for unable in Unable::ALL {
            assert_eq!(Unable::from_code(unable.code()), Some(unable));
        }
    }
}
