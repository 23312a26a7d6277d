//! The page of one callback.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::super::account::Moment;
use super::list::agent_name;
use super::words;
use crate::api::ApiError;
use crate::api::callbacks::{AssignCallback, ReopenCallback, SettleCallback, read_callback};
use crate::components::asked::{Asked, ask_first};
use crate::components::words::fill;
use crate::components::{Card, Chip, PageTitle, Problem, use_announcer, use_locale};
use crate::i18n::*;
use crate::model::callback::{
    CallbackAgent, CallbackAttempt, CallbackDetail, CallbackOutcome, CallbackRow, CallbackRule, CallbackState,
};

/// One callback.
#[derive(Debug)]
pub struct CallbackPage;

/// What can be done about it.
#[derive(Clone, Copy)]
struct Actions {
    assign: ServerAction<AssignCallback>,
    settle: ServerAction<SettleCallback>,
    reopen: ServerAction<ReopenCallback>,
}

impl CallbackPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let params = use_params_map();
        let actions =
            Actions { assign: ServerAction::new(), settle: ServerAction::new(), reopen: ServerAction::new() };
        // On the server a request that was given up may end its page while this is still asked.
        let id = move || {
            let id = params.try_with(|params| params.get("id").and_then(|id| id.parse::<u64>().ok()));
            id.flatten().unwrap_or_default()
        };
        let Actions { assign, settle, reopen } = actions;
        let changes =
            move || (id(), assign.version().get() + settle.version().get() + reopen.version().get());
        let detail = ask_first(changes, |(id, _)| read_callback(id));
        view! { <Callback detail actions /> }.into_any()
    }
}

#[component]
fn Callback(detail: Asked<Result<CallbackDetail, ApiError>>, actions: Actions) -> impl IntoView {
    let locale = use_locale();
    let announcer = use_announcer();
    let Actions { assign, settle, reopen } = actions;
    Effect::new(move |_| {
        let outcomes = [assign.value().get(), settle.value().get(), reopen.value().get()];
        if outcomes.iter().any(|outcome| matches!(outcome, Some(Ok(())))) {
            announcer.say(td_string!(locale, callbacks.stored));
        }
    });
    view! {
        <div class="callbacks">
            <Transition>
                {move || Suspend::new(async move {
                    match detail.await {
                        Ok(detail) => view! { <Known detail actions /> }.into_any(),
                        Err(error) => {
                            view! {
                                <PageTitle title=td_string!(locale, callbacks.title).to_owned() />
                                <Problem error />
                                <p><a href="/callbacks">{td_string!(locale, callbacks.to_list)}</a></p>
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
fn Known(detail: CallbackDetail, actions: Actions) -> impl IntoView {
    let locale = use_locale();
    let CallbackDetail { row, queue_name, rule, agents, may_reopen } = detail;
    let Actions { assign, settle, reopen } = actions;
    let title = fill(td_string!(locale, callbacks.of), &[("phone", &row.phone)]);
    let failed = move || {
        let outcomes = [assign.value().get(), settle.value().get(), reopen.value().get()];
        outcomes.into_iter().find_map(|outcome| match outcome {
            Some(Err(error)) => Some(view! { <Problem error /> }),
            _ => None,
        })
    };
    let is_open = row.state == CallbackState::Open;
    let work = if is_open {
        view! {
            <Assign id=row.id agents=agents.clone() chosen=row.agent.as_ref().map(ToString::to_string) assign />
            <Settle id=row.id note=row.note.clone() settle />
        }
        .into_any()
    } else if may_reopen {
        view! { <Reopen id=row.id reopen /> }.into_any()
    } else {
        view! { <p class="muted">{td_string!(locale, callbacks.reopen_who)}</p> }.into_any()
    };
    view! {
        <div class="bar">
            <PageTitle title />
            <div class="push">
                <a class="button" href="/callbacks">
                    {td_string!(locale, callbacks.to_list)}
                </a>
            </div>
        </div>
        {failed}
        <div class="halves">
            <Facts row=row.clone() queue_name agents=agents.clone() rule />
            <Card id="callback-work" title=td_string!(locale, callbacks.work).to_owned()>
                <div class="body">{work}</div>
            </Card>
        </div>
        <Attempts attempts=row.attempts agents />
    }
}

#[component]
fn Facts(
    row: CallbackRow,
    queue_name: String,
    agents: Vec<CallbackAgent>,
    rule: CallbackRule,
) -> impl IntoView {
    let locale = use_locale();
    let agent = row
        .agent
        .as_ref()
        .map_or_else(|| td_string!(locale, callbacks.nobody).to_owned(), |agent| agent_name(&agents, agent));
    let tried = fill(
        td_string!(locale, callbacks.tried_of),
        &[("count", &row.tried.to_string()), ("most", &rule.most_attempts.to_string())],
    );
    let origin = words::origin(locale, &row);
    let CallbackRow { state, asked_at, due_at, closed_at, note, .. } = row;
    let tone = words::tone(state);
    view! {
        <Card id="callback-facts" title=td_string!(locale, callbacks.facts).to_owned()>
            <div class="body">
                <dl class="callbacks-facts">
                    <dt>{td_string!(locale, callbacks.queue)}</dt>
                    <dd>{queue_name}</dd>
                    <dt>{td_string!(locale, callbacks.state)}</dt>
                    <dd>
                        <Chip tone text=words::state(locale, state).to_owned() />
                    </dd>
                    <dt>{td_string!(locale, callbacks.agent)}</dt>
                    <dd>{agent}</dd>
                    <dt>{td_string!(locale, callbacks.asked)}</dt>
                    <dd>
                        <Moment at=asked_at />
                        " · "
                        {origin}
                    </dd>
                    {match closed_at {
                        Some(at) => {
                            view! {
                                <dt>{td_string!(locale, callbacks.closed)}</dt>
                                <dd><Moment at /></dd>
                            }
                                .into_any()
                        }
                        None => {
                            view! {
                                <dt>{td_string!(locale, callbacks.due)}</dt>
                                <dd><Moment at=due_at /></dd>
                            }
                                .into_any()
                        }
                    }}
                    <dt>{td_string!(locale, callbacks.attempts)}</dt>
                    <dd>{tried}</dd>
                    {(!note.is_empty())
                        .then(|| {
                            view! {
                                <dt>{td_string!(locale, callbacks.note)}</dt>
                                <dd class="callbacks-note">{note}</dd>
                            }
                        })}
                </dl>
            </div>
        </Card>
    }
}

#[component]
fn Assign(
    id: u64,
    agents: Vec<CallbackAgent>,
    chosen: Option<String>,
    assign: ServerAction<AssignCallback>,
) -> impl IntoView {
    let locale = use_locale();
    let options = agents
        .into_iter()
        .map(|agent| {
            let key = agent.key.to_string();
            let is_chosen = chosen.as_deref() == Some(&*key);
            view! {
                <option value=key selected=is_chosen>
                    {agent.name}
                </option>
            }
        })
        .collect_view();
    view! {
        <ActionForm action=assign>
            <input type="hidden" name="id" value=id.to_string() />
            <div class="callbacks-assign">
                <div class="field">
                    <label for="callback-agent">{td_string!(locale, callbacks.give_to)}</label>
                    <select id="callback-agent" name="agent">
                        <option value="">{td_string!(locale, callbacks.nobody)}</option>
                        {options}
                    </select>
                </div>
                <button type="submit" disabled=move || assign.pending().get()>
                    {td_string!(locale, callbacks.give)}
                </button>
            </div>
        </ActionForm>
    }
}

#[component]
fn Settle(id: u64, note: String, settle: ServerAction<SettleCallback>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <ActionForm action=settle>
            <input type="hidden" name="id" value=id.to_string() />
            <div class="callbacks-settle">
                <NoteField id="callback-note" note />
                <OutcomeButtons is_pending=Signal::derive(move || settle.pending().get()) />
                <p class="muted">{td_string!(locale, callbacks.outcome_means)}</p>
            </div>
        </ActionForm>
    }
}

/// What was noted, to be written on.
#[component]
fn NoteField(id: &'static str, note: String) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="field">
            <label for=id>{td_string!(locale, callbacks.note)}</label>
            <textarea id=id name="note" rows="3" maxlength="1000">
                {note}
            </textarea>
        </div>
    }
}

/// A button for each outcome; it sends the form that it stands in.
#[component]
fn OutcomeButtons(is_pending: Signal<bool>) -> impl IntoView {
    let locale = use_locale();
    let buttons = CallbackOutcome::ALL
        .into_iter()
        .map(|outcome| {
            view! {
                <button
                    type="submit"
                    name="outcome"
                    value=outcome.code()
                    disabled=move || is_pending.get()
                >
                    {words::outcome(locale, outcome)}
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="callbacks-outcomes" role="group" aria-label=td_string!(locale, callbacks.outcome)>
            {buttons}
        </div>
    }
}

#[component]
fn Reopen(id: u64, reopen: ServerAction<ReopenCallback>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <ActionForm action=reopen>
            <input type="hidden" name="id" value=id.to_string() />
            <div class="callbacks-settle">
                <p class="muted">{td_string!(locale, callbacks.reopen_means)}</p>
                <div class="buttons">
                    <button type="submit" disabled=move || reopen.pending().get()>
                        {td_string!(locale, callbacks.reopen)}
                    </button>
                </div>
            </div>
        </ActionForm>
    }
}

#[component]
fn Attempts(attempts: Vec<CallbackAttempt>, agents: Vec<CallbackAgent>) -> impl IntoView {
    let locale = use_locale();
    if attempts.is_empty() {
        return ().into_any();
    }
    let rows = attempts
        .into_iter()
        .map(|attempt| {
            let CallbackAttempt { at, agent, outcome } = attempt;
            let outcome = outcome
                .map_or(td_string!(locale, callbacks.unsaid), |outcome| words::outcome(locale, outcome));
            view! {
                <tr>
                    <th scope="row"><Moment at /></th>
                    <td data-label=td_string!(locale, callbacks.agent)>{agent_name(&agents, &agent)}</td>
                    <td data-label=td_string!(locale, callbacks.outcome)>{outcome}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card id="callback-attempts" title=td_string!(locale, callbacks.calls).to_owned()>
            <table class="cards">
                <caption class="sr-only">{td_string!(locale, callbacks.calls)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{td_string!(locale, callbacks.when)}</th>
                        <th scope="col">{td_string!(locale, callbacks.agent)}</th>
                        <th scope="col">{td_string!(locale, callbacks.outcome)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
    }
    .into_any()
}
