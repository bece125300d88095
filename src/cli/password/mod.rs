//! `causeway password`: how a stored password was made, and the proof of it.

mod args;
mod batch;
mod input;
mod line;
mod prove;

use std::io;

use serde_json::json;

pub(super) use args::PasswordArgs;
use args::{ExplainArgs, PasswordCommand};
use input::Input;

use super::Exit;
use super::args::Common;
use super::error::CliError;
use super::talk::Talk;

impl PasswordArgs {
    pub(super) fn common(&self) -> &Common {
        match &self.command {
            PasswordCommand::Explain(args) => &args.common,
            PasswordCommand::Prove(args) => &args.common,
        }
    }
}

pub(super) async fn run(args: PasswordArgs, talk: &Talk) -> Result<Exit, CliError> {
    match args.command {
        PasswordCommand::Explain(args) if args.batch => {
            match batch::run(io::stdin().lock(), io::stdout().lock()) {
                // A closed pipe (`| head`) is no error.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    Err(CliError::Stream(error.to_string()))
                }
                _ => Ok(Exit::Done),
            }
        }
        PasswordCommand::Explain(args) => explain(&args, talk),
        PasswordCommand::Prove(args) => prove::run(&args, talk).await,
    }
}

fn explain(args: &ExplainArgs, talk: &Talk) -> Result<Exit, CliError> {
    let stored = Input::read()?.stored(0, &args.stated);
    let answer = line::judge(&stored, &args.stated.settings()?);
    let value = serde_json::to_value(&answer).unwrap_or_else(|_| json!({}));
    talk.answer(&answer.words(), &value);
    Ok(Exit::Done)
}
