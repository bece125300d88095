//! Light or dark as the desktop says. winit reports it on Windows and macOS; on Linux the desktop portal knows
//! (`org.freedesktop.appearance`, `color-scheme`: 1 dark, 2 light; `reduced-motion`: 1).

use std::sync::{Mutex, PoisonError};

use super::jobs::Jobs;

/// What the desktop wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Wishes {
    /// Dark, light, or no wish.
    pub(super) dark: Option<bool>,
    /// Less movement.
    pub(super) still: bool,
}

/// The answer of the portal, until the next frame takes it in.
static ANSWER: Mutex<Option<Wishes>> = Mutex::new(None);

/// Asks the desktop, off the window's thread; [`take_in`] applies the answer. Does nothing where winit knows.
pub(super) fn ask(jobs: &Jobs) {
    #[cfg(target_os = "linux")]
    {
        // The answer goes through `ANSWER`, since it belongs to no page.
        jobs.ask_detached("the desktop's look", async {
            let wishes = tokio::task::spawn_blocking(linux::read).await.ok().flatten();
            *ANSWER.lock().unwrap_or_else(PoisonError::into_inner) = wishes;
        });
    }
    #[cfg(not(target_os = "linux"))]
    let _ = jobs;
}

/// Applies an answer that has come.
pub(super) fn take_in(ctx: &egui::Context) {
    let Ok(mut answer) = ANSWER.try_lock() else { return };
    let Some(wishes) = answer.take() else { return };
    if let Some(dark) = wishes.dark {
        let theme = if dark { egui::Theme::Dark } else { egui::Theme::Light };
        ctx.options_mut(|options| options.fallback_theme = theme);
    }
    if wishes.still {
        crate::ui::theme::set_reduced_motion(ctx, true);
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::Wishes;
    use zbus::blocking::{Connection, Proxy};
    use zbus::zvariant::{OwnedValue, Value};

    /// Asks the portal; `None` where there is no session bus or no portal.
    pub(super) fn read() -> Option<Wishes> {
        let bus = Connection::session().ok()?;
        let portal = Proxy::new(
            &bus,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.Settings",
        )
        .ok()?;
        let ask = |key: &str| -> Option<u32> {
            let value: OwnedValue = portal.call("Read", &("org.freedesktop.appearance", key)).ok()?;
            number(&value)
        };
        let dark = match ask("color-scheme") {
            Some(1) => Some(true),
            Some(2) => Some(false),
            _ => None,
        };
        Some(Wishes { dark, still: ask("reduced-motion") == Some(1) })
    }

    /// The number inside a value; `Read` wraps it in one variant too many.
    fn number(value: &Value<'_>) -> Option<u32> {
        match value {
            Value::U32(n) => Some(*n),
            Value::Value(inner) => number(inner),
            _ => None,
        }
    }
}
