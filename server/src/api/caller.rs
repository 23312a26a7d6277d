//! The caller of an agent, and what agents write down.

use app::api::ApiError;
use app::api::caller::CallerApi;
use app::api::permit::{Permit, WorkAtDesk};
use app::model::account::Permission;
use app::model::ids::{AgentKey, MemberKey, QueueKey};
use app::model::note::{CallNote, CallerView, LONGEST_NOTE, text_problem};
use app::model::problem::{FieldProblem, ProblemKind};
use app::model::time::{DurationMs, UnixMs};

use super::desk::own_agent;
use crate::center::Center;
use crate::clock;
use crate::storage::audit::{self, NewAudit};
use crate::storage::{Database, StorageError, call_notes, number_notes};
use crate::wallboard::hub::Hub;

/// How far back earlier calls are shown.
const EARLIER: DurationMs = DurationMs::from_s(30 * 86_400);
/// How long a call stays the last one: a shift.
const LAST_CALL: DurationMs = DurationMs::from_s(12 * 3_600);

/// Implements [`CallerApi`].
pub struct Callers {
    pub(super) hub: Hub,
    pub(super) database: Database,
    pub(super) center: Center,
}

/// The call that may be noted of.
struct NotedCall {
    member: MemberKey,
    queue: QueueKey,
    name: String,
    number: String,
}

#[async_trait::async_trait]
impl CallerApi for Callers {
    async fn read_own_caller(&self, permit: Permit<WorkAtDesk>) -> Result<Option<CallerView>, ApiError> {
        let agent = own_agent(&permit)?;
        let Some(call) = self.call(&agent).await? else { return Ok(None) };
        let NotedCall { member, queue, name, number } = call;
        let pool = self.database.pool()?;
        let since = UnixMs(clock::now().0 - EARLIER.0);
        let has_number = !number.trim().is_empty();
        let (earlier, number_note) = if has_number {
            let earlier = call_notes::list_earlier_calls(pool, &number, since, &member).await?;
            (earlier, number_notes::find_number_note(pool, &number).await?.unwrap_or_default())
        } else {
            Default::default()
        };
        let call_note = call_notes::find_call_note(pool, &member).await?.unwrap_or_default();
        let mut outcomes = self.center.read().await?.outcomes;
        // One that was chosen and retired since stays to be seen.
        outcomes.retain(|outcome| {
            outcome.is_offered_for(&queue.name) || call_note.outcome.as_ref() == Some(&outcome.name.code)
        });
        let may_see = permit.user().may(Permission::SeeNumbers);
        Ok(Some(CallerView {
            member,
            queue,
            name: if may_see || name != number { name } else { String::new() },
            number: if may_see { number } else { String::new() },
            has_number,
            earlier,
            number_note,
            call_note,
            outcomes,
        }))
    }

    async fn save_call_note(
        &self,
        permit: Permit<WorkAtDesk>,
        member: MemberKey,
        mut note: CallNote,
    ) -> Result<(), ApiError> {
        let agent = own_agent(&permit)?;
        let call = self.noted_call(&agent, &member).await?;
        refuse("note", text_problem(&note.text, LONGEST_NOTE))?;
        note.outcome = note.outcome.filter(|code| !code.is_empty());
        let mut transaction = self.database.begin().await?;
        let before = call_notes::find_call_note(&mut *transaction, &member).await?;
        if let Some(code) = &note.outcome {
            let kept = before.as_ref().and_then(|before| before.outcome.as_ref()) == Some(code);
            let outcomes = self.center.read().await?.outcomes;
            let is_offered = outcomes
                .iter()
                .any(|outcome| outcome.name.code == *code && outcome.is_offered_for(&call.queue.name));
            refuse("outcome", (!kept && !is_offered).then_some(ProblemKind::Unknown))?;
        }
        let now = clock::now();
        call_notes::save_call_note(&mut *transaction, &member, &agent, &note, now).await?;
        let row = NewAudit::by(&permit, "call.note", &member).before(&before).after(&note);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("store the note of the call"))?;
        Ok(())
    }

    async fn save_number_note(
        &self,
        permit: Permit<WorkAtDesk>,
        member: MemberKey,
        text: String,
        version: u32,
    ) -> Result<(), ApiError> {
        let agent = own_agent(&permit)?;
        let call = self.noted_call(&agent, &member).await?;
        if call.number.trim().is_empty() {
            return Err(ApiError::NotFound);
        }
        refuse("note", text_problem(&text, LONGEST_NOTE))?;
        let now = clock::now();
        let user_id = permit.user().id;
        let mut transaction = self.database.begin().await?;
        let before = number_notes::find_number_note(&mut *transaction, &call.number).await?;
        number_notes::save_number_note(&mut *transaction, &call.number, &text, version, user_id, now).await?;
        let row = NewAudit::by(&permit, "number.note", &call.number)
            .before(&before.map(|note| note.text))
            .after(&text);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("store the note of the number"))?;
        Ok(())
    }
}

impl Callers {
    /// The call of the moment, else the last one.
    async fn call(&self, agent: &AgentKey) -> Result<Option<NotedCall>, ApiError> {
        if let Some(call) = self.hub.agent(agent).and_then(|row| row.call) {
            return Ok(Some(NotedCall {
                member: call.member,
                queue: call.queue,
                name: call.caller_name,
                number: call.caller_number,
            }));
        }
        let since = UnixMs(clock::now().0 - LAST_CALL.0);
        let last = call_notes::find_last_answered_call(self.database.pool()?, agent, since).await?;
        Ok(last.map(|call| NotedCall {
            member: call.member,
            queue: call.queue,
            name: call.caller_name,
            number: call.caller_number,
        }))
    }

    /// The call that is noted of, if it is still the agent's.
    async fn noted_call(&self, agent: &AgentKey, member: &MemberKey) -> Result<NotedCall, ApiError> {
        self.call(agent).await?.filter(|call| call.member == *member).ok_or(ApiError::NotFound)
    }
}

fn refuse(field: &str, kind: Option<ProblemKind>) -> Result<(), ApiError> {
    match kind {
        None => Ok(()),
        Some(kind) => Err(ApiError::Invalid(vec![FieldProblem { field: field.to_owned(), kind }])),
    }
}
