//! Frames of both directions.
//!
//! A client's frame is a command line, header lines and an empty line; `\r\n` counts as `\n`. Empty lines before a
//! command are ignored. A body is read if there is a `Content-Length`.

/// A command of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The first line, as sent.
    pub line: String,
    /// The lines after it.
    pub headers: Vec<(String, String)>,
    /// What followed the empty line.
    pub body: Option<String>,
}

impl Command {
    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Takes the next whole command off the front of `buffer`; `None` until there is one.
pub fn take_command(buffer: &mut Vec<u8>) -> Option<Command> {
    let blank = buffer.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    buffer.drain(..blank);
    let end = end_of_headers(buffer)?;
    let text = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let line = lines.next().unwrap_or_default().to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim_start().to_owned()))
        .collect();
    let mut command = Command { line, headers, body: None };
    let length = command.header("Content-Length").and_then(|value| value.trim().parse::<usize>().ok());
    let mut used = end;
    if let Some(length) = length.filter(|length| *length > 0) {
        if buffer.len() < end + length {
            return None;
        }
        command.body = Some(String::from_utf8_lossy(&buffer[end..end + length]).into_owned());
        used = end + length;
    }
    buffer.drain(..used);
    Some(command)
}

/// The index behind the empty line.
fn end_of_headers(buffer: &[u8]) -> Option<usize> {
    let mut at_line_start = false;
    for (index, byte) in buffer.iter().enumerate() {
        match byte {
            b'\n' if at_line_start => return Some(index + 1),
            b'\n' => at_line_start = true,
            b'\r' => {}
            _ => at_line_start = false,
        }
    }
    None
}

/// `command/reply`.
pub fn reply(text: &str) -> Vec<u8> {
    format!("Content-Type: command/reply\nReply-Text: {text}\n\n").into_bytes()
}

/// `command/reply` of `bgapi`, with the job in a header of its own.
pub fn job_reply(job: &str) -> Vec<u8> {
    format!("Content-Type: command/reply\nReply-Text: +OK Job-UUID: {job}\nJob-UUID: {job}\n\n").into_bytes()
}

/// `api/response`.
pub fn api_response(body: &str) -> Vec<u8> {
    format!("Content-Type: api/response\nContent-Length: {}\n\n{body}", body.len()).into_bytes()
}

/// The greeting.
pub const AUTH_REQUEST: &[u8] = b"Content-Type: auth/request\n\n";
/// What a peer hears that the access list refuses, before the goodbye.
pub const RUDE_REJECTION: &[u8] =
    b"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n";
/// The usual goodbye.
pub const GOODBYE: &str = "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n";

/// `text/disconnect-notice`.
pub fn disconnect_notice(body: &str) -> Vec<u8> {
    format!("Content-Type: text/disconnect-notice\nContent-Length: {}\n\n{body}", body.len()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<String> {
        let mut buffer = bytes.to_vec();
        std::iter::from_fn(|| take_command(&mut buffer)).map(|command| command.line).collect()
    }

    #[test]
    fn commands_end_with_an_empty_line() {
        let rows: [(&[u8], &[&str]); 6] = [
            (b"api ec", &[]),
            (b"api echo split\n", &[]),
            (b"api echo one\n\napi echo two\n\n", &["api echo one", "api echo two"]),
            (b"auth ClueCon\r\n\r\n", &["auth ClueCon"]),
            (b"\n\n\nexit\n\n", &["exit"]),
            (b"api status\nconsole_execute: true\n\nexit\n\n", &["api status", "exit"]),
        ];
        for (bytes, expected) in rows {
            assert_eq!(lines(bytes), expected);
        }
    }

    #[test]
    fn a_body_belongs_to_its_command() {
        let mut buffer = b"sendevent X\nContent-Length: 5\n\nhelloexit\n\n".to_vec();
        let command = take_command(&mut buffer).unwrap();
        assert_eq!(command.body.as_deref(), Some("hello"));
        assert_eq!(take_command(&mut buffer).unwrap().line, "exit");
        let mut early = b"sendevent X\nContent-Length: 5\n\nhel".to_vec();
        assert_eq!(take_command(&mut early), None);
    }
}
