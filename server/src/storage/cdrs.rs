//! Table `cdrs`: call records as the switch posted them.

use app::model::ids::NodeName;
use app::model::time::UnixMs;
use sqlx::{MySql, MySqlConnection, MySqlExecutor, QueryBuilder};

use super::StorageError;
use super::exact::Exact;
use crate::history::cdr::ReceivedCdr;

/// Rows of one statement; a record is 10 to 30 kB, a packet of MariaDB at least 16 MB.
const CHUNK: usize = 100;

/// Stores call records; one that is there already stays as it is.
///
/// # Errors
/// `Database`.
pub async fn store_cdrs(executor: &mut MySqlConnection, cdrs: &[ReceivedCdr]) -> Result<(), StorageError> {
    for cdrs in cdrs.chunks(CHUNK) {
        QueryBuilder::<MySql>::new(
            "INSERT INTO cdrs (node, uuid, leg, received_at_ms, ended_at_ms, member_uuid, is_settled, body_json) ",
        )
        .push_values(cdrs, |mut row, cdr| {
            row.push_bind(&cdr.node.0)
                .push_bind(&cdr.uuid)
                .push_bind(cdr.leg.code())
                .push_bind(cdr.received_at.0)
                .push_bind(cdr.ended_at.0)
                .push_bind(cdr.member_uuid.as_deref())
                // What was part of no queue teaches nothing about one.
                .push_bind(cdr.member_uuid.is_none())
                .push_bind(&cdr.body);
        })
        .push(" ON DUPLICATE KEY UPDATE id = id")
        .build()
        .execute(&mut *executor)
        .await
        .map_err(StorageError::of("store call records"))?;
    }
    Ok(())
}

/// A record that has not been compared with what the events told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsettledCdr {
    /// Its row.
    pub id: u64,
    /// Node.
    pub node: NodeName,
    /// When it came.
    pub received_at: UnixMs,
    /// As it was posted.
    pub body: String,
}

/// Nodes that have records that have not been compared.
///
/// # Errors
/// `Database`.
pub async fn list_unsettled_nodes(executor: impl MySqlExecutor<'_>) -> Result<Vec<NodeName>, StorageError> {
    let nodes: Vec<Exact> =
        sqlx::query_scalar("SELECT DISTINCT node FROM cdrs WHERE NOT is_settled ORDER BY node")
            .fetch_all(executor)
            .await
            .map_err(StorageError::of("list the nodes of call records"))?;
    Ok(nodes.into_iter().map(|node| NodeName(node.0)).collect())
}

/// Which records are looked at.
#[derive(Clone, Copy, Debug)]
pub struct UnsettledUntil {
    /// Of channels that ended up to here, by the switch's clock.
    pub ended: UnixMs,
    /// That came up to here.
    pub received: UnixMs,
}

/// Records of a node that have not been compared, oldest first, after a row.
///
/// # Errors
/// `Database`.
pub async fn list_unsettled_cdrs(
    executor: impl MySqlExecutor<'_>,
    node: &NodeName,
    after: u64,
    until: UnsettledUntil,
    most: u32,
) -> Result<Vec<UnsettledCdr>, StorageError> {
    let rows: Vec<(u64, Exact, i64, Exact)> = sqlx::query_as(
        "SELECT id, node, received_at_ms, body_json FROM cdrs
         WHERE NOT is_settled AND node = ? AND id > ? AND ended_at_ms <= ? AND received_at_ms <= ?
         ORDER BY id LIMIT ?",
    )
    .bind(&node.0)
    .bind(after)
    .bind(until.ended.0)
    .bind(until.received.0)
    .bind(most)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("list call records"))?;
    Ok(rows
        .into_iter()
        .map(|(id, node, received_at_ms, body)| UnsettledCdr {
            id,
            node: NodeName(node.0),
            received_at: UnixMs(received_at_ms),
            body: body.0,
        })
        .collect())
}

/// Notes that records have been compared.
///
/// # Errors
/// `Database`.
pub async fn settle_cdrs(executor: &mut MySqlConnection, ids: &[u64]) -> Result<(), StorageError> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut query = QueryBuilder::<MySql>::new("UPDATE cdrs SET is_settled = TRUE WHERE id IN (");
    let mut separated = query.separated(", ");
    for id in ids {
        separated.push_bind(id);
    }
    query.push(")").build().execute(&mut *executor).await.map_err(StorageError::of("settle call records"))?;
    Ok(())
}

/// What came of a node in an interval, for judging whether its call records have closed a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CdrsOf {
    /// A record of a channel that ended in the interval is there.
    pub within: bool,
    /// A record of a channel that ended after the interval is there: the switch can post.
    pub after: bool,
    /// A record of a channel that ended before the end of the interval has not been compared.
    pub unsettled: bool,
}

/// Looks which call records of a node there are about an interval.
///
/// # Errors
/// `Database`.
pub async fn look_for_cdrs(
    executor: impl MySqlExecutor<'_>,
    node: &NodeName,
    from: UnixMs,
    to: UnixMs,
) -> Result<CdrsOf, StorageError> {
    let (within, after, unsettled): (bool, bool, bool) = sqlx::query_as(
        "SELECT EXISTS (SELECT 1 FROM cdrs WHERE node = ? AND ended_at_ms BETWEEN ? AND ?),
                EXISTS (SELECT 1 FROM cdrs WHERE node = ? AND ended_at_ms > ?),
                EXISTS (SELECT 1 FROM cdrs WHERE NOT is_settled AND node = ? AND ended_at_ms <= ?)",
    )
    .bind(&node.0)
    .bind(from.0)
    .bind(to.0)
    .bind(&node.0)
    .bind(to.0)
    .bind(&node.0)
    .bind(to.0)
    .fetch_one(executor)
    .await
    .map_err(StorageError::of("look for call records"))?;
    Ok(CdrsOf { within, after, unsettled })
}
