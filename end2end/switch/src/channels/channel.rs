//! A channel: what FreeSWITCH knows of one leg.

use crate::clock::Micros;
use crate::event::Value;

/// Which side of a queue call a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    /// The caller, inbound.
    Caller,
    /// The agent, outbound.
    Agent,
}

/// One leg of a call. Times are microseconds, 0 for not yet.
#[derive(Debug, Clone)]
pub struct Channel {
    /// `Unique-ID`
    pub uuid: String,
    /// `variable_session_id`
    pub session_id: u64,
    /// `Channel-Call-UUID`: of an agent's leg that of the caller, from the bridge to the end.
    pub call_uuid: String,
    /// Caller or agent.
    pub leg: Leg,
    /// `sofia/internal/13800138000@127.0.0.1`
    pub name: String,
    /// Caller's name, on both legs.
    pub cid_name: String,
    /// Caller's number, on both legs.
    pub cid_number: String,
    /// Dialled extension.
    pub destination: String,
    /// `CS_EXECUTE` and so on.
    pub state: &'static str,
    /// The number beside it, which runs ahead of the name at times.
    pub state_number: u8,
    /// `RINGING`, `ACTIVE`, `HANGUP`, ...
    pub call_state: &'static str,
    /// `ringing`, `answered`, `hangup`
    pub answer_state: &'static str,
    /// Created.
    pub created: Micros,
    /// Caller profile created: again when bridged.
    pub profile_created: Micros,
    /// Ringing.
    pub progress: Micros,
    /// Answered.
    pub answered: Micros,
    /// Bridged.
    pub bridged: Micros,
    /// Hung up.
    pub hung_up: Micros,
    /// `Hangup-Cause`, empty before the end.
    pub hangup_cause: String,
    /// The other leg's profile, once bridged.
    pub other: Option<Profile>,
    /// Whether the phone has answered anything, so that its address is known.
    pub is_reached: bool,
    /// Whether it executes the dialplan as if it had called: its caller id is then that of the called side.
    pub is_flipped: bool,
    /// Whether it is parked.
    pub is_parked: bool,
    /// What listens, mutes or records: function, target, and the channel it goes away with.
    pub bugs: Vec<(&'static str, String, String)>,
    /// Name and number that the phone was told to show (`uuid_display`).
    pub display: Option<(String, String)>,
    /// The other half of a loopback channel.
    pub twin: Option<String>,
    /// What is played into the channel from outside (`uuid_broadcast`).
    pub broadcast: Option<String>,
    /// Whether codecs are set.
    pub has_media: bool,
    /// Codec that it reads: PCMU, or L16 while it listens to another channel.
    pub read_codec: &'static str,
    /// How many caller profiles it has had: a bridge or a transfer makes a new one.
    pub profile_index: u8,
    /// `XML`, or `inline` after a transfer to applications.
    pub dialplan: &'static str,
    /// What `show` says is dialled, if that is not what events say (recorded: after `bridge:... inline`).
    pub listed_destination: Option<String>,
    /// Name and number of the side it was bridged to last.
    pub callee: Option<(String, String)>,
    /// Destination before the last transfer (`Caller-RDNIS`).
    pub redirected_from: Option<String>,
    /// Destination of the first profile.
    pub initial_destination: Option<String>,
    /// Application that runs, its data, and its id.
    pub application: Option<(&'static str, String, String)>,
    /// The application that ran last, and its data.
    pub last_application: Option<(&'static str, String)>,
    /// File that is being played.
    pub playing: Option<String>,
    /// `uuid_br` note of the bridge in `Caller-Transfer-Source`.
    pub transfer_source: String,
    /// Channel variables in the order of their first setting.
    pub variables: Vec<(String, Value)>,
}

/// What the other leg's headers show.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Channel uuid.
    pub uuid: String,
    /// Caller or agent.
    pub leg: Leg,
    /// Channel name.
    pub name: String,
    /// Caller's name.
    pub cid_name: String,
    /// Caller's number.
    pub cid_number: String,
    /// Dialled extension.
    pub destination: String,
    /// `[profile created, created, answered, progress]`, all 0 for the caller's leg.
    pub times: [Micros; 4],
}

impl Channel {
    /// An inbound call into a queue.
    pub fn caller(uuid: String, name: &str, number: &str, queue: &str, now: Micros) -> Self {
        let local = queue.split('@').next().unwrap_or(queue);
        let mut channel = Self::new(uuid, Leg::Caller, format!("sofia/internal/{number}@127.0.0.1"), now);
        channel.cid_name = name.to_owned();
        channel.cid_number = number.to_owned();
        channel.destination = format!("queue-{local}");
        channel.set("direction", "inbound");
        let uuid = channel.uuid.clone();
        channel.set("uuid", uuid.as_str());
        channel.set("call_uuid", uuid.as_str());
        channel.set("session_id", "");
        channel.set("sip_from_user", number);
        channel.set("sip_from_uri", format!("{number}@127.0.0.1"));
        channel.set("sip_from_host", "127.0.0.1");
        let channel_name = channel.name.clone();
        channel.set("channel_name", channel_name);
        channel.set("sip_network_ip", "127.0.0.1");
        channel.set("sip_network_port", "5070");
        channel.set("sofia_profile_name", "internal");
        channel.set("sip_from_display", name);
        let destination = channel.destination.clone();
        channel.set("sip_req_user", destination.as_str());
        channel.set("sip_to_user", destination);
        channel.set("sip_user_agent", "rec-ua/1.0");
        channel.set("max_forwards", "70");
        channel.set("read_codec", "PCMU");
        channel.set("read_rate", "8000");
        channel.set("write_codec", "PCMU");
        channel.set("write_rate", "8000");
        channel.set("dtmf_type", "rfc2833");
        channel.set("endpoint_disposition", "RECEIVED");
        channel
    }

    /// An outbound call to an agent. The contact's last word after `/` is the destination.
    pub fn agent(uuid: String, contact: &str, caller: &Channel, now: Micros) -> Self {
        let dial = contact.rsplit([']', '}']).next().unwrap_or(contact);
        let address = dial.rsplit('/').next().unwrap_or(dial);
        let destination = address.split('@').next().unwrap_or(address).to_owned();
        let name = if dial.starts_with("sofia/") {
            dial.to_owned()
        } else {
            format!("sofia/internal/{destination}@127.0.0.1:5070")
        };
        let mut channel = Self::new(uuid, Leg::Agent, name, now);
        channel.cid_name.clone_from(&caller.cid_name);
        channel.cid_number.clone_from(&caller.cid_number);
        channel.destination = destination;
        channel.set("direction", "outbound");
        channel.set("is_outbound", "true");
        let uuid = channel.uuid.clone();
        channel.set("uuid", uuid.as_str());
        channel.set("call_uuid", uuid);
        channel.set("session_id", "");
        channel.set("sip_profile_name", "internal");
        channel.set("loopback_bowout", "false");
        channel.set("loopback_bowout_on_execute", "false");
        let channel_name = channel.name.clone();
        channel.set("channel_name", channel_name);
        channel
    }

    /// A call that the switch makes by itself, to a channel of that name.
    pub fn outbound(
        uuid: String,
        name: &str,
        destination: &str,
        (cid_name, cid_number): (&str, &str),
        now: Micros,
    ) -> Self {
        let mut channel = Self::new(uuid, Leg::Agent, name.to_owned(), now);
        channel.cid_name = cid_name.to_owned();
        channel.cid_number = cid_number.to_owned();
        channel.destination = destination.to_owned();
        channel.set("direction", "outbound");
        channel.set("is_outbound", "true");
        let uuid = channel.uuid.clone();
        channel.set("uuid", uuid.as_str());
        channel.set("call_uuid", uuid);
        channel.set("session_id", "");
        channel.set("channel_name", name);
        if name.starts_with("sofia/") {
            channel.set("sip_profile_name", "internal");
        }
        channel
    }

    /// The half of a loopback channel that executes the dialplan.
    pub fn inbound_half(uuid: String, a: &Self, now: Micros) -> Self {
        let mut channel = Self::new(uuid, Leg::Caller, a.name.replace("-a", "-b"), now);
        channel.cid_name.clone_from(&a.cid_name);
        channel.cid_number.clone_from(&a.cid_number);
        channel.destination.clone_from(&a.destination);
        channel.twin = Some(a.uuid.clone());
        channel.set("direction", "inbound");
        let uuid = channel.uuid.clone();
        channel.set("uuid", uuid.as_str());
        channel.set("call_uuid", uuid);
        channel.set("session_id", "");
        let name = channel.name.clone();
        channel.set("channel_name", name);
        channel
    }

    fn new(uuid: String, leg: Leg, name: String, now: Micros) -> Self {
        Self {
            call_uuid: uuid.clone(),
            uuid,
            session_id: 0,
            leg,
            name,
            cid_name: String::new(),
            cid_number: String::new(),
            destination: String::new(),
            state: "CS_INIT",
            state_number: 2,
            call_state: "DOWN",
            answer_state: "ringing",
            created: now,
            profile_created: now,
            progress: 0,
            answered: 0,
            bridged: 0,
            hung_up: 0,
            hangup_cause: String::new(),
            other: None,
            is_reached: leg == Leg::Caller,
            is_flipped: false,
            is_parked: false,
            bugs: Vec::new(),
            display: None,
            broadcast: None,
            twin: None,
            has_media: false,
            read_codec: "PCMU",
            profile_index: 1,
            dialplan: "XML",
            listed_destination: None,
            callee: None,
            redirected_from: None,
            initial_destination: None,
            application: None,
            last_application: None,
            playing: None,
            transfer_source: String::new(),
            variables: Vec::with_capacity(64),
        }
    }

    /// Sets a variable; a new one goes to the end.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        match self.variables.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.variables.push((name.to_owned(), value)),
        }
    }

    /// Sets a variable and moves it to the end, as the switch does with those that it deletes first.
    pub fn set_last(&mut self, name: &str, value: impl Into<Value>) {
        self.unset(name);
        self.variables.push((name.to_owned(), value.into()));
    }

    /// Takes a variable away.
    pub fn unset(&mut self, name: &str) {
        self.variables.retain(|(known, _)| known != name);
    }

    /// The text of a variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(known, _)| known == name).map(|(_, value)| match value {
            Value::Text(text) => text.as_str(),
            Value::List(list) => list.first().map_or("", String::as_str),
        })
    }

    /// Whether both legs are talking to each other.
    pub fn is_bridged(&self) -> bool {
        self.bridged != 0
    }

    /// Name and number of the other side as the phone is told, once bridged.
    pub fn sent_callee(&self) -> Option<(String, String)> {
        if self.display.is_some() {
            return self.display.clone();
        }
        let other = self.other.as_ref().filter(|_| self.is_bridged())?;
        Some(match self.leg {
            Leg::Caller => ("Outbound Call".to_owned(), other.destination.clone()),
            Leg::Agent => (self.cid_name.clone(), self.cid_number.clone()),
        })
    }

    /// Bits per second of the codec that it reads.
    pub fn read_bit_rate(&self) -> &'static str {
        if self.read_codec == "L16" { "128000" } else { "64000" }
    }

    /// A new caller profile, because the channel was transferred: `how` is `uuid_br:<uuid>` or
    /// `bl_xfer:<destination>/<context>/<dialplan>`.
    pub fn new_profile(&mut self, now: Micros, id: &str, how: &str) {
        let source = format!("{}:{id}:{how}", crate::clock::epoch(now));
        let mut history = match self.variables.iter().find(|(name, _)| name == "transfer_history") {
            Some((_, Value::List(list))) => list.clone(),
            Some((_, Value::Text(text))) => vec![text.clone()],
            None => Vec::new(),
        };
        history.push(source.clone());
        let history = if history.len() == 1 { Value::Text(source.clone()) } else { Value::List(history) };
        self.set("transfer_history", history);
        self.set("transfer_source", source.as_str());
        self.transfer_source = source;
        self.profile_created = now;
        self.profile_index += 1;
    }

    /// A blind transfer to an extension.
    pub fn redirect(&mut self, now: Micros, id: &str, destination: &str, dialplan: &'static str) {
        self.new_profile(now, id, &format!("bl_xfer:{destination}/default/{dialplan}"));
        self.initial_destination.get_or_insert(self.destination.clone());
        self.redirected_from = Some(std::mem::replace(&mut self.destination, destination.to_owned()));
        self.dialplan = dialplan;
        let forwards = self.variable("max_forwards").and_then(|left| left.parse::<i64>().ok()).unwrap_or(70);
        self.set("max_forwards", (forwards - 1).to_string());
    }

    /// The channel leaves the other leg behind.
    pub fn forget_other(&mut self) {
        if let Some(other) = self.other.take() {
            self.callee = Some(("Outbound Call".to_owned(), other.destination));
        }
        self.bridged = 0;
        self.broadcast = None;
        for name in ["signal_bond", "bridge_to"] {
            self.unset(name);
        }
    }

    /// Name and number of the caller, as this leg shows them.
    pub fn shown_caller(&self) -> (&str, &str) {
        if self.is_flipped {
            ("Outbound Call", &self.destination)
        } else {
            (&self.cid_name, &self.cid_number)
        }
    }

    /// Name and number of the called side, as this leg shows them; empty if it does not know.
    pub fn shown_callee(&self) -> (&str, &str) {
        match (self.leg, &self.other) {
            _ if self.is_flipped => (&self.cid_name, &self.cid_number),
            (Leg::Agent, _) => ("Outbound Call", &self.destination),
            (Leg::Caller, Some(other)) => ("Outbound Call", &other.destination),
            (Leg::Caller, None) => self.callee.as_ref().map_or(("", ""), |(name, number)| (name, number)),
        }
    }

    /// What the other leg's events show of this one. Recorded: the caller's times are all 0 there.
    pub fn profile(&self) -> Profile {
        Profile {
            uuid: self.uuid.clone(),
            leg: self.leg,
            name: self.name.clone(),
            cid_name: self.cid_name.clone(),
            cid_number: self.cid_number.clone(),
            destination: self.destination.clone(),
            times: match self.leg {
                Leg::Caller => [0; 4],
                Leg::Agent => [self.profile_created, self.created, self.answered, self.progress],
            },
        }
    }

    /// The variables that the end of a call adds: cause, stamps, epochs, durations.
    pub fn set_times_of_end(&mut self) {
        use crate::clock::{epoch, local_stamp};
        let end = self.hung_up;
        let cause = self.hangup_cause.clone();
        self.set("hangup_cause", cause.as_str());
        self.set("hangup_cause_q850", q850(&cause).to_string());
        self.set("digits_dialed", "none");
        let points = [
            ("start", self.created),
            ("profile_start", self.profile_created),
            ("answer", self.answered),
            ("bridge", self.bridged),
            ("progress", self.progress),
            ("end", end),
        ];
        for (name, at) in points.into_iter().filter(|(_, at)| *at != 0) {
            self.set(&format!("{name}_stamp"), local_stamp(at));
        }
        let never = [("last_hold", 0), ("resurrect", 0), ("progress_media", 0)];
        for (name, at) in points.into_iter().chain(never) {
            self.set(&format!("{name}_epoch"), epoch(at).to_string());
            self.set(&format!("{name}_uepoch"), at.to_string());
        }
        for name in ["hold_accum_seconds", "hold_accum_usec", "hold_accum_ms"] {
            self.set(name, "0");
        }
        if let Some((application, data)) = self.last_application.clone() {
            self.set("last_app", application);
            if !data.is_empty() {
                self.set("last_arg", data);
            }
        }
        let (name, number) = self.shown_caller();
        let caller_id = format!("\"{name}\" <{number}>");
        self.set("caller_id", caller_id);
        let until_end = |at: Micros| if at == 0 { (0, 0) } else { (at, end) };
        let until = |at: Micros| if at == 0 { (0, 0) } else { (self.created, at) };
        // What flows counts from the beginning, but only of a call that was answered.
        let flow = if self.answered == 0 { (0, 0) } else { until_end(self.created) };
        let spans = [
            (["duration", "mduration", "uduration"], until_end(self.created)),
            (["billsec", "billmsec", "billusec"], until_end(self.answered)),
            (["progresssec", "progressmsec", "progressusec"], until(self.progress)),
            (["answersec", "answermsec", "answerusec"], until(self.answered)),
            (["waitsec", "waitmsec", "waitusec"], until(self.bridged)),
            (["progress_mediasec", "progress_mediamsec", "progress_mediausec"], (0, 0)),
            (["flow_billsec", "flow_billmsec", "flow_billusec"], flow),
        ];
        for ([seconds, millis, micros], (from, to)) in spans {
            // Recorded: seconds are those between two whole ones, so 1.6 may be 2.
            self.set(seconds, (epoch(to) - epoch(from)).to_string());
            self.set(millis, ((to - from) / 1000).to_string());
            self.set(micros, (to - from).to_string());
        }
    }
}

/// The Q.850 number of a cause; causes of the switch's own count as a normal end (recorded).
fn q850(cause: &str) -> u16 {
    match cause {
        "USER_BUSY" => 17,
        "NO_USER_RESPONSE" => 18,
        "NO_ANSWER" => 19,
        "CALL_REJECTED" => 21,
        _ => 16,
    }
}
