//! A call that is going on: listen, whisper, barge; take over, transfer, hold, record, hang up.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::doing::{ActionLine, Doing, answer};
use super::{listen_mode, may};
use crate::api::ApiError;
use crate::api::calls::{
    CallView, barge_into_call, listen_to_call, record_call, steer_call, stop_listening, whisper_to_agent,
};
use crate::components::agent::caller_words;
use crate::components::words::{fill, use_locale};
use crate::model::account::Permission;
use crate::model::call::{CallRow, LegRole, ListenMode};
use crate::model::destination::Destination;
use crate::model::ids::{CallId, LegId};
use crate::model::supervise::Steer;

/// What of a call the actions depend on.
#[derive(Clone, Debug, PartialEq)]
struct Facts {
    id: CallId,
    customer: String,
    has_agent: bool,
    is_held: bool,
    is_recorded: bool,
    /// The own telephone of that node.
    extension: Option<String>,
    /// The own leg that listens, whether it was answered, and how it listens.
    own: Option<(LegId, bool, Option<ListenMode>)>,
}

impl Facts {
    fn of(row: &CallRow, view: &CallView, locale: crate::i18n::Locale) -> Self {
        let extension =
            view.extensions.iter().find(|own| own.node == row.id.node).and_then(|own| own.extension.clone());
        let own = row
            .legs
            .iter()
            .find(|leg| leg.role == LegRole::Listener && Some(leg.number.as_str()) == extension.as_deref());
        let own = own.map(|leg| (leg.id(&row.id), leg.answered_at.is_some(), leg.mode));
        let customer = row.customer_leg().map(|leg| caller_words(locale, &leg.name, &leg.number));
        let holder = row.agent_leg().or(row.second());
        Self {
            id: row.id.clone(),
            customer: customer.unwrap_or_default(),
            has_agent: row.agent_leg().is_some(),
            is_held: holder.is_some_and(|leg| leg.is_held),
            is_recorded: row.recording().is_some(),
            extension,
            own,
        }
    }
}

#[component]
pub(super) fn CallActions(
    known: RwSignal<Option<Result<CallView, ApiError>>>,
    doing: Doing,
) -> impl IntoView {
    let locale = use_locale();
    let facts = Memo::new(move |_| {
        known.with(|known| {
            let view = known.as_ref()?.as_ref().ok()?;
            let detail = view.detail.as_ref().filter(|detail| detail.ended_at.is_none())?;
            detail.row.is_connected().then(|| Facts::of(&detail.row, view, locale))
        })
    });
    move || {
        facts.get().map(|facts| {
            view! {
                <Listening facts=facts.clone() doing />
                <Steering facts doing />
            }
        })
    }
}

#[component]
fn Listening(facts: Facts, doing: Doing) -> impl IntoView {
    let locale = use_locale();
    let Facts { id, extension, own, has_agent, .. } = facts;
    let (may_listen, may_whisper, may_barge) =
        (may(Permission::Listen), may(Permission::Whisper), may(Permission::Barge));
    if !(may_listen || may_whisper || may_barge) {
        return None;
    }
    let Some(extension) = extension else {
        return Some(
            view! {
                <section aria-labelledby="supervise-listen">
                    <h3 id="supervise-listen">{td_string!(locale, supervise.listening)}</h3>
                    <p class="muted">
                        {td_string!(locale, supervise.unable.no_extension)} " "
                        <a href="/account">{td_string!(locale, supervise.to_account)}</a>
                    </p>
                </section>
            }
            .into_any(),
        );
    };
    let present = own.as_ref().filter(|(_, is_answered, _)| *is_answered).map(|(.., mode)| *mode);
    let is_present = move |mode: ListenMode| Signal::stored(present == Some(Some(mode)));
    let rings_first = move |words: &'static str| {
        if present.is_some() {
            words.to_owned()
        } else {
            let rings = fill(td_string!(locale, supervise.rings_first), &[("extension", &extension)]);
            format!("{rings} {words}")
        }
    };
    let (listen, whisper, barge) = (id.clone(), id.clone(), id);
    Some(
        view! {
            <section aria-labelledby="supervise-listen">
                <h3 id="supervise-listen">
                    {td_string!(locale, supervise.listening)}
                    {present
                        .map(|mode| view! { <small class="muted">" · " {listen_mode(locale, mode)}</small> })}
                </h3>
                <ul class="actions">
                    {may_listen
                        .then(|| {
                            view! {
                                <ActionLine
                                    doing
                                    name=td_string!(locale, supervise.listen)
                                    means=rings_first(td_string!(locale, supervise.listen_means))
                                    is_present=is_present(ListenMode::Listen)
                                    act=Callback::new(move |press| answer(listen_to_call(listen.clone(), press)))
                                />
                            }
                        })}
                    {(may_whisper && has_agent)
                        .then(|| {
                            view! {
                                <ActionLine
                                    doing
                                    name=td_string!(locale, supervise.whisper)
                                    means=rings_first(td_string!(locale, supervise.whisper_means))
                                    is_present=is_present(ListenMode::Whisper)
                                    act=Callback::new(move |press| answer(whisper_to_agent(whisper.clone(), press)))
                                />
                            }
                        })}
                    {may_barge
                        .then(|| {
                            view! {
                                <ActionLine
                                    doing
                                    name=td_string!(locale, supervise.barge)
                                    means=rings_first(td_string!(locale, supervise.barge_means))
                                    is_present=is_present(ListenMode::Barge)
                                    act=Callback::new(move |press| answer(barge_into_call(barge.clone(), press)))
                                />
                            }
                        })}
                    {own
                        .map(|(leg, ..)| {
                            view! {
                                <ActionLine
                                    doing
                                    name=td_string!(locale, supervise.stop)
                                    means=td_string!(locale, supervise.stop_means).to_owned()
                                    act=Callback::new(move |press| answer(stop_listening(leg.clone(), press)))
                                />
                            }
                        })}
                </ul>
            </section>
        }
        .into_any(),
    )
}

#[component]
fn Steering(facts: Facts, doing: Doing) -> impl IntoView {
    let locale = use_locale();
    let Facts { id, customer, extension, is_held, is_recorded, .. } = facts;
    let (may_steer, may_record) = (may(Permission::SteerCalls), may(Permission::Record));
    if !(may_steer || may_record) {
        return None;
    }
    let steer = {
        let id = id.clone();
        move |steer: Steer| {
            let id = id.clone();
            Callback::new(move |press| answer(steer_call(id.clone(), steer.clone(), press)))
        }
    };
    let typed = RwSignal::new(String::new());
    let transfer = {
        let id = id.clone();
        Callback::new(move |press| {
            let id = id.clone();
            let to = Destination::parse(&typed.get_untracked());
            answer(async move {
                // The button waits for a number that can be dialled.
                let to = to.map_err(|_| ApiError::Invalid(Vec::new()))?;
                steer_call(id, Steer::Transfer(to), press).await
            })
        })
    };
    let take_over = extension.as_ref().map(|extension| {
        let gaps = [("extension", extension.as_str()), ("customer", customer.as_str())];
        fill(td_string!(locale, supervise.take_over_means), &gaps)
    });
    let about_customer = move |words: &str| fill(words, &[("customer", &customer)]);
    let transfer_means = about_customer(td_string!(locale, supervise.transfer_means));
    let hang_up_means = about_customer(td_string!(locale, supervise.hang_up_means));
    let (hold, hold_means) = if is_held {
        (td_string!(locale, supervise.resume), td_string!(locale, supervise.resume_means))
    } else {
        (td_string!(locale, supervise.hold), td_string!(locale, supervise.hold_means))
    };
    let (record, record_means) = if is_recorded {
        (td_string!(locale, supervise.record_stop), td_string!(locale, supervise.record_stop_means))
    } else {
        (td_string!(locale, supervise.record), td_string!(locale, supervise.record_means))
    };
    Some(view! {
        <section aria-labelledby="supervise-steer">
            <h3 id="supervise-steer">{td_string!(locale, supervise.call)}</h3>
            <ul class="actions">
                {(may_steer)
                    .then(|| {
                        view! {
                            <ActionLine doing name=hold means=hold_means.to_owned() act=steer(Steer::Hold(!is_held)) />
                        }
                    })}
                {may_record
                    .then(|| {
                        view! {
                            <ActionLine
                                doing
                                name=record
                                means=record_means.to_owned()
                                act=Callback::new(move |press| answer(record_call(id.clone(), !is_recorded, press)))
                            />
                        }
                    })}
                {may_steer
                    .then(|| {
                        view! {
                            {take_over
                                .map(|means| {
                                    view! {
                                        <ActionLine
                                            doing
                                            name=td_string!(locale, supervise.take_over)
                                            means
                                            is_dangerous=true
                                            act=steer(Steer::TakeOver)
                                        />
                                    }
                                })}
                            <ActionLine
                                doing
                                name=td_string!(locale, supervise.transfer)
                                means=transfer_means
                                is_dangerous=true
                                is_incomplete=Signal::derive(move || {
                                    typed.with(|typed| Destination::parse(typed).is_err())
                                })
                                act=transfer
                            >
                                <input
                                    type="text"
                                    class="compact"
                                    inputmode="tel"
                                    autocomplete="off"
                                    aria-label=td_string!(locale, supervise.transfer_to)
                                    placeholder=td_string!(locale, supervise.transfer_to)
                                    on:input=move |event| typed.set(event_target_value(&event))
                                />
                            </ActionLine>
                            <ActionLine
                                doing
                                name=td_string!(locale, supervise.hang_up)
                                means=hang_up_means
                                is_dangerous=true
                                act=steer(Steer::HangUp)
                            />
                        }
                    })}
            </ul>
        </section>
    })
}
