//! Clear text: what many people have is not sent, what a spreadsheet wrote neither, and what Okta's default policy refuses is told
//! before anything goes.

use causeway::practice::PracticeOrg;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::cli::{causeway, run, source};
use crate::support::company::{Company, login, quick_org};

/// A clear-text password that Okta's default policy takes and nobody else has.
fn own(n: usize) -> String {
    format!("Kiefer-{n}-Wald")
}

/// Twelve people: five have what they were given, two what a spreadsheet made of it, one something short.
async fn company() -> Company {
    let company = Company::found(12).await;
    let mut sql = String::new();
    for n in 1..=12 {
        let password = match n {
            1..=5 => "Welcome-2019".to_owned(),
            6 => "kurz".to_owned(),
            7 => "12345.0".to_owned(),
            8 => "1.23E+05".to_owned(),
            _ => own(n),
        };
        sql.push_str(&format!("UPDATE staff SET password_hash = '{password}' WHERE id = {n};"));
    }
    company.change(&sql).await;
    company
}

/// Reads with this stated of the passwords. What was said.
async fn read(company: &Company, stated: Value, more: &[&str]) -> String {
    let mut command = causeway(company);
    command.args(["map", "--source", &source(company), "--json"]);
    let (code, out, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    let mut mapping = answer.get("mapping").cloned().unwrap_or(answer);
    mapping["password"] = stated;
    let file = company.folder.path().join("mapping.json");
    std::fs::write(&file, mapping.to_string()).unwrap();
    let mut command = causeway(company);
    command.arg("read").arg(company.workspace());
    command.args(["--source", &source(company), "--mapping"]).arg(&file).args(more);
    let (code, out, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    out
}

async fn job(company: &Company, org: &PracticeOrg, args: &[&str]) -> (i32, String, String) {
    let mut command = causeway(company);
    command.arg(args[0]).arg(company.workspace()).args(&args[1..]).args(["--okta", org.url()]);
    command.env("CAUSEWAY_OKTA_TOKEN", org.token().expose_secret());
    run(command).await
}

async fn people(company: &Company, more: &[&str]) -> Vec<Value> {
    let mut command = causeway(company);
    command.arg("people").arg(company.workspace()).arg("--json").args(more);
    let (code, out, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn routes(people: &[Value]) -> Vec<&str> {
    people.iter().map(|person| person["route"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_people_have_is_told_and_not_sent() {
    let company = company().await;
    let out = read(&company, json!({"assume": "plaintext"}), &[]).await;
    assert!(out.contains("5 people: 5 people have this very password"), "{out}");
    assert!(out.contains("(password_shared)") && out.contains("\"shared_clear_text\": \"send\""), "{out}");
    assert!(
        out.contains("it has fewer than 8 characters, has no uppercase letter and has no number"),
        "{out}"
    );
    assert!(
        out.contains("2 people: for example: The stored password looks like a number that a spreadsheet"),
        "{out}"
    );
    let all = people(&company, &[]).await;
    let reset = ["reset"; 5];
    let others = ["import", "reset", "reset", "import", "import", "import", "import"];
    assert_eq!(routes(&all), [&reset[..], &others[..]].concat());
    assert_eq!(people(&company, &["--finding", "password_shared"]).await.len(), 5);
    // Who has the same as whom is not in the file, nor is the value.
    for entry in std::fs::read_dir(company.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let of_ours = path.to_string_lossy().contains("move.causeway");
        let bytes = std::fs::read(path).unwrap();
        assert!(!of_ours || !bytes.windows(12).any(|window| window == b"Welcome-2019"));
    }
    // Read again, it is so again; and an edit of somebody does not send theirs.
    read(&company, json!({"assume": "plaintext"}), &[]).await;
    assert_eq!(routes(&people(&company, &[]).await), routes(&all));

    let org = quick_org().await;
    let (code, out, err) = job(&company, &org, &["check"]).await;
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("(password_shared)") && out.contains("(password_below_policy)"), "{out}");
    let (_, out, err) = job(&company, &org, &["import", "--activate"]).await;
    assert_eq!(org.people_count(), 11, "the short one is refused, as was told: {out} {err}");
    let signs_in = async |n: usize, password: &str| {
        let answer = org.sign_in(&login(n), &SecretString::from(password.to_owned())).await;
        format!("{answer:?}").to_lowercase().contains("success")
    };
    assert!(signs_in(9, &own(9)).await && signs_in(12, &own(12)).await);
    for n in 1..=5 {
        assert!(!signs_in(n, "Welcome-2019").await, "{n}");
    }
    assert!(!signs_in(7, "12345.0").await && !signs_in(8, "1.23E+05").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn said_to_be_real_it_is_sent_and_still_told() {
    let company = company().await;
    let stated = json!({"assume": "plaintext", "shared_clear_text": "send"});
    let out = read(&company, stated, &["--json"]).await;
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["people"]["import"], 10);
    let shared = people(&company, &["--finding", "password_shared"]).await;
    assert_eq!(shared.len(), 5);
    assert!(shared[0]["findings"].to_string().contains("You said that it is real"), "{}", shared[0]);
    let org = quick_org().await;
    job(&company, &org, &["import", "--activate"]).await;
    let answer = org.sign_in(&login(1), &SecretString::from("Welcome-2019".to_owned())).await;
    assert!(format!("{answer:?}").to_lowercase().contains("success"), "{answer:?}");
    // No word for it that is not known.
    let mut command = causeway(&company);
    let file = company.folder.path().join("mapping.json");
    let text = std::fs::read_to_string(&file).unwrap().replace("\"send\"", "\"sned\"");
    std::fs::write(&file, text).unwrap();
    command.arg("read").arg(company.workspace()).arg("--mapping").arg(&file);
    assert_eq!(run(command).await.0, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_are_not_many_and_a_mark_makes_no_difference() {
    let company = Company::found(9).await;
    company
        .change(
            "UPDATE staff SET password_hash = '{noop}Haus-und-Hof-1' WHERE id IN (1, 2);
             UPDATE staff SET password_hash = '{noop}Passwort-99' WHERE id = 3;
             UPDATE staff SET password_hash = '{PLAIN}Passwort-99' WHERE id = 4;
             UPDATE staff SET password_hash = '{CLEARTEXT}Passwort-99' WHERE id = 6;",
        )
        .await;
    read(&company, json!({}), &[]).await;
    let all = people(&company, &[]).await;
    assert_eq!(
        routes(&all),
        ["import", "import", "reset", "reset", "import", "reset", "reset", "hook", "import"]
    );
    // One of the three gets another: two are not many any more.
    company.change("UPDATE staff SET password_hash = '{noop}Eigenes-77x' WHERE id = 6").await;
    read(&company, json!({}), &[]).await;
    let all = people(&company, &[]).await;
    assert_eq!(
        routes(&all),
        ["import", "import", "import", "import", "import", "import", "reset", "hook", "import"]
    );
    assert!(people(&company, &["--finding", "password_shared"]).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_no_text_is_told_by_its_own_reason() {
    let company = Company::found(6).await;
    company
        .change(
            "UPDATE staff SET password_hash = printf('%.*c', 1100000, 'x') WHERE id = 1;
             UPDATE staff SET password_hash = CAST(zeroblob(1100000) AS TEXT) WHERE id = 2;
             UPDATE staff SET last_name = printf('%.*c', 1100000, 'y') WHERE id = 3;
             UPDATE staff SET first_name = CAST(x'4de1697265' AS TEXT) WHERE id = 4;
             UPDATE staff SET first_name = CAST(x'4d00697265' AS TEXT) WHERE id = 5;
             UPDATE staff SET password_hash = CAST(x'24326124ff' AS TEXT) WHERE id = 6;",
        )
        .await;
    read(&company, json!({}), &[]).await;
    let all = people(&company, &[]).await;
    let says = |n: usize, code: &str, words: &str| {
        let findings = all[n - 1]["findings"].to_string();
        assert!(findings.contains(code) && findings.contains(words), "{n}: {findings}");
    };
    says(1, "password_too_large", "larger than 1 MiB");
    says(2, "password_too_large", "larger than 1 MiB");
    says(3, "value_too_large", "larger than 1 MiB");
    says(4, "value_not_text", "not UTF-8");
    says(5, "control_characters", "NUL");
    says(6, "password_malformed", "not UTF-8");
    assert!(!all[0]["findings"].to_string().contains("password_none"));
    assert_eq!(routes(&all)[..2], ["reset", "reset"]);
}
