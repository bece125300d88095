//! The password hook as the window runs it: the server, its secret, the org's side, the checks, and what was answered.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use super::answers::Feed;
pub(crate) use super::answers::{Followed, follow};

use super::source::jobs_secret;
use crate::app::problem::Problem;
use crate::hook::{
    self, Config, HeaderForm, HookError, HookPath, HookSecret, HookSecrets, LiveLookup, Load, Lookup, PORT,
    SealedLookup, Status, Transport,
};
use crate::mapping::Mapping;
use crate::migration::hook::service::{Inbound, Plan};
use crate::migration::hook::{
    Exchange, HookCheck, MovedSummary, Payload, Said, Standing, Wanted, call, execute, look, public_uri,
    reach, register, remove, set_active, stranger, sync,
};
use crate::migration::{docs, kept_mapping};
use crate::okta::Client;
use crate::secrets::SecretStore;
use crate::source::{self, SourceSpec};
use crate::workspace::Workspace;

/// How long a replaced secret is still accepted: long enough to tell Okta and whoever else calls.
const FORMER: Duration = Duration::from_hours(24);
/// How often the window is told how busy the server is.
const TELL: Duration = Duration::from_secs(1);

/// How calls come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// Plain HTTP on this computer, behind a proxy or tunnel.
    #[default]
    Proxy,
    /// The administrator's certificate.
    Certificate,
    /// A certificate made at start, for trying out.
    Trial,
}

/// The settings of the server, kept in the workspace. No secret is in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HookSettings {
    /// The port.
    pub port: u16,
    /// Whether other computers may call, not this one only.
    pub everywhere: bool,
    /// The path Okta posts to.
    pub path: String,
    /// How calls come in.
    pub tls: Tls,
    /// The certificate's file.
    pub certificate: String,
    /// The key's file.
    pub key: String,
    /// Whether passwords are checked against the live source.
    pub live: bool,
    /// The public address Okta calls, as typed.
    pub public: String,
}

impl Default for HookSettings {
    fn default() -> Self {
        Self {
            port: PORT,
            everywhere: false,
            path: HookPath::default().as_str().to_owned(),
            tls: Tls::Proxy,
            certificate: String::new(),
            key: String::new(),
            live: false,
            public: String::new(),
        }
    }
}

impl HookSettings {
    /// Where it listens.
    pub fn bind(&self) -> SocketAddr {
        let open = self.everywhere && self.tls != Tls::Proxy;
        SocketAddr::new(IpAddr::V4(if open { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST }), self.port)
    }

    /// Its address on this computer.
    pub fn here(&self) -> String {
        let scheme = if self.tls == Tls::Proxy { "http" } else { "https" };
        format!("{scheme}://127.0.0.1:{}{}", self.port, self.path)
    }

    /// The host of the public address, where it is one.
    pub fn host(&self) -> Option<String> {
        let uri = public_uri(&self.public, &self.path, false).ok()?;
        url::Url::parse(&uri).ok()?.host_str().map(str::to_owned)
    }

    /// What to run as a service; or what is missing for that.
    pub fn plan(&self, program: PathBuf, workspace: PathBuf) -> Result<Plan, Problem> {
        let inbound = match self.tls {
            Tls::Proxy => Inbound::Plain,
            Tls::Trial => Inbound::SelfSigned,
            Tls::Certificate => {
                let (certificate, key) = self.files()?;
                Inbound::Certificate { certificate, key }
            }
        };
        Ok(Plan { program, workspace, bind: self.bind(), path: self.path.clone(), inbound, live: self.live })
    }

    /// The certificate's file and its key's; or which is missing.
    fn files(&self) -> Result<(PathBuf, PathBuf), Problem> {
        let what = match (self.certificate.trim(), self.key.trim()) {
            ("", "") => "No certificate and key have been chosen yet.",
            ("", _) => "No certificate has been chosen yet.",
            (_, "") => "No key has been chosen for the certificate yet.",
            (certificate, key) => return Ok((certificate.into(), key.into())),
        };
        Err(Problem::new(
            what,
            "Choose both files under Address and certificate, or let a proxy or tunnel hold the certificate.",
        ))
    }

    fn transport(&self) -> Result<Transport, Problem> {
        Ok(match self.tls {
            Tls::Proxy => Transport::PlainLoopback,
            Tls::Trial => Transport::SelfSigned { names: self.host().into_iter().collect() },
            Tls::Certificate => {
                let (certificate, key) = self.files()?;
                Transport::Certificate { certificate, key }
            }
        })
    }
}

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

/// What the page needs to begin with.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The settings.
    pub settings: HookSettings,
    /// The secret, made when there was none.
    pub secrets: HookSecrets,
    /// Where it is kept.
    pub place: &'static str,
}

/// The settings and the secret; a secret is made where there is none. Where the keychain refuses, it lives in this session.
pub(crate) async fn kept(
    workspace: Workspace,
    secrets: Arc<dyn SecretStore>,
    session: Arc<dyn SecretStore>,
) -> Result<Kept, Problem> {
    let settings = workspace.doc(docs::HOOK_SERVER).await?.unwrap_or_default();
    let id = workspace.id().to_owned();
    let (found, place) = tokio::task::spawn_blocking(move || {
        for store in [&session, &secrets] {
            if let Ok(Some(found)) = HookSecrets::load(&**store, &id) {
                return Ok::<_, Problem>((found, store.place()));
            }
        }
        let made = HookSecrets::new(HookSecret::random()?);
        let place = keep(&made, &*secrets, &*session, &id)?;
        Ok((made, place))
    })
    .await
    .map_err(|_| Problem::interrupted())??;
    Ok(Kept { settings, secrets: found, place })
}

/// Keeps the secret in the keychain, or for this session where there is none. Where it is now.
fn keep(
    made: &HookSecrets,
    secrets: &dyn SecretStore,
    session: &dyn SecretStore,
    id: &str,
) -> Result<&'static str, Problem> {
    if made.save(secrets, id).is_ok() {
        return Ok(secrets.place());
    }
    made.save(session, id)?;
    Ok(session.place())
}

/// Makes another secret; the one that was is accepted for a day more.
pub(crate) async fn replace_secret(
    workspace: Workspace,
    now: HookSecrets,
    secrets: Arc<dyn SecretStore>,
    session: Arc<dyn SecretStore>,
) -> Result<(HookSecrets, &'static str), Problem> {
    let id = workspace.id().to_owned();
    tokio::task::spawn_blocking(move || {
        let new = HookSecret::random()?;
        let replaced = now.replaced(new, Utc::now() + FORMER);
        let place = keep(&replaced, &*secrets, &*session, &id)?;
        Ok((replaced, place))
    })
    .await
    .map_err(|_| Problem::interrupted())?
}

/// Keeps the settings.
pub(crate) async fn keep_settings(workspace: Workspace, settings: HookSettings) -> Result<(), Problem> {
    workspace.put_doc(docs::HOOK_SERVER, &settings).await.map_err(Problem::from)
}

/// What to start.
pub(crate) struct ServerJob {
    /// The workspace.
    pub(crate) workspace: Workspace,
    /// The settings.
    pub(crate) settings: HookSettings,
    /// The secrets let in, as they are replaced.
    pub(crate) secrets: watch::Receiver<HookSecrets>,
    /// Where the source's password is.
    pub(crate) keychain: Arc<dyn SecretStore>,
    /// The same for this session.
    pub(crate) session: Arc<dyn SecretStore>,
    /// Another port will do when the usual one is taken, and is told: only the practice org calls.
    pub(crate) any_port: bool,
}

/// Runs the server until it is told to stop; calls under way are then answered.
pub(crate) async fn serve(
    job: ServerJob,
    stop: CancellationToken,
    progress: watch::Sender<ServerView>,
) -> Result<(), Problem> {
    let ServerJob { workspace, settings, mut secrets, keychain, session, any_port } = job;
    let mapping = kept_mapping(&workspace).await?;
    let Some(mapping) = mapping else {
        return Err(Problem::new(
            "Nobody has been read into this migration yet.",
            "Read people first: steps 1 and 2.",
        ));
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
) -> Result<Arc<dyn Lookup>, Problem> {
    if !settings.live {
        return Ok(Arc::new(SealedLookup::new(workspace.clone())));
    }
    let spec: Option<SourceSpec> = workspace.doc(docs::SOURCE).await?;
    let Some(spec) = spec else {
        return Err(Problem::new(
            "This migration has no source to check against.",
            "Check against the passwords stored in the migration, or choose a source in step 1.",
        ));
    };
    let words = spec.summary();
    let source = tokio::task::spawn_blocking(move || {
        let password = spec.secret_name().and_then(|name| jobs_secret(&*keychain, &*session, &name));
        source::open(&spec, password)
    })
    .await
    .map_err(|_| Problem::interrupted())??;
    let live = LiveLookup::new(source, &words, mapping, Some(workspace.clone()));
    Ok(Arc::new(live?))
}

/// The org's side: what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrgAct {
    /// Only look.
    Look,
    /// Register, or change address and secret, and activate.
    Register,
    /// Let Okta call it, or stop it.
    Active(bool),
    /// Take it away.
    Remove,
}

/// Does it, and looks how things stand then.
pub(crate) async fn act(
    workspace: Workspace,
    client: Client,
    wanted: Option<Wanted>,
    what: OrgAct,
) -> Result<Standing, Problem> {
    let done = match (what, &wanted) {
        (OrgAct::Look, _) | (OrgAct::Register, None) => Ok(()),
        (OrgAct::Register, Some(wanted)) => register(&workspace, &client, wanted).await.map(|_| ()),
        (OrgAct::Active(active), _) => set_active(&workspace, &client, active).await.map(|_| ()),
        (OrgAct::Remove, _) => remove(&workspace, &client).await,
    };
    done?;
    Ok(look(&workspace, &client, wanted.as_ref()).await?)
}

/// What Okta is to be told: the address it calls and the header's value.
pub(crate) fn wanted(uri: String, secrets: &HookSecrets) -> Wanted {
    Wanted { uri, secret: header(secrets) }
}

/// The header's whole value.
pub(crate) fn header(secrets: &HookSecrets) -> SecretString {
    secrets.current.header(HeaderForm::Basic)
}

fn event() -> Result<[u8; 16], Problem> {
    let mut event = [0; 16];
    getrandom::fill(&mut event).map_err(|e| {
        Problem::new("The system gave no random numbers.", "Try again.").technical(e.to_string())
    })?;
    Ok(event)
}

/// Someone who cannot exist: a test call with it must be UNVERIFIED.
const NOBODY: &str = "causeway-test@invalid";

fn payload(
    client: Option<&Client>,
    secrets: &HookSecrets,
    hook: &str,
    login: String,
    password: SecretString,
) -> Result<Payload, Problem> {
    Ok(Payload {
        org: client.map(|c| c.org().as_str().to_owned()).unwrap_or_default(),
        hook: hook.to_owned(),
        login,
        password,
        at: Utc::now(),
        event: event()?,
        ours: Some(secrets.current.clone()),
    })
}

/// The checks of “Ready for people?”: from outside, as a stranger, and by Okta's own test.
pub(crate) async fn check(
    uri: String,
    client: Option<Client>,
    secrets: HookSecrets,
    hook: Option<String>,
) -> Result<Vec<HookCheck>, Problem> {
    let mut checks = reach(&uri, Utc::now()).await;
    if checks.iter().any(|check| check.sign == crate::migration::hook::Sign::Fails) {
        return Ok(checks);
    }
    let nobody =
        payload(client.as_ref(), &secrets, "", NOBODY.to_owned(), SecretString::from("not a password"))?;
    checks.push(stranger(&uri, &nobody).await);
    if let (Some(client), Some(hook)) = (&client, hook) {
        let about =
            payload(Some(client), &secrets, &hook, NOBODY.to_owned(), SecretString::from("not a password"))?;
        let tested = execute(client, &about).await?;
        checks.push(match tested.said {
            Said::Unverified => {
                HookCheck::good(format!("Okta's own test call was answered in {} ms", tested.ms))
            }
            Said::Verified => HookCheck::fails(
                "Someone who does not exist was VERIFIED",
                "Another program answers at this address. Remove the hook from the org at once.",
            ),
            Said::Neither => HookCheck::fails("Okta's own test call got no valid answer", tested.next)
                .technical(tested.answer),
        });
    }
    Ok(checks)
}

/// Where a test sign-in goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TryBy {
    /// To this server, as Okta calls it.
    #[default]
    Here,
    /// By way of Okta's own test.
    Okta,
}

/// Tries a login and password without changing anybody.
pub(crate) async fn attempt(
    by: TryBy,
    url: String,
    secrets: HookSecrets,
    okta: Option<(Client, String)>,
    login: String,
    password: SecretString,
) -> Result<Exchange, Problem> {
    match (by, okta) {
        (TryBy::Okta, Some((client, hook))) => {
            let about = payload(Some(&client), &secrets, &hook, login, password)?;
            Ok(execute(&client, &about).await?)
        }
        (TryBy::Okta, None) => Err(Problem::new("The hook is not registered in Okta.", "Register it first.")),
        (TryBy::Here, okta) => {
            let about = payload(okta.as_ref().map(|(c, _)| c), &secrets, "", login, password)?;
            Ok(call(&url, &header(&secrets), &about, true).await)
        }
    }
}

/// Reads Okta's log for people whose password arrived.
pub(crate) async fn who_moved(workspace: Workspace, client: Client) -> Result<MovedSummary, Problem> {
    Ok(sync(&workspace, &client, Utc::now()).await?)
}
