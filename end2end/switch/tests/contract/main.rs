//! The contract: what was recorded on a real switch is what this switch says and does.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails may panic")]

mod client;
mod comparison;
mod live;
mod replay;
mod report;
mod scenarios;
mod sequence;
mod start;
mod transcript;
mod wire;

use report::Report;

/// All folders of `transcripts`; one without a case here fails.
#[tokio::test]
async fn every_recorded_transcript_is_replayed() {
    let mut report = Report::default();
    for scenario in scenarios::all() {
        report.add(scenario.folder, replay::replay(&scenario).await);
    }
    for (folder, file) in wire::all() {
        report.add(&folder, wire::replay(&folder, &file).await);
    }
    report.finish();
}
