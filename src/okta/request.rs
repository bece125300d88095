//! The bodies we send, and their covered rendering for screens.
//!
//! What proves a password comes in as something serialisable and goes out as wiped bytes: this room never looks into it.

use serde::Serialize;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::model::Profile;

/// The greatest number of `groupIds` a create takes (okta-api.md 2.2); more give `E0000093`.
pub const MOST_GROUP_IDS: usize = 20;

/// What stands in the place of a covered secret.
pub const COVERED: &str = "••••••••";

#[derive(Serialize)]
struct NewUser<'a, C> {
    profile: &'a Profile,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<&'a C>,
    #[serde(rename = "groupIds", skip_serializing_if = "<[String]>::is_empty")]
    group_ids: &'a [String],
}

/// The body of a create: profile, what proves the password (the whole `credentials` object), groups.
/// `None` when a value can't be written as JSON, which no profile or hash of ours does.
pub fn create_user<C: Serialize>(
    profile: &Profile,
    credentials: Option<&C>,
    group_ids: &[String],
) -> Option<Zeroizing<Vec<u8>>> {
    // Room enough that the buffer never grows: a vector that moves leaves its old bytes behind unwiped.
    let mut body = Zeroizing::new(Vec::with_capacity(16 * 1024));
    serde_json::to_writer(&mut *body, &NewUser { profile, credentials, group_ids }).ok()?;
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
    body.insert("profile".to_owned(), json!(profile));
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

/// The body of a partial update: only the attributes named change.
pub fn update_user(profile: &Profile) -> Vec<u8> {
    json!({ "profile": profile }).to_string().into_bytes()
}

/// The body that makes a group.
pub fn create_group(name: &str, description: &str) -> Vec<u8> {
    json!({ "profile": { "name": name, "description": description } }).to_string().into_bytes()
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
    fn a_create_holds_profile_credentials_and_groups() {
        let credentials =
            json!({"password":{"hash":{"algorithm":"BCRYPT","workFactor":10,"salt":"s","value":"v"}}});
        let body = create_user(&profile(), Some(&credentials), &["00g1".to_owned()]).expect("JSON");
        let value: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(
            value,
            json!({"profile":{"login":"li.wei@example.com","firstName":"伟"},"credentials":credentials,"groupIds":["00g1"]})
        );
    }

    #[test]
    fn nothing_is_sent_that_is_not_there() {
        let body = create_user::<Value>(&profile(), None, &[]).expect("JSON");
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
