//! What we send: requests with their buckets, the bodies, and their covered rendering for screens.
//!
//! What proves a password comes in as something serialisable and goes out as wiped bytes: this room never looks into it.

use chrono::{DateTime, SecondsFormat, Utc};
use hyper::body::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::bucket::Bucket;
use super::judge::Call;
use crate::model::{Profile, is_blank};

/// Letters that stay as they are in a path segment. `@` may stay, `+` must not (okta-api.md 2.7).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// One request: what to send, which bucket counts it, and what a repetition of it would mean. Can be sent several times.
#[derive(Clone)]
pub struct Request {
    /// What a repetition would mean.
    pub call: Call,
    /// Which bucket counts it.
    pub bucket: Bucket,
    pub(super) method: Method,
    /// Path and query, from the org's root.
    pub(super) path: String,
    /// Wiped when the last clone is dropped.
    pub(super) body: Option<Bytes>,
    /// What Okta's log is to keep of it.
    pub(super) mark: Option<Mark>,
}

/// An own mark on a create: it goes in the `User-Agent`, which Okta writes into its log with the event
/// (`client.userAgent.rawUserAgent`). So the log proves later whose create made an account, whatever became of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mark(String);

/// What stands before a mark in the `User-Agent`.
const MARKED: &str = "create ";

impl Mark {
    /// A mark of this text: letters and digits that nobody else would choose. `None` if there are others, or too few to be sure.
    pub fn new(text: &str) -> Option<Self> {
        (text.len() >= 16 && text.bytes().all(|b| b.is_ascii_alphanumeric())).then(|| Self(text.to_owned()))
    }

    /// As it stands in the `User-Agent`.
    pub(super) fn words(&self) -> String {
        format!("{MARKED}{}", self.0)
    }

    /// The mark in a `User-Agent`, if there is one.
    pub(super) fn find(agent: &str) -> Option<Self> {
        let (_, rest) = agent.split_once(MARKED)?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        Self::new(&rest[..end])
    }
}

/// Paths hold logins and bodies hold passwords: only the kind is shown.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("call", &self.call)
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}

impl Request {
    fn new(
        call: Call,
        bucket: Bucket,
        method: Method,
        path: String,
        body: Option<Zeroizing<Vec<u8>>>,
    ) -> Self {
        // The bytes stay in their wiped vector all the way to the socket.
        Self { call, bucket, method, path, body: body.map(Bytes::from_owner), mark: None }
    }

    /// The same with a mark for Okta's log.
    #[must_use]
    pub fn marked(mut self, mark: Option<Mark>) -> Self {
        self.mark = mark;
        self
    }

    /// A GET that nothing here has a name for.
    pub fn get(bucket: Bucket, path: &str) -> Self {
        Self::new(Call::Read, bucket, Method::GET, path.to_owned(), None)
    }

    /// `POST /users`: creates a user; `credentials` is the whole object. `None` when a value can't be written as JSON, which no
    /// profile or hash of ours does.
    pub fn create_user<C: Serialize>(
        profile: &Profile,
        credentials: Option<&C>,
        group_ids: &[String],
        activate: bool,
    ) -> Option<Self> {
        let body = create_user_body(profile, credentials, group_ids)?;
        let path = format!("/api/v1/users?activate={activate}");
        Some(Self::new(Call::Create, Bucket::Users, Method::POST, path, Some(body)))
    }

    /// `POST /users/{id}`: changes the attributes named, and no other.
    pub fn update_user(id: &str, profile: &Profile) -> Self {
        let body = json!({ "profile": Sendable(profile) }).to_string();
        let body = Zeroizing::new(body.into_bytes());
        let path = format!("/api/v1/users/{}", segment(id));
        Self::new(Call::Change, Bucket::UserWrite, Method::POST, path, Some(body))
    }

    /// `POST /users/{id}/lifecycle/activate`.
    pub fn activate(id: &str, send_email: bool) -> Self {
        let path = format!("/api/v1/users/{}/lifecycle/activate?sendEmail={send_email}", segment(id));
        Self::new(Call::Change, Bucket::Users, Method::POST, path, None)
    }

    /// `POST /users/{id}/lifecycle/reset_password`: the old password is of no more use, and the user sets another by a link. Doing
    /// it again sends another link, which makes the first of no use: so it is looked up first, like a create.
    pub fn reset_password(id: &str, send_email: bool) -> Self {
        let path = format!("/api/v1/users/{}/lifecycle/reset_password?sendEmail={send_email}", segment(id));
        Self::new(Call::Create, Bucket::Users, Method::POST, path, None)
    }

    /// `PUT /groups/{group}/users/{user}`: puts a user into a group; harmless when they are in it.
    pub fn add_to_group(group: &str, user: &str) -> Self {
        let path = format!("/api/v1/groups/{}/users/{}", segment(group), segment(user));
        Self::new(Call::Change, Bucket::Groups, Method::PUT, path, None)
    }

    /// `POST /groups`: makes a group.
    pub fn create_group(name: &str, description: &str) -> Self {
        let body =
            json!({ "profile": { "name": name, "description": description } }).to_string().into_bytes();
        Self::new(
            Call::Create,
            Bucket::Groups,
            Method::POST,
            "/api/v1/groups".to_owned(),
            Some(Zeroizing::new(body)),
        )
    }

    /// `POST /meta/schemas/user/default`: adds attributes to the profile; `schema` holds only what is new (okta-api.md 2.6). Harmless
    /// when they are there already with the same type.
    pub fn add_attributes(schema: &Value) -> Self {
        let body = Zeroizing::new(schema.to_string().into_bytes());
        let path = "/api/v1/meta/schemas/user/default".to_owned();
        Self::new(Call::Change, Bucket::Other, Method::POST, path, Some(body))
    }

    /// `GET /users/{id or login}`. Not every login can be asked for so: [`Request::get_by_login`] knows.
    pub fn get_user(id_or_login: &str) -> Self {
        Self::get(Bucket::UserRead, &format!("/api/v1/users/{}", segment(id_or_login)))
    }

    /// `GET /users/{login}`, the freshest answer there is. `None` for a login that no path can hold: Okta answers 400 to it even
    /// encoded, which does not mean that nobody has it (okta-api.md 2.7). Such a one is found by [`Request::search_login`].
    pub fn get_by_login(login: &str) -> Option<Self> {
        let unaskable = |c: char| "/?[]\\;…".contains(c) || c.is_control();
        // `me` is the token's owner, whoever else has that login.
        (!login.is_empty() && login != "me" && !login.contains(unaskable)).then(|| Self::get_user(login))
    }

    /// `GET /users?search=profile.login eq "…"`: ignores case, not accents; deactivated people included. Lags behind.
    pub fn search_login(login: &str) -> Self {
        Self::users_found("search", "profile.login", login)
    }

    /// `GET /users?filter=profile.login eq "…"`: by exactly these letters; deactivated people included. Lags behind.
    pub fn filter_login(login: &str) -> Self {
        Self::users_found("filter", "profile.login", login)
    }

    /// `GET /users?filter=profile.email eq "…"`: whoever has this e-mail address, written exactly so.
    pub fn filter_email(email: &str) -> Self {
        Self::users_found("filter", "profile.email", email)
    }

    /// `GET /users?search=profile.email eq "…"`: the same, ignoring case.
    pub fn search_email(email: &str) -> Self {
        Self::users_found("search", "profile.email", email)
    }

    /// `GET /users?search=profile.email eq "…" or profile.login eq "…" or …`: whoever has one of these addresses or logins, ignoring
    /// case. Lags behind.
    pub fn search_any(emails: &[&str], logins: &[&str]) -> Self {
        let terms = |name: &'static str, values: &[&str]| -> Vec<String> {
            values.iter().map(|value| format!("{name} eq {}", quoted(value))).collect()
        };
        let all = [terms("profile.email", emails), terms("profile.login", logins)].concat().join(" or ");
        let all = utf8_percent_encode(&all, NON_ALPHANUMERIC);
        Self::get(Bucket::Users, &format!("/api/v1/users?limit=200&search={all}"))
    }

    fn users_found(by: &str, attribute: &str, value: &str) -> Self {
        let expression = format!("{attribute} eq {}", quoted(value));
        let expression = utf8_percent_encode(&expression, NON_ALPHANUMERIC);
        Self::get(Bucket::Users, &format!("/api/v1/users?limit=200&{by}={expression}"))
    }

    /// `GET /logs`: who created this user, from shortly before it was made on.
    pub fn creations_of(id: &str, since: DateTime<Utc>) -> Self {
        let filter = format!("eventType eq \"user.lifecycle.create\" and target.id eq {}", quoted(id));
        let filter = utf8_percent_encode(&filter, NON_ALPHANUMERIC);
        let since = since.to_rfc3339_opts(SecondsFormat::Millis, true);
        let since = utf8_percent_encode(&since, NON_ALPHANUMERIC);
        Self::get(Bucket::Logs, &format!("/api/v1/logs?limit=10&since={since}&filter={filter}"))
    }

    /// `GET /users/me`: whose token this is.
    pub fn me() -> Self {
        Self::get(Bucket::Me, "/api/v1/users/me")
    }

    /// `GET /users?filter=…`: the first page of those a filter finds, deactivated people included.
    pub fn users_where(filter: &str) -> Self {
        let filter = utf8_percent_encode(filter, NON_ALPHANUMERIC);
        Self::get(Bucket::Users, &format!("/api/v1/users?limit=200&filter={filter}"))
    }

    /// `GET /users`: the first page of everyone but the deactivated. Not sure to be fresh.
    pub fn list_users() -> Self {
        Self::get(Bucket::Users, "/api/v1/users?limit=200")
    }

    /// The next page of a list: the link a reply named. The link is absolute and may name another of the org's hosts; the token
    /// only ever goes to the one we were given.
    pub fn next_page(bucket: Bucket, link: &str) -> Option<Self> {
        let link = url::Url::parse(link).ok()?;
        let path = match link.query() {
            Some(query) => format!("{}?{query}", link.path()),
            None => link.path().to_owned(),
        };
        Some(Self::get(bucket, &path))
    }

    /// `GET /users/{id}/groups`: the groups a user is in.
    pub fn groups_of(id: &str) -> Self {
        Self::get(Bucket::Users, &format!("/api/v1/users/{}/groups", segment(id)))
    }

    /// `GET /groups?q=…`: groups whose name starts so, ignoring case; the first 300.
    pub fn groups_starting(name: &str) -> Self {
        let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
        Self::get(Bucket::Groups, &format!("/api/v1/groups?limit=300&q={name}"))
    }

    /// `GET /groups/{id}`.
    pub fn get_group(id: &str) -> Self {
        Self::get(Bucket::Group, &format!("/api/v1/groups/{}", segment(id)))
    }
}

/// A text as search and filter expressions write it.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

pub(super) fn segment(text: &str) -> String {
    // A segment of dots alone would be taken for a step in the path.
    if text.chars().all(|c| c == '.') {
        return text.replace('.', "%2E");
    }
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The greatest number of `groupIds` a create takes (okta-api.md 2.2); more give `E0000093`.
pub const MOST_GROUP_IDS: usize = 20;

/// What stands in the place of a covered secret.
pub const COVERED: &str = "••••••••";

/// A profile as it is sent: a value of blanks alone is none, for Okta would refuse it (okta-api.md 2.5), and the person with it.
struct Sendable<'a>(&'a Profile);

impl Serialize for Sendable<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().filter(|(_, value)| !value.as_str().is_some_and(is_blank)))
    }
}

#[derive(Serialize)]
struct NewUser<'a, C> {
    profile: Sendable<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<&'a C>,
    #[serde(rename = "groupIds", skip_serializing_if = "<[String]>::is_empty")]
    group_ids: &'a [String],
}

/// The body of a create: profile, what proves the password (the whole `credentials` object), groups.
/// `None` when a value can't be written as JSON, which no profile or hash of ours does.
fn create_user_body<C: Serialize>(
    profile: &Profile,
    credentials: Option<&C>,
    group_ids: &[String],
) -> Option<Zeroizing<Vec<u8>>> {
    // Room enough that the buffer never grows: a vector that moves leaves its old bytes behind unwiped.
    let mut body = Zeroizing::new(Vec::with_capacity(16 * 1024));
    serde_json::to_writer(&mut *body, &NewUser { profile: Sendable(profile), credentials, group_ids })
        .ok()?;
    Some(body)
}

/// The same body for a screen: pretty, group names as they are, every secret in `credentials` covered unless asked for.
pub fn shown<C: Serialize>(
    profile: &Profile,
    credentials: Option<&C>,
    groups: &[String],
    covered: bool,
) -> Zeroizing<String> {
    let mut credentials = credentials.and_then(|c| serde_json::to_value(c).ok());
    if covered && let Some(value) = &mut credentials {
        cover(value);
    }
    let mut body = Map::new();
    body.insert("profile".to_owned(), json!(Sendable(profile)));
    if let Some(credentials) = credentials {
        body.insert("credentials".to_owned(), credentials);
    }
    if !groups.is_empty() {
        body.insert("groupIds".to_owned(), json!(groups));
    }
    Zeroizing::new(serde_json::to_string_pretty(&Value::Object(body)).unwrap_or_default())
}

/// Covers every text that could give a password away: values and salts. Names of algorithms, orders and numbers stay.
fn cover(value: &mut Value) {
    if let Value::Object(map) = value {
        for (name, inner) in map {
            match inner {
                Value::String(text)
                    if !matches!(
                        name.as_str(),
                        "algorithm" | "saltOrder" | "digestAlgorithm" | "type" | "name"
                    ) =>
                {
                    zeroize::Zeroize::zeroize(text);
                    COVERED.clone_into(text);
                }
                other => cover(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Profile {
        let mut p = Profile::default();
        p.set("login", "li.wei@example.com");
        p.set("firstName", "伟");
        p
    }

    #[test]
    fn logins_are_encoded_for_the_path() {
        assert_eq!(segment("jo+x@example.com"), "jo%2Bx@example.com");
        assert_eq!(segment("李伟@example.com"), "%E6%9D%8E%E4%BC%9F@example.com");
        assert_eq!(segment("a/b?c#d"), "a%2Fb%3Fc%23d");
        assert_eq!(segment(".."), "%2E%2E");
        assert_eq!(
            Request::filter_login(r#"a"b\c"#).path,
            "/api/v1/users?limit=200&filter=profile%2Elogin%20eq%20%22a%5C%22b%5C%5Cc%22"
        );
    }

    #[test]
    fn logins_that_no_path_can_hold_are_not_asked_by_path() {
        for login in ["a/b@x.example", "a?b", "[x]", "x]", "dom\\ada", "a;b", "a\nb", "a…b", "me", ""] {
            assert!(Request::get_by_login(login).is_none(), "{login:?}");
        }
        for (login, path) in [
            ("ada#1@example.com", "/api/v1/users/ada%231@example.com"),
            ("100%@example.com", "/api/v1/users/100%25@example.com"),
            ("jo+x@example.com", "/api/v1/users/jo%2Bx@example.com"),
            ("o'neill@example.com", "/api/v1/users/o%27neill@example.com"),
            ("李伟@example.com", "/api/v1/users/%E6%9D%8E%E4%BC%9F@example.com"),
            ("..", "/api/v1/users/%2E%2E"),
        ] {
            assert_eq!(Request::get_by_login(login).map(|r| r.path).as_deref(), Some(path));
        }
    }

    #[test]
    fn logins_of_other_peoples_bug_reports_are_asked_for_as_they_say() {
        let rows = include_str!("../../tests/data/found-inputs.jsonl").lines();
        let rows = rows.map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let mut tried = 0;
        for row in rows.filter(|row| row["id"].as_str().is_some_and(|id| id.starts_with("BR-17"))) {
            let login = row["input"]["login"].as_str().expect("a login");
            let path = Request::get_by_login(login).map(|request| request.path);
            assert_eq!(path.as_deref(), row["expected"]["get_path"].as_str(), "{login}");
            tried += 1;
        }
        assert_eq!(tried, 3);
    }

    #[test]
    fn a_mark_is_found_again_in_the_user_agent() {
        let mark = Mark::new("0123456789abcdef").expect("a mark");
        let agent = format!("causeway/0.1.0 ({})", mark.words());
        assert_eq!(Mark::find(&agent), Some(mark));
        for none in ["causeway/0.1.0", "Mozilla/5.0", "create ", "create short", ""] {
            assert_eq!(Mark::find(none), None, "{none}");
        }
        assert_eq!(Mark::new("not\r\nany header 123"), None);
    }

    #[test]
    fn the_next_page_is_asked_of_the_same_org() {
        let next =
            Request::next_page(Bucket::Users, "https://elsewhere.example/api/v1/users?after=x&limit=200");
        assert_eq!(next.map(|r| r.path), Some("/api/v1/users?after=x&limit=200".to_owned()));
    }

    #[test]
    fn a_create_holds_profile_credentials_and_groups() {
        let credentials =
            json!({"password":{"hash":{"algorithm":"BCRYPT","workFactor":10,"salt":"s","value":"v"}}});
        let body = create_user_body(&profile(), Some(&credentials), &["00g1".to_owned()]).expect("JSON");
        let value: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(
            value,
            json!({"profile":{"login":"li.wei@example.com","firstName":"伟"},"credentials":credentials,"groupIds":["00g1"]})
        );
    }

    #[test]
    fn blank_values_are_never_sent() {
        let mut blank = profile();
        for (name, value) in [("secondEmail", " "), ("mobilePhone", "\u{a0}"), ("title", "\u{200b}\t")] {
            blank.set(name, value);
        }
        let whole = json!({"login":"li.wei@example.com","firstName":"伟"});
        let body = create_user_body::<Value>(&blank, None, &[]).expect("JSON");
        assert_eq!(serde_json::from_slice::<Value>(&body).expect("JSON"), json!({ "profile": whole }));
        let update = Request::update_user("00u1", &blank).body.expect("a body");
        assert_eq!(serde_json::from_slice::<Value>(&update).expect("JSON"), json!({ "profile": whole }));
        let seen: Value = serde_json::from_str(&shown::<Value>(&blank, None, &[], true)).expect("JSON");
        assert_eq!(seen["profile"], whole);
    }

    #[test]
    fn nothing_is_sent_that_is_not_there() {
        let body = create_user_body::<Value>(&profile(), None, &[]).expect("JSON");
        let value: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(value, json!({"profile":{"login":"li.wei@example.com","firstName":"伟"}}));
    }

    #[test]
    fn covered_means_no_salt_no_hash_no_clear_text() {
        let hash = json!({"password":{"hash":{"algorithm":"SHA-1","saltOrder":"PREFIX","salt":"c2FsdHk=","value":"aGFzaA=="}}});
        let text = shown(&profile(), Some(&hash), &["Sales".to_owned()], true);
        assert!(!text.contains("c2FsdHk=") && !text.contains("aGFzaA=="));
        assert!(
            text.contains("SHA-1")
                && text.contains("PREFIX")
                && text.contains(COVERED)
                && text.contains("Sales")
        );
        let clear = json!({"password":{"value":"hunter2"}});
        assert!(!shown(&profile(), Some(&clear), &[], true).contains("hunter2"));
        assert!(shown(&profile(), Some(&clear), &[], false).contains("hunter2"));
        let hook = json!({"password":{"hook":{"type":"default"}}});
        assert!(shown(&profile(), Some(&hook), &[], true).contains("default"));
    }
}
