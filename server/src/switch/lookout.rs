//! When the list of channels is worth reading. On a busy switch it is long, so it is asked for only when the lists of
//! mod_callcenter do not fit together, and at most once a round: with four lists in ten seconds that leaves a switch at
//! half a command a second. What it shows is judged by `wallboard::ghosts`.

use std::collections::{BTreeSet, HashMap};

use app::model::agent::AgentState;
use app::model::board::MemberState;
use app::model::time::UnixMs;

use super::callcenter::{AgentRecord, MemberRecord};
use super::event::SwitchEvent;

/// Rounds after which an agent who is still being rung by the same offer is looked at.
const LONG_RING: u32 = 3;
/// Rounds (of 10 s) after which a caller whose row has not changed is looked at: five minutes. Callers may well wait or talk for
/// longer, but no other list tells that their call is gone.
const LONG_STAY: u32 = 30;
/// Rounds between two looks when the same suspects have been looked at [`CLOSE_LOOKS`] times, or only a stay is long.
const SELDOM: u32 = 6;
/// Looks, one a round, that new suspects are worth.
const CLOSE_LOOKS: u32 = 6;

/// State and last offer.
type AgentLine = (Option<AgentState>, Option<UnixMs>);
/// State and serving agent.
type MemberLine = (MemberState, Option<String>);

/// What the lists have shown so far.
#[derive(Debug, Default)]
pub struct Lookout {
    agents: HashMap<String, Seen<AgentLine>>,
    members: HashMap<String, Seen<MemberLine>>,
    /// Whom the last looks were for, and how many there were.
    suspects: BTreeSet<String>,
    looks: u32,
    rounds_since_look: u32,
}

/// A row, and in how many lists in a row it was the same.
#[derive(Debug)]
struct Seen<T> {
    row: T,
    rounds: u32,
}

impl Lookout {
    /// Takes note of a list.
    pub fn note(&mut self, list: &SwitchEvent) {
        match list {
            SwitchEvent::AgentsRead(_, rows) => {
                self.agents = seen(&mut self.agents, rows.iter().map(Self::agent));
            }
            SwitchEvent::MembersRead(_, rows) => {
                self.members = seen(&mut self.members, rows.iter().map(Self::member));
            }
            _ => {}
        }
    }

    fn agent(row: &AgentRecord) -> (String, AgentLine) {
        (row.name.clone(), (row.state, row.last_offered_call))
    }

    fn member(row: &MemberRecord) -> (String, MemberLine) {
        (row.uuid.clone(), (row.state, row.serving_agent.clone()))
    }

    /// Whether to read the channels now, at the end of a round. A yes counts as done.
    pub fn wants_channels(&mut self) -> bool {
        self.rounds_since_look = self.rounds_since_look.saturating_add(1);
        let suspects = self.suspects();
        if suspects != self.suspects {
            self.suspects = suspects;
            self.looks = 0;
        }
        let is_worth_a_look = if self.suspects.is_empty() {
            let has_long_stay = self.members.values().any(|member| member.rounds >= LONG_STAY);
            has_long_stay && self.rounds_since_look >= SELDOM
        } else {
            self.looks < CLOSE_LOOKS || self.rounds_since_look >= SELDOM
        };
        if is_worth_a_look {
            self.looks += 1;
            self.rounds_since_look = 0;
        }
        is_worth_a_look
    }

    /// Rows that do not fit together.
    fn suspects(&self) -> BTreeSet<String> {
        let talks = |agent: &str| {
            self.agents.get(agent).is_some_and(|seen| seen.row.0 == Some(AgentState::InQueueCall))
        };
        let serving: BTreeSet<&str> = self
            .members
            .values()
            .filter(|member| member.row.0 == MemberState::Answered)
            .filter_map(|member| member.row.1.as_deref())
            .collect();
        let agents = self.agents.iter().filter(|(name, seen)| match seen.row.0 {
            Some(AgentState::InQueueCall) => !serving.contains(name.as_str()),
            Some(AgentState::Receiving | AgentState::Reserved) => seen.rounds >= LONG_RING,
            _ => false,
        });
        let members = self.members.iter().filter(|(_, seen)| {
            seen.row.0 == MemberState::Answered && !seen.row.1.as_deref().is_some_and(talks)
        });
        agents.map(|(name, _)| name.clone()).chain(members.map(|(uuid, _)| uuid.clone())).collect()
    }
}

fn seen<T: PartialEq>(
    before: &mut HashMap<String, Seen<T>>,
    rows: impl Iterator<Item = (String, T)>,
) -> HashMap<String, Seen<T>> {
    rows.map(|(key, row)| {
        let rounds = before
            .remove(&key)
            .filter(|seen| seen.row == row)
            .map_or(1, |seen| seen.rounds.saturating_add(1));
        (key, Seen { row, rounds })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use app::model::agent::AgentStatus;

    use super::*;

    const NEVER: [u32; 0] = [];

    fn agent(state: AgentState) -> AgentRecord {
        AgentRecord {
            name: "1001".into(),
            channel_uuid: String::new(),
            contact: String::new(),
            status: AgentStatus::Available,
            state: Some(state),
            wrap_up_s: 0,
            last_bridge_start: None,
            last_bridge_end: None,
            last_offered_call: Some(UnixMs(1)),
            last_status_change: None,
        }
    }

    fn member(state: MemberState, serving: Option<&str>) -> MemberRecord {
        MemberRecord {
            queue: "support".into(),
            uuid: "m1".into(),
            session_uuid: "s1".into(),
            caller_number: String::new(),
            caller_name: String::new(),
            joined_at: UnixMs(0),
            extra_score: 0,
            serving_agent: serving.map(str::to_owned),
            state,
            bridged_at: None,
        }
    }

    /// The rounds, counted from 1, in which the channels are asked for.
    fn looks(rounds: u32, agents: &[AgentRecord], members: &[MemberRecord]) -> Vec<u32> {
        let mut lookout = Lookout::default();
        (1..=rounds)
            .filter(|_| {
                lookout.note(&SwitchEvent::AgentsRead(UnixMs(0), agents.to_vec()));
                lookout.note(&SwitchEvent::MembersRead(UnixMs(0), members.to_vec()));
                lookout.wants_channels()
            })
            .collect()
    }

    #[test]
    fn channels_are_left_alone_while_the_lists_fit_together() {
        let talking = [member(MemberState::Answered, Some("1001"))];
        assert_eq!(looks(LONG_STAY - 1, &[agent(AgentState::InQueueCall)], &talking), NEVER);
        assert_eq!(looks(100, &[agent(AgentState::Waiting)], &[]), NEVER);
        assert_eq!(looks(100, &[agent(AgentState::Idle)], &[]), NEVER);
        assert_eq!(
            looks(2, &[agent(AgentState::Receiving)], &[member(MemberState::Trying, Some("1001"))]),
            NEVER
        );
    }

    #[test]
    fn rows_that_do_not_fit_are_looked_at_closely_and_then_seldom() {
        let talking_to = |serving| [member(MemberState::Answered, serving)];
        for (agent, members) in [
            (agent(AgentState::InQueueCall), vec![]),
            (agent(AgentState::Waiting), talking_to(Some("1001")).into()),
            (agent(AgentState::Waiting), talking_to(Some("gone")).into()),
            (agent(AgentState::Waiting), talking_to(None).into()),
        ] {
            assert_eq!(looks(20, &[agent], &members), [1, 2, 3, 4, 5, 6, 12, 18]);
        }
        assert_eq!(looks(7, &[agent(AgentState::Reserved)], &[]), [3, 4, 5, 6, 7]);
    }

    #[test]
    fn long_stays_are_looked_at_once_a_minute() {
        let waiting = [member(MemberState::Waiting, None)];
        assert_eq!(looks(43, &[], &waiting), [30, 36, 42]);
    }
}
