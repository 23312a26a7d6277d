//! What a user may beside what every user of the role may.

use leptos::prelude::*;

use crate::components::use_locale;
use crate::i18n::*;
use crate::model::account::{Permission, Role};
use crate::model::problem::ProblemKind;

/// The name of a permission, and what it allows.
pub(in super::super) fn permission_words(
    locale: Locale,
    permission: Permission,
) -> (&'static str, &'static str) {
    macro_rules! words {
        ($($name:ident: $key:ident, $about:ident;)+) => {
            match permission {
                $(Permission::$name => (
                    td_string!(locale, people.permission.$key),
                    td_string!(locale, people.permission.$about),
                ),)+
            }
        };
    }
    words! {
        ForceStatus: force_status, force_status_about;
        Listen: listen, listen_about;
        Whisper: whisper, whisper_about;
        Barge: barge, barge_about;
        SteerCalls: steer_calls, steer_calls_about;
        Record: record, record_about;
        SendMessages: send_messages, send_messages_about;
        ManageCallbacks: manage_callbacks, manage_callbacks_about;
        SeeNumbers: see_numbers, see_numbers_about;
        Export: export, export_about;
        ReadAudit: read_audit, read_audit_about;
        ManagePeople: manage_people, manage_people_about;
        ManageCenter: manage_center, manage_center_about;
    }
}

/// A check for each permission; what is not usual for the role is marked.
#[component]
pub(super) fn PermissionChecks(
    /// The role as it is chosen.
    #[prop(into)]
    role: Signal<Role>,
    /// What is given, kept up to date.
    value: RwSignal<Vec<Permission>>,
    /// What is wrong with it.
    #[prop(into)]
    problem: Signal<Option<ProblemKind>>,
) -> impl IntoView {
    let locale = use_locale();
    let checks = Permission::ALL
        .into_iter()
        .map(|permission| {
            let (name, about) = permission_words(locale, permission);
            let is_given = move || value.with(|given| given.contains(&permission));
            let differs = move || is_given() != permission.is_usual_for(role.get());
            let toggle = move |event| {
                let is_given = event_target_checked(&event);
                value.update(|given| {
                    given.retain(|other| *other != permission);
                    if is_given {
                        given.push(permission);
                    }
                });
            };
            view! {
                <label class="people-permission" class:differs=differs>
                    <input type="checkbox" name=permission.code() prop:checked=is_given checked=is_given() on:change=toggle />
                    <span>
                        <strong>{name}</strong>
                        <small class="muted">{about}</small>
                    </span>
                    <small class="people-differs" hidden=move || !differs()>
                        <span aria-hidden="true">"▲ "</span>
                        {td_string!(locale, people.differs)}
                    </small>
                </label>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! {
        <p class="muted">{td_string!(locale, people.permissions_about)}</p>
        <div class="people-permissions" role="group" aria-labelledby="people-permissions">
            {checks}
        </div>
        <p class="people-wrong" role="alert">
            {move || {
                problem.get().map(|kind| format!("■ {}", crate::components::words::field_problem(locale, kind)))
            }}
        </p>
        <div>
            <button type="button" class="quiet" on:click=move |_| value.set(Permission::usual_for(role.get_untracked()))>
                {td_string!(locale, people.usual)}
            </button>
        </div>
    }
}
