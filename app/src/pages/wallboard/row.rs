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

/// A part of the row that tells its readers only when it changed. Parts are the words of their cells: every further type
/// of a part is more code in the browser.
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
    let clock =
        move |duration: Option<DurationMs>| duration.map_or_else(|| none.to_owned(), DurationMs::clock);
    let several_nodes = {
        let nodes = board.nodes.keys();
        Memo::new(move |_| nodes.with(Vec::len) > 1)
    };
    let node = queue.node.0.clone();

    let name = part(&row, |row| row.display_name.clone());
    let waiting_level = part(&row, |row| row.targets.waiting_level(row.waiting));
    let waiting = part(&row, |row| row.waiting.to_string());
    let now = board.now.clone();
    let longest_level = part(&row, move |row| {
        row.longest_since
            .map(|since| row.targets.longest_wait_level(now.get().since(since)))
            .unwrap_or(Level::Fine)
    });
    let now = board.now;
    let longest = part(&row, move |row| clock(row.longest_since.map(|since| now.get().since(since))));
    let arrivals = part(&row, |row| row.arrivals.to_vec());
    let agents = part(&row, |row| row.agents);
    let of_offered =
        move |count: u32, offered: u32| if offered > 0 { count.to_string() } else { none.to_owned() };
    let offered = part(&row, move |row| of_offered(row.today.offered(), row.today.offered()));
    let answered = part(&row, move |row| of_offered(row.today.answered, row.today.offered()));
    let abandoned_share = part(&row, move |row| percent(locale, row.today.abandoned_share()));
    let abandoned = part(&row, |row| {
        row.today.abandoned_share().map(|_| row.today.abandoned.to_string()).unwrap_or_default()
    });
    let service_level_level = part(&row, |row| {
        let share = row.today.service_level(row.targets.formula);
        share.map(|share| row.targets.service_level_level(share)).unwrap_or_default()
    });
    let service_level = part(&row, move |row| percent(locale, row.today.service_level(row.targets.formula)));
    let measure = part(&row, move |row| {
        let (seconds, by) = (row.targets.service_level_s.to_string(), row.targets.formula);
        if by == ServiceLevelFormula::Standard {
            fill(td_string!(locale, common.seconds), &[("value", &seconds)])
        } else {
            let gaps = [("seconds", seconds.as_str()), ("formula", formula(locale, by))];
            fill(td_string!(locale, wallboard.seconds_formula), &gaps)
        }
    });
    let speed = part(&row, move |row| clock(row.today.average_speed_of_answer_ms().map(DurationMs)));
    let handle = part(&row, move |row| clock(row.today.average_handle_time_ms().map(DurationMs)));

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
                <LevelChip level=waiting_level text=waiting />
            </td>
            <td class="n" data-metric="longest-wait" data-label=Metric::LongestWait.short_name(locale)>
                <LevelChip level=longest_level text=longest />
            </td>
            <td class="spark" data-metric="arrivals" data-label=Metric::Arrivals.name(locale)>
                <Sparkline
                    values=arrivals
                    label=Signal::derive(move || {
                        let values = arrivals.get().iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
                        fill(td_string!(locale, wallboard.arrivals_label), &[("values", &values)])
                    })
                />
            </td>
            <td class="wide agents-cell" data-metric="agents">
                <AgentCountsCell counts=agents />
            </td>
            <td class="n" data-metric="offered" data-label=Metric::Offered.name(locale)>
                {move || offered.get()}
            </td>
            <td class="n" data-metric="answered" data-label=Metric::Answered.name(locale)>
                {move || answered.get()}
            </td>
            <td class="n" data-metric="abandoned" data-label=Metric::Abandoned.short_name(locale)>
                <span class="twice">
                    <span>{move || abandoned_share.get()}</span>
                    <small>{move || abandoned.get()}</small>
                </span>
            </td>
            <td class="n" data-metric="service-level" data-label=Metric::ServiceLevel.short_name(locale)>
                <span class="twice">
                    <LevelChip level=service_level_level text=service_level />
                    <small>{move || measure.get()}</small>
                </span>
            </td>
            <td class="n" data-metric="speed-of-answer" data-label=Metric::SpeedOfAnswer.short_name(locale)>
                {move || speed.get()}
            </td>
            <td class="n" data-metric="handle-time" data-label=Metric::HandleTime.short_name(locale)>
                {move || handle.get()}
            </td>
        </tr>
    }
}
