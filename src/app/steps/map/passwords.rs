//! The card “How the passwords are stored”, and the dialog that states what the values alone do not tell.

use egui::Ui;
use zeroize::Zeroizing;

use super::derived::{Share, shares};
use super::{MapAsk, MapStep};
use crate::app::steps::View;
use crate::mapping::{Mapping, Target};
use crate::model::{
    ColumnIs, LetterCase, PasswordEncoding, PasswordSettings, Preparation, Route, SaltColumn, SaltOrder,
    Sample, SharedClearText, StatedSecret, TextEncoding, Value,
};
use crate::password::{names_salt, stated};
use crate::ui::theme::{Face, Tone, size, tokens};
use crate::ui::widgets::{Chip, Dialog, DialogAnswer, Field, Push, Words as _, drop_down};

/// What is being stated, while the dialog is open.
pub(super) struct Draft {
    /// What is stated, but for the statement that is being edited.
    whole: PasswordSettings,
    /// Whom the statement that is edited is about: the rows in which a column says this, or all.
    of: Option<ColumnIs>,
    /// Whom a statement can be about: everyone, and each word of the columns that tell.
    choices: Vec<(Option<ColumnIs>, String)>,
    /// The statement that is edited.
    settings: PasswordSettings,
    /// As typed; a number or nothing.
    rounds: String,
    /// A secret as typed; nothing leaves the one that is stated.
    pepper: Zeroizing<String>,
    /// What it makes of the first people.
    shares: Vec<Share>,
    more: bool,
}

impl Draft {
    fn of(mapping: &Mapping, sample: &Sample, shares: Vec<Share>) -> Self {
        let whole = mapping.password.clone();
        let choices = choices(&whole, sample);
        let draft = Self {
            settings: whole.clone(),
            whole,
            of: None,
            choices,
            rounds: String::new(),
            pepper: Zeroizing::default(),
            shares,
            more: false,
        };
        draft.about(None)
    }

    /// The same with the statement about these people to be edited.
    fn about(mut self, of: Option<ColumnIs>) -> Self {
        self.settings = match &of {
            None => self.whole.clone(),
            Some(is) => {
                let stated = self.whole.also.iter().find(|other| other.when.as_ref() == Some(is));
                PasswordSettings { pepper: self.whole.pepper.clone(), ..stated.cloned().unwrap_or_default() }
            }
        };
        let settings = &self.settings;
        self.rounds = settings.iterations.map(|n| n.to_string()).unwrap_or_default();
        self.more = settings.iterations.is_some()
            || settings.password_encoding.is_some()
            || settings.password_case.is_some()
            || settings.pepper.is_some()
            || settings.told_by.is_some()
            || !settings.salt_before.is_empty()
            || !settings.salt_after.is_empty();
        self.of = of;
        self
    }

    /// What is stated, with what was typed.
    fn stated(&self) -> PasswordSettings {
        let mut settings = self.settings.clone();
        settings.iterations = self.rounds.trim().parse().ok();
        if !self.pepper.is_empty() {
            settings.pepper = Some(StatedSecret::from(self.pepper.as_str()));
        }
        let Some(is) = &self.of else { return settings };
        let mut whole = self.whole.clone();
        // A secret counts for everyone; it is kept once.
        whole.pepper = settings.pepper.take();
        settings.when = None;
        if settings.is_empty() {
            whole.also.retain(|other| other.when.as_ref() != Some(is));
            return whole;
        }
        whole.with_case(is.clone(), &settings)
    }

    fn ready(&self) -> bool {
        self.rounds.trim().is_empty() || self.rounds.trim().parse::<u32>().is_ok_and(|n| n > 0)
    }
}

impl MapStep {
    /// The card.
    pub(super) fn passwords_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        let t = tokens(ui);
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.bold("How the passwords are stored");
        let Some(mapping) = &self.mapping else { return };
        if !mapping.rules.iter().any(|rule| rule.target == Target::Password) {
            ui.fine("No column goes to Password: everyone must reset.");
            return;
        }
        shares_ui(ui, &self.derived.shares, 6);
        ui.fine("Of the first people. Review shows everyone.");
        if let Some(column) = &mapping.password.told_by {
            ui.fine(format!("The column “{column}” says of each value how it was made."));
        }
        if let Some(words) = stated_words(&mapping.password) {
            ui.words(Face::Small, t.text, format!("You stated: {words}."));
        }
        let mut concerned = false;
        for concern in self.derived.concerns() {
            concerned = true;
            ui.words(Face::Small, t.tone(Tone::Hook).text, concern);
        }
        let unsettled = self.derived.shares.iter().any(|share| !share.settled);
        if unsettled && !concerned {
            ui.words(
                Face::Small,
                t.tone(Tone::Hook).text,
                "Some values fit several schemes. State how they were made, or prove it with a known password in Review.",
            );
        }
        if ui.add(Push::plain("State how they were made…")).clicked() {
            view.send(MapAsk::OpenPasswords);
        }
    }

    /// Opens the dialog.
    pub(super) fn open_passwords(&mut self) {
        if let (Some(mapping), Some(sample)) = (&self.mapping, &self.sample) {
            self.stating = Some(Draft::of(mapping, sample, self.derived.shares.clone()));
        }
    }

    /// Takes over what the dialog states; whether anything changed.
    pub(super) fn state_passwords(&mut self) -> bool {
        let (Some(draft), Some(mapping)) = (self.stating.take(), &mut self.mapping) else { return false };
        let stated = draft.stated();
        std::mem::replace(&mut mapping.password, stated.clone()) != stated
    }

    /// The dialog.
    pub(super) fn stating_ui(&mut self, ui: &Ui, view: &mut View<'_>) {
        let (Some(draft), Some(mapping), Some(sample)) = (&mut self.stating, &self.mapping, &self.sample)
        else {
            return;
        };
        let salt =
            mapping.rules.iter().find(|rule| rule.target == Target::Salt).and_then(|r| r.column.clone());
        let named = sample.columns.names().iter().find(|name| names_salt(name)).cloned();
        let beside = salt.clone().or(named);
        let tellers = tellers(mapping, sample);
        let before = draft.stated();
        let dialog = Dialog::new("How the passwords were made").yes("Use").ready(draft.ready()).width(620.0);
        let answer = dialog.show(ui.ctx(), |ui| {
            draft_ui(ui, draft, salt.as_deref(), beside.as_deref(), &tellers);
        });
        let now = draft.stated();
        if now.told_by != before.told_by {
            draft.choices = choices(&now, sample);
        }
        if now != before {
            let mut stated = mapping.clone();
            stated.password = now;
            draft.shares = shares(&stated, sample, chrono::Utc::now().date_naive());
        }
        match answer {
            DialogAnswer::Yes => view.send(MapAsk::StatePasswords),
            DialogAnswer::No => view.send(MapAsk::DropPasswords),
            DialogAnswer::Open => {}
        }
    }
}

fn draft_ui(ui: &mut Ui, draft: &mut Draft, salt: Option<&str>, beside: Option<&str>, tellers: &[String]) {
    let t = tokens(ui);
    ui.spacing_mut().item_spacing.y = size::SMALL;
    ui.muted(
        "Values that name their own scheme are always read by it. State here what the others do not tell.",
    );
    if draft.choices.len() > 1 {
        let mut of = draft.of.clone();
        row_ui(ui, "This is about", |ui| {
            drop_down(ui, "This is about", &mut of, &draft.choices);
        });
        if of != draft.of {
            draft.whole = draft.stated();
            let shares = std::mem::take(&mut draft.shares);
            let choices = std::mem::take(&mut draft.choices);
            let next = Draft {
                whole: draft.whole.clone(),
                of: None,
                choices,
                settings: PasswordSettings::default(),
                rounds: String::new(),
                pepper: Zeroizing::default(),
                shares,
                more: false,
            };
            *draft = next.about(of);
        }
    }
    let settings = &mut draft.settings;
    let mut options: Vec<(Option<String>, String)> = vec![(None, "Nothing stated".to_owned())];
    options.extend(stated().iter().map(|s| (Some(s.id.to_owned()), s.label.to_owned())));
    if let Some(id) = settings.assume.clone()
        && !options.iter().any(|(known, _)| known.as_deref() == Some(&id))
    {
        options.push((Some(id.clone()), id));
    }
    row_ui(ui, "Scheme", |ui| {
        drop_down(ui, "Scheme", &mut settings.assume, &options);
    });
    if let Some(chosen) = stated().iter().find(|s| settings.assume.as_deref() == Some(s.id)) {
        ui.fine(chosen.help);
    }
    let clear = settings.assume.as_deref() == Some("plaintext")
        || draft.shares.iter().any(|share| share.label == "clear text");
    if draft.of.is_none() && (clear || !settings.shared_clear_text.is_held_back()) {
        row_ui(ui, "Clear text many have", |ui| {
            let options = [
                (SharedClearText::HoldBack, "isn't sent: they must reset"),
                (SharedClearText::Send, "is their real password: send it"),
            ];
            drop_down(ui, "Clear text many have", &mut settings.shared_clear_text, &owned(&options));
        });
        ui.fine("A password that many people have is mostly a first one that nobody changed: whoever knows it could sign in as them all.");
    }
    if let Some(column) = salt {
        row_ui(ui, "Where the salt was", |ui| {
            let options = [
                (None, "not stated"),
                (Some(SaltOrder::Prefix), "before the password"),
                (Some(SaltOrder::Postfix), "after the password"),
            ];
            drop_down(ui, "Where the salt was", &mut settings.salt_order, &owned(&options));
        });
        row_ui(ui, "The salt is written as", |ui| {
            let options = [
                (None, "not stated"),
                (Some(TextEncoding::Text), "text"),
                (Some(TextEncoding::Hex), "hex digits"),
                (Some(TextEncoding::Base64), "Base64"),
            ];
            drop_down(ui, "The salt is written as", &mut settings.salt_encoding, &owned(&options));
        });
        ui.fine(format!("The salt comes from the column “{column}”."));
    } else {
        ui.fine("No column is mapped as the salt. If there is one, send it to Salt in the table first.");
    }
    if let Some(column) = beside {
        beside_ui(ui, settings, column, salt.is_some(), draft.of.is_none());
    }
    if draft.more {
        more_ui(ui, draft, salt.is_some(), tellers);
    } else {
        draft.more = ui.add(Push::link("More: rounds, characters, text around the salt, pepper")).clicked();
    }
    ui.add_space(size::TINY);
    ui.words(Face::Strong, t.text, "What this makes of the first people");
    shares_ui(ui, &draft.shares, 5);
}

/// What a salt column has to do with hashes that carry their own salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Unstated,
    Unused,
    Before,
    After,
    /// Something that a known password has proven.
    Otherwise,
}

impl Beside {
    fn of(settings: &PasswordSettings) -> Self {
        match settings.prepared.as_slice() {
            [] if settings.salt_column == SaltColumn::Unused => Self::Unused,
            [] => Self::Unstated,
            [Preparation::SaltBefore] => Self::Before,
            [Preparation::SaltAfter] => Self::After,
            _ => Self::Otherwise,
        }
    }

    fn state(self, settings: &mut PasswordSettings) {
        settings.salt_column = if self == Self::Unused { SaltColumn::Unused } else { SaltColumn::Unstated };
        match self {
            Self::Unstated | Self::Unused => settings.prepared.clear(),
            Self::Before => settings.prepared = vec![Preparation::SaltBefore],
            Self::After => settings.prepared = vec![Preparation::SaltAfter],
            Self::Otherwise => {}
        }
    }
}

/// What the salt column is for, where hashes that carry their own salt stand beside it. `whole`: what is stated is about everyone.
fn beside_ui(ui: &mut Ui, settings: &mut PasswordSettings, column: &str, mapped: bool, whole: bool) {
    let now = Beside::of(settings);
    let mut options = vec![(Beside::Unstated, "not stated: the hook checks them")];
    if whole || now == Beside::Unused {
        options.push((Beside::Unused, "not used by them"));
    }
    if mapped {
        options.push((Beside::Before, "put before the password"));
        options.push((Beside::After, "put after the password"));
    }
    if !options.iter().any(|(one, _)| *one == now) {
        options.push((now, "as stated or proven before"));
    }
    let mut chosen = now;
    row_ui(ui, "Hashes with their own salt", |ui| {
        drop_down(ui, "Hashes with their own salt", &mut chosen, &owned(&options));
    });
    if chosen != now {
        chosen.state(settings);
    }
    ui.fine(format!(
        "bcrypt, Argon2 and others carry their own salt. Where “{column}” is filled too, the application may have put it beside the password before it hashed it."
    ));
}

/// Which column says of each value how it was made.
fn teller_ui(ui: &mut Ui, settings: &mut PasswordSettings, tellers: &[String]) {
    let mut options = vec![(None, "no column".to_owned())];
    options.extend(tellers.iter().map(|name| (Some(name.clone()), name.clone())));
    if let Some(now) = &settings.told_by
        && !tellers.contains(now)
    {
        options.push((Some(now.clone()), now.clone()));
    }
    row_ui(ui, "How each was made is in", |ui| {
        drop_down(ui, "How each was made is in", &mut settings.told_by, &options);
    });
}

/// Columns that may say of each value how it was made: a few short words, none of a secret.
fn tellers(mapping: &Mapping, sample: &Sample) -> Vec<String> {
    let secret = |name: &str| {
        mapping.rules.iter().any(|rule| {
            matches!(rule.target, Target::Password | Target::Salt)
                && rule.column.as_deref().is_some_and(|column| column.eq_ignore_ascii_case(name))
        })
    };
    let few = |at: usize| {
        let mut words: Vec<String> = Vec::new();
        for value in sample.records.iter().filter_map(|record| record.values.get(at)) {
            let word = value.as_text().unwrap_or_default().trim().to_owned();
            if word.len() > 80 {
                return false;
            }
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
            if words.len() > WORDS {
                return false;
            }
        }
        // What differs from person to person parts nobody.
        !words.is_empty() && (words.len() < 4 || words.len() * 2 <= sample.records.len())
    };
    let names = sample.columns.names().iter().enumerate();
    names
        .filter(|(at, name)| !secret(name) && !names_salt(name) && few(*at))
        .map(|(_, name)| name.clone())
        .collect()
}

fn more_ui(ui: &mut Ui, draft: &mut Draft, salted: bool, tellers: &[String]) {
    let settings = &mut draft.settings;
    // It is about everyone: which statement holds for whom is what it says.
    if draft.of.is_none() && (!tellers.is_empty() || settings.told_by.is_some()) {
        teller_ui(ui, settings, tellers);
    }
    row_ui(ui, "The password's characters", |ui| {
        let options = [
            (None, "as UTF-8"),
            (Some(PasswordEncoding::Utf16Le), "as UTF-16 (Windows, .NET)"),
            (Some(PasswordEncoding::Utf16Be), "as UTF-16, big-endian (Java)"),
            (Some(PasswordEncoding::Windows1252), "as Windows-1252"),
        ];
        drop_down(ui, "The password's characters", &mut settings.password_encoding, &owned(&options));
        let options = [
            (None, "as typed"),
            (Some(LetterCase::Upper), "in capital letters"),
            (Some(LetterCase::Lower), "in small letters"),
        ];
        drop_down(ui, "The password's letters", &mut settings.password_case, &owned(&options));
    });
    if salted {
        row_ui(ui, "Text around the salt", |ui| {
            Field::new("Text before the salt")
                .hide_label()
                .hint("before")
                .width(110.0)
                .show(ui, &mut settings.salt_before);
            Field::new("Text after the salt")
                .hide_label()
                .hint("after")
                .width(110.0)
                .show(ui, &mut settings.salt_after);
        });
    }
    let bad = !draft.rounds.trim().is_empty() && draft.rounds.trim().parse::<u32>().is_err();
    row_ui(ui, "Rounds", |ui| {
        let error = bad.then_some("a whole number");
        Field::new("Rounds")
            .hide_label()
            .hint("not stated")
            .error(error)
            .width(140.0)
            .show(ui, &mut draft.rounds);
    });
    let known = draft.settings.pepper.is_some();
    row_ui(ui, "Pepper", |ui| {
        let hint = if known { "stated; type to replace it" } else { "a secret of the application" };
        Field::new("Pepper").hide_label().hint(hint).password().width(230.0).show(ui, &mut draft.pepper);
        if known && ui.add(Push::link("Forget it")).clicked() {
            draft.settings.pepper = None;
        }
    });
    ui.fine("The pepper is stored sealed in the migration, never in a mapping file.");
}

fn row_ui(ui: &mut Ui, label: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::SMALL;
        let width = 190.0;
        ui.allocate_ui_with_layout(
            egui::Vec2::new(width, size::CONTROL),
            egui::Layout::left_to_right(egui::Align::Center),
            |ui| {
                ui.set_width(width);
                ui.label_text(label);
            },
        );
        add(ui);
    });
}

fn owned<T: Clone>(options: &[(T, &str)]) -> Vec<(T, String)> {
    options.iter().map(|(value, word)| (value.clone(), (*word).to_owned())).collect()
}

/// Each recognised shape with its share and what happens to it.
fn shares_ui(ui: &mut Ui, shares: &[Share], most: usize) {
    let t = tokens(ui);
    if shares.is_empty() {
        ui.muted("There is no row to show.");
    }
    for share in shares.iter().take(most) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = size::SMALL;
            ui.spacing_mut().interact_size.y = size::CHIP;
            let tone = match share.route {
                Route::Import => Tone::Good,
                Route::Hook => Tone::Hook,
                Route::Reset => Tone::Reset,
            };
            let word = match share.route {
                Route::Import => "as is",
                Route::Hook => "hook",
                Route::Reset => "reset",
            };
            let room = (ui.available_width() - 124.0).max(40.0);
            ui.allocate_ui_with_layout(
                egui::Vec2::new(room, size::CHIP),
                egui::Layout::left_to_right(egui::Align::Center),
                |ui| {
                    ui.set_width(room);
                    ui.words_cut(Face::Small, t.text, &share.label);
                },
            );
            ui.words(Face::Small, t.muted, format!("{}%", share.percent));
            ui.add(Chip::new(tone, word));
        });
    }
    if shares.len() > most {
        ui.fine(format!("and {} more ways", shares.len() - most));
    }
}

/// As many words of one column are offered.
const WORDS: usize = 12;

/// Whom a statement can be about: everyone, and the rows in which a column that tells says each of its words.
fn choices(settings: &PasswordSettings, sample: &Sample) -> Vec<(Option<ColumnIs>, String)> {
    let mut rows: Vec<ColumnIs> = settings.also.iter().filter_map(|other| other.when.clone()).collect();
    for column in settings.columns() {
        let Some(at) = sample.columns.position(column) else { continue };
        for record in &sample.records {
            let word = record.values.get(at).and_then(Value::as_text).unwrap_or_default();
            let is = ColumnIs { column: column.to_owned(), is: word.trim().to_owned() };
            if rows.len() < WORDS && !rows.contains(&is) && is.is.len() <= 80 {
                rows.push(is);
            }
        }
    }
    let words = |is: &ColumnIs| match is.is.as_str() {
        "" => format!("where {} is empty", is.column),
        word => format!("where {} is {word}", is.column),
    };
    let rows = rows.into_iter().map(|is| (Some(is.clone()), words(&is)));
    std::iter::once((None, "everyone else".to_owned())).chain(rows).collect()
}

/// What somebody stated, in a few words; what the tables show is told elsewhere.
fn stated_words(settings: &PasswordSettings) -> Option<String> {
    let stated = PasswordSettings { made_by: None, told_by: None, ..settings.clone() };
    let alone = PasswordSettings { also: Vec::new(), ..stated.clone() };
    if alone.is_empty() && !stated.is_empty() {
        let all: Vec<String> = stated.also.iter().map(statement_words).collect();
        return Some(all.join("; "));
    }
    (!stated.is_empty()).then(|| statement_words(&stated))
}

/// What is stated, in a few words.
fn statement_words(settings: &PasswordSettings) -> String {
    let mut words = Vec::new();
    if let Some(id) = &settings.assume {
        let known = stated().iter().find(|s| s.id.eq_ignore_ascii_case(id));
        words.push(known.map_or_else(|| id.clone(), |s| s.label.to_owned()));
    } else if !settings.chain.is_empty() {
        words.push("nested digests".to_owned());
    }
    match settings.salt_order {
        Some(SaltOrder::Prefix) => words.push("salt before the password".to_owned()),
        Some(SaltOrder::Postfix) => words.push("salt after the password".to_owned()),
        None => {}
    }
    match settings.salt_encoding {
        Some(TextEncoding::Text) => words.push("salt as text".to_owned()),
        Some(TextEncoding::Hex) => words.push("salt in hex".to_owned()),
        Some(TextEncoding::Base64) => words.push("salt in Base64".to_owned()),
        None => {}
    }
    if let Some(rounds) = settings.iterations {
        words.push(format!("{rounds} rounds"));
    }
    if settings.pepper.is_some() {
        words.push("a pepper".to_owned());
    }
    if !settings.shared_clear_text.is_held_back() {
        words.push("clear text many have is real".to_owned());
    }
    match Beside::of(settings) {
        Beside::Unused => words.push("hashes with their own salt don't use the salt column".to_owned()),
        Beside::Before => words.push("the salt column was put before the password".to_owned()),
        Beside::After => words.push("the salt column was put after the password".to_owned()),
        Beside::Otherwise => words.push("something made of the password first".to_owned()),
        Beside::Unstated => {}
    }
    if words.is_empty() {
        words.push("details of the values".to_owned());
    }
    let mut all = words.join(", ");
    if let Some(when) = &settings.when {
        all = format!("{all} where “{}” is “{}”", when.column, when.is);
    }
    for other in &settings.also {
        let joint = if other.when.is_some() { "" } else { "else " };
        all = format!("{all}; {joint}{}", statement_words(other));
    }
    all
}
