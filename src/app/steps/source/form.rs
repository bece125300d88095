//! The form of a source: what is typed. Which fields there are, the kind says.

use std::path::Path;

use egui::Ui;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroize as _;

use super::{SourceAsk, SourceStep};
use crate::app::steps::View;
use crate::source::{self, Choice, Input, SourceError, SourceKind, SourceSpec, Tile, Values};
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{Field, Push, Words as _, at_right, card, cells, monogram, segmented, spread};

/// What is typed and chosen.
#[derive(Debug)]
pub(crate) struct Form {
    /// The kind.
    pub(crate) kind: SourceKind,
    /// What it was chosen as.
    tile: &'static Tile,
    /// What the fields hold, kind by kind: who looks at another kind and comes back finds what was typed.
    values: Vec<Values>,
    /// The password, until it was tested; then it is in the keychain and no longer here.
    password: SecretText,
    /// Where the password is kept, once it is, and by which name.
    kept_in: Option<(String, &'static str)>,
    /// What the keychain is called here.
    pub(crate) keychain: &'static str,
    /// Whether the rows that are folded away are shown.
    pub(crate) more: bool,
    /// The URL field, while it is open.
    pub(crate) url: Option<String>,
    /// What is wrong with the URL.
    pub(crate) url_error: Option<String>,
}

/// Text that is wiped, and never shown by `Debug`.
#[derive(Default)]
struct SecretText(String);

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretText(covered)")
    }
}

impl Drop for SecretText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Default for Form {
    fn default() -> Self {
        let kind = SourceKind::ALL[0];
        Self {
            kind,
            tile: &kind.about().tiles[0],
            values: SourceKind::ALL.iter().map(|kind| kind.blank()).collect(),
            password: SecretText::default(),
            kept_in: None,
            keychain: "this computer's keychain",
            more: false,
            url: None,
            url_error: None,
        }
    }
}

impl Form {
    /// The form of a source known already; its password is wherever `keychain` is.
    pub(crate) fn of(spec: &SourceSpec, keychain: &'static str) -> Self {
        let mut form = Self { keychain, ..Self::default() };
        form.fill(spec);
        form.kept_in = spec.secret_name().map(|name| (name, keychain));
        form
    }

    /// Turns to a kind, as it is offered.
    pub(crate) fn turn_to(&mut self, kind: SourceKind, tile: &'static Tile) {
        if self.kind != kind {
            self.password.0.zeroize();
            self.url = None;
            self.url_error = None;
            self.more = false;
        }
        self.kind = kind;
        self.tile = tile;
    }

    fn fill(&mut self, spec: &SourceSpec) {
        self.turn_to(spec.kind(), spec.tile());
        let blank = self.kind.blank();
        let values = spec.values();
        let more =
            |row: &source::Row| row.more && row.fields.iter().any(|f| values.get(f.id) != blank.get(f.id));
        self.more = self.kind.about().form.rows.iter().any(more);
        self.values[self.kind as usize] = values;
    }

    /// What it was chosen as.
    pub(super) fn tile(&self) -> &'static Tile {
        self.tile
    }

    /// What the fields hold.
    pub(crate) fn values(&self) -> &Values {
        &self.values[self.kind as usize]
    }

    /// The same, to be typed in.
    pub(crate) fn values_mut(&mut self) -> &mut Values {
        &mut self.values[self.kind as usize]
    }

    /// What the form says, without the password.
    pub(crate) fn spec(&self) -> SourceSpec {
        self.kind.spec(self.values())
    }

    /// What is missing before it can be tested.
    pub(crate) fn missing(&self) -> Option<&'static str> {
        self.kind.missing(self.values())
    }

    /// Where it is, for the line beside the spinner.
    pub(crate) fn place(&self) -> String {
        self.spec().whereabouts()
    }

    /// The password typed; `None` when the kept one is to be used.
    pub(crate) fn password(&self) -> Option<SecretString> {
        let typed = &self.password.0;
        (self.kind.can().password && !typed.is_empty()).then(|| SecretString::from(typed.as_str()))
    }

    /// The password was right and is kept elsewhere: nothing of it stays here.
    pub(crate) fn password_taken(&mut self, kept_in: Option<&'static str>) {
        self.password.0.zeroize();
        self.kept_in = self.spec().secret_name().zip(kept_in);
    }

    /// Where the password for what the form says now is kept. One for another server, database or user is none.
    pub(crate) fn kept(&self) -> Option<&'static str> {
        let (name, place) = self.kept_in.as_ref()?;
        (self.spec().secret_name().as_ref() == Some(name)).then_some(*place)
    }

    /// Fills the form from the URL pasted.
    pub(crate) fn take_url(&mut self) -> Result<(), SourceError> {
        let Some(url) = &mut self.url else { return Ok(()) };
        let (spec, password) = SourceSpec::parse_url(url)?;
        url.zeroize();
        self.fill(&spec);
        if let Some(password) = password {
            self.password.0.zeroize();
            self.password.0.push_str(password.expose_secret());
            self.kept_in = None;
        }
        self.url = None;
        self.url_error = None;
        Ok(())
    }

    /// A file was picked for a field.
    pub(crate) fn picked(&mut self, field: &'static str, path: &Path) {
        self.values_mut().set(field, path.display().to_string());
    }

    /// A file was dropped or picked, which says by itself what it is. Whether it is something that can be read.
    pub(crate) fn take_file(&mut self, path: &Path) -> Result<(), SourceError> {
        let (spec, _) = SourceSpec::parse_url(&path.display().to_string())?;
        self.fill(&spec);
        Ok(())
    }
}

impl SourceStep {
    pub(super) fn form_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let form = &mut self.form;
        let about = form.kind.about();
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 14.0;
            head_ui(ui, form, view);
            url_ui(ui, form, view);
            for row in about.form.rows {
                if row.more && !form.more {
                    continue;
                }
                match row.fields {
                    [field] if matches!(field.input, Input::Choice(_)) => {
                        let Input::Choice(choices) = field.input else { continue };
                        choice_row(ui, form, field, choices, !row.more && about.form.has_more(), view);
                    }
                    fields => {
                        let shares: Vec<f32> = fields.iter().map(|field| field.share).collect();
                        cells(ui, &shares, |ui, at| field_ui(ui, &fields[at], form, view));
                    }
                }
            }
            if !about.form.note.is_empty() {
                ui.fine(about.form.note);
            }
        });
    }
}

/// What is filled in, and the ways to something else.
fn head_ui(ui: &mut Ui, form: &mut Form, view: &mut View<'_>) {
    let tile = form.tile;
    spread(
        ui,
        size::CONTROL,
        |ui| {
            ui.spacing_mut().item_spacing.x = size::MEDIUM;
            monogram(ui, tile.monogram, false);
            ui.words(Face::CardTitle, tokens(ui).text, tile.title);
            if ui.add(Push::link("Change kind")).clicked() {
                view.send(SourceAsk::Kinds);
            }
        },
        |ui| {
            let word = if form.url.is_some() { "Close the URL field" } else { "Paste a URL" };
            if ui.add(Push::link(word).icon(Icon::Link)).clicked() {
                form.url = if form.url.is_some() { None } else { Some(String::new()) };
                form.url_error = None;
            }
        },
    );
}

fn field_ui(ui: &mut Ui, field: &'static source::Field, form: &mut Form, view: &mut View<'_>) {
    match field.input {
        Input::Password => password_ui(ui, field.label, form, view),
        Input::File { .. } => file_ui(ui, field, form, view),
        Input::Text | Input::Port => {
            let text = form.values_mut().text_mut(field.id);
            if as_drawn(field).show(ui, text).changed() {
                view.send(SourceAsk::Changed);
            }
        }
        Input::Choice(choices) => choice_row(ui, form, field, choices, false, view),
    }
}

fn as_drawn(field: &'static source::Field) -> Field<'static> {
    let drawn = Field::new(field.label).hint(field.hint);
    if field.beside.is_empty() { drawn } else { drawn.beside(field.beside) }
}

/// With less room than this beside the words, in points, a choice and the link beside it stand in two lines.
const LINK: f32 = 190.0;

/// One of several on a line of its own, with the link that opens more of the form, and what should be known about the choice.
fn choice_row(
    ui: &mut Ui,
    form: &mut Form,
    field: &'static source::Field,
    choices: &'static [Choice],
    with_more: bool,
    view: &mut View<'_>,
) {
    let options: Vec<(&'static str, &'static str)> = choices.iter().map(|c| (c.value, c.words)).collect();
    let now = form.values().get(field.id);
    let mut chosen = options.iter().map(|(value, _)| *value).find(|value| *value == now).unwrap_or_default();
    let mut choose = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        ui.label_text(field.label);
        segmented(ui, &mut chosen, &options)
    };
    let words: usize = options.iter().map(|(_, words)| words.len() + 3).sum();
    let changed = if !with_more {
        ui.horizontal_wrapped(choose).inner
    } else if ui.available_width() < words as f32 * 7.0 + 80.0 + LINK {
        let changed = ui.horizontal_wrapped(&mut choose).inner;
        ui.horizontal(|ui| more_link(ui, form));
        changed
    } else {
        let mut changed = false;
        spread(ui, 24.0, |ui| changed = choose(ui), |ui| at_right(ui, |ui| more_link(ui, form)));
        changed
    };
    if changed {
        form.values_mut().set(field.id, chosen);
        view.send(SourceAsk::Changed);
    }
    let warning = choices.iter().find(|choice| choice.value == chosen).map_or("", |choice| choice.warning);
    if !warning.is_empty() {
        let ink = tokens(ui).tone(Tone::Hook).text;
        ui.horizontal(|ui| {
            Icon::Bang.show(ui, 12.0, ink);
            ui.words(Face::Small, ink, warning);
        });
    }
}

/// What opens more of the form.
fn more_link(ui: &mut Ui, form: &mut Form) {
    let word = if form.more { "Fewer settings" } else { form.kind.about().form.more };
    if ui.add(Push::link(word)).clicked() {
        form.more = !form.more;
    }
}

fn password_ui(ui: &mut Ui, label: &str, form: &mut Form, view: &mut View<'_>) {
    let kept = form.kept();
    let place = kept.unwrap_or(form.keychain);
    let beside = if kept.is_some() { format!("stored in {place}") } else { format!("goes to {place}") };
    let hint = if kept.is_some() { "••••••••••••" } else { "" };
    let field = Field::new(label).beside(beside).password().hint(hint);
    let response = field.show(ui, &mut form.password.0);
    if response.changed() {
        view.send(SourceAsk::Changed);
    }
    if form.password.0.is_empty() && kept.is_some() && !response.has_focus() {
        // The secret was taken: egui's undo history of the field must not keep it.
        Field::forget(ui.ctx(), response.id);
    }
}

fn url_ui(ui: &mut Ui, form: &mut Form, view: &mut View<'_>) {
    let error = form.url_error.clone();
    let example = form.kind.about().url.example;
    let Some(url) = &mut form.url else { return };
    let mut take = false;
    ui.horizontal_top(|ui| {
        let fill_in = Push::plain("Fill in").enabled(!url.trim().is_empty());
        let width = ui.available_width() - fill_in.measure(ui) - ui.spacing().item_spacing.x;
        let field = Field::new("Connection URL").hint(example);
        let response = field.mono().width(width).error(error).show(ui, url);
        if response.changed() {
            form.url_error = None;
        }
        take = crate::ui::widgets::confirmed_by_enter(&response);
        ui.vertical(|ui| {
            ui.add_space(22.0);
            take |= ui.add(fill_in).clicked();
        });
    });
    if take {
        view.send(SourceAsk::TakeUrl);
    }
}

fn file_ui(ui: &mut Ui, field: &'static source::Field, form: &mut Form, view: &mut View<'_>) {
    let text = form.values_mut().text_mut(field.id);
    ui.horizontal_top(|ui| {
        let choose = Push::plain("Choose…").name(format!("Choose the file for {}", field.label));
        let width = ui.available_width() - choose.measure(ui) - ui.spacing().item_spacing.x;
        if as_drawn(field).width(width).show(ui, text).changed() {
            view.send(SourceAsk::Changed);
        }
        ui.vertical(|ui| {
            ui.add_space(22.0);
            if ui.add(choose).clicked() {
                view.send(SourceAsk::Pick(field.id));
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_url_fills_the_form_and_leaves_no_password_behind_in_it() {
        let mut form = Form {
            url: Some("postgres://hr:p%40ss@db01:6432/people?sslmode=require".into()),
            ..Form::default()
        };
        form.take_url().unwrap();
        assert_eq!(
            ["host", "port", "database", "user", "tls"].map(|field| form.values().get(field)),
            ["db01", "6432", "people", "hr", "require"]
        );
        assert_eq!(form.password().unwrap().expose_secret(), "p@ss");
        assert_eq!(form.url, None);
        assert!(!format!("{form:?}").contains("p@ss"));
    }

    #[test]
    fn the_form_says_what_is_missing() {
        let mut form = Form::default();
        assert_eq!(form.missing(), Some("Type the server's name first"));
        let mut set = |field, text: &str| {
            form.values_mut().set(field, text);
            form.missing()
        };
        set("host", "db01");
        assert_eq!(set("port", "70000"), Some("The port is a number from 1 to 65535"));
        assert_eq!(set("port", "5432"), Some("Type the database's name first"));
        set("database", "people");
        assert_eq!(set("user", "hr"), None);
        assert!(set("client-cert", "client.pem").is_some());
    }

    #[test]
    fn a_password_kept_for_one_database_is_none_for_another() {
        let (spec, _) = SourceSpec::parse_url("postgres://hr@db01/people").unwrap();
        let mut form = Form::of(&spec, "Keychain");
        assert_eq!(form.kept(), Some("Keychain"));
        form.values_mut().set("database", "archive");
        assert_eq!(form.kept(), None);
        form.values_mut().set("database", "people");
        assert_eq!(form.kept(), Some("Keychain"));
    }

    #[test]
    fn a_spec_comes_back_from_the_form_as_it_was() {
        for url in ["postgres://hr@db01:6432/people?sslmode=verify-full", "sqlite:///srv/people.db"] {
            let (spec, _) = SourceSpec::parse_url(url).unwrap();
            assert_eq!(Form::of(&spec, "Keychain").spec(), spec);
        }
    }

    #[test]
    fn who_looks_at_another_kind_and_comes_back_finds_what_was_typed() {
        let (spec, _) = SourceSpec::parse_url("postgres://hr@db01/people?currentSchema=hr").unwrap();
        let mut form = Form::of(&spec, "Keychain");
        assert!(form.more, "a schema was named, and is shown");
        form.take_file(Path::new("/srv/people.db")).unwrap();
        assert_eq!((form.spec().summary().as_str(), form.more), ("SQLite · people.db", false));
        form.turn_to(spec.kind(), spec.tile());
        assert_eq!(form.spec(), spec);
    }

    /// What every kind says of itself, the window can draw.
    #[test]
    fn a_blank_form_of_every_kind_says_what_is_missing() {
        for kind in SourceKind::ALL {
            let mut form = Form::default();
            form.turn_to(*kind, &kind.about().tiles[0]);
            assert!(form.missing().is_some(), "{kind:?}");
            assert_eq!(form.spec().kind(), *kind);
            let ids: Vec<_> = kind.about().form.fields().map(|field| field.id).collect();
            let once: std::collections::HashSet<_> = ids.iter().collect();
            assert_eq!(ids.len(), once.len(), "{kind:?}");
            for field in kind.about().form.fields() {
                if let Input::Choice(choices) = field.input {
                    assert!(
                        choices.iter().any(|choice| choice.value == form.values().get(field.id)),
                        "{}",
                        field.id
                    );
                }
            }
        }
    }
}
