//! The switch: everything behind one lock, and the clock that drives it.

use std::borrow::Cow;
use std::collections::HashMap;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::callcenter::center::Files;
use crate::callcenter::events::Kind;
use crate::callcenter::{Center, dispatch};
use crate::calls::Attempt;
use crate::calls::originate::Origination;
use crate::cdr::delivery::Outbox;
use crate::channels::{Channels, headers};
use crate::clock::{self, Micros, SECOND_US};
use crate::esl::hub::{End, Hub};
use crate::esl::log::LogLine;
use crate::esl::subscription;
use crate::esl::{HOSTNAME, IPV4, IPV6};
use crate::event::{Event, Origin};
use crate::faults::Pending;
use crate::journal::{Journal, What};
use crate::options::Options;
use crate::timers::{Timer, Timers};
use crate::world::World;

/// Time between two rounds of the dispatcher (mod_callcenter, `cc_agent_dispatch_thread_run()`).
const ROUND_US: Micros = 100_000;
/// Time between `fsctl shutdown` and the end.
const SHUTDOWN_DELAY_US: Micros = 800_000;

/// One FreeSWITCH with its call center.
#[derive(Debug)]
pub struct Switch {
    /// What it was started with.
    pub options: Options,
    /// Changes with every restart.
    pub core_uuid: String,
    /// When it was (re)started.
    pub started: Micros,
    /// The call center.
    pub center: Center,
    /// The configuration on disk.
    pub files: Files,
    /// Live channels.
    pub channels: Channels,
    /// Agents' legs, by channel uuid.
    pub attempts: HashMap<String, Attempt>,
    /// Legs that `originate` called and that are not answered yet.
    pub originations: HashMap<String, Origination>,
    /// Who listens.
    pub hub: Hub,
    /// Who decides.
    pub world: World,
    /// What is due.
    pub timers: Timers,
    /// Where call detail records go.
    pub cdrs: Option<Outbox>,
    /// What happened, for those who recount.
    pub journal: Journal,
    /// Every random decision.
    pub rng: StdRng,
    /// The instant of the current step.
    pub now: Micros,
    /// Modules that are loaded.
    pub modules: Vec<&'static str>,
    /// When the switch ends, if `fsctl shutdown` said so.
    pub shutdown_at: Option<Micros>,
    /// Values of `global_setvar`.
    pub globals: Vec<(String, String)>,
    /// What the faults draw, so that they do not change what happens.
    pub fault_rng: StdRng,
    /// What faults have still to do.
    pub pending_faults: Pending,
    /// By how much a fault has set the clock.
    pub clock_step: Micros,
    application_rng: StdRng,
    sequence: u64,
    held: Micros,
    firing: Option<Micros>,
    frozen: Option<Micros>,
    next_round: Micros,
    next_heartbeat: Micros,
}

impl Switch {
    /// A switch with the seeded call center; with life, in the middle of a day's work.
    pub fn new(options: Options, hub: Hub, journal: Journal) -> Self {
        let now = options.clock.now();
        let mut rng = StdRng::seed_from_u64(options.seed);
        let mut switch = Self {
            core_uuid: random_uuid(&mut rng),
            started: now,
            center: Center::default(),
            files: Files::default(),
            channels: Channels::default(),
            attempts: HashMap::new(),
            originations: HashMap::new(),
            shutdown_at: None,
            hub,
            world: World::new(&options),
            timers: Timers::default(),
            cdrs: None,
            journal,
            rng,
            now,
            modules: crate::api::MODULES.to_vec(),
            globals: vec![
                ("hostname".to_owned(), HOSTNAME.to_owned()),
                ("domain".to_owned(), "default".to_owned()),
            ],
            fault_rng: StdRng::seed_from_u64(options.seed ^ 2),
            pending_faults: Pending::default(),
            clock_step: 0,
            application_rng: StdRng::seed_from_u64(options.seed ^ 1),
            sequence: 0,
            held: 0,
            firing: None,
            frozen: None,
            next_round: now,
            next_heartbeat: now + clock::seconds_us(options.heartbeat_seconds),
            options,
        };
        switch.populate();
        switch
    }

    /// The switch's clock, now.
    pub fn stamp(&self) -> Micros {
        self.options.clock.now() + self.clock_step
    }

    /// Looks at the clock: commands run at their own instant, not at that of the last tick.
    pub fn refresh(&mut self) {
        self.now = self.stamp();
    }

    /// The current epoch second.
    pub fn epoch(&self) -> i64 {
        clock::epoch(self.now)
    }

    /// A new uuid from the seeded source.
    pub fn new_uuid(&mut self) -> String {
        random_uuid(&mut self.rng)
    }

    /// Puts something on the list, `delay` after now; after the due time of the timer that fires, so that rates are not
    /// slowed by the cut of the clock.
    pub fn after(&mut self, delay: Micros, timer: Timer) {
        let base = self.firing.unwrap_or(self.frozen.unwrap_or(self.now) - self.held);
        self.timers.add(base + delay, timer);
    }

    /// Keeps everything that is due by itself as far away as it is while the clock is set.
    pub fn shift_due_times(&mut self, by: Micros) {
        self.held += by;
        self.frozen = self.frozen.map(|since| since + by);
        self.next_round += by;
        self.next_heartbeat += by;
        self.started += by;
    }

    /// Brings the switch to the time of day `now`: due timers, a round of the dispatcher, a heartbeat.
    pub fn advance(&mut self, now: Micros) {
        self.now = now;
        if now >= self.next_heartbeat {
            self.next_heartbeat = now + clock::seconds_us(self.options.heartbeat_seconds).max(1000);
            self.heartbeat();
        }
        if self.shutdown_at.is_some_and(|at| now >= at) {
            self.end_now();
        }
        if self.frozen.is_some() {
            return;
        }
        while let Some((due, timer)) = self.timers.pop_due(now - self.held) {
            self.firing = Some(due);
            self.fire(timer);
        }
        self.firing = None;
        if now >= self.next_round {
            self.next_round = now + ROUND_US - ROUND_US / 10;
            let epoch = self.epoch();
            let round = dispatch::round(&mut self.center, epoch, &mut self.rng);
            self.carry_out(round);
        }
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::Progress(leg) => self.leg_rings(&leg),
            Timer::Act(leg, act) => self.leg_acts(&leg, act),
            Timer::TalkEnds(leg, by_caller) => self.talk_ends(&leg, by_caller),
            Timer::GiveUp(session) => self.caller_gives_up(&session),
            Timer::Arrive => self.caller_arrives(),
            Timer::Turn(agent, turn) => self.agent_turns(&agent, turn),
        }
    }

    /// Stops the world: no timer fires and no offer is made until [`Self::thaw`]. Commands still work.
    pub fn freeze(&mut self) {
        if self.frozen.is_none() {
            self.frozen = Some(self.now);
            self.note_now(What::Frozen);
        }
    }

    /// Lets the world go on where it stopped.
    pub fn thaw(&mut self) {
        if let Some(since) = self.frozen.take() {
            self.held += self.now - since;
            self.note_now(What::Thawed);
        }
    }

    /// A restart: a new core, all calls forgotten, all connections closed. Agents and tiers are in the database and stay.
    pub fn restart(&mut self) {
        self.shutting_down();
        self.core_uuid = self.new_uuid();
        self.started = self.now;
        self.sequence = 0;
        self.channels = Channels::default();
        self.attempts.clear();
        self.originations.clear();
        self.timers.clear();
        self.frozen = None;
        self.held = 0;
        self.firing = None;
        self.note_now(What::Restarted);
        self.center.reset_on_load();
        self.flush();
        self.next_heartbeat = self.now + clock::seconds_us(self.options.heartbeat_seconds);
        self.start_life();
    }

    /// The switch ends in a moment, so that the answer to the command still goes out (recorded: 0.8 s).
    pub fn shut_down_soon(&mut self) {
        self.shutdown_at.get_or_insert(self.stamp() + SHUTDOWN_DELAY_US);
    }

    /// A line of the log, for those who asked for lines of that level.
    pub fn log(&mut self, level: usize, channel: u8, origin: Origin, text: &str) {
        if self.hub.wants_log(level) {
            let line = LogLine { level, channel, origin, text: text.to_owned() };
            self.hub.log(level, line.frame(self.stamp()));
        }
    }

    /// The event SHUTDOWN, the end of all calls, the notice on every connection, and the end of the port.
    pub fn end_now(&mut self) {
        self.shutdown_at = None;
        self.tell_shutdown();
        // The modules go as well, so that nobody is told what becomes of queues.
        let uuids: Vec<String> = self.channels.iter().map(|channel| channel.uuid.clone()).collect();
        for uuid in uuids {
            self.hang_up_and_destroy(&uuid, "SYSTEM_SHUTDOWN");
        }
        self.hub.end_all(End::ShuttingDown);
        self.hub.stop();
    }

    /// The same, but calls are forgotten.
    fn shutting_down(&mut self) {
        self.tell_shutdown();
        self.hub.end_all(End::ShuttingDown);
    }

    fn tell_shutdown(&mut self) {
        let mut event = self.event("SHUTDOWN", None, Origin("switch_core.c", "switch_core_destroy", 3033));
        event.add("Event-Info", "System Shutting Down");
        self.publish(&event);
    }

    /// The id of an application that runs: from a source of its own, so that who listens does not change what happens.
    pub fn new_application_uuid(&mut self) -> String {
        random_uuid(&mut self.application_rng)
    }

    /// An event with the common headers; its sequence number is taken now.
    pub fn event(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        subclass: Option<Cow<'static, str>>,
        origin: Origin,
    ) -> Event {
        // The stamp is that of writing, also where a step takes a while.
        self.event_at(self.stamp(), name, subclass, origin)
    }

    fn event_at(
        &mut self,
        at: Micros,
        name: impl Into<Cow<'static, str>>,
        subclass: Option<Cow<'static, str>>,
        origin: Origin,
    ) -> Event {
        self.sequence += 1;
        let mut event = Event { name: name.into(), subclass, headers: Vec::with_capacity(32), body: None };
        self.add_common(&mut event, at, origin);
        event
    }

    fn add_common(&self, event: &mut Event, at: Micros, Origin(file, function, line): Origin) {
        if let Some(subclass) = event.subclass.clone() {
            event.add("Event-Subclass", subclass.as_ref());
        }
        let name = event.name.clone();
        event.add("Event-Name", name.as_ref());
        event.add("Core-UUID", self.core_uuid.as_str());
        event.add("FreeSWITCH-Hostname", HOSTNAME);
        event.add("FreeSWITCH-Switchname", HOSTNAME);
        event.add("FreeSWITCH-IPv4", IPV4);
        event.add("FreeSWITCH-IPv6", IPV6);
        event.add("Event-Date-Local", clock::local_stamp(at));
        event.add("Event-Date-GMT", clock::gmt_stamp(at));
        event.add("Event-Date-Timestamp", at.to_string());
        event.add("Event-Calling-File", file);
        event.add("Event-Calling-Function", function);
        event.add("Event-Calling-Line-Number", line.to_string());
        event.add("Event-Sequence", self.sequence.to_string());
    }

    /// An event of a client: its own headers come before the common ones (recorded: `sendevent`).
    pub fn send_event(&mut self, name: &str, headers: Vec<(String, String)>, body: Option<String>) -> String {
        self.sequence += 1;
        let uuid = self.new_uuid();
        let subclass = headers.iter().find(|(key, _)| key.eq_ignore_ascii_case("Event-Subclass"));
        // Recorded: a name that there is not makes a CUSTOM event.
        let known =
            if subscription::is_event_name(name) { name.to_ascii_uppercase() } else { "CUSTOM".to_owned() };
        let mut event = Event {
            name: Cow::Owned(known),
            subclass: subclass.map(|(_, value)| Cow::Owned(value.clone())),
            headers: Vec::new(),
            body,
        };
        if let Some((key, value)) = subclass {
            event.add(key.clone(), value.as_str());
        }
        event.add("Command", format!("sendevent {name}"));
        for (key, value) in headers.iter().filter(|(key, _)| !key.eq_ignore_ascii_case("Event-Subclass")) {
            event.add(key.clone(), value.as_str());
        }
        event.add("Event-UUID", uuid.as_str());
        let subclass = event.subclass.take();
        let at = self.stamp();
        self.add_common(&mut event, at, Origin("mod_event_socket.c", "parse_command", 2283));
        event.subclass = subclass;
        self.publish(&event);
        uuid
    }

    /// Hands an event to everyone who asked for it.
    pub fn publish(&mut self, event: &Event) {
        self.hub.publish(event);
    }

    /// Spends the sequence number of an event that nobody listens for.
    pub fn skip_sequence(&mut self) {
        self.sequence += 1;
    }

    /// Writes into the journal what is not a matter of the call center's rows.
    pub fn note_now(&mut self, what: What) {
        self.journal.write(self.stamp(), what);
    }

    /// Writes down what goes on at the start. Until here the journal was closed.
    pub fn open_journal(&mut self) {
        self.center.facts.set_wanted(self.journal.is_wanted());
        for agent in &self.center.agents {
            let since =
                if agent.last_status_change == 0 { self.now } else { agent.last_status_change * SECOND_US };
            let (name, status, state) = (agent.name.clone(), agent.status.clone(), agent.state.clone());
            self.journal.write(since, What::AgentStatus { agent: name.clone(), status });
            self.journal.write(since, What::AgentState { agent: name, state });
        }
        for row in &self.center.members {
            let (queue, member) = (row.queue.clone(), row.uuid.clone());
            let session = row.session_uuid.clone();
            let (number, name) = (row.cid_number.clone(), row.cid_name.clone());
            let what = What::MemberJoined { queue, member, session, number, name };
            self.journal.write(row.joined_epoch * SECOND_US, what);
        }
        let mut talks: Vec<_> = self.attempts.values().filter(|attempt| attempt.is_talking()).collect();
        talks.sort_by_key(|attempt| attempt.service.answered);
        for Attempt { member, service } in talks {
            let (queue, member, agent) = (member.queue.clone(), member.uuid.clone(), service.agent.clone());
            let what = What::Offered { queue: queue.clone(), member: member.clone(), agent: agent.clone() };
            self.journal.write(service.called * SECOND_US, what);
            self.journal.write(service.answered * SECOND_US, What::Answered { queue, member, agent });
        }
    }

    /// Fires what the call center has to tell, then hangs up phones that it no longer wants to ring.
    pub fn flush(&mut self) {
        let mut facts = self.center.facts.take().into_iter().peekable();
        for (index, draft) in std::mem::take(&mut self.center.drafts).into_iter().enumerate() {
            let at = self.stamp();
            while let Some((_, what)) = facts.next_if(|(draft, _)| *draft <= index) {
                self.journal.write(at, what);
            }
            let (name, subclass) = match draft.kind {
                Kind::Info => ("CUSTOM", Some("callcenter::info")),
                Kind::Presence => ("PRESENCE_IN", None),
            };
            if !self.hub.wants(name, subclass) {
                self.sequence += 1;
                continue;
            }
            let mut event = self.event_at(at, name, subclass.map(Cow::Borrowed), draft.origin);
            if let Some(channel) = draft.channel.as_deref().and_then(|uuid| self.channels.get(uuid)) {
                headers::add(&mut event, channel);
            }
            for (name, value) in draft.headers {
                event.add(name, value);
            }
            self.publish(&event);
        }
        for (_, what) in facts {
            self.note_now(what);
        }
        for agent in std::mem::take(&mut self.center.cancelled_agents) {
            self.cancel_ringing(&agent);
        }
    }

    fn heartbeat(&mut self) {
        let up = self.now - self.started;
        let mut event = self.event("HEARTBEAT", None, Origin("switch_core.c", "send_heartbeat", 95));
        event.add("Event-Info", "System Ready");
        event.add("Up-Time", clock::uptime_text(up));
        event.add("FreeSWITCH-Version", crate::api::VERSION_FULL);
        event.add("Uptime-msec", (up / 1000).to_string());
        event.add("Session-Count", self.channels.len().to_string());
        event.add("Max-Sessions", "1000");
        event.add("Session-Per-Sec", "30");
        event.add("Session-Per-Sec-Last", "0");
        event.add("Session-Per-Sec-Max", "4");
        event.add("Session-Per-Sec-FiveMin", "2");
        event.add("Session-Since-Startup", self.channels.next_session.to_string());
        event.add("Session-Peak-Max", self.channels.peak.to_string());
        event.add("Session-Peak-FiveMin", self.channels.peak.to_string());
        event.add("Idle-CPU", "94.066667");
        self.publish(&event);
        let mut event =
            self.event("RE_SCHEDULE", None, Origin("switch_scheduler.c", "switch_scheduler_execute", 73));
        event.add("Task-ID", "1");
        event.add("Task-Desc", "heartbeat");
        event.add("Task-Group", "core");
        event.add("Task-Runtime", clock::epoch(self.next_heartbeat).to_string());
        self.publish(&event);
    }

    /// The result of a `bgapi`.
    pub fn background_job(&mut self, job: &str, command: &str, arguments: &str, result: String) {
        let mut event = self.event("BACKGROUND_JOB", None, Origin("mod_event_socket.c", "api_exec", 1580));
        event.add("Job-UUID", job);
        event.add("Job-Command", command);
        if !arguments.is_empty() {
            event.add("Job-Command-Arg", arguments);
        }
        event.body = Some(result);
        self.publish(&event);
    }

    /// Microseconds since the start.
    pub fn uptime(&self) -> Micros {
        (self.stamp() - self.started).max(SECOND_US / 1000)
    }
}

fn random_uuid(rng: &mut impl Rng) -> String {
    uuid::Builder::from_random_bytes(rng.random()).into_uuid().to_string()
}
