//! `causeway hook export-key`: the sealing key of a workspace for a server that has no keychain.

use std::io::{self, IsTerminal as _, Write as _};

use serde_json::json;

use super::args::KeyArgs;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::source;
use crate::cli::talk::Talk;
use crate::files;
use crate::migration::MigrationError;
use crate::workspace::{Workspace, WorkspaceError};

pub(super) async fn run(args: KeyArgs, talk: &Talk) -> Result<Exit, CliError> {
    let path = &args.workspace.workspace;
    if !path.exists() {
        return Err(WorkspaceError::Missing(path.clone()).into());
    }
    match &args.output {
        Some(output) if output.exists() => return Err(MigrationError::Exists(output.clone()).into()),
        None if io::stdout().is_terminal() => return Err(CliError::KeyOnScreen),
        _ => {}
    }
    let text = Workspace::key_file_text(path, source::keys(args.workspace.key_file.as_deref())?).await?;
    let warning = format!(
        "With this key and {} all stored passwords in it can be read. Let only the service read it, and don't store another copy.",
        path.display()
    );
    talk.say(&warning);
    if let Some(output) = &args.output {
        files::write_new(output, text.as_bytes()).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => MigrationError::Exists(output.clone()).into(),
            _ => CliError::writing(output, &error),
        })?;
        let said = format!("Written to {0}. Use it with: --key-file {0}", output.display());
        talk.answer(&said, &json!({ "written": output, "note": files::access_note() }));
        talk.say_access();
    } else {
        let mut out = io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(|error| CliError::Stream(error.to_string()))?;
    }
    Ok(Exit::Done)
}
