//! Ghosts: rows of agents and callers that mod_callcenter keeps although their call is gone.
//!
//! The module moves its rows from threads, one per offer. Where such a thread dies or hangs, the row stays as it was: users
//! report callers that are Answered hours after their call, and agents that are Receiving or Reserved for ever
//! (signalwire/freeswitch#1973, #2540, #1062, #1641, #2529).
//!
//! A healthy call must never be called a ghost. So three things must come together: the rules below see nothing that
//! could still serve the row, neither in the lists of the call center nor in the switch's list of channels; no event has touched
//! the row for as long; and [`READS`] lists of channels in a row, a round of the reconcile apart, say the same.
//! [`judge_agent`] and [`judge_caller`] are asked once more, with fresh lists, before a repair is sent.

use std::collections::HashMap;

use app::model::agent::AgentState;
use app::model::board::MemberState;
use app::model::ghost::{Ghost, GhostReason};
use app::model::ids::{AgentKey, MemberKey, NodeName, short_name};
use app::model::time::{DurationMs, UnixMs};

use super::board::{Agent, Board, Member, Moment, Touched};
use crate::switch::callcenter::ChannelRecord;

/// Lists of channels that must agree. The module's own steps take up to 100 ms (FINDINGS 22, 28); a hang-up without media
/// may take 5 s to arrive (FINDINGS 57); a list read every 10 s may have missed a channel that is being made. Three reads
/// are 20 s and more, which none of these last.
const READS: u8 = 3;
/// A phone rings for `agent-originate-timeout` at most, 60 s unless told otherwise (FACTS 2.2), and half of that is added.
/// Counted from `last_offered_call`, which the module writes together with Receiving.
const LONGEST_RING: DurationMs = DurationMs::from_s(90);

/// What the telephone of an agent does, as far as the list of channels tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phone {
    /// It has no call.
    Silent,
    /// It rings.
    Ringing,
    /// It is in a call, of a queue or not.
    InCall,
}

/// The live channels of a node.
#[derive(Debug)]
pub struct Channels<'a> {
    by_uuid: HashMap<&'a str, &'a ChannelRecord>,
    /// By whom they are to or from; a channel has up to three of these words.
    by_user: HashMap<&'a str, Vec<&'a ChannelRecord>>,
}

impl<'a> Channels<'a> {
    /// From the rows of the list.
    pub fn new(rows: &'a [ChannelRecord]) -> Self {
        let mut by_user: HashMap<&str, Vec<&ChannelRecord>> = HashMap::new();
        for row in rows {
            let words = [&row.dest, &row.name, &row.presence_id].map(|text| user_part(text));
            for word in words.into_iter().filter(|word| !word.is_empty()) {
                by_user.entry(word).or_default().push(row);
            }
        }
        Self { by_uuid: rows.iter().map(|row| (row.uuid.as_str(), row)).collect(), by_user }
    }

    /// The channel of that uuid, if it is live.
    pub fn get(&self, uuid: &str) -> Option<&'a ChannelRecord> {
        self.by_uuid.get(uuid).copied()
    }

    /// Channels that may be the agent's phone. While it rings the module names no uuid, so every channel counts that was
    /// dialled by the agent's contact or bears its name: rather one too many, since a live channel speaks against a ghost.
    pub fn of_phone(&self, name: &str, contact: &str) -> Vec<&'a ChannelRecord> {
        let own = dialled(contact).chain([short_name(name)]);
        let mut found: Vec<_> = own.filter_map(|word| self.by_user.get(word)).flatten().copied().collect();
        found.sort_by(|a, b| a.uuid.cmp(&b.uuid));
        found.dedup_by(|a, b| a.uuid == b.uuid);
        found
    }

    /// What the agent's phone does. `uuid` is the channel that the module names.
    pub fn phone(&self, name: &str, contact: &str, uuid: &str) -> Phone {
        let channels = self.of_phone(name, contact).into_iter().chain(self.get(uuid));
        let mut phone = Phone::Silent;
        for channel in channels {
            if !is_ringing(channel) {
                return Phone::InCall;
            }
            phone = Phone::Ringing;
        }
        phone
    }
}

/// Whether the channel has not been answered yet.
pub fn is_ringing(channel: &ChannelRecord) -> bool {
    matches!(channel.call_state.as_str(), "DOWN" | "DIALING" | "RINGING" | "EARLY")
}

/// What a contact dials: `1007` of `{a=b}[leg_timeout=10]user/1007@example.com`. Several may be separated.
pub(crate) fn dialled(contact: &str) -> impl Iterator<Item = &str> {
    let dial = contact.rsplit([']', '}', '>']);
    // Variables hold separators of their own, so what stands before the last of them is looked at too: a word too many.
    dial.flat_map(|part| part.split([',', '|'])).map(user_part).filter(|word| !word.is_empty())
}

/// The user of an address: `1007` of `sofia/internal/sip:1007@192.0.2.10`.
fn user_part(address: &str) -> &str {
    let last = address.rsplit('/').next().unwrap_or(address);
    let last = last.rsplit_once("sip:").map_or(last, |(_, last)| last);
    last.split('@').next().unwrap_or(last)
}

/// What is known of an agent's call.
#[derive(Clone, Copy, Debug)]
pub struct AgentEvidence {
    /// What the switch says that it does with the agent.
    pub state: Option<AgentState>,
    /// A caller is being offered to the agent, or talks to the agent, and that caller has a call.
    pub has_caller: bool,
    /// The caller that was offered last is known, and is not being offered any more.
    pub is_caller_gone: bool,
    /// What the phone does.
    pub phone: Phone,
    /// Since the last offer.
    pub offered_ago: DurationMs,
}

/// What is wrong with an agent; `None` for one who may be healthy. Waiting and Idle (On Demand, FINDINGS 31) always are.
pub fn judge_agent(evidence: &AgentEvidence) -> Option<GhostReason> {
    let AgentEvidence { state, has_caller, is_caller_gone, phone, offered_ago } = *evidence;
    if has_caller {
        // Of whatever queue: an agent has one state for all of them.
        return None;
    }
    match (state?, phone) {
        (AgentState::Receiving, Phone::Ringing) if is_caller_gone => Some(GhostReason::PhoneLeftRinging),
        (AgentState::Receiving, Phone::Silent) if offered_ago >= LONGEST_RING => {
            Some(GhostReason::RingingForNobody)
        }
        // The dispatcher goes from Reserved to Receiving, or back, in one round of 100 ms.
        (AgentState::Reserved, Phone::Silent) => Some(GhostReason::ReservedForNobody),
        (AgentState::InQueueCall, Phone::Silent) => Some(GhostReason::TalkingToNobody),
        _ => None,
    }
}

/// What is known of a caller's call.
#[derive(Clone, Copy, Debug)]
pub struct CallerEvidence<'a> {
    /// What the switch says of the caller.
    pub state: MemberState,
    /// The caller's channel.
    pub call: Option<&'a ChannelRecord>,
    /// The serving agent is In a queue call.
    pub is_agent_talking: bool,
    /// The serving agent's phone is in a call, or may be.
    pub has_agent_call: bool,
}

/// What is wrong with a caller; `None` for one who may be healthy.
pub fn judge_caller(evidence: &CallerEvidence<'_>) -> Option<GhostReason> {
    let CallerEvidence { state, call, is_agent_talking, has_agent_call } = *evidence;
    match (state, call) {
        (MemberState::Waiting, None) => Some(GhostReason::WaitingWithoutCall),
        (MemberState::Trying, None) => Some(GhostReason::RingingWithoutCall),
        // While the agent's call lasts, the module watches it and removes the row at its end (a caller who was transferred
        // into another channel, for one).
        (MemberState::Answered, None) => {
            (!(is_agent_talking && has_agent_call)).then_some(GhostReason::TalkingWithoutCall)
        }
        // A caller who left the application `callcenter` was transferred: to hang that call up would be a mistake.
        (MemberState::Answered, Some(call)) => {
            (!is_agent_talking && !has_agent_call && call.application == "callcenter")
                .then_some(GhostReason::LeftAlone)
        }
        // In the queue, with a call. A Trying one for whom nobody rings is how ring-all waits.
        (MemberState::Waiting | MemberState::Trying, Some(_)) => None,
    }
}

/// A row that one list of channels, or several in a row, found to be a ghost.
#[derive(Clone, Copy, Debug)]
pub struct Suspicion {
    reason: GhostReason,
    /// When the first of these lists was asked for.
    first_at: UnixMs,
    reads: u8,
}

impl Suspicion {
    /// What another list makes of it.
    fn after(before: Option<Self>, reason: GhostReason, asked_at: UnixMs, touched_at: UnixMs) -> Self {
        match before {
            Some(before) if before.reason == reason && before.first_at > touched_at => {
                Self { reads: before.reads.saturating_add(1), ..before }
            }
            _ => Self { reason, first_at: asked_at, reads: 1 },
        }
    }

    /// Any event since then heals.
    fn ghost(self, touched_at: UnixMs, since: Option<UnixMs>) -> Option<Ghost> {
        (self.reads >= READS && self.first_at > touched_at)
            .then(|| Ghost { reason: self.reason, since: since.unwrap_or(self.first_at) })
    }
}

impl Agent {
    /// Whether it is a ghost.
    pub(super) fn ghost(&self) -> Option<Ghost> {
        self.suspicion?.ghost(self.touched_at, self.presence_since)
    }
}

impl Member {
    /// Whether it is a ghost.
    pub(super) fn ghost(&self) -> Option<Ghost> {
        self.suspicion?.ghost(self.touched_at, self.state_since.or(Some(self.joined_at)))
    }
}

impl Board {
    pub(super) fn read_channels(
        &mut self,
        moment: &Moment,
        asked_at: UnixMs,
        rows: &[ChannelRecord],
        touched: &mut Touched,
    ) {
        let channels = Channels::new(rows);
        let agents: Vec<(AgentKey, Option<GhostReason>)> =
            of_node(&self.agents, &moment.node, |key| &key.node)
                .map(|(key, agent)| (key.clone(), self.judge_agent(key, agent, &channels, asked_at)))
                .collect();
        let members: Vec<(MemberKey, Option<GhostReason>)> =
            of_node(&self.members, &moment.node, |key| &key.node)
                .map(|(key, member)| (key.clone(), self.judge_member(member, &channels)))
                .collect();
        for (key, reason) in agents {
            let Some(agent) = self.agents.get_mut(&key) else { continue };
            let before = agent.ghost();
            agent.suspicion = weighed(agent.suspicion, reason, asked_at, agent.touched_at);
            if agent.ghost() != before {
                touched.agents.insert(key);
            }
        }
        for (key, reason) in members {
            let Some(member) = self.members.get_mut(&key) else { continue };
            let before = member.ghost();
            member.suspicion = weighed(member.suspicion, reason, asked_at, member.touched_at);
            if member.ghost() != before {
                touched.members.insert(key);
            }
        }
    }

    fn judge_agent(
        &self,
        key: &AgentKey,
        agent: &Agent,
        channels: &Channels<'_>,
        asked_at: UnixMs,
    ) -> Option<GhostReason> {
        let state = agent.state.filter(|state| !matches!(state, AgentState::Waiting | AgentState::Idle))?;
        let offered = agent.call.as_ref().map(|call| self.members.get(&call.member));
        let is_tried = |member: &Member| member.state == MemberState::Trying;
        let has_caller = match state {
            AgentState::InQueueCall => self.members.values().any(|member| {
                member.agent.as_ref() == Some(key)
                    && member.state == MemberState::Answered
                    && channels.get(&member.session_uuid).is_some()
            }),
            _ => {
                offered.flatten().is_some_and(is_tried)
                    || self
                        .members
                        .values()
                        .any(|member| member.agent.as_ref() == Some(key) && is_tried(member))
            }
        };
        judge_agent(&AgentEvidence {
            state: Some(state),
            has_caller,
            is_caller_gone: offered.is_some_and(|member| !member.is_some_and(is_tried)),
            phone: channels.phone(&key.name, &agent.contact, &agent.channel_uuid),
            offered_ago: agent.last_offered_call.map_or(DurationMs(0), |offered| asked_at.since(offered)),
        })
    }

    fn judge_member(&self, member: &Member, channels: &Channels<'_>) -> Option<GhostReason> {
        let agent = member.agent.as_ref().and_then(|key| Some((key, self.agents.get(key)?)));
        judge_caller(&CallerEvidence {
            state: member.state,
            call: channels.get(&member.session_uuid),
            is_agent_talking: agent.is_some_and(|(_, agent)| agent.state == Some(AgentState::InQueueCall)),
            has_agent_call: agent.is_some_and(|(key, agent)| {
                channels.phone(&key.name, &agent.contact, &agent.channel_uuid) != Phone::Silent
            }),
        })
    }
}

fn of_node<'a, K: 'a, R: 'a>(
    rows: impl IntoIterator<Item = (&'a K, &'a R)>,
    node: &NodeName,
    node_of: impl Fn(&K) -> &NodeName,
) -> impl Iterator<Item = (&'a K, &'a R)> {
    rows.into_iter().filter(move |(key, _)| node_of(key) == node)
}

/// A list that was asked for before the last event says nothing.
fn weighed(
    before: Option<Suspicion>,
    reason: Option<GhostReason>,
    asked_at: UnixMs,
    touched_at: UnixMs,
) -> Option<Suspicion> {
    reason
        .filter(|_| touched_at < asked_at)
        .map(|reason| Suspicion::after(before, reason, asked_at, touched_at))
}

#[cfg(test)]
#[path = "ghosts_tests.rs"]
mod tests;
