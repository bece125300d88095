//! A salt in a column of its own beside bcrypt: nobody is locked out by a guess, and one statement settles it.

use causeway::mapping::{Mapping, check};
use causeway::model::{Preparation, Route, SaltColumn};
use causeway::source::{SourceSpec, SqliteSpec, open};
use serde_json::Value;

use crate::cli::{causeway, run, source};
use crate::support::company::Company;

/// Everyone with bcrypt has a salt too, but for those it is empty or a word for none for.
async fn company(column: &str) -> Company {
    let company = Company::found(10).await;
    company
        .change(&format!(
            "ALTER TABLE staff ADD COLUMN {column} TEXT;
             UPDATE staff SET {column} = 'x7Kq2m' || id;
             UPDATE staff SET {column} = '' WHERE id = 1;
             UPDATE staff SET {column} = 'none' WHERE id = 2;"
        ))
        .await;
    company
}

/// Reads with a mapping, and gives the number of people per route.
async fn routes(company: &Company, mapping: &Mapping) -> Vec<(Route, usize)> {
    let file = company.folder.path().join("mapping.json");
    std::fs::write(&file, mapping.to_json()).unwrap();
    let mut command = causeway(company);
    command.arg("read").arg(company.workspace()).args(["--source", &source(company), "--mapping"]).arg(&file);
    let (code, _, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    let mut command = causeway(company);
    command.arg("people").arg(company.workspace()).arg("--json");
    let (_, out, _) = run(command).await;
    let people: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    [Route::Import, Route::Hook, Route::Reset]
        .map(|route| {
            let word = serde_json::to_value(route).unwrap();
            (route, people.iter().filter(|person| person["route"] == word).count())
        })
        .to_vec()
}

async fn suggested(company: &Company) -> (Mapping, String) {
    let mut command = causeway(company);
    command.args(["map", "--source", &source(company)]);
    let (code, out, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    (Mapping::from_json(&out).unwrap(), err)
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_row_fills_a_salt_column_is_imported_once_somebody_says_that_it_is_not_used() {
    for column in ["pw_salt", "pw_pepper", "password_nonce"] {
        let company = company(column).await;
        let (mut mapping, told) = suggested(&company).await;
        assert!(told.contains("fills a salt column too"), "{told}");
        // Ten people: one without a password, one whom only the hook can check, two whose salt is none.
        assert_eq!(
            routes(&company, &mapping).await,
            [(Route::Import, 2), (Route::Hook, 7), (Route::Reset, 1)],
            "{column}"
        );
        mapping.password.salt_column = SaltColumn::Unused;
        assert_eq!(
            routes(&company, &mapping).await,
            [(Route::Import, 8), (Route::Hook, 1), (Route::Reset, 1)],
            "{column}"
        );
        mapping.password.salt_column = SaltColumn::Unstated;
        mapping.password.prepared = vec![Preparation::SaltBefore];
        assert_eq!(routes(&company, &mapping).await[0], (Route::Import, 0), "{column}");
    }
}

#[tokio::test]
async fn the_column_is_named_where_nothing_is_mapped_as_the_salt() {
    let company = company("pw_pepper").await;
    let (mapping, _) = suggested(&company).await;
    let spec = SourceSpec::Sqlite(SqliteSpec { path: company.database() });
    let sample = open(&spec, None).unwrap().sample(&mapping.selection, 50).await.unwrap();
    let told: Vec<String> = check(&mapping, &sample).iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|told| told.contains("“pw_pepper”")), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_select_that_leaves_the_salt_out_is_told() {
    let company = company("pw_salt").await;
    let file = company.folder.path().join("people.sql");
    for (sql, told) in [
        ("SELECT id, email, first_name, last_name, password_hash FROM staff", true),
        ("SELECT id, email, first_name, last_name, password_hash, pw_salt FROM staff", false),
    ] {
        std::fs::write(&file, sql).unwrap();
        let mut command = causeway(&company);
        command.args(["map", "--source", &source(&company), "--sql"]).arg(&file);
        let (_, _, err) = run(command).await;
        assert_eq!(err.contains("staff has pw_salt, which passwords may be made with"), told, "{err}");
    }
}
