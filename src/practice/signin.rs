//! A sign-in with login and password: the imported hash is checked, or the hook asked, and a first good one makes the
//! password Okta's own (okta-api.md 2.3 rule 15, 2.9, 4).

use std::sync::Arc;

use super::api::failure_refusal;
use super::credential::{Credential, OwnHash};
use super::events::Event;
use super::group::PASSWORD_HOOK;
use super::hook_call::{Verdict, ask, payload, verdict};
use super::org::Org;
use super::person::{Provider, Status};
use super::refusal::Refusal;
use super::secret::Secret;
use super::shared::App;

/// So many failed sign-ins in a row lock a person out.
const PATIENCE: u8 = 10;

/// How a sign-in ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignIn {
    /// The password is right.
    Success {
        /// The person's id.
        id: String,
        /// Whether this sign-in turned an imported hash, or a hook's word, into the org's own password.
        imported: bool,
    },
    /// The password is right, and must be changed now.
    PasswordExpired {
        /// The person's id.
        id: String,
    },
    /// Wrong password, no password, or nobody of that name: Okta doesn't tell which.
    Refused,
    /// Locked out after too many wrong passwords.
    LockedOut,
    /// The person's status doesn't allow a sign-in.
    NotActive(Status),
    /// The password import hook failed; Okta's words.
    HookFailed(String),
}

/// What is needed to check a password without holding the org.
struct Found {
    number: u32,
    id: String,
    login: String,
    credential: Arc<Credential>,
}

/// Signs in. `Err` is a hook that failed, in the words of the API.
pub(crate) async fn sign_in(app: &App, username: &str, password: Secret) -> Result<SignIn, Refusal> {
    app.count(|counters| counters.sign_ins += 1);
    let found = match find(&app.org(), username) {
        Ok(found) => found,
        Err(refused) => return Ok(refused),
    };
    let password = Arc::new(password);
    let right = if matches!(*found.credential, Credential::Hook) {
        match ask_hook(app, &found, &password).await {
            Ok(right) => right,
            Err(refusal) => {
                app.change(|org, now| org.note(session(&found).failed("INLINE_HOOK_FAILURE"), now));
                return Err(refusal);
            }
        }
    } else {
        let (credential, password) = (Arc::clone(&found.credential), Arc::clone(&password));
        hashing(move || credential.fits(password.expose()) == Some(true)).await?
    };
    if !right {
        return Ok(refuse(app, &found));
    }
    // The org's own form is made before the lock is taken; most sign-ins after the first don't need it.
    let own = if matches!(*found.credential, Credential::Own(_)) {
        None
    } else {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| Refusal::internal())?;
        Some(hashing(move || OwnHash::of(password.expose(), salt)).await?)
    };
    Ok(admit(app, &found, own))
}

async fn hashing<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::internal())
}

fn find(org: &Org, username: &str) -> Result<Found, SignIn> {
    let number = org.find_login(username).ok_or(SignIn::Refused)?;
    let person = org.person(number).ok_or(SignIn::Refused)?;
    match person.status {
        Status::Active | Status::PasswordExpired => {}
        Status::LockedOut => return Err(SignIn::LockedOut),
        other => return Err(SignIn::NotActive(other)),
    }
    let credential = person.credential.as_ref().map(Arc::clone).ok_or(SignIn::Refused)?;
    Ok(Found { number, id: org.user_id(number), login: person.text("login"), credential })
}

fn session(found: &Found) -> Event {
    Event::new("user.session.start").about(&found.id, &found.login).by_person()
}

/// Asks the registered hook; without an active one the password is simply not right.
async fn ask_hook(app: &App, found: &Found, password: &Secret) -> Result<bool, Refusal> {
    let hook = {
        let org = app.org();
        org.hooks()
            .find(|(_, hook)| hook.kind == PASSWORD_HOOK && hook.active)
            .map(|(number, hook)| (org.hook_id(number), hook.clone()))
    };
    let Some((hook_id, hook)) = hook else { return Ok(false) };
    let body = payload(app, &hook_id, &found.login, password.expose());
    let about =
        |kind: &str| Event::new(kind).with("InlineHook", &hook_id, &hook.name).about(&found.id, &found.login);
    match ask(app, &hook, &body).await {
        Err(failure) => {
            let refusal = failure_refusal(&failure);
            let why = refusal.causes.first().unwrap_or(&refusal.summary).clone();
            app.change(|org, now| org.note(about("inline_hook.executed").failed(&why), now));
            Err(refusal)
        }
        Ok(answer) => match verdict(&answer.body) {
            Verdict::Error(why) => {
                app.change(|org, now| org.note(about("inline_hook.response.processed").failed(&why), now));
                Err(Refusal::hook_said_error(&why))
            }
            verdict => {
                app.change(|org, now| org.note(about("inline_hook.response.processed"), now));
                Ok(verdict == Verdict::Verified)
            }
        },
    }
}

/// A wrong password: counted, and locked out when it was one too many.
fn refuse(app: &App, found: &Found) -> SignIn {
    let read_only = app.read_only();
    app.change(|org, now| {
        org.note(session(found).failed("INVALID_CREDENTIALS"), now);
        if read_only {
            return;
        }
        let Some(person) = org.person_mut(found.number) else { return };
        person.failed = person.failed.saturating_add(1);
        if person.failed >= PATIENCE {
            person.set_status(Status::LockedOut, now);
            org.note_person("user.account.lock", found.number, now);
        }
    });
    SignIn::Refused
}

/// A right password: noted, and an imported one made the org's own. In read-only mode nothing is stored.
fn admit(app: &App, found: &Found, own: Option<OwnHash>) -> SignIn {
    let read_only = app.read_only();
    let done = app.change(|org, now| {
        let Some(person) = org.person(found.number) else { return SignIn::Refused };
        // Something else happened to the person while the password was checked.
        let same = person.credential.as_ref().is_some_and(|now| Arc::ptr_eq(now, &found.credential));
        let expired = match person.status {
            Status::Active => false,
            Status::PasswordExpired => true,
            other => return SignIn::NotActive(other),
        };
        let mut imported = false;
        if let Some(own) = own
            && same
        {
            let how = match &*found.credential {
                Credential::Imported(hash) => hash.algorithm(),
                _ => "HOOK",
            };
            let event =
                Event::new("user.import.password").about(&found.id, &found.login).by_person().detail(how);
            if read_only {
                org.note(event.failed("Service is in read only mode"), now);
            } else {
                if let Some(person) = org.person_mut(found.number) {
                    person.credential = Some(Arc::new(Credential::Own(own)));
                    person.provider = Provider::Okta;
                    person.touch(now);
                }
                org.note(event, now);
                imported = true;
            }
        }
        if !read_only && let Some(person) = org.person_mut(found.number) {
            person.failed = 0;
            if !expired {
                person.times.last_login = now;
            }
        }
        org.note(session(found), now);
        let id = found.id.clone();
        if expired { SignIn::PasswordExpired { id } } else { SignIn::Success { id, imported } }
    });
    if matches!(done, SignIn::Success { .. }) {
        app.count(|counters| counters.signed_in += 1);
    }
    done
}
