//! The import in words: how it ended, and the time it took and takes.

use crate::app::steps::okta::time_words;
use crate::migration::import::{Ended, ImportSummary};
use crate::ui::widgets::{Toast, counted, number};

/// How a run ended, in a short message: green only where nobody failed.
pub(super) fn end_words(summary: &ImportSummary, again: bool) -> Toast {
    let people = |n| counted(n, "person", "people");
    let (done, failed) = (summary.done, summary.failed);
    let good = match &summary.ended {
        Ended::NeedsAttention { pause } => return Toast::bad(pause.words.clone()),
        Ended::Stopped => "Stopped. Anyone not sent yet still waits".to_owned(),
        Ended::Done if again => format!("The retry worked for {}", people(done.saturating_sub(failed))),
        Ended::Done if summary.pilot => {
            format!("The pilot is done: {} sent", people(done.saturating_sub(failed)))
        }
        Ended::Done => "Everyone was sent".to_owned(),
    };
    if summary.missing > 0 {
        return Toast::bad(format!(
            "{good}, but {} taken out of the migration's file by something other than Causeway. Read people again",
            counted(summary.missing, "person was", "people were")
        ));
    }
    match failed {
        0 if summary.changed > 0 => Toast::bad(format!(
            "{good}, but {} changed in the migration's file by something other than Causeway, and not sent",
            counted(summary.changed, "person was", "people were")
        )),
        0 => Toast::good(good),
        _ if again && failed == done => Toast::bad(format!("{} failed again", people(failed))),
        _ if again => Toast::bad(format!("{good}, {} failed again", number(failed))),
        _ => Toast::bad(format!("{good}, {} failed", number(failed))),
    }
}

/// Seconds gone, as the numbers' card tells them.
pub(super) fn spent_words(seconds: u64) -> String {
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (hours, minutes) => format!("{} h {minutes} min", number(hours)),
    }
}

/// Seconds left, as the numbers' card tells them.
pub(super) fn left_words(seconds: u64) -> String {
    if seconds < 60 {
        "less than a minute left".to_owned()
    } else {
        format!("about {} left", time_words(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::spent_words;

    #[test]
    fn time_gone_is_never_more_than_has_gone() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min 0 s"),
            (61, "1 min 1 s"),
            (119, "1 min 59 s"),
            (3_599, "59 min 59 s"),
            (3_600, "1 h 0 min"),
            (3_959, "1 h 5 min"),
            (90_061, "25 h 1 min"),
        ] {
            assert_eq!(spent_words(seconds), words, "{seconds}");
        }
    }
}
