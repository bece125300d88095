//! Files that a command writes, and must not write over.

use std::path::{Path, PathBuf};

use super::common::WorkspaceArgs;
use super::error::CliError;
use crate::migration::docs;
use crate::source::SourceSpec;
use crate::workspace::Workspace;

/// Makes sure that none of these files to be written is the migration, its key file, a file that people are read from, or another of
/// them.
pub(super) async fn apart(
    outputs: &[&Option<PathBuf>],
    args: &WorkspaceArgs,
    workspace: &Workspace,
) -> Result<(), CliError> {
    let mut taken: Vec<(PathBuf, &str)> = vec![(args.workspace.clone(), "the migration")];
    taken.extend(args.key_file.iter().map(|path| (path.clone(), "the file with its key")));
    if let Some(spec) = workspace.doc::<SourceSpec>(docs::SOURCE).await?
        && spec.kind().can().file
    {
        let values = spec.values();
        let read = [values.trimmed("path"), values.trimmed("with")];
        let read = read.into_iter().filter(|path| !path.is_empty());
        taken.extend(read.map(|path| (PathBuf::from(path), "a file that people are read from")));
    }
    for path in outputs.iter().filter_map(|path| path.as_ref()) {
        if let Some((_, what)) = taken.iter().find(|(other, _)| same(path, other)) {
            return Err(CliError::NotOver { path: path.clone(), what });
        }
        taken.push((path.clone(), "another file of this command"));
    }
    Ok(())
}

/// Whether two paths lead to one file, which need not be there yet.
fn same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| {
        path.canonicalize().or_else(|_| {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            folder.canonicalize().map(|folder| folder.join(path.file_name().unwrap_or_default()))
        })
    };
    one == other || matches!((whole(one), whole(other)), (Ok(one), Ok(other)) if one == other)
}
