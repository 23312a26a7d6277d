//! Parts that pages are made of.
//!
//! Most of them know no concern: they take values, signals and words. [`live`] alone reads the live board, and [`words`]
//! puts the values of [`crate::model`] into the words of a language. A page of a language is loaded again when the
//! language changes (`POST /language`), so words are read once, by [`words::use_locale`], and cost no subscription.

pub mod agent;
pub mod announce;
pub mod asked;
pub mod card;
pub mod chart;
pub mod chip;
pub mod counts;
pub mod definition;
pub mod dialog;
pub mod each;
pub mod field;
pub mod ghost;
pub mod link;
pub mod live;
pub mod message;
pub mod page;
pub mod problem;
pub mod sort;
pub mod subject;
pub mod supervise;
pub mod time;
pub mod user;
pub mod words;

pub use announce::{Announcer, StatusLine, provide_announcer, use_announcer};
pub use card::{Card, EmptyState, Figure};
pub use chart::{MixBar, MixPart, Sparkline};
pub use chip::{Chip, LevelChip, StatusChip, Tone};
pub use definition::{Definition, Definitions, Metric};
pub use dialog::Dialog;
pub use each::Each;
pub use field::{SelectField, TextField};
pub use ghost::{GhostNote, RepairDialog, provide_repairs};
pub use live::{FreshnessBadge, NewBuildBanner, NodeChips, StaleBanner};
pub use message::{MessageButton, MessageDialog, provide_messaging};
pub use page::PageTitle;
pub use problem::Problem;
pub use sort::SortHeader;
pub use time::{ClockTime, Elapsed, Remaining};
pub use user::{LanguageToggle, SignOut};
pub use words::use_locale;
