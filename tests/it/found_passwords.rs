//! Stored passwords out of other people's bug reports (`tests/data/found-inputs.jsonl`, kind `password`), through the program: what
//! becomes of each, by value, and what never must.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const FOUND: &str = include_str!("../data/found-inputs.jsonl");

/// `causeway password explain --batch` with these lines.
fn explain(lines: &[Value]) -> Vec<Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_causeway"))
        .args(["password", "explain", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn rows(kind: &str) -> Vec<Value> {
    let rows = FOUND.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.filter(|row| row["kind"] == kind).collect()
}

#[test]
fn every_password_that_was_found_takes_its_way_and_no_other() {
    let rows = rows("password");
    assert_eq!(rows.len(), 14);
    let lines: Vec<Value> = rows
        .iter()
        .map(|row| {
            let mut line = row["input"].clone();
            line["id"] = row["id"].clone();
            line
        })
        .collect();
    let mut wrong = Vec::new();
    for (row, answer) in rows.iter().zip(explain(&lines)) {
        let (id, expected) = (row["id"].as_str().unwrap(), &row["expected"]);
        let told = format!("{id}: {} {}", answer["outcome"], answer["reason"]);
        assert_eq!(answer["id"], row["id"]);
        let never = expected["never"].as_array().cloned().unwrap_or_default();
        if never.contains(&answer["outcome"]) {
            wrong.push(format!("never: {told}"));
        }
        if answer["outcome"] != expected["outcome"] || answer["okta"] != expected["okta"] {
            wrong.push(format!("{told} {}", answer["okta"]));
        }
        if answer["verifies"] != expected["verifies"] {
            wrong.push(format!("verifies {}: {told}", answer["verifies"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn another_password_fits_none_of_them() {
    let lines: Vec<Value> = rows("password")
        .iter()
        .map(|row| {
            let mut line = row["input"].clone();
            line["password"] = json!(format!("{}x", line["password"].as_str().unwrap()));
            line
        })
        .collect();
    for (row, answer) in lines.iter().zip(explain(&lines)) {
        assert_eq!(answer["verifies"], false, "{row}");
    }
}

#[test]
fn a_number_that_a_spreadsheet_wrote_is_no_password() {
    let row = rows("source").into_iter().find(|row| row["id"] == "BR-22c").unwrap();
    let csv = row["input"]["csv"].as_str().unwrap();
    let lost = csv.lines().nth(1).unwrap().rsplit(',').next().unwrap();
    for value in [lost, "4.62097E+14", "1,2E+20", "#NAME?", "########"] {
        for assume in [Value::Null, json!("plaintext"), json!("sha256")] {
            let answer = explain(&[json!({"stored": value, "assume": assume, "password": value})]).remove(0);
            assert_eq!(answer["outcome"], row["expected"]["password_outcome"], "{value} {assume}");
            assert_eq!((&answer["verifies"], &answer["okta"]), (&json!(false), &Value::Null), "{value}");
            assert!(answer["reason"].as_str().unwrap().contains("a spreadsheet wrote"), "{value}");
        }
    }
}
