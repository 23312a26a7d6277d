//! The live screen: a bar, four figures, a table.

use leptos::prelude::*;

use super::order::{FEW_ROWS, Figures, MOST_ROWS, RowLevels, longest_wait, most_urgent_first};
use crate::components::chip::Tone;
use crate::components::time::clock_text;
use crate::components::{
    Chip, ClockTime, Each, Figure, FreshnessBadge, LevelChip, PageTitle, use_locale, words,
};
use crate::i18n::*;
use crate::live::Freshness;
use crate::live::store::use_live_board;
use crate::model::agent::Presence;
use crate::model::board::{LinkState, QueueRow, Totals, merged_by_name, uncounted_nodes};
use crate::model::ids::QueueKey;
use crate::model::thresholds::Level;
use crate::model::time::UnixMs;

/// The screen over the live board.
#[component]
pub(super) fn LiveWall(title: String) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let rows = {
        let board = board.clone();
        Memo::new(move |_| merged_by_name(board.queues.all(), &board.uncounted()))
    };
    let new_build = board.new_build.clone();
    Effect::new(move |_| {
        if new_build.get() {
            // The server has just spoken, so there is something to load.
            let _ = window().location().reload();
        }
    });
    let stale = use_stale();
    view! {
        <main
            class="wall"
            class:is-stale=move || stale.get().is_some()
            id="main"
            lang=locale.as_str()
            data-rows=move || if rows.with(Vec::len) <= FEW_ROWS { "few" } else { "many" }
        >
            <header class="wall-bar">
                <PageTitle title />
                <div class="wall-tools">
                    <FullScreenButton />
                    <FreshnessBadge />
                    <span class="wall-clock">
                        <ClockTime at=Signal::derive(move || board.now.get()) seconds=true />
                    </span>
                </div>
            </header>
            <StaleNote stale />
            <WithoutNote />
            <FourFigures rows />
            <QueueTable rows />
        </main>
    }
}

/// Why the numbers cannot be believed, and how old they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stale {
    /// Unknown while the lists of the switch are being read.
    since: Option<UnixMs>,
    /// The stream, and not the switch behind it.
    is_stream: bool,
}

fn use_stale() -> Memo<Option<Stale>> {
    let board = use_live_board();
    Memo::new(move |_| {
        if let Freshness::Lost { since } = board.freshness.get() {
            return Some(Stale { since: Some(since), is_stream: true });
        }
        let nodes = board.nodes.all();
        if !uncounted_nodes(&nodes).is_empty() {
            // The others go on: only the rows of the lost ones are old.
            return None;
        }
        nodes
            .into_iter()
            .map(|node| node.link)
            .filter_map(|link| match link {
                LinkState::Live => None,
                LinkState::Connecting => Some(Stale { since: None, is_stream: false }),
                LinkState::Lost { since, .. } => Some(Stale { since: Some(since), is_stream: false }),
            })
            .min_by_key(|stale| stale.since.unwrap_or(UnixMs(i64::MAX)))
    })
}

/// Says in large that the numbers are old, since when and why. What ticks in it is not read out.
#[component]
fn StaleNote(stale: Memo<Option<Stale>>) -> impl IntoView {
    let locale = use_locale();
    let now = use_live_board().now;
    let age = Memo::new(move |_| {
        let since = stale.get()?.since?;
        Some(words::fill(
            td_string!(locale, wall.stale_for),
            &[("duration", &now.get().since(since).clock())],
        ))
    });
    let why = move || {
        stale.get().map(|stale| match stale {
            Stale { is_stream: true, .. } => td_string!(locale, wall.stale_stream),
            Stale { since: None, .. } => td_string!(locale, wall.stale_connecting),
            Stale { .. } => td_string!(locale, wall.stale_switch),
        })
    };
    let is_stale = Memo::new(move |_| stale.get().is_some());
    let since = Memo::new(move |_| stale.get().and_then(|stale| stale.since));
    let since_text = clock_text(Signal::derive(move || since.get().unwrap_or_default()), true);
    let what = move || match since.get() {
        Some(_) => words::fill(td_string!(locale, wall.stale_since), &[("time", &since_text.get())]),
        None => td_string!(locale, wall.stale).to_owned(),
    };
    view! {
        <div class="wall-stale" role="alert">
            {move || {
                is_stale
                    .get()
                    .then(|| {
                        view! {
                            <p class="wall-stale-what">
                                <span aria-hidden="true">"■ "</span>
                                <strong>{what}</strong>
                            </p>
                            <p class="wall-stale-why">
                                <span aria-live="off">{move || age.get()}</span>
                                " "
                                {why}
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// Names the nodes that are lost, while others go on.
#[component]
fn WithoutNote() -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let words = Memo::new(move |_| {
        let lost = board.uncounted();
        (!lost.is_empty()).then(|| {
            let lost = lost.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            words::fill(td_string!(locale, wall.without), &[("lost", &lost)])
        })
    });
    view! {
        <div role="alert">
            {move || {
                words
                    .get()
                    .map(|words| {
                        view! {
                            <p class="wall-without">
                                <span aria-hidden="true">"■ "</span>
                                {words}
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// Fills the screen, where the browser can. Shown once it can work, and not on a full screen.
#[component]
fn FullScreenButton() -> impl IntoView {
    let locale = use_locale();
    let is_supported = RwSignal::new(false);
    Effect::new(move |_| is_supported.set(document().fullscreen_enabled()));
    let fill = move |_| {
        if let Some(root) = document().document_element() {
            // Refused without a press of a person, and this is one.
            let _ = root.request_fullscreen();
        }
    };
    view! {
        <button type="button" class="quiet wall-full-screen" hidden=move || !is_supported.get() on:click=fill>
            {td_string!(locale, wall.full_screen)}
        </button>
    }
}

/// The four figures. An agent of two queues counts once.
#[component]
fn FourFigures(rows: Memo<Vec<QueueRow>>) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let now = board.now.clone();
    let uncounted = {
        let board = board.clone();
        Memo::new(move |_| board.uncounted())
    };
    let agents = board.agents;
    let presences = Memo::new(move |_| {
        let uncounted = uncounted.get();
        let counted = agents.keys().get().into_iter().filter(|key| !uncounted.contains(&key.node));
        let rows = counted.filter_map(|key| agents.get(&key));
        rows.map(|row| row.with(|row| row.presence)).collect::<Vec<Presence>>()
    });
    let figures = Memo::new(move |_| {
        let uncounted = uncounted.get();
        let mut rows = rows.get();
        rows.retain(|row| !uncounted.contains(&row.key.node));
        let totals = Totals::of(&rows, presences.get());
        Figures::of(&rows, &totals, now.get())
    });
    let level_words = move |level: Level| (level != Level::Fine).then(|| words::level(locale, level));
    let waiting_note = move || {
        let level = figures.with(|figures| figures.waiting_level);
        level_words(level).unwrap_or_else(|| td_string!(locale, wall.waiting_hint)).to_owned()
    };
    let longest_note = move || {
        figures.with(|figures| match (&figures.longest_queue, level_words(figures.longest_level)) {
            (Some(queue), Some(level)) => format!("{level} · {queue}"),
            (Some(queue), None) => queue.clone(),
            (None, _) => td_string!(locale, wall.longest_none).to_owned(),
        })
    };
    let service_note = move || {
        figures.with(|figures| {
            let measure = figures.service_level_s.map_or_else(
                || td_string!(locale, wall.service_level_hint_mixed).to_owned(),
                |seconds| {
                    words::fill(
                        td_string!(locale, wall.service_level_hint),
                        &[("seconds", &seconds.to_string())],
                    )
                },
            );
            match level_words(figures.service_level_level) {
                Some(level) => format!("{level} · {measure}"),
                None => measure,
            }
        })
    };
    let longest = move || {
        figures.with(|figures| {
            figures.longest.map_or_else(|| td_string!(locale, common.none).to_owned(), |wait| wait.clock())
        })
    };
    let available_note = move || {
        let count = figures.with(|figures| figures.signed_in);
        words::fill(td_string!(locale, wall.signed_in), &[("count", &count.to_string())])
    };
    view! {
        <section class="figures wall-figures" aria-label=td_string!(locale, wall.now)>
            <Figure
                label=td_string!(locale, wall.waiting).to_owned()
                value=Signal::derive(move || figures.with(|figures| figures.waiting.to_string()))
                note=Signal::derive(waiting_note)
                level=Signal::derive(move || figures.with(|figures| figures.waiting_level))
            />
            <Figure
                label=td_string!(locale, wall.longest).to_owned()
                value=Signal::derive(longest)
                note=Signal::derive(longest_note)
                level=Signal::derive(move || figures.with(|figures| figures.longest_level))
            />
            <Figure
                label=td_string!(locale, wall.available).to_owned()
                value=Signal::derive(move || figures.with(|figures| figures.available.to_string()))
                note=Signal::derive(available_note)
            />
            <Figure
                label=td_string!(locale, wall.service_level).to_owned()
                value=Signal::derive(move || whole_percent(locale, figures.with(|figures| figures.service_level)))
                note=Signal::derive(service_note)
                level=Signal::derive(move || figures.with(|figures| figures.service_level_level))
            />
        </section>
    }
}

/// Rounded down, so that a number just below its goal does not look as if it had reached it.
fn whole_percent(locale: Locale, share: Option<f64>) -> String {
    share.map_or_else(
        || td_string!(locale, common.none).to_owned(),
        |share| {
            words::fill(td_string!(locale, common.percent), &[("value", &format!("{:.0}", share.floor()))])
        },
    )
}

/// The queues, the most urgent first, and how many more there are.
#[component]
fn QueueTable(rows: Memo<Vec<QueueRow>>) -> impl IntoView {
    let locale = use_locale();
    let now = use_live_board().now;
    let order = Memo::new(move |_| rows.with(|rows| most_urgent_first(rows, now.get())));
    let shown = move || order.with(|order| order.iter().take(MOST_ROWS).cloned().collect::<Vec<_>>());
    let more = Memo::new(move |_| order.with(Vec::len).saturating_sub(MOST_ROWS));
    let more_words = move || match more.get() {
        0 => None,
        1 => Some(td_string!(locale, wall.more_one).to_owned()),
        count => Some(words::fill(td_string!(locale, wall.more), &[("count", &count.to_string())])),
    };
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    view! {
        <section class="card wall-queues">
            <table>
                <caption class="sr-only">{td_string!(locale, wall.queues)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{td_string!(locale, wall.queue)}</th>
                        <th scope="col">
                            <span class="sr-only">{td_string!(locale, wall.level)}</span>
                        </th>
                        <th scope="col" class="n">
                            {td_string!(locale, wall.waiting)}
                        </th>
                        <th scope="col" class="n">
                            {td_string!(locale, wall.longest_short)}
                        </th>
                        <th scope="col" class="n">
                            {td_string!(locale, wall.available)}
                        </th>
                        <th scope="col" class="n wall-wide">
                            {td_string!(locale, wall.service_level_short)}
                        </th>
                        <th scope="col" class="n wall-wide">
                            {td_string!(locale, wall.abandoned)}
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <Each keys=shown children=move |key| view! { <QueueLine key rows /> } />
                </tbody>
            </table>
            {move || {
                is_empty
                    .get()
                    .then(|| view! { <p class="wall-empty">{td_string!(locale, wall.no_queues)}</p> })
            }}
        </section>
        <p class="wall-more">{more_words}</p>
    }
}

#[component]
fn QueueLine(key: QueueKey, rows: Memo<Vec<QueueRow>>) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let now = board.now.clone();
    let is_old = {
        let node = key.node.clone();
        Memo::new(move |_| board.uncounted().contains(&node))
    };
    // The table is made of the keys of these rows; a line that is about to go shows what it showed.
    let find = move |rows: &Vec<QueueRow>| rows.iter().find(|row| row.key == key).cloned();
    let first = rows.with_untracked(&find)?;
    let row = Memo::new(move |before: Option<&QueueRow>| {
        rows.with(&find).unwrap_or_else(|| before.unwrap_or(&first).clone())
    });
    let levels = Memo::new(move |_| row.with(|row| RowLevels::of(row, now.get())));
    let now = use_live_board().now;
    let longest = Memo::new(move |_| {
        row.with(|row| longest_wait(row, now.get()))
            .map_or_else(|| td_string!(locale, common.none).to_owned(), |wait| wait.clock())
    });
    let level = Signal::derive(move || levels.get().now());
    let service = move || whole_percent(locale, row.with(|row| row.today.service_level(row.targets.formula)));
    let abandoned = move || words::percent(locale, row.with(|row| row.today.abandoned_share()));
    Some(view! {
        <tr class:is-stale=move || is_old.get()>
            <th scope="row">{move || row.with(|row| row.display_name.clone())}</th>
            <td class="wall-level">
                {move || {
                    let level = level.get();
                    (level != Level::Fine)
                        .then(|| {
                            view! { <Chip tone=Tone::from(level) text=words::level(locale, level).to_owned() /> }
                        })
                }}
            </td>
            <td class="n">
                <LevelChip
                    level=Signal::derive(move || levels.get().waiting)
                    text=Signal::derive(move || row.with(|row| row.waiting.to_string()))
                />
            </td>
            <td class="n">
                <LevelChip level=Signal::derive(move || levels.get().longest) text=longest />
            </td>
            <td class="n">{move || row.with(|row| row.agents.available)}</td>
            <td class="n wall-wide">
                <LevelChip
                    level=Signal::derive(move || levels.get().service)
                    text=Signal::derive(service)
                />
            </td>
            <td class="n wall-wide">{abandoned}</td>
        </tr>
    })
}
