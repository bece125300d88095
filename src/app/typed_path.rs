//! The dialog that takes a file's path as text, where the computer has no file dialogs.

use egui::Context;

use super::jobs::{Asked, Wanted};
use crate::ui::widgets::{Dialog, DialogAnswer, Field, Words as _};

/// Draws it while a path is asked for.
pub(super) fn typed_path_ui(ctx: &Context, asking: &mut Option<Asked>) {
    let Some(asked) = asking else { return };
    let (title, yes, what) = match &asked.wanted {
        Wanted::Open { title, .. } => (*title, "Open", "Type where the file is."),
        Wanted::Save { title, .. } => (*title, "Save", "Type where the file is to go."),
    };
    let ready = !asked.text.trim().is_empty();
    let note = asked.note.clone();
    let answer = Dialog::new(title).yes(yes).ready(ready).enter_in_field().width(560.0).show(ctx, |ui| {
        ui.muted(format!("This desktop has no dialog for files. {what}"));
        let hint = "/home/me/people.csv";
        let field = Field::new("Path of the file").hint(hint).error(note).show(ui, &mut asked.text);
        if field.changed() {
            asked.note = None;
        }
    });
    match answer {
        DialogAnswer::Yes => asking.take().into_iter().for_each(Asked::give),
        DialogAnswer::No => asking.take().into_iter().for_each(Asked::cancel),
        DialogAnswer::Open => {}
    }
}
