//! A company small enough to read, for the pictures of the later steps.

use causeway::app::App;
use causeway::app::facts::{ImportFact, MappingFact, OpenWorkspace, PeopleFact, SourceFact};
use causeway::model::{Finding, Outcome, OutcomeKind, Profile, Route, Severity};
use causeway::workspace::{
    Counts, Disposition, FindingCount, GroupCount, PersonDetail, PersonId, PersonRow, SchemeCount,
};

/// A row of the list.
pub(crate) fn row(
    id: u32,
    name: &str,
    login: &str,
    what: Disposition,
    scheme: &str,
    finding: Option<(Severity, &str)>,
) -> PersonRow {
    let route = match what {
        Disposition::Hook => Route::Hook,
        Disposition::Reset => Route::Reset,
        _ => Route::Import,
    };
    PersonRow {
        id: PersonId(id),
        row: id,
        name: name.into(),
        login: login.into(),
        route,
        disposition: what,
        scheme: scheme.split(' ').next().unwrap_or_default().into(),
        scheme_label: scheme.into(),
        finding: finding.map(|(severity, text)| (severity, text.to_owned())),
        findings: u32::from(finding.is_some()),
        outcome: Outcome::of(OutcomeKind::Waiting),
        sent: None,
        edited: false,
        there: false,
        there_as: None,
        gone: false,
        changed: None,
    }
}

/// The nine people of the mock-up, and a few more.
pub(crate) fn people() -> Vec<PersonRow> {
    use Disposition::{Blocked, Hook, Import, LeftOut, Reset};
    vec![
        row(1, "User One", "user1@example.com", Import, "bcrypt · 10", None),
        row(2, "Admin Istrator", "admin@example.com", Import, "bcrypt · 10", None),
        row(3, "Дмитрий Соколов", "d.sokolov@example.com", Hook, "scrypt (Spring)", None),
        row(4, "Máire O'Neill", "m.o'neill@example.com", Import, "PBKDF2-SHA256", None),
        row(5, "J. Grant", "jgrant", Blocked, "{SSHA}", Some((Severity::Blocks, "Login is not an e-mail"))),
        row(
            6,
            "Ana Ruiz",
            "Ana.Ruiz@example.com",
            Blocked,
            "bcrypt · 12",
            Some((Severity::Blocks, "Same login as row 1,208")),
        ),
        row(7, "李伟", "li.wei@example.com", Reset, "none", Some((Severity::Notes, "No password stored"))),
        row(
            8,
            "Tomáš Dvořák",
            "tomas@example.com",
            Hook,
            "argon2id",
            Some((Severity::Warns, "Phone shortened")),
        ),
        row(9, "محمد", "mohammed@example.com", Import, "bcrypt · 10", None),
        row(
            10,
            "Temp Account",
            "old.temp@example.com",
            LeftOut,
            "md5",
            Some((Severity::Warns, "Disabled in source")),
        ),
    ]
}

/// The numbers of the mock-up.
/// Everyone who goes was created, nobody failed.
pub(crate) fn everyone_created(app: &mut App) {
    app.facts.counts = Counts {
        outcomes: vec![(OutcomeKind::Created, 44_807)],
        created: vec![(Route::Import, 30_049), (Route::Hook, 11_874), (Route::Reset, 2_884)],
        ..counts()
    };
    app.facts.import = ImportFact { done: 44_807, failed: 0, waiting: 0, begun: true };
}

pub(crate) fn counts() -> Counts {
    Counts {
        total: 48_210,
        import: 29_905,
        hook: 12_018,
        reset: 2_884,
        blocked: 1_957,
        left_out: 1_446,
        outcomes: vec![(OutcomeKind::Waiting, 44_807)],
        schemes: vec![
            SchemeCount { scheme: "bcrypt".into(), label: "bcrypt".into(), routes: vec![], people: 29_905 },
            SchemeCount {
                scheme: "argon2id".into(),
                label: "argon2id".into(),
                routes: vec![],
                people: 12_018,
            },
        ],
        findings: vec![
            FindingCount { code: "login_form".into(), severity: Severity::Blocks, people: 1_200 },
            FindingCount { code: "phone_shortened".into(), severity: Severity::Warns, people: 31 },
        ],
        groups: vec![
            GroupCount { name: "Sales".into(), people: 300 },
            GroupCount { name: "USER".into(), people: 48_000 },
        ],
        ..Counts::default()
    }
}

/// Everything about the first person.
pub(crate) fn detail(row: PersonRow) -> PersonDetail {
    let mut profile = Profile::default();
    let (first, last) = row.name.split_once(' ').unwrap_or((row.name.as_str(), ""));
    profile.set("login", row.login.clone());
    profile.set("email", row.login.clone());
    profile.set("firstName", first);
    profile.set("lastName", last);
    profile.set("mobilePhone", "123-555-1234");
    let findings = row
        .finding
        .iter()
        .map(|(severity, text)| Finding::new(*severity, "login_form", Some("login"), text.as_str()))
        .collect();
    PersonDetail {
        key: row.id.0.to_string(),
        original: profile.clone(),
        profile,
        edited: vec![],
        must_reset: false,
        groups: vec!["USER".into()],
        findings,
        active: Some(true),
        last_sign_in: None,
        has_password: true,
        attempts: 0,
        recorded: None,
        row,
    }
}

/// A migration whose people were read, as far as the shell shows it.
pub(crate) fn was_read(app: &mut App) {
    app.facts.workspace =
        Some(OpenWorkspace { name: "Intranet to Okta".into(), path: "intranet.causeway".into() });
    app.facts.source = Some(SourceFact { summary: "PostgreSQL · example_db".into(), setup: None });
    app.facts.mapping = Some(MappingFact { mapped: 9, columns: 11, complete: true });
    app.facts.people = Some(PeopleFact { total: 48_210, blocked: 1_957, hook: 12_018 });
}
