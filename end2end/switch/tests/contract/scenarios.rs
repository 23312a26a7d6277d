//! The recorded scenarios of the call center, and what their recordings do not say by themselves.

use demo_switch::callcenter::QueueSettings;
use demo_switch::callcenter::center::Files;

/// One folder of `transcripts`.
#[derive(Debug, Default)]
pub(crate) struct Scenario {
    pub(crate) folder: &'static str,
    /// What people did without a note in the recording; milliseconds.
    pub(crate) acts: Vec<(i64, Act)>,
    /// Answers that the recorder's command raced with a thread of the switch for; milliseconds.
    pub(crate) raced: &'static [i64],
    /// Commands whose answers are not compared here, by prefix.
    pub(crate) uncompared: &'static [&'static str],
    /// Spans in which threads of the real switch race, so that events may overtake each other; milliseconds.
    pub(crate) races: &'static [(i64, i64)],
    /// `member-queue-end` that came when the caller's channel was already down, which shows in its headers; of these only
    /// what the call center writes is compared. Milliseconds.
    pub(crate) late: &'static [i64],
    /// Headers that show which of two threads was faster: milliseconds of the event, and the name.
    pub(crate) raced_headers: &'static [(i64, &'static str)],
    /// Headers that are not compared here, by prefix.
    pub(crate) unmodelled: &'static [&'static str],
    /// Kinds of events that are not compared.
    pub(crate) ignored: &'static [&'static str],
    /// If there are any, only events of these kinds are compared.
    pub(crate) only: &'static [&'static str],
    /// The switch says goodbye on every connection at the end.
    pub(crate) says_goodbye: bool,
    /// Nothing was left out of this recording.
    pub(crate) whole: bool,
    /// Where the recording shows chance, the seed that has it.
    pub(crate) seed: u64,
    /// When rounds of the dispatcher were within each tenth of a second, where it matters.
    pub(crate) phase_ms: i64,
}

impl Scenario {
    pub(crate) fn compares(&self, kind: &str) -> bool {
        !self.ignored.contains(&kind) && (self.only.is_empty() || self.only.contains(&kind))
    }

    pub(crate) fn races(&self, t_ms: i64) -> bool {
        self.races.iter().any(|(from, to)| (*from..=*to).contains(&t_ms))
    }
}

/// What a person does, or an administrator to the files.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Call {
        queue: String,
        number: String,
        name: String,
    },
    CallerHangsUp(String),
    AgentHangsUp(String),
    /// What a phone does with every offer from now on.
    Phone {
        agent: &'static str,
        word: &'static str,
        millis: i64,
    },
    Files(fn(&mut Files)),
    /// SIGTERM.
    Terminate,
}

impl Act {
    /// `SIP caller 张三 <13800138000> dials queue-support`, `SIP BYE from caller 13800138000`, `SIP BYE from agent-1001`.
    pub(crate) fn from_note(note: &str) -> Option<Self> {
        if let Some(agent) = note.strip_prefix("SIP BYE from agent-") {
            return Some(Self::AgentHangsUp(format!("{agent}@default")));
        }
        if let Some(number) = note.strip_prefix("SIP BYE from caller ") {
            return Some(Self::CallerHangsUp(number.to_owned()));
        }
        let (name, rest) = note.strip_prefix("SIP caller ")?.split_once(" <")?;
        let (number, queue) = rest.split_once("> dials queue-")?;
        Some(Self::Call { queue: queue.to_owned(), number: number.to_owned(), name: name.to_owned() })
    }
}

pub(crate) fn all() -> Vec<Scenario> {
    let of = |folder| Scenario { folder, seed: 1, ..Scenario::default() };
    vec![
        of("callcenter-abandon"),
        // The row was listed between the hang-up and the queue's noticing it.
        Scenario { raced: &[2007], ..of("callcenter-abandoned-discard") },
        of("callcenter-abandoned-resume"),
        Scenario {
            acts: vec![
                (40, Act::Files(add_two_queues)),
                (66, Act::Files(take_two_queues_out)),
                (90, Act::Files(break_files)),
                (103, Act::Files(mend_files)),
                // The scenario ended here.
                (2727, Act::CallerHangsUp("13811110000".to_owned())),
            ],
            ..of("callcenter-admin")
        },
        Scenario { whole: true, ..of("callcenter-answered") },
        of("callcenter-break"),
        // The lists were read within 20 ms of an offer.
        Scenario {
            raced: &[6002, 6003, 12004],
            races: &[(12015, 12015)],
            phase_ms: 0,
            ..of("callcenter-busy")
        },
        Scenario {
            raced_headers: &[
                (4715, "Channel-Call-UUID"),
                (4715, "variable_call_uuid"),
                (4715, "variable_bridge_hangup_cause"),
            ],
            ..of("callcenter-caller-hangup")
        },
        of("callcenter-logout-in-call"),
        of("callcenter-no-answer"),
        of("callcenter-on-demand"),
        Scenario { late: &[4338, 4418], ..of("callcenter-strategy-agent-with-fewest-calls") },
        of("callcenter-strategy-agent-with-least-talk-time"),
        Scenario { late: &[4325, 4425], ..of("callcenter-strategy-longest-idle-agent") },
        Scenario { late: &[4352], seed: 13, ..of("callcenter-strategy-random") },
        Scenario {
            // Whose phone was the faster one.
            acts: vec![
                (1600, Act::Phone { agent: "2012@default", word: "answer", millis: 1700 }),
                (7000, Act::Phone { agent: "2012@default", word: "answer", millis: 1550 }),
            ],
            late: &[4396],
            races: &[(3376, 3396)],
            ..of("callcenter-strategy-ring-all")
        },
        Scenario {
            late: &[4437, 10357],
            raced_headers: &[(4437, "Channel-Call-UUID"), (4437, "variable_call_uuid")],
            phase_ms: 80,
            ..of("callcenter-strategy-round-robin")
        },
        Scenario { late: &[4326], ..of("callcenter-strategy-sequentially-by-agent-order") },
        of("callcenter-strategy-top-down"),
        of("callcenter-tier-rules"),
        of("callcenter-timeout"),
        of("callcenter-unreach"),
        of("event-socket-reload-and-acl"),
        // A loopback call: the real one has two channels, of codec L16.
        Scenario {
            uncompared: &["api show c", "api uuid_dump"],
            only: &["BACKGROUND_JOB"],
            ..of("protocol")
        },
        Scenario { only: &["SHUTDOWN", "BACKGROUND_JOB"], says_goodbye: true, ..of("shutdown") },
        Scenario {
            acts: vec![(1016, Act::Terminate)],
            only: &["SHUTDOWN", "BACKGROUND_JOB"],
            says_goodbye: true,
            ..of("shutdown-sigterm")
        },
        of("startup"),
        Scenario {
            // What the directory, the SIP profile and modules of the recorder's switch had.
            raced: &[5131, 5283, 6491, 6642, 6793, 43637, 43640, 35410],
            raced_headers: &[(35418, "Caller-Channel-Bridged-Time")],
            ignored: &["COMMAND", "CUSTOM"],
            // What playing, recording, holding, counting and pressing keys leave on a channel.
            unmodelled: &[
                "variable_record_",
                "variable_limit_",
                "variable_last_dtmf",
                "variable_total_loops",
                "variable_current_",
                "variable_last_app",
                "variable_last_arg",
                "variable_hold_",
                "variable_last_hold",
                "variable_digits_dialed",
                "Caller-Channel-Last-Hold",
                "Caller-Channel-Hold-Accum",
                // A leg that `bridge` calls shows what its caller dialled.
                "Other-Leg-Username",
                "Other-Leg-Dialplan",
                "Other-Leg-Source",
            ],
            ..of("supervisor")
        },
    ]
}

fn add_two_queues(files: &mut Files) {
    let mut new = QueueSettings::new("newq@default");
    "ring-all".clone_into(&mut new.strategy);
    let mut bad = QueueSettings::new("badq@default");
    "bogus".clone_into(&mut bad.strategy);
    files.configuration.queues.extend([new, bad]);
}

fn take_two_queues_out(files: &mut Files) {
    files.configuration.queues.retain(|queue| !matches!(&*queue.name, "newq@default" | "badq@default"));
}

fn break_files(files: &mut Files) {
    files.error = Some("[error near line 827]: unexpected closing tag </queue>".to_owned());
}

fn mend_files(files: &mut Files) {
    files.error = None;
}
