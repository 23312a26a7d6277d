//! The calls of the page. A line in view follows the signal of its call; everything else about the list, which lines there are
//! and in which order, is looked at a few times a second, however many calls change.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use leptos::prelude::*;

use crate::api::calls::CallsView;
use crate::model::call::{CallChange, CallRow, CallsFrame};
use crate::model::ids::CallId;

/// Whether the stream can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamState {
    /// Rendered by the server; the stream has not spoken yet.
    Connecting,
    /// It speaks.
    Live,
    /// It was silent for too long.
    Lost,
}

/// What a frame asks of the stream that brought it.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser takes frames in"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Done,
    /// Something was lost on the way: ask for all calls.
    Gap,
    SignedOut,
}

/// All calls, by their key; cheap to clone.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser takes frames in"))]
#[derive(Clone, Debug)]
pub(super) struct CallList {
    rows: Arc<RwLock<BTreeMap<CallId, ArcRwSignal<CallRow>>>>,
    /// Rises a few times a second while calls change.
    pub(super) version: ArcRwSignal<u32>,
    /// How many calls there are.
    pub(super) count: ArcRwSignal<usize>,
    pub(super) stream: ArcRwSignal<StreamState>,
    seq: ArcRwSignal<u64>,
}

#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser takes frames in"))]
impl CallList {
    pub(super) fn new(view: CallsView) -> Self {
        let rows = view.calls.into_iter().map(|row| (row.id.clone(), ArcRwSignal::new(row))).collect();
        Self {
            rows: Arc::new(RwLock::new(rows)),
            version: ArcRwSignal::new(0),
            count: ArcRwSignal::new(view.count as usize),
            stream: ArcRwSignal::new(StreamState::Connecting),
            seq: ArcRwSignal::new(0),
        }
    }

    /// One call, for as long as it goes on.
    pub(super) fn get(&self, id: &CallId) -> Option<ArcRwSignal<CallRow>> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Looks at each call as it is now, without following it.
    pub(super) fn each(&self, mut look: impl FnMut(&CallRow)) {
        for row in self.rows.read().unwrap_or_else(PoisonError::into_inner).values() {
            row.with_untracked(&mut look);
        }
    }

    /// Takes a frame in. The version does not rise yet.
    pub(super) fn take(&self, frame: CallsFrame) -> Taken {
        match frame {
            CallsFrame::Hello { .. } | CallsFrame::Detail(_) | CallsFrame::NoSuchCall => {}
            CallsFrame::Beat { seq } => return self.follows(seq, seq),
            CallsFrame::Snapshot { seq, calls } => {
                self.seq.set(seq);
                self.replace(calls);
            }
            CallsFrame::Changes { after, seq, changes } => {
                if self.follows(after, seq) == Taken::Gap {
                    return Taken::Gap;
                }
                for change in changes {
                    match change {
                        CallChange::Is(row) => self.put(row),
                        CallChange::Gone(id) => self.remove(&id),
                    }
                }
            }
            CallsFrame::Bye(crate::model::frame::ByeReason::SignedOut) => return Taken::SignedOut,
            CallsFrame::Bye(_) => {}
        }
        Taken::Done
    }

    fn follows(&self, after: u64, seq: u64) -> Taken {
        if after > self.seq.get_untracked() {
            return Taken::Gap;
        }
        self.seq.set(seq);
        Taken::Done
    }

    fn put(&self, row: CallRow) {
        if let Some(known) = self.get(&row.id) {
            if known.with_untracked(|known| *known != row) {
                known.set(row);
            }
            return;
        }
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        rows.insert(row.id.clone(), ArcRwSignal::new(row));
    }

    fn remove(&self, id: &CallId) {
        self.rows.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    fn replace(&self, calls: Vec<CallRow>) {
        let listed: std::collections::BTreeSet<CallId> = calls.iter().map(|row| row.id.clone()).collect();
        self.rows.write().unwrap_or_else(PoisonError::into_inner).retain(|id, _| listed.contains(id));
        for row in calls {
            self.put(row);
        }
    }
}

#[cfg(feature = "hydrate")]
pub(in crate::pages) use browser::follow;
#[cfg(feature = "hydrate")]
pub(super) use browser::open;

/// On the server nothing is followed.
#[cfg(not(feature = "hydrate"))]
pub(in crate::pages) fn follow(
    _: String,
    _: ArcRwSignal<StreamState>,
    _: impl Fn(CallsFrame) -> bool + 'static,
) {
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::Duration;

    use leptos::prelude::*;
    use wasm_bindgen::prelude::*;

    use super::{CallList, StreamState, Taken};
    use crate::api::account::read_current_user;
    use crate::components::asked::read_json;
    use crate::live::subscription::{Subscription, open_subscription};
    use crate::model::call::CallsFrame;

    /// Without a frame for this long the page says that it is stale; the server beats every second.
    const SILENCE_MS: f64 = 3_500.0;
    /// How often the list is put in order while calls change.
    const ORDERED_EVERY: Duration = Duration::from_millis(250);

    /// Follows the calls for as long as the page is there.
    pub(in crate::pages::calls) fn open(calls: CallList) {
        let is_changed = Rc::new(Cell::new(false));
        let changed = Rc::clone(&is_changed);
        let list = calls.clone();
        follow("/live/calls".to_owned(), calls.stream.clone(), move |frame| {
            let is_change = matches!(frame, CallsFrame::Snapshot { .. } | CallsFrame::Changes { .. });
            match list.take(frame) {
                Taken::Gap => return false,
                Taken::SignedOut => leave_if_signed_out(),
                Taken::Done => changed.set(changed.get() || is_change),
            }
            true
        });
        let order = move || {
            if is_changed.replace(false) {
                let mut count = 0;
                calls.each(|_| count += 1);
                calls.count.set(count);
                calls.version.update(|version| *version = version.wrapping_add(1));
            }
        };
        if let Ok(interval) = set_interval_with_handle(order, ORDERED_EVERY) {
            on_cleanup(move || interval.clear());
        }
    }

    /// Follows a stream of calls for as long as the page is there. `take` says whether the frame fitted: where one does not,
    /// everything is asked for anew.
    pub(in crate::pages) fn follow(
        url: String,
        state: ArcRwSignal<StreamState>,
        take: impl Fn(CallsFrame) -> bool + 'static,
    ) {
        let last_frame_ms = Rc::new(Cell::new(js_sys::Date::now()));
        let subscription: Rc<Cell<Option<Subscription>>> = Rc::default();
        let on_message = {
            let (last, subscription, state) =
                (Rc::clone(&last_frame_ms), Rc::clone(&subscription), state.clone());
            Closure::new(move |kind: String, data: String| {
                if kind != "frame" {
                    return leave_if_signed_out();
                }
                last.set(js_sys::Date::now());
                if state.get_untracked() != StreamState::Live {
                    state.set(StreamState::Live);
                }
                let fits = read_json::<CallsFrame>(&data).is_ok_and(&take);
                if !fits && let Some(open) = subscription.take() {
                    open.resync();
                    subscription.set(Some(open));
                }
            })
        };
        // The stream begins with everything: the page that the server rendered has but the first lines.
        subscription.set(Some(open_subscription(&url, "", &on_message)));
        let watch = move || {
            let is_silent = js_sys::Date::now() - last_frame_ms.get() > SILENCE_MS;
            if is_silent && state.get_untracked() != StreamState::Lost {
                state.set(StreamState::Lost);
            }
        };
        let interval = set_interval_with_handle(watch, Duration::from_secs(1)).ok();
        // Rc values may not leave this thread, and in the browser there is only this one.
        let cleanup = send_wrapper::SendWrapper::new((subscription, on_message, interval));
        on_cleanup(move || {
            let (subscription, on_message, interval) = cleanup.take();
            if let Some(subscription) = subscription.take() {
                subscription.close();
            }
            if let Some(interval) = interval {
                interval.clear();
            }
            drop(on_message);
        });
    }

    fn leave_if_signed_out() {
        let location = window().location();
        let path = location.pathname().unwrap_or_default();
        leptos::task::spawn_local(async move {
            if matches!(read_current_user().await, Ok(None)) {
                let _ = location.assign(&format!("/login?next={path}"));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::call::{CallState, Direction};
    use crate::model::ids::NodeName;
    use crate::model::time::UnixMs;

    fn row(uuid: &str, state: CallState) -> CallRow {
        CallRow {
            id: CallId::new(&NodeName::new("fs-1"), uuid),
            direction: Direction::Inbound,
            state,
            queue: None,
            member: None,
            agent: None,
            created_at: UnixMs(0),
            talking_since: None,
            legs: vec![],
        }
    }

    #[test]
    fn frames_change_the_list_and_a_gap_is_noticed() {
        let list = CallList::new(CallsView { calls: vec![], count: 0, extensions: vec![] });
        let states = || {
            let mut states = Vec::new();
            list.each(|row| states.push((row.id.uuid.clone(), row.state)));
            states
        };
        let calls = vec![row("a", CallState::Waiting), row("b", CallState::Talking)];
        assert_eq!(list.take(CallsFrame::Snapshot { seq: 4, calls }), Taken::Done);
        let changes = vec![
            CallChange::Is(row("a", CallState::Talking)),
            CallChange::Gone(row("b", CallState::Talking).id),
            CallChange::Is(row("c", CallState::Ringing)),
        ];
        assert_eq!(
            list.take(CallsFrame::Changes { after: 4, seq: 6, changes: changes.clone() }),
            Taken::Done
        );
        assert_eq!(states(), [("a".into(), CallState::Talking), ("c".into(), CallState::Ringing)]);
        assert_eq!(list.take(CallsFrame::Changes { after: 9, seq: 10, changes }), Taken::Gap);
        assert_eq!(list.take(CallsFrame::Beat { seq: 6 }), Taken::Done);
        let calls = vec![row("c", CallState::Ringing)];
        assert_eq!(list.take(CallsFrame::Snapshot { seq: 11, calls }), Taken::Done);
        assert_eq!(states(), [("c".into(), CallState::Ringing)]);
    }
}
