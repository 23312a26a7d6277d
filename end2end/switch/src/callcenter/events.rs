//! `CUSTOM callcenter::info` as drafts: the headers of the module in the recorded order, to which the switch adds the
//! common headers and, where the module does so, those of a channel (FINDINGS 22, 27-29).

use super::{INSTANCE, Member};
use crate::event::Origin;

/// The events that the module fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `CUSTOM callcenter::info`
    Info,
    /// `PRESENCE_IN`, for lamps that show whether a queue has callers.
    Presence,
}

/// A callcenter event without common headers.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Which event it is.
    pub kind: Kind,
    /// Where the module fires it.
    pub origin: Origin,
    /// Channel whose headers come between the common ones and these.
    pub channel: Option<String>,
    /// `CC-...` headers in order.
    pub headers: Vec<(&'static str, String)>,
}

fn draft(function: &'static str, line: u32, channel: Option<&str>) -> Draft {
    Draft {
        kind: Kind::Info,
        origin: Origin("mod_callcenter.c", function, line),
        channel: channel.map(str::to_owned),
        headers: Vec::with_capacity(16),
    }
}

impl Draft {
    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    fn with_member(self, member: &Member) -> Self {
        self.with_member_uuids(member)
            .with("CC-Member-CID-Name", &member.cid_name)
            .with("CC-Member-CID-Number", &member.cid_number)
    }

    fn with_member_uuids(self, member: &Member) -> Self {
        self.with("CC-Member-UUID", &member.uuid).with("CC-Member-Session-UUID", &member.session_uuid)
    }
}

/// What a bridge between a member and an agent has been so far.
#[derive(Debug, Clone)]
pub struct Service {
    /// Agent name.
    pub agent: String,
    /// Type of the agent.
    pub agent_type: String,
    /// Channel of the agent.
    pub agent_uuid: String,
    /// When the agent was rung, epoch seconds.
    pub called: i64,
    /// When the agent answered, 0 for not yet.
    pub answered: i64,
}

/// `members-count`, fired by everything that counts.
pub fn members_count(queue: &str, count: usize) -> Draft {
    draft("cc_queue_count", 878, None)
        .with("CC-Queue", queue)
        .with("CC-Action", "members-count")
        .with("CC-Count", count)
        .with("CC-Selection", "Single-Queue")
}

/// The presence of a queue with `waiting` callers in line.
pub fn presence(queue: &str, waiting: usize) -> Draft {
    let (status, channel, answer) = match waiting {
        0 => ("Idle".to_owned(), "CS_HANGUP", "terminated"),
        _ => (format!("Active ({waiting} waiting)"), "CS_ROUTING", "confirmed"),
    };
    Draft {
        kind: Kind::Presence,
        origin: Origin("mod_callcenter.c", "cc_send_presence", 3392),
        channel: None,
        headers: Vec::with_capacity(12),
    }
    .with("proto", "callcenter")
    .with("login", queue)
    .with("from", queue)
    .with("force-status", status)
    .with("rpid", "unknown")
    .with("event_type", "presence")
    .with("alt_event_type", "dialog")
    .with("event_count", 0)
    .with("channel-state", channel)
    .with("unique-id", queue)
    .with("answer-state", answer)
    .with("presence-call-direction", "inbound")
}

/// `agent-add`.
pub fn agent_add(agent: &str, kind: &str) -> Draft {
    draft("cc_agent_add", 915, None)
        .with("CC-Agent", agent)
        .with("CC-Agent-Type", kind)
        .with("CC-Action", "agent-add")
}

/// `agent-status-change`, also when the status stays the same.
pub fn agent_status_change(agent: &str, status: &str) -> Draft {
    draft("cc_agent_update", 1043, None)
        .with("CC-Agent", agent)
        .with("CC-Action", "agent-status-change")
        .with("CC-Agent-Status", status)
}

/// `agent-state-change`.
pub fn agent_state_change(agent: &str, state: &str) -> Draft {
    draft("cc_agent_update", 1067, None)
        .with("CC-Agent", agent)
        .with("CC-Action", "agent-state-change")
        .with("CC-Agent-State", state)
}

/// `agent-contact-change`.
pub fn agent_contact_change(agent: &str, contact: &str) -> Draft {
    draft("cc_agent_update", 1091, None)
        .with("CC-Agent", agent)
        .with("CC-Action", "agent-contact-change")
        .with("CC-Agent-Contact", contact)
}

/// `agent-status-get`, `agent-state-get` and `agent-uuid-get`; an empty value leaves its header out.
pub fn agent_get(agent: &str, key: &str, value: &str) -> Draft {
    let (action, header) = match key {
        "status" => ("agent-status-get", "CC-Agent-Status"),
        "state" => ("agent-state-get", "CC-Agent-State"),
        _ => ("agent-uuid-get", "CC-Agent-UUID"),
    };
    let event = draft("cc_agent_get", 970, None).with("CC-Agent", agent).with("CC-Action", action);
    if value.is_empty() { event } else { event.with(header, value) }
}

/// `member-queue-start`, or `member-queue-resume` for one who came back.
pub fn member_queue_start(member: &Member, resumed: bool) -> Draft {
    draft("callcenter_function", 3113, Some(&member.session_uuid))
        .with("CC-Queue", &member.queue)
        .with("CC-Action", if resumed { "member-queue-resume" } else { "member-queue-start" })
        .with_member(member)
}

/// `agent-offering`.
pub fn agent_offering(member: &Member, service: &Service) -> Draft {
    draft("outbound_agent_thread_run", 1717, None)
        .with("CC-Queue", &member.queue)
        .with("CC-Action", "agent-offering")
        .with("CC-Agent", &service.agent)
        .with("CC-Agent-Type", &service.agent_type)
        .with("CC-Agent-System", INSTANCE)
        .with_member(member)
}

/// `bridge-agent-start`.
pub fn bridge_agent_start(member: &Member, service: &Service) -> Draft {
    draft("outbound_agent_thread_run", 1934, Some(&service.agent_uuid))
        .with("CC-Queue", &member.queue)
        .with("CC-Action", "bridge-agent-start")
        .with("CC-Agent", &service.agent)
        .with("CC-Agent-System", INSTANCE)
        .with("CC-Agent-UUID", &service.agent_uuid)
        .with("CC-Agent-Called-Time", service.called)
        .with("CC-Agent-Answered-Time", service.answered)
        .with("CC-Member-Joined-Time", member.joined_epoch)
        .with_member(member)
}

/// `bridge-agent-end`; the cause is the one of the origination, SUCCESS.
pub fn bridge_agent_end(member: &Member, service: &Service, now: i64) -> Draft {
    draft("outbound_agent_thread_run", 2062, Some(&service.agent_uuid))
        .with("CC-Queue", &member.queue)
        .with("CC-Action", "bridge-agent-end")
        .with("CC-Hangup-Cause", "SUCCESS")
        .with("CC-Agent", &service.agent)
        .with("CC-Agent-System", INSTANCE)
        .with("CC-Agent-UUID", &service.agent_uuid)
        .with("CC-Agent-Bridged", "true")
        .with("CC-Agent-Called-Time", service.called)
        .with("CC-Agent-Answered-Time", service.answered)
        .with("CC-Member-Joined-Time", member.joined_epoch)
        .with("CC-Bridge-Terminated-Time", now)
        .with_member(member)
}

/// `member-queue-end` of a member that was served.
pub fn member_queue_end_terminated(member: &Member, service: &Service, now: i64) -> Draft {
    draft("outbound_agent_thread_run", 2098, Some(&member.session_uuid))
        .with("CC-Queue", &member.queue)
        .with("CC-Action", "member-queue-end")
        .with("CC-Hangup-Cause", "SUCCESS")
        .with("CC-Cause", "Terminated")
        .with("CC-Agent", &service.agent)
        .with("CC-Agent-System", INSTANCE)
        .with("CC-Agent-UUID", &service.agent_uuid)
        .with("CC-Agent-Called-Time", service.called)
        .with("CC-Agent-Answered-Time", service.answered)
        .with("CC-Member-Leaving-Time", now)
        .with("CC-Member-Joined-Time", member.joined_epoch)
        .with_member(member)
}

/// `member-queue-end` of a member that left unserved: `BREAK_OUT`, `TIMEOUT`, `NO_AGENT_TIMEOUT`.
pub fn member_queue_end_cancel(member: &Member, reason: &str, now: i64) -> Draft {
    draft("callcenter_function", 3274, Some(&member.session_uuid))
        .with("CC-Queue", &member.queue)
        .with("CC-Action", "member-queue-end")
        .with("CC-Member-Leaving-Time", now)
        .with("CC-Member-Joined-Time", member.joined_epoch)
        .with("CC-Cause", "Cancel")
        .with("CC-Cancel-Reason", reason)
        .with_member(member)
}

/// `agent-max-no-answer`.
pub fn agent_max_no_answer(member: &Member, agent: &str, count: i64, status: &str) -> Draft {
    draft("outbound_agent_thread_run", 2176, None)
        .with("CC-Agent", agent)
        .with("CC-Action", "agent-max-no-answer")
        .with("CC-Agent-No-Answer-Count", count)
        .with("CC-Agent-No-Answer-Status", status)
        .with_member_uuids(member)
}

/// `bridge-agent-fail`.
pub fn bridge_agent_fail(member: &Member, service: &Service, cause: &str, now: i64) -> Draft {
    draft("outbound_agent_thread_run", 2200, None)
        .with("CC-Queue", &member.queue)
        .with("CC-Action", "bridge-agent-fail")
        .with("CC-Hangup-Cause", cause)
        .with("CC-Agent", &service.agent)
        .with("CC-Agent-System", INSTANCE)
        .with("CC-Agent-Called-Time", service.called)
        .with("CC-Agent-Aborted-Time", now)
        .with_member(member)
        .with("CC-Member-Joined-Time", member.joined_epoch)
}
