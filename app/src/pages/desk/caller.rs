//! What is known of the caller, and what may be written down: a note that stays with the number, the outcome and a note
//! of this call, earlier calls.
//!
//! What is being written belongs to the call and not to what the server answers: it stays while the page asks again,
//! and until the next call comes.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::super::account::Moment;
use super::DeskRow;
use super::answer::Answer;
use crate::api::ApiError;
use crate::api::caller::{SaveCallNote, SaveNumberNote, read_own_caller};
use crate::components::asked::{Asked, ask};
use crate::components::words::{self, fill};
use crate::components::{Card, Problem, use_locale};
use crate::i18n::*;
use crate::model::ids::{MemberKey, short_name};
use crate::model::metrics::CallOutcome;
use crate::model::note::{CallNote, CallerView, EarlierCall, LONGEST_NOTE, NumberNote};

/// What is being written.
#[derive(Clone, Copy, Debug)]
struct Drafts {
    member: RwSignal<Option<MemberKey>>,
    outcome: RwSignal<String>,
    note: RwSignal<String>,
    number_note: RwSignal<String>,
    /// The version of the number's note that the draft was made from.
    version: RwSignal<u32>,
}

impl Drafts {
    fn new() -> Self {
        Self {
            member: RwSignal::new(None),
            outcome: RwSignal::new(String::new()),
            note: RwSignal::new(String::new()),
            number_note: RwSignal::new(String::new()),
            version: RwSignal::new(0),
        }
    }

    /// Begins with what is stored, where it is another call than before.
    fn take(self, view: &CallerView) {
        // On the server a request that was given up may end its page while this is still asked.
        let is_same = self.member.try_with_untracked(|member| member.as_ref() == Some(&view.member));
        if is_same != Some(false) {
            return;
        }
        self.member.set(Some(view.member.clone()));
        self.outcome.set(view.call_note.outcome.clone().unwrap_or_default());
        self.note.set(view.call_note.text.clone());
        self.take_number_note(&view.number_note);
    }

    fn take_number_note(self, note: &NumberNote) {
        self.number_note.set(note.text.clone());
        self.version.set(note.version);
    }
}

/// What is known of the caller, or of the last one.
#[component]
pub(super) fn CallerCard(row: DeskRow) -> impl IntoView {
    let locale = use_locale();
    let drafts = Drafts::new();
    let save_call = ServerAction::<SaveCallNote>::new();
    let save_number = ServerAction::<SaveNumberNote>::new();
    // A call that is over stays the one that is noted of, until the next.
    let member = Memo::new(move |last: Option<&Option<MemberKey>>| {
        let call = row.with(|row| row.call.as_ref().map(|call| call.member.clone()));
        call.or_else(|| last.cloned().flatten())
    });
    let view = ask(move || (member.get(), save_number.version().get()), |_| read_own_caller());
    let is_last = Memo::new(move |_| row.with(|row| row.call.is_none()));
    let title = Signal::derive(move || {
        if is_last.get() {
            td_string!(locale, desk.last_caller)
        } else {
            td_string!(locale, desk.this_caller)
        }
        .to_owned()
    });
    view! {
        <Card id="desk-about" title class="desk-about">
            <Known view drafts save_call save_number />
        </Card>
    }
}

#[component]
fn Known(
    view: Asked<Result<Option<CallerView>, ApiError>>,
    drafts: Drafts,
    save_call: ServerAction<SaveCallNote>,
    save_number: ServerAction<SaveNumberNote>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match view.await {
                    Ok(Some(view)) => {
                        drafts.take(&view);
                        view! { <Notes view drafts save_call save_number /> }.into_any()
                    }
                    Ok(None) => {
                        view! { <p class="desk-nothing muted">{td_string!(locale, desk.no_call_yet)}</p> }.into_any()
                    }
                    Err(error) => view! { <Problem error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Notes(
    view: CallerView,
    drafts: Drafts,
    save_call: ServerAction<SaveCallNote>,
    save_number: ServerAction<SaveNumberNote>,
) -> impl IntoView {
    let locale = use_locale();
    let who = match (view.name.trim(), view.number.trim()) {
        ("", "") => td_string!(locale, common.unknown_caller).to_owned(),
        (name, "") => name.to_owned(),
        ("", number) => number.to_owned(),
        (name, number) => format!("{name} {number}"),
    };
    let CallerView { member, queue, has_number, earlier, number_note, outcomes, .. } = view;
    let is_known = has_number.then(|| (member.clone(), number_note));
    let choices = outcomes
        .into_iter()
        .map(|outcome| {
            let name = outcome.name.name(words::language(locale)).to_owned();
            (outcome.name.code, name)
        })
        .collect();
    view! {
        <div class="desk-notes">
            <p class="desk-about-who">
                <strong>{who}</strong>
                " "
                <span class="muted">{short_name(&queue.name).to_owned()}</span>
            </p>
            <CallNoteForm member drafts choices save=save_call />
            {is_known.map(|(member, note)| view! { <NumberNoteForm member note drafts save=save_number /> })}
            <Earlier calls=earlier has_number />
        </div>
    }
}

/// The outcome and a note of this call. A choice is stored at once, words when the field is left.
#[component]
fn CallNoteForm(
    member: MemberKey,
    drafts: Drafts,
    choices: Vec<(String, String)>,
    save: ServerAction<SaveCallNote>,
) -> impl IntoView {
    let locale = use_locale();
    let store = move || {
        let outcome = Some(drafts.outcome.get_untracked()).filter(|code| !code.is_empty());
        let note = CallNote { outcome, text: drafts.note.get_untracked() };
        save.dispatch(SaveCallNote { member: member.clone(), note });
    };
    let (on_choice, on_words) = (store.clone(), store.clone());
    let chosen = drafts.outcome.try_get_untracked().unwrap_or_default();
    let options = choices
        .into_iter()
        .map(|(code, name)| {
            let is_chosen = code == chosen;
            view! {
                <option value=code selected=is_chosen>
                    {name}
                </option>
            }
        })
        .collect_view();
    view! {
        <form
            class="desk-note"
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                store();
            }
        >
            <div class="field">
                <label for="desk-outcome">{td_string!(locale, desk.outcome)}</label>
                <select
                    id="desk-outcome"
                    prop:value=move || drafts.outcome.get()
                    on:change=move |event| {
                        drafts.outcome.set(event_target_value(&event));
                        on_choice();
                    }
                >
                    <option value="">{td_string!(locale, desk.outcome_none)}</option>
                    {options}
                </select>
            </div>
            <div class="field">
                <label for="desk-note">{td_string!(locale, desk.note)}</label>
                <textarea
                    id="desk-note"
                    rows="2"
                    maxlength=LONGEST_NOTE
                    prop:value=move || drafts.note.get()
                    on:input=move |event| drafts.note.set(event_target_value(&event))
                    on:change=move |_| on_words()
                ></textarea>
            </div>
            <div class="buttons">
                <Answer
                    value=Signal::derive(move || save.value().get())
                    is_asking=save.pending()
                    done=td_string!(locale, common.saved).to_owned()
                />
                <button type="submit" disabled=move || save.pending().get()>
                    {td_string!(locale, desk.note_save)}
                </button>
            </div>
        </form>
    }
}

/// The note that stays with the number. Who edits an older version is shown the newer one and decides.
#[component]
fn NumberNoteForm(
    member: MemberKey,
    note: NumberNote,
    drafts: Drafts,
    save: ServerAction<SaveNumberNote>,
) -> impl IntoView {
    let locale = use_locale();
    let answer = save.value().try_get_untracked().flatten();
    let is_conflict = matches!(answer, Some(Err(ApiError::Conflict)));
    if !is_conflict && drafts.version.try_get_untracked().is_some_and(|version| note.version > version) {
        // What was stored just now is what the next edit is made from.
        drafts.version.set(note.version);
    }
    let written = note.written.clone().map(|(writer, at)| {
        view! {
            <small class="muted">
                {fill(td_string!(locale, desk.number_note_by), &[("name", &writer)])} " " <Moment at />
            </small>
        }
    });
    let theirs = is_conflict.then(|| {
        let newer = note.clone();
        view! {
            <div class="desk-conflict" role="alert">
                <p>
                    <span aria-hidden="true">"▲ "</span>
                    {td_string!(locale, desk.number_note_conflict)}
                </p>
                <blockquote>{note.text.clone()}</blockquote>
                <div class="buttons">
                    <button
                        type="button"
                        on:click=move |_| {
                            drafts.take_number_note(&newer);
                            save.clear();
                        }
                    >
                        {td_string!(locale, desk.number_note_theirs)}
                    </button>
                </div>
            </div>
        }
    });
    let newest = note.version;
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        // Who has been shown the newer one and saves means to replace it.
        let version = if is_conflict { newest } else { drafts.version.get_untracked() };
        let text = drafts.number_note.get_untracked();
        save.dispatch(SaveNumberNote { member: member.clone(), text, version });
    };
    view! {
        <form class="desk-note" on:submit=on_submit>
            <div class="field">
                <label for="desk-number-note">{td_string!(locale, desk.number_note)}</label>
                <textarea
                    id="desk-number-note"
                    rows="2"
                    maxlength=LONGEST_NOTE
                    prop:value=move || drafts.number_note.get()
                    on:input=move |event| drafts.number_note.set(event_target_value(&event))
                ></textarea>
                {written}
            </div>
            {theirs}
            <div class="buttons">
                <Answer
                    value=Signal::derive(move || {
                        save.value().get().filter(|answer| !matches!(answer, Err(ApiError::Conflict)))
                    })
                    is_asking=save.pending()
                    done=td_string!(locale, common.saved).to_owned()
                />
                <button type="submit" disabled=move || save.pending().get()>
                    {td_string!(locale, desk.number_note_save)}
                </button>
            </div>
        </form>
    }
}

/// Calls of the last 30 days from the number.
#[component]
fn Earlier(calls: Vec<EarlierCall>, has_number: bool) -> impl IntoView {
    let locale = use_locale();
    if calls.is_empty() {
        let words =
            if has_number { td_string!(locale, desk.no_earlier) } else { td_string!(locale, desk.no_number) };
        return view! { <p class="muted desk-earlier">{words}</p> }.into_any();
    }
    let count = fill(td_string!(locale, desk.earlier), &[("count", &calls.len().to_string())]);
    let rows = calls.into_iter().map(|call| view! { <EarlierLine call /> }).collect_view();
    view! {
        <section class="desk-earlier" aria-labelledby="desk-earlier-title">
            <h3 id="desk-earlier-title">{count}</h3>
            <ul>{rows}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn EarlierLine(call: EarlierCall) -> impl IntoView {
    let locale = use_locale();
    let EarlierCall { at, queue, end, agent, talk, outcome, note } = call;
    let end = match end {
        Some(CallOutcome::Answered) => agent.unwrap_or_default(),
        Some(CallOutcome::Abandoned) => td_string!(locale, desk.end.abandoned).to_owned(),
        Some(CallOutcome::TimedOut) => td_string!(locale, desk.end.timed_out).to_owned(),
        Some(CallOutcome::NoAgent) => td_string!(locale, desk.end.no_agent).to_owned(),
        Some(CallOutcome::LeftByKey) => td_string!(locale, desk.end.left_by_key).to_owned(),
        Some(CallOutcome::Moved) => td_string!(locale, desk.end.moved).to_owned(),
        None => td_string!(locale, desk.end.open).to_owned(),
    };
    let outcome = outcome.map(|name| name.name(words::language(locale)).to_owned());
    let mut parts = vec![short_name(&queue).to_owned(), end];
    parts.extend(talk.map(|talk| talk.clock()));
    parts.extend(outcome);
    parts.retain(|part| !part.is_empty());
    view! {
        <li>
            <Moment at />
            " · "
            {parts.join(" · ")}
            {(!note.is_empty()).then(|| view! { <small class="desk-earlier-note">{note}</small> })}
        </li>
    }
}
