//! `/api/v1/groups` and memberships (okta-api.md 3).

use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::Value;

use super::query::{cursor, from_cursor};
use super::reply::{Answer, Call, Reply};
use super::users::view;
use crate::practice::clock::stamp;
use crate::practice::group::{EVERYONE, Group};
use crate::practice::org::Org;
use crate::practice::refusal::Refusal;
use crate::practice::scim::{Expr, Op};
use crate::practice::shared::App;

#[derive(Deserialize)]
struct GroupBody {
    profile: Option<GroupProfile>,
}

#[derive(Deserialize)]
struct GroupProfile {
    name: Option<String>,
    description: Option<String>,
}

/// Name and description of a body, checked.
fn read_body(call: &Call) -> Result<(String, Option<String>), Refusal> {
    let body: GroupBody = call.json()?;
    let profile = body.profile.ok_or_else(|| Refusal::field("profile", "The field cannot be left blank"))?;
    let name = profile.name.unwrap_or_default();
    if name.trim().is_empty() {
        return Err(Refusal::field("name", "The field cannot be left blank"));
    }
    if name.chars().count() > 255 {
        return Err(Refusal::field("name", "The field is too long"));
    }
    if profile.description.as_ref().is_some_and(|text| text.chars().count() > 1024) {
        return Err(Refusal::field("description", "The field is too long"));
    }
    Ok((name, profile.description))
}

fn answer_one(org: &Org, base: &str, number: u32) -> Answer {
    let group = org.group(number).ok_or_else(Refusal::internal)?;
    Ok(Reply::json(group.view(&org.group_id(number), base)))
}

pub(crate) async fn create(State(app): State<App>, call: Call) -> Answer {
    let (name, description) = read_body(&call)?;
    app.change(|org, now| {
        let number = org.create_group(name, description, now)?;
        answer_one(org, &app.base, number)
    })
}

pub(crate) async fn read(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let org = app.org();
    let number = app.group(&org, &id)?;
    answer_one(&org, &app.base, number)
}

pub(crate) async fn replace(State(app): State<App>, Path(id): Path<String>, call: Call) -> Answer {
    let (name, description) = read_body(&call)?;
    app.change(|org, now| {
        let number = org.find_group(&id)?;
        org.change_group(number, name, description, now)?;
        answer_one(org, &app.base, number)
    })
}

pub(crate) async fn delete(State(app): State<App>, Path(id): Path<String>) -> Answer {
    app.change(|org, now| {
        let number = org.find_group(&id)?;
        org.remove_group(number, now)?;
        Ok(Reply::none())
    })
}

pub(crate) async fn join(State(app): State<App>, Path((group, user)): Path<(String, String)>) -> Answer {
    app.change(|org, now| {
        let group = app.group(org, &group)?;
        let number = app.person(org, &user)?;
        org.join(group, number, now)?;
        Ok(Reply::none())
    })
}

pub(crate) async fn leave(State(app): State<App>, Path((group, user)): Path<(String, String)>) -> Answer {
    app.change(|org, now| {
        let group = org.find_group(&group)?;
        let number = org.find_or_refuse(&user)?;
        org.leave(group, number, now)?;
        Ok(Reply::none())
    })
}

pub(crate) async fn members(State(app): State<App>, Path(id): Path<String>, call: Call) -> Answer {
    let (late, now) = (app.late(), app.now());
    let org = app.org();
    let number = app.group(&org, &id)?;
    let limit = call.limit(1000, 1000);
    let first = u32::try_from(from_cursor(call.query("after"))?).unwrap_or(u32::MAX);
    let group = org.group(number).ok_or_else(Refusal::internal)?;
    let mut walk: Box<dyn Iterator<Item = u32>> = if number == EVERYONE {
        Box::new(org.people_from(first).map(|(number, _)| number))
    } else {
        Box::new(group.members.range(first..).copied())
    };
    let views: Vec<Value> = walk
        .by_ref()
        .take(limit)
        .filter_map(|number| Some((number, org.person(number)?)))
        .filter(|(_, person)| !late.lists_hide_person(person.times.created, now))
        .map(|(number, person)| view(&org, &app.base, number, person, true))
        .collect();
    let path = format!("/api/v1/groups/{id}/users");
    let reply =
        Reply::json(Value::Array(views)).link("self", call.page(&app.base, &path, call.query("after")));
    Ok(match walk.next() {
        Some(next) => reply.link("next", call.page(&app.base, &path, Some(&cursor(u64::from(next))))),
        None => reply,
    })
}

const LIST: &str = "/api/v1/groups";

pub(crate) async fn list(State(app): State<App>, call: Call) -> Answer {
    let (late, now) = (app.late(), app.now());
    let org = app.org();
    let known = |group: &Group| !late.hides_group(group.created, now);
    if call.query("search").is_some() && call.query("filter").is_some() {
        return Err(Refusal::search_and_filter());
    }
    let stats = call.query("expand").is_some_and(|expand| expand.contains("stats"));
    let one = |number: u32, group: &Group| {
        let mut view = group.view(&org.group_id(number), &app.base);
        if stats {
            let users = if number == EVERYONE { org.living } else { group.members.len() };
            view["_embedded"] = serde_json::json!({ "stats": { "usersCount": users, "appsCount": 0, "groupPushMappingsCount": 0, "hasAdminPrivilege": false } });
        }
        view
    };
    if let Some(start) = call.query("q") {
        let start = start.to_lowercase();
        let views = org
            .groups_from(0)
            .filter(|(_, group)| known(group) && group.name.to_lowercase().starts_with(&start))
            .take(call.limit(300, 10_000))
            .map(|(number, group)| one(number, group))
            .collect();
        return Ok(Reply::json(Value::Array(views)).link("self", call.page(&app.base, LIST, None)));
    }
    let expr = match (call.query("search"), call.query("filter")) {
        (Some(search), _) => Some(read_search(search)?),
        (None, Some(filter)) => Some(read_filter(filter)?),
        (None, None) => None,
    };
    let fold = call.query("search").is_some();
    let holds = |number: u32, group: &Group| {
        known(group)
            && expr
                .as_ref()
                .is_none_or(|expr| expr.holds(&|name: &str| field(&org, number, group, name), fold))
    };
    let first = u32::try_from(from_cursor(call.query("after"))?).unwrap_or(u32::MAX);
    let mut walk = org.groups_from(first).filter(|(number, group)| holds(*number, group));
    let views: Vec<Value> =
        walk.by_ref().take(call.limit(200, 10_000)).map(|(number, group)| one(number, group)).collect();
    let reply =
        Reply::json(Value::Array(views)).link("self", call.page(&app.base, LIST, call.query("after")));
    Ok(match walk.next() {
        Some((next, _)) => reply.link("next", call.page(&app.base, LIST, Some(&cursor(u64::from(next))))),
        None => reply,
    })
}

fn field(org: &Org, number: u32, group: &Group, name: &str) -> Vec<Value> {
    let text = match name {
        "id" => org.group_id(number),
        "type" => group.kind().to_owned(),
        "created" => stamp(group.created),
        "lastUpdated" => stamp(group.last_updated),
        "lastMembershipUpdated" => stamp(group.membership_updated),
        "profile.name" => group.name.clone(),
        "profile.description" => match &group.description {
            Some(text) => text.clone(),
            None => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    vec![Value::String(text)]
}

fn read_search(text: &str) -> Result<Expr, Refusal> {
    let expr = Expr::parse(text).map_err(|_| Refusal::bad_search())?;
    let allowed = |name: &str, op: Op| {
        let text = matches!(name, "profile.name" | "profile.description");
        let known = text
            || matches!(
                name,
                "id" | "type" | "created" | "lastUpdated" | "lastMembershipUpdated" | "source.id"
            );
        let fits = match op {
            Op::Co => text,
            Op::Ne | Op::Ew => false,
            _ => true,
        };
        known && fits
    };
    if expr.negates() || !expr.all(&allowed) { Err(Refusal::bad_search()) } else { Ok(expr) }
}

fn read_filter(text: &str) -> Result<Expr, Refusal> {
    let expr = Expr::parse(text).map_err(|_| Refusal::bad_filter("The filter cannot be read"))?;
    let allowed = |name: &str, op: Op| match name {
        "id" | "type" => op == Op::Eq,
        "lastUpdated" | "lastMembershipUpdated" => matches!(op, Op::Eq | Op::Gt | Op::Ge | Op::Lt | Op::Le),
        _ => false,
    };
    if expr.negates() || !expr.all(&allowed) {
        Err(Refusal::bad_filter("The filter uses a field or operator that is not supported"))
    } else {
        Ok(expr)
    }
}
