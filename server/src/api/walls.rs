//! Wall links.

use app::api::ApiError;
use app::api::permit::{ManageWalls, Permit};
use app::api::walls::WallsApi;
use app::model::account::Language;
use app::model::ids::QueueKey;
use app::model::problem::{FieldProblem, ProblemKind};
use app::model::wall::{NewWallLink, Scope, WallLink};

use super::error::internal;
use crate::auth::walls::WallToken;
use crate::auth::{Admission, Auth};
use crate::clock;
use crate::storage::audit::{self, NewAudit};
use crate::storage::walls::{self, NewWall};
use crate::storage::{Database, StorageError};

/// The longest title, and the most queues that can be chosen one by one.
const LONGEST_TITLE: u32 = 100;
const MOST_QUEUES: u32 = 200;

/// Implements [`WallsApi`].
pub struct Walls {
    pub(super) database: Database,
    pub(super) auth: Auth,
}

#[async_trait::async_trait]
impl WallsApi for Walls {
    async fn list_walls(&self, permit: Permit<ManageWalls>) -> Result<Vec<WallLink>, ApiError> {
        let mut links = walls::list_walls(self.database.pool()?).await?;
        links.retain(|link| is_own(&permit, &link.queues));
        Ok(links)
    }

    async fn create_wall(
        &self,
        permit: Permit<ManageWalls>,
        title: String,
        queues: Vec<QueueKey>,
        language: Language,
    ) -> Result<NewWallLink, ApiError> {
        let title = title.trim();
        let problems = problems_of(title, &queues);
        if !problems.is_empty() {
            return Err(ApiError::Invalid(problems));
        }
        // Sorted and without repeats; none means all that the user may see.
        let queues = match (Scope::of(queues), permit.scope()) {
            (Scope::Queues(queues), _) => queues,
            (_, Scope::Teams { queues, .. }) => queues.clone(),
            _ => Vec::new(),
        };
        if !is_own(&permit, &queues) {
            return Err(ApiError::NotFound);
        }
        let (token, now) = (WallToken::random(), clock::now());
        let new = NewWall {
            token_hash: &token.hash(),
            title,
            queues: &queues,
            language,
            created_by: permit.user().id,
        };
        let mut transaction = self.database.begin().await?;
        let id = walls::create_wall(&mut *transaction, &new, now).await?;
        let link = walls::find_wall(&mut *transaction, id).await?;
        let link = link.ok_or_else(|| internal(&"a wall link is gone that was just stored"))?;
        let row = NewAudit::by(&permit, "wall.create", id).after(&link);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("store the wall link"))?;
        Ok(NewWallLink { link, path: format!("/wall/{}", token.reveal()) })
    }

    async fn revoke_wall(&self, permit: Permit<ManageWalls>, id: u64) -> Result<(), ApiError> {
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        let before = walls::find_wall(&mut *transaction, id).await?.ok_or(ApiError::NotFound)?;
        if !is_own(&permit, &before.queues) {
            return Err(ApiError::NotFound);
        }
        walls::revoke_wall(&mut *transaction, id, now).await?;
        let row = NewAudit::by(&permit, "wall.revoke", id).before(&before);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("revoke the wall link"))?;
        self.auth.walls.forget(id);
        self.auth.revocations.announce(Admission::Wall(id));
        Ok(())
    }
}

/// Whether a link with these queues (none means all) shows nothing but what the user may see.
fn is_own(permit: &Permit<ManageWalls>, queues: &[QueueKey]) -> bool {
    match permit.scope() {
        Scope::All => true,
        scope => !queues.is_empty() && queues.iter().all(|queue| scope.has_queue(queue)),
    }
}

fn problems_of(title: &str, queues: &[QueueKey]) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut check = |field: &str, holds: bool, kind| {
        if !holds {
            problems.push(FieldProblem { field: field.to_owned(), kind });
        }
    };
    check("title", !title.is_empty(), ProblemKind::Required);
    check("title", title.chars().count() <= LONGEST_TITLE as usize, ProblemKind::TooLong(LONGEST_TITLE));
    check("title", !title.contains(char::is_control), ProblemKind::ControlCharacter);
    check("queues", queues.len() <= MOST_QUEUES as usize, ProblemKind::Between(0, MOST_QUEUES));
    problems
}
