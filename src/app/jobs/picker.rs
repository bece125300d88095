//! The system's file dialogs, behind a trait, so that tests can pick.

use std::path::PathBuf;

use async_trait::async_trait;

use super::typed::TypedPaths;

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

    /// The paths the window itself is to ask for, if it ever is.
    fn typed(&self) -> Option<&TypedPaths> {
        None
    }
}

/// The system's dialogs; where there are none, the window asks for the path.
#[derive(Debug)]
pub struct SystemPicker(pub TypedPaths);

#[async_trait]
impl Picker for SystemPicker {
    async fn pick(&self, wanted: Wanted) -> Option<PathBuf> {
        if !dialogs::are_there().await {
            return self.0.ask(wanted).await;
        }
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

    fn typed(&self) -> Option<&TypedPaths> {
        Some(&self.0)
    }
}

/// Always asks in the window.
#[derive(Debug)]
pub struct WindowPicker(pub TypedPaths);

#[async_trait]
impl Picker for WindowPicker {
    async fn pick(&self, wanted: Wanted) -> Option<PathBuf> {
        self.0.ask(wanted).await
    }

    fn typed(&self) -> Option<&TypedPaths> {
        Some(&self.0)
    }
}

/// Whether the system has file dialogs. Where it has none, the library for them says the same as if the person cancelled.
mod dialogs {
    #[cfg(not(target_os = "linux"))]
    pub(super) async fn are_there() -> bool {
        true
    }

    #[cfg(target_os = "linux")]
    pub(super) async fn are_there() -> bool {
        tokio::task::spawn_blocking(|| portal().is_some() || zenity()).await.unwrap_or(true)
    }

    /// The portal's version of the dialogs; nothing without a session bus, a portal, or a desktop behind it.
    #[cfg(target_os = "linux")]
    fn portal() -> Option<u32> {
        let bus = zbus::blocking::Connection::session().ok()?;
        let portal = zbus::blocking::Proxy::new(
            &bus,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.FileChooser",
        );
        portal.ok()?.get_property("version").ok()
    }

    /// What the library falls back on.
    #[cfg(target_os = "linux")]
    fn zenity() -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join("zenity").is_file())
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
