//! The headers of a channel in events, in the recorded order (`switch_channel_event_set_basic_data()`,
//! `switch_caller_profile_event_set_data()`).

use std::borrow::Cow;

use super::channel::{Channel, Leg, Profile};
use crate::event::Event;

/// Adds everything an event shows of a channel: state, caller profile, other leg, variables.
pub fn add(event: &mut Event, channel: &Channel) {
    event.headers.reserve(110);
    add_outline(event, channel);
    add_variables(event, channel);
}

/// Adds what an event shows of a channel but for its variables.
pub fn add_outline(event: &mut Event, channel: &Channel) {
    add_state(event, channel);
    add_profile(event, channel);
    if let Some(other) = &channel.other {
        add_other_leg(event, channel.leg, other);
    }
}

fn add_variables(event: &mut Event, channel: &Channel) {
    for (name, value) in &channel.variables {
        event.add(Cow::Owned(format!("variable_{name}")), value.clone());
    }
}

/// Adds the state of a channel.
pub fn add_state(event: &mut Event, channel: &Channel) {
    let direction = direction(channel.leg);
    event.add("Channel-State", channel.state);
    event.add("Channel-Call-State", channel.call_state);
    event.add("Channel-State-Number", channel.state_number.to_string());
    event.add("Channel-Name", channel.name.as_str());
    event.add("Unique-ID", channel.uuid.as_str());
    event.add("Call-Direction", direction);
    event.add("Presence-Call-Direction", direction);
    let hits_dialplan = channel.leg == Leg::Caller || channel.is_flipped;
    event.add("Channel-HIT-Dialplan", if hits_dialplan { "true" } else { "false" });
    event.add("Channel-Call-UUID", channel.call_uuid.as_str());
    event.add("Answer-State", channel.answer_state);
    if !channel.hangup_cause.is_empty() {
        event.add("Hangup-Cause", channel.hangup_cause.as_str());
    }
    if channel.has_media {
        event.add("Channel-Read-Codec-Name", channel.read_codec);
        event.add("Channel-Read-Codec-Rate", "8000");
        event.add("Channel-Read-Codec-Bit-Rate", channel.read_bit_rate());
        event.add("Channel-Write-Codec-Name", "PCMU");
        event.add("Channel-Write-Codec-Rate", "8000");
        event.add("Channel-Write-Codec-Bit-Rate", "64000");
    }
}

fn direction(leg: Leg) -> &'static str {
    match leg {
        Leg::Caller => "inbound",
        Leg::Agent => "outbound",
    }
}

fn add_profile(event: &mut Event, channel: &Channel) {
    let caller = channel.leg == Leg::Caller;
    event.add("Caller-Direction", direction(channel.leg));
    event.add("Caller-Logical-Direction", direction(channel.leg));
    if caller {
        event.add("Caller-Username", channel.cid_number.as_str());
        event.add("Caller-Dialplan", channel.dialplan);
    }
    let (name, number) = channel.shown_caller();
    if !name.is_empty() {
        event.add("Caller-Caller-ID-Name", name);
    }
    event.add("Caller-Caller-ID-Number", number);
    if !channel.cid_name.is_empty() {
        event.add("Caller-Orig-Caller-ID-Name", channel.cid_name.as_str());
    }
    event.add("Caller-Orig-Caller-ID-Number", channel.cid_number.as_str());
    let (name, number) = channel.shown_callee();
    if !number.is_empty() {
        if !name.is_empty() {
            event.add("Caller-Callee-ID-Name", name);
        }
        event.add("Caller-Callee-ID-Number", number);
    }
    if channel.is_reached {
        event.add("Caller-Network-Addr", "127.0.0.1");
    }
    event.add("Caller-ANI", channel.cid_number.as_str());
    event.add("Caller-Destination-Number", channel.destination.as_str());
    event.add("Caller-Unique-ID", channel.uuid.as_str());
    event.add("Caller-Source", source(channel.leg));
    if !channel.transfer_source.is_empty() {
        event.add("Caller-Transfer-Source", channel.transfer_source.as_str());
    }
    event.add("Caller-Context", "default");
    if let Some(destination) = &channel.redirected_from {
        event.add("Caller-RDNIS", destination.as_str());
    }
    event.add("Caller-Channel-Name", channel.name.as_str());
    event.add("Caller-Profile-Index", channel.profile_index.to_string());
    let hangup = if channel.call_state == "HANGUP" { channel.hung_up } else { 0 };
    let times = [
        channel.profile_created,
        channel.created,
        channel.answered,
        channel.progress,
        hangup,
        channel.bridged,
    ];
    let names = [
        "Caller-Profile-Created-Time",
        "Caller-Channel-Created-Time",
        "Caller-Channel-Answered-Time",
        "Caller-Channel-Progress-Time",
        "Caller-Channel-Progress-Media-Time",
        "Caller-Channel-Hangup-Time",
        "Caller-Channel-Transfer-Time",
        "Caller-Channel-Resurrect-Time",
        "Caller-Channel-Bridged-Time",
        "Caller-Channel-Last-Hold",
        "Caller-Channel-Hold-Accum",
        "Caller-Screen-Bit",
        "Caller-Privacy-Hide-Name",
        "Caller-Privacy-Hide-Number",
    ];
    add_times(event, names, times);
}

fn add_times(event: &mut Event, names: [&'static str; 14], times: [i64; 6]) {
    let [profile, created, answered, progress, hangup, bridged] = times;
    let values = [profile, created, answered, progress, 0, hangup, 0, 0, bridged, 0, 0];
    for (name, value) in names.into_iter().zip(values) {
        event.add(name, value.to_string());
    }
    event.add(names[11], "true");
    event.add(names[12], "false");
    event.add(names[13], "false");
}

fn source(leg: Leg) -> &'static str {
    match leg {
        Leg::Caller => "mod_sofia",
        Leg::Agent => "src/switch_ivr_originate.c",
    }
}

fn add_other_leg(event: &mut Event, own: Leg, other: &Profile) {
    event.add("Other-Type", if own == Leg::Caller { "originatee" } else { "originator" });
    event.add("Other-Leg-Direction", direction(other.leg));
    event.add("Other-Leg-Logical-Direction", "inbound");
    if other.leg == Leg::Caller {
        event.add("Other-Leg-Username", other.cid_number.as_str());
        event.add("Other-Leg-Dialplan", "XML");
    }
    event.add("Other-Leg-Caller-ID-Name", other.cid_name.as_str());
    event.add("Other-Leg-Caller-ID-Number", other.cid_number.as_str());
    event.add("Other-Leg-Orig-Caller-ID-Name", other.cid_name.as_str());
    event.add("Other-Leg-Orig-Caller-ID-Number", other.cid_number.as_str());
    if other.leg == Leg::Agent {
        event.add("Other-Leg-Callee-ID-Name", "Outbound Call");
        event.add("Other-Leg-Callee-ID-Number", other.destination.as_str());
    }
    event.add("Other-Leg-Network-Addr", "127.0.0.1");
    event.add("Other-Leg-ANI", other.cid_number.as_str());
    event.add("Other-Leg-Destination-Number", other.destination.as_str());
    event.add("Other-Leg-Unique-ID", other.uuid.as_str());
    event.add("Other-Leg-Source", source(other.leg));
    event.add("Other-Leg-Context", "default");
    event.add("Other-Leg-Channel-Name", other.name.as_str());
    let names = [
        "Other-Leg-Profile-Created-Time",
        "Other-Leg-Channel-Created-Time",
        "Other-Leg-Channel-Answered-Time",
        "Other-Leg-Channel-Progress-Time",
        "Other-Leg-Channel-Progress-Media-Time",
        "Other-Leg-Channel-Hangup-Time",
        "Other-Leg-Channel-Transfer-Time",
        "Other-Leg-Channel-Resurrect-Time",
        "Other-Leg-Channel-Bridged-Time",
        "Other-Leg-Channel-Last-Hold",
        "Other-Leg-Channel-Hold-Accum",
        "Other-Leg-Screen-Bit",
        "Other-Leg-Privacy-Hide-Name",
        "Other-Leg-Privacy-Hide-Number",
    ];
    let [profile, created, answered, progress] = other.times;
    add_times(event, names, [profile, created, answered, progress, 0, 0]);
}
