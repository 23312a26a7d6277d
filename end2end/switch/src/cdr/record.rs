//! A channel at its end as mod_json_cdr writes it (`switch_ivr_generate_json_cdr()`).
//!
//! The order of everything is the recorded one. Of the variables there are those that the channel has. Values of
//! variables are percent-encoded inside the JSON, everything else is as it is.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::channels::channel::{Channel, Leg, Profile};
use crate::clock::Micros;
use crate::esl::{HOSTNAME, encoding};
use crate::event::Value;

/// The record of a channel that is in `CS_REPORTING`.
pub fn of(channel: &Channel, core_uuid: &str) -> String {
    let mut record = vec![
        ("core-uuid", text(core_uuid)),
        ("switchname", text(HOSTNAME)),
        ("channel_data", channel_data(channel)),
        ("callStats", statistics(channel)),
        ("variables", variables(channel)),
    ];
    if channel.leg == Leg::Caller {
        record.push(("app_log", app_log(channel)));
    }
    record.push(("callflow", callflow(channel)));
    // Keys are texts and numbers are finite, so there is nothing that could not be written.
    serde_json::to_string(&object(record)).unwrap_or_default()
}

/// JSON whose objects keep their order.
enum Json {
    Text(String),
    Count(i64),
    Score(f64),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Count(count) => serializer.serialize_i64(*count),
            Self::Score(score) => serializer.serialize_f64(*score),
            Self::List(list) => serializer.collect_seq(list),
            Self::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

fn text(text: impl Into<String>) -> Json {
    Json::Text(text.into())
}

fn object<K: Into<String>>(entries: impl IntoIterator<Item = (K, Json)>) -> Json {
    Json::Object(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

fn channel_data(channel: &Channel) -> Json {
    let (direction, flags) = match (channel.leg, channel.is_bridged()) {
        (Leg::Caller, true) => {
            ("inbound", "0=1;1=1;39=1;40=1;42=1;45=1;50=1;55=1;95=1;113=1;114=1;123=1;160=1;165=1;166=1")
        }
        (Leg::Caller, false) => {
            ("inbound", "0=1;1=1;23=2;39=1;40=1;42=1;45=1;55=1;95=1;113=1;114=1;123=1;160=1;165=1;166=1")
        }
        (Leg::Agent, _) => (
            "outbound",
            "0=1;1=1;2=1;22=1;39=1;40=1;42=1;45=1;50=1;55=1;95=1;107=1;113=1;114=1;123=1;160=1;165=1;166=1",
        ),
    };
    object([
        ("state", text("CS_REPORTING")),
        ("direction", text(direction)),
        ("state_number", text("11")),
        ("flags", text(flags)),
        ("caps", text("1=1;2=1;3=1;4=1;5=1;6=1;8=1;9=1;10=1")),
    ])
}

/// The media of a line without any loss: a packet of 172 bytes every 20 ms from the answer on.
fn statistics(channel: &Channel) -> Json {
    if channel.answered == 0 {
        return Json::Object(Vec::new());
    }
    let packets = (channel.hung_up - channel.answered) / 20_000;
    let count = |name: &'static str, count: i64| (name, Json::Count(count));
    let bytes = packets * 172;
    let inbound = [
        count("raw_bytes", bytes),
        count("media_bytes", bytes),
        count("packet_count", packets),
        count("media_packet_count", packets),
        count("skip_packet_count", 0),
        count("jitter_packet_count", 0),
        count("dtmf_packet_count", 0),
        count("cng_packet_count", 0),
        count("flush_packet_count", 0),
        count("largest_jb_size", 0),
        count("jitter_min_variance", 0),
        count("jitter_max_variance", 0),
        count("jitter_loss_rate", 0),
        count("jitter_burst_rate", 0),
        count("mean_interval", 20),
        count("flaw_total", 0),
        count("quality_percentage", 100),
        ("mos", Json::Score(4.5)),
    ];
    let outbound = [
        count("raw_bytes", bytes),
        count("media_bytes", bytes),
        count("packet_count", packets),
        count("media_packet_count", packets),
        count("skip_packet_count", 0),
        count("dtmf_packet_count", 0),
        count("cng_packet_count", 0),
        count("rtcp_packet_count", 0),
        count("rtcp_octet_count", 0),
    ];
    object([("audio", object([("inbound", object(inbound)), ("outbound", object(outbound))]))])
}

fn variables(channel: &Channel) -> Json {
    let set = channel.variables.iter().filter(|(_, value)| *value != Value::Text(String::new()));
    object(set.map(|(name, value)| {
        let value = match value {
            Value::Text(text) => encoded(text),
            Value::List(list) => encoded(&format!("ARRAY::{}", list.join("|:"))),
        };
        (name.as_str(), text(value))
    }))
}

/// The module gives the encoder three bytes for each byte and the encoder keeps one of them for its end: a value of
/// which every byte is escaped loses the last one. Recorded: 张三 arrives as `%E5%BC%A0%E4%B8`.
fn encoded(value: &str) -> String {
    let mut encoded = encoding::escaped(value);
    if encoded.len() == value.len() * 3 {
        encoded.truncate(encoded.len().saturating_sub(3));
    }
    encoded
}

/// The dialplan's applications that ran, with when.
fn applications(channel: &Channel) -> Vec<(&'static str, String, Micros)> {
    let queue = channel.variable("cc_queue").unwrap_or_default().to_owned();
    let mut applications =
        vec![("answer", String::new(), channel.answered), ("callcenter", queue, channel.answered)];
    if went_on(channel) {
        applications.push(("hangup", String::new(), channel.hung_up));
    }
    applications
}

/// Whether the dialplan went on after the queue, which is when the caller had not hung up.
fn went_on(channel: &Channel) -> bool {
    channel.variable("current_application") == Some("hangup")
}

fn app_log(channel: &Channel) -> Json {
    let entries = applications(channel).into_iter().map(|(name, data, at)| {
        object([("app_name", text(name)), ("app_data", text(data)), ("app_stamp", text(at.to_string()))])
    });
    object([("applications", Json::List(entries.collect()))])
}

/// The profiles of a channel, the last one first: a bridge begins a new one.
fn callflow(channel: &Channel) -> Json {
    let mut profiles = Vec::new();
    let first_ended = if channel.is_bridged() { channel.profile_created } else { 0 };
    if channel.is_bridged() {
        let times = Times {
            profile_created: channel.profile_created,
            bridged: channel.bridged,
            hung_up: channel.hung_up,
            transferred: 0,
        };
        let extension = went_on(channel).then(|| extension(channel, vec![application("hangup", "")], false));
        profiles.push(profile(channel, "2", extension, channel.other.as_ref(), &times));
    }
    let times = Times {
        profile_created: if first_ended == 0 { channel.profile_created } else { channel.created },
        bridged: 0,
        hung_up: if first_ended == 0 { channel.hung_up } else { 0 },
        transferred: first_ended,
    };
    let queue = channel.variable("cc_queue").unwrap_or_default();
    let mut planned = vec![application("answer", ""), application("callcenter", queue)];
    let mut last = vec![("last_executed".to_owned(), text("true"))];
    last.extend(application("hangup", ""));
    planned.push(last);
    profiles.push(profile(channel, "1", Some(extension(channel, planned, true)), None, &times));
    Json::List(profiles)
}

struct Times {
    profile_created: Micros,
    bridged: Micros,
    hung_up: Micros,
    transferred: Micros,
}

type Entries = Vec<(String, Json)>;

fn application(name: &str, data: &str) -> Entries {
    vec![("app_name".to_owned(), text(name)), ("app_data".to_owned(), text(data))]
}

fn extension(channel: &Channel, applications: Vec<Entries>, is_current: bool) -> Json {
    let mut entries = vec![
        ("name", text("q")),
        ("number", text(&channel.destination)),
        ("applications", Json::List(applications.into_iter().map(Json::Object).collect())),
    ];
    if is_current {
        entries.push(("current_app", text("hangup")));
    }
    object(entries)
}

fn profile(
    channel: &Channel,
    index: &str,
    extension: Option<Json>,
    other: Option<&Profile>,
    times: &Times,
) -> Json {
    let own = Party::of_channel(channel);
    let mut caller = own.entries();
    if let Some(other) = other {
        let (outer, inner) = match channel.leg {
            Leg::Caller => ("originatee", "originatee_caller_profiles"),
            Leg::Agent => ("originator", "originator_caller_profiles"),
        };
        let other = Party::of_profile(other).entries();
        caller.push((outer.to_owned(), object([(inner, Json::List(vec![Json::Object(other)]))])));
    }
    let is_caller = channel.leg == Leg::Caller;
    let mut entries = Vec::new();
    if is_caller {
        entries.push(("dialplan", text("XML")));
    }
    entries.push(("profile_index", text(index)));
    entries.extend(extension.filter(|_| is_caller).map(|extension| ("extension", extension)));
    entries.push(("caller_profile", Json::Object(caller)));
    let stamps = [
        ("created_time", channel.created),
        ("profile_created_time", times.profile_created),
        ("progress_time", channel.progress),
        ("progress_media_time", 0),
        ("answered_time", channel.answered),
        ("bridged_time", times.bridged),
        ("last_hold_time", 0),
        ("hold_accum_time", 0),
        ("hangup_time", times.hung_up),
        ("resurrect_time", 0),
        ("transfer_time", times.transferred),
    ];
    entries.push(("times", object(stamps.map(|(name, at)| (name, text(at.to_string()))))));
    object(entries)
}

/// Who a caller profile is about.
struct Party<'a> {
    leg: Leg,
    uuid: &'a str,
    name: &'a str,
    number: &'a str,
    destination: &'a str,
    channel: &'a str,
}

impl<'a> Party<'a> {
    fn of_channel(channel: &'a Channel) -> Self {
        Self {
            leg: channel.leg,
            uuid: &channel.uuid,
            name: &channel.cid_name,
            number: &channel.cid_number,
            destination: &channel.destination,
            channel: &channel.name,
        }
    }

    fn of_profile(profile: &'a Profile) -> Self {
        Self {
            leg: profile.leg,
            uuid: &profile.uuid,
            name: &profile.cid_name,
            number: &profile.cid_number,
            destination: &profile.destination,
            channel: &profile.name,
        }
    }

    fn entries(&self) -> Entries {
        let (username, dialplan, source) = match self.leg {
            Leg::Caller => (self.number, "XML", "mod_sofia"),
            Leg::Agent => ("", "", "src/switch_ivr_originate.c"),
        };
        let entries = [
            ("username", username),
            ("dialplan", dialplan),
            ("caller_id_name", self.name),
            ("ani", self.number),
            ("aniii", ""),
            ("caller_id_number", self.number),
            ("network_addr", "127.0.0.1"),
            ("rdnis", ""),
            ("destination_number", self.destination),
            ("uuid", self.uuid),
            ("source", source),
            ("context", "default"),
            ("chan_name", self.channel),
        ];
        entries.map(|(name, value)| (name.to_owned(), text(value))).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_of_escapes_only_loses_its_last_byte() {
        for (value, recorded) in [
            ("张三", "%E5%BC%A0%E4%B8"),
            ("\"张三\" <13800138000>", "%22%E5%BC%A0%E4%B8%89%22%20%3C13800138000%3E"),
            ("support@default", "support%40default"),
            ("Sun, 22 Nov 2026 20:59:37 GMT", "Sun,%2022%20Nov%202026%2020%3A59%3A37%20GMT"),
            ("16", "16"),
        ] {
            assert_eq!(encoded(value), recorded);
        }
    }
}
