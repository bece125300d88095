//! What to do about Okta's refusals, by code and by fragments of the causes.
//!
//! Okta's wording differs a little between orgs and years, so only fragments are matched (okta-api.md 8); its own words are always
//! shown beside the suggestion.

use super::reply::ErrorBody;

/// Codes that speak of one person (or group), so that a row of them is no reason to stop.
const ABOUT_A_PERSON: [&str; 14] = [
    "E0000001", "E0000014", "E0000016", "E0000017", "E0000023", "E0000034", "E0000038", "E0000055",
    "E0000077", "E0000080", "E0000093", "E0000124", "E0000125", "E0000195",
];

/// Whether a code is known to be about one person.
pub(super) fn about_a_person(code: &str) -> bool {
    ABOUT_A_PERSON.contains(&code)
}

/// Whether an `E0000001` says that the login (or a group's name) is taken. A custom attribute marked unique is not that.
pub(super) fn is_taken(error: &ErrorBody) -> bool {
    error.error_causes.iter().any(|cause| {
        let text = cause.error_summary.to_ascii_lowercase();
        let about = text.split(':').next().unwrap_or_default().trim();
        (text.contains("already exists") || text.contains("duplicate"))
            && matches!(about, "login" | "name" | "profile.name" | "group" | "profile.login")
    })
}

/// A suggestion for a refusal, if we have one.
pub(super) fn suggestion(code: &str, error: Option<&ErrorBody>) -> Option<String> {
    let by_code = match code {
        "E0000014" => "Okta did not take the password: it can only be set while the account is staged.",
        "E0000023" | "E0000077" => {
            "This account is mastered elsewhere (Active Directory, LDAP or an app): change it there, or leave this person out."
        }
        "E0000038" => "The account's status does not allow this: look at the person in Okta's Admin Console.",
        "E0000080" => {
            "The clear-text password does not meet Okta's policy. Choose “Must reset” for this person."
        }
        "E0000093" => "Too many groups in one call: take some off and try again.",
        "E0000002" | "E0000003" | "E0000018" | "E0000019" | "E0000021" | "E0000022" | "E0000124"
        | "E0000125" => "This looks like a mistake in Causeway: please report it with the request id.",
        _ => "",
    };
    if !by_code.is_empty() {
        return Some(by_code.to_owned());
    }
    let error = error?;
    let found: Vec<String> =
        error.error_causes.iter().filter_map(|cause| for_cause(cause.error_summary.trim())).collect();
    if found.is_empty() { for_cause(error.error_summary.trim()) } else { Some(found.join(" ")) }
}

/// `attribute: text` to a suggestion.
fn for_cause(cause: &str) -> Option<String> {
    let text = cause.to_ascii_lowercase();
    let attribute = cause.split_once(':').map(|(name, _)| name.trim()).filter(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
    });
    let it = attribute.unwrap_or("the value");
    Some(if text.contains("already exists") && attribute == Some("login") {
        "Someone in Okta has this login already (capitals and accents don't count, deactivated people do)."
            .to_owned()
    } else if text.contains("already exists") || text.contains("unique") {
        format!("Another account has the same value in {it}: change it in Review, then try again.")
    } else if text.contains("form of an email") {
        "This org wants logins that look like e-mail addresses: map the e-mail to login, or change the login's format in Okta."
            .to_owned()
    } else if text.contains("left blank") || text.contains("is required") || text.contains("must be provided")
    {
        format!("Give this person a value for {it} in Review, or map a column to it, then try again.")
    } else if text.contains("too long") || text.contains("maxlength") || text.contains("maximum length") {
        format!("Shorten {it} in Review, then try again.")
    } else if text.contains("too short") || text.contains("minimum length") {
        format!("Make {it} longer in Review, then try again.")
    } else if text.contains("not defined") {
        "Create this attribute in Okta (Directory › Profile Editor), or leave its column behind in Map."
            .to_owned()
    } else if text.contains("password requirements") || attribute == Some("password") {
        "The clear-text password does not meet Okta's policy. Choose “Must reset” for this person.".to_owned()
    } else if text.contains("pattern") || text.contains("valid") && attribute.is_some() {
        format!("Correct {it} in Review, then try again.")
    } else if text.contains("group") {
        "A group may have been deleted or changed in Okta since the start: start the import again so that groups are looked up again."
            .to_owned()
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::okta::reply::Reply;

    fn error(summary: &str, causes: &[&str]) -> ErrorBody {
        let causes: Vec<_> = causes.iter().map(|c| serde_json::json!({ "errorSummary": c })).collect();
        let text = serde_json::json!({"errorCode":"E0000001","errorSummary":summary,"errorCauses":causes})
            .to_string();
        Reply::of(400, &text).error().expect("an error body")
    }

    #[test]
    fn each_documented_cause_has_its_suggestion() {
        for (cause, has) in [
            (
                "login: An object with this field already exists in the current organization",
                "this login already",
            ),
            ("login: Username must be in the form of an email address", "map the e-mail to login"),
            ("lastName: The field cannot be left blank", "a value for lastName"),
            ("email: Does not match required pattern", "a value for email"),
            ("firstName: The field is too long", "Shorten firstName"),
            ("Property name 'badge' is not defined in profile", "Create this attribute"),
            (
                "password: Password requirements were not met. Password requirements: at least 8 characters.",
                "policy",
            ),
        ] {
            let got =
                suggestion("E0000001", Some(&error("Api validation failed", &[cause]))).unwrap_or_default();
            // "required pattern" is about form, not about absence.
            let want = if cause.contains("pattern") { "Correct email" } else { has };
            assert!(got.contains(want), "{cause}: {got}");
        }
    }

    #[test]
    fn several_causes_give_several_suggestions() {
        let both = error(
            "Api validation failed: newUser",
            &["lastName: The field cannot be left blank", "firstName: The field is too long"],
        );
        let got = suggestion("E0000001", Some(&both)).unwrap_or_default();
        assert!(got.contains("lastName") && got.contains("firstName"), "{got}");
    }

    #[test]
    fn only_login_and_name_count_as_taken() {
        assert!(is_taken(&error(
            "x",
            &["login: An object with this field already exists in the current organization"]
        )));
        assert!(is_taken(&error(
            "x",
            &["name: An object with this field already exists in the current organization"]
        )));
        assert!(!is_taken(&error(
            "x",
            &["badge: An object with this field already exists in the current organization"]
        )));
        assert_eq!(suggestion("E9999999", Some(&error("Nobody knows", &[]))), None);
    }
}
