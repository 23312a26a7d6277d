//! The sign-in: a plain form, so that nobody waits for the program to sign in.
//!
//! The server answers a failed attempt with this page again, with `?problem=` and the name that was typed.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::components::{LanguageToggle, PageTitle, use_locale};
use crate::i18n::*;

use super::sheet::link_sheet;

/// The sign-in.
#[derive(Debug)]
pub struct LoginPage;

#[lazy_route]
impl LazyRoute for LoginPage {
    fn data() -> Self {
        link_sheet("login");
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <Login /> }.into_any()
    }
}

/// Why the page is shown again, as the server says it in `?problem=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SignInProblem {
    /// Name or password is wrong; which of them is not said.
    Wrong,
    /// Too many attempts.
    Throttled,
    /// The database is away.
    Unavailable,
    /// The second factor is wrong or was used.
    WrongCode,
    /// The password was too long ago for the second factor.
    Expired,
    /// The session ended: by the user, or because it was revoked or ran out.
    SignedOut,
    /// A code of a later version.
    Other,
}

impl SignInProblem {
    fn from_code(code: &str) -> Self {
        match code {
            "wrong" => Self::Wrong,
            "throttled" => Self::Throttled,
            "wrong-code" => Self::WrongCode,
            "expired" => Self::Expired,
            "unavailable" => Self::Unavailable,
            "signed-out" => Self::SignedOut,
            _ => Self::Other,
        }
    }

    /// What happened, and what to do now.
    fn words(self, locale: Locale) -> (&'static str, &'static str) {
        match self {
            Self::Wrong => (td_string!(locale, login.wrong), td_string!(locale, login.wrong_next)),
            Self::Throttled => {
                (td_string!(locale, login.throttled), td_string!(locale, login.throttled_next))
            }
            Self::Unavailable => {
                (td_string!(locale, login.unavailable), td_string!(locale, login.unavailable_next))
            }
            Self::WrongCode => {
                (td_string!(locale, login.wrong_code), td_string!(locale, login.wrong_code_next))
            }
            Self::Expired => (td_string!(locale, login.expired), td_string!(locale, login.expired_next)),
            Self::SignedOut => {
                (td_string!(locale, login.signed_out), td_string!(locale, login.signed_out_next))
            }
            Self::Other => (td_string!(locale, login.failed), td_string!(locale, login.failed_next)),
        }
    }
}

#[component]
fn Login() -> impl IntoView {
    let locale = use_locale();
    // Read once: every answer of the server loads the page anew.
    let query = use_query_map().get_untracked();
    let problem = query.get_str("problem").map(SignInProblem::from_code);
    let name = query.get("name").unwrap_or_default();
    let next = query.get("next").unwrap_or_default();
    let is_wrong = problem == Some(SignInProblem::Wrong);
    // The field that has the focus is described by the problem, so a screen reader says both.
    let described_by = problem.map(|_| "login-problem");
    let is_name_known = !name.is_empty();
    let is_at_code = query.get_str("step") == Some("code");
    let title =
        if is_at_code { td_string!(locale, login.code_title) } else { td_string!(locale, login.title) };
    let form = if is_at_code {
        view! { <CodeForm next is_wrong=problem == Some(SignInProblem::WrongCode) described_by /> }.into_any()
    } else {
        view! {
            <form class="login-form" method="post" action="/sign-in">
                <input type="hidden" name="next" value=next />
                <div class="field">
                    <label for="login-name">{td_string!(locale, login.name)}</label>
                    <input
                        id="login-name"
                        type="text"
                        name="name"
                        value=name
                        required
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        autofocus=!is_name_known
                        aria-describedby=described_by
                        aria-invalid=is_wrong.then_some("true")
                    />
                </div>
                <PasswordField is_wrong described_by is_first=is_name_known />
                <button class="primary login-submit" type="submit">
                    {td_string!(locale, login.submit)}
                </button>
            </form>
        }
        .into_any()
    };

    view! {
        <main class="login" id="main">
            <div class="login-top">
                <LanguageToggle />
            </div>
            <section class="login-card">
                <header class="login-head">
                    <p class="login-brand">
                        <svg class="login-mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
                            <rect x="2" y="13" width="4" height="8" rx="1" />
                            <rect x="10" y="8" width="4" height="13" rx="1" />
                            <rect x="18" y="3" width="4" height="18" rx="1" />
                        </svg>
                        {td_string!(locale, common.product)}
                    </p>
                    <p class="login-about">{td_string!(locale, login.about)}</p>
                </header>
                <PageTitle title=title.to_owned() />
                {problem.map(|problem| view! { <ProblemNote problem /> })}
                {form}
            </section>
        </main>
    }
}

/// The second factor, after the password.
#[component]
fn CodeForm(next: String, is_wrong: bool, described_by: Option<&'static str>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <p class="muted" id="login-code-about">
            {td_string!(locale, login.code_about)}
        </p>
        <form class="login-form" method="post" action="/sign-in/code">
            <input type="hidden" name="next" value=next />
            <div class="field">
                <label for="login-code">{td_string!(locale, login.code)}</label>
                <input
                    id="login-code"
                    type="text"
                    name="code"
                    required
                    autocomplete="one-time-code"
                    autocapitalize="none"
                    spellcheck="false"
                    autofocus
                    aria-describedby=described_by.unwrap_or("login-code-about")
                    aria-invalid=is_wrong.then_some("true")
                />
            </div>
            <button class="primary login-submit" type="submit">
                {td_string!(locale, login.code_submit)}
            </button>
        </form>
        <a href="/login" rel="external">
            {td_string!(locale, login.code_back)}
        </a>
    }
}

/// What went wrong the last time, and what to do.
#[component]
fn ProblemNote(problem: SignInProblem) -> impl IntoView {
    let locale = use_locale();
    let (what, next) = problem.words(locale);
    let is_notice = problem == SignInProblem::SignedOut;
    view! {
        <div
            class="login-problem"
            id="login-problem"
            role="alert"
            data-level=if is_notice { "notice" } else { "critical" }
        >
            <p>
                <span aria-hidden="true">{if is_notice { "○ " } else { "■ " }}</span>
                <strong>{what}</strong>
            </p>
            <p>{next}</p>
        </div>
    }
}

/// The password, with a button that shows it. The button appears once it can work.
#[component]
fn PasswordField(is_wrong: bool, described_by: Option<&'static str>, is_first: bool) -> impl IntoView {
    let locale = use_locale();
    let is_shown = RwSignal::new(false);
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    view! {
        <div class="field">
            <label for="login-password">{td_string!(locale, login.password)}</label>
            <div class="login-password">
                <input
                    id="login-password"
                    type=move || if is_shown.get() { "text" } else { "password" }
                    name="password"
                    required
                    autocomplete="current-password"
                    autofocus=is_first
                    aria-describedby=described_by
                    aria-invalid=is_wrong.then_some("true")
                />
                <button
                    type="button"
                    class="login-show"
                    hidden=move || !is_alive.get()
                    aria-pressed=move || is_shown.get().to_string()
                    aria-label=td_string!(locale, login.show_password_label)
                    on:click=move |_| is_shown.update(|is_shown| *is_shown = !*is_shown)
                >
                    {td_string!(locale, login.show_password)}
                </button>
            </div>
        </div>
    }
}
