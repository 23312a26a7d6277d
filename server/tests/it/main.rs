//! Tests.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests: names are sentences, and what fails says so"
)]

mod audit;
mod callbacks;
mod calls;
mod center;
mod config;
mod desk;
mod esl;
mod faults;
mod foreign;
mod ghosts;
mod harness;
mod history;
mod http;
mod live;
mod messages;
mod migrations;
mod own_call;
mod pages;
mod people;
mod permits;
mod security;
mod sign_in;
mod storage;
mod teams;
mod tidy;
mod truth;
mod undo;
