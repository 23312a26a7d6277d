//! `demo fault <word> ... [for <seconds>]`

use std::time::Duration;

use super::Fault;
use super::events::EventFaults;
use super::frames::Malformed;
use crate::clock::seconds_us;
use crate::esl::hub::Audience;

/// The words, for `-USAGE`.
pub const USAGE: &str = "-USAGE: fault (reset | silence [off] | half-open | slow-api <ms> [<prefix>] | \
                         slow-write <bytes per second> | big-answers [<bytes> [<prefix>]] | skip-answer [<prefix>] | \
                         send <what> [all|events|commands] | burst [<events>] | drop <probability> | \
                         duplicate <probability> | reorder <probability> [<window>] | delay <ms> | deny <address> | \
                         allow [<address>] | close-port | open-port | restart | reload-callcenter | \
                         unload-callcenter | load-callcenter | step-clock <seconds> | off) [for <seconds>]\n";

/// Ten megabytes.
const BIG: usize = 10 * 1024 * 1024;
/// A minute or two of the busiest call center there is.
const BURST: usize = 100_000;
/// How far an event gets out of order if nothing is said.
const WINDOW: u32 = 8;

/// A fault and how long it lasts; `None` if the words make no sense.
pub fn parse(words: &[&str]) -> Option<(Fault, Option<Duration>)> {
    match words {
        [words @ .., "for", seconds] => {
            let time = Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?;
            Some((fault(words)?, Some(time)))
        }
        words => Some((fault(words)?, None)),
    }
}

fn fault(words: &[&str]) -> Option<Fault> {
    let events = EventFaults::default();
    Some(match words {
        ["reset"] => Fault::Reset,
        ["silence"] => Fault::Silence(true),
        ["silence", "off"] => Fault::Silence(false),
        ["half-open"] => Fault::HalfOpen,
        ["slow-api", millis, prefix @ ..] => {
            Fault::SlowApi { by: Duration::from_millis(millis.parse().ok()?), prefix: prefix.join(" ") }
        }
        ["slow-write", bytes] => Fault::SlowWrite(bytes.parse().ok()?),
        ["big-answers"] => Fault::BigAnswers { bytes: BIG, prefix: String::new() },
        ["big-answers", bytes, prefix @ ..] => {
            Fault::BigAnswers { bytes: bytes.parse().ok()?, prefix: prefix.join(" ") }
        }
        ["skip-answer", prefix @ ..] => Fault::SkipAnswer { prefix: prefix.join(" ") },
        ["send", what] => Fault::Send(malformed(what)?, Audience::All),
        ["send", what, audience] => Fault::Send(malformed(what)?, Audience::from_word(audience)?),
        ["burst"] => Fault::Burst(BURST),
        ["burst", count] => Fault::Burst(count.parse().ok()?),
        ["drop", chance] => Fault::Events(EventFaults { drop: probability(chance)?, ..events }),
        ["duplicate", chance] => Fault::Events(EventFaults { duplicate: probability(chance)?, ..events }),
        ["reorder", chance] => {
            Fault::Events(EventFaults { reorder: probability(chance)?, window: WINDOW, ..events })
        }
        ["reorder", chance, window] => {
            let window = window.parse().ok()?;
            Fault::Events(EventFaults { reorder: probability(chance)?, window, ..events })
        }
        ["delay", millis] => {
            Fault::Events(EventFaults { delay: Duration::from_millis(millis.parse().ok()?), ..events })
        }
        ["deny", peer] => Fault::Deny(peer.parse().ok()?),
        ["allow"] => Fault::Allow(None),
        ["allow", peer] => Fault::Allow(Some(peer.parse().ok()?)),
        ["close-port"] => Fault::ClosePort,
        ["open-port"] => Fault::OpenPort,
        ["restart"] => Fault::Restart,
        ["reload-callcenter"] => Fault::ReloadCallCenter,
        ["unload-callcenter"] => Fault::UnloadCallCenter,
        ["load-callcenter"] => Fault::LoadCallCenter,
        ["step-clock", seconds] => {
            Fault::StepClock(seconds_us(seconds.parse::<f64>().ok().filter(|seconds| seconds.is_finite())?))
        }
        ["off"] => Fault::Off,
        _ => return None,
    })
}

fn malformed(word: &str) -> Option<Malformed> {
    Malformed::WORDS.iter().find(|(known, _)| *known == word).map(|(_, malformed)| *malformed)
}

fn probability(word: &str) -> Option<f64> {
    word.parse().ok().filter(|chance| (0.0..=1.0).contains(chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_faults() {
        let rows: [(&str, Option<Fault>); 9] = [
            ("silence", Some(Fault::Silence(true))),
            (
                "slow-api 200 callcenter_config agent",
                Some(Fault::SlowApi {
                    by: Duration::from_millis(200),
                    prefix: "callcenter_config agent".to_owned(),
                }),
            ),
            ("send no-colon events", Some(Fault::Send(Malformed::NoColon, Audience::Events))),
            ("step-clock -1.5", Some(Fault::StepClock(-1_500_000))),
            ("deny 127.0.0.1", Some(Fault::Deny([127, 0, 0, 1].into()))),
            ("drop 1.5", None),
            ("send nonsense", None),
            ("step-clock NaN", None),
            ("", None),
        ];
        for (line, fault) in rows {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(parse(&words), fault.map(|fault| (fault, None)), "{line}");
        }
        let limited = parse(&["silence", "for", "0.5"]);
        assert_eq!(limited, Some((Fault::Silence(true), Some(Duration::from_millis(500)))));
    }
}
