//! The four lists of mod_callcenter, read through its JSON API: the text form does not escape `|` (FACTS 2.4). And the list of
//! channels, which may be long, and is read only when there is something to look for ([`super::lookout`]).

use std::time::Duration;

use app::model::agent::{AgentState, AgentStatus};
use app::model::board::{LinkProblem, MemberState};
use app::model::time::UnixMs;
use serde_json::{Map, Value};

use super::callcenter::{AgentRecord, ChannelRecord, MemberRecord, QueueRecord, TierRecord};
use super::event::SwitchEvent;
use crate::esl::{Commands, Failure};

/// A kind of list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Loaded queues.
    Queues,
    /// Agents.
    Agents,
    /// Which agents serve which queues.
    Tiers,
    /// Callers in queues.
    Members,
    /// Every leg of every call.
    Channels,
}

/// Why a list could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListProblem {
    /// The switch did not answer.
    Link(LinkProblem),
    /// Other commands kept the connections busy; nothing was asked.
    Busy,
    /// The answer is no list: mod_callcenter is not loaded, or speaks otherwise than we know.
    Unreadable,
}

impl List {
    /// Every kind, in the order in which a rebuild reads them.
    pub const ALL: [Self; 4] = [Self::Queues, Self::Agents, Self::Tiers, Self::Members];

    /// The command that asks for it.
    const fn request(self) -> (&'static str, &'static str) {
        match self {
            Self::Queues => ("json", r#"{"command":"callcenter_config","data":{"arguments":"queue list"}}"#),
            Self::Agents => ("json", r#"{"command":"callcenter_config","data":{"arguments":"agent list"}}"#),
            Self::Tiers => ("json", r#"{"command":"callcenter_config","data":{"arguments":"tier list"}}"#),
            Self::Members => {
                ("json", r#"{"command":"callcenter_config","data":{"arguments":"member list"}}"#)
            }
            Self::Channels => ("show", "channels as json"),
        }
    }
}

/// Reads a list, as the event that brings it to the board. `requested_at` is the present moment of the server's clock.
pub(crate) async fn read(
    commands: &Commands,
    list: List,
    requested_at: UnixMs,
    within: Duration,
) -> Result<SwitchEvent, ListProblem> {
    let (command, argument) = list.request();
    let answer = commands
        .ask(command, argument, within)
        .await
        .map_err(|Failure { problem, .. }| problem.map_or(ListProblem::Busy, ListProblem::Link))?;
    parse(list, requested_at, &answer).ok_or(ListProblem::Unreadable)
}

/// Reads the answer to a list's request; `None` where it is none.
pub fn parse(list: List, requested_at: UnixMs, answer: &str) -> Option<SwitchEvent> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    let rows = match list {
        List::Channels => channel_rows(&answer)?,
        _ => answer.get("response")?.as_array()?.as_slice(),
    };
    let rows: Vec<Row<'_>> = rows.iter().filter_map(Value::as_object).map(Row).collect();
    let rows = rows.iter();
    Some(match list {
        List::Queues => SwitchEvent::QueuesRead(requested_at, rows.filter_map(Row::queue).collect()),
        List::Agents => SwitchEvent::AgentsRead(requested_at, rows.filter_map(Row::agent).collect()),
        List::Tiers => SwitchEvent::TiersRead(requested_at, rows.filter_map(Row::tier).collect()),
        List::Members => SwitchEvent::MembersRead(requested_at, rows.filter_map(Row::member).collect()),
        List::Channels => SwitchEvent::ChannelsRead(requested_at, rows.filter_map(Row::channel).collect()),
    })
}

/// Without a channel there is a count and no list (FINDINGS 18). A list that is not as long as it says is none: who is
/// missing in it would be taken for gone.
fn channel_rows(answer: &Value) -> Option<&[Value]> {
    let count = usize::try_from(answer.get("row_count")?.as_u64()?).ok()?;
    let rows = match answer.get("rows") {
        Some(rows) => rows.as_array()?.as_slice(),
        None => &[],
    };
    (rows.len() == count).then_some(rows)
}

/// A row whose values may be text or numbers, as the database driver of the switch pleases.
struct Row<'a>(&'a Map<String, Value>);

impl Row<'_> {
    fn text(&self, column: &str) -> String {
        match self.0.get(column) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    fn name(&self, column: &str) -> Option<String> {
        Some(self.text(column)).filter(|name| !name.is_empty())
    }

    fn number(&self, column: &str) -> i64 {
        self.text(column).trim().parse().unwrap_or(0)
    }

    fn small(&self, column: &str) -> u32 {
        u32::try_from(self.number(column)).unwrap_or(0)
    }

    /// The switch keeps these in a C `int`.
    fn score(&self, column: &str) -> i32 {
        i32::try_from(self.number(column)).unwrap_or(0)
    }

    fn epoch_s(&self, column: &str) -> Option<UnixMs> {
        UnixMs::from_epoch_s(self.number(column))
    }

    fn queue(&self) -> Option<QueueRecord> {
        Some(QueueRecord {
            name: self.name("name")?,
            strategy: self.text("strategy"),
            resumes_abandoned: self.text("abandoned_resume_allowed") == "true",
        })
    }

    fn agent(&self) -> Option<AgentRecord> {
        Some(AgentRecord {
            name: self.name("name")?,
            channel_uuid: self.text("uuid"),
            contact: self.text("contact"),
            status: AgentStatus::from_switch(&self.text("status")).unwrap_or(AgentStatus::LoggedOut),
            state: AgentState::from_switch(&self.text("state")),
            wrap_up_s: self.small("wrap_up_time"),
            last_bridge_start: self.epoch_s("last_bridge_start"),
            last_bridge_end: self.epoch_s("last_bridge_end"),
            last_offered_call: self.epoch_s("last_offered_call"),
            last_status_change: self.epoch_s("last_status_change"),
        })
    }

    fn tier(&self) -> Option<TierRecord> {
        Some(TierRecord {
            queue: self.name("queue")?,
            agent: self.name("agent")?,
            level: self.small("level"),
            position: self.small("position"),
            is_open: matches!(self.text("state").as_str(), "Ready" | "No Answer"),
        })
    }

    fn channel(&self) -> Option<ChannelRecord> {
        Some(ChannelRecord {
            uuid: self.name("uuid")?,
            name: self.text("name"),
            is_outbound: self.text("direction") == "outbound",
            dest: self.text("dest"),
            caller_name: self.text("cid_name"),
            caller_number: self.text("cid_num"),
            callee_name: self.text("callee_name"),
            presence_id: self.text("presence_id"),
            call_state: self.text("callstate"),
            created_at: self.epoch_s("created_epoch"),
            read_codec: self.text("read_codec"),
            write_codec: self.text("write_codec"),
            call_uuid: self.text("call_uuid"),
            application: self.text("application"),
            application_data: self.text("application_data"),
            ..ChannelRecord::default()
        })
    }

    fn member(&self) -> Option<MemberRecord> {
        Some(MemberRecord {
            queue: self.name("queue")?,
            uuid: self.name("uuid")?,
            session_uuid: self.text("session_uuid"),
            caller_number: self.text("cid_number"),
            caller_name: self.text("cid_name"),
            joined_at: self.epoch_s("joined_epoch").or_else(|| self.epoch_s("system_epoch"))?,
            extra_score: i64::from(self.score("base_score")) + i64::from(self.score("skill_score")),
            serving_agent: self.name("serving_agent"),
            state: match self.text("state").as_str() {
                "Waiting" => MemberState::Waiting,
                "Trying" => MemberState::Trying,
                "Answered" => MemberState::Answered,
                // Abandoned: the caller is gone, only the row is kept for a while.
                _ => return None,
            },
            bridged_at: self.epoch_s("bridge_epoch"),
        })
    }
}

#[cfg(test)]
#[path = "lists_tests.rs"]
mod tests;
