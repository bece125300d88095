//! The program's own small files: settings with the list of recent workspaces, and what a person saves or loads.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::{Jobs, Pending};
use crate::app::start::{Recent, note_words};
use crate::source::SourceSpec;
use crate::ui::Problem;
use crate::ui::theme::Look;
use crate::workspace::Workspace;

/// How long a look at one workspace may take: on a network drive that is gone it would take minutes.
const GLANCE: Duration = Duration::from_secs(1);

/// How many workspaces are remembered.
const REMEMBERED: usize = 12;

/// The settings file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Light, dark, or as the system says.
    pub look: Look,
    /// Workspaces opened before, the newest first.
    pub recent: Vec<Recent>,
}

impl Settings {
    /// Puts a workspace first.
    pub fn remember(&mut self, recent: Recent) {
        self.recent.retain(|known| known.path != recent.path);
        self.recent.insert(0, recent);
        self.recent.truncate(REMEMBERED);
    }
}

fn settings_file(config: &Path) -> PathBuf {
    config.join("settings.json")
}

/// Reads the settings; without a file, or with one that can't be understood, the usual ones. Workspaces whose file is gone are
/// marked so.
pub fn read_settings(jobs: &Jobs) -> Pending<Settings> {
    let file = settings_file(&jobs.places().config);
    jobs.ask_blocking("read the settings", move || {
        let Ok(text) = std::fs::read_to_string(&file) else { return Ok(Settings::default()) };
        let mut settings: Settings = serde_json::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, "the settings file can't be understood");
            Settings::default()
        });
        for recent in &mut settings.recent {
            recent.missing = !recent.path.exists();
            if !recent.missing {
                // As it is on disk: it went on after this file was written, or was cut off.
                let looked = Handle::current().block_on(glance(&recent.path));
                recent.note = looked.unwrap_or_else(|| std::mem::take(&mut recent.note));
            }
        }
        Ok(settings)
    })
}

/// A workspace in one line, from a look at its file. `None` where it can't be looked at: it is of another version, or not there.
async fn glance(path: &Path) -> Option<String> {
    let looked = tokio::time::timeout(GLANCE, Workspace::glance(path)).await.ok()?.ok()?;
    let source = looked.source.and_then(|source| serde_json::from_value::<SourceSpec>(source).ok());
    Some(note_words(source.map(|spec| spec.summary()), looked.people, looked.in_okta))
}

/// Writes the settings, whole or not at all.
pub fn write_settings(jobs: &Jobs, settings: Settings) -> Pending<()> {
    let file = settings_file(&jobs.places().config);
    jobs.ask_blocking("write the settings", move || {
        let text = serde_json::to_string_pretty(&settings).unwrap_or_default();
        write_whole(&file, &text)
    })
}

/// Reads a text file a person chose, up to 4 MiB.
pub fn read_text(jobs: &Jobs, path: PathBuf) -> Pending<String> {
    jobs.ask_blocking("read a file", move || {
        let told = |error: &std::io::Error| Problem::file("This file can't be read", &path, error);
        let size = std::fs::metadata(&path).map_err(|e| told(&e))?.len();
        if size > 4 << 20 {
            return Err(Problem::new(
                format!("This file is too large for what was expected: {}", path.display()),
                "Choose another file.",
            ));
        }
        std::fs::read_to_string(&path).map_err(|e| told(&e))
    })
}

/// Writes a text file where a person chose, whole or not at all.
pub fn write_text(jobs: &Jobs, path: PathBuf, text: String) -> Pending<PathBuf> {
    jobs.ask_blocking("write a file", move || write_whole(&path, &text).map(|()| path))
}

fn write_whole(path: &Path, text: &str) -> Result<(), Problem> {
    let told = |error: &std::io::Error| Problem::file("This file can't be written", path, error);
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder).map_err(|e| told(&e))?;
    crate::files::write(path, text.as_bytes()).map_err(|e| told(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recent(path: &str) -> Recent {
        Recent { name: path.into(), path: path.into(), note: String::new(), missing: false }
    }

    #[test]
    fn a_workspace_opened_again_moves_to_the_front_and_is_there_once() {
        let mut settings = Settings::default();
        for path in ["a", "b", "a"] {
            settings.remember(recent(path));
        }
        assert_eq!(settings.recent.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn old_workspaces_are_forgotten_at_last() {
        let mut settings = Settings::default();
        for n in 0..40 {
            settings.remember(recent(&n.to_string()));
        }
        assert_eq!(settings.recent.len(), REMEMBERED);
        assert_eq!(settings.recent[0].name, "39");
    }

    #[test]
    fn a_file_is_written_whole_and_over_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new folder").join("mapping.json");
        write_whole(&path, "one").unwrap();
        write_whole(&path, "two").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
