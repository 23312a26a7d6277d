//! What the switch has left behind, where it stands on a page: the mark, what removes it, and the dialog before it is done.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::chip::{Chip, Tone};
use super::words::{self, fill, use_locale};
use super::{Dialog, Elapsed, Problem, use_announcer};
use crate::api::ghosts::RepairGhost;
use crate::i18n::Locale;
use crate::model::ghost::{Ghost, GhostKey, GhostReason, Repair};

/// The row that a person is asked about.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    ghost: GhostKey,
    /// Of the agent, or of the caller.
    name: String,
    reason: GhostReason,
}

/// The question of the page.
#[derive(Clone, Copy)]
struct Question(RwSignal<Option<Asked>>);

/// Lets [`GhostNote`]s on this page ask; the page holds one [`RepairDialog`].
pub fn provide_repairs() {
    provide_context(Question(RwSignal::new(None)));
}

/// The mark of a row: sign, word and reason, and since when; then the button that removes it, or what else will.
#[component]
pub fn GhostNote(
    /// The mark; nothing is shown without one.
    mark: Memo<Option<Ghost>>,
    /// The row.
    ghost: GhostKey,
    /// Of the agent, or of the caller.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    let locale = use_locale();
    let Question(question) = expect_context();
    move || {
        let Ghost { reason, since } = mark.get()?;
        let ghost = ghost.clone();
        let remedy = match reason.repair() {
            Repair::ByItself => {
                view! { <small class="muted">{td_string!(locale, ghosts.by_itself)}</small> }.into_any()
            }
            Repair::ModuleReload => {
                view! { <small class="muted">{td_string!(locale, ghosts.module_reload)}</small> }.into_any()
            }
            repair => {
                let ask = move |_| {
                    let name = name.get_untracked();
                    question.set(Some(Asked { ghost: ghost.clone(), name, reason }));
                };
                let label = move || {
                    fill(
                        td_string!(locale, ghosts.button_of),
                        &[("repair", words_of(locale, repair).0), ("name", &name.get())],
                    )
                };
                view! {
                    <button type="button" class="compact" aria-haspopup="dialog" aria-label=label on:click=ask>
                        {words_of(locale, repair).0}
                    </button>
                }
                .into_any()
            }
        };
        Some(view! {
            <span class="ghost">
                <Chip tone=Signal::stored(Tone::Warning) text=words::ghost(locale, reason).to_owned() />
                " "
                <Elapsed since=Signal::stored(Some(since)) />
                " "
                {remedy}
            </span>
        })
    }
}

/// What a repair is called on its button, and what it brings about.
fn words_of(locale: Locale, repair: Repair) -> (&'static str, &'static str) {
    match repair {
        Repair::HangUpPhone => {
            (td_string!(locale, ghosts.hang_up_phone), td_string!(locale, ghosts.hang_up_phone_means))
        }
        Repair::HangUpCaller => {
            (td_string!(locale, ghosts.hang_up_caller), td_string!(locale, ghosts.hang_up_caller_means))
        }
        // The others have no button.
        Repair::FreeAgent | Repair::ByItself | Repair::ModuleReload => {
            (td_string!(locale, ghosts.free_agent), td_string!(locale, ghosts.free_agent_means))
        }
    }
}

/// Asks before anything is sent, and names what it brings about.
#[component]
pub fn RepairDialog() -> impl IntoView {
    let locale = use_locale();
    let announcer = use_announcer();
    let Question(question) = expect_context();
    let repair = ServerAction::<RepairGhost>::new();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if question.with(Option::is_some) {
            repair.clear();
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            question.set(None);
        }
    });
    Effect::new(move |_| {
        if matches!(repair.value().get(), Some(Ok(()))) {
            open.set(false);
            announcer.say(td_string!(locale, ghosts.sent));
        }
    });
    view! {
        <Dialog open title=td_string!(locale, ghosts.title).to_owned() id="ghost-repair">
            {move || question.get().map(|asked| view! { <Consequence asked open repair /> })}
        </Dialog>
    }
}

#[component]
fn Consequence(asked: Asked, open: RwSignal<bool>, repair: ServerAction<RepairGhost>) -> impl IntoView {
    let locale = use_locale();
    let Asked { ghost, name, reason } = asked;
    let (button, means) = words_of(locale, reason.repair());
    let about =
        fill(td_string!(locale, ghosts.about), &[("name", &name), ("reason", words::ghost(locale, reason))]);
    let confirm = move |_| {
        repair.dispatch(RepairGhost { ghost: ghost.clone(), repair: reason.repair() });
    };
    view! {
        <div class="body">
            <p>{about}</p>
            <p>{means}</p>
            <p class="muted">{td_string!(locale, ghosts.asked_again)}</p>
            {move || match repair.value().get() {
                Some(Err(error)) => Some(view! { <Problem error /> }),
                _ => None,
            }}
            <div class="buttons">
                <button type="button" on:click=move |_| open.set(false)>
                    {td_string!(locale, common.cancel)}
                </button>
                <button
                    type="button"
                    class="danger"
                    disabled=move || repair.pending().get()
                    on:click=confirm
                >
                    {move || if repair.pending().get() { td_string!(locale, ghosts.sending) } else { button }}
                </button>
            </div>
        </div>
    }
}
