//! `/api/v1/users/{id}/lifecycle/*` (okta-api.md 2.8).

use axum::extract::{Path, State};
use serde_json::json;

use super::reply::{Answer, Call, Reply};
use super::users::own_hash;
use crate::practice::credential::Credential;
use crate::practice::events::Event;
use crate::practice::org::Org;
use crate::practice::person::{Provider, Status};
use crate::practice::refusal::Refusal;
use crate::practice::secret::Secret;
use crate::practice::shared::App;

pub(crate) async fn step(
    State(app): State<App>,
    Path((id, step)): Path<(String, String)>,
    call: Call,
) -> Answer {
    match step.as_str() {
        "activate" => activate(&app, &id, &call),
        "reactivate" => reactivate(&app, &id, &call),
        "deactivate" => on(&app, &id, |org, number, status, now| {
            if status == Status::Deprovisioned {
                return Err(Refusal::wrong_status());
            }
            org.deactivate(number, now);
            Ok(Reply::done())
        }),
        "suspend" => turn(&app, &id, Status::Active, Status::Suspended, "user.lifecycle.suspend"),
        "unsuspend" => turn(&app, &id, Status::Suspended, Status::Active, "user.lifecycle.unsuspend"),
        "unlock" => turn(&app, &id, Status::LockedOut, Status::Active, "user.account.unlock"),
        "reset_password" => reset(&app, &id, &call),
        "expire_password" => expire(&app, &id),
        "expire_password_with_temp_password" => expire_with_new(&app, &id).await,
        _ => Err(Refusal::no_such_path()),
    }
}

/// Runs a step on a person, who must be there.
fn on(app: &App, id: &str, step: impl FnOnce(&mut Org, u32, Status, i64) -> Answer) -> Answer {
    app.change(|org, now| {
        let number = org.find_or_refuse(id)?;
        let status = org.person(number).ok_or_else(Refusal::internal)?.status;
        step(org, number, status, now)
    })
}

/// One status to another; any other status is refused.
fn turn(app: &App, id: &str, from: Status, to: Status, event: &str) -> Answer {
    on(app, id, |org, number, status, now| {
        if status != from {
            return Err(Refusal::wrong_status());
        }
        if let Some(person) = org.person_mut(number) {
            person.set_status(to, now);
            person.failed = 0;
        }
        org.note_person(event, number, now);
        Ok(Reply::done())
    })
}

fn activate(app: &App, id: &str, call: &Call) -> Answer {
    let mail = call.flag("sendEmail", true);
    let reply = on(app, id, |org, number, status, now| {
        match status {
            Status::Staged | Status::Deprovisioned => {}
            Status::Active => return Err(Refusal::already_active()),
            _ => return Err(Refusal::wrong_status()),
        }
        if mail {
            org.mail(number, now)?;
        }
        org.activate(number, now);
        Ok(if mail { Reply::done() } else { link(app) })
    })?;
    app.count(|counters| counters.mails += u64::from(mail));
    Ok(reply)
}

fn reactivate(app: &App, id: &str, call: &Call) -> Answer {
    let mail = call.flag("sendEmail", false);
    let reply = on(app, id, |org, number, status, now| {
        if !matches!(status, Status::Provisioned | Status::Recovery) {
            return Err(Refusal::wrong_status());
        }
        if mail {
            org.mail(number, now)?;
        }
        org.note_person("user.lifecycle.reactivate", number, now);
        Ok(if mail { Reply::done() } else { link(app) })
    })?;
    app.count(|counters| counters.mails += u64::from(mail));
    Ok(reply)
}

fn link(app: &App) -> Reply {
    let token = app.letters(20);
    Reply::json(json!({ "activationUrl": format!("{}/welcome/{token}", app.base), "activationToken": token }))
}

fn reset(app: &App, id: &str, call: &Call) -> Answer {
    let mail = call.flag("sendEmail", true);
    let reply = on(app, id, |org, number, status, now| {
        if matches!(status, Status::Staged | Status::Suspended | Status::Deprovisioned) {
            return Err(Refusal::wrong_status());
        }
        if mail {
            org.mail(number, now)?;
        }
        if let Some(person) = org.person_mut(number) {
            // The old password is of no more use: the link is the only way in (okta-api.md 2.8), and Okta answers for the
            // password from now on (2.7).
            person.credential = None;
            person.provider = Provider::Okta;
            person.set_status(Status::Recovery, now);
            person.failed = 0;
        }
        org.note_person("user.account.reset_password", number, now);
        Ok(if mail {
            Reply::done()
        } else {
            Reply::json(
                json!({ "resetPasswordUrl": format!("{}/reset_password/{}", app.base, app.letters(20)) }),
            )
        })
    })?;
    app.count(|counters| counters.mails += u64::from(mail));
    Ok(reply)
}

fn can_expire(status: Status) -> Result<(), Refusal> {
    match status {
        Status::Active | Status::PasswordExpired | Status::Recovery | Status::LockedOut => Ok(()),
        _ => Err(Refusal::wrong_status()),
    }
}

fn expire(app: &App, id: &str) -> Answer {
    on(app, id, |org, number, status, now| {
        can_expire(status)?;
        if let Some(person) = org.person_mut(number) {
            person.set_status(Status::PasswordExpired, now);
        }
        org.note_person("user.account.expire_password", number, now);
        let id = org.user_id(number);
        let person = org.person(number).ok_or_else(Refusal::internal)?;
        Ok(Reply::json(person.view(&id, &app.base, true)))
    })
}

async fn expire_with_new(app: &App, id: &str) -> Answer {
    let password = app.letters(8);
    let own = own_hash(app, Secret::new(password.clone())).await?;
    on(app, id, |org, number, status, now| {
        can_expire(status)?;
        if let Some(person) = org.person_mut(number) {
            person.credential = Some(std::sync::Arc::new(Credential::Own(own)));
            person.provider = Provider::Okta;
            person.times.password_changed = now;
            person.set_status(Status::PasswordExpired, now);
        }
        let login = org.person(number).map(|person| person.text("login")).unwrap_or_default();
        let event = Event::new("user.account.expire_password").about(&org.user_id(number), &login);
        org.note(event, now);
        Ok(Reply::json(json!({ "tempPassword": password })))
    })
}
