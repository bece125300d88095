//! The hook as a service: a process started, asked, and stopped as a service manager does it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use causeway::migration::docs;
use causeway::source::{SourceSpec, SqliteSpec};
use serde_json::Value;

use super::desk::{SECRET, VERIFIED, body, event, header};
use crate::support::company::{Company, login, password};
use crate::support::http::{client, take};

pub(super) struct Service {
    pub(super) process: Child,
    pub(super) url: String,
}

pub(super) fn causeway(company: &Company) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
    command
        .env("CAUSEWAY_KEY_FILE", company.key_file())
        .env_remove("CAUSEWAY_LOG")
        .env_remove("CAUSEWAY_HOOK_SECRET")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .current_dir(company.folder.path());
    command
}

/// Runs `hook serve` and waits until it says where it listens.
pub(super) async fn serve(mut command: Command) -> Service {
    command.args(["--bind", "127.0.0.1:0", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    tokio::task::spawn_blocking(move || {
        let mut process = command.spawn().unwrap();
        let mut said = String::new();
        for line in BufReader::new(process.stdout.as_mut().unwrap()).lines() {
            let line = line.unwrap();
            said.push_str(&line);
            if line == "}" {
                break;
            }
        }
        let Ok(said) = serde_json::from_str::<Value>(&said) else {
            let output = process.wait_with_output().unwrap();
            panic!("it did not start: {}", String::from_utf8_lossy(&output.stderr));
        };
        Service { process, url: said["url"].as_str().unwrap().to_owned() }
    })
    .await
    .unwrap()
}

impl Service {
    pub(super) async fn sign_in(&self, login: &str, password: &str) -> String {
        self.sign_in_as(&event(), login, password).await
    }

    async fn sign_in_as(&self, event: &str, login: &str, password: &str) -> String {
        let request = client()
            .post(&self.url)
            .header("Authorization", header())
            .header("Content-Type", "application/json")
            .body(body(event, login, password).to_string());
        take(request.send().await.unwrap()).await.unwrap().text
    }

    pub(super) async fn ready(&self) {
        let url = self.url.replace("/pwhook", "/readyz");
        let client = client();
        let up = async {
            while client.get(&url).send().await.unwrap().status() != 200 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), up).await.expect("ready");
    }

    /// A signal by its name, and how it ended: exit code, what it logged.
    pub(super) async fn ends_at(self, signal: &'static str) -> (Option<i32>, Vec<Value>) {
        tokio::task::spawn_blocking(move || {
            let sent = Command::new("kill").args(["-s", signal, &self.process.id().to_string()]).status();
            assert!(sent.unwrap().success());
            let output = self.process.wait_with_output().unwrap();
            let text = String::from_utf8(output.stderr).unwrap();
            let lines =
                text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")));
            (output.status.code(), lines.collect())
        })
        .await
        .unwrap()
    }
}

pub(super) async fn company() -> Company {
    let company = Company::found(20).await;
    let (workspace, mapping) = company.read().await;
    // The documents that `causeway read` leaves.
    workspace.put_doc(docs::MAPPING, &mapping).await.unwrap();
    let spec = SourceSpec::Sqlite(SqliteSpec { path: company.database() });
    workspace.put_doc(docs::SOURCE, &spec).await.unwrap();
    workspace.close().await.unwrap();
    company
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn it_serves_beside_the_window_and_ends_in_order_when_told() {
    let company = company().await;
    let mut command = causeway(&company);
    command.args(["hook", "serve"]).arg(company.workspace()).env("CAUSEWAY_HOOK_SECRET", SECRET);
    let service = serve(command).await;
    service.ready().await;
    assert_eq!(service.sign_in(&login(1), &password(1)).await, VERIFIED);

    // The window opens the same file, reads, writes, and closes it again.
    let window = company.open().await;
    window.put_doc("made in the window", &1).await.unwrap();
    assert_eq!(service.sign_in(&login(2), &password(2)).await, VERIFIED);
    let id = window.by_key("3").await.unwrap().unwrap();
    window.leave_out(&causeway::workspace::Who::These(vec![id])).await.unwrap();
    assert_ne!(
        service.sign_in(&login(3), &password(3)).await,
        VERIFIED,
        "what the window decides holds at once"
    );
    window.close().await.unwrap();
    assert_eq!(service.sign_in(&login(4), &password(4)).await, VERIFIED);

    let (code, log) = service.ends_at("TERM").await;
    assert_eq!(code, Some(0), "{log:?}");
    let calls: Vec<&Value> = log.iter().filter(|line| line["target"] == "causeway::hook::call").collect();
    assert_eq!(calls.len(), 4);
    assert_eq!((&calls[0]["login"], &calls[0]["answer"]), (&login(1).into(), &"verified".into()));
    assert_eq!((&calls[2]["login"], &calls[2]["reason"]), (&login(3).into(), &"left_out".into()));
    let text = serde_json::to_string(&log).unwrap();
    assert!(
        !text.contains(SECRET) && !text.contains("Geheim") && !text.contains("$2"),
        "no secret in the log"
    );

    // All of it is in the workspace.
    let window = company.open().await;
    let calls = window.hook_calls(&[], 100).await.unwrap();
    assert_eq!(calls.len(), 4);
    assert_eq!(calls[0].login, login(4), "the newest first");
    window.close().await.unwrap();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_workspace_any_number_run_against_the_live_source() {
    let company = company().await;
    let file = company.folder.path().join("hook.json");
    let mut command = causeway(&company);
    command.args(["hook", "export-config"]).arg(company.workspace()).arg("-o").arg(&file);
    assert!(command.output().unwrap().status.success());
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("$2") && !text.contains("Geheim"));
    std::fs::remove_file(company.workspace()).unwrap();
    let secret = company.folder.path().join("secret");
    write_secret(&secret, SECRET);
    let serve_one = || {
        let mut command = causeway(&company);
        command.args(["hook", "serve", "--config"]).arg(&file).arg("--secret-file").arg(&secret);
        serve(command)
    };
    let (one, two) = tokio::join!(serve_one(), serve_one());
    let before = files(company.folder.path());
    for service in [&one, &two] {
        service.ready().await;
        assert_eq!(service.sign_in(&login(5), &password(5)).await, VERIFIED);
        assert_ne!(service.sign_in(&login(5), &password(6)).await, VERIFIED);
    }
    // Okta's second try reaches the other one: judged anew, with the same outcome.
    let tried = event();
    for service in [&one, &two] {
        assert_eq!(service.sign_in_as(&tried, &login(1), &password(1)).await, VERIFIED);
        assert_ne!(service.sign_in_as(&tried, &login(1), "guess").await, VERIFIED);
    }
    // A password changed in the source counts at once, at both.
    let new = bcrypt::hash("changed", 4).unwrap();
    company.change(&format!("UPDATE staff SET password_hash = '{new}' WHERE id = 2")).await;
    for service in [&one, &two] {
        assert_eq!(service.sign_in(&login(2), "changed").await, VERIFIED);
        assert_ne!(service.sign_in(&login(2), &password(2)).await, VERIFIED);
    }
    assert_eq!(files(company.folder.path()), before, "nothing is kept");
    // One is gone without a word; the other one answers.
    assert_eq!(one.ends_at("KILL").await.0, None);
    assert_eq!(two.sign_in(&login(5), &password(5)).await, VERIFIED);
    let (code, log) = two.ends_at("INT").await;
    assert_eq!(code, Some(0));
    let text = serde_json::to_string(&log).unwrap();
    assert!(
        !text.contains("changed") && !text.contains("guess") && !text.contains("$2"),
        "no secret in the log"
    );
}

/// The names and sizes of everything in a folder.
fn files(folder: &Path) -> Vec<(String, u64)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut files: Vec<_> = entries
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len()))
        .collect();
    files.sort();
    files
}

#[cfg(unix)]
fn write_secret(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_made_shown_and_replaced() {
    let company = company().await;
    let run = |more: &[&str]| {
        let mut command = causeway(&company);
        command.args(["hook", "secret"]).arg(company.workspace()).args(more);
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        assert!(output.status.success(), "{}", text(output.stderr));
        (text(output.stdout), text(output.stderr))
    };
    let (said, _) = run(&[]);
    assert!(said.contains("A secret was made; it is in the key file."), "{said}");
    let (first, _) = run(&["--show"]);
    assert!(first.starts_with("Basic "), "{first}");
    assert_eq!(run(&["--show"]).0, first);
    let (plain, _) = run(&["--show", "--plain"]);
    assert_eq!(plain.trim().len(), 43);
    let (said, _) = run(&["--replace", "--keep-old", "2"]);
    assert!(said.contains("The previous one is accepted until"), "{said}");
    assert_ne!(run(&["--show"]).0, first);
}

#[test]
fn what_keeps_it_from_starting_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str], secret: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
        command
            .args(["hook", "serve"])
            .args(args)
            .current_dir(folder.path())
            .env("CAUSEWAY_HOOK_SECRET", secret);
        command.env_remove("CAUSEWAY_KEY_FILE").env_remove("DBUS_SESSION_BUS_ADDRESS");
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = run(&["none.causeway"], SECRET);
    assert_eq!(code, Some(1));
    assert!(said.contains("There is no file none.causeway"), "{said}");
    assert_eq!(run(&[], SECRET).0, Some(2));
    assert_eq!(run(&["x.causeway", "--cert", "c.pem"], SECRET).0, Some(2), "a certificate without its key");
    assert_eq!(run(&["x.causeway", "--bind", "nonsense"], SECRET).0, Some(2));
    std::fs::write(folder.path().join("hook.json"), "{}").unwrap();
    let (code, said) = run(&["--config", "hook.json"], SECRET);
    assert_eq!(code, Some(1));
    assert!(said.contains("does not say what a password hook checks against"), "{said}");
    let (_, said) = run(&["x.causeway", "--path", "/a b"], SECRET);
    assert!(said.contains("is not a path"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_it_from_starting_is_in_the_log_as_everything_else() {
    let company = company().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let serve = |more: &[&str]| {
        let mut command = causeway(&company);
        command.args(["hook", "serve"]).arg(company.workspace()).args(more);
        command.env("CAUSEWAY_HOOK_SECRET", SECRET);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        let lines: Vec<Value> = said
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
            .collect();
        lines.into_iter().find(|line| line["level"] == "ERROR").expect("an error")
    };
    let told = serve(&["--bind", &address]);
    assert_eq!(told["message"], format!("Another program listens at {address} already."));
    assert!(told["advice"].as_str().unwrap().starts_with("Choose another port"), "{told}");
    let told = serve(&["--cert", "none.pem", "--key", "none.key"]);
    assert_eq!(told["message"], "The certificate “none.pem” can't be used: it is not there.");
    let told = serve(&["--bind", "0.0.0.0:0"]);
    assert!(told["message"].as_str().unwrap().contains("Without a certificate"), "{told}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_handed_to_a_server_and_never_written_over_anything() {
    use std::os::unix::fs::PermissionsExt as _;
    let company = company().await;
    let out = company.folder.path().join("server.key");
    let export = |more: &[&std::ffi::OsStr]| {
        let mut command = causeway(&company);
        let output =
            command.args(["hook", "export-key"]).arg(company.workspace()).args(more).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, piped, warned) = export(&[]);
    assert_eq!(code, Some(0), "{warned}");
    assert!(warned.contains("all stored passwords in it can be read"), "{warned}");
    assert!(piped.starts_with("# Causeway key file."), "only the key file goes into the pipe");
    let (code, said, warned) = export(&["--output".as_ref(), out.as_os_str()]);
    assert_eq!(code, Some(0), "{warned}");
    assert!(said.contains("--key-file"), "{said}");
    let written = std::fs::read_to_string(&out).unwrap();
    assert_eq!(written, piped);
    assert!(
        !said.contains(written.lines().last().unwrap().split(' ').nth(1).unwrap()),
        "the key is not shown"
    );
    assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let (code, _, said) = export(&["--output".as_ref(), out.as_os_str()]);
    assert_eq!(code, Some(1));
    assert!(said.contains("is there already, and is not written over"), "{said}");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), written);

    // A server that has nothing but the workspace and this file.
    std::fs::remove_file(company.key_file()).unwrap();
    let mut command = causeway(&company);
    command.args(["hook", "serve"]).arg(company.workspace()).arg("--key-file").arg(&out);
    command.env("CAUSEWAY_HOOK_SECRET", SECRET).env_remove("CAUSEWAY_KEY_FILE");
    let service = serve(command).await;
    service.ready().await;
    assert_eq!(service.sign_in(&login(1), &password(1)).await, VERIFIED);
    assert_eq!(service.ends_at("TERM").await.0, Some(0));
}

#[test]
fn the_files_of_services_are_such_files() {
    let folder = tempfile::tempdir().unwrap();
    let unit = |kind: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
        command.args(["hook", "unit", "my move.causeway", "--kind", kind]).args(more);
        let output = command.current_dir(folder.path()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        assert!(output.status.success(), "{kind} {}", text(output.stderr));
        (text(output.stdout), text(output.stderr))
    };
    let certified = ["--cert", "c.pem", "--key", "c.key", "--bind", "0.0.0.0:443", "--path", "/in"];
    let (systemd, steps) = unit("systemd", &certified);
    assert!(
        systemd
            .contains("ExecStart=/usr/local/bin/causeway hook serve \"/var/lib/causeway/my move.causeway\"")
    );
    let absolute = folder.path().canonicalize().unwrap();
    assert!(
        systemd.contains(&format!("LoadCredential=certificate:{}", absolute.join("c.pem").display())),
        "{systemd}"
    );
    assert!(steps.contains("1. ") && steps.contains("hook export-key"), "{steps}");
    let (json, _) = unit("systemd", &["--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (json["name"].as_str(), json["steps"].as_array().unwrap().len() > 4),
        (Some("causeway-hook.service"), true)
    );

    // Read by another program's parser of property lists.
    let (plist, _) = unit("launchd", &certified);
    let path = folder.path().join("hook.plist");
    std::fs::write(&path, &plist).unwrap();
    let read = "import plistlib, sys, json; d = plistlib.load(open(sys.argv[1], 'rb')); print(json.dumps(d))";
    let output = Command::new("python3")
        .args(["-c", read])
        .arg(&path)
        .output()
        .expect("python3: install the package python3");
    let list: Value = serde_json::from_slice(&output.stdout).expect("a property list");
    assert_eq!(
        (list["Label"].as_str(), list["RunAtLoad"].as_bool()),
        (Some("com.causeway.hook"), Some(true))
    );
    let words: Vec<&str> =
        list["ProgramArguments"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
    assert_eq!(
        words[..4],
        ["/usr/local/bin/causeway", "hook", "serve", "/usr/local/var/causeway/my move.causeway"]
    );
    assert!(words.windows(2).any(|w| w == ["--bind", "0.0.0.0:443"]), "{words:?}");

    let (task, _) = unit("windows", &["--live"]);
    let path = folder.path().join("task.xml");
    std::fs::write(&path, &task).unwrap();
    let read = "import sys, xml.etree.ElementTree as e; n='{http://schemas.microsoft.com/windows/2004/02/mit/task}'; \
                r=e.parse(sys.argv[1]).getroot(); print(r.find(f'.//{n}Command').text); print(r.find(f'.//{n}Arguments').text)";
    let output = Command::new("python3").args(["-c", read]).arg(&path).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.starts_with("C:\\Program Files\\Causeway\\causeway.exe\nhook serve \"C:\\ProgramData"),
        "{said}"
    );
    assert!(said.contains(" --live "), "{said}");

    let (image, _) = unit("container", &[]);
    let known = ["FROM", "RUN", "COPY", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "#", "&&"];
    for line in image.lines().filter(|line| !line.is_empty()) {
        let word = line.split_whitespace().next().unwrap();
        assert!(known.contains(&word), "{line}");
    }
    assert!(image.find("USER ").unwrap() < image.find("ENTRYPOINT").unwrap());
}
