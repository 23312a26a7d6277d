//! Making and changing an outcome code.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::super::code::{CodeDraft, Editing, LastFields, NameFields, title_of};
use crate::api::ApiError;
use crate::api::center::SaveOutcomeCode;
use crate::components::subject::{Asking, SubjectDialog};
use crate::components::{Problem, use_locale};
use crate::i18n::*;
use crate::live::LiveBoard;
use crate::model::board::merged_by_name;
use crate::model::center::OutcomeCode;

/// What is being filled in. The queue is empty for all queues.
#[derive(Clone, Copy, Debug)]
struct Draft {
    code: CodeDraft,
    queue: RwSignal<String>,
}

impl Draft {
    fn new(editing: &Editing<OutcomeCode>) -> Self {
        // A new one goes to the end.
        let outcome = match editing {
            Editing::New => OutcomeCode { position: 100, ..OutcomeCode::default() },
            Editing::Of(outcome) => outcome.clone(),
        };
        let name = matches!(editing, Editing::Of(_)).then_some(&outcome.name);
        Self {
            code: CodeDraft::new(name, outcome.position, outcome.is_retired),
            queue: RwSignal::new(outcome.queue.unwrap_or_default()),
        }
    }

    /// What to ask of the server; none when something is wrong, which is then said beside its field.
    fn check(self) -> Option<SaveOutcomeCode> {
        let outcome = OutcomeCode {
            name: self.code.name(),
            queue: Some(self.queue.get_untracked()).filter(|queue| !queue.is_empty()),
            position: self.code.position()?,
            is_retired: self.code.is_retired.get_untracked(),
        };
        let problems = outcome.problems();
        let is_right = problems.is_empty();
        self.code.problems.set(problems);
        is_right.then_some(SaveOutcomeCode { outcome, is_new: self.code.is_new })
    }
}

/// The dialog, open while something is edited.
#[component]
pub(super) fn EditDialog(
    editing: RwSignal<Option<Editing<OutcomeCode>>>,
    save: ServerAction<SaveOutcomeCode>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <SubjectDialog
            subject=editing
            title=title_of(editing, td_string!(locale, center.outcome_new), td_string!(locale, center.outcome_edit))
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
fn EditForm(draft: Draft, open: RwSignal<bool>, save: ServerAction<SaveOutcomeCode>) -> impl IntoView {
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
            <QueueField queue=draft.queue />
            <LastFields draft=draft.code open is_saving=save.pending() />
        </form>
    }
}

/// The one queue, or all; one that the board no longer has stays a choice.
#[component]
fn QueueField(queue: RwSignal<String>) -> impl IntoView {
    let locale = use_locale();
    let rows = use_context::<LiveBoard>().map_or_else(Vec::new, |board| untrack(|| board.queues.all()));
    let mut queues: Vec<(String, String)> =
        merged_by_name(rows, &[]).into_iter().map(|row| (row.key.name, row.display_name)).collect();
    let chosen = queue.get_untracked();
    if !chosen.is_empty() && !queues.iter().any(|(name, _)| *name == chosen) {
        queues.push((chosen.clone(), chosen));
    }
    let options = queues
        .into_iter()
        .map(|(name, words)| {
            let is_chosen = name == queue.get_untracked();
            view! {
                <option value=name selected=is_chosen>
                    {words}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for="queue">{td_string!(locale, center.queue_field)}</label>
            <select id="queue" on:change=move |event| queue.set(event_target_value(&event))>
                <option value="">{td_string!(locale, center.queue_all)}</option>
                {options}
            </select>
        </div>
    }
}
