//! Fields of forms: a label, the control, a hint, and what is wrong with it beside it.

use leptos::prelude::*;

use super::words::{self, use_locale};
use crate::model::problem::ProblemKind;

/// A field of text or numbers. Works in plain forms (`name`, `initial`) and with a signal (`value`).
#[component]
pub fn TextField(
    /// The name that the form sends; the id of the control as well.
    name: &'static str,
    /// What it is.
    #[prop(into)]
    label: Signal<String>,
    /// The kind of control: `text`, `password`, `number`...
    #[prop(default = "text")]
    kind: &'static str,
    /// What it holds, kept up to date.
    #[prop(optional)]
    value: Option<RwSignal<String>>,
    /// What it holds at first, without a signal.
    #[prop(optional, into)]
    initial: String,
    /// For the browser's memory, for example `username`.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Must not be left empty.
    #[prop(optional)]
    required: bool,
    /// The control that the page is about.
    #[prop(optional)]
    autofocus: bool,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    problem: Signal<Option<ProblemKind>>,
) -> impl IntoView {
    let locale = use_locale();
    let value = value.unwrap_or_else(|| RwSignal::new(initial));
    if let Some(typed) = typed_before(name).filter(|typed| value.with_untracked(|value| value != typed)) {
        value.set(typed);
    }
    let input_mode = if kind == "number" { Some("numeric") } else { None };
    view! {
        <div class="field" class:wrong=move || problem.get().is_some()>
            <label for=name>{move || label.get()}</label>
            <input
                id=name
                name=name
                type=kind
                inputmode=input_mode
                value=value.get_untracked()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                autocomplete=autocomplete
                required=required
                autofocus=autofocus
                aria-invalid=move || problem.get().is_some().then_some("true")
                aria-describedby=format!("{name}-hint {name}-problem")
            />
            <small class="hint" id=format!("{name}-hint") hidden=move || hint.with(String::is_empty)>
                {move || hint.get()}
            </small>
            <small class="wrong-words" id=format!("{name}-problem")>
                {move || problem.get().map(|kind| words::field_problem(locale, kind))}
            </small>
        </div>
    }
}

/// What stands in the control of the page that came, when the program takes it over: what somebody has typed until then must not be
/// lost.
#[cfg(feature = "hydrate")]
fn typed_before(id: &str) -> Option<String> {
    use leptos::wasm_bindgen::JsCast as _;
    use leptos::web_sys::HtmlInputElement;

    let is_taken_over = Owner::current_shared_context().is_some_and(|context| context.during_hydration());
    let control = is_taken_over.then(|| document().get_element_by_id(id)).flatten()?;
    Some(control.dyn_into::<HtmlInputElement>().ok()?.value())
}

/// Nobody types into what the server renders.
#[cfg(not(feature = "hydrate"))]
const fn typed_before(_id: &str) -> Option<String> {
    None
}

/// A choice of a few.
#[component]
pub fn SelectField(
    /// The name that the form sends; the id of the control as well.
    name: &'static str,
    /// What it is.
    #[prop(into)]
    label: Signal<String>,
    /// The choices: what the form sends, and the words for it.
    options: Vec<(&'static str, String)>,
    /// The code of the choice, kept up to date.
    value: RwSignal<String>,
    /// What helps to choose.
    #[prop(optional, into)]
    hint: Signal<String>,
) -> impl IntoView {
    let options = options
        .into_iter()
        .map(|(code, words)| {
            view! {
                <option value=code selected=move || value.get() == code>
                    {words}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=name>{move || label.get()}</label>
            <select
                id=name
                name=name
                on:change=move |event| value.set(event_target_value(&event))
                aria-describedby=format!("{name}-hint")
            >
                {options}
            </select>
            <small class="hint" id=format!("{name}-hint") hidden=move || hint.with(String::is_empty)>
                {move || hint.get()}
            </small>
        </div>
    }
}
