//! A real browser on the wallboard: a node program that drives Chromium, told what to do line by line.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::time::timeout;

use crate::calls::CallsReport;
use crate::children::{self, Children};
use crate::stack::{Login, Parts};

/// How long the browser may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// The browser with its page.
#[derive(Debug)]
pub(crate) struct Page {
    /// Process id of the program; the browser's processes live below it.
    pub(crate) id: u32,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

#[derive(Debug, Deserialize)]
struct Ready {
    ready: bool,
}

/// What the page saw during the measurement.
#[derive(Debug, Deserialize)]
pub(crate) struct PageReport {
    /// From the oldest event of a frame to the first animation frame after the page changed, in milliseconds.
    pub(crate) painted_ms: Vec<f64>,
    /// Errors and warnings of the console since the page was opened.
    pub(crate) console: Vec<String>,
    /// Seconds that the page's main thread was busy.
    pub(crate) task_s: f64,
    /// Of these, in scripts and WASM.
    pub(crate) script_s: f64,
    /// Of these, computing styles.
    pub(crate) style_s: f64,
    /// Of these, in layout.
    pub(crate) layout_s: f64,
    /// Tasks of more than 50 ms.
    pub(crate) long_tasks: u64,
    /// The longest of them, in milliseconds.
    pub(crate) longest_task_ms: f64,
    /// Elements in the page.
    pub(crate) elements: u64,
}

impl Page {
    /// Signs in and waits for the first change on the screen.
    ///
    /// # Errors
    /// The browser, the sign-in, or a board that does not move.
    pub(crate) async fn open(
        parts: &Parts,
        server: SocketAddr,
        login: &Login,
        children: &mut Children,
    ) -> Result<Self> {
        let mut command = children::command("node");
        command
            // Where it finds what npm installed.
            .current_dir(&parts.node_dir)
            .arg("bench/live.mjs")
            .env("ADDRESS", format!("http://{server}"))
            .env("LOGIN_NAME", login.name)
            .env("LOGIN_PASSWORD", &login.password)
            .env("CHROMIUM", &parts.chromium)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let started = children.start(&mut command, "the browser", &parts.log("browser"))?;
        let stdin = started.stdin.context("the browser has no standard input")?;
        let stdout = started.stdout.context("the browser has no standard output")?;
        let mut page = Self { id: started.id, stdin, lines: BufReader::new(stdout).lines() };
        let ready: Ready = page.hear(children).await?;
        if !ready.ready {
            bail!("the browser is not ready");
        }
        Ok(page)
    }

    /// Begins to measure.
    ///
    /// # Errors
    /// The browser has ended.
    pub(crate) async fn measure(&mut self, children: &mut Children) -> Result<()> {
        self.stdin.write_all(b"measure\n").await?;
        let ready: Ready = self.hear(children).await?;
        if ready.ready { Ok(()) } else { bail!("the browser does not measure") }
    }

    /// Ends the measurement and the browser.
    ///
    /// # Errors
    /// The browser has ended.
    pub(crate) async fn finish(&mut self, children: &mut Children) -> Result<PageReport> {
        self.stdin.write_all(b"report\n").await?;
        self.hear(children).await
    }

    /// Opens the page of calls and looks on for a while.
    ///
    /// # Errors
    /// The browser has ended.
    pub(crate) async fn look_at_calls(&mut self, children: &mut Children) -> Result<CallsReport> {
        self.stdin.write_all(b"calls\n").await?;
        self.hear(children).await
    }

    async fn hear<T: DeserializeOwned>(&mut self, children: &mut Children) -> Result<T> {
        let line = timeout(PATIENCE, self.lines.next_line()).await.context("the browser says nothing")??;
        match line {
            Some(line) => {
                serde_json::from_str(&line).with_context(|| format!("the browser said something odd: {line}"))
            }
            None => {
                // Its log says why, as soon as it has really ended.
                let ended = async {
                    loop {
                        children.check()?;
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                };
                timeout(PATIENCE, ended).await.context("the browser has closed its output")?
            }
        }
    }
}
