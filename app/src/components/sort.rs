//! Column headings that sort, and the sorting itself.

use std::cmp::Ordering;

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

/// Items in order; equal ones stay as they were. Places are sorted and not the items, so that the browser's program
/// holds one sorting algorithm and not one for every type of item.
pub fn in_order<T>(items: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let places = places_in_order(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| items.get_mut(place)?.take()).collect()
}

fn places_in_order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_items_stay_as_they_were() {
        let items = vec![(2, "a"), (1, "b"), (2, "c"), (1, "d")];
        assert_eq!(in_order(items, |a, b| a.0.cmp(&b.0)), [(1, "b"), (1, "d"), (2, "a"), (2, "c")]);
        assert_eq!(in_order(Vec::<u8>::new(), Ord::cmp), Vec::<u8>::new());
    }
}
