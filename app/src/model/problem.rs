//! What is wrong with a field of a form, as a value that each language puts into words.

use serde::{Deserialize, Serialize};

/// One field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Name of the field as the form sends it.
    pub field: String,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What can be wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProblemKind {
    /// Must not be empty.
    Required,
    /// Not one of the choices.
    Unknown,
    /// Must be at least this.
    AtLeast(u32),
    /// Must be from the first to the second.
    Between(u32, u32),
    /// The critical value must be above the warning.
    AboveWarning,
    /// The critical value must be below the warning.
    BelowWarning,
    /// Longer than this many characters.
    TooLong(u32),
    /// Shorter than this many characters.
    TooShort(u32),
    /// Holds a line break or another control character.
    ControlCharacter,
    /// Holds what no telephone dials: only letters, digits and `+ * # . - _` may be sent.
    NotDialable,
    /// Somebody or something else has it already.
    Taken,
    /// No code: only small letters, digits and dashes may be stored.
    NoCode,
    /// Does not match (a repeated or the present password).
    Mismatch,
    /// A password that too many people have, or that is easily guessed.
    TooCommon,
    /// It is the last administrator.
    LastAdmin,
    /// Nobody does that to himself.
    Oneself,
    /// Too many attempts in a short time.
    TooOften,
    /// Only somebody who has it can give it.
    NotYours,
}
