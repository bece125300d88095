//! The same jobs without a window: read, map, people, check, import, report, finish, practice, password, hook.
//!
//! Progress goes to stderr, answers to stdout (JSON with `--json`). Secrets are never arguments: they come from the keychain or
//! from `CAUSEWAY_SOURCE_PASSWORD` and `CAUSEWAY_OKTA_TOKEN`. Exit codes are [`Exit`]'s.

mod advice;
pub mod args;
mod check;
pub mod common;
mod error;
mod exit;
mod finish;
pub mod hook;
mod import;
mod kind_flags;
mod map;
mod outputs;
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
pub use exit::Exit;
use talk::Talk;

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
            Exit::of(&error).into()
        }
    }
}

async fn job(command: Command, talk: &Talk) -> Result<Exit, CliError> {
    match command {
        Command::Read(args) => read::run(args, talk).await,
        Command::Map(args) => or_stopped(map::run(args, talk)).await,
        Command::People(args) => people::run(args, talk).await,
        Command::Check(args) => check::run(args, talk).await,
        Command::Import(args) => import::run(args, talk).await,
        Command::Report(args) => report::run(args, talk).await,
        Command::Finish(args) => finish::run(args, talk).await,
        Command::Practice(args) => practice::run(args, talk).await,
        Command::Password(args) => password::run(args, talk).await,
        // Calls under way are answered first.
        Command::Hook(args) if args.serves() => hook::run(args, talk).await,
        Command::Hook(args) => or_stopped(hook::run(args, talk)).await,
    }
}

/// A short job, which nothing is lost of when it is cut off.
async fn or_stopped(job: impl Future<Output = Result<Exit, CliError>>) -> Result<Exit, CliError> {
    tokio::select! {
        end = job => end,
        () = talk::interrupted() => Ok(Exit::Stopped),
    }
}
