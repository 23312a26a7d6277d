//! Making a link, and its address, which is shown once.

use std::collections::BTreeSet;

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;

use crate::api::ApiError;
use crate::api::walls::CreateWall;
use crate::components::{Dialog, Problem, SelectField, TextField, use_locale};
use crate::i18n::*;
use crate::live::LiveBoard;
use crate::model::account::Language;
use crate::model::board::merged_by_name;
use crate::model::ids::QueueKey;
use crate::model::problem::ProblemKind;
use crate::model::wall::NewWallLink;

/// What is being filled in.
#[derive(Clone, Copy, Debug)]
struct Draft {
    title: RwSignal<String>,
    title_problem: RwSignal<Option<ProblemKind>>,
    is_choosing: RwSignal<bool>,
    chosen: RwSignal<BTreeSet<QueueKey>>,
    lacks_queues: RwSignal<bool>,
    language: RwSignal<String>,
}

impl Draft {
    fn new(language: &str) -> Self {
        Self {
            title: RwSignal::new(String::new()),
            title_problem: RwSignal::new(None),
            is_choosing: RwSignal::new(false),
            chosen: RwSignal::new(BTreeSet::new()),
            lacks_queues: RwSignal::new(false),
            language: RwSignal::new(language.to_owned()),
        }
    }

    fn clear(self) {
        self.title.set(String::new());
        self.title_problem.set(None);
        self.is_choosing.set(false);
        self.chosen.set(BTreeSet::new());
        self.lacks_queues.set(false);
    }

    /// What to ask of the server; none when something is missing, which is then said beside its field.
    fn check(self) -> Option<CreateWall> {
        let title = self.title.get_untracked().trim().to_owned();
        let is_choosing = self.is_choosing.get_untracked();
        let queues = if is_choosing { self.chosen.get_untracked().into_iter().collect() } else { Vec::new() };
        self.title_problem.set(title.is_empty().then_some(ProblemKind::Required));
        // No queue at all would mean every queue.
        self.lacks_queues.set(is_choosing && queues.is_empty());
        if title.is_empty() || self.lacks_queues.get_untracked() {
            return None;
        }
        let language = Language::from_tag(&self.language.get_untracked()).unwrap_or_default();
        Some(CreateWall { title, queues, language })
    }

    /// Shows what the server found wrong.
    fn take_problems(self, error: &ApiError) {
        if let ApiError::Invalid(problems) = error {
            let of = |field: &str| problems.iter().find(|problem| problem.field == field);
            self.title_problem.set(of("title").map(|problem| problem.kind));
            self.lacks_queues.set(of("queues").is_some());
        }
    }
}

/// The dialog: first the form, then the address.
#[component]
pub(super) fn CreateDialog(open: RwSignal<bool>, create: ServerAction<CreateWall>) -> impl IntoView {
    let locale = use_locale();
    let draft = Draft::new(locale.as_str());
    Effect::new(move |_| {
        if open.get() {
            draft.clear();
            create.clear();
        }
    });
    Effect::new(move |_| {
        if let Some(Err(error)) = create.value().get() {
            draft.take_problems(&error);
        }
    });
    let made = move || create.value().get().and_then(Result::ok);
    let title = Signal::derive(move || {
        if made().is_some() { td_string!(locale, walls.made_title) } else { td_string!(locale, walls.new) }
            .to_owned()
    });
    view! {
        <Dialog open title id="walls-create">
            {move || match made() {
                Some(new) => view! { <Address new open /> }.into_any(),
                None => view! { <CreateForm draft open create /> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn CreateForm(draft: Draft, open: RwSignal<bool>, create: ServerAction<CreateWall>) -> impl IntoView {
    let locale = use_locale();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !create.pending().get_untracked()
            && let Some(wanted) = draft.check()
        {
            create.dispatch(wanted);
        }
    };
    let languages = vec![
        (Language::En.tag(), td_string!(locale, walls.english).to_owned()),
        (Language::ZhCn.tag(), td_string!(locale, walls.chinese).to_owned()),
    ];
    view! {
        <form class="body" novalidate on:submit=on_submit>
            {move || match create.value().get() {
                Some(Err(ApiError::Invalid(_))) | Some(Ok(_)) | None => None,
                Some(Err(error)) => Some(view! { <Problem error /> }),
            }}
            <TextField
                name="title"
                label=td_string!(locale, walls.name).to_owned()
                value=draft.title
                required=true
                hint=td_string!(locale, walls.name_hint).to_owned()
                problem=draft.title_problem
            />
            <QueueChoice draft />
            <SelectField
                name="language"
                label=td_string!(locale, walls.language).to_owned()
                options=languages
                value=draft.language
            />
            <div class="buttons">
                <button type="button" on:click=move |_| open.set(false)>
                    {td_string!(locale, common.cancel)}
                </button>
                <button type="submit" class="primary" disabled=move || create.pending().get()>
                    {move || {
                        if create.pending().get() {
                            td_string!(locale, walls.creating)
                        } else {
                            td_string!(locale, walls.create)
                        }
                    }}
                </button>
            </div>
        </form>
    }
}

/// All queues, or some of them.
#[component]
fn QueueChoice(draft: Draft) -> impl IntoView {
    let locale = use_locale();
    let Draft { is_choosing, chosen, lacks_queues, .. } = draft;
    // A list that moves under the pointer helps nobody: the queues are those of the moment.
    let rows = use_context::<LiveBoard>().map_or_else(Vec::new, |board| untrack(|| board.queues.all()));
    // What several nodes have under one name is one queue.
    let queues: Vec<(Vec<QueueKey>, String)> = merged_by_name(rows.clone(), &[])
        .into_iter()
        .map(|sum| {
            let parts = rows.iter().map(|row| &row.key).filter(|key| key.name == sum.key.name);
            (parts.cloned().collect(), sum.display_name)
        })
        .collect();
    let checks = move || {
        let checks = queues.clone().into_iter().map(|(parts, name)| {
            let is_chosen = {
                let parts = parts.clone();
                move || chosen.with(|chosen| parts.iter().all(|key| chosen.contains(key)))
            };
            let toggle = move |event| {
                let is_chosen = event_target_checked(&event);
                chosen.update(|chosen| {
                    if is_chosen {
                        chosen.extend(parts.iter().cloned());
                    } else {
                        chosen.retain(|key| !parts.contains(key));
                    }
                });
                lacks_queues.set(false);
            };
            view! {
                <label>
                    <input type="checkbox" prop:checked=is_chosen on:change=toggle />
                    {name}
                </label>
            }
        });
        view! { <div class="checks walls-checks">{checks.collect_view()}</div> }
    };
    view! {
        <fieldset aria-describedby="walls-queues-problem">
            <legend>{td_string!(locale, walls.queues)}</legend>
            <div class="checks">
                <label>
                    <input
                        type="radio"
                        name="which"
                        prop:checked=move || !is_choosing.get()
                        on:change=move |_| is_choosing.set(false)
                    />
                    {td_string!(locale, walls.queues_all)}
                </label>
                <label>
                    <input
                        type="radio"
                        name="which"
                        prop:checked=move || is_choosing.get()
                        on:change=move |_| is_choosing.set(true)
                    />
                    {td_string!(locale, walls.queues_chosen)}
                </label>
            </div>
            {move || is_choosing.get().then(&checks)}
            <p class="walls-wrong" id="walls-queues-problem" role="alert">
                {move || lacks_queues.get().then(|| format!("■ {}", td_string!(locale, walls.queues_none)))}
            </p>
        </fieldset>
    }
}

/// The address of a link just made. It cannot be shown again.
#[component]
fn Address(new: NewWallLink, open: RwSignal<bool>) -> impl IntoView {
    let locale = use_locale();
    let NewWallLink { path, .. } = new;
    // Only ever built in the browser: a link is made by a press of a button.
    let origin = window().location().origin().unwrap_or_default();
    let address = format!("{origin}{path}");
    let field = NodeRef::<html::Input>::new();
    let is_copied = RwSignal::new(None::<bool>);
    let copy = move |_| {
        if let Some(field) = field.get_untracked() {
            field.select();
            is_copied.set(Some(copy_selection()));
        }
    };
    view! {
        <div class="body">
            <p>{td_string!(locale, walls.made_about)}</p>
            <div class="field">
                <label for="walls-address">{td_string!(locale, walls.address)}</label>
                <div class="walls-address">
                    <input id="walls-address" node_ref=field type="text" readonly value=address />
                    <button type="button" class="primary" on:click=copy>
                        {td_string!(locale, walls.copy)}
                    </button>
                </div>
                <small role="status">
                    {move || {
                        is_copied
                            .get()
                            .map(|is_copied| {
                                if is_copied {
                                    td_string!(locale, walls.copied)
                                } else {
                                    td_string!(locale, walls.copy_failed)
                                }
                            })
                    }}
                </small>
            </div>
            <div class="buttons">
                <a class="button" href=path target="_blank" rel="noopener external">
                    {td_string!(locale, walls.open)}
                </a>
                <button type="button" on:click=move |_| open.set(false)>
                    {td_string!(locale, walls.done)}
                </button>
            </div>
        </div>
    }
}

/// Copies what is selected. The old way, which works over plain HTTP as well: the newer one is for secure origins alone.
#[cfg(feature = "hydrate")]
fn copy_selection() -> bool {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = document, js_name = execCommand)]
        fn exec_command(command: &str) -> bool;
    }
    exec_command("copy")
}

#[cfg(not(feature = "hydrate"))]
const fn copy_selection() -> bool {
    false
}
