//! The coloured bar, its legend, the search field, and the lists that filter.

use egui::{Popup, Response, ScrollArea, Ui};

use super::ask::ReviewAsk;
use super::repair::repair_words;
use crate::app::people::{
    PeopleList, THERE, disposition_tone, disposition_word, last_run_word, outcome_tone, severity_word,
    was_sent,
};
use crate::app::steps::View;
use crate::model::{OutcomeKind, Route, RoutePolicy};
use crate::ui::theme::{Face, size, tokens};
use crate::ui::widgets::{
    Chip, Field, Piece, Push, Words as _, coloured_bar, is_narrow, menu_row, menu_row_width, name_menu,
    number,
};
use crate::workspace::{Counts, Disposition, PeopleFilter, Who};

/// How long nothing must be typed before the search is asked, in seconds.
const PAUSE: f64 = 0.15;

/// What is typed, and when.
#[derive(Debug, Default)]
pub(super) struct Filters {
    search: String,
    typed: Option<f64>,
    /// What is typed in the list of groups, to find one.
    group_search: String,
}

impl Filters {
    /// The coloured bar and the numbers under it; both filter.
    #[expect(clippy::unused_self, reason = "drawn like the other parts")]
    pub(super) fn bar_ui(&mut self, ui: &mut Ui, view: &mut View<'_>, list: &PeopleList, counts: &Counts) {
        let policy = view.facts.policy;
        let pieces = Disposition::ALL
            .map(|d| Piece { tone: disposition_tone(d), count: counts.disposition_under(d, policy) });
        let (_, clicked) = coloured_bar(ui, "What happens to each password", &pieces, counts.total, 14.0);
        if let Some(disposition) = clicked.and_then(|at| Disposition::ALL.get(at)) {
            view.send(toggled(&list.filter, *disposition, policy));
        }
        let t = tokens(ui);
        let narrow = ui.available_width() < 600.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = if narrow { 10.0 } else { 22.0 };
            for disposition in Disposition::ALL {
                let on = list.filter.disposition == Some(disposition);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 1.0;
                    ui.words(Face::Number, t.text, number(counts.disposition_under(disposition, policy)));
                    let word = if narrow { short_word(disposition) } else { disposition_word(disposition) };
                    if ui.add(Chip::new(disposition_tone(disposition), word).choice(on)).clicked() {
                        view.send(toggled(&list.filter, disposition, policy));
                    }
                });
            }
        });
        ui.add_space(size::TINY);
    }

    /// The search field and the lists.
    pub(super) fn row_ui(&mut self, ui: &mut Ui, view: &mut View<'_>, list: &PeopleList, counts: &Counts) {
        let now = ui.input(|i| i.time);
        if self.typed.is_none() && list.filter.search != self.search.trim() {
            // The filter was changed elsewhere (cleared): the field follows.
            self.search.clone_from(&list.filter.search);
        }
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = size::SMALL;
            let narrow = ui.available_width() < 560.0;
            let for_all = Push::plain("For all shown").opens_list().name("What can be done for all shown");
            // Where the panel is a drawer, and closed, what it says of everyone is behind a button.
            let with_more = is_narrow(ui.ctx()) && !narrow;
            let more = if with_more { for_all.measure(ui) + size::SMALL } else { 0.0 };
            let width = (ui.available_width() - more - if narrow { 326.0 } else { 362.0 }).max(100.0);
            let label = "Search name, login or e-mail";
            let hint = if width < 240.0 { "Search" } else { label };
            let field = Field::search(label).hint(hint).width(width).show(ui, &mut self.search);
            if view.find {
                field.request_focus();
            }
            if field.changed() {
                self.typed = Some(now);
                ui.ctx().request_repaint_after_secs(0.16);
            }
            let enter = crate::ui::widgets::confirmed_by_enter(&field);
            if self.typed.is_some_and(|at| now - at >= PAUSE || enter) {
                self.typed = None;
                let search = self.search.trim().to_owned();
                if search != list.filter.search {
                    view.send(ReviewAsk::Show(PeopleFilter { search, ..list.filter.clone() }));
                }
            } else if self.typed.is_some() {
                ui.ctx().request_repaint_after_secs(0.05);
            }
            self.lists_ui(ui, view, list, counts, narrow);
            if with_more {
                let button = ui.add(for_all);
                if button.clicked() {
                    view.send(ReviewAsk::ForAll(true));
                    // The button goes: the keyboard goes on where it led.
                    let by_key = button.has_focus();
                    ui.data_mut(|d| d.insert_temp(keyboard_goes_in(), by_key));
                }
            }
        });
    }

    fn lists_ui(
        &mut self,
        ui: &mut Ui,
        view: &mut View<'_>,
        list: &PeopleList,
        counts: &Counts,
        narrow: bool,
    ) {
        let filter = &list.filter;
        let word = if narrow { "Password" } else { "Password type" };
        let filtered = filter.scheme.is_some() || filter.scheme_label.is_some();
        let button = list_button(ui, word, "Password type", filtered);
        Popup::menu(&button).show(|ui| {
            name_menu(ui, "Password type");
            let shares = shares(counts);
            let rows: Vec<_> = shares
                .iter()
                .map(|(label, people)| {
                    (*label, format!("{label}  ·  {}", share(*people, counts.total)), *people)
                })
                .collect();
            if let Some(Pick(scheme_label)) = rows_ui(ui, &rows, filter.scheme_label.as_deref()) {
                view.send(ReviewAsk::Show(PeopleFilter { scheme_label, scheme: None, ..filter.clone() }));
            }
        });
        let button = list_button(ui, "Group", "Group", filter.group.is_some());
        Popup::menu(&button).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
            name_menu(ui, "Group");
            if counts.groups.len() > 12 {
                Field::search("Find a group").in_row().width(220.0).show(ui, &mut self.group_search);
            }
            let wanted = self.group_search.to_lowercase();
            let rows: Vec<_> = counts
                .groups
                .iter()
                .filter(|g| wanted.is_empty() || g.name.to_lowercase().contains(&wanted))
                .map(|g| (g.name.as_str(), g.name.clone(), g.people))
                .collect();
            if let Some(Pick(group)) = rows_ui(ui, &rows, filter.group.as_deref()) {
                view.send(ReviewAsk::Show(PeopleFilter { group, ..filter.clone() }));
            }
        });
        let button = list_button(ui, "Finding", "Finding", filter.finding.is_some());
        Popup::menu(&button).show(|ui| {
            name_menu(ui, "Finding");
            let rows: Vec<_> = counts
                .findings
                .iter()
                .map(|f| {
                    (
                        f.code.as_str(),
                        format!("{} · {}", severity_word(f.severity), code_words(&f.code)),
                        f.people,
                    )
                })
                .collect();
            if let Some(Pick(finding)) = rows_ui(ui, &rows, filter.finding.as_deref()) {
                view.send(ReviewAsk::Show(PeopleFilter { finding, ..filter.clone() }));
            }
        });
    }
}

/// What the last run made of people, as chips that filter: several can be chosen. Nothing before the first run.
pub(super) fn last_run_chips_ui(ui: &mut Ui, view: &mut View<'_>, filter: &PeopleFilter, counts: &Counts) {
    if !was_sent(counts) && filter.outcomes.is_empty() {
        return;
    }
    let t = tokens(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::SMALL, size::TINY);
        if ui.available_width() >= 500.0 {
            ui.words(Face::Small, t.muted, "Last run");
        }
        // What failed is what one looks for.
        let kinds = [
            OutcomeKind::Failed,
            OutcomeKind::Created,
            OutcomeKind::AlreadyThere,
            OutcomeKind::Updated,
            OutcomeKind::RolledBack,
            OutcomeKind::Sending,
            OutcomeKind::Waiting,
        ];
        for kind in kinds {
            let (people, on) = (counts.outcome(kind), filter.outcomes.contains(&kind));
            if people == 0 && !on {
                continue;
            }
            let tone = outcome_tone(kind, Route::Import);
            let words = format!("{} {}", last_run_word(kind), number(people));
            if ui.add(Chip::new(tone, words).choice(on)).clicked() {
                let outcomes = OutcomeKind::ALL.into_iter();
                let outcomes = outcomes.filter(|k| (*k == kind) != filter.outcomes.contains(k)).collect();
                view.send(ReviewAsk::Show(PeopleFilter { outcomes, ..filter.clone() }));
            }
        }
    });
}

/// The chosen filters as chips that can be taken away, where some are.
pub(super) fn chosen_ui(
    ui: &mut Ui,
    view: &mut View<'_>,
    filter: &PeopleFilter,
    counts: &Counts,
    shown: Option<usize>,
) {
    if *filter == PeopleFilter::default() {
        return;
    }
    let t = tokens(ui);
    let people = shown;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::SMALL, size::TINY);
        let shown = shown.map_or_else(|| "…".to_owned(), |shown| number(shown as u64));
        ui.words(Face::Small, t.muted, format!("{shown} of {} shown", number(counts.total)));
        let mut taken = |ui: &mut Ui, words: String, without: PeopleFilter| {
            let button = Push::bare(words.clone()).icon(crate::ui::theme::Icon::Cross).in_row();
            if ui.add(button.name(format!("Remove filter: {words}"))).clicked() {
                view.send(ReviewAsk::Show(without));
            }
        };
        if let Some(d) = filter.disposition {
            taken(
                ui,
                disposition_word(d).to_owned(),
                PeopleFilter { disposition: None, policy: RoutePolicy::Best, ..filter.clone() },
            );
        }
        if !filter.search.is_empty() {
            taken(
                ui,
                format!("“{}”", filter.search),
                PeopleFilter { search: String::new(), ..filter.clone() },
            );
        }
        if !filter.outcomes.is_empty() {
            let words: Vec<&str> = filter.outcomes.iter().map(|kind| last_run_word(*kind)).collect();
            let without = PeopleFilter { outcomes: Vec::new(), ..filter.clone() };
            taken(ui, format!("Last run: {}", words.join(", ")), without);
        }
        if filter.there {
            taken(ui, THERE.to_owned(), PeopleFilter { there: false, ..filter.clone() });
        }
        if let Some(scheme) = &filter.scheme {
            let label = counts.schemes.iter().find(|s| s.scheme == *scheme).map_or(scheme, |s| &s.label);
            taken(ui, label.clone(), PeopleFilter { scheme: None, ..filter.clone() });
        }
        if let Some(label) = &filter.scheme_label {
            taken(ui, label.clone(), PeopleFilter { scheme_label: None, ..filter.clone() });
        }
        if let Some(group) = &filter.group {
            taken(ui, group.clone(), PeopleFilter { group: None, ..filter.clone() });
        }
        if let Some(code) = &filter.finding {
            taken(ui, code_words(code), PeopleFilter { finding: None, ..filter.clone() });
            if let Some((verb, _)) = repair_words(code)
                && let Some(count) = people.filter(|count| *count > 0)
                && ui.add(Push::plain(format!("{verb}…")).in_row()).clicked()
            {
                view.send(ReviewAsk::Repair(Who::All(filter.clone()), count as u64, code.clone()));
            }
        }
    });
}

/// How many people's passwords are stored which way, by short name, the commonest first.
pub(super) fn shares(counts: &Counts) -> Vec<(&str, u64)> {
    let mut shares: Vec<(&str, u64)> = Vec::new();
    for scheme in &counts.schemes {
        match shares.iter_mut().find(|(label, _)| *label == scheme.label) {
            Some((_, people)) => *people += scheme.people,
            None => shares.push((&scheme.label, scheme.people)),
        }
    }
    shares.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
    shares
}

/// A part of a whole in whole percent; a part that would round to nothing is `under 1%`.
pub(super) fn share(part: u64, whole: u64) -> String {
    match (u128::from(part) * 100 + u128::from(whole) / 2).checked_div(u128::from(whole)) {
        None => "–".to_owned(),
        Some(0) if part > 0 => "under 1%".to_owned(),
        Some(100) if part < whole => "over 99%".to_owned(),
        Some(percent) => format!("{percent}%"),
    }
}

/// The word where there is little room.
pub(super) fn short_word(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Import => "As is",
        Disposition::Hook => "Hook",
        Disposition::Reset => "Reset",
        Disposition::Blocked => "Blocked",
        Disposition::LeftOut => "Left out",
    }
}

/// The filter with this colour chosen, or no longer when it was.
fn toggled(filter: &PeopleFilter, disposition: Disposition, policy: RoutePolicy) -> ReviewAsk {
    let now = (filter.disposition != Some(disposition)).then_some(disposition);
    let policy = if now.is_some() { policy } else { RoutePolicy::Best };
    ReviewAsk::Show(PeopleFilter { disposition: now, policy, ..filter.clone() })
}

fn list_button(ui: &mut Ui, word: &str, name: &str, on: bool) -> Response {
    let spoken = if on { format!("{name}: filtered") } else { name.to_owned() };
    let button = Push::plain(word).opens_list().name(spoken);
    ui.add(if on { button.icon(crate::ui::theme::Icon::Check) } else { button })
}

/// What was picked in a list that filters; nothing: all.
struct Pick(Option<String>);

/// The rows of a list that filters: `All`, then each with its count. Gives the choice when one was made.
fn rows_ui(ui: &mut Ui, rows: &[(&str, String, u64)], chosen: Option<&str>) -> Option<Pick> {
    let mut choice = None;
    // As wide as its words, within reason: a row takes what room there is, and a popup has more.
    let words = |(_, words, people): &(&str, String, u64)| menu_row_width(ui, &row_words(words, *people));
    let widest = rows.iter().take(200).map(words).fold(220.0, f32::max);
    ui.set_width(widest.min(420.0));
    if menu_row(ui, "All", chosen.is_none()).clicked() {
        choice = Some(Pick(None));
        ui.close();
    }
    if rows.is_empty() {
        ui.fine("  Nothing to choose from");
    }
    // Only the rows in view are drawn: a directory can have thousands of groups.
    ScrollArea::vertical().max_height(320.0).auto_shrink([false, true]).show_rows(
        ui,
        30.0,
        rows.len(),
        |ui, range| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (value, words, people) in rows.get(range).unwrap_or_default() {
                let on = chosen == Some(*value);
                if menu_row(ui, &row_words(words, *people), on).clicked() {
                    choice = Some(Pick((!on).then(|| (*value).to_owned())));
                    ui.close();
                }
            }
        },
    );
    choice
}

fn row_words(words: &str, people: u64) -> String {
    format!("{words}  ·  {}", number(people))
}

/// Whether the panel about everyone shown was opened by the keyboard and is to have it.
pub(super) fn keyboard_goes_in() -> egui::Id {
    egui::Id::unique("the panel about everyone takes the keyboard")
}

/// A finding's code as words: `login_duplicate` → `Duplicate login`. One that has no words of its own here reads as it is
/// written: `too_long` → `Too long`.
pub(super) fn code_words(code: &str) -> String {
    let own = match code {
        "required_missing" => "Required value missing",
        "login_form" => "Login isn't an e-mail address",
        "login_unaddressable" => "Login can't be looked up in Okta",
        "login_duplicate" => "Duplicate login",
        "login_in_okta" => "Login of another account in Okta",
        "email_form" => "Invalid e-mail address",
        "email_duplicate" => "Duplicate e-mail address",
        "email_in_okta" => "E-mail address of another account in Okta",
        "key_duplicate" => "Duplicate key",
        "identity_unsure" => "Same person, or somebody new?",
        "identity_new" => "Entry was another person's",
        "blank_left_out" => "Blank value left out",
        "not_in_list" => "Not one of the values Okta lists",
        "pattern_unchecked" => "Pattern not checked",
        "country_form" => "Invalid country code",
        "locale_form" => "Invalid locale",
        "language_form" => "Invalid language",
        "timezone_form" => "Invalid time zone",
        "url_form" => "Invalid URL",
        "attribute_unchecked" => "Attribute not checked",
        "attribute_unknown" => "Attribute missing in Okta",
        "html" => "HTML in a value",
        "many_groups" => "More than 20 groups",
        "group_built_in" => "Group built into Okta",
        "group_name" => "Invalid group name",
        "group_spellings" => "Groups that differ in capitals only",
        "disabled" => "Disabled in the source",
        "long_unused" => "Not used for over a year",
        "sign_in_future" => "Last sign-in in the future",
        "password_none" => "No password stored",
        "password_empty" => "Marker instead of a password",
        "password_malformed" => "Password damaged",
        "password_unknown" => "Password type unknown",
        "password_ambiguous" => "Password fits several types",
        "password_too_costly" => "Password too costly to check",
        "password_not_importable" => "Password Okta can't import",
        "password_weak" => "Password weakly protected",
        "password_clear_text" => "Password in clear text",
        "password_shared" => "Password shared by many people",
        "password_below_policy" => "Password below Okta's policy",
        "value_not_text" => "Value isn't text",
        "phone_unreadable" => "Invalid phone number",
        "phone_extension" => "Phone number with an extension",
        "date_unreadable" => "Invalid date",
        "date_ambiguous" => "Day and month can't be told apart",
        "boolean_unreadable" => "Neither yes nor no",
        "active_missing" => "Not known whether active",
        "name_split_guessed" => "Name split by guess",
        "grown_too_large" => "Too large after a change",
        "changed_outside" => "Changed outside Causeway",
        _ => "",
    };
    if !own.is_empty() {
        return own.to_owned();
    }
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressing_a_colour_again_shows_everyone() {
        let none = PeopleFilter::default();
        let ReviewAsk::Show(blocked) = toggled(&none, Disposition::Blocked, RoutePolicy::AllHook) else {
            panic!()
        };
        assert_eq!(blocked.disposition, Some(Disposition::Blocked));
        assert_eq!(toggled(&blocked, Disposition::Blocked, RoutePolicy::AllHook), ReviewAsk::Show(none));
    }

    #[test]
    fn shares_never_hide_a_few_people() {
        for (part, words) in [(0, "0%"), (1, "under 1%"), (500, "50%"), (999, "over 99%"), (1000, "100%")] {
            assert_eq!(share(part, 1000), words, "{part}");
        }
        assert_eq!(share(0, 0), "–");
    }

    #[test]
    fn codes_read_as_words() {
        assert_eq!(code_words("login_duplicate"), "Duplicate login");
        assert_eq!(code_words("too_long"), "Too long");
        assert_eq!(code_words("hook_of_tomorrow"), "Hook of tomorrow");
        assert_eq!(code_words(""), "");
        // None is the code itself, as these read.
        for code in crate::assess::codes::ALL {
            let words = code_words(code);
            let unlike = [" form", " unreadable", " duplicate", " none", " unchecked"];
            assert!(!unlike.iter().any(|end| words.ends_with(end)), "{code}: {words}");
        }
    }
}
