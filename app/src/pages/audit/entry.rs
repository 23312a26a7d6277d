//! The page of one row: all that is on record, and taking the edit back.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::super::account::Moment;
use super::changes::ChangeTable;
use super::words;
use crate::api::ApiError;
use crate::api::audit::{UndoEdit, read_audit_entry};
use crate::components::asked::{Asked, ask_first};
use crate::components::link::encode_segment;
use crate::components::words::fill;
use crate::components::{Card, Chip, PageTitle, Problem, use_announcer, use_locale};
use crate::i18n::*;
use crate::model::audit::{AuditDetail, AuditEntry, Undo};

/// One row.
#[derive(Debug)]
pub struct AuditEntryPage;

impl AuditEntryPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let params = use_params_map();
        let undo = ServerAction::<UndoEdit>::new();
        // On the server a request that was given up may end its page while this is still asked.
        let id = move || {
            let id = params.try_with(|params| params.get("id").and_then(|id| id.parse::<u64>().ok()));
            id.flatten().unwrap_or_default()
        };
        let detail = ask_first(move || (id(), undo.version().get()), |(id, _)| read_audit_entry(id));
        view! { <Row detail undo /> }.into_any()
    }
}

#[component]
fn Row(detail: Asked<Result<AuditDetail, ApiError>>, undo: ServerAction<UndoEdit>) -> impl IntoView {
    let locale = use_locale();
    let announcer = use_announcer();
    Effect::new(move |_| {
        if matches!(undo.value().get(), Some(Ok(()))) {
            announcer.say(td_string!(locale, audit.undone));
        }
    });
    view! {
        <div class="audit">
            <Transition>
                {move || Suspend::new(async move {
                    match detail.await {
                        Ok(detail) => view! { <Known detail undo /> }.into_any(),
                        Err(error) => {
                            view! {
                                <PageTitle title=td_string!(locale, audit.title).to_owned() />
                                <Problem error />
                                <p><a href="/audit">{td_string!(locale, audit.to_list)}</a></p>
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Known(detail: AuditDetail, undo: ServerAction<UndoEdit>) -> impl IntoView {
    let locale = use_locale();
    let AuditDetail { entry, undo: offer, undone_by } = detail;
    let AuditEntry {
        id,
        asked_at,
        completed_at,
        user,
        address,
        action,
        subject,
        changes,
        outcome,
        result,
        undoes,
    } = entry;
    let title = fill(td_string!(locale, audit.row_title), &[("id", &id.to_string())]);
    let all_of = format!("/audit?subject={}", encode_segment(&subject));
    let has_changes = !changes.is_empty();
    let has_links = !undone_by.is_empty();
    let links = undone_by
        .into_iter()
        .map(|id| view! { <a href=format!("/audit/{id}")>{format!("#{id}")}</a>" " })
        .collect_view();
    view! {
        <div class="bar">
            <PageTitle title />
            <div class="push">
                <a class="button" href="/audit">
                    {td_string!(locale, audit.to_list)}
                </a>
            </div>
        </div>
        <Card id="audit-facts" title=words::action(locale, &action)>
            <div class="body">
                <dl class="audit-facts">
                    <dt>{td_string!(locale, audit.when)}</dt>
                    <dd><Moment at=asked_at /></dd>
                    {completed_at
                        .filter(|at| *at != asked_at)
                        .map(|at| {
                            view! {
                                <dt>{td_string!(locale, audit.completed)}</dt>
                                <dd><Moment at /></dd>
                            }
                        })}
                    <dt>{td_string!(locale, audit.user)}</dt>
                    <dd>{user}</dd>
                    <dt>{td_string!(locale, audit.address)}</dt>
                    <dd>{address}</dd>
                    <dt>{td_string!(locale, audit.subject)}</dt>
                    <dd>
                        <a href=all_of>{subject}</a>
                    </dd>
                    <dt>{td_string!(locale, audit.outcome)}</dt>
                    <dd>
                        <Chip
                            tone=words::tone(outcome)
                            text=words::outcome(locale, outcome).to_owned()
                        />
                    </dd>
                    {result
                        .map(|result| {
                            view! {
                                <dt>{td_string!(locale, audit.result)}</dt>
                                <dd>{result}</dd>
                            }
                        })}
                    {undoes
                        .map(|id| {
                            view! {
                                <dt>{td_string!(locale, audit.takes_back)}</dt>
                                <dd><a href=format!("/audit/{id}")>{format!("#{id}")}</a></dd>
                            }
                        })}
                    {has_links
                        .then(|| {
                            view! {
                                <dt>{td_string!(locale, audit.taken_back_by)}</dt>
                                <dd>{links}</dd>
                            }
                        })}
                </dl>
                <TakeBack id offer undo />
            </div>
        </Card>
        {has_changes
            .then(|| {
                view! {
                    <Card id="audit-diff" title=td_string!(locale, audit.diff).to_owned()>
                        <ChangeTable changes />
                    </Card>
                }
            })}
    }
}

/// The button that takes the edit back, or why there is none.
#[component]
fn TakeBack(id: u64, offer: Undo, undo: ServerAction<UndoEdit>) -> impl IntoView {
    let locale = use_locale();
    let failed = move || match undo.value().get() {
        Some(Err(error)) => Some(view! { <Problem error /> }),
        _ => None,
    };
    let words = match offer {
        Undo::Possible => td_string!(locale, audit.undo_means),
        Undo::Never => td_string!(locale, audit.undo_never),
        Undo::Moved => td_string!(locale, audit.undo_moved),
        Undo::NotYours => td_string!(locale, audit.undo_not_yours),
    };
    view! {
        <div class="audit-undo">
            {failed} <p class="muted">{words}</p>
            {(offer == Undo::Possible)
                .then(|| {
                    view! {
                        <ActionForm action=undo>
                            <input type="hidden" name="id" value=id.to_string() />
                            <button type="submit" disabled=move || undo.pending().get()>
                                {td_string!(locale, audit.undo)}
                            </button>
                        </ActionForm>
                    }
                })}
        </div>
    }
}
