//! Which agents are shown, and in which order.

use leptos::prelude::*;

use crate::components::agent::queue_name;
use crate::components::sort::Sorted;
use crate::components::words::lower_case;
use crate::live::LiveBoard;
use crate::live::store::use_live_board;
use crate::model::agent::{AgentRow, AgentStatus, Presence};
use crate::model::ids::AgentKey;

/// A column that sorts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Column {
    #[default]
    Name,
    Presence,
    Since,
    Status,
    Answered,
    Missed,
    Talk,
}

impl Column {
    /// Numbers and durations begin with the largest.
    const fn is_number(self) -> bool {
        matches!(self, Self::Since | Self::Answered | Self::Missed | Self::Talk)
    }
}

/// What the reader looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// In the name, the number or a queue; in lower case.
    pub(super) words: String,
    pub(super) presence: Option<Presence>,
    column: Column,
    reversed: bool,
}

impl Wanted {
    pub(super) fn sorted_by(&self, column: Column) -> Option<Sorted> {
        // Names ascend at first, numbers descend.
        (self.column == column).then_some(match column.is_number() == self.reversed {
            true => Sorted::Ascending,
            false => Sorted::Descending,
        })
    }

    pub(super) fn sort_by(&mut self, column: Column) {
        self.reversed = self.column == column && !self.reversed;
        self.column = column;
    }

    fn shows(&self, agent: &AgentRow, board: &LiveBoard) -> bool {
        self.presence.is_none_or(|presence| agent.presence == presence)
            && (self.words.is_empty()
                || lower_case(&agent.display_name).contains(&self.words)
                || lower_case(&agent.key.name).contains(&self.words)
                || agent
                    .tiers
                    .iter()
                    .any(|tier| lower_case(&queue_name(board, &tier.queue)).contains(&self.words)))
    }

    /// What an agent's place depends on: smaller comes first, before the name.
    fn place(&self, agent: &AgentRow) -> i64 {
        match self.column {
            Column::Name => 0,
            Column::Presence => Presence::ALL
                .into_iter()
                .zip(0..)
                .find(|(each, _)| *each == agent.presence)
                .map_or(0, |(_, place)| place),
            Column::Since => agent.presence_since.map_or(i64::MAX, |since| since.0),
            Column::Status => AgentStatus::ALL
                .into_iter()
                .zip(0..)
                .find(|(each, _)| *each == agent.status)
                .map_or(0, |(_, place)| place),
            Column::Answered => -i64::from(agent.answered_today),
            Column::Missed => -i64::from(agent.missed_today),
            Column::Talk => -i64::from(agent.talk_s_today),
        }
    }
}

/// Keys of the agents that are looked for, in order.
pub(super) fn use_sorted_agents(wanted: RwSignal<Wanted>) -> Memo<Vec<AgentKey>> {
    let board = use_live_board();
    let keys = board.agents.keys();
    Memo::new(move |_| {
        let wanted = wanted.get();
        let places = keys.get().into_iter().filter_map(|key| {
            board.agents.get(&key)?.with(|agent| {
                wanted.shows(agent, &board).then(|| (wanted.place(agent), agent.display_name.clone(), key))
            })
        });
        let mut places: Vec<(i64, String, AgentKey)> = places.collect();
        places.sort();
        if wanted.reversed {
            places.reverse();
        }
        places.into_iter().map(|(.., key)| key).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_turns_round_when_it_is_chosen_again() {
        let mut wanted = Wanted::default();
        assert_eq!(wanted.sorted_by(Column::Name), Some(Sorted::Ascending));
        wanted.sort_by(Column::Name);
        assert_eq!(wanted.sorted_by(Column::Name), Some(Sorted::Descending));
        wanted.sort_by(Column::Talk);
        assert_eq!(wanted.sorted_by(Column::Talk), Some(Sorted::Descending));
        wanted.sort_by(Column::Talk);
        assert_eq!(wanted.sorted_by(Column::Talk), Some(Sorted::Ascending));
    }
}
