//! One attribute of several people: the dialog, with what it would change.

use egui::Ui;

use super::ask::ReviewAsk;
use crate::app::jobs::{Jobs, Question};
use crate::app::people::{severity_icon, severity_tone};
use crate::app::steps::View;
use crate::migration::Existing;
use crate::migration::review::{self as ask, BulkEdit, Change};
use crate::model::{ATTRIBUTES, attribute};
use crate::ui::Problem;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{
    Dialog, DialogAnswer, Field, Words as _, check_row, counted, drop_down, number, problem_card, segmented,
    waiting,
};
use crate::workspace::{EditPreview, Who, Workspace};

/// What the dialog does to the attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BulkKind {
    /// Give all of them the value typed.
    #[default]
    Value,
    /// Give each the source's value again.
    Source,
    /// Take it away.
    Remove,
}

/// The dialog's state, while it is open.
pub struct Bulk {
    who: Who,
    count: u64,
    /// Which attribute. Empty until one is chosen: none is offered, so that nothing is set by chance.
    pub attribute: String,
    /// The value as typed.
    pub value: String,
    /// What is done.
    pub kind: BulkKind,
    /// What it would change.
    pub preview: Option<EditPreview>,
    custom: Vec<String>,
    problem: Option<Problem>,
    looked: Option<(String, BulkEdit)>,
    looking: Question<EditPreview>,
    naming: Question<Vec<String>>,
}

impl Bulk {
    pub(super) fn open(who: Who, count: u64, jobs: &Jobs) -> Self {
        let mut naming = Question::default();
        if let Some(workspace) = jobs.workspace().cloned() {
            naming.ask(jobs.ask("custom attributes", async move { ask::custom(&workspace).await }));
        }
        Self {
            who,
            count,
            attribute: String::new(),
            value: String::new(),
            kind: BulkKind::default(),
            preview: None,
            custom: Vec::new(),
            problem: None,
            looked: None,
            looking: Question::default(),
            naming,
        }
    }

    /// What would be done; `None` while something for it is missing.
    fn edit(&self) -> Option<(String, BulkEdit)> {
        let edit = match self.kind {
            BulkKind::Value if self.value.trim().is_empty() => return None,
            BulkKind::Value => BulkEdit::Set(self.value.clone()),
            BulkKind::Source => BulkEdit::Source,
            BulkKind::Remove => BulkEdit::Remove,
        };
        (!self.attribute.is_empty()).then(|| (self.attribute.clone(), edit))
    }

    /// What is still to be chosen or typed.
    fn missing(&self) -> Option<&'static str> {
        match (self.attribute.is_empty(), self.edit().is_none()) {
            (true, _) => Some("Choose which attribute to change."),
            (false, true) => {
                Some("Type the value to set. To empty the attribute, choose “Remove the value”.")
            }
            (false, false) => None,
        }
    }

    /// Looks what the edit would do, one question at a time: the last thing typed is always looked at.
    pub(super) fn logic(&mut self, jobs: &Jobs, workspace: Option<&Workspace>) {
        if let Some(Ok(custom)) = self.naming.take() {
            self.custom = custom;
        }
        match self.looking.take() {
            Some(Ok(preview)) => {
                self.preview = Some(preview);
                self.problem = None;
            }
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        let (Some(workspace), Some(now)) = (workspace, self.edit()) else { return };
        if self.looking.is_waiting() || self.looked.as_ref() == Some(&now) {
            return;
        }
        self.looked = Some(now.clone());
        let (workspace, who) = (workspace.clone(), self.who.clone());
        self.looking.ask(jobs.ask("what an edit would do", async move {
            ask::preview(&workspace, &who, &now.0, &now.1).await
        }));
    }

    /// What Okta would say to the value by itself.
    fn refusal(&self) -> Option<String> {
        let length = self.value.trim().chars().count();
        let known = attribute(&self.attribute)?;
        match self.kind {
            BulkKind::Remove if known.required => Some(format!("Okta requires {}", known.name)),
            BulkKind::Value if known.max.is_some_and(|max| length > max) => {
                Some(format!("{length} characters; Okta takes {}", known.max.unwrap_or_default()))
            }
            BulkKind::Value | BulkKind::Source | BulkKind::Remove => None,
        }
    }
}

/// Draws the dialog.
pub(super) fn bulk_ui(ui: &Ui, view: &mut View<'_>, bulk: &mut Bulk) {
    let whom = counted(bulk.count, "person", "people");
    let edit = bulk.edit();
    let current = edit.is_some() && bulk.looked == edit && !bulk.looking.is_waiting();
    let refusal = bulk.refusal();
    let changing = bulk.preview.as_ref().filter(|_| current).map_or(0, |p| p.changing);
    let existing = view.facts.existing;
    let dialog = Dialog::new(format!("Set a value for {whom}")).width(560.0);
    let dialog = match bulk.kind {
        // Enter must not empty a column.
        BulkKind::Remove => dialog.yes(format!("Remove it from {}", number(changing))).danger(),
        BulkKind::Value | BulkKind::Source => dialog.yes("Set it"),
    };
    let answer = dialog.ready(changing > 0 && refusal.is_none()).show(ui.ctx(), |ui| {
        ui.horizontal(|ui| {
            let known = ATTRIBUTES.iter().map(|a| a.name.to_owned());
            let none = bulk.attribute.is_empty().then(|| (String::new(), "Choose an attribute".to_owned()));
            let named = known.chain(bulk.custom.iter().cloned()).map(|name| (name.clone(), name));
            let options: Vec<(String, String)> = none.into_iter().chain(named).collect();
            drop_down(ui, "Attribute", &mut bulk.attribute, &options);
            let kinds = [
                (BulkKind::Value, "Same value for all"),
                (BulkKind::Source, "The source's value again"),
                (BulkKind::Remove, "Remove the value"),
            ];
            segmented(ui, &mut bulk.kind, &kinds);
        });
        // The field keeps its room when it is not needed, so that nothing jumps.
        ui.add_enabled_ui(bulk.kind == BulkKind::Value, |ui| {
            Field::new("New value").hide_label().hint("New value").error(refusal).show(ui, &mut bulk.value);
        });
        ui.add_space(size::TINY);
        // Room for all that can be said, for the same reason.
        ui.allocate_ui(egui::vec2(ui.available_width(), 240.0), |ui| {
            ui.set_min_height(240.0);
            if let Some(problem) = &bulk.problem {
                problem_card(ui, problem);
            } else if let Some(missing) = bulk.missing() {
                ui.muted(missing);
            } else if let Some(preview) = &bulk.preview {
                preview_ui(ui, preview, existing);
            } else {
                waiting(ui, "Checking what would change");
            }
        });
    });
    match answer {
        DialogAnswer::Yes => {
            if let Some((attribute, edit)) = edit {
                view.send(ReviewAsk::Change(Change::of(bulk.who.clone(), attribute, &edit)));
            }
            view.send(ReviewAsk::DropBulk);
        }
        DialogAnswer::No => view.send(ReviewAsk::DropBulk),
        DialogAnswer::Open => {}
    }
}

pub(super) fn preview_ui(ui: &mut Ui, preview: &EditPreview, existing: Existing) {
    let t = tokens(ui);
    let of = if preview.looked_at < preview.people {
        format!("the first {}", number(preview.looked_at))
    } else {
        number(preview.people)
    };
    ui.words(Face::Strong, t.text, format!("{} of {of} would change", number(preview.changing)));
    egui::Grid::new("edit examples").num_columns(4).spacing([10.0, 4.0]).show(ui, |ui| {
        for example in &preview.examples {
            short(ui, t.text, 170.0, &example.name);
            short(ui, t.muted, 140.0, &words(&example.before));
            Icon::ArrowRight.show(ui, 12.0, t.muted);
            short(ui, t.text, 160.0, &words(&example.after));
            ui.end_row();
        }
    });
    if preview.changing > preview.examples.len() as u64 {
        ui.fine(format!("and {} more", number(preview.changing - preview.examples.len() as u64)));
    }
    if preview.in_okta > 0 {
        check_row(ui, Tone::There, Icon::Equals, |ui| {
            let whom = counted(preview.in_okta, "of them is already in Okta", "of them are already in Okta");
            let then = match existing {
                Existing::Leave => "this changes nothing for them in Okta.",
                Existing::Update => "only those not sent yet get this value there.",
            };
            ui.words(Face::Small, t.text, format!("{whom}: {then}"));
        });
    }
    if preview.newly_blocked > 0 {
        check_row(ui, Tone::Bad, Icon::Bang, |ui| {
            let whom = counted(preview.newly_blocked, "person", "people");
            ui.words(Face::Small, t.bad.text, format!("{whom} would be blocked: Okta would refuse them."));
        });
    }
    if preview.unblocked > 0 {
        check_row(ui, Tone::Good, Icon::Check, |ui| {
            let whom = counted(preview.unblocked, "person", "people");
            ui.words(Face::Small, t.text, format!("{whom} would no longer be blocked."));
        });
    }
    for (severity, text, people) in &preview.findings {
        let tone = severity_tone(*severity);
        check_row(ui, tone, severity_icon(*severity), |ui| {
            ui.words(Face::Small, t.tone(tone).text, format!("{text} ({})", number(*people)));
        });
    }
}

fn short(ui: &mut Ui, ink: egui::Color32, width: f32, text: &str) {
    ui.allocate_ui(egui::vec2(width, 18.0), |ui| {
        ui.set_width(width);
        ui.words_cut(Face::Small, ink, text);
    });
}

fn words(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "nothing".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
