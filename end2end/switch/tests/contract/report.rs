//! What was replayed, and what differed.

use std::collections::BTreeMap;

use crate::replay::Count;
use crate::transcript;

/// Counts of all cases by their folder.
#[derive(Debug, Default)]
pub(crate) struct Report {
    folders: BTreeMap<String, Count>,
    problems: Vec<String>,
}

impl Report {
    /// Adds a case of a folder.
    pub(crate) fn add(&mut self, folder: &str, (count, problems): (Count, Vec<String>)) {
        let sum = self.folders.entry(folder.to_owned()).or_default();
        sum.commands += count.commands;
        sum.events += count.events;
        self.problems.extend(problems.into_iter().map(|problem| format!("{folder}: {problem}")));
    }

    /// Prints the counts, and fails if anything differed or a folder has no case.
    #[allow(clippy::print_stdout, reason = "the counts are what the suite proves")]
    pub(crate) fn finish(mut self) {
        let (mut commands, mut events) = (0, 0);
        for (folder, count) in &self.folders {
            println!("{folder:50} {:4} answers {:4} events", count.commands, count.events);
            commands += count.commands;
            events += count.events;
        }
        println!("{} transcripts: {commands} answers and {events} events compared", self.folders.len());
        for folder in transcript::folders() {
            if !self.folders.contains_key(&folder) {
                self.problems.push(format!("{folder}: no case replays it"));
            }
        }
        assert!(
            self.problems.is_empty(),
            "{} differences\n{}",
            self.problems.len(),
            self.problems.join("\n")
        );
    }
}
