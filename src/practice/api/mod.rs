//! The endpoints, one file a family.

use axum::Router;
use axum::routing::{delete, get, post, put};

use super::refusal::Refusal;
use super::shared::App;

mod control;
mod groups;
mod hooks;
mod lifecycle;
mod logs;
mod org;
mod query;
pub(crate) mod reply;
mod signin;
mod users;

pub(crate) use hooks::failure_refusal;
use reply::Answer;

/// All paths of the org.
pub(crate) fn router(app: App) -> Router {
    let users = Router::new()
        .route("/", get(users::list).post(users::create))
        .route("/{id}", get(users::read).post(users::update).put(users::replace).delete(users::delete))
        .route("/{id}/groups", get(users::groups))
        .route("/{id}/lifecycle/{step}", post(lifecycle::step));
    let groups = Router::new()
        .route("/", get(groups::list).post(groups::create))
        .route("/{id}", get(groups::read).put(groups::replace).delete(groups::delete))
        .route("/{id}/users", get(groups::members))
        .route("/{id}/users/{user}", put(groups::join).delete(groups::leave));
    let hooks = Router::new()
        .route("/", get(hooks::list).post(hooks::create))
        .route("/{id}", get(hooks::read).post(hooks::update).put(hooks::replace).delete(hooks::delete))
        .route("/{id}/execute", post(hooks::execute))
        .route("/{id}/lifecycle/{step}", post(hooks::step));
    let v1 = Router::new()
        .nest("/users", users)
        .nest("/groups", groups)
        .nest("/inlineHooks", hooks)
        .route("/org", get(org::org))
        .route("/api-tokens", get(org::tokens))
        .route("/api-tokens/current", delete(org::revoke))
        .route("/api-tokens/{id}", get(org::token))
        .route("/meta/schemas/user/{id}", get(org::schema).post(org::change_schema))
        .route("/meta/types/user", get(org::types))
        .route("/meta/types/user/{id}", get(org::one_type))
        .route("/apps", get(org::apps))
        .route("/authorizationServers", get(org::authorization_servers))
        .route("/logs", get(logs::list))
        .route("/authn", post(signin::authn));
    let control = Router::new()
        .route("/faults", get(control::faults).put(control::set_faults))
        .route("/limits", get(control::limits).put(control::set_limits))
        .route("/latency", get(control::latency).put(control::set_latency))
        .route("/counters", get(control::counters));
    Router::new()
        .nest("/api/v1", v1)
        .nest("/practice", control)
        .route("/.well-known/okta-organization", get(org::well_known))
        .method_not_allowed_fallback(no_such_method)
        .fallback(no_such_path)
        .with_state(app)
}

async fn no_such_path() -> Answer {
    Err(Refusal::no_such_path())
}

async fn no_such_method() -> Answer {
    Err(Refusal::no_such_method())
}
