//! The command line, by running the program.

use std::path::Path;
use std::process::{Command, Output};

use causeway::practice::{Config, Latency, Limits, PracticeOrg};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::rules::change_schema;
use crate::support::company::{Company, client, login, quick_org};

pub(crate) fn causeway(company: &Company) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
    command
        .env("CAUSEWAY_KEY_FILE", company.key_file())
        .env_remove("CAUSEWAY_OKTA_TOKEN")
        .env_remove("CAUSEWAY_SOURCE_PASSWORD")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .current_dir(company.folder.path());
    command
}

pub(crate) fn source(company: &Company) -> String {
    format!("sqlite://{}", company.database().display())
}

/// Runs and gives exit code, stdout, stderr; off the async threads, which the practice org needs.
pub(crate) async fn run(mut command: Command) -> (i32, String, String) {
    let output: Output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

async fn read(company: &Company) {
    let mut command = causeway(company);
    command.arg("read").arg(company.workspace()).args(["--source", &source(company), "--json"]);
    let (code, out, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["people"]["total"], company.people);
    assert!(err.contains("\"password\""), "the suggested mapping is printed: {err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_database_to_a_report() {
    let company = Company::found(20).await;
    let org = quick_org().await;
    read(&company).await;

    let mut command = causeway(&company);
    command.arg("people").arg(company.workspace()).arg("--json");
    let (code, out, _) = run(command).await;
    assert_eq!(code, 0);
    let people: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(people.len(), 20);
    assert_eq!(people[0]["profile"]["login"], login(1));
    assert_eq!(people[0]["route"], "import");
    assert!(!out.contains("$2"), "no hash is printed");

    let token = org.token().expose_secret().to_owned();
    let mut command = causeway(&company);
    command
        .arg("check")
        .arg(company.workspace())
        .args(["--okta", org.url(), "--json"])
        .env("CAUSEWAY_OKTA_TOKEN", &token);
    let (code, out, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    let check: Value = serde_json::from_str(&out).unwrap();
    let people = async |choice: &str| {
        let mut command = causeway(&company);
        command.arg("check").arg(company.workspace()).args(["--okta", org.url(), "--policy", choice]);
        command.env("CAUSEWAY_OKTA_TOKEN", org.token().expose_secret());
        let (code, _, err) = run(command).await;
        assert_eq!(code, 0, "{err}");
        let mut command = causeway(&company);
        command.arg("people").arg(company.workspace()).arg("--json");
        let people: Vec<Value> =
            run(command).await.1.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let word = |name: &str| people[0][name].as_str().unwrap().to_owned();
        [word("route"), word("bestRoute"), word("disposition")]
    };
    assert_eq!(people("all-hook").await, ["hook", "import", "hook"], "what will happen, not the best");
    assert_eq!(people("best").await, ["import", "import", "import"]);

    assert_eq!(
        (&check["create_import"], &check["create_hook"], &check["create_reset"]),
        (&16.into(), &2.into(), &2.into())
    );
    assert_eq!(check["groups_to_make"].as_array().map(Vec::len), Some(4));
    assert_eq!((org.people_count(), org.groups().len()), (0, 1), "nothing was written");

    let mut command = causeway(&company);
    command
        .arg("import")
        .arg(company.workspace())
        .args(["--okta", org.url(), "--share", "100", "--label-group", "Umzug", "--json"])
        .env("CAUSEWAY_OKTA_TOKEN", &token);
    let (code, out, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    let summary: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&summary["done"], &summary["ended"]["how"]), (&20.into(), &"done".into()));
    assert_eq!(org.people_count(), 20);
    assert!(!err.contains(&token) && !out.contains(&token));

    assert_eq!(people("all-hook").await, ["import", "import", "hook"], "sent is sent");
    let (csv, html) = (company.folder.path().join("report.csv"), company.folder.path().join("report.html"));
    let mut command = causeway(&company);
    command.arg("report").arg(company.workspace()).arg("--csv").arg(&csv).arg("--html").arg(&html);
    let (code, out, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("20 created"), "{out}");
    let lines = std::fs::read_to_string(&csv).unwrap();
    assert_eq!(lines.lines().count(), 21);
    assert!(lines.contains(&login(3)) && !lines.contains("$2"));
    let page = std::fs::read_to_string(&html).unwrap();
    assert!(page.contains("created, with the password they have") && page.ends_with("</html>\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_needed_is_written_over() {
    let company = Company::found(3).await;
    read(&company).await;
    let workspace = company.workspace().display().to_string();
    let twice = company.folder.path().join("twice.csv").display().to_string();
    for arguments in [
        ["report", "--csv", &workspace, "", ""],
        ["report", "--html", &workspace, "", ""],
        ["report", "--operations", &workspace, "", ""],
        ["report", "--csv", &twice, "--operations", &twice],
        ["people", "--output", &workspace, "", ""],
    ] {
        let mut command = causeway(&company);
        command.arg(arguments[0]).arg(company.workspace());
        command.args(arguments[1..].iter().filter(|argument| !argument.is_empty()));
        let (code, _, error) = run(command).await;
        assert_eq!(code, 2, "{arguments:?}: {error}");
        assert!(error.contains("is not written over"), "{arguments:?}: {error}");
    }
    let mut command = causeway(&company);
    command.arg("people").arg(company.workspace());
    let (code, out, _) = run(command).await;
    assert_eq!((code, out.lines().count()), (0, 4), "the migration is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_people_keep_their_source_row_without_what_opens_something() {
    let company = Company::found(5).await;
    let old = bcrypt::hash("the one before", 4).unwrap();
    let more = "ALTER TABLE staff ADD COLUMN reset_token TEXT; ALTER TABLE staff ADD COLUMN misc TEXT; ALTER TABLE staff ADD COLUMN shipping_address TEXT;
        UPDATE staff SET reset_token = 'T0ken-' || id, shipping_address = 'Harbour Road ' || id, misc = ";
    company.change(&format!("{more}'{old}'")).await;
    let org = quick_org().await;
    read(&company).await;
    let mapping = company.folder.path().join("map.json");
    let mut command = causeway(&company);
    command.arg("map").arg(company.workspace());
    let (code, out, _) = run(command).await;
    assert_eq!(code, 0);
    // Everyone gets a badge that somebody in the org has, where badges must differ: only Okta knows.
    let mut value: Value = serde_json::from_str(&out).unwrap();
    let constant = serde_json::json!([{"constant": "B-1"}]);
    let rule = serde_json::json!({"column": "id", "target": {"attribute": "badge"}, "transforms": constant});
    value["rules"].as_array_mut().unwrap().push(rule);
    let badge = serde_json::json!({"title": "Badge", "type": "string", "unique": true});
    change_schema(&org, serde_json::json!({"definitions": {"custom": {"properties": {"badge": badge}}}}))
        .await;
    let mut owner = causeway::model::Profile::default();
    for (name, value) in [("login", "first@example.com"), ("email", "first@example.com"), ("badge", "B-1")] {
        owner.set(name, value);
    }
    owner.set("firstName", "First");
    owner.set("lastName", "Owner");
    let create = causeway::okta::Request::create_user::<Value>(&owner, None, &[], false).unwrap();
    assert!(client(&org).ask(&create).await.unwrap().ok());
    std::fs::write(&mapping, value.to_string()).unwrap();
    let mut command = causeway(&company);
    command.arg("map").args(["--source", &source(&company), "--check"]).arg(&mapping);
    assert_eq!(run(command).await.0, 0);
    let mut command = causeway(&company);
    command
        .arg("read")
        .arg(company.workspace())
        .args(["--source", &source(&company), "--mapping"])
        .arg(&mapping);
    assert_eq!(run(command).await.0, 0);
    let import = |retry: bool| {
        let mut command = causeway(&company);
        command.arg("import").arg(company.workspace()).args(["--okta", org.url(), "--json"]);
        command.env("CAUSEWAY_OKTA_TOKEN", org.token().expose_secret());
        if retry {
            command.arg("--retry-failed");
        }
        command
    };
    let (code, out, err) = run(import(false)).await;
    assert_eq!(code, 3, "some failed: {err}");
    assert!(out.contains("\"failed\": 5"), "{out}");
    let (code, out, _) = run(import(false)).await;
    assert_eq!(code, 3);
    assert!(out.contains("\"done\": 0"), "failed people are not tried again unasked: {out}");
    assert!(run(import(true)).await.1.contains("\"done\": 5"));

    let csv = company.folder.path().join("failed.csv");
    let report = |secrets: bool| {
        let mut command = causeway(&company);
        command.arg("report").arg(company.workspace()).arg("--failed").arg("--csv").arg(&csv);
        if secrets {
            command.arg("--with-passwords");
        }
        command
    };
    assert_eq!(run(report(false)).await.0, 3);
    let lines = std::fs::read_to_string(&csv).unwrap();
    assert_eq!(lines.lines().count(), 6);
    assert!(
        lines.contains("already exists in the current")
            && lines.contains("first_name")
            && lines.contains("Дмитрий")
    );
    assert!(lines.contains("Harbour Road 3"));
    assert!(!lines.contains("$2") && !lines.contains("T0ken-"), "secrets stay out unless asked for: {lines}");
    assert_eq!(run(report(true)).await.0, 3);
    let lines = std::fs::read_to_string(&csv).unwrap();
    assert!(lines.contains(&old) && lines.contains("T0ken-3"));
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_say_what_to_do() {
    let company = Company::found(2).await;
    let nowhere = company.folder.path().join("nowhere.causeway");
    let mut command = causeway(&company);
    command.arg("import").arg(&nowhere).args(["--okta", "http://127.0.0.1:9"]);
    let (code, _, err) = run(command).await;
    assert_eq!(code, 1);
    assert!(err.contains("There is no file"), "{err}");
    read(&company).await;
    for (okta, says) in [
        ("https://{yourOktaDomain}", "placeholder"),
        ("okta.com", "own site"),
        ("https://acme.okta.com:8443", "443"),
    ] {
        let mut command = causeway(&company);
        command
            .arg("check")
            .arg(company.workspace())
            .args(["--okta", okta])
            .env("CAUSEWAY_OKTA_TOKEN", "00abc");
        let (code, _, err) = run(command).await;
        assert_eq!(code, 1);
        assert!(err.contains(says), "{okta}: {err}");
    }
    let mut command = causeway(&company);
    command.arg("check").arg(company.workspace()).args(["--okta", "http://127.0.0.1:9"]);
    let (code, _, err) = run(command).await;
    assert_eq!(code, 1);
    assert!(err.contains("CAUSEWAY_OKTA_TOKEN"), "{err}");
    let mut command = causeway(&company);
    command.arg("read").arg(company.workspace()).args(["--source", "sqlite:///no/such.db"]);
    let (code, _, err) = run(command).await;
    assert_eq!(code, 1);
    assert!(err.contains("no/such.db"), "{err}");
    let mut command = causeway(&company);
    command.arg("import");
    assert_eq!(run(command).await.0, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_ends_with_its_own_exit_code() {
    let company = Company::found(3).await;
    let org = quick_org().await;
    read(&company).await;
    let mut command = causeway(&company);
    command
        .arg("import")
        .arg(company.workspace())
        .args(["--okta", org.url()])
        .env("CAUSEWAY_OKTA_TOKEN", "00wrong");
    let (code, out, err) = run(command).await;
    assert_eq!(code, 4, "{err}");
    assert!(out.contains("no longer accepts the token"), "{out}");
    assert!(err.contains("Security › API › Tokens"), "{err}");
    assert_eq!(org.people_count(), 0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_stops_cleanly_and_the_same_command_goes_on() {
    let company = Company::found(60).await;
    read(&company).await;
    let (journal, mut changes) = tokio::sync::mpsc::channel(1);
    let config = Config {
        limits: Limits::unlimited(),
        latency: Latency::fixed(60),
        journal: Some(journal),
        ..Config::default()
    };
    let org = PracticeOrg::start(config).await.unwrap();
    let import = || {
        let mut command = causeway(&company);
        command
            .arg("import")
            .arg(company.workspace())
            .args(["--okta", org.url(), "--json", "--no-label-group"])
            .env("CAUSEWAY_OKTA_TOKEN", org.token().expose_secret())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        command
    };
    let process = import().spawn().unwrap();
    while org.people_count() == 0 {
        changes.recv().await.expect("the org lives");
    }
    let sent = Command::new("kill").args(["-INT", &process.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let drain = tokio::spawn(async move { while changes.recv().await.is_some() {} });
    let output = tokio::task::spawn_blocking(move || process.wait_with_output()).await.unwrap().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&summary["ended"]["how"], &summary["tally"]["sending"]), (&"stopped".into(), &0.into()));
    assert_eq!(summary["done"], org.people_count());
    let (code, _, err) = run(import()).await;
    assert_eq!(code, 0, "{err}");
    assert_eq!((org.people_count(), org.counters().created), (60, 60));
    drain.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_file_is_made_and_needed() {
    let company = Company::found(2).await;
    read(&company).await;
    assert!(company.key_file().exists());
    let mut command = causeway(&company);
    command.arg("people").arg(company.workspace()).env("CAUSEWAY_KEY_FILE", Path::new("other-keys"));
    let (code, _, err) = run(command).await;
    assert_eq!(code, 1);
    assert!(err.contains("key"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_org_lacks_is_named_and_created_only_when_asked() {
    let company = Company::found(4).await;
    let org = quick_org().await;
    let token = org.token().expose_secret().to_owned();
    let mut command = causeway(&company);
    command.args(["map", "--source", &source(&company), "--json"]);
    let (_, out, err) = run(command).await;
    let mut mapping: Value = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out} {err}"));
    let rule = serde_json::json!({"column": "id", "target": {"attribute": "legacyId"}});
    let rules = if mapping.get("rules").is_some() { &mut mapping } else { &mut mapping["mapping"] };
    rules["rules"].as_array_mut().unwrap().push(rule);
    let file = company.folder.path().join("mapping.json");
    std::fs::write(&file, rules.to_string()).unwrap();
    let mut command = causeway(&company);
    command
        .arg("read")
        .arg(company.workspace())
        .args(["--source", &source(&company), "--mapping"])
        .arg(&file);
    let (code, _, err) = run(command).await;
    assert_eq!(code, 0, "{err}");

    let okta = |job: &str| {
        let mut command = causeway(&company);
        command.arg(job).arg(company.workspace()).args(["--okta", org.url(), "--json"]);
        command.env("CAUSEWAY_OKTA_TOKEN", &token);
        command
    };
    let (code, out, err) = run(okta("check")).await;
    assert_eq!(code, 3, "{err}");
    let check: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&check["blocked"], &check["unknown_attributes"][0]["name"]),
        (&4.into(), &"legacyId".into()),
        "{check}"
    );
    assert!(err.contains("legacyId (4 people)") && err.contains("--create-attributes"), "{err}");
    let mut command = okta("import");
    command.arg("--create-attributes");
    let (code, out, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("legacyId ("), "named before it is made: {err}");
    let summary: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(summary["done"], 4, "{summary}");
    assert_eq!(org.people_count(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hook_is_registered_switched_off_and_deleted_from_the_command_line() {
    let company = Company::found(5).await;
    let (workspace, _) = company.read().await;
    workspace.close().await.unwrap();
    let org = quick_org().await;
    let hook = async |args: &[&str]| {
        let mut command = causeway(&company);
        command.arg("hook").arg(args[0]).arg(company.workspace()).args(&args[1..]).arg("--json");
        command.env("CAUSEWAY_OKTA_TOKEN", org.token().expose_secret());
        command.env("CAUSEWAY_HOOK_SECRET", "a-secret-of-forty-three-letters-for-the-tests");
        let (code, out, err) = run(command).await;
        (code, serde_json::from_str::<Value>(&out).unwrap_or_default(), err)
    };
    let uri = "https://hook.corp.example/pwhook";
    let (code, said, err) = hook(&["register", "--okta", org.url(), "--url", "hook.corp.example"]).await;
    assert_eq!(code, 0, "{err}");
    assert_eq!((&said["status"], &said["uri"]), (&"ACTIVE".into(), &uri.into()));
    let client = client(&org);
    let there = client.password_hooks().await.unwrap();
    assert_eq!((there.len(), there[0].uri(), there[0].is_active()), (1, uri, true));
    // Again: the same one.
    let (_, again, _) = hook(&["register", "--okta", org.url(), "--url", uri]).await;
    assert_eq!(again["hook"], said["hook"]);
    let (code, off, err) = hook(&["deactivate", "--okta", org.url()]).await;
    assert_eq!((code, &off["status"]), (0, &"INACTIVE".into()), "{err}");
    let (code, gone, err) = hook(&["delete", "--okta", org.url()]).await;
    assert_eq!((code, &gone["deleted"]), (0, &true.into()), "{err}");
    assert!(client.password_hooks().await.unwrap().is_empty());
    // An address that Okta can't call is said, and nothing is registered.
    let (code, _, err) = hook(&["register", "--okta", org.url(), "--url", "ftp://x"]).await;
    assert_eq!(code, 1, "{err}");
}

/// A CSV file: its header and its lines.
fn table(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_done_and_what_was_done_are_files_with_a_line_an_operation() {
    let company = Company::found(12).await;
    let org = quick_org().await;
    read(&company).await;
    let (plan, done) = (company.folder.path().join("plan.csv"), company.folder.path().join("done.csv"));
    let with_org = |words: &[&str]| {
        let mut command = causeway(&company);
        command.arg(words[0]).arg(company.workspace()).args(&words[1..]).args(["--okta", org.url()]);
        command.env("CAUSEWAY_OKTA_TOKEN", org.token().expose_secret());
        command
    };
    let (code, _, err) =
        run(with_org(&["check", "--label-group", "Umzug", "--plan", plan.to_str().unwrap()])).await;
    assert_eq!(code, 0, "{err}");
    let lines = table(&plan);
    assert_eq!(lines[0], ["login", "operation", "what", "why_not"]);
    assert_eq!(
        lines[1],
        [&login(1), "create", "ACTIVE, with their password; groups: Umzug; Engineering", ""]
    );
    assert_eq!(lines[7][2], "STAGED, no password; groups: Umzug; Engineering");
    let of =
        |lines: &[Vec<String>], at: usize, word: &str| lines.iter().filter(|line| line[at] == word).count();
    assert_eq!((of(&lines, 1, "create"), of(&lines, 1, "make_group")), (12, 4));
    // One person's password is for the hook, and nobody has registered it.
    assert!(
        lines.iter().any(|line| line[1] == "register_hook" && line[3].contains("register the password hook"))
    );

    let (code, _, err) = run(with_org(&["import", "--label-group", "Umzug"])).await;
    assert_eq!(code, 0, "{err}");
    let mut command = causeway(&company);
    command.arg("report").arg(company.workspace()).arg("--operations").arg(&done);
    let (code, _, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("16 operations written to"), "{err}");
    let lines = table(&done);
    assert_eq!((of(&lines, 3, "create"), of(&lines, 3, "make_group"), of(&lines, 4, "done")), (12, 4, 16));
    let first = lines.iter().find(|line| line[6] == login(1)).unwrap();
    assert_eq!(first[7], org.person(&login(1)).unwrap().id);
    assert_eq!((first[2].as_str(), first[8].as_str()), ("1", "Umzug; Engineering"));
    assert!(lines[1..].iter().all(|line| !line[10].is_empty()), "Okta's id of each request");
    #[cfg(unix)]
    for path in [&plan, &done] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
