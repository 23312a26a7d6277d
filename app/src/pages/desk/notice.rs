//! What stands at the place of the desk when there is none, and whom to ask.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::components::{LanguageToggle, PageTitle, Problem, SignOut, use_locale};
use crate::i18n::*;
use crate::model::ids::AgentKey;

/// Why there is no desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoticeKind {
    /// A supervisor or an administrator came here.
    NotAnAgent,
    /// The user is tied to no agent.
    NoAgent,
    /// The switch has no such agent (any more).
    UnknownAgent(AgentKey),
    /// Something went wrong.
    Failed(ApiError),
}

/// One of them, in words and with the next step.
#[component]
pub(super) fn Notice(kind: NoticeKind) -> impl IntoView {
    let locale = use_locale();
    let title = match kind {
        NoticeKind::NotAnAgent => td_string!(locale, desk.others_title),
        NoticeKind::NoAgent => td_string!(locale, desk.untied_title),
        NoticeKind::UnknownAgent(_) => td_string!(locale, desk.unknown_title),
        NoticeKind::Failed(_) => td_string!(locale, desk.failed_title),
    };
    // The desk's own bar holds these already.
    let has_bar = matches!(kind, NoticeKind::UnknownAgent(_));
    let body = match kind {
        NoticeKind::NotAnAgent => view! {
            <p>{td_string!(locale, desk.others_about)}</p>
            <p>
                <a class="button primary" href="/">
                    {td_string!(locale, desk.to_wallboard)}
                </a>
            </p>
        }
        .into_any(),
        NoticeKind::NoAgent => view! {
            <p>{td_string!(locale, desk.untied_next)}</p>
            <Reload />
        }
        .into_any(),
        NoticeKind::UnknownAgent(agent) => view! {
            <p>{td_string!(locale, desk.unknown_about)}</p>
            <p>
                <code>{agent.name}</code>
                " · "
                <code>{agent.node.0}</code>
            </p>
            <p>{td_string!(locale, desk.unknown_next)}</p>
        }
        .into_any(),
        NoticeKind::Failed(error) => view! {
            <Problem error />
            <Reload />
        }
        .into_any(),
    };
    view! {
        <section class="card desk-notice">
            <PageTitle title=title.to_owned() />
            {body}
            {(!has_bar)
                .then(|| {
                    view! {
                        <div class="desk-notice-tools">
                            <LanguageToggle />
                            <SignOut />
                        </div>
                    }
                })}
        </section>
    }
}

/// Loads the page again, from the server.
#[component]
fn Reload() -> impl IntoView {
    let locale = use_locale();
    view! {
        <p>
            <a class="button" href="/desk" rel="external">
                {td_string!(locale, common.retry)}
            </a>
        </p>
    }
}
