//! The way of a request through the org: faults, token, limits, latency, then the call itself, then the headers.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::api::reply::Refused;
use super::clock::http_date;
use super::limits::{Bucket, Standing};
use super::refusal::Refusal;
use super::shared::{App, lock};

/// Bodies beyond this are refused; Okta's user bodies are a few kilobytes.
const LARGEST_BODY: usize = 1024 * 1024;

/// The connection is to be closed without an answer.
#[derive(Debug)]
struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connection closed on purpose")
    }
}

impl std::error::Error for Dropped {}

/// Takes connections until told to stop.
pub(crate) async fn accept(
    listener: TcpListener,
    app: App,
    router: Router,
    stop: CancellationToken,
    connections: TaskTracker,
) {
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => return,
            taken = listener.accept() => match taken {
                Ok((stream, _)) => stream,
                // Out of file handles, or a connection that is gone already: the next one may work.
                Err(error) => {
                    tracing::warn!(%error, "the practice org could not take a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        connections.spawn(connection(stream, Arc::clone(&app), router.clone(), stop.clone()));
    }
}

async fn connection(stream: TcpStream, app: App, router: Router, stop: CancellationToken) {
    // Answers are small and the latency is ours to set.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| serve(Arc::clone(&app), router.clone(), request));
    let serving = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        () = stop.cancelled() => {}
        // A broken or dropped connection is no news to anyone here.
        _ = serving => {}
    }
}

async fn serve(app: App, router: Router, request: Request<Incoming>) -> Result<Response<Body>, Dropped> {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    if path.starts_with("/practice/") {
        let allowed = token_fits(&app, request.headers());
        let request = match whole(request).await {
            Ok(request) => request,
            Err(refusal) => return Ok(finish(&app, refuse(&app, &refusal), None)),
        };
        let answer = if allowed { call(router, request).await } else { refuse(&app, &Refusal::bad_token()) };
        return Ok(finish(&app, answer, None));
    }
    app.count(|counters| {
        counters.requests += 1;
        *counters.by_path.entry(format!("{method} {}", template(&path))).or_default() += 1;
    });
    let struck = lock(&app.faults).strike(method.as_str(), &path);
    let latency = *lock(&app.latency);
    let jitter = if latency.jitter_ms == 0 {
        0
    } else {
        u32::try_from(lock(&app.dice).next() % u64::from(latency.jitter_ms)).unwrap_or(0)
    };
    let wait = u64::from(latency.fixed_ms) + u64::from(jitter) + u64::from(struck.slow_ms);
    let place = app.enter();
    let request = match whole(request).await {
        Ok(request) => request,
        Err(refusal) => return Ok(finish(&app, refuse(&app, &refusal), None)),
    };
    pause(wait / 2).await;
    if struck.drop_before {
        app.count(|counters| counters.dropped += 1);
        return Err(Dropped);
    }
    let mut standing = None;
    let answer = match admit(&app, &method, &path, request.headers(), place.now, &mut standing) {
        Err(Turned::NoLength) => length_required(),
        Err(Turned::Refused(refusal)) => refuse(&app, &refusal),
        Ok(()) if struck.html => html(),
        Ok(()) if struck.unreadable => json("{}".into()),
        Ok(()) if struck.too_many => {
            standing = standing.map(|it| Standing { remaining: 0, ..it });
            refuse(&app, &Refusal::too_many_requests())
        }
        Ok(()) if struck.server_error => refuse(&app, &Refusal::internal()),
        Ok(()) if struck.forbidden => refuse(&app, &Refusal::no_permission()),
        Ok(()) => {
            let answer = call(router, request).await;
            app.until_kept().await;
            if struck.server_error_after {
                refuse(&app, &Refusal::internal())
            } else if struck.unreadable_after {
                half(answer).await
            } else {
                answer
            }
        }
    };
    pause(wait - wait / 2).await;
    if struck.drop_after {
        app.count(|counters| counters.dropped += 1);
        return Err(Dropped);
    }
    Ok(finish(&app, answer, standing))
}

async fn pause(millis: u64) {
    if millis > 0 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
}

/// Why a request is turned away before its call.
enum Turned {
    /// An empty PUT or POST that doesn't say so.
    NoLength,
    Refused(Refusal),
}

/// Whether a request may go on to its call: length told, token good, allowance left, service writable.
fn admit(
    app: &App,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    in_flight: usize,
    standing: &mut Option<Standing>,
) -> Result<(), Turned> {
    let writes = method == Method::PUT || method == Method::POST;
    if writes
        && !headers.contains_key(header::CONTENT_LENGTH)
        && !headers.contains_key(header::TRANSFER_ENCODING)
    {
        return Err(Turned::NoLength);
    }
    let open = path == "/.well-known/okta-organization" || path.starts_with("/api/v1/authn");
    if !open && path.starts_with("/api/") && !token_fits(app, headers) {
        return Err(Turned::Refused(Refusal::bad_token()));
    }
    if let Some(bucket) = Bucket::of(method.as_str(), path) {
        let mut limiter = lock(&app.limiter);
        if in_flight > usize::try_from(limiter.limits.concurrent).unwrap_or(usize::MAX) {
            drop(limiter);
            app.count(|counters| counters.too_many_concurrent += 1);
            *standing = Some(Standing {
                limit: 0,
                remaining: 0,
                reset: app.now().div_euclid(1000) + 2,
                allowed: false,
            });
            return Err(Turned::Refused(Refusal::too_many_requests()));
        }
        let taken = limiter.take(bucket, app.now());
        drop(limiter);
        *standing = Some(taken);
        if !taken.allowed {
            app.count(|counters| counters.too_many_bucket += 1);
            app.change(|org, now| {
                org.note(
                    super::events::Event::new("system.org.rate_limit.violation").failed("Too many requests"),
                    now,
                );
            });
            return Err(Turned::Refused(Refusal::too_many_requests()));
        }
    }
    if method != Method::GET && !open && app.read_only() {
        return Err(Turned::Refused(Refusal::read_only()));
    }
    Ok(())
}

/// Whether the request carries the org's token: `SSWS token`, or without the space, as Okta's Python SDK sends it.
fn token_fits(app: &App, headers: &HeaderMap) -> bool {
    let Some(given) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let Some((scheme, token)) = given.split_at_checked(4) else { return false };
    if !scheme.eq_ignore_ascii_case("SSWS") {
        return false;
    }
    let org = app.org();
    !org.token_revoked && bool::from(token.trim().as_bytes().ct_eq(org.token.expose_secret().as_bytes()))
}

/// Reads the body whole, so that handlers never wait for it.
async fn whole(request: Request<Incoming>) -> Result<Request<Body>, Refusal> {
    let (parts, body) = request.into_parts();
    let bytes = http_body_util::Limited::new(body, LARGEST_BODY)
        .collect()
        .await
        .map_err(|_| Refusal::not_well_formed())?
        .to_bytes();
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

async fn call(router: Router, request: Request<Body>) -> Response<Body> {
    match router.oneshot(request).await {
        Ok(answer) => answer,
        Err(never) => {
            let _: Infallible = never;
            Response::new(Body::empty())
        }
    }
}

fn refuse(app: &App, refusal: &Refusal) -> Response<Body> {
    let body = refusal.body(&format!("oae{}", app.letters(22))).to_string();
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

fn json(body: Body) -> Response<Body> {
    let mut answer = Response::new(body);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// A good answer whose JSON breaks off in the middle, though the HTTP is whole; a refusal stays what it is.
async fn half(answer: Response<Body>) -> Response<Body> {
    if answer.extensions().get::<Refused>().is_some() || answer.status() != StatusCode::OK {
        return answer;
    }
    let bytes =
        answer.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    json(Body::from(bytes.slice(..bytes.len() / 2)))
}

fn html() -> Response<Body> {
    let page = "<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body><h1>Welcome</h1></body></html>";
    let mut answer = Response::new(Body::from(page));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html;charset=utf-8"));
    answer
}

fn length_required() -> Response<Body> {
    let page = "<html><head><title>411 Length Required</title></head><body><h1>411 Length Required</h1></body></html>";
    let mut answer = Response::new(Body::from(page));
    *answer.status_mut() = StatusCode::LENGTH_REQUIRED;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    answer
}

/// Puts on what every answer has, and turns a handler's refusal into its body.
fn finish(app: &App, answer: Response<Body>, standing: Option<Standing>) -> Response<Body> {
    let mut answer = match answer.extensions().get::<Refused>() {
        Some(Refused(refusal)) => refuse(app, refusal),
        None => answer,
    };
    let status = answer.status().as_u16();
    app.count(|counters| *counters.by_status.entry(status).or_default() += 1);
    let twice = |number: String| {
        if lock(&app.faults).joined_headers() { format!("{number}, {number}") } else { number }
    };
    let headers = answer.headers_mut();
    let mut put = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("x-okta-request-id", app.letters(27));
    put("date", http_date(app.now()));
    put("cache-control", "no-cache, no-store".to_owned());
    if let Some(standing) = standing {
        put("x-rate-limit-limit", twice(standing.limit.to_string()));
        put("x-rate-limit-remaining", twice(standing.remaining.to_string()));
        put("x-rate-limit-reset", twice(standing.reset.to_string()));
    }
    answer
}

/// A path with its ids and logins left out, for counting.
fn template(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut before = "";
    for part in path.split('/').skip(1) {
        out.push('/');
        let hide = matches!(before, "users" | "groups" | "inlineHooks" | "api-tokens")
            && part != "me"
            && part != "current";
        out.push_str(if hide { "{}" } else { part });
        before = part;
    }
    out.truncate(out.floor_char_boundary(120));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_counted_without_ids() {
        assert_eq!(template("/api/v1/users/00u1/lifecycle/activate"), "/api/v1/users/{}/lifecycle/activate");
        assert_eq!(template("/api/v1/groups/00g1/users/00u1"), "/api/v1/groups/{}/users/{}");
        assert_eq!(template("/api/v1/users/me"), "/api/v1/users/me");
        assert_eq!(template("/api/v1/users"), "/api/v1/users");
    }
}
