//! The own day, asked again whenever the agent does something else, and each minute.

use leptos::prelude::*;

use super::DeskRow;
use crate::api::ApiError;
use crate::api::desk::read_own_day;
use crate::components::asked::{Asked, ask};
use crate::live::store::use_live_board;
use crate::model::day::OwnDay;

const MINUTE_MS: i64 = 60_000;

/// The own day of this desk; cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Day {
    /// For what waits until it is there.
    pub asked: Asked<Result<OwnDay, ApiError>>,
    /// As it was last answered.
    pub last: RwSignal<Option<OwnDay>>,
}

/// Asks for the own day.
pub(super) fn use_own_day(row: DeskRow) -> Day {
    let now = use_live_board().now;
    let minute = Memo::new(move |_| now.get().0.div_euclid(MINUTE_MS));
    let doing = Memo::new(move |_| row.with(|row| (row.presence, row.reason.clone(), row.answered_today)));
    let asked = ask(move || (doing.get(), minute.get()), |_| read_own_day());
    let last = RwSignal::new(None);
    Effect::new(move |_| {
        if let Some(Ok(day)) = asked.get() {
            last.set(Some(day));
        }
    });
    Day { asked, last }
}
