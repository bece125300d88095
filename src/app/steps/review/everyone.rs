//! The panel while nobody is open: everyone in a few figures, and what can be done for all who are shown or ticked.

use egui::Ui;

use super::ask::ReviewAsk;
use super::filters::{keyboard_goes_in, share, shares};
use crate::app::people::PeopleList;
use crate::app::steps::View;
use crate::migration::review::Change;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{Push, Words as _, check_row, counted, number};
use crate::workspace::{Counts, IDENTITY_UNSURE, PeopleFilter, Who};

/// What “Must reset” does.
pub(super) const MUST_RESET: &str = "They must reset their password: the stored one is not sent. Nothing changes for people who are already in Okta.";

/// What “the same person” does.
pub(super) const SAME_PERSON: &str = "They keep the account in Okta, the outcome and the edits of the earlier person. Nothing is sent again. This can't be undone.";
/// What “somebody new” does.
pub(super) const SOMEBODY_NEW: &str =
    "They get an account of their own. The earlier person counts as gone from the source.";

/// Nobody is selected: what can be done for everyone shown.
pub(super) fn everyone_ui(ui: &mut Ui, view: &mut View<'_>, list: &PeopleList, counts: &Counts) {
    let shown = list.order.len() as u64;
    let filtered = list.filter != PeopleFilter::default();
    ui.card_title(if filtered && list.count().is_none() {
        "Counting who is shown…".to_owned()
    } else if filtered {
        format!("{} shown", counted(shown, "person", "people"))
    } else {
        counted(counts.total, "person", "people")
    });
    ui.muted("Pick one to see the profile, the request and the row they came from.");
    ui.fine("Tick several, or hold Shift or Ctrl. Arrow keys move, Space ticks, Ctrl+F searches.");
    if shown > 0 && !list.is_ordering() {
        ui.add_space(size::SMALL);
        let who = Who::All(list.filter.clone());
        if filtered {
            identity_ui(ui, view, &who, counts);
            bulk_ui(ui, view, &who, shown, "all");
        } else {
            attribute_ui(ui, view, &who, shown, "all");
        }
    }
    shares_ui(ui, view, list, counts);
    let never_sent = counts.gone.saturating_sub(counts.gone_in_okta);
    if never_sent > 0 {
        ui.add_space(size::SMALL);
        ui.fine(format!(
            "{} in the previous read but missing from this one; they won't be imported.",
            counted(never_sent, "person was", "people were")
        ));
    }
    if let Some(words) = counts.since_sent_words() {
        ui.add_space(size::SMALL);
        let t = tokens(ui);
        check_row(ui, Tone::Hook, Icon::Bang, |ui| {
            ui.words(Face::Small, t.text, words);
        });
    }
}

/// How everyone's passwords are stored; each line filters.
fn shares_ui(ui: &mut Ui, view: &mut View<'_>, list: &PeopleList, counts: &Counts) {
    let shares = shares(counts);
    if shares.is_empty() {
        return;
    }
    ui.add_space(size::SMALL);
    ui.bold("How passwords are stored");
    let t = tokens(ui);
    for (label, people) in shares.iter().take(9) {
        let on = list.filter.scheme_label.as_deref() == Some(*label);
        let words = format!("{} · {}", share(*people, counts.total), number(*people));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = size::SMALL;
            let room = ui.available_width();
            ui.allocate_ui_with_layout(
                egui::Vec2::new(room * 0.58, size::CONTROL_ROW),
                egui::Layout::left_to_right(egui::Align::Center),
                |ui| {
                    ui.set_width(room * 0.58);
                    let button = Push::link(*label).name(format!("Only {label}, {words}"));
                    if ui.add(button).on_hover_text(*label).clicked() {
                        let scheme_label = (!on).then(|| (*label).to_owned());
                        let filter = PeopleFilter { scheme_label, scheme: None, ..list.filter.clone() };
                        view.send(ReviewAsk::Show(filter));
                    }
                },
            );
            ui.words_cut(Face::Small, t.muted, words);
        });
    }
    if shares.len() > 9 {
        ui.fine(format!("and {} more ways; “Password type” lists them all", shares.len() - 9));
    }
}

pub(super) fn selected_ui(ui: &mut Ui, view: &mut View<'_>, list: &PeopleList, counts: &Counts, many: u64) {
    ui.card_title(format!("{} selected", counted(many, "person", "people")));
    ui.muted("What you do here is done for each of them. One undo takes it back.");
    ui.add_space(size::SMALL);
    let who = Who::These(list.selection.ids());
    identity_ui(ui, view, &who, counts);
    bulk_ui(ui, view, &who, many, "");
    if ui.add(Push::link("Select nobody")).clicked() {
        view.send(ReviewAsk::Unselect);
    }
}

/// What is asked about those who may be somebody known from before. Only where there are any.
fn identity_ui(ui: &mut Ui, view: &mut View<'_>, who: &Who, counts: &Counts) {
    let asked = counts.findings.iter().find(|finding| finding.code == IDENTITY_UNSURE);
    let Some(asked) = asked.filter(|asked| asked.people > 0) else { return };
    ui.fine(format!(
        "Of {} here it isn't known whether they are somebody from an earlier read. For those among the people above:",
        counted(asked.people, "person", "people")
    ));
    let width = ui.available_width();
    if ui.add(Push::plain("They are the same people").wide(width)).on_hover_text(SAME_PERSON).clicked() {
        view.send(ReviewAsk::Change(Change::SamePerson(who.clone())));
    }
    if ui.add(Push::plain("They are new people").wide(width)).on_hover_text(SOMEBODY_NEW).clicked() {
        view.send(ReviewAsk::Change(Change::SomebodyNew(who.clone())));
    }
}

fn attribute_ui(ui: &mut Ui, view: &mut View<'_>, who: &Who, count: u64, all: &str) {
    let width = ui.available_width();
    let words = bulk_words("Set a value for", count, all);
    let push = ui.add(Push::plain(words).icon(Icon::Pencil).wide(width));
    if ui.data_mut(|d| d.remove_temp::<bool>(keyboard_goes_in())).unwrap_or_default() {
        push.request_focus();
    }
    if push.clicked() {
        view.send(ReviewAsk::Bulk(who.clone(), count));
    }
}

fn bulk_words(verb: &str, count: u64, all: &str) -> String {
    match (all, count) {
        (_, 1) => format!("{verb} 1 person"),
        ("", n) => format!("{verb} {} people", number(n)),
        (all, n) => format!("{verb} {all} {}", number(n)),
    }
}

fn bulk_ui(ui: &mut Ui, view: &mut View<'_>, who: &Who, count: u64, all: &str) {
    let width = ui.available_width();
    let words = |verb: &str| bulk_words(verb, count, all);
    attribute_ui(ui, view, who, count, all);
    if ui.add(Push::plain(words("Leave out")).icon(Icon::of(Tone::Quiet)).wide(width)).clicked() {
        view.send(ReviewAsk::Change(Change::LeaveOut(who.clone())));
    }
    if ui.add(Push::plain(words("Put back")).icon(Icon::Plus).wide(width)).clicked() {
        view.send(ReviewAsk::Change(Change::PutBack(who.clone())));
    }
    let reset = Push::plain(words("Must reset:")).icon(Icon::of(Tone::Reset)).wide(width);
    if ui.add(reset).on_hover_text(MUST_RESET).clicked() {
        view.send(ReviewAsk::Change(Change::MustReset(who.clone())));
    }
    let keep = Push::link("Use their stored passwords again");
    if ui.add(keep).on_hover_text("Undoes “Must reset” for them.").clicked() {
        view.send(ReviewAsk::Change(Change::KeepPassword(who.clone())));
    }
}
