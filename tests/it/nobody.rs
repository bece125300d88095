//! People who can't be sent: told once, with how many and why, and by the exit code; nothing is made in Okta for nobody.

use std::process::{Command, Output};

use causeway::practice::PracticeOrg;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::support::company::{Company, client, login, quick_org};

async fn causeway(company: &Company, org: Option<&PracticeOrg>, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
    command.arg(args[0]).arg(company.workspace()).args(&args[1..]);
    command.env("CAUSEWAY_KEY_FILE", company.key_file()).env_remove("DBUS_SESSION_BUS_ADDRESS");
    if let Some(org) = org {
        command.args(["--okta", org.url()]).env("CAUSEWAY_OKTA_TOKEN", org.token().expose_secret());
    }
    let output: Output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

fn source(company: &Company) -> String {
    format!("sqlite://{}", company.database().display())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_can_be_sent_is_exit_code_3_and_makes_no_group() {
    let company = Company::found(40).await;
    company.change("UPDATE staff SET last_name = NULL").await;
    let org = quick_org().await;
    let (code, out, _) = causeway(&company, None, &["read", "--source", &source(&company)]).await;
    assert_eq!(code, 0, "reading was done");
    let missing: Vec<_> = out.lines().filter(|line| line.contains("required_missing")).collect();
    assert_eq!(missing.len(), 1, "once, not once per person: {out}");
    assert!(missing[0].contains("40 people") && missing[0].to_lowercase().contains("last name"), "{out}");

    let (code, out, _) = causeway(&company, Some(&org), &["check"]).await;
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("40 people") && out.contains("Nobody would be sent."), "{out}");
    assert!(out.contains("Groups: 0 to create"), "{out}");
    let (code, out, _) = causeway(&company, Some(&org), &["import"]).await;
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("Nobody could be sent") && out.contains("40 people"), "{out}");
    assert_eq!((org.people_count(), org.groups().len()), (0, 1), "no label group for nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn some_who_are_blocked_are_exit_code_3_with_their_reasons() {
    let company = Company::found(12).await;
    company
        .change("UPDATE staff SET last_name = NULL WHERE id <= 3; UPDATE staff SET email = 'person5@example.com' WHERE id = 4")
        .await;
    let org = quick_org().await;
    let (code, out, _) = causeway(&company, None, &["read", "--source", &source(&company), "--json"]).await;
    assert_eq!(code, 0);
    let answer: Value = serde_json::from_str(&out).unwrap();
    let reasons: Vec<_> = answer["blockedBy"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| {
            (reason["code"].as_str().unwrap(), reason["attribute"].as_str(), reason["people"].as_u64())
        })
        .collect();
    assert_eq!(
        reasons,
        [("required_missing", Some("lastName"), Some(3)), ("login_duplicate", Some("login"), Some(2))]
    );
    for job in ["check", "import"] {
        let (code, out, _) = causeway(&company, Some(&org), &[job, "--json"]).await;
        assert_eq!(code, 3, "{job}");
        let answer: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((&answer["blocked"], &answer["blocked_by"][0]["people"]), (&5.into(), &3.into()), "{job}");
    }
    assert_eq!(org.people_count(), 7);
    // Nothing is left to do for the others, and those are blocked still.
    assert_eq!(causeway(&company, Some(&org), &["import"]).await.0, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_there_already_makes_no_group_either() {
    let company = Company::found(3).await;
    let org = quick_org().await;
    let hands = client(&org);
    for n in 1..=3 {
        let mut profile = causeway::model::Profile::default();
        for (name, value) in [
            ("login", login(n)),
            ("email", login(n)),
            ("firstName", "Old".into()),
            ("lastName", "Name".into()),
        ] {
            profile.set(name, value);
        }
        let create = causeway::okta::Request::create_user::<Value>(&profile, None, &[], false).unwrap();
        assert!(hands.ask(&create).await.unwrap().ok());
    }
    assert_eq!(causeway(&company, None, &["read", "--source", &source(&company)]).await.0, 0);
    let (code, out, _) = causeway(&company, Some(&org), &["import", "--existing", "update"]).await;
    assert_eq!(code, 0, "{out}");
    assert_eq!(org.groups().len(), 1, "{:?}", org.groups());
    assert_eq!(org.counters().by_path["POST /api/v1/users"], 3);
}
