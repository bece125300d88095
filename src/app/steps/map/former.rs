//! When other rows are chosen: the mapping of the rows before is not dropped, but carried over where its columns are, and kept
//! whole until the bar that says so is put away.

use std::sync::Arc;

use egui::Ui;

use super::{MapAsk, MapStep};
use crate::app::facts::{Facts, SourceSetup};
use crate::app::jobs::Suggested;
use crate::app::steps::source::people_words;
use crate::app::steps::{SourceAsk, View, Work};
use crate::mapping::{Mapping, carry_over, columns_left};
use crate::model::{Columns, Selection};
use crate::source::SourceSpec;
use crate::ui::theme::{Face, Icon, size, tokens};
use crate::ui::widgets::{Card, Push, Words as _, at_right, counted, spread};

/// The mapping of the rows that were chosen before.
#[derive(Debug, Clone)]
pub(super) struct Former {
    mapping: Mapping,
    /// Their columns, if they were looked at.
    known: Option<Columns>,
    /// What is to be done, or was done, with the mapping for the rows chosen now.
    now: Now,
    /// Whether they are of the source chosen now, so that one can go back to them.
    here: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Now {
    /// The suggestion is awaited.
    Awaited,
    /// The mapping was carried over into the suggestion.
    Carried,
    /// These rows were chosen earlier still, and have the mapping they had.
    AsItWas,
}

impl MapStep {
    /// Whether a source is the one the mapping was made for. After opening, that is the one the workspace names.
    pub(super) fn same_source(&self, spec: &SourceSpec, facts: &Facts) -> bool {
        match &self.setup {
            Some(setup) => setup.spec == *spec,
            None => facts.kept.as_ref().and_then(|kept| kept.source.as_ref()) == Some(spec),
        }
    }

    /// Other rows were chosen: puts the mapping of those before aside. Gives the mapping to use for the rows chosen now, where it
    /// is they that were put aside.
    pub(super) fn put_aside(
        &mut self,
        current: Option<Mapping>,
        known: Option<Columns>,
        here: bool,
    ) -> Option<Mapping> {
        let chosen = &self.setup.as_ref()?.selection.people;
        let again =
            self.former.take_if(|former| former.here && here && former.mapping.selection.people == *chosen);
        let now = if again.is_some() { Now::AsItWas } else { Now::Awaited };
        if let Some(mapping) = current {
            self.former = Some(Former { mapping, known, now, here });
        }
        again.map(|former| former.mapping)
    }

    /// Takes a suggestion, with what was decided for the rows before.
    pub(super) fn take_suggested(&mut self, suggested: Suggested, work: &mut Work<'_>) {
        let Suggested { mut mapping, sample, groups, key, halves, switch_tables, notes } = suggested;
        (self.halves, self.switch_tables, self.notes) = (halves, switch_tables, notes);
        self.group_choices = groups;
        self.key = Some(key);
        if let Some(former) = self.former.as_mut().filter(|former| former.now == Now::Awaited) {
            mapping = carry_over(&former.mapping, former.known.as_ref(), mapping, &sample.columns);
            former.now = Now::Carried;
        }
        self.show(mapping, sample);
        self.changed(work);
    }

    /// Goes back to the rows chosen before: their mapping is again what it was, and what was made for the rows chosen now is put
    /// aside in its place.
    pub(super) fn back_to_former(&mut self, work: &mut Work<'_>) {
        let Some(selection) = self.former.as_ref().filter(|f| f.here).map(|f| f.mapping.selection.clone())
        else {
            return;
        };
        self.choose(selection, work);
    }

    /// Other rows are people from now on: chosen here, not in the step before.
    pub(super) fn choose(&mut self, selection: Selection, work: &mut Work<'_>) {
        let Some(setup) = &self.setup else { return };
        let rows = setup.catalog.as_ref().and_then(|catalog| catalog.rows(&selection.people));
        let setup = Arc::new(SourceSetup { selection: selection.clone(), rows, ..SourceSetup::clone(setup) });
        if let Some(source) = &mut work.facts.source {
            source.setup = Some(Arc::clone(&setup));
        }
        work.send(SourceAsk::ChooseAgain(Box::new(selection)));
        self.setup = Some(setup);
        let known = self.sample.take().map(|sample| sample.columns);
        let current = self.mapping.take();
        let keep = self.put_aside(current, known, true);
        self.ask(work, keep);
    }

    /// The bar about the mapping of the rows chosen before.
    pub(super) fn former_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        let Some(former) = &self.former else { return };
        let place = people_words(&former.mapping.selection.people);
        let (what, more) = self.words(former, &place);
        let t = tokens(ui);
        Card::new().padding(12.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            spread(
                ui,
                size::CONTROL,
                |ui| {
                    ui.words_cut(Face::Strong, t.text, what);
                },
                |ui| {
                    at_right(ui, |ui| {
                        if former.here && ui.add(Push::plain(format!("Back to {place}"))).clicked() {
                            view.send(MapAsk::BackToFormer);
                        }
                        if ui.add(Push::icon_only(Icon::Cross, "Dismiss")).clicked() {
                            view.send(MapAsk::DropFormer);
                        }
                    });
                },
            );
            if !more.is_empty() {
                ui.fine(more);
            }
        });
        ui.add_space(size::TINY);
    }

    /// What is said of it: what was kept, and what was left.
    fn words(&self, former: &Former, place: &str) -> (String, String) {
        let (Some(mapping), Some(sample)) = (&self.mapping, &self.sample) else {
            return (format!("The mapping for {place} is set aside."), String::new());
        };
        if former.now == Now::AsItWas {
            let more = format!("What was mapped for {place} is set aside.");
            return ("These rows have the mapping they had before.".into(), more);
        }
        let all = former.mapping.rules.len();
        let kept = former.mapping.rules.iter().filter(|rule| mapping.rules.contains(rule)).count();
        let what = format!("{kept} of {} reused from {place}.", counted(all as u64, "rule", "rules"));
        let mut more = Vec::new();
        let left = columns_left(&former.mapping, &sample.columns);
        if !left.is_empty() {
            let (shown, rest) = left.split_at(left.len().min(6));
            let others = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            more.push(format!(
                "Not reused, because these rows have no such column: {}{others}.",
                shown.join(", ")
            ));
        }
        let filters = former.mapping.selection.only.len() as u64;
        if filters > 0 && mapping.selection.only.is_empty() {
            more.push(format!(
                "The row filter ({}) was not reused either: check “Only rows where…”.",
                counted(filters, "condition", "conditions")
            ));
        }
        if former.mapping.selection.memberships().count() > mapping.selection.memberships().count() {
            more.push("The groups from a table of members were not reused.".into());
        }
        if more.is_empty() {
            more.push("Columns it did not know have Causeway's suggestion.".into());
        }
        (what, more.join(" "))
    }
}
