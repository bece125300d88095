//! The hook's server while the program runs it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::HookSettings;
use crate::hook::{
    self, Config, HookError, HookPath, HookSecrets, LiveLookup, Load, Lookup, SealedLookup, Status,
};
use crate::mapping::Mapping;
use crate::migration::{MigrationError, docs, kept_mapping};
use crate::secrets::{self, SecretStore};
use crate::source::{self, SourceSpec};
use crate::workspace::Workspace;

/// How often it is told how busy the server is.
const TELL: Duration = Duration::from_secs(1);

/// How the running server stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerView {
    /// Where it is called on this computer; empty until it listens.
    pub url: String,
    /// Its port.
    pub port: u16,
    /// Since when it listens.
    pub since: Option<DateTime<Utc>>,
    /// How it stands.
    pub status: Status,
    /// How busy it is.
    pub load: Load,
    /// How many sign-ins it checks at once.
    pub workers: usize,
    /// What it checks against, in a few words.
    pub against: String,
}

/// What to start.
pub struct ServerJob {
    /// The workspace.
    pub workspace: Workspace,
    /// The settings.
    pub settings: HookSettings,
    /// The secrets let in, as they are replaced.
    pub secrets: watch::Receiver<HookSecrets>,
    /// Where the source's password is.
    pub keychain: Arc<dyn SecretStore>,
    /// The same for this session.
    pub session: Arc<dyn SecretStore>,
    /// Another port will do when the usual one is taken, and is told: only the practice org calls.
    pub any_port: bool,
}

/// Runs the server until it is told to stop; calls under way are then answered.
pub async fn serve(
    job: ServerJob,
    stop: CancellationToken,
    progress: watch::Sender<ServerView>,
) -> Result<(), MigrationError> {
    let ServerJob { workspace, settings, mut secrets, keychain, session, any_port } = job;
    let mapping = kept_mapping(&workspace).await?;
    let Some(mapping) = mapping else {
        return Err(MigrationError::NothingRead);
    };
    let lookup = lookup(&workspace, &settings, mapping.clone(), keychain, session).await?;
    let against = lookup.words();
    let mut config = Config::new(secrets.borrow_and_update().clone());
    config.bind = settings.bind();
    config.path = HookPath::new(&settings.path)?;
    config.transport = settings.transport()?;
    config.public_host = settings.host();
    config.password = mapping.password;
    config.journal = Some(workspace);
    let mut ports = other_ports(config.bind.port(), any_port);
    let hook = loop {
        match (hook::start(config.clone(), Arc::clone(&lookup)).await, ports.next()) {
            (Ok(hook), _) => break hook,
            (Err(HookError::PortTaken(_)), Some(port)) => config.bind.set_port(port),
            (Err(error), _) => return Err(error.into()),
        }
    };
    let mut status = hook.status();
    let since = Some(Utc::now());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let mut tick = tokio::time::interval(TELL);
    loop {
        let view = ServerView {
            url: hook.url(),
            port: hook.address().port(),
            since,
            status: status.borrow_and_update().clone(),
            load: hook.load(),
            workers,
            against: against.clone(),
        };
        progress.send_if_modified(|now| {
            let changed = *now != view;
            *now = view;
            changed
        });
        tokio::select! {
            () = stop.cancelled() => break,
            _ = status.changed() => {}
            Ok(()) = secrets.changed() => hook.accept(&secrets.borrow_and_update().clone()),
            _ = tick.tick() => {}
        }
    }
    hook.stop().await;
    Ok(())
}

/// What is tried when a port is taken: the next ones, then any that is free. None at all where the port is the administrator's word.
fn other_ports(port: u16, any: bool) -> impl Iterator<Item = u16> {
    let next = (1..=10).filter_map(move |more| port.checked_add(more));
    next.chain([0]).filter(move |_| any)
}

/// What passwords are checked against.
async fn lookup(
    workspace: &Workspace,
    settings: &HookSettings,
    mapping: Mapping,
    keychain: Arc<dyn SecretStore>,
    session: Arc<dyn SecretStore>,
) -> Result<Arc<dyn Lookup>, MigrationError> {
    if !settings.live {
        return Ok(Arc::new(SealedLookup::new(workspace.clone())));
    }
    let spec: Option<SourceSpec> = workspace.doc(docs::SOURCE).await?;
    let Some(spec) = spec else {
        return Err(MigrationError::NoSource);
    };
    let words = spec.summary();
    let source = tokio::task::spawn_blocking(move || {
        let password = spec.secret_name().and_then(|name| secrets::find(&*session, &*keychain, &name));
        source::open(&spec, password)
    })
    .await
    .map_err(|e| MigrationError::interrupted(&e))??;
    let live = LiveLookup::new(source, &words, mapping, Some(workspace.clone()));
    Ok(Arc::new(live?))
}
