//! Events of the switch as values. Names of headers live only here.

use std::collections::HashMap;

use app::model::agent::{AgentState, AgentStatus};
use app::model::time::UnixMs;

use super::frame::BODY;
use crate::switch::callcenter::ChannelRecord;
use crate::switch::event::{Caller, CancelReason, ChannelChange, ChannelEvent, SwitchEvent};

/// What is asked of the switch with `event plain`. Words after `CUSTOM` are sub-classes.
///
/// Of the forty events of a call these say what a list of calls shows: CHANNEL_CALLSTATE tells of ringing, answer, hold and end,
/// and carries no variables, as CHANNEL_PROGRESS, CHANNEL_ANSWER, CHANNEL_HOLD and CHANNEL_HANGUP do.
pub(super) const SUBSCRIPTION: &str = "HEARTBEAT SHUTDOWN MODULE_LOAD MODULE_UNLOAD BACKGROUND_JOB CHANNEL_CREATE \
     CHANNEL_CALLSTATE CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_UUID CHANNEL_DESTROY RECORD_START RECORD_STOP \
     CUSTOM callcenter::info";

/// Whether a header is looked at. An event about a caller carries every variable of the channel, a hundred headers of which
/// ten matter: the others are not even decoded.
pub(super) fn is_wanted(name: &str) -> bool {
    matches!(
        name,
        BODY | "Bridge-A-Unique-ID"
            | "Bridge-B-Unique-ID"
            | "CC-Action"
            | "CC-Agent"
            | "CC-Agent-Answered-Time"
            | "CC-Agent-Bridged"
            | "CC-Agent-State"
            | "CC-Agent-Status"
            | "CC-Bridge-Terminated-Time"
            | "CC-Cancel-Reason"
            | "CC-Cause"
            | "CC-Hangup-Cause"
            | "CC-Member-CID-Name"
            | "CC-Member-CID-Number"
            | "CC-Member-Joined-Time"
            | "CC-Member-Session-UUID"
            | "CC-Member-UUID"
            | "CC-Queue"
            | "Call-Direction"
            | "Caller-Callee-ID-Name"
            | "Caller-Caller-ID-Name"
            | "Caller-Caller-ID-Number"
            | "Caller-Channel-Answered-Time"
            | "Caller-Channel-Created-Time"
            | "Caller-Destination-Number"
            | "Channel-Call-State"
            | "Channel-Call-UUID"
            | "Channel-Name"
            | "Channel-Presence-ID"
            | "Channel-Read-Codec-Name"
            | "Channel-Write-Codec-Name"
            | "Core-UUID"
            | "Event-Date-Timestamp"
            | "Event-Name"
            | "Event-Sequence"
            | "Event-Subclass"
            | "Hangup-Cause"
            | "Job-UUID"
            | "Old-Unique-ID"
            | "Other-Leg-Unique-ID"
            | "Record-File-Path"
            | "Unique-ID"
            | "key"
            | "variable_cc_agent"
            | "variable_cc_member_session_uuid"
            | "variable_switchdesk_listens"
            | "variable_switchdesk_mode"
    )
}

/// The headers of one event, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(HashMap<String, String>);

/// What an event means to the connection that it came by.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Notice {
    /// Which life of the switch it belongs to; a new one after each start.
    pub(super) core_uuid: Option<String>,
    /// When the switch made it, in microseconds of its clock.
    pub(super) made_at_us: Option<i64>,
    /// Its number among all events of that life of the switch, by which a repeated one is known.
    pub(super) sequence: Option<u64>,
    /// What it says.
    pub(super) kind: NoticeKind,
}

/// See [`Notice`].
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NoticeKind {
    /// HEARTBEAT.
    Heartbeat,
    /// SHUTDOWN.
    Shutdown,
    /// mod_callcenter was loaded or unloaded.
    CallCenterReloaded,
    /// BACKGROUND_JOB: the outcome of a command that was sent with `bgapi`.
    JobEnded {
        /// Which.
        job: String,
        /// What the command printed.
        output: String,
    },
    /// Something that changes the board.
    Switch(SwitchEvent),
    /// Nothing to us.
    Other,
}

impl Headers {
    /// Headers by name, as they are after percent-decoding.
    pub fn new(headers: HashMap<String, String>) -> Self {
        Self(headers)
    }

    /// A header that is there and not empty; the switch writes `_undef_` for the empty text.
    fn get(&self, name: &str) -> Option<&str> {
        debug_assert!(is_wanted(name), "{name} is asked for, but never arrives");
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty() && *value != "_undef_")
    }

    fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    fn epoch_s(&self, name: &str) -> Option<UnixMs> {
        self.number(name).and_then(UnixMs::from_epoch_s)
    }

    fn agent(&self) -> Option<String> {
        self.get("CC-Agent").map(str::to_owned)
    }

    fn caller(&self) -> Option<Caller> {
        Some(Caller {
            queue: self.get("CC-Queue")?.to_owned(),
            member_uuid: self.get("CC-Member-UUID")?.to_owned(),
            session_uuid: self.text("CC-Member-Session-UUID"),
            name: self.text("CC-Member-CID-Name"),
            number: self.text("CC-Member-CID-Number"),
        })
    }
}

/// What an event means to the connection.
pub(super) fn notice(headers: &Headers) -> Notice {
    let kind = match headers.get("Event-Name") {
        Some("HEARTBEAT") => NoticeKind::Heartbeat,
        Some("SHUTDOWN") => NoticeKind::Shutdown,
        Some("MODULE_LOAD" | "MODULE_UNLOAD") if headers.get("key") == Some("mod_callcenter") => {
            NoticeKind::CallCenterReloaded
        }
        Some("BACKGROUND_JOB") => {
            NoticeKind::JobEnded { job: headers.text("Job-UUID"), output: headers.text(BODY) }
        }
        Some("CUSTOM") => decode(headers).map_or(NoticeKind::Other, NoticeKind::Switch),
        Some(name) => channel_event(name, headers)
            .map_or(NoticeKind::Other, |event| NoticeKind::Switch(SwitchEvent::Channel(Box::new(event)))),
        None => NoticeKind::Other,
    };
    Notice {
        core_uuid: headers.get("Core-UUID").map(str::to_owned),
        made_at_us: headers.number("Event-Date-Timestamp"),
        sequence: headers.get("Event-Sequence").and_then(|number| number.parse().ok()),
        kind,
    }
}

/// What an event of a channel tells (FACTS 5.7); `None` for an event that tells nothing of one.
fn channel_event(name: &str, headers: &Headers) -> Option<ChannelEvent> {
    let two = || {
        Some((headers.get("Bridge-A-Unique-ID")?.to_owned(), headers.get("Bridge-B-Unique-ID")?.to_owned()))
    };
    let what = match name {
        "CHANNEL_CREATE" => ChannelChange::Created,
        "CHANNEL_CALLSTATE" => ChannelChange::StateChanged,
        "CHANNEL_BRIDGE" => two().map(|(a, b)| ChannelChange::Bridged(a, b))?,
        "CHANNEL_UNBRIDGE" => two().map(|(a, b)| ChannelChange::Unbridged(a, b))?,
        "CHANNEL_UUID" => ChannelChange::Renamed(headers.get("Old-Unique-ID")?.to_owned()),
        "CHANNEL_DESTROY" => ChannelChange::Destroyed(headers.text("Hangup-Cause")),
        "RECORD_START" => ChannelChange::RecordingStarted(headers.text("Record-File-Path")),
        "RECORD_STOP" => ChannelChange::RecordingStopped(headers.text("Record-File-Path")),
        _ => return None,
    };
    Some(ChannelEvent { what, channel: channel(headers)? })
}

fn channel(headers: &Headers) -> Option<ChannelRecord> {
    let owned = |name| headers.get(name).map(str::to_owned);
    let epoch_us = |name| headers.number(name).filter(|us| *us > 0).map(UnixMs::from_epoch_us);
    let listens = owned("variable_switchdesk_listens");
    Some(ChannelRecord {
        uuid: headers.get("Unique-ID")?.to_owned(),
        name: headers.text("Channel-Name"),
        is_outbound: headers.get("Call-Direction") == Some("outbound"),
        dest: headers.text("Caller-Destination-Number"),
        caller_name: headers.text("Caller-Caller-ID-Name"),
        caller_number: headers.text("Caller-Caller-ID-Number"),
        callee_name: headers.text("Caller-Callee-ID-Name"),
        presence_id: headers.text("Channel-Presence-ID"),
        call_state: headers.text("Channel-Call-State"),
        created_at: epoch_us("Caller-Channel-Created-Time"),
        answered_at: epoch_us("Caller-Channel-Answered-Time"),
        read_codec: headers.text("Channel-Read-Codec-Name"),
        write_codec: headers.text("Channel-Write-Codec-Name"),
        call_uuid: headers.text("Channel-Call-UUID"),
        application: String::new(),
        application_data: String::new(),
        queue_agent: owned("variable_cc_agent"),
        // A leg that `bridge` makes names the one it is made for; one of a queue only by a variable.
        rings_for: owned("variable_cc_member_session_uuid").or_else(|| owned("Other-Leg-Unique-ID")),
        listens: listens.map(|target| (target, headers.text("variable_switchdesk_mode"))),
    })
}

/// The change of the board that an event stands for (FACTS 2.7); `None` for an event that stands for none, such as
/// `members-count`, and for one that lacks what it is about.
pub fn decode(headers: &Headers) -> Option<SwitchEvent> {
    if headers.get("Event-Subclass") != Some("callcenter::info") {
        return None;
    }
    Some(match headers.get("CC-Action")? {
        "agent-add" => SwitchEvent::AgentAdded { agent: headers.agent()? },
        "agent-status-change" => SwitchEvent::AgentStatusChanged {
            agent: headers.agent()?,
            // A word that the module does not know gets no calls.
            status: AgentStatus::from_switch(headers.get("CC-Agent-Status")?)
                .unwrap_or(AgentStatus::LoggedOut),
        },
        "agent-state-change" => SwitchEvent::AgentStateChanged {
            agent: headers.agent()?,
            state: AgentState::from_switch(headers.get("CC-Agent-State")?)?,
        },
        "member-queue-start" => SwitchEvent::MemberJoined(headers.caller()?),
        "member-queue-resume" => SwitchEvent::MemberResumed(headers.caller()?),
        "agent-offering" => SwitchEvent::AgentOffered { agent: headers.agent()?, caller: headers.caller()? },
        "bridge-agent-start" => SwitchEvent::BridgeStarted {
            agent: headers.agent()?,
            caller: headers.caller()?,
            joined_at: headers.epoch_s("CC-Member-Joined-Time"),
            answered_at: headers.epoch_s("CC-Agent-Answered-Time"),
        },
        "bridge-agent-end" => SwitchEvent::BridgeEnded {
            agent: headers.agent()?,
            caller: headers.caller()?,
            joined_at: headers.epoch_s("CC-Member-Joined-Time"),
            answered_at: headers.epoch_s("CC-Agent-Answered-Time"),
            ended_at: headers.epoch_s("CC-Bridge-Terminated-Time"),
            is_bridged: headers.get("CC-Agent-Bridged") != Some("false"),
        },
        "bridge-agent-fail" => SwitchEvent::OfferFailed {
            agent: headers.agent()?,
            caller: headers.caller()?,
            joined_at: headers.epoch_s("CC-Member-Joined-Time"),
            cause: headers.text("CC-Hangup-Cause"),
        },
        "member-queue-end" => match headers.get("CC-Cause")? {
            "Terminated" => SwitchEvent::MemberServed {
                caller: headers.caller()?,
                joined_at: headers.epoch_s("CC-Member-Joined-Time"),
            },
            "Cancel" => SwitchEvent::MemberLeft {
                caller: headers.caller()?,
                joined_at: headers.epoch_s("CC-Member-Joined-Time"),
                reason: match headers.get("CC-Cancel-Reason") {
                    Some("TIMEOUT") => CancelReason::TimedOut,
                    Some("NO_AGENT_TIMEOUT") => CancelReason::NoAgent,
                    Some("EXIT_WITH_KEY") => CancelReason::ExitKey,
                    // BREAK_OUT; whatever else there may be, the caller is not in the queue any more.
                    _ => CancelReason::BrokeOut,
                },
            },
            _ => return None,
        },
        _ => return None,
    })
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "decode_calls_tests.rs"]
mod calls_tests;
