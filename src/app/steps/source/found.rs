//! What a good test found: the server, and where people seem to be.

use egui::Ui;

use super::{Chosen, SourceAsk};
use crate::app::jobs::Tested;
use crate::app::steps::View;
use crate::ui::theme::{Face, Tone, size, tokens};
use crate::ui::widgets::{Card, Push, Words as _, chip, counted, number, spread};

pub(super) fn found_ui(ui: &mut Ui, tested: &Tested, chosen: Option<&Chosen>, view: &mut View<'_>) {
    let t = tokens(ui);
    let probe = &tested.probe;
    let can = tested.spec.kind().can();
    Card::new().tone(Tone::Good).padding(14.0).show(ui, |ui| {
        let tables = probe.catalog.tables.iter().filter(|t| !t.view).count() as u64;
        let views = probe.catalog.tables.len() as u64 - tables;
        spread(
            ui,
            22.0,
            |ui| {
                ui.spacing_mut().item_spacing.x = size::MEDIUM;
                chip(ui, Tone::Good, "Connected");
                let session = match (can.file, probe.read_only) {
                    (true, _) => "only read",
                    (false, true) => "read-only session",
                    (false, false) => "session can write: Causeway does not",
                };
                ui.words_cut(
                    Face::Body,
                    t.text,
                    format!(
                        "{} · {} · {session} · {} ms",
                        probe.server,
                        probe.encryption,
                        number(probe.took_ms)
                    ),
                );
            },
            |ui| {
                let mut what = counted(tables, "table", "tables");
                if views > 0 {
                    what = format!("{what} and {}", counted(views, "view", "views"));
                }
                ui.muted(format!("{what} visible"));
            },
        );
    });
    notes_ui(ui, &probe.notes);
    Card::new().padding(14.0).show(ui, |ui| {
        let link = if can.sql {
            Some("Choose another table or write SQL")
        } else {
            (probe.catalog.tables.len() > 1).then_some("Choose another table")
        };
        spread(
            ui,
            22.0,
            |ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                let Some(chosen) = chosen else {
                    ui.bold("No table here looks like people.");
                    ui.muted(if can.sql { "Choose one, or write a SELECT." } else { "Choose one." });
                    return;
                };
                ui.bold(if chosen.reasons.is_empty() {
                    "People are read from"
                } else {
                    "Looks like people live in"
                });
                ui.mono(&chosen.name);
                let rows = chosen.rows.map(|n| counted(n, "row", "rows"));
                // The reasons name the product, and the rows too: those stand first.
                let why: Vec<&str> = chosen
                    .reasons
                    .iter()
                    .map(String::as_str)
                    .filter(|r| rows.as_deref() != Some(*r))
                    .collect();
                let why = (!why.is_empty()).then(|| why.join(", "));
                let words = [rows, why].into_iter().flatten().collect::<Vec<_>>().join(" · ");
                ui.words_cut(Face::Body, t.muted, words);
            },
            |ui| {
                if let Some(link) = link
                    && ui.add(Push::link(link)).clicked()
                {
                    view.send(SourceAsk::Choose);
                }
            },
        );
    });
}

/// Notes that are shown; nobody reads a longer list at once.
const NOTES: usize = 6;

/// What should be known of it before it is read.
fn notes_ui(ui: &mut Ui, notes: &[String]) {
    if notes.is_empty() {
        return;
    }
    let t = tokens(ui);
    Card::new().tone(Tone::Hook).padding(14.0).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.words(Face::Strong, t.tone(Tone::Hook).text, "Look at these before you go on");
        for note in notes.iter().take(NOTES) {
            ui.body(note);
        }
        if notes.len() > NOTES {
            ui.muted(format!("And {} more; causeway map lists them all.", notes.len() - NOTES));
        }
    });
}
