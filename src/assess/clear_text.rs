//! Clear text: what Okta's default password policy would refuse, and what too many people have.

use super::codes;
use crate::model::{Finding, PasswordSettings, Severity, number};
use crate::password::{CLEAR_TEXT, without_mark};

/// The ids of the schemes whose values are the password itself.
pub fn clear_text_schemes() -> &'static [&'static str] {
    &CLEAR_TEXT
}

/// The password itself of a stored value of one of [`clear_text_schemes`].
pub fn clear_text_value<'a>(scheme: &str, stored: &'a [u8]) -> &'a [u8] {
    without_mark(scheme, stored)
}

/// The length Okta's default password policy asks for, in characters.
const POLICY_LENGTH: usize = 8;

/// A part of a login that is shorter than this may stand in a password.
const POLICY_PART: usize = 4;

/// What Okta's default password policy would find wrong with a clear-text password: eight characters, a lowercase and an uppercase
/// letter, a number, no part of the login (its parts stand between `.`, `,`, `-`, `_`, `#` and `@`; shorter ones than four characters don't
/// count). An org's own policy may ask for more or less: the administrator is told, and nobody is kept back.
pub(super) fn below_policy(password: &str, login: &str) -> Option<Finding> {
    let mut wrong = Vec::new();
    if password.chars().count() < POLICY_LENGTH {
        wrong.push("has fewer than 8 characters");
    }
    if !password.chars().any(char::is_lowercase) {
        wrong.push("has no lowercase letter");
    }
    if !password.chars().any(char::is_uppercase) {
        wrong.push("has no uppercase letter");
    }
    if !password.chars().any(char::is_numeric) {
        wrong.push("has no number");
    }
    if holds_part(password, login) {
        wrong.push("holds a part of the login");
    }
    let (last, first) = wrong.split_last()?;
    let what = if first.is_empty() { (*last).to_owned() } else { format!("{} and {last}", first.join(", ")) };
    let text = format!(
        "Okta's default password policy would refuse this password, and this person with it: it {what}. \
         Choose Must reset for them, or relax the org's password policy before the import"
    );
    Some(Finding::new(Severity::Warns, codes::PASSWORD_BELOW_POLICY, None, text))
}

fn holds_part(password: &str, login: &str) -> bool {
    let (password, login) = (password.to_lowercase(), login.to_lowercase());
    login
        .split(['.', ',', '-', '_', '#', '@'])
        .any(|part| part.chars().count() >= POLICY_PART && password.contains(part))
}

/// What is said of a clear text that so many people have, and whether it is kept back.
pub(super) fn shared(sharing: u64, settings: &PasswordSettings) -> Option<(Finding, bool)> {
    if sharing == 0 {
        return None;
    }
    let back = settings.shared_clear_text.is_held_back();
    let people = number(sharing);
    let (severity, text) = if back {
        let text = format!(
            "{people} people have this very password: a first password nobody changed, or a word for none. Anyone who knows it could sign \
             in as them, so it is not sent, and this person must reset. If it is real, say so in the Map step"
        );
        (Severity::Warns, text)
    } else {
        let text =
            format!("{people} people have this very password. You said that it is real, so it is sent");
        (Severity::Notes, text)
    };
    Some((Finding::new(severity, codes::PASSWORD_SHARED, None, text), back))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_default_policy_refuses_is_named() {
        let said = |password: &str| {
            below_policy(password, "ada.lovelace@example.com").map(|finding| finding.text).unwrap_or_default()
        };
        for fine in ["Kiefer-42!", "Ünter4Bergen", "Xyz12com", "Ada-2024x"] {
            assert_eq!(said(fine), "", "{fine}");
        }
        for (password, part) in [
            ("Ab1", "it has fewer than 8 characters."),
            ("kiefer-42", "it has no uppercase letter."),
            ("KIEFER-42", "it has no lowercase letter."),
            ("Kiefer-und", "it has no number."),
            ("xLOVELACE42", "it holds a part of the login."),
            ("abc", "it has fewer than 8 characters, has no uppercase letter and has no number."),
            (
                "",
                "has fewer than 8 characters, has no lowercase letter, has no uppercase letter and has no number",
            ),
        ] {
            assert!(said(password).contains(part), "{password}: {}", said(password));
        }
        assert!(said("Example99x").contains("part of the login"), "the domain's name is one as well");
    }
}
