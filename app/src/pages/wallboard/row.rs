//! One line of the table of queues. Each cell follows its own part of the row, so that a change touches that cell alone.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::order::{Line, Shows, sum_of_parts};
use crate::components::counts::AgentCountsCell;
use crate::components::link::queue_href;
use crate::components::live::{AsOf, use_stale_since};
use crate::components::words::{fill, formula, percent, use_locale};
use crate::components::{LevelChip, Metric, Sparkline};
use crate::live::store::use_live_board;
use crate::model::board::QueueRow;
use crate::model::ids::{NodeName, QueueKey};
use crate::model::metrics::ServiceLevelFormula;
use crate::model::thresholds::Level;
use crate::model::time::{DurationMs, UnixMs};

/// A part of the row that tells its readers only when it changed. Parts are the words of their cells: every further type
/// of a part is more code in the browser.
fn part<T: PartialEq + Send + Sync + 'static>(
    row: Signal<QueueRow>,
    read: impl Fn(&QueueRow) -> T + Send + Sync + 'static,
) -> Memo<T> {
    boxed_part(row, Box::new(read))
}

/// [`part`], compiled once for a type of parts.
fn boxed_part<T: PartialEq + Send + Sync + 'static>(
    row: Signal<QueueRow>,
    read: Box<dyn Fn(&QueueRow) -> T + Send + Sync>,
) -> Memo<T> {
    Memo::new(move |_| row.with(|row| read(row)))
}

/// What a line shows: the row of its queue, or the sum over the nodes that have one of its name.
fn use_row(line: &Line, shown: Memo<Vec<QueueKey>>) -> Option<Signal<QueueRow>> {
    let board = use_live_board();
    // The lines are made of keys of rows that exist.
    let row = board.queues.get(&line.queue)?;
    if line.shows != Shows::Sum {
        return Some(row.into());
    }
    let name = line.queue.name.clone();
    // When the last part goes its line goes too; until then it shows what it showed.
    let sum = Memo::new(move |_| sum_of_parts(&board, &shown.get(), &name).unwrap_or_else(|| row.get()));
    Some(sum.into())
}

#[component]
pub(super) fn QueueLine(
    line: Line,
    shown: Memo<Vec<QueueKey>>,
    /// Names of the queues whose parts are shown.
    open: RwSignal<Vec<String>>,
) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let row = use_row(&line, shown)?;
    let Line { queue, shows } = line;
    // A sum is as old as the node of its key, see `merged_by_name`.
    let stale_since = use_stale_since(Signal::derive(move || row.with(|row| row.key.node.clone())));
    let none = td_string!(locale, common.none);
    let clock =
        move |duration: Option<DurationMs>| duration.map_or_else(|| none.to_owned(), DurationMs::clock);

    let name = part(row, |row| row.display_name.clone());
    let waiting_level = part(row, |row| row.targets.waiting_level(row.waiting));
    let waiting = part(row, |row| row.waiting.to_string());
    let now = board.now.clone();
    let longest_level = part(row, move |row| {
        row.longest_since
            .map(|since| row.targets.longest_wait_level(now.get().since(since)))
            .unwrap_or(Level::Fine)
    });
    let now = board.now;
    let longest = part(row, move |row| clock(row.longest_since.map(|since| now.get().since(since))));
    let arrivals = part(row, |row| row.arrivals.to_vec());
    let agents = part(row, |row| row.agents);
    let of_offered =
        move |count: u32, offered: u32| if offered > 0 { count.to_string() } else { none.to_owned() };
    let offered = part(row, move |row| of_offered(row.today.offered(), row.today.offered()));
    let answered = part(row, move |row| of_offered(row.today.answered, row.today.offered()));
    let abandoned_share = part(row, move |row| percent(locale, row.today.abandoned_share()));
    let abandoned = part(row, |row| {
        row.today.abandoned_share().map(|_| row.today.abandoned.to_string()).unwrap_or_default()
    });
    let service_level_level = part(row, |row| {
        let share = row.today.service_level(row.targets.formula);
        share.map(|share| row.targets.service_level_level(share)).unwrap_or_default()
    });
    let service_level = part(row, move |row| percent(locale, row.today.service_level(row.targets.formula)));
    let measure = part(row, move |row| {
        let (seconds, by) = (row.targets.service_level_s.to_string(), row.targets.formula);
        if by == ServiceLevelFormula::Standard {
            fill(td_string!(locale, common.seconds), &[("value", &seconds)])
        } else {
            let gaps = [("seconds", seconds.as_str()), ("formula", formula(locale, by))];
            fill(td_string!(locale, wallboard.seconds_formula), &gaps)
        }
    });
    let speed = part(row, move |row| clock(row.today.average_speed_of_answer_ms().map(DurationMs)));
    let handle = part(row, move |row| clock(row.today.average_handle_time_ms().map(DurationMs)));

    let node = (shows != Shows::Sum).then(|| queue.node.0.clone());
    let title = match shows {
        Shows::Sum => {
            view! { <SumTitle queue=queue.clone() name=name stale_since=stale_since shown=shown open=open /> }
                .into_any()
        }
        Shows::Queue | Shows::Part => {
            view! { <QueueTitle queue=queue.clone() name=name stale_since=stale_since /> }.into_any()
        }
    };
    let line = view! {
        <tr
            class:is-stale=move || stale_since.get().is_some()
            class:is-part=shows == Shows::Part
            data-queue=queue.name
            data-node=node
        >
            <th scope="row">{title}</th>
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
    };
    Some(line.into_any())
}

/// The name of a queue, on which node it is where that is a question, and how old its numbers are.
#[component]
fn QueueTitle(queue: QueueKey, name: Memo<String>, stale_since: Memo<Option<UnixMs>>) -> impl IntoView {
    let nodes = use_live_board().nodes.keys();
    let several_nodes = Memo::new(move |_| nodes.with(Vec::len) > 1);
    let node = queue.node.0.clone();
    view! {
        <a href=queue_href(&queue)>{move || name.get()}</a>
        {move || several_nodes.get().then(|| view! { <small class="as-of">{node.clone()}</small> }.into_any())}
        <AsOf since=stale_since />
    }
}

/// The name of a queue that several nodes have: shows and hides its parts, and says which of them do not count.
#[component]
fn SumTitle(
    queue: QueueKey,
    name: Memo<String>,
    stale_since: Memo<Option<UnixMs>>,
    shown: Memo<Vec<QueueKey>>,
    open: RwSignal<Vec<String>>,
) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let key = queue.name.clone();
    let is_open = Memo::new(move |_| open.with(|open| open.contains(&key)));
    let key = queue.name.clone();
    let nodes = Memo::new(move |_| {
        let uncounted = board.uncounted();
        shown.with(|shown| {
            let nodes = shown.iter().filter(|part| part.name == key).map(|part| &part.node);
            let (out, counted): (Vec<_>, Vec<_>) = nodes.partition(|node| uncounted.contains(*node));
            let names = |nodes: Vec<&NodeName>| nodes.iter().map(ToString::to_string).collect::<Vec<_>>();
            if out.is_empty() || counted.is_empty() {
                [counted, out].map(names).concat().join(" + ")
            } else {
                let words = td_string!(locale, wallboard.sum_without);
                let (counted, out) = (names(counted).join(" + "), names(out).join(", "));
                fill(words, &[("nodes", &counted), ("lost", &out)])
            }
        })
    });
    let toggle = move |_| {
        open.update(|open| match open.iter().position(|other| *other == queue.name) {
            Some(place) => drop(open.remove(place)),
            None => open.push(queue.name.clone()),
        });
    };
    view! {
        <button
            type="button"
            class="unfold"
            aria-expanded=move || if is_open.get() { "true" } else { "false" }
            title=td_string!(locale, wallboard.unfold)
            on:click=toggle
        >
            <span aria-hidden="true">{move || if is_open.get() { "▾ " } else { "▸ " }}</span>
            {move || name.get()}
        </button>
        <small class="as-of">{move || nodes.get()}</small>
        <AsOf since=stale_since />
    }
}
