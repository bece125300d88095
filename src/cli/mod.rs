//! The same jobs without a window: read, map, people, check, import, report, finish, practice, password, hook.
//!
//! Progress goes to stderr, answers to stdout (JSON with `--json`). Secrets are never arguments: they come from the keychain or
//! from `CAUSEWAY_SOURCE_PASSWORD` and `CAUSEWAY_OKTA_TOKEN`. Exit codes are [`Exit`]'s.

mod advice;
pub mod args;
mod check;
mod error;
mod finish;
pub mod hook;
mod import;
mod map;
mod password;
mod people;
mod practice;
mod read;
mod reasons;
mod report;
mod rules;
mod source;
mod talk;

use std::process::ExitCode;

pub use args::{Cli, Command};
use error::CliError;
use talk::Talk;

/// What a job's exit code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, and nobody failed.
    Done,
    /// 1: it could not be done; the message says why and what to do.
    Failed,
    /// 2: the command names what is not there: a finding, a scheme, a group, a key. The parser's own refusals are 2 as well.
    NotUnderstood,
    /// 3: done, but some people failed, are blocked or could not be sent, or some problem was found; the report says who and why.
    SomeFailed,
    /// 4: stopped because it needs a decision: another token, a right, Okta's refusal of one person after another.
    NeedsAttention,
    /// 130: stopped by Ctrl-C (or SIGTERM); nothing is lost, the same command goes on.
    Stopped,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::NotUnderstood => 2,
            Exit::SomeFailed => 3,
            Exit::NeedsAttention => 4,
            Exit::Stopped => 130,
        })
    }
}

/// Runs one job to its end.
pub fn run(command: Command) -> ExitCode {
    let talk = Talk::new(&command);
    let serves = matches!(&command, Command::Hook(hook) if hook.serves());
    let exit = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("causeway-job")
        .build()
        .map_err(|e| CliError::runtime(&e))
        .and_then(|runtime| runtime.block_on(job(command, &talk)));
    match exit {
        Ok(exit) => exit.into(),
        Err(error) => {
            if serves {
                talk.log_error(&error);
            } else {
                talk.error(&error);
            }
            if error.is_of_the_command_line() { Exit::NotUnderstood } else { Exit::Failed }.into()
        }
    }
}

async fn job(command: Command, talk: &Talk) -> Result<Exit, CliError> {
    match command {
        Command::Read(args) => read::run(args, talk).await,
        Command::Map(args) => map::run(args, talk).await,
        Command::People(args) => people::run(args, talk).await,
        Command::Check(args) => check::run(args, talk).await,
        Command::Import(args) => import::run(args, talk).await,
        Command::Report(args) => report::run(args, talk).await,
        Command::Finish(args) => finish::run(args, talk).await,
        Command::Practice(args) => practice::run(args, talk).await,
        Command::Password(args) => password::run(args, talk).await,
        Command::Hook(args) => hook::run(args, talk).await,
    }
}
