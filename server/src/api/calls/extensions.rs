//! The supervisor's own telephones: which one rings, on each node.

use app::api::ApiError;
use app::api::permit::{Permit, WatchBoard};
use app::model::destination::Destination;
use app::model::ids::NodeName;
use app::model::problem::FieldProblem;
use app::model::supervise::OwnExtension;

use super::Calls;
use crate::clock;
use crate::storage::audit::{self, NewAudit};
use crate::storage::{Database, StorageError, user_extensions};

/// The telephone of a user on a node.
pub(super) async fn find(
    database: &Database,
    user_id: u64,
    node: &NodeName,
) -> Result<Option<Destination>, ApiError> {
    Ok(user_extensions::find_extension(database.pool()?, user_id, node).await?)
}

impl Calls {
    /// One line a configured node. Without a database none is known, and pages are shown all the same.
    pub(super) async fn extensions(&self, user_id: u64) -> Result<Vec<OwnExtension>, ApiError> {
        let stored = match self.database.pool() {
            Ok(pool) => user_extensions::list_extensions(pool, user_id).await?,
            Err(_) => Vec::new(),
        };
        let extension_on = |node: &NodeName| {
            stored.iter().find(|stored| stored.node == *node).map(|stored| stored.extension.clone())
        };
        let mut own: Vec<OwnExtension> = self
            .switches
            .nodes()
            .map(|node| OwnExtension { node: node.clone(), extension: extension_on(node) })
            .collect();
        own.sort_by(|a, b| a.node.cmp(&b.node));
        Ok(own)
    }

    pub(super) async fn set_extension(
        &self,
        permit: &Permit<WatchBoard>,
        node: NodeName,
        extension: &str,
    ) -> Result<(), ApiError> {
        if !self.switches.nodes().any(|known| *known == node) {
            return Err(ApiError::NotFound);
        }
        let user_id = permit.user().id;
        let before = find(&self.database, user_id, &node).await?;
        let after = match extension.trim() {
            "" => None,
            typed => Some(Destination::parse(typed).map_err(|kind| {
                ApiError::Invalid(vec![FieldProblem { field: "extension".to_owned(), kind }])
            })?),
        };
        let row = NewAudit::by(permit, "user.set-extension", format!("{node}/{}", permit.user().name))
            .before(&before)
            .after(&after);
        let mut transaction = self.database.begin().await?;
        user_extensions::set_extension(&mut *transaction, user_id, &node, after.as_ref()).await?;
        audit::record_done(&mut *transaction, &row, clock::now()).await?;
        transaction.commit().await.map_err(StorageError::of("set the telephone of a user"))?;
        Ok(())
    }
}
