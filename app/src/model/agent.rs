//! An agent's status (what a person chose), state (what the switch does) and presence (what people want to know).

use serde::{Deserialize, Serialize};

use super::ghost::Ghost;
use super::ids::{AgentKey, MemberKey, QueueKey};
use super::mask::{mask_name, mask_number};
use super::named::read_by_name;
use super::time::UnixMs;
use super::wall::Scope;

/// What a person chose for the agent. The spellings are mod_callcenter's and are compared exactly there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum AgentStatus {
    /// Takes no calls and does not count as present.
    LoggedOut,
    /// Takes calls.
    Available,
    /// Takes one call, then waits to be set ready by hand.
    AvailableOnDemand,
    /// Signed in, takes no calls.
    OnBreak,
}

read_by_name! { AgentStatus:
    LoggedOut = "LoggedOut",
    Available = "Available",
    AvailableOnDemand = "AvailableOnDemand",
    OnBreak = "OnBreak",
}

impl AgentStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::LoggedOut, Self::Available, Self::AvailableOnDemand, Self::OnBreak];

    /// The exact spelling of mod_callcenter.
    pub const fn as_switch(self) -> &'static str {
        match self {
            Self::LoggedOut => "Logged Out",
            Self::Available => "Available",
            Self::AvailableOnDemand => "Available (On Demand)",
            Self::OnBreak => "On Break",
        }
    }

    /// Reads the switch's word. The switch accepts any case and stores it as typed, so any case is understood.
    pub fn from_switch(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_switch().eq_ignore_ascii_case(word))
    }
}

/// What the switch does with the agent at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum AgentState {
    /// Free for the next call (wrap-up included: the switch has no state for that).
    Waiting,
    /// Being rung.
    Receiving,
    /// Talking to a caller of a queue.
    InQueueCall,
    /// On Demand, after a call, until set ready.
    Idle,
    /// Reserved before an offer (`reserve-agents`).
    Reserved,
}

read_by_name! { AgentState:
    Waiting = "Waiting",
    Receiving = "Receiving",
    InQueueCall = "InQueueCall",
    Idle = "Idle",
    Reserved = "Reserved",
}

impl AgentState {
    /// Reads the switch's word; `None` for `Unknown` and whatever a later version may say.
    pub fn from_switch(word: &str) -> Option<Self> {
        Some(match word {
            "Waiting" => Self::Waiting,
            "Receiving" => Self::Receiving,
            "In a queue call" => Self::InQueueCall,
            "Idle" => Self::Idle,
            "Reserved" => Self::Reserved,
            _ => return None,
        })
    }
}

/// What a supervisor wants to know of an agent: status, state and wrap-up in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Presence {
    /// Free for a call.
    Available,
    /// The telephone rings.
    Ringing,
    /// Talking, whatever the status says.
    OnCall,
    /// After a call, until `last_bridge_end + wrap_up_time`.
    WrapUp,
    /// On Demand and not ready yet.
    Idle,
    /// On break.
    OnBreak,
    /// Logged out.
    LoggedOut,
}

read_by_name! { Presence:
    Available = "Available",
    Ringing = "Ringing",
    OnCall = "OnCall",
    WrapUp = "WrapUp",
    Idle = "Idle",
    OnBreak = "OnBreak",
    LoggedOut = "LoggedOut",
}

impl Presence {
    /// Every presence, in the order in which people read them.
    pub const ALL: [Self; 7] = [
        Self::Available,
        Self::Ringing,
        Self::OnCall,
        Self::WrapUp,
        Self::Idle,
        Self::OnBreak,
        Self::LoggedOut,
    ];
}

/// The code of a break reason, as rows and records carry it; names and budgets are in [`super::center::BreakReason`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReasonCode(pub String);

impl ReasonCode {
    /// The code of a text. Whether there is such a reason is for the one to ask who stores it.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }
}

/// Who chose the present status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SetBy {
    /// The agent, at the desk.
    Agent,
    /// Another user of SwitchDesk.
    User {
        /// That user's display name.
        display_name: String,
    },
    /// Not SwitchDesk: the telephone, a script, the switch itself (max-no-answer).
    Elsewhere,
}

/// The caller that an agent is rung for or talks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentCall {
    /// The queue that brought the caller.
    pub queue: QueueKey,
    /// The caller in the queue.
    pub member: MemberKey,
    /// Name as the switch reports it.
    pub caller_name: String,
    /// Number as the switch reports it.
    pub caller_number: String,
    /// Joined the queue then.
    pub joined_at: Option<UnixMs>,
    /// On hold since then, as far as SwitchDesk did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_since: Option<UnixMs>,
    /// Who was let into the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub third: Option<String>,
}

/// Membership of an agent in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentTier {
    /// The queue.
    pub queue: QueueKey,
    /// Level: 1 is asked first.
    pub level: u32,
    /// Position in the level.
    pub position: u32,
}

/// One agent as the board shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRow {
    /// Node and name on the switch.
    pub key: AgentKey,
    /// Name for people; the short switch name where none is stored.
    pub display_name: String,
    /// What was chosen.
    pub status: AgentStatus,
    /// When it was chosen.
    pub status_since: Option<UnixMs>,
    /// Who chose it, where known.
    pub set_by: Option<SetBy>,
    /// Why, on a break that SwitchDesk knows the reason of.
    pub reason: Option<ReasonCode>,
    /// When the day's budget of that reason is used up, while the agent is on a break that has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub break_until: Option<UnixMs>,
    /// When the last desk of an agent who had one open was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk_lost_at: Option<UnixMs>,
    /// What the agent is doing.
    pub presence: Presence,
    /// Since when.
    pub presence_since: Option<UnixMs>,
    /// End of the wrap-up, while it lasts.
    pub wrap_up_until: Option<UnixMs>,
    /// The caller, while ringing or talking.
    pub call: Option<AgentCall>,
    /// Queues and levels, in the order of queue names.
    pub tiers: Vec<AgentTier>,
    /// Calls answered since midnight of the center's zone, or since counting began.
    pub answered_today: u32,
    /// Offers not answered since then.
    pub missed_today: u32,
    /// Time talked since then, in seconds.
    pub talk_s_today: u32,
    /// Who wants the agent logged out at the end of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_out_wanted_by: Option<String>,
    /// Set where the switch has left the agent behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ghost: Option<Ghost>,
}

impl AgentRow {
    /// Masks number and name of the caller.
    pub fn mask(&mut self) {
        if let Some(call) = &mut self.call {
            call.caller_name = mask_name(&call.caller_name);
            call.caller_number = mask_number(&call.caller_number);
        }
    }

    /// Takes out what belongs to queues that the scope does not show: the agent is seen talking, but not to whom.
    pub fn narrow(&mut self, scope: &Scope) {
        if !scope.has_queues_of(self) {
            self.tiers.retain(|tier| scope.has_queue(&tier.queue));
            self.call.take_if(|call| !scope.has_queue(&call.queue));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_spelled_as_the_switch_compares_them() {
        for status in AgentStatus::ALL {
            assert_eq!(AgentStatus::from_switch(status.as_switch()), Some(status));
        }
        assert_eq!(AgentStatus::from_switch("available"), Some(AgentStatus::Available));
        assert_eq!(AgentStatus::from_switch("Lunch"), None);
    }
}
