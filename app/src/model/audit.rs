//! The audit as it is read: who did what to what, when, from where, and what became of it.

use serde::{Deserialize, Serialize};

use super::named::read_by_name;
use super::time::UnixMs;

/// How something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// Sent, no answer yet.
    Asked,
    /// Done.
    Done,
    /// The switch said no.
    Refused,
    /// The connection broke: it may or may not have been done.
    Unknown,
}

read_by_name! { Outcome:
    Asked = "Asked",
    Done = "Done",
    Refused = "Refused",
    Unknown = "Unknown",
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Asked, Self::Done, Self::Refused, Self::Unknown];

    /// The code that filters send and the database stores.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }

    /// The outcome of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// What is looked for. Empty texts do not filter, so that a form without a program can send all of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    /// Sign-in name of who did it.
    #[serde(default)]
    pub user: String,
    /// Code of the action.
    #[serde(default)]
    pub action: String,
    /// What it was done to, or the beginning of it.
    #[serde(default)]
    pub subject: String,
    /// Code of the outcome.
    #[serde(default)]
    pub outcome: String,
    /// The first day, `YYYY-MM-DD` in the time zone of the call center.
    #[serde(default)]
    pub from: String,
    /// The last day, alike.
    #[serde(default)]
    pub to: String,
    /// Words that stand somewhere in it.
    #[serde(default)]
    pub text: String,
}

impl AuditFilter {
    /// The fields by the names of the form.
    pub fn fields(&self) -> [(&'static str, &str); 7] {
        [
            ("user", &self.user),
            ("action", &self.action),
            ("subject", &self.subject),
            ("outcome", &self.outcome),
            ("from", &self.from),
            ("to", &self.to),
            ("text", &self.text),
        ]
    }

    /// Whether everything is shown.
    pub fn is_empty(&self) -> bool {
        self.fields().iter().all(|(_, value)| value.is_empty())
    }
}

/// One value of a field, before or after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldValue {
    /// There is none.
    None,
    /// Yes or no.
    Flag(bool),
    /// An instant.
    Moment(UnixMs),
    /// Anything else, as text.
    Text(String),
}

/// A field of what was changed. Fields of fields are named with dots; the empty name is the value as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Its name in the stored value.
    pub field: String,
    /// What it was.
    pub before: FieldValue,
    /// What it is.
    pub after: FieldValue,
}

impl FieldChange {
    /// Whether it is another value.
    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }
}

/// One row of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Key, and the number that people call it by.
    pub id: u64,
    /// When it was asked.
    pub asked_at: UnixMs,
    /// When it ended.
    pub completed_at: Option<UnixMs>,
    /// Sign-in name at that time.
    pub user: String,
    /// From where.
    pub address: String,
    /// Noun and verb, such as `queue.set-targets`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// Before and after, field by field.
    #[serde(default)]
    pub changes: Vec<FieldChange>,
    /// What became of it.
    pub outcome: Outcome,
    /// The words of a refusal.
    pub result: Option<String>,
    /// The edit that this one took back.
    pub undoes: Option<u64>,
}

/// Some rows, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The rows.
    #[serde(default)]
    pub entries: Vec<AuditEntry>,
    /// There are older ones: those before this key.
    pub older: Option<u64>,
    /// Every action that is on record, for the filter.
    #[serde(default)]
    pub actions: Vec<String>,
    /// Whether the reader may download it.
    pub may_export: bool,
}

/// Whether an edit can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Undo {
    /// It can.
    Possible,
    /// It is an action on a switch, or nothing that can be taken back.
    Never,
    /// What it was done to is not as the edit left it any more.
    Moved,
    /// Only who may make such an edit may take it back.
    NotYours,
}

read_by_name! { Undo:
    Possible = "Possible",
    Never = "Never",
    Moved = "Moved",
    NotYours = "NotYours",
}

/// A row with what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditDetail {
    /// The row.
    pub entry: AuditEntry,
    /// Whether it can be undone.
    pub undo: Undo,
    /// Edits that have taken it back, oldest first.
    #[serde(default)]
    pub undone_by: Vec<u64>,
}
