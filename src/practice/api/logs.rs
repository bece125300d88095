//! `GET /api/v1/logs` (okta-api.md 6).

use axum::extract::State;
use serde_json::Value;

use super::query::{cursor, from_cursor};
use super::reply::{Answer, Call, Reply};
use crate::practice::clock::parse_stamp;
use crate::practice::events::Event;
use crate::practice::refusal::Refusal;
use crate::practice::scim::Expr;
use crate::practice::shared::App;

const DAY: i64 = 86_400_000;

fn time(call: &Call, name: &str) -> Result<Option<i64>, Refusal> {
    match call.query(name) {
        None => Ok(None),
        Some(text) => parse_stamp(text)
            .map(Some)
            .ok_or_else(|| Refusal::bad_filter(&format!("{name} is not an RFC 3339 date"))),
    }
}

pub(crate) async fn list(State(app): State<App>, call: Call) -> Answer {
    let now = app.now();
    let until = time(&call, "until")?;
    let since = time(&call, "since")?;
    if since.is_some_and(|since| since < now - 180 * DAY) {
        return Err(Refusal::bad_filter("since is more than 180 days back"));
    }
    let after = from_cursor(call.query("after"))?;
    // A cursor carries on where a page ended, so `since` has done its work then.
    let start = if after > 0 { i64::MIN } else { since.unwrap_or_else(|| until.unwrap_or(now) - 7 * DAY) };
    let end = until.unwrap_or(i64::MAX);
    let org = app.org();
    let admin = org.admin();
    let expr = match call.query("filter") {
        None => None,
        Some(text) => {
            let expr = Expr::parse(text).map_err(|_| Refusal::bad_filter("The filter cannot be read"))?;
            let probe = Event::new("");
            if !expr.all(&|name, _| name != "published" && probe.field(name, &admin).is_some()) {
                return Err(Refusal::bad_filter("The filter uses a field that is not supported"));
            }
            Some(expr)
        }
    };
    let words: Vec<String> =
        call.query("q").unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
    if words.len() > 10 || words.iter().any(|word| word.chars().count() > 40) {
        return Err(Refusal::bad_filter("q takes at most 10 words of at most 40 characters"));
    }
    let limit = call.query("limit").and_then(|text| text.parse().ok()).unwrap_or(100_usize).min(1000);
    let descending = call.query("sortOrder").is_some_and(|order| order.eq_ignore_ascii_case("DESCENDING"));
    let fits = |event: &&Event| {
        event.at >= start
            && event.at < end
            && expr.as_ref().is_none_or(|expr| {
                expr.holds(&|name: &str| event.field(name, &admin).unwrap_or_default(), true)
            })
            && (words.is_empty() || {
                let text = event.view(&admin).to_string().to_lowercase();
                words.iter().all(|word| text.contains(word.as_str()))
            })
    };
    let mut found: Vec<&Event> = if descending {
        org.events
            .after(0)
            .rev()
            .filter(|event| after == 0 || event.number < after)
            .filter(fits)
            .take(limit + 1)
            .collect()
    } else {
        org.events.after(after).filter(fits).take(limit + 1).collect()
    };
    let more = found.len() > limit;
    found.truncate(limit);
    // Polling (no `until`, ascending) always gives a next link; so does a page that isn't the last.
    let polling = until.is_none() && !descending;
    let last = found.last().map_or(after, |event| event.number);
    let views = found.iter().map(|event| event.view(&admin)).collect();
    let reply = Reply::json(Value::Array(views))
        .link("self", call.page(&app.base, "/api/v1/logs", call.query("after")));
    Ok(if more || polling {
        reply.link("next", call.page(&app.base, "/api/v1/logs", Some(&cursor(last))))
    } else {
        reply
    })
}
