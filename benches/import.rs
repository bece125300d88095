//! What an import costs beside what sending the same requests costs: keeping the intent and the outcome of everyone, and the ledger.
//!
//! ```text
//! cargo bench --bench import          # 20,000 people
//! cargo bench --bench import -- 100000
//! ```
//!
//! The practice org, the import and the bare sending run in processes of their own. Processor time is compared, not time on the wall: the
//! ratio says what the migration's memory costs, whatever else the machine does.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its figures and ends when one fails"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use causeway::migration::Choices;
use causeway::migration::import::{Control, ImportJob, ImportProgress, run};
use causeway::model::{
    Assessed, Candidate, Columns, PasswordEvidence, PasswordSettings, Profile, Record, Route, SecretBytes,
    StoredPassword, Value,
};
use causeway::okta::{Client, ClientSettings, OrgUrl, PaceSettings, Request};
use causeway::practice::{Config, Limits, PracticeOrg};
use causeway::secrets::KeyFile;
use causeway::workspace::{Arrived, Keys, NewWorkspace, ReadingInfo, Workspace};
use futures_util::StreamExt as _;
use secrecy::ExposeSecret as _;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// As many on their way at once as an import has.
const AT_ONCE: usize = 48;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["org"] => runtime.block_on(org()),
        ["import", folder, url, token] => runtime.block_on(import(Path::new(folder), url, token)),
        ["bare", people, url, token] => {
            runtime.block_on(bare(people.parse().expect("a number"), url, token));
        }
        rest => {
            let people = rest.iter().find_map(|word| word.parse().ok()).unwrap_or(20_000);
            compare(&runtime, people);
        }
    }
}

fn compare(runtime: &tokio::runtime::Runtime, people: u32) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime.block_on(fill(folder.path(), people));
    let before = size(folder.path());
    let cost = |role: &[&str]| -> Duration {
        let this = std::env::current_exe().expect("this program");
        let mut org = Command::new(&this)
            .arg("org")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the org");
        let mut line = String::new();
        BufReader::new(org.stdout.take().expect("its words")).read_line(&mut line).expect("its address");
        let out = Command::new(&this).args(role).args(line.split_whitespace()).output().expect("a process");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        drop(org.stdin.take());
        org.wait().expect("the end of the org");
        let micros = String::from_utf8_lossy(&out.stdout).trim().parse().expect("microseconds");
        Duration::from_micros(micros)
    };
    let bare = cost(&["bare", &people.to_string()]);
    let import = cost(&["import", &folder.path().to_string_lossy()]);
    let each = |whole: Duration| whole.as_secs_f64() * 1e6 / f64::from(people);
    println!("{people} people, processor time");
    println!("  sending alone: {:.2} s, {:.0} µs each", bare.as_secs_f64(), each(bare));
    println!("  the import:    {:.2} s, {:.0} µs each", import.as_secs_f64(), each(import));
    println!("  ratio {:.3}", import.as_secs_f64() / bare.as_secs_f64());
    let grown = size(folder.path()).saturating_sub(before);
    println!("  the workspace grew by {} bytes a person", grown / u64::from(people));
}

fn size(folder: &Path) -> u64 {
    std::fs::metadata(folder.join("bench.causeway")).map_or(0, |about| about.len())
}

/// A practice org until nobody wants it any more.
async fn org() {
    let config = Config { limits: Limits::unlimited(), ..Config::default() };
    let org = PracticeOrg::start(config).await.expect("an org");
    println!("{} {}", org.url(), org.token().expose_secret());
    tokio::task::spawn_blocking(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
    })
    .await
    .expect("the end");
}

fn client(url: &str, token: &str) -> Client {
    let settings =
        ClientSettings { pace: PaceSettings { share: 100, most_in_flight: 64 }, ..ClientSettings::default() };
    Client::new(OrgUrl::parse(url).expect("an address"), &token.to_owned().into(), settings)
        .expect("a client")
}

fn profile(n: u32) -> Profile {
    let mut profile = Profile::default();
    let login = format!("person{n}@example.com");
    profile.set("login", login.as_str());
    profile.set("email", login.as_str());
    profile.set("firstName", format!("First{}", n % 4999));
    profile.set("lastName", format!("Last{}", n % 7919));
    profile
}

fn stored(n: u32) -> StoredPassword {
    let hash = format!("$2a$10$abcdefghijklmnopqrstuu{n:07}5Lfe7MWTF9tLkDkdy4LCfOmK");
    StoredPassword { text: SecretBytes::from(hash.as_str()), ..StoredPassword::default() }
}

fn assessed(candidate: Candidate) -> Assessed {
    Assessed {
        candidate,
        scheme: "bcrypt".into(),
        scheme_label: "bcrypt".into(),
        route: Route::Import,
        findings: vec![],
    }
}

fn arrived(columns: &Columns, n: u32) -> Arrived {
    let record = Record {
        columns: columns.clone(),
        values: vec![Value::Integer(n.into())],
        key: n.to_string(),
        groups: vec![],
    };
    let candidate = Candidate {
        key: n.to_string(),
        profile: profile(n),
        groups: vec![format!("Team {}", n % 40), format!("Site {}", n % 7)],
        password: PasswordEvidence::Stored(stored(n)),
        active: Some(true),
        last_sign_in: None,
        sharing: 0,
        mapping_findings: vec![],
    };
    Arrived { assessed: assessed(candidate), record, leave_out: false }
}

fn keys(folder: &Path) -> Keys {
    Keys::new(Arc::new(KeyFile::new(folder.join("keys")).expect("a key file")))
}

async fn fill(folder: &Path, people: u32) {
    let new = NewWorkspace { name: "Bench".into() };
    let workspace =
        Workspace::create(folder.join("bench.causeway"), new, keys(folder)).await.expect("a workspace");
    let columns = Columns::new(["id"]);
    let info = ReadingInfo { source: "bench".into(), covered: vec![], key: vec![] };
    let mut reading = workspace.begin_reading(info, Arc::new(assessed)).await.expect("a reading");
    for first in (1..=people).step_by(1000) {
        let some = (first..(first + 1000).min(people + 1)).map(|n| arrived(&columns, n)).collect();
        reading.add(some).await.expect("people");
    }
    reading.finish().await.expect("the end of the reading");
    let mut index = workspace.search_index();
    index.wait_for(|index| index.ready).await.expect("the index");
    drop(index);
    workspace.close().await.expect("closed");
}

async fn import(folder: &Path, url: &str, token: &str) {
    let workspace =
        Workspace::open(folder.join("bench.causeway"), keys(folder)).await.expect("the workspace");
    let job = ImportJob {
        workspace: workspace.clone(),
        client: client(url, token),
        choices: Choices { share: 100, label_group: Some("Label".into()), ..Choices::default() },
        password: PasswordSettings::default(),
        control: Control::default(),
        only: None,
        unattended: true,
    };
    let before = cpu_time();
    let progress = watch::Sender::new(ImportProgress::default());
    let summary = run(job, CancellationToken::new(), progress).await.expect("an import");
    let cost = cpu_time().saturating_sub(before);
    assert_eq!(summary.failed, 0);
    workspace.close().await.expect("closed");
    println!("{}", cost.as_micros());
}

/// The same creates without a migration.
async fn bare(people: u32, url: &str, token: &str) {
    let client = client(url, token);
    let before = cpu_time();
    let sent = futures_util::stream::iter(1..=people).map(|n| {
        let client = &client;
        async move {
            let credentials = causeway::password::credentials(
                Some(&stored(n)),
                &PasswordSettings::default(),
                Route::Import,
            )
            .expect("credentials");
            let create = Request::create_user(&profile(n), Some(&credentials), &[], true).expect("a request");
            let reply = client.ask(&create).await.expect("an answer");
            assert!(reply.parse::<causeway::okta::User>().is_some_and(|user| user.is_whole()));
        }
    });
    sent.buffer_unordered(AT_ONCE).for_each(async |()| {}).await;
    println!("{}", cpu_time().saturating_sub(before).as_micros());
}

/// What this process has used of the processors, in user and system mode; Linux only, 0 elsewhere.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name may hold spaces; it ends with the last parenthesis. Then state is field 3, utime 14, stime 15.
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    // USER_HZ is 100 on every Linux.
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}
