//! What the practice org costs: memory with a million people, and what keeping them in a workspace takes.
//!
//! ```text
//! cargo bench --bench practice                    # 1,000,000 people in memory; 10,000 kept and not kept
//! cargo bench --bench practice -- 100000 10000    # other sizes
//! ```
//!
//! The org runs in a process of its own, so that its memory is its own; people are created over HTTP, as an import does it, but
//! with no limit.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its figures and ends when one fails"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use causeway::app::jobs::practice::{Slot, running};
use causeway::practice::{Config, Limits, PracticeOrg};
use causeway::secrets::SessionOnly;
use causeway::workspace::{Keys, NewWorkspace, Workspace};
use secrecy::ExposeSecret as _;
use serde_json::json;

/// Creates in flight at once.
const AT_ONCE: u64 = 32;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    if let [role, folder] = arguments.as_slice()
        && (role == "bare" || role == "kept")
    {
        runtime.block_on(org(role == "kept", Path::new(folder)));
        return;
    }
    let mut sizes = arguments.iter().filter_map(|a| a.parse().ok());
    let (many, few) = (sizes.next().unwrap_or(1_000_000), sizes.next().unwrap_or(10_000));
    for (role, people) in [("bare", few), ("kept", few), ("bare", many)] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args([role.as_ref(), folder.path().as_os_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the org's process");
        let before = resident_mib(&child);
        let took = runtime.block_on(fill(&mut child, people));
        let after = resident_mib(&child);
        let word = if role == "kept" { "kept in a workspace" } else { "in memory alone" };
        println!(
            "{people} people {word}: {:.1} s, {:.0} creates/s; {after} MiB resident ({before} MiB before)",
            took.as_secs_f64(),
            people as f64 / took.as_secs_f64()
        );
        drop(child.stdin.take());
        child.wait().expect("the org's end");
    }
}

/// The org's process: tells where it is, and ends with its standard input.
async fn org(kept: bool, folder: &Path) {
    let workspace = if kept {
        let keys = Keys::new(Arc::new(SessionOnly::new()));
        let new = NewWorkspace { name: "Practice".to_owned() };
        Some(Workspace::create(folder.join("practice.causeway"), new, keys).await.expect("a workspace"))
    } else {
        None
    };
    let org = match &workspace {
        Some(workspace) => running(workspace, &Slot::default()).await.expect("an org"),
        None => Arc::new(PracticeOrg::start(Config::default()).await.expect("an org")),
    };
    org.set_limits(Limits::unlimited());
    println!("{} {}", org.url(), org.token().expose_secret());
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()))
        .await
        .expect("a thread")
        .expect("the end");
    org.stop().await;
    if let Some(workspace) = workspace {
        workspace.close().await.expect("closed");
    }
}

async fn fill(child: &mut Child, people: u64) -> Duration {
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its words")).read_line(&mut line).expect("its address");
    let (url, token) = line.trim().split_once(' ').expect("address and token");
    let url: Arc<str> = format!("{url}/api/v1/users?activate=true").into();
    let token: Arc<str> = format!("SSWS {token}").into();
    let http = reqwest::Client::new();
    let next = Arc::new(AtomicU64::new(1));
    let begun = Instant::now();
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (url, token, http, next) =
            (Arc::clone(&url), Arc::clone(&token), http.clone(), Arc::clone(&next));
        senders.spawn(async move {
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                if nth > people {
                    return;
                }
                let answer =
                    http.post(&*url).header("authorization", &*token).json(&person(nth)).send().await;
                assert_eq!(answer.expect("an answer").status(), 200, "person {nth}");
            }
        });
    }
    while let Some(ended) = senders.join_next().await {
        ended.expect("a sender");
    }
    begun.elapsed()
}

/// A person as imports send them: a dozen attributes and a bcrypt hash.
fn person(nth: u64) -> serde_json::Value {
    let login = format!("first{}.last{nth}@example.com", nth % 4999);
    json!({
        "profile": {
            "login": login, "email": login, "firstName": format!("First{}", nth % 4999), "lastName": format!("Last{nth}"),
            "mobilePhone": format!("+1415555{:04}", nth % 10_000), "department": format!("Department {}", nth % 40),
            "employeeNumber": nth.to_string(), "title": "Engineer", "city": "San Francisco", "countryCode": "US",
        },
        "credentials": { "password": { "hash": {
            "algorithm": "BCRYPT", "workFactor": 10, "salt": format!("{:021x}u", nth * 7919),
            "value": format!("{:030x}y", nth * 104_729),
        } } },
    })
}

/// The memory a process has now, in MiB; Linux only, 0 elsewhere.
fn resident_mib(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").trim().parse::<u64>().ok())
        .map_or(0, |kib| kib / 1024)
}
