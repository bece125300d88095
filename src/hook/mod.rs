//! The password hook: answers Okta at a person's first sign-in whether the password typed is the one the old store knows.
//!
//! ```text
//! Okta ──POST──▶ who calls? (auth) ──▶ what is asked? (payload) ──▶ asked before? (retries)
//!                                                                        │
//!      answer ◀── judgement ◀── hash (pool) ◀── against what? (sealed, live) ◀── slowed? (throttle)
//!         └──▶ log: live feed, workspace
//! ```
//!
//! [`start`] runs one, [`Hook`] is its handle. The rules it is built by:
//!
//! - Only a right password of a person of this migration is `VERIFIED`. Everyone else is `UNVERIFIED`, after the same time.
//! - What can't be known now (source down, too busy, too late) is 503: Okta lets nobody in, counts no wrong password, and
//!   asks once more. Nothing is `VERIFIED` after the deadline.
//! - Passwords live in memory that is wiped and go nowhere else. Two buffers are not ours to wipe: what hyper read from the
//!   socket and what rustls decrypted.
//! - A hook that checks against the live source without a workspace keeps nothing: any number of them may stand behind a
//!   balancer. Okta's second try that reaches another of them is judged anew, with the same outcome.
//!
//! # The window and a service
//!
//! The workspace's lock is the window's (and the command line's jobs'): it keeps two from importing at once. A hook as a
//! service opens the workspace beside it ([`Workspace::open_beside`](crate::workspace::Workspace::open_beside)): it looks
//! people up and writes the hook's own tables, which nobody else writes. So both run at once, on the same computer, and the
//! window shows what the service answers. The hook in the window and the service are kept apart by the port alone.

mod answer;
mod auth;
mod backend;
mod certificate;
mod check;
mod config;
mod error;
mod guests;
mod live;
mod log;
mod payload;
mod pool;
mod retries;
mod sealed;
mod server;
mod status;
mod throttle;
mod tls;
mod ways;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use auth::TEST_HEADER;
pub use auth::{HeaderForm, HookSecret, HookSecrets};
pub use backend::{BackendState, Found, Lookup};
pub use config::{Config, HookPath, Limits, PORT, Transport};
pub use error::{BackendError, CertificateProblem, HookError};
pub use live::LiveLookup;
pub use sealed::SealedLookup;
pub use status::{Behind, CertificateInfo, Status, lost_words};

use crate::model::HookCall;
use backend::Guarded;
use check::Checker;
use log::Log;
use pool::Pool;
use retries::Retries;
use server::Shared;

/// A running hook. Dropped, it ends at once; [`Hook::stop`] ends it with what is under way answered.
pub struct Hook {
    address: SocketAddr,
    tls: bool,
    shared: Arc<Shared>,
    status: watch::Receiver<Status>,
    stop: CancellationToken,
    tasks: TaskTracker,
    writer: Option<JoinHandle<()>>,
}

/// How busy a hook is right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Open connections.
    pub connections: usize,
    /// Sign-ins that are being checked or wait for it.
    pub checking: usize,
    /// Refused calls since the start that were not told one by one.
    pub untold: u64,
}

/// Starts a hook that checks against `lookup`. It listens when this returns; whether the place the passwords are in answers
/// shows in [`Hook::status`] a moment later.
pub async fn start(config: Config, lookup: Arc<dyn Lookup>) -> Result<Hook, HookError> {
    let Config { bind, path, transport, public_host, secrets, password, journal, limits } = config;
    let tls = match &transport {
        Transport::PlainLoopback if !bind.ip().is_loopback() => return Err(HookError::PlainInPublic(bind)),
        Transport::PlainLoopback => None,
        Transport::Certificate { certificate, key } => {
            Some(tls::from_files(certificate, key, public_host.as_deref())?)
        }
        Transport::SelfSigned { names } => Some(tls::self_signed(names)?),
    };
    let listener = TcpListener::bind(bind).await.map_err(|error| server::listening(bind, &error))?;
    let address = listener.local_addr().map_err(|error| server::listening(bind, &error))?;
    let threads = match limits.threads {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        some => some,
    };
    let pool = Pool::new(threads, limits.memory, limits.patience)?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let guard = Guarded::new(lookup, limits.lookup, limits.lookups, stop.clone());
    let sender = watch::Sender::new(Status {
        certificate: tls.as_ref().map(|tls| tls.info.clone()),
        problems: tls.as_ref().map(|tls| tls.problems.clone()).unwrap_or_default(),
        ..Status::default()
    });
    let status = sender.subscribe();
    tokio::spawn(follow(guard.state(), sender.clone(), stop.clone()));
    let acceptor = tls.as_ref().map(|tls| TlsAcceptor::from(Arc::clone(&tls.config)));
    if let Some(files) = tls.and_then(|tls| tls.files) {
        tokio::spawn(files.watch(limits.certificate, sender.clone(), stop.clone()));
    }
    let (log, writer) = Log::start(journal, sender.clone(), limits.record);
    let shared = Arc::new(Shared {
        path: path.as_str().to_owned(),
        accepted: ArcSwap::from_pointee(auth::Accepted::new(&secrets)),
        checker: Checker::new(guard, pool, password, limits.patience),
        retries: std::sync::Mutex::new(Retries::new()?),
        log,
        status: sender,
        limits,
        connections: AtomicUsize::new(0),
        refused: std::sync::Mutex::new(None),
        untold: AtomicU64::new(0),
        work: TaskTracker::new(),
    });
    let (looking, until) = (Arc::clone(&shared), stop.clone());
    tasks.spawn(async move { looking.checker.keep_example(until).await });
    let has_tls = acceptor.is_some();
    tasks.spawn(server::accept(listener, acceptor, Arc::clone(&shared), stop.clone(), tasks.clone()));
    Ok(Hook { address, tls: has_tls, shared, status, stop, tasks, writer })
}

/// Puts what is known of the backend into the status.
async fn follow(
    mut state: watch::Receiver<BackendState>,
    status: watch::Sender<Status>,
    stop: CancellationToken,
) {
    loop {
        let now = state.borrow_and_update().clone();
        status.send_if_modified(|status| {
            let changed = status.backend != now;
            status.backend = now;
            changed
        });
        tokio::select! {
            () = stop.cancelled() => return,
            changed = state.changed() => if changed.is_err() { return },
        }
    }
}

impl Hook {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it is called on this computer: `http://127.0.0.1:8443/pwhook`.
    pub fn url(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        let mut reached = self.address;
        if reached.ip().is_unspecified() {
            reached.set_ip(match reached {
                SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            });
        }
        format!("{scheme}://{reached}{}", self.shared.path)
    }

    /// How it stands; changes are told.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Every call from now on, as it is answered. Who falls behind by a thousand misses some.
    pub fn calls(&self) -> broadcast::Receiver<Arc<HookCall>> {
        self.shared.log.feed()
    }

    /// How busy it is.
    pub fn load(&self) -> Load {
        Load {
            connections: self.shared.connections.load(Ordering::Relaxed),
            checking: self.shared.checker.busy(),
            untold: self.shared.untold.load(Ordering::Relaxed),
        }
    }

    /// Lets callers with these secrets in from now on, and no others.
    pub fn accept(&self, secrets: &HookSecrets) {
        self.shared.accepted.store(Arc::new(auth::Accepted::new(secrets)));
    }

    /// Ends it: takes no new calls, answers those under way (for as long as [`Limits::drain`] says), writes down the rest.
    pub async fn stop(mut self) {
        self.shared.status.send_modify(|status| status.draining = true);
        self.stop.cancel();
        self.tasks.close();
        self.shared.work.close();
        let drain = self.shared.limits.drain;
        let done = async {
            self.tasks.wait().await;
            self.shared.work.wait().await;
        };
        if tokio::time::timeout(drain, done).await.is_err() {
            tracing::warn!("some calls were still under way when the hook ended");
        }
        let writer = self.writer.take();
        let status = self.status.clone();
        drop(self);
        if let Some(writer) = writer {
            // Ends by itself when the last call that is under way has let go of the log.
            if tokio::time::timeout(drain, writer).await.is_err() {
                let left = status.borrow().behind.clone();
                tracing::error!(
                    waiting = left.as_ref().map(|left| left.waiting),
                    let_in = left.as_ref().map(|left| left.let_in),
                    "ended before all that was answered could be recorded"
                );
            }
        }
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
