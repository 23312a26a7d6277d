//! Signing out of the browser: asks first whether to log out of the queues as well.

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::DeskRow;
use crate::components::{Dialog, SignOut, use_locale};
use crate::i18n::*;
use crate::model::agent::AgentStatus;

/// The button, and the question while the agent is logged in. Without the program the question folds out in place.
#[component]
pub(super) fn DeskSignOut(row: DeskRow) -> impl IntoView {
    let is_logged_in = Memo::new(move |_| row.with(|row| row.status != AgentStatus::LoggedOut));
    move || {
        if is_logged_in.get() { view! { <Asking /> }.into_any() } else { view! { <SignOut /> }.into_any() }
    }
}

#[component]
fn Asking() -> impl IntoView {
    let locale = use_locale();
    let open = RwSignal::new(false);
    let plain = NodeRef::<html::Details>::new();
    view! {
        <details class="desk-sign-out" node_ref=plain>
            <summary
                class="button quiet"
                on:click=move |event| {
                    event.prevent_default();
                    open.set(true);
                }
            >
                {td_string!(locale, common.nav.sign_out)}
            </summary>
            <div class="desk-sign-out-choice">
                <Choice />
            </div>
        </details>
        <Dialog open title=td_string!(locale, desk.sign_out_title).to_owned() id="desk-sign-out">
            <div class="body">
                <p>{td_string!(locale, desk.sign_out_about)}</p>
                <Choice />
            </div>
        </Dialog>
    }
}

/// Both ways out.
#[component]
fn Choice() -> impl IntoView {
    let locale = use_locale();
    view! {
        <form method="post" action="/sign-out" class="buttons">
            <button type="submit">{td_string!(locale, desk.sign_out_alone)}</button>
            <button type="submit" name="log_out" value="true" class="primary">
                {td_string!(locale, desk.sign_out_both)}
            </button>
        </form>
    }
}

/// Says that the switch did not log the agent out, where the way out came back for that.
#[component]
pub(super) fn SignOutFailed() -> impl IntoView {
    let locale = use_locale();
    let query = use_query_map();
    let has_failed = move || {
        query.try_with(|query| query.get("sign-out").as_deref() == Some("failed")).unwrap_or_default()
    };
    move || {
        has_failed().then(|| {
            view! {
                <div class="desk-refusal" role="alert" data-level="critical">
                    <p>
                        <span aria-hidden="true">"■ "</span>
                        {td_string!(locale, desk.sign_out_failed)}
                    </p>
                </div>
            }
        })
    }
}
