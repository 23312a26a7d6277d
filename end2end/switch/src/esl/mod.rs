//! mod_event_socket: framing, sessions, subscriptions, encoding, and who listens.

pub mod encoding;
pub mod framing;
pub mod hub;
pub mod log;
pub mod server;
pub mod session;
pub mod subscription;

/// `FreeSWITCH-Hostname`, as in the sanitised recordings.
pub const HOSTNAME: &str = "fs1.example";
/// `FreeSWITCH-IPv4`
pub const IPV4: &str = "192.0.2.10";
/// `FreeSWITCH-IPv6`
pub const IPV6: &str = "2001:db8::10";
