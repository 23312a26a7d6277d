//! Making and changing a break reason.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::super::code::{CodeDraft, Editing, LastFields, NameFields, title_of};
use crate::api::ApiError;
use crate::api::center::SaveBreakReason;
use crate::components::subject::{Asking, SubjectDialog};
use crate::components::{Problem, TextField, use_locale};
use crate::i18n::*;
use crate::model::center::BreakReason;

/// What is being filled in.
#[derive(Clone, Copy, Debug)]
struct Draft {
    code: CodeDraft,
    is_paid: RwSignal<bool>,
    budget: RwSignal<String>,
}

impl Draft {
    fn new(editing: &Editing<BreakReason>) -> Self {
        // A new one goes to the end.
        let reason = match editing {
            Editing::New => BreakReason { position: 100, is_paid: true, ..BreakReason::default() },
            Editing::Of(reason) => reason.clone(),
        };
        let name = matches!(editing, Editing::Of(_)).then_some(&reason.name);
        Self {
            code: CodeDraft::new(name, reason.position, reason.is_retired),
            is_paid: RwSignal::new(reason.is_paid),
            budget: RwSignal::new(reason.budget_min.to_string()),
        }
    }

    /// What to ask of the server; none when something is wrong, which is then said beside its field.
    fn check(self) -> Option<SaveBreakReason> {
        let reason = BreakReason {
            name: self.code.name(),
            is_paid: self.is_paid.get_untracked(),
            budget_min: self.code.number(self.budget, "budget")?,
            position: self.code.position()?,
            is_retired: self.code.is_retired.get_untracked(),
        };
        let problems = reason.problems();
        let is_right = problems.is_empty();
        self.code.problems.set(problems);
        is_right.then_some(SaveBreakReason { reason, is_new: self.code.is_new })
    }
}

/// The dialog, open while something is edited.
#[component]
pub(super) fn EditDialog(
    editing: RwSignal<Option<Editing<BreakReason>>>,
    save: ServerAction<SaveBreakReason>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <SubjectDialog
            subject=editing
            title=title_of(editing, td_string!(locale, center.break_new), td_string!(locale, center.break_edit))
            id="center-edit"
            asking=Asking::of(*save)
            done=td_string!(locale, common.saved)
            content=Box::new(move |editing, open| {
                view! { <EditForm draft=Draft::new(&editing) open save /> }.into_any()
            })
        />
    }
}

#[component]
fn EditForm(draft: Draft, open: RwSignal<bool>, save: ServerAction<SaveBreakReason>) -> impl IntoView {
    let locale = use_locale();
    let unplaced = Memo::new(move |_| match save.value().get() {
        Some(Err(error)) => (!draft.code.takes(&error)).then_some(error),
        _ => None,
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !save.pending().get_untracked()
            && let Some(wanted) = draft.check()
        {
            save.dispatch(wanted);
        }
    };
    view! {
        <form class="body" novalidate on:submit=on_submit>
            {move || unplaced.get().map(|error: ApiError| view! { <Problem error /> })}
            <NameFields draft=draft.code />
            <TextField
                name="budget"
                kind="number"
                label=td_string!(locale, center.budget_field).to_owned()
                value=draft.budget
                hint=td_string!(locale, center.budget_hint).to_owned()
                problem=draft.code.problem("budget")
            />
            <div class="checks">
                <label>
                    <input
                        type="checkbox"
                        prop:checked=move || draft.is_paid.get()
                        on:change=move |event| draft.is_paid.set(event_target_checked(&event))
                    />
                    {td_string!(locale, center.paid_choice)}
                </label>
            </div>
            <LastFields draft=draft.code open is_saving=save.pending() />
        </form>
    }
}
