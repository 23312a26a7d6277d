//! What can be done with the call: hold, hang up, send it elsewhere, let somebody in. The server looks the call up; the
//! page names no channel.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::server_fn::client::Client;

use super::DeskRow;
use super::answer::Answer;
use super::target::{Purpose, TargetDialog};
use crate::api::ApiError;
use crate::api::own_call::{AddToOwnCall, HangUpOwnCall, HoldOwnCall, LeaveOwnCall, TransferOwnCall};
use crate::components::use_locale;
use crate::components::words::fill;
use crate::i18n::*;
use crate::model::agent::Presence;
use crate::model::press::Press;

/// The buttons under the caller, while the agent talks.
#[component]
pub(super) fn CallTools(row: DeskRow, #[prop(into)] is_usable: Signal<bool>) -> impl IntoView {
    let locale = use_locale();
    let hold = ServerAction::<HoldOwnCall>::new();
    let hang_up = ServerAction::<HangUpOwnCall>::new();
    let transfer = ServerAction::<TransferOwnCall>::new();
    let add = ServerAction::<AddToOwnCall>::new();
    let leave = ServerAction::<LeaveOwnCall>::new();
    let choosing = RwSignal::new(None::<Purpose>);
    let is_talking = Memo::new(move |_| row.with(|row| row.presence == Presence::OnCall));
    let is_held =
        Memo::new(move |_| row.with(|row| row.call.as_ref().is_some_and(|call| call.held_since.is_some())));
    let third = Memo::new(move |_| row.with(|row| row.call.as_ref().and_then(|call| call.third.clone())));
    let is_off = move || !is_usable.get();
    view! {
        <div class="desk-tools-call" hidden=move || !is_talking.get()>
            <div class="desk-buttons">
                <ActionForm action=hold>
                    <input
                        type="hidden"
                        name="is_held"
                        value=move || (!is_held.get()).to_string()
                        prop:value=move || (!is_held.get()).to_string()
                    />
                    <button
                        type="submit"
                        aria-pressed=move || is_held.get().to_string()
                        disabled=move || is_off() || hold.pending().get()
                    >
                        {move || if is_held.get() { td_string!(locale, desk.take_back) } else { td_string!(locale, desk.hold) }}
                    </button>
                </ActionForm>
                <button type="button" disabled=is_off on:click=move |_| choosing.set(Some(Purpose::Transfer))>
                    {td_string!(locale, desk.transfer)}
                </button>
                <button type="button" disabled=is_off on:click=move |_| choosing.set(Some(Purpose::Add))>
                    {td_string!(locale, desk.add)}
                </button>
                {move || {
                    third
                        .get()
                        .map(|name| {
                            view! {
                                <button
                                    type="button"
                                    disabled=move || is_off() || leave.pending().get()
                                    on:click=move |_| {
                                        leave.dispatch(LeaveOwnCall { press: Press::new() });
                                    }
                                >
                                    {fill(td_string!(locale, desk.leave_to), &[("name", &name)])}
                                </button>
                            }
                        })
                }}
                <HangUp hang_up is_usable />
            </div>
            {move || {
                third
                    .get()
                    .map(|name| {
                        view! { <p class="muted">{fill(td_string!(locale, desk.third), &[("name", &name)])}</p> }
                    })
            }}
        </div>
        <Answers hold hang_up transfer add leave />
        <TargetDialog choosing transfer add />
    }
}

/// The press that ends the call. Two clicks on one button are one press.
#[component]
fn HangUp(hang_up: ServerAction<HangUpOwnCall>, is_usable: Signal<bool>) -> impl IntoView {
    let locale = use_locale();
    let press = RwSignal::new(String::new());
    Effect::new(move |_| {
        hang_up.version().get();
        press.set(Press::new().as_str().to_owned());
    });
    view! {
        <ActionForm action=hang_up>
            <input type="hidden" name="press" value="" prop:value=move || press.get() />
            <button type="submit" class="danger" disabled=move || !is_usable.get() || hang_up.pending().get()>
                {td_string!(locale, desk.hang_up)}
            </button>
        </ActionForm>
    }
}

/// What became of each.
#[component]
fn Answers(
    hold: ServerAction<HoldOwnCall>,
    hang_up: ServerAction<HangUpOwnCall>,
    transfer: ServerAction<TransferOwnCall>,
    add: ServerAction<AddToOwnCall>,
    leave: ServerAction<LeaveOwnCall>,
) -> impl IntoView {
    let locale = use_locale();
    let asking = td_string!(locale, desk.asking);
    view! {
        {answer_of(hold, asking, "")}
        {answer_of(hang_up, asking, td_string!(locale, desk.hung_up))}
        {answer_of(transfer, asking, td_string!(locale, desk.transferred))}
        {answer_of(add, td_string!(locale, desk.adding), td_string!(locale, desk.added))}
        {answer_of(leave, asking, td_string!(locale, desk.left_call))}
    }
}

fn answer_of<S>(action: ServerAction<S>, asking: &'static str, done: &'static str) -> AnyView
where
    S: ServerFn<Output = (), Error = ApiError> + Clone + Send + Sync + 'static,
    S::Client: Client<ApiError>,
{
    // A wrong number is said beside its field.
    let value = Signal::derive(move || {
        action.value().get().filter(|answer| !matches!(answer, Err(ApiError::Invalid(_))))
    });
    view! { <Answer value is_asking=action.pending() asking done=done.to_owned() /> }.into_any()
}
