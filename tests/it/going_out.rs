//! Foreign text on its way out: no spreadsheet runs it, no terminal obeys it, and both ways of exporting write the same.

use std::path::Path;
use std::process::Command;

use causeway::model::Profile;
use causeway::okta::Request;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::rules::change_schema;
use crate::support::company::{Company, client, quick_org};

fn causeway(company: &Company) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
    command
        .env("CAUSEWAY_KEY_FILE", company.key_file())
        .env_remove("CAUSEWAY_OKTA_TOKEN")
        .env_remove("CAUSEWAY_SOURCE_PASSWORD")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .current_dir(company.folder.path());
    command
}

/// What a command wrote: stdout and stderr together.
async fn said(mut command: Command) -> String {
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    format!("{}{}", String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// Whether a terminal would act on any of it.
fn acts(text: &str) -> bool {
    text.chars().any(|c| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// Every cell of a CSV file that a spreadsheet would take for a formula.
fn formulas(path: &Path) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    let cells: Vec<String> = reader
        .records()
        .flat_map(|line| line.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let risky = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    cells
        .into_iter()
        .filter(|cell| cell.starts_with(risky) && !["-5", "+14155552671"].contains(&cell.as_str()))
        .collect()
}

/// Names that are formulas or orders to a terminal, in every place a name can be.
const HOSTILE: [(&str, &str); 8] = [
    ("=HYPERLINK(\"http://x\")", "Plain"),
    ("+cmd|' /C calc'!A0", "\u{ff1d}1+1"),
    ("-2+3+cmd|' /C calc'!A0", "\u{ff0b}1"),
    ("@SUM(A1)", "\u{ff20}x"),
    ("Tab", "\t=1"),
    ("Esc\u{1b}[31m\u{1b}]0;owned\u{7}", "C1\u{9b}2J\u{7f}"),
    ("Bidi\u{202e}gnp", "\u{2066}x"),
    ("\u{feff}=1", "\u{2212}1"),
];

#[tokio::test(flavor = "multi_thread")]
async fn no_way_out_carries_a_formula_or_an_order_to_a_terminal() {
    let company = Company::found(8).await;
    company
        .change("ALTER TABLE staff ADD COLUMN \"=cmd|x\" TEXT; ALTER TABLE staff ADD COLUMN balance INTEGER;")
        .await;
    company
        .change(
            "ALTER TABLE staff ADD COLUMN phone TEXT; UPDATE staff SET balance = -5, phone = '+14155552671';",
        )
        .await;
    company.change("UPDATE teams SET name = '=team|x' WHERE id = 1; UPDATE teams SET name = 'Ev' || char(27) || '[5mil' WHERE id = 2;").await;
    for (n, (first, last)) in HOSTILE.into_iter().enumerate() {
        let (first, last) = (first.replace('\'', "''"), last.replace('\'', "''"));
        company
            .change(&format!(
                "UPDATE staff SET first_name = '{first}', last_name = '{last}', \"=cmd|x\" = '{first}' WHERE id = {}",
                n + 1
            ))
            .await;
    }
    let org = quick_org().await;
    let token = org.token().expose_secret().to_owned();
    let run = |words: &[&str]| {
        let mut command = causeway(&company);
        command.args(words).env("CAUSEWAY_OKTA_TOKEN", &token);
        command
    };
    let source = format!("sqlite://{}", company.database().display());
    let folder = company.folder.path();
    let (list, report, failed) =
        (folder.join("list.csv"), folder.join("report.csv"), folder.join("failed.csv"));
    let (list, report, failed) = (list.to_str().unwrap(), report.to_str().unwrap(), failed.to_str().unwrap());
    let workspace = company.workspace();
    let workspace = workspace.to_str().unwrap();

    // Everyone is refused for a badge that somebody in the org has, so that the failed have their rows.
    let badge = json!({"title": "Badge", "type": "string", "unique": true});
    change_schema(&org, json!({"definitions": {"custom": {"properties": {"badge": badge}}}})).await;
    let mut owner = Profile::default();
    for (name, value) in [("login", "first@example.com"), ("email", "first@example.com"), ("badge", "B-1")] {
        owner.set(name, value);
    }
    owner.set("firstName", "First");
    owner.set("lastName", "Owner");
    let create = Request::create_user::<Value>(&owner, None, &[], false).unwrap();
    assert!(client(&org).ask(&create).await.unwrap().ok());

    let mut out = said(run(&["read", workspace, "--source", &source])).await;
    let map: Value = serde_json::from_str(&said(run(&["map", workspace])).await).unwrap();
    let mut map = map;
    let rule = json!({"column": "id", "target": {"attribute": "badge"}, "transforms": [{"constant": "B-1"}]});
    map["rules"].as_array_mut().unwrap().push(rule);
    let file = folder.join("map.json");
    std::fs::write(&file, map.to_string()).unwrap();
    out += &said(run(&["read", workspace, "--source", &source, "--mapping", file.to_str().unwrap()])).await;
    out += &said(run(&["map", "--source", &source])).await;
    out += &said(run(&["check", workspace, "--okta", org.url()])).await;
    out += &said(run(&["import", workspace, "--okta", org.url()])).await;
    out += &said(run(&["people", workspace, "--format", "csv"])).await;
    let jsonl = said(run(&["people", workspace, "--json"])).await;
    out += &jsonl;
    out += &said(run(&["people", workspace, "--format", "csv", "--output", list])).await;
    out += &said(run(&["report", workspace, "--csv", report])).await;
    out += &said(run(&["report", workspace, "--csv", failed, "--failed"])).await;
    assert!(!acts(&out), "{out:?}");

    // JSON means what it meant: the name is whole.
    let people: Vec<Value> = jsonl.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let name = |n: usize| people[n]["profile"]["firstName"].as_str().unwrap();
    assert_eq!((name(5), name(6)), ("Esc\u{1b}[31m\u{1b}]0;owned\u{7}", "Bidi\u{202e}gnp"));

    for path in [list, report, failed] {
        let path = Path::new(path);
        assert_eq!(formulas(path), [""; 0], "{}", path.display());
        let text = std::fs::read_to_string(path).unwrap();
        assert!(!acts(&text), "{text:?}");
    }
    let text = std::fs::read_to_string(list).unwrap();
    assert!(
        text.contains("'=HYPERLINK") && text.contains("'=team|x") && text.contains("Esc\\u{1b}[31m"),
        "{text}"
    );
    let text = std::fs::read_to_string(failed).unwrap();
    assert!(text.lines().next().unwrap().contains("'=cmd|x"), "a column's name is foreign too: {text}");
    assert!(text.contains(",-5,") && text.contains(",+14155552671"), "numbers and phones stay: {text}");

    // An error in a source's own words.
    let nowhere = said(run(&["map", "--source", "sqlite:///no\u{1b}[31m/where.db"])).await;
    assert!(!acts(&nowhere) && nowhere.contains("\\u{1b}[31m"), "{nowhere:?}");
}
