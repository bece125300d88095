//! The form of a source: what is typed, kind by kind.

use std::path::{Path, PathBuf};

use egui::Ui;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroize as _;

use super::{PickFor, SourceAsk, SourceStep, typed};
use crate::app::steps::View;
use crate::app::theme::{Face, Icon, Tone, size, tokens};
use crate::app::widgets::{Field, Push, Words as _, at_right, card, cells, segmented, spread};
use crate::source::{PostgresSpec, SourceError, SourceKind, SourceSpec, SqliteSpec, TlsMode};

/// The kinds of source; a new one is a line in each of its three functions and an arm in [`Form::spec`] and the drawing.
pub(crate) type Kind = SourceKind;

impl Kind {
    /// The card's title.
    pub(super) fn title(self) -> &'static str {
        self.name()
    }

    /// The line under it.
    pub(super) fn note(self) -> &'static str {
        match self {
            Self::Postgres => "Tables, views or your own SQL",
            Self::Sqlite => "Opened read-only",
        }
    }
}

/// What is typed and chosen.
#[derive(Debug)]
pub(crate) struct Form {
    /// The kind.
    pub(crate) kind: Kind,
    /// PostgreSQL: the server.
    pub(crate) host: String,
    /// PostgreSQL: the port.
    pub(crate) port: String,
    /// PostgreSQL: the database.
    pub(crate) database: String,
    /// PostgreSQL: the user.
    pub(crate) user: String,
    /// PostgreSQL: the password, until it was tested; then it is in the keychain and no longer here.
    password: SecretText,
    /// Where the password is kept, once it is, and by which name.
    kept_in: Option<(String, &'static str)>,
    /// What the keychain is called here.
    pub(crate) keychain: &'static str,
    /// PostgreSQL: how the connection is protected.
    pub(crate) tls: TlsMode,
    /// PostgreSQL: the fold-out with certificates and schemas.
    pub(crate) more: bool,
    /// An own authority's certificate.
    pub(crate) ca_file: String,
    /// A client certificate.
    pub(crate) client_cert: String,
    /// Its key.
    pub(crate) client_key: String,
    /// Schemas to look in, with commas.
    pub(crate) schemas: String,
    /// SQLite: the file.
    pub(crate) path: String,
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
        Self {
            kind: Kind::Postgres,
            host: String::new(),
            port: PostgresSpec::default().port.to_string(),
            database: String::new(),
            user: String::new(),
            password: SecretText::default(),
            kept_in: None,
            keychain: "this computer's keychain",
            tls: TlsMode::default(),
            more: false,
            ca_file: String::new(),
            client_cert: String::new(),
            client_key: String::new(),
            schemas: String::new(),
            path: String::new(),
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

    fn fill(&mut self, spec: &SourceSpec) {
        let text =
            |path: &Option<PathBuf>| path.as_ref().map(|p| p.display().to_string()).unwrap_or_default();
        self.kind = spec.kind();
        match spec {
            SourceSpec::Postgres(spec) => {
                self.host.clone_from(&spec.host);
                self.port = spec.port.to_string();
                self.database.clone_from(&spec.database);
                self.user.clone_from(&spec.user);
                self.tls = spec.tls;
                self.ca_file = text(&spec.ca_file);
                self.client_cert = text(&spec.client_cert);
                self.client_key = text(&spec.client_key);
                self.schemas = spec.search_path.join(", ");
                self.more =
                    spec.ca_file.is_some() || spec.client_cert.is_some() || !spec.search_path.is_empty();
            }
            SourceSpec::Sqlite(spec) => self.path = spec.path.display().to_string(),
        }
    }

    /// What the form says, without the password.
    pub(crate) fn spec(&self) -> SourceSpec {
        let path = |text: &str| Some(PathBuf::from(text.trim())).filter(|p| !p.as_os_str().is_empty());
        match self.kind {
            Kind::Postgres => SourceSpec::Postgres(PostgresSpec {
                host: self.host.trim().to_owned(),
                port: self.port.trim().parse().unwrap_or_default(),
                database: self.database.trim().to_owned(),
                user: self.user.trim().to_owned(),
                tls: self.tls,
                ca_file: path(&self.ca_file),
                client_cert: path(&self.client_cert),
                client_key: path(&self.client_key),
                search_path: self
                    .schemas
                    .split(',')
                    .map(|s| s.trim().to_owned())
                    .filter(|s| !s.is_empty())
                    .collect(),
            }),
            Kind::Sqlite => SourceSpec::Sqlite(SqliteSpec { path: PathBuf::from(self.path.trim()) }),
        }
    }

    /// What is missing before it can be tested.
    pub(crate) fn missing(&self) -> Option<&'static str> {
        let empty = |text: &str| text.trim().is_empty();
        match self.kind {
            Kind::Postgres if empty(&self.host) => Some("Type the server's name first"),
            Kind::Postgres if self.port.trim().parse::<u16>().map_or(true, |p| p == 0) => {
                Some("The port is a number from 1 to 65535")
            }
            Kind::Postgres if empty(&self.database) => Some("Type the database's name first"),
            Kind::Postgres if empty(&self.user) => Some("Type the user name first"),
            Kind::Postgres if empty(&self.client_cert) != empty(&self.client_key) => {
                Some("A client certificate needs its key, and the key its certificate")
            }
            Kind::Sqlite if empty(&self.path) => Some("Choose the file first"),
            Kind::Postgres | Kind::Sqlite => None,
        }
    }

    /// Where it is, for the line beside the spinner.
    pub(crate) fn place(&self) -> String {
        match self.kind {
            Kind::Postgres => self.host.trim().to_owned(),
            Kind::Sqlite => self.path.trim().to_owned(),
        }
    }

    /// The password typed; `None` when the kept one is to be used.
    pub(crate) fn password(&self) -> Option<SecretString> {
        let typed = &self.password.0;
        (self.kind == Kind::Postgres && !typed.is_empty()).then(|| SecretString::from(typed.as_str()))
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

    /// A file was picked.
    pub(crate) fn picked(&mut self, what: PickFor, path: &Path) {
        let field = match what {
            PickFor::Database => &mut self.path,
            PickFor::Authority => &mut self.ca_file,
            PickFor::Certificate => &mut self.client_cert,
            PickFor::Key => &mut self.client_key,
        };
        *field = path.display().to_string();
    }
}

impl SourceStep {
    pub(super) fn form_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 14.0;
            match self.form.kind {
                Kind::Postgres => self.postgres_ui(ui, view),
                Kind::Sqlite => self.sqlite_ui(ui, view),
            }
        });
    }

    fn postgres_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let form = &mut self.form;
        cells(ui, &[455.0, 159.0, 296.0], |ui, at| match at {
            0 => typed(ui, Field::new("Host").hint("db01.corp.example"), &mut form.host, view),
            1 => typed(ui, Field::new("Port"), &mut form.port, view),
            _ => typed(ui, Field::new("Database"), &mut form.database, view),
        });
        cells(ui, &[455.0, 471.0], |ui, at| {
            if at == 0 {
                typed(
                    ui,
                    Field::new("User name").hint("a user with permission to read is enough"),
                    &mut form.user,
                    view,
                );
            } else {
                password_ui(ui, form, view);
            }
        });
        let t = tokens(ui);
        if ui.available_width() < ONE_LINE {
            ui.horizontal(|ui| tls_ui(ui, &mut form.tls, view));
            ui.horizontal(|ui| links_ui(ui, &mut form.more, &mut form.url, &mut form.url_error));
        } else {
            let Form { tls, more, url, url_error, .. } = form;
            spread(
                ui,
                24.0,
                |ui| tls_ui(ui, tls, view),
                |ui| at_right(ui, |ui| links_ui(ui, more, url, url_error)),
            );
        }
        let warning = match form.tls {
            TlsMode::VerifyFull => None,
            TlsMode::Require => {
                Some("Encrypted, but the server's identity isn't verified. Fine on a network you trust.")
            }
            TlsMode::Off => Some(
                "Password hashes will travel this network in the clear. Use it only on this computer or inside a tunnel.",
            ),
        };
        if let Some(warning) = warning {
            ui.horizontal(|ui| {
                Icon::Bang.show(ui, 12.0, t.tone(Tone::Hook).text);
                ui.words(Face::Small, t.tone(Tone::Hook).text, warning);
            });
        }
        url_ui(ui, form, view);
        if form.more {
            more_ui(ui, form, view);
        }
    }

    fn sqlite_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let form = &mut self.form;
        file_ui(ui, "File", "people.db", &mut form.path, PickFor::Database, view);
        ui.fine("The file is opened read-only, also while its own program is using it.");
        if let Some(dropped) = ui.input(|i| i.raw.dropped_files.first().map(|f| f.path().to_path_buf())) {
            form.path = dropped.display().to_string();
            view.send(SourceAsk::Changed);
        }
    }
}

/// With less room than this, in points, what is about encryption and the links beside it stand in two lines.
const ONE_LINE: f32 = 830.0;

/// How the connection is protected.
fn tls_ui(ui: &mut Ui, tls: &mut TlsMode, view: &mut View<'_>) {
    ui.spacing_mut().item_spacing.x = 10.0;
    ui.label_text("Encryption");
    let options = [
        (TlsMode::VerifyFull, "Verify certificate and host"),
        (TlsMode::Require, "Require, don't verify"),
        (TlsMode::Off, "Off"),
    ];
    if segmented(ui, tls, &options) {
        view.send(SourceAsk::Changed);
    }
}

/// What opens more of the form.
fn links_ui(ui: &mut Ui, more: &mut bool, url: &mut Option<String>, url_error: &mut Option<String>) {
    ui.spacing_mut().item_spacing.x = size::GAP;
    let word = if *more { "Fewer settings" } else { "Certificates and schemas" };
    if ui.add(Push::link(word)).clicked() {
        *more = !*more;
    }
    let word = if url.is_some() { "close the URL field" } else { "or paste a connection URL" };
    if ui.add(Push::link(word)).clicked() {
        *url = if url.is_some() { None } else { Some(String::new()) };
        *url_error = None;
    }
}

fn password_ui(ui: &mut Ui, form: &mut Form, view: &mut View<'_>) {
    let kept = form.kept();
    let place = kept.unwrap_or(form.keychain);
    let beside = if kept.is_some() { format!("stored in {place}") } else { format!("goes to {place}") };
    let hint = if kept.is_some() { "••••••••••••" } else { "" };
    let field = Field::new("Password").beside(beside).password().hint(hint);
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
    let Some(url) = &mut form.url else { return };
    let mut take = false;
    ui.horizontal_top(|ui| {
        let fill_in = Push::plain("Fill in").enabled(!url.trim().is_empty());
        let width = ui.available_width() - fill_in.measure(ui) - ui.spacing().item_spacing.x;
        let field = Field::new("Connection URL")
            .hint("postgres://user:password@host:5432/database?sslmode=verify-full");
        let response = field.mono().width(width).error(error).show(ui, url);
        if response.changed() {
            form.url_error = None;
        }
        take = crate::app::widgets::confirmed_by_enter(&response);
        ui.vertical(|ui| {
            ui.add_space(22.0);
            take |= ui.add(fill_in).clicked();
        });
    });
    if take {
        view.send(SourceAsk::TakeUrl);
    }
}

fn more_ui(ui: &mut Ui, form: &mut Form, view: &mut View<'_>) {
    cells(ui, &[1.0, 1.0], |ui, at| {
        if at == 0 {
            file_ui(ui, "Custom CA certificate (PEM)", "ca.pem", &mut form.ca_file, PickFor::Authority, view);
        } else {
            let field = Field::new("Schemas")
                .beside("comma-separated; leave empty for the server default")
                .hint("public, hr");
            typed(ui, field, &mut form.schemas, view);
        }
    });
    cells(ui, &[1.0, 1.0], |ui, at| {
        if at == 0 {
            file_ui(
                ui,
                "Client certificate (PEM)",
                "client.pem",
                &mut form.client_cert,
                PickFor::Certificate,
                view,
            );
        } else {
            file_ui(ui, "Client key (PEM)", "client.key", &mut form.client_key, PickFor::Key, view);
        }
    });
}

fn file_ui(ui: &mut Ui, label: &str, hint: &str, text: &mut String, what: PickFor, view: &mut View<'_>) {
    ui.horizontal_top(|ui| {
        let choose = Push::plain("Choose…").name(format!("Choose the file for {label}"));
        let width = ui.available_width() - choose.measure(ui) - ui.spacing().item_spacing.x;
        let field = Field::new(label).hint(hint).width(width).show(ui, text);
        if field.changed() {
            view.send(SourceAsk::Changed);
        }
        ui.vertical(|ui| {
            ui.add_space(22.0);
            if ui.add(choose).clicked() {
                view.send(SourceAsk::Pick(what));
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
            (form.host.as_str(), form.port.as_str(), form.database.as_str(), form.user.as_str()),
            ("db01", "6432", "people", "hr")
        );
        assert_eq!(form.tls, TlsMode::Require);
        assert_eq!(form.password().unwrap().expose_secret(), "p@ss");
        assert_eq!(form.url, None);
        assert!(!format!("{form:?}").contains("p@ss"));
    }

    #[test]
    fn the_form_says_what_is_missing() {
        let mut form = Form::default();
        assert_eq!(form.missing(), Some("Type the server's name first"));
        form.host = "db01".into();
        form.port = "70000".into();
        assert_eq!(form.missing(), Some("The port is a number from 1 to 65535"));
        form.port = "5432".into();
        form.database = "people".into();
        form.user = "hr".into();
        assert_eq!(form.missing(), None);
        form.client_cert = "client.pem".into();
        assert!(form.missing().is_some());
    }

    #[test]
    fn a_password_kept_for_one_database_is_none_for_another() {
        let (spec, _) = SourceSpec::parse_url("postgres://hr@db01/people").unwrap();
        let mut form = Form::of(&spec, "Keychain");
        assert_eq!(form.kept(), Some("Keychain"));
        form.database = "archive".into();
        assert_eq!(form.kept(), None);
        form.database = "people".into();
        assert_eq!(form.kept(), Some("Keychain"));
    }

    #[test]
    fn a_spec_comes_back_from_the_form_as_it_was() {
        for url in ["postgres://hr@db01:6432/people?sslmode=verify-full", "sqlite:///srv/people.db"] {
            let (spec, _) = SourceSpec::parse_url(url).unwrap();
            assert_eq!(Form::of(&spec, "Keychain").spec(), spec);
        }
    }
}
