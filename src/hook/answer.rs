//! What Okta is told (okta-api.md 4.3), to the letter.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

use crate::model::HookAnswer;

/// An answer on its way.
pub(super) type Reply = Response<Full<Bytes>>;

/// The body that lets a person in.
pub(super) const VERIFIED: &str =
    r#"{"commands":[{"type":"com.okta.action.update","value":{"credential":"VERIFIED"}}]}"#;
/// The body of a wrong password.
pub(super) const UNVERIFIED: &str =
    r#"{"commands":[{"type":"com.okta.action.update","value":{"credential":"UNVERIFIED"}}]}"#;

/// The answer to a sign-in. What Okta can't be told now is 503: it lets nobody in, counts no wrong password, and asks again.
pub(super) fn signed(answer: HookAnswer) -> Reply {
    match answer {
        HookAnswer::Verified => json(StatusCode::OK, VERIFIED),
        HookAnswer::Unverified => json(StatusCode::OK, UNVERIFIED),
        HookAnswer::Unavailable | HookAnswer::Refused => {
            json(StatusCode::SERVICE_UNAVAILABLE, r#"{"error":"can not be checked now"}"#)
        }
    }
}

/// Anything else, with a word for whoever looks at it.
pub(super) fn refused(status: StatusCode, word: &str) -> Reply {
    json(status, serde_json::json!({ "error": word }).to_string())
}

/// The same, and the connection is closed: the rest of the request is not wanted.
pub(super) fn hang_up(status: StatusCode, word: &str) -> Reply {
    let mut reply = refused(status, word);
    reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    reply
}

/// JSON that nobody keeps.
pub(super) fn json(status: StatusCode, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bodies_are_oktas_own() {
        for (body, word) in [(VERIFIED, "VERIFIED"), (UNVERIFIED, "UNVERIFIED")] {
            let value: serde_json::Value = serde_json::from_str(body).unwrap();
            let expected = serde_json::json!({"commands": [{"type": "com.okta.action.update", "value": {"credential": word}}]});
            assert_eq!(value, expected);
        }
    }

    #[test]
    fn only_a_judgement_is_200() {
        assert_eq!(signed(HookAnswer::Verified).status(), 200);
        assert_eq!(signed(HookAnswer::Unverified).status(), 200);
        assert_eq!(signed(HookAnswer::Unavailable).status(), 503);
    }
}
