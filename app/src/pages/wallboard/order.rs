//! Which queues are shown, and in which order; kept per user.

use std::cmp::Ordering;
use std::fmt;
use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::board::save_board_preferences;
use crate::components::sort::{Sorted, in_order};
use crate::components::use_announcer;
use crate::components::words::{self, use_locale};
use crate::live::store::{LiveBoard, use_live_board};
use crate::model::account::{BoardPreferences, QueueSort};
use crate::model::board::{QueueRow, merged_by_name};
use crate::model::ids::QueueKey;
use crate::pages::layout::Preferences;

/// Changes are sent together once nothing was changed for so long.
const SAVE_AFTER: Duration = Duration::from_millis(500);

/// How the user likes the board.
pub(super) fn use_preferences() -> RwSignal<BoardPreferences> {
    let Preferences(preferences) = expect_context();
    preferences
}

/// A function that changes the preferences and has them stored.
pub(super) fn use_change_preferences()
-> impl Fn(&dyn Fn(&mut BoardPreferences)) + Copy + Send + Sync + 'static {
    let preferences = use_preferences();
    let locale = use_locale();
    let announcer = use_announcer();
    let pending: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
    move |change| {
        preferences.update(|preferences| change(preferences));
        if let Some(pending) = pending.get_value() {
            pending.clear();
        }
        let save = move || {
            let Some(preferences) = preferences.try_get_untracked() else { return };
            spawn_local(async move {
                if let Err(error) = save_board_preferences(preferences).await {
                    announcer.say(words::api_error(locale, &error));
                }
            });
        };
        pending.set_value(set_timeout_with_handle(save, SAVE_AFTER).ok());
    }
}

/// Keys of the queues that are not hidden, by name of the switch.
pub(super) fn use_shown_queues() -> Memo<Vec<QueueKey>> {
    let preferences = use_preferences();
    let keys = use_live_board().queues.keys();
    Memo::new(move |_| {
        preferences.with(|preferences| {
            keys.get().into_iter().filter(|key| !preferences.hidden_queues.contains(key)).collect()
        })
    })
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Line {
    /// The queue; of a sum, its first part.
    pub(super) queue: QueueKey,
    /// What of it the line shows.
    pub(super) shows: Shows,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.queue, self.shows)
    }
}

/// What a line shows of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shows {
    /// The only queue of its name.
    Queue,
    /// The sum over all nodes that have one of that name.
    Sum,
    /// What one of these nodes has, below the sum.
    Part,
}

/// The sum over the shown parts of a queue that several nodes have.
pub(super) fn sum_of_parts(board: &LiveBoard, shown: &[QueueKey], name: &str) -> Option<QueueRow> {
    let parts = shown.iter().filter(|key| key.name == name).filter_map(|key| board.queues.get(key));
    let parts = parts.map(|row| row.get()).collect();
    merged_by_name(parts, &board.uncounted()).pop()
}

/// The lines of the shown queues in the user's order. Queues of one name share a place, and their parts follow the sum
/// where the name is `open`.
pub(super) fn use_lines(shown: Memo<Vec<QueueKey>>, open: RwSignal<Vec<String>>) -> Memo<Vec<Line>> {
    let preferences = use_preferences();
    let board = use_live_board();
    Memo::new(move |_| {
        let (sort, reversed) = preferences.with(|preferences| (preferences.sort, preferences.reversed));
        let shown = shown.get();
        let parts_of = |queue: &QueueKey| -> Vec<QueueKey> {
            shown.iter().filter(|key| key.name == queue.name).cloned().collect()
        };
        let mut places: Vec<Place> = Vec::new();
        for key in &shown {
            let parts = parts_of(key);
            if parts.len() == 1 {
                places.extend(board.queues.get(key).map(|row| row.with(|row| Place::of(row, sort))));
            } else if parts.first() == Some(key) {
                let sum = sum_of_parts(&board, &shown, &key.name);
                places.extend(sum.map(|sum| Place { key: key.clone(), ..Place::of(&sum, sort) }));
            }
        }
        let mut lines = Vec::new();
        for queue in sorted(places, reversed) {
            let parts = parts_of(&queue);
            if parts.len() == 1 {
                lines.push(Line { queue, shows: Shows::Queue });
                continue;
            }
            let is_open = open.with(|open| open.contains(&queue.name));
            lines.push(Line { queue, shows: Shows::Sum });
            if is_open {
                lines.extend(parts.into_iter().map(|queue| Line { queue, shows: Shows::Part }));
            }
        }
        lines
    })
}

/// Which way a column is sorted, if by it.
pub(super) fn sorted_by(preferences: &BoardPreferences, column: QueueSort) -> Option<Sorted> {
    (preferences.sort == column).then(|| {
        // Names begin with A, numbers with the largest.
        if (column == QueueSort::Name) == preferences.reversed {
            Sorted::Descending
        } else {
            Sorted::Ascending
        }
    })
}

/// Sorts by a column; by the one that is sorted already, the other way round.
pub(super) fn choose_sort(preferences: &mut BoardPreferences, column: QueueSort) {
    preferences.reversed = preferences.sort == column && !preferences.reversed;
    preferences.sort = column;
}

/// What a queue's place depends on.
struct Place {
    /// Larger comes first; without a number comes last, whichever way the rest is sorted.
    value: Option<f64>,
    name: String,
    key: QueueKey,
    by_name: bool,
}

impl Place {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a double exactly")]
    fn of(row: &QueueRow, sort: QueueSort) -> Self {
        let today = &row.today;
        let value = match sort {
            QueueSort::Name => None,
            QueueSort::Waiting => Some(f64::from(row.waiting)),
            QueueSort::LongestWait => row.longest_since.map(|since| -(since.0 as f64)),
            QueueSort::Available => Some(f64::from(row.agents.available)),
            QueueSort::Offered => Some(f64::from(today.offered())),
            QueueSort::Answered => Some(f64::from(today.answered)),
            QueueSort::ServiceLevel => today.service_level(row.targets.formula),
            QueueSort::SpeedOfAnswer => today.average_speed_of_answer_ms().map(|ms| ms as f64),
            QueueSort::HandleTime => today.average_handle_time_ms().map(|ms| ms as f64),
            QueueSort::Abandoned => today.abandoned_share(),
        };
        Self {
            value,
            name: words::lower_case(&row.display_name),
            key: row.key.clone(),
            by_name: sort == QueueSort::Name,
        }
    }
}

fn sorted(places: Vec<Place>, reversed: bool) -> Vec<QueueKey> {
    let turned = |order: Ordering| if reversed { order.reverse() } else { order };
    let places = in_order(places, |a, b| {
        let by_name = a.name.cmp(&b.name).then_with(|| a.key.cmp(&b.key));
        match (a.value, b.value) {
            _ if a.by_name => turned(by_name),
            (Some(a), Some(b)) => turned(b.total_cmp(&a)).then(by_name),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => by_name,
        }
    });
    places.into_iter().map(|place| place.key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::NodeName;

    fn order(values: &[(&str, Option<f64>)], by_name: bool, reversed: bool) -> String {
        let place = |&(name, value): &(&str, Option<f64>)| Place {
            value,
            name: name.to_owned(),
            key: QueueKey::new(&NodeName::new("fs-1"), name),
            by_name,
        };
        let keys = sorted(values.iter().map(place).collect(), reversed);
        keys.into_iter().map(|key| key.name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn queues_without_a_number_come_last_both_ways() {
        let values = [("a", None), ("b", Some(1.0)), ("c", Some(2.0)), ("d", Some(1.0))];
        assert_eq!(order(&values, false, false), "c b d a");
        assert_eq!(order(&values, false, true), "b d c a");
    }

    #[test]
    fn names_are_sorted_both_ways() {
        let values = [("b", None), ("a", None)];
        assert_eq!(order(&values, true, false), "a b");
        assert_eq!(order(&values, true, true), "b a");
    }

    #[test]
    fn choosing_a_column_twice_turns_it_round() {
        let mut preferences = BoardPreferences::default();
        choose_sort(&mut preferences, QueueSort::Waiting);
        assert_eq!(sorted_by(&preferences, QueueSort::Waiting), Some(Sorted::Descending));
        choose_sort(&mut preferences, QueueSort::Waiting);
        assert_eq!(sorted_by(&preferences, QueueSort::Waiting), Some(Sorted::Ascending));
        choose_sort(&mut preferences, QueueSort::Name);
        assert_eq!(sorted_by(&preferences, QueueSort::Name), Some(Sorted::Ascending));
        assert_eq!(sorted_by(&preferences, QueueSort::Waiting), None);
    }
}
