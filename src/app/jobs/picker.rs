//! The system's file dialogs, behind a trait, so that tests can pick.

use std::path::PathBuf;

use async_trait::async_trait;

/// What to pick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A file that exists. `kinds`: name of the kind, and endings without the dot.
    Open {
        /// The dialog's title.
        title: &'static str,
        /// Name of the kind and its endings; empty for any file.
        kinds: &'static [(&'static str, &'static [&'static str])],
    },
    /// Where to write a file.
    Save {
        /// The dialog's title.
        title: &'static str,
        /// The name proposed, with its ending.
        name: String,
    },
}

/// Picks files.
#[async_trait]
pub trait Picker: Send + Sync {
    /// The file picked; `None` when cancelled or when there are no dialogs.
    async fn pick(&self, wanted: Wanted) -> Option<PathBuf>;
}

/// The system's dialogs.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemPicker;

#[async_trait]
impl Picker for SystemPicker {
    async fn pick(&self, wanted: Wanted) -> Option<PathBuf> {
        let picked = match wanted {
            Wanted::Open { title, kinds } => {
                let mut dialog = rfd::AsyncFileDialog::new().set_title(title);
                for (name, endings) in kinds {
                    dialog = dialog.add_filter(*name, endings);
                }
                dialog.pick_file().await
            }
            Wanted::Save { title, name } => {
                rfd::AsyncFileDialog::new().set_title(title).set_file_name(name).save_file().await
            }
        };
        picked.map(|handle| handle.path().to_path_buf())
    }
}

/// Always picks the same; for tests.
#[derive(Debug, Clone, Default)]
pub struct FixedPicker(pub Option<PathBuf>);

#[async_trait]
impl Picker for FixedPicker {
    async fn pick(&self, _: Wanted) -> Option<PathBuf> {
        self.0.clone()
    }
}
