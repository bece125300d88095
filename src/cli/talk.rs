//! Talking to whoever runs the command: answers on stdout, everything else on stderr; and Ctrl-C.
//!
//! Every word goes out through here. Names, columns and what servers say are foreign: what a terminal would act on is written out.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::args::Command;
use super::error::CliError;
use crate::model::{Explain as _, printable, printable_json};

/// How the command talks.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) json: bool,
    quiet: bool,
    terminal: bool,
}

impl Talk {
    pub(super) fn new(command: &Command) -> Self {
        let common = command.common();
        Self { json: common.json, quiet: common.quiet, terminal: io::stderr().is_terminal() }
    }

    /// The answer: text for people, or JSON. A closed pipe (`| head`) is no error.
    pub(super) fn answer(&self, text: &str, value: &Value) {
        if self.json {
            out_json(&format!("{value:#}"));
        } else {
            out(text);
        }
    }

    /// A line on stderr.
    pub(super) fn say(&self, line: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{}", printable(line));
        }
    }

    /// What the system does not do for a private file that is made, where it doesn't.
    pub(super) fn say_access(&self) {
        if let Some(note) = crate::files::access_note() {
            self.say(note);
        }
    }

    /// A line on stderr that is never quiet: something that lets in who should not be, or makes one person two.
    #[expect(clippy::unused_self, reason = "said by the same voice as all else")]
    pub(super) fn warn(&self, line: &str) {
        let _ = writeln!(io::stderr().lock(), "{}", printable(line));
    }

    /// What could not be done: what, why, what to do.
    pub(super) fn error(&self, error: &CliError) {
        let mut text = format!("{error}\n{}", error.advice());
        if let Some(technical) = error.technical() {
            text.push_str(&format!("\n({technical})"));
        }
        let _ = writeln!(io::stderr().lock(), "{}", printable(&text));
        self.answer_error(error);
    }

    /// The same for a service, whose stderr is read line by line by a machine; a person at a terminal gets it in words as well.
    pub(super) fn log_error(&self, error: &CliError) {
        tracing::error!(technical = error.technical(), advice = error.advice(), "{error}");
        if self.terminal || !tracing::enabled!(tracing::Level::ERROR) {
            self.error(error);
        } else {
            self.answer_error(error);
        }
    }

    fn answer_error(&self, error: &CliError) {
        if self.json {
            let value = json!({"error": {"what": error.to_string(), "advice": error.advice(), "technical": error.technical()}});
            out_json(&format!("{value:#}"));
        }
    }

    /// Shows the newest progress until the job behind it ends: five times a second on a terminal, else every ten seconds.
    pub(super) fn follow<T>(
        &self,
        progress: watch::Receiver<T>,
        line: impl Fn(&T) -> String + Send + 'static,
    ) -> Follower
    where
        T: Send + Sync + 'static,
    {
        if self.quiet {
            return Follower(None);
        }
        let (terminal, mut progress) = (self.terminal, progress);
        let every = if terminal { Duration::from_millis(200) } else { Duration::from_secs(10) };
        Follower(Some(tokio::spawn(async move {
            let mut tick = tokio::time::interval(every);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let mut shown = String::new();
            loop {
                tick.tick().await;
                let now = printable(&line(&progress.borrow_and_update())).into_owned();
                if !now.is_empty() && now != shown {
                    let mut err = io::stderr().lock();
                    let _ = if terminal { write!(err, "\r\x1b[K{now}") } else { writeln!(err, "{now}") };
                    let _ = err.flush();
                    shown = now;
                }
            }
        })))
    }
}

/// Text on stdout. A closed pipe is no error.
fn out(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{}", printable(text));
}

/// JSON on stdout. It means the same on a terminal and in a file.
pub(super) fn out_json(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{}", printable_json(text));
}

/// Shows progress until it is dropped.
pub(super) struct Follower(Option<tokio::task::JoinHandle<()>>);

impl Drop for Follower {
    fn drop(&mut self) {
        if let Some(task) = self.0.take() {
            task.abort();
            if io::stderr().is_terminal() {
                let _ = write!(io::stderr().lock(), "\r\x1b[K");
            }
        }
    }
}

/// A token that Ctrl-C (or SIGTERM) cancels. A second Ctrl-C ends the program at once: the workspace survives that too.
pub(super) fn stop_on_ctrl_c() -> CancellationToken {
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        interrupted().await;
        told.cancel();
        let _ = writeln!(
            io::stderr().lock(),
            "\nStopping: waiting for what is under way. Press Ctrl-C again to stop at once."
        );
        interrupted().await;
        #[expect(clippy::exit, reason = "asked for twice")]
        std::process::exit(130);
    });
    stop
}

#[cfg(unix)]
pub(super) async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        },
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
pub(super) async fn interrupted() {
    let _ = tokio::signal::ctrl_c().await;
}

/// Seconds as people say them: `12 s`, `7 min`, `2 h 41 min`.
pub(super) fn spell(seconds: u64) -> String {
    match seconds {
        0..90 => format!("{seconds} s"),
        90..5400 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spelled() {
        assert_eq!(spell(12), "12 s");
        assert_eq!(spell(420), "7 min");
        assert_eq!(spell(9660), "2 h 41 min");
    }
}
