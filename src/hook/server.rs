//! The server: connections, their limits, and the way of a request.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use chrono::Utc;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zeroize::Zeroizing;

use super::answer::{self, Reply};
use super::auth::{Accepted, Caller, TEST_HEADER};
use super::check::{Checker, Judgement};
use super::config::Limits;
use super::guests::{Guest, Guests};
use super::log::{Log, Written};
use super::payload::{self, Call};
use super::retries::{Retries, Try};
use super::status::Status;
use crate::model::{HookAnswer, HookCall, HookReason};

/// Bodies beyond this are refused; Okta's are some hundred bytes.
const LARGEST_BODY: usize = 64 * 1024;
/// A request's line and headers together.
const LARGEST_HEADER: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;
/// Refused calls are told one by one at most so often: whoever floods the address must not fill the log.
const REFUSED_EVERY: Duration = Duration::from_secs(1);

/// What every request needs.
pub(super) struct Shared {
    pub(super) path: String,
    pub(super) accepted: ArcSwap<Accepted>,
    pub(super) checker: Checker,
    pub(super) retries: std::sync::Mutex<Retries>,
    pub(super) log: Log,
    pub(super) status: watch::Sender<Status>,
    pub(super) limits: Limits,
    pub(super) connections: AtomicUsize,
    pub(super) refused: std::sync::Mutex<Option<Instant>>,
    pub(super) untold: AtomicU64,
    /// Judgements under way: they go on when Okta hangs up.
    pub(super) work: TaskTracker,
}

/// Takes connections until told to stop.
pub(super) async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    let room = Arc::new(Semaphore::new(shared.limits.connections));
    let guests = Guests::default();
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => return,
            taken = listener.accept() => match taken {
                Ok((stream, _)) => stream,
                // Out of file handles, or a connection that is gone already: the next one may work.
                Err(error) => {
                    tracing::warn!(%error, "the hook could not take a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        // With no room left whoever has waited longest without asking anything goes; where all are being answered, the next ones
        // wait in the system's own queue.
        let place = if let Ok(place) = Arc::clone(&room).try_acquire_owned() {
            Ok(place)
        } else {
            guests.make_room();
            tokio::select! {
                () = stop.cancelled() => return,
                place = Arc::clone(&room).acquire_owned() => place,
            }
        };
        let Ok(place) = place else { return };
        let guest = guests.welcome(&stop);
        let (tls, shared) = (tls.clone(), Arc::clone(&shared));
        tasks.spawn(async move {
            shared.connections.fetch_add(1, Ordering::Relaxed);
            connection(stream, tls, &shared, &guest).await;
            shared.connections.fetch_sub(1, Ordering::Relaxed);
            drop(guest);
            drop(place);
        });
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, shared: &Arc<Shared>, guest: &Guest) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => talk(stream, shared, guest).await,
        Some(tls) => {
            let shaken = tokio::select! {
                () = guest.told_to_go() => return,
                shaken = tokio::time::timeout(shared.limits.header, tls.accept(stream)) => shaken,
            };
            match shaken {
                Ok(Ok(stream)) => talk(stream, shared, guest).await,
                Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
                Err(_) => tracing::debug!("a TLS handshake took too long"),
            }
        }
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    shared: &Arc<Shared>,
    guest: &Guest,
) {
    let (for_calls, asking) = (Arc::clone(shared), guest.asking());
    let service = service_fn(move |request| {
        let (shared, asking) = (Arc::clone(&for_calls), asking.begin());
        async move {
            let reply = serve(&shared, request).await;
            drop(asking);
            Ok::<_, std::convert::Infallible>(reply)
        }
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(shared.limits.header)
        .max_headers(MOST_HEADERS)
        .max_buf_size(LARGEST_HEADER);
    let talking = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(talking);
    tokio::select! {
        // A broken connection is no news to anyone here.
        _ = talking.as_mut() => return,
        () = guest.told_to_go() => talking.as_mut().graceful_shutdown(),
    }
    let rest = if guest.was_idle() { Duration::ZERO } else { shared.limits.drain };
    let _ = tokio::time::timeout(rest, talking).await;
}

async fn serve(shared: &Arc<Shared>, request: Request<Incoming>) -> Reply {
    let begun = Instant::now();
    let looking = matches!(*request.method(), Method::GET | Method::HEAD);
    match request.uri().path() {
        "/healthz" if looking => answer::json(StatusCode::OK, r#"{"status":"alive"}"#),
        "/readyz" if looking => match shared.status.borrow().ready() {
            Ok(()) => answer::json(StatusCode::OK, r#"{"status":"ready"}"#),
            Err(why) => answer::json(
                StatusCode::SERVICE_UNAVAILABLE,
                serde_json::json!({"status": "not ready", "why": why}).to_string(),
            ),
        },
        path if path == shared.path => sign_in(shared, request, begun).await,
        _ => answer::hang_up(StatusCode::NOT_FOUND, "nothing here"),
    }
}

/// A call of Okta's, from its header to its answer.
async fn sign_in(shared: &Arc<Shared>, request: Request<Incoming>, begun: Instant) -> Reply {
    // Who calls is looked at before anything else: a stranger learns nothing of what would have been right.
    // Of two headers nobody can say which one counts; a proxy in front may have looked at the other.
    let mut headers = request.headers().get_all(AUTHORIZATION).iter();
    let header = headers.next().filter(|_| headers.next().is_none()).map(HeaderValue::as_bytes);
    match shared.accepted.load().check(header, Utc::now()) {
        Caller::Known => {}
        Caller::Former => tracing::debug!("called with the previous secret"),
        Caller::Stranger => {
            // Our own check that strangers are turned away counts nowhere.
            let test = request.headers().get(TEST_HEADER).map(HeaderValue::as_bytes);
            if !shared.accepted.load().is_test_header(test) {
                shared.refuse(HookReason::Stranger, begun);
            }
            return answer::hang_up(StatusCode::UNAUTHORIZED, "the Authorization header is missing or wrong");
        }
    }
    let call = match take(shared, request).await {
        Ok(call) => {
            let request = shared.accepted.load().vouched(call.event.as_deref(), call.request);
            Call { request, ..call }
        }
        Err(reply) => {
            shared.refuse(HookReason::BadRequest, begun);
            return reply;
        }
    };
    let about =
        About { login: call.login.clone(), request: call.request.clone(), address: call.address.clone() };
    let deadline = begun + shared.limits.deadline;
    let (judgement, again) = judge(shared, call, deadline).await;
    let answer = judgement.answer;
    let written = shared.tell(judgement, about, again, begun);
    // On record before it is given: whatever ends this program then, what Okta was told is known.
    if let Some(written) = written {
        shared.on_record(written, deadline).await;
    }
    if answer != HookAnswer::Verified {
        // Waiting costs no core and no place in the queue. That nothing can be said now comes no sooner than that nobody is let in: a
        // source that went while someone was looked up would tell who is known.
        let at = (begun + shared.checker.floor(shared.limits.floor)).min(deadline);
        tokio::time::sleep_until(at.into()).await;
    }
    answer::signed(answer)
}

/// What a call says of itself, for the log.
#[derive(Default)]
struct About {
    login: String,
    request: Option<String>,
    address: Option<String>,
}

/// The request's body, read and understood; or what to answer.
async fn take(shared: &Shared, request: Request<Incoming>) -> Result<Call, Reply> {
    if request.method() != Method::POST {
        let mut reply = answer::hang_up(StatusCode::METHOD_NOT_ALLOWED, "only POST");
        reply.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return Err(reply);
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(answer::hang_up(StatusCode::UNSUPPORTED_MEDIA_TYPE, "only application/json"));
    }
    let too_large = || answer::hang_up(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 64 KB");
    let body = request.into_body();
    let told = body.size_hint().exact().unwrap_or(0);
    if told > LARGEST_BODY as u64 {
        return Err(too_large());
    }
    match tokio::time::timeout(shared.limits.body, whole(body)).await {
        Err(_) => Err(answer::hang_up(StatusCode::REQUEST_TIMEOUT, "the body did not come in time")),
        Ok(Err(reply)) => Err(reply.unwrap_or_else(too_large)),
        Ok(Ok(bytes)) => payload::read(&bytes)
            .map_err(|malformed| answer::refused(StatusCode::BAD_REQUEST, &malformed.to_string())),
    }
}

/// The whole body, in memory that is wiped. `Err(None)`: it is too large.
async fn whole(mut body: Incoming) -> Result<Zeroizing<Vec<u8>>, Option<Reply>> {
    // Room for all of it at once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(match body.size_hint().exact() {
        Some(exact) => usize::try_from(exact).unwrap_or(0).min(LARGEST_BODY),
        None => LARGEST_BODY,
    }));
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(Some(answer::hang_up(StatusCode::BAD_REQUEST, "the body broke off")));
        };
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > LARGEST_BODY {
            return Err(None);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// Judges a call, or waits for the judgement of Okta's first try; never beyond the deadline. Whether it was a second try.
async fn judge(shared: &Arc<Shared>, call: Call, deadline: Instant) -> (Judgement, bool) {
    let tried = shared.retries().begin(&call, Instant::now());
    let (mut coming, again) = match tried {
        Some(Try::Again(coming)) => (coming, true),
        Some(Try::First(sender, key)) => (start(shared, call, deadline, sender, Some(key)), false),
        None => (start(shared, call, deadline, watch::Sender::new(None), None), false),
    };
    let until = tokio::time::Instant::from_std(deadline);
    let judgement = match tokio::time::timeout_at(until, coming.wait_for(Option::is_some)).await {
        Ok(Ok(judgement)) => judgement.clone(),
        Ok(Err(_)) => None,
        Err(_) => Some(Judgement::bare(HookAnswer::Unavailable, HookReason::Late)),
    };
    let broken = || Judgement::bare(HookAnswer::Unavailable, HookReason::Broken);
    (judgement.unwrap_or_else(broken), again)
}

/// Judges in a task of its own: when Okta gives up and asks again, what was begun is not lost.
fn start(
    shared: &Arc<Shared>,
    call: Call,
    deadline: Instant,
    sender: watch::Sender<Option<Judgement>>,
    key: Option<[u8; 32]>,
) -> super::retries::Coming {
    let coming = sender.subscribe();
    let in_task = Arc::clone(shared);
    shared.work.spawn(async move {
        let judgement =
            in_task.checker.judge(&call.login, call.address.as_deref(), call.password, deadline).await;
        if judgement.answer == HookAnswer::Unavailable
            && let Some(key) = key
        {
            // Nothing is known: the second try is judged anew.
            in_task.retries().forget(&key);
        }
        sender.send_replace(Some(judgement));
    });
    coming
}

impl Shared {
    fn retries(&self) -> std::sync::MutexGuard<'_, Retries> {
        self.retries.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn tell(&self, judgement: Judgement, about: About, again: bool, begun: Instant) -> Option<Written> {
        let Judgement { answer, reason, person, scheme } = judgement;
        self.log.tell(HookCall {
            at: Utc::now(),
            login: about.login,
            person,
            answer,
            reason,
            scheme,
            took_us: u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX),
            request: about.request,
            address: about.address,
            service: false,
            again,
        })
    }

    /// Waits until a call is on record. While nothing can be recorded nobody is kept waiting: that is told elsewhere, and what was
    /// answered is recorded later.
    async fn on_record(&self, written: Written, deadline: Instant) {
        let mut status = self.status.subscribe();
        let until = (Instant::now() + self.limits.record).min(deadline);
        tokio::select! {
            biased;
            _ = written => {}
            _ = status.wait_for(|status| status.behind.is_some()) => {}
            () = tokio::time::sleep_until(until.into()) => {}
        }
    }

    /// Logs a rejected request; floods are sampled.
    fn refuse(&self, reason: HookReason, begun: Instant) {
        {
            let mut last = self.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if last.is_some_and(|last| begun.saturating_duration_since(last) < REFUSED_EVERY) {
                self.untold.fetch_add(1, Ordering::Relaxed);
                return;
            }
            *last = Some(begun);
        }
        let judgement = Judgement::bare(HookAnswer::Refused, reason);
        let _ = self.tell(judgement, About::default(), false, begun);
    }
}

/// What the operating system's refusal to listen means.
pub(super) fn listening(address: SocketAddr, error: &std::io::Error) -> super::HookError {
    use std::io::ErrorKind;

    use super::HookError;
    match error.kind() {
        ErrorKind::AddrInUse => HookError::PortTaken(address),
        ErrorKind::PermissionDenied => HookError::PortForbidden(address),
        ErrorKind::AddrNotAvailable => HookError::NoSuchAddress(address),
        _ => HookError::Listen { address, technical: error.to_string() },
    }
}
