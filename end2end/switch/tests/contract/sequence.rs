//! Whether events came in the recorded order.

use crate::comparison::Matching;
use crate::scenarios::Scenario;
use crate::transcript::{Event, Transcript};

/// Events that the recordings left out, in some folders all of a kind, in others those after the first (`transcripts/README.md`).
const LEFT_OUT: &[&str] = &[
    "API",
    "BACKGROUND_JOB",
    "CALL_UPDATE",
    "CHANNEL_ANSWER",
    "CHANNEL_BRIDGE",
    "CHANNEL_CALLSTATE",
    "CHANNEL_CREATE",
    "CHANNEL_DESTROY",
    "CHANNEL_EXECUTE",
    "CHANNEL_EXECUTE_COMPLETE",
    "CHANNEL_HANGUP",
    "CHANNEL_HANGUP_COMPLETE",
    "CHANNEL_HOLD",
    "CHANNEL_ORIGINATE",
    "CHANNEL_OUTGOING",
    "CHANNEL_PARK",
    "CHANNEL_PROGRESS",
    "CHANNEL_STATE",
    "CHANNEL_UNBRIDGE",
    "CHANNEL_UNHOLD",
    "CHANNEL_UNPARK",
    "CHANNEL_UUID",
    "CODEC",
    "HEARTBEAT",
    "MODULE_LOAD",
    "MODULE_UNLOAD",
    "PLAYBACK_START",
    "PLAYBACK_STOP",
    "PRESENCE_IN",
    "RELOADXML",
    "RE_SCHEDULE",
];

/// Actions that the strategy folders left out where they were big.
const LEFT_OUT_BIG: &[&str] = &[
    "member-queue-start",
    "member-queue-end",
    "bridge-agent-start",
    "bridge-agent-end",
    "bridge-agent-fail",
];

pub(crate) struct Compared {
    pub(crate) matched: usize,
    pub(crate) problems: Vec<String>,
}

/// What an event is, without ids and times.
fn label(event: &Event, is_late: bool) -> String {
    let of = [
        "CC-Agent",
        "CC-Agent-State",
        "CC-Agent-Status",
        "CC-Count",
        "CC-Cause",
        "Call-Direction",
        "Channel-State",
        "Channel-Call-State",
        "Application",
        "Caller-Destination-Number",
        "key",
    ];
    let mut words = vec![event.kind()];
    if is_late {
        return format!("{} {}", event.kind(), event.get("CC-Agent"));
    }
    words.extend(of.into_iter().map(|name| event.get(name)).filter(|word| !word.is_empty()));
    words.join(" ")
}

/// Compares all recorded events with ours, in order; ours may have more of what the recordings left out.
pub(crate) fn compare(
    transcript: &Transcript,
    ours: &[Event],
    scenario: &Scenario,
    matching: &mut Matching,
) -> Compared {
    let may_be_extra = |event: &Event| {
        !scenario.compares(event.kind())
            || !scenario.whole
                && (LEFT_OUT.contains(&event.kind())
                    || scenario.folder.contains("-strategy-") && LEFT_OUT_BIG.contains(&event.kind()))
    };
    let mut problems = Vec::new();
    let mut matched = 0;
    let mut used = vec![false; ours.len()];
    let mut next = 0;
    for recorded in transcript.events.iter().filter(|event| scenario.compares(event.kind())) {
        let t_ms = (recorded.at() - transcript.t0) / 1000;
        let is_late = recorded.kind() == "member-queue-end" && scenario.late.contains(&t_ms);
        let wanted = label(recorded, is_late);
        // Threads of the real switch that race may overtake each other within a moment.
        let near = |event: &Event| (event.at() - transcript.t0) / 1000 - t_ms;
        let from = if scenario.races(t_ms) { 0 } else { next };
        let found = (from..ours.len()).find(|&index| {
            !used[index] && label(&ours[index], is_late) == wanted && near(&ours[index]).abs() <= 700
        });
        let Some(index) = found else {
            problems.push(format!("{t_ms} ms: no {wanted}"));
            continue;
        };
        for skipped in (next..index).filter(|&index| !used[index]) {
            if !may_be_extra(&ours[skipped]) {
                if scenario.races(t_ms) {
                    continue;
                }
                problems.push(format!("{t_ms} ms: {wanted} came after {}", label(&ours[skipped], false)));
            }
        }
        used[index] = true;
        while used.get(next) == Some(&true)
            || ours.get(next).is_some_and(|event| next < index && may_be_extra(event))
        {
            next += 1;
        }
        matched += 1;
        let differences = if is_late {
            matching.own_headers(recorded, &ours[index])
        } else {
            let keep = |name: &str| {
                !scenario.raced_headers.contains(&(t_ms, name))
                    && !scenario.unmodelled.iter().any(|prefix| name.starts_with(prefix))
            };
            matching.event(&only(recorded, keep), &only(&ours[index], keep))
        };
        for problem in differences {
            problems.push(format!("{t_ms} ms {wanted}: {problem}"));
        }
    }
    for (event, used) in ours.iter().zip(&used) {
        if !used && !may_be_extra(event) && scenario.compares(event.kind()) {
            let t_ms = (event.at() - transcript.t0) / 1000;
            problems.push(format!("{t_ms} ms: never recorded: {}", label(event, false)));
        }
    }
    Compared { matched, problems }
}

fn only(event: &Event, keep: impl Fn(&str) -> bool) -> Event {
    let headers = event.headers.iter().filter(|(name, _)| keep(name)).cloned().collect();
    Event { headers, body: event.body.clone() }
}
