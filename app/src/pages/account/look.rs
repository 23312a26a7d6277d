//! Language and theme. Both are plain forms; with the program the theme changes without a load.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::account::SaveLook;
use crate::components::{Card, Problem, use_locale};
use crate::i18n::*;
use crate::model::account::{Language, Theme};

const THEMES: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

fn theme_words(locale: Locale, theme: Theme) -> &'static str {
    match theme {
        Theme::System => td_string!(locale, account.theme_system),
        Theme::Light => td_string!(locale, account.theme_light),
        Theme::Dark => td_string!(locale, account.theme_dark),
    }
}

const fn theme_sign(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "◐",
        Theme::Light => "○",
        Theme::Dark => "●",
    }
}

const fn next_theme(theme: Theme) -> Theme {
    match theme {
        Theme::System => Theme::Light,
        Theme::Light => Theme::Dark,
        Theme::Dark => Theme::System,
    }
}

/// The theme that holds, and the action that changes it once the server has stored it.
fn use_theme(stored: Theme) -> (ServerAction<SaveLook>, RwSignal<Theme>) {
    let action = ServerAction::<SaveLook>::new();
    let theme = RwSignal::new(stored);
    let asked = StoredValue::new(stored);
    Effect::new(move |_| {
        if let Some(theme) = action.input().get().and_then(|input| Theme::from_code(&input.theme?)) {
            asked.set_value(theme);
        }
    });
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            theme.set(asked.get_value());
            if let Some(root) = document().document_element() {
                // The attribute is ours and its value a word of three: nothing can refuse it.
                let _ = root.set_attribute("data-theme", asked.get_value().code());
            }
        }
    });
    (action, theme)
}

/// One button that goes through the themes: for a page without room for three.
#[component]
pub(in crate::pages) fn ThemeButton(
    /// As it is stored.
    theme: Theme,
) -> impl IntoView {
    let locale = use_locale();
    let (action, theme) = use_theme(theme);
    let label =
        move || format!("{}: {}", td_string!(locale, account.theme), theme_words(locale, theme.get()));
    view! {
        <ActionForm action=action>
            <button
                type="submit"
                class="quiet"
                name="theme"
                value=move || next_theme(theme.get()).code()
                aria-label=label
                title=label
            >
                <span aria-hidden="true">{move || theme_sign(theme.get())}</span>
            </button>
        </ActionForm>
    }
}

/// Language and theme, each choice a button.
#[component]
pub(super) fn LookCard(
    /// As it is stored.
    theme: Theme,
) -> impl IntoView {
    let locale = use_locale();
    let (action, theme) = use_theme(theme);
    let here = locale.as_str();
    view! {
        <Card id="account-look" title=td_string!(locale, account.look).to_owned()>
            <div class="body">
                <form method="post" action="/language">
                    <input type="hidden" name="next" value="/account" />
                    <div class="account-choices" role="group" aria-labelledby="account-language">
                        <p id="account-language">{td_string!(locale, account.language)}</p>
                        {[(Language::En, "English"), (Language::ZhCn, "中文")]
                            .map(|(language, own_name)| {
                                view! {
                                    <button
                                        type="submit"
                                        name="language"
                                        value=language.tag()
                                        lang=language.tag()
                                        aria-pressed=(language.tag() == here).to_string()
                                    >
                                        {own_name}
                                    </button>
                                }
                            })}
                    </div>
                </form>
                <ActionForm action=action>
                    <div class="account-choices" role="group" aria-labelledby="account-theme">
                        <p id="account-theme">{td_string!(locale, account.theme)}</p>
                        {THEMES
                            .map(|choice| {
                                view! {
                                    <button
                                        type="submit"
                                        name="theme"
                                        value=choice.code()
                                        aria-pressed=move || (theme.get() == choice).to_string()
                                    >
                                        <span aria-hidden="true">{theme_sign(choice)}</span>
                                        {theme_words(locale, choice)}
                                    </button>
                                }
                            })}
                    </div>
                </ActionForm>
                {move || match action.value().get() {
                    Some(Err(error)) => Some(view! { <Problem error /> }),
                    _ => None,
                }}
            </div>
        </Card>
    }
}
