//! Profiles out of other people's bug reports (`tests/data/found-inputs.jsonl`, kinds `profile` and `source`), through the program: from
//! a row of a database to what is found, what is repaired, and what is sent.

use causeway::assess::{SchemaRules, codes, repair};
use causeway::mapping::{MappingProblem, attribute_name, check, is_attribute_name};
use causeway::migration::rules;
use causeway::model::{Finding, Profile, Progress, Sample, Severity};
use causeway::okta::Request;
use causeway::workspace::{PersonDetail, Workspace};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::rules::change_schema;
use crate::support::company::{Import, client, everyone, quick_org, read_database};

const FOUND: &str = include_str!("../data/found-inputs.jsonl");

/// What was found, by its id.
fn row(id: &str) -> Value {
    let mut rows = FOUND.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.find(|row| row["id"] == id).unwrap_or_else(|| panic!("no row {id}"))
}

/// A workspace that has read one person: the columns are the attributes' names.
struct One {
    _folder: tempfile::TempDir,
    workspace: Workspace,
    mapping: causeway::mapping::Mapping,
}

impl One {
    async fn read(values: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let mut db = options.connect().await.unwrap();
        let (mut names, mut cells) = ("id INTEGER PRIMARY KEY".to_owned(), "7".to_owned());
        for (name, value) in values.as_object().unwrap() {
            names += &format!(", \"{name}\" TEXT");
            cells += &format!(", '{}'", value.as_str().unwrap().replace('\'', "''"));
        }
        let sql = format!("CREATE TABLE users ({names}); INSERT INTO users VALUES ({cells});");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await.unwrap();
        db.close().await.unwrap();
        let (workspace, mapping) =
            read_database(&path, &folder.path().join("move.causeway"), &folder.path().join("keys")).await;
        workspace.put_doc(causeway::migration::docs::MAPPING, &mapping).await.unwrap();
        Self { _folder: folder, workspace, mapping }
    }

    async fn person(&self) -> PersonDetail {
        everyone(&self.workspace).await.remove(0)
    }
}

fn of<'f>(findings: &'f [Finding], attribute: &str) -> Vec<&'f Finding> {
    findings.iter().filter(|f| f.attribute.as_deref() == Some(attribute)).collect()
}

/// A row as a profile, nothing changed.
fn profile(values: &Value) -> Profile {
    let mut profile = Profile::default();
    for (name, value) in values.as_object().unwrap() {
        profile.set(name, value.clone());
    }
    profile
}

/// What assessment finds in a profile as it is.
fn assessed(profile: &Profile) -> Vec<Finding> {
    let context = causeway::assess::AssessContext::new(
        causeway::model::PasswordSettings::default(),
        chrono::NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
    );
    let candidate = causeway::model::Candidate {
        key: "7".into(),
        profile: profile.clone(),
        groups: Vec::new(),
        password: causeway::model::PasswordEvidence::None,
        active: None,
        last_sign_in: None,
        sharing: 0,
        mapping_findings: Vec::new(),
    };
    causeway::assess::assess(candidate, &context).findings
}

/// What Okta gets for a profile, and what it says.
async fn sent(profile: &Profile) -> (Value, u16, String) {
    let org = quick_org().await;
    let shown = causeway::okta::request::shown::<Value>(profile, None, &[], true);
    let body: Value = serde_json::from_str(&shown).unwrap();
    let create = Request::create_user::<Value>(profile, None, &[], false).unwrap();
    let reply = client(&org).ask(&create).await.unwrap();
    (body["profile"].clone(), reply.status, format!("{:?}", reply.error()))
}

#[tokio::test(flavor = "multi_thread")]
async fn blank_values_are_left_out() {
    let found = row("BR-14a");
    // By the suggestion, and as the row stands.
    let one = One::read(&found["input"]["row"]).await;
    let as_it_stands = profile(&found["input"]["row"]);
    for profile in [one.person().await.profile, as_it_stands.clone()] {
        let (body, status, said) = sent(&profile).await;
        assert_eq!(body, found["expected"]["request_profile"]);
        assert_eq!(status, 200, "{said}");
    }
    let findings = assessed(&as_it_stands);
    let blank = of(&findings, "secondEmail");
    assert_eq!((blank.len(), blank[0].code.as_str()), (1, codes::BLANK_LEFT_OUT), "{findings:?}");
    assert_eq!(blank[0].severity, Severity::Notes);
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_okta_refuses_are_found_before() {
    for (id, words) in
        [("BR-15a", "letters with marks"), ("BR-15b", "two dots together"), ("BR-15f", "a blank")]
    {
        let found = row(id);
        let as_it_stands = profile(&found["input"]["row"]);
        let findings = assessed(&as_it_stands);
        let email = of(&findings, "email");
        assert_eq!(
            (email[0].code.as_str(), email[0].severity),
            (codes::EMAIL_FORM, Severity::Blocks),
            "{id}"
        );
        assert!(email[0].text.contains(words), "{id}: {}", email[0].text);
        assert!(of(&findings, "login").is_empty(), "{id}: {findings:?}");
        let (_, status, said) = sent(&as_it_stands).await;
        assert!(
            status == 400 && said.contains(found["expected"]["cause_text"].as_str().unwrap()),
            "{id}: {said}"
        );
        // Read from a database: never sent as it stands.
        let one = One::read(&found["input"]["row"]).await;
        let person = one.person().await;
        let trimmed = person.profile.email() == "ada@example.com";
        assert!(
            trimmed || person.findings.iter().any(|f| f.severity == Severity::Blocks),
            "{id}: {person:?}"
        );
    }
    // The login may have such letters: the two rules differ.
    let mut marks = profile(&row("BR-15a")["input"]["row"]);
    let email = marks.email().to_owned();
    marks.set("login", email);
    marks.set("email", "ines.roca@example.com");
    assert_eq!(sent(&marks).await.1, 200);
    assert!(of(&assessed(&marks), "login").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_found_and_their_repair_is_offered() {
    let found = row("BR-16a");
    let as_it_stands = profile(&found["input"]["row"]);
    let findings = assessed(&as_it_stands);
    let mut repaired = as_it_stands.clone();
    for name in found["expected"]["findings"].as_object().unwrap().keys() {
        let told = of(&findings, name);
        assert!(told.iter().any(|f| f.severity == Severity::Blocks), "{name}: {findings:?}");
        let right = repair(name, as_it_stands.text(name).unwrap(), &SchemaRules::default()).unwrap();
        let expected = found["expected"]["repaired"][name].as_str().unwrap();
        assert!(expected.starts_with(&right), "{name}: {right}, not {expected}");
        assert!(told.iter().any(|f| f.text.contains(&right)), "{name}: the finding names it: {told:?}");
        repaired.set(name, right);
    }
    assert_eq!(sent(&as_it_stands).await.1, 400);
    let (_, status, said) = sent(&repaired).await;
    assert_eq!(status, 200, "{said}");
    // In bulk, over a workspace.
    let one = One::read(&found["input"]["row"]).await;
    let context =
        rules::context(&one.workspace, chrono::NaiveDate::from_ymd_opt(2026, 5, 11).unwrap()).await.unwrap();
    let mend = |name: &str, text: &str| repair(name, text, &context.schema);
    let again = |candidate: causeway::model::Candidate| causeway::assess::assess(candidate, &context);
    let all = causeway::workspace::Who::All(causeway::workspace::PeopleFilter::default());
    one.workspace.repair(&all, &mend, &again).await.unwrap();
    let person = one.person().await;
    assert!(!person.findings.iter().any(|f| f.severity == Severity::Blocks), "{:?}", person.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_in_a_field_is_sent_as_a_list() {
    let found = row("BR-19a");
    let mut values = json!({});
    let mut reader = csv::Reader::from_reader(found["input"]["csv"].as_str().unwrap().as_bytes());
    let names = reader.headers().unwrap().clone();
    let line = reader.records().next().unwrap().unwrap();
    for (name, value) in names.iter().zip(&line) {
        values[name] = json!(value);
    }
    let one = One::read(&values).await;
    let mut mapping = one.mapping.clone();
    mapping.rules.retain(|rule| rule.target != causeway::mapping::Target::Attribute("workingCode".into()));
    mapping.rules.push(causeway::mapping::Rule {
        column: Some("workingCode".into()),
        target: causeway::mapping::Target::Attribute("workingCode".into()),
        transforms: vec![causeway::mapping::Transform::Unpack],
    });
    let columns = causeway::model::Columns::new(names.iter());
    let record = causeway::model::Record {
        columns: columns.clone(),
        key: "7".into(),
        values: line.iter().map(|text| causeway::model::Value::Text(text.to_owned())).collect(),
        groups: Vec::new(),
    };
    let plan = causeway::mapping::Plan::compile(&mapping, &columns).unwrap();
    let person = plan.apply(&record);
    assert_eq!(
        person.profile.get("workingCode"),
        Some(&found["expected"]["request_profile_has"]["workingCode"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_required_attribute_that_no_column_feeds_is_told_once_and_nobody_is_sent() {
    let found = row("BR-20a");
    let one = One::read(&found["input"]["row"]).await;
    let org = quick_org().await;
    let custom = &found["input"]["schema"]["custom"];
    change_schema(&org, json!({"definitions": {"custom": {"properties": {
        "samAccountName": {"title": "sam", "type": "string", "required": true, "minLength": 1, "maxLength": 20}},
        "required": custom["required"]}}}))
    .await;
    let today = chrono::NaiveDate::from_ymd_opt(2026, 5, 11).unwrap();
    let progress = watch::Sender::new(Progress::default());
    let stop = CancellationToken::new();
    let done = rules::follow(&one.workspace, &client(&org), today, &stop, &progress).await.unwrap().unwrap();
    let unfed: Vec<_> = done.unfed.iter().map(|unfed| (unfed.name.as_str(), unfed.people)).collect();
    assert_eq!(unfed, [("samAccountName", 1)]);
    let before = org.people_count();
    let _ = Import::new(&one.workspace, &one.mapping, &org).run().await;
    assert_eq!(org.people_count() - before, 0, "nobody is sent");
    // Fed by a column, it is no longer told.
    let mut mapping = one.mapping.clone();
    mapping.rules.push(causeway::mapping::Rule {
        column: Some("login".into()),
        target: causeway::mapping::Target::Attribute("samAccountName".into()),
        transforms: Vec::new(),
    });
    one.workspace.put_doc(causeway::migration::docs::MAPPING, &mapping).await.unwrap();
    let done = rules::follow(&one.workspace, &client(&org), today, &stop, &progress).await.unwrap().unwrap();
    assert!(done.unfed.is_empty());
}

#[test]
fn a_custom_attribute_gets_a_name_that_okta_takes() {
    let found = row("BR-20c");
    let column = found["input"]["create_custom_attribute_from_column"].as_str().unwrap();
    assert_eq!(json!(is_attribute_name(column)), found["expected"]["name_accepted_as_is"]);
    assert_eq!(json!(attribute_name(column)), found["expected"]["proposal"]);
    // Said where it is mapped.
    let mapping = causeway::mapping::Mapping {
        version: 1,
        selection: causeway::model::Selection::table(causeway::model::TableName {
            schema: None,
            name: "t".into(),
        }),
        rules: vec![causeway::mapping::Rule {
            column: Some(column.to_owned()),
            target: causeway::mapping::Target::Attribute(column.to_owned()),
            transforms: Vec::new(),
        }],
        password: causeway::model::PasswordSettings::default(),
        left_tables: Vec::new(),
    };
    let columns = causeway::model::Columns::new([column]);
    let sample =
        Sample { columns, type_names: vec!["text".into()], records: Vec::new(), rows: None, exact: false };
    let told = check(&mapping, &sample);
    let told = told.iter().find(|problem| matches!(problem, MappingProblem::AttributeName { .. })).unwrap();
    assert!(told.to_string().contains("legacy_id") && !told.blocks(), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spreadsheets_number_is_no_password() {
    let found = row("BR-22c");
    let mut reader = csv::Reader::from_reader(found["input"]["csv"].as_str().unwrap().as_bytes());
    let names = reader.headers().unwrap().clone();
    let line = reader.records().next().unwrap().unwrap();
    let mut values = json!({"email": "ada@example.com", "first_name": "Ada", "last_name": "Muster"});
    for (name, value) in names.iter().zip(&line) {
        values[name] = json!(value);
    }
    let one = One::read(&values).await;
    let person = one.person().await;
    assert_eq!(json!(person.row.scheme), found["expected"]["password_outcome"]);
    assert_eq!(person.row.route, causeway::model::Route::Reset);
    let told = person.findings.iter().find(|f| f.code == codes::PASSWORD_MALFORMED).unwrap();
    assert!(told.text.to_lowercase().contains("number that a spreadsheet wrote"), "{}", told.text);
}
