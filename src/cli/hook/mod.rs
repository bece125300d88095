//! `causeway hook`: the password hook as a service.

pub mod args;
mod config;
mod key;
mod org;
mod secret;
mod serve;
mod unit;

use args::{HookArgs, HookCommand};

use super::Exit;
use super::error::CliError;
use super::talk::Talk;

pub(super) async fn run(args: HookArgs, talk: &Talk) -> Result<Exit, CliError> {
    match args.command {
        HookCommand::Serve(args) => serve::run(args, talk).await,
        HookCommand::Secret(args) => secret::run(args, talk).await,
        HookCommand::ExportConfig(args) => config::run(args, talk).await,
        HookCommand::ExportKey(args) => key::run(args, talk).await,
        HookCommand::Register(args) => org::register(args, talk).await,
        HookCommand::Deactivate(args) => org::deactivate(args, talk).await,
        HookCommand::Delete(args) => org::delete(args, talk).await,
        HookCommand::Unit(args) => unit::run(&args, talk),
    }
}
