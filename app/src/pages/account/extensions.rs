//! The own telephones: which extension rings for the user on each switch. The forms work without the program.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::api::ApiError;
use crate::api::calls::SaveExtension;
use crate::components::words::{self, fill, use_locale};
use crate::components::{Card, Problem};
use crate::model::supervise::OwnExtension;

#[component]
pub(super) fn ExtensionsCard(
    /// The own telephones, by node.
    extensions: Result<Vec<OwnExtension>, ApiError>,
) -> impl IntoView {
    let locale = use_locale();
    let save = ServerAction::<SaveExtension>::new();
    let extensions = match extensions {
        Ok(own) => own.into_iter().map(|own| view! { <ExtensionForm own save /> }).collect_view().into_any(),
        Err(error) => view! { <Problem error /> }.into_any(),
    };
    view! {
        <Card id="account-extensions" title=td_string!(locale, account.extensions).to_owned()>
            <div class="body">
                <p class="muted">{td_string!(locale, account.extensions_hint)}</p>
                {extensions}
                <div role="status">{move || outcome(locale, save)}</div>
            </div>
        </Card>
    }
}

fn outcome(locale: crate::i18n::Locale, save: ServerAction<SaveExtension>) -> Option<AnyView> {
    Some(match save.value().get()? {
        Ok(()) => view! { <p>{td_string!(locale, account.extension_saved)}</p> }.into_any(),
        Err(ApiError::Invalid(problems)) => {
            let words: Vec<String> =
                problems.into_iter().map(|problem| words::field_problem(locale, problem.kind)).collect();
            view! { <p class="wrong-words">{words.join(" ")}</p> }.into_any()
        }
        Err(error) => view! { <Problem error /> }.into_any(),
    })
}

#[component]
fn ExtensionForm(own: OwnExtension, save: ServerAction<SaveExtension>) -> impl IntoView {
    let locale = use_locale();
    let OwnExtension { node, extension } = own;
    let id = format!("extension-{node}");
    let label = fill(td_string!(locale, account.extension_on), &[("node", &node.0)]);
    view! {
        <ActionForm action=save attr:class="extension">
            <input type="hidden" name="node" value=node.0 />
            <label for=id.clone()>{label}</label>
            <input id=id name="extension" type="text" inputmode="tel" autocomplete="off" value=extension />
            <button type="submit">{td_string!(locale, account.extension_save)}</button>
        </ActionForm>
    }
}
