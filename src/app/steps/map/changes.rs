//! The dialog with the changes of one rule, chained and shown live on the first rows.

use egui::{Popup, Ui};

use super::{MapAsk, MapStep};
use crate::app::steps::View;
use crate::app::steps::source::shown;
use crate::mapping::{Mapping, Plan, Rule, Transform, explain_transform, preview, target_words};
use crate::model::{Record, Sample};
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{
    Dialog, DialogAnswer, Field, Push, Words as _, at_right, drop_down, menu_row, name_menu,
};

/// The changes of one rule, while they are edited.
pub(super) struct Editor {
    at: usize,
    title: String,
    alone: Mapping,
    records: Vec<Record>,
    /// Before and after, for some of the first rows.
    results: Vec<(String, String, bool)>,
    problem: Option<String>,
}

impl Editor {
    pub(super) fn open(mapping: &Mapping, at: usize, sample: &Sample) -> Option<Self> {
        let rule = mapping.rules.get(at)?.clone();
        let from = rule.column.clone().unwrap_or_else(|| "(fixed text)".into());
        let title = format!("{from} → {}", target_words(&rule.target));
        let mut editor = Self {
            at,
            title,
            alone: Mapping { rules: vec![rule], ..mapping.clone() },
            records: sample.records.iter().take(12).cloned().collect(),
            results: Vec::new(),
            problem: None,
        };
        editor.derive();
        Some(editor)
    }

    fn transforms(&self) -> &[Transform] {
        self.alone.rules.first().map(|rule| rule.transforms.as_slice()).unwrap_or_default()
    }

    fn derive(&mut self) {
        self.results.clear();
        self.problem = None;
        let Some(columns) = self.records.first().map(|r| r.columns.clone()) else { return };
        match Plan::compile(&self.alone, &columns) {
            Err(error) => self.problem = Some(error.to_string()),
            Ok(plan) => {
                for record in &self.records {
                    let Some(cell) = preview(&plan, record).cells.into_iter().next() else { continue };
                    let row = (shown(&cell.before), shown(&cell.after), !cell.findings.is_empty());
                    if !self.results.contains(&row) && self.results.len() < 5 {
                        self.results.push(row);
                    }
                }
            }
        }
    }
}

/// The changes one can add, in words, with what they begin as.
fn offers() -> Vec<(&'static str, Transform)> {
    let text = String::new;
    vec![
        ("Trim white space", Transform::Trim),
        ("All lowercase", Transform::Lower),
        ("All uppercase", Transform::Upper),
        ("Title case for names", Transform::TitleCase),
        ("Given name of a full name", Transform::GivenName),
        ("Family name of a full name", Transform::FamilyName),
        ("Split and take a part", Transform::Split { separator: "-".into(), take: 0 }),
        ("Split into a list", Transform::SplitAll { separator: ",".into() }),
        ("Unpack a list written as text", Transform::Unpack),
        ("Take a part of JSON", Transform::Pick(text())),
        ("Join with other columns", Transform::Join { columns: Vec::new(), separator: " ".into() }),
        ("Always this text", Transform::Constant(text())),
        ("This text when empty", Transform::Default(text())),
        ("Replace", Transform::Replace { from: text(), to: text() }),
        ("Put before and after", Transform::Affix { before: text(), after: text() }),
        ("Phone number to E.164", Transform::Phone { country: "US".into() }),
        ("Words to true and false", Transform::Boolean { yes: Vec::new(), no: Vec::new() }),
        ("Date", Transform::Date { format: text() }),
        ("Whether a time has passed", Transform::Moment { none: true, past: false, future: false }),
        ("Look-up table", Transform::Lookup(vec![(text(), text())])),
        ("Shorten", Transform::Shorten(50)),
    ]
}

impl MapStep {
    pub(super) fn changes_ui(&mut self, ui: &Ui, view: &mut View<'_>) {
        let Some(editor) = &mut self.editor else { return };
        let ready = editor.problem.is_none();
        let answer = Dialog::new(&editor.title).yes("Use").ready(ready).width(620.0).show(ui.ctx(), |ui| {
            let t = tokens(ui);
            ui.muted("Changes on the way, from top to bottom.");
            ui.add_space(size::TINY);
            let mut changed = false;
            if let Some(rule) = editor.alone.rules.first_mut() {
                changed = list_ui(ui, rule);
            }
            let add = ui.add(Push::plain("Add a change").icon(Icon::Plus).opens_list());
            Popup::menu(&add).show(|ui| {
                name_menu(ui, "Add a change");
                ui.set_min_width(260.0);
                egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    for (word, transform) in offers() {
                        if menu_row(ui, word, false).clicked() {
                            if let Some(rule) = editor.alone.rules.first_mut() {
                                rule.transforms.push(transform);
                            }
                            changed = true;
                            ui.close();
                        }
                    }
                });
            });
            if changed {
                editor.derive();
            }
            ui.add_space(size::SMALL);
            ui.label_text("On the first rows");
            if let Some(problem) = &editor.problem {
                ui.words(Face::Body, t.tone(Tone::Bad).text, problem);
            }
            egui::Grid::new("results").num_columns(3).spacing([10.0, 4.0]).show(ui, |ui| {
                for (before, after, told) in &editor.results {
                    ui.words(Face::Small, t.muted, before);
                    Icon::ArrowRight.show(ui, 12.0, t.muted);
                    let ink = if *told { t.tone(Tone::Hook).text } else { t.text };
                    ui.words(Face::Small, ink, after);
                    ui.end_row();
                }
            });
        });
        match answer {
            DialogAnswer::Yes => view.send(MapAsk::SetChanges(editor.at, editor.transforms().to_vec())),
            DialogAnswer::No => view.send(MapAsk::DropEdit),
            DialogAnswer::Open => {}
        }
    }
}

/// The list of changes; gives whether one was changed.
fn list_ui(ui: &mut Ui, rule: &mut Rule) -> bool {
    let (mut changed, mut gone, mut up) = (false, None, None);
    for (at, transform) in rule.transforms.iter_mut().enumerate() {
        ui.push_id(at, |ui| {
            ui.horizontal(|ui| {
                ui.set_min_height(size::CONTROL);
                ui.fine(format!("{}.", at + 1));
                changed |= transform_ui(ui, transform);
                at_right(ui, |ui| {
                    if at > 0
                        && ui.add(Push::icon_only(Icon::Up, format!("Move change {} up", at + 1))).clicked()
                    {
                        up = Some(at);
                    }
                    if ui.add(Push::icon_only(Icon::Cross, format!("Remove change {}", at + 1))).clicked() {
                        gone = Some(at);
                    }
                });
            });
        });
    }
    if let Some(at) = gone {
        rule.transforms.remove(at);
        changed = true;
    }
    if let Some(at) = up {
        rule.transforms.swap(at, at - 1);
        changed = true;
    }
    changed
}

/// One change with its fields; gives whether it was changed.
fn transform_ui(ui: &mut Ui, transform: &mut Transform) -> bool {
    let text = |ui: &mut Ui, name: &str, width: f32, value: &mut String| {
        Field::new(name).hide_label().hint(name).in_row().width(width).show(ui, value).changed()
    };
    let words = |ui: &mut Ui, name: &str, width: f32, list: &mut Vec<String>| {
        let mut joined = list.join(", ");
        let changed = text(ui, name, width, &mut joined);
        if changed {
            *list = joined.split(',').map(|w| w.trim_start().to_owned()).filter(|w| !w.is_empty()).collect();
        }
        changed
    };
    match transform {
        Transform::Trim
        | Transform::Lower
        | Transform::Upper
        | Transform::TitleCase
        | Transform::GivenName
        | Transform::FamilyName
        | Transform::Unpack => {
            let mut word = explain_transform(transform);
            if let Some(first) = word.get_mut(0..1) {
                first.make_ascii_uppercase();
            }
            ui.body(word);
            false
        }
        Transform::Split { separator, take } => {
            ui.body("Split at");
            let mut changed = text(ui, "white space", 110.0, separator);
            ui.body("and take part");
            // People count from one; from the end with a minus.
            let mut nth = if *take >= 0 { *take + 1 } else { *take };
            let drag = ui
                .add(egui::DragValue::new(&mut nth).range(-20..=20))
                .on_hover_text("Which part; −1 is the last");
            if drag.changed() {
                *take = if nth > 0 { nth - 1 } else { nth.min(-1) };
                changed = true;
            }
            changed
        }
        Transform::Pick(path) => {
            ui.body("Take of the JSON");
            text(ui, "name.first", 220.0, path)
        }
        Transform::SplitAll { separator } => {
            ui.body("Split into a list at");
            text(ui, "white space", 110.0, separator)
        }
        Transform::Join { columns, separator } => {
            ui.body("Join with");
            let changed = words(ui, "columns, comma-separated", 220.0, columns);
            ui.body("using");
            text(ui, "nothing between", 80.0, separator) || changed
        }
        Transform::Constant(value) => {
            ui.body("Always");
            text(ui, "this text", 260.0, value)
        }
        Transform::Default(value) => {
            ui.body("When empty,");
            text(ui, "this text", 260.0, value)
        }
        Transform::Replace { from, to } => {
            ui.body("Replace");
            let changed = text(ui, "this", 150.0, from);
            ui.body("with");
            text(ui, "nothing", 150.0, to) || changed
        }
        Transform::Affix { before, after } => {
            ui.body("Put before");
            let changed = text(ui, "before", 130.0, before);
            ui.body("and after");
            text(ui, "after", 130.0, after) || changed
        }
        Transform::Phone { country } => {
            ui.body("Phone to E.164, country where none is said");
            let changed = text(ui, "US", 56.0, country);
            if changed {
                *country = country.trim().to_uppercase();
            }
            changed
        }
        Transform::Boolean { yes, no } => {
            ui.body("True for");
            let changed = words(ui, "the usual words", 150.0, yes);
            ui.body("false for");
            words(ui, "the usual words ", 150.0, no) || changed
        }
        Transform::Date { format } => {
            ui.body("Date written");
            let stated = [
                (Some(String::new()), "in the usual ways".to_owned()),
                (Some(Transform::DAY_FIRST.into()), "day first: 31/12/2024".to_owned()),
                (Some(Transform::MONTH_FIRST.into()), "month first: 12/31/2024".to_owned()),
                (None, "in one way only".to_owned()),
            ];
            let mut way = Some(format.clone()).filter(|f| stated.iter().any(|(s, _)| s.as_ref() == Some(f)));
            let mut changed = drop_down(ui, "Date written", &mut way, &stated);
            if changed {
                *format = way.clone().unwrap_or_else(|| "%d.%m.%Y %H:%M".into());
            }
            if way.is_none() {
                changed |= text(ui, "%d.%m.%Y %H:%M", 150.0, format);
            }
            changed
        }
        Transform::Moment { none, past, future } => {
            ui.body("A time:");
            let ways = [
                (true, false, false, "any means no"),
                (true, false, true, "yes until it comes"),
                (true, true, false, "no until it comes"),
                (false, true, false, "yes once it has come"),
                (false, true, true, "any means yes"),
            ];
            let mut way = (*none, *past, *future);
            let options = ways.map(|(none, past, future, words)| ((none, past, future), words.to_owned()));
            let changed = drop_down(ui, "A time", &mut way, &options);
            (*none, *past, *future) = way;
            changed
        }
        Transform::Lookup(pairs) => lookup_ui(ui, pairs),
        Transform::Shorten(most) => {
            ui.body("At most");
            let drag = ui.add(egui::DragValue::new(most).range(1..=4096)).on_hover_text("Characters at most");
            ui.body("characters");
            drag.changed()
        }
    }
}

/// The look-up table as lines `from = to`.
fn lookup_ui(ui: &mut Ui, pairs: &mut Vec<(String, String)>) -> bool {
    ui.body("Exchange");
    let joined = pairs.iter().filter(|(f, _)| !f.is_empty()).map(|(from, to)| format!("{from} = {to}"));
    let mut text = joined.collect::<Vec<_>>().join("\n");
    let id = ui.scope_id().with("lookup text");
    // What is typed is kept as typed while the dialog is open: a half-written line is no pair yet.
    if let Some(typed) = ui.data(|d| d.get_temp::<String>(id)) {
        text = typed;
    }
    let field =
        Field::new("Look-up table").hide_label().hint("HR = Human Resources, one per line").mono().rows(3);
    let changed = field.width(360.0).show(ui, &mut text).changed();
    if changed {
        *pairs = text
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(from, to)| (from.trim().to_owned(), to.trim().to_owned()))
            .filter(|(from, _)| !from.is_empty())
            .collect();
        ui.data_mut(|d| d.insert_temp(id, text));
    }
    changed
}
