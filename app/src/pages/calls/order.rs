//! Which calls are shown, and in which order.

use leptos::prelude::*;

use super::list::CallList;
use crate::components::agent::queue_name;
use crate::components::sort::{Sorted, in_order};
use crate::components::words::lower_case;
use crate::live::LiveBoard;
use crate::live::store::use_live_board;
use crate::model::call::{CallRow, CallState};
use crate::model::ids::{CallId, short_name};

/// A column that sorts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Column {
    Caller,
    Direction,
    Queue,
    Agent,
    State,
    #[default]
    Time,
}

/// What the reader looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// In a name, a number, a queue or an agent; in lower case.
    pub(super) words: String,
    pub(super) state: Option<CallState>,
    column: Column,
    reversed: bool,
}

impl Wanted {
    pub(super) fn sorted_by(&self, column: Column) -> Option<Sorted> {
        // Names ascend at first; of durations the longest comes first.
        (self.column == column).then_some(match (column == Column::Time) == self.reversed {
            true => Sorted::Ascending,
            false => Sorted::Descending,
        })
    }

    pub(super) fn sort_by(&mut self, column: Column) {
        self.reversed = self.column == column && !self.reversed;
        self.column = column;
    }

    /// Whether no call is left out.
    pub(super) fn is_everything(&self) -> bool {
        self.words.is_empty() && self.state.is_none()
    }

    fn shows(&self, call: &CallRow, board: &LiveBoard) -> bool {
        self.state.is_none_or(|state| call.state == state)
            && (self.words.is_empty() || words_of(call, board).contains(&self.words))
    }

    /// What a call's place depends on: smaller comes first, before its beginning.
    fn place(&self, call: &CallRow, board: &LiveBoard) -> (String, i64) {
        match self.column {
            Column::Caller => (call.first().map(|leg| leg.number.clone()).unwrap_or_default(), 0),
            Column::Direction => (String::new(), call.direction as i64),
            Column::Queue => (call.queue.as_ref().map(|key| queue_name(board, key)).unwrap_or_default(), 0),
            Column::Agent => (agent_name(call, board), 0),
            Column::State => (String::new(), call.state as i64),
            Column::Time => (String::new(), since(call)),
        }
    }
}

/// The moment that the shown duration counts from.
pub(super) fn since(call: &CallRow) -> i64 {
    call.talking_since.unwrap_or(call.created_at).0
}

/// The display name of the agent who is in the call, or nothing.
pub(super) fn agent_name(call: &CallRow, board: &LiveBoard) -> String {
    call.agent.as_ref().map_or_else(String::new, |key| {
        board.agents.get(key).map_or_else(
            || short_name(&key.name).to_owned(),
            |row| row.with_untracked(|row| row.display_name.clone()),
        )
    })
}

/// Everything of a call that words are looked for in.
fn words_of(call: &CallRow, board: &LiveBoard) -> String {
    let mut words = agent_name(call, board);
    for leg in &call.legs {
        words.push(' ');
        words.push_str(&leg.name);
        words.push(' ');
        words.push_str(&leg.number);
    }
    if let Some(queue) = &call.queue {
        words.push(' ');
        words.push_str(&queue_name(board, queue));
    }
    lower_case(&words)
}

/// Keys of the calls that are looked for, in order. Follows the list a few times a second, and not each call.
pub(super) fn use_sorted_calls(calls: CallList, wanted: RwSignal<Wanted>) -> Memo<Vec<CallId>> {
    let board = use_live_board();
    let version = calls.version.clone();
    Memo::new(move |_| {
        version.track();
        let wanted = wanted.get();
        let mut places: Vec<((String, i64), i64, CallId)> = Vec::new();
        untrack(|| {
            calls.each(|call| {
                if wanted.shows(call, &board) {
                    places.push((wanted.place(call, &board), call.created_at.0, call.id.clone()));
                }
            });
        });
        let mut places = in_order(places, Ord::cmp);
        if wanted.reversed {
            places.reverse();
        }
        places.into_iter().map(|(.., id)| id).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_comes_first_and_a_column_turns_round() {
        let mut wanted = Wanted::default();
        assert_eq!(wanted.sorted_by(Column::Time), Some(Sorted::Descending));
        wanted.sort_by(Column::Time);
        assert_eq!(wanted.sorted_by(Column::Time), Some(Sorted::Ascending));
        wanted.sort_by(Column::Caller);
        assert_eq!(wanted.sorted_by(Column::Caller), Some(Sorted::Ascending));
        assert_eq!(wanted.sorted_by(Column::Time), None);
    }
}
