//! `api demo <word> ...`: what tests and demonstrations tell the switch to do. A real switch answers
//! `-ERR demo Command not found!`.

use crate::cdr::delivery::Outbox;
use crate::faults::{self, Fault};
use crate::ghosts;
use crate::switch::Switch;
use crate::timers::Act;
use crate::words;
use crate::world::rates::Rate;

const USAGE: &str = "-USAGE: freeze | thaw | call <queue> <number> <name> | hangup <uuid> | answer <agent> | \
                     noanswer <agent> | busy <agent> | reject <agent> | unreachable <agent> | \
                     phone <agent> answer|noanswer|busy|reject|unreachable|auto <milliseconds> | agent-behaviour <agent> manual|auto | \
                     end <agent> | register <user> <seconds> | unregister <user> | \
                     register-failure <user> <address> | restart | silence on|off | reset-connections | \
                     reload-callcenter | cdr-resend | cdr-pending | rate [<name> <value>] | fault ... | ghost ...\n";
const OK: &str = "+OK\n";

/// Runs `demo <line>`.
pub fn run(switch: &mut Switch, line: &str) -> String {
    let words = words::split(line, 8);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["freeze"] => switch.freeze(),
        ["thaw"] => switch.thaw(),
        ["call", queue, number, name @ ..] => {
            if switch.center.queue(queue).is_none() && !switch.center.load_queue(queue) {
                return "-ERR Queue not found!\n".to_owned();
            }
            return format!("+OK {}\n", switch.enter_queue(queue, number, &name.join(" ")));
        }
        ["hangup", uuid] => return found(switch.kill(uuid)),
        ["answer", agent] => return act(switch, agent, Act::Answer),
        ["noanswer", agent] => return act(switch, agent, Act::NoAnswer),
        ["busy", agent] => return act(switch, agent, Act::Busy),
        ["reject", agent] => return act(switch, agent, Act::Reject),
        ["unreachable", agent] => return act(switch, agent, Act::Unreachable),
        ["register", user, seconds] => match seconds.parse() {
            Ok(seconds) => switch.register(user, seconds),
            Err(_) => return USAGE.to_owned(),
        },
        ["unregister", user] => return found(switch.unregister(user)),
        ["register-failure", user, address] => switch.register_wrongly(user, address),
        ["phone", agent, word, millis] => return phone(switch, agent, word, millis),
        ["agent-behaviour", agent, mode @ ("manual" | "auto")] => {
            if switch.center.agent(agent).is_none() {
                return found(false);
            }
            let behaviour = switch.world.behaviours.entry((*agent).to_owned()).or_default();
            behaviour.manual = *mode == "manual";
        }
        ["end", agent] => match switch.talking_leg(agent) {
            Some(leg) => switch.talk_ends(&leg, false),
            None => return found(false),
        },
        ["fault", words @ ..] => {
            let Some((fault, time)) = faults::words::parse(words) else {
                return faults::words::USAGE.to_owned();
            };
            switch.fault(fault);
            if let Some(time) = time {
                switch.end_faults_after(time);
            }
        }
        ["restart"] => switch.fault(Fault::Restart),
        ["silence", state @ ("on" | "off")] => switch.fault(Fault::Silence(*state == "on")),
        ["reset-connections"] => switch.fault(Fault::Reset),
        ["rate"] => return switch.world.rates.to_string(),
        ["rate", name, value] => {
            let (Some(rate), Some(value)) = (Rate::from_word(name), Rate::value(value)) else {
                return USAGE.to_owned();
            };
            switch.set_rate(rate, value);
        }
        ["cdr-resend"] => match &switch.cdrs {
            Some(outbox) => outbox.resend(None),
            None => return found(false),
        },
        ["cdr-pending"] => {
            let pending = switch.cdrs.as_ref().map_or(0, Outbox::under_way);
            return format!("+OK {pending}\n");
        }
        ["reload-callcenter"] => switch.fault(Fault::ReloadCallCenter),
        ["ghost", words @ ..] => return ghosts::run(switch, words),
        _ => return USAGE.to_owned(),
    }
    OK.to_owned()
}

fn found(found: bool) -> String {
    if found { OK.to_owned() } else { "-ERR not found\n".to_owned() }
}

/// What a phone, an agent's or one of that number, does with every call from now on.
fn phone(switch: &mut Switch, agent: &str, word: &str, millis: &str) -> String {
    let act = match word {
        "answer" => Some(Act::Answer),
        "noanswer" => Some(Act::NoAnswer),
        "busy" => Some(Act::Busy),
        "reject" => Some(Act::Reject),
        "unreachable" => Some(Act::Unreachable),
        "auto" => None,
        _ => return USAGE.to_owned(),
    };
    let Ok(millis) = millis.parse::<i64>() else { return USAGE.to_owned() };
    let behaviour = switch.world.behaviours.entry(agent.to_owned()).or_default();
    behaviour.phone = act.map(|act| (act, millis * 1000));
    OK.to_owned()
}

/// What the agent's phone does now if it rings, else with the next offer.
fn act(switch: &mut Switch, agent: &str, act: Act) -> String {
    if switch.center.agent(agent).is_none() {
        return found(false);
    }
    match switch.ringing_leg(agent) {
        Some(leg) => switch.leg_acts(&leg, act),
        None => switch.world.behaviours.entry(agent.to_owned()).or_default().next = Some(act),
    }
    OK.to_owned()
}
