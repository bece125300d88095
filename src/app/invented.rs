//! The sample company's people are invented, and so are their passwords: wherever one has to be typed, it is offered.

use egui::Ui;

use crate::practice::sample::password_of;
use crate::ui::theme::{Face, Icon, size, tokens};
use crate::ui::widgets::{Push, Words as _};

/// Offers an invented person's password to be filled in; gives it when it was asked for. Shows nothing where it is not known.
pub(super) fn offer_ui(ui: &mut Ui, login: &str) -> Option<&'static str> {
    let password = password_of(login)?;
    let t = tokens(ui);
    let mut wanted = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        Icon::Building.show(ui, size::ICON, t.accent);
        ui.words(Face::Small, t.text, format!("Sample company: {} has the password", login.trim()));
        ui.words(Face::MonoSmall, t.text, password);
        let push = Push::link("Fill in").name(format!("Fill in {}'s password", login.trim()));
        wanted = ui.add(push).clicked().then_some(password);
    });
    wanted
}

/// The first of these whose password is known.
pub(super) fn known<'a>(logins: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    logins.into_iter().find(|login| password_of(login).is_some())
}
