//! The profile of one person: shown, and edited in place.

use std::collections::BTreeMap;

use egui::Ui;

use super::ask::ReviewAsk;
use crate::app::steps::View;
use crate::migration::review::Change;
use crate::model::{ATTRIBUTES, Severity, attribute};
use crate::ui::theme::{Face, Tone, size, tokens};
use crate::ui::widgets::{Chip, Field, Push, Words as _, confirmed_by_enter, drop_down, fact_row};
use crate::workspace::{PersonDetail, Who};

/// A profile as it is being edited: only what is typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Editing {
    fields: Vec<(String, String)>,
}

impl Editing {
    /// Begins with what Okta would get, and the attributes Okta requires.
    pub(super) fn of(detail: &PersonDetail) -> Self {
        let mut names: Vec<&str> = ATTRIBUTES.iter().filter(|a| a.required).map(|a| a.name).collect();
        for (name, value) in detail.profile.iter() {
            // Lists and numbers keep the source's value: a field of text would change their type.
            if !names.contains(&name) && value.is_string() {
                names.push(name);
            }
        }
        let text = |name: &str| detail.profile.text(name).unwrap_or_default().to_owned();
        Self { fields: names.into_iter().map(|name| (name.to_owned(), text(name))).collect() }
    }

    /// What is typed and differs.
    pub(super) fn changed(&self, detail: &PersonDetail) -> Vec<(String, String)> {
        let before = |name: &str| detail.profile.text(name).unwrap_or_default();
        self.fields.iter().filter(|(name, text)| text.trim() != before(name)).cloned().collect()
    }
}

/// The profile, read only.
pub(super) fn profile_ui(ui: &mut Ui, view: &mut View<'_>, detail: &PersonDetail) {
    let t = tokens(ui);
    let marks: BTreeMap<&str, Severity> = detail
        .findings
        .iter()
        .filter_map(|f| f.attribute.as_deref().map(|a| (a, f.severity)))
        .fold(BTreeMap::new(), |mut marks, (name, severity)| {
            let mark = marks.entry(name).or_insert(severity);
            *mark = (*mark).max(severity);
            marks
        });
    let missing = marks.keys().filter(|name| detail.profile.get(name).is_none()).copied();
    let mut names: Vec<&str> = detail.profile.iter().map(|(name, _)| name).chain(missing).collect();
    names.sort_by_key(|name| {
        let place = ATTRIBUTES.iter().position(|a| a.name == *name);
        (place.unwrap_or(usize::MAX), *name)
    });
    for name in names {
        fact_row(ui, 104.0, name, |ui| {
            let ink = match marks.get(name) {
                Some(Severity::Blocks) => t.bad.text,
                Some(Severity::Warns) => t.hook.text,
                _ => t.text,
            };
            match detail.profile.get(name) {
                None => ui.words(Face::Small, ink, "missing"),
                Some(serde_json::Value::String(text)) => ui.words(Face::Small, ink, text),
                Some(other) => ui.words(Face::Small, ink, other.to_string()),
            };
            if detail.edited.iter().any(|e| e == name) {
                let before = detail.original.get(name).map_or_else(
                    || "nothing".to_owned(),
                    |v| v.as_str().map_or_else(|| v.to_string(), str::to_owned),
                );
                let push = Push::link("Undo").name(format!("Undo the edit of {name}"));
                let hover = format!("The source says {before}.");
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = size::TINY;
                    ui.words(Face::Small, t.muted, "edited ·").on_hover_text(&hover);
                    if ui.add(push).on_hover_text(&hover).clicked() {
                        let who = Who::These(vec![detail.row.id]);
                        view.send(ReviewAsk::Change(Change::Clear { who, attribute: name.to_owned() }));
                    }
                });
            }
        });
    }
    if !detail.groups.is_empty() {
        fact_row(ui, 104.0, "groups", |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
                for group in detail.groups.iter().take(30) {
                    ui.add(Chip::new(Tone::Quiet, group).bare());
                }
                if detail.groups.len() > 30 {
                    ui.fine(format!("and {} more", detail.groups.len() - 30));
                }
            });
        });
    }
}

/// The profile, being edited. Gives whether a field was confirmed by Enter: what is typed is saved by its button.
pub(super) fn edit_ui(ui: &mut Ui, detail: &PersonDetail, editing: &mut Editing) -> bool {
    let mut confirmed = false;
    for (name, text) in &mut editing.fields {
        let length = text.chars().count();
        let limit = attribute(name);
        let error = match limit {
            Some(a) if a.required && text.trim().is_empty() => Some("Okta requires this".to_owned()),
            Some(a) if a.max.is_some_and(|max| length > max) => {
                Some(format!("{length} characters; Okta takes {}", a.max.unwrap_or_default()))
            }
            _ => None,
        };
        let field = Field::new(name).in_row().error(error).show(ui, text);
        confirmed |= confirmed_by_enter(&field);
    }
    let free: Vec<(String, String)> = ATTRIBUTES
        .iter()
        .map(|a| a.name.to_owned())
        .filter(|name| !editing.fields.iter().any(|(have, _)| have == name))
        .filter(|name| detail.profile.get(name).is_none())
        .map(|name| (name.clone(), name))
        .collect();
    ui.add_space(size::TINY);
    let mut chosen = String::new();
    let mut options = vec![(String::new(), "Add an attribute".to_owned())];
    options.extend(free);
    if drop_down(ui, "Add an attribute", &mut chosen, &options) && !chosen.is_empty() {
        editing.fields.push((chosen, String::new()));
    }
    confirmed
}
