//! What a hook needs that has no workspace: the source and the mapping, in a file without secrets.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::args::ExportArgs;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::source;
use crate::cli::talk::Talk;
use crate::files;
use crate::mapping::Mapping;
use crate::migration::docs;
use crate::source::SourceSpec;
use crate::workspace::Workspace;

/// The format's version.
const VERSION: u32 = 1;

/// A hook that checks against the live source and keeps nothing.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HookFile {
    /// The format's version: 1.
    version: u32,
    /// Where people are, without the password.
    pub(super) source: SourceSpec,
    /// Columns to attributes, and what is stated about stored passwords.
    pub(super) mapping: Mapping,
}

impl HookFile {
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let text = std::fs::read_to_string(path).map_err(|error| CliError::reading(path, &error))?;
        let bad = |technical: String| CliError::NoHookFile { path: path.to_owned(), technical };
        let file: Self = serde_json::from_str(&text).map_err(|error| bad(error.to_string()))?;
        if file.version == VERSION { Ok(file) } else { Err(bad(format!("version {}", file.version))) }
    }
}

pub(super) async fn run(args: ExportArgs, talk: &Talk) -> Result<Exit, CliError> {
    let keys = source::keys(args.workspace.key_file.as_deref())?;
    let workspace = Workspace::open_beside(&args.workspace.workspace, keys).await?;
    let source = workspace.doc::<SourceSpec>(docs::SOURCE).await?.ok_or(CliError::NoSource)?;
    let mapping = workspace.doc::<Mapping>(docs::MAPPING).await?.ok_or(CliError::NoMapping)?;
    workspace.close().await?;
    // A mapping that no login can be found by is told here, not when the service starts.
    let opened = crate::source::open(&source, None)?;
    crate::hook::LiveLookup::new(opened, &source.summary(), mapping.clone(), None)?;
    let file = HookFile { version: VERSION, source, mapping };
    let text = serde_json::to_string_pretty(&file).unwrap_or_default();
    match &args.output {
        Some(path) => {
            files::write(path, (text + "\n").as_bytes()).map_err(|error| CliError::writing(path, &error))?;
            let said = format!(
                "Written to {}. Run it with: causeway hook serve --config {}",
                path.display(),
                path.display()
            );
            talk.answer(&said, &json!({ "written": path, "note": files::access_note() }));
            talk.say_access();
        }
        None => crate::cli::talk::out_json(&text),
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::PostgresSpec;

    #[test]
    fn it_comes_back_and_other_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hook.json");
        let mapping =
            r#"{"version":1,"selection":{"people":{"table":{"schema":null,"name":"staff"}}},"rules":[]}"#;
        let mapping: Mapping = serde_json::from_str(mapping).unwrap();
        let file = HookFile { version: 1, source: SourceSpec::Postgres(PostgresSpec::default()), mapping };
        std::fs::write(&path, serde_json::to_string(&file).unwrap()).unwrap();
        assert_eq!(HookFile::read(&path).unwrap(), file);
        for text in ["", "{}", "[1]", &serde_json::to_string(&HookFile { version: 2, ..file }).unwrap()] {
            std::fs::write(&path, text).unwrap();
            assert!(matches!(HookFile::read(&path), Err(CliError::NoHookFile { .. })), "{text}");
        }
    }
}
