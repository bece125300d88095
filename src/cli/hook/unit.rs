//! `causeway hook unit`: the file that runs the hook without the window, on stdout, and what to do with it, on stderr.

use std::path::PathBuf;

use serde_json::json;

use super::args::UnitArgs;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::talk::Talk;
use crate::migration::hook::service::{Inbound, Plan, file};

pub(super) fn run(args: &UnitArgs, talk: &Talk) -> Result<Exit, CliError> {
    let absolute =
        |path: &PathBuf| std::path::absolute(path).map_err(|error| CliError::reading(path, &error));
    let inbound = match (&args.cert, &args.key) {
        (Some(certificate), Some(key)) => {
            Inbound::Certificate { certificate: absolute(certificate)?, key: absolute(key)? }
        }
        _ if args.self_signed => Inbound::SelfSigned,
        _ => Inbound::Plain,
    };
    let plan = Plan {
        program: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("causeway")),
        workspace: absolute(&args.workspace)?,
        bind: args.bind,
        path: crate::hook::HookPath::new(&args.path)?.as_str().to_owned(),
        inbound,
        live: args.live,
    };
    let service = file(args.kind.into(), &plan);
    talk.say(service.about);
    for (nth, step) in service.steps.iter().enumerate() {
        talk.say(&format!("{}. {}", nth + 1, step.words));
        if !step.command.is_empty() {
            talk.say(&format!("   {}", step.command));
        }
    }
    let steps: Vec<_> =
        service.steps.iter().map(|step| json!({ "words": step.words, "command": step.command })).collect();
    let value = json!({ "name": service.name, "text": service.text, "about": service.about, "steps": steps });
    talk.answer(service.text.trim_end(), &value);
    Ok(Exit::Done)
}
