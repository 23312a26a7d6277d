//! Writing to desks: a button beside an agent or a queue, and the one dialog that all of them open.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_i18n::td_string;

use super::dialog::Dialog;
use super::time::clock_text;
use super::words::{self, fill, use_locale};
use crate::api::ApiError;
use crate::api::messages::{ListSentMessages, SendMessage};
use crate::live::store::use_live_board;
use crate::model::ids::short_name;
use crate::model::message::{LONGEST_MESSAGE, MessageTarget, SentMessage};
use crate::model::problem::ProblemKind;

/// Whom the dialog is open for: to whom, and what they are called.
#[derive(Clone, Copy, Debug)]
pub struct Messaging(RwSignal<Option<(MessageTarget, String)>>);

/// Makes what buttons and the dialog share, once on a page; nothing where the user may not write.
pub fn provide_messaging(may_write: bool) {
    if may_write {
        provide_context(Messaging(RwSignal::new(None)));
    }
}

/// The button; nothing where the page has no dialog.
#[component]
pub fn MessageButton(
    /// To whom.
    to: MessageTarget,
    /// What they are called.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    let locale = use_locale();
    let messaging = use_context::<Messaging>()?;
    Some(view! {
        <button
            type="button"
            class="quiet message-button"
            aria-label=move || fill(td_string!(locale, messages.write_to), &[("name", &name.get())])
            title=td_string!(locale, messages.write)
            on:click=move |_| messaging.0.set(Some((to.clone(), name.get_untracked())))
        >
            <span aria-hidden="true">"✉"</span>
        </button>
    })
}

/// The dialog: what to write, and what was written today with who has read it.
#[component]
pub fn MessageDialog() -> impl IntoView {
    let locale = use_locale();
    let messaging = use_context::<Messaging>()?.0;
    let send = ServerAction::<SendMessage>::new();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if messaging.with(Option::is_some) {
            send.clear();
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            messaging.set(None);
        }
    });
    let title = Signal::derive(move || {
        messaging.with(|messaging| match messaging {
            Some((MessageTarget::Queue(_), name)) => {
                fill(td_string!(locale, messages.to_queue), &[("name", name)])
            }
            Some((_, name)) => fill(td_string!(locale, messages.write_to), &[("name", name)]),
            None => String::new(),
        })
    });
    Some(view! {
        <Dialog open title id="message-dialog">
            {move || messaging.get().map(|(to, _)| view! { <Writing to send open /> })}
        </Dialog>
    })
}

#[component]
fn Writing(to: MessageTarget, send: ServerAction<SendMessage>, open: RwSignal<bool>) -> impl IntoView {
    let locale = use_locale();
    let text = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<ProblemKind>);
    Effect::new(move |_| match send.value().get() {
        Some(Ok(_)) => text.set(String::new()),
        Some(Err(ApiError::Invalid(problems))) => problem.set(problems.first().map(|problem| problem.kind)),
        _ => {}
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let words = text.get_untracked();
        problem.set(words.trim().is_empty().then_some(ProblemKind::Required));
        if problem.get_untracked().is_none() && !send.pending().get_untracked() {
            send.dispatch(SendMessage { to: to.clone(), text: words });
        }
    };
    let answer = move || match send.value().get() {
        _ if send.pending().get() => Some(td_string!(locale, messages.sending).to_owned()),
        Some(Ok(count)) => Some(fill(td_string!(locale, messages.sent), &[("count", &count.to_string())])),
        Some(Err(ApiError::Invalid(_))) | None => None,
        Some(Err(error)) => Some(words::api_error(locale, &error)),
    };
    view! {
        <div class="body">
            <form novalidate class="message-form" on:submit=on_submit>
                <div class="field" class:wrong=move || problem.get().is_some()>
                    <label for="message-text">{td_string!(locale, messages.text)}</label>
                    <textarea
                        id="message-text"
                        rows="3"
                        maxlength=LONGEST_MESSAGE
                        prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))
                        aria-invalid=move || problem.get().is_some().then_some("true")
                        aria-describedby="message-hint message-problem"
                    ></textarea>
                    <small class="hint" id="message-hint">
                        {td_string!(locale, messages.hint)}
                    </small>
                    <small class="wrong-words" id="message-problem">
                        {move || problem.get().map(|kind| words::field_problem(locale, kind))}
                    </small>
                </div>
                <div class="buttons">
                    <span role="status" class="muted">
                        {answer}
                    </span>
                    <button type="button" on:click=move |_| open.set(false)>
                        {td_string!(locale, common.close)}
                    </button>
                    <button type="submit" class="primary" disabled=move || send.pending().get()>
                        {td_string!(locale, messages.send)}
                    </button>
                </div>
            </form>
            <History send />
        </div>
    }
}

/// What was written today, newest first; who has read it comes in over the live stream.
#[component]
fn History(send: ServerAction<SendMessage>) -> impl IntoView {
    let locale = use_locale();
    let changes = use_live_board().messages;
    // No resource: the suspense around the page would take the page away while it is asked, and the dialog with it.
    let sent = ServerAction::<ListSentMessages>::new();
    Effect::new(move |_| {
        changes.track();
        send.version().track();
        sent.dispatch(ListSentMessages {});
    });
    move || match sent.value().get() {
        Some(Ok(sent)) if !sent.is_empty() => {
            let lines = sent.into_iter().map(|message| view! { <SentLine message /> }).collect_view();
            view! {
                <section aria-labelledby="message-history">
                    <h3 id="message-history">{td_string!(locale, messages.history)}</h3>
                    <ul class="message-history">{lines}</ul>
                </section>
            }
            .into_any()
        }
        Some(Ok(_)) | None => ().into_any(),
        Some(Err(error)) => view! { <p class="muted">{words::api_error(locale, &error)}</p> }.into_any(),
    }
}

#[component]
fn SentLine(message: SentMessage) -> impl IntoView {
    let locale = use_locale();
    let SentMessage { text, sent_at, queue, recipients } = message;
    let at = clock_text(Signal::stored(sent_at), false);
    let read = recipients.iter().filter(|(_, read_at)| read_at.is_some()).count();
    let (to, state) = match (queue, recipients.as_slice()) {
        (None, [(name, read_at)]) => {
            let state = match read_at {
                Some(_) => td_string!(locale, messages.read),
                None => td_string!(locale, messages.unread),
            };
            (name.clone(), state.to_owned())
        }
        (queue, recipients) => {
            let gaps = [("read", read.to_string()), ("all", recipients.len().to_string())];
            let gaps = gaps.each_ref().map(|(gap, words)| (*gap, words.as_str()));
            let queue = queue.map(|queue| short_name(&queue).to_owned()).unwrap_or_default();
            (queue, fill(td_string!(locale, messages.read_by), &gaps))
        }
    };
    view! {
        <li>
            <small class="muted">
                {move || at.get()} " · " {to} " · " {state}
            </small>
            <p class="message-text">{text}</p>
        </li>
    }
}
