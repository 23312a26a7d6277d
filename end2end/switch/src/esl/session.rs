//! One connection: greeting, authentication, commands, events (mod_event_socket, `listener_run()`).
//!
//! Reading, running and writing take turns in one task, as on the real switch: a command that takes long, or a peer that
//! does not read, holds up everything else of its connection.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};

use super::framing::{self, Command};
use super::hub::{End, Frame, Registration};
use super::log;
use super::server::Shared;
use crate::api;
use crate::calls::originate::Reply;
use crate::faults::Faults;

/// How long a notice may take to get out to a peer that does not read.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// The level of `log` without a word.
const DEBUG: usize = 7;
/// Bytes of events written at once.
const BATCH: usize = 256 * 1024;
/// How finely slow writing is cut.
const SLICES_PER_SECOND: u32 = 20;

/// What happens after a command.
enum Next {
    Continue(Vec<u8>),
    /// Answer, say goodbye, close.
    Close(Vec<u8>),
    /// Answer after a while; nothing else happens on the connection meanwhile.
    Later(Duration, Vec<u8>),
    /// Answer when the other side of a call has (`api originate`).
    Wait(oneshot::Receiver<String>),
}

/// Serves a connection to its end.
pub async fn run(shared: Arc<Shared>, stream: TcpStream) {
    let (registration, faults) = {
        let mut switch = shared.lock();
        (switch.hub.register(), switch.hub.watch_faults())
    };
    let id = registration.id;
    let mut session =
        Session { shared: shared.clone(), id, stream, faults, authenticated: false, allowed: Vec::new() };
    session.serve(registration).await;
    shared.lock().hub.remove(id);
}

/// Turns a peer away that the access list refuses.
pub async fn reject(mut stream: TcpStream) {
    let mut bytes = framing::RUDE_REJECTION.to_vec();
    bytes.extend(framing::disconnect_notice(framing::GOODBYE));
    let _ = tokio::time::timeout(LAST_WORDS, stream.write_all(&bytes)).await;
}

struct Session {
    shared: Arc<Shared>,
    id: u64,
    stream: TcpStream,
    faults: watch::Receiver<Faults>,
    authenticated: bool,
    /// Commands that a user may run; all if empty.
    allowed: Vec<String>,
}

impl Session {
    async fn serve(&mut self, registration: Registration) {
        let Registration { mut events, mut end, .. } = registration;
        let why = tokio::select! {
            _ = self.converse(&mut events) => None,
            why = &mut end => why.ok(),
        };
        let notice = match why {
            None => return,
            Some(End::Reset) => return self.reset().await,
            Some(End::LostEvents) => "killed listener because of lost events\n",
            Some(End::ShuttingDown) => "The system is being shut down.\n",
        };
        let mut bytes = Vec::new();
        // Events that were queued before the end still go out.
        while let (Ok(frame), true) = (events.try_recv(), why == Some(End::ShuttingDown)) {
            bytes.extend_from_slice(&frame);
        }
        bytes.extend(framing::disconnect_notice(notice));
        let _ = tokio::time::timeout(LAST_WORDS, self.stream.write_all(&bytes)).await;
        let _ = self.stream.shutdown().await;
    }

    /// Half a frame, then RST instead of FIN.
    async fn reset(&mut self) {
        let half = b"Content-Length: 900\nContent-Type: text/event-plain\n\nEvent-Name: HEARTBEAT\nCore-UUI";
        let _ = tokio::time::timeout(LAST_WORDS, self.stream.write_all(half)).await;
        let _ = self.stream.set_zero_linger();
    }

    async fn converse(&mut self, events: &mut tokio::sync::mpsc::Receiver<Frame>) -> std::io::Result<()> {
        let mut buffer = Vec::new();
        let mut chunk = vec![0; 16 * 1024];
        while self.faults.borrow_and_update().half_open {
            tokio::select! {
                // The sender lives as long as the switch.
                _ = self.faults.changed() => {}
                read = self.stream.read(&mut chunk) => match read? {
                    0 => return Ok(()),
                    n => buffer.extend_from_slice(&chunk[..n]),
                },
            }
        }
        self.write(framing::AUTH_REQUEST).await?;
        loop {
            while let Some(command) = framing::take_command(&mut buffer) {
                match self.execute(&command) {
                    Next::Continue(bytes) => self.write(&bytes).await?,
                    Next::Later(after, bytes) => {
                        tokio::time::sleep(after).await;
                        self.write(&bytes).await?;
                    }
                    Next::Wait(answer) => {
                        // Nobody answers when the switch forgets its calls.
                        let text = answer.await.unwrap_or_else(|_| "-ERR NORMAL_CLEARING\n".to_owned());
                        self.write(&framing::api_response(&text)).await?;
                    }
                    Next::Close(mut bytes) => {
                        bytes.extend(framing::disconnect_notice(framing::GOODBYE));
                        self.write(&bytes).await?;
                        return self.stream.shutdown().await;
                    }
                }
            }
            tokio::select! {
                read = self.stream.read(&mut chunk) => match read? {
                    0 => return Ok(()),
                    n => buffer.extend_from_slice(&chunk[..n]),
                },
                Some(frame) = events.recv() => {
                    let mut bytes = frame.to_vec();
                    while bytes.len() < BATCH && let Ok(frame) = events.try_recv() {
                        bytes.extend_from_slice(&frame);
                    }
                    self.write(&bytes).await?;
                }
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            // The sender lives as long as the switch; without it there is nothing to wait for.
            let _ = self.faults.wait_for(|faults| !faults.silence).await;
            let pace = self.faults.borrow().bytes_per_second;
            let Some(bytes_per_second) = pace else { return self.stream.write_all(rest).await };
            let now = (bytes_per_second / SLICES_PER_SECOND).max(1) as usize;
            let (part, later) = rest.split_at(now.min(rest.len()));
            self.stream.write_all(part).await?;
            rest = later;
            tokio::time::sleep(Duration::from_secs(1) * part.len() as u32 / bytes_per_second).await;
        }
        Ok(())
    }

    fn execute(&mut self, command: &Command) -> Next {
        let line = command.line.as_str();
        if !self.authenticated {
            return self.authenticate(line);
        }
        // Words are matched by prefix, whatever their case: `exitfoo` is an exit.
        let lower = line.to_ascii_lowercase();
        let after = |word: &str| line.get(word.len()..).unwrap_or_default();
        let reply = |text: &str| Next::Continue(framing::reply(text));
        if lower.starts_with("exit") || lower.starts_with("...") {
            return Next::Close(framing::reply("+OK bye"));
        }
        if lower.starts_with("api ") {
            return self.api(after("api "));
        }
        if lower.starts_with("bgapi ") {
            return self.bgapi(after("bgapi "), command.header("Job-UUID"));
        }
        if lower.starts_with("sendevent") {
            return Next::Continue(self.sendevent(after("sendevent").trim(), command));
        }
        if lower.starts_with("sendmsg") {
            return reply(&format!("-ERR invalid session id [{}]", after("sendmsg").trim()));
        }
        if lower.starts_with("linger") || lower.starts_with("nolinger") {
            return reply("-ERR not controlling a session");
        }
        if lower.starts_with("divert_events ") {
            return reply("-ERR not controlling a session.");
        }
        if lower.starts_with("nolog") {
            let ended = self.shared.lock().hub.set_log_level(self.id, None);
            return reply(if ended { "+OK no longer logging" } else { "-ERR not loging" });
        }
        if lower.starts_with("log") {
            return reply(&self.log(after("log").trim()));
        }
        self.subscribe(line, &lower)
    }

    fn authenticate(&mut self, line: &str) -> Next {
        let Some((word, password)) = line.split_once(' ') else {
            return Next::Continue(framing::reply("-ERR command not found"));
        };
        match word.to_ascii_lowercase().as_str() {
            "auth" if password == self.shared.lock().options.password => {
                self.authenticated = true;
                self.shared.lock().hub.authenticated(self.id);
                Next::Continue(framing::reply("+OK accepted"))
            }
            "userauth" => self.authenticate_user(password),
            "auth" => Next::Close(framing::reply("-ERR invalid")),
            _ => Next::Continue(framing::reply("-ERR command not found")),
        }
    }

    /// `userauth <user>@<domain>:<password>`, with the rights of that user (FACTS of mod_event_socket; only the refusal is
    /// recorded).
    fn authenticate_user(&mut self, text: &str) -> Next {
        let user = text.split_once(':').and_then(|(address, password)| {
            let name = address.split('@').next().unwrap_or(address);
            let switch = self.shared.lock();
            let mut users = switch.options.users.iter();
            users.find(|user| user.name == name && user.password == password).cloned()
        });
        let Some(user) = user else { return Next::Close(framing::reply("-ERR invalid")) };
        let apis = if user.apis.is_empty() { "all".to_owned() } else { user.apis.join(" ") };
        let accepted = format!("+OK accepted\nAllowed-Events: all\nAllowed-API: {apis}\nAllowed-LOG: true");
        self.authenticated = true;
        self.shared.lock().hub.authenticated(self.id);
        self.allowed = user.apis;
        Next::Continue(framing::reply(&accepted))
    }

    /// Whether a command may be run on this connection.
    fn may_run(&self, line: &str) -> bool {
        let (command, arguments) = api::split(line);
        let command = command.to_ascii_lowercase();
        // A command that runs another one is as good as that.
        let inner = matches!(command.as_str(), "bgapi" | "eval" | "expand").then(|| api::split(arguments).0);
        let allowed = |name: &str| self.allowed.iter().any(|known| known == name);
        self.allowed.is_empty() || allowed(&command) && inner.is_none_or(allowed)
    }

    /// The level is acknowledged as it was written.
    fn log(&self, word: &str) -> String {
        let level = if word.is_empty() { Some(DEBUG) } else { log::level(word) };
        let Some(level) = level else { return "-ERR invalid log level".to_owned() };
        self.shared.lock().hub.set_log_level(self.id, Some(level));
        format!("+OK log level {word} [{level}]")
    }

    fn api(&self, line: &str) -> Next {
        if !self.may_run(line) {
            return Next::Continue(framing::reply("-ERR permission denied"));
        }
        if let ("bgapi", job) = api::split(line) {
            // The command of that name, which is answered as the reload of the event socket is on record.
            return Next::Continue(framing::api_response(&format!(
                "+OK Job-UUID: {}\n",
                self.run_job(job, None)
            )));
        }
        if let Some(millis) = msleep(line) {
            return Next::Later(Duration::from_millis(millis), framing::api_response("+OK"));
        }
        let mut switch = self.shared.lock();
        if reloads_event_socket(line) {
            let job = switch.new_uuid();
            let answer = framing::api_response(&format!("+OK Job-UUID: {job}\n"));
            // Recorded: the files are read first.
            api::reload_xml(&mut switch);
            drop(switch);
            self.reload_event_socket();
            return Next::Continue(answer);
        }
        switch.refresh();
        if api::is_originate(line) {
            let (reply, answer) = oneshot::channel();
            return match api::originate(&mut switch, line, Reply::Session(reply)) {
                Ok(()) => Next::Wait(answer),
                Err(text) => Next::Continue(framing::api_response(&text)),
            };
        }
        let body = api::run(&mut switch, line);
        let answer = switch.treat_answer(line, body);
        let bytes = answer.body.map(|body| framing::api_response(&body)).unwrap_or_default();
        if answer.after.is_zero() { Next::Continue(bytes) } else { Next::Later(answer.after, bytes) }
    }

    fn bgapi(&self, line: &str, job: Option<&str>) -> Next {
        if !self.may_run(line) {
            return Next::Continue(framing::reply("-ERR permission denied"));
        }
        Next::Continue(framing::job_reply(&self.run_job(line, job)))
    }

    /// Starts a command whose outcome a BACKGROUND_JOB tells; the job's id.
    fn run_job(&self, line: &str, job: Option<&str>) -> String {
        let mut switch = self.shared.lock();
        let job = job.map_or_else(|| switch.new_uuid(), str::to_owned);
        let (command, arguments) = api::split(line);
        if let Some(millis) = msleep(line) {
            let shared = self.shared.clone();
            let (command, arguments, job) = (command.to_owned(), arguments.to_owned(), job.clone());
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                shared.lock().background_job(&job, &command, &arguments, "+OK".to_owned());
            });
        } else if api::is_originate(line) {
            switch.refresh();
            let reply = Reply::Job(job.clone(), arguments.to_owned());
            if let Err(text) = api::originate(&mut switch, line, reply) {
                switch.background_job(&job, command, arguments, text);
            }
        } else {
            switch.refresh();
            let result = api::run(&mut switch, line);
            switch.background_job(&job, command, arguments, result);
        }
        job
    }

    /// The reply goes out first; then every connection ends and the port closes for a moment.
    fn reload_event_socket(&self) {
        let shared = self.shared.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let mut switch = shared.lock();
            switch.hub.end_all(End::ShuttingDown);
            switch.hub.close_port();
        });
    }

    fn sendevent(&self, name: &str, command: &Command) -> Vec<u8> {
        let headers = command.headers.clone();
        let uuid = self.shared.lock().send_event(name, headers, command.body.clone());
        framing::reply(&format!("+OK {uuid}"))
    }

    fn subscribe(&self, line: &str, lower: &str) -> Next {
        let mut switch = self.shared.lock();
        let Some(subscription) = switch.hub.subscription(self.id) else {
            return Next::Close(Vec::new());
        };
        let words = |word: &str| line.get(word.len()..).unwrap_or_default().trim();
        let text = if lower.starts_with("event") {
            if subscription.add(words("event")) {
                format!("+OK event listener enabled {}", subscription.format.word())
            } else {
                "-ERR no keywords supplied".to_owned()
            }
        } else if lower.starts_with("nixevent") {
            if subscription.nix(words("nixevent")) { "+OK events nixed" } else { "-ERR no keywords supplied" }
                .to_owned()
        } else if lower.starts_with("noevents") {
            if subscription.clear() {
                "+OK no longer listening for events"
            } else {
                "-ERR not listening for events"
            }
            .to_owned()
        } else if lower.starts_with("myevents ") {
            subscription.add_mine(words("myevents"));
            "+OK Events Enabled".to_owned()
        } else if lower.starts_with("filter ") {
            filter(subscription, words("filter"))
        } else {
            "-ERR command not found".to_owned()
        };
        Next::Continue(framing::reply(&text))
    }
}

fn filter(subscription: &mut super::subscription::Subscription, words: &str) -> String {
    let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
    let rest = rest.trim();
    if first.eq_ignore_ascii_case("delete") {
        if rest.is_empty() {
            return "-ERR invalid syntax".to_owned();
        }
        let (header, value) = rest.split_once(' ').unwrap_or((rest, ""));
        subscription.delete_filter(header, (!value.is_empty()).then_some(value));
        return format!("+OK filter deleted. [{header}][{value}]");
    }
    let added = if first.eq_ignore_ascii_case("add") { rest } else { words };
    match added.split_once(' ') {
        Some((header, value)) if !value.trim().is_empty() => {
            subscription.add_filter(header, value.trim());
            format!("+OK filter added. [{header}]=[{}]", value.trim())
        }
        _ => "-ERR invalid syntax".to_owned(),
    }
}

fn msleep(line: &str) -> Option<u64> {
    let (command, arguments) = api::split(line);
    if command.eq_ignore_ascii_case("msleep") { arguments.parse().ok() } else { None }
}

/// Any text with both words is taken for a reload, as recorded.
fn reloads_event_socket(line: &str) -> bool {
    line.contains("mod_event_socket") && (line.contains("reload") || line.contains("unload"))
}
