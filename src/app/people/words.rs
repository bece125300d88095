//! What happens to a person, in a word and a colour. One place, so that every page says the same.

use crate::model::{OktaStatus, Outcome, OutcomeKind, Route, RoutePolicy, Severity};
use crate::practice::SignIn;
use crate::ui::theme::{Icon, Tone};
use crate::ui::widgets::number;
use crate::workspace::{Counts, Disposition, PersonRow};

/// The words for someone who waits and was found in Okta.
pub const THERE: &str = "Already there";

/// The word and colour for someone who is in Okta already: whoever is kept out there looks like nobody else.
pub fn there_word(row: &PersonRow) -> (Tone, &'static str) {
    match row.there_as.as_ref().map(|there| OktaStatus::of(&there.status)) {
        Some(OktaStatus::Deprovisioned) => (Tone::Bad, "Deactivated there"),
        Some(OktaStatus::Suspended) => (Tone::Bad, "Suspended there"),
        Some(OktaStatus::LockedOut) => (Tone::Bad, "Locked out there"),
        _ => (Tone::There, THERE),
    }
}

/// The word for a disposition.
pub fn disposition_word(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Import => "Imported as is",
        Disposition::Hook => "Checked by hook",
        Disposition::Reset => "Must reset",
        Disposition::Blocked => "Blocked",
        Disposition::LeftOut => "Left out",
    }
}

/// Its colour.
pub fn disposition_tone(disposition: Disposition) -> Tone {
    match disposition {
        Disposition::Import => Tone::Good,
        Disposition::Hook => Tone::Hook,
        Disposition::Reset => Tone::Reset,
        Disposition::Blocked => Tone::Bad,
        Disposition::LeftOut => Tone::Quiet,
    }
}

/// What a route means for a person, as a sentence.
pub fn route_sentence(route: Route) -> &'static str {
    match route {
        Route::Import => "Okta can import this as is: they sign in with the password they have now.",
        Route::Hook => {
            "Okta can't store this kind. The password hook checks it at their first sign-in, and they keep the password \
             they have now."
        }
        Route::Reset => "There is nothing to check a password against: they must reset it.",
    }
}

/// What the policy chosen for everyone means for a person whose best route is another one, as a sentence.
fn chosen_sentence(route: Route) -> &'static str {
    match route {
        Route::Import => route_sentence(route),
        Route::Hook => {
            "You chose the hook for everyone: it checks this password at their first sign-in, and they keep it. No hash is sent."
        }
        Route::Reset => "You chose that everyone must reset: this password is not sent.",
    }
}

/// What happens to a person's password under a policy, given their best route.
pub fn arrival_sentence(best: Route, policy: RoutePolicy) -> &'static str {
    match policy.apply(best) {
        same if same == best => route_sentence(best),
        other => chosen_sentence(other),
    }
}

/// What became of a person's password who was sent by a route, as a sentence: whatever is chosen for the others now.
pub fn sent_sentence(kind: OutcomeKind, route: Route) -> Option<&'static str> {
    Some(match (kind, route) {
        (OutcomeKind::Created, Route::Import) => {
            "Okta has this password: they sign in with the one they had in the old store."
        }
        (OutcomeKind::Created, Route::Hook) => {
            "They were created for the password hook: it checks this password at their first sign-in, and they keep it."
        }
        (OutcomeKind::Created, Route::Reset) => {
            "They were created without a password and must reset it: the stored one was not sent."
        }
        (OutcomeKind::Sending, Route::Import) => "They are being sent with this password.",
        (OutcomeKind::Sending, Route::Hook) => "They are being sent for the password hook, without a hash.",
        (OutcomeKind::Sending, Route::Reset) => "They are being sent without a password.",
        (OutcomeKind::AlreadyThere | OutcomeKind::Updated, _) => {
            "They were in Okta before: the password they have there stays."
        }
        (OutcomeKind::Waiting | OutcomeKind::Failed | OutcomeKind::RolledBack, _) => return None,
    })
}

/// The policy chosen, where it is not the best route for each, as a line.
pub fn policy_line(policy: RoutePolicy) -> Option<&'static str> {
    match policy {
        RoutePolicy::Best => None,
        RoutePolicy::AllHook => Some("As chosen in Okta: the hook checks everyone."),
        RoutePolicy::AllReset => Some("As chosen in Okta: everyone must reset their password."),
    }
}

/// The word for where a person stands in the import; `route` is the one they were created with.
pub fn outcome_word(kind: OutcomeKind, route: Route) -> &'static str {
    match (kind, route) {
        (OutcomeKind::Waiting, _) => "waiting",
        (OutcomeKind::Sending, _) => "sending",
        (OutcomeKind::Created, Route::Import) => "created",
        (OutcomeKind::Created, Route::Hook) => "created, hook",
        (OutcomeKind::Created, Route::Reset) => "created, must reset",
        (OutcomeKind::AlreadyThere, _) => "already there",
        (OutcomeKind::Updated, _) => "updated",
        (OutcomeKind::Failed, _) => "failed",
        (OutcomeKind::RolledBack, _) => "rolled back",
    }
}

/// Its colour.
pub fn outcome_tone(kind: OutcomeKind, route: Route) -> Tone {
    match (kind, route) {
        (OutcomeKind::Waiting | OutcomeKind::Sending | OutcomeKind::RolledBack, _) => Tone::Quiet,
        (OutcomeKind::Created, Route::Import) => Tone::Good,
        (OutcomeKind::Created, Route::Hook) => Tone::Hook,
        (OutcomeKind::Created, Route::Reset) => Tone::Reset,
        (OutcomeKind::AlreadyThere | OutcomeKind::Updated, _) => Tone::There,
        (OutcomeKind::Failed, _) => Tone::Bad,
    }
}

/// What the last run made of a person, in a word for a narrow column.
pub fn last_run_word(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Waiting => "Not sent",
        OutcomeKind::Sending => "Sending",
        OutcomeKind::Created => "Created",
        OutcomeKind::AlreadyThere => "There",
        OutcomeKind::Updated => "Updated",
        OutcomeKind::Failed => "Failed",
        OutcomeKind::RolledBack => "Rolled back",
    }
}

/// Whether anybody was sent yet, so that there is a last run to speak of.
pub fn was_sent(counts: &Counts) -> bool {
    counts.outcomes.iter().any(|(kind, people)| *kind != OutcomeKind::Waiting && *people > 0)
}

/// What Okta said of a person, in one line for a table.
pub fn said(outcome: &Outcome) -> String {
    match outcome.kind {
        OutcomeKind::Waiting | OutcomeKind::Sending => "–".to_owned(),
        OutcomeKind::Failed => match (&outcome.code, &outcome.message) {
            (Some(code), Some(message)) => format!("{code} {message}"),
            (Some(text), None) | (None, Some(text)) => text.clone(),
            (None, None) => "No reason given".to_owned(),
        },
        OutcomeKind::AlreadyThere => outcome.message.clone().unwrap_or_else(|| "left unchanged".to_owned()),
        OutcomeKind::Created | OutcomeKind::Updated | OutcomeKind::RolledBack => {
            match (&outcome.okta_status, &outcome.message) {
                (Some(status), Some(message)) => format!("{status}. {message}"),
                (Some(text), None) | (None, Some(text)) => text.clone(),
                (None, None) => "–".to_owned(),
            }
        }
    }
}

/// The colour of a finding.
pub fn severity_tone(severity: Severity) -> Tone {
    match severity {
        Severity::Blocks => Tone::Bad,
        Severity::Warns => Tone::Hook,
        Severity::Notes => Tone::Quiet,
    }
}

/// Its sign.
pub fn severity_icon(severity: Severity) -> Icon {
    match severity {
        Severity::Blocks | Severity::Warns => Icon::Bang,
        Severity::Notes => Icon::Dash,
    }
}

/// What a finding does.
pub fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocks => "Blocks",
        Severity::Warns => "Warning",
        Severity::Notes => "Note",
    }
}

/// What an undo took back, for a short message.
pub fn undo_words(done: &str, people: u64) -> String {
    if people == 1 {
        format!("Undone: {done}")
    } else {
        format!("Undone for {} people: {done}", number(people))
    }
}

/// How a sign-in ended, in words and a colour.
pub fn sign_in_words(result: &SignIn) -> (Tone, String) {
    match result {
        SignIn::Success { imported: true, .. } => {
            (Tone::Good, "Signed in with the password they had. It is Okta's own from now on.".to_owned())
        }
        SignIn::Success { imported: false, .. } => (Tone::Good, "Signed in.".to_owned()),
        SignIn::PasswordExpired { .. } => {
            (Tone::Hook, "The password is right, and must be changed now.".to_owned())
        }
        SignIn::Refused => (Tone::Bad, "Refused: wrong password, no password, or no such person.".to_owned()),
        SignIn::LockedOut => (Tone::Bad, "Locked out after too many wrong passwords.".to_owned()),
        SignIn::NotActive(status) => (
            Tone::Bad,
            format!(
                "This person can't sign in: their status is {status:?}. A staged person must be activated first."
            ),
        ),
        SignIn::HookFailed(words) => (
            Tone::Hook,
            format!("The password hook did not answer, so nobody could check the password. {words}"),
        ),
    }
}

/// A table row's name for a screen reader.
pub(crate) fn spoken(row: &PersonRow, policy: RoutePolicy) -> String {
    let name = if row.name.is_empty() { &row.login } else { &row.name };
    let there = if row.there { ", already in Okta" } else { "" };
    let run = match row.outcome.kind {
        OutcomeKind::Waiting => String::new(),
        kind => format!(", last run: {}", last_run_word(kind).to_lowercase()),
    };
    format!(
        "{name}, {}, row {}, {}{there}{run}",
        row.login,
        number(u64::from(row.row)),
        disposition_word(row.disposition.under(policy))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_oktas_code_and_words() {
        let mut outcome = Outcome::of(OutcomeKind::Failed);
        outcome.code = Some("E0000001".into());
        outcome.message = Some("mobilePhone: too long".into());
        assert_eq!(said(&outcome), "E0000001 mobilePhone: too long");
        assert_eq!(said(&Outcome::of(OutcomeKind::Failed)), "No reason given");
        assert_eq!(said(&Outcome::of(OutcomeKind::Waiting)), "–");
    }

    #[test]
    fn someone_created_without_a_password_does_not_look_like_one_whose_password_moved() {
        let words = Route::ALL.map(|route| {
            (outcome_word(OutcomeKind::Created, route), outcome_tone(OutcomeKind::Created, route))
        });
        assert_ne!(words[0], words[1]);
        assert_ne!(words[1], words[2]);
    }
}
