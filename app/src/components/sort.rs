//! Column headings that sort.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::definition::{Definition, Metric};
use super::words::{fill, use_locale};

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A column heading with a button that sorts by it.
#[component]
pub fn SortHeader(
    /// The name of the column.
    #[prop(into)]
    label: Signal<String>,
    /// Which way it is sorted, if by this column.
    #[prop(into)]
    sorted: Signal<Option<Sorted>>,
    /// Sort by it, or the other way round.
    on_sort: Callback<()>,
    /// The column holds numbers.
    #[prop(optional)]
    numeric: bool,
    /// The definition of the number, on demand.
    #[prop(optional)]
    metric: Option<Metric>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <th
            scope="col"
            class=if numeric { "n" } else { "" }
            aria-sort=move || {
                sorted
                    .get()
                    .map(|sorted| match sorted {
                        Sorted::Ascending => "ascending",
                        Sorted::Descending => "descending",
                    })
            }
        >
            <span class="heading">
                <button
                    type="button"
                    class="sort"
                    title=move || {
                        fill(td_string!(locale, common.sort_by), &[("column", &label.get())])
                    }
                    on:click=move |_| on_sort.run(())
                >
                    {move || label.get()}
                    <span class="arrow" aria-hidden="true">
                        {move || match sorted.get() {
                            Some(Sorted::Ascending) => "↑",
                            Some(Sorted::Descending) => "↓",
                            None => "",
                        }}
                    </span>
                </button>
                {metric.map(|metric| view! { <Definition metric=metric /> })}
            </span>
        </th>
    }
}
