//! `/practice/*`: how whoever runs the org from outside sets faults, limits and latency, and reads the counters.
//! Not part of Okta; takes the same token.

use axum::extract::State;
use serde::Serialize;

use super::reply::{Answer, Call, Reply};
use crate::practice::config::{Latency, Limits};
use crate::practice::faults::Faults;
use crate::practice::refusal::Refusal;
use crate::practice::shared::{App, lock};

fn shown<T: Serialize>(value: &T) -> Answer {
    serde_json::to_value(value).map(Reply::json).map_err(|_| Refusal::internal())
}

pub(crate) async fn faults(State(app): State<App>) -> Answer {
    shown(&lock(&app.faults).current())
}

pub(crate) async fn set_faults(State(app): State<App>, call: Call) -> Answer {
    let faults: Faults = call.json()?;
    lock(&app.faults).set(faults);
    shown(&lock(&app.faults).current())
}

pub(crate) async fn limits(State(app): State<App>) -> Answer {
    shown(&lock(&app.limiter).limits)
}

pub(crate) async fn set_limits(State(app): State<App>, call: Call) -> Answer {
    let limits: Limits = call.json()?;
    lock(&app.limiter).limits = limits;
    shown(&limits)
}

pub(crate) async fn latency(State(app): State<App>) -> Answer {
    shown(&*lock(&app.latency))
}

pub(crate) async fn set_latency(State(app): State<App>, call: Call) -> Answer {
    let latency: Latency = call.json()?;
    *lock(&app.latency) = latency;
    shown(&latency)
}

pub(crate) async fn counters(State(app): State<App>) -> Answer {
    shown(&*lock(&app.counters))
}
