//! Exit codes: the same cause gives the same code in every command. The table in `cli::exit` is what is promised.

use std::process::{Command, Stdio};
use std::time::Duration;

use causeway::practice::{Chance, Faults};
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::cli::{causeway, run, source};
use crate::support::company::{Company, quick_org};

/// The commands that talk to the org, without the workspace and the org.
const WITH_ORG: [&[&str]; 5] =
    [&["check"], &["import"], &["finish"], &["finish", "--yes"], &["hook", "deactivate"]];
/// Those that only need the workspace.
const WITH_WORKSPACE: [&[&str]; 2] = [&["people"], &["report"]];

/// A command with the workspace in its place: after the command's own words.
fn with_workspace(company: &Company, words: &[&str]) -> Command {
    let mut command = causeway(company);
    let own = if words[0] == "hook" { 2 } else { 1 };
    command.args(&words[..own]).arg(company.workspace()).args(&words[own..]);
    command
}

fn with_org(company: &Company, words: &[&str], url: &str, token: &str) -> Command {
    let mut command = with_workspace(company, words);
    command.args(["--okta", url]).env("CAUSEWAY_OKTA_TOKEN", token);
    command
}

/// Something that answers every request so, and closes.
async fn answering(answer: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut some = [0; 4096];
            let _ = stream.read(&mut some).await;
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
            let _ = stream.write_all(format!("{head}{answer}").as_bytes()).await;
        }
    });
    format!("http://{address}")
}

/// A company that the program itself has read.
async fn read_by_command(company: &Company) {
    let mut command = causeway(company);
    command.arg("read").arg(company.workspace()).args(["--source", &source(company)]);
    let (code, _, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
}

/// An address where nothing listens.
async fn nowhere() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_cause_gives_the_same_code_in_every_command() {
    let org = quick_org().await;
    let token = org.token().expose_secret().to_owned();
    let (wrong, odd) = ("00wrongwrongwrongwrongwrongwrongwrongwrong", "no token at all");
    let forbidding = quick_org().await;
    let forbidden = forbidding.token().expose_secret().to_owned();
    forbidding.set_faults(Faults {
        only: vec!["GET /api/".into(), "POST /api/".into()],
        forbidden: Chance::Always,
        ..Faults::default()
    });
    let failing = quick_org().await;
    failing.set_faults(Faults { server_error: Chance::Always, ..Faults::default() });
    let page = answering("<!doctype html><title>Welcome</title>").await;
    let other = answering("{\"hello\":\"world\"}").await;
    let closed = nowhere().await;
    let causes = [
        ("a token that Okta refuses", org.url(), wrong, 4),
        ("what is no token", org.url(), odd, 4),
        ("a permission that is missing", forbidding.url(), forbidden.as_str(), 4),
        ("a web page in Okta's place", page.as_str(), token.as_str(), 4),
        ("another service", other.as_str(), token.as_str(), 4),
        ("nothing but errors", failing.url(), token.as_str(), 4),
        ("nobody there", closed.as_str(), token.as_str(), 1),
        ("not a domain", "not a domain", token.as_str(), 1),
        ("an e-mail address for a domain", "ada@acme.okta.com", token.as_str(), 1),
    ];
    // All at once: some wait for Okta to come back before they give up.
    let mut running = Vec::new();
    for (cause, url, token, code) in causes {
        for words in WITH_ORG {
            let company = Company::found(3).await;
            read_by_command(&company).await;
            let command = with_org(&company, words, url, token);
            running.push((cause, words, code, tokio::spawn(async move { (run(command).await, company) })));
        }
    }
    for (cause, words, code, end) in running {
        let ((got, out, err), _company) = end.await.unwrap();
        assert_eq!(got, code, "{cause}, {words:?}: {out}{err}");
        assert!(!out.contains("panicked") && !err.contains("panicked"));
        assert!(!err.contains(&token) && !err.contains(wrong), "no token on the screen");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_that_cannot_be_used_is_1_everywhere() {
    let org = quick_org().await;
    let token = org.token().expose_secret().to_owned();
    for cause in ["open elsewhere", "damaged", "missing", "another's file"] {
        let company = Company::found(3).await;
        let (workspace, _) = company.read().await;
        let _held = if cause == "open elsewhere" {
            Some(workspace)
        } else {
            workspace.close().await.unwrap();
            None
        };
        match cause {
            "damaged" => {
                let mut bytes = std::fs::read(company.workspace()).unwrap();
                bytes[100..].fill(0x5a);
                std::fs::write(company.workspace(), bytes).unwrap();
            }
            "missing" => std::fs::remove_file(company.workspace()).unwrap(),
            "another's file" => std::fs::write(company.workspace(), "a letter").unwrap(),
            _ => {}
        }
        for words in WITH_ORG.into_iter().chain(WITH_WORKSPACE) {
            let command = if WITH_ORG.contains(&words) {
                with_org(&company, words, org.url(), &token)
            } else {
                with_workspace(&company, words)
            };
            let (code, out, err) = run(command).await;
            assert_eq!(code, 1, "{cause}, {words:?}: {out}{err}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_gone_is_1_and_a_wrong_command_line_2() {
    let company = Company::found(3).await;
    company.read().await.0.close().await.unwrap();
    std::fs::remove_file(company.database()).unwrap();
    for words in [vec!["read"], vec!["read", "--source"], vec!["map", "--source"]] {
        let mut command = causeway(&company);
        command.arg(words[0]);
        if words[0] == "read" {
            command.arg(company.workspace());
        }
        if words.len() > 1 {
            command.args(["--source", &source(&company)]);
        }
        let (code, _, err) = run(command).await;
        assert_eq!(code, 1, "{words:?}: {err}");
    }
    for words in [
        vec!["check"],
        vec!["import", "--share"],
        vec!["finish", "x", "--older-than", "soon"],
        vec!["people", "x", "--what"],
    ] {
        let mut command = causeway(&company);
        command.args(&words);
        assert_eq!(run(command).await.0, 2, "{words:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_are_blocked_or_failed_are_3_and_what_is_not_confirmed_is_4() {
    let org = quick_org().await;
    let token = org.token().expose_secret().to_owned();
    let company = Company::found(12).await;
    company.change("UPDATE staff SET last_name = NULL WHERE id = 3").await;
    read_by_command(&company).await;
    for words in [["check"].as_slice(), &["import"], &["import"], &["report"]] {
        let command = if words == ["report"] {
            with_workspace(&company, words)
        } else {
            with_org(&company, words, org.url(), &token)
        };
        let (code, _, err) = run(command).await;
        assert_eq!(code, 3, "{words:?}: {err}");
    }
    // Somebody was created for the hook, and has not signed in.
    let (code, out, _) = run(with_org(&company, &["hook", "delete"], org.url(), &token)).await;
    assert_eq!(code, 4, "{out}");
    let (code, _, err) = run(with_org(&company, &["finish"], org.url(), &token)).await;
    assert_eq!(code, 0, "it only says who: {err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_is_130_in_every_command_that_waits() {
    // Something that takes calls and never answers.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    for words in WITH_ORG {
        let company = Company::found(3).await;
        read_by_command(&company).await;
        let mut command = with_org(&company, words, &url, "00tokentokentokentoken");
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let called = tokio::time::timeout(Duration::from_mins(1), listener.accept()).await;
        let (mut held, _) = called.expect("a call").unwrap();
        let _ = held.read(&mut [0; 64]).await;
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output()).await.unwrap().unwrap();
        assert_eq!(ended.status.code(), Some(130), "{words:?}: {}", String::from_utf8_lossy(&ended.stderr));
    }
}
