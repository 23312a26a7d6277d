//! Tests.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests: names are sentences, and what fails says so"
)]

mod calls;
mod config;
mod desk;
mod esl;
mod faults;
mod ghosts;
mod harness;
mod history;
mod http;
mod live;
mod migrations;
mod pages;
mod permits;
mod sign_in;
mod storage;
mod tidy;
mod truth;
