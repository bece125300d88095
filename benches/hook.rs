//! The password hook: what it adds to the hash, how it stands a rush, how soon it listens, how much memory it takes with many
//! people, and whether its answers to nobody and to a wrong password take the same time. `CAUSEWAY_BENCH_PEOPLE` says how many
//! people (a million unless told). Figures are printed; the throughput and the timing are ratios within one run.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints its figures, and may panic when it fails"
)]

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use causeway::hook::{
    self, BackendError, BackendState, Config, Found, HeaderForm, Hook, HookSecret, HookSecrets, Lookup,
    SealedLookup,
};
use causeway::model::{
    Assessed, Candidate, Columns, HookReason, PasswordEvidence, Profile, Record, Route, SecretBytes,
    StoredPassword, Value,
};
use causeway::workspace::{Arrived, Keys, NewWorkspace, ReadingInfo, Workspace};
use secrecy::ExposeSecret as _;
use serde_json::json;

/// People in memory: what is measured is the hook, not a disk.
struct Memory(HashMap<String, String>);

impl Memory {
    fn stored(&self, login: &str) -> Option<StoredPassword> {
        let text = SecretBytes::from(self.0.get(login)?.as_str());
        Some(StoredPassword { text, ..StoredPassword::default() })
    }
}

#[async_trait]
impl Lookup for Memory {
    async fn find(&self, login: &str) -> Result<Found, BackendError> {
        Ok(match self.stored(login) {
            Some(stored) => Found::Check { person: None, stored },
            None => Found::Nobody { person: None, why: HookReason::Unknown },
        })
    }

    async fn example(&self) -> Result<Option<StoredPassword>, BackendError> {
        Ok(self.stored("a@example.com"))
    }

    async fn probe(&self) -> Result<(), BackendError> {
        Ok(())
    }

    fn words(&self) -> String {
        "memory".into()
    }
}

struct Desk {
    hook: Hook,
    client: reqwest::Client,
    header: String,
    events: AtomicUsize,
}

impl Desk {
    async fn start(lookup: Arc<dyn Lookup>, change: impl FnOnce(&mut Config)) -> Self {
        let secret = HookSecret::random().unwrap();
        let header = secret.header(HeaderForm::Basic).expose_secret().to_owned();
        let mut config = Config::new(HookSecrets::new(secret));
        config.bind.set_port(0);
        change(&mut config);
        let hook = hook::start(config, lookup).await.unwrap();
        hook.status().wait_for(|status| status.backend == BackendState::Up).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(200).build().unwrap();
        Self { hook, client, header, events: AtomicUsize::new(0) }
    }

    /// One call: the answer's status and how long it took.
    async fn call(&self, login: &str, password: &str) -> (u16, Duration) {
        let event = format!("event-{}", self.events.fetch_add(1, Ordering::Relaxed));
        let body = json!({"eventId": event, "data": {"context": {
            "request": {"id": "XiIl6wn7005Rr@fjYqeC7CCDBxw"},
            "credential": {"username": login, "password": password}}}});
        let begun = Instant::now();
        let request = self.client.post(self.hook.url()).header("Authorization", &self.header);
        let answer =
            request.header("Content-Type", "application/json").body(body.to_string()).send().await.unwrap();
        let status = answer.status().as_u16();
        answer.bytes().await.unwrap();
        (status, begun.elapsed())
    }
}

fn people(cost: u32) -> Arc<Memory> {
    let hash = bcrypt::hash("right", cost).unwrap();
    Arc::new(Memory(HashMap::from([("a@example.com".to_owned(), hash)])))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// Hashes a second on every core, nothing but the hash.
fn bare(hash: &str, seconds: Duration) -> f64 {
    let stop = AtomicBool::new(false);
    let done = AtomicUsize::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..cores() {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    assert!(bcrypt::verify("right", hash).unwrap());
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        while begun.elapsed() < seconds {
            std::thread::yield_now();
            std::thread::park_timeout(Duration::from_millis(20));
        }
        stop.store(true, Ordering::Relaxed);
    });
    done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64()
}

/// Calls a second that were checked, with so many callers who call again and again.
async fn through(desk: &Desk, callers: usize, seconds: Duration) -> f64 {
    let begun = Instant::now();
    let counts = futures_util::future::join_all((0..callers).map(|_| async {
        let mut checked = 0_usize;
        while begun.elapsed() < seconds {
            checked += usize::from(desk.call("a@example.com", "right").await.0 == 200);
        }
        checked
    }))
    .await;
    counts.iter().sum::<usize>() as f64 / begun.elapsed().as_secs_f64()
}

/// The hook against the bare hash, in turns: what else the machine does meanwhile hits both.
async fn throughput() {
    let people = people(10);
    let hash = people.0["a@example.com"].clone();
    let desk = Desk::start(people, |_| {}).await;
    let (mut alone, mut hook) = (0.0, 0.0);
    for _ in 0..4 {
        let hash = hash.clone();
        alone += tokio::task::spawn_blocking(move || bare(&hash, Duration::from_secs(3))).await.unwrap();
        hook += through(&desk, cores() * 2, Duration::from_secs(3)).await;
    }
    println!(
        "bcrypt cost 10: {:.1}/s bare, {:.1}/s through the hook on {} cores: {:.1} %",
        alone / 4.0,
        hook / 4.0,
        cores(),
        hook / alone * 100.0
    );
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// 75 in flight for ten seconds; a caller turned away calls again after a second, as a person would at the soonest.
async fn rush() {
    let desk = Desk::start(people(10), |_| {}).await;
    let _ = desk.call("a@example.com", "right").await;
    let begun = Instant::now();
    let all = futures_util::future::join_all((0..75).map(|_| async {
        let (mut answered, mut shed) = (Vec::new(), Vec::new());
        while begun.elapsed() < Duration::from_secs(10) {
            match desk.call("a@example.com", "right").await {
                (200, took) => answered.push(took),
                (_, took) => {
                    shed.push(took);
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
        (answered, shed)
    }))
    .await;
    let (mut answered, mut shed) = (Vec::new(), Vec::new());
    for (some, more) in all {
        answered.extend(some);
        shed.extend(more);
    }
    println!(
        "75 in flight, cost 10: {} answered, p50 {} ms, p99 {} ms; {} turned away, p99 {} ms",
        answered.len(),
        percentile(&mut answered, 50).as_millis(),
        percentile(&mut answered, 99).as_millis(),
        shed.len(),
        percentile(&mut shed, 99).as_millis()
    );
}

/// Nobody against a wrong password, in turns.
async fn timing() {
    let desk = Desk::start(people(8), |_| {}).await;
    let (mut unknown, mut wrong) = (Vec::new(), Vec::new());
    for n in 0..400 {
        // Logins of their own, so that nobody is slowed.
        let nobody = format!("nobody{n}@example.com");
        unknown.push(desk.call(&nobody, "guess").await.1);
        // A right password in between keeps the count of wrong ones down.
        wrong.push(desk.call("a@example.com", "guess").await.1);
        if n % 4 == 3 {
            let _ = desk.call("a@example.com", "right").await;
        }
    }
    let (u, w) = (percentile(&mut unknown, 50), percentile(&mut wrong, 50));
    let spread = percentile(&mut wrong, 75).saturating_sub(percentile(&mut wrong, 25));
    println!(
        "unknown {:.3} ms, wrong {:.3} ms (medians); the wrong ones' own middle half spreads over {:.3} ms",
        u.as_secs_f64() * 1e3,
        w.as_secs_f64() * 1e3,
        spread.as_secs_f64() * 1e3
    );
}

fn person(columns: &Columns, n: u32) -> Arrived {
    let login = format!("user{n}@example.com");
    let hash = format!("$2a$10$abcdefghijklmnopqrstuu5Lfe7MWTF9tLkDkdy4LCfOmL{n:08}");
    let mut profile = Profile::default();
    for (name, value) in
        [("login", login.as_str()), ("email", &login), ("firstName", "Máire"), ("lastName", "李")]
    {
        profile.set(name, value);
    }
    let record = Record {
        columns: columns.clone(),
        values: vec![Value::Integer(n.into()), Value::Text(login), Value::Text(hash.clone())],
        key: n.to_string(),
        groups: vec![],
    };
    let stored = StoredPassword { text: SecretBytes::from(hash.as_str()), ..StoredPassword::default() };
    let candidate = Candidate {
        key: n.to_string(),
        profile,
        groups: vec![],
        password: PasswordEvidence::Stored(stored),
        active: None,
        last_sign_in: None,
        sharing: 0,
        mapping_findings: vec![],
    };
    Arrived { assessed: assess(candidate), record, leave_out: false }
}

fn assess(candidate: Candidate) -> Assessed {
    Assessed {
        candidate,
        scheme: "bcrypt".into(),
        scheme_label: "bcrypt · 10".into(),
        route: Route::Import,
        findings: vec![],
    }
}

/// This process's own memory, in MB, where the system tells.
fn memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

/// Makes a workspace in a process of its own, so that what that took is not counted.
async fn make(path: &std::path::Path, keys: Keys, many: u32) {
    let workspace = Workspace::create(path, NewWorkspace { name: "bench".into() }, keys).await.unwrap();
    let info = ReadingInfo { source: "bench".into(), covered: vec![], key: vec![] };
    let mut reading = workspace.begin_reading(info, Arc::new(assess)).await.unwrap();
    let columns = Columns::new(["id", "email", "pw"]);
    for start in (0..many).step_by(5000) {
        reading.add((start..(start + 5000).min(many)).map(|n| person(&columns, n)).collect()).await.unwrap();
    }
    reading.finish().await.unwrap();
    workspace.close().await.unwrap();
}

/// The workspace of a million: opening, listening, asking, memory.
async fn many() {
    let folder = std::env::var_os("CAUSEWAY_BENCH_HOOK").map(std::path::PathBuf::from);
    let many: u32 =
        std::env::var("CAUSEWAY_BENCH_PEOPLE").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    if let Some(folder) = folder {
        // The child: opens what its parent made.
        let keys = Keys::new(Arc::new(causeway::secrets::KeyFile::new(folder.join("keys")).unwrap()));
        let begun = Instant::now();
        let workspace = Workspace::open_beside(folder.join("w.causeway"), keys).await.unwrap();
        let secret = HookSecret::random().unwrap();
        let header = secret.header(HeaderForm::Basic).expose_secret().to_owned();
        let mut config = Config::new(HookSecrets::new(secret));
        config.bind.set_port(0);
        config.journal = Some(workspace.clone());
        let hook = hook::start(config, Arc::new(SealedLookup::new(workspace))).await.unwrap();
        let listening = begun.elapsed();
        hook.status().wait_for(|status| status.backend == BackendState::Up).await.unwrap();
        let ready = begun.elapsed();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let desk = Desk { hook, client, header, events: AtomicUsize::new(0) };
        for n in 0..200_u32 {
            desk.call(&format!("user{}@example.com", n * (many / 200).max(1)), "wrong").await;
        }
        println!(
            "{many} people: listening after {} ms, ready after {} ms; {:.1} MB after 200 calls",
            listening.as_millis(),
            ready.as_millis(),
            memory().unwrap_or(f64::NAN)
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::new(Arc::new(causeway::secrets::KeyFile::new(folder.path().join("keys")).unwrap()));
    make(&folder.path().join("w.causeway"), keys, many).await;
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .env("CAUSEWAY_BENCH_HOOK", folder.path())
        .status();
    assert!(child.unwrap().success());
}

fn main() {
    // `cargo test` runs benches as well, to see that they start.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        if std::env::var_os("CAUSEWAY_BENCH_HOOK").is_none() {
            throughput().await;
            rush().await;
            timing().await;
        }
        many().await;
    });
}
