//! `GET /metrics` in Prometheus' text format, for the networks of `metrics_allow` alone; and what counts requests.

use std::sync::Arc;
use std::time::Instant;

use app::model::board::LinkState;
use app::model::wall::Scope;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use prometheus::proto::MetricFamily;
use prometheus::{Encoder as _, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};
use tracing::Instrument as _;

use super::client::Client;
use super::problem;
use crate::state::AppState;

/// Counters and gauges; cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Option<IntCounterVec>,
    sign_ins: Option<IntCounterVec>,
    streams: Option<IntGauge>,
    is_database_there: Option<IntGauge>,
    live_nodes: Option<IntGaugeVec>,
    corrections: Option<IntGaugeVec>,
    rebuilds: Option<IntGaugeVec>,
    api_calls: Option<IntGaugeVec>,
}

impl Default for Metrics {
    fn default() -> Self {
        let registry = Registry::new();
        let keep = |metric: Box<dyn prometheus::core::Collector>| {
            // Two metrics of one name would be a mistake of this file; the rest is still worth having.
            if let Err(error) = registry.register(metric) {
                tracing::error!(%error, "cannot register a metric");
            }
        };
        let counters = |name: &str, help: &str, label: &str| {
            let metric = IntCounterVec::new(Opts::new(name, help), &[label]).ok()?;
            keep(Box::new(metric.clone()));
            Some(metric)
        };
        let gauge = |name: &str, help: &str| {
            let metric = IntGauge::new(name, help).ok()?;
            keep(Box::new(metric.clone()));
            Some(metric)
        };
        let gauges = |name: &str, help: &str| {
            let metric = IntGaugeVec::new(Opts::new(name, help), &["node"]).ok()?;
            keep(Box::new(metric.clone()));
            Some(metric)
        };
        let inner = Inner {
            requests: counters("switchdesk_http_requests_total", "Requests by status.", "status"),
            sign_ins: counters("switchdesk_sign_ins_total", "Sign-in attempts by outcome.", "outcome"),
            streams: gauge("switchdesk_live_streams", "Live streams that are open."),
            is_database_there: gauge("switchdesk_database_up", "Whether the database answers."),
            live_nodes: gauges("switchdesk_node_live", "Whether the switch node can be believed."),
            corrections: gauges(
                "switchdesk_node_corrections",
                "Corrections by the reconcile since the start.",
            ),
            rebuilds: gauges("switchdesk_node_rebuilds", "Rebuilds of the board since the start."),
            api_calls: gauges("switchdesk_node_api_calls", "Commands sent to the switch since the start."),
            registry: registry.clone(),
        };
        Self(Arc::new(inner))
    }
}

impl Metrics {
    /// Counts a sign-in attempt.
    pub fn count_sign_in(&self, outcome: &str) {
        if let Some(metric) = &self.0.sign_ins {
            metric.with_label_values(&[outcome]).inc();
        }
    }

    /// Counts a live stream for as long as the value lives.
    pub fn open_stream(&self) -> OpenStream {
        let gauge = self.0.streams.clone();
        if let Some(gauge) = &gauge {
            gauge.inc();
        }
        OpenStream(gauge)
    }

    /// For metrics that another room keeps.
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    fn gather(&self, state: &AppState) -> Vec<MetricFamily> {
        if let Some(gauge) = &self.0.is_database_there {
            gauge.set(i64::from(state.database.is_there()));
        }
        for row in state.hub.snapshot(&Scope::All).board.nodes {
            let set = |metric: &Option<IntGaugeVec>, value: i64| {
                if let Some(metric) = metric {
                    metric.with_label_values(&[row.node.0.as_str()]).set(value);
                }
            };
            set(&self.0.live_nodes, i64::from(row.link == LinkState::Live));
            set(&self.0.corrections, i64::try_from(row.corrections).unwrap_or(i64::MAX));
            set(&self.0.rebuilds, i64::try_from(row.rebuilds).unwrap_or(i64::MAX));
        }
        for (node, calls) in state.switches.api_calls() {
            if let Some(metric) = &self.0.api_calls {
                metric.with_label_values(&[node.0.as_str()]).set(i64::try_from(calls).unwrap_or(i64::MAX));
            }
        }
        self.0.registry.gather()
    }
}

/// A live stream that is counted as open.
pub struct OpenStream(Option<IntGauge>);

impl Drop for OpenStream {
    fn drop(&mut self) {
        if let Some(gauge) = &self.0 {
            gauge.dec();
        }
    }
}

/// Counts and logs every request, under an id that the answer carries.
pub async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (method, path, start) = (request.method().clone(), loggable(request.uri().path()), Instant::now());
    let id = problem::reference();
    let span = tracing::info_span!("request", id, %method, path);
    async {
        let mut response = next.run(request).await;
        let status = response.status();
        if let Some(metric) = &state.metrics.0.requests {
            metric.with_label_values(&[status.as_str()]).inc();
        }
        tracing::debug!(status = status.as_u16(), duration_ms = start.elapsed().as_millis(), "answered");
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("x-request-id", id);
        }
        response
    }
    .instrument(span)
    .await
}

/// The token in the path of a wall screen is a secret.
fn loggable(path: &str) -> String {
    for prefix in ["/wall/", "/live/wall/"] {
        if path.starts_with(prefix) {
            return format!("{prefix}***");
        }
    }
    path.to_owned()
}

/// The metrics, or 404 for whom they are not.
pub async fn report(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> Response {
    // A proxy that is not trusted lends its own address to everybody.
    let is_veiled = state.config.trusted_proxies.is_empty() && headers.contains_key("x-forwarded-for");
    let is_allowed = state.config.metrics_allow.iter().any(|network| network.contains(&client.address));
    if is_veiled || !is_allowed {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut text = Vec::new();
    let encoder = TextEncoder::new();
    match encoder.encode(&state.metrics.gather(&state), &mut text) {
        Ok(()) => ([(header::CONTENT_TYPE, encoder.format_type().to_owned())], text).into_response(),
        Err(error) => problem::internal(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_walls_are_not_logged() {
        assert_eq!(loggable("/wall/abc"), "/wall/***");
        assert_eq!(loggable("/live/wall/abc"), "/live/wall/***");
        assert_eq!(loggable("/live"), "/live");
    }
}
