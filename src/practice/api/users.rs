//! `/api/v1/users`: create, read, list, update, delete (okta-api.md 2.2, 2.7, 2.8).

use axum::extract::{Path, State};
use axum::http::header;
use serde::Deserialize;
use serde_json::Value;

use super::query::{cursor, from_cursor};
use super::reply::{Answer, Call, Reply};
use crate::practice::credential::{Credential, HashBody, HashFlaw, OwnHash};
use crate::practice::group::EVERYONE;
use crate::practice::org::{NewPerson, Org};
use crate::practice::person::{Person, Provider, Status, USER_TYPE};
use crate::practice::refusal::Refusal;
use crate::practice::schema::Attributes;
use crate::practice::scim::{Expr, Op};
use crate::practice::secret::Secret;
use crate::practice::shared::App;

/// The body of a create or update.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserBody {
    profile: Option<Attributes>,
    credentials: Option<CredentialsBody>,
    group_ids: Option<Vec<String>>,
    #[serde(rename = "type")]
    kind: Option<TypeBody>,
}

#[derive(Deserialize)]
struct TypeBody {
    id: Option<String>,
}

#[derive(Deserialize)]
struct CredentialsBody {
    password: Option<PasswordBody>,
    recovery_question: Option<QuestionBody>,
    provider: Option<ProviderBody>,
}

#[derive(Deserialize)]
struct PasswordBody {
    value: Option<Secret>,
    hash: Option<HashBody>,
    hook: Option<HookBody>,
}

#[derive(Deserialize)]
struct HookBody {
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct QuestionBody {
    question: Option<String>,
    answer: Option<Secret>,
}

#[derive(Deserialize)]
struct ProviderBody {
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// A password as a body asks for it, not hashed yet.
enum Asked {
    Clear(Secret),
    Ready(Credential),
}

impl PasswordBody {
    /// `None` for `"password": {}`, as Okta's own answers carry it.
    fn read(self) -> Result<Option<Asked>, Refusal> {
        let given = usize::from(self.value.is_some())
            + usize::from(self.hash.is_some())
            + usize::from(self.hook.is_some());
        if given > 1 {
            return Err(Refusal::field("password", "Specify only one of value, hash and hook"));
        }
        if let Some(value) = self.value {
            check_policy(value.expose())?;
            return Ok(Some(Asked::Clear(value)));
        }
        if let Some(hash) = self.hash {
            return match hash.read() {
                Ok(hash) => Ok(Some(Asked::Ready(Credential::Imported(hash)))),
                Err(HashFlaw::UnknownWord) => Err(Refusal::not_well_formed()),
                Err(HashFlaw::Broken(why)) => Err(Refusal::field("password", &why)),
            };
        }
        match self.hook {
            None => Ok(None),
            Some(HookBody { kind }) if kind.as_deref() == Some("default") => {
                Ok(Some(Asked::Ready(Credential::Hook)))
            }
            Some(_) => Err(Refusal::field("password", "hook.type must be default")),
        }
    }
}

/// The practice org's password policy: Okta's usual length, one letter of either case, one digit.
fn check_policy(password: &str) -> Result<(), Refusal> {
    let fits = password.chars().count() >= 8
        && password.chars().any(char::is_lowercase)
        && password.chars().any(char::is_uppercase)
        && password.chars().any(char::is_numeric);
    if password.chars().count() > 72 {
        return Err(Refusal::field(
            "password",
            "Password requirements were not met. Password requirements: maximum 72 characters.",
        ));
    }
    if fits {
        return Ok(());
    }
    Err(Refusal::field(
        "password",
        "Password requirements were not met. Password requirements: at least 8 characters, a lowercase letter, an uppercase letter, a number.",
    ))
}

impl Asked {
    /// The credential; a password in the clear is hashed off the async threads.
    async fn ready(self, app: &App) -> Result<Credential, Refusal> {
        match self {
            Self::Ready(credential) => Ok(credential),
            Self::Clear(secret) => own_hash(app, secret).await.map(Credential::Own),
        }
    }
}

/// Hashes a password in the org's own form, off the async threads.
pub(crate) async fn own_hash(_app: &App, password: Secret) -> Result<OwnHash, Refusal> {
    tokio::task::spawn_blocking(move || {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| Refusal::internal())?;
        Ok(OwnHash::of(password.expose(), salt))
    })
    .await
    .map_err(|_| Refusal::internal())?
}

fn check_type(kind: Option<&TypeBody>) -> Result<(), Refusal> {
    match kind.and_then(|kind| kind.id.as_deref()) {
        None | Some(USER_TYPE | "default") => Ok(()),
        Some(id) => Err(Refusal::not_found(id, "UserType")),
    }
}

fn read_question(body: Option<QuestionBody>) -> Result<Option<String>, Refusal> {
    let Some(body) = body else { return Ok(None) };
    let length = |text: Option<&str>| (1..=100).contains(&text.unwrap_or_default().chars().count());
    if !length(body.question.as_deref()) {
        return Err(Refusal::field("recovery_question", "The question must have 1 to 100 characters"));
    }
    if !length(body.answer.as_ref().map(Secret::expose)) {
        return Err(Refusal::field("recovery_question", "The answer must have 1 to 100 characters"));
    }
    Ok(body.question)
}

pub(crate) async fn create(State(app): State<App>, call: Call) -> Answer {
    let body: UserBody = call.json()?;
    let profile = body.profile.ok_or_else(|| Refusal::field("profile", "The field cannot be left blank"))?;
    check_type(body.kind.as_ref())?;
    let credentials = body.credentials.unwrap_or(CredentialsBody {
        password: None,
        recovery_question: None,
        provider: None,
    });
    let asked = match credentials.password {
        None => None,
        Some(password) => password.read()?,
    };
    let question = read_question(credentials.recovery_question)?;
    let activate = call.flag("activate", true);
    let expire = match call.query("nextLogin") {
        None => false,
        Some("changePassword") if !activate => return Err(Refusal::expire_without_activation()),
        Some("changePassword") if asked.is_none() => return Err(Refusal::expire_without_password()),
        Some("changePassword") => true,
        Some(_) => return Err(Refusal::not_well_formed()),
    };
    let provider = if call.flag("provider", false) {
        let provider = match credentials.provider.as_ref().and_then(|it| it.kind.as_deref()) {
            Some("FEDERATION") => Provider::Federation,
            Some("SOCIAL") => Provider::Social,
            _ => return Err(Refusal::field("provider", "The provider must be FEDERATION or SOCIAL")),
        };
        if asked.is_some() {
            return Err(Refusal::field("password", "A person of another provider has no password"));
        }
        provider
    } else if matches!(asked, Some(Asked::Ready(_))) {
        Provider::Import
    } else {
        Provider::Okta
    };
    let credential = match asked {
        None => None,
        Some(asked) => Some(asked.ready(&app).await?),
    };
    let mailed = credential.is_none() && activate && provider == Provider::Okta;
    let new = NewPerson {
        profile,
        credential,
        provider,
        question,
        groups: body.group_ids.unwrap_or_default(),
        activate,
        expire,
        agent: call.agent().to_owned(),
    };
    let unique_email = app.unique_email();
    let reply = app.change(|org, now| {
        for group in &new.groups {
            app.group(org, group)?;
        }
        org.keep_emails(unique_email);
        let number = org.create(new, now)?;
        answer_one(org, &app.base, number, true)
    })?;
    app.count(|counters| {
        counters.created += 1;
        counters.mails += u64::from(mailed);
    });
    Ok(reply)
}

/// One person as an answer.
fn answer_one(org: &Org, base: &str, number: u32, password: bool) -> Answer {
    let id = org.user_id(number);
    let person = org.person(number).ok_or_else(Refusal::internal)?;
    let mut view = person.view(&id, base, true);
    if !password && let Some(view) = view.as_object_mut() {
        view.shift_remove("credentials");
    }
    Ok(Reply::json(view).etag(person.etag(&id)))
}

/// Whether the caller asked to leave credentials out, by `okta-response` in its Content-Type.
fn wants_credentials(call: &Call) -> bool {
    let kind =
        call.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some((_, wishes)) = kind.split_once("okta-response=") else { return true };
    !wishes.split(['"', ',', ' ', ';']).any(|wish| wish.eq_ignore_ascii_case("omitCredentials"))
}

pub(crate) async fn read(State(app): State<App>, Path(id): Path<String>, call: Call) -> Answer {
    let org = app.org();
    if id == "me" || id == org.admin().0 {
        let (id, _) = org.admin();
        let admin = org.admin_person();
        return Ok(Reply::json(admin.view(&id, &app.base, true)).etag(admin.etag(&id)));
    }
    let number = app.person(&org, &id)?;
    answer_one(&org, &app.base, number, wants_credentials(&call))
}

pub(crate) async fn update(state: State<App>, path: Path<String>, call: Call) -> Answer {
    change(state, path, call, false).await
}

pub(crate) async fn replace(state: State<App>, path: Path<String>, call: Call) -> Answer {
    change(state, path, call, true).await
}

async fn change(State(app): State<App>, Path(id): Path<String>, call: Call, whole: bool) -> Answer {
    let body: UserBody = call.json()?;
    check_type(body.kind.as_ref())?;
    let (password, question) = match body.credentials {
        None => (None, None),
        Some(credentials) => (credentials.password, read_question(credentials.recovery_question)?),
    };
    // Unknown people are told before what is wrong with the body's values.
    app.person(&app.org(), &id)?;
    let asked = match password {
        None => None,
        Some(password) => password.read()?,
    };
    let credential = match asked {
        None => None,
        Some(asked) => Some(asked.ready(&app).await?),
    };
    if whole && body.profile.is_none() {
        return Err(Refusal::field("profile", "The field cannot be left blank"));
    }
    let if_match =
        call.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).map(str::to_owned);
    app.change(|org, now| {
        let number = org.find_or_refuse(&id)?;
        let id = org.user_id(number);
        let person = org.person(number).ok_or_else(Refusal::internal)?;
        if if_match.is_some_and(|etag| etag != "*" && etag != person.etag(&id)) {
            return Err(Refusal::stale_etag());
        }
        if person.status == Status::Deprovisioned {
            return Err(Refusal::wrong_status());
        }
        // A hash only while STAGED (okta-api.md 2.3 rule 13); a hook at any time.
        if matches!(credential, Some(Credential::Imported(_))) && person.status != Status::Staged {
            return Err(Refusal::credentials_not_updated(
                "A hashed password can only be set while the user is STAGED",
            ));
        }
        if let Some(profile) = body.profile {
            let merged = if whole { profile } else { merge(person.profile(), profile) };
            org.set_profile(number, merged, now)?;
        }
        let set_password = credential.is_some();
        if let Some(person) = org.person_mut(number) {
            if let Some(question) = question {
                person.question = Some(question.into_boxed_str());
                person.touch(now);
            }
            if let Some(credential) = credential {
                person.provider =
                    if matches!(credential, Credential::Own(_)) { Provider::Okta } else { Provider::Import };
                person.credential = Some(std::sync::Arc::new(credential));
                person.times.password_changed = now;
                if matches!(person.status, Status::Provisioned | Status::Recovery | Status::PasswordExpired) {
                    person.set_status(Status::Active, now);
                }
                person.touch(now);
            }
        }
        if set_password {
            org.note_person("user.account.update_password", number, now);
        }
        answer_one(org, &app.base, number, true)
    })
}

/// A partial update: named attributes change, `null` and empty text clear.
fn merge(mut before: Attributes, changes: Attributes) -> Attributes {
    before.extend(changes);
    before
}

pub(crate) async fn delete(State(app): State<App>, Path(id): Path<String>) -> Answer {
    app.change(|org, now| {
        let number = org.find_or_refuse(&id)?;
        match org.person(number).map(|person| person.status) {
            Some(Status::Deprovisioned) => org.remove(number, now),
            _ => org.deactivate(number, now),
        }
        Ok(Reply::none())
    })
}

pub(crate) async fn groups(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let org = app.org();
    let number = app.person(&org, &id)?;
    let person = org.person(number).ok_or_else(Refusal::internal)?;
    let shown = !app.late().lists_hide_person(person.times.created, app.now());
    let views: Vec<Value> = std::iter::once(EVERYONE)
        .chain(person.groups.iter().copied().filter(|_| shown))
        .filter_map(|number| org.group(number).map(|group| group.view(&org.group_id(number), &app.base)))
        .collect();
    Ok(Reply::json(Value::Array(views)).link("self", format!("{}/api/v1/users/{id}/groups", app.base)))
}

// ── Lists ──

const LIST: &str = "/api/v1/users";

pub(crate) async fn list(State(app): State<App>, call: Call) -> Answer {
    let passwords = wants_credentials(&call);
    let org = app.org();
    if call.query("search").is_some() && call.query("filter").is_some() {
        return Err(Refusal::search_and_filter());
    }
    if let Some(start) = call.query("q") {
        let start = start.to_lowercase();
        let views = org
            .people_from(0)
            .filter(|(_, person)| person.status != Status::Deprovisioned && starts(person, &start))
            .take(call.limit(10, 200))
            .map(|(number, person)| view(&org, &app.base, number, person, passwords))
            .collect();
        return Ok(Reply::json(Value::Array(views)).link("self", call.page(&app.base, LIST, None)));
    }
    let limit = call.limit(200, 200);
    let after = from_cursor(call.query("after"))?;
    let (expr, fold) = match (call.query("search"), call.query("filter")) {
        (Some(search), _) => (Some(read_search(&org, search)?), true),
        (None, Some(filter)) => (Some(read_filter(filter)?), false),
        (None, None) => (None, false),
    };
    let (late, now) = (app.late(), app.now());
    let holds = |number: u32, person: &Person| match &expr {
        _ if late.lists_hide_person(person.times.created, now) => false,
        None => person.status != Status::Deprovisioned,
        Some(expr) => {
            let profile = std::cell::OnceCell::new();
            let look = |name: &str| field(&org, number, person, &profile, name);
            expr.holds(&look, fold)
        }
    };
    // One person by login: no walk through everyone.
    if let Some(login) = expr.as_ref().and_then(|expr| expr.must_equal("profile.login")) {
        let views: Vec<Value> = org
            .find_login(login)
            .and_then(|number| Some((number, org.person(number)?)))
            .filter(|(number, person)| after == 0 && holds(*number, person))
            .map(|(number, person)| view(&org, &app.base, number, person, passwords))
            .into_iter()
            .collect();
        return Ok(Reply::json(Value::Array(views)).link("self", call.page(&app.base, LIST, None)));
    }
    let own = call.page(&app.base, LIST, call.query("after"));
    if call.query("search").is_some()
        && let Some(by) = call.query("sortBy")
    {
        let profileless = |number, person: &Person| {
            field(&org, number, person, &std::cell::OnceCell::new(), by)
                .first()
                .map(Value::to_string)
                .unwrap_or_default()
        };
        let mut found: Vec<(String, u32)> = org
            .people_from(0)
            .filter(|(number, person)| holds(*number, person))
            .map(|(number, person)| (profileless(number, person).to_lowercase(), number))
            .collect();
        found.sort();
        if call.query("sortOrder").is_some_and(|order| order.eq_ignore_ascii_case("desc")) {
            found.reverse();
        }
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        let views: Vec<Value> = found
            .iter()
            .skip(skip)
            .take(limit)
            .filter_map(|(_, number)| Some(view(&org, &app.base, *number, org.person(*number)?, passwords)))
            .collect();
        let next = skip.saturating_add(limit);
        let reply = Reply::json(Value::Array(views)).link("self", own);
        return Ok(if next < found.len() {
            reply.link("next", call.page(&app.base, LIST, Some(&cursor(next as u64))))
        } else {
            reply
        });
    }
    let first = u32::try_from(after).unwrap_or(u32::MAX);
    let mut walk = org.people_from(first).filter(|(number, person)| holds(*number, person));
    let views: Vec<Value> = walk
        .by_ref()
        .take(limit)
        .map(|(number, person)| view(&org, &app.base, number, person, passwords))
        .collect();
    let reply = Reply::json(Value::Array(views)).link("self", own);
    Ok(match walk.next() {
        Some((number, _)) => reply.link("next", call.page(&app.base, LIST, Some(&cursor(u64::from(number))))),
        None => reply,
    })
}

/// A person in a list.
pub(crate) fn view(org: &Org, base: &str, number: u32, person: &Person, credentials: bool) -> Value {
    let mut view = person.view(&org.user_id(number), base, false);
    if !credentials && let Some(view) = view.as_object_mut() {
        view.shift_remove("credentials");
    }
    view
}

fn starts(person: &Person, start: &str) -> bool {
    let profile = person.profile();
    ["firstName", "lastName", "email"].iter().any(|name| {
        profile.get(*name).and_then(Value::as_str).is_some_and(|text| text.to_lowercase().starts_with(start))
    })
}

/// The values of a field that `search` and `filter` may name.
fn field(
    org: &Org,
    number: u32,
    person: &Person,
    profile: &std::cell::OnceCell<Attributes>,
    name: &str,
) -> Vec<Value> {
    let when = |at: i64| if at == 0 { Value::Null } else { Value::String(crate::practice::clock::stamp(at)) };
    let value = match name {
        "id" => Value::String(org.user_id(number)),
        "status" => Value::String(person.status.word().to_owned()),
        "created" => when(person.times.created),
        "activated" => when(person.times.activated),
        "statusChanged" => when(person.times.status_changed),
        "lastUpdated" => when(person.times.last_updated),
        "type.id" => Value::String(USER_TYPE.to_owned()),
        _ => {
            let name = name.strip_prefix("profile.").unwrap_or(name);
            match profile.get_or_init(|| person.profile()).get(name) {
                Some(Value::Array(values)) => return values.clone(),
                Some(value) => value.clone(),
                None => Value::Null,
            }
        }
    };
    if value.is_null() { Vec::new() } else { vec![value] }
}

fn read_search(org: &Org, text: &str) -> Result<Expr, Refusal> {
    let expr = Expr::parse(text).map_err(|_| Refusal::bad_search())?;
    let allowed = |name: &str, op: Op| {
        let known = match name {
            "id" | "status" | "created" | "activated" | "statusChanged" | "lastUpdated" | "type.id" => true,
            _ => name.strip_prefix("profile.").is_some_and(|name| org.schema.attribute(name).is_some()),
        };
        let fits = match op {
            Op::Eq | Op::Gt | Op::Ge | Op::Lt | Op::Le | Op::Sw | Op::Pr => true,
            Op::Co => {
                matches!(name, "profile.firstName" | "profile.lastName" | "profile.email" | "profile.login")
            }
            Op::Ne | Op::Ew => false,
        };
        known && fits
    };
    if expr.negates() || !expr.all(&allowed) { Err(Refusal::bad_search()) } else { Ok(expr) }
}

fn read_filter(text: &str) -> Result<Expr, Refusal> {
    let expr = Expr::parse(text).map_err(|_| Refusal::bad_filter("The filter cannot be read"))?;
    let allowed = |name: &str, op: Op| match name {
        "status" | "id" | "profile.login" | "profile.email" | "profile.firstName" | "profile.lastName" => {
            op == Op::Eq
        }
        "lastUpdated" => matches!(op, Op::Eq | Op::Gt | Op::Ge | Op::Lt | Op::Le),
        _ => false,
    };
    if expr.negates() || !expr.all(&allowed) {
        Err(Refusal::bad_filter("The filter uses a field or operator that is not supported"))
    } else {
        Ok(expr)
    }
}
