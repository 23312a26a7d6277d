//! Callbacks follow the record: who gave up waiting is to be called where the rule of the queue says so, and who called by
//! himself and was answered is not to be called any more. Both are stored with the rows that they follow from, in one
//! transaction, and to store them twice is to store them once.

use app::model::callback::{CallbackOrigin, CallbackRule, callable};
use app::model::ids::QueueKey;
use app::model::metrics::CallOutcome;
use app::model::time::{DurationMs, UnixMs};
use sqlx::MySqlConnection;

use super::record::{End, QueueCall};
use crate::storage::callbacks::{self, Request};
use crate::storage::{StorageError, callback_rules};

/// Nobody is called back for what happened longer ago than this: a call record may complete a stay days later.
const FRESH: DurationMs = DurationMs::from_s(86_400);

/// Opens and closes what follows from rows of the record.
pub(super) async fn follow(
    connection: &mut MySqlConnection,
    calls: &[QueueCall],
    now: UnixMs,
) -> Result<(), StorageError> {
    open_abandoned(connection, calls, now).await?;
    close_answered(connection, calls).await
}

async fn open_abandoned(
    connection: &mut MySqlConnection,
    calls: &[QueueCall],
    now: UnixMs,
) -> Result<(), StorageError> {
    let given_up = |call: &&QueueCall| call.end.is_some_and(|end| end.outcome == CallOutcome::Abandoned);
    if !calls.iter().any(|call| given_up(&call)) {
        return Ok(());
    }
    let rules = callback_rules::list_rules(&mut *connection).await?;
    for call in calls.iter().filter(given_up) {
        let queue = QueueKey::new(&call.call.member.node, call.queue.clone());
        let rule = rules.iter().find(|(key, _)| *key == queue).map(|(_, rule)| rule);
        if let Some(request) = rule.and_then(|rule| request_of(call, &queue, rule, now))
            && !callbacks::wants_no_call(&mut *connection, &request.phone, &queue.name).await?
        {
            callbacks::request_callback(&mut *connection, &request).await?;
        }
    }
    Ok(())
}

/// The callback of an abandoned call, if the rule wants one and there is a number to call.
fn request_of(call: &QueueCall, queue: &QueueKey, rule: &CallbackRule, now: UnixMs) -> Option<Request> {
    let End { at, is_short, .. } = call.end?;
    let waited = at.since(call.call.joined_at);
    let is_wanted = rule.is_from_abandoned
        && !is_short
        && waited.whole_s() >= i64::from(rule.abandoned_after_s)
        && now.since(at) < FRESH;
    if !is_wanted {
        return None;
    }
    Some(Request {
        phone: callable(&call.caller_number)?,
        queue: queue.clone(),
        origin: CallbackOrigin::Abandoned,
        member_uuid: Some(call.call.member.uuid.clone()),
        asked_at: at,
    })
}

async fn close_answered(connection: &mut MySqlConnection, calls: &[QueueCall]) -> Result<(), StorageError> {
    let answered: Vec<(String, &str, UnixMs)> = calls
        .iter()
        .filter_map(|call| {
            let answer = call.answer.as_ref()?;
            Some((callable(&call.caller_number)?, &*call.queue, answer.at))
        })
        .collect();
    let phones: Vec<String> = answered.iter().map(|(phone, ..)| phone.clone()).collect();
    // Most who are answered were not to be called: one question for all of them.
    let open = callbacks::list_open_phones(&mut *connection, &phones).await?;
    for (phone, queue, at) in answered.into_iter().filter(|(phone, ..)| open.contains(phone)) {
        callbacks::close_called_back(&mut *connection, &phone, queue, at).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use app::model::ids::{MemberKey, NodeName};

    use super::*;
    use crate::wallboard::facts::CallKey;

    fn abandoned(number: &str, waited_s: i64, is_short: bool) -> QueueCall {
        let member = MemberKey::new(&NodeName::new("fs-1"), "m");
        let at = UnixMs(1_000_000 + waited_s * 1000);
        QueueCall {
            caller_number: number.into(),
            end: Some(End { at, outcome: CallOutcome::Abandoned, is_short, is_in_time: false }),
            ..QueueCall::joined(CallKey { member, joined_at: UnixMs(1_000_000) })
        }
    }

    #[test]
    fn only_who_waited_long_enough_and_can_be_called_is_called_back() {
        let on = CallbackRule { is_from_abandoned: true, ..CallbackRule::default() };
        let queue = QueueKey::new(&NodeName::new("fs-1"), "support@default");
        let (soon, late) = (UnixMs(1_060_000), UnixMs(1_060_000 + FRESH.0));
        for (number, waited_s, is_short, rule, now, is_called) in [
            ("13800138000", 20, false, &on, soon, true),
            ("13800138000", 19, false, &on, soon, false),
            ("13800138000", 20, true, &on, soon, false),
            ("anonymous", 20, false, &on, soon, false),
            ("13800138000", 20, false, &CallbackRule::default(), soon, false),
            ("13800138000", 20, false, &on, late, false),
        ] {
            let call = abandoned(number, waited_s, is_short);
            assert_eq!(
                request_of(&call, &queue, rule, now).is_some(),
                is_called,
                "{number} {waited_s} s, short: {is_short}"
            );
        }
    }
}
