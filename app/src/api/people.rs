//! Users: who may sign in, what they may do, how they are let in again.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{ManagePeople, Permit},
    respond,
};
use crate::model::people::{FirstPassword, NewPerson, PersonDetail, PersonForm, PersonRow};

/// What the server does for those who manage people. Nobody gives what they have not: only administrators touch
/// administrators, and a permission is given by whoever has it. Nobody shuts out the last administrator, nor himself. Such
/// refusals are problems of the field `role`, `permissions` or `person`.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait PeopleApi: Send + Sync {
    /// Everybody, by name.
    async fn list_people(&self, permit: Permit<ManagePeople>) -> Result<Vec<PersonRow>, ApiError>;
    /// One of them, with all that can be edited.
    async fn find_person(&self, permit: Permit<ManagePeople>, id: u64) -> Result<PersonDetail, ApiError>;
    /// Makes a user, whose first sign-in asks for a new password.
    async fn create_person(
        &self,
        permit: Permit<ManagePeople>,
        new: NewPerson,
    ) -> Result<FirstPassword, ApiError>;
    /// Edits a user. Another role ends the user's sessions; other teams or permissions show at once on open boards.
    async fn update_person(
        &self,
        permit: Permit<ManagePeople>,
        id: u64,
        form: PersonForm,
    ) -> Result<(), ApiError>;
    /// Turns a user away: sessions and live streams end at once.
    async fn deactivate_person(&self, permit: Permit<ManagePeople>, id: u64) -> Result<(), ApiError>;
    /// Lets a user in again.
    async fn reactivate_person(&self, permit: Permit<ManagePeople>, id: u64) -> Result<(), ApiError>;
    /// Draws another password, which the next sign-in has changed, and ends the user's sessions.
    async fn reset_password(&self, permit: Permit<ManagePeople>, id: u64) -> Result<FirstPassword, ApiError>;
    /// Takes a lost second factor away.
    async fn take_second_factor(&self, permit: Permit<ManagePeople>, id: u64) -> Result<(), ApiError>;
    /// Ends one session of a user.
    async fn revoke_person_session(
        &self,
        permit: Permit<ManagePeople>,
        id: u64,
        session: u64,
    ) -> Result<(), ApiError>;
}

/// Everybody, by name.
#[server(endpoint = "people/list")]
pub async fn list_people() -> Result<Vec<PersonRow>, ApiError> {
    respond(async { apis()?.people.list_people(permit()?).await }).await
}

/// One user.
#[server(endpoint = "people/find")]
pub async fn find_person(id: u64) -> Result<PersonDetail, ApiError> {
    respond(async { apis()?.people.find_person(permit()?, id).await }).await
}

/// Makes a user.
#[server(endpoint = "people/create", input = leptos::server_fn::codec::Json)]
pub async fn create_person(new: NewPerson) -> Result<FirstPassword, ApiError> {
    respond(async { apis()?.people.create_person(permit()?, new).await }).await
}

/// Edits a user.
#[server(endpoint = "people/update", input = leptos::server_fn::codec::Json)]
pub async fn update_person(id: u64, form: PersonForm) -> Result<(), ApiError> {
    respond(async { apis()?.people.update_person(permit()?, id, form).await }).await
}

/// Turns a user away.
#[server(endpoint = "people/deactivate")]
pub async fn deactivate_person(id: u64) -> Result<(), ApiError> {
    respond(async { apis()?.people.deactivate_person(permit()?, id).await }).await
}

/// Lets a user in again.
#[server(endpoint = "people/reactivate")]
pub async fn reactivate_person(id: u64) -> Result<(), ApiError> {
    respond(async { apis()?.people.reactivate_person(permit()?, id).await }).await
}

/// Draws another password.
#[server(endpoint = "people/reset-password")]
pub async fn reset_password(id: u64) -> Result<FirstPassword, ApiError> {
    respond(async { apis()?.people.reset_password(permit()?, id).await }).await
}

/// Takes a lost second factor away.
#[server(endpoint = "people/take-second-factor")]
pub async fn take_second_factor(id: u64) -> Result<(), ApiError> {
    respond(async { apis()?.people.take_second_factor(permit()?, id).await }).await
}

/// Ends one session of a user.
#[server(endpoint = "people/revoke-session")]
pub async fn revoke_person_session(id: u64, session: u64) -> Result<(), ApiError> {
    respond(async { apis()?.people.revoke_person_session(permit()?, id, session).await }).await
}
