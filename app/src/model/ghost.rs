//! Ghosts: agents and callers that the switch itself has left behind. mod_callcenter keeps their rows although the call
//! that they stand for is gone, and offers nothing that looks for such rows.

use serde::{Deserialize, Serialize};

use super::ids::{AgentKey, MemberKey};
use super::named::read_by_name;
use super::time::UnixMs;

/// A row of the switch that stands for nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ghost {
    /// What is wrong with it.
    pub reason: GhostReason,
    /// Since when, as far as it is known.
    pub since: UnixMs,
}

/// What is wrong with a row. The rules that decide are the server's, in `wallboard::ghosts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum GhostReason {
    /// The agent is Receiving, but no caller is offered and no phone rings.
    RingingForNobody,
    /// The agent's phone still rings for a caller who is gone.
    PhoneLeftRinging,
    /// The agent is Reserved, but no offer follows.
    ReservedForNobody,
    /// The agent is In a queue call, but there is neither a caller nor a call.
    TalkingToNobody,
    /// The caller is Waiting, but the call is gone.
    WaitingWithoutCall,
    /// The caller is Trying, but the call is gone.
    RingingWithoutCall,
    /// The caller is Answered, but the call is gone, and the agent's too.
    TalkingWithoutCall,
    /// The caller is Answered and still in the queue's music, but the agent's call is gone.
    LeftAlone,
}

read_by_name! { GhostReason:
    RingingForNobody = "RingingForNobody",
    PhoneLeftRinging = "PhoneLeftRinging",
    ReservedForNobody = "ReservedForNobody",
    TalkingToNobody = "TalkingToNobody",
    WaitingWithoutCall = "WaitingWithoutCall",
    RingingWithoutCall = "RingingWithoutCall",
    TalkingWithoutCall = "TalkingWithoutCall",
    LeftAlone = "LeftAlone",
}

/// What removes a ghost, the safest that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Repair {
    /// The agent's state is set to Waiting.
    FreeAgent,
    /// The call to the agent's phone is hung up.
    HangUpPhone,
    /// The caller is hung up.
    HangUpCaller,
    /// Nothing is needed: the switch drops the row when it is next offered to an agent.
    ByItself,
    /// Nothing but loading mod_callcenter anew, which abandons every caller in every queue: nothing for a button.
    ModuleReload,
}

read_by_name! { Repair:
    FreeAgent = "FreeAgent",
    HangUpPhone = "HangUpPhone",
    HangUpCaller = "HangUpCaller",
    ByItself = "ByItself",
    ModuleReload = "ModuleReload",
}

impl GhostReason {
    /// What removes it. There is no command that removes a caller's row (FACTS 2.4), so callers have less to choose from.
    pub const fn repair(self) -> Repair {
        match self {
            Self::RingingForNobody | Self::ReservedForNobody | Self::TalkingToNobody => Repair::FreeAgent,
            Self::PhoneLeftRinging => Repair::HangUpPhone,
            Self::WaitingWithoutCall => Repair::ByItself,
            Self::RingingWithoutCall | Self::TalkingWithoutCall => Repair::ModuleReload,
            Self::LeftAlone => Repair::HangUpCaller,
        }
    }
}

impl Repair {
    /// Whether a person can run it.
    pub const fn is_command(self) -> bool {
        matches!(self, Self::FreeAgent | Self::HangUpPhone | Self::HangUpCaller)
    }
}

/// The row that a repair is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum GhostKey {
    /// An agent.
    Agent(AgentKey),
    /// A caller in a queue.
    Caller(MemberKey),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_a_call_are_nothing_for_a_button() {
        for reason in [
            GhostReason::WaitingWithoutCall,
            GhostReason::RingingWithoutCall,
            GhostReason::TalkingWithoutCall,
        ] {
            assert!(!reason.repair().is_command(), "{reason:?}");
        }
    }
}
