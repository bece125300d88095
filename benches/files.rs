//! How fast, and with how little memory, people are read from files: the figures of the README.
//!
//! ```text
//! cargo bench --bench files                 # 10,000 and 1,000,000 people
//! cargo bench --bench files -- 10000 100000 # other sizes
//! ```
//!
//! Each reading runs in a process of its own, so that its peak memory is its own. The time is that of everything from the first look at
//! the file: finding out what it is, unpacking it, reading, mapping, assessing, sealing and storing.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its figures and ends when one fails"
)]

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use causeway::assess::SchemaRules;
use causeway::mapping::{guess_people, suggest};
use causeway::migration::read::{ReadEnd, ReadJob, run};
use causeway::model::Progress;
use causeway::secrets::SessionOnly;
use causeway::source::{SourceSpec, open};
use causeway::workspace::{Keys, NewWorkspace, Workspace};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [role, source, workspace] = arguments.as_slice()
        && role == "read"
    {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(read_in_this_process(Path::new(source), Path::new(workspace)));
        return;
    }
    let sizes: Vec<u64> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 1_000_000] } else { sizes };
    let folder = tempfile::tempdir().expect("a folder");
    for people in sizes {
        for ending in ["csv", "jsonl"] {
            let source = folder.path().join(format!("people{people}.{ending}"));
            write_company(&source, people, ending == "csv").expect("a company");
            let workspace = folder.path().join(format!("{people}.{ending}.causeway"));
            let child = Command::new(std::env::current_exe().expect("this program"))
                .args(["read".as_ref(), source.as_os_str(), workspace.as_os_str()])
                .output()
                .expect("the reading process");
            assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
            print!("{ending}: {}", String::from_utf8_lossy(&child.stdout));
            std::fs::remove_file(source).expect("removed");
        }
    }
}

/// A company: four fifths bcrypt, the rest Django, unsalted MD5 and nothing; the people of `benches/scale.rs`.
fn write_company(path: &Path, people: u64, csv: bool) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    if csv {
        writeln!(out, "id,username,first_name,last_name,phone,department,password,enabled")?;
    }
    for i in 1..=people {
        let password = match i % 10 {
            0..=7 => format!("$2a$10${:021x}.{:030x}.", i * 7919, i * 104_729),
            8 => format!("pbkdf2_sha256$24000${i:012x}$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="),
            _ if i % 20 == 9 => format!("{:032x}", i * 7919),
            _ => String::new(),
        };
        let (first, last, on) = (i % 4999, i % 7919, i % 50 != 0);
        let (phone, department) = (i % 10_000, i % 40);
        if csv {
            writeln!(
                out,
                "{i},person{i}@example.com,First{first},Last{last},+1415555{phone:04},Department {department},{password},{on}"
            )?;
        } else {
            writeln!(
                out,
                "{{\"id\":{i},\"username\":\"person{i}@example.com\",\"name\":{{\"first\":\"First{first}\",\"last\":\"Last{last}\"}},\
                 \"phone\":\"+1415555{phone:04}\",\"department\":\"Department {department}\",\"password\":\"{password}\",\"enabled\":{on}}}"
            )?;
        }
    }
    out.flush()
}

async fn read_in_this_process(source: &Path, workspace: &Path) {
    let spec = SourceSpec::parse_url(&source.display().to_string()).expect("a source").0;
    let begun = Instant::now();
    let source = open(&spec, None).expect("a source");
    let catalog = source.probe().await.expect("a probe").catalog;
    let unpacked = begun.elapsed();
    let selection = guess_people(&catalog).into_iter().next().expect("a guess").selection;
    let sample = source.sample(&selection, 50).await.expect("a sample");
    let mapping = suggest(&catalog, &selection, &sample);
    let keys = Keys::new(Arc::new(SessionOnly::new()));
    let workspace = Workspace::create(workspace, NewWorkspace { name: "Files".to_owned() }, keys)
        .await
        .expect("a workspace");
    let job = ReadJob {
        workspace,
        source,
        source_label: spec.summary(),
        mapping,
        schema: SchemaRules::default(),
        today: chrono::Utc::now().date_naive(),
        expected: None,
    };
    let (progress, _watching) = watch::channel(Progress::default());
    let end = run(job, CancellationToken::new(), progress).await.expect("a reading");
    let ReadEnd::Done { summary, .. } = end else { panic!("stopped") };
    let took = begun.elapsed();
    println!(
        "{} people in {:.2} s ({:.2} s of it unpacking): {:.0} people/s; peak memory {} MiB",
        summary.people,
        took.as_secs_f64(),
        unpacked.as_secs_f64(),
        summary.people as f64 / took.as_secs_f64(),
        peak_mib()
    );
}

/// The most memory this process has held, in MiB (Linux; elsewhere 0).
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()).unwrap_or(0) / 1024
}
