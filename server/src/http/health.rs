//! `GET /healthz`: alive, and what is missing. Always 200: a supervisor of processes must not restart a server because
//! its database or its switch is away.

use app::model::board::LinkState;
use app::model::wall::Scope;
use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::state::AppState;

/// The report.
#[derive(Serialize)]
pub struct Health {
    status: &'static str,
    version: &'static str,
    database: &'static str,
    nodes: Vec<NodeHealth>,
}

#[derive(Serialize)]
struct NodeHealth {
    name: String,
    link: &'static str,
}

/// Reports.
pub async fn report(State(state): State<AppState>) -> Json<Health> {
    let nodes = state.hub.snapshot(&Scope::All).board.nodes.into_iter().map(|row| NodeHealth {
        name: row.node.0,
        link: match row.link {
            LinkState::Live => "live",
            LinkState::Connecting => "connecting",
            LinkState::Lost { .. } => "lost",
        },
    });
    Json(Health {
        status: "alive",
        version: env!("CARGO_PKG_VERSION"),
        database: if state.database.is_there() { "ok" } else { "down" },
        nodes: nodes.collect(),
    })
}
