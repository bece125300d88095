//! Typed calls over HTTPS. Every call waits its turn at the pace. Calls that change something are never repeated here: that is the
//! caller's judgement. One-shot questions are asked again, here and nowhere else, where no answer came or Okta had none just now.

use std::error::Error as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::bucket::Bucket;
use super::error::OktaError;
use super::judge::{Call, READ_ONLY_WAIT, Verdict, judge};
use super::pace::{Pace, PaceSettings, Permit};
use super::reply::{Answer, Broken, Reply};
use super::request::Request;
use super::types::{ApiToken, Group, OrgInfo, User, WellKnown};
use super::url::OrgUrl;

/// The greatest list taken, in bytes: 200 users with large profiles are well below.
const LIST_CAP: usize = 16 << 20;
/// The greatest answer to anything else: one user, one group, a schema of thousands of attributes.
const ONE_CAP: usize = 4 << 20;
/// What all answers on their way in may hold together: many calls are under way at once.
const ALL_CAP: usize = 48 << 20;

/// The room that answers on their way in share.
#[derive(Debug, Clone, Default)]
struct Intake(Arc<AtomicUsize>);

/// What one answer has taken of it; given back when dropped.
struct Taken<'a> {
    of: &'a Intake,
    bytes: usize,
    most: usize,
}

impl Intake {
    fn answer(&self, most: usize) -> Taken<'_> {
        Taken { of: self, bytes: 0, most }
    }
}

impl Taken<'_> {
    /// Takes some more, if there is room.
    fn take(&mut self, bytes: usize) -> Result<(), Broken> {
        self.bytes += bytes;
        let all = self.of.0.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let (over, most) = if self.bytes > self.most { (true, self.most) } else { (all > ALL_CAP, ALL_CAP) };
        if !over {
            return Ok(());
        }
        Err(Broken::Unknown {
            what: "Okta's answer was larger than any should be.".to_owned(),
            technical: format!("more than {} MiB", most >> 20),
            passes: false,
        })
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.of.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// How the program names itself to Okta, and so in Okta's log.
const AGENT: &str = concat!("causeway/", env!("CARGO_PKG_VERSION"));

/// How the client behaves; the defaults suit Okta.
#[derive(Debug, Clone, Copy)]
pub struct ClientSettings {
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long a whole call may take.
    pub timeout: Duration,
    /// How long Okta's read-only mode is sat out before a write is tried again. It lasts minutes (okta-api.md 8), and nobody wants
    /// to wait for minutes more.
    pub read_only_wait: Duration,
    /// How long Okta may go on not finding what was made a moment ago: asked again after once, twice and four times this
    /// (okta-api.md 0, *Consistency*).
    pub settle: Duration,
    /// How long nothing but failures may come back before the run pauses and asks.
    pub outage: Duration,
    /// How long a one-shot question is asked again for, in growing steps, where the connection broke or Okta could not answer just
    /// now: a job of hours is not to end for one bad moment at its beginning, and whoever waits for an answer is to have one.
    pub patience: Duration,
    /// Share and concurrency.
    pub pace: PaceSettings,
    /// Spreads waiting after refusals; any number.
    pub seed: u64,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_mins(1),
            read_only_wait: Duration::from_secs(READ_ONLY_WAIT),
            settle: Duration::from_secs(2),
            outage: Duration::from_secs(45),
            patience: Duration::from_secs(8),
            pace: PaceSettings::default(),
            seed: u64::from(std::process::id()),
        }
    }
}

/// An org and a token. Cheap to clone; clones share connections, pace and token.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    org: OrgUrl,
    /// The token, as its header says it.
    token: Arc<RwLock<HeaderValue>>,
    pace: Pace,
    settings: ClientSettings,
    intake: Intake,
    /// The org's address under Okta's own domains, once it was asked.
    own: Arc<RwLock<Option<OrgUrl>>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({})", self.org)
    }
}

impl Client {
    /// A client for this org. Sends nothing yet.
    pub fn new(org: OrgUrl, token: &SecretString, settings: ClientSettings) -> Result<Self, OktaError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let mut builder = reqwest::Client::builder()
            .user_agent(AGENT)
            .default_headers(headers)
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.timeout)
            .redirect(redirect::Policy::none())
            .pool_idle_timeout(Duration::from_secs(30))
            .tcp_nodelay(true)
            .https_only(!org.as_str().starts_with("http:"));
        if org.is_practice() {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|e| OktaError::Setup(chain(&e)))?;
        Ok(Self {
            http,
            org,
            token: Arc::new(RwLock::new(header_of(token)?)),
            pace: Pace::new(settings.pace, settings.seed),
            settings,
            intake: Intake::default(),
            own: Arc::default(),
        })
    }

    /// Where the Admin Console shows a person, as far as the org was asked where that is. `None` for a practice org.
    pub fn console_of(&self, id: &str) -> Option<String> {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        let org = if self.org.is_practice() { &self.org } else { own.as_ref().unwrap_or(&self.org) };
        org.console_of(id)
    }

    /// The org.
    pub fn org(&self) -> &OrgUrl {
        &self.org
    }

    /// The pace all calls keep.
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    /// How it behaves.
    pub(crate) fn settings(&self) -> &ClientSettings {
        &self.settings
    }

    /// Goes on with another token, for all clones.
    pub fn set_token(&self, token: &SecretString) -> Result<(), OktaError> {
        let header = header_of(token)?;
        let mut held = self.token.write().unwrap_or_else(PoisonError::into_inner);
        *held = header;
        Ok(())
    }

    /// Sends a request with a permit of its bucket. The answer is for [`judge`].
    pub async fn send(&self, permit: Permit, request: &Request) -> Answer {
        let token = self.token.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut builder = self
            .http
            .request(request.method.clone(), format!("{}{}", self.org, request.path))
            .header(header::AUTHORIZATION, token)
            .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(mark) = &request.mark {
            builder = builder.header(header::USER_AGENT, format!("{AGENT} ({})", mark.words()));
        }
        builder = match &request.body {
            Some(body) => builder.body(body.clone()),
            // Without this header Okta answers 411 (okta-api.md 0).
            None if request.method != Method::GET => {
                builder.header(header::CONTENT_LENGTH, HeaderValue::from_static("0")).body("")
            }
            None => builder,
        };
        let most = if request.call == Call::Read { LIST_CAP } else { ONE_CAP };
        let answer = receive(builder, self.intake.answer(most)).await;
        if let Ok(reply) = &answer {
            tracing::debug!(
                path = request.path.split('?').next().map(covered_path),
                status = reply.status,
                request_id = reply.request_id.as_deref(),
                "okta"
            );
        }
        permit.answered(&answer);
        answer
    }

    /// Waits for its turn and sends, once.
    pub async fn ask(&self, request: &Request) -> Answer {
        let permit = self.pace.permit(request.bucket).await;
        self.send(permit, request).await
    }

    // --- one-shot questions: an answer or an error that says what to do ---

    /// A question, asked again while what keeps the answer away may be over in a moment.
    pub(super) async fn question<T, F: Future<Output = Result<T, OktaError>>>(
        &self,
        ask: impl Fn() -> F,
    ) -> Result<T, OktaError> {
        // Half a second, one, two and four and a half, of eight.
        for sixteenths in [1, 2, 4, 9] {
            match ask().await {
                Err(error) if error.passes() => {
                    tokio::time::sleep(self.settings.patience * sixteenths / 16).await;
                }
                end => return end,
            }
        }
        ask().await
    }

    /// A question whose answer is read as it stands.
    pub(super) async fn read<T: DeserializeOwned>(&self, request: &Request) -> Result<T, OktaError> {
        self.question(|| async { read(&self.ask(request).await) }).await
    }

    /// `GET /.well-known/okta-organization`: is this Okta? Sends no token.
    pub async fn well_known(&self) -> Result<WellKnown, OktaError> {
        self.question(|| self.well_known_once()).await
    }

    async fn well_known_once(&self) -> Result<WellKnown, OktaError> {
        let request = self.http.get(format!("{}/.well-known/okta-organization", self.org));
        let sent = self.pace.now();
        let answer = receive(request, self.intake.answer(ONE_CAP)).await;
        // The first answer of every job: from here on it is known what time it is there.
        if let Some(date) = answer.as_ref().ok().and_then(|reply| reply.date) {
            self.pace.learn(date, sent);
        }
        let found: WellKnown = match &answer {
            Ok(reply) if reply.ok() => reply.parse(),
            _ => None,
        }
        .ok_or_else(|| match &answer {
            Ok(reply) if reply.status < 500 && reply.status != 429 => {
                OktaError::NotOkta { technical: format!("HTTP {}", reply.status) }
            }
            _ => OktaError::of(Call::Read, &answer),
        })?;
        if found.id.starts_with("00o") {
            if let Some(own) = found.okta_address() {
                *self.own.write().unwrap_or_else(PoisonError::into_inner) = Some(own);
            }
            Ok(found)
        } else {
            Err(OktaError::NotOkta { technical: "The answer names no Okta org.".to_owned() })
        }
    }

    /// `GET /org`.
    pub async fn org_info(&self) -> Result<OrgInfo, OktaError> {
        self.get(Bucket::Other, "/api/v1/org").await
    }

    /// `GET /users/me`: whose token this is.
    pub async fn me(&self) -> Result<User, OktaError> {
        self.get(Bucket::Me, "/api/v1/users/me").await
    }

    /// `GET /api-tokens`: all tokens' metadata.
    pub async fn api_tokens(&self) -> Result<Vec<ApiToken>, OktaError> {
        self.get(Bucket::Other, "/api/v1/api-tokens").await
    }

    /// `GET /meta/schemas/user/default`.
    pub async fn user_schema(&self) -> Result<serde_json::Value, OktaError> {
        self.get(Bucket::Other, "/api/v1/meta/schemas/user/default").await
    }

    /// `POST /meta/schemas/user/default`: adds attributes to the profile. Gives the whole schema.
    pub async fn add_attributes(
        &self,
        schema: &serde_json::Value,
    ) -> Result<Answered<serde_json::Value>, OktaError> {
        answered(&self.ask(&Request::add_attributes(schema)).await)
    }

    /// May this token list users? A read that passes does not prove the write.
    pub async fn probe_users(&self) -> Result<(), OktaError> {
        self.get::<Vec<serde_json::Value>>(Bucket::Users, "/api/v1/users?limit=1").await.map(|_| ())
    }

    /// May this token list groups?
    pub async fn probe_groups(&self) -> Result<(), OktaError> {
        self.get::<Vec<serde_json::Value>>(Bucket::Groups, "/api/v1/groups?limit=1").await.map(|_| ())
    }

    /// May this token see inline hooks?
    pub async fn probe_hooks(&self) -> Result<(), OktaError> {
        self.get::<Vec<serde_json::Value>>(Bucket::Other, "/api/v1/inlineHooks").await.map(|_| ())
    }

    /// The user of that login or id; `None` when there is none.
    pub async fn find_user(&self, id_or_login: &str) -> Result<Option<User>, OktaError> {
        let request = &Request::get_user(id_or_login);
        self.question(|| async {
            let answer = self.ask(request).await;
            match judge(Call::Read, &answer) {
                Verdict::Missing => Ok(None),
                _ => read(&answer).map(Some),
            }
        })
        .await
    }

    /// The group of exactly that name, ignoring case, that people can be put into.
    pub async fn find_group(&self, name: &str) -> Result<Option<Group>, OktaError> {
        let groups: Vec<Group> = self.read(&Request::groups_starting(name)).await?;
        let folded = name.to_lowercase();
        Ok(groups.into_iter().find(|g| g.ours_to_fill() && g.name().to_lowercase() == folded))
    }

    async fn get<T: DeserializeOwned>(&self, bucket: Bucket, path: &str) -> Result<T, OktaError> {
        self.read(&Request::get(bucket, path)).await
    }
}

/// The path for a log line, without the login in it.
fn covered_path(path: &str) -> String {
    let mut parts = path.splitn(6, '/').map(str::to_owned).collect::<Vec<_>>();
    if let Some(login) = parts.get_mut(4)
        && login.contains('@')
    {
        "{login}".clone_into(login);
    }
    parts.join("/")
}

/// What Okta answered to a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered<T> {
    /// What it says.
    pub value: T,
    /// Okta's id of the request: its support finds it by that.
    pub request: Option<String>,
}

/// The answer to a change, with its id.
pub(super) fn answered<T: DeserializeOwned>(answer: &Answer) -> Result<Answered<T>, OktaError> {
    let value = read(answer)?;
    Ok(Answered { value, request: answer.as_ref().ok().and_then(|reply| reply.request_id.clone()) })
}

pub(super) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, OktaError> {
    match answer {
        Ok(reply) if reply.ok() => reply.parse().ok_or_else(|| OktaError::of(Call::Read, answer)),
        _ => Err(OktaError::of(Call::Read, answer)),
    }
}

fn header_of(token: &SecretString) -> Result<HeaderValue, OktaError> {
    let token = token.expose_secret().trim();
    let token = token.strip_prefix("SSWS").map_or(token, str::trim_start);
    if token.is_empty() || !token.chars().all(|c| c.is_ascii_graphic()) {
        return Err(OktaError::TokenForm);
    }
    let text = Zeroizing::new(format!("SSWS {token}"));
    let mut value = HeaderValue::from_str(&text).map_err(|_| OktaError::TokenForm)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Sends and takes in the whole answer, within the cap.
async fn receive(request: reqwest::RequestBuilder, mut taken: Taken<'_>) -> Answer {
    let mut response = request.send().await.map_err(|e| broken(&e))?;
    let mut reply = Reply::begun(response.status().as_u16(), response.headers());
    reply.body.reserve(4096);
    while let Some(part) = response.chunk().await.map_err(|e| broken_body(&e))? {
        taken.take(part.len())?;
        reply.body.extend_from_slice(&part);
    }
    Ok(reply)
}

fn broken(error: &reqwest::Error) -> Broken {
    let technical = chain(error);
    let lower = technical.to_ascii_lowercase();
    if error.is_connect() || error.is_builder() {
        let (what, passes) = if lower.contains("dns") || lower.contains("resolve") || lower.contains("lookup")
        {
            ("There is no server of that name.", false)
        } else if lower.contains("certificate") || lower.contains("unknownissuer") {
            ("The server's certificate is not trusted.", false)
        } else if lower.contains("refused") {
            ("The server refused the connection.", true)
        } else if error.is_timeout() {
            ("The server did not answer in time.", false)
        } else {
            ("The server can't be reached.", true)
        };
        return Broken::NotSent { what: what.to_owned(), technical, passes };
    }
    let what =
        if error.is_timeout() { "Okta did not answer in time." } else { "The connection to Okta broke." };
    Broken::Unknown { what: what.to_owned(), technical, passes: !error.is_timeout() }
}

fn broken_body(error: &reqwest::Error) -> Broken {
    Broken::Unknown {
        what: "The connection broke in the middle of Okta's answer.".to_owned(),
        technical: chain(error),
        passes: !error.is_timeout(),
    }
}

/// An error with its causes, without the address: a login may stand in it.
fn chain(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() { "time-out".to_owned() } else { "request failed".to_owned() };
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_share_the_room_there_is() {
        let intake = Intake::default();
        let mut one = intake.answer(ONE_CAP);
        assert!(one.take(ONE_CAP).is_ok() && one.take(1).is_err());
        drop(one);
        let mut many: Vec<Taken<'_>> = (0..32).map(|_| intake.answer(LIST_CAP)).collect();
        let mut held = 0;
        while held <= ALL_CAP && many.iter_mut().all(|answer| answer.take(1 << 16).is_ok()) {
            held += 32 << 16;
        }
        assert!(held <= ALL_CAP, "all together stop at {ALL_CAP}: {held}");
        drop(many);
        assert!(intake.answer(LIST_CAP).take(LIST_CAP).is_ok(), "what was taken is given back");
    }

    #[test]
    fn no_login_reaches_a_log_line() {
        assert_eq!(covered_path("/api/v1/users/jo@example.com"), "/api/v1/users/{login}");
        assert_eq!(covered_path("/api/v1/users/00u1/groups"), "/api/v1/users/00u1/groups");
    }

    #[test]
    fn a_token_is_taken_as_pasted_and_never_shown() {
        let value = header_of(&SecretString::from(" SSWS 00abc-_DEF ")).expect("a token");
        assert_eq!(value.to_str().expect("ASCII"), "SSWS 00abc-_DEF");
        assert!(!format!("{value:?}").contains("00abc"));
        for bad in ["", "  ", "00ab cd", "00ab\ncd", "токен"] {
            assert_eq!(header_of(&SecretString::from(bad)).err(), Some(OktaError::TokenForm), "{bad:?}");
        }
    }
}
