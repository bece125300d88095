//! The one way to make a window in a test: size, theme, fonts and tolerances live here.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use causeway::app::App;
use causeway::app::jobs::{Jobs, Places};
use causeway::secrets::{SecretError, SecretStore};
use causeway::ui::theme;
use egui_kittest::{Harness, SnapshotResults};
use secrecy::SecretString;

/// The size of the mock-ups.
pub(crate) const SIZE: [f32; 2] = [1280.0, 800.0];

/// A window without a runtime: what is asked stays unanswered until the test answers it.
pub(crate) fn window(set_up: impl FnOnce(&mut App) + 'static) -> Harness<'static, App> {
    window_of(SIZE, egui::Theme::Light, set_up)
}

/// The same in another size and theme.
pub(crate) fn window_of(
    size: [f32; 2],
    look: egui::Theme,
    set_up: impl FnOnce(&mut App) + 'static,
) -> Harness<'static, App> {
    Harness::builder()
        .with_size(size)
        .with_theme(look)
        .with_max_steps(12)
        .with_context_setup(|ctx| {
            theme::apply(ctx);
            theme::set_reduced_motion(ctx, true);
            install_test_fonts(ctx);
        })
        .build_eframe(move |_| {
            let mut app = App::new(jobs());
            set_up(&mut app);
            app
        })
}

/// Faces for the scripts of the names used in tests, so that pictures do not depend on the machine's fonts.
fn install_test_fonts(ctx: &egui::Context) {
    let files: [(&str, &'static [u8]); 2] = [
        ("test-han", include_bytes!("../data/fonts/NotoSansSC-test.otf")),
        ("test-arabic", include_bytes!("../data/fonts/NotoSansArabic-test.ttf")),
    ];
    for (name, bytes) in files {
        let families = [
            egui::FontFamily::Proportional,
            egui::FontFamily::Monospace,
            egui::FontFamily::Name("Inter Medium".into()),
            egui::FontFamily::Name("Inter SemiBold".into()),
            egui::FontFamily::Name("Inter Bold".into()),
        ]
        .map(|family| egui::epaint::text::InsertFontFamily {
            family,
            priority: egui::epaint::text::FontPriority::Lowest,
        });
        ctx.add_font(egui::epaint::text::FontInsert::new(
            name,
            egui::FontData::from_static(bytes),
            families.into(),
        ));
    }
}

/// Jobs that answer nothing by themselves.
pub(crate) fn jobs() -> Jobs {
    let nowhere = PathBuf::from("/nonexistent/causeway-test");
    Jobs::disconnected(
        Places { config: nowhere.clone(), data: nowhere, key_file: None },
        Arc::new(Memory::default()),
    )
}

/// A keychain in memory.
#[derive(Default)]
pub(crate) struct Memory(Mutex<BTreeMap<String, SecretString>>);

impl SecretStore for Memory {
    fn place(&self) -> &'static str {
        "this computer's keychain"
    }

    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }

    fn set(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        self.0.lock().unwrap().insert(name.to_owned(), secret.clone());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.0.lock().unwrap().remove(name);
        Ok(())
    }
}

/// Pictures of one screen in light and dark, at the size of the mock-ups: `NAME.png` and `NAME-dark.png`.
pub(crate) fn pictures(
    results: &mut SnapshotResults,
    name: &str,
    set_up: impl Fn(&mut App) + Clone + 'static,
) {
    for (look, file) in [(egui::Theme::Light, name.to_owned()), (egui::Theme::Dark, format!("{name}-dark"))] {
        let set_up = set_up.clone();
        let mut harness = window_of(SIZE, look, move |app| set_up(app));
        harness.run_ok();
        results.add(harness.try_snapshot(file));
    }
}
