//! What the call center is made of: edits by admins.

use app::api::ApiError;
use app::api::center::CenterApi;
use app::api::permit::{ManageCenter, Permit};
use app::model::center::{BreakReason, CenterView, OutcomeCode};
use app::model::problem::FieldProblem;

use crate::center::{self, Center};
use crate::clock;
use crate::storage::audit::{self, NewAudit};
use crate::storage::settings::{self, Owner};
use crate::storage::{Database, StorageError, break_reasons, outcome_codes};

/// Implements [`CenterApi`].
pub struct CenterEdits {
    pub(super) database: Database,
    pub(super) center: Center,
}

#[async_trait::async_trait]
impl CenterApi for CenterEdits {
    async fn read_center(&self, _permit: Permit<ManageCenter>) -> Result<CenterView, ApiError> {
        Ok(center::load(self.database.pool()?).await?)
    }

    async fn save_break_reason(
        &self,
        permit: Permit<ManageCenter>,
        reason: BreakReason,
        is_new: bool,
    ) -> Result<(), ApiError> {
        refuse(reason.problems())?;
        let row = NewAudit::by(&permit, "center.save-break-reason", &reason.name.code).after(&reason);
        let mut transaction = self.database.begin().await?;
        let row = if is_new {
            break_reasons::create_break_reason(&mut *transaction, &reason).await?;
            row
        } else {
            let before = break_reasons::lock_break_reason(&mut *transaction, &reason.name.code).await?;
            break_reasons::update_break_reason(&mut *transaction, &reason).await?;
            row.before(&before)
        };
        audit::record_done(&mut *transaction, &row, clock::now()).await?;
        transaction.commit().await.map_err(StorageError::of("store the break reason"))?;
        Ok(self.center.tell().await?)
    }

    async fn save_outcome_code(
        &self,
        permit: Permit<ManageCenter>,
        outcome: OutcomeCode,
        is_new: bool,
    ) -> Result<(), ApiError> {
        refuse(outcome.problems())?;
        let row = NewAudit::by(&permit, "center.save-outcome-code", &outcome.name.code).after(&outcome);
        let mut transaction = self.database.begin().await?;
        let row = if is_new {
            outcome_codes::create_outcome_code(&mut *transaction, &outcome).await?;
            row
        } else {
            let before = outcome_codes::lock_outcome_code(&mut *transaction, &outcome.name.code).await?;
            outcome_codes::update_outcome_code(&mut *transaction, &outcome).await?;
            row.before(&before)
        };
        audit::record_done(&mut *transaction, &row, clock::now()).await?;
        transaction.commit().await.map_err(StorageError::of("store the outcome code"))?;
        Ok(())
    }

    async fn offer_on_demand(&self, permit: Permit<ManageCenter>, is_offered: bool) -> Result<(), ApiError> {
        let mut transaction = self.database.begin().await?;
        let before: Option<bool> =
            settings::lock_setting(&mut transaction, Owner::Center, center::ON_DEMAND).await?;
        settings::save_setting(&mut *transaction, Owner::Center, center::ON_DEMAND, &is_offered).await?;
        let row =
            NewAudit::by(&permit, "center.offer-on-demand", "center").before(&before).after(&is_offered);
        audit::record_done(&mut *transaction, &row, clock::now()).await?;
        transaction.commit().await.map_err(StorageError::of("store what desks offer"))?;
        Ok(())
    }
}

fn refuse(problems: Vec<FieldProblem>) -> Result<(), ApiError> {
    if problems.is_empty() { Ok(()) } else { Err(ApiError::Invalid(problems)) }
}
