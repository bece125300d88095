//! `causeway password`, by running the program.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// Stored values of every format, each with a password and what has to come out.
const VECTORS: &str = include_str!("../data/password-vectors.jsonl");

/// Runs `causeway password …` with this on stdin. Exit code, stdout, stderr.
fn run(args: &[&str], known: Option<&str>, stdin: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
    command.arg("password").args(args).env_remove("CAUSEWAY_KNOWN_PASSWORD");
    if let Some(known) = known {
        command.env("CAUSEWAY_KNOWN_PASSWORD", known);
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = stdin.to_owned();
    let writer = std::thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        let _ = input.write_all(text.as_bytes());
    });
    let writer = writer.unwrap();
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_known_password_proves_the_reading() {
    let (code, out, err) =
        run(&["prove", "--json"], Some("password"), "{SSHA}mWKtmGSqcClsvCAz//8K5p8M1TrUYGl6\n");
    assert_eq!(code, 0, "{err}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&answer["result"], &answer["fits"][0]["scheme"]), (&json!("right"), &json!("ldap-ssha")));
    assert!(!out.contains("mWKtmGSq") && !err.contains("mWKtmGSq"), "nothing of the value is repeated");
}

#[test]
fn the_way_a_salted_digest_was_made_is_found_and_can_be_stated() {
    // SHA-1 over salt and password: vector salted-sha1-prefix-hex-textsalt.
    let input = "5417d3a2a98d6a9873ea7ecfa01d90a2a23aff3e\nvFCs6XPM9Rg1\n";
    let (code, out, err) = run(&["prove", "--quick", "--json"], Some("password"), input);
    assert_eq!(code, 0, "{out} {err}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["result"], "found");
    assert_eq!(answer["fits"][0]["route"], "import");
    assert_eq!(answer["fits"][0]["password"]["salt_order"], "prefix");
    let (code, out, _) =
        run(&["explain", "--json", "--salt-order", "prefix", "--salt-encoding", "text"], None, input);
    assert_eq!(code, 0);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["outcome"], "import");
}

#[test]
fn another_password_fits_nothing() {
    let (code, out, _) = run(&["prove", "--quick"], Some("letmein"), "5f4dcc3b5aa765d61d8327deb882cf99\n");
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("Nothing fits"), "{out}");
}

#[test]
fn many_lines_are_answered_in_order_past_bad_ones() {
    let mut input = String::new();
    for n in 0..3000 {
        if n % 100 == 7 {
            input.push_str("{\"stored\": 3\n");
        } else {
            input.push_str(&format!(
                "{}\n",
                json!({"id": n, "stored": format!("{{SSHA}}{n}"), "unknown": true})
            ));
        }
    }
    let (code, out, err) = run(&["explain", "--batch"], None, &input);
    assert_eq!(code, 0, "{err}");
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 3000);
    for (n, answer) in answers.iter().enumerate() {
        if n % 100 == 7 {
            assert!(answer["error"].is_string(), "{answer}");
        } else {
            assert_eq!((&answer["id"], &answer["outcome"]), (&json!(n), &json!("malformed")), "{answer}");
        }
    }
}

/// A row of the vector file as an administrator would ask about it: nothing of what has to come out, and the scheme only where
/// the value does not tell it.
fn question(row: &Value) -> Value {
    let mut asked = json!({
        "id": row["id"], "stored": row["stored"], "salt_column": row["salt_column"],
        "context": row["context"], "password": row["password"],
    });
    if row["detect"] == "needs_hint" {
        asked["assume"] = row["scheme"].clone();
    }
    asked
}

/// Whether the answer names the row's scheme, alone or among those that write the very same values.
fn names(answer: &Value, row: &Value) -> bool {
    let scheme = match row["scheme"].as_str().unwrap() {
        // Which scheme it is over the cap of, the file does not say.
        "over-cap" => return true,
        scheme => scheme,
    };
    answer["scheme"] == scheme || answer["candidates"].as_array().unwrap().iter().any(|id| id == scheme)
}

#[test]
fn every_public_vector_is_answered_as_the_file_says() {
    let rows: Vec<Value> = VECTORS.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let input: String = rows.iter().map(|row| question(row).to_string() + "\n").collect();
    let (code, out, err) = run(&["explain", "--batch"], None, &input);
    assert_eq!(code, 0, "{err}");
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), rows.len());
    let mut wrong = Vec::new();
    for (row, answer) in rows.iter().zip(&answers) {
        assert_eq!(row["id"], answer["id"]);
        let right = names(answer, row)
            && answer["outcome"] == row["okta_decision"]
            && answer["okta"] == row["okta_expected"]
            && answer["verifies"] == row["verifies"];
        if !right {
            let (scheme, outcome) = (&answer["scheme"], &answer["outcome"]);
            let (verifies, reason) = (&answer["verifies"], &answer["reason"]);
            wrong.push(format!("{}: {scheme} {outcome} verifies {verifies}: {reason}", row["id"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
