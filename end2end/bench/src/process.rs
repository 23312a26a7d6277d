//! What the kernel tells of a process in `/proc`.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

/// Ticks in a second in `/proc/<id>/stat`: USER_HZ, which is 100 on all that Debian runs on (proc_pid_stat(5)).
const TICKS_PER_SECOND: u64 = 100;

/// Processor time, user and system, of a process since its start.
///
/// # Errors
/// It has ended.
pub(crate) fn cpu_time(id: u32) -> Result<Duration> {
    Ok(read_stat(Path::new(&format!("/proc/{id}/stat")))?.cpu_time)
}

/// Processor time of a process and of all that live below it now.
///
/// # Errors
/// It has ended.
pub(crate) fn cpu_time_of_tree(id: u32) -> Result<Duration> {
    let mut total = cpu_time(id)?;
    let mut children: HashMap<u32, Vec<(u32, Duration)>> = HashMap::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(child) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // One that ended meanwhile does not count.
        if let Ok(stat) = read_stat(&entry.path().join("stat")) {
            children.entry(stat.parent).or_default().push((child, stat.cpu_time));
        }
    }
    let mut rest = vec![id];
    while let Some(parent) = rest.pop() {
        for (child, time) in children.remove(&parent).unwrap_or_default() {
            total += time;
            rest.push(child);
        }
    }
    Ok(total)
}

/// Processor time of the threads of a process that live now, by their name.
///
/// # Errors
/// It has ended.
pub(crate) fn cpu_time_by_thread(id: u32) -> Result<BTreeMap<String, Duration>> {
    let mut threads = BTreeMap::new();
    for entry in fs::read_dir(format!("/proc/{id}/task"))?.flatten() {
        if let Ok(stat) = read_stat(&entry.path().join("stat")) {
            *threads.entry(stat.name).or_default() += stat.cpu_time;
        }
    }
    Ok(threads)
}

/// Processor time that the whole machine has spent on anything since it started.
///
/// # Errors
/// `/proc/stat` is odd.
pub(crate) fn cpu_time_of_machine() -> Result<Duration> {
    let text = fs::read_to_string("/proc/stat").context("cannot read /proc/stat")?;
    busy_in(&text).context("/proc/stat is odd")
}

/// Memory that a process has in RAM, in megabytes of 1,000,000 bytes.
///
/// # Errors
/// It has ended.
pub(crate) fn resident_mb(id: u32) -> Result<f64> {
    let path = format!("/proc/{id}/status");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    resident_in(&text).with_context(|| format!("{path} has no VmRSS"))
}

#[derive(Debug, PartialEq, Eq)]
struct Stat {
    name: String,
    parent: u32,
    cpu_time: Duration,
}

fn read_stat(path: &Path) -> Result<Stat> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse_stat(&String::from_utf8_lossy(&text)).with_context(|| format!("{} is odd", path.display()))
}

/// The name in parentheses may itself hold spaces and parentheses. Of the fields after it, the second is the parent,
/// the twelfth and thirteenth are the ticks in user and in system mode.
fn parse_stat(text: &str) -> Option<Stat> {
    let (head, fields) = text.rsplit_once(')')?;
    let name = head.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    let cpu_time = Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND);
    Some(Stat { name, parent: fields.get(1)?.parse().ok()?, cpu_time })
}

/// The first line tells ticks in user mode, nice, system, idle, waiting for disks, interrupts, soft interrupts, stolen;
/// what comes then is part of the first two (proc_stat(5)).
fn busy_in(stat: &str) -> Option<Duration> {
    let ticks = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace().take(8);
    let ticks: Vec<u64> = ticks.map(str::parse).collect::<Result<_, _>>().ok()?;
    let idle = ticks.get(3)? + ticks.get(4)?;
    Some(Duration::from_millis((ticks.iter().sum::<u64>() - idle) * 1000 / TICKS_PER_SECOND))
}

fn resident_in(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes as f64 * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn stat_is_read_past_an_odd_name() {
        let text = "42 (a) b (c) S 7 42 42 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 4 0 1000 1 1";
        let expected = Stat { name: "a) b (c".into(), parent: 7, cpu_time: Duration::from_secs(3) };
        assert_eq!(parse_stat(text), Some(expected));
        assert_eq!(parse_stat("42 (cat) S 7 42"), None);
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn memory_is_read_in_megabytes() {
        assert_eq!(resident_in("VmHWM:\t  900 kB\nVmRSS:\t    1000 kB\n"), Some(1.024));
        assert_eq!(resident_in("Name:\tcat\n"), None);
    }

    #[test]
    fn machine_is_busy_when_it_is_not_idle() {
        let text = "cpu  100 50 30 9000 400 10 5 5 70 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
        assert_eq!(busy_in(text), Some(Duration::from_secs(2)));
        assert_eq!(busy_in("intr 1"), None);
        assert_eq!(busy_in("cpu  1 2"), None);
    }

    #[test]
    fn this_process_can_be_read() {
        let id = std::process::id();
        assert!(resident_mb(id).unwrap() > 0.1);
        // In this order: time goes on meanwhile.
        let own = cpu_time(id).unwrap();
        assert!(cpu_time_of_tree(id).unwrap() >= own);
        assert!(!cpu_time_by_thread(id).unwrap().is_empty());
        assert!(cpu_time_of_machine().unwrap() > own);
    }
}
