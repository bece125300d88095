//! `causeway hook serve`

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::args::ServeArgs;
use super::config::HookFile;
use super::secret;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::source;
use crate::cli::talk::{Talk, interrupted};
use crate::hook::{
    self, BackendState, Config, Hook, HookPath, HookSecrets, Limits, LiveLookup, Lookup, SealedLookup,
    Transport,
};
use crate::migration::kept_mapping;
use crate::model::PasswordSettings;
use crate::workspace::Workspace;

/// How often files with secrets are looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// What the hook checks against, and what belongs to it.
struct Against {
    lookup: Arc<dyn Lookup>,
    password: PasswordSettings,
    workspace: Option<Workspace>,
}

pub(super) async fn run(args: ServeArgs, talk: &Talk) -> Result<Exit, CliError> {
    if let Some(not_done) = crate::secrets::no_core_dumps(true) {
        tracing::warn!("{not_done}");
    }
    let path = HookPath::new(&args.path)?;
    let transport = match (&args.cert, &args.key, args.self_signed) {
        (Some(certificate), Some(key), _) => {
            Transport::Certificate { certificate: certificate.clone(), key: key.clone() }
        }
        (.., true) => Transport::SelfSigned { names: args.public_host.iter().cloned().collect() },
        _ => Transport::PlainLoopback,
    };
    if source::password_in_url(args.source.as_deref()) {
        tracing::warn!(
            "the password in the URL can be seen by other users of this computer; CAUSEWAY_SOURCE_PASSWORD can't"
        );
    }
    let against = against(&args).await?;
    let words = against.lookup.words();
    let id = against.workspace.as_ref().map(|workspace| workspace.id().to_owned());
    let from = secret::From::choose(args.secret_file.as_deref(), args.key_file.as_deref(), id.as_deref())?;
    let from = Arc::new(from);
    let secrets = read(&from).await?;
    let config = Config {
        bind: args.bind,
        path,
        transport,
        public_host: args.public_host.clone(),
        secrets: secrets.clone(),
        password: against.password,
        journal: against.workspace.clone(),
        limits: Limits::default(),
    };
    let hook = hook::start(config, against.lookup).await?;
    tracing::info!(url = hook.url(), address = %hook.address(), against = words, "listening");
    // For whoever started it: where it is, now that it is.
    talk.answer(
        &format!("The password hook listens at {} and checks against {words}.", hook.url()),
        &json!({ "url": hook.url(), "address": hook.address().to_string(), "against": words }),
    );
    let watching = tokio::spawn(tell(hook.status()));
    run_until_stopped(&hook, &from, secrets).await;
    tracing::info!("stopping: what is under way is answered");
    let second = tokio::spawn(async {
        interrupted().await;
        #[expect(clippy::exit, reason = "asked for twice")]
        std::process::exit(130);
    });
    hook.stop().await;
    watching.abort();
    if let Some(workspace) = against.workspace {
        workspace.close().await?;
    }
    second.abort();
    tracing::info!("stopped");
    let _ = std::io::stderr().flush();
    Ok(Exit::Done)
}

async fn against(args: &ServeArgs) -> Result<Against, CliError> {
    if let Some(path) = &args.config {
        let file = HookFile::read(path)?;
        let url = args.source.clone().unwrap_or_else(|| file.source.to_url());
        let (spec, from) = source::source(Some(&url), &args.flags, None).await?;
        let password = file.mapping.password.clone();
        let lookup = LiveLookup::new(from, &spec.summary(), file.mapping, None)?;
        return Ok(Against { lookup: Arc::new(lookup), password, workspace: None });
    }
    let path = args.workspace.as_deref().ok_or(CliError::NothingAsked)?;
    if !path.exists() {
        return Err(crate::workspace::WorkspaceError::Missing(path.to_owned()).into());
    }
    let workspace = Workspace::open_beside(path, source::keys(args.key_file.as_deref())?).await?;
    let mapping = kept_mapping(&workspace).await?.ok_or(CliError::NoMapping)?;
    let password = mapping.password.clone();
    let lookup: Arc<dyn Lookup> = if args.live || args.source.is_some() {
        let (spec, from) = source::source(args.source.as_deref(), &args.flags, Some(&workspace)).await?;
        Arc::new(LiveLookup::new(from, &spec.summary(), mapping, Some(workspace.clone()))?)
    } else {
        Arc::new(SealedLookup::new(workspace.clone()))
    };
    Ok(Against { lookup, password, workspace: Some(workspace) })
}

pub(super) async fn read(from: &Arc<secret::From>) -> Result<HookSecrets, CliError> {
    let from = Arc::clone(from);
    tokio::task::spawn_blocking(move || from.read())
        .await
        .map_err(|error| CliError::Runtime(error.to_string()))?
}

/// Until a signal says stop; takes up secrets that were replaced meanwhile.
async fn run_until_stopped(hook: &Hook, from: &Arc<secret::From>, mut known: HookSecrets) {
    let stopped = interrupted();
    tokio::pin!(stopped);
    let mut hang_ups = HangUps::new();
    loop {
        tokio::select! {
            () = &mut stopped => return,
            () = hang_ups.next() => {}
            () = tokio::time::sleep(LOOK_AGAIN), if from.quiet() => {}
        }
        match read(from).await {
            Ok(secrets) if !secrets.same(&known) => {
                hook.accept(&secrets);
                tracing::info!(former = secrets.former.is_some(), "a new secret is in use");
                known = secrets;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the secret could not be read again; the known one stays in use");
            }
        }
    }
}

/// Logs what changes: the source goes and comes, the certificate is renewed or runs out.
async fn tell(mut status: tokio::sync::watch::Receiver<hook::Status>) {
    let mut known = hook::Status::default();
    loop {
        let now = status.borrow_and_update().clone();
        if now.backend != known.backend {
            match &now.backend {
                BackendState::Up => tracing::info!("sign-ins can be answered"),
                BackendState::Down { why, .. } => {
                    tracing::error!(technical = why.technical, advice = why.advice, "{}", why.what);
                }
                BackendState::Unknown => {}
            }
        }
        for problem in now.problems.iter().filter(|problem| !known.problems.contains(problem)) {
            tracing::warn!("{problem}");
        }
        known = now;
        if status.changed().await.is_err() {
            return;
        }
    }
}

/// SIGHUP, where there is such a thing.
struct HangUps {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl HangUps {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}
