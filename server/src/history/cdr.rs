//! Call records of mod_json_cdr, and what they tell of stays in queues. Pure.
//!
//! Values of variables are percent-encoded inside the JSON; the caller profile is not (recorded on the real module, and
//! so is which variable is there when). The switch's times are microseconds (`*_uepoch`, stamps of applications), those of
//! mod_callcenter whole seconds (`cc_*_epoch`): where both mean the same moment, the finer one is taken.

use app::model::ids::{MemberKey, NodeName};
use app::model::metrics::{CallOutcome, QueueToday};
use app::model::thresholds::QueueTargets;
use app::model::time::{DurationMs, UnixMs};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::{Answer, End, QueueCall, Talk};
use crate::wallboard::facts::CallKey;

/// A moment in whole seconds and one in microseconds are the same if they are not further apart.
const SAME_MOMENT: DurationMs = DurationMs::from_s(2);

/// Which side of a call a channel was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leg {
    /// The caller's channel.
    A,
    /// One that the switch made.
    B,
}

impl Leg {
    /// The letter that the database stores.
    pub const fn code(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }
}

/// A record as it came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedCdr {
    /// From which node.
    pub node: NodeName,
    /// The channel.
    pub uuid: String,
    /// Its side.
    pub leg: Leg,
    /// When it came.
    pub received_at: UnixMs,
    /// When the channel was hung up.
    pub ended_at: UnixMs,
    /// The stay in a queue that the channel was part of.
    pub member_uuid: Option<String>,
    /// As it was posted.
    pub body: String,
}

/// Why a record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableCdr {
    /// Not JSON.
    #[error("it is not JSON: {0}")]
    NotJson(String),
    /// A variable that every record has is missing.
    #[error("the variable {0} is missing")]
    Missing(&'static str),
}

/// What a record tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cdr {
    /// The channel.
    pub uuid: String,
    /// Its side.
    pub leg: Leg,
    /// When it was hung up.
    pub ended_at: UnixMs,
    /// The stay that it was part of.
    pub member_uuid: Option<String>,
    /// All of a stay, where the channel is the caller's.
    pub stay: Option<Stay>,
}

/// A stay in a queue as the caller's record tells it. A caller who was in several queues one after the other has the last one
/// in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Membership.
    pub member_uuid: String,
    /// Queue.
    pub queue: String,
    /// The caller's channel.
    pub session_uuid: String,
    /// Name.
    pub caller_name: String,
    /// Number.
    pub caller_number: String,
    /// When the caller joined.
    pub joined_at: UnixMs,
    /// Who answered, and when.
    pub answered: Option<(String, UnixMs)>,
    /// When the stay ended.
    pub ended_at: UnixMs,
    /// How.
    pub outcome: CallOutcome,
}

/// Reads a record.
///
/// # Errors
/// [`UnreadableCdr`].
pub fn parse(body: &str) -> Result<Cdr, UnreadableCdr> {
    let json: Value =
        serde_json::from_str(body).map_err(|error| UnreadableCdr::NotJson(error.to_string()))?;
    let variables = Variables(&json["variables"]);
    let uuid = variables.get("uuid").ok_or(UnreadableCdr::Missing("uuid"))?;
    let ended_at = variables
        .micros("end_uepoch")
        .or_else(|| variables.seconds("end_epoch"))
        .ok_or(UnreadableCdr::Missing("end_uepoch"))?;
    let leg = if json["channel_data"]["direction"] == "outbound" { Leg::B } else { Leg::A };
    let is_member = variables.get("cc_side").as_deref() == Some("member");
    Ok(Cdr {
        stay: if is_member { stay(&json, &variables, &uuid, ended_at) } else { None },
        member_uuid: variables.get("cc_member_uuid"),
        uuid,
        leg,
        ended_at,
    })
}

fn stay(json: &Value, variables: &Variables, uuid: &str, ended_at: UnixMs) -> Option<Stay> {
    let finer = |fine: Option<UnixMs>, coarse: UnixMs| {
        fine.filter(|fine| (fine.0 - coarse.0).abs() <= SAME_MOMENT.0).unwrap_or(coarse)
    };
    let joined_at = finer(last_callcenter_stamp(json), variables.seconds("cc_queue_joined_epoch")?);
    let answered = variables
        .seconds("cc_queue_answered_epoch")
        .zip(variables.get("cc_agent"))
        .map(|(at, agent)| (agent, finer(variables.micros("bridge_uepoch"), at)));
    let left = variables
        .seconds("cc_queue_canceled_epoch")
        .or_else(|| variables.seconds("cc_queue_terminated_epoch"))
        .unwrap_or(ended_at);
    let outcome = match (variables.get("cc_cause").as_deref(), variables.get("cc_cancel_reason").as_deref()) {
        (Some("answered"), _) => CallOutcome::Answered,
        (_, Some("TIMEOUT")) => CallOutcome::TimedOut,
        (_, Some("NO_AGENT_TIMEOUT")) => CallOutcome::NoAgent,
        (_, Some("EXIT_WITH_KEY")) => CallOutcome::LeftByKey,
        // Hung up, or the record does not say.
        _ if answered.is_some() => CallOutcome::Answered,
        _ => CallOutcome::Abandoned,
    };
    let profile = &json["callflow"][0]["caller_profile"];
    let text = |name: &str| profile[name].as_str().unwrap_or_default().to_owned();
    Some(Stay {
        member_uuid: variables.get("cc_member_uuid")?,
        queue: variables.get("cc_queue")?,
        session_uuid: uuid.to_owned(),
        caller_name: text("caller_id_name"),
        caller_number: text("caller_id_number"),
        joined_at,
        answered: if outcome == CallOutcome::Answered { answered } else { None },
        ended_at: finer(Some(ended_at), left),
        outcome,
    })
}

/// When the caller entered the last queue, in the log of applications.
fn last_callcenter_stamp(json: &Value) -> Option<UnixMs> {
    let applications = json["app_log"]["applications"].as_array()?;
    let last = applications.iter().rev().find(|application| application["app_name"] == "callcenter")?;
    Some(UnixMs::from_epoch_us(last["app_stamp"].as_str()?.parse().ok()?))
}

struct Variables<'a>(&'a Value);

impl Variables<'_> {
    fn get(&self, name: &str) -> Option<String> {
        let text = self.0[name].as_str().filter(|text| !text.is_empty())?;
        // A caller may send anything: bytes that are no UTF-8 are shown as such.
        Some(percent_decode_str(text).decode_utf8_lossy().into_owned())
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok().filter(|number| *number > 0)
    }

    fn seconds(&self, name: &str) -> Option<UnixMs> {
        self.number(name).and_then(UnixMs::from_epoch_s)
    }

    fn micros(&self, name: &str) -> Option<UnixMs> {
        self.number(name).map(UnixMs::from_epoch_us)
    }
}

/// What a record added to a stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completed {
    /// The stay as it is known now.
    pub row: QueueCall,
    /// What the numbers of its queue lacked, as far as it happened in the day that began at `midnight`.
    pub missing: QueueToday,
    /// The same of the agent who answered: answers, and the length of talks.
    pub agent: Option<(String, u32, DurationMs)>,
}

/// Completes a stay by the caller's record. What the events told stays as it is: they are finer. `None` when the record
/// tells nothing new.
pub fn complete(
    known: Option<&QueueCall>,
    stay: &Stay,
    node: &NodeName,
    targets: &QueueTargets,
    wrap_up: DurationMs,
    midnight: UnixMs,
) -> Option<Completed> {
    let call = CallKey { member: MemberKey::new(node, stay.member_uuid.clone()), joined_at: stay.joined_at };
    let mut row = known.cloned().unwrap_or_else(|| QueueCall::joined(call));
    if row.is_complete() && !row.is_incomplete {
        return None;
    }
    if row.queue.is_empty() {
        row.queue.clone_from(&stay.queue);
        row.session_uuid.clone_from(&stay.session_uuid);
        row.caller_name.clone_from(&stay.caller_name);
        row.caller_number.clone_from(&stay.caller_number);
    }
    let joined_at = row.call.joined_at;
    let is_today = |at: UnixMs| at >= midnight;
    let mut missing = QueueToday::default();
    let (mut answered, mut talked) = (0, DurationMs(0));
    let mut by = None;
    if row.answer.is_none()
        && let Some((agent, at)) = &stay.answered
    {
        let wait = at.since(joined_at);
        let is_in_time = wait.whole_s() < i64::from(targets.service_level_s);
        row.answer = Some(Answer { agent: agent.clone(), at: *at, wait, is_in_time });
        if is_today(*at) {
            missing.answered = 1;
            missing.answered_in_time = u32::from(is_in_time);
            missing.answer_wait_ms = wait.0;
            answered = 1;
        }
    }
    if row.talk.is_none()
        && let Some(answer) = &row.answer
        && stay.outcome == CallOutcome::Answered
    {
        let length = stay.ended_at.since(answer.at);
        row.talk = Some(Talk { until: stay.ended_at, length, wrap_up });
        if is_today(stay.ended_at) {
            missing.handled = 1;
            missing.handle_ms = length.0 + wrap_up.0;
            talked = length;
        }
    }
    if row.end.is_none() {
        let wait = stay.ended_at.since(joined_at);
        let is_abandoned = stay.outcome == CallOutcome::Abandoned;
        let end = End {
            at: stay.ended_at,
            outcome: stay.outcome,
            is_short: is_abandoned && wait.whole_s() < i64::from(targets.short_abandon_s),
            is_in_time: is_abandoned && wait.whole_s() < i64::from(targets.service_level_s),
        };
        row.end = Some(end);
        if is_today(end.at) {
            match end.outcome {
                CallOutcome::Answered => {}
                CallOutcome::Abandoned => {
                    missing.abandoned = 1;
                    missing.abandoned_short = u32::from(end.is_short);
                    missing.abandoned_in_time = u32::from(end.is_in_time);
                }
                CallOutcome::TimedOut => missing.timed_out = 1,
                CallOutcome::NoAgent => missing.no_agent = 1,
                CallOutcome::LeftByKey => missing.left_by_key = 1,
                CallOutcome::Moved => missing.moved = 1,
            }
        }
    }
    row.is_incomplete = false;
    if known == Some(&row) {
        return None;
    }
    if answered > 0 || talked.0 > 0 {
        by = row.answer.as_ref().map(|answer| (answer.agent.clone(), answered, talked));
    }
    Some(Completed { row, missing, agent: by })
}
