//! Messages to this desk: they stay until they are read.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::super::account::Moment;
use crate::api::messages::{ReadMessage, list_received_messages};
use crate::components::asked::ask;
use crate::components::words::fill;
use crate::components::{Problem, use_locale};
use crate::i18n::*;
use crate::live::store::use_live_board;
use crate::model::message::DeskMessage;

/// What is not read yet, each with its button, and what was read today.
#[component]
pub(super) fn Messages() -> impl IntoView {
    let read = ServerAction::<ReadMessage>::new();
    let changes = use_live_board().messages;
    let messages = ask(move || (changes.get(), read.version().get()), |_| list_received_messages());
    view! {
        <div class="desk-messages" role="status">
            <Transition>
                {move || Suspend::new(async move {
                    match messages.await {
                        Ok(messages) => view! { <List messages read /> }.into_any(),
                        Err(error) => view! { <Problem error /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn List(messages: Vec<DeskMessage>, read: ServerAction<ReadMessage>) -> impl IntoView {
    let locale = use_locale();
    let (earlier, unread): (Vec<_>, Vec<_>) =
        messages.into_iter().partition(|message| message.read_at.is_some());
    let unread = unread.into_iter().map(|message| view! { <Unread message read /> }).collect_view();
    let earlier = (!earlier.is_empty()).then(|| {
        let count = fill(td_string!(locale, desk.messages_read), &[("count", &earlier.len().to_string())]);
        let lines = earlier
            .into_iter()
            .map(|message| {
                view! {
                    <li>
                        <small class="muted">
                            {message.sender} " " <Moment at=message.sent_at />
                        </small>
                        <p class="desk-message-text">{message.text}</p>
                    </li>
                }
            })
            .collect_view();
        view! {
            <details class="desk-messages-read">
                <summary>{count}</summary>
                <ul>{lines}</ul>
            </details>
        }
    });
    view! {
        {unread}
        {earlier}
    }
}

#[component]
fn Unread(message: DeskMessage, read: ServerAction<ReadMessage>) -> impl IntoView {
    let locale = use_locale();
    let DeskMessage { id, sender, text, sent_at, .. } = message;
    view! {
        <article class="desk-message">
            <header>
                <strong>{fill(td_string!(locale, desk.message_from), &[("name", &sender)])}</strong>
                " "
                <small class="muted">
                    <Moment at=sent_at />
                </small>
            </header>
            <p class="desk-message-text">{text}</p>
            <ActionForm action=read>
                <input type="hidden" name="id" value=id.to_string() />
                <button type="submit" disabled=move || read.pending().get()>
                    {td_string!(locale, desk.message_read)}
                </button>
            </ActionForm>
        </article>
    }
}
