//! `causeway map`

use serde_json::{Value, json};

use super::Exit;
use super::args::MapArgs;
use super::error::CliError;
use super::source;
use super::talk::{Talk, out_json};
use crate::mapping::{MappingProblem, check};
use crate::migration::kept_mapping;

/// How many rows a mapping is checked against.
const CHECK_ROWS: usize = 200;

pub(super) async fn run(args: MapArgs, talk: &Talk) -> Result<Exit, CliError> {
    if let Some(file) = &args.check {
        return check_file(&args, file, talk).await;
    }
    let mapping = match (&args.source.source, &args.workspace) {
        (Some(url), _) => {
            let (_, from) = source::source(Some(url), &args.source.flags, None).await?;
            let suggested = source::suggested(from.as_ref(), &args.source).await?;
            talk.say(&format!("People: {}.", suggested.reasons.join(", ")));
            suggested.tell(talk);
            // What isn't wrong but has to be known: a column that may say who is switched off, say.
            let problems = check(&suggested.mapping, &suggested.sample);
            for problem in problems.iter().filter(|problem| **problem != MappingProblem::LoginKey) {
                if matches!(problem, MappingProblem::Switch(_) | MappingProblem::Passwords { .. }) {
                    talk.warn(&problem.to_string());
                } else {
                    talk.say(&problem.to_string());
                }
            }
            suggested.mapping
        }
        (None, Some(path)) => {
            let workspace = source::open_at(path, args.key_file.as_deref()).await?;
            let mapping = kept_mapping(&workspace).await?.ok_or(CliError::NoMapping)?;
            workspace.close().await?;
            mapping
        }
        (None, None) => return Err(CliError::NothingAsked),
    };
    // A mapping is JSON either way: it can go straight into a file.
    out_json(&mapping.to_json());
    Ok(Exit::Done)
}

async fn check_file(args: &MapArgs, file: &std::path::Path, talk: &Talk) -> Result<Exit, CliError> {
    let mapping = source::mapping_file(file)?;
    let (_, from) = source::source(args.source.source.as_deref(), &args.source.flags, None).await?;
    let sample = from.sample(&mapping.selection, CHECK_ROWS).await?;
    let problems = check(&mapping, &sample);
    let listed: Vec<Value> =
        problems.iter().map(|p| json!({"problem": p.to_string(), "blocks": p.blocks()})).collect();
    let text = if problems.is_empty() {
        "The mapping fits the source.".to_owned()
    } else {
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    talk.answer(&text, &json!({"fits": problems.is_empty(), "problems": listed}));
    Ok(if problems.iter().any(crate::mapping::MappingProblem::blocks) {
        Exit::SomeFailed
    } else {
        Exit::Done
    })
}
