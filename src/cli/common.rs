//! Flags that every job takes.

use std::path::PathBuf;

use clap::Args;

/// What every job takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Print the answer as JSON.
    #[arg(long)]
    pub json: bool,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

/// A workspace and its key.
#[derive(Debug, Clone, Args)]
pub struct WorkspaceArgs {
    /// The workspace file (*.causeway).
    pub workspace: PathBuf,
    /// Keep the workspace's sealing key in this file instead of the keychain.
    #[arg(long, env = "CAUSEWAY_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}
