//! The running org, as the program and tests hold it.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, OnceLock};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use zeroize::Zeroizing;

use super::api;
use super::clock::stamp;
use super::config::{Config, Latency, Limits};
use super::dice::Dice;
use super::error::PracticeError;
use super::faults::{FaultBox, Faults};
use super::group::EVERYONE;
use super::ids::letter;
use super::keep;
use super::limits::Limiter;
use super::org::Org;
use super::person::{Person, Provider, Status};
use super::schema::Attributes;
use super::secret::Secret;
use super::server;
use super::shared::{App, Counters, Shared, lock};
use super::signin::{SignIn, sign_in};

/// A running practice org. It stops when dropped; [`Self::stop`] also waits until the journal has kept everything.
pub struct PracticeOrg {
    app: App,
    port: u16,
    token: SecretString,
    connections: TaskTracker,
    journal: Mutex<Option<JoinHandle<()>>>,
    stop: CancellationToken,
    _guard: DropGuard,
}

impl fmt::Debug for PracticeOrg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PracticeOrg").field("url", &self.app.base).finish_non_exhaustive()
    }
}

/// A person, as a list shows one.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonView {
    /// Okta's id.
    pub id: String,
    /// The user name.
    pub login: String,
    /// First and last name, or the display name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// Where the person is in the life cycle.
    pub status: Status,
    /// Who answers for the password: `Import` until the first good sign-in.
    pub provider: Provider,
    /// Whether there is a password, a hash or a hook.
    pub has_password: bool,
    /// The last good sign-in, in Okta's form of a date.
    pub last_login: Option<String>,
    /// Every attribute that has a value.
    pub profile: Attributes,
    /// The names of the person's groups, Everyone left out.
    pub groups: Vec<String>,
}

/// Some of the people, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct PeoplePage {
    /// The people of this page.
    pub people: Vec<PersonView>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<u32>,
    /// How many people the org has in all.
    pub total: usize,
}

/// A group, as a list shows one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    /// Okta's id.
    pub id: String,
    /// The name.
    pub name: String,
    /// How many people are in it.
    pub members: usize,
    /// Whether it is Everyone.
    pub built_in: bool,
}

/// A registered inline hook, as a list shows one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookView {
    /// Okta's id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The type: `com.okta.user.credential.password.import`.
    pub kind: String,
    /// Where it is called.
    pub uri: String,
    /// Whether it is called at all.
    pub active: bool,
}

impl PracticeOrg {
    /// Starts an org on the loopback interface. Runs on the current tokio runtime.
    pub async fn start(config: Config) -> Result<Self, PracticeError> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, config.port)))
            .await
            .map_err(|source| PracticeError::Port { port: config.port, source })?;
        let port =
            listener.local_addr().map_err(|source| PracticeError::Port { port: config.port, source })?.port();
        let restored = match config.restore {
            None => None,
            // What was kept may be a file of any size: not on a thread that others wait for.
            Some(kept) => tokio::task::spawn_blocking(move || keep::restore(kept))
                .await
                .map_err(|error| PracticeError::Damaged(error.to_string()))??,
        };
        let fresh = restored.is_none();
        let mut org = if let Some(org) = restored {
            org
        } else {
            let token = match &config.token {
                Some(token) => token.clone(),
                None => fresh_token()?,
            };
            Org::new(config.seed, config.company, token, config.clock.now())
        };
        // A token asked for wins over the one that was kept.
        let retold = match config.token {
            Some(token) if token.expose_secret() != org.token.expose_secret() => {
                org.token = token;
                org.token_revoked = false;
                true
            }
            _ => false,
        };
        let token = org.token.clone();
        let app: App = Arc::new(Shared {
            base: format!("http://127.0.0.1:{port}"),
            clock: config.clock,
            org: Mutex::new(org),
            limiter: Mutex::new(Limiter::new(config.limits, config.window)),
            faults: Mutex::new(FaultBox::new(config.faults, config.seed)),
            latency: Mutex::new(config.latency),
            counters: Mutex::new(Counters::default()),
            dice: Mutex::new(Dice::new(config.seed)),
            in_flight: AtomicUsize::new(0),
            changed: Notify::new(),
            kept: Arc::new(watch::Sender::new(0)),
            answer_when_kept: config.answer_when_kept && config.journal.is_some(),
            hook_timeout: config.hook_timeout,
            client: OnceLock::new(),
        });
        let stop = CancellationToken::new();
        let journal = config.journal.map(|journal| {
            keep::begin(&app, fresh || retold);
            tokio::spawn(keep::tell(Arc::clone(&app), journal, stop.clone()))
        });
        let connections = TaskTracker::new();
        let router = api::router(Arc::clone(&app));
        connections.spawn(server::accept(
            listener,
            Arc::clone(&app),
            router,
            stop.clone(),
            connections.clone(),
        ));
        Ok(Self {
            app,
            port,
            token,
            connections,
            journal: Mutex::new(journal),
            _guard: stop.clone().drop_guard(),
            stop,
        })
    }

    /// Where it listens: `http://127.0.0.1:41234`.
    pub fn url(&self) -> &str {
        &self.app.base
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Takes the token away, as when an administrator revokes it, and makes another.
    pub fn new_token(&self) -> Result<SecretString, PracticeError> {
        let token = fresh_token()?;
        self.app.change(|org, _| {
            org.token = token.clone();
            org.revoke_token(false);
        });
        Ok(token)
    }

    /// The API token that is good now, unless it was revoked.
    pub fn current_token(&self) -> SecretString {
        self.app.org().token.clone()
    }

    /// Whether the token was revoked and no other made.
    pub fn token_revoked(&self) -> bool {
        self.app.org().token_revoked
    }

    /// The API token it started with.
    pub fn token(&self) -> &SecretString {
        &self.token
    }

    /// Stops: open connections are closed, what changed is told to the journal, and kept when this returns.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.connections.close();
        self.connections.wait().await;
        let journal = lock(&self.journal).take();
        if let Some(journal) = journal {
            // It ends by itself; a panic in it has been reported already.
            let _ = journal.await;
        }
    }

    /// How many people there are, deactivated ones included.
    pub fn people_count(&self) -> usize {
        self.app.org().living
    }

    /// A page of people, from where the last page said (0 at first). `search` finds in login, name and e-mail without
    /// regard to case and diacritics; empty: everyone.
    pub fn people(&self, from: u32, limit: usize, search: &str) -> PeoplePage {
        let org = self.app.org();
        let wanted = super::text::fold(search.trim());
        let fits = |person: &Person| {
            wanted.is_empty()
                || [person.text("login"), person.name(), person.text("email")]
                    .iter()
                    .any(|text| super::text::fold(text).contains(&wanted))
        };
        let mut walk = org.people_from(from).filter(|(_, person)| fits(person));
        let people = walk.by_ref().take(limit).map(|(number, person)| view(&org, number, person)).collect();
        let next = walk.next().map(|(number, _)| number);
        PeoplePage { people, next, total: org.living }
    }

    /// One person, by id, login or short name.
    pub fn person(&self, id_or_login: &str) -> Option<PersonView> {
        let org = self.app.org();
        let number = org.find(id_or_login)?;
        org.person(number).map(|person| view(&org, number, person))
    }

    /// All groups, Everyone first.
    pub fn groups(&self) -> Vec<GroupView> {
        let org = self.app.org();
        org.groups_from(0)
            .map(|(number, group)| GroupView {
                id: org.group_id(number),
                name: group.name.clone(),
                members: if number == EVERYONE { org.living } else { group.members.len() },
                built_in: group.built_in,
            })
            .collect()
    }

    /// All inline hooks.
    pub fn hooks(&self) -> Vec<HookView> {
        let org = self.app.org();
        org.hooks()
            .map(|(number, hook)| HookView {
                id: org.hook_id(number),
                name: hook.name.clone(),
                kind: hook.kind.clone(),
                uri: hook.uri.clone(),
                active: hook.active,
            })
            .collect()
    }

    /// What was counted since the start.
    pub fn counters(&self) -> Counters {
        lock(&self.app.counters).clone()
    }

    /// Signs in as a person would at Okta's sign-in page: same checks, same effects, no rate limit.
    pub async fn sign_in(&self, login: &str, password: &SecretString) -> SignIn {
        let password = Secret::new(password.expose_secret().to_owned());
        let tried = sign_in(&self.app, login, password).await;
        self.app.until_kept().await;
        match tried {
            Ok(done) => done,
            Err(refusal) => SignIn::HookFailed(match refusal.causes.first() {
                Some(cause) => format!("{} {cause}", refusal.summary),
                None => refusal.summary,
            }),
        }
    }

    /// Puts other faults in force; their counts start again.
    pub fn set_faults(&self, faults: Faults) {
        lock(&self.app.faults).set(faults);
    }

    /// The faults as they stand.
    pub fn faults(&self) -> Faults {
        lock(&self.app.faults).current()
    }

    /// The limits as they stand.
    pub fn limits(&self) -> Limits {
        lock(&self.app.limiter).limits
    }

    /// How long answers take.
    pub fn latency(&self) -> Latency {
        *lock(&self.app.latency)
    }

    /// Changes the limits; running windows go on.
    pub fn set_limits(&self, limits: Limits) {
        lock(&self.app.limiter).limits = limits;
    }

    /// Changes how long answers take.
    pub fn set_latency(&self, latency: Latency) {
        *lock(&self.app.latency) = latency;
    }

    /// Makes the token bad, as when its owner is deactivated, or good again.
    pub fn revoke_token(&self, revoked: bool) {
        self.app.change(|org, _| org.revoke_token(revoked));
    }
}

fn view(org: &Org, number: u32, person: &Person) -> PersonView {
    let groups = person.groups.iter().filter_map(|&group| Some(org.group(group)?.name.clone())).collect();
    PersonView {
        id: org.user_id(number),
        login: person.text("login"),
        name: person.name(),
        email: person.text("email"),
        status: person.status,
        provider: person.provider,
        has_password: person.credential.is_some(),
        last_login: (person.times.last_login != 0).then(|| stamp(person.times.last_login)),
        profile: person.profile(),
        groups,
    }
}

/// A token in Okta's form: `00` and 40 letters and digits, from the system's random numbers.
fn fresh_token() -> Result<SecretString, PracticeError> {
    let mut seeds = Zeroizing::new([0; 40]);
    getrandom::fill(seeds.as_mut()).map_err(|error| PracticeError::Random(error.to_string()))?;
    let letters: String = seeds.iter().map(|&seed| letter(seed)).collect();
    Ok(SecretString::from(format!("00{letters}")))
}
