//! The own day of an agent, from the record and the board.

use std::collections::HashMap;

use app::api::ApiError;
use app::model::agent::{AgentRow, Presence};
use app::model::day::{DayNumbers, DaySegment, OwnDay, joined};
use app::model::ids::AgentKey;
use app::model::time::{DurationMs, UnixMs};
use app::model::wall::Scope;

use crate::clock;
use crate::history::record::ActivityInterval;
use crate::storage::{Database, agent_activity, call_notes};
use crate::wallboard::hub::Hub;

/// What an agent did today, and the numbers beside the median of the colleagues who share a queue.
pub(super) async fn own_day(hub: &Hub, database: &Database, agent: &AgentKey) -> Result<OwnDay, ApiError> {
    let board = hub.snapshot(&Scope::All).board;
    let row = board.agents.iter().find(|row| row.key == *agent).ok_or(ApiError::NotFound)?;
    let (since, now) = (board.counted_since, clock::now());
    let pool = database.pool()?;
    let intervals = agent_activity::list_activity_since(pool, agent, since).await?;
    let mut sums: HashMap<AgentKey, Sums> = HashMap::new();
    for (agent, count, length) in call_notes::sum_handling_since(pool, since).await? {
        let sums = sums.entry(agent).or_default();
        (sums.handled, sums.handling) = (count, length);
    }
    for (agent, _, length) in agent_activity::sum_breaks_since(pool, since).await? {
        let sums = sums.entry(agent).or_default();
        sums.breaks = DurationMs(sums.breaks.0 + length.0);
    }
    let numbers = |row: &AgentRow| numbers(row, sums.get(&row.key).copied().unwrap_or_default(), since, now);
    let shares_a_queue =
        |other: &AgentRow| other.tiers.iter().any(|tier| row.tiers.iter().any(|own| own.queue == tier.queue));
    let team: Vec<DayNumbers> = board
        .agents
        .iter()
        .filter(|other| other.key != *agent && shares_a_queue(other))
        // Who did not work today would make everybody else look busy.
        .filter(|other| other.presence != Presence::LoggedOut || other.answered_today > 0)
        .map(numbers)
        .collect();
    Ok(OwnDay {
        since,
        read_at: now,
        segments: segments(intervals, row, since),
        own: numbers(row),
        median: DayNumbers::median(&team),
    })
}

/// What the record knows of an agent's day.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    handled: u32,
    handling: DurationMs,
    breaks: DurationMs,
}

fn numbers(row: &AgentRow, sums: Sums, since: UnixMs, now: UnixMs) -> DayNumbers {
    let seconds = |length: DurationMs| u32::try_from(length.whole_s()).unwrap_or_default();
    let open_break = row
        .presence_since
        .filter(|_| row.presence == Presence::OnBreak)
        .map(|from| now.since(from.max(since)))
        .unwrap_or_default();
    DayNumbers {
        answered: row.answered_today,
        missed: row.missed_today,
        talk_s: row.talk_s_today,
        handle_s: seconds(sums.handling).checked_div(sums.handled).unwrap_or_default(),
        break_s: seconds(DurationMs(sums.breaks.0 + open_break.0)),
    }
}

/// The intervals on record, cut at the start of the day, and what the board knows beyond them: the record is written a
/// moment later.
fn segments(intervals: Vec<ActivityInterval>, row: &AgentRow, since: UnixMs) -> Vec<DaySegment> {
    let mut segments: Vec<DaySegment> = intervals
        .into_iter()
        .map(|interval| DaySegment {
            presence: interval.activity.presence,
            reason: interval.activity.reason.filter(|_| interval.activity.presence == Presence::OnBreak),
            from: interval.started_at.max(since),
            to: interval.ended_at,
        })
        .collect();
    let present = DaySegment {
        presence: row.presence,
        reason: row.reason.clone().filter(|_| row.presence == Presence::OnBreak),
        from: row.presence_since.unwrap_or(since).max(since),
        to: None,
    };
    let is_on_record = segments.last().is_some_and(|last| {
        last.presence == present.presence && last.reason == present.reason && last.to.is_none()
    });
    if !is_on_record {
        if let Some(last) = segments.last_mut()
            && last.to.is_none_or(|to| to > present.from)
        {
            last.to = Some(present.from.max(last.from));
        }
        segments.push(present);
    }
    joined(segments)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so")]
    use app::model::agent::{AgentState, AgentStatus};
    use app::model::ids::NodeName;

    use super::*;
    use crate::wallboard::facts::Activity;

    fn interval(presence: Presence, from: i64, to: Option<i64>) -> ActivityInterval {
        ActivityInterval {
            agent: AgentKey::new(&NodeName::new("fs-1"), "1007"),
            started_at: UnixMs(from),
            ended_at: to.map(UnixMs),
            activity: Activity {
                presence,
                status: AgentStatus::Available,
                state: Some(AgentState::Waiting),
                reason: None,
                set_by: None,
            },
        }
    }

    fn row(presence: Presence, since: i64) -> AgentRow {
        AgentRow {
            key: AgentKey::new(&NodeName::new("fs-1"), "1007"),
            display_name: "1007".into(),
            status: AgentStatus::Available,
            status_since: None,
            set_by: None,
            log_out_wanted_by: None,
            reason: None,
            break_until: None,
            desk_lost_at: None,
            presence,
            presence_since: Some(UnixMs(since)),
            wrap_up_until: None,
            call: None,
            tiers: vec![],
            answered_today: 0,
            missed_today: 0,
            talk_s_today: 0,
            ghost: None,
        }
    }

    #[test]
    fn a_day_goes_on_to_what_the_board_shows() {
        let on_record =
            || vec![interval(Presence::Available, -50, Some(10)), interval(Presence::OnCall, 10, None)];
        let shown = |row: &AgentRow| {
            let day = segments(on_record(), row, UnixMs(0));
            day.into_iter()
                .map(|segment| (segment.presence, segment.from.0, segment.to.map(|to| to.0)))
                .collect::<Vec<_>>()
        };
        let before = (Presence::Available, 0, Some(10));
        assert_eq!(shown(&row(Presence::OnCall, 10)), [before, (Presence::OnCall, 10, None)]);
        assert_eq!(
            shown(&row(Presence::WrapUp, 30)),
            [before, (Presence::OnCall, 10, Some(30)), (Presence::WrapUp, 30, None)]
        );
    }
}
