//! Dialogs about one thing, such as the row that is edited or the link that is revoked: open while there is one.

use leptos::prelude::*;

use super::{Dialog, Problem, use_announcer};
use crate::api::ApiError;

/// What a dialog asks of the server, whatever it sends.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    /// The question is under way.
    pub is_pending: Signal<bool>,
    outcome: Signal<Option<Result<(), ApiError>>>,
    clear: Callback<()>,
}

impl Asking {
    /// That of an action; of a `ServerAction` by `*action`.
    pub fn of<I: Send + Sync + 'static>(action: Action<I, Result<(), ApiError>>) -> Self {
        Self {
            is_pending: action.pending().into(),
            outcome: Signal::derive(move || action.value().get()),
            clear: Callback::new(move |()| action.clear()),
        }
    }

    /// What went wrong with it.
    pub fn error(self) -> Option<ApiError> {
        self.outcome.get().and_then(Result::err)
    }
}

/// What a dialog holds, for the thing that it is about; the signal closes it.
type Content<T> = Box<dyn Fn(T, RwSignal<bool>) -> AnyView + Send + Sync>;

/// The dialog. When what it asks for is done, it closes and says so.
#[component]
pub fn SubjectDialog<T: Clone + Send + Sync + 'static>(
    /// What it is about; taken away when it is closed.
    subject: RwSignal<Option<T>>,
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// The id of the heading.
    id: &'static str,
    /// What it asks of the server.
    asking: Asking,
    /// What is said when it is done.
    done: &'static str,
    /// What it holds.
    content: Content<T>,
) -> impl IntoView {
    let announcer = use_announcer();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if subject.with(Option::is_some) {
            asking.clear.run(());
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            subject.set(None);
        }
    });
    Effect::new(move |_| {
        if matches!(asking.outcome.get(), Some(Ok(()))) {
            open.set(false);
            announcer.say(done);
        }
    });
    let content = StoredValue::new(content);
    view! {
        <Dialog open title id=id>
            {move || subject.get().map(|subject| content.with_value(|content| content(subject, open)))}
        </Dialog>
    }
}

/// A question before something is ended: what that means, what went wrong, and a form.
#[component]
pub fn Confirm(
    /// What it means, in words.
    about: String,
    /// What it asks of the server.
    asking: Asking,
    /// The form with its buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="body">
            <p>{about}</p>
            {move || asking.error().map(|error| view! { <Problem error /> })}
            {children()}
        </div>
    }
}

/// The buttons that end a dialog: one that closes it, one that sends its form.
#[component]
pub fn DialogButtons(
    /// Closes it.
    open: RwSignal<bool>,
    /// The form is being sent.
    #[prop(into)]
    is_pending: Signal<bool>,
    /// Look of the one that sends.
    #[prop(default = "primary")]
    class: &'static str,
    /// Words of the one that closes.
    cancel: &'static str,
    /// Words of the one that sends.
    submit: &'static str,
    /// Its words while the form is being sent.
    submitting: &'static str,
) -> impl IntoView {
    view! {
        <div class="buttons">
            <button type="button" on:click=move |_| open.set(false)>
                {cancel}
            </button>
            <button type="submit" class=class disabled=move || is_pending.get()>
                {move || if is_pending.get() { submitting } else { submit }}
            </button>
        </div>
    }
}
