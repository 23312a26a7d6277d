//! `originate`: a leg that the switch calls by itself, and what it does once it is answered.
//!
//! Errors, the flipped caller id and the events of a phone are recorded; what an application does beyond `park`, `eavesdrop`
//! and `callcenter` is not.

use tokio::sync::oneshot;

use super::offer::{ANSWER, CREATE, ORIGINATE, ORIGINATE_TIMEOUT_SECONDS, OUTGOING};
use crate::channels::Channel;
use crate::clock::{SECOND_US, epoch};
use crate::switch::Switch;
use crate::timers::{Act, Timer};
use crate::words;

/// How long a phone rings that was not told otherwise.
const RINGS_FOR_US: i64 = 1_500_000;

/// A leg that was originated and is not answered yet.
#[derive(Debug)]
pub struct Origination {
    target: Target,
    reply: Option<Reply>,
}

/// Who waits for the answer of an `originate`.
#[derive(Debug)]
pub enum Reply {
    /// A connection that does nothing else meanwhile.
    Session(oneshot::Sender<String>),
    /// A job: its id, and the arguments.
    Job(String, String),
}

/// What an originated leg does once it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `&application(data)`
    Application(String, String),
    /// An extension of the dialplan.
    Extension(String),
    /// A caller who is bridged to it.
    Caller(String),
}

/// Where a dial string leads.
enum Endpoint {
    /// A phone: channel name and number.
    Phone(String, String),
    /// Something that answers by itself: channel name and number.
    Machine(String, String),
}

/// Applications of the dialplan that an originated leg stays in.
const APPLICATIONS: [&str; 8] =
    ["park", "playback", "echo", "sleep", "hold", "endless_playback", "three_way", "answer"];

impl Switch {
    /// Runs `originate <arguments>`. The answer goes to `reply` when the leg is answered or has failed.
    ///
    /// # Errors
    /// What is to be answered at once; `reply` hears nothing. Empty for too few arguments.
    pub fn originate(&mut self, arguments: &str, reply: Reply) -> Result<(), String> {
        let words = words::split(arguments, 7);
        let (Some(dial), Some(target)) = (words.first(), words.get(1)) else { return Err(String::new()) };
        let (variables, url) = dial_variables(dial);
        let endpoint = self.endpoint(url).map_err(|cause| format!("-ERR {cause}\n"))?;
        let target = match target.strip_prefix('&') {
            Some(application) => {
                let (name, data) = application.split_once('(').unwrap_or((application, ""));
                Target::Application(name.to_owned(), data.trim_end_matches(')').to_owned())
            }
            None => Target::Extension(target.clone()),
        };
        let of = |name: &str| variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let name = of("origination_caller_id_name").or_else(|| words.get(4).cloned()).unwrap_or_default();
        let number = of("origination_caller_id_number").or_else(|| words.get(5).cloned());
        let number = number.unwrap_or_else(|| "0000000000".to_owned());
        let timeout = of("originate_timeout").or_else(|| of("leg_timeout")).or_else(|| words.get(6).cloned());
        let timeout = timeout.and_then(|seconds| seconds.parse().ok()).unwrap_or(ORIGINATE_TIMEOUT_SECONDS);
        let leg = of("origination_uuid").unwrap_or_else(|| self.new_uuid());
        if self.channels.get(&leg).is_some() {
            return Err("-ERR DESTINATION_OUT_OF_ORDER\n".to_owned());
        }
        self.call_out(&leg, &endpoint, (&name, &number), &variables);
        self.originations.insert(leg.clone(), Origination { target, reply: Some(reply) });
        self.await_answer(&leg, &endpoint, timeout);
        Ok(())
    }

    /// Calls `url` for a caller who waits to be bridged to it (`bridge` of the dialplan). False if that cannot be called.
    pub fn call_for(&mut self, session: &str, url: &str) -> bool {
        let Ok(endpoint) = self.endpoint(url) else { return false };
        let Some(caller) = self.channels.get(session) else { return false };
        let shown = |variable: &str, own: &str| caller.variable(variable).unwrap_or(own).to_owned();
        let name = shown("effective_caller_id_name", &caller.cid_name);
        let number = shown("effective_caller_id_number", &caller.cid_number);
        let exported: Vec<(String, String)> = caller
            .variable("export_vars")
            .unwrap_or_default()
            .split(',')
            .filter_map(|name| Some((name.to_owned(), caller.variable(name)?.to_owned())))
            .collect();
        self.set_channel_state(session, "CS_EXECUTE", 4);
        if let Some(channel) = self.channels.get_mut(session) {
            channel.set_last("current_application_data", url);
            channel.set_last("current_application", "bridge");
        }
        self.execute(session, "bridge", url);
        let leg = self.new_uuid();
        self.call_out(&leg, &endpoint, (&name, &number), &exported);
        let target = Target::Caller(session.to_owned());
        self.originations.insert(leg.clone(), Origination { target, reply: None });
        self.await_answer(&leg, &endpoint, ORIGINATE_TIMEOUT_SECONDS);
        true
    }

    fn endpoint(&self, url: &str) -> Result<Endpoint, &'static str> {
        let (kind, rest) = url.split_once('/').unwrap_or((url, ""));
        let number = |address: &str| address.split('@').next().unwrap_or(address).to_owned();
        match kind {
            "error" => Err(match rest.to_ascii_uppercase().as_str() {
                "USER_BUSY" => "USER_BUSY",
                "CALL_REJECTED" => "CALL_REJECTED",
                "USER_NOT_REGISTERED" => "USER_NOT_REGISTERED",
                "NO_ANSWER" => "NO_ANSWER",
                _ => "NORMAL_CLEARING",
            }),
            "user" => {
                let user = number(rest);
                let is_known = self.world.life
                    || self.is_registered(&user)
                    || self.center.agents.iter().any(|agent| number(&agent.name) == user);
                match (is_known, self.is_registered(&user)) {
                    (false, _) => Err("SUBSCRIBER_ABSENT"),
                    (true, false) => Err("USER_NOT_REGISTERED"),
                    (true, true) => {
                        Ok(Endpoint::Phone(format!("sofia/internal/{user}@192.0.2.10:5070"), user))
                    }
                }
            }
            "sofia" if rest.starts_with("gateway/") => Err("INVALID_GATEWAY"),
            "sofia" => Ok(Endpoint::Phone(url.to_owned(), number(rest.rsplit('/').next().unwrap_or(rest)))),
            "null" => Ok(Endpoint::Machine(url.to_owned(), rest.to_owned())),
            "loopback" => {
                let extension = rest.split('/').next().unwrap_or(rest);
                let exists = extension.starts_with("caller-") || self.queue_of(extension).is_some();
                if exists {
                    Ok(Endpoint::Machine(format!("loopback/{extension}-a"), extension.to_owned()))
                } else {
                    Err("NO_ROUTE_DESTINATION")
                }
            }
            _ => Err("CHAN_NOT_IMPLEMENTED"),
        }
    }

    /// The queue behind an extension `queue-support`.
    pub fn queue_of(&self, extension: &str) -> Option<String> {
        let queue = format!("{}@default", extension.strip_prefix("queue-")?);
        let known = self.center.configuration.queues.iter().any(|known| known.name == queue);
        known.then_some(queue)
    }

    fn call_out(
        &mut self,
        leg: &str,
        endpoint: &Endpoint,
        caller_id: (&str, &str),
        variables: &[(String, String)],
    ) {
        let (Endpoint::Phone(name, number) | Endpoint::Machine(name, number)) = endpoint;
        let mut channel = Channel::outbound(leg.to_owned(), name, number, caller_id, self.now);
        let id = (self.channels.next_session + 1).to_string();
        channel.set("session_id", id);
        for (name, value) in variables {
            channel.set(name, value.as_str());
        }
        channel.set("originate_early_media", "true");
        channel.set("originate_endpoint", name.split('/').next().unwrap_or_default());
        self.channels.insert(channel);
        self.leg_goes_out(leg);
    }

    /// The events of an outbound leg up to its waiting for an answer.
    pub(super) fn leg_goes_out(&mut self, leg: &str) {
        self.enter_state(leg, "CS_NONE", 1);
        self.channel_outline("CHANNEL_OUTGOING", OUTGOING, leg);
        self.set_channel_state(leg, "CS_INIT", 1);
        self.enter_state(leg, "CS_INIT", 2);
        self.channel_event("CHANNEL_CREATE", CREATE, leg, &[]);
        self.channel_event("CHANNEL_ORIGINATE", ORIGINATE, leg, &[]);
        self.set_channel_state(leg, "CS_ROUTING", 2);
        self.set_channel_state(leg, "CS_CONSUME_MEDIA", 7);
    }

    fn await_answer(&mut self, leg: &str, endpoint: &Endpoint, timeout: i64) {
        match endpoint {
            Endpoint::Machine(..) => self.after(0, Timer::Act(leg.to_owned(), Act::Answer)),
            Endpoint::Phone(_, number) => {
                let phone = self.world.behaviours.get(number).and_then(|behaviour| behaviour.phone);
                let (act, delay) = phone.unwrap_or((Act::Answer, RINGS_FOR_US));
                self.after(100_000, Timer::Progress(leg.to_owned()));
                self.after(delay, Timer::Act(leg.to_owned(), act));
                let until = (epoch(self.now) + timeout) * SECOND_US - self.now;
                self.after(until, Timer::Act(leg.to_owned(), Act::NoAnswer));
            }
        }
    }

    /// What the phone of an originated leg does.
    pub(super) fn origination_acts(&mut self, leg: &str, act: Act) {
        let (cause, answer) = match act {
            Act::Answer => return self.origination_answers(leg),
            Act::NoAnswer => ("NO_ANSWER", None),
            Act::Busy => ("USER_BUSY", Some("sip:486")),
            Act::Reject => ("CALL_REJECTED", Some("sip:603")),
            Act::Unreachable => ("NO_USER_RESPONSE", Some("sip:480")),
        };
        if let (Some(answer), Some(channel)) = (answer, self.channels.get_mut(leg)) {
            channel.is_reached = true;
            channel.set("proto_specific_hangup_cause", answer);
        }
        self.origination_fails(leg, cause);
    }

    /// An originated leg goes before it is answered.
    pub fn origination_fails(&mut self, leg: &str, cause: &str) {
        let Some(origination) = self.originations.remove(leg) else { return };
        self.hang_up(leg, cause);
        self.destroy(leg);
        self.answer_originate(origination.reply, format!("-ERR {cause}\n"));
        if let Target::Caller(session) = origination.target {
            self.hang_up_caller(&session);
        }
    }

    fn answer_originate(&mut self, reply: Option<Reply>, text: String) {
        match reply {
            Some(Reply::Session(session)) => {
                // A client that is gone does not wait any more.
                let _ = session.send(text);
            }
            Some(Reply::Job(job, arguments)) => self.background_job(&job, "originate", &arguments, text),
            None => {}
        }
    }

    fn origination_answers(&mut self, leg: &str) {
        let Some(origination) = self.originations.remove(leg) else { return };
        let is_phone = self.channels.get(leg).is_some_and(|channel| channel.name.starts_with("sofia/"));
        if is_phone {
            self.leg_rings(leg);
        }
        if self.channels.get(leg).is_some_and(|channel| channel.name.starts_with("loopback/")) {
            self.loopback_answers(leg);
        }
        self.leg_is_answered(leg);
        self.answer_originate(origination.reply, format!("+OK {leg}\n"));
        match origination.target {
            Target::Caller(session) => {
                self.note_called(&session, leg);
                self.bridge_legs(&session, leg);
            }
            Target::Extension(extension) => match self.queue_of(&extension) {
                Some(queue) => self.leg_enters_queue(leg, &queue),
                None if is_outside(&extension) => {
                    // The trunk of the demo's dialplan takes every number.
                    self.call_for(leg, &format!("sofia/external/{extension}@192.0.2.200"));
                }
                None => self.end_leg(leg, "NO_ROUTE_DESTINATION"),
            },
            Target::Application(name, data) => self.leg_executes(leg, &name, &data),
        }
    }

    /// What `bridge` leaves on the caller about the leg that it called.
    fn note_called(&mut self, session: &str, leg: &str) {
        let Some(called) = self.channels.get(leg) else { return };
        let (progress, number) = (called.progress, called.destination.clone());
        if let Some(channel) = self.channels.get_mut(session) {
            channel.progress = progress;
            channel.set("originated_legs", format!("{leg};Outbound Call;{number}"));
            channel.set("originate_disposition", "SUCCESS");
            channel.set("DIALSTATUS", "SUCCESS");
            channel.set("originate_causes", format!("{leg};NONE"));
        }
    }

    /// Codecs, the event, and the call state of a leg that was answered.
    pub(super) fn leg_is_answered(&mut self, leg: &str) {
        let now = self.now;
        self.set_codecs(leg);
        if let Some(channel) = self.channels.get_mut(leg) {
            channel.answer_state = "answered";
            channel.answered = now;
            for name in ["read_codec", "write_codec"] {
                channel.set(name, "PCMU");
            }
            for name in ["read_rate", "write_rate"] {
                channel.set(name, "8000");
            }
        }
        self.channel_event("CHANNEL_ANSWER", ANSWER, leg, &[]);
        self.set_call_state(leg, "ACTIVE");
        if let Some(channel) = self.channels.get_mut(leg) {
            channel.set("endpoint_disposition", "ANSWER");
        }
    }

    fn leg_executes(&mut self, leg: &str, name: &str, data: &str) {
        if let Some(channel) = self.channels.get_mut(leg) {
            channel.is_flipped = true;
            if !channel.cid_name.is_empty() {
                channel.set("pre_transfer_caller_id_name", channel.cid_name.clone());
            }
            channel.set("pre_transfer_caller_id_number", channel.cid_number.clone());
            channel.set("channel_cid_flipped", "yes");
        }
        match name {
            "callcenter" => match self.center.configuration.queues.iter().any(|queue| queue.name == data) {
                true => self.leg_enters_queue(leg, data),
                false => self.end_leg(leg, "NORMAL_CLEARING"),
            },
            "eavesdrop" => self.leg_listens(leg, data),
            "callcenter_track" => self.leg_is_tracked(leg, data),
            _ => match APPLICATIONS.iter().find(|known| **known == name) {
                Some(application) => self.leg_stays_in(leg, application, data),
                // Recorded: the answer is +OK, and the leg goes.
                None => self.end_leg(leg, "NORMAL_CLEARING"),
            },
        }
    }

    fn leg_enters_queue(&mut self, leg: &str, queue: &str) {
        let now = self.epoch();
        if self.center.queue(queue).is_none() {
            self.center.load_queue_and_agents(queue, now);
        }
        self.set_channel_state(leg, "CS_EXECUTE", 4);
        let member = self.new_uuid();
        self.enter_callcenter(leg, queue, &member);
        self.join(leg, queue, member, 0);
    }
}

/// Whether an extension is a number of the public network: those of telephones and services are shorter.
fn is_outside(extension: &str) -> bool {
    const SHORTEST: usize = 7;
    let digits = extension.strip_prefix('+').unwrap_or(extension);
    digits.len() >= SHORTEST && digits.chars().all(|letter| letter.is_ascii_digit())
}

/// The variables in front of a dial string, `{a=b,c=d}` or `[a=b]`, and the rest of it.
fn dial_variables(dial: &str) -> (Vec<(String, String)>, &str) {
    let mut variables = Vec::new();
    let mut rest = dial;
    for (open, close) in [('{', '}'), ('[', ']')] {
        if let Some((inside, after)) = rest.strip_prefix(open).and_then(|text| text.split_once(close)) {
            let pairs = inside.split(',').filter_map(|pair| pair.split_once('='));
            variables.extend(pairs.map(|(name, value)| (name.trim().to_owned(), unquoted(value).to_owned())));
            rest = after;
        }
    }
    (variables, rest)
}

/// A value without the single quotes around it, which keep its spaces together.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::dial_variables;

    #[test]
    fn variables_stand_before_the_dial_string() {
        let (variables, rest) = dial_variables("{a=b,c=d e}[leg_timeout=5]user/1001");
        let expected = [("a", "b"), ("c", "d e"), ("leg_timeout", "5")];
        assert_eq!(variables, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(rest, "user/1001");
        let (variables, _) = dial_variables("{a='b c',d=''}null/x");
        assert_eq!(
            variables,
            [("a", "b c"), ("d", "")].map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(dial_variables("null/x"), (Vec::new(), "null/x"));
    }
}
