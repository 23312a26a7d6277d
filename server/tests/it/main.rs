//! Tests.
#![allow(missing_docs)]

mod esl;
