//! The stream of a page: opened once the page is alive in the browser, closed with it.

use leptos::prelude::*;

use super::store::LiveBoard;
use crate::model::frame::Snapshot;

/// Makes the store of a snapshot, gives it to its children by context, and keeps it up to date from `stream`
/// (`/live` with a session, `/live/wall/<token>` without one).
#[component]
pub fn LiveProvider(
    /// What the server rendered.
    snapshot: Snapshot,
    /// Path of the stream.
    #[prop(into)]
    stream: String,
    /// The stream was refused or ended for good. Without this whoever is signed out goes to the sign-in.
    #[prop(optional, into)]
    on_refused: Option<Callback<()>>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let board = LiveBoard::new(snapshot);
    provide_context(board.clone());
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| browser::open(board.clone(), &stream, on_refused));
    #[cfg(not(feature = "hydrate"))]
    let _ = (board, stream, on_refused);
    children()
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::Duration;

    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::prelude::*;

    use super::super::store::{Applied, Freshness, LiveBoard};
    use super::super::subscription::{Subscription, open_subscription};
    use crate::api::account::read_current_user;
    use crate::components::asked::read_json;
    use crate::model::frame::Frame;
    use crate::model::time::UnixMs;

    /// Without a frame for this long the page says that it is stale; the server beats every second.
    const SILENCE_MS: f64 = 3_500.0;

    /// What the callbacks of one stream share.
    struct Clock {
        /// Server's clock minus ours, in milliseconds: the highest seen, since delay only lowers it.
        offset_ms: Cell<Option<f64>>,
        last_frame_ms: Cell<f64>,
        is_paint_pending: Cell<bool>,
    }

    impl Clock {
        fn saw(&self, server_now: UnixMs) {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a double exactly")]
            let offset = server_now.0 as f64 - js_sys::Date::now();
            if self.offset_ms.get().is_none_or(|known| offset > known) {
                self.offset_ms.set(Some(offset));
            }
        }

        fn server_now(&self) -> Option<UnixMs> {
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
            self.offset_ms.get().map(|offset| UnixMs((js_sys::Date::now() + offset) as i64))
        }
    }

    pub(super) fn open(board: LiveBoard, stream: &str, on_refused: Option<Callback<()>>) {
        let clock = Rc::new(Clock {
            offset_ms: Cell::new(None),
            last_frame_ms: Cell::new(js_sys::Date::now()),
            is_paint_pending: Cell::new(false),
        });
        let subscription: Rc<Cell<Option<Subscription>>> = Rc::default();
        let refused = move || match on_refused {
            Some(on_refused) => on_refused.run(()),
            None => leave_if_signed_out(),
        };
        let on_message = {
            let (board, clock, subscription) = (board.clone(), Rc::clone(&clock), Rc::clone(&subscription));
            Closure::new(move |kind: String, data: String| match kind.as_str() {
                "frame" => {
                    clock.last_frame_ms.set(js_sys::Date::now());
                    let applied = match read_json::<Frame>(&data) {
                        Ok(frame) => take(&board, &clock, frame),
                        Err(_) => Applied::Gap,
                    };
                    match applied {
                        Applied::Done => {}
                        Applied::Gap => {
                            if let Some(open) = subscription.take() {
                                open.resync();
                                subscription.set(Some(open));
                            }
                        }
                        Applied::SignedOut => refused(),
                    }
                }
                "refused" => refused(),
                _ => {}
            })
        };
        subscription.set(Some(open_subscription(stream, &board.position().to_string(), &on_message)));

        let tick = {
            let (board, clock) = (board, Rc::clone(&clock));
            move || {
                if let Some(now) = clock.server_now() {
                    board.now.set(now);
                }
                let is_silent = js_sys::Date::now() - clock.last_frame_ms.get() > SILENCE_MS;
                if is_silent && !matches!(board.freshness.get_untracked(), Freshness::Lost { .. }) {
                    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
                    let since = UnixMs(
                        (clock.last_frame_ms.get() + clock.offset_ms.get().unwrap_or_default()) as i64,
                    );
                    board.freshness.set(Freshness::Lost { since });
                }
            }
        };
        let interval = set_interval_with_handle(tick, Duration::from_secs(1)).ok();

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

    fn take(board: &LiveBoard, clock: &Rc<Clock>, frame: Frame) -> Applied {
        let made_at_us = match &frame {
            Frame::Hello { now, .. } | Frame::Beat { now, .. } => {
                clock.saw(*now);
                None
            }
            Frame::Snapshot(snapshot) => {
                clock.saw(snapshot.taken_at);
                None
            }
            Frame::Changes { oldest_event_us, .. } => *oldest_event_us,
            Frame::Bye(_) => None,
        };
        let applied = board.apply(frame);
        if applied == Applied::Done {
            let latency_ms = match board.freshness.get_untracked() {
                Freshness::Live { latency_ms } => latency_ms,
                _ => None,
            };
            if !matches!(board.freshness.get_untracked(), Freshness::Live { .. }) {
                board.freshness.set(Freshness::Live { latency_ms });
            }
            if let Some(made_at_us) = made_at_us {
                measure_paint(board.clone(), Rc::clone(clock), made_at_us);
            }
        }
        applied
    }

    /// Measures from the switch's event to the first animation frame after the page changed.
    fn measure_paint(board: LiveBoard, clock: Rc<Clock>, made_at_us: i64) {
        if clock.is_paint_pending.replace(true) {
            // A frame for an older change is pending already; that one is the longer wait.
            return;
        }
        request_animation_frame(move || {
            clock.is_paint_pending.set(false);
            let Some(offset_ms) = clock.offset_ms.get() else { return };
            #[expect(
                clippy::cast_precision_loss,
                reason = "microseconds since 1970 fit a double to a quarter"
            )]
            let latency_ms = js_sys::Date::now() + offset_ms - made_at_us as f64 / 1000.0;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            let latency_ms = latency_ms.clamp(0.0, 60_000.0) as u32;
            board.freshness.set(Freshness::Live { latency_ms: Some(latency_ms) });
            announce_paint(latency_ms);
        });
    }

    /// Tells whoever listens (the benchmark does) what the paint of a change took.
    fn announce_paint(latency_ms: u32) {
        let options = web_sys::CustomEventInit::new();
        options.set_detail(&JsValue::from(latency_ms));
        if let Ok(event) = web_sys::CustomEvent::new_with_event_init_dict("switchdesk:painted", &options) {
            // Nobody can cancel this event, so the answer means nothing.
            let _ = window().dispatch_event(event.unchecked_ref());
        }
    }

    /// The stream was refused: to the sign-in when the session ended.
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
