//! `causeway practice`

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::Exit;
use super::args::PracticeArgs;
use super::error::CliError;
use super::talk::{Talk, stop_on_ctrl_c};
use crate::practice::{Chance, Config, Faults, Latency, Limits, PracticeOrg, SystemClock};

pub(super) async fn run(args: PracticeArgs, talk: &Talk) -> Result<Exit, CliError> {
    let stop = stop_on_ctrl_c();
    let every = |n: Option<u32>| n.map_or(Chance::Never, Chance::Every);
    let mut limits = args.limit.map_or_else(Limits::default, Limits::same);
    if let Some(concurrent) = args.concurrent {
        limits.concurrent = concurrent;
    }
    let config = Config {
        port: args.port,
        token: args.token.map(SecretString::from),
        limits,
        latency: Latency { fixed_ms: args.latency, jitter_ms: args.jitter },
        faults: Faults {
            server_error: every(args.errors),
            too_many: every(args.too_many),
            drop_before: every(args.drop_before),
            drop_after: every(args.drop_after),
            html: every(args.web_pages),
            unreadable: every(args.unreadable),
            read_only: args.read_only,
            users_late_ms: args.late,
            groups_late_ms: args.late,
            lists_late_ms: args.late_lists.max(args.late),
            unique_email: args.unique_email,
            joined_headers: args.joined_headers,
            also: if args.creates_fail { vec![Faults::creates_fail()] } else { Vec::new() },
            ..Faults::default()
        },
        clock: Arc::new(SystemClock::ahead(args.clock_ahead)),
        seed: args.seed,
        ..Config::default()
    };
    let org = PracticeOrg::start(config).await?;
    // The token opens nothing but this org, which lives in this process's memory: it may be printed.
    let token = org.token().expose_secret().to_owned();
    talk.answer(
        &format!("Practice org: {}\nToken: {token}", org.url()),
        &json!({"url": org.url(), "token": token}),
    );
    talk.say("Ctrl-C stops it, and its people are gone.");
    stop.cancelled().await;
    org.stop().await;
    Ok(Exit::Done)
}
