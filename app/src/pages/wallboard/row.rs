//! One line of the table of queues. Each cell follows its own part of the row, so that a change touches that cell alone.

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::components::counts::AgentCountsCell;
use crate::components::link::queue_href;
use crate::components::live::{AsOf, use_stale_since};
use crate::components::words::{fill, formula, percent, use_locale};
use crate::components::{LevelChip, Metric, Sparkline};
use crate::live::store::use_live_board;
use crate::model::board::QueueRow;
use crate::model::ids::QueueKey;
use crate::model::metrics::ServiceLevelFormula;
use crate::model::thresholds::Level;
use crate::model::time::DurationMs;

/// A part of the row that tells its readers only when it changed.
fn part<T: PartialEq + Send + Sync + 'static>(
    row: &ArcRwSignal<QueueRow>,
    read: impl Fn(&QueueRow) -> T + Send + Sync + 'static,
) -> Memo<T> {
    let row = row.clone();
    Memo::new(move |_| row.with(|row| read(row)))
}

#[component]
pub(super) fn QueueLine(queue: QueueKey, row: ArcRwSignal<QueueRow>) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let stale_since = use_stale_since(&queue.node);
    let none = td_string!(locale, common.none);
    let several_nodes = {
        let nodes = board.nodes.keys();
        Memo::new(move |_| nodes.with(Vec::len) > 1)
    };
    let node = queue.node.0.clone();

    let name = part(&row, |row| row.display_name.clone());
    let waiting = part(&row, |row| (row.targets.waiting_level(row.waiting), row.waiting));
    let now = board.now;
    let longest = {
        let row = row.clone();
        Memo::new(move |_| {
            row.with(|row| {
                row.longest_since.map_or_else(
                    || (Level::Fine, none.to_owned()),
                    |since| {
                        let wait = now.get().since(since);
                        (row.targets.longest_wait_level(wait), wait.clock())
                    },
                )
            })
        })
    };
    let arrivals = part(&row, |row| row.arrivals);
    let agents = part(&row, |row| row.agents);
    let is_offered = |count: u32, offered: u32| if offered > 0 { Some(count) } else { None };
    let offered = part(&row, move |row| is_offered(row.today.offered(), row.today.offered()));
    let answered = part(&row, move |row| is_offered(row.today.answered, row.today.offered()));
    let abandoned = part(&row, |row| row.today.abandoned_share().map(|share| (share, row.today.abandoned)));
    let service_level = part(&row, |row| {
        let share = row.today.service_level(row.targets.formula);
        (share.map(|share| row.targets.service_level_level(share)).unwrap_or_default(), share)
    });
    let measure = part(&row, |row| (row.targets.service_level_s, row.targets.formula));
    let speed = part(&row, |row| row.today.average_speed_of_answer_ms().map(DurationMs));
    let handle = part(&row, |row| row.today.average_handle_time_ms().map(DurationMs));
    let clock = move |duration: Memo<Option<DurationMs>>| {
        move || duration.get().map_or_else(|| none.to_owned(), DurationMs::clock)
    };
    let number = move |count: Memo<Option<u32>>| {
        move || count.get().map_or_else(|| none.to_owned(), |count| count.to_string())
    };

    view! {
        <tr class:is-stale=move || stale_since.get().is_some() data-queue=queue.name.clone() data-node=queue.node.0.clone()>
            <th scope="row">
                <a href=queue_href(&queue)>{move || name.get()}</a>
                {move || {
                    several_nodes.get().then(|| view! { <small class="as-of">{node.clone()}</small> })
                }}
                <AsOf since=stale_since />
            </th>
            <td class="n" data-metric="waiting" data-label=Metric::Waiting.name(locale)>
                <LevelChip
                    level=Signal::derive(move || waiting.get().0)
                    text=Signal::derive(move || waiting.get().1.to_string())
                />
            </td>
            <td class="n" data-metric="longest-wait" data-label=Metric::LongestWait.short_name(locale)>
                <LevelChip
                    level=Signal::derive(move || longest.with(|(level, _)| *level))
                    text=Signal::derive(move || longest.with(|(_, text)| text.clone()))
                />
            </td>
            <td class="spark" data-metric="arrivals" data-label=Metric::Arrivals.name(locale)>
                <Sparkline
                    values=Signal::derive(move || arrivals.get().to_vec())
                    label=Signal::derive(move || {
                        let values = arrivals.get().map(|value| value.to_string()).join(", ");
                        fill(td_string!(locale, wallboard.arrivals_label), &[("values", &values)])
                    })
                />
            </td>
            <td class="wide agents-cell" data-metric="agents">
                <AgentCountsCell counts=agents />
            </td>
            <td class="n" data-metric="offered" data-label=Metric::Offered.name(locale)>
                {number(offered)}
            </td>
            <td class="n" data-metric="answered" data-label=Metric::Answered.name(locale)>
                {number(answered)}
            </td>
            <td class="n" data-metric="abandoned" data-label=Metric::Abandoned.short_name(locale)>
                <span class="twice">
                    <span>{move || percent(locale, abandoned.get().map(|(share, _)| share))}</span>
                    <small>{move || abandoned.get().map(|(_, count)| count.to_string())}</small>
                </span>
            </td>
            <td class="n" data-metric="service-level" data-label=Metric::ServiceLevel.short_name(locale)>
                <span class="twice">
                    <LevelChip
                        level=Signal::derive(move || service_level.get().0)
                        text=Signal::derive(move || percent(locale, service_level.get().1))
                    />
                    <small>
                        {move || {
                            let (seconds, by) = measure.get();
                            let seconds = seconds.to_string();
                            if by == ServiceLevelFormula::Standard {
                                fill(td_string!(locale, common.seconds), &[("value", &seconds)])
                            } else {
                                let gaps = [("seconds", seconds.as_str()), ("formula", formula(locale, by))];
                                fill(td_string!(locale, wallboard.seconds_formula), &gaps)
                            }
                        }}
                    </small>
                </span>
            </td>
            <td class="n" data-metric="speed-of-answer" data-label=Metric::SpeedOfAnswer.short_name(locale)>
                {clock(speed)}
            </td>
            <td class="n" data-metric="handle-time" data-label=Metric::HandleTime.short_name(locale)>
                {clock(handle)}
            </td>
        </tr>
    }
}
