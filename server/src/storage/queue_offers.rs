//! Table `queue_offers`.

use app::model::ids::{AgentKey, NodeName};
use app::model::time::UnixMs;
use sqlx::{MySql, MySqlConnection, MySqlExecutor, QueryBuilder};

use super::StorageError;
use super::exact::Exact;
use crate::history::record::Offer;

/// Rows of one statement.
const CHUNK: usize = 500;

/// Stores offers as they are now.
///
/// # Errors
/// `Database`.
pub async fn store_queue_offers(
    executor: &mut MySqlConnection,
    offers: &[Offer],
) -> Result<(), StorageError> {
    for offers in offers.chunks(CHUNK) {
        QueryBuilder::<MySql>::new(
            "INSERT INTO queue_offers (node, member_uuid, joined_at_ms, agent, offered_at_ms, ended_at_ms, is_answered,
                 cause, is_missed) ",
        )
        .push_values(offers, |mut row, offer| {
            row.push_bind(&offer.call.member.node.0)
                .push_bind(&offer.call.member.uuid)
                .push_bind(offer.call.joined_at.0)
                .push_bind(&offer.agent)
                .push_bind(offer.offered_at.0)
                .push_bind(offer.ended_at.map(|at| at.0))
                .push_bind(offer.is_answered)
                .push_bind(offer.cause.as_ref().map(|cause| cause.chars().take(64).collect::<String>()))
                .push_bind(offer.is_missed);
        })
        .push(
            " ON DUPLICATE KEY UPDATE ended_at_ms = VALUES(ended_at_ms), is_answered = VALUES(is_answered),
                 cause = VALUES(cause), is_missed = VALUES(is_missed)",
        )
        .build()
        .execute(&mut *executor)
        .await
        .map_err(StorageError::of("store the offers to agents"))?;
    }
    Ok(())
}

/// How many offers each agent missed since a moment.
///
/// # Errors
/// `Database`.
pub async fn count_missed_since(
    executor: impl MySqlExecutor<'_>,
    since: UnixMs,
) -> Result<Vec<(AgentKey, u32)>, StorageError> {
    let rows: Vec<(Exact, Exact, i64)> = sqlx::query_as(
        "SELECT node, agent, COUNT(*) FROM queue_offers WHERE ended_at_ms >= ? AND is_missed GROUP BY node, agent",
    )
    .bind(since.0)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("count the missed offers"))?;
    Ok(rows
        .into_iter()
        .map(|(node, agent, missed)| {
            (AgentKey::new(&NodeName(node.0), agent.0), u32::try_from(missed).unwrap_or(u32::MAX))
        })
        .collect())
}
