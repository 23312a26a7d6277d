//! A code with its names, its place and whether it is retired, as it is being filled in.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::components::subject::DialogButtons;
use crate::components::words::fill;
use crate::components::{TextField, use_locale};
use crate::i18n::*;
use crate::model::center::CodeName;
use crate::model::problem::{FieldProblem, ProblemKind};

/// The fields that every code has.
#[derive(Clone, Copy, Debug)]
pub(super) struct CodeDraft {
    /// It is being made; a code that exists keeps its code.
    pub is_new: bool,
    code: RwSignal<String>,
    en: RwSignal<String>,
    zh: RwSignal<String>,
    position: RwSignal<String>,
    pub is_retired: RwSignal<bool>,
    /// What is wrong, by field.
    pub problems: RwSignal<Vec<FieldProblem>>,
}

impl CodeDraft {
    /// The draft of a code; a new one goes to `position`.
    pub fn new(name: Option<&CodeName>, position: u32, is_retired: bool) -> Self {
        let text =
            |read: fn(&CodeName) -> &String| RwSignal::new(name.map(read).cloned().unwrap_or_default());
        Self {
            is_new: name.is_none(),
            code: text(|name| &name.code),
            en: text(|name| &name.en),
            zh: text(|name| &name.zh),
            position: RwSignal::new(position.to_string()),
            is_retired: RwSignal::new(is_retired),
            problems: RwSignal::new(Vec::new()),
        }
    }

    /// Code and names as they were filled in.
    pub fn name(self) -> CodeName {
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        CodeName { code: text(self.code), en: text(self.en), zh: text(self.zh), ..CodeName::default() }
    }

    /// The place; none where it is no number, which is then said beside the field.
    pub fn position(self) -> Option<u32> {
        self.number(self.position, "position")
    }

    /// A field that holds a whole number.
    pub fn number(self, value: RwSignal<String>, field: &str) -> Option<u32> {
        let number = value.get_untracked().trim().parse().ok();
        if number.is_none() {
            let problem = FieldProblem { field: field.to_owned(), kind: ProblemKind::AtLeast(0) };
            self.problems.set(vec![problem]);
        }
        number
    }

    /// What is wrong with a field.
    pub fn problem(self, field: &'static str) -> Signal<Option<ProblemKind>> {
        Signal::derive(move || {
            self.problems.with(|problems| {
                problems.iter().find(|problem| problem.field == field).map(|problem| problem.kind)
            })
        })
    }

    /// Shows what the server found wrong; `false` for what has no field.
    pub fn takes(self, error: &ApiError) -> bool {
        match error {
            ApiError::Invalid(problems) => self.problems.set(problems.clone()),
            ApiError::Conflict if self.is_new => {
                let problem = FieldProblem { field: "code".to_owned(), kind: ProblemKind::Taken };
                self.problems.set(vec![problem]);
            }
            _ => return false,
        }
        true
    }
}

/// Code and names.
#[component]
pub(super) fn NameFields(draft: CodeDraft) -> impl IntoView {
    let locale = use_locale();
    let code = if draft.is_new {
        view! {
            <TextField
                name="code"
                label=td_string!(locale, center.code).to_owned()
                value=draft.code
                required=true
                hint=td_string!(locale, center.code_hint).to_owned()
                problem=draft.problem("code")
            />
        }
        .into_any()
    } else {
        let words = fill(td_string!(locale, center.code_stays), &[("code", &draft.code.get_untracked())]);
        view! { <p class="muted">{words}</p> }.into_any()
    };
    view! {
        {code}
        <div class="fields">
            <TextField
                name="en"
                label=td_string!(locale, center.name_en).to_owned()
                value=draft.en
                required=true
                problem=draft.problem("en")
            />
            <TextField
                name="zh"
                label=td_string!(locale, center.name_zh).to_owned()
                value=draft.zh
                required=true
                problem=draft.problem("zh")
            />
        </div>
    }
}

/// Place and retirement, and the buttons that end the dialog.
#[component]
pub(super) fn LastFields(
    draft: CodeDraft,
    open: RwSignal<bool>,
    #[prop(into)] is_saving: Signal<bool>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <TextField
            name="position"
            kind="number"
            label=td_string!(locale, center.position).to_owned()
            value=draft.position
            hint=td_string!(locale, center.position_hint).to_owned()
            problem=draft.problem("position")
        />
        <div class="checks">
            <label>
                <input
                    type="checkbox"
                    prop:checked=move || draft.is_retired.get()
                    on:change=move |event| draft.is_retired.set(event_target_checked(&event))
                />
                {td_string!(locale, center.retired_choice)}
            </label>
        </div>
        <DialogButtons
            open
            is_pending=is_saving
            cancel=td_string!(locale, common.cancel)
            submit=td_string!(locale, common.save)
            submitting=td_string!(locale, common.saving)
        />
    }
}

/// What is being edited.
#[derive(Clone, Debug)]
pub(super) enum Editing<T> {
    /// One that is not there yet.
    New,
    /// One that is.
    Of(T),
}

/// The heading of the dialog in which something is edited.
pub(super) fn title_of<T: Send + Sync + 'static>(
    editing: RwSignal<Option<Editing<T>>>,
    of_new: &'static str,
    of_known: &'static str,
) -> Signal<String> {
    Signal::derive(move || {
        let is_known = editing.with(|editing| matches!(editing, Some(Editing::Of(_))));
        if is_known { of_known } else { of_new }.to_owned()
    })
}

/// Whether a code is still offered.
#[component]
pub(super) fn Offered(is_retired: bool) -> impl IntoView {
    let locale = use_locale();
    if is_retired {
        view! { <span class="muted">{td_string!(locale, center.retired)}</span> }.into_any()
    } else {
        td_string!(locale, center.offered).into_any()
    }
}
