//! How fast, and with how little memory, people are read and looked at: the figures of the README.
//!
//! ```text
//! cargo bench --bench scale                 # 10,000 and 1,000,000 people
//! cargo bench --bench scale -- 10000 100000 # other sizes
//! ```
//!
//! Each reading runs in a process of its own, so that its peak memory is its own. Times stand beside a baseline measured in
//! the same run (copying the same rows with SQLite alone), because seconds differ between machines and the ratio hardly does.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its figures and ends when one fails"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use causeway::assess::SchemaRules;
use causeway::mapping::{guess_people, suggest};
use causeway::migration::read::{ReadEnd, ReadJob, run};
use causeway::model::{OutcomeKind, Phase, Progress};
use causeway::secrets::SessionOnly;
use causeway::source::{SourceSpec, open};
use causeway::workspace::{Disposition, Keys, NewWorkspace, PeopleFilter, Sort, SortKey, Workspace};
use sqlx::{Connection as _, Executor as _};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Makes a company of `?1` people: four fifths bcrypt, the rest Django, unsalted MD5 and nothing.
const COMPANY: &str = "
CREATE TABLE users (
  id INTEGER PRIMARY KEY, username TEXT NOT NULL, first_name TEXT, last_name TEXT, phone TEXT, department TEXT,
  password TEXT, enabled BOOLEAN NOT NULL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < PEOPLE)
INSERT INTO users SELECT i, 'person' || i || '@example.com', 'First' || (i % 4999), 'Last' || (i % 7919),
  printf('+1415555%04d', i % 10000), 'Department ' || (i % 40),
  CASE WHEN i % 10 < 8 THEN '$2a$10$' || printf('%021x.', i * 7919) || printf('%030x.', i * 104729)
       WHEN i % 10 = 8 THEN 'pbkdf2_sha256$24000$' || printf('%012x', i) || '$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI='
       WHEN i % 20 = 9 THEN printf('%032x', i * 7919) END,
  i % 50 <> 0
FROM n;";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    if let [role, source, workspace] = arguments.as_slice()
        && role == "read"
    {
        runtime.block_on(read_in_this_process(Path::new(source), Path::new(workspace)));
        return;
    }
    let sizes: Vec<u64> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 1_000_000] } else { sizes };
    let folder = tempfile::tempdir().expect("a folder");
    for people in sizes {
        let source = folder.path().join(format!("{people}.sqlite"));
        runtime.block_on(make_company(&source, people));
        let baseline = runtime.block_on(copy_with_sqlite_alone(&source));
        let workspace = folder.path().join(format!("{people}.causeway"));
        let child = Command::new(std::env::current_exe().expect("this program"))
            .args(["read".as_ref(), source.as_os_str(), workspace.as_os_str()])
            .output()
            .expect("the reading process");
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
        let out = String::from_utf8_lossy(&child.stdout);
        print!("{out}");
        println!(
            "  baseline: SQLite alone copies the same rows in {:.2} s ({:.0} rows/s)",
            baseline.as_secs_f64(),
            people as f64 / baseline.as_secs_f64()
        );
    }
}

async fn make_company(path: &Path, people: u64) {
    let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", path.display()))
        .await
        .expect("a new database");
    let script = COMPANY.replace("PEOPLE", &people.to_string());
    connection.execute(sqlx::AssertSqlSafe(script)).await.expect("a company");
    connection.close().await.expect("closed");
}

/// The same rows from one table to another, nothing mapped, assessed or sealed.
async fn copy_with_sqlite_alone(path: &Path) -> Duration {
    let copy = PathBuf::from(format!("{}.copy", path.display()));
    let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", copy.display()))
        .await
        .expect("a new database");
    let attach = format!("ATTACH '{}' AS source", path.display());
    connection.execute(sqlx::AssertSqlSafe(attach)).await.expect("attached");
    let begun = Instant::now();
    connection.execute("CREATE TABLE users AS SELECT * FROM source.users").await.expect("copied");
    let took = begun.elapsed();
    connection.close().await.expect("closed");
    std::fs::remove_file(copy).expect("removed");
    took
}

async fn read_in_this_process(source: &Path, workspace: &Path) {
    let spec = SourceSpec::parse_url(&format!("sqlite://{}", source.display())).expect("a source").0;
    let source: Arc<dyn causeway::source::Source> = open(&spec, None).expect("a source");
    let catalog = source.probe().await.expect("a probe").catalog;
    let selection = guess_people(&catalog).into_iter().next().expect("a guess").selection;
    let sample = source.sample(&selection, 50).await.expect("a sample");
    let mapping = suggest(&catalog, &selection, &sample);
    let keys = Keys::new(Arc::new(SessionOnly::new()));
    let workspace = Workspace::create(workspace, NewWorkspace { name: "Scale".to_owned() }, keys)
        .await
        .expect("a workspace");
    let idle = peak_mib();
    let begun = Instant::now();
    let job = ReadJob {
        workspace: workspace.clone(),
        source,
        source_label: spec.summary(),
        mapping,
        schema: SchemaRules::default(),
        today: chrono::Utc::now().date_naive(),
        expected: None,
    };
    let (progress, mut watching) = watch::channel(Progress::default());
    let finishing = tokio::spawn(async move {
        let _ = watching.wait_for(|progress| progress.phase == Phase::Finishing).await;
        (begun.elapsed(), cpu_time())
    });
    let cpu_before = cpu_time();
    let end = run(job, CancellationToken::new(), progress).await.expect("a reading");
    let ReadEnd::Done { summary, .. } = end else { panic!("stopped") };
    let took = begun.elapsed();
    let cpu = cpu_time();
    let (streamed, cpu_streamed) = finishing.await.expect("the phases");
    println!("{} people", summary.people);
    println!(
        "  read, mapped, assessed and stored in {:.2} s: {:.0} people/s",
        took.as_secs_f64(),
        summary.people as f64 / took.as_secs_f64()
    );
    println!(
        "  of that {:.2} s ({:.2} s of processor) streaming, {:.2} s ({:.2} s) comparing people and making the list",
        streamed.as_secs_f64(),
        cpu_streamed.saturating_sub(cpu_before).as_secs_f64(),
        took.saturating_sub(streamed).as_secs_f64(),
        cpu.saturating_sub(cpu_streamed).as_secs_f64()
    );
    let reading = peak_mib();
    let mut index = workspace.search_index();
    let begun = Instant::now();
    index.wait_for(|index| index.ready).await.expect("the index");
    println!("  search index ready {:.1} s later", begun.elapsed().as_secs_f64());
    let indexed = peak_mib();
    println!("  peak memory {reading} MiB, with the index {indexed} MiB ({idle} MiB before the reading)");
    review(&workspace).await;
}

/// The questions of the review, as its screen asks them: the first rows of every list at once, everyone in order behind.
async fn review(workspace: &Workspace) {
    let everyone = PeopleFilter::default();
    let by_row = Sort { key: SortKey::Row, descending: false };
    time("counts", workspace.counts()).await;
    let order = time("everyone in the source's order", workspace.order(&everyone, by_row)).await;
    let middle = order.len() / 2;
    let page: Vec<_> = order.iter().copied().skip(middle).take(64).collect();
    time("a page of 64 rows", workspace.rows(&page)).await;
    time("one person", workspace.person(order[middle])).await;
    let searching = |text: &str| PeopleFilter { search: text.to_owned(), ..PeopleFilter::default() };
    let filters = [
        ("everyone", everyone.clone()),
        (
            "who comes with a password",
            PeopleFilter { disposition: Some(Disposition::Import), ..everyone.clone() },
        ),
        ("who is left out", PeopleFilter { disposition: Some(Disposition::LeftOut), ..everyone.clone() }),
        ("nobody: blocked", PeopleFilter { disposition: Some(Disposition::Blocked), ..everyone.clone() }),
        ("one scheme", PeopleFilter { scheme: Some("bcrypt".to_owned()), ..everyone.clone() }),
        ("one finding", PeopleFilter { finding: Some("password_none".to_owned()), ..everyone.clone() }),
        ("who waits", PeopleFilter { outcomes: vec![OutcomeKind::Waiting], ..everyone.clone() }),
        ("search of one", searching("person99999@")),
        ("search of many", searching("first12")),
        ("search of all", searching("example")),
        ("search by two letters", searching("st")),
        ("search by two letters nobody has", searching("李伟")),
    ];
    let keys = [
        SortKey::Row,
        SortKey::Name,
        SortKey::Login,
        SortKey::Scheme,
        SortKey::Disposition,
        SortKey::Outcome,
        SortKey::Findings,
    ];
    for (name, filter) in &filters {
        let mut slowest = (Duration::ZERO, String::new());
        let mut slow = String::new();
        for sort in keys.into_iter().flat_map(|key| [false, true].map(|descending| Sort { key, descending }))
        {
            let begun = Instant::now();
            let head = workspace.head(filter, sort, 200).await.expect("an answer");
            workspace.rows(&head[..head.len().min(64)]).await.expect("an answer");
            let took = begun.elapsed();
            let by = format!("by {:?}{}", sort.key, if sort.descending { ", down" } else { "" });
            if took > Duration::from_millis(100) {
                slow += &format!("; {by} {} ms", took.as_millis());
            }
            slowest = slowest.max((took, by));
        }
        println!(
            "  the first page of {name}: at most {:.1} ms ({}){slow}",
            slowest.0.as_secs_f64() * 1000.0,
            slowest.1
        );
    }
    for key in keys {
        let sort = Sort { key, descending: false };
        time(&format!("everyone by {key:?}, all of them"), workspace.order(&everyone, sort)).await;
    }
}

/// One cold answer, as the screen would wait for it.
async fn time<T, E: std::fmt::Debug>(what: &str, question: impl Future<Output = Result<T, E>>) -> T {
    let begun = Instant::now();
    let answer = question.await.expect("an answer");
    println!("  {what}: {:.1} ms", begun.elapsed().as_secs_f64() * 1000.0);
    answer
}

/// The most memory this process has had, in MiB; Linux only, 0 elsewhere.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").trim().parse::<u64>().ok())
        .map_or(0, |kib| kib / 1024)
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
