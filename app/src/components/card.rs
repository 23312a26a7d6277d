//! Cards, figures and what stands where nothing is yet.

use leptos::prelude::*;

use super::definition::{Definition, Metric};
use crate::model::thresholds::Level;

/// A titled part of a page.
#[component]
pub fn Card(
    /// Its heading (an `h2`).
    #[prop(into)]
    title: Signal<String>,
    /// The id of the heading, which names the section.
    id: &'static str,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
    /// What stands at the right of the heading: a remark, buttons.
    #[prop(optional, into)]
    tools: Option<ViewFn>,
    /// What the card holds.
    children: Children,
) -> impl IntoView {
    view! {
        <section class=format!("card {class}") aria-labelledby=id>
            <header>
                <h2 id=id>{move || title.get()}</h2>
                {tools.map(|tools| view! { <div class="tools">{tools.run()}</div> }.into_any())}
            </header>
            {children()}
        </section>
    }
}

/// One large number with its name and a remark.
#[component]
pub fn Figure(
    /// What it is.
    #[prop(into)]
    label: Signal<String>,
    /// The number, with its unit.
    #[prop(into)]
    value: Signal<String>,
    /// What it is measured against, or made of.
    #[prop(optional, into)]
    note: Signal<String>,
    /// How bad it is.
    #[prop(optional, into)]
    level: Signal<Level>,
    /// Its definition, on demand; the page holds [`super::Definitions`].
    #[prop(optional)]
    metric: Option<Metric>,
) -> impl IntoView {
    view! {
        <div
            class="figure"
            data-metric=metric.map(Metric::code)
            data-level=move || match level.get() {
                Level::Fine => None,
                Level::Warning => Some("warning"),
                Level::Critical => Some("critical"),
            }
        >
            <span class="figure-label">
                {move || label.get()} {metric.map(|metric| view! { <Definition metric=metric /> })}
            </span>
            <strong>{move || value.get()}</strong>
            <small>
                <span class="sign" aria-hidden="true">
                    {move || match level.get() {
                        Level::Fine => "",
                        Level::Warning => "▲ ",
                        Level::Critical => "■ ",
                    }}
                </span>
                {move || note.get()}
            </small>
        </div>
    }
}

/// What stands where a list would be: what is missing and what to do.
#[component]
pub fn EmptyState(
    /// What there is not.
    #[prop(into)]
    title: Signal<String>,
    /// The next step.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// A link or a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{move || title.get()}</p>
            <p hidden=move || hint.with(String::is_empty)>{move || hint.get()}</p>
            {children.map(|children| children())}
        </div>
    }
}
