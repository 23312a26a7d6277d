//! Steps and their times.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Prints steps as they come, and all of them at the end.
pub(crate) struct Progress {
    started: Instant,
    done: Vec<Step>,
}

struct Step {
    name: String,
    took: Duration,
    closing: Vec<String>,
}

impl Progress {
    /// Starts the clock.
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), done: Vec::new() }
    }

    /// Runs one step and prints its name before and its time after.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.step_with_closing(name, || Ok((work()?, Vec::new())))
    }

    /// Like [`Self::step`], with lines of the runner that are worth repeating at the end.
    pub(crate) fn step_with_closing<T>(
        &mut self,
        name: &str,
        work: impl FnOnce() -> Result<(T, Vec<String>)>,
    ) -> Result<T> {
        println!("==> {name}");
        // Others write to the same place: ours comes first.
        io::stdout().flush().ok();
        let started = Instant::now();
        let (value, closing) =
            work().with_context(|| format!("{name} failed after {}", short(started.elapsed())))?;
        let took = started.elapsed();
        println!("    {name}: {}", short(took));
        self.done.push(Step { name: name.to_owned(), took, closing });
        Ok(value)
    }

    /// Prints the time of each step, their runners' closing lines and the whole time.
    pub(crate) fn summary(&self) {
        println!("\nSteps:");
        for step in &self.done {
            println!("  {:>11}  {}", short(step.took), step.name);
            for line in &step.closing {
                println!("               {}", line.trim());
            }
        }
        println!("All {} steps passed in {}.", self.done.len(), short(self.started.elapsed()));
    }

    /// Time since the start.
    pub(crate) fn elapsed(&self) -> String {
        short(self.started.elapsed())
    }
}

/// `4.2 s` or `3 min 07 s`.
fn short(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f32())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        for (ms, text) in [(40, "0.0 s"), (4_200, "4.2 s"), (60_000, "1 min 00 s"), (187_400, "3 min 07 s")] {
            assert_eq!(short(Duration::from_millis(ms)), text);
        }
    }
}
