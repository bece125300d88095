//! What Okta sends (okta-api.md 4.2): read strictly where it matters, tolerant of everything else.

use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// The type of event this hook is registered for.
const EVENT: &str = "com.okta.user.credential.password.import";

/// Ids longer than this are none of Okta's.
const LONGEST_ID: usize = 256;

/// A sign-in to judge.
pub(super) struct Call {
    /// The same in Okta's second try of one sign-in.
    pub(super) event: Option<String>,
    /// Okta's id of the request.
    pub(super) request: Option<String>,
    /// Where the person is, as Okta says.
    pub(super) address: Option<String>,
    /// The Okta login.
    pub(super) login: String,
    /// What was typed.
    pub(super) password: Zeroizing<String>,
}

/// Why a body is none of Okta's. Never says what stood in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Malformed {
    #[error("the body is not valid UTF-8")]
    NotUtf8,
    #[error("the body is not JSON")]
    NotJson,
    #[error("another kind of event than {EVENT}")]
    OtherEvent,
    #[error("{0} is missing or is no text")]
    Missing(&'static str),
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(rename = "eventId", borrow)]
    event_id: Option<&'a RawValue>,
    #[serde(rename = "eventType", borrow)]
    event_type: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<Data<'a>>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    context: Option<Context<'a>>,
}

#[derive(Deserialize)]
struct Context<'a> {
    #[serde(borrow)]
    request: Option<Request<'a>>,
    #[serde(borrow)]
    credential: Option<Credential<'a>>,
}

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(rename = "ipAddress", borrow)]
    address: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Credential<'a> {
    #[serde(borrow)]
    username: Option<&'a RawValue>,
    #[serde(borrow)]
    password: Option<&'a RawValue>,
}

/// Reads a body. The password is taken out of it without a copy that is not wiped: serde would unescape it into a buffer of
/// its own.
pub(super) fn read(body: &[u8]) -> Result<Call, Malformed> {
    let body = std::str::from_utf8(body).map_err(|_| Malformed::NotUtf8)?;
    let parsed: Body<'_> = serde_json::from_str(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Malformed::Missing("data.context.credential"),
        _ => Malformed::NotJson,
    })?;
    if let Some(kind) = parsed.event_type
        && short(kind).as_deref() != Some(EVENT)
    {
        return Err(Malformed::OtherEvent);
    }
    let context = parsed.data.and_then(|data| data.context).ok_or(Malformed::Missing("data.context"))?;
    let credential = context.credential.ok_or(Malformed::Missing("data.context.credential"))?;
    let login =
        credential.username.and_then(text).ok_or(Malformed::Missing("data.context.credential.username"))?;
    let password =
        credential.password.and_then(text).ok_or(Malformed::Missing("data.context.credential.password"))?;
    Ok(Call {
        event: parsed.event_id.and_then(short),
        address: context.request.as_ref().and_then(|request| request.address).and_then(short),
        request: context.request.and_then(|request| request.id).and_then(short),
        login: login.as_str().to_owned(),
        password,
    })
}

/// An id, if it is a text of sensible length.
fn short(raw: &RawValue) -> Option<String> {
    let inner = raw.get();
    if inner.len() > LONGEST_ID {
        return None;
    }
    text(raw).map(|text| text.as_str().to_owned()).filter(|text| !text.is_empty())
}

/// A JSON string unescaped, in memory that is wiped. `None` if it is no string or holds half a character.
fn text(raw: &RawValue) -> Option<Zeroizing<String>> {
    let inner = raw.get().strip_prefix('"')?.strip_suffix('"')?;
    // Unescaping only ever shortens: there is no second, unwiped allocation.
    let mut out = Zeroizing::new(String::with_capacity(inner.len()));
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let mut chars = rest.chars();
        let (ch, taken) = match chars.next()? {
            'u' => unicode(&rest[1..])?,
            'n' => ('\n', 1),
            't' => ('\t', 1),
            'r' => ('\r', 1),
            'b' => ('\u{8}', 1),
            'f' => ('\u{c}', 1),
            plain @ ('"' | '\\' | '/') => (plain, 1),
            _ => return None,
        };
        out.push(ch);
        rest = &rest[taken..];
    }
    out.push_str(rest);
    Some(out)
}

/// The character after `\u`, and how much was taken, the `u` included.
fn unicode(digits: &str) -> Option<(char, usize)> {
    let high = four(digits)?;
    if !(0xd800..0xe000).contains(&high) {
        return Some((char::from_u32(high)?, 5));
    }
    let low = four(digits.get(4..)?.strip_prefix("\\u")?)?;
    if high >= 0xdc00 || !(0xdc00..0xe000).contains(&low) {
        return None;
    }
    Some((char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))?, 11))
}

fn four(digits: &str) -> Option<u32> {
    let digits = digits.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// okta-api.md 4.2, word for word.
    const OKTAS: &str = r#"{"eventId":"3o9jBzq1SmOGmmsDsqyyeQ","eventTime":"2020-01-17T21:23:56.000Z","eventType":"com.okta.user.credential.password.import",
 "eventTypeVersion":"1.0","contentType":"application/json","cloudEventVersion":"0.1",
 "source":"https://{domain}/api/v1/inlineHooks/cal2xd5phv9fsPLcF0g7",
 "data":{"context":{"request":{"id":"XiIl6wn7005Rr@fjYqeC7CCDBxw","method":"POST","url":{"value":"/idp/idx/challenge/answer"},"ipAddress":"66.124.153.138"},
                    "credential":{"username":"isaac.brock@example.com","password":"Okta"}},
         "action":{"credential":"UNVERIFIED"}}}"#;

    #[test]
    fn oktas_own_example_is_read() {
        let call = read(OKTAS.as_bytes()).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(call.event.as_deref(), Some("3o9jBzq1SmOGmmsDsqyyeQ"));
        assert_eq!(call.request.as_deref(), Some("XiIl6wn7005Rr@fjYqeC7CCDBxw"));
        assert_eq!(call.address.as_deref(), Some("66.124.153.138"));
        assert_eq!((call.login.as_str(), call.password.as_str()), ("isaac.brock@example.com", "Okta"));
    }

    #[test]
    fn only_the_credential_is_needed_and_the_unknown_is_passed_over() {
        let body = json!({"new": {"a": [1, null]}, "data": {"x": 1, "context": {"y": {}, "credential":
            {"username": "a@b", "password": "", "hint": "z"}}}});
        let call = read(body.to_string().as_bytes()).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!((call.login.as_str(), call.password.as_str(), call.event), ("a@b", "", None));
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_is_repeated() {
        let with = |credential: Value| json!({"data": {"context": {"credential": credential}}}).to_string();
        for (body, expected) in [
            (String::new(), Malformed::NotJson),
            ("{".into(), Malformed::NotJson),
            (format!("{OKTAS}x"), Malformed::NotJson),
            ("[]".into(), Malformed::Missing("data.context")),
            ("{}".into(), Malformed::Missing("data.context")),
            (
                json!({"data": {"credential": {"username": "a", "password": "b"}}}).to_string(),
                Malformed::Missing("data.context"),
            ),
            (json!({"data": {"context": {}}}).to_string(), Malformed::Missing("data.context.credential")),
            (
                json!({"data": {"context": {"credential": "hunter2"}}}).to_string(),
                Malformed::Missing("data.context.credential"),
            ),
            (with(json!({"password": "b"})), Malformed::Missing("data.context.credential.username")),
            (
                with(json!({"username": "a", "password": 7})),
                Malformed::Missing("data.context.credential.password"),
            ),
            (
                with(json!({"username": "a", "password": null})),
                Malformed::Missing("data.context.credential.password"),
            ),
            (json!({"eventType": "com.okta.oauth2.tokens.transform"}).to_string(), Malformed::OtherEvent),
            (
                r#"{"data":{"context":{"credential":{"username":"a","password":"\ud800"}}}}"#.into(),
                Malformed::Missing("data.context.credential.password"),
            ),
        ] {
            let why = read(body.as_bytes()).err();
            // A list where an object is expected reads as its fields in order; either word is right.
            if body == "[]" {
                assert!(why.is_some());
                continue;
            }
            assert_eq!(why, Some(expected), "{body}");
            assert!(!expected.to_string().contains("hunter2"));
        }
        assert_eq!(read(b"{\"a\": \"\xff\"}").err(), Some(Malformed::NotUtf8));
    }

    proptest! {
        #[test]
        fn any_password_and_login_come_through(login in "\\PC*", password in any::<String>(), escaped in any::<bool>()) {
            let mut body = json!({"data": {"context": {"credential": {"username": login, "password": password}}}}).to_string();
            if escaped {
                // Every character beyond ASCII as \u…, in pairs where it takes two.
                let mut all = String::new();
                let mut units = [0_u16; 2];
                for c in body.chars() {
                    if c.is_ascii() {
                        all.push(c);
                    } else {
                        for unit in c.encode_utf16(&mut units) {
                            let _ = write!(all, "\\u{unit:04x}");
                        }
                    }
                }
                body = all;
            }
            let call = read(body.as_bytes()).ok();
            let call = call.expect("reads");
            prop_assert_eq!(call.login, login);
            prop_assert_eq!(call.password.as_str(), password);
        }

        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0_usize..600, byte in any::<u8>()) {
            let _ = read(&bytes);
            let mut body = OKTAS.as_bytes().to_vec();
            let at = at % body.len();
            body[at] = byte;
            let _ = read(&body);
            let _ = read(&body[..at]);
        }
    }
}
