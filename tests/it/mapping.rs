//! Real schemas, read by the suggestion alone: nothing is chosen by hand.

use std::path::{Path, PathBuf};

use causeway::mapping::{
    Guess, Mapping, MappingProblem, Plan, check, explain, guess_people, required_matched, suggest,
    target_words,
};
use causeway::model::{Candidate, PasswordEvidence};
use causeway::source::{Source, SourceSpec, SqliteSpec, open};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::support::mariadb::MariaDb;
use crate::support::postgres::{Postgres, READER_PASSWORD};

fn schema(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/schemas").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A SQLite file with one product's tables and people.
struct File {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl File {
    async fn of(product: &str) -> Self {
        Self::made(&["sqlite", "data"].map(|part| schema(&format!("{product}.{part}.sql")))).await
    }

    async fn made(parts: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        for sql in parts {
            sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
        Self { _folder: folder, path }
    }

    fn source(&self) -> std::sync::Arc<dyn Source> {
        open(&SourceSpec::Sqlite(SqliteSpec { path: self.path.clone() }), None).unwrap()
    }
}

/// What is found with nothing touched: the first guess, its suggestion, and everyone by it.
struct Found {
    guess: Guess,
    mapping: Mapping,
    people: Vec<Candidate>,
    /// Columns that may say who is switched off: asked about, and nothing else is.
    asked: Vec<String>,
}

async fn untouched(source: &dyn Source) -> Found {
    let catalog = source.probe().await.unwrap().catalog;
    let guess = guess_people(&catalog).into_iter().next().expect("no table of people was found");
    let sample = source.sample(&guess.selection, 50).await.unwrap();
    let mapping = suggest(&catalog, &guess.selection, &sample);
    assert_eq!(required_matched(&mapping), (4, 4), "{}", mapping.to_json());
    let mut asked = Vec::new();
    for problem in check(&mapping, &sample) {
        let MappingProblem::Switch(switch) = problem else { panic!("{problem:?}: {}", mapping.to_json()) };
        asked.push(switch.column);
    }
    // What is suggested can be saved and loaded.
    assert_eq!(Mapping::from_json(&mapping.to_json()).unwrap(), mapping);
    let sample = source.sample(&mapping.selection, 1000).await.unwrap();
    let plan = Plan::compile(&mapping, &sample.columns).unwrap();
    let people = sample.records.iter().map(|record| plan.apply(record)).collect();
    Found { guess, mapping, people, asked }
}

impl Found {
    /// Everyone's profile, in the source's order.
    fn profiles(&self) -> Value {
        json!(self.people.iter().map(|person| &person.profile).collect::<Vec<_>>())
    }

    fn groups(&self) -> Vec<Vec<&str>> {
        self.people.iter().map(|person| person.groups.iter().map(String::as_str).collect()).collect()
    }

    fn active(&self) -> Vec<Option<bool>> {
        self.people.iter().map(|person| person.active).collect()
    }

    /// The stored passwords as text; nothing for people without.
    fn passwords(&self) -> Vec<String> {
        let text = |person: &Candidate| match &person.password {
            PasswordEvidence::Stored(stored) => String::from_utf8(stored.text.expose().to_vec()).unwrap(),
            _ => String::new(),
        };
        self.people.iter().map(text).collect()
    }

    /// Every rule in words: `column → target (change)`.
    fn rules(&self) -> Vec<String> {
        let column = |rule: &causeway::mapping::Rule| rule.column.clone().unwrap_or_default();
        self.mapping
            .rules
            .iter()
            .map(|rule| format!("{} → {} ({})", column(rule), target_words(&rule.target), explain(rule)))
            .collect()
    }

    fn findings(&self) -> Vec<&str> {
        self.people.iter().flat_map(|person| &person.mapping_findings).map(|f| f.code.as_str()).collect()
    }
}

fn seed(found: &Found) {
    assert_eq!(found.asked, [""; 0]);
    assert_eq!(found.guess.product, Some("Spring Security"));
    assert_eq!(
        found.rules(),
        [
            "username → login (trim, lower-case)",
            "username → email (trim, lower-case)",
            "password → Password ()",
            "first_name → firstName (trim)",
            "last_name → lastName (trim)",
            "phone → mobilePhone (E.164, country US)",
            "enabled → Is active ()",
        ]
    );
    let mut people: Vec<_> =
        found.people.iter().map(|p| (p.profile.login(), p.groups.clone(), p.active)).collect();
    people.sort_unstable();
    let both = vec!["ADMIN".to_owned(), "USER".to_owned()];
    let mut admin = people.remove(0);
    admin.1.sort_unstable();
    assert_eq!(admin, ("admin@example.com", both, Some(true)));
    assert_eq!(people[0], ("user1@example.com", vec!["USER".to_owned()], Some(true)));
    assert_eq!(people[1], ("user2@example.com", vec!["USER".to_owned()], Some(true)));
    let phones: Vec<_> = found.people.iter().filter_map(|p| p.profile.text("mobilePhone")).collect();
    // No area code begins with 1: such numbers stay as they are, and it is said.
    assert!(phones.contains(&"123-555-1234") && phones.len() == 3, "{phones:?}");
    assert!(
        found
            .passwords()
            .iter()
            .all(|text| text.starts_with("{bcrypt}$2a$") || text.starts_with("{scrypt}$e0801$"))
    );
    assert_eq!(found.findings(), ["phone_unreadable"; 3]);
}

fn django(found: &Found) {
    assert_eq!(found.asked, [""; 0]);
    assert_eq!(found.guess.product, Some("Django"));
    assert_eq!(
        found.profiles(),
        json!([
            { "login": "tomas.dvorak@example.com", "email": "tomas.dvorak@example.com", "firstName": "Tomáš", "lastName": "Dvořák" },
            { "login": "mohamed@example.com", "email": "mohamed@example.com", "firstName": "محمد", "lastName": "الفاسي" },
            { "login": "li.wei@example.com", "email": "li.wei@example.com", "firstName": "伟", "lastName": "李" },
        ])
    );
    assert_eq!(found.groups(), [vec!["Büro Praha", "Editors"], vec![], vec!["Büro Praha"]]);
    assert_eq!(found.active(), [Some(true), Some(false), Some(true)]);
    assert!(found.passwords()[0].starts_with("pbkdf2_sha256$600000$"));
    let seen: Vec<_> =
        found.people.iter().map(|p| p.last_sign_in.map(|at| at.map(|at| at.timestamp()))).collect();
    assert_eq!(seen, [Some(Some(1_772_352_900)), Some(None), Some(None)]);
    assert_eq!(found.people[0].key, "1");
}

fn laravel(found: &Found) {
    assert_eq!(found.guess.product, Some("Laravel"));
    let names: Vec<_> = found
        .people
        .iter()
        .map(|p| (p.profile.text("firstName").unwrap_or("–"), p.profile.text("lastName").unwrap_or("–")))
        .collect();
    assert_eq!(names, [("Tomáš", "Dvořák"), ("Máire", "O'Neill"), ("Anna", "van der Berg"), ("伟", "李")]);
    assert_eq!(found.people[2].profile.text("displayName"), Some("Anna van der Berg"));
    assert_eq!(found.people[0].profile.login(), "tomas.dvorak@example.com");
    assert!(found.passwords().iter().all(|text| text.starts_with("$2y$12$")));
    assert_eq!(found.findings(), ["name_split_guessed", "name_split_guessed"]);
    // Whether those who never confirmed their address could sign in is for the application to say.
    assert_eq!(found.asked, ["email_verified_at"]);
}

fn keycloak(found: &Found) {
    assert_eq!(found.asked, [""; 0]);
    assert_eq!(found.guess.product, Some("Keycloak"));
    assert_eq!(
        found.profiles(),
        json!([
            { "login": "tomas.dvorak@example.com", "email": "tomas.dvorak@example.com", "firstName": "Tomáš", "lastName": "Dvořák" },
            { "login": "dmitri@example.com", "email": "dmitri@example.com", "firstName": "Дмитрий", "lastName": "Соколов" },
            { "login": "maire@example.com", "email": "maire@example.com", "firstName": "Máire", "lastName": "O'Neill" },
        ])
    );
    let passwords = found.passwords();
    let first: Value = serde_json::from_str(&passwords[0]).unwrap();
    assert_eq!(first["secretData"]["salt"], "aSalt+/==");
    assert_eq!(first["credentialData"]["hashIterations"], 210_000);
    assert_eq!(passwords[2], "");
    assert_eq!(found.groups(), [vec!["Praha", "Sales"], vec![], vec!["Sales"]]);
    assert_eq!(found.active(), [Some(true), Some(false), Some(true)]);
    assert_eq!(found.people[0].key, "11111111-1111-4111-8111-111111111111");
}

fn wordpress(found: &Found) {
    assert_eq!(found.asked, [""; 0]);
    assert_eq!(found.guess.product, Some("WordPress"));
    assert_eq!(
        found.profiles(),
        json!([
            {
                "login": "tomas.dvorak@example.com", "email": "tomas.dvorak@example.com", "firstName": "Tomáš",
                "lastName": "Dvořák", "displayName": "Tomáš Dvořák",
            },
            {
                "login": "maire@example.com", "email": "maire@example.com", "firstName": "Máire", "lastName": "O'Neill",
                "displayName": "Máire",
            },
            // An empty family name is Okta's to refuse, not ours to make up.
            { "login": "naomi@example.com", "email": "naomi@example.com", "firstName": "ナオミ", "displayName": "naomi" },
        ])
    );
    assert_eq!(found.groups(), [vec!["administrator"], vec!["editor", "translator"], vec!["subscriber"]]);
    // WordPress' user_status is 0 for everyone and means nothing.
    assert_eq!(found.active(), [None, None, None]);
    assert!(found.passwords()[1].starts_with("$wp$2y$10$"));
    assert_eq!(found.people[1].key, "2");
}

macro_rules! in_sqlite {
    ($($product:ident),*) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $product() {
                    let file = super::File::of(stringify!($product)).await;
                    super::$product(&super::untouched(&*file.source()).await);
                }
            )*
        }
    };
}

in_sqlite!(seed, django, laravel, keycloak, wordpress, staff);

/// One product's tables and people in a PostgreSQL database, read by a user who may only read.
fn in_database(product: &str) -> std::sync::Arc<dyn Source> {
    let name = format!("mapping_{product}");
    let server = Postgres::shared();
    if product == "seed" {
        server.seeded(&name);
    } else {
        let parts = ["postgres", "data"].map(|part| schema(&format!("{product}.{part}.sql")));
        server.database(&name, &parts.join("\n"));
    }
    let password = Some(READER_PASSWORD.to_owned().into());
    open(&SourceSpec::Postgres(server.spec(&name)), password).unwrap()
}

macro_rules! in_postgres {
    ($($product:ident),*) => {
        mod postgres {
            $(
                #[tokio::test]
                async fn $product() {
                    let source = super::in_database(stringify!($product));
                    super::$product(&super::untouched(&*source).await);
                }
            )*
        }
    };
}

in_postgres!(seed, django, laravel, keycloak, wordpress);

/// One product's tables and people in a MariaDB database, read by a user who may only read.
fn in_mariadb(product: &str) -> std::sync::Arc<dyn Source> {
    let name = format!("mapping_{product}");
    let server = MariaDb::shared();
    let parts = ["mysql", "data"].map(|part| schema(&format!("{product}.{part}.sql")));
    server.database(&name, &parts.join("\n"));
    let password = Some(READER_PASSWORD.to_owned().into());
    open(&SourceSpec::Mysql(server.spec(&name)), password).unwrap()
}

macro_rules! in_mysql {
    ($($product:ident),*) => {
        mod mysql {
            $(
                #[tokio::test]
                async fn $product() {
                    let source = super::in_mariadb(stringify!($product));
                    super::$product(&super::untouched(&*source).await);
                }
            )*
        }
    };
}

in_mysql!(seed, django, laravel, keycloak, wordpress, staff);

/// A company's own tables, in German.
fn staff(found: &Found) {
    assert_eq!(found.asked, [""; 0]);
    assert_eq!(found.guess.product, None);
    assert_eq!(
        found.guess.reasons,
        [
            "has user name, e-mail, name and password columns",
            "is called “mitarbeiter”",
            "groups come from mitarbeiter_gruppen and gruppen",
            "3 rows",
        ]
    );
    assert_eq!(
        found.rules(),
        [
            "e_mail → login (trim, lower-case)",
            "e_mail → email (trim, lower-case)",
            "vorname → firstName (trim, title case)",
            "nachname → lastName (trim, title case)",
            "telefon → primaryPhone (E.164, country DE)",
            "handy → mobilePhone (E.164, country DE)",
            "stelle → title (trim)",
            "ort → city (trim)",
            "plz → zipCode (trim)",
            "land → countryCode (trim, upper-case)",
            "sprache → preferredLanguage (trim, “_” becomes “-”)",
            "status → Is active (yes or no)",
            "kennwort_hash → Password ()",
            "kennwort_salt → Salt ()",
            "geloescht_am → Is active (empty = yes, any time = no)",
            "letzte_anmeldung → Last sign-in ()",
        ]
    );
    assert_eq!(
        found.profiles()[0],
        json!({
            "login": "tomas.dvorak@firma.de", "email": "tomas.dvorak@firma.de", "firstName": "Tomáš", "lastName": "Dvořák",
            "primaryPhone": "+49891234567", "mobilePhone": "+491712345678", "title": "Buchhalter", "city": "München",
            "zipCode": "80331", "countryCode": "DE", "preferredLanguage": "de-DE",
        })
    );
    assert_eq!(found.people[1].profile.text("lastName"), Some("O'Neill"));
    assert_eq!(found.people[1].profile.text("primaryPhone"), Some("+35312345678"));
    assert_eq!(found.active(), [Some(true), Some(false), Some(false)]);
    assert_eq!(found.groups(), [vec!["Prag", "Vertrieb"], vec!["Prag"], vec![]]);
    assert_eq!(found.findings(), [""; 0]);
}

/// The sample company that comes with Causeway.
#[tokio::test]
async fn the_sample_company() {
    let file = File::made(&[include_str!("../../assets/sample/company.sql").to_owned()]).await;
    let found = untouched(&*file.source()).await;
    assert_eq!(found.guess.table.name, "staff");
    assert_eq!(
        found.guess.reasons[..3],
        [
            "has user name, e-mail, name and password columns",
            "is called “staff”",
            "groups come from team_members and teams",
        ]
    );
    assert_eq!(
        found.rules(),
        [
            "username → login (trim, lower-case)",
            "email → email (trim, lower-case)",
            "first_name → firstName (trim)",
            "last_name → lastName (trim)",
            "phone → mobilePhone (E.164, country US)",
            "department → department (trim)",
            "title → title (trim)",
            "city → city (trim)",
            "country → countryCode (trim, upper-case)",
            "employee_no → employeeNumber (trim)",
            "enabled → Is active ()",
            "password_hash → Password ()",
            "salt → Salt ()",
            "last_login → Last sign-in ()",
        ]
    );
    // Messy people are in it on purpose; all others are whole.
    let whole = |p: &&Candidate| {
        ["login", "email", "firstName", "lastName"].iter().all(|a| p.profile.get(a).is_some())
    };
    let count = found.people.len();
    assert!(count > 200 && found.people.iter().filter(whole).count() * 20 > count * 19);
    assert!(found.people.iter().any(|p| p.groups.len() > 20) && found.active().contains(&Some(false)));
    assert!(found.people.iter().all(|p| p.active.is_some() && p.last_sign_in.is_some()));
    assert!(found.people.iter().any(|p| p.last_sign_in == Some(None)));
    assert!(found.findings().iter().all(|code| *code == "phone_unreadable"), "{:?}", found.findings());
}
