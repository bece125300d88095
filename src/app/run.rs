//! Opens the window.

use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

use super::application::App;
use super::jobs::{Jobs, Places, SystemKeychain, SystemPicker, TypedPaths, Waker};
use super::portal;
use super::start::StartAsk;
use crate::secrets::SecretStore;
use crate::ui::theme;

/// How to open the window.
#[derive(Debug, Clone, Default)]
pub struct AppOptions {
    /// Open this workspace at once.
    pub workspace: Option<PathBuf>,
    /// Open the sample company with the practice org at once.
    pub sample: bool,
    /// A file with a workspace's sealing key, where it is in no keychain. Read only: what is made in the window asks where its key goes.
    pub key_file: Option<PathBuf>,
}

/// Why there is no window.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// The system gives no window or nothing to draw with.
    #[error("Causeway could not open its window: {technical}.\n{advice}")]
    NoWindow {
        /// What to do.
        advice: String,
        /// The window library's text.
        technical: String,
    },
    /// There is no home folder to keep settings in.
    #[error(
        "This user has no home folder, so Causeway has no place for its settings. Set HOME and try again."
    )]
    NoHome,
    /// The system gives no threads.
    #[error("Causeway could not start its workers: {0}")]
    NoThreads(#[source] std::io::Error),
}

/// Opens the window and stays until it is closed.
pub fn run(options: AppOptions) -> Result<(), RunError> {
    if let Some(not_done) = crate::secrets::no_core_dumps(false) {
        tracing::warn!("{not_done}");
    }
    let secrets: Arc<dyn SecretStore> = Arc::new(SystemKeychain::default());
    let places = Places { key_file: options.key_file, ..places()? };
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Causeway")
            .with_app_id("causeway")
            .with_inner_size(theme::size::WINDOW)
            .with_min_inner_size(theme::size::WINDOW_MIN),
        ..Default::default()
    };
    let started = eframe::run_native(
        "Causeway",
        native,
        Box::new(move |cc| {
            theme::apply(&cc.egui_ctx);
            cc.egui_ctx.set_theme(egui::ThemePreference::System);
            let home = std::env::home_dir().unwrap_or_default();
            let typed = TypedPaths::new(Waker::of(&cc.egui_ctx), home);
            let jobs =
                Jobs::start_up(Waker::of(&cc.egui_ctx), places, secrets, Arc::new(SystemPicker(typed)))
                    .map_err(RunError::NoThreads)?;
            portal::ask(&jobs);
            let mut app = App::new(jobs);
            app.send(StartAsk::Look);
            if let Some(path) = options.workspace {
                app.send(StartAsk::Open(path));
            } else if options.sample {
                app.send(StartAsk::Sample);
            }
            Ok(Box::new(app))
        }),
    );
    started.map_err(|error| {
        let technical = error.to_string();
        RunError::NoWindow { advice: advice(&technical), technical }
    })
}

/// The folders of this user, as each platform wants them.
fn places() -> Result<Places, RunError> {
    use etcetera::AppStrategy as _;
    let names = etcetera::AppStrategyArgs {
        top_level_domain: String::new(),
        author: String::new(),
        app_name: "causeway".into(),
    };
    let strategy = etcetera::choose_app_strategy(names).map_err(|_| RunError::NoHome)?;
    Ok(Places { config: strategy.config_dir(), data: strategy.data_dir(), key_file: None })
}

/// What to install or set, by the window library's words.
fn advice(technical: &str) -> String {
    let text = technical.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if !cfg!(target_os = "linux") {
        return "Update the graphics driver and try again.".into();
    }
    if has(&["display", "wayland_display", "compositor"]) {
        "There is no display. Run it in a desktop session, or use the commands without a window: causeway --help.".into()
    } else if has(&["surface", "adapter", "vulkan", "egl", "gpu"]) {
        "Nothing to draw with was found. Install one of: mesa-vulkan-drivers with libvulkan1, or libegl1 with libgl1-mesa-dri.".into()
    } else if has(&["xkbcommon", "libx11", "xcursor", "libxi", "x11"]) {
        "A library is missing. Install: libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon0 libxkbcommon-x11-0.".into()
    } else {
        "See “What the window needs” in the README, or use the commands without a window: causeway --help."
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_window_that_cannot_open_names_the_packages() {
        for (technical, word) in [
            ("failed to create surface: no adapter", "mesa-vulkan-drivers"),
            ("neither WAYLAND_DISPLAY nor DISPLAY is set", "There is no display"),
            ("could not load libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
            ("something new", "README"),
        ] {
            assert!(advice(technical).contains(word), "{technical}: {}", advice(technical));
        }
    }
}
