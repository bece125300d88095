//! The `causeway` program: opens the window, or runs one job without it.

use std::process::ExitCode;

use causeway::app::{self, AppOptions};
use causeway::cli::{self, Cli};
use causeway::model::{PrintableLog, printable};
use clap::Parser as _;

fn main() -> ExitCode {
    // First of all: one crypto provider for every TLS connection. A second call finds it installed, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let Cli { workspace, sample, key_file, command } = Cli::parse();
    log(matches!(&command, Some(cli::Command::Hook(hook)) if hook.serves()));
    if let Some(command) = command {
        return cli::run(command);
    }
    match app::run(AppOptions { workspace, sample, key_file }) {
        Ok(()) => ExitCode::SUCCESS,
        #[expect(clippy::print_stderr, reason = "without a window there is nowhere else to say it")]
        Err(error) => {
            eprintln!("{}", printable(&error.to_string()));
            ExitCode::FAILURE
        }
    }
}

/// Logs go to stderr, and only when asked for: `CAUSEWAY_LOG=causeway=debug`. A service always logs, as JSON.
fn log(service: bool) {
    use tracing_subscriber::EnvFilter;
    let asked = EnvFilter::try_from_env("CAUSEWAY_LOG").ok();
    if service {
        let filter = asked.unwrap_or_else(|| EnvFilter::new("causeway=info,warn"));
        tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_env_filter(filter)
            .with_writer(|| PrintableLog::json(std::io::stderr()))
            .init();
    } else if let Some(filter) = asked {
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(|| PrintableLog::text(std::io::stderr()))
            .init();
    }
}
