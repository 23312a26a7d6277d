//! An event before it is written in one of the wire formats.

use std::borrow::Cow;

/// A header value: one string, or an array (`variable_DP_MATCH`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One string, possibly empty.
    Text(String),
    /// An array; plain events print it as `ARRAY::a|:b`, JSON as an array.
    List(Vec<String>),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Where in the FreeSWITCH source an event is fired: `Event-Calling-File`, `-Function`, `-Line-Number`.
#[derive(Debug, Clone, Copy)]
pub struct Origin(pub &'static str, pub &'static str, pub u32);

/// Headers in the order in which they are written, and a body.
#[derive(Debug, Clone)]
pub struct Event {
    /// `Event-Name`, upper case.
    pub name: Cow<'static, str>,
    /// `Event-Subclass` of a CUSTOM event.
    pub subclass: Option<Cow<'static, str>>,
    /// All headers, the common ones included.
    pub headers: Vec<(Cow<'static, str>, Value)>,
    /// Text after the headers, as BACKGROUND_JOB has it.
    pub body: Option<String>,
}

impl Event {
    /// Appends a header.
    pub fn add(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        self.headers.push((name.into(), value.into()));
    }

    /// The first value of a header, whatever the case of its name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, value)| match value
        {
            Value::Text(text) => Some(text.as_str()),
            Value::List(list) => list.first().map(String::as_str),
        })
    }
}
