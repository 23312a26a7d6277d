//! Users of SwitchDesk: who they are, what they may do, what they prefer.

use serde::{Deserialize, Serialize};

use super::ids::{AgentKey, QueueKey};
use super::named::read_by_name;
use super::time::UnixMs;

/// What a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Works at a desk; is tied to one agent of the switch.
    Agent,
    /// Watches and steers queues.
    Supervisor,
    /// Everything.
    Admin,
}

read_by_name! { Role:
    Agent = "agent",
    Supervisor = "supervisor",
    Admin = "admin",
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Agent, Self::Supervisor, Self::Admin];

    /// The code that the database and the command line use.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
        }
    }

    /// The role of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// Something that a role may do as a rule and a single user may be given or denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Set the status of other agents.
    ForceStatus,
    /// Listen to a call without being heard.
    Listen,
    /// Speak to the agent alone.
    Whisper,
    /// Speak to both parties.
    Barge,
    /// Transfer, hold, hang up, take over, give to an agent, move or put first.
    SteerCalls,
    /// Start and stop the recording of a call.
    Record,
    /// Write to desks.
    SendMessages,
    /// Assign, call and close callbacks of other agents.
    ManageCallbacks,
    /// See the numbers of callers unmasked.
    SeeNumbers,
    /// Download lists.
    Export,
    /// Read the audit.
    ReadAudit,
    /// Edit users, teams and their permissions.
    ManagePeople,
    /// Edit what the call center is made of: break reasons, outcome codes.
    ManageCenter,
}

read_by_name! { Permission:
    ForceStatus = "force-status",
    Listen = "listen",
    Whisper = "whisper",
    Barge = "barge",
    SteerCalls = "steer-calls",
    Record = "record",
    SendMessages = "send-messages",
    ManageCallbacks = "manage-callbacks",
    SeeNumbers = "see-numbers",
    Export = "export",
    ReadAudit = "read-audit",
    ManagePeople = "manage-people",
    ManageCenter = "manage-center",
}

impl Permission {
    /// Every permission, in the order in which they are shown.
    pub const ALL: [Self; 13] = [
        Self::ForceStatus,
        Self::Listen,
        Self::Whisper,
        Self::Barge,
        Self::SteerCalls,
        Self::Record,
        Self::SendMessages,
        Self::ManageCallbacks,
        Self::SeeNumbers,
        Self::Export,
        Self::ReadAudit,
        Self::ManagePeople,
        Self::ManageCenter,
    ];

    /// The code that forms send and the database stores.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ForceStatus => "force-status",
            Self::Listen => "listen",
            Self::Whisper => "whisper",
            Self::Barge => "barge",
            Self::SteerCalls => "steer-calls",
            Self::Record => "record",
            Self::SendMessages => "send-messages",
            Self::ManageCallbacks => "manage-callbacks",
            Self::SeeNumbers => "see-numbers",
            Self::Export => "export",
            Self::ReadAudit => "read-audit",
            Self::ManagePeople => "manage-people",
            Self::ManageCenter => "manage-center",
        }
    }

    /// The permission of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.code() == code)
    }

    /// Whether a role has it unless a user is given or denied it. An agent sees the number of the own caller: who talks to
    /// somebody needs it to call back.
    pub const fn is_usual_for(self, role: Role) -> bool {
        match role {
            Role::Admin => true,
            Role::Supervisor => !matches!(self, Self::ReadAudit | Self::ManagePeople | Self::ManageCenter),
            Role::Agent => matches!(self, Self::SeeNumbers),
        }
    }

    /// What a role has as a rule.
    pub fn usual_for(role: Role) -> Vec<Self> {
        Self::ALL.into_iter().filter(|permission| permission.is_usual_for(role)).collect()
    }
}

/// The language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
}

read_by_name! { Language:
    En = "en",
    ZhCn = "zh-CN",
}

impl Language {
    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The language of a tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::En, Self::ZhCn].into_iter().find(|language| language.tag() == tag)
    }
}

/// Light, dark, or what the machine says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the machine.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

read_by_name! { Theme:
    System = "system",
    Light = "light",
    Dark = "dark",
}

impl Theme {
    /// The value of the `data-theme` attribute and of forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.code() == code)
    }
}

/// The column that the queues of the wallboard are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueueSort {
    /// Name.
    Name,
    /// Callers waiting.
    Waiting,
    /// Longest wait.
    #[default]
    LongestWait,
    /// Agents available.
    Available,
    /// Offered today.
    Offered,
    /// Answered today.
    Answered,
    /// Service level today.
    ServiceLevel,
    /// Average speed of answer today.
    SpeedOfAnswer,
    /// Average handle time today.
    HandleTime,
    /// Abandoned today, in percent.
    Abandoned,
}

read_by_name! { QueueSort:
    Name = "name",
    Waiting = "waiting",
    LongestWait = "longest-wait",
    Available = "available",
    Offered = "offered",
    Answered = "answered",
    ServiceLevel = "service-level",
    SpeedOfAnswer = "speed-of-answer",
    HandleTime = "handle-time",
    Abandoned = "abandoned",
}

/// How a user likes the board; kept per user on the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardPreferences {
    /// Sort column.
    pub sort: QueueSort,
    /// Sort the other way round.
    pub reversed: bool,
    /// Queues that are not shown. New queues are shown until hidden.
    #[serde(default)]
    pub hidden_queues: Vec<QueueKey>,
}

/// The signed-in user as the pages know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentUser {
    /// Key in the database.
    pub id: u64,
    /// Sign-in name.
    pub name: String,
    /// Name for people.
    pub display_name: String,
    /// Role.
    pub role: Role,
    /// The agent that an agent user is tied to.
    pub agent: Option<AgentKey>,
    /// What the user may do beside what every user of the role may.
    pub permissions: Vec<Permission>,
    /// Whether the sign-in asks for a second factor.
    pub has_second_factor: bool,
    /// Whether nothing but the own account is open until the password is changed or a second factor is set up.
    pub is_confined: bool,
    /// Language.
    pub language: Language,
    /// Theme.
    pub theme: Theme,
    /// How the board is arranged.
    pub board: BoardPreferences,
}

impl CurrentUser {
    /// Whether the user has a permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

/// One signed-in browser of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Public handle of the session: not the cookie.
    pub id: u64,
    /// Signed in then.
    pub created_at: UnixMs,
    /// Last seen then.
    pub last_seen_at: UnixMs,
    /// Address of the client.
    pub address: String,
    /// What the browser said of itself.
    pub user_agent: String,
    /// The session that asks.
    pub is_current: bool,
}
